"""What the app's tables have in common: a size that changes, and numbers copied in full."""

import enum

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

Index = QModelIndex | QPersistentModelIndex


class Role(enum.IntEnum):
    """What the app asks of a cell or a head besides Qt's own roles."""

    EXACT = Qt.ItemDataRole.UserRole  # a cell's number with every digit, as text, for copying
    SYMBOL = Qt.ItemDataRole.UserRole + 1  # of a footer cell: what its number is called
    GROUP = Qt.ItemDataRole.UserRole + 2  # of a head: (key, title) of the group of columns
    COMPONENT = Qt.ItemDataRole.UserRole + 3  # of a head: the component, from 0
    SAMPLE = (
        Qt.ItemDataRole.UserRole + 4
    )  # of a head: texts that its column must have room for, a line each
    OUTLINE = Qt.ItemDataRole.UserRole + 5  # of a cell: the colour of a frame around it
    CHANGE = Qt.ItemDataRole.UserRole + 6  # of a cell: an arrow and its colour


ROOT = QModelIndex()


class GridModel(QAbstractTableModel):
    """A table model whose size is set, with the rows and columns that come and go announced.

    Attributes: loses_rows, while some go: where the current cell is among them, Qt chooses another, to
    which the user has not come.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows = 0
        self._columns = 0
        self.loses_rows = False

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else self._rows

    def columnCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else self._columns

    def show(self, rows: int, columns: int) -> None:
        """Take this size, and tell the views that every cell may have changed."""
        if columns != self._columns:
            self.beginResetModel()
            self._rows, self._columns = rows, columns
            self.endResetModel()
            return
        if rows > self._rows:
            self.beginInsertRows(QModelIndex(), self._rows, rows - 1)
            self._rows = rows
            self.endInsertRows()
        elif rows < self._rows:
            self.loses_rows = True
            self.beginRemoveRows(QModelIndex(), rows, self._rows - 1)
            self._rows = rows
            self.endRemoveRows()
            self.loses_rows = False
        if rows and columns:
            self.dataChanged.emit(self.index(0, 0), self.index(rows - 1, columns - 1))
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, columns - 1)
