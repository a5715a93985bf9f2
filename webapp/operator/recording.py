"""From a form to a verb and on to a page that reads: the one way in which every operator's screen records something.

A form that is refused comes back as it was filled in, with the refusal above it; nothing was written. A form that is
sent twice leads twice to the same page.
"""

from collections.abc import Callable
from typing import TypeVar

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bottletrack.errors import Refusal
from bottletrack.lots import require_step
from bottletrack.scans import Recorded, Scan
from bottletrack.steps import Step
from webapp.database import reading, writing
from webapp.forms import whole_number
from webapp.operator.lot_page import lot_page
from webapp.operator.sight import LotSight, see_lot
from webapp.refusals import status_of
from webapp.scans import scan_from_form

Input = TypeVar("Input")
Verb = Callable[[Session, Input, Scan], Recorded]
#: Draws the form again; given what was refused, or None for the first time.
Page = Callable[[Refusal | None], str]


def to_done(recorded: Recorded) -> str:
    """Where a recorded event is shown; a blank label that it made a lot of hangs there already, and is scanned back."""
    blank = any(value.strip() for name, value in request.form.items() if name.startswith("blank"))
    return url_for("operator.done", event_id=recorded.event_id, blank="yes" if blank else None)


def record(
    verb: Verb[Input],
    read: Callable[[], Input],
    page: Page,
    then: Callable[[Recorded], str] = to_done,
) -> ResponseReturnValue:
    """Read the form, call the verb, go on to where the event is shown; or the page again with the refusal."""
    try:
        scan, content = scan_from_form(), read()
        with writing() as session:
            recorded = verb(session, content, scan)
    except Refusal as refusal:
        return page(refusal), status_of(refusal)
    return redirect(then(recorded), 303)


def crate_size_from_form() -> int:
    """Bottles in the full crates that the form asked for: the form says so itself, so that it counts what it showed."""
    return whole_number("crate_size") or 12


def typed_again(**quantities: int | None) -> bool:
    """Whether one of the form's quantities was asked about, and came once more just the same."""
    return any(n is not None and whole_number(f"asked.{name}") == n for name, n in quantities.items())


def lot_step(
    step: Step,
    code: str,
    verb: Verb[Input],
    read: Callable[[str], Input],
    template: str,
    more: Callable[[Session, LotSight], dict[str, object]] = lambda session, seen: {},
) -> ResponseReturnValue:
    """A step of one lot: its form (GET), or the step itself (POST).

    `read` is given the lot's own code; `more` adds to what the template is given. A lot that may not take the step
    shows its page instead, with the refusal and what it needs.
    """

    def page(refusal: Refusal | None) -> str:
        with reading() as session:
            seen = see_lot(session, code)
            if request.method == "GET":
                require_step(seen.lot, step)
            return render_template(f"operator/{template}", step=step, seen=seen, refusal=refusal, **more(session, seen))

    if request.method == "GET":
        try:
            return page(None)
        except Refusal as refusal:
            return lot_page(code, refusal)
    return record(verb, lambda: read(code), page)
