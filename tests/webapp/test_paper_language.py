"""Paper for a reader of Arabic: the font has no Arabic letters, so French stands on it, and the page stays Arabic."""

import re
from collections.abc import Callable

import pypdfium2 as pdfium  # type: ignore[import-untyped]
import pytest

from bottletrack.database import Database
from bottletrack.vocabulary import Role
from tests.webapp.conftest import Visitor
from tests.webapp.plant_floor import Floor, record


def label_of(floor: Floor, visitor: Visitor) -> str:
    return record(visitor, "/operator/labels/lots", code=floor.washed(100), paper="100x150").location + "/file"


def trace_of(floor: Floor, visitor: Visitor) -> str:
    return f"/trace/lot/{floor.washed(100)}/trace.pdf"


def recall_of(floor: Floor, visitor: Visitor) -> str:
    drill = {"start": f"lot:{floor.washed(100)}", "drill": "drill", "reason": "yearly"}
    return record(visitor, "/recalls", **drill).location + "/recall.pdf"


@pytest.mark.parametrize(
    ("paper", "role", "stands"),
    [
        (label_of, Role.OPERATOR, "100 bouteilles"),
        (trace_of, Role.OPERATOR, "Imprimé le"),
        (recall_of, Role.COORDINATOR, "Exercice de rappel"),
    ],
)
def test_paper_for_a_reader_of_arabic_is_french(
    client_for: Callable[[str], Visitor],
    database: Database,
    paper: Callable[[Floor, Visitor], str],
    role: Role,
    stands: str,
) -> None:
    visitor = client_for(role)
    visitor.send("/account/language", {"language": "ar"})
    sheet = visitor.get(paper(Floor(database), visitor))
    assert sheet.mimetype == "application/pdf"
    with pdfium.PdfDocument(sheet.data) as document:
        text = " ".join(" ".join(page.get_textpage().get_text_bounded() for page in document).split())
    assert stands in text
    assert not re.search("[\u0600-\u06ff\u2066-\u2069]", text)
    assert '<html lang="ar" dir="rtl"' in visitor.get("/account/").text
