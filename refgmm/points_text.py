"""Points from text: a CSV file, a column pasted from a spreadsheet, numbers typed in a row.

Recognised, and said in the notes of the result wherever it was a guess:

    separators       comma, semicolon, tab or blanks
    decimal comma    0,9 for 0.9, where commas can't be separators
    a header         a first line that holds no number
    one column       out of several, by name or by number, or the only one that holds numbers
"""

import csv
import math
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from refgmm import validation
from refgmm.arithmetic import Vector
from refgmm.errors import ColumnChoiceError, FileFormatError, InvalidValueError
from refgmm.files import read_text
from refgmm.formatting import listed
from refgmm.validation import cut, shown

_DECIMAL_COMMA = re.compile(r"[+\-\N{MINUS SIGN}]?\d*,\d+(?:[eE][+-]?\d+)?")


@dataclass(frozen=True, slots=True)
class PointsText:
    """The points that a text holds, and what was assumed in reading it."""

    points: Vector
    notes: tuple[str, ...]  # whole sentences


_BLANKS = " "  # as a separator: one or more

_Row = tuple[int, list[str]]  # the line, counted from 1, and its cells


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
    notes: list[str] = []
    lines = text.splitlines(keepends=True)  # a quoted cell may hold a line end
    separator = _separator(text, lines)
    rows = _rows(lines, separator)
    if separator == "," and any(len(row) > 1 for _, row in rows):
        notes.append("Took commas as separators.")
    if not rows:
        raise FileFormatError("there are no points in the text: give one number a line")
    _read_decimal_commas(rows, notes)
    names = _take_header(rows, separator, notes)
    if len(rows) == 1 and not names and column is None:  # points in a row
        line, row = rows[0]
        cells = [(line, cell) for cell in row]
    else:
        index = _column_index(rows, names, column, notes)
        cells = [(line, row[index] if index < len(row) else "") for line, row in rows]
    return PointsText(tuple(_point(cell, line) for line, cell in cells), tuple(notes))


def parse_number(text: str) -> float:
    """The number that a text spells; inf where it is too large for a double.

    ValueError where it spells none. Unlike float(), takes no nan, no inf, no 1_000.

    >>> parse_number(" 2.50 "), parse_number("\N{MINUS SIGN}1e-3")
    (2.5, -0.001)
    """
    token = text.strip().replace("\N{MINUS SIGN}", "-")
    result = float(token)
    if "_" in token or (not math.isfinite(result) and "n" in token.lower()):
        raise ValueError(f"not a number: {shown(text)}")
    return result


def _is_number(cell: str) -> bool:
    try:
        parse_number(cell)
    except ValueError:
        return False
    return True


def _rows(lines: Sequence[str], separator: str) -> list[_Row]:
    """The cells of each line that holds any."""
    rows = []
    for number, cells in _split(lines, separator):
        while cells and not cells[-1].strip():
            cells.pop()
        if cells:
            rows.append((number, [cell.strip() for cell in cells]))
    return rows


def _split(lines: Sequence[str], separator: str) -> Iterator[_Row]:
    """The cells of each line, as they stand there."""
    if separator == _BLANKS:
        lines = [line.strip() for line in lines]
        if not any('"' in line for line in lines):
            yield from ((number, line.split()) for number, line in enumerate(lines, start=1))
            return
    reader = csv.reader(lines, delimiter=separator, skipinitialspace=True, strict=True)
    try:
        yield from ((reader.line_num, cells) for cells in reader)
    except csv.Error as error:
        line = reader.line_num
        problem = f"line {line} can't be split into cells ({error}): is this a CSV file?"
        raise FileFormatError(problem, line=line) from error


def _separator(text: str, lines: Sequence[str]) -> str:
    """What stands between two cells."""
    for separator in ";\t":
        if separator in text:
            return separator
    return "," if "," in text and not _commas_are_decimal(lines) else _BLANKS


def _commas_are_decimal(lines: Sequence[str]) -> bool:
    """Whether every comma stands alone inside a number, between digits.

    A text such as "1,2", one comma and nothing else, is read so too: hence the note.
    """
    return all(
        _DECIMAL_COMMA.fullmatch(token)
        for line in lines
        if "," in line
        for token in line.split()
        if "," in token
    )


def _read_decimal_commas(rows: list[_Row], notes: list[str]) -> None:
    """Replace decimal commas by points, where there are any; refuse a mixture of both."""
    first_comma = first_point = None
    for line, row in rows:
        for k, cell in enumerate(row):
            if "," in cell and _DECIMAL_COMMA.fullmatch(cell):
                first_comma = first_comma or (line, cell)
                row[k] = cell.replace(",", ".")
            elif first_point is None and "." in cell and _is_number(cell):
                first_point = (line, cell)
    if first_comma is None:
        return
    line, cell = first_comma
    if first_point is not None:
        problem = (
            f"line {line} has a decimal comma ({cut(cell)}) and line {first_point[0]} a decimal "
            f"point ({cut(first_point[1])}): use one of them throughout"
        )
        raise FileFormatError(problem, line=line)
    notes.append(f"Read commas as decimal commas: {cut(cell)} as {cut(cell.replace(',', '.'))}.")


def _take_header(rows: list[_Row], separator: str, notes: list[str]) -> list[str]:
    """Remove the first row where none of its cells is a number, and return them."""
    if len(rows) == 1 or any(map(_is_number, rows[0][1])):
        return []
    names = rows.pop(0)[1]
    if separator == _BLANKS and len(rows[0][1]) == 1:  # "waiting time" over a single column
        names = [" ".join(names)]
    notes.append(f"Took {listed(list(map(shown, names)))} as a header.")
    return names


def _column_index(
    rows: list[_Row], names: list[str], column: str | int | None, notes: list[str]
) -> int:
    """Which column holds the points, from 0."""
    widest = max(len(row) for _, row in rows)
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
    for line, row in rows:
        if len(row) != width:
            have = f"{len(row)} cell{'s' if len(row) > 1 else ''}"
            problem = f"line {line} has {have} where others have {width}: give every line the same columns"
            raise FileFormatError(problem, line=line)
    numeric = [k for k in range(width) if all(_is_number(row[k]) for _, row in rows)]
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
