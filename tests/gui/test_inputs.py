"""Points and initial parameters: typed, pasted, added, removed, mended; and nothing lost."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTableView

from refgmm import Problem
from refgmm_gui import session
from refgmm_gui.dialogs.files import Answer
from refgmm_gui.session import MOST_POINTS
from refgmm_gui.theme import LIGHT
from tests.gui.driver import User, cells, columns, model_cells, wait_for


def points_shown(user: User) -> list[str]:
    """The texts in the table of points, without the empty row at its end."""
    texts = [row[0] for row in cells(user.points)]
    assert texts[-1] == ""
    return texts[:-1]


def role(view: QTableView, row: int, column: int, role: Qt.ItemDataRole) -> object:
    return view.model().data(view.model().index(row, column), role)


def assert_faulty(user: User, view: QTableView, row: int, column: int, message: str) -> None:
    """The cell stands out and says why; so do the message below and the big button's tip."""
    assert message in str(role(view, row, column, Qt.ItemDataRole.ToolTipRole))
    assert message in str(role(view, row, column, Qt.ItemDataRole.AccessibleDescriptionRole))
    assert role(view, row, column, Qt.ItemDataRole.BackgroundRole) == QColor(LIGHT.fault)
    assert message in user.fault
    assert_no_stepping(user, message)


def assert_no_stepping(user: User, message: str) -> None:
    """No step can be taken, and the button's tip says why."""
    actions = user.window.actions_by_name
    assert not any(actions[name].isEnabled() for name in ("forward", "epoch", "run"))
    assert message in actions["forward"].toolTip()
    what = "Correct" if any(not fault.is_missing for fault in user.state.faults) else "Fill in"
    assert user.next_text == f"{what} the inputs"
    done = user.state.place.walk.done if user.state.place else None
    QTest.mouseClick(user.window.next_button, Qt.MouseButton.LeftButton)
    QTest.keyClick(user.window, Qt.Key.Key_F8)
    QTest.keyClick(user.window, Qt.Key.Key_F9)
    QTest.keyClick(user.window, Qt.Key.Key_F5)
    assert done == (user.state.place.walk.done if user.state.place else None)


# Typing


def test_points_typed(user: User) -> None:
    """A point typed over another replaces it, in the table and in the worksheet."""
    user.type_point(1, "0.75")
    assert points_shown(user) == ["0.9", "0.75", "1.2", "2.4", "1.8"]
    assert columns(user.worksheet)["x"][1] == "0.75"
    assert not user.fault


def test_point_typed_below_the_last(user: User) -> None:
    """Typing into the empty row adds a point, and leaves a new empty row."""
    user.type_point(5, "3.5")
    assert points_shown(user) == ["0.9", "0.7", "1.2", "2.4", "1.8", "3.5"]
    assert user.window.inputs.points_title.text() == "Points (n = 6)"
    assert columns(user.worksheet)["x"][-1] == "3.5"


def test_add_button_opens_the_empty_row(user: User) -> None:
    """“Add a point” goes to the empty row, where the keys then type a point."""
    user.push("add_point")
    focus = user.window.focusWidget()
    QTest.keyClicks(focus, "3.25")
    QTest.keyClick(focus, Qt.Key.Key_Return)
    user.settle()
    assert points_shown(user)[-1] == "3.25"


def test_key_typed_on_a_cell_replaces_it(user: User) -> None:
    """Typing on a selected cell begins a new text, as in a spreadsheet."""
    user.select(user.points, (0, 0))
    QTest.keyClick(user.points, Qt.Key.Key_7)
    focus = user.window.focusWidget()
    QTest.keyClicks(focus, ".5")
    QTest.keyClick(focus, Qt.Key.Key_Return)
    user.settle()
    assert points_shown(user)[0] == "7.5"


def test_escape_leaves_the_cell_as_it_was(user: User) -> None:
    """Escape gives up the text typed."""
    editor = user.type_unfinished(user.points, 0, 0, "55")
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    user.settle()
    assert points_shown(user)[0] == "0.9"
    assert not user.state.is_modified


def test_emptied_point_goes(user: User) -> None:
    """A point whose text is deleted is a point less."""
    user.type_point(1, "")
    assert points_shown(user) == ["0.9", "1.2", "2.4", "1.8"]


