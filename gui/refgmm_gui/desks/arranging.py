"""What stands where, and how large: the panels, the layouts, the sizes, the presentation."""

import dataclasses
from collections.abc import Callable

from refgmm_gui.arrangement import ORDERLY, SIMPLE, Arrangement
from refgmm_gui.desks.parts import Parts


class ArrangingDesk:
    """Each method is what happens on a click."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def toggle_panel(self, panel: str) -> None:
        self._arrange(lambda arranged: arranged.toggled(panel))

    def move_explanation(self, place: str) -> None:
        self._arrange(lambda arranged: dataclasses.replace(arranged, explanation_at=place))

    def move_inputs(self, place: str) -> None:
        self._arrange(lambda arranged: dataclasses.replace(arranged, inputs_at=place))

    def simple(self) -> None:
        """One table and the plot, the numbers that one needs, and nothing to choose."""
        arranged = dataclasses.replace(self._arranged, hidden=SIMPLE)
        self._parts.look(arrangement=arranged, standard_densities=False)

    def full(self) -> None:
        """All panels in their places, all columns, all choices."""
        arranged = dataclasses.replace(
            self._arranged,
            hidden=ORDERLY.hidden,
            explanation_at=ORDERLY.explanation_at,
            inputs_at=ORDERLY.inputs_at,
        )
        self._parts.look(arrangement=arranged, standard_densities=True, folded=frozenset())

    def resize(self, by: int) -> None:
        """So many sizes larger, or smaller."""
        self._arrange(lambda arranged: arranged.resized(by))

    def usual_size(self) -> None:
        self._arrange(Arrangement.in_usual_size)

    def present(self, is_presenting: bool) -> None:
        self._arrange(lambda arranged: dataclasses.replace(arranged, is_presenting=is_presenting))

    @property
    def _arranged(self) -> Arrangement:
        return self._parts.state.view.arrangement

    def _arrange(self, change: Callable[[Arrangement], Arrangement]) -> None:
        self._parts.look(arrangement=change(self._arranged))
