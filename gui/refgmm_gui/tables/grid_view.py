"""Table views that copy every digit, and paste."""

import itertools
from collections.abc import Iterator, Sequence

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QItemSelectionModel,
    QLine,
    QModelIndex,
    QSignalBlocker,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QHeaderView,
    QLineEdit,
    QMenu,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from refgmm_gui.tables.grid_model import GridModel, Index, Role
from refgmm_gui.words import tr

_FRAME = 2  # pixels

Part = tuple[Sequence[int], Sequence[int]]
"""Cells that stand together: their rows and columns."""

MOST_AT_ONCE = 300
"""Rows that are copied on the spot; the cells of so many take some 30 ms."""


def lines_of(model: QAbstractItemModel, parts: Sequence[Part]) -> Iterator[str]:
    """Cells as spreadsheets take them: tabs between columns, every digit of every number."""
    columns = sorted(set(itertools.chain.from_iterable(columns for _, columns in parts)))
    for row in sorted(set(itertools.chain.from_iterable(rows for rows, _ in parts))):
        wanted = set().union(*(columns for rows, columns in parts if row in rows))
        yield "\t".join(
            _copied(model, row, column) if column in wanted else "" for column in columns
        )


def _copied(model: QAbstractItemModel, row: int, column: int) -> str:
    index = model.index(row, column)
    exact = model.data(index, Role.EXACT)
    return str((exact if exact is not None else model.data(index)) or "")


def all_lines_of(model: QAbstractItemModel) -> Iterator[str]:
    """All cells of a table."""
    return lines_of(model, [(range(model.rowCount()), range(model.columnCount()))])


def head_line(model: QAbstractItemModel) -> str:
    """The heads of all columns, as the first line of a copied table."""
    heads = (
        model.headerData(column, Qt.Orientation.Horizontal) for column in range(model.columnCount())
    )
    return "\t".join(map(str, heads))


class _CellDelegate(QStyledItemDelegate):
    """Opens cells, and tells of each key in them. Signal: typing(), also where a cell is closed."""

    typing = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.closeEditor.connect(self.typing)

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        editor = super().createEditor(parent, option, index)
        if isinstance(editor, QLineEdit):
            name, _, _ = str(index.data(Qt.ItemDataRole.AccessibleTextRole)).partition(": ")
            editor.setAccessibleName(name)
            editor.textEdited.connect(self.typing)
        return editor


def give_viewport(view: QAbstractItemView) -> None:
    """A viewport as Qt makes it, but known to Python: of any other, PySide must find out which class it
    is of, and gets all of Qt's widgets ready for that, at the start of the app.
    """
    viewport = QWidget()
    viewport.setObjectName("qt_scrollarea_viewport")
    viewport.setBackgroundRole(QPalette.ColorRole.Base)
    viewport.setAutoFillBackground(True)
    view.setViewport(viewport)


def _edges_in_sight(sections: QHeaderView, first: int, last: int) -> Iterator[int]:
    """Where the sections that lie in these pixels end."""
    at, end = max(sections.visualIndexAt(first), 0), sections.visualIndexAt(last)
    for visual in range(at, end + 1):
        section = sections.logicalIndex(visual)
        if not sections.isSectionHidden(section):
            yield sections.sectionViewportPosition(section) + sections.sectionSize(section) - 1


