"""Worked solutions: their numbers are the trace's, and each format is well-formed, whatever the problem."""

import csv
import html.parser
import io
import math
import random
import re
import shutil
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import refgmm
from refgmm import (
    Cell,
    Labelling,
    Mixture,
    Problem,
    RefGMMError,
    Report,
    iterate,
    oracle,
    worked_example,
)
from refgmm.errors import FileFormatError, InvalidValueError
from refgmm.formatting import ALL_DIGITS, format_number
from refgmm.ledger import value_in
from refgmm.notation import Ref
from refgmm.report_html import id_of
from refgmm.report_latex import escaped
from refgmm.report_parts import Display, Heading, Paragraph, Picture, Table
from refgmm.reporting import format_of
from refgmm.structures import STRUCTURES
from refgmm.worked_example import DOCUMENTED, LEFT_OUT

from .support import ROOT, compile_latex

UNIT = ((1.0, 0.0), (0.0, 1.0))
ROWS = ((0.1, 0.3), (1.0, 2.2), (2.0, 1.5), (4.0, 4.1), (3.2, 3.9), (0.4, 1.0))


def in_the_plane(structure: str = "full") -> Problem:
    start = Mixture.multivariate([0.5, 0.5], [(0, 0), (3, 3)], [UNIT, UNIT])
    return Problem(ROWS, start, structure=structure)  # type: ignore[arg-type]


def three_components(n: int) -> Problem:
    rng = random.Random(1)
    points = tuple(rng.gauss(3.0 * (i % 3), 1.0) for i in range(n))
    return Problem(points, Mixture.univariate([0.3, 0.3, 0.4], [0, 3, 6], [1, 1, 1]))


def five_dimensions() -> Problem:
    rng = random.Random(2)
    rows = tuple(tuple(rng.gauss(0, 3) for _ in range(5)) for _ in range(12))
    unit = tuple(tuple(4.0 * (a == b) for a in range(5)) for b in range(5))
    means = [(-1,) * 5, (0,) * 5, (1,) * 5]
    return Problem(rows, Mixture.multivariate([0.3, 0.3, 0.4], means, [unit] * 3))


PROBLEMS = {
    "note": worked_example.problem(),
    **{f"plane, {name}": in_the_plane(name) for name in STRUCTURES},
    "tied": Problem(
        worked_example.problem().points,
        worked_example.problem().initial,
        structure="tied",  # type: ignore[arg-type]
    ),
    "three": three_components(9),
    "many": three_components(200),
    "five dimensions": five_dimensions(),
    "one point": Problem((1.0,), Mixture.univariate([1], [0], [1])),
    "vectors of one": Problem(((1.0,), (2.5,)), Mixture.multivariate([1], [(0,)], [((1,),)])),
    "collapse": Problem(
        (0.0, 0.0, 0.0, 5.0, 6.0, 7.0), Mixture.univariate([0.5, 0.5], [0, 6], [1e-3, 1])
    ),
    "empty": Problem((1.0, 2.0), Mixture.univariate([1.0, 0.0], [1, 2], [1, 1])),
    "faint": Problem((0.9, 100.0, 2.0), Mixture.univariate([0.5, 0.5], [1, 2], [1, 1])),
    "all faint": Problem((90.0, 100.0), Mixture.univariate([0.5, 0.5], [1, 2], [1, 1])),
    "large": Problem((-3e20, 1e20), Mixture.univariate([1.0], [0], [1e40])),
}

names = pytest.mark.parametrize("name", PROBLEMS)


@cache
def solved(name: str) -> Report:
    return refgmm.report(PROBLEMS[name], 2)


def tables_with_cells(report: Report) -> Iterator[tuple[Table, Ref]]:
    for table in report.tables:
        for ref in table.refs():
            if ref.cell is not None:
                yield table, ref


# What it says


@names
def test_tables_hold_the_numbers_of_the_trace(name: str) -> None:
    """Every number that a table says is of a cell is that of the cell, to the last bit."""
    problem = PROBLEMS[name]
    epochs = {e.index: e for e in (e for e, _ in zip(run(problem), range(2), strict=False))}
    count = 0
    for _, ref in tables_with_cells(solved(name)):
        assert ref.cell is not None
        epoch = epochs[min(max(ref.cell.epoch, 1), len(epochs))]
        expected = value_in(epoch, ref.cell)
        assert ref.value == expected or (math.isnan(ref.value) and math.isnan(expected)), ref.cell
        count += 1
    assert count > 5 * len(problem.points)


