"""Draws a pictogram given as SVG: one color, black on paper, its pale parts gray.

Known are shapes and attributes of our own pictograms; others are refused, lest half a pictogram be printed.
"""

import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

from reportlab.graphics import renderPDF
from reportlab.graphics.shapes import (  # type: ignore[attr-defined]  # the stubs leave the two rules out
    FILL_EVEN_ODD,
    FILL_NON_ZERO,
    Circle,
    Drawing,
    Ellipse,
    Group,
)
from reportlab.graphics.svgpath import SvgPath
from reportlab.lib.colors import Color, black
from reportlab.pdfgen.canvas import Canvas

from labels.formats import Box
from labels.label import LabelError

_CAPS = {"butt": 0, "round": 1, "square": 2}
_JOINS = {"miter": 0, "round": 1, "bevel": 2}

#: What is inherited from a group, and where SVG begins.
_START = {"fill": "currentColor", "stroke": "none", "stroke-width": "1", "fill-opacity": "1"}
_STYLE = {*_START, "fill-rule", "stroke-linecap", "stroke-linejoin", "stroke-dasharray"}
_GEOMETRY = {"path": {"d"}, "circle": {"cx", "cy", "r"}, "ellipse": {"cx", "cy", "rx", "ry"}, "g": set[str]()}


def draw_pictogram(canvas: Canvas, markup: str, box: Box) -> None:
    """Draw the `<symbol>` or `<svg>`, which has a viewBox, as large as the box allows, in its middle.

    Raises LabelError where it is no SVG, or one with parts that are not known here.
    """
    try:
        symbol = ElementTree.fromstring(markup)  # noqa: S314 - our own pictograms, none of a visitor's
    except ElementTree.ParseError as error:
        raise LabelError(f"A pictogram is no SVG: {error}.") from error
    try:
        left, top, width, height = (float(number) for number in symbol.get("viewBox", "").split())
    except ValueError:
        raise LabelError("A pictogram needs a viewBox of four numbers.") from None
    scale = min(box.width / width, box.height / height)
    shapes = Group(transform=(scale, 0, 0, -scale, -left * scale, (top + height) * scale))
    for shape in _shapes(symbol, _START):
        shapes.add(shape)
    drawing = Drawing(width * scale, height * scale)
    drawing.add(shapes)
    x = box.x + (box.width - width * scale) / 2
    y = box.y + (box.height - height * scale) / 2
    renderPDF.draw(drawing, canvas, x, y)


def _shapes(parent: ElementTree.Element, inherited: dict[str, str]) -> Iterator[Any]:
    """The shapes within an element, each in its inherited style."""
    for element in parent:
        tag = element.tag.rpartition("}")[2]
        unknown = set(element.keys()) - _STYLE - _GEOMETRY.get(tag, set()) - {"transform"}
        if tag not in _GEOMETRY or unknown:
            raise LabelError(
                f"A pictogram has what cannot be printed: {tag} {' '.join(sorted(unknown))}".rstrip() + "."
            )
        style = inherited | {name: value for name, value in element.items() if name in _STYLE}
        group = _turned(Group(), element.get("transform", ""))
        for shape in _shapes(element, style) if tag == "g" else [_shape(tag, element, style)]:
            group.add(shape)
        yield group


def _shape(tag: str, element: ElementTree.Element, style: dict[str, str]) -> Any:
    look = _look(style)
    if tag == "path":
        rule = FILL_EVEN_ODD if style.get("fill-rule") == "evenodd" else FILL_NON_ZERO
        return SvgPath(element.get("d", ""), fillMode=rule, **look)
    numbers = [float(element.get(name, "0")) for name in ("cx", "cy", "r", "rx", "ry")]
    if tag == "circle":
        return Circle(*numbers[:3], **look)
    return Ellipse(*numbers[:2], *numbers[3:], **look)


def _look(style: dict[str, str]) -> dict[str, Any]:
    """The style in reportlab's words."""
    gray = 1 - float(style["fill-opacity"])
    dashes = style.get("stroke-dasharray")
    return {
        "fillColor": None if style["fill"] == "none" else Color(gray, gray, gray),
        "strokeColor": None if style["stroke"] == "none" else black,
        "strokeWidth": float(style["stroke-width"]),
        "strokeLineCap": _CAPS[style.get("stroke-linecap", "butt")],
        "strokeLineJoin": _JOINS[style.get("stroke-linejoin", "miter")],
        "strokeDashArray": [float(length) for length in dashes.split()] if dashes else None,
    }


def _turned(group: Group, told: str) -> Group:
    """The group, turned as its SVG says: "rotate(degrees x y)", or not at all."""
    if told:
        turn = re.fullmatch(r"rotate\((-?[\d.]+) (-?[\d.]+) (-?[\d.]+)\)", told)
        if not turn:
            raise LabelError(f"A pictogram has what cannot be printed: {told}.")
        degrees, x, y = (float(number) for number in turn.groups())
        group.translate(x, y)
        group.rotate(degrees)
        group.translate(-x, -y)
    return group
