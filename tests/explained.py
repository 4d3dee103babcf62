"""The problems whose every number is explained in tests, and the numbers that must come out.

epochs_of(problem)     the epochs of a problem, to which tests ask for explanations
cells_of(...)          every cell of an epoch, and its number: read off the trace by hand
symbols_of(...)        what every symbol of a formula stands for, also without refgmm's help
"""

import decimal
import functools
import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from refgmm import Cell, Epoch, EStep, Mixture, iterate

from . import formula_reader as reader
from .formula_reader import Array, Number, Value
from .support import NOTE_POINTS, cells, note_start


@dataclass(frozen=True)
class Given:
    """A problem. epochs: how many of them are explained, if it has so many."""

    points: tuple[Any, ...]
    start: Mixture[Any]
    structure: str = "full"
    epochs: int = 3


def _univariate(
    points: list[float],
    weights: list[float],
    means: list[float],
    variances: list[float],
    **others: Any,
) -> Given:
    return Given(tuple(points), Mixture.univariate(weights, means, variances), **others)


def _unit(d: int, diagonal: float = 1.0, beside: float = 0.0) -> list[list[float]]:
    return [[diagonal if a == b else beside for b in range(d)] for a in range(d)]


PLANE = ((0.5, 1.0), (-1.25, 0.3), (2.0, -0.75), (3.5, 2.5), (0.1, 0.2))
CUBE = tuple((0.3 * i - 1, (7 * i % 5) - 2.5, 0.1 * i * i) for i in range(6))
SIX = tuple(tuple(((3 * i + 5 * a) % 11) / 4 - 1 for a in range(6)) for i in range(9))


def _plane(structure: str) -> Given:
    start = Mixture.multivariate(
        [0.6, 0.4], [(0.0, 0.5), (2.0, 1.0)], [((1.5, 0.25), (0.25, 2.0)), _unit(2, 0.75, -0.1)]
    )
    return Given(PLANE, start, structure)


PROBLEMS = {
    "note": Given(tuple(NOTE_POINTS), note_start()),
    "three": _univariate(
        [-2.5, -1.0, 0.25, 0.5, 3.0, 4.75, 6.0],
        [0.2, 0.5, 0.3],
        [-2.0, 0.5, 5.0],
        [1.0, 0.3, 2.5],
    ),
    "tied": _univariate(
        [0.9, 0.7, 1.2, 2.4, 1.8], [0.3, 0.7], [1.0, 2.0], [2.0, 1.0], structure="tied"
    ),
    "one component": _univariate([1.0, -4.0, 2.5], [1.0], [0.3], [2.0]),
    "one point": _univariate([1.5], [0.5, 0.5], [1.0, 2.0], [1.0, 1.0]),
    "identical": _univariate([1.0, -4.0, 2.5], [0.5, 0.5], [0.3, 0.3], [2.0, 2.0]),
    "on the means": _univariate([1.0, 2.0, 2.0, 3.0], [0.5, 0.5], [1.0, 3.0], [1.0, 1.0]),
    "thirty": _univariate(
        [((17 * i) % 30) / 8 - 1.5 for i in range(30)],
        [0.4, 0.6],
        [-1.0, 2.0],
        [1.0, 1.0],
        epochs=1,
    ),
    "tiny": _univariate([1e-9, -2e-9, 1.5e-9, 4e-9], [0.5, 0.5], [0.0, 3e-9], [1e-18, 2e-18]),
    "huge": _univariate([1e20, -2e20, 1.5e20], [0.5, 0.5], [0.0, 3e20], [1e40, 2e40]),
    "far point": _univariate([0.0, 1.0, 200.0], [0.05, 0.95], [0.0, 1.5], [1.0, 2.0]),
    "faint point": _univariate([0.0, 1.0, 37.5], [0.05, 0.95], [0.0, 0.5], [1.0, 1.0]),
    "weight 0": _univariate([-0.5, 1.0, 2.0, -3.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]),
    "weight 0 and a far point": _univariate(
        [0.0, 1.0, 200.0], [0.6, 0.0, 0.4], [0.0, 1.0, 2.0], [1.0, 1.0, 3.0]
    ),
    "nobody's": _univariate([-0.5, 1.0, 2.0], [0.5, 0.5], [0.0, 300.0], [1.0, 1.0]),
    "collapse": _univariate([0.0, 0.1, 5.0], [0.5, 0.5], [0.0, 5.0], [0.05, 1e-4], epochs=6),
    "far away in the plane": Given(
        (*PLANE, (200.0, 3.0)),
        Mixture.multivariate([0.5, 0.3, 0.2], [(0, 0), (1, 1), (3, 0)], [_unit(2, 1.0, 0.2)] * 3),
        epochs=2,
    ),
    "weight 0 in the plane": Given(
        PLANE, Mixture.multivariate([0.0, 1.0], [(0, 0), (1, 1)], [_unit(2)] * 2), epochs=2
    ),
    "nobody's in the plane": Given(
        PLANE, Mixture.multivariate([0.5, 0.5], [(0, 0), (900, 1)], [_unit(2)] * 2), "tied"
    ),
    "nobody's, diagonal": Given(
        PLANE, Mixture.multivariate([0.5, 0.5], [(0, 0), (900, 1)], [_unit(2)] * 2), "diagonal"
    ),
    "narrow and wide": _univariate([5.0, 0.0, 6.0], [0.5, 0.5], [0.0, 6.0], [100.0, 0.01]),
    "collapse in the plane": Given(
        ((0.0, 0.0), (1.0, 1.0), (2.0, 2.0)),
        Mixture.multivariate([0.5, 0.5], [(0, 0), (2, 2)], [_unit(2)] * 2),
    ),
    "nearly a line": Given(
        ((0.0, 0.0), (1.0, 1.0000001), (2.0, 2.0), (3.0, 3.0000002)),
        Mixture.multivariate([0.5, 0.5], [(0, 0), (2, 2)], [_unit(2)] * 2),
    ),
    "vectors of one": Given(
        ((0.5,), (1.0,), (3.0,)),
        Mixture.multivariate([0.5, 0.5], [(0,), (2,)], [((1.0,),), ((2.0,),)]),
        epochs=2,
    ),
    "cube": Given(
        CUBE,
        Mixture.multivariate(
            [0.5, 0.5], [(-1.0, 0, 0.5), (0.5, 0, 2)], [_unit(3, 2.0, 0.5), _unit(3)]
        ),
        epochs=2,
    ),
    "cube, spherical": Given(
        CUBE,
        Mixture.multivariate([0.5, 0.5], [(-1.0, 0, 0.5), (0.5, 0, 2)], [_unit(3, 2.0)] * 2),
        "spherical",
        epochs=1,
    ),
    "six coordinates": Given(
        SIX, Mixture.multivariate([0.5, 0.5], [SIX[0], SIX[5]], [_unit(6, 2.0)] * 2), epochs=1
    ),
} | {
    f"plane, {structure}": _plane(structure)
    for structure in (
        "full",
        "tied",
        "diagonal",
        "tied diagonal",
        "spherical",
        "tied spherical",
    )
}


