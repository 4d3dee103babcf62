"""Fitting: EM from one start or from many, until a stopping rule fires.

    fit(points, 3)                              three components, started by k-means++
    fit(points, mixture)                        from these parameters, E step first
    fit(points, responsibilities or labels)     from these, M step first
    fit(points, 3, executor=pool)               the same, computed by workers: refgmm.scale_out
    fit(open_csv(path), 3)                      the same, from a file of any size: refgmm.point_store
    fit(FuturePoints(parts), 3, executor=...)   the same, of points that workers have: refgmm.future_points

An epoch is that of refgmm.em, and its numbers are the same, bit for bit, unless more is asked for:
parameters held fixed, a prior, a floor (refgmm.estimation), or missing values (refgmm.missing).
Nothing of that is done unasked, and each intervention is an event in the result. Of more than 256
points, unless history="full" keeps the trace, sums are taken in blocks (refgmm.tally): there the last
digits may differ from those of stepping.
"""

import math
import random

from refgmm import arguments, tally, validation
from refgmm import initialization as starts
from refgmm._kernel import BLOCK
from refgmm.arguments import generator
from refgmm.arithmetic import as_vector, total
from refgmm.climb import Summit, climb
from refgmm.em import EStep
from refgmm.estimation import NOTHING_FIXED, Estimation, Fixed, check_fixed
from refgmm.fit_input import (
    check_choices,
    check_executor,
    check_kind,
    check_method,
    check_restarts,
    check_scale,
    check_suits_fixed,
    check_suits_missing,
    check_types,
    checked_count,
    checked_points,
    cloud_of,
    component_count,
    given_start,
    sampled,
    stand_ins,
)
from refgmm.fit_result import FitResult, Run
from refgmm.initialization import RANDOM_RESPONSIBILITIES, Start
from refgmm.mixture import Mixture
from refgmm.point_store import PointsElsewhere
from refgmm.records import replace
from refgmm.stopping import DEFAULT, Progress, StoppingRule, rules_of
from refgmm.structures import FULL, Structure, structure_of
from refgmm.tally import OnPart
from refgmm.task import Task, tallier_of
from refgmm.type_names import TYPE_CHECKING, Any, Callable, Iterable, Literal, Sequence

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from refgmm.prior import ConjugatePrior


