"""Labels per CPU second against qrcode with a PIL image drawn by reportlab, and the bytes a code takes.

Run: python -m benchmarks.labels. Both sides print the same codes and texts on the same paper in the same run, by
turns; the ratio holds from machine to machine, the absolute figures do not. Target: 4 times for every format,
400 bytes. Cards draw their pictogram besides, which the other side leaves out;
in ZPL it is the printer that draws.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from time import process_time

import qrcode  # type: ignore[import-untyped]
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from labels import (
    BADGE_FORMAT,
    CARD_FORMATS,
    FORMATS,
    PRINTERS,
    Badge,
    CommandCard,
    ContainerLabel,
    Grid,
    Label,
    render,
    render_badges,
    render_cards,
    render_zpl,
)
from labels.cards import BADGE_QR, CARD_QR
from labels.formats import Box

LABELS = 210
ROUNDS = 3
HOLD = (
    '<symbol viewBox="0 0 48 48"><g fill="none" stroke="currentColor" stroke-width="3.5" stroke-linecap="round">'
    '<path d="M17 26V11M23.5 24V7M30 25V10M36 29V16" stroke-width="5"/><path fill="currentColor" stroke="none" '
    'd="M14.5 23h24v7c0 9-5 15-12 15c-6 0-9-3-12-8l-8-11c-2-3 2-6 5-3.5l5 5Z"/></g></symbol>'
)


@dataclass(frozen=True)
class Case:
    """One kind of paper, printed both ways: by us, and as code and texts on a grid with a box for the code."""

    name: str
    ours: Callable[[], object]
    grid: Grid
    box: Box
    texts: Sequence[tuple[str, tuple[str, ...]]]

    def theirs(self) -> bytes:
        """The usual way: qrcode chooses the mask, makes a PIL image, reportlab places it beside the same texts."""
        buffer = BytesIO()
        canvas = Canvas(buffer, pagesize=self.grid.page, pageCompression=1)
        for number, (url, texts) in enumerate(self.texts):
            position = number % self.grid.per_page
            if number and not position:
                canvas.showPage()
            x, y = self.grid.corner(position)
            code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_H)
            code.add_data(url)
            picture = ImageReader(code.make_image().get_image())
            canvas.drawImage(picture, x + self.box.x, y + self.box.y, self.box.width, self.box.height)
            for row, text in enumerate(texts):
                canvas.drawString(x + self.box.x + self.box.width, y + self.box.height - 14 * row, text)
        canvas.save()
        return buffer.getvalue()


def codes(count: int) -> Iterator[tuple[str, str]]:
    """Codes that all differ, as read and as an address of 32 characters (version 3)."""
    for number in range(count):
        code = f"{number * 7919 % 36**4:08X}"
        yield f"{code[:4]}-{code[4:]}", f"HTTP://127.0.0.1:8000/Q/{code}"


def some_labels(count: int) -> list[Label]:
    """Labels of lots that all differ."""
    title, quantity, lines = "Bordelaise allégée 75 cl", "1 667 bouteilles", ("À laver", "12 oct. 2016")
    return [Label(code, url, title, quantity, lines) for code, url in codes(count)]


def cases() -> Iterator[Case]:
    """Everything the print room prints."""
    labels = some_labels(LABELS)
    texts = [(label.url, (label.code, label.quantity, label.title, *label.lines)) for label in labels]
    for name, format in FORMATS.items():
        box = format.arrangement.qr
        yield Case(name, partial(render, labels, format), format, box, texts)
    for name, printer in PRINTERS.items():
        format, box = printer.format, printer.format.arrangement.qr
        yield Case(name, partial(render_zpl, labels, printer), format, box, texts)
    containers = [ContainerLabel(code, url, "Palox", ("Arbois",)) for code, url in codes(LABELS)]
    format = FORMATS["100x150"]
    told = [(label.url, (label.code, label.kind, *label.lines)) for label in containers]
    yield Case("container", partial(render, containers, format), format, format.arrangement.qr, told)
    cards = [CommandCard(url, "Bloquer", HOLD) for _, url in codes(LABELS)]
    grid = CARD_FORMATS["a4-4"]
    yield Case("card", partial(render_cards, cards, grid), grid, CARD_QR, [(card.url, (card.word,)) for card in cards])
    badges = [Badge(url, "Marie Dupont", "Arbois") for _, url in codes(LABELS)]
    told = [(badge.url, (badge.name, badge.site)) for badge in badges]
    yield Case("badge", partial(render_badges, badges), BADGE_FORMAT, BADGE_QR, told)


def per_cpu_second(make: Callable[[], object]) -> float:
    """How many labels one CPU second makes."""
    start = process_time()
    make()
    return LABELS / (process_time() - start)


def bytes_per_code(labels: Sequence[Label]) -> float:
    """What each further code adds to a file whose texts are all the same."""
    format = FORMATS["a4-21"]
    same_texts = [Label("7K3M-29QX", label.url, "", "") for label in labels]
    return (len(render(same_texts, format)) - len(render(same_texts[:1], format))) / (len(labels) - 1)


def main() -> None:
    print("labels per CPU second, ours and qrcode + PIL image; ratio (target 4)")
    ratios = []
    for case in cases():
        case.ours()  # fonts are read once a process
        ours, theirs = [], []
        for _ in range(ROUNDS):
            ours.append(per_cpu_second(case.ours))
            theirs.append(per_cpu_second(case.theirs))
        ratios.append(max(ours) / max(theirs))
        print(f"{case.name:16} {max(ours):7.0f} {max(theirs):7.0f} {ratios[-1]:6.1f}")
    print(f"least ratio: {min(ratios):.1f}")
    print(f"bytes per code: {bytes_per_code(some_labels(LABELS)):.0f} (target 400)")


if __name__ == "__main__":
    main()
