"""Problems of vectors: opened, typed, pasted, stepped through and drawn, in two and more dimensions."""

import dataclasses
import itertools
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication

import refgmm
from refgmm import Mixture, Problem, Walk, worksheet
from refgmm.formatting import format_number
from refgmm.gaussian import MultivariateGaussian
from refgmm.structures import STRUCTURES
from refgmm_gui.dialogs.files import Answer
from refgmm_gui.draft import Draft
from refgmm_gui.plots import plane_painting
from refgmm_gui.plots.picture import paint
from refgmm_gui.plots.scene import PlaneScene, picture_of, plane_scene_of
from refgmm_gui.session import most_points
from refgmm_gui.tables.grid_model import Role
from refgmm_gui.theme import DARK, LIGHT, Theme
from tests.gui.driver import (
    ALL_STEPS,
    User,
    cells,
    columns,
    footer_by_symbol,
    heads,
    pixels_of,
    wait_for,
)
from tests.gui.fixtures import OpenDesktop

TEN = [
    (11.0, 42.0), (19.0, 45.0), (15.0, 36.0), (25.0, 38.0), (24.0, 33.0),
    (-24.0, 3.0), (-31.0, -4.0), (-34.0, -14.0), (-25.0, -5.0), (-16.0, 7.0),
]  # fmt: skip
IRIS = str(Path(__file__).parent.parent / "data" / "iris.csv")


def identity(d: int, diagonal: float) -> list[list[float]]:
    return [[diagonal if a == b else 0.0 for b in range(d)] for a in range(d)]


def ten_points(structure: str = "full") -> Problem:
    start = Mixture.multivariate([0.5, 0.5], [(-25, 40), (-60, -30)], [identity(2, 400.0)] * 2)
    return Problem(tuple(TEN), start, structure=STRUCTURES[structure])


def four_dimensions() -> Problem:
    points = [(i % 3, i % 5 + 0.5, (i * i) % 7, i / 10) for i in range(30)]
    means = [(0, 1, 2, 0.5), (2, 3, 4, 2.5)]
    return Problem(tuple(points), Mixture.multivariate([0.25, 0.75], means, [identity(4, 2.0)] * 2))


def open_problem(user: User, problem: Problem, folder: Path) -> str:
    path = str(folder / "problem.json")
    problem.save(path)
    user.desktop.problems.open_path(path)
    user.settle()
    assert not user.dialogs.errors
    return path


def act(user: User, name: str, *answers: str | Answer) -> None:
    user.dialogs.answers.extend(answers)
    user.window.actions_by_name[name].trigger()
    user.settle()
    assert not user.dialogs.answers, "a question was not asked"


# Opened and stepped through


@pytest.mark.parametrize("problem", [ten_points(), four_dimensions()], ids=["2", "4"])
def test_worksheet_shows_the_trace(user: User, tmp_path: Path, problem: Problem) -> None:
    """Every cell of worksheet and footer after an epoch is the number of the trace."""
    open_problem(user, problem, tmp_path)
    d = problem.dimension
    assert d is not None
    user.press("epoch")
    epoch = next(refgmm.iterate(problem.points, problem.initial))
    wanted = worksheet.columns_of(problem, standard=True)
    assert heads(user.worksheet) == [
        *worksheet.lead_symbols(d),
        *(column.symbol for column in wanted),
    ]
    for i, row in enumerate(cells(user.worksheet)):
        assert row[0] == str(i + 1)
        assert tuple(map(float, row[1 : d + 1])) == problem.points[i]
        assert row[d + 1 :] == [format_number(column.value(epoch, i), 4) for column in wanted]
    shown = footer_by_symbol(user.footer)
    assert shown["μ₂′[2]"] == format_number(epoch.m.means[1][1], 4)
    assert shown["Σ₁′[2,1]"] == format_number(epoch.m.covariances[0][1][0], 4)
    assert shown["S₂[1,1]"] == format_number(epoch.m.weighted_squared_deviation_sums[1][0][0], 4)
    assert shown["ln|Σ₁|"] == format_number(epoch.e.log_determinants[0], 4)


def test_history_has_a_column_for_each_number(user: User, tmp_path: Path) -> None:
    """Weights, means by coordinate and covariances by entry, at the start and after each epoch."""
    problem = ten_points()
    open_problem(user, problem, tmp_path)
    user.press("epoch", 2)
    shown = columns(user.history)
    assert list(shown)[:7] == ["epoch", "α₁", "α₂", "μ₁[1]", "μ₁[2]", "μ₂[1]", "μ₂[2]"]
    assert list(shown)[7:] == [
        *[f"Σ{j}[{a}]" for j in "₁₂" for a in ("1,1", "2,1", "2,2")], "ln L", "gain",
    ]  # fmt: skip
    for row, milestone in enumerate(user.walk.history):
        mean, covariance = milestone.mixture.means[1], milestone.mixture.covariances[0]
        assert shown["μ₂[1]"][row] == format_number(mean[0], 4)
        assert shown["Σ₁[2,1]"][row] == format_number(covariance[1][0], 4)
    assert user.state.place is not None
    assert shown["ln L"][2] == format_number(user.walk.history[2].log_likelihood, 4)


