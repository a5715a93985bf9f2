"""The lot that bottles go into: one that is being filled with the same, or a new one."""

from bottletrack.errors import WrongStep
from bottletrack.ledger import Entry
from bottletrack.lots import LotOnHand, get_lot_at
from bottletrack.vocabulary import Stage


def lot_to_fill(
    entry: Entry,
    into_code: str | None,
    stage: Stage,
    *,
    model_id: int | None = None,
    color: str = "",
    owner_winery_id: int | None = None,
    pass_number: int = 0,
    held: bool = False,
    partner_code: str | None = None,
    new_code: str | None = None,
) -> int:
    """The place of the lot called `into_code`, or where that is None of a new one: under `new_code` or a drawn one.

    I4: raises WrongStep for a lot of another stage, model, color, owner, number of washes, or hold.
    """
    if into_code is None:
        return entry.make_lot(
            stage,
            model_id=model_id,
            color=color,
            owner_winery_id=owner_winery_id,
            pass_number=pass_number,
            held=held,
            partner_code=partner_code,
            code=new_code,
        )
    into = get_lot_at(entry.session, entry.scan.by, entry.scan.site_id, into_code)
    _require_same(into, (stage, held, model_id, color, owner_winery_id, pass_number))
    entry.mark(into)
    return into.id


def _require_same(into: LotOnHand, wanted: tuple[object, ...]) -> None:
    # A lot that is being filled may be empty after a correction, so its quantity is not asked.
    if (into.stage, into.held, into.model_id, into.color, into.owner_winery_id, into.pass_number) != wanted:
        raise WrongStep(
            "Lot %(lot)s does not take these bottles: other stage, model, color, owner or number of washes.",
            "Start a new lot for them.",
            field="into",
            lot=into.shown_code,
        )
