"""Two runs side by side: the same epochs, their numbers and what differs."""

import math
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFont, QFontMetricsF

from refgmm import Cell, Labelling, Mixture, Notebook, Problem, Walk, gallery, worked_example
from refgmm_gui.comparing import Comparison, Side
from refgmm_gui.dialogs.compare import CompareDialog
from refgmm_gui.draft import Draft
from refgmm_gui.plots.picture import frame_of
from refgmm_gui.plots.scene import PlaneScene, Scene
from refgmm_gui.session import View
from refgmm_gui.tables.grid_model import Role
from refgmm_gui.theme import DARK
from tests.gui.driver import Texts, User, model_cells, pixels_of, wait_for


def walked(problem: Problem, epochs: int) -> Walk:
    walk = Walk.begin(problem)
    for _ in range(epochs):
        walk = walk.forward_epoch()
    return walk


def opened(user: User) -> CompareDialog:
    user.window.actions_by_name["compare"].trigger()
    return shown(user)


def shown(user: User) -> CompareDialog:
    """The window, once it has its numbers."""
    user.settle()
    dialog = user.window.findChildren(CompareDialog)[-1]
    wait_for(user.bot, lambda: not dialog.is_busy)
    return dialog


def choose(user: User, dialog: CompareDialog, title: str) -> None:
    """Choose run B."""
    row = dialog.others.findText(title)
    assert row >= 0, [dialog.others.itemText(row) for row in range(dialog.others.count())]
    dialog.others.setCurrentIndex(row)
    dialog.others.activated.emit(row)
    wait_for(user.bot, lambda: not dialog.is_busy)


def go_to(user: User, dialog: CompareDialog, epoch: int) -> Texts:
    dialog.epoch.setValue(epoch)
    wait_for(user.bot, lambda: not dialog.is_busy)
    return model_cells(dialog.model)


def row(texts: Texts, name: str) -> list[str]:
    (found,) = (line for line in texts if line[0] == name)
    return found


# The comparison


def test_lines_are_the_numbers_of_the_walks() -> None:
    """At each epoch, both columns are the milestones' parameters, and the difference is theirs."""
    note = worked_example.problem()
    other = Problem(note.points, Mixture.univariate([0.3, 0.7], [0.5, 2.5], [1.0, 1.0]))
    walks = walked(note, 6), walked(other, 4)
    comparison = Comparison(Side("A", walks[0]), Side("B", walks[1]))
    assert comparison.last == 6
    for epoch in range(7):
        a, b = walks[0].milestones[epoch], walks[1].milestones[min(epoch, 4)]
        lines = {line.name: line for line in comparison.lines(epoch)}
        for j, sub in enumerate("₁₂"):
            assert lines[f"α{sub}"].values == (a.mixture.weights[j], b.mixture.weights[j])
            assert lines[f"μ{sub}"].values == (a.mixture.means[j], b.mixture.means[j])
            assert lines[f"σ{sub}²"].values == (a.mixture.covariances[j], b.mixture.covariances[j])
            line = lines[f"μ{sub}"]
            assert line.difference == b.mixture.means[j] - a.mixture.means[j]
        assert lines["ln L"].values == (a.log_likelihood, b.log_likelihood)
        assert lines["gain"].values == (a.gain, b.gain)


def test_what_one_run_lacks_is_empty() -> None:
    """Of three components and two, the third has no counterpart, and no difference."""
    points = worked_example.problem().points
    three = Problem(points, Mixture.univariate([0.2, 0.4, 0.4], [0.5, 1, 2], [1, 1, 1]))
    comparison = Comparison(
        Side("A", walked(worked_example.problem(), 2)), Side("B", walked(three, 2))
    )
    lines = {line.name: line for line in comparison.lines(1)}
    a, b = lines["μ₃"].values
    assert (a, lines["μ₃"].difference) == (None, None)
    assert b is not None


def test_dimensions_may_differ() -> None:
    """A run in one dimension and one in two: each has its own parameters."""
    plane = Problem(
        ((0, 0), (1, 2), (3, 1)), Mixture.multivariate([1], [(1, 1)], [[[1, 0], [0, 1]]])
    )
    comparison = Comparison(
        Side("A", walked(worked_example.problem(), 1)), Side("B", walked(plane, 1))
    )
    lines = {line.name: line.values for line in comparison.lines(1)}
    assert lines["μ₁"][1] is None
    assert lines["μ₁[2]"][0] is None
    assert lines["μ₁[2]"][1] == pytest.approx(1.0)
    kinds = [type(picture) for picture in comparison.pictures(1, View())]
    assert kinds == [Scene, PlaneScene]