def test_steps_back_and_forward_give_the_same_picture(user: User, tmp_path: Path) -> None:
    """In two dimensions, too, Back undoes a step exactly, the picture included."""
    open_problem(user, ten_points(), tmp_path)
    seen = []
    for _ in range(ALL_STEPS + 2):
        seen.append(user.everything())
        user.next()
    for before in reversed(seen):
        user.back()
        now = user.everything()
        assert {k: v for k, v in now.items() if "fresh" not in k} == {
            k: v for k, v in before.items() if "fresh" not in k
        }


def test_words_are_those_of_the_dimension(user: User, tmp_path: Path) -> None:
    """The button says covariances; step text and tool tips have the formulas of vectors."""
    open_problem(user, ten_points("spherical"), tmp_path)
    user.next(6)
    assert user.next_text == "M: new covariances (epoch 1)"
    user.next()
    assert "covariances" in user.window.step_text.done.text()
    assert "tr(Sⱼ)" in user.window.step_text.done.text()
    assert "βⱼ(x) r rᵀ" in str(user.menu("View", "Columns").actions()[-1].text())
    act(user, "example")
    assert "(x − μⱼ′)²" in str(user.menu("View", "Columns").actions()[-1].text())


# Covariance structures


@pytest.mark.parametrize("name", STRUCTURES)
def test_structure_chosen_gives_its_numbers(user: User, tmp_path: Path, name: str) -> None:
    """The walk computes what refgmm.iterate computes with this structure."""
    problem = ten_points()
    open_problem(user, problem, tmp_path)
    box = user.window.inputs.structure
    box.setCurrentIndex(box.findText(name))
    user.press("epoch", 3)
    epochs = refgmm.iterate(problem.points, problem.initial, structure=name)
    *_, third = itertools.islice(epochs, 3)
    assert user.walk.epoch.m == third.m
    shown = footer_by_symbol(user.footer)
    assert shown["Σ₂′[2,2]"] == format_number(third.m.covariances[1][1][1], 4)
    assert ("Σ₂′[2,1]" in shown) == (name in ("full", "tied"))
    assert STRUCTURES[name].meaning in box.toolTip()


def test_structure_is_an_input(user: User, tmp_path: Path) -> None:
    """Another structure makes a walk stale; it is saved, and there again after opening."""
    path = open_problem(user, ten_points(), tmp_path)
    user.next(3)
    box = user.window.inputs.structure
    box.setCurrentIndex(box.findText("tied diagonal"))
    assert "The inputs have changed" in user.notice
    assert user.next_text == "Start again with the new inputs"
    act(user, "save")
    assert json.loads(Path(path).read_text(encoding="utf-8"))["structure"] == "tied diagonal"
    act(user, "example")
    assert box.currentText() == "each variance free"
    user.desktop.problems.open_path(path)
    assert box.currentText() == "tied diagonal"
    assert user.walk.problem.structure is STRUCTURES["tied diagonal"]


def test_the_standard_density_of_vectors(user: User, tmp_path: Path) -> None:
    """The box φ(z) shows that of z = L⁻¹(x − μ), √|Σ| times g, and its tip says so; back in one dimension too."""
    box = user.window.standard
    assert "z-score" in box.toolTip()
    open_problem(user, ten_points(), tmp_path)
    assert box.isChecked()
    assert "√|Σ| times the density g" in box.toolTip()
    user.next()
    shown = columns(user.worksheet)
    (component, *_), x = ten_points().initial.components, ten_points().points[0]
    (a, b), (c, d) = component.covariance
    density = component.density(x) * math.sqrt(a * d - b * c)
    assert shown["φ(z₁)"][0] == format_number(density, 4)
    act(user, "new")
    assert "z-score" in box.toolTip()


def test_structures_of_one_dimension(user: User) -> None:
    """Two in one dimension: each variance free, or one shared, with its formula."""
    box = user.window.inputs.structure
    assert [box.itemText(row) for row in range(box.count())] == [
        "each variance free",
        "one shared variance",
    ]
    box.setCurrentIndex(1)
    user.press("epoch")
    problem = refgmm.worked_example.problem()
    shared = next(refgmm.iterate(problem.points, problem.initial, structure="tied"))
    assert user.walk.epoch.m == shared.m
    shown = footer_by_symbol(user.footer)
    assert shown["σ₁′²"] == shown["σ₂′²"] == format_number(shared.m.variances[0], 4)
    user.press("back")
    user.next(1)
    user.back(1)
    assert "shared by all" in user.window.step_text.done.text()