def fit(
    points: Iterable[Any],
    start: Any,
    *,
    structure: str | Structure = FULL,
    initialization: str = "k-means++",
    restarts: int = 1,
    screening: StoppingRule | Iterable[StoppingRule] | None = None,
    seed: int | random.Random = 0,
    stop: StoppingRule | Iterable[StoppingRule] = DEFAULT,
    history: Literal["none", "parameters", "full"] = "parameters",
    on_epoch: Callable[[Progress], object] | None = None,
    sample_weights: Iterable[float] | None = None,
    fixed: Fixed = NOTHING_FIXED,
    equal_weights: bool = False,
    variance_floor: float | None = None,
    prior: "ConjugatePrior | None" = None,
    component_restarts: int = 0,
    missing: Literal["error", "keep"] = "error",
    method: Literal["em", "em-bfgs"] = "em",
    executor: "Executor | None" = None,
    on_part: OnPart | None = None,
) -> FitResult:
    """The mixture that EM climbs to.

    points: (n,) or (n, d), anything iterable; or a PointStore, of which nothing stays in memory; or
        FuturePoints, which lie in the executor's workers and stay there
    start: the number of components; or a Mixture, E step first; or labels, (n,) from 0, or
        responsibilities, (n, k) with rows that sum to 1, M step first
    structure: what the covariances have in common; a name in refgmm.structures.STRUCTURES
    initialization: where to start, given a number; a name in refgmm.initialization.INITIALIZATIONS
    restarts: from so many random starts; the highest log-likelihood wins (with a prior, its sum with
        the prior's). One start may well end in a local maximum: 10 or more are safer
    screening: stopping rules; each restart goes only so far, and the best of them all the way
        (Biernacki, Celeux and Govaert 2003 call it em-EM). None: each goes all the way
    seed: of the random starts, or a random.Random; the same seed, the same result
    stop: one stopping rule or several, the first to fire stops; see refgmm.stopping
    history: what the result keeps of the epochs: "none", "parameters" or "full", every number
    on_epoch: called at the start of each run (epoch 0) and after each epoch with its Progress; the
        fit stops where it returns True
    sample_weights: (n,), how often each point counts, 0 or more, not only whole numbers: counts, so
        that the log-likelihood and its gains scale with them
    fixed: parameters that keep their values of the start
    equal_weights: every weight stays 1/k
    variance_floor: no variance, in any direction, below this
    prior: a conjugate prior on means and covariances; the maximum is then that of the posterior
    component_restarts: how many times, in all, a component that degenerates is started anew
    missing: "keep" takes nan in a row for a missing value, and EM averages over it. Given a number of
        components, the start is found from the rows that miss nothing
    method: "em"; or "em-bfgs", which reaches the same maximum in far fewer epochs where components
        overlap; with sample weights and missing values, too. From a start far from any maximum it may
        reach another one than EM, higher or lower: let `restarts` choose. See refgmm.acceleration
    executor: any concurrent.futures.Executor, of threads, processes or a cluster's: its workers add up
        the sums over the points. It changes no bit of the result; see refgmm.scale_out
    on_part: called within each epoch, time and again, with how many points have been added up, and of
        how many; the fit stops where it returns True, with the result of the last whole epoch

    Where a number of components is to start from more than 16,384 points, the start is found from as
    many, one of each of so many stretches of the points, always the same ones: refgmm.fit_input.sampled.

    By default this is maximum likelihood as it is: a collapse, an empty component, a singular
    covariance ends the run, and stands in the result as an event.

    InvalidValueError for what can't be fitted; DegenerateError where labels or responsibilities
    give no mixture to begin with.

    >>> from refgmm.mixture import Mixture
    >>> start = Mixture.univariate([0.5, 0.5], means=[1, 2], variances=[2, 2])
    >>> result = fit([0.9, 0.7, 1.2, 2.4, 1.8], start)
    >>> result.stopped_because
    'gain of the log-likelihood below 1e-08'
    >>> result.epochs, round(result.log_likelihood, 6)
    (25, -3.29019)
    """
    check_choices(history, missing, method)
    check_types(fixed, prior)
    restarts = checked_count(restarts, "restarts", 1)
    component_restarts = checked_count(component_restarts, "component_restarts", 0)
    if variance_floor is not None:
        variance_floor = validation.variance_floor(variance_floor)
    check_method(
        method,
        fixed=fixed != NOTHING_FIXED,
        equal_weights=equal_weights,
        variance_floor=variance_floor is not None,
        prior=prior is not None,
        component_restarts=component_restarts,
        **{"history='full'": history == "full"},
    )
    screens = () if screening is None else rules_of(screening, "screening")
    check_executor(executor)
    checked = checked_points(points, executor, may_miss=missing == "keep")
    check_scale(
        checked,
        in_parts=executor is not None or on_part is not None,
        asked={
            'history="full"': history == "full",
            "sample weights": sample_weights is not None,
            "missing values": missing == "keep",
            "fixed parameters": fixed != NOTHING_FIXED,
            "equal weights": equal_weights,
            "a variance floor": variance_floor is not None,
            "a prior": prior is not None,
            "restarts of components": component_restarts > 0,
        },
        asked_of_start={
            "random responsibilities": initialization == RANDOM_RESPONSIBILITIES,
            "labels or responsibilities to start from": isinstance(start, Iterable),
        },
    )
    weights = arguments.sample_weights(sample_weights, len(checked))
    chosen = structure_of(structure)
    rng = generator(seed, "seed")
    has_missing = missing == "keep" and any(
        math.isnan(value) for x in checked for value in as_vector(x)
    )
    asks_all = has_missing or component_restarts > 0 or initialization == RANDOM_RESPONSIBILITIES
    if asks_all or weights or prior:
        asked_of = checked
    else:  # of no point, where a mixture says all about the start
        asked_of = () if isinstance(start, Mixture) else sampled(checked)
    cloud = cloud_of(asked_of, weights, may_be_filled=isinstance(start, Mixture))
    given = given_start(start, checked, cloud)
    k = component_count(given)
    starts.check_name(initialization)
    check_restarts(restarts, given, initialization)
    check_suits_missing(given, has_missing)
    check_fixed(fixed, equal_weights, chosen, k)
    check_suits_fixed(given, fixed, component_restarts)
    if isinstance(given, Mixture):
        check_kind(given, chosen, equal_weights, variance_floor)
    if isinstance(given, int) or component_restarts:
        starts.check_spread(cloud, chosen)
    complete_prior = (
        None
        if prior is None
        else prior.completed(cloud.mean, cloud.covariance, total(cloud.weights), k, chosen)
    )
    task = Task(
        points=checked,
        point_weights=weights,
        stand_ins=stand_ins(checked, cloud.mean) if has_missing else checked,
        cloud=cloud,
        has_missing=has_missing,
        structure=chosen,
        estimation=Estimation(
            chosen,
            given if isinstance(given, Mixture) else None,
            fixed,
            equal_weights,
            complete_prior,
        ),
        variance_floor=variance_floor,
        component_restarts=component_restarts,
        rules=rules_of(stop),
        keeps_progress=history != "none",
        keeps_trace=history == "full",
        on_epoch=on_epoch,
        rng=rng,
        method=method,
    )
    firsts: list[Start] = (
        [
            starts.start(cloud, given, chosen, initialization, rng, variance_floor=variance_floor)
            for _ in range(restarts)
        ]
        if isinstance(given, int)
        else [given]
    )
    if task.keeps_trace or task.beyond_em:
        return _fitted(task, firsts, screens)
    if len(checked) > BLOCK and (isinstance(checked, PointsElsewhere) or executor or on_part):
        from refgmm.scale_out import workforce

        with workforce(checked, chosen, executor, on_part) as tallier:
            return _fitted(replace(task, tallier=tallier), firsts, screens)
    return _fitted(replace(task, tallier=tallier_of(tuple(checked), chosen)), firsts, screens)


