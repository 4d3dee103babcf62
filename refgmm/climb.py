"""One run of EM: from a start, epoch after epoch, until a rule fires, the run degenerates, or the caller stops it.

`climb` is the loop; what it gives is a `Summit`.
"""

import math

from refgmm.em import Epoch, EStep
from refgmm.events import ComponentRestarted, Event
from refgmm.initialization import Start
from refgmm.mixture import Mixture
from refgmm.records import dataclass, field, replace
from refgmm.stopping import Progress, StoppingRule
from refgmm.tally import Cancelled, TalliedEpoch, Tally
from refgmm.task import EM, Task
from refgmm.type_names import TYPE_CHECKING, Any, Iterable

if TYPE_CHECKING:
    from refgmm.acceleration import Ascent

_ROUNDING = 1e-9  # relative, of a log-likelihood: more is a loss
_AT_ONCE = 2**24  # coordinates of points: compiled, half a second, in which Ctrl-C isn't heard
STANDS_STILL = "nothing changes any more: the epoch gave the same parameters, bit for bit"
GOES_ROUND = "nothing changes any more but by rounding: earlier parameters came again, bit for bit"
NOTHING_CLIMBS = (
    "nothing climbs any more: what an epoch gains is less than what rounding its parameters loses"
)


@dataclass(frozen=True, slots=True)
class Summit:
    """Where a run ended.

    e: the E step of `progress.mixture`, whose log-likelihood is the run's, or its tally; None, and the
        log-likelihood nan, where the caller stopped the run before it was known
    stopped_by: the rule that fired; None where it was something else: see stopped_because
    """

    progress: Progress
    e: EStep | Tally | None
    converged: bool
    cancelled: bool
    stopped_by: StoppingRule | None
    stopped_because: str
    events: tuple[Event, ...]
    history: tuple[Progress, ...]
    trace: tuple[Epoch[Any], ...]

    @property
    def degenerated(self) -> bool:
        """Whether the run ended in an epoch with no mixture after it."""
        return any(event.ends_walk for event in self.events)

    @property
    def objective(self) -> float:
        """What the run climbed: the log-likelihood, and with a prior its logarithm."""
        if self.e is None:
            return -math.inf
        return self.progress.log_likelihood + self.progress.log_prior


@dataclass(slots=True)
class _Log:
    """What a run leaves behind."""

    events: list[Event] = field(default_factory=list)
    history: list[Progress] = field(default_factory=list)
    trace: list[Epoch[Any]] = field(default_factory=list)


def climb(task: Task, number: int, start: Start) -> Summit:
    """Run `number` of a fit, from its start to where it ends."""
    mixture, found = task.first_mixture(start)
    log = _Log(found)
    try:
        e = task.e_step(mixture)
    except Cancelled:
        progress = Progress(number, 0, mixture, math.nan, 0.0, None, task.point_count, None)
        why = "stopped by on_part before a log-likelihood was known"
        return _summit(log, progress, None, None, why, cancelled=True)
    progress = Progress(
        number,
        0,
        mixture,
        e.log_likelihood,
        task.log_prior(mixture),
        None,
        task.point_count,
        None,
    )
    restarts_left = task.component_restarts - _restart_count(found)
    anchor = None  # an earlier mixture: where it comes again, so does all that followed
    ascent = None if task.method == EM else _ascent(task)
    while True:
        values = tuple([rule.value(progress) for rule in task.rules])
        if task.is_watched:
            progress = replace(progress, rule_values=values)
        if task.keeps_progress:
            log.history.append(progress)
        if task.on_epoch is not None and task.on_epoch(progress):
            return _summit(
                log,
                progress,
                e,
                None,
                f"stopped by on_epoch after epoch {progress.epoch}",
                cancelled=True,
            )
        fired = _fired(task, progress, values, ascent)
        if fired is not None:
            return _summit(log, progress, e, fired, str(fired))
        still = _standing_still(progress, anchor, ascent)
        if still:
            return _summit(log, progress, e, None, still)
        if progress.epoch & (progress.epoch - 1) == 0:  # at 0, 1, 2, 4, 8, ...: Brent 1980
            anchor = mixture

        mixture, e, progress, anchor = _ahead(task, mixture, e, progress, anchor)
        try:
            epoch = task.epoch(progress.epoch + 1, mixture, e, restarts_left)
            reached = None if epoch.ends_walk else _onward(task, ascent, mixture, e, epoch)
        except Cancelled:
            why = f"stopped by on_part after epoch {progress.epoch}"
            return _summit(log, progress, e, None, why, cancelled=True)
        log.events += epoch.events
        if task.keeps_trace and isinstance(epoch, Epoch):
            log.trace.append(epoch)
        if reached is None:
            why = next(event.message for event in epoch.events if event.ends_walk)
            return _summit(log, progress, e, None, why)
        restart_count = _restart_count(epoch.events)
        if restart_count:
            restarts_left -= restart_count
            anchor = None
        mixture, e, epochs = reached
        progress = _next(
            task, progress, mixture, e, epochs=epochs, is_same_climb=restart_count == 0
        )


