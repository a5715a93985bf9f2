"""What is printed beside the code: every text, whole where it can be, never out of its place."""

from itertools import combinations

import pypdfium2 as pdfium  # type: ignore[import-untyped]
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labels import FORMATS, AnyLabel, ContainerLabel, Format, Label, LabelError, render
from tests.labels.printing import DPI, VERSION_2, VERSION_3, a_container, a_label, label_picture, pictures

formats = pytest.mark.parametrize("paper", FORMATS)
Edges = tuple[float, float, float, float]  # left, bottom, right, top, in points

SAFE_POINTS = 4.25  # 1.5 mm from the cut


def text_of(pdf: bytes) -> str:
    document = pdfium.PdfDocument(pdf)
    try:
        return "\n".join(page.get_textpage().get_text_range() for page in document).replace("\r", "")
    finally:
        document.close()


def characters(pdf: bytes) -> list[Edges]:
    """Where the first page's ink is: the tight box of every character."""
    document = pdfium.PdfDocument(pdf)
    try:
        texts = document[0].get_textpage()
        whole = texts.get_text_range()
        assert len(whole) == texts.count_chars()
        return [texts.get_charbox(i) for i, character in enumerate(whole) if not character.isspace()]
    finally:
        document.close()


def overlap(one: Edges, other: Edges) -> bool:
    # Half a point is allowed: it is less than the white around a letter.
    return min(one[2], other[2]) - max(one[0], other[0]) > 0.5 and min(one[3], other[3]) - max(one[1], other[1]) > 0.5


def assert_in_place(label: AnyLabel, format: Format) -> None:
    """Every character lies on the label, off its cut and off the code, and none on another."""
    boxes = characters(render([label], format))
    left, bottom = format.corner(0)
    right, top = left + format.label[0], bottom + format.label[1]
    qr = format.arrangement.qr
    code = (left + qr.x, bottom + qr.y, left + qr.x + qr.width, bottom + qr.y + qr.height)
    for box in boxes:
        assert box[0] >= left + SAFE_POINTS
        assert box[2] <= right - SAFE_POINTS
        assert box[1] >= bottom + SAFE_POINTS
        assert box[3] <= top - SAFE_POINTS
        assert not overlap(box, code)
    band = format.arrangement.code
    if label.reverse:
        in_reverse = [box for box in boxes if box[3] > bottom + band.y + 1 and box[2] > left + band.x + 1]
        assert in_reverse  # white letters, which beside their band nobody would see
        assert min(box[1] for box in in_reverse) >= bottom + band.y - 0.1
        assert max(box[3] for box in in_reverse) <= bottom + band.y + band.height + 0.1
    # Neighbors on a line may reach into one another, as the font's makers wanted.
    apart = [(i, k) for i, k in combinations(range(len(boxes)), 2) if k > i + 1]
    assert not [pair for pair in apart if overlap(boxes[pair[0]], boxes[pair[1]])]


@formats
def test_every_text_is_there(paper: str) -> None:
    label = a_label(
        4,
        title="Bordelaise 75 cl",
        quantity="1\u202f667 bouteilles",
        lines=("À laver", "Cœur d’été", "12 oct. 2016"),
        partner_code="LOT-0043",
        notice="Données de démonstration",
    )
    found = " ".join(text_of(render([label], FORMATS[paper])).split())
    assert label.code in found.replace("- ", "-")
    for text in ("1 667 bouteilles", label.title, "À laver", "Cœur d’été", "12 oct. 2016", "LOT-0043"):
        assert text in found
    assert "Données de démonstration" in found


@formats
def test_french_typography_comes_out(paper: str) -> None:
    for texts in ("« Œuvre »", "Pré–Mâcon’s", "l’été… ½ €", "àâçèéêëîïôùûÿÉÀÇ"):
        assert texts in text_of(render([a_label(1, lines=(texts,))], FORMATS[paper])).replace("\u00a0", " ")


def test_letters_the_font_lacks_lose_their_accent_or_give_way() -> None:
    found = text_of(render([a_label(1, lines=("Țuica № 2", "a\nb", "水"))], FORMATS["100x150"]))
    assert "Tuica No 2" in found
    assert "a b" in found
    assert "?" in found


