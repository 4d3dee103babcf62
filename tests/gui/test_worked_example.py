"""The lecture note's example, clicked through: its digits, read out of the app's tables."""

import pytest
from PySide6.QtGui import QGuiApplication

from refgmm.sub_steps import SUB_STEPS, Granularity, Labelling
from refgmm.worked_example import DOCUMENTED
from tests.gui.driver import (
    ALL_STEPS,
    User,
    cells,
    columns,
    footer_by_symbol,
    fresh,
    groups,
    heads,
)

# PUBLISHED.md, "Lecture note"; typed here once more, so that no program stands between.
LONG_NUMBERS = {
    "α₁": "0.5124981885949778",
    "α₂": "0.48750181140502213",
    "μ₁": "1.3065753725700628",
    "μ₂": "1.4982149218892322",
    "σ₁²": "0.3510142879511143",
    "σ₂²": "0.408060269961259",
}
G = {
    "φ(z₁)": ["0.398", "0.390", "0.395", "0.244", "0.340"],
    "φ(z₂)": ["0.295", "0.261", "0.340", "0.383", "0.395"],
}
BETA = {
    "β₁(x)": ["0.574", "0.599", "0.537", "0.389", "0.463"],
    "β₂(x)": ["0.426", "0.401", "0.463", "0.611", "0.537"],
}
IN_FOOTER = {"α₁": "α₁′", "α₂": "α₂′", "μ₁": "μ₁′", "μ₂": "μ₂′", "σ₁²": "σ₁′²", "σ₂²": "σ₂′²"}

TEXTBOOK_LABELS = [
    "E: densities (epoch 1)",
    "E: weighted densities (epoch 1)",
    "E: evidence (epoch 1)",
    "E: responsibilities (epoch 1)",
    "M: effective counts (epoch 1)",
    "M: new means (epoch 1)",
    "M: new variances (epoch 1)",
    "M: new weights (epoch 1)",
    "E: densities (epoch 2)",
]
NOTE_LABELS = [
    "β: densities (epoch 1)",
    "β: weighted densities (epoch 1)",
    "β: evidence (epoch 1)",
    "β: responsibilities (epoch 1)",
    "M: effective counts (epoch 1)",
    "M: new means (epoch 1)",
    "M: new variances (epoch 1)",
    "E: new weights (epoch 1)",
    "β: densities (epoch 2)",
]
TEXTBOOK_WHOLE_LABELS = [
    "E: responsibilities (epoch 1)",
    "M: new means, variances and weights (epoch 1)",
    "E: responsibilities (epoch 2)",
]
NOTE_WHOLE_LABELS = [
    "β: responsibilities (epoch 1)",
    "M: new means and variances (epoch 1)",
    "E: new weights (epoch 1)",
    "β: responsibilities (epoch 2)",
]
WAYS = pytest.mark.parametrize(
    ("labelling", "whole_steps", "labels"),
    [
        (Labelling.TEXTBOOK, False, TEXTBOOK_LABELS),
        (Labelling.NOTE, False, NOTE_LABELS),
        (Labelling.TEXTBOOK, True, TEXTBOOK_WHOLE_LABELS),
        (Labelling.NOTE, True, NOTE_WHOLE_LABELS),
    ],
    ids=["textbook", "note", "textbook-whole", "note-whole"],
)


def choose_way(user: User, labelling: Labelling, whole_steps: bool) -> None:
    if labelling is Labelling.NOTE:
        user.use_note_labelling()
    if whole_steps:
        user.step_by(Granularity.PHASE)


def assert_long_numbers(user: User) -> None:
    """The six long numbers stand in the footer and in the newest row of the history."""
    footer = footer_by_symbol(user.footer)
    newest = {head: texts[-1] for head, texts in columns(user.history).items()}
    for symbol, digits in LONG_NUMBERS.items():
        assert footer[IN_FOOTER[symbol]] == digits
        assert newest[symbol] == digits


