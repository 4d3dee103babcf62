"""A formula as a reader sees it: in symbols, or with its numbers in place.

A Notation writes the parts of a formula; refgmm.typesetting has three: Unicode text, LaTeX and
MathML. What they share, where parentheses stand and how long sums are cut in the middle, is here.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

from refgmm import arguments
from refgmm.formatting import format_number
from refgmm.notation import (
    Abs,
    BigSum,
    Call,
    Constant,
    Derivative,
    Expr,
    Fraction,
    Inverse,
    LogDeterminant,
    Matrix,
    Name,
    Neg,
    Power,
    Product,
    QuadraticForm,
    Ref,
    Root,
    Sum,
    Transpose,
    Vector,
)
from refgmm.records import dataclass

T = TypeVar("T")

SUM, PRODUCT, FRACTION, POWER, ATOM = range(5)
"""How strongly a formula holds together; where it holds less than what is around it, it is put in
parentheses. In text a fraction is no more than a product."""

HEAD, TAIL = 3, 2
"""What is left of a long sum, before and behind the dots."""

MOST_TERMS = 8
"""Longer sums are cut in the middle, unless unfolded."""

MOST_COORDINATES = 4
"""Longer vectors and larger matrices are cut, too."""


@dataclass(frozen=True, slots=True)
class Shown:
    """How a formula is shown.

    decimals: of computed numbers, 0 to 17, as formatting.format_number has them; None for symbols.
        InvalidValueError for others
    unfolded: whether long sums are shown whole
    """

    decimals: int | None = 4
    unfolded: bool = False

    def __post_init__(self) -> None:
        if self.decimals is not None:
            arguments.decimals(self.decimals)


SYMBOLS = Shown(decimals=None)
USUAL = Shown()


class Piece(NamedTuple):
    """A part of a formula, written."""

    text: str
    binding: int


def number_text(ref: Ref, decimals: int) -> str:
    """A number as a formula shows it: what was given as it was given."""
    return as_given(ref.value) if ref.is_given else format_number(ref.value, decimals)


def as_given(value: float) -> str:
    """Every digit of a number, 2.0 as "2".

    >>> as_given(2.0), as_given(0.9)
    ('2', '0.9')
    """
    return repr(value).removesuffix(".0")


class Notation(ABC):
    """Writes formulas. A subclass says how each kind of part is written."""

    fraction_binding = PRODUCT
    ellipsis = "⋯"

    def show(self, expr: Expr, shown: Shown = USUAL) -> str:
        """The whole formula."""
        return self.piece(expr, shown).text

    def piece(self, expr: Expr, shown: Shown) -> Piece:
        """A formula as a part of another."""
        return _WRITERS[type(expr)](self, expr, shown)

    def within(self, least: int, expr: Expr, shown: Shown) -> str:
        """A part that must hold together at least so much: in parentheses where it doesn't."""
        text, binding = self.piece(expr, shown)
        return text if binding >= least else self.parentheses(text)

    # What a notation writes

    @abstractmethod
    def name(self, name: Name) -> Piece: ...

    @abstractmethod
    def number(self, text: str, ref: Ref | None) -> Piece:
        """A number, such as "-0.7509", "1.500e-12" or "undefined"."""

    @abstractmethod
    def parentheses(self, text: str) -> str: ...

    @abstractmethod
    def operator(self, sign: str) -> str:
        """A sign between two terms or before one: + or −."""

    @abstractmethod
    def row(self, parts: Sequence[str]) -> str:
        """Parts one behind the other."""

    @abstractmethod
    def factors(self, parts: Sequence[str], dots: Sequence[bool]) -> str:
        """Parts of a product; dots: whether a dot stands before each but the first."""

    @abstractmethod
    def fraction(self, numerator: Expr, denominator: Expr, shown: Shown) -> Piece: ...

    @abstractmethod
    def power(self, base: Expr, exponent: int, shown: Shown) -> Piece: ...

    @abstractmethod
    def root(self, value: Expr, shown: Shown) -> Piece: ...

    @abstractmethod
    def call(self, function: str, arguments: Sequence[Piece]) -> Piece: ...

    @abstractmethod
    def bars(self, text: str) -> Piece:
        """An absolute value or a determinant."""

    @abstractmethod
    def big_sum(self, index: str, upper: str, body: str) -> Piece: ...

    @abstractmethod
    def derivative(self, of: str, by: str) -> Piece: ...

    @abstractmethod
    def matrix(self, rows: Sequence[Sequence[str]]) -> str:
        """Rows of entries, in brackets."""

    @abstractmethod
    def superscript(self, base: str, mark: str) -> str:
        """A matrix with T or −1 above it."""


def cut(parts: Sequence[T], most: int, shown: Shown) -> list[T | None]:
    """The parts, or where they are too many their head and tail with None between them.

    >>> cut("abcdefghij", 8, Shown())
    ['a', 'b', 'c', None, 'i', 'j']
    """
    if shown.unfolded or len(parts) <= most:
        return list(parts)
    head = min(HEAD, most - 1)
    return with_dots(parts, head, min(TAIL, most - head))


def with_dots(parts: Sequence[T], head: int, tail: int) -> list[T | None]:
    """Head and tail with None between them."""
    return [*parts[:head], None, *parts[-tail:]]


def _in_numbers(shown: Shown) -> bool:
    return shown.decimals is not None


def _ref(notation: Notation, ref: Ref, shown: Shown) -> Piece:
    if shown.decimals is None:
        return notation.piece(ref.symbol, shown)
    return notation.number(number_text(ref, shown.decimals), ref)


