"""Where the addresses on our papers lead when a phone's own camera opens them: one letter, then the code."""

from collections.abc import Callable
from typing import TypeVar

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from bottletrack.access import Permission
from bottletrack.errors import NotFound
from bottletrack.reports.containers import find_lot_in
from bottletrack.tables import WashRun
from webapp.codes import LETTERS, CodeKind
from webapp.database import reading
from webapp.operator.blueprint import blueprint
from webapp.security import allow, allow_anyone
from webapp.signed_in import current_actor

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])


def printed(kind: CodeKind) -> Callable[[View], View]:
    """Serves a view under a kind's letter: papers have it in capitals, people type it small."""
    letter = next(letter for letter, named in LETTERS.items() if named is kind)

    def register(view: View) -> View:
        for way in (letter, letter.lower()):
            blueprint.get(f"/{way}/<code>")(view)
        return view

    return register


@printed(CodeKind.LOT)
@allow(Permission.SEE_PLANT)
def label(code: str) -> ResponseReturnValue:
    """A lot's label: its page."""
    return redirect(url_for("operator.scan", code=code))


@printed(CodeKind.CONTAINER)
@allow(Permission.SEE_PLANT)
def container_label(code: str) -> ResponseReturnValue:
    """A crate, palox or pallet: the lot that stands in it. Raises NotFound for one that holds none."""
    with reading() as session:
        lot = find_lot_in(session, current_actor().territory_id, code)
    if lot is None:
        raise NotFound(
            "No lot stands in container %(container)s.",
            "Scan the label of a lot. What goes into the container is said when the lot is packed or collected.",
            container=code,
        )
    return redirect(url_for("operator.lot", code=lot))


@printed(CodeKind.RUN)
@allow(Permission.WASH)
def run_label(code: str) -> ResponseReturnValue:
    """A wash run: the latest with this name where the person works. Raises NotFound."""
    actor = current_actor()
    here = WashRun.territory_id == actor.territory_id if actor.site_id is None else WashRun.site_id == actor.site_id
    named = WashRun.code == code.upper()
    with reading() as session:
        run_id = session.scalar(select(WashRun.id).where(here, named).order_by(WashRun.id.desc()).limit(1))
    if run_id is None:
        raise NotFound("There is no run “%(run)s” here.", "Choose an open run of the list.", run=code)
    return redirect(url_for("operator.run", run_id=run_id))


@printed(CodeKind.ORDER)
@allow(Permission.DELIVER)
def order_label(code: str) -> ResponseReturnValue:
    """An order's papers: what is to be loaded for it."""
    return redirect(url_for("operator.order", reference=code.upper()))


@printed(CodeKind.POINT)
@allow(Permission.COLLECT)
def point_label(code: str) -> ResponseReturnValue:
    """A collection point's sign: a collection there."""
    return redirect(url_for("operator.collect", point=code.upper()))


@printed(CodeKind.COMMAND)
@allow_anyone
def command_card(code: str) -> ResponseReturnValue:
    """A command card means nothing to a phone: what it is for. It does nothing, whatever stands on it."""
    return render_template("operator/command_card.html", command=code.upper())


@printed(CodeKind.BADGE)
@allow_anyone
def badge(code: str) -> ResponseReturnValue:
    """A badge opens nothing on a telephone: what it is for, whoever's it is, and whether or not it is one of ours."""
    return render_template("operator/badge.html")
