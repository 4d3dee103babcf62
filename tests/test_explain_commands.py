"""`refgmm explain`, `report` and `step`, from the command line to what is printed."""

import io
import itertools
import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path

import pytest

import refgmm
from refgmm import Cell, Labelling, Mixture, Problem, Walk, explain, worked_example
from refgmm.cli import main
from refgmm.quantities import QUANTITIES
from refgmm.rendering import Shown
from refgmm.step_command import HELP, Stepping, respond
from refgmm.sub_steps import SUB_STEPS, Granularity

from .support import run


def shell(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a command."""
    try:
        code = main(arguments)
    except SystemExit as error:
        code = int(error.code or 0)
    out, err = capsys.readouterr()
    return code, out, err


@pytest.fixture
def collapsing(tmp_path: Path) -> str:
    """The file of a problem that collapses in epoch 1."""
    path = tmp_path / "collapse.json"
    start = Mixture.univariate([0.5, 0.5], [0, 6], [1e-3, 1])
    Problem((0.0, 0.0, 0.0, 5.0, 6.0, 7.0), start).save(path)
    return str(path)


@pytest.fixture
def plane(tmp_path: Path) -> str:
    """The file of a problem in two dimensions."""
    path = tmp_path / "plane.json"
    unit = ((1.0, 0.0), (0.0, 1.0))
    start = Mixture.multivariate([0.5, 0.5], [(0, 0), (3, 3)], [unit, unit])
    rows = ((0.1, 0.3), (1.0, 2.2), (2.0, 1.5), (4.0, 4.1), (3.2, 3.9), (0.4, 1.0))
    Problem(rows, start).save(path)
    return str(path)


# explain


def test_explaining_a_number(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Title, formula, numbers, result, sentence, sources; the lecture note's example without a file."""
    expected = (
        "responsibility of component 1 for point 4, epoch 1\n"
        "β₁(x₄) = α₁ g₁(x₄) / p(x₄)\n"
        "       = 0.0864 / 0.2219\n"
        "       = 0.3894\n"
        "x₄ = 2.4 lies nearer to component 2, so component 1 takes only 39% of it.\n"
        "Made of\n"
        "  α₁ g₁(x₄)  weighted-density:4,1  weighted density of component 1 at point 4, epoch 1\n"
        "  p(x₄)      evidence:4            evidence at point 4, epoch 1\n"
    )
    code, out, err = shell(capsys, "explain", "--cell", "responsibility:4,1")
    assert (code, out, err) == (0, expected, "")
    path = tmp_path / "note.json"
    worked_example.problem().save(path)
    arguments = ["explain", str(path), "--epoch", "1", "--cell", "responsibility:4,1"]
    assert shell(capsys, *arguments) == (0, expected, "")


def test_every_quantity_of_both_dimensions(capsys: pytest.CaptureFixture[str], plane: str) -> None:
    """The command knows each quantity that the library explains."""
    for quantity in QUANTITIES.values():
        numbers = ",".join(["1"] * (quantity.per_point + quantity.per_component))
        cell = quantity.name + (f":{numbers}" if numbers else "")
        code, out, _ = shell(capsys, "explain", "--cell", cell)
        assert code == 0, cell
        assert " = " in out
        entry = f"[{','.join(['1'] * quantity.rank)}]" if quantity.rank else ""
        assert shell(capsys, "explain", plane, "--cell", cell + entry)[0] == 0, cell


def test_digits_and_unfolding(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """17 decimals are every digit; a sum of twelve is cut in the middle, unless asked for."""
    _, out, _ = shell(capsys, "explain", "--cell", "mean:1", "--digits", "17")
    assert "= 1.3065753725700628\n" in out
    path = tmp_path / "twelve.json"
    Problem(tuple(map(float, range(12))), Mixture.univariate([1], [0], [1])).save(path)
    count = ["explain", str(path), "--cell", "effective-count:1"]
    assert "1.0000 + 1.0000 + 1.0000 + ⋯ + 1.0000 + 1.0000" in shell(capsys, *count)[1]
    assert " + ".join(["1.0000"] * 12) in shell(capsys, *count, "--unfold")[1]


def test_the_chain_leads_to_points_and_initial_parameters(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Each cell once, indented by its distance; where nothing was used, the number was given."""
    _, out, _ = shell(capsys, "explain", "--cell", "weight:2", "--epoch", "2", "--chain")
    blocks = out.split("\n\n")
    titles = [block.splitlines()[0].strip() for block in blocks]
    assert len(titles) == len(set(titles))
    assert titles[0] == "weight of component 2, epoch 2"
    expected: set[str] = set()
    waiting = [Cell.parse("weight:2", 2)]
    note = worked_example.problem()
    epochs = [e for e, _ in zip(refgmm.iterate(note.points, note.initial), range(2), strict=False)]
    while waiting:
        cell = waiting.pop()
        derivation = explain(epochs[max(cell.epoch, 1) - 1], cell)
        name = derivation.title + ("" if cell.is_given else f", epoch {cell.epoch}")
        if name not in expected:
            expected.add(name)
            waiting += derivation.sources
    assert set(titles) == expected
    assert any(title == "point 3" for title in titles)
    assert any(title == "initial variance of component 2" for title in titles)
    depths = [len(block) - len(block.lstrip(" ")) for block in blocks]
    assert depths[0] == 0
    assert all(depth >= 2 for depth in depths[1:])
    assert all(below - above <= 2 for above, below in itertools.pairwise(depths))


def test_what_a_number_is_made_of(capsys: pytest.CaptureFixture[str]) -> None:
    """Each symbol on the right is introduced, with the cell to ask for next; in a chain, by itself."""
    expected = (
        "Made of\n"
        "  x₁   point:1     point 1\n"
        "  μ₁   mean:1      mean of component 1, epoch 1\n"
        "  σ₁²  variance:1  variance of component 1, epoch 1\n"
    )
    _, out, _ = shell(capsys, "explain", "--epoch", "2", "--cell", "density:1,1")
    assert out.endswith(expected)
    for arguments in (("density:1,1", "--chain"), ("point:1",)):
        assert "Made of" not in shell(capsys, "explain", "--cell", *arguments)[1]


def test_of_many_numbers_the_first_are_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """A sum of 40 terms names five and counts the others; one of six names all."""
    start = Mixture.univariate([0.5, 0.5], [1, 2], [1, 1])
    for n, lines, last in ((40, 6, "  and 35 more"), (6, 6, "point 6, epoch 1")):
        path = str(tmp_path / f"{n}.json")
        Problem(tuple(float(i) for i in range(n)), start).save(path)
        _, out, _ = shell(capsys, "explain", path, "--cell", "effective-count:1")
        named = out.partition("Made of\n")[2].splitlines()
        assert len(named) == lines
        assert named[-1].endswith(last)


def test_why(capsys: pytest.CaptureFixture[str]) -> None:
    """The proof follows, with its sources; in a chain that of the first number alone."""
    arguments = ["explain", "--cell", "mean:1", "--why"]
    for extra in ([], ["--chain"]):
        _, out, _ = shell(capsys, *arguments, *extra)
        assert out.count("Why the new mean is the weighted mean of the points") == 1
        assert "Bishop 2006" in out


def test_why_in_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    """Below a proof stands what it claims, in the numbers of the epoch; nothing where none claims any."""
    _, out, _ = shell(capsys, "explain", "--cell", "mean:1", "--why")
    zero = r"In the numbers of epoch 1, what is set to zero is 0, (to the last digit|but for rounding \(\S+\))\."
    assert re.fullmatch(zero, out.splitlines()[-1])
    _, out, _ = shell(capsys, "explain", "--cell", "gain", "--why")
    assert "\n\nAt the old parameters the bound is F = −7.0758" in out
    assert out.endswith("are the gain of the log-likelihood, 2.3583.\n")
    _, out, _ = shell(capsys, "explain", "--cell", "evidence:1", "--why")
    assert "In the numbers" not in out
    assert "In the numbers of epoch 1" in after(after(begin(), "epoch")[0], "why weight:1")[1]


def test_a_mean_that_is_undefined_claims_nothing(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Of a component that nothing is left for, 0/0 is not called 0."""
    path = str(tmp_path / "empty.json")
    Problem((1.0, 2.0, 4.0), Mixture.univariate([1, 0], [1, 2], [2, 2])).save(path)
    for cell in ("mean:2", "weight:2", "variance:2"):
        code, out, _ = shell(capsys, "explain", path, "--cell", cell, "--why")
        assert code == 0
        assert "set to zero is" not in out, cell


def test_paper(capsys: pytest.CaptureFixture[str]) -> None:
    """Two decimals on the way: 3.35 / 2.56 is 1.31, and the exact mean is 1.306575."""
    _, out, _ = shell(capsys, "explain", "--cell", "mean:1", "--paper", "2")
    lines = out.splitlines()
    assert lines[2:4] == ["    = 3.35 / 2.56", "    = 1.31"]
    assert lines[5] == "Unrounded it is 1.306575; on paper it differs by 0.003425."
    _, out, _ = shell(capsys, "explain", "--cell", "density:1,1", "--epoch", "2", "--paper", "2")
    assert "(0.9 − 1.31)²" in out  # epoch 2 starts from what epoch 1 wrote down


def test_formats(capsys: pytest.CaptureFixture[str]) -> None:
    """LaTeX's environment and MathML's element are those of the derivation."""
    note = worked_example.problem()
    derivation = explain(next(refgmm.iterate(note.points, note.initial)), "variance:1")
    arguments = ["explain", "--cell", "variance:1", "--why", "--format"]
    _, out, _ = shell(capsys, *arguments, "latex")
    assert derivation.latex() in out
    assert out.isascii()
    _, out, _ = shell(capsys, *arguments, "html")
    assert derivation.mathml() in out
    ET.fromstring(f"<body>{out}</body>")


def test_a_degenerate_epoch_is_explained_and_the_one_after_it_is_not(
    capsys: pytest.CaptureFixture[str], collapsing: str
) -> None:
    """Every number up to the collapse can be asked for."""
    code, out, _ = shell(capsys, "explain", collapsing, "--cell", "variance:1")
    assert code == 0
    assert "= 0.0000" in out
    code, out, err = shell(capsys, "explain", collapsing, "--cell", "mean:1", "--epoch", "2")
    assert (code, out) == (2, "")
    assert err.startswith("refgmm: error: there is no epoch 2: the run ends before it. Epoch 1:")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["explain"], "the following arguments are required: --cell"),
        (["explain", "--cell", "share:1"], "there is no quantity 'share': choose one of point"),
        (["explain", "--cell", "mean"], "mean wants the number of the component behind it"),
        (["explain", "--cell", "mean:3"], "there is no component 3: give one from 1 to 2"),
        (["explain", "--cell", "mean:1[1]"], "mean wants no coordinates behind it"),
        (["explain", "--cell", "?"], "there is no cell '?': give a quantity and its numbers"),
        (["explain", "--cell", "mean:1", "--epoch", "0"], "expected a whole number from 1 on"),
        (["explain", "nowhere.json", "--cell", "mean:1"], "can't read nowhere.json"),
        (["report", "--format", "csv"], "give a folder for them with -o"),
        (["report", "-o", "solution.doc"], "end it in one of .txt, .md, "),
        (["report", "-o", ""], "argument -o/--output: expected the name of a file, got ''"),
        (["report", "--labels", "mine"], "--labels: expected textbook or note, got 'mine'"),
        (["step", "--labels", "mine"], "--labels: expected textbook or note, got 'mine'"),
        (
            ["explain", "--cell", "mean:1", "--digits", "3", "--paper", "2"],
            "argument --paper: not allowed with argument --digits",
        ),
        (["report", "--digits", "3", "--paper", "2"], "not allowed with argument --digits"),
        (["report", "--paper", "2", "--epochs", "1000"], "Paper mode"),
        (["report", "-o", "/nowhere/solution.md"], "can't write"),
        (["step", "nowhere.json"], "can't read nowhere.json"),
    ],
)
def test_errors_take_one_line(
    capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    """The exit code is 2, and stdout stays empty."""
    code, out, err = shell(capsys, *arguments)
    assert (code, out) == (2, "")
    assert err.startswith("refgmm: error: ")
    assert message in err
    assert err.count("\n") == 1


def test_a_report_is_not_written_over_its_problem(
    capsys: pytest.CaptureFixture[str], plane: str
) -> None:
    """Under another name of the same file neither."""
    before = Path(plane).read_bytes()
    same = str(Path(plane).parent / ".." / Path(plane).parent.name / Path(plane).name)
    for name in (plane, same):
        code, out, err = shell(capsys, "report", plane, "--format", "text", "-o", name)
        assert (code, out) == (2, "")
        assert err == (
            f"refgmm: error: {name} is the file that was read: give another name to write to\n"
        )
    assert Path(plane).read_bytes() == before


def test_help_lists_the_cells(capsys: pytest.CaptureFixture[str]) -> None:
    """Who doesn't know what a cell is called finds all quantities in --help."""
    for command in ("explain", "step"):
        code, out, _ = shell(capsys, command, "--help")
        assert code == 0
        words = re.sub(r"-\s+", "-", out)  # argparse breaks lines behind hyphens
        assert all(name in words for name in QUANTITIES), command


# report


def test_report_prints_what_the_library_writes(capsys: pytest.CaptureFixture[str]) -> None:
    """Markdown without pictures where nothing is said; each format by its name."""
    solution = refgmm.report(worked_example.problem())
    assert shell(capsys, "report")[1] == solution.markdown()
    for format_, text in (
        ("text", solution.text()),
        ("latex", solution.latex()),
        ("html", solution.html()),
    ):
        assert shell(capsys, "report", "--format", format_)[1] == text


def test_report_writes_files(
    capsys: pytest.CaptureFixture[str], plane: str, tmp_path: Path
) -> None:
    """By the end of the name, or by the format; with the options that the library has."""
    problem = Problem.load(plane)
    solution = refgmm.report(problem, 2, decimals=3, labelling=Labelling.NOTE)
    options = ["report", plane, "--epochs", "2", "--digits", "3", "--labels", "note"]
    for name, text in (("s.tex", solution.latex()), ("s.html", solution.html())):
        path = tmp_path / name
        assert shell(capsys, *options, "-o", str(path)) == (0, "", "")
        assert path.read_text(encoding="utf-8") == text
    folder = tmp_path / "tables"
    assert shell(capsys, *options, "--format", "csv", "-o", str(folder)) == (0, "", "")
    assert {path.name for path in folder.iterdir()} == set(solution.csv())


# step


def typed(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    lines: Sequence[str],
    *arguments: str,
) -> str:
    """What `step` prints where these lines are its input."""
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
    code, out, err = shell(capsys, "step", *arguments)
    assert (code, err) == (0, "")
    return out


def begin(labelling: Labelling = Labelling.TEXTBOOK) -> Stepping:
    return Stepping(Walk.begin(worked_example.problem()), Shown(), labelling)


def after(at: Stepping, *lines: str) -> tuple[Stepping, str]:
    """Where the lines lead to, and what the last of them prints."""
    text = ""
    for line in lines:
        at, text = respond(at, line)
    return at, text


def place(at: Stepping) -> tuple[object, ...]:
    """Where a walk stands; it also remembers how far it has been."""
    return at.walk.epoch, at.walk.done, at.walk.partial


def test_walking_from_a_pipe(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Enter computes one sub-step after the other and shows it; the end of the input ends it."""
    out = typed(capsys, monkeypatch, ["", "", "", ""])
    assert out.startswith("5 points, 2 components.\nStart: α₁ = 0.5000 μ₁ = 1.0000")
    places = [line for line in out.splitlines() if line.startswith("Epoch 1, ")]
    assert [line[:31] for line in places] == [
        f"Epoch 1, {i} of 8 sub-steps done." for i in range(5)
    ]
    assert "g₁(x₁) = exp(−(0.9 − 1)² / (2 · 2)) / √(2π · 2) = 0.2814" in out
    assert "β₁(x₁) = 0.1407 / 0.2449 = 0.5744" in out
    assert "0.3894  0.6106" in out


def test_quit_ends_it_at_once(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What stands behind quit isn't read."""
    out = typed(capsys, monkeypatch, ["quit", "next"])
    assert "1 of 8" not in out


def test_a_process_ends_cleanly_with_its_input() -> None:
    """As in a shell: no prompt in a pipe, exit code 0, nothing on stderr."""
    result = run("-m", "refgmm", "step", stdin="\nwhere\n")
    assert (result.returncode, result.stderr) == (0, "")
    assert "> " not in result.stdout
    assert result.stdout.count("Epoch 1, 1 of 8 sub-steps done. Next: E: weighted densities") == 2


def test_ctrl_c_quits_with_130(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The exit code of a program that was interrupted."""

    def interrupted(prompt: str = "") -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("builtins.input", interrupted)
    code, _, err = shell(capsys, "step")
    assert (code, err) == (130, "")


def test_forward_and_back_are_inverse() -> None:
    """In every granularity, back takes back what next has done; at the start there is nothing."""
    for granularity in Granularity:
        at, _ = after(begin(), f"by {granularity.value}")
        assert at.granularity is granularity
        there, text = after(at, "next")
        assert there.walk != at.walk
        assert text
        assert place(after(there, "back")[0]) == place(at)
    assert after(begin(), "back")[1] == "This is the start."


def test_moves_show_what_they_compute() -> None:
    """By points each number on a line with its formula; by epochs every sub-step."""
    _, text = after(begin(), "by point", "")
    assert text.splitlines()[:2] == [
        "g₁(x₁) = exp(−(x₁ − μ₁)² / (2 σ₁²)) / √(2π σ₁²) = exp(−(0.9 − 1)² / (2 · 2)) / √(2π · 2) = 0.2814",
        "g₂(x₁) = exp(−(x₁ − μ₂)² / (2 σ₂²)) / √(2π σ₂²) = exp(−(0.9 − 2)² / (2 · 2)) / √(2π · 2) = 0.2085",
    ]
    _, text = after(begin(), "by component", "")
    assert [line[:6] for line in text.splitlines()[:-1]] == [f"g₁(x{i})" for i in "₁₂₃₄₅"]
    _, text = after(begin(), "epoch")
    for sub_step in SUB_STEPS:
        assert sub_step.new_title().capitalize() in text
    assert "gain = ln L′ − ln L" in text
    assert "Epoch 1, 8 of 8 sub-steps done." in text


def test_a_point_of_a_sum_shows_the_sum_when_it_is_complete() -> None:
    """The last point completes the means, and these are shown, too."""
    at, _ = after(begin(), *["next"] * 5, "by point", *["next"] * 4)
    _, text = after(at, "next")
    assert "μ₁′ = (∑ᵢ β₁(xᵢ) xᵢ) / N₁ = 3.3481 / 2.5625 = 1.3066" in text


def test_labels_of_the_note() -> None:
    """What is next has the note's names, where they are asked for."""
    at = begin(Labelling.NOTE)
    assert after(at, "where")[1].endswith("Next: β: densities (epoch 1)")
    assert after(at, *["next"] * 7, "where")[1].endswith("Next: E: new weights (epoch 1)")


def test_going_to_an_epoch_and_back_to_the_start() -> None:
    """epoch 3 is the end of epoch 3, with its table; from there it goes on, and back to the start."""
    at, text = after(begin(), "epoch 3")
    assert (at.walk.epoch.index, at.walk.done) == (3, 8)
    assert "sum " in text
    assert at.walk == Walk.begin(worked_example.problem()).go_to(3, 8)
    assert after(at, "")[0].walk.epoch.index == 4
    assert after(at, "start")[0].walk.is_at_start
    assert "whole number from 1 on" in after(at, "epoch x")[1]


def test_the_table_is_blank_where_nothing_is_known() -> None:
    """After three sub-steps the densities stand there, and no responsibility."""
    at, text = after(begin(), "", "", "", "table")
    rows = text.splitlines()
    assert "0.2814" in rows[2]
    assert rows[2].split()[-1] == "-1.4068"
    assert "0.5744" not in text
    assert "0.5744" in after(at, "", "table")[1]


def test_explaining_on_the_way() -> None:
    """Known numbers are explained, of this epoch; others say that they aren't computed yet."""
    at, _ = after(begin(), *["next"] * 4)
    note = worked_example.problem()
    derivation = explain(next(refgmm.iterate(note.points, note.initial)), "responsibility:4,1")
    assert derivation.text() in after(at, "explain responsibility:4,1")[1]
    assert derivation.text() in after(at, "x responsibility:4,1")[1]
    assert after(at, "explain mean:1")[1] == "mean:1 of epoch 1 is not computed yet: Enter goes on"
    assert after(at, "explain mean:9")[1] == "there is no component 9: give one from 1 to 2"
    assert after(at, "responsibility:4,1") == after(at, "explain responsibility:4,1")
    assert "  evidence:4  " in after(at, "responsibility:4,1")[1]
    assert "there is no quantity 'foo'" in after(at, "explain foo:1")[1]
    assert "The quantities: point, distance" in after(at, "explain")[1]
    assert "Why a responsibility" in after(at, "why responsibility:4,1")[1]
    assert "that is its definition" in after(at, "why density:1,1")[1]


def test_hints() -> None:
    """Nothing that is typed ends the walk by accident, or moves it silently."""
    at = begin()
    for line in ("foo", "by foo", "explain", "explain mean:9", "epoch 0", "why", "help", "?"):
        there, text = after(at, line)
        assert there == at, line
        assert text, line
    assert after(at, "foo")[1] == "There is no command 'foo': help lists them, and Enter goes on."
    assert after(at, "help")[1] == HELP
    assert "point, component, sub-step, phase, epoch" in after(at, "by foo")[1]


@pytest.mark.parametrize(
    ("short", "long"),
    [("n", "next"), ("f", "next"), ("ep", "epoch"), ("t", "table"), ("w", "where"), ("h", "help")],
)
def test_short_names(short: str, long: str) -> None:
    """The beginning of a command is enough."""
    assert after(begin(), short) == after(begin(), long)
    assert after(begin(), "q")[0].is_over


def test_the_end_of_a_run(collapsing: str) -> None:
    """Where an epoch degenerates, next says why it can't go on, and back can."""
    at = Stepping(Walk.begin(Problem.load(collapsing)), Shown(), Labelling.TEXTBOOK)
    at, text = after(at, "epoch")
    assert "has collapsed" in " ".join(text.split())
    there, text = after(at, "")
    assert there == at
    assert text.startswith("The end: variance collapse")
    assert after(at, "back")[0].walk.epoch.index == 1
    assert after(begin_of(collapsing), "epoch 2")[1].startswith(
        "The run ends before the end of epoch 2."
    )


def test_a_collapse_is_told_of_in_every_granularity(collapsing: str) -> None:
    """Also where the last point of the variances brings it about, and nothing but numbers is shown."""
    (event,) = next(refgmm.iterate(*points_and_start(collapsing))).events
    for granularity in Granularity:
        at, _ = after(begin_of(collapsing), f"by {granularity.value}")
        text = ""
        while at.walk.next_sub_step is not None:
            at, text = after(at, "")
        assert " ".join(event.message.split()) in " ".join(text.split()), granularity


def points_and_start(path: str) -> tuple[tuple[float, ...], Mixture[refgmm.Gaussian]]:
    problem = Problem.load(path)
    return problem.points, problem.initial


def begin_of(path: str) -> Stepping:
    return Stepping(Walk.begin(Problem.load(path)), Shown(), Labelling.TEXTBOOK)


def test_walking_in_the_plane(plane: str) -> None:
    """Vectors and matrices, to the end of two epochs, by every granularity."""
    for granularity in Granularity:
        at, _ = after(begin_of(plane), f"by {granularity.value}")
        for _ in range(200):
            if at.walk.epoch.index == 2 and at.walk.done == len(SUB_STEPS):
                break
            at, text = after(at, "")
            assert text
        assert at.walk == begin_of(plane).walk.go_to(2, len(SUB_STEPS)), granularity
