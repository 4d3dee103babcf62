"""Every wire of the app carries: each action, each control, each entry of the menus does what it says."""

import random
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, QPoint, QSize, Qt, QTimer
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QKeySequence, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QMenu,
    QTableView,
    QToolBar,
    QToolButton,
    QWidget,
)

from refgmm import Granularity, Labelling, Mixture, initialization, worked_example, worksheet
from refgmm.fit_input import cloud_of
from refgmm.structures import FULL
from refgmm.sub_steps import Partial
from refgmm.worked_example import LEFT_OUT
from refgmm_gui.actions import SPECS
from refgmm_gui.dialogs.files import Answer
from refgmm_gui.draft import cell_text
from refgmm_gui.tables.grid_model import Role
from refgmm_gui.theme import CHOICES, ON_BLACK, apply, chosen
from tests.gui.driver import ALL_STEPS, User, cells, columns, groups, heads, wait_for

# Actions


def acts(user: User, name: str) -> None:
    """Choose an action in its menu."""
    action = user.window.actions_by_name[name]
    assert action.isEnabled(), f"{name} is off"
    action.trigger()
    user.settle()


def check_new(user: User, folder: Path) -> None:
    acts(user, "new")
    assert user.window.windowTitle().startswith("Untitled")


def check_new_2d(user: User, folder: Path) -> None:
    acts(user, "new_2d")
    assert heads(user.points) == ["x[1]", "x[2]"]


def check_new_nd(user: User, folder: Path) -> None:
    user.dialogs.answers.append("4")
    acts(user, "new_nd")
    assert heads(user.points) == ["x[1]", "x[2]", "x[3]", "x[4]"]


def check_open(user: User, folder: Path) -> None:
    (folder / "a.json").write_text(
        '{"refgmm": 1, "points": [7], "initial": {"weights": [1], "means": [7], "variances": [1]}}',
        encoding="utf-8",
    )
    user.dialogs.answers.append(str(folder / "a.json"))
    acts(user, "open")
    assert columns(user.worksheet)["x"] == ["7"]


def check_example(user: User, folder: Path) -> None:
    user.type_point(0, "5")
    user.dialogs.answers.append(Answer.DISCARD)
    acts(user, "example")
    assert columns(user.worksheet)["x"][0] == "0.9"


def check_gallery(user: User, folder: Path) -> None:
    user.dialogs.answers.append("collapse")
    acts(user, "gallery")
    assert columns(user.worksheet)["x"][-1] == "5"


def check_generate(user: User, folder: Path) -> None:
    user.dialogs.answers.append("initial 7 1")
    acts(user, "generate")
    assert len(columns(user.worksheet)["x"]) == 7


def check_import_points(user: User, folder: Path) -> None:
    (folder / "a.csv").write_text("3\n4\n", encoding="utf-8")
    user.dialogs.answers.append(str(folder / "a.csv"))
    acts(user, "import_points")
    assert columns(user.worksheet)["x"] == ["3", "4"]


def check_save(user: User, folder: Path) -> None:
    user.dialogs.answers.append(str(folder / "b.json"))
    acts(user, "save")
    assert (folder / "b.json").exists()


def check_save_as(user: User, folder: Path) -> None:
    user.dialogs.answers.append(str(folder / "c.json"))
    acts(user, "save_as")
    assert (folder / "c.json").exists()


def check_export_solution(user: User, folder: Path) -> None:
    user.dialogs.answers.extend([".html", str(folder / "solution.html")])
    acts(user, "export_solution")
    assert "<math" in (folder / "solution.html").read_text("utf-8")


def check_export_plot(user: User, folder: Path) -> None:
    user.dialogs.answers.append(str(folder / "plot.svg"))
    acts(user, "export_plot")
    assert "<svg" in (folder / "plot.svg").read_text("utf-8")


def check_export_animation(user: User, folder: Path) -> None:
    user.press("epoch", 2)
    user.dialogs.answers.append(str(folder / "run.gif"))
    acts(user, "export_animation")
    assert user.dialogs.watched == [1, 2, 3]
    assert (folder / "run.gif").read_bytes().startswith(b"GIF89a")


