"""The gallery of examples, and points generated from a mixture: dialogs, and what they do to the app."""

import json
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QStyleOptionViewItem, QWidget
from pytestqt.qtbot import QtBot

from refgmm import Mixture, worked_example
from refgmm.gallery import EXAMPLES, named
from refgmm.generated import Generated
from refgmm_gui import session
from refgmm_gui.dialogs.files import Answer, Dialogs
from refgmm_gui.dialogs.gallery import GalleryDialog
from refgmm_gui.dialogs.generate import GenerateDialog
from refgmm_gui.draft import Draft
from refgmm_gui.point_sources import PointSource, point_sources
from refgmm_gui.theme import DARK, LIGHT, Theme
from tests.gui.driver import User, cells, pixels_of

KEYS = [example.key for example in EXAMPLES]
NOTE = worked_example.problem()


def do(user: User, name: str, *answers: str | Answer) -> None:
    """Choose an entry of the menus, and answer what is asked."""
    user.dialogs.answers.extend(answers)
    user.window.actions_by_name[name].trigger()
    user.settle()
    assert not user.dialogs.answers, "a question was not asked"


@pytest.fixture
def parent(qtbot: QtBot, app: QApplication) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    return widget


@pytest.fixture
def gallery(parent: QWidget, qtbot: QtBot) -> GalleryDialog:
    dialog = GalleryDialog(parent, LIGHT)
    dialog.show()
    qtbot.waitExposed(dialog)
    return dialog


# The gallery


@pytest.mark.parametrize("key", KEYS)
def test_each_example_opens(user: User, key: str) -> None:
    """It stands in the tables as it is in the library, under its title, unmodified, ready to walk."""
    do(user, "gallery", key)
    example = named(key)
    assert user.walk.problem == example.problem()
    assert user.walk.is_at_start
    assert user.window.windowTitle() == f"{example.title}[*] — refgmm"
    assert not user.window.isWindowModified()
    user.press("epoch")
    assert user.walk.epoch.index == 1


@pytest.mark.parametrize(
    ("key", "says"),
    [
        ("collapse", "component 2 has collapsed onto point 6"),
        ("empty_component", "component 2 is empty"),
        ("identical_starts", "have the same mean and variance"),
        ("underflow", "points 6, 7, 8 and 9 lie so far"),
    ],
)
def test_troubles_show(user: User, key: str, says: str) -> None:
    """The window tells of the trouble that the example is about, in the epoch that it happens in."""
    do(user, "gallery", key)
    for _ in range(3):
        user.press_if_enabled("epoch")
        if says in user.notice:
            return
    raise AssertionError(user.notice)


def test_nothing_chosen_changes_nothing(user: User) -> None:
    """The gallery, or the other dialog, closed without a choice leaves everything as it was."""
    user.next(3)
    before = user.everything()
    do(user, "gallery", "")
    do(user, "generate", "")
    assert user.everything() == before


def test_unsaved_changes_are_asked_about(user: User) -> None:
    """What is unsaved is asked about first; Cancel keeps it and asks no more."""
    user.type_point(0, "7")
    do(user, "gallery", Answer.CANCEL)
    assert user.state.draft.points[0] == ("7",)
    assert user.window.isWindowModified()
    do(user, "gallery", Answer.DISCARD, "iris")
    assert user.state.draft.points[0] != ("7",)
    assert not user.window.isWindowModified()


def test_saved_example_cites_its_source(user: User, tmp_path: Path) -> None:
    """The file of an example says which it is and who measured the points; opened, it's the same."""
    path = tmp_path / "flowers.json"
    do(user, "gallery", "iris")
    do(user, "save_as", str(path))
    document = json.loads(path.read_text(encoding="utf-8"))
    assert document["example"]["title"] == "Iris"
    assert "Anderson 1935" in document["example"]["source"]
    do(user, "example")
    do(user, "open", str(path))
    assert user.walk.problem == named("iris").problem()
    assert user.window.windowTitle() == "flowers.json[*] — refgmm"


def test_other_points_are_not_the_example(user: User, tmp_path: Path) -> None:
    """Points imported over an example no longer claim its source."""
    (tmp_path / "a.csv").write_text("3\n4\n", encoding="utf-8")
    do(user, "gallery", "old_faithful")
    do(user, "import_points", str(tmp_path / "a.csv"))
    assert "example" not in user.state.draft.extra


