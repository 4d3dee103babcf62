"""What counts as a point, a weight, a mean, a variance and a covariance.

Each check takes a value as the user gave it and returns it as a float, or says
what is wrong with it. Checks are written so that NaN fails them.

    largest magnitude of a point    1e75
    largest magnitude of a mean     1e76, so that rounding can't push a new mean beyond it
    variances                       from 1e-150 to 1e151

Within these limits no square, quotient or sum of squares on the way through an epoch can overflow:
(x - mean)^2 / variance is at most 1.3e302, and a double ends at 1.8e308. Others need another unit.
"""

import math

from refgmm.arithmetic import Matrix, Point, Vector, are_floats, are_points, of_array
from refgmm.errors import InvalidValueError
from refgmm.linear_algebra import NotPositiveDefiniteError
from refgmm.type_names import TYPE_CHECKING, Any, Iterable, Iterator, Mapping, Set, TypeGuard

if TYPE_CHECKING:
    from refgmm.cholesky import Decomposition

LARGEST_MAGNITUDE = 1e75
LARGEST_MEAN = 1e76
SMALLEST_VARIANCE = 1e-150
LARGEST_VARIANCE = 1e151

_SINGULAR = {
    "points": "point",
    "weights": "weight",
    "means": "mean",
    "variances": "variance",
    "covariances": "covariance",
    "sample_weights": "sample weight",
    "variance_floor": "variance floor",
}
_LARGEST = {
    "points": LARGEST_MAGNITUDE,
    "means": LARGEST_MEAN,
    "weights": math.nextafter(math.inf, 0.0),
    "sample_weights": LARGEST_MAGNITUDE,
}
NO_POINTS = "there are no points: give at least one"
_LONGEST_SHOWN = 40
_ASYMMETRY = 1e-12


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


def named(field: str, index: int | None, coordinate: int | None = None) -> str:
    """What a message calls a value: its kind, and its number counted from 1.

    >>> named("points", 2), named("variances", None), named("points", 2, coordinate=0)
    ('point 3', 'variance', 'coordinate 1 of point 3')
    """
    name = _SINGULAR[field] if index is None else f"{_SINGULAR[field]} {index + 1}"
    return name if coordinate is None else f"coordinate {coordinate + 1} of {name}"


def named_entry(index: int | None, a: int, b: int) -> str:
    """What a message calls an entry of a covariance matrix.

    >>> named_entry(0, 1, 0), named_entry(0, 1, 1)
    ('covariance Σ[2,1] of component 1', 'variance Σ[2,2] of component 1')
    """
    name = f"{'variance' if a == b else 'covariance'} Σ[{a + 1},{b + 1}]"
    return name if index is None else f"{name} of component {index + 1}"


def _as_float(value: object, name: str, field: str, index: int | None) -> float:
    """`value` as a float, which may be infinite or nan."""
    is_other = isinstance(value, bool | str | bytes)
    is_truth = getattr(getattr(value, "dtype", None), "kind", "") == "b"  # numpy's bool
    if is_other or is_truth or not hasattr(value, "__float__") or _is_complex(value):
        problem = f"{name} must be a number, got {shown(value)}: give a number such as 0.9"
        raise InvalidValueError(problem, field=field, index=index)
    try:
        return float(value)
    except OverflowError:  # an int of more than 308 digits
        return math.inf
    except (TypeError, ValueError):  # an array, say
        problem = f"{name} must be one number, got {shown(value)}: give a number such as 0.9"
        raise InvalidValueError(problem, field=field, index=index) from None


def _is_complex(value: object) -> bool:
    """Whether a value is a complex number: numpy's would lose the imaginary part in float()."""
    from numbers import Complex, Real

    return isinstance(value, Complex) and not isinstance(value, Real)


