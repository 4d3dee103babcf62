"""Where a number comes from: the formula in symbols, the same with its numbers, the result.

>>> from refgmm import iterate, worked_example
>>> problem = worked_example.problem()
>>> epoch = next(iterate(problem.points, problem.initial))
>>> derivation = explain(epoch, "responsibility:4,1")
>>> print(derivation.text())
β₁(x₄) = α₁ g₁(x₄) / p(x₄)
       = 0.0864 / 0.2219
       = 0.3894
>>> print(derivation.sentence())
x₄ = 2.4 lies nearer to component 2, so component 1 takes only 39% of it.
>>> [str(cell) for cell in derivation.sources]
['weighted-density:4,1', 'evidence:4']

Each source is the cell of a number that was used, and can be explained in its turn: the chain ends
at the points and the initial parameters.
"""

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

from refgmm import arguments
from refgmm.em import Epoch
from refgmm.errors import RefGMMError
from refgmm.formatting import ALL_DIGITS, format_number
from refgmm.formulas import Source, Working, working, written_out
from refgmm.ledger import Exact, Ledger, checked
from refgmm.notation import BigSum, Constant, Expr, Line, Ref, Vector, evaluate, refs
from refgmm.proof import Proof
from refgmm.quantities import Cell
from refgmm.reasons import why
from refgmm.records import dataclass, field
from refgmm.rendering import SYMBOLS, USUAL, Notation, Shown, number_text
from refgmm.sentences import sentence_of
from refgmm.typesetting import LATEX, MATHML, TEXT


class Row(NamedTuple):
    """A row of a derivation: left = right. The left side is empty where it is that of the row above."""

    left: str
    right: str


@dataclass(frozen=True, slots=True)
class Derivation:
    """How a cell's number comes about.

    symbol: what the number is called: β₁(x₄)
    value: the number, as the trace holds it
    lines: what is computed on the way, and at last the cell's own number; none for what is given
    ledger: where the numbers come from: an epoch, exact or on paper
    written_out: the same with a pencil's operations alone; none where `lines` have no others
    """

    cell: Cell
    symbol: Expr
    value: float
    lines: tuple[Line, ...]
    ledger: Ledger = field(repr=False, compare=False)
    written_out: tuple[Line, ...] = ()

    def lines_as(self, shown: Shown) -> tuple[Line, ...]:
        """The lines as they are shown: written out where nothing is to be folded."""
        return self.written_out if shown.unfolded and self.written_out else self.lines

    @property
    def used(self) -> dict[Cell, Ref]:
        """The numbers used, by their cells, in reading order; of what is given, none: {}."""
        numbers = (ref for line in self.lines for ref in refs(line.formula))
        return {ref.cell: ref for ref in numbers if ref.cell is not None}

    @property
    def left_out(self) -> int:
        """How many terms of a sum are neither in its line nor among the sources."""
        return sum(line.formula.left_out for line in self.lines if isinstance(line.formula, BigSum))

    @property
    def sources(self) -> tuple[Cell, ...]:
        """The cells of the numbers used, in reading order; of what is given, none: ()."""
        return tuple(self.used)

    @property
    def title(self) -> str:
        """What the number is: "responsibility of component 1 for point 4"."""
        return title_of(self.cell, self.ledger.epoch.before.dimension)

    @property
    def why(self) -> Proof | None:
        """Why its formula is as it is; None for what is given, or merely defined: see refgmm.reasons."""
        epoch = self.ledger.epoch
        return why(self.cell, epoch.before.dimension, epoch.structure)

    def sentence(self, decimals: int = 4) -> str:
        """What the number says, in plain language."""
        return sentence_of(self.ledger, self.cell, arguments.decimals(decimals))

    def note(self, decimals: int = 4, *, unfolded: bool = False) -> str:
        """A warning, where the numbers as shown would give another last digit; often nothing."""
        lines = self.lines_as(Shown(decimals, unfolded))
        if self.left_out or not any(_differs_as_shown(line, decimals) for line in lines):
            return ""
        if decimals >= ALL_DIGITS:
            return "The last digit hangs on the order in which rounding errors add up."
        return "Computed from unrounded values: the numbers as shown here would give another last digit."

    def rows(self, notation: Notation, shown: Shown = USUAL) -> Iterator[Row]:
        """The derivation row by row: formula, numbers, result."""
        if not self.lines:
            ref = Ref(self.symbol, self.value, self.cell, self.cell.is_given)
            yield Row(notation.show(self.symbol, SYMBOLS), notation.show(ref, shown))
        for line in self.lines_as(shown):
            left = notation.show(line.symbol, SYMBOLS)
            for right, as_what in _right_sides(line, shown):
                yield Row(left, notation.show(right, as_what))
                left = ""

    def text(self, shown: Shown = USUAL) -> str:
        """As Unicode text, the equals signs below each other."""
        rows = list(self.rows(TEXT, shown))
        width = max(len(row.left) for row in rows)
        return "\n".join(f"{row.left.rjust(width)} = {row.right}" for row in rows)

    def one_line(self, shown: Shown = USUAL) -> str:
        """The last number's formula, numbers and result on one line of text."""
        rows = list(self.rows(TEXT, shown))
        last = max(place for place, row in enumerate(rows) if row.left)
        return " = ".join([rows[last].left, *(row.right for row in rows[last:])])

    def latex(self, shown: Shown = USUAL, notation: Notation = LATEX) -> str:
        r"""As an align* environment of amsmath's."""
        rows = (rf"  {row.left} &= {row.right}" for row in self.rows(notation, shown))
        return "\\begin{align*}\n" + " \\\\\n".join(rows) + "\n\\end{align*}"

    def mathml(self, shown: Shown = USUAL, notation: Notation = MATHML) -> str:
        """As a <math> element, for HTML."""
        rows = (
            f'<mtr><mtd style="text-align: right; text-align: -webkit-right">{row.left}</mtd><mtd><mo>=</mo></mtd>'
            f'<mtd style="text-align: left; text-align: -webkit-left">{row.right}</mtd></mtr>'
            for row in self.rows(notation, shown)
        )
        return f'<math display="block"><mtable>{"".join(rows)}</mtable></math>'