@pytest.mark.parametrize("structure", ["round", 7, [], None, {"a": 1}])
def test_unknown_structure_is_told(user: User, tmp_path: Path, structure: object) -> None:
    """A file that names no structure opens, says so, and is mended by choosing one."""
    document = ten_points().to_document() | {"structure": structure}
    path = tmp_path / "a.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    user.desktop.problems.open_path(str(path))
    assert not user.dialogs.errors
    assert "there is no covariance structure" in user.fault
    assert user.window.inputs.structure.currentIndex() == -1
    user.window.inputs.structure.setCurrentIndex(0)
    assert not user.fault
    user.next()


# Typed, pasted, mended


def test_new_problem_typed(user: User) -> None:
    """Points and parameters typed into the empty tables of two dimensions make a problem."""
    act(user, "new_2d")
    assert heads(user.points) == ["x[1]", "x[2]"]
    assert user.next_text == "Fill in the inputs"
    meaning = user.window.step_text.meaning
    assert meaning.text() == "Type points and initial parameters."
    for row, (x, y) in enumerate([("1", "2"), ("3", "5"), ("4", "4")]):
        user.type(user.points, row, 0, x)
        assert f"coordinate 2 of point {row + 1} is missing" in "\n".join(
            fault.message for fault in user.state.faults
        )
        user.type(user.points, row, 1, y)
    assert meaning.text() == (
        "Type the initial parameters, or have the points suggest some: “From the points”."
    )
    for component, texts in enumerate((("1", "2", "1", "1"), ("4", "4", "2", "3"))):
        for row, text in zip((1, 2, 3, 5), texts, strict=True):
            user.type(user.parameters, row, component, text)
    assert not user.fault
    assert user.state.problem is not None
    assert user.state.problem.points == ((1.0, 2.0), (3.0, 5.0), (4.0, 4.0))
    assert user.state.problem.initial.covariances[1] == ((2.0, 0.0), (0.0, 3.0))
    user.type(user.parameters, 4, 1, "0.5")
    assert user.state.problem.initial.covariances[1] == ((2.0, 0.5), (0.5, 3.0))
    user.press("epoch")


def test_parameters_stand_in_rows(user: User, tmp_path: Path) -> None:
    """A row per parameter, a column per component, in its colour."""
    open_problem(user, ten_points(), tmp_path)
    model = user.parameters.model()
    names = [model.headerData(row, Qt.Orientation.Vertical) for row in range(model.rowCount())]
    assert names == ["weight α", "mean μ[1]", "mean μ[2]", "Σ[1,1]", "Σ[2,1]", "Σ[2,2]"]
    assert heads(user.parameters) == ["1", "2"]
    assert columns(user.parameters)["2"] == ["0.5", "-60", "-30", "400", "0", "400"]


FAULTS: list[tuple[str, tuple[int, int], str, str]] = [
    ("points", (1, 1), "abc", "coordinate 2 of point 2: 'abc' is not a number"),
    ("points", (1, 0), "1e80", "coordinate 1 of point 2 is 1e+80"),
    (
        "parameters",
        (2, 1),
        "0,5",
        "coordinate 2 of mean 2: '0,5' is not a number: write 0.5",
    ),
    ("parameters", (3, 0), "-1", "variance Σ[1,1] of component 1 must be positive"),
    ("parameters", (4, 0), "", "covariance Σ[2,1] of component 1 is missing"),
    ("parameters", (4, 1), "500", "covariance 2 is not positive definite: its pivot 2 is"),
    ("parameters", (0, 1), "-0.5", "weight 2 must not be negative"),
]


@pytest.mark.parametrize("fault", FAULTS)
def test_bad_cell_says_so(
    user: User, tmp_path: Path, fault: tuple[str, tuple[int, int], str, str]
) -> None:
    """The cell stands out, keeps what was typed, and says what is wrong; mended, all is well."""
    open_problem(user, ten_points(), tmp_path)
    table, (row, column), text, message = fault
    view = user.tables[table]
    before = cells(view)[row][column]
    user.type(view, row, column, text)
    index = view.model().index(row, column)
    assert message in user.fault
    assert message in str(index.data(Qt.ItemDataRole.ToolTipRole))
    assert index.data(Qt.ItemDataRole.BackgroundRole) == QColor(LIGHT.fault)
    assert cells(view)[row][column] == text
    elsewhere = view.model().index(0, 0).data(Qt.ItemDataRole.BackgroundRole)
    assert elsewhere is None
    assert not user.window.actions_by_name["forward"].isEnabled()
    user.type(view, row, column, before)
    assert not user.fault


