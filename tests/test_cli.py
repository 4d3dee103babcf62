"""The command line: every format holds every number, and every error takes one line."""

import csv
import dataclasses
import io
import itertools
import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import refgmm
from refgmm import Mixture, Problem, iterate, worked_example
from refgmm.cli import main
from refgmm.em import Epoch
from refgmm.formatting import format_number
from refgmm.worksheet import columns

from .support import ROOT, name_in_trace, run, trace

Captured = pytest.CaptureFixture[str]

FORMATS = ["csv", "json", "markdown", "text"]
COLLAPSING = Problem((0.0, 5.0, 6.0, 7.0), Mixture.univariate([0.5, 0.5], [0, 6], [0.01, 1]))
EMPTY = Problem((1.0, 2.0, 4.0), Mixture.univariate([1, 0], [1, 2], [2, 2]))


@pytest.fixture
def note(tmp_path: Path) -> str:
    """The worked example's problem file."""
    path = tmp_path / "note.json"
    worked_example.problem().save(path)
    return str(path)


def save(problem: Problem, tmp_path: Path) -> str:
    path = tmp_path / "problem.json"
    problem.save(path)
    return str(path)


def output(capsys: Captured, *arguments: str) -> str:
    """What a command that succeeds prints."""
    assert main(arguments) == 0
    result = capsys.readouterr()
    assert result.err == ""
    return result.out


def epochs_of(problem: Problem, count: int) -> list[Epoch[Any]]:
    return list(itertools.islice(iterate(problem.points, problem.initial), count))


def quantities(epoch: Epoch[Any]) -> dict[tuple[str, str, str], float]:
    """Every number of an epoch under the CSV's names: quantity, point, component."""
    numbers: dict[tuple[str, str, str], float] = {}
    for j, (weight, component) in enumerate(
        zip(epoch.before.weights, epoch.before.components, strict=True), start=1
    ):
        numbers["before.weights", "", str(j)] = weight
        numbers["before.means", "", str(j)] = component.mean
        numbers["before.variances", "", str(j)] = component.variance
    of_e = {field.name for field in dataclasses.fields(epoch.e)}
    for (name, at), value in trace(epoch).items():
        place = [str(index + 1) for index in at]
        if len(place) == 1:
            place = [*place, ""] if name in ("evidence", "log_evidence") else ["", *place]
        point, component_ = place or ("", "")
        numbers[f"{'e' if name in of_e else 'm'}.{name}", point, component_] = value
    return numbers


# CSV


