"""Papers printed beforehand: blank labels, labels of crates and pallets, command cards. Nothing is recorded."""

import re

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bottletrack.access import Permission
from bottletrack.errors import BadInput, Refusal
from bottletrack.identifiers import new_lot_code, show_code
from bottletrack.stations.lot_labels import MOST_LABELS
from labels import AnyLabel, ContainerLabel, Label
from webapp.cards import COMMANDS, draw_cards, press_cards
from webapp.config import settings_of
from webapp.database import reading
from webapp.languages import gettext, paper_language
from webapp.naming import in_bottles, name_of
from webapp.operator.blueprint import blueprint
from webapp.operator.choices import container_types
from webapp.operator.paper import CARD_PAPERS, card_paper, chosen_paper, label_file, pdf_file
from webapp.operator.printing import papers
from webapp.refusals import status_of
from webapp.security import allow
from webapp.signed_in import current_actor, current_person

#: Characters that a label's QR holds beside the address and its letter (version 3, level H).
_MOST_IN_QR = 35
_CODE = re.compile(r"[0-9A-Z$*+.:-]+")
_RANGE = re.compile(r"(?P<name>.*?)(?P<first>\d+)\s*(?:…|\.\.\.?)\s*(?:(?P=name))?(?P<last>\d+)")
#: Longer than any range.
_MOST_IN_PART = 100


@blueprint.get("/operator/labels/blank")
@allow(Permission.PRINT_LABELS)
def blank_labels() -> str:
    """How many labels with codes that no lot has yet?"""
    return _page("blank_labels.html", None)


@blueprint.get("/operator/labels/blank/file")
@allow(Permission.PRINT_LABELS)
def blank_label_file() -> ResponseReturnValue:
    """A roll or a sheet of them, other codes each time."""
    try:
        return label_file(_blank(_how_many(request.args.get("count", ""))), chosen_paper())
    except Refusal as refusal:
        return _page("blank_labels.html", refusal), status_of(refusal)


@blueprint.get("/operator/labels/containers")
@allow(Permission.PRINT_LABELS)
def container_labels() -> str:
    """Which crates, paloxes or pallets?"""
    return _page("container_labels.html", None)


@blueprint.get("/operator/labels/containers/file")
@allow(Permission.PRINT_LABELS)
def container_label_file() -> ResponseReturnValue:
    """Their lasting labels, one each."""
    try:
        with reading() as session:
            found = _containers(session, codes_in(request.args.get("codes", "")), request.args.get("kind", ""))
        return label_file(found, chosen_paper())
    except Refusal as refusal:
        return _page("container_labels.html", refusal), status_of(refusal)


@blueprint.get("/operator/labels/cards")
@allow(Permission.PRINT_LABELS)
def command_cards() -> str:
    """Which command cards?"""
    return _cards_page(None)


@blueprint.get("/operator/labels/cards/file")
@allow(Permission.PRINT_LABELS)
def command_card_file() -> ResponseReturnValue:
    """The cards chosen, to cut out and laminate."""
    try:
        wanted, paper = [name for name in COMMANDS if name in request.args.getlist("card")], card_paper()
        if not wanted:
            raise BadInput("No card was chosen.", "Choose at least one card.", field="card")
        cards = draw_cards(wanted)
        return pdf_file(lambda progress: press_cards(cards, paper, progress), len(cards))
    except Refusal as refusal:
        return _cards_page(refusal), status_of(refusal)


def codes_in(text: str) -> list[str]:
    """Codes of containers as people list them, each once: by commas, lines or in ranges (`PAL-001…PAL-100`).

    Raises BadInput for too many, and for a code that no label can hold.
    """
    codes: dict[str, None] = {}
    for part in re.split(r"[,;\n]", text.upper()):
        found = _RANGE.fullmatch(part.strip()[:_MOST_IN_PART])
        for code in _range(found) if found else [part.strip()]:
            codes[code] = None
    codes.pop("", None)
    if not 1 <= len(codes) <= MOST_LABELS:
        raise BadInput(
            "Between 1 and %(most)s labels are printed at once.",
            "Type codes or a range, such as PAL-001…PAL-100.",
            field="codes",
            most=MOST_LABELS,
        )
    room = _MOST_IN_QR - len(f"{settings_of().label_url}/C/")
    for code in codes:
        if len(code) > room or not _CODE.fullmatch(code):
            raise BadInput(
                "No label can hold the code “%(code)s”.",
                "Use at most %(most)s capital letters, digits and hyphens.",
                field="codes",
                code=code[:60],
                most=room,
            )
    return list(codes)


def _range(found: re.Match[str]) -> list[str]:
    first, last, width = int(found["first"]), int(found["last"]), len(found["first"])
    # One too many is refused anyway.
    last = min(last, first + MOST_LABELS)
    return [f"{found['name']}{number:0{width}}" for number in range(first, last + 1)]


def _how_many(text: str) -> int:
    count = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
    if not 1 <= count <= MOST_LABELS:
        raise BadInput(
            "Between 1 and %(most)s labels are printed at once.",
            "Write how many you want, such as 20.",
            field="count",
            most=MOST_LABELS,
        )
    return count


@paper_language()
def _blank(count: int) -> list[AnyLabel]:
    address = settings_of().label_url.upper()
    by_hand = tuple(f"{line} ……………" for line in (gettext("Model"), gettext("Bottles"), gettext("Date")))
    codes = [new_lot_code() for _ in range(count)]
    return [
        Label(show_code(code), f"{address}/Q/{code}", gettext("Blank label"), "", by_hand, notice=_notice())
        for code in codes
    ]


@paper_language()
def _containers(session: Session, codes: list[str], type_code: str) -> list[AnyLabel]:
    """`type_code`: of a kind of container at the person's site; of any other, the plain word."""
    address, person = settings_of().label_url.upper(), current_person()
    types = {each.code: each for each in container_types(session, current_actor())}
    type_ = types.get(type_code)
    kind = name_of(type_) if type_ else gettext("Container")
    lines = (in_bottles(type_.capacity_bottles), person.territory_name) if type_ else (person.territory_name,)
    return [ContainerLabel(code, f"{address}/C/{code}", kind, lines, _notice()) for code in codes]


def _notice() -> str | None:
    return gettext("Demonstration data") if current_person().demonstration else None


def _page(template: str, refusal: Refusal | None) -> str:
    with reading() as session:
        types = container_types(session, current_actor())
        return render_template(f"operator/{template}", types=types, most=MOST_LABELS, refusal=refusal, **papers())


def _cards_page(refusal: Refusal | None) -> str:
    return render_template("operator/command_cards.html", cards=COMMANDS, papers=CARD_PAPERS, refusal=refusal)
