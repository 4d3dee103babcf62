"""The picture of two coordinates of a mixture: points, and ellipses at 1 and 2 sigma."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from refgmm.arithmetic import Vector
from refgmm.axis import Axis, axis
from refgmm.curves import SIGMAS
from refgmm.formatting import subscript
from refgmm.plot_style import MANY_POINTS
from refgmm_gui import theme
from refgmm_gui.plots.painting import (
    LegendEntry,
    before_pen,
    component_pen,
    paint_legend,
    paint_many_points,
    paint_marker,
    paint_point,
)
from refgmm_gui.plots.scene import PlaneScene
from refgmm_gui.theme import Theme

_RADIUS = 7.0  # of a point
_RADIUS_AMONG_MANY = 4.5
_FEW_POINTS = 40
_MARKER = 6.5
_CROSS = 11.0  # of a component that has collapsed
_WIDTHS = 2.4, 1.5  # of the lines at 1 and 2 sigma
_LARGEST = 50.0  # times the plot; an ellipse beyond that has no outline in sight


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where the axes stand on the device."""

    area: QRectF
    x: Axis
    y: Axis

    def at(self, point: Sequence[float]) -> QPointF:
        x, y = point
        return QPointF(
            self.area.left() + self.x.position(x) * self.area.width(),
            self.area.bottom() - self.y.position(y) * self.area.height(),
        )

    def shows(self, point: Sequence[float]) -> bool:
        """Whether a point stands inside; one that is 0/0 does not."""
        x, y = point
        return self.x.low <= x <= self.x.high and self.y.low <= y <= self.y.high

    def polygon(self, outline: Sequence[Vector]) -> QPolygonF | None:
        """An outline on the device; None where it is far larger than the plot."""
        positions = [(self.x.position(x), self.y.position(y)) for x, y in outline]
        if not positions or any(abs(p) > _LARGEST for pair in positions for p in pair):
            return None
        return QPolygonF([self.at(point) for point in outline])


def paint(painter: QPainter, area: QRectF, scene: PlaneScene, colours: Theme) -> None:
    """Draw the scene into `area` of any paint device."""
    metrics = QFontMetricsF(painter.font())
    painter.fillRect(area, QColor(colours.base))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    frame = _frame(area, scene, metrics)
    _paint_axes(painter, frame, scene, metrics, colours)
    painter.save()
    painter.setClipRect(frame.area)
    _paint_ellipses(painter, frame, scene, colours)
    painter.restore()
    _paint_points(painter, frame, scene, colours)
    _paint_means(painter, frame, scene, metrics, colours)
    _paint_legend(painter, frame, scene, metrics, colours)


def _frame(area: QRectF, scene: PlaneScene, metrics: QFontMetricsF) -> _Frame:
    line = metrics.height()
    inner = area.adjusted(line * 3.4, line * 2, -line * 2.6, -line * 1.6)
    return _Frame(
        inner,
        axis(*scene.across, max(3, int(inner.width() / (line * 5)))),
        axis(*scene.up, max(3, int(inner.height() / (line * 1.7)))),
    )


def _paint_axes(
    painter: QPainter, frame: _Frame, scene: PlaneScene, metrics: QFontMetricsF, colours: Theme
) -> None:
    line, area = metrics.height(), frame.area
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for value, label in zip(frame.y.ticks, frame.y.labels, strict=True):
        y = frame.at((frame.x.low, value)).y()
        painter.setPen(QPen(QColor(colours.grid), 1))
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
        painter.setPen(QColor(colours.muted))
        box = QRectF(area.left() - 3.4 * line, y - line / 2, 3.4 * line - 6, line)
        painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, label)
    for value, label in zip(frame.x.ticks, frame.x.labels, strict=True):
        x = frame.at((value, frame.y.low)).x()
        painter.setPen(QPen(QColor(colours.grid), 1))
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        painter.setPen(QColor(colours.muted))
        box = QRectF(x - 4 * line, area.bottom() + 0.3 * line, 8 * line, line)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, label)
    painter.setPen(QPen(QColor(colours.muted), 1))
    painter.drawLine(area.bottomLeft(), area.bottomRight())
    painter.drawLine(area.bottomLeft(), area.topLeft())
    painter.setPen(QColor(colours.text))
    across, up = scene.names
    right = QRectF(area.right() + 2, area.bottom() - line / 2, 2.6 * line - 2, line)
    painter.drawText(right, Qt.AlignmentFlag.AlignCenter, across)
    above = QRectF(area.left() - 2 * line, area.top() - 1.3 * line, 4 * line, line)
    painter.drawText(above, Qt.AlignmentFlag.AlignCenter, up)


