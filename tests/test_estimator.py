"""GaussianMixture: the interface of scikit-learn's users, without scikit-learn and without numpy."""

import copy
import itertools
import math
import pickle
import random
import sys
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from refgmm import (
    ConvergenceWarning,
    DegenerateError,
    GaussianMixture,
    InvalidValueError,
    Mixture,
    NotFittedError,
    RefGMMError,
)
from refgmm.arithmetic import columns
from refgmm.climb import STANDS_STILL
from refgmm.fitting import fit
from refgmm.prior import ConjugatePrior
from refgmm.stopping import Epochs, MeanGain

STRUCTURES = ("full", "tied", "diag", "spherical")


def two_clouds(n: int = 40, seed: int = 1) -> list[list[float]]:
    """Points about (0, 5) and (4, 1), in turn; the second cloud is flat."""
    rng = random.Random(seed)
    return [
        [rng.gauss(0, 1), rng.gauss(5, 1)] if i % 2 else [rng.gauss(4, 1.5), rng.gauss(1, 0.5)]
        for i in range(n)
    ]


X = two_clouds()


def fitted(**parameters: Any) -> GaussianMixture:
    """Two components, fitted to X."""
    return GaussianMixture(2, random_state=0, **parameters).fit(X)


def product(a: Any, b: Any) -> list[list[float]]:
    """The product of two matrices."""
    return [
        [sum(x * y for x, y in zip(row, column, strict=True)) for column in columns(b)] for row in a
    ]


# Fitting


@pytest.mark.parametrize("structure", STRUCTURES)
def test_it_fits_what_fit_fits(structure: str) -> None:
    """Same seed, same starts, same rules: the very mixture that refgmm's fit gives."""
    result = fit(
        X,
        2,
        structure=structure,
        restarts=3,
        seed=5,
        stop=[MeanGain(1e-4), Epochs(50)],
    )
    mixture = GaussianMixture(
        2, covariance_type=structure, n_init=3, random_state=5, tol=1e-4, max_iter=50
    ).fit(X)
    assert mixture.result_.mixture == result.mixture
    assert mixture.weights_ == result.mixture.weights
    assert mixture.means_ == result.mixture.means
    assert mixture.n_iter_ == result.epochs
    assert mixture.converged_ is result.converged is True
    assert len(mixture.result_.runs) == 3
    assert mixture.fit_predict(X) == result.labels


@pytest.mark.parametrize("structure", STRUCTURES)
def test_covariances_have_the_shapes_of_scikit_learn(structure: str) -> None:
    """full (k, d, d), tied (d, d), diag (k, d), spherical (k,): what each structure determines."""
    mixture = fitted(covariance_type=structure)
    first, second = mixture.result_.mixture.covariances
    assert (first == second) == (structure == "tied")
    assert (first[0][1] == 0.0) == (structure in ("diag", "spherical"))
    assert (first[0][0] == first[1][1]) == (structure == "spherical")
    expected: dict[str, Any] = {
        "full": (first, second),
        "tied": first,
        "diag": ((first[0][0], first[1][1]), (second[0][0], second[1][1])),
        "spherical": (first[0][0], second[0][0]),
    }
    assert mixture.covariances_ == expected[structure]
    assert mixture.n_features_in_ == 2


def test_precisions_are_the_inverses() -> None:
    """Precision times covariance is the identity, and U U^T, U upper triangular, the precision."""
    mixture = fitted()
    for covariance, precision, factor in zip(
        mixture.covariances_, mixture.precisions_, mixture.precisions_cholesky_, strict=True
    ):
        assert product(covariance, precision) == [
            pytest.approx([1, 0], abs=1e-12),
            pytest.approx([0, 1], abs=1e-12),
        ]
        assert factor[1][0] == 0.0 != factor[0][1]
        transposed = columns(factor)
        assert product(factor, transposed) == [pytest.approx(row, rel=1e-12) for row in precision]
    spherical = fitted(covariance_type="spherical")
    for variance, inverse, root in zip(
        spherical.covariances_, spherical.precisions_, spherical.precisions_cholesky_, strict=True
    ):
        assert inverse == pytest.approx(1 / variance, rel=1e-14)
        assert root == pytest.approx(1 / math.sqrt(variance), rel=1e-14)


