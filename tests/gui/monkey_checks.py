"""What must be true of the app after whatever was done to it."""

import itertools
import random

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView

from refgmm import Cell, Epoch, Problem, iterate
from refgmm.formatting import format_number
from refgmm.ledger import value_in
from refgmm_gui.desks.recovery import Copy
from refgmm_gui.panels.timeline import position_of, reached_by
from refgmm_gui.plots.epoch_scene import EpochScene, log_likelihood_scene_of
from refgmm_gui.plots.layers import USUAL
from refgmm_gui.tables.result_models import ResultModel
from tests.gui.driver import User

MOST_EPOCHS = 60  # that are computed anew to check a number


class Checks:
    """Asks whether what the window shows is what the state says, and what EM computes."""

    def __init__(self, user: User, rng: random.Random) -> None:
        self.user, self.rng = user, rng
        self._exact: dict[Problem, list[Epoch]] = {}  # type: ignore[type-arg]

    def check(self) -> None:
        user, state = self.user, self.user.state
        assert user.window.isVisible(), "the window is gone"
        assert not any("failed" in text for text in (user.notice, user.status)), user.notice
        assert (state.problem is None) == bool(state.faults), "a problem, or what is wrong"
        assert state.is_stale or state.place is None or state.problem is not None
        self._check_inputs()
        self._check_undo()
        self._check_copies()
        if state.place is None:
            return
        walk = state.place.walk
        assert 0 <= walk.done <= 8
        assert len(walk.history) <= len(walk.milestones)
        self._check_epochs()
        if state.paper is None:
            for view in (user.worksheet, user.footer, user.history):
                for _ in range(2):
                    self._check_number(view)

    def _check_inputs(self) -> None:
        """A row of each table of inputs has the texts of the draft."""
        draft = self.user.state.draft
        if self.user.window.edit_layer.is_dragging:
            return
        tables = [(self.user.points, draft.points)]
        if draft.dimension is None:
            tables.append((self.user.parameters, draft.components))
        for view, rows in tables:
            if not rows:
                continue
            row, model = self.rng.randrange(len(rows)), view.model()
            shown = tuple(
                str(model.data(model.index(row, column), Qt.ItemDataRole.EditRole))
                for column in range(len(rows[row]))
            )
            assert shown == rows[row], f"{view.objectName()} {row} shows {shown}, not {rows[row]}"

    def _check_undo(self) -> None:
        """What is offered can be done; and where every edit since saving is undone, nothing is unsaved."""
        edits, actions = self.user.desktop.parts.edits, self.user.window.actions_by_name
        assert actions["undo"].isEnabled() == edits.canUndo()
        assert actions["redo"].isEnabled() == edits.canRedo()

    def _check_copies(self) -> None:
        """Each copy that is kept for recovery can be read."""
        for path in self.user.desktop.recovery._folder.glob("*.json"):
            Copy.read(path)

    def _check_epochs(self) -> None:
        """The timeline, the history and the log-likelihood's plot tell of the same place."""
        user, place = self.user, self.user.state.place
        assert place is not None
        walk, line = place.walk, user.window.timeline.line
        assert line.value() == position_of(walk), "the timeline stands elsewhere"
        assert line.maximum() == reached_by(walk), "the timeline has another length"
        model = user.history.model()
        assert model.rowCount() == len(walk.history), "the history has another length"
        values = log_likelihood_scene_of(walk, USUAL).series[0].values
        assert list(values) == [milestone.log_likelihood for milestone in walk.milestones]
        for before, milestone in itertools.pairwise(walk.milestones):
            assert milestone.gain == milestone.log_likelihood - before.log_likelihood
        picture = user.window.plot._picture
        if isinstance(picture, EpochScene):
            assert picture.last == len(walk.milestones) - 1, "the plot has other epochs"
            assert picture.current == walk.history[-1].epoch, "the plot marks another epoch"

    def _check_number(self, view: QAbstractItemView) -> None:
        """A number that a table shows is that of EM computed anew from the points."""
        model = view.model()
        assert isinstance(model, ResultModel)
        if not model.rowCount() or not model.columnCount():
            return
        index = model.index(
            self.rng.randrange(model.rowCount()), self.rng.randrange(model.columnCount())
        )
        cell = model.cell_at(index)
        if cell is None or cell.quantity == "point":
            return
        expected = self._computed_anew(cell)
        if expected is None:
            return
        shown = str(model.data(index))
        wanted = format_number(expected, self.user.state.view.decimals)
        assert shown == wanted, f"{view.objectName()}: {cell} shows {shown}, and is {wanted}"

    def _computed_anew(self, cell: Cell) -> float | None:
        """The number of a cell; None where it stands too far along."""
        place = self.user.state.place
        assert place is not None
        if cell.epoch > MOST_EPOCHS:
            return None
        problem = place.walk.problem
        if problem not in self._exact:
            epochs = iterate(problem.points, problem.initial, problem.structure)
            self._exact = {problem: list(itertools.islice(epochs, MOST_EPOCHS))}
        epochs_done = self._exact[problem]
        number = min(max(cell.epoch, 1), len(epochs_done))
        return value_in(epochs_done[number - 1], cell)