def test_faulty_matrix_stands_out_as_a_whole(user: User, tmp_path: Path) -> None:
    """Where a covariance isn't positive definite, all of its entries stand out, and no others."""
    open_problem(user, ten_points(), tmp_path)
    user.type(user.parameters, 4, 1, "500")
    model = user.parameters.model()
    red = {
        (row, column)
        for row in range(6)
        for column in range(2)
        if model.index(row, column).data(Qt.ItemDataRole.BackgroundRole) is not None
    }
    assert red == {(3, 1), (4, 1), (5, 1)}


def test_components_added_and_removed(user: User, tmp_path: Path) -> None:
    """A new component has the last one's covariance and a shifted mean; the selected one goes."""
    open_problem(user, ten_points(), tmp_path)
    user.push("add_component")
    assert columns(user.parameters)["3"] == ["0.5", "-59", "-29", "400", "0", "400"]
    assert "weights must sum to 1" in user.fault
    user.push("normalise")
    assert not user.fault
    user.press("epoch")
    assert "Σ₃[2,1]" in columns(user.history)
    user.select(user.parameters, (1, 0))
    user.push("remove_component")
    assert [row[1] for row in columns(user.parameters).values()] == ["-60", "-59"]


def test_points_pasted_and_removed(user: User, tmp_path: Path) -> None:
    """Rows pasted are appended; a selection is replaced; an emptied point goes."""
    open_problem(user, ten_points(), tmp_path)
    user.points.clearSelection()
    user.paste(user.points, "a\tb\n1\t2\n3\t4")
    assert cells(user.points)[10:] == [["1", "2"], ["3", "4"], ["", ""]]
    assert "Pasted 2 points." in user.status
    user.select(user.points, (10, 0))
    QTest.keyClick(user.points, Qt.Key.Key_Delete)
    assert cells(user.points)[10:] == [["3", "4"], ["", ""]]
    user.type(user.points, 10, 0, "")
    user.type(user.points, 10, 1, "")
    assert len(cells(user.points)) == 11


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1 2\n3", "line 2 has 1 cell where others have 2"),
        ("1 2\n3 1e80", "computes with points up to"),
    ],
)
def test_paste_refused(user: User, tmp_path: Path, text: str, words: str) -> None:
    """Ragged rows and numbers beyond the range change nothing, and are told."""
    open_problem(user, ten_points(), tmp_path)
    before = cells(user.points)
    user.points.clearSelection()
    user.paste(user.points, text)
    assert user.status.startswith("Nothing was pasted: ")
    assert words in user.status
    assert cells(user.points) == before


@pytest.mark.parametrize(
    ("text", "answer", "pasted"),
    [
        ("1 2 3\n4 5 6", "3,1", [("3", "1"), ("6", "4")]),
        ("1 2\n3 x\n4 5", "1,2", [("1", "2"), ("4", "5")]),
    ],
)
def test_pasted_columns_are_chosen(
    user: User,
    tmp_path: Path,
    text: str,
    answer: str,
    pasted: list[tuple[str, ...]],
) -> None:
    """Where there are more or fewer than a point has coordinates: which; they go to where the user stands."""
    open_problem(user, ten_points(), tmp_path)
    before = user.state.draft.points
    user.select(user.points, (1, 0))
    user.dialogs.answers += [answer, "yes"]
    user.paste(user.points, text)
    assert user.dialogs.columns == [list("123")[: len(text.split("\n", maxsplit=1)[0].split())]]
    assert user.state.draft.points == (before[0], *pasted, *before[3:])


def test_parameters_pasted(user: User, tmp_path: Path) -> None:
    """A block goes into the cells from the current one on, and adds components on the right."""
    open_problem(user, ten_points(), tmp_path)
    user.select(user.parameters, (1, 1))
    user.paste(user.parameters, "7\t8\n9\t10\n")
    assert columns(user.parameters)["2"][:3] == ["0.5", "7", "9"]
    assert columns(user.parameters)["3"][1:] == ["8", "10", "400", "0", "400"]


def test_columns_pasted_into_an_empty_problem(user: User) -> None:
    """Several columns in the place of no points: the user says which, and the dimension follows."""
    act(user, "new")
    user.dialogs.answers.append("1,3")
    user.paste(user.points, "1 2 3\n4 5 6")
    assert not user.dialogs.answers
    assert user.dialogs.columns == [["1", "2", "3"]]
    assert cells(user.points) == [["1", "3"], ["4", "6"], ["", ""]]
    assert user.state.draft.dimension == 2
    assert user.status.startswith("Pasted 2 points.")


def test_gaps_of_pasted_columns_are_told(user: User) -> None:
    """Empty rows between others are left out of several columns, too, and counted."""
    act(user, "new_2d")
    user.paste(user.points, "1\t2\n\n\n3\t4")
    assert cells(user.points) == [["1", "2"], ["3", "4"], ["", ""]]
    assert "Left out 2 empty rows." in user.status


