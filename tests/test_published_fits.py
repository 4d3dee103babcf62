"""Fits against numbers that others printed. The sources are collected in PUBLISHED.md."""

import csv
import math
import random
from typing import Any

import pytest

from refgmm import Gaussian, Mixture
from refgmm.em import e_step
from refgmm.fitting import fit
from refgmm.stopping import Epochs, Gain

from .support import DATA

SPARK_POINTS = [
    *[-5.1971, -2.5359, -3.8220, -5.2211, -5.0602, 4.7118, 6.8989, 3.4592],
    *[4.6322, 5.7048, 4.6567, 5.5026, 4.5605, 5.2043, 6.2734],
]
README_POINTS = [
    *[(11, 42), (19, 45), (15, 36), (25, 38), (24, 33)],
    *[(-24, 3), (-31, -4), (-34, -14), (-25, -5), (-16, 7)],
]


def column(file: str, name: str) -> list[float]:
    with (DATA / file).open(encoding="utf-8", newline="") as lines:
        return [float(row[name]) for row in csv.DictReader(lines)]


def iris() -> list[tuple[float, ...]]:
    names = ["sepal_length_cm", "sepal_width_cm", "petal_length_cm", "petal_width_cm"]
    return list(zip(*(column("iris.csv", name) for name in names), strict=True))


def printed(value: float, digits: str) -> bool:
    """Whether a value, rounded to as many decimals, is what was printed."""
    return f"{value:.{len(digits.partition('.')[2])}f}" == digits


def test_mixtools_shared_variance() -> None:
    """mixtools' vignette: nine iterations, every log-likelihood and parameter as printed.

    Benaglia, Chauveau, Hunter and Young 2009, "mixtools: an R package for analyzing finite mixture
    models", Journal of Statistical Software 32(6): waiting times of Old Faithful, arbvar = FALSE.
    """
    points = column("old_faithful.csv", "waiting_min")
    start = Mixture.univariate([0.5, 0.5], [55, 80], [25, 25])
    result = fit(points, start, structure="shared", stop=Gain(1e-8))
    assert len(points) == 272
    assert result.epochs == 9
    assert result.converged
    assert result.stopped_by == Gain(1e-8)
    assert result.stopped_because == "gain of the log-likelihood below 1e-08"
    log_likelihoods = [progress.log_likelihood for progress in result.history]
    expected = ["-1051.08964142", "-1034.17386438", "-1034.01393899", "-1034.00276289"]
    expected += ["-1034.00184510"]
    for value, digits in zip(log_likelihoods, expected, strict=False):
        assert printed(value, digits), (value, digits)
    assert printed(result.log_likelihood, "-1034.00176036")
    assert printed(result.log_likelihood, "-1034.002")
    assert all(map(printed, result.mixture.weights, ["0.3608498", "0.6391502"]))
    assert all(map(printed, result.mixture.means, ["54.61364", "80.09031"]))
    first, second = result.mixture.covariances
    assert first == second
    assert printed(math.sqrt(first), "5.869089")


@pytest.mark.parametrize("means", [(5, -3), (-1, 1)])
def test_spark_from_both_starts(means: tuple[float, float]) -> None:
    """Apache Spark, GaussianMixtureSuite, one dimension: both starts lead to its parameters."""
    start = Mixture.univariate([0.5, 0.5], means, [1, 1])
    result = fit(SPARK_POINTS, start, stop=[Gain(1e-13), Epochs(1000)]).ordered("weights")
    assert result.converged
    assert result.mixture.weights == pytest.approx([2 / 3, 1 / 3], abs=5e-5)
    assert all(map(printed, result.mixture.means, ["5.1604", "-4.3673"]))
    variances = result.mixture.covariances  # it prints 0.86644, of 0.866446...
    assert variances == pytest.approx([0.86644, 1.1098], abs=1e-5)
    assert printed(result.log_likelihood, "-30.37547827")


def test_the_trajectory_of_gaussian_mixture_model_js() -> None:
    """The README of github.com/lukapopijac/gaussian-mixture-model: five epochs in two dimensions.

    It computes in single precision; the numbers after one epoch are recomputed in double.
    """
    wide = [[400, 0], [0, 400]]
    start = Mixture.multivariate([0.5, 0.5], [[-25, 40], [-60, -30]], [wide, wide])
    result = fit(README_POINTS, start, stop=Epochs(5))
    assert (result.epochs, result.converged) == (5, False)
    assert result.stopped_because == "5 epochs"
    first = result.history[1].mixture
    assert all(map(printed, first.weights, ["0.759301791", "0.240698209"]))
    assert all(map(printed, first.means[0], ["4.684012892", "26.106364504"]))
    assert all(map(printed, first.means[1], ["-29.732582649", "-7.156718555"]))
    at = result.mixture.posterior((-5.0, 25.0))
    assert at.weighted_densities == pytest.approx((9.43855e-6, 2.12612e-6), rel=1e-5)
    assert at.responsibilities == pytest.approx((0.81615, 0.18385), abs=5e-6)


IRIS = {
    ("full", 1): ("829.9782", "-379.9146"),
    ("full", 2): ("574.0178", "-214.3547"),
    ("full", 3): ("580.8389", "-180.1855"),
    ("spherical", 1): ("1804.0854", None),
    ("spherical", 2): ("1012.2352", None),
    ("spherical", 3): ("853.8090", None),
}


@pytest.mark.parametrize(("structure", "k"), list(IRIS))
def test_iris(structure: str, k: int) -> None:
    """BIC of iris, as mclust (VVV, VII; with the other sign) and norMmix print it, and its ln L.

    PUBLISHED.md, "Iris"; of all four columns.
    """
    bic, log_likelihood = IRIS[structure, k]
    points = iris()
    result = fit(points, k, structure=structure, initialization="quantiles", history="none")
    assert result.converged
    assert printed(result.bic, bic), result.bic
    degrees = (k - 1) + 4 * k + (10 * k if structure == "full" else k)
    assert result.free_parameters == degrees
    assert result.bic == degrees * math.log(150) - 2 * result.log_likelihood
    if log_likelihood is not None:
        assert printed(result.log_likelihood, log_likelihood)
    checked: tuple[Any, ...] = tuple(points)
    assert e_step(checked, result.mixture).log_likelihood == result.log_likelihood


def test_a_sample_of_three_gaussians_is_recovered() -> None:
    """Three components that lie apart are found again, within three standard errors of each number."""
    truth = Mixture.univariate([0.2, 0.3, 0.5], [-6, 0, 8], [0.5, 1, 2])
    points, labels = _sample(truth, 300)
    found = fit(points, 3, initialization="quantiles", history="none").ordered("means")
    for j, (component, count) in enumerate(
        zip(found.mixture.components, map(labels.count, range(3)), strict=True)
    ):
        own: Gaussian = truth.components[j]
        assert abs(component.mean - own.mean) < 3 * math.sqrt(own.variance / count)
        assert abs(component.variance - own.variance) < 3 * own.variance * math.sqrt(2 / count)
        assert abs(found.mixture.weights[j] - truth.weights[j]) < 3 * math.sqrt(0.25 / 300)
    agreement = sum(a == b for a, b in zip(found.labels, labels, strict=True))
    assert agreement > 0.97 * 300


def _sample(truth: Mixture[Gaussian], n: int) -> tuple[list[float], list[int]]:
    rng = random.Random(20)
    labels = rng.choices(range(len(truth.weights)), truth.weights, k=n)
    drawn = [truth.components[j] for j in labels]
    return [rng.gauss(own.mean, math.sqrt(own.variance)) for own in drawn], labels