def number(
    value: object, field: str, index: int | None = None, coordinate: int | None = None
) -> float:
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
    largest = _LARGEST[field]
    if type(value) is float and abs(value) <= largest:  # as nearly always: no time for a name
        return value
    name = named(field, index, coordinate)
    result = _as_float(value, name, field, index)
    if not math.isfinite(result):
        problem = f"{name} must be a finite number, got {shown(value)}: correct it or leave it out"
        raise InvalidValueError(problem, field=field, index=index)
    if not abs(result) <= largest:
        problem = f"{name} is {shown(value)}, and refgmm computes with {field} up to {largest!r}: choose a larger unit for the points"
        raise InvalidValueError(problem, field=field, index=index)
    return result


def weight(value: object, index: int | None = None) -> float:
    """`value` as a weight: a number from 0 on.

    >>> weight(-0.5, 1)
    Traceback (most recent call last):
    refgmm.errors.InvalidValueError: weight 2 must not be negative, got -0.5: give a probability, from 0 to 1
    """
    if type(value) is float and 0.0 <= value <= _LARGEST["weights"]:
        return value  # as nearly always: no time for a name
    return _not_negative(value, "weights", index, "give a probability, from 0 to 1")


def sample_weight(value: object, index: int) -> float:
    """`value` as a sample weight: how often a point counts, from 0 on.

    >>> sample_weight(-1, 2)
    Traceback (most recent call last):
    refgmm.errors.InvalidValueError: sample weight 3 must not be negative, got -1: give how often the point counts
    """
    return _not_negative(value, "sample_weights", index, "give how often the point counts")


def _not_negative(value: object, field: str, index: int | None, remedy: str) -> float:
    result = number(value, field, index)
    if not result >= 0.0:
        problem = f"{named(field, index)} must not be negative, got {shown(value)}: {remedy}"
        raise InvalidValueError(problem, field=field, index=index)
    return result


def variance(value: object, index: int | None = None) -> float:
    """`value` as a variance: a positive number.

    >>> variance(0, 0)
    Traceback (most recent call last):
    refgmm.errors.InvalidValueError: variance 1 must be positive and finite, got 0: give the square of a standard deviation above 0
    """
    if type(value) is float and SMALLEST_VARIANCE <= value <= LARGEST_VARIANCE:
        return value  # as nearly always: no time for a name
    return _variance(value, named("variances", index), "variances", index)


def variance_floor(value: object) -> float:
    """`value` as a floor of variances: a variance, too.

    >>> variance_floor(-1)
    Traceback (most recent call last):
    refgmm.errors.InvalidValueError: variance floor must be positive and finite, got -1: give the square of a standard deviation above 0
    """
    return _variance(value, named("variance_floor", None), "variance_floor", None)


def _variance(value: object, name: str, field: str, index: int | None) -> float:
    result = _as_float(value, name, field, index)
    if not 0.0 < result < math.inf:
        problem = f"{name} must be positive and finite, got {shown(value)}: give the square of a standard deviation above 0"
        raise InvalidValueError(problem, field=field, index=index)
    if not SMALLEST_VARIANCE <= result <= LARGEST_VARIANCE:
        problem = (
            f"{name} is {shown(value)}, and refgmm computes with variances from "
            f"{SMALLEST_VARIANCE!r} to {LARGEST_VARIANCE!r}: choose another unit for the points"
        )
        raise InvalidValueError(problem, field=field, index=index)
    return result


def mean(value: object, index: int | None = None) -> Vector:
    """`value` as the mean of a multivariate Gaussian: d numbers, d from 1 on.

    >>> mean([1, 2])
    (1.0, 2.0)
    """
    entries = _entries(value, named("means", index), "means", index)
    return tuple(number(entry, "means", index, a) for a, entry in enumerate(entries))