def test_file_of_several_columns_begins_a_problem(user: User) -> None:
    """Iris into the example: four columns chosen make an empty problem of four dimensions."""
    names = "sepal_length_cm,sepal_width_cm,petal_length_cm,petal_width_cm"
    act(user, "import_points", IRIS, names)
    assert user.dialogs.columns == [names.split(",")]
    assert user.state.draft.dimension == 4
    assert len(user.state.draft.points) == 150
    assert user.state.is_modified
    assert cells(user.parameters)[0] == ["0.5", "0.5"]
    act(user, "import_points", IRIS)  # as many columns as coordinates: nothing to ask
    assert len(user.state.draft.points) == 150
    act(user, "new", Answer.DISCARD)
    act(user, "import_points", IRIS, "petal_length_cm")
    assert heads(user.points) == ["x"]
    assert cells(user.points)[0] == ["1.4"]


def test_changes_are_kept_where_the_user_says_so(user: User) -> None:
    """Points of another dimension don't replace unsaved inputs without a question."""
    user.type_point(0, "5")
    act(user, "import_points", IRIS, "sepal_length_cm,petal_width_cm", Answer.CANCEL)
    assert user.state.draft.dimension is None
    assert user.state.draft.points[0] == ("5",)


def test_most_points_depend_on_the_dimension(user: User, tmp_path: Path) -> None:
    """More points of several coordinates than can be stepped through are refused."""
    open_problem(user, ten_points(), tmp_path)
    path = tmp_path / "many.csv"
    path.write_text("1;2\n" * (most_points(2) + 1), encoding="utf-8")
    user.dialogs.answers.append("")  # no sample either
    user.desktop.problems.import_path(str(path))
    (message,) = user.dialogs.asked
    assert "50,001 points are more than the 50,000 of 2 coordinates" in message
    assert len(user.state.draft.points) == 10


# Files


def test_saved_and_opened_again(user: User, tmp_path: Path) -> None:
    """What is saved is a problem file that the library reads, and opens with the same texts."""
    path = open_problem(user, four_dimensions(), tmp_path)
    user.type(user.points, 0, 3, "0.125")
    user.type(user.parameters, 6, 0, "0.1")
    texts = cells(user.points), cells(user.parameters)
    act(user, "save")
    saved = Problem.load(path)
    assert saved == user.state.problem
    assert saved.points[0] == (0.0, 0.5, 0.0, 0.125)
    assert saved.initial.covariances[0][1][0] == saved.initial.covariances[0][0][1] == 0.1
    act(user, "example")
    user.desktop.problems.open_path(path)
    assert (cells(user.points), cells(user.parameters)) == texts


def changed(**initial: object) -> dict[str, Any]:
    document = ten_points().to_document()
    return document | {"initial": document["initial"] | initial}


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (changed() | {"points": [[1, 2], [3]]}, "coordinate 2 of point 2 is missing"),
        (changed() | {"points": [1, 2]}, "coordinate 2 of point 1 is missing"),
        (changed() | {"points": [[1, "x"]]}, "coordinate 2 of point 1: 'x' is not a number"),
        (changed(means=[[1, 2, 3], [4, 5, 6]]), "coordinate 3 of point 1 is missing"),
        (changed(means=[[1, 2]]), "coordinate 1 of mean 2 is missing"),
        (changed(covariances=[[[1, 0], [0, 1]], 5]), "covariance Σ[2,1] of component 2 is missing"),
        (changed(covariances=[[[1, 0], [0, -1]]] * 2), "variance Σ[2,2] of component 1 must be"),
        (changed(covariances=[[], []]), "variance Σ[1,1] of component 1 is missing"),
    ],
)
def test_file_with_bad_values_opens_with_them(
    user: User, tmp_path: Path, document: dict[str, Any], message: str
) -> None:
    """A value that won't do, or lacks, shows in its cell; nothing that stands in the file is lost."""
    path = tmp_path / "a.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    user.desktop.problems.open_path(str(path))
    assert not user.dialogs.errors
    assert any(message in fault.message for fault in user.state.faults)


def test_asymmetric_covariance_is_refused(user: User, tmp_path: Path) -> None:
    """The table has no cell for what stands above the diagonal: the file says what is wrong."""
    path = tmp_path / "a.json"
    document = changed(covariances=[[[4, 1], [2, 4]], identity(2, 1.0)])
    path.write_text(json.dumps(document), encoding="utf-8")
    user.desktop.problems.open_path(str(path))
    (message,) = user.dialogs.errors
    assert "is not symmetric" in message
    assert user.state.draft.dimension is None


