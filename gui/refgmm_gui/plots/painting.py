"""What the paintings of all plots share: pens, pies, axes, the legend, and what stands out."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from refgmm.arithmetic import Vector
from refgmm.clipping import Place
from refgmm.plot_style import MARKERS
from refgmm.records import dataclass
from refgmm_gui import theme
from refgmm_gui.plots.frame import Frame
from refgmm_gui.theme import Theme

LEGEND = 2.9  # lines from the axes up to the legend's upper edge
SMALL_RADIUS = 3.0  # of a point, where there are many
_DASHES = (
    Qt.PenStyle.SolidLine,
    Qt.PenStyle.DashLine,
    Qt.PenStyle.DashDotLine,
    Qt.PenStyle.DotLine,
)
_FADED = 0.3  # opacity of what doesn't stand out where something does


@dataclass(frozen=True, slots=True)
class Look:
    """How a scene is painted."""

    points: frozenset[int] = frozenset()  # that stand out, from 0
    components: frozenset[int] = frozenset()
    shows_handles: bool = False  # where components are taken to change their width
    thickness: float = 1.0  # of lines and points; more on a projector
    legend_from: float = 0.0  # x on the device: what lies left of it belongs to others
    legend_until: float = math.inf  # likewise what lies right of it

    @property
    def has_highlight(self) -> bool:
        return bool(self.points or self.components)

    def stroke(self, component: int, width: float) -> float:
        """The width of a component's line."""
        return self.thickness * (width + 1.6 if component in self.components else width)

    def opacity(self, component: int) -> float:
        """Of a component's line."""
        is_faded = bool(self.components) and component not in self.components
        return _FADED if is_faded else 1.0

    def point_opacity(self, point: int) -> float:
        return _FADED if self.points and point not in self.points else 1.0


PLAIN = Look()


class Canvas(NamedTuple):
    """What is painted on, where the axes stand there, and how."""

    painter: QPainter
    frame: Frame
    metrics: QFontMetricsF
    colours: Theme
    look: Look


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """A line of the plot, and what it is."""

    text: str
    pen: QPen
    component: int | None = None  # whose marker stands on the line


def component_pen(colour: QColor, component: int, width: float = 2) -> QPen:
    """Components differ by dash as well as by colour."""
    return QPen(colour, width, _DASHES[component % len(_DASHES)])


def before_pen(colour: QColor, thickness: float = 1.0) -> QPen:
    """For what was before this epoch: thin, so that one sees what has moved."""
    return QPen(colour, 1.5 * thickness, Qt.PenStyle.DotLine)


def pen_of(look: Look, colours: Theme, component: int, width: float) -> QPen:
    """A component's pen as it is painted: stronger where it stands out, faded where others do."""
    colour = theme.component_colour(colours, component)
    colour.setAlphaF(look.opacity(component))
    return component_pen(colour, component, look.stroke(component, width))


def filling_of(look: Look, colours: Theme, component: int, opacity: float) -> QColor:
    """What fills the area below or within a component's line."""
    colour = theme.component_colour(colours, component)
    colour.setAlphaF(opacity * look.opacity(component) * (2 if component in look.components else 1))
    return colour


def paint_point(
    painter: QPainter, at: QPointF, radius: float, shares: Vector, colours: Theme
) -> None:
    """A pie of the shares; plain as far as they are unknown."""
    circle = QRectF(at.x() - radius, at.y() - radius, 2 * radius, 2 * radius)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colours.point))
    painter.drawEllipse(circle)
    _paint_pie(painter, circle, shares, colours)


def _paint_pie(painter: QPainter, circle: QRectF, shares: Vector, colours: Theme) -> None:
    """A sector for each component, from the top clockwise; Qt counts sixteenths of a degree."""
    full = 360 * 16
    start = 0.0
    for component, share in enumerate(shares):
        painter.setBrush(theme.component_colour(colours, component))
        painter.drawPie(circle, round(full / 4 - start * full), round(-share * full))
        start += share


def paint_points(
    canvas: Canvas, places: Sequence[QPointF], radius: float, shares: Sequence[Vector]
) -> None:
    """Points that are few: each a pie of its shares, faded where others stand out."""
    painter, colours, look = canvas.painter, canvas.colours, canvas.look
    for i, at in enumerate(places):
        painter.setOpacity(look.point_opacity(i))
        paint_point(painter, at, radius * look.thickness, shares[i], colours)
    painter.setOpacity(1.0)


