"""A walk through EM: forward and back by sub-steps, by larger steps, or point by point."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from refgmm.arguments import check_kind, whole_number
from refgmm.arithmetic import Point, Square, Vector
from refgmm.em import Epoch, run_epoch
from refgmm.errors import DegenerateError, InvalidValueError
from refgmm.events import Event
from refgmm.formatting import listed
from refgmm.milestones import Milestone, has_converged
from refgmm.mixture import Mixture
from refgmm.problem import Problem
from refgmm.records import dataclass, field, replace
from refgmm.structures import Structure
from refgmm.sub_steps import (
    SUB_STEP_COUNT,
    SUB_STEPS,
    Granularity,
    Labelling,
    Part,
    Partial,
    SubStep,
    index_of,
)
from refgmm.validation import shown

T = TypeVar("T")

Compute = Callable[[Sequence[Point], Mixture[Any], int, Structure], Epoch[Any]]
"""Both steps on these points from a mixture, as the epoch of this index: em.run_epoch, or alike."""


@dataclass(frozen=True, slots=True)
class Walk:
    """A place in a run of EM, and how the run got there. Immutable: each move is a new Walk.

    A place is an epoch, how many of its sub-steps are done, and how far the next one is filled.

    Milestones are kept for every epoch; the full trace only where the walk stands. Going
    back over the start of an epoch computes the earlier one again, from its milestone: the
    arithmetic is the same, so the numbers are the same, bit for bit.

    >>> from refgmm import worked_example
    >>> walk = Walk.begin(worked_example.problem()).forward()
    >>> walk.next_label(), walk.back().is_at_start
    ('E: weighted densities (epoch 1)', True)
    """

    problem: Problem
    milestones: tuple[Milestone, ...]  # [e]: after epoch e; as far as the walk has ever been
    epoch: Epoch[Any]  # where the walk stands
    done: int  # how many of its sub-steps are known, 0 to 8
    upcoming: Epoch[Any]  # the trace at hand that starts from the last milestone stepped to
    partial: Partial | None = None  # how far the sub-step after those is filled
    compute: Compute = field(default=run_epoch, repr=False, compare=False)

    @classmethod
    def begin(cls, problem: Problem, compute: Compute = run_epoch) -> "Walk":
        """At the start of epoch 1, nothing computed.

        compute: where the epochs come from; see refgmm.blocks for one that takes its time
        """
        check_kind(problem, Problem, "problem", "make one by Problem(points, start)")
        first = compute(problem.points, problem.initial, 1, problem.structure)
        start = Milestone(0, problem.initial, first.e.log_likelihood, None)
        return cls(problem, (start,), epoch=first, done=0, upcoming=first, compute=compute)

    @property
    def is_at_start(self) -> bool:
        """Whether there is nothing to take back."""
        return self._sub_steps_done == 0 and self.partial is None

    @property
    def next_sub_step(self) -> SubStep | None:
        """What forward() will compute, or complete; None where the run ends in a degenerate epoch."""
        if self.stopped_by:
            return None
        return SUB_STEPS[self.done % SUB_STEP_COUNT]

    @property
    def next_epoch_index(self) -> int:
        """The epoch that next_sub_step belongs to."""
        return self.epoch.index + (self.done == SUB_STEP_COUNT)

    @property
    def events(self) -> tuple[Event, ...]:
        """The events of this epoch that show by now."""
        return tuple(e for e in self.epoch.events if index_of(e.sub_step) < self.done)

    @property
    def stopped_by(self) -> tuple[Event, ...]:
        """The events that end the run here; empty while it can go on."""
        return tuple(event for event in self.events if event.ends_walk)

    @property
    def history(self) -> tuple[Milestone, ...]:
        """The milestones up to where the walk stands: the start, and each finished epoch."""
        finished = self.epoch.index if self._epoch_is_complete else self.epoch.index - 1
        return self.milestones[: finished + 1]

    def has_converged(self, tolerance: float) -> bool:
        """Whether the last finished epoch gained less log-likelihood than `tolerance`, in nats."""
        return has_converged(self.problem, self.history, tolerance)

    @property
    def parameters(self) -> tuple[Vector, tuple[Point, ...], tuple[Square, ...]]:
        """Weights, means and covariances as far as they are known here: new where computed."""
        before, m = self.epoch.before, self.epoch.m
        return (
            self._newest("weights", before.weights, m.weights),
            self._newest("means", before.means, m.means),
            self._newest("variances", before.covariances, m.covariances),
        )

    def _newest(self, name: str, old: tuple[T, ...], new: tuple[T, ...]) -> tuple[T, ...]:
        return tuple(new[j] if self.has_new(name, component=j) else old[j] for j in range(len(old)))

    def is_before(self, name: str) -> bool:
        """Whether the sub-step of this name has never been done on the way here."""
        return self.epoch.index == 1 and not self.knows(name)

    def knows(self, name: str) -> bool:
        """Whether all of the sub-step of this name has been done in this epoch."""
        return index_of(name) < self.done

    def shows(self, name: str, point: int | None = None, component: int | None = None) -> bool:
        """Whether a number of the sub-step of this name is known here.

        point: whose row it stands in, from 0; None for what is of all points, such as a sum
        component: whose it is, from 0; None for what is of all components, such as the evidence

        A sub-step that is filled point by point has its sums once it has all rows.
        """
        if self.partial is None or index_of(name) != self.done:
            return self.knows(name)
        index = point if self.partial.by is Granularity.POINT else component
        return index is not None and index < self.partial.count

    def has_new(self, name: str, component: int) -> bool:
        """Whether the new value of a component's parameter is known here.

        name: "weights", "means" or "variances". A variance that all components share is known
        once all have added to it.
        """
        is_shared = name == "variances" and self.problem.structure.is_shared
        return self.shows(name, component=None if is_shared else component)

    def forward(
        self,
        granularity: Granularity = Granularity.SUB_STEP,
        labelling: Labelling = Labelling.TEXTBOOK,
    ) -> "Walk":
        """On to the next place where a move of this granularity ends; here, where the run has ended.

        labelling: which says where a phase ends

        A sub-step that is filled by points is completed before it goes on by components, or in
        larger moves; and the other way round.
        """
        _check(granularity, labelling)
        if self.next_sub_step is None:
            return self
        partial = self._partial_after(self.next_sub_step, granularity)
        if partial is not None:
            return self._at(self._sub_steps_done, partial)
        walk = self._at(self._sub_steps_done + 1)
        while walk.next_sub_step is not None and not walk._is_end_of(granularity, labelling):
            walk = walk._at(walk._sub_steps_done + 1)
        return walk

    def back(
        self,
        granularity: Granularity = Granularity.SUB_STEP,
        labelling: Labelling = Labelling.TEXTBOOK,
    ) -> "Walk":
        """Back to the last place before this one where a move of this granularity ends, or the start.

        So it undoes a forward() of the same granularity that began where such a move ends.
        """
        _check(granularity, labelling)
        if self.is_at_start:
            return self
        if granularity.is_part:
            return self._part_back(granularity)
        walk = self._at(self._sub_steps_done - (self.partial is None))
        while not walk._is_end_of(granularity, labelling):
            walk = walk._at(walk._sub_steps_done - 1)
        return walk

    def forward_epoch(self) -> "Walk":
        """To the end of the epoch; from there, to the end of the next."""
        return self.forward(Granularity.EPOCH)

    def go_to(self, epoch: int, done: int) -> "Walk":
        """The place where so many sub-steps of an epoch are done, computed where it lies ahead.

        epoch: counted from 1; done: 0 to 8, where 0 is the end of the epoch before, if there is one

        InvalidValueError for what is no place; DegenerateError where the run ends before it.
        """
        index, sub_steps = whole_number(epoch), whole_number(done)
        if index is None or index < 1:
            problem = (
                f"epoch must be a whole number from 1 on, got {shown(epoch)}: the first one is 1"
            )
            raise InvalidValueError(problem, field="epoch")
        if sub_steps is None or not 0 <= sub_steps <= SUB_STEP_COUNT:
            problem = (
                f"done must be a whole number from 0 to {SUB_STEP_COUNT}, got {shown(done)}: give how "
                "many sub-steps of the epoch are to be done"
            )
            raise InvalidValueError(problem, field="done")
        goal = (index - 1) * SUB_STEP_COUNT + sub_steps
        reached = (min(index, len(self.milestones)) - 1) * SUB_STEP_COUNT
        walk = self._at(min(goal, reached + 1))
        while walk._sub_steps_done < goal:
            if walk.stopped_by:
                reasons = " ".join(event.message for event in walk.stopped_by)
                problem = (
                    f"epoch {index} with {sub_steps} sub-steps done lies beyond the end of the run: go "
                    f"no further than epoch {walk.epoch.index} with {walk.done}. {reasons}"
                )
                raise DegenerateError(problem, events=walk.stopped_by)
            walk = walk.forward()
        return walk

    def to_start(self) -> "Walk":
        """Back to where nothing was computed. The milestones are kept."""
        return self._at(0)

    def epochs(self) -> Iterator["Walk"]:
        """The ends of the epochs to come, lazily, until the run ends. To stop is the caller's business."""
        walk = self
        while walk.next_sub_step is not None:
            walk = walk.forward(Granularity.EPOCH)
            yield walk

    def next_label(
        self,
        granularity: Granularity = Granularity.SUB_STEP,
        labelling: Labelling = Labelling.TEXTBOOK,
    ) -> str:
        """What forward() will do: "M: new means and variances (epoch 1)"."""
        following = self.next_sub_step
        if following is None:
            reasons = dict.fromkeys(event.title for event in self.stopped_by)
            return f"The end: {listed(list(reasons))}"
        coming = self._coming(following, granularity, labelling)
        phases = dict.fromkeys(sub_step.phase(labelling) for sub_step in coming)
        part, dimension = self.part_ahead(granularity), self.problem.dimension
        if part is not None:
            what = part.title(dimension, self.problem.structure)
        else:
            results = [sub_step for sub_step in coming if sub_step.is_parameter]
            results = results or [sub_step for sub_step in coming if sub_step.is_result] or coming
            what = listed([sub_step.title(dimension) for sub_step in results])
            what = f"new {what}" if results[0].is_parameter else what
        return f"{listed(list(phases))}: {what} (epoch {self.next_epoch_index})"

    def _coming(
        self, following: SubStep, granularity: Granularity, labelling: Labelling
    ) -> list[SubStep]:
        """The sub-steps, from the following one on, that forward() will do, at least in part."""
        rest = SUB_STEPS[index_of(following.name) :]
        if granularity is Granularity.EPOCH:
            return list(rest)
        if granularity is not Granularity.PHASE:
            return [following]
        phase = following.phase(labelling)
        return list(itertools.takewhile(lambda sub_step: sub_step.phase(labelling) == phase, rest))

    def sub_steps_since(self, before: "Walk | None") -> tuple[SubStep, ...]:
        """The sub-steps of this epoch that were filled, at least in part, since an earlier place.

        before: None for the start of the run
        """
        earlier = self._in_this_epoch(before)
        done = earlier.done if earlier is not None else 0
        return SUB_STEPS[done : self.done + (self.partial is not None)]

    def part_since(self, before: "Walk | None") -> Part | None:
        """The part of a sub-step that was filled since an earlier place; None where it was more."""
        filled, earlier = self.sub_steps_since(before), self._in_this_epoch(before)
        begun = earlier.partial if earlier is not None else None
        return self._part(filled[0], begun, self.partial) if len(filled) == 1 else None

    def part_ahead(self, granularity: Granularity) -> Part | None:
        """The part of a sub-step that forward() will fill; None where it is more."""
        coming = self.next_sub_step
        if coming is None or granularity in (Granularity.PHASE, Granularity.EPOCH):
            return None
        return self._part(coming, self.partial, self._partial_after(coming, granularity))

    def _part(
        self, sub_step: SubStep, begun: Partial | None, reached: Partial | None
    ) -> Part | None:
        """What fills a sub-step from as far as `begun` to `reached`; None: from its start, to its end."""
        partial = reached or begun
        if partial is None:
            return None
        total = self._count_of_parts(sub_step, partial.by)
        start = begun.count if begun is not None else 0
        end = reached.count if reached is not None else total
        return Part(sub_step, partial.by, range(start, end), is_last=end == total)

    def _count_of_parts(self, sub_step: SubStep, by: Granularity) -> int:
        """How many points or components fill a sub-step; 1 where it is done whole."""
        if by is Granularity.POINT:
            return len(self.problem.points) if sub_step.has_rows else 1
        return len(self.problem.initial.components) if sub_step.has_components else 1

    def _partial_after(self, coming: SubStep, granularity: Granularity) -> Partial | None:
        """How far a move of this granularity fills the coming sub-step; None: to its end."""
        if not granularity.is_part or (self.partial and self.partial.by is not granularity):
            return None
        filled = 1 + (self.partial.count if self.partial is not None else 0)
        is_all = filled == self._count_of_parts(coming, granularity)
        return None if is_all else Partial(granularity, filled)

    def _part_back(self, by: Granularity) -> "Walk":
        """One point or component less; all that is filled of this sub-step, where others fill it."""
        if self.partial is None:
            done = self._sub_steps_done - 1
            filled = self._count_of_parts(SUB_STEPS[self.done - 1], by)
        else:
            done = self._sub_steps_done
            filled = self.partial.count if self.partial.by is by else 1
        return self._at(done, Partial(by, filled - 1) if filled > 1 else None)

    def _is_end_of(self, granularity: Granularity, labelling: Labelling) -> bool:
        """Whether a move of this granularity ends between these two sub-steps."""
        if self.done % SUB_STEP_COUNT == 0:
            return True
        if granularity is Granularity.PHASE:
            last, coming = SUB_STEPS[self.done - 1], SUB_STEPS[self.done]
            return last.phase(labelling) != coming.phase(labelling)
        return granularity is not Granularity.EPOCH

    def _in_this_epoch(self, other: "Walk | None") -> "Walk | None":
        """Another place, if it is in the same epoch."""
        return other if other is not None and other.epoch.index == self.epoch.index else None

    @property
    def _epoch_is_complete(self) -> bool:
        return self.done == SUB_STEP_COUNT and not self.epoch.ends_walk

    @property
    def _sub_steps_done(self) -> int:
        """How many sub-steps are done since the start of the run."""
        return (self.epoch.index - 1) * SUB_STEP_COUNT + self.done

    def trace_of(self, index: int) -> Epoch[Any]:
        """The trace of an epoch that the walk has been in, or could enter next, from 1.

        InvalidValueError for any other.
        """
        if not 1 <= index <= len(self.milestones):
            problem = f"there is no epoch {index} yet: the walk reaches to {len(self.milestones)}"
            raise InvalidValueError(problem, field="epoch")
        return self._epoch(index)

    def _epoch(self, index: int) -> Epoch[Any]:
        """The trace of an epoch that the milestones reach."""
        for known in (self.epoch, self.upcoming):
            if known.index == index:
                return known
        return self._run(self.milestones[index - 1].mixture, index)

    def _run(self, before: Mixture[Any], index: int) -> Epoch[Any]:
        return self.compute(self.problem.points, before, index, self.problem.structure)

    def _at(self, sub_steps_done: int, partial: Partial | None = None) -> "Walk":
        """The same walk where so many sub-steps are done since the start, and a part of the next.

        At the end of an epoch for the first time: a milestone.
        """
        last = sub_steps_done if partial is not None else max(sub_steps_done - 1, 0)
        epoch = self._epoch(last // SUB_STEP_COUNT + 1)
        done = sub_steps_done - (epoch.index - 1) * SUB_STEP_COUNT
        walk = replace(self, epoch=epoch, done=done, partial=partial)
        if not walk._epoch_is_complete or len(self.milestones) > epoch.index:
            return walk
        after = epoch.after
        upcoming = self._run(after, epoch.index + 1)
        log_likelihood = upcoming.e.log_likelihood
        gain = log_likelihood - self.milestones[-1].log_likelihood
        milestone = Milestone(epoch.index, after, log_likelihood, gain)
        return replace(walk, milestones=(*self.milestones, milestone), upcoming=upcoming)


def _check(granularity: object, labelling: object) -> None:
    check_kind(granularity, Granularity, "granularity", "give Granularity.EPOCH, say")
    check_kind(labelling, Labelling, "labelling", "give Labelling.NOTE, say")
