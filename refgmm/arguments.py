"""What counts as an argument: a point, sample weights, responsibilities, a count, a probability, a coordinate, a
source of randomness, a thing of a kind.

Coordinates and counts are whole numbers, as Python counts: coordinates from 0. Whatever is
refused raises an InvalidValueError whose `field` is the name of the argument.
"""

import math
import operator
import random

from refgmm.arithmetic import Matrix, Point, Vector, are_points, of_array
from refgmm.errors import InvalidValueError
from refgmm.formatting import ALL_DIGITS
from refgmm.type_names import Any, Iterable, Mapping, TypeGuard
from refgmm.validation import is_row, number, sample_weight, shown


def point(value: object, dimension: int | None) -> Point:
    """`value` as a point of this dimension: a float where it is None, else a vector.

    >>> point([1, 2], 2), point(1, None)
    ((1.0, 2.0), 1.0)
    >>> point(1, 2)
    Traceback (most recent call last):
    refgmm.errors.InvalidValueError: the point has one number, and the means of the mixture 2 coordinates: give both the same dimension
    """
    checked: Point
    if is_row(value):
        checked = tuple([number(entry, "points", None, a) for a, entry in enumerate(value)])
    else:
        checked = number(value, "points")
    if dimension_of(checked) != dimension:
        problem = (
            f"the point has {dimension_in_words(dimension_of(checked))}, and the means of the "
            f"mixture {dimension_in_words(dimension)}: give both the same dimension"
        )
        raise InvalidValueError(problem, field="points")
    return checked


def dimension_of(point: Point) -> int | None:
    """d of a vector; None of a number.

    >>> dimension_of((1.0, 2.0)), dimension_of(1.0)
    (2, None)
    """
    return len(point) if isinstance(point, tuple) else None


def dimension_in_words(dimension: int | None) -> str:
    """What a message calls the dimension of a point.

    >>> dimension_in_words(None), dimension_in_words(2)
    ('one number', '2 coordinates')
    """
    if dimension is None:
        return "one number"
    return f"{dimension} coordinate{'' if dimension == 1 else 's'}"


def check_kind(value: object, kind: type, name: str, remedy: str) -> None:
    """InvalidValueError where the argument of this name is nothing of the kind.

    >>> check_kind(2, random.Random, "rng", "give random.Random(1), say")
    Traceback (most recent call last):
    refgmm.errors.InvalidValueError: rng must be a Random, got 2: give random.Random(1), say
    """
    if not isinstance(value, kind):
        article = "an" if kind.__name__[0] in "AEIOU" else "a"
        problem = f"{name} must be {article} {kind.__name__}, got {shown(value)}: {remedy}"
        raise InvalidValueError(problem, field=name)


def one_each(values: object, field: str) -> tuple[Any, ...]:
    """`values`, one for each component, as a tuple.

    >>> one_each(0.5, "weights")
    Traceback (most recent call last):
    refgmm.errors.InvalidValueError: weights must hold one for each component, got 0.5: give a list such as [0.5]
    """
    if isinstance(values, tuple | list):  # as EM has them, epoch after epoch
        return tuple(values)
    if not is_row(values):
        problem = (
            f"{field} must hold one for each component, got {shown(values)}: "
            f"give a list such as [{shown(values)}]"
        )
        raise InvalidValueError(problem, field=field)
    return tuple(values)


def is_several(value: object) -> TypeGuard[Iterable[Any]]:
    """Whether a value is not one thing but several; a text is one.

    >>> is_several([1]), is_several("1"), is_several(1)
    (True, False, False)
    """
    return isinstance(value, Iterable) and not isinstance(value, str | bytes)


