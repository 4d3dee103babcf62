"""What the plots by epoch show, as values: the log-likelihood, or the means. No Qt, and no EM."""

import math

from refgmm import Walk
from refgmm.arithmetic import Vector, as_vector
from refgmm.epoch_curves import distances_to_go
from refgmm.formatting import subscript
from refgmm.records import dataclass, replace
from refgmm_gui.plots.layers import PlotChoice
from refgmm_gui.words import tr

Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Series:
    """A number for each epoch; None where there is none."""

    component: int | None  # whose it is, from 0
    values: tuple[float | None, ...]  # (epochs,)  from epoch 0, the start
    name: str = ""  # in the legend; empty for that of the component's mean
    is_second: bool = False  # of two that belong to the component: thinner, with hollow dots


@dataclass(frozen=True, slots=True)
class EpochScene:
    """One picture of how a number went, epoch by epoch."""

    name: str  # of the number: "ln L"
    series: tuple[Series, ...]
    current: int  # the epoch at whose end the walk stands, or has been last
    between: Range  # epochs
    up: Range

    @property
    def last(self) -> int:
        """The last epoch there is."""
        return len(self.series[0].values) - 1

    def over(self, between: Range) -> "EpochScene":
        """The same picture over other epochs, as high as what is in sight."""
        return replace(self, between=between, up=_heights(self.series, between))


def log_likelihood_scene_of(walk: Walk, choice: PlotChoice) -> EpochScene:
    """The log-likelihood at the end of each epoch that the walk has ever reached."""
    values = tuple(milestone.log_likelihood for milestone in walk.milestones)
    if "distance" in choice.layers and len(values) > 1:
        return _scene(
            tr("log₁₀ of ln L yet to come"), [Series(None, distances_to_go(values))], walk
        )
    return _scene("ln L", [Series(None, values)], walk)


def means_scene_of(walk: Walk, coordinates: tuple[int, int]) -> EpochScene:
    """The means at the end of each epoch; where points are vectors, two coordinates of them, from 0."""
    d = walk.problem.dimension
    if d is None:
        return _scene("μ", _series(walk, 0), walk)
    names, series = [], []
    for a, dot in zip(coordinates[:d], "●○", strict=False):
        names.append(f"μ[{a + 1}] {dot}")
        series += _series(walk, a, f"[{a + 1}]", is_second=dot == "○")
    return _scene(", ".join(names), series, walk)


def _series(walk: Walk, coordinate: int, name: str = "", is_second: bool = False) -> list[Series]:
    """A coordinate of each component's mean."""
    rows: list[Vector] = [
        tuple(as_vector(mean)[coordinate] for mean in milestone.mixture.means)
        for milestone in walk.milestones
    ]
    return [
        Series(j, values, name and f"μ{subscript(j + 1)}{name}", is_second)
        for j, values in enumerate(zip(*rows, strict=True))
    ]


def _scene(name: str, series: list[Series], walk: Walk) -> EpochScene:
    last = len(series[0].values) - 1
    between = (-0.5, max(last, 4) + 0.5)
    up = _heights(tuple(series), between)
    return EpochScene(name, tuple(series), walk.history[-1].epoch, between, up)


def _heights(series: tuple[Series, ...], between: Range) -> Range:
    """A range that shows all values in sight, or all there are where none is."""
    shown = [
        value
        for one in series
        for epoch, value in enumerate(one.values)
        if value is not None and math.isfinite(value) and between[0] <= epoch <= between[1]
    ]
    if not shown:
        return (-1.0, 1.0)
    low, high = min(shown), max(shown)
    margin = max(0.08 * (high - low), 1e-9 * max(abs(low), abs(high)), 1e-9)
    return low - margin, high + margin