def _sum(notation: Notation, terms: Sequence[Expr | None], shown: Shown) -> Piece:
    """Terms with their signs between them, dots for None; that of a negative number is such a sign, too."""
    if len(terms) == 1 and terms[0] is not None and not isinstance(terms[0], Neg):
        return notation.piece(terms[0], shown)
    parts: list[str] = []
    for term in terms:
        if term is None:
            parts += [notation.operator("+"), notation.ellipsis]
            continue
        sign, inner = ("−", term.value) if isinstance(term, Neg) else ("+", term)
        least = PRODUCT if sign == "−" else SUM
        if sign == "+" and parts and _is_negative(inner, shown):
            sign, inner = "−", _negated(inner)
        if parts or sign == "−":
            parts.append(notation.operator(sign))
        parts.append(notation.within(least, inner, shown))
    return Piece(notation.row(parts), SUM)


def _is_negative(term: Expr, shown: Shown) -> bool:
    """Whether a minus sign stands before a number as shown: also before a zero, −0.0000."""
    if not isinstance(term, Ref) or shown.decimals is None:
        return False
    return number_text(term, shown.decimals).startswith("-")


def _negated(term: Expr) -> Ref:
    """The same number without its minus sign, which stands before it."""
    assert isinstance(term, Ref)
    return Ref(term.symbol, -term.value, term.cell, term.is_given)


def _product(notation: Notation, product: Product, shown: Shown) -> Piece:
    """Factors: symbols stand side by side, numbers have dots between them; 2π is as one number."""
    parts = [notation.within(PRODUCT, factor, shown) for factor in product.factors]
    dots = [_in_numbers(shown) and not isinstance(factor, Name) for factor in product.factors[1:]]
    return Piece(notation.factors(parts, dots), PRODUCT)


def _call(notation: Notation, call: Call, shown: Shown) -> Piece:
    return notation.call(call.function, [notation.piece(part, shown) for part in call.arguments])


def _big_sum(notation: Notation, big: BigSum, shown: Shown) -> Piece:
    if _in_numbers(shown):
        if big.left_out:
            return _sum(notation, with_dots(big.terms, HEAD, TAIL), shown)
        return _sum(notation, cut(big.terms, MOST_TERMS, shown), shown)
    least = SUM if isinstance(big.general, BigSum) else PRODUCT
    body = notation.within(least, big.general, shown)
    return notation.big_sum(big.index, big.upper, body)


def _entries(notation: Notation, entries: Sequence[Expr], shown: Shown) -> list[str]:
    return [
        notation.ellipsis if entry is None else notation.show(entry, shown)
        for entry in cut(entries, MOST_COORDINATES, shown)
    ]


def _row_vector(notation: Notation, vector: Vector, shown: Shown) -> str:
    return notation.matrix([_entries(notation, vector.entries, shown)])


def _vector(notation: Notation, vector: Vector, shown: Shown) -> Piece:
    """A column; written as a row that is transposed, which takes less height."""
    if not _in_numbers(shown):
        return notation.piece(vector.symbol, shown)
    return Piece(notation.superscript(_row_vector(notation, vector, shown), "T"), POWER)


def _matrix(notation: Notation, matrix: Matrix, shown: Shown) -> Piece:
    if not _in_numbers(shown):
        return notation.piece(matrix.symbol, shown)
    rows = cut(matrix.rows, MOST_COORDINATES, shown)
    width = len(cut(matrix.rows[0], MOST_COORDINATES, shown))
    cells = [
        [notation.ellipsis] * width if row is None else _entries(notation, row, shown)
        for row in rows
    ]
    return Piece(notation.matrix(cells), ATOM)


def _quadratic_form(notation: Notation, form: QuadraticForm, shown: Shown) -> Piece:
    """vᵀ M⁻¹ v."""
    inverse = notation.superscript(notation.show(form.matrix, shown), "−1")
    column = notation.within(POWER, form.vector, shown)
    if _in_numbers(shown):
        row = _row_vector(notation, form.vector, shown)
    else:
        row = notation.superscript(column, "T")
    return Piece(notation.factors([row, inverse, column], [False, False]), PRODUCT)


def _log_determinant(notation: Notation, log: LogDeterminant, shown: Shown) -> Piece:
    return notation.call("ln", [notation.bars(notation.show(log.matrix, shown))])


def _derivative(notation: Notation, expr: Derivative, shown: Shown) -> Piece:
    return notation.derivative(
        notation.within(PRODUCT, expr.of, shown), notation.show(expr.by, shown)
    )


def _with_mark(notation: Notation, expr: Transpose | Inverse, mark: str, shown: Shown) -> Piece:
    return Piece(notation.superscript(notation.within(ATOM, expr.value, shown), mark), POWER)


_WRITERS: dict[type, Callable[..., Piece]] = {
    Name: lambda notation, name, _: notation.name(name),
    Constant: lambda notation, constant, _: notation.number(as_given(constant.value), None),
    Ref: _ref,
    Sum: lambda notation, expr, shown: _sum(notation, cut(expr.terms, MOST_TERMS, shown), shown),
    Neg: lambda notation, expr, shown: _sum(notation, (expr,), shown),
    Product: _product,
    Fraction: lambda n, expr, shown: n.fraction(expr.numerator, expr.denominator, shown),
    Power: lambda n, expr, shown: n.power(expr.base, expr.exponent, shown),
    Root: lambda notation, expr, shown: notation.root(expr.value, shown),
    Call: _call,
    Abs: lambda notation, expr, shown: notation.bars(notation.show(expr.value, shown)),
    BigSum: _big_sum,
    Vector: _vector,
    Matrix: _matrix,
    QuadraticForm: _quadratic_form,
    LogDeterminant: _log_determinant,
    Derivative: _derivative,
    Transpose: lambda notation, expr, shown: _with_mark(notation, expr, "T", shown),
    Inverse: lambda notation, expr, shown: _with_mark(notation, expr, "−1", shown),
}
