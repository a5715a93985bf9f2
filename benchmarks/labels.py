"""Labels per CPU second against qrcode with a PIL image drawn by reportlab, and the bytes a code takes.

Run: python -m benchmarks.labels. Both sides print the same codes on the same sheets in the same run, by
turns; the ratio holds from machine to machine, the absolute figures do not. Target: 4 times, 400 bytes.
"""

from collections.abc import Callable, Sequence
from io import BytesIO
from time import process_time

import qrcode  # type: ignore[import-untyped]
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from labels import FORMATS, Label, render

LABELS = 420
ROUNDS = 3
FORMAT = FORMATS["a4-21"]


def some_labels(count: int) -> list[Label]:
    """Labels that all differ, with an address of 32 characters (version 3)."""
    codes = [f"{number * 7919 % 36**4:08X}" for number in range(count)]
    return [
        Label(
            code=f"{code[:4]}-{code[4:]}",
            url=f"HTTP://127.0.0.1:8000/Q/{code}",
            title="Bordelaise allégée 75 cl",
            quantity="1 667 bouteilles",
            lines=("À laver", "12 oct. 2016"),
        )
        for code in codes
    ]


def with_pictures(labels: Sequence[Label]) -> bytes:
    """The usual way: qrcode chooses the mask, makes a PIL image, reportlab places it beside the same texts."""
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=FORMAT.page, pageCompression=1)
    for number, label in enumerate(labels):
        position = number % FORMAT.per_page
        if number and not position:
            canvas.showPage()
        x, y = FORMAT.corner(position)
        box = FORMAT.arrangement.qr
        code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_H)
        code.add_data(label.url)
        picture = ImageReader(code.make_image().get_image())
        canvas.drawImage(picture, x + box.x, y + box.y, box.width, box.height)
        texts = (label.code, label.quantity, label.title, *label.lines)
        for row, text in enumerate(texts):
            canvas.drawString(x + box.x + box.width, y + box.height - 14 * row, text)
    canvas.save()
    return buffer.getvalue()


def per_cpu_second(make: Callable[[], object]) -> float:
    """How many labels one CPU second makes."""
    start = process_time()
    make()
    return LABELS / (process_time() - start)


def bytes_per_code(labels: Sequence[Label]) -> float:
    """What each further code adds to a file whose texts are all the same."""
    same_texts = [Label("7K3M-29QX", label.url, "", "") for label in labels]
    return (len(render(same_texts, FORMAT)) - len(render(same_texts[:1], FORMAT))) / (len(labels) - 1)


def main() -> None:
    labels = some_labels(LABELS)
    render(labels[:1], FORMAT)  # fonts are read once a process
    with_pictures(labels[:1])
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(per_cpu_second(lambda: render(labels, FORMAT)))
        theirs.append(per_cpu_second(lambda: with_pictures(labels)))
    print(f"labels per CPU second: {max(ours):.0f}; qrcode + PIL image: {max(theirs):.0f}")
    print(f"ratio: {max(ours) / max(theirs):.1f} (target 4)")
    print(f"bytes per code: {bytes_per_code(labels):.0f} (target 400)")


if __name__ == "__main__":
    main()
