"""What stands where, and how large: the panels, the layouts, the sizes, the presentation."""

from collections.abc import Callable

from refgmm import records
from refgmm_gui.actions import plain
from refgmm_gui.arrangement import ORDERLY, PANELS, SIMPLE, Arrangement
from refgmm_gui.desks.parts import Parts
from refgmm_gui.words import tr


class ArrangingDesk:
    """Each method is what happens on a click."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def toggle_panel(self, panel: str) -> None:
        self._arrange(lambda arranged: arranged.toggled(panel))

    def hide_panel(self, panel: str) -> None:
        self.toggle_panel(panel)
        self._parts.tell(tr("Hidden: {panel}. View > Panels brings it back.", panel=_title(panel)))

    def move_panel(self, panel: str, side: str, of: str) -> None:
        """To a side of another panel, or of the window."""
        width = self._parts.window.width()
        self._arrange(lambda arranged: arranged.with_moved(panel, side, of, width))
        self._parts.tell(tr("Moved: {panel}.", panel=_title(panel)))

    def step_panel(self, panel: str, side: str) -> None:
        """One step further, as the arrow keys move it."""
        before, width = self._arranged, self._parts.window.width()
        self._arrange(lambda arranged: arranged.with_stepped(panel, side, width))
        if self._arranged != before:
            self._parts.tell(tr("Moved: {panel}.", panel=_title(panel)))

    def move_explanation(self, place: str) -> None:
        self._arrange(lambda arranged: arranged.with_explanation(place))

    def move_inputs(self, place: str) -> None:
        self._arrange(lambda arranged: arranged.with_inputs(place))

    def simple(self) -> None:
        """One table and the plot, the numbers that one needs, and nothing to choose."""
        arranged = records.replace(self._arranged, hidden=SIMPLE)
        self._parts.look(arrangement=arranged, standard_densities=False)

    def full(self) -> None:
        """All panels in their places, all columns, all choices."""
        arranged = records.replace(
            self._arranged,
            hidden=ORDERLY.hidden,
            places=ORDERLY.places,
            explanation_is_free=ORDERLY.explanation_is_free,
        )
        self._parts.look(arrangement=arranged, standard_densities=True, folded=frozenset())

    def resize(self, by: int) -> None:
        """So many sizes larger, or smaller."""
        self._arrange(lambda arranged: arranged.resized(by))

    def usual_size(self) -> None:
        self._arrange(Arrangement.in_usual_size)

    def present(self, is_presenting: bool) -> None:
        self._arrange(lambda arranged: records.replace(arranged, is_presenting=is_presenting))

    @property
    def _arranged(self) -> Arrangement:
        return self._parts.state.view.arrangement

    def _arrange(self, change: Callable[[Arrangement], Arrangement]) -> None:
        self._parts.look(arrangement=change(self._arranged))


def _title(panel: str) -> str:
    return plain(tr(PANELS[panel]))
