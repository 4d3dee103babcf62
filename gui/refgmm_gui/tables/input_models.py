"""The two tables that a user edits: points, and initial parameters.

A cell keeps what was typed, right or wrong; a wrong one says so in place.
"""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor

from refgmm.worksheet import lead_symbols
from refgmm_gui import theme
from refgmm_gui.draft import Draft, Fault, Parameter
from refgmm_gui.phrases import told
from refgmm_gui.session import State
from refgmm_gui.tables.grid_model import GridModel, Index, Role
from refgmm_gui.words import tr

_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class InputModel(GridModel):
    """What both input tables do.

    Signals: edited(Draft), the inputs as the user changed them.
    """

    edited = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.draft = Draft((), ())
        self._faults: dict[tuple[object, ...], Fault] = {}
        self._theme = theme.LIGHT

    def show_state(self, state: State, colours: theme.Theme) -> None:
        """Show the inputs of this state."""
        self.draft = state.draft
        self._faults = {(f.field, f.index, f.entry): f for f in state.faults}
        self._theme = colours
        self.show(*self._size())
        if self.rowCount():
            self.headerDataChanged.emit(Qt.Orientation.Vertical, 0, self.rowCount() - 1)

    def _size(self) -> tuple[int, int]:
        raise NotImplementedError

    def _text(self, index: Index) -> str:
        raise NotImplementedError

    def with_text(self, draft: Draft, row: int, column: int, text: str) -> Draft:
        """A draft as it is once this text stands in a cell."""
        raise NotImplementedError

    def with_column(self, draft: Draft, rows: Sequence[int], column: int, text: str) -> Draft:
        """A draft as it is once this text stands in these cells of a column."""
        for row in rows:
            draft = self.with_text(draft, row, column, text)
        return draft

    def _place(self, index: Index) -> tuple[Parameter, int]:
        """What a cell holds, and of which point or component, from 0."""
        raise NotImplementedError

    def _name(self, index: Index) -> str:
        """What a cell holds, in words: "x of point 3"."""
        raise NotImplementedError

    def _fault(self, index: Index) -> Fault | None:
        """What is wrong with a cell, or with the matrix that it is a part of."""
        what, number = self._place(index)
        place = what.field, number
        return self._faults.get((*place, what.entry)) or self._faults.get((*place, ()))

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if index.isValid() else flags

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole or not index.isValid():
            return False
        text = str(value).strip()
        if text != self._text(index):
            self.edited.emit(self.with_text(self.draft, index.row(), index.column(), text))
        return True

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.EditRole | Role.EXACT:
                return self._text(index)
            case Qt.ItemDataRole.TextAlignmentRole:
                return _RIGHT
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{self._name(index)}: {self._text(index) or tr('empty')}"
        fault = self._fault(index)
        if fault is not None:
            match role:
                case Qt.ItemDataRole.ToolTipRole | Qt.ItemDataRole.AccessibleDescriptionRole:
                    return told(fault.message)
                case Qt.ItemDataRole.BackgroundRole:
                    return QColor(self._theme.fault)
                case Qt.ItemDataRole.ForegroundRole:
                    return QColor(self._theme.fault_text)
        return self._text(index) if role == Qt.ItemDataRole.ToolTipRole else None


class PointsModel(InputModel):
    """A row per point, and an empty one behind the last to type the next into."""

    def _size(self) -> tuple[int, int]:
        return len(self.draft.points) + 1, len(self.draft.coordinates)

    def _text(self, index: Index) -> str:
        row, points = index.row(), self.draft.points
        return points[row][index.column()] if row < len(points) else ""

    def with_text(self, draft: Draft, row: int, column: int, text: str) -> Draft:
        return draft.with_point(row, text, column)

    def with_column(self, draft: Draft, rows: Sequence[int], column: int, text: str) -> Draft:
        return draft.with_column(rows, text, column)

    def _place(self, index: Index) -> tuple[Parameter, int]:
        return self.draft.coordinates[index.column()], index.row()

    def _name(self, index: Index) -> str:
        symbol = lead_symbols(self.draft.dimension)[1 + index.column()]
        return tr("{symbol} of point {row}", symbol=symbol, row=index.row() + 1)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            if orientation == Qt.Orientation.Horizontal:
                return lead_symbols(self.draft.dimension)[1 + section]
            return str(section + 1) if section < len(self.draft.points) else "+"
        if (
            role == Qt.ItemDataRole.ToolTipRole
            and orientation == Qt.Orientation.Vertical
            and section == len(self.draft.points)
        ):
            return tr("Type or paste the next points here")
        return None


_HEADS = {
    "weights": "weight α",
    "means": "mean μ",
    "variances": "variance σ²",
    "covariances": "Σ",
}


class ParametersModel(InputModel):
    """The components' weights, means and covariances.

    In one dimension a row per component; in more, where there are many, a row per parameter
    and a column per component.
    """

    @property
    def components_are_columns(self) -> bool:
        return self.draft.dimension is not None

    def cell(self, row: int, column: int) -> tuple[int, int]:
        """Which component's which parameter stands in a cell, from 0."""
        return (column, row) if self.components_are_columns else (row, column)

    def _size(self) -> tuple[int, int]:
        return self.cell(len(self.draft.components), len(self.draft.parameters))

    def _text(self, index: Index) -> str:
        component, parameter = self.cell(index.row(), index.column())
        return self.draft.components[component][parameter]

    def with_text(self, draft: Draft, row: int, column: int, text: str) -> Draft:
        component, parameter = self.cell(row, column)
        return draft.with_parameter(component, parameter, text)

    def _place(self, index: Index) -> tuple[Parameter, int]:
        component, parameter = self.cell(index.row(), index.column())
        return self.draft.parameters[parameter], component

    def _name(self, index: Index) -> str:
        component, parameter = self.cell(index.row(), index.column())
        head = self._parameter_head(parameter, Qt.ItemDataRole.DisplayRole)
        return tr("{head} of component {component}", head=head, component=component + 1)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        is_horizontal = orientation == Qt.Orientation.Horizontal
        if is_horizontal != self.components_are_columns:
            return self._parameter_head(section, role)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return str(section + 1)
            case Qt.ItemDataRole.ForegroundRole:
                return theme.component_colour(self._theme, section)
            case Role.COMPONENT:
                return section
            case Qt.ItemDataRole.ToolTipRole:
                return tr("component {section}", section=section + 1)
        return None

    def _parameter_head(self, section: int, role: int) -> Any:
        parameter = self.draft.parameters[section]
        entry = [index + 1 for index in parameter.entry]
        if role == Qt.ItemDataRole.DisplayRole:
            return tr(_HEADS[parameter.field]) + (f"[{','.join(map(str, entry))}]" if entry else "")
        if role == Qt.ItemDataRole.ToolTipRole and parameter.field == "covariances":
            a, b = entry
            return (
                tr("variance of x[{a}]", a=a)
                if a == b
                else tr("covariance of x[{a}] and x[{b}]", a=a, b=b)
            )
        return None
