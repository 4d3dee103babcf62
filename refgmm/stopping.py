"""When a fit stops: rules as small values with names.

    Gain               the epoch gained less log-likelihood than the limit, in nats
    MeanGain           the same per point: the gain divided by the number of points
    RelativeGain       the same relative to the log-likelihood: the gain divided by its size
    ParameterChange    no weight, mean or covariance changed by more than the limit
    Epochs             so many epochs are done
    MeanPasses         a component's mean has passed a value in this epoch, or reached it

A small gain doesn't prove that a maximum is near: where EM is slow, thousands of small gains may
follow. Hence the result of a fit tells the rule that fired, and its value at every epoch.

A rule fires where its value is below its limit (Epochs: has reached it). Rounding can make the last
gains a little negative; that fires, too. Gains count the logarithm of the prior, where there is one.
What it takes for a rule to end a fit by the method "em-bfgs" stands in refgmm.acceleration.
"""

import math

from refgmm.arguments import is_several, whole_number
from refgmm.arithmetic import as_vector
from refgmm.errors import InvalidValueError
from refgmm.mixture import Mixture
from refgmm.records import dataclass
from refgmm.type_names import Any, ClassVar, Iterable
from refgmm.validation import shown


@dataclass(frozen=True, slots=True)
class Progress:
    """A fit after an epoch (0: at its start); by the method "em-bfgs", after a step of one or more.

    epoch: how many E steps of all points there were since the start
    log_likelihood: of `mixture`, in nats
    gain: of log_likelihood + log_prior over the epoch before; None at the start, and where a
        component was restarted, since the two then belong to different climbs
    rule_values: of each stopping rule; None where it has none yet
    """

    run: int  # of several restarts, from 1
    epoch: int
    mixture: Mixture[Any]
    log_likelihood: float
    log_prior: float  # of `mixture`, but for a constant; 0 where there is no prior
    gain: float | None
    point_count: float  # the sum of the sample weights, where there are any
    previous: Mixture[Any] | None
    rule_values: tuple[float | None, ...] = ()


@dataclass(frozen=True, slots=True)
class StoppingRule:
    """A limit on something that each epoch has a value of."""

    limit: float
    title: ClassVar[str]
    means_convergence: ClassVar[bool] = True

    def __post_init__(self) -> None:
        limit = self._checked()
        if limit is None or not 0.0 <= limit < math.inf:
            name, kind = type(self).__name__, "number" if self.means_convergence else "whole number"
            problem = f"the limit of {name} must be a {kind} from 0 on, got {shown(self.limit)}"
            raise InvalidValueError(problem, field="stop")
        object.__setattr__(self, "limit", limit)

    def _checked(self) -> float | None:
        """The limit as a number; None where it is none."""
        limit: object = self.limit
        return float(limit) if isinstance(limit, float) else whole_number(limit)

    def value(self, progress: Progress) -> float | None:
        """What the rule looks at; None where the epoch has no such thing."""
        raise NotImplementedError

    def fires(self, value: float | None) -> bool:
        """Whether a fit stops at this value."""
        return value is not None and value < self.limit

    def rests(self, point_count: float) -> tuple[float, float]:
        """(epoch, gain): up to which epoch, and above which gain, the rule surely doesn't fire.

        A fit asks for the rule's value in no such epoch, where nobody watches. By default, that is none.
        """
        return math.inf, math.inf

    def __str__(self) -> str:
        return f"{self.title} below {self.limit!r}"


@dataclass(frozen=True, slots=True)
class Gain(StoppingRule):
    """The gain of the log-likelihood, ln L' - ln L, in nats."""

    limit: float = 1e-8
    title: ClassVar[str] = "gain of the log-likelihood"

    def value(self, progress: Progress) -> float | None:
        """The gain."""
        return progress.gain

    def rests(self, point_count: float) -> tuple[float, float]:
        """At gains above the limit."""
        return math.inf, self.limit


@dataclass(frozen=True, slots=True)
class MeanGain(StoppingRule):
    """The gain of the mean log-likelihood per point, (ln L' - ln L) / n: scikit-learn's rule."""

    limit: float = 1e-10
    title: ClassVar[str] = "gain of the mean log-likelihood per point"

    def value(self, progress: Progress) -> float | None:
        """The gain divided by the number of points."""
        return None if progress.gain is None else progress.gain / progress.point_count

    def rests(self, point_count: float) -> tuple[float, float]:
        """At gains above the limit times n; twice that, whatever the quotient is rounded to."""
        return math.inf, 2.0 * self.limit * point_count


@dataclass(frozen=True, slots=True)
class RelativeGain(StoppingRule):
    """The gain relative to the log-likelihood, (ln L' - ln L) / |ln L'|: mclust's rule, nearly."""

    limit: float = 1e-12
    title: ClassVar[str] = "gain relative to the log-likelihood"

    def value(self, progress: Progress) -> float | None:
        """The gain divided by the size of the log-likelihood; None where that is 0."""
        if progress.gain is None or progress.log_likelihood == 0.0:
            return None
        return progress.gain / abs(progress.log_likelihood)


