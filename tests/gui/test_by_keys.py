"""A class by keys alone, with a screen reader: nothing is a trap, and what one comes to says what it is."""

import re
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QAccessible, QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QListWidget, QMenu, QPushButton, QTableView, QWidget

from refgmm.gallery import named
from refgmm.points_text import preview
from refgmm.quantities import Cell
from refgmm_gui import session, theme
from refgmm_gui.dialogs.compare import CompareDialog
from refgmm_gui.dialogs.find_action import FindActionDialog
from refgmm_gui.dialogs.importing import ColumnsDialog
from refgmm_gui.draft import Draft
from refgmm_gui.language import LANGUAGE
from refgmm_gui.phrases import told
from refgmm_gui.plots.layers import PlotChoice
from refgmm_gui.window.tour import Tour
from tests.gui.driver import User, pixels_of, wait_for
from tests.gui.test_contrast import contrast

NO_MODIFIER = Qt.KeyboardModifier.NoModifier


def said(widget: QWidget, what: QAccessible.Text = QAccessible.Text.Name) -> str:
    """What a screen reader says of a widget."""
    return QAccessible.queryAccessibleInterface(widget).text(what)


def described(widget: QWidget) -> str:
    return said(widget, QAccessible.Text.Description)


def with_a_trail(user: User) -> User:
    """An epoch is done, and from a variance one has gone on to a mean, and to a count."""
    user.press("epoch")
    first, *others = (
        Cell.parse(cell, epoch=1) for cell in ("variance:1", "mean:1", "effective-count:1")
    )
    user.desktop.store.update(lambda state: session.explaining(state, first))
    for cell in others:
        user.desktop.explaining.follow(cell)
    wait_for(user.bot, lambda: user.window.explanation.formula.is_typeset)
    user.settle()
    return user


def round_trip(start: QWidget, key: Qt.Key) -> list[QWidget]:
    """Where Tab, or Shift+Tab, leads until it is back at the start."""
    start.setFocus()
    seen = [start]
    held = Qt.KeyboardModifier.NoModifier
    if key == Qt.Key.Key_Backtab:
        held = Qt.KeyboardModifier.ShiftModifier
    for _ in range(150):
        now = start.window().focusWidget()
        assert now is not None
        QTest.keyClick(now, key, held)
        now = start.window().focusWidget()
        assert now is not None
        if now is start:
            return seen
        if now is not seen[-1]:
            seen.append(now)
    raise AssertionError(f"it stays on {seen[-1].objectName()}")


def test_shift_tab_goes_back_through_all(user: User) -> None:
    """Also out of texts with links: the trail, and what a number is made of."""
    window = with_a_trail(user).window
    forward = round_trip(window.next_button, Qt.Key.Key_Tab)
    backward = round_trip(window.next_button, Qt.Key.Key_Backtab)
    assert window.explanation.trail in forward
    assert {*backward} == {*forward}
    names = [said(widget) for widget in forward]
    assert len({*names}) == len(names), "two stops with one name"


@pytest.fixture
def reader_of_chinese(user: User) -> Iterator[User]:
    """Someone for whom the app speaks Traditional Chinese."""
    user.desktop.parts.look(language="zh_TW")
    yield user
    LANGUAGE.speak("en")


def test_what_is_wrong_is_told_in_the_users_language(reader_of_chinese: User) -> None:
    """A wrong cell's description and tip are in Chinese where the app is."""
    user = reader_of_chinese
    user.type_point(0, "abc")
    model = user.points.model()
    for role in (Qt.ItemDataRole.AccessibleDescriptionRole, Qt.ItemDataRole.ToolTipRole):
        words = str(model.data(model.index(0, 0), role))
        assert "abc" in words
        assert "number" not in words


def test_a_plot_is_told_in_the_users_language(reader_of_chinese: User) -> None:
    """With its signs, too: nothing but names and numbers is in Latin letters."""
    user = reader_of_chinese
    user.press("epoch")
    for kind in ("mixture", "log_likelihood", "means"):
        user.window.plot.choice_changed.emit(PlotChoice(kind))
        words = described(user.window.plot)
        assert "; " not in words
        assert not re.findall(r"[a-z]{3,}", words)


# Tables


def stands_on(view: QTableView) -> str:
    """What a screen reader says of the cell on which the keys stand, which must be in sight."""
    at = view.currentIndex()
    assert at.isValid()
    assert not view.isColumnHidden(at.column())
    return str(at.data(Qt.ItemDataRole.AccessibleTextRole))


