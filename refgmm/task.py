"""What all runs of a fit share: the points, what was asked for, and how an epoch is made of them."""

import random

from refgmm import em, initialization, signs, tally
from refgmm._kernel import BLOCK
from refgmm.arithmetic import Matrix, Point, Vector, total
from refgmm.em import Epoch, EStep, MStep
from refgmm.errors import DegenerateError
from refgmm.estimation import Estimation, floored, with_component, with_floor
from refgmm.events import ComponentRestarted, EmptyComponent, Event
from refgmm.formatting import listed
from refgmm.initialization import Cloud, Start
from refgmm.mixture import Mixture
from refgmm.records import dataclass
from refgmm.stopping import Progress, StoppingRule
from refgmm.structures import Structure
from refgmm.tally import OfNumbers, TalliedEpoch, Tallier, Tally
from refgmm.type_names import Any, Callable, Sequence

EM, EM_BFGS = "em", "em-bfgs"
METHODS = (EM, EM_BFGS)


@dataclass(frozen=True, slots=True)
class Task:
    """What all runs of a fit share.

    points: (n,) or (n, d); nan where a value is missing; a tuple, or for a tallier PointsElsewhere
    point_weights: (n,), how often each point counts; None: once
    stand_ins: the points, with something in the place of missing values: for events, which look
        for the points that a component sits on
    cloud: of the complete points, or a sample of them; of none where nothing is asked of it
    tallier: makes the epochs, where nobody asks for their numbers; None: em does
    method: one of METHODS; em-bfgs is that of refgmm.acceleration
    """

    points: Sequence[Point]
    point_weights: Vector | None
    stand_ins: Sequence[Point]
    cloud: Cloud
    has_missing: bool
    structure: Structure
    estimation: Estimation
    variance_floor: float | None
    component_restarts: int
    rules: tuple[StoppingRule, ...]
    keeps_progress: bool
    keeps_trace: bool
    on_epoch: Callable[[Progress], object] | None
    rng: random.Random
    tallier: Tallier | None = None
    method: str = EM

    @property
    def point_count(self) -> float:
        """n; with sample weights, their sum."""
        return float(len(self.points)) if self.point_weights is None else total(self.point_weights)

    @property
    def is_watched(self) -> bool:
        """Whether anyone looks at each epoch."""
        return self.keeps_progress or self.on_epoch is not None

    @property
    def beyond_em(self) -> str:
        """What the fit was asked for that changes EM's formulas, in words."""
        asked = {
            "sample weights": self.point_weights is not None,
            "missing values": self.has_missing,
            "fixed parameters, equal weights or a prior": not self.estimation.is_plain,
            "a variance floor": self.variance_floor is not None,
            "restarts of components": self.component_restarts > 0,
        }
        return listed([words for words, is_asked in asked.items() if is_asked])

    def e_step(self, mixture: Mixture[Any]) -> EStep | Tally:
        """Who answers for what."""
        if self.tallier is not None:
            return self.tallier.e_step(mixture)
        if self.has_missing:
            from refgmm import missing

            return missing.e_step(self.points, mixture, self.point_weights)
        return em.e_step(self.points, mixture, self.point_weights)

    def m_step(self, mixture: Mixture[Any] | None, responsibilities: Matrix) -> MStep:
        """The new parameters, as the fit was asked to estimate them.

        mixture: the one before, which says what to expect of missing values
        """
        if self.has_missing:
            from refgmm import missing

            assert mixture is not None
            m = missing.m_step(
                self.points, mixture, responsibilities, self.structure, self.point_weights
            )
        else:
            m = em.m_step(self.points, responsibilities, self.structure, self.point_weights)
        return m if self.estimation.is_plain else self.estimation.revised(m)

    def first_mixture(self, start: Start) -> tuple[Mixture[Any], list[Event]]:
        """The mixture that epoch 1 starts from, and the interventions on the way, as of epoch 0.

        DegenerateError where responsibilities give none.
        """
        if isinstance(start, Mixture):
            return start, []
        m = self.m_step(self._one_for_all(len(start[0])), start)
        m, found = self._remedied(0, start, m)
        if self.component_restarts:
            m, found = self._restarted(0, m, found, self.component_restarts)
        fatal = tuple(event for event in found if event.ends_walk)
        if fatal:
            message = " ".join(["There is no mixture to start from.", *(e.message for e in fatal)])
            raise DegenerateError(message, events=fatal)
        return Mixture.of_parameters(m.weights, m.means, m.covariances), found

    def _one_for_all(self, k: int) -> Mixture[Any] | None:
        """What to expect of missing values before there is a mixture: k times the Gaussian of all points."""
        if not self.has_missing:
            return None
        covariance = initialization.start_covariance(self.cloud, 1, self.structure)
        return Mixture.of_parameters((1.0 / k,) * k, (self.cloud.mean,) * k, (covariance,) * k)

    def epoch(
        self, index: int, before: Mixture[Any], e: EStep | Tally, restarts_left: int
    ) -> Epoch[Any] | TalliedEpoch:
        """The M step that follows an E step, with all events and interventions."""
        if isinstance(e, Tally):
            assert self.tallier is not None
            return tally.epoch(self.tallier, index, before, e)
        m = self.m_step(before, e.responsibilities)
        found = signs.of_e_step(index, len(self.points), before.components, enumerate(e.evidence))
        m, of_m = self._remedied(index, e.responsibilities, m)
        if restarts_left:
            m, of_m = self._restarted(index, m, of_m, restarts_left)
        return Epoch(
            index, tuple(self.points), before, e, m, (*found, *of_m), self.structure, self.beyond_em
        )

    def log_prior(self, mixture: Mixture[Any]) -> float:
        """ln of the prior density, but for a constant; 0 without a prior."""
        prior = self.estimation.prior
        return 0.0 if prior is None else prior.log_density(mixture)

    def _remedied(
        self, index: int, responsibilities: Matrix, m: MStep
    ) -> tuple[MStep, list[Event]]:
        """The M step with the variance floor, where one was asked for; and its events."""
        found: list[Event] = []
        if self.variance_floor is not None:
            m, found = with_floor(index, m, self.variance_floor)
        exempt = self.estimation.need_no_points(len(m.weights))
        return m, found + signs.of_m_step(index, self.stand_ins, responsibilities, m, exempt)

    def _restarted(
        self, index: int, m: MStep, found: list[Event], restarts_left: int
    ) -> tuple[MStep, list[Event]]:
        """The M step with degenerate components started anew, as long as restarts are left."""
        kept: list[Event] = []
        is_renewed = False
        for event in found:
            j = getattr(event, "component", None)
            if is_renewed and event.ends_walk and not isinstance(event, EmptyComponent):
                continue  # the covariance that it tells of is the one that all share, and new
            if not event.ends_walk or j is None or not restarts_left:
                kept.append(event)
                continue
            mean = self.cloud.points[int(self.rng.random() * len(self.cloud.points))]
            covariance = initialization.start_covariance(self.cloud, len(m.weights), self.structure)
            if self.variance_floor is not None:
                covariance = floored(covariance, self.variance_floor)
            m = with_component(m, j, mean, covariance, shares=self.structure.is_shared)
            kept.append(ComponentRestarted(index, j, event, mean))
            is_renewed = self.structure.is_shared
            restarts_left -= 1
        return m, kept


def tallier_of(points: tuple[Point, ...], structure: Structure) -> Tallier:
    """The tallier of these points, which are as many as fit into memory."""
    if not isinstance(points[0], tuple):
        return OfNumbers.of(points, structure)
    from refgmm.tally_of_vectors import OfFewVectors, OfVectors

    if len(points) <= BLOCK:
        return OfFewVectors.of(points, structure)
    return OfVectors.of(points, structure)
