"""The innermost loops of refgmm._kernel: what a block of points adds to the sums of the components.

The densities at a point are taken relative to that of the component of the largest weight, h: one
exp less than there are components. With the exponents e_j = -(x - mu_j)^2 / (2 sigma_j^2) and f_j the
weight over the standard deviation, relative to those of h,

    p(x) = alpha_h g_h(x) S        S = 1 + sum_j f_j exp(e_j - e_h)        beta_h = 1 / S

The normalisers S are multiplied, and their logarithm is taken where the product grows large. Where S
itself is so large that the ratios lose digits, or g_h(x) is near to nothing, the point is added
carefully, by logarithms.

Three components that lie near each other take a fifth less, interpreted. With d = x - mu_h, the
logarithm of a ratio is a parabola in d, and the sums of all three are taken about mu_h:

    ln f_j + e_j - e_h = a_j d^2 + b_j d + c_j

h gets what the others leave of the sums of 1, d and d^2, and theirs are moved to their own means. These
are differences: a block in which they would lose two digits is added up the other way.

The same stands here for two components, for three, for three that are near, and for any number. What a
loop over components takes, in Python, is as much as what it does; so does a call for each point.
"""

from math import exp, isnan, log, nan

from refgmm._kernel_component import LOG_SMALLEST_PRECISE, Component, log_sum_exp
from refgmm.type_names import Final, final

_LARGEST: Final = 1e50  # normaliser, and product of normalisers
_NEAR: Final = 20.0  # mean squares about the heaviest's mean, in variances
_FAR: Final = 40.0  # the same where it is found out afterwards: less than two digits


@final
class Careful:
    """Points that are added by logarithms: what they come to.

    faint: how many have an evidence below SMALLEST_PRECISE
    """

    def __init__(self, components: list[Component]) -> None:
        self.components: list[Component] = components
        self.count: float = 0.0
        self.log_likelihood: float = 0.0
        self.faint: float = 0.0

    def add(self, x: float) -> None:
        """Add up a point, in the components, too."""
        log_evidence = log_sum_exp(x, self.components)
        for component in self.components:
            d = x - component.centre
            component.count += component.term
            component.first += component.term * d
            component.second += component.term * d * d
        self.count += 1.0
        self.log_likelihood += log_evidence
        if log_evidence < LOG_SMALLEST_PRECISE:
            self.faint += 1.0


def sorted_by_weight(components: list[Component]) -> list[Component]:
    """The heaviest first, then the others in their order; at least two: one that is alone gets a rival
    of weight 0.
    """
    heaviest = components[0]
    for component in components:
        if component.weight > heaviest.weight:
            heaviest = component
    others = [component for component in components if component is not heaviest]
    return (
        [heaviest, *others]
        if others
        else [heaviest, Component(0.0, heaviest.mean, heaviest.variance)]
    )


def are_near(by_weight: list[Component]) -> bool:
    """Whether these are three whose sums can probably be taken about the mean of the heaviest."""
    if len(by_weight) != 3:
        return False
    heaviest = by_weight[0]
    squares = 0.0
    for component in by_weight:
        component.compare_with(heaviest)
        square = component.variance + component.offset * component.offset
        if not (component.front > 0.0 and square < _NEAR * component.variance):
            return False
        squares += component.weight * square
    return squares < _NEAR * heaviest.weight * heaviest.variance


def pass_block(
    points: tuple[float, ...], by_weight: list[Component], careful: Careful, near: bool
) -> float:
    """Add up a block. The log-likelihood of the points that are not left to `careful`.

    near: what `are_near` says
    """
    if near:
        log_likelihood = _of_three_near(points, by_weight[0], by_weight[1], by_weight[2])
        if not isnan(log_likelihood):
            return log_likelihood
    if len(by_weight) == 2:
        return _of_two(points, by_weight[0], by_weight[1], careful)
    if len(by_weight) == 3:
        return _of_three(points, by_weight[0], by_weight[1], by_weight[2], careful)
    return _of_many(points, by_weight[0], by_weight[1:], careful)


def _of_two(
    points: tuple[float, ...], heaviest: Component, rival: Component, careful: Careful
) -> float:
    mean, rate, least = heaviest.mean, heaviest.rate, heaviest.least_exponent()
    rival_mean, rival_rate, rival_front = rival.mean, rival.rate, rival.front
    log_likelihood = 0.0
    product = 1.0
    count = first = second = 0.0
    rival_count = rival_first = rival_second = 0.0
    for x in points:
        deviation = x - mean
        exponent = rate * deviation * deviation
        if exponent < least:
            careful.add(x)
            continue
        rival_deviation = x - rival_mean
        term = rival_front * exp(rival_rate * rival_deviation * rival_deviation - exponent)
        normaliser = 1.0 + term
        product *= normaliser
        if product > _LARGEST:
            if normaliser > _LARGEST:
                product /= normaliser
                careful.add(x)
                continue
            log_likelihood += log(product)
            product = 1.0
        log_likelihood += exponent
        beta = 1.0 / normaliser
        weighted = beta * deviation
        count += beta
        first += weighted
        second += weighted * deviation
        beta *= term
        weighted = beta * rival_deviation
        rival_count += beta
        rival_first += weighted
        rival_second += weighted * rival_deviation
    heaviest.add(count, first, second)
    rival.add(rival_count, rival_first, rival_second)
    return log_likelihood + (log(product) + (len(points) - careful.count) * heaviest.log_front())


