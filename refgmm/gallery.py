"""The gallery: examples to walk through, each with what to watch, and one for each trouble.

EXAMPLES  all of them, from the lecture note's on to what can go wrong
named     one of them, by its key

Points come from the lecture note, from data that others published (refgmm/data/), or from a mixture
and a seed, rounded as one would write them down; so they are the same on every Python.

>>> example = named("collapse")
>>> print(f"{example.title}: {example.watch}")
Collapse onto a point: Component 2 is left alone with the point at 5. Its variance falls to zero, its peak grows without bound, and EM stops in epoch 3.
>>> example.problem().points
(0.2, 0.9, 1.1, 1.6, 2.0, 5.0)
"""

from collections.abc import Callable, Sequence
from importlib import resources
from typing import Any

from refgmm import examples, worked_example
from refgmm.arithmetic import Point
from refgmm.errors import InvalidValueError
from refgmm.mixture import Mixture
from refgmm.points_text import parse_points, parse_rows
from refgmm.problem import EXAMPLE_KEY, Problem
from refgmm.records import dataclass, replace
from refgmm.structures import STRUCTURES
from refgmm.validation import shown

KEY = EXAMPLE_KEY
"""Behind which an example's file, and Problem.extra, says which example it is."""


@dataclass(frozen=True, slots=True)
class Example:
    """A problem that is worth walking through.

    key: what programs call it
    title: what people call it
    shows: what it demonstrates, in a few words
    watch: what to watch while stepping, in one or two sentences
    make: makes points, start and structure
    source: where the points come from, where others measured them
    """

    key: str
    title: str
    shows: str
    watch: str
    make: Callable[[], Problem]
    source: str = ""

    def problem(self) -> Problem:
        """The problem. Its file will say which example it is, and where its points come from.

        >>> named("iris").problem().extra["example"]["title"]
        'Iris'
        """
        about = {"key": self.key, "title": self.title}
        if self.source:
            about["source"] = self.source
        return replace(self.make(), extra={KEY: about})


def named(key: str) -> Example:
    """The example of this key.

    >>> named("old_faithfull")
    Traceback (most recent call last):
    refgmm.errors.InvalidValueError: there is no example 'old_faithfull': choose one of note, old_faithful, ...
    """
    for example in EXAMPLES:
        if example.key == key:
            return example
    keys = ", ".join(example.key for example in EXAMPLES)
    raise InvalidValueError(
        f"there is no example {shown(key)}: choose one of {keys}", field="example"
    )


# Where points come from


def _text(file: str) -> str:
    """A file of refgmm/data/, wherever the package is installed."""
    return resources.files("refgmm").joinpath("data", file).read_text(encoding="utf-8")


def _drawn(mixture: Mixture[Any], n: int, seed: int) -> tuple[Point, ...]:
    """A sample, to two decimals: numbers that a person would write down."""
    return tuple(map(_to_two_decimals, mixture.sample(n, seed).points))


def _to_two_decimals(x: Point) -> Point:
    return tuple(round(value, 2) for value in x) if isinstance(x, tuple) else round(x, 2)


def _uncorrelated(variances: Sequence[float]) -> list[list[float]]:
    """A covariance of coordinates that go their own ways.

    >>> _uncorrelated([1, 4])
    [[1, 0.0], [0.0, 4]]
    """
    return [
        [value if a == b else 0.0 for b in range(len(variances))]
        for a, value in enumerate(variances)
    ]


# Data


def _old_faithful() -> Problem:
    """The start and the structure of mixtools' vignette."""
    points = parse_points(_text("old_faithful.csv"), "waiting_min").points
    start = Mixture.univariate([0.5, 0.5], means=[55, 80], variances=[25, 25])
    return Problem(points, start, structure=STRUCTURES["tied"])


