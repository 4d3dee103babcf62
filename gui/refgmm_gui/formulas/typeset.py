r"""LaTeX as pictures: SVG by ziamath, in which each number can be found again. No Qt.

A formula gives each of its numbers a mark, which ziamath carries to the glyphs as their colour:

>>> marked("0.3894", 2)
'\\textcolor{#000003}{0.3894}'

In the picture each number is a group of its own, "number2", whose place Qt tells
(QSvgRenderer.boundsOnElement), and to which `coloured` gives the colour that it shall have.
"""

import contextlib
import re
import xml.etree.ElementTree as ET
from collections import OrderedDict
from collections.abc import Callable, Mapping
from itertools import pairwise

from refgmm.records import dataclass

_INK = "black"  # the colour of what is no number, as ziamath spells it
_FILL = re.compile(r'fill="(#[0-9a-f]{6}|black)"')
_MARK = re.compile(r"\\textcolor\{(#[0-9a-f]{6})\}")
_MARGIN = 1.0  # pixels around a picture, for the soft edges of its glyphs
_MOST_PICTURES = 2000  # some 10 kB each
_SMALLEST = 0.46  # of 24 pixels: no letter of an index in a fraction in a fraction is lower
_MOST_NUMBERS = 60  # in what is typeset at once; two matrices of 5 x 5 take half a second

_MATRIX = re.compile(r"\\begin\{pmatrix\}.*?\\end\{pmatrix\}")
_FUNCTIONS = ("exp", "ln", "max")


class TypesettingError(Exception):
    """A formula can't be typeset; says why."""


def marked(markup: str, number: int) -> str:
    """The LaTeX of a number, with its place among the numbers of the formula, from 0."""
    return rf"\textcolor{{#{number + 1:06x}}}{{{markup}}}"


def id_of(number: int) -> str:
    """What the group of a number's glyphs is called in the picture."""
    return f"number{number}"


@dataclass(frozen=True, slots=True)
class Picture:
    """A typeset formula, in pixels.

    svg: its colours are marks; see `coloured`
    width: up to where the next formula begins
    ascent, descent: above and below the line on which it stands
    numbers: the places of those in it, from 0, in reading order
    """

    svg: str
    width: float
    ascent: float
    descent: float
    numbers: tuple[int, ...]


def coloured(picture: Picture, ink: str, colours: Mapping[int, str]) -> str:
    """The picture's SVG with each number in its colour, and all else in the ink."""

    def colour(match: re.Match[str]) -> str:
        mark = match[1]
        return f'fill="{ink if mark == _INK else colours.get(_number(mark), ink)}"'

    return _FILL.sub(colour, picture.svg)


def by_ziamath(tex: str, size: float) -> Picture:
    """A picture of a formula, its letters so many pixels high.

    TypesettingError where ziamath isn't there, refuses, or leaves a number out.
    """
    marks = {_number(mark) for mark in _MARK.findall(tex)}
    if len(marks) > _MOST_NUMBERS:
        raise TypesettingError(
            f"This formula is shown as text: {len(marks)} numbers in one bracket are too many to "
            "typeset while you wait."
        )
    try:
        # Here, for it takes a tenth of a second, which the app's start needn't wait for.
        from ziamath.config import config
        from ziamath.tex import tex2mml
        from ziamath.zmath import Math, apply_mstyle, denamespace
    except ImportError as error:
        raise TypesettingError(
            "Formulas are shown as text, because ziamath is not installed: "
            'python -m pip install "refgmm[gui]"'
        ) from error
    config.svg2 = False  # Qt draws what SVG 2 would have as garbage
    config.minsizefraction = _SMALLEST
    # In braces, for latex2mathml takes an exponent of a matrix for one of its bracket.
    tex = _MATRIX.sub(r"{\g<0>}", tex)
    try:
        tree = apply_mstyle(denamespace(ET.fromstring(tex2mml(tex))))
        _simplify(tree)
        _space(tree)
        formula = Math(tree, size=size, margin=0.0)
        root, box, advance = formula.svgxml(), formula.node.bbox, formula.node.xadvance()
    except Exception as error:  # a parser of LaTeX and a reader of fonts may raise anything
        raise TypesettingError(
            f"This formula is shown as text: ziamath refuses it ({error!r})."
        ) from error
    numbers = _group_numbers(root)
    if set(numbers) != marks:
        raise TypesettingError("This formula is shown as text: ziamath leaves a number out.")
    width = max(advance, box.xmax)
    left, top = -_MARGIN, -box.ymax - _MARGIN
    across, down = width + 2 * _MARGIN, box.ymax - box.ymin + 2 * _MARGIN
    root.attrib |= {
        "width": f"{across:.3f}",
        "height": f"{down:.3f}",
        "viewBox": f"{left:.3f} {top:.3f} {across:.3f} {down:.3f}",
        "stroke": "black",  # without these three, glyphs are bold in a PDF of Qt's
        "stroke-opacity": "0",
        "stroke-width": "0",
    }
    svg = ET.tostring(root, encoding="unicode")
    return Picture(svg, width, box.ymax + _MARGIN, _MARGIN - box.ymin, tuple(numbers))


