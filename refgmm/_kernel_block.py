"""EM on a single block of vectors, with the operations of refgmm.em in their order: the same floats, but
none of a point is kept.

For each component the sums sum_i beta, sum_i beta x_i and, in a second pass, the scatter about the new
mean. Eight points are computed at once, but each sum grows point by point. Cholesky factors and
determinants are those of refgmm.linear_algebra.
"""

from math import exp, inf, isnan, log, nan, pi

from refgmm._kernel_component import SMALLEST_PRECISE
from refgmm._kernel_double import factor, nearest, squared_distances, suits_doubles
from refgmm._kernel_eight import Eight
from refgmm._kernel_group import Group, leave_out
from refgmm._kernel_matrix import (
    Estimate,
    Kind,
    are_distinct,
    covariances_of,
    is_uneventful,
)
from refgmm._kernel_vectors import Found
from refgmm.type_names import Final, Sequence, final

_LARGEST_EXPONENT: Final = log(1.7e308)  # as in refgmm.gaussian
_LARGEST_DOUBLE: Final = 1.7976931348623157e308

Known = tuple[Sequence[Sequence[float]], float, Sequence[float] | None]
"""Of a covariance: its Cholesky factor (d, d), ln det Sigma; and the squared distances of all points, (n,),
where doubles can't give them."""

Parameters = tuple[float, Sequence[float], Sequence[Sequence[float]], Known]
"""Of a component: weight, mean (d,), covariance (d, d), and what is known of that."""


@final
class _Entry:
    """An entry of L below the diagonal, and of the scatter."""

    def __init__(self, column: "_Coordinate") -> None:
        self.factor: float = 0.0  # L_ab
        self.z: Eight = column.z  # z_b
        self.deviation: Eight = column.deviation  # of the new mean
        self.sum: float = 0.0


@final
class _Coordinate:
    """A coordinate of a component."""

    def __init__(self, before: "list[_Coordinate]") -> None:
        self.mean: float = 0.0
        self.pivot: float = 0.0  # L_aa
        self.z: Eight = Eight(0.0)
        self.deviation: Eight = Eight(0.0)
        self.entries: list[_Entry] = [_Entry(other) for other in before]
        self.others: list[_Entry] = []  # the entries that are not 0
        self.sum: float = 0.0


