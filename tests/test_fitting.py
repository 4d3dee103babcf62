"""A fit is EM and nothing else: iterate's floats, and a result that says what happened."""

import itertools
import math
import random
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refgmm import DegenerateError, Mixture, em, iterate, missing
from refgmm.em import e_step, m_step
from refgmm.estimation import Fixed
from refgmm.fit_result import FitResult
from refgmm.fitting import fit
from refgmm.initialization import INITIALIZATIONS
from refgmm.prior import ConjugatePrior
from refgmm.stopping import Epochs, Gain, Progress
from refgmm.structures import STRUCTURES, structure_of

from .fits import EVERY_DIMENSION, EVERY_STRUCTURE, assert_never_falls, cloud, start
from .support import NOTE_POINTS, note_start

NAN = math.nan


# The same floats as iterate


@EVERY_STRUCTURE
@EVERY_DIMENSION
def test_fit_gives_the_floats_of_iterate(structure: str, d: int) -> None:
    """From a mixture, every number of every epoch is iterate's, bit for bit."""
    points, begin = cloud(d), start(d)
    epochs = list(itertools.islice(iterate(points, begin, structure), 7))
    result = fit(points, begin, structure=structure, stop=Epochs(7), history="full")
    assert result.trace == tuple(epochs)
    mixtures = [begin, *(epoch.after for epoch in epochs)]
    assert [progress.mixture for progress in result.history] == mixtures
    assert [p.log_likelihood for p in result.history][:-1] == [e.e.log_likelihood for e in epochs]
    for t in (0, 1, 3):
        short = fit(points, begin, structure=structure, stop=Epochs(t), history="none")
        assert short.mixture == mixtures[t]
        assert short.epochs == t
        assert (short.history, short.trace) == ((), ())


@given(
    points=st.lists(
        st.integers(-50, 50).map(lambda x: x / 8), min_size=3, max_size=12, unique=True
    ),
    epochs=st.integers(0, 12),
    shared=st.booleans(),
)
def test_fit_gives_the_floats_of_iterate_whatever_the_points(
    points: list[float], epochs: int, shared: bool
) -> None:
    """Also where the walk ends in a degenerate epoch: then at the last mixture before it."""
    begin = Mixture.univariate([0.4, 0.6], [-1, 2], [4, 4])
    name = "shared" if shared else "free"
    last: Mixture[Any] = begin
    for epoch in itertools.islice(iterate(points, begin, name), epochs):
        if epoch.ends_walk:
            break
        last = epoch.after
    result = fit(points, begin, structure=name, stop=Epochs(epochs))
    assert result.mixture == last
    assert_belongs(result, points)


def assert_belongs(result: FitResult, points: Sequence[Any]) -> None:
    """Log-likelihood and responsibilities are those of the mixture in the result."""
    has_missing = any(math.isnan(v) for x in points if isinstance(x, tuple) for v in x)
    step = missing.e_step if has_missing else e_step
    e = step(points, result.mixture, result.point_weights)
    assert result.log_likelihood == e.log_likelihood
    assert result.responsibilities == e.responsibilities


FAR = Mixture.univariate([0.5, 0.5], [2, 1e6], [3, 3])

WAYS: dict[str, tuple[Any, dict[str, Any]]] = {
    "a rule fires": (start(2), {}),
    "cut short": (start(2), {"stop": Epochs(3)}),
    "cancelled": (start(2), {"on_epoch": lambda progress: progress.epoch == 2}),
    "restarts": (2, {"restarts": 3, "stop": Epochs(9)}),
    "no history": (start(2), {"history": "none"}),
    "weighted": (start(2), {"sample_weights": [1.5, 0.5] * 12}),
    "fixed": (start(2), {"fixed": Fixed(means=[0])}),
    "prior": (start(2), {"prior": ConjugatePrior()}),
    "floor": (start(2), {"variance_floor": 1.6}),
    "labels": ([0, 1] * 12, {}),
    "degenerate": (Mixture.multivariate([0.9, 0.1], [[1, 1], [9, 9]], [[[1, 0], [0, 1]]] * 2), {}),
}


@pytest.mark.parametrize("way", list(WAYS))
def test_the_log_likelihood_belongs_to_the_parameters(way: str) -> None:
    """However a fit ends, its log-likelihood is that of its mixture, to the bit."""
    begin, options = WAYS[way]
    points = [*cloud(2)[:23], (9.0, 9.0)]
    result = fit(points, begin, **options)
    assert_belongs(result, points)
    assert result.degenerated is (way == "degenerate")
    assert result.cancelled is (way == "cancelled")
    if options.get("history") != "none":
        assert result.history[-1].mixture == result.mixture
        assert result.history[-1].log_likelihood == result.log_likelihood
        assert [progress.epoch for progress in result.history] == list(range(result.epochs + 1))


