"""Prints labels and cards to pictures at a printer's resolution, mistreats them, and reads them with zxing-cpp."""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy
import pypdfium2 as pdfium  # type: ignore[import-untyped]
import zxingcpp
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from labels import (
    BADGE_FORMAT,
    CARD_FORMATS,
    FORMATS,
    Badge,
    CommandCard,
    ContainerLabel,
    Format,
    Grid,
    Label,
    render,
    render_badges,
    render_cards,
)
from labels.cards import BADGE_QR, BADGE_VERSION, CARD_QR, CARD_VERSION
from labels.formats import Box
from labels.qr import LABEL_VERSION, QUIET_MODULES, side_modules, version_for

DPI = 203  # the resolution of a usual thermal label printer
FINE_DPI = 300
CAMERA_DOTS = 6  # of a module, as a phone sees a code that fills a third of its picture

A_PICTOGRAM = '<symbol viewBox="0 0 48 48"><path fill="none" stroke="currentColor" d="M4 4h40v40H4Z"/></symbol>'

# One address a version: 20 and 32 characters.
VERSION_2 = "HTTP://RE.FR/Q/"
VERSION_3 = "HTTP://127.0.0.1:8000/Q/"

_QR_ONLY = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def a_label(number: int, address: str = VERSION_3, **texts: object) -> Label:
    """A label whose code depends on `number` alone; `texts` replace its fields."""
    code = "".join(random.Random(number).choices(_CROCKFORD, k=8))
    room = {VERSION_2: 5, VERSION_3: 8}.get(address, 8)
    fields: dict[str, object] = {
        "code": f"{code[:4]}-{code[4:]}",
        "url": address + code[:room],
        "title": "Bordelaise allégée 75 cl",
        "quantity": "1 667 bouteilles",
        "lines": ("À laver", "Arbois", "12 oct. 2016"),
    }
    return Label(**(fields | texts))  # type: ignore[arg-type]


def a_container(number: int, address: str = VERSION_3, **texts: object) -> ContainerLabel:
    """A container's label, with the code and address that a lot's label of the same number has."""
    label = a_label(number, address)
    fields: dict[str, object] = {
        "code": label.code,
        "url": label.url,
        "kind": "Palox",
        "lines": ("Arbois", "600 places"),
    }
    return ContainerLabel(**(fields | texts))  # type: ignore[arg-type]


def a_card(number: int, address: str = VERSION_3) -> CommandCard:
    """A command card with the address that a lot's label of the same number has."""
    return CommandCard(a_label(number, address).url, "Annuler le dernier scan", A_PICTOGRAM)


def a_badge(number: int, address: str = VERSION_3) -> Badge:
    """A badge with the address that a lot's label of the same number has."""
    return Badge(a_label(number, address).url, "Marie-Christine Dupont-Lagrange", "Arbois")


def a_long_card(number: int, address: str = VERSION_3) -> CommandCard:
    """A card whose command takes the largest code that a card may have."""
    return replace(a_card(number), url=_longer(a_label(number, address).url, 50, number))


def a_long_badge(number: int, address: str = VERSION_3) -> Badge:
    """A badge whose token takes the largest code that a badge may have."""
    return Badge(_longer(a_label(number, address).url, 84, number), "Ali", "Arbois")


def _longer(url: str, length: int, number: int) -> str:
    return url + "".join(random.Random(number).choices(_CROCKFORD, k=length - len(url)))


def pictures(pdf: bytes, dpi: int = DPI) -> list[Image.Image]:
    """Every page in gray levels, as a printer of so many dots per inch puts it on paper."""
    document = pdfium.PdfDocument(pdf)
    try:
        return [page.render(scale=dpi / 72).to_pil().convert("L") for page in document]
    finally:
        document.close()


def label_picture(page: Image.Image, grid: Grid, position: int = 0, dpi: int = DPI) -> Image.Image:
    """The label at `position` on its page, cut out along its edge."""
    left, bottom = grid.corner(position)
    width, height = grid.label
    top = grid.page[1] - bottom - height
    edges = (left, top, left + width, top + height)
    return page.crop(tuple(round(edge * dpi / 72) for edge in edges))  # type: ignore[arg-type]


@dataclass(frozen=True)
class Print:
    """A label on paper: its picture, where in it the code's modules begin and how large they are, in dots."""

    picture: Image.Image
    url: str
    left: float
    top: float
    module: float
    side: int
    dpi: int