@final
class _Component:
    """A Gaussian with its weight, and its shares of the points.

    shares: for each group alpha g(x), and after `divide` the responsibilities
    """

    def __init__(self, d: int, group_count: int) -> None:
        self.weight: float = 0.0
        self.mean: list[float] = []
        self.covariance: list[list[float]] = []
        self.log_determinant: float = 0.0
        self.constant: float = d * log(2.0 * pi)
        self.distances: list[float] = []
        self.coordinates: list[_Coordinate] = []
        for _ in range(d):
            self.coordinates.append(_Coordinate(self.coordinates))
        self.squares: Eight = Eight(0.0)
        self.exponents: Eight = Eight(0.0)
        self.shares: list[Eight] = [Eight(0.0) for _ in range(group_count)]

    def set(
        self,
        weight: float,
        mean: list[float],
        covariance: list[list[float]],
        known: Known,
    ) -> None:
        """Its parameters, and what the density asks for."""
        lower, log_determinant, distances = known
        self.distances = [] if distances is None else [*distances]
        self.weight = weight
        self.mean = mean
        self.covariance = covariance
        self.log_determinant = log_determinant
        for a, coordinate in enumerate(self.coordinates):
            row = lower[a]
            coordinate.mean = mean[a]
            coordinate.pivot = row[a]
            coordinate.others = []
            for b, entry in enumerate(coordinate.entries):
                entry.factor = row[b]
                if entry.factor != 0.0:
                    coordinate.others.append(entry)

    def look(self, group: Group, number: int) -> None:
        """alpha g(x) of each point; `number` counts the groups."""
        squares = self.squares
        if self.distances:
            own = self.distances[8 * number : 8 * number + group.size]
            squares.set([*own, *[own[-1]] * (8 - len(own))])
        else:
            squares.set_all(0.0)
            for a, coordinate in enumerate(self.coordinates):
                z = coordinate.z
                z.set_difference(group.coordinates[a], coordinate.mean)
                for entry in coordinate.others:
                    z.subtract_multiple(entry.z, entry.factor)
                z.divide(coordinate.pivot)
                squares.add_square(z)
        exponents, share, weight = self.exponents, self.shares[number], self.weight
        exponents.set_exponents(squares, self.log_determinant, self.constant)
        if weight == 0.0:
            share.set_all(0.0)
        elif exponents.is_within(-inf, _LARGEST_EXPONENT):
            share.set_weighted_exp(weight, exponents)
        else:
            values = exponents.numbers()
            share.set([weight * exp(x) if x < _LARGEST_EXPONENT else inf for x in values])

    def count(self) -> float:
        """sum_i beta."""
        found = 0.0
        for share in self.shares:
            found = share.all_after(found)
        return found

    def new_mean(self, groups: list[Group], count: float) -> list[float]:
        """sum_i beta x_i / count; nan where it answers for nothing."""
        found: list[float] = []
        for a in range(len(self.mean)):
            weighted = 0.0
            for number, group in enumerate(groups):
                weighted = self.shares[number].products_after(weighted, group.coordinates[a])
            found.append(weighted / count if count > 0.0 else nan)
        return found

    def scatter(self, groups: list[Group], mean: list[float], is_full: bool) -> list[float]:
        """sum_i beta (x_i - mean)(x_i - mean)^T: its lower half row by row, or its diagonal."""
        for coordinate in self.coordinates:
            coordinate.sum = 0.0
            for entry in coordinate.entries:
                entry.sum = 0.0
        for number, group in enumerate(groups):
            share = self.shares[number]
            for a, coordinate in enumerate(self.coordinates):
                own = coordinate.deviation
                own.set_difference(group.coordinates[a], mean[a])
                coordinate.sum = share.moments_after(coordinate.sum, own, own)
                if is_full:
                    for entry in coordinate.entries:
                        entry.sum = share.moments_after(entry.sum, own, entry.deviation)
        found: list[float] = []
        for coordinate in self.coordinates:
            if is_full:
                found += [entry.sum for entry in coordinate.entries]
            found.append(coordinate.sum)
        return found


def epoch(groups: list[Group], parameters: Sequence[Parameters], kind: Kind) -> Found:
    """An E step and the M step that follows."""
    return _epoch(groups, _components(groups, parameters), kind)


def epochs_ahead(
    groups: list[Group],
    parameters: Sequence[Parameters],
    found: Found,
    kind: Kind,
    *,
    most: int,
    least_gain: float,
) -> tuple[int, Sequence[Parameters], Found]:
    """Epochs as long as nothing happens that anyone would look at, as refgmm._kernel.epochs_ahead;
    nor a covariance comes so near to singular that two doubles don't suffice.
    """
    components = _components(groups, parameters)
    n = 8 * len(groups)  # or a little less
    now = parameters
    done = 0
    while done < most:
        log_likelihood, beyond, estimate = found
        means = [component.mean for component in components]
        covariances = [component.covariance for component in components]
        if beyond > 0.0 or not are_distinct(means, covariances, n):
            break
        known = _known(groups, estimate, n)
        if not known:
            break
        weights, means, covariances, _ = estimate
        for j, component in enumerate(components):
            component.set(weights[j], means[j], covariances[j], known[j])
        after = _epoch(groups, components, kind)
        if not after[0] - log_likelihood > least_gain:
            break
        found = after
        now = [(weight, means[j], covariances[j], known[j]) for j, weight in enumerate(weights)]
        done += 1
    return done, now, found


