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

In d dimensions x_i and mu_j are vectors, and the square becomes the matrix

    Sigma_j'     = sum_i beta_j(x_i) (x_i - mu_j')(x_i - mu_j')^T / N_j  new covariance

or what refgmm.structures allows of it. The rest stays as it is.

But for rounding, no epoch lowers the log-likelihood, sum_i ln sum_j alpha_j g_j(x_i)
(Dempster, Laird and Rubin 1977, "Maximum likelihood from incomplete data via the
EM algorithm", Journal of the Royal Statistical Society B 39(1), theorem 1).

Some texts, the lecture note among them, name the steps differently; see
refgmm.sub_steps. The numbers are the same.

>>> start = Mixture.univariate(weights=[0.5, 0.5], means=[1, 2], variances=[2, 2])
>>> epoch = next(iterate([0.9, 0.7, 1.2, 2.4, 1.8], start))
>>> epoch.m.means
(1.3065753725700628, 1.4982149218892322)
"""

import itertools

from refgmm import arguments, signs, validation
from refgmm.arguments import dimension_in_words, dimension_of
from refgmm.arithmetic import (
    Matrix,
    Point,
    Square,
    Vector,
    columns,
    divided,
    scaled,
    squared_deviation,
    summed,
    total,
)
from refgmm.bayes import Component, Posterior
from refgmm.errors import DegenerateError, InvalidValueError
from refgmm.events import Event, StartOutsideStructure
from refgmm.mixture import C, Mixture
from refgmm.records import dataclass
from refgmm.structures import FULL, Structure, structure_of
from refgmm.type_names import Any, Generic, Iterable, Iterator, Sequence


@dataclass(frozen=True, slots=True)
class EStep:
    """Every number of an E step, in the order of computation.

    n points, k components; indices count from 0: [i] is the row of a point, [i][j] a component in it.
    """

    log_determinants: Vector  # (k,)  ln det Sigma_j; in one dimension ln sigma_j^2
    mahalanobis_distances: Matrix  # (n, k)  Delta_j(x_i); in one dimension |z|
    standard_densities: Matrix  # (n, k)  phi(z), which the lecture note prints as g
    densities: Matrix  # (n, k)  g_j(x_i)
    weighted_densities: Matrix  # (n, k)  alpha_j g_j(x_i)
    evidence: Vector  # (n,)  sum_j alpha_j g_j(x_i)
    log_evidence: Vector  # (n,)  ln p(x_i), in nats; finite also where the evidence underflows
    responsibilities: Matrix  # (n, k)  beta_j(x_i), rows sum to 1
    log_likelihood: float  # sum_i of log_evidence: of the mixture that the step started from

    @classmethod
    def of_posteriors(
        cls,
        posteriors: Sequence[Posterior],
        components: Sequence[Component],
        point_weights: Vector | None = None,
    ) -> "EStep":
        """What Bayes' rule gave at every point, (n,), as one record.

        point_weights: (n,), how often each point counts in the log-likelihood; None: once
        """
        log_evidence = tuple(at.log_evidence for at in posteriors)
        return cls(
            log_determinants=tuple(component.log_determinant for component in components),
            mahalanobis_distances=tuple(at.mahalanobis_distances for at in posteriors),
            standard_densities=tuple(at.standard_densities for at in posteriors),
            densities=tuple(at.densities for at in posteriors),
            weighted_densities=tuple(at.weighted_densities for at in posteriors),
            evidence=tuple(at.evidence for at in posteriors),
            log_evidence=log_evidence,
            responsibilities=tuple(at.responsibilities for at in posteriors),
            log_likelihood=total(log_evidence)
            if point_weights is None
            else total(
                weight * log for weight, log in zip(point_weights, log_evidence, strict=True)
            ),
        )


@dataclass(frozen=True, slots=True)
class MStep:
    """Every number of an M step, in the order of computation.

    A Point is a float, and a Square a float; in d dimensions a vector, (d,), and a matrix, (d, d).
    Where an effective count is 0, the mean and covariance are 0/0: nan.
    """

    effective_counts: Vector  # (k,)  N_j
    weighted_points: tuple[tuple[Point, ...], ...]  # (n, k)  beta_j(x_i) x_i
    weighted_point_sums: tuple[Point, ...]  # (k,)
    means: tuple[Point, ...]  # (k,)  mu_j'
    weighted_squared_deviations: tuple[tuple[Square, ...], ...]  # (n, k)  beta_j (x_i - mu_j')^2
    weighted_squared_deviation_sums: tuple[Square, ...]  # (k,)
    covariances: tuple[Square, ...]  # (k,)  Sigma_j'; in one dimension sigma_j'^2
    weights: Vector  # (k,)  alpha_j'

    @property
    def variances(self) -> tuple[Square, ...]:
        """The covariances, as one dimension calls them."""
        return self.covariances


@dataclass(frozen=True, slots=True)
class Epoch(Generic[C]):
    """One E step and one M step, with the mixture that they started from."""

    index: int  # 1, 2, ...
    points: tuple[Point, ...]  # (n,) or (n, d)
    before: Mixture[C]
    e: EStep  # of `before`; its log-likelihood too
    m: MStep
    events: tuple[Event, ...]  # see refgmm.events
    structure: Structure = FULL  # of the covariances that the M step found
    beyond: str = ""  # what else a fit was asked for, where its formulas are not those above

    @property
    def ends_walk(self) -> bool:
        """Whether this epoch degenerated, so that there is no mixture after it."""
        return any(event.ends_walk for event in self.events)

    @property
    def after(self) -> Mixture[C]:
        """The mixture that the M step found. DegenerateError where it found none."""
        if self.ends_walk:
            reasons = tuple(event for event in self.events if event.ends_walk)
            message = " ".join(event.message for event in reasons)
            raise DegenerateError(message, events=reasons)
        return Mixture.of_parameters(self.m.weights, self.m.means, self.m.covariances)


def e_step(
    points: Iterable[Any], mixture: Mixture[C], point_weights: Vector | None = None
) -> EStep:
    """Bayes' rule at every point: beta_j(x_i) = alpha_j g_j(x_i) / sum_l alpha_l g_l(x_i).

    The rule itself, and the detour by logarithms where densities underflow, stand in refgmm.bayes.

    points: (n,) or (n, d)
    point_weights: (n,), how often each point counts in the log-likelihood; once where not given

    InvalidValueError for what is no point of the mixture's dimension, and for what is no weight.

    >>> start = Mixture.univariate(weights=[0.5, 0.5], means=[1, 2], variances=[2, 2])
    >>> e_step([0.9, 0.7, 1.2, 2.4, 1.8], start).responsibilities[3]
    (0.38936..., 0.61063...)
    """
    points = validation.points(points)
    check_dimensions(points, mixture)
    point_weights = arguments.sample_weights(point_weights, len(points))
    posteriors = [mixture.posterior(x) for x in points]
    return EStep.of_posteriors(posteriors, mixture.components, point_weights)


def m_step(
    points: Iterable[Any],
    responsibilities: Iterable[Any],
    structure: str | Structure = FULL,
    point_weights: Vector | None = None,
) -> MStep:
    """The parameters that maximise the likelihood, the responsibilities held fixed: N_j, mu_j',
    Sigma_j' and alpha_j' of the equations above.

    points: (n,) or (n, d)
    responsibilities: (n, k), not negative
    structure: what the covariances have in common, by name; see refgmm.structures
    point_weights: (n,), how often each point counts; once where not given. With w_i for them,
        w_i beta_j(x_i) stands in the place of beta_j(x_i), and sum_i w_i in that of n

    The deviations are taken from the new mean, in a second pass over the points.

    InvalidValueError for what is no point, no row of responsibilities or no weight.

    >>> m = m_step([0, 3, 6], responsibilities=[[1, 0], [0.5, 0.5], [0, 1]])
    >>> m.effective_counts, m.means, m.variances, m.weights
    ((1.5, 1.5), (1.0, 5.0), (2.0, 2.0), (0.5, 0.5))
    """
    points = validation.points(points)
    shares = arguments.responsibilities(responsibilities, len(points))
    point_weights = arguments.sample_weights(point_weights, len(points))
    # Nothing is missing here: each component sees the point itself.
    seen = [(x,) * len(row) for x, row in zip(points, shares, strict=True)]
    return m_step_as_seen(seen, None, shares, structure_of(structure), point_weights)


def m_step_as_seen(
    seen: Sequence[Sequence[Point]],
    spreads: Sequence[Sequence[Square | None]] | None,
    responsibilities: Matrix,
    structure: Structure,
    point_weights: Vector | None,
) -> MStep:
    """The M step where each component sees a point of its own: refgmm.missing, and m_step above.

    seen: (n, k), point i as component j sees it: x_i itself, where nothing is missing
    spreads: (n, k), what to add to its squared deviation; None: nothing
    """
    shares, n = responsibilities, float(len(seen))
    if point_weights is not None:  # a point that counts twice is answered for twice
        shares, n = tuple(map(scaled, point_weights, responsibilities)), total(point_weights)

    effective_counts = sums(shares)

    weighted_points = weighted(shares, seen)
    weighted_point_sums = sums(weighted_points)
    means = tuple(map(divided, weighted_point_sums, effective_counts))

    squares = squared_deviations(seen, means)
    if spreads is not None:
        squares = [tuple(map(_added, *rows)) for rows in zip(squares, spreads, strict=True)]
    weighted_squared_deviations = weighted(shares, squares)
    weighted_squared_deviation_sums = sums(weighted_squared_deviations)
    covariances = structure.estimate(weighted_squared_deviation_sums, effective_counts)

    weights = tuple(count / n for count in effective_counts)

    return MStep(
        effective_counts,
        weighted_points,
        weighted_point_sums,
        means,
        weighted_squared_deviations,
        weighted_squared_deviation_sums,
        covariances,
        weights,
    )


def weighted(shares: Matrix, values: Sequence[Sequence[Any]]) -> tuple[tuple[Any, ...], ...]:
    """Each number, vector or matrix times its share. shares, values: (n, k)."""
    return tuple(tuple(map(scaled, row, own)) for row, own in zip(shares, values, strict=True))


def squared_deviations(
    seen: Sequence[Sequence[Point]], means: Sequence[Point]
) -> list[tuple[Square, ...]]:
    """(x - mean)^2 of each point, as each component sees it: (n, k)."""
    return [tuple(map(squared_deviation, xs, means)) for xs in seen]


def _added(square: Square, spread: Square | None) -> Square:
    return square if spread is None else summed([square, spread])


def run_epoch(
    points: Sequence[Point], before: Mixture[C], index: int, structure: Structure = FULL
) -> Epoch[C]:
    """One E step from `before`, and the M step that follows it."""
    e = e_step(points, before)
    m = m_step(points, e.responsibilities, structure)
    return epoch_of(points, before, index, structure, e=e, m=m)


def epoch_of(
    points: Sequence[Point],
    before: Mixture[C],
    index: int,
    structure: Structure,
    *,
    e: EStep,
    m: MStep,
    extremes: Iterable[tuple[int, float]] | None = None,
) -> Epoch[C]:
    """Both steps as one record, with the events that they show.

    extremes: what signs.extremes finds in the evidence, where that is known
    """
    evidence = enumerate(e.evidence) if extremes is None else extremes
    found = signs.of_e_step(index, len(points), before.components, evidence)
    if index == 1 and not structure.holds(before.covariances):  # later ones the M step has made
        found.append(StartOutsideStructure(index, structure.name))
    found += signs.of_counts(index, m.effective_counts)
    found += signs.of_m_step(index, tuple(points), e.responsibilities, m)
    return Epoch(index, tuple(points), before, e, m, tuple(found), structure)


def iterate(
    points: Iterable[Any], start: Mixture[C], structure: str | Structure = FULL
) -> Iterator[Epoch[C]]:
    """Epoch after epoch, lazily, until the caller stops or an epoch degenerates (Epoch.ends_walk).

    points: anything iterable of n >= 1 numbers, or of n rows of d numbers. They are checked at
    once, not at the first epoch: InvalidValueError for what is no number, and where the
    dimensions of points and mixture differ.
    structure: what the covariances have in common, by name; see refgmm.structures

    >>> start = Mixture.univariate(weights=[0.5, 0.5], means=[1, 2], variances=[2, 2])
    >>> for epoch in itertools.islice(iterate([0.9, 0.7, 1.2, 2.4, 1.8], start), 3):
    ...     print(epoch.index, round(epoch.e.log_likelihood, 6))
    1 -7.075763
    2 -4.717426
    3 -4.712787
    """
    checked = validation.points(points)
    check_dimensions(checked, start)
    return _epochs(checked, start, structure_of(structure))


def check_dimensions(points: Sequence[Point], mixture: Mixture[C]) -> None:
    """InvalidValueError for what is no mixture, or none of the points' dimension."""
    arguments.check_kind(
        mixture, Mixture, "mixture", "make one by Mixture.univariate, or let fit find one"
    )
    if dimension_of(points[0]) != mixture.dimension:
        problem = (
            f"the points have {dimension_in_words(dimension_of(points[0]))} each, and the means of "
            f"the mixture {dimension_in_words(mixture.dimension)}: give both the same dimension"
        )
        raise InvalidValueError(problem, field="points")


def _epochs(points: Sequence[Point], start: Mixture[C], structure: Structure) -> Iterator[Epoch[C]]:
    before = start
    for index in itertools.count(1):
        epoch = run_epoch(points, before, index, structure)
        yield epoch
        if epoch.ends_walk:
            return
        before = epoch.after


def sums(rows: Sequence[tuple[Any, ...]]) -> tuple[Any, ...]:
    """For every component, the sum over the points."""
    return tuple(map(summed, columns(rows)))
