"""Where a run on many points leads: its milestones, without the traces of its epochs.

A walk that steps keeps every number of an epoch; a run to convergence needs none of them but the
parameters and the log-likelihood after each. `Lookahead` adds up just the sums that give these, with
the operations of refgmm.em in their order (refgmm._kernel_exact). So its milestones are those of a walk
that steps there, bit for bit, an order of magnitude sooner; and whoever goes to one of its epochs sees it
computed from the milestone before, number by number.

It works a part of the points at a time, so that others get a turn in between:

>>> from refgmm import Walk, worked_example
>>> from refgmm.blocks import finished
>>> ahead = Lookahead.of_walk(Walk.begin(worked_example.problem()))
>>> finished(ahead.find_next())
True
>>> ahead.milestones[1] == Walk.begin(worked_example.problem()).forward_epoch().milestones[1]
True
"""

from collections.abc import Sequence
from typing import Any

from refgmm import _kernel_exact, signs
from refgmm._kernel_component import Component
from refgmm.arithmetic import Point, Square, Vector
from refgmm.blocks import Work
from refgmm.milestones import Milestone
from refgmm.mixture import Mixture
from refgmm.problem import Problem
from refgmm.records import dataclass, replace
from refgmm.stepper import Walk

NUMBERS_IN_A_PART = 10_000
"""Points times components times coordinates; the E step of so many takes some 3 ms."""

_SHARE_OF_E_STEP = 0.75  # of an epoch's time, as measured


@dataclass(frozen=True, slots=True)
class Estimate:
    """What an epoch comes to: refgmm.signs.Estimates."""

    log_likelihood: float  # of the mixture that it starts from
    effective_counts: Vector  # (k,)
    means: tuple[Point, ...]  # (k,)
    covariances: tuple[Square, ...]  # (k,)
    weights: Vector  # (k,)

    def ends_walk(self, index: int, points: Sequence[Point]) -> bool:
        """Whether there is no mixture after the epoch of this index."""
        return any(event.ends_walk for event in signs.of_m_step(index, points, (), self))

    @property
    def after(self) -> Mixture[Any]:
        """The mixture that the M step found, where there is one."""
        return Mixture.of_parameters(self.weights, self.means, self.covariances)


