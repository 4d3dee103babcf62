"""A user of the app, in code: presses its buttons and keys, types, pastes, and reads what it shows."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from PySide6.QtCore import QAbstractItemModel, QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtGui import QAction, QColor, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QMenu,
    QPushButton,
    QTableView,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from refgmm import Granularity, Walk
from refgmm.gallery import Example, named
from refgmm.generated import Generated
from refgmm.points_text import Preview
from refgmm_gui.desktop import Desktop
from refgmm_gui.dialogs.files import Answer, Dialogs, OnDisk
from refgmm_gui.dialogs.solution import SolutionChoice
from refgmm_gui.main_window import MainWindow
from refgmm_gui.plots.scene import PlaneScene, Scene
from refgmm_gui.point_sources import PointSource
from refgmm_gui.samples import Sample
from refgmm_gui.session import State
from refgmm_gui.tables.grid_model import Role
from refgmm_gui.theme import DARK, LIGHT, Theme

Texts = list[list[str]]
"""The rows of a table, as it shows them."""

ALL_STEPS = 8  # sub-steps of an epoch

_MOST_SECONDS = (
    120  # of waiting: on a loaded machine everything takes long, and only a failure this long
)


def wait_for(bot: QtBot, condition: Callable[[], object]) -> None:
    """Stay in Qt's loop until the condition holds, and fail where it never does."""
    bot.waitUntil(lambda: bool(condition()), timeout=1000 * _MOST_SECONDS)


class ScriptedDialogs(Dialogs):
    """Answers each question from a list, and writes down what was asked and told.

    A question that nobody expected fails the test, instead of waiting for ever.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.answers: deque[str | Answer] = deque()
        self.asked: list[str] = []
        self.errors: list[str] = []
        self.texts: list[tuple[str, str]] = []
        self.columns: list[list[str]] = []
        self.previews: list[Preview | None] = []
        self.sources: list[PointSource] = []
        self.watched: list[int] = []

    def path_to_open(self, folder: str) -> str:
        return self._text(f"open {folder}")

    def path_to_import(self, folder: str) -> str:
        return self._text(f"import {folder}")

    def path_to_save(self, suggestion: str) -> str:
        return self._text(f"save {suggestion}")

    def path_to_export(self, suggestion: str) -> str:
        return self._text(f"export {suggestion}")

    def path_to_animate(self, suggestion: str) -> str:
        return self._text(f"animate {suggestion}")

    def watch(self, title: str, steps: Iterator[int], count: int) -> bool:
        """Does all of them; what they say is kept. Beside the rows counted there are a head and two sums."""
        self.watched = [*steps]
        assert set(self.watched) <= set(range(1, count + 4))
        assert self.watched == sorted(set(self.watched))
        return True

    def solution(self, usual: SolutionChoice) -> SolutionChoice | None:
        """The answer is the suffix, and with a blank between the number of epochs, or "no"."""
        suffix, _, epochs = self._text(f"solution {usual}").partition(" ")
        if suffix == "no":
            return None
        return replace(usual, suffix=suffix, epochs=int(epochs or usual.epochs))

    def path_to_solution(self, suggestion: str) -> str:
        return self._text(f"export solution {suggestion}")

    def sample(self, reason: str, count: int, most: int) -> Sample | None:
        """The answer is "every", a seed, or nothing."""
        answer = self._text(f"sample: {reason}")
        return Sample(most, None if answer == "every" else int(answer)) if answer else None

    def changed_on_disk(self, name: str) -> OnDisk:
        return OnDisk[self._text(f"changed {name}")]

    def forget(self, path: str) -> bool:
        return self._text(f"forget {path}") == "yes"

    def without_rows(self, left_out: str) -> bool:
        return self._text(f"without rows: {left_out}") == "yes"

    def which_columns(
        self,
        columns: Sequence[str],
        dimension: int | None,
        preview: Preview | None,
        colours: Theme,
    ) -> list[str]:
        """The answer names them with commas between."""
        self.columns.append(list(columns))
        self.previews.append(preview)
        return list(filter(None, self._text("columns").split(",")))

    def dimension(self) -> int:
        return int(self._text("dimension") or 0)

    def example(self, colours: Theme) -> Example | None:
        """The answer is its key."""
        key = self._text("example")
        return named(key) if key else None

    def generated(
        self, sources: Sequence[PointSource], most: int, colours: Theme
    ) -> Generated | None:
        """The answer is the source's key, n and the seed, with spaces between."""
        self.sources = list(sources)
        key, *numbers = self._text(f"generated, at most {most}").split() or [""]
        if not key:
            return None
        (mixture,) = (source.mixture for source in sources if source.key == key)
        assert mixture is not None, f"there is nothing to draw from {key}"
        return Generated(mixture, *map(int, numbers))

    def unsaved(self, name: str) -> Answer:
        answer = self._next(f"unsaved {name}")
        assert isinstance(answer, Answer), f"unsaved wants an Answer, got {answer}"
        return answer

    def error(self, message: str) -> None:
        self.errors.append(message)

    def text(self, title: str, text: str) -> None:
        self.texts.append((title, text))

    def _next(self, question: str) -> str | Answer:
        self.asked.append(question)
        assert self.answers, f"nobody expected the question: {question}"
        return self.answers.popleft()

    def _text(self, question: str) -> str:
        answer = self._next(question)
        assert isinstance(answer, str), f"{question} wants a text, got {answer}"
        return answer


