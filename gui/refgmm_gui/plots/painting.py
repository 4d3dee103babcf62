"""What the paintings of one and of two dimensions share: pens, pies, the legend."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from refgmm.arithmetic import Vector
from refgmm.plot_style import MARKERS
from refgmm_gui import theme
from refgmm_gui.theme import Theme

SMALL_RADIUS = 3.0  # of a point, where there are many
_DASHES = (
    Qt.PenStyle.SolidLine,
    Qt.PenStyle.DashLine,
    Qt.PenStyle.DashDotLine,
    Qt.PenStyle.DotLine,
)


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """A line of the plot, and what it is."""

    text: str
    pen: QPen
    component: int | None = None  # whose marker stands on the line


def component_pen(colour: QColor, component: int, width: float = 2) -> QPen:
    """Components differ by dash as well as by colour."""
    return QPen(colour, width, _DASHES[component % len(_DASHES)])


def before_pen(colour: QColor) -> QPen:
    """For what was before this epoch: thin, so that one sees what has moved."""
    return QPen(colour, 1.5, Qt.PenStyle.DotLine)


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


def paint_many_points(
    painter: QPainter,
    places: Sequence[QPointF],
    shares: Sequence[Vector],
    colours: Theme,
) -> None:
    """Of those that fall on the same pixel, and so have almost the same shares, one is drawn."""
    painter.setPen(Qt.PenStyle.NoPen)
    at_pixel = {(round(at.x()), round(at.y())): i for i, at in enumerate(places)}
    for (x, y), i in at_pixel.items():
        painter.setBrush(theme.blend(colours, shares[i]))
        painter.drawEllipse(QPointF(x, y), SMALL_RADIUS, SMALL_RADIUS)


def paint_marker(
    painter: QPainter, at: QPointF, size: float, component: int, colours: Theme
) -> None:
    """A component's mean; components differ by shape, too."""
    shape = MARKERS[component % len(MARKERS)]
    painter.setPen(QPen(QColor(colours.text), 1.3))
    painter.setBrush(theme.component_colour(colours, component))
    painter.drawPolygon(QPolygonF([at + QPointF(x * size, y * size) for x, y in shape]))


def paint_legend(
    painter: QPainter,
    area: QRectF,
    entries: Sequence[LegendEntry],
    metrics: QFontMetricsF,
    colours: Theme,
) -> None:
    """On one line over the top of `area`, as far as there is room."""
    line, y = metrics.height(), area.center().y()
    widths = [metrics.horizontalAdvance(entry.text) + 3.6 * line for entry in entries]
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