def _components(groups: list[Group], parameters: Sequence[Parameters]) -> list[_Component]:
    components: list[_Component] = []
    for weight, mean, covariance, known in parameters:
        component = _Component(len(mean), len(groups))
        component.set(weight, [*mean], [[*row] for row in covariance], known)
        components.append(component)
    return components


def _known(groups: list[Group], estimate: Estimate, n: int) -> list[Known]:
    """What the densities ask for of the new covariances; nothing where those are not uneventful, or two
    doubles don't suffice.
    """
    _, means, covariances, counts = estimate
    found: list[Known] = []
    for j, covariance in enumerate(covariances):
        rows = factor(covariance)
        decomposition = None if rows is None else nearest(rows)
        if rows is None or decomposition is None:
            return []
        lower, log_determinant = decomposition
        if not is_uneventful(counts[j], means[j], covariance, lower, n):
            return []
        distances: list[float] | None = None
        if not suits_doubles(lower):
            distances = squared_distances(rows, _points(groups), means[j])
            if any(isnan(distance) for distance in distances):
                return []
        found.append((lower, log_determinant, distances))
    return found


def _points(groups: list[Group]) -> list[list[float]]:
    """The points of the groups."""
    found: list[list[float]] = []
    for group in groups:
        columns = [coordinate.numbers() for coordinate in group.coordinates]
        found += [[column[place] for column in columns] for place in range(group.size)]
    return found


def _epoch(groups: list[Group], components: list[_Component], kind: Kind) -> Found:
    is_full, _, _ = kind
    log_likelihood, beyond = _respond(groups, components)
    n = 8.0 * (len(groups) - 1) + groups[-1].size
    counts: list[float] = []
    means: list[list[float]] = []
    scatters: list[list[float]] = []
    for component in components:
        count = component.count()
        mean = component.new_mean(groups, count)
        counts.append(count)
        means.append(mean)
        scatters.append(component.scatter(groups, mean, is_full))
    covariances = covariances_of(scatters, counts, len(means[0]), kind)
    weights = [count / n for count in counts]
    return log_likelihood, beyond, (weights, means, covariances, counts)


def _respond(groups: list[Group], components: list[_Component]) -> tuple[float, float]:
    """The responsibilities as shares. Log-likelihood, and how many points are beyond doubles."""
    log_likelihood = 0.0
    beyond = 0.0
    evidence = Eight(0.0)
    for number, group in enumerate(groups):
        evidence.set_all(0.0)
        for component in components:
            component.look(group, number)
            evidence.add(component.shares[number])
        is_ordinary = evidence.is_within(SMALLEST_PRECISE, _LARGEST_DOUBLE)
        if not is_ordinary:
            for place in range(group.size):
                value = evidence.numbers()[place]
                if SMALLEST_PRECISE <= value <= _LARGEST_DOUBLE:
                    log_likelihood += log(value)
                else:
                    log_likelihood += _by_logarithms(components, number, place, evidence)
                    beyond += 1.0
        if group.size < 8:
            leave_out(evidence, 1.0, group.size)
            for component in components:
                leave_out(component.shares[number], 0.0, group.size)
        if is_ordinary:
            log_likelihood = evidence.logs_after(log_likelihood)
        for component in components:
            component.shares[number].divide_by(evidence)
    return log_likelihood, beyond


def _by_logarithms(components: list[_Component], number: int, place: int, evidence: Eight) -> float:
    """The log evidence of one point; its shares, relative to the largest, and their sum as evidence."""
    logs: list[float] = []
    for component in components:
        weight = component.weight
        logs.append(log(weight) + component.exponents.numbers()[place] if weight > 0.0 else -inf)
    largest = max(logs)
    total = 0.0
    for j, component in enumerate(components):
        term = exp(logs[j] - largest)
        _put(component.shares[number], place, term)
        total += term
    _put(evidence, place, total)
    return largest + log(total)


def _put(numbers: Eight, place: int, value: float) -> None:
    """One of the eight."""
    values = numbers.numbers()
    values[place] = value
    numbers.set(values)