def sample_weights(values: object, n: int) -> Vector | None:
    """`values` as sample weights, (n,), how often each point counts: from 0 on, not all 0. None stays.

    >>> sample_weights([1, 0.5], 2)
    (1.0, 0.5)
    >>> sample_weights([1, 0.5], 3)
    Traceback (most recent call last):
    refgmm.errors.InvalidValueError: there are 2 sample weights for 3 points: give one for each
    """
    if values is None:
        return None
    if not is_several(values):
        problem = f"sample_weights must be a sequence of numbers, got {shown(values)}: give one for each point"
        raise InvalidValueError(problem, field="sample_weights")
    weights = tuple([sample_weight(value, i) for i, value in enumerate(values)])
    if len(weights) != n:
        problem = f"there are {len(weights)} sample weights for {n} points: give one for each"
        raise InvalidValueError(problem, field="sample_weights")
    if not any(weights):
        problem = "no point counts: give some a sample weight above 0"
        raise InvalidValueError(problem, field="sample_weights")
    return weights


def responsibilities(values: Any, n: int) -> Matrix:
    """`values` as responsibilities, (n, k): for each of n points a row of k numbers from 0 on.

    >>> responsibilities([[1, 0], [0.5, 0.5]], 2)
    ((1.0, 0.0), (0.5, 0.5))
    >>> responsibilities([[1, 0], [1.5, -0.5]], 2)
    Traceback (most recent call last):
    refgmm.errors.InvalidValueError: row 2 of the responsibilities must hold a number from 0 on for each component, and every row as many, got [1.5, -0.5]: correct it
    """
    if type(values) is tuple and _are_shares(values) and len(values) == n:
        return values  # as EM has them
    if not is_row(values):
        problem = (
            f"responsibilities must be a matrix, got {shown(values)}: give a list of rows "
            "such as [[0.2, 0.8]]"
        )
        raise InvalidValueError(problem, field="responsibilities")
    rows = tuple(of_array(values))
    if len(rows) != n:
        problem = (
            f"{n} points have as many rows of responsibilities, got {len(rows)}: give one for each"
        )
        raise InvalidValueError(problem, field="responsibilities")
    checked = tuple(map(_shares, rows))
    k = len(checked[0]) or 1
    for i, row in enumerate(checked):
        if len(row) != k:
            problem = (
                f"row {i + 1} of the responsibilities must hold a number from 0 on for each "
                f"component, and every row as many, got {shown(rows[i])}: correct it"
            )
            raise InvalidValueError(problem, field="responsibilities", index=i)
    return checked


def _are_shares(rows: tuple[Any, ...]) -> bool:
    """Whether these are tuples of floats from 0 on, as many in each."""
    are_vectors = bool(rows) and type(rows[0]) is tuple and are_points(rows, math.inf)
    return are_vectors and min(map(min, rows)) >= 0.0


def _shares(row: Any) -> Vector:
    """A row of responsibilities; () where it is none."""
    try:
        numbers = tuple([number(value, "weights") for value in row])
    except (TypeError, InvalidValueError):
        return ()
    return numbers if min(numbers, default=0.0) >= 0.0 else ()


def count(value: object, name: str) -> int:
    """`value` as a number of things: a whole number from 1 on.

    >>> count(0, "n")
    Traceback (most recent call last):
    refgmm.errors.InvalidValueError: n must be a whole number from 1 on, got 0: give a number such as 1000
    """
    whole = whole_number(value)
    if whole is None or whole < 1:
        problem = f"{name} must be a whole number from 1 on, got {shown(value)}: give a number such as 1000"
        raise InvalidValueError(problem, field=name)
    return whole


def decimals(value: object) -> int:
    """`value` as a number of decimals: 0 to 17, which is every digit of a double.

    >>> decimals(-1)
    Traceback (most recent call last):
    refgmm.errors.InvalidValueError: decimals must be a whole number from 0 to 17, got -1: give 4, say, or 17 for every digit
    """
    whole = whole_number(value)
    if whole is None or not 0 <= whole <= ALL_DIGITS:
        problem = (
            f"decimals must be a whole number from 0 to {ALL_DIGITS}, got {shown(value)}: "
            f"give 4, say, or {ALL_DIGITS} for every digit"
        )
        raise InvalidValueError(problem, field="decimals")
    return whole


