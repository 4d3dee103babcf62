"""What a fit refuses: each with a message that says what is wrong, where, and the remedy."""

import math
from typing import Any

import pytest

from refgmm import InvalidValueError, Mixture
from refgmm.fitting import fit
from refgmm.stopping import Epochs

from .fits import cloud, refused, start
from .support import NOTE_POINTS

NAN = math.nan
ULP = math.ulp(1e10)  # two points 2 ULP apart have the variance ULP^2
HARD = [[1.0, 0.0]] * 3 + [[0.0, 1.0]] * 2


@pytest.mark.parametrize(
    ("begin", "field", "message"),
    [
        (6, "components", "6 components are more than the 5 different points: choose fewer"),
        (0, "components", "the number of components must be a whole number from 1 on, got 0"),
        (-1, "components", "the number of components must be a whole number from 1 on, got -1"),
        (2.5, "components", "the number of components must be a whole number from 1 on, got 2.5"),
        (2.0, "components", "the number of components must be a whole number from 1 on, got 2.0"),
        (True, "components", "the number of components must be a whole number from 1 on, got True"),
        (
            "3",
            "start",
            "start must be a number of components, a Mixture, labels or responsibilities, got '3'",
        ),
        (
            None,
            "start",
            "start must be a number of components, a Mixture, labels or responsibilities, got None",
        ),
        (
            [0, 1],
            "start",
            "there are 2 labels or responsibilities for 5 points: give one, or one row, for each point",
        ),
        (
            [],
            "start",
            "there are 0 labels or responsibilities for 5 points: give one, or one row, for each point",
        ),
        (
            [0, 0, 2, 2, 0],
            "start",
            "no point has the label 1, and there is one of 2: number the components from 0 without gaps",
        ),
        (
            [1, 1, 2, 2, 1],
            "start",
            "no point has the label 0, and there is one of 2: number the components from 0 without gaps",
        ),
        ([0, 0, -1, 1, 1], "start", "label 3 must be a whole number from 0 on, got -1"),
        ([0, 0, 1.0, 1, 1], "start", "label 3 must be a whole number from 0 on, got 1.0"),
        ([0.0, 0.0, 1.0, 1.0, 0.0], "start", "label 1 must be a whole number from 0 on, got 0.0"),
        (
            [False, True] * 2 + [True],
            "start",
            "label 1 must be a whole number from 0 on, got False",
        ),
        (
            "aabba",
            "start",
            "start must be a number of components, a Mixture, labels or responsibilities, got 'aabba'",
        ),
        (list("aabba"), "start", "label 1 must be a whole number from 0 on, got 'a'"),
        ([0, 0, [1], 1, 1], "start", "label 3 must be a whole number from 0 on, got [1]"),
        (
            [*HARD[:4], [0.5, 0.4]],
            "start",
            "the responsibilities of point 5 must be probabilities that sum to 1, got [0.5, 0.4]",
        ),
        (
            [*HARD[:4], [1.5, -0.5]],
            "start",
            "the responsibilities of point 5 must be probabilities that sum to 1, got [1.5, -0.5]",
        ),
        (
            [*HARD[:4], [NAN, 1]],
            "start",
            "the responsibilities of point 5 must be probabilities that sum to 1, got [nan, 1]",
        ),
        (
            [*HARD[:4], ["1", 0]],
            "start",
            "the responsibilities of point 5 must be probabilities that sum to 1, got ['1', 0]",
        ),
        (
            [*HARD[:4], []],
            "start",
            "the responsibilities of point 5 must be probabilities that sum to 1, got []",
        ),
        (
            [*HARD[:4], 1],
            "start",
            "the responsibilities of point 5 must be probabilities that sum to 1, got 1",
        ),
        (
            [*HARD[:4], [0.5, 0.25, 0.25]],
            "start",
            "point 5 has 3 responsibilities where point 1 has 2: give one for each component",
        ),
        (
            start(2),
            "points",
            "the points have one number each, and the means of the mixture 2 coordinates: give both the same dimension",
        ),
    ],
    ids=str,
)
def test_a_start_that_is_none(begin: Any, field: str, message: str) -> None:
    """A number of components, a mixture, labels from 0, or rows that sum to 1; nothing else."""
    assert refused(NOTE_POINTS, begin) == (field, message)


