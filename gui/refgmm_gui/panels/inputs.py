"""The left side: points and initial parameters, to type, paste, add and remove."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from refgmm.errors import FileFormatError
from refgmm_gui.draft import Draft, points_of_text
from refgmm_gui.session import MOST_POINTS, State
from refgmm_gui.tables.grid_view import GridView
from refgmm_gui.tables.input_models import ParametersModel, PointsModel
from refgmm_gui.theme import Theme


class InputsPanel(QWidget):
    """Two editable tables.

    Signals: edited(Draft), the inputs as the user changed them; told(text, is_fault), something
    that the user should know of an edit; normalise_requested().
    """

    edited = Signal(object)
    told = Signal(str, bool)
    normalise_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.points_model = PointsModel()
        self.parameters_model = ParametersModel()
        self.points = _table(self.points_model, "points", "Points")
        self.parameters = _table(self.parameters_model, "parameters", "Initial parameters")
        self.points.setToolTip("Type a point, or paste a column from a spreadsheet")
        self.points_title = _title("Points")
        self.message = QLabel()
        self.message.setObjectName("inputFault")
        self.message.setWordWrap(True)
        self.message.setTextFormat(Qt.TextFormat.PlainText)  # it quotes what was typed
        self.message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.normalise = QPushButton("Make the weights sum to 1")
        self.normalise.setObjectName("normalise")
        self.normalise.setToolTip("Divide each weight by the sum of the weights")

        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 4, 8)
        layout.setSpacing(4)
        layout.addWidget(self.points_title)
        layout.addWidget(self.points, stretch=3)
        layout.addLayout(self._buttons("point", self._add_point, self._remove_points))
        layout.addSpacing(6)
        layout.addWidget(_title("Initial parameters"))
        layout.addWidget(self.parameters, stretch=2)
        layout.addLayout(self._buttons("component", self._add_component, self._remove_components))
        layout.addWidget(self._room_for_messages())

        self.message.setAlignment(Qt.AlignmentFlag.AlignTop)

        for model in (self.points_model, self.parameters_model):
            model.edited.connect(self.edited)
        self.points.paste_requested.connect(self._paste_points)
        self.points.delete_requested.connect(self._remove_points)
        self.parameters.paste_requested.connect(self._paste_parameters)
        self.parameters.delete_requested.connect(self._clear_parameters)
        self.normalise.clicked.connect(self.normalise_requested)

    def show_state(self, state: State, colours: Theme) -> None:
        """Show the inputs of this state, and what is wrong with them."""
        self.points_model.show_state(state, colours)
        self.parameters_model.show_state(state, colours)
        self.points_title.setText(f"Points (n = {len(state.draft.points)})")
        weight_sum = state.draft.weight_sum()
        wants_normalising = any(
            fault.field == "weights" and fault.index is None for fault in state.faults
        )
        self.normalise.setVisible(wants_normalising and bool(weight_sum))
        palette = self.message.palette()
        palette.setColor(QPalette.ColorRole.WindowText, QColor(colours.fault_text))
        self.message.setPalette(palette)
        more = f"\n… and {len(state.faults) - 3} more" if len(state.faults) > 3 else ""
        self.message.setText("\n".join(fault.message for fault in state.faults[:3]) + more)
        self.message.setVisible(bool(state.faults))
        if self.parameters.horizontalHeader().count():
            self._fit_parameters(state)

    def finish_editing(self) -> None:
        """Take over the text of a cell that is still open."""
        for table in (self.points, self.parameters):
            table.finish_editing()

    def _room_for_messages(self) -> QWidget:
        """Empty as a rule, so that a message moves nothing when it comes."""
        room = QWidget()
        column = QVBoxLayout(room)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.normalise)
        column.addWidget(self.message)
        column.addStretch(1)
        lines = 4 * self.fontMetrics().lineSpacing()
        room.setMinimumHeight(self.normalise.sizeHint().height() + column.spacing() + lines)
        return room

    def _fit_parameters(self, state: State) -> None:
        rows = max(len(state.draft.components), 1)
        row_height = self.parameters.verticalHeader().defaultSectionSize()
        head = self.parameters.horizontalHeader().sizeHint().height()
        self.parameters.setMinimumHeight(head + min(rows, 4) * row_height + 4)
        self.parameters.setMaximumHeight(head + max(rows, 2) * row_height + 4)

    def _buttons(self, noun: str, add: object, remove: object) -> QHBoxLayout:
        row = QHBoxLayout()
        for text, slot, name in ((f"Add a {noun}", add, "add"), ("Remove", remove, "remove")):
            button = QPushButton(text)
            button.setObjectName(f"{name}_{noun}")
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.clicked.connect(slot)
            row.addWidget(button)
        return row

    @property
    def _draft(self) -> Draft:
        return self.points_model.draft

    def _add_point(self) -> None:
        """Go to the empty row, where the next point is typed."""
        index = self.points_model.index(len(self._draft.points), 0)
        self.points.setCurrentIndex(index)
        self.points.setFocus()
        self.points.edit(index)

    def _remove_points(self) -> None:
        draft = self._draft
        rows = self.points.selected_rows() or [self.points.currentIndex().row()]
        for row in reversed(rows):
            if 0 <= row < len(draft.points):
                draft = draft.with_points(row, row + 1, ())
        self.edited.emit(draft)

    def _paste_points(self, text: str) -> None:
        """Over the selected points; over none but from the current one on, where one is selected."""
        try:
            cells, notes = points_of_text(text)
        except FileFormatError as error:
            self.told.emit(f"Nothing was pasted. {error}", True)
            return
        rows = self.points.selected_rows() or [len(self._draft.points)]
        if rows[-1] - rows[0] >= len(rows):
            self.told.emit("Nothing was pasted. Select points that stand together.", True)
            return
        stop = rows[-1] + 1 if len(rows) > 1 else rows[0] + len(cells)
        draft = self._draft.with_points(rows[0], stop, cells)
        if len(draft.points) > MOST_POINTS:
            self.told.emit(f"Nothing was pasted. {too_many(len(draft.points))}", True)
            return
        self.edited.emit(draft)
        count = f"Pasted {len(cells)} point{'s' if len(cells) > 1 else ''}."
        self.told.emit(" ".join([count, *notes]), False)

    def _paste_parameters(self, text: str) -> None:
        """A block of cells from a spreadsheet, from the current cell on."""
        current = self.parameters.currentIndex()
        draft = self._draft
        for row, line in enumerate(text.splitlines(), start=max(current.row(), 0)):
            if row >= len(draft.components):
                draft = draft.with_new_component()
            for column, cell in enumerate(line.split("\t"), start=max(current.column(), 0)):
                if column < self.parameters_model.columnCount():
                    draft = draft.with_parameter(row, column, cell.strip())
        self.edited.emit(draft)

    def _add_component(self) -> None:
        self.edited.emit(self._draft.with_new_component())

    def _clear_parameters(self) -> None:
        """The selected cells emptied; a component goes by its button only."""
        draft = self._draft
        for index in self.parameters.selectedIndexes():
            draft = draft.with_parameter(index.row(), index.column(), "")
        self.edited.emit(draft)

    def _remove_components(self) -> None:
        """The selected components; the last one where none is selected."""
        draft = self._draft
        rows = self.parameters.selected_rows() or [len(draft.components) - 1]
        for row in reversed(rows):
            if 0 <= row < len(draft.components):
                draft = draft.without_component(row)
        self.edited.emit(draft)


def too_many(count: int) -> str:
    """Why the app takes no more points."""
    return (
        f"{count:,} points are more than the {MOST_POINTS:,} that the app steps through: "
        "take a sample, or use the library, which has no limit."
    )


def _table(model: PointsModel | ParametersModel, name: str, spoken: str) -> GridView:
    view = GridView()
    view.setModel(model)
    view.setObjectName(name)
    view.setAccessibleName(spoken)
    view.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
    view.horizontalHeader().setHighlightSections(False)
    view.verticalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignCenter)
    view.verticalHeader().setMinimumWidth(28)
    view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    view.setEditTriggers(
        QAbstractItemView.EditTrigger.DoubleClicked
        | QAbstractItemView.EditTrigger.AnyKeyPressed
        | QAbstractItemView.EditTrigger.EditKeyPressed
    )
    return view


def _title(text: str) -> QLabel:
    label = QLabel(text)
    font = label.font()
    font.setBold(True)
    label.setFont(font)
    return label