def test_tol_ends_the_fit_at_the_first_gain_below_it() -> None:
    """The last epoch gains less than tol per point, and no earlier one does."""
    mixture = fitted(tol=1e-5)
    bounds = mixture.lower_bounds_
    assert len(bounds) == mixture.n_iter_ > 3
    gains = [after - before for before, after in itertools.pairwise(bounds)]
    assert all(gain >= 1e-5 for gain in gains[:-1])
    assert 0 <= gains[-1] < 1e-5
    assert mixture.converged_


def test_the_lower_bound_belongs_to_the_parameters_beside_it() -> None:
    """lower_bound_ is the score of the points that were fitted, bit for bit."""
    mixture = fitted()
    assert mixture.lower_bound_ == mixture.lower_bounds_[-1] == mixture.score(X)


def test_a_fit_that_is_cut_short_says_so() -> None:
    """converged_ is False, and a warning tells the epochs, the gain and tol."""
    message = (
        r"^EM was cut short by max_iter after 3 epochs: the last gained 0\.\d+ nats per point, and "
        r"tol is 1e-09\. Raise max_iter, or tol\.$"
    )
    with pytest.warns(ConvergenceWarning, match=message) as warned:
        mixture = GaussianMixture(2, random_state=0, max_iter=3, tol=1e-9).fit(X)
    assert warned[0].filename == __file__
    assert issubclass(ConvergenceWarning, UserWarning)
    assert not mixture.converged_
    assert mixture.n_iter_ == 3


def test_no_gain_is_too_small_for_a_tol_of_0() -> None:
    """Neither is one that rounding has made negative: only a standstill or max_iter ends the fit."""
    mixture = fitted(tol=0.0)
    assert mixture.result_.stopped_because == STANDS_STILL
    assert mixture.converged_
    gains = [after - before for before, after in itertools.pairwise(mixture.lower_bounds_)]
    assert min(gains) < 0.0
    with pytest.warns(ConvergenceWarning, match=r"after 4 epochs.* and tol is 0\.0\."):
        assert not fitted(tol=0.0, max_iter=4).converged_


def test_no_epoch_gives_the_start() -> None:
    """max_iter=0 warns of nothing, and gives the parameters to start from."""
    start = GaussianMixture(
        2, weights_init=[0.25, 0.75], means_init=[[0, 5], [4, 1]], max_iter=0
    ).fit(X)
    assert (start.weights_, start.means_) == ((0.25, 0.75), ((0.0, 5.0), (4.0, 1.0)))
    assert start.n_iter_ == 0
    assert start.lower_bounds_ == ()
    assert not start.converged_


PRECISIONS: dict[str, Any] = {
    "full": [[[1, 0.5], [0.5, 1]], [[0.25, 0], [0, 0.5]]],
    "tied": [[1, 0.5], [0.5, 1]],
    "diag": [[1, 2], [0.25, 0.5]],
    "spherical": [0.5, 0.25],
}
COVARIANCES: dict[str, list[Any]] = {
    "full": [[[4 / 3, -2 / 3], [-2 / 3, 4 / 3]], [[4, 0], [0, 2]]],
    "tied": [[[4 / 3, -2 / 3], [-2 / 3, 4 / 3]]] * 2,
    "diag": [[[1, 0], [0, 0.5]], [[4, 0], [0, 2]]],
    "spherical": [[[2, 0], [0, 2]], [[4, 0], [0, 4]]],
}


@pytest.mark.parametrize("structure", STRUCTURES)
def test_it_starts_from_the_parameters_given(structure: str) -> None:
    """weights_init, means_init and precisions_init are a mixture to start from."""
    mixture = GaussianMixture(
        2,
        covariance_type=structure,
        weights_init=[0.25, 0.75],
        means_init=[[0, 4], [3, 1]],
        precisions_init=PRECISIONS[structure],
    ).fit(X)
    start = mixture.result_.history[0].mixture
    assert start.weights == (0.25, 0.75)
    assert start.means == ((0.0, 4.0), (3.0, 1.0))
    for covariance, expected in zip(start.covariances, COVARIANCES[structure], strict=True):
        assert covariance == tuple(pytest.approx(row, rel=1e-14) for row in expected)
    assert (
        mixture.result_.mixture == fit(X, start, structure=structure, stop=MeanGain(1e-3)).mixture
    )