class Lookahead:
    """Attributes: milestones, those known, from the start on; find_next adds one."""

    def __init__(self, problem: Problem, milestones: Sequence[Milestone]) -> None:
        self.milestones = list(milestones)
        self._problem = problem
        self._parts: list[_Part] = []
        self._next: Estimate | None = None  # of the epoch that starts from the last milestone

    @classmethod
    def of_walk(cls, walk: Walk) -> "Lookahead":
        """From the last milestone that a walk has reached."""
        return cls(walk.problem, walk.milestones)

    def seen_from(self, walk: Walk) -> Walk:
        """A walk where it stands, from where it sees as far as these milestones."""
        return replace(walk, milestones=tuple(self.milestones))

    def find_next(self) -> Work[bool]:
        """The milestone that follows the last. Whether there is one: not where its epoch ends the run,
        and not where doubles are too short for a covariance, so that a trace takes no longer.
        """
        points, last = self._problem.points, self.milestones[-1]
        if self._next is None:
            self._next = yield from self._estimate(last.mixture)
        if self._next is None or self._next.ends_walk(last.epoch + 1, points):
            return False
        mixture = self._next.after
        self._next = yield from self._estimate(mixture)
        if self._next is None:
            return False
        gained = self._next.log_likelihood - last.log_likelihood
        milestone = Milestone(last.epoch + 1, mixture, self._next.log_likelihood, gained)
        self.milestones.append(milestone)
        return True

    def _estimate(self, mixture: Mixture[Any]) -> Work[Estimate | None]:
        """One epoch; None where doubles are too short for it."""
        if mixture.dimension is not None and not all(
            component.suits_doubles for component in mixture.components
        ):
            return None
        if not self._parts:
            yield from self._cut(len(mixture.components) * (mixture.dimension or 1))
        sums = _Sums(mixture)
        count = len(self._parts)
        for done, part in enumerate(self._parts, start=1):
            sums.add_shares(part)
            yield _SHARE_OF_E_STEP * done / count
        means = sums.set_means()
        for done, part in enumerate(self._parts, start=1):
            sums.add_squares(part)
            yield _SHARE_OF_E_STEP + (1.0 - _SHARE_OF_E_STEP) * done / count
        n = float(len(self._problem.points))
        counts = tuple(sums.counts)
        return Estimate(
            sums.log_likelihood,
            counts,
            means,
            self._problem.structure.estimate(sums.squares, counts),
            tuple(effective / n for effective in counts),
        )

    def _cut(self, numbers_per_point: int) -> Work[None]:
        """The points into parts."""
        points = self._problem.points
        size = max(1, NUMBERS_IN_A_PART // numbers_per_point)
        for start in range(0, len(points), size):
            self._parts.append(_Part(points[start : start + size]))
            yield 0.0


class _Part:
    """Some of the points. shares: (k, n), their responsibilities, between the two passes."""

    def __init__(self, points: Sequence[Point]) -> None:
        is_number = not isinstance(points[0], tuple)
        self.columns = [list(points)] if is_number else _kernel_exact.columns_of(points)
        self.shares: list[list[float]] = []


class _Sums:
    """The sums of an epoch while they are added up: first by add_shares, then by add_squares."""

    def __init__(self, mixture: Mixture[Any]) -> None:
        parameters = zip(mixture.weights, mixture.components, strict=True)
        self._is_number = mixture.dimension is None
        self._numbers: list[Component] = []
        self._vectors: list[_kernel_exact.Parameters] = []
        if self._is_number:
            self._numbers = [Component(w, one.mean, one.variance) for w, one in parameters]
        else:
            self._vectors = [
                (weight, one.mean, one.cholesky, one.log_determinant, None)
                for weight, one in parameters
            ]
        k, d = len(mixture.components), mixture.dimension or 1
        self.log_likelihood = 0.0
        self.counts = [0.0] * k
        self._firsts = [[0.0] * d for _ in range(k)]
        self._means: list[list[float]] = []
        self._scatters = [[[0.0] * d for _ in range(d)] for _ in range(k)]

    def add_shares(self, part: _Part) -> None:
        """The E step of a part."""
        if self._is_number:
            self.log_likelihood, part.shares = _kernel_exact.shares_of_numbers(
                part.columns[0], self._numbers, self.log_likelihood
            )
        else:
            self.log_likelihood, _, part.shares = _kernel_exact.shares_of(
                part.columns, self._vectors, self.log_likelihood
            )
        for j, share in enumerate(part.shares):
            self.counts[j], self._firsts[j] = _kernel_exact.count_and_sums(
                part.columns, share, self.counts[j], self._firsts[j]
            )

    def set_means(self) -> tuple[Point, ...]:
        """The new means, once all parts have added their shares."""
        self._means = [
            _kernel_exact.mean_of(count, sums)
            for count, sums in zip(self.counts, self._firsts, strict=True)
        ]
        return tuple(mean[0] if self._is_number else tuple(mean) for mean in self._means)

    def add_squares(self, part: _Part) -> None:
        """The squared deviations of a part from the new means."""
        for j, share in enumerate(part.shares):
            self._scatters[j] = _kernel_exact.scatter_about(
                self._means[j], part.columns, share, self._scatters[j]
            )
        part.shares = []

    @property
    def squares(self) -> list[Square]:
        """sum_i beta (x_i - mean)^2, (k,), once all parts have added theirs."""
        if self._is_number:
            return [scatter[0][0] for scatter in self._scatters]
        return [tuple(map(tuple, scatter)) for scatter in self._scatters]
