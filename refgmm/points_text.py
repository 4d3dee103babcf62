"""Points from text: a CSV file, a column pasted from a spreadsheet, numbers typed in a row.

Recognised, and said in the notes of the result wherever it was a guess:

    separators       comma, semicolon, tab or blanks
    decimal comma    0,9 for 0.9, where commas can't be separators
    a header         a first line that holds no number
    one column       out of several, by name or by number, or the only one that holds numbers
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass

from refgmm import validation
from refgmm.arithmetic import Vector
from refgmm.cells import Table, is_number, parse_number, read_table
from refgmm.errors import ColumnChoiceError, FileFormatError, InvalidValueError
from refgmm.files import read_text
from refgmm.formatting import listed
from refgmm.validation import shown


@dataclass(frozen=True, slots=True)
class PointsText:
    """The points that a text holds, and what was assumed in reading it."""

    points: Vector
    notes: tuple[str, ...]  # whole sentences


def read_points(path: str | os.PathLike[str], column: str | int | None = None) -> PointsText:
    """The points of a CSV file. FileFormatError names the file, the line and the remedy."""
    try:
        return parse_points(read_text(path), column)
    except ColumnChoiceError as error:
        raise ColumnChoiceError(f"{path}: {error}", columns=error.columns) from error
    except FileFormatError as error:
        if str(path) in str(error):
            raise
        raise FileFormatError(f"{path}: {error}", line=error.line) from error


def parse_points(text: str, column: str | int | None = None) -> PointsText:
    r"""The points of a text. `column` is a name from the header, or a number from 1.

    >>> parse_points("0.9, 0.7, 1.2").points
    (0.9, 0.7, 1.2)
    >>> parse_points("x\n0,9\n0,7")
    PointsText(points=(0.9, 0.7), notes=('Read commas as decimal commas: 0,9 as 0.9.', "Took 'x' as a header."))
    >>> parse_points("height;weight\n1.7;65\n1.8;80", column="weight").points
    (65.0, 80.0)
    >>> parse_points("0.9\nabc")
    Traceback (most recent call last):
    refgmm.errors.FileFormatError: line 2: 'abc' is not a number: correct it or remove the line
    """
    table = read_table(text)
    notes = list(table.notes)
    if len(table.rows) == 1 and table.header is None and column is None:  # points in a row
        line, row, _ = table.rows[0]
        cells = [(line, cell) for cell in row]
    else:
        index = _column_index(table, column, notes)
        cells = [(line, row[index] if index < len(row) else "") for line, row, _ in table.rows]
    return PointsText(tuple(_point(cell, line) for line, cell in cells), tuple(notes))


def _column_index(table: Table, column: str | int | None, notes: list[str]) -> int:
    """Which column holds the points, from 0."""
    names = table.names
    widest = max(len(row.cells) for row in table.rows)
    width = max(len(names), widest)
    titles = [shown(name) for name in names] + [str(k + 1) for k in range(len(names), width)]
    if column is not None:
        if column in names:
            return names.index(str(column))
        if str(column).isdecimal() and 1 <= int(column) <= width:
            return int(column) - 1
        problem = f"there is no column {shown(column)}: choose one of {listed(titles)}"
        raise FileFormatError(problem)
    if width == 1:
        return 0
    for line, row, _ in table.rows:
        if len(row) != width:
            have = f"{len(row)} cell{'s' if len(row) > 1 else ''}"
            problem = f"line {line} has {have} where others have {width}: give every line the same columns"
            raise FileFormatError(problem, line=line)
    numeric = [k for k in range(width) if all(is_number(row.cells[k]) for row in table.rows)]
    if len(numeric) == 1:
        notes.append(f"Took column {titles[numeric[0]]}, the only one that holds numbers.")
        return numeric[0]
    if not numeric:
        problem = f"there are {width} columns, and none of them holds only numbers: correct one"
        raise FileFormatError(problem)
    choice = listed([titles[k] for k in numeric])
    problem = f"there are {width} columns: say which one holds the points ({choice})"
    raise ColumnChoiceError(problem, columns=[_call(names, k) for k in numeric])


def _call(names: Sequence[str], index: int) -> str:
    """What to call a column so that it is found: by its name if it has one of its own, or its number."""
    name = names[index] if index < len(names) else ""
    return name if name and names.count(name) == 1 else str(index + 1)


def _point(cell: str, line: int) -> float:
    try:
        return validation.number(parse_number(cell), "points")
    except InvalidValueError as error:
        raise FileFormatError(f"line {line}: {error}", line=line) from error
    except ValueError:
        what = f"{shown(cell)} is not a number" if cell else "the cell is empty"
        problem = f"line {line}: {what}: correct it or remove the line"
        raise FileFormatError(problem, line=line) from None
