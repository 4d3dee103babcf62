"""Which panels are in sight and where, and how large everything is: a value, and pure updates of it.

No Qt here: refgmm_gui.window.layout puts it into effect.
"""

from refgmm.records import dataclass, replace
from refgmm_gui.places import LEFT, RIGHT, USUAL, Places, as_column, moved, place_of, stepped

PANELS = {
    "inputs": "&Inputs",
    "plot": "&Plot",
    "explanation": "&Explanation",
    "worksheet": "&Worksheet",
    "history": "&History",
    "timeline": "&Timeline and run",
    "options": "&Choices in the tool bar",
}
"""What can be hidden, and what the menu calls it."""

EXPLANATION_PLACES = {
    "automatic": "Where there is &room",
    "beside": "&Beside the plot",
    "column": "On the right, as &high as the window",
    "bottom": "At the b&ottom, beside the history",
}
INPUTS_PLACES = {"left": "On the &left", "right": "On the ri&ght"}

SIZES = (50, 60, 70, 80, 90, 100, 110, 125, 150, 175, 200, 250, 300)
"""Of letters, formulas and lines, in percent of the usual."""

_NOT_PRESENTED = frozenset({"inputs", "options"})
_WIDE = 1700  # pixels at the usual size: room for the explanation as a column of its own


@dataclass(frozen=True, slots=True)
class Arrangement:
    """How the window is arranged. A presentation has a size of its own."""

    hidden: frozenset[str] = frozenset()  # of PANELS
    places: Places = USUAL
    explanation_is_free: bool = True  # to be a column of its own where there is room
    size: int = 100  # of SIZES
    presentation_size: int = 150
    is_presenting: bool = False

    @property
    def size_now(self) -> int:
        """In percent of the usual."""
        return self.presentation_size if self.is_presenting else self.size

    @property
    def factor(self) -> float:
        """
        >>> Arrangement(size=125).factor
        1.25
        """
        return self.size_now / 100

    @property
    def hidden_now(self) -> frozenset[str]:
        """What is out of sight, also because it is of no use in a presentation."""
        return self.hidden | _NOT_PRESENTED if self.is_presenting else self.hidden

    def places_in(self, width: int) -> Places:
        """Where the panels stand in a window so many pixels wide.

        >>> Arrangement().places_in(1280) == USUAL, Arrangement().places_in(1920)[-1]
        (True, (('explanation',),))
        """
        if self.explanation_is_free and width >= _WIDE * self.factor:
            return as_column(self.places, "explanation")
        return self.places

    @property
    def explanation_at(self) -> str:
        """Which of EXPLANATION_PLACES; "" where the user has put it elsewhere."""
        if self.explanation_is_free:
            return "automatic"
        column, row, _ = place_of(self.places, "explanation")
        if self.places[column] == (("explanation",),):
            return "column"
        names = self.places[column][row]
        return "beside" if "plot" in names else "bottom" if "history" in names else ""

    @property
    def inputs_at(self) -> str:
        """Which of INPUTS_PLACES; "" where the user has put them elsewhere."""
        column = place_of(self.places, "inputs")[0]
        return {0: "left", len(self.places) - 1: "right"}.get(column, "")

    def with_explanation(self, place: str) -> "Arrangement":
        """With the explanation at one of EXPLANATION_PLACES."""
        side = (RIGHT, {"automatic": "plot", "beside": "plot", "bottom": "history"}.get(place, ""))
        places = moved(self.places, "explanation", *side)
        return replace(self, places=places, explanation_is_free=place == "automatic")

    def with_inputs(self, place: str) -> "Arrangement":
        """With the inputs at one of INPUTS_PLACES."""
        side = LEFT if place == "left" else RIGHT
        return replace(self, places=moved(self.places, "inputs", side, ""))

    def with_moved(self, panel: str, side: str, of: str, width: int) -> "Arrangement":
        """With a panel on a side of another, as they stand in a window of this width."""
        return self._placed(moved(self.places_in(width), panel, side, of), panel, width)

    def with_stepped(self, panel: str, side: str, width: int) -> "Arrangement":
        """With a panel one step further to a side, as they stand in a window of this width."""
        return self._placed(stepped(self.places_in(width), panel, side), panel, width)

    def _placed(self, places: Places, panel: str, width: int) -> "Arrangement":
        """The explanation stays where the user has put it, or has seen it while another was moved."""
        now = self.places_in(width)
        if places == now:
            return self
        is_free = self.explanation_is_free and panel != "explanation" and now == self.places
        return replace(self, places=places, explanation_is_free=is_free)

    def toggled(self, panel: str) -> "Arrangement":
        """With this panel hidden, or in sight again."""
        return replace(self, hidden=self.hidden ^ {panel})

    def resized(self, by: int) -> "Arrangement":
        """So many sizes larger, or smaller; the largest and the smallest stay as they are.

        >>> Arrangement().resized(+2).size, Arrangement(size=50).resized(-1).size
        (125, 50)
        """
        place = min(max(SIZES.index(self.size_now) + by, 0), len(SIZES) - 1)
        return self.with_size(SIZES[place])

    def with_size(self, size: int) -> "Arrangement":
        """With another size: of the presentation while there is one, else of the window."""
        if self.is_presenting:
            return replace(self, presentation_size=size)
        return replace(self, size=size)

    def in_usual_size(self) -> "Arrangement":
        """In the size in which the app comes."""
        usual = Arrangement()
        return self.with_size(usual.presentation_size if self.is_presenting else usual.size)


ORDERLY = Arrangement()
SIMPLE = frozenset({"explanation", "history", "options"})
"""What the simple layout hides."""
