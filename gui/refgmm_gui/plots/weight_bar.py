"""The weights as a bar over the plot: the borders between them can be dragged, their sum stays."""

import itertools
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from refgmm.formatting import subscript
from refgmm_gui import theme
from refgmm_gui.theme import Theme

_TOP, _HEIGHT = 1.6, 0.52  # lines over the axes, between the legend and the names of the means
_OF_NAMES = 0.78  # of the plot's type: the names' size
_LEAST_WIDTH = 2.5  # lines; of a weight that is named


def bar_over(area: QRectF, metrics: QFontMetricsF) -> QRectF:
    """Where the bar stands over the rectangle between the axes."""
    line = metrics.height()
    return QRectF(area.left(), area.top() - _TOP * line, area.width(), _HEIGHT * line)


def borders(bar: QRectF, weights: Sequence[float]) -> list[QPointF]:
    """The middles of the borders between one weight and the next."""
    sums = itertools.accumulate(weights[:-1])
    return [QPointF(bar.left() + share * bar.width(), bar.center().y()) for share in sums]


def paint_bar(
    painter: QPainter,
    bar: QRectF,
    weights: Sequence[float],
    metrics: QFontMetricsF,
    colours: Theme,
) -> None:
    """A part for each component, as long as its weight, and a grip at each border."""
    painter.fillRect(bar, QColor(colours.base))
    painter.save()
    font = painter.font()
    font.setPointSizeF(font.pointSizeF() * _OF_NAMES)
    painter.setFont(font)
    edges = [bar.left(), *(at.x() for at in borders(bar, weights)), bar.right()]
    for component, (left, right) in enumerate(itertools.pairwise(edges)):
        part = QRectF(left, bar.top(), right - left, bar.height())
        colour = theme.component_colour(colours, component)
        filling = QColor(colour)
        filling.setAlphaF(0.3)
        painter.fillRect(part, filling)
        if part.width() > _LEAST_WIDTH * metrics.height():
            painter.setPen(QColor(colours.text))
            name = f"α{subscript(component + 1)}"
            painter.drawText(part, Qt.AlignmentFlag.AlignCenter, name)
    painter.restore()
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(colours.muted), 1))
    painter.drawRect(bar)
    for at in borders(bar, weights):
        grip = QRectF(at.x() - 2.5, bar.top() - 1, 5, bar.height() + 2)
        painter.setBrush(QColor(colours.base))
        painter.setPen(QPen(QColor(colours.text), 1.3))
        painter.drawRoundedRect(grip, 2, 2)
