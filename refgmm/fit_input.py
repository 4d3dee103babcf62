"""What a fit is given, checked: points that count, where to start, and whether both suit what is asked.

Everything that is refused raises an InvalidValueError that says what is wrong, where, and the remedy.
"""

import itertools
import math
import operator
import random

from refgmm import initialization as starts
from refgmm import validation
from refgmm._kernel import BLOCK
from refgmm.arguments import is_several, whole_number
from refgmm.arithmetic import Matrix, Point, Vector, as_vector, columns, total
from refgmm.em import check_dimensions
from refgmm.errors import InvalidValueError
from refgmm.estimation import NOTHING_FIXED, Fixed, smallest_variance
from refgmm.formatting import listed
from refgmm.initialization import Cloud, Start
from refgmm.mixture import WEIGHT_SUM_TOLERANCE, Mixture
from refgmm.point_store import PointsElsewhere
from refgmm.structures import Structure
from refgmm.task import EM_BFGS, METHODS
from refgmm.type_names import TYPE_CHECKING, Any, Iterable, Mapping, Sequence
from refgmm.validation import shown

if TYPE_CHECKING:
    from concurrent.futures import Executor

HISTORIES = ("none", "parameters", "full")
LARGEST_CLOUD = 2**14  # points that a start is found from
_TOLERANCE = 1e-9  # relative, for a start that should have the fit's structure


def checked_points(
    points: Iterable[object], executor: "Executor | None", *, may_miss: bool
) -> Sequence[Point]:
    """The points, as refgmm.validation.points checks them.

    Those of a PointStore were checked when it was made, and stay in their file, unless they are few;
    so do FuturePoints in the workers, who check them now.
    A tuple of floats is taken as it is: a copy would be large.
    """
    if executor is not None:
        from refgmm.future_points import FuturePoints

        points = points.checked(executor) if isinstance(points, FuturePoints) else points
    if isinstance(points, PointsElsewhere):
        return points if len(points) > BLOCK else tuple(points)
    if isinstance(points, tuple) and points:
        checked = validation.each_point(points, may_miss=may_miss)
        if all(map(operator.is_, points, checked)):
            return points
    return validation.points(points, may_miss=may_miss)


def cloud_of(
    points: Sequence[Point], weights: Vector | None, *, may_be_filled: bool = False
) -> Cloud:
    """The points that have all their values and count at all.

    may_be_filled: where no point has all its values, take them with the means of what there is
    """
    each = (1.0,) * len(points) if weights is None else weights
    are_rows = bool(points) and isinstance(points[0], tuple)  # in which alone values may be missing
    has_missing = are_rows and any(math.isnan(value) for x in points for value in as_vector(x))
    if weights is None and not has_missing:
        return Cloud(tuple(points), each, each)
    counting = [
        (x, weight)
        for x, weight in zip(points, each, strict=True)
        if weight > 0.0 and not any(map(math.isnan, as_vector(x)))
    ]
    for a, column in enumerate(columns(map(as_vector, points))):
        if all(map(math.isnan, column)):
            problem = f"coordinate {a + 1} is missing in every point: leave it out"
            raise InvalidValueError(problem, field="points")
    if not counting:
        if may_be_filled:
            means = tuple(_mean_of_those_there_are(column) for column in columns(points))
            return cloud_of(stand_ins(points, means), weights)
        problem = "no point has all its values: give some that have, or a Mixture to start from"
        raise InvalidValueError(problem, field="points")
    complete, own_weights = columns(counting)
    return Cloud(complete, own_weights, each)


