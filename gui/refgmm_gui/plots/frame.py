"""Where the axes of a plot stand on the device, and from pixels to numbers and back."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF

from refgmm.axis import Axis
from refgmm.records import dataclass

Range = tuple[float, float]

_LARGEST = 50.0  # times the plot; an outline beyond that is not in sight
_NARROWEST, _WIDEST = 1e-6, 20.0  # times what is in sight without zoom
_RESOLVED = 1e-11  # of the largest number in sight: doubles would run out of digits


@dataclass(frozen=True, slots=True)
class Frame:
    """The rectangle between the axes, and the numbers at its edges."""

    area: QRectF
    x: Axis
    y: Axis

    def at(self, x: float, y: float) -> QPointF:
        """Where numbers stand on the device."""
        return QPointF(
            self.area.left() + self.x.position(x) * self.area.width(),
            self.area.bottom() - self.y.position(y) * self.area.height(),
        )

    def place(self, position: QPointF) -> tuple[float, float]:
        """The numbers that stand at a position of the device."""
        across = (position.x() - self.area.left()) / self.area.width()
        up = (self.area.bottom() - position.y()) / self.area.height()
        return (
            self.x.low + across * (self.x.high - self.x.low),
            self.y.low + up * (self.y.high - self.y.low),
        )

    def shows(self, x: float, y: float) -> bool:
        """Whether a place stands inside; one that is 0/0 does not."""
        return self.x.low <= x <= self.x.high and self.y.low <= y <= self.y.high

    def cells(self, size: float) -> tuple[float, float]:
        """How many cells of so many pixels a unit across has, and one up."""
        return (
            self.area.width() / (self.x.high - self.x.low) / size,
            self.area.height() / (self.y.high - self.y.low) / size,
        )

    def line(self, xs: Sequence[float], ys: Sequence[float]) -> list[QPointF]:
        """Many places at once."""
        left, bottom = self.area.left(), self.area.bottom()
        across = self.area.width() / (self.x.high - self.x.low)
        up = self.area.height() / (self.y.high - self.y.low)
        x0, y0 = self.x.low, self.y.low
        return [
            QPointF(left + (x - x0) * across, bottom - (y - y0) * up)
            for x, y in zip(xs, ys, strict=True)
        ]

    def outline(self, places: Sequence[Sequence[float]]) -> list[QPointF]:
        """An outline on the device; [] where it is far larger than the plot, or not there."""
        positions = [(self.x.position(x), self.y.position(y)) for x, y in places]
        if not positions or any(not abs(p) <= _LARGEST for pair in positions for p in pair):
            return []
        return [self.at(x, y) for x, y in places]


def zoomed(sight: Range, about: float, factor: float, whole: Range) -> Range:
    """A range `factor` times as wide, in which `about` stays where it stands; neither too narrow nor
    too wide beside the whole.

    >>> zoomed((0.0, 10.0), 2.5, 0.5, (0.0, 10.0))
    (1.25, 6.25)
    """
    low, high = sight
    width, full = high - low, whole[1] - whole[0]
    largest = max(map(abs, whole))
    narrowest = max(_NARROWEST * full, _RESOLVED * largest)
    factor = min(max(factor, narrowest / width), max(_WIDEST * full / width, narrowest / width))
    return about - factor * (about - low), about + factor * (high - about)


def panned(sight: Range, fraction: float) -> Range:
    """A range moved by a fraction of its width.

    >>> panned((0.0, 10.0), -0.5)
    (-5.0, 5.0)
    """
    shift = fraction * (sight[1] - sight[0])
    return sight[0] + shift, sight[1] + shift


def same_scale(across: Range, up: Range, width: float, height: float) -> tuple[Range, Range]:
    """Both ranges, one of them wider, so that a unit is as long across as up.

    >>> same_scale((0.0, 1.0), (0.0, 1.0), 200.0, 100.0)
    ((-0.5, 1.5), (0.0, 1.0))
    """
    unit = max((across[1] - across[0]) / width, (up[1] - up[0]) / height)
    return _as_wide(across, unit * width), _as_wide(up, unit * height)


def _as_wide(given: Range, width: float) -> Range:
    margin = (width - (given[1] - given[0])) / 2
    return given[0] - margin, given[1] + margin
