"""Why a formula is as it is: a proof in a window of its own, beside which one can go on."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from refgmm.proof import Proof
from refgmm_gui.formulas.formula import formula_of_step
from refgmm_gui.formulas.formula_view import FormulaView
from refgmm_gui.formulas.typeset import Typesetter
from refgmm_gui.language import LANGUAGE, say, translation
from refgmm_gui.phrases import told
from refgmm_gui.theme import LIGHT, Theme


class WhyDialog(QDialog):
    """The steps of a proof, sentences and formulas, and where they are written.

    Attributes: proof, in the language of the app; formulas (one view for each step that has some).
    """

    def __init__(self, typesetter: Typesetter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("why")
        self.setModal(False)
        self.resize(640, 620)
        self.proof: Proof | None = None
        self._english: Proof | None = None
        self._colours, self._in_numbers = LIGHT, tuple[str, ...]()
        self.formulas: list[FormulaView] = []
        self._typesetter = typesetter
        self.area = QScrollArea()
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        copy_text = buttons.addButton("", QDialogButtonBox.ButtonRole.ActionRole)
        say(copy_text.setText, "Copy as text")
        copy_text.clicked.connect(self.copy_text)
        copy_latex = buttons.addButton("", QDialogButtonBox.ButtonRole.ActionRole)
        say(copy_latex.setText, "Copy as LaTeX")
        copy_latex.clicked.connect(self.copy_latex)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(self.area)
        layout.addWidget(buttons)
        LANGUAGE.changed.connect(self._say)

    def show_proof(self, proof: Proof, colours: Theme, in_numbers: Sequence[str] = ()) -> None:
        """Show a proof in the place of the one before; the window appears with `show`.

        in_numbers: what it says in the numbers of the epoch, in sentences
        """
        self._english, self._colours, self._in_numbers = proof, colours, tuple(in_numbers)
        self._say()

    def _say(self) -> None:
        """The proof in the language of the app."""
        if self._english is None:
            return
        proof, colours = self._english.translated(translation()), self._colours
        self.proof = proof
        self.setWindowTitle(proof.title)
        page = QWidget()
        palette = page.palette()
        for role in (QPalette.ColorRole.Window, QPalette.ColorRole.Base):
            palette.setColor(role, QColor(colours.base))
        palette.setColor(QPalette.ColorRole.WindowText, QColor(colours.text))
        page.setPalette(palette)
        page.setAutoFillBackground(True)
        lines = QVBoxLayout(page)
        lines.setContentsMargins(14, 10, 14, 10)
        lines.setSpacing(6)
        title = _paragraph(proof.title)
        font = title.font()
        font.setBold(True)
        font.setPointSizeF(font.pointSizeF() * 1.2)
        title.setFont(font)
        lines.addWidget(title)
        self.formulas = []
        for step in proof.steps:
            lines.addWidget(_paragraph(step.sentence()))
            if step.relations:
                view = FormulaView(self._typesetter)
                view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
                view.show_formula(formula_of_step(step), colours)
                lines.addWidget(view)
                self.formulas.append(view)
        for sentence in self._in_numbers:
            lines.addWidget(_paragraph(told(sentence)))
        sources = _paragraph("\n".join(map(str, proof.citations)))
        palette.setColor(QPalette.ColorRole.WindowText, QColor(colours.muted))
        sources.setPalette(palette)
        lines.addSpacing(6)
        lines.addWidget(sources)
        lines.addStretch(1)
        self.area.setWidget(page)  # which deletes the page before
        self.area.setFocus()

    def show_colours(self, colours: Theme) -> None:
        """The same in other colours, at the same place."""
        if self._english is not None and self.isVisible() and colours != self._colours:
            bar = self.area.verticalScrollBar()
            place = bar.value()
            self.show_proof(self._english, colours, self._in_numbers)
            page = self.area.widget()
            if page is not None:
                page.adjustSize()
            bar.setValue(place)

    def copy_text(self) -> None:
        if self.proof is not None:
            QGuiApplication.clipboard().setText(self.proof.text())

    def copy_latex(self) -> None:
        if self.proof is not None:
            QGuiApplication.clipboard().setText(self.proof.latex())


def _paragraph(text: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
