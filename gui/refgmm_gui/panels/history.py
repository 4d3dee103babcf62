"""The history of the epochs, and the run to convergence with its rule in view."""

from PySide6.QtCore import QEvent, QLocale, QModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QDoubleValidator, QKeySequence, QPalette, QShortcut
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from refgmm.formatting import subscript
from refgmm.stopping import MeanPasses
from refgmm_gui.actions import Actions
from refgmm_gui.language import say
from refgmm_gui.numbers import Numbers
from refgmm_gui.panels.yielding_label import YieldingLabel
from refgmm_gui.session import State
from refgmm_gui.tables.grouped_table import GroupedTable
from refgmm_gui.tables.result_models import HistoryModel
from refgmm_gui.theme import LIGHT, Theme
from refgmm_gui.window.panel_header import PanelHeader
from refgmm_gui.words import tr


class _NumberValidator(QDoubleValidator):
    """Makes a point of a decimal comma; Qt would take it for one between thousands."""

    def validate(self, text: str, position: int) -> object:
        return super().validate(text.replace(",", "."), position)


class HistoryPanel(QWidget):
    """A table with a row per epoch, and above it how far a run goes.

    Signals: rule_changed(tolerance, most epochs, MeanPasses or None); epoch_chosen(epoch), by a double
    click or Enter.
    """

    rule_changed = Signal(float, int, object)
    epoch_chosen = Signal(int)

    def __init__(self, actions: Actions, numbers: Numbers) -> None:
        super().__init__()
        self.model = HistoryModel(numbers, self)
        self.table = GroupedTable(self.model, self)
        self.table.setObjectName("history")
        say(self.table.setAccessibleName, "History: a row for each epoch")

        self._tolerance = 0.0  # of the state: the field may hold a number half typed
        self._passing: MeanPasses | None = None
        self._is_bare = False
        self._colours = LIGHT
        self.tolerance = _number_field("tolerance", "Stop where ln L gains less than", 0.0)
        self.passing_mean = _choice("passingMean", "Stop where this mean passes a value")
        self.passing_value = _number_field("passingValue", "The value that the mean passes", -1e75)
        self.most_epochs = QSpinBox()
        self.most_epochs.setObjectName("mostEpochs")
        say(self.most_epochs.setAccessibleName, "At most so many epochs")
        self.most_epochs.setRange(1, 100_000)
        self.most_epochs.setValue(1000)
        self.progress = YieldingLabel()
        self.progress.setObjectName("progress")
        self.progress.hide()
        self.bar = QProgressBar()
        self.bar.setObjectName("progressBar")
        say(self.bar.setAccessibleName, "How much of the epoch is computed")
        self.bar.setRange(0, 100)
        self.bar.setFixedWidth(90)
        self.bar.hide()

        title = QLabel()
        say(title.setText, "<b>History</b>")
        self.header = PanelHeader("history")
        self.header.add(
            title,
            None,
            self.progress,
            self.bar,
            _said_label("Run until ln L gains less than"),
            self.tolerance,
            _said_label("in an epoch, at most"),
            self.most_epochs,
            _said_label("epochs, or"),
            self.passing_mean,
            self.passing_value,
        )
        top = QHBoxLayout()
        top.setContentsMargins(4, 4, 4, 2)
        top.addWidget(self.header)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(self.table, stretch=1)
        self._fit()

        self.tolerance.textEdited.connect(self._emit_rule)
        self.most_epochs.valueChanged.connect(self._emit_rule)
        self.passing_mean.activated.connect(self._emit_rule)
        self.passing_value.textEdited.connect(self._emit_rule)
        self.table.doubleClicked.connect(self._choose)
        for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            shortcut = QShortcut(QKeySequence(key), self.table)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(lambda: self._choose(self.table.currentIndex()))

    def _fit(self) -> None:
        """What is measured in letters."""
        for field in (self.tolerance, self.passing_value):
            field.setFixedWidth(self.fontMetrics().horizontalAdvance("0000000000"))
        self.passing_mean.setMinimumWidth(self.passing_mean.sizeHint().width())
        rows = self.table.row_height() * (2 if self._is_bare else 3)
        self.table.setMinimumHeight(self.table.header.sizeHint().height() + rows + 4)

    def set_bare(self, is_bare: bool) -> None:
        """Only the table, and less of it, as in a presentation: the timeline runs the epochs, too."""
        self._is_bare = is_bare
        self.header.setVisible(not is_bare)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def show_state(self, state: State, colours: Theme) -> None:
        """The columns' widths, the run's rule and progress; the newest epoch in sight."""
        self._colours = colours
        self.table.fit()
        self.table.scrollToBottom()
        run = state.run
        self._tolerance = run.tolerance
        if not self.tolerance.hasFocus():
            self.tolerance.setText(repr(run.tolerance))
        self.most_epochs.blockSignals(True)
        self.most_epochs.setValue(run.most_epochs)
        self.most_epochs.blockSignals(False)
        self._show_passing(state)
        for widget in (self.tolerance, self.most_epochs, self.passing_mean, self.passing_value):
            widget.setEnabled(not run.is_running)
        self.passing_value.setVisible(self.passing_mean.currentData() is not None)
        self._mark_fields()
        self.progress.setText(_how_far(state))
        self.progress.setVisible(bool(self.progress.text()))
        if not (run.is_running or run.is_computing):
            self.bar.hide()

    def show_done(self, done: float) -> None:
        """How much of an epoch is computed that takes long, from 0 to 1; 0 between epochs."""
        if done > 0.0:
            self.bar.setValue(round(100 * done))
            self.bar.show()

    def _show_passing(self, state: State) -> None:
        """The means that there are, and the one chosen."""
        passing, problem = state.run.passing, state.problem
        k, d = (len(problem.initial.components), problem.dimension) if problem else (0, None)
        means: list[tuple[str, tuple[int, int] | None]] = [(tr("no mean"), None)]
        for j in range(k):
            name = f"μ{subscript(j + 1)}"
            if d is None:
                means.append((tr("{name} passes", name=name), (j, 0)))
            else:
                means += [(tr("{name}[{a}] passes", name=name, a=a + 1), (j, a)) for a in range(d)]
        box = self.passing_mean
        if [text for text, _ in means] != [box.itemText(row) for row in range(box.count())]:
            box.clear()
            for text, mean in means:
                box.addItem(text, mean)
            self._fit()
        chosen = None if passing is None else (passing.component, passing.coordinate)
        rows = [row for row, (_, mean) in enumerate(means) if mean == chosen]
        box.setCurrentIndex(rows[0] if rows else 0)
        if passing is not None and not self.passing_value.hasFocus():
            self.passing_value.setText(repr(passing.limit))
        self._passing = passing

    def _mark_fields(self) -> None:
        """A field that holds no number stands out, and says what counts instead."""
        limit = self._passing.limit if self._passing is not None else 0.0
        for field, value in ((self.tolerance, self._tolerance), (self.passing_value, limit)):
            is_right = field.hasAcceptableInput() or field.isHidden()
            if is_right and not field.toolTip():
                continue
            palette = QPalette()  # the window's, but for what is set here
            if not is_right:
                palette.setColor(QPalette.ColorRole.Base, QColor(self._colours.fault))
            field.setPalette(palette)
            told = "" if is_right else tr("This is no number: a run goes by {value}", value=value)
            field.setToolTip(told)
            field.setAccessibleDescription(told)

    def _emit_rule(self) -> None:
        if self.tolerance.hasAcceptableInput():
            self._tolerance = float(self.tolerance.text())
        passing, mean = None, self.passing_mean.currentData()
        if mean is not None:
            limit = self._passing.limit if self._passing is not None else 0.0
            if self.passing_value.hasAcceptableInput():
                limit = float(self.passing_value.text())
            passing = MeanPasses(limit, *mean)
        self.rule_changed.emit(self._tolerance, self.most_epochs.value(), passing)
        self._mark_fields()

    def _choose(self, index: QModelIndex) -> None:
        if index.isValid():
            self.epoch_chosen.emit(index.row())  # row e is epoch e: the first is the start


