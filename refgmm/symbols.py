"""The symbol of every quantity, as a formula: β₁(x₄), σ₁′², ∑ᵢ β₁(xᵢ) xᵢ.

A prime marks what an epoch computes anew: μ₁ is the mean that the epoch started from, μ₁′ the
new one.
"""

from collections.abc import Callable

from refgmm.notation import (
    Abs,
    BigSum,
    Call,
    Expr,
    LogDeterminant,
    Matrix,
    Name,
    Neg,
    Power,
    Product,
    Sum,
)
from refgmm.records import dataclass


@dataclass(frozen=True, slots=True)
class _At:
    """What a symbol is written with.

    i, j: the numbers of point and component, from 1, or the letters that stand for any of them
    index: of a vector or matrix, from 1
    """

    i: str
    j: str
    index: tuple[int, ...]
    is_new: bool

    def named(self, base: str) -> Name:
        """Of the component: N₁."""
        return Name(base, self.j)

    def of_x(self, base: str, point: str = "") -> Name:
        """Of the component at the point: g₁(x₄)."""
        return Name(base, self.j, argument=Name("x", point or self.i))

    def parameter(self, base: str) -> Name:
        return Name(base, self.j, prime=self.is_new, index=self.index)

    def x(self, point: str = "") -> Name:
        return Name("x", point or self.i, index=self.index)

    def deviation(self, point: str = "", *index: int) -> Expr:
        """x − μ′."""
        mean = Name("μ", self.j, prime=True, index=index)
        return Sum((Name("x", point or self.i, index=index), Neg(mean)))


_Symbol = Callable[[_At], Expr]

_SYMBOLS: dict[str, _Symbol] = {
    "point": _At.x,
    "distance": lambda at: Abs(at.of_x("z")),
    "log-determinant": lambda at: Call("ln", (Power(at.named("σ"), 2),)),
    "standard-density": lambda at: Name("φ", argument=at.of_x("z")),
    "density": lambda at: at.of_x("g"),
    "weighted-density": lambda at: Product((at.named("α"), at.of_x("g"))),
    "evidence": lambda at: Name("p", argument=Name("x", at.i)),
    "log-evidence": lambda at: Call("ln", (Name("p", argument=Name("x", at.i)),)),
    "log-likelihood": lambda at: Name("ln L", prime=at.is_new),
    "responsibility": lambda at: at.of_x("β"),
    "effective-count": lambda at: at.named("N"),
    "weighted-point": lambda at: Product((at.of_x("β"), at.x())),
    "weighted-point-sum": lambda at: BigSum("i", "n", Product((at.of_x("β", "i"), at.x("i")))),
    "mean": lambda at: at.parameter("μ"),
    "weighted-squared-deviation": lambda at: Product((at.of_x("β"), Power(at.deviation(), 2))),
    "weighted-squared-deviation-sum": lambda at: BigSum(
        "i", "n", Product((at.of_x("β", "i"), Power(at.deviation("i"), 2)))
    ),
    "covariance": lambda at: Power(at.parameter("σ"), 2),
    "weight": lambda at: at.parameter("α"),
    "gain": lambda _: Name("gain"),
}


def _product_of_deviations(at: _At) -> Expr:
    a, b = at.index
    if a == b:
        return Product((at.of_x("β"), Power(at.deviation("", a), 2)))
    return Product((at.of_x("β"), at.deviation("", a), at.deviation("", b)))


_SYMBOLS_IN_D_DIMENSIONS: dict[str, _Symbol] = _SYMBOLS | {
    "distance": lambda at: at.of_x("Δ"),
    "log-determinant": lambda at: LogDeterminant(Matrix(at.named("Σ"), ())),
    "weighted-squared-deviation": _product_of_deviations,
    "weighted-squared-deviation-sum": lambda at: Name("S", at.j, index=at.index),
    "covariance": lambda at: at.parameter("Σ"),
}


def symbol_of(
    quantity: str,
    point: str = "i",
    component: str = "j",
    entry: tuple[int, ...] = (),
    *,
    dimension: int | None = None,
    is_new: bool = True,
) -> Expr:
    """The symbol of a quantity.

    point, component: their numbers, from 1, or the letters that stand for any of them
    entry: of a vector or matrix, from 0
    dimension: of the points, as Problem.dimension has it
    is_new: whether a parameter is the new one, and not the one that the epoch started from

    >>> symbol_of("mean", component="1", is_new=False)
    Name(base='μ', sub='1', prime=False, argument=None, index=())
    """
    table = _SYMBOLS if dimension is None else _SYMBOLS_IN_D_DIMENSIONS
    return table[quantity](_At(point, component, tuple(a + 1 for a in entry), is_new))
