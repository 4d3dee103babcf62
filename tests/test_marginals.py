"""Marginals and conditionals of vectors: what is left of a mixture when coordinates go, or are known."""

import math
import random
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from refgmm import Gaussian, InvalidValueError, Mixture, examples
from refgmm.gaussian import MultivariateGaussian

PLANE = examples.three_gaussians_in_the_plane()


def random_mixture(d: int, seed: int) -> Mixture[MultivariateGaussian]:
    """Three components with covariances A A^T + 0.3, A normal."""
    rng = random.Random(seed)
    shares = [rng.uniform(0.5, 2) for _ in range(3)]
    weights = [share / math.fsum(shares) for share in shares]
    means = [[rng.gauss(0, 2) for _ in range(d)] for _ in range(3)]
    covariances = []
    for _ in range(3):
        a = [[rng.gauss() for _ in range(d)] for _ in range(d)]
        covariances.append(
            [
                [math.fsum(map(float.__mul__, p, q)) + 0.3 * (i == j) for j, q in enumerate(a)]
                for i, p in enumerate(a)
            ]
        )
    return Mixture.multivariate(weights, means, covariances)


def splits(d: int) -> list[tuple[int, ...]]:
    """Every choice of some coordinates of d, but not all."""
    return [tuple(a for a in range(d) if bits >> a & 1) for bits in range(1, 2**d - 1)]


def as_asked(x: tuple[float, ...]) -> Any:
    """A point of the remaining coordinates: a number, where one remains."""
    return x[0] if len(x) == 1 else x


@pytest.mark.parametrize("d", [2, 3, 4])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_conditional_times_marginal_is_the_joint_density(d: int, seed: int) -> None:
    """p(x_a | x_b) p(x_b) = p(x), to 12 digits, for every way to split the coordinates."""
    mixture = random_mixture(d, seed)
    for x in mixture.sample(3, seed).points:
        for b in splits(d):
            rest = tuple(x[a] for a in range(d) if a not in b)
            conditional = mixture.conditional({a: x[a] for a in b})
            product = conditional.density(as_asked(rest)) * mixture.marginal(b).density(
                [x[a] for a in b]
            )
            assert product == pytest.approx(mixture.density(x), rel=1e-12)


def test_a_marginal_is_the_joint_density_integrated() -> None:
    """The trapezoid rule over the other coordinate converges geometrically for Gaussians."""
    step = 1 / 16
    for a in (0, 1):
        for value in (-1.0, 0.5, 3.0):
            others = [i * step for i in range(-14 * 16, 18 * 16)]
            points = [(value, other) if a == 0 else (other, value) for other in others]
            area = math.fsum(map(PLANE.density, points)) * step
            assert PLANE.marginal(a).density(value) == pytest.approx(area, rel=1e-12)


def test_one_coordinate_alone_or_in_a_list() -> None:
    """An int gives a mixture of numbers; a list of one, vectors of one coordinate."""
    number, vector = PLANE.marginal(1), PLANE.marginal([1])
    assert number.components[2] == Gaussian(4, 0.5)
    assert vector.components[2] == MultivariateGaussian((4.0,), ((0.5,),))
    assert (number.dimension, vector.dimension) == (None, 1)
    assert number.weights == vector.weights == PLANE.weights


def test_the_order_is_the_one_asked_for() -> None:
    """Means and covariances are picked as they are, bit for bit."""
    mixture = random_mixture(4, 9)
    order = (3, 0, 2)
    for whole, part in zip(mixture.components, mixture.marginal(order).components, strict=True):
        assert part.mean == tuple(whole.mean[a] for a in order)
        assert part.covariance == tuple(
            tuple(whole.covariance[max(a, b)][min(a, b)] for b in order) for a in order
        )
    assert mixture.marginal(range(4)).means == mixture.means


def test_moments_of_a_marginal_are_those_of_the_whole() -> None:
    """Mean and variance of coordinate a are entry a of the mean and covariance of all."""
    for a in (0, 1):
        assert PLANE.marginal(a).mean == pytest.approx(PLANE.mean[a], rel=1e-15)
        assert PLANE.marginal(a).variance == pytest.approx(PLANE.covariance[a][a], rel=1e-15)


