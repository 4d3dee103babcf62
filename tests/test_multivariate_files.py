"""Problems of vectors in files, their trace in four formats, and their worksheet."""

import csv
import io
import itertools
import json
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from refgmm import FileFormatError, InvalidValueError, Problem, iterate, worksheet
from refgmm.em import Epoch
from refgmm.formatting import format_number
from refgmm.structures import STRUCTURES
from refgmm.sub_steps import SUB_STEPS, index_of
from refgmm.trace_formats import FORMATS
from refgmm.worksheet import Column

from .spaces import NAMES, random_problem
from .support import cells, trace, trace_fields

FULL = """\
{
  "refgmm": 1,
  "points": [[0.5, 1.25], [2.0, -1.0], [0.1, 0.75]],
  "initial": {"weights": [0.5, 0.5], "means": [[0.0, 0.0], [1.0, 1.0]], "covariances": [[[1.0, 0.0], [0.0, 1.0]], [[2.0, 0.5], [0.5, 1.0]]], "names": ["α"]},
  "structure": "tied diagonal",
  "columns": ["width", "height"]
}
"""

every_structure = pytest.mark.parametrize("structure", NAMES)


def problem(structure: str = "full", n: int = 4, k: int = 2, d: int = 2) -> Problem:
    points, start = random_problem(random.Random(n + k + d), n, k, d)
    return Problem(points, start, structure=STRUCTURES[structure])


def epochs(of: Problem, count: int = 2) -> list[Epoch[Any]]:
    return list(itertools.islice(iterate(of.points, of.initial, of.structure), count))


# Problem files


@every_structure
@pytest.mark.parametrize("d", [1, 2, 5])
def test_files_round_trip(structure: str, d: int, tmp_path: Path) -> None:
    """Every double, the structure and unknown keys come back; saving again gives the same bytes."""
    path = tmp_path / "problem.json"
    original = problem(structure, d=d)
    original = Problem(
        original.points, original.initial, {"view": [1], "initial": {"a": 2}}, original.structure
    )
    original.save(path)
    again = Problem.load(path)
    assert again == original
    assert again.structure is STRUCTURES[structure]
    assert (again.dimension, again.extra) == (d, {"view": [1], "initial": {"a": 2}})
    text = path.read_bytes()
    again.save(path)
    assert path.read_bytes() == text


def test_the_file_in_two_dimensions() -> None:
    """Lists of lists under "covariances", and the structure where it is not full."""
    read = Problem.from_json(FULL)
    assert read.structure.name == "tied diagonal"
    assert read.extra == {"columns": ["width", "height"], "initial": {"names": ["α"]}}
    assert json.loads(read.to_json()) == json.loads(FULL)
    assert '"structure"' not in problem("full").to_json()
    assert Problem.from_json(FULL.replace("tied diagonal", "shared")).structure.name == "tied"