def read_csv(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_csv_holds_every_number_once_and_exactly(note: str, capsys: Captured) -> None:
    """A line for each number; each reads back as the same double."""
    rows = read_csv(output(capsys, "trace", note, "--format", "csv", "--epochs", "3"))
    assert list(rows[0]) == ["epoch", "quantity", "point", "component", "value"]
    printed = {
        (row["epoch"], row["quantity"], row["point"], row["component"]): row["value"]
        for row in rows
    }
    assert len(printed) == len(rows)
    expected = {
        (str(epoch.index), *place): repr(value)
        for epoch in epochs_of(worked_example.problem(), 3)
        for place, value in quantities(epoch).items()
    }
    assert printed == expected


def test_csv_with_fewer_digits(note: str, capsys: Captured) -> None:
    """--digits rounds every value, as in the other formats."""
    rows = read_csv(output(capsys, "trace", note, "--format", "csv", "--digits", "3"))
    (epoch,) = epochs_of(worked_example.problem(), 1)
    values = [format_number(value, 3) for value in quantities(epoch).values()]
    assert Counter(row["value"] for row in rows) == Counter(values)


@pytest.mark.parametrize("k", [1, 2, 3])
@pytest.mark.parametrize("n", [1, 2, 4])
def test_csv_for_any_shape(k: int, n: int, tmp_path: Path, capsys: Captured) -> None:
    """As many lines as numbers, for any number of points and components."""
    start = Mixture.univariate([1 / k] * k, [0.5 * j for j in range(k)], [1 + j for j in range(k)])
    problem = Problem(tuple(0.25 * i for i in range(n)), start)
    rows = read_csv(output(capsys, "trace", save(problem, tmp_path), "--format", "csv"))
    # three parameters; |z|, g, phi, alpha g, beta, beta x, beta d^2; p, ln p; ln L;
    # ln sigma^2, N, 2 sums, 3 new
    assert len(rows) == 3 * k + 7 * n * k + 2 * n + 1 + 7 * k
    assert len({tuple(row.values()) for row in rows}) == len(rows)


def test_csv_of_an_undefined_number(tmp_path: Path, capsys: Captured) -> None:
    """0/0 is written as nan, which spreadsheets and data frames read as a missing number."""
    rows = read_csv(output(capsys, "trace", save(EMPTY, tmp_path), "--format", "csv"))
    means = {row["component"]: row["value"] for row in rows if row["quantity"] == "m.means"}
    assert means == {"1": repr(sum([1.0, 2.0, 4.0]) / 3), "2": "nan"}


# JSON


def plain(value: Any) -> Any:
    """A record of the library as JSON has it: names as they are, tuples as lists."""
    if dataclasses.is_dataclass(value):
        fields = dataclasses.fields(value)
        return {
            name_in_trace(field.name, dimension=None): plain(getattr(value, field.name))
            for field in fields
        }
    return [plain(item) for item in value] if isinstance(value, tuple) else value


def test_json_has_the_librarys_names_and_floats(note: str, capsys: Captured) -> None:
    """The object is the problem and its epochs, under the library's names, bit for bit."""
    result = json.loads(output(capsys, "trace", note, "--format", "json", "--epochs", "3"))
    problem = worked_example.problem()
    assert list(result) == ["refgmm", "points", "initial", "structure", "epochs"]
    assert result["structure"] == "full"
    assert {key: result[key] for key in ("refgmm", "points", "initial")} == problem.to_document()
    epochs = epochs_of(problem, 3)
    assert len(result["epochs"]) == 3
    for printed, epoch in zip(result["epochs"], epochs, strict=True):
        assert list(printed) == ["index", "before", "e", "m", "after", "events"]
        for name in printed:
            assert printed[name] == plain(getattr(epoch, name))


def test_json_is_read_back_as_a_problem(note: str, capsys: Captured) -> None:
    """The head of the JSON is a problem file's: points and start can be read back from it."""
    text = output(capsys, "trace", note, "--format", "json")
    assert Problem.from_json(text).points == worked_example.problem().points
    assert Problem.from_json(text).initial == worked_example.problem().initial


def test_json_of_a_collapse(tmp_path: Path, capsys: Captured) -> None:
    """`after` is null, the event has its name, its fields and its message; no epoch follows."""
    path = save(COLLAPSING, tmp_path)
    result = json.loads(output(capsys, "trace", path, "--format", "json", "--epochs", "9"))
    (epoch,) = result["epochs"]
    assert epoch["after"] is None
    (event,) = epoch["events"]
    assert event.pop("message").startswith("Epoch 1: component 1 has collapsed onto point 1 at 0.0")
    assert event == {
        "name": "VarianceCollapse",
        "epoch": 1,
        "component": 0,
        "mean": 0.0,
        "variance": 0.0,
        "points": [0],
    }


def test_json_of_an_undefined_number(tmp_path: Path, capsys: Captured) -> None:
    """JSON has no nan: 0/0 is null, in valid JSON."""

    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    text = output(capsys, "trace", save(EMPTY, tmp_path), "--format", "json")
    (epoch,) = json.loads(text, parse_constant=refuse)["epochs"]
    assert epoch["m"]["means"][1] is None
    assert epoch["m"]["weighted_squared_deviations"][0][1] is None
    assert epoch["after"] is None


# Text and Markdown


def test_text_shows_the_worksheet(note: str, capsys: Captured) -> None:
    """Each epoch: where from, every column with 4 decimals, sums, new parameters, log-likelihood."""
    text = output(capsys, "trace", note, "--epochs", "2")
    assert re.findall(r"^Epoch (\d+)$", text, re.MULTILINE) == ["1", "2"]
    for epoch in epochs_of(worked_example.problem(), 2):
        for column in columns(2):
            for i in range(5):
                assert format_number(column.value(epoch, i), 4) in text
            for footer in (column.group.total, column.group.parameter):
                if footer:
                    assert format_number(column.footer_value(epoch, footer), 4) in text
        value = f"{epoch.e.log_likelihood:.4f}"
        assert f"log-likelihood before this epoch: {value}\nafter it: α₁ = " in text


def test_text_rows_are_in_order(note: str, capsys: Captured) -> None:
    """A row per point, then the sums, then the new parameters under them."""
    lines = output(capsys, "trace", note, "--digits", "17").splitlines()
    heads = [line.split()[0] for line in lines if line and line[0] in " s n"]
    assert heads == ["i", "1", "2", "3", "4", "5", "sum", "new"]
    (new,) = [line.split()[1:] for line in lines if line.lstrip().startswith("new")]
    documented = worked_example.DOCUMENTED
    assert new == [*documented.weights, *documented.means, *documented.variances]


def test_markdown_is_one_table_per_epoch(note: str, capsys: Captured) -> None:
    """Every row of a table has as many cells as its head."""
    text = output(capsys, "trace", note, "--format", "markdown", "--epochs", "2")
    assert re.findall(r"^## Epoch (\d+)$", text, re.MULTILINE) == ["1", "2"]
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert len(rows) == 2 * (1 + 1 + 5 + 2)
    assert {row.count("|") for row in rows} == {len(columns(2, standard=True)) + 3}
    assert "| 1.3066 | 1.4982 |" in text


@pytest.mark.parametrize("digits", [0, 1, 6, 17])
@pytest.mark.parametrize("style", ["text", "markdown"])
def test_digits(digits: int, style: str, note: str, capsys: Captured) -> None:
    """--digits D shows D decimals; 17 shows every digit."""
    text = output(capsys, "trace", note, "--format", style, "--digits", str(digits))
    assert format_number(1.3065753725700628, digits) in text
    if digits == 17:
        documented = worked_example.DOCUMENTED
        for number in (*documented.means, *documented.variances, *documented.weights):
            assert number in text


@pytest.mark.parametrize("style", ["text", "markdown"])
@pytest.mark.parametrize(
    ("problem", "words"),
    [(COLLAPSING, "component 1 has collapsed onto point 1"), (EMPTY, "component 2 is empty")],
)
def test_a_degenerate_run_says_why(
    problem: Problem, words: str, style: str, tmp_path: Path, capsys: Captured
) -> None:
    """The epoch is printed whole, then the event; no parameters after it, no further epoch."""
    text = output(capsys, "trace", save(problem, tmp_path), "--format", style, "--epochs", "5")
    assert text.count("Epoch 1\n") == 1
    assert "Epoch 2" not in text
    assert words in text
    assert "after it" not in text
    assert ("undefined" in text) == (problem is EMPTY)


def test_more_epochs_than_islice_counts(tmp_path: Path, capsys: Captured) -> None:
    """Any whole number of epochs will do, where the run ends by itself."""
    text = output(capsys, "trace", save(COLLAPSING, tmp_path), "--epochs", "9" * 30)
    assert "has collapsed" in text


# Errors


def error_line(capsys: Captured, *arguments: str) -> str:
    """The one line on stderr of a command that fails with exit code 2."""
    try:
        code: object = main(arguments)
    except SystemExit as exit_:
        code = exit_.code
    result = capsys.readouterr()
    assert code == 2
    assert result.out == ""
    assert result.err.count("\n") == 1
    assert result.err.endswith("\n")
    assert "Traceback" not in result.err
    assert len(result.err) < 600
    return result.err.removeprefix("refgmm: error: ").removesuffix("\n")


def test_a_missing_file(tmp_path: Path, capsys: Captured) -> None:
    """A file that is not there."""
    path = str(tmp_path / "none.json")
    assert error_line(capsys, "trace", path) == f"can't read {path}: No such file or directory"


@pytest.mark.parametrize("style", FORMATS)
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the file is empty: save the problem again"),
        (
            "{,}",
            "line 1, column 2: not JSON (Expecting property name enclosed in double quotes): is this a problem file, as the app saves it?",
        ),
        ("[1]", 'not a refgmm problem: it should be a JSON object that has "refgmm": 1'),
        (
            worked_example.problem().to_json().replace("0.9", '"0,9"'),
            "point 1 must be a number, got '0,9': give a number such as 0.9",
        ),
        (
            worked_example.problem().to_json().replace("[0.5, 0.5]", "[0.5, 0.7]"),
            "weights must sum to 1, got 1.2 (0.2 too much): change them, or divide each by 1.2",
        ),
        ('{"a\\nb": 1, "a\\nb": 2}', r"'a\nb' stands there twice: remove one of them"),
    ],
)
def test_a_bad_file(text: str, message: str, style: str, tmp_path: Path, capsys: Captured) -> None:
    """Bad JSON and bad values, in every format: nothing on stdout, one line on stderr."""
    path = tmp_path / "bad.json"
    path.write_text(text, encoding="utf-8")
    assert error_line(capsys, "trace", str(path), "--format", style) == f"{path}: {message}"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["train"], "invalid choice: 'train'"),
        (["--frobnicate"], "unrecognized arguments: --frobnicate"),
        (["trace"], "the following arguments are required: PROBLEM.json"),
        (["trace", "x.json", "--frobnicate"], "unrecognized arguments: --frobnicate"),
        (["trace", "x.json", "y.json"], "unrecognized arguments: y.json"),
        (["trace", "x.json", "y\nz"], "unrecognized arguments: y z"),
        (["trace", "x.json", "--format", "xml"], "invalid choice: 'xml'"),
        (["trace", "x.json", "--epochs"], "--epochs: expected one argument"),
    ],
)
def test_bad_arguments(arguments: list[str], words: str, capsys: Captured) -> None:
    """Unknown commands and options: what is wrong, and where help is."""
    line = error_line(capsys, *arguments)
    assert words in line
    assert line.endswith("--help")


