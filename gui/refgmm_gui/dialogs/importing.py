"""What is asked about a table of points: which columns, and which rows where they are too many."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QRadioButton,
    QSpinBox,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from refgmm.points_text import Preview
from refgmm_gui.samples import Sample
from refgmm_gui.theme import Theme
from refgmm_gui.words import tr

_WIDEST_COLUMN = 160  # pixels
_TALLEST_LIST = 8  # columns to choose from in sight


class ColumnsDialog(QDialog):
    """Which columns hold the points, beside the first rows of the table; those chosen stand out.

    Attribute: fault, says what is missing.
    """

    def __init__(
        self,
        parent: QWidget,
        columns: Sequence[str],
        dimension: int | None,
        preview: Preview | None,
        colours: Theme,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Import points"))
        self._preview, self._colours = preview, colours
        question = QLabel(
            tr(
                "Which columns hold the points? One gives points in one dimension, several give each point as many coordinates.\n\nNow {numbers} in a point; another choice begins a new problem.",
                numbers=_numbers(dimension),
            )
        )
        question.setWordWrap(True)
        self._choice = QListWidget()
        self._choice.setObjectName("columns")
        self._choice.setAccessibleName(tr("Columns"))
        for row, column in enumerate(columns):
            item = QListWidgetItem(column, self._choice)
            is_taken = row < (dimension or 1)
            item.setCheckState(Qt.CheckState.Checked if is_taken else Qt.CheckState.Unchecked)
        self._choice.setMinimumWidth(self._choice.sizeHintForColumn(0) + 24)
        height = self._choice.sizeHintForRow(0) * min(len(columns), _TALLEST_LIST) + 8
        self._choice.setFixedHeight(height)
        self.fault = QLabel()
        self.fault.setObjectName("fault")
        self.fault.setStyleSheet(f"color: {colours.fault_text}")
        self._table = QTableWidget()
        self._table.setObjectName("preview")
        self._table.setTabKeyNavigation(False)  # Tab leaves it
        self._table.setAccessibleName(tr("The first rows"))
        kinds = QDialogButtonBox.StandardButton
        self._buttons = QDialogButtonBox(kinds.Ok | kinds.Cancel)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(question)
        layout.addWidget(self._choice)
        layout.addWidget(self.fault)  # empty as a rule, so that nothing moves when it speaks
        if preview is not None:
            self._fill(preview)
            layout.addWidget(QLabel(tr("The first rows:")))
            layout.addWidget(self._table, stretch=1)
        layout.addWidget(self._buttons)
        self._choice.itemChanged.connect(self._show_chosen)
        self._show_chosen()

    def chosen(self) -> list[str]:
        """The columns ticked."""
        items = map(self._choice.item, range(self._choice.count()))
        return [item.text() for item in items if item.checkState() == Qt.CheckState.Checked]

    def _fill(self, preview: Preview) -> None:
        table = self._table
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        table.setRowCount(len(preview.rows))
        table.setColumnCount(len(preview.names))
        table.setHorizontalHeaderLabels(list(preview.names))
        for row, cells in enumerate(preview.rows):
            for column, text in enumerate(cells):
                table.setItem(row, column, QTableWidgetItem(text))
        table.resizeColumnsToContents()
        for column in range(table.columnCount()):
            table.setColumnWidth(column, min(table.columnWidth(column), _WIDEST_COLUMN))
        table.resizeRowsToContents()
        width = sum(map(table.columnWidth, range(table.columnCount())))
        height = sum(map(table.rowHeight, range(table.rowCount())))
        table.setMinimumWidth(min(width + table.verticalHeader().sizeHint().width() + 8, 700))
        table.setMinimumHeight(min(height + table.horizontalHeader().sizeHint().height() + 8, 300))

    def _show_chosen(self) -> None:
        chosen = self.chosen()
        self._buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(bool(chosen))
        fault = "" if chosen else tr("Tick the columns that hold the points: none is ticked.")
        self.fault.setText(fault)
        self._choice.setAccessibleDescription(fault)
        if self._preview is None:
            return
        for column, name in enumerate(self._preview.names):
            is_chosen = name in chosen
            ground = self._colours.fresh if is_chosen else self._colours.base
            ink = self._colours.text if is_chosen else self._colours.muted
            for row in range(self._table.rowCount()):
                if item := self._table.item(row, column):
                    item.setBackground(QColor(ground))
                    item.setForeground(QColor(ink))


class SampleDialog(QDialog):
    """Which rows to take of a table that has more than the app steps through."""

    def __init__(self, parent: QWidget, reason: str, count: int, most: int) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Too many points"))
        self._most = most
        told = QLabel(reason)
        told.setWordWrap(True)
        told.setTextFormat(Qt.TextFormat.PlainText)
        every = Sample(most).every(count)
        self._regular = QRadioButton(tr("&One row in {every:,}, in their order", every=every))
        self._regular.setObjectName("everyRow")
        self._random = QRadioButton(tr("{most:,} rows drawn at &random, with the seed", most=most))
        self._random.setObjectName("randomRows")
        self._regular.setChecked(True)
        self._seed = QSpinBox()
        self._seed.setObjectName("sampleSeed")
        self._seed.setAccessibleName(tr("Seed"))
        self._seed.setRange(0, 2**31 - 1)
        self._seed.setValue(1)
        self._seed.setEnabled(False)
        self._random.toggled.connect(self._seed.setEnabled)
        kinds = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox(kinds.Cancel)
        buttons.addButton(tr("Take the sample"), QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        seeded = QHBoxLayout()
        seeded.addWidget(self._random)
        seeded.addWidget(self._seed)
        seeded.addStretch()
        layout = QVBoxLayout(self)
        layout.addWidget(told)
        layout.addWidget(self._regular)
        layout.addLayout(seeded)
        layout.addWidget(buttons)
        self.setMinimumWidth(440)

    def chosen(self) -> Sample:
        return Sample(self._most, self._seed.value() if self._random.isChecked() else None)


def _numbers(dimension: int | None) -> str:
    count = dimension or 1
    return tr("there is one number") if count == 1 else tr("there are {count} numbers", count=count)
