"""The formula of every quantity, with the numbers that it uses: the table FORMULAS.

Each is a function of a ledger (refgmm.ledger) and a cell, and gives the cell's formula, and lines for
what is computed on the way to it. A formula uses the numbers of the columns before it, as
a student does on paper; so its sources lead back, step by step, to points and initial parameters.

They transcribe refgmm.gaussian, refgmm.bayes, refgmm.em and refgmm.structures; the tests check that
each gives the number that those have computed.
"""

import math
from collections.abc import Callable, Sequence

from refgmm import elimination
from refgmm.ledger import Ledger, uses_logarithms
from refgmm.notation import (
    PI,
    Abs,
    BigSum,
    Call,
    Constant,
    Expr,
    Fraction,
    Line,
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
    Vector,
    evaluate,
)
from refgmm.quantities import QUANTITIES, Cell
from refgmm.records import dataclass, replace
from refgmm.rendering import HEAD, TAIL
from refgmm.structures import ALL, MEAN_OF_DIAGONAL
from refgmm.symbols import symbol_of


@dataclass(frozen=True, slots=True)
class Working:
    """How a cell's number comes about: its formula, and what is computed on the way to it."""

    formula: Expr
    on_the_way: tuple[Line, ...] = ()
    textbook: Expr | None = None


TWO = Constant(2.0)
_TWO_PI = Product((TWO, PI))
_LN_TWO_PI = Call("ln", (_TWO_PI,))


class Source:
    """The numbers of a ledger as they stand in formulas.

    Attributes: ledger, epoch, d (None in one dimension), n, k.

    most_terms: of longer sums over the points only head and tail are taken; of any the whole, if None
    """

    def __init__(self, ledger: Ledger, most_terms: int | None = None) -> None:
        self.ledger = ledger
        self._most_terms = most_terms
        self.epoch = ledger.epoch
        self.d = ledger.epoch.before.dimension
        self.n = len(ledger.epoch.points)
        self.k = len(ledger.epoch.before.components)

    def ref(
        self,
        quantity: str,
        i: int | None = None,
        j: int | None = None,
        entry: tuple[int, ...] = (),
        ago: int = 0,
    ) -> Ref:
        """A number of the epoch; of the parameters before it, with ago=1. A point's epoch is 0."""
        index = 0 if quantity == "point" else self.epoch.index - ago
        cell = Cell(index, quantity, i, j, entry)
        name = symbol_of(
            quantity,
            "" if i is None else str(i + 1),
            "" if j is None else str(j + 1),
            entry,
            dimension=self.d,
            is_new=ago < 1 if QUANTITIES[quantity].is_parameter else ago < 0,
        )
        return Ref(name, self.ledger.value(cell), cell, is_given=cell.is_given)

    def old(self, quantity: str, j: int, entry: tuple[int, ...] = ()) -> Ref:
        """A parameter that the epoch started from."""
        return self.ref(quantity, None, j, entry, ago=1)

    def over_points(self, quantity: str, j: int | None, entry: tuple[int, ...] = ()) -> BigSum:
        """The sum of a column."""
        general = symbol_of(quantity, "i", "" if j is None else str(j + 1), entry, dimension=self.d)
        taken: Sequence[int] = range(self.n)
        if self._most_terms is not None and self.n > self._most_terms:
            taken = [*taken[:HEAD], *taken[-TAIL:]]
        terms = tuple(self.ref(quantity, i, j, entry) for i in taken)
        return BigSum("i", "n", general, terms, self.n - len(taken))

    def over_components(self, quantity: str, entry: tuple[int, ...] = ()) -> BigSum:
        """The sum of a number that each component has."""
        general = symbol_of(quantity, "i", "j", entry, dimension=self.d)
        terms = tuple(self.ref(quantity, None, j, entry) for j in range(self.k))
        return BigSum("j", "K", general, terms)

    def on_the_way(self, symbol: Expr, formula: Expr) -> tuple[Line, Ref]:
        """A number that is no cell's, as a line of its own and for use in the next."""
        value = self.ledger.written(evaluate(formula))
        return Line(symbol, formula, value), Ref(symbol, value)

    @property
    def dimensions(self) -> Ref:
        """d, as a number of a formula."""
        return Ref(Name("d"), float(self.d or 1), is_given=True)

    def matrix(self, j: int) -> Matrix:
        """The covariance of a component before the epoch."""
        d = range(self.d or 1)
        rows = tuple(tuple(self.old("covariance", j, (a, b)) for b in d) for a in d)
        return Matrix(Name("Σ", str(j + 1)), rows)


