"""The plot of the mixture: one paint function for the screen and for any other device."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from refgmm.arithmetic import Vector
from refgmm.formatting import subscript
from refgmm_gui import theme
from refgmm_gui.plots.axis import Axis, axis, axis_from_zero
from refgmm_gui.plots.scene import Scene
from refgmm_gui.theme import Theme

_RADIUS = 8.0  # of a point
_SMALL_RADIUS = 3.0
_MANY_POINTS = 200
_DASHES = (
    Qt.PenStyle.SolidLine,
    Qt.PenStyle.DashLine,
    Qt.PenStyle.DashDotLine,
    Qt.PenStyle.DotLine,
)


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
            painter.setPen(QPen(colour, 1.5, Qt.PenStyle.DotLine))
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
        painter.setPen(_component_pen(colour, component))
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
    if len(scene.points) > _MANY_POINTS:
        _paint_many_points(painter, frame, scene, y, colours)
        return
    painter.setPen(Qt.PenStyle.NoPen)
    for i, point in enumerate(scene.points):
        at = QPointF(frame.at(point, 0.0).x(), y)
        circle = QRectF(at.x() - _RADIUS, y - _RADIUS, 2 * _RADIUS, 2 * _RADIUS)
        painter.setBrush(QColor(colours.point))
        painter.drawEllipse(circle)
        if scene.shares is not None:
            _paint_pie(painter, circle, scene.shares[i], colours)


def _paint_pie(painter: QPainter, circle: QRectF, shares: Vector, colours: Theme) -> None:
    """A sector for each component, from the top clockwise; Qt counts sixteenths of a degree."""
    full = 360 * 16
    start = 0.0
    for component, share in enumerate(shares):
        painter.setBrush(theme.component_colour(colours, component))
        painter.drawPie(circle, round(full / 4 - start * full), round(-share * full))
        start += share


def _paint_many_points(
    painter: QPainter, frame: _Frame, scene: Scene, y: float, colours: Theme
) -> None:
    """Of those that fall on the same pixel, and so have almost the same shares, one is drawn."""
    painter.setPen(Qt.PenStyle.NoPen)
    at_pixel = {round(frame.at(x, 0.0).x()): i for i, x in enumerate(scene.points)}
    shares = scene.shares
    for x, i in at_pixel.items():
        painter.setBrush(theme.blend(colours, shares[i]) if shares else QColor(colours.point))
        painter.drawEllipse(QPointF(x, y), _SMALL_RADIUS, _SMALL_RADIUS)


def _paint_legend(
    painter: QPainter, frame: _Frame, scene: Scene, metrics: QFontMetricsF, colours: Theme
) -> None:
    """On one line above the plot, as far as there is room: the mixture, the components, the past."""
    entries: list[tuple[str, QPen]] = [("p(x)", QPen(QColor(colours.text), 2.2))]
    for component in range(len(scene.means)):
        j = subscript(component + 1)
        pen = _component_pen(theme.component_colour(colours, component), component)
        entries.append((f"α{j}g{j}(x)", pen))
    if scene.before is not None:
        entries.append(("before this epoch", QPen(QColor(colours.muted), 1.5, Qt.PenStyle.DotLine)))
    line = metrics.height()
    y = frame.area.top() - line * 1.9
    widths = [metrics.horizontalAdvance(text) + 3.6 * line for text, _ in entries]
    left = max(frame.area.right() - sum(widths) + line, frame.area.left())
    for (text, pen), width in zip(entries, widths, strict=True):
        if left + width - line > frame.area.right() + 1:
            painter.drawText(QPointF(left, y + line / 3), "…")
            return
        painter.setPen(pen)
        painter.drawLine(QPointF(left, y), QPointF(left + 2.2 * line, y))
        painter.setPen(QColor(colours.text))
        box = QRectF(left + 2.6 * line, y - line / 2, width, line)
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        left += width


def _component_pen(colour: QColor, component: int) -> QPen:
    """Components differ by dash as well as by colour."""
    return QPen(colour, 2, _DASHES[component % len(_DASHES)])


class MixturePlot(QWidget):
    """Shows a scene. It computes nothing: the scene comes ready made."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("plot")
        self.setAccessibleName("Plot of the mixture and the points")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 150)
        self._scene: Scene | None = None
        self._theme = theme.LIGHT

    def show_scene(self, scene: Scene | None, colours: Theme) -> None:
        self._scene, self._theme = scene, colours
        self.setAccessibleDescription(_in_words(scene) if scene else "Nothing to show yet")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(900, 240)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        area = QRectF(self.rect())
        if self._scene is None:
            painter.fillRect(area, QColor(self._theme.base))
            painter.setPen(QColor(self._theme.muted))
            painter.drawText(
                area, Qt.AlignmentFlag.AlignCenter, "Once the inputs are right, the plot is here"
            )
        else:
            paint(painter, area, self._scene, self._theme)
        painter.end()


def _in_words(scene: Scene) -> str:
    """The plot for those who can't see it."""
    means = ", ".join(f"component {j} at {mean:.4g}" for j, mean in enumerate(scene.means, start=1))
    low, high = min(scene.points), max(scene.points)
    return f"{len(scene.points)} points from {low:.4g} to {high:.4g}; means: {means}"
