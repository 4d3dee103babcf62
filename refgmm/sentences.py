"""What a number says, in one sentence of plain language: the table SENTENCES, a row per quantity.

Each sentence is made from numbers of the same epoch, and is true of them: where it gives a reason,
the reason is checked, too.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from refgmm.arithmetic import square
from refgmm.formatting import subscript
from refgmm.formulas import Source, working
from refgmm.ledger import Ledger, uses_logarithms
from refgmm.notation import Ref, evaluate, fractions
from refgmm.quantities import QUANTITIES, Cell
from refgmm.rendering import number_text
from refgmm.structures import ALL, MEAN_OF_DIAGONAL


@dataclass(frozen=True, slots=True)
class _Place:
    """A cell, and the numbers around it as they are said."""

    source: Source
    cell: Cell
    decimals: int

    @property
    def i(self) -> int:
        assert self.cell.point is not None
        return self.cell.point

    @property
    def j(self) -> int:
        assert self.cell.component is not None
        return self.cell.component

    @property
    def component(self) -> str:
        return f"component {self.j + 1}"

    @property
    def x(self) -> str:
        return self.point(self.i)

    @property
    def own(self) -> Ref:
        return self.source.ref(
            self.cell.quantity, self.cell.point, self.cell.component, self.cell.entry
        )

    def point(self, i: int) -> str:
        """ "x₄ = 2.4"; of a vector its name alone."""
        name = f"x{subscript(i + 1)}"
        return name if self.source.d else f"{name} = {self.said(self.source.ref('point', i))}"

    def said(self, ref: Ref) -> str:
        return number_text(ref, self.decimals).replace("-", "−")

    def number(self, value: float) -> str:
        return self.said(Ref(self.own.symbol, value))

    def column(self, quantity: str) -> list[float]:
        """A number that every component has at the point."""
        return [self.source.ref(quantity, self.i, j).value for j in range(self.source.k)]


def sentence_of(ledger: Ledger, cell: Cell, decimals: int) -> str:
    """The sentence about a cell's number, its numbers with so many decimals."""
    place = _Place(Source(ledger), cell, decimals)
    if cell.quantity == "point":
        which = f"Coordinate {cell.entry[0] + 1} of point" if cell.entry else "Point"
        return f"{which} {place.i + 1}, as it was given."
    name = "variance" if cell.quantity == "covariance" and not cell.entry else cell.quantity
    if cell.is_given:
        return f"The {name} that {place.component} starts from, as it was given."
    if QUANTITIES[cell.quantity].is_parameter and cell.epoch < ledger.epoch.index:
        return f"The {name} of {place.component} that epoch {cell.epoch} ended with."
    if math.isnan(ledger.value(cell)):
        return f"It is undefined: {_why_undefined(place)}."
    return SENTENCES[cell.quantity](place)


def percent(share: float) -> str:
    """A share in words; one that is not quite all or nothing is never called so.

    >>> percent(0.3894), percent(0.9999), percent(1e-9), percent(1.0), percent(0.0)
    ('39%', 'more than 99%', 'less than 1%', 'all', 'nothing')
    """
    if share in (0.0, 1.0):
        return "all" if share else "nothing"
    if share < 0.01 or share > 0.99:
        return "less than 1%" if share < 0.01 else "more than 99%"
    return f"{share:.0%}"


def _why_undefined(place: _Place) -> str:
    formula = working(place.source.ledger, place.cell).formula
    if any(evaluate(part.denominator) == 0.0 for part in fractions(formula)):
        return "there is no dividing by 0"
    return "it is made of a number that is undefined itself"


def _largest(values: Sequence[float]) -> int:
    return max(range(len(values)), key=values.__getitem__)


def _distance(place: _Place) -> str:
    if place.source.d is not None:
        return f"{place.x} lies {place.said(place.own)} standard deviations from the mean of {place.component}, in its direction."
    mean = place.source.old("mean", place.j).value
    x = place.source.ref("point", place.i).value
    if x == mean:
        return f"{place.x} lies just on the mean of {place.component}."
    side = "above" if x > mean else "below"
    return f"{place.x} lies {place.said(place.own)} standard deviations {side} the mean of {place.component}."


