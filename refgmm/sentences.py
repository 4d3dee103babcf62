"""What a number says, in one sentence of plain language: the table SENTENCES, a row per quantity.

Each sentence is made from numbers of the same epoch, and is true of them: where it gives a reason,
the reason is checked, too.
"""

import math
from collections.abc import Callable, Sequence

from refgmm.arithmetic import square
from refgmm.formatting import subscript
from refgmm.formulas import Source, working
from refgmm.ledger import Ledger, uses_logarithms
from refgmm.notation import Ref, evaluate, fractions
from refgmm.quantities import QUANTITIES, Cell, entries_of
from refgmm.structures import ALL, MEAN_OF_DIAGONAL
from refgmm.wording import Place, percent, said

MOST_POINTS_TOLD = 2_000
"""Of more, no sentence singles one out: it would say little, and finding it takes long."""


def sentence_of(ledger: Ledger, cell: Cell, decimals: int) -> str:
    """The sentence about a cell's number, its numbers with so many decimals."""
    place = Place(Source(ledger), cell, decimals)
    if cell.quantity == "point":
        which = f"Coordinate {cell.entry[0] + 1} of point" if cell.entry else "Point"
        return f"{which} {place.i + 1}, as it was given."
    name = "variance" if cell.quantity == "covariance" and not cell.entry else cell.quantity
    if cell.is_given:
        return f"The {name} that {place.component} starts from, as it was given."
    if QUANTITIES[cell.quantity].is_parameter and cell.epoch < ledger.epoch.index:
        return f"The {name} of {place.component} that epoch {cell.epoch} ended with."
    if cell.epoch > ledger.epoch.index:
        return f"How well the new parameters fit all points together, as epoch {cell.epoch} finds."
    if math.isnan(ledger.value(cell)):
        return f"It is undefined: {_why_undefined(place)}."
    return SENTENCES[cell.quantity](place)


def _why_undefined(place: Place) -> str:
    formula = working(place.source.ledger, place.cell).formula
    if any(evaluate(part.denominator) == 0.0 for part in fractions(formula)):
        return "there is no dividing by 0"
    return "it is made of a number that is undefined itself"


def _largest(values: Sequence[float]) -> int:
    return max(range(len(values)), key=values.__getitem__)


def _distance(place: Place) -> str:
    """In one dimension on which side; in more there are no sides, but directions."""
    if place.own.value == 0.0:
        return f"{place.x} lies just on the mean of {place.component}."
    away = f"{place.x} lies {place.said(place.own)} standard deviations"
    if place.source.d is not None:
        return f"{away} of {place.component} from its mean, in that direction."
    is_above = place.source.ref("point", place.i).value > place.source.old("mean", place.j).value
    return f"{away} {'above' if is_above else 'below'} the mean of {place.component}."


def _log_determinant(place: Place) -> str:
    return f"The wider {place.component}, the larger this is, and the lower the component's peak."


def _standard_density(place: Place) -> str:
    j = subscript(place.j + 1)
    if place.source.d is None:
        return (
            f"The density at {place.x} in units of σ{j}, as the lecture note prints it: "
            f"σ{j} times the density g."
        )
    return (
        f"The density at {place.x} in units of {place.component}'s own spread, in which the distance "
        f"from its mean is Δ{j}: √|Σ{j}| times the density g."
    )


def _density(place: Place) -> str:
    """As a share of the peak, exp(-Delta^2 / 2), which a reader can imagine."""
    if place.own.value == 0.0:
        return f"{place.x} lies so far from {place.component} that its density is 0 in doubles."
    distance = place.source.ref("distance", place.i, place.j).value
    height = math.exp(-square(distance) / 2)
    if height == 1.0:
        return f"{place.x} lies at the mean of {place.component}, where its density is highest."
    share = percent(height) if height else "less than 1%"
    return f"At {place.x}, {place.component} alone reaches {share} of its highest density, that at its mean."


def _weighted_density(place: Place) -> str:
    weight = place.source.old("weight", place.j)
    if weight.value == 0.0:
        return f"{place.component.capitalize()} is never picked, so its density doesn't count."
    return (
        f"{place.component.capitalize()} is picked with probability {place.said(weight)}, "
        f"so its density at {place.x} counts that often."
    )


def _evidence(place: Place) -> str:
    if place.source.k == 1:
        return f"How likely the only component makes {place.x}."
    shares = place.column("responsibility")
    most = _largest(shares)
    is_imprecise = uses_logarithms(place.source.epoch, place.i)
    imprecise = ", which no double holds precisely" if is_imprecise else ""
    return (
        f"How likely the whole mixture makes {place.x}{imprecise}: "
        f"component {most + 1} contributes {percent(shares[most])} of it."
    )