def check_zoom_in(user: User, folder: Path) -> None:
    acts(user, "zoom_in")
    assert user.window.plot.is_zoomed


def check_zoom_out(user: User, folder: Path) -> None:
    low, high = user.scene.between
    acts(user, "zoom_out")
    assert user.scene.between[0] < low < high < user.scene.between[1]


def check_zoom_reset(user: User, folder: Path) -> None:
    user.window.plot.zoom_in()
    acts(user, "zoom_reset")
    assert not user.window.plot.is_zoomed


def check_quit(user: User, folder: Path) -> None:
    acts(user, "quit")
    assert not user.window.isVisible()


def check_forward(user: User, folder: Path) -> None:
    acts(user, "forward")
    assert all(columns(user.worksheet)["g₁(x)"])


def check_back(user: User, folder: Path) -> None:
    user.next(2)
    acts(user, "back")
    assert user.walk.done == 1


def check_epoch(user: User, folder: Path) -> None:
    acts(user, "epoch")
    assert columns(user.history)["epoch"] == ["0", "1"]


def check_run(user: User, folder: Path) -> None:
    acts(user, "run")
    wait_for(user.bot, lambda: not user.state.run.is_running)
    assert user.notice.startswith("Converged")


def check_pause(user: User, folder: Path) -> None:
    user.window.timeline.speed.setValue(9)
    user.press("run")
    acts(user, "pause")
    epoch, paused = user.walk.epoch.index, user.window.actions_by_name["pause"]
    assert paused.isChecked()
    user.bot.wait(100)
    assert user.walk.epoch.index == epoch
    acts(user, "pause")
    wait_for(user.bot, lambda: user.walk.epoch.index > epoch)


def check_cancel(user: User, folder: Path) -> None:
    assert not user.window.actions_by_name["cancel"].isEnabled()
    user.set_points(*(float(i % 17) for i in range(100)))
    user.desktop.walking.set_rule(0.0, 100_000, None)
    user.window.actions_by_name["run"].trigger()
    acts(user, "cancel")
    wait_for(user.bot, lambda: not user.state.run.is_running)
    assert user.notice.startswith("Cancelled")


def check_compare(user: User, folder: Path) -> None:
    user.press("epoch", 2)
    acts(user, "compare")
    dialog = user.window.findChild(QDialog, "compare")
    assert isinstance(dialog, QDialog)
    assert dialog.isVisible()


def check_start(user: User, folder: Path) -> None:
    user.press("epoch", 2)
    acts(user, "start")
    assert user.walk.is_at_start


def check_copy_worksheet(user: User, folder: Path) -> None:
    QGuiApplication.clipboard().clear()
    acts(user, "copy_worksheet")
    assert QGuiApplication.clipboard().text().startswith("i\tx\t")
    assert user.status == "Copied the worksheet, with every digit."


def check_copy_history(user: User, folder: Path) -> None:
    QGuiApplication.clipboard().clear()
    acts(user, "copy_history")
    assert QGuiApplication.clipboard().text().startswith("epoch\t")
    assert user.status == "Copied the history, with every digit."


def check_normalise(user: User, folder: Path) -> None:
    user.type(user.parameters, 0, 0, "1.5")
    acts(user, "normalise")
    assert [row[0] for row in cells(user.parameters)] == ["0.75", "0.25"]
    acts(user, "normalise")
    assert user.status == "The weights sum to 1 already."
    user.type(user.parameters, 0, 0, "x")
    acts(user, "normalise")
    assert user.status.startswith("The weights have no sum above 0")


def check_start_among_points(user: User, folder: Path) -> None:
    acts(user, "start_among_points")
    cloud = cloud_of(worked_example.problem().points, None)
    start = initialization.start(cloud, 2, FULL, "quantiles", random.Random(0))
    assert isinstance(start, Mixture)
    rows = zip(start.weights, start.means, start.covariances, strict=True)
    assert cells(user.parameters) == [list(map(cell_text, row)) for row in rows]
    assert user.desktop.parts.edits.undoText() == "start among the points"
    user.type(user.points, 1, 0, "x")
    before = cells(user.parameters)
    acts(user, "start_among_points")
    assert user.status.startswith("The parameters stay: point")
    assert cells(user.parameters) == before


