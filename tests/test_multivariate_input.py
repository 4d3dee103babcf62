"""Bad input in d dimensions, each with the exact message; and what counts as rows of numbers."""

import array
import math
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any

import pytest

from refgmm import Gaussian, InvalidValueError, Mixture, Problem, iterate, validation
from refgmm.gaussian import MultivariateGaussian

ROUND = ((1.0, 0.0), (0.0, 1.0))
START = Mixture.multivariate([0.5, 0.5], [[0, 0], [1, 1]], [ROUND, ROUND])


def error_of(call: Callable[[], object]) -> InvalidValueError:
    with pytest.raises(InvalidValueError) as caught:
        call()
    return caught.value


# Covariances

SQUARE = "must be square, got {}: give each row one entry for each coordinate"
INDEFINITE = (
    "is not positive definite: its pivot {} is {}, so coordinate {} has no variance left once {} "
    "known: make the covariances smaller or the variances larger"
)
MATRIX = "must be a matrix, got {}: give a list of rows such as [[1.0, 0.5], [0.5, 2.0]]"
ROW = "must be a row of numbers, got {}: give a list such as [1.0, 2.0]"
POSITIVE = "must be positive and finite, got {}: give the square of a standard deviation above 0"
RANGE = "is {}, and refgmm computes with variances from 1e-150 to 1e+151: choose another unit for the points"


@pytest.mark.parametrize(
    ("covariance", "message"),
    [
        ([[1, 2], [2, 1]], "{} " + INDEFINITE.format(2, -3.0, 2, "coordinate 1 is")),
        ([[1, 2], [2, 4]], "{} " + INDEFINITE.format(2, 0.0, 2, "coordinate 1 is")),
        ([[0.1, 0.1], [0.1, 0.1]], "{} " + INDEFINITE.format(2, 0.0, 2, "coordinate 1 is")),
        (
            [[3, 1, 4], [1, 3, 4], [4, 4, 8]],
            "{} " + INDEFINITE.format(3, 0.0, 3, "coordinates 1 to 2 are"),
        ),
        (
            [[1, 0.5], [0.25, 1]],
            "{} is not symmetric: entry 2,1 is 0.25 and entry 1,2 is 0.5: give both the same covariance",
        ),
        (
            [[1, 1e-11], [0, 1]],
            "{} is not symmetric: entry 2,1 is 0.0 and entry 1,2 is 1e-11: give both the same covariance",
        ),
        ([[0, 0], [0, 1]], "variance Σ[1,1]{} " + POSITIVE.format("0")),
        ([[1, 0], [0, -1]], "variance Σ[2,2]{} " + POSITIVE.format("-1")),
        ([[math.nan, 0], [0, 1]], "variance Σ[1,1]{} " + POSITIVE.format("nan")),
        ([[1, 0], [0, math.inf]], "variance Σ[2,2]{} " + POSITIVE.format("inf")),
        ([[1e-300, 0], [0, 1]], "variance Σ[1,1]{} " + RANGE.format("1e-300")),
        ([[1, 0], [0, 1e300]], "variance Σ[2,2]{} " + RANGE.format("1e+300")),
        (
            [[1, math.nan], [math.nan, 1]],
            "covariance Σ[1,2]{} must be a finite number, got nan: correct it",
        ),
        (
            [[1, 0], [-math.inf, 1]],
            "covariance Σ[2,1]{} must be a finite number, got -inf: correct it",
        ),
        ([["1", 0], [0, 1]], "variance Σ[1,1]{} must be a number, got '1': give a number such as 0.9"),
        ([[1, None], [0, 1]], "covariance Σ[1,2]{} must be a number, got None: give a number such as 0.9"),
        ([[1, 0], [0]], "{} " + SQUARE.format("2 rows, and row 2 has 1 entries")),
        ([[1, 0, 0], [0, 1, 0]], "{} " + SQUARE.format("2 rows, and row 1 has 3 entries")),
        ([[], []], "row 1 of {} is empty: give a number for each coordinate"),
        ([], "{} is empty: give a number for each coordinate"),
        ([1, 2], "row 1 of {} " + ROW.format("1")),
        ([[1, 0], "ab"], "row 2 of {} " + ROW.format("'ab'")),
        ([[1, 0], {0: 1}], "row 2 of {} " + ROW.format("{0: 1}")),
        (2, "{} " + MATRIX.format("2")),
        (None, "{} " + MATRIX.format("None")),
        ("ab", "{} " + MATRIX.format("'ab'")),
        ({0: [1]}, "{} " + MATRIX.format("{0: [1]}")),
    ],
)  # fmt: skip
def test_bad_covariances(covariance: Any, message: str) -> None:
    """What is wrong, where, and what to do: with the component's number in a mixture."""
    second = error_of(lambda: Mixture.multivariate([0.5, 0.5], [[0, 0]] * 2, [ROUND, covariance]))
    of_second = " of component 2" if "Σ" in message else "covariance 2"
    assert str(second) == message.replace("{}", of_second, 1)
    assert (second.field, second.index) == ("covariances", 1)
    alone = error_of(lambda: MultivariateGaussian((0.0, 0.0), covariance))
    assert str(alone) == message.replace("{}", "" if "Σ" in message else "covariance", 1)
    assert (alone.field, alone.index) == ("covariances", None)


