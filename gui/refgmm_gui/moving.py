"""The inputs after a hand has moved a thing of the plot. No widget.

moved    a thing dragged to a place
nudged   a thing moved by a step, as an arrow key does
"""

from typing import TYPE_CHECKING, Any, NamedTuple

from refgmm.arithmetic import square
from refgmm.cells import parse_number
from refgmm.dragging import at_hand, with_axis_end, with_few_digits
from refgmm.errors import InvalidValueError
from refgmm.structures import FULL, Structure, structure_of
from refgmm_gui.draft import Draft, cell_text
from refgmm_gui.plots.hits import Thing

if TYPE_CHECKING:
    from decimal import Decimal


class Target(NamedTuple):
    """Where a thing shall go, in the units of the axes; and how much a pixel is there.

    Of a border between two weights, x is a part of the bar, from 0 to 1.
    """

    x: float
    y: float
    pixel_across: float
    pixel_up: float


def moved(draft: Draft, thing: Thing, target: Target, coordinates: tuple[int, int]) -> Draft:
    """The thing at its target, in as few digits as tell pixels apart.

    Where the parameters would be no mixture, as where a standard deviation would be 0: as they were.
    """
    match thing.kind:
        case "point" | "mean":
            x, y, pixel_across, pixel_up = target
            places = at_hand(x, pixel_across), at_hand(y, pixel_up)
            return _placed(draft, thing, [cell_text(place) for place in places], coordinates)
        case "border":
            start = float(sum(_weights(draft)[: thing.index]))
            share = at_hand(target.x - start, target.pixel_across)
            return _with_share(draft, thing.index, _decimal(share))
    try:
        return _with_sigma(draft, thing, target, coordinates)
    except InvalidValueError:
        return draft


def nudged(
    draft: Draft, thing: Thing, by: tuple[float, float], coordinates: tuple[int, int]
) -> Draft:
    """A point, a mean or a border a step on: the digits that it had, it keeps."""
    if thing.kind == "border":
        return _with_share(draft, thing.index, _weights(draft)[thing.index] + _decimal(by[0]))
    texts = []
    for step, axis in zip(by, _axes(draft, coordinates), strict=False):
        place = _decimal(parse_number(_text_of(draft, thing, axis))) + _decimal(step)
        texts.append(cell_text(float(place)))
    return _placed(draft, thing, texts, coordinates)


def _axes(draft: Draft, coordinates: tuple[int, int]) -> tuple[int, ...]:
    """The coordinates, from 0, that the plot shows across and up."""
    return (0,) if (draft.dimension or 1) == 1 else coordinates


def _placed(draft: Draft, thing: Thing, texts: list[str], coordinates: tuple[int, int]) -> Draft:
    """A point or a mean with these coordinates."""
    for text, axis in zip(texts, _axes(draft, coordinates), strict=False):
        if thing.kind == "point":
            draft = draft.with_point(thing.index, text, axis)
        else:
            draft = draft.with_parameter(thing.index, 1 + axis, text)
    return draft


def _text_of(draft: Draft, thing: Thing, axis: int) -> str:
    if thing.kind == "point":
        return draft.points[thing.index][axis]
    return draft.components[thing.index][1 + axis]


def _weights(draft: Draft) -> "list[Decimal]":
    return [_decimal(parse_number(row[0])) for row in draft.components]


def _decimal(value: float) -> "Decimal":
    """As it is written: 0.1 is a tenth, so that sums of what was typed are short."""
    from decimal import Decimal

    return Decimal(repr(value))


def _with_share(draft: Draft, component: int, share: "Decimal") -> Draft:
    """A component with this weight; the next one gives or takes, so that the sum stays.

    Neither gets less than 0: the border goes no farther than the next.
    """
    both = sum(_weights(draft)[component : component + 2], start=_decimal(0.0))
    share = min(max(share, _decimal(0.0)), both)
    for index, weight in ((component, share), (component + 1, both - share)):
        draft = draft.with_parameter(index, 0, cell_text(float(weight)))
    return draft


def _with_sigma(draft: Draft, thing: Thing, target: Target, coordinates: tuple[int, int]) -> Draft:
    """An axis of a component's ellipse, or in one dimension its sigma, ending at the target."""
    mixture, structure = draft.initial_mixture(), _structure(draft)
    mean, covariance = mixture.means[thing.index], mixture.covariances[thing.index]
    if (draft.dimension or 1) == 1:
        (centre,) = mean if isinstance(mean, tuple) else (mean,)
        sigma = max(target.x - centre, target.pixel_across)
        variance = with_few_digits(square(sigma))
        return _with_covariance(draft, thing.index, structure, ((variance,),))
    a, b = coordinates
    end = target.x - mean[a], target.y - mean[b]
    if abs(end[0]) < target.pixel_across and abs(end[1]) < target.pixel_up:
        return draft
    matrix = with_axis_end(covariance, coordinates, thing.axis, end, structure.part)
    return _with_covariance(draft, thing.index, structure, with_few_digits(matrix))


def _with_covariance(draft: Draft, component: int, structure: Structure, matrix: Any) -> Draft:
    """The covariance of a component; of all, where they share one."""
    of = range(len(draft.components)) if structure.is_shared else (component,)
    for column, parameter in enumerate(draft.parameters):
        if parameter.field in ("variances", "covariances"):
            a, b = parameter.entry or (0, 0)
            for index in of:
                draft = draft.with_parameter(index, column, cell_text(float(matrix[a][b])))
    return draft


def _structure(draft: Draft) -> Structure:
    """The structure chosen; the freest where a file has a name that is none."""
    try:
        return structure_of(draft.structure)
    except InvalidValueError:
        return FULL