def _log_evidence(place: Place) -> str:
    if uses_logarithms(place.source.epoch, place.i):
        return (
            f"The evidence of {place.x} is too small or too large for a double to hold precisely, "
            "so its logarithm is computed from those of the densities."
        )
    return "The logarithms of all points' evidence add up to the log-likelihood."


def _log_likelihood(place: Place) -> str:
    n = place.source.n
    before = place.cell.epoch - 1
    when = f"the parameters after epoch {before}" if before else "the initial parameters"
    if n == 1:
        return f"How well {when} fit the only point."
    value, epoch = place.source.ledger.value, place.source.epoch.index
    logs = [value(Cell(epoch, "log-evidence", i)) for i in range(n)]
    worst = place.point(_largest([-log for log in logs]))
    return f"How well {when} fit all {n} points together: {worst} fits worst."


def _responsibility(place: Place) -> str:
    if place.source.k == 1:
        return f"There is one component, so it answers for all of {place.x}."
    if place.source.old("weight", place.j).value == 0.0:
        return (
            f"{place.component.capitalize()} has the weight 0: it is never picked, "
            f"so it takes nothing of {place.x}."
        )
    shares = place.column("responsibility")
    if len(set(shares)) == 1:
        return f"Each component makes {place.x} equally likely, so all share it equally."
    share = percent(shares[place.j])
    is_little = shares[place.j] < max(shares) and share[0].isdigit()
    takes = "takes only" if is_little else "takes"
    return f"{_why_most(place, shares)}, so {place.component} {takes} {share} of it."


def _why_most(place: Place, shares: Sequence[float]) -> str:
    """Why the component that takes most of a point does so: nearest, densest, or heaviest."""
    most, distances = _largest(shares), place.column("distance")
    logs = [
        -square(distance) - place.source.ref("log-determinant", None, j).value
        for j, distance in enumerate(distances)
    ]
    if _is_least(distances, most):
        nearer = "nearer" if place.source.k == 2 else "nearest"
        unit = "" if _is_least(_straight(place), most) else ", in its standard deviations"
        return f"{place.x} lies {nearer} to component {most + 1}{unit}"
    if logs[most] == max(logs):
        higher = "higher" if place.source.k == 2 else "highest"
        return f"Component {most + 1} has the {higher} density at {place.x}"
    return f"Component {most + 1}, by its weight, makes {place.x} most likely"


def _straight(place: Place) -> list[float]:
    """How far the point is from each mean, whatever the variances."""

    def vector(quantity: str, j: int | None, ago: int = 0) -> list[float]:
        entries = entries_of(1, place.source.d)
        i = place.i if j is None else None
        return [place.source.ref(quantity, i, j, entry, ago).value for entry in entries]

    x = vector("point", None)
    return [math.dist(x, vector("mean", j, ago=1)) for j in range(place.source.k)]


def _is_least(values: Sequence[float], index: int) -> bool:
    """Whether this value is below all others."""
    return all(values[index] < value for j, value in enumerate(values) if j != index)


def _effective_count(place: Place) -> str:
    return (
        f"{place.component.capitalize()} answers for {place.said(place.own)} of "
        f"{place.points}, all its shares added up."
    )


def _weighted_point(place: Place) -> str:
    share = place.source.ref("responsibility", place.i, place.j)
    return (
        f"{place.x} counts in the mean of {place.component}{place.in_coordinate} "
        f"with the share {place.said(share)}."
    )


def _weighted_point_sum(place: Place) -> str:
    return f"All points added up, each times the share that {place.component} answers for."


def _mean(place: Place) -> str:
    """Which point moves the mean most: mu' - mu = sum_i beta_j(x_i) (x_i - mu) / N."""
    old = place.source.old("mean", place.j, place.cell.entry)
    change = place.own.value - old.value
    who, where = place.component.capitalize(), place.in_coordinate
    if change == 0.0:
        return f"{who} stays where it is{where}: there the points balance each other."
    if place.number(old.value) == place.said(place.own):
        return f"{who} stays at {place.said(place.own)}{where}, to the digits shown."
    moves = f"{who} moves from {place.said(old)} to {place.said(place.own)}{where}"
    if place.source.n > MOST_POINTS_TOLD:
        return f"{moves}."
    value, epoch = place.source.ledger.value, place.source.epoch.index
    pulls = [
        value(Cell(epoch, "responsibility", i, place.j))
        * (value(Cell(0, "point", i, None, place.cell.entry)) - old.value)
        for i in range(place.source.n)
    ]
    most = _largest([pull if change > 0.0 else -pull for pull in pulls])
    return f"{moves}: {place.point(most)} pulls it most."