@pytest.mark.parametrize("problem", [ten_points("tied"), four_dimensions()], ids=["2", "4"])
def test_draft_round_trip(problem: Problem) -> None:
    """A draft holds a problem's every double, and gives the same problem and document back."""
    draft = Draft.of_problem(problem)
    assert draft.check() == (problem, ())
    assert draft.to_document() == problem.to_document()


# The picture


def test_outlines_lie_at_one_and_two_sigma(user: User, tmp_path: Path) -> None:
    """(x - mu)^T Sigma^-1 (x - mu) = r^2, for the parameters as far as they are known."""
    open_problem(user, ten_points(), tmp_path)
    for _ in range(ALL_STEPS):
        user.next()
        _, means, covariances = user.walk.parameters
        for j, outlines in enumerate(user.plane.ellipses):
            gaussian = MultivariateGaussian(means[j], covariances[j])
            for sigmas, outline in zip((1, 2), outlines, strict=True):
                for x in outline:
                    assert gaussian.mahalanobis_distance(x) == pytest.approx(sigmas)


def test_picture_follows_the_walk(user: User, tmp_path: Path) -> None:
    """Shares once they are known; the ellipses before, once a mean has moved; steady axes."""
    open_problem(user, ten_points(), tmp_path)
    start = user.plane
    assert start.shares == ((),) * len(start.points)
    assert start.before is None
    user.next(4)
    assert user.plane.shares == user.walk.epoch.e.responsibilities
    user.next(2)
    assert user.plane.before == start.ellipses
    assert user.plane.means == user.walk.epoch.m.means
    user.press("epoch", 4)
    assert (user.plane.across, user.plane.up) == (start.across, start.up)
    assert "10 points, x[1] from -34 to 25 and x[2] from -14 to 45" in (
        user.window.plot.accessibleDescription()
    )


def test_coordinates_are_chosen(open_desktop: OpenDesktop, tmp_path: Path) -> None:
    """In more than two dimensions the user chooses two; the ellipse is that of their marginal."""
    user = open_desktop()
    plot = user.window.plot
    assert not plot.controls.choice.isVisible()
    path = open_problem(user, four_dimensions(), tmp_path)
    assert plot.controls.choice.isVisible()
    plot.controls.across.setCurrentIndex(2)
    plot.controls.up.setCurrentIndex(3)
    assert user.plane.names == ("x[3]", "x[4]")
    assert user.plane.points[1] == user.walk.problem.points[1][2:]
    plot.controls.up.setCurrentIndex(2)  # what the other has: they change places
    assert user.plane.names == ("x[4]", "x[3]")
    user.press("epoch")
    (_, two_sigma), _ = user.plane.ellipses
    covariance = user.walk.epoch.m.covariances[0]
    reach = max(x for x, _ in two_sigma) - user.plane.means[0][0]
    assert reach == pytest.approx(2 * math.sqrt(covariance[3][3]))
    user.window.close()
    again = open_desktop()
    assert again.state.view.coordinates == (3, 2)
    open_problem(again, ten_points(), tmp_path)
    assert again.plane.names == ("x[1]", "x[2]")
    assert not again.window.plot.controls.choice.isVisible()
    assert Path(path).exists()


def walk_of(points: Sequence[tuple[float, ...]], *components: tuple[float, Any, Any]) -> Walk:
    weights, means, covariances = zip(*components, strict=True)
    return Walk.begin(Problem(tuple(points), Mixture.multivariate(weights, means, covariances)))


COLLAPSE = walk_of(
    [(0.0, 0.0), (10.0, 9.0), (11.0, 12.0), (12.0, 10.0)],
    (0.5, (0.0, 0.0), identity(2, 1e-3)),
    (0.5, (11.0, 10.0), identity(2, 1.0)),
).forward_epoch()
SINGULAR = walk_of(
    [(0.0, 0.0), (1.0, 1.0), (2.0, 2.0), (3.0, 3.0)], (1.0, (1.0, 2.0), identity(2, 1.0))
).forward_epoch()
EMPTY = walk_of(
    [(0.0, 0.0), (1.0, 2.0)],
    (1.0, (0.5, 0.5), identity(2, 1.0)),
    (0.0, (5.0, 5.0), identity(2, 1.0)),
).forward_epoch()


def test_degenerate_walks_have_a_picture() -> None:
    """A collapsed component has no ellipse, a singular one a flat one, an empty one its old one."""
    assert [event.name for event in COLLAPSE.stopped_by] == ["VarianceCollapse"]
    scene = plane_scene_of(COLLAPSE, (0, 1))
    assert scene.collapsed == {0}
    assert scene.ellipses[0] == ()
    assert len(scene.ellipses[1]) == 2
    assert [event.name for event in SINGULAR.stopped_by] == ["SingularCovariance"]
    ((outline, _),) = plane_scene_of(SINGULAR, (0, 1)).ellipses
    assert all(x == pytest.approx(y) for x, y in outline)
    empty = plane_scene_of(EMPTY, (0, 1))
    assert empty.ellipses == plane_scene_of(EMPTY.to_start(), (0, 1)).ellipses