@formats
def test_long_texts_stay_in_place(paper: str) -> None:
    long = "Bordelaise allégée à vis, feuille-morte, gravée « Jura », 75 cl " * 3
    label = Label("WWWW-WWWW", VERSION_3 + "WWWWWWWW", long, "1 234 567 890 bouteilles", (long,) * 9, long, long)
    assert_in_place(label, FORMATS[paper])
    found = " ".join(text_of(render([label], FORMATS[paper])).split())
    assert "…" in found
    assert "1 234 567 890 bouteilles" in found  # a quantity is never cut short


texts = st.text(st.characters(codec="latin-1", exclude_categories=["C"]), max_size=60)


codes = st.from_regex(r"[0-9A-Z]{4}-[0-9A-Z]{4}|[0-9A-Z][0-9A-Z-]{0,19}", fullmatch=True)
urls = st.sampled_from([VERSION_2, VERSION_3])
lines = st.lists(texts, max_size=6).map(tuple)
notices = st.none() | texts
labels = st.builds(Label, codes, urls, texts, texts, lines, st.none() | texts, notices)
any_label = labels | st.builds(ContainerLabel, codes, urls, texts, lines, notices)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(FORMATS)), any_label)
def test_no_text_ever_leaves_its_place(paper: str, label: AnyLabel) -> None:
    assert_in_place(label, FORMATS[paper])


@formats
def test_a_container_is_told_from_a_lot_by_its_code_in_reverse(paper: str) -> None:
    format = FORMATS[paper]
    box = format.arrangement.code
    # Around the letters: white on a lot's label, black on a container's.
    edges = (box.x, format.label[1] - box.y - box.height, box.x + box.width, format.label[1] - box.y)
    left, top, right, bottom = (round(edge * DPI / 72) for edge in edges)
    for label, darkness in ((a_label(2), 0.5), (a_container(2), 1.0)):
        picture = label_picture(pictures(render([label], format))[0], format).crop((left, top, right, bottom))
        dark = picture.histogram()[0] / (picture.width * picture.height)
        assert darkness - 0.5 < dark < darkness
    found = " ".join(text_of(render([a_container(2)], format)).split())
    for text in ("Palox", "Arbois", a_container(2).code):
        assert text in found.replace("- ", "-")


@formats
def test_labels_lie_on_the_page_and_apart(paper: str) -> None:
    format = FORMATS[paper]
    width, height = format.label
    corners = [format.corner(position) for position in range(format.per_page)]
    for x, y in corners:
        assert x >= -1e-6
        assert y >= -1e-6
        assert x + width <= format.page[0] + 1e-6
        assert y + height <= format.page[1] + 1e-6
    for (x1, y1), (x2, y2) in combinations(corners, 2):
        assert abs(x1 - x2) >= width - 1e-6 or abs(y1 - y2) >= height - 1e-6


def test_same_labels_give_same_bytes_titled_with_their_codes() -> None:
    job = [a_label(number) for number in range(25)]
    pdf = render(job, FORMATS["a4-21"])
    assert pdf == render(job, FORMATS["a4-21"])
    document = pdfium.PdfDocument(pdf)
    assert document.get_metadata_value("Title") == f"{job[0].code} – {job[-1].code}"
    document.close()


def test_a_repeated_code_is_drawn_like_a_single_one() -> None:
    label = a_label(5)
    alone, repeated = (pictures(render([label] * n, FORMATS["100x150"]))[0] for n in (1, 2))
    assert alone.tobytes() == repeated.tobytes()


def test_progress_counts_the_labels_drawn() -> None:
    heard: list[int] = []
    render([a_label(number) for number in range(23)], FORMATS["a4-21"], heard.append)
    assert heard == list(range(1, 24))


def test_nothing_to_print_and_a_label_without_code_are_refused() -> None:
    with pytest.raises(LabelError, match="choose at least one lot"):
        render([], FORMATS["a4-8"])
    with pytest.raises(LabelError, match="no readable code"):
        render([a_label(1, code=" ")], FORMATS["a4-8"])
