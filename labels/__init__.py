"""The print room: plain values become label sheets. It knows no database, no web and no language."""

from labels.formats import FORMATS, Format
from labels.label import Label, LabelError
from labels.sheet import render

__all__ = ["FORMATS", "Format", "Label", "LabelError", "render"]