class User:
    """Someone in front of the app.

    Attributes: bot, desktop, dialogs, window.
    """

    def __init__(self, bot: QtBot, desktop: Desktop, dialogs: ScriptedDialogs) -> None:
        self.bot = bot
        self.desktop = desktop
        self.dialogs = dialogs
        self.window: MainWindow = desktop.window

    # What the app is in

    @property
    def state(self) -> State:
        return self.desktop.state

    @property
    def walk(self) -> Walk:
        assert self.state.place is not None
        return self.state.place.walk

    # The tables

    @property
    def points(self) -> QTableView:
        return self.window.inputs.points

    @property
    def parameters(self) -> QTableView:
        return self.window.inputs.parameters

    @property
    def worksheet(self) -> QTableView:
        return self.window.worksheet.points

    @property
    def footer(self) -> QTableView:
        return self.window.worksheet.footer

    @property
    def history(self) -> QTableView:
        return self.window.history.table

    @property
    def tables(self) -> dict[str, QTableView]:
        return {
            "points": self.points,
            "parameters": self.parameters,
            "worksheet": self.worksheet,
            "footer": self.footer,
            "history": self.history,
        }

    # What the user does

    def press(self, name: str, times: int = 1) -> None:
        """Click the button of an action of the tool bar or the history's bar."""
        for _ in range(times):
            self.click(self.button(name))
            self.wait_computed()

    def wait_computed(self) -> None:
        """Wait until a move that takes long is made."""
        wait_for(self.bot, lambda: not self.state.run.is_computing)

    def next(self, times: int = 1) -> None:
        """Click the big button."""
        self.press("forward", times)

    def back(self, times: int = 1) -> None:
        self.press("back", times)

    def press_if_enabled(self, name: str) -> None:
        """Click the button of an action, whether or not it reacts."""
        QTest.mouseClick(self.button(name), Qt.MouseButton.LeftButton)

    def settle(self) -> None:
        """Wait until Qt has done what it put off, and what was to go is gone."""
        QGuiApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)

    def click(self, widget: QWidget) -> None:
        """Click a widget that is in sight."""
        assert widget.isVisible(), f"{widget.objectName()} is not in sight"
        assert widget.isEnabled(), f"{widget.objectName()} is off"
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)

    def button(self, name: str) -> QToolButton:
        """The button that shows an action."""
        action = self.window.actions_by_name[name]
        for button in self.window.findChildren(QToolButton):
            if button.defaultAction() is action and button.isVisible():
                return button
        raise AssertionError(f"no button of {name} is in sight")

    def push(self, object_name: str) -> None:
        """Click a push button of the inputs, by its object name."""
        button = self.window.findChild(QPushButton, object_name)
        assert isinstance(button, QPushButton)
        self.click(button)

    def keys(self, key: Qt.Key, *modifiers: Qt.KeyboardModifier) -> None:
        """Press a key where the focus is."""
        held = Qt.KeyboardModifier.NoModifier
        for modifier in modifiers:
            held |= modifier
        focus: QWidget | None = self.window.focusWidget()
        QTest.keyClick(self.window if focus is None else focus, key, held)

    def open_editor(self, view: QTableView, row: int, column: int) -> QLineEdit:
        """Go into a cell to edit it."""
        index = view.model().index(row, column)
        assert index.isValid(), f"there is no cell {row}, {column}"
        view.setFocus()
        view.setCurrentIndex(index)
        view.edit(index)
        editor = view.viewport().findChild(QLineEdit)
        assert isinstance(editor, QLineEdit)
        return editor

    def type_unfinished(self, view: QTableView, row: int, column: int, text: str) -> QLineEdit:
        """Type a text over that of a cell, and stay in the cell."""
        editor = self.open_editor(view, row, column)
        editor.selectAll()
        QTest.keyClick(editor, Qt.Key.Key_Delete)
        if text.isascii():
            QTest.keyClicks(editor, text)
        else:  # QTest knows no key for it
            editor.insert(text)
        return editor

    def type(self, view: QTableView, row: int, column: int, text: str) -> None:
        """Type a text over that of a cell, and Return."""
        editor = self.type_unfinished(view, row, column, text)
        QTest.keyClick(editor, Qt.Key.Key_Return)
        self.settle()  # Qt takes the text over once it is back in its loop

    def type_point(self, row: int, text: str) -> None:
        self.type(self.points, row, 0, text)

    def type_parameters(self, *rows: tuple[str, str, str]) -> None:
        """Give the components these weights, means and variances; add or remove components first."""
        while len(self.state.draft.components) < len(rows):
            self.push("add_component")
        while len(self.state.draft.components) > len(rows):
            self.parameters.clearSelection()
            self.push("remove_component")
        for row, texts in enumerate(rows):
            for column, text in enumerate(texts):
                self.type(self.parameters, row, column, text)

    def select(self, view: QTableView, *cells: tuple[int, int]) -> None:
        """Select these cells, as clicks with Ctrl do."""
        view.setFocus()
        view.clearSelection()
        modifier = Qt.KeyboardModifier.NoModifier
        for row, column in cells:
            at = view.visualRect(view.model().index(row, column)).center()
            QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, modifier, at)
            modifier = Qt.KeyboardModifier.ControlModifier

    def paste(self, view: QTableView, text: str) -> None:
        """Ctrl+V in a table."""
        QGuiApplication.clipboard().setText(text)
        view.setFocus()
        QTest.keyClick(view, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)

    def copy(self, view: QTableView) -> str:
        """Ctrl+C in a table; what the clipboard then holds."""
        QGuiApplication.clipboard().clear()
        view.setFocus()
        QTest.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
        return QGuiApplication.clipboard().text()

    def set_points(self, *points: float) -> None:
        """Replace all points."""
        self.points.selectAll()
        QTest.keyClick(self.points, Qt.Key.Key_Delete)
        self.points.clearSelection()
        self.paste(self.points, "\n".join(map(repr, points)))

    def choose(self, menu: QMenu, text: str) -> None:
        """Open a menu, and click the entry that begins with this text."""
        menu.popup(self.window.mapToGlobal(QPoint(0, 0)))
        for action in menu.actions():
            if action.text().replace("&", "").startswith(text):
                at = menu.actionGeometry(action).center()
                QTest.mouseClick(
                    menu, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at
                )
                return
        raise AssertionError(f"there is no {text} in the menu")

    def menu(self, *titles: str) -> QMenu:
        """A menu of the menu bar, or one inside it."""
        actions = self.window.menuBar().actions()
        found: QMenu | None = None
        for title in titles:
            for action in actions:
                menu = action.menu()
                if isinstance(menu, QMenu) and action.text().replace("&", "") == title:
                    found = menu
            assert found is not None, f"there is no menu {title}"
            actions = found.actions()
        assert found is not None
        return found

    def menu_action(self, title: str, text: str) -> QAction:
        """An entry of a menu inside View."""
        for action in self.menu("View", title).actions():
            if action.text().replace("&", "").startswith(text):
                return action
        raise AssertionError(f"there is no {text} in {title}")

    def set_decimals(self, decimals: int) -> None:
        self.window.decimals.setValue(decimals)

    def use_note_labelling(self) -> None:
        self.window.labelling.setCurrentIndex(1)

    def step_by(self, granularity: Granularity) -> None:
        self.window.step_size.setCurrentIndex(list(Granularity).index(granularity))

    # What the user sees

    @property
    def next_text(self) -> str:
        """What stands on the big button."""
        return self.window.next_button.text()

    @property
    def status(self) -> str:
        return self.window.statusBar().currentMessage()

    @property
    def notice(self) -> str:
        """What the notice says; empty where there is none in sight."""
        label = self.window.step_text.notice
        return label.text() if label.isVisible() else ""

    @property
    def fault(self) -> str:
        """What the inputs' message says; empty where there is none in sight."""
        label = self.window.inputs.message
        return label.text() if label.isVisible() else ""

    @property
    def scene(self) -> Scene:
        """The picture, in one dimension."""
        scene = self.window.plot._picture
        assert isinstance(scene, Scene)
        return scene

    @property
    def plane(self) -> PlaneScene:
        """The picture of two coordinates."""
        scene = self.window.plot._picture
        assert isinstance(scene, PlaneScene)
        return scene

    def everything(self) -> dict[str, object]:
        """All that the window shows of the walk: every cell, every text, the picture."""
        shown: dict[str, object] = {name: cells(view) for name, view in self.tables.items()}
        shown |= {f"{name} fresh": fresh(view) for name, view in self.tables.items()}
        step_text = self.window.step_text
        return shown | {
            "scene": self.window.plot._picture,
            "button": self.next_text,
            "step text": [step_text.done.text(), step_text.meaning.text(), self.notice],
            "enabled": {a.objectName(): a.isEnabled() for a in self.window.actions_by_name.all()},
        }