def _how_far(state: State) -> str:
    """How far a run is, or a move that takes long; empty where nothing is on its way."""
    run = state.run
    if not run.is_running or state.place is None:
        return tr("Computing …") if run.is_computing else ""
    milestone = state.place.walk.milestones[run.reached or state.place.finished]
    gain = "" if milestone.gain is None else tr(", gain {gain:.3g}", gain=milestone.gain)
    return tr("Epoch {epoch}{gain} …", epoch=milestone.epoch, gain=gain)


def _said_label(text: str) -> QLabel:
    label = YieldingLabel()
    say(label.setText, text)
    say(label.setToolTip, text)
    return label


def _choice(name: str, spoken: str) -> QComboBox:
    box = QComboBox()
    box.setObjectName(name)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    say(box.setAccessibleName, spoken)
    say(box.setToolTip, spoken)  # on Linux what is chosen passes for the name
    return box


def _number_field(name: str, spoken: str, least: float) -> QLineEdit:
    """A field for a number, in the notation of programming languages."""
    field = QLineEdit()
    field.setObjectName(name)
    say(field.setAccessibleName, spoken)
    validator = _NumberValidator(least, 1e75, 17, field)
    validator.setLocale(QLocale.c())
    field.setValidator(validator)
    field.setFixedWidth(field.fontMetrics().horizontalAdvance("0000000000"))
    return field
