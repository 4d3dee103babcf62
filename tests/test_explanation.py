"""Every number of many problems, explained: what is shown is read back and computed by others.

See tests/explained.py for the problems, and tests/formula_reader.py for the reader.
"""

import dataclasses
import decimal
import functools
import math
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest

from refgmm import Cell, Derivation, Epoch, Mixture, explain, iterate
from refgmm.em import EStep, MStep
from refgmm.formatting import format_number
from refgmm.notation import Ref
from refgmm.rendering import MOST_TERMS, Notation, Shown
from refgmm.typesetting import LATEX, MATHML, TEXT, Latex, MathML

from . import formula_reader as reader
from .explained import (
    PROBLEMS,
    TRACE,
    computed_cells,
    epochs_of,
    explained_epochs,
    given_cells,
    symbols_of,
)
from .formula_reader import Number, Value

ALL = Shown(decimals=17, unfolded=True)
"""Every digit of every number."""

READERS: dict[str, tuple[Notation, Callable[[str], str]]] = {
    "text": (TEXT, str),
    "LaTeX": (LATEX, reader.from_latex),
    "MathML": (MATHML, reader.from_mathml),
}

every_problem = pytest.mark.parametrize("name", PROBLEMS)


@pytest.fixture(autouse=True)
def _fifty_digits() -> Iterator[None]:
    """All decimals in these tests have the reader's precision, and nan is a number as any other."""
    with decimal.localcontext(reader.CONTEXT):
        yield


def computed(name: str) -> Iterator[tuple[Epoch[Any], Cell, float]]:
    """Every number that the epochs of a problem compute."""
    for epoch in explained_epochs(name):
        for cell, value in computed_cells(name, epoch).items():
            yield epoch, cell, value


def lines(derivation: Derivation, notation: Notation, shown: Shown) -> list[list[str]]:
    """The sides of each line: what stands left of the first sign, and right of each."""
    found: list[list[str]] = []
    for left, right in derivation.rows(notation, shown):
        if left:
            found.append([left])
        found[-1].append(right)
    return found


