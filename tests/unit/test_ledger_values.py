"""The ledger's arithmetic and its fingerprints, without a database."""

import uuid
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from sqlite3 import IntegrityError as SqliteError

import pytest
from sqlalchemy.exc import IntegrityError

from bottletrack.errors import BadInput, Refusal, WrongQuantity
from bottletrack.fingerprints import fingerprint
from bottletrack.ledger import _refusal_of, checked_quantity
from bottletrack.reports.audit import Balance, Finding
from bottletrack.stations.sorting import HeldAside, SortedOut, Sorting, SortingReject
from bottletrack.stations.washing import RunClosing, RunReject
from bottletrack.tables import MAX_QUANTITY
from bottletrack.vocabulary import EventKind, Grade

#: The pilot year's account.
PILOT = Balance(8214, 24, 0, 144, 1667, 53, 135, 4140, 2051, 0, 0)


@pytest.mark.parametrize("quantity", [1, 12, MAX_QUANTITY])
def test_a_number_of_bottles(quantity: int) -> None:
    assert checked_quantity(quantity) == quantity


@pytest.mark.parametrize("quantity", [0, -1, MAX_QUANTITY + 1])
def test_no_number_of_bottles(quantity: int) -> None:
    with pytest.raises(BadInput) as caught:
        checked_quantity(quantity)
    assert caught.value.field == "quantity"


def test_the_balance_closes() -> None:
    assert PILOT.closes
    assert str(PILOT) == "8,214 = 24 + 144 + 1,667 + 53 + 135 + 4,140 + 2,051"
    assert replace(PILOT, count_over=5, in_runs=5).closes
    assert replace(PILOT, in_lots=2000, in_runs=51).stock == 2051


@pytest.mark.parametrize("name", Balance.__dataclass_fields__)
def test_one_bottle_more_or_less_opens_the_balance(name: str) -> None:
    assert not replace(PILOT, **{name: getattr(PILOT, name) + 1}).closes


def test_a_finding_names_its_rule() -> None:
    assert str(Finding("I1", "Place %(place)s is odd.", {"place": 7})) == "I1: Place 7 is odd."


KEPT = "d3f928e8ccbb68d5edad4912c7706319302a6689961b5e0d2f5f078b3ce02d3b"
EVENT = uuid.UUID(int=7)


@dataclass(frozen=True)
class Part:
    defect_code: str
    quantity: int


@dataclass(frozen=True)
class Content:
    code: str = "7K3M29QX"
    quantity: int = 12
    grade: Grade | None = Grade.A
    kilometers: Decimal = Decimal("12.50")
    day: date = date(2026, 3, 2)
    at: datetime = datetime(2026, 3, 2, 9, tzinfo=UTC)
    event: uuid.UUID = EVENT
    parts: tuple[Part, ...] = (Part("CR02", 3),)


def test_a_fingerprint_is_of_the_content_only() -> None:
    assert fingerprint(EventKind.SORTED, Content()) == fingerprint(EventKind.SORTED, Content())
    # Once written, it must be found again by every later version.
    assert fingerprint(EventKind.SORTED, Content()) == KEPT


@pytest.mark.parametrize(
    "other",
    [
        Content(code="7K3M29QY"),
        Content(quantity=13),
        Content(grade=None),
        Content(kilometers=Decimal("12.51")),
        Content(day=date(2026, 3, 3)),
        Content(at=datetime(2026, 3, 2, 10, tzinfo=UTC)),
        Content(event=uuid.UUID(int=8)),
        Content(parts=()),
        Content(parts=(Part("CR02", 2), Part("CR02", 1))),
    ],
)
def test_a_fingerprint_tells_any_difference(other: Content) -> None:
    assert fingerprint(EventKind.SORTED, other) != fingerprint(EventKind.SORTED, Content())
    assert fingerprint(EventKind.BROKEN, Content()) != fingerprint(EventKind.SORTED, Content())


def test_a_fingerprint_refuses_what_it_cannot_tell() -> None:
    with pytest.raises(TypeError):
        fingerprint(EventKind.SORTED, {"content": object()})


def test_totals() -> None:
    closing = RunClosing("RUN-1", 80, 10, rejects=(RunReject("CR02", 3), RunReject("MA09", 2)), broken=5)
    assert closing.total == 100
    sorting = Sorting("X", (SortedOut("JU75", 60),), (SortingReject("CR01", 5),), (HeldAside("MA03", 7),))
    assert sorting.total == 72


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("CHECK constraint failed: never_negative", WrongQuantity),
        ("CHECK constraint failed: promised_on_hand", WrongQuantity),
        ("CHECK constraint failed: promised_not_negative", WrongQuantity),
        ('violates check constraint "ck_place_expected_not_negative"', WrongQuantity),
        ('violates check constraint "ck_place_below_ceiling"', WrongQuantity),
        ("UNIQUE constraint failed: lot.territory_id, lot.partner_code", BadInput),
    ],
)
def test_the_databases_own_word_becomes_a_refusal(text: str, kind: type[Refusal]) -> None:
    assert type(_refusal_of(IntegrityError("INSERT", None, SqliteError(text)))) is kind


def test_a_fault_of_ours_stays_what_it_is() -> None:
    fault = IntegrityError("INSERT", None, SqliteError("FOREIGN KEY constraint failed"))
    assert _refusal_of(fault) is fault