Formula = Callable[[Source, Cell], Working]


def working(ledger: Ledger, cell: Cell, most_terms: int | None = None) -> Working:
    """How a computed cell's number comes about: FORMULAS, with this ledger's numbers. See Source."""
    return FORMULAS[cell.quantity](Source(ledger, most_terms), cell)


def written_out(ledger: Ledger, cell: Cell, formula: Expr) -> Working | None:
    """The number of this formula with a pencil's operations alone; None where it has no others."""
    source = Source(ledger)
    if source.d is None or cell.quantity not in ("distance", "log-determinant"):
        return None
    j = _j(cell)
    factor = elimination.triangle(source.matrix(j), str(j + 1))
    if factor is None:
        return None
    if cell.quantity == "distance":
        lines, result = elimination.distance(factor, _deviations(source, _i(cell), j))
    else:
        lines, result = elimination.log_determinant(factor)
    return Working(result, lines, formula)


def _of(cell: Cell) -> tuple[int, int]:
    """The point and the component of a cell that has both."""
    assert cell.point is not None
    assert cell.component is not None
    return cell.point, cell.component


def _j(cell: Cell) -> int:
    assert cell.component is not None
    return cell.component


def _i(cell: Cell) -> int:
    assert cell.point is not None
    return cell.point


def _deviation(source: Source, i: int, mean: Ref, entry: tuple[int, ...] = ()) -> Sum:
    """x - mu."""
    return Sum((source.ref("point", i, None, entry), Neg(mean)))


def _deviations(source: Source, i: int, j: int) -> tuple[Sum, ...]:
    """x - mu, coordinate by coordinate."""
    coordinates = [(a,) for a in range(source.d or 1)]
    return tuple(_deviation(source, i, source.old("mean", j, at), at) for at in coordinates)


def _distance(source: Source, cell: Cell) -> Working:
    """|z| = |x - mu| / sigma; in d dimensions the root of (x - mu)^T Sigma^-1 (x - mu)."""
    i, j = _of(cell)
    if source.d is None:
        away = Abs(_deviation(source, i, source.old("mean", j)))
        sigma = Root(source.old("covariance", j))
        return Working(Fraction(away, sigma))
    entries = _deviations(source, i, j)
    symbol = Sum((Name("x", str(i + 1)), Neg(Name("μ", str(j + 1)))))
    values = tuple(source.ledger.written(evaluate(entry)) for entry in entries)
    deviation = Line(symbol, Vector(symbol, entries), values)
    refs = tuple(map(Ref, entries, values))
    return Working(Root(QuadraticForm(Vector(symbol, refs), source.matrix(j))), (deviation,))


def _log_determinant(source: Source, cell: Cell) -> Working:
    """ln sigma^2; in d dimensions ln |Sigma|."""
    j = _j(cell)
    if source.d is None:
        return Working(Call("ln", (source.old("covariance", j),)))
    return Working(LogDeterminant(source.matrix(j)))


def _standard_density(source: Source, cell: Cell) -> Working:
    """phi(z) = exp(-z^2 / 2) / sqrt(2 pi); in d dimensions exp(-Delta^2 / 2) / sqrt(2 pi)^d."""
    i, j = _of(cell)
    if source.d is None:
        z = Fraction(
            _deviation(source, i, source.old("mean", j)), Root(source.old("covariance", j))
        )
        symbol = Name("z", str(j + 1), argument=Name("x", str(i + 1)))
        on_the_way, used = source.on_the_way(symbol, z)
        formula = Fraction(_exp_of_half(Power(used, 2)), Root(_TWO_PI))
        return Working(formula, (on_the_way,))
    delta = source.ref("distance", i, j)
    below = Power(Root(_TWO_PI), source.d)
    return Working(Fraction(_exp_of_half(Power(delta, 2)), below))


