"""The app in other languages: complete, through Qt's translation, and changed at once."""

import ast
import re
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QLocale, QSettings, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDialogButtonBox,
    QLabel,
    QLineEdit,
    QTabBar,
    QTableView,
    QWidget,
)

from refgmm import Cell, gallery
from refgmm_gui import language, phrases, remembered, session, words
from refgmm_gui.desktop import Desktop
from refgmm_gui.dialogs.handbook import PAGES, page_text
from refgmm_gui.draft import Draft
from refgmm_gui.language import LANGUAGE
from refgmm_gui.window import menus
from tests.gui import texts

ENGLISH_ANYWHERE = {"ln", "exp", "diag", "tr", "rr", "EM", "refgmm", "nat"} | {
    "setosa", "versicolor", "virginica", "mixtools", "Jensen", "Kullback", "Leibler", "Cholesky",
    "JSON", "CSV", "UTF", "weights", "means", "variances", "seed", "mixture", "missing", "keep",
}  # fmt: skip
"""Names, also those in files and commands, and mathematics: the same in every language."""


@pytest.fixture(autouse=True)
def _in_english_again(app: QApplication) -> Iterator[None]:
    yield
    LANGUAGE.speak("en")
    language.write_numbers(as_the_system_does=False)


_HAN, _BESIDE = "[\u4e00-\u9fff]", "[A-Za-z0-9α-ωΑ-Ω]"
_BADLY_SPACED = re.compile(
    f"{_HAN}{_BESIDE}|{_BESIDE}{_HAN}|{_HAN} {_HAN}|\\S  +{_HAN}|{_HAN}  +\\S"
)
"""Chinese that stands close to a digit or a letter, or apart from Chinese."""


