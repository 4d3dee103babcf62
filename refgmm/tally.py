"""Epochs of which only sums are kept: for fits that keep no trace.

A `Tally` is an E step and the M step that follows it, without the numbers of the points; a `Tallier`
makes them, in the place of em.e_step and em.m_step. The arithmetic, and when its floats are those of
refgmm.em, stands in refgmm._kernel.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from refgmm import _kernel, events
from refgmm.arithmetic import Point, Square, Vector
from refgmm.events import Event
from refgmm.mixture import Mixture
from refgmm.structures import Structure


@dataclass(frozen=True, slots=True)
class Tally:
    """The log-likelihood of a mixture, and the parameters that the next M step gives.

    faint: how many points have an evidence below bayes.SMALLEST_PRECISE
    """

    log_likelihood: float
    faint: int
    effective_counts: Vector  # (k,)
    means: tuple[Point, ...]  # (k,)
    covariances: tuple[Square, ...]  # (k,)
    weights: Vector  # (k,)


@dataclass(frozen=True, slots=True)
class TalliedEpoch:
    """What climb asks of an epoch: see em.Epoch."""

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


@dataclass(frozen=True, slots=True)
class Tallier:
    """EM on these points, in one dimension, where nothing is asked for beyond maximum likelihood.

    points: (n,)
    """

    points: tuple[Point, ...]
    structure: Structure

    @staticmethod
    def can_count(points: Sequence[Point]) -> bool:
        """Whether these points can be tallied."""
        return not isinstance(points[0], tuple)

    def e_step(self, mixture: Mixture[Any]) -> Tally:
        """Log-likelihood of the mixture, and all that the M step needs."""
        log_likelihood, faint, estimate = _kernel.epoch(
            self.points, _parameters(mixture), self.structure.is_shared
        )
        weights, means, variances, counts = estimate
        return Tally(
            log_likelihood, faint, tuple(counts), tuple(means), tuple(variances), tuple(weights)
        )

    def epoch(self, index: int, before: Mixture[Any], tally: Tally) -> TalliedEpoch:
        """The epoch of this E step, with all its events."""
        found = events.of_components(index, len(self.points), before.components)
        if tally.faint:
            faint = _kernel.faint_points(self.points, _parameters(before))
            found.append(events.EvidenceUnderflow(index, tuple(faint)))
        rows = Rows(self.points, before)
        found += events.of_m_step(index, self.points, rows, tally)
        return TalliedEpoch(tally, tuple(found))

    def ahead(
        self, mixture: Mixture[Any], most: int, least_gain: float
    ) -> tuple[int, Mixture[Any]]:
        """Epochs in which nothing happens, and no gain is as small as least_gain: how many, and the
        mixture after them.
        """
        count, (weights, means, variances) = _kernel.epochs_ahead(
            self.points, _parameters(mixture), self.structure.is_shared, most, least_gain
        )
        return count, Mixture.of_parameters(weights, means, variances) if count else mixture


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


def _parameters(mixture: Mixture[Any]) -> _kernel.Parameters:
    return mixture.weights, mixture.means, mixture.covariances