def inverse(matrix: list[list[Fraction]]) -> list[list[Fraction]]:
    """By Gauss and Jordan, in fractions."""
    d = len(matrix)
    rows = [[*row, *(Fraction(a == b) for b in range(d))] for a, row in enumerate(matrix)]
    for a in range(d):
        rows[a] = [entry / rows[a][a] for entry in rows[a]]
        for b in range(d):
            if b != a:
                rows[b] = [x - rows[b][a] * y for x, y in zip(rows[b], rows[a], strict=True)]
    return [row[d:] for row in rows]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_conditionals_are_bishops_formulas_in_fractions(seed: int) -> None:
    """mu_a + Sigma_ab Sigma_bb^-1 (x_b - mu_b) and Sigma_aa - Sigma_ab Sigma_bb^-1 Sigma_ba (2.81, 2.82)."""
    gaussian = random_mixture(4, seed).components[0]
    known = {2: 0.7, 0: -1.3}
    b, a = [0, 2], [1, 3]
    sigma = [
        [Fraction(gaussian.covariance[max(i, j)][min(i, j)]) for j in range(4)] for i in range(4)
    ]
    precision = inverse([[sigma[i][j] for j in b] for i in b])
    gain = [[sum(sigma[i][b[m]] * precision[m][n] for m in range(2)) for n in range(2)] for i in a]
    deviation = [Fraction(known[i]) - Fraction(gaussian.mean[i]) for i in b]
    mean = [
        Fraction(gaussian.mean[i]) + sum(g * e for g, e in zip(row, deviation, strict=True))
        for i, row in zip(a, gain, strict=True)
    ]
    covariance = [
        [sigma[i][j] - sum(row[n] * sigma[b[n]][j] for n in range(2)) for j in a]
        for i, row in zip(a, gain, strict=True)
    ]
    conditional = gaussian.conditional(known)
    assert conditional.mean == pytest.approx([float(m) for m in mean], rel=1e-13)
    assert isinstance(conditional, MultivariateGaussian)
    for row, exact in zip(conditional.covariance, covariance, strict=True):
        assert row == pytest.approx([float(entry) for entry in exact], rel=1e-13)


@pytest.mark.parametrize("gap", [1e-3, 1e-10, 1e-15])
def test_nearly_dependent_coordinates_keep_every_digit(gap: float) -> None:
    """1 - r^2 to 15 digits where r is nearly 1: computed as that difference, it would keep none."""
    r = 1 - gap
    gaussian = MultivariateGaussian((1.0, 2.0), ((1.0, r), (r, 1.0)))
    conditional = gaussian.conditional({0: 3})
    assert isinstance(conditional, Gaussian)
    assert conditional.variance == pytest.approx(float(1 - Fraction(r) * Fraction(r)), rel=1e-15)
    assert conditional.mean == pytest.approx(2 + r * 2, rel=1e-15)


def test_the_known_decides_which_component() -> None:
    """The weights are the responsibilities for what is known, also where the densities underflow."""
    identity = [[1, 0], [0, 1]]
    mixture = Mixture.multivariate([0.25, 0.75], [[0, 0], [8, 5]], [identity, identity])
    assert mixture.conditional({0: 4}).weights == pytest.approx((0.25, 0.75), rel=1e-14)
    assert mixture.conditional({0: -4}).weights[0] == pytest.approx(1)
    far = mixture.conditional({0: 1e6})
    assert far.weights == (0.0, 1.0)
    assert far.means == (0.0, 5.0)
    same = Mixture.multivariate([0.25, 0.75], [[0, 0], [0, 5]], [identity, identity])
    assert same.conditional({0: 1e6}).weights == pytest.approx((0.25, 0.75), rel=1e-3)


