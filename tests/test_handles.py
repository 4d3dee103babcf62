"""Handles: one standard deviation from the mean, as another formula finds it."""

import math

import pytest

from refgmm import Mixture
from refgmm.gaussian import MultivariateGaussian
from refgmm.handles import axis_ends, curve_handles


def test_a_handle_stands_where_the_curve_bends() -> None:
    """It lies on the component's curve, one sigma right of the mean."""
    mixture = Mixture.univariate([0.25, 0.75], [1, 3], [2, 0.25])
    for handle, component in zip(
        curve_handles(mixture.weights, (1, 3), (2, 0.25)), range(2), strict=True
    ):
        assert handle is not None
        x, height = handle
        assert x == pytest.approx((1 + math.sqrt(2), 3.5)[component], rel=1e-15)
        assert height == mixture.posterior(x).weighted_densities[component]


@pytest.mark.parametrize("variance", [0.0, math.nan])
def test_no_curve_no_handle(variance: float) -> None:
    """A collapsed component has none."""
    assert curve_handles((1.0,), (0.0,), (variance,)) == (None,)


@pytest.mark.parametrize(
    "covariance", [((2.0, -1.5), (-1.5, 3.0)), ((1.0, 0.0), (0.0, 1.0)), ((4.0, 1.0), (1.0, 0.5))]
)
def test_axes_end_at_one_sigma_and_are_orthogonal(
    covariance: tuple[tuple[float, float], ...],
) -> None:
    """Both have Mahalanobis distance 1, stand at a right angle, and the second is the longer."""
    mean = (5.0, -2.0)
    gaussian = MultivariateGaussian(mean, covariance)
    (a, b), (c, d) = ((x - 5.0, y + 2.0) for x, y in axis_ends(mean, covariance))
    for x in axis_ends(mean, covariance):
        assert gaussian.mahalanobis_distance(x) == pytest.approx(1.0, rel=1e-12)
    assert a * c + b * d == pytest.approx(0.0, abs=1e-12)
    assert math.hypot(a, b) <= math.hypot(c, d) + 1e-12


def test_what_is_no_covariance_has_no_axes() -> None:
    """0/0 and negative variances have none."""
    assert axis_ends((0.0, 0.0), ((math.nan, 0.0), (0.0, 1.0))) == ()
    assert axis_ends((0.0, 0.0), ((-1.0, 0.0), (0.0, 1.0))) == ()