def test_keys_begin_in_sight(user: User) -> None:
    """In each table the keys stand on a cell that is there and says what it is, before the first move."""
    user.press("epoch")
    sheet = user.window.worksheet
    for view in (sheet.lead, sheet.points, sheet.footer, sheet.lead, user.history):
        view.setFocus(Qt.FocusReason.TabFocusReason)
        assert ": " in stands_on(view), view.objectName()
    assert not user.state.explained.trail  # one only looked around


def test_keys_go_past_what_is_empty(user: User) -> None:
    """No key comes to a cell of the footer in which nothing ever stands, and all others are reached."""
    user.press("epoch")
    view = user.footer
    view.setFocus(Qt.FocusReason.TabFocusReason)
    heard = [stands_on(view)]
    for key in [Qt.Key.Key_Right] * 12 + [Qt.Key.Key_Down] + [Qt.Key.Key_Left] * 12:
        QTest.keyClick(view, key)
        heard.append(stands_on(view))
    assert all(": " in text for text in heard)
    symbols = {text.partition(": ")[0] for text in heard}
    assert {"ln L", "N₁", "N₂", "∑β₁x", "α₁′", "μ₂′", "σ₂′²"} <= symbols


def test_a_point_is_asked_for_by_keys(user: User) -> None:
    """The left half of the worksheet answers, too: x₁ is given."""
    user.press("epoch")
    lead = user.window.worksheet.lead
    lead.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(lead, Qt.Key.Key_Right)
    (cell,) = user.state.explained.trail
    assert (cell.quantity, cell.point) == ("point", 0)


def test_each_cell_says_of_which_point(user: User) -> None:
    """No two cells of the worksheet are called the same, in one dimension or two."""
    for key in ("note", "old_faithful_in_the_plane"):
        user.desktop.problems.show_draft(Draft.of_problem(named(key).problem()), None)
        user.press("epoch")
        model = user.worksheet.model()
        names = [
            str(model.data(model.index(row, column), Qt.ItemDataRole.AccessibleTextRole)).partition(
                ": "
            )[0]
            for row in range(5)
            for column in range(1, model.columnCount())
        ]
        assert len({*names}) == len(names)


# What is seen of it


HIGH_CONTRAST = {"on_white": theme.ON_WHITE, "on_black": theme.ON_BLACK}


def colours_of(widget: QWidget, area: QRect) -> set[str]:
    """The colours of a part of a widget, as it is painted."""
    return {f"#{pixel & 0xFFFFFF:06x}" for pixel in pixels_of(widget.grab(area).toImage())}


@pytest.mark.parametrize("name", HIGH_CONTRAST)
def test_the_cell_with_the_keys_is_framed(painting_user: User, name: str) -> None:
    """Also before it is selected: in the colour of the focus, on all four sides."""
    user, colours = painting_user, HIGH_CONTRAST[name]
    user.desktop.parts.look(theme=name)
    user.window.activateWindow()
    user.points.setFocus(Qt.FocusReason.TabFocusReason)
    user.settle()
    viewport = user.points.viewport()
    place = user.points.visualRect(user.points.currentIndex())
    middle = place.center()
    for side in (
        QRect(place.left(), middle.y(), 3, 1),
        QRect(place.right() - 3, middle.y(), 3, 1),
        QRect(middle.x(), place.top(), 1, 3),
        QRect(middle.x(), place.bottom() - 3, 1, 3),
    ):
        assert colours.accent in colours_of(viewport, side)


@pytest.mark.parametrize("name", HIGH_CONTRAST)
def test_high_contrast_shows_what_is_chosen(painting_user: User, name: str) -> None:
    """Which tab is on, where the speed stands, and where the tour's words end."""
    user, colours = painting_user, HIGH_CONTRAST[name]
    user.desktop.parts.look(theme=name)
    user.window.actions_by_name["tour"].trigger()
    user.settle()
    kinds, speed = user.window.plot.controls.kinds, user.window.timeline.speed
    on, off = (colours_of(kinds, kinds.tabRect(tab)) for tab in (0, 1))
    assert colours.accent in on
    assert colours.accent not in off
    assert colours.text in colours_of(speed, speed.rect())
    (tour,) = user.window.findChildren(Tour)
    assert colours_of(tour.card, QRect(0, 20, 1, 1)) == {colours.border}
    assert colours_of(tour.card, QRect(4, 4, 1, 1)) == {colours.base}


def test_the_tour_is_heard_and_gives_the_keys_back(user: User) -> None:
    """Its button says what the card does, and Esc leads to where the keys were."""
    user.points.setFocus()
    user.window.actions_by_name["tour"].trigger()
    (tour,) = user.window.findChildren(Tour)
    while tour.skip.isVisible():
        assert tour.step.title in described(tour.next)
        assert tour.step.text in described(tour.next)
        tour.next.click()
    QTest.keyClick(tour.next, Qt.Key.Key_Escape)
    assert user.window.focusWidget() is user.points


