"""The gallery: each example shows what it says."""

import itertools
import math
import random
from typing import Any

import pytest

from refgmm import Mixture, Problem, events, examples, worked_example
from refgmm.em import Epoch, iterate
from refgmm.errors import InvalidValueError
from refgmm.fit_result import FitResult
from refgmm.fitting import fit
from refgmm.gallery import EXAMPLES, Example, named
from refgmm.stepper import Walk
from refgmm.stopping import Epochs, Gain

from .fits import assert_no_step_climbs, neighbours
from .support import DATA, ROOT, reference_epoch, run

KEYS = [example.key for example in EXAMPLES]
TROUBLES = {"collapse", "empty_component", "identical_starts", "underflow"}


def epochs(key: str, count: int) -> list[Epoch[Any]]:
    """The first epochs of an example; fewer where it ends before."""
    problem = named(key).problem()
    return list(
        itertools.islice(iterate(problem.points, problem.initial, problem.structure), count)
    )


def converged(key: str, limit: float = 1e-8) -> FitResult:
    """Run until an epoch gains less than the limit, as the app does."""
    problem = named(key).problem()
    stop = [Gain(limit), Epochs(5000)]
    result = fit(problem.points, problem.initial, structure=problem.structure, stop=stop)
    assert result.converged, result.stopped_because
    return result


def assert_maximum(key: str, result: FitResult) -> None:
    """No small step from here climbs."""
    problem = named(key).problem()
    around = neighbours(result.mixture, problem.structure.name)
    assert_no_step_climbs(problem.points, result, around)


def exact_log_likelihood(key: str, mixture: Mixture[Any]) -> float:
    """In 50-digit decimals, by code that shares nothing with EM's."""
    points: tuple[Any, ...] = named(key).problem().points
    return float(reference_epoch(points, mixture).log_likelihood)


# All of them


def test_keys_and_titles_are_unique() -> None:
    """A key names one example, and so does a title."""
    assert len(set(KEYS)) == len(EXAMPLES)
    assert len({example.title for example in EXAMPLES}) == len(EXAMPLES)


@pytest.mark.parametrize("example", EXAMPLES, ids=KEYS)
def test_each_example_is_ready_to_walk(example: Example) -> None:
    """It has words, its problem's file reads back as the same, and a first epoch can be walked."""
    assert example.watch.endswith(".")
    assert len(example.watch) < 200
    assert example.shows
    problem = example.problem()
    assert Problem.from_json(problem.to_json()) == problem
    walk = Walk.begin(problem).forward_epoch()
    assert walk.epoch.index == 1
    assert walk.done
    assert problem.extra["example"]["title"] == example.title
    assert problem.extra["example"].get("source", "") == example.source


@pytest.mark.parametrize("example", EXAMPLES, ids=KEYS)
def test_only_the_troubles_have_events(example: Example) -> None:
    """Nobody meets a trouble in an example that is about something else."""
    found = any(epoch.events for epoch in epochs(example.key, 100))
    assert found == (example.key in TROUBLES)


def test_measured_data_name_their_source() -> None:
    """What others measured is cited; what we drew or typed has no source to cite."""
    cited = {example.key: example.source for example in EXAMPLES if example.source}
    assert set(cited) == {"old_faithful", "old_faithful_in_the_plane", "iris"}
    assert all("Azzalini" in cited[key] for key in cited if key.startswith("old_faithful"))
    assert "Anderson 1935" in cited["iris"]
    assert "Fisher 1936" in cited["iris"]


@pytest.mark.parametrize("name", ["old_faithful.csv", "iris.csv"])
def test_the_package_carries_the_data(name: str) -> None:
    """What the package carries is what the tests of published numbers read."""
    assert (ROOT / "refgmm" / "data" / name).read_bytes() == (DATA / name).read_bytes()


def test_importing_the_gallery_makes_no_problem() -> None:
    """Problems are made when asked for: importing reads no file and draws no point."""
    script = (
        "import sys; opened = []\n"
        "import refgmm\n"
        "sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == 'open' else 0)\n"
        "import refgmm.gallery\n"
        "assert not [path for path in opened if path.endswith('.csv')], opened\n"
        "refgmm.gallery.named('iris').problem()\n"
        "assert [path for path in opened if path.endswith('iris.csv')], opened\n"
    )
    result = run("-c", script)
    assert result.returncode == 0, result.stderr


def test_unknown_key() -> None:
    """The error lists the keys there are."""
    with pytest.raises(InvalidValueError) as caught:
        named("moon")
    assert str(caught.value) == f"there is no example 'moon': choose one of {', '.join(KEYS)}"
    assert caught.value.field == "example"


# Data


def test_the_note() -> None:
    """The note's example is the note's problem, and its sentence has the note's means."""
    example = named("note")
    problem, note = example.problem(), worked_example.problem()
    assert (problem.points, problem.initial) == (note.points, note.initial)
    for mean in worked_example.DOCUMENTED.means:
        assert f"{float(mean):.4f}" in example.watch


