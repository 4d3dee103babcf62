"""The history of the epochs, and the run to convergence with its rule in view."""

from PySide6.QtCore import QEvent, QLocale, Qt, Signal
from PySide6.QtGui import QDoubleValidator
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from refgmm_gui.actions import Actions
from refgmm_gui.numbers import Numbers
from refgmm_gui.session import State
from refgmm_gui.tables.grouped_table import GroupedTable
from refgmm_gui.tables.result_models import HistoryModel


class HistoryPanel(QWidget):
    """A table with a row per epoch, and above it how far a run goes.

    Signals: rule_changed(tolerance, most epochs).
    """

    rule_changed = Signal(float, int)

    def __init__(self, actions: Actions, numbers: Numbers) -> None:
        super().__init__()
        self.model = HistoryModel(numbers)
        self.table = GroupedTable(self.model, self)
        self.table.setObjectName("history")
        self.table.setAccessibleName("History: a row for each epoch")

        self._tolerance = 0.0  # of the state: the field may hold a number half typed
        self.tolerance = QLineEdit()
        self.tolerance.setObjectName("tolerance")
        self.tolerance.setAccessibleName("Stop where ln L gains less than")
        validator = QDoubleValidator(0.0, 1e6, 17, self.tolerance)
        validator.setLocale(QLocale.c())
        self.tolerance.setValidator(validator)
        self.most_epochs = QSpinBox()
        self.most_epochs.setObjectName("mostEpochs")
        self.most_epochs.setAccessibleName("At most so many epochs")
        self.most_epochs.setRange(1, 100_000)
        self.most_epochs.setValue(1000)
        self.progress = QLabel()
        self.progress.setObjectName("progress")

        title = QLabel("<b>History</b>")
        rule = QHBoxLayout()
        rule.setContentsMargins(8, 4, 8, 2)
        rule.setSpacing(6)
        for widget in (
            title,
            None,
            self.progress,
            QLabel("Run until ln L gains less than"),
            self.tolerance,
            QLabel("in an epoch, at most"),
            self.most_epochs,
            QLabel("epochs"),
            _button(actions, "run"),
            _button(actions, "cancel"),
        ):
            if widget is None:
                rule.addStretch(1)
            else:
                rule.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(rule)
        layout.addWidget(self.table, stretch=1)
        self._fit()

        self.tolerance.textEdited.connect(self._emit_rule)
        self.most_epochs.valueChanged.connect(self._emit_rule)

    def _fit(self) -> None:
        """What is measured in letters."""
        self.tolerance.setFixedWidth(self.fontMetrics().horizontalAdvance("0000000000"))
        rows = self.table.row_height() * 3
        self.table.setMinimumHeight(self.table.header.sizeHint().height() + rows + 4)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def show_state(self, state: State) -> None:
        """The columns' widths, the run's rule and progress; the newest epoch in sight."""
        self.table.fit()
        self.table.scrollToBottom()
        run = state.run
        self._tolerance = run.tolerance
        if not self.tolerance.hasFocus():
            self.tolerance.setText(repr(run.tolerance))
        self.most_epochs.blockSignals(True)
        self.most_epochs.setValue(run.most_epochs)
        self.most_epochs.blockSignals(False)
        for widget in (self.tolerance, self.most_epochs):
            widget.setEnabled(not run.is_running)
        if run.is_running and state.place is not None:
            milestone = state.place.walk.history[-1]
            gain = "" if milestone.gain is None else f", gain {milestone.gain:.2e}"
            self.progress.setText(f"Epoch {milestone.epoch}{gain} …")
        else:
            self.progress.setText("")

    def _emit_rule(self) -> None:
        if self.tolerance.hasAcceptableInput():
            self._tolerance = float(self.tolerance.text())
        self.rule_changed.emit(self._tolerance, self.most_epochs.value())


def _button(actions: Actions, name: str) -> QToolButton:
    button = QToolButton()
    button.setDefaultAction(actions[name])
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    return button
