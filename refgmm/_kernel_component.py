"""What refgmm._kernel computes for single points and components, and its pass over a single block.

The classes hold floats in attributes, where mypyc keeps them as doubles; a list would hold objects. In
a single block two points stand in one object: to take it from its list costs as much as a division.
"""

from math import exp, inf, log, nan, pi, sqrt

from refgmm.type_names import Final, final

SMALLEST_PRECISE: Final = 2.0**-960  # as in refgmm.bayes
LOG_SMALLEST_PRECISE: Final = log(2.0**-960)
SMALLEST_VARIANCE: Final = 1e-150  # as in refgmm.validation
EPSILON: Final = 2.0**-52
_LOG_OF_NOTHING: Final = (
    -746.0
)  # exp gives 0 from here on down, but takes several times as long for it


@final
class Seen:
    """Two points as the mixture sees them, a and b; of an odd number, the last is there twice."""

    def __init__(self, x_a: float, x_b: float) -> None:
        self.x_a: float = x_a
        self.x_b: float = x_b
        self.evidence_a: float = 0.0
        self.evidence_b: float = 0.0


@final
class Share:
    """Two points as one component sees them: what it has of their evidence."""

    def __init__(self, seen: Seen) -> None:
        self.seen: Seen = seen
        self.x_a: float = seen.x_a
        self.x_b: float = seen.x_b
        self.value_a: float = 0.0
        self.value_b: float = 0.0


@final
class Component:
    """A Gaussian with its weight; what is added up for it; what the M step makes of that."""

    def __init__(self, weight: float, mean: float, variance: float) -> None:
        self.weight: float = weight
        self.mean: float = mean
        self.variance: float = variance
        self.centre: float = mean  # what deviations are taken from
        self.rate: float = 0.0
        self.front: float = 0.0
        self.offset: float = 0.0  # of its mean from another's
        self.bend: float = 0.0
        self.slope: float = 0.0
        self.level: float = 0.0
        self.root: float = 0.0
        self.log_normaliser: float = 0.0
        self.log_weight: float = 0.0
        self.term: float = 0.0  # of the point at hand: its density, relative to others'
        self.count: float = 0.0
        self.first: float = 0.0
        self.second: float = 0.0
        self.run_count: float = 0.0
        self.run_first: float = 0.0
        self.run_second: float = 0.0
        self.new_weight: float = 0.0
        self.new_mean: float = 0.0
        self.new_variance: float = 0.0
        self.old_weight: float = weight
        self.old_mean: float = mean
        self.old_variance: float = variance
        self.old_count: float = 0.0
        self.shares: list[Share] = []
        self.prepare()

    def prepare(self) -> None:
        """What the density asks for, from weight, mean and variance."""
        spread = 2.0 * pi * self.variance
        self.centre = self.mean
        self.root = sqrt(spread)
        self.log_normaliser = log(spread) / 2.0
        self.log_weight = log(self.weight) if self.weight > 0.0 else -inf

    def relate_to(self, other: "Component") -> None:
        """The factor of its exponents, and what stands before the exponential of its density, relative
        to another's.
        """
        self.rate = -0.5 / self.variance
        self.front = (self.weight / other.weight) * (other.root / self.root)

    def compare_with(self, other: "Component") -> None:
        """The logarithm of its weighted density, relative to another's that it was related to:
        bend d^2 + slope d + level, with d from the other's mean.
        """
        self.offset = self.mean - other.mean
        self.bend = self.rate - other.rate
        self.slope = -2.0 * self.rate * self.offset
        self.level = self.rate * self.offset * self.offset
        self.level += log(self.front) if self.front > 0.0 else -inf

    def moved(self, count: float, first: float, second: float) -> float:
        """The second of three sums about the other's mean, about its own."""
        return second - self.offset * (2.0 * first - self.offset * count)

    def log_front(self) -> float:
        """The logarithm of what stands before the exponential."""
        return self.log_weight - self.log_normaliser

    def least_exponent(self) -> float:
        """Below, its density is near to nothing. Above, no exponent exceeds it by more than 550."""
        return 0.5 * LOG_SMALLEST_PRECISE - self.log_front()

    def start_run(self) -> None:
        """All sums are 0."""
        self.count = self.first = self.second = 0.0
        self.run_count = self.run_first = self.run_second = 0.0

    def end_block(self) -> None:
        """Add the sums of the block to those of the run; the next block starts from 0."""
        self.run_count += self.count
        self.run_first += self.first
        self.run_second += self.second
        self.count = self.first = self.second = 0.0

    def add(self, count: float, first: float, second: float) -> None:
        """To what was added up for it."""
        self.count += count
        self.first += first
        self.second += second

    def look(self) -> None:
        """What it has of the evidence of each point: alpha g(x), added to it."""
        weight, mean, root = self.weight, self.mean, self.root
        divisor = -2.0 * self.variance
        least = LOG_SMALLEST_PRECISE
        for share in self.shares:
            d_a = share.x_a - mean
            d_b = share.x_b - mean
            exponent_a = d_a * d_a / divisor
            exponent_b = d_b * d_b / divisor
            if exponent_a < least or exponent_b < least:
                value_a = weight * self.density(exponent_a)
                value_b = weight * self.density(exponent_b)
            else:
                value_a = weight * (exp(exponent_a) / root)
                value_b = weight * (exp(exponent_b) / root)
            share.value_a = value_a
            share.value_b = value_b
            share.seen.evidence_a += value_a
            share.seen.evidence_b += value_b

    def density(self, exponent: float) -> float:
        """g(x), from -(x - mu)^2 / (2 sigma^2)."""
        if exponent < LOG_SMALLEST_PRECISE:
            log_density = exponent - self.log_normaliser
            return exp(log_density) if log_density > _LOG_OF_NOTHING else 0.0
        return exp(exponent) / self.root

    def take_shares(self) -> None:
        """The effective count, the new mean and the squared deviations from it, from the shares, which
        become responsibilities.
        """
        count = 0.0
        first = 0.0
        for share in self.shares:
            seen = share.seen
            beta_a = share.value_a / seen.evidence_a
            beta_b = share.value_b / seen.evidence_b
            share.value_a = beta_a
            share.value_b = beta_b
            count = count + beta_a + beta_b
            first = first + beta_a * share.x_a + beta_b * share.x_b
        mean = first / count if count > 0.0 else nan
        second = 0.0
        for share in self.shares:
            d_a = share.x_a - mean
            d_b = share.x_b - mean
            second = second + share.value_a * (d_a * d_a) + share.value_b * (d_b * d_b)
        self.count = count
        self.new_mean = mean
        self.second = second

    def go_on(self) -> None:
        """From the new parameters."""
        self.old_weight = self.weight
        self.old_mean = self.mean
        self.old_variance = self.variance
        self.old_count = self.count
        self.weight = self.new_weight
        self.mean = self.new_mean
        self.variance = self.new_variance
        self.prepare()


