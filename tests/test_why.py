"""Proofs: every line of every proof holds in numbers, derivatives too; and each is written right."""

import decimal
import itertools
import random
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from decimal import Decimal
from pathlib import Path

import pytest

from refgmm import (
    STRUCTURES,
    Cell,
    InvalidValueError,
    Mixture,
    Proof,
    explain,
    iterate,
    oracle,
    why,
)
from refgmm.notation import Name
from refgmm.proof import Step
from refgmm.quantities import QUANTITIES

from .proof_values import CONTEXT, Evaluator, Parameters, Value, matrix
from .support import NOTE_POINTS, note_start

PROVED = ["evidence", "log-likelihood", "responsibility", "effective-count"]
PROVED += ["mean", "covariance", "weight", "gain"]
OF_MATRICES = ["distance", "log-determinant"]


def all_proofs() -> list[tuple[str, int | None, str]]:
    """Each once in every dimension and structure where it could be another, and hold or not."""
    others = [quantity for quantity in PROVED if quantity != "covariance"]
    return [
        *itertools.product(["covariance"], [None, 2], STRUCTURES),
        *itertools.product(others, [None, 2], ["full"]),
        ("covariance", 3, "full"),
        ("mean", 3, "tied"),
        *itertools.product(OF_MATRICES, [2, 4], ["full"]),
    ]


def proof_of(quantity: str, dimension: int | None, structure: str) -> Proof:
    proof = why(quantity, dimension, structure)
    assert proof is not None
    return proof


def evaluator(dimension: int | None, structure: str) -> Evaluator:
    """Three components that lie anywhere, with covariances that the structure allows; the oracle's M step."""
    rng = random.Random(f"{dimension} {structure}")
    d, k, n = dimension or 1, 3, 5
    points = [[rng.uniform(-3, 3) for _ in range(d)] for _ in range(n)]
    weights = [0.5, 0.125, 0.375]
    means = [[rng.uniform(-2, 2) for _ in range(d)] for _ in range(k)]
    found = []
    for _ in range(k):
        lower = [[rng.uniform(-1, 1) if b < a else 0.0 for b in range(d)] for a in range(d)]
        for a in range(d):
            lower[a][a] = rng.uniform(0.5, 1.5)
        product = [[sum(u * v for u, v in zip(p, q, strict=True)) for q in lower] for p in lower]
        if structure.endswith("diagonal"):
            product = [[product[a][b] if a == b else 0.0 for b in range(d)] for a in range(d)]
        if structure.endswith("spherical"):
            product = [[product[0][0] if a == b else 0.0 for b in range(d)] for a in range(d)]
        found.append(product)
    if structure.startswith("tied"):
        found = [found[0]] * k
    truth = oracle.multivariate_epoch(points, weights, means, found, structure)
    return Evaluator(
        points=tuple(map(matrix, points)),
        old=Parameters.of(weights, means, found),
        new=Parameters.of(truth.weights, truth.means, truth.covariances),
        shares=truth.responsibilities,
    )


def entries(value: Value) -> list[Decimal]:
    return [entry for row in value for entry in row]


def holds(left: Value, sign: str, right: Value) -> bool:
    """To 20 digits: central differences of step 1e-16 have an error of about 1e-32."""
    slack = Decimal(10) ** -20 * (1 + max(map(abs, entries(left) + entries(right))))
    a, b = entries(left), entries(right)
    if len(b) == 1:
        b *= len(a)  # a vector or matrix of zeros is written 0
    differences = [x - y for x, y in zip(a, b, strict=True)]
    return all(
        {"=": abs(gap) <= slack, "≥": gap >= -slack, "≤": gap <= slack}[sign] for gap in differences
    )


def verdicts(numbers: Evaluator, step: Step) -> list[bool]:
    """Whether each comparison of a step holds, at some points, components and coordinates."""
    last = len(numbers.points[0]) - 1
    return [
        holds(numbers.value(left, letters), sign, numbers.value(right, letters))
        for letters in (
            {"i": i, "j": j, "a": a} for i, j, a in [(0, 0, 0), (3, 1, last), (4, 2, 0)]
        )
        for relation in step.relations
        for left, sign, right in relation.pairs()
    ]


@pytest.mark.parametrize(("quantity", "dimension", "structure"), all_proofs())
def test_every_line_holds_in_numbers(quantity: str, dimension: int | None, structure: str) -> None:
    """Each equation of each proof, at old parameters that maximise nothing and the oracle's new ones.

    So a derivative agrees with differences of the function, and what is set to zero is zero where the
    oracle's M step ends.
    """
    with decimal.localcontext(CONTEXT):
        numbers = evaluator(dimension, structure)
        for step in proof_of(quantity, dimension, structure).steps:
            found = verdicts(numbers, step)
            assert found
            assert all(found), step.text()


