"""Eight points at once, in d dimensions, as the components of refgmm._kernel_vectors see them.

With d = x - mu_j, and Sigma_j = T D T^T, T lower triangular with ones on its diagonal, D diagonal, the deviance
of a component at a point x is

    q_j = -2 ln(alpha_j g_j(x)) = u^T D^-1 u + ln det Sigma_j + d ln 2 pi - 2 ln alpha_j        u = T^-1 d

The densities are taken relative to that of the component of the largest weight, h, which is one exp less:

    p(x) = exp(-q_h / 2) S        S = sum_j exp((q_h - q_j) / 2)        beta_j = exp((q_h - q_j) / 2) / S

Where one of the eight points is far from h, they are relative to the largest at each point instead
(log-sum-exp).
"""

from math import inf, log, pi

from refgmm._kernel_eight import Eight
from refgmm._kernel_matrix import cholesky
from refgmm.type_names import Final, Sequence, final

_FAINT: Final = -665.0  # ln of the densities from which on doubles may lose digits, ...
_DENSE: Final = 700.0  # ... or overflow, with so many components
_LOG_2_PI: Final = log(2.0 * pi)
_NEAR: Final = 75.0
"""ln of how many times the heaviest's density others may be: the product of eight normalisers is a double."""

Exact = tuple[float, Sequence[float]]
"""ln det Sigma_j, and the squared Mahalanobis distances of all points, (n,)."""

Parameters = tuple[float, Sequence[float], Sequence[Sequence[float]], Exact | None]
"""Of a component: weight, mean (d,), covariance (d, d); and what doubles would lose digits of, where
the covariance is near to singular."""


@final
class Group:
    """Eight points, or what is left of them: then the last is repeated, and counts once."""

    def __init__(self, points: Sequence[Sequence[float]]) -> None:
        self.size: int = len(points)
        rows = [*points, *[points[-1]] * (8 - len(points))]
        self.coordinates: list[Eight] = []
        for a in range(len(points[0])):
            column = Eight(0.0)
            column.set([row[a] for row in rows])
            self.coordinates.append(column)


@final
class _Entry:
    """An entry of T below the diagonal: what it multiplies, and the sum of beta d_a d_b."""

    def __init__(self, column: "_Coordinate") -> None:
        self.factor: float = 0.0  # T_ab
        self.rest: Eight = column.rest  # u_b
        self.deviation: Eight = column.deviation  # d_b
        self.sum: float = 0.0
        self.run_sum: float = 0.0


@final
class _Coordinate:
    """A coordinate of a component: numbers for the group at hand, and sums."""

    def __init__(self, before: "list[_Coordinate]") -> None:
        self.before: list[_Coordinate] = [*before]
        self.mean: float = 0.0
        self.precision: float = 0.0  # 1 / D_aa
        self.deviation: Eight = Eight(0.0)  # d_a
        self.rest: Eight = Eight(0.0)  # u_a, where it isn't d_a
        self.others: list[_Entry] = []  # entries that are not 0
        self.first: float = 0.0  # sum of beta d_a
        self.second: float = 0.0  # sum of beta d_a^2
        self.run_first: float = 0.0
        self.run_second: float = 0.0
        self.entries: list[_Entry] = [_Entry(other) for other in before]

    def prepare(self, mean: float, factor: list[list[float]], row: list[float]) -> None:
        """What the density asks for, from the mean and the covariance's Cholesky factor, and its row."""
        pivot = row[-1]
        self.mean = mean
        self.precision = 1.0 / (pivot * pivot)
        self.others = []
        for b, entry in enumerate(self.entries):
            if row[b] != 0.0:
                entry.factor = row[b] / factor[b][b]
                entry.rest = self.before[b].uncorrelated()
                self.others.append(entry)

    def uncorrelated(self) -> Eight:
        """u_a, once it has been looked at."""
        return self.rest if self.others else self.deviation


