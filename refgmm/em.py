"""The EM algorithm for Gaussian mixtures: one E step, one M step, again and again.

    x_i    a point, i = 1..n               alpha_j               the weight of component j
    g_j    the density of component j      mu_j, sigma_j^2       its mean and variance

E step: how much of point i does component j answer for?

    beta_j(x_i) = alpha_j g_j(x_i) / sum_l alpha_l g_l(x_i)              responsibilities

M step: the parameters that maximise the likelihood, each point counted beta_j(x_i) times.

    N_j          = sum_i beta_j(x_i)                                     effective count
    mu_j'        = sum_i beta_j(x_i) x_i / N_j                           new mean
    sigma_j'^2   = sum_i beta_j(x_i) (x_i - mu_j')^2 / N_j               new variance
    alpha_j'     = N_j / n                                               new weight

But for rounding, no epoch lowers the log-likelihood, sum_i ln sum_j alpha_j g_j(x_i)
(Dempster, Laird and Rubin 1977, "Maximum likelihood from incomplete data via the
EM algorithm", Journal of the Royal Statistical Society B 39(1), theorem 1).

Some texts, the lecture note among them, name the steps differently; see
refgmm.stepper. The numbers are the same.

>>> start = Mixture.univariate(weights=[0.5, 0.5], means=[1, 2], variances=[2, 2])
>>> epoch = next(iterate([0.9, 0.7, 1.2, 2.4, 1.8], start))
>>> epoch.m.means
(1.3065753725700628, 1.4982149218892322)
"""

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from refgmm import events, validation
from refgmm.arithmetic import Matrix, Vector, columns, square, total
from refgmm.errors import DegenerateError
from refgmm.events import Event
from refgmm.gaussian import Gaussian
from refgmm.mixture import C, Mixture


@dataclass(frozen=True, slots=True)
class EStep:
    """Every number of an E step, in the order of computation.

    n points, k components; indices count from 0: [i] is the row of a point, [i][j] a component in it.
    """

    standard_densities: Matrix  # (n, k)  phi(z), which the lecture note prints as g
    densities: Matrix  # (n, k)  g_j(x_i)
    weighted_densities: Matrix  # (n, k)  alpha_j g_j(x_i)
    evidence: Vector  # (n,)  sum_j alpha_j g_j(x_i)
    log_evidence: Vector  # (n,)  ln p(x_i), in nats; finite also where the evidence underflows
    responsibilities: Matrix  # (n, k)  beta_j(x_i), rows sum to 1
    log_likelihood: float  # sum_i of log_evidence: of the mixture that the step started from


@dataclass(frozen=True, slots=True)
class MStep:
    """Every number of an M step, in the order of computation.

    Where an effective count is 0, the mean and variance are 0/0: nan.
    """

    effective_counts: Vector  # (k,)  N_j
    weighted_points: Matrix  # (n, k)  beta_j(x_i) x_i
    weighted_point_sums: Vector  # (k,)
    means: Vector  # (k,)  mu_j'
    weighted_squared_deviations: Matrix  # (n, k)  beta_j(x_i) (x_i - mu_j')^2
    weighted_squared_deviation_sums: Vector  # (k,)
    variances: Vector  # (k,)  sigma_j'^2
    weights: Vector  # (k,)  alpha_j'


@dataclass(frozen=True, slots=True)
class Epoch:
    """One E step and one M step, with the mixture that they started from."""

    index: int  # 1, 2, ...
    before: Mixture[Gaussian]
    e: EStep  # of `before`; its log-likelihood too
    m: MStep
    events: tuple[Event, ...]  # see refgmm.events

    @property
    def ends_walk(self) -> bool:
        """Whether this epoch degenerated, so that there is no mixture after it."""
        return any(event.ends_walk for event in self.events)

    @property
    def after(self) -> Mixture[Gaussian]:
        """The mixture that the M step found. DegenerateError where it found none."""
        if self.ends_walk:
            reasons = tuple(event for event in self.events if event.ends_walk)
            message = " ".join(event.message for event in reasons)
            raise DegenerateError(message, events=reasons)
        return Mixture.univariate(self.m.weights, self.m.means, self.m.variances)


