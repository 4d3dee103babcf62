"""The tool bar: the steps, and the choices of how they are taken and shown."""

from functools import partial

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QSizePolicy,
    QSpinBox,
    QToolBar,
    QToolButton,
    QWidget,
)

from refgmm import Granularity, Labelling
from refgmm.formatting import ALL_DIGITS
from refgmm_gui.actions import Actions
from refgmm_gui.language import say
from refgmm_gui.phrases import told
from refgmm_gui.session import State, View
from refgmm_gui.theme import Theme
from refgmm_gui.words import tr

LABELLINGS = {Labelling.TEXTBOOK: "textbook's E and M", Labelling.NOTE: "lecture note's E and M"}
GRANULARITIES = {
    Granularity.POINT: ("by points", "One point at a time: a row of the sub-step"),
    Granularity.COMPONENT: (
        "by components",
        "One component at a time: its columns of the sub-step",
    ),
    Granularity.SUB_STEP: ("by sub-steps", "One quantity at a time, of all points and components"),
    Granularity.PHASE: ("by whole steps", "To the end of the E or M step"),
    Granularity.EPOCH: ("by epochs", "To the end of the epoch"),
}
SPOKEN = {
    "step_size": "Step size",
    "labelling": "Names of the steps",
    "standard": "Show the density of z",
    "decimals": "Decimals",
    "start": "Start",
    "back": "Back",
    "epoch": "Epoch",
}
"""What the choices and the buttons are called for those who hear them."""

_LONGEST_LABELS = {
    Granularity.POINT: "M: β(x−μ′)² of point 1000, new variances (epoch 100)",
    Granularity.COMPONENT: "E: weighted densities of component 10 (epoch 100)",
    Granularity.SUB_STEP: "M: new means, variances and weights (epoch 100)",
    Granularity.PHASE: "M: new means, variances and weights (epoch 100)",
    Granularity.EPOCH: "β, M and E: new means, variances and weights (epoch 100)",
}
_MOST_OF_THE_BAR = 0.4  # of its width, for the button of the next step
_ICON = 1.1  # times as high as a line of text