@functools.cache
def epochs_of(name: str) -> tuple[Epoch[Any], ...]:
    """The epochs that are explained, and the one after them, if there is one."""
    given = PROBLEMS[name]
    found = iterate(given.points, given.start, given.structure)
    return tuple(itertools.islice(found, given.epochs + 1))


def explained_epochs(name: str) -> tuple[Epoch[Any], ...]:
    return epochs_of(name)[: PROBLEMS[name].epochs]


TRACE = {
    "mahalanobis_distances": ("distance", "ij"),
    "log_determinants": ("log-determinant", "j"),
    "standard_densities": ("standard-density", "ij"),
    "densities": ("density", "ij"),
    "weighted_densities": ("weighted-density", "ij"),
    "evidence": ("evidence", "i"),
    "log_evidence": ("log-evidence", "i"),
    "log_likelihood": ("log-likelihood", ""),
    "responsibilities": ("responsibility", "ij"),
    "effective_counts": ("effective-count", "j"),
    "weighted_points": ("weighted-point", "ij"),
    "weighted_point_sums": ("weighted-point-sum", "j"),
    "means": ("mean", "j"),
    "weighted_squared_deviations": ("weighted-squared-deviation", "ij"),
    "weighted_squared_deviation_sums": ("weighted-squared-deviation-sum", "j"),
    "covariances": ("covariance", "j"),
    "weights": ("weight", "j"),
}
"""The fields of the trace: the name of each as a quantity, and which of its indices come first."""


def _cells_in(step: Any, fields: Any, epoch: int) -> Iterator[tuple[Cell, float]]:
    for field in fields:
        quantity, leading = TRACE[field]
        for (_, at), value in cells(field, getattr(step, field)):
            place = dict(zip(leading, at, strict=False))
            entry = at[len(leading) :]
            yield Cell(epoch, quantity, place.get("i"), place.get("j"), entry), value


def given_cells(epoch: Epoch[Any]) -> dict[Cell, float]:
    """The points, and the parameters that the epoch started from."""
    points = {
        Cell(0, "point", at[0], None, at[1:]): value
        for (_, at), value in cells("point", epoch.points)
    }
    before = _cells_in(epoch.before, ("weights", "means", "covariances"), epoch.index - 1)
    return points | dict(before)