@pytest.mark.parametrize("value", ["0", "-1", "1.5", "many", "", " ", "²", "1e3"])
def test_bad_epochs(value: str, note: str, capsys: Captured) -> None:
    """--epochs is a whole number from 1 on."""
    line = error_line(capsys, "trace", note, f"--epochs={value}")
    expected = f"argument --epochs: expected a whole number from 1 on, got {value!r}"
    assert line == f"{expected}; see refgmm trace --help"


@pytest.mark.parametrize("value", ["-1", "18", "3.5", "all", ""])
def test_bad_digits(value: str, note: str, capsys: Captured) -> None:
    """--digits is a whole number from 0 to 17."""
    line = error_line(capsys, "trace", note, f"--digits={value}")
    expected = f"argument --digits: expected a whole number from 0 to 17, got {value!r}"
    assert line == f"{expected}; see refgmm trace --help"


def test_digits_are_not_for_json(note: str, capsys: Captured) -> None:
    """JSON keeps every digit; asking for fewer is refused, not ignored."""
    line = error_line(capsys, "trace", note, "--format", "json", "--digits", "3")
    assert line == "--digits is not for json, which keeps every digit: leave it out"


# Processes


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-16", "utf-8"])
def test_greek_letters_reach_any_stdout(encoding: str, note: str) -> None:
    """Whatever encoding the environment asks for, the output is UTF-8, marks and letters whole."""
    for arguments in (["-m", "refgmm"], ["-m", "refgmm", "trace", note]):
        result = run(*arguments, PYTHONIOENCODING=encoding, LC_ALL="C")
        assert (result.returncode, result.stderr) == (0, "")
        assert "α₁ = 0.5" in result.stdout
        assert result.stdout == run(*arguments).stdout


