"""What a fit may ask beyond maximum likelihood: held fixed, equal weights, a prior, a floor.

Each M step is a maximum under a constraint. So the log-likelihood (with a prior, plus its logarithm)
never falls, and at the end of a fit no small step that the constraint allows raises it.
"""

import math
from typing import Any

import pytest

from refgmm import Mixture
from refgmm.estimation import Fixed, floored, smallest_variance
from refgmm.events import VarianceFloored
from refgmm.fitting import fit
from refgmm.linear_algebra import eigen
from refgmm.stopping import Epochs
from refgmm.structures import STRUCTURES

from .fits import (
    CONVERGED,
    EVERY_DIMENSION,
    EVERY_STRUCTURE,
    assert_never_falls,
    assert_no_step_climbs,
    cloud,
    neighbours,
    start,
)

# Held fixed


ALL_FIXED = [
    Fixed(weights=[0]),
    Fixed(means=[1]),
    Fixed(covariances=[0]),
    Fixed(means="all"),
    Fixed(covariances="all"),
    Fixed(weights=[2], means=[0, 2], covariances=[2]),
    Fixed(weights="all", covariances=[1]),
]


@pytest.mark.parametrize("d", [1, 2])
@pytest.mark.parametrize("fixed", ALL_FIXED, ids=str)
def test_what_is_held_fixed_stays_and_the_rest_climbs(fixed: Fixed, d: int) -> None:
    """Fixed parameters keep their bits at each epoch; the others reach a maximum given these."""
    points = cloud(d, n=36, k=3, seed=6)
    begin = start(d, k=3)
    result = fit(points, begin, fixed=fixed, stop=CONVERGED)
    assert result.converged
    of = {name: fixed.of(name, 3) for name in ("weights", "means", "covariances")}
    for progress in result.history:
        for name, which in of.items():
            for j in which:
                assert getattr(progress.mixture, name)[j] == getattr(begin, name)[j]
    for name, which in of.items():
        for j in set(range(3)) - set(which):
            assert getattr(result.mixture, name)[j] != getattr(begin, name)[j], (name, j)
    assert_never_falls(result)
    assert_no_step_climbs(points, result, neighbours(result.mixture, "full", **of))


@pytest.mark.parametrize("structure", ["tied", "tied diagonal", "tied spherical", "spherical"])
@pytest.mark.parametrize("d", [1, 2])
def test_fixed_means_with_every_kind_of_covariance(structure: str, d: int) -> None:
    """Scatters are taken about the fixed mean: nothing of the structure climbs higher."""
    points = cloud(d)
    result = fit(points, start(d), structure=structure, fixed=Fixed(means=[0]), stop=CONVERGED)
    assert_never_falls(result)
    assert_no_step_climbs(points, result, neighbours(result.mixture, structure, means=[0]))


def test_a_shared_covariance_is_fixed_for_all() -> None:
    """A shared covariance can be held fixed as a whole."""
    result = fit(cloud(2), start(2), structure="tied", fixed=Fixed(covariances="all"))
    assert result.mixture.covariances == start(2).covariances
    assert result.free_parameters == 1 + 2 * 2


def test_free_weights_share_what_the_fixed_leave_by_their_counts() -> None:
    """Against a search: no other split of what is left raises sum_j N_j ln alpha_j."""
    points = cloud(1, n=30, k=3)
    begin = Mixture.univariate([0.2, 0.3, 0.5], [0, 3, 6], [1, 1, 1])
    fixed = Fixed(weights=[1], means="all", covariances="all")
    result = fit(points, begin, fixed=fixed, stop=Epochs(1), history="full")
    counts = result.trace[0].m.effective_counts
    first, _, third = result.mixture.weights

    def expected_log_likelihood(alpha: float) -> float:
        return counts[0] * math.log(alpha) + counts[2] * math.log(0.7 - alpha)

    best = max((i * 0.7e-5 for i in range(1, 100_000)), key=expected_log_likelihood)
    assert abs(first - best) < 1e-5
    assert abs(first + third - 0.7) < 1e-15
    assert abs(first / third - counts[0] / counts[2]) < 1e-14


