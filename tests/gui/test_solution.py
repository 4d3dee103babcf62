"""The worked solution as files: every format, and the PDF's pages, numbers and breaks."""

import random
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QDialog, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from refgmm import Labelling, Mixture, Problem, worked_example
from refgmm.report_parts import Table, entry_text
from refgmm.reporting import Report, report
from refgmm.typesetting import TEXT
from refgmm_gui.dialogs.files import Dialogs
from refgmm_gui.dialogs.solution import SolutionChoice
from refgmm_gui.formulas.typeset import Typesetter, TypesettingError
from refgmm_gui.printing.boxes import Typist, report_family
from refgmm_gui.printing.lines import Line, Printer
from refgmm_gui.printing.pdf import paginated, pdf
from refgmm_gui.screenshots import TEN_POINTS
from tests.gui.driver import User

_DRAWN = random.Random(3)
THIRTY_POINTS = Problem(
    tuple(round(_DRAWN.gauss(mean, 1), 2) for mean in (0, 4, 9) for _ in range(10)),
    Mixture.univariate([0.3, 0.3, 0.4], [0, 3, 8], [1, 1, 2]),
)
PROBLEMS = {
    "note": (worked_example.problem(), 1),
    "plane": (TEN_POINTS, 2),
    "thirty": (THIRTY_POINTS, 3),
}


def bytes_of(solution: Report) -> bytes:
    """The PDF, made here and not in the background."""
    job = pdf(solution, report_family())
    shares: list[float] = []
    while True:
        try:
            shares.append(next(job))
        except StopIteration as end:
            assert shares == sorted(shares)
            assert shares[-1] == pytest.approx(1.0)
            return bytes(end.value)


def text_of(path: Path) -> str:
    """What pdftotext finds, line ends and all."""
    program = shutil.which("pdftotext")
    if program is None:
        pytest.skip("pdftotext is not installed")
    result = subprocess.run(
        [program, "-layout", str(path), "-"], capture_output=True, check=True, encoding="utf-8"
    )
    return result.stdout


@pytest.mark.parametrize("name", PROBLEMS)
def test_pdf_has_every_number_of_the_tables(app: QApplication, tmp_path: Path, name: str) -> None:
    """Each row of each table stands in the PDF as text that can be searched and copied, in order."""
    problem, epochs = PROBLEMS[name]
    solution = report(problem, epochs, with_reasons=False)
    path = tmp_path / "a.pdf"
    path.write_bytes(bytes_of(solution))
    words = text_of(path).split()
    place = 0
    for table in solution.tables:
        for row in numbers_of(table, solution):
            for number in row:
                assert number in words[place:], f"table {table.number}: {number} is missing"
        place = words.index(f"{table.number}.", place)


def numbers_of(table: Table, solution: Report) -> Iterator[list[str]]:
    """What stands in a table, row by row, but for symbols and raised exponents."""
    for row in table.rows:
        texts = [
            entry_text(entry, TEXT, column.shown(solution.shown))
            for entry, column in zip(row, table.columns, strict=True)
        ]
        yield [text for text in texts if text[-1:].isdecimal() and "×" not in text]


def test_pdf_has_its_title_and_page_numbers(app: QApplication, tmp_path: Path) -> None:
    """Each page says which it is, of how many."""
    path = tmp_path / "a.pdf"
    path.write_bytes(bytes_of(report(worked_example.problem(), with_reasons=False)))
    pages = text_of(path).split("\f")[:-1]
    for number, page in enumerate(pages, start=1):
        assert page.split()[-1] == f"{number}/{len(pages)}"
    assert "The lecture note's example, worked out" in pages[0]


@pytest.mark.parametrize("name", PROBLEMS)
def test_lines_fit_the_page(app: QApplication, name: str) -> None:
    """No line is higher than a page, no page is fuller than it is high, and nothing is lost or doubled
    but heads of tables.
    """
    problem, epochs = PROBLEMS[name]
    solution = report(problem, epochs)
    printer = Printer(Typist(report_family(), Typesetter()), solution.shown, 600.0)
    lines = [line for of_block in printer.lines(solution.blocks) for line in of_block]
    pages = list(paginated(lines, 950.0))
    for page in pages:
        ends = [top + line.height for line, top in page]
        assert max(ends) <= 950.0
        assert all(end <= top + 1e-9 for end, (_, top) in zip(ends, page[1:], strict=False))
    heads = {id(line.head) for line in lines if line.head is not None}
    placed = [line for page in pages for line, _ in page]
    assert [line for line in placed if id(line) not in heads] == [
        line for line in lines if id(line) not in heads
    ]


def line(height: float, **more: object) -> Line:
    return Line(height, lambda painter, x, y: None, **more)  # type: ignore[arg-type]


def test_pages() -> None:
    """Lines that keep together move to the next page together; the head of a table comes again; more
    lines than a page has room for are parted.
    """
    a, b, c = line(60), line(30, keeps=True, space=5), line(30)
    assert [len(page) for page in paginated([a, b, c], 100)] == [1, 2]
    head = line(10, keeps=True)
    rows = [line(30, head=head) for _ in range(5)]
    pages = list(paginated([head, *rows], 100))
    assert [[round(top) for _, top in page] for page in pages] == [[0, 10, 40, 70], [0, 10, 40]]
    assert pages[1][0][0] is head
    assert [len(page) for page in paginated([line(40, keeps=True) for _ in range(5)], 100)] == [
        2,
        2,
        1,
    ]