class GridView(QTableView):
    """A table whose cells can be copied (Ctrl+C: the selection; the menu: the whole table).

    Signals: typing(), the text of an open cell has changed, or it is closed; paste_requested(text);
    delete_requested(): what is selected should go; many_copied(lines, count), the user copies so many
    lines that it takes long; reached(index), the user has come to a cell, by mouse or keyboard.
    """

    typing = Signal()
    paste_requested = Signal(str)
    delete_requested = Signal()
    many_copied = Signal(object, int)
    reached = Signal(QModelIndex)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        give_viewport(self)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setWordWrap(False)
        self.setGridStyle(Qt.PenStyle.NoPen)  # room for the lines, which paintEvent draws
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)  # Tab leaves the table, so that the keyboard gets around
        self.clicked.connect(self.reached)  # also of the cell where the user is already
        self.activated.connect(self.reached)
        delegate = _CellDelegate(self)
        delegate.typing.connect(self.typing)
        self.setItemDelegate(delegate)
        rows = self.verticalHeader()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._fit_rows()

    def _fit_rows(self) -> None:
        """Rows as high as their letters."""
        self.verticalHeader().setDefaultSectionSize(self.row_height())

    def row_height(self) -> int:
        return self.fontMetrics().height() + 8

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit_rows()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The cells, the lines between them in the theme's colour, as Fusion's own takes a style sheet, and a
        frame around the cell on which the keys stand.
        """
        super().paintEvent(event)
        columns, rows, area = self.horizontalHeader(), self.verticalHeader(), event.rect()
        right = min(area.right(), columns.length() - columns.offset() - 1)
        bottom = min(area.bottom(), rows.length() - rows.offset() - 1)
        edges_across = _edges_in_sight(columns, area.left(), right)
        edges_down = _edges_in_sight(rows, area.top(), bottom)
        painter = QPainter(self.viewport())
        painter.setPen(self.palette().color(QPalette.ColorRole.Mid))
        painter.drawLines([QLine(x, area.top(), x, bottom) for x in edges_across])
        painter.drawLines([QLine(area.left(), y, right, y) for y in edges_down])
        if self.hasFocus() and self.currentIndex().isValid():
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Highlight), _FRAME))
            painter.drawRect(self.visualRect(self.currentIndex()).adjusted(1, 1, -_FRAME, -_FRAME))
        painter.end()

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        model = self.model()
        if self._can_stand_on(current) and not (isinstance(model, GridModel) and model.loses_rows):
            self.reached.emit(model.index(current.row(), current.column()))

    def _can_stand_on(self, index: Index) -> bool:
        """Whether a cell is one of those in sight: another view may have columns of the same model."""
        is_shown = index.isValid() and not self.isColumnHidden(index.column())
        return is_shown and bool(self.model().flags(index) & Qt.ItemFlag.ItemIsEnabled)

    def _first_cell(self) -> QModelIndex:
        """Where the keys begin: in the current row, where there is one."""
        model, at = self.model(), max(self.currentIndex().row(), 0)
        rows = [at, *range(at), *range(at + 1, model.rowCount())] if model.rowCount() else []
        cells = (model.index(row, column) for row in rows for column in range(model.columnCount()))
        return next(filter(self._can_stand_on, cells), QModelIndex())

    def moveCursor(
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        """The first move of all comes to the first cell on which one can stand."""
        if self._can_stand_on(self.currentIndex()):
            return super().moveCursor(action, modifiers)
        return self._first_cell()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The keys stand on a cell in sight, from the start; but no number is asked for yet."""
        with QSignalBlocker(self):
            super().focusInEvent(event)
            is_by_key = event.reason() != Qt.FocusReason.MouseFocusReason
            if is_by_key and not self._can_stand_on(self.currentIndex()):
                self.selectionModel().setCurrentIndex(
                    self._first_cell(), QItemSelectionModel.SelectionFlag.NoUpdate
                )

    def copy_selection(self) -> None:
        """The selected cells to the clipboard."""
        if parts := self._selected_parts():
            self._copy(lines_of(self.model(), parts), len(self.selected_rows()))

    def copy_table(self) -> None:
        """The whole table with its heads to the clipboard."""
        self._copy(self.lines_of_table(), self.model().rowCount())

    def _copy(self, lines: Iterator[str], count: int) -> None:
        if count <= MOST_AT_ONCE:
            QGuiApplication.clipboard().setText("\n".join(lines))
        else:
            self.many_copied.emit(lines, count)

    def lines_of_table(self) -> Iterator[str]:
        """The whole table as it is copied."""
        yield head_line(self.model())
        yield from all_lines_of(self.model())

    def open_text(self) -> str | None:
        """What stands in the cell that is open; None where none is."""
        editor = self._editor()
        return editor.text() if isinstance(editor, QLineEdit) else None

    def _editor(self) -> QWidget | None:
        """That of the cell that is open."""
        is_open = self.state() == QAbstractItemView.State.EditingState
        return self.indexWidget(self.currentIndex()) if is_open else None

    def finish_editing(self) -> None:
        """Take over the text of a cell that is still open."""
        editor = self._editor()
        if editor is not None:
            self.commitData(editor)
            self.closeEditor(editor, QAbstractItemDelegate.EndEditHint.NoHint)

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        """Enter goes one row down, ready to type the next number."""
        row, column = self.currentIndex().row(), self.currentIndex().column()
        super().closeEditor(editor, hint)
        if hint == QAbstractItemDelegate.EndEditHint.SubmitModelCache:
            below = self.model().index(min(row + 1, self.model().rowCount() - 1), column)
            self.setCurrentIndex(below)

    def _selected_parts(self) -> list[Part]:
        """The selected cells in sight. Of each of many, Qt would ask for more than we need to know."""
        return [
            (
                range(part.top(), part.bottom() + 1),
                [c for c in range(part.left(), part.right() + 1) if not self.isColumnHidden(c)],
            )
            for part in self.selectionModel().selection().toList()
        ]

    def selected_rows(self, column: int | None = None) -> list[int]:
        """The rows in which a cell is selected, or that of a column, ascending."""
        parts = self._selected_parts()
        rows = (rows for rows, columns in parts if column is None or column in columns)
        return sorted(set(itertools.chain.from_iterable(rows)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_selection()
        elif event.matches(QKeySequence.StandardKey.Paste):
            self.paste_requested.emit(QGuiApplication.clipboard().text())
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.delete_requested.emit()
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()  # it scales the whole app
            return
        super().wheelEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        copy = menu.addAction(tr("Copy"))
        copy.setEnabled(self.selectionModel().hasSelection())
        copy.triggered.connect(self.copy_selection)
        menu.addAction(tr("Copy the whole table")).triggered.connect(self.copy_table)
        if self.editTriggers() != QAbstractItemView.EditTrigger.NoEditTriggers:
            paste = menu.addAction(tr("Paste"))
            paste.triggered.connect(
                lambda: self.paste_requested.emit(QGuiApplication.clipboard().text())
            )
            menu.addAction(tr("Delete")).triggered.connect(self.delete_requested)
        if self.actions():
            menu.addSeparator()
            menu.addActions(self.actions())
        menu.exec(event.globalPos())
        menu.deleteLater()
