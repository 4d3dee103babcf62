"""The conjugate prior: Fraley and Raftery's formulas, written down once more, and its maximum.

C. Fraley and A. E. Raftery 2007, "Bayesian regularization for normal mixture estimation and
model-based clustering", Journal of Classification 24, tables 1 and 2.
"""

import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import pytest

from refgmm import InvalidValueError, Mixture
from refgmm.arithmetic import as_matrix, as_vector
from refgmm.fitting import fit
from refgmm.prior import ConjugatePrior
from refgmm.stopping import Epochs

from .fits import (
    CONVERGED,
    EVERY_DIMENSION,
    EVERY_STRUCTURE,
    assert_never_falls,
    assert_no_step_climbs,
    cloud,
    neighbours,
    start,
)

Rows = list[list[float]]


# The formulas, transcribed without a word of refgmm's


def outer(u: Sequence[float], v: Sequence[float], factor: float = 1.0) -> Rows:
    return [[factor * a * b for b in v] for a in u]


def plus(*matrices: Rows) -> Rows:
    return [
        [math.fsum(entries) for entries in zip(*rows, strict=True)]
        for rows in zip(*matrices, strict=True)
    ]


def trace(matrix: Rows) -> float:
    return math.fsum(row[a] for a, row in enumerate(matrix))


def diagonal(values: Sequence[float]) -> Rows:
    return [[v if a == b else 0.0 for b in range(len(values))] for a, v in enumerate(values)]


def moments(y: list[Any], z: Sequence[float]) -> tuple[float, list[float], Rows]:
    """n_k, ybar_k and W_k."""
    rows = [as_vector(x) for x in y]
    n_k = math.fsum(z)
    mean = [
        math.fsum(w * x for w, x in zip(z, column, strict=True)) / n_k
        for column in zip(*rows, strict=True)
    ]
    deviations = [[a - b for a, b in zip(x, mean, strict=True)] for x in rows]
    return n_k, mean, plus(*(outer(v, v, w) for v, w in zip(deviations, z, strict=True)))


class Prior(NamedTuple):
    """kappa_p, mu_p, nu_p, and Lambda_p; or sigma_p^2 where only variances are kept."""

    kappa: float
    mu: Sequence[float]
    nu: float
    scale: Any


def table_2(
    structure: str, y: list[Any], z: Sequence[Sequence[float]], prior: Prior
) -> tuple[list[list[float]], list[Rows]]:
    """Means and covariances of the M step; in mclust's names VVV, EEE, VVI, EEI, VII, EII."""
    kappa, mu_p, nu, scale = prior
    n, d, groups = len(y), len(mu_p), len(z[0])
    means, parts = [], []
    for column in zip(*z, strict=True):
        n_k, ybar, w_k = moments(y, column)
        shift = [a - b for a, b in zip(ybar, mu_p, strict=True)]
        means.append(
            [(n_k * a + kappa * b) / (kappa + n_k) for a, b in zip(ybar, mu_p, strict=True)]
        )
        parts.append((n_k, plus(outer(shift, shift, kappa * n_k / (kappa + n_k)), w_k)))
    if structure.startswith("tied"):
        parts = [(math.nan, plus(*(w for _, w in parts)))] * groups
    denominator: Callable[[float], float] = {
        "full": lambda n_k: nu + n_k + d + 2,
        "tied": lambda _: nu + n + d + groups + 1,
        "diagonal": lambda n_k: nu + n_k + 3,
        "tied diagonal": lambda _: nu + n + groups + 2,
        "spherical": lambda n_k: nu + (n_k + 1) * d + 2,
        "tied spherical": lambda _: nu + (n + groups) * d + 2,
    }[structure]
    numerator: Callable[[Rows], Rows] = {
        "full": lambda w: plus(scale if d > 1 else [[scale]], w),
        "diagonal": lambda w: diagonal([scale + row[a] for a, row in enumerate(w)]),
        "spherical": lambda w: diagonal([scale + trace(w)] * d),
    }[structure.removeprefix("tied ").replace("tied", "full")]
    covariances = [
        [[entry / denominator(n_k) for entry in row] for row in numerator(w)] for n_k, w in parts
    ]
    return means, covariances


