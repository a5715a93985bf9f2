"""Which contents a label's code takes, and how it stands on the paper."""

import pytest
from PIL import Image

from labels import FORMATS, LabelError, render
from labels.qr import modules, path, version_for
from tests.labels.printing import VERSION_2, VERSION_3, a_label, label_picture, pictures


@pytest.mark.parametrize(("length", "version"), [(1, 2), (20, 2), (21, 3), (35, 3)])
def test_version_is_the_smallest_that_holds_the_content(length: int, version: int) -> None:
    content = "H" * length
    assert version_for(content) == version
    assert len(modules(content)) == 17 + 4 * version


@pytest.mark.parametrize(("length", "version"), [(35, 3), (36, 4), (50, 4), (51, 5), (64, 5), (65, 6), (84, 6)])
def test_a_larger_version_is_taken_where_it_is_allowed(length: int, version: int) -> None:
    assert version_for("H" * length, 6) == version
    assert len(modules("H" * length, 6)) == 17 + 4 * version


def test_digits_alone_are_taken_too() -> None:
    assert len(modules("12345678901234567890")) == 25


def test_too_long_an_address_is_refused_with_the_remedy() -> None:
    with pytest.raises(LabelError, match=r"at most 35 characters .* has 36.*BOTTLETRACK_LABEL_URL.*shorter"):
        render([a_label(1, "HTTP://BOTTLES.EXAMPLE.ORG/Q", url="H" * 36)], FORMATS["a4-21"])


@pytest.mark.parametrize("content", ["http://re.fr/q/1", "HTTP://RE.FR/Q?1", "HTTP://CAFÉ.FR/Q/1", "", "A\nB"])
def test_other_characters_are_refused_with_the_remedy(content: str) -> None:
    with pytest.raises(LabelError, match=r"uppercase letters.*Set BOTTLETRACK_LABEL_URL"):
        render([a_label(1), a_label(2, url=content)], FORMATS["a4-21"])


@pytest.mark.parametrize("paper", FORMATS)
@pytest.mark.parametrize("address", [VERSION_2, VERSION_3])
def test_quiet_zone_of_four_modules_is_left_white(paper: str, address: str) -> None:
    format, label = FORMATS[paper], a_label(3, address)
    picture = label_picture(pictures(render([label], format))[0], format)
    side = len(modules(label.url))
    box, scale = format.arrangement.qr, picture.width / format.label[0]
    module = box.width * scale / (side + 8)
    left, top = box.x * scale, (format.label[1] - box.y - box.height) * scale
    whole = (left, top, left + box.width * scale, top + box.height * scale)
    inner = tuple(edge + sign * 4 * module for edge, sign in zip(whole, (1, 1, -1, -1), strict=True))
    frame = picture.crop(tuple(round(edge) for edge in whole))  # type: ignore[arg-type]
    dark = tuple(round(edge - (left, top)[i % 2]) for i, edge in enumerate(inner))
    # A dot more on each side: a module's edge may fall inside a printer's dot.
    frame = frame.crop((0, 0, frame.width - 1, frame.height - 1))
    frame.paste(255, (dark[0] - 1, dark[1] - 1, dark[2] + 1, dark[3] + 1))
    assert frame.getextrema() == (255, 255)


def test_path_fills_exactly_the_dark_modules() -> None:
    content = VERSION_3 + "7K3M29QX"
    rows = modules(content)
    drawn = Image.new("1", (len(rows), len(rows)))
    operators = path(content).split("\n")
    assert operators.pop() == "f"
    for operator in operators:
        x, y, length, height, name = operator.split()
        assert (height, name) == ("1", "re")
        for column in range(int(x), int(x) + int(length)):
            drawn.putpixel((column, len(rows) - 1 - int(y)), 1)
    assert [[bool(drawn.getpixel((x, y))) for x in range(len(rows))] for y in range(len(rows))] == rows


def test_a_code_costs_at_most_400_bytes_and_its_copies_hardly_any() -> None:
    format = FORMATS["a4-21"]
    different = [a_label(number, quantity="24", title="Clavelin", lines=()) for number in range(210)]
    same_texts = [a_label(number, code="7K3M-29QX", quantity="", title="", lines=()) for number in range(210)]
    one = len(render(same_texts[:1], format))
    assert (len(render(same_texts, format)) - one) / 209 <= 400
    assert (len(render(different, format)) - one) / 209 <= 500
    assert (len(render(same_texts[:1] * 210, format)) - one) / 209 <= 60