def test_the_points_have_another_dimension_than_the_mixture() -> None:
    """Both named."""
    message = "the points have 3 coordinates each, and the means of the mixture 2 coordinates: give both the same dimension"
    assert refused(cloud(3), start(2)) == ("points", message)


@pytest.mark.parametrize(
    ("points", "k", "message"),
    [
        (
            [3.0],
            1,
            "all points are the same, 3.0: there is no variance to fit. Give points that differ",
        ),
        (
            [3.0] * 4,
            1,
            "all points are the same, 3.0: there is no variance to fit. Give points that differ",
        ),
        (
            [(1.0, 2.0)] * 3,
            1,
            "all points are the same, (1.0, 2.0): there is no variance to fit. Give points that differ",
        ),
        (
            [(1, 5, 2), (2, 5, 3), (4, 5, 1)],
            2,
            "coordinate 2 is the same in every point, 5.0, and has no variance to fit: leave it out",
        ),
        (
            [(t, 2 * t) for t in range(5)],
            2,
            "the covariance of the points is singular: coordinate 2 follows from coordinate 1. Leave a coordinate out, give more points, or choose the structure 'diagonal' or 'spherical'",
        ),
        (
            [(t, t * t, 3 * t - t * t + 1) for t in range(6)],
            2,
            "the covariance of the points is singular: coordinate 3 follows from coordinates 1 to 2. Leave a coordinate out, give more points, or choose the structure 'diagonal' or 'spherical'",
        ),
        (
            [(1, 2, 4), (2, 7, 1), (5, 5, 5)],
            2,
            "the covariance of the points is singular: there are 3 points in 3 dimensions. Leave a coordinate out, give more points, or choose the structure 'diagonal' or 'spherical'",
        ),
        (
            [1e10, 1e10 + 2 * ULP],
            1,
            "the variance of the points, 3.637978807091713e-12, is no larger than what rounding makes at values near 1e+10: subtract a number near that from each",
        ),
        (
            [(1e10, 1), (1e10 + 2 * ULP, 2)],
            1,
            "the variance of coordinate 1, 3.637978807091713e-12, is no larger than what rounding makes at values near 1e+10: subtract a number near that from each",
        ),
        (
            [1e-300, 2e-300, 3e-300],
            1,
            "the variance of the points is 0.0, and refgmm computes with variances from 1e-150 on: choose a smaller unit for the points",
        ),
        (
            [1e-100, 3e-100],
            1,
            "the variance of the points is 1e-200, and refgmm computes with variances from 1e-150 on: choose a smaller unit for the points",
        ),
        (
            [(1, 1e-300), (2, 3e-300), (3, 1e-300)],
            1,
            "the variance of coordinate 2 is 0.0, and refgmm computes with variances from 1e-150 on: choose a smaller unit for the points",
        ),
        (
            [1e300, 2e300],
            1,
            "point 1 is 1e+300, and refgmm computes with points up to 1e+75: choose a larger unit for the points",
        ),
        (
            [(0, 0), (1, -1e200)],
            1,
            "coordinate 2 of point 2 is -1e+200, and refgmm computes with points up to 1e+75: choose a larger unit for the points",
        ),
        ([], 1, "there are no points: give at least one"),
    ],
    ids=str,
)
@pytest.mark.parametrize("initialization", ["k-means++", "random responsibilities"])
def test_points_that_no_mixture_fits(
    points: list[Any], k: int, message: str, initialization: str
) -> None:
    """No variance, a constant coordinate, points on a plane, a unit too small or too large."""
    assert refused(points, k, initialization=initialization) == ("points", message)
    weights = [1] * len(points)
    assert refused(points, k, structure="tied", sample_weights=weights) == ("points", message)