def plane(points: list[tuple[float, float]], *components: tuple[float, Any, Any]) -> PlaneScene:
    scene = picture_of(walk_of(points, *components).forward_epoch(), (0, 1))
    assert isinstance(scene, PlaneScene)
    return scene


MANY = [(float(i % 71), float(i * i % 97)) for i in range(4000)]
ODD_SCENES: dict[str, PlaneScene] = {
    "collapsed": plane_scene_of(COLLAPSE, (0, 1)),
    "singular": plane_scene_of(SINGULAR, (0, 1)),
    "empty": plane_scene_of(EMPTY, (0, 1)),
    "four dimensions": plane_scene_of(Walk.begin(four_dimensions()), (3, 1)),
    "many points": plane(MANY, (1.0, (30, 40), identity(2, 400.0))),
    "one point": plane_scene_of(
        walk_of([(3.0, 3.0)], (1.0, (3, 3), identity(2, 1e-20))), (0, 1)
    ),
    "equal points": plane([(3.0, 3.0)] * 5, (1.0, (3, 3), identity(2, 1.0))),
    "huge": plane([(-1e75, 1e75), (1e75, 2e74), (0, 0)], (1.0, (0, 0), identity(2, 1e150))),
    "tiny": plane([(1e-70, 1e-70), (2e-70, 0), (0, 0)], (1.0, (0, 0), identity(2, 1e-140))),
    "an endless ellipse": plane_scene_of(
        walk_of([(0.0, 0.0), (1.0, 1.0)], (1.0, (0, 0), identity(2, 1e150))), (0, 1)
    ),
    "a mean far away": plane([(0.0, 0.0), (1.0, 3.0)], (1.0, (1e6, 0), identity(2, 1.0))),
    "eight components": plane_scene_of(
        walk_of(TEN, *[(1 / 8, (j, j), identity(2, 9.0 + j)) for j in range(8)]), (0, 1)
    ),
}  # fmt: skip


def picture(scene: PlaneScene, colours: Theme, width: int, height: int) -> QImage:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.magenta)
    painter = QPainter(image)
    paint(painter, QRectF(image.rect()), scene, colours)
    painter.end()
    return image


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_many_points_hide_no_ellipse(app: QApplication, colours: Theme) -> None:
    """Where points of its own colour lie all over them, the ellipses are seen in every part."""
    grid = [(x / 20, y / 20) for x in range(-50, 51) for y in range(-50, 51)]
    scene = dataclasses.replace(
        plane(grid, (1.0, (0, 0), identity(2, 1.0))), shares=((1.0,),) * len(grid)
    )
    shown = picture(scene, colours, 500, 400)
    without = picture(dataclasses.replace(scene, shows_components=False), colours, 500, 400)
    frame = plane_painting.frame_of(QRectF(0, 0, 500, 400), scene, QFontMetricsF(app.font()))

    def contrast(at: QPoint) -> int:
        """Of the margin of a line to the points that were there."""
        return abs(shown.pixelColor(at).lightness() - without.pixelColor(at).lightness())

    for outline in scene.ellipses[0]:
        for x, y in outline:
            at = frame.at(x, y).toPoint()
            around = [at + QPoint(dx, dy) for dx in range(-5, 6) for dy in range(-5, 6)]
            assert max(map(contrast, around)) > 50


@pytest.mark.parametrize("name", ODD_SCENES)
def test_odd_scene_is_painted(app: QApplication, name: str) -> None:
    """Whatever the walk leads to paints over its whole area, large or small, and tiny, too."""
    for colours in (LIGHT, DARK):
        for width, height in ((800, 300), (240, 150)):
            image = picture(ODD_SCENES[name], colours, width, height)
            assert len(set(pixels_of(image))) > 2
            assert image.pixelColor(0, 0).name() == colours.base
            assert image.pixelColor(width - 1, height - 1).name() == colours.base
        picture(ODD_SCENES[name], colours, 60, 40)


def test_components_show_in_their_colours(app: QApplication) -> None:
    """Outline, marker and pies of each component are in the picture, in both themes."""
    scene = plane_scene_of(Walk.begin(ten_points()).forward_epoch(), (0, 1))
    for colours in (LIGHT, DARK):
        found = pixels_of(picture(scene, colours, 900, 300))
        for colour in colours.components[:2]:
            assert found.count(QColor(colour).rgb()) > 200
        assert QColor(colours.components[2]).rgb() not in found


