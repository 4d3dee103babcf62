"""Degenerate runs: each event when it should, with its exact message, and not otherwise."""

import itertools
import json
from decimal import Decimal

import pytest

from refgmm import DegenerateError, Gaussian, Mixture, Problem, Walk, iterate, oracle
from refgmm.em import Epoch
from refgmm.events import (
    EmptyComponent,
    Event,
    EvidenceUnderflow,
    IdenticalComponents,
    NearlyEmptyComponent,
    VarianceCollapse,
)
from refgmm.structures import TIED

from .support import NOTE_POINTS, note_start


def first_epoch(points: list[float], start: Mixture[Gaussian]) -> Epoch[Gaussian]:
    return next(iterate(points, start))


def walk_to_the_end(points: list[float], start: Mixture[Gaussian]) -> Walk:
    walk = Walk.begin(Problem(tuple(points), start))
    for _ in range(10_000):
        if walk.next_sub_step is None:
            return walk
        walk = walk.forward()
    raise AssertionError("the walk doesn't end")


def no_events(points: list[float], start: Mixture[Gaussian], epochs: int) -> bool:
    return not any(epoch.events for epoch in itertools.islice(iterate(points, start), epochs))


COLLAPSED = (
    "Epoch {}: component {} has collapsed onto {} at {}: its variance is zero{}. There the "
    "likelihood grows without bound, so it has no maximum. EM stops here. Start component {} "
    "elsewhere or from a larger variance, or add points that differ."
)
EMPTY = (
    "Epoch {}: component {} is empty: its effective count is {}, and its new mean would be a "
    "division by that. EM stops here. Start it nearer to the points, with a weight above "
    "0, or leave it out."
)
FAR = (
    "Epoch {}: {} so far from every component with a weight that the evidence is below 2^-960, about 1e-289, "
    "where doubles lose digits. The responsibilities there were computed from logarithms of the densities instead. Check whether the starting "
    "values suit the points."
)
IDENTICAL = (
    "Epoch {}: {} have the same mean and variance. They share every point in the same proportion, "
    "so nothing but rounding could ever separate them. Start them from different means or variances."
)

# A component of variance 0.01 at 0: at 5 its density is exp(-1250), which is 0 in doubles.
LONELY = [0.0, 5.0, 6.0, 7.0]
LONELY_START = Mixture.univariate([0.5, 0.5], [0, 6], [0.01, 1])


def test_healthy_runs_have_no_events() -> None:
    """The worked example runs 100 epochs without an event."""
    assert no_events(NOTE_POINTS, note_start(), 100)


# VarianceCollapse


def test_a_component_on_one_point_collapses() -> None:
    """A variance of exactly zero names the component, the point and its value."""
    epoch = first_epoch(LONELY, LONELY_START)
    assert epoch.m.variances[0] == 0.0
    (event,) = epoch.events
    assert event == VarianceCollapse(1, component=0, mean=0.0, variance=0.0, points=(0,))
    assert event.message == COLLAPSED.format(1, 1, "point 1", "0.0", "", 1)
    assert epoch.ends_walk


def test_a_collapse_onto_duplicates_names_them_all() -> None:
    """Points at the same value collapse together."""
    points = [5.0, 0.0, 6.0, 0.0, 7.0, 0.0]
    (event,) = first_epoch(points, LONELY_START).events
    assert isinstance(event, VarianceCollapse)
    assert event.points == (1, 3, 5)
    assert event.message == COLLAPSED.format(1, 1, "points 2, 4 and 6", "0.0", "", 1)


def test_many_points_are_counted_not_listed() -> None:
    """More than five points: the first five, and how many more."""
    (event,) = first_epoch([2.0] * 8, Mixture.univariate([1], [0], [1])).events
    assert event.message == COLLAPSED.format(1, 1, "points 1, 2, 3, 4, 5 and 3 more", "2.0", "", 1)


def test_a_collapse_that_rounding_hides() -> None:
    """0.1 + 0.1 + 0.1 over 3 is 0.1 + 2^-56 in doubles: the variance is 2^-112, not 0."""
    epoch = first_epoch([0.1] * 3, Mixture.univariate([1], [0], [1]))
    assert epoch.m.variances == (2.0**-112,)
    (event,) = epoch.events
    assert isinstance(event, VarianceCollapse)
    assert event.points == (0, 1, 2)
    remains = " (1.92593e-34, less than doubles resolve)"
    assert event.message == COLLAPSED.format(1, 1, "points 1, 2 and 3", "0.1", remains, 1)


