"""The `bottletrack` command: setting up, serving, importing, auditing, printing. Settings come from BOTTLETRACK_…"""

import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from bottletrack.database import Database, upgrade
from bottletrack.errors import Refusal
from bottletrack.exchange.journal import import_actor, import_journal
from bottletrack.exchange.journal_rows import JournalRefused
from bottletrack.founding import add_collection_points, add_site, add_territory, add_winery, load_catalogue, read_rows
from bottletrack.people import LANGUAGES, Profile, add_person, installer
from bottletrack.reports.audit import run_audit
from bottletrack.schema import is_current
from bottletrack.tables import Site, Territory
from bottletrack.vocabulary import Role
from labels import FORMATS
from webapp import create_app
from webapp.config import BadSettings, Settings, data_folder, load_settings, sqlite_url
from webapp.demonstration import ACCOUNTS, NotADemonstration, prepare
from webapp.expiry import take_out_too_old
from webapp.label_sheet import lots_to_label, print_labels
from webapp.serving import is_loopback
from webapp.serving import serve as serve_pages


class Plain(click.Group):
    """Tells what was refused in plain words instead of a traceback."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except (BadSettings, NotADemonstration, Refusal) as error:
            raise click.ClickException(str(error)) from error
        except DBAPIError as error:
            raise click.ClickException(f"The database refused: {error.orig}") from error


@click.group(cls=Plain, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="bottletrack")
def main() -> None:
    """Double-entry for bottles: from collection over sorting and washing to delivery, no bottle is lost or made up.

    To look around, run `bottletrack demo`. To start for real:

    \b
      bottletrack db upgrade
      bottletrack territory add JURA "Jura" --site LONS "Centre de lavage"
      bottletrack user add you@example.org --name "Your Name" --role administrator
      bottletrack serve

    The database is an SQLite file of yours, or what BOTTLETRACK_DATABASE_URL names, for example
    postgresql+psycopg://user:password@host/database.
    """
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s", level=logging.WARNING)


@main.command()
@click.option("--host", help="Address to listen on; 127.0.0.1 is this machine only.  [BOTTLETRACK_HOST]")
@click.option("--port", type=int, help="Port to listen on.  [BOTTLETRACK_PORT, 8000]")
def serve(host: str | None, port: int | None) -> None:
    """Serve the pages and the API.

    Needs BOTTLETRACK_SECRET_KEY. Put a web server with HTTPS in front, and tell its address as BOTTLETRACK_PUBLIC_URL.
    """
    given = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    settings = load_settings(**given)
    with opened(settings) as database, database.reading() as session:
        if session.scalar(select(Territory.id).where(Territory.demonstration)) and not is_loopback(settings.host):
            raise click.ClickException(
                "This database is a demonstration, whose passwords everybody knows: it is served on 127.0.0.1 only."
            )
    serve_pages(create_app(settings), settings, lambda address: click.echo(f"bottletrack answers on {address}"))


@main.command()
@click.option("--port", type=int, help="Port to listen on.  [BOTTLETRACK_PORT, 8000]")
@click.option(
    "--file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The demonstration's own SQLite file.  [demonstration.sqlite3 in your data folder]",
)
def demo(port: int | None, file: Path | None) -> None:
    """Show the pilot year: made-up data, accounts for every role, on this machine only.

    Nothing has to be set up, and no other database is touched.
    """
    path = (file or data_folder() / "demonstration.sqlite3").absolute()
    settings = load_settings(
        database_url=sqlite_url(path),
        secret_key=token_urlsafe(48),
        host="127.0.0.1",
        public_url="",
        label_url="",
        **({} if port is None else {"port": port}),
    )
    with progress_bar("Pilot year") as progress:
        prepare(path, click.echo, progress)
    serve_pages(create_app(settings, demonstration=ACCOUNTS), settings, _welcome)


def _welcome(address: str) -> None:
    width = max(len(account.what) for account in ACCOUNTS)
    click.echo(f"\nThe demonstration answers on {address} (Ctrl+C ends it). Sign in as:\n")
    for account in ACCOUNTS:
        click.echo(f"  {account.what:{width}}  {account.email:28}  {account.password}")
    click.echo("\nThe pilot year is illustrative: its shape is real, most of its quantities are made up.")


@main.group()
def db() -> None:
    """The database itself."""


@db.command("upgrade")
def db_upgrade() -> None:
    """Create the tables, or bring them up to date; also renews the list of bottle models and defects."""
    settings = load_settings()
    upgrade(settings.database_url)
    with opened(settings) as database, database.writing() as session:
        load_catalogue(session)
    click.echo("The database is up to date.")


@main.group()
def territory() -> None:
    """Networks: everything else belongs to one."""


@territory.command("add")
@click.argument("code")
@click.argument("name")
@click.option("--site", nargs=2, required=True, metavar="CODE NAME", help="Its wash centre; every territory has one.")
@click.option("--timezone", default="Europe/Paris", show_default=True, help="Time zone of the wash centre.")
@click.option(
    "--relabeling/--no-relabeling",
    default=True,
    help="Whether bottles are packed under a new code before they are delivered.  [relabeling]",
)
@click.option(
    "--points",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="CSV file of collection points, with the columns code and name, and town, postcode… where known.",
)
def territory_add(
    code: str, name: str, site: tuple[str, str], timezone: str, relabeling: bool, points: Path | None
) -> None:
    """Add a territory called NAME, with a short CODE such as JURA, and its first wash centre."""
    with opened(load_settings()) as database, database.writing() as session:
        territory_id = add_territory(session, code=code, name=name)
        add_site(session, territory_id, code=site[0], name=site[1], timezone=timezone, relabeling_required=relabeling)
        if points is not None:
            added = add_collection_points(session, territory_id, read_rows(points))
            click.echo(f"{added} collection points added.")
    click.echo(f"Territory {code} is there, with the wash centre {site[0]}.")


@main.group()
def winery() -> None:
    """Winemakers' houses."""


