"""The square root of a covariance: L with L L^T = A, L lower triangular (Cholesky).

cholesky, pivots   L; the squares of its diagonal
decomposed         L, and ln det A
factorised         the same L before it is rounded to doubles
squared_distance   (x - mean)^T A^-1 (x - mean), also of many points;  log_determinant: ln det (L L^T)

A matrix is a tuple of rows. Sizes are not checked again here: see refgmm.validation.

Premise: where coordinates are nearly dependent, differences cancel. At a condition number of
1e8, doubles would leave 8 of 16 digits of L, and 11 of a distance though x - mean, L and every
step are correct to the last bit.
Method: `factorised` and what is computed from it are the textbook's formulas in 50-digit
decimals, rounded once, at the end. `decomposed` and `squared_distance` find the same doubles
faster, from numbers of two doubles, and ask for decimals only where those can't tell:
refgmm._kernel_double. Where L `suits_doubles`, refgmm.gaussian computes distances in doubles: that is
faster still.
"""

import decimal
import functools
import math
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from refgmm import _kernel_double
from refgmm.arithmetic import Matrix, Vector, square
from refgmm.linear_algebra import NotPositiveDefiniteError

_CONTEXT = decimal.Context(prec=50)

_LEAST_PIVOT = Decimal(2) ** -108
"""Of the variance that a pivot is left of. Three doubles a, b, c make a c - b^2 either zero or at
least 2^-108 a c: what is below is the rounding of 50 digits, where the truth is zero."""

_REMEMBERED = 32  # factors: of the components of an epoch, or nearly

Factor = tuple[tuple[Decimal, ...], ...]
"""The rows of a lower triangular matrix, each up to the diagonal."""


class Decomposition(NamedTuple):
    """What the density asks of a covariance, each the double nearest to the truth."""

    lower: Matrix  # L, (d, d), with zeros to the right of the diagonal
    log_determinant: float  # ln det (L L^T)
    suits_doubles: bool  # whether distances computed from `lower` in doubles lose next to nothing


def cholesky(matrix: Matrix) -> Matrix:
    """The lower triangular L with L L^T = `matrix`, each entry a double.

    Raises NotPositiveDefiniteError where there is none.

    >>> cholesky(((4.0, 2.0), (2.0, 5.0)))
    ((2.0, 0.0), (1.0, 2.0))
    """
    return decomposed(matrix).lower


@functools.lru_cache(maxsize=_REMEMBERED)
def decomposed(matrix: Matrix) -> Decomposition:
    """L and ln det (L L^T) of `matrix`, which is symmetric; its lower half is read.

    Raises NotPositiveDefiniteError where there is no L. The last few are remembered: an epoch asks for
    each new covariance twice, to see whether it is singular and to make a Gaussian of it.

    >>> decomposed(((1.0, 2.0), (2.0, 5.0)))[0]
    ((1.0, 0.0), (2.0, 1.0))
    """
    found = _kernel_double.decomposed(matrix)
    if found is not None:
        lower, logarithm = _squared(found[0]), found[1]
    else:
        factor = factorised(matrix)
        lower, logarithm = rounded(factor), log_determinant(factor)
    return Decomposition(lower, logarithm, _kernel_double.suits_doubles(lower))


def pivots(matrix: Matrix) -> Vector:
    """What is left of the variance of each coordinate once those before it are known: L_aa^2.

    Raises NotPositiveDefiniteError where nothing is left of one.

    >>> pivots(((4.0, 2.0), (2.0, 5.0)))
    (4.0, 4.0)
    """
    return tuple(square(row[a]) for a, row in enumerate(cholesky(matrix)))


def rounded(factor: Factor) -> Matrix:
    """A factor in doubles, with the zeros to the right of the diagonal."""
    return _squared([[*map(float, row)] for row in factor])


def _squared(rows: list[list[float]]) -> Matrix:
    """Rows up to the diagonal, filled up with zeros."""
    d = len(rows)
    return tuple((*row, *[0.0] * (d - len(row))) for row in rows)


@functools.lru_cache(maxsize=_REMEMBERED)
def factorised(matrix: Matrix) -> Factor:
    """The lower triangular L with L L^T = `matrix`, which is symmetric; its lower half is read.

        pivot_a = A_aa - sum_c L_ac^2,     L_aa = sqrt(pivot_a)
        L_ab    = (A_ab - sum_c L_ac L_bc) / L_bb       for b < a; c runs from 0 to b - 1

    Pivot a is what is left of the variance of coordinate a once those before it are known.
    Raises NotPositiveDefiniteError where nothing is left. The last few are remembered.

    >>> factorised(((4.0, 2.0), (2.0, 5.0)))
    ((Decimal('2'),), (Decimal('1'), Decimal('2')))
    """
    with decimal.localcontext(_CONTEXT):
        factor: list[list[Decimal]] = []
        for a, row in enumerate(matrix):
            factor.append([])
            for b in range(a):
                known = sum((factor[a][c] * factor[b][c] for c in range(b)), Decimal(0))
                factor[a].append((Decimal(row[b]) - known) / factor[b][b])
            known = sum((entry * entry for entry in factor[a]), Decimal(0))
            pivot = Decimal(row[a]) - known
            if abs(pivot) < _LEAST_PIVOT * Decimal(row[a]):
                pivot = Decimal(0)
            if pivot <= 0:
                raise NotPositiveDefiniteError(a, float(pivot))
            factor[a].append(pivot.sqrt())
        return tuple(map(tuple, factor))


def squared_distance(matrix: Matrix, x: Vector, mean: Vector) -> float:
    """(x - mean)^T A^-1 (x - mean), the squared Mahalanobis distance: the double nearest to the truth.

    Raises NotPositiveDefiniteError where `matrix` has no Cholesky factor.

    >>> squared_distance(((4.0, 2.0), (2.0, 5.0)), (5.0, 7.0), (1.0, 1.0))
    8.0
    """
    return squared_distances(matrix, (x,), mean)[0]


def squared_distances(matrix: Matrix, points: Sequence[Vector], mean: Vector) -> Vector:
    """The squared Mahalanobis distance of each point, (n,), as `squared_distance`."""
    rows = _factor_of_doubles(matrix)
    found = [math.nan] * len(points)
    if rows is not None:
        found = _kernel_double.squared_distances(rows, points, mean)
    return tuple(
        _squared_distance(factorised(matrix), x, mean) if math.isnan(distance) else distance
        for x, distance in zip(points, found, strict=True)
    )


@functools.lru_cache(maxsize=_REMEMBERED)
def _factor_of_doubles(matrix: Matrix) -> list[list[_kernel_double.Double]] | None:
    """The kernel's factor, not rounded. The last few are remembered: a point at a time asks for them."""
    return _kernel_double.factor(matrix)


def _squared_distance(factor: Factor, x: Vector, mean: Vector) -> float:
    """z^T z, where L z = x - mean, in decimals."""
    with decimal.localcontext(_CONTEXT):
        z: list[Decimal] = []
        for row, value, centre in zip(factor, x, mean, strict=True):
            rest = Decimal(value) - Decimal(centre)
            for entry, known in zip(row, z, strict=False):  # all but the diagonal
                rest -= entry * known
            z.append(rest / row[-1])
        return float(sum([value * value for value in z]))


def log_determinant(factor: Factor) -> float:
    """ln det (L L^T), twice the logarithm of the product of L's diagonal.

    >>> log_determinant(factorised(((4.0, 2.0), (2.0, 5.0)))) == math.log(16)
    True
    """
    with decimal.localcontext(_CONTEXT):
        return float(2 * math.prod([row[-1] for row in factor], start=Decimal(1)).ln())