def test_points_removed(user: User) -> None:
    """Remove and the Delete key take the selected points away, wherever they stand."""
    user.select(user.points, (0, 0), (3, 0))
    user.push("remove_point")
    assert points_shown(user) == ["0.7", "1.2", "1.8"]
    user.select(user.points, (1, 0))
    QTest.keyClick(user.points, Qt.Key.Key_Delete)
    assert points_shown(user) == ["0.7", "1.8"]
    assert [row[1] for row in cells(user.worksheet)] == ["0.7", "1.8"]


def test_all_points_removed(user: User) -> None:
    """Without points there is no step, and the message asks for one; a point mends it."""
    user.points.selectAll()
    QTest.keyClick(user.points, Qt.Key.Key_Delete)
    assert points_shown(user) == []
    assert "there are no points: give at least one" in user.fault
    assert_no_stepping(user, "there are no points")
    user.type_point(0, "1.5")
    assert not user.fault
    user.next()
    assert user.walk.problem.points == (1.5,)


def test_parameters_typed(user: User) -> None:
    """Weights, means and variances typed are those that the walk starts from."""
    user.type_parameters(("0.25", "1.5", "3"), ("0.75", "2.5", "0.5"))
    user.press("epoch")
    start = user.walk.problem.initial
    assert start.weights == (0.25, 0.75)
    assert [(c.mean, c.variance) for c in start.components] == [(1.5, 3.0), (2.5, 0.5)]
    assert columns(user.history)["μ₁"][0] == "1.5000"


def test_minus_signs_and_exponents(user: User) -> None:
    """A typographic minus sign and a power of ten are numbers."""
    user.type_point(0, "−1.5")
    user.type_point(1, "2e-3")
    assert user.state.problem is not None
    assert user.state.problem.points[:2] == (-1.5, 0.002)
    assert points_shown(user)[:2] == ["−1.5", "2e-3"]


# Components


def test_component_added_and_removed(user: User) -> None:
    """A component more, in every table; its weight makes the sum wrong, and that is said."""
    user.push("add_component")
    assert len(cells(user.parameters)) == 3
    assert "weights must sum to 1" in user.fault
    user.type(user.parameters, 2, 0, "0")
    assert not user.fault
    assert "β₃(x)" in columns(user.worksheet)
    assert "μ₃" in columns(user.history)
    user.select(user.parameters, (2, 1))
    user.push("remove_component")
    assert len(cells(user.parameters)) == 2
    assert "β₃(x)" not in columns(user.worksheet)


def test_component_chosen_is_the_one_removed(user: User) -> None:
    """Remove takes the selected component; without a selection, the last."""
    user.select(user.parameters, (0, 0))
    user.push("remove_component")
    assert cells(user.parameters) == [["0.5", "2", "2"]]
    user.parameters.clearSelection()
    user.push("remove_component")
    assert cells(user.parameters) == []
    assert_no_stepping(user, "component")
    user.push("add_component")
    assert len(cells(user.parameters)) == 1
    assert not user.fault
    user.next()


def test_parameters_pasted(user: User) -> None:
    """A block from a spreadsheet goes into the cells from the current one on, and adds components."""
    user.select(user.parameters, (0, 0))
    user.paste(user.parameters, "0.2\t-1\t1\n0.3\t0\t2\n0.5\t1\t3\n")
    assert cells(user.parameters) == [["0.2", "-1", "1"], ["0.3", "0", "2"], ["0.5", "1", "3"]]
    assert not user.fault
    user.select(user.parameters, (1, 1))
    user.paste(user.parameters, "7\t8")
    assert cells(user.parameters)[1] == ["0.3", "7", "8"]


def test_parameters_pasted_with_decimal_commas(user: User) -> None:
    """As with points: commas are read as points, which is said; a mixture of both is refused."""
    user.select(user.parameters, (0, 0))
    user.paste(user.parameters, "0,3\t1,5\t2\n0,7\t2\t3\n")
    assert cells(user.parameters) == [["0.3", "1.5", "2"], ["0.7", "2", "3"]]
    assert user.status == "Read commas as decimal commas: 0,3 as 0.3."
    user.paste(user.parameters, "0,3\t1.5")
    assert user.status.startswith("Nothing was pasted: line 1 has a decimal comma (0,3)")
    assert cells(user.parameters) == [["0.3", "1.5", "2"], ["0.7", "2", "3"]]


