"""The arithmetic that refgmm's last digits hang on, in one place.

The lecture note's documented digits come out of IEEE doubles only where sums are
added from left to right. Every sum on the way from the points to the new parameters
goes through `total`, and every square through `square`.
"""

from collections.abc import Iterable

Vector = tuple[float, ...]
Matrix = tuple[Vector, ...]


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


def columns(rows: Matrix) -> Matrix:
    """The transpose of a matrix.

    >>> columns(((1.0, 2.0), (3.0, 4.0), (5.0, 6.0)))
    ((1.0, 3.0, 5.0), (2.0, 4.0, 6.0))
    """
    return tuple(zip(*rows, strict=True))
