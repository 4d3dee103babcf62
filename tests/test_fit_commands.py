"""The commands fit, select and sample, as a person at a terminal uses them."""

import csv
import io
import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from refgmm import Mixture, Problem, fit_report
from refgmm.cli import main
from refgmm.fitting import fit
from refgmm.points_text import read_rows
from refgmm.records import replace
from refgmm.stopping import Epochs, Gain, ParameterChange

from .support import DATA, ROOT, run

FAITHFUL = str(DATA / "old_faithful.csv")
IRIS = str(DATA / "iris.csv")


def shell(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a command."""
    try:
        code = main(arguments)
    except SystemExit as stop:
        code = int(stop.code or 0)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


@pytest.fixture
def two_groups(tmp_path: Path) -> str:
    """A file of two well separated groups in two columns, and a third of text."""
    rng = random.Random(1)
    lines = ["height,width,name"]
    for centre, name in ((0.0, "a"), (10.0, "b")):
        lines += [f"{rng.gauss(centre, 1)!r},{rng.gauss(centre, 2)!r},{name}" for _ in range(30)]
    path = tmp_path / "groups.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return str(path)


# fit


def test_the_vignette_of_mixtools(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """From a problem file: its start, its structure. Benaglia et al. 2009, Journal of
    Statistical Software 32(6): lambda .3608498 .6391502, mu 54.61364 80.09031, sigma 5.869089.
    """
    waiting = read_rows(FAITHFUL, ["waiting_min"]).points
    start = Mixture.univariate([0.5, 0.5], [55, 80], [25, 25])
    path = tmp_path / "faithful.json"
    Problem(tuple(x for (x,) in waiting), start, structure="tied").save(path)  # type: ignore[arg-type]
    code, out, _ = shell(capsys, "fit", str(path), "--digits", "7")
    assert code == 0
    assert "converged after 9 epochs" in out
    assert "-1034.0017604" in out
    for digits in ("0.3608498", "0.6391502", "54.6136385", "80.0903122"):
        assert digits in out
    assert "log-likelihood" in out


def test_text_names_columns_errors_and_criteria(
    capsys: pytest.CaptureFixture[str], two_groups: str
) -> None:
    code, out, err = shell(capsys, "fit", two_groups, "-k", "2", "--order", "means")
    assert code == 0
    assert "2 components, covariance full" in out
    assert "60 points of height and width" in out
    for word in ("±", "AIC", "BIC", "ICL", "free parameters", "restarts"):
        assert word in out
    assert out.index(" 1 ") < out.index(" 2 ")
    assert "Left out column 'name'" in err  # a guess is told of, and not in the way of the output


def test_points_are_counted_to_the_last() -> None:
    """Not 1e+06 of them; and half a point, which a sample weight may be, shows."""
    result = fit([1.0, 2.0, 4.0], 1)
    for count, words in ((1_000_000.0, "1000000"), (1_234_567.0, "1234567"), (2.5, "2.5")):
        text = fit_report.text(replace(result, point_count=count), None, "", ["x"], 4)
        assert text.splitlines()[1] == f"{words} points of x"


def test_json_is_the_librarys_fit(capsys: pytest.CaptureFixture[str], two_groups: str) -> None:
    """Every float as the library has it."""
    code, out, _ = shell(capsys, "fit", two_groups, "-k", "2", "--seed", "3", "--format", "json")
    assert code == 0
    document = json.loads(out)
    expected = fit(
        read_rows(two_groups).points,
        2,
        restarts=10,
        seed=3,
        screening=Epochs(30),
        stop=(Gain(1e-8), Epochs(10_000)),
    )
    assert document["columns"] == ["height", "width"]
    assert tuple(document["weights"]) == expected.mixture.weights
    assert tuple(map(tuple, document["means"])) == expected.mixture.means
    assert document["log_likelihood"] == expected.log_likelihood
    assert document["bic"] == expected.bic
    assert document["labels"] == list(expected.labels)
    assert len(document["runs"]) == 10
    assert document["standard_errors"]["weights"][0] == pytest.approx(
        (0.25 / 60) ** 0.5, rel=1e-3
    )  # separate groups: the error of a proportion of one half


def test_the_history_shows_each_rule_at_each_epoch(
    capsys: pytest.CaptureFixture[str], two_groups: str
) -> None:
    """The values are the library's; the last is below the limit, and none before it."""
    code, out, _ = shell(
        capsys,
        *["fit", two_groups, "-k", "2", "--restarts", "1", "--rule", "parameter-change"],
        *["--tolerance", "1e-3", "--history"],
    )
    assert code == 0
    assert "largest change of a parameter below 0.001" in out
    table = out[out.index("epoch  ") :].splitlines()[2:]
    rows = [line.split() for line in table if line and line.split()[0].isdecimal()]
    result = fit(read_rows(two_groups).points, 2, stop=(ParameterChange(1e-3), Epochs(10_000)))
    assert [row[1] for row in rows] == [f"{at.log_likelihood:.4f}" for at in result.history]
    changes = [float(row[2]) for row in rows[1:]]
    assert min(changes[:-1]) >= 1e-3 > changes[-1]


def test_one_column_is_one_dimension(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = shell(
        capsys, "fit", FAITHFUL, "-k", "2", "--columns", "waiting_min", "--format", "json"
    )
    document = json.loads(out)
    assert code == 0
    assert sorted(document["means"]) == pytest.approx([54.6149, 80.0911], abs=1e-3)
    assert len(document["variances"]) == 2


def test_missing_values(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    rng = random.Random(2)
    lines = ["a,b", *(f"{rng.gauss(0, 1)!r},{rng.gauss(0, 1)!r}" for _ in range(40)), "0.5,NA"]
    path = tmp_path / "gaps.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    code, out, err = shell(capsys, "fit", str(path), "-k", "1")
    assert (code, out) == (2, "")
    assert "line 42, column 'b': 'NA' is a missing value" in err
    assert "--missing keep" in err
    code, out, err = shell(capsys, "fit", str(path), "-k", "1", "--missing", "keep")
    assert code == 0
    assert "41 points" in out
    assert "Kept 1 missing value in 1 row." in err


def test_a_collapse_exits_with_1_and_is_told_of(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "same.csv"
    path.write_text("\n".join(["0"] * 5 + ["7", "8", "9"]), encoding="utf-8")
    code, out, _ = shell(capsys, "fit", str(path), "-k", "2", "--start", "quantiles")
    assert code == 1
    assert "DEGENERATED" in out
    assert "has collapsed onto points" in out
    assert "no standard errors" in out
    code, out, _ = shell(capsys, "fit", str(path), "-k", "2", "--variance-floor", "0.01")
    assert code == 0
    assert "was raised to the floor 0.01" in out
    code, out, _ = shell(capsys, "fit", str(path), "-k", "2", "--prior")
    assert code == 0
    assert "log prior" in out


def test_the_result_opens_as_a_problem(
    capsys: pytest.CaptureFixture[str], two_groups: str, tmp_path: Path
) -> None:
    path = tmp_path / "fitted.json"
    code, _, err = shell(
        capsys, "fit", two_groups, "-k", "2", "--covariance", "tied", "--save", str(path)
    )
    assert code == 0
    assert "Saved" in err
    problem = Problem.load(path)
    assert problem.structure.name == "tied"
    code, out, _ = shell(capsys, "fit", str(path))  # stands still where it was
    assert code == 0
    assert "converged after" in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["fit", IRIS], "say how many components to fit: -k 3"),
        (["fit", IRIS, "-k", "0"], "expected a whole number from 1 on"),
        (["fit", IRIS, "-k", "2", "--columns", "petals"], "there is no column 'petals'"),
        (["fit", IRIS, "-k", "2", "--tolerance", "-1"], "expected a number from 0 on"),
        (["fit", IRIS, "-k", "2", "--covariance", "round"], "invalid choice: 'round'"),
        (["fit", IRIS, "-k", "151"], "151 components are more than the 149 different points"),
        (["fit", IRIS, "-k", "2", "--format", "json", "--digits", "3"], "--digits is not for json"),
        (["fit", "nowhere.csv", "-k", "2"], "can't read nowhere.csv"),
        (["fit", IRIS, "-k", "2", "--save", ""], "expected the name of a file, got ''"),
        (
            ["fit", IRIS, "-k", "2", "--save", "nowhere/a.json"],
            "can't write nowhere/a.json: there is no folder nowhere, make it first",
        ),
        (
            ["fit", IRIS, "-k", "2", "--save", "."],
            "can't write .: it is a folder, give the name of a file",
        ),
        (["fit", IRIS, "-k", "2", "--save", IRIS], "is the file that was read: give another name"),
        (["select", IRIS, "-k", "3:1"], "expected a range that rises"),
        (["select", "a.json"], "select reads files of columns, and a.json is a problem file"),
        (["select", "a.f64"], "select reads files of columns, and a.f64 is a file of raw doubles"),
        (["select", IRIS, "--covariance", "round"], "there is no covariance structure 'round'"),
        (["sample", "nowhere.json"], "can't read nowhere.json"),
    ],
)
def test_errors_take_one_line(
    capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    code, out, err = shell(capsys, *arguments)
    assert (code, out) == (2, "")
    *_, last = err.splitlines()  # notes on the columns may stand before it
    assert last.startswith("refgmm: error: ")
    assert message in last


# select


def test_selection_finds_two_groups(capsys: pytest.CaptureFixture[str], two_groups: str) -> None:
    code, out, _ = shell(
        capsys, "select", two_groups, "-k", "1:3", "--covariance", "diagonal,spherical"
    )
    assert code == 0
    rows = [line.split() for line in out.splitlines()]
    assert [row[:2] for row in rows if row and row[0].isdecimal()] == [
        [str(k), name] for name in ("diagonal", "spherical") for k in (1, 2, 3)
    ]
    assert "Lowest BIC: k = 2, covariance diagonal." in out


def test_the_bootstrap_stops_where_k_suffices(
    capsys: pytest.CaptureFixture[str], two_groups: str
) -> None:
    code, out, _ = shell(
        capsys,
        *["select", two_groups, "-k", "1,2", "--columns", "height", "--restarts", "2"],
        *["--tolerance", "1e-4", "--bootstrap", "19"],
    )
    assert code == 0
    assert "full: 1 against 2 components" in out
    assert "p = 0.050" in out  # none of 19 samples of one group looks like two
    assert "full: 2 against 3 components" in out


def test_unsound_fits_are_explained(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "few.csv"
    path.write_text("1\n2\n4\n", encoding="utf-8")
    code, out, _ = shell(capsys, "select", str(path), "-k", "1,4")
    assert code == 0
    assert "k = 4, full: 4 components are more than the 3 different points" in out
    assert "Lowest BIC: k = 1" in out


# sample


def test_samples_are_the_librarys(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Rows of coordinates and the component, from 1; every digit; the same for the same seed."""
    mixture = Mixture.multivariate([0.3, 0.7], [[0, 0], [9, 9]], [[[1, 0], [0, 1]]] * 2)
    path = tmp_path / "problem.json"
    Problem([[0, 0]], mixture).save(path)  # type: ignore[arg-type]
    code, out, _ = shell(capsys, "sample", str(path), "-n", "7", "--seed", "5")
    assert code == 0
    head, *rows = csv.reader(io.StringIO(out))
    assert head == ["x[1]", "x[2]", "component"]
    points, components = mixture.sample(7, 5)
    assert [tuple(map(float, row[:2])) for row in rows] == list(points)
    assert [int(row[2]) - 1 for row in rows] == list(components)


def test_the_readme_shows_what_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """The report in the README, up to where it is cut."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = readme.split("$ python -m refgmm fit ")[1].split("...\n")[0]
    command, report = shown.split("\n", 1)
    _, out, _ = shell(capsys, "fit", *command.replace("tests/data", str(DATA)).split())
    assert out.startswith(report)


def test_saving_keeps_what_else_stands_in_the_file(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "problem.json"
    start = Mixture.univariate([0.5, 0.5], [1, 2], [2, 2])
    Problem((0.9, 0.7, 1.2, 2.4, 1.8), start, {"hello": [1]}).save(path)
    code, _, _ = shell(capsys, "fit", str(path), "--save", str(path))
    assert code == 0
    assert Problem.load(path).extra == {"hello": [1]}


def test_what_takes_no_missing_values_says_so_at_once(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Before the fit; a file that misses none is saved, though it was allowed to."""
    path, target = tmp_path / "gaps.csv", tmp_path / "fitted.json"
    saving = ["-k", "1", "--missing", "keep", "--save", str(target)]
    path.write_text("1,2\n2,NA\n3,5\n4,1\n", encoding="utf-8")
    for arguments in (
        ["fit", str(path), *saving],
        ["select", IRIS, "--missing", "keep", "--bootstrap", "9"],
    ):
        code, out, err = shell(capsys, *arguments)
        assert (code, out) == (2, "")
        assert "missing values" in err
    assert not target.exists()
    assert shell(capsys, "fit", IRIS, *saving)[0] == 0
    assert len(Problem.load(target).points) == 150


def test_a_report_that_nobody_reads_to_its_end_is_saved(two_groups: str, tmp_path: Path) -> None:
    """`refgmm fit --save | head -1`: stdout breaks off, and the file is there."""
    target = tmp_path / "fitted.json"
    command = [sys.executable, "-u", "-m", "refgmm", "fit", two_groups, "-k", "2"]
    process = subprocess.Popen(
        [*command, "--save", str(target)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    process.stdout.close()
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0
    assert b"Traceback" not in err
    assert Problem.load(target).initial.dimension == 2


@pytest.mark.parametrize(
    "command", [["fit", "-k", "2"], ["fit", "-k", "2", "--workers", "1"], ["select", "-k", "1,2"]]
)
def test_points_from_standard_input(command: list[str]) -> None:
    """`-` stands for it: the output is that for the file, byte for byte."""
    name, *options = command
    text = Path(FAITHFUL).read_text(encoding="utf-8")
    options += ["--columns", "waiting_min"]
    piped = run("-m", "refgmm", name, "-", *options, stdin=text)
    of_file = run("-m", "refgmm", name, FAITHFUL, *options)
    assert of_file.stdout
    assert (piped.returncode, piped.stdout, piped.stderr) == (0, of_file.stdout, of_file.stderr)


@pytest.mark.parametrize("at_scale", [[], ["--workers", "1"]])
def test_errors_in_standard_input_say_so(at_scale: list[str]) -> None:
    """Where a file's name would stand, and the line."""
    result = run("-m", "refgmm", "fit", "-", "-k", "1", *at_scale, stdin="1\n2\nabc\n")
    problem = "line 3, column 1: 'abc' is not a number: correct it or remove the line"
    assert result.stderr == f"refgmm: error: standard input: {problem}\n"
    assert result.returncode == 2


def test_what_was_piped_in_is_saved_over_an_older_file(tmp_path: Path) -> None:
    """No file was read that it could overwrite."""
    target = tmp_path / "fitted.json"
    for text in ("1\n2\n4\n", "1\n2\n4\n5\n"):
        command = ["fit", "-", "-k", "1", "--save", str(target)]
        assert run("-m", "refgmm", *command, stdin=text).returncode == 0
    assert Problem.load(target).points == (1.0, 2.0, 4.0, 5.0)


def test_no_sound_fit_at_all(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "constant.csv"
    path.write_text("1\n1\n1\n", encoding="utf-8")
    code, out, _ = shell(capsys, "select", str(path), "-k", "1")
    assert code == 1
    assert "No fit is sound." in out
