"""An order before it is placed: lines as they travel in forms and addresses, and what of each is there today."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from flask import request
from werkzeug.datastructures import MultiDict

from bottletrack.errors import BadInput
from bottletrack.orders import MAX_LINES, OrderedBottles, OrderRequest
from bottletrack.tables.journal import MAX_QUANTITY
from bottletrack.vocabulary import Grade
from webapp.forms import a_day, bottles, text
from webapp.winemaker.shop import Item, Shop

NOTE_CHARACTERS = 500


@dataclass(frozen=True)
class DraftLine:
    """So many bottles of an item, and what an order placed now would find of them."""

    item: Item
    quantity: int

    @property
    def now(self) -> int:
        return min(self.quantity, self.item.free)

    @property
    def waiting(self) -> int:
        return self.quantity - self.now

    @property
    def word(self) -> str:
        """The line as it stands in a form or an address."""
        return f"{self.item.key}.{self.quantity}"


@dataclass(frozen=True)
class Draft:
    lines: tuple[DraftLine, ...]
    wanted_on: date | None
    note: str

    @property
    def quantity(self) -> int:
        return sum(line.quantity for line in self.lines)

    @property
    def now(self) -> int:
        return sum(line.now for line in self.lines)

    @property
    def waiting(self) -> int:
        return self.quantity - self.now

    @property
    def request(self) -> OrderRequest:
        """The draft as the plant takes it."""
        lines = tuple(OrderedBottles(line.item.model.code, line.quantity, line.item.grade) for line in self.lines)
        return OrderRequest(lines, wanted_on=self.wanted_on, note=self.note)

    @property
    def too_old_by_then(self) -> bool:
        """Whether bottles that are free today may not leave any more on the wanted day."""
        offers = [line.item.offer for line in self.lines if line.item.offer]
        return self.wanted_on is not None and any(self.wanted_on > offer.leaves_by for offer in offers)

    def quantity_of(self, item: Item) -> int:
        """Bottles of this item; 0 when it is not asked for."""
        return next((line.quantity for line in self.lines if line.item.key == item.key), 0)


def read_words(shop: Shop, source: MultiDict[str, str]) -> Draft:
    """The draft in an address, or in the hidden fields of the page that checks it. Raises BadInput, NotFound."""
    wanted = source.get("wanted_on", "")
    try:
        day = date.fromisoformat(wanted) if wanted else None
    except ValueError:
        day = None
    return Draft(_lines(shop, source.getlist("line")), day, source.get("note", "")[:NOTE_CHARACTERS])


def read_fields(shop: Shop) -> Draft:
    """The draft as its form was filled in: crates and loose bottles of each item. Raises BadInput, NotFound.

    The fields say which items there are, not the shop: what was sold out since the form was opened is not forgotten.
    """
    names = dict.fromkeys(name.removesuffix("_crates") for name in request.form if name.endswith("_crates"))
    lines = []
    for name in names:
        item = _item(shop, name)
        quantity = bottles(name, crate_size=item.crate_size)
        if quantity:
            lines.append(DraftLine(item, quantity))
    return Draft(tuple(lines), a_day("wanted_on"), text("note", most=NOTE_CHARACTERS))


def require_sense(shop: Shop, draft: Draft) -> None:
    """Refuses what the plant would refuse too, before the reader is asked to confirm it. Raises BadInput."""
    if not 1 <= len(draft.lines) <= MAX_LINES:
        raise BadInput("An order has 1 to 20 lines.", "Choose at least one bottle model.", field="quantity")
    if any(line.quantity > MAX_QUANTITY for line in draft.lines):
        raise BadInput("This is more than there can be.", "Enter a number from 1 to 10,000,000.", field="quantity")
    if draft.wanted_on is not None and draft.wanted_on < shop.today:
        raise BadInput("The wanted day is past.", "Choose a day to come.", field="wanted_on")


def _lines(shop: Shop, words: Iterable[str]) -> tuple[DraftLine, ...]:
    lines = []
    for word in list(words)[:MAX_LINES]:
        key, _, quantity = word.rpartition(".")
        if not (quantity.isascii() and quantity.isdigit() and len(quantity) < 10):
            raise _unreadable()
        lines.append(DraftLine(_item(shop, key), int(quantity)))
    return tuple(lines)


def _item(shop: Shop, key: str) -> Item:
    code, _, grade = key.rpartition(".")
    if grade not in set(Grade):
        raise _unreadable()
    return shop.item(code, Grade(grade))


def _unreadable() -> BadInput:
    return BadInput("This order cannot be read.", "Open the page again and enter it anew.")