@dataclass(frozen=True, slots=True)
class ParameterChange(StoppingRule):
    """The largest change of any weight, mean or covariance entry, each in its own unit."""

    limit: float = 1e-6
    title: ClassVar[str] = "largest change of a parameter"

    def value(self, progress: Progress) -> float | None:
        """The largest absolute difference."""
        if progress.previous is None:
            return None
        changes = zip(_parameters(progress.mixture), _parameters(progress.previous), strict=True)
        return max(abs(new - old) for new, old in changes)


@dataclass(frozen=True, slots=True)
class Epochs(StoppingRule):
    """A number of epochs. Where it fires, the fit has not converged: it has been cut short."""

    limit: float = 10_000
    title: ClassVar[str] = "number of epochs"
    means_convergence: ClassVar[bool] = False

    def _checked(self) -> int | None:
        return whole_number(self.limit)

    def value(self, progress: Progress) -> float | None:
        """How many are done."""
        return float(progress.epoch)

    def rests(self, point_count: float) -> tuple[float, float]:
        """Before that epoch, whatever the gain."""
        return self.limit - 1, 0.0

    def fires(self, value: float | None) -> bool:
        """Whether so many are done."""
        return value is not None and value >= self.limit

    def __str__(self) -> str:
        return f"{self.limit} epoch{'' if self.limit == 1 else 's'}"


@dataclass(frozen=True, slots=True)
class MeanPasses(StoppingRule):
    """A component's mean has passed a value in this epoch, or reached it, from either side.

    limit: the value; component, coordinate: whose mean, from 0; 0 in one dimension
    """

    limit: float = 0.0
    component: int = 0
    coordinate: int = 0
    title: ClassVar[str] = "way of a mean to a value"
    means_convergence: ClassVar[bool] = False

    def __post_init__(self) -> None:
        limit: object = self.limit
        if not isinstance(limit, int | float) or not -math.inf < limit < math.inf:
            problem = f"the limit of MeanPasses must be a finite number, got {shown(limit)}"
            raise InvalidValueError(problem, field="stop")
        object.__setattr__(self, "limit", float(limit))
        for name in ("component", "coordinate"):
            number = whole_number(getattr(self, name))
            if number is None or number < 0:
                problem = (
                    f"the {name} of MeanPasses must be a whole number from 0 on, got "
                    f"{shown(getattr(self, name))}"
                )
                raise InvalidValueError(problem, field="stop")

    def value(self, progress: Progress) -> float | None:
        """How far the mean still is on the side where the epoch began; None where it began on the value."""
        if progress.previous is None:
            return None
        old, new = (self._mean(mixture) for mixture in (progress.previous, progress.mixture))
        if old == self.limit:
            return None
        return self.limit - new if old < self.limit else new - self.limit

    def fires(self, value: float | None) -> bool:
        """Whether nothing is left of the way."""
        return value is not None and value <= 0.0

    def _mean(self, mixture: Mixture[Any]) -> float:
        k, d = len(mixture.means), mixture.dimension or 1
        if self.component >= k or self.coordinate >= d:
            problem = (
                f"MeanPasses looks at component {self.component}, coordinate {self.coordinate}, and the "
                f"mixture has {k} with {d}: both are counted from 0"
            )
            raise InvalidValueError(problem, field="stop")
        return float(as_vector(mixture.means[self.component])[self.coordinate])

    def __str__(self) -> str:
        return f"mean {self.component + 1} passing {self.limit!r}"


DEFAULT = (Gain(1e-8), Epochs(10_000))


def rules_of(stop: StoppingRule | Iterable[Any], name: str = "stop") -> tuple[StoppingRule, ...]:
    """One rule or several, as a tuple. InvalidValueError for what is no rule.

    >>> rules_of(Gain(1e-6))
    (Gain(limit=1e-06),)
    """
    rules: tuple[Any, ...] = tuple(stop) if is_several(stop) else (stop,)
    for rule in rules:
        if not isinstance(rule, StoppingRule):
            problem = (
                f"{name} must hold stopping rules, got {shown(rule)}: give refgmm.Gain(1e-8), say"
            )
            raise InvalidValueError(problem, field=name)
    if not rules:
        problem = "there is no stopping rule: give refgmm.Epochs(1000), say"
        raise InvalidValueError(problem, field=name)
    return rules


def _parameters(mixture: Mixture[Any]) -> Iterable[float]:
    """All of them, one after the other."""
    yield from mixture.weights
    yield from _numbers(mixture.means)
    yield from _numbers(mixture.covariances)


def _numbers(value: Any) -> Iterable[float]:
    if isinstance(value, tuple):
        for entry in value:
            yield from _numbers(entry)
    else:
        yield value