def covariance(value: object, index: int | None = None) -> tuple[Matrix, "Decomposition"]:
    """`value` as a covariance matrix, (d, d), with its Cholesky factor and determinant.

    Symmetric and positive definite. Entries opposite each other may differ by rounding, 1e-12 of
    the standard deviations multiplied; the one below the diagonal counts.

    >>> covariance([[4, 2], [2, 5]])[0]
    ((4.0, 2.0), (2.0, 5.0))
    >>> covariance([[1, 2], [2, 1]], 0)
    Traceback (most recent call last):
    refgmm.errors.InvalidValueError: covariance 1 is not positive definite: its pivot 2 is -3.0, so coordinate 2 has no variance left once coordinate 1 is known: make the covariances smaller or the variances larger
    """
    name = named("covariances", index)
    if not is_row(value):
        problem = (
            f"{name} must be a matrix, got {shown(value)}: "
            "give a list of rows such as [[1.0, 0.5], [0.5, 2.0]]"
        )
        raise InvalidValueError(problem, field="covariances", index=index)
    rows = [
        _entries(row, f"row {a + 1} of {name}", "covariances", index)
        for a, row in enumerate(_entries(value, name, "covariances", index))
    ]
    for a, row in enumerate(rows):
        if len(row) != len(rows):
            problem = (
                f"{name} must be square, got {len(rows)} rows, and row {a + 1} has {len(row)} "
                "entries: give each row one entry for each coordinate"
            )
            raise InvalidValueError(problem, field="covariances", index=index)
    matrix = tuple(
        tuple(covariance_entry(entry, a, b, index) for b, entry in enumerate(row))
        for a, row in enumerate(rows)
    )
    _check_symmetry(matrix, name, index)
    from refgmm.cholesky import decomposed

    try:
        return matrix, decomposed(matrix)
    except NotPositiveDefiniteError as error:
        known = "coordinate 1 is" if error.index == 1 else f"coordinates 1 to {error.index} are"
        problem = (
            f"{name} is not positive definite: its pivot {error.index + 1} is {error.pivot!r}, so "
            f"coordinate {error.index + 1} has no variance left once {known} known: "
            "make the covariances smaller or the variances larger"
        )
        raise InvalidValueError(problem, field="covariances", index=index) from None


def covariance_entry(value: object, a: int, b: int, index: int | None = None) -> float:
    """`value` as the entry of a covariance matrix in row a and column b, from 0.

    >>> covariance_entry(0, 1, 1, 0)
    Traceback (most recent call last):
    refgmm.errors.InvalidValueError: variance Σ[2,2] of component 1 must be positive and finite, got 0: give the square of a standard deviation above 0
    """
    if a != b and type(value) is float and math.isfinite(value):
        return value  # as nearly all are: without the name that only a message asks for
    name = named_entry(index, a, b)
    if a == b:
        return _variance(value, name, "covariances", index)
    result = _as_float(value, name, "covariances", index)
    if not math.isfinite(result):
        problem = f"{name} must be a finite number, got {shown(value)}: correct it"
        raise InvalidValueError(problem, field="covariances", index=index)
    return result


def _check_symmetry(matrix: Matrix, name: str, index: int | None) -> None:
    for a, row in enumerate(matrix):
        for b, below in enumerate(row[:a]):
            above = matrix[b][a]
            scale = math.sqrt(row[a]) * math.sqrt(matrix[b][b])
            if not abs(below - above) <= _ASYMMETRY * scale:
                problem = (
                    f"{name} is not symmetric: entry {a + 1},{b + 1} is {below!r} and entry "
                    f"{b + 1},{a + 1} is {above!r}: give both the same covariance"
                )
                raise InvalidValueError(problem, field="covariances", index=index)


def _entries(value: object, name: str, field: str, index: int | None) -> list[object]:
    """The entries of a row of numbers; at least one."""
    value = _without_names(value)
    if not is_row(value):
        problem = (
            f"{name} must be a row of numbers, got {shown(value)}: give a list such as [1.0, 2.0]"
        )
        raise InvalidValueError(problem, field=field, index=index)
    entries = list(value)
    if not entries:
        problem = f"{name} is empty: give a number for each coordinate"
        raise InvalidValueError(problem, field=field, index=index)
    return entries