def log_sum_exp(x: float, components: list[Component]) -> float:
    """The log evidence of x, and its responsibilities as terms, as refgmm.bayes has them."""
    largest = -inf
    for component in components:
        d = x - component.mean
        exponent = -(d * d) / (2.0 * component.variance)
        component.term = component.log_weight + (exponent - component.log_normaliser)
        largest = max(largest, component.term)
    normaliser = 0.0
    for component in components:
        component.term = exp(component.term - largest)
        normaliser += component.term
    for component in components:
        component.term /= normaliser
    return largest + log(normaliser)


def exact_pass(
    seen: list[Seen], components: list[Component], spare: list[Share]
) -> tuple[float, int]:
    """An epoch with the operations of refgmm.em in their order: the same floats.

    spare: of each component the share whose second point is there to make a pair; none where n is even
    """
    for pair in seen:
        pair.evidence_a = pair.evidence_b = 0.0
    for component in components:
        component.look()
    for share in spare:
        share.value_b = 0.0
        share.seen.evidence_b = 1.0
    log_likelihood = 0.0
    faint = 0
    for i, pair in enumerate(seen):
        if pair.evidence_a >= SMALLEST_PRECISE:
            log_likelihood += log(pair.evidence_a)
        else:
            faint += 1
            log_likelihood += log_sum_exp(pair.x_a, components)
            pair.evidence_a = 1.0
            for component in components:
                component.shares[i].value_a = component.term
        if pair.evidence_b >= SMALLEST_PRECISE:
            log_likelihood += log(pair.evidence_b)
        else:
            faint += 1
            log_likelihood += log_sum_exp(pair.x_b, components)
            pair.evidence_b = 1.0
            for component in components:
                component.shares[i].value_b = component.term
    for component in components:
        component.take_shares()
    return log_likelihood, faint
