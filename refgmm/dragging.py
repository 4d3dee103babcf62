"""What a hand that drags may do to the numbers of a mixture: they stay valid, and short.

decimals_of, at_hand   a place, with no more digits than a hand can place
with_axis_end          a covariance one axis of which ends elsewhere: positive definite by construction
with_few_digits        a covariance in few digits, that is still one

A hand places a thing to about two pixels. Digits beyond that say nothing, and hide those that do.
"""

import math

from refgmm import validation
from refgmm.arithmetic import Matrix, Square, Vector, as_matrix, columns, scaled, square, total
from refgmm.curves import marginal
from refgmm.errors import InvalidValueError
from refgmm.linear_algebra import eigen, identity, times
from refgmm.structures import DIAGONAL_PART, MEAN_OF_DIAGONAL

_PIXELS = 2.0  # that a hand may be off
_DIGITS = 4  # of a covariance: a standard deviation changes by less than a thousandth
_MOST_DIGITS = 17  # of a double


def decimals_of(pixel: float) -> int:
    """How many decimals tell apart what is two pixels apart; below 0, tens or hundreds do.

    >>> decimals_of(0.009), decimals_of(0.2), decimals_of(300.0)
    (2, 1, -2)
    """
    return math.ceil(-math.log10(_PIXELS * pixel) - 1e-9)


def at_hand(value: float, pixel: float) -> float:
    """The shortest number within about two pixels.

    >>> at_hand(1.8368421, 0.009)
    1.84
    """
    return round(value, decimals_of(pixel)) + 0.0  # no -0


def with_axis_end(
    covariance: Matrix, coordinates: tuple[int, int], axis: int, end: Vector, part: str
) -> Matrix:
    """The covariance where an axis of its ellipse at one sigma, in two coordinates, ends elsewhere.

    axis: 0 for the shorter one, 1 for the longer
    end: seen from the mean; not 0
    part: what the structure allows of a covariance (see refgmm.structures)

        full        Sigma' = T Sigma T^T,  T = R (I + (s - 1) v v^T)
        diagonal    likewise, without R: the axis keeps its direction
        spherical   Sigma' = s^2 Sigma

    v is the axis' direction, s how many times longer it gets, and R turns v towards the end; T
    leaves the other coordinates alone. As T can be inverted, Sigma' is positive definite.

    >>> with_axis_end(((4.0, 0.0), (0.0, 9.0)), (0, 1), 1, (0.0, 6.0), "all")
    ((4.0, 0.0), (0.0, 36.0))
    """
    origin = (0.0,) * len(covariance)
    values, vectors = eigen(marginal(origin, covariance, coordinates)[1])
    v, length = vectors[axis], math.sqrt(values[axis])
    if part == DIAGONAL_PART:
        along = abs(total(a * b for a, b in zip(end, v, strict=True)))
        return _transformed(covariance, coordinates, _stretch(v, along / length))
    stretch = math.hypot(*end) / length
    if part == MEAN_OF_DIAGONAL:
        enlarged: Matrix = scaled(square(stretch), covariance)
        return enlarged
    turned = _product(_turn(v, end), _stretch(v, stretch))
    return _transformed(covariance, coordinates, turned)


def with_few_digits(covariance: Square) -> Square:
    """In four digits beside its standard deviations; in more where it would be no covariance else.

    InvalidValueError where it is none as it is.

    >>> with_few_digits(2.345678)
    2.346
    >>> with_few_digits(((1.0, 0.99999), (0.99999, 1.0)))
    ((1.0, 0.99999), (0.99999, 1.0))
    """
    matrix = as_matrix(covariance)
    validation.covariance(matrix)
    for digits in range(_DIGITS, _MOST_DIGITS):
        rounded = _rounded(matrix, digits)
        try:
            validation.covariance(rounded)
        except InvalidValueError:
            continue
        return rounded if isinstance(covariance, tuple) else rounded[0][0]
    return covariance


def _rounded(matrix: Matrix, digits: int) -> Matrix:
    """Each entry in so many digits of the product of the two standard deviations."""
    sigmas = [math.sqrt(row[a]) for a, row in enumerate(matrix)]
    return tuple(
        tuple(
            round(entry, digits - 1 - math.floor(math.log10(sigmas[a] * sigmas[b])))
            for b, entry in enumerate(row)
        )
        for a, row in enumerate(matrix)
    )


def _stretch(v: Vector, factor: float) -> Matrix:
    """I + (s - 1) v v^T: s times as long along v, of length 1."""
    return tuple(
        tuple(float(a == b) + (factor - 1) * v[a] * v[b] for b in range(2)) for a in range(2)
    )


def _turn(v: Vector, end: Vector) -> Matrix:
    """The rotation that takes v, of length 1, to where the end is."""
    distance = math.hypot(*end)
    cosine = (v[0] * end[0] + v[1] * end[1]) / distance
    sine = (v[0] * end[1] - v[1] * end[0]) / distance
    return (cosine, -sine), (sine, cosine)


def _transformed(covariance: Matrix, coordinates: tuple[int, int], two: Matrix) -> Matrix:
    """T Sigma T^T, exactly symmetric, where T is `two` in these coordinates and I in the others."""
    rows = [list(row) for row in identity(len(covariance))]
    for a, row in zip(coordinates, two, strict=True):
        for b, entry in zip(coordinates, row, strict=True):
            rows[a][b] = entry
    t = tuple(map(tuple, rows))
    moved = _product(_product(t, covariance), columns(t))
    return tuple(tuple(moved[max(a, b)][min(a, b)] for b in range(len(t))) for a in range(len(t)))


def _product(left: Matrix, right: Matrix) -> Matrix:
    return columns(times(left, column) for column in columns(right))
