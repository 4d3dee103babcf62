"""What stands on a line of a page, in pixels of 1/96 inch: words, and typeset formulas."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetricsF, QPainter
from PySide6.QtSvg import QSvgRenderer

from refgmm.notation import Ref
from refgmm.plot_style import COMPONENTS, TEXT
from refgmm.records import dataclass, replace
from refgmm.typesetting import Latex
from refgmm_gui.formulas.typeset import Typesetter, TypesettingError, coloured, marked

Paint: TypeAlias = Callable[[QPainter, float, float], None]
"""Given the painter, the left end and the line on which letters stand."""


@dataclass(frozen=True, slots=True)
class Box:
    """So wide, and so high above and below the line on which letters stand.

    joins: whether no blank stands before it, as before a Chinese letter; a line may end there all the same
    """

    width: float
    ascent: float
    descent: float
    paint: Paint
    joins: bool = False

    def scaled(self, factor: float) -> "Box":
        """The same, smaller or larger."""

        def paint(painter: QPainter, x: float, y: float) -> None:
            painter.save()
            painter.translate(x, y)
            painter.scale(factor, factor)
            self.paint(painter, 0.0, 0.0)
            painter.restore()

        return replace(
            self,
            width=self.width * factor,
            ascent=self.ascent * factor,
            descent=self.descent * factor,
            paint=paint,
        )

    def within(self, width: float) -> "Box":
        """The same, smaller where it is wider than that."""
        return self if self.width <= width else self.scaled(width / self.width)


def beside(boxes: Sequence[Box], gap: float = 0.0) -> Box:
    """Boxes on one line as one, a gap before each but the first and those that join."""
    gaps = [gap if number and not box.joins else 0.0 for number, box in enumerate(boxes)]

    def paint(painter: QPainter, x: float, y: float) -> None:
        for space, box in zip(gaps, boxes, strict=True):
            box.paint(painter, x + space, y)
            x += space + box.width

    width = sum(box.width for box in boxes) + sum(gaps)
    ascent = max((box.ascent for box in boxes), default=0.0)
    descent = max((box.descent for box in boxes), default=0.0)
    return Box(width, ascent, descent, paint)


_CHINESE = (
    "Noto Serif CJK TC",
    "Noto Serif TC",
    "PMingLiU",
    "Songti TC",
    "Noto Sans CJK TC",
    "Microsoft JhengHei",
    "PingFang TC",
)
"""Fonts for the letters that the first one has not: of Linux, Windows and macOS, those with serifs first."""


def report_family() -> str:
    """The name of the font that formulas are typeset in, which words shall have, too: ziamath's.

    Call it on the window's thread. "serif" where ziamath isn't there.
    """
    try:
        import ziamath
    except ImportError:
        return "serif"
    path = Path(ziamath.__file__).parent / "fonts" / "STIXTwoMath-Regular.ttf"
    families = QFontDatabase.applicationFontFamilies(QFontDatabase.addApplicationFont(str(path)))
    return families[0] if families else "serif"


class Typist:
    """Makes boxes of words and formulas."""

    def __init__(self, family: str, typesetter: Typesetter) -> None:
        self._family = family
        self._typesetter = typesetter

    def words(self, text: str, size: float, colour: str = TEXT, is_bold: bool = False) -> Box:
        """A text on one line; `size` in pixels."""
        font = self._font(size, is_bold)
        metrics = QFontMetricsF(font)

        def paint(painter: QPainter, x: float, y: float) -> None:
            painter.setFont(font)
            painter.setPen(QColor(colour))
            painter.drawText(QPointF(x, y), text)

        width = metrics.horizontalAdvance(text)
        return Box(width, 0.8 * size, 0.25 * size, paint)

    def space(self, size: float) -> float:
        """The width of a blank."""
        return QFontMetricsF(self._font(size)).horizontalAdvance(" ")

    def formula(self, tex: str, text: str, size: float) -> Box:
        """A formula whose LaTeX is that of `latex()`; as text where it can't be typeset."""
        try:
            picture = self._typesetter.picture(tex, size)
        except TypesettingError:
            return self.words(text, size)
        colours = {number: _COLOURS[number % len(_COLOURS)] for number in picture.numbers}
        renderer = QSvgRenderer(coloured(picture, TEXT, colours).encode())
        across = renderer.viewBoxF()

        def paint(painter: QPainter, x: float, y: float) -> None:
            left, top = x + across.x(), y + across.y()
            renderer.render(painter, QRectF(left, top, across.width(), across.height()))

        return Box(picture.width, picture.ascent, picture.descent, paint)

    def _font(self, size: float, is_bold: bool = False) -> QFont:
        font = QFont([self._family, *_CHINESE])
        font.setStyleHint(QFont.StyleHint.Serif)
        font.setPixelSize(100)
        font.setPointSizeF(size * 0.75)  # Qt's sizes in pixels are whole numbers
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        font.setBold(is_bold)
        return font


_COLOURS = (TEXT, *COMPONENTS)


def colour_of(ref: Ref) -> int:
    """Which of the colours a number has: 0 for ink, else its component's."""
    if ref.cell is None or ref.cell.component is None:
        return 0
    return ref.cell.component % len(COMPONENTS) + 1


def latex() -> Latex:
    """LaTeX in which each number has a mark of its own, that tells its colour, too."""
    count = 0

    def mark(markup: str, ref: Ref) -> str:
        nonlocal count
        count += 1
        return marked(markup, count * len(_COLOURS) + colour_of(ref))

    return Latex(mark)


def colour_in_table(ref: Ref) -> str:
    """The colour of a number in a table."""
    return _COLOURS[colour_of(ref)]


def wrapped(chunks: Sequence[Box], width: float, space: float) -> Iterator[list[Box]]:
    """Boxes with blanks between them, on lines of that width."""
    line: list[Box] = []
    used = 0.0
    for chunk in chunks:
        box = chunk.within(width)
        gap = space if line and not box.joins else 0.0
        if line and used + gap + box.width > width:
            yield line
            line, used, gap = [], 0.0, 0.0
        used += gap + box.width
        line.append(box)
    if line:
        yield line
