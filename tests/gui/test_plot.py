"""What the plot shows: a picture that follows the walk."""

import math

import pytest

from refgmm import Granularity, Mixture, Problem, Walk, worked_example
from refgmm.axis import axis
from refgmm.sub_steps import SUB_STEPS
from refgmm_gui.plots.scene import Scene, scene_of
from tests.gui.driver import ALL_STEPS


def begin(points: list[float], *components: tuple[float, float, float]) -> Walk:
    weights, means, variances = zip(*components, strict=True)
    return Walk.begin(Problem(tuple(points), Mixture.univariate(weights, means, variances)))


def walk_after(sub_steps: int) -> Walk:
    walk = Walk.begin(worked_example.problem())
    for _ in range(sub_steps):
        walk = walk.forward()
    return walk


def test_picture_moves_with_the_parameters() -> None:
    """The curves move at the sub-steps that give means, variances and weights, and at no other."""
    for done, sub_step in enumerate(SUB_STEPS):
        before, after = scene_of(walk_after(done), 50), scene_of(walk_after(done + 1), 50)
        has_moved = (after.curves, after.means) != (before.curves, before.means)
        assert has_moved == sub_step.is_parameter, sub_step.name


def test_curves_are_those_of_the_parameters_known() -> None:
    """After the means: new means, old variances and weights; at the end: all new."""
    walk = walk_after(6)
    assert scene_of(walk, 50).means == walk.epoch.m.means
    highest = max(filter(None, scene_of(walk_after(ALL_STEPS), 400).curves.components[0] or ()))
    weight, variance = walk.epoch.m.weights[0], walk.epoch.m.variances[0]
    assert highest == pytest.approx(weight / math.sqrt(2 * math.pi * variance), rel=1e-3)


def test_shares_show_once_they_are_known() -> None:
    """The points have no shares until the responsibilities; then those."""
    for done in range(ALL_STEPS + 1):
        walk = walk_after(done)
        shares = scene_of(walk, 10).shares
        assert shares == (walk.epoch.e.responsibilities if done >= 4 else ((),) * 5)


def test_shares_show_point_by_point_and_component_by_component() -> None:
    """A point has its shares once they are known; or, of all points, the first component's."""
    rows = walk_after(4).epoch.e.responsibilities
    walk = walk_after(3).forward(Granularity.POINT).forward(Granularity.POINT)
    assert scene_of(walk, 10).shares == (*rows[:2], (), (), ())
    walk = walk_after(3).forward(Granularity.COMPONENT)
    assert scene_of(walk, 10).shares == tuple(row[:1] for row in rows)


def heights_of(scene: Scene, component: int) -> dict[float, float]:
    """The curve of a component, by x; where curves bend there are more points along x."""
    heights = scene.curves.components[component]
    assert heights is not None
    return dict(zip(scene.curves.x, heights, strict=True))


def test_a_curve_moves_with_its_component() -> None:
    """Component by component, the first curve moves first, and the one before shows behind it."""
    old, new = scene_of(walk_after(5), 50), scene_of(walk_after(6), 50)
    half = scene_of(walk_after(5).forward(Granularity.COMPONENT), 50)
    assert half.means == (new.means[0], old.means[1])
    for component, whole in enumerate((new, old)):
        heights = [heights_of(scene, component) for scene in (half, whole)]
        common = heights[0].keys() & heights[1].keys()
        assert len(common) > 50
        assert all(heights[0][x] == heights[1][x] for x in common)
    assert half.before == old.curves


def test_curves_before_show_once_they_differ() -> None:
    """The curves of the epoch's start stand behind the new ones from the new means on."""
    old = scene_of(walk_after(0), 50).curves
    for done in range(ALL_STEPS + 1):
        assert scene_of(walk_after(done), 50).before == (old if done >= 6 else None)
    second = scene_of(walk_after(ALL_STEPS + 1), 50)
    assert second.before is None
    assert second.curves == scene_of(walk_after(ALL_STEPS), 50).curves


def test_range_stays_over_all_epochs() -> None:
    """The x axis doesn't move while the curves do."""
    assert len({scene_of(walk_after(done), 10).between for done in range(0, 41, 5)}) == 1


def test_collapsed_component_is_a_spike() -> None:
    """A component without variance has no curve, and is a spike at its mean."""
    walk = begin([0.0, 10.0, 11.0, 12.0], (0.5, 0.0, 1e-3), (0.5, 11.0, 1.0)).forward_epoch()
    scene = scene_of(walk, 50)
    assert scene.spikes == {0}
    assert scene.means[0] == 0.0
    assert scene.curves.components[0] is None
    assert scene.curves.components[1] is not None
    assert max(scene.curves.mixture) > 0


def test_spike_shows_when_the_variance_is_known() -> None:
    """Before the sub-step of the variances nothing tells of the collapse."""
    walk = begin([0.0, 10.0, 11.0, 12.0], (0.5, 0.0, 1e-3), (0.5, 11.0, 1.0))
    for done in range(7):
        assert scene_of(walk, 20).spikes == frozenset(), done
        walk = walk.forward()
    assert scene_of(walk, 20).spikes == {0}
    first_variance = walk.back().forward(Granularity.COMPONENT)
    assert first_variance.partial is not None
    assert scene_of(first_variance, 20).spikes == {0}


def test_empty_component_keeps_its_old_place() -> None:
    """Where a component answers for nothing, the picture stays that of the parameters known."""
    walk = begin([0.0, 1.0], (1.0, 0.5, 1.0), (0.0, 5.0, 1.0))
    before, after = scene_of(walk, 50), scene_of(walk.forward_epoch(), 50)
    assert (after.curves, after.means) == (before.curves, (0.5, 5.0))
    assert after.before is None


@pytest.mark.parametrize(
    "points", [[3.0], [3.0, 3.0, 3.0], [-1e75, 1e75], [1e-75, 2e-75], [1e6, 1e6 + 1e-3]]
)
def test_picture_of_odd_points(points: list[float]) -> None:
    """One point, equal points, huge, tiny and close ones: a range with a width, finite heights."""
    variance = max((max(points) - min(points)) ** 2, 1e-140)
    scene = scene_of(begin(points, (1.0, points[0], variance)), 20)
    low, high = scene.between
    assert low < min(points) <= max(points) < high
    assert all(map(math.isfinite, scene.curves.mixture))
    assert axis(low, high, 6).ticks
