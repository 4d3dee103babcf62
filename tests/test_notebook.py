"""The numbers of a walk: known exactly where they are, the same as a fresh run's, and their changes."""

import itertools
import math
from collections.abc import Iterator
from typing import Any

import pytest

from refgmm import (
    Cell,
    Epoch,
    InvalidValueError,
    Notebook,
    Problem,
    Walk,
    explain,
    gallery,
    iterate,
    worked_example,
)
from refgmm.ledger import value_in
from refgmm.notebook import MOST_NUMBERS_ON_PAPER, MOST_TERMS, Change, before, knows
from refgmm.paper import Paper
from refgmm.quantities import QUANTITIES
from refgmm.rendering import Shown
from refgmm.sub_steps import SUB_STEPS, index_of

from .support import note_start


def begin() -> Walk:
    return Walk.begin(worked_example.problem())


def cells_of(epoch: int, n: int = 5, k: int = 2) -> Iterator[Cell]:
    """Every cell of an epoch in one dimension."""
    for quantity in QUANTITIES.values():
        if quantity.name == "point":
            continue
        points: list[int | None] = list(range(n)) if quantity.per_point else [None]
        components: list[int | None] = list(range(k)) if quantity.per_component else [None]
        for i, j in itertools.product(points, components):
            yield Cell(epoch, quantity.name, i, j)


def fresh_epochs(count: int) -> list[Epoch[Any]]:
    problem = worked_example.problem()
    return list(itertools.islice(iterate(problem.points, problem.initial), count))


def test_a_number_is_known_from_its_sub_step_on() -> None:
    """In epoch 1, each number is known as soon as its sub-step is done, and not before."""
    walk = begin()
    for done in range(len(SUB_STEPS) + 1):
        for cell in cells_of(1):
            if cell.quantity == "gain":
                continue
            expected = index_of(QUANTITIES[cell.quantity].sub_step) < done
            assert knows(walk, cell) is expected, (done, cell)
        walk = walk.forward()


def test_what_follows_the_epoch_is_known_with_it() -> None:
    """At the end of epoch 1: its gain, and ln L of the new parameters; nothing else of epoch 2."""
    walk = begin().forward_epoch()
    known = [cell for cell in cells_of(2) if knows(walk, cell)]
    assert known == [Cell(2, "log-likelihood")]
    assert knows(walk, Cell(1, "gain"))
    assert not knows(walk.back(), Cell(1, "gain"))
    assert not knows(walk.back(), Cell(2, "log-likelihood"))


def test_earlier_epochs_stay_known() -> None:
    """From epoch 3, every number of epochs 1 and 2 is."""
    walk = begin().forward_epoch().forward_epoch().forward()
    assert all(knows(walk, cell) for epoch in (1, 2) for cell in cells_of(epoch))


def test_numbers_of_any_epoch_are_those_of_a_fresh_run() -> None:
    """Bit for bit, whichever epoch is asked for in whatever order."""
    walk = begin()
    for _ in range(12):
        walk = walk.forward_epoch()
    notebook, epochs = Notebook(), fresh_epochs(12)
    for index in (12, 1, 7, 3, 12, 2, 11, 4, 5, 6, 8, 9, 1):
        for cell in cells_of(index):
            assert notebook.value(walk, cell) == value_in(epochs[index - 1], cell)


def test_the_log_likelihood_after_the_last_epoch() -> None:
    """It is that of the next epoch's E step, and so explained."""
    walk = begin().forward_epoch()
    derivation = Notebook().derivation(walk, Cell(2, "log-likelihood"))
    assert derivation.value == walk.milestones[1].log_likelihood
    assert {cell.quantity for cell in derivation.sources} == {"log-evidence"}
    assert {cell.epoch for cell in derivation.sources} == {2}


def test_changes_are_from_one_epoch_to_the_next() -> None:
    """Parameters change from the initial ones on; other numbers from epoch 1 on."""
    walk = begin().forward_epoch().forward_epoch()
    notebook, (first, second) = Notebook(), fresh_epochs(2)
    mean = notebook.change(walk, Cell.parse("mean:1", 1))
    assert mean is not None
    assert (mean.old, mean.new) == (1.0, first.m.means[0])
    assert mean.difference == first.m.means[0] - 1.0
    share = notebook.change(walk, Cell.parse("responsibility:4,1", 2))
    assert share is not None
    assert share.old == first.e.responsibilities[3][0]
    assert share.new == second.e.responsibilities[3][0]
    assert notebook.change(walk, Cell.parse("responsibility:4,1", 1)) is None
    assert notebook.change(walk, Cell(0, "mean", None, 0)) is None