@winery.command("add")
@click.argument("code")
@click.argument("name")
@click.option("--territory", help="Code of the territory, where there are several.")
def winery_add(code: str, name: str, territory: str | None) -> None:
    """Add a winery called NAME, with a short CODE, so that its winemakers can order."""
    with opened(load_settings()) as database, database.writing() as session:
        add_winery(session, chosen_territory(session, territory), code=code, name=name)
    click.echo(f"Winery {code} is there.")


@main.group()
def user() -> None:
    """People who sign in."""


@user.command("add")
@click.argument("email")
@click.option("--name", required=True, help="What the pages call this person.")
@click.option(
    "--role",
    "roles",
    required=True,
    multiple=True,
    type=click.Choice([role.value for role in Role]),
    help="What this person does; may be given several times.",
)
@click.option("--site", help="Code of the wash centre where this person works.  [all of them]")
@click.option("--winery", help="Code of a winemaker's winery.")
@click.option("--language", type=click.Choice(LANGUAGES), default=LANGUAGES[0], show_default=True)
@click.option("--territory", help="Code of the territory, where there are several.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of asking.")
def user_add(
    email: str,
    name: str,
    roles: tuple[str, ...],
    site: str | None,
    winery: str | None,
    language: str,
    territory: str | None,
    password_stdin: bool,
) -> None:
    """Add a person who signs in with EMAIL. Asks for a password of at least 12 characters, twice."""
    profile = Profile(name, frozenset(map(Role, roles)), site, winery)
    settings = load_settings()
    with opened(settings):
        password = _password(from_stdin=password_stdin)
    with opened(settings) as database, database.writing() as session:
        actor = installer(chosen_territory(session, territory))
        add_person(session, actor, email, profile, password, language=language)
    click.echo(f"{email} can sign in now.")


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(click.prompt("Password", hide_input=True, confirmation_prompt="The same password again"))


@main.group("import")
def import_group() -> None:
    """Data of partners."""


@import_group.command("journal")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--site", help="Code of the wash centre, where there are several.")
@click.option("--territory", help="Code of the territory, where there are several.")
@click.option("--shift-days", type=int, default=0, help="Move every day of the journal by so many days.")
def import_journal_command(file: Path, site: str | None, territory: str | None, shift_days: int) -> None:
    """Replay the journal FILE (CSV) through the same rules as the screens: all of it, or nothing.

    wash_runs.csv and orders.csv beside it are found by themselves. For each row that is refused, the line, the rule and
    the remedy are named. The same file counts once.
    """
    try:
        with (
            opened(load_settings()) as database,
            progress_bar("Rows") as progress,
            database.writing() as session,
        ):
            territory_id = chosen_territory(session, territory)
            report = import_journal(
                session,
                file,
                actor=import_actor(session, territory_id),
                site_id=chosen_site(session, territory_id, site),
                shift=timedelta(days=shift_days),
                progress=progress,
            )
    except JournalRefused as refused:
        for problem in refused.problems:
            click.echo(str(problem), err=True)
        raise click.ClickException("The journal was not taken; nothing of it was written.") from refused
    for remark in report.remarks:
        click.echo(f"Remark: {remark}")
    if report.already:
        click.echo("This journal was imported before; nothing was changed.")
    else:
        click.echo(f"{report.rows} rows became {report.events} events.")


