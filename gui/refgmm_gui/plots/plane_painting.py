"""The picture of two coordinates of a mixture: points, and ellipses at 1 and 2 sigma."""

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from refgmm.arithmetic import Vector, columns
from refgmm.axis import axis
from refgmm.contours import FRACTIONS
from refgmm.curves import SIGMAS
from refgmm.formatting import subscript
from refgmm.plot_style import MANY_POINTS
from refgmm_gui import theme
from refgmm_gui.kept import Kept
from refgmm_gui.plots.extents import extents
from refgmm_gui.plots.frame import Frame, Range, same_scale
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
    paint_marker,
    paint_numbers_up,
    paint_points,
    paint_rings,
    pen_of,
)
from refgmm_gui.plots.scene import PlaneScene
from refgmm_gui.theme import Theme
from refgmm_gui.words import tr

_RIGHT = 2.6  # lines right of the axes
_RADIUS = 7.0  # of a point
_RADIUS_AMONG_MANY = 4.5
_FEW_POINTS = 40
_APART = 1.5 * SMALL_RADIUS  # of many points: dots that are nearer hide each other
_MARKER = 6.5
_CROSS = 11.0  # of a component that has collapsed
_WIDTHS = 2.4, 1.5  # of the lines at 1 and 2 sigma
_MARGIN = 1.2  # pixels, on both sides of a line over many points


def paint(
    painter: QPainter, area: QRectF, scene: PlaneScene, colours: Theme, look: Look = PLAIN
) -> None:
    """Draw the scene into `area` of any paint device."""
    metrics = QFontMetricsF(painter.font())
    painter.fillRect(area, QColor(colours.base))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    frame = frame_of(area, scene, metrics)
    canvas = Canvas(painter, frame, metrics, colours, look)
    _paint_axes(canvas, scene)
    painter.save()
    painter.setClipRect(frame.area)
    lines = _paint_contours, _paint_ellipses, _paint_paths
    for paint_layer in (_paint_points, *lines) if _is_crowded(scene) else (*lines, _paint_points):
        paint_layer(canvas, scene)
    paint_handles(canvas, scene.handles)
    painter.restore()
    _paint_means(canvas, scene)
    line = metrics.height()
    left = max(area.left() + line / 2, look.legend_from)
    right = min(frame.area.right() + line, look.legend_until)
    above = QRectF(left, frame.area.top() - LEGEND * line, right - left, line)
    paint_legend(painter, above, legend(scene, colours, look), metrics, colours)


def frame_of(area: QRectF, scene: PlaneScene, metrics: QFontMetricsF) -> Frame:
    """Where the axes stand."""
    line = metrics.height()
    inner = area.adjusted(line * 3.4, line * 3, -line * _RIGHT, -line * 1.6)
    across, up = scene.across, scene.up
    if scene.has_equal_scales:
        across, up = same_scale(across, up, max(inner.width(), 1.0), max(inner.height(), 1.0))
    return Frame(
        inner,
        axis(*across, max(3, int(inner.width() / (line * 5)))),
        axis(*up, max(3, int(inner.height() / (line * 1.7)))),
    )


def point_places(frame: Frame, scene: PlaneScene, metrics: QFontMetricsF) -> list[QPointF]:
    """Where the points stand."""
    return frame.line(*columns(scene.points)) if scene.points else []


def _is_crowded(scene: PlaneScene) -> bool:
    """Whether there are so many points that lines below them would not be seen."""
    return len(scene.points) > MANY_POINTS


def point_radius(scene: PlaneScene) -> float:
    n = len(scene.points)
    return _RADIUS if n <= _FEW_POINTS else _RADIUS_AMONG_MANY if n <= MANY_POINTS else SMALL_RADIUS