# Pasting points


@pytest.mark.parametrize(
    ("text", "expected", "notes"),
    [
        ("3\n4\n5", ["3", "4", "5"], []),
        ("3\r\n4\r\n5\r\n", ["3", "4", "5"], []),
        ("3\t4\t5", ["3", "4", "5"], []),
        ("3;4;5", ["3", "4", "5"], []),
        ("3, 4, 5", ["3", "4", "5"], ["Took commas as separators."]),
        ("0,5\n1,5", ["0.5", "1.5"], ["Read commas as decimal commas: 0,5 as 0.5."]),
        ("0,5;1,5", ["0.5", "1.5"], ["Read commas as decimal commas: 0,5 as 0.5."]),
        ("height\n3\n4", ["3", "4"], ["Took 'height' as a header."]),
        ("\n3\n\n4\n\n", ["3", "4"], ["Left out 1 empty row."]),
        ("x\n3\n\t\n\n\n4", ["3", "4"], ["Left out 3 empty rows.", "Took 'x' as a header."]),
    ],
    ids=["lines", "windows", "tabs", "semicolons", "commas", "decimal", "decimal-row", "header", "gap", "gaps"],
)  # fmt: skip
def test_points_pasted(user: User, text: str, expected: list[str], notes: list[str]) -> None:
    """A column or a row of numbers is appended, and what was guessed is said in the status bar."""
    user.points.clearSelection()
    user.paste(user.points, text)
    assert points_shown(user) == ["0.9", "0.7", "1.2", "2.4", "1.8", *expected]
    assert user.status == " ".join([f"Pasted {len(expected)} points.", *notes])


def test_one_point_pasted(user: User) -> None:
    """One point is said to be one point."""
    user.points.clearSelection()
    user.paste(user.points, "3")
    assert user.status == "Pasted 1 point."


def test_points_pasted_over_a_selection(user: User) -> None:
    """A selected block is replaced, by more or by fewer points."""
    user.select(user.points, (1, 0), (2, 0), (3, 0))
    user.paste(user.points, "7\n8")
    assert points_shown(user) == ["0.9", "7", "8", "1.8"]
    user.select(user.points, (1, 0), (2, 0))
    user.paste(user.points, "4\n5\n6")
    assert points_shown(user) == ["0.9", "4", "5", "6", "1.8"]


def test_points_pasted_from_a_cell_on(user: User) -> None:
    """From one selected cell on, the points are replaced one by one, past the end too."""
    user.select(user.points, (3, 0))
    user.paste(user.points, "7\n8\n9")
    assert points_shown(user) == ["0.9", "0.7", "1.2", "7", "8", "9"]


def test_points_pasted_into_the_empty_row(user: User) -> None:
    """In the empty row, the points are appended."""
    user.select(user.points, (5, 0))
    user.paste(user.points, "7\n8")
    assert points_shown(user) == ["0.9", "0.7", "1.2", "2.4", "1.8", "7", "8"]


def test_points_between_selected_ones_are_not_pasted_over(user: User) -> None:
    """Points that are not selected stay, also where they stand between selected ones."""
    user.select(user.points, (0, 0), (4, 0))
    user.paste(user.points, "7\n8")
    assert points_shown(user) == ["0.9", "0.7", "1.2", "2.4", "1.8"]
    assert user.status == "Nothing was pasted. Select points that stand together."


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("abc", "'abc' is not a number"),
        ("a;b\nc;d", "there are 2 columns, and none of them holds only numbers"),
        ("", "there are no points"),
        ("0,5\n1.5", "decimal comma"),
        ("1e80", "1e+80"),
        ("50%\n20%", "line 1: '50%' is not a number: write 0.5"),
    ],
)
def test_paste_refused_changes_nothing(user: User, text: str, words: str) -> None:
    """What can't be read as one column of points is refused, with the reason in the status bar."""
    user.next(2)
    before = user.everything()
    user.select(user.points, (1, 0))
    user.paste(user.points, text)
    assert user.status.startswith("Nothing was pasted: ")
    assert words in user.status
    assert user.everything() == before
    assert not user.state.is_modified