def test_a_lone_free_weight_stays_what_is_left() -> None:
    """Also where no point is left for its component, whose mean and covariance are fixed."""
    begin = Mixture.univariate([0.25, 0.75], [2, 1e6], [3, 3])
    fixed = Fixed(weights=[0], means=[1], covariances=[1])
    result = fit(cloud(1), begin, fixed=fixed)
    assert result.mixture.weights == (0.25, 0.75)
    assert not result.degenerated
    assert result.mixture.means[1] == 1e6


def test_a_component_that_needs_no_points_may_have_none() -> None:
    """Held fixed in mean and covariance, a component may go empty: its weight becomes 0."""
    begin = Mixture.univariate([0.5, 0.5], [2, 1e6], [3, 3])
    result = fit(cloud(1), begin, fixed=Fixed(means=[1], covariances=[1]))
    assert result.mixture.weights == (1.0, 0.0)
    assert not result.degenerated


@pytest.mark.parametrize(
    ("structure", "fixed", "k", "d", "count"),
    [
        ("full", Fixed(), 3, 2, 2 + 6 + 9),
        ("full", Fixed(weights=[0]), 3, 2, 1 + 6 + 9),
        ("full", Fixed(weights=[0, 1]), 3, 2, 0 + 6 + 9),
        ("full", Fixed(weights="all"), 3, 2, 0 + 6 + 9),
        ("full", Fixed(means=[0, 2]), 3, 2, 2 + 2 + 9),
        ("full", Fixed(covariances=[1]), 3, 2, 2 + 6 + 6),
        ("diagonal", Fixed(covariances=[1]), 3, 2, 2 + 6 + 4),
        ("tied", Fixed(covariances="all"), 3, 2, 2 + 6 + 0),
        ("spherical", Fixed(weights="all", means="all", covariances="all"), 3, 2, 0),
        ("full", Fixed(means=[0]), 2, 1, 1 + 1 + 2),
    ],
)
def test_free_parameters_are_those_not_held_fixed(
    structure: str, fixed: Fixed, k: int, d: int, count: int
) -> None:
    """Counted by hand: free weights less one, d for each mean, and the covariances'."""
    result = fit(cloud(d, k=k), start(d, k), structure=structure, fixed=fixed, stop=Epochs(1))
    assert result.free_parameters == count


def test_nothing_fixed_changes_no_bit() -> None:
    """Fixed() in whatever spelling is maximum likelihood as it is."""
    plain = fit(cloud(2), start(2), stop=Epochs(5))
    for nothing in (Fixed(), Fixed([], [], []), Fixed(weights=set(), means=range(0))):
        assert fit(cloud(2), start(2), stop=Epochs(5), fixed=nothing) == plain


@EVERY_STRUCTURE
@pytest.mark.parametrize("d", [1, 2])
def test_equal_weights_stay_equal(structure: str, d: int) -> None:
    """Every weight is 1/k, to the bit; means and covariances reach a maximum given that."""
    points = cloud(d, n=30)
    points += points[::2]  # of one cluster
    result = fit(points, start(d), structure=structure, equal_weights=True, stop=CONVERGED)
    assert result.mixture.weights == (0.5, 0.5)
    assert result.free_parameters == STRUCTURES[structure].free_parameters(2, d) - 1
    assert_never_falls(result)
    assert_no_step_climbs(points, result, neighbours(result.mixture, structure, weights=(0, 1)))
    free = fit(points, start(d), structure=structure, stop=CONVERGED)
    assert free.log_likelihood > result.log_likelihood + 0.1


# A floor


@EVERY_STRUCTURE
@EVERY_DIMENSION
def test_no_variance_is_below_the_floor(structure: str, d: int) -> None:
    """Every eigenvalue of every epoch keeps to the floor; the constrained maximum is reached."""
    points, floor = cloud(d), 1.6
    result = fit(points, start(d), structure=structure, variance_floor=floor, stop=CONVERGED)
    assert_never_falls(result)
    lowest = [
        min(map(smallest_variance, progress.mixture.covariances)) for progress in result.history
    ]
    assert min(lowest) >= floor * (1 - 1e-9)
    above = (
        mixture
        for mixture in neighbours(result.mixture, structure)
        if min(map(smallest_variance, mixture.covariances)) >= floor * (1 - 1e-9)
    )
    assert_no_step_climbs(points, result, above)
    floored_ones = {
        event.component for event in result.events if isinstance(event, VarianceFloored)
    }
    at_floor = {
        j
        for j, covariance in enumerate(result.mixture.covariances)
        if smallest_variance(covariance) < floor * (1 + 1e-9)
    }
    assert at_floor
    assert at_floor <= floored_ones


