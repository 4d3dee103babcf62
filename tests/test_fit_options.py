"""Options of a fit: those that there are not, those that don't go together; values of other libraries."""

import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from refgmm import InvalidValueError, Mixture
from refgmm.estimation import Fixed
from refgmm.fitting import fit
from refgmm.stopping import DEFAULT, Epochs

from .fits import cloud, refused, start
from .support import NOTE_POINTS

NAN = math.nan
SLANTED = Mixture.multivariate([0.5, 0.5], [[0, 0], [3, 3]], [[[2, 1], [1, 2]]] * 2)
UNEQUAL = Mixture.univariate([0.25, 0.75], [1, 2], [2, 1])


class Index:
    """A whole number of another library, such as numpy.int64."""

    def __init__(self, value: int) -> None:
        self.value = value

    def __index__(self) -> int:
        return self.value


class Frame:
    """A data frame: its iterator gives the names of its columns."""

    def __init__(self, rows: list[list[float]]) -> None:
        self.rows = rows

    def __iter__(self) -> Any:
        return iter(["a", "b"])

    def to_numpy(self) -> list[list[float]]:
        return self.rows


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        (
            "structure",
            "round",
            "there is no covariance structure 'round': choose one of full, tied, diagonal, tied diagonal, spherical and tied spherical",
        ),
        ("history", "all", "history must be one of 'none', 'parameters', 'full', got 'all'"),
        ("missing", "drop", "missing must be one of 'error', 'keep', got 'drop'"),
        ("restarts", 0, "restarts must be a whole number from 1 on, got 0"),
        ("restarts", 1.5, "restarts must be a whole number from 1 on, got 1.5"),
        ("restarts", True, "restarts must be a whole number from 1 on, got True"),
        ("component_restarts", -1, "component_restarts must be a whole number from 0 on, got -1"),
        (
            "component_restarts",
            None,
            "component_restarts must be a whole number from 0 on, got None",
        ),
        (
            "variance_floor",
            0,
            "variance floor must be positive and finite, got 0: give the square of a standard deviation above 0",
        ),
        (
            "variance_floor",
            "1",
            "variance floor must be a number, got '1': give a number such as 0.9",
        ),
        (
            "variance_floor",
            1e-200,
            "variance floor is 1e-200, and refgmm computes with variances from 1e-150 to 1e+151: choose another unit for the points",
        ),
        ("fixed", {"means": [0]}, "fixed must be a refgmm.Fixed, got {'means': [0]}"),
        ("prior", 0.01, "prior must be a refgmm.ConjugatePrior, got 0.01"),
    ],
    ids=str,
)
def test_options_that_there_are_not(name: str, value: Any, message: str) -> None:
    """Refused by name, with those that there are."""
    assert refused(NOTE_POINTS, 2, **{name: value}) == (name, message)


SAME = (
    "every restart would be the same: restarts need a number of components to start from, and an "
    "initialization by chance"
)


@pytest.mark.parametrize(
    ("points", "begin", "options", "field", "message"),
    [
        (cloud(2), start(2), {"restarts": 2}, "restarts", SAME),
        (cloud(2), [0, 1] * 12, {"restarts": 2}, "restarts", SAME),
        (cloud(2), 2, {"restarts": 2, "initialization": "quantiles"}, "restarts", SAME),
        (
            cloud(2),
            2,
            {"fixed": Fixed(means=[0])},
            "fixed",
            "fixed parameters keep the values of the start: give a Mixture to start from",
        ),
        (
            cloud(2),
            start(2),
            {"fixed": Fixed(means=[2])},
            "fixed",
            "fixed means must be numbers of components from 0 to 1, or 'all', got 2",
        ),
        (
            cloud(2),
            start(2),
            {"fixed": Fixed(weights=[-1])},
            "fixed",
            "fixed weights must be numbers of components from 0 to 1, or 'all', got -1",
        ),
        (
            cloud(2),
            start(2),
            {"fixed": Fixed(covariances=[True])},
            "fixed",
            "fixed covariances must be numbers of components from 0 to 1, or 'all', got True",
        ),
        (
            cloud(2),
            start(2),
            {"fixed": Fixed(covariances=[0]), "structure": "tied"},
            "fixed",
            "the structure 'tied' has one covariance for all components, so it can't be fixed for some of them: fix it for all, or choose the structure 'full'",
        ),
        (
            cloud(2),
            start(2),
            {"fixed": Fixed(weights=[0]), "equal_weights": True},
            "fixed",
            "equal weights leave none to hold fixed: choose one of both",
        ),
        (
            NOTE_POINTS,
            UNEQUAL,
            {"equal_weights": True},
            "start",
            "equal weights must be equal in the start, too: give each component 0.5",
        ),
        (
            NOTE_POINTS,
            UNEQUAL,
            {"structure": "shared"},
            "start",
            "the start is not of the structure 'tied' (all components share one covariance): give such covariances, or fit the structure 'full'",
        ),
        (
            cloud(2),
            SLANTED,
            {"structure": "diagonal"},
            "start",
            "the start is not of the structure 'diagonal' (each component has variances of its own; coordinates are uncorrelated): give such covariances, or fit the structure 'full'",
        ),
        (
            cloud(2),
            SLANTED,
            {"structure": "tied spherical"},
            "start",
            "the start is not of the structure 'tied spherical' (all components share one variance, the same in all directions): give such covariances, or fit the structure 'full'",
        ),
        (
            NOTE_POINTS,
            UNEQUAL,
            {"variance_floor": 1.5},
            "start",
            "component 2 starts with a variance of 1.0, below the floor 1.5: start it wider, or lower the floor",
        ),
    ],
)
def test_what_contradicts_itself(
    points: Any, begin: Any, options: dict[str, Any], field: str, message: str
) -> None:
    """Options that don't go together, or not with the start."""
    assert refused(points, begin, **options) == (field, message)