def test_pasted_columns_are_a_question(user: User) -> None:
    """Two over points of one dimension: which one; it goes over the points that are selected."""
    user.select(user.points, (1, 0))
    user.dialogs.answers.append("2")
    user.paste(user.points, "1\t10\n3\t30")
    assert user.dialogs.columns == [["1", "2"]]
    assert points_shown(user) == ["0.9", "10", "30", "2.4", "1.8"]
    assert user.desktop.parts.edits.undoText() == "paste 2 points"
    user.dialogs.answers.append("")
    user.paste(user.points, "1\t10\n3\t30")
    assert user.status == "Nothing was pasted."
    assert points_shown(user) == ["0.9", "10", "30", "2.4", "1.8"]


def test_both_pasted_columns_begin_a_new_problem(user: User) -> None:
    """In two dimensions; what there is of the old one, is asked about first."""
    user.type_point(0, "5")
    user.dialogs.answers += ["1,2", Answer.CANCEL]
    user.paste(user.points, "1\t10\n3\t30")
    assert points_shown(user) == ["5", "0.7", "1.2", "2.4", "1.8"]
    user.dialogs.answers += ["1,2", Answer.DISCARD]
    user.paste(user.points, "1\t10\n3\t30")
    assert user.state.draft.dimension == 2
    assert user.state.draft.points == (("1", "10"), ("3", "30"))


@pytest.mark.parametrize(
    ("text", "left_out"),
    [
        ("7\nabc\n8", "Left out 1 of 3 rows, which lack a number there: 'abc' in line 2."),
        ("7\nnan\n8\n?", "Left out 2 of 4 rows, which lack a number there: 'nan' in line 2."),
    ],
)
def test_pasted_without_some_rows(user: User, text: str, left_out: str) -> None:
    """Rows without a number are left out where the user says so, and only then."""
    user.select(user.points, (1, 0))
    before = user.everything()
    user.dialogs.answers.append("no")
    user.paste(user.points, text)
    assert user.dialogs.asked[-1] == f"without rows: {left_out}"
    assert user.status == "Nothing was pasted."
    assert user.everything() == before
    user.dialogs.answers.append("yes")
    user.paste(user.points, text)
    assert points_shown(user) == ["0.9", "7", "8", "2.4", "1.8"]
    assert left_out in user.status


def test_no_row_is_whole(user: User) -> None:
    """What to do is what can be done in the app: it keeps no missing values."""
    user.dialogs.answers.append("1,2")
    user.paste(user.points, "x\ty\n1\tNA\nNA\t2")
    assert user.status == (
        "Nothing was pasted: no row has a number in each column chosen: 'NA' in line 2: correct the "
        "rows, or choose other columns"
    )


def test_too_many_points_pasted(user: User) -> None:
    """More points than the app steps through are refused, with the reason; just as many are taken."""
    user.points.selectAll()
    text = "\n".join(map(str, range(MOST_POINTS)))
    user.paste(user.points, f"{text}\n0.5")
    assert user.status.startswith("Nothing was pasted: 100,001 points are more than the 100,000")
    assert points_shown(user) == ["0.9", "0.7", "1.2", "2.4", "1.8"]
    user.paste(user.points, text)
    assert user.status == "Pasted 100000 points."
    assert len(user.state.draft.points) == MOST_POINTS


# Bad cells

BAD_POINTS = [
    ("abc", "point 2: 'abc' is not a number: type a number such as 0.9"),
    ("0,7", "point 2: '0,7' is not a number: write 0.7"),
    ("-1,500", "point 2: '-1,500' is not a number: write -1500 or -1.500"),
    ("0,500", "point 2: '0,500' is not a number: write 0.500"),
    ("1,5,7", "point 2: '1,5,7' is not a number: type a number such as 0.9"),
    ("12,5 %", "point 2: '12,5 %' is not a number: write 0.125"),
    ("1.234,5", "point 2: '1.234,5' is not a number: write 1234.5"),
    ("-1,234,567.5", "point 2: '-1,234,567.5' is not a number: write -1234567.5"),
    ("nan", "point 2: 'nan' is not a number"),
    ("1e999", "point 2 must be a finite number"),
    ("1e80", "point 2 is 1e+80"),
]
BAD_PARAMETERS = [
    (0, "-0.5", "weight 2 must not be negative, got -0.5: give a probability"),
    (0, "half", "weight 2: 'half' is not a number"),
    (0, "50%", "weight 2: '50%' is not a number: write 0.5"),
    (0, "", "weight 2 is missing: type a number such as 0.9"),
    (1, "", "mean 2 is missing: type a number such as 0.9"),
    (1, "1e80", "mean 2 is 1e+80"),
    (2, "0", "variance 2 must be positive and finite, got 0.0"),
    (2, "-1", "variance 2 must be positive and finite, got -1.0"),
    (2, "1e999", "variance 2 must be positive and finite, got inf"),
]