@pytest.mark.parametrize("value", [0.1, 1 / 3, 7.7, 1e9 + 0.1, -123.456, 1e-20, 1e75, 3e-310])
@pytest.mark.parametrize("n", [1, 2, 3, 7, 50])
def test_equal_points_always_collapse(value: float, n: int) -> None:
    """Whatever rounding makes of the mean of n equal points, their variance counts as zero."""
    start = Mixture.univariate([0.3, 0.7], [value, value], [1, 4])
    epoch = first_epoch([value] * n, start)
    collapsed = [event for event in epoch.events if isinstance(event, VarianceCollapse)]
    assert [event.component for event in collapsed] == [0, 1]
    assert [event.points for event in collapsed] == [tuple(range(n))] * 2


def test_a_collapse_over_several_epochs() -> None:
    """A component that narrows onto a point stops there, some epochs later, never beyond it."""
    points = [0.0, 1.0, 1.5, 2.0, 2.5, 3.0]
    epochs = list(
        itertools.islice(iterate(points, Mixture.univariate([0.2, 0.8], [0, 2], [0.1, 1])), 200)
    )
    assert 1 < len(epochs) < 200
    assert not any(epoch.events for epoch in epochs[:-1])
    (event,) = epochs[-1].events
    assert isinstance(event, VarianceCollapse)
    assert (event.epoch, event.component, event.points) == (len(epochs), 0, (0,))  # fmt: skip
    assert 1e-20 > event.variance >= 0.0


def test_small_but_real_variances_are_no_collapse() -> None:
    """Points 1e-9 apart at 1 have a variance that doubles resolve: 2.5e-19, found to 6 digits."""
    epoch = first_epoch([1.0, 1.000000001], Mixture.univariate([1], [1], [1]))
    assert epoch.events == ()
    assert epoch.m.variances[0] == pytest.approx(2.5e-19, rel=1e-6)


def test_the_unit_of_the_points_decides_no_collapse() -> None:
    """The same shape in units of 2^-200 or 2^200 has the same events: none."""
    for scale in (2.0**-200, 2.0**200):
        start = Mixture.univariate([0.5, 0.5], [scale, 2 * scale], [2 * scale * scale] * 2)
        assert no_events([scale * x for x in NOTE_POINTS], start, 10)


# EmptyComponent


def test_a_component_of_weight_0_is_empty() -> None:
    """Weight 0 means effective count 0, at the first epoch."""
    epoch = first_epoch(NOTE_POINTS, Mixture.univariate([1, 0], [1, 2], [2, 2]))
    assert epoch.events == (EmptyComponent(1, component=1, effective_count=0.0),)
    assert epoch.events[0].message == EMPTY.format(1, 2, "0.0")
    assert epoch.ends_walk


def test_a_component_far_from_all_points_is_empty() -> None:
    """A component a million sigma away answers for nothing."""
    epoch = first_epoch(NOTE_POINTS, Mixture.univariate([0.5, 0.5], [1e6, 2], [1, 2]))
    assert epoch.events == (EmptyComponent(1, component=0, effective_count=0.0),)
    assert epoch.events[0].message == EMPTY.format(1, 1, "0.0")


def test_a_count_of_subnormal_numbers_is_empty_too() -> None:
    """At 38.5 sigma the density is a double of few bits: a mean of such has no digits left."""
    epoch = first_epoch([0.0], Mixture.univariate([0.5, 0.5], [38.5, 0], [1, 1]))
    (event, _) = epoch.events
    assert isinstance(event, EmptyComponent)
    assert 0.0 < event.effective_count < 2.0**-960
    assert event.message == EMPTY.format(1, 1, repr(event.effective_count))


def test_a_component_that_answers_for_little_is_not_empty() -> None:
    """At 20 sigma the count is about e^-200: its mean has 13 digits (E = 200 costs 4 * 200 u)."""
    points = [0.0, 1.0]
    start = Mixture.univariate([0.5, 0.5], [20, 0.5], [1, 1])
    epoch = first_epoch(points, start)
    assert not epoch.ends_walk
    truth = oracle.epoch(points, [0.5, 0.5], [20, 0.5], [1, 1])
    assert oracle.correct_digits(epoch.m.means[0], truth.means[0]) > 13
    assert oracle.correct_digits(epoch.m.effective_counts[0], truth.effective_counts[0]) > 12.5


# NearlyEmptyComponent


