"""What refgmm._kernel computes for single points and components, and its pass over a single block.

The classes hold floats in attributes, where mypyc keeps them as doubles; a list would hold objects.
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
    """A point as the mixture sees it."""

    def __init__(self, x: float) -> None:
        self.x: float = x
        self.evidence: float = 0.0


@final
class Share:
    """A point as one component sees it: what it has of its evidence."""

    def __init__(self, seen: Seen) -> None:
        self.seen: Seen = seen
        self.x: float = seen.x
        self.value: float = 0.0


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
        self.rate = -0.5 / self.variance
        self.root = sqrt(spread)
        self.log_normaliser = log(spread) / 2.0
        self.log_weight = log(self.weight) if self.weight > 0.0 else -inf

    def relate_to(self, other: "Component") -> None:
        """What stands before the exponential of its density, relative to another's."""
        self.front = (self.weight / other.weight) * (other.root / self.root)

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
        twice = 2.0 * self.variance
        for share in self.shares:
            d = share.x - mean
            exponent = -(d * d) / twice
            if exponent < LOG_SMALLEST_PRECISE:
                log_density = exponent - self.log_normaliser
                density = exp(log_density) if log_density > _LOG_OF_NOTHING else 0.0
            else:
                density = exp(exponent) / root
            value = weight * density
            share.value = value
            share.seen.evidence += value

    def take_shares(self) -> None:
        """The effective count and the new mean, from the shares, which become responsibilities."""
        count = 0.0
        first = 0.0
        for share in self.shares:
            beta = share.value / share.seen.evidence
            share.value = beta
            count += beta
            first += beta * share.x
        self.count = count
        self.new_mean = first / count if count > 0.0 else nan

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


def exact_pass(seen: list[Seen], components: list[Component]) -> tuple[float, int]:
    """An epoch with the operations of refgmm.em in their order: the same floats."""
    for point in seen:
        point.evidence = 0.0
    for component in components:
        component.look()
    log_likelihood = 0.0
    faint = 0
    for i, point in enumerate(seen):
        if point.evidence >= SMALLEST_PRECISE:
            log_likelihood += log(point.evidence)
        else:
            faint += 1
            log_likelihood += log_sum_exp(point.x, components)
            point.evidence = 1.0
            for component in components:
                component.shares[i].value = component.term
    for component in components:
        component.take_shares()
        component.second = _scatter(component.shares, component.new_mean)
    return log_likelihood, faint


def _scatter(shares: list[Share], mean: float) -> float:
    """sum_i beta (x_i - mean)^2."""
    found = 0.0
    for share in shares:
        d = share.x - mean
        found += share.value * (d * d)
    return found