def test_the_gallery_is_complete(gallery: GalleryDialog) -> None:
    """An item for each example, in order, with its words for those who can't see it."""
    assert gallery.list.count() == len(EXAMPLES)
    for row, example in enumerate(EXAMPLES):
        item = gallery.list.item(row)
        assert item.text() == example.title
        words = item.data(Qt.ItemDataRole.AccessibleDescriptionRole)
        assert words == example.watch
    assert gallery.chosen() is EXAMPLES[0]


def test_arrow_keys_and_letters_go_through_the_gallery(gallery: GalleryDialog) -> None:
    """Right and Down go on, Home and End to the ends, letters to a title; Return opens."""
    focus = gallery.list
    assert gallery.focusWidget() is focus
    QTest.keyClick(focus, Qt.Key.Key_Right)
    assert gallery.chosen() is EXAMPLES[1]
    QTest.keyClick(focus, Qt.Key.Key_Down)
    assert gallery.chosen() is EXAMPLES[3]  # two stand in a row
    QTest.keyClick(focus, Qt.Key.Key_End)
    assert gallery.chosen() is EXAMPLES[-1]
    at = gallery.list.visualItemRect(gallery.list.currentItem())
    assert gallery.list.viewport().rect().intersects(at)
    QTest.keyClicks(focus, "two m")
    assert gallery.chosen() is named("two_moons")
    QTest.keyClick(focus, Qt.Key.Key_Return)
    assert gallery.result() == QDialog.DialogCode.Accepted


def test_double_click_opens(gallery: GalleryDialog, qtbot: QtBot) -> None:
    """A double click on a card chooses it and closes the gallery."""
    at = gallery.list.visualItemRect(gallery.list.item(2)).center()
    viewport, left = gallery.list.viewport(), Qt.MouseButton.LeftButton
    QTest.mouseClick(viewport, left, Qt.KeyboardModifier.NoModifier, at)
    QTest.mouseDClick(viewport, left, Qt.KeyboardModifier.NoModifier, at)
    assert gallery.chosen() is EXAMPLES[2]
    assert gallery.result() == QDialog.DialogCode.Accepted


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_the_pictures_show_the_starts(parent: QWidget, colours: Theme) -> None:
    """Each card paints its own picture, in the theme's colours, with every component's."""
    dialog = GalleryDialog(parent, colours)
    pictures = []
    for row, example in enumerate(EXAMPLES):
        image = dialog.list.item(row).data(Qt.ItemDataRole.DecorationRole).toImage()
        pictures.append(image)
        found = set(pixels_of(image))
        assert _rgb(colours.base) in found
        if example.problem().dimension is None:
            assert len(found) > 50
    assert not any(a == b for i, a in enumerate(pictures) for b in pictures[:i])
    dialog.deleteLater()


def test_the_current_card_stands_out(gallery: GalleryDialog) -> None:
    """It is painted on another ground, which moves along with the arrow keys."""
    before = gallery.list.viewport().grab().toImage()
    assert _rgb(LIGHT.fresh) in set(pixels_of(before))
    QTest.keyClick(gallery.list, Qt.Key.Key_Right)
    assert gallery.list.viewport().grab().toImage() != before


@pytest.mark.parametrize("size", [9, 14, 22])
def test_the_words_fit_on_their_card(gallery: GalleryDialog, size: int) -> None:
    """No sentence is cut off, in small letters or large ones: the last line's ink is on the card."""
    font = gallery.list.font()
    font.setPointSize(size)
    gallery.list.setFont(font)
    option = QStyleOptionViewItem()
    option.initFrom(gallery.list)
    index = gallery.list.model().index(0, 0)
    card = gallery.list.itemDelegate().sizeHint(option, index)
    metrics, wrapped = gallery.list.fontMetrics(), Qt.TextFlag.TextWordWrap.value
    width = card.width() - 250 - 44  # the picture, and the margins
    for example in EXAMPLES:
        texts = (example.title, example.shows, example.watch)
        boxes = [metrics.boundingRect(0, 0, width, 10_000, wrapped, text) for text in texts]
        assert sum(box.height() + 4 for box in boxes) < card.height() - 16, example.key