def test_paper_is_the_notebook_s() -> None:
    """The paper side has the numbers that a student writes down: those of refgmm.notebook."""
    walk = walked(worked_example.problem(), 5)
    comparison = Comparison(Side("A", walk), Side("B", walk, paper=2))
    notebook = Notebook()
    for epoch in (1, 3, 5):
        lines = {line.name: line for line in comparison.lines(epoch)}
        expected = notebook.value(walk, Cell(epoch, "mean", None, 0), paper=2)
        assert lines["μ₁"].values[1] == expected == round(expected, 2)
    first, second = comparison.pictures(5, View())
    assert isinstance(first, Scene)
    assert isinstance(second, Scene)
    assert second.means == tuple(
        notebook.value(walk, Cell(5, "mean", None, j), paper=2) for j in (0, 1)
    )
    assert first.means == walk.milestones[5].mixture.means
    assert first.curves != second.curves


def test_paper_in_the_plane_is_drawn_as_written() -> None:
    """In two dimensions, too, the ellipses are those of the rounded parameters."""
    plane = Problem(
        ((0, 0), (1, 2), (3, 4 / 3), (4, 4)),
        Mixture.multivariate([1], [(1, 1)], [[[9, 0], [0, 9]]]),
    )
    walk = walked(plane, 2)
    comparison = Comparison(Side("A", walk), Side("B", walk, paper=4))
    first, second = comparison.pictures(2, View())
    assert isinstance(second, PlaneScene)
    assert all(value == round(value, 4) for value in second.means[0])
    assert isinstance(first, PlaneScene)
    assert first.ellipses != second.ellipses


def test_rounding_that_leaves_no_mixture() -> None:
    """Where densities round to zero, paper mode ends in numbers that are none, and no plot is drawn."""
    plane = Problem(
        ((0, 0), (10, 20), (30, 10), (40, 40)),
        Mixture.multivariate([1], [(10, 10)], [[[400, 0], [0, 400]]]),
    )
    walk = walked(plane, 2)
    comparison = Comparison(Side("A", walk), Side("B", walk, paper=2))
    lines = {line.name: line.values for line in comparison.lines(2)}
    assert math.isnan(lines["μ₁[1]"][1] or 0.0)
    first, second = comparison.pictures(2, View())
    assert isinstance(first, PlaneScene)
    assert second is None


def test_both_pictures_have_the_same_range() -> None:
    """Of the same points, what looks farther right is farther right."""
    note = worked_example.problem()
    other = Problem(note.points, Mixture.univariate([0.5, 0.5], [-3, 9], [4, 4]))
    comparison = Comparison(Side("A", walked(note, 1)), Side("B", walked(other, 1)))
    first, second = comparison.pictures(1, View())
    assert isinstance(first, Scene)
    assert isinstance(second, Scene)
    assert first.between == second.between


@pytest.mark.usefixtures("app")
def test_heights_can_be_compared() -> None:
    """Of the same points, both axes go up to the same density; unless each is to have its own."""
    note = worked_example.problem()
    narrow = Problem(note.points, Mixture.univariate([0.5, 0.5], [1, 2], [0.01, 2]))
    comparison = Comparison(Side("A", walked(note, 0)), Side("B", walked(narrow, 0)))

    def tops(same_axes: bool) -> list[float]:
        scenes = comparison.pictures(0, View(), same_axes)
        area, metrics = QRectF(0, 0, 400, 300), QFontMetricsF(QFont())
        return [
            frame_of(area, scene, metrics).place(QPointF(200, 0))[1] for scene in scenes if scene
        ]

    own, same = tops(False), tops(True)
    assert own[0] < own[1]
    assert same == [own[1], own[1]]


def test_both_planes_have_the_same_ranges() -> None:
    """In two dimensions, too, both axes go as far in both."""
    points = ((0, 0), (1, 2), (3, 1), (4, 4))
    identity = ((1, 0), (0, 1))
    near, far = (
        Side("", walked(Problem(points, Mixture.multivariate([1], [mean], [identity])), 0))
        for mean in ((1, 1), (20, -30))
    )
    comparison = Comparison(near, far)
    a, b = comparison.pictures(0, View())
    assert isinstance(a, PlaneScene)
    assert isinstance(b, PlaneScene)
    assert (a.across, a.up) == (b.across, b.up)
    own_a, own_b = comparison.pictures(0, View(), same_axes=False)
    assert isinstance(own_a, PlaneScene)
    assert isinstance(own_b, PlaneScene)
    for both, own in (
        (a.across, own_a.across + own_b.across),
        (a.up, own_a.up + own_b.up),
    ):
        assert both == (min(own), max(own))
    assert own_a.across[1] < own_b.across[1]
    assert own_b.up[0] < own_a.up[0]