def defaults(structure: str, y: list[Any], groups: int) -> Prior:
    """mu_p, nu_p and the scale of section 3.2: of var(y), over n - 1, and the number of groups."""
    n = len(y)
    _, mean, scatter = moments(y, [1.0] * n)
    d = len(mean)
    variance = [[entry / (n - 1) / groups ** (2 / d) for entry in row] for row in scatter]
    if structure in ("full", "tied") and d > 1:
        return Prior(0.01, mean, d + 2, variance)
    return Prior(0.01, mean, d + 2, trace(variance) / d)


def given(prior: str, structure: str, d: int) -> ConjugatePrior:
    if prior == "default":
        return ConjugatePrior()
    matrix = [[2.0 + a if a == b else 0.3 for b in range(d)] for a in range(d)]
    scale = matrix if structure in ("full", "tied") and d > 1 else 1.7
    return ConjugatePrior(
        shrinkage=2.5, mean=(1.0, 2.0, 0.5)[:d] if d > 1 else 1.0, degrees_of_freedom=6, scale=scale
    )


@EVERY_STRUCTURE
@EVERY_DIMENSION
@pytest.mark.parametrize("prior", ["default", "given"])
def test_the_m_step_is_that_of_table_2(structure: str, d: int, prior: str) -> None:
    """Means and covariances after one epoch, for every structure, agree to 12 digits."""
    points, chosen = cloud(d), given(prior, structure, d)
    options: Any = {"structure": structure, "prior": chosen, "stop": Epochs(1), "history": "full"}
    result = fit(points, start(d), **options)
    own = defaults(structure, points, 2)
    if prior == "given":
        own = Prior(2.5, as_vector(chosen.mean), 6, chosen.scale)
    z = result.trace[0].e.responsibilities
    means, covariances = table_2(structure, points, z, own)
    for j, component in enumerate(result.mixture.components):
        assert list(as_vector(component.mean)) == pytest.approx(means[j], rel=1e-12)
        for row, expected in zip(as_matrix(component.covariance), covariances[j], strict=True):
            assert list(row) == pytest.approx(expected, rel=1e-12, abs=1e-13)


# The density that it maximises


def log_prior_by_hand(mixture: Mixture[Any], structure: str, prior: Prior) -> float:
    """Normal times inverse-Wishart, or inverse-gamma of each variance; without constants."""
    kappa, mu_p, nu, scale = prior
    d = len(mu_p)
    height = 0.0
    for component in mixture.components:
        distance, _, _ = component.evaluate(tuple(mu_p) if mixture.dimension else mu_p[0])
        height -= (component.log_determinant + kappa * distance**2) / 2
    shared = structure.startswith("tied")
    for component in mixture.components[: 1 if shared else None]:
        rows = as_matrix(component.covariance)
        if structure in ("full", "tied"):
            precision = inverse(rows)
            traced = trace(
                [
                    [dot(row, column) for column in precision]
                    for row in (scale if d > 1 else [[scale]])
                ]
            )
            height -= ((nu + d + 1) * component.log_determinant + traced) / 2
        else:
            variances = [row[a] for a, row in enumerate(rows)]
            for variance in variances[: 1 if "spherical" in structure else None]:
                height -= (nu / 2 + 1) * math.log(variance) + scale / (2 * variance)
    return height


def dot(u: Sequence[float], v: Sequence[float]) -> float:
    return math.fsum(a * b for a, b in zip(u, v, strict=True))