def test_asymmetry_by_rounding_is_let_through() -> None:
    """1e-12 of the standard deviations multiplied; whatever their size."""
    for scale in (1.0, 1e-70, 1e70):
        covariance: Any = [[scale, scale], [scale * (1 + 5e-13), 2 * scale]]
        assert MultivariateGaussian((0.0, 0.0), covariance).covariance[0][1] == scale
        covariance[1][0] = scale * (1 + 3e-12)
        error = error_of(lambda: MultivariateGaussian((0.0, 0.0), covariance))  # noqa: B023
        assert "is not symmetric" in str(error)


# Means, and how many of everything


@pytest.mark.parametrize(
    ("mean", "message"),
    [
        (5, "mean 2 " + ROW.format("5")),
        ("ab", "mean 2 " + ROW.format("'ab'")),
        ({0: 1}, "mean 2 " + ROW.format("{0: 1}")),
        ([], "mean 2 is empty: give a number for each coordinate"),
        ([0, "1"], "coordinate 2 of mean 2 must be a number, got '1': give a number such as 0.9"),
        (
            [math.nan, 0],
            "coordinate 1 of mean 2 must be a finite number, got nan: correct it or leave it out",
        ),
        (
            [0, 1e80],
            "coordinate 2 of mean 2 is 1e+80, and refgmm computes with means up to 1e+76: "
            "choose a larger unit for the points",
        ),
    ],
)
def test_bad_means(mean: Any, message: str) -> None:
    """The coordinate and the component are named."""
    error = error_of(lambda: Mixture.multivariate([0.5, 0.5], [[0, 0], mean], [ROUND] * 2))
    assert str(error) == message
    assert (error.field, error.index) == ("means", 1)


@pytest.mark.parametrize(
    ("weights", "means", "covariances", "message", "field"),
    [
        ([0.5, 0.5], [[0, 0], [0]], [ROUND] * 2, "covariance 2 has 2 rows for a mean of 1 coordinate: give both the same dimension", "covariances"),
        ([1], [[0, 0, 0]], [ROUND], "covariance 1 has 2 rows for a mean of 3 coordinates: give both the same dimension", "covariances"),
        ([0.5, 0.5], [[0, 0], [0]], [ROUND, [[1]]], "mean 2 has 1 coordinate where mean 1 has 2 coordinates: give every component the same dimension", "means"),
        ([0.5, 0.5], [[0, 0]] * 2, [ROUND], "got 2 weights, 2 means, 1 covariances: give one of each for every component", "components"),
        ([1], [[0, 0]] * 2, [ROUND] * 2, "got 1 weights, 2 means, 2 covariances: give one of each for every component", "components"),
        ([0.5, 0.4], [[0, 0]] * 2, [ROUND] * 2, "weights must sum to 1, got 0.9 (0.1 too little): change them, or divide each by 0.9", "weights"),
        ([], [], [], "there are no components: give at least one", "components"),
    ],
)  # fmt: skip
def test_parameters_that_dont_belong_together(
    weights: Any, means: Any, covariances: Any, message: str, field: str
) -> None:
    """Numbers of components and dimensions must agree."""
    error = error_of(lambda: Mixture.multivariate(weights, means, covariances))
    assert (str(error), error.field) == (message, field)


