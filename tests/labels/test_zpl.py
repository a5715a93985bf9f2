"""What a label printer is sent: labels and nothing else, whole, on the paper, each text in its place."""

from collections.abc import Callable
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labels import PRINTERS, AnyLabel, Label, LabelError, Printer, render, render_zpl
from labels.formats import FORMATS, SHIFT_DOTS
from labels.qr import QUIET_MODULES
from tests.labels.printing import VERSION_2, VERSION_3, a_container, a_label, pictures, read
from tests.labels.test_sheet import any_label
from tests.labels.zpl_reader import Field, Paper, ZplError, read_zpl

printers = pytest.mark.parametrize("printer", PRINTERS.values(), ids=list(PRINTERS))
SAFE_MILLIMETERS = 1.5


def printed(label: AnyLabel, printer: Printer) -> Paper:
    (paper,) = read_zpl(render_zpl([label], printer))
    return paper


@printers
def test_a_label_is_told_whole_at_the_printers_resolution(printer: Printer) -> None:
    label = a_label(4, partner_code="LOT-0043", notice="Données de démonstration", lines=("À laver", "Cœur d’été"))
    paper = printed(label, printer)
    millimeters = tuple(round(dots / printer.dpi * 25.4, 1) for dots in (paper.width, paper.height))
    assert printer.name == f"zpl-{millimeters[0]:.0f}x{millimeters[1]:.0f}-{printer.dpi}"
    expected = {
        label.code,
        label.title,
        label.quantity,
        "LOT-0043",
        "Données de démonstration",
        "À laver",
        "Cœur d’été",
    }
    assert set(paper.texts) == expected


@printers
@pytest.mark.parametrize("address", [VERSION_2, VERSION_3])
@pytest.mark.parametrize("make", [a_label, a_container])
def test_its_code_is_that_of_the_pdf(printer: Printer, address: str, make: Callable[[int, str], AnyLabel]) -> None:
    label = make(5, address)
    paper = printed(label, printer)
    assert [paper.qr.data] == read(pictures(render([label], FORMATS["100x150"]))[0]) == [label.url]
    # An older firmware draws it ten dots lower.
    for shift in (0, SHIFT_DOTS):
        assert read(paper.draw(shift)) == [label.url]


def test_a_container_stands_out_by_its_code_in_reverse() -> None:
    printer = PRINTERS["zpl-100x150-203"]
    container, lot = printed(a_container(1), printer), printed(a_label(1), printer)
    assert [field.reverse for field in container.fields if field.data == a_container(1).code] == [True]
    assert not any(field.reverse for field in lot.fields)


@pytest.mark.parametrize(
    "evil",
    [
        "^XZ^XA^FDno^FS",
        "~JA",
        "^FS^PQ999",
        "_5EXZ",
        "\\&",
        "\\(*)",
        "a\n^XZ\r~HS",
        "\x02\x03\x10~",
        "^CC!",
        "É_^~\\",
    ],
)
@printers
def test_no_text_is_ever_a_command(printer: Printer, evil: str) -> None:
    label = Label(evil, VERSION_3 + "7K3M29QX", evil, evil, (evil, evil), evil, evil)
    paper = printed(label, printer)
    assert paper.qr.data == label.url
    assert paper.copies == 1
    assert len([text for text in paper.texts if text]) == 7
    kept = evil.replace("\\", "/").replace("\n", " ").replace("\r", " ")
    if evil.isprintable():
        assert paper.texts.count(kept) == 7


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(sorted(PRINTERS)), any_label)
def test_no_text_ever_leaves_its_place(name: str, label: AnyLabel) -> None:
    printer = PRINTERS[name]
    paper = printed(label, printer)  # the reader refuses what runs off the paper or over its own lines
    safe = SAFE_MILLIMETERS * printer.dpi / 25.4
    for field in paper.fields:
        assert field.x >= safe
        assert field.y >= safe
        assert field.x + field.size[0] <= paper.width - safe
        assert field.y + field.size[1] <= paper.height - safe
    for one, other in combinations(paper.fields, 2):
        on_its_band = (one.band != (0, 0) or other.band != (0, 0)) and (one.reverse or other.reverse)
        assert on_its_band or not overlap(zone(one), zone(other))


def zone(field: Field) -> tuple[int, int, int, int]:
    """What nothing else may enter: a code's quiet zone wherever it is drawn, a text's letters."""
    width, height = field.size
    if field.magnification:
        quiet = QUIET_MODULES * field.magnification
        return field.x - quiet, field.y - quiet, field.x + width + quiet, field.y + height + quiet + SHIFT_DOTS
    # Below the letters of its last line, a field is empty but for the tails of g and Ç.
    return field.x, field.y, field.x + width, field.y + height - field.letters // 4


def overlap(one: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> bool:
    # Rounding to dots may cost one on each side.
    return min(one[2], other[2]) - max(one[0], other[0]) > 2 and min(one[3], other[3]) - max(one[1], other[1]) > 2


def test_a_job_is_its_labels_in_order_the_same_bytes_each_time() -> None:
    job = [a_label(number) for number in range(100)]
    heard: list[int] = []
    told = render_zpl(job, PRINTERS["zpl-62x100-300"], heard.append)
    assert [paper.qr.data for paper in read_zpl(told)] == [label.url for label in job]
    assert told == render_zpl(job, PRINTERS["zpl-62x100-300"])
    assert heard == list(range(1, 101))


def test_what_no_reader_could_read_is_refused() -> None:
    printer = PRINTERS["zpl-62x100-203"]
    for label in (a_label(1, url="H" * 36), a_label(1, url="HTTP://RE.FR/^XZ"), a_label(1, code=" ")):
        with pytest.raises(LabelError):
            render_zpl([a_label(2), label], printer)
    with pytest.raises(LabelError, match="choose at least one lot"):
        render_zpl([], printer)


GOOD = "^XA^CI28^PW799^LL1199^LH0,0^FO20,20^A0N,30^FB700,1,6,L,0^FH^FDx^FS^FO99,99^BQN,2,9^FDHA,A^FS^PQ1^XZ"


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("", ""),
        ("^XZ", ""),
        ("^XA", "^XA^XA"),
        ("x^FS", "x"),
        ("^FDx", ""),
        ("^FDx", "^FDx^JA"),
        ("^FDx", "^FD~JAx"),
        ("^FDx", "^FDx_5"),
        ("^FDx", "^FDx_0A"),
        ("^FH", ""),
        ("^FO20", "^FO790"),
        ("^PQ1", "^PQ9"),
        ("^CI28", ""),
        ("^BQN,2,9", "^BQN,2,11"),
        ("HA,", "MA,"),
        ("^FDx", "^FD" + "W" * 40 + " " + "W" * 40),
    ],
)
def test_the_reader_itself_is_strict(right: str, wrong: str) -> None:
    if not right:
        assert len(read_zpl(GOOD.encode())) == 1
        return
    assert right in GOOD
    with pytest.raises(ZplError):
        read_zpl(GOOD.replace(right, wrong, 1).encode())