def _log_determinant(place: _Place) -> str:
    if place.source.d is None:
        return f"It grows with the variance of {place.component}: the wider it is, the lower its density."
    return f"It grows with the volume that {place.component} spreads over: the wider it is, the lower its density."


def _standard_density(place: _Place) -> str:
    if place.source.d is None:
        return f"The density at {place.x} in units of σ{subscript(place.j + 1)}, as the lecture note prints it: σ{subscript(place.j + 1)} times the density g."
    return f"The density at {place.x} in units of {place.component}'s own spread: √|Σ{subscript(place.j + 1)}| times the density g."


def _density(place: _Place) -> str:
    distance = place.source.ref("distance", place.i, place.j).value
    height = math.exp(-square(distance) / 2)
    if height == 0.0:
        return (
            f"{place.x} lies so far from {place.component} that its density is no double above 0."
        )
    if height == 1.0:
        return f"{place.x} lies at the mean of {place.component}, where its density is highest."
    return f"Taken alone, {place.component} has a density of {percent(height)} of its peak at {place.x}."


def _weighted_density(place: _Place) -> str:
    weight = place.source.old("weight", place.j)
    return f"{place.component.capitalize()} is picked with probability {place.said(weight)}, so its density at {place.x} counts that often."


def _evidence(place: _Place) -> str:
    shares = place.column("responsibility")
    most = _largest(shares)
    if place.source.k == 1:
        return f"How likely the mixture makes {place.x}: there is one component."
    return f"How likely the whole mixture makes {place.x}: component {most + 1} contributes {percent(shares[most])} of it."


def _log_evidence(place: _Place) -> str:
    if uses_logarithms(place.source.epoch, place.i):
        return f"The evidence of {place.x} is no number that a double holds precisely, so its logarithm is computed from those of the densities."
    return "The logarithms of all points' evidence add up to the log-likelihood."


def _log_likelihood(place: _Place) -> str:
    logs = [place.source.ref("log-evidence", i).value for i in range(place.source.n)]
    least = min(range(len(logs)), key=logs.__getitem__)
    lowers = f": {place.point(least)} fits worst" if place.source.n > 1 else ""
    when = "the initial parameters" if place.cell.epoch == 1 else "the parameters before this epoch"
    return f"How well {when} fit all {place.source.n} points together{lowers}."


def _responsibility(place: _Place) -> str:
    shares, distances = place.column("responsibility"), place.column("distance")
    if place.source.k == 1:
        return f"There is one component, so it answers for all of {place.x}."
    if len(set(shares)) == 1:
        return f"Each component makes {place.x} equally likely, so all share it equally."
    most, nearest = _largest(shares), min(range(len(distances)), key=distances.__getitem__)
    only = "" if place.j == most else "only "
    share = percent(shares[place.j])
    if share in ("all", "nothing"):
        only = ""
    takes = f"so {place.component} takes {only}{share} of it"
    if most == nearest and len(set(distances)) > 1:
        than = "nearer" if place.source.k == 2 else "nearest"
        return f"{place.x} lies {than} to component {most + 1}, {takes}."
    return (
        f"Component {most + 1} makes {place.x} most likely, by its weight or its height, {takes}."
    )


def _effective_count(place: _Place) -> str:
    n = place.source.n
    return f"{place.component.capitalize()} answers for {place.said(place.own)} of the {n} point{'s' if n > 1 else ''}, all its shares added up."


def _weighted_point(place: _Place) -> str:
    share = place.source.ref("responsibility", place.i, place.j)
    return f"{place.x} counts in the mean of {place.component} with the share {place.said(share)}."


def _weighted_point_sum(place: _Place) -> str:
    return f"All points added up, each times the share that {place.component} answers for."


def _mean(place: _Place) -> str:
    """Which point moves the mean most: mu' - mu = sum_i beta_j(x_i) (x_i - mu) / N."""
    old = place.source.old("mean", place.j, place.cell.entry)
    change = place.own.value - old.value
    pulls = [
        place.source.ref("responsibility", i, place.j).value
        * (place.source.ref("point", i, None, place.cell.entry).value - old.value)
        for i in range(place.source.n)
    ]
    where = f" in coordinate {place.cell.entry[0] + 1}" if place.cell.entry else ""
    if change == 0.0:
        return f"{place.component.capitalize()} stays where it is{where}: the points pull it equally to both sides."
    most = _largest([pull if change > 0.0 else -pull for pull in pulls])
    return (
        f"{place.component.capitalize()} moves from {place.said(old)} to {place.said(place.own)}{where}: "
        f"{place.point(most)} pulls it most."
    )