def test_each_intervention_of_the_floor_is_an_event() -> None:
    """An event for each epoch and component, with what the variance would have been."""
    result = fit(cloud(1), start(1), variance_floor=1.1, stop=Epochs(6), history="full")
    interventions = 0
    for epoch in result.trace:
        for j, covariance in enumerate(epoch.m.covariances):
            own = epoch.m.weighted_squared_deviation_sums[j] / epoch.m.effective_counts[j]
            event = VarianceFloored(epoch.index, j, own, 1.1)
            assert (event in result.events) is (own < 1.1)
            assert covariance == max(own, 1.1)
            interventions += own < 1.1
    assert interventions == len(result.events) > 0
    assert result.events[0].message.endswith(" was raised to the floor 1.1.")


@EVERY_STRUCTURE
@EVERY_DIMENSION
def test_a_floor_that_never_acts_changes_no_bit(structure: str, d: int) -> None:
    """The result is the one without a floor."""
    options: Any = {"structure": structure, "stop": Epochs(8)}
    low = fit(cloud(d), start(d), variance_floor=1e-6, **options)
    assert low == fit(cloud(d), start(d), **options)


def test_a_floor_keeps_a_component_from_collapsing() -> None:
    """On one point alone, the variance is the floor, in every direction."""
    points = [(0.0, 0.0), (1.0, 2.0), (2.0, 1.0), (50.0, 50.0)]
    sphere = [[1, 0], [0, 1]]
    begin = Mixture.multivariate([0.5, 0.5], [[1, 1], [50, 50]], [sphere, sphere])
    assert fit(points, begin).degenerated
    result = fit(points, begin, variance_floor=0.25)
    assert not result.degenerated
    (first, _), (_, second) = result.mixture.covariances[1]
    assert (first, second) == pytest.approx((0.25, 0.25), rel=1e-12)


def test_labels_below_the_floor_are_raised_at_the_start() -> None:
    """M step first: the floor acts there, too, and the events say so, as of epoch 0."""
    result = fit([0, 0.1, 5, 5.2], [0, 0, 1, 1], variance_floor=0.5, stop=Epochs(0))
    assert result.mixture.covariances == (0.5, 0.5)
    assert [(event.epoch, event.name) for event in result.events] == [(0, "VarianceFloored")] * 2


@pytest.mark.parametrize("d", [1, 2])
@pytest.mark.parametrize("initialization", ["quantiles", "k-means++", "random responsibilities"])
def test_a_start_by_number_keeps_to_the_floor(initialization: str, d: int) -> None:
    """Also where the floor is above the variance of all points; so no epoch lowers anything."""
    result = fit(cloud(d), 2, variance_floor=100, initialization=initialization, stop=[Epochs(40)])
    for progress in result.history:
        assert min(map(smallest_variance, progress.mixture.covariances)) >= 100 * (1 - 1e-9)
    assert_never_falls(result)


def test_an_empty_component_is_no_matter_for_the_floor() -> None:
    """Where a shared covariance is 0/0, the event is the empty component, not the floor."""
    for d in (1, 2):
        sphere = start(d).covariances
        far: Any = [2.0, 1e6] if d == 1 else [(2.0, 2.0), (1e6, 1e6)]
        begin = Mixture.of_parameters((0.5, 0.5), far, sphere)
        result = fit(cloud(d), begin, structure="tied", variance_floor=0.1)
        assert [event.name for event in result.events] == ["EmptyComponent"]


def test_floored_is_the_nearest_in_likelihood() -> None:
    """Of a covariance with a small eigenvalue, that eigenvalue alone is raised."""
    covariance = ((2.0, 1.9), (1.9, 2.0))
    (low, high), (along, across) = eigen(floored(covariance, 0.5))
    assert (low, high) == pytest.approx((0.5, 3.9), rel=1e-14)
    assert abs(along[0] + along[1]) < 1e-14
    assert abs(across[0] - across[1]) < 1e-14
    assert floored(covariance, 0.1) is covariance