def inverse(matrix: Any) -> Rows:
    """By Gauss and Jordan."""
    d = len(matrix)
    rows = [[*map(float, row), *diagonal([1.0] * d)[a]] for a, row in enumerate(matrix)]
    for a in range(d):
        rows[a] = [entry / rows[a][a] for entry in rows[a]]
        for b in range(d):
            if b != a:
                rows[b] = [x - rows[b][a] * y for x, y in zip(rows[b], rows[a], strict=True)]
    return [row[d:] for row in rows]


@EVERY_STRUCTURE
@EVERY_DIMENSION
def test_the_posterior_density_climbs_to_a_maximum(structure: str, d: int) -> None:
    """log_likelihood + log_prior never falls, log_prior is the density, and no small step climbs."""
    points, chosen = cloud(d), given("given", structure, d)
    result = fit(points, start(d), structure=structure, prior=chosen, stop=CONVERGED)
    assert result.converged
    assert_never_falls(result)
    mu_p = as_vector(chosen.mean)

    def log_prior(mixture: Mixture[Any]) -> float:
        return log_prior_by_hand(mixture, structure, Prior(2.5, mu_p, 6, chosen.scale))

    offset = result.history[0].log_prior - log_prior(result.history[0].mixture)
    for progress in result.history:
        assert progress.log_prior == pytest.approx(log_prior(progress.mixture) + offset, rel=1e-12)
    for before, now in itertools.pairwise(result.history):
        gain = now.log_likelihood + now.log_prior - before.log_likelihood - before.log_prior
        assert now.gain == pytest.approx(gain, abs=1e-12)
    assert result.log_prior == result.history[-1].log_prior
    around = neighbours(result.mixture, structure)
    assert_no_step_climbs(points, result, around, log_prior)


def test_a_faint_prior_changes_little() -> None:
    """As what the prior counts goes to 0, its maximum goes to that of the likelihood.

    Sample weights of a million make what the prior always counts (nu + 3 points) faint, too.
    """
    points = cloud(1)
    plain = fit(points, start(1), stop=Epochs(30))
    faint = ConjugatePrior(shrinkage=0, degrees_of_freedom=0, scale=1e-9)
    weights = [1e6] * 24
    result = fit(points, start(1), prior=faint, sample_weights=weights, stop=Epochs(30))
    assert result.mixture.means == pytest.approx(plain.mixture.means, rel=1e-5)
    assert result.mixture.covariances == pytest.approx(plain.mixture.covariances, rel=1e-5)


def test_a_prior_keeps_a_component_from_collapsing() -> None:
    """One far point alone: maximum likelihood collapses onto it, the posterior doesn't."""
    points = [0.1, 0.3, 0.2, 0.7, 0.4, 50.0]
    begin = Mixture.univariate([0.5, 0.5], [0, 50], [1, 1])
    assert fit(points, begin).degenerated
    result = fit(points, begin, prior=ConjugatePrior())
    assert result.converged
    assert not result.events
    assert result.mixture.covariances[1] > 1


def test_a_prior_lets_a_component_go_empty() -> None:
    """Without points, a component is the prior's: its mean, its mode, weight 0."""
    points = cloud(1)
    begin = Mixture.univariate([0.5, 0.5], [2, 1e6], [3, 3])
    prior = ConjugatePrior(shrinkage=1, mean=7, degrees_of_freedom=3, scale=12)
    result = fit(points, begin, prior=prior, stop=Epochs(1))
    assert result.mixture.weights == (1.0, 0.0)
    assert result.mixture.components[1].mean == 7
    assert result.mixture.components[1].variance == 12 / (3 + 0 + 3)


def test_without_shrinkage_an_empty_component_ends_the_fit() -> None:
    """Then nothing says where its mean is."""
    begin = Mixture.univariate([0.5, 0.5], [2, 1e6], [3, 3])
    for structure in ("full", "tied"):
        result = fit(cloud(1), begin, structure=structure, prior=ConjugatePrior(shrinkage=0))
        assert [event.name for event in result.events] == ["EmptyComponent"]
        assert result.degenerated


