"""What refgmm.quasi_newton says, in numbers: coordinates, gradient, and steps.

A Place is a mixture with its gradient: here of numbers, of vectors in refgmm._kernel_newton_vectors.
"""

from math import exp, log, sqrt

from refgmm.type_names import Any, Final, Sequence, final

MOST_STRETCH: Final = 5.0  # one flat direction says little of the others


def dot(a: list[float], b: list[float]) -> float:
    """The sum of the products."""
    found = 0.0
    for i, value in enumerate(a):
        found += value * b[i]
    return found


def plus(vector: list[float], factor: float, other: list[float]) -> list[float]:
    """vector + factor other."""
    return [value + factor * other[i] for i, value in enumerate(vector)]


class Place:
    """A mixture's coordinates, and the gradient of its log-likelihood there, (p,) each: first those of
    the weights, (k,), for which this class knows what to do.
    """

    def __init__(self, weights: Sequence[float], counts: Sequence[float]) -> None:
        self.weights: list[float] = [*weights]
        self.counts: list[float] = [*counts]  # N_j
        n = 0.0
        for count in counts:
            n += count
        self.point_count: float = n
        self.coordinates: list[float] = [log(weight) for weight in weights]
        self.gradient: list[float] = [
            counts[j] - n * weight for j, weight in enumerate(self.weights)
        ]

    def preconditioned(self, derivatives: list[float]) -> list[float]:
        """I_c^-1 times derivatives: a direction. Of the gradient: to first order, EM's step."""
        raise NotImplementedError

    def length(self, direction: list[float]) -> float:
        """How far a direction moves what it moves most: the logarithm of a weight, relative to the
        others; a mean, in standard deviations; a row of X, of which the diagonal is the logarithm of
        a standard deviation.
        """
        raise NotImplementedError

    def moved(
        self, direction: list[float], step: float
    ) -> tuple[list[float], list[Any], list[Any]]:
        """The parameters at coordinates + step direction: weights, means and covariances, k of each."""
        raise NotImplementedError

    def preconditioned_weights(self, derivatives: list[float]) -> list[float]:
        """What `preconditioned` gives for the weights."""
        return [
            derivatives[j] / (self.point_count * weight) for j, weight in enumerate(self.weights)
        ]

    def length_of_weights(self, direction: list[float]) -> float:
        """What `length` compares of the weights."""
        middle = dot(self.weights, direction)
        longest = 0.0
        for j in range(len(self.weights)):
            longest = max(longest, abs(direction[j] - middle))
        return longest

    def weights_at(self, coordinates: list[float]) -> list[float]:
        """They sum to 1, whatever the coordinates are."""
        k = len(self.weights)
        highest = coordinates[0]
        for j in range(k):
            highest = max(highest, coordinates[j])
        shares = [exp(coordinates[j] - highest) for j in range(k)]
        total = 0.0
        for share in shares:
            total += share
        return [share / total for share in shares]


@final
class PlaceOfNumbers(Place):
    """In one dimension, where X_j is ln sigma_j: weights, (k,), means, (k,), and logarithms of standard
    deviations, (k,), or of the one that is shared.
    """

    def __init__(
        self,
        parameters: tuple[Sequence[float], Sequence[float], Sequence[float]],
        estimate: tuple[Sequence[float], Sequence[float], Sequence[float]],
        is_shared: bool,
    ) -> None:
        """Of weights, means and variances, with what the M step finds there: effective counts, means
        and variances; (k,) each.
        """
        weights, means, variances = parameters
        counts, new_means, new_variances = estimate
        super().__init__(weights, counts)
        self.variances: list[float] = [*variances]
        logs: list[float] = []
        rises: list[float] = []
        for j, variance in enumerate(self.variances):
            count, shift = self.counts[j], new_means[j] - means[j]
            self.coordinates.append(means[j])
            self.gradient.append(count * shift / variance)
            logs.append(log(variance) / 2.0)
            rises.append(count * (new_variances[j] + shift * shift) / variance - count)
        self.free_counts: list[float] = self.counts
        if is_shared:
            rise = 0.0
            for own in rises:
                rise += own
            logs, rises, self.free_counts = logs[:1], [rise], [self.point_count]
        self.coordinates += logs
        self.gradient += rises

    def preconditioned(self, derivatives: list[float]) -> list[float]:
        k = len(self.weights)
        found = self.preconditioned_weights(derivatives)
        for j, variance in enumerate(self.variances):
            found.append(variance * derivatives[k + j] / self.counts[j])
        for j, count in enumerate(self.free_counts):
            found.append(derivatives[2 * k + j] / (2.0 * count))
        return found

    def length(self, direction: list[float]) -> float:
        k = len(self.weights)
        longest = self.length_of_weights(direction)
        for j, variance in enumerate(self.variances):
            longest = max(longest, abs(direction[k + j]) / sqrt(variance))
        for j in range(2 * k, len(direction)):
            longest = max(longest, abs(direction[j]))
        return longest

    def moved(
        self, direction: list[float], step: float
    ) -> tuple[list[float], list[float], list[float]]:
        k = len(self.weights)
        goal = plus(self.coordinates, step, direction)
        variances = [exp(2.0 * log_sigma) for log_sigma in goal[2 * k :]]
        return self.weights_at(goal), goal[k : 2 * k], variances * (k // len(variances))


@final
class Pair:
    """A step s, and by how much the gradient fell along it, y; (p,) each.

    curvature: s^T y, positive
    """

    def __init__(self, step: list[float], fall: list[float], curvature: float) -> None:
        self.step: list[float] = step
        self.fall: list[float] = fall
        self.curvature: float = curvature


def ascent_direction(place: Place, pairs: list[Pair]) -> list[float]:
    """H times the gradient, H from I_c^-1, stretched, by the updates of the pairs, the oldest first
    (Nocedal 1980).

    The gradient rises along it: H is positive definite as long as all curvatures are positive.
    """
    slope = place.gradient
    shares: list[float] = []
    for pair in reversed(pairs):
        share = dot(pair.step, slope) / pair.curvature
        slope = plus(slope, -share, pair.fall)
        shares.append(share)
    direction = place.preconditioned(slope)
    if pairs:
        factor = _stretch(place, pairs[-1])
        direction = [factor * value for value in direction]
    for pair in pairs:
        correction = shares.pop() - dot(pair.fall, direction) / pair.curvature
        direction = plus(direction, correction, pair.step)
    return direction


def _stretch(place: Place, last: Pair) -> float:
    """How many times too short a step by I_c^-1 was along the last one, s^T y / y^T I_c^-1 y; at most
    MOST_STRETCH (Shanno and Phua 1978).
    """
    short = dot(last.fall, place.preconditioned(last.fall))
    return min(max(last.curvature / short, 1.0), MOST_STRETCH) if short > 0.0 else 1.0