def run(problem: Problem):  # type: ignore[no-untyped-def]
    return iterate(problem.points, problem.initial, problem.structure)


def test_the_solution_of_the_example_agrees_with_the_oracle() -> None:
    """What stands in the Markdown's table of responsibilities is what 50 digits round to."""
    note = worked_example.problem()
    truth = oracle.epoch(
        note.points, note.initial.weights, note.initial.means, note.initial.covariances
    )
    rows = table_rows(solved("note").markdown(), "Epoch 1: responsibilities")
    for i, row in enumerate(rows):
        assert row[2:4] == [f"{share:.4f}" for share in truth.responsibilities[i]]
    rows = table_rows(solved("note").markdown(), "The parameters after epoch 1")
    for j, row in enumerate(rows):
        true = truth.weights[j], truth.means[j], truth.variances[j]
        assert row[1:4] == [f"{number:.4f}" for number in true]


def table_rows(markdown: str, caption: str) -> list[list[str]]:
    """The cells of a table below its head, from Markdown."""
    lines = markdown.partition(f"{caption}\n\n")[2].partition("\n\n")[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_the_notes_digits_stand_beside_ours() -> None:
    """All 26 printed numbers of the note are there, each right of the same number computed here."""
    found = 0
    for table in solved("note").tables:
        for k, column in enumerate(table.columns):
            if column.head not in ("note", "lecture note"):
                continue
            decimals = table.columns[k - 1].decimals
            assert decimals is not None
            for row in table.rows:
                ours, printed = row[k - 1], row[k]
                assert isinstance(ours, Ref)
                assert format_number(ours.value, decimals) == printed
                found += 1
    count = 2 * (len(DOCUMENTED.standard_densities) + len(DOCUMENTED.responsibilities)) + 6
    assert found == count == 26
    text = " ".join(solved("note").text().split())
    for sentence in ("only variance 2 gives its exponents", "is the variance, σ²"):
        assert sentence in " ".join(LEFT_OUT.split())
        assert sentence in text


def test_only_the_notes_own_example_has_the_notes_digits() -> None:
    """Another start is another problem."""
    note = worked_example.problem()
    other = Problem(note.points, Mixture.univariate([0.5, 0.5], [1, 2], [2, 3]))
    assert "lecture note" not in refgmm.report(other, with_reasons=False).text()


def test_every_step_is_there_under_either_labelling() -> None:
    """Both labellings have the same eight sub-steps; they differ in the headings above them."""
    problem = worked_example.problem()
    headings = {
        labelling: [
            (block.level, block.text)
            for block in refgmm.report(problem, labelling=labelling).blocks
            if isinstance(block, Heading)
        ]
        for labelling in Labelling
    }
    steps = {
        labelling: [t for level, t in found if level == 4] for labelling, found in headings.items()
    }
    assert steps[Labelling.TEXTBOOK] == steps[Labelling.NOTE]
    assert steps[Labelling.NOTE] == [
        *["Densities", "Weighted densities", "Evidence", "Responsibilities"],
        *["Effective counts", "New means", "New variances", "New weights"],
    ]
    phases = [text for level, text in headings[Labelling.NOTE] if level == 3][:3]
    assert phases == [
        "β: responsibilities",
        "M step: new means and variances",
        "E step: new weights",
    ]
    phases = [text for level, text in headings[Labelling.TEXTBOOK] if level == 3][:2]
    assert phases == ["E step: responsibilities", "M step: new means, variances and weights"]


def test_the_first_substitution_is_written_out() -> None:
    """Formula once in symbols, then with the numbers of the first point, for both components."""
    text = solved("note").text()
    assert "gⱼ(xᵢ) = exp(−(xᵢ − μⱼ)² / (2 σⱼ²)) / √(2π σⱼ²)" in text
    assert "g₁(x₁) = exp(−(0.9 − 1)² / (2 · 2)) / √(2π · 2) = 0.2814" in text
    assert "g₂(x₁) = exp(−(0.9 − 2)² / (2 · 2)) / √(2π · 2) = 0.2085" in text
    assert "N₁ = 0.5744 + 0.5987 + 0.5374 + 0.3894 + 0.4626 = 2.5625" in text


def test_a_star_where_the_shown_numbers_give_another_digit() -> None:
    """0.1407 / 0.2449 is 0.5745, not 0.5744: the report says so. 0.5 · 0.2814 is 0.1407: no star."""
    assert round(0.1407 / 0.2449, 4) == 0.5745
    text = solved("note").text()
    assert "β₁(x₁) = 0.1407 / 0.2449 = 0.5744 *" in text
    assert re.search(r"α₁ g₁\(x₁\) = 0\.5 · 0\.2814 = 0\.1407$", text, re.MULTILINE)


@names
def test_checks_hold(name: str) -> None:
    """The sums that the reader is told to check are 1, but for rounding, wherever they are shown."""
    for table in solved(name).tables:
        if table.columns[-1].name == "sum of responsibility":
            for row in table.rows:
                assert isinstance(row[-1], Ref)
                assert row[-1].value == pytest.approx(1.0, abs=1e-15 * len(table.columns))


def test_a_degenerate_epoch_ends_it_in_words() -> None:
    """Two epochs are asked for, one is there, and why is said twice: where it shows, and at the end."""
    text = " ".join(solved("collapse").text().split())
    event = next(iter(run(PROBLEMS["collapse"]))).events[0]
    assert event.ends_walk
    assert text.count(" ".join(event.message.split())) == 2
    assert "Epoch 2" not in text
    assert "EM ends in epoch 1" in text


def test_points_that_need_logarithms_are_worked_out() -> None:
    """Where the first point's evidence underflows, another is the example; logarithms are shown."""
    start = Mixture.univariate([0.5, 0.5], [1, 2], [1, 1])
    text = refgmm.report(Problem((100.0, 0.9), start)).text()
    assert "For point 2, the first whose evidence a double holds precisely:" in text
    assert "m = max(w₁, w₂) = max(−4902.1121, −4803.6121) = −4803.6121" in text
    assert text.count("w₁ = ln(α₁ g₁(x₁))\n") == 2  # for the evidence, and for the shares
    assert text.index("|zⱼ(xᵢ)| is the distance of a point") < text.index("w₁ = ")
    assert "|zⱼ(xᵢ)|" not in solved("note").text()


def test_where_every_point_needs_logarithms() -> None:
    """They are worked out for the first point: once for the evidence, once for all shares of it."""
    text = solved("all faint").text()
    assert "wⱼ = " not in text
    assert text.count("m = max(w₁, w₂)\n") == 2  # in symbols
    assert len(re.findall(r"m = max\(−\d", text)) == 2  # in numbers
    assert "so logarithms are used there" not in " ".join(text.split())


@pytest.mark.parametrize("decimals", [3, 4])
def test_letters_of_several_dimensions_are_introduced(decimals: int) -> None:
    """Two deviations in one list have two names, and the distance is said to be one."""
    start = Mixture.multivariate([0.5, 0.5], [(0, 0), (3, 3)], [[[1, 0], [0, 1]]] * 2)
    problem = Problem(((0.0, 1.0), (3.0, 2.0), (1.0, 1.0), (2.0, 4.0)), start)
    text = refgmm.report(problem, decimals=decimals).text()
    assert "Δⱼ(xᵢ) is the Mahalanobis distance" in text
    zero, one = format_number(0.0, decimals), format_number(1.0, decimals)
    assert f"x₁ − μ₁ = (0 − 0, 1 − 0)ᵀ = ({zero}, {one})ᵀ" in text
    assert "x₁ − μ₂ = (0 − 3, 1 − 3)ᵀ = " in text


def test_the_verdict_follows_the_gain() -> None:
    """A run that stands still has converged; the first epochs of the example haven't."""
    assert "EM has not converged" in solved("note").text()
    fitted = refgmm.fit(worked_example.problem().points, worked_example.problem().initial)
    again = Problem(worked_example.problem().points, fitted.mixture)
    assert "EM has converged" in refgmm.report(again, with_reasons=False).text()


def test_paper_mode_shows_the_rounded_numbers_and_how_far_they_are_off() -> None:
    """0.51 on paper, 0.512498 unrounded; the next epoch starts from 0.51."""
    report = refgmm.report(worked_example.problem(), 2, paper=2)
    text = report.text()
    assert "α₂ g₂(x₁) = 0.5 · 0.21 = 0.11" in text  # a half goes up
    assert "β₁(x₁) = 0.14 / 0.25 = 0.56" in text
    assert "the new weights sum to 1, but for what was rounded away:" in text
    assert " *" not in text.replace(
        "(*)", ""
    )  # on paper, the numbers shown are those computed with
    assert "Every number is rounded to 2 decimals as soon as it is written down" in text
    (answer,) = [table for table in report.tables if table.name == "answer"][:1]
    assert [column.name for column in answer.columns][1:4] == ["value", "unrounded", "difference"]
    for row in answer.rows:
        on_paper, exact, difference = row[1:4]
        assert isinstance(on_paper, Ref)
        assert isinstance(exact, Ref)
        assert isinstance(difference, Ref)
        assert on_paper.value == round(on_paper.value, 2)
        assert difference.value == on_paper.value - exact.value


def test_bad_arguments() -> None:
    """No epoch, no report; and paper mode has an end."""
    with pytest.raises(InvalidValueError, match="epochs must be a whole number from 1 on, got 0"):
        refgmm.report(worked_example.problem(), 0)
    with pytest.raises(InvalidValueError, match="Paper mode"):
        refgmm.report(three_components(200), 1000, paper=2)


# Markdown


@names
def test_markdown_is_well_formed(name: str) -> None:
    """Fences and environments close, and each row of a table has as many cells as its head."""
    text = solved(name).markdown("pictures-")
    fences = re.findall(r"^```.*$", text, re.MULTILINE)
    assert fences == ["```math", "```"] * (len(fences) // 2)
    for body in re.findall(r"```math\n(.*?)\n```", text, re.DOTALL):
        assert body.startswith("\\begin{aligned}\n")
        assert body.endswith("\n\\end{aligned}")
        assert body.count("{") == body.count("}")
        assert all(line.count("&") >= 1 for line in body.splitlines()[1:-1])
    prose = re.sub(r"```math\n.*?\n```", "", text, flags=re.DOTALL)
    assert prose.count("$`") == prose.count("`$")
    blocks = [block.splitlines() for block in prose.split("\n\n") if block.startswith("|")]
    assert len(blocks) == len(solved(name).tables)
    for block in blocks:
        cells = [len(re.findall(r"(?<!\\)\|", line)) for line in block]
        assert len(set(cells)) == 1


def test_the_pictures_of_markdown_are_its_files() -> None:
    """Each picture that the text names is written, and no other; without a prefix there is none."""
    report = solved("note")
    named = re.findall(r"!\[.*?\]\((.*?)\)", report.markdown("p-"))
    assert named == list(report.pictures("p-"))
    assert len(named) == 3
    assert "![" not in report.markdown()


def test_the_worked_example_in_the_docs_is_current() -> None:
    """docs/worked-example.md and its pictures are what `report --epochs 2` writes."""
    report = solved("note")
    texts = report.pictures("worked-example-") | {
        "worked-example.md": report.markdown("worked-example-")
    }
    docs = ROOT / "docs"
    for name, text in texts.items():
        remedy = "python -m refgmm report --epochs 2 -o docs/worked-example.md"
        assert (docs / name).read_text(encoding="utf-8") == text, f"{name} is old: {remedy}"
    assert {path.name for path in docs.glob("worked-example*")} == set(texts)


# HTML

MATHML = {
    *["math", "mtable", "mtr", "mtd", "mrow", "mi", "mn", "mo", "mtext", "msub", "msup", "msubsup"],
    *["mfrac", "msqrt", "munderover", "mspace"],
}
HTML = {
    *["html", "head", "meta", "title", "style", "body", "h1", "h2", "h3", "h4", "p", "div", "span"],
    *["ul", "li", "figure", "figcaption", "b", "table", "thead", "tbody", "tr", "th", "td", "a"],
}
SVG = {"svg", "title", "desc", "rect", "polyline", "circle", "path", "text", "tspan"}


class Page(html.parser.HTMLParser):
    """The tags of a page with their attributes, as an HTML parser finds them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


@names
def test_html_is_well_formed_and_needs_nothing_else(name: str) -> None:
    """It parses as XML, has only known tags, and refers to nothing outside itself."""
    text = solved(name).html()
    root = ET.fromstring(text.removeprefix("<!DOCTYPE html>\n"))
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert tags <= MATHML | HTML | SVG
    page = Page(text)
    for tag, attributes in page.tags:
        assert tag not in {"script", "link", "img", "iframe", "object"}
        assert "src" not in attributes
        assert (attributes.get("href") or "#").startswith("#")
    style = "".join(element.text or "" for element in root.iter("style"))
    assert "url(" not in style
    assert "@import" not in style
    assert "prefers-color-scheme: dark" in style


@names
def test_every_link_of_html_has_one_target(name: str) -> None:
    """Ids are unique; every link leads to one of them; every number in a table has a title."""
    page = Page(solved(name).html())
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    links = [str(attributes["href"])[1:] for _, attributes in page.tags if "href" in attributes]
    assert len(ids) == len(set(ids))
    assert set(links) <= set(ids)
    assert len(links) > 10
    cells = {ref.cell for _, ref in tables_with_cells(solved(name))}
    assert {id_of(cell) for cell in cells if cell is not None} <= set(ids)


def test_html_links_a_number_to_where_it_was_computed() -> None:
    """In the formula of the first responsibility, 0.2449 leads to the evidence of point 1."""
    text = solved("note").html()
    assert 'id="epoch-1-evidence-1"' in text
    place = re.search(
        r'<a[^>]*title="evidence at point 1, epoch 1"[^>]*href="#(.*?)">(.*?)</a>', text
    )
    assert place is not None
    assert place.groups() == ("epoch-1-evidence-1", "0.2449")
    assert id_of(Cell(1, "evidence", 0)) == place[1]


def test_numbers_have_their_components_colour() -> None:
    """A cell of component 2 has the class of2; one of all components has none."""
    root = ET.fromstring(solved("note").html().removeprefix("<!DOCTYPE html>\n"))
    found = {e.get("id"): e.get("class") for e in root.iter("td") if e.get("id")}
    assert found["epoch-1-density-3-2"] == "of2"
    assert found["epoch-1-density-3-1"] == "of1"
    assert not found["epoch-1-evidence-3"]


# LaTeX

needs_latex = pytest.mark.skipif(shutil.which("pdflatex") is None, reason="there is no pdflatex")


@needs_latex
@names
def test_latex_compiles_and_nothing_runs_off_the_page(name: str, tmp_path: Path) -> None:
    """pdflatex finds no error and no overfull line."""
    compile_latex("pdflatex", solved(name).latex(), tmp_path)


@names
def test_latex_is_ascii(name: str) -> None:
    """Every sign beyond ASCII has a command: pdflatex knows few of them."""
    text = solved(name).latex()
    assert text.isascii(), {sign for sign in text if not sign.isascii()}
    for opening in ("begin{aligned}", "begin{tabular}", "begin{longtable}", "begin{tikzpicture}"):
        assert text.count(f"\\{opening}") == text.count("\\" + opening.replace("begin", "end"))


def test_words_are_escaped_in_latex() -> None:
    """TeX's own signs are printed, not obeyed."""
    assert escaped("50% & #1_{x}~^$") == (
        r"50\% \& \#1\_\{x\}\textasciitilde{}\textasciicircum{}\$"
    )


# CSV


@names
def test_csv_reads_back_to_the_same_doubles(name: str) -> None:
    """Every number of every table, to the last bit; 0/0 is nan."""
    report = solved(name)
    texts = report.csv()
    assert len(texts) == len(report.tables)
    for table, (file, text) in zip(report.tables, texts.items(), strict=True):
        assert re.fullmatch(r"\d\d+-[a-z0-9-]+\.csv", file)
        head, *rows = csv.reader(io.StringIO(text))
        assert ",".join(head).isascii()
        assert len(set(head)) == len(head)
        assert len(rows) == len(table.rows)
        for entries, row in zip(table.rows, rows, strict=True):
            for entry, cell in zip(entries, row, strict=True):
                if isinstance(entry, Ref):
                    same = float(cell) == entry.value
                    assert same or (math.isnan(float(cell)) and math.isnan(entry.value))


# Formats together


@pytest.mark.parametrize("decimals", [0, 2, 17])
def test_all_formats_show_the_same_digits(decimals: int) -> None:
    """The numbers of every table stand in each format as format_number has them."""
    report = refgmm.report(worked_example.problem(), decimals=decimals, with_reasons=False)
    written = {
        "text": report.text(),
        "markdown": report.markdown(),
        "latex": report.latex(),
        "html": report.html(),
    }
    for table, ref in tables_with_cells(report):
        column = next(
            c for row in table.rows for c, e in zip(table.columns, row, strict=True) if e is ref
        )
        shown = decimals if column.decimals is None else column.decimals
        digits = (
            repr(ref.value).removesuffix(".0") if ref.is_given else format_number(ref.value, shown)
        )
        for name, text in written.items():
            assert digits.removeprefix("-").partition("e")[0] in text, (name, ref)


def test_long_sums_unfold() -> None:
    """200 terms are cut in the middle, unless they are asked for."""
    problem = three_components(200)
    assert "⋯" in refgmm.report(problem, with_reasons=False).text()
    assert "⋯" not in refgmm.report(problem, with_reasons=False, unfolded=True).text()


def test_the_parts_of_a_wide_table_have_all_its_columns() -> None:
    """Cut for LaTeX, each part repeats the lead columns; together they have every column once."""
    report = solved("five dimensions")
    for table in report.tables:
        parts = list(table.parts(80, report.shown))
        assert all(part.columns[: table.lead] == table.columns[: table.lead] for part in parts)
        columns = [column for part in parts for column in part.columns[table.lead :]]
        assert columns == list(table.columns[table.lead :])
        footers = [row for part in parts for row in part.rows[len(part.rows) - part.footers :]]
        assert all(any(row[table.lead :]) for row in footers)
    assert any(len(list(table.parts(80, report.shown))) > 1 for table in report.tables)


def test_blocks_are_values() -> None:
    """A report is a tuple of blocks, the same every time."""
    again = refgmm.report(worked_example.problem(), 2)
    assert isinstance(again.blocks, tuple)
    assert again.markdown() == solved("note").markdown()
    kinds = {type(block) for block in again.blocks}
    assert {Heading, Paragraph, Display, Table, Picture} <= kinds
    assert [table.number for table in again.tables] == list(range(1, len(again.tables) + 1))


# Files


def test_saving(tmp_path: Path) -> None:
    """The format follows from the name; Markdown has its pictures beside it; CSV is a folder."""
    report = solved("note")
    for name in ("a.md", "a.tex", "a.html", "a.txt"):
        report.save(tmp_path / name)
    report.save(tmp_path / "tables", "csv")
    read = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.glob("a*")}
    assert read["a.tex"] == report.latex()
    assert read["a.html"] == report.html()
    assert read["a.txt"] == report.text()
    assert read["a.md"] == report.markdown("a-")
    assert {name for name in read if name.endswith(".svg")} == set(report.pictures("a-"))
    assert {path.name for path in (tmp_path / "tables").iterdir()} == set(report.csv())


def test_where_saving_fails(tmp_path: Path) -> None:
    """A clear error for a name that says no format, a format that isn't, a file in a folder's place."""
    report = solved("note")
    with pytest.raises(RefGMMError, match="doesn't say which format"):
        report.save(tmp_path / "solution.doc")
    with pytest.raises(RefGMMError, match="there is no format 'pdf'"):
        report.save(tmp_path / "solution", "pdf")
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(FileFormatError, match="is a file, and a folder is wanted"):
        report.save(tmp_path / "file", "csv")
    assert format_of("A.HTM") == "html"
    assert ALL_DIGITS == 17
