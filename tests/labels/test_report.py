"""Reports on A4: all texts arrive, over as many pages as it takes; the same bytes each time."""

from dataclasses import replace

import pypdfium2 as pdfium  # type: ignore[import-untyped]
import pytest

from labels import Figure, FigureArrow, FigureBox, Report, Table, render_report


def texts_of(pdf: bytes) -> list[str]:
    """What stands on each page."""
    return [page.get_textpage().get_text_range() for page in pdfium.PdfDocument(pdf)]


def figure(width: float) -> Figure:
    boxes = (
        FigureBox(12, 12, 204, 56, ("Réception",), ("100 bouteilles",)),
        FigureBox(width - 216, 140, 204, 56, ("Lot 7K3M-29QX",), ("65–100",), strong=True),
    )
    return Figure(width, 210, boxes, (FigureArrow(((114, 68), (width - 114, 140)), "de 65 à 100"),))


REPORT = Report(
    title="Traçabilité : lot 7K3M-29QX",
    subtitle="Où étaient ces bouteilles ?",
    facts=(("Bouteilles", "1 361"), ("Lavages", "une fois")),
    tables=(
        Table("Chaque étape", ("Jour", "Bouteilles"), tuple((f"jour {n}", str(n)) for n in range(120)), frozenset({1})),
    ),
    footer="Imprimé aujourd'hui",
    notice="Données de démonstration",
)


def test_every_text_arrives_and_headings_come_again() -> None:
    pages = texts_of(render_report(REPORT))
    assert len(pages) > 1
    for text in (REPORT.title, REPORT.subtitle, "Données de démonstration", "1 361", "une fois"):
        assert text in pages[0]
    for number, page in enumerate(pages, 1):
        assert "Jour" in page
        assert REPORT.footer in page
        assert str(number) in page
    assert all(any(f"jour {n}" in page for page in pages) for n in range(120))


def test_the_drawing_is_there_unless_nobody_could_read_it() -> None:
    drawn = "\n".join(texts_of(render_report(replace(REPORT, figure=figure(900)))))
    assert "Réception" in drawn
    assert "de 65 à 100" in drawn
    assert "Réception" not in "\n".join(texts_of(render_report(replace(REPORT, figure=figure(4000)))))


def test_a_drawing_as_high_as_a_page_fits() -> None:
    high = Figure(300, 5000, figure(300).boxes, ())
    assert render_report(replace(REPORT, figure=replace(high, height=1800))).startswith(b"%PDF-")


def test_the_same_report_gives_the_same_bytes() -> None:
    assert render_report(REPORT) == render_report(REPORT)


@pytest.mark.parametrize("text", ["<b>gras</b> & co", "日本 \u202f", "x" * 400])
def test_any_text_is_printed_as_text(text: str) -> None:
    odd = replace(REPORT, title=text, tables=(Table(text, (text,), ((text,),)),))
    assert render_report(odd).startswith(b"%PDF-")
