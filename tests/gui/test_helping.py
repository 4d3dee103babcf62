"""The keyboard, what a screen reader hears, and the help inside the app."""

import re
from collections.abc import Callable
from typing import TypeVar

import pytest
from PySide6.QtCore import QPoint, QRect, Qt, QUrl
from PySide6.QtGui import QAccessible, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSpinBox, QMenu, QWidget

from refgmm_gui.actions import SPECS
from refgmm_gui.dialogs.find_action import FindActionDialog, search
from refgmm_gui.dialogs.handbook import PAGES, HandbookWindow, page_text, page_title
from refgmm_gui.dialogs.keys import KeysWindow
from refgmm_gui.window import menus
from refgmm_gui.window.tour import Tour, steps_of
from tests.gui.driver import User, pixels_of, wait_for
from tests.gui.fixtures import OpenDesktop

Widget = TypeVar("Widget", bound=QWidget)
ACCESSIBLE = Qt.ItemDataRole.AccessibleTextRole


def found(user: User, kind: type[Widget]) -> Widget:
    """The one window or part of this kind."""
    (widget,) = user.window.findChildren(kind)
    return widget


# The keyboard


def chain(user: User) -> list[QWidget]:
    """The widgets that Tab goes through, from the big button until it is there again."""
    window = user.window
    seen: list[QWidget] = []
    window.next_button.setFocus()
    for _ in range(100):
        widget = window.focusWidget()
        assert widget is not None
        if seen and widget is seen[0]:
            return seen
        if widget not in seen:
            seen.append(widget)
        QTest.keyClick(widget, Qt.Key.Key_Tab)
    raise AssertionError("Tab doesn't come back")


def explained(user: User) -> User:
    """With an epoch done, and the explanation of a responsibility in sight."""
    user.press("epoch")
    user.worksheet.setCurrentIndex(user.worksheet.model().index(2, 10))
    wait_for(user.bot, lambda: user.window.explanation.formula.is_typeset)
    user.settle()
    return user


def test_tab_reaches_everything(user: User) -> None:
    """Tab comes to every control that takes the focus, and back to where it began."""
    reached = chain(explained(user))
    missed = [
        widget
        for widget in user.window.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isVisible()
        and widget.isEnabled()
        and widget not in reached
        and not isinstance(widget.parentWidget(), QAbstractSpinBox)  # is reached as the box
    ]
    assert [(widget.objectName(), type(widget).__name__) for widget in missed] == []
    assert len(reached) > 25


def test_every_control_has_a_name(user: User) -> None:
    """A screen reader has a name for each of them, and no two of one kind share it."""
    names = []
    for widget in chain(explained(user)):
        interface = QAccessible.queryAccessibleInterface(widget)
        name = interface.text(QAccessible.Text.Name)
        assert name, f"{type(widget).__name__} {widget.objectName()}"
        names.append(name)
    assert len(set(names)) == len(names)


def test_the_focus_is_seen(painting_user: User) -> None:
    """Wherever Tab goes, pixels around the widget change."""
    user = explained(painting_user)
    window = user.window
    for widget in chain(user):
        around = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size()).adjusted(-3, -3, 3, 3)
        pictures: list[QImage] = []
        for focused in (widget, None):
            if focused is None:
                widget.clearFocus()
            else:
                focused.setFocus(Qt.FocusReason.TabFocusReason)
            user.settle()
            pictures.append(window.grab(around.intersected(window.rect())).toImage())
        with_focus, without = map(pixels_of, pictures)
        changed = sum(a != b for a, b in zip(with_focus, without, strict=True))
        assert changed > around.width(), widget.objectName() or type(widget).__name__