def _old_faithful_in_the_plane() -> Problem:
    points = parse_rows(_text("old_faithful.csv"), ["eruptions_min", "waiting_min"]).points
    start = Mixture.multivariate([0.5, 0.5], [[2, 60], [4, 80]], [_uncorrelated([1, 100])] * 2)
    return Problem(points, start)


def _iris() -> Problem:
    columns = ["sepal_length_cm", "sepal_width_cm", "petal_length_cm", "petal_width_cm"]
    means = [[5, 3, 1, 0], [6, 3, 4, 1], [7, 3, 6, 2]]
    start = Mixture.multivariate([1 / 3] * 3, means, [_uncorrelated([0.25] * 4)] * 3)
    return Problem(parse_rows(_text("iris.csv"), columns).points, start)


def _three_components() -> Problem:
    start = Mixture.univariate([1 / 3] * 3, means=[-5, 0, 5], variances=[4, 4, 4])
    return Problem(_drawn(examples.three_gaussians(), 120, seed=1), start)


def _three_clouds() -> Problem:
    means = [[-1, -1], [5, 1], [1, 5]]
    start = Mixture.multivariate([1 / 3] * 3, means, [_uncorrelated([2, 2])] * 3)
    return Problem(_drawn(examples.three_gaussians_in_the_plane(), 120, seed=1), start)


def _two_moons() -> Problem:
    start = Mixture.multivariate([0.5, 0.5], [[0, 1], [1, -0.5]], [_uncorrelated([0.5, 0.5])] * 2)
    return Problem(_drawn(examples.two_moons(), 200, seed=1), start)


# Troubles: few points, so that every number can be followed by hand


def _with_two(
    points: Sequence[float],
    means: tuple[float, float],
    variance: float,
    weights: tuple[float, float] = (0.5, 0.5),
) -> Callable[[], Problem]:
    """These points, and two components of the same variance at the start."""
    return lambda: Problem(tuple(points), Mixture.univariate(weights, means, [variance, variance]))


def _slow() -> Problem:
    truth = Mixture.univariate([0.5, 0.5], means=[0, 2], variances=[1, 1])
    start = Mixture.univariate([0.5, 0.5], means=[-1, 3], variances=[1, 1])
    return Problem(_drawn(truth, 60, seed=5), start)


_ONE_GROUP = (0.9, 0.7, 1.2, 2.4, 1.8)
_ONE_GROUP_AND_A_STRAY = (0.2, 0.9, 1.1, 1.6, 2.0, 5.0)
_TWO_GROUPS = (-2.1, -1.7, -1.4, -0.9, 1.0, 1.3, 1.9, 2.2, 2.6)
_TWO_GROUPS_FAR_APART = (*_ONE_GROUP, 9.4, 10.1, 10.8, 9.9)
_THREE_GROUPS = (-4.3, -4.0, -3.8, -3.5, -0.4, -0.1, 0.2, 0.5, 4.6, 4.9, 5.3, 5.6)

_GEYSER = (
    "Old Faithful geyser, 272 eruptions: A. Azzalini, A. W. Bowman 1990, "
    '"A look at some data on the Old Faithful geyser", Applied Statistics 39, 357-365'
)
_FLOWERS = (
    "150 irises, measured by E. Anderson 1935, Bulletin of the American Iris Society 59, 2-5; "
    'R. A. Fisher 1936, "The use of multiple measurements in taxonomic problems", '
    "Annals of Eugenics 7, 179-188"
)

