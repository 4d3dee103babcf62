"""The numbers that tables and panels show, exact or on paper; and which of them is explained."""

import contextlib
from typing import TYPE_CHECKING

from refgmm import Cell, Change, Notebook, Walk
from refgmm.blocks import NotComputedError
from refgmm.formatting import format_number
from refgmm.notebook import knows
from refgmm_gui import phrases, words
from refgmm_gui.session import Place, State

if TYPE_CHECKING:
    from refgmm import Derivation


class Numbers:
    """Attributes: paper, the decimals that are written down (None: exact numbers); target, the cell that
    is explained; sources, those that it is made of.
    """

    def __init__(self) -> None:
        self._notebook = Notebook()
        self._walk: Walk | None = None
        self._decimals = 4
        self.paper: int | None = None
        self.target: Cell | None = None
        self.sources: frozenset[Cell] = frozenset()

    def show_state(self, state: State) -> None:
        """Take the numbers of the place where the walk stands."""
        self._walk = state.place.walk if state.place else None
        self.paper, self._decimals = state.paper, state.view.decimals
        trail = state.explained.trail
        self.target = trail[-1] if trail and self.can_explain(trail[-1]) else None
        self.sources = frozenset(self.derivation(self.target).sources if self.target else ())

    def knows(self, cell: Cell) -> bool:
        """Whether a number is known where the walk stands."""
        return self._walk is not None and knows(self._walk, cell)

    def can_explain(self, cell: Cell) -> bool:
        """Whether a number is known, and its derivation at hand."""
        try:
            return self.fetch(cell)
        except NotComputedError:
            return False

    def fetch(self, cell: Cell) -> bool:
        """Whether a number is known. NotComputedError where its epoch takes long to be computed first."""
        if not self.knows(cell):
            return False
        self.derivation(cell)
        return True

    def value(self, cell: Cell) -> float:
        """A known number."""
        return self._notebook.value(self._place, cell, self.paper)

    def change(self, cell: Cell) -> Change | None:
        """A known number and what it was an epoch before, where there was one."""
        with contextlib.suppress(NotComputedError):  # then its old value is not at hand
            return self._notebook.change(self._place, cell, self.paper)
        return None

    def derivation(self, cell: Cell) -> "Derivation":
        """How a known number comes about."""
        return self._notebook.derivation(self._place, cell, self.paper)

    def on_one_line(self, cell: Cell) -> str:
        """Its formula, numbers and result; and how it has changed."""
        from refgmm.rendering import Shown

        if not self.can_explain(cell):
            return ""
        line = self.derivation(cell).one_line(Shown(self._decimals))
        lines = [line.replace("undefined", words.tr("undefined"))]
        change = self.change(cell)
        if change is not None:
            lines.append(phrases.told(change_in_words(change, self._decimals)))
        return "\n".join(lines)

    def narrated(self, place: Place) -> str:
        """What the last move of the walk did, in a sentence or two; nothing where it did nothing."""
        walk, steps = place.walk, place.fresh_sub_steps
        if not steps:
            return ""
        from refgmm.narration import told, told_of_part

        ledger = self._notebook.ledger(walk, walk.epoch.index, self.paper)
        if (part := place.fresh_part) is not None:
            return told_of_part(ledger, part, self._decimals)
        is_whole_m_step = steps[-1].name == "weights" and len(steps) > 1
        done = told(ledger, "means" if is_whole_m_step else steps[-1].name, self._decimals)
        gain = Cell(walk.epoch.index, "gain")
        if steps[-1].name == "weights" and self.knows(gain):
            rise = format_number(self.value(gain), self._decimals).replace("-", "−")
            done += f" Gain of the log-likelihood: {rise}."
        return done

    def drift(self, cell: Cell) -> str:
        """In paper mode, how far rounding has taken a number from the unrounded one, in words."""
        if self.paper is None or cell.is_given:
            return ""
        exact = self._notebook.value(self._place, cell)
        unrounded = format_number(exact, self.paper + 3)
        difference = format_number(self.value(cell) - exact, self.paper + 3)
        sign = "" if difference.startswith(("-", "undefined")) else "+"
        return (
            f"Paper mode: every number is rounded to {self.paper} decimals as it is written down. "
            f"Without rounding: {unrounded} (difference {sign}{difference}).".replace("-", "−")
        )

    @property
    def _place(self) -> Walk:
        assert self._walk is not None
        return self._walk


def change_in_words(change: Change, decimals: int) -> str:
    """ "was 1.0000, changed by +0.3066"."""
    difference = format_number(change.difference, decimals)
    sign = "" if difference.startswith("-") else "+"
    return f"was {format_number(change.old, decimals)}, changed by {sign}{difference}"
