"""How far the log-likelihood has yet to go: logarithms of differences."""

import pytest

from refgmm import Walk, worked_example
from refgmm.epoch_curves import distances_to_go


def test_distances_are_powers_of_ten() -> None:
    """10 to the power of each is what the last log-likelihood has more."""
    values = [
        milestone.log_likelihood
        for milestone in Walk.begin(worked_example.problem()).go_to(20, 8).milestones
    ]
    distances = distances_to_go(values)
    assert distances[-1] is None
    for value, distance in zip(values[:-1], distances, strict=False):
        assert distance is not None
        assert value + 10**distance == pytest.approx(values[-1], rel=1e-15)


def test_nothing_is_left_where_nothing_is_gained() -> None:
    """An epoch that already has the last value, or more, by rounding, has no logarithm."""
    first, *others = distances_to_go([1.0, 2.0, 1.5])
    assert first == pytest.approx(-0.3010299956639812)
    assert others == [None, None]
