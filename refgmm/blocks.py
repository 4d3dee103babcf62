"""Epochs of many points, computed a block of points at a time, so that others get a turn in between.

    epoch_in_blocks   em.run_epoch as a generator: it yields how much is done, and returns the epoch
    Traces            where a walk on many points gets its epochs from, once they are computed

A walk asks for an epoch, and needs it at once. Traces.compute gives it what was computed before; where
that is too much to compute on the spot, NotComputedError says what is missing, and Traces.work_out
computes it in blocks and asks again:

>>> from refgmm import Walk, worked_example
>>> traces = Traces(at_once=0)
>>> problem = worked_example.problem()
>>> work = traces.work_out(lambda: Walk.begin(problem, traces.compute).forward_epoch())
>>> walk = finished(work)
>>> walk == Walk.begin(problem).forward_epoch()
True

Nothing here knows a formula: those are in refgmm.em.
"""

import itertools
import sys
from collections.abc import Callable, Generator, Sequence
from typing import Any, TypeVar

from refgmm import signs
from refgmm.arithmetic import Matrix, Point, Vector, divided, total
from refgmm.em import (
    Epoch,
    EStep,
    MStep,
    e_step,
    epoch_of,
    run_epoch,
    squared_deviations,
    sums,
    weighted,
)
from refgmm.mixture import Mixture
from refgmm.structures import FULL, Structure

T = TypeVar("T")

Work = Generator[float, None, T]
"""Something computed bit by bit. Yields how much is done, from 0 to 1; returns the result."""

NUMBERS_IN_A_BLOCK = 400
"""Points times components times coordinates; both steps of so many take some 5 ms."""

NUMBERS_AT_ONCE = 1_800
"""What is computed on the spot, without blocks: iris with three components; it takes some 18 ms."""

_MOST_TRACES = 3
"""That are kept: a walk has two itself."""

_OURS = 2
"""References to an epoch that nobody else has: of the list, and of the call that counts them."""

_SHARE_OF_E_STEP = 0.65  # of an epoch's time, as measured

_NOT_OF_POINTS = ("log_determinants", "log_likelihood")
"""What an E step knows of all points together."""


class NotComputedError(Exception):
    """An epoch is needed that has yet to be computed. Not an error of the user's: see Traces."""

    def __init__(
        self, points: Sequence[Point], before: Mixture[Any], index: int, structure: Structure
    ) -> None:
        super().__init__(f"epoch {index} of {len(points)} points has yet to be computed")
        self.points, self.before = points, before
        self.index, self.structure = index, structure


class Traces:
    """Epochs of large problems, as they were computed; small ones are computed on the spot.

    at_once: points times components times coordinates that count as small
    """

    def __init__(self, at_once: int = NUMBERS_AT_ONCE) -> None:
        self._at_once = at_once
        self._epochs: list[Epoch[Any]] = []
        self._earlier: list[Epoch[Any]] = []  # which others may still have
        self._given_up: list[Any] = []  # numbers of epochs that nobody has

    def compute(
        self, points: Sequence[Point], before: Mixture[Any], index: int, structure: Structure
    ) -> Epoch[Any]:
        """The epoch that starts from this mixture. NotComputedError where it takes work_out."""
        if not self.takes_long(points, before):
            return run_epoch(points, before, index, structure)
        for epoch in self._epochs:
            if (
                epoch.points is points
                and epoch.index == index
                and epoch.before == before
                and epoch.structure == structure
            ):
                return epoch
        raise NotComputedError(points, before, index, structure)

    def takes_long(self, points: Sequence[Point], mixture: Mixture[Any]) -> bool:
        """Whether an epoch of so many points and components is too much to compute on the spot."""
        return len(points) * _numbers_per_point(mixture) > self._at_once

    def work_out(self, ask: Callable[[], T]) -> Work[T]:
        """What `ask` gives, once the epochs that it needs are computed. It is asked several times."""
        while True:
            try:
                result = ask()
            except NotComputedError as missing:
                yield from self._free()
                epoch = yield from epoch_in_blocks(
                    missing.points, missing.before, missing.index, missing.structure
                )
                self._epochs.append(epoch)
            else:
                self._earlier += self._epochs[:-_MOST_TRACES]
                del self._epochs[:-_MOST_TRACES]
                return result

    def _free(self) -> Work[None]:
        """Give up the earlier epochs that nobody else has, bit by bit: all their numbers take long. What is
        left where this work is dropped, the next one goes on with.
        """
        for at in reversed(range(len(self._earlier))):
            if sys.getrefcount(self._earlier[at]) <= _OURS:
                self._given_up += _numbers_of(self._earlier.pop(at))
        while self._given_up:
            self._given_up.pop()
            yield 0.0


