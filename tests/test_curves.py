"""Curves to draw: the heights are the mixture's, the range holds what must be seen."""

import itertools
import math

import pytest

from refgmm import Gaussian, Mixture
from refgmm.curves import drawing_range, ellipse, marginal, plane_range, sample
from refgmm.gaussian import MultivariateGaussian


def test_heights_are_the_mixtures() -> None:
    """Each component's height is its weight times its density, and their sum the evidence."""
    mixture = Mixture.univariate([0.25, 0.75], [1, 3], [2, 0.5])
    curves = sample((0.25, 0.75), (1.0, 3.0), (2.0, 0.5), (-2.0, 6.0), steps=50)
    for i, x in enumerate(curves.x):
        posterior = mixture.posterior(x)
        heights = tuple(heights[i] for heights in curves.components if heights)
        assert heights == posterior.weighted_densities
        assert curves.mixture[i] == posterior.evidence


def test_the_grid_ascends_and_follows_narrow_components() -> None:
    """x ascends from end to end; a component far narrower than a step shows its full height."""
    curves = sample((1.0,), (0.3,), (1e-8,), (0.0, 1.0), steps=10)
    assert (curves.x[0], curves.x[-1]) == (0.0, 1.0)
    assert all(a < b for a, b in itertools.pairwise(curves.x))
    assert max(curves.mixture) == Gaussian(0.3, 1e-8).density(0.3)


@pytest.mark.parametrize("variance", [0.0, float("nan"), -1.0])
def test_a_component_without_density_has_no_curve(variance: float) -> None:
    """After a collapse the component has no curve, and the mixture is that of the others."""
    curves = sample((0.5, 0.5), (1.0, 2.0), (variance, 1.0), (0.0, 3.0), steps=4)
    assert curves.components[0] is None
    assert curves.mixture == curves.components[1]
    alone = sample((1.0,), (1.0,), (variance,), (0.0, 3.0), steps=4)
    assert alone.mixture == (0.0,) * 5


@pytest.mark.parametrize(
    ("points", "means", "variances"),
    [
        ([0.9, 2.4], [1.0, 2.0], [2.0, 2.0]),
        ([1.0], [1.0], [1e-150]),
        ([1.0], [1.0], [0.0]),
        ([-1e75, 1e75], [0.0], [1.0]),
        ([1e9, 1e9 + 1e-6], [1e9], [1.0]),
        ([1e75], [1e75], [1e-150]),
        ([0.0], [5.0], [1.0]),
    ],
)
def test_the_range_holds_points_and_means_inside(
    points: list[float], means: list[float], variances: list[float]
) -> None:
    """Every point and mean lies strictly inside, whatever the scale."""
    low, high = drawing_range(points, means, variances)
    assert all(low < x < high for x in points + means)


def test_one_point_at_its_mean_is_seen_with_its_bell() -> None:
    """Where all is at one place, the widest component sets the range: three sigma each way."""
    assert drawing_range([2.0], [2.0], [4.0]) == (-4.0, 8.0)


COVARIANCES = [
    ((4.0, 0.0), (0.0, 9.0)),
    ((2.0, -1.5), (-1.5, 3.0)),
    ((1e-12, 1e-7), (1e-7, 1.0)),
    ((1e150, 5e149), (5e149, 1e150)),
]


@pytest.mark.parametrize("covariance", COVARIANCES)
@pytest.mark.parametrize("sigmas", [1, 2])
def test_the_ellipse_lies_at_its_mahalanobis_distance(
    covariance: tuple[tuple[float, float], ...], sigmas: int
) -> None:
    """(x - mu)^T Sigma^-1 (x - mu) = r^2 all around, and the outline closes."""
    mean = (0.0, -2.0)
    outline = ellipse(mean, covariance, sigmas, steps=24)
    gaussian = MultivariateGaussian(mean, covariance)
    assert len(outline) == 25
    assert outline[0] == outline[-1]
    for x in outline:
        assert gaussian.mahalanobis_distance(x) == pytest.approx(sigmas, rel=1e-6)


@pytest.mark.parametrize(
    ("covariance", "across", "up"),
    [
        (((1.0, 1.0), (1.0, 1.0)), 2.0, 2.0),
        (((4.0, 0.0), (0.0, 0.0)), 4.0, 0.0),
        (((0.0, 0.0), (0.0, 4.0)), 0.0, 4.0),
        (((0.0, 0.0), (0.0, 0.0)), 0.0, 0.0),
    ],
)
def test_a_singular_covariance_has_a_flat_ellipse(
    covariance: tuple[tuple[float, float], ...], across: float, up: float
) -> None:
    """Where no variance is left in a direction, the ellipse is a line, or a point."""
    outline = ellipse((0.0, 0.0), covariance, sigmas=1, steps=100)
    xs, ys = zip(*outline, strict=True)
    assert (max(xs) - min(xs), max(ys) - min(ys)) == pytest.approx((across, up), abs=1e-7)


@pytest.mark.parametrize("bad", [math.nan, -1.0])
def test_what_is_no_covariance_has_no_ellipse(bad: float) -> None:
    """0/0 and a negative variance have no outline."""
    assert ellipse((0.0, 0.0), ((bad, 0.0), (0.0, 1.0)), 1, 8) == ()
    assert ellipse((0.0, 0.0), ((1.0, 0.0), (0.0, bad)), 1, 8) == ()


def test_a_marginal_keeps_the_order_of_its_coordinates() -> None:
    """Coordinates exchanged exchange rows and columns."""
    covariance = ((1.0, 0.1, 0.2), (0.1, 2.0, 0.3), (0.2, 0.3, 3.0))
    assert marginal((1.0, 2.0, 3.0), covariance, (2, 1)) == ((3.0, 2.0), ((3.0, 0.3), (0.3, 2.0)))


@pytest.mark.parametrize(
    ("points", "means", "variances"),
    [
        ([0.0, 8.0], [4.0], [4.0]),
        ([1.0], [1.0], [1e-150]),
        ([-1e75, 1e75], [0.0], [1.0]),
        ([1e9, 1e9 + 1e-6], [1e9], [1e12]),
    ],
)
def test_the_range_of_a_plane_holds_points_and_means_inside(
    points: list[float], means: list[float], variances: list[float]
) -> None:
    """Every point and mean lies strictly inside; so do ellipses that are no larger than the points."""
    low, high = plane_range(points, means, variances)
    assert all(low < x < high for x in points + means)
    extent = max(points) - min(points)
    for mean, variance in zip(means, variances, strict=True):
        if 0 < 2 * math.sqrt(variance) <= 0.5 * extent:
            assert low <= mean - 2 * math.sqrt(variance) < mean + 2 * math.sqrt(variance) <= high