def _paint_axes(canvas: Canvas, scene: PlaneScene) -> None:
    painter, frame, metrics, colours = canvas.painter, canvas.frame, canvas.metrics, canvas.colours
    line, area = metrics.height(), frame.area
    painter.setBrush(Qt.BrushStyle.NoBrush)
    paint_numbers_up(canvas)
    for value, label in zip(frame.x.ticks, frame.x.labels, strict=True):
        x = frame.at(value, frame.y.low).x()
        painter.setPen(QPen(QColor(colours.grid), 1))
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        painter.setPen(QColor(colours.muted))
        number_across(x, area.bottom() + 0.3 * line, label, canvas, area.right() + _RIGHT * line)
    painter.setPen(QPen(QColor(colours.muted), 1))
    painter.drawLine(area.bottomLeft(), area.bottomRight())
    painter.drawLine(area.bottomLeft(), area.topLeft())
    painter.setPen(QColor(colours.text))
    across, up = scene.names
    right = QRectF(area.right() + 2, area.bottom() - line / 2, 2.6 * line - 2, line)
    painter.drawText(right, Qt.AlignmentFlag.AlignCenter, across)
    left = area.left() - 4  # clear of the numbers
    above = QRectF(left, area.top() - 1.05 * line, 4 * line, line)
    painter.drawText(above, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, up)


def _paint_contours(canvas: Canvas, scene: PlaneScene) -> None:
    """The lines of equal density, the stronger the higher."""
    painter, frame, colours, look = canvas.painter, canvas.frame, canvas.colours, canvas.look
    painter.setBrush(Qt.BrushStyle.NoBrush)
    contours = scene.contours or ()
    for number, contour in enumerate(contours):
        colour = QColor(colours.text)
        colour.setAlphaF(0.75 - 0.45 * number / max(len(contours) - 1, 1))
        painter.setPen(QPen(colour, 1.2 * look.thickness))
        for outline in contour.outlines:
            painter.drawPolyline(frame.line(*columns(outline)))


def _paint_ellipses(canvas: Canvas, scene: PlaneScene) -> None:
    """The inner ones with strong lines, the outer ones with finer; those before dotted."""
    painter, frame, colours, look = canvas.painter, canvas.frame, canvas.colours, canvas.look
    if not scene.shows_components:
        return
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for component, outlines in enumerate(scene.before or ()):
        colour = theme.component_colour(colours, component)
        colour.setAlphaF(0.8 * look.opacity(component))
        pen = before_pen(colour, look.thickness)
        for places in outlines:
            if outline := frame.outline(places):
                _paint_line(canvas, scene, outline, pen)
    for component, outlines in enumerate(scene.ellipses):
        for places, width in zip(outlines, _WIDTHS, strict=False):  # none of a collapsed one
            if outline := frame.outline(places):
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(filling_of(look, colours, component, 0.08))
                painter.drawPolygon(outline)
                _paint_line(canvas, scene, outline, pen_of(look, colours, component, width))


def _paint_line(canvas: Canvas, scene: PlaneScene, places: Sequence[QPointF], pen: QPen) -> None:
    """A line in the colour of a component; over points of that colour, with a margin around it."""
    painter = canvas.painter
    if _is_crowded(scene):
        painter.setPen(QPen(QColor(canvas.colours.base), pen.widthF() + 2 * _MARGIN))
        painter.drawPolyline(places)
    painter.setPen(pen)
    painter.drawPolyline(places)


def _paint_paths(canvas: Canvas, scene: PlaneScene) -> None:
    """Where each mean has been: a line with a dot at each epoch."""
    painter, frame, colours, look = canvas.painter, canvas.frame, canvas.colours, canvas.look
    for component, places in enumerate(scene.paths):
        path = frame.outline(places)
        colour = theme.component_colour(colours, component)
        colour.setAlphaF(look.opacity(component))
        _paint_line(canvas, scene, path, QPen(colour, 1.4 * look.thickness))
        painter.setPen(QPen(QColor(colours.base), 0.8))
        painter.setBrush(colour)
        radius = 2.6 * look.thickness
        for x, y in dict.fromkeys((round(at.x()), round(at.y())) for at in path):
            painter.drawEllipse(QPointF(x, y), radius, radius)


