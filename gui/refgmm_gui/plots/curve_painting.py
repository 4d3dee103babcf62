"""The picture of a mixture in one dimension: its curves, and the points below them."""

import itertools
import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from refgmm.axis import axis, axis_from_zero
from refgmm.formatting import subscript
from refgmm.plot_style import MANY_POINTS
from refgmm.records import replace
from refgmm_gui import theme
from refgmm_gui.plots.extents import extents
from refgmm_gui.plots.frame import Frame
from refgmm_gui.plots.painting import (
    LEGEND,
    PLAIN,
    SMALL_RADIUS,
    Canvas,
    LegendEntry,
    Look,
    before_pen,
    component_pen,
    filling_of,
    number_across,
    paint_handles,
    paint_legend,
    paint_many_points,
    paint_numbers_up,
    paint_points,
    paint_rings,
    pen_of,
)
from refgmm_gui.plots.scene import Scene
from refgmm_gui.theme import Theme
from refgmm_gui.words import tr

_RADIUS = 8.0  # of a point
_RIGHT = 0.8  # lines right of the axes
_STRIP = 1.5  # lines: how high the stacked responsibilities are


def paint(
    painter: QPainter, area: QRectF, scene: Scene, colours: Theme, look: Look = PLAIN
) -> None:
    """Draw the scene into `area` of any paint device."""
    metrics = QFontMetricsF(painter.font())
    painter.fillRect(area, QColor(colours.base))
    frame = frame_of(area, scene, metrics)
    canvas = Canvas(painter, frame, metrics, colours, look)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    _paint_axes(canvas, scene)
    painter.save()
    painter.setClipRect(frame.area.adjusted(0, -2, 0, 1))
    _paint_histogram(canvas, scene)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _paint_before(canvas, scene)
    _paint_curves(canvas, scene)
    paint_handles(canvas, scene.handles)
    painter.restore()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _paint_means(canvas, scene)
    painter.save()
    painter.setClipRect(QRectF(frame.area.left(), area.top(), frame.area.width(), area.height()))
    _paint_points(canvas, scene)
    painter.restore()
    _paint_stack(canvas, scene)
    line = metrics.height()
    left = max(area.left() + line / 2, look.legend_from)
    right = min(frame.area.right(), look.legend_until)
    above = QRectF(left, frame.area.top() - LEGEND * line, right - left, line)
    paint_legend(painter, above, legend(scene, colours, look), metrics, colours)


def frame_of(area: QRectF, scene: Scene, metrics: QFontMetricsF) -> Frame:
    """Where the axes stand; the heights from 0 to the highest in sight."""
    line = metrics.height()
    highest = max(scene.curves.mixture)
    if scene.before is not None:  # cut where it would dwarf what it is now: a collapse, say
        highest = max(highest, min(max(scene.before.mixture), 2 * highest))
    low, high = scene.between
    if scene.histogram is not None:  # likewise
        bars = [bar.height for bar in scene.histogram.bars if bar.right > low and bar.left < high]
        highest = max(highest, min(max(bars, default=0.0), 2 * highest))
    highest = max(highest, scene.least_top)
    below = _row_of_points(scene) + _row_of_shares(scene) + 1.5
    inner = area.adjusted(line * 3, line * 3, -line * _RIGHT, -line * below)
    return Frame(
        inner,
        axis(low, high, max(3, int(inner.width() / (line * 5)))),
        axis_from_zero(highest * 1.05 or 1.0, max(3, int(inner.height() / (line * 1.5)))),
    )


def point_places(frame: Frame, scene: Scene, metrics: QFontMetricsF) -> list[QPointF]:
    """Where the points stand: in a row below the axis, or on it, where a histogram tells of them."""
    y = frame.area.bottom() + metrics.height() * 0.64 * _row_of_points(scene)
    return [QPointF(frame.at(x, 0.0).x(), y) for x in scene.points]


def point_radius(scene: Scene) -> float:
    return SMALL_RADIUS if len(scene.points) > MANY_POINTS else _RADIUS


def _row_of_points(scene: Scene) -> float:
    """Lines that the points take below the axis."""
    return 1.4 if scene.histogram is None else 0.0


def _row_of_shares(scene: Scene) -> float:
    """Lines that the stacked responsibilities take, with the gap below them."""
    return 0.0 if scene.stack is None else _STRIP + 0.3