def warm_up() -> None:
    """Load ziamath and its fonts, so that the first formula needn't wait for them."""
    with contextlib.suppress(TypesettingError):  # the first formula will say so
        by_ziamath(r"\frac{1}{2}", 16.0)


def _number(mark: str) -> int:
    return int(mark.removeprefix("#"), 16) - 1


def _simplify(element: ET.Element) -> None:
    """A row of one thing is that thing. ziamath lays each row out twice, a row in a row four times."""
    for place, child in enumerate(list(element)):
        _simplify(child)
        if child.tag == "mrow" and len(child) == 1 and child[0].tag != "mo":
            only = child[0]
            only.attrib = child.attrib | only.attrib
            element[place] = only


def _space(tree: ET.Element) -> None:
    """The space that LaTeX leaves, where ziamath leaves another."""
    for table in tree.iter("mtable"):
        table.set("columnspacing", "0.8em")
    for row in tree.iter("mrow"):
        for before, thing in pairwise(row):
            if _is_bracket(before) and thing.text == "−":
                thing.set("form", "prefix")
            is_bracketed = thing.tag == "mrow" and len(thing) > 0 and _is_bracket(thing[0])
            if is_bracketed:
                thing[0].set("lspace", "negativeverythinmathspace")
            if before.text in _FUNCTIONS:
                before.tag = "mo"
                before.set("rspace", "veryverythinmathspace" if is_bracketed else "thinmathspace")


def _is_bracket(element: ET.Element) -> bool:
    return element.tag == "mo" and element.text == "("


def _group_numbers(root: ET.Element) -> list[int]:
    """Put the glyphs of each number into a group; the numbers."""
    groups: dict[int, ET.Element] = {}
    shapes = list(root)
    for shape in shapes:
        root.remove(shape)
        mark = shape.get("fill", _INK)
        if mark == _INK:
            root.append(shape)
            continue
        number = _number(mark)
        if number not in groups:
            groups[number] = ET.SubElement(root, "g", id=id_of(number))
        groups[number].append(shape)
    return list(groups)


class Typesetter:
    """Pictures of formulas, kept; those that weren't asked for longest go first."""

    def __init__(
        self, typeset: Callable[[str, float], Picture] = by_ziamath, most: int = _MOST_PICTURES
    ) -> None:
        self._typeset = typeset
        self._most = most
        self._pictures: OrderedDict[tuple[str, float], Picture | TypesettingError] = OrderedDict()

    def has(self, tex: str, size: float) -> bool:
        """Whether a formula is there without waiting."""
        return (tex, size) in self._pictures

    def prepare(self, tex: str, size: float) -> None:
        """Typeset a formula, unless it is there."""
        if self.has(tex, size):
            return
        try:
            self._pictures[tex, size] = self._typeset(tex, size)
        except TypesettingError as error:
            self._pictures[tex, size] = error
        if len(self._pictures) > self._most:
            self._pictures.popitem(last=False)

    def picture(self, tex: str, size: float) -> Picture:
        """A formula: TypesettingError where it can't be typeset."""
        self.prepare(tex, size)
        self._pictures.move_to_end((tex, size))
        found = self._pictures[tex, size]
        if isinstance(found, TypesettingError):
            raise found
        return found
