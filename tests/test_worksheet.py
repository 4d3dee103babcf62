"""The worksheet: every column and every footer is a field of the trace, in its place."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest

from refgmm import (
    STRUCTURES,
    Gaussian,
    Granularity,
    Mixture,
    Problem,
    Walk,
    iterate,
    worked_example,
    worksheet,
)
from refgmm.em import Epoch
from refgmm.ledger import value_in
from refgmm.sub_steps import SUB_STEP_COUNT, SUB_STEPS

from .support import NOTE_POINTS, note_start, trace, trace_fields


def epoch_of(k: int) -> Epoch[Gaussian]:
    points = [0.5, 1.25, 2.0, 3.75]
    start = Mixture.univariate(
        [1 / k] * k, [0.5 + j for j in range(k)], [1.0 + j for j in range(k)]
    )
    return next(iterate(points, start))


def parts(standard: bool, distances: bool = False) -> Iterator[worksheet.Group | worksheet.Footer]:
    for group in worksheet.groups(standard, distances=distances):
        yield group
        yield from (footer for footer in (group.total, group.parameter) if footer)


@pytest.mark.parametrize("standard", [False, True])
@pytest.mark.parametrize("distances", [False, True])
@pytest.mark.parametrize("k", [1, 2, 3, 12])
def test_every_cell_is_the_field_of_the_trace(k: int, standard: bool, distances: bool) -> None:
    """The number of a cell is the number of that name in the trace, at that place."""
    epoch = epoch_of(k)
    numbers = trace(epoch)
    for column in worksheet.columns(k, standard, distances=distances):
        j = () if column.component is None else (column.component,)
        name = column.group.field.split(".")[1]
        for i in range(4):
            assert column.value(epoch, i) == numbers[name, (i, *j)]
        for footer in (column.group.total, column.group.parameter):
            if footer:
                assert column.footer_value(epoch, footer) == numbers[footer.field.split(".")[1], j]


def test_the_worksheet_shows_the_whole_trace() -> None:
    """With the note's densities and distances, every field of the trace stands somewhere, and once."""
    fields = [part.field for part in parts(standard=True, distances=True)]
    assert len(fields) == len(set(fields))
    assert {field.split(".")[1] for field in fields} == trace_fields()


def test_the_first_columns_can_be_the_notes() -> None:
    """`standard` puts the note's densities first; nothing else changes."""
    usual, standard = worksheet.groups(), worksheet.groups(standard=True)
    assert usual[0] is worksheet.DENSITIES
    assert standard[0] is worksheet.STANDARD_DENSITIES
    assert standard[1:] == usual


def test_distances_can_stand_before_the_densities() -> None:
    """In one dimension |z| is shown where it is asked for, ln sigma^2 below it; nothing else changes."""
    usual, distances = worksheet.groups(), worksheet.groups(distances=True)
    assert distances == (worksheet.DISTANCES, *usual)
    assert [column.symbol for column in worksheet.columns(2, distances=True)][:2] == [
        "|z₁|",
        "|z₂|",
    ]
    both = worksheet.groups(standard=True, distances=True)
    assert both[:2] == (worksheet.DISTANCES, worksheet.STANDARD_DENSITIES)


def test_columns_from_left_to_right() -> None:
    """A group stands together, component after component; the order is that of computation."""
    symbols = [column.symbol for column in worksheet.columns(2)]
    assert symbols == [
        "g₁(x)",
        "g₂(x)",
        "α₁g₁(x)",
        "α₂g₂(x)",
        "p(x)",
        "ln p(x)",
        "β₁(x)",
        "β₂(x)",
        "β₁x",
        "β₂x",
        "β₁(x−μ₁′)²",
        "β₂(x−μ₂′)²",
    ]
    standard = [column.symbol for column in worksheet.columns(1, standard=True)]
    assert standard[:2] == ["φ(z₁)", "g₁(x)"]
    steps = [column.group.sub_step for column in worksheet.columns(3)]
    order = [sub_step.name for sub_step in SUB_STEPS]
    assert steps == sorted(steps, key=order.index)
    assert worksheet.columns(12)[11].symbol == "g₁₂(x)"


def test_footers_stand_below_what_gives_them() -> None:
    """N and weights below the responsibilities, sums and means, sums and variances below theirs."""
    below = {
        group.field: tuple(
            footer.field if footer else "" for footer in (group.total, group.parameter)
        )
        for group in worksheet.groups()
    }
    assert below == {
        "e.densities": ("", ""),
        "e.weighted_densities": ("", ""),
        "e.evidence": ("", ""),
        "e.log_evidence": ("e.log_likelihood", ""),
        "e.responsibilities": ("m.effective_counts", "m.weights"),
        "m.weighted_points": ("m.weighted_point_sums", "m.means"),
        "m.weighted_squared_deviations": ("m.weighted_squared_deviation_sums", "m.variances"),
    }


@pytest.mark.parametrize("k", [1, 2, 3])
def test_footers_are_the_sums_and_quotients_of_their_columns(k: int) -> None:
    """A total is the sum of its column, left to right; a parameter its total by N, or N by n."""
    epoch = epoch_of(k)
    for column in worksheet.columns(k):
        group = column.group
        if group.total is None:
            continue
        naive = 0.0
        for i in range(4):
            naive += column.value(epoch, i)
        assert column.footer_value(epoch, group.total) == naive
        if group.parameter is not None:
            count = epoch.m.effective_counts[column.component or 0]
            quotient = naive / 4 if group.parameter.field == "m.weights" else naive / count
            assert column.footer_value(epoch, group.parameter) == quotient


