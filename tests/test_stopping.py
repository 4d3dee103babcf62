"""When a fit stops: each rule's value by hand, the first to fire, and what the result says of it."""

import dataclasses
import itertools
import math
import random
from collections.abc import Sequence
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from refgmm import InvalidValueError, Mixture, climb
from refgmm.climb import GOES_ROUND, STANDS_STILL
from refgmm.em import e_step, iterate
from refgmm.estimation import Fixed
from refgmm.fit_result import FitResult
from refgmm.fitting import fit
from refgmm.stopping import (
    DEFAULT,
    Epochs,
    Gain,
    MeanGain,
    MeanPasses,
    ParameterChange,
    Progress,
    RelativeGain,
    StoppingRule,
    rules_of,
)

from .support import NOTE_POINTS, note_start

RULES = [
    Gain(1e-3),
    MeanGain(1e-4),
    RelativeGain(1e-4),
    ParameterChange(1e-2),
    Epochs(4),
]
PLANE = [(0.1, 1.0), (1.2, 0.3), (0.4, 2.2), (5.1, 4.0), (6.3, 5.5), (4.9, 6.1), (5.5, 4.2)]


def plane_start() -> Mixture[Any]:
    unit = [[2, 0.5], [0.5, 2]]
    return Mixture.multivariate([0.5, 0.5], [[0, 0], [6, 5]], [unit, unit])


def log_likelihoods(result: FitResult) -> list[float]:
    return [progress.log_likelihood for progress in result.history]


def numbers(mixture: Mixture[Any]) -> list[float]:
    """Weights, means and covariances, one after the other."""
    flat: list[Any] = [*mixture.weights, *mixture.means, *mixture.covariances]
    while any(isinstance(entry, tuple) for entry in flat):
        flat = [
            number for entry in flat for number in (entry if isinstance(entry, tuple) else (entry,))
        ]
    return flat


def value_by_hand(rule: StoppingRule, result: FitResult, epoch: int) -> float | None:
    """What the rule's docstring says, from the mixtures of the history alone."""
    if isinstance(rule, Epochs):
        return epoch
    if epoch == 0:
        return None
    now, before = result.history[epoch], result.history[epoch - 1]
    if isinstance(rule, ParameterChange):
        pairs = zip(numbers(now.mixture), numbers(before.mixture), strict=True)
        return max(abs(a - b) for a, b in pairs)
    gain = now.log_likelihood - before.log_likelihood
    divisors = {Gain: 1.0, MeanGain: result.point_count, RelativeGain: abs(now.log_likelihood)}
    return gain / divisors[type(rule)]


@pytest.mark.parametrize("plane", [False, True])
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: type(rule).__name__)
def test_a_rule_fires_at_the_first_epoch_below_its_limit(rule: StoppingRule, plane: bool) -> None:
    """Its value at each epoch is what its docstring says; the fit ends where it is below the limit."""
    points: Sequence[Any] = PLANE if plane else NOTE_POINTS
    start: Mixture[Any] = plane_start() if plane else note_start()
    result = fit(points, start, stop=[rule, Epochs(500)])
    values = [progress.rule_values[0] for progress in result.history]
    assert values == [value_by_hand(rule, result, t) for t in range(len(values))]
    if isinstance(rule, Epochs):
        assert values == [0, 1, 2, 3, 4]
    else:
        assert values[0] is None
        *earlier, last = [value for value in values if value is not None]
        assert last < rule.limit <= min(earlier)
    assert result.stopped_by == rule
    assert result.stopped_because == str(rule)
    assert result.converged is not isinstance(rule, Epochs)
    assert result.epochs == len(values) - 1


