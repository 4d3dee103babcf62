"""The worksheet on screen: points above, and the footer always in sight below."""

from collections.abc import Iterator

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFont, QPainter, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QScrollBar,
    QStyleOptionViewItem,
    QWidget,
)

from refgmm_gui.language import say
from refgmm_gui.session import State
from refgmm_gui.tables.grid_model import Role
from refgmm_gui.tables.grid_view import GridView, all_lines_of
from refgmm_gui.tables.grouped_table import GroupedTable
from refgmm_gui.tables.number_delegate import NumberDelegate
from refgmm_gui.tables.result_models import FooterModel, WorksheetModel

_CLEAR = 4  # pixels above and below the words of a footer cell, on which a frame may stand
_MOST_FROZEN = 0.4  # of the width; coordinates beyond it scroll with the other columns


class _FooterDelegate(NumberDelegate):
    """A footer cell: what the number is called, small, above the number."""

    def __init__(self, table: GridView) -> None:
        super().__init__(table)
        self._table = table

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().initStyleOption(option, index)
        if index.data(Role.SYMBOL):
            option.text = ""  # painted below, clear of a frame around the cell

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        super().paint(painter, option, index)
        symbol = index.data(Role.SYMBOL)
        if not symbol:
            return
        shown = QStyleOptionViewItem(option)
        super().initStyleOption(shown, index)
        area: QRect = option.rect
        place = area.adjusted(2, _CLEAR, -3, -_CLEAR)
        palette: QPalette = option.palette
        number, name = QPalette.ColorRole.Text, QPalette.ColorRole.PlaceholderText
        if self._table.selectionModel().isSelected(index):
            number = name = QPalette.ColorRole.HighlightedText
        painter.save()
        painter.setFont(shown.font)
        painter.setPen(palette.color(number))
        right = Qt.AlignmentFlag.AlignRight
        painter.drawText(place, right | Qt.AlignmentFlag.AlignBottom, shown.text)
        font = QFont(option.font)
        font.setPointSizeF(font.pointSizeF() * 0.85)
        painter.setFont(font)
        painter.setPen(palette.color(name))
        painter.drawText(place, right | Qt.AlignmentFlag.AlignTop, symbol)
        painter.restore()

    def _arrow_area(self, area: QRect) -> QRect:
        """Beside the name: below, a bold number may fill the column."""
        return area.adjusted(0, 0, 0, -area.height() // 2 + _CLEAR)


class _FooterTable(GridView):
    """Two rows, each with room for a name above its number and a frame around both."""

    def __init__(self, model: FooterModel, parent: QWidget) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setItemDelegate(_FooterDelegate(self))
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.horizontalHeader().hide()
        self.horizontalHeader().setMinimumSectionSize(24)
        self.verticalHeader().hide()

    def row_height(self) -> int:
        return 2 * self.fontMetrics().height() + 2 * _CLEAR


class WorksheetView(QWidget):
    """Four tables that look like one: i and the point stay in sight on the left, the footer below.

        lead         points      a row per point
        lead_footer  footer      sums and new parameters

    Attributes: the four. Signals: fold_requested(key of a group).
    """

    fold_requested = Signal(str)

    def __init__(self, worksheet: WorksheetModel, footer: FooterModel) -> None:
        super().__init__()
        self._worksheet = worksheet
        self._footer_model = footer
        self._state: State | None = None
        self._frozen_now = 0
        self._is_scrolled = False  # by the user, since the last step
        self.lead = GroupedTable(worksheet, self, most_stretch=1.0)
        self.points = GroupedTable(worksheet, self)
        self.lead_footer = _FooterTable(footer, self)
        self.footer = _FooterTable(footer, self)
        self.header = self.points.header
        self.points.setObjectName("worksheet")
        say(self.points.setAccessibleName, "Worksheet: a row for each point")
        self.footer.setObjectName("worksheetFooter")
        say(self.footer.setAccessibleName, "Worksheet: sums and new parameters")
        self.lead.setObjectName("worksheetPoints")
        say(self.lead.setAccessibleName, "Worksheet: the points")
        say(self.lead_footer.setAccessibleName, "Worksheet: what the sums are")
        self.lead_footer.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # two words, no number
        self.lead.header.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        for view in (self.lead, self.points, self.lead_footer):
            view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.lead.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

        self._below = QHBoxLayout()  # its right margin stands under the scroll bar above
        self._below.addWidget(self.footer)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.lead, 0, 0)
        layout.addWidget(self.points, 0, 1)
        layout.addWidget(self.lead_footer, 1, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(self._below, 1, 1)
        layout.setColumnStretch(1, 1)
        layout.setRowStretch(0, 1)

        self.header.fold_requested.connect(self.fold_requested)
        self.header.sectionResized.connect(self._copy_width)
        self.lead.header.sectionResized.connect(self._copy_lead_width)
        _scroll_together(self.points.horizontalScrollBar(), self.footer.horizontalScrollBar())
        _scroll_together(self.points.verticalScrollBar(), self.lead.verticalScrollBar())
        self.points.fitted.connect(self._fit_heights)
        self.points.resized.connect(self._stay_in_sight)
        self._due = QTimer(self)
        self._due.setSingleShot(True)
        self._due.setInterval(0)
        self._due.timeout.connect(self._stay_in_sight)
        for view in (self.points, self.footer):
            view.horizontalScrollBar().actionTriggered.connect(self._note_scrolling)
            view.horizontalScrollBar().rangeChanged.connect(self._look_soon)
        self.lead.fitted.connect(self._fit_lead)

    def show_state(self, state: State) -> None:
        """Fold what is to be folded, and give the columns their widths."""
        self.lead.setSelectionModel(self.points.selectionModel())
        self._state, self._frozen_now = state, self._frozen()
        frozen = self._frozen_now
        self._footer_model.label_column = frozen - 1
        for section in range(self.header.count()):
            is_lead = section < frozen
            is_folded = self.header.group_of(section)[0] in state.view.folded
            for view in (self.lead, self.lead_footer):
                view.setColumnHidden(section, not is_lead)
            for view in (self.points, self.footer):
                view.setColumnHidden(section, is_lead or is_folded)
        self.lead.fit()
        self.points.fit()
        self._bring_into_sight()
        if (row := self._worksheet.fresh_row()) is not None:
            self.lead.scrollTo(self._worksheet.index(row, 0))  # the points scroll with it

    def _frozen(self) -> int:
        """How many columns stay in sight: i and all coordinates, or as many as leave room."""
        widths = self.points.wanted_widths(range(self._worksheet.lead_columns))
        room = _MOST_FROZEN * self.width()
        return max([2, *(n for n in range(3, len(widths) + 1) if sum(widths[:n]) <= room)])

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._state is not None and self._frozen() != self._frozen_now:
            self.show_state(self._state)

    def lines_of_table(self) -> Iterator[str]:
        """The worksheet with its footer, as it is copied."""
        yield from self.points.lines_of_table()
        yield from all_lines_of(self.footer.model())

    def sizeHint(self) -> QSize:
        return QSize(900, self._points_height(most_rows=8) + self._footer_height())

    def minimumSizeHint(self) -> QSize:
        """Never so low that no row is in sight between head and footer."""
        hint = super().minimumSizeHint()
        return QSize(hint.width(), self._points_height(most_rows=3) + self._footer_height())

    def full_height(self) -> int:
        """The height at which every row is in sight."""
        rows = self.points.model().rowCount()
        return self._points_height(most_rows=rows) + self._footer_height()

    def _bring_into_sight(self) -> None:
        """Scroll sideways to what the last step filled; to its right end where it is wider.

        No column is cut on the left: half a number would look like another number.
        """
        header = self.header
        sections = self._worksheet.fresh_columns()
        shown = [section for section in sections if not header.isSectionHidden(section)]
        if not shown:  # nothing is computed yet: it will fill from the left
            self._scroll_to(0)
            return
        layout = self.layout()
        if layout is not None:
            layout.activate()  # so that the room is that of the columns as they are now
        for view in (self.points, self.footer):
            view.updateGeometries()  # or one bar would still be bound to its earlier range
        bar, room = self.footer.horizontalScrollBar(), self.points.viewport().width()
        first = header.sectionPosition(shown[0])
        last = header.sectionPosition(shown[-1]) + header.sectionSize(shown[-1])
        least = max(min(bar.value(), first), last - room)
        edges = (header.sectionPosition(section) for section in range(header.count()))
        self._scroll_to(min((edge for edge in edges if edge >= least), default=least))
        self._is_scrolled = False

    def _scroll_to(self, place: int) -> None:
        """Both tables: one that hears of its range later than the other would stay behind."""
        for view in (self.points, self.footer):
            view.horizontalScrollBar().setValue(place)

    def _stay_in_sight(self) -> None:
        """Columns have other widths in another room: what was brought into sight is, uncut."""
        if self._state is not None and not self._is_scrolled:
            self._bring_into_sight()

    def _look_soon(self) -> None:
        """The tables are laid out one after the other: stay in sight once all are."""
        self._due.start()

    def _note_scrolling(self) -> None:
        self._is_scrolled = True

    def _fit_lead(self) -> None:
        """The tables on the left as wide as those of their columns that stay in sight."""
        shown = range(min(self._frozen_now, self.lead.header.count()))
        width = sum(map(self.lead.columnWidth, shown))
        self.lead.setFixedWidth(width)
        self.lead_footer.setFixedWidth(width)

    def _fit_heights(self) -> None:
        """The footer as tall as its two rows, directly below the points; the rest stays empty."""
        self._align()
        self.footer.setFixedHeight(self._footer_height())
        self.lead_footer.setFixedHeight(2 * self.footer.verticalHeader().defaultSectionSize() + 2)
        rows = self.points.model().rowCount()
        for view in (self.lead, self.points):
            view.setMaximumHeight(self._points_height(most_rows=rows))
        bar = self.points.verticalScrollBar()
        covered = bar.sizeHint().width() if bar.maximum() > 0 else 0
        self._below.setContentsMargins(0, 0, covered, 0)

    def _points_height(self, most_rows: int) -> int:
        """The height of the head and so many rows, or of all where there are fewer."""
        rows = min(self.points.model().rowCount(), most_rows)
        row_height = self.points.verticalHeader().defaultSectionSize()
        return self.header.sizeHint().height() + rows * row_height + 1

    def _footer_height(self) -> int:
        rows = 2 * self.footer.verticalHeader().defaultSectionSize()
        wants_bar = self.header.length() > self.points.viewport().width()
        bar_height = self.footer.horizontalScrollBar().sizeHint().height()
        return rows + 2 + (bar_height if wants_bar else 0)

    def _align(self) -> None:
        """The footer's columns as wide as those above, also where it has just got others."""
        for above, below in ((self.points, self.footer), (self.lead, self.lead_footer)):
            for section in range(above.header.count()):
                if not above.isColumnHidden(section):
                    below.setColumnWidth(section, above.columnWidth(section))

    def _copy_width(self, section: int, old: int, new: int) -> None:
        self.footer.setColumnWidth(section, new)

    def _copy_lead_width(self, section: int, old: int, new: int) -> None:
        self.lead_footer.setColumnWidth(section, new)


def _scroll_together(one: QScrollBar, other: QScrollBar) -> None:
    one.valueChanged.connect(other.setValue)
    other.valueChanged.connect(one.setValue)