def test_means_alone_start_with_the_covariance_of_the_points() -> None:
    """Without weights and precisions: 1/k, and the covariance of the points that count over k^(2/d)."""
    points = [[0.0, 0.0], [4.0, 0.0], [0.0, 4.0], [4.0, 4.0], [1e3, -1e3]]
    start = GaussianMixture(2, means_init=[[0, 0], [4, 4]], max_iter=0)
    start.fit(points, sample_weight=[1, 1, 1, 1, 0])
    assert start.weights_ == (0.5, 0.5)
    assert start.covariances_ == (((2.0, 0.0), (0.0, 2.0)),) * 2  # variances 4, over 2^(2/2)


@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("random", "random responsibilities"),
        ("random_from_data", "random points"),
        ("k-means++", "k-means++"),
        ("random points", "random points"),
    ],
)
def test_initialisations_go_by_both_names(name: str, own: str) -> None:
    """scikit-learn's names of the initialisations are refgmm's by another name."""
    mixture = fitted(init_params=name)
    expected = fit(X, 2, initialization=own, seed=0, stop=MeanGain(1e-3)).history[0].mixture
    assert mixture.result_.history[0].mixture == expected
    others = {"random responsibilities", "random points", "k-means++"} - {own}
    for other in others:
        start = fit(X, 2, initialization=other, seed=0, stop=Epochs(1)).history[0].mixture
        assert start != expected


def test_sample_weights_count_points() -> None:
    """A weight of 2 is the point twice, and of 0 the point left out."""
    start: dict[str, Any] = {"means_init": [[0, 5], [4, 1]], "tol": 1e-9}
    weights = [(0, 1, 2)[i % 3] for i in range(len(X))]
    twice = [x for x, weight in zip(X, weights, strict=True) for _ in range(weight)]
    weighted = GaussianMixture(2, **start).fit(X, sample_weight=weights)
    repeated = GaussianMixture(2, **start).fit(twice)
    assert weighted.lower_bound_ == pytest.approx(repeated.lower_bound_, rel=1e-12)
    for one, other in zip(weighted.means_, repeated.means_, strict=True):
        assert one == pytest.approx(other, rel=1e-9)
    assert weighted.fit_predict(X, sample_weight=weights) == weighted.predict(X)


def test_a_fit_that_collapses_raises() -> None:
    """DegenerateError, a ValueError, with the event; what was fitted before stays."""
    points = [[0.0], [0.0], [0.0], [5.0], [6.0]]
    mixture = GaussianMixture(2, random_state=0, init_params="quantiles")
    message = (
        r"^The fit gave no mixture\. Epoch \d+: component 1 has collapsed onto points 1, 2 and 3 .*"
        r"Another random_state, more n_init or a variance_floor may help, too\.$"
    )
    with pytest.raises(DegenerateError, match=message) as caught:
        mixture.fit(points)
    assert [event.name for event in caught.value.events] == ["VarianceCollapse"]  # type: ignore[attr-defined]
    assert not hasattr(mixture, "result_")
    with pytest.raises(DegenerateError, match=r"^None of 2 runs gave a mixture\. "):
        mixture.set_params(n_init=2, init_params="random points").fit(points)


def test_a_floor_and_a_prior_prevent_the_collapse() -> None:
    """variance_floor and prior reach the fit."""
    points = [[0.0], [0.0], [0.0], [5.0], [6.0]]
    floor = GaussianMixture(
        2, init_params="quantiles", variance_floor=0.125, covariance_type="spherical"
    ).fit(points)
    assert floor.covariances_[0] == 0.125
    prior = GaussianMixture(2, init_params="quantiles", prior=ConjugatePrior()).fit(points)
    assert 0.0 < prior.covariances_[0][0][0] < 5.0


# What a fitted mixture tells


def test_predictions_are_the_mixtures() -> None:
    """predict_proba, score_samples and score are Bayes' rule at each point; predict the largest."""
    mixture = fitted()
    new = two_clouds(7, seed=2)
    whole: Mixture[Any] = mixture.result_.mixture
    shares = mixture.predict_proba(new)
    assert shares == tuple(whole.responsibilities(tuple(x)) for x in new)
    assert mixture.predict(new) == tuple(int(b > a) for a, b in shares)
    assert set(mixture.predict(new)) == {0, 1}
    densities = mixture.score_samples(new)
    assert densities == tuple(whole.log_density(tuple(x)) for x in new)
    assert mixture.score(new) == pytest.approx(math.fsum(densities) / 7, rel=1e-14)


