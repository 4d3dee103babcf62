"""Small pictures of a problem's start, as the plot would show it."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPixmap

from refgmm import Problem, Walk
from refgmm_gui.plots.picture import paint
from refgmm_gui.plots.scene import picture_of
from refgmm_gui.theme import Theme

_SCALE = 0.6  # of the plot's letters and lines: less, and nobody could read them


def preview(problem: Problem, size: QSize, sharpness: float, colours: Theme) -> QPixmap:
    """The plot of where the walk through this problem begins, made small.

    size: in the units of widgets
    sharpness: pixels of the device for each of these units
    """
    picture = QPixmap(size * sharpness)
    picture.setDevicePixelRatio(sharpness)
    picture.fill(QColor(colours.base))
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(_SCALE, _SCALE)
    area = QRectF(0, 0, size.width() / _SCALE, size.height() / _SCALE)
    paint(painter, area, picture_of(Walk.begin(problem), (0, 1)), colours)
    painter.end()
    return picture
