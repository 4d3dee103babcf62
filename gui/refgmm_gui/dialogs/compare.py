"""Two runs side by side, in a window of its own: parameters, log-likelihood, and both plots."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from refgmm.blocks import Work
from refgmm.formatting import ALL_DIGITS, format_number
from refgmm_gui import theme
from refgmm_gui.comparing import Comparison, Line, Side, length_of
from refgmm_gui.phrases import told
from refgmm_gui.plots import picture as pictures
from refgmm_gui.plots.picture import Picture
from refgmm_gui.session import TRACES, View
from refgmm_gui.slices import Slices
from refgmm_gui.tables.grid_model import ROOT, GridModel, Index, Role
from refgmm_gui.tables.grid_view import GridView
from refgmm_gui.theme import Theme
from refgmm_gui.words import shown_number, tr

_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class PictureView(QWidget):
    """A picture to look at, not to work in."""

    def __init__(self, name: str, spoken: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(spoken)
        self.setMinimumSize(260, 170)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._picture: Picture | None = None
        self._theme = theme.LIGHT
        self._instead = ""

    def show_picture(self, picture: Picture | None, colours: Theme) -> None:
        """Show it; None: the numbers on paper make no picture."""
        self._picture, self._theme = picture, colours
        self._instead = "" if picture else tr("Rounding has left no mixture to draw")
        self.setAccessibleDescription(pictures.in_words(picture) if picture else self._instead)
        self.update()

    def show_colours(self, colours: Theme) -> None:
        """The same, or nothing yet, in other colours."""
        self._theme = colours
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(self._theme.base))
        if self._picture is not None:
            pictures.paint(painter, QRectF(self.rect()), self._picture, self._theme)
        else:
            painter.setPen(QColor(self._theme.muted))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._instead)
        painter.end()

    def sizeHint(self) -> QSize:
        return QSize(420, 230)


class LinesModel(GridModel):
    """A row for each parameter: its value in A and in B, and how much larger that in B is."""

    HEADS = ("", "A: step", "A", "B: step", "B", "B − A")

    def __init__(self) -> None:
        super().__init__()
        self._lines: Sequence[Line] = ()
        self._decimals = 4

    def columnCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self.HEADS)

    def show_lines(self, lines: Sequence[Line], decimals: int) -> None:
        self._lines, self._decimals = lines, decimals
        self.show(len(lines), len(self.HEADS))

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT
        if role == Qt.ItemDataRole.AccessibleTextRole and index.column():
            name, head = self._lines[index.row()].name, tr(self.HEADS[index.column()])
            return f"{told(name)}, {head}: {self.data(index)}"
        if role not in (Qt.ItemDataRole.DisplayRole, Role.EXACT):
            return None
        line = self._lines[index.row()]
        (a, b), (step_a, step_b) = line.values, line.steps
        value = (line.name, step_a, a, step_b, b, line.difference)[index.column()]
        if isinstance(value, float):
            is_exact = role == Role.EXACT
            text = format_number(value, ALL_DIGITS if is_exact else self._decimals)
            return text if is_exact else shown_number(text)
        return told(value or "")

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return tr(self.HEADS[section]) if self.HEADS[section] else ""
        return None


class CompareDialog(QDialog):
    """Shows a comparison, and asks for others.

    Signals: other_chosen(key), what run B is to be; keep_requested(), keep run A to compare with later.
    Attributes: others, the choice of run B; epoch, the slider; table; log_likelihood, plots; same_axes,
    whether both plots have the same; exchanged, what is said where only the order differs.
    """

    other_chosen = Signal(str)
    keep_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("compare")
        self.setWindowTitle(tr("Compare two runs"))
        self.setModal(False)
        self.resize(980, 700)
        self._comparison: Comparison | None = None
        self._view, self._theme = View(), theme.LIGHT
        self._slices = Slices(self)
        self.titles = [QLabel(), QLabel()]
        self.others = QComboBox()
        self.others.setObjectName("others")
        self.others.setAccessibleName(tr("Run B"))
        self.others.setAccessibleDescription(tr("Run B"))  # Linux takes the choice for the name
        self.keep = QPushButton(tr("Keep run A"))
        self.keep.setObjectName("keep")
        self.keep.setToolTip(
            tr("To compare other runs with it later, after changing the inputs, say")
        )
        self.epoch = QSlider(Qt.Orientation.Horizontal)
        self.epoch.setObjectName("compareEpoch")
        self.epoch.setAccessibleName(tr("Epoch"))
        self.told = QLabel()
        self.told.setObjectName("compareTold")
        self.exchanged = QLabel()
        self.exchanged.setObjectName("compareExchanged")
        self.exchanged.setWordWrap(True)
        self.same_axes = QCheckBox(tr("Same &axes"))
        self.same_axes.setObjectName("sameAxes")
        self.same_axes.setToolTip(tr("Both plots, where both runs have the same points"))
        self.same_axes.setChecked(True)
        self.model = LinesModel()
        self.table = GridView()
        self.table.setObjectName("compareTable")
        self.table.setAccessibleName(tr("Parameters of both runs"))
        self.table.setModel(self.model)
        self.table.setEditTriggers(GridView.EditTrigger.NoEditTriggers)
        self.table.verticalHeader().hide()
        heads = self.table.horizontalHeader()
        heads.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        for section in (0, 1, 3):  # names, which are short
            heads.setSectionResizeMode(section, QHeaderView.ResizeMode.ResizeToContents)
        self.log_likelihood = PictureView(
            "compareLikelihood", tr("Log-likelihood of both runs by epoch")
        )
        self.plots = [
            PictureView(f"comparePlot{name}", tr("Plot of run {name}", name=name)) for name in "AB"
        ]
        self._lay_out()
        self.others.activated.connect(
            lambda row: self.other_chosen.emit(str(self.others.itemData(row)))
        )
        self.keep.clicked.connect(self.keep_requested)
        self.epoch.valueChanged.connect(self._show_epoch)
        self.same_axes.toggled.connect(self._show_epoch)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(QLabel(tr("Compare run A, the walk in the window, with")))
        top.addWidget(self.others, stretch=1)
        top.addWidget(self.keep)
        along = QHBoxLayout()
        along.addWidget(self.told)
        along.addWidget(self.epoch, stretch=1)
        along.addWidget(self.same_axes)
        below = QGridLayout()
        below.addWidget(self.table, 0, 0)
        below.addWidget(self.log_likelihood, 0, 1)
        for column, (title, plot) in enumerate(zip(self.titles, self.plots, strict=True)):
            below.addWidget(title, 1, column)
            below.addWidget(plot, 2, column)
            below.setColumnStretch(column, 1)
        for row in (0, 2):
            below.setRowStretch(row, 1)
        layout = QVBoxLayout(self)
        layout.addLayout(top)
        layout.addLayout(along)
        layout.addWidget(self.exchanged)
        layout.addLayout(below, stretch=1)
        self.told.setMinimumWidth(
            self.fontMetrics().horizontalAdvance(tr("After epoch {epoch}", epoch=100_000))
        )

    def offer(self, others: Sequence[tuple[str, str]], chosen: str) -> None:
        """What run B can be: (key, title) each."""
        self.others.clear()
        for key, title in others:
            self.others.addItem(title, key)
        self.others.setCurrentIndex([key for key, _ in others].index(chosen))

    def show_colours(self, colours: Theme) -> None:
        """The same in other colours."""
        self._theme = colours
        for plot in (self.log_likelihood, *self.plots):
            plot.show_colours(colours)

    def compute(self, a: Side, b: Work[Side], view: View, colours: Theme) -> None:
        """Show these runs, once the second is computed."""
        self._view = view
        self.show_colours(colours)
        self.told.setText(tr("Computing …"))
        self._slices.start(
            b,
            told=lambda done: self.told.setText(tr("Computing … {done:.0%}", done=done)),
            ended=lambda side: self._show(Comparison(a, side)),
            failed=lambda: self.told.setText(tr("That failed; the terminal shows the error.")),
        )

    @property
    def is_busy(self) -> bool:
        """Whether a run or a picture is on its way."""
        return self._slices.is_busy

    def _show(self, comparison: Comparison) -> None:
        self._comparison = comparison
        for title, name, side in zip(self.titles, "AB", comparison.sides, strict=True):
            title.setText(
                tr(
                    "<b>{name}</b> &nbsp; {title}, {length}",
                    name=name,
                    title=side.title,
                    length=length_of(side),
                )
            )
        self.epoch.blockSignals(True)
        self.epoch.setRange(0, comparison.last)
        self.epoch.setValue(comparison.sides[0].last)
        self.epoch.blockSignals(False)
        self.same_axes.setEnabled(comparison.has_same_points)
        self._show_epoch()

    def _show_epoch(self) -> None:
        comparison, epoch = self._comparison, self.epoch.value()
        if comparison is None:
            return
        self.told.setText(tr("After epoch {epoch}", epoch=epoch) if epoch else tr("At the start"))
        self.epoch.setAccessibleDescription(self.told.text())
        self._slices.start(
            TRACES.work_out(
                lambda: (
                    comparison.lines(epoch),
                    comparison.log_likelihoods(epoch),
                    comparison.pictures(epoch, self._view, self.same_axes.isChecked()),
                    comparison.exchanged(epoch),
                )
            ),
            told=lambda done: None,
            ended=lambda found: self._show_found(*found),
            failed=lambda: None,
        )

    def _show_found(
        self,
        lines: list[Line],
        likelihoods: Picture,
        mixtures: Sequence[Picture | None],
        order: Sequence[int],
    ) -> None:
        pairs = ", ".join(f"A {i} = B {j + 1}" for i, j in enumerate(order, start=1))
        self.exchanged.setText(
            tr(
                "The same mixture to a thousandth, its components in another order: {pairs}",
                pairs=pairs,
            )
        )
        self.exchanged.setVisible(bool(order))
        self.model.show_lines(lines, self._view.decimals)
        self.log_likelihood.show_picture(likelihoods, self._theme)
        for plot, picture in zip(self.plots, mixtures, strict=True):
            plot.show_picture(picture, self._theme)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._slices.stop()
        super().closeEvent(event)