@pytest.mark.parametrize(
    ("old", "new", "message", "field"),
    [
        ('"tied diagonal"', '"round"', "there is no covariance structure 'round': choose one of full, tied, diagonal, tied diagonal, spherical and tied spherical", "structure"),
        ('"tied diagonal"', "[1]", "there is no covariance structure [1]: choose one of full, tied, diagonal, tied diagonal, spherical and tied spherical", "structure"),
        ('"tied diagonal"', "null", "there is no covariance structure None: choose one of full, tied, diagonal, tied diagonal, spherical and tied spherical", "structure"),
        ("[[2.0, 0.5], [0.5, 1.0]]", "[[2.0]]", "covariance 2 has 1 rows for a mean of 2 coordinates: give both the same dimension", "covariances"),
        ("[[2.0, 0.5], [0.5, 1.0]]", "[2.0, 1.0]", "row 1 of covariance 2 must be a row of numbers, got 2.0: give a list such as [1.0, 2.0]", "covariances"),
        ("[[2.0, 0.5], [0.5, 1.0]]", "2.0", "covariance 2 must be a matrix, got 2.0: give a list of rows such as [[1.0, 0.5], [0.5, 2.0]]", "covariances"),
        ("[[2.0, 0.5], [0.5, 1.0]]", "[[2.0, 2.0], [2.0, 1.0]]", "covariance 2 is not positive definite: its pivot 2 is -1.0, so coordinate 2 has no variance left once coordinate 1 is known: make the covariances smaller or the variances larger", "covariances"),
        (", [[2.0, 0.5], [0.5, 1.0]]", "", "got 2 weights, 2 means, 1 covariances: give one of each for every component", "components"),
        ("[1.0, 1.0]]", "[1.0]]", "covariance 2 has 2 rows for a mean of 1 coordinate: give both the same dimension", "covariances"),
        ("[2.0, -1.0]", "[2.0]", "point 2 has 1 coordinate where point 1 has 2: give every point the same number", "points"),
        ("[2.0, -1.0]", "[2.0, NaN]", "coordinate 2 of point 2 must be a finite number, got nan: correct it, leave the point out, or keep missing values with missing=\"keep\" in refgmm.fit (missing=\"error\" is its default)", "points"),
        ("[[0.5, 1.25], [2.0, -1.0], [0.1, 0.75]]", "[1, 2]", "the points have one number each, and the means of the mixture 2 coordinates: give both the same dimension", "points"),
    ],
)  # fmt: skip
def test_bad_files(old: str, new: str, message: str, field: str, tmp_path: Path) -> None:
    """The message names the file, what is wrong in it, and the remedy."""
    assert FULL.count(old) == 1
    path = tmp_path / "problem.json"
    path.write_text(FULL.replace(old, new), encoding="utf-8")
    with pytest.raises(InvalidValueError) as caught:
        Problem.load(path)
    assert str(caught.value) == f"{path}: {message}"
    assert caught.value.field == field


@pytest.mark.parametrize("value", ['"abc"', "4", "{}", "null"])
def test_covariances_that_are_no_list(value: str) -> None:
    """As for every parameter."""
    text = re.sub(r'"covariances": .*?\]\]\]', f'"covariances": {value}', FULL)
    with pytest.raises(
        FileFormatError, match=r'^"initial.covariances" should be a list of numbers'
    ):
        Problem.from_json(text)


# The trace


def quantities(of: Problem, epoch: Epoch[Any]) -> dict[tuple[str, str, str], float]:
    """What the CSV should hold: every number of the trace once, of symmetric pairs the lower one;
    in structures without covariances between coordinates, no pairs.
    """
    d = of.dimension or 1
    has_pairs = of.structure.name in ("full", "tied")
    numbers: dict[tuple[str, str, str], float] = {}
    before = {
        "weights": epoch.before.weights,
        "means": epoch.before.means,
        "covariances": epoch.before.covariances,
    }
    for name, values in before.items():
        for (_, (j, *entry)), value in cells(name, values):
            at = f"[{','.join(str(a + 1) for a in entry)}]" if entry else ""
            numbers[f"before.{name}{at}", "", str(j + 1)] = value
    per_point = {"evidence", "log_evidence"}
    for (name, place), value in trace(epoch).items():
        rank = {"weighted_points": 1, "weighted_point_sums": 1, "means": 1}.get(name, 0)
        if "deviation" in name or name == "covariances":
            rank = 2
        indices, place_in = place[: len(place) - rank], place[len(place) - rank :]
        if rank == 2 and (
            place_in[0] < place_in[1] or not (place_in[0] == place_in[1] or has_pairs)
        ):
            continue
        assert all(a < d for a in place_in)
        at = f"[{','.join(str(a + 1) for a in place_in)}]" if place_in else ""
        step = "e" if hasattr(epoch.e, name) else "m"
        labels = [str(index + 1) for index in indices]
        if len(labels) == 1:
            labels = [labels[0], ""] if name in per_point else ["", labels[0]]
        point, component = labels or ("", "")
        numbers[f"{step}.{name}{at}", point, component] = value
    return numbers