def test_points_on_a_line_have_a_simpler_covariance() -> None:
    """What the message advises does work; a constant coordinate, too, where one variance is kept."""
    line = [(t, 2 * t) for t in range(9)]
    for structure in ("diagonal", "tied diagonal", "spherical", "tied spherical"):
        result = fit(line, 2, structure=structure, initialization="quantiles", stop=Epochs(5))
        assert not result.degenerated
    assert not fit([(t, 5) for t in range(9)], 2, structure="spherical", stop=Epochs(3)).degenerated


@pytest.mark.parametrize("scale", [1e-70, 1e-30, 1e30, 1e70])
def test_a_fit_knows_no_unit(scale: float) -> None:
    """Within the limits, points of any size are fitted alike."""
    points = [0.0, 1.0, 2.5, 7.0, 8.0, 9.5]
    plain = fit(points, 2, initialization="quantiles", stop=Epochs(6))
    other = fit([x * scale for x in points], 2, initialization="quantiles", stop=Epochs(6))
    assert other.mixture.weights == pytest.approx(plain.mixture.weights, rel=1e-9)
    assert [m / scale for m in other.mixture.means] == pytest.approx(plain.mixture.means, rel=1e-9)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([1, 1, 1], "there are 3 sample weights for 5 points: give one for each"),
        ([1] * 6, "there are 6 sample weights for 5 points: give one for each"),
        (
            [1, 1, -0.5, 1, 1],
            "sample weight 3 must not be negative, got -0.5: give how often the point counts",
        ),
        (
            [1, 1, NAN, 1, 1],
            "sample weight 3 must be a finite number, got nan: correct it or leave it out",
        ),
        (
            [1, 1, math.inf, 1, 1],
            "sample weight 3 must be a finite number, got inf: correct it or leave it out",
        ),
        ([1, "2", 1, 1, 1], "sample weight 2 must be a number, got '2': give a number such as 0.9"),
        ([0] * 5, "no point counts: give some a sample weight above 0"),
        (2, "sample_weights must be a sequence of numbers, got 2: give one for each point"),
        (
            "11111",
            "sample_weights must be a sequence of numbers, got '11111': give one for each point",
        ),
    ],
    ids=str,
)
def test_sample_weights_that_are_none(weights: Any, message: str) -> None:
    """As many as points, from 0 on, not all 0."""
    assert refused(NOTE_POINTS, 2, sample_weights=weights) == ("sample_weights", message)


def test_points_that_do_not_count_are_no_different_points() -> None:
    """More components than the different points that count; fewer such points than dimensions."""
    message = "3 components are more than the 2 different points: choose fewer"
    assert refused([1, 2, 3, 2], 3, sample_weights=[1, 1, 0, 1]) == ("components", message)
    points = [(1, 2, 4), (2, 7, 1), (5, 5, 5), (6, 1, NAN), (3, 1, 1)]
    message = (
        "the covariance of the points is singular: there are 3 complete points that count in 3 "
        "dimensions. Leave a coordinate out, give more points, or choose the structure 'diagonal' or "
        "'spherical'"
    )
    weights = [1, 1, 1, 1, 0]
    found = refused(points, 2, missing="keep", sample_weights=weights)
    assert found == ("points", message)


def test_a_mixture_needs_no_point_with_all_its_values() -> None:
    """It says what to expect of the others; a number of components has to be found a start for."""
    rows = [(1.0, math.nan), (math.nan, 2.0), (3.0, math.nan), (math.nan, 5.0)]
    start = Mixture.multivariate([1], [(2, 3)], [((1, 0), (0, 1))])
    result = fit(rows, start, missing="keep", stop=Epochs(1))
    assert result.mixture.means[0] == pytest.approx((2.0, 3.25))  # (2 + 3 + 5 + 3) / 4
    with pytest.raises(InvalidValueError, match="no point has all its values"):
        fit(rows, 1, missing="keep")
