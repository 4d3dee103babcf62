"""Formulas as values: one tree that is shown in symbols, shown with its numbers in place, and evaluated.

    Name        a symbol: β₁(x₄), μ₁′[2]
    Constant    a number of the formula itself: the 2 of a square
    Ref         a number that was computed or given elsewhere: its symbol, its value, its cell
    Sum, Neg, Product, Fraction, Power, Root, Call, Abs        the arithmetic
    BigSum      ∑ᵢ in symbols; every term in numbers
    Vector, Matrix, QuadraticForm, LogDeterminant              what d dimensions ask for
    Derivative, Transpose, Inverse                             what proofs ask for, in symbols only

refgmm.rendering shows a tree as Unicode text, LaTeX or MathML.

>>> half = Fraction(Ref(Name("N", "1"), 3.0), Constant(2.0))
>>> evaluate(half)
1.5
"""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

from refgmm.arithmetic import total
from refgmm.cholesky import decomposed, squared_distance
from refgmm.linear_algebra import NotPositiveDefiniteError
from refgmm.quantities import Cell
from refgmm.records import dataclass


@dataclass(frozen=True, slots=True)
class Name:
    """A symbol, such as β₁(x₄) or Σ₁′[2,1].

    base: a letter, Greek or Latin, or a word such as "ln L"
    sub: below the line: the number of a component or point, or i, j, l for any of them
    """

    base: str
    sub: str = ""
    prime: bool = False
    argument: "Name | None" = None
    index: tuple[int | str, ...] = ()  # coordinates, from 1; a letter for any of them


@dataclass(frozen=True, slots=True)
class Constant:
    """A number that belongs to the formula."""

    value: float


@dataclass(frozen=True, slots=True)
class Ref:
    """A number used in a formula.

    cell: where it stands in the trace; None for one that is only on the way here
    is_given: whether it is shown as it was given, and not with so many decimals
    """

    symbol: "Expr"
    value: float
    cell: Cell | None = None
    is_given: bool = False


@dataclass(frozen=True, slots=True)
class Sum:
    """Terms added from left to right; a Neg among them is subtracted."""

    terms: tuple["Expr", ...]


@dataclass(frozen=True, slots=True)
class Neg:
    """Minus something."""

    value: "Expr"


@dataclass(frozen=True, slots=True)
class Product:
    """Factors multiplied from left to right."""

    factors: tuple["Expr", ...]


@dataclass(frozen=True, slots=True)
class Fraction:
    """A quotient; undefined (nan) where the denominator is 0."""

    numerator: "Expr"
    denominator: "Expr"


@dataclass(frozen=True, slots=True)
class Power:
    """A base to a power."""

    base: "Expr"
    exponent: int


@dataclass(frozen=True, slots=True)
class Root:
    """A square root."""

    value: "Expr"


@dataclass(frozen=True, slots=True)
class Call:
    """A function of FUNCTIONS at some arguments."""

    function: str
    arguments: tuple["Expr", ...]


@dataclass(frozen=True, slots=True)
class Abs:
    """An absolute value."""

    value: "Expr"