def check_simple(user: User, folder: Path) -> None:
    acts(user, "simple")
    assert not user.window.explanation.isVisible()
    assert not user.window.history.isVisible()
    assert not user.window.decimals.isVisible()
    assert user.worksheet.isVisible()
    assert "φ(z₁)" not in heads(user.worksheet)


def check_full(user: User, folder: Path) -> None:
    acts(user, "simple")
    user.choose(user.menu("View", "Columns"), "density")
    acts(user, "full")
    window = user.window
    for widget in (window.explanation, window.history, window.decimals, window.inputs):
        assert widget.isVisible()
    assert "φ(z₁)" in heads(user.worksheet)
    assert not any(user.worksheet.isColumnHidden(section) for section in range(2, 10))


def check_larger(user: User, folder: Path) -> None:
    before = user.worksheet.fontInfo().pixelSize()
    for _ in range(3):
        acts(user, "larger")
    assert user.worksheet.fontInfo().pixelSize() == round(1.5 * before)


def check_smaller(user: User, folder: Path) -> None:
    before = user.worksheet.fontInfo().pixelSize()
    for _ in range(5):
        acts(user, "smaller")
    assert user.worksheet.fontInfo().pixelSize() == round(0.5 * before)


def check_usual_size(user: User, folder: Path) -> None:
    before = user.worksheet.fontInfo().pixelSize()
    acts(user, "larger")
    acts(user, "usual_size")
    assert user.worksheet.fontInfo().pixelSize() == before


def check_present(user: User, folder: Path) -> None:
    acts(user, "present")
    assert not user.window.menuBar().isVisible()
    acts(user, "present")
    assert user.window.menuBar().isVisible()


def check_handbook(user: User, folder: Path) -> None:
    acts(user, "handbook")
    window = user.window.findChild(QDialog, "handbook")
    assert isinstance(window, QDialog)
    assert window.isVisible()
    assert not window.isModal()
    window.close()


def check_tour(user: User, folder: Path) -> None:
    acts(user, "tour")
    tour = user.window.findChild(QWidget, "tour")
    assert isinstance(tour, QWidget)
    assert tour.isVisible()


def check_find_action(user: User, folder: Path) -> None:
    acts(user, "find_action")
    dialog = user.window.findChild(QDialog, "findAction")
    assert isinstance(dialog, QDialog)
    assert dialog.isVisible()
    dialog.close()


def check_undo(user: User, folder: Path) -> None:
    user.type_point(0, "5")
    acts(user, "undo")
    assert cells(user.points)[0] == ["0.9"]


def check_redo(user: User, folder: Path) -> None:
    user.type_point(0, "5")
    acts(user, "undo")
    acts(user, "redo")
    assert cells(user.points)[0] == ["5"]


def check_edit_plot(user: User, folder: Path) -> None:
    acts(user, "edit_plot")
    assert user.window.edit_layer.isVisible()
    acts(user, "edit_plot")
    assert not user.window.edit_layer.isVisible()


def check_insert_point(user: User, folder: Path) -> None:
    count = len(user.state.draft.points)
    acts(user, "insert_point")
    assert len(user.state.draft.points) == count + 1
    assert user.window.edit_layer.isVisible()


def check_fill_down(user: User, folder: Path) -> None:
    user.select(user.points, (1, 0), (2, 0), (4, 0))
    acts(user, "fill_down")
    assert columns(user.points)["x"][:5] == ["0.9", "0.7", "0.7", "2.4", "0.7"]


def check_sort_ascending(user: User, folder: Path) -> None:
    acts(user, "sort_ascending")
    assert columns(user.points)["x"][:5] == ["0.7", "0.9", "1.2", "1.8", "2.4"]


def check_sort_descending(user: User, folder: Path) -> None:
    acts(user, "sort_descending")
    assert columns(user.points)["x"][:5] == ["2.4", "1.8", "1.2", "0.9", "0.7"]