def test_window_paints_in_every_dimension(painting_user: User, tmp_path: Path) -> None:
    """The whole window paints at each sub-step in two dimensions, in four, and with thirty."""
    user = painting_user
    open_problem(user, ten_points(), tmp_path)
    for _ in range(ALL_STEPS + 1):
        assert len(set(pixels_of(user.window.grab().toImage()))) > 10
        user.next()
    open_problem(user, four_dimensions(), tmp_path)
    user.press("epoch")
    assert len(set(pixels_of(user.window.grab().toImage()))) > 10
    act(user, "new_nd", "30")
    user.window.grab()


# Layout and models


@pytest.mark.parametrize("size", [(1280, 800), (1920, 1080)])
def test_two_components_in_two_dimensions_are_readable(
    user: User, tmp_path: Path, size: tuple[int, int]
) -> None:
    """All parameters are in sight without scrolling; the plot is as high as it should be."""
    open_problem(user, ten_points(), tmp_path)
    user.window.resize(*size)
    user.press("epoch", 2)
    user.settle()
    assert (user.window.width(), user.window.height()) == size
    assert user.parameters.horizontalScrollBar().maximum() == 0
    assert user.parameters.verticalScrollBar().maximum() == 0
    assert user.points.horizontalScrollBar().maximum() == 0
    assert user.history.horizontalScrollBar().maximum() == 0
    assert user.window.plot.height() >= 0.3 * user.window.sides.column_of("plot").height()


def test_footer_stays_below_its_columns(user: User, tmp_path: Path) -> None:
    """Whatever problem follows another, each sum stands under its column."""
    user.window.resize(1280, 800)
    for problem in (ten_points(), four_dimensions(), ten_points("diagonal"), ten_points()):
        open_problem(user, problem, tmp_path)
        for name in ("forward", "epoch", "epoch", "start"):
            user.press(name)
            user.settle()
            view = user.window.worksheet
            for above, below in ((view.points, view.footer), (view.lead, view.lead_footer)):
                for section in range(above.model().columnCount()):
                    assert above.columnWidth(section) == below.columnWidth(section), section
                    assert above.columnViewportPosition(section) == (
                        below.columnViewportPosition(section)
                    ), section


def test_point_stays_in_sight(user: User, tmp_path: Path) -> None:
    """All coordinates are frozen on the left; of very many, as many as leave room."""
    open_problem(user, four_dimensions(), tmp_path)
    lead = user.window.worksheet.lead
    shown = [section for section in range(6) if not lead.isColumnHidden(section)]
    assert shown == [0, 1, 2, 3, 4]
    labels = user.window.worksheet.lead_footer.model()
    assert [labels.index(row, 4).data() for row in range(2)] == ["sum", "new"]
    beside = [labels.index(row, 4).data(Role.SYMBOL) for row in range(2)]
    assert beside == ["ln|Σ|,", None], "the row of sums has determinants, which are none"
    d = 12
    points = [tuple(float((i * a) % 17) for a in range(1, d + 1)) for i in range(20)]
    start = Mixture.multivariate([1], [[5.0] * d], [identity(d, 9.0)])
    open_problem(user, Problem(tuple(points), start), tmp_path)
    frozen = [section for section in range(d + 2) if not lead.isColumnHidden(section)]
    assert 2 <= len(frozen) <= d
    assert lead.width() < 0.5 * user.window.worksheet.width()
    for section in range(d + 1):
        assert user.worksheet.isColumnHidden(section) == (section in frozen)
    assert labels.index(0, frozen[-1]).data() == "sum"


def test_models_keep_qt_s_rules(user: User, tmp_path: Path) -> None:
    """Sizes, indexes and signals stay consistent where the dimension changes under the models."""
    warn = QAbstractItemModelTester.FailureReportingMode.Warning
    testers = [QAbstractItemModelTester(view.model(), warn) for view in user.tables.values()]
    user.press("epoch")
    open_problem(user, ten_points(), tmp_path)
    user.next(9)
    user.push("add_component")
    user.push("normalise")
    user.window.inputs.structure.setCurrentIndex(2)
    user.press("start")
    user.press("epoch", 2)
    user.type(user.points, 10, 1, "3")
    user.type(user.points, 10, 0, "x")
    act(user, "new", Answer.DISCARD)
    act(user, "new_nd", "3")
    open_problem(user, four_dimensions(), tmp_path)
    user.press("epoch")
    act(user, "example")
    user.press("epoch")
    assert len(testers) == 5


def test_run_converges_in_two_dimensions(user: User, tmp_path: Path) -> None:
    """Run goes on to convergence, and leaves the numbers of iterate."""
    problem = ten_points("tied")
    open_problem(user, problem, tmp_path)
    user.press("run")
    wait_for(user.bot, lambda: not user.state.run.is_running)
    assert "Converged" in user.notice
    epochs = refgmm.iterate(problem.points, problem.initial, structure="tied")
    *_, last = itertools.islice(epochs, user.walk.epoch.index)
    assert user.walk.epoch.m == last.m
