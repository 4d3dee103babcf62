"""What others have published of EM in d dimensions and with shared variances, to the digits printed.

One dimension with variances of their own: tests/test_em.py. The lecture note: test_worked_example.py.
"""

import csv
import itertools
import math
from typing import Any

import pytest

from refgmm import Mixture, iterate, m_step
from refgmm.em import Epoch
from refgmm.structures import STRUCTURES

from .spaces import Points, Start
from .support import DATA
from .test_em import SPARK, old_faithful


def converged(points: Points, start: Start, structure: str = "full") -> Epoch[Any]:
    """Run until the log-likelihood gained less than 1e-11."""
    for before, epoch in itertools.pairwise(iterate(points, start, structure)):
        if epoch.e.log_likelihood - before.e.log_likelihood < 1e-11:
            return epoch
    raise AssertionError("the run ended in a degenerate epoch")


# https://github.com/lukapopijac/gaussian-mixture-model, README: five steps in two dimensions

POPIJAC = [(11, 42), (19, 45), (15, 36), (25, 38), (24, 33)]
POPIJAC += [(-24, 3), (-31, -4), (-34, -14), (-25, -5), (-16, 7)]


def test_five_steps_in_two_dimensions() -> None:
    """The README's numbers at (-5, 25) after five steps; it computes in single precision.

    After the first step: the same problem, recomputed in doubles elsewhere.
    """
    start = Mixture.multivariate(
        [0.5, 0.5], means=[(-25, 40), (-60, -30)], covariances=[[[400, 0], [0, 400]]] * 2
    )
    first, *_, fifth = itertools.islice(iterate(POPIJAC, start), 5)
    assert [f"{weight:.9f}" for weight in first.m.weights] == ["0.759301791", "0.240698209"]
    assert [[f"{value:.9f}" for value in mean] for mean in first.m.means] == [
        ["4.684012892", "26.106364504"],
        ["-29.732582649", "-7.156718555"],
    ]
    at = fifth.after.posterior((-5.0, 25.0))
    assert [f"{value:.5e}" for value in at.weighted_densities] == ["9.43855e-06", "2.12612e-06"]
    assert [f"{value:.5f}" for value in at.responsibilities] == ["0.81615", "0.18385"]


# T. Benaglia, D. Chauveau, D. R. Hunter, D. Young 2009, "mixtools: An R Package for Analyzing
# Finite Mixture Models", Journal of Statistical Software 32(6), section 2: Old Faithful, one
# shared variance, until the log-likelihood gains less than 1e-8.

MIXTOOLS = [
    "-1051.08964142",
    "-1034.17386438",
    "-1034.01393899",
    "-1034.00276289",
    "-1034.00184510",
]


@pytest.mark.parametrize("structure", ["tied", "shared", "tied diagonal", "tied spherical"])
@pytest.mark.parametrize("as_vectors", [False, True])
def test_old_faithful_with_a_shared_variance(structure: str, as_vectors: bool) -> None:
    """Nine iterations, the log-likelihood of each, and the final parameters, as mixtools prints.

    In one dimension every tied structure is the same; also where points are vectors of length 1.
    """
    points = old_faithful()
    assert len(points) == 272
    epochs: list[Epoch[Any]]
    if as_vectors:
        start = Mixture.multivariate([0.5, 0.5], [[55], [80]], [[[25]], [[25]]])
        epochs = list(itertools.islice(iterate([[x] for x in points], start, structure), 10))
    else:
        line = Mixture.univariate([0.5, 0.5], [55, 80], [25, 25])
        epochs = list(itertools.islice(iterate(points, line, structure), 10))
    values = [epoch.e.log_likelihood for epoch in epochs]
    assert [f"{value:.8f}" for value in values[:5]] == MIXTOOLS
    assert f"{values[9]:.8f}" == "-1034.00176036"
    gains = [after - before for before, after in itertools.pairwise(values)]
    assert [gain < 1e-8 for gain in gains] == [False] * 8 + [True]  # gains[8]: of iteration 9
    m = epochs[8].m
    means = [mean[0] for mean in m.means] if as_vectors else m.means
    variances = [sigma[0][0] for sigma in m.covariances] if as_vectors else m.variances
    assert [f"{weight:.7f}" for weight in m.weights] == ["0.3608498", "0.6391502"]
    assert [f"{mean:.5f}" for mean in means] == ["54.61364", "80.09031"]
    assert [f"{math.sqrt(variance):.6f}" for variance in variances] == ["5.869089"] * 2


# Apache Spark, mllib/src/test/scala/org/apache/spark/mllib/clustering/GaussianMixtureSuite.scala:
# its points are vectors of length 1.


@pytest.mark.parametrize(("means", "positive"), [((5, -3), 0), ((-1, 1), 1)])
def test_spark_with_vectors_of_length_1(means: tuple[float, float], positive: int) -> None:
    """Both starts end in the published parameters; .86644 is cut off, not rounded (test_em.py)."""
    start = Mixture.multivariate([0.5, 0.5], [[mean] for mean in means], [[[1]]] * 2)
    epoch = converged(tuple((x,) for x in SPARK), start)
    high, low = positive, 1 - positive
    before = epoch.before
    assert before.weights[high] == pytest.approx(2 / 3, abs=5e-7)
    assert [f"{before.means[j][0]:.4f}" for j in (high, low)] == ["5.1604", "-4.3673"]
    assert before.covariances[high][0][0] == pytest.approx(0.86644, abs=1e-5)
    assert before.covariances[low][0][0] == pytest.approx(1.1098, abs=1e-4)
    assert f"{epoch.e.log_likelihood:.8f}" == "-30.37547827"


# R. A. Fisher's iris data, four measurements of 150 flowers. BIC as mclust prints it, with the
# other sign (L. Scrucca, M. Fop, T. B. Murphy, A. E. Raftery 2016, R Journal 8(1)): VVV and VII.


def iris() -> tuple[Points, list[int]]:
    """The measurements, and the species as a number."""
    with open(DATA / "iris.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[1:]
    names = list(dict.fromkeys(row[4] for row in rows))
    return tuple(tuple(map(float, row[:4])) for row in rows), [names.index(row[4]) for row in rows]


@pytest.mark.parametrize(
    ("structure", "groups", "published"),
    [
        ("full", (0, 0, 0), "829.9782"),
        ("full", (0, 1, 1), "574.0178"),
        ("full", (0, 1, 2), "580.8389"),
        ("spherical", (0, 0, 0), "1804.0854"),
        ("spherical", (0, 1, 1), "1012.2352"),
        ("spherical", (0, 1, 2), "853.8090"),
    ],
)
def test_iris(structure: str, groups: tuple[int, int, int], published: str) -> None:
    """-2 ln L + df ln n of the fit that starts from the species, one, two or three groups of them."""
    points, species = iris()
    n, k = len(points), len(set(groups))
    shares = tuple(tuple(float(groups[kind] == j) for j in range(k)) for kind in species)
    m = m_step(points, shares, STRUCTURES[structure])
    epoch = converged(points, Mixture.multivariate(m.weights, m.means, m.covariances), structure)
    df = STRUCTURES[structure].free_parameters(k, 4)
    assert f"{-2 * epoch.e.log_likelihood + df * math.log(n):.4f}" == published
