"""EM in d dimensions for fits that keep no trace: the sums of refgmm._kernel, for vectors.

With d = x_i - mu_j from the current mean, beta = beta_j(x_i), and L_j the Cholesky factor of Sigma_j,

    z = L_j^-1 d,    ln(alpha_j g_j(x_i)) = ln alpha_j - (z^T z + ln det Sigma_j + d ln 2 pi) / 2
    N_j = sum_i beta        A_j = sum_i beta d        B_j = sum_i beta d d^T

and the scatter about the new mean, mu_j + A_j / N_j, is B_j - A_j A_j^T / N_j.

Eight points are computed at once; the densities relative to the largest at a point (log-sum-exp).
Blocks and runs are those of refgmm._kernel.
"""

from collections.abc import Sequence
from math import inf, log, nan, pi
from typing import Final, final

from refgmm._kernel_eight import Eight

_GROUPS_OF_BLOCK: Final = 32

LOG_LIKELIHOOD: Final = 0  # places in a list of sums
BEYOND: Final = 1  # how many groups may hold an evidence too faint or too dense for doubles
PER_COMPONENT: Final = 2  # from here on N_1, A_1 (d), B_1 (lower half or diagonal), N_2, ...

_FAINT: Final = -665.0  # ln of the densities from which on doubles may lose digits, ...
_DENSE: Final = 700.0  # ... or overflow, with so many components
_LARGEST_SHIFT: Final = 8.0  # squared, in new variances, as in refgmm._kernel

Parameters = tuple[float, Sequence[float], Sequence[Sequence[float]], float, Sequence[float] | None]
"""Of a component: weight, mean (d,), Cholesky factor (d, d), ln det Sigma; and squared distances of
all points, (n,), where the factor can't give them in doubles."""


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
class _Sum:
    """A sum that grows."""

    def __init__(self) -> None:
        self.value: float = 0.0


@final
class _Component:
    """A Gaussian with its weight, its numbers for the group at hand, and its sums."""

    def __init__(self, parameters: Parameters, is_full: bool) -> None:
        weight, mean, factor, log_determinant, distances = parameters
        d = len(mean)
        self.is_full: bool = is_full
        self.mean: list[float] = [*mean]
        self.rows: list[list[float]] = [[*row[:a]] for a, row in enumerate(factor)]
        self.inverse_diagonal: list[float] = [1.0 / row[a] for a, row in enumerate(factor)]
        if all(entry == 0.0 for row in self.rows for entry in row):
            self.rows = [[] for _ in self.rows]
        self.log_front: float = (
            log(weight) - (log_determinant + d * log(2.0 * pi)) / 2.0 if weight > 0.0 else -inf
        )
        self.distances: list[float] = [] if distances is None else [*distances]
        self.deviations: list[Eight] = [Eight(0.0) for _ in mean]
        self.z: list[Eight] = [Eight(0.0) for _ in mean]
        self.logs: Eight = Eight(0.0)
        self.share: Eight = Eight(0.0)
        self.weighted: Eight = Eight(0.0)
        self.count: _Sum = _Sum()
        self.first: list[_Sum] = [_Sum() for _ in mean]
        self.second: list[_Sum] = [_Sum() for _ in range(d * (d + 1) // 2 if is_full else d)]

    def start_block(self) -> None:
        """All sums are 0."""
        self.count.value = 0.0
        for sum_ in self.first:
            sum_.value = 0.0
        for sum_ in self.second:
            sum_.value = 0.0

    def look(self, group: Group, number: int) -> None:
        """ln(alpha g(x)) of each point; `number` counts the groups."""
        squares = self.share  # not needed before
        squares.set_all(0.0)
        for a, x in enumerate(group.coordinates):
            deviation = self.deviations[a]
            deviation.set_difference(x, self.mean[a])
            z = self.z[a]
            row = self.rows[a]
            if row:
                rest = self.weighted
                rest.set_multiple(deviation, 1.0)
                for b, entry in enumerate(row):
                    rest.subtract_multiple(self.z[b], entry)
                z.set_multiple(rest, self.inverse_diagonal[a])
            else:
                z.set_multiple(deviation, self.inverse_diagonal[a])
            squares.add_square(z)
        if self.distances:
            own = self.distances[8 * number : 8 * number + group.size]
            squares.set([*own, *[own[-1]] * (8 - len(own))])
        self.logs.set_all(self.log_front)
        self.logs.subtract_multiple(squares, 0.5)

    def add_group(self) -> None:
        """What the group adds to the sums."""
        share, weighted = self.share, self.weighted
        self.count.value += share.total()
        place = 0
        for a, deviation in enumerate(self.deviations):
            weighted.set_product(share, deviation)
            self.first[a].value += weighted.total()
            if self.is_full:
                for b in range(a):
                    self.second[place].value += weighted.dot(self.deviations[b])
                    place += 1
            self.second[place].value += weighted.dot(deviation)
            place += 1

    def move_to(self, group: Group, centre: list[float]) -> None:
        """Take the deviations from elsewhere."""
        for a, x in enumerate(group.coordinates):
            self.deviations[a].set_difference(x, centre[a])


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
    sums: list[float] = []
    for first in range(0, len(groups), _GROUPS_OF_BLOCK):
        for component in components:
            component.start_block()
        own = _block([*groups[first : first + _GROUPS_OF_BLOCK]], first, components, moved)
        for component in components:
            own.append(component.count.value)
            own += [sum_.value for sum_ in component.first]
            own += [sum_.value for sum_ in component.second]
        sums = [a + b for a, b in zip(sums, own, strict=True)] if sums else own
    return sums


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
            _leave_out(largest, 0.0, group.size)
            _leave_out(normaliser, 1.0, group.size)
        log_likelihood += largest.total() + normaliser.invert()
        if group.size < 8:
            _leave_out(normaliser, 0.0, group.size)
        for component in components:
            component.share.set_product(component.share, normaliser)
        for j, centre in enumerate(moved):
            components[j].move_to(group, centre)
        for component in components:
            component.add_group()
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


def _leave_out(numbers: Eight, value: float, size: int) -> None:
    """A value that adds nothing, for the repetitions at the end of a group."""
    numbers.set([*numbers.numbers()[:size], *[value] * (8 - size)])


def parameters_of_sums(
    sums: list[float], centres: Sequence[Sequence[float]], is_full: bool
) -> tuple[list[float], list[list[float]], list[list[float]], bool]:
    """Effective counts, (k,), new means, (k, d), and scatters about them (as in the sums) from sums
    about the centres; whether a mean moved so far that they should be taken again, about the new means.
    """
    counts: list[float] = []
    means: list[list[float]] = []
    scatters: list[list[float]] = []
    moved_far = False
    place = PER_COMPONENT
    for centre in centres:
        d = len(centre)
        count = sums[place]
        first = sums[place + 1 : place + 1 + d]
        size = d * (d + 1) // 2 if is_full else d
        second = sums[place + 1 + d : place + 1 + d + size]
        place += 1 + d + size
        shift = [value / count if count > 0.0 else nan for value in first]
        scatter: list[float] = []
        for a in range(d):
            for b in range(a if is_full else 0):
                scatter.append(second[len(scatter)] - shift[a] * first[b])
            own = second[len(scatter)] - shift[a] * first[a]
            if shift[a] * first[a] > _LARGEST_SHIFT * own:
                moved_far = True
            scatter.append(own)
        counts.append(count)
        means.append([value + by for value, by in zip(centre, shift, strict=True)])
        scatters.append(scatter)
    return counts, means, scatters, moved_far
