"""Which columns of a text hold the points, and which of its rows.

layout_of    how the lines of a text become points in any dimension
Layout       that, for other lines that go on like it
omit         the rows that have a number in each column, and a note about the others
"""

import math
from collections import Counter
from collections.abc import Sequence

from refgmm import validation
from refgmm.arithmetic import Vector
from refgmm.cells import (
    Row,
    Table,
    is_number,
    parse_number,
    read_decimal_commas,
    read_table,
    rewritten,
    row_of,
    spells_number,
)
from refgmm.errors import ColumnChoiceError, FileFormatError, InvalidValueError
from refgmm.formatting import listed
from refgmm.records import dataclass
from refgmm.validation import shown

MISSING = frozenset({"", "NA", "NaN", "nan", "null", "?", "."})
"""What a cell may hold in place of a value, spelled exactly so."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How the lines of a text become points.

    names: of the columns that hold the points, by the header, else by number from 1
    taken: these columns, from 0, of `width`
    titles: what messages call each column, (width,)
    notes: what was assumed
    """

    table: Table
    width: int
    taken: tuple[int, ...]
    titles: tuple[str, ...]
    names: tuple[str, ...]
    notes: tuple[str, ...]

    def point(self, row: Row, *, keeps_missing: bool = False) -> Vector:
        """The point of a row that has a cell in every column. FileFormatError where it holds none."""
        return _point_of_row(row, self.taken, self.titles, keeps_missing)

    def completed(self, line: int, written: Sequence[str]) -> Row:
        """The row of a line, with a cell in every column and decimal points.

        FileFormatError for a line of other cells than the text had that the layout is of.
        """
        row = row_of(line, written)
        if not row.cells:
            raise _nothing(line)
        if row.width < self.width or len(row.cells) > self.width:
            raise ragged(line, row.width, self.width)
        if self.table.has_decimal_commas:
            read_decimal_commas([row], [], are_decimal=True)
        row.cells.extend([""] * (self.width - len(row.cells)))
        return row


def layout_of(text: str, columns: Sequence[str | int] | None = None) -> Layout:
    """How to read the rows of a text, and of others that go on like it."""
    table = read_table(text, lone_commas_separate=True)
    notes = list(table.notes)
    rows = _square(table)
    width = len(rows[0].cells)
    names = calls(table.names, width)
    titles = [name if name.isdecimal() else shown(name) for name in names]
    if columns is None:
        taken = _columns_of_numbers(rows, names, titles, notes)
    else:
        taken = _chosen_columns(columns, table.names, titles)
    own = tuple(names[k] for k in taken)
    return Layout(table, width, tuple(taken), tuple(titles), own, tuple(notes))


def _square(table: Table) -> tuple[Row, ...]:
    """The rows of a table, after filling them up to a cell in every column.

    FileFormatError for a line that has fewer or more cells than most, or nothing in them.
    """
    lines = [*([table.header] if table.header else []), *table.rows]
    if table.header and MISSING.issuperset(table.names):
        raise _nothing(table.header.line)
    if table.hollow:
        raise _nothing(table.hollow)
    if len(lines) == 1 and not any(map(is_number, lines[0].cells)):
        line = lines[0].line
        problem = f"line {line} holds no number, and no line follows it: give one point a line"
        raise FileFormatError(problem, line=line)
    width = max(len(row.cells) for row in lines)
    if any(row.width < width for row in lines):
        usual = Counter(row.width for row in lines).most_common(1)[0][0]
        odd = next(row for row in lines if row.width != usual)
        raise ragged(odd.line, odd.width, usual)
    for row in table.rows:
        row.cells.extend([""] * (width - len(row.cells)))
    return table.rows


def _columns_of_numbers(
    rows: Sequence[Row], names: Sequence[str], titles: Sequence[str], notes: list[str]
) -> list[int]:
    """The columns that hold at least one number, and no text but what spells missing."""
    if len(titles) == 1:
        return [0]
    taken, texts, hollow, example = [], [], [], ""
    for k, title in enumerate(titles):
        held = [row for row in rows if row.cells[k] not in MISSING]
        text = next((row for row in held if not is_number(row.cells[k])), None)
        if text is not None:
            _refuse_as_written(held, k, names, titles)
            texts.append(title)
            example = example or f"{shown(text.cells[k])} in line {text.line}"
        elif held:
            taken.append(k)
        else:
            hollow.append(title)
    if not taken:
        raise no_column_of_numbers(rows, names, titles)
    notes.append(f"Took {_columns([titles[k] for k in taken])}.")
    if texts:
        notes.append(f"Left out {_columns(texts)}: text, such as {example}.")
    if hollow:
        notes.append(f"Left out {_columns(hollow)}: no value.")
    return taken


def _refuse_as_written(
    rows: Sequence[Row], k: int, names: Sequence[str], titles: Sequence[str]
) -> None:
    """ColumnChoiceError where a column isn't left out for a word, but for how a number is written."""
    for row in rows:
        if plain := rewritten(row.cells[k]):
            problem = (
                f"line {row.line}, column {titles[k]}: {shown(row.cells[k])} is not a number: write "
                f"{plain}, or choose other columns"
            )
            raise ColumnChoiceError(problem, columns=names)