def as_text(value: float, decimals: int) -> str:
    """A number as Unicode has it."""
    text = format_number(value, decimals).replace("inf", "∞")
    if text == "undefined":
        return text
    mantissa, _, exponent = text.partition("e")
    if exponent:
        raised = str(int(exponent)).translate(str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻"))
        mantissa += f"×10{raised}"
    return mantissa.replace("-", "−")


def entries(value: Value) -> list[Number]:
    return [value] if isinstance(value, Number) else [entry for row in value.rows for entry in row]


def both_ways(derivation: Derivation) -> list[Derivation]:
    """As it is shown at first, and written out: each as the only way there is."""
    lines = [derivation.lines, *filter(None, [derivation.written_out])]
    return [dataclasses.replace(derivation, lines=way, written_out=()) for way in lines]


def explained_both_ways(name: str) -> Iterator[tuple[Epoch[Any], Cell, float, Derivation]]:
    for epoch, cell, value in computed(name):
        for derivation in both_ways(explain(epoch, cell)):
            yield epoch, cell, value, derivation


def is_on_the_way(left: str) -> bool:
    """Whether a line's number is no cell's: the logarithms wⱼ, the largest of them, m, z, and C."""
    return left[0] in "wmzC"


def with_error_of(result: Value, formulas: list[Value]) -> Value:
    """A result that was rounded when it was written down, as exact as the formula that computes it lets it be."""
    errors = [
        max(n.error for n in several) for several in zip(*map(entries, formulas), strict=True)
    ]
    exact = [
        Number(number.value, error) for number, error in zip(entries(result), errors, strict=True)
    ]
    return exact[0] if isinstance(result, Number) else reader.column(*exact)


def is_explained_by_rounding(found: Number, error: Decimal, value: Decimal) -> bool:
    """Whether a computation in doubles may give the value, with four times the error bound."""
    if not (found.value.is_finite() and value.is_finite()):
        return str(found.value) == str(value)
    return abs(found.value - value) <= 4 * error + reader.LEAST


def test_every_field_of_the_trace_is_a_quantity() -> None:
    """What the tests below walk through is all that a trace holds."""
    fields = {field.name for step in (EStep, MStep) for field in dataclasses.fields(step)}
    assert set(TRACE) == fields


@every_problem
@pytest.mark.parametrize("written", READERS)
def test_all_sides_come_to_the_number_of_the_trace(name: str, written: str) -> None:
    """Symbol, formula and formula with numbers, read by another reader, each give the result:
    the double of the trace, but for the roundings of the formula's own operations.
    """
    notation, read = READERS[written]
    counts = {"i": len(epochs_of(name)[0].points), "j": len(epochs_of(name)[0].before.components)}
    for epoch, cell, value, derivation in explained_both_ways(name):
        names = dict(symbols_of(name, epoch.index))
        for left, *sides in lines(derivation, notation, ALL):
            *formulas, result = [
                reader.read(read(side), names, counts, as_doubles=True) for side in sides
            ]
            if is_on_the_way(read(left)):
                names[read(left)] = with_error_of(result, formulas[-2:])
            else:
                formulas.append(reader.read(read(left), names, counts))
            for several in zip(*map(entries, formulas), entries(result), strict=True):
                error = max(number.error for number in several)
                for number in several:
                    is_right = is_explained_by_rounding(number, error, several[-1].value)
                    assert is_right, (cell, left, sides)
        assert read(sides[-1]) == as_text(value, 17), cell
        assert derivation.value == value or math.isnan(value), cell


@every_problem
def test_each_line_goes_from_symbols_to_numbers_to_its_result(name: str) -> None:
    """Only what would stand there twice is left out: a sum of one term, a constant."""
    for _, cell, _, derivation in explained_both_ways(name):
        for left, *sides in lines(derivation, TEXT, ALL):
            kinds = [reader.is_numeric(side) for side in (left, *sides)]
            assert kinds == sorted(kinds), cell
            assert not kinds[0], cell
            assert kinds[-1], cell
            single = len(derivation.sources) <= 1
            assert kinds.count(True) == 2 or single, (cell, sides)
            assert len(set(sides)) == len(sides), (cell, sides)
        rows = {len(list(derivation.rows(n, ALL))) for n, _ in READERS.values()}
        assert len(rows) == 1, cell


@every_problem
@pytest.mark.parametrize("decimals", [0, 2, 4, 9])
def test_the_result_is_shown_to_the_digit(name: str, decimals: int) -> None:
    """The last side is the trace's number as the tables show it."""
    for epoch, cell, value in computed(name):
        shown = Shown(decimals)
        assert lines(explain(epoch, cell), TEXT, shown)[-1][-1] == as_text(value, decimals), cell


@every_problem
def test_what_is_given_is_shown_as_given(name: str) -> None:
    """Points and initial parameters have no formula; nor have, here, those of the epoch before."""
    for epoch in explained_epochs(name):
        for cell, value in given_cells(epoch).items():
            derivation = explain(epoch, cell)
            assert derivation.value == value
            assert derivation.sources == ()
            ((left, right),) = lines(derivation, TEXT, ALL)
            assert reader.decimal_of(right) == Decimal(repr(value)), cell
            (named,) = entries(reader.read(left, symbols_of(name, epoch.index)))
            if cell.quantity == "covariance" and not cell.entry:
                assert abs(named.value - Decimal(value)) <= Decimal(value) * Decimal("1e-40")
            else:
                assert named.value == Decimal(value), cell


def numbers_as_marked(derivation: Derivation, notation_of: Any) -> list[Ref]:
    refs: list[Ref] = []

    def mark(markup: str, ref: Ref) -> str:
        refs.append(ref)
        return markup

    list(derivation.rows(notation_of(mark), ALL))
    return refs


@functools.cache
def numbers_around(name: str, index: int) -> dict[Cell, float]:
    """The numbers that an epoch's formulas may use."""
    epoch = epochs_of(name)[index - 1]
    numbers = given_cells(epoch) | computed_cells(name, epoch)
    if not epoch.ends_walk:
        numbers[Cell(index + 1, "log-likelihood")] = epochs_of(name)[index].e.log_likelihood
    return numbers


@every_problem
def test_the_sources_are_the_numbers_shown(name: str) -> None:
    """Each number in a formula is that of its source cell, of a line above it, or a constant of
    the formula; and each source's number stands there.
    """
    for epoch, cell, _, derivation in explained_both_ways(name):
        numbers = numbers_around(name, epoch.index)
        n, d = len(epoch.points), epoch.before.dimension
        expected = [Decimal(repr(abs(numbers[source]))) for source in derivation.sources]
        constants = {Decimal(0), Decimal(2), Decimal(n), Decimal(d or 1)}
        written: list[Decimal] = []
        known: set[Decimal] = set()
        for _, *sides in lines(derivation, TEXT, ALL):
            *_, result = sides
            shown = [side for side in sides[:-1] if reader.is_numeric(side)]
            found = [
                abs(reader.decimal_of(text))
                for text in reader.numbers_in(" ".join(shown) or result)
            ]
            written += [number for number in found if number not in known]
            known |= {abs(reader.decimal_of(text)) for text in reader.numbers_in(result)}
        nan = [number for number in (*written, *expected) if number.is_nan()]
        assert set(expected) - set(nan) <= set(written) | known, cell
        if derivation.sources:
            assert set(written) - set(nan) <= set(expected) | constants, cell


@every_problem
@pytest.mark.parametrize("notation", [Latex, MathML])
def test_a_marked_number_leads_to_its_cell(name: str, notation: Any) -> None:
    """A click on a number finds the cell that holds it, whatever sign stands before it."""
    for epoch, cell, _, derivation in explained_both_ways(name):
        found = [ref for ref in numbers_as_marked(derivation, notation) if ref.cell is not None]
        assert list(dict.fromkeys(ref.cell for ref in found)) == list(derivation.sources), cell
        for ref in found:
            assert ref.cell is not None
            at = ref.cell.epoch - epoch.index
            own = epochs_of(name)[epoch.index] if at == 1 else epoch
            held = explain(own, ref.cell).value
            assert abs(ref.value) == abs(held) or math.isnan(held), (cell, ref.cell)


def given_behind(
    name: str, cell: Cell, path: tuple[Cell, ...], known: dict[Cell, set[Cell]]
) -> set[Cell]:
    """The given numbers that a cell leads back to, through explanations of earlier epochs."""
    assert cell not in path, (cell, "depends on itself")
    if cell not in known:
        index = max(cell.epoch, 1)
        sources = explain(epochs_of(name)[index - 1], cell).sources
        if cell.epoch == 0:
            assert sources == ()
            known[cell] = {cell}
        else:
            known[cell] = set().union(
                *(given_behind(name, source, (*path, cell), known) for source in sources)
            )
    return known[cell]


@every_problem
def test_following_sources_ends_at_what_is_given(name: str) -> None:
    """From any number back, step by step, to points and initial parameters; never in a circle."""
    known: dict[Cell, set[Cell]] = {}
    for _, cell, _ in computed(name):
        behind = given_behind(name, cell, (), known)
        assert all(given.epoch == 0 for given in behind)
        assert {given.quantity for given in behind} <= {"point", "weight", "mean", "covariance"}
        is_zero_by_weight = cell.quantity == "responsibility"
        assert behind or is_zero_by_weight, cell


@pytest.mark.parametrize("name", ["note", "three", "plane, full", "cube"])
def test_a_new_mean_leads_back_to_all_that_was_given(name: str) -> None:
    """Nothing is left out on the way: a mean hangs on all points and all initial parameters."""
    first, *_ = epochs_of(name)
    known: dict[Cell, set[Cell]] = {}
    d = first.before.dimension
    for entry in [()] if d is None else [(a,) for a in range(d)]:
        behind = given_behind(name, Cell(1, "mean", None, 0, entry), (), known)
        assert behind == set(given_cells(first))


def as_calculated(value: Decimal, decimals: int) -> Decimal:
    """A result rounded by hand, a half away from zero, as many digits as are shown of it."""
    if not value.is_finite() or abs(value) < reader.LEAST:  # no double, so no pocket calculator's
        return value if value.is_nan() else Decimal(0)
    half_up = decimal.Context(prec=60, rounding=decimal.ROUND_HALF_UP, Emax=9**9, Emin=-(9**9))
    plain = value.quantize(
        Decimal(1).scaleb(-decimals), context=decimal.Context(400, decimal.ROUND_HALF_UP)
    )
    if plain != 0 and abs(value) < 10**16:
        return plain
    return decimal.Context(decimals + 1, decimal.ROUND_HALF_UP, -(9**9), 9**9).plus(
        half_up.plus(value)
    )


@every_problem
@pytest.mark.parametrize("decimals", [2, 4])
def test_the_note_stands_where_the_shown_numbers_give_another_digit(
    name: str, decimals: int
) -> None:
    """Whoever computes with the numbers as shown gets the result as shown, or is warned."""
    shown = Shown(decimals, unfolded=True)
    for _, cell, _, derivation in explained_both_ways(name):
        differs = False
        for _, *sides in lines(derivation, TEXT, shown):
            for side in filter(reader.is_numeric, sides):
                pairs = zip(
                    entries(reader.read(side)), entries(reader.read(sides[-1])), strict=True
                )
                for own, result in pairs:
                    by_hand = as_calculated(own.value, decimals)
                    differs = differs or (
                        by_hand != result.value and not by_hand.is_nan() & result.value.is_nan()
                    )
        assert bool(derivation.note(decimals)) == differs, (cell, derivation.text(shown))


@every_problem
def test_a_cell_reads_as_it_is_written(name: str) -> None:
    """What str(cell) writes, Cell.parse reads, and explain takes."""
    for epoch, cell, _ in computed(name):
        assert Cell.parse(str(cell), epoch=epoch.index) == cell
        assert explain(epoch, str(cell)).text() == explain(epoch, cell).text()
    for cell in given_cells(epochs_of(name)[0]):
        assert Cell.parse(str(cell), epoch=0) == cell


@every_problem
def test_long_sums_are_cut_in_the_middle(name: str) -> None:
    """Folded, no row has more than eight terms or four coordinates, and ⋯ says where some are
    left out; unfolded, nothing is left out.
    """
    n, d = len(epochs_of(name)[0].points), epochs_of(name)[0].before.dimension or 1
    for epoch, cell, _ in computed(name):
        derivation = explain(epoch, cell)
        folded, unfolded = derivation.text(), derivation.text(Shown(unfolded=True))
        assert "⋯" not in unfolded
        is_sum = cell.quantity.endswith(("-sum", "effective-count", "log-likelihood"))
        is_wide = d > 4 and cell.quantity in ("distance", "log-determinant")
        assert ("⋯" in folded) == ((is_sum and n > MOST_TERMS) or is_wide), cell
        is_matrix = epoch.before.dimension and cell.quantity in ("distance", "log-determinant")
        assert bool(derivation.written_out) == bool(is_matrix), cell
        for row in folded.splitlines():
            assert len(re.findall(r" [+−] ", row)) < MOST_TERMS, row
            for group in re.findall(r"[(\[;]([^()\[\];]*,[^()\[\];]*)", row):
                assert group.replace(", ⋯", "").count(",") < 4, row
        if folded != unfolded and not derivation.written_out:
            first, last = unfolded.splitlines(), folded.splitlines()
            assert len(first) == len(last)
            assert [row for row in last if "⋯" not in row] == [
                row for row, own in zip(first, last, strict=True) if "⋯" not in own
            ]


def test_letters_on_the_way_are_introduced() -> None:
    """A logarithm says of what, and a deviation is written as one, so that two aren't both called r."""
    far = Mixture.univariate([0.3, 0.7], [0, 1], [1, 1])
    text = explain(next(iterate([0.0, 1.0, 1000.0], far)), "responsibility:3,1").text()
    assert "w₁ = ln(α₁ g₁(x₃))\n" in text
    unit = [[1, 0], [0, 1]]
    start = Mixture.multivariate([0.5, 0.5], [(0, 0), (1, 1)], [unit, unit])
    text = explain(next(iterate([(0, 0), (2, 1)], start)), "distance:2,2").text()
    assert text.startswith("x₂ − μ₂ = (2 − 1, 1 − 1)ᵀ\n")
    assert " Δ₂(x₂) = √((x₂ − μ₂)ᵀ Σ₂⁻¹ (x₂ − μ₂))\n" in text