def check_keys(user: User, folder: Path) -> None:
    acts(user, "keys")
    window = user.window.findChild(QDialog, "keysWindow")
    assert isinstance(window, QDialog)
    assert window.isVisible()
    assert not window.isModal()
    window.close()


def check_left_out(user: User, folder: Path) -> None:
    acts(user, "left_out")
    ((title, text),) = user.dialogs.texts
    assert title == "What the lecture note leaves out"
    assert text.split() == LEFT_OUT.split()


def check_paper(user: User, folder: Path) -> None:
    user.set_decimals(2)
    user.press("epoch")
    acts(user, "paper")
    assert cells(user.history)[1][3] == "1.31"
    assert user.history.model().data(user.history.model().index(1, 3), Role.EXACT) == "1.31"


def check_local_numbers(user: User, folder: Path) -> None:
    user.press("epoch")
    acts(user, "local_numbers")
    assert user.state.view.localises_numbers
    point = QLocale.system().decimalPoint()
    assert cells(user.history)[1][3] == f"1{point}3066"
    acts(user, "local_numbers")
    assert cells(user.history)[1][3] == "1.3066"


def check_why(user: User, folder: Path) -> None:
    why = user.window.actions_by_name["why"]
    assert not why.isEnabled()
    assert why.statusTip() == "Click a number first."
    user.press("epoch")
    user.worksheet.setCurrentIndex(user.worksheet.model().index(0, 4))  # g₁(x₁)
    assert not why.isEnabled()
    assert why.statusTip() == "This formula has no proof: it says what is meant."
    user.worksheet.setCurrentIndex(user.worksheet.model().index(0, 10))  # β₁(x₁)
    acts(user, "why")
    dialog = user.window.findChild(QDialog, "why")
    assert isinstance(dialog, QDialog)
    assert dialog.isVisible()
    assert dialog.windowTitle()


def check_about(user: User, folder: Path) -> None:
    acts(user, "about")
    ((title, text),) = user.dialogs.texts
    assert title == "About refgmm"
    assert text.startswith("refgmm 0.")


CHECKS: dict[str, Callable[[User, Path], None]] = {
    name.removeprefix("check_"): check
    for name, check in globals().copy().items()
    if name.startswith("check_")
}


@pytest.mark.parametrize("name", CHECKS)
def test_action(user: User, tmp_path: Path, name: str) -> None:
    """The action has the effect that its name promises, in view."""
    CHECKS[name](user, tmp_path)


def test_every_action_is_tested() -> None:
    """No action is left out above."""
    assert set(CHECKS) == {spec.name for spec in SPECS}


def in_menus(menus: list[QMenu]) -> list[str]:
    """The names of all actions in these menus and the menus inside them."""
    found: list[str] = []
    for menu in menus:
        for action in menu.actions():
            inner = action.menu()
            found += in_menus([inner]) if isinstance(inner, QMenu) else [action.objectName()]
    return [name for name in found if name]


def test_every_action_is_in_a_menu_once(user: User) -> None:
    """Whatever the app can do stands in its menus."""
    menus = [action.menu() for action in user.window.menuBar().actions()]
    names = in_menus([menu for menu in menus if isinstance(menu, QMenu)])
    assert sorted(names) == sorted(spec.name for spec in SPECS)


@pytest.mark.parametrize("name", ["start", "back", "forward", "epoch", "run", "pause", "cancel"])
def test_walking_buttons_are_in_sight(user: User, name: str) -> None:
    """What one needs to walk is a button in sight, with its keys in the tool tip."""
    button = user.button(name)
    spec = next(spec for spec in SPECS if spec.name == name)
    assert spec.keys[0] in button.toolTip()
    assert user.window.rect().contains(button.mapTo(user.window, button.rect().center()))


