"""The worksheet on screen: points above, and the footer always in sight below."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from refgmm_gui.session import State
from refgmm_gui.tables.grid_model import Role
from refgmm_gui.tables.grid_view import GridView, whole_text
from refgmm_gui.tables.grouped_table import GroupedTable
from refgmm_gui.tables.result_models import FooterModel, WorksheetModel


class _FooterDelegate(QStyledItemDelegate):
    """A footer cell: what the number is called, small, above the number."""

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().initStyleOption(option, index)
        if index.data(Role.SYMBOL):
            option.displayAlignment = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        symbol = index.data(Role.SYMBOL)
        area: QRect = option.rect
        super().paint(painter, option, index)
        if symbol:
            painter.save()
            font = painter.font()
            font.setPointSizeF(font.pointSizeF() * 0.85)
            painter.setFont(font)
            palette: QPalette = option.palette
            painter.setPen(palette.color(QPalette.ColorRole.PlaceholderText))
            painter.drawText(
                area.adjusted(2, 1, -3, 0),
                Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop,
                symbol,
            )
            painter.restore()


class WorksheetView(QWidget):
    """Two tables with the same columns, kept in step.

    Attributes: points, footer: the tables. Signals: fold_requested(key of a group).
    """

    fold_requested = Signal(str)

    def __init__(self, worksheet: WorksheetModel, footer: FooterModel) -> None:
        super().__init__()
        self._worksheet = worksheet
        self.points = GroupedTable(worksheet, self)
        self.points.setObjectName("worksheet")
        self.points.setAccessibleName("Worksheet: a row for each point")
        self.header = self.points.header
        self.points.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.footer = GridView(self)
        self.footer.setFrameShape(QFrame.Shape.NoFrame)
        self.footer.verticalHeader().hide()
        self.footer.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.footer.setModel(footer)
        self.footer.setObjectName("worksheetFooter")
        self.footer.setAccessibleName("Worksheet: sums and new parameters")
        self.footer.setItemDelegate(_FooterDelegate(self.footer))
        self.footer.horizontalHeader().hide()
        self.footer.horizontalHeader().setMinimumSectionSize(24)
        self.footer.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.footer.verticalHeader().setDefaultSectionSize(2 * self.fontMetrics().height() + 4)

        self._below = QHBoxLayout()  # its right margin stands under the scroll bar above
        self._below.addWidget(self.footer)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.points, stretch=1)
        layout.addLayout(self._below)

        self.header.sectionResized.connect(self._copy_width)
        self.header.fold_requested.connect(self.fold_requested)
        above, below = self.points.horizontalScrollBar(), self.footer.horizontalScrollBar()
        below.valueChanged.connect(above.setValue)
        above.valueChanged.connect(below.setValue)
        self.points.fitted.connect(self._fit_heights)

    def show_state(self, state: State) -> None:
        """Fold what is to be folded, and give the columns their widths."""
        for section in range(self.header.count()):
            is_folded = self.header.group_of(section)[0] in state.view.folded
            self.points.setColumnHidden(section, is_folded)
            self.footer.setColumnHidden(section, is_folded)
        self.points.fit()
        self._bring_into_sight(self._worksheet.fresh_columns())

    def _bring_into_sight(self, sections: list[int]) -> None:
        """Scroll sideways to what the last step filled: to its right end, then to its left."""
        bar, header = self.footer.horizontalScrollBar(), self.header
        for section in reversed(sections):
            left = header.sectionPosition(section)
            right = left + header.sectionSize(section)
            room = self.footer.viewport().width()
            bar.setValue(min(max(bar.value(), right - room), left))

    def text_of_table(self) -> str:
        """The worksheet with its footer, as it is copied."""
        return f"{self.points.text_of_table()}\n{whole_text(self.footer.model())}"

    def sizeHint(self) -> QSize:
        return QSize(900, self._points_height(most_rows=8) + self._footer_height())

    def _fit_heights(self) -> None:
        self.footer.setFixedHeight(self._footer_height())
        rows = self.points.model().rowCount()
        self.points.setMaximumHeight(self._points_height(most_rows=rows))
        bar = self.points.verticalScrollBar()
        covered = bar.sizeHint().width() if bar.maximum() > 0 else 0
        self._below.setContentsMargins(0, 0, covered, 0)

    def full_height(self) -> int:
        """The height at which every row is in sight."""
        rows = self.points.model().rowCount()
        return self._points_height(most_rows=rows) + self._footer_height()

    def _points_height(self, most_rows: int) -> int:
        """The height of the head and so many rows, or of all where there are fewer."""
        rows = min(self.points.model().rowCount(), most_rows)
        row_height = self.points.verticalHeader().defaultSectionSize()
        return self.header.sizeHint().height() + rows * row_height + 1

    def _footer_height(self) -> int:
        rows = 2 * self.footer.verticalHeader().defaultSectionSize()
        bar = self.footer.horizontalScrollBar()
        return rows + 2 + (bar.sizeHint().height() if bar.maximum() > 0 else 0)

    def _copy_width(self, section: int, old: int, new: int) -> None:
        self.footer.setColumnWidth(section, new)
