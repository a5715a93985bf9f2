"""The paper at hand: which one this browser printed on last, and the file that goes to the printer."""

from collections.abc import Callable, Sequence

from flask import after_this_request, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from bottletrack.errors import BadInput
from labels import CARD_FORMATS, PRINTERS, ZPL_MIMETYPE, AnyLabel
from webapp.config import settings_of
from webapp.label_sheet import press
from webapp.languages import N_, gettext
from webapp.operator.progress import Progress, file_or_progress

#: The roll of single labels is what a station has at hand.
USUAL_PAPER = "100x150"
#: Every format of the print room in words, in the order of the page; a test fails for one that is missing.
PAPERS = {
    "100x150": N_("Single label, 100 × 150 mm"),
    "62x100": N_("Roll of 62 mm, labels of 100 mm"),
    "a4-8": N_("A4 sheet, 8 labels"),
    "a4-21": N_("A4 sheet, 21 labels"),
    "zpl-100x150-203": N_("Label printer (ZPL), 100 × 150 mm, 203 dpi"),
    "zpl-100x150-300": N_("Label printer (ZPL), 100 × 150 mm, 300 dpi"),
    "zpl-62x100-203": N_("Label printer (ZPL), 62 × 100 mm, 203 dpi"),
    "zpl-62x100-300": N_("Label printer (ZPL), 62 × 100 mm, 300 dpi"),
}
#: The papers of command cards in words.
CARD_PAPERS = {"a4-4": N_("A4 sheet, 4 cards"), "a6": N_("A6 card stock, 1 card")}
_COOKIE = "paper"
_A_YEAR = 365 * 24 * 60 * 60


def paper_in_use() -> str:
    """The paper that was chosen now, else the one this browser printed on last, else the usual one."""
    given = (request.values.get("paper", ""), request.cookies.get(_COOKIE, ""))
    return next((paper for paper in given if paper in PAPERS), USUAL_PAPER)


def chosen_paper() -> str:
    """As `paper_in_use`, remembered for the next label. Raises BadInput for a paper that there is not."""
    if request.values.get("paper", USUAL_PAPER) not in PAPERS:
        raise BadInput("There is no such paper.", "Choose a paper of the list.", field="paper")
    paper = paper_in_use()

    @after_this_request
    def remember(response: Response) -> Response:
        secure = settings_of().public_url.startswith("https")
        response.set_cookie(_COOKIE, paper, max_age=_A_YEAR, secure=secure, httponly=True, samesite="Lax")
        return response

    return paper


def label_file(labels: Sequence[AnyLabel], paper: str) -> ResponseReturnValue:
    """The labels on a paper: a PDF, or what a label printer is sent. Raises BadInput for what cannot be printed."""
    # What keeps one from being printed keeps all: the address. Told before the first progress is.
    press(labels[:1], paper)
    if paper in PRINTERS:
        return _file(lambda progress: press(labels, paper, progress), len(labels), ZPL_MIMETYPE, ".zpl")
    return pdf_file(lambda progress: press(labels, paper, progress), len(labels))


def pdf_file(make: Callable[[Progress | None], bytes], count: int) -> ResponseReturnValue:
    """So many labels or cards as a PDF."""
    return _file(make, count, "application/pdf", ".pdf")


def card_paper() -> str:
    """The paper chosen for command cards. Raises BadInput for one that there is not."""
    paper = request.args.get("paper", "")
    if paper not in CARD_FORMATS:
        raise BadInput("There is no such paper.", "Choose a paper of the list.", field="paper")
    return paper


def _file(make: Callable[[Progress | None], bytes], count: int, mimetype: str, suffix: str) -> ResponseReturnValue:
    return file_or_progress(make, count, mimetype, gettext("labels") + suffix)