def test_the_real_gallery(parent: QWidget) -> None:
    """The dialog that opens gives the example that is chosen in it, and None where it is closed."""

    def opened() -> GalleryDialog:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, GalleryDialog)
        return dialog

    def choose() -> None:
        opened().list.setCurrentRow(4)
        opened().open_button.click()

    QTimer.singleShot(0, choose)
    assert Dialogs(parent).example(LIGHT) is EXAMPLES[4]
    QTimer.singleShot(0, lambda: QTest.keyClick(opened(), Qt.Key.Key_Escape))
    assert Dialogs(parent).example(LIGHT) is None


# Generated points


def test_generated_points_replace_those_in_the_table(user: User) -> None:
    """They are the sample of the initial parameters by the seed; the parameters stay, typed ones, too."""
    user.type_parameters(("0.5", "0", "1"), ("0.5", "9", "1"))
    mixture, parameters = user.walk.problem.initial, cells(user.parameters)
    do(user, "generate", "initial 20 5")
    assert user.walk.problem.points == mixture.sample(20, 5).points
    assert cells(user.parameters) == parameters
    assert user.status == "Generated 20 points with the seed 5."
    assert user.window.windowTitle() == "Generated points[*] — refgmm"


def test_generated_points_are_an_edit(user: User) -> None:
    """As an import is: the walk stays until Next, and undo brings back the points there were."""
    user.next(3)
    before = user.state
    do(user, "generate", "initial 20 5")
    assert user.state.place == before.place
    assert user.state.is_stale
    undo = user.window.actions_by_name["undo"]
    assert undo.text() == "&Undo: generate 20 points"
    undo.trigger()
    assert user.state.draft == before.draft
    assert user.window.windowTitle() == "The lecture note's example[*] — refgmm"


def test_generated_points_are_unsaved(user: User, tmp_path: Path) -> None:
    """No file holds what a lecturer has generated: to quit is asked about, until it is saved."""
    do(user, "generate", "initial 20 5")
    assert user.window.isWindowModified()
    user.dialogs.answers.append(Answer.CANCEL)
    assert not user.window.close()
    assert user.dialogs.asked[-1] == "unsaved Generated points"
    do(user, "save_as", str(tmp_path / "g.json"))
    assert not user.window.isWindowModified()


def test_the_file_repeats_them(user: User, tmp_path: Path) -> None:
    """Saved, opened and with other points in their place, they come back from the file's own words."""
    path = tmp_path / "g.json"
    do(user, "generate", "initial 20 5")
    points = user.walk.problem.points
    do(user, "save_as", str(path))
    do(user, "example")
    do(user, "open", str(path))
    generated = Generated.from_document(json.loads(path.read_text(encoding="utf-8"))["generated"])
    assert generated == Generated(NOTE.initial, 20, 5)
    user.type_parameters(("0.5", "0", "1"), ("0.5", "9", "1"))
    do(user, "generate", "before 20 5")
    assert user.walk.problem.points == points
    assert user.walk.problem.initial.means == (0.0, 9.0)


def test_from_where_the_walk_stands(user: User) -> None:
    """After an epoch they can come from its new parameters; at the start there is no such choice."""
    do(user, "generate", "")
    assert [source.key for source in user.dialogs.sources] == ["initial"]
    user.press("epoch", 2)
    after = user.walk.parameters
    do(user, "generate", "walk 15 2")
    assert user.state.problem is not None
    assert user.state.problem.points == Mixture.of_parameters(*after).sample(15, 2).points
    assert Generated.from_document(user.state.draft.extra["generated"]).mixture.means == after[1]


def test_from_parameters_without_points(user: User) -> None:
    """An empty problem needs its parameters only: so one begins with a mixture and no points."""
    do(user, "new_2d")
    for column in range(6):
        for row in range(2):
            user.type(user.parameters, column, row, ("0.5", "1", "2", "1", "0", "1")[column])
    do(user, "generate", "initial 12 1")
    assert len(user.walk.problem.points) == 12
    assert user.walk.problem.dimension == 2


def test_sources_say_why_there_is_no_mixture(user: User) -> None:
    """A bad cell, a collapsed component and a bad record in the file each have their own words."""
    do(user, "gallery", "collapse")
    for _ in range(3):
        user.press_if_enabled("epoch")
    user.type(user.parameters, 0, 1, "two")
    initial, walk = point_sources(user.state)
    assert initial.mixture is None
    assert initial.fault == "mean 1: 'two' is not a number: type a number such as 0.9"
    assert walk.mixture is None
    assert walk.fault.startswith("variance 2")
    draft = Draft.of_document({**NOTE.to_document(), "generated": {"n": 3}})
    _, before = point_sources(session.opening(draft, None, user.state.view, user.state.run))
    assert before.fault == (
        '"generated.mixture" should be an object with weights, means and variances: it is missing'
    )