# What is said unasked


def heard(user: User) -> list[str]:
    """What is announced from now on."""
    texts: list[str] = []
    user.window.announcer.announced.connect(texts.append)
    return texts


def test_what_a_step_did_is_announced(user: User) -> None:
    """In words, without marks or formulas, once for each step; forward and back."""
    texts = heard(user)
    user.next(4)
    user.back()
    firsts = [text.partition("\n")[0] for text in texts]
    assert firsts == [
        "Epoch 1, E: densities",
        "Epoch 1, E: weighted densities",
        "Epoch 1, E: evidence",
        "Epoch 1, E: responsibilities",
        "Epoch 1, E: evidence",
    ]
    assert all("<" not in text and "&" not in text for text in texts)
    assert all(text.count("\n") == 1 for text in texts)


def test_what_is_wrong_is_announced(user: User) -> None:
    """As soon as a cell is left, and what an undo took back; but not what is wrong still."""
    texts = heard(user)
    user.type_point(0, "abc")
    assert texts[0].startswith("point 1: 'abc' is not a number")
    user.type_point(1, "0.75")
    assert sum("abc" in text for text in texts) == 1
    user.window.actions_by_name["undo"].trigger()
    assert texts[-1].startswith("Undone: ")


def test_a_run_announces_its_end(user: User) -> None:
    """And not each of its epochs."""
    texts = heard(user)
    user.window.actions_by_name["run"].trigger()
    wait_for(user.bot, lambda: not user.state.run.is_running)
    assert len(texts) == 1
    assert "Converged" in texts[0]


@pytest.mark.usefixtures("reader_of_chinese")
def test_many_points_are_one_list_in_chinese() -> None:
    """A list of numbers is not cut in two where what follows it might be another quantity."""
    assert told("densities of points 2, 3, 4 and 5") == "資料點 2、3、4 與 5 的密度"
    assert "資料點 4 與 5" in told("βx of points 4 and 5, new means")


# What the keys act on, and what it is called


def press(user: User, key: Qt.Key, held: Qt.KeyboardModifier = NO_MODIFIER) -> None:
    """A key where the keys act."""
    focus = user.window.focusWidget()
    assert focus is not None
    QTest.keyClick(focus, key, held)
    user.settle()


def test_editing_on_the_plot_begins_on_the_plot(user: User) -> None:
    """From wherever Ctrl+M is pressed, Tab chooses what the arrows move; and the plot has the keys after."""
    user.points.setFocus()
    press(user, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier)
    press(user, Qt.Key.Key_Tab)
    assert user.window.edit_layer.selected is not None
    before = user.state.draft
    press(user, Qt.Key.Key_Right)
    assert user.state.draft != before
    press(user, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier)
    assert user.window.focusWidget() is user.window.plot


def test_the_keys_stay_at_the_run(user: User) -> None:
    """Run, begun by Space, hands the keys to Pause, and has them again once the run has ended."""
    run, pause = (user.button(name) for name in ("run", "pause"))
    user.window.timeline.speed.setValue(0)
    run.setFocus()
    press(user, Qt.Key.Key_Space)
    assert user.window.focusWidget() is pause
    press(user, Qt.Key.Key_Space)
    assert user.state.run.is_paused
    assert user.window.focusWidget() is pause
    press(user, Qt.Key.Key_F5, Qt.KeyboardModifier.ShiftModifier)
    assert not user.state.run.is_running
    assert user.window.focusWidget() is run


def test_an_open_cell_says_which(user: User) -> None:
    """While one types, too."""
    assert said(user.open_editor(user.points, 5, 0)) == "x of point 6"
    assert said(user.open_editor(user.parameters, 1, 2)) == "variance σ² of component 2"


def test_each_plot_has_its_name(user: User) -> None:
    """Of the three plots, which stand in the same place."""
    user.press("epoch")
    names = []
    for kind in ("mixture", "log_likelihood", "means"):
        user.window.plot.choice_changed.emit(PlotChoice(kind))
        names.append(said(user.window.plot))
    assert names == [
        "Plot of the mixture and the points",
        "Plot of the log-likelihood by epoch",
        "Plot of the means by epoch",
    ]


def test_the_line_to_type_in_tells_what_is_found(user: User) -> None:
    """Up and Down go through the list while the keys stay in the line: so the line says it."""
    user.window.actions_by_name["find_action"].trigger()
    (finder,) = user.window.findChildren(FindActionDialog)
    finder.words.setText("theme")
    for _ in range(3):
        QTest.keyClick(finder.words, Qt.Key.Key_Down)
        assert finder.chosen is not None
        assert described(finder.words).startswith(f"{finder.chosen.text}. ")


