"""The left side: points and initial parameters, to type, paste, add, remove, fill and sort."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from refgmm.cells import Row, read_decimal_commas
from refgmm.errors import FileFormatError, InvalidValueError
from refgmm.structures import FULL, STRUCTURES, TIED, structure_of
from refgmm_gui.actions import Actions
from refgmm_gui.changes import counted
from refgmm_gui.draft import Draft, texts_of_points
from refgmm_gui.language import say
from refgmm_gui.phrases import told
from refgmm_gui.session import State, most_points
from refgmm_gui.tables.grid_view import GridView
from refgmm_gui.tables.input_models import ParametersModel, PointsModel
from refgmm_gui.theme import Theme
from refgmm_gui.window.panel_header import PanelHeader
from refgmm_gui.words import joined, tr

_NAMES_IN_ONE_DIMENSION = {FULL.name: "each variance free", TIED.name: "one shared variance"}
_MEANINGS_IN_ONE_DIMENSION = {
    FULL.name: "each component has a variance of its own",
    TIED.name: "all components share one variance",
}
_ON_POINTS = ("fill_down", "sort_ascending", "sort_descending")
_ON_PARAMETERS = ("fill_down", "normalise")

_ADD = {"point": "Add a point", "component": "Add a component"}
_JUST_REMOVE = "Remove"
_REMOVE = {"point": "Remove a point", "component": "Remove a component"}


class InputsPanel(QWidget):
    """Two editable tables, and the choice of a covariance structure.

    Signals: typing(), the text of an open cell has changed, or it is closed; edited(Draft, name), the
    inputs as the user changed them, and what that is called, "" where it can be seen from what differs;
    changed(make, name, words), likewise, but of many points perhaps: `make` gives the Draft, and the words
    are for the user once that is shown;
    told(text, is_fault), something that the user should know of an edit; normalise_requested();
    start_requested(), parameters among the points; points_pasted(text), what the user wants to have for
    points.
    """

    typing = Signal()
    edited = Signal(object, str)
    changed = Signal(object, str, str)
    told = Signal(str, bool)
    normalise_requested = Signal()
    start_requested = Signal()
    points_pasted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.points_model = PointsModel(self)
        self.parameters_model = ParametersModel(self)
        self.points = _table(self.points_model, "points", "Points")
        self.parameters = _table(self.parameters_model, "parameters", "Initial parameters")
        say(self.points.setToolTip, "Type a point, or paste a column from a spreadsheet")
        self.points_title = _title("Points")
        self.structure = QComboBox()
        self.structure.setObjectName("structure")
        say(self.structure.setAccessibleName, "Covariance structure")
        self.message = QLabel()
        self.message.setObjectName("inputFault")
        self.message.setWordWrap(True)
        self.message.setTextFormat(Qt.TextFormat.PlainText)  # it quotes what was typed
        self.message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.normalise = QPushButton()
        _label(self.normalise, "normalise", "Make the weights sum to 1")
        say(self.normalise.setToolTip, "Divide each weight by the sum of the weights")
        self.start = QToolButton()
        _label(self.start, "startAmongPoints", "From the points")
        say(
            self.start.setToolTip,
            "Equal weights, means of groups of equal size, variances with which they fill the points",
        )

        self.header = PanelHeader("inputs")
        self.header.add(self.points_title, None)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 4, 8)
        layout.setSpacing(4)
        layout.addWidget(self.header)
        layout.addWidget(self.points, stretch=3)
        layout.addLayout(self._buttons("point", self._add_point, self._remove_points))
        layout.addSpacing(6)
        layout.addLayout(self._parameters_title())
        layout.addWidget(self.structure)
        layout.addWidget(self.parameters, stretch=2)
        layout.addLayout(self._buttons("component", self._add_component, self._remove_components))
        self._below = self._room_for_messages()
        layout.addWidget(self._below)
        self._fit_room_for_messages()

        self.message.setAlignment(Qt.AlignmentFlag.AlignTop)

        for model in (self.points_model, self.parameters_model):
            model.edited.connect(self._edit)
        for table in (self.points, self.parameters):
            table.typing.connect(self.typing)
        self.parameters.horizontalHeader().geometriesChanged.connect(self._fit_parameters)
        self.points.paste_requested.connect(self.points_pasted)
        self.points.delete_requested.connect(self._remove_points)
        self.parameters.paste_requested.connect(self._paste_parameters)
        self.parameters.delete_requested.connect(self._clear_parameters)
        self.normalise.clicked.connect(self.normalise_requested)
        self.start.clicked.connect(self.start_requested)
        self.structure.currentIndexChanged.connect(self._choose_structure)

    def show_state(self, state: State, colours: Theme) -> None:
        """Show the inputs of this state, and what is wrong with them."""
        self.points_model.show_state(state, colours)
        self.parameters_model.show_state(state, colours)
        self.points_title.setText(tr("Points (n = {count})", count=len(state.draft.points)))
        self._show_structure(state.draft)
        weight_sum = state.draft.weight_sum()
        wants_normalising = any(
            fault.field == "weights" and fault.index is None for fault in state.faults
        )
        self.normalise.setVisible(wants_normalising and bool(weight_sum))
        palette = self.message.palette()
        palette.setColor(QPalette.ColorRole.WindowText, QColor(colours.fault_text))
        self.message.setPalette(palette)
        more = (
            tr("\n… and {count} more", count=len(state.faults) - 3) if len(state.faults) > 3 else ""
        )
        self.message.setText("\n".join(told(fault.message) for fault in state.faults[:3]) + more)
        self.message.setVisible(bool(state.faults))
        if self.parameters.horizontalHeader().count():
            self._fit_parameters()

    def finish_editing(self) -> None:
        """Take over the text of a cell that is still open."""
        for table in (self.points, self.parameters):
            table.finish_editing()

    @property
    def typed(self) -> Draft:
        """The inputs, with the text of a cell that is still open."""
        for table, model in (
            (self.points, self.points_model),
            (self.parameters, self.parameters_model),
        ):
            text, index = table.open_text(), table.currentIndex()
            if text is not None and index.isValid():
                return model.with_text(self._draft, index.row(), index.column(), text.strip())
        return self._draft

    def _room_for_messages(self) -> QWidget:
        """Empty as a rule, so that a message moves nothing when it comes."""
        room = QWidget()
        column = QVBoxLayout(room)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.normalise)
        column.addWidget(self.message)
        column.addStretch(1)
        return room

    def _fit_room_for_messages(self) -> None:
        """Four lines, and a button of less than two, high."""
        self._below.setMinimumHeight(6 * self.fontMetrics().lineSpacing())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit_room_for_messages()

    def _show_structure(self, draft: Draft) -> None:
        """The structures that there are in this dimension, and the one chosen."""
        names = list(STRUCTURES) if draft.dimension else list(_NAMES_IN_ONE_DIMENSION)
        chosen = self.structure
        chosen.blockSignals(True)
        if [chosen.itemData(row) for row in range(chosen.count())] != names:
            chosen.clear()
            for name in names:
                chosen.addItem("", name)
        for row, name in enumerate(names):
            structure = STRUCTURES[name]
            text, meaning = told(name), told(structure.meaning)
            if not draft.dimension:
                text = tr(_NAMES_IN_ONE_DIMENSION[name])
                meaning = tr(_MEANINGS_IN_ONE_DIMENSION[name])
            chosen.setItemText(row, text)
            chosen.setItemData(row, meaning, Qt.ItemDataRole.ToolTipRole)
        chosen.setCurrentIndex(chosen.findData(_structure_shown(draft)))
        meaning = chosen.currentData(Qt.ItemDataRole.ToolTipRole)
        chosen.setToolTip(
            tr("Covariance structure: {meaning}", meaning=meaning)
            if meaning
            else tr("Choose one of these")
        )
        chosen.blockSignals(False)

    def _choose_structure(self) -> None:
        self._edit(self._draft.with_structure(str(self.structure.currentData())))

    def _fit_parameters(self) -> None:
        rows = max(self.parameters_model.rowCount(), 1)
        in_sight = 6 if self.parameters_model.components_are_columns else 4  # all of d = 2
        row_height = self.parameters.verticalHeader().defaultSectionSize()
        head = self.parameters.horizontalHeader().sizeHint().height()
        self.parameters.setMinimumHeight(head + min(rows, in_sight) * row_height + 4)
        self.parameters.setMaximumHeight(head + max(rows, 2) * row_height + 4)

    def _parameters_title(self) -> QHBoxLayout:
        """The title, and beside it what fills the table."""
        row = QHBoxLayout()
        row.addWidget(_title("Initial parameters"))
        row.addStretch()
        row.addWidget(self.start)
        return row

    def _buttons(self, noun: str, add: object, remove: object) -> QHBoxLayout:
        row = QHBoxLayout()
        for text, slot, name in (
            (_ADD[noun], add, "add"),
            (_JUST_REMOVE, remove, "remove"),
        ):
            button = QPushButton()
            button.setObjectName(f"{name}_{noun}")
            say(button.setText, text)
            say(button.setAccessibleName, _ADD[noun] if name == "add" else _REMOVE[noun])
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.clicked.connect(slot)
            row.addWidget(button)
        return row

    def _edit(self, draft: Draft, name: str = "") -> None:
        self.edited.emit(draft, name)

    def offer(self, actions: Actions) -> None:
        """Actions in the tables' own menus."""
        self.points.addActions([actions[name] for name in _ON_POINTS])
        self.parameters.addActions([actions[name] for name in _ON_PARAMETERS])

    def fill_down(self) -> None:
        """The topmost of the selected cells of each column into those below it.

        One cell alone takes the text of the one above, as in spreadsheets.
        """
        is_in_parameters = self.window().focusWidget() is self.parameters
        table = self.parameters if is_in_parameters else self.points
        model, draft = table.model(), self._draft
        assert isinstance(model, PointsModel | ParametersModel)
        for column in range(model.columnCount()):
            rows = table.selected_rows(column)
            top = rows[0] if len(rows) > 1 else rows[0] - 1 if rows else -1
            text = str(model.data(model.index(top, column))) if top >= 0 else ""
            if text:
                draft = model.with_column(draft, rows, column, text)
        if draft == self._draft:
            self.told.emit(tr("Nothing was filled: select a number and the cells below it."), True)
        else:
            self.changed.emit(lambda: draft, "fill down", "")

    def sort_points(self, is_descending: bool) -> None:
        """By the coordinate of the current cell."""
        draft, column = self._draft, max(self.points.currentIndex().column(), 0)
        order = "descending" if is_descending else "ascending"
        by = f" by x[{column + 1}]" if draft.dimension else ""
        self.changed.emit(
            lambda: draft.with_sorted_points(column, is_descending),
            f"sort the points{by}, {order}",
            "",
        )

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
        self.changed.emit(lambda: draft.without_points(rows), "", "")

    def put_points(self, points: Sequence[Any], notes: Sequence[str]) -> None:
        """Over the selected points; over none but from the current one on, where one is selected."""
        draft = self._draft
        rows = self.points.selected_rows() or [len(draft.points)]
        if rows[-1] - rows[0] >= len(rows):
            self.told.emit(tr("Nothing was pasted. Select points that stand together."), True)
            return
        start, stop = rows[0], rows[-1] + 1 if len(rows) > 1 else rows[0] + len(points)
        total = start + len(points) + len(draft.points[stop:])
        if total > most_points(draft.dimension):
            fault = too_many(total, draft.dimension)
            self.told.emit(tr("Nothing was pasted: {error}", error=fault), True)
            return
        count = counted(len(points), "point")
        self.changed.emit(
            lambda: draft.with_points(start, stop, texts_of_points(points)),
            f"paste {count}",
            joined(tr("Pasted {count}.", count=told(count)), *map(told, notes)),
        )

    def _paste_parameters(self, text: str) -> None:
        """A block of cells from a spreadsheet, from the current cell on. It may have decimal commas."""
        lines = [[cell.strip() for cell in line.split("\t")] for line in text.splitlines()]
        rows, notes = [Row(i, cells, len(cells)) for i, cells in enumerate(lines, 1)], list[str]()
        try:
            read_decimal_commas(rows, notes)
        except FileFormatError as error:
            self.told.emit(tr("Nothing was pasted: {error}", error=told(str(error))), True)
            return
        current, cell = self.parameters.currentIndex(), self.parameters_model.cell
        draft = self._draft
        for row, line in enumerate(rows, start=max(current.row(), 0)):
            for column, written in enumerate(line.cells, start=max(current.column(), 0)):
                component, parameter = cell(row, column)
                if parameter >= len(draft.parameters):
                    continue
                while component >= len(draft.components):
                    draft = draft.with_new_component()
                draft = draft.with_parameter(component, parameter, written)
        self._edit(draft, "paste parameters")
        if notes:
            self.told.emit(" ".join(map(told, notes)), False)

    def _add_component(self) -> None:
        self._edit(self._draft.with_new_component())

    def _clear_parameters(self) -> None:
        """The selected cells emptied; a component goes by its button only."""
        draft, cells = self._draft, self.parameters.selectedIndexes()
        for index in cells:
            component, parameter = self.parameters_model.cell(index.row(), index.column())
            draft = draft.with_parameter(component, parameter, "")
        self._edit(draft, f"clear {counted(len(cells), 'cell')}")

    def _remove_components(self) -> None:
        """The selected components; the last one where none is selected."""
        draft, cell = self._draft, self.parameters_model.cell
        chosen = {
            cell(index.row(), index.column())[0] for index in self.parameters.selectedIndexes()
        }
        for component in sorted(chosen or {len(draft.components) - 1}, reverse=True):
            if 0 <= component < len(draft.components):
                draft = draft.without_component(component)
        self._edit(draft)


