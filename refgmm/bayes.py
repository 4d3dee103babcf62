"""Bayes' rule at one point: which component of a mixture did x come from?

p(x) = sum_j alpha_j g_j(x)                 the evidence of x
beta_j(x) = alpha_j g_j(x) / p(x)           the responsibility of component j for x
"""

import math

from refgmm.arithmetic import Point, Vector, columns, total
from refgmm.gaussian import Evaluation
from refgmm.records import dataclass
from refgmm.type_names import Any, Protocol, Sequence

SMALLEST_PRECISE = 2.0**-960
"""Below this, an evidence or an effective count is made of numbers so near to the
smallest double, 2^-1074, that they have begun to lose digits."""


def is_faint(value: float) -> bool:
    """Whether an evidence or an effective count is below SMALLEST_PRECISE (or nan).

    >>> is_faint(1e-300), is_faint(1e-280)
    (True, False)
    """
    return not value >= SMALLEST_PRECISE


class Component(Protocol):
    """What a mixture asks of its components. A point is a float in one dimension, a Vector in more.

    Samples, cdf, quantiles, marginals and conditionals ask for the Gaussians' methods of these names.
    """

    @property
    def mean(self) -> Any:
        """The mean: a point."""

    @property
    def covariance(self) -> Any:
        """The covariance: in one dimension the variance."""

    @property
    def log_determinant(self) -> float:
        """The natural logarithm of the determinant of the covariance."""

    def evaluate(self, x: Any) -> Evaluation:
        """The distance of x, its standard density, and its density g(x)."""

    def log_density(self, x: Any) -> float:
        """The natural logarithm of g(x), finite also where g(x) underflows."""


@dataclass(frozen=True, slots=True)
class Posterior:
    """Bayes' rule at one point, with every number on the way."""

    mahalanobis_distances: Vector  # (k,)  Delta_j(x); in one dimension |z|
    standard_densities: Vector  # (k,)  phi(z), as the lecture note prints its densities
    densities: Vector  # (k,)  g_j(x)
    weighted_densities: Vector  # (k,)  alpha_j g_j(x)
    evidence: float  # p(x)
    log_evidence: float  # ln p(x), finite also where the evidence underflows
    responsibilities: Vector  # (k,)  beta_j(x), sum 1


def label_of(responsibilities: Vector) -> int:
    """The component that answers for most of a point, from 0; of equals the first.

    >>> label_of((0.25, 0.5, 0.25))
    1
    """
    return max(range(len(responsibilities)), key=responsibilities.__getitem__)


def posterior(weights: Vector, components: Sequence[Component], x: Point) -> Posterior:
    """Bayes' rule at x, in the order in which a student writes it down.

    x: a point as arguments.point returns it. It isn't checked again: EM asks for every point.
    """
    distances, standard_densities, densities = columns(
        component.evaluate(x) for component in components
    )
    weighted_densities = tuple(
        weight * density if weight > 0.0 else 0.0  # also where the density is infinite
        for weight, density in zip(weights, densities, strict=True)
    )
    evidence = total(weighted_densities)
    if is_faint(evidence) or math.isinf(evidence):
        log_evidence, responsibilities = _by_logarithms(weights, components, x)
    else:
        log_evidence = math.log(evidence)
        responsibilities = tuple(weighted / evidence for weighted in weighted_densities)
    return Posterior(
        distances,
        standard_densities,
        densities,
        weighted_densities,
        evidence,
        log_evidence,
        responsibilities,
    )


def _by_logarithms(
    weights: Vector, components: Sequence[Component], x: Point
) -> tuple[float, Vector]:
    """Log evidence and responsibilities where the densities are too small, or too large, for doubles.

    From the logarithms w_j = ln(alpha_j g_j(x)), everything relative to the largest of
    them, so that it can't underflow (the log-sum-exp rule):

    beta_j = exp(w_j - w_max) / sum_l exp(w_l - w_max)
    ln p   = w_max + ln sum_l exp(w_l - w_max)
    """
    logs = tuple(
        math.log(weight) + component.log_density(x) if weight > 0.0 else -math.inf
        for weight, component in zip(weights, components, strict=True)
    )
    largest = max(logs)
    relative = tuple(math.exp(log - largest) for log in logs)
    relative_evidence = total(relative)
    responsibilities = tuple(value / relative_evidence for value in relative)
    return largest + math.log(relative_evidence), responsibilities