@every_structure
@pytest.mark.parametrize(("n", "k", "d"), [(4, 2, 2), (5, 1, 1), (8, 3, 3)])
def test_csv_holds_every_number_once_and_exactly(structure: str, n: int, k: int, d: int) -> None:
    """A line for each number, the entries of vectors and matrices in brackets, from 1."""
    of = problem(structure, n, k, d)
    found = epochs(of)
    lines = list(FORMATS["csv"](of, found, None))
    rows = list(csv.DictReader(io.StringIO("\n".join(lines))))
    printed = {
        (row["epoch"], row["quantity"], row["point"], row["component"]): row["value"]
        for row in rows
    }
    assert len(printed) == len(rows)
    assert printed == {
        (str(epoch.index), *place): repr(value)
        for epoch in found
        for place, value in quantities(of, epoch).items()
    }


@every_structure
def test_json_has_the_librarys_names_and_floats(structure: str) -> None:
    """Every number reads back as the same double, matrices whole; the head is a problem's."""
    of = problem(structure, n=12, k=2, d=3)
    found = epochs(of)
    result = json.loads("".join(FORMATS["json"](of, found, None)))
    assert result["structure"] == structure
    assert Problem.from_document(result | {"epochs": 0}).initial == of.initial
    for printed, epoch in zip(result["epochs"], found, strict=True):
        assert set(printed["e"]) | set(printed["m"]) == trace_fields(dimension=3)
        for name, values in (printed["e"] | printed["m"]).items():
            step = epoch.e if hasattr(epoch.e, name) else epoch.m
            assert dict(cells(name, as_tuples(values))) == dict(cells(name, getattr(step, name)))
        for j, component in enumerate(printed["after"]["components"]):
            assert set(component) == {"mean", "covariance"}
            assert as_tuples(component["mean"]) == epoch.m.means[j]
            assert as_tuples(component["covariance"]) == epoch.m.covariances[j]


def as_tuples(value: Any) -> Any:
    return tuple(map(as_tuples, value)) if isinstance(value, list) else value


@every_structure
@pytest.mark.parametrize("name", ["text", "markdown"])
def test_tables_show_the_worksheet(name: str, structure: str) -> None:
    """A row for each point, one of sums, one of new parameters; the parameters in brackets."""
    of = problem(structure, n=4, k=2, d=2)
    (epoch,) = epochs(of, 1)
    text = "\n".join(FORMATS[name](of, [epoch], 3))
    columns = worksheet.columns_of(of, standard=True)
    cut: Callable[[str], list[str]] = (
        (lambda line: [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip("|"))])
        if name == "markdown"
        else (lambda line: re.split(r"\s{2,}", line.strip()))
    )
    rows = [cut(line) for line in text.splitlines() if re.match(r"[| ]*\d+ *[| ]", line)]
    assert len(rows) == 4
    for i, row in enumerate(rows):
        assert row[:3] == [str(i + 1), *map(repr, of.points[i])]
        assert row[3:] == [format_number(column.value(epoch, i), 3) for column in columns]
    bars = "|" if name == "text" else r"\|"
    for footers, first in (("total", f"ln{bars}Σ{bars}, sum"), ("parameter", "new")):
        (line,) = [line for line in text.splitlines() if line.strip("| ").startswith(first)]
        shown = [
            format_number(column.footer_value(epoch, getattr(column.group, footers)), 3)
            for column in columns
            if getattr(column.group, footers)
        ]
        assert [cell for cell in cut(line)[1:] if cell] == shown
    covariance = epoch.m.covariances[0]
    matrix = ", ".join(f"({', '.join(format_number(v, 3) for v in row)})" for row in covariance)
    assert f"Σ₁ = ({matrix})" in text.rsplit("after it:", maxsplit=1)[1]


# The worksheet