def computed_cells(name: str, epoch: Epoch[Any]) -> dict[Cell, float]:
    """Every number that the epoch computed, as its trace holds it."""
    e_fields = [field for field in TRACE if hasattr(epoch.e, field)]
    m_fields = [field for field in TRACE if hasattr(epoch.m, field)]
    found = dict(_cells_in(epoch.e, e_fields, epoch.index))
    found |= dict(_cells_in(epoch.m, m_fields, epoch.index))
    if not epoch.ends_walk:
        following = epochs_of(name)[epoch.index]
        gain = following.e.log_likelihood - epoch.e.log_likelihood
        found[Cell(epoch.index, "gain")] = gain
    return found


@functools.cache
def symbols_of(name: str, index: int) -> dict[str, Value]:
    """What the symbols of an epoch's formulas stand for."""
    with decimal.localcontext(reader.CONTEXT):
        return _symbols(name, epochs_of(name)[index - 1])


def _low(number: int) -> str:
    return "".join("₀₁₂₃₄₅₆₇₈₉"[int(digit)] for digit in str(number + 1))


def _number(value: float) -> Number:
    return Number(Decimal(value))


def _with_entries(symbol: str, value: Any) -> dict[str, Value]:
    """The symbol of a number; of a vector or matrix, and of its entries."""
    if not isinstance(value, tuple):
        return {symbol: _number(value)}
    rows = tuple(tuple(map(_number, row if isinstance(row, tuple) else (row,))) for row in value)
    found: dict[str, Value] = {symbol: Array(rows)}
    for (_, at), entry in cells(symbol, value):
        found[f"{symbol}[{','.join(str(a + 1) for a in at)}]"] = _number(entry)
    return found


def _density(e: EStep, i: int, j: int, d: int) -> Number:
    """As the trace has it; where no double holds it precisely, from its logarithm."""
    if e.densities[i][j] > 1e-280:
        return _number(e.densities[i][j])
    squared = Decimal(e.mahalanobis_distances[i][j]) ** 2
    constant = Decimal(e.log_determinants[j]) + d * Decimal(math.log(2 * math.pi))
    density = (-(squared + constant) / 2).exp()
    return Number(density, density * Decimal("1e-11"))


def _symbols(name: str, epoch: Epoch[Any]) -> dict[str, Value]:
    d, e, m = epoch.before.dimension, epoch.e, epoch.m
    found: dict[str, Value] = {"n": _number(len(epoch.points)), "d": _number(d or 1)}
    for i, x in enumerate(epoch.points):
        found |= _with_entries(f"x{_low(i)}", x)
        p = _number(e.evidence[i])
        if abs(e.evidence[i]) < 1e-280:  # no double holds it precisely, and so ln p says more
            p = Number(Decimal(e.log_evidence[i]).exp())
            p = Number(p.value, p.value * Decimal("1e-12"))
        found[f"p(x{_low(i)})"] = p
    found["ln L"] = _number(e.log_likelihood)
    if not epoch.ends_walk:
        following = epochs_of(name)[epoch.index].e.log_likelihood
        found["ln L′"] = _number(following)
        found["gain"] = _number(following - e.log_likelihood)
    for j, component in enumerate(epoch.before.components):
        at = _low(j)
        found |= {
            f"α{at}": _number(epoch.before.weights[j]),
            f"α{at}′": _number(m.weights[j]),
            f"N{at}": _number(m.effective_counts[j]),
            f"w{at}": Number(Decimal("-inf")),  # until it is written down: that of a weight 0
        }
        found |= _with_entries(f"μ{at}", component.mean)
        found |= _with_entries(f"μ{at}′", m.means[j])
        if d is None:
            found[f"σ{at}"] = Number(Decimal(component.covariance).sqrt())
            found[f"σ{at}′"] = Number(Decimal(m.covariances[j]).sqrt())
        else:
            found |= _with_entries(f"Σ{at}", component.covariance)
            found |= _with_entries(f"Σ{at}′", m.covariances[j])
            found |= _with_entries(f"S{at}", m.weighted_squared_deviation_sums[j])
        for i, x in enumerate(epoch.points):
            point = f"x{_low(i)}"
            found |= {
                f"g{at}({point})": _density(e, i, j, d or 1),
                f"β{at}({point})": _number(e.responsibilities[i][j]),
                f"φ(z{at}({point}))": _number(e.standard_densities[i][j]),
                f"Δ{at}({point})": _number(e.mahalanobis_distances[i][j]),
            }
            if d is None:
                z = (Decimal(x) - Decimal(component.mean)) / Decimal(component.covariance).sqrt()
                found[f"z{at}({point})"] = Number(z).rounded(3)
    return found
