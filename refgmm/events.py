"""What can go wrong, or stand still, in an epoch: events with names.

    IdenticalComponents   components with the same mean and variance: EM can't tell them apart
    StartOutsideStructure covariances at the start that are not of the structure asked for
    EvidenceUnderflow     points so far from every component that logarithms were used
    EvidenceOverflow      points so dense, in many dimensions, that logarithms were used
    NearlyEmptyComponent  a component that answers for less than a tenth of a point (where one steps)
    EmptyComponent        a component that answers for nothing: its mean is 0/0     ends the walk
    VarianceCollapse      a component that sits on one value: its density is infinite   ends the walk
    SingularCovariance    a component whose points lie in a plane, or on a line         ends the walk
    VarianceUnderflow     points so close together that their variance is no double     ends the walk
    VarianceFloored       a variance raised to the floor that a fit was asked to keep
    ComponentRestarted    a degenerate component started anew, as a fit was asked to

An event is a record, not an exception: the epoch that it happened in is kept whole,
and whoever reads the epoch decides what to do. Nothing is clamped or repaired.
"""

from refgmm.arithmetic import Point
from refgmm.formatting import numbered, short_number, short_place
from refgmm.records import dataclass
from refgmm.type_names import ClassVar
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
class NearlyEmptyComponent(Event):
    """A component whose effective count is below 1/10, and so each of its responsibilities.

    Stepping tells of it. Fits, whose runs often pass such epochs, don't.
    """

    component: int  # from 0
    effective_count: float
    sub_step: ClassVar[str] = "effective_counts"

    @property
    def message(self) -> str:
        return (
            f"Epoch {self.epoch}: component {self.component + 1} is nearly empty: its effective count is "
            f"{short_number(self.effective_count)}, less than a tenth of a point, so the others "
            "take more than nine tenths of every point. Start it nearer to the points, or leave it out."
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
            f"{short_number(self.effective_count)}, and its new mean would be a division by that. EM stops "
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
        left = (
            f" ({short_number(self.variance)}, less than doubles resolve)" if self.variance else ""
        )
        return (
            f"Epoch {self.epoch}: component {self.component + 1} has collapsed onto "
            f"{numbered('point', self.points)} at {short_place(self.mean)}: its variance is zero{left}. There "
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
            f"{why} has no variance left (pivot {short_number(self.pivot)}). It {answers}. On a line or plane the "
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
            f"{short_number(self.variance)}, below the {SMALLEST_VARIANCE!r} that refgmm computes with. EM stops "
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
            f"{short_number(self.variance)}, was raised to the floor {self.floor!r}."
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
            f"Epoch {self.epoch}: component {self.component + 1} was started anew at {short_place(self.mean)}, "
            f"because of this: {self.reason.message}"
        )
