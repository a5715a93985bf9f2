"""The print room: plain values become label sheets and reports. It knows no database, no web and no language."""

from labels.formats import FORMATS, Format
from labels.label import Label, LabelError
from labels.report import Figure, FigureArrow, FigureBox, Report, Table, render_report
from labels.sheet import render

__all__ = [
    "FORMATS",
    "Figure",
    "FigureArrow",
    "FigureBox",
    "Format",
    "Label",
    "LabelError",
    "Report",
    "Table",
    "render",
    "render_report",
]