@pytest.mark.parametrize("place", ["window", "points", "worksheet", "history"])
def test_keys_work_wherever_the_focus_is(user: User, place: str) -> None:
    """The keys of each action that wants no focus of its own trigger it, also from a table."""
    widget: QWidget = user.window if place == "window" else user.tables[place]
    actions = user.window.actions_by_name
    triggered: list[str] = []

    def note(name: str, *_: bool) -> None:
        triggered.append(name)

    for action in actions.all():
        action.triggered.disconnect()  # the effects are tested above
        action.triggered.connect(partial(note, action.objectName()))
        action.setEnabled(True)
    for spec in SPECS:
        for key in () if spec.on else spec.keys:
            widget.setFocus()
            actions[spec.name].setEnabled(True)  # the focus has come to a number without a proof
            QTest.keySequence(widget, QKeySequence(key))
            assert triggered.pop() == spec.name, key
            assert not triggered


def test_no_two_actions_share_a_key() -> None:
    """Each key means one thing."""
    keys = [QKeySequence(key).toString() for spec in SPECS for key in spec.keys]
    assert len(keys) == len(set(keys))
    assert all(keys)


# Controls of the tool bar


def test_step_size(user: User) -> None:
    """Next and Back do as much as the box says, from wherever the walk stands."""
    places = []
    for words in ("by whole steps", "by sub-steps", "by components", "by points", "by epochs"):
        user.window.step_size.setCurrentText(words)
        user.next()
        places.append((user.walk.epoch.index, user.walk.done, user.walk.partial))
    half = Partial(Granularity.COMPONENT, 1)
    assert places == [(1, 4, None), (1, 5, None), (1, 5, half), (1, 6, None), (1, 8, None)]
    for words, place in (
        ("by components", (1, 7, half)),
        ("by sub-steps", (1, 7, None)),
        ("by points", (1, 6, Partial(Granularity.POINT, 4))),
        ("by whole steps", (1, 4, None)),
        ("by epochs", (1, 0, None)),
    ):
        user.window.step_size.setCurrentText(words)
        user.back()
        assert (user.walk.epoch.index, user.walk.done, user.walk.partial) == place, words


def test_labelling(user: User) -> None:
    """The names of the steps change on the button and in the step's text, and no number does."""
    user.next(8)
    numbers = cells(user.worksheet), cells(user.history)
    user.back()
    assert user.next_text.startswith("M: new weights")
    user.window.labelling.setCurrentIndex(1)
    assert user.next_text.startswith("E: new weights")
    assert user.state.view.labelling is Labelling.NOTE
    user.next()
    assert "Epoch 1, E: weights" in user.window.step_text.done.text()
    assert (cells(user.worksheet), cells(user.history)) == numbers
    user.window.labelling.setCurrentIndex(0)
    assert "Epoch 1, M: weights" in user.window.step_text.done.text()


def test_standard_densities(user: User) -> None:
    """The box shows and hides the columns of φ(z), in worksheet and footer."""
    user.next()
    with_them = heads(user.worksheet)
    user.click(user.window.standard)
    without = heads(user.worksheet)
    assert [head for head in with_them if head not in without] == ["φ(z₁)", "φ(z₂)"]
    assert user.footer.model().columnCount() == len(without)
    user.click(user.window.standard)
    assert heads(user.worksheet) == with_them


def test_decimals(user: User) -> None:
    """The box sets how many decimals are shown, from 2 to 17."""
    user.next()
    box = user.window.decimals
    assert (box.minimum(), box.maximum(), box.value()) == (2, 17, 4)
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Up)
    assert columns(user.worksheet)["φ(z₁)"][0] == "0.39795"


# The View menu


@pytest.mark.parametrize("group", worksheet.groups(True), ids=lambda group: group.field)
def test_columns_fold_and_come_back(user: User, group: worksheet.Group) -> None:
    """A group unticked in View > Columns goes from worksheet and footer together, and comes back."""
    user.next(8)
    sections = [i for i, key in enumerate(groups(user.worksheet)) if key == group.field]
    assert sections
    for is_hidden in (True, False):
        user.choose(user.menu("View", "Columns"), f"{group.title}: ")
        user.settle()
        for view in (user.worksheet, user.footer):
            for section in range(2, view.model().columnCount()):
                assert view.isColumnHidden(section) == (is_hidden and section in sections)
        entry = user.menu_action("Columns", f"{group.title}: ")
        assert entry.isChecked() != is_hidden
        assert_aligned(user)


