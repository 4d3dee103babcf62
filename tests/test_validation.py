"""Bad input, each with the exact message: what is wrong, where, and what to do about it."""

import array
import math
import warnings
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from refgmm import Gaussian, InvalidValueError, Mixture, Problem, RefGMMError, iterate
from refgmm.validation import cut, number, points, shown, variance, weight

from .support import note_start

Points = Any


def error_of(call: Callable[[], object]) -> InvalidValueError:
    with pytest.raises(InvalidValueError) as caught:
        call()
    return caught.value


class Stubborn:
    """Has __float__ but is no number."""

    def __float__(self) -> float:
        raise TypeError

    def __repr__(self) -> str:
        return "Stubborn()"


NOT_A_NUMBER = "must be a number, got {}: give a number such as 0.9"
NOT_FINITE = "must be a finite number, got {}: correct it or leave it out"


@pytest.mark.parametrize(
    ("points", "message", "index"),
    [
        ([], "there are no points: give at least one", None),
        ((), "there are no points: give at least one", None),
        (iter(()), "there are no points: give at least one", None),
        ([1.0, math.nan], "point 2 " + NOT_FINITE.format("nan"), 1),
        ([math.inf], "point 1 " + NOT_FINITE.format("inf"), 0),
        ([0, 0, -math.inf], "point 3 " + NOT_FINITE.format("-inf"), 2),
        ([Decimal("nan")], "point 1 " + NOT_FINITE.format("Decimal('NaN')"), 0),
        (["0.9"], "point 1 " + NOT_A_NUMBER.format("'0.9'"), 0),
        ([1, "abc"], "point 2 " + NOT_A_NUMBER.format("'abc'"), 1),
        ([1, ""], "point 2 " + NOT_A_NUMBER.format("''"), 1),
        ([b"1"], "point 1 " + NOT_A_NUMBER.format("b'1'"), 0),
        ([True], "point 1 " + NOT_A_NUMBER.format("True"), 0),
        ([1, 2, None], "point 3 " + NOT_A_NUMBER.format("None"), 2),
        (
            [[1, 2], 3],
            "point 2 must be a row of numbers, got 3: give a list such as [1.0, 2.0]",
            1,
        ),
        ([1, [1, 2]], "point 2 " + NOT_A_NUMBER.format("[1, 2]"), 1),
        ([1j], "point 1 " + NOT_A_NUMBER.format("1j"), 0),
        ([{}], "point 1 " + NOT_A_NUMBER.format("{}"), 0),
        (
            [Stubborn()],
            "point 1 must be one number, got Stubborn(): give a number such as 0.9",
            0,
        ),
        (
            "0.9 0.7",
            "points must be a sequence of numbers, got '0.9 0.7': give a list such as [0.9, 0.7]",
            None,
        ),
        (
            b"12",
            "points must be a sequence of numbers, got b'12': give a list such as [0.9, 0.7]",
            None,
        ),
        (
            0.9,
            "points must be a sequence of numbers, got 0.9: give a list such as [0.9, 0.7]",
            None,
        ),
        (
            None,
            "points must be a sequence of numbers, got None: give a list such as [0.9, 0.7]",
            None,
        ),
        (
            {0.9: 1},
            "points must be a sequence of numbers, got {0.9: 1}: give a list such as [0.9, 0.7]",
            None,
        ),
        (
            {0.9},
            "points must be a sequence of numbers, got {0.9}: give a list such as [0.9, 0.7]",
            None,
        ),
        (
            [10**400],
            "point 1 " + NOT_FINITE.format("1000000000000000000000000000000000000..."),
            0,
        ),
        ([10**5000], "point 1 " + NOT_FINITE.format("an endless int"), 0),
        ([Fraction(10**400)], "point 1 " + NOT_FINITE.format("Fraction(1000000000000000000000000000..."), 0),
        (
            [1, -1e76],
            "point 2 is -1e+76, and refgmm computes with points up to 1e+75: "
            "choose a larger unit for the points",
            1,
        ),
        (
            [math.nextafter(1e75, math.inf)],
            "point 1 is 1.0000000000000001e+75, and refgmm computes with points up to 1e+75: choose a larger unit for the points",
            0,
        ),
        (["x" * 1_000_000], "point 1 " + NOT_A_NUMBER.format("'" + "x" * 36 + "..."), 0),
    ],
)  # fmt: skip
def test_bad_points(points: Points, message: str, index: int | None) -> None:
    """iterate and Problem refuse bad points with the same message, field and index."""
    if not isinstance(points, (list, tuple, str, bytes, float, dict, set, type(None))):
        points = list(points)
    for call in (lambda: iterate(points, note_start()), lambda: Problem(points, note_start())):
        error = error_of(call)
        assert str(error) == message
        assert (error.field, error.index) == ("points", index)


