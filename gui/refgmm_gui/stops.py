"""Where a run stops: its rules applied to a walk, and why in words. No Qt."""

from collections.abc import Sequence

from refgmm import Epochs, Problem, Walk
from refgmm.formatting import subscript
from refgmm.milestones import Milestone, has_converged
from refgmm.stopping import MeanPasses, Progress
from refgmm_gui.session import Run


def why_stop(walk: Walk, run: Run) -> str:
    """Why a run stops where the walk stands, in words; empty where it goes on.

    Rules look at whole epochs: within one, only a degenerate component stops a run.
    """
    if walk.stopped_by:
        return walk.stopped_by[0].message
    if walk.history[-1].epoch != walk.epoch.index:
        return ""
    return why_stop_after(walk.problem, walk.history, run)


def why_stop_after(problem: Problem, history: Sequence[Milestone], run: Run) -> str:
    """Why the rules of a run stop it after the last epoch of a history; empty where it goes on."""
    epoch, gain = history[-1], history[-1].gain
    if has_converged(problem, history, run.tolerance):
        return (
            f"Converged after epoch {epoch.epoch}: it gained {gain:.3g} nats of "
            f"log-likelihood, less than {run.tolerance:g}."
        )
    progress = progress_of(problem, history, run)
    if run.passing is not None and has_passed(run.passing, progress):
        mean = f"μ{subscript(run.passing.component + 1)}"
        return f"Stopped after epoch {epoch.epoch}: {mean} passed {run.passing.limit:g}."
    most = Epochs(run.most_epochs)
    if most.fires(most.value(progress)):
        return (
            f"Stopped after {progress.epoch} epochs, not converged: the last one still gained "
            f"{gain:.3g} nats of log-likelihood."
        )
    return ""


def has_passed(rule: MeanPasses, progress: Progress) -> bool:
    """Whether the mean passed the value in the last epoch; never where there is no such component or
    coordinate: the rule may have been given for another problem.
    """
    mixture = progress.mixture
    has_component = rule.component < len(mixture.components)
    has_coordinate = rule.coordinate < (mixture.dimension or 1)
    return has_component and has_coordinate and rule.fires(rule.value(progress))


def progress_of(problem: Problem, history: Sequence[Milestone], run: Run) -> Progress:
    """How far a run is, at the end of an epoch."""
    last = history[-1]
    return Progress(
        run=1,
        epoch=len(history) - run.begun,
        mixture=last.mixture,
        log_likelihood=last.log_likelihood,
        log_prior=0.0,
        gain=last.gain,
        point_count=float(len(problem.points)),
        previous=history[-2].mixture if len(history) > 1 else None,
    )