def test_choices_say_what_is_chosen(user: User) -> None:
    """On Linux Qt takes what is chosen for the name of a box: what it is for stands in its description."""
    boxes = [
        box
        for box in user.window.findChildren(QComboBox)
        if box.isVisible() and box.focusPolicy() != Qt.FocusPolicy.NoFocus
    ]
    assert len(boxes) > 3
    assert [box.objectName() for box in boxes if not described(box)] == []


def test_a_menu_may_change_while_one_types(user: User) -> None:
    """The list of actions is that of the menus as they are now, and what is gone is not done."""
    user.window.recent_menu.show_paths(["first.json"])
    user.window.actions_by_name["find_action"].trigger()
    (finder,) = user.window.findChildren(FindActionDialog)
    finder.words.setText("first.json")
    user.window.recent_menu.show_paths(["second.json"])
    QTest.keyClick(finder.words, Qt.Key.Key_Return)
    assert not finder.chosen
    finder.words.setText("second.json")
    (found,) = finder.found.findItems("second.json", Qt.MatchFlag.MatchContains)
    assert found is finder.found.currentItem()


def test_tab_leaves_the_first_rows(user: User) -> None:
    """In the dialog that asks for columns, Tab comes to its buttons."""
    dialog = ColumnsDialog(user.window, ["a", "b"], 1, preview("a,b\n1,2\n3,4\n"), theme.LIGHT)
    dialog.show()
    start = dialog.findChild(QListWidget)
    assert start is not None
    around = round_trip(start, Qt.Key.Key_Tab)
    assert any(isinstance(widget, QTableView) for widget in around)
    assert any(isinstance(widget, QPushButton) for widget in around)


def test_no_column_is_no_choice(user: User) -> None:
    """Where the last tick is taken away the dialog says what is missing; Return keeps all as it is."""
    dialog = ColumnsDialog(user.window, ["a", "b"], 1, preview("a,b\n1,2\n3,4\n"), theme.LIGHT)
    dialog.show()
    columns = dialog.findChild(QListWidget)
    assert columns is not None
    columns.setCurrentRow(0)
    assert dialog.fault.text() == ""
    QTest.keyClick(columns, Qt.Key.Key_Space)
    QTest.keyClick(columns, Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert dialog.fault.text() == "Tick the columns that hold the points: none is ticked."
    assert columns.accessibleDescription() == dialog.fault.text()
    QTest.keyClick(columns, Qt.Key.Key_Space)
    assert dialog.fault.text() == ""
    QTest.keyClick(columns, Qt.Key.Key_Return)
    assert not dialog.isVisible()
    assert dialog.chosen() == ["a"]


@pytest.mark.parametrize("name", ["light", "dark"])
def test_the_handle_of_a_slider_is_seen(painting_user: User, name: str) -> None:
    """Where the speed stands has 3 to 1 against what is around it (WCAG 1.4.11)."""
    user = painting_user
    user.desktop.parts.look(theme=name)
    speed = user.window.timeline.speed
    speed.setValue(0)
    user.settle()
    ground = theme.chosen(name).window
    at = QRect(0, 0, 14, speed.height())
    assert max(contrast(colour, ground) for colour in colours_of(speed, at)) >= 3.0


def test_the_comparison_is_heard(user: User) -> None:
    """Of each number which parameter it is, in which run; and one epoch is no "1 epochs"."""
    user.press("epoch")
    user.window.actions_by_name["compare"].trigger()
    (dialog,) = user.window.findChildren(CompareDialog)
    wait_for(user.bot, lambda: not dialog.is_busy)
    model = dialog.model
    heard = [
        str(model.data(model.index(2, column), Qt.ItemDataRole.AccessibleTextRole))
        for column in range(1, model.columnCount())
    ]
    assert heard[1] == "μ₁, A: 1.3066"
    assert heard[4] == "μ₁, B − A: 0.0000"
    assert dialog.titles[0].text().endswith(", 1 epoch")


@pytest.mark.parametrize("spoken", ["en", "zh_TW"])
def test_a_letter_is_one_entry(user: User, spoken: str) -> None:
    """In an open menu a letter does what it is underlined in, and doesn't only go from one to the next."""
    user.desktop.parts.look(language=spoken)

    def look(actions: list[QAction], path: str) -> None:
        texts = [action.text().replace("&&", "") for action in actions]
        marked = [text[text.index("&") + 1].lower() for text in texts if "&" in text]
        twice = {letter for letter in marked if marked.count(letter) > 1}
        assert not twice, f"{path}: {twice}"
        for action in actions:
            menu = action.menu()
            if isinstance(menu, QMenu):
                look(menu.actions(), f"{path} > {action.text()}")

    try:
        look(user.window.menuBar().actions(), "")
    finally:
        LANGUAGE.speak("en")
