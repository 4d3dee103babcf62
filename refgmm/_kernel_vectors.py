"""EM in d dimensions for fits that keep no trace: the sums of refgmm._kernel, for vectors.

With d = x_i - mu_j from the current mean, beta = beta_j(x_i), and L_j the Cholesky factor of Sigma_j,

    z = L_j^-1 d,    ln(alpha_j g_j(x_i)) = ln alpha_j - (z^T z + ln det Sigma_j + d ln 2 pi) / 2
    N_j = sum_i beta        A_j = sum_i beta d        B_j = sum_i beta d d^T

and the scatter about the new mean, mu_j + A_j / N_j, is B_j - A_j A_j^T / N_j.

Eight points are computed at once; the densities relative to the largest at a point (log-sum-exp).
Blocks and runs are those of refgmm._kernel.
"""

from math import inf, log, pi

from refgmm._kernel import BEYOND, LOG_LIKELIHOOD, MOST_CORRECTIONS, RUN, added
from refgmm._kernel_double import suits_doubles
from refgmm._kernel_eight import Eight
from refgmm._kernel_matrix import (
    Estimate,
    Kind,
    are_distinct,
    cholesky,
    is_uneventful,
    parameters_of_sums,
)
from refgmm.type_names import Final, Sequence, final

_GROUPS_OF_BLOCK: Final = 32

_FAINT: Final = -665.0  # ln of the densities from which on doubles may lose digits, ...
_DENSE: Final = 700.0  # ... or overflow, with so many components
_LOG_2_PI: Final = log(2.0 * pi)

Exact = tuple[float, Sequence[float]]
"""ln det Sigma_j, and the squared Mahalanobis distances of all points, (n,)."""

Parameters = tuple[float, Sequence[float], Sequence[Sequence[float]], Exact | None]
"""Of a component: weight, mean (d,), covariance (d, d); and what doubles would lose digits of, where
the covariance is near to singular."""

Found = tuple[float, float, Estimate]
"""Of an epoch: the log-likelihood of the old parameters, how many points, or groups of them, have an
evidence that is too faint or too dense for doubles, and the new parameters."""


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
    """An entry of L below the diagonal: what it multiplies, and the sum of beta d_a d_b."""

    def __init__(self, column: "_Coordinate") -> None:
        self.factor: float = 0.0  # L_ab
        self.z: Eight = column.z  # z_b
        self.deviation: Eight = column.deviation  # d_b
        self.sum: float = 0.0
        self.run_sum: float = 0.0


@final
class _Coordinate:
    """A coordinate of a component: numbers for the group at hand, and sums."""

    def __init__(self, before: "list[_Coordinate]") -> None:
        self.mean: float = 0.0
        self.inverse: float = 0.0  # 1 / L_aa
        self.deviation: Eight = Eight(0.0)
        self.z: Eight = Eight(0.0)
        self.first: float = 0.0  # sum of beta d_a
        self.second: float = 0.0  # sum of beta d_a^2
        self.run_first: float = 0.0
        self.run_second: float = 0.0
        self.entries: list[_Entry] = [_Entry(other) for other in before]


