"""Solutions in other languages: all words, no number changed, and letters that can be printed."""

import re
import shutil
import subprocess
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication

from refgmm import gallery, worked_example
from refgmm.formatting import letters
from refgmm.reporting import Report, report
from refgmm_gui import language
from refgmm_gui.formulas.typeset import Typesetter
from refgmm_gui.language import LANGUAGE, translation
from refgmm_gui.printing.boxes import Typist, report_family, wrapped
from refgmm_gui.printing.lines import Printer
from refgmm_gui.screenshots import TEN_POINTS
from tests.gui.driver import User
from tests.gui.test_solution import bytes_of, text_of
from tests.support import compile_latex

PROBLEMS = {
    "note": (worked_example.problem(), 2),
    "plane": (TEN_POINTS, 2),
    "empty": (gallery.named("empty_component").problem(), 1),
}
names = pytest.mark.parametrize("name", PROBLEMS)


@pytest.fixture(autouse=True)
def _in_chinese(app: QApplication) -> Iterator[None]:
    LANGUAGE.speak("zh_TW")
    yield
    LANGUAGE.speak("en")
    language.write_numbers(as_the_system_does=False)


@cache
def english(name: str) -> Report:
    problem, epochs = PROBLEMS[name]
    return report(problem, epochs)


@cache
def chinese(name: str) -> Report:
    problem, epochs = PROBLEMS[name]
    return report(problem, epochs, translation=translation())


def words_of(text: str) -> set[str]:
    """English words, but for those of the sources and of mathematics."""
    lines = [line for line in text.splitlines() if "參見" not in line]
    return set(re.findall(r"\b[A-Za-z]{3,}\b", "\n".join(lines))) - {
        "exp", "EM", "Cholesky", "Jensen", "Kullback", "Leibler",
    }  # fmt: skip


@names
def test_html_has_no_english(name: str) -> None:
    """Headings, sentences, captions, heads, tips, legends, and what a picture is called."""
    page = chinese(name).html()
    assert '<html lang="zh-TW">' in page
    assert words_of(" ".join(re.findall('title="([^"]*)"', page))) == set()
    assert (
        words_of(re.sub(r"<style>.*?</style>|<math.*?</math>|<[^>]*>", "", page, flags=re.DOTALL))
        == set()
    )


@names
def test_markdown_has_no_english(name: str) -> None:
    """Nor have the pictures' files."""
    text = chinese(name).markdown("p-")
    plain = re.sub(r"```math.*?```|\$`.*?`\$|\(p-[^)]*\)", "", text, flags=re.DOTALL)
    assert words_of(plain) == set()
    for picture in chinese(name).pictures("p-").values():
        assert words_of(re.sub("<[^>]*>", "", picture)) == set()


@names
def test_latex_has_no_english(name: str) -> None:
    """What isn't a command, an argument of one in ASCII, or mathematics, is Chinese."""
    body = chinese(name).latex().partition("\\begin{document}")[2]
    plain = re.sub(r"\\[A-Za-z]+\*?|\\\[.*?\\\]|\$.*?\$|\{[a-z0-9]*\}", "", body, flags=re.DOTALL)
    plain = re.sub(r"\[[^]]*\]|rectangle|cm|\bpt\b", "", plain)
    sentences = [line for line in plain.splitlines() if letters(line) > len(line)]
    assert words_of("\n".join(sentences)) == set()


@names
def test_numbers_are_those_of_the_english_solution(name: str) -> None:
    """In the tables and formulas of HTML, one after the other; CSV is the same file."""
    numbers = [re.findall(r"<mn>.*?</mn>|<t[dh][^>]*>[-\d.e+]+<", page) for page in (
        re.sub('title="[^"]*"', "", of(name).html()) for of in (english, chinese)
    )]  # fmt: skip
    assert len(numbers[0]) > 100
    assert sorted(numbers[0]) == sorted(numbers[1])
    assert english(name).csv() == chinese(name).csv()


def test_sources_keep_authors_and_titles() -> None:
    """Only sections and equations of theirs are told."""
    assert (
        "參見 C. M. Bishop 2006, Pattern Recognition and Machine Learning: 第 1.2 節與式 9.7."
        in chinese("note").html()
    )


@names
def test_latex_asks_for_chinese_letters(name: str) -> None:
    """ctex, which xelatex and lualatex know, in the place of pdflatex's fonts."""
    text = chinese(name).latex()
    assert "{ctex}" in text
    assert "For xelatex or lualatex" in text
    assert "inputenc" not in text
    assert "\\renewcommand{\\tablename}{表}" in text
    assert "{ctex}" not in english(name).latex()


def _has_ctex() -> bool:
    programs = [shutil.which(program) for program in ("xelatex", "kpsewhich")]
    if None in programs:
        return False
    found = subprocess.run(["kpsewhich", "ctex.sty"], capture_output=True, check=False)
    return found.returncode == 0


@pytest.mark.skipif(not _has_ctex(), reason="there is no xelatex with ctex")
@names
def test_latex_compiles(name: str, tmp_path: Path) -> None:
    """xelatex finds no error, no overfull line, and a letter for every sign."""
    compile_latex("xelatex", chinese(name).latex(), tmp_path)


def test_pdf_has_the_words(tmp_path: Path) -> None:
    """They can be searched and copied."""
    path = tmp_path / "a.pdf"
    path.write_bytes(bytes_of(report(worked_example.problem(), translation=translation())))
    text = unicodedata.normalize("NFKC", "".join(text_of(path).split()))
    for words in (
        "講義範例的完整解答",
        "表1.資料點",
        "每個成分對各資料點所負責的份額",
        "這就是貝氏定理",
    ):
        assert words in text


@names
def test_lines_end_between_chinese_letters(name: str) -> None:
    """Without a blank in a paragraph, its lines are full and none is too long."""
    width = 600.0
    solution = chinese(name)
    typist = Typist(report_family(), Typesetter())
    printer = Printer(typist, solution.shown, width, solution.translation)
    text = "對數的導數等於其引數的導數除以引數；而在此式中，只有密度（每個成分的）與此有關。" * 4
    rows = list(wrapped(list(printer._chunks((text,), 14.0, "#000000")), width, typist.space(14.0)))
    widths = [sum(box.width for box in row) for row in rows]
    assert len(rows) > 2
    assert all(width - 40 < used <= width for used in widths[:-1])


def test_the_app_writes_its_own_language_and_points(
    user: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of Chinese words, and with decimal points also where the screen has commas."""
    monkeypatch.setattr(language, "_system", lambda: QLocale("de_DE"))
    LANGUAGE.speak("zh_TW")
    language.write_numbers(as_the_system_does=True)
    user.press("epoch", 1)
    for suffix in (".html", ".md", ".tex"):
        user.dialogs.answers.extend([suffix, str(tmp_path / f"s{suffix}")])
        user.window.actions_by_name["export_solution"].trigger()
        user.settle()
        text = (tmp_path / f"s{suffix}").read_text("utf-8")
        assert "責任度" in text
        assert "1.3066" in text
        assert not re.search(r"\d,\d{4}", text)