def generator(value: object, name: str = "rng") -> random.Random:
    """`value` as a source of randomness: itself, or one that starts from this seed.

    A seed is a whole number from 0 on: random.Random ignores the sign of others, so that -1
    would quietly be 1. There is no default: a sample must be one that can be drawn again.

    >>> generator(1).random() == random.Random(1).random()
    True
    """
    if isinstance(value, random.Random):
        return value
    seed = whole_number(value)
    if seed is None or seed < 0:
        problem = (
            f"{name} must be a random.Random or a seed, a whole number from 0 on, got {shown(value)}: "
            "give a seed such as 1, so that the same points can be drawn again"
        )
        raise InvalidValueError(problem, field=name)
    return random.Random(seed)


def probability(value: object) -> float:
    """`value` as a probability strictly between 0 and 1.

    >>> probability(1)
    Traceback (most recent call last):
    refgmm.errors.InvalidValueError: p must lie between 0 and 1, got 1: give a probability such as 0.5; 0 and 1 have no quantile, for a Gaussian never ends
    """
    try:
        result = math.nan if isinstance(value, bool | str | bytes) else float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        result = math.nan
    if not 0.0 < result < 1.0:
        problem = (
            f"p must lie between 0 and 1, got {shown(value)}: give a probability such as 0.5; "
            "0 and 1 have no quantile, for a Gaussian never ends"
        )
        raise InvalidValueError(problem, field="p")
    return result


def coordinate(value: object, d: int, field: str = "coordinates") -> int:
    """`value` as a coordinate of a vector of d: a whole number from 0 to d - 1.

    >>> coordinate(2, 2)
    Traceback (most recent call last):
    refgmm.errors.InvalidValueError: 2 is not a coordinate: give a whole number from 0 to 1, as Python counts
    """
    whole = whole_number(value)
    if whole is None or not 0 <= whole < d:
        numbers = (
            f"a whole number from 0 to {d - 1}, as Python counts" if d > 1 else "0, the only one"
        )
        problem = f"{shown(value)} is not a coordinate: give {numbers}"
        raise InvalidValueError(problem, field=field)
    return whole


def coordinates(values: object, d: int) -> tuple[int, ...]:
    """`values` as coordinates of a vector of d, at least one, each of them once.

    >>> coordinates([2, 0], 3)
    (2, 0)
    >>> coordinates([1, 1], 3)
    Traceback (most recent call last):
    refgmm.errors.InvalidValueError: coordinate 1 is there more than once in [1, 1]: give each once
    """
    try:
        given = list(values)  # type: ignore[call-overload]
    except TypeError:
        coordinate(values, d)  # says so
        raise
    if not given:
        problem = "there are no coordinates: give at least one, counted from 0"
        raise InvalidValueError(problem, field="coordinates")
    checked = tuple(coordinate(value, d) for value in given)
    for a in checked:
        if checked.count(a) > 1:
            problem = f"coordinate {a} is there more than once in {shown(values)}: give each once"
            raise InvalidValueError(problem, field="coordinates")
    return checked


def known(values: object, d: int) -> dict[int, float]:
    """`values` as what is known of a vector of d: {coordinate: value}, some but not all of them.

    Sorted by coordinate.

    >>> known({2: 1, 0: 5}, 3)
    {0: 5.0, 2: 1.0}
    >>> known({0: 1}, 1)
    Traceback (most recent call last):
    refgmm.errors.InvalidValueError: all coordinates are known: leave out at least one, for there is no distribution of none
    """
    if not isinstance(values, Mapping):
        problem = f"known must map coordinates to values, got {shown(values)}: give a dict such as {{0: 1.5}}"
        raise InvalidValueError(problem, field="known")
    checked = {
        coordinate(a, d, field="known"): number(value, "points", None, a)
        for a, value in values.items()
    }
    if not checked:
        problem = "nothing is known: give at least one coordinate and its value, such as {0: 1.5}"
        raise InvalidValueError(problem, field="known")
    if len(checked) == d:
        problem = "all coordinates are known: leave out at least one, for there is no distribution of none"
        raise InvalidValueError(problem, field="known")
    return dict(sorted(checked.items()))


def whole_number(value: object) -> int | None:
    """`value` as an int, of whatever library; None where it is none.

    >>> whole_number(3), whole_number(3.0), whole_number(True)
    (3, None, None)
    """
    if isinstance(value, bool):
        return None
    try:
        return operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        return None