@final
class _Component:
    """A Gaussian with its weight, its numbers for the group at hand, and its sums."""

    def __init__(self, parameters: Parameters, is_full: bool) -> None:
        weight, mean, covariance, exact = parameters
        self.is_full: bool = is_full
        self.weight: float = weight
        self.mean: list[float] = [*mean]
        self.covariance: list[list[float]] = [[*row] for row in covariance]
        self.distances: list[float] = [] if exact is None else [*exact[1]]
        self.is_diagonal: bool = False
        self.log_front: float = 0.0
        self.count: float = 0.0
        self.run_count: float = 0.0
        self.coordinates: list[_Coordinate] = []
        for _ in mean:
            self.coordinates.append(_Coordinate(self.coordinates))
        self.squares: Eight = Eight(0.0)
        self.logs: Eight = Eight(0.0)
        self.share: Eight = Eight(0.0)
        self.weighted: Eight = Eight(0.0)
        self.prepare(cholesky(self.covariance))
        if exact is not None:
            self.set_log_determinant(exact[0])

    def prepare(self, factor: list[list[float]]) -> None:
        """What the density asks for, from weight, mean and the covariance's Cholesky factor."""
        self.is_diagonal = True
        log_determinant = 0.0
        for a, row in enumerate(factor):
            coordinate = self.coordinates[a]
            coordinate.mean = self.mean[a]
            coordinate.inverse = 1.0 / row[a]
            log_determinant += 2.0 * log(row[a])
            for b, entry in enumerate(coordinate.entries):
                entry.factor = row[b]
                if row[b] != 0.0:
                    self.is_diagonal = False
        self.set_log_determinant(log_determinant)

    def set_log_determinant(self, log_determinant: float) -> None:
        """ln det Sigma, for the height of the density."""
        log_weight = log(self.weight) if self.weight > 0.0 else -inf
        self.log_front = log_weight - (log_determinant + len(self.mean) * _LOG_2_PI) / 2.0

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
        """ln(alpha g(x)) of each point; `number` counts the groups."""
        squares = self.squares
        squares.set_all(0.0)
        for a, coordinate in enumerate(self.coordinates):
            coordinate.deviation.set_difference(group.coordinates[a], coordinate.mean)
            if self.is_diagonal:
                squares.add_multiple_of_square(
                    coordinate.deviation, coordinate.inverse * coordinate.inverse
                )
                continue
            z = coordinate.z
            z.set_multiple(coordinate.deviation, coordinate.inverse)
            for entry in coordinate.entries:
                z.subtract_multiple(entry.z, entry.factor * coordinate.inverse)
            squares.add_square(z)
        if self.distances:
            own = self.distances[8 * number : 8 * number + group.size]
            squares.set([*own, *[own[-1]] * (8 - len(own))])
        self.logs.set_logs(self.log_front, squares)

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


def grouped(points: Sequence[Sequence[float]]) -> list[Group]:
    """The points as the kernel takes them, eight by eight."""
    return [Group(points[first : first + 8]) for first in range(0, len(points), 8)]


def sums_of_run(
    groups: Sequence[Group],
    parameters: Sequence[Parameters],
    is_full: bool,
    centres: Sequence[Sequence[float]] | None = None,
) -> list[float]:
    """The sums over the groups of a run, block by block; see refgmm._kernel.sums_of_run.

    is_full: whether all of B_j is asked for, or its diagonal alone
    centres: (k, d), to take d from; None: the means
    """
    components = [_Component(own, is_full) for own in parameters]
    moved = [[*centre] for centre in centres] if centres is not None else []
    return _sums_of_run([*groups], 0, components, moved)


def _sums_of_run(
    groups: list[Group], number: int, components: list[_Component], moved: list[list[float]]
) -> list[float]:
    for component in components:
        component.start_run()
    sums = [0.0, 0.0]
    for first in range(0, len(groups), _GROUPS_OF_BLOCK):
        block = groups[first : first + _GROUPS_OF_BLOCK]
        sums = added(sums, _block(block, number + first, components, moved))
        for component in components:
            component.end_block()
    for component in components:
        sums += component.sums()
    return sums


def epoch(runs: Sequence[list[Group]], parameters: Sequence[Parameters], kind: Kind) -> Found:
    """An E step and the M step that follows, as refgmm._kernel.epoch.

    runs: the points, RUN in each but the last
    """
    return _epoch(runs, [_Component(own, kind[0]) for own in parameters], kind)


def _epoch(runs: Sequence[list[Group]], components: list[_Component], kind: Kind) -> Found:
    n = 0
    for groups in runs:
        n += 8 * (len(groups) - 1) + groups[-1].size
    centres = [component.mean for component in components]
    sums = _sums(runs, components, [])
    estimate, moved_far = parameters_of_sums(sums, centres, float(n), kind)
    for _ in range(MOST_CORRECTIONS):
        if not moved_far:
            break
        centres = estimate[1]
        again = _sums(runs, components, centres)
        estimate, moved_far = parameters_of_sums(again, centres, float(n), kind)
    return sums[LOG_LIKELIHOOD], sums[BEYOND], estimate