@pytest.mark.parametrize(
    ("structure", "free"), [("full", 11), ("tied", 8), ("diag", 9), ("spherical", 7)]
)
def test_criteria_count_the_free_parameters(structure: str, free: int) -> None:
    """aic = 2 p - 2 ln L, bic = p ln n - 2 ln L, of whatever points are given; lower is better."""
    mixture = fitted(covariance_type=structure)
    new = two_clouds(7, seed=2)
    log_likelihood = 7 * mixture.score(new)
    assert mixture.aic(new) == pytest.approx(2 * free - 2 * log_likelihood, rel=1e-14)
    assert mixture.bic(new) == pytest.approx(free * math.log(7) - 2 * log_likelihood, rel=1e-14)


def test_samples_follow_the_mixture() -> None:
    """Of 4,000 points, each component has its share, and its mean to 5 standard errors."""
    mixture = fitted()
    points, labels = mixture.sample(4000)
    assert len(points) == len(labels) == 4000
    for j, (weight, mean, covariance) in enumerate(
        zip(mixture.weights_, mixture.means_, mixture.covariances_, strict=True)
    ):
        own = [x for x, label in zip(points, labels, strict=True) if label == j]
        assert abs(len(own) / 4000 - weight) < 5 * math.sqrt(weight * (1 - weight) / 4000)
        for a in range(2):
            average = math.fsum(x[a] for x in own) / len(own)
            assert abs(average - mean[a]) < 5 * math.sqrt(covariance[a][a] / len(own))


def test_random_state_says_what_repeats() -> None:
    """A number: the same each time. A random.Random goes on. None: something new."""
    mixture = fitted()
    assert mixture.sample(5) == mixture.sample(5)
    assert mixture.set_params(random_state=random.Random(1)).sample(5) != mixture.sample(5)
    assert mixture.set_params(random_state=None).sample(5) != mixture.sample(5)
    points, labels = mixture.sample()
    assert (len(points), len(points[0]), len(labels)) == (1, 2, 1)


@pytest.mark.parametrize(
    "ask",
    [
        lambda mixture: mixture.predict(X),
        lambda mixture: mixture.predict_proba(X),
        lambda mixture: mixture.score(X),
        lambda mixture: mixture.score_samples(X),
        lambda mixture: mixture.aic(X),
        lambda mixture: mixture.bic(X),
        lambda mixture: mixture.sample(),
    ],
)
def test_a_mixture_must_be_fitted_first(ask: Callable[[GaussianMixture], object]) -> None:
    """A clear error, which is an AttributeError, too, as scikit-learn's is."""
    with pytest.raises(NotFittedError, match=r"^this GaussianMixture is not fitted yet: call fit"):
        ask(GaussianMixture())
    assert issubclass(NotFittedError, RefGMMError)
    assert issubclass(NotFittedError, AttributeError)


# Parameters


def test_get_params_gives_what_was_given() -> None:
    """The very objects, so that a clone is equal; also those that fit would refuse."""
    given = {"n_components": 3, "means_init": [[1.0], [2.0]], "tol": "wrong", "prior": object()}
    parameters = GaussianMixture(**given).get_params()  # type: ignore[arg-type]
    assert all(parameters[name] is value for name, value in given.items())
    assert GaussianMixture(**parameters).get_params(deep=False) == parameters
    assert list(GaussianMixture().get_params()) == [
        "n_components",
        "covariance_type",
        "tol",
        "max_iter",
        "n_init",
        "init_params",
        "weights_init",
        "means_init",
        "precisions_init",
        "random_state",
        "variance_floor",
        "prior",
    ]


def test_set_params_changes_what_there_is() -> None:
    """It gives the mixture back; an unknown name changes nothing and is refused with the choice."""
    mixture = GaussianMixture()
    assert mixture.set_params(n_components=2, tol=0.5) is mixture
    assert (mixture.n_components, mixture.tol) == (2, 0.5)
    message = r"^there is no parameter 'reg_covar': choose one of n_components, .* and prior$"
    with pytest.raises(InvalidValueError, match=message):
        mixture.set_params(tol=0.25, reg_covar=1e-6)
    assert mixture.tol == 0.5
    with pytest.raises(TypeError, match="reg_covar"):
        GaussianMixture(reg_covar=1e-6)  # type: ignore[call-arg]


