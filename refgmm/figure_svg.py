"""A figure as SVG, for HTML and Markdown: one element that stands alone, without scripts, styles,
names or references, so that any number of them fit into one page.
"""

import math
from html import escape

from refgmm.clipping import Place
from refgmm.figure_layout import (
    FONT_SIZE,
    HEIGHT,
    WIDTH,
    Disc,
    Path,
    Sector,
    Shape,
    Text,
    one_line,
    page_of,
)
from refgmm.figure_parts import Figure, Stroke
from refgmm.plot_style import BASE


def svg(figure: Figure, width: float = WIDTH, height: float = HEIGHT) -> str:
    """The figure as an <svg> element of this size in pixels; it shrinks where a page is narrower.

    InvalidValueError for a size in which axes and legend find no room.
    """
    page = page_of(figure, width, height)
    size = f"{_number(page.width)} {_number(page.height)}"
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}" width="{_number(page.width)}" '
        f'height="{_number(page.height)}" role="img" font-family="sans-serif" '
        f'font-size="{_number(FONT_SIZE)}">',
        f"<title>{_escaped(figure.title)}</title>",
        f"<desc>{_escaped(figure.description)}</desc>",
        f'<rect width="{_number(page.width)}" height="{_number(page.height)}" fill="{BASE}"/>',
        *map(_element, page.shapes),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _element(shape: Shape) -> str:
    match shape:
        case Path():
            return _path(shape)
        case Disc():
            return _disc(shape)
        case Sector():
            return _sector(shape)
        case Text():
            return _text(shape)


def _path(path: Path) -> str:
    points = " ".join(map(_place, path.points))
    fill = "none" if path.fill is None else path.fill
    stroke = "" if path.stroke is None else _stroke(path.stroke)
    return (
        f'<polyline points="{points}" fill="{fill}"{_opacity("fill", path.fill_opacity)}{stroke}/>'
    )


def _stroke(stroke: Stroke) -> str:
    text = f' stroke="{stroke.colour}" stroke-width="{_number(stroke.width)}"'
    if stroke.dash:
        text += f' stroke-dasharray="{" ".join(map(_number, stroke.dash))}"'
    return text + _opacity("stroke", stroke.opacity)


def _opacity(of: str, value: float) -> str:
    return "" if value == 1.0 else f' {of}-opacity="{value}"'


def _disc(disc: Disc) -> str:
    x, y = map(_number, disc.centre)
    opacity = _opacity("fill", disc.opacity)
    return f'<circle cx="{x}" cy="{y}" r="{_number(disc.radius)}" fill="{disc.colour}"{opacity}/>'


def _sector(sector: Sector) -> str:
    """From the centre to the start, along the circle (clockwise: the last flag), and back."""
    start, end = (_place(_on_circle(sector, turn)) for turn in (sector.start, sector.end))
    radius = _number(sector.radius)
    arc = f"M{_place(sector.centre)} L{start} A{radius} {radius} 0 0 1 {end} Z"
    return f'<path d="{arc}" fill="{sector.colour}"/>'


def _on_circle(sector: Sector, turn: float) -> Place:
    x, y = sector.centre
    angle = 2 * math.pi * turn
    return x + sector.radius * math.sin(angle), y - sector.radius * math.cos(angle)


def _text(text: Text) -> str:
    x, y = text.at
    baseline = y + 0.35 * FONT_SIZE
    anchor = "" if text.anchor == "start" else f' text-anchor="{text.anchor}"'
    return (
        f'<text x="{_number(x)}" y="{_number(baseline)}"{anchor} fill="{text.colour}">'
        f"{_escaped(text.text)}</text>"
    )


def _place(place: Place) -> str:
    x, y = place
    return f"{_number(x)},{_number(y)}"


def _number(value: float) -> str:
    """To a hundredth of a pixel, without idle zeros."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _escaped(text: str) -> str:
    return escape(one_line(text))
