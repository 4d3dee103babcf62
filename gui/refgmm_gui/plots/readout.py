"""What stands under the pointer, in lines of text. No Qt; the numbers come from refgmm.probe."""

from refgmm.formatting import subscript
from refgmm.records import dataclass
from refgmm_gui.plots.epoch_scene import EpochScene
from refgmm_gui.plots.scene import PlaneScene, Scene
from refgmm_gui.words import tr


@dataclass(frozen=True, slots=True)
class ReadingLine:
    """A line of the read-out."""

    cells: tuple[str, ...]
    component: int | None = None  # in whose colour it stands


def reading_at(picture: Scene | PlaneScene | EpochScene, x: float, y: float) -> list[ReadingLine]:
    """The place; then each component's weighted density and responsibility there, and their sum.

    Of a picture by epoch: the epoch, and its numbers.
    """
    if isinstance(picture, EpochScene):
        return _of_epoch(picture, round(x))
    place: float | tuple[float, float] = x
    places = {"x": x}
    if isinstance(picture, PlaneScene):
        place = (x, y)
        places = dict(zip(picture.names, place, strict=True))
    lines = [ReadingLine((f"{name} = {_number(number)}",)) for name, number in places.items()]
    reading = picture.probe.at(place)
    for component, (height, share) in enumerate(
        zip(reading.weighted_densities, reading.responsibilities, strict=True)
    ):
        j = subscript(component + 1)
        cells = f"α{j}g{j} = {_number(height)}", f"β{j} = {_number(share)}"
        lines.append(ReadingLine(cells, component))
    return [*lines, ReadingLine((f"p(x) = {_number(reading.density)}",))]


def _of_epoch(picture: EpochScene, epoch: int) -> list[ReadingLine]:
    if not 0 <= epoch <= picture.last:
        return []
    lines = [ReadingLine((tr("epoch {epoch}", epoch=epoch) if epoch else tr("the start"),))]
    for series in picture.series:
        value, component = series.values[epoch], series.component
        name = picture.name
        if component is not None:
            name = name.replace("μ", "μ" + subscript(component + 1))
        lines.append(ReadingLine((f"{name} = {_number(value, 7)}",), component))
    return lines


def _number(value: float | None, digits: int = 4) -> str:
    """With so many digits; what is not there says so."""
    return "none" if value is None else f"{value:.{digits}g}"