def explain(epoch: Epoch[Any], cell: Cell | str) -> Derivation:
    """How a number of an epoch comes about.

    cell: see refgmm.quantities. Of the parameters, those of epoch.index are the new ones, and those
    of epoch.index - 1 the ones that the epoch started from

    InvalidValueError for a cell that this epoch doesn't have; RefGMMError for an epoch of a fit
    that was asked for more than maximum likelihood (a prior, sample weights, ...): see Epoch.beyond.

    >>> from refgmm import iterate, worked_example
    >>> problem = worked_example.problem()
    >>> print(explain(next(iterate(problem.points, problem.initial)), "weight:1").text())
    α₁′ = N₁ / n
        = 2.5625 / 5
        = 0.5125
    """
    arguments.check_kind(epoch, Epoch, "epoch", "take one of iterate(points, start)")
    if epoch.beyond:
        raise RefGMMError(
            f"this epoch is of a fit with {epoch.beyond}, whose formulas are others than those of "
            "plain EM, which are explained: fit without, or step with iterate"
        )
    if isinstance(cell, str):
        cell = Cell.parse(cell, epoch.index)
    arguments.check_kind(cell, Cell, "cell", "write 'responsibility:4,1', say")
    checked(epoch, cell)
    if cell.quantity == "gain" and epoch.ends_walk:
        raise RefGMMError(
            f"epoch {epoch.index} has no gain: it degenerated, so there is no mixture after it"
        )
    return derivation_of(Exact(epoch), cell)


def derivation_of(ledger: Ledger, cell: Cell, most_terms: int | None = None) -> Derivation:
    """As explain, with the numbers of a ledger; the cell isn't checked again.

    most_terms: a longer sum over the points is given by its head and tail, and those alone are its
    sources; None: any sum whole, however long it takes
    """
    source = Source(ledger)
    ago = 0 if cell.quantity == "point" else ledger.epoch.index - cell.epoch
    own = source.ref(cell.quantity, cell.point, cell.component, cell.entry, ago)
    if cell.is_given or ago:
        return Derivation(cell, own.symbol, own.value, (), ledger)
    found = working(ledger, cell, most_terms)
    by_hand = written_out(ledger, cell, found.formula)
    lines_by_hand = () if by_hand is None else _lines(own, by_hand)
    return Derivation(cell, own.symbol, own.value, _lines(own, found), ledger, lines_by_hand)


def _lines(own: Ref, found: Working) -> tuple[Line, ...]:
    """What is computed on the way, and the number itself."""
    return (*found.on_the_way, Line(own.symbol, found.formula, own.value, found.textbook))


def title_of(cell: Cell, dimension: int | None) -> str:
    """A cell in words, its numbers from 1."""
    title = cell.title(dimension)
    if cell.quantity == "point":
        where = f" {cell.point + 1}" if cell.point is not None else ""
        return f"coordinate {cell.entry[0] + 1} of point{where}" if cell.entry else f"point{where}"
    if cell.is_given:
        title = f"initial {title}"
    if cell.entry:
        title += f" [{', '.join(str(a + 1) for a in cell.entry)}]"
    if cell.component is not None:
        title += f" of component {cell.component + 1}"
    if cell.point is not None:
        title += f" {'for' if cell.quantity == 'responsibility' else 'at'} point {cell.point + 1}"
    return title


def _right_sides(line: Line, shown: Shown) -> Iterator[tuple[Expr, Shown]]:
    """What a line is equal to, one after the other; what would read the same twice, once."""
    sides = [] if line.textbook is None else [(line.textbook, SYMBOLS)]
    if not isinstance(line.formula, Constant):
        sides += [(line.formula, SYMBOLS), (line.formula, shown)]
    sides.append((_result(line), shown))
    read = {TEXT.show(line.symbol, SYMBOLS)}
    for side in sides:
        text = TEXT.show(*side)
        if text not in read:
            yield side
        read.add(text)


def _result(line: Line) -> Expr:
    if isinstance(line.value, tuple):
        return Vector(line.symbol, tuple(Ref(line.symbol, value) for value in line.value))
    return Ref(line.symbol, line.value)


def _differs_as_shown(line: Line, decimals: int) -> bool:
    """Whether a line's numbers, rounded as they are shown, would give another last digit."""

    def as_shown(ref: Ref) -> float:
        text = number_text(ref, decimals)
        return math.nan if text == "undefined" else float(text)

    if isinstance(line.formula, Vector):
        values = line.value if isinstance(line.value, tuple) else (line.value,)
        pairs = list(zip(line.formula.entries, values, strict=True))
    else:
        assert not isinstance(line.value, tuple)
        pairs = [(line.formula, line.value)]
    return any(
        _by_hand(evaluate(formula, as_shown), decimals) != format_number(value, decimals)
        for formula, value in pairs
    )


def _by_hand(value: float, decimals: int) -> str:
    """A number as a student rounds it: a half, which a double may miss by a hair, away from zero."""
    return format_number(value * (1.0 + 1e-14) if decimals < ALL_DIGITS else value, decimals)
