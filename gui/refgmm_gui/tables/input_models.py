"""The two tables that a user edits: points, and initial parameters.

A cell keeps what was typed, right or wrong; a wrong one says so in place.
"""

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor

from refgmm.problem import PARAMETERS
from refgmm_gui import theme
from refgmm_gui.draft import Draft, Fault
from refgmm_gui.session import State
from refgmm_gui.tables.grid_model import GridModel, Index, Role

_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class InputModel(GridModel):
    """What both input tables do.

    Signals: edited(Draft), the inputs as the user changed them.
    """

    edited = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.draft = Draft((), ())
        self._faults: dict[tuple[str, int], Fault] = {}
        self._theme = theme.LIGHT

    def show_state(self, state: State, colours: theme.Theme) -> None:
        """Show the inputs of this state."""
        self.draft = state.draft
        self._faults = {(f.field, f.index): f for f in state.faults if f.index is not None}
        self._theme = colours
        self.show(*self._size())

    def _size(self) -> tuple[int, int]:
        raise NotImplementedError

    def _text(self, index: Index) -> str:
        raise NotImplementedError

    def _with_text(self, index: Index, text: str) -> Draft:
        raise NotImplementedError

    def _place(self, index: Index) -> tuple[str, int]:
        """The field and the number in it, as a Fault names them."""
        raise NotImplementedError

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if index.isValid() else flags

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole or not index.isValid():
            return False
        text = str(value).strip()
        if text != self._text(index):
            self.edited.emit(self._with_text(index, text))
        return True

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.EditRole | Role.EXACT:
                return self._text(index)
            case Qt.ItemDataRole.TextAlignmentRole:
                return _RIGHT
        fault = self._faults.get(self._place(index))
        if fault is not None:
            match role:
                case Qt.ItemDataRole.ToolTipRole | Qt.ItemDataRole.AccessibleDescriptionRole:
                    return fault.message
                case Qt.ItemDataRole.BackgroundRole:
                    return QColor(self._theme.fault)
                case Qt.ItemDataRole.ForegroundRole:
                    return QColor(self._theme.fault_text)
        return self._text(index) if role == Qt.ItemDataRole.ToolTipRole else None


class PointsModel(InputModel):
    """One column of points, and an empty row behind the last to type the next one into."""

    def _size(self) -> tuple[int, int]:
        return len(self.draft.points) + 1, 1

    def _text(self, index: Index) -> str:
        return self.draft.points[index.row()] if index.row() < len(self.draft.points) else ""

    def _with_text(self, index: Index, text: str) -> Draft:
        return self.draft.with_point(index.row(), text)

    def _place(self, index: Index) -> tuple[str, int]:
        return "points", index.row()

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            if orientation == Qt.Orientation.Horizontal:
                return "x"
            return str(section + 1) if section < len(self.draft.points) else "+"
        if role == Qt.ItemDataRole.ToolTipRole and section == len(self.draft.points):
            return "Type or paste the next points here"
        return None


class ParametersModel(InputModel):
    """A row per component: weight, mean, variance."""

    _HEADS = ("weight α", "mean μ", "variance σ²")

    def _size(self) -> tuple[int, int]:
        return len(self.draft.components), len(PARAMETERS)

    def _text(self, index: Index) -> str:
        return self.draft.components[index.row()][index.column()]

    def _with_text(self, index: Index, text: str) -> Draft:
        return self.draft.with_parameter(index.row(), index.column(), text)

    def _place(self, index: Index) -> tuple[str, int]:
        return PARAMETERS[index.column()], index.row()

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal:
            return self._HEADS[section] if role == Qt.ItemDataRole.DisplayRole else None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return str(section + 1)
            case Qt.ItemDataRole.ForegroundRole:
                return theme.component_colour(self._theme, section)
            case Role.COMPONENT:
                return section
        return None
