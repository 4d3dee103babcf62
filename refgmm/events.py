"""What can go wrong, or stand still, in an epoch: events with names.

    IdenticalComponents   components with the same mean and variance: EM can't tell them apart
    EvidenceUnderflow     points so far from every component that logarithms were used
    EmptyComponent        a component that answers for nothing: its mean is 0/0     ends the walk
    VarianceCollapse      a component that sits on one value: its density is infinite   ends the walk
    VarianceUnderflow     points so close together that their variance is no double     ends the walk

An event is a record, not an exception: the epoch that it happened in is kept whole,
and whoever reads the epoch decides what to do. Nothing is clamped or repaired.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from refgmm.arithmetic import Vector, square
from refgmm.formatting import numbered
from refgmm.gaussian import Gaussian
from refgmm.mixture import is_faint
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
class EvidenceUnderflow(Event):
    """Points whose evidence is so small that doubles lose digits (see mixture.is_faint)."""

    points: tuple[int, ...]  # from 0
    sub_step: ClassVar[str] = "evidence"

    @property
    def message(self) -> str:
        lie = "lies" if len(self.points) == 1 else "lie"
        return (
            f"Epoch {self.epoch}: {numbered('point', self.points)} {lie} so far from every component "
            "with a weight that the evidence is below 2^-960, where doubles lose digits. The "
            "responsibilities there were computed from logarithms of the densities instead. Check "
            "whether the starting values suit the points."
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
    mean: float
    variance: float
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


def of_e_step(epoch: int, n: int, components: Sequence[Gaussian], evidence: Vector) -> list[Event]:
    """The events that the E step of n points shows."""
    found: list[Event] = [IdenticalComponents(epoch, group) for group in _identical(components, n)]
    faint = tuple(i for i, value in enumerate(evidence) if is_faint(value))
    if faint:
        found.append(EvidenceUnderflow(epoch, faint))
    return found


def of_m_step(
    epoch: int, points: Vector, effective_counts: Vector, means: Vector, variances: Vector
) -> list[Event]:
    """The events that the M step shows."""
    found: list[Event] = []
    unit = max(points) - min(points)
    unit_is_too_small = square(unit * math.ulp(1.0)) < SMALLEST_VARIANCE
    for j, (count, mean, variance) in enumerate(
        zip(effective_counts, means, variances, strict=True)
    ):
        rounding = _rounding_variance(mean, len(points))
        if is_faint(count):
            found.append(EmptyComponent(epoch, j, count))
        elif variance > max(rounding, SMALLEST_VARIANCE):
            pass  # as it should be
        elif variance > rounding and unit_is_too_small:
            found.append(VarianceUnderflow(epoch, j, variance))
        else:
            nearest = min(points, key=lambda x: abs(x - mean))
            sits_on = tuple(i for i, x in enumerate(points) if x == nearest)
            found.append(VarianceCollapse(epoch, j, mean, variance, sits_on))
    return found


def _rounding_variance(mean: float, n: int) -> float:
    """The variance that rounding alone can make.

    A mean of n points carries the rounding errors of n additions, up to n ulp. Deviations
    no larger than that say nothing about the points.
    """
    return square(n * math.ulp(mean))


def _identical(components: Sequence[Gaussian], n: int) -> list[tuple[int, ...]]:
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


def _equal(a: Gaussian, b: Gaussian, n: int) -> bool:
    relative = n * math.ulp(1.0)
    return math.isclose(a.variance, b.variance, rel_tol=relative) and abs(a.mean - b.mean) <= (
        relative * max(abs(a.mean), abs(b.mean), math.sqrt(a.variance))
    )
