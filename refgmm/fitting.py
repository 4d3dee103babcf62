"""Fitting: EM from one start or from many, until a stopping rule fires.

    fit(points, 3)                              three components, started by k-means++
    fit(points, mixture)                        from these parameters, E step first
    fit(points, responsibilities or labels)     from these, M step first

An epoch is that of refgmm.em, and its numbers are the same, bit for bit, unless more is asked for:
parameters held fixed, a prior, a floor (refgmm.estimation), or missing values (refgmm.missing).
Nothing of that is done unasked, and each intervention is an event in the result.
"""

import math
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from refgmm import initialization as starts
from refgmm import validation
from refgmm.arithmetic import Matrix, Point, Vector, as_matrix, as_vector, total
from refgmm.climb import Summit, Task, climb
from refgmm.em import Epoch, check_dimensions
from refgmm.errors import InvalidValueError
from refgmm.estimation import (
    NOTHING_FIXED,
    ConjugatePrior,
    Estimation,
    Fixed,
    check_fixed,
    smallest_variance,
)
from refgmm.events import Event
from refgmm.initialization import Cloud, Start
from refgmm.mixture import WEIGHT_SUM_TOLERANCE, Mixture
from refgmm.stopping import DEFAULT, Progress, StoppingRule, rules_of
from refgmm.structures import FULL, Structure, structure_of
from refgmm.validation import shown

