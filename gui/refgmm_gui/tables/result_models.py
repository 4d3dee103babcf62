"""The tables that the walk fills: the worksheet, its footer, and the history of the epochs."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, Qt
from PySide6.QtGui import QColor, QFont

from refgmm import Cell, Change, Epoch, Granularity, Walk, worksheet
from refgmm.arithmetic import as_vector
from refgmm.formatting import ALL_DIGITS, format_number, subscript
from refgmm.worksheet import Footer
from refgmm_gui import theme
from refgmm_gui.numbers import Numbers
from refgmm_gui.phrases import told
from refgmm_gui.session import Place, State, View
from refgmm_gui.tables.grid_model import GridModel, Index, Role
from refgmm_gui.words import shown_number, tr

_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_DETERMINANT = "ln|Σ|,"  # beside "sum": what else stands in that row
_MOST_SAMPLES = 50  # rows that decide how wide a column is

_TOLD_OF_NUMBERS = frozenset(
    {
        Qt.ItemDataRole.AccessibleTextRole,
        Qt.ItemDataRole.DisplayRole,
        Qt.ItemDataRole.ToolTipRole,
        Qt.ItemDataRole.AccessibleDescriptionRole,
        Qt.ItemDataRole.BackgroundRole,
        *Role,
    }
)
"""What depends on the number in a cell. Qt asks for more whenever it paints one."""


def _as_given(point: float) -> str:
    """A point as it was given: every digit, 2.0 as "2"."""
    return repr(point).removesuffix(".0")


class ResultModel(GridModel):
    """What the result tables do: numbers, shown with some decimals, empty until computed."""

    def __init__(self, numbers: Numbers, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._numbers = numbers
        self._place: Place | None = None
        self._view = View()
        self._theme = theme.LIGHT
        self._heads: tuple[worksheet.Column, ...] = ()

    def show_state(self, state: State, colours: theme.Theme) -> None:
        """Show what the walk of this state knows; `numbers` shows it already."""
        self._place, self._view, self._theme = state.place, state.view, colours
        self.show(*self._size())

    def show_explained(self) -> None:
        """Show which number is explained now."""
        if self.rowCount() and self.columnCount():
            last = self.index(self.rowCount() - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last, [Role.OUTLINE])

    def cell_at(self, index: Index) -> Cell | None:
        """The trace's cell whose number is known and stands here."""
        cell = self._cell(index) if self._place is not None and index.isValid() else None
        return cell if cell is not None and self._numbers.knows(cell) else None

    def index_of(self, cell: Cell) -> QModelIndex:
        """Where a cell's number stands in this table; an invalid index where it doesn't."""
        for row in self._rows_of(cell) if self._place is not None else ():
            for section in range(self.columnCount()):
                index = self.index(row, section)
                if self._cell(index) == cell:
                    return index
        return QModelIndex()

    def _rows_of(self, cell: Cell) -> Sequence[int]:
        """The rows in which a cell may stand."""
        return range(self.rowCount())

    def _size(self) -> tuple[int, int]:
        raise NotImplementedError

    def _cell(self, index: Index) -> Cell | None:
        """The trace's cell whose number stands here, once it is known."""
        raise NotImplementedError

    def _value(self, index: Index) -> float | int | None:
        """The number here; None where there is none (yet)."""
        cell = self.cell_at(index)
        return None if cell is None else self._numbers.value(cell)

    def _explanation(self, index: Index) -> str:
        """What the number is called, with its general formula."""
        raise NotImplementedError

    def _is_fresh(self, index: Index) -> bool:
        """Whether the last move filled the cell."""
        raise NotImplementedError

    def change_at(self, index: Index) -> Change | None:
        """How the last move changed the number here, where it did by more than rounding."""
        cell = self.cell_at(index)
        if cell is None or not self._is_fresh(index):
            return None
        change = self._numbers.change(cell)
        return change if change is not None and not change.is_rounding else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT
        if role not in _TOLD_OF_NUMBERS:
            return None
        value = self._value(index)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken(index, value)
        if value is None:
            return "" if role == Qt.ItemDataRole.DisplayRole else None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._display(index, value)
            case Role.EXACT:
                return str(value) if isinstance(value, int) else format_number(value, ALL_DIGITS)
            case Qt.ItemDataRole.ToolTipRole | Qt.ItemDataRole.AccessibleDescriptionRole:
                return self._tip(index)
            case Qt.ItemDataRole.BackgroundRole if self._is_fresh(index):
                return QColor(self._theme.fresh)
            case Role.OUTLINE:
                return self._outline(index)
            case Role.CHANGE:
                return self._mark(index)
        return None

    def _spoken(self, index: Index, value: float | int | None) -> str:
        """The cell for those who hear it: "β₁(x₃): 0.5374"."""
        name = self._name(index)
        if not name:
            return ""
        return f"{name}: {tr('not computed yet') if value is None else self._display(index, value)}"

    def _name(self, index: Index) -> str:
        """What the number here is called; empty where there never is one."""
        return self._explanation(index).partition(": ")[0]

    def _display(self, index: Index, value: float | int) -> str:
        if isinstance(value, int):
            return str(value)
        return shown_number(format_number(value, self._view.decimals))

    def _tip(self, index: Index) -> str:
        """What the number is, how it comes about on one line, and all its digits."""
        cell = self.cell_at(index)
        lines = [self._explanation(index)]
        if cell is not None:
            lines.append(self._numbers.on_one_line(cell))
        return "\n".join([*lines, f"= {self.data(index, Role.EXACT)}"])

    def _outline(self, index: Index) -> QColor | None:
        """Around the number that is explained, and around those that it is made of."""
        cell = self.cell_at(index)
        if cell is None or (cell != self._numbers.target and cell not in self._numbers.sources):
            return None
        return QColor(self._theme.accent if cell == self._numbers.target else self._theme.source)

    def _mark(self, index: Index) -> tuple[str, QColor] | None:
        """An arrow where the last move changed the number."""
        change = self.change_at(index)
        if change is None:
            return None
        is_rise = change.difference > 0.0
        return ("▲", QColor(self._theme.rise)) if is_rise else ("▼", QColor(self._theme.fall))


