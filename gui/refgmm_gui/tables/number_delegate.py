"""How a cell of a result table is painted: the number, a frame where it is explained, an arrow where it
has changed.
"""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from refgmm_gui.tables.grid_model import Role

_FRAME = 2  # pixels


class NumberDelegate(QStyledItemDelegate):
    """Paints what Role.OUTLINE and Role.CHANGE tell of a cell over what the cell shows."""

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        super().paint(painter, option, index)
        area: QRect = option.rect
        painter.save()
        mark = index.data(Role.CHANGE)
        if mark:
            arrow, colour = mark
            font = painter.font()
            font.setPointSizeF(font.pointSizeF() * 0.6)
            painter.setFont(font)
            painter.setPen(colour)
            place = area.adjusted(2, 0, 0, 0)
            painter.drawText(place, self._arrow_alignment(index), arrow)
        outline = index.data(Role.OUTLINE)
        if isinstance(outline, QColor):
            painter.setPen(QPen(outline, _FRAME))
            painter.drawRect(area.adjusted(1, 1, -_FRAME, -_FRAME))
        painter.restore()

    def _arrow_alignment(self, index: QModelIndex | QPersistentModelIndex) -> Qt.AlignmentFlag:
        return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
