"""A walk through EM, one sub-step at a time: forward, back, to the end of the epoch.

An epoch has eight sub-steps, from densities to weights: the table SUB_STEPS.

The textbook calls the computation of the responsibilities the E step and all three
updates the M step. The lecture note calls the update of means and variances the M
step and the update of the weights the E step; the responsibilities, β, come before
both. Only the names differ, never the numbers.
"""

import enum
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from refgmm.arithmetic import Point, Square, Vector
from refgmm.em import Epoch, run_epoch
from refgmm.events import Event
from refgmm.formatting import listed
from refgmm.mixture import Mixture
from refgmm.problem import PARAMETERS, Problem
from refgmm.structures import ALL, DIAGONAL_PART, FULL, MEAN_OF_DIAGONAL, Structure


class Labelling(enum.Enum):
    """Whose names for the steps."""

    TEXTBOOK = "textbook"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class SubStep:
    """A sub-step of an epoch."""

    name: str  # the field of the trace that it computes
    textbook: str  # the step that it belongs to
    note: str
    is_result: bool  # whether it is what its step is for, and not only on the way

    def title(self, dimension: int | None = None) -> str:
        """Its name in words. dimension: of the points, as Problem.dimension has it."""
        if self.name == "variances" and dimension is not None:
            return "covariances"
        return self.name.replace("_", " ")

    def meaning(self, dimension: int | None = None, structure: Structure = FULL) -> str:
        """What it computes, in a sentence; dimension and structure as Problem has them."""
        if self.name != "variances":
            return _MEANINGS[self.name]
        own = (
            _MEANINGS[self.name] if dimension is None else _MEANINGS_OF_COVARIANCES[structure.part]
        )
        return own + _SHARED if structure.is_shared else own

    @property
    def is_parameter(self) -> bool:
        """Whether it computes parameters of the mixture, which have an old and a new value."""
        return self.name in PARAMETERS

    def phase(self, labelling: Labelling) -> str:
        """The step that it belongs to: "E", "M" or "β"."""
        return self.textbook if labelling is Labelling.TEXTBOOK else self.note


_MEANINGS = {
    "densities": "How likely each component, taken alone, makes each point.",
    "weighted_densities": "Each density times the weight of its component: how often the component "
    "is picked at all.",
    "evidence": "How likely the whole mixture makes each point. "
    "The logarithms of the evidence add up to the log-likelihood.",
    "responsibilities": "The share of each point that each component answers for; "
    "the shares of a point sum to 1.",
    "effective_counts": "How many points each component answers for, all shares added up.",
    "means": "The mean of the points, each counted by the share that the component answers for.",
    "variances": "The mean squared distance from the new mean, each point counted by its share.",
    "weights": "The fraction of all points that each component answers for.",
}

_MEANINGS_OF_COVARIANCES = {
    ALL: "The mean product of the deviations from the new mean in two coordinates, each point "
    "counted by its share; on the diagonal, the variances.",
    DIAGONAL_PART: "The mean squared deviation from the new mean in each coordinate, each point "
    "counted by its share; the coordinates are taken as uncorrelated.",
    MEAN_OF_DIAGONAL: "The mean squared deviation from the new mean over all coordinates, each point "
    "counted by its share: one variance in all directions.",
}
_SHARED = " Added up over all components, which share it."

SUB_STEPS = tuple(
    SubStep(name, textbook, note, is_result)
    for name, textbook, note, is_result in (
        ("densities", "E", "β", False),
        ("weighted_densities", "E", "β", False),
        ("evidence", "E", "β", False),
        ("responsibilities", "E", "β", True),
        ("effective_counts", "M", "M", False),
        ("means", "M", "M", True),
        ("variances", "M", "M", True),
        ("weights", "M", "E", True),
    )
)

_INDEX = {sub_step.name: i for i, sub_step in enumerate(SUB_STEPS)}

SUB_STEP_COUNT = len(SUB_STEPS)


def index_of(name: str) -> int:
    """The place of a sub-step in its epoch, from 0.

    >>> index_of("responsibilities")
    3
    """
    return _INDEX[name]


@dataclass(frozen=True, slots=True)
class Milestone:
    """The parameters at the start (epoch 0) or after an epoch, and their log-likelihood."""

    epoch: int
    mixture: Mixture[Any]
    log_likelihood: float  # of these parameters
    gain: float | None  # over the milestone before; None at the start


