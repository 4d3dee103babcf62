"""Epochs of which only sums are kept: for fits that keep no trace.

A `Tally` is an E step and the M step that follows it, without the numbers of the points; a `Tallier`
makes them, in the place of em.e_step and em.m_step: here in one dimension, for vectors in
refgmm.tally_of_vectors. The arithmetic, and when its floats are those of refgmm.em, stands in
refgmm._kernel.
"""

import itertools
import math

from refgmm import _kernel, signs
from refgmm._kernel import BLOCK, RUN
from refgmm.arithmetic import Point, Square, Vector
from refgmm.events import Event
from refgmm.mixture import Mixture
from refgmm.records import dataclass
from refgmm.structures import Structure
from refgmm.type_names import Any, Callable, Iterable, Iterator, Protocol, Sequence, TypeVar

_LOG_LARGEST = math.log(1.7976931348623157e308)
_LOG_FAINT = math.log(2.0**-959)  # a little more than bayes.is_faint asks for

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Tally:
    """The log-likelihood of a mixture, and the parameters that the next M step gives.

    goes_beyond: whether the evidence of a point may be too faint or too dense for doubles
    is_uneventful: whether refgmm.signs would surely find nothing in the epoch; False: who knows
    """

    log_likelihood: float
    goes_beyond: bool
    effective_counts: Vector  # (k,)
    means: tuple[Point, ...]  # (k,)
    covariances: tuple[Square, ...]  # (k,)
    weights: Vector  # (k,)
    is_uneventful: bool = False

    @classmethod
    def of(
        cls,
        log_likelihood: float,
        beyond: float,
        estimate: tuple[Sequence[Any], ...],
        is_uneventful: bool = False,
    ) -> "Tally":
        """From what the kernels give. beyond: how many points, or groups of them, are."""
        weights, means, covariances, counts = map(_as_tuple, estimate)
        return cls(log_likelihood, beyond > 0, counts, means, covariances, weights, is_uneventful)

    @property
    def estimate(self) -> tuple[Vector, tuple[Any, ...], tuple[Any, ...], Vector]:
        """In the kernels' order."""
        return self.weights, self.means, self.covariances, self.effective_counts


def _as_tuple(values: Any) -> Any:
    """Lists of lists of numbers as tuples of tuples."""
    return tuple(map(_as_tuple, values)) if isinstance(values, list) else values


OnPart = Callable[[int, int], object]
"""Told, within an epoch, how many points have been added up, and of how many; true: stop here."""


class Cancelled(Exception):  # noqa: N818 - no error, but what the caller asked for
    """A tallier was told to stop before it had the sums of all points."""


@dataclass(frozen=True, slots=True)
class TalliedEpoch:
    """What a fit asks of an epoch: see em.Epoch."""

    m: Tally
    events: tuple[Event, ...]

    @property
    def ends_walk(self) -> bool:
        """Whether this epoch degenerated, so that there is no mixture after it."""
        return any(event.ends_walk for event in self.events)

    @property
    def after(self) -> Mixture[Any]:
        """The mixture that the M step found, where the epoch didn't degenerate."""
        return Mixture.of_parameters(self.m.weights, self.m.means, self.m.covariances)


class Tallier(Protocol):
    """EM on certain points, where nothing is asked for beyond maximum likelihood."""

    @property
    def points(self) -> Sequence[Point]:
        """The points, (n,) or (n, d)."""

    def e_step(self, mixture: Mixture[Any]) -> Tally:
        """The log-likelihood of the mixture, and all that the M step gives.

        Cancelled where the caller wants no more.
        """

    def extremes(self, mixture: Mixture[Any]) -> list[tuple[int, float]]:
        """The number i of each point, from 0, whose evidence is no ordinary double, and ln p(x_i)."""

    def ahead(
        self, mixture: Mixture[Any], tally: Tally, most: int, least_gain: float
    ) -> tuple[int, Mixture[Any], Tally]:
        """At most so many epochs in which nothing happens, each with a larger gain: how many, the
        mixture after them, and its tally. The first is the one that was tallied.
        """


