"""What refgmm.quasi_newton says of a mixture in d dimensions, in numbers.

A lower triangular matrix is a list of rows, row a with a + 1 entries.
"""

from math import exp, log, sqrt

from refgmm._kernel_matrix import Kind
from refgmm._kernel_newton import Place, dot, plus
from refgmm.type_names import Sequence, final

Rows = list[list[float]]

Parameters = tuple[list[float], Rows, list[Rows]]
"""Weights (k,), means (k, d) and covariances (k, d, d)."""


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
class PlaceOfVectors(Place):
    """In d dimensions: weights (k), means (k d) and factors: of each factor, or of the one that is
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
        super().__init__(weights, counts)
        self.is_full: bool = is_full
        self.is_spherical: bool = is_spherical
        self.is_shared: bool = is_shared
        self.d: int = len(means[0])
        self.factors: list[Factor] = [
            Factor(rows, count) for rows, count in zip(factors, counts, strict=True)
        ]
        self.free: list[Factor] = self.factors
        if self.is_shared:
            self.free = [Factor(factors[0], self.point_count)]
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
        k, d = len(self.weights), self.d
        found = self.preconditioned_weights(derivatives)
        for j, factor in enumerate(self.factors):
            slope = derivatives[k + j * d : k + (j + 1) * d]
            found += [value / factor.count for value in factor.times_covariance(slope)]
        place = k + k * d
        for factor in self.free:
            found += self._entries(factor.direction(self._rows(derivatives, place)))
            place += self._size()
        return found

    def length(self, direction: list[float]) -> float:
        k, d = len(self.weights), self.d
        longest = self.length_of_weights(direction)
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
        k, d = len(self.weights), self.d
        goal = plus(self.coordinates, step, direction)
        means = [goal[k + j * d : k + (j + 1) * d] for j in range(k)]
        covariances = []
        for place in range(k + k * d, len(goal), self._size()):
            covariances.append(_covariance_at(self._rows(goal, place)))
        return self.weights_at(goal), means, covariances * k if self.is_shared else covariances