def sampled(points: Sequence[Point]) -> Sequence[Point]:
    """All points up to LARGEST_CLOUD; of more, one by chance of each of so many stretches of them.

    Stretches of one length, or one more; the same points each time, whatever the seed of a fit. Where
    a fit starts needs no more, and would take longer than EM.
    """
    n = len(points)
    if n <= LARGEST_CLOUD:
        return tuple(points) if isinstance(points, PointsElsewhere) else points
    rng = random.Random(0)
    ends = [j * n // LARGEST_CLOUD for j in range(LARGEST_CLOUD + 1)]
    chosen = [first + int(rng.random() * (end - first)) for first, end in itertools.pairwise(ends)]
    if isinstance(points, PointsElsewhere):
        return points.at(chosen)
    return tuple(points[i] for i in chosen)


def _mean_of_those_there_are(values: Sequence[float]) -> float:
    there = [value for value in values if not math.isnan(value)]
    return total(there) / len(there)


def stand_ins(points: Sequence[Point], mean: Point) -> tuple[Point, ...]:
    """The points, with the mean in the place of each missing value."""
    return tuple(
        tuple(m if math.isnan(value) else value for value, m in zip(x, mean, strict=True))
        for x in points
    )


def given_start(start: Any, points: Sequence[Point], cloud: Cloud) -> int | Start:
    """A number of components, a mixture, or responsibilities; checked against the points."""
    if isinstance(start, Mixture):
        check_dimensions(points, start)
        return start
    if whole_number(start) is not None or isinstance(start, bool | float):
        return starts.check_component_count(start, cloud.points)
    if hasattr(start, "to_numpy"):  # a data frame, whose iterator gives the names of its columns
        start = start.to_numpy()
    if not is_several(start):
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
    return _checked_responsibilities(rows) if is_several(rows[0]) else _of_labels(rows)


def _of_labels(labels: Sequence[object]) -> Matrix:
    """Responsibilities: 1 of the component of the label, 0 of the others."""
    numbers = [whole_number(label) for label in labels]
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
    matrix: list[Vector] = []
    for i, given in enumerate(rows):
        try:
            row = tuple(validation.weight(value) for value in given)
        except (TypeError, InvalidValueError):  # no row, or not of probabilities
            row = ()
        if not abs(total(row) - 1.0) <= WEIGHT_SUM_TOLERANCE:
            problem = (
                f"the responsibilities of point {i + 1} must be probabilities that sum to 1, "
                f"got {shown(given)}"
            )
            raise InvalidValueError(problem, field="start", index=i)
        matrix.append(row)
        if len(row) != len(matrix[0]):
            problem = (
                f"point {i + 1} has {len(row)} responsibilities where point 1 has "
                f"{len(matrix[0])}: give one for each component"
            )
            raise InvalidValueError(problem, field="start", index=i)
    return tuple(matrix)


def component_count(given: int | Start) -> int:
    if isinstance(given, int):
        return given
    return len(given.weights) if isinstance(given, Mixture) else len(given[0])


def check_choices(history: object, missing: object, method: object) -> None:
    """InvalidValueError for a choice that there is not."""
    for name, value, choices in (
        ("history", history, HISTORIES),
        ("missing", missing, ("error", "keep")),
        ("method", method, METHODS),
    ):
        if value not in choices:
            choice = ", ".join(map(repr, choices))
            problem = f"{name} must be one of {choice}, got {shown(value)}"
            raise InvalidValueError(problem, field=name)


def check_method(method: str, **asked: object) -> None:
    """InvalidValueError where a fit is asked for what its method can't do.

    asked: by name, what only EM's own epochs do; each None, false or empty where it isn't asked for
    """
    found = [name for name, value in asked.items() if value]
    if method == EM_BFGS and found:
        problem = (
            f"the method 'em-bfgs' climbs the likelihood itself, without {found[0]}: "
            "choose method='em' for that"
        )
        raise InvalidValueError(problem, field="method")


def check_restarts(restarts: int, given: int | Start, initialization: str) -> None:
    """InvalidValueError where all restarts would be the same."""
    if restarts > 1 and (not isinstance(given, int) or initialization == "quantiles"):
        problem = (
            "every restart would be the same: restarts need a number of components to start from, "
            "and an initialization by chance"
        )
        raise InvalidValueError(problem, field="restarts")


def check_suits_missing(given: int | Start, has_missing: bool) -> None:
    """InvalidValueError where the start doesn't say what to expect of missing values."""
    if has_missing and not isinstance(given, int | Mixture):
        problem = (
            "labels and responsibilities say nothing of missing values: start from a number of "
            "components or from a mixture"
        )
        raise InvalidValueError(problem, field="start")


def check_suits_fixed(given: int | Start, fixed: Fixed, component_restarts: int) -> None:
    """InvalidValueError where there are no values to hold fixed, or where they wouldn't stay."""
    if fixed != NOTHING_FIXED and (component_restarts or not isinstance(given, Mixture)):
        problem = (
            "a component with fixed parameters can't be started anew: choose fixed or component_restarts"
            if component_restarts
            else "fixed parameters keep the values of the start: give a Mixture to start from"
        )
        raise InvalidValueError(problem, field="fixed")


def checked_count(value: object, name: str, least: int) -> int:
    """A whole number that is large enough. InvalidValueError for any other value."""
    number = whole_number(value)
    if number is None or number < least:
        problem = f"{name} must be a whole number from {least} on, got {shown(value)}"
        raise InvalidValueError(problem, field=name)
    return number


def check_scale(
    points: Sequence[Point],
    *,
    in_parts: bool,
    asked: Mapping[str, bool],
    asked_of_start: Mapping[str, bool],
) -> None:
    """InvalidValueError for what was asked and takes more than sums, or the points in memory.

    in_parts: whether the sums are computed in parts
    """
    is_elsewhere = isinstance(points, PointsElsewhere)
    if not (is_elsewhere or in_parts):
        return
    asked = {**asked, **asked_of_start} if is_elsewhere else asked
    found = [words for words, is_asked in asked.items() if is_asked]
    if found:
        cause, remedy = (
            (points.named, points.remedy)
            if isinstance(points, PointsElsewhere)
            else ("executor and on_part", "leave these out")
        )
        problem = f"{cause} can't be combined with {listed(found)}: {remedy}, or do without"
        raise InvalidValueError(problem, field="points" if is_elsewhere else "executor")


def check_types(fixed: object, prior: object) -> None:
    """InvalidValueError where these are nothing of their kind."""
    if not isinstance(fixed, Fixed):
        problem = f"fixed must be a refgmm.Fixed, got {shown(fixed)}"
        raise InvalidValueError(problem, field="fixed")
    if prior is None:
        return
    from refgmm.prior import ConjugatePrior

    if not isinstance(prior, ConjugatePrior):
        problem = f"prior must be a refgmm.ConjugatePrior, got {shown(prior)}"
        raise InvalidValueError(problem, field="prior")


def check_kind(
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
    if not structure.holds(given.covariances):
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


def check_executor(executor: object) -> None:
    """InvalidValueError where `executor` is none, and not None either."""
    if executor is not None and not callable(getattr(executor, "submit", None)):
        problem = (
            f"executor must be a concurrent.futures.Executor, got {shown(executor)}: give a "
            "ProcessPoolExecutor, or dask's client.get_executor()"
        )
        raise InvalidValueError(problem, field="executor")