def test_the_ring_follows(user: User) -> None:
    """The ring stands around the widget with the focus, also where that has moved, and goes with it."""
    window = user.window
    ring = window.focus_ring
    user.history.setFocus()
    user.settle()
    changes: list[Callable[[], None]] = [
        lambda: window.resize(1300, 850),
        window.actions_by_name["larger"].trigger,
        user.menu_action("Panels", "Plot").trigger,
    ]
    for change in changes:
        change()
        user.settle()
        at = QRect(user.history.mapTo(window, QPoint(0, 0)), user.history.size())
        assert ring.isVisible()
        assert ring.geometry() == at.adjusted(-2, -2, 2, 2).intersected(window.rect())
    user.menu_action("Panels", "History").trigger()
    user.settle()
    focus = window.focusWidget()
    assert focus is not user.history
    assert ring.isVisible() == (focus is not None)


# What a screen reader hears


def test_cells_say_what_they_are(user: User) -> None:
    """Each cell is heard with its name and its value, and one without a number says so."""
    explained(user)
    model = user.worksheet.model()
    assert model.data(model.index(2, 1), ACCESSIBLE) == "x₃, a point: 1.2"
    assert model.data(model.index(2, 10), ACCESSIBLE) == "β₁(x₃): 0.5374"
    footer = user.footer.model()
    assert footer.data(footer.index(1, 12), ACCESSIBLE) == "μ₁′: 1.3066"
    assert footer.data(footer.index(0, 2), ACCESSIBLE) == ""
    history = user.history.model()
    assert history.data(history.index(1, 3), ACCESSIBLE) == "μ₁, after epoch 1: 1.3066"
    user.next()
    assert model.data(model.index(2, 10), ACCESSIBLE) == "β₁(x₃): not computed yet"
    points, parameters = user.points.model(), user.parameters.model()
    assert points.data(points.index(3, 0), ACCESSIBLE) == "x of point 4: 2.4"
    assert points.data(points.index(5, 0), ACCESSIBLE) == "x of point 6: empty"
    assert parameters.data(parameters.index(1, 1), ACCESSIBLE) == "mean μ of component 2: 2"


def test_every_number_has_a_name(user: User) -> None:
    """No cell with a number is heard without a name."""
    explained(user)
    for view in user.tables.values():
        model = view.model()
        for row in range(model.rowCount()):
            for column in range(model.columnCount()):
                index = model.index(row, column)
                shown, heard = str(model.data(index) or ""), str(model.data(index, ACCESSIBLE))
                if shown and shown not in ("sum", "new"):
                    assert heard.endswith(f": {shown}"), (view.objectName(), row, column)
                    assert heard != f": {shown}"


def test_plots_are_described(user: User) -> None:
    """Each plot has a description with its numbers in words."""
    user.press("epoch")
    texts = []
    for tab in range(user.window.plot.controls.kinds.count()):
        user.window.plot.controls.kinds.setCurrentIndex(tab)
        texts.append(user.window.plot.accessibleDescription())
    assert len(set(texts)) == len(texts) > 1
    assert all(re.search(r"\d", text) for text in texts)


# The sheet of keys


def test_keys_sheet_has_all(user: User) -> None:
    """F1 shows every key under the title of its menu, beside which one can go on."""
    QTest.keyClick(user.window, Qt.Key.Key_F1)
    sheet = found(user, KeysWindow)
    assert not sheet.isModal()
    text = sheet.text.toPlainText()
    for spec in SPECS:
        for key in spec.keys:
            assert key in text, key
    titles = [
        line for line in text.splitlines() if line in ("File", "Edit", "Walk", "View", "Help")
    ]
    assert titles == ["File", "Edit", "Walk", "View", "Help"]


def test_keys_sheet_comes_from_the_actions(user: User) -> None:
    """Keys that an action gets later are in the sheet, too."""
    user.window.actions_by_name["copy_history"].setShortcut("Ctrl+Alt+H")
    user.window.actions_by_name["keys"].trigger()
    assert "Ctrl+Alt+H" in found(user, KeysWindow).text.toPlainText()


# Actions by their words


def finder(user: User) -> FindActionDialog:
    user.window.actions_by_name["find_action"].trigger()
    return found(user, FindActionDialog)


