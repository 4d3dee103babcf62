"""What refgmm.quasi_newton says, in numbers: coordinates, gradient, and steps.

A lower triangular matrix is a list of rows, row a with a + 1 entries.
"""

from math import exp, log, sqrt

from refgmm._kernel_matrix import Kind
from refgmm.type_names import Sequence, final

Rows = list[list[float]]

Parameters = tuple[list[float], Rows, list[Rows]]
"""Weights (k,), means (k, d) and covariances (k, d, d)."""


def dot(a: list[float], b: list[float]) -> float:
    """The sum of the products."""
    found = 0.0
    for i, value in enumerate(a):
        found += value * b[i]
    return found


def plus(vector: list[float], factor: float, other: list[float]) -> list[float]:
    """vector + factor other."""
    return [value + factor * other[i] for i, value in enumerate(vector)]


@final
class Factor:
    """L = T diag(l), lower triangular, with ones on the diagonal of T; of a covariance L L^T.

    Its coordinates are ln l_a and, below the diagonal, T_ab. To move them by dl and dT is to move L by
    dL = L X, with dl on the diagonal of X and L^-1 dT diag(l) below.
    """

    def __init__(self, rows: Rows, count: float) -> None:
        self.rows: Rows = rows
        self.count: float = count  # N_j; of a covariance that is shared, n

    def coordinates(self) -> Rows:
        """ln l_a on the diagonal, T_ab below."""
        found: Rows = []
        for a, row in enumerate(self.rows):
            found.append([row[b] / self.rows[b][b] for b in range(a)])
            found[a].append(log(row[a]))
        return found

    def derivatives(self, scatter: Rows) -> Rows:
        """Of ln L along the coordinates; scatter: C_j, (d, d)."""
        half = [self.solved(row) for row in scatter]
        along_x: Rows = []
        for a in range(len(scatter)):
            whole = self.solved([row[a] for row in half])
            along_x.append(whole[: a + 1])
            along_x[a][a] -= self.count
        found: Rows = []
        below = [self.solved_transposed(_below(along_x, b)) for b in range(len(scatter))]
        for a, row in enumerate(along_x):
            found.append([below[b][a] * self.rows[b][b] for b in range(a)])
            found[a].append(row[a])
        return found

    def direction(self, derivatives: Rows) -> Rows:
        """I_c^-1 times such derivatives."""
        found: Rows = []
        for a, row in enumerate(derivatives):
            found.append([0.0] * a)
            found[a].append(row[a] / (2.0 * self.count))
        d = len(derivatives)
        for b in range(d):
            scale = self.rows[b][b]
            moves = [0.0] * d  # column b of X
            for a in range(b + 1, d):
                for c in range(a, d):
                    moves[a] += self.rows[c][a] * derivatives[c][b]
                moves[a] /= scale * self.count
            for a in range(b + 1, d):
                for c in range(b + 1, a + 1):
                    found[a][b] += self.rows[a][c] * moves[c]
                found[a][b] /= scale
        return found

    def squared_lengths(self, direction: Rows) -> list[float]:
        """The squares of the lengths of the rows of X, (d,)."""
        found = [row[a] * row[a] for a, row in enumerate(direction)]
        for b in range(len(direction)):
            column = self.solved(_below(direction, b))
            for a in range(b + 1, len(direction)):
                move = column[a] * self.rows[b][b]
                found[a] += move * move
        return found

    def solved(self, vector: list[float]) -> list[float]:
        """z with L z = vector."""
        z: list[float] = []
        for a, row in enumerate(self.rows):
            rest = vector[a]
            for b, known in enumerate(z):
                rest -= row[b] * known
            z.append(rest / row[a])
        return z

    def solved_transposed(self, vector: list[float]) -> list[float]:
        """z with L^T z = vector."""
        z = [*vector]
        for a in range(len(vector) - 1, -1, -1):
            row = self.rows[a]
            z[a] /= row[a]
            for b in range(a):
                z[b] -= row[b] * z[a]
        return z

    def times_covariance(self, vector: list[float]) -> list[float]:
        """L L^T vector."""
        half = [0.0] * len(vector)
        for a, value in enumerate(vector):
            for b, entry in enumerate(self.rows[a]):
                half[b] += entry * value
        return [dot(row, half) for row in self.rows]