@WAYS
def test_six_long_numbers_stand_in_the_tables(
    user: User, labelling: Labelling, whole_steps: bool, labels: list[str]
) -> None:
    """Clicked through with any names and any step size, the digits are the documented ones."""
    user.set_decimals(17)
    choose_way(user, labelling, whole_steps)
    user.next(len(labels) - 1)
    assert user.walk.done == ALL_STEPS
    assert_long_numbers(user)


def test_documented_and_literal_numbers_are_the_same() -> None:
    """The product's list of documented digits holds those of the note."""
    listed = [*DOCUMENTED.weights, *DOCUMENTED.means, *DOCUMENTED.variances]
    assert listed == list(LONG_NUMBERS.values())
    for table, documented in (
        (G, DOCUMENTED.standard_densities),
        (BETA, DOCUMENTED.responsibilities),
    ):
        assert list(zip(*table.values(), strict=True)) == list(documented)


@WAYS
def test_both_tables_of_the_note_at_three_decimals(
    user: User, labelling: Labelling, whole_steps: bool, labels: list[str]
) -> None:
    """The note's g (as φ(z)) and β stand in the worksheet as it prints them."""
    user.set_decimals(3)
    choose_way(user, labelling, whole_steps)
    user.next(1 if whole_steps else 4)
    shown = columns(user.worksheet)
    for head, texts in (G | BETA).items():
        assert shown[head] == texts


@WAYS
def test_button_names_what_it_will_do(
    user: User, labelling: Labelling, whole_steps: bool, labels: list[str]
) -> None:
    """At every step the big button says what the next press does, in the names chosen."""
    choose_way(user, labelling, whole_steps)
    said = [user.next_text]
    for _ in labels[1:]:
        user.next()
        said.append(user.next_text)
    assert said == labels
    assert user.window.actions_by_name["forward"].toolTip() == f"{labels[-1]} (F8)"


def test_epoch_button_does_a_whole_epoch(user: User) -> None:
    """One press of Epoch: the six long numbers; a second one: the end of epoch 2."""
    user.set_decimals(17)
    user.press("epoch")
    assert_long_numbers(user)
    user.press("epoch")
    assert (user.walk.epoch.index, user.walk.done) == (2, ALL_STEPS)
    assert columns(user.history)["epoch"] == ["0", "1", "2"]


def test_epoch_button_finishes_an_epoch_begun(user: User) -> None:
    """From within an epoch, Epoch goes to its end and no further."""
    user.set_decimals(17)
    user.next(3)
    user.press("epoch")
    assert_long_numbers(user)


# What the columns and the footer hold after each sub-step, by the trace's fields.
FILLED_BY = {
    "densities": {"e.standard_densities", "e.densities"},
    "weighted_densities": {"e.weighted_densities"},
    "evidence": {"e.evidence", "e.log_evidence"},
    "responsibilities": {"e.responsibilities"},
    "effective_counts": set(),
    "means": {"m.weighted_points"},
    "variances": {"m.weighted_squared_deviations"},
    "weights": set(),
}
FOOTERS_BY = {
    "evidence": {"ln L"},
    "effective_counts": {"N₁", "N₂"},
    "means": {"∑β₁x", "∑β₂x", "μ₁′", "μ₂′"},
    "variances": {"∑β₁(x−μ₁′)²", "∑β₂(x−μ₂′)²", "σ₁′²", "σ₂′²"},
    "weights": {"α₁′", "α₂′"},
}


@pytest.mark.parametrize("epochs", [0, 1])
def test_exactly_the_columns_computed_are_filled(user: User, epochs: int) -> None:
    """After k sub-steps their columns are full, and all later cells are empty, in any epoch."""
    user.press("epoch", epochs)
    fields: set[str] = {"points"}
    symbols: set[str] = set()
    for sub_step in SUB_STEPS:
        user.next()
        fields |= FILLED_BY[sub_step.name]
        symbols |= FOOTERS_BY.get(sub_step.name, set())
        for column, field in enumerate(groups(user.worksheet)):
            texts = [row[column] for row in cells(user.worksheet)]
            if field in fields:
                assert all(texts), (sub_step.name, field)
            else:
                assert not any(texts), (sub_step.name, field)
        footer = footer_by_symbol(user.footer)
        assert {symbol for symbol, text in footer.items() if text} == symbols, sub_step.name