@final
class Component:
    """A Gaussian with its weight, its numbers for the group at hand, and its sums.

    share: exp((q_h - q_j) / 2), and once it is added to the sums, beta_j
    """

    def __init__(self, parameters: Parameters, is_full: bool) -> None:
        weight, mean, covariance, exact = parameters
        self.is_full: bool = is_full
        self.weight: float = weight
        self.mean: list[float] = [*mean]
        self.covariance: list[list[float]] = [[*row] for row in covariance]
        self.distances: list[float] = [] if exact is None else [*exact[1]]
        self.least_deviance: float = 0.0  # q_j at the mean
        self.count: float = 0.0
        self.run_count: float = 0.0
        self.coordinates: list[_Coordinate] = []
        for _ in mean:
            self.coordinates.append(_Coordinate(self.coordinates))
        self.deviance: Eight = Eight(0.0)  # q_j
        self.share: Eight = Eight(0.0)
        self.weighted: Eight = Eight(0.0)
        self.prepare(cholesky(self.covariance))
        if exact is not None:
            self.set_log_determinant(exact[0])

    def prepare(self, factor: list[list[float]]) -> None:
        """What the density asks for, from weight, mean and the covariance's Cholesky factor."""
        log_determinant = 0.0
        for a, row in enumerate(factor):
            self.coordinates[a].prepare(self.mean[a], factor, row)
            log_determinant += 2.0 * log(row[a])
        self.set_log_determinant(log_determinant)

    def set_log_determinant(self, log_determinant: float) -> None:
        """ln det Sigma, for the height of the density."""
        log_weight = log(self.weight) if self.weight > 0.0 else -inf
        self.least_deviance = log_determinant + len(self.mean) * _LOG_2_PI - 2.0 * log_weight

    def start_run(self) -> None:
        """All sums are 0."""
        self.count = self.run_count = 0.0
        for coordinate in self.coordinates:
            coordinate.first = coordinate.second = 0.0
            coordinate.run_first = coordinate.run_second = 0.0
            for entry in coordinate.entries:
                entry.sum = entry.run_sum = 0.0

    def end_block(self) -> None:
        """Add the sums of the block to those of the run; the next block starts from 0."""
        self.run_count += self.count
        self.count = 0.0
        for coordinate in self.coordinates:
            coordinate.run_first += coordinate.first
            coordinate.run_second += coordinate.second
            coordinate.first = coordinate.second = 0.0
            for entry in coordinate.entries:
                entry.run_sum += entry.sum
                entry.sum = 0.0

    def look(self, group: Group, number: int) -> None:
        """The deviance of each point; `number` counts the groups."""
        deviance = self.deviance
        deviance.set_all(self.least_deviance)
        for a, coordinate in enumerate(self.coordinates):
            rest = coordinate.deviation
            rest.set_difference(group.coordinates[a], coordinate.mean)
            if coordinate.others:
                rest = coordinate.rest
                rest.set_difference(group.coordinates[a], coordinate.mean)
                for entry in coordinate.others:
                    rest.subtract_multiple(entry.rest, entry.factor)
            deviance.add_multiple_of_square(rest, coordinate.precision)
        if self.distances:
            own = self.distances[8 * number : 8 * number + group.size]
            deviance.set([*own, *[own[-1]] * (8 - len(own))])
            deviance.add_number(self.least_deviance)

    def add_group(self, normaliser: Eight) -> None:
        """What the group adds to the sums; its share is divided by the normaliser, given inverted."""
        share, weighted = self.share, self.weighted
        self.count += share.multiply(normaliser)
        for coordinate in self.coordinates:
            coordinate.first += weighted.set_product(share, coordinate.deviation)
            coordinate.second += weighted.dot(coordinate.deviation)
            if self.is_full:
                for entry in coordinate.entries:
                    entry.sum += weighted.dot(entry.deviation)

    def sums(self) -> list[float]:
        """N, A, and B of the run: its lower half row by row, or its diagonal."""
        found = [self.run_count]
        found += [coordinate.run_first for coordinate in self.coordinates]
        for coordinate in self.coordinates:
            if self.is_full:
                found += [entry.run_sum for entry in coordinate.entries]
            found.append(coordinate.run_second)
        return found

    def move_to(self, group: Group, centre: list[float]) -> None:
        """Take the deviations from elsewhere."""
        for a, coordinate in enumerate(self.coordinates):
            coordinate.deviation.set_difference(group.coordinates[a], centre[a])


@final
class Mixture:
    """The components, and what they come to for the group at hand.

    base: the deviances, q_h or the lowest, that the shares are relative to
    normaliser: S, the sum of the shares
    """

    def __init__(self, components: list[Component]) -> None:
        self.components: list[Component] = components
        heaviest = components[0]
        least = heaviest.least_deviance
        for component in components:
            if component.weight > heaviest.weight:
                heaviest = component
            least = min(least, component.least_deviance)
        self.heaviest: Component = heaviest
        is_ordinary = -2.0 * _DENSE < least < -2.0 * (_FAINT + _NEAR)
        self.largest_base: float = least + 2.0 * _NEAR if is_ordinary else -inf  # of h
        self.lowest: Eight = Eight(0.0)
        self.base: Eight = self.lowest
        self.normaliser: Eight = Eight(0.0)

    def look(self, group: Group, number: int) -> None:
        """The densities at each point, as shares; their base, and the normaliser."""
        for component in self.components:
            component.look(group, number)
        self.base = self.heaviest.deviance
        if not self.base.is_within(-inf, self.largest_base):
            self.base = self.lowest
            self.lowest.set_all(inf)
            for component in self.components:
                self.lowest.lower_to(component.deviance)
        self.normaliser.set_all(0.0)
        for component in self.components:
            if component.deviance is self.base:
                component.share.set_all(1.0)
            else:
                component.share.set_ratio(component.deviance, self.base)
            self.normaliser.add(component.share)

    def is_beyond(self) -> bool:
        """Whether the evidence of a point is too faint or too dense for doubles."""
        return self.base is self.lowest and not self.base.is_within(-2.0 * _DENSE, -2.0 * _FAINT)


def leave_out(numbers: Eight, value: float, size: int) -> None:
    """A value that adds nothing, for the repetitions at the end of a group."""
    numbers.set([*numbers.numbers()[:size], *[value] * (8 - size)])