def paint_many_points(
    canvas: Canvas, chosen: Iterable[int], places: Iterable[QPointF], shares: Sequence[Vector]
) -> None:
    """Dots, their colours mixed in sixteenths. chosen: one of those points that would lie upon each other,
    and so have almost the same shares; places: of each.
    """
    painter, colours, look = canvas.painter, canvas.colours, canvas.look
    of_colour: dict[tuple[int, ...], list[QPointF]] = defaultdict(list)
    for i, at in zip(chosen, places, strict=True):
        sixteenths = tuple([round(16 * share) for share in shares[i]])
        of_colour[sixteenths].append(at)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setOpacity(_FADED if look.points else 1.0)
    radius = SMALL_RADIUS * look.thickness
    for sixteenths, dots in of_colour.items():
        painter.setBrush(theme.blend(colours, tuple(part / 16 for part in sixteenths)))
        for dot in dots:
            painter.drawEllipse(dot, radius, radius)
    painter.setOpacity(1.0)


def paint_rings(
    canvas: Canvas, places: Mapping[int, QPointF], radius: float, shares: Sequence[Vector]
) -> None:
    """The points that stand out, once more on top, each with a ring around it. places: by point."""
    painter, colours, look = canvas.painter, canvas.colours, canvas.look
    for i in sorted(look.points):
        if i in places:
            reach = radius * look.thickness + 3.5
            paint_point(painter, places[i], radius * look.thickness, shares[i], colours)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(colours.text), 2.2 * look.thickness))
            painter.drawEllipse(places[i], reach, reach)


def paint_marker(
    painter: QPainter, at: QPointF, size: float, component: int, colours: Theme
) -> None:
    """A component's mean; components differ by shape, too."""
    shape = MARKERS[component % len(MARKERS)]
    painter.setPen(QPen(QColor(colours.text), 1.3))
    painter.setBrush(theme.component_colour(colours, component))
    painter.drawPolygon(QPolygonF([at + QPointF(x * size, y * size) for x, y in shape]))


def paint_handles(canvas: Canvas, handles: Sequence[Sequence[Place]]) -> None:
    """Where each component is taken to change its width, if the look says so."""
    painter, frame, colours, look = canvas.painter, canvas.frame, canvas.colours, canvas.look
    for component, places in enumerate(handles if look.shows_handles else ()):
        painter.setPen(QPen(theme.component_colour(colours, component), 2 * look.thickness))
        painter.setBrush(QColor(colours.base))
        for place in places:
            if frame.shows(*place):
                painter.drawEllipse(frame.at(*place), 5 * look.thickness, 5 * look.thickness)


def paint_numbers_up(canvas: Canvas) -> None:
    """The grid's lines across, and the numbers left of them."""
    painter, frame, metrics, colours = canvas.painter, canvas.frame, canvas.metrics, canvas.colours
    line, area = metrics.height(), frame.area
    for value, label in zip(frame.y.ticks, frame.y.labels, strict=True):
        y = frame.at(frame.x.low, value).y()
        painter.setPen(QPen(QColor(colours.grid), 1))
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
        painter.setPen(QColor(colours.muted))
        box = QRectF(area.left() - 6 * line, y - line / 2, 6 * line - 6, line)
        painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, label)


def number_across(x: float, top: float, label: str, canvas: Canvas, edge: float) -> None:
    """The number of a tick below the axis: around it, but all of it left of the edge."""
    width = canvas.metrics.horizontalAdvance(label) + 2
    box = QRectF(min(x - width / 2, edge - width), top, width, canvas.metrics.height())
    canvas.painter.drawText(box, Qt.AlignmentFlag.AlignCenter, label)


def legend_width(entries: Sequence[LegendEntry], metrics: QFontMetricsF) -> float:
    """How much room the legend takes on its line."""
    return sum(_width(entry, metrics) for entry in entries)


def _width(entry: LegendEntry, metrics: QFontMetricsF) -> float:
    return metrics.horizontalAdvance(entry.text) + 3.6 * metrics.height()


def paint_legend(
    painter: QPainter,
    area: QRectF,
    entries: Sequence[LegendEntry],
    metrics: QFontMetricsF,
    colours: Theme,
) -> None:
    """On one line over the top of `area`, as far as there is room."""
    line, y = metrics.height(), area.center().y()
    widths = [_width(entry, metrics) for entry in entries]
    left = max(area.right() - sum(widths) + line, area.left())
    for entry, width in zip(entries, widths, strict=True):
        if left + width - line > area.right() + 1:
            painter.setPen(QColor(colours.text))
            painter.drawText(QPointF(left, y + line / 3), "…")
            return
        painter.setPen(entry.pen)
        painter.drawLine(QPointF(left, y), QPointF(left + 2.2 * line, y))
        if entry.component is not None:
            paint_marker(painter, QPointF(left + 1.1 * line, y), 4.5, entry.component, colours)
        painter.setPen(QColor(colours.text))
        box = QRectF(left + 2.6 * line, y - line / 2, width, line)
        alignment = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(box, alignment, entry.text)
        left += width
