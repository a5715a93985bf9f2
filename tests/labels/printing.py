"""Prints labels to pictures at 203 dpi, mistreats them, and reads them back with zxing-cpp."""

import math
import random

import numpy
import pypdfium2 as pdfium  # type: ignore[import-untyped]
import zxingcpp
from PIL import Image, ImageChops, ImageDraw

from labels import ContainerLabel, Format, Label
from labels.formats import Box
from labels.qr import QUIET_MODULES, side_modules, version_for

DOTS_PER_POINT = 203 / 72  # the resolution of a usual thermal label printer

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


def pictures(pdf: bytes) -> list[Image.Image]:
    """Every page in gray levels, as a 203 dpi printer puts it on paper."""
    document = pdfium.PdfDocument(pdf)
    try:
        return [page.render(scale=DOTS_PER_POINT).to_pil().convert("L") for page in document]
    finally:
        document.close()


def label_picture(page: Image.Image, format: Format, position: int = 0) -> Image.Image:
    """The label at `position` on its page, cut out along its edge."""
    left, bottom = format.corner(position)
    return _cut(page, format, Box(left, bottom, *format.label))


def _cut(page: Image.Image, format: Format, box: Box) -> Image.Image:
    top = format.page[1] - box.y - box.height
    edges = (box.x, top, box.x + box.width, top + box.height)
    return page.crop(tuple(round(edge * DOTS_PER_POINT) for edge in edges))  # type: ignore[arg-type]


def read(picture: Image.Image) -> list[str]:
    """What an independent decoder reads, in no particular order."""
    return [code.text for code in zxingcpp.read_barcodes(picture, formats=_QR_ONLY)]


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


def torn(picture: Image.Image, format: Format, url: str, seed: int, area: float = 0.1) -> Image.Image:
    """The label with a ragged patch of `area` of its symbol torn away, beside the finder patterns.

    The patch lies anywhere on the symbol, at its edges too; white paper fibers, the gray bench or a
    dark crate show where it was, by turns of `seed`.
    """
    side = side_modules(version_for(url))
    box = format.arrangement.qr
    module = min(box.width, box.height) * DOTS_PER_POINT / (side + 2 * QUIET_MODULES)
    left = (box.x + box.width / 2) * DOTS_PER_POINT - module * side / 2
    top = (format.label[1] - box.y - box.height / 2) * DOTS_PER_POINT - module * side / 2
    patch = _patch(side, area, random.Random(seed))
    result = picture.copy()
    outline = [(left + x * module, top + y * module) for x, y in patch]
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