class _ColumnsModel(ResultModel):
    """The columns of the worksheet, which the rows of points and the footer share."""

    def __init__(self, numbers: Numbers, parent: QObject | None = None) -> None:
        super().__init__(numbers, parent)
        self._leads: tuple[str, ...] = ()
        self._sampled: Epoch[Any] | None = None
        self._sampled_as: tuple[object, ...] = ()
        self._known_samples: dict[int, str] = {}

    def show_state(self, state: State, colours: theme.Theme) -> None:
        problem = state.place.walk.problem if state.place else None
        self._leads = worksheet.lead_symbols(problem.dimension) if problem else ()
        self._heads = (
            worksheet.columns_of(problem, state.view.standard_densities) if problem else ()
        )
        epoch = state.place.walk.epoch if state.place else None
        shown_as = self._heads, state.view.decimals
        if epoch is not self._sampled or shown_as != self._sampled_as:
            self._sampled, self._sampled_as, self._known_samples = epoch, shown_as, {}
        super().show_state(state, colours)

    @property
    def lead_columns(self) -> int:
        """How many columns stand before the groups: i and the point's numbers."""
        return len(self._leads)

    def column(self, section: int) -> worksheet.Column | None:
        """The worksheet's column; None for i and the point."""
        return self._heads[section - self.lead_columns] if section >= self.lead_columns else None

    def _row_is_fresh(self, column: worksheet.Column, row: int) -> bool:
        """Whether the last move filled the row of this point, in this column."""
        place = self._place
        return place is not None and place.is_fresh(lambda walk: column.is_known(walk, row))

    def _footer_is_fresh(self, column: worksheet.Column, footer: Footer | None) -> bool:
        """Whether the last move filled this number below a column."""
        place = self._place
        if place is None or footer is None:
            return False
        return place.is_fresh(lambda walk: column.footer_is_known(walk, footer))

    def _samples(self, section: int) -> list[str]:
        """Texts that the column must have room for, also those that are not known yet."""
        assert self._place is not None
        walk, column = self._place.walk, self.column(section)
        points = walk.problem.points
        if column is None:
            if section == 0:
                return [str(len(points))]
            shown = (_as_given(as_vector(x)[section - 1]) for x in points[:_MOST_SAMPLES])
            longest = max(shown, key=len)
            return [longest, tr("new"), tr("sum"), _DETERMINANT]
        values = [column.value(walk.epoch, i) for i in range(min(len(points), _MOST_SAMPLES))]
        for footer in (column.group.total, column.group.parameter):
            if footer is not None:
                values.append(column.footer_value(walk.epoch, footer))
        return [format_number(value, self._view.decimals) for value in values]

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal or section >= self.columnCount():
            return None
        column = self.column(section)
        if role == Role.SAMPLE:
            if section not in self._known_samples:
                self._known_samples[section] = "\n".join(self._samples(section))
            return self._known_samples[section]
        if column is None:
            match role:
                case Qt.ItemDataRole.DisplayRole:
                    return self._leads[section]
                case Qt.ItemDataRole.ToolTipRole:
                    return self._meaning_of_lead(section)
                case Role.GROUP:
                    return "points", tr("point")
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return column.symbol
            case Qt.ItemDataRole.ToolTipRole:
                return f"{told(column.group.title)}: {told(column.group.formula)}"
            case Role.GROUP:
                return column.group.field, told(column.group.title)
            case Role.COMPONENT:
                return column.component
            case Qt.ItemDataRole.ForegroundRole if column.component is not None:
                return theme.component_colour(self._theme, column.component)
        return None

    def _meaning_of_lead(self, section: int) -> str:
        if section == 0:
            return tr("number of the point")
        return (
            tr("the point")
            if self.lead_columns == 2
            else tr("coordinate {section} of the point", section=section)
        )


