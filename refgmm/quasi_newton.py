"""Quasi-Newton steps up the likelihood, from the sums of EM's epochs.

Near a maximum an EM epoch leaves a fixed share of the way to go: where components overlap, 999 parts
of 1000. But its sums hold more than EM uses. They give the gradient of the log-likelihood, which at
the parameters of the E step is that of the complete-data log-likelihood (Fisher's identity),

    d ln L / d ln alpha_j  =  N_j - n alpha_j
    d ln L / d mu_j        =  N_j Sigma_j^-1 (mu_j' - mu_j)
    d ln L / d X_j         =  the lower half of L_j^-1 C_j L_j^-T - N_j I
                              C_j = N_j (Sigma_j' + (mu_j' - mu_j)(mu_j' - mu_j)^T)

where primes mark what the M step finds, L_j L_j^T = Sigma_j (Cholesky), and X_j says how L_j moves:
dL_j = L_j dX_j, lower triangular. Of covariances that are shared, C_j and N_j are added up. The sums
also give the information that the points would hold if it were known which component each is from,

    I_c:    n alpha_j for ln alpha_j      N_j Sigma_j^-1 for mu_j
            2 N_j on the diagonal of X_j, N_j below

and I_c^-1 times the gradient is, to first order, EM's own step. What the points hold without that
knowledge is less; how much less shows in how the gradient falls along the steps taken. BFGS corrects
I_c^-1 until every fall y belongs to its step s:

    H <- (I - s y^T / s^T y) H (I - y s^T / s^T y) + s s^T / s^T y,        from H = I_c^-1

The coordinates are ln alpha_j, of which only differences count, mu_j, and log-Cholesky: the logarithms
of the diagonal of L_j and what stands below it. Any numbers there are a mixture: weights that sum to 1,
covariances that are positive definite. What a structure keeps of Sigma_j, it keeps of L_j.

Sources: M. Jamshidian and R. I. Jennrich 1997, "Acceleration of the EM algorithm by using quasi-Newton
methods", Journal of the Royal Statistical Society B 59(3), their QN2; K. Lange 1995, "A quasi-Newton
acceleration of the EM algorithm", Statistica Sinica 5, for I_c; T. A. Louis 1982, "Finding the observed
information matrix when using the EM algorithm", JRSS B 44(2), for the gradient; J. C. Pinheiro and
D. M. Bates 1996, "Unconstrained parametrizations for variance-covariance matrices", Statistics and
Computing 6; J. Nocedal 1980, "Updating quasi-Newton matrices with limited storage", Mathematics of
Computation 35, for H times a vector.
"""

import math

from refgmm.arithmetic import (
    Matrix,
    Vector,
    as_matrix,
    as_vector,
    columns,
    scaled,
    squared_deviation,
    summed,
    total,
)
from refgmm.events import Estimates
from refgmm.linear_algebra import identity, solve_lower, solve_upper, times
from refgmm.mixture import Mixture
from refgmm.records import dataclass
from refgmm.structures import ALL, DIAGONAL_PART, Structure
from refgmm.type_names import Any, Iterable, Sequence


@dataclass(frozen=True, slots=True)
class Parts:
    """Coordinates, derivatives along them, or a direction: by what the numbers belong to.

    weights: (k,);  means: (k, d)
    factors: lower triangular, (k, d, d); (1, d, d) where all components share one
    """

    weights: Vector
    means: tuple[Vector, ...]
    factors: tuple[Matrix, ...]

    @classmethod
    def of(cls, numbers: Vector, k: int, d: int, structure: Structure) -> "Parts":
        """What `numbers` makes (p,) numbers of."""
        size = structure.count(d)
        means, factors = numbers[k : k + k * d], numbers[k + k * d :]
        return cls(
            numbers[:k],
            tuple(means[a : a + d] for a in range(0, len(means), d)),
            tuple(
                _matrix(factors[a : a + size], d, structure) for a in range(0, len(factors), size)
            ),
        )

    def numbers(self, structure: Structure) -> Vector:
        """One after the other, (p,); of the factors, what the structure leaves free."""
        found = [*self.weights]
        for mean in self.means:
            found += mean
        for factor in self.factors:
            found += _entries(factor, structure)
        return tuple(found)


def _entries(factor: Matrix, structure: Structure) -> Vector:
    """What a structure leaves free, along directions of length 1 at right angles to each other."""
    if structure.part == ALL:
        return tuple(entry for a, row in enumerate(factor) for entry in row[: a + 1])
    diagonal = _diagonal(factor)
    return (
        diagonal
        if structure.part == DIAGONAL_PART
        else (total(diagonal) / math.sqrt(len(diagonal)),)
    )


