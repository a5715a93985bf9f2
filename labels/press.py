"""Puts labels or cards onto the pages of a grid, as one PDF; a QR code that repeats is stored once."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from io import BytesIO
from typing import Protocol, TypeVar

from reportlab import rl_config
from reportlab.pdfgen.canvas import Canvas

from labels import qr
from labels.formats import Box, Grid
from labels.typesetting import BOLD, load_fonts, printable

# ASCII85 armor serves mail programs of the last century and makes every stream a quarter larger.
rl_config.useA85 = 0


class Coded(Protocol):
    """Whatever bears a QR code with this content."""

    @property
    def url(self) -> str: ...


Item = TypeVar("Item", bound=Coded)


class Press:
    """What draws one item: a canvas whose origin is the item's lower left corner, and its codes."""

    def __init__(self, canvas: Canvas, contents: Iterable[str], largest: int) -> None:
        self.canvas = canvas
        self._copies = Counter(contents)
        self._largest = largest
        self._forms: dict[str, str] = {}

    def define_forms(self, content: str) -> None:
        """Store a code that repeats, before its first copy; every copy then costs a few bytes."""
        if self._copies[content] < 2 or content in self._forms:
            return
        name = self._forms[content] = f"code{len(self._forms)}"
        side = qr.side_modules(qr.version_for(content, self._largest))
        self.canvas.beginForm(name, 0, 0, side, side)
        self.canvas.addLiteral(qr.path(content, self._largest))
        self.canvas.endForm()

    def draw_qr(self, content: str, box: Box) -> None:
        """The QR code with its quiet zone, as large as the box allows."""
        modules = qr.side_modules(qr.version_for(content, self._largest)) + 2 * qr.QUIET_MODULES
        scale = min(box.width, box.height) / modules
        self.canvas.saveState()
        self.canvas.translate(box.x + (box.width - modules * scale) / 2, box.y + (box.height - modules * scale) / 2)
        self.canvas.scale(scale, scale)
        self.canvas.translate(qr.QUIET_MODULES, qr.QUIET_MODULES)
        if content in self._forms:
            self.canvas.doForm(self._forms[content])
        else:
            self.canvas.addLiteral(qr.path(content, self._largest))
        self.canvas.restoreState()


def press(
    items: Sequence[Item],
    grid: Grid,
    draw: Callable[[Press, Item], None],
    *,
    title: str,
    largest: int = qr.LABEL_VERSION,
    progress: Callable[[int], None] | None = None,
) -> bytes:
    """The items in order, row by row; the same items always give the same bytes.

    `largest`: the QR version that none may exceed, else LabelError and nothing is printed.
    `progress` hears, after each item, how many are drawn so far.
    """
    load_fonts()
    for item in items:
        qr.version_for(item.url, largest)
    buffer = BytesIO()
    canvas = Canvas(
        buffer,
        pagesize=grid.page,
        pageCompression=1,
        invariant=1,
        initialFontName=BOLD,  # type: ignore[arg-type]  # the stub says float; reportlab takes a name
    )
    canvas.setTitle(printable(title))
    # A viewer that scales the page to fit would move every label off its cut.
    canvas.setViewerPreference("PrintScaling", "None")
    sheet = Press(canvas, (item.url for item in items), largest)
    for number, item in enumerate(items):
        position = number % grid.per_page
        if number and not position:
            canvas.showPage()
        canvas.saveState()
        canvas.translate(*grid.corner(position))
        sheet.define_forms(item.url)
        draw(sheet, item)
        canvas.restoreState()
        if progress:
            progress(number + 1)
    canvas.save()
    return buffer.getvalue()
