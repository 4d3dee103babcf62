"""Which panels are in sight and where, and how large everything is: a value, and pure updates of it.

No Qt here: refgmm_gui.window.layout puts it into effect.
"""

from dataclasses import dataclass, replace

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
    "column": "On the &right, as high as the window",
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
    explanation_at: str = "automatic"  # of EXPLANATION_PLACES
    inputs_at: str = "left"  # of INPUTS_PLACES
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

    def place_of_explanation(self, width: int) -> str:
        """beside, column or bottom, in a window so many pixels wide.

        >>> Arrangement().place_of_explanation(1280), Arrangement().place_of_explanation(1920)
        ('beside', 'column')
        """
        if self.explanation_at != "automatic":
            return self.explanation_at
        return "column" if width >= _WIDE * self.factor else "beside"

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
