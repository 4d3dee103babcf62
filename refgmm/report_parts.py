"""What a report is made of: headings, paragraphs, formulas, tables and pictures, as values.

A report is described once, as a tuple of blocks; refgmm.report_markdown, report_latex, report_html
and report_csv write it down. Numbers in it are Refs: they know their cell, so that HTML can link them
and LaTeX colour them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from refgmm.explanation import Derivation
from refgmm.figure_parts import Figure
from refgmm.formulas import Line
from refgmm.notation import Expr, Ref, Vector
from refgmm.rendering import SYMBOLS, Notation, Shown, number_text


@dataclass(frozen=True, slots=True)
class Equation:
    """Formulas that are equal to each other: symbol = formula = numbers = result.

    sides: each with how it is shown; one alone is a formula without an equals sign
    """

    sides: tuple[tuple[Expr, Shown], ...]

    def written(self, notation: Notation) -> list[str]:
        """Its sides; one that looks as the side before it, once.

        >>> from refgmm.notation import Constant
        >>> from refgmm.typesetting import TEXT
        >>> Equation(((Constant(1.0), SYMBOLS), (Constant(1.0), SYMBOLS))).written(TEXT)
        ['1']
        """
        return list(dict.fromkeys(notation.show(expr, shown) for expr, shown in self.sides))


@dataclass(frozen=True, slots=True)
class Heading:
    """Level 1 is the title of the report."""

    level: int
    text: str


Sentence: TypeAlias = tuple[str | Equation, ...]
"""Words, with formulas between them."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; an aside is set smaller."""

    parts: Sentence
    is_aside: bool = False


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list of points."""

    items: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Display:
    """Equations below each other, each beginning with its left side."""

    equations: tuple[Equation, ...]


Entry: TypeAlias = str | Ref
"""What stands in a cell of a table: a number, or text."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    head: above it, a symbol or words
    name: in a CSV file, in ASCII
    component: whose it is, from 0; None where it is of all
    """

    head: Expr | str
    name: str
    component: int | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of numbers below their heads.

    name: of its CSV file
    lead: how many columns on the left say what row it is
    footers: how many rows at the end are set apart: sums, and what they give
    decimals: of its numbers; None: as the report has them
    """

    number: int
    name: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Entry, ...], ...]
    lead: int = 1
    footers: int = 0
    decimals: int | None = None

    def refs(self) -> Iterator[Ref]:
        """Its numbers, row by row."""
        return (entry for row in self.rows for entry in row if isinstance(entry, Ref))

    def parts(self, width: int, decimals: int) -> Iterator["Table"]:
        """The table cut into tables of at most so many letters, each with the lead columns.

        A column that is wider alone than what is left stands alone.
        """
        widths = [self._width(index, decimals) for index in range(len(self.columns))]
        left = width - sum(widths[: self.lead])
        chosen: list[int] = []
        for index in range(self.lead, len(self.columns)):
            if chosen and sum(widths[i] for i in chosen) + widths[index] > left:
                yield self._with_columns(chosen)
                chosen = []
            chosen.append(index)
        yield self._with_columns(chosen)

    def _width(self, index: int, decimals: int) -> int:
        """Letters of a column, with the gap to the next."""
        column = self.columns[index]
        head = len(column.head) if isinstance(column.head, str) else len(column.name)
        body = (len(entry_text(row[index], decimals)) for row in self.rows)
        return max(head, *body) + 2

    def _with_columns(self, chosen: list[int]) -> "Table":
        indices = [*range(self.lead), *chosen]
        return replace(
            self,
            columns=tuple(self.columns[index] for index in indices),
            rows=tuple(tuple(row[index] for index in indices) for row in self.rows),
        )


@dataclass(frozen=True, slots=True)
class Picture:
    """A plot. name: of its file, where it is one of its own."""

    name: str
    figure: Figure
    caption: str


Block: TypeAlias = Heading | Paragraph | Bullets | Display | Table | Picture


def entry_text(entry: Entry, decimals: int) -> str:
    """What stands in a cell of a table, as plain text."""
    return entry if isinstance(entry, str) else number_text(entry, decimals)


def formula(*sides: Expr) -> Equation:
    """In symbols."""
    return Equation(tuple((side, SYMBOLS) for side in sides))


def number_of(ref: Ref, shown: Shown) -> Equation:
    """symbol = value."""
    return Equation(((ref.symbol, SYMBOLS), (ref, shown)))


def worked(derivation: Derivation, shown: Shown, with_symbols: bool = False) -> Iterator[Equation]:
    """A derivation, each of its lines as one equation: symbol = numbers = result.

    with_symbols: symbol = formula = numbers = result
    """
    for line in derivation.lines:
        sides = [(line.symbol, SYMBOLS)]
        if with_symbols:
            sides.append((line.formula, SYMBOLS))
        last = line is derivation.lines[-1]
        yield Equation((*sides, (line.formula, shown), (_result(line, derivation, last), shown)))


def _result(line: Line, derivation: Derivation, is_own: bool) -> Expr:
    """A line's value: of the last line, the number of the derivation's cell."""
    if isinstance(line.value, tuple):
        return Vector(line.symbol, tuple(Ref(line.symbol, value) for value in line.value))
    return Ref(line.symbol, line.value, derivation.cell if is_own else None)
