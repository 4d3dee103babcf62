"""A table head of two levels: groups of columns above, the columns below."""

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QHeaderView, QMenu, QWidget

from refgmm_gui.tables.grid_model import Role
from refgmm_gui.tables.grid_view import give_viewport
from refgmm_gui.words import tr

_PADDING = 6


class GroupedHeader(QHeaderView):
    """Takes both levels from the model: Role.GROUP and the display role of each column's head.

    Signals: fold_requested(key), a group that the user wants out of sight.
    """

    fold_requested = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        give_viewport(self)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(24)

    def sizeHint(self) -> QSize:
        return QSize(self.length(), 2 * self._line_height())

    def group_of(self, section: int) -> tuple[str, str]:
        """Key and title of a column's group."""
        group = self.model().headerData(section, self.orientation(), Role.GROUP)
        return group if isinstance(group, tuple) else ("", "")

    def groups(self) -> list[tuple[tuple[str, str], list[int]]]:
        """The groups from left to right, with those of their columns that are in sight."""
        result: list[tuple[tuple[str, str], list[int]]] = []
        for section in range(self.count()):
            if self.isSectionHidden(section):
                continue
            group = self.group_of(section)
            if not result or result[-1][0] != group:
                result.append((group, []))
            result[-1][1].append(section)
        return result

    def title_width(self, title: str) -> int:
        """The width that a group's title wants."""
        return self.fontMetrics().horizontalAdvance(title) + 2 * _PADDING

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        palette = self.palette()
        painter.fillRect(self.viewport().rect(), palette.color(QPalette.ColorRole.Window))
        line = QColor(palette.color(QPalette.ColorRole.Text))
        line.setAlphaF(0.25)
        in_sight = self.viewport().rect()
        for (_, title), sections in self.groups():
            left = self.sectionViewportPosition(sections[0])
            width = sum(map(self.sectionSize, sections))
            area = QRect(left, 0, width, self._line_height())
            if not area.intersects(in_sight):
                continue
            self._paint_title(painter, area.intersected(in_sight), title)
            for section in sections:
                at = self.sectionViewportPosition(section)
                if at < in_sight.right() and at + self.sectionSize(section) > 0:
                    self._paint_symbol(painter, section)
            painter.setPen(line)
            painter.drawLine(left + width - 1, 0, left + width - 1, self.height())
        painter.setPen(line)
        painter.drawLine(0, self.height() - 1, self.viewport().width(), self.height() - 1)
        painter.end()

    def _paint_title(self, painter: QPainter, area: QRect, title: str) -> None:
        painter.setFont(self.font())
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        inner = area.adjusted(_PADDING // 2, 0, -_PADDING // 2, 0)
        text = self.fontMetrics().elidedText(title, Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(inner, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_symbol(self, painter: QPainter, section: int) -> None:
        model, orientation = self.model(), self.orientation()
        colour = model.headerData(section, orientation, Qt.ItemDataRole.ForegroundRole)
        text_colour = self.palette().color(QPalette.ColorRole.Text)
        painter.setPen(colour if isinstance(colour, QColor) else text_colour)
        font = self.font()
        font.setBold(True)
        painter.setFont(font)
        height = self._line_height()
        area = QRect(
            self.sectionViewportPosition(section), height, self.sectionSize(section), height
        ).adjusted(0, 0, -_PADDING, 0)
        symbol = str(model.headerData(section, orientation))
        painter.drawText(area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, symbol)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        section = self.logicalIndexAt(QPoint(event.pos().x(), event.pos().y()))
        if section < 0:
            return
        key, title = self.group_of(section)
        menu = QMenu(self)
        fold = menu.addAction(tr("Fold “{title}” away (back by View > Columns)", title=title))
        fold.triggered.connect(lambda: self.fold_requested.emit(key))
        menu.exec(event.globalPos())
        menu.deleteLater()

    def _line_height(self) -> int:
        return self.fontMetrics().height() + 6