def assert_aligned(user: User) -> None:
    """The footer's columns stand below those of the worksheet."""
    for section in range(user.worksheet.model().columnCount()):
        assert user.footer.columnWidth(section) == user.worksheet.columnWidth(section), section
        assert user.footer.columnViewportPosition(section) == (
            user.worksheet.columnViewportPosition(section)
        ), section


def test_columns_stay_aligned(user: User) -> None:
    """Footer and worksheet keep the same columns whatever is shown, and scroll together."""
    changes: list[Callable[[], None]] = [
        lambda: user.next(8),
        lambda: user.set_decimals(17),
        lambda: user.click(user.window.standard),
        lambda: user.push("add_component"),
        lambda: user.push("normalise"),
        user.next,
        lambda: user.window.resize(950, 700),
        lambda: user.paste(user.points, "\n".join(map(str, range(100)))),
        lambda: user.next(2),
    ]
    for change in changes:
        change()
        user.settle()
        assert_aligned(user)
    for bar in (user.footer.horizontalScrollBar(), user.worksheet.horizontalScrollBar()):
        assert bar.maximum() > 0
        for value in (bar.maximum(), bar.maximum() // 2, 0):
            bar.setValue(value)
            assert_aligned(user)


def test_lead_columns_scroll_along(user: User) -> None:
    """The numbers and points on the left stay beside their rows."""
    user.paste(user.points, "\n".join(map(str, range(100))))
    user.settle()
    bar = user.worksheet.verticalScrollBar()
    assert bar.maximum() > 0
    bar.setValue(bar.maximum())
    assert user.window.worksheet.lead.verticalScrollBar().value() == bar.value()


@pytest.mark.parametrize("choice", CHOICES)
def test_themes(user: User, app: QApplication, choice: str) -> None:
    """Each theme of the menu is put on, and ticked."""
    user.menu_action("Theme", "Dark" if choice == "light" else "Light").trigger()
    user.menu_action("Theme", CHOICES[choice]).trigger()
    colours = chosen(choice)
    assert app.palette().color(QPalette.ColorRole.Base).name() == colours.base
    assert user.state.view.theme == choice
    ticked = [
        action.text() for action in user.menu("View", "Theme").actions() if action.isChecked()
    ]
    assert ticked == [CHOICES[choice]]
    picture = user.window.plot.grab().toImage()
    assert picture.pixelColor(1, 1).name() == colours.base


def test_theme_of_the_system_is_followed(user: User, app: QApplication) -> None:
    """Where the system's colours change, the app asks which they are."""
    base = app.palette().color(QPalette.ColorRole.Base)
    apply(app, ON_BLACK)
    assert app.palette().color(QPalette.ColorRole.Base) != base
    QGuiApplication.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert app.palette().color(QPalette.ColorRole.Base) == base


# Menus of the tables


def context_menu(user: User, widget: QWidget, at: QPoint) -> QMenu:
    """The menu that a right click opens."""
    menus: list[QMenu] = []

    def look() -> None:
        popup = QApplication.activePopupWidget()
        assert isinstance(popup, QMenu)
        menus.append(popup)
        popup.close()

    QTimer.singleShot(0, look)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, widget.mapToGlobal(at))
    QApplication.sendEvent(widget, event)
    (menu,) = menus
    return menu


def entry(menu: QMenu, text: str) -> Callable[[], None]:
    """An entry of a menu, to be triggered."""
    for action in menu.actions():
        if action.text().startswith(text):
            return action.trigger
    raise AssertionError(f"no {text} in {[action.text() for action in menu.actions()]}")


def right_click(user: User, view: QTableView, row: int, column: int) -> QMenu:
    at = view.visualRect(view.model().index(row, column)).center()
    return context_menu(user, view.viewport(), at)


