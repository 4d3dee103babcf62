"""How a cell of a result table is painted: the number, a frame where it is explained, an arrow where it
has changed.
"""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from refgmm_gui.tables.grid_model import Role

_FRAME = 2  # pixels
_ARROW = 0.4  # of a line: how wide an arrow is


class NumberDelegate(QStyledItemDelegate):
    """Paints what Role.OUTLINE and Role.CHANGE tell of a cell over what the cell shows."""

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        super().paint(painter, option, index)
        mark, outline = index.data(Role.CHANGE), index.data(Role.OUTLINE)
        if mark is None and outline is None:
            return
        area: QRect = option.rect
        painter.save()
        if mark is not None:
            arrow, colour = mark
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            width = _ARROW * painter.fontMetrics().height()
            painter.drawPolygon(_corner(self._arrow_area(area), arrow == "▲", width))
        if outline is not None:
            painter.setPen(QPen(outline, _FRAME))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(area.adjusted(1, 1, -_FRAME, -_FRAME))
        painter.restore()

    def _arrow_area(self, area: QRect) -> QRect:
        """The part of the cell in whose left corners arrows stand."""
        return area


def _corner(area: QRect, rises: bool, width: float) -> QPolygonF:
    """An arrow up in the upper left corner, down in the lower: never on a digit."""
    left, height = area.left() + _FRAME + 1.0, 0.8 * width
    tip = area.top() + _FRAME + 1.0 if rises else area.bottom() - _FRAME
    foot = tip + height if rises else tip - height
    return QPolygonF(
        [QPointF(left, foot), QPointF(left + width, foot), QPointF(left + width / 2, tip)]
    )
