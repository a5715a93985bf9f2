"""Labels of lots where the work is: printed, scanned back, replaced, swapped; and papers printed beforehand."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pypdfium2 as pdfium  # type: ignore[import-untyped]
import pytest
from flask import Flask
from werkzeug.test import TestResponse

from bottletrack.database import Database
from bottletrack.errors import BadInput
from bottletrack.identifiers import new_event_id, new_lot_code, show_code
from bottletrack.vocabulary import EventKind, Role
from labels import CARD_FORMATS, FORMATS, PRINTERS, ZPL_MIMETYPE
from tests.webapp.conftest import Visitor
from tests.webapp.plant_floor import Floor, codes_in, record
from webapp.cards import COMMANDS
from webapp.config import settings_of
from webapp.label_sheet import MOST_LABELS, labels_of, lots_to_label, press, print_labels
from webapp.operator import label_sheets, waiting_labels
from webapp.operator.paper import CARD_PAPERS, PAPERS
from webapp.station.texts import TEXTS

SignIn = Callable[[str], Visitor]
STATION = Path(__file__).parents[2] / "station" / "src"


@pytest.fixture
def floor(database: Database) -> Floor:
    return Floor(database)


def text_of(pdf: bytes) -> str:
    with pdfium.PdfDocument(pdf) as document:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)


def printed(visitor: Visitor, *codes: str, **fields: str) -> str:
    """Prints the labels of these lots; returns the address of the print job."""
    answer = record(visitor, "/operator/labels/lots", code=list(codes), **fields)
    assert answer.status_code == 303, answer.text
    return answer.location


def stuck(visitor: Visitor, code: str, container: str = "", **fields: str) -> TestResponse:
    """Scans a label back."""
    return record(visitor, "/operator/labels/stick", code=code, container=container, **fields)


def waiting(visitor: Visitor) -> list[str]:
    """The lots whose labels were printed and not scanned back, as the page shows them."""
    return codes_in(visitor.get("/operator/labels"))


def test_every_paper_of_the_print_room_can_be_chosen() -> None:
    assert set(PAPERS) == {*FORMATS, *PRINTERS}
    assert set(CARD_PAPERS) == set(CARD_FORMATS)


@pytest.mark.parametrize("paper", FORMATS)
def test_the_lots_chosen_are_printed(client_for: SignIn, floor: Floor, paper: str) -> None:
    codes = [floor.received(240), floor.packed()]
    operator = client_for(Role.OPERATOR)
    page = operator.get(f"/operator/labels/lots?code={codes[0]}").text
    assert f'value="{codes[0]}" checked' in page
    job = printed(operator, *codes, paper=paper)
    assert waiting(operator) == codes
    pdf = operator.get(f"{job}/file?paper={paper}")
    assert (pdf.status_code, pdf.mimetype) == (200, "application/pdf")
    text = text_of(pdf.data)
    for code in codes:
        assert code[:4] in text
    assert "240" in text


@pytest.mark.parametrize("paper", PRINTERS)
def test_a_label_printer_gets_its_job_by_the_same_page(client_for: SignIn, floor: Floor, paper: str) -> None:
    codes = [floor.received(240), floor.packed()]
    operator = client_for(Role.OPERATOR)
    assert f'value="{paper}"' in operator.get("/operator/labels/lots").text
    job = operator.get(f"{printed(operator, *codes, paper=paper)}/file?paper={paper}")
    assert (job.status_code, job.mimetype) == (200, ZPL_MIMETYPE)
    assert job.headers["Content-Disposition"].endswith(".zpl")
    text = job.data.decode("ascii")
    assert text.count("^XA") == 2
    for code in codes:
        assert f"/Q/{code}^FS" in text


def test_the_paper_printed_on_last_is_remembered(client_for: SignIn, floor: Floor) -> None:
    code, operator = floor.received(), client_for(Role.OPERATOR)
    assert 'value="100x150" required checked' in operator.get("/operator/labels/lots").text
    printed(operator, code, paper="62x100")
    assert 'value="62x100" required checked' in operator.get("/operator/labels/lots").text
    # One press on the page of what was just made: nobody asks again.
    job = printed(operator, code)
    assert operator.get(f"{job}/file").data == operator.get(f"{job}/file?paper=62x100").data


def test_pressed_twice_it_is_printed_once(client_for: SignIn, floor: Floor) -> None:
    code, operator, event_id = floor.received(), client_for(Role.OPERATOR), str(new_event_id())
    assert len({printed(operator, code, event_id=event_id) for _ in range(2)}) == 1
    assert floor.events(EventKind.LABELS_PRINTED) == 1


@pytest.mark.parametrize(
    ("form", "status"),
    [({}, 422), ({"paper": "a3", "code": "{code}"}, 422), ({"code": "W-99-XX"}, 404), ({"code": "{dead}"}, 422)],
)
def test_what_cannot_be_printed_is_refused(client_for: SignIn, floor: Floor, form: dict[str, str], status: int) -> None:
    operator, code, dead = client_for(Role.OPERATOR), floor.received(), floor.received(10)
    record(operator, f"/operator/lots/{dead}/sorting", **{"bin.JU75.vert": "10"})
    wanted = {name: value.format(code=code, dead=dead) for name, value in form.items()}
    page = record(operator, "/operator/labels/lots", **wanted)
    assert page.status_code == status
    assert "panel-refusal" in page.text
    assert floor.events(EventKind.LABELS_PRINTED) == 0


def test_a_job_is_told_while_it_is_made(client_for: SignIn, floor: Floor) -> None:
    codes, operator = [floor.received() for _ in range(3)], client_for(Role.OPERATOR)
    address = f"{printed(operator, *codes)}/file"
    plain, told = operator.get(address), operator.get(f"{address}?progress=yes")
    head, *done, file = told.data.split(b"\n", 5)
    assert json.loads(head) == {"name": "étiquettes.pdf", "type": "application/pdf", "of": 3}
    assert done == [b"1", b"2", b"3", b""]
    assert file == plain.data


def test_another_territorys_job_is_nobodys_here(client_for: SignIn) -> None:
    assert client_for(Role.OPERATOR).get(f"/operator/labels/printed/{new_event_id()}").status_code == 404


def test_a_label_is_scanned_back_on_its_pallet(client_for: SignIn, floor: Floor) -> None:
    code, operator = floor.packed(), client_for(Role.OPERATOR)
    job = printed(operator, code)
    scan = {"job": job.rpartition("/")[2], "code": f"HTTP://127.0.0.1:8000/Q/{code}"}
    page = operator.get("/operator/labels/stick", query_string=scan)
    assert page.status_code == 200
    assert f'name="code" value="{code}"' in page.text
    done = operator.get(stuck(operator, code, "HTTP://127.0.0.1:8000/C/PAL-7").location).text
    assert "panel-success" in done
    assert "PAL-7" in done
    assert waiting(operator) == []
    # And by the pallet's code, people find the lot.
    assert operator.get("/operator/scan?code=HTTP://127.0.0.1:8000/C/PAL-7", follow_redirects=True).request.path == (
        f"/operator/lots/{code}"
    )


def test_a_label_that_nobody_scanned_back_stands_at_the_leads_start(
    client_for: SignIn, floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, operator, lead = floor.packed(), client_for(Role.OPERATOR), client_for(Role.LEAD)
    printed(operator, code)
    # Somebody is on the way to the pallet.
    assert "waiting-late" not in operator.get("/operator/labels").text
    assert "panel-warning" not in lead.get("/operator/").text
    monkeypatch.setattr(waiting_labels, "MINUTE", timedelta(0))
    assert "waiting-late" in operator.get("/operator/labels").text
    assert "panel-warning" in lead.get("/operator/").text
    assert "panel-warning" not in operator.get("/operator/").text
    stuck(operator, code)
    assert "panel-warning" not in lead.get("/operator/").text


def test_another_label_than_the_one_just_printed_is_told(client_for: SignIn, floor: Floor) -> None:
    code, other, operator = floor.packed(), floor.released(), client_for(Role.OPERATOR)
    job = printed(operator, code)
    page = operator.get("/operator/labels/stick", query_string={"job": job.rpartition("/")[2], "code": other})
    assert page.status_code == 409
    assert show_code(other) in page.text
    assert waiting(operator) == [code]


@pytest.mark.parametrize("wrong", ["HTTP://127.0.0.1:8000/Q/{code}", "https://elsewhere.example/C/PAL-7"])
def test_only_a_pallet_is_a_pallet(client_for: SignIn, floor: Floor, wrong: str) -> None:
    code, operator = floor.packed(), client_for(Role.OPERATOR)
    assert stuck(operator, code, wrong.format(code=code)).status_code in (404, 422)
    assert floor.events(EventKind.LABEL_STUCK) == 0


def test_a_pallet_that_holds_another_lot_is_looked_at_first(client_for: SignIn, floor: Floor) -> None:
    operator = client_for(Role.OPERATOR)
    lots = [floor.released(), floor.released()]
    first, second = (
        codes_in(
            operator.get(
                record(operator, f"/operator/lots/{lot}/packing", quantity_loose="60", package=pallet).location
            )
        )[0]
        for lot, pallet in zip(lots, ("PAL-1", "PAL-2"), strict=True)
    )
    for container, other in (("pal-2", second), ("PAL-3", "PAL-1")):
        page = stuck(operator, first, container)
        assert page.status_code == 409
        assert (show_code(other) if other == second else other) in page.text
        assert 'name="sure"' in page.text
    assert stuck(operator, first, "PAL-3", sure="yes").status_code == 303
    assert stuck(operator, second, "PAL-2").status_code == 303


def test_a_lead_puts_swapped_labels_right(client_for: SignIn, floor: Floor) -> None:
    lead, operator = client_for(Role.LEAD), client_for(Role.OPERATOR)
    first, second = floor.packed(), floor.packed()
    assert stuck(operator, first, "PAL-1").status_code == 303
    # The pallet's own code is on the wrong pallet's label: stopped, also for who is sure.
    for who in (operator, lead):
        page = stuck(who, second, "PAL-1", sure="yes")
        assert page.status_code == 409
        assert ("/operator/labels/swapped" in page.text) is (who is lead)
    page = lead.get(f"/operator/labels/swapped?code={second}&other={show_code(first)}")
    assert f'name="other" value="{first}"' in page.text
    answer = record(lead, "/operator/labels/swapped", code=second, other=first)
    job = lead.get(f"{answer.location}/file?paper=zpl-62x100-203").data.decode("ascii")
    new = waiting(lead)
    assert len(new) == 2
    assert all(f"/Q/{code}^FS" in job for code in new)
    assert not {first, second} & set(new)
    for code in (first, second):
        assert operator.get("/operator/scan", query_string={"code": code}).status_code == 409


def test_one_label_is_not_swapped_with_itself(client_for: SignIn, floor: Floor) -> None:
    code = floor.packed()
    page = client_for(Role.LEAD).get(f"/operator/labels/swapped?code={code}&other={code}")
    assert "panel-refusal" in page.text
    assert 'method="post" class="lot-form"' not in page.text


@pytest.mark.parametrize("remedy", ["lost", "dirty"])
def test_a_replaced_label_is_printed_at_once_and_the_old_one_is_dead(
    client_for: SignIn, floor: Floor, remedy: str
) -> None:
    old, operator = floor.packed(), client_for(Role.OPERATOR)
    stuck(operator, old, "PAL-1")
    # The pallet's own code says which lot it is.
    page = operator.get(f"/operator/labels/{remedy}?code=HTTP://127.0.0.1:8000/C/PAL-1").text
    assert f'name="code" value="{old}"' in page
    answer = record(operator, f"/operator/labels/{remedy}", code=old)
    (new,) = waiting(operator)
    assert show_code(new) in operator.get(answer.location).text
    assert f"/Q/{new}^FS" in operator.get(f"{answer.location}/file?paper=zpl-62x100-203").data.decode("ascii")
    dead = operator.get("/operator/scan", query_string={"code": old})
    assert dead.status_code == 409
    assert "panel-refusal" in dead.text
    assert show_code(new) in dead.text
    assert operator.get(f"/operator/labels/{remedy}?code={old}").status_code == 409
    assert stuck(operator, new, "PAL-1").status_code == 303
    # The job of a label that was replaced in its turn prints nothing any more.
    record(operator, f"/operator/labels/{remedy}", code=new)
    assert operator.get(f"{answer.location}/file").status_code == 404


def test_a_blank_label_replaces_one_without_a_printer(client_for: SignIn, floor: Floor) -> None:
    old, blank, operator = floor.packed(), new_lot_code(), client_for(Role.OPERATOR)
    answer = record(operator, "/operator/labels/lost", code=old, blank=f"HTTP://127.0.0.1:8000/Q/{blank}")
    assert answer.location == f"/operator/labels/stick?code={blank}"
    assert waiting(operator) == [blank]


def test_a_blank_label_says_what_it_is_for(client_for: SignIn) -> None:
    page = client_for(Role.OPERATOR).get("/operator/scan", query_string={"code": new_lot_code()})
    assert page.status_code == 404
    assert "étiquette vierge" in page.text


def test_lots_are_made_under_blank_labels(client_for: SignIn, floor: Floor) -> None:
    operator, blank = client_for(Role.OPERATOR), [new_lot_code() for _ in range(4)]
    scanned = [f"HTTP://127.0.0.1:8000/Q/{code}" for code in blank]
    forms: tuple[tuple[Callable[[], str], dict[str, str], str], ...] = (
        (lambda: "/operator/collection", {"point": "P01", "declared_loose": "100", "owner": "pool"}, "blank"),
        (lambda: f"/operator/lots/{blank[0]}/sorting", {"bin.JU75.vert": "100"}, "blank.JU75.vert"),
        (lambda: f"/operator/runs/{floor.running()}/output", {"passed_loose": "40"}, "blank"),
        (lambda: f"/operator/lots/{floor.released()}/packing", {"quantity_loose": "60"}, "blank"),
    )
    for code, (address, form, field) in zip(scanned, forms, strict=True):
        answer = record(operator, address(), **form, **{field: code})
        assert answer.status_code == 303, answer.text
        done = operator.get(answer.location)
        assert codes_in(done)[0] == code[-8:]
        # It hangs there already: nothing is printed.
        assert 'href="/operator/labels/stick"' in done.text
    again = record(operator, "/operator/collection", point="P01", declared_loose="100", owner="pool", blank=scanned[1])
    assert again.status_code == 422
    assert "panel-refusal" in again.text


def test_the_codes_of_containers_are_scanned_into_forms(client_for: SignIn, floor: Floor) -> None:
    operator, address = client_for(Role.OPERATOR), "HTTP://127.0.0.1:8000/C/"
    collected = {"point": "P01", "declared_loose": "100", "owner": "pool", "container": f"{address}PALOX-7"}
    packed = {"quantity_loose": "60", "package": f"{address}PAL-8"}
    for form, fields, container in (
        ("/operator/collection", collected, "PALOX-7"),
        (f"/operator/lots/{floor.released()}/packing", packed, "PAL-8"),
    ):
        made = codes_in(operator.get(record(operator, form, **fields).location))[0]
        assert operator.get(f"/C/{container}").location == f"/operator/lots/{made}"
    mixed = operator.get("/C/PALOX-7").location.rpartition("/")[2]
    record(operator, f"/operator/lots/{mixed}/sorting", **{"bin.JU75.vert": "100"})
    record(operator, "/operator/containers", others=f"{address}PALOX-7, {address}PALOX-9")
    assert "PALOX-7" not in operator.get("/operator/containers").text


def test_the_labels_of_one_sorting_are_printed_one_after_the_other(client_for: SignIn, floor: Floor) -> None:
    operator, mixed = client_for(Role.OPERATOR), floor.received(30)
    answer = record(
        operator, f"/operator/lots/{mixed}/sorting", **{"bin.JU75.vert": "10", "bin.JU75.feuille morte": "20"}
    )
    first, second = codes_in(operator.get(answer.location))
    printed(operator, first)
    after = operator.get(stuck(operator, first).location).text
    assert f'name="code" value="{second}"' in after
    printed(operator, second)
    after = operator.get(stuck(operator, second).location).text
    assert 'action="/operator/labels/lots"' not in after


def test_blank_labels_have_codes_of_their_own(client_for: SignIn) -> None:
    operator = client_for(Role.OPERATOR)
    job = operator.get("/operator/labels/blank/file?count=100&paper=zpl-62x100-203").data.decode("ascii")
    assert len({line.partition("/Q/")[2] for line in job.splitlines() if "/Q/" in line}) == 100
    for count in ("0", "501", "many", ""):
        page = operator.get(f"/operator/labels/blank/file?count={count}&paper=a4-8")
        assert (page.status_code, "panel-refusal" in page.text) == (422, True)


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("pal-1", ["PAL-1"]),
        ("PAL-1, PAL-2;PAL-3\nPAL-1", ["PAL-1", "PAL-2", "PAL-3"]),
        ("PAL-098…PAL-101", ["PAL-098", "PAL-099", "PAL-100", "PAL-101"]),
        ("PAL-8..10", ["PAL-8", "PAL-9", "PAL-10"]),
        ("7...9", ["7", "8", "9"]),
    ],
)
def test_codes_of_containers_are_listed_as_people_do(app: Flask, typed: str, codes: list[str]) -> None:
    with app.test_request_context():
        assert label_sheets.codes_in(typed) == codes


@pytest.mark.parametrize(
    "typed", ["", " , ", "PAL-5…PAL-1", "PAL-1…PAL-9999999", "PALETTE-NUMÉRO-1", "PAL 1", "A-VERY-LONG-NAME"]
)
def test_codes_that_no_label_can_hold_are_refused(client_for: SignIn, typed: str) -> None:
    query = {"codes": typed, "kind": "", "paper": "a4-8"}
    page = client_for(Role.OPERATOR).get("/operator/labels/containers/file", query_string=query)
    assert (page.status_code, "panel-refusal" in page.text) == (422, True)


def test_a_hundred_pallets_get_their_labels(client_for: SignIn) -> None:
    query = {"codes": "PAL-001…PAL-100", "kind": "", "paper": "zpl-100x150-203"}
    job = client_for(Role.OPERATOR).get("/operator/labels/containers/file", query_string=query).data.decode("ascii")
    assert [f"/C/PAL-{number:03}^FS" in job for number in range(1, 101)] == [True] * 100


def test_there_is_a_card_for_all_that_the_station_obeys() -> None:
    commands = (STATION / "commands.ts").read_text(encoding="utf-8")
    actions = (STATION / "actions.ts").read_text(encoding="utf-8")
    signs = dict(re.findall(r'\bname: "(\w+)".*?\bsign: "([\w-]+)"', actions, re.DOTALL))
    steps = {f"STEP-{name.upper().replace('_', '-')}": name for name in signs if name != "hold"}
    assert set(COMMANDS) == {*re.findall(r'case "([A-Z]+)":', commands), *steps}
    # The card and the tile of a step say and show the same; the card HOLD is that of its step.
    for card, name in (*steps.items(), ("HOLD", "hold")):
        assert (COMMANDS[card].word, COMMANDS[card].sign) == (TEXTS[f"action_{name}"], signs[name])


@pytest.mark.parametrize("paper", CARD_FORMATS)
def test_command_cards_are_printed(client_for: SignIn, paper: str) -> None:
    operator = client_for(Role.OPERATOR)
    pdf = operator.get("/operator/labels/cards/file", query_string={"card": list(COMMANDS), "paper": paper})
    assert (pdf.status_code, pdf.mimetype) == (200, "application/pdf")
    assert "Charger la laveuse" in " ".join(text_of(pdf.data).split())
    for query in ({"paper": paper}, {"card": "UNDO", "paper": "a3"}):
        assert operator.get("/operator/labels/cards/file", query_string=query).status_code == 422


def test_a_label_leads_back_to_its_lot(app: Flask, client_for: SignIn, floor: Floor, database: Database) -> None:
    code = floor.released()
    with app.test_request_context(), database.reading() as session:
        (label,) = labels_of(session, lots_to_label(session, floor.actor, [code]), settings_of().label_url)
    assert label.url == f"HTTP://127.0.0.1:8000/Q/{code}"
    lot = client_for(Role.OPERATOR).get("/operator/scan", query_string={"code": label.url})
    assert lot.location == f"/operator/lots/{code}"


def test_without_codes_all_open_lots_are_meant(floor: Floor, database: Database) -> None:
    codes = [floor.received(), floor.sorted(), floor.packed()]
    with database.reading() as session:
        assert [lot.code for lot in lots_to_label(session, floor.actor)] == codes
        twice = lots_to_label(session, floor.actor, [codes[1], codes[0], codes[1]])
        assert [lot.code for lot in twice] == [codes[1], codes[0]]


def test_an_address_too_long_for_a_label_is_told(app: Flask, floor: Floor, database: Database) -> None:
    code = floor.received()
    with app.test_request_context(), database.reading() as session:
        lots = lots_to_label(session, floor.actor, [code])
        with pytest.raises(BadInput, match="does not fit a label"):
            print_labels(session, lots, "https://a-rather-long-name.example.org", "a4-21")
        labels = labels_of(session, lots, "https://b.example")
        for too_many_or_none in ([], labels * (MOST_LABELS + 1)):
            with pytest.raises(BadInput, match="cannot be printed at once"):
                press(too_many_or_none, "a4-21")