# Starts


@EVERY_STRUCTURE
@pytest.mark.parametrize("d", [1, 2])
def test_responsibilities_start_with_an_m_step(structure: str, d: int) -> None:
    """The first mixture is m_step's, of these responsibilities; labels are 0 and 1 of them."""
    points = cloud(d)
    labels = [i % 2 for i in range(24)]
    rng = random.Random(5)
    soft = [(share := rng.random(), 1 - share) for _ in points]
    hard = [(1.0 - label, float(label)) for label in labels]
    for begin, rows in ((labels, hard), (hard, hard), (soft, soft), (map(list, soft), soft)):
        m = m_step(tuple(points), tuple(rows), structure_of(structure))
        expected = Mixture.of_parameters(m.weights, m.means, m.covariances)
        result = fit(points, begin, structure=structure, stop=Epochs(1))
        assert result.history[0].mixture == expected
        assert result.history[1].mixture == next(iterate(points, expected, structure)).after


# Sample weights

WEIGHTS = [1 + i % 3 for i in range(24)]


@EVERY_STRUCTURE
@pytest.mark.parametrize("d", [1, 2])
def test_an_integer_weight_equals_repetition(structure: str, d: int) -> None:
    """To rounding: after 10 epochs every parameter agrees within 1e-11 of itself.

    The sums have 48 terms, so an M step is off by up to 48 * 2^-53 = 5e-15 relative; ten epochs
    of a map that doesn't stretch add these up, and a factor 100 covers the scale of the scatters.
    """
    points = cloud(d)
    repeated = [x for x, w in zip(points, WEIGHTS, strict=True) for _ in range(w)]
    options: Any = {"structure": structure, "stop": Epochs(10)}
    a = fit(points, start(d), sample_weights=WEIGHTS, **options)
    b = fit(repeated, start(d), **options)
    assert a.point_count == b.point_count == 48
    assert (a.log_likelihood, a.bic, a.icl) == pytest.approx((b.log_likelihood, b.bic, b.icl))
    assert flat(a.mixture) == pytest.approx(flat(b.mixture), rel=1e-11, abs=1e-11)