@pytest.mark.parametrize(("text", "message"), BAD_POINTS)
def test_bad_point(user: User, text: str, message: str) -> None:
    """A bad point keeps its text, says what is wrong in place, and stops the walk until it is mended."""
    user.type_point(1, text)
    assert points_shown(user)[1] == text
    assert_faulty(user, user.points, 1, 0, message)
    assert role(user.points, 0, 0, Qt.ItemDataRole.BackgroundRole) is None
    user.type_point(1, "0.7")
    assert not user.fault
    assert role(user.points, 1, 0, Qt.ItemDataRole.BackgroundRole) is None
    user.next()
    assert user.walk.done == 1


@pytest.mark.parametrize(("column", "text", "message"), BAD_PARAMETERS)
def test_bad_parameter(user: User, column: int, text: str, message: str) -> None:
    """A bad parameter keeps its text, says what is wrong in place, and stops the walk until mended."""
    good = cells(user.parameters)[1][column]
    user.type(user.parameters, 1, column, text)
    assert cells(user.parameters)[1][column] == text
    assert_faulty(user, user.parameters, 1, column, message)
    user.type(user.parameters, 1, column, good)
    assert not user.fault
    user.next()
    assert user.walk.done == 1


def test_several_bad_cells_are_all_told(user: User) -> None:
    """Each bad cell says so in place; the message has three of them, and counts the rest."""
    for row in range(5):
        user.type_point(row, "x")
    assert user.fault.splitlines()[-1] == "… and 2 more"
    assert len(user.fault.splitlines()) == 4
    for row in range(5):
        assert f"point {row + 1}:" in str(role(user.points, row, 0, Qt.ItemDataRole.ToolTipRole))


@pytest.mark.parametrize("name", ["new", "new_2d"])
def test_no_points_is_told_first(user: User, name: str) -> None:
    """Of all that an empty problem lacks, its points come first: in the message and in the button's tip."""
    user.window.actions_by_name[name].trigger()
    first, *others = user.fault.splitlines()
    assert first == "there are no points: give at least one"
    assert len(others) == 3
    assert_no_stepping(user, "there are no points")


def test_a_cell_is_called_what_its_table_calls_it(user: User) -> None:
    """A covariance's entry has in the message the name that stands at its row, and its column's number."""
    user.window.actions_by_name["new_2d"].trigger()
    user.paste(user.points, "1 2\n3 5")
    model = user.parameters.model()
    for row, name in ((3, "Σ[1,1]"), (5, "Σ[2,2]")):
        assert model.headerData(row, Qt.Orientation.Vertical) == name
        assert role(user.parameters, row, 1, Qt.ItemDataRole.ToolTipRole) == (
            f"variance {name} of component 2 is missing: type a number such as 0.9"
        )


def test_tags_typed_are_shown_as_typed(user: User) -> None:
    """A text that looks like HTML is quoted as it is."""
    user.type_point(0, "<b>x</b>")
    assert "point 1: '<b>x</b>' is not a number" in user.fault
    assert user.window.inputs.message.textFormat() is Qt.TextFormat.PlainText
    assert user.window.step_text.notice.textFormat() is Qt.TextFormat.PlainText


def test_mending_one_of_two_is_not_enough(user: User) -> None:
    """Stepping is off until the last bad cell is mended."""
    user.type_point(0, "x")
    user.type(user.parameters, 0, 2, "y")
    user.type_point(0, "0.9")
    assert_faulty(user, user.parameters, 0, 2, "'y' is not a number")
    user.type(user.parameters, 0, 2, "2")
    assert user.next_text == "E: densities (epoch 1)"


# The sum of the weights