@dataclass(frozen=True, slots=True)
class Walk:
    """A place in a run of EM, and how the run got there. Immutable: each move is a new Walk.

    Milestones are kept for every epoch; the full trace only where the walk stands. Going
    back over the start of an epoch computes the earlier one again, from its milestone: the
    arithmetic is the same, so the numbers are the same, bit for bit.
    """

    problem: Problem
    milestones: tuple[Milestone, ...]  # [e]: after epoch e; as far as the walk has ever been
    epoch: Epoch[Any]  # where the walk stands
    done: int  # how many of its sub-steps are known, 0 to 8
    upcoming: Epoch[Any]  # the trace of the epoch that starts from the last milestone

    @classmethod
    def begin(cls, problem: Problem) -> "Walk":
        """At the start of epoch 1, nothing computed."""
        first = run_epoch(problem.points, problem.initial, 1, problem.structure)
        start = Milestone(0, problem.initial, first.e.log_likelihood, None)
        return cls(problem, (start,), epoch=first, done=0, upcoming=first)

    @property
    def is_at_start(self) -> bool:
        """Whether there is nothing to take back."""
        return self.epoch.index == 1 and self.done == 0

    @property
    def next_sub_step(self) -> SubStep | None:
        """What forward() will compute; None where the run ends in a degenerate epoch."""
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
        """Whether the last finished epoch gained less log-likelihood than `tolerance`, in nats.

        Rounding can make the gain of a finished run a little negative: that counts, too. The loss of
        an epoch that had to bring the start's covariances into the structure doesn't.
        """
        last = self.history[-1]
        is_gain = last.epoch > 1 or self.problem.structure.holds(self.problem.initial.covariances)
        return last.gain is not None and is_gain and last.gain < tolerance

    @property
    def parameters(self) -> tuple[Vector, tuple[Point, ...], tuple[Square, ...]]:
        """Weights, means and covariances as far as they are known here: new where computed."""
        before, m = self.epoch.before, self.epoch.m
        new_weights, new_means, new_variances = map(self.knows, PARAMETERS)
        return (
            m.weights if new_weights else before.weights,
            m.means if new_means else before.means,
            m.covariances if new_variances else before.covariances,
        )

    def is_before(self, name: str) -> bool:
        """Whether the sub-step of this name has never been done on the way here."""
        return self.epoch.index == 1 and not self.knows(name)

    def knows(self, name: str) -> bool:
        """Whether the sub-step of this name has been done in this epoch."""
        return index_of(name) < self.done

    def forward(self) -> "Walk":
        """One sub-step on; the same place where the run has ended."""
        if self.next_sub_step is None:
            return self
        if self.done < SUB_STEP_COUNT:
            return self._at(self.epoch, self.done + 1)
        return self._at(self._epoch(self.epoch.index + 1), 1)

    def back(self) -> "Walk":
        """Exactly one sub-step back; the same place at the start."""
        if self.is_at_start:
            return self
        if self.done > 1 or self.epoch.index == 1:
            return self._at(self.epoch, self.done - 1)
        return self._at(self._epoch(self.epoch.index - 1), SUB_STEP_COUNT)

    def forward_phase(self, labelling: Labelling) -> "Walk":
        """To the end of the next step, as this labelling cuts the epoch into steps."""
        following = self.next_sub_step
        if following is None:
            return self
        phase, walk = following.phase(labelling), self.forward()
        while (
            walk.done < SUB_STEP_COUNT
            and walk.next_sub_step is not None
            and walk.next_sub_step.phase(labelling) == phase
        ):
            walk = walk.forward()
        return walk

    def back_phase(self, labelling: Labelling) -> "Walk":
        """To the start of the step that was done last."""
        walk = self.back()
        while walk.done % SUB_STEP_COUNT and (
            SUB_STEPS[walk.done].phase(labelling) == SUB_STEPS[walk.done - 1].phase(labelling)
        ):
            walk = walk.back()
        return walk

    def forward_epoch(self) -> "Walk":
        """To the end of the epoch; from there, to the end of the next."""
        walk = self.forward()
        while walk.done < SUB_STEP_COUNT and walk.next_sub_step is not None:
            walk = walk.forward()
        return walk

    def to_start(self) -> "Walk":
        """Back to where nothing was computed. The milestones are kept."""
        return self._at(self._epoch(1), 0)

    def epochs(self) -> Iterator["Walk"]:
        """The ends of the epochs to come, lazily, until the run ends. To stop is the caller's business."""
        walk = self
        while walk.next_sub_step is not None:
            walk = walk.forward_epoch()
            yield walk

    def next_label(self, labelling: Labelling, whole_phase: bool = False) -> str:
        """What the next move will do: "M: new means and variances (epoch 1)"."""
        following = self.next_sub_step
        if following is None:
            reasons = dict.fromkeys(event.title for event in self.stopped_by)
            return f"The end: {listed(list(reasons))}"
        phase = following.phase(labelling)
        coming = [following]
        if whole_phase:
            remaining = SUB_STEPS[self.done % SUB_STEP_COUNT :]
            same = itertools.takewhile(lambda step: step.phase(labelling) == phase, remaining)
            coming = [step for step in same if step.is_result]
        new = "new " if coming[0].is_parameter else ""
        titles = listed([step.title(self.problem.dimension) for step in coming])
        return f"{phase}: {new}{titles} (epoch {self.next_epoch_index})"

    @property
    def _epoch_is_complete(self) -> bool:
        return self.done == SUB_STEP_COUNT and not self.epoch.ends_walk

    def _epoch(self, index: int) -> Epoch[Any]:
        """The trace of an epoch that the milestones reach."""
        for known in (self.epoch, self.upcoming):
            if known.index == index:
                return known
        return self._run(self.milestones[index - 1].mixture, index)

    def _run(self, before: Mixture[Any], index: int) -> Epoch[Any]:
        return run_epoch(self.problem.points, before, index, self.problem.structure)

    def _at(self, epoch: Epoch[Any], done: int) -> "Walk":
        """The same walk at another place. At the end of an epoch for the first time: a milestone."""
        walk = replace(self, epoch=epoch, done=done)
        if not walk._epoch_is_complete or len(self.milestones) > epoch.index:
            return walk
        after = epoch.after
        upcoming = self._run(after, epoch.index + 1)
        log_likelihood = upcoming.e.log_likelihood
        gain = log_likelihood - self.milestones[-1].log_likelihood
        milestone = Milestone(epoch.index, after, log_likelihood, gain)
        return replace(walk, milestones=(*self.milestones, milestone), upcoming=upcoming)