def test_conditionals_of_a_sample_are_regressions() -> None:
    """Near x_0 = 1, the x_1 of a large sample have the conditional's mean, within four standard errors."""
    near = [y for x, y in PLANE.sample(20_000, 8).points if abs(x - 1) < 0.1]
    conditional = PLANE.conditional({0: 1})
    error = math.sqrt(conditional.variance / len(near))
    assert len(near) > 500
    assert abs(math.fsum(near) / len(near) - conditional.mean) < 4 * error


def test_what_is_known_in_any_order() -> None:
    """{2: ., 0: .} is {0: ., 2: .}; what remains is in ascending order."""
    mixture = random_mixture(4, 5)
    assert mixture.conditional({2: 1, 0: -1}) == mixture.conditional({0: -1.0, 2: 1.0})
    assert mixture.conditional({1: 0}).dimension == 3
    assert mixture.conditional({0: 0, 1: 0, 3: 0}).dimension is None


@pytest.mark.parametrize(
    ("coordinates", "message"),
    [
        (2, "2 is not a coordinate: give a whole number from 0 to 1, as Python counts"),
        (-1, "-1 is not a coordinate: give a whole number from 0 to 1, as Python counts"),
        (0.0, "0.0 is not a coordinate: give a whole number from 0 to 1, as Python counts"),
        (True, "True is not a coordinate: give a whole number from 0 to 1, as Python counts"),
        (None, "None is not a coordinate: give a whole number from 0 to 1, as Python counts"),
        ("0", "'0' is not a coordinate: give a whole number from 0 to 1, as Python counts"),
        ([0, 5], "5 is not a coordinate: give a whole number from 0 to 1, as Python counts"),
        ([1, 0, 1], "coordinate 1 is there more than once in [1, 0, 1]: give each once"),
        ([], "there are no coordinates: give at least one, counted from 0"),
    ],
)
def test_wrong_coordinates(coordinates: Any, message: str) -> None:
    """The message holds the one that is wrong, as it was given."""
    with pytest.raises(InvalidValueError) as caught:
        PLANE.marginal(coordinates)
    assert str(caught.value) == message
    assert caught.value.field == "coordinates"


@pytest.mark.parametrize(
    ("known", "message", "field"),
    [
        (
            {2: 1},
            "2 is not a coordinate: give a whole number from 0 to 1, as Python counts",
            "known",
        ),
        (
            {0: math.nan},
            "coordinate 1 of point must be a finite number, got nan: correct it or leave it out",
            "points",
        ),
        (
            {},
            "nothing is known: give at least one coordinate and its value, such as {0: 1.5}",
            "known",
        ),
        (
            {0: 1, 1: 2},
            "all coordinates are known: leave out at least one, for there is no distribution of none",
            "known",
        ),
        (
            [1, 2],
            "known must map coordinates to values, got [1, 2]: give a dict such as {0: 1.5}",
            "known",
        ),
    ],
)
def test_wrong_knowledge(known: Any, message: str, field: str) -> None:
    """A mixture and a single Gaussian say the same."""
    for ask in (PLANE.conditional, PLANE.components[0].conditional):
        with pytest.raises(InvalidValueError) as caught:
            ask(known)
        assert str(caught.value) == message
        assert caught.value.field == field


def test_the_only_coordinate_of_vectors_of_one() -> None:
    """The message doesn't say "from 0 to 0"."""
    alone = Mixture.multivariate([1], [[0]], [[[1]]])
    assert alone.marginal(0).quantile(0.5) == 0.0
    with pytest.raises(InvalidValueError, match=r"^1 is not a coordinate: give 0, the only one$"):
        alone.marginal(1)


def test_numbers_have_no_coordinates() -> None:
    """A univariate mixture says what marginals are for."""
    line = examples.three_gaussians()
    asks: list[tuple[str, Callable[[], object]]] = [
        ("marginals", lambda: line.marginal(0)),
        ("conditionals", lambda: line.conditional({0: 1})),
    ]
    for asked, ask in asks:
        with pytest.raises(InvalidValueError) as caught:
            ask()
        assert str(caught.value) == (
            f"{asked} are for vectors, and the points of this mixture are numbers: "
            "make it by Mixture.multivariate"
        )
