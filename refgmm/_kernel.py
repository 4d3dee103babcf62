"""EM in one dimension for fits that keep no trace: the same epoch as refgmm.em, its numbers not kept.

To learn EM, read refgmm.em. This is the same arithmetic laid out for speed, in Python that mypyc
compiles as it stands (see setup.py): floats in attributes of small classes, no tuples of tuples.

Up to BLOCK points, every float is that of refgmm.em, bit for bit: `_exact_pass`.

Beyond, one pass over the points adds up, for each component j, with d = x_i - mu_j from its *current*
mean and beta = beta_j(x_i),

    N_j = sum_i beta        A_j = sum_i beta d        B_j = sum_i beta d^2

from which the M step follows:

    mu_j' = mu_j + A_j / N_j        sigma_j'^2 = B_j / N_j - (A_j / N_j)^2        alpha_j' = N_j / n

Where a mean moves so far that the difference would cancel, the sums are taken again, about the new
mean. The points are cut into blocks of BLOCK, counted from the first; the sums of the blocks of a run
(RUN points) are added in order, and so are those of the runs. Whoever computes which run, the sums are
the same. `sums_of_run`, `added` and `parameters_of_sums` are these three pieces.
"""

from collections.abc import Sequence
from math import exp, inf, log, nan, pi, sqrt
from typing import Final, final

BLOCK: Final = 256
RUN: Final = 64 * BLOCK

LOG_LIKELIHOOD: Final = 0  # places in a list of sums
FAINT: Final = 1  # how many points have an evidence below SMALLEST_PRECISE
PER_COMPONENT: Final = 2  # from here on N_1, A_1, B_1, N_2, ...

_SMALLEST_PRECISE: Final = 2.0**-960  # as in refgmm.bayes
_LOG_SMALLEST_PRECISE: Final = log(2.0**-960)
_SMALLEST_VARIANCE: Final = 1e-150  # as in refgmm.validation
_EPSILON: Final = 2.0**-52
_LARGEST_RATIO: Final = 90.0  # of densities, as a logarithm: beyond, digits of their logarithm are lost
_LARGEST_PRODUCT: Final = 1e150
_LARGEST_SHIFT: Final = 8.0  # squared, in new variances: what costs less than a digit of the variance

Parameters = tuple[Sequence[float], Sequence[float], Sequence[float]]
"""Weights, means and variances, (k,) each."""

Estimate = tuple[list[float], list[float], list[float], list[float], bool]
"""Weights, means, variances and effective counts, (k,); whether a mean moved too far: see above."""


@final
class _Share:
    """A responsibility, where it can be changed."""

    def __init__(self) -> None:
        self.value: float = 0.0


@final
class _Component:
    """A Gaussian with its weight, and what is added up for it."""

    def __init__(self, weight: float, mean: float, variance: float) -> None:
        self.weight: float = weight
        self.mean: float = mean
        self.variance: float = variance
        self.centre: float = mean  # what deviations are taken from
        self.rate: float = 0.0
        self.front: float = 0.0
        self.root: float = 0.0
        self.log_normaliser: float = 0.0
        self.log_weight: float = 0.0
        self.deviation: float = 0.0  # of the point at hand
        self.exponent: float = 0.0
        self.term: float = 0.0
        self.count: float = 0.0
        self.first: float = 0.0
        self.second: float = 0.0
        self.shares: list[_Share] = []
        self.prepare()

    def prepare(self) -> None:
        """What the density asks for, from weight, mean and variance."""
        spread = 2.0 * pi * self.variance
        self.centre = self.mean
        self.rate = -0.5 / self.variance
        self.root = sqrt(spread)
        self.log_normaliser = log(spread) / 2.0
        self.log_weight = log(self.weight) if self.weight > 0.0 else -inf


def sums_of_run(
    points: Sequence[float],
    parameters: Parameters,
    centres: Sequence[float] | None = None,
) -> list[float]:
    """The sums over a run: up to RUN points, the first of them number 0, RUN, 2 RUN, ... of all.

    centres: (k,), to take d from; None: the means. Other centres take several times as long
    """
    components = _components_of(parameters)
    if centres is not None:
        for component, centre in zip(components, centres, strict=True):
            component.centre = centre
    return _sums_of_run(tuple(points), components, centres is not None)


def added(sums: list[float], others: list[float]) -> list[float]:
    """The sums of two parts, in their order."""
    return [a + b for a, b in zip(sums, others, strict=True)]