def test_rounding_is_no_change() -> None:
    """With components that stay alike, nothing changes from epoch 2 on: neither the parameters nor the gain."""
    walk = Walk.begin(gallery.named("identical_starts").problem())
    notebook, differences = Notebook(), []
    for _ in range(6):
        walk = walk.forward_epoch()
        epoch = walk.epoch.index
        for name in (
            "mean:1",
            "mean:2",
            "variance:1",
            "variance:2",
            "weight:1",
            "weight:2",
            "gain",
        ):
            change = notebook.change(walk, Cell.parse(name, epoch))
            if change is not None and epoch > 2:
                assert change.is_rounding, (name, epoch, change)
                differences.append(change.difference)
    assert any(differences), "there was no rounding to be taken for a change"


def test_small_numbers_change() -> None:
    """Rounding is measured by the numbers themselves: a change from 1e-30 to 2e-30 is one, 0 to 0 is none."""
    assert not Change(1e-30, 2e-30).is_rounding
    assert not Change(0.0, 5e-324).is_rounding
    assert not Change(1.0, 1.0 + 2e-12).is_rounding
    assert Change(0.0, 0.0).is_rounding
    assert Change(1.0, math.nan).is_rounding  # neither more nor less


def test_paper_goes_on_from_paper() -> None:
    """The sheet of epoch 3 starts from the rounded parameters of epoch 2, asked for in any order."""
    walk = begin().forward_epoch().forward_epoch().forward_epoch()
    notebook = Notebook()
    cell = Cell.parse("mean:2", 3)
    expected = Paper.of_epochs(fresh_epochs(3), 3).value(cell)
    assert notebook.value(walk, cell, paper=3) == expected
    assert notebook.value(walk, Cell.parse("mean:2", 1), paper=3) == 1.498
    assert notebook.value(walk, cell, paper=3) == expected
    assert notebook.value(walk, cell) != expected


def test_another_problem_begins_another_notebook() -> None:
    """Nothing of the problem before is left."""
    notebook, cell = Notebook(), Cell.parse("mean:1", 1)
    first = begin().forward_epoch()
    other = Walk.begin(Problem((0.0, 1.0, 5.0), note_start())).forward_epoch()
    assert notebook.value(first, cell, 3) != notebook.value(other, cell, 3)
    assert notebook.value(other, cell) == other.epoch.m.means[0]
    assert notebook.value(first, cell) == first.epoch.m.means[0]


def test_too_much_for_a_pencil() -> None:
    """Paper mode says how far it goes, instead of going on for minutes."""
    points = tuple(float(i) for i in range(MOST_NUMBERS_ON_PAPER // 2 + 1))
    walk = Walk.begin(Problem(points, note_start()))
    with pytest.raises(InvalidValueError, match="too many for paper mode: take 2,500 points"):
        Notebook().ledger(walk, 1, paper=3)
    walk = Walk.begin(Problem(points[:2_000], note_start())).forward_epoch().forward_epoch()
    with pytest.raises(InvalidValueError, match=r"it goes to epoch 1\.$"):
        Notebook().ledger(walk, 2, paper=3)


@pytest.mark.parametrize("epoch", [0, 3])
def test_an_epoch_that_the_walk_does_not_reach(epoch: int) -> None:
    """The error says how far it goes."""
    walk = begin().forward_epoch()
    with pytest.raises(InvalidValueError, match="the walk reaches to 2"):
        Notebook().ledger(walk, epoch)


def test_nothing_is_before_a_point() -> None:
    """Points don't change; parameters do from the start on."""
    assert before(Cell.parse("point:1", 5)) is None
    assert before(Cell(1, "weight", None, 0)) == Cell(0, "weight", None, 0)
    assert before(Cell(0, "weight", None, 0)) is None
    assert before(Cell(2, "evidence", 0)) == Cell(1, "evidence", 0)


def test_of_a_very_long_sum_head_and_tail_are_given() -> None:
    """The number is that of all terms; five of them are shown, and lead on; the others are counted."""
    points = tuple(float(i % 7) for i in range(MOST_TERMS + 1))
    walk = Walk.begin(Problem(points, note_start())).forward_epoch()
    notebook = Notebook()
    derivation = notebook.derivation(walk, Cell(1, "log-likelihood"))
    assert derivation.value == walk.epoch.e.log_likelihood
    logs = [f"{walk.epoch.e.log_evidence[i]:.4f}".replace("-", "−") for i in (0, 1, 2, -2, -1)]
    terms = [logs[0], *[f"{log[0]} {log[1:]}" for log in logs[1:3]], "+ ⋯"]
    terms += [f"{log[0]} {log[1:]}" for log in logs[3:]]
    assert f"= {' '.join(terms)}\n" in derivation.text()
    assert derivation.text(Shown(unfolded=True)) == derivation.text()
    assert [cell.point for cell in derivation.sources] == [0, 1, 2, MOST_TERMS - 1, MOST_TERMS]
    assert derivation.left_out == MOST_TERMS - 4
    assert derivation.note() == ""
    assert explain(walk.epoch, "log-likelihood").left_out == 0