@dataclass(frozen=True)
class Kind:
    """One kind of label or card on one paper; `make` takes a number and an address."""

    name: str
    make: Callable[[int, str], Any]
    render: Callable[[list[Any]], bytes]
    grid: Grid
    qr: Box
    largest: int = LABEL_VERSION

    def prints(self, addresses: list[tuple[int, str]], dpi: int) -> list[Print]:
        """The items of these numbers and addresses as printed at this resolution, in their order."""
        items = [self.make(number, address) for number, address in addresses]
        pages = pictures(self.render(items), dpi)
        assert len(pages) == -(-len(items) // self.grid.per_page)
        result = []
        for number, item in enumerate(items):
            page, position = divmod(number, self.grid.per_page)
            side = side_modules(version_for(item.url, self.largest))
            module = min(self.qr.width, self.qr.height) * dpi / 72 / (side + 2 * QUIET_MODULES)
            left = (self.qr.x + self.qr.width / 2) * dpi / 72 - module * side / 2
            top = (self.grid.label[1] - self.qr.y - self.qr.height / 2) * dpi / 72 - module * side / 2
            picture = label_picture(pages[page], self.grid, position, dpi)
            result.append(Print(picture, item.url, left, top, module, side, dpi))
        return result


def _labels_on(format: Format, name: str, make: Callable[[int, str], Any]) -> Kind:
    return Kind(name, make, lambda items: render(items, format), format, format.arrangement.qr)


def _cards_on(grid: Grid, name: str, make: Callable[[int, str], Any]) -> Kind:
    return Kind(name, make, lambda items: render_cards(items, grid), grid, CARD_QR, CARD_VERSION)


#: Everything the print room prints as a PDF with a code on it.
KINDS = [
    *(_labels_on(format, f"label {format.name}", a_label) for format in FORMATS.values()),
    *(_labels_on(format, f"container {format.name}", a_container) for format in FORMATS.values()),
    *(_cards_on(grid, f"card {grid.name}", a_card) for grid in CARD_FORMATS.values()),
    _cards_on(CARD_FORMATS["a4-4"], "long card", a_long_card),
    Kind("badge", a_badge, render_badges, BADGE_FORMAT, BADGE_QR, BADGE_VERSION),
    Kind("long badge", a_long_badge, render_badges, BADGE_FORMAT, BADGE_QR, BADGE_VERSION),
]


def read(picture: Image.Image) -> list[str]:
    """What an independent decoder reads, in no particular order."""
    return [code.text for code in zxingcpp.read_barcodes(picture, formats=_QR_ONLY)]


def read_denoised(picture: Image.Image) -> list[str]:
    """What the decoder reads when it tries again on a picture cleaned of thin lines, as the station's does."""
    dark, light = ImageFilter.MinFilter(3), ImageFilter.MaxFilter(3)
    tries = (picture, picture.filter(light).filter(dark), picture.filter(dark).filter(light))
    return next((found for found in map(read, tries) if found), [])


def on_a_bench(picture: Image.Image, around: int = 120) -> Image.Image:
    """The label lying on a gray bench, so that what is cut off at its edge counts."""
    bench = Image.new("L", (picture.width + 2 * around, picture.height + 2 * around), 130)
    bench.paste(picture, (around, around))
    return bench


def tilted(picture: Image.Image, degrees: float) -> Image.Image:
    return picture.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=130)


def from_the_side(picture: Image.Image, share: float) -> Image.Image:
    """Seen in perspective: the right edge appears `share` shorter than the left one."""
    width, height = picture.size
    inset = share / 2 * height
    seen = [(0, 0), (width, inset), (width, height - inset), (0, height)]
    real = [(0, 0), (width, 0), (width, height), (0, height)]
    rows, values = [], []
    for (x, y), (u, v) in zip(seen, real, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    coefficients = numpy.linalg.solve(numpy.array(rows, float), numpy.array(values, float))
    return picture.transform(
        picture.size,
        Image.Transform.PERSPECTIVE,
        tuple(coefficients),
        Image.Resampling.BICUBIC,
        fillcolor=130,
    )


def scratched(whole: Print, seed: int) -> Image.Image:
    """The label as a camera sees it, with scratches right across its code, finder patterns too.

    Eight scratches of a quarter of a millimeter, down to the white paper or full of dirt.
    """
    dice, result = random.Random(seed), whole.picture.copy()
    extent = whole.module * whole.side
    for _ in range(8):
        ends = [
            (whole.left + dice.uniform(-0.1, 1.1) * extent, whole.top + dice.uniform(-0.1, 1.1) * extent)
            for _ in range(2)
        ]
        ImageDraw.Draw(result).line(ends, fill=dice.choice((255, 20)), width=round(0.25 / 25.4 * whole.dpi))
    scale = CAMERA_DOTS / whole.module
    return result.resize((round(result.width * scale), round(result.height * scale)), Image.Resampling.BOX)


def torn(whole: Print, seed: int, area: float = 0.1) -> Image.Image:
    """The label with a ragged patch of `area` of its symbol torn away, beside the finder patterns.

    The patch lies anywhere on the symbol, at its edges too; white paper fibers, the gray bench or a
    dark crate show where it was, by turns of `seed`.
    """
    result = whole.picture.copy()
    patch = _patch(whole.side, area, random.Random(seed))
    outline = [(whole.left + x * whole.module, whole.top + y * whole.module) for x, y in patch]
    ImageDraw.Draw(result).polygon(outline, fill=(255, 130, 20)[seed % 3])
    return result


def _patch(side: int, area: float, dice: random.Random) -> list[tuple[float, float]]:
    """A ragged outline, in modules, that covers `area` (± 5 % of it) of the symbol and no finder pattern."""
    fine = 4  # dots a module when the patch is measured
    extent = side * fine
    finders = Image.new("L", (extent, extent))
    for x, y in ((0, 0), (extent - 8 * fine, 0), (0, extent - 8 * fine)):  # 7 modules and their separator
        ImageDraw.Draw(finders).rectangle((x, y, x + 8 * fine - 1, y + 8 * fine - 1), fill=255)
    while True:
        radius = side * math.sqrt(area / math.pi) * dice.uniform(0.95, 1.6)
        center = dice.uniform(0, side), dice.uniform(0, side)
        outline = []
        for corner in range(14):
            reach, angle = radius * dice.uniform(0.7, 1.25), 2 * math.pi * corner / 14
            outline.append((center[0] + reach * math.cos(angle), center[1] + reach * math.sin(angle)))
        mask = Image.new("L", (extent, extent))
        ImageDraw.Draw(mask).polygon([(x * fine, y * fine) for x, y in outline], fill=255)
        covered = mask.histogram()[255] / extent**2
        hidden = ImageChops.darker(mask, finders).histogram()[255]
        if not hidden and abs(covered / area - 1) <= 0.05:
            return outline