def test_at_most_as_many_as_the_app_steps_through(user: User) -> None:
    """The dialog is told the most; in d dimensions that is fewer."""
    do(user, "generate", "")
    assert user.dialogs.asked[-1] == "generated, at most 100000"
    do(user, "gallery", "iris")
    do(user, "generate", "")
    assert user.dialogs.asked[-1] == "generated, at most 25000"


def initial_source(mixture: Mixture[Any] = NOTE.initial) -> PointSource:
    return PointSource("initial", "the initial parameters", mixture)


def test_dialog_of_generated_points(parent: QWidget) -> None:
    """The picture follows count and seed; OK gives what is chosen."""
    dialog = GenerateDialog(parent, [initial_source()], 10_000, LIGHT)
    assert dialog.chosen() == Generated(NOTE.initial, 100, 1)
    pictures = [_picture(dialog)]
    dialog.seed.setValue(2)
    pictures.append(_picture(dialog))
    dialog.count.setValue(3)
    pictures.append(_picture(dialog))
    assert not any(a == b for i, a in enumerate(pictures) for b in pictures[:i])
    assert dialog.chosen() == Generated(NOTE.initial, 3, 2)
    dialog.count.setValue(99_999)
    assert dialog.count.value() == 10_000
    assert dialog.caption.text().startswith("The picture shows the first 500. ")
    dialog.ok_button.click()
    assert dialog.result() == QDialog.DialogCode.Accepted


def test_dialog_offers_only_what_there_is(parent: QWidget) -> None:
    """A source without a mixture is off, and says why; one used before brings its count and seed."""
    bad = PointSource("initial", "the initial parameters", None, "mean 1 is <b>missing</b>")
    before = PointSource("before", "the mixture of before", NOTE.initial, n=7, seed=9)
    dialog = GenerateDialog(parent, [bad, before], 10_000, DARK)
    assert not dialog.choices.button(0).isEnabled()
    assert dialog.fault.text() == "Not from the initial parameters: mean 1 is <b>missing</b>"
    assert dialog.fault.textFormat() == Qt.TextFormat.PlainText
    assert dialog.chosen() == Generated(NOTE.initial, 7, 9)
    assert dialog.ok_button.isEnabled()


def test_dialog_without_any_mixture(parent: QWidget) -> None:
    """Where nothing can be drawn from, OK is off and the dialog says what to do."""
    bad = PointSource("initial", "the initial parameters", None, "mean 1 is missing")
    dialog = GenerateDialog(parent, [bad], 10_000, LIGHT)
    assert not dialog.ok_button.isEnabled()
    assert dialog.chosen() is None
    assert dialog.caption.text().startswith("Correct the parameters first")


def test_dialog_refuses_points_that_are_too_large(parent: QWidget) -> None:
    """A mean that no point may reach: the dialog says so instead of handing on such points."""
    far = Mixture.univariate([1], [5e75], [1])
    dialog = GenerateDialog(parent, [initial_source(far)], 10_000, LIGHT)
    assert not dialog.ok_button.isEnabled()
    assert dialog.caption.text().startswith("These points won't do. point 1")


def test_the_real_dialog_of_generated_points(parent: QWidget) -> None:
    """The dialog that opens gives what is chosen in it, and None where it is closed."""

    def opened() -> GenerateDialog:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, GenerateDialog)
        return dialog

    def choose() -> None:
        QTest.keyClicks(opened().count, "12")
        QTest.keyClick(opened().count, Qt.Key.Key_Tab)
        opened().ok_button.click()

    QTimer.singleShot(0, choose)
    dialogs = Dialogs(parent)
    assert dialogs.generated([initial_source()], 50, LIGHT) == Generated(NOTE.initial, 12, 1)
    QTimer.singleShot(0, lambda: QTest.keyClick(opened(), Qt.Key.Key_Escape))
    assert dialogs.generated([initial_source()], 50, LIGHT) is None


def _picture(dialog: GenerateDialog) -> QImage:
    return dialog.picture.pixmap().toImage()


def _rgb(colour: str) -> int:
    return 0xFF000000 | int(colour[1:], 16)