def test_old_faithful() -> None:
    """Nine epochs to a gain below 1e-8, and the numbers of mixtools' vignette (PUBLISHED.md)."""
    result = converged("old_faithful")
    assert result.epochs == 9
    assert f"{result.log_likelihood:.8f}" == "-1034.00176036"
    assert [f"{mean:.5f}" for mean in result.mixture.means] == ["54.61364", "80.09031"]


def test_old_faithful_in_the_plane() -> None:
    """BIC 2322.192, as mclust prints it (with the other sign) for model VVV with two components."""
    result = converged("old_faithful_in_the_plane")
    assert f"{result.bic:.3f}" == "2322.192"
    for (_, off_diagonal), _ in result.mixture.covariances:
        assert off_diagonal > 0  # turned: a longer eruption, a longer wait


def test_iris() -> None:
    """The log-likelihood and the BIC that norMmix and mclust print for three full components."""
    result = converged("iris")
    assert f"{result.log_likelihood:.4f}" == "-180.1855"
    assert f"{result.bic:.4f}" == "580.8389"
    setosa, *others = [[label == j for label in result.labels] for j in range(3)]
    assert setosa == [True] * 50 + [False] * 100
    assert all(any(flowers) for flowers in others)


def test_iris_finds_the_setosas_first() -> None:
    """After three epochs no setosa, and no other flower, is in doubt; the others are, after ten."""
    early, late = (epochs("iris", count)[-1].e.responsibilities for count in (4, 11))
    assert all(row[0] > 0.99 for row in early[:50])
    assert all(row[0] < 0.01 for row in early[50:])
    assert any(0.3 < row[1] < 0.7 for row in late[50:])


def test_three_components_are_found_again() -> None:
    """Each number of the truth, within three standard errors of one that knows the labels."""
    _assert_found_again("three_components", examples.three_gaussians(), 120)


def test_three_clouds_are_found_again() -> None:
    """So are the clouds; the covariances beside the diagonal get the signs of the truth."""
    truth = examples.three_gaussians_in_the_plane()
    found = _assert_found_again("three_clouds", truth, 120)
    assert found.covariances[1][0][1] > 0.2
    assert found.covariances[2][0][1] < -0.2
    assert abs(found.covariances[0][0][1]) < 0.5


def _assert_found_again(key: str, truth: Mixture[Any], n: int) -> Mixture[Any]:
    found = converged(key).mixture
    for j, (weight, mean, covariance) in enumerate(
        zip(truth.weights, truth.means, truth.covariances, strict=True)
    ):
        count = weight * n
        assert abs(found.weights[j] - weight) < 3 * math.sqrt(weight * (1 - weight) / n)
        if truth.dimension is None:
            assert abs(found.means[j] - mean) < 3 * math.sqrt(covariance / count)
            assert abs(found.covariances[j] - covariance) < 3 * covariance * math.sqrt(2 / count)
            continue
        for a in range(truth.dimension):
            assert abs(found.means[j][a] - mean[a]) < 3 * math.sqrt(covariance[a][a] / count)
    return found


@pytest.mark.parametrize(
    ("key", "truth", "n", "seed"),
    [
        ("three_components", examples.three_gaussians(), 120, 1),
        ("three_clouds", examples.three_gaussians_in_the_plane(), 120, 1),
        ("two_moons", examples.two_moons(), 200, 1),
        ("slow_convergence", Mixture.univariate([0.5, 0.5], [0, 2], [1, 1]), 60, 5),
    ],
)
def test_drawn_points(key: str, truth: Mixture[Any], n: int, seed: int) -> None:
    """The points are the sample from the seed, to half a unit of the second decimal."""
    points, sample = named(key).problem().points, truth.sample(n, random.Random(seed)).points
    assert len(points) == n
    for point, drawn in zip(points, sample, strict=True):
        pairs = [(point, drawn)] if truth.dimension is None else zip(point, drawn, strict=True)
        for rounded, exact in pairs:
            assert abs(rounded - exact) <= 0.005000001
            assert len(repr(rounded).partition(".")[2]) <= 2


def test_two_moons() -> None:
    """EM ends at a maximum where each component's points are of both moons."""
    result = converged("two_moons", 1e-11)
    assert_maximum("two_moons", result)
    moons = [j >= 8 for j in examples.two_moons().sample(200, 1).components]
    for component in range(2):
        own = [m for m, label in zip(moons, result.labels, strict=True) if label == component]
        assert len(own) > 60
        assert 0.1 < own.count(component == 0) / len(own) < 0.4


# Troubles