@every_structure
@pytest.mark.parametrize(("k", "d"), [(1, 1), (2, 2), (3, 4)])
def test_the_columns_of_a_structure(structure: str, k: int, d: int) -> None:
    """As many as the structure has numbers: d for each product, d (d + 1) / 2 or d for deviations."""
    of = problem(structure, n=6, k=k, d=d)
    columns = worksheet.columns_of(of, standard=True)
    by_field: dict[str, list[Column]] = {}
    for column in columns:
        by_field.setdefault(column.group.field, []).append(column)
    assert {field: len(found) for field, found in by_field.items()} == {
        "e.mahalanobis_distances": k,
        "e.standard_densities": k,
        "e.densities": k,
        "e.weighted_densities": k,
        "e.evidence": 1,
        "e.log_evidence": 1,
        "e.responsibilities": k,
        "m.weighted_points": k * d,
        "m.weighted_squared_deviations": k
        * (d * (d + 1) // 2 if structure in ("full", "tied") else d),
    }
    assert len({column.symbol for column in columns}) == len(columns)
    steps = [index_of(column.group.sub_step) for column in columns]
    assert steps == sorted(steps)
    parts = [part for c in columns for part in (c.group, c.group.total, c.group.parameter) if part]
    assert {part.field.split(".")[1] for part in parts} == trace_fields(dimension=d)
    assert {part.sub_step for part in parts} == {sub_step.name for sub_step in SUB_STEPS}


@every_structure
def test_footers_are_the_sums_of_their_columns_and_the_new_parameters(structure: str) -> None:
    """A total is its column's sum, left to right; a parameter the M step's number, at its entry."""
    of = problem(structure, n=9, k=2, d=3)
    (epoch,) = epochs(of, 1)
    numbers = trace(epoch)
    for column in worksheet.columns_of(of):
        name = column.group.field.split(".")[1]
        j = () if column.component is None else (column.component,)
        for i in range(9):
            assert column.value(epoch, i) == numbers[name, (i, *j, *column.entry)]
        if column.group.total and column.group.total.field != "e.log_determinants":
            naive = 0.0
            for i in range(9):
                naive += column.value(epoch, i)
            assert column.footer_value(epoch, column.group.total) == naive
        for footer in (column.group.total, column.group.parameter):
            if footer:
                place = (footer.field.split(".")[1], (*j, *column.entry))
                assert column.footer_value(epoch, footer) == numbers[place]


def test_symbols_name_component_and_coordinates() -> None:
    """From left to right in two dimensions, and below."""
    columns = worksheet.columns_of(problem("full", k=1))
    assert [column.symbol for column in columns] == [
        *("Δ₁(x)", "g₁(x)", "α₁g₁(x)", "p(x)", "ln p(x)", "β₁(x)", "β₁x[1]", "β₁x[2]"),
        *("β₁r[1]r[1]", "β₁r[2]r[1]", "β₁r[2]r[2]"),
    ]
    last = columns[-2]
    assert last.group.parameter is not None
    assert last.label(last.group.parameter.symbol) == "Σ₁′[2,1]"
    assert worksheet.lead_symbols(2) == ("i", "x[1]", "x[2]")


@pytest.mark.parametrize(
    ("structure", "formula"),
    [
        ("full", "Σⱼ′ = Sⱼ / Nⱼ"),
        ("tied", "Σ′ = ∑ⱼ Sⱼ / ∑ⱼ Nⱼ, shared by all components"),
        ("diagonal", "Σⱼ′ = diag(Sⱼ) / Nⱼ"),
        ("tied diagonal", "Σ′ = diag(∑ⱼ Sⱼ) / ∑ⱼ Nⱼ, shared by all components"),
        ("spherical", "Σⱼ′ = tr(Sⱼ) / (d Nⱼ) · I"),
        ("tied spherical", "Σ′ = tr(∑ⱼ Sⱼ) / (d ∑ⱼ Nⱼ) · I, shared by all components"),
    ],
)
def test_the_formula_is_the_structures(structure: str, formula: str) -> None:
    """Below the deviations stands how the structure estimates."""
    *_, deviations = worksheet.groups(dimension=2, structure=STRUCTURES[structure])
    assert deviations.parameter is not None
    assert deviations.parameter.formula == formula