def test_weights_that_do_not_sum_to_one(user: User) -> None:
    """How far off they are is said; the button divides by their sum, and only the button does."""
    user.type(user.parameters, 0, 0, "0.7")
    message = "weights must sum to 1, got 1.2 (0.2 too much)"
    assert message in user.fault
    assert_no_stepping(user, message)
    assert [row[0] for row in cells(user.parameters)] == ["0.7", "0.5"]
    user.push("normalise")
    assert [row[0] for row in cells(user.parameters)] == [repr(0.7 / 1.2), repr(0.5 / 1.2)]
    assert not user.fault
    user.next()
    assert user.walk.problem.initial.weights == (0.7 / 1.2, 0.5 / 1.2)


def test_weights_that_sum_to_too_little(user: User) -> None:
    """Too little is said, too; typing the rest mends it as well as the button."""
    user.type(user.parameters, 0, 0, "0.3")
    assert "0.2 too little" in user.fault
    user.type(user.parameters, 1, 0, "0.7")
    assert not user.fault


def test_normalise_button_shows_where_it_helps(user: User) -> None:
    """It is in sight while the sum is wrong, and neither with right weights nor with bad cells."""
    button = user.window.inputs.normalise
    assert not button.isVisible()
    user.type(user.parameters, 0, 0, "0.6")
    assert button.isVisible()
    user.type(user.parameters, 0, 0, "x")
    assert not button.isVisible()
    user.type_parameters(("0", "1", "2"), ("0", "2", "2"))
    assert "must sum to 1, got 0.0" in user.fault
    assert not button.isVisible(), "nothing to divide by"


def test_nothing_normalises_silently(user: User) -> None:
    """Adding, removing, pasting, stepping: none of it touches a weight."""
    user.push("add_component")
    user.type_point(0, "3")
    user.press_if_enabled("forward")
    assert [row[0] for row in cells(user.parameters)] == ["0.5", "0.5", "0.5"]
    user.select(user.parameters, (0, 0))
    user.push("remove_component")
    assert [row[0] for row in cells(user.parameters)] == ["0.5", "0.5"]


# Editing after stepping


def test_edit_after_steps_keeps_the_old_numbers(user: User) -> None:
    """The old run's numbers stay and are said to be old; the next press starts anew with the new inputs."""
    user.next(6)
    tables = {name: cells(user.tables[name]) for name in ("worksheet", "footer", "history")}
    user.type_point(0, "5")
    assert {name: cells(user.tables[name]) for name in tables} == tables
    assert "The inputs have changed since this walk began" in user.notice
    assert user.next_text == "Start again with the new inputs"
    assert not user.window.actions_by_name["epoch"].isEnabled()
    assert not user.window.actions_by_name["run"].isEnabled()
    user.next()
    assert user.walk.is_at_start
    assert columns(user.worksheet)["x"][0] == "5"
    assert not user.notice
    user.next()
    assert (user.walk.problem.points[0], user.walk.done) == (5.0, 1)


def test_old_walk_can_be_taken_back(user: User) -> None:
    """Back still works in the old walk, and at its start the new inputs can begin."""
    user.next(3)
    user.type_point(0, "5")
    user.back(3)
    assert columns(user.worksheet)["x"][0] == "0.9"
    assert user.next_text == "Start again with the new inputs"
    user.next()
    assert columns(user.worksheet)["x"][0] == "5"


def test_start_takes_the_new_inputs(user: User) -> None:
    """Start, too, begins with the new inputs."""
    user.next(3)
    user.type_point(0, "5")
    user.press("start")
    assert columns(user.worksheet)["x"][0] == "5"
    assert user.walk.is_at_start
    assert not user.notice


def test_bad_edit_after_steps_keeps_the_old_numbers(user: User) -> None:
    """With a bad cell the old run stays in view, with word that it is the old one."""
    user.next(6)
    worksheet = cells(user.worksheet)
    user.type_point(0, "x")
    assert cells(user.worksheet) == worksheet
    assert "belongs to the earlier inputs" in user.notice
    assert_no_stepping(user, "'x' is not a number")
    user.type_point(0, "0.9")
    assert not user.notice
    assert user.next_text == "M: new variances (epoch 1)"