def test_a_component_of_hardly_any_points_is_told_of() -> None:
    """Below a tenth of a point, with the effective count that the oracle has too; the walk goes on."""
    points = [0.0, 1.0]
    epoch = first_epoch(points, Mixture.univariate([0.5, 0.5], [20, 0.5], [1, 1]))
    (event,) = epoch.events
    assert isinstance(event, NearlyEmptyComponent)
    truth = oracle.epoch(points, [0.5, 0.5], [20, 0.5], [1, 1]).effective_counts[0]
    assert event.message == (
        f"Epoch 1: component 1 is nearly empty: its effective count is {float(truth):.6g}, less than a "
        "tenth of a point, so the others take more than nine tenths of every point. Start it nearer to "
        "the points, or leave it out."
    )
    assert max(row[0] for row in epoch.e.responsibilities) < 0.1


def test_a_component_of_a_few_shares_is_not_told_of() -> None:
    """Of three points a part of one is enough: small problems have components that begin so."""
    epoch = first_epoch([0.0, 0.5, 1.0], Mixture.univariate([0.5, 0.5], [2.75, 0.5], [1, 1]))
    assert 0.1 < epoch.m.effective_counts[0] < 0.5
    assert epoch.events == ()


# EvidenceUnderflow


def test_points_at_a_million_sigma_underflow_and_are_still_shared() -> None:
    """The event names the points; responsibilities agree with the oracle, ln L is finite.

    The logarithms are near 5e11 and off by less than 4.5e-4 (support.log_term_errors).
    """
    points = [0.5, 1e6, 1e6 + 2]
    start = Mixture.univariate([0.5, 0.5], [0, 1e-6], [1, 1])
    epoch = first_epoch(points, start)
    assert epoch.events == (EvidenceUnderflow(1, points=(1, 2)),)
    assert epoch.events[0].message == FAR.format(1, "points 2 and 3 lie")
    assert not epoch.ends_walk
    truth = oracle.epoch(points, [0.5, 0.5], [0, 1e-6], [1, 1])
    for i in (1, 2):
        exact = [float(beta) for beta in truth.responsibilities[i]]
        assert epoch.e.responsibilities[i] == pytest.approx(exact, rel=1e-3)
    assert oracle.correct_digits(epoch.e.log_likelihood, truth.log_likelihood) > 13
    assert epoch.after.components[0].mean == pytest.approx(float(truth.means[0]), rel=1e-3)


def test_an_evidence_of_few_bits_counts_as_underflow() -> None:
    """At 38 sigma the evidence is above 0 and too near to the smallest double to be precise."""
    start = Mixture.univariate([1], [0], [1])
    faint, fine = first_epoch([0.0, 38.0], start), first_epoch([0.0, 36.0], start)
    assert faint.e.evidence[1] > 0.0
    assert faint.events == (EvidenceUnderflow(1, points=(1,)),)
    assert fine.events == ()


def test_one_point_lies_and_several_lie() -> None:
    """The message is a sentence for one point, too."""
    (event,) = first_epoch([0.0, 1.0, 50.0], Mixture.univariate([1], [0], [1])).events
    assert event.message == FAR.format(1, "point 3 lies")


def test_far_points_recover_in_the_next_epoch() -> None:
    """From a start that suits nobody, one component finds the points all the same."""
    start = Mixture.univariate([0.5, 0.5], [-1e6, -2e6], [1, 1])
    epochs = list(itertools.islice(iterate([1.0, 2.0, 4.0], start), 3))
    assert [type(event) for event in epochs[0].events] == [EvidenceUnderflow, EmptyComponent]
    alone = list(
        itertools.islice(iterate([1.0, 2.0, 4.0], Mixture.univariate([1], [-1e6], [1])), 2)
    )
    assert [type(event) for event in alone[0].events] == [EvidenceUnderflow]
    assert alone[1].events == ()
    assert alone[0].m.means == pytest.approx((7 / 3,), rel=1e-15)


def test_weights_from_logarithms_sum_to_1() -> None:
    """Two identical components a million sigma away: the run goes on (weights pass their check)."""
    start = Mixture.univariate([0.5, 0.5], [0, 0], [1, 1])
    epochs = list(itertools.islice(iterate([1e6, 1e6 + 1], start), 3))
    assert len(epochs) == 3
    assert epochs[0].m.weights == (0.5, 0.5)


# IdenticalComponents