def _fitted(task: Task, firsts: Sequence[Start], screens: tuple[StoppingRule, ...]) -> FitResult:
    """A run from each start, and the best of them."""
    if not screens or len(firsts) == 1:
        return _result(task, _climb_all(task, firsts))
    return _result(task, _screened(task, firsts, screens))


def _climb_all(task: Task, firsts: Sequence[Start]) -> list[Summit]:
    """A run from each start, until the caller stops one."""
    summits: list[Summit] = []
    for number, first in enumerate(firsts, start=1):
        summits.append(climb(task, number, first))
        if summits[-1].cancelled:
            break
    return summits


def _screened(
    task: Task, firsts: Sequence[Start], screens: tuple[StoppingRule, ...]
) -> list[Summit]:
    """Short runs from each start; of these the highest again, in full length, until one is sound."""
    short = replace(task, rules=(*screens, *task.rules), keeps_progress=False, keeps_trace=False)
    summits = _climb_all(short, firsts)
    if summits[-1].cancelled:
        return summits
    promising = [
        summit.progress.run
        for summit in sorted(summits, key=lambda s: -s.objective)
        if not summit.degenerated
    ]
    for number in promising or [1]:  # where none is sound: the first, for its events and history
        again = climb(task, number, firsts[number - 1])
        if again.e is None:  # stopped before it got anywhere
            why = again.stopped_because
            again = replace(summits[number - 1], cancelled=True, stopped_because=why)
        summits[number - 1] = again
        if not again.degenerated:
            break
    return summits


def _result(task: Task, summits: Sequence[Summit]) -> FitResult:
    """The highest of the summits that did not degenerate; the first where all did."""
    sound = [summit for summit in summits if not summit.degenerated]
    best = max(sound, key=lambda summit: summit.objective) if sound else summits[0]
    mixture = best.progress.mixture
    k, d = len(mixture.weights), mixture.dimension or 1
    return FitResult(
        mixture=mixture,
        log_likelihood=best.progress.log_likelihood,
        log_prior=best.progress.log_prior,
        rows=best.e.responsibilities
        if isinstance(best.e, EStep)
        else tally.rows(task.points, mixture),
        epochs=best.progress.epoch,
        method=task.method,
        converged=best.converged,
        degenerated=best.degenerated,
        cancelled=any(summit.cancelled for summit in summits),
        stopped_by=best.stopped_by,
        stopped_because=best.stopped_because,
        events=best.events,
        rules=task.rules,
        history=best.history,
        trace=best.trace,
        runs=tuple(map(_run, summits)),
        structure=task.structure,
        estimation=task.estimation,
        free_parameters=task.estimation.free_parameters(k, d),
        point_count=task.point_count,
        point_weights=task.point_weights,
        incidents=tuple(getattr(task.tallier, "incidents", ())),  # of workers
    )


def _run(summit: Summit) -> Run:
    at = summit.progress
    return Run(
        at.run,
        at.log_likelihood,
        at.log_prior,
        at.epoch,
        summit.converged,
        summit.degenerated,
        summit.stopped_because,
    )