def cells(view: QTableView) -> Texts:
    """Every cell of a table, as it is shown."""
    return model_cells(view.model())


def model_cells(model: QAbstractItemModel) -> Texts:
    return [
        [str(model.data(model.index(row, column))) for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def heads(view: QAbstractItemView) -> list[str]:
    """The heads of a table's columns."""
    model = view.model()
    return [
        str(model.headerData(column, Qt.Orientation.Horizontal))
        for column in range(model.columnCount())
    ]


def columns(view: QTableView) -> dict[str, list[str]]:
    """The columns of a table, by their heads."""
    rows = cells(view)
    return {head: [row[column] for row in rows] for column, head in enumerate(heads(view))}


def groups(view: QTableView) -> list[str]:
    """The key of each column's group."""
    model = view.model()
    return [
        str(model.headerData(column, Qt.Orientation.Horizontal, Role.GROUP)[0])
        for column in range(model.columnCount())
    ]


def fresh(view: QTableView) -> set[tuple[int, int]]:
    """The cells that stand out as filled by the last step."""
    model = view.model()
    colours = {QColor(LIGHT.fresh).rgb(), QColor(DARK.fresh).rgb()}
    found = set()
    for row in range(model.rowCount()):
        for column in range(model.columnCount()):
            colour = model.data(model.index(row, column), Qt.ItemDataRole.BackgroundRole)
            if isinstance(colour, QColor) and colour.rgb() in colours:
                found.add((row, column))
    return found


def footer_by_symbol(view: QTableView) -> dict[str, str]:
    """The footer's numbers, by what each is called: {"μ₁′": "1.3066", ...}."""
    model = view.model()
    found = {}
    for row in range(model.rowCount()):
        for column in range(model.columnCount()):
            index = model.index(row, column)
            symbol = model.data(index, Role.SYMBOL)
            if symbol:
                found[str(symbol)] = str(model.data(index))
    return found


def pixels_of(picture: QImage) -> list[int]:
    """The colours of a picture's pixels, as 0xffrrggbb."""
    image = picture.convertToFormat(QImage.Format.Format_RGB32)
    return memoryview(image.constBits()).cast("I").tolist()