def _weighted_squared_deviation(place: _Place) -> str:
    if len(set(place.cell.entry)) == 2:
        return f"Positive where both coordinates of {place.x} lie on the same side of the new mean of {place.component}; it counts by the share."
    mean = place.source.ref("mean", None, place.j, place.cell.entry[:1])
    x = place.source.ref("point", place.i, None, place.cell.entry[:1])
    return f"{place.x} lies {place.number(abs(x.value - mean.value))} from the new mean of {place.component}{_in_coordinate(place)}; the square counts by its share."


def _in_coordinate(place: _Place) -> str:
    return f" in coordinate {place.cell.entry[0] + 1}" if place.cell.entry else ""


def _weighted_squared_deviation_sum(place: _Place) -> str:
    what = "products of deviations" if len(set(place.cell.entry)) == 2 else "squared deviations"
    return f"The {what} from the new mean of {place.component}, each times its share, added up."


def _covariance(place: _Place) -> str:
    structure, entry = place.source.epoch.structure, place.cell.entry
    whose = "all components together" if structure.is_shared else place.component
    if len(set(entry)) == 2:
        if structure.part != ALL:
            return f"The structure {structure.name!r} takes coordinates as uncorrelated."
        a, b = (place.source.ref("covariance", None, place.j, (c, c)).value for c in entry)
        if not a * b > 0.0:
            return f"How coordinates {entry[0] + 1} and {entry[1] + 1} vary together in {whose}."
        correlation = place.own.value / math.sqrt(a * b)
        return f"Coordinates {entry[0] + 1} and {entry[1] + 1} of {whose} have a correlation of {correlation:.2f}.".replace(
            "-", "−"
        )
    old = place.source.old("covariance", place.j, entry)
    new = place.own
    verb = "widens" if new.value > old.value else "narrows" if new.value < old.value else "stays"
    spread = place.number(math.sqrt(new.value)) if new.value >= 0.0 else "undefined"
    where = (
        " in every direction"
        if structure.part == MEAN_OF_DIAGONAL and entry
        else _in_coordinate(place)
    )
    return (
        f"{place.component.capitalize()} {verb}{where}, from {place.said(old)} to {place.said(new)}: "
        f"its points lie {spread} from the mean, in the root mean square."
        if not structure.is_shared
        else f"{place.component.capitalize()} {verb}{where}, from {place.said(old)} to {place.said(new)}, "
        "which all components share."
    )


def _weight(place: _Place) -> str:
    count = place.source.ref("effective-count", None, place.j)
    old = place.source.old("weight", place.j)
    return (
        f"{place.component.capitalize()} answers for {place.said(count)} of {place.source.n} points, so from now "
        f"on it is picked with probability {place.said(place.own)} (before: {place.said(old)})."
    )


def _gain(place: _Place) -> str:
    gain = place.source.ledger.value(place.cell)
    if gain < 0.0:
        return "The log-likelihood fell: by rounding alone, or because the start's covariances had to be brought into the structure."
    return "So much more likely, in nats, the new parameters make all points together; but for rounding, no epoch of EM makes them less likely."


SENTENCES: dict[str, Callable[[_Place], str]] = {
    "distance": _distance,
    "log-determinant": _log_determinant,
    "standard-density": _standard_density,
    "density": _density,
    "weighted-density": _weighted_density,
    "evidence": _evidence,
    "log-evidence": _log_evidence,
    "log-likelihood": _log_likelihood,
    "responsibility": _responsibility,
    "effective-count": _effective_count,
    "weighted-point": _weighted_point,
    "weighted-point-sum": _weighted_point_sum,
    "mean": _mean,
    "weighted-squared-deviation": _weighted_squared_deviation,
    "weighted-squared-deviation-sum": _weighted_squared_deviation_sum,
    "covariance": _covariance,
    "weight": _weight,
    "gain": _gain,
}
