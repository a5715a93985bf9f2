"""Placing an order: fill in, check, confirm; and what happens next."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bottletrack.access import Permission
from bottletrack.errors import Refusal
from bottletrack.orders import get_reference, record_order
from webapp.database import reading, writing
from webapp.refusals import status_of
from webapp.scans import scan_from_form
from webapp.security import allow
from webapp.signed_in import current_actor
from webapp.winemaker.blueprint import blueprint
from webapp.winemaker.draft import Draft, read_fields, read_words, require_sense
from webapp.winemaker.shop import Item, Shop, open_shop
from webapp.winemaker.wine_labels import see_labels


@blueprint.get("/order")
@allow(Permission.ORDER)
def order_form() -> ResponseReturnValue:
    """The form, filled in with what the address says: an order to change, or one to place again."""
    with reading() as session:
        shop = open_shop(session, current_actor(), request.args.get("site_id", type=int))
        return _form_page(session, shop, read_words(shop, request.args))


@blueprint.post("/order")
@allow(Permission.ORDER)
def check_order() -> ResponseReturnValue:
    """Shows what was filled in, what of it is there today and what will wait. Nothing is recorded."""
    with reading() as session:
        shop = open_shop(session, current_actor(), request.form.get("site_id", type=int))
        try:
            draft = read_fields(shop)
            require_sense(shop, draft)
        except Refusal as refusal:
            return _form_page(session, shop, None, refusal), status_of(refusal)
        return _check_page(shop, draft)


@blueprint.post("/orders")
@allow(Permission.ORDER)
def place_order() -> ResponseReturnValue:
    """Places the order that was checked; sent twice, it is still one."""
    try:
        scan = scan_from_form()
        with reading() as session:
            wanted = read_words(open_shop(session, scan.by, scan.site_id), request.form).request
        with writing() as session:
            recorded = record_order(session, wanted, scan)
            reference = get_reference(session, recorded)
    except Refusal as refusal:
        with reading() as session:
            shop = open_shop(session, current_actor(), request.form.get("site_id", type=int))
            return _check_page(shop, read_words(shop, request.form), refusal), status_of(refusal)
    return redirect(url_for(".order_placed", reference=reference), 303)


def _form_page(session: Session, shop: Shop, draft: Draft | None, refusal: Refusal | None = None) -> str:
    """The form with a draft in it, or (None) with what was sent and refused. `first` in the address: an item's key."""
    first = request.args.get("first")
    drafted = [line.item for line in draft.lines] if draft else []
    filled = {item.key: _filled(item, draft) for item in (*shop.in_stock, *shop.to_come, *drafted)}
    shown = {item.key: item for item in (*shop.in_stock, *drafted)}
    shown |= {item.key: item for item in shop.to_come if any(filled[item.key]) or item.key == first}
    return render_template(
        "winemaker/order_form.html",
        shop=shop,
        shown=sorted(shown.values(), key=lambda item: item.key != first),
        others=[item for item in shop.to_come if item.key not in shown],
        filled=filled,
        wanted_on=draft.wanted_on.isoformat() if draft and draft.wanted_on else request.form.get("wanted_on", ""),
        note=draft.note if draft else request.form.get("note", ""),
        labels=see_labels(session),
        refusal=refusal,
    )


def _filled(item: Item, draft: Draft | None) -> tuple[str, str]:
    """What stands in the item's fields: full crates, and loose bottles."""
    if draft is None:
        return request.form.get(f"{item.key}_crates", ""), request.form.get(f"{item.key}_loose", "")
    full, loose = divmod(draft.quantity_of(item), item.crate_size)
    return str(full or ""), str(loose or "")


def _check_page(shop: Shop, draft: Draft, refusal: Refusal | None = None) -> str:
    return render_template("winemaker/check.html", shop=shop, draft=draft, refusal=refusal)
