"""What the tests of d dimensions share: random problems, the oracle's epoch, and how many digits
of each number of an epoch agree with it.
"""

import math
import random
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from refgmm import Mixture, oracle
from refgmm.arithmetic import Matrix, Vector, columns
from refgmm.cholesky import cholesky
from refgmm.em import Epoch
from refgmm.gaussian import MultivariateGaussian
from refgmm.structures import STRUCTURES

from .support import Place, reference_trace, trace

Points = tuple[Vector, ...]
Start = Mixture[MultivariateGaussian]
Drawn = tuple[Points, Start]
Reference = oracle.OracleMultivariateEpoch

NAMES = list(STRUCTURES)


# Exact matrices

Exact = list[list[Fraction]]


def exact(matrix: Matrix) -> Exact:
    return [list(map(Fraction, row)) for row in matrix]


def determinant(matrix: Exact) -> Fraction:
    """By Gauss's elimination, with exchanges of rows where a pivot is 0."""
    rows = [list(row) for row in matrix]
    result = Fraction(1)
    for a in range(len(rows)):
        pivot = next((b for b in range(a, len(rows)) if rows[b][a]), None)
        if pivot is None:
            return Fraction(0)
        if pivot != a:
            rows[a], rows[pivot] = rows[pivot], rows[a]
            result = -result
        result *= rows[a][a]
        for other in rows[a + 1 :]:
            factor = other[a] / rows[a][a]
            other[a:] = [p - factor * q for p, q in zip(other[a:], rows[a][a:], strict=True)]
    return result


# Random problems


def dot(a: Sequence[float], b: Sequence[float]) -> float:
    return math.fsum(p * q for p, q in zip(a, b, strict=True))


def applied(matrix: Matrix, vector: Sequence[float]) -> Vector:
    """The product of a matrix and a vector."""
    return tuple(dot(row, vector) for row in matrix)


def sandwich(matrix: Matrix, sigma: Matrix) -> Matrix:
    """A Sigma A^T, the covariance of A x: exactly symmetric."""
    half = columns(applied(matrix, column) for column in columns(sigma))
    full = [applied(matrix, row) for row in half]
    d = range(len(full))
    return tuple(tuple(full[max(a, b)][min(a, b)] for b in d) for a in d)


def orthogonal(rng: random.Random, d: int) -> Matrix:
    """A random orthogonal matrix, by rows: Gram and Schmidt, twice over against rounding."""
    rows: list[Vector] = []
    while len(rows) < d:
        row = tuple(rng.gauss(0, 1) for _ in range(d))
        for other in rows * 2:
            overlap = dot(row, other)
            row = tuple(a - overlap * b for a, b in zip(row, other, strict=True))
        length = math.hypot(*row)
        rows.append(tuple(a / length for a in row))
    return tuple(rows)


def random_covariance(rng: random.Random, d: int, condition: float) -> Matrix:
    """A covariance whose eigenvalues go from 1 / condition to 1, its axes in any direction."""
    values = [condition ** -(a / max(d - 1, 1)) for a in range(d)]
    diagonal = tuple(tuple(v if a == b else 0.0 for b in range(d)) for a, v in enumerate(values))
    return sandwich(orthogonal(rng, d), diagonal)


def random_problem(rng: random.Random, n: int, k: int, d: int, *, condition: float = 10.0) -> Drawn:
    """Points drawn from a mixture, and that mixture to start from.

    A calm problem times the square root of a covariance of this condition number: points lie
    within some sigma of every component, also where all of them lie close to one plane.
    """
    stretch = cholesky(random_covariance(rng, d, condition))
    shares = [rng.uniform(1, 3) for _ in range(k)]
    means = [tuple(rng.gauss(0, 1) for _ in range(d)) for _ in range(k)]
    covariances = [random_covariance(rng, d, 4.0) for _ in range(k)]
    start = Mixture.multivariate(
        [share / sum(shares) for share in shares],
        [applied(stretch, mean) for mean in means],
        [sandwich(stretch, sigma) for sigma in covariances],
    )
    points = []
    for _ in range(n):
        component = start.components[rng.randrange(k)]
        z = [rng.gauss(0, 1) for _ in range(d)]
        points.append(
            tuple(
                m + move
                for m, move in zip(component.mean, applied(component.cholesky, z), strict=True)
            )
        )
    return tuple(points), start


# The oracle beside an epoch


def reference(points: Points, before: Start, structure: str = "full") -> Reference:
    """The oracle's epoch from the same doubles."""
    return oracle.multivariate_epoch(
        points, before.weights, before.means, before.covariances, structure
    )


def assert_agrees(epoch: Epoch[MultivariateGaussian], truth: Reference, digits: float) -> None:
    """Every number of the trace has so many correct digits.

    Most are measured against themselves. A sum whose terms differ in sign is measured against the
    sum without the signs, a covariance against the two standard deviations multiplied, and a
    logarithm against 1 where it is nearer to 0: a ratio of 1 + e has a logarithm near e.
    """
    expected = reference_trace(truth)  # type: ignore[arg-type]
    computed = trace(epoch)
    assert computed.keys() == expected.keys()
    for place, value in computed.items():
        error = abs(Decimal(value) - expected[place])
        size = _size(place, expected[place], truth)
        inherited = _inherited(place, epoch, truth)
        allowed = Decimal(10) ** Decimal(-digits) * size + inherited
        assert error <= allowed, (place, value, expected[place], error, allowed)


def _size(place: Place, number: Decimal, truth: Reference) -> Decimal:
    """What an error is measured against."""
    name, at = place
    if name in ("log_determinants", "log_evidence"):
        return max(abs(number), Decimal(1))
    if name == "log_likelihood":
        return sum((max(abs(ln_p), Decimal(1)) for ln_p in truth.log_evidence), Decimal(0))
    if name in ("weighted_point_sums", "means"):
        j, a = at
        size = sum((abs(row[j][a]) for row in truth.weighted_points), Decimal(0))
        return size if name == "weighted_point_sums" else size / truth.effective_counts[j]
    if name in ("weighted_squared_deviation_sums", "covariances"):
        j, a, b = at
        matrix = getattr(truth, name)[j]
        return Decimal((matrix[a][a] * matrix[b][b]).sqrt())
    return abs(number)


def _inherited(place: Place, epoch: Epoch[MultivariateGaussian], truth: Reference) -> Decimal:
    """beta (x - mu')(x - mu')^T takes the actual error of mu', which has no bound relative to a
    point that sits on the mean in a coordinate; see support.assert_agrees.

    x - mu' is rounded, too, but relative to itself, as is whatever follows.
    """
    if place[0] != "weighted_squared_deviations":
        return Decimal(0)
    i, j, a, b = place[1]
    beta = truth.responsibilities[i][j]
    deltas = [abs(Decimal(epoch.m.means[j][c]) - truth.means[j][c]) for c in (a, b)]
    points = [truth.weighted_points[i][j][c] / beta for c in (a, b)]
    deviations = [abs(x - truth.means[j][c]) for x, c in zip(points, (a, b), strict=True)]
    first, second = deltas
    crossed = deviations[0] * second + deviations[1] * first + first * second
    return Decimal("1.1") * beta * crossed