def _sums(
    runs: Sequence[list[Group]], components: list[_Component], moved: list[list[float]]
) -> list[float]:
    sums: list[float] = []
    number = 0
    for groups in runs:
        own = _sums_of_run(groups, number, components, moved)
        sums = added(sums, own) if sums else own
        number += len(groups)
    return sums


def epochs_ahead(
    runs: Sequence[list[Group]],
    parameters: Sequence[Parameters],
    found: Found,
    kind: Kind,
    *,
    most: int,
    least_gain: float,
) -> tuple[int, Sequence[Parameters], Found]:
    """Epochs as long as nothing happens that anyone would look at, as refgmm._kernel.epochs_ahead;
    nor a covariance comes so near to singular that doubles don't suffice.
    """
    components = [_Component(own, kind[0]) for own in parameters]
    n = RUN * len(runs)  # or a little less
    now = parameters
    done = 0
    while done < most:
        log_likelihood, beyond, (weights, means, covariances, counts) = found
        old_means = [component.mean for component in components]
        old_covariances = [component.covariance for component in components]
        if beyond > 0.0 or not are_distinct(old_means, old_covariances, n):
            break
        factors = [cholesky(covariance) for covariance in covariances]
        for j, component in enumerate(components):
            factor = factors[j]
            if not is_uneventful(counts[j], means[j], covariances[j], factor, n):
                return done, now, found
            if component.distances or not suits_doubles(factor):
                return done, now, found
        for j, component in enumerate(components):
            component.weight = weights[j]
            component.mean = means[j]
            component.covariance = covariances[j]
            component.prepare(factors[j])
        after = _epoch(runs, components, kind)
        if not after[0] - log_likelihood > least_gain:
            break
        found = after
        now = [(weight, means[j], covariances[j], None) for j, weight in enumerate(weights)]
        done += 1
    return done, now, found


def log_evidence(groups: Sequence[Group], parameters: Sequence[Parameters]) -> list[float]:
    """ln p(x_i) of each point in the groups."""
    components = [_Component(own, False) for own in parameters]
    largest = Eight(0.0)
    normaliser = Eight(0.0)
    found: list[float] = []
    for number, group in enumerate(groups):
        _look(group, number, components, largest, normaliser)
        pairs = zip(largest.numbers(), normaliser.numbers(), strict=True)
        found += [high + log(rest) for high, rest in pairs][: group.size]
    return found


def _block(
    groups: list[Group], number: int, components: list[_Component], moved: list[list[float]]
) -> list[float]:
    """Add up a block. Log-likelihood, and how many groups are beyond: the first two sums."""
    log_likelihood = 0.0
    beyond = 0.0
    largest = Eight(0.0)
    normaliser = Eight(0.0)
    for group in groups:
        _look(group, number, components, largest, normaliser)
        if not largest.is_within(_FAINT, _DENSE):
            beyond += 1.0
        if group.size < 8:
            leave_out(largest, 0.0, group.size)
            leave_out(normaliser, 1.0, group.size)
        log_likelihood += largest.total() + normaliser.invert()
        if group.size < 8:
            leave_out(normaliser, 0.0, group.size)
        for j, centre in enumerate(moved):
            components[j].move_to(group, centre)
        for component in components:
            component.add_group(normaliser)
        number += 1
    return [log_likelihood, beyond]


def _look(
    group: Group, number: int, components: list[_Component], largest: Eight, normaliser: Eight
) -> None:
    """The densities at each point relative to the largest, as shares; their sums; its logarithm."""
    largest.set_all(-inf)
    for component in components:
        component.look(group, number)
        largest.raise_to(component.logs)
    normaliser.set_all(0.0)
    for component in components:
        component.share.set_exp(component.logs, largest)
        normaliser.add(component.share)


def leave_out(numbers: Eight, value: float, size: int) -> None:
    """A value that adds nothing, for the repetitions at the end of a group."""
    numbers.set([*numbers.numbers()[:size], *[value] * (8 - size)])
