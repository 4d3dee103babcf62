"""What can't be explained is refused in words; and what is shown fits the pages that it is shown on."""

import itertools
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from refgmm import (
    Cell,
    ConjugatePrior,
    Epochs,
    Fixed,
    InvalidValueError,
    Mixture,
    RefGMMError,
    explain,
    fit,
    iterate,
)
from refgmm.em import Epoch
from refgmm.gaussian import Gaussian
from refgmm.rendering import Shown

from . import formula_reader as reader
from .explained import PROBLEMS, computed_cells, explained_epochs
from .support import NOTE_POINTS, note_start


@pytest.fixture(name="epoch")
def note_epoch() -> Epoch[Gaussian]:
    return next(iterate(NOTE_POINTS, note_start()))


QUANTITIES = (
    "point, distance, log-determinant, standard-density, density, weighted-density, evidence, "
    "log-evidence, log-likelihood, responsibility, effective-count, weighted-point, "
    "weighted-point-sum, mean, weighted-squared-deviation, weighted-squared-deviation-sum, "
    "covariance, weight and gain"
)

REFUSED = {
    "density:9,1": "there is no point 9: give one from 1 to 5",
    "density:1,3": "there is no component 3: give one from 1 to 2",
    "density:0,1": "points, components and coordinates are counted from 1, got 'density:0,1'",
    "mean:1[1]": "mean wants no coordinates behind it: got mean:1[1]",
    "mean": "mean wants the number of the component behind it, got 'mean': write mean:2",
    "density:1": "density wants the number of the point and the number of the component behind it, "
    "got 'density:1': write density:4,2",
    "gain:1": "gain wants no number behind it, got 'gain:1': write gain",
    "skewness:1": f"there is no quantity 'skewness': choose one of {QUANTITIES}",
    "4,1": "there is no cell '4,1': give a quantity and its numbers from 1, such as "
    "responsibility:4,1 (point 4, component 1) or mean:2",
}


@pytest.mark.parametrize("text", REFUSED)
def test_a_cell_that_is_none(epoch: Epoch[Gaussian], text: str) -> None:
    """The message says what is wrong, and what to write."""
    with pytest.raises(InvalidValueError) as caught:
        explain(epoch, text)
    assert str(caught.value) == REFUSED[text]
    assert caught.value.field == "cell"


REFUSED_IN_THE_PLANE = {
    "mean:1": "mean wants a coordinate from 1 to 2 behind it, such as [1]: got mean:1",
    "mean:1[3]": "mean wants a coordinate from 1 to 2 behind it, such as [1]: got mean:1[3]",
    "covariance:1[1]": "covariance wants two coordinates from 1 to 2 behind it, such as [1,1]: got "
    "covariance:1[1]",
    "variance:1": "covariance wants two coordinates from 1 to 2 behind it, such as [1,1]: got "
    "variance:1",
}


@pytest.mark.parametrize("text", REFUSED_IN_THE_PLANE)
def test_a_coordinate_that_is_none(text: str) -> None:
    """In d dimensions the coordinates are named, with an example."""
    epoch = explained_epochs("plane, full")[0]
    with pytest.raises(InvalidValueError) as caught:
        explain(epoch, text)
    assert str(caught.value) == REFUSED_IN_THE_PLANE[text]


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        (
            Cell(3, "mean", None, 0),
            "mean:1 of epoch 3 is no number of epoch 1: explain it with that epoch",
        ),
        (
            Cell(0, "evidence", 0),
            "evidence:1 of epoch 0 is no number of epoch 1: explain it with that epoch",
        ),
        (Cell(1, "evidence", 0, 0), "evidence has no component: got evidence:1,1"),
        (Cell(1, "mean"), "mean has a component: got mean"),
        (Cell(1, "mean", None, -1), "there is no component 0: give one from 1 to 2"),
    ],
)
def test_a_cell_of_another_epoch_or_shape(epoch: Epoch[Gaussian], cell: Cell, message: str) -> None:
    """Also one that was made without the parser."""
    with pytest.raises(InvalidValueError) as caught:
        explain(epoch, cell)
    assert str(caught.value) == message


def test_a_degenerate_epoch_has_no_gain() -> None:
    """There is no mixture after it whose log-likelihood could be found."""
    epoch = next(iterate([1.0], Mixture.univariate([1.0], [0.0], [1.0])))
    assert epoch.ends_walk
    with pytest.raises(RefGMMError) as caught:
        explain(epoch, "gain")
    assert str(caught.value) == (
        "epoch 1 has no gain: it degenerated, so there is no mixture after it"
    )


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"prior": ConjugatePrior()}, "fixed parameters, equal weights or a prior"),
        ({"sample_weights": [1.0, 2.0, 1.0, 1.0, 1.0]}, "sample weights"),
        ({"equal_weights": True}, "fixed parameters, equal weights or a prior"),
        ({"variance_floor": 0.1}, "a variance floor"),
        ({"fixed": Fixed(means=[0])}, "fixed parameters, equal weights or a prior"),
    ],
)
def test_a_fit_beyond_maximum_likelihood_is_not_explained(asked: Any, words: str) -> None:
    """Its formulas are others: it would be told a wrong one. A plain fit's epochs are explained."""
    plain = fit(NOTE_POINTS, note_start(), history="full", stop=Epochs(2))
    assert explain(plain.trace[1], "mean:1").value == plain.trace[1].m.means[0]
    other = fit(NOTE_POINTS, note_start(), history="full", stop=Epochs(2), **asked)
    with pytest.raises(RefGMMError) as caught:
        explain(other.trace[0], "mean:1")
    assert str(caught.value) == (
        f"this epoch is of a fit with {words}, whose formulas are others than those of plain "
        "EM, which are explained: fit without, or step with iterate"
    )