def test_components_changed_after_steps(user: User) -> None:
    """A component more leaves the old worksheet with its columns, until the walk starts again."""
    user.press("epoch")
    old = cells(user.worksheet)
    user.push("add_component")
    assert cells(user.worksheet) == old
    user.push("normalise")
    user.next()
    assert "β₃(x)" in columns(user.worksheet)


# Nothing typed is lost


def test_text_in_an_open_cell_counts_for_the_step(user: User) -> None:
    """A step by key, taken while a cell is still open, takes the text in the cell."""
    editor = user.type_unfinished(user.points, 0, 0, "5")
    QTest.keyClick(editor, Qt.Key.Key_F8)
    user.settle()
    assert user.state.draft.points[0] == ("5",)
    assert user.walk.problem.points[0] == 5.0


@pytest.mark.parametrize("name", ["forward", "epoch", "run"])
def test_text_in_an_open_cell_counts_for_a_click(user: User, name: str) -> None:
    """A button pressed while a cell is still open takes the text in the cell."""
    user.type_unfinished(user.points, 0, 0, "5")
    user.press(name)
    wait_for(user.bot, lambda: not user.state.run.is_running)
    assert user.state.draft.points[0] == ("5",)
    assert user.walk.problem.points[0] == 5.0


@pytest.mark.parametrize("name", ["epoch", "run"])
def test_text_in_an_open_cell_makes_the_walk_old(user: User, name: str) -> None:
    """Epoch and Run don't carry on a walk that the text in an open cell has just made old."""
    user.next(2)
    user.type_unfinished(user.points, 0, 0, "5")
    user.press(name)
    user.settle()
    assert not user.state.run.is_running
    assert user.walk.done == 2
    assert "The inputs have changed" in user.notice


def test_text_in_an_open_cell_is_saved(user: User, tmp_path: Path) -> None:
    """Ctrl+S while a cell is still open saves the text in it."""
    editor = user.type_unfinished(user.points, 0, 0, "5")
    user.dialogs.answers.append(str(tmp_path / "a.json"))
    QTest.keyClick(editor, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert Problem.load(tmp_path / "a.json").points[0] == 5.0


def test_bad_text_in_an_open_cell_stops_the_step(user: User) -> None:
    """A step by key takes a bad text too: it stays, and says why there is no step."""
    editor = user.type_unfinished(user.points, 0, 0, "5x")
    QTest.keyClick(editor, Qt.Key.Key_F8)
    user.settle()
    assert user.walk.is_at_start
    assert_faulty(user, user.points, 0, 0, "'5x' is not a number")


def test_text_in_an_open_cell_survives_a_change_of_the_view(user: User) -> None:
    """A theme chosen, or columns folded, while a cell is open: the text is still there."""
    user.type_unfinished(user.points, 0, 0, "5")
    user.menu_action("Theme", "Dark").trigger()
    user.settle()
    user.type_unfinished(user.parameters, 0, 1, "6")
    user.menu_action("Columns", "evidence").trigger()
    user.settle()
    user.window.inputs.points.setFocus()
    user.settle()
    assert (user.state.draft.points[0], user.state.draft.components[0][1]) == (("5",), "6")


def test_text_in_an_open_cell_is_unsaved_on_closing(user: User) -> None:
    """Closing the window while a cell is open asks about the text in it."""
    user.type_unfinished(user.points, 0, 0, "5")
    user.dialogs.answers.append(Answer.CANCEL)
    user.window.close()
    assert user.dialogs.asked == ["unsaved The lecture note's example"]
    assert user.window.isVisible()
    assert user.state.draft.points[0] == ("5",)


def test_text_in_an_open_cell_survives_progress_of_a_run(user: User) -> None:
    """What is being typed while a run reports stays as it is."""
    editor = user.type_unfinished(user.points, 0, 0, "5.2")
    user.desktop.store.update(lambda state: session.arrived(state, user.walk.forward_epoch()))
    user.settle()
    assert editor.text() == "5.2"


def test_models_show_what_was_typed(user: User) -> None:
    """Texts stay as typed, also unusual ones, and blanks around them go."""
    user.type_point(0, " 1.50 ")
    user.type_point(1, "+2")
    assert model_cells(user.window.inputs.points_model)[:2] == [["1.50"], ["+2"]]
    assert user.state.problem is not None
    assert user.state.problem.points[:2] == (1.5, 2.0)
