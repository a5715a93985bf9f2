"""The print room: plain values become labels, cards and reports. It knows no database, no web and no language.

Its letters are Latin: texts in another script are given to it in a language that has them.
"""

from labels.formats import FORMATS, PRINTERS, Format, Printer
from labels.label import AnyLabel, ContainerLabel, Label, LabelError
from labels.report import Figure, FigureArrow, FigureBox, Report, Table, render_report
from labels.sheet import render
from labels.zpl import MIMETYPE as ZPL_MIMETYPE
from labels.zpl import render_zpl

__all__ = [
    "FORMATS",
    "PRINTERS",
    "ZPL_MIMETYPE",
    "AnyLabel",
    "ContainerLabel",
    "Figure",
    "FigureArrow",
    "FigureBox",
    "Format",
    "Label",
    "LabelError",
    "Printer",
    "Report",
    "Table",
    "render",
    "render_report",
    "render_zpl",
]