def test_errors_in_a_process_of_their_own(tmp_path: Path) -> None:
    """python -m refgmm exits with 2 and one line."""
    for arguments in (["trace", tmp_path / "none.json"], ["train"], ["trace", tmp_path]):
        result = run("-m", "refgmm", *arguments, PYTHONIOENCODING="ascii")
        assert result.returncode == 2
        assert result.stdout == ""
        assert result.stderr.startswith("refgmm: error: ")
        assert result.stderr.count("\n") == 1


@pytest.mark.skipif(sys.platform == "win32", reason="no such file names on Windows")
@pytest.mark.parametrize("name", [b"\xff.json", b"a\nb.json", "β.json".encode()])
def test_odd_file_names(name: bytes, tmp_path: Path) -> None:
    """A name that is no Unicode, or holds a line end, doesn't break the message about it."""
    result = run("-m", "refgmm", "trace", os.fsdecode(os.path.join(os.fsencode(tmp_path), name)))
    assert result.returncode == 2
    assert result.stderr.startswith("refgmm: error: can't read ")
    assert result.stderr.endswith(": No such file or directory\n")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("command", [["trace"], ["sample", "-n", "3"], ["report"]])
def test_a_problem_from_standard_input(command: list[str], note: str) -> None:
    """`-` stands for it, in the place of a problem file."""
    name, *options = command
    text = Path(note).read_text(encoding="utf-8")
    piped = run("-m", "refgmm", name, "-", *options, stdin=text)
    of_file = run("-m", "refgmm", name, note, *options)
    assert of_file.stdout
    assert (piped.returncode, piped.stdout) == (0, of_file.stdout)


