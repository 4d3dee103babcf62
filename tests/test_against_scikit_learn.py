"""GaussianMixture beside scikit-learn's, and inside its machinery; where that is installed."""

import os
from typing import Any

import pytest

import refgmm

from .support import DATA, ROOT, run

numpy = pytest.importorskip("numpy")
pandas = pytest.importorskip("pandas")
base = pytest.importorskip("sklearn.base")
exceptions = pytest.importorskip("sklearn.exceptions")
mixture = pytest.importorskip("sklearn.mixture")
model_selection = pytest.importorskip("sklearn.model_selection")
pipeline = pytest.importorskip("sklearn.pipeline")
preprocessing = pytest.importorskip("sklearn.preprocessing")
validation = pytest.importorskip("sklearn.utils.validation")

STRUCTURES = ("full", "tied", "diag", "spherical")


@pytest.fixture(scope="module")
def frame() -> Any:
    """Old Faithful, as a data frame."""
    return pandas.read_csv(DATA / "old_faithful.csv")[["eruptions_min", "waiting_min"]]


def test_both_take_the_same_way() -> None:
    """The benchmark finds 10 digits and more after 1, 10 and 100 epochs, in d = 1, 2 and 4."""
    names = ["three gaussians, d=1", "old faithful", "iris"]
    result = run(ROOT / "benchmarks" / "against_scikit_learn.py", *names)
    assert result.returncode == 0, result.stdout + result.stderr
    assert [line[:4] for line in result.stdout.splitlines()].count("iris") == 4


def test_the_benchmark_can_fail() -> None:
    """A name that no data set has, and digits that no double has, end it with a status of their own."""
    script = (
        "import against_scikit_learn as benchmark\n"
        "benchmark.LEAST, benchmark.EPOCHS = 16.5, (1,)\n"
        "raise SystemExit(benchmark.main([{}]))"
    )
    path = os.pathsep.join([str(ROOT / "benchmarks"), str(ROOT)])
    strict = run("-c", script.format("'three gaussians, d=1'"), PYTHONPATH=path)
    assert strict.returncode == 1, strict.stderr
    unknown = run("-c", script.format("'tulips'"), PYTHONPATH=path)
    assert unknown.returncode == 2
    assert unknown.stderr.startswith("there is no data set 'tulips': choose among old faithful, ")


@pytest.mark.parametrize("structure", STRUCTURES)
def test_attributes_and_methods_agree(structure: str, frame: Any) -> None:
    """From equal parameters, every method gives scikit-learn's numbers, in arrays of its shapes."""
    points = frame.to_numpy()
    theirs = mixture.GaussianMixture(
        2, covariance_type=structure, tol=1e-12, max_iter=1000, reg_covar=0.0, random_state=0
    ).fit(points)
    ours = refgmm.GaussianMixture(
        2,
        covariance_type=structure,
        weights_init=theirs.weights_,
        means_init=theirs.means_,
        precisions_init=theirs.precisions_,
        max_iter=0,
    ).fit(points)
    for name in ("weights", "means", "covariances", "precisions", "precisions_cholesky"):
        value, expected = getattr(ours, f"{name}_"), getattr(theirs, f"{name}_")
        assert value.shape == expected.shape
        assert value == pytest.approx(expected, rel=1e-10, abs=1e-12)
    for method in ("score_samples", "predict_proba", "predict"):
        value, expected = getattr(ours, method)(points), getattr(theirs, method)(points)
        assert value.shape == expected.shape
        assert value.dtype == expected.dtype
        assert value == pytest.approx(expected, rel=1e-9, abs=1e-12)
    for method in ("score", "aic", "bic"):
        assert getattr(ours, method)(points) == pytest.approx(
            getattr(theirs, method)(points), rel=1e-12
        )
    assert ours.lower_bound_ == pytest.approx(theirs.lower_bound_, rel=1e-9)


