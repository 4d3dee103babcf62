"""Generated points: the same again from what the file remembers."""

import json
import math
from typing import Any

import pytest

from refgmm import Mixture, Problem
from refgmm.errors import FileFormatError, InvalidValueError
from refgmm.generated import KEY, Generated

LINE = Mixture.univariate([0.3, 0.7], [0, 10], [1, 4])
PLANE = Mixture.multivariate([0.5, 0.5], [[0, 0], [5, 1]], [[[1, 0.5], [0.5, 2]]] * 2)


@pytest.mark.parametrize("mixture", [LINE, PLANE])
def test_the_file_draws_the_same_points(mixture: Mixture[Any]) -> None:
    """Through a problem file and back: the same mixture, and the same points to the last bit."""
    generated = Generated(mixture, n=40, seed=7)
    start = Mixture.of_parameters([1.0], mixture.means[:1], mixture.covariances[:1])
    problem = Problem(generated.points(), start, {KEY: generated.to_document()})
    again = Problem.from_json(problem.to_json())
    assert Generated.from_document(again.extra[KEY]) == generated
    assert Generated.from_document(again.extra[KEY]).points() == again.points


def test_the_points_are_the_mixtures_sample() -> None:
    """n points with the mixture's seed; fewer are the first of them; another seed draws others."""
    points = Generated(LINE, 50, 3).points()
    assert points == LINE.sample(50, 3).points
    assert Generated(LINE, 20, 3).points() == points[:20]
    assert Generated(LINE, 50, 4).points() != points


def test_the_points_follow_the_mixture() -> None:
    """Their mean lies within four standard errors of the mixture's."""
    points = Generated(LINE, 2000, 1).points()
    mean = math.fsum(points) / 2000
    assert abs(mean - 7.0) < 4 * math.sqrt(LINE.variance / 2000)


@pytest.mark.parametrize(
    ("n", "seed", "message"),
    [
        (0, 1, "n must be a whole number from 1 on, got 0: give a number such as 1000"),
        (2.5, 1, "n must be a whole number from 1 on, got 2.5: give a number such as 1000"),
        (3, -1, "seed must be a whole number from 0 on, got -1: give a seed such as 1"),
        (3, "x", "seed must be a whole number from 0 on, got 'x': give a seed such as 1"),
        (3, True, "seed must be a whole number from 0 on, got True: give a seed such as 1"),
    ],
)
def test_counts_and_seeds_that_will_not_do(n: Any, seed: Any, message: str) -> None:
    """Refused when it is made, not when it is drawn; also where a file has it."""
    document = {**Generated(LINE, 1, 1).to_document(), "n": n, "seed": seed}
    with pytest.raises(InvalidValueError) as made:
        Generated(LINE, n, seed)
    with pytest.raises(InvalidValueError) as read:
        Generated.from_document(document)
    assert str(made.value) == str(read.value) == message


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ([1], '"generated" should be an object with n, seed and mixture: got [1]'),
        (
            {"n": 1, "seed": 1, "mixture": 3},
            '"generated.mixture" should be an object with weights, means and variances: got 3',
        ),
        (
            {"n": 1, "seed": 1, "mixture": {"weights": [1], "means": [0]}},
            '"generated.mixture.variances" should be a list of numbers: it is missing',
        ),
    ],
)
def test_what_is_missing_in_a_file(document: Any, message: str) -> None:
    """The error says what is wrong, and where in the file."""
    with pytest.raises(FileFormatError) as caught:
        Generated.from_document(document)
    assert str(caught.value) == message


def test_it_is_plain_json() -> None:
    """What stands in the file is lists and numbers."""
    document = Generated(PLANE, 5, 2).to_document()
    assert json.loads(json.dumps(document)) == document
    assert set(document["mixture"]) == {"weights", "means", "covariances"}