def test_collapse() -> None:
    """Epoch 3 ends the walk: component 2 sits on point 6, and the log-likelihood had been rising."""
    *_, last = found = epochs("collapse", 100)
    (event,) = last.events
    assert isinstance(event, events.VarianceCollapse)
    assert (event.epoch, event.component, event.points) == (3, 1, (5,))
    assert not any(epoch.events for epoch in found[:-1])
    variances = [epoch.before.covariances[1] for epoch in found]
    assert sorted(variances, reverse=True) == variances
    assert variances[2] < 0.01 * variances[0]
    heights = [epoch.e.log_likelihood for epoch in found]
    assert heights == sorted(heights)
    assert "epoch 3" in named("collapse").watch


def test_empty_component() -> None:
    """Epoch 1 ends the walk: component 2 answers for nothing."""
    (only,) = epochs("empty_component", 100)
    (event,) = only.events
    assert isinstance(event, events.EmptyComponent)
    assert (event.epoch, event.component) == (1, 1)
    assert event.effective_count < 1e-280
    assert "epoch 1" in named("empty_component").watch


def test_identical_starts() -> None:
    """Through 200 epochs the components stay alike but for rounding, and the weights as they were."""
    found = epochs("identical_starts", 200)
    assert len(found) == 200
    for epoch in found:
        (event,) = epoch.events
        assert isinstance(event, events.IdenticalComponents)
        assert event.components == (0, 1)
        assert epoch.after.means[0] == pytest.approx(epoch.after.means[1], rel=1e-15)
        assert epoch.after.weights == pytest.approx((0.3, 0.7), rel=1e-13)
    points = named("identical_starts").problem().points
    mean = math.fsum(points) / len(points)
    assert found[-1].after.means[0] == pytest.approx(mean, rel=1e-15)  # as one Gaussian has it


def test_label_switching() -> None:
    """Two starts with the means exchanged end in one maximum with the components exchanged."""
    one, other = converged("label_switching", 1e-12), converged("label_switching_exchanged", 1e-12)
    assert named("label_switching").problem().points == (
        named("label_switching_exchanged").problem().points
    )
    assert one.mixture.means[0] < 0 < one.mixture.means[1]
    assert other.mixture.means[1] < 0 < other.mixture.means[0]
    assert other.log_likelihood == pytest.approx(one.log_likelihood, rel=1e-14)
    for values, exchanged in (
        (one.mixture.weights, other.mixture.weights),
        (one.mixture.means, other.mixture.means),
        (one.mixture.covariances, other.mixture.covariances),
    ):
        assert tuple(reversed(exchanged)) == pytest.approx(values, rel=1e-13)
    assert_maximum("label_switching", one)
    assert_maximum("label_switching_exchanged", other)


def test_two_local_optima() -> None:
    """Two starts end in two maxima of different heights: the heights that the sentences say."""
    keys = ("local_optimum", "better_optimum")
    low, high = (converged(key, 1e-12) for key in keys)
    assert named(keys[0]).problem().points == named(keys[1]).problem().points
    for key, result, height in zip(keys, (low, high), ("-27.15", "-26.34"), strict=True):
        assert_maximum(key, result)
        assert f"{exact_log_likelihood(key, result.mixture):.2f}" == height
        assert height in named(key).watch
    assert [low.labels.count(j) for j in range(2)] == [4, 8]
    assert [high.labels.count(j) for j in range(2)] == [8, 4]


def test_slow_convergence() -> None:
    """More than 600 epochs until one gains less than 1e-8; it ends at a maximum all the same."""
    assert 600 < converged("slow_convergence").epochs < 1000
    assert_maximum("slow_convergence", converged("slow_convergence", 1e-12))
    assert "600" in named("slow_convergence").watch


def test_underflow() -> None:
    """Epoch 1 meets densities of 0 at points 6 to 9 and goes on; EM finds the two groups."""
    first, *others = epochs("underflow", 50)
    (event,) = first.events
    assert isinstance(event, events.EvidenceUnderflow)
    assert (event.epoch, event.points) == (1, (5, 6, 7, 8))
    assert [first.e.evidence[i] for i in event.points] == [0.0] * 4
    assert [max(row) for row in first.e.responsibilities[5:]] == [1.0] * 4
    assert not any(epoch.events for epoch in others)
    assert len(others) == 49
    points = named("underflow").problem().points
    groups = points[:5], points[5:]
    for mean, group in zip(others[-1].after.means, groups, strict=True):
        assert mean == pytest.approx(sum(group) / len(group), abs=1e-9)


def test_the_list() -> None:
    """What the gallery is to have: data, and an example or a pair for each trouble."""
    assert [
        *("note", "old_faithful", "old_faithful_in_the_plane", "three_components", "three_clouds"),
        *("iris", "two_moons", "collapse", "empty_component", "identical_starts"),
        *("label_switching", "label_switching_exchanged", "local_optimum", "better_optimum"),
        *("slow_convergence", "underflow"),
    ] == KEYS
