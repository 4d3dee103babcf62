"""Fits that have no maximum to climb to: what ends them, what starts a component anew."""

import math
import random
from typing import Any

import pytest

from refgmm import DegenerateError, InvalidValueError, Mixture
from refgmm.estimation import Fixed
from refgmm.events import (
    ComponentRestarted,
    EmptyComponent,
    Event,
    SingularCovariance,
    VarianceCollapse,
    VarianceUnderflow,
)
from refgmm.fit_result import FitResult
from refgmm.fitting import fit
from refgmm.stopping import Epochs

from .fits import cloud, start

NAN = math.nan
LINE = [0.0, 0.4, 0.9, 1.3, 1.7, 2.0, 30.0]
SQUARE = [(0.0, 0.0), (1.0, 0.2), (0.3, 1.0), (1.2, 1.4), (0.6, 0.5), (30.0, 31.0), (32.0, 35.0)]
UNIT = [[1, 0], [0, 1]]


def fatal(result: FitResult) -> Event:
    """The event that ended the fit, with what must hold for every such fit."""
    event = next(event for event in result.events if event.ends_walk)
    assert result.degenerated
    assert not result.converged
    assert not result.cancelled
    assert result.stopped_by is None
    assert result.stopped_because == event.message
    assert event.epoch == result.epochs + 1
    assert result.mixture == result.history[-1].mixture
    return event


def test_a_collapse_ends_a_fit() -> None:
    """The event names component, epoch and point; the mixture is the one before."""
    begin = Mixture.univariate([0.5, 0.5], [1, 30], [1, 1])
    event = fatal(fit(LINE, begin))
    assert isinstance(event, VarianceCollapse)
    assert (event.component, event.points, event.mean) == (1, (6,), 30.0)


def test_an_empty_component_ends_a_fit() -> None:
    """No point is near it."""
    begin = Mixture.univariate([0.5, 0.5], [1, 1e5], [1, 1])
    event = fatal(fit(LINE[:6], begin))
    assert isinstance(event, EmptyComponent)
    assert (event.component, event.epoch, event.effective_count) == (1, 1, 0.0)


def test_a_singular_covariance_ends_a_fit() -> None:
    """Two points leave a line: the event names both, and the coordinate."""
    begin = Mixture.multivariate([0.5, 0.5], [[0.6, 0.6], [31, 33]], [UNIT, UNIT])
    event = fatal(fit(SQUARE, begin))
    assert isinstance(event, SingularCovariance)
    assert (event.component, event.coordinate, event.points) == (1, 1, (5, 6))
    simple = fit(SQUARE, begin, structure="diagonal")
    assert simple.converged


def test_a_tiny_unit_ends_a_fit() -> None:
    """Where points differ, but their variance is no double, the event says to change the unit."""
    points = [1e-80, 2e-80, 4e-80]
    event = fatal(fit(points, Mixture.univariate([1], [2e-80], [1e-140])))
    assert isinstance(event, VarianceUnderflow)
    assert "Choose a smaller unit for the points." in event.message


def test_events_number_the_points_although_values_are_missing() -> None:
    """Rows that miss values don't shift the numbers of those that a component sits on."""
    points = [(0.2, NAN), *SQUARE[:5], (NAN, 0.9), *SQUARE[5:]]
    begin = Mixture.multivariate([0.5, 0.5], [[0.6, 0.6], [31, 33]], [UNIT, UNIT])
    event = fatal(fit(points, begin, missing="keep"))
    assert isinstance(event, SingularCovariance)
    assert (event.component, event.points) == (1, (7, 8))
    alone = [*points[:7], (30.0, 31.0), (0.5, 0.1)]
    event = fatal(fit(alone, begin, missing="keep"))
    assert isinstance(event, VarianceCollapse)
    assert (event.component, event.points) == (1, (7,))
    near = [(30.0, NAN), *alone[1:]]  # it doesn't count, and has no place on the plane
    event = fatal(fit(near, begin, missing="keep", sample_weights=[0, *[1] * 8]))
    assert isinstance(event, VarianceCollapse)
    assert (event.component, event.points) == (1, (7,))


def test_of_several_runs_a_sound_one_is_kept() -> None:
    """A collapse has the higher log-likelihood, and no maximum: it never wins over a sound run."""
    rng = random.Random(0)
    points = [rng.gauss(0, 1) for _ in range(10)]
    result = fit(points, 3, initialization="random points", restarts=8)
    sound = [run for run in result.runs if not run.degenerated]
    assert (len(sound), len(result.runs)) == (5, 8)
    assert max(run.log_likelihood for run in result.runs) > result.log_likelihood + 1
    assert not result.degenerated
    assert result.log_likelihood == max(run.log_likelihood for run in sound)
    best = next(run for run in sound if run.log_likelihood == result.log_likelihood)
    assert (result.epochs, result.converged) == (best.epochs, best.converged)
    assert result.stopped_because == best.stopped_because
    assert {p.run for p in result.history} == {best.number}