def test_find_and_do(user: User) -> None:
    """Typing what one wants, then Enter, does it."""
    dialog = finder(user)
    QTest.keyClicks(dialog.words, "whole epoch end")
    assert dialog.found.topLevelItemCount() == 0
    assert dialog.told.text() == "No action has all of these words."
    dialog.words.selectAll()
    QTest.keyClicks(dialog.words, "end epoch")
    assert dialog.chosen is not None
    assert dialog.chosen.action.objectName() == "epoch"
    QTest.keyClick(dialog.words, Qt.Key.Key_Return)
    assert not dialog.isVisible()
    assert user.walk.epoch.index == 1


def test_find_goes_through_the_list(user: User) -> None:
    """Up and Down move while one types, and themes and panels are found as well."""
    dialog = finder(user)
    QTest.keyClicks(dialog.words, "theme")
    entries = [dialog.found.topLevelItem(row) for row in range(dialog.found.topLevelItemCount())]
    texts = [entry.text(0) for entry in entries if entry is not None]
    assert "View › Theme › Dark" in texts
    for _ in range(texts.index("View › Theme › Dark")):
        QTest.keyClick(dialog.words, Qt.Key.Key_Down)
    QTest.keyClick(dialog.words, Qt.Key.Key_Return)
    assert user.state.view.theme == "dark"


def test_find_tells_why_not(user: User) -> None:
    """What can't be done now is found, grey, and says why; Enter does nothing."""
    dialog = finder(user)
    QTest.keyClicks(dialog.words, "back last step")
    item = dialog.found.topLevelItem(0)
    assert item is not None
    assert item.foreground(0).color() == dialog.palette().placeholderText().color()
    assert dialog.told.text() == "Not now: Nothing is computed yet."
    QTest.keyClick(dialog.words, Qt.Key.Key_Return)
    assert dialog.isVisible()
    dialog.close()


def test_find_has_every_action(user: User) -> None:
    """All entries of all menus can be found, by all of the words in their names."""
    entries = menus.entries(user.window.menuBar())
    actions = {entry.action for entry in entries}
    inside = {
        action
        for menu in user.window.menuBar().findChildren(QMenu)
        for action in menu.actions()
        if not action.isSeparator() and not isinstance(action.menu(), QMenu)
    }
    assert inside <= actions
    assert {action.objectName() for action in actions} >= {spec.name for spec in SPECS}
    for entry in entries:
        assert entry in search(entries, entry.text)


def test_disabled_actions_have_reasons(user: User) -> None:
    """Whatever is off says why, at the start, on the way, with faulty inputs, and during a run."""

    def reasons() -> dict[str, str]:
        off = [action for action in user.window.actions_by_name.all() if not action.isEnabled()]
        return {action.objectName(): action.statusTip() for action in off}

    assert set(reasons()) == {"back", "start", "cancel", "pause", "undo", "redo", "why"}
    assert all(reasons().values())
    user.type_point(0, "abc")
    assert "forward" in reasons()
    assert all(reasons().values())
    user.type_point(0, "7")
    user.next()
    user.type_point(0, "8")
    assert set(reasons()) == {"epoch", "run", "cancel", "pause", "redo", "why"}
    assert all(reasons().values())


# The handbook


def test_every_page_opens(user: User) -> None:
    """Each page has a title of its own, and its text is shown."""
    user.window.actions_by_name["handbook"].trigger()
    handbook = found(user, HandbookWindow)
    for row, name in enumerate(PAGES):
        handbook.contents.setCurrentRow(row)
        text = handbook.page.toPlainText()
        assert text.startswith(page_title(name))
        assert len(text) > 400
    assert len({page_title(name) for name in PAGES}) == len(PAGES)


def test_links_lead_to_pages(user: User) -> None:
    """No link leads out of the handbook, which works without a network; clicked, it opens its page."""
    user.window.actions_by_name["handbook"].trigger()
    handbook = found(user, HandbookWindow)
    for name in PAGES:
        for target in re.findall(r"\]\(([^)]*)\)", page_text(name)):
            handbook.page.anchorClicked.emit(QUrl(target))
            assert PAGES[handbook.contents.currentRow()] == target.removesuffix(".md")