@pytest.mark.parametrize("name", PROBLEMS)
def test_mathml_is_well_formed(name: str) -> None:
    """A <math> element of a table, three cells a row: left side, sign, right side."""
    for epoch in explained_epochs(name)[:1]:
        for cell in computed_cells(name, epoch):
            derivation = explain(epoch, cell)
            math = ET.fromstring(derivation.mathml())
            assert math.tag == "math"
            (table,) = math
            assert {len(row) for row in table} == {3}
            assert len(table) == len(derivation.text().splitlines())


@pytest.mark.parametrize("name", PROBLEMS)
def test_latex_is_an_align(name: str) -> None:
    """Row by row what the strict reader has read."""
    for epoch in explained_epochs(name)[:1]:
        for cell in computed_cells(name, epoch):
            first, *rows, last = explain(epoch, cell).latex().split("\n")
            assert (first, last) == (r"\begin{align*}", r"\end{align*}")
            for number, row in enumerate(rows, start=1):
                assert row.endswith(r" \\") == (number < len(rows))
                left, right = row.removesuffix(r" \\").split(" &= ")
                assert left.strip() == "" or reader.from_latex(left)
                assert reader.from_latex(right)


def in_pages(parts: list[str]) -> str:
    return "\n".join(
        [
            r"\documentclass{article}",
            r"\usepackage[paperwidth=150cm,paperheight=60cm,margin=1cm]{geometry}",
            r"\usepackage{amsmath}",
            r"\setcounter{MaxMatrixCols}{30}\allowdisplaybreaks",
            r"\begin{document}",
            *parts,
            r"\end{document}",
        ]
    )


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="there is no pdflatex on the PATH")
@pytest.mark.parametrize("shown", [Shown(), Shown(17, unfolded=True)], ids=["usual", "all digits"])
def test_a_real_latex_compiles_every_derivation(tmp_path: Path, shown: Shown) -> None:
    """All formulas of first epochs, with amsmath: no error, no character lost, no line too wide."""
    names = [name for name in PROBLEMS if "plane," not in name or "full" in name]
    parts = [
        explain(epoch, cell).latex(shown)
        for name in names
        for epoch in explained_epochs(name)[:1]
        for cell in computed_cells(name, epoch)
    ]
    source = tmp_path / "all.tex"
    source.write_text(in_pages(list(dict.fromkeys(parts))), encoding="utf-8")
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", source.name],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout[-2000:]
    log = (tmp_path / "all.log").read_text(encoding="utf-8", errors="replace")
    assert not re.search("Missing character|LaTeX Warning: .*undefined|Overfull", log), log[-2000:]
    assert (tmp_path / "all.pdf").stat().st_size > 10_000


UNREADABLE: dict[str, tuple[list[str], Callable[[str], Any]]] = {
    "text": (
        [
            "1 / 2 · 3",
            "1 / 2 / 3",
            "√2²",
            "2² ²",
            "1 +",
            "(1",
            "1 2",
            "· 2",
            "−−1",
            "1 · −2",
            "0.5 x",
        ],
        reader.read,
    ),
    "LaTeX": (
        [
            r"\mathbf{1}",
            r"\frac{1}",
            r"\left(1",
            r"1 \right)",
            r"{1",
            r"x^{2}^{3}",
            r"\begin{matrix} 1 \end{matrix}",
            r"1 × 2",
            r"\sum_{i=1}^{K} x_{i}",
            r"\begin{pmatrix} 1 & 2 \\ 3 \end{pmatrix}",
            "50%",
        ],
        reader.from_latex,
    ),
    "MathML": (
        [
            "<mn>x</mn>",
            "<mi>sin</mi>",
            "<mfrac><mn>1</mn></mfrac>",
            "<mo>&lt;</mo>",
            "<mn>1</mn>2",
            "<mstyle><mn>1</mn></mstyle>",
            "<mrow></mrow>",
        ],
        reader.from_mathml,
    ),
}


@pytest.mark.parametrize(
    ("written", "text"),
    [(written, text) for written, (texts, _) in UNREADABLE.items() for text in texts],
)
def test_the_reader_is_strict(written: str, text: str) -> None:
    """What could be read in two ways, or in none, is no formula: else these tests couldn't fail."""
    _, read = UNREADABLE[written]
    with pytest.raises(reader.FormulaError):
        read(text)


def test_the_reader_computes() -> None:
    """Its arithmetic, on what can be done in the head."""
    for text, value in {
        "1 + 2 · 3": 7,
        "−2² + 1": -3,
        "(−2)² / (1 + 1)": 2,
        "|1 − 3|": 2,
        "√(9 · 4)": 6,
        "max(1, −3, 2)": 2,
        "exp(0) − ln 1": 1,
        "1.5×10⁻² · 10": 0.15,
        "(1, 2) [2, 0; 0, 4]⁻¹ (1, 2)ᵀ": 1.5,
        "(1, 2) [0, 1; 1, 0]⁻¹ (1, 2)ᵀ": 4,
        "|[2, 1; 1, 2]|": 3,
        "|[0, 1; 1, 0]|": -1,
    }.items():
        assert float(reader.value_of(text).value) == pytest.approx(value), text
    assert str(reader.value_of("0 / 0").value) == "NaN"
    for a, b in itertools.pairwise(["√(2π)", "√(6.2831853071795864769)", "2.5066282746310005024"]):
        assert float(reader.value_of(a).value) == pytest.approx(float(reader.value_of(b).value))