@pytest.mark.parametrize("quantity", ["mean", "covariance", "weight"])
@pytest.mark.parametrize("structure", STRUCTURES)
def test_the_new_parameters_are_a_maximum(quantity: str, structure: str) -> None:
    """From the M step's result, Q falls whichever way the parameter moves; a step of the weights keeps
    their sum. The proofs say so in words."""
    with decimal.localcontext(CONTEXT):
        numbers = evaluator(2, structure)
        top = numbers.q(numbers.new)
        letters = {"i": 0, "j": 0, "a": 0}
        at_new = Evaluator(numbers.points, numbers.new, numbers.new, numbers.shares)
        size = Decimal("0.001")
        if quantity == "weight":
            for step in (size, -size):
                moved = at_new.moved(Name("α", "j"), 0, 0, step, letters)
                moved = moved.moved(Name("α", "j"), 0, 0, -step, {**letters, "j": 1})
                assert numbers.q(moved.old) < top
            return
        if quantity == "mean":
            by = Name("μ", "j")
        else:
            shared = "" if structure.startswith("tied") else "j"
            letter = "Λ" if structure in ("full", "tied") else "Σ"
            index = ("a", "a") if structure.endswith("diagonal") else ()
            by = Name(letter, shared, index=index)
        for step in (size, -size):
            assert numbers.q(at_new.moved(by, 0, 0, step, letters).old) < top


@pytest.mark.parametrize("structure", STRUCTURES)
def test_the_evaluator_can_fail(structure: str) -> None:
    """At new parameters a thousandth beside the oracle's, the lines that are set to zero aren't."""
    with decimal.localcontext(CONTEXT):
        numbers = evaluator(2, structure)
        off = Parameters(
            tuple([[w[0][0] + Decimal("0.001")]] for w in numbers.new.weights),
            tuple([[m[0] + Decimal("0.001")] for m in mean] for mean in numbers.new.means),
            tuple(
                [[entry * Decimal("1.001") for entry in row] for row in precision]
                for precision in numbers.new.precisions
            ),
        )
        beside = Evaluator(numbers.points, numbers.old, off, numbers.shares)
        for quantity in ("mean", "covariance", "weight"):
            assert not all(verdicts(beside, proof_of(quantity, 2, structure).steps[-1]))


def test_the_bound_holds_for_any_shares() -> None:
    """Up to the E step, the proof of the lower bound speaks of any shares that add up to 1."""
    with decimal.localcontext(CONTEXT):
        numbers = evaluator(2, "full")
        thirds = (Decimal("0.2"), Decimal("0.3"), Decimal("0.5"))
        numbers = Evaluator(numbers.points, numbers.old, numbers.new, (thirds,) * 5)
        *any_shares, e_step = proof_of("gain", 2, "full").steps[:4]
        for step in any_shares:
            assert all(verdicts(numbers, step))
        assert not any(verdicts(numbers, e_step)[:2])


def test_the_multiplier_is_the_number_of_points() -> None:
    """At the new weights, the derivative of Q by each weight is lambda = n: only the constraint holds it."""
    with decimal.localcontext(CONTEXT):
        numbers = evaluator(2, "full")
        at_new = Evaluator(numbers.points, numbers.new, numbers.new, numbers.shares)
        for j in numbers.components:
            found = at_new.derivative(Name("Q"), Name("α", "j"), {"j": j})[0][0]
            assert abs(found - len(numbers.points)) < Decimal(10) ** -20


# What has a proof


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_what_is_merely_defined_has_no_proof(quantity: str) -> None:
    """The quantities with a reason have a proof, and the others None; matrices in one dimension, too."""
    assert (why(quantity) is not None) == (quantity in PROVED)
    assert (why(quantity, 2) is not None) == (quantity in PROVED + OF_MATRICES)


def test_a_derivation_leads_to_its_proof() -> None:
    """explain(...).why is the proof for the epoch's dimension and structure; a given cell has none."""
    epoch = next(iterate(NOTE_POINTS, note_start(), "tied"))
    assert explain(epoch, "variance:1").why == why("covariance", None, "tied")
    assert explain(epoch, "mean:2").why == why("mean")
    assert explain(epoch, "density:1,1").why is None
    assert explain(epoch, "point:1").why is None
    assert explain(epoch, Cell(0, "mean", None, 0)).why is None
    start = Mixture.multivariate([1.0], [[0.0, 0.0]], [[[1.0, 0.0], [0.0, 1.0]]])
    in_two = next(iterate([[1.0, 2.0], [3.0, 5.0], [0.0, 1.0]], start, "spherical"))
    assert explain(in_two, "covariance:1[1,1]").why == why("covariance", 2, "spherical")