@pytest.mark.parametrize("weights", [(0.5, 0.5), (0.25, 0.75)])
def test_identical_components_are_named(weights: tuple[float, float]) -> None:
    """Same mean and variance, whatever the weights: named, and the run goes on."""
    epoch = first_epoch(NOTE_POINTS, Mixture.univariate(weights, [1, 1], [2, 2]))
    assert epoch.events == (IdenticalComponents(1, components=(0, 1)),)
    assert epoch.events[0].message == IDENTICAL.format(1, "components 1 and 2")
    assert not epoch.ends_walk


def test_groups_of_identical_components() -> None:
    """Each group has its own event; a component of its own is in none."""
    start = Mixture.univariate([0.2] * 5, [1, 2, 1, 3, 2], [2, 1, 2, 1, 1])
    found = [
        e for e in first_epoch(NOTE_POINTS, start).events if isinstance(e, IdenticalComponents)
    ]
    assert [event.components for event in found] == [(0, 2), (1, 4)]


@pytest.mark.parametrize(("means", "variances"), [((1, 1), (2, 3)), ((1, 1.001), (2, 2))])
def test_equal_in_one_parameter_is_not_identical(
    means: tuple[float, float], variances: tuple[float, float]
) -> None:
    """Equal means alone, or equal variances alone, are no event."""
    assert first_epoch(NOTE_POINTS, Mixture.univariate([0.5, 0.5], means, variances)).events == ()


@pytest.mark.parametrize("weights", [(0.5, 0.5), (0.25, 0.75), (0.3, 0.7)])
def test_identical_components_stay_so(weights: tuple[float, float]) -> None:
    """200 epochs later they are still named, and still have the same mean and variance.

    With weights that are powers of two every rounding is the same in both; with others their
    differences stay within rounding, as long as the points have no heavy tails.
    """
    epochs = list(
        itertools.islice(iterate(NOTE_POINTS, Mixture.univariate(weights, [1, 1], [2, 2])), 200)
    )
    assert all(epoch.events == (IdenticalComponents(epoch.index, (0, 1)),) for epoch in epochs)
    one, other = epochs[-1].after.components
    assert one.mean == pytest.approx(other.mean, rel=1e-14)
    assert one.variance == pytest.approx(other.variance, rel=1e-14)
    if weights == (0.5, 0.5):
        assert one == other


def test_identical_components_stay_so_in_exact_arithmetic() -> None:
    """Over ten epochs of the oracle, unequal weights and heavy tails: together to 40 digits.

    (In doubles these components drift apart after some epochs, which the message allows for.)
    """
    points = [0.1 * i for i in range(-20, 21)] + [30.0, -29.0, 35.5]
    weights, mean, variance = [0.3, 0.7], 0.3, 2.0
    result = oracle.epoch(points, weights, [mean, mean], [variance, variance])
    assert abs(result.means[0] - result.means[1]) < Decimal("1e-40")
    assert abs(result.variances[0] - result.variances[1]) < Decimal("1e-40")
    epoch = first_epoch(points, Mixture.univariate(weights, [mean] * 2, [variance] * 2))
    assert IdenticalComponents(1, (0, 1)) in epoch.events


# Where the walk stops


@pytest.mark.parametrize(
    ("points", "start", "sub_step", "done", "kind"),
    [
        (LONELY, LONELY_START, "variances", 7, VarianceCollapse),
        (NOTE_POINTS, Mixture.univariate([1, 0], [1, 2], [2, 2]), "effective_counts", 5, EmptyComponent),
    ],
)  # fmt: skip
def test_the_walk_stops_at_the_sub_step_that_shows_it(
    points: list[float], start: Mixture[Gaussian], sub_step: str, done: int, kind: type[Event]
) -> None:
    """The walk ends right after that sub-step; what was computed before stays; back still works."""
    walk = walk_to_the_end(points, start)
    assert walk.done == done
    assert walk.knows(sub_step)
    assert [type(event) for event in walk.stopped_by] == [kind]
    assert walk.forward() is walk
    assert walk.forward_epoch() is walk
    assert list(walk.epochs()) == []
    assert walk.back().stopped_by == ()
    assert walk.back().next_sub_step is not None
    assert walk.back().forward() == walk
    assert repr(walk.epoch) == repr(first_epoch(points, start))  # nan is not equal to itself
    assert len(walk.history) == 1
    assert walk.milestones == walk.history
    assert walk.parameters[0] == start.weights