def test_arrays_can_be_indexed_and_compared(frame: Any) -> None:
    """What users of numpy write works: means_[:, 0], points[labels == 1]."""
    points = frame.to_numpy()
    ours = refgmm.GaussianMixture(2, random_state=0)
    labels = ours.fit_predict(points)
    long = int(numpy.argmax(ours.means_[:, 0]))
    assert points[labels == long][:, 0].min() > 2.0
    ours.set_params(tol=numpy.float32(1e-3), n_components=numpy.int64(2)).fit(points)
    drawn, components = ours.sample(50)
    assert drawn.shape == (50, 2)
    assert components.shape == (50,)


def test_data_frames_are_points_with_names(frame: Any) -> None:
    """A frame gives what its array gives; and columns in another order are refused."""
    ours = refgmm.GaussianMixture(2, random_state=0).fit(frame)
    plain = refgmm.GaussianMixture(2, random_state=0).fit(frame.to_numpy().tolist())
    assert ours.means_.tolist() == [list(mean) for mean in plain.means_]
    assert ours.predict(frame).tolist() == list(plain.predict(frame.to_numpy().tolist()))
    assert ours.feature_names_in_ == ("eruptions_min", "waiting_min")
    with pytest.raises(refgmm.InvalidValueError, match=r"^the columns are waiting_min and"):
        ours.predict(frame[["waiting_min", "eruptions_min"]])


def test_clone_gives_an_unfitted_copy(frame: Any) -> None:
    """With the same parameters, arrays among them; check_is_fitted tells the two apart."""
    start = numpy.array([[2.0, 55.0], [4.3, 80.0]])
    ours = refgmm.GaussianMixture(2, means_init=start, covariance_type="tied").fit(frame)
    copy = base.clone(ours)
    assert repr(copy) == repr(ours)
    validation.check_is_fitted(ours)
    with pytest.raises(exceptions.NotFittedError):
        validation.check_is_fitted(copy)
    assert copy.fit(frame).means_.tolist() == ours.means_.tolist()


def test_it_ends_a_pipeline(frame: Any) -> None:
    """Standardised points, fitted, labelled and scored through Pipeline, as by hand."""
    steps = pipeline.make_pipeline(
        preprocessing.StandardScaler(), refgmm.GaussianMixture(2, random_state=0)
    ).fit(frame)
    scaled = preprocessing.StandardScaler().fit_transform(frame)
    by_hand = refgmm.GaussianMixture(2, random_state=0).fit(scaled)
    assert steps.predict(frame).tolist() == by_hand.predict(scaled).tolist()
    assert steps.score(frame) == by_hand.score(scaled)
    assert steps.score_samples(frame).tolist() == by_hand.score_samples(scaled).tolist()
    assert steps.fit_predict(frame).tolist() == by_hand.predict(scaled).tolist()
    assert "GaussianMixture(n_components=2, random_state=0)" in repr(steps)


def test_a_grid_search_finds_the_components() -> None:
    """Of points about three far means, held-out points are likeliest under three components."""
    rng = numpy.random.default_rng(1)
    points = numpy.concatenate([rng.normal(mean, 1.0, (40, 1)) for mean in (0.0, 8.0, 16.0)])
    rng.shuffle(points)
    search = model_selection.GridSearchCV(
        refgmm.GaussianMixture(random_state=0, covariance_type="tied"),
        {"n_components": [1, 2, 3]},
        cv=3,
        error_score="raise",
    ).fit(points)
    assert search.best_params_ == {"n_components": 3}
    assert sorted(search.best_estimator_.means_[:, 0].round()) == [0.0, 8.0, 16.0]


def test_cross_validation_scores_as_by_hand(frame: Any) -> None:
    """cross_val_score gives the mean log-likelihood of each fold under the fit of the others."""
    points = frame.to_numpy()
    ours = refgmm.GaussianMixture(2, random_state=0)
    folds = model_selection.KFold(3)
    by_hand = [
        refgmm.GaussianMixture(2, random_state=0).fit(points[train]).score(points[test])
        for train, test in folds.split(points)
    ]
    assert model_selection.cross_val_score(ours, points, cv=folds).tolist() == by_hand