def test_numbers_and_vectors_in_one_mixture() -> None:
    """A component of numbers beside one of vectors is refused."""
    components: Any = (Gaussian(0, 1), MultivariateGaussian((0.0,), ((1.0,),)))
    error = error_of(lambda: Mixture((0.5, 0.5), components))
    assert str(error) == (
        "mean 2 has 1 coordinate where mean 1 has one number: give every component the same dimension"
    )


# Points

DIFFERENT = "the points have {} each, and the means of the mixture 2 coordinates: give both the same dimension"


@pytest.mark.parametrize(
    ("points", "message", "index"),
    [
        ([[1, 2], [3]], "point 2 has 1 coordinate where point 1 has 2: give every point the same number", 1),
        ([[1, 2], [3, 4, 5]], "point 2 has 3 coordinates where point 1 has 2: give every point the same number", 1),
        ([[1], [2]], DIFFERENT.format("1 coordinate"), None),
        ([[1, 2, 3]], DIFFERENT.format("3 coordinates"), None),
        ([1, 2], DIFFERENT.format("one number"), None),
        ([[], []], "point 1 is empty: give a number for each coordinate", 0),
        ([[1, 2], []], "point 2 is empty: give a number for each coordinate", 1),
        ([[1, 2], 3], "point 2 " + ROW.format("3"), 1),
        ([[1, 2], "34"], "point 2 " + ROW.format("'34'"), 1),
        ([[1, 2], {3: 4}], "point 2 " + ROW.format("{3: 4}"), 1),
        ([{1: 2}], "point 1 must be a number, got {1: 2}: give a number such as 0.9", 0),
        ([[1, 2], [3, math.nan]], "coordinate 2 of point 2 must be a finite number, got nan: correct it, leave the point out, or keep missing values with missing=\"keep\" in refgmm.fit (missing=\"error\" is its default)", 1),
        ([[math.inf, 2]], "coordinate 1 of point 1 must be a finite number, got inf: correct it or leave it out", 0),
        ([[1, -1e80]], "coordinate 2 of point 1 is -1e+80, and refgmm computes with points up to 1e+75: choose a larger unit for the points", 0),
        ([[1, "2"]], "coordinate 2 of point 1 must be a number, got '2': give a number such as 0.9", 0),
        ([[1, None]], "coordinate 2 of point 1 must be a number, got None: give a number such as 0.9", 0),
        ([[True, 1]], "coordinate 1 of point 1 must be a number, got True: give a number such as 0.9", 0),
        ([[[1, 2]]], "coordinate 1 of point 1 must be a number, got [1, 2]: give a number such as 0.9", 0),
        ([], "there are no points: give at least one", None),
    ],
)  # fmt: skip
def test_bad_points(points: Any, message: str, index: int | None) -> None:
    """iterate and Problem refuse them with the same message, field and index."""
    for call in (lambda: iterate(points, START), lambda: Problem(points, START)):
        error = error_of(call)
        assert (str(error), error.field, error.index) == (message, "points", index)


def test_vectors_for_a_mixture_of_numbers() -> None:
    """Points of d coordinates don't fit a univariate mixture."""
    error = error_of(lambda: iterate([[1, 2]], Mixture.univariate([1], [0], [1])))
    assert str(error) == (
        "the points have 2 coordinates each, and the means of the mixture one number: "
        "give both the same dimension"
    )


# What counts as rows


class Array:
    """What numpy's arrays have: rows that are arrays, numbers with __float__; no list."""

    def __init__(self, values: Any) -> None:
        self.values = values

    @property
    def ndim(self) -> int:
        return 1 + Array(self.values[0]).ndim if isinstance(self.values, list) else 0

    def __iter__(self) -> Iterator["Array"]:
        if self.ndim == 0:
            raise TypeError("iteration over a 0-d array")
        return map(Array, self.values)

    def __float__(self) -> float:
        return float(self.values)


class Numpy(Array):
    """What numpy's own arrays have besides: the numbers at once, as Python's."""

    def tolist(self) -> Any:
        return self.values


class Frame:
    """What pandas' data frames have: an iterator over the columns' names, and to_numpy."""

    def __init__(self, values: Any) -> None:
        self.values = values

    def __iter__(self) -> Iterator[str]:
        return iter(["width", "height"])

    def to_numpy(self) -> Array:
        return Array(self.values)