def test_events_show_when_their_sub_step_is_done() -> None:
    """Identical components show with the densities, underflow with the evidence, and so on."""
    points = [1e6, 1e6]
    walk = Walk.begin(Problem(tuple(points), Mixture.univariate([0.5, 0.5, 0], [0, 0, 1], [1] * 3)))
    shown = []
    for _ in range(5):
        walk = walk.forward()
        shown.append([type(event) for event in walk.events])
    far = [IdenticalComponents, EvidenceUnderflow]
    assert shown == [[IdenticalComponents], [IdenticalComponents], far, far, [*far, EmptyComponent]]
    assert [type(event) for event in walk.stopped_by] == [EmptyComponent]


def test_a_collapse_in_a_later_epoch_keeps_the_history() -> None:
    """All epochs before the collapse stay in the history, none is added for the collapsed one."""
    points = [0.0, 1.0, 1.5, 2.0, 2.5, 3.0]
    start = Mixture.univariate([0.2, 0.8], [0, 2], [0.1, 1])
    epochs = list(iterate(points, start))
    walk = walk_to_the_end(points, start)
    assert walk.epoch == epochs[-1]
    assert [milestone.epoch for milestone in walk.history] == list(range(len(epochs)))
    assert [milestone.mixture for milestone in walk.history] == [e.before for e in epochs]
    assert walk.history[-1].log_likelihood == epochs[-1].e.log_likelihood


def test_all_reasons_are_given() -> None:
    """Where one component is empty and another collapses, `after` says both; the walk stops first."""
    start = Mixture.univariate([0.5, 0.5], [1e6, 3], [1, 1])
    (epoch,) = iterate([3.0, 3.0], start)
    assert [type(event) for event in epoch.events] == [EmptyComponent, VarianceCollapse]
    with pytest.raises(DegenerateError) as caught:
        _ = epoch.after
    assert caught.value.events == epoch.events
    assert str(caught.value) == " ".join(event.message for event in epoch.events)
    walk = walk_to_the_end([3.0, 3.0], start)
    assert (walk.done, walk.stopped_by) == (5, epoch.events[:1])


def test_events_have_names_and_can_be_written_down() -> None:
    """Each event is a frozen record with a name; messages are one line of text."""
    events = [
        IdenticalComponents(1, (0, 1)),
        EvidenceUnderflow(1, (0,)),
        EmptyComponent(1, 0, 0.0),
        VarianceCollapse(1, 0, 0.0, 0.0, (0,)),
    ]
    names = [event.name for event in events]
    assert names == [
        "IdenticalComponents",
        "EvidenceUnderflow",
        "EmptyComponent",
        "VarianceCollapse",
    ]
    assert [event.ends_walk for event in events] == [False, False, True, True]
    assert all("\n" not in json.loads(json.dumps(event.message)) for event in events)
    assert len(set(events)) == 4


def test_points_in_too_small_a_unit_are_told_so() -> None:
    """Points 1e-100 apart have not collapsed: their variance is no number that refgmm computes with."""
    start = Mixture.univariate([1], [0], [1])
    epoch = first_epoch([0.0, 1e-100, 2e-100], start)
    (event,) = epoch.events
    assert event.name == "VarianceUnderflow"
    assert event.message == (
        f"Epoch 1: the variance of component 1 is {epoch.m.variances[0]:.6g}, below the 1e-150 that "
        "refgmm computes with. EM stops here. Choose a smaller unit for the points."
    )
    assert epoch.ends_walk


def test_a_tiny_variance_among_ordinary_points_is_a_collapse() -> None:
    """At 0, where doubles resolve much, a component on one point collapses all the same."""
    epoch = first_epoch([0.0, 1e-90, 5.0, 6.0], Mixture.univariate([0.5, 0.5], [0, 5], [1e-3, 1]))
    assert [event.name for event in epoch.events] == ["VarianceCollapse"]


def test_a_start_that_is_not_of_the_structure_is_told_of() -> None:
    """Its first epoch may lower the log-likelihood, and then says nothing of convergence."""
    start = Mixture.univariate([0.5, 0.5], [0.0, 10.0], [1.0, 100.0])
    points = [-1.5, -0.5, 0.5, 1.5, 1.0, -1.0, 0.0, 0.0, -9.0, 0.0, 10.0, 20.0, 29.0]
    walk = Walk.begin(Problem(tuple(points), start, structure=TIED)).forward_epoch()
    assert [event.name for event in walk.epoch.events] == ["StartOutsideStructure"]
    assert "not of the structure 'tied'" in walk.epoch.events[0].message
    gain = walk.history[-1].gain
    assert gain is not None
    assert gain < 0.0
    assert not walk.has_converged(1e-8)
    assert walk.forward_epoch().epoch.events == ()
