"""What counts as a point, a weight, a mean and a variance.

Each check takes a value as the user gave it and returns it as a float, or says
what is wrong with it. Checks are written so that NaN fails them.

    largest magnitude of a point    1e75
    largest magnitude of a mean     1e76, so that rounding can't push a new mean beyond it
    variances                       from 1e-150 to 1e151

Within these limits no square, quotient or sum of squares on the way through an
epoch can overflow: (x - mean)^2 / variance is at most 1.3e302, and a double ends
at 1.8e308. Points beyond them need another unit.
"""

import math
from collections.abc import Iterable, Mapping, Set

from refgmm.arithmetic import Vector
from refgmm.errors import InvalidValueError

LARGEST_MAGNITUDE = 1e75
LARGEST_MEAN = 1e76
SMALLEST_VARIANCE = 1e-150
LARGEST_VARIANCE = 1e151

_SINGULAR = {
    "points": "point",
    "weights": "weight",
    "means": "mean",
    "variances": "variance",
}
_LARGEST = {"points": LARGEST_MAGNITUDE, "means": LARGEST_MEAN, "weights": math.inf}
_LONGEST_SHOWN = 40


def cut(text: str) -> str:
    """`text`, cut where it is too long for an error message.

    >>> cut("0,9"), len(cut("a" * 1_000_000))
    ('0,9', 40)
    """
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 3] + "..."


def shown(value: object) -> str:
    """`value` as it appears in an error message: its repr, cut where it is long.

    >>> shown(-2.0), shown("0,9"), shown(10**5000)
    ('-2.0', "'0,9'", 'an endless int')
    """
    try:
        return cut(repr(value))
    except (ValueError, RecursionError):  # an int of 4,300 digits, lists nested 1,000 deep
        return f"an endless {type(value).__name__}"


def named(field: str, index: int | None) -> str:
    """What a message calls a value: its kind, and its number counted from 1.

    >>> named("points", 2), named("variances", None)
    ('point 3', 'variance')
    """
    return _SINGULAR[field] if index is None else f"{_SINGULAR[field]} {index + 1}"


def _as_float(value: object, field: str, index: int | None) -> float:
    """`value` as a float, which may be infinite or nan."""
    if isinstance(value, bool | str | bytes) or not hasattr(value, "__float__"):
        problem = (
            f"{named(field, index)} must be a number, got {shown(value)}: give a number such as 0.9"
        )
        raise InvalidValueError(problem, field=field, index=index)
    try:
        return float(value)
    except OverflowError:  # an int of more than 308 digits
        return math.inf
    except (TypeError, ValueError):  # an array, say
        problem = (
            f"{named(field, index)} must be one number, got {shown(value)}: "
            "give a number such as 0.9"
        )
        raise InvalidValueError(problem, field=field, index=index) from None


def number(value: object, field: str, index: int | None = None) -> float:
    """`value` as a finite float of a size that refgmm computes with.

    Accepts floats, ints and whatever else converts itself by __float__ (numpy
    scalars, Fraction, Decimal). Text is refused, also where it spells a number:
    reading text is the business of refgmm.points_text.

    >>> number(2, "points", 0)
    2.0
    >>> number(float("nan"), "points", 2)
    Traceback (most recent call last):
    refgmm.errors.InvalidValueError: point 3 must be a finite number, got nan: correct it or leave it out
    """
    result = _as_float(value, field, index)
    if not math.isfinite(result):
        problem = (
            f"{named(field, index)} must be a finite number, got {shown(value)}: "
            "correct it or leave it out"
        )
        raise InvalidValueError(problem, field=field, index=index)
    largest = _LARGEST[field]
    if not abs(result) <= largest:
        problem = (
            f"{named(field, index)} is {shown(value)}, and refgmm computes with {field} up to "
            f"{largest!r}: choose a larger unit for the points"
        )
        raise InvalidValueError(problem, field=field, index=index)
    return result


def weight(value: object, index: int | None = None) -> float:
    """`value` as a weight: a number from 0 on.

    >>> weight(-0.5, 1)
    Traceback (most recent call last):
    refgmm.errors.InvalidValueError: weight 2 must not be negative, got -0.5: give a probability, from 0 to 1
    """
    result = number(value, "weights", index)
    if not result >= 0.0:
        problem = (
            f"{named('weights', index)} must not be negative, got {shown(value)}: "
            "give a probability, from 0 to 1"
        )
        raise InvalidValueError(problem, field="weights", index=index)
    return result


def variance(value: object, index: int | None = None) -> float:
    """`value` as a variance: a positive number.

    >>> variance(0, 0)
    Traceback (most recent call last):
    refgmm.errors.InvalidValueError: variance 1 must be positive and finite, got 0: give the square of a standard deviation above 0
    """
    name = named("variances", index)
    result = _as_float(value, "variances", index)
    if not 0.0 < result < math.inf:
        problem = (
            f"{name} must be positive and finite, got {shown(value)}: "
            "give the square of a standard deviation above 0"
        )
        raise InvalidValueError(problem, field="variances", index=index)
    if not SMALLEST_VARIANCE <= result <= LARGEST_VARIANCE:
        problem = (
            f"{name} is {shown(value)}, and refgmm computes with variances from "
            f"{SMALLEST_VARIANCE!r} to {LARGEST_VARIANCE!r}: choose another unit for the points"
        )
        raise InvalidValueError(problem, field="variances", index=index)
    return result


def points(values: Iterable[object]) -> Vector:
    """Anything iterable of numbers as a tuple of floats; at least one.

    >>> points(range(3))
    (0.0, 1.0, 2.0)
    >>> points([])
    Traceback (most recent call last):
    refgmm.errors.InvalidValueError: there are no points: give at least one
    """
    if isinstance(values, str | bytes | Mapping | Set) or not isinstance(values, Iterable):
        problem = f"points must be a sequence of numbers, got {shown(values)}: give a list such as [0.9, 0.7]"
        raise InvalidValueError(problem, field="points")
    result = tuple(number(value, "points", i) for i, value in enumerate(values))
    if not result:
        raise InvalidValueError("there are no points: give at least one", field="points")
    return result