EXAMPLES = (
    Example(
        "note",
        "The lecture note's example",
        "every number of one epoch",
        "Five points, two components: after one epoch the means are 1.3066 and 1.4982, as the note "
        "prints them.",
        worked_example.problem,
    ),
    Example(
        "old_faithful",
        "Old Faithful",
        "real data, one shared variance",
        "Minutes of waiting for a geyser: short waits and long ones separate within a few epochs, "
        "and nine epochs give the numbers that mixtools' authors printed.",
        _old_faithful,
        _GEYSER,
    ),
    Example(
        "old_faithful_in_the_plane",
        "Old Faithful, in two dimensions",
        "ellipses that turn",
        "How long an eruption lasts, and the wait for the next: two round components stretch, turn "
        "and settle on two clouds.",
        _old_faithful_in_the_plane,
        _GEYSER,
    ),
    Example(
        "three_components",
        "Three components in one dimension",
        "a mixture found again",
        "120 points drawn from three Gaussians: three equal bells find them again, in place, height "
        "and width.",
        _three_components,
    ),
    Example(
        "three_clouds",
        "Three clouds in two dimensions",
        "covariances found again",
        "One cloud is round, one rises to the right, one falls: watch the covariances beside the "
        "diagonal take their signs.",
        _three_clouds,
    ),
    Example(
        "iris",
        "Iris",
        "four dimensions",
        "Four measurements of 150 flowers: one component finds the setosas at once; the other two take "
        "longer to divide versicolor and virginica.",
        _iris,
        _FLOWERS,
    ),
    Example(
        "two_moons",
        "Two moons",
        "when the model is wrong",
        "EM does reach a maximum, but no Gaussian bends: each component takes a piece of the other's "
        "moon.",
        _two_moons,
    ),
    Example(
        "collapse",
        "Collapse onto a point",
        "variance collapse",
        "Component 2 is left alone with the point at 5. Its variance falls to zero, its peak grows "
        "without bound, and EM stops in epoch 3.",
        _with_two(_ONE_GROUP_AND_A_STRAY, means=(2, 4.5), variance=1),
    ),
    Example(
        "empty_component",
        "An empty component",
        "empty component",
        "Component 2 starts so far away that it answers for nothing: its new mean would be 0/0, and "
        "EM stops in epoch 1.",
        _with_two(_ONE_GROUP, means=(1.5, 60), variance=1),
    ),
    Example(
        "identical_starts",
        "Identical starts",
        "identical components",
        "Both components start alike, so they share every point as their weights say, and stay alike "
        "for ever.",
        _with_two(_ONE_GROUP, means=(1.5, 1.5), variance=1, weights=(0.3, 0.7)),
    ),
    Example(
        "label_switching",
        "Label switching: one start",
        "same maximum, other names",
        "Component 1 ends on the left, component 2 on the right. Compare with the other start.",
        _with_two(_TWO_GROUPS, means=(-1, 1), variance=1),
    ),
    Example(
        "label_switching_exchanged",
        "Label switching: the other start",
        "same maximum, other names",
        "The same points with the two means exchanged: the same log-likelihood and the same two bells, "
        "but their numbers are exchanged.",
        _with_two(_TWO_GROUPS, means=(1, -1), variance=1),
    ),
    Example(
        "local_optimum",
        "Two local optima: the lower",
        "the start decides",
        "Three groups, two components: from here the right component takes two of them, and the "
        "log-likelihood stays at -27.15.",
        _with_two(_THREE_GROUPS, means=(-4, 2), variance=1),
    ),
    Example(
        "better_optimum",
        "Two local optima: the higher",
        "the start decides",
        "The same points from another start: here the left component takes two groups, and the "
        "log-likelihood reaches -26.34.",
        _with_two(_THREE_GROUPS, means=(-2, 5), variance=1),
    ),
    Example(
        "slow_convergence",
        "Slow convergence",
        "hundreds of epochs",
        "The two bells overlap so much that each epoch gains next to nothing: it takes more than 600 "
        "until one gains less than 1e-8.",
        _slow,
    ),
    Example(
        "underflow",
        "Underflow",
        "densities of zero",
        "Points 6 to 9 are so far from both narrow components that their densities are 0 as doubles: "
        "logarithms give the responsibilities, and epoch 2 is well again.",
        _with_two(_TWO_GROUPS_FAR_APART, means=(1.5, 4), variance=0.01),
    ),
)
"""In the order in which a gallery shows them."""