class WorksheetModel(_ColumnsModel):
    """A row per point; the columns fill from left to right as the sub-steps run."""

    def fresh_columns(self) -> list[int]:
        """The columns in which the last move filled something, here or in the footer."""
        row = self.fresh_row() or 0
        return [
            section
            for section, column in enumerate(self._heads, start=self.lead_columns)
            if self._row_is_fresh(column, row)
            or self._footer_is_fresh(column, column.group.total)
            or self._footer_is_fresh(column, column.group.parameter)
        ]

    def fresh_row(self) -> int | None:
        """The last row that the last move filled; None where it filled all rows alike."""
        part = self._place.fresh_part if self._place is not None else None
        if part is None or part.by is not Granularity.POINT:
            return None
        return part.indices[-1]

    def _size(self) -> tuple[int, int]:
        if self._place is None:
            return 0, 0
        return len(self._place.walk.problem.points), self.lead_columns + len(self._heads)

    def _cell(self, index: Index) -> Cell | None:
        assert self._place is not None
        row, column = index.row(), self.column(index.column())
        if column is not None:
            return column.cell(self._place.walk.epoch.index, row)
        if index.column() == 0:
            return None
        dimension = self._place.walk.problem.dimension
        return Cell(0, "point", row, None, () if dimension is None else (index.column() - 1,))

    def _rows_of(self, cell: Cell) -> Sequence[int]:
        return () if cell.point is None else (cell.point,)

    def _value(self, index: Index) -> float | int | None:
        if index.column() == 0:
            return index.row() + 1
        column = self.column(index.column())
        if column is None or self._numbers.paper is not None:
            return super()._value(index)
        assert self._place is not None  # the same number, without the detour by its cell
        walk = self._place.walk
        return column.value(walk.epoch, index.row()) if column.is_known(walk, index.row()) else None

    def _display(self, index: Index, value: float | int) -> str:
        if index.column() < self.lead_columns:  # a point is shown as it was given
            return shown_number(_as_given(value))
        return super()._display(index, value)

    def _explanation(self, index: Index) -> str:
        column = self.column(index.column())
        i = subscript(index.row() + 1)
        if column is None:
            if index.column() == 0:
                return tr("the number of the point")
            symbol = self._leads[index.column()].replace("x", f"x{i}")
            what = tr("a point") if self.lead_columns == 2 else tr("a coordinate of a point")
            return f"{symbol}, {what}"
        symbol = column.symbol.replace("x", f"x{i}")
        if "x" not in symbol:  # as φ(z₁), which doesn't say of which point
            symbol = tr("{symbol} of point {row}", symbol=symbol, row=index.row() + 1)
        return f"{symbol}: {told(column.group.formula)}"

    def _is_fresh(self, index: Index) -> bool:
        column = self.column(index.column())
        return column is not None and self._row_is_fresh(column, index.row())


