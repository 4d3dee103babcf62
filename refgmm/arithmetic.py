"""The arithmetic that refgmm's last digits hang on, in one place.

The lecture note's documented digits come out of IEEE doubles only where sums are
added from left to right. Every sum on the way from the points to the new parameters
goes through `total`, and every square through `square`.

A point is a float in one dimension and a vector, a tuple of d floats, in d; its squared
deviation is a float, or a matrix, a tuple of d rows. `scaled`, `divided`, `summed` and
`squared_deviation` take either, so that the M step is written once.
"""

import itertools
import math

from refgmm.type_names import Any, Iterable, TypeVar

T = TypeVar("T")

Vector = tuple[float, ...]
Matrix = tuple[Vector, ...]

Point = Any
"""A float in one dimension, a Vector in more."""

Square = Any
"""What a squared deviation is: a float in one dimension, a Matrix in more."""


def total(values: Iterable[float]) -> float:
    """The sum of `values`, added from left to right.

    Premise: built-in sum() compensates its rounding errors from Python 3.12 on,
    and math.fsum() always does. Both land nearer to the true sum, and both give
    other digits than the lecture note prints (variance 0.3510142879511142, not ...143).
    Method: a plain loop. It gives the same double on every version of Python,
    and it is what a student with a calculator does.

    >>> total([0.1] * 10)
    0.9999999999999999
    """
    result = 0.0
    for value in values:
        result += value
    return result


def square(value: float) -> float:
    """`value` times itself.

    Premise: `value ** 2` asks the platform's C library for a power; it raises
    OverflowError where the square is too large.
    Method: one multiplication, which IEEE 754 rounds correctly everywhere.

    >>> square(-1.5)
    2.25
    """
    return value * value


def columns(rows: Iterable[tuple[T, ...]]) -> tuple[tuple[T, ...], ...]:
    """The transpose of a matrix, or of a table of whatever else.

    >>> columns(((1.0, 2.0), (3.0, 4.0), (5.0, 6.0)))
    ((1.0, 3.0, 5.0), (2.0, 4.0, 6.0))
    """
    return tuple(zip(*rows, strict=True))


def are_floats(values: Iterable[object], largest: float) -> bool:
    """Whether all are floats (no integers, say), none of them nan or beyond +-largest.

    >>> are_floats([1.0, -2.0], 2.0), are_floats([1.0, 2], 2.0), are_floats([math.nan], 2.0)
    (True, False, False)
    """
    least = -largest
    for value in values:  # noqa: SIM110 - all() of a generator takes twice as long
        if type(value) is not float or not least <= value <= largest:
            return False
    return True


def are_points(values: tuple[Any, ...], largest: float) -> bool:
    """Whether these are points, at least one: such floats, or tuples of d >= 1 of them.

    >>> are_points((1.0, 2.0), 2.0), are_points(((1.0, 2.0), (1.0,)), 2.0), are_points((), 2.0)
    (True, False, False)
    """
    if not values or type(values[0]) is not tuple:
        return bool(values) and are_floats(values, largest)
    are_rows = set(map(type, values)) == {tuple} and set(map(len, values)) == {len(values[0]) or 1}
    return are_rows and are_floats(itertools.chain.from_iterable(values), largest)


def of_array(values: Any) -> Any:
    """An array's numbers as Python's, the same doubles, and its rows as tuples; other values as they are.

    Looked at one by one, numpy's numbers take thirty times as long.

    >>> from array import array
    >>> of_array(array("d", [0.5, 2.0])), of_array((0.5, 2.0))
    ([0.5, 2.0], (0.5, 2.0))
    """
    if not hasattr(values, "tolist"):
        return values
    numbers = values.tolist()
    return list(map(tuple, numbers)) if getattr(values, "ndim", 1) == 2 else numbers


def scaled(factor: float, value: Any) -> Any:
    """`factor` times a number, a vector or a matrix, entry by entry.

    >>> scaled(2.0, 1.5), scaled(2.0, (1.0, 2.0))
    (3.0, (2.0, 4.0))
    """
    if not isinstance(value, tuple):
        return factor * value
    if isinstance(value[0], tuple):
        return tuple([scaled(factor, row) for row in value])
    return tuple([factor * entry for entry in value])


def divided(value: Any, divisor: float) -> Any:
    """A number, a vector or a matrix divided by a number; nan where there is nothing to divide by.

    >>> divided((1.0, 3.0), 2.0), divided(1.0, 0.0)
    ((0.5, 1.5), nan)
    """
    if isinstance(value, tuple):
        return tuple([divided(entry, divisor) for entry in value])
    return value / divisor if divisor > 0.0 else math.nan


def summed(values: Iterable[Any]) -> Any:
    """The sum of numbers, vectors or matrices, at least one, each entry added from left to right.

    >>> summed([1.0, 2.0]), summed([(1.0, 10.0), (2.0, 20.0)])
    (3.0, (3.0, 30.0))
    """
    values = iter(values)
    first = next(values)
    if isinstance(first, tuple):
        return tuple([summed(entries) for entries in zip(first, *values, strict=True)])
    return total(itertools.chain([first], values))


def squared_deviation(x: Point, mean: Point) -> Square:
    """(x - mean)^2; of vectors, the matrix (x - mean)(x - mean)^T.

    >>> squared_deviation(3.0, 1.0), squared_deviation((3.0, 1.0), (1.0, 2.0))
    (4.0, ((4.0, -2.0), (-2.0, 1.0)))
    """
    if isinstance(x, tuple):
        deviation = [value - centre for value, centre in zip(x, mean, strict=True)]
        return tuple([tuple([a * b for b in deviation]) for a in deviation])
    return square(x - mean)


def as_vector(point: Point) -> Vector:
    """A point as a vector, also where it is a number.

    >>> as_vector(2.0), as_vector((1.0, 2.0))
    ((2.0,), (1.0, 2.0))
    """
    return point if isinstance(point, tuple) else (point,)


def as_matrix(covariance: Square) -> Matrix:
    """A covariance as a matrix, also where it is a number.

    >>> as_matrix(2.0)
    ((2.0,),)
    """
    return covariance if isinstance(covariance, tuple) else ((covariance,),)
