"""A monkey in front of the app: presses, types, pastes, drags and scrolls at random, by a seed.

After each thing that it does, `check` asks whether what the window shows is still true.
"""

import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QKeySequence, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QComboBox,
    QDialog,
    QLineEdit,
    QMenuBar,
    QPushButton,
    QToolButton,
    QWidget,
)

from refgmm import Cell, Epoch, Problem, gallery, iterate
from refgmm.formatting import format_number
from refgmm.gallery import Example
from refgmm.generated import Generated
from refgmm.ledger import value_in
from refgmm.points_text import Preview
from refgmm_gui.dialogs.files import Answer, OnDisk
from refgmm_gui.dialogs.solution import SolutionChoice
from refgmm_gui.point_sources import PointSource
from refgmm_gui.samples import Sample
from refgmm_gui.tables.result_models import ResultModel
from refgmm_gui.theme import Theme
from tests.gui.driver import ScriptedDialogs, User

T = TypeVar("T")

TEXTS = (
    "0", "1", "2.5", "-3", "1e3", "0.5", "0,5", "1/3", "", " ", "abc", "nan", "inf", "-0", "1e400",
    "1e-320", "1e80", "²", "١٢", "1 2", "1;2", "0.333333333333333314829616256247390992939472198486",
)  # fmt: skip
"""What a monkey types into a cell: numbers, and what is none."""
PASTES = (
    "1\n2\n3", "1.5\t2.5\n3.5\t4.5", "1,5;2,5\n3,5;4,5", "a\tb\nc\td", "", "\n\n", "x\n1\n2", "0\n" * 30,
    "1\t2\t3\n4\t5\t6", "nan\n1", "1\n\n2", "\t\t\t", "9" * 400, "0.2\t1\t1\n0.8\t2\t2",
)  # fmt: skip
KEYS = (
    Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Delete,
    Qt.Key.Key_Backspace, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down,
    Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Space,
    Qt.Key.Key_F2, Qt.Key.Key_1, Qt.Key.Key_Minus, Qt.Key.Key_Plus,
)  # fmt: skip
MODIFIERS = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)
SIZES = ((1280, 800), (1920, 1080), (800, 600), (640, 480), (1000, 1200))
MOST_NUMBERS = 2_500
"""Points times coordinates times components of the examples that the monkey opens: it has no patience."""
MOST_EPOCHS = 60  # that are computed anew to check a number
_LEFT = Qt.MouseButton.LeftButton


class MonkeyDialogs(ScriptedDialogs):
    """Answers at random; among the answers are those of users who think better of it."""

    def __init__(self, parent: QWidget, rng: random.Random, folder: Path) -> None:
        super().__init__(parent)
        self._rng, self._folder = rng, folder
        (folder / "bad.json").write_text("{", encoding="utf-8")
        (folder / "points.csv").write_text("x,y\n1,2\n3,4\n5,7\n", encoding="utf-8")
        (folder / "bad.csv").write_text("x\n1\nfish\n", encoding="utf-8")
        (folder / "empty.csv").write_text("", encoding="utf-8")

    def watch(self, title: str, steps: Iterator[int], count: int) -> bool:
        """Sees some of them."""
        seen = self._rng.choice((0, 3, count))
        return len(list(itertools.islice(steps, seen))) == count

    def which_columns(
        self,
        columns: Sequence[str],
        dimension: int | None,
        preview: Preview | None,
        colours: Theme,
    ) -> list[str]:
        return self._rng.sample(list(columns), self._rng.randint(0, min(3, len(columns))))

    def dimension(self) -> int:
        return self._rng.choice((0, 2, 3, 4))

    def sample(self, reason: str, count: int, most: int) -> Sample | None:
        return self._rng.choice((None, Sample(20, None), Sample(20, 1)))

    def solution(self, usual: SolutionChoice) -> SolutionChoice | None:
        suffix = self._rng.choice((".html", ".md", ".tex", ""))
        return self._rng.choice((None, replace(usual, suffix=suffix, epochs=1)))

    def changed_on_disk(self, name: str) -> OnDisk:
        return self._rng.choice(list(OnDisk))

    def example(self, colours: Theme) -> Example | None:
        return self._rng.choice((None, *small_examples()))

    def generated(
        self, sources: Sequence[PointSource], most: int, colours: Theme
    ) -> Generated | None:
        mixture = self._rng.choice(sources).mixture
        n, seed = self._rng.randint(1, 40), self._rng.randint(0, 9)
        return None if mixture is None else Generated(mixture, n, seed)

    def unsaved(self, name: str) -> Answer:
        return self._rng.choice((Answer.DISCARD, Answer.DISCARD, Answer.CANCEL, Answer.SAVE))

    def forget(self, path: str) -> bool:
        return self._rng.random() < 0.5

    def _text(self, question: str) -> str:
        """A path; among them a directory, bad files, and none."""
        if question.startswith(("export", "animate")):
            names = ["out.svg", "out.png", "out.pdf", "out.gif", "out.html", "nowhere/a.svg", ""]
        else:
            names = ["a.json", "b.json", "bad.json", "points.csv", "bad.csv", "empty.csv", ".", ""]
        name = self._rng.choice(names)
        return str(self._folder / name) if name else ""


