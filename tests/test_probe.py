"""Bayes' rule at any place of a plot, against a Mixture, and by hand."""

import math
from statistics import NormalDist

import pytest

from refgmm import Mixture
from refgmm.probe import probe_of, stacked_responsibilities


def test_readings_are_those_of_the_mixture() -> None:
    """Where every component has a density, a probe says what the mixture says, to the bit."""
    mixture = Mixture.univariate([0.25, 0.75], [1, 3], [2, 0.5])
    probe = probe_of(mixture.weights, mixture.means, mixture.covariances)
    for x in (-40.0, 0.0, 1.7, 3.0, 90.0):
        reading, posterior = probe.at(x), mixture.posterior(x)
        assert reading.weighted_densities == posterior.weighted_densities
        assert reading.density == posterior.evidence == probe.density(x)
        assert reading.responsibilities == posterior.responsibilities


def test_two_coordinates_are_those_of_the_marginal() -> None:
    """In d dimensions a probe reads the marginal of the coordinates shown, in their order."""
    mixture = Mixture.multivariate(
        [0.3, 0.7],
        [(0, 1, 2), (3, 1, -1)],
        [[[2, 0.5, 0], [0.5, 1, 0.2], [0, 0.2, 3]], [[1, 0, 0.4], [0, 2, 0], [0.4, 0, 1]]],
    )
    probe = probe_of(mixture.weights, mixture.means, mixture.covariances, (2, 0))
    posterior = mixture.marginal((2, 0)).posterior((1.0, 0.5))
    assert probe.at((1.0, 0.5)).responsibilities == posterior.responsibilities
    assert probe.density((1.0, 0.5)) == posterior.evidence


@pytest.mark.parametrize("variance", [0.0, math.nan, -1.0])
def test_a_component_without_density_is_left_out(variance: float) -> None:
    """A collapsed component has no height and no share; the others share the place among them."""
    reading = probe_of((0.5, 0.25, 0.25), (0.0, 1.0, -1.0), (variance, 1.0, 1.0)).at(0.0)
    assert reading.weighted_densities[0] is None
    assert reading.responsibilities == (None, 0.5, 0.5)
    assert reading.density == pytest.approx(0.5 * NormalDist().pdf(1.0), rel=1e-15)


def test_a_component_of_weight_zero_answers_for_nothing() -> None:
    """Its height and share are 0, also where the others' densities underflow."""
    reading = probe_of((1.0, 0.0), (0.0, 1e6), (1.0, 1.0)).at(1e6)
    assert reading.weighted_densities == (0.0, 0.0)
    assert reading.responsibilities == (1.0, 0.0)


def test_without_any_density_nothing_answers() -> None:
    """Where all have collapsed the density is 0, and no share is known."""
    probe = probe_of((1.0,), (0.0,), (0.0,))
    assert probe.at(1.0).responsibilities == (None,)
    assert (probe.at(1.0).density, probe.density(1.0)) == (0.0, 0.0)
    assert stacked_responsibilities(probe, [0.0, 1.0]) == ()


def test_beyond_what_refgmm_computes_with_there_are_densities_alone() -> None:
    """At 1e76 only logarithms would tell who answers, and they take no such point: nobody does."""
    reading = probe_of((0.5, 0.5), (0.0, 1.0), (1.0, 1.0)).at(1e76)
    assert reading.weighted_densities == (0.0, 0.0)
    assert (reading.density, reading.responsibilities) == (0.0, (None, None))
    wide = probe_of((0.5, 0.5), (0.0, 0.0), (1e150, 1e150)).at(2e75)
    assert wide.responsibilities == (0.5, 0.5)


def test_stacked_responsibilities_rise_to_one() -> None:
    """Each boundary lies on the one before by a component's share, and the last at 1 everywhere."""
    xs = [-300.0, -1.0, 0.0, 2.0, 300.0]  # at the ends every density underflows
    mixture = Mixture.univariate([0.2, 0.3, 0.5], [-1, 0, 2], [1, 2, 0.5])
    stack = stacked_responsibilities(probe_of(mixture.weights, mixture.means, (1, 2, 0.5)), xs)
    assert len(stack) == 4
    for i, x in enumerate(xs):
        shares = mixture.responsibilities(x)
        assert stack[0][i] == 0.0
        for j in range(3):
            assert stack[j + 1][i] == pytest.approx(math.fsum(shares[: j + 1]), abs=1e-15)
        assert stack[3][i] == pytest.approx(1.0, abs=1e-15)