@pytest.mark.parametrize("initialization", ["quantiles", "k-means++", "random points"])
@pytest.mark.parametrize("d", [1, 2])
def test_an_integer_weight_equals_repetition_at_the_start(initialization: str, d: int) -> None:
    """Initialisations, too, see a point that counts three times as three points."""
    points = cloud(d)
    repeated = [x for x, w in zip(points, WEIGHTS, strict=True) for _ in range(w)]
    for seed in range(8):
        options: Any = {"initialization": initialization, "seed": seed, "stop": Epochs(0)}
        a = fit(points, 3, sample_weights=WEIGHTS, **options)
        b = fit(repeated, 3, **options)
        assert flat(a.mixture) == pytest.approx(flat(b.mixture), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("begin", [*INITIALIZATIONS, "mixture"])
@pytest.mark.parametrize("d", [1, 2])
def test_a_weight_of_0_equals_absence(begin: str, d: int) -> None:
    """A point that doesn't count changes no bit of the parameters, wherever it lies."""
    points = cloud(d)
    outlier: Any = 40.0 if d == 1 else (40.0, -3.0)
    more = [outlier, *points[:9], outlier, *points[9:]]
    weights = [0, *[1.5] * 9, 0, *[1.5] * 15]
    options: Any = {"stop": Epochs(6)}
    if begin != "mixture":
        options["initialization"] = begin
    first: Any = start(d) if begin == "mixture" else 2
    a = fit(more, first, sample_weights=weights, **options)
    b = fit(points, first, sample_weights=[1.5] * 24, **options)
    assert a.mixture == b.mixture
    assert a.log_likelihood == b.log_likelihood
    assert a.icl == b.icl
    assert len(a.responsibilities) == 26


@pytest.mark.parametrize("begin", [*INITIALIZATIONS, "mixture", "labels"])
def test_weights_of_1_are_none_at_all(begin: str) -> None:
    """Bit for bit."""
    options: Any = {"stop": Epochs(6)}
    if begin in INITIALIZATIONS:
        options["initialization"] = begin
    first: Any = {"mixture": start(2), "labels": [0, 1] * 12}.get(begin, 2)
    a = fit(cloud(2), first, sample_weights=[1] * 24, **options)
    b = fit(cloud(2), first, **options)
    assert a.history == b.history
    assert a.log_likelihood == b.log_likelihood
    assert (a.bic, a.icl) == (b.bic, b.icl)


@EVERY_STRUCTURE
def test_the_scale_of_weights_is_free(structure: str) -> None:
    """All weights times 2: the same parameters bit for bit, and twice the log-likelihood."""
    weights = [0.25 + i % 5 for i in range(24)]
    twice = [2 * weight for weight in weights]
    for first in (2, start(2)):
        options: Any = {"structure": structure, "stop": Epochs(6)}
        a = fit(cloud(2), first, sample_weights=weights, **options)
        b = fit(cloud(2), first, sample_weights=twice, **options)
        assert a.mixture == b.mixture
        assert b.log_likelihood == 2 * a.log_likelihood
        assert b.point_count == 2 * a.point_count


def flat(mixture: Mixture[Any]) -> list[float]:
    """All parameters."""
    rows = [
        entry
        for value in (*mixture.means, *(r for c in mixture.covariances for r in as_rows(c)))
        for entry in (value if isinstance(value, tuple) else (value,))
    ]
    return [*mixture.weights, *rows]


def as_rows(covariance: Any) -> Any:
    return covariance if isinstance(covariance, tuple) else (covariance,)


# on_epoch


def test_on_epoch_sees_every_epoch_in_order() -> None:
    """Once at the start and once after each epoch, run by run; what it returns counts if true."""
    seen: list[Progress] = []
    result = fit(cloud(1), 2, restarts=3, on_epoch=seen.append, stop=Epochs(4))
    assert [(p.run, p.epoch) for p in seen] == [(r, t) for r in (1, 2, 3) for t in range(5)]
    assert [run.number for run in result.runs] == [1, 2, 3]
    assert not result.cancelled
    own = [progress for progress in seen if progress.run == result.history[0].run]
    assert tuple(own) == result.history


def test_on_epoch_can_stop_a_fit() -> None:
    """Where it returns True, the fit ends there, and says so; no further run is started."""
    result = fit(cloud(1), 2, restarts=5, on_epoch=lambda p: (p.run, p.epoch) == (2, 1))
    assert result.cancelled
    assert len(result.runs) == 2
    assert result.runs[1].stopped_because == "stopped by on_epoch after epoch 1"
    assert (result.runs[1].epochs, result.runs[1].converged) == (1, False)
    alone = fit(cloud(1), start(1), on_epoch=lambda p: True)
    assert (alone.cancelled, alone.converged, alone.epochs) == (True, False, 0)
    assert alone.stopped_because == "stopped by on_epoch after epoch 0"
    assert alone.stopped_by is None
    assert alone.mixture == start(1)


def test_an_error_in_on_epoch_passes_through() -> None:
    """It is the caller's."""

    def fail(progress: Progress) -> None:
        raise KeyError(progress.epoch)

    with pytest.raises(KeyError, match="0"):
        fit(cloud(1), 2, on_epoch=fail)


# Criteria


def test_criteria_by_hand() -> None:
    """AIC = 2 p - 2 ln L, BIC = p ln n - 2 ln L, ICL = BIC - 2 sum ln of the largest responsibility."""
    result = fit(cloud(2), 2, structure="tied", initialization="quantiles", stop=Epochs(3))
    e = em.e_step(tuple(cloud(2)), result.mixture)
    p = 1 + 2 * 2 + 3
    assert result.free_parameters == p
    assert result.aic == 2 * p - 2 * e.log_likelihood
    assert result.bic == p * math.log(24) - 2 * e.log_likelihood
    uncertain = math.fsum(-2 * math.log(max(row)) for row in e.responsibilities)
    assert uncertain > 0.01
    assert result.icl == pytest.approx(result.bic + uncertain, rel=1e-14)
    assert result.labels == tuple(0 if a >= b else 1 for a, b in result.responsibilities)


def test_icl_is_bic_where_every_point_has_one_component() -> None:
    """No overlap, no difference."""
    points = [0.0, 1.0, 2.0, 1000.0, 1001.0, 1003.0]
    result = fit(points, [0, 0, 0, 1, 1, 1])
    assert set(itertools.chain(*result.responsibilities)) == {0.0, 1.0}
    assert result.icl == result.bic
    assert result.labels == (0, 0, 0, 1, 1, 1)


@EVERY_STRUCTURE
@pytest.mark.parametrize(("k", "d"), [(1, 1), (2, 1), (3, 2)])
def test_free_parameters(structure: str, k: int, d: int) -> None:
    """Those of the structure: weights less one, means, covariances."""
    begin = start(d, k)
    result = fit(cloud(d, k=k), begin, structure=structure, stop=Epochs(1))
    kinds = 1 if structure.startswith("tied") else k
    each = {"full": d * (d + 1) // 2, "diagonal": d, "spherical": 1}
    covariance = each[structure.removeprefix("tied ").replace("tied", "full")]
    assert result.free_parameters == k - 1 + k * d + kinds * covariance
    assert result.structure is STRUCTURES[structure]


@pytest.mark.parametrize("by", ["means", "weights"])
@pytest.mark.parametrize("d", [1, 2])
def test_ordered_permutes_all_alike(by: str, d: int) -> None:
    """The responsibilities of the ordered mixture, computed anew, are the ordered ones."""
    points = cloud(d, n=30, k=3)
    begin = Mixture.of_parameters(*(v[::-1] for v in parts(start(d, 3))))
    result = fit(points, begin, stop=Epochs(12))
    ordered = result.ordered(by)
    keys = ordered.mixture.means if by == "means" else [-w for w in ordered.mixture.weights]
    assert list(keys) == sorted(keys)
    assert ordered.mixture != result.mixture
    again = em.e_step(tuple(points), ordered.mixture).responsibilities
    for row, expected in zip(again, ordered.responsibilities, strict=True):
        assert row == pytest.approx(expected, rel=1e-13)
    assert ordered.log_likelihood == result.log_likelihood


def parts(mixture: Mixture[Any]) -> tuple[Any, Any, Any]:
    return mixture.weights, mixture.means, mixture.covariances


# Missing values


@EVERY_STRUCTURE
def test_a_fit_with_missing_values_never_falls(structure: str) -> None:
    """The log-likelihood of what was seen climbs, from a mixture as from a number."""
    points = holed(cloud(3, n=30))
    for first in (start(3), 2):
        options: Any = {"structure": structure, "missing": "keep", "stop": [Gain(1e-6), Epochs(40)]}
        result = fit(points, first, **options)
        assert_never_falls(result)
        assert_belongs(result, points)
        assert not result.degenerated


def holed(points: list[Any]) -> list[Any]:
    """Every third point loses a value, every sixth two."""
    return [
        tuple(
            NAN if i % 3 == 0 and (a == i % 2 or (i % 6 == 0 and a == 2)) else v
            for a, v in enumerate(x)
        )
        for i, x in enumerate(points)
    ]


@pytest.mark.parametrize("begin", [*INITIALIZATIONS, "mixture", "labels"])
def test_keeping_missing_values_where_there_are_none(begin: str) -> None:
    """missing="keep" changes no bit then."""
    options: Any = {"stop": Epochs(6)}
    if begin in INITIALIZATIONS:
        options["initialization"] = begin
    first: Any = {"mixture": start(2), "labels": [0, 1] * 12}.get(begin, 2)
    assert fit(cloud(2), first, missing="keep", **options) == fit(cloud(2), first, **options)


@pytest.mark.parametrize("name", INITIALIZATIONS)
def test_every_initialization_works_with_missing_values(name: str) -> None:
    """Sample weights of 0 among them."""
    points = holed(cloud(3, n=30))
    weights = [0 if i in {0, 7} else 1 for i in range(30)]
    result = fit(
        points, 2, initialization=name, missing="keep", sample_weights=weights, stop=Epochs(20)
    )
    assert_never_falls(result)
    assert_belongs(result, points)
    fewer = [x for x, weight in zip(points, weights, strict=True) if weight]
    assert (
        result.mixture
        == fit(
            fewer, 2, initialization=name, missing="keep", sample_weights=[1] * 28, stop=Epochs(20)
        ).mixture
    )


def test_responsibilities_that_give_no_mixture() -> None:
    """Labels that put one point alone in a component: there is nothing to start from."""
    with pytest.raises(DegenerateError) as caught:
        fit(NOTE_POINTS, [0, 0, 0, 1, 0])
    message = "There is no mixture to start from. Epoch 0: component 2 has collapsed onto point 4 at 2.4: "
    assert str(caught.value).startswith(message)
    assert [event.points for event in caught.value.events] == [(3,)]  # type: ignore[attr-defined]


def test_the_note_s_example() -> None:
    """The first epoch of the lecture note, all digits."""
    result = fit(NOTE_POINTS, note_start(), stop=Epochs(1))
    assert result.mixture.means == (1.3065753725700628, 1.4982149218892322)
    assert result.mixture.covariances == (0.3510142879511143, 0.408060269961259)
    assert result.mixture.weights == (0.5124981885949778, 0.48750181140502213)
