"""The picture of a mixture in one dimension: its curves, and the points below them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from refgmm.axis import Axis, axis, axis_from_zero
from refgmm.formatting import subscript
from refgmm.plot_style import MANY_POINTS
from refgmm_gui import theme
from refgmm_gui.plots.painting import (
    LegendEntry,
    before_pen,
    component_pen,
    paint_legend,
    paint_many_points,
    paint_point,
)
from refgmm_gui.plots.scene import Scene
from refgmm_gui.theme import Theme

_RADIUS = 8.0  # of a point


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where the axes stand on the device."""

    area: QRectF
    x: Axis
    y: Axis

    def at(self, x: float, y: float) -> QPointF:
        return QPointF(
            self.area.left() + self.x.position(x) * self.area.width(),
            self.area.bottom() - self.y.position(y) * self.area.height(),
        )

    def outline(self, xs: Sequence[float], heights: Sequence[float]) -> list[QPointF]:
        left, bottom = self.area.left(), self.area.bottom()
        across = self.area.width() / (self.x.high - self.x.low)
        up = self.area.height() / (self.y.high - self.y.low)
        low = self.x.low
        return [
            QPointF(left + (x - low) * across, bottom - height * up)
            for x, height in zip(xs, heights, strict=True)
        ]


def paint(painter: QPainter, area: QRectF, scene: Scene, colours: Theme) -> None:
    """Draw the scene into `area` of any paint device."""
    metrics = QFontMetricsF(painter.font())
    painter.fillRect(area, QColor(colours.base))
    frame = _frame(area, scene, metrics)
    _paint_axes(painter, frame, metrics, colours)
    painter.save()
    painter.setClipRect(frame.area.adjusted(0, -2, 0, 1))
    if scene.before is not None:
        _paint_before(painter, frame, scene, colours)
    _paint_curves(painter, frame, scene, colours)
    painter.restore()
    _paint_means(painter, frame, scene, metrics, colours)
    _paint_points(painter, frame, scene, metrics, colours)
    _paint_legend(painter, frame, scene, metrics, colours)


def _frame(area: QRectF, scene: Scene, metrics: QFontMetricsF) -> _Frame:
    line = metrics.height()
    highest = max(scene.curves.mixture)
    if scene.before is not None:  # cut where it would dwarf what it is now: a collapse, say
        highest = max(highest, min(max(scene.before.mixture), 2 * highest))
    inner = area.adjusted(line * 3, line * 2.7, -line * 0.8, -line * 2.9)
    return _Frame(
        inner,
        axis(*scene.between, max(3, int(inner.width() / (line * 5)))),
        axis_from_zero(highest * 1.05 or 1.0, max(3, int(inner.height() / (line * 1.5)))),
    )


def _paint_axes(painter: QPainter, frame: _Frame, metrics: QFontMetricsF, colours: Theme) -> None:
    line, area = metrics.height(), frame.area
    for value, label in zip(frame.y.ticks, frame.y.labels, strict=True):
        y = frame.at(frame.x.low, value).y()
        painter.setPen(QPen(QColor(colours.grid), 1))
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
        painter.setPen(QColor(colours.muted))
        box = QRectF(area.left() - 3 * line, y - line / 2, 3 * line - 6, line)
        painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, label)
    painter.setPen(QPen(QColor(colours.muted), 1))
    painter.drawLine(area.bottomLeft(), area.bottomRight())
    for value, label in zip(frame.x.ticks, frame.x.labels, strict=True):
        foot = frame.at(value, 0.0)
        painter.drawLine(foot, foot + QPointF(0, 4))
        box = QRectF(foot.x() - 4 * line, area.bottom() + 1.75 * line, 8 * line, line)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, label)


def _paint_before(painter: QPainter, frame: _Frame, scene: Scene, colours: Theme) -> None:
    """The curves of the epoch's start, thin, so that one sees what has moved."""
    assert scene.before is not None
    for component, heights in enumerate(scene.before.components):
        if heights is not None:
            colour = theme.component_colour(colours, component)
            colour.setAlphaF(0.8)
            painter.setPen(before_pen(colour))
            painter.drawPolyline(frame.outline(scene.before.x, heights))


def _paint_curves(painter: QPainter, frame: _Frame, scene: Scene, colours: Theme) -> None:
    curves = scene.curves
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for component, heights in enumerate(curves.components):
        colour = theme.component_colour(colours, component)
        if heights is None:
            continue
        filling = QColor(colour)
        filling.setAlphaF(0.12)
        outline = frame.outline(curves.x, heights)
        ground = [frame.at(frame.x.high, 0.0), frame.at(frame.x.low, 0.0)]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(filling)
        painter.drawPolygon([*outline, *ground])
        painter.setPen(component_pen(colour, component))
        painter.drawPolyline(outline)
    for component in scene.spikes:
        painter.setPen(QPen(theme.component_colour(colours, component), 3))
        mean = scene.means[component]
        painter.drawLine(frame.at(mean, 0.0), frame.at(mean, frame.y.high))
    painter.setPen(QPen(QColor(colours.text), 2.2))
    painter.drawPolyline(frame.outline(curves.x, curves.mixture))


def _paint_means(
    painter: QPainter, frame: _Frame, scene: Scene, metrics: QFontMetricsF, colours: Theme
) -> None:
    """A mark above the plot at each component's mean, and its name where there is room for it."""
    line, top = metrics.height(), frame.area.top()
    taken: list[QRectF] = []
    for component, mean in enumerate(scene.means):
        if math.isnan(mean) or not frame.x.low <= mean <= frame.x.high:
            continue
        x = frame.at(mean, 0.0).x()
        colour = theme.component_colour(colours, component)
        faint = QColor(colour)
        faint.setAlphaF(0.6)
        painter.setPen(QPen(faint, 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(x, top), QPointF(x, frame.area.bottom()))
        name = "μ" + subscript(component + 1)
        width = metrics.horizontalAdvance(name) + 4
        box = QRectF(x - width / 2, top - line * 1.1, width, line)
        if any(box.intersects(other) for other in taken):
            box.moveLeft(max(other.right() for other in taken))
        taken.append(box)
        painter.setPen(colour)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, name)


def _paint_points(
    painter: QPainter, frame: _Frame, scene: Scene, metrics: QFontMetricsF, colours: Theme
) -> None:
    """The points below the axis. Few: each a pie of its responsibilities. Many: the colours mixed."""
    y = frame.area.bottom() + metrics.height() * 0.9
    places = [QPointF(frame.at(x, 0.0).x(), y) for x in scene.points]
    if len(places) > MANY_POINTS:
        paint_many_points(painter, places, scene.shares, colours)
        return
    for i, at in enumerate(places):
        paint_point(painter, at, _RADIUS, scene.shares[i], colours)


def _paint_legend(
    painter: QPainter, frame: _Frame, scene: Scene, metrics: QFontMetricsF, colours: Theme
) -> None:
    """The mixture, the components, the past."""
    entries = [LegendEntry("p(x)", QPen(QColor(colours.text), 2.2))]
    for component in range(len(scene.means)):
        j = subscript(component + 1)
        pen = component_pen(theme.component_colour(colours, component), component)
        entries.append(LegendEntry(f"α{j}g{j}(x)", pen))
    if scene.before is not None:
        entries.append(LegendEntry("before this epoch", before_pen(QColor(colours.muted))))
    line, area = metrics.height(), frame.area
    above = QRectF(area.left(), area.top() - line * 2.4, area.width(), line)
    paint_legend(painter, above, entries, metrics, colours)
