"""The print room: plain values become labels, cards and reports. It knows no database, no web and no language.

Its letters are Latin: texts in another script are given to it in a language that has them.
"""

from labels.cards import BADGE_FORMAT, CARD_FORMATS, Badge, CommandCard, render_badges, render_cards
from labels.formats import FORMATS, PRINTERS, Format, Grid, Printer
from labels.label import AnyLabel, ContainerLabel, Label, LabelError
from labels.report import Figure, FigureArrow, FigureBox, Report, Table, render_report
from labels.sheet import render
from labels.zpl import MIMETYPE as ZPL_MIMETYPE
from labels.zpl import render_zpl

__all__ = [
    "BADGE_FORMAT",
    "CARD_FORMATS",
    "FORMATS",
    "PRINTERS",
    "ZPL_MIMETYPE",
    "AnyLabel",
    "Badge",
    "CommandCard",
    "ContainerLabel",
    "Figure",
    "FigureArrow",
    "FigureBox",
    "Format",
    "Grid",
    "Label",
    "LabelError",
    "Printer",
    "Report",
    "Table",
    "render",
    "render_badges",
    "render_cards",
    "render_report",
    "render_zpl",
]