def too_many(count: int, dimension: int | None) -> str:
    """Why the app takes no more points."""
    of_coordinates = (
        tr(" of {dimension} coordinates", dimension=dimension) if (dimension or 1) > 1 else ""
    )
    return tr(
        "{count:,} points are more than the {most:,}{of_coordinates} that the app steps through: take a sample, or use the library, which has no limit.",
        count=count,
        most=most_points(dimension),
        of_coordinates=of_coordinates,
    )


def _structure_shown(draft: Draft) -> str:
    """The name of the draft's structure in the choice; in one dimension several are the same."""
    try:
        structure = structure_of(draft.structure)
    except InvalidValueError:
        return draft.structure
    if draft.dimension:
        return structure.name
    return TIED.name if structure.is_shared else FULL.name


def _table(model: PointsModel | ParametersModel, name: str, spoken: str) -> GridView:
    view = GridView()
    view.setModel(model)
    view.setObjectName(name)
    say(view.setAccessibleName, spoken)
    heads = view.horizontalHeader()
    heads.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
    heads.setHighlightSections(False)
    heads.setSelectionModel(
        QItemSelectionModel(model, heads)
    )  # the table's asks all cells of a column
    heads.setMinimumSectionSize(view.fontMetrics().horizontalAdvance("00.00") + 8)
    view.verticalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignCenter)
    view.verticalHeader().setMinimumWidth(28)
    view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    view.setEditTriggers(
        QAbstractItemView.EditTrigger.DoubleClicked
        | QAbstractItemView.EditTrigger.AnyKeyPressed
        | QAbstractItemView.EditTrigger.EditKeyPressed
    )
    return view


def _label(button: QAbstractButton, name: str, text: str) -> None:
    """What a button is called; the keyboard reaches it."""
    button.setObjectName(name)
    say(button.setText, text)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)


def _title(text: str) -> QLabel:
    label = QLabel()
    say(label.setText, text)
    font = label.font()
    font.setBold(True)
    label.setFont(font)
    return label
