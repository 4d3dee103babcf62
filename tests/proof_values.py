"""The formulas of proofs in numbers: an evaluator of its own, in 50 digits, derivatives by differences.

Everything is a matrix of Decimals; a number is one of 1 x 1. Letters are looked up as the proofs
use them: without a prime the old parameters, with one those of the oracle's M step.
"""

import decimal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import reduce
from typing import Any

from refgmm.notation import (
    BigSum,
    Call,
    Constant,
    Derivative,
    Expr,
    Fraction,
    Inverse,
    LogDeterminant,
    Name,
    Neg,
    Power,
    Product,
    Sum,
    Transpose,
)
from refgmm.oracle import PI

CONTEXT = decimal.Context(prec=60, Emin=decimal.MIN_EMIN, Emax=decimal.MAX_EMAX)
STEP = Decimal(10) ** -16
"""Of central differences: an error of about STEP^2 relative to the third derivative."""

Value = list[list[Decimal]]
Letters = Mapping[str, int]


def number(value: Any) -> Value:
    return [[Decimal(value)]]


def matrix(value: Any) -> Value:
    """A number, a column, a matrix."""
    if not isinstance(value, (tuple, list)):
        return number(value)
    if not isinstance(value[0], (tuple, list)):
        return [[Decimal(entry)] for entry in value]
    return [[Decimal(entry) for entry in row] for row in value]


def is_number(value: Value) -> bool:
    return len(value) == len(value[0]) == 1


def added(a: Value, b: Value) -> Value:
    return [[x + y for x, y in zip(u, v, strict=True)] for u, v in zip(a, b, strict=True)]


def times(a: Value, b: Value) -> Value:
    if is_number(a):
        return [[a[0][0] * entry for entry in row] for row in b]
    if is_number(b):
        return times(b, a)
    return [
        [
            sum((x * y for x, y in zip(row, column, strict=True)), Decimal(0))
            for column in zip(*b, strict=True)
        ]
        for row in a
    ]


def transposed(a: Value) -> Value:
    return [list(row) for row in zip(*a, strict=True)]


def determinant(a: Value) -> Decimal:
    """By the first row."""
    if is_number(a):
        return a[0][0]
    minors = ([row[:c] + row[c + 1 :] for row in a[1:]] for c in range(len(a)))
    return sum(
        ((-1) ** c * a[0][c] * determinant(minor) for c, minor in enumerate(minors)), Decimal(0)
    )


def inverse(a: Value) -> Value:
    """By Cramer's rule."""
    if is_number(a):
        return [[1 / a[0][0]]]
    d, whole = range(len(a)), determinant(a)
    return [
        [
            (-1) ** (r + c)
            * determinant([row[:r] + row[r + 1 :] for at, row in enumerate(a) if at != c])
            / whole
            for c in d
        ]
        for r in d
    ]


def triangle(a: Value) -> Value:
    """The lower triangular matrix that times its transpose is this one; column by column."""
    d = len(a)
    rest, found = [list(row) for row in a], [[Decimal(0)] * d for _ in range(d)]
    for c in range(d):
        root = rest[c][c].sqrt()
        for r in range(c, d):
            found[r][c] = rest[r][c] / root
        rest = [[rest[r][s] - found[r][c] * found[s][c] for s in range(d)] for r in range(d)]
    return found


@dataclass(frozen=True)
class Parameters:
    """Of a mixture, each a Value: alpha, mu, and the inverses of the covariances."""

    weights: tuple[Value, ...]
    means: tuple[Value, ...]
    precisions: tuple[Value, ...]

    @classmethod
    def of(cls, weights: Any, means: Any, covariances: Any) -> "Parameters":
        return cls(
            tuple(map(matrix, weights)),
            tuple(map(matrix, means)),
            tuple(inverse(matrix(covariance)) for covariance in covariances),
        )


