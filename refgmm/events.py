"""What can go wrong, or stand still, in an epoch: events with names.

    IdenticalComponents   components with the same mean and variance: EM can't tell them apart
    StartOutsideStructure covariances at the start that are not of the structure asked for
    EvidenceUnderflow     points so far from every component that logarithms were used
    EvidenceOverflow      points so dense, in many dimensions, that logarithms were used
    EmptyComponent        a component that answers for nothing: its mean is 0/0     ends the walk
    VarianceCollapse      a component that sits on one value: its density is infinite   ends the walk
    SingularCovariance    a component whose points lie in a plane, or on a line         ends the walk
    VarianceUnderflow     points so close together that their variance is no double     ends the walk
    VarianceFloored       a variance raised to the floor that a fit was asked to keep
    ComponentRestarted    a degenerate component started anew, as a fit was asked to

An event is a record, not an exception: the epoch that it happened in is kept whole,
and whoever reads the epoch decides what to do. Nothing is clamped or repaired.
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
from refgmm.formatting import numbered
from refgmm.linear_algebra import NotPositiveDefiniteError
from refgmm.records import dataclass, replace
from refgmm.type_names import ClassVar, Container, Iterable, Protocol, Sequence
from refgmm.validation import SMALLEST_VARIANCE


@dataclass(frozen=True, slots=True)
class Event:
    """Something worth a name that happened in an epoch.

    epoch: counted from 1
    sub_step: the quantity (a field of the trace) at which it shows
    ends_walk: whether there is no mixture to go on from
    """

    epoch: int
    sub_step: ClassVar[str]
    ends_walk: ClassVar[bool] = False

    @property
    def name(self) -> str:
        """The name of the kind of event."""
        return type(self).__name__

    @property
    def title(self) -> str:
        """The name in words: "variance collapse"."""
        return "".join(f" {c.lower()}" if c.isupper() else c for c in self.name).strip()

    @property
    def message(self) -> str:
        """What happened, where, and what to do about it; numbered from 1."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class IdenticalComponents(Event):
    """Components with equal means and variances share every point in the same proportion."""

    components: tuple[int, ...]  # from 0
    sub_step: ClassVar[str] = "densities"

    @property
    def message(self) -> str:
        return (
            f"Epoch {self.epoch}: {numbered('component', self.components)} have the same mean and "
            "variance. They share every point in the same proportion, so nothing but "
            "rounding could ever separate them. Start them from different means or variances."
        )


@dataclass(frozen=True, slots=True)
class StartOutsideStructure(Event):
    """A start whose covariances are not of the structure that the M step gives them."""

    structure: str
    sub_step: ClassVar[str] = "variances"

    @property
    def message(self) -> str:
        return (
            f"Epoch {self.epoch}: the covariances that this epoch started from are not of the structure "
            f"{self.structure!r}. The M step brings them into it; so this one epoch may lower the "
            "log-likelihood. To rule that out, start from covariances of that structure."
        )


@dataclass(frozen=True, slots=True)
class EvidenceUnderflow(Event):
    """Points whose evidence is so small that doubles lose digits (see bayes.is_faint)."""

    points: tuple[int, ...]  # from 0
    sub_step: ClassVar[str] = "evidence"

    @property
    def message(self) -> str:
        lie = "lies" if len(self.points) == 1 else "lie"
        return (
            f"Epoch {self.epoch}: {numbered('point', self.points)} {lie} so far from every component "
            "with a weight that the evidence is below 2^-960, about 1e-289, where doubles lose digits. The "
            "responsibilities there were computed from logarithms of the densities instead. Check "
            "whether the starting values suit the points."
        )


@dataclass(frozen=True, slots=True)
class EvidenceOverflow(Event):
    """Points whose evidence is larger than any double, as a density in many dimensions can be."""

    points: tuple[int, ...]  # from 0
    sub_step: ClassVar[str] = "evidence"

    @property
    def message(self) -> str:
        return (
            f"Epoch {self.epoch}: the evidence of {numbered('point', self.points)} is larger than any "
            "double. The responsibilities there were computed from logarithms of the densities instead. "
            "Choose a smaller unit for the points, and the densities become smaller."
        )


@dataclass(frozen=True, slots=True)
class EmptyComponent(Event):
    """A component whose effective count is zero, or too small to divide by with full precision."""

    component: int  # from 0
    effective_count: float
    sub_step: ClassVar[str] = "effective_counts"
    ends_walk: ClassVar[bool] = True

    @property
    def message(self) -> str:
        return (
            f"Epoch {self.epoch}: component {self.component + 1} is empty: its effective count is "
            f"{self.effective_count!r}, and its new mean would be a division by that. EM stops "
            "here. Start it nearer to the points, with a weight above 0, or leave it out."
        )