def test_where_all_runs_degenerate_the_first_is_the_result() -> None:
    """Nothing sound is to be had; the first says why."""
    points = [0.0, 1.0, 5.0]
    result = fit(points, 3, initialization="random points", restarts=3)
    assert all(run.degenerated for run in result.runs)
    assert result.degenerated
    assert result.history[0].run == 1
    assert result.stopped_because == result.runs[0].stopped_because


def test_a_component_is_started_anew() -> None:
    """On request: at a point, with weight 1/k and the start's covariance, and an event."""
    begin = Mixture.univariate([0.5, 0.5], [1, 1e5], [1, 1])
    points = cloud(1)
    result = fit(points, begin, component_restarts=1, seed=2, history="full")
    restarted = [event for event in result.events if isinstance(event, ComponentRestarted)]
    (event,) = restarted
    assert (event.epoch, event.component, event.reason.name) == (1, 1, "EmptyComponent")
    assert event.mean in points
    assert not event.ends_walk
    assert "component 2 was started anew at " in event.message
    after = result.history[1]
    assert after.mixture.means[1] == event.mean
    assert after.mixture.weights == (0.5, 0.5)
    mean = sum(points) / 24
    variance = sum((x - mean) ** 2 for x in points) / 24
    assert after.mixture.covariances[1] == pytest.approx(variance / 2**2)
    assert (after.gain, after.previous) == (None, None)
    assert result.converged
    assert result.history[2].gain is not None


@pytest.mark.parametrize("allowed", [0, 1, 3])
def test_only_so_many_restarts(allowed: int) -> None:
    """Where they are used up, the next degeneration ends the run."""
    points = [0.0, 1.0, 5.0]
    result = fit(points, 3, component_restarts=allowed, stop=Epochs(500))
    restarted = [event for event in result.events if isinstance(event, ComponentRestarted)]
    assert len(restarted) == allowed
    assert result.degenerated
    assert result.stopped_because == next(e.message for e in result.events if e.ends_walk)


def test_each_run_has_its_own_restarts_and_the_seed_rules_them() -> None:
    """The same seed, the same restarts; each run may use as many."""
    points = [0.0, 1.0, 5.0]
    options: Any = {"component_restarts": 2, "restarts": 3, "stop": Epochs(500)}
    assert fit(points, 3, seed=1, **options) == fit(points, 3, seed=1, **options)
    assert fit(points, 3, seed=1, **options) != fit(points, 3, seed=2, **options)


@pytest.mark.parametrize("d", [1, 2])
def test_a_shared_covariance_is_renewed_once(d: int) -> None:
    """Where it degenerates, one component is started anew, and all have a covariance again."""
    points: list[Any] = [0.0, 0.0, 5.0, 5.0] if d == 1 else [(0.0, 1.0)] * 2 + [(5.0, 7.0)] * 2
    points += [] if d == 1 else [(0.0, 1.1)]
    means: Any = (1.0, 4.0) if d == 1 else ((1.0, 2.0), (4.0, 6.0))
    begin = Mixture.of_parameters((0.5, 0.5), means, start(d).covariances)
    end = fatal(fit(points, begin, structure="tied", stop=Epochs(300)))
    result = fit(points, begin, structure="tied", component_restarts=1, stop=Epochs(300))
    first, *others = [event for event in result.events if event.epoch == end.epoch]
    assert isinstance(first, ComponentRestarted)
    assert not any(event.ends_walk for event in others)
    assert result.epochs >= end.epoch
    assert result.history[end.epoch].mixture.weights == (0.5, 0.5)


def test_a_restart_keeps_to_the_floor() -> None:
    """The covariance of the component that starts anew is not below it."""
    begin = Mixture.univariate([0.5, 0.5], [1, 1e5], [90, 90])
    result = fit(cloud(1), begin, component_restarts=1, variance_floor=80, stop=Epochs(3))
    assert any(isinstance(event, ComponentRestarted) for event in result.events)
    assert min(result.history[1].mixture.covariances) >= 80


def test_labels_that_collapse_can_start_a_component_anew() -> None:
    """Also the M step that a fit from labels begins with, as of epoch 0."""
    labels = [0] * 6 + [1]
    with pytest.raises(DegenerateError, match=r"^There is no mixture to start from\. Epoch 0: "):
        fit(LINE, labels)
    result = fit(LINE, labels, component_restarts=1, stop=Epochs(1))
    assert isinstance(result.events[0], ComponentRestarted)
    assert (result.events[0].epoch, result.events[0].component) == (0, 1)
    again = fit(LINE, labels, component_restarts=1, stop=Epochs(5000))
    assert sum(isinstance(event, ComponentRestarted) for event in again.events) == 1


def test_fixed_components_are_not_started_anew() -> None:
    """Both together contradict each other."""
    with pytest.raises(InvalidValueError) as caught:
        fit(cloud(1), start(1), fixed=Fixed(means=[0]), component_restarts=1)
    assert caught.value.field == "fixed"
    assert str(caught.value) == (
        "a component with fixed parameters can't be started anew: choose fixed or component_restarts"
    )