@dataclass(frozen=True)
class Evaluator:
    """An epoch in which the letters of proofs have values.

    shares: beta_j(x_i), (n, k), which stay when a parameter is moved for a derivative
    """

    points: tuple[Value, ...]
    old: Parameters
    new: Parameters
    shares: tuple[tuple[Decimal, ...], ...]

    def log_density(self, at: Parameters, i: int, j: int) -> Decimal:
        away = added(self.points[i], times(number(-1), at.means[j]))
        form = times(times(transposed(away), at.precisions[j]), away)[0][0]
        return (determinant(at.precisions[j]).ln() - form - len(away) * (2 * PI).ln()) / 2

    def evidence(self, at: Parameters, i: int) -> Decimal:
        terms = (at.weights[j][0][0] * self.log_density(at, i, j).exp() for j in self.components)
        return sum(terms, Decimal(0))

    def log_likelihood(self, at: Parameters) -> Decimal:
        return sum((self.evidence(at, i).ln() for i in range(len(self.points))), Decimal(0))

    def q(self, at: Parameters) -> Decimal:
        return sum(
            (
                beta * (at.weights[j][0][0].ln() + self.log_density(at, i, j))
                for i, row in enumerate(self.shares)
                for j, beta in enumerate(row)
            ),
            Decimal(0),
        )

    def bound(self, at: Parameters) -> Decimal:
        return self.q(at) - sum(
            (beta * beta.ln() for row in self.shares for beta in row), Decimal(0)
        )

    @property
    def components(self) -> range:
        return range(len(self.old.weights))

    def value(self, expr: Expr, letters: Letters) -> Value:  # noqa: PLR0912  # one case a node
        """letters: what i, j and a stand for."""
        match expr:
            case Constant(value):
                return number(value)
            case Name():
                return self.named(expr, letters)
            case Sum(terms):
                return reduce(added, [self.value(term, letters) for term in terms])
            case Neg(value):
                return times(number(-1), self.value(value, letters))
            case Product(factors):
                return reduce(times, [self.value(factor, letters) for factor in factors])
            case Fraction(above, below):
                return times(self.value(above, letters), inverse(self.value(below, letters)))
            case Power(Name("σ", _, _) as sigma, exponent):
                variance = self.covariance(sigma, letters)[0][0]
                return number(variance ** (exponent // 2))
            case Power(base, exponent):
                return number(self.value(base, letters)[0][0] ** exponent)
            case Call("ln", (argument,)):
                return number(self.value(argument, letters)[0][0].ln())
            case LogDeterminant(of):
                return number(determinant(self.value(of.symbol, letters)).ln())
            case Transpose(value):
                return transposed(self.value(value, letters))
            case Inverse(value):
                return inverse(self.value(value, letters))
            case BigSum(index, upper, general):
                counts = {
                    "n": len(self.points),
                    "K": len(self.components),
                    "d": len(self.points[0]),
                }
                all_of_it = range(counts[upper])
                return reduce(
                    added, [self.value(general, {**letters, index: at}) for at in all_of_it]
                )
            case Derivative(of, by):
                return self.derivative(of, by, letters)
            case _:
                raise AssertionError(expr)

    def covariance(self, name: Name, letters: Letters) -> Value:
        """Of a component; of the first, where all share it."""
        at = self.new if name.prime else self.old
        return inverse(at.precisions[letters[name.sub] if name.sub else 0])

    def named(self, name: Name, letters: Letters) -> Value:
        at = self.new if name.prime else self.old
        i, j = letters.get("i", -1), letters.get(name.sub, -1)
        values: dict[str, Callable[[], Value]] = {
            "x": lambda: self.points[i],
            "α": lambda: at.weights[j],
            "μ": lambda: at.means[j],
            "Σ": lambda: self.covariance(name, letters),
            "Λ": lambda: at.precisions[j if name.sub else 0],
            "g": lambda: number(self.log_density(at, i, j).exp()),
            "p": lambda: number(self.evidence(at, i)),
            "β": lambda: (
                number(
                    at.weights[j][0][0] * self.log_density(at, i, j).exp() / self.evidence(at, i)
                )
                if name.prime
                else number(self.shares[i][j])
            ),
            "N": lambda: number(sum(row[j] for row in self.shares)),
            "S": lambda: self.scatter(j),
            "C": lambda: triangle(inverse(at.precisions[j])),
            "z": lambda: times(
                inverse(triangle(inverse(at.precisions[j]))),
                added(self.points[i], times(number(-1), at.means[j])),
            ),
            "n": lambda: number(len(self.points)),
            "λ": lambda: number(len(self.points)),  # as the proof finds
            "d": lambda: number(len(self.points[0])),
            "π": lambda: number(PI),
            "ln L": lambda: number(self.log_likelihood(at)),
            "Q": lambda: number(self.q(at)),
            "F": lambda: number(self.bound(at)),
            "ℓ": lambda: number(
                self.log_likelihood(at)
                - len(self.points) * (sum(weight[0][0] for weight in at.weights) - 1)
            ),
        }
        value = values[name.base]()
        if name.index:
            places = [letters[str(letter)] for letter in name.index]
            value = number(value[places[0]][places[1] if len(places) > 1 else 0])
        return value

    def scatter(self, j: int) -> Value:
        """About the new mean."""
        terms = []
        for x, row in zip(self.points, self.shares, strict=True):
            away = added(x, times(number(-1), self.new.means[j]))
            terms.append(times(number(row[j]), times(away, transposed(away))))
        return reduce(added, terms)

    def derivative(self, of: Expr, by: Expr, letters: Letters) -> Value:
        """By every entry of a parameter, from central differences; the responsibilities stay."""
        shape = self.value(by, letters)
        found: Value = []
        for r, row in enumerate(shape):
            found.append([])
            for c, _ in enumerate(row):
                above, below = (
                    self.moved(by, r, c, step, letters).value(of, letters)[0][0]
                    for step in (STEP, -STEP)
                )
                found[-1].append((above - below) / (2 * STEP))
        return found

    def moved(self, by: Expr, r: int, c: int, step: Decimal, letters: Letters) -> "Evaluator":
        """With one entry of a parameter changed: of component j, or of all that share it."""
        name = by.base if isinstance(by, Power) else by
        assert isinstance(name, Name)
        assert not name.prime
        own = [letters[name.sub]] if name.sub else list(self.components)

        def with_step(value: Value, *places: tuple[int, int]) -> Value:
            return [
                [entry + step if (a, b) in places else entry for b, entry in enumerate(row)]
                for a, row in enumerate(value)
            ]

        def changed(
            values: tuple[Value, ...], change: Callable[[Value], Value]
        ) -> tuple[Value, ...]:
            return tuple(change(value) if j in own else value for j, value in enumerate(values))

        old = self.old
        d = len(self.points[0])
        diagonal = [(letters["a"],) * 2] if name.index else [(a, a) for a in range(d)]
        moves: dict[str, Callable[[], Parameters]] = {
            "α": lambda: replace(old, weights=changed(old.weights, lambda v: with_step(v, (0, 0)))),
            "μ": lambda: replace(old, means=changed(old.means, lambda v: with_step(v, (r, c)))),
            "Λ": lambda: replace(
                old, precisions=changed(old.precisions, lambda v: with_step(v, (r, c)))
            ),
        }
        moves["σ"] = moves["Σ"] = lambda: replace(
            old,
            precisions=changed(
                old.precisions,
                lambda v: inverse(with_step(inverse(v), *diagonal)),
            ),
        )
        return replace(self, old=moves[name.base]())