def _paint_points(canvas: Canvas, scene: PlaneScene) -> None:
    """Few points: each a pie of its responsibilities. Many: the colours mixed."""
    frame, points, radius = canvas.frame, scene.points, point_radius(scene)
    if _is_crowded(scene):
        across, up = (frame.x.low, frame.x.high), (frame.y.low, frame.y.high)
        seen = _spots(points, across, up, frame.cells(_APART))
        places = frame.line(*columns([points[i] for i in seen])) if seen else []
        paint_many_points(canvas, seen, places, scene.shares)
    else:
        places = point_places(frame, scene, canvas.metrics)
        paint_points(canvas, places, radius, scene.shares)
    standing_out = {i: frame.at(*points[i]) for i in canvas.look.points if i < len(points)}
    paint_rings(canvas, standing_out, radius, scene.shares)


def _one_per_cell(
    points: Sequence[Vector], across: Range, up: Range, cells: tuple[float, float]
) -> tuple[int, ...]:
    """Of the points between these ends, in each cell of a grid the last one. cells: in a unit across,
    and in one up.
    """
    (left, right), (bottom, top), (in_x, in_y), floor = across, up, cells, math.floor
    found = {
        (floor((x - left) * in_x), floor((y - bottom) * in_y)): i
        for i, (x, y) in enumerate(points)
        if left <= x <= right and bottom <= y <= top
    }
    return tuple(found.values())


_spots = Kept(_one_per_cell)


def _paint_means(canvas: Canvas, scene: PlaneScene) -> None:
    """A marker at each component's mean, and its name beside it."""
    painter, frame, metrics, colours, look = canvas
    taken: list[QRectF] = []
    for component, mean in enumerate(scene.means):
        if not frame.shows(*mean):
            continue
        at, colour = frame.at(*mean), theme.component_colour(colours, component)
        if component in scene.collapsed:
            painter.setPen(QPen(colour, 3))
            for slope in (1, -1):
                arm = QPointF(_CROSS, slope * _CROSS)
                painter.drawLine(at - arm, at + arm)
        size = _MARKER * look.thickness * (1.3 if component in look.components else 1.0)
        paint_marker(painter, at, size, component, colours)
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


def legend(scene: PlaneScene, colours: Theme, look: Look = PLAIN) -> list[LegendEntry]:
    """The components, the contours, the past."""
    sigmas = tr(" and ").join(f"{sigma}σ" for sigma in SIGMAS)
    entries = []
    for component in range(len(scene.means)):
        colour = theme.component_colour(colours, component)
        at_sigmas = (
            tr(", at {sigmas}", sigmas=sigmas) if component == 0 and scene.shows_components else ""
        )
        pen = component_pen(colour, component, 2 * look.thickness)
        entries.append(
            LegendEntry(
                tr(
                    "component {component}{at_sigmas}", component=component + 1, at_sigmas=at_sigmas
                ),
                pen,
                component,
            )
        )
    if scene.contours is not None:
        halves = tr("p(x): ½ … 1/{part} of its top", part=round(1 / FRACTIONS[-1]))
        entries.append(LegendEntry(halves, QPen(QColor(colours.text), 1.2 * look.thickness)))
    if scene.before is not None and scene.shows_components:
        pen = before_pen(QColor(colours.muted), look.thickness)
        entries.append(LegendEntry(tr(scene.before_name), pen))
    return entries


def in_words(scene: PlaneScene) -> str:
    """The plot for those who can't see it."""
    ranges = [
        tr("{name} from {least:.4g} to {most:.4g}", name=name, least=least, most=most)
        for name, (least, most) in zip(scene.names, extents(scene.points), strict=False)
    ]
    means = []
    for j, (mean, variances) in enumerate(zip(scene.means, scene.variances, strict=True), start=1):
        words = tr("component {j} at ({x:.4g}, {y:.4g})", j=j, x=mean[0], y=mean[1])
        if j - 1 in scene.collapsed:
            means.append(tr("{words}, collapsed", words=words))
        else:
            means.append(
                tr(
                    "{words} with variances {first:.4g} and {second:.4g}",
                    words=words,
                    first=variances[0],
                    second=variances[1],
                )
            )
    points = (
        tr("{count} points, {ranges}", count=len(scene.points), ranges=tr(" and ").join(ranges))
        if ranges
        else tr("no points")
    )
    return (
        tr("{points}; means: {means}", points=points, means=tr("; ").join(means))
        if means
        else points
    )
