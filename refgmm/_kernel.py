"""EM in one dimension for fits that keep no trace: the same epoch as refgmm.em, its numbers not kept.

To learn EM, read refgmm.em. This is the same arithmetic laid out for speed, in Python that mypyc
compiles as it stands (see setup.py): floats in attributes of small classes, no tuples of tuples.

Up to BLOCK points, every float is that of refgmm.em, bit for bit: `exact_pass`.

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
from math import exp, inf, log, nan, sqrt

from refgmm._kernel_component import (
    EPSILON,
    LOG_SMALLEST_PRECISE,
    SMALLEST_PRECISE,
    SMALLEST_VARIANCE,
    Component,
    Seen,
    Share,
    exact_pass,
    log_sum_exp,
)
from refgmm.type_names import Final

BLOCK: Final = 256
RUN: Final = 64 * BLOCK

LOG_LIKELIHOOD: Final = 0  # places in a list of sums
BEYOND: Final = 1  # how many points have an evidence below SMALLEST_PRECISE
PER_COMPONENT: Final = 2  # from here on N_1, A_1, B_1, N_2, ...

_LARGEST_RATIO: Final = 90.0  # of densities, as a logarithm; beyond, it would lose digits
_LARGEST_PRODUCT: Final = 1e150
MOST_CORRECTIONS: Final = 8  # of the centres; each gives 16 digits more of a mean that goes to 0
LARGEST_SHIFT: Final = 8.0  # squared, in new variances: it costs less than a digit of them

Parameters = tuple[Sequence[float], Sequence[float], Sequence[float]]
"""Weights, means and variances, (k,) each."""

Estimate = tuple[list[float], list[float], list[float], list[float]]
"""Weights, means, variances and effective counts, (k,) each."""


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
) -> tuple[Estimate, bool]:
    """The M step from the sums about the centres; nan for a component that answers for nothing.

    And whether a mean moved so far that the sums should be taken again, about the new means.

    is_shared: whether all components share one variance, sum_j (B_j - A_j^2 / N_j) / sum_j N_j
    """
    components = [Component(0.0, centre, 1.0) for centre in centres]
    moved_far = _take(sums, components, point_count, is_shared)
    return _results(components), moved_far


def epoch(
    points: tuple[float, ...], parameters: Parameters, is_shared: bool
) -> tuple[float, int, Estimate]:
    """An E step and the M step that follows: log-likelihood of the old parameters, number of
    points whose evidence is faint, new parameters.
    """
    components = _components_of(parameters)
    log_likelihood, faint = _pass(points, _seen(points, components), components, is_shared)
    return log_likelihood, faint, _results(components)


def log_evidence(points: Sequence[float], parameters: Parameters) -> list[float]:
    """ln p(x_i) of each point."""
    components = _components_of(parameters)
    return [log_sum_exp(x, components) for x in points]


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
    seen = _seen(points, components)
    n = len(points)
    last = -inf
    done = 0
    while True:
        log_likelihood, faint = _pass(points, seen, components, is_shared)
        if not log_likelihood - last > least_gain:
            before = (
                [component.old_weight for component in components],
                [component.old_mean for component in components],
                [component.old_variance for component in components],
            )
            return max(done - 1, 0), before
        if done == most or faint or not _is_uneventful(components, n):
            now = (
                [component.weight for component in components],
                [component.mean for component in components],
                [component.variance for component in components],
            )
            return done, now
        last = log_likelihood
        done += 1
        for component in components:
            component.go_on()


def _components_of(parameters: Parameters) -> list[Component]:
    weights, means, variances = parameters
    return [
        Component(weight, mean, variance)
        for weight, mean, variance in zip(weights, means, variances, strict=True)
    ]


def _seen(points: tuple[float, ...], components: list[Component]) -> list[Seen]:
    """The points of a single block, for `exact_pass`; none where there are more."""
    seen = [Seen(x) for x in points] if len(points) <= BLOCK else []
    for component in components:
        component.shares = [Share(point) for point in seen]
    return seen


def _is_uneventful(components: list[Component], n: int) -> bool:
    """Whether refgmm.events would surely find nothing in this epoch."""
    relative = 2.0 * n * EPSILON
    for j in range(len(components)):
        one = components[j]
        rounding = relative * one.new_mean
        least = max(rounding * rounding, 2.0 * SMALLEST_VARIANCE)
        if not (one.count > 2.0 * SMALLEST_PRECISE and one.new_variance > least):
            return False
        for i in range(j):
            other = components[i]
            size = abs(one.mean) + abs(other.mean) + sqrt(one.variance)
            if not abs(one.mean - other.mean) > relative * size:
                return False
    return True


def _pass(
    points: tuple[float, ...], seen: list[Seen], components: list[Component], is_shared: bool
) -> tuple[float, int]:
    """An E step, and the M step's new parameters. Log-likelihood, and how many points are faint."""
    n = float(len(points))
    if seen:
        log_likelihood, faint = exact_pass(seen, components)
        _estimate(components, n, is_shared)
        return log_likelihood, faint
    sums = _sums(points, components, False)
    moved_far = _take(sums, components, n, is_shared)
    for _ in range(MOST_CORRECTIONS):
        if not moved_far:
            break
        for component in components:
            component.centre = component.new_mean
        moved_far = _take(_sums(points, components, True), components, n, is_shared)
    return sums[LOG_LIKELIHOOD], int(sums[BEYOND])