def test_a_list_nested_too_deeply_to_show() -> None:
    """A list nested beyond what repr can follow has a message, too."""
    nested: Any = 1
    for _ in range(100_000):
        nested = [nested]
    error = error_of(lambda: iterate([nested], note_start()))
    assert str(error) == "coordinate 1 of point 1 " + NOT_A_NUMBER.format("an endless list")
    error = error_of(lambda: iterate([1, nested], note_start()))
    assert str(error) == "point 2 " + NOT_A_NUMBER.format("an endless list")


def mixture(
    weights: Any = (0.5, 0.5), means: Any = (1, 2), variances: Any = (2, 2)
) -> Callable[[], Mixture[Gaussian]]:
    return lambda: Mixture.univariate(weights, means, variances)


POSITIVE = "must be positive and finite, got {}: give the square of a standard deviation above 0"
LIMITS = "is {}, and refgmm computes with variances from 1e-150 to 1e+151: choose another unit for the points"
NEGATIVE = "must not be negative, got {}: give a probability, from 0 to 1"


@pytest.mark.parametrize(
    ("call", "message", "field", "index"),
    [
        (
            mixture([0.5, 0.7]),
            "weights must sum to 1, got 1.2 (0.2 too much): change them, or divide each by 1.2",
            "weights",
            None,
        ),
        (
            mixture([0.5, 0.25]),
            "weights must sum to 1, got 0.75 (0.25 too little): change them, or divide each by 0.75",
            "weights",
            None,
        ),
        (
            mixture([0, 0]),
            "weights must sum to 1, got 0.0 (1 too little): change them",
            "weights",
            None,
        ),
        (
            mixture([0.5, 0.5 + 2.0**-28]),
            "weights must sum to 1, got 1.0000000037252903 (3.72529e-09 too much): change them, "
            "or divide each by 1.0000000037252903",
            "weights",
            None,
        ),
        (mixture([1.5, -0.5]), "weight 2 " + NEGATIVE.format("-0.5"), "weights", 1),
        (mixture([-1e-300, 1]), "weight 1 " + NEGATIVE.format("-1e-300"), "weights", 0),
        (mixture([math.nan, 1]), "weight 1 " + NOT_FINITE.format("nan"), "weights", 0),
        (mixture([0.5, math.inf]), "weight 2 " + NOT_FINITE.format("inf"), "weights", 1),
        (mixture(["0.5", 0.5]), "weight 1 " + NOT_A_NUMBER.format("'0.5'"), "weights", 0),
        (mixture([True, 0]), "weight 1 " + NOT_A_NUMBER.format("True"), "weights", 0),
        (mixture(means=[1, math.nan]), "mean 2 " + NOT_FINITE.format("nan"), "means", 1),
        (mixture(means=[None, 2]), "mean 1 " + NOT_A_NUMBER.format("None"), "means", 0),
        (mixture(means=["a", 2]), "mean 1 " + NOT_A_NUMBER.format("'a'"), "means", 0),
        (
            mixture(means=[1, 1e80]),
            "mean 2 is 1e+80, and refgmm computes with means up to 1e+76: "
            "choose a larger unit for the points",
            "means",
            1,
        ),
        (mixture(variances=[2, 0]), "variance 2 " + POSITIVE.format("0"), "variances", 1),
        (mixture(variances=[-2.0, 2]), "variance 1 " + POSITIVE.format("-2.0"), "variances", 0),
        (mixture(variances=[-0.0, 2]), "variance 1 " + POSITIVE.format("-0.0"), "variances", 0),
        (mixture(variances=[2, math.nan]), "variance 2 " + POSITIVE.format("nan"), "variances", 1),
        (mixture(variances=[math.inf, 2]), "variance 1 " + POSITIVE.format("inf"), "variances", 0),
        (mixture(variances=["2", 2]), "variance 1 " + NOT_A_NUMBER.format("'2'"), "variances", 0),
        (mixture(variances=[False, 2]), "variance 1 " + NOT_A_NUMBER.format("False"), "variances", 0),
        (mixture(variances=[1e-151, 2]), "variance 1 " + LIMITS.format("1e-151"), "variances", 0),
        (mixture(variances=[2, 5e-324]), "variance 2 " + LIMITS.format("5e-324"), "variances", 1),
        (mixture(variances=[2, 1e152]), "variance 2 " + LIMITS.format("1e+152"), "variances", 1),
        (
            mixture(variances=[2, 10**400]),
            "variance 2 " + POSITIVE.format("1000000000000000000000000000000000000..."),
            "variances",
            1,
        ),
        (
            mixture([1]),
            "got 1 weights, 2 means, 2 variances: give one of each for every component",
            "components",
            None,
        ),
        (
            mixture(means=[1, 2, 3]),
            "got 2 weights, 3 means, 2 variances: give one of each for every component",
            "components",
            None,
        ),
        (
            mixture(variances=[]),
            "got 2 weights, 2 means, 0 variances: give one of each for every component",
            "components",
            None,
        ),
        (mixture([], [], []), "there are no components: give at least one", "components", None),
        (lambda: Mixture((), ()), "there are no components: give at least one", "components", None),
        (
            lambda: Mixture((0.5, 0.5), (Gaussian(0, 1),)),
            "2 weights for 1 components: give one weight for each component",
            "weights",
            None,
        ),
        (lambda: Gaussian(0, 0.0), "variance " + POSITIVE.format("0.0"), "variances", None),
        (lambda: Gaussian(0, -1), "variance " + POSITIVE.format("-1"), "variances", None),
        (lambda: Gaussian(math.nan, 1), "mean " + NOT_FINITE.format("nan"), "means", None),
    ],
)  # fmt: skip
def test_bad_parameters(
    call: Callable[[], object], message: str, field: str, index: int | None
) -> None:
    """Bad parameters are refused with the exact message, field and index."""
    error = error_of(call)
    assert str(error) == message
    assert (error.field, error.index) == (field, index)


