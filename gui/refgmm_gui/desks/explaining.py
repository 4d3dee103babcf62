"""The user asks of a number where it comes from, and follows it."""

import gc

from PySide6.QtCore import QModelIndex

from refgmm import Cell
from refgmm_gui import session
from refgmm_gui.desks.parts import Parts
from refgmm_gui.runner import whole
from refgmm_gui.tables.result_models import ResultModel


class ExplainingDesk:
    """Keeps the trail of what is explained."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def explain(self, index: QModelIndex) -> None:
        """The user has come to a cell of a result table: a new trail, if it has a number."""
        model = index.model()
        self._parts.window.leave_other_tables(model)
        cell = model.cell_at(index) if isinstance(model, ResultModel) else None
        trail = self._parts.state.explained.trail
        if cell is not None and (not trail or cell != trail[-1]):
            self._parts.store.update(lambda state: session.explaining(state, cell))

    def follow(self, cell: Cell) -> None:
        self._parts.store.update(lambda state: session.following(state, cell))
        self._parts.window.reveal(cell)

    def back(self) -> None:
        self.to_station(len(self._parts.state.explained.trail) - 2)

    def to_station(self, station: int) -> None:
        if station >= 0:
            self._parts.store.update(lambda state: session.back_on_trail(state, station))
            self._parts.window.reveal(self._parts.state.explained.trail[-1])

    def ask_why(self) -> None:
        if self._parts.window.numbers.target is not None:
            self.show_why(self._parts.window.numbers.target)

    def show_why(self, cell: Cell) -> None:
        from refgmm.bound import checks

        derivation = self._parts.window.numbers.derivation(cell)
        if derivation.why is not None:
            told = checks(derivation.ledger.epoch, cell, self._parts.state.view.decimals)
            self._parts.dialogs.why(derivation.why, told, self._parts.theme)

    def unfold(self, is_unfolded: bool) -> None:
        """Show long sums whole, or cut in the middle."""
        self._parts.store.update(lambda state: session.unfolding(state, is_unfolded))

    def load_formulas(self) -> None:
        """What the first formula needs is loaded on another thread, ahead of it, or while it is shown as
        words.
        """
        self._parts.window.explanation.wait_for_formulas()
        self._parts.runner.behind(whole(_load_formulas), self._on_loaded)

    def _on_loaded(self, _: BaseException | None) -> None:
        gc.freeze()  # as desktop.run does: fonts are made of many objects, and stay
        self._parts.window.explanation.make_formula()


def _load_formulas() -> None:
    """What formulas are made of, but for Qt."""
    import refgmm.explanation  # noqa: F401 - it is in sys.modules from now on
    from refgmm_gui.formulas.typeset import warm_up

    warm_up()
