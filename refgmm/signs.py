"""Which events an epoch shows, by its numbers.

of_e_step    components that are alike, points whose evidence no double holds precisely
of_counts    components that are nearly empty
of_m_step    components that are empty, or have no variance left
"""

import math

from refgmm.arithmetic import (
    Matrix,
    Point,
    Square,
    Vector,
    as_matrix,
    as_vector,
    columns,
    square,
    total,
)
from refgmm.bayes import Component, is_faint
from refgmm.events import (
    EmptyComponent,
    Event,
    EvidenceOverflow,
    EvidenceUnderflow,
    IdenticalComponents,
    NearlyEmptyComponent,
    SingularCovariance,
    VarianceCollapse,
    VarianceUnderflow,
)
from refgmm.linear_algebra import NotPositiveDefiniteError
from refgmm.records import replace
from refgmm.type_names import Container, Iterable, Protocol, Sequence
from refgmm.validation import SMALLEST_VARIANCE

_HARDLY_ANY = 0.1  # of a point


class Estimates(Protocol):
    """What is read of an M step, em.MStep or tally.Tally, where its sums over points don't matter."""

    @property
    def effective_counts(self) -> Vector: ...
    @property
    def means(self) -> tuple[Point, ...]: ...
    @property
    def covariances(self) -> tuple[Square, ...]: ...


def of_e_step(
    epoch: int, n: int, components: Sequence[Component], evidence: Iterable[tuple[int, float]]
) -> list[Event]:
    """The events that the E step of n points shows.

    evidence: pairs of a point's number, from 0, and its evidence: of all points, or at least of those
        whose evidence is extreme
    """
    found: list[Event] = [IdenticalComponents(epoch, group) for group in _identical(components, n)]
    extreme = extremes(evidence)
    overflowed = tuple(i for i, value in extreme if value == math.inf)
    faint = tuple(i for i, value in extreme if value < math.inf)
    if faint:
        found.append(EvidenceUnderflow(epoch, faint))
    if overflowed:
        found.append(EvidenceOverflow(epoch, overflowed))
    return found


def extremes(evidence: Iterable[tuple[int, float]]) -> list[tuple[int, float]]:
    """The pairs, of a point's number and its evidence, of which an event tells."""
    return [(i, value) for i, value in evidence if is_faint(value) or value == math.inf]


def of_counts(epoch: int, effective_counts: Vector) -> list[Event]:
    """The components that the M step goes on with though they have hardly any points."""
    return [
        NearlyEmptyComponent(epoch, j, count)
        for j, count in enumerate(effective_counts)
        if count < _HARDLY_ANY and not is_faint(count)
    ]


def of_m_step(
    epoch: int,
    points: Sequence[Point],
    responsibilities: Sequence[Vector],
    m: Estimates,
    fixed: Container[int] = (),
) -> list[Event]:
    """The events that the M step shows.

    responsibilities: (n, k), read where a covariance is singular, to say of which points
    fixed: components that the points don't determine
    """
    found: list[Event] = []
    for j, (count, mean, covariance) in enumerate(
        zip(m.effective_counts, m.means, m.covariances, strict=True)
    ):
        if j in fixed:
            continue
        if is_faint(count):
            found.append(EmptyComponent(epoch, j, count))
            continue
        event = _of_covariance(epoch, points, j, as_vector(mean), as_matrix(covariance))
        if isinstance(event, SingularCovariance):
            mainly = tuple(i for i, row in enumerate(responsibilities) if row[j] > 0.5)
            event = replace(event, points=mainly)
        if event is not None:
            found.append(event)
    return found


def _of_covariance(
    epoch: int, points: Sequence[Point], j: int, mean: Vector, covariance: Matrix
) -> Event | None:
    """What is wrong with a component's new covariance."""
    variances = [row[a] for a, row in enumerate(covariance)]
    if any(map(math.isnan, variances)):  # shared with an empty component, which is told of
        return None
    rounding = [_rounding_variance(centre, len(points)) for centre in mean]
    if len(set(variances)) == 1:  # spherical: a mean over the coordinates, of rounding errors, too
        rounding = [total(rounding) / len(rounding)] * len(rounding)
    gone = [
        variance <= least or (variance <= SMALLEST_VARIANCE and not _unit_is_too_small(points))
        for variance, least in zip(variances, rounding, strict=True)
    ]
    if all(gone):
        nearest = min(points, key=lambda x: _distance(as_vector(x), mean))
        sits_on = tuple(i for i, x in enumerate(points) if x == nearest)
        centre = mean if isinstance(nearest, tuple) else mean[0]
        return VarianceCollapse(epoch, j, centre, max(variances), sits_on)
    if any(gone):
        a = gone.index(True)
        return SingularCovariance(epoch, j, a, variances[a], ())
    if min(variances) <= SMALLEST_VARIANCE:
        return VarianceUnderflow(epoch, j, min(variances))
    if len(variances) == 1:  # and no other coordinate to follow from
        return None
    from refgmm.cholesky import pivots

    try:
        left = pivots(covariance)
    except NotPositiveDefiniteError as error:
        return SingularCovariance(epoch, j, error.index, error.pivot, ())
    for a, (pivot, variance, least) in enumerate(zip(left, variances, rounding, strict=True)):
        if pivot <= max(len(points) * math.ulp(1.0) * variance, least):
            return SingularCovariance(epoch, j, a, pivot, ())
    return None


def _unit_is_too_small(points: Sequence[Point]) -> bool:
    """Whether refgmm computes with no variance as small as rounding could make for such points."""
    extent = max(max(column) - min(column) for column in columns(map(as_vector, points)))
    return square(extent * math.ulp(1.0)) < SMALLEST_VARIANCE


def _distance(x: Vector, mean: Vector) -> float:
    """How far two points are apart in the coordinate where they differ most."""
    return max(abs(a - b) for a, b in zip(x, mean, strict=True))


def _rounding_variance(mean: float, n: int) -> float:
    """The variance that rounding alone can make.

    A mean of n points carries the rounding errors of n additions, up to n ulp. Deviations
    no larger than that say nothing about the points.
    """
    return square(n * math.ulp(mean))


def _identical(components: Sequence[Component], n: int) -> list[tuple[int, ...]]:
    """Groups of components that are equal up to the rounding errors of n additions."""
    groups: list[list[int]] = []
    for j, component in enumerate(components):
        for group in groups:
            if _equal(components[group[0]], component, n):
                group.append(j)
                break
        else:
            groups.append([j])
    return [tuple(group) for group in groups if len(group) > 1]


def _equal(a: Component, b: Component, n: int) -> bool:
    relative = n * math.ulp(1.0)
    sigmas = [math.sqrt(row[i]) for i, row in enumerate(as_matrix(a.covariance))]
    means = zip(as_vector(a.mean), as_vector(b.mean), sigmas, strict=True)
    rows = zip(as_matrix(a.covariance), as_matrix(b.covariance), sigmas, strict=True)
    return all(
        abs(x - y) <= relative * max(abs(x), abs(y), sigma) for x, y, sigma in means
    ) and all(
        abs(x - y) <= relative * sigma * other
        for row, opposite, sigma in rows
        for x, y, other in zip(row, opposite, sigmas, strict=True)
    )