def test_exchanged_components_are_told() -> None:
    """Two starts that end in the same maximum with other labels; not before they are near it."""
    points = (0.0, 0.1, 0.3, 4.0, 4.2, 4.4, 9.0, 9.1, 9.5)
    mixtures = [
        Mixture.univariate([1 / 3] * 3, means, [1, 1, 1]) for means in ([1, 5, 8], [8.5, 0.5, 4.5])
    ]
    a, b = (Side("", walked(Problem(points, mixture), 30)) for mixture in mixtures)
    comparison = Comparison(a, b)
    assert comparison.exchanged(0) == ()
    assert comparison.exchanged(30) == (1, 2, 0)
    assert Comparison(b, a).exchanged(30) == (2, 0, 1)
    assert Comparison(a, a).exchanged(30) == ()


def test_other_problems_have_no_components_exchanged() -> None:
    """Other dimensions, another count of components."""
    note = Side("", walked(worked_example.problem(), 1))
    one = Side("", walked(Problem((1.0, 2.0), Mixture.univariate([1], [1], [1])), 1))
    assert Comparison(note, one).exchanged(1) == Comparison(one, note).exchanged(1) == ()


def test_log_likelihoods_are_in_one_picture() -> None:
    """Two series, each as long as its run."""
    note = worked_example.problem()
    comparison = Comparison(Side("A", walked(note, 6)), Side("B", walked(note, 3)))
    scene = comparison.log_likelihoods(2)
    assert [series.name for series in scene.series] == ["A", "B"]
    assert [len(series.values) for series in scene.series] == [7, 4]
    assert scene.series[0].values[:4] == scene.series[1].values


# The window


def test_it_opens_with_the_other_names(user: User) -> None:
    """At first: the same run with the other labelling; only the names of the steps differ."""
    user.press("epoch", 3)
    dialog = opened(user)
    assert dialog.isVisible()
    texts = go_to(user, dialog, 2)
    assert row(texts, "α₁")[1::2] == ["M", "E", "0.0000"]
    assert row(texts, "μ₁")[1::2] == ["M", "M", "0.0000"]
    assert row(texts, "μ₁")[2] == row(texts, "μ₁")[4] == "1.2946"


def test_paper_against_exact(user: User) -> None:
    """Paper mode beside exact numbers: they drift apart, and every digit can be copied."""
    user.set_decimals(2)
    user.press("epoch", 6)
    dialog = opened(user)
    choose(user, dialog, "Paper mode, 2 decimals")
    line = row(go_to(user, dialog, 6), "μ₁")
    assert line[2] != line[4]
    at = [texts[0] for texts in model_cells(dialog.model)].index("μ₁")
    exact = dialog.model.data(dialog.model.index(at, 2), Role.EXACT)
    assert float(str(exact)) == user.walk.milestones[6].mixture.means[0]


def test_two_starts(user: User) -> None:
    """A run that was kept stands beside one from other initial parameters."""
    user.press("epoch", 4)
    dialog = opened(user)
    user.click(dialog.keep)
    wait_for(user.bot, lambda: not dialog.is_busy)
    dialog.close()
    kept = user.walk
    user.type_parameters(("0.5", "0", "1"), ("0.5", "3", "1"))
    user.next()  # starts again
    user.press("epoch", 2)
    again = opened(user)
    assert again.others.currentText() == "Kept run 1, 4 epochs"
    assert again.titles[1].text() == "<b>B</b> &nbsp; kept run 1, 4 epochs"
    line = row(go_to(user, again, 1), "μ₂")
    own = user.walk.milestones[1].mixture.means[1]
    assert float(line[2]) == pytest.approx(own, abs=5e-5)
    assert float(line[4]) == pytest.approx(kept.milestones[1].mixture.means[1], abs=5e-5)


def test_inputs_that_were_edited(user: User) -> None:
    """Before the new start is walked, it can be compared with the run that there is."""
    user.press("epoch", 3)
    user.type_parameters(("0.5", "0", "1"), ("0.5", "3", "1"))
    dialog = opened(user)
    choose(user, dialog, "The inputs as they are now")
    line = row(go_to(user, dialog, 0), "μ₂")
    assert (line[2], line[4]) == ("2.0000", "3.0000")
    assert dialog.epoch.maximum() == 10, "a run that is begun for it goes ten epochs"