def _of_three(
    points: tuple[float, ...],
    heaviest: Component,
    rival: Component,
    other: Component,
    careful: Careful,
) -> float:
    mean, rate, least = heaviest.mean, heaviest.rate, heaviest.least_exponent()
    rival_mean, rival_rate, rival_front = rival.mean, rival.rate, rival.front
    other_mean, other_rate, other_front = other.mean, other.rate, other.front
    log_likelihood = 0.0
    product = 1.0
    count = first = second = 0.0
    rival_count = rival_first = rival_second = 0.0
    other_count = other_first = other_second = 0.0
    for x in points:
        deviation = x - mean
        exponent = rate * deviation * deviation
        if exponent < least:
            careful.add(x)
            continue
        rival_deviation = x - rival_mean
        other_deviation = x - other_mean
        rival_term = rival_front * exp(rival_rate * rival_deviation * rival_deviation - exponent)
        other_term = other_front * exp(other_rate * other_deviation * other_deviation - exponent)
        normaliser = 1.0 + rival_term + other_term
        product *= normaliser
        if product > _LARGEST:
            if normaliser > _LARGEST:
                product /= normaliser
                careful.add(x)
                continue
            log_likelihood += log(product)
            product = 1.0
        log_likelihood += exponent
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
        share = other_term * beta
        weighted = share * other_deviation
        other_count += share
        other_first += weighted
        other_second += weighted * other_deviation
    heaviest.add(count, first, second)
    rival.add(rival_count, rival_first, rival_second)
    other.add(other_count, other_first, other_second)
    return log_likelihood + (log(product) + (len(points) - careful.count) * heaviest.log_front())


def _of_three_near(
    points: tuple[float, ...], heaviest: Component, rival: Component, other: Component
) -> float:
    """The log-likelihood; nan, and nothing added up, where digits would be lost."""
    mean, rate, n = heaviest.mean, heaviest.rate, float(len(points))
    farthest = heaviest.least_exponent() / rate
    rival_bend, rival_slope, rival_level = rival.bend, rival.slope, rival.level
    other_bend, other_slope, other_level = other.bend, other.slope, other.level
    log_likelihood = 0.0
    product = 1.0
    first = second = 0.0
    rival_count = rival_first = rival_second = 0.0
    other_count = other_first = other_second = 0.0
    for x in points:
        d = x - mean
        square = d * d
        if square > farthest:
            return nan
        rival_term = exp((rival_bend * d + rival_slope) * d + rival_level)
        other_term = exp((other_bend * d + other_slope) * d + other_level)
        normaliser = 1.0 + rival_term + other_term
        product *= normaliser
        if product > _LARGEST:
            if normaliser > _LARGEST:
                return nan
            log_likelihood += log(product)
            product = 1.0
        first += d
        second += square
        beta = 1.0 / normaliser
        share = rival_term * beta
        rival_count += share
        rival_first += share * d
        rival_second += share * square
        share = other_term * beta
        other_count += share
        other_first += share * d
        other_second += share * square
    count = n - rival_count - other_count
    left = second - rival_second - other_second
    rival_left = rival.moved(rival_count, rival_first, rival_second)
    other_left = other.moved(other_count, other_first, other_second)
    is_precise = (
        n < _FAR * count
        and second < _FAR * left
        and rival_second < _FAR * rival_left
        and other_second < _FAR * other_left
    )
    if not is_precise:
        return nan
    heaviest.add(count, first - rival_first - other_first, left)
    rival.add(rival_count, rival_first - rival.offset * rival_count, rival_left)
    other.add(other_count, other_first - other.offset * other_count, other_left)
    return log_likelihood + (log(product) + rate * second + n * heaviest.log_front())


def _of_many(
    points: tuple[float, ...], heaviest: Component, others: list[Component], careful: Careful
) -> float:
    mean, rate, least = heaviest.mean, heaviest.rate, heaviest.least_exponent()
    log_likelihood = 0.0
    product = 1.0
    count = first = second = 0.0
    for x in points:
        deviation = x - mean
        exponent = rate * deviation * deviation
        if exponent < least:
            careful.add(x)
            continue
        normaliser = 1.0
        for other in others:
            d = x - other.mean
            term = other.front * exp(other.rate * d * d - exponent)
            other.term = term
            normaliser += term
        product *= normaliser
        if product > _LARGEST:
            if normaliser > _LARGEST:
                product /= normaliser
                careful.add(x)
                continue
            log_likelihood += log(product)
            product = 1.0
        log_likelihood += exponent
        beta = 1.0 / normaliser
        weighted = beta * deviation
        count += beta
        first += weighted
        second += weighted * deviation
        for other in others:
            d = x - other.mean
            share = other.term * beta
            weighted = share * d
            other.count += share
            other.first += weighted
            other.second += weighted * d
    heaviest.add(count, first, second)
    return log_likelihood + (log(product) + (len(points) - careful.count) * heaviest.log_front())