class StepBar(QToolBar):
    """Attributes: next_button; step_size, labelling, standard, decimals: the choices."""

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        say(self.setWindowTitle, "Steps")
        self.setObjectName("steps")
        self.setMovable(False)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._actions = actions
        self._longest = ""
        self.addAction(actions["start"])
        self.addAction(actions["back"])
        self.next_button = QToolButton()
        self.next_button.setObjectName("next")
        self.next_button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.next_button.setDefaultAction(actions["forward"])
        self.next_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.addWidget(self.next_button)
        self.addAction(actions["epoch"])
        for name in ("start", "back", "epoch"):
            button = self.widgetForAction(actions[name])
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            say(button.setAccessibleName, SPOKEN[name])
        spacer = QWidget()
        spacer.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.addWidget(spacer)
        self._add_choices()
        self.fit()

    def _add_choices(self) -> None:
        self.step_size = QComboBox()
        self.step_size.setObjectName("stepSize")
        for row, (words, meaning) in enumerate(GRANULARITIES.values()):
            self.step_size.addItem("")
            say(partial(self.step_size.setItemText, row), words, self.step_size)
            say(partial(_set_tip, self.step_size, row), meaning, self.step_size)
        say(self.step_size.setToolTip, "How much Next and Back do at once")
        self.labelling = QComboBox()
        self.labelling.setObjectName("labelling")
        for row, words in enumerate(LABELLINGS.values()):
            self.labelling.addItem("")
            say(partial(self.labelling.setItemText, row), words, self.labelling)
        say(
            self.labelling.setToolTip,
            "Whose names for the steps. The lecture note calls the update of means and variances M and that of the weights E; textbooks call the responsibilities E and all updates M. The numbers are the same.",
        )
        self.standard = QCheckBox("φ(z)")
        self.standard.setObjectName("standard")
        self.decimals = QSpinBox()
        self.decimals.setObjectName("decimals")
        self.decimals.setRange(2, ALL_DIGITS)
        say(self.decimals.setSuffix, " decimals")
        say(self.decimals.setToolTip, "17 shows every digit of the computed number")
        for box in (self.step_size, self.labelling):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self._choices = []
        for widget, spoken in (
            (self.step_size, SPOKEN["step_size"]),
            (self.labelling, SPOKEN["labelling"]),
            (self.standard, SPOKEN["standard"]),
            (self.decimals, SPOKEN["decimals"]),
        ):
            say(widget.setAccessibleName, spoken)
            self._choices.append(self.addWidget(widget))

    def show_choices(self, are_shown: bool) -> None:
        """Whether the choices are in sight."""
        for action in self._choices:
            action.setVisible(are_shown)

    def show_view(self, view: View, colours: Theme) -> None:
        """The choices made, and the big button's colours."""
        self.decimals.setValue(view.decimals)
        self.labelling.setCurrentIndex(list(LABELLINGS).index(view.labelling))
        self.standard.setChecked(view.standard_densities)
        self.step_size.setCurrentIndex(list(GRANULARITIES).index(view.granularity))
        self.next_button.setStyleSheet(
            f"QToolButton {{ background: {colours.accent}; color: {colours.on_accent};"
            f" border: 1px solid {colours.accent}; border-radius: 4px; padding: 5px 10px;"
            " font-weight: bold; }"
            f"QToolButton:disabled {{ background: {colours.button}; color: {colours.muted};"
            f" border: 1px solid {colours.border}; }}"
            f"QToolButton:focus {{ border: 2px solid {colours.text}; padding: 4px 9px; }}"
        )

    def show_next(self, state: State) -> None:
        """What the next step is called, and what φ(z) is of. The button is as wide as for the longest, so
        that nothing moves.
        """
        self.standard.setToolTip(
            tr(
                "Show the standard normal density of the z-score, too: what the lecture note prints as g"
            )
            if state.draft.dimension is None
            else tr(
                "Show the standard normal density at the point's distance Δ, too: √|Σ| times the density g"
            )
        )
        longest = _LONGEST_LABELS[state.view.granularity]
        if state.place is not None and state.place.walk.problem.dimension is not None:
            longest = longest.replace("variances", "covariances")
        self._longest = told(longest)
        text, action = next_text(state), self._actions["forward"]
        action.setText(text)
        action.setToolTip(told(state.cannot_step_because) or f"{text} (F8)")
        self.next_button.setAccessibleName(text)
        self.fit()

    def fit(self) -> None:
        """Icons as large as letters, and boxes and the big button as wide as they should be."""
        for box in (self.step_size, self.labelling, self.decimals):
            box.setMinimumWidth(box.sizeHint().width())  # Qt keeps that of earlier letters
        side = round(self.fontMetrics().height() * _ICON)
        for bar_or_button in (self, self.next_button):
            bar_or_button.setIconSize(QSize(side, side))
        wanted = self.fontMetrics().horizontalAdvance(self._longest) + 24
        room = max(self.window().width(), 800)
        self.next_button.setMinimumWidth(min(wanted, round(_MOST_OF_THE_BAR * room)))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.fit()

    def labelling_chosen(self) -> Labelling:
        """What stands in the box of labellings."""
        return list(LABELLINGS)[self.labelling.currentIndex()]

    def granularity_chosen(self) -> Granularity:
        """What stands in the box of step sizes."""
        return list(GRANULARITIES)[self.step_size.currentIndex()]


def _set_tip(box: QComboBox, row: int, text: str) -> None:
    box.setItemData(row, text, Qt.ItemDataRole.ToolTipRole)


def next_text(state: State) -> str:
    """What the button of the next step says."""
    if any(not fault.is_missing for fault in state.faults):
        return tr("Correct the inputs")
    if state.run.is_computing:
        return tr("Computing …")
    if state.faults or state.place is None:
        return tr("Fill in the inputs")
    if state.run.is_running and not state.run.is_paused:
        return tr("Running …")
    if state.is_stale:
        return tr("Start again with the new inputs")
    step = told(state.place.walk.next_label(state.view.granularity, state.view.labelling))
    return tr("Paused. {step}", step=step) if state.run.is_paused else step