def test_a_start_from_a_file(user: User, tmp_path: Path) -> None:
    """A problem file is run as far as the walk in the window; one that won't do is told."""
    path = tmp_path / "b.json"
    Problem((1.0, 2.0, 5.0), Mixture.univariate([1.0], [7.0], [1.0])).save(path)
    user.press("epoch", 2)
    dialog = opened(user)
    user.dialogs.answers.append(str(path))
    choose(user, dialog, "A problem file…")
    assert row(go_to(user, dialog, 0), "μ₁")[4] == "7.0000"
    path.write_text("nothing", encoding="utf-8")
    user.dialogs.answers.append(str(path))
    choose(user, dialog, "A problem file…")
    assert "b.json" in user.dialogs.errors[0]


def test_an_example(user: User) -> None:
    """Any example of the gallery can stand beside the walk."""
    dialog = opened(user)
    choose(user, dialog, "Example: Old Faithful")
    assert row(go_to(user, dialog, 0), "μ₁")[4]


def test_it_paints(user: User) -> None:
    """All three pictures are drawn, and follow the slider."""
    user.press("epoch", 5)
    dialog = opened(user)
    go_to(user, dialog, 1)
    views = [dialog.log_likelihood, *dialog.plots]
    early = [pixels_of(view.grab().toImage()) for view in views]
    go_to(user, dialog, 5)
    late = [pixels_of(view.grab().toImage()) for view in views]
    assert all(a != b for a, b in zip(early, late, strict=True))
    assert all(view.accessibleDescription() for view in views)


def test_it_follows_the_theme(user: User) -> None:
    """An open comparison has the colours of the theme that is chosen meanwhile."""
    dialog = opened(user)
    user.desktop.parts.look(theme="dark")
    for plot in (dialog.log_likelihood, *dialog.plots):
        assert plot._theme is DARK
        assert plot.grab().toImage().pixelColor(1, 1).name() == DARK.base


def test_without_a_walk_it_says_so(user: User) -> None:
    """Where the inputs have never been right, there is nothing to compare."""
    user.window.actions_by_name["new"].trigger()
    user.window.actions_by_name["compare"].trigger()
    assert user.status == "There is no run yet: correct the inputs."


def test_the_labelling_of_the_note_meets_the_textbook_s(user: User) -> None:
    """With the note's names in the window, the textbook's are the others."""
    user.use_note_labelling()
    assert user.state.view.labelling is Labelling.NOTE
    dialog = opened(user)
    assert dialog.others.currentText() == "The textbook's E and M"


def test_the_window_tells_of_exchanged_components(user: User) -> None:
    """Where the components of B are those of A in another order, it says which is which."""
    desktop = user.desktop
    desktop.problems.show_draft(Draft.of_problem(gallery.named("label_switching").problem()), None)
    for _ in range(12):
        user.press("epoch")
    dialog = opened(user)
    choose(user, dialog, "Example: " + gallery.named("label_switching_exchanged").title)
    go_to(user, dialog, dialog.epoch.maximum())
    assert dialog.exchanged.isVisible()
    assert dialog.exchanged.text().endswith("A 1 = B 2, A 2 = B 1")


def test_axes_of_their_own(user: User) -> None:
    """The box is there to see each in its own range; where the points differ, it has nothing to say."""
    user.press("epoch")
    user.desktop.parts.edit(user.state.draft.with_parameter(0, 2, "0.01"))
    dialog = opened(user)
    choose(user, dialog, "The inputs as they are now")
    go_to(user, dialog, 0)
    assert dialog.same_axes.isEnabled()
    together = pixels_of(dialog.plots[0].grab().toImage())
    dialog.same_axes.click()
    wait_for(user.bot, lambda: not dialog.is_busy)
    assert pixels_of(dialog.plots[0].grab().toImage()) != together
    choose(user, dialog, "Example: " + gallery.named("old_faithful").title)
    assert not dialog.same_axes.isEnabled()


def test_only_the_last_kept_runs_stay(user: User) -> None:
    """What nobody can choose any more takes no memory."""
    dialog = opened(user)
    for _ in range(25):
        user.click(dialog.keep)
        wait_for(user.bot, lambda: not dialog.is_busy)
    titles = [dialog.others.itemText(row) for row in range(dialog.others.count())]
    kept = [title for title in titles if title.startswith("Kept run")]
    assert [title.split(",")[0] for title in kept] == [f"Kept run {n}" for n in range(25, 5, -1)]
