"""The mixtures that points can be generated from: what the app has at hand. No Qt."""

from typing import Any

from refgmm import Mixture
from refgmm.errors import RefGMMError
from refgmm.generated import KEY, Generated
from refgmm.records import dataclass
from refgmm_gui.session import State


@dataclass(frozen=True, slots=True)
class PointSource:
    """A mixture to draw from, or why there is none.

    key: what programs call it
    title: what the user reads
    mixture: None where `fault` says why
    n, seed: of the points drawn from it before; None where there are none
    """

    key: str
    title: str
    mixture: Mixture[Any] | None
    fault: str = ""
    n: int | None = None
    seed: int | None = None


def point_sources(state: State) -> tuple[PointSource, ...]:
    """The initial parameters; those where the walk stands, and what the points came from, if any."""
    sources = [_initial(state)]
    if state.place is not None and not state.place.walk.is_at_start:
        sources.append(_where_the_walk_stands(state))
    if KEY in state.draft.extra:
        sources.append(_as_before(state.draft.extra[KEY]))
    return tuple(sources)


def _initial(state: State) -> PointSource:
    title = "the initial parameters, as they are in the table"
    try:
        return PointSource("initial", title, state.draft.initial_mixture())
    except RefGMMError as error:
        return PointSource("initial", title, None, str(error))


def _where_the_walk_stands(state: State) -> PointSource:
    assert state.place is not None
    walk = state.place.walk
    title = f"the parameters where the walk stands, in epoch {walk.epoch.index}"
    try:
        return PointSource("walk", title, Mixture.of_parameters(*walk.parameters))
    except RefGMMError as error:
        return PointSource("walk", title, None, str(error))


def _as_before(document: object) -> PointSource:
    title = "the mixture that the points were generated from"
    try:
        before = Generated.from_document(document)
    except RefGMMError as error:
        return PointSource("before", title, None, str(error))
    return PointSource("before", title, before.mixture, n=before.n, seed=before.seed)
