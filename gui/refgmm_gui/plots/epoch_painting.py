"""The picture of a number epoch by epoch: a line with a dot for each epoch, the current one marked."""

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from refgmm.axis import axis
from refgmm.formatting import subscript
from refgmm_gui import theme
from refgmm_gui.plots.epoch_scene import EpochScene, Series
from refgmm_gui.plots.frame import Frame
from refgmm_gui.plots.painting import (
    LEGEND,
    PLAIN,
    Canvas,
    LegendEntry,
    Look,
    component_pen,
    paint_legend,
    paint_numbers_up,
)
from refgmm_gui.theme import Theme
from refgmm_gui.words import tr

_RADIUS = 3.5
_RADIUS_OF_CURRENT = 5.5
_SECOND = 1.2  # the stroke of a component's second number
_AHEAD = 0.35  # opacity of what lies after the current epoch


def paint(
    painter: QPainter, area: QRectF, scene: EpochScene, colours: Theme, look: Look = PLAIN
) -> None:
    """Draw the scene into `area` of any paint device."""
    metrics = QFontMetricsF(painter.font())
    line = metrics.height()
    painter.fillRect(area, QColor(colours.base))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    frame = frame_of(area, scene, metrics)
    canvas = Canvas(painter, frame, metrics, colours, look)
    _paint_axes(canvas, scene)
    painter.save()
    painter.setClipRect(frame.area.adjusted(-8, -8, 8, 8))
    _paint_current(canvas, scene)
    for series in scene.series:
        _paint_series(canvas, scene, series)
    painter.restore()
    left = max(area.left() + line / 2, look.legend_from)
    right = min(frame.area.right(), look.legend_until)
    above = QRectF(left, frame.area.top() - LEGEND * line, right - left, line)
    paint_legend(painter, above, legend(scene, colours, look), metrics, colours)


def frame_of(area: QRectF, scene: EpochScene, metrics: QFontMetricsF) -> Frame:
    """Where the axes stand."""
    line = metrics.height()
    inner = area.adjusted(line * 4.5, line * 3, -line * 3.6, -line * 1.6)
    return Frame(
        inner,
        axis(*scene.between, max(3, int(inner.width() / (line * 5)))),
        axis(*scene.up, max(3, int(inner.height() / (line * 1.7)))),
    )


def _paint_axes(canvas: Canvas, scene: EpochScene) -> None:
    painter, frame, metrics, colours = canvas.painter, canvas.frame, canvas.metrics, canvas.colours
    line, area = metrics.height(), frame.area
    paint_numbers_up(canvas)
    painter.setPen(QPen(QColor(colours.muted), 1))
    painter.drawLine(area.bottomLeft(), area.bottomRight())
    for value in frame.x.ticks:
        if value == round(value) and value >= 0:
            foot = frame.at(value, frame.y.low)
            painter.drawLine(foot, foot + QPointF(0, 4))
            box = QRectF(foot.x() - 4 * line, area.bottom() + 0.35 * line, 8 * line, line)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, f"{value:.0f}")
    painter.setPen(QColor(colours.text))
    right = QRectF(area.right() + 4, area.bottom() - line / 2, 4 * line, line)
    painter.drawText(right, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, tr("epoch"))
    above = QRectF(area.left() - 4 * line, area.top() - 1.05 * line, area.width(), line)
    painter.drawText(above, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, scene.name)


def _paint_current(canvas: Canvas, scene: EpochScene) -> None:
    """A line at the epoch where the walk stands."""
    painter, frame, colours = canvas.painter, canvas.frame, canvas.colours
    x = frame.at(scene.current, frame.y.low).x()
    painter.setPen(QPen(QColor(colours.accent), 1, Qt.PenStyle.DashLine))
    painter.drawLine(QPointF(x, frame.area.top()), QPointF(x, frame.area.bottom()))


def _paint_series(canvas: Canvas, scene: EpochScene, series: Series) -> None:
    """Strong up to the current epoch, faint after it: the walk has been there, and gone back."""
    painter, frame, colours, look = canvas.painter, canvas.frame, canvas.colours, canvas.look
    places = [
        (epoch, frame.at(epoch, value))
        for epoch, value in enumerate(series.values)
        if value is not None and math.isfinite(value) and _is_near(epoch, scene)
    ]
    component = series.component
    colour = QColor(colours.components[0])
    if component is not None:
        colour = theme.component_colour(colours, component)
        colour.setAlphaF(look.opacity(component))
    usual = _SECOND if series.is_second else 2.0
    width = usual * look.thickness if component is None else look.stroke(component, usual)
    ahead = QColor(colour)
    ahead.setAlphaF(_AHEAD * colour.alphaF())
    done = [at for epoch, at in places if epoch <= scene.current]
    coming = [at for epoch, at in places if epoch >= scene.current]
    for line, shade in ((coming, ahead), (done, colour)):
        painter.setPen(component_pen(shade, component or 0, width))
        painter.drawPolyline(line)
        painter.setPen(QPen(shade, width) if series.is_second else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.base) if series.is_second else shade)
        radius = _RADIUS * look.thickness
        for x, y in dict.fromkeys((round(at.x()), round(at.y())) for at in line):
            painter.drawEllipse(QPointF(x, y), radius, radius)
    for epoch, at in places:
        if epoch == scene.current:
            painter.setPen(QPen(QColor(colours.base), 1.5))
            painter.setBrush(QColor(colours.accent) if component is None else colour)
            radius = _RADIUS_OF_CURRENT * look.thickness
            painter.drawEllipse(at, radius, radius)


def _is_near(epoch: int, scene: EpochScene) -> bool:
    """In sight, or next to what is: lines lead there."""
    return scene.between[0] - 1 <= epoch <= scene.between[1] + 1


def legend(scene: EpochScene, colours: Theme, look: Look = PLAIN) -> list[LegendEntry]:
    """The components, where there are any."""
    return [
        LegendEntry(
            series.name or "μ" + subscript(series.component + 1),
            component_pen(
                theme.component_colour(colours, series.component),
                series.component,
                (_SECOND if series.is_second else 2.0) * look.thickness,
            ),
        )
        for series in scene.series
        if series.component is not None
    ]


def in_words(scene: EpochScene) -> str:
    """The plot for those who can't see it."""
    said = [
        tr(
            "{name} over {last} epochs; the walk stands at epoch {current}",
            name=scene.name,
            last=scene.last,
            current=scene.current,
        )
    ]
    for series in scene.series:
        values = [(e, v) for e, v in enumerate(series.values) if v is not None]
        if values:
            (first, start), (last, end) = values[0], values[-1]
            whose = (
                ""
                if series.component is None
                else tr("component {component}: ", component=series.component + 1)
            )
            whose = f"{series.name}: " if series.name else whose
            said.append(
                tr(
                    "{whose}{start:.6g} at epoch {first}, {end:.6g} at epoch {last}",
                    whose=whose,
                    start=start,
                    first=first,
                    end=end,
                    last=last,
                )
            )
    return tr("; ").join(said)