def _exp_of_half(value: Expr) -> Call:
    """exp(-value / 2)."""
    return Call("exp", (Neg(Fraction(value, TWO)),))


def _density(source: Source, cell: Cell) -> Working:
    """The Gaussian. In d dimensions as one exponential, so that |Sigma| can't under- or overflow."""
    i, j = _of(cell)
    if source.d is None:
        variance = source.old("covariance", j)
        squared = Power(_deviation(source, i, source.old("mean", j)), 2)
        above = Call("exp", (Neg(Fraction(squared, Product((TWO, variance)))),))
        return Working(Fraction(above, Root(Product((*_TWO_PI.factors, variance)))))
    delta = symbol_of("distance", str(i + 1), str(j + 1), dimension=source.d)
    textbook = Fraction(
        _exp_of_half(Power(delta, 2)),
        Root(Product((Power(_TWO_PI, source.d), Abs(Name("Σ", str(j + 1)))))),
    )
    return Working(Call("exp", (_log_density(source, i, j),)), textbook=textbook)


def _log_density(source: Source, i: int, j: int) -> Neg:
    """ln g = -(Delta^2 + ln |Sigma| + d ln(2 pi)) / 2, also for d = 1."""
    constant: Expr = _LN_TWO_PI
    if source.d is not None:
        constant = Product((source.dimensions, _LN_TWO_PI))
    squared = Power(source.ref("distance", i, j), 2)
    return Neg(Fraction(Sum((squared, source.ref("log-determinant", None, j), constant)), TWO))


def _weighted_density(source: Source, cell: Cell) -> Working:
    i, j = _of(cell)
    weight, density = source.old("weight", j), source.ref("density", i, j)
    if weight.value == 0.0 and math.isinf(density.value):  # never picked, however dense
        return Working(Constant(0.0))
    return Working(Product((weight, density)))


def _evidence(source: Source, cell: Cell) -> Working:
    i = _i(cell)
    general = symbol_of("weighted-density", str(i + 1), "j", dimension=source.d)
    terms = tuple(source.ref("weighted-density", i, j) for j in range(source.k))
    return Working(BigSum("j", "K", general, terms))


def _log_evidence(source: Source, cell: Cell) -> Working:
    i = _i(cell)
    if not uses_logarithms(source.epoch, i):
        return Working(Call("ln", (source.ref("evidence", i),)))
    lines, _, largest, relative = _by_logarithms(source, i)
    return Working(Sum((largest, Call("ln", (relative,)))), lines)


def _responsibility(source: Source, cell: Cell) -> Working:
    i, j = _of(cell)
    if not uses_logarithms(source.epoch, i):
        formula = Fraction(source.ref("weighted-density", i, j), source.ref("evidence", i))
        return Working(formula)
    lines, logs, largest, relative = _by_logarithms(source, i)
    if j not in logs:  # its weight is 0
        return Working(Constant(0.0))
    own = Call("exp", (Sum((logs[j], Neg(largest))),))
    return Working(Fraction(own, relative), lines)


def _by_logarithms(source: Source, i: int) -> tuple[tuple[Line, ...], dict[int, Ref], Ref, BigSum]:
    """What both numbers of a point that underflows are made of: see bayes.posterior.

    w_j = ln(alpha_j g_j(x)) = ln alpha_j + ln g_j(x), of the components that have a weight; the
    largest of them, m; and sum_j exp(w_j - m).
    """
    lines, logs = [], {}
    for j in range(source.k):
        weight = source.old("weight", j)
        if weight.value > 0.0:
            formula = Sum((Call("ln", (weight,)), _log_density(source, i, j)))
            weighted = symbol_of("weighted-density", str(i + 1), str(j + 1), dimension=source.d)
            line, logs[j] = source.on_the_way(Name("w", str(j + 1)), formula)
            lines.append(replace(line, textbook=Call("ln", (weighted,))))
    line, largest = source.on_the_way(Name("m"), Call("max", tuple(logs.values())))
    terms = tuple(Call("exp", (Sum((log, Neg(largest))),)) for log in logs.values())
    general = Call("exp", (Sum((Name("w", "j"), Neg(Name("m")))),))
    return (*lines, line), logs, largest, BigSum("j", "K", general, terms)