def test_nothing_is_filled_at_the_start(user: User) -> None:
    """At the start only the points stand in the worksheet, and the footer is empty."""
    assert all(row[2:] == [""] * (len(row) - 2) for row in cells(user.worksheet))
    assert [row[:2] for row in cells(user.worksheet)] == [
        ["1", "0.9"], ["2", "0.7"], ["3", "1.2"], ["4", "2.4"], ["5", "1.8"],
    ]  # fmt: skip
    assert not any(footer_by_symbol(user.footer).values())


@pytest.mark.parametrize("epochs", [0, 1])
def test_fresh_cells_are_those_that_the_last_step_filled(user: User, epochs: int) -> None:
    """The highlight stands on the cells that the last sub-step filled, and nowhere else."""
    user.press("epoch", epochs)
    for sub_step in SUB_STEPS:
        user.next()
        fields = groups(user.worksheet)
        expected = {
            (row, column)
            for row in range(5)
            for column, field in enumerate(fields)
            if field in FILLED_BY[sub_step.name]
        }
        assert fresh(user.worksheet) == expected, sub_step.name
        symbols = footer_symbols(user)
        footers = FOOTERS_BY.get(sub_step.name, set())
        assert {symbols[at] for at in fresh(user.footer)} == footers, sub_step.name
        is_last = sub_step is SUB_STEPS[-1]
        newest = {(user.walk.epoch.index, column) for column in range(len(heads(user.history)))}
        assert fresh(user.history) == (newest if is_last else set()), sub_step.name


def footer_symbols(user: User) -> dict[tuple[int, int], str]:
    """What each cell of the footer is called."""
    by_name = list(footer_by_symbol(user.footer))
    places = [
        (row, column)
        for row in range(user.footer.model().rowCount())
        for column in range(user.footer.model().columnCount())
        if user.window.footer_model.footer(user.footer.model().index(row, column)) is not None
    ]
    return dict(zip(places, by_name, strict=True))


@pytest.mark.parametrize("labelling", list(Labelling))
def test_fresh_cells_of_a_whole_step(user: User, labelling: Labelling) -> None:
    """A whole step highlights all that it filled: what its sub-steps fill, no more."""
    choose_way(user, labelling, whole_steps=True)
    while user.walk.done < ALL_STEPS:
        before = user.walk.done
        user.next()
        steps = SUB_STEPS[before : user.walk.done]
        fields = {field for step in steps for field in FILLED_BY[step.name]}
        assert {groups(user.worksheet)[c] for _, c in fresh(user.worksheet)} == fields
        symbols = {symbol for step in steps for symbol in FOOTERS_BY.get(step.name, set())}
        assert {footer_symbols(user)[at] for at in fresh(user.footer)} == symbols


def filled_cells(user: User, sub_step: str) -> set[tuple[int, int]]:
    """The cells of the worksheet that a sub-step fills."""
    fields = enumerate(groups(user.worksheet))
    return {(i, c) for c, field in fields if field in FILLED_BY[sub_step] for i in range(5)}


def test_fresh_cells_point_by_point(user: User) -> None:
    """Each press fills one row of the sub-step, and with the last row what stands below."""
    user.step_by(Granularity.POINT)
    for sub_step in SUB_STEPS:
        cells_to_fill, symbols = filled_cells(user, sub_step.name), footer_symbols(user)
        rows = range(5) if cells_to_fill else [4]
        for row in rows:
            user.next()
            assert fresh(user.worksheet) == {(i, c) for i, c in cells_to_fill if i == row}
            below = {symbols[at] for at in fresh(user.footer)}
            assert below == (FOOTERS_BY.get(sub_step.name, set()) if row == 4 else set())
            table = cells(user.worksheet)
            assert {(i, c) for i, c in cells_to_fill if table[i][c]} == {
                (i, c) for i, c in cells_to_fill if i <= row
            }
    assert user.walk.done == ALL_STEPS