def _chosen_columns(
    columns: Sequence[str | int], names: Sequence[str], titles: Sequence[str]
) -> list[int]:
    """The columns that were asked for, in that order, from 0."""
    if isinstance(columns, str | int):  # a name alone is a sequence, too: of letters
        columns = [columns]
    taken: list[int] = []
    for column in columns:
        same = [str(k + 1) for k, name in enumerate(names) if name == column]
        if len(same) > 1:
            problem = (
                f"{len(same)} columns are called {shown(column)}: choose by number, {listed(same)}"
            )
            raise FileFormatError(problem)
        k = find_column(column, names, titles)
        if k in taken:
            raise FileFormatError(f"column {titles[k]} is chosen twice: name it once")
        taken.append(k)
    if not taken:
        raise FileFormatError(f"no column is chosen: choose from {listed(titles)}")
    return taken


def _point_of_row(row: Row, taken: Sequence[int], titles: Sequence[str], keep: bool) -> Vector:
    """The numbers in the columns taken, with nan for missing values that are kept."""
    line, cells, _ = row
    if all(cells[k] in MISSING for k in taken):
        raise _nothing(line)
    point = []
    for k in taken:
        if cells[k] not in MISSING:
            point.append(number_in(cells[k], line, titles[k]))
        elif keep:
            point.append(math.nan)
        else:
            what = f"{shown(cells[k])} is a missing value" if cells[k] else "the cell is empty"
            problem = (
                f"line {line}, column {titles[k]}: {what}: fill it in, remove the line, or keep "
                'missing values with missing="keep" (--missing keep on the command line)'
            )
            raise FileFormatError(problem, line=line)
    return tuple(point)


def omit(rows: Sequence[Row], taken: Sequence[int], notes: list[str]) -> list[Row]:
    """The rows that have a number in each of these columns. FileFormatError where none is left.

    A number with points or commas between its thousands, or of percent, is none to leave out: it is to
    be corrected.
    """
    kept = [row for row in rows if all(spells_number(row.cells[k]) for k in taken)]
    if len(kept) == len(rows):
        return kept
    odd = next(row for row in rows if not all(spells_number(row.cells[k]) for k in taken))
    cell = next(odd.cells[k] for k in taken if not spells_number(odd.cells[k]))
    example = f"{shown(cell) if cell else 'an empty cell'} in line {odd.line}"
    if not kept:
        raise FileFormatError(
            f"no row has a number in each column chosen: {example}: correct the rows, or choose "
            "other columns"
        )
    left_out = f"{len(rows) - len(kept)} of {len(rows)} rows"
    notes.append(f"Left out {left_out}, which lack a number there: {example}.")
    return kept


def calls(names: Sequence[str], width: int) -> list[str]:
    """What to call each column so that it is found: by its name if it has one of its own, or its number."""
    times = Counter(filter(None, names))
    numbers = [str(k + 1) for k in range(len(names), width)]
    return [name if times[name] == 1 else str(k + 1) for k, name in enumerate(names)] + numbers


def find_column(column: str | int, names: Sequence[str], titles: Sequence[str]) -> int:
    """Which column is meant, from 0; by its name or its number from 1."""
    if column in names:
        return names.index(str(column))
    if str(column).isdecimal() and 1 <= int(column) <= len(titles):
        return int(column) - 1
    raise FileFormatError(f"there is no column {shown(column)}: choose one of {listed(titles)}")


def number_in(cell: str, line: int, title: str = "") -> float:
    """The number in a cell. FileFormatError names the line, and the column if it has a title."""
    try:
        return validation.number(parse_number(cell), "points")
    except ValueError as error:
        place = f"line {line}, column {title}" if title else f"line {line}"
        if isinstance(error, InvalidValueError):
            raise FileFormatError(f"{place}: {error}", line=line) from error
        what = f"{shown(cell)} is not a number" if cell else "the cell is empty"
        plain = rewritten(cell)
        remedy = f"write {plain}" if plain else "correct it or remove the line"
        problem = f"{place}: {what}: {remedy}"
        raise FileFormatError(problem, line=line) from None


def counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _columns(titles: Sequence[str]) -> str:
    return f"column{'' if len(titles) == 1 else 's'} {listed(titles, most=4)}"


def ragged(line: int, have: int, others: int) -> FileFormatError:
    have_cells, remedy = counted(have, "cell"), "give every line the same columns"
    problem = f"line {line} has {have_cells} where others have {others}: {remedy}"
    return FileFormatError(problem, line=line)


def _nothing(line: int) -> FileFormatError:
    return FileFormatError(f"line {line} holds no value: remove it", line=line)


def columns_with_numbers(text: str) -> tuple[str, ...]:
    r"""The columns of a text that hold a number, be it among words: those that points can be taken from.

    >>> columns_with_numbers("name;height\nAnn;1,7\nBob;unknown")
    ('height',)
    """
    table = read_table(text, lone_commas_separate=True)
    rows = _square(table)
    names = calls(table.names, len(rows[0].cells))
    return tuple(names[k] for k in columns_holding_numbers(rows))


def columns_holding_numbers(rows: Sequence[Row]) -> list[int]:
    """The columns, from 0, that hold a number, be it among words."""
    return [
        k for k in range(len(rows[0].cells)) if any(spells_number(row.cells[k]) for row in rows)
    ]


def no_column_of_numbers(
    rows: Sequence[Row], names: Sequence[str], titles: Sequence[str]
) -> FileFormatError:
    """Every column has a cell that is no number; those that have numbers, too, can be chosen."""
    width = len(titles)
    problem = f"there are {width} columns, and none of them holds only numbers: correct one"
    mixed = columns_holding_numbers(rows)
    if not mixed:
        return FileFormatError(problem)
    choice = listed([titles[k] for k in mixed])
    return ColumnChoiceError(
        f"{problem}, or choose from those that hold some ({choice})",
        columns=[names[k] for k in mixed],
    )