def _ascent(task: Task) -> "Ascent":
    """What makes the steps of em-bfgs."""
    from refgmm.acceleration import Ascent

    return Ascent(task.structure)


def _standing_still(
    progress: Progress, anchor: Mixture[Any] | None, ascent: "Ascent | None"
) -> str:
    """Why nothing changes any more; empty where something does."""
    if ascent is not None and ascent.is_at_an_end:
        return NOTHING_CLIMBS
    if progress.previous == progress.mixture:
        return STANDS_STILL
    return GOES_ROUND if progress.mixture == anchor else ""


def _onward(
    task: Task,
    ascent: "Ascent | None",
    mixture: Mixture[Any],
    e: EStep | Tally,
    epoch: Epoch[Any] | TalliedEpoch,
) -> tuple[Mixture[Any], EStep | Tally, int]:
    """Where an epoch leads, its E step, and how many epochs that took: EM's own is one."""
    if ascent is None:
        after = epoch.after
        return after, task.e_step(after), 1
    return ascent.onward(mixture, e.log_likelihood, epoch, task.e_step)


def _ahead(
    task: Task,
    mixture: Mixture[Any],
    e: EStep | Tally,
    progress: Progress,
    anchor: Mixture[Any] | None,
) -> tuple[Mixture[Any], EStep | Tally, Progress, Mixture[Any] | None]:
    """Epochs that nobody watches and after which the loop of `climb` would only go on, at once.

    None after which a rule could fire, and none that gains nothing: so nothing stands still, either.
    """
    if task.tallier is None or task.is_watched or task.method != EM:
        return mixture, e, progress, anchor
    rests = [rule.rests(task.point_count) for rule in task.rules]
    last, least_gain = min(epoch for epoch, _ in rests), max(gain for _, gain in rests)
    if least_gain == math.inf or not isinstance(e, Tally):
        return mixture, e, progress, anchor
    at_once = max(1, _AT_ONCE // (len(task.points) * (mixture.dimension or 1)))
    epoch, stretch, count = progress.epoch, 0, 0
    while count == stretch and epoch < last:
        anchored = 1 << epoch.bit_length()
        stretch = int(min(anchored, last, epoch + at_once)) - epoch
        count, mixture, e = task.tallier.ahead(mixture, e, stretch, least_gain)
        epoch += count
        if count and epoch & (epoch - 1) == 0:
            anchor = mixture
    if epoch == progress.epoch:
        return mixture, e, progress, anchor
    moved = replace(progress, epoch=epoch, mixture=mixture, log_likelihood=e.log_likelihood)
    return mixture, e, moved, anchor


def _restart_count(found: Iterable[Event]) -> int:
    return sum(isinstance(event, ComponentRestarted) for event in found)


def _next(
    task: Task,
    last: Progress,
    mixture: Mixture[Any],
    e: EStep | Tally,
    *,
    epochs: int,
    is_same_climb: bool,
) -> Progress:
    """How far the run is after a step of so many epochs."""
    log_prior = task.log_prior(mixture)
    gain = (e.log_likelihood + log_prior) - (last.log_likelihood + last.log_prior)
    return Progress(
        last.run,
        last.epoch + epochs,
        mixture,
        e.log_likelihood,
        log_prior,
        gain if is_same_climb else None,
        last.point_count,
        last.mixture if is_same_climb else None,
    )


def _fired(
    task: Task,
    progress: Progress,
    values: tuple[float | None, ...],
    ascent: "Ascent | None" = None,
) -> StoppingRule | None:
    """The first rule that says to stop here, by its value; at the start only Epochs(0) does.

    After a loss beyond rounding none speaks of standing still. EM knows no such loss, but where a
    covariance is on its way to singular and has few digits left. An ascent has to confirm it, too.
    """
    height = abs(progress.log_likelihood + progress.log_prior)
    has_fallen = progress.gain is not None and progress.gain < -_ROUNDING * (1.0 + height)
    for rule, value in zip(task.rules, values, strict=True):
        if rule.fires(value) and (
            not rule.means_convergence or (not has_fallen and (ascent is None or ascent.confirms()))
        ):
            return rule
    return None


def _summit(
    log: _Log,
    progress: Progress,
    e: EStep | Tally | None,
    rule: StoppingRule | None,
    why: str,
    *,
    cancelled: bool = False,
) -> Summit:
    stands = why in (STANDS_STILL, GOES_ROUND, NOTHING_CLIMBS)
    converged = stands or (rule is not None and rule.means_convergence)
    return Summit(
        progress,
        e,
        converged,
        cancelled,
        rule,
        why,
        tuple(log.events),
        tuple(log.history),
        tuple(log.trace),
    )