def test_fresh_cells_component_by_component(user: User) -> None:
    """Each press fills the columns of one component, and what stands below them."""
    user.step_by(Granularity.COMPONENT)
    for sub_step in SUB_STEPS:
        cells_to_fill, symbols = filled_cells(user, sub_step.name), footer_symbols(user)
        if sub_step.name == "evidence":
            user.next()
            assert fresh(user.worksheet) == cells_to_fill
            continue
        for j in "₁₂":
            user.next()
            heads_of = heads(user.worksheet)
            assert fresh(user.worksheet) == {(i, c) for i, c in cells_to_fill if j in heads_of[c]}
            below = {symbols[at] for at in fresh(user.footer)}
            assert below == {s for s in FOOTERS_BY.get(sub_step.name, set()) if j in s}
    assert user.walk.done == ALL_STEPS


@pytest.mark.parametrize(
    ("granularity", "presses"),
    [(Granularity.POINT, 34), (Granularity.COMPONENT, 17), (Granularity.EPOCH, 3)],
)
def test_back_undoes_a_step_of_any_size_exactly(
    user: User, granularity: Granularity, presses: int
) -> None:
    """Every cell, every text and the picture are as before it, over the end of an epoch too."""
    user.step_by(granularity)
    shown = [user.everything()]
    for _ in range(presses):
        user.next()
        shown.append(user.everything())
    while len(shown) > 1:
        assert user.everything() == shown.pop()
        user.back()
        assert user.everything() == shown[-1], f"{len(shown) - 1} steps"
    assert not user.button("back").isEnabled()


def test_the_text_names_the_part_that_was_filled(user: User) -> None:
    """The point, or the component; what completes a sub-step, by what was left of it."""
    said = user.window.step_text.done
    user.step_by(Granularity.POINT)
    user.next(3)
    assert "<b>Epoch 1, E: densities of point 3</b>" in said.text()
    assert user.next_text == "E: densities of point 4 (epoch 1)"
    user.step_by(Granularity.SUB_STEP)
    assert user.next_text == "E: densities of points 4 and 5 (epoch 1)"
    user.next()
    assert "<b>Epoch 1, E: densities of points 4 and 5</b>" in said.text()
    user.step_by(Granularity.COMPONENT)
    user.next()
    assert "<b>Epoch 1, E: weighted densities of component 1</b>" in said.text()
    user.step_by(Granularity.EPOCH)
    assert user.next_text == "E and M: new means, variances and weights (epoch 1)"
    user.next()
    assert "Epoch 1 is complete" in said.text()


def test_the_formula_is_that_of_the_part_that_was_filled(user: User) -> None:
    """A point's row of the means is a product; with the last point comes the mean itself."""
    said = user.window.step_text.done
    user.next(5)
    user.step_by(Granularity.POINT)
    user.next(4)
    assert said.text() == "<b>Epoch 1, M: βx of point 4</b> &nbsp; βⱼ(x) x"
    user.next()
    assert said.text().startswith("<b>Epoch 1, M: βx of point 5, new means</b> &nbsp; μⱼ′ = ")


@WAYS
def test_back_undoes_one_step_exactly(
    user: User, labelling: Labelling, whole_steps: bool, labels: list[str]
) -> None:
    """Every cell, every text and the picture are as before the step, over the end of an epoch too."""
    choose_way(user, labelling, whole_steps)
    shown = [user.everything()]
    for _ in range(len(labels) + 1):
        user.next()
        shown.append(user.everything())
    while len(shown) > 1:
        now = shown.pop()
        assert user.everything() == now
        user.back()
        assert user.everything() == shown[-1], f"{len(shown) - 1} steps"
    assert not user.button("back").isEnabled()


def test_back_and_forward_give_the_same_digits(user: User) -> None:
    """Steps taken back and done again give the same 17 digits, also from an epoch before."""
    user.set_decimals(17)
    user.press("epoch", 2)
    expected = {name: cells(view) for name, view in user.tables.items()}
    user.back(ALL_STEPS + 3)
    user.next(ALL_STEPS + 3)
    assert {name: cells(view) for name, view in user.tables.items()} == expected


def test_start_goes_back_from_far_ahead(user: User) -> None:
    """From epoch 20, Start shows what the app showed when it opened."""
    opened = user.everything()
    user.press("epoch", 20)
    assert len(cells(user.history)) == 21
    user.press("start")
    assert user.everything() == opened


