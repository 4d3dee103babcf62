"""Points generated from a mixture: from which, how many, and by which seed."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QRadioButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from refgmm import Problem
from refgmm.errors import RefGMMError
from refgmm.generated import Generated
from refgmm_gui.phrases import told
from refgmm_gui.plots.preview import preview
from refgmm_gui.point_sources import PointSource
from refgmm_gui.theme import Theme
from refgmm_gui.words import tr

_PICTURE = QSize(480, 270)
_MOST_IN_PICTURE = 500  # points; more would make each keystroke wait
_LARGEST_SEED = 2**31 - 1  # of a QSpinBox
_FIRST_COUNT, _FIRST_SEED = 100, 1


class GenerateDialog(QDialog):
    """Asks for a source, a count and a seed, and shows the points that they make.

    Attributes: choices, a button for each source; count, seed; picture, caption; fault, why a
    source has no mixture; buttons.
    """

    def __init__(
        self, parent: QWidget, sources: Sequence[PointSource], most: int, colours: Theme
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Generate points"))
        self._sources, self._colours = sources, colours
        self.choices = QButtonGroup(self)
        self.count, self.seed = QSpinBox(), QSpinBox()
        self.picture, self.caption, self.fault = QLabel(), QLabel(), QLabel()
        kinds = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(kinds.Ok | kinds.Cancel)
        self.ok_button = self.buttons.button(kinds.Ok)
        self._lay_out(most)
        self.choices.idToggled.connect(self._choose)
        self.count.valueChanged.connect(self._show)
        self.seed.valueChanged.connect(self._show)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        usable = [row for row, source in enumerate(sources) if source.mixture is not None]
        if usable:
            self.choices.button(usable[0]).setChecked(True)
        self._show()
        self.count.setFocus()
        self.count.selectAll()

    def _lay_out(self, most: int) -> None:
        layout = QVBoxLayout(self)
        layout.addWidget(QLabel(tr("Draw new points, in the place of those in the table, from")))
        for row, source in enumerate(self._sources):
            choice = QRadioButton(told(source.title))
            choice.setEnabled(source.mixture is not None)
            self.choices.addButton(choice, row)
            layout.addWidget(choice)
        self.fault.setObjectName("fault")
        self.fault.setWordWrap(True)
        self.fault.setTextFormat(Qt.TextFormat.PlainText)  # a cell may hold <b>
        self.fault.setStyleSheet(f"color: {self._colours.fault_text}")
        faults = [
            tr("Not from {title}: {fault}", title=told(source.title), fault=told(source.fault))
            for source in self._sources
            if source.fault
        ]
        self.fault.setText("\n".join(faults))
        self.fault.setVisible(bool(faults))
        layout.addWidget(self.fault)
        self.count.setRange(1, most)
        self.count.setValue(min(_FIRST_COUNT, most))
        self.count.setGroupSeparatorShown(True)
        self.count.setToolTip(tr("From 1 to {most:,}: as many as the app steps through", most=most))
        self.seed.setRange(0, _LARGEST_SEED)
        self.seed.setValue(_FIRST_SEED)
        self.seed.setToolTip(tr("The same seed draws the same points again, on any computer"))
        form = QFormLayout()
        form.addRow(tr("&Number of points"), self.count)
        form.addRow(tr("&Seed"), self.seed)
        layout.addLayout(form)
        self.picture.setFixedSize(_PICTURE)
        self.picture.setAccessibleName(tr("The points, and the mixture that they are drawn from"))
        layout.addWidget(self.picture)
        self.caption.setWordWrap(True)
        layout.addWidget(self.caption)
        layout.addWidget(self.buttons)

    def chosen(self) -> Generated | None:
        """What the choices make; None while there is no mixture to draw from."""
        row = self.choices.checkedId()
        mixture = self._sources[row].mixture if row >= 0 else None
        return Generated(mixture, self.count.value(), self.seed.value()) if mixture else None

    def _choose(self, row: int, is_checked: bool) -> None:
        """A source that points were drawn from before brings their number and seed along."""
        source = self._sources[row]
        if is_checked and source.n is not None and source.seed is not None:
            self.count.setValue(source.n)
            self.seed.setValue(source.seed)
        self._show()

    def _show(self) -> None:
        chosen = self.chosen()
        self.ok_button.setEnabled(False)
        self.picture.clear()
        if chosen is None:
            self.caption.setText(
                tr("Correct the parameters first: there is no mixture to draw from.")
            )
            return
        shown = min(chosen.n, _MOST_IN_PICTURE)
        try:
            points = Generated(chosen.mixture, shown, chosen.seed).points()
            problem = Problem(points, chosen.mixture)
        except RefGMMError as error:  # points larger than refgmm computes with, say
            self.caption.setText(tr("These points won't do. {error}", error=told(str(error))))
            return
        self.ok_button.setEnabled(True)
        sharpness = self.devicePixelRatioF()
        self.picture.setPixmap(preview(problem, _PICTURE, sharpness, self._colours))
        part = (
            "" if shown == chosen.n else tr("The picture shows the first {shown:,}. ", shown=shown)
        )
        self.caption.setText(tr("{part}The file remembers mixture, number and seed.", part=part))
