"""Fitting: EM from one start or from many, until a stopping rule fires.

    fit(points, 3)                              three components, started by k-means++
    fit(points, mixture)                        from these parameters, E step first
    fit(points, responsibilities or labels)     from these, M step first

An epoch is that of refgmm.em, and its numbers are the same, bit for bit, unless more is asked for:
parameters held fixed, a prior, a floor (refgmm.estimation), or missing values (refgmm.missing).
Nothing of that is done unasked, and each intervention is an event in the result. Of more than 256
points, unless history="full" keeps the trace, sums are taken in blocks (refgmm.tally): there the last
digits may differ from those of stepping.
"""

import math
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from refgmm import initialization as starts
from refgmm import tally, validation
from refgmm.arguments import generator
from refgmm.arithmetic import Matrix, Vector, as_vector, total
from refgmm.bayes import label_of
from refgmm.climb import Summit, Task, climb
from refgmm.em import Epoch, EStep
from refgmm.estimation import NOTHING_FIXED, Estimation, Fixed, check_fixed
from refgmm.events import Event
from refgmm.fit_input import (
    check_choices,
    check_kind,
    check_method,
    check_restarts,
    check_suits_fixed,
    check_suits_missing,
    check_types,
    checked_count,
    checked_weights,
    cloud_of,
    component_count,
    given_start,
    stand_ins,
)
from refgmm.initialization import Start
from refgmm.mixture import Mixture
from refgmm.prior import ConjugatePrior
from refgmm.stopping import DEFAULT, Progress, StoppingRule, rules_of
from refgmm.structures import FULL, Structure, structure_of
from refgmm.tally import Rows, tallier_of


def aic(log_likelihood: float, free_parameters: int) -> float:
    """2 p - 2 ln L: see FitResult.aic."""
    return 2.0 * free_parameters - 2.0 * log_likelihood


def bic(log_likelihood: float, free_parameters: int, n: float) -> float:
    """p ln n - 2 ln L: see FitResult.bic."""
    return free_parameters * math.log(n) - 2.0 * log_likelihood


@dataclass(frozen=True, slots=True)
class Run:
    """How one of several restarts went."""

    number: int  # from 1
    log_likelihood: float
    log_prior: float
    epochs: int
    converged: bool
    degenerated: bool
    stopped_because: str


