"""A monkey in front of the app: presses, types, pastes, drags and scrolls at random, by a seed.

What it is asked it answers by monkey_dialogs.py; what must be true after each thing, monkey_checks.py
asks.
"""

import random
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QKeySequence, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLineEdit,
    QMenuBar,
    QPushButton,
    QToolButton,
    QWidget,
)

from refgmm_gui.desks.recovery import Copy
from tests.gui.driver import User, wait_for
from tests.gui.monkey_checks import Checks
from tests.gui.monkey_dialogs import OPENED, MonkeyDialogs

T = TypeVar("T")

TEXTS = (
    "0", "1", "2.5", "-3", "1e3", "0.5", "0,5", "1/3", "", " ", "abc", "nan", "inf", "-0", "1e400",
    "1e-320", "1e80", "²", "١٢", "1 2", "1;2", "0.333333333333333314829616256247390992939472198486",
)  # fmt: skip
"""What a monkey types into a cell: numbers, and what is none."""
NUMBERS = ("0.25", "1", "2.5", "-3", "0.75", "4", "1e-3", "12")
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
_LEFT, _RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton


class Monkey:
    """Attributes: done, what it did, in words, the last thing last; acted, the actions that it chose."""

    def __init__(self, user: User, seed: int, folder: Path) -> None:
        self.rng = random.Random(seed)
        self.user = user
        user.dialogs = MonkeyDialogs(user.window, self.rng, folder)
        user.desktop.dialogs = user.dialogs
        self.folder = folder
        self.done: list[str] = []
        self.acted: set[str] = set()
        self._deck: list[str] = []  # actions that are yet to be chosen, until all have been
        self.check = Checks(user, self.rng).check
        user.window.actions_by_name.allow("quit", "The monkey stays.")
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
            (3, self.drag_on_timeline),
            (4, self.click_formula),
            (4, self.use_other_window),
            (3, self.undo_and_redo),
            (2, self.change_on_disk),
            (2, self.answer_notice),
            (2, self.drop_file),
            (2, self.keep_copy),
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
        if self.user.state.faults and self.rng.random() < 0.4:
            name = self.one_of(("undo", "example", "gallery"))  # to get anywhere at all
        else:
            name = self.one_of(("forward", "forward", "forward", "back", "epoch", "epoch", "start"))
        times = self.rng.randint(1, 6)
        for _ in range(times):
            self.user.window.actions_by_name[name].trigger()
        return f"{name} {times}"

    def act(self) -> str:
        """Any action of the table; each before one comes again."""
        if not self._deck:
            self._deck = [action.objectName() for action in self.user.window.actions_by_name.all()]
            self.rng.shuffle(self._deck)
        name = self._deck.pop()
        self.user.window.actions_by_name[name].trigger()
        self.acted.add(name)
        return name

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
        text = self.one_of(TEXTS if self.rng.random() < 0.4 else NUMBERS)
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
        results = (self.user.worksheet, self.user.footer, self.user.history)
        view = self.one_of((*self.user.tables.values(), *results, *results))
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
        """A theme, a language, a panel, a place, a column of the worksheet, a layer of the plot, a file."""
        window = self.user.window
        action = self.one_of(
            [
                *window.theme_actions.actions(),
                *window.language_actions.actions(),
                *window.recent_menu.actions(),
                *window.panels_menu.actions(),
                *window.explanation_actions.actions(),
                *window.inputs_actions.actions(),
                *window.columns_menu.actions(),
                *window.plot.controls.menu.actions(),
            ]
        )
        text = action.text()  # the recent files' are made anew
        action.trigger()
        return text

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
        actions = [a for a in self.user.window.actions_by_name.all() if not a.shortcut().isEmpty()]
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

    def drag_on_timeline(self) -> str:
        line = self.user.window.timeline.line
        if not line.isVisible():
            return "nowhere"
        begin = self._place_in(line)
        QTest.mousePress(line, _LEFT, pos=begin)
        for _ in range(3):
            QTest.mouseMove(line, self._place_in(line))
        QTest.mouseRelease(line, _LEFT, pos=self._place_in(line))
        return f"from {begin.x()}"

    def click_formula(self) -> str:
        """A number in the formula that is explained."""
        view = self.user.window.explanation.formula
        places = list(view.places().values()) if view.isVisible() else []
        if not places:
            return "nowhere"
        at = self.one_of(places).center().toPoint()
        QTest.mouseClick(view.viewport(), self.one_of((_LEFT, _LEFT, _RIGHT)), pos=at)
        return f"{at.x()}, {at.y()}"

    def use_other_window(self) -> str:
        """Open one, and do some things in it."""
        name = self.one_of(("compare", "compare", "handbook", "keys", "find_action", "why", "tour"))
        self.user.window.actions_by_name[name].trigger()
        self.user.settle()
        done = [name]
        for _ in range(self.rng.randint(0, 6)):
            shown = [w for w in QApplication.topLevelWidgets() if w.isVisible()]
            others = [w for w in shown if w is not self.user.window]
            if not others:
                break
            done.append(self._do_in(self.one_of(others)))
            self.user.settle()
        return ", ".join(done)

    def _do_in(self, window: QWidget) -> str:
        """A click, a key, a choice or a word somewhere in another window."""
        parts = [child for child in window.findChildren(QWidget) if child.isVisible()] or [window]
        part = self.one_of(parts)
        if isinstance(part, QComboBox) and part.count():
            part.setCurrentIndex(self.rng.randrange(part.count()))
            part.activated.emit(part.currentIndex())
        elif isinstance(part, QLineEdit):
            part.setText(self.one_of((*TEXTS, "theme", "epoch")))
        elif isinstance(part, QAbstractButton) and part.isEnabled():
            part.click()
        elif self.rng.random() < 0.5:
            QTest.mouseClick(part, _LEFT, pos=self._place_in(part))
        else:
            QTest.keyClick(part, self.one_of(KEYS), self.one_of(MODIFIERS))
        return type(part).__name__

    def undo_and_redo(self) -> str:
        """As many back as forth leave the inputs as they were."""
        self.user.window.inputs.finish_editing()
        edits, actions = self.user.desktop.parts.edits, self.user.window.actions_by_name
        before, index = self.user.state.draft, edits.index()
        for _ in range(self.one_of((1, 3, 10, index))):
            actions["undo"].trigger()
        while edits.index() < index:
            actions["redo"].trigger()
        assert self.user.state.draft == before, "undone and done again, the inputs are others"
        return f"{index} edits"

    def change_on_disk(self) -> str:
        """Another program changes, removes or replaces the file, or its folder."""
        path = self.user.state.file.path
        if path is None or not Path(path).is_relative_to(self.folder):
            return "no file"
        name = self.one_of(("changed", "removed", "replaced by a folder"))
        if Path(path).is_dir():
            shutil.rmtree(path)
        elif Path(path).exists():
            Path(path).unlink()
        if name == "changed":
            Path(path).write_text(self.one_of(("{", "", '{"points": [1, 2]}')), encoding="utf-8")
        elif name.startswith("replaced"):
            Path(path).mkdir()
        return name

    def answer_notice(self) -> str:
        buttons = [b for b in self.user.window.notices.findChildren(QPushButton) if b.isVisible()]
        if not buttons:
            return "none"
        button = self.one_of(buttons)
        text = button.text()
        button.click()
        return text

    def drop_file(self) -> str:
        name = self.one_of(OPENED)
        self.user.window.drops.dropped.emit([str(self.folder / name)])
        return name

    def keep_copy(self) -> str:
        """The copy that is kept now has what the window has; none is kept where there is nothing to lose."""
        recovery, typed = self.user.desktop.recovery, self.user.window.inputs.typed

        def is_writing() -> bool:
            return recovery._is_writing

        if is_writing():
            return "busy"
        recovery._keep()
        if not is_writing():
            return "nothing to keep"
        wait_for(self.user.bot, lambda: not is_writing())
        copy = Copy.read(recovery._path)
        assert copy.draft.check() == typed.check(), "the copy has other inputs"
        return recovery._path.name

    def _place_in(self, widget: QWidget) -> QPoint:
        return QPoint(
            self.rng.randrange(max(1, widget.width())), self.rng.randrange(max(1, widget.height()))
        )

    def clear_up(self) -> None:
        """Close what stands before the window, as a user does who has looked at it."""
        popup = QApplication.activePopupWidget()
        if popup is not None:
            popup.close()
        for widget in QApplication.topLevelWidgets():
            if widget.isVisible() and widget is not self.user.window:
                widget.close()


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
