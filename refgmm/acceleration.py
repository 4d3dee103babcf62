"""A climb in a fraction of EM's epochs: quasi-Newton steps where they climb, EM's epochs elsewhere.

    method "em"         epochs of EM, one after the other: see refgmm.em
    method "em-bfgs"    an `Ascent`: after some epochs of EM, steps of refgmm.quasi_newton

A quasi-Newton step counts only where the log-likelihood rises by a share of what the gradient
promises (Armijo 1966). Else it is shortened, and after some attempts EM's own epoch is taken, which
never lowers it but where doubles don't hold what it finds: of a covariance that is nearly singular, the
last digits decide. Such an epoch is made without them: new weights and means, the covariances as they
are (a conditional M step: X.-L. Meng and D. B. Rubin 1993, "Maximum likelihood estimation via the ECM
algorithm", Biometrika 80). Where that climbs no more either, the way up ends. So the log-likelihood
never falls, and what EM can do, this can. Each step starts with an M step as EM has it, so that
whatever degenerates does so in an epoch of EM, with its events.

Each E step of all points counts as an epoch, those of attempts that failed, too.

No step moves a component by more than LONGEST, and the first steps are EM's: from a start far
from any maximum, a long step may lead to another than EM's. Where two ways part it still can: from
random starts in 10 to 40 points, 13 of 187 climbs ended elsewhere, 7 higher and 6 lower. Restarts help.

What a stopping rule says of standing still is about EM's epochs: that a step gains little may be
because it is a poor one. So where a rule fires, two epochs of EM follow, and it has to fire on both.
Where the slope rises along the first of them, EM is leaving a saddle, slowly, and the climb goes on. On
a saddle itself, as of components that are equal, the gradient is zero, and this stops as EM does.
"""

from refgmm._kernel_newton import Pair, Place, ascent_direction, dot, plus
from refgmm.errors import InvalidValueError
from refgmm.mixture import Mixture
from refgmm.quasi_newton import moved, place_of
from refgmm.records import dataclass, field
from refgmm.signs import Estimates
from refgmm.structures import Structure
from refgmm.type_names import Any, Callable, Iterator, Protocol, TypeVar

EM_EPOCHS_FIRST = 5
LONGEST = 0.5  # see Place.length: half a standard deviation, a factor of 1.6
MOST_PAIRS = 20  # that are remembered
MOST_ATTEMPTS = 3
LEAST_SHARE = 1e-4  # of the promised gain (Nocedal and Wright 2006, "Numerical Optimization", 3.1)
SHORTER = 0.1, 0.5  # an attempt's length, of the one before (Dennis and Schnabel 1983, A6.3.1)
LEAST_FALL = 1e-10  # of the slope along a step, relative to where it began: less may be rounding
EPOCHS_TO_BELIEVE = 2
ROUNDING = 1e-12  # relative, of a log-likelihood: a fall by more is one


class Evaluation(Protocol):
    """What is read of an E step: em.EStep, or tally.Tally."""

    @property
    def log_likelihood(self) -> float: ...


class EpochOfEM(Protocol):
    """What is read of an epoch: em.Epoch, or tally.TalliedEpoch."""

    @property
    def m(self) -> Estimates: ...
    @property
    def after(self) -> Mixture[Any]: ...


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
    is_at_an_end: whether nothing was found that climbs
    """

    structure: Structure
    pairs: list[Pair] = field(default_factory=list)
    last: Place | None = None
    em_epochs: int = 0
    is_asked: bool = False
    doubts: int = 0
    is_rising: bool = False
    is_at_an_end: bool = False

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
        epoch: EpochOfEM,
        e_step: Callable[[Mixture[Any]], E],
    ) -> tuple[Mixture[Any], E, int]:
        """The next mixture, its E step, and how many E steps that took. epoch: that from `mixture`."""
        here = place_of(mixture, epoch.m, self.structure)
        self._learn(here)
        if self.is_rising or not self.is_asked:
            self.doubts = 0
        self.is_asked = False
        attempts = 0
        if self.em_epochs >= EM_EPOCHS_FIRST and not self.doubts:
            found, attempts = self._attempt(mixture, here, log_likelihood, e_step)
            if found is not None:
                return *found, attempts
            self.pairs.clear()
        self.em_epochs += 1
        least = log_likelihood - ROUNDING * (1.0 + abs(log_likelihood))
        for next_one in _epochs_of_em(mixture, epoch.after):
            e = e_step(next_one)
            attempts += 1
            if not e.log_likelihood < least:
                return next_one, e, attempts
        self.is_at_an_end = True
        return mixture, e_step(mixture), attempts + 1

    def _attempt(
        self,
        before: Mixture[Any],
        here: Place,
        log_likelihood: float,
        e_step: Callable[[Mixture[Any]], E],
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
                mixture = moved(before, here, direction, step)
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
        step = plus(here.coordinates, -1.0, last.coordinates)
        fall = plus(last.gradient, -1.0, here.gradient)
        curvature = dot(step, fall)
        least = LEAST_FALL * abs(dot(step, last.gradient))
        self.is_rising = curvature < -least
        if curvature > least:
            self.pairs = [*self.pairs, Pair(step, fall, curvature)][-MOST_PAIRS:]


def _epochs_of_em(before: Mixture[Any], after: Mixture[Any]) -> Iterator[Mixture[Any]]:
    """Where EM leads; and where it does with the covariances as they are."""
    yield after
    yield Mixture.of_parameters(after.weights, after.means, before.covariances)