@dataclass(frozen=True, slots=True)
class FitResult:
    """What a fit found, and how it got there.

    mixture: of the best run; where that degenerated, its last mixture before
    log_likelihood: of `mixture`, in nats; with sample weights, each point counted so often
    log_prior: ln of the prior density at `mixture`, but for a constant; 0 without a prior
    rows: (n, k), the responsibilities of `mixture`, row by row
    epochs: how many it took from the start: E steps of all points, the first left out
    method: how it climbed: one of refgmm.acceleration.METHODS
    converged: whether it stopped because it stands still, as a rule defines it; not by mere count
    degenerated: whether it ended in an epoch with no mixture after it
    cancelled: whether on_epoch ended the fit, in its last run
    stopped_by: the rule that fired; None where none did
    stopped_because: the same in words; or what else ended the fit
    events: of all its epochs, in order; interventions among them; epoch 0 is the M step that a fit
        from labels or responsibilities begins with
    rules: the stopping rules
    history: the start and each epoch, with the value of every rule; () with history="none"
    trace: each epoch with all its numbers; () but with history="full"
    runs: one for each restart
    structure: what the covariances have in common
    estimation: what was held fixed, equal weights, the prior; see refgmm.estimation
    free_parameters: how many numbers were estimated
    point_count: n; with sample weights, their sum
    point_weights: the sample weights; None where each point counts once
    """

    mixture: Mixture[Any]
    log_likelihood: float
    log_prior: float
    rows: Sequence[Vector] = field(repr=False)
    epochs: int
    method: str
    converged: bool
    degenerated: bool
    cancelled: bool
    stopped_by: StoppingRule | None
    stopped_because: str
    events: tuple[Event, ...]
    rules: tuple[StoppingRule, ...] = field(repr=False)
    history: tuple[Progress, ...] = field(repr=False)
    trace: tuple[Epoch[Any], ...] = field(repr=False)
    runs: tuple[Run, ...] = field(repr=False)
    structure: Structure
    estimation: Estimation = field(repr=False)
    free_parameters: int
    point_count: float
    point_weights: Vector | None = field(repr=False)

    @property
    def responsibilities(self) -> Matrix:
        """The rows at once, (n, k). A fit of more than 256 points that kept no trace computes them
        anew each time that it is asked.
        """
        return tuple(self.rows)

    @property
    def labels(self) -> tuple[int, ...]:
        """For each point, the component that answers for most of it, from 0; of equals the first."""
        return tuple(map(label_of, self.rows))

    @property
    def aic(self) -> float:
        """Akaike's information criterion, 2 p - 2 ln L, p the number of free parameters.

        The sign of this and the others: lower is better, as Akaike and Schwarz wrote them and as
        scikit-learn has them. mclust's BIC and ICL are their negatives: there higher is better.
        (Akaike 1974, IEEE Transactions on Automatic Control 19.)
        """
        return aic(self.log_likelihood, self.free_parameters)

    @property
    def bic(self) -> float:
        """The Bayesian information criterion, p ln n - 2 ln L; lower is better.

        (Schwarz 1978, "Estimating the dimension of a model", Annals of Statistics 6.)
        """
        return bic(self.log_likelihood, self.free_parameters, self.point_count)

    @property
    def icl(self) -> float:
        """The integrated completed likelihood, BIC - 2 sum_i ln beta_i, beta_i the responsibility of
        the component that answers for most of point i; lower is better.

        It is the BIC with every point given to that component: where components overlap, it is
        larger. (Biernacki, Celeux and Govaert 2000, IEEE Transactions on Pattern Analysis and
        Machine Intelligence 22; mclust's icl, but for the sign.)
        """
        weights = self.point_weights or (1.0,) * len(self.rows)
        uncertainty = total(
            weight * -math.log(max(row)) for weight, row in zip(weights, self.rows, strict=True)
        )
        return self.bic + 2.0 * uncertainty

    def ordered(self, by: str = "means") -> "FitResult":
        """The same result with the components in another order: see Mixture.ordered.

        Mixture, responsibilities and what is held fixed are reordered; events, history and trace tell
        of the run, and keep its numbers.
        """
        order, mixture = self.mixture.order(by), self.mixture.ordered(by)
        return replace(
            self,
            mixture=mixture,
            rows=Rows(self.rows.points, mixture)
            if isinstance(self.rows, Rows)
            else tuple(tuple(row[j] for j in order) for row in self.rows),
            estimation=self.estimation.ordered(order),
        )


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
    prior: ConjugatePrior | None = None,
    component_restarts: int = 0,
    missing: Literal["error", "keep"] = "error",
    method: Literal["em", "em-bfgs"] = "em",
) -> FitResult:
    """The mixture that EM climbs to.

    points: (n,) or (n, d), anything iterable
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
        overlap; with sample weights and missing values, too. See refgmm.acceleration

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
    screens = () if screening is None else rules_of(screening)
    checked = validation.points(points, may_miss=missing == "keep")
    weights = checked_weights(sample_weights, len(checked))
    chosen = structure_of(structure)
    rng = generator(seed, "seed")
    has_missing = any(math.isnan(value) for x in checked for value in as_vector(x))
    cloud = cloud_of(checked, weights, may_be_filled=isinstance(start, Mixture))
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
    if history != "full" and not task.beyond_em:
        task = replace(task, tallier=tallier_of(checked, chosen))
    firsts: list[Start] = (
        [
            starts.start(cloud, given, chosen, initialization, rng, variance_floor=variance_floor)
            for _ in range(restarts)
        ]
        if isinstance(given, int)
        else [given]
    )
    if not screens or restarts == 1:
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
        summits[number - 1] = climb(task, number, firsts[number - 1])
        if not summits[number - 1].degenerated:
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
        cancelled=summits[-1].cancelled,
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
