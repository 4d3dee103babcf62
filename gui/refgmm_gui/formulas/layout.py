"""Where the parts of a formula stand: equals signs below each other, lines broken where the width ends."""

from collections.abc import Iterator, Mapping, Sequence

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFontMetricsF, QPainter
from PySide6.QtSvg import QSvgRenderer

from refgmm.records import dataclass
from refgmm_gui.formulas.typeset import Picture, id_of

_WIDE_LEFT = 0.3  # of the width: a left side that leaves too little for rows of several lines
_GAP = 8.0  # pixels between rows
_INDENT = 24.0  # of lines that go on with the row above
BORDER = 4.0  # around it all


@dataclass(frozen=True, slots=True)
class Image:
    """A part of a row as a picture."""

    picture: Picture
    renderer: QSvgRenderer
    scale: float

    @property
    def size(self) -> tuple[float, float, float]:
        """Width, ascent, descent."""
        picture, scale = self.picture, self.scale
        return picture.width * scale, picture.ascent * scale, picture.descent * scale

    def paint(self, painter: QPainter, place: QRectF) -> None:
        self.renderer.render(painter, self._with_margins(place))

    def numbers(self, place: QRectF) -> Iterator[tuple[int, QRectF]]:
        """Each number in it, and where that stands when the picture stands here."""
        box, whole = self.renderer.viewBoxF(), self._with_margins(place)
        for number in self.picture.numbers:
            bounds = self.renderer.boundsOnElement(id_of(number)).translated(-box.topLeft())
            corner = whole.topLeft() + bounds.topLeft() * self.scale
            yield number, QRectF(corner, bounds.size() * self.scale)

    def _with_margins(self, place: QRectF) -> QRectF:
        """The picture's margins are above and below in its ascent and descent, but not in its width."""
        margin = (self.renderer.viewBoxF().width() - self.picture.width) / 2 * self.scale
        return place.adjusted(-margin, 0.0, margin, 0.0)


@dataclass(frozen=True, slots=True)
class Word:
    """A part of a row as text, while there is no picture of the row."""

    text: str
    metrics: QFontMetricsF
    colour: QColor

    @property
    def size(self) -> tuple[float, float, float]:
        return (
            self.metrics.horizontalAdvance(self.text),
            self.metrics.ascent(),
            self.metrics.descent(),
        )

    def paint(self, painter: QPainter, place: QRectF) -> None:
        painter.setPen(self.colour)
        painter.drawText(QPointF(place.left(), place.top() + self.metrics.ascent()), self.text)

    def numbers(self, place: QRectF) -> Iterator[tuple[int, QRectF]]:
        """None: in a text they can't be pointed at."""
        return iter(())


Part = Image | Word
Parts = tuple[Part | None, list[Part]]
"""Left side and right side of a row."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A part in its place."""

    part: Part
    place: QRectF

    def numbers(self) -> Iterator[tuple[int, QRectF]]:
        """Each number in it, and where that stands."""
        return self.part.numbers(self.place)

    def paint(self, painter: QPainter) -> None:
        self.part.paint(painter, self.place)


@dataclass(frozen=True, slots=True)
class Layout:
    """All parts in their places, numbers by their places too, and the size of it all, borders included."""

    placed: tuple[Placed, ...]
    places: Mapping[int, QRectF]
    width: float
    height: float


NOTHING = Layout((), {}, 0.0, 0.0)


def laid_out(rows: Sequence[Parts], width: float) -> Layout:
    """Left sides end where the equals signs begin; above them where that leaves too little.

    width: that there is, without borders. A part that is wider sticks out
    """
    at = max((left.size[0] for left, _ in rows if left), default=0.0)
    widest = max((part.size[0] for _, right in rows for part in right), default=0.0)
    longest = max((sum(part.size[0] for part in right) for _, right in rows), default=0.0)
    is_stacked = at + widest > width or (at + longest > width and at > _WIDE_LEFT * width)
    if is_stacked:
        at = 0.0
    placed: list[Placed] = []
    y = BORDER

    def finish(line: list[tuple[Part, float]]) -> None:
        nonlocal y
        placed.extend(_on_a_line(line, y))
        y = max(each.place.bottom() for each in placed[-len(line) :]) + _GAP

    for left, right in rows:
        line: list[tuple[Part, float]] = []
        if left is not None and is_stacked:
            y += _GAP if placed else 0.0
            finish([(left, 0.0)])
        elif left is not None:
            line.append((left, at - left.size[0]))
        x = at
        for part in right:
            if x > at + _INDENT and x + part.size[0] > width:
                finish(line)
                line, x = [], at + _INDENT
            line.append((part, x))
            x += part.size[0]
        finish(line)
    places = {number: place for each in placed for number, place in each.numbers()}
    right_end = max((each.place.right() for each in placed), default=0.0)
    return Layout(tuple(placed), places, right_end + BORDER, max(y - _GAP, 0.0) + BORDER)


def _on_a_line(line: Sequence[tuple[Part, float]], y: float) -> Iterator[Placed]:
    """Parts on a common base line, below y; each with where it begins."""
    ascent = max(part.size[1] for part, _ in line)
    for part, x in line:
        width, above, below = part.size
        yield Placed(part, QRectF(x + BORDER, y + ascent - above, width, above + below))