def test_repr_tells_what_differs_from_the_defaults() -> None:
    """And gives an equal mixture back."""
    mixture = GaussianMixture(2, covariance_type="diag", random_state=3)
    assert repr(mixture) == (
        "GaussianMixture(n_components=2, covariance_type='diag', random_state=3)"
    )
    assert eval(repr(mixture)).get_params() == mixture.get_params()
    assert repr(GaussianMixture(tol=1e-3)) == "GaussianMixture()"


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"n_components": 0}, "n_components must be a whole number from 1 on, got 0"),
        ({"n_components": 2.0}, "n_components must be a whole number from 1 on, got 2.0"),
        (
            {"covariance_type": "round"},
            "covariance_type must be one of 'full', 'tied', 'diag' and 'spherical', got 'round': "
            "choose one",
        ),
        ({"tol": -1e-3}, "tol must be a number from 0 on, got -0.001: give one such as 1e-3"),
        ({"tol": math.nan}, "tol must be a number from 0 on, got nan: give one such as 1e-3"),
        ({"max_iter": -1}, "max_iter must be a whole number from 0 on, got -1"),
        ({"n_init": 0}, "n_init must be a whole number from 1 on, got 0"),
        (
            {"init_params": "kmeans"},
            "init_params must be one of 'quantiles', 'k-means++', 'random points', "
            "'random responsibilities', 'random' and 'random_from_data', got 'kmeans': choose one, "
            "or give means_init the centres of a clustering",
        ),
        (
            {"random_state": -1},
            "random_state must be None, a whole number from 0 on or a random.Random, got -1: "
            "give a number such as 0",
        ),
        (
            {"weights_init": [1.0]},
            "weights_init and precisions_init belong to components that only means_init tells "
            "apart: give means_init, too",
        ),
        (
            {"means_init": [[0, 0]], "n_init": 2},
            "with means_init every run would be the same: leave n_init at 1",
        ),
        (
            {"means_init": [[0, 0], [1, 1]]},
            "means_init must have the shape (n_components, n_features), with n_components=1 and "
            "n_features=2",
        ),
        (
            {"means_init": [[0, 0, 0]]},
            "means_init must have the shape (n_components, n_features), with n_components=1 and "
            "n_features=2",
        ),
        (
            {"means_init": [[0, 0]], "weights_init": [0.5, 0.5]},
            "weights_init must have the shape (n_components,), with n_components=1 and n_features=2",
        ),
        (
            {"means_init": [[0, 0]], "weights_init": [0.5]},
            "weights must sum to 1, got 0.5 (0.5 too little): change them, or divide each by 0.5",
        ),
        (
            {"means_init": [[0, 0]], "precisions_init": [[[1.0]]]},
            "precisions_init must have the shape (n_components, n_features, n_features), with "
            "n_components=1 and n_features=2",
        ),
        (
            {"means_init": [[0, 0]], "precisions_init": [1, 2], "covariance_type": "spherical"},
            "precisions_init must have the shape (n_components,), with n_components=1 and "
            "n_features=2",
        ),
        (
            {"means_init": [[0, 0]], "precisions_init": 1.0, "covariance_type": "diag"},
            "precisions_init must have the shape (n_components, n_features), with n_components=1 "
            "and n_features=2: 'float' object is not iterable",
        ),
    ],
)
def test_wrong_parameters_are_refused_by_name(parameters: dict[str, Any], message: str) -> None:
    """By fit, not by the constructor; the message has the parameter's name and a remedy."""
    mixture = GaussianMixture(**parameters)
    with pytest.raises(InvalidValueError) as caught:
        mixture.fit(X)
    assert str(caught.value) == message


def test_a_precision_must_be_one() -> None:
    """The message says which parameter, and what is wrong with the matrix."""
    mixture = GaussianMixture(means_init=[[0, 0]], precisions_init=[[[1, 2], [2, 1]]])
    message = "^precisions_init must have the shape .*: covariance 1 is not positive definite: its"
    with pytest.raises(InvalidValueError, match=message):
        mixture.fit(X)


# Points of any kind


def test_points_must_be_rows() -> None:
    """Numbers are refused, as scikit-learn refuses them, and so is another dimension."""
    with pytest.raises(InvalidValueError, match=r"^X must have a row for each point, got numbers:"):
        GaussianMixture().fit([0.9, 0.7, 1.2])
    mixture = fitted()
    with pytest.raises(
        InvalidValueError, match=r"^the points have 1 coordinate each, and the means"
    ):
        mixture.predict([[1.0]])


class Array(list[Any]):
    """What refgmm uses of a numpy array: it is iterable, and of a type of its own."""


