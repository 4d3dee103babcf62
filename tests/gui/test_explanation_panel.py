"""The explanation panel, by mouse and by keyboard: every number leads to its source, a trail leads back."""

import sys

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QScrollBar
from pytestqt.qtbot import QtBot

from refgmm import Derivation, Problem, explain, iterate, worked_example
from refgmm.quantities import Cell
from refgmm.rendering import Shown
from refgmm_gui import session
from refgmm_gui.dialogs.why import WhyDialog
from refgmm_gui.formulas.formula import formula_of
from refgmm_gui.formulas.formula_view import FormulaView
from refgmm_gui.formulas.typeset import Picture, Typesetter, TypesettingError, by_ziamath
from refgmm_gui.panels.explanation import ExplanationPanel
from refgmm_gui.theme import DARK, LIGHT, component_colour
from tests.gui.driver import User, pixels_of, wait_for

MANY_POINTS = tuple(i / 7 for i in range(27))


class Reader:
    """Someone who reads the panel.

    Attributes: bot, panel, calls (what was typeset), followed (the cells that signals gave).
    """

    def __init__(self, bot: QtBot, panel: ExplanationPanel, calls: list[str]) -> None:
        self.bot, self.panel, self.calls = bot, panel, calls
        self.followed: list[Cell] = []
        panel.source_requested.connect(self.followed.append)

    @property
    def view(self) -> FormulaView:
        return self.panel.formula

    def read(self, *cells: str, problem: Problem | None = None, **how: object) -> Derivation:
        """Show this trail, and wait for the pictures."""
        trail = derivations(*cells, problem=problem)
        self.panel.show_explanation(trail, LIGHT, **how)  # type: ignore[arg-type]
        wait_for(self.bot, lambda: self.view.is_typeset)
        return trail[-1]

    def place_of(self, cell: str | Cell) -> QPoint:
        """The middle of the first number that leads to a cell."""
        for number, place in self.view.places().items():
            source = self.view.formula.numbers[number].source
            if cell in (source, str(source)):
                return place.center().toPoint()
        raise AssertionError(f"no number leads to {cell}")

    def click(self, cell: str | Cell) -> None:
        at = self.place_of(cell)
        QTest.mouseClick(
            self.view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at
        )

    def key(
        self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        QTest.keyClick(self.view, key, modifier)

    def names(self) -> list[str]:
        return [str(cell) for cell in self.followed]

    def shown(self) -> dict[str, str]:
        """The texts in sight, by object name."""
        labels = self.panel.findChildren(QLabel)
        return {label.objectName(): label.text() for label in labels if label.isVisible()}


def derivations(*cells: str, problem: Problem | None = None) -> list[Derivation]:
    problem = problem or worked_example.problem()
    epoch = next(iterate(problem.points, problem.initial, structure=problem.structure))
    return [explain(epoch, cell) for cell in cells]


def many() -> Problem:
    return Problem(points=MANY_POINTS, initial=worked_example.problem().initial)


@pytest.fixture
def reader(app: QApplication, qtbot: QtBot) -> Reader:
    calls: list[str] = []

    def typeset(tex: str, size: float) -> Picture:
        calls.append(tex)
        return by_ziamath(tex, size)

    panel = ExplanationPanel(Typesetter(typeset))
    qtbot.addWidget(panel)
    panel.resize(380, 500)
    panel.show()
    panel.activateWindow()
    qtbot.waitExposed(panel)
    return Reader(qtbot, panel, calls)


# What is shown


def test_without_a_number_it_says_how_to_ask(reader: Reader) -> None:
    assert set(reader.shown()) == {"explanationEmpty"}
    assert "Click any number" in reader.shown()["explanationEmpty"]
    reader.read("evidence:4")
    reader.panel.show_explanation([], LIGHT)
    assert set(reader.shown()) == {"explanationEmpty"}


def test_it_tells_what_where_how_much_and_what_it_says(reader: Reader) -> None:
    derivation = reader.read("responsibility:4,1")
    shown = reader.shown()
    assert shown["explanationTitle"] == "Responsibility of component 1 for point 4, epoch 1"
    assert shown["explanationValue"] == "0.3894"
    assert shown["explanationSentence"] == derivation.sentence(4)
    assert "explanationPaper" not in shown
    assert reader.view.accessibleName() == formula_of(derivation, Shown()).text
    links = shown["explanationSources"]
    assert "α₁ g₁(x₄)</a> = 0.0864" in links
    assert "p(x₄)</a> = 0.2219" in links


def test_the_note_about_rounding_shows_where_there_is_one(reader: Reader) -> None:
    derivation = reader.read("responsibility:1,1")
    assert reader.shown()["explanationNote"] == derivation.note(4) != ""
    assert derivations("mean:1")[0].note(4) == ""
    reader.read("mean:1")
    assert "explanationNote" not in reader.shown()


def test_paper_mode_tells_the_difference(reader: Reader) -> None:
    reader.read("mean:1", paper="0.0003 more than unrounded")
    assert reader.shown()["explanationPaper"] == "0.0003 more than unrounded"


def test_what_is_given_is_shown_as_it_was_given(reader: Reader) -> None:
    """No formula, no source, nothing to prove."""
    reader.read("point:4")
    shown = reader.shown()
    assert (shown["explanationTitle"], shown["explanationValue"]) == ("Point 4, given", "2.4")
    assert "explanationSources" not in shown
    assert not reader.panel.why.isVisible()


def test_tiny_numbers_are_no_zeros(reader: Reader) -> None:
    far = Problem(points=(0.0, 9.0), initial=worked_example.problem().initial)
    reader.read("density:2,1", problem=far)
    # exp(-16) / sqrt(4 pi)
    assert reader.shown()["explanationValue"] == "3.1746×10⁻⁸"


def test_components_colours_are_in_the_picture(reader: Reader) -> None:
    """The evidence is made of a blue and an orange number."""
    reader.read("evidence:4")
    for colours in (LIGHT, DARK):
        reader.panel.show_explanation(derivations("evidence:4"), colours)
        found = set(pixels_of(reader.view.picture(QColor(colours.base), 4.0)))
        for component in (0, 1):
            assert component_colour(colours, component).rgb() in found
        assert QColor(colours.base).rgb() in found


def test_a_change_of_theme_typesets_nothing(reader: Reader) -> None:
    trail = [reader.read("density:4,1")]
    calls = len(reader.calls)
    reader.panel.show_explanation(trail, DARK)
    assert reader.view.is_typeset
    assert len(reader.calls) == calls


def test_what_was_typeset_once_shows_at_once(reader: Reader) -> None:
    """Back on an earlier number, nothing is typeset and nothing is shown as text before."""
    reader.read("density:4,1")
    reader.read("mean:1")
    calls = len(reader.calls)
    reader.panel.show_explanation(derivations("density:4,1"), LIGHT)
    assert len(reader.view.places()) == len(reader.view.formula.numbers)
    assert len(reader.calls) == calls


def test_until_it_is_typeset_it_is_text(reader: Reader) -> None:
    """Showing typesets nothing, so that it takes no time; then rows turn into pictures."""
    calls = len(reader.calls)
    reader.panel.show_explanation(derivations("density:4,1"), LIGHT)
    assert len(reader.calls) == calls
    assert reader.view.height() > 40
    before = reader.view.grab().toImage()
    wait_for(reader.bot, lambda: reader.view.is_typeset)
    assert len(reader.calls) > calls
    assert reader.view.grab().toImage() != before


def test_the_first_formula_waits_for_no_font(reader: Reader) -> None:
    """What formulas need is asked for when the panel has been in sight for a while."""
    with reader.bot.waitSignal(reader.panel.formulas_wanted, timeout=5000):
        reader.panel.hide()
        reader.panel.show()


def test_what_formulas_need_is_loaded_meanwhile(user: User) -> None:
    """On another thread; then the view of the formula is made."""
    panel = user.window.explanation
    del panel.formula
    panel.formulas_wanted.emit()
    user.bot.waitUntil(lambda: "formula" in vars(panel), timeout=10_000)
    assert "ziamath.zmath" in sys.modules


def test_a_number_before_that_is_shown_as_words(user: User) -> None:
    """Where what formulas need is still to be loaded, words stand there until it is, without a load of the
    window's own.
    """
    panel = user.window.explanation
    panel._warm_up.start(60_000)
    user.press("epoch")
    panel._warm_up.start(60_000)
    cell = Cell.parse("responsibility:3,1", 1)
    user.desktop.store.update(lambda state: session.explaining(state, cell))
    assert panel._warm_up.interval() < 100
    assert panel.formula._is_held
    wait_for(user.bot, lambda: panel.formula.is_typeset)
    assert not panel.formula._is_held


# Following numbers


def test_a_click_on_a_number_asks_for_its_source(reader: Reader) -> None:
    reader.read("responsibility:4,1")
    reader.click("weighted-density:4,1")
    reader.click("evidence:4")
    assert reader.names() == ["weighted-density:4,1", "evidence:4"]


def test_a_click_beside_the_numbers_asks_for_nothing(reader: Reader) -> None:
    """Nor does one on the result, which is explained already."""
    reader.read("responsibility:4,1")
    result = max(reader.view.places())
    assert reader.view.formula.numbers[result].source is None
    for at in (QPoint(1, 1), reader.view.places()[result].center().toPoint()):
        QTest.mouseClick(
            reader.view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at
        )
    assert reader.names() == []


def test_every_source_can_be_clicked(reader: Reader) -> None:
    """Of formulas with fractions, exponents, roots and line breaks."""
    for cell in ("density:4,1", "standard-density:2,2", "log-likelihood", "gain", "variance:1"):
        derivation = reader.read(cell)
        reader.followed.clear()
        for source in derivation.sources:
            reader.click(source)
        assert tuple(reader.followed) == derivation.sources


def test_the_pointer_turns_into_a_hand_on_a_number(reader: Reader) -> None:
    reader.read("responsibility:4,1")
    viewport = reader.view.viewport()
    QTest.mouseMove(viewport, reader.place_of("evidence:4"))
    assert viewport.cursor().shape() == Qt.CursorShape.PointingHandCursor
    QTest.mouseMove(viewport, QPoint(2, 2))
    assert viewport.cursor().shape() == Qt.CursorShape.ArrowCursor


def test_a_numbers_tip_has_its_name_and_every_digit(reader: Reader) -> None:
    derivation = reader.read("responsibility:4,1")
    value = derivation.ledger.value(Cell.parse("evidence:4", 1))
    assert reader.view.tip_at(reader.place_of("evidence:4")) == f"evidence at point 4: {value!r}"
    assert reader.view.tip_at(QPoint(1, 1)) == ""


def test_tab_goes_through_the_numbers_and_on(reader: Reader) -> None:
    """Into the formula, from number to number, and out to the next widget; Enter follows."""
    reader.read("responsibility:4,1")
    reader.panel.trail.setFocus()
    for _ in range(10):
        if reader.view.hasFocus():
            break
        focus = QApplication.focusWidget()
        assert focus is not None
        QTest.keyClick(focus, Qt.Key.Key_Tab)
    assert reader.view.hasFocus()
    reader.key(Qt.Key.Key_Return)
    reader.key(Qt.Key.Key_Tab)
    assert reader.view.hasFocus()
    reader.key(Qt.Key.Key_Enter)
    assert reader.names() == ["weighted-density:4,1", "evidence:4"]
    reader.key(Qt.Key.Key_Tab)
    assert not reader.view.hasFocus()


def test_arrows_go_through_the_numbers(reader: Reader) -> None:
    """Left and right in reading order, up and down to the nearest, Home and End to the ends."""
    reader.read("responsibility:4,1")
    reader.view.setFocus()
    moves = (
        (Qt.Key.Key_Down, "evidence:4"),
        (Qt.Key.Key_Up, "weighted-density:4,1"),
        (Qt.Key.Key_Right, "evidence:4"),
        (Qt.Key.Key_Right, "evidence:4"),
        (Qt.Key.Key_Left, "weighted-density:4,1"),
        (Qt.Key.Key_End, "evidence:4"),
        (Qt.Key.Key_Home, "weighted-density:4,1"),
    )
    for key, cell in moves:
        reader.key(key)
        reader.key(Qt.Key.Key_Space)
        assert reader.names()[-1] == cell, key
    value = derivations("weighted-density:4,1")[0].value
    described = reader.view.accessibleDescription()
    assert described == f"weighted density of component 1 at point 4: {value!r}"


def test_the_number_with_the_focus_has_a_frame(reader: Reader) -> None:
    """In the accent colour; gone with the focus."""
    reader.read("responsibility:4,1")
    reader.view.setFocus()
    accent = QColor(LIGHT.accent).rgb()
    assert accent in pixels_of(reader.view.grab().toImage())
    reader.panel.copy.setFocus()
    assert accent not in pixels_of(reader.view.grab().toImage())


def test_the_keyboard_reaches_the_numbers_of_a_long_sum(reader: Reader) -> None:
    """The panel scrolls to them."""
    reader.panel.resize(300, 200)
    reader.read("effective-count:1", problem=many(), unfolded=True)
    bar: QScrollBar = reader.panel.area.verticalScrollBar()
    reader.view.setFocus()
    bar.setValue(0)
    reader.key(Qt.Key.Key_End)
    assert bar.value() > 0
    stop = reader.place_of("responsibility:27,1")
    at = reader.view.viewport().mapTo(reader.panel.area.viewport(), stop)
    assert reader.panel.area.viewport().rect().contains(at)


def test_a_formula_wider_than_the_panel_scrolls(reader: Reader) -> None:
    """Up to its last number, with the keyboard, too; a click there still finds it."""
    far = Problem(points=(0.0, 1.0, 500.0), initial=worked_example.problem().initial)
    reader.panel.resize(260, 500)
    reader.read("responsibility:3,1", problem=far)
    bar = reader.view.horizontalScrollBar()
    assert bar.maximum() > 0
    reader.view.setFocus()
    for _ in range(20):
        reader.key(Qt.Key.Key_Right)
    assert reader.view.current is not None
    at = reader.view.places()[reader.view.current].center().toPoint()
    assert reader.view.viewport().rect().contains(at)
    QTest.mouseClick(
        reader.view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at
    )
    assert reader.followed == [reader.view.formula.numbers[reader.view.current].source]


# The trail


def test_the_trail_leads_back(reader: Reader) -> None:
    """By its links, the button and two keys; not beyond its beginning."""
    panel = reader.panel
    backs: list[None] = []
    stations: list[int] = []
    panel.back_requested.connect(lambda: backs.append(None))
    panel.trail_requested.connect(stations.append)
    reader.read("mean:1", "effective-count:1", "responsibility:4,1")
    assert panel.trail.text() == ('<a href="0">μ₁′</a> › <a href="1">N₁</a> › <b>β₁(x₄)</b>')
    panel.trail.linkActivated.emit("0")
    assert stations == [0]
    QTest.mouseClick(panel.back, Qt.MouseButton.LeftButton)
    reader.view.setFocus()
    reader.key(Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    reader.key(Qt.Key.Key_Backspace)
    assert len(backs) == 3
    reader.read("mean:1")
    reader.key(Qt.Key.Key_Backspace)
    assert len(backs) == 3
    assert not panel.back.isEnabled()


def test_a_long_trail_is_cut_at_its_beginning(reader: Reader) -> None:
    cells = ["log-likelihood", "log-evidence:4", "evidence:4", "weighted-density:4,1"]
    reader.read(*cells, "density:4,1", "mean:1", "effective-count:1")
    text = reader.panel.trail.text()
    assert text.startswith('… › <a href="2">p(x₄)</a>')
    assert text.endswith("<b>N₁</b>")


# Links, folding, why


def test_the_sources_are_links(reader: Reader) -> None:
    reader.read("responsibility:4,1")
    reader.panel.made_of.linkActivated.emit("1")
    assert reader.names() == ["evidence:4"]


def test_many_sources_are_counted(reader: Reader) -> None:
    derivation = reader.read("effective-count:1", problem=many())
    assert reader.shown()["explanationSources"].endswith(f", {len(derivation.sources) - 5} more")


def test_long_sums_fold_and_unfold(reader: Reader) -> None:
    """The button asks; the owner shows again."""
    asked: list[bool] = []
    reader.panel.unfolded_changed.connect(asked.append)
    reader.read("effective-count:1", problem=many())
    assert len(reader.view.places()) == 6
    assert reader.panel.fold.text() == "Show all terms"
    QTest.mouseClick(reader.panel.fold, Qt.MouseButton.LeftButton)
    reader.read("effective-count:1", problem=many(), unfolded=True)
    assert len(reader.view.places()) == 28
    QTest.mouseClick(reader.panel.fold, Qt.MouseButton.LeftButton)
    assert asked == [True, False]
    reader.read("effective-count:1")
    assert not reader.panel.fold.isVisible()


def test_why_is_asked_where_there_is_a_proof(reader: Reader) -> None:
    asked: list[Cell] = []
    reader.panel.why_requested.connect(asked.append)
    reader.read("mean:1")
    QTest.mouseClick(reader.panel.why, Qt.MouseButton.LeftButton)
    assert [str(cell) for cell in asked] == ["mean:1"]
    reader.read("density:4,1")
    assert not reader.panel.why.isVisible()


# Copies


def test_copies(reader: Reader) -> None:
    """As text with its sentence, as LaTeX for a document, and as a picture twice as large."""
    derivation = reader.read("responsibility:4,1")
    clipboard = QGuiApplication.clipboard()
    text, latex, picture = reader.panel.copy_menu.actions()
    text.trigger()
    assert clipboard.text() == (
        "Responsibility of component 1 for point 4, epoch 1\n"
        f"{derivation.text()}\n{derivation.sentence()}"
    )
    latex.trigger()
    assert clipboard.text() == derivation.latex()
    picture.trigger()
    image: QImage = clipboard.image()
    assert image.height() == pytest.approx(2 * reader.view.height(), abs=2)
    assert QColor(LIGHT.base).rgb() in pixels_of(image)
    assert component_colour(LIGHT, 0).rgb() in pixels_of(image)


def test_a_picture_is_copied_whole_before_it_is_on_screen(reader: Reader) -> None:
    reader.panel.show_explanation(derivations("density:4,1"), LIGHT)
    reader.panel.copy_picture()
    assert reader.view.is_typeset
    assert not QGuiApplication.clipboard().image().isNull()


# Without pictures


def test_without_ziamath_it_is_text_and_says_why(app: QApplication, qtbot: QtBot) -> None:
    """And its sources can still be followed by the links."""

    def typeset(tex: str, size: float) -> Picture:
        raise TypesettingError("ziamath is not installed")

    panel = ExplanationPanel(Typesetter(typeset))
    qtbot.addWidget(panel)
    panel.show()
    panel.show_explanation(derivations("responsibility:4,1"), LIGHT)
    wait_for(qtbot, lambda: panel.formula.is_typeset)
    assert panel.formula.tip_at(QPoint(5, 5)) == "ziamath is not installed"
    assert panel.formula.places() == {}
    assert len(set(pixels_of(panel.formula.grab().toImage()))) > 1
    panel.copy_text()
    assert "0.0864 / 0.2219" in QGuiApplication.clipboard().text()
    followed: list[Cell] = []
    panel.source_requested.connect(followed.append)
    panel.made_of.linkActivated.emit("0")
    assert [str(cell) for cell in followed] == ["weighted-density:4,1"]


def test_a_sum_of_very_many_terms_stays_text(reader: Reader) -> None:
    """Its pictures would push each other out of the cache for ever; the rows around it are typeset."""
    points = tuple(i / 77 for i in range(501))
    problem = Problem(points=points, initial=worked_example.problem().initial)
    reader.read("effective-count:1", problem=problem, unfolded=True)
    assert reader.view.problem == "A sum of more than 500 terms is shown as text."
    assert [reader.view.formula.numbers[number].component for number in reader.view.places()] == [0]


# The layout


@pytest.mark.parametrize("width", [320, 400, 600])
def test_nothing_is_cut_off(reader: Reader, width: int) -> None:
    """Every number of the example's formulas stands inside the view, or can be scrolled to."""
    reader.panel.resize(width, 500)
    for cell in ("density:4,1", "standard-density:4,1", "log-likelihood", "variance:1", "gain"):
        reader.read(cell)
        QApplication.processEvents()
        beyond = reader.view.horizontalScrollBar().maximum()
        area = reader.view.viewport().rect().adjusted(0, 0, beyond, 0)
        assert len(reader.view.places()) == len(reader.view.formula.numbers)
        for place in reader.view.places().values():
            assert area.contains(place.toAlignedRect()), (cell, place)


# Why


def test_a_proof_is_shown_step_by_step(app: QApplication, qtbot: QtBot) -> None:
    """Each step's words and formulas, typeset, and the sources below."""
    (derivation,) = derivations("variance:1")
    proof = derivation.why
    assert proof is not None
    dialog = WhyDialog(Typesetter())
    qtbot.addWidget(dialog)
    dialog.show_proof(proof, LIGHT)
    dialog.show()
    wait_for(qtbot, lambda: all(view.is_typeset for view in dialog.formulas))
    assert not dialog.isModal()
    assert dialog.windowTitle() == proof.title
    assert [view.problem for view in dialog.formulas] == [""] * len(dialog.formulas)
    assert len(dialog.formulas) == sum(bool(step.relations) for step in proof.steps)
    texts = [label.text() for label in dialog.findChildren(QLabel)]
    assert all(step.sentence() in texts for step in proof.steps)
    assert str(proof.citations[0]) in "\n".join(texts)
    assert not dialog.grab().isNull()
    dialog.copy_text()
    assert QGuiApplication.clipboard().text() == proof.text()
    dialog.copy_latex()
    assert QGuiApplication.clipboard().text() == proof.latex()


def test_the_next_proof_takes_the_place_of_the_last(app: QApplication, qtbot: QtBot) -> None:
    dialog = WhyDialog(Typesetter())
    qtbot.addWidget(dialog)
    for derivation in derivations("variance:1", "weight:1"):
        proof = derivation.why
        assert proof is not None
        dialog.show_proof(proof, DARK)
    QApplication.processEvents()
    assert dialog.windowTitle() == proof_title("weight:1")
    assert len(dialog.formulas) == len(dialog.findChildren(FormulaView))


def test_an_open_proof_follows_the_theme(user: User) -> None:
    """Its ground and its letters are the new theme's, and it stays where it was scrolled to."""
    user.press("epoch")
    user.desktop.store.update(
        lambda state: session.explaining(state, Cell.parse("variance:1", epoch=1))
    )
    user.window.actions_by_name["why"].trigger()
    (dialog,) = user.window.findChildren(WhyDialog)
    wait_for(user.bot, lambda: all(view.is_typeset for view in dialog.formulas))
    bar = dialog.area.verticalScrollBar()
    bar.setValue(40)
    user.desktop.parts.look(theme="dark")
    user.settle()
    page = dialog.area.widget()
    assert page is not None
    assert page.palette().color(QPalette.ColorRole.Window).name() == DARK.base
    assert page.palette().color(QPalette.ColorRole.WindowText).name() == DARK.text
    assert dialog.area.viewport().grab().toImage().pixelColor(2, 2).name() == DARK.base
    assert bar.value() == 40
    page.setObjectName("as it is")
    user.desktop.parts.look(decimals=5)
    assert page.objectName() == "as it is", "another view of the same colours builds nothing anew"
    dialog.close()


def proof_title(cell: str) -> str:
    proof = derivations(cell)[0].why
    assert proof is not None
    return proof.title


def test_what_is_merely_defined_has_no_proof() -> None:
    assert [derivation.why for derivation in derivations("density:1,1", "point:1")] == [None] * 2


def test_every_formula_of_a_derivation_is_in_the_accessible_name(reader: Reader) -> None:
    """For who can't see the picture: the Unicode text, row by row."""
    derivation = reader.read("density:4,1")
    plain = [line.strip() for line in derivation.text().splitlines()]
    assert formula_of(derivation, Shown()).text.splitlines() == plain