def _take(sums: list[float], components: list[Component], n: float, is_shared: bool) -> bool:
    """New parameters from sums about the centres; whether a mean moved too far for that."""
    moved_far = False
    place = PER_COMPONENT
    for component in components:
        count, first, second = sums[place], sums[place + 1], sums[place + 2]
        place += 3
        shift = first / count if count > 0.0 else nan
        component.count = count
        component.new_mean = component.centre + shift
        component.second = second - shift * first
        if shift * first > LARGEST_SHIFT * component.second:
            moved_far = True
    _estimate(components, n, is_shared)
    return moved_far


def _estimate(components: list[Component], n: float, is_shared: bool) -> None:
    """New weights, and variances from the squared deviations about the new means."""
    pooled = 0.0
    total = 0.0
    for component in components:
        count = component.count
        component.new_weight = count / n
        component.new_variance = component.second / count if count > 0.0 else nan
        pooled += component.second
        total += count
    if is_shared:
        variance = pooled / total if total > 0.0 else nan
        for component in components:
            component.new_variance = variance


def _results(components: list[Component]) -> Estimate:
    return (
        [component.new_weight for component in components],
        [component.new_mean for component in components],
        [component.new_variance for component in components],
        [component.count for component in components],
    )


def _sums(points: tuple[float, ...], components: list[Component], carefully: bool) -> list[float]:
    sums = _sums_of_run(points[:RUN], components, carefully)
    for first in range(RUN, len(points), RUN):
        sums = added(sums, _sums_of_run(points[first : first + RUN], components, carefully))
    return sums


def _sums_of_run(
    points: tuple[float, ...], components: list[Component], carefully: bool
) -> list[float]:
    heaviest = components[0]
    for component in components:
        if component.weight > heaviest.weight:
            heaviest = component
    others = [component for component in components if component is not heaviest]
    rival = others.pop(0) if others else Component(0.0, heaviest.mean, heaviest.variance)
    for component in [*components, rival]:
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
            log_likelihood, faint = _pass_block(block, heaviest, rival, others, components)
        own = [log_likelihood, float(faint)]
        for component in components:
            own += [component.count, component.first, component.second]
        sums = added(sums, own) if sums else own
    return sums


def _pass_block(  # noqa: PLR0915 (a call for each point would take as long as the rest)
    points: tuple[float, ...],
    heaviest: Component,
    rival: Component,
    others: list[Component],
    components: list[Component],
) -> tuple[float, int]:
    """Add up a block. Log-likelihood, and how many points are faint.

    Densities are taken relative to that of the component of the largest weight: one exp less. The
    normalisers are multiplied, and their logarithm is taken where the product grows large. Where a
    ratio would lose digits, or that density is near to nothing, the point is added carefully.

    That component and a rival, the first of the others, are written out: local variables are faster than
    a loop over components. One that is alone has a rival of weight 0.
    """
    mean, rate = heaviest.mean, heaviest.rate
    rival_mean, rival_rate, rival_front = rival.mean, rival.rate, rival.front
    log_front = heaviest.log_weight - heaviest.log_normaliser
    least = 0.5 * LOG_SMALLEST_PRECISE - log_front
    log_likelihood = 0.0
    product = 1.0
    count = first = second = 0.0
    rival_count = rival_first = rival_second = 0.0
    careful = 0
    faint = 0
    for x in points:
        deviation = x - mean
        base = rate * deviation * deviation
        rival_deviation = x - rival_mean
        relative = rival_rate * rival_deviation * rival_deviation - base
        rival_term = rival_front * exp(relative) if relative <= _LARGEST_RATIO else inf
        normaliser = 1.0 + rival_term
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
            if log_evidence < LOG_SMALLEST_PRECISE:
                faint += 1
            continue
        log_likelihood += base
        product *= normaliser
        if product > _LARGEST_PRODUCT:
            log_likelihood += log(product)
            product = 1.0
        beta = 1.0 / normaliser
        weighted = beta * deviation
        count += beta
        first += weighted
        second += weighted * deviation
        share = rival_term * beta
        weighted = share * rival_deviation
        rival_count += share
        rival_first += weighted
        rival_second += weighted * rival_deviation
        for other in others:
            share = other.term * beta
            weighted = share * other.deviation
            other.count += share
            other.first += weighted
            other.second += weighted * other.deviation
    heaviest.add(count, first, second)
    rival.add(rival_count, rival_first, rival_second)
    return log_likelihood + (log(product) + (len(points) - careful) * log_front), faint


def _add_carefully(x: float, components: list[Component]) -> float:
    """Add up one point, by logarithms. Its log evidence."""
    log_evidence = log_sum_exp(x, components)
    for component in components:
        d = x - component.centre
        component.count += component.term
        component.first += component.term * d
        component.second += component.term * d * d
    return log_evidence