class FooterModel(_ColumnsModel):
    """Two rows under the worksheet: the sums, and the new parameters that they give.

    Attributes: label_column, which of the columns before the groups says so.
    """

    label_column = 1

    def _size(self) -> tuple[int, int]:
        return (0, 0) if self._place is None else (2, self.lead_columns + len(self._heads))

    def footer(self, index: Index) -> Footer | None:
        """What stands in a cell; None where nothing ever does."""
        column = self.column(index.column())
        if column is None:
            return None
        return (column.group.total, column.group.parameter)[index.row()]

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Keys go past a cell in which nothing ever stands."""
        is_bare = self.footer(index) is None and index.column() != self.label_column
        return Qt.ItemFlag.NoItemFlags if is_bare else super().flags(index)

    def _cell(self, index: Index) -> Cell | None:
        footer, column = self.footer(index), self.column(index.column())
        if footer is None or column is None or self._place is None:
            return None
        return column.footer_cell(self._place.walk.epoch.index, footer)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.DisplayRole and index.column() == self.label_column:
            return (tr("sum"), tr("new"))[index.row()]
        if role == Role.SYMBOL and (index.row(), index.column()) == (0, self.label_column):
            return _DETERMINANT if worksheet.has_log_determinants(self._heads) else None
        column, footer = self.column(index.column()), self.footer(index)
        if column is not None and footer is not None:
            if role == Role.SYMBOL:
                return column.label(footer.symbol)
            if role == Qt.ItemDataRole.FontRole and index.row() == 1:
                font = QFont()
                font.setBold(True)
                return font
            if role == Qt.ItemDataRole.ToolTipRole and self._value(index) is None:
                return f"{told(footer.title)}: {told(footer.formula)}"
        return super().data(index, role)

    def _name(self, index: Index) -> str:
        return self.data(index, Role.SYMBOL) or ""

    def _explanation(self, index: Index) -> str:
        footer = self.footer(index)
        return f"{told(footer.title)}: {told(footer.formula)}" if footer else ""

    def _is_fresh(self, index: Index) -> bool:
        column = self.column(index.column())
        return column is not None and self._footer_is_fresh(column, self.footer(index))


class HistoryModel(ResultModel):
    """A row for the start and one for each finished epoch, and what each gained.

    Its columns: the epoch, the parameters as the worksheet has them, ln L and its gain.
    """

    def show_state(self, state: State, colours: theme.Theme) -> None:
        columns = worksheet.columns_of(state.place.walk.problem) if state.place else ()
        self._heads = tuple(column for column in columns if column.group.parameter)
        super().show_state(state, colours)

    def _size(self) -> tuple[int, int]:
        if self._place is None:
            return 0, 0
        return len(self._place.walk.history), len(self._heads) + 3

    def _parameter(self, section: int) -> tuple[worksheet.Column, Footer] | None:
        """The worksheet's column of a parameter, and what it is there; None beside parameters."""
        if not 0 < section <= len(self._heads):
            return None
        column = self._heads[section - 1]
        assert column.group.parameter is not None
        return column, column.group.parameter

    def _cell(self, index: Index) -> Cell | None:
        assert self._place is not None
        epoch = self._place.walk.history[index.row()].epoch
        if index.column() == 0:
            return None
        if parameter := self._parameter(index.column()):
            column, footer = parameter
            return column.footer_cell(epoch, footer)
        if index.column() == len(self._heads) + 1:
            return Cell(epoch + 1, "log-likelihood")  # that epoch computes it
        return Cell(epoch, "gain") if epoch else None

    def _rows_of(self, cell: Cell) -> Sequence[int]:
        row = cell.epoch - 1 if cell.quantity == "log-likelihood" else cell.epoch
        return (row,) if 0 <= row < self.rowCount() else ()

    def _value(self, index: Index) -> float | int | None:
        assert self._place is not None
        if index.column() == 0:
            return self._place.walk.history[index.row()].epoch
        is_likelihood = index.column() > len(self._heads)
        if is_likelihood and self._place.walk.is_before("evidence"):
            return None
        return super()._value(index)

    def _sample(self, index: Index) -> str:
        """The text of a number, also where it is not to be seen yet."""
        cell = self._cell(index)
        return self._display(index, self._numbers.value(cell) if cell else index.row())

    def _explanation(self, index: Index) -> str:
        assert self._place is not None
        epoch = self._place.walk.history[index.row()].epoch
        when = tr("after epoch {epoch}", epoch=epoch) if epoch else tr("at the start")
        return f"{self._head(index.column())}, {when}"

    def _is_fresh(self, index: Index) -> bool:
        assert self._place is not None
        walk: Walk = self._place.walk
        return walk.knows("weights") and index.row() == len(walk.history) - 1

    def _head(self, section: int) -> str:
        if section == 0:
            return tr("epoch")
        if parameter := self._parameter(section):
            column, footer = parameter
            return column.label(footer.symbol).replace("′", "")  # no old beside the new here
        return ("ln L", tr("gain"))[section - len(self._heads) - 1]

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal or section >= self.columnCount():
            return None
        k, parameter = len(self._heads), self._parameter(section)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._head(section)
            case Role.GROUP:
                if parameter:
                    title = parameter[1].title.removeprefix("new ") + "s"
                    return parameter[1].sub_step, told(title)
                return ("epoch", "") if section == 0 else ("likelihood", tr("log-likelihood"))
            case Role.SAMPLE:
                rows = range(max(0, self.rowCount() - _MOST_SAMPLES), self.rowCount())
                return "\n".join(self._sample(self.index(row, section)) for row in rows)
            case Qt.ItemDataRole.ForegroundRole if parameter:
                return theme.component_colour(self._theme, parameter[0].component or 0)
            case Qt.ItemDataRole.ToolTipRole if section == k + 1:
                return tr(
                    "ln L = ∑ᵢ ln p(xᵢ) of the parameters in this row, in nats; the next epoch's worksheet adds it up"
                )
            case Qt.ItemDataRole.ToolTipRole if section == k + 2:
                return tr("how much ln L rose from the row above")
        return None