@dataclass(frozen=True, slots=True)
class BigSum:
    """A sum over an index.

    general: the term of any index, shown in symbols
    terms: each of them, shown in numbers; none where the sum is a symbol only
    left_out: how many in the middle are not among them; the sum is undefined then
    """

    index: str
    upper: str
    general: "Expr"
    terms: tuple["Expr", ...] = ()
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Vector:
    """A column of d entries, with the symbol for all of it."""

    symbol: "Expr"
    entries: tuple["Expr", ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """A symmetric matrix, d rows of d entries, with the symbol for all of it."""

    symbol: "Expr"
    rows: tuple[tuple["Expr", ...], ...]


@dataclass(frozen=True, slots=True)
class QuadraticForm:
    """vᵀ M⁻¹ v."""

    vector: Vector
    matrix: Matrix


@dataclass(frozen=True, slots=True)
class LogDeterminant:
    """ln |M|."""

    matrix: Matrix


@dataclass(frozen=True, slots=True)
class Derivative:
    """∂ of / ∂ by: a gradient, where `by` is a vector or matrix."""

    of: "Expr"
    by: "Expr"


@dataclass(frozen=True, slots=True)
class Transpose:
    """A column as a row."""

    value: "Expr"


@dataclass(frozen=True, slots=True)
class Inverse:
    """The inverse of a matrix."""

    value: "Expr"


Expr: TypeAlias = (
    Name
    | Constant
    | Ref
    | Sum
    | Neg
    | Product
    | Fraction
    | Power
    | Root
    | Call
    | Abs
    | BigSum
    | Vector
    | Matrix
    | QuadraticForm
    | LogDeterminant
    | Derivative
    | Transpose
    | Inverse
)

PI = Name("π")


@dataclass(frozen=True, slots=True)
class Line:
    """symbol = formula = the same with numbers = value.

    formula: a Vector, of a line that gives d numbers
    textbook: the formula as textbooks have it, where it is computed in another form
    """

    symbol: Expr
    formula: Expr
    value: float | tuple[float, ...]
    textbook: Expr | None = None


def _exp(value: float) -> float:
    return math.exp(value) if value < 709.0 else math.inf  # math.exp raises from 709.79 on


def _ln(value: float) -> float:
    return math.log(value) if value > 0.0 else -math.inf if value == 0.0 else math.nan


FUNCTIONS: dict[str, Callable[[Sequence[float]], float]] = {
    "exp": lambda values: _exp(values[0]),
    "ln": lambda values: _ln(values[0]),
    "max": max,
}


def children(expr: Expr) -> tuple[Expr, ...]:
    """The parts that a formula is computed from, in the order in which they are read."""
    match expr:
        case Sum(terms) | BigSum(terms=terms):
            return terms
        case Product(parts) | Call(arguments=parts) | Vector(entries=parts):
            return parts
        case Fraction(numerator, denominator):
            return numerator, denominator
        case Neg(value) | Root(value) | Abs(value) | Power(base=value):
            return (value,)
        case Matrix(rows=rows):
            return tuple(entry for row in rows for entry in row)
        case QuadraticForm(vector, matrix):
            return *vector.entries, *children(matrix)
        case LogDeterminant(matrix):
            return children(matrix)
        case _:
            return ()


def refs(expr: Expr) -> Iterator[Ref]:
    """The numbers that a formula uses, from left to right; each as often as it stands there."""
    if isinstance(expr, Ref):
        yield expr
    for child in children(expr):
        yield from refs(child)


def fractions(expr: Expr) -> Iterator[Fraction]:
    """The quotients in a formula."""
    if isinstance(expr, Fraction):
        yield expr
    for child in children(expr):
        yield from fractions(child)


def evaluate(expr: Expr, value_of: Callable[[Ref], float] = lambda ref: ref.value) -> float:
    """The formula's number, in doubles; nan where it is undefined.

    value_of: the number to put in the place of each Ref; its own where not given
    """
    if isinstance(expr, Ref):
        return value_of(expr)
    values = [evaluate(child, value_of) for child in children(expr)]
    return _OPERATIONS[type(expr)](expr, values)


def _quotient(numerator: float, denominator: float) -> float:
    return numerator / denominator if denominator else math.nan


def _quadratic_form(vector: list[float], matrix: list[float]) -> float:
    origin = (0.0,) * len(vector)
    return _unless_singular(matrix, lambda rows: squared_distance(rows, tuple(vector), origin))


def _log_determinant(matrix: list[float]) -> float:
    return _unless_singular(matrix, lambda rows: decomposed(rows).log_determinant)


def _unless_singular(entries: Sequence[float], value: Callable[[Any], float]) -> float:
    """A value of the matrix with these entries; nan where it has no Cholesky factor, as one of nan has."""
    try:
        return math.nan if any(map(math.isnan, entries)) else value(_square(entries))
    except NotPositiveDefiniteError:
        return math.nan


def _square(entries: Sequence[float]) -> tuple[tuple[float, ...], ...]:
    """The rows of a square matrix whose entries are given one after the other."""
    d = math.isqrt(len(entries))
    return tuple(tuple(entries[start : start + d]) for start in range(0, d * d, d))


_OPERATIONS: dict[type, Callable[[Any, list[float]], float]] = {
    Constant: lambda constant, _: constant.value,
    Name: lambda name, _: {"π": math.pi}[name.base],
    Sum: lambda _, terms: total(terms),
    BigSum: lambda big, terms: math.nan if big.left_out else total(terms),
    Neg: lambda _, values: -values[0],
    Product: lambda _, factors: math.prod(factors),
    Fraction: lambda _, values: _quotient(*values),
    Power: lambda power, values: math.prod(values * power.exponent),
    Root: lambda _, values: math.sqrt(values[0]) if values[0] >= 0.0 else math.nan,
    Call: lambda call, values: FUNCTIONS[call.function](values),
    Abs: lambda _, values: abs(values[0]),
    QuadraticForm: lambda form, values: _quadratic_form(
        values[: len(form.vector.entries)], values[len(form.vector.entries) :]
    ),
    LogDeterminant: lambda _, values: _log_determinant(values),
}
"""What to do with the numbers of a formula's children."""