@main.command()
@click.option("--territory", help="Code of the territory.  [all of them]")
def audit(territory: str | None) -> None:
    """Prove that no bottle was lost, made up or counted twice; exit with 1 when something is not as it must be."""
    failed = False
    with opened(load_settings()) as database, database.reading() as session:
        for found in chosen_territories(session, territory):
            report = run_audit(session, found.id)
            click.echo(f"{found.name}: {report.balance}")
            click.echo(
                "  (declared = count difference + transferred + cullet + broken + sampled + delivered net + stock)"
            )
            for finding in report.findings:
                click.echo(f"  {finding}")
            failed = failed or not report.clean
            click.echo(f"  {len(report.rules)} rules checked, {len(report.findings)} findings.")
    if failed:
        sys.exit(1)


@main.command()
@click.option("--territory", help="Code of the territory.  [all of them]")
def expire(territory: str | None) -> None:
    """Take out every lot that is too old to leave, so that it is rinsed or washed again. Meant for every night.

    Lots that are promised to an order, held or recalled stay as they are, and are named.
    """
    with opened(load_settings()) as database, database.writing() as session:
        for found in chosen_territories(session, territory):
            taken_out, left = take_out_too_old(session, found.id, datetime.now(UTC))
            click.echo(f"{found.name}: {len(taken_out)} lots taken out as too old.")
            for lot in left:
                click.echo(f"  {lot.shown_code} is too old too, and promised, held or recalled.")


@main.command()
@click.argument("codes", nargs=-1, metavar="[CODE]...")
@click.option("--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The PDF file to write.")
@click.option(
    "--format",
    "paper",
    type=click.Choice(list(FORMATS)),
    default=next(iter(FORMATS)),
    show_default=True,
    help="The paper in the printer.",
)
@click.option("--territory", help="Code of the territory, where there are several.")
def labels(codes: tuple[str, ...], output: Path, paper: str, territory: str | None) -> None:
    """Print labels of the lots with these CODEs; without one, of all open lots."""
    settings = load_settings()
    with opened(settings) as database, database.reading() as session:
        actor = installer(chosen_territory(session, territory))
        lots = lots_to_label(session, actor, codes)
        document = print_labels(session, lots, settings.label_url, paper)
    output.write_bytes(document)
    click.echo(f"{len(lots)} labels in {output}.")


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """The settings' database, when its tables are there and up to date."""
    if not is_current(settings.database_url):
        raise click.ClickException(
            "The database is not set up, or from an older version: run `bottletrack db upgrade`."
        )
    database = Database(settings.database_url, connections=1)
    try:
        yield database
    finally:
        database.dispose()


def chosen_territory(session: Session, code: str | None) -> int:
    """The id of the territory with this code, or of the only one there is."""
    rows = session.execute(select(Territory.code, Territory.id).order_by(Territory.code))
    return _chosen("territory", dict(rows.all()), code)


def chosen_territories(session: Session, code: str | None) -> Sequence[Territory]:
    """The territory with this code; without one, all of them."""
    wanted = select(Territory).order_by(Territory.code)
    if code is not None:
        wanted = wanted.where(Territory.id == chosen_territory(session, code))
    territories = session.scalars(wanted).all()
    if not territories:
        click.echo("There is no territory yet: add one with `bottletrack territory add`.")
    return territories


def chosen_site(session: Session, territory_id: int, code: str | None) -> int:
    """The id of the territory's site with this code, or of its only one."""
    rows = session.execute(select(Site.code, Site.id).where(Site.territory_id == territory_id).order_by(Site.code))
    return _chosen("site", dict(rows.all()), code)


def _chosen(what: str, known: dict[str, int], code: str | None) -> int:
    if not known:
        raise click.ClickException(f"There is no {what} yet: begin with `bottletrack territory add`.")
    if code is None and len(known) == 1:
        return next(iter(known.values()))
    if code not in known:
        raise click.ClickException(f"Choose one with --{what}: {', '.join(known)}.")
    return known[code]


@contextmanager
def progress_bar(what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on the terminal that is told how many are done, and how many there are."""
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=None, visible=False)

        def tell(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total, visible=True)

        yield tell
