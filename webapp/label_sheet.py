"""From lots to labels on paper: what stands on each, in the reader's language, and the address its QR code holds.

Shared by the operators' page and the command line.
"""

from collections.abc import Callable, Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from bottletrack.access import Actor
from bottletrack.errors import BadInput
from bottletrack.lots import LotOnHand, get_lot, lots_in_stock
from bottletrack.tables import BottleModel, Territory, Winery
from bottletrack.vocabulary import Stage
from labels import FORMATS, PRINTERS, AnyLabel, Label, LabelError, render, render_zpl
from webapp.languages import day, gettext, paper_language
from webapp.naming import color_word, in_bottles, name_of
from webapp.words import word

#: A roll has no more; a longer job is better printed in parts.
MOST_LABELS = 2000


def lots_to_label(session: Session, actor: Actor, codes: Iterable[str] = ()) -> list[LotOnHand]:
    """The lots with these codes in their order, each once; no code: all open lots of the actor's site or territory.

    Raises NotFound and BadInput as `get_lot`, and BadInput for a dead code: nobody must stick that label.
    """
    wanted = [get_lot(session, actor, code) for code in codes]
    for lot in wanted:
        if lot.quantity == 0 and lot.stage is not Stage.EXPECTED:
            raise BadInput(
                "The code %(lot)s is dead: this lot is empty, its bottles have gone on.",
                "Print the label of the lot the bottles are in now.",
                field="code",
                lot=lot.shown_code,
            )
    if not wanted:
        every = sorted(lots_in_stock(session, actor.territory_id, Stage), key=lambda lot: lot.id)
        wanted = [lot for lot in every if actor.site_id in (None, lot.site_id)]
    return list(dict.fromkeys(wanted))


def print_labels(session: Session, lots: list[LotOnHand], label_url: str, paper: str) -> bytes:
    """These lots' labels, as `press` makes them. `label_url`: what the QR codes begin with."""
    return press(labels_of(session, lots, label_url), paper)


def press(labels: Sequence[AnyLabel], paper: str, progress: Callable[[int], None] | None = None) -> bytes:
    """These labels: a PDF on a paper of `labels.FORMATS`, ZPL for a printer of `labels.PRINTERS`.

    `progress` hears, after each label, how many are done so far. Raises BadInput where there is nothing to print, too
    much, an unknown paper, or an address that no label can hold.
    """
    if paper not in FORMATS and paper not in PRINTERS:
        raise BadInput("There is no such paper.", "Choose a paper of the list.", field="paper")
    if not 1 <= len(labels) <= MOST_LABELS:
        raise BadInput(
            "%(count)s labels cannot be printed at once.",
            "Choose from 1 to %(most)s lots.",
            field="code",
            count=len(labels),
            most=MOST_LABELS,
        )
    try:
        if paper in PRINTERS:
            return render_zpl(labels, PRINTERS[paper], progress)
        return render(labels, FORMATS[paper], progress)
    except LabelError:
        raise BadInput(
            "The address for QR codes does not fit a label: %(address)s.",
            "Tell an administrator: BOTTLETRACK_LABEL_URL needs a short address, at most 24 characters long.",
            address=labels[0].url.rpartition("/")[0].rpartition("/")[0],
        ) from None


@paper_language()
def labels_of(session: Session, lots: list[LotOnHand], label_url: str) -> list[Label]:
    """What stands on the labels of these lots, in the language of paper."""
    models = {model.id: model for model in session.scalars(select(BottleModel))}
    owners = {
        winery.id: winery.name
        for winery in session.scalars(select(Winery).where(Winery.id.in_({lot.owner_winery_id for lot in lots})))
    }
    demonstration = session.scalar(
        select(Territory.demonstration).where(Territory.id.in_({lot.territory_id for lot in lots})).limit(1)
    )
    return [
        Label(
            code=lot.shown_code,
            url=f"{label_url.upper()}/Q/{lot.code}",
            title=name_of(models[lot.model_id]) if lot.model_id else gettext("Mixed bottles, to sort"),
            quantity=in_bottles(lot.quantity) if lot.quantity else "",
            lines=tuple(_lines(lot, owners)),
            partner_code=lot.partner_code,
            notice=gettext("Demonstration data") if demonstration else None,
        )
        for lot in lots
    ]


def _lines(lot: LotOnHand, owners: dict[int, str]) -> Iterable[str]:
    """Short facts, the most important first."""
    yield f"{word(lot.stage)} · {word(lot.grade)}" if lot.grade else word(lot.stage)
    if lot.color:
        yield color_word(lot.color)
    # Most bottles are the pool's: what is rare is told, and a small label keeps its room.
    if lot.owner_winery_id:
        yield owners[lot.owner_winery_id]
    if lot.washed_on:
        yield gettext("Washed on %(day)s") % {"day": day(lot.washed_on)}