def test_structures_have_proofs_of_their_own() -> None:
    """Six structures in two dimensions, six proofs; in one dimension two."""
    assert len({proof_of("covariance", 2, name) for name in STRUCTURES}) == 6
    assert len({proof_of("covariance", None, name) for name in STRUCTURES}) == 2


def test_errors_name_the_remedy() -> None:
    """An unknown quantity or structure is refused as everywhere."""
    with pytest.raises(InvalidValueError, match="there is no quantity 'meen': choose one of"):
        why("meen")
    with pytest.raises(InvalidValueError, match="there is no covariance structure 'round'"):
        why("covariance", 2, "round")


# How it is written


def test_the_mean_as_text() -> None:
    """The proof of the mean, whole: a student's five lines."""
    assert (
        proof_of("mean", None, "full")
        .text()
        .startswith("Why the new mean is the weighted mean of the points\n")
    )
    rows = [line for line in proof_of("mean", None, "full").text().splitlines() if "= " in line]
    assert rows == [
        "    ∂ ln L / ∂ μⱼ = ∑ᵢ αⱼ (∂ gⱼ(xᵢ) / ∂ μⱼ) / p(xᵢ)",
        "                  = ∑ᵢ βⱼ(xᵢ) (∂ ln gⱼ(xᵢ) / ∂ μⱼ)",
        "    ∂ ln gⱼ(xᵢ) / ∂ μⱼ = ∂ (−(xᵢ − μⱼ)² / (2 σⱼ²)) / ∂ μⱼ",
        "                       = (xᵢ − μⱼ) / σⱼ²",
        "    ∑ᵢ βⱼ(xᵢ) (xᵢ − μⱼ′) / σⱼ² = 0",
        "    ∑ᵢ βⱼ(xᵢ) xᵢ = (∑ᵢ βⱼ(xᵢ)) μⱼ′",
        "                 = Nⱼ μⱼ′",
        "    μⱼ′ = (∑ᵢ βⱼ(xᵢ) xᵢ) / Nⱼ",
    ]


def distinct() -> dict[Proof, str]:
    return {proof_of(*key): " ".join(map(str, key)) for key in all_proofs()}


@pytest.mark.parametrize("proof", distinct(), ids=lambda proof: distinct()[proof])
def test_sentences_are_sentences(proof: Proof) -> None:
    """No placeholder is left, formulas are announced, and nobody is cited without year and place."""
    for step in proof.steps:
        sentence = step.sentence()
        assert sentence[0].isupper()
        assert not set("{}&%_$\\") & set(sentence)
        assert "  " not in sentence
        assert step.relations
    assert proof.citations
    for citation in proof.citations:
        assert 1970 < citation.year < 2010
        assert citation.where


@pytest.mark.parametrize("proof", distinct(), ids=lambda proof: distinct()[proof])
def test_html_is_well_formed(proof: Proof) -> None:
    """Every element closes, and the formulas are <math>; as many blocks as steps with formulas."""
    tree = ET.fromstring(f"<div>{proof.html()}</div>")
    assert len(tree.findall("math")) == len([step for step in proof.steps if step.relations])
    text = "".join(tree.itertext())
    assert proof.title in text


def test_latex_compiles(tmp_path: Path) -> None:
    """All proofs go through pdflatex with amsmath alone, without an error or an overfull line."""
    if shutil.which("pdflatex") is None:
        pytest.skip("pdflatex is not on PATH")
    body = "\n\\newpage\n".join(proof.latex() for proof in distinct())
    assert body.isascii()
    document = (
        "\\documentclass{article}\n\\usepackage{amsmath}\n\\begin{document}\n"
        f"{body}\n\\end{{document}}\n"
    )
    (tmp_path / "proofs.tex").write_text(document, encoding="utf-8")
    command = ["pdflatex", "-halt-on-error", "-interaction=nonstopmode", "proofs.tex"]
    done = subprocess.run(
        command, check=False, cwd=tmp_path, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout[-2000:]
    assert "Missing character" not in done.stdout
    assert not re.findall(r"Overfull \\hbox \((?:[2-9]\d|\d{3,})", done.stdout)