def small_examples() -> list[Example]:
    """The gallery's, but for those that take long."""

    def numbers(problem: Problem) -> int:
        return len(problem.points) * (problem.dimension or 1) * len(problem.initial.components)

    return [example for example in gallery.EXAMPLES if numbers(example.problem()) <= MOST_NUMBERS]


class Monkey:
    """Attributes: done, what it did, in words, the last thing last."""

    def __init__(self, user: User, seed: int, folder: Path) -> None:
        self.rng = random.Random(seed)
        self.user = user
        user.dialogs = MonkeyDialogs(user.window, self.rng, folder)
        user.desktop.dialogs = user.dialogs
        self.done: list[str] = []
        self._exact: dict[Problem, list[Epoch]] = {}  # type: ignore[type-arg]
        self._tricks: tuple[tuple[int, Callable[[], str]], ...] = (
            (30, self.walk),
            (12, self.act),
            (10, self.type_into_table),
            (6, self.paste),
            (10, self.press_key),
            (12, self.click_cell),
            (8, self.click_anywhere),
            (8, self.drag_on_plot),
            (5, self.wheel),
            (4, self.run),
            (4, self.timeline),
            (6, self.undo),
            (6, self.look),
            (3, self.choose_in_menu),
            (3, self.resize),
            (6, self.follow),
            (4, self.open_example),
            (3, self.shortcut),
            (3, self.wait),
            (2, self.choose_in_box),
            (2, self.write_in_field),
        )

    def act_once(self) -> None:
        """One thing, whatever it is."""
        weights = [weight for weight, _ in self._tricks]
        ((_, trick),) = self.rng.choices(self._tricks, weights)
        self.done.append(trick.__name__)
        self.done[-1] += f": {trick()}"

    def one_of(self, things: Sequence[T]) -> T:
        return self.rng.choice(things)

    # What it does; each says what that was

    def walk(self) -> str:
        name = self.one_of(("forward", "forward", "forward", "back", "epoch", "start"))
        times = self.rng.randint(1, 6)
        for _ in range(times):
            self.user.window.actions_by_name[name].trigger()
        return f"{name} {times}"

    def act(self) -> str:
        actions = [a for a in self.user.window.actions_by_name.all() if a.objectName() != "quit"]
        action = self.one_of(actions)
        action.trigger()
        return action.objectName()

    def type_into_table(self) -> str:
        view = self.one_of((self.user.points, self.user.parameters))
        model = view.model()
        if not view.isVisible() or not model.rowCount() or not model.columnCount():
            return "nowhere"
        row, column = (self.rng.randrange(n) for n in (model.rowCount(), model.columnCount()))
        index = model.index(row, column)
        view.setFocus()
        view.setCurrentIndex(index)
        QTest.keyClick(QApplication.focusWidget() or view, Qt.Key.Key_F2)
        editor = view.viewport().findChild(QLineEdit)
        if editor is None:
            return "no editor"
        text = self.one_of(TEXTS)
        editor.selectAll()
        editor.insert(text)
        if self.rng.random() < 0.8:
            end = self.one_of((Qt.Key.Key_Return, Qt.Key.Key_Tab, Qt.Key.Key_Escape))
            QTest.keyClick(editor, end)
        return f"{text!r} in {view.objectName()} {row}, {column}"

    def paste(self) -> str:
        view, text = self.one_of((self.user.points, self.user.parameters)), self.one_of(PASTES)
        self.user.paste(view, text)
        return f"{text[:20]!r} in {view.objectName()}"

    def press_key(self) -> str:
        key, modifier = self.one_of(KEYS), self.one_of(MODIFIERS)
        focus = QApplication.focusWidget() or self.user.window
        QTest.keyClick(focus, key, modifier)
        return f"{key.name} {modifier.name}"

    def click_cell(self) -> str:
        view = self.one_of(list(self.user.tables.values()))
        model = view.model()
        if not view.isVisible() or not model.rowCount() or not model.columnCount():
            return "nowhere"
        index = model.index(
            self.rng.randrange(model.rowCount()), self.rng.randrange(model.columnCount())
        )
        view.scrollTo(index)
        at = view.visualRect(index).center()
        click = self.one_of((QTest.mouseClick, QTest.mouseClick, QTest.mouseDClick))
        click(view.viewport(), _LEFT, self.one_of(MODIFIERS), at)
        return f"{view.objectName()} {index.row()}, {index.column()}"

    def click_anywhere(self) -> str:
        """On the window's own widgets; not where a menu would open and wait."""
        window = self.user.window
        at = self._place_in(window)
        widget = window.childAt(at) or window
        if _opens_menu(widget):
            return "nothing: a menu would open"
        QTest.mouseClick(widget, _LEFT, self.one_of(MODIFIERS), widget.mapFrom(window, at))
        return f"{widget.objectName() or type(widget).__name__} at {at.x()}, {at.y()}"

    def drag_on_plot(self) -> str:
        window = self.user.window
        if self.rng.random() < 0.3:
            window.actions_by_name["edit_plot"].trigger()
        layer = window.edit_layer
        target: QWidget = layer if layer.isVisible() else window.plot
        if not target.isVisible():
            return "nowhere"
        begin = self._place_in(target)
        things = list(layer.things()) if layer.isVisible() else []
        if things and self.rng.random() < 0.8:
            begin = self.one_of(things)[1].toPoint()
        QTest.mousePress(target, _LEFT, Qt.KeyboardModifier.NoModifier, begin)
        for _ in range(3):
            QTest.mouseMove(target, self._place_in(target))
        interruption = self.rng.random()
        if interruption < 0.1:
            QTest.keyClick(target, Qt.Key.Key_Escape)
        elif interruption < 0.2:
            window.actions_by_name[self.one_of(("forward", "undo", "start", "gallery"))].trigger()
        QTest.mouseRelease(target, _LEFT, Qt.KeyboardModifier.NoModifier, self._place_in(target))
        return f"{target.objectName()} from {begin.x()}, {begin.y()}"

    def wheel(self) -> str:
        window = self.user.window
        target = self.one_of((window.plot, self.user.worksheet.viewport(), window.explanation))
        if not target.isVisible():
            return "nowhere"
        at, by = QPointF(self._place_in(target)), self.one_of((-120, 120, 1200, -1200))
        event = QWheelEvent(
            at,
            QPointF(target.mapToGlobal(at)),
            QPoint(0, 0),
            QPoint(0, by),
            Qt.MouseButton.NoButton,
            self.one_of(MODIFIERS),
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(target, event)
        return f"{by} over {target.objectName()}"

    def run(self) -> str:
        actions, timeline = self.user.window.actions_by_name, self.user.window.timeline
        timeline.speed.setValue(self.rng.randint(0, timeline.speed.maximum()))
        actions["run"].trigger()
        self.user.bot.wait(self.rng.randint(0, 20))
        for name in self.rng.sample(("pause", "pause", "forward", "back", "undo"), 2):
            actions[name].trigger()
        actions["cancel"].trigger()
        return "and cancel"

    def timeline(self) -> str:
        line = self.user.window.timeline.line
        if not line.isVisible():
            return "nowhere"
        if self.rng.random() < 0.5:
            QTest.mouseClick(line, _LEFT, Qt.KeyboardModifier.NoModifier, self._place_in(line))
            return "a click"
        key = self.one_of(KEYS)
        QTest.keyClick(line, key)
        return key.name

    def undo(self) -> str:
        name, times = self.one_of(("undo", "undo", "redo")), self.rng.randint(1, 5)
        for _ in range(times):
            self.user.window.actions_by_name[name].trigger()
        return f"{name} {times}"

    def look(self) -> str:
        window = self.user.window
        which = self.rng.randrange(6)
        if which == 0:
            window.decimals.setValue(self.one_of((2, 3, 4, 6, 10, 16, 17)))
        elif which == 1:
            window.step_size.setCurrentIndex(self.rng.randrange(window.step_size.count()))
        elif which == 2:
            window.labelling.setCurrentIndex(self.rng.randrange(window.labelling.count()))
        elif which == 3:
            window.standard.click()
        elif which == 4:
            window.actions_by_name["paper"].trigger()
        else:
            tabs = window.plot.controls.kinds
            tabs.setCurrentIndex(self.rng.randrange(tabs.count()))
        return ("decimals", "step size", "labelling", "φ(z)", "paper", "plot")[which]

    def choose_in_menu(self) -> str:
        """A theme, a panel, a place, a column of the worksheet, a layer of the plot."""
        window = self.user.window
        action = self.one_of(
            [
                *window.theme_actions.actions(),
                *window.panels_menu.actions(),
                *window.explanation_actions.actions(),
                *window.inputs_actions.actions(),
                *window.columns_menu.actions(),
                *window.plot.controls.menu.actions(),
            ]
        )
        action.trigger()
        return action.text()

    def resize(self) -> str:
        size = self.one_of(SIZES)
        self.user.window.resize(*size)
        return f"{size}"

    def follow(self) -> str:
        """A number of the explanation, back along its trail, or the proof of its formula."""
        panel = self.user.window.explanation
        cell = self.user.window.numbers.target
        sources = self.user.window.numbers.sources
        which = self.rng.random()
        if which < 0.2:
            panel.back_requested.emit()
            return "back"
        if which < 0.3:
            self.user.window.actions_by_name["why"].trigger()
            return "why"
        if cell is None or not sources:
            return "nothing"
        source = self.one_of(sorted(sources, key=str))
        panel.source_requested.emit(source)
        return str(source)

    def open_example(self) -> str:
        self.user.window.actions_by_name["gallery"].trigger()
        return self.user.state.draft.title

    def shortcut(self) -> str:
        actions = [
            a
            for a in self.user.window.actions_by_name.all()
            if a.objectName() != "quit" and not a.shortcut().isEmpty()
        ]
        action = self.one_of(actions)
        QTest.keySequence(self.user.window, QKeySequence(action.shortcut()))
        return action.objectName()

    def wait(self) -> str:
        self.user.bot.wait(self.one_of((0, 5, 30)))
        return ""

    def choose_in_box(self) -> str:
        boxes = [box for box in self.user.window.findChildren(QComboBox) if box.count()]
        box = self.one_of(boxes)
        at = self.rng.randrange(box.count())
        box.setCurrentIndex(at)
        box.activated.emit(at)
        return f"{box.objectName()} {at}"

    def write_in_field(self) -> str:
        fields = [f for f in self.user.window.findChildren(QLineEdit) if f.isVisible()]
        if not fields:
            return "nowhere"
        field, text = self.one_of(fields), self.one_of(TEXTS)
        field.setText(text)
        field.editingFinished.emit()
        return f"{text!r} in {field.objectName()}"

    def _place_in(self, widget: QWidget) -> QPoint:
        return QPoint(
            self.rng.randrange(max(1, widget.width())), self.rng.randrange(max(1, widget.height()))
        )

    def clear_up(self) -> None:
        """Close what stands before the window, as a user does who has looked at it."""
        for widget in QApplication.topLevelWidgets():
            if widget.isVisible() and isinstance(widget, QDialog):
                widget.close()
        popup = QApplication.activePopupWidget()
        if popup is not None:
            popup.close()

    # What must be true

    def check(self) -> None:
        """What the window shows is what the state says, and what EM computes."""
        user, state = self.user, self.user.state
        assert user.window.isVisible(), "the window is gone"
        assert not any("failed" in text for text in (user.notice, user.status)), user.notice
        assert (state.problem is None) == bool(state.faults), "a problem, or what is wrong"
        assert state.is_stale or state.place is None or state.problem is not None
        self._check_inputs()
        if state.place is None:
            return
        walk = state.place.walk
        assert 0 <= walk.done <= 8
        assert len(walk.history) <= len(walk.milestones)
        if state.paper is None:
            for view in (user.worksheet, user.footer, user.history):
                for _ in range(2):
                    self._check_number(view)

    def _check_inputs(self) -> None:
        model, points = self.user.points.model(), self.user.state.draft.points
        if points and not self.user.window.edit_layer.is_dragging:
            row = self.rng.randrange(len(points))
            shown = tuple(
                str(model.data(model.index(row, column), Qt.ItemDataRole.EditRole))
                for column in range(len(points[row]))
            )
            assert shown == points[row], f"point {row + 1} shows {shown}, and is {points[row]}"

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


def _opens_menu(widget: QWidget) -> bool:
    """Whether a click opens a menu, which waits for events of its own."""
    around: QWidget | None = widget
    while around is not None and not around.isWindow():
        if isinstance(around, QComboBox | QMenuBar):
            return True
        if isinstance(around, QToolButton | QPushButton) and around.menu() is not None:
            return True
        around = around.parentWidget()
    return False