@pytest.mark.parametrize("rules", list(itertools.permutations(RULES, 2)))
def test_of_several_rules_the_first_to_fire_stops(rules: Sequence[StoppingRule]) -> None:
    """A fit with two rules is as long as the shorter of the fits with one of them; it says which."""
    alone = {rule: fit(NOTE_POINTS, note_start(), stop=rule).epochs for rule in rules}
    result = fit(NOTE_POINTS, note_start(), stop=rules)
    assert result.epochs == min(alone.values())
    assert result.stopped_by == min(rules, key=alone.__getitem__)  # of equals, the first
    assert result.rules == tuple(rules)
    assert all(len(progress.rule_values) == 2 for progress in result.history)


def test_the_default_is_a_gain_of_1e_8_and_10_000_epochs() -> None:
    """What fit does unasked is what its signature says."""
    assert (Gain(1e-8), Epochs(10_000)) == DEFAULT
    result = fit(NOTE_POINTS, note_start())
    assert result.rules == DEFAULT
    assert result.stopped_by == Gain(1e-8)


def test_a_number_of_epochs_is_not_convergence() -> None:
    """Where only Epochs fires, the fit was cut short, and says so."""
    result = fit(NOTE_POINTS, note_start(), stop=[Gain(1e-8), Epochs(3)])
    assert (result.epochs, result.converged) == (3, False)
    assert result.stopped_by == Epochs(3)
    assert result.stopped_because == "3 epochs"


def test_no_epoch_at_all() -> None:
    """Epochs(0) evaluates the start: its log-likelihood, its responsibilities."""
    result = fit(NOTE_POINTS, note_start(), stop=Epochs(0))
    assert (result.epochs, result.converged) == (0, False)
    assert result.mixture == note_start()
    e = e_step(NOTE_POINTS, note_start())
    assert result.log_likelihood == e.log_likelihood
    assert result.responsibilities == e.responsibilities
    assert len(result.history) == 1
    assert (result.history[0].gain, result.history[0].previous) == (None, None)


@pytest.mark.parametrize("rule", [Gain(0), ParameterChange(0), MeanGain(0), RelativeGain(0)])
def test_a_fixed_point_ends_a_fit_whatever_the_limit(rule: StoppingRule) -> None:
    """Where an epoch gives the same parameters, bit for bit, no rule needs to fire."""
    points = [-1.0, 1.0, 3.0, 5.0]
    start = Mixture.univariate([1], [2], [5])
    assert next(iterate(points, start)).after == start
    result = fit(points, start, stop=rule)
    assert result.stopped_because == STANDS_STILL
    assert (result.stopped_by, result.converged, result.epochs) == (None, True, 1)
    assert result.mixture == start


def test_going_round_in_circles_ends_a_fit() -> None:
    """Where rounding alternates between two mixtures for ever, the fit ends, and says so."""
    for seed in range(40):
        rng = random.Random(seed)
        points = [rng.gauss(3 * (i % 2), 1) for i in range(10)]
        start = Mixture.univariate([0.5, 0.5], [0, 3], [1, 1])
        result = fit(points, start, stop=[ParameterChange(0), Epochs(4000)])
        mixtures = [progress.mixture for progress in result.history]
        if result.stopped_because == GOES_ROUND:
            assert result.converged
            assert result.mixture in mixtures[:-1]
            assert result.mixture != mixtures[-2]
            return
    pytest.fail("no fit went round")


@pytest.mark.parametrize("free", ["weights", "means", "covariances"])
def test_a_parameter_change_sees_all_parameters(free: str) -> None:
    """Where all but one kind are held fixed, the change is that kind's."""
    fixed = Fixed(**{n: "all" for n in ("weights", "means", "covariances") if n != free})
    result = fit(NOTE_POINTS, note_start(), fixed=fixed, stop=[ParameterChange(0), Epochs(2)])
    for before, now in itertools.pairwise(result.history):
        pairs = zip(getattr(now.mixture, free), getattr(before.mixture, free), strict=True)
        assert now.rule_values[0] == max(abs(a - b) for a, b in pairs)
        assert now.rule_values[0] != 0