def _weighted_point(source: Source, cell: Cell) -> Working:
    i, j = _of(cell)
    x = source.ref("point", i, None, cell.entry)
    return Working(Product((source.ref("responsibility", i, j), x)))


def _weighted_squared_deviation(source: Source, cell: Cell) -> Working:
    """beta (x - mu')^2; of a matrix, beta (x_a - mu'_a)(x_b - mu'_b)."""
    i, j = _of(cell)
    places: list[tuple[int, ...]] = [(a,) for a in dict.fromkeys(cell.entry)] or [()]
    deviations: list[Expr] = [
        _deviation(source, i, source.ref("mean", None, j, place), place) for place in places
    ]
    if len(deviations) == 1:
        deviations = [Power(deviations[0], 2)]
    return Working(Product((source.ref("responsibility", i, j), *deviations)))


def _column_sum(quantity: str) -> Formula:
    """The sum of a column of the trace, over the points."""

    def formula(source: Source, cell: Cell) -> Working:
        return Working(source.over_points(quantity, cell.component, cell.entry))

    return formula


def _mean(source: Source, cell: Cell) -> Working:
    j = _j(cell)
    total = source.ref("weighted-point-sum", None, j, cell.entry)
    return Working(Fraction(total, source.ref("effective-count", None, j)))


def _covariance(source: Source, cell: Cell) -> Working:
    """What the structure keeps of the scatter, over what it was added up from: see structures."""
    j, structure = _j(cell), source.epoch.structure
    count: Expr = source.ref("effective-count", None, j)
    if structure.is_shared:
        count = source.over_components("effective-count")
    is_mean_over_coordinates = structure.part == MEAN_OF_DIAGONAL and source.d is not None
    if is_mean_over_coordinates:
        count = Product((source.dimensions, count))
    if structure.part != ALL and len(set(cell.entry)) == 2:
        return Working(Fraction(Constant(0.0), count))
    entries = [cell.entry]
    if is_mean_over_coordinates:
        entries = [(a, a) for a in range(source.d or 1)]
    kept = tuple(_scatter(source, j, entry) for entry in entries)
    return Working(Fraction(Sum(kept) if len(kept) > 1 else kept[0], count))


def _scatter(source: Source, j: int, entry: tuple[int, ...]) -> Expr:
    """An entry of the scatter matrix that the structure estimates from: the component's, or all."""
    quantity = "weighted-squared-deviation-sum"
    if source.epoch.structure.is_shared:
        return source.over_components(quantity, entry)
    return source.ref(quantity, None, j, entry)


def _weight(source: Source, cell: Cell) -> Working:
    n = Ref(Name("n"), float(source.n), is_given=True)
    return Working(Fraction(source.ref("effective-count", None, _j(cell)), n))


def _gain(source: Source, cell: Cell) -> Working:
    after = source.ref("log-likelihood", ago=-1)
    return Working(Sum((after, Neg(source.ref("log-likelihood")))))


FORMULAS: dict[str, Formula] = {
    "distance": _distance,
    "log-determinant": _log_determinant,
    "standard-density": _standard_density,
    "density": _density,
    "weighted-density": _weighted_density,
    "evidence": _evidence,
    "log-evidence": _log_evidence,
    "log-likelihood": _column_sum("log-evidence"),
    "responsibility": _responsibility,
    "effective-count": _column_sum("responsibility"),
    "weighted-point": _weighted_point,
    "weighted-point-sum": _column_sum("weighted-point"),
    "mean": _mean,
    "weighted-squared-deviation": _weighted_squared_deviation,
    "weighted-squared-deviation-sum": _column_sum("weighted-squared-deviation"),
    "covariance": _covariance,
    "weight": _weight,
    "gain": _gain,
}
"""How each quantity is computed. A point has no formula: it is given."""