ROWS = [[0.5, 1.25], [2.0, -1.0], [0.0, 0.75]]


@pytest.mark.parametrize(
    "container",
    [
        tuple,
        iter,
        Array,
        Numpy,
        Frame,
        lambda rows: map(tuple, rows),
        lambda rows: map(iter, rows),
        lambda rows: [array.array("d", row) for row in rows],
        lambda rows: [map(Fraction, row) for row in rows],
        lambda rows: ((Decimal(value) for value in row) for row in rows),
        lambda rows: [Frame(row) for row in rows],
    ],
)
def test_anything_that_holds_rows_of_numbers(container: Callable[[Any], Any]) -> None:
    """Lists, iterators, arrays and frames give the same epoch, bit for bit, and float points."""
    assert next(iterate(container(ROWS), START)) == next(iterate(ROWS, START))
    assert Problem(container(ROWS), START).points == tuple(map(tuple, ROWS))


def test_numpys_arrays_are_read_at_once() -> None:
    """The same doubles, as Python's floats, whatever the kind of number; truth values are none."""
    numpy = pytest.importorskip("numpy")
    for kind in ("float64", "float32", "int8", "object"):
        points = validation.points(numpy.array(ROWS, dtype="float64").astype(kind))
        expected = [[int(x) for x in row] for row in ROWS] if kind == "int8" else ROWS
        assert points == tuple(map(tuple, expected))
        assert {type(x) for row in points if isinstance(row, tuple) for x in row} == {float}
    assert validation.points(numpy.array([0.1, 0.2])) == (0.1, 0.2)
    refused = {
        "point 1 must be a number, got True": numpy.array([True, False]),
        "point 2 must be a number, got np.False_": [1.0, numpy.bool_(False)],
        "there are no points": numpy.zeros((0, 2)),
        "point 1 is empty": numpy.zeros((2, 0)),
        "coordinate 1 of point 1 must be a number, got [0.0, 0.0]": numpy.zeros((2, 2, 2)),
        "points must be a sequence of numbers, got 5.0": numpy.array(5.0),
        "point 2 must be a row of numbers, got array(5.)": [[1.0, 2.0], numpy.array(5.0)],
        "point 2 must be a number, got None": numpy.ma.array([1.0, 2.0], mask=[0, 1]),
        "coordinate 2 of point 1 must be a finite number, got nan": numpy.array([[1.0, math.nan]]),
    }
    for message, values in refused.items():
        assert str(error_of(partial(validation.points, values))).startswith(message)


def test_arrays_and_frames_as_parameters() -> None:
    """A covariance as a data frame, as its library makes it; means and rows as arrays; ints."""
    sigma = [[2.0, 0.5], [0.5, 1.0]]
    expected = Mixture.multivariate([1], [[0.0, 1.0]], [sigma])
    for kind in (Array, Frame, iter):
        make: Any = kind
        assert Mixture.multivariate([1], [make([0, 1])], [make(sigma)]) == expected
    arrays: list[Any] = [Array([1]), Array([[0, 1]]), Array([sigma])]
    assert Mixture.multivariate(*arrays) == expected


def test_scalars_of_other_libraries_are_numbers() -> None:
    """An array without dimensions is a number, though it has an iterator."""
    points = [Array(0.5), Array(2.0), Array(1.5)]
    assert Problem(points, Mixture.univariate([1], [0], [1])).points == (0.5, 2.0, 1.5)  # type: ignore[arg-type]


@pytest.mark.parametrize("scale", [1e-74, 1e74])
def test_points_near_the_limits(scale: float) -> None:
    """Within them nothing overflows: responsibilities and ln L are those of the unit problem."""
    usual = next(iterate(ROWS, START))
    start = Mixture.multivariate(
        [0.5, 0.5], [[0, 0], [scale, scale]], [[[scale * scale, 0], [0, scale * scale]]] * 2
    )
    epoch = next(iterate([[scale * value for value in row] for row in ROWS], start))
    for row, same in zip(epoch.e.responsibilities, usual.e.responsibilities, strict=True):
        assert row == pytest.approx(same, rel=1e-12)
    shift = 3 * 2 * math.log(scale)
    assert epoch.e.log_likelihood == pytest.approx(usual.e.log_likelihood - shift, rel=1e-13)
    assert epoch.events == ()