def places(granularity: Granularity, problem: Problem) -> list[Walk]:
    """The places of epoch 1, in moves of this size."""
    walks = [Walk.begin(problem)]
    while walks[-1].done < SUB_STEP_COUNT:
        walks.append(walks[-1].forward(granularity))
    return walks


def test_columns_fill_with_their_sub_step() -> None:
    """Nothing is known at the start, all of it at the end, each part from its own sub-step on."""
    names = [sub_step.name for sub_step in SUB_STEPS]
    every_column = worksheet.columns(2, standard=True, distances=True)
    for walk, column in itertools.product(
        places(Granularity.SUB_STEP, worked_example.problem()), every_column
    ):
        is_known = names.index(column.group.sub_step) < walk.done
        assert [column.is_known(walk, i) for i in range(5)] == [is_known] * 5
        for footer in (column.group.total, column.group.parameter):
            if footer is not None:
                is_known = names.index(footer.sub_step) < walk.done
                assert column.footer_is_known(walk, footer) == is_known
    filled = {part.sub_step for part in parts(standard=False)}
    assert filled == set(names)


@pytest.mark.parametrize("structure", ["full", "tied"])
def test_columns_fill_component_by_component(structure: str) -> None:
    """A component's columns and what stands below them come together, but for a shared variance."""
    problem = Problem(tuple(NOTE_POINTS), note_start(), structure=STRUCTURES[structure])
    for walk in places(Granularity.COMPONENT, problem):
        for column in worksheet.columns_of(problem, distances=True):
            known = {column.is_known(walk, i) for i in range(5)}
            assert len(known) == 1
            for footer in (column.group.total, column.group.parameter):
                if footer is None or footer.sub_step != column.group.sub_step:
                    continue
                is_shared = footer.field == "m.variances" and structure == "tied"
                expected = {walk.knows("variances")} if is_shared else known
                assert {column.footer_is_known(walk, footer)} == expected


def test_columns_fill_point_by_point() -> None:
    """Row after row, and the sums with the last one; what the rows are made of, with the first."""
    problem = worked_example.problem()
    for walk in places(Granularity.POINT, problem):
        for column in worksheet.columns_of(problem, distances=True):
            known = [column.is_known(walk, i) for i in range(5)]
            assert known == sorted(known, reverse=True)
            for footer in (column.group.total, column.group.parameter):
                if footer is not None and footer.sub_step == column.group.sub_step:
                    is_log_variance = footer.field == "e.log_determinants"
                    expected = known[0] if is_log_variance else known[-1]
                    assert column.footer_is_known(walk, footer) == expected


def test_every_part_has_words_and_a_formula() -> None:
    """Symbol, title and formula, for the heads and the explanations."""
    for part in parts(standard=True, distances=True):
        assert part.symbol
        assert part.title
        assert part.formula
        per_component = not isinstance(part, worksheet.Group) or part.per_component
        if part.field not in ("e.log_likelihood",):
            assert ("{j}" in part.symbol) == per_component


def test_labels_hold_their_component() -> None:
    """A footer's symbol gets the column's component."""
    columns = worksheet.columns(2)
    by_field = {(column.group.field, column.component): column for column in columns}
    second = by_field["e.responsibilities", 1]
    assert second.group.parameter is not None
    assert second.label(second.group.parameter.symbol) == "α₂′"
    log_evidence = by_field["e.log_evidence", None]
    assert log_evidence.group.total is not None
    assert log_evidence.label(log_evidence.group.total.symbol) == "ln L"


def test_the_notes_numbers_stand_in_the_worksheet() -> None:
    """Its six long numbers are in the row of new parameters."""
    epoch = next(iterate(NOTE_POINTS, note_start()))
    row = [
        repr(column.footer_value(epoch, column.group.parameter))
        for column in worksheet.columns(2)
        if column.group.parameter
    ]
    assert row == [
        "0.5124981885949778",
        "0.48750181140502213",
        "1.3065753725700628",
        "1.4982149218892322",
        "0.3510142879511143",
        "0.408060269961259",
    ]


@pytest.mark.parametrize("dimension", [None, 2])
def test_every_number_has_its_cell(dimension: int | None) -> None:
    """The cell of a worksheet's number, or of one below it, has that number in the ledger."""
    points: list[Any] = [0.9, 0.7, 1.2, 2.4, 1.8]
    start: Mixture[Any] = note_start()
    if dimension is not None:
        points = [(1.0, 2.0), (2.0, 1.0), (3.0, 5.0), (4.0, 4.0)]
        start = Mixture.multivariate([0.5, 0.5], [(1, 1), (4, 5)], [[[2, 0], [0, 2]]] * 2)
    problem = Problem(tuple(points), start)
    epoch = next(iterate(problem.points, problem.initial))
    for column in worksheet.columns_of(problem, standard=True, distances=True):
        for i in range(len(points)):
            assert value_in(epoch, column.cell(1, i)) == column.value(epoch, i)
        for footer in (column.group.total, column.group.parameter):
            if footer is not None:
                value = column.footer_value(epoch, footer)
                assert value_in(epoch, column.footer_cell(1, footer)) == value