def _paint_axes(canvas: Canvas, scene: Scene) -> None:
    painter, frame, metrics, colours = canvas.painter, canvas.frame, canvas.metrics, canvas.colours
    line, area = metrics.height(), frame.area
    paint_numbers_up(canvas)
    painter.setPen(QPen(QColor(colours.muted), 1))
    painter.drawLine(area.bottomLeft(), area.bottomRight())
    top = area.bottom() + (_row_of_points(scene) + _row_of_shares(scene) + 0.35) * line
    for value, label in zip(frame.x.ticks, frame.x.labels, strict=True):
        foot = frame.at(value, 0.0)
        painter.drawLine(foot, foot + QPointF(0, 4))
        number_across(foot.x(), top, label, canvas, area.right() + _RIGHT * line)


def _paint_histogram(canvas: Canvas, scene: Scene) -> None:
    """Bars, each divided from the bottom up as the components answer for its points."""
    painter, frame, colours = canvas.painter, canvas.frame, canvas.colours
    if scene.histogram is None:
        return
    edge = QColor(colours.muted)
    edge.setAlphaF(0.6)
    for bar in scene.histogram.bars:
        painter.setPen(Qt.PenStyle.NoPen)
        whole = QRectF(frame.at(bar.left, bar.height), frame.at(bar.right, 0.0))
        colour = QColor(colours.point)
        colour.setAlphaF(0.35)
        known = frame.at(bar.left, bar.boundaries[-1]).y()
        if known > whole.top() + 0.5:
            painter.fillRect(QRectF(whole.topLeft(), QPointF(whole.right(), known)), colour)
        for component in range(len(bar.boundaries) - 1):
            low, high = bar.boundaries[component : component + 2]
            colour = theme.component_colour(colours, component)
            colour.setAlphaF(0.4)
            painter.fillRect(QRectF(frame.at(bar.left, high), frame.at(bar.right, low)), colour)
        if bar.height > 0.0:
            painter.setPen(QPen(edge, 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(whole)


def _paint_before(canvas: Canvas, scene: Scene) -> None:
    """The curves of the epoch's start, thin, so that one sees what has moved."""
    painter, frame, colours, look = canvas.painter, canvas.frame, canvas.colours, canvas.look
    if scene.before is None:
        return
    if not scene.shows_components:
        painter.setPen(before_pen(QColor(colours.muted), look.thickness))
        painter.drawPolyline(frame.line(scene.before.x, scene.before.mixture))
        return
    for component, heights in enumerate(scene.before.components):
        if heights is not None:
            colour = theme.component_colour(colours, component)
            colour.setAlphaF(0.8 * look.opacity(component))
            painter.setPen(before_pen(colour, look.thickness))
            painter.drawPolyline(frame.line(scene.before.x, heights))


def _paint_curves(canvas: Canvas, scene: Scene) -> None:
    painter, frame, colours, look = canvas.painter, canvas.frame, canvas.colours, canvas.look
    curves = scene.curves
    for component, heights in enumerate(curves.components if scene.shows_components else ()):
        if heights is None:
            continue
        outline = frame.line(curves.x, heights)
        ground = [frame.at(frame.x.high, 0.0), frame.at(frame.x.low, 0.0)]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(filling_of(look, colours, component, 0.12))
        painter.drawPolygon([*outline, *ground])
        painter.setPen(pen_of(look, colours, component, 2))
        painter.drawPolyline(outline)
    for component in scene.spikes:
        painter.setPen(QPen(theme.component_colour(colours, component), 3 * look.thickness))
        mean = scene.means[component]
        painter.drawLine(frame.at(mean, 0.0), frame.at(mean, frame.y.high))
    text = QColor(colours.text)
    text.setAlphaF(0.5 if look.components else 1.0)
    painter.setPen(QPen(text, 2.2 * look.thickness))
    painter.drawPolyline(frame.line(curves.x, curves.mixture))


def _paint_means(canvas: Canvas, scene: Scene) -> None:
    """A mark above the plot at each component's mean, and its name where there is room for it."""
    painter, frame, metrics, colours, look = canvas
    line, top = metrics.height(), frame.area.top()
    taken: list[QRectF] = []
    for component, mean in enumerate(scene.means):
        if math.isnan(mean) or not frame.x.low <= mean <= frame.x.high:
            continue
        x = frame.at(mean, 0.0).x()
        colour = theme.component_colour(colours, component)
        colour.setAlphaF(look.opacity(component))
        faint = QColor(colour)
        faint.setAlphaF(0.6 * look.opacity(component))
        painter.setPen(QPen(faint, look.thickness, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(x, top), QPointF(x, frame.area.bottom()))
        name = "μ" + subscript(component + 1)
        width = metrics.horizontalAdvance(name) + 4
        box = QRectF(x - width / 2, top - line * 1.05, width, line)
        if any(box.intersects(other) for other in taken):
            box.moveLeft(max(other.right() for other in taken))
        taken.append(box)
        painter.setPen(colour)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, name)


def _paint_points(canvas: Canvas, scene: Scene) -> None:
    """The points below the axis. Few: each a pie of its responsibilities. Many: the colours mixed."""
    radius = point_radius(scene)
    if scene.histogram is not None:
        marked = {i: scene.points[i] for i in canvas.look.points if i < len(scene.points)}
        spots = point_places(
            canvas.frame, replace(scene, points=tuple(marked.values())), canvas.metrics
        )
        paint_rings(canvas, dict(zip(marked, spots, strict=True)), radius, scene.shares)
        return
    places = point_places(canvas.frame, scene, canvas.metrics)
    if len(places) > MANY_POINTS:
        at_pixel = {(round(at.x()), round(at.y())): i for i, at in enumerate(places)}
        chosen = at_pixel.values()
        paint_many_points(canvas, chosen, [places[i] for i in chosen], scene.shares)
    else:
        paint_points(canvas, places, radius, scene.shares)
    paint_rings(canvas, dict(enumerate(places)), radius, scene.shares)


def _paint_stack(canvas: Canvas, scene: Scene) -> None:
    """The responsibilities along x, one upon the other, from 0 at the strip's foot to 1 at its top."""
    painter, frame, metrics, colours = canvas.painter, canvas.frame, canvas.metrics, canvas.colours
    if scene.stack is None:
        return
    line = metrics.height()
    strip = QRectF(frame.area.left(), 0, frame.area.width(), 0)
    strip.moveTop(frame.area.bottom() + (_row_of_points(scene) + 0.4) * line)
    strip.setHeight(_STRIP * line)
    shown = Frame(strip, frame.x, axis(0.0, 1.0, 2))
    lines = [shown.line(scene.curves.x, boundary) for boundary in scene.stack]
    for component, (lower, upper) in enumerate(itertools.pairwise(lines)):
        colour = theme.component_colour(colours, component)
        colour.setAlphaF(0.75)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawPolygon([*lower, *reversed(upper)])
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for boundary in lines[1:-1]:
        painter.setPen(QPen(QColor(colours.base), 1.5))
        painter.drawPolyline(boundary)
    painter.setPen(QPen(QColor(colours.muted), 1))
    painter.drawRect(strip)
    box = QRectF(strip.left() - 6 * line, strip.top(), 6 * line - 6, strip.height())
    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    painter.drawText(box, right, "β(x)")


def legend(scene: Scene, colours: Theme, look: Look = PLAIN) -> list[LegendEntry]:
    """The mixture, the components, the histogram, the past."""
    entries = [LegendEntry("p(x)", QPen(QColor(colours.text), 2.2 * look.thickness))]
    for component in range(len(scene.means) if scene.shows_components else 0):
        j = subscript(component + 1)
        colour = theme.component_colour(colours, component)
        pen = component_pen(colour, component, 2 * look.thickness)
        entries.append(LegendEntry(f"α{j}g{j}(x)", pen))
    if scene.histogram is not None:
        flat = Qt.PenCapStyle.FlatCap
        pen = QPen(QColor(colours.point), 9, Qt.PenStyle.SolidLine, flat)
        entries.append(LegendEntry(tr("points"), pen))
    if scene.before is not None:
        pen = before_pen(QColor(colours.muted), look.thickness)
        entries.append(LegendEntry(tr(scene.before_name), pen))
    return entries


def in_words(scene: Scene) -> str:
    """The plot for those who can't see it."""
    words = [tr("no points")]
    if scene.points:
        ((lowest, highest),) = extents(scene.points)
        words = [
            tr(
                "{count} points from {lowest:.4g} to {highest:.4g}",
                count=len(scene.points),
                lowest=lowest,
                highest=highest,
            )
        ]
    for j, (weight, mean, variance) in enumerate(zip(*scene.parameters, strict=True), start=1):
        spread = (
            "collapsed"
            if j - 1 in scene.spikes
            else tr("variance {variance:.4g}", variance=variance)
        )
        words.append(
            tr(
                "component {j} with weight {weight:.4g} at {mean:.4g}, {spread}",
                j=j,
                weight=weight,
                mean=mean,
                spread=spread,
            )
        )
    return tr("; ").join(
        [*words, tr("the density rises to {top:.3g}", top=max(scene.curves.mixture))]
    )
