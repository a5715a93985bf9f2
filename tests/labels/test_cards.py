"""Command cards and badges: every text in its place, the cuts apart, the same bytes each time."""

import pypdfium2 as pdfium  # type: ignore[import-untyped]
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labels import (
    BADGE_FORMAT,
    CARD_FORMATS,
    Badge,
    CommandCard,
    Grid,
    LabelError,
    render_badges,
    render_cards,
)
from labels.cards import BADGE_QR, BADGE_TEXTS, CARD_PICTOGRAM, CARD_QR, CARD_WORD
from labels.formats import LETTER_GAP, Box
from tests.labels.printing import (
    A_PICTOGRAM,
    VERSION_3,
    a_badge,
    a_card,
    a_long_badge,
    a_long_card,
    label_picture,
    pictures,
)
from tests.labels.test_sheet import characters, text_of

papers = pytest.mark.parametrize("paper", CARD_FORMATS.values(), ids=list(CARD_FORMATS))
words = st.text(st.characters(codec="latin-1", exclude_categories=["C"]), max_size=60)


def assert_inside(pdf: bytes, grid: Grid, box: Box, left_bearing: float) -> None:
    """Every character of the only card lies within its box, but for what a bold J reaches left of where it starts."""
    left, bottom = grid.corner(0)
    for edges in characters(pdf):
        assert edges[0] >= left + box.x - left_bearing
        assert edges[1] >= bottom + box.y - 0.5
        # Some letters reach a little beyond what they advance by.
        assert edges[2] <= left + box.x + box.width + 1.0
        assert edges[3] <= bottom + box.y + box.height + 0.5


@papers
def test_a_card_has_its_word(paper: Grid) -> None:
    assert "Annuler le dernier scan" in " ".join(text_of(render_cards([a_card(1)], paper)).split())


def test_a_badge_has_name_site_and_notice() -> None:
    badge = Badge(VERSION_3, "Marie Dupont", "Lons-le-Saunier", "Données de démonstration")
    found = " ".join(text_of(render_badges([badge])).split())
    for text in ("Marie Dupont", "Lons-le-Saunier", "Données de démonstration"):
        assert text in found


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(sorted(CARD_FORMATS)), words)
def test_no_word_ever_leaves_its_place(paper: str, word: str) -> None:
    grid = CARD_FORMATS[paper]
    assert_inside(render_cards([CommandCard(VERSION_3, word, A_PICTOGRAM)], grid), grid, CARD_WORD, 2.0)


@settings(max_examples=50, deadline=None)
@given(words, words, st.none() | words)
def test_no_text_of_a_badge_ever_leaves_its_place(name: str, site: str, notice: str | None) -> None:
    assert_inside(render_badges([Badge(VERSION_3, name, site, notice)]), BADGE_FORMAT, BADGE_TEXTS, LETTER_GAP)


def test_boxes_lie_on_their_card_and_apart() -> None:
    width, height = CARD_FORMATS["a6"].label
    assert CARD_QR.y >= 0
    assert CARD_WORD.y >= CARD_QR.y + CARD_QR.height
    assert CARD_PICTOGRAM.y >= CARD_WORD.y + CARD_WORD.height
    assert CARD_PICTOGRAM.y + CARD_PICTOGRAM.height <= height
    assert CARD_QR.x + CARD_QR.width <= width
    assert BADGE_TEXTS.x >= BADGE_QR.x + BADGE_QR.width
    assert BADGE_TEXTS.x + BADGE_TEXTS.width <= BADGE_FORMAT.label[0]


@pytest.mark.parametrize("grid", [*CARD_FORMATS.values(), BADGE_FORMAT], ids=lambda grid: grid.name)
def test_cards_lie_on_their_page_side_by_side(grid: Grid) -> None:
    corners = [grid.corner(position) for position in range(grid.per_page)]
    assert len(set(corners)) == grid.per_page
    for x, y in corners:
        assert x >= -1e-6
        assert y >= -1e-6
        assert x + grid.label[0] <= grid.page[0] + 1e-6
        assert y + grid.label[1] <= grid.page[1] + 1e-6


def test_there_is_a_line_to_cut_along_where_a_page_has_several() -> None:
    for name, has_line in (("a4-4", True), ("a6", False)):
        grid = CARD_FORMATS[name]
        card = label_picture(pictures(render_cards([a_card(1)], grid))[0], grid)
        middle = card.crop((card.width - 3, card.height // 2, card.width, card.height // 2 + 20))
        assert (min(middle.tobytes()) < 255) is has_line


def test_how_long_a_command_and_a_token_may_be() -> None:
    card, badge = a_long_card(1), a_long_badge(1)
    assert (len(card.url), len(badge.url)) == (50, 84)
    render_cards([card], CARD_FORMATS["a6"])
    render_badges([badge])
    with pytest.raises(LabelError, match="at most 50 characters"):
        render_cards([CommandCard(card.url + "X", "Bloquer", A_PICTOGRAM)], CARD_FORMATS["a6"])
    with pytest.raises(LabelError, match="at most 84 characters"):
        render_badges([Badge(badge.url + "X", "Ali", "Arbois")])


def test_same_cards_give_same_bytes_and_progress_is_told() -> None:
    cards, badges = [a_card(number) for number in range(6)], [a_badge(number) for number in range(12)]
    heard: list[int] = []
    assert render_cards(cards, CARD_FORMATS["a4-4"], heard.append) == render_cards(cards, CARD_FORMATS["a4-4"])
    assert render_badges(badges, heard.append) == render_badges(badges)
    assert heard == [*range(1, 7), *range(1, 13)]
    with pdfium.PdfDocument(render_badges(badges)) as document:
        assert len(document) == 2


def test_nothing_to_print_is_refused() -> None:
    with pytest.raises(LabelError, match="at least one command"):
        render_cards([], CARD_FORMATS["a6"])
    with pytest.raises(LabelError, match="at least one person"):
        render_badges([])