def _paint_ellipses(painter: QPainter, frame: _Frame, scene: PlaneScene, colours: Theme) -> None:
    """The inner ones with strong lines, the outer ones with finer; those before dotted."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for component, outlines in enumerate(scene.before or ()):
        colour = theme.component_colour(colours, component)
        colour.setAlphaF(0.8)
        painter.setPen(before_pen(colour))
        for outline in outlines:
            if (polygon := frame.polygon(outline)) is not None:
                painter.drawPolyline(polygon)
    for component, outlines in enumerate(scene.ellipses):
        colour = theme.component_colour(colours, component)
        filling = QColor(colour)
        filling.setAlphaF(0.08)
        for outline, width in zip(outlines, _WIDTHS, strict=False):  # none of a collapsed one
            if (polygon := frame.polygon(outline)) is not None:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(filling)
                painter.drawPolygon(polygon)
                painter.setPen(component_pen(colour, component, width))
                painter.drawPolyline(polygon)


def _paint_points(painter: QPainter, frame: _Frame, scene: PlaneScene, colours: Theme) -> None:
    """Few points: each a pie of its responsibilities. Many: the colours mixed."""
    places = [frame.at(point) for point in scene.points]
    if len(places) > MANY_POINTS:
        paint_many_points(painter, places, scene.shares, colours)
        return
    radius = _RADIUS if len(places) <= _FEW_POINTS else _RADIUS_AMONG_MANY
    for i, at in enumerate(places):
        paint_point(painter, at, radius, scene.shares[i], colours)


def _paint_means(
    painter: QPainter, frame: _Frame, scene: PlaneScene, metrics: QFontMetricsF, colours: Theme
) -> None:
    """A marker at each component's mean, and its name beside it."""
    taken: list[QRectF] = []
    for component, mean in enumerate(scene.means):
        if not frame.shows(mean):
            continue
        at, colour = frame.at(mean), theme.component_colour(colours, component)
        if component in scene.collapsed:
            painter.setPen(QPen(colour, 3))
            for slope in (1, -1):
                arm = QPointF(_CROSS, slope * _CROSS)
                painter.drawLine(at - arm, at + arm)
        paint_marker(painter, at, _MARKER, component, colours)
        name = "μ" + subscript(component + 1)
        box = _free_box(at, metrics.horizontalAdvance(name) + 6, metrics.height(), taken)
        taken.append(box)
        ground = QColor(colours.base)
        ground.setAlphaF(0.75)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(box, 3, 3)
        painter.setPen(colour)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, name)


def _free_box(at: QPointF, width: float, height: float, taken: Sequence[QRectF]) -> QRectF:
    """Room for a name right of a mean, or left, above or below where others stand there."""
    gap = 1.3 * _MARKER
    boxes = (
        QRectF(at.x() + gap, at.y() - height / 2, width, height),
        QRectF(at.x() - gap - width, at.y() - height / 2, width, height),
        QRectF(at.x() - width / 2, at.y() - gap - height, width, height),
        QRectF(at.x() - width / 2, at.y() + gap, width, height),
    )
    return next((box for box in boxes if not any(map(box.intersects, taken))), boxes[0])


def _paint_legend(
    painter: QPainter, frame: _Frame, scene: PlaneScene, metrics: QFontMetricsF, colours: Theme
) -> None:
    """The components, the past."""
    sigmas = " and ".join(f"{sigma}σ" for sigma in SIGMAS)
    entries = []
    for component in range(len(scene.means)):
        colour = theme.component_colour(colours, component)
        text = f"component {component + 1}" + ("" if component else f", at {sigmas}")
        entries.append(LegendEntry(text, component_pen(colour, component), component))
    if scene.before is not None:
        entries.append(LegendEntry("before this epoch", before_pen(QColor(colours.muted))))
    line, area = metrics.height(), frame.area
    above = QRectF(area.left() + 2.4 * line, area.top() - 1.6 * line, area.width() - line, line)
    paint_legend(painter, above, entries, metrics, colours)


def in_words(scene: PlaneScene) -> str:
    """The plot for those who can't see it."""
    ranges = []
    for name, values in zip(scene.names, zip(*scene.points, strict=True), strict=True):
        ranges.append(f"{name} from {min(values):.4g} to {max(values):.4g}")
    means = []
    for j, (mean, variances) in enumerate(zip(scene.means, scene.variances, strict=True), start=1):
        words = f"component {j} at ({mean[0]:.4g}, {mean[1]:.4g})"
        if j - 1 in scene.collapsed:
            means.append(f"{words}, collapsed")
        else:
            means.append(f"{words} with variances {variances[0]:.4g} and {variances[1]:.4g}")
    return f"{len(scene.points)} points, {' and '.join(ranges)}; means: {'; '.join(means)}"
