"""Label sheets: which lots, which paper, and what stands on them."""

from collections.abc import Callable

import pypdfium2 as pdfium  # type: ignore[import-untyped]
import pytest
from flask import Flask

from bottletrack.database import Database
from bottletrack.errors import BadInput
from bottletrack.vocabulary import Role
from labels import FORMATS, PRINTERS, ZPL_MIMETYPE
from tests.webapp.conftest import Visitor
from tests.webapp.plant_floor import Floor, record
from webapp.config import settings_of
from webapp.label_sheet import MOST_LABELS, labels_of, lots_to_label, print_labels
from webapp.operator.printing import PAPERS

SignIn = Callable[[str], Visitor]


@pytest.fixture
def floor(database: Database) -> Floor:
    return Floor(database)


def text_of(pdf: bytes) -> str:
    with pdfium.PdfDocument(pdf) as document:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)


def test_every_paper_of_the_print_room_can_be_chosen() -> None:
    assert set(PAPERS) == {*FORMATS, *PRINTERS}


@pytest.mark.parametrize("paper", FORMATS)
def test_the_lots_chosen_are_printed(client_for: SignIn, floor: Floor, paper: str) -> None:
    codes = [floor.received(240), floor.packed()]
    operator = client_for(Role.OPERATOR)
    page = operator.get(f"/operator/labels?code={codes[0]}").text
    assert f'value="{codes[0]}" checked' in page
    pdf = operator.get(f"/operator/labels.pdf?paper={paper}&code={codes[0]}&code={codes[1]}")
    assert (pdf.status_code, pdf.mimetype) == (200, "application/pdf")
    printed = text_of(pdf.data)
    for code in codes:
        assert code[:4] in printed
    assert "240" in printed


@pytest.mark.parametrize("paper", PRINTERS)
def test_a_label_printer_gets_its_job_by_the_same_page(client_for: SignIn, floor: Floor, paper: str) -> None:
    codes = [floor.received(240), floor.packed()]
    operator = client_for(Role.OPERATOR)
    assert f'value="{paper}"' in operator.get("/operator/labels").text
    job = operator.get(f"/operator/labels.pdf?paper={paper}&code={codes[0]}&code={codes[1]}", follow_redirects=True)
    assert (job.status_code, job.mimetype) == (200, ZPL_MIMETYPE)
    assert job.headers["Content-Disposition"].endswith(".zpl")
    text = job.data.decode("ascii")
    assert text.count("^XA") == 2
    for code in codes:
        assert f"/Q/{code}^FS" in text


def test_a_sheet_of_paper_is_no_job_for_a_label_printer(client_for: SignIn, floor: Floor) -> None:
    page = client_for(Role.OPERATOR).get(f"/operator/labels.zpl?paper=a4-21&code={floor.received()}")
    assert page.status_code == 422
    assert "panel-refusal" in page.text


@pytest.mark.parametrize(
    ("query", "status"),
    [("paper=a4-21", 422), ("paper=a3&code={code}", 422), ("code=W-99-XX", 404), ("code={dead}", 422)],
)
def test_what_cannot_be_printed_is_refused(client_for: SignIn, floor: Floor, query: str, status: int) -> None:
    operator, dead = client_for(Role.OPERATOR), floor.received(10)
    record(operator, f"/operator/lots/{dead}/sorting", **{"bin.JU75.vert": "10"})
    page = operator.get("/operator/labels.pdf?" + query.format(code=floor.received(), dead=dead))
    assert page.status_code == status
    assert "panel-refusal" in page.text


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
        for too_many_or_none in ([], lots * (MOST_LABELS + 1)):
            with pytest.raises(BadInput, match="cannot be printed at once"):
                print_labels(session, too_many_or_none, "https://b.example", "a4-21")