def test_epoch_taken_back_by_sub_steps(user: User) -> None:
    """A whole epoch done at once is undone sub-step by sub-step, to the state before it."""
    opened = user.everything()
    user.press("epoch")
    user.back(ALL_STEPS)
    assert user.everything() == opened


def test_worksheet_is_copied_with_every_digit(user: User) -> None:
    """The copy has a head, a row per point and the footer, tabs between, and no digit less."""
    user.set_decimals(2)
    user.press("epoch")
    user.window.actions_by_name["copy_worksheet"].trigger()
    lines = [line.split("\t") for line in QGuiApplication.clipboard().text().split("\n")]
    assert lines[0] == heads(user.worksheet)
    assert len(lines) == 1 + 5 + 2
    assert {len(line) for line in lines} == {len(lines[0])}
    assert [float(line[1]) for line in lines[1:6]] == [0.9, 0.7, 1.2, 2.4, 1.8]
    by_head = dict(zip(lines[0], zip(*lines[1:], strict=True), strict=True))
    epoch = user.walk.epoch
    assert [float(x) for x in by_head["β₁(x)"][:5]] == [r[0] for r in epoch.e.responsibilities]
    assert [float(x) for x in by_head["φ(z₂)"][:5]] == [r[1] for r in epoch.e.standard_densities]
    assert by_head["β₁(x)"][-1] == LONG_NUMBERS["α₁"]
    assert by_head["β₂x"][-1] == LONG_NUMBERS["μ₂"]
    assert by_head["β₂(x−μ₂′)²"][-1] == LONG_NUMBERS["σ₂²"]
    assert [float(x) for x in by_head["β₁x"][-2:]] == [
        epoch.m.weighted_point_sums[0],
        epoch.m.means[0],
    ]


def test_history_is_copied_with_every_digit(user: User) -> None:
    """The copy of the history has a head and a row per epoch; the note's digits in that of epoch 1."""
    user.set_decimals(2)
    user.press("epoch", 2)
    user.window.actions_by_name["copy_history"].trigger()
    lines = [line.split("\t") for line in QGuiApplication.clipboard().text().split("\n")]
    assert lines[0] == heads(user.history)
    assert [line[0] for line in lines[1:]] == ["0", "1", "2"]
    row = dict(zip(lines[0], lines[2], strict=True))
    assert {symbol: row[symbol] for symbol in LONG_NUMBERS} == LONG_NUMBERS
    milestones = user.walk.history
    assert [float(line[-2]) for line in lines[1:]] == [m.log_likelihood for m in milestones]
    assert [float(line[-1]) for line in lines[2:]] == [m.gain for m in milestones[1:]]


def test_selection_is_copied_with_every_digit(user: User) -> None:
    """Ctrl+C copies the selected cells as a block; cells not selected leave gaps."""
    user.set_decimals(2)
    user.next(4)
    beta1 = heads(user.worksheet).index("β₁(x)")
    user.select(user.worksheet, (0, beta1), (1, beta1 + 1))
    shares = user.walk.epoch.e.responsibilities
    assert user.copy(user.worksheet) == f"{shares[0][0]!r}\t\n\t{shares[1][1]!r}"


def test_copied_column_pastes_back_as_points(user: User) -> None:
    """A column copied from the worksheet, pasted as points, gives the same doubles."""
    user.next(4)
    beta1 = heads(user.worksheet).index("β₁(x)")
    user.select(user.worksheet, *((row, beta1) for row in range(5)))
    text = user.copy(user.worksheet)
    expected = tuple(row[0] for row in user.walk.epoch.e.responsibilities)
    user.select(user.points, *((row, 0) for row in range(5)))
    user.paste(user.points, text)
    assert user.state.problem is not None
    assert user.state.problem.points == expected


def test_points_are_copied_as_typed(user: User) -> None:
    """Ctrl+C in the points copies the texts as they stand there."""
    user.type_point(1, "1e-3")
    user.select(user.points, (0, 0), (1, 0))
    assert user.copy(user.points) == "0.9\n1e-3"