def _without_names(value: Any) -> Any:
    """A data frame as its rows; its own iterator gives the names of its columns."""
    return value.to_numpy() if hasattr(value, "to_numpy") else value


def is_row(value: object) -> TypeGuard[Iterable[object]]:
    """Whether a value holds others, one after the other; an array without dimensions is a number."""
    holds = isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping | Set)
    return holds and getattr(value, "ndim", 1) > 0


def points(values: Iterable[object], *, may_miss: bool = False) -> tuple[Point, ...]:
    """Anything iterable of numbers as a tuple of floats, (n,); of rows of numbers, (n, d); n >= 1.

    Data frames count as their rows. may_miss: nan in a row stands for a missing value, and is let
    through; a row of nothing else is refused. Where points are numbers, a nan is always refused.

    >>> points(range(3))
    (0.0, 1.0, 2.0)
    >>> points([[1, 2], [3, 4]])
    ((1.0, 2.0), (3.0, 4.0))
    >>> points([[1, 2], [3]])
    Traceback (most recent call last):
    refgmm.errors.InvalidValueError: point 2 has 1 coordinate where point 1 has 2: give every point the same number
    >>> points([])
    Traceback (most recent call last):
    refgmm.errors.InvalidValueError: there are no points: give at least one
    """
    values = of_array(_without_names(values))
    if type(values) in (list, tuple):
        kept = tuple(values)
        if are_points(kept, _LARGEST["points"]):
            return kept  # as each_point() would give them back, in a third of the time
    found = tuple(each_point(values, may_miss=may_miss))
    if not found:
        raise InvalidValueError(NO_POINTS, field="points")
    return found


def each_point(values: Iterable[object], *, may_miss: bool = False) -> Iterator[Point]:
    """The same, one by one, so that there may be more than memory holds; or none."""
    values = _without_names(values)
    if not is_row(values):
        problem = f"points must be a sequence of numbers, got {shown(values)}: give a list such as [0.9, 0.7]"
        raise InvalidValueError(problem, field="points")
    d, largest = 0, _LARGEST["points"]
    for i, value in enumerate(values):
        if d and type(value) is tuple and len(value) == d and are_floats(value, largest):
            yield value  # as _row() would give it back, in a third of the time
        elif d or (i == 0 and is_row(value)):
            row = _entries(value, f"point {i + 1}", "points", i)
            d = d or len(row)
            yield _row(row, i, d, may_miss)
        elif type(value) is float and -largest <= value <= largest:
            yield value  # as number() would give it back, in a tenth of the time
        else:
            yield number(value, "points", i)


def _row(entries: list[object], i: int, d: int, may_miss: bool) -> Vector:
    if len(entries) != d:
        have = f"{len(entries)} coordinate{'s' if len(entries) > 1 else ''}"
        problem = (
            f"point {i + 1} has {have} where point 1 has {d}: give every point the same number"
        )
        raise InvalidValueError(problem, field="points", index=i)
    row = tuple([_coordinate(entry, i, a, may_miss) for a, entry in enumerate(entries)])
    if may_miss and all(map(math.isnan, row)):
        problem = f"point {i + 1} has no value at all: leave it out"
        raise InvalidValueError(problem, field="points", index=i)
    return row


def _coordinate(value: object, i: int, a: int, may_miss: bool) -> float:
    """A number; nan where it is missing and may be."""
    known = value if type(value) is float else _as_float(value, named("points", i, a), "points", i)
    if not math.isnan(known):
        return number(value, "points", i, a)
    if may_miss:
        return math.nan
    problem = (
        f"{named('points', i, a)} must be a finite number, got {shown(value)}: correct it, leave the "
        'point out, or keep missing values with missing="keep" in refgmm.fit (missing="error" is its default)'
    )
    raise InvalidValueError(problem, field="points", index=i)