def test_errors_are_one_family() -> None:
    """An InvalidValueError is a RefGMMError, which is a ValueError."""
    error = error_of(mixture([0.5, 0.7]))
    assert isinstance(error, RefGMMError)
    assert isinstance(error, ValueError)


@pytest.mark.parametrize("value", [1, 1.0, Fraction(1), Decimal(1), array.array("f", [1])[0]])
def test_whatever_converts_itself_is_a_number(value: Any) -> None:
    """Floats, ints and objects with __float__ become floats."""
    assert repr(number(value, "points")) == "1.0"
    assert repr(weight(value)) == "1.0"
    assert repr(variance(value)) == "1.0"


@pytest.mark.parametrize(
    "limit", [1e75, -1e75, 0.0, 5e-324, math.nextafter(1e75, 0), 10**75 - 10**59]
)
def test_points_up_to_the_limit_are_accepted(limit: float) -> None:
    """The limits themselves are allowed."""
    assert Problem((limit,), note_start()).points == (float(limit),)


@pytest.mark.parametrize("given", [(1.0, -1e75), ((1.0, 2.0), (3.0, 4.0)), ((1.0,), (2.0,))])
def test_points_as_they_should_be_come_back_themselves(given: Points) -> None:
    """A tuple that needs no change is not copied: what was found out about it holds on."""
    assert points(given) is given


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ((1.0, 2), (1.0, 2.0)),
        ((1.0, True), None),
        ((1.0, math.nan), None),
        ((1.0, 1e76), None),
        ((1.0, (2.0,)), None),
        (((1.0, 2.0), (3.0, 4)), ((1.0, 2.0), (3.0, 4.0))),
        (((1.0, 2.0), [3.0, 4.0]), ((1.0, 2.0), (3.0, 4.0))),
        (((1.0, 2.0), (3.0,)), None),
        (((1.0, 2.0), 3.0), None),
        (((1.0, 2.0), (3.0, math.nan)), None),
        (((),), None),
        ((), None),
    ],
)
def test_tuples_are_checked_like_lists(given: Points, wanted: Points | None) -> None:
    """One number that won't do, or needs to be converted, is found in a tuple as it is in a list."""
    as_list = list(given)
    if wanted is None:
        errors = [error_of(lambda these=these: points(these)) for these in (given, as_list)]  # type: ignore[misc]
        assert str(errors[0]) == str(errors[1])
        assert errors[0].index == errors[1].index
        return
    assert points(given) == points(as_list) == wanted
    assert repr(points(given)) == repr(wanted)  # 2 equals 2.0