def test_a_gain_counts_sample_weights() -> None:
    """MeanGain divides by the sum of the sample weights: by the points as often as they count."""
    weights = [1, 2, 0.5, 3, 1]
    result = fit(NOTE_POINTS, note_start(), sample_weights=weights, stop=[MeanGain(1e-4)])
    assert result.point_count == 7.5
    for before, now in itertools.pairwise(result.history):
        gain = now.log_likelihood - before.log_likelihood
        assert now.gain == gain
        assert now.rule_values == (gain / 7.5,)


def test_a_negative_gain_fires() -> None:
    """Rounding alone can make the last gain negative; a gain of 0 is not below 0."""
    assert Gain(0).fires(-5e-324)
    assert not Gain(0).fires(0.0)


def test_relative_gain_has_no_value_at_zero() -> None:
    """Where the log-likelihood is exactly 0, nothing is relative to it."""
    progress = fit(NOTE_POINTS, note_start(), stop=Epochs(1)).history[1]
    assert RelativeGain().value(progress) is not None
    changed = dataclasses.replace(progress, log_likelihood=0.0)
    assert RelativeGain().value(changed) is None
    assert not RelativeGain().fires(None)


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (Gain(1e-8), "gain of the log-likelihood below 1e-08"),
        (Gain(1.23456789e-5), "gain of the log-likelihood below 1.23456789e-05"),
        (MeanGain(0.5), "gain of the mean log-likelihood per point below 0.5"),
        (RelativeGain(0), "gain relative to the log-likelihood below 0"),
        (ParameterChange(1e-6), "largest change of a parameter below 1e-06"),
        (Epochs(1), "1 epoch"),
        (Epochs(12_345_678), "12345678 epochs"),
    ],
)
def test_a_rule_in_words(rule: StoppingRule, text: str) -> None:
    """The words hold the limit with all its digits."""
    assert str(rule) == text


class Index:
    """A whole number of another library, such as numpy.int64."""

    def __init__(self, value: int) -> None:
        self.value = value

    def __index__(self) -> int:
        return self.value


def test_limits_of_another_library() -> None:
    """Whole numbers of another library are whole numbers."""
    few: Any = Index(3)
    assert Epochs(few) == Epochs(3)
    assert Gain(few) == Gain(3)


@pytest.mark.parametrize("rule", [Gain, MeanGain, RelativeGain, ParameterChange])
@pytest.mark.parametrize("limit", [-1e-9, math.nan, math.inf, "1", None, True, Decimal(1)])
def test_a_limit_is_a_number_from_0_on(rule: type[StoppingRule], limit: Any) -> None:
    """Anything else is refused by name."""
    with pytest.raises(InvalidValueError) as caught:
        rule(limit)
    problem = f"the limit of {rule.__name__} must be a number from 0 on, got {limit!r}"
    assert str(caught.value) == problem
    assert caught.value.field == "stop"


@pytest.mark.parametrize("limit", [-1, 2.5, 3.0, math.nan, math.inf, "1", True])
def test_epochs_are_whole(limit: Any) -> None:
    """Half an epoch is refused."""
    with pytest.raises(InvalidValueError) as caught:
        Epochs(limit)
    problem = f"the limit of Epochs must be a whole number from 0 on, got {limit!r}"
    assert str(caught.value) == problem


@pytest.mark.parametrize("stop", [1e-8, None, [1e-8], "Gain", [Gain(1e-8), 5]])
def test_stop_holds_rules(stop: Any) -> None:
    """A bare tolerance is refused, with the rule to give instead."""
    with pytest.raises(InvalidValueError, match="stop must hold stopping rules, got ") as caught:
        fit(NOTE_POINTS, note_start(), stop=stop)
    assert str(caught.value).endswith(": give refgmm.Gain(1e-8), say")
    assert caught.value.field == "stop"


def test_no_rule_is_refused() -> None:
    """A fit without a rule might never end."""
    with pytest.raises(InvalidValueError) as caught:
        rules_of([])
    assert str(caught.value) == "there is no stopping rule: give refgmm.Epochs(1000), say"