def _matrix(entries: Vector, d: int, structure: Structure) -> Matrix:
    """The factor whose entries these are."""
    if structure.part == ALL:
        rows = [entries[a * (a + 1) // 2 :][: a + 1] for a in range(d)]
        return tuple((*row, *(0.0,) * (d - len(row))) for row in rows)
    if structure.part == DIAGONAL_PART:
        return _with_diagonal(identity(d), entries)
    return identity(d, entries[0] / math.sqrt(d))


@dataclass(frozen=True, slots=True)
class Place:
    """A mixture, its coordinates, and the gradient of the log-likelihood there.

    counts: N_j, (k,)
    factors: L_j, (k, d, d), or (1, d, d); factor_counts: N_j, or their sum
    coordinates, gradient: (p,)
    """

    mixture: Mixture[Any]
    structure: Structure
    counts: Vector
    factors: tuple[Matrix, ...]
    factor_counts: Vector
    coordinates: Vector
    gradient: Vector

    @classmethod
    def of(cls, mixture: Mixture[Any], m: Estimates, structure: Structure) -> "Place":
        """From the M step that follows the E step of the mixture."""
        counts, n = m.effective_counts, total(m.effective_counts)
        factors = tuple(map(_cholesky, mixture.components))
        zero = (0.0,) * (mixture.dimension or 1)
        shifts = [
            tuple(map(float.__sub__, as_vector(new), as_vector(old)))
            for new, old in zip(m.means, mixture.means, strict=True)
        ]
        scatters = [
            scaled(count, summed([as_matrix(new), squared_deviation(shift, zero)]))
            for count, new, shift in zip(counts, m.covariances, shifts, strict=True)
        ]
        of_means = tuple(
            scaled(count, solve_upper(factor, solve_lower(factor, shift)))
            for count, factor, shift in zip(counts, factors, shifts, strict=True)
        )
        factor_counts = counts
        if structure.is_shared:
            factors, factor_counts, scatters = factors[:1], (n,), [summed(scatters)]
        coordinates = Parts(
            tuple(map(math.log, mixture.weights)),
            tuple(map(as_vector, mixture.means)),
            tuple(_with_diagonal(factor, map(math.log, _diagonal(factor))) for factor in factors),
        )
        gradient = Parts(
            tuple(
                count - n * weight for count, weight in zip(counts, mixture.weights, strict=True)
            ),
            of_means,
            tuple(map(_derivatives, factors, factor_counts, scatters)),
        )
        return cls(
            mixture,
            structure,
            counts,
            factors,
            factor_counts,
            coordinates.numbers(structure),
            gradient.numbers(structure),
        )

    def preconditioned(self, derivatives: Vector) -> Vector:
        """I_c^-1 times derivatives: a direction. Of the gradient: to first order, EM's step."""
        given, n = self._parts(derivatives), total(self.counts)
        direction = Parts(
            tuple(
                slope / (n * weight)
                for slope, weight in zip(given.weights, self.mixture.weights, strict=True)
            ),
            tuple(
                scaled(1.0 / count, times(as_matrix(covariance), slope))
                for count, covariance, slope in zip(
                    self.counts, self.mixture.covariances, given.means, strict=True
                )
            ),
            tuple(map(_direction, self.factors, self.factor_counts, given.factors)),
        )
        return direction.numbers(self.structure)

    def length(self, direction: Vector) -> float:
        """How far a direction moves what it moves most: the logarithm of a weight, relative to the
        others; a mean, in standard deviations; a row of X_j, of which the diagonal is the logarithm
        of a standard deviation.
        """
        given = self._parts(direction)
        middle = total(map(float.__mul__, self.mixture.weights, given.weights))
        changes = [abs(change - middle) for change in given.weights]
        for factor, shift in zip(self._factor_of_each(self.factors), given.means, strict=True):
            changes.append(math.hypot(*solve_lower(factor, shift)))
        for factor, move in zip(self.factors, given.factors, strict=True):
            of_factor = _with_diagonal(move, _by(float.__mul__, move, factor))
            of_x = columns(solve_lower(factor, column) for column in columns(of_factor))
            changes += [math.hypot(*row) for row in of_x]
        return max(changes)

    def moved(self, direction: Vector, step: float) -> Mixture[Any]:
        """The mixture at coordinates + step * direction.

        InvalidValueError where its numbers are none to compute with.
        """
        goal = self._parts(
            tuple(x + step * move for x, move in zip(self.coordinates, direction, strict=True))
        )
        highest = max(goal.weights)
        shares = [math.exp(value - highest) for value in goal.weights]
        sum_of_shares = total(shares)
        factors = [_with_diagonal(logs, map(math.exp, _diagonal(logs))) for logs in goal.factors]
        covariances = [tuple(times(factor, row) for row in factor) for factor in factors]
        is_scalar = self.mixture.dimension is None
        return Mixture.of_parameters(
            [share / sum_of_shares for share in shares],
            [mean[0] if is_scalar else mean for mean in goal.means],
            [matrix[0][0] if is_scalar else matrix for matrix in self._factor_of_each(covariances)],
        )

    def _parts(self, numbers: Vector) -> Parts:
        k, d = len(self.counts), self.mixture.dimension or 1
        return Parts.of(numbers, k, d, self.structure)

    def _factor_of_each(self, factors: Sequence[Matrix]) -> Sequence[Matrix]:
        """(k, d, d), also where there is one for all."""
        return [*factors] * (len(self.counts) // len(factors))


def _derivatives(factor: Matrix, count: float, scatter: Matrix) -> Matrix:
    """Along ln L_aa and L_ab, from those along X: with G the latter, L^-T G along L."""
    half = columns(solve_lower(factor, row) for row in scatter)
    whole = [solve_lower(factor, row) for row in half]
    along_x = _lower(_with_diagonal(whole, [value - count for value in _diagonal(whole)]))
    along_factor = columns(solve_upper(factor, column) for column in columns(along_x))
    return _with_diagonal(along_factor, _by(float.__mul__, along_factor, factor))


def _direction(factor: Matrix, count: float, derivatives: Matrix) -> Matrix:
    """I_c^-1 times such derivatives: to X by L^T, divided by I_c, and back by L."""
    along_factor = _with_diagonal(derivatives, _by(float.__truediv__, derivatives, factor))
    along_x = _lower(_product(columns(factor), along_factor))
    moves_x = [
        tuple(entry / (2.0 * count if a == b else count) for b, entry in enumerate(row))
        for a, row in enumerate(along_x)
    ]
    moves_factor = _product(factor, moves_x)
    return _with_diagonal(moves_factor, _by(float.__truediv__, moves_factor, factor))


def _cholesky(component: Any) -> Matrix:
    is_scalar = not isinstance(component.mean, tuple)
    factor: Matrix = ((math.sqrt(component.variance),),) if is_scalar else component.cholesky
    return factor


def _diagonal(matrix: Sequence[Vector]) -> Vector:
    return tuple(row[a] for a, row in enumerate(matrix))


def _by(operation: Any, matrix: Sequence[Vector], factor: Matrix) -> Iterable[float]:
    """The diagonals, entry by entry."""
    return map(operation, _diagonal(matrix), _diagonal(factor))


def _with_diagonal(matrix: Sequence[Vector], diagonal: Iterable[float]) -> Matrix:
    return tuple(
        (*row[:a], entry, *row[a + 1 :])
        for a, (row, entry) in enumerate(zip(matrix, diagonal, strict=True))
    )


def _lower(matrix: Sequence[Vector]) -> Matrix:
    return tuple((*row[: a + 1], *(0.0,) * (len(row) - a - 1)) for a, row in enumerate(matrix))


def _product(a: Sequence[Vector], b: Sequence[Vector]) -> Matrix:
    other = columns(b)
    return tuple(times(other, row) for row in a)


def dot(a: Sequence[float], b: Sequence[float]) -> float:
    """The sum of the products."""
    return total([p * q for p, q in zip(a, b, strict=True)])


@dataclass(frozen=True, slots=True)
class Pair:
    """A step, and by how much the gradient fell along it.

    curvature: s^T y, positive
    """

    step: Vector  # s, (p,)
    fall: Vector  # y, (p,)
    curvature: float


def ascent_direction(place: Place, pairs: Sequence[Pair]) -> Vector:
    """H times the gradient, H from I_c^-1 by the updates of the pairs, the oldest first (Nocedal 1980).

    The gradient rises along it: H is positive definite as long as all curvatures are positive.
    """
    slope = place.gradient
    shares = []
    for pair in reversed(pairs):
        shares.append(dot(pair.step, slope) / pair.curvature)
        slope = _plus(slope, -shares[-1], pair.fall)
    direction = place.preconditioned(slope)
    for pair, share in zip(pairs, reversed(shares), strict=True):
        correction = share - dot(pair.fall, direction) / pair.curvature
        direction = _plus(direction, correction, pair.step)
    return direction


def _plus(vector: Vector, factor: float, other: Vector) -> Vector:
    return tuple([a + factor * b for a, b in zip(vector, other, strict=True)])