def test_menu_of_the_points(user: User) -> None:
    """Copy, paste and delete stand in the points' own menu, too."""
    user.select(user.points, (1, 0))
    entry(right_click(user, user.points, 1, 0), "Copy")()
    assert QGuiApplication.clipboard().text() == "0.7"
    QGuiApplication.clipboard().setText("77")
    entry(right_click(user, user.points, 1, 0), "Paste")()
    assert cells(user.points)[1] == ["77"]
    user.select(user.points, (1, 0))
    entry(right_click(user, user.points, 1, 0), "Delete")()
    assert len(cells(user.points)) == 5
    entry(right_click(user, user.points, 1, 0), "Copy the whole table")()
    assert QGuiApplication.clipboard().text().split() == ["x", "0.9", "1.2", "2.4", "1.8"]
    entry(right_click(user, user.points, 1, 0), "Sort points &descending")()
    assert [row[0] for row in cells(user.points)] == ["2.4", "1.8", "1.2", "0.9", ""]
    user.select(user.points, (0, 0), (1, 0))
    entry(right_click(user, user.points, 1, 0), "&Fill down")()
    assert cells(user.points)[1] == ["2.4"]


def test_menu_of_the_parameters(user: User) -> None:
    """The parameters, too, can be filled down, and their weights normalised."""
    user.select(user.parameters, (0, 2), (1, 2))
    user.type(user.parameters, 0, 2, "3")
    user.select(user.parameters, (0, 2), (1, 2))
    entry(right_click(user, user.parameters, 0, 2), "&Fill down")()
    assert [row[2] for row in cells(user.parameters)] == ["3", "3"]


def test_menu_of_the_results(user: User) -> None:
    """A result can be copied, and neither pasted over nor deleted."""
    user.press("epoch")
    menu = right_click(user, user.history, 0, 1)
    assert not any(action.text().startswith(("Paste", "Delete")) for action in menu.actions())
    entry(menu, "Copy the whole table")()
    assert QGuiApplication.clipboard().text() == "\n".join(
        user.window.history.table.lines_of_table()
    )


def test_menu_of_the_worksheet_s_head_folds(user: User) -> None:
    """A group folds away from its head, too."""
    header = user.window.worksheet.header
    section = groups(user.worksheet).index("e.evidence")
    at = QPoint(header.sectionViewportPosition(section) + 5, 5)
    entry(context_menu(user, header.viewport(), at), "Fold")()
    assert user.state.view.folded == {"e.evidence"}
    assert user.footer.isColumnHidden(section)


def test_menus_of_tables_are_not_kept(user: User) -> None:
    """A right click leaves nothing behind: menus opened again and again are gone."""
    for _ in range(5):
        right_click(user, user.points, 0, 0)
    user.settle()
    assert len(user.points.findChildren(QMenu)) == 0


# The window


def test_delete_in_the_parameters(user: User) -> None:
    """Delete empties the cells selected; no component goes by a key."""
    user.select(user.parameters, (0, 1), (1, 2))
    QTest.keyClick(user.parameters, Qt.Key.Key_Delete)
    assert cells(user.parameters) == [["0.5", "", "2"], ["0.5", "2", ""]]


def test_tool_bar_has_room(user: User) -> None:
    """At 1280 by 800 every control of the tool bar is in sight: no overflow button."""
    user.window.resize(QSize(1280, 800))
    user.settle()
    bar = user.window.findChild(QToolBar, "steps")
    assert isinstance(bar, QToolBar)
    extension = bar.findChild(QToolButton, "qt_toolbar_ext_button")
    assert extension is None or not extension.isVisible()


def test_title_says_what_is_unsaved(user: User) -> None:
    """The window is marked as modified exactly while something is."""
    assert not user.window.isWindowModified()
    user.type_point(0, "5")
    assert user.window.isWindowModified()
    user.type_point(0, "0.9")
    assert not user.window.isWindowModified()
    user.next(ALL_STEPS)
    assert not user.window.isWindowModified()


def test_step_text_explains_each_step(user: User) -> None:
    """After each sub-step, its title, its formula and a sentence about it are in view."""
    texts = set()
    for _ in range(ALL_STEPS):
        user.next()
        done = user.window.step_text.done
        formula = done.text().rpartition("&nbsp;")[2].strip()
        assert "ⱼ" in formula or "p(x)" in formula
        assert user.window.step_text.meaning.isVisible()
        texts.add((done.text(), user.window.step_text.meaning.text()))
    assert len(texts) == ALL_STEPS