def parameters_of_sums(
    sums: list[float], centres: Sequence[float], point_count: float, is_shared: bool
) -> Estimate:
    """The M step from the sums about the centres; nan for a component that answers for nothing.

    is_shared: whether all components share one variance, sum_j (B_j - A_j^2 / N_j) / sum_j N_j
    """
    weights: list[float] = []
    means: list[float] = []
    scatters: list[float] = []
    counts: list[float] = []
    moved_far = False
    pooled = 0.0
    total = 0.0
    place = PER_COMPONENT
    for centre in centres:
        count, first, second = sums[place], sums[place + 1], sums[place + 2]
        place += 3
        shift = first / count if count > 0.0 else nan
        scatter = second - shift * first
        if shift * first > _LARGEST_SHIFT * scatter:
            moved_far = True
        counts.append(count)
        weights.append(count / point_count)
        means.append(centre + shift)
        scatters.append(scatter)
        pooled += scatter
        total += count
    if is_shared:
        variances = [pooled / total if total > 0.0 else nan] * len(counts)
    else:
        variances = [
            scatter / count if count > 0.0 else nan
            for scatter, count in zip(scatters, counts, strict=True)
        ]
    return weights, means, variances, counts, moved_far


def epoch(
    points: tuple[float, ...], parameters: Parameters, is_shared: bool
) -> tuple[float, int, Estimate]:
    """An E step and the M step that follows: log-likelihood of the old parameters, number of
    points whose evidence is faint, new parameters.
    """
    return _epoch(points, _components_of(parameters), is_shared)


def faint_points(points: tuple[float, ...], parameters: Parameters) -> list[int]:
    """The numbers, from 0, of points whose evidence is below SMALLEST_PRECISE."""
    components = _components_of(parameters)
    return [
        i
        for i, x in enumerate(points)
        if _log_sum_exp(x, components) < _LOG_SMALLEST_PRECISE
    ]


def epochs_ahead(
    points: tuple[float, ...],
    parameters: Parameters,
    is_shared: bool,
    most: int,
    least_gain: float,
) -> tuple[int, Parameters]:
    """Epochs as long as nothing happens that anyone would look at: how many, and where they led.

    At most `most`, each gaining more than least_gain; none with a faint evidence, with components
    that are nearly equal, or with a new variance near to rounding. What the first epoch that
    is not so means, is for the caller to find out: it is not counted.
    """
    components = _components_of(parameters)
    n = len(points)
    last = -inf
    kept = parameters
    done = -1
    while True:
        log_likelihood, faint, estimate = _epoch(points, components, is_shared)
        if not log_likelihood - last > least_gain:
            return max(done, 0), kept  # of one epoch before
        done += 1
        kept = (
            [component.weight for component in components],
            [component.mean for component in components],
            [component.variance for component in components],
        )
        if done == most or faint or not _are_distinct(components, n):
            return done, kept
        weights, means, variances, counts, _ = estimate
        for j in range(len(components)):
            rounding = n * _EPSILON * means[j]
            least = max(4.0 * rounding * rounding, 2.0 * _SMALLEST_VARIANCE)
            if not (counts[j] > 2.0 * _SMALLEST_PRECISE and variances[j] > least):
                return done, kept
        last = log_likelihood
        for j, component in enumerate(components):
            component.weight = weights[j]
            component.mean = means[j]
            component.variance = variances[j]
            component.prepare()


def _components_of(parameters: Parameters) -> list[_Component]:
    weights, means, variances = parameters
    return [
        _Component(weight, mean, variance)
        for weight, mean, variance in zip(weights, means, variances, strict=True)
    ]


def _are_distinct(components: list[_Component], n: int) -> bool:
    """Whether means differ by more than what refgmm.events calls equal; it may be stricter."""
    for j, one in enumerate(components):
        for other in components[:j]:
            size = abs(one.mean) + abs(other.mean) + sqrt(one.variance)
            if not abs(one.mean - other.mean) > 2.0 * n * _EPSILON * size:
                return False
    return True


def _epoch(
    points: tuple[float, ...], components: list[_Component], is_shared: bool
) -> tuple[float, int, Estimate]:
    n = len(points)
    if n <= BLOCK:
        return _exact_pass(points, components, is_shared)
    sums = _sums(points, components, False)
    centres = [component.mean for component in components]
    estimate = parameters_of_sums(sums, centres, float(n), is_shared)
    if estimate[4]:
        centres = estimate[1]
        for component, centre in zip(components, centres, strict=True):
            component.centre = centre
        again = _sums(points, components, True)
        estimate = parameters_of_sums(again, centres, float(n), is_shared)
    return sums[LOG_LIKELIHOOD], int(sums[FAINT]), estimate


def _sums(
    points: tuple[float, ...], components: list[_Component], carefully: bool
) -> list[float]:
    sums = _sums_of_run(points[:RUN], components, carefully)
    for first in range(RUN, len(points), RUN):
        sums = added(sums, _sums_of_run(points[first : first + RUN], components, carefully))
    return sums


def _sums_of_run(
    points: tuple[float, ...], components: list[_Component], carefully: bool
) -> list[float]:
    heaviest = components[0]
    for component in components:
        if component.weight > heaviest.weight:
            heaviest = component
    others = [component for component in components if component is not heaviest]
    for component in components:
        component.front = (component.weight / heaviest.weight) * (heaviest.root / component.root)
    sums: list[float] = []
    for first in range(0, len(points), BLOCK):
        block = points[first : first + BLOCK]
        for component in components:
            component.count = component.first = component.second = 0.0
        faint = 0
        if carefully:
            log_likelihood = 0.0
            for x in block:
                log_likelihood += _add_carefully(x, components)
        else:
            log_likelihood, faint = _pass_block(block, heaviest, others, components)
        own = [log_likelihood, float(faint)]
        for component in components:
            own += [component.count, component.first, component.second]
        sums = added(sums, own) if sums else own
    return sums