def test_rules_may_come_from_a_generator() -> None:
    """Anything iterable of rules will do."""
    assert rules_of(rule for rule in RULES) == tuple(RULES)


def test_a_loss_is_not_convergence() -> None:
    """A rule on gains fires at rounding's small losses, and not at one that a climb can't have."""
    points = (0.0, 1.0, 2.0, 7.0, 8.0, 9.5)
    task = SimpleNamespace(rules=(Gain(1e-8), Epochs(5)))
    mixture = Mixture.univariate([1], [4], [10])

    def fired(gain: float, epoch: int = 1) -> object:
        at = Progress(1, epoch, mixture, -20.0, 0.0, gain, len(points), mixture, (gain, epoch))
        return climb._fired(task, at, at.rule_values)  # type: ignore[arg-type]

    assert fired(1e-9) == Gain(1e-8)
    assert fired(-1e-12) == Gain(1e-8)
    assert fired(-0.5) is None
    assert fired(-0.5, epoch=5) == Epochs(5)


def mean_path(component: int, coordinate: int | None = None) -> list[float]:
    """A mean at the start and after each epoch, as stepping finds it."""
    points: Sequence[Any] = NOTE_POINTS if coordinate is None else PLANE
    start: Mixture[Any] = note_start() if coordinate is None else plane_start()
    mixtures = [start, *(epoch.after for epoch in itertools.islice(iterate(points, start), 12))]
    means = [mixture.means[component] for mixture in mixtures]
    return [mean if coordinate is None else mean[coordinate] for mean in means]


@pytest.mark.parametrize("component", [0, 1])
@pytest.mark.parametrize("coordinate", [None, 0, 1])
def test_a_mean_passes_a_value_in_the_epoch_that_takes_it_there(
    component: int, coordinate: int | None
) -> None:
    """Half way of each epoch's move is passed in that epoch, or in an earlier one that crossed it."""
    points: Sequence[Any] = NOTE_POINTS if coordinate is None else PLANE
    start: Mixture[Any] = note_start() if coordinate is None else plane_start()
    path = mean_path(component, coordinate)
    for before, after in itertools.pairwise(path):
        limit = (before + after) / 2
        crossed = [
            (old < limit <= new) or (new <= limit < old) for old, new in itertools.pairwise(path)
        ]
        rule = MeanPasses(limit, component, coordinate or 0)
        result = fit(points, start, stop=[rule, Epochs(12)])
        assert result.epochs == crossed.index(True) + 1
        assert result.stopped_by == rule
        assert result.converged is False
        assert result.stopped_because == f"mean {component + 1} passing {limit!r}"


def test_a_mean_that_began_on_the_value_has_not_passed_it() -> None:
    """From the value itself there is no side to come from; later epochs may still cross it."""
    result = fit(NOTE_POINTS, note_start(), stop=[MeanPasses(1.0), Epochs(1)])
    assert result.stopped_by == Epochs(1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("x",), "the limit of MeanPasses must be a finite number, got 'x'"),
        ((float("nan"),), "the limit of MeanPasses must be a finite number, got nan"),
        ((1.0, -1), "the component of MeanPasses must be a whole number from 0 on, got -1"),
        ((1.0, 0, 0.5), "the coordinate of MeanPasses must be a whole number from 0 on, got 0.5"),
    ],
)
def test_a_value_that_no_mean_passes(arguments: tuple[Any, ...], message: str) -> None:
    """What is no value, no component or no coordinate is refused at once."""
    with pytest.raises(InvalidValueError) as error:
        MeanPasses(*arguments)
    assert str(error.value) == message


def test_a_component_that_is_not_there() -> None:
    """A mean that the mixture lacks is told when the fit looks for it."""
    with pytest.raises(InvalidValueError, match="MeanPasses looks at component 2, coordinate 0"):
        fit(NOTE_POINTS, note_start(), stop=MeanPasses(1.0, 2))
