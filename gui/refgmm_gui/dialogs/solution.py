"""What a worked solution to be exported shall hold, and in which format."""

from pathlib import Path

from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from refgmm import Labelling
from refgmm.formatting import ALL_DIGITS
from refgmm.records import dataclass
from refgmm_gui.actions import plain
from refgmm_gui.words import tr

FORMATS = {
    ".pdf": "PDF document",
    ".html": "HTML page",
    ".md": "Markdown, pictures beside it",
    ".tex": "LaTeX article",
    "": "CSV, a file for each table in a folder",
}
"""Ends of names; a folder has none."""

_LABELLINGS = {Labelling.TEXTBOOK: "the textbook's", Labelling.NOTE: "the lecture note's"}
_MOST_EPOCHS = 1000


@dataclass(frozen=True, slots=True)
class SolutionChoice:
    """A worked solution as the user wants it."""

    epochs: int
    decimals: int
    labelling: Labelling
    paper: bool
    with_reasons: bool = True
    suffix: str = ".pdf"

    @property
    def rounds_to(self) -> int | None:
        """To how many decimals each number is rounded as it is written down, if it is."""
        return self.decimals if self.paper else None

    def suggestion(self, folder: str) -> str:
        """A path to write it to."""
        return str(Path(folder) / f"solution{self.suffix}")


class SolutionDialog(QDialog):
    """Asks for all of it; begins with what the window shows."""

    def __init__(self, parent: QWidget, usual: SolutionChoice) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Export the solution"))
        told = QLabel(
            tr("Every step from the points to the new parameters, with formulas and numbers.")
        )
        told.setWordWrap(True)
        self._format = QComboBox()
        self._format.addItems([tr(text) for text in FORMATS.values()])
        self._format.setCurrentIndex(list(FORMATS).index(usual.suffix))
        self._epochs = QSpinBox()
        self._epochs.setRange(1, _MOST_EPOCHS)
        self._epochs.setValue(usual.epochs)
        self._epochs.setToolTip(
            tr("The first epoch is worked out in full, those after it more briefly")
        )
        self._decimals = QSpinBox()
        self._decimals.setRange(2, ALL_DIGITS)
        self._decimals.setValue(usual.decimals)
        self._labelling = QComboBox()
        self._labelling.addItems([tr(text) for text in _LABELLINGS.values()])
        self._labelling.setCurrentIndex(list(_LABELLINGS).index(usual.labelling))
        self._paper = QCheckBox(tr("&Round every number as it is written down (paper mode)"))
        self._paper.setChecked(usual.paper)
        self._reasons = QCheckBox(tr("&Why the formulas are as they are, in an appendix"))
        self._reasons.setChecked(usual.with_reasons)
        form = QFormLayout()
        for label, widget, name in (
            (tr("&Format:"), self._format, "solutionFormat"),
            (tr("&Epochs:"), self._epochs, "solutionEpochs"),
            (tr("&Decimals:"), self._decimals, "solutionDecimals"),
            (tr("&Names of the steps:"), self._labelling, "solutionLabelling"),
            ("", self._paper, "solutionPaper"),
            ("", self._reasons, "solutionReasons"),
        ):
            widget.setObjectName(name)
            widget.setAccessibleName(plain(label or widget.property("text")).rstrip(":："))
            form.addRow(label, widget)
        kinds = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox(kinds.Cancel)
        buttons.addButton(tr("&Export…"), QDialogButtonBox.ButtonRole.AcceptRole).setDefault(True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(told)
        layout.addLayout(form)
        layout.addWidget(buttons)

    def chosen(self) -> SolutionChoice:
        return SolutionChoice(
            epochs=self._epochs.value(),
            decimals=self._decimals.value(),
            labelling=list(_LABELLINGS)[self._labelling.currentIndex()],
            paper=self._paper.isChecked(),
            with_reasons=self._reasons.isChecked(),
            suffix=list(FORMATS)[self._format.currentIndex()],
        )