def finished(work: Work[T]) -> T:
    """Do all of it, and give the result."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            result: T = end.value
            return result


def epoch_in_blocks(
    points: Sequence[Point], before: Mixture[Any], index: int, structure: Structure = FULL
) -> Work[Epoch[Any]]:
    """em.run_epoch's epoch, bit for bit."""
    size = max(1, NUMBERS_IN_A_BLOCK // _numbers_per_point(before))
    blocks = [slice(start, start + size) for start in range(0, len(points), size)]
    e = yield from _e_step(points, before, blocks)
    m = yield from _m_step(points, e.responsibilities, structure, blocks)
    extreme = yield from _extremes(e.evidence, blocks)
    return epoch_of(points, before, index, structure, e=e, m=m, extremes=extreme)


def _e_step(points: Sequence[Point], mixture: Mixture[Any], blocks: Sequence[slice]) -> Work[EStep]:
    parts = []
    for count, block in enumerate(blocks, start=1):
        parts.append(e_step(points[block], mixture))
        yield _SHARE_OF_E_STEP * count / len(blocks)
    names = [name for name in EStep.__match_args__ if name not in _NOT_OF_POINTS]
    joined = {}
    for name in names:
        joined[name] = _joined([getattr(part, name) for part in parts])
        yield _SHARE_OF_E_STEP
    return EStep(
        log_determinants=parts[0].log_determinants,
        log_likelihood=total(joined["log_evidence"]),
        **joined,
    )


def _m_step(
    points: Sequence[Point],
    responsibilities: Matrix,
    structure: Structure,
    blocks: Sequence[slice],
) -> Work[MStep]:
    """em.m_step: the same passes, each of them over blocks."""
    done = itertools.count(1)
    steps = 3 * len(blocks)

    def progress() -> float:
        return _SHARE_OF_E_STEP + (1 - _SHARE_OF_E_STEP) * next(done) / steps

    n, k = len(points), len(responsibilities[0])

    counts: tuple[Any, ...] = ()
    for block in blocks:
        counts = _sums_so_far(counts, responsibilities[block])
        yield progress()

    weighted_points: list[tuple[tuple[Point, ...], ...]] = []
    point_sums: tuple[Any, ...] = ()
    for block in blocks:
        seen = [(x,) * k for x in points[block]]
        weighted_points.append(weighted(responsibilities[block], seen))
        point_sums = _sums_so_far(point_sums, weighted_points[-1])
        yield progress()
    means = tuple(map(divided, point_sums, counts))

    weighted_squares: list[tuple[tuple[Any, ...], ...]] = []
    square_sums: tuple[Any, ...] = ()
    for block in blocks:
        seen = [(x,) * k for x in points[block]]
        squares = squared_deviations(seen, means)
        weighted_squares.append(weighted(responsibilities[block], squares))
        square_sums = _sums_so_far(square_sums, weighted_squares[-1])
        yield progress()

    covariances = structure.estimate(square_sums, counts)
    of_points = _joined(weighted_points)
    yield 1.0
    of_squares = _joined(weighted_squares)
    yield 1.0
    return MStep(
        effective_counts=counts,
        weighted_points=of_points,
        weighted_point_sums=point_sums,
        means=means,
        weighted_squared_deviations=of_squares,
        weighted_squared_deviation_sums=square_sums,
        covariances=covariances,
        weights=tuple(count / float(n) for count in counts),
    )


def _extremes(evidence: Vector, blocks: Sequence[slice]) -> Work[list[tuple[int, float]]]:
    """signs.extremes of all points, by their numbers."""
    found = []
    for block in blocks:
        found += signs.extremes(enumerate(evidence[block], start=block.start))
        yield 1.0
    return found


def _numbers_of(epoch: Epoch[Any]) -> list[Any]:
    """What both steps of an epoch know."""
    return [getattr(step, name) for step in (epoch.e, epoch.m) for name in step.__match_args__]


def _sums_so_far(before: tuple[Any, ...], rows: Sequence[tuple[Any, ...]]) -> tuple[Any, ...]:
    """The sums over the points so far: added from left to right, as over all points at once."""
    return sums([before, *rows]) if before else sums(rows)


def _joined(parts: Sequence[tuple[T, ...]]) -> tuple[T, ...]:
    return tuple(itertools.chain.from_iterable(parts))


def _numbers_per_point(mixture: Mixture[Any]) -> int:
    return len(mixture.components) * (mixture.dimension or 1)