def _pass_block(
    points: tuple[float, ...],
    heaviest: _Component,
    others: list[_Component],
    components: list[_Component],
) -> tuple[float, int]:
    """Add up a block. Log-likelihood, and how many points are faint.

    Densities are taken relative to that of the component of the largest weight: one exp less. The
    normalisers are multiplied, and their logarithm is taken where the product grows large. Where a
    ratio would lose digits, or that density is near to nothing, the point is added carefully.
    """
    mean, rate = heaviest.mean, heaviest.rate
    log_front = heaviest.log_weight - heaviest.log_normaliser
    least = 0.5 * _LOG_SMALLEST_PRECISE - log_front
    log_likelihood = 0.0
    product = 1.0
    careful = 0
    faint = 0
    for x in points:
        deviation = x - mean
        base = rate * deviation * deviation
        normaliser = 1.0
        for other in others:
            d = x - other.mean
            relative = other.rate * d * d - base
            if relative > _LARGEST_RATIO:
                normaliser = inf
                break
            other.deviation = d
            term = other.front * exp(relative)
            other.term = term
            normaliser += term
        if normaliser > 1e50 or base < least:
            log_evidence = _add_carefully(x, components)
            log_likelihood += log_evidence
            careful += 1
            if log_evidence < _LOG_SMALLEST_PRECISE:
                faint += 1
            continue
        log_likelihood += base
        product *= normaliser
        if product > _LARGEST_PRODUCT:
            log_likelihood += log(product)
            product = 1.0
        beta = 1.0 / normaliser
        weighted = beta * deviation
        heaviest.count += beta
        heaviest.first += weighted
        heaviest.second += weighted * deviation
        for other in others:
            share = other.term * beta
            weighted = share * other.deviation
            other.count += share
            other.first += weighted
            other.second += weighted * other.deviation
    return log_likelihood + (log(product) + (len(points) - careful) * log_front), faint


def _add_carefully(x: float, components: list[_Component]) -> float:
    """Add up one point, by logarithms. Its log evidence."""
    log_evidence = _log_sum_exp(x, components)
    for component in components:
        d = x - component.centre
        component.count += component.term
        component.first += component.term * d
        component.second += component.term * d * d
    return log_evidence


def _log_sum_exp(x: float, components: list[_Component]) -> float:
    """The log evidence of x, and its responsibilities as terms, as refgmm.bayes has them."""
    largest = -inf
    for component in components:
        d = x - component.mean
        exponent = -(d * d) / (2.0 * component.variance)
        component.exponent = component.log_weight + (exponent - component.log_normaliser)
        if component.exponent > largest:
            largest = component.exponent
    normaliser = 0.0
    for component in components:
        component.term = exp(component.exponent - largest)
        normaliser += component.term
    for component in components:
        component.term /= normaliser
    return largest + log(normaliser)


def _exact_pass(
    points: tuple[float, ...], components: list[_Component], is_shared: bool
) -> tuple[float, int, Estimate]:
    """An epoch with the operations of refgmm.em in their order: the same floats."""
    n = len(points)
    for component in components:
        component.count = component.first = component.second = 0.0
        while len(component.shares) < n:
            component.shares.append(_Share())
    log_likelihood = 0.0
    faint = 0
    for i, x in enumerate(points):
        evidence = 0.0
        for component in components:
            d = x - component.mean
            exponent = -(d * d) / (2.0 * component.variance)
            if exponent < _LOG_SMALLEST_PRECISE:
                density = exp(exponent - component.log_normaliser)
            else:
                density = exp(exponent) / component.root
            component.term = component.weight * density
            evidence += component.term
        if evidence >= _SMALLEST_PRECISE:
            log_likelihood += log(evidence)
            for component in components:
                component.term /= evidence
        else:
            log_likelihood += _log_sum_exp(x, components)
            faint += 1
        for component in components:
            beta = component.term
            component.shares[i].value = beta
            component.count += beta
            component.first += beta * x

    pooled = 0.0
    total = 0.0
    estimate: Estimate = ([], [], [], [], False)
    for component in components:
        count = component.count
        mean = component.first / count if count > 0.0 else nan
        scatter = 0.0
        for x, share in zip(points, component.shares, strict=False):
            d = x - mean
            scatter += share.value * (d * d)
        pooled += scatter
        total += count
        estimate[0].append(count / n)
        estimate[1].append(mean)
        estimate[2].append(scatter / count if count > 0.0 else nan)
        estimate[3].append(count)
    if is_shared:
        variance = pooled / total if total > 0.0 else nan
        return log_likelihood, faint, (estimate[0], estimate[1], [variance] * len(components), estimate[3], False)
    return log_likelihood, faint, estimate
