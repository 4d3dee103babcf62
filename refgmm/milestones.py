"""What is kept of every epoch of a run: where it led, and whether the run has converged there."""

from collections.abc import Sequence
from typing import Any

from refgmm.mixture import Mixture
from refgmm.problem import Problem
from refgmm.records import dataclass


@dataclass(frozen=True, slots=True)
class Milestone:
    """The parameters at the start (epoch 0) or after an epoch, and their log-likelihood."""

    epoch: int
    mixture: Mixture[Any]
    log_likelihood: float  # of these parameters
    gain: float | None  # over the milestone before; None at the start


def has_converged(problem: Problem, history: Sequence[Milestone], tolerance: float) -> bool:
    """Whether the last epoch of a history gained less log-likelihood than `tolerance`, in nats.

    Rounding can make the gain of a finished run a little negative: that counts, too. The loss of
    an epoch that had to bring the start's covariances into the structure doesn't.
    """
    last = history[-1]
    is_gain = last.epoch > 1 or problem.structure.holds(problem.initial.covariances)
    return last.gain is not None and is_gain and last.gain < tolerance