def test_the_handbook_names_what_there_is(user: User) -> None:
    """Every key with Ctrl or F and every entry of a menu that a page names exists."""
    keys = {key for spec in SPECS for key in spec.keys} | {"F2", "Ctrl+C", "Ctrl+V"}
    menu_texts = {
        (*entry.path, entry.text.rstrip("…")) for entry in menus.entries(user.window.menuBar())
    }
    menu_texts |= {text[:2] for text in menu_texts}
    for name in PAGES:
        text = " ".join(page_text(name).split())
        for key in re.findall(r"`((?:Ctrl|F\d)[^`]*)`", text):
            assert key in keys, (name, key)
        for path in re.findall(r"\*((?:File|Edit|Walk|View|Help) > [^*]*)\*", text):
            assert tuple(path.split(" > ")) in menu_texts, (name, path)


# The tour


def test_the_tour_shows_real_parts(user: User) -> None:
    """Step by step it lights up parts of the window, the words beside them, to the end."""
    user.window.actions_by_name["tour"].trigger()
    tour, window = found(user, Tour), user.window
    targets = []
    for number in range(1, 7):
        targets.append(tour.step.target)
        assert tour.count.text() == f"{number} of 6"
        lit = QRect(tour.step.target.mapTo(window, QPoint(0, 0)), tour.step.target.size())
        assert not tour.mask().contains(lit.center()) or tour.card.geometry().contains(lit.center())
        assert window.rect().contains(tour.card.geometry())
        assert tour.next.hasFocus()
        QTest.keyClick(tour.next, Qt.Key.Key_Space)
    assert not tour.isVisible()
    assert len(set(targets)) == 6


def test_the_tour_follows_a_part_that_moves(user: User) -> None:
    """In another size the panels stand elsewhere, and what is lit is where its part is: no warning of Qt's."""
    user.window.actions_by_name["tour"].trigger()
    tour, window = found(user, Tour), user.window
    for size in ((1920, 1080), (800, 1000), (1280, 800)):
        window.resize(*size)
        user.settle()
        corner = tour.step.target.mapTo(window, QPoint(0, 0))
        lit = QRect(corner, tour.step.target.size())
        assert not tour.mask().contains(lit.topLeft())
        assert tour.mask().contains(lit.topLeft() - QPoint(8, 0)) or lit.left() < 8


def test_the_tour_is_live(user: User) -> None:
    """What is lit can be used: the big button steps while the tour shows it."""
    user.window.actions_by_name["tour"].trigger()
    tour = found(user, Tour)
    tour.next.click()
    at = user.window.next_button.mapTo(user.window, user.window.next_button.rect().center())
    assert user.window.childAt(at) is user.window.next_button
    user.next()
    assert user.walk.done == 1
    tour.back.click()
    assert tour.count.text() == "1 of 6"


@pytest.mark.parametrize("how", ["button", "Esc"])
def test_the_tour_can_be_skipped(user: User, how: str) -> None:
    """A click or Esc ends it."""
    user.window.actions_by_name["tour"].trigger()
    tour = found(user, Tour)
    if how == "button":
        user.click(tour.skip)
    else:
        QTest.keyClick(tour.next, Qt.Key.Key_Escape)
    assert not tour.isVisible()


def test_the_tour_leaves_out_what_is_hidden(user: User) -> None:
    """A panel out of sight is no step."""
    user.window.actions_by_name["simple"].trigger()
    user.settle()
    targets = [step.target for step in steps_of(user.window)]
    assert user.window.explanation not in targets
    assert len(targets) == 4


def test_the_tour_comes_once(open_desktop: OpenDesktop) -> None:
    """It begins by itself at the first start only."""
    first, second = open_desktop(), open_desktop()
    for user, is_shown in ((first, True), (second, False)):
        user.desktop.helping.welcome()
        tours = user.window.findChildren(Tour)
        assert [tour.isVisible() for tour in tours] == [True] * is_shown