def _below(rows: Rows, b: int) -> list[float]:
    """Column b of what stands below the diagonal, (d,)."""
    return [row[b] if a > b else 0.0 for a, row in enumerate(rows)]


def _scatter(count: float, covariance: Rows, shift: list[float]) -> Rows:
    """C_j = N_j (Sigma_j' + shift shift^T)."""
    return [
        [count * (value + shift[a] * shift[b]) for b, value in enumerate(row)]
        for a, row in enumerate(covariance)
    ]


def _covariance_at(coordinates: Rows) -> Rows:
    """L L^T, (d, d)."""
    spreads = [exp(row[a]) for a, row in enumerate(coordinates)]
    factor: Rows = []
    for a, row in enumerate(coordinates):
        factor.append([row[b] * spreads[b] for b in range(a)])
        factor[a].append(spreads[a])
    covariance = [[0.0] * len(factor) for _ in factor]
    for a, row in enumerate(factor):
        for b in range(a + 1):
            covariance[a][b] = covariance[b][a] = dot(factor[b], row)
    return covariance


@final
class Place:
    """A mixture's coordinates, and the gradient of its log-likelihood there, (p,) each.

    (p,) numbers belong to weights (k), means (k d) and factors: of each factor, or of the one that is
    shared, what the structure leaves free, along directions of length 1 at right angles to each other.
    """

    def __init__(
        self,
        parameters: tuple[Sequence[float], Rows, list[Rows]],
        estimate: tuple[Sequence[float], Rows, list[Rows]],
        kind: Kind,
    ) -> None:
        """Of weights (k,), means (k, d) and Cholesky factors (k of them), with what the M step finds
        there: effective counts (k,), means (k, d) and covariances (k, d, d).
        """
        weights, means, factors = parameters
        counts, new_means, new_covariances = estimate
        is_full, is_spherical, is_shared = kind
        self.is_full: bool = is_full
        self.is_spherical: bool = is_spherical
        self.is_shared: bool = is_shared
        self.d: int = len(means[0])
        self.weights: list[float] = [*weights]
        self.factors: list[Factor] = [
            Factor(rows, count) for rows, count in zip(factors, counts, strict=True)
        ]
        n = 0.0
        for count in counts:
            n += count
        self.point_count: float = n
        self.coordinates: list[float] = [log(weight) for weight in weights]
        self.gradient: list[float] = [
            count - n * weight for weight, count in zip(weights, counts, strict=True)
        ]
        self.free: list[Factor] = [Factor(factors[0], n)] if self.is_shared else self.factors
        scatters: list[Rows] = []
        for j, factor in enumerate(self.factors):
            shift = plus(new_means[j], -1.0, means[j])
            slope = factor.solved_transposed(factor.solved(shift))
            self.coordinates += means[j]
            self.gradient += [factor.count * value for value in slope]
            own = _scatter(factor.count, new_covariances[j], shift)
            if self.is_shared and scatters:
                own = [plus(row, 1.0, own[a]) for a, row in enumerate(scatters.pop())]
            scatters.append(own)
        for j, factor in enumerate(self.free):
            self.coordinates += self._entries(factor.coordinates())
            self.gradient += self._entries(factor.derivatives(scatters[j]))

    def _entries(self, rows: Rows) -> list[float]:
        """What the structure leaves free."""
        found: list[float] = []
        if self.is_full:
            for row in rows:
                found += row
            return found
        found = [row[a] for a, row in enumerate(rows)]
        if not self.is_spherical:
            return found
        total = 0.0
        for value in found:
            total += value
        return [total / sqrt(float(self.d))]

    def _rows(self, numbers: list[float], place: int) -> Rows:
        """The factor, or the move of one, whose entries stand there."""
        rows: Rows = []
        alike = numbers[place] / sqrt(float(self.d))
        for a in range(self.d):
            if self.is_full:
                rows.append(numbers[place : place + a + 1])
                place += a + 1
            else:
                rows.append([0.0] * a)
                rows[a].append(alike if self.is_spherical else numbers[place + a])
        return rows

    def _size(self) -> int:
        """How many numbers a factor has."""
        if self.is_full:
            return self.d * (self.d + 1) // 2
        return 1 if self.is_spherical else self.d

    def preconditioned(self, derivatives: list[float]) -> list[float]:
        """I_c^-1 times derivatives: a direction. Of the gradient: to first order, EM's step."""
        k, d = len(self.weights), self.d
        found = [
            derivatives[j] / (self.point_count * weight) for j, weight in enumerate(self.weights)
        ]
        for j, factor in enumerate(self.factors):
            slope = derivatives[k + j * d : k + (j + 1) * d]
            found += [value / factor.count for value in factor.times_covariance(slope)]
        place = k + k * d
        for factor in self.free:
            found += self._entries(factor.direction(self._rows(derivatives, place)))
            place += self._size()
        return found

    def length(self, direction: list[float]) -> float:
        """How far a direction moves what it moves most: the logarithm of a weight, relative to the
        others; a mean, in standard deviations; a row of X, of which the diagonal is the logarithm of
        a standard deviation.
        """
        k, d = len(self.weights), self.d
        middle = dot(self.weights, direction)
        longest = 0.0
        for j in range(k):
            longest = max(longest, abs(direction[j] - middle))
        squares: list[float] = []
        for j, factor in enumerate(self.factors):
            z = factor.solved(direction[k + j * d : k + (j + 1) * d])
            squares.append(dot(z, z))
        place = k + k * d
        for factor in self.free:
            squares += factor.squared_lengths(self._rows(direction, place))
            place += self._size()
        for square in squares:
            longest = max(longest, sqrt(square))
        return longest

    def moved(self, direction: list[float], step: float) -> Parameters:
        """The parameters at coordinates + step direction."""
        k, d = len(self.weights), self.d
        goal = plus(self.coordinates, step, direction)
        highest = goal[0]
        for j in range(k):
            highest = max(highest, goal[j])
        shares = [exp(goal[j] - highest) for j in range(k)]
        total = 0.0
        for share in shares:
            total += share
        means = [goal[k + j * d : k + (j + 1) * d] for j in range(k)]
        covariances = []
        for place in range(k + k * d, len(goal), self._size()):
            covariances.append(_covariance_at(self._rows(goal, place)))
        return (
            [share / total for share in shares],
            means,
            covariances * k if self.is_shared else covariances,
        )


@final
class Pair:
    """A step s, and by how much the gradient fell along it, y; (p,) each.

    curvature: s^T y, positive
    """

    def __init__(self, step: list[float], fall: list[float], curvature: float) -> None:
        self.step: list[float] = step
        self.fall: list[float] = fall
        self.curvature: float = curvature


def ascent_direction(place: Place, pairs: list[Pair]) -> list[float]:
    """H times the gradient, H from I_c^-1 by the updates of the pairs, the oldest first (Nocedal 1980).

    The gradient rises along it: H is positive definite as long as all curvatures are positive.
    """
    slope = place.gradient
    shares: list[float] = []
    for pair in reversed(pairs):
        share = dot(pair.step, slope) / pair.curvature
        slope = plus(slope, -share, pair.fall)
        shares.append(share)
    direction = place.preconditioned(slope)
    for pair in pairs:
        correction = shares.pop() - dot(pair.fall, direction) / pair.curvature
        direction = plus(direction, correction, pair.step)
    return direction