def e_step(points: Sequence[float], mixture: Mixture[C]) -> EStep:
    """Bayes' rule at every point; Mixture.posterior holds it, and the rare detour by logarithms.

    points: (n,), as validation.points returns them (iterate sees to that)
    """
    posteriors = [mixture.posterior(x) for x in points]
    return EStep(
        standard_densities=tuple(at.standard_densities for at in posteriors),
        densities=tuple(at.densities for at in posteriors),  # g_j(x_i)
        weighted_densities=tuple(at.weighted_densities for at in posteriors),  # alpha_j g_j(x_i)
        evidence=tuple(at.evidence for at in posteriors),  # p(x_i) = sum_j alpha_j g_j(x_i)
        log_evidence=tuple(at.log_evidence for at in posteriors),
        responsibilities=tuple(
            at.responsibilities for at in posteriors
        ),  # alpha_j g_j(x_i) / p(x_i)
        log_likelihood=total(at.log_evidence for at in posteriors),
    )


def m_step(points: Sequence[float], responsibilities: Matrix) -> MStep:
    """The maximum-likelihood parameters, given who answers for what.

    points: (n,)    responsibilities: (n, k), not negative

    ValueError where their lengths differ. The variance is taken about the new mean, in a second pass over the points.
    """
    effective_counts = _column_sums(responsibilities)

    weighted_points = tuple(
        tuple(beta * x for beta in row) for x, row in zip(points, responsibilities, strict=True)
    )
    weighted_point_sums = _column_sums(weighted_points)
    means = _quotients(weighted_point_sums, effective_counts)

    weighted_squared_deviations = tuple(
        tuple(beta * square(x - mean) for beta, mean in zip(row, means, strict=True))
        for x, row in zip(points, responsibilities, strict=True)
    )
    weighted_squared_deviation_sums = _column_sums(weighted_squared_deviations)
    variances = _quotients(weighted_squared_deviation_sums, effective_counts)

    weights = tuple(count / len(points) for count in effective_counts)

    return MStep(
        effective_counts,
        weighted_points,
        weighted_point_sums,
        means,
        weighted_squared_deviations,
        weighted_squared_deviation_sums,
        variances,
        weights,
    )


def run_epoch(points: Sequence[float], before: Mixture[Gaussian], index: int) -> Epoch:
    """One E step from `before`, and the M step that follows it."""
    e = e_step(points, before)
    m = m_step(points, e.responsibilities)
    found = events.of_e_step(index, len(points), before.components, e.evidence)
    found += events.of_m_step(index, tuple(points), m.effective_counts, m.means, m.variances)
    return Epoch(index, before, e, m, tuple(found))


def iterate(points: Iterable[float], start: Mixture[Gaussian]) -> Iterator[Epoch]:
    """Epoch after epoch, lazily, until the caller stops or an epoch degenerates (Epoch.ends_walk).

    points: anything iterable of n >= 1 numbers. They are checked at once, not at the first
    epoch: InvalidValueError for what is no number.

    >>> start = Mixture.univariate(weights=[0.5, 0.5], means=[1, 2], variances=[2, 2])
    >>> for epoch in itertools.islice(iterate([0.9, 0.7, 1.2, 2.4, 1.8], start), 3):
    ...     print(epoch.index, round(epoch.e.log_likelihood, 6))
    1 -7.075763
    2 -4.717426
    3 -4.712787
    """
    return _epochs(validation.points(points), start)


def _epochs(points: Vector, start: Mixture[Gaussian]) -> Iterator[Epoch]:
    before = start
    for index in itertools.count(1):
        epoch = run_epoch(points, before, index)
        yield epoch
        if epoch.ends_walk:
            return
        before = epoch.after


def _column_sums(matrix: Matrix) -> Vector:
    """For every component, the sum over the points."""
    return tuple(total(column) for column in columns(matrix))


def _quotients(numerators: Vector, denominators: Vector) -> Vector:
    """One by one; nan where there is nothing to divide by."""
    return tuple(
        numerator / denominator if denominator > 0.0 else math.nan
        for numerator, denominator in zip(numerators, denominators, strict=True)
    )