@pytest.mark.parametrize("limit", [1e-150, 1e151])
def test_variances_up_to_the_limits_are_accepted(limit: float) -> None:
    """The limits themselves are allowed."""
    assert Gaussian(0, limit).variance == limit


@pytest.mark.parametrize("excess", [1e-9, -1e-9, 5e-10, 2.0**-52])
def test_weights_may_miss_1_by_rounding(excess: float) -> None:
    """Up to 1e-9 is taken for rounding; the documented tolerance, both ways."""
    assert Mixture.univariate([0.5, 0.5 + 0.999 * excess], [0, 1], [1, 1]).weights[0] == 0.5


def test_a_million_tenths_of_a_weight() -> None:
    """1/n + ... + 1/n, n = 10,000, sums to 1 only up to rounding, and is accepted."""
    n = 10_000
    assert len(Mixture.univariate([1 / n] * n, [0] * n, [1] * n).weights) == n


def test_a_new_mean_may_pass_the_largest_point() -> None:
    """Rounding can put a mean of points at 1e75 beyond them: the run goes on."""
    start = Mixture.univariate([0.3, 0.7], [1e75, 9e74], [6.8e146, 1.75e148])
    epochs = iterate([1e75] * 5 + [9.9e74], start)
    assert max(next(epochs).m.means) <= 1e75 * (1 + 2.0**-50)
    next(epochs)
    for count in range(2, 40):
        new_mean = next(iterate([1e75] * count + [0.0], Mixture.univariate([1], [0], [1e151])))
        assert new_mean.after.components[0].mean <= 1e75


def test_messages_show_little_of_what_is_long() -> None:
    """shown and cut give at most 40 characters, and say when there were more."""
    assert cut("a" * 40) == "a" * 40
    assert cut("a" * 41) == "a" * 37 + "..."
    assert shown(list(range(1000))) == "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11..."[:37] + "..."
    assert shown("a\nb") == r"'a\nb'"


class NumpysComplex(complex):
    """As numpy's complex numbers do, it turns into a float with a warning alone."""

    def __float__(self) -> float:
        warnings.warn("the imaginary part is gone", stacklevel=2)
        return self.real


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ([0.5, NumpysComplex(1, 2)], "point 2"),
        ([[0.5, NumpysComplex(1, 2)]], "coordinate 2 of point 1"),
    ],
)
def test_complex_numbers_are_refused(given: list[Any], name: str) -> None:
    """No imaginary part is dropped."""
    with pytest.raises(InvalidValueError) as caught:
        points(given)
    assert str(caught.value) == f"{name} must be a number, got (1+2j): give a number such as 0.9"
