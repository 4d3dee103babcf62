"""Where a run stops: its rules applied to a walk, and why in words. No Qt."""

from refgmm import Epochs, Walk
from refgmm.formatting import subscript
from refgmm.stopping import MeanPasses, Progress
from refgmm_gui.session import Run


def why_stop(walk: Walk, run: Run) -> str:
    """Why a run stops where the walk stands, in words; empty where it goes on.

    Rules look at whole epochs: within one, only a degenerate component stops a run.
    """
    if walk.stopped_by:
        return walk.stopped_by[0].message
    epoch, gain = walk.history[-1], walk.history[-1].gain
    if epoch.epoch != walk.epoch.index:
        return ""
    if walk.has_converged(run.tolerance):
        return (
            f"Converged after epoch {epoch.epoch}: it gained {gain:.3g} nats of "
            f"log-likelihood, less than {run.tolerance:g}."
        )
    progress = progress_of(walk, run)
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
    """Whether the mean passed the value in the last epoch; never where there is no such component."""
    is_there = rule.component < len(progress.mixture.components)
    return is_there and rule.fires(rule.value(progress))


def progress_of(walk: Walk, run: Run) -> Progress:
    """How far a run is, at the end of an epoch."""
    history = walk.history
    last = history[-1]
    return Progress(
        run=1,
        epoch=len(history) - run.begun,
        mixture=last.mixture,
        log_likelihood=last.log_likelihood,
        log_prior=0.0,
        gain=last.gain,
        point_count=float(len(walk.problem.points)),
        previous=history[-2].mixture if len(history) > 1 else None,
    )
