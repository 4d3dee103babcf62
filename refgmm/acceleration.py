"""A climb in a fraction of EM's epochs: quasi-Newton steps where they climb, EM's epochs elsewhere.

    method "em"         epochs of EM, one after the other: see refgmm.em
    method "em-bfgs"    an `Ascent`: after some epochs of EM, steps of refgmm.quasi_newton

A quasi-Newton step counts only where the log-likelihood rises by a share of what the gradient
promises (Armijo 1966). Else it is shortened, and after some attempts EM's own epoch is taken, which
never lowers it. So the log-likelihood never falls, but for rounding, as with EM; and what EM can do,
this can. Each step starts with an M step as EM has it, so that whatever degenerates does so in an
epoch of EM, with its events.

Each E step of all points counts as an epoch, those of attempts that failed, too.

No step moves a component by more than LONGEST, and the first steps are EM's: from a start far
from any maximum, a long step may lead to another than EM's. Where two ways part it still can: from
250 random starts in 10 to 40 points, 6 led elsewhere, some higher, some lower.

What a stopping rule says of standing still is about EM's epochs: that a step gains little may be
because it is a poor one. So where a rule fires, two epochs of EM follow, and it has to fire on both.
Where the slope rises along the first of them, EM is leaving a saddle, slowly, and the climb goes on. On
a saddle itself, as of components that are equal, the gradient is zero, and this stops as EM does.
"""

from refgmm.errors import InvalidValueError
from refgmm.events import Estimates
from refgmm.mixture import Mixture
from refgmm.quasi_newton import Pair, Place, ascent_direction, dot
from refgmm.records import dataclass, field
from refgmm.structures import Structure
from refgmm.type_names import Any, Callable, Protocol, TypeVar

EM_EPOCHS_FIRST = 5
LONGEST = 0.5  # see Place.length: half a standard deviation, a factor of 1.6
MOST_PAIRS = 20  # that are remembered
MOST_ATTEMPTS = 3
LEAST_SHARE = 1e-4  # of the promised gain (Nocedal and Wright 2006, "Numerical Optimization", 3.1)
SHORTER = 0.1, 0.5  # an attempt's length, of the one before (Dennis and Schnabel 1983, A6.3.1)
LEAST_FALL = 1e-10  # of the slope along a step, relative to where it began: less may be rounding
EPOCHS_TO_BELIEVE = 2


class Evaluation(Protocol):
    """What is read of an E step: em.EStep, or tally.Tally."""

    @property
    def log_likelihood(self) -> float: ...


E = TypeVar("E", bound=Evaluation)


@dataclass(slots=True)
class Ascent:
    """The way up of one run.

    pairs: what the steps taken say of the curvature, the oldest first
    last: where the last step began
    em_epochs: how many there were
    is_asked: whether a stopping rule fires after the last step
    doubts: after how many steps in succession one did, and wasn't believed
    is_rising: whether the slope rose along the last step, as it does away from a saddle
    """

    structure: Structure
    pairs: list[Pair] = field(default_factory=list)
    last: Place | None = None
    em_epochs: int = 0
    is_asked: bool = False
    doubts: int = 0
    is_rising: bool = False

    def confirms(self) -> bool:
        """Whether a rule that fires may be believed; where not, the next step is an epoch of EM."""
        if not self.is_asked:
            self.is_asked = True
            self.doubts += 1
        return self.doubts > EPOCHS_TO_BELIEVE

    def onward(
        self,
        mixture: Mixture[Any],
        log_likelihood: float,
        m: Estimates,
        after: Mixture[Any],
        e_step: Callable[[Mixture[Any]], E],
    ) -> tuple[Mixture[Any], E, int]:
        """The next mixture, its E step, and how many E steps that took.

        m: the M step that follows the E step of `mixture`;  after: the mixture that it gives
        """
        here = Place.of(mixture, m, self.structure)
        self._learn(here)
        if self.is_rising or not self.is_asked:
            self.doubts = 0
        self.is_asked = False
        attempts = 0
        if self.em_epochs >= EM_EPOCHS_FIRST and not self.doubts:
            found, attempts = self._attempt(here, log_likelihood, e_step)
            if found is not None:
                return *found, attempts
            self.pairs.clear()
        self.em_epochs += 1
        return after, e_step(after), attempts + 1

    def _attempt(
        self, here: Place, log_likelihood: float, e_step: Callable[[Mixture[Any]], E]
    ) -> tuple[tuple[Mixture[Any], E] | None, int]:
        """A quasi-Newton step that climbs, and its E step; None where no attempt does. And how many
        there were.
        """
        direction = ascent_direction(here, self.pairs)
        slope, length = dot(here.gradient, direction), here.length(direction)
        step = 1.0 if length <= LONGEST else LONGEST / length
        attempts = 0
        for _ in range(MOST_ATTEMPTS):
            try:
                mixture = here.moved(direction, step)
            except InvalidValueError:  # a variance too small to compute with, say
                step *= min(SHORTER)
                continue
            e = e_step(mixture)
            attempts += 1
            gain, promised = e.log_likelihood - log_likelihood, step * slope
            if gain > 0.0 and gain >= LEAST_SHARE * promised:
                return (mixture, e), attempts
            least, most = SHORTER
            highest = promised / (2.0 * (promised - gain)) if promised > gain else most  # parabola
            step *= min(max(highest, least), most)
        return None, attempts

    def _learn(self, here: Place) -> None:
        """What the last step says of the curvature."""
        last, self.last = self.last, here
        self.is_rising = False
        if last is None:
            return
        step = tuple(map(float.__sub__, here.coordinates, last.coordinates))
        fall = tuple(map(float.__sub__, last.gradient, here.gradient))
        curvature = dot(step, fall)
        least = LEAST_FALL * abs(dot(step, last.gradient))
        self.is_rising = curvature < -least
        if curvature > least:
            self.pairs = [*self.pairs, Pair(step, fall, curvature)][-MOST_PAIRS:]