def _weighted_squared_deviation(place: Place) -> str:
    if len(set(place.cell.entry)) == 2:
        return _weighted_product_of_deviations(place)
    share = place.source.ref("responsibility", place.i, place.j)
    mean = place.source.ref("mean", None, place.j, place.cell.entry[:1])
    x = place.source.ref("point", place.i, None, place.cell.entry[:1])
    return (
        f"{place.x} lies {place.number(abs(x.value - mean.value))} from the new mean of "
        f"{place.component}{place.in_coordinate}; the square of that counts with the share {place.said(share)}."
    )


def _weighted_product_of_deviations(place: Place) -> str:
    a, b = (entry + 1 for entry in place.cell.entry)
    value = place.own.value
    if value == 0.0:
        return f"{place.x} says nothing about how coordinates {a} and {b} vary together."
    sides, change = ("the same side", "larger") if value > 0.0 else ("two sides", "smaller")
    return (
        f"Coordinates {a} and {b} of {place.x} lie on {sides} of the new mean of "
        f"{place.component}: this makes their covariance {change}."
    )


def _weighted_squared_deviation_sum(place: Place) -> str:
    what = "products of deviations" if len(set(place.cell.entry)) == 2 else "squared deviations"
    return f"The {what} from the new mean of {place.component}, each times its share, added up."


def _covariance(place: Place) -> str:
    structure, entry = place.source.epoch.structure, place.cell.entry
    if len(set(entry)) == 2:
        return _covariance_of_two(place)
    old, new = place.source.old("covariance", place.j, entry), place.own
    is_round = structure.part == MEAN_OF_DIAGONAL and bool(entry)
    where = " in every direction" if is_round else place.in_coordinate
    who, value = place.component.capitalize(), place.said(new)
    shared = ", which all components share" if structure.is_shared else ""
    if place.number(old.value) == value:
        same = "" if old.value == new.value else ", to the digits shown"
        return f"{who} stays as wide as it is{where}, with the variance {value}{shared}{same}."
    if new.value == 0.0:
        nothing = "the squared deviations of all that it answers for add up to 0"
        return f"{who} narrows to nothing{where}{shared}: {nothing}."
    verb = "widens" if new.value > old.value else "narrows"
    change = f"{who} {verb}{where}: its variance goes from {place.said(old)} to {value}"
    if structure.is_shared:
        return f"{change}{shared}."
    return f"{change}, its standard deviation to {place.number(math.sqrt(new.value))}."


def _covariance_of_two(place: Place) -> str:
    structure, (a, b) = place.source.epoch.structure, place.cell.entry
    if structure.part != ALL:
        return f"The structure {structure.name!r} takes coordinates as uncorrelated."
    whose = "all components together" if structure.is_shared else place.component
    variances = [place.source.ref("covariance", None, place.j, (c, c)) for c in (a, b)]
    product = math.sqrt(variances[0].value) * math.sqrt(variances[1].value)
    if not product > 0.0:
        return f"How coordinates {a + 1} and {b + 1} vary together in {whose}."
    correlation = Ref(place.own.symbol, round(place.own.value / product, 2) + 0.0)  # no −0.00
    return (
        f"Coordinates {a + 1} and {b + 1} of {whose} have a correlation of {said(correlation, 2)}: "
        f"this, divided by both standard deviations, √{place.said(variances[0])} and "
        f"√{place.said(variances[1])}."
    )


def _weight(place: Place) -> str:
    count = place.source.ref("effective-count", None, place.j)
    old = place.source.old("weight", place.j)
    return (
        f"{place.component.capitalize()} answers for {place.said(count)} of {place.points}, so "
        f"from now on it is picked with probability {place.said(place.own)} "
        f"(before: {place.said(old)})."
    )


def _gain(place: Place) -> str:
    gain = place.own.value
    if gain == 0.0:
        return "The new parameters make all points together as likely as the old ones did."
    if gain < 0.0:
        start = ", or because the start's covariances had to be brought into the structure"
        return (
            f"The log-likelihood fell: by rounding{start if place.cell.epoch == 1 else ' alone'}."
        )
    return (
        "The new parameters make all points together more likely, "
        f"exp({place.said(place.own)}) times; but for rounding, no epoch of EM makes them less likely."
    )


SENTENCES: dict[str, Callable[[Place], str]] = {
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