def test_sample_weights_count_in_the_prior_s_defaults() -> None:
    """An integer weight equals repetition, in the prior's mean and covariance, too."""
    points = cloud(2)
    weights = [1 + i % 3 for i in range(24)]
    repeated = [x for x, w in zip(points, weights, strict=True) for _ in range(w)]
    options: Any = {"prior": ConjugatePrior(), "stop": Epochs(10)}
    a = fit(points, start(2), sample_weights=weights, **options)
    b = fit(repeated, start(2), **options)
    assert a.log_prior == pytest.approx(b.log_prior, rel=1e-10)
    for x, y in zip(a.mixture.means, b.mixture.means, strict=True):
        assert x == pytest.approx(y, rel=1e-10)


# What is refused

SINGULAR = (
    "the points have no covariance to take the prior's scale from: it is singular, or they count no "
    "more than once in all. Give the prior a scale"
)


@pytest.mark.parametrize("name", ["shrinkage", "degrees_of_freedom"])
@pytest.mark.parametrize("value", [-1, math.nan, math.inf, "1", True])
def test_counts_of_a_prior_are_numbers_from_0_on(name: str, value: Any) -> None:
    """Refused by name."""
    with pytest.raises(InvalidValueError) as caught:
        ConjugatePrior(**{name: value})
    assert str(caught.value) == f"the prior's {name} must be a number from 0 on, got {value!r}"
    assert caught.value.field == "prior"


@pytest.mark.parametrize(
    ("structure", "prior", "message"),
    [
        (
            "full",
            {"mean": 1.0},
            "the prior's mean won't do: mean must be a row of numbers, got 1.0: give a list such as [1.0, 2.0]",
        ),
        (
            "full",
            {"mean": [1, 2, 3]},
            "the prior's mean has 3 coordinates where the points have 2: give one for each",
        ),
        (
            "full",
            {"mean": [1, math.nan]},
            "the prior's mean won't do: coordinate 2 of mean must be a finite number, got nan: correct it or leave it out",
        ),
        (
            "full",
            {"scale": 2.0},
            "the prior's scale won't do: covariance must be a matrix, got 2.0: give a list of rows such as [[1.0, 0.5], [0.5, 2.0]]",
        ),
        (
            "tied",
            {"scale": [[1]]},
            "the prior's scale has 1 rows for points of 2 coordinates: give 2",
        ),
        (
            "diagonal",
            {"scale": [[1, 0], [0, 1]]},
            "the prior's scale won't do: variance must be a number, got [[1, 0], [0, 1]]: give a number such as 0.9",
        ),
        (
            "spherical",
            {"scale": -1},
            "the prior's scale won't do: variance must be positive and finite, got -1: give the square of a standard deviation above 0",
        ),
    ],
)
def test_a_prior_must_suit_the_points(structure: str, prior: dict[str, Any], message: str) -> None:
    """Its mean has their dimension; its scale is a covariance, or a variance, as the structure asks."""
    with pytest.raises(InvalidValueError) as caught:
        fit(cloud(2), start(2), structure=structure, prior=ConjugatePrior(**prior))
    assert str(caught.value) == message
    assert caught.value.field == "prior"


@pytest.mark.parametrize(
    ("points", "weights"),
    [
        ([(1.0, 2.0)], None),
        ([(1.0, 2.0)] * 3, None),
        ([(1.0, 2.0), (2.0, 4.0)], None),
        (cloud(2), [0.01] * 24),
    ],
)
def test_no_scale_without_a_covariance(points: list[Any], weights: Any) -> None:
    """From one point, equal points, points on a line, or a count below 1, no scale can come."""
    one = Mixture.multivariate([1], [[0, 0]], [[[1, 0], [0, 1]]])
    with pytest.raises(InvalidValueError) as caught:
        fit(points, one, prior=ConjugatePrior(), sample_weights=weights)
    assert str(caught.value) == SINGULAR
    given_scale = ConjugatePrior(scale=[[1, 0], [0, 1]])
    assert fit(points, one, prior=given_scale, sample_weights=weights).converged