def test_formula_that_cannot_be_typeset_stands_as_text(app: QApplication) -> None:
    """Without ziamath, or where it refuses, the formula is there as text."""

    def refuse(tex: str, size: float) -> object:
        raise TypesettingError("no")

    typist = Typist("serif", Typesetter(refuse))  # type: ignore[arg-type]
    box = typist.formula(r"\frac{1}{2}", "1/2", 14.0)
    assert box.width == typist.words("1/2", 14.0).width


# From the menu


@pytest.mark.parametrize(
    ("suffix", "name", "begins"),
    [
        (".pdf", "s.pdf", b"%PDF-"),
        (".html", "s.html", b"<!DOCTYPE html>"),
        (".md", "s.md", b"# The lecture note's example, worked out"),
        (".tex", "s.tex", b"\\documentclass"),
    ],
)
def test_each_format_is_written(
    user: User, tmp_path: Path, suffix: str, name: str, begins: bytes
) -> None:
    """File > Export the solution writes each format."""
    user.press("epoch", 2)
    user.dialogs.answers.extend([suffix, str(tmp_path / name)])
    user.window.actions_by_name["export_solution"].trigger()
    user.settle()
    assert not user.dialogs.errors
    content = (tmp_path / name).read_bytes()
    assert content.startswith(begins)
    assert len(content) > 5000
    assert user.status == f"Saved {tmp_path / name}."
    if suffix == ".md":
        assert list(tmp_path.glob("s-*.svg"))


def test_the_name_typed_decides_the_format(user: User, tmp_path: Path) -> None:
    """A page named solution.html is HTML, whatever was chosen before."""
    user.dialogs.answers.extend([".pdf", str(tmp_path / "s.HTML")])
    user.window.actions_by_name["export_solution"].trigger()
    user.settle()
    assert (tmp_path / "s.HTML").read_bytes().startswith(b"<!DOCTYPE html>")


def test_tables_are_written(user: User, tmp_path: Path) -> None:
    """CSV is a folder with a file for each table."""
    user.dialogs.answers.extend(["", str(tmp_path / "tables")])
    user.window.actions_by_name["export_solution"].trigger()
    files = sorted(path.name for path in (tmp_path / "tables").iterdir())
    assert files[0] == "01-points.csv"
    assert (tmp_path / "tables" / files[0]).read_text("utf-8").splitlines()[1].endswith("0.9")


@pytest.mark.parametrize(("walked", "epochs"), [(0, 1), (3, 3), (25, 20)])
def test_epochs_suggested(user: User, walked: int, epochs: int) -> None:
    """The solution goes as far as the walk has gone, unless that is more than 20 epochs; the rest is as
    the window shows it.
    """
    user.use_note_labelling()
    user.set_decimals(6)
    user.press("epoch", walked)
    user.dialogs.answers.append("no")
    user.window.actions_by_name["export_solution"].trigger()
    usual = SolutionChoice(epochs, 6, Labelling.NOTE, False)
    assert user.dialogs.asked == [f"solution {usual}"]


def test_nothing_to_work_out(user: User) -> None:
    """Where the inputs were never right, that is said."""
    user.window.actions_by_name["new"].trigger()
    user.window.actions_by_name["export_solution"].trigger()
    assert user.status.startswith("There is nothing to work out yet")


def test_folder_that_is_not_there_is_told(user: User, tmp_path: Path) -> None:
    """Where the file can't be written, that is told."""
    user.dialogs.answers.extend([".pdf", str(tmp_path / "a" / "missing" / "s.pdf")])
    user.window.actions_by_name["export_solution"].trigger()
    (error,) = user.dialogs.errors
    assert error.startswith("can't write ")


def test_dialog_gives_what_is_chosen(app: QApplication, qtbot: QtBot) -> None:
    """Each control of the dialog counts; closed, it gives nothing."""
    parent = QWidget()
    qtbot.addWidget(parent)
    dialogs = Dialogs(parent)
    usual = SolutionChoice(3, 4, Labelling.NOTE, False)

    def box() -> QDialog:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QDialog)
        return dialog

    def choose() -> None:
        dialog = box()
        for name, value in (("solutionEpochs", 7), ("solutionDecimals", 2)):
            spin = dialog.findChild(QSpinBox, name)
            assert isinstance(spin, QSpinBox)
            spin.setValue(value)
        for name, row in (("solutionFormat", 2), ("solutionLabelling", 0)):
            combo = dialog.findChild(QComboBox, name)
            assert isinstance(combo, QComboBox)
            combo.setCurrentIndex(row)
        for name in ("solutionPaper", "solutionReasons"):
            check = dialog.findChild(QCheckBox, name)
            assert isinstance(check, QCheckBox)
            check.click()
        dialog.accept()

    QTimer.singleShot(0, lambda: box().accept())
    assert dialogs.solution(usual) == usual
    QTimer.singleShot(0, choose)
    assert dialogs.solution(usual) == SolutionChoice(7, 2, Labelling.TEXTBOOK, True, False, ".md")
    QTimer.singleShot(0, lambda: box().reject())
    assert dialogs.solution(usual) is None