class Frame:
    """What refgmm uses of a data frame."""

    def __init__(self, rows: list[list[float]], columns: list[Any]) -> None:
        self.rows = rows
        self.columns = columns

    def __iter__(self) -> Iterator[Any]:
        return iter(self.columns)

    def to_numpy(self) -> Array:
        return Array(self.rows)


@pytest.fixture
def _numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stand-in for numpy that somebody has loaded."""
    monkeypatch.setitem(sys.modules, "numpy", SimpleNamespace(ndarray=Array, asarray=Array))


@pytest.mark.usefixtures("_numpy")
@pytest.mark.parametrize("given", [Array(X), Frame(X, ["a", "b"])])
def test_arrays_and_frames_give_arrays(given: Any) -> None:
    """Attributes follow what fit was given, each method what it is given; the numbers are the same."""
    mixture, plain = GaussianMixture(2, random_state=0).fit(given), fitted()
    for name in ("weights", "means", "covariances", "precisions", "precisions_cholesky"):
        value = getattr(mixture, f"{name}_")
        assert type(value) is Array
        assert tuple(value) == getattr(plain, f"{name}_")
    for method in ("predict", "predict_proba", "score_samples", "fit_predict"):
        value = getattr(mixture, method)(given)
        assert type(value) is Array
        assert tuple(value) == getattr(plain, method)(X)
    assert type(mixture.predict(X)) is tuple
    assert [type(part) for part in mixture.sample(3)] == [Array, Array]
    assert [type(part) for part in plain.sample(3)] == [tuple, tuple]
    assert mixture.score(given) == plain.score(X)


def test_without_numpy_there_are_tuples(monkeypatch: pytest.MonkeyPatch) -> None:
    """A frame whose library does without numpy is read all the same."""
    monkeypatch.delitem(sys.modules, "numpy", raising=False)
    mixture = GaussianMixture(2, random_state=0).fit(Frame(X, ["a", "b"]))
    assert mixture.means_ == fitted().means_


def test_columns_keep_their_order() -> None:
    """Columns with other names, or in another order, are refused; rows without names are taken."""
    mixture = GaussianMixture(2, random_state=0).fit(Frame(X, ["a", "b"]))
    assert mixture.feature_names_in_ == ("a", "b")
    assert list(mixture.predict(X)) == list(mixture.predict(Frame(X, ["a", "b"])))
    with pytest.raises(InvalidValueError) as caught:
        mixture.predict(Frame(X, ["b", "a"]))
    assert str(caught.value) == (
        "the columns are b and a, and the mixture was fitted to a and b: "
        "give the same, in the same order"
    )
    assert not hasattr(mixture.fit(X), "feature_names_in_")
    assert not hasattr(mixture.fit(Frame(X, [0, 1])), "feature_names_in_")


# What scikit-learn asks for


def test_copies_predict_the_same() -> None:
    """Pickled and copied mixtures are fitted, and predict the same."""
    mixture = fitted()
    for other in (pickle.loads(pickle.dumps(mixture)), copy.deepcopy(mixture)):
        assert other.predict_proba(X) == mixture.predict_proba(X)
        assert other.get_params() == mixture.get_params()


def test_targets_are_ignored() -> None:
    """fit, fit_predict and score take a y, as scikit-learn's pipelines pass one."""
    mixture = GaussianMixture(2, random_state=0)
    assert mixture.fit(X, ["?"]) is mixture
    assert mixture.score(X, ["?"]) == mixture.score(X)
    assert mixture.fit_predict(X, ["?"]) == mixture.predict(X)


def test_it_knows_whether_it_is_fitted() -> None:
    """scikit-learn's check_is_fitted asks __sklearn_is_fitted__."""
    mixture = GaussianMixture()
    assert not mixture.__sklearn_is_fitted__()
    assert mixture.fit(X).__sklearn_is_fitted__()


def test_tags_are_scikit_learns(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are made with scikit-learn's own records, which are loaded where it asks for them."""
    utils = SimpleNamespace(Tags=SimpleNamespace, TargetTags=SimpleNamespace)
    monkeypatch.setitem(sys.modules, "sklearn.utils", utils)
    tags = GaussianMixture().__sklearn_tags__()
    assert tags.estimator_type == "density_estimator"
    assert tags.target_tags.required is False
    monkeypatch.delitem(sys.modules, "sklearn.utils")
    with pytest.raises(AttributeError, match=r"^tags are scikit-learn's: import it first$"):
        GaussianMixture().__sklearn_tags__()