def test_step_takes_commands_from_standard_input_alone(capsys: Captured) -> None:
    """Not the problem, too: no command could follow it."""
    assert main(["step", "-"]) == 2
    assert capsys.readouterr().err == (
        "refgmm: error: step reads its commands from standard input, so the problem can't come from "
        "there, too: save it to a file, and give its name\n"
    )


@pytest.mark.skipif(sys.platform == "win32", reason="pipes break in another way on Windows")
@pytest.mark.parametrize("style", FORMATS)
def test_a_broken_pipe_is_no_error(style: str, note: str) -> None:
    """`refgmm trace | head -1`: silence, and exit code 0."""
    command = [sys.executable, "-m", "refgmm", "trace", note, "--epochs", "1000000"]
    with subprocess.Popen(
        [*command, "--format", style], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=60) == 0


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="only Linux has a full disk to try")
def test_a_full_disk(note: str) -> None:
    """Output that can't be written is an error in one line."""
    for arguments in (["-m", "refgmm"], ["-m", "refgmm", "trace", note, "--format", "json"]):
        with open("/dev/full", "w", encoding="utf-8") as full:
            result = subprocess.run(
                [sys.executable, *arguments],
                stdout=full,
                stderr=subprocess.PIPE,
                text=True,
                cwd=ROOT,
                check=False,
            )
        assert result.returncode == 2
        expected = "refgmm: error: can't write the output: No space left on device\n"
        assert result.stderr == expected


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")
def test_a_closed_stdout() -> None:
    """Without a stdout at all there is nothing to print, and nothing to fail."""
    command = f"{sys.executable} -m refgmm >&-"
    result = subprocess.run(
        ["sh", "-c", command], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert (result.returncode, result.stderr) == (0, "")


def test_version(capsys: Captured) -> None:
    """--version prints the package's version, and whether its kernel is compiled."""
    with pytest.raises(SystemExit) as caught:
        main(["--version"])
    assert caught.value.code == 0
    assert capsys.readouterr().out == f"refgmm {refgmm.version()}\n"
    assert re.fullmatch(r"0\.1\.0 \((interpreted|compiled kernel)\)", refgmm.version())


@pytest.mark.parametrize("arguments", [["--help"], ["trace", "--help"]])
def test_help(arguments: list[str], capsys: Captured) -> None:
    """Help goes to stdout, with exit code 0."""
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 0
    assert capsys.readouterr().out.startswith("usage: refgmm")


def test_help_says_what_the_exit_status_means(capsys: Captured) -> None:
    """Who calls refgmm from a script doesn't read its source."""
    with pytest.raises(SystemExit):
        main(["--help"])
    help_text = " ".join(capsys.readouterr().out.split())
    assert "Exit status: 0; 1 where a fit degenerates" in help_text
    assert "2 for an error; 130 after Ctrl-C." in help_text


def test_the_example_exits_with_1_where_digits_differ(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A digit that disagrees is marked, counted, and shown in the exit code."""
    wrong = dataclasses.replace(
        worked_example.DOCUMENTED, means=("1.3065753725700626", "1.4982149218892322")
    )
    monkeypatch.setattr("refgmm.example_report.DOCUMENTED", wrong)
    assert main([]) == 1
    text = capsys.readouterr().out
    assert text.count("✗") == 1
    assert "25 of 26 documented numbers agree." in text


def test_an_endless_number_of_epochs_is_refused_in_few_words(capsys: Captured) -> None:
    """5,000 digits are more than int() takes; the message shows some of them."""
    with pytest.raises(SystemExit):
        main(["trace", "p.json", "--epochs", "9" * 5000])
    error = capsys.readouterr().err
    assert "expected a whole number from 1 on, got '999" in error
    assert len(error) < 200