@dataclass(frozen=True, slots=True)
class VarianceCollapse(Event):
    """A component that sits on one value, with no variance left beyond rounding."""

    component: int  # from 0
    mean: Point
    variance: float  # the largest of its variances, where there are several
    points: tuple[int, ...]  # from 0; the ones at the value that it sits on
    sub_step: ClassVar[str] = "variances"
    ends_walk: ClassVar[bool] = True

    @property
    def message(self) -> str:
        remains = "" if self.variance == 0.0 else f" ({self.variance!r}, less than doubles resolve)"
        return (
            f"Epoch {self.epoch}: component {self.component + 1} has collapsed onto "
            f"{numbered('point', self.points)} at {self.mean!r}: its variance is zero{remains}. There "
            "the likelihood grows without bound, so it has no maximum. EM stops here. Start component "
            f"{self.component + 1} elsewhere or from a larger variance, or add points that differ."
        )


@dataclass(frozen=True, slots=True)
class SingularCovariance(Event):
    """A component whose points lie in a plane: a coordinate has no variance left of its own."""

    component: int  # from 0
    coordinate: int  # from 0; its pivot in the Cholesky factor is lost in rounding
    pivot: float
    points: tuple[int, ...]  # from 0; those of which the component takes more than half
    sub_step: ClassVar[str] = "variances"
    ends_walk: ClassVar[bool] = True

    @property
    def message(self) -> str:
        answers = (
            f"answers mainly for {numbered('point', self.points)}"
            if self.points
            else "takes no more than half of any point"
        )
        before = numbered("coordinate", range(self.coordinate))
        why = (
            f"once {before} {'is' if self.coordinate == 1 else 'are'} known, coordinate "
            f"{self.coordinate + 1}"
            if self.coordinate
            else "coordinate 1"
        )
        return (
            f"Epoch {self.epoch}: the covariance of component {self.component + 1} has become singular: "
            f"{why} has no variance left (pivot {self.pivot!r}). It {answers}. On a line or plane the "
            "likelihood grows without bound, so it has no maximum. EM stops here. Leave out a coordinate "
            "that follows from others, choose fewer components or a simpler covariance structure, or "
            "start elsewhere."
        )


@dataclass(frozen=True, slots=True)
class VarianceUnderflow(Event):
    """A component whose variance is smaller than refgmm computes with."""

    component: int  # from 0
    variance: float
    sub_step: ClassVar[str] = "variances"
    ends_walk: ClassVar[bool] = True

    @property
    def message(self) -> str:
        return (
            f"Epoch {self.epoch}: the variance of component {self.component + 1} is "
            f"{self.variance!r}, below the {SMALLEST_VARIANCE!r} that refgmm computes with. EM stops "
            "here. Choose a smaller unit for the points."
        )


@dataclass(frozen=True, slots=True)
class VarianceFloored(Event):
    """A component whose variance was raised to the floor that the user asked for."""

    component: int  # from 0
    variance: float  # the smallest, over all directions, before
    floor: float
    sub_step: ClassVar[str] = "variances"

    @property
    def message(self) -> str:
        return (
            f"Epoch {self.epoch}: the smallest variance of component {self.component + 1}, "
            f"{self.variance!r}, was raised to the floor {self.floor!r}."
        )


@dataclass(frozen=True, slots=True)
class ComponentRestarted(Event):
    """A component that degenerated and was started anew, as the user asked."""

    component: int  # from 0
    reason: Event
    mean: Point  # where it starts anew
    sub_step: ClassVar[str] = "weights"

    @property
    def message(self) -> str:
        return (
            f"Epoch {self.epoch}: component {self.component + 1} was started anew at {self.mean!r}, "
            f"because of this: {self.reason.message}"
        )


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
    """The events that the E step of n points shows; of their evidence, by their numbers from 0."""
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
    """Those evidences, by the numbers of their points, of which an event tells."""
    return [(i, value) for i, value in evidence if is_faint(value) or value == math.inf]


def of_m_step(
    epoch: int,
    points: Sequence[Point],
    responsibilities: Sequence[Vector],
    m: Estimates,
    fixed: Container[int] = (),
) -> list[Event]:
    """The events that the M step shows. `fixed`: components that the points don't determine."""
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