HISTORIES = ("none", "parameters", "full")
_TOLERANCE = 1e-9  # relative, for a start that should have the fit's structure


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
    responsibilities: (n, k), of `mixture`
    epochs: how many it took from the start
    converged: whether it stopped because it stands still, as a rule defines it; not by mere count
    stopped_by: the rule that fired; None where none did
    stopped_because: the same in words; or what else ended the fit
    events: of all its epochs, in order; interventions among them
    rules: the stopping rules
    history: the start and each epoch, with the value of every rule; () with history="none"
    trace: each epoch with all its numbers; () but with history="full"
    runs: one for each restart
    structure: what the covariances have in common
    free_parameters: how many numbers were estimated
    point_count: n; with sample weights, their sum
    point_weights: the sample weights; None where each point counts once
    """

    mixture: Mixture[Any]
    log_likelihood: float
    log_prior: float
    responsibilities: Matrix
    epochs: int
    converged: bool
    degenerated: bool
    stopped_by: StoppingRule | None
    stopped_because: str
    events: tuple[Event, ...]
    rules: tuple[StoppingRule, ...]
    history: tuple[Progress, ...]
    trace: tuple[Epoch[Any], ...]
    runs: tuple[Run, ...]
    structure: Structure
    free_parameters: int
    point_count: float
    point_weights: Vector | None

    @property
    def labels(self) -> tuple[int, ...]:
        """For each point, the component that answers for most of it, from 0; of equals the first."""
        return tuple(max(range(len(row)), key=row.__getitem__) for row in self.responsibilities)


def fit(
    points: Iterable[Any],
    start: Any,
    *,
    structure: str | Structure = FULL,
    initialization: str = "k-means++",
    restarts: int = 1,
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
) -> FitResult:
    """The mixture that EM climbs to.

    points: (n,) or (n, d), anything iterable
    start: the number of components; or a Mixture, E step first; or labels, (n,) from 0, or
        responsibilities, (n, k) with rows that sum to 1, M step first
    structure: what the covariances have in common; a name in refgmm.structures.STRUCTURES
    initialization: where to start, given a number; a name in refgmm.initialization.INITIALIZATIONS
    restarts: from so many random starts; the highest log-likelihood wins
    seed: of the random starts, or a random.Random; the same seed, the same result
    stop: one stopping rule or several, the first to fire stops; see refgmm.stopping
    history: what the result keeps of the epochs: "none", "parameters" or "full", every number
    on_epoch: called after each epoch with its Progress; the fit stops where it returns True
    sample_weights: (n,), how often each point counts, 0 or more, not only whole numbers
    fixed: parameters that keep their values of the start
    equal_weights: every weight stays 1/k
    variance_floor: no variance, in any direction, below this
    prior: a conjugate prior on means and covariances; the maximum is then that of the posterior
    component_restarts: how many times, in all, a component that degenerates is started anew
    missing: "keep" takes nan in a row for a missing value, and EM averages over it

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
    (150, -3.990464)
    """
    _check_choices(history, missing, restarts, variance_floor, component_restarts)
    checked = validation.points(points, may_miss=missing == "keep")
    weights = checked_weights(sample_weights, len(checked))
    chosen = structure_of(structure)
    rng = seed if isinstance(seed, random.Random) else random.Random(seed)
    has_missing = any(math.isnan(value) for x in checked for value in as_vector(x))
    cloud = cloud_of(checked, weights)
    given = _given_start(start, checked, cloud)
    k = _component_count(given)
    starts.check_name(initialization)
    if restarts > 1 and (not isinstance(given, int) or initialization == "quantiles"):
        problem = (
            "every restart would be the same: restarts need a number of components to start from, "
            "and an initialization by chance"
        )
        raise InvalidValueError(problem, field="restarts")
    if has_missing and not isinstance(given, int | Mixture):
        problem = (
            "labels and responsibilities say nothing of missing values: start from a number of "
            "components or from a mixture"
        )
        raise InvalidValueError(problem, field="start")
    check_fixed(fixed, equal_weights, chosen, k)
    if fixed != NOTHING_FIXED and (component_restarts or not isinstance(given, Mixture)):
        problem = (
            "a component with fixed parameters can't be started anew: choose fixed or component_restarts"
            if component_restarts
            else "fixed parameters keep the values of the start: give a Mixture to start from"
        )
        raise InvalidValueError(problem, field="fixed")
    if isinstance(given, Mixture):
        _check_kind(given, chosen, equal_weights, variance_floor)
    complete_prior = (
        None
        if prior is None
        else prior.completed(cloud.mean, cloud.covariance, total(cloud.weights), k, chosen)
    )
    task = Task(
        points=checked,
        point_weights=weights,
        stand_ins=_stand_ins(checked, cloud.mean) if has_missing else checked,
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
    )
    summits: list[Summit] = []
    for number in range(1, restarts + 1):
        first: Start = (
            starts.start(cloud, given, chosen, initialization, rng)
            if isinstance(given, int)
            else given
        )
        summits.append(climb(task, number, first))
        if summits[-1].cancelled:
            break
    return _result(task, summits)


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
        responsibilities=best.e.responsibilities,
        epochs=best.progress.epoch,
        converged=best.converged,
        degenerated=best.degenerated,
        stopped_by=best.stopped_by,
        stopped_because=best.stopped_because,
        events=best.events,
        rules=task.rules,
        history=best.history,
        trace=best.trace,
        runs=tuple(map(_run, summits)),
        structure=task.structure,
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


def cloud_of(points: Sequence[Point], weights: Vector | None) -> Cloud:
    """The points that have all their values and count at all."""
    each = (1.0,) * len(points) if weights is None else weights
    counting = [
        (x, weight)
        for x, weight in zip(points, each, strict=True)
        if weight > 0.0 and not any(map(math.isnan, as_vector(x)))
    ]
    if not counting:
        problem = (
            "no point has all its values: give some that have"
            if any(each)
            else "no point counts: give some a sample weight above 0"
        )
        raise InvalidValueError(problem, field="points")
    return Cloud.of([x for x, _ in counting], tuple(weight for _, weight in counting))


def _stand_ins(points: Sequence[Point], mean: Point) -> tuple[Point, ...]:
    """The points, with the mean in the place of each missing value."""
    return tuple(
        tuple(m if math.isnan(value) else value for value, m in zip(x, mean, strict=True))
        for x in points
    )


def _given_start(start: Any, points: Sequence[Point], cloud: Cloud) -> int | Start:
    """A number of components, a mixture, or responsibilities; checked against the points."""
    if isinstance(start, Mixture):
        check_dimensions(points, start)
        return start
    if starts.whole_number(start) is not None or isinstance(start, bool | float):
        return starts.check_component_count(start, cloud.points)
    if isinstance(start, str | bytes) or not isinstance(start, Iterable):
        problem = (
            f"start must be a number of components, a Mixture, labels or responsibilities, "
            f"got {shown(start)}"
        )
        raise InvalidValueError(problem, field="start")
    rows = list(start)
    if len(rows) != len(points):
        problem = (
            f"there are {len(rows)} labels or responsibilities for {len(points)} points: "
            "give one, or one row, for each point"
        )
        raise InvalidValueError(problem, field="start")
    if starts.whole_number(rows[0]) is not None:
        return _responsibilities_of_labels(rows)
    return _checked_responsibilities(rows)


def _responsibilities_of_labels(labels: Sequence[object]) -> Matrix:
    """1 for the component of the label, 0 for the others."""
    numbers = [starts.whole_number(label) for label in labels]
    for i, number in enumerate(numbers):
        if number is None or number < 0:
            problem = f"label {i + 1} must be a whole number from 0 on, got {shown(labels[i])}"
            raise InvalidValueError(problem, field="start", index=i)
    used = {number for number in numbers if number is not None}
    unused = sorted(set(range(max(used) + 1)) - used)
    if unused:
        problem = (
            f"no point has the label {unused[0]}, and there is one of {max(used)}: number the "
            "components from 0 without gaps"
        )
        raise InvalidValueError(problem, field="start")
    return tuple(tuple(1.0 if j == number else 0.0 for j in range(len(used))) for number in numbers)


def _checked_responsibilities(rows: Sequence[Any]) -> Matrix:
    """(n, k), not negative, each row with the sum 1."""
    matrix = validation.points(rows)
    if not isinstance(matrix[0], tuple):
        problem = "labels must be whole numbers from 0 on, responsibilities rows that sum to 1"
        raise InvalidValueError(problem, field="start")
    for i, row in enumerate(matrix):
        row_sum = total(row)
        if min(row) < 0.0 or not abs(row_sum - 1.0) <= WEIGHT_SUM_TOLERANCE:
            problem = (
                f"the responsibilities of point {i + 1} must be probabilities that sum to 1, "
                f"got {shown(row)}"
            )
            raise InvalidValueError(problem, field="start", index=i)
    return matrix


def _component_count(given: int | Start) -> int:
    if isinstance(given, int):
        return given
    return len(given.weights) if isinstance(given, Mixture) else len(given[0])


def checked_weights(values: Iterable[object] | None, n: int) -> Vector | None:
    """The sample weights, (n,): 0 or more, not all 0."""
    if values is None:
        return None
    weights = tuple(validation.sample_weight(value, i) for i, value in enumerate(values))
    if len(weights) != n:
        problem = f"there are {len(weights)} sample weights for {n} points: give one for each"
        raise InvalidValueError(problem, field="sample_weights")
    return weights


def _check_choices(
    history: str,
    missing: str,
    restarts: int,
    variance_floor: float | None,
    component_restarts: int,
) -> None:
    """InvalidValueError for a choice that there is not."""
    for name, value, choices in (
        ("history", history, HISTORIES),
        ("missing", missing, ("error", "keep")),
    ):
        if value not in choices:
            choice = ", ".join(map(repr, choices))
            problem = f"{name} must be one of {choice}, got {shown(value)}"
            raise InvalidValueError(problem, field=name)
    for name, count, least in (
        ("restarts", restarts, 1),
        ("component_restarts", component_restarts, 0),
    ):
        number = starts.whole_number(count)
        if number is None or number < least:
            problem = f"{name} must be a whole number from {least} on, got {shown(count)}"
            raise InvalidValueError(problem, field=name)
    if variance_floor is not None:
        validation.variance(variance_floor)


def _check_kind(
    given: Mixture[Any], structure: Structure, equal_weights: bool, variance_floor: float | None
) -> None:
    """InvalidValueError where the start is no mixture of the kind that is fitted.

    From such a start, the first epoch could lower the log-likelihood.
    """
    k = len(given.weights)
    if equal_weights and not all(
        math.isclose(weight, 1.0 / k, rel_tol=_TOLERANCE) for weight in given.weights
    ):
        problem = f"equal weights must be equal in the start, too: give each component {1.0 / k!r}"
        raise InvalidValueError(problem, field="start")
    if not _has_structure(given, structure):
        problem = (
            f"the start is not of the structure {structure.name!r} ({structure.meaning}): "
            "give such covariances, or fit the structure 'full'"
        )
        raise InvalidValueError(problem, field="start")
    if variance_floor is not None:
        for j, covariance in enumerate(given.covariances):
            if smallest_variance(covariance) < variance_floor * (1.0 - _TOLERANCE):
                problem = (
                    f"component {j + 1} starts with a variance of {smallest_variance(covariance)!r}, "
                    f"below the floor {variance_floor!r}: start it wider, or lower the floor"
                )
                raise InvalidValueError(problem, field="start")


def _has_structure(mixture: Mixture[Any], structure: Structure) -> bool:
    """Whether the covariances have in common what the structure says."""
    of_structure = structure.estimate(mixture.covariances, (1.0,) * len(mixture.weights))
    return all(
        math.isclose(entry, other, rel_tol=_TOLERANCE)
        or abs(entry - other) <= _TOLERANCE * math.sqrt(own[a][a] * own[b][b])
        for own, kept in zip(
            map(as_matrix, mixture.covariances), map(as_matrix, of_structure), strict=True
        )
        for a, row in enumerate(own)
        for b, (entry, other) in enumerate(zip(row, kept[a], strict=True))
    )