@pytest.mark.parametrize("name", texts.LANGUAGES)
class TestCatalogue:
    """What stands in translations/."""

    def test_has_every_text_of_the_app_and_no_other(self, name: str) -> None:
        """A text that is missing, or that the app no longer has, fails: python -m tests.gui.texts."""
        missing, stale = texts.missing_and_stale(name)
        assert (missing, stale) == (set(), set())

    def test_keeps_the_placeholders(self, name: str) -> None:
        """A translation fills in what its text fills in, in the same format."""
        read = language.catalogue(name)
        for known in (read["texts"], read["phrases"]):
            for text, said in known.items():
                assert texts.placeholders(text) == texts.placeholders(said), text

    def test_leaves_nothing_empty_and_no_english(self, name: str) -> None:
        """Each translation has words of its own language."""
        for text, said in language.catalogue(name)["texts"].items():
            assert said.strip(), text
            assert re.search(r"[\u3000-\uffef]", said) or text in ("English",) or "{at}" in text, (
                text
            )

    def test_keeps_mnemonics(self, name: str) -> None:
        """A menu entry has its key in every language; a text without one gets none."""
        for text, said in language.catalogue(name)["texts"].items():
            has_key = "&" in text.replace("&nbsp;", "") and "refgmm" not in text
            assert not has_key or "(&" in said, text

    def test_tells_all_that_the_core_says(self, name: str) -> None:
        """Names, meanings, labels, events, and the sentences of the numbers of all examples."""
        LANGUAGE.speak(name)
        said = {*texts.of_the_core(), *texts.of_rare_walks()}
        assert [text for text in said if _is_untold(text)] == []

    def test_tells_all_proofs_and_reports(self, name: str) -> None:
        """Of every quantity in every structure; of all examples, rounded and not, converged and not."""
        LANGUAGE.speak(name)
        assert [text for text in texts.of_proofs_and_reports() if _is_untold(text)] == []

    def test_tells_all_errors(self, name: str) -> None:
        """Of files, of what stands in them, and of numbers that won't do; the system's own, too."""
        LANGUAGE.speak(name)
        assert [found for found in texts.of_errors() if all(map(_is_untold, found))] == []
        assert [text for text in texts.of_faults() if _is_untold(text)] == []

    def test_tells_all_edits(self, name: str) -> None:
        """What an edit is called, of points, parameters and structures."""
        LANGUAGE.speak(name)
        assert [text for text in texts.of_edits() if _is_untold(text)] == []

    def test_moves_the_symbols_of_a_sentence_and_loses_none(self, name: str) -> None:
        """Each symbol of a proof stands in its sentence in every language."""
        LANGUAGE.speak(name)
        for text in texts.of_proofs_and_reports():
            symbols = [set(re.findall("`[^`]*`", said)) for said in (text, phrases.told(text))]
            assert symbols[0] == symbols[1], text

    def test_has_no_phrase_that_nobody_says(
        self, name: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What stands between the placeholders of a phrase is said by the code, or was said above."""
        said = "\n".join(
            text for folder in (texts.CORE, texts.GUI)
            for path in folder.rglob("*.py") for text in texts.strings_in(path)
        )  # fmt: skip
        unknown = {
            phrase
            for phrase in language.catalogue(name)["phrases"]
            if any(words not in said for words in re.split(r"\{\w+\}", phrase))
        }
        LANGUAGE.speak(name)
        known_as = phrases.known_as

        def watched(text: str) -> tuple[str, dict[str, str]] | None:
            known = known_as(text)
            if known is not None:
                unknown.discard(known[0])
            return known

        monkeypatch.setattr(phrases, "known_as", watched)
        for text in texts.of_all_the_core():
            phrases.told(text)
        assert unknown == set()

    def test_has_a_space_between_chinese_and_what_is_filled_in(self, name: str) -> None:
        """Wherever a digit, a letter or a symbol comes beside Chinese; and none between Chinese."""
        LANGUAGE.speak(name)
        told = map(phrases.told, texts.of_all_the_core())
        assert [said for said in told if _BADLY_SPACED.search(said)] == []


_SHOWS = {
    "setText", "setToolTip", "setAccessibleName", "setAccessibleDescription", "setWindowTitle",
    "setStatusTip", "setWhatsThis", "setPlaceholderText", "setTitle", "setSuffix", "setPrefix",
    "setTabText", "setItemText", "setIconText", "setInformativeText", "showMessage", "tell",
    "addAction", "addTab", "addItem", "addRow", "addButton", "allow",
    "QLabel", "QPushButton", "QCheckBox", "QRadioButton", "QToolButton", "QMenu", "QAction",
}  # fmt: skip
"""What shows a text to the user."""


def test_no_english_reaches_a_widget() -> None:
    """What is shown is translated first: no words stand in the code as arguments of what shows them."""
    found = []
    for path in texts.GUI.rglob("*.py"):
        if path.name in ("screenshots.py", "app.py"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and texts.name_of(node.func) in _SHOWS:
                found += [
                    f"{path.name}:{node.lineno}: {text}"
                    for argument in node.args
                    for text in _words_in(argument)
                ]
    assert found == []


def _words_in(node: ast.expr) -> Iterator[str]:
    """Words of an argument that no function translates."""
    parts = [node]
    if isinstance(node, ast.IfExp):
        parts = [node.body, node.orelse]
    elif isinstance(node, ast.BinOp):
        parts = [node.left, node.right]
    elif isinstance(node, ast.JoinedStr):
        parts = list(node.values)
    for part in parts:
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            text = re.sub(r"<[^>]*>|&\w+;", "", part.value)  # HTML
            if re.search(r"[A-Za-z]{3}", text) and not re.fullmatch(r"[a-z]+_?|.*— refgmm", text):
                yield part.value
        elif part is not node:
            yield from _words_in(part)


def test_the_menu_changes_the_language_at_once(desktop: Desktop) -> None:
    """Menus, actions, tool bar, panels, tables and sentences; and all of it back again."""
    window = desktop.window
    for _ in range(4):
        window.actions_by_name["forward"].trigger()
    before = _all_texts(desktop)
    desktop.parts.tell("Said in English.", is_fault=True)
    _choose_language(desktop, "zh_TW")
    assert window.statusBar().currentMessage() == ""
    chinese = _all_texts(desktop)
    assert window.menuBar().actions()[0].text() == "檔案(&F)"
    assert window.actions_by_name["save"].text() == "儲存(&S)"
    assert window.actions_by_name["save"].toolTip() == "儲存問題 (Ctrl+S)"
    assert window.next_button.text() == "M：有效點數（第 1 次迭代）"
    assert window.step_text.done.text().startswith("<b>第 1 次迭代，E：責任度</b>")
    assert "成分 1 負責這些資料點的大部分：1、2 與 3" in window.step_text.meaning.text()
    assert window.worksheet.header.group_of(4)[1] == "密度"
    assert [text for text in chinese if _has_english(text)] == []
    _choose_language(desktop, "en")
    assert _all_texts(desktop) == before


@pytest.mark.parametrize("key", ["collapse", "empty_component", "underflow", "iris"])
def test_no_english_stands_in_the_window(desktop: Desktop, key: str) -> None:
    """Where EM ends, or a number is undefined: titles, tips of cells, and why nothing goes on."""
    _choose_language(desktop, "zh_TW")
    desktop.problems.show_draft(Draft.of_problem(gallery.named(key).problem()), None)
    for _ in range(3):
        desktop.window.actions_by_name["epoch"].trigger()
    tips = [
        model.data(model.index(row, column), Qt.ItemDataRole.ToolTipRole)
        for model in (view.model() for view in desktop.window.findChildren(QTableView))
        for row in range(min(model.rowCount(), 10))
        for column in range(min(model.columnCount(), 20))
    ]
    texts_shown = [*_all_texts(desktop), *filter(None, tips)]
    texts_shown = [re.sub(r"\bgain\b|\binf\b", "", text) for text in texts_shown]
    assert [text for text in texts_shown if _has_english(text)] == []


@pytest.mark.parametrize("page", PAGES)
def test_the_handbook_is_translated(page: str) -> None:
    """A page says as much in each language: the same headings, rows, links and keys."""
    marks = r"(?m)^#+|^\||^- |^\d\. |\]\([^)]*\)|`[^`]*`|^    .*$"
    pages = []
    for name in ("en", *texts.LANGUAGES):
        LANGUAGE.speak(name)
        pages.append(sorted(re.findall(marks, page_text(page))))
    assert pages[1:] == pages[:1] * len(texts.LANGUAGES)


def test_the_language_is_remembered(desktop: Desktop, tmp_path: object) -> None:
    """The next start speaks the language chosen, and writes numbers as chosen."""
    _choose_language(desktop, "zh_TW")
    desktop.window.actions_by_name["local_numbers"].trigger()
    settings = QSettings(f"{tmp_path}/kept.ini", QSettings.Format.IniFormat)
    remembered.save(settings, desktop.state.view, desktop.window)
    view = remembered.view(settings)
    assert (view.language, view.localises_numbers) == ("zh_TW", True)
    settings.setValue("language", "klingon")
    assert remembered.view(settings).language == "system"


@pytest.mark.parametrize(
    ("system", "spoken"),
    [("zh_TW", "zh_TW"), ("zh_HK", "zh_TW"), ("zh_CN", "en"), ("de_DE", "en"), ("en_US", "en")],
)
def test_the_system_decides_at_first(system: str, spoken: str) -> None:
    """Traditional Chinese where the system writes it, else English."""
    assert language.chosen("system", QLocale(system)) == spoken


def test_qt_speaks_it_too(desktop: Desktop) -> None:
    """Buttons that Qt names, and its placeholders, which no text of ours may blank out."""
    _choose_language(desktop, "zh_TW")
    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
    assert box.button(QDialogButtonBox.StandardButton.Cancel).text() == "取消"
    assert QApplication.translate("QFileDialog", "a text that nobody translates") != ""


def test_an_edit_is_undone_by_its_name(desktop: Desktop) -> None:
    """Names of edits are told in the language of the menu, not in that of the edit."""
    draft = desktop.state.draft
    desktop.parts.edit(draft.with_parameter(1, 1, "1.84"))
    assert desktop.window.actions_by_name["undo"].text() == "&Undo: move mean 2 to 1.84"
    _choose_language(desktop, "zh_TW")
    assert desktop.window.actions_by_name["undo"].text() == "復原(&U): 將平均數 2 移到 1.84"


def test_numbers_as_the_system_writes_them(
    desktop: Desktop, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    """A decimal comma on the screen, where it is wanted; in copies and files, a point."""
    monkeypatch.setattr(language, "_system", lambda: QLocale("de_DE"))
    window = desktop.window
    window.actions_by_name["epoch"].trigger()
    cell = window.history.model.index(1, 3)
    assert window.history.model.data(cell) == "1.3066"
    window.actions_by_name["local_numbers"].trigger()
    assert window.history.model.data(cell) == "1,3066"
    assert "moves from 1 to 1,3066: x₄ = 2,4 pulls" in window.step_text.meaning.text()
    desktop.store.update(lambda state: session.explaining(state, Cell.parse("mean:1", epoch=1)))
    panel = window.explanation
    assert panel.value.text() == "1,3066"
    assert "moves from 1 to 1,3066: x₄ = 2,4 pulls" in panel.sentence.text()
    assert "= 3,3481" in panel.made_of.text()
    panel.copy_text()
    assert "moves from 1 to 1.3066: x₄ = 2.4 pulls" in QGuiApplication.clipboard().text()
    assert not re.search(r"\d,\d", QGuiApplication.clipboard().text())
    window.actions_by_name["copy_history"].trigger()
    copied = QGuiApplication.clipboard().text()
    assert "1.3065753725700628" in copied
    assert "1,30" not in copied
    window.actions_by_name["local_numbers"].trigger()
    assert window.history.model.data(cell) == "1.3066"


def test_nothing_is_cut_in_chinese(desktop: Desktop) -> None:
    """At 1280x800 every button is as wide as its words, after an epoch as before it."""
    window = desktop.window
    window.resize(1280, 800)
    _choose_language(desktop, "zh_TW")
    window.show()
    for _ in range(2):
        QApplication.processEvents()
        for button in window.findChildren(QAbstractButton):
            if button.isVisible() and button.text() and not button.objectName().startswith("qt_"):
                assert button.width() >= button.minimumSizeHint().width(), button.text()
        window.actions_by_name["epoch"].trigger()


def test_a_widget_that_is_gone_is_not_spoken_to(app: QApplication) -> None:
    """A text lives as long as its widget."""
    label = QLabel()
    language.say(label.setText, "Points")
    label.deleteLater()
    QApplication.sendPostedEvents(label, 52)  # QEvent.DeferredDelete
    LANGUAGE.speak("zh_TW")  # an error here would fail the test
    other = QLabel()
    language.say(other.setText, "Points")
    assert other.text() == "資料點"


def test_a_phrase_is_told_with_its_parts() -> None:
    """Placeholders are told in turn; {i} and {j} hold numbers; sentences are told one by one."""
    phrases.learn(
        {
            "means": "MEANS",
            "{what} of component {j}": "component {j}: {what}",
            "{a} and {b}": "{a} & {b}",
        }
    )
    try:
        assert phrases.told("means of component 1") == "component 1: MEANS"
        assert phrases.told("means and means of component 2") == "component 2: MEANS & MEANS"
        assert phrases.told("nothing known. means") == "nothing known. MEANS"
        assert phrases.told("Nobody knows this") == "Nobody knows this"
    finally:
        phrases.learn({})


def test_a_text_with_braces_needs_no_values() -> None:
    """Only where there are values are placeholders filled in."""
    assert words.tr("{as it is}") == "{as it is}"
    assert words.tr("{n:.2f} points", n=2) == "2.00 points"


def _is_untold(text: str) -> bool:
    """Whether English words are left when it is told, beside names and the symbols in backticks."""
    words = re.findall(r"[A-Za-z]{2,}", re.sub("`[^`]*`", "", phrases.told(text)))
    return not set(words) <= ENGLISH_ANYWHERE


def _choose_language(desktop: Desktop, choice: str) -> None:
    for action in desktop.window.language_actions.actions():
        if action.data() == choice:
            action.trigger()
    QApplication.processEvents()


def _all_texts(desktop: Desktop) -> list[str]:
    """Every text that the window has: of actions, widgets, tips, and for those who hear it."""
    window = desktop.window
    found = []
    for entry in menus.entries(window.menuBar()):
        found += [*entry.path, entry.text, entry.meaning, entry.why_not]
        found.append(entry.action.toolTip())
    for widget in window.findChildren(QWidget):
        if isinstance(widget.parent(), QTabBar):
            continue  # Qt's own, named when they are made
        found += [widget.toolTip(), widget.accessibleName(), widget.windowTitle()]
        if isinstance(widget, QLabel | QAbstractButton):
            found.append(widget.text())
        if isinstance(widget, QLineEdit):
            found.append(widget.placeholderText())
    return found


def _has_english(text: str) -> bool:
    """Whether English words are left, beside names, keys and formulas."""
    plain = re.sub(r"<[^>]*>|\([\w+, ]*\)|Ctrl|Shift|Alt|Left|Backspace|Esc|Del", "", text)
    known = ENGLISH_ANYWHERE | {"English", "SVG", "PNG", "PDF", "GIF", "CSV", "HTML", "Markdown"}
    return bool(set(re.findall(r"[A-Za-z]{3,}", plain)) - known - {"LaTeX", "nbsp", "Windows"})