def is_kernel_compiled() -> bool:
    """Whether mypyc compiled refgmm._kernel. The results don't depend on it."""
    return not str(_kernel.__file__).endswith((".py", ".pyc"))


def in_runs(points: Sequence[Any], taken: Callable[[Any], list[R]]) -> list[list[R]]:
    """Run by run, as a kernel takes them."""
    return [taken(points[first : first + RUN]) for first in range(0, len(points), RUN)]


def epoch(tallier: Tallier, index: int, before: Mixture[Any], tally: Tally) -> TalliedEpoch:
    """The epoch of this E step, with all its events."""
    if tally.is_uneventful:
        return TalliedEpoch(tally, ())
    logs = tallier.extremes(before) if tally.goes_beyond else []
    evidence = [(i, math.exp(log) if log <= _LOG_LARGEST else math.inf) for i, log in logs]
    points = tallier.points
    found = signs.of_e_step(index, len(points), before.components, evidence)
    found += signs.of_m_step(index, points, Rows(points, before), tally)
    return TalliedEpoch(tally, tuple(found))


@dataclass(frozen=True, slots=True)
class OfNumbers:
    """The tallier of points in one dimension.

    runs: the points as the kernel takes them, RUN in each but the last
    """

    points: Vector
    structure: Structure
    runs: list[list[_kernel.Block]]

    @classmethod
    def of(cls, points: Vector, structure: Structure) -> "OfNumbers":
        """From the points."""
        return cls(points, structure, in_runs(points, _kernel.cut))

    def e_step(self, mixture: Mixture[Any]) -> Tally:
        parameters = parameters_of_numbers(mixture)
        return Tally.of(*_kernel.epoch(self.runs, parameters, self.structure.is_shared))

    def extremes(self, mixture: Mixture[Any]) -> list[tuple[int, float]]:
        blocks = list(itertools.chain(*self.runs))
        return extremes(_kernel.log_evidence(blocks, parameters_of_numbers(mixture)))

    def ahead(
        self, mixture: Mixture[Any], tally: Tally, most: int, least_gain: float
    ) -> tuple[int, Mixture[Any], Tally]:
        count, parameters, found = _kernel.epochs_ahead(
            self.runs,
            parameters_of_numbers(mixture),
            (tally.log_likelihood, int(tally.goes_beyond), tally.estimate, tally.is_uneventful),
            self.structure.is_shared,
            most=most,
            least_gain=least_gain,
        )
        if not count:
            return 0, mixture, tally
        return count, Mixture.univariate(*parameters), Tally.of(*found)


def extremes(logs: Iterable[float], first: int = 0) -> list[tuple[int, float]]:
    """Of the log evidence of points, counted from `first`: what doubles may not hold, or not well."""
    return [(i, log) for i, log in enumerate(logs, first) if not _LOG_FAINT < log < _LOG_LARGEST]


def parameters_of_numbers(mixture: Mixture[Any]) -> _kernel.Parameters:
    """What the kernel is told of a mixture in one dimension."""
    return mixture.weights, mixture.means, mixture.covariances


class Rows(Sequence[Vector]):
    """The responsibilities of a mixture for points, (n, k), each row computed when it is asked for."""

    def __init__(self, points: Sequence[Point], mixture: Mixture[Any]) -> None:
        self.points = points
        self.mixture = mixture

    def __len__(self) -> int:
        return len(self.points)

    def __getitem__(self, i: Any) -> Any:
        if isinstance(i, slice):
            return Rows(self.points[i], self.mixture)
        return self.mixture.posterior(self.points[i]).responsibilities

    def __iter__(self) -> Iterator[Vector]:
        return (self.mixture.posterior(x).responsibilities for x in self.points)

    def __eq__(self, other: object) -> bool:
        """Of the same mixture for the same points: results of equal fits are equal."""
        if not isinstance(other, Rows):
            return NotImplemented
        return (self.mixture, self.points) == (other.mixture, other.points)

    def __hash__(self) -> int:
        return hash(self.mixture)


def rows(points: Sequence[Point], mixture: Mixture[Any]) -> Sequence[Vector]:
    """The responsibilities; of many points, each row when it is asked for."""
    found = Rows(points, mixture)
    return found if len(points) > BLOCK else tuple(found)