@pytest.mark.parametrize("value", [0, "weights", None])
def test_fixed_names_components_by_a_list(value: Any) -> None:
    """A bare number is refused."""
    with pytest.raises(InvalidValueError) as caught:
        Fixed(means=value)
    assert str(caught.value) == (
        f"fixed means must be numbers of components, or 'all', got {value!r}: give a list such as [0]"
    )


# Missing values

HOLED = [(0.2, NAN), *cloud(2)]


def test_missing_values_are_refused_by_default() -> None:
    """Row and coordinate are named, and the way to keep them."""
    message = (
        "coordinate 2 of point 1 must be a finite number, got nan: correct it, leave the point out, "
        'or keep missing values with missing="keep" in refgmm.fit (missing="error" is its default)'
    )
    assert refused(HOLED, 2) == ("points", message)


@pytest.mark.parametrize(
    ("points", "begin", "field", "message"),
    [
        (
            [(NAN, 1.0), (NAN, 2.0), (NAN, 4.0)],
            1,
            "points",
            "coordinate 1 is missing in every point: leave it out",
        ),
        ([(NAN, NAN), *cloud(2)], 1, "points", "point 1 has no value at all: leave it out"),
        (
            [(NAN, 1.0), (2.0, NAN), (1.0, NAN)],
            1,
            "points",
            "no point has all its values: give some that have, or a Mixture to start from",
        ),
        (
            HOLED,
            [0, 1] * 12 + [0],
            "start",
            "labels and responsibilities say nothing of missing values: start from a number of components or from a mixture",
        ),
        (
            HOLED,
            [[0.5, 0.5]] * 25,
            "start",
            "labels and responsibilities say nothing of missing values: start from a number of components or from a mixture",
        ),
        (
            [1.0, NAN, 2.0],
            1,
            "points",
            "point 2 must be a finite number, got nan: correct it or leave it out",
        ),
    ],
)
def test_missing_values_that_can_not_be_kept(
    points: Any, begin: Any, field: str, message: str
) -> None:
    """A coordinate or a row of nothing else; a number; and starts that say nothing of them."""
    assert refused(points, begin, missing="keep") == (field, message)


# Values of other libraries


def test_numbers_of_another_library() -> None:
    """Whole numbers by __index__, points by __float__, data frames by to_numpy."""
    few: Any = Index(2)
    options: dict[str, Any] = {"stop": Epochs(3)}
    expected = fit(cloud(1), 2, restarts=2, component_restarts=2, seed=2, **options)
    assert expected == fit(cloud(1), few, restarts=few, component_restarts=few, seed=few, **options)
    labels = [Index(i % 2) for i in range(24)]
    assert fit(cloud(1), labels, **options) == fit(cloud(1), [0, 1] * 12, **options)
    fixed = Fixed(means=[Index(1)])  # type: ignore[list-item]
    one = Fixed(means=[1])
    assert (
        fit(cloud(1), start(1), fixed=fixed).mixture == fit(cloud(1), start(1), fixed=one).mixture
    )
    rows: Any = [[0.25, 0.75], [0.5, 0.5], [1, 0], [0, 1], [0.3, 0.7]]
    framed = fit(NOTE_POINTS, Frame(rows), **options)
    assert framed == fit(NOTE_POINTS, rows, **options)


def test_a_floor_of_another_library() -> None:
    """A Fraction or a Decimal is a number."""
    options: dict[str, Any] = {"stop": Epochs(4), "initialization": "quantiles"}
    expected = fit(cloud(2), 2, variance_floor=1.5, **options)
    floors: list[Any] = [Fraction(3, 2), Decimal("1.5")]
    for floor in floors:
        assert fit(cloud(2), 2, variance_floor=floor, **options) == expected


def test_screening_goes_all_the_way_from_the_most_promising_start() -> None:
    """Short runs from every start; then the best of them is the run that it would be alone."""
    points = cloud(2)
    result = fit(points, 3, restarts=4, seed=2, screening=Epochs(3))
    short = fit(points, 3, restarts=4, seed=2, stop=(Epochs(3), *DEFAULT))
    best = max(short.runs, key=lambda run: run.log_likelihood)
    alone = fit(points, 3, restarts=4, seed=2).runs[best.number - 1]
    assert [run.epochs for run in result.runs if run.number != best.number] == [3, 3, 3]
    assert result.runs[best.number - 1] == alone
    assert (result.log_likelihood, result.epochs) == (alone.log_likelihood, alone.epochs)
    assert result.converged
    assert len(result.history) == alone.epochs + 1


def test_screening_must_be_a_rule() -> None:
    with pytest.raises(InvalidValueError, match="stopping rules"):
        fit(cloud(2), 2, restarts=2, screening=5)  # type: ignore[arg-type]
