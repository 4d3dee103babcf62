r"""A figure as TikZ, for LaTeX: a tikzpicture that asks for \usepackage{tikz} and nothing else.

Letters that pdfLaTeX has no font for, say Chinese ones in the name of a column, ask for LuaLaTeX or
XeLaTeX and a font that has them.
"""

import re

from refgmm.clipping import Place
from refgmm.figure_layout import (
    FONT_SIZE,
    Disc,
    Page,
    Path,
    Sector,
    Shape,
    Text,
    one_line,
    page_of,
)
from refgmm.figure_parts import Figure, Stroke
from refgmm.typesetting import GREEK

UNIT = 8.0 / FONT_SIZE  # points of TeX per pixel: so that a letter has 8 of them
WIDTH, HEIGHT = 560.0, 350.0  # pixels; 345 points wide, as the text of an article is

_ANCHORS = {"start": "mid west", "middle": "mid", "end": "mid east"}

_SIGNS = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"{\char34}",
    "−": "$-$",
}
_SUBSCRIPTS = re.compile("[₀₁₂₃₄₅₆₇₈₉]+")
_DIGITS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")


def tikz(figure: Figure, width: float = WIDTH, height: float = HEIGHT) -> str:
    r"""The figure as a tikzpicture, laid out as the SVG of this size in pixels.

    InvalidValueError for a size in which axes and legend find no room.
    """
    page = page_of(figure, width, height)
    drawing = [_command(shape, page) for shape in page.shapes]
    colours = sorted({colour for shape in page.shapes for colour in _colours(shape)})
    size = f"{_number(page.width)},{_number(page.height)}"
    unit = f"{UNIT:.4f}pt"
    lines = [
        f"\\begin{{tikzpicture}}[x={unit},y={unit},"
        "every node/.style={inner sep=0pt,font=\\fontsize{8}{9.6}\\selectfont}]",
        f"% {one_line(figure.title)}",
        f"% {one_line(figure.description)}",
        *(f"\\definecolor{{{_name(c)}}}{{HTML}}{{{c[1:].upper()}}}" for c in colours),
        f"\\useasboundingbox (0,0) rectangle ({size});",
        *drawing,
        "\\end{tikzpicture}",
    ]
    return "\n".join(lines) + "\n"


def _colours(shape: Shape) -> set[str]:
    if isinstance(shape, Path):
        stroke = set() if shape.stroke is None else {shape.stroke.colour}
        return stroke | (set() if shape.fill is None else {shape.fill})
    return {shape.colour}


def _name(colour: str) -> str:
    """What LaTeX calls it: c0072b2."""
    return "c" + colour[1:]


def _command(shape: Shape, page: Page) -> str:
    match shape:
        case Path():
            return _path(shape, page)
        case Disc():
            return _disc(shape, page)
        case Sector():
            return _sector(shape, page)
        case Text():
            return _text(shape, page)


def _path(path: Path, page: Page) -> str:
    points = [_place(place, page) for place in path.points]
    options = ["line join=round"]
    if path.stroke is not None:
        options += _stroke(path.stroke)
    if path.fill is not None:
        options.append(f"fill={_name(path.fill)}")
        options += _opacity("fill", path.fill_opacity)
    rows = [" -- ".join(points[i : i + 5]) for i in range(0, len(points), 5)]
    return f"\\path[{','.join(options)}] " + "\n  -- ".join(rows) + ";"


def _stroke(stroke: Stroke) -> list[str]:
    options = [f"draw={_name(stroke.colour)}", f"line width={_length(stroke.width)}"]
    if stroke.dash:
        turns = zip(("on", "off") * len(stroke.dash), stroke.dash, strict=False)
        options.append(
            "dash pattern=" + " ".join(f"{turn} {_length(part)}" for turn, part in turns)
        )
    return options + _opacity("draw", stroke.opacity)


def _opacity(of: str, value: float) -> list[str]:
    return [] if value == 1.0 else [f"{of} opacity={value}"]


def _disc(disc: Disc, page: Page) -> str:
    options = ",".join([_name(disc.colour), *_opacity("fill", disc.opacity)])
    return f"\\fill[{options}] {_place(disc.centre, page)} circle ({_length(disc.radius)});"


def _sector(sector: Sector, page: Page) -> str:
    """TikZ counts degrees counterclockwise from the right."""
    start, end = (_number(90.0 - 360.0 * turn) for turn in (sector.start, sector.end))
    return (
        f"\\fill[{_name(sector.colour)}] {_place(sector.centre, page)} -- ++({start}:"
        f"{_length(sector.radius)}) arc[start angle={start},end angle={end},"
        f"radius={_length(sector.radius)}] -- cycle;"
    )


def _text(text: Text, page: Page) -> str:
    content = _formula(text.text) if text.is_formula else _words(text.text)
    return (
        f"\\node[anchor={_ANCHORS[text.anchor]},text={_name(text.colour)}] "
        f"at {_place(text.at, page)} {{{content}}};"
    )


def _formula(text: str) -> str:
    r"""Greek letters and indices as mathematics.

    >>> print(_formula("α₁g₁(x)"))
    $\alpha_{1}g_{1}(x)$
    """
    escaped = "".join(f"{GREEK[c]} " if c in GREEK else _SIGNS.get(c, c) for c in text)
    indexed = _SUBSCRIPTS.sub(lambda m: f"_{{{m[0].translate(_DIGITS)}}}", escaped)
    return f"${indexed.replace(' _', '_')}$"


def _words(text: str) -> str:
    r"""Words: TeX's own signs escaped, Greek letters and minus signs as mathematics.

    >>> print(_words("50% at 1σ & -2"))
    50\% at 1$\sigma$ \& -2
    """
    return "".join(f"${GREEK[c]}$" if c in GREEK else _SIGNS.get(c, c) for c in one_line(text))


def _place(place: Place, page: Page) -> str:
    x, y = place
    return f"({_number(x)},{_number(page.height - y)})"


def _length(pixels: float) -> str:
    return f"{_number(pixels * UNIT)}pt"


def _number(value: float) -> str:
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
