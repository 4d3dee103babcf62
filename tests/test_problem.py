"""Problems and their files: what is kept, what is refused, and with which words."""

import functools
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from refgmm import FileFormatError, InvalidValueError, Mixture, Problem, RefGMMError, worked_example

INITIAL = '"initial": {"weights": [1], "means": [0], "variances": [1]}'
FULL = """\
{
  "refgmm": 1,
  "points": [0.9, 0.7, 1.2, 2.4, 1.8],
  "initial": {"weights": [0.5, 0.5], "means": [1.0, 2.0], "variances": [2.0, 2.0], "names": ["α", "β"]},
  "view": {"decimals": 6, "labelling": "note", "hidden": [[0, 1], []], "zoom": 1.5e-7, "on": true, "off": null}
}
"""


def refusal(text: str) -> FileFormatError:
    with pytest.raises(FileFormatError) as caught:
        Problem.from_json(text)
    return caught.value


# Kept


def test_the_examples_file() -> None:
    """The file is the documented one, a line for each key."""
    assert worked_example.problem().to_json() == (
        "{\n"
        '  "refgmm": 1,\n'
        '  "points": [0.9, 0.7, 1.2, 2.4, 1.8],\n'
        '  "initial": {"weights": [0.5, 0.5], "means": [1.0, 2.0], "variances": [2.0, 2.0]}\n'
        "}\n"
    )


def test_save_and_load(tmp_path: Path) -> None:
    """A saved problem loads as an equal one, and saving it again gives the same bytes."""
    path = tmp_path / "problem.json"
    problem = Problem.from_json(FULL)
    problem.save(path)
    assert Problem.load(path) == problem
    first = path.read_bytes()
    Problem.load(str(path)).save(path)
    assert path.read_bytes() == first


def test_unknown_keys_are_kept() -> None:
    """Also those inside "initial", of any type, at the value they had."""
    problem = Problem.from_json(FULL)
    assert problem.extra == {
        "initial": {"names": ["α", "β"]},
        "view": {
            "decimals": 6,
            "labelling": "note",
            "hidden": [[0, 1], []],
            "zoom": 1.5e-7,
            "on": True,
            "off": None,
        },
    }
    assert json.loads(problem.to_json()) == json.loads(FULL)


@pytest.mark.parametrize("text", ["é", "\U0001f600", "\ud800", "line\nend", "\x00", '"\\'])
def test_any_text_in_unknown_keys_can_be_saved(text: str, tmp_path: Path) -> None:
    """Whatever a JSON text can hold comes back: half a surrogate pair, too."""
    document = json.loads(FULL) | {text: [text]}
    path = tmp_path / "problem.json"
    Problem.from_json(json.dumps(document)).save(path)
    assert Problem.load(path).extra[text] == [text]


def test_floats_round_trip() -> None:
    """Every double reads back as itself; -0.0 keeps its sign."""
    points = (0.1, 1 / 3, 5e-324, -0.0, 1e75, 1.3065753725700628, 123456789.123456789)
    problem = Problem(points, Mixture.univariate([1], [-1e-320], [1e-150]))
    again = Problem.from_json(problem.to_json())
    assert repr(again) == repr(problem)


def test_ints_are_accepted_where_floats_are() -> None:
    """Points and parameters may be written without a decimal point."""
    problem = Problem.from_json('{"refgmm": 1, "points": [1, 2], ' + INITIAL + "}")
    assert repr(problem.points) == "(1.0, 2.0)"


def test_problems_are_values() -> None:
    """Equal problems are equal and hash alike; points from any iterable become a tuple."""
    points: Any = iter([0.9, 0.7, 1.2, 2.4, 1.8])
    problem = Problem(points, worked_example.problem().initial)
    assert problem == worked_example.problem()
    assert hash(problem) == hash(worked_example.problem())


# Refused


NO_PROBLEM = 'not a refgmm problem: it should be a JSON object that has "refgmm": 1'
EMPTY = "the file is empty: save the problem again"
CUT_OFF = "the file ends in the middle: it is cut off, so fetch or save it again"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", EMPTY),
        ("  \n", EMPTY),
        ('{"refgmm": 1, "points": [0.9, ', CUT_OFF),
        ("{'refgmm': 1}", "line 1, column 2: not JSON (Expecting property name enclosed in double quotes): is this a problem file, as the app saves it?"),
        ('{"refgmm": 1,\n "points" [1]}', "line 2, column 11: not JSON (Expecting ':' delimiter): is this a problem file, as the app saves it?"),
        ('{"refgmm": 1} x', "line 1, column 15: not JSON (Extra data): is this a problem file, as the app saves it?"),
        ("0.9\n0.7\n", "line 2, column 1: not JSON (Extra data): is this a problem file, as the app saves it?"),
        ("[]", NO_PROBLEM),
        ("1", NO_PROBLEM),
        ("null", NO_PROBLEM),
        ('"refgmm"', NO_PROBLEM),
        ("{}", NO_PROBLEM),
        ('{"points": [1]}', NO_PROBLEM),
        ('{"refgmm": "1"}', "\"refgmm\" should be the version of the format, 1, got '1'"),
        ('{"refgmm": 0}', '"refgmm" should be the version of the format, 1, got 0'),
        ('{"refgmm": -1}', '"refgmm" should be the version of the format, 1, got -1'),
        ('{"refgmm": 1.0}', '"refgmm" should be the version of the format, 1, got 1.0'),
        ('{"refgmm": true}', '"refgmm" should be the version of the format, 1, got True'),
        ('{"refgmm": null}', '"refgmm" should be the version of the format, 1, got None'),
        (
            '{"refgmm": 2}',
            "made by a newer refgmm (format 2; this one reads 1): "
            "update refgmm from where you got it",
        ),
        (
            '{"refgmm": ' + "9" * 4000 + "}",
            f"made by a newer refgmm (format {'9' * 37}...; this one reads 1): "
            "update refgmm from where you got it",
        ),
        ('{"refgmm": 1, "refgmm": 1}', "'refgmm' stands there twice: remove one of them"),
        (
            '{"refgmm": 1, "points": [1], "initial": {"means": [0], "means": [1]}}',
            "'means' stands there twice: remove one of them",
        ),
        ('{"a\\nb": 1, "a\\nb": 1}', r"'a\nb' stands there twice: remove one of them"),
        ('{"refgmm": 1}', '"points" should be a list of numbers: it is missing'),
        ('{"refgmm": 1, "points": 0.9}', '"points" should be a list of numbers: got 0.9'),
        ('{"refgmm": 1, "points": "0.9"}', "\"points\" should be a list of numbers: got '0.9'"),
        ('{"refgmm": 1, "points": null}', '"points" should be a list of numbers: got None'),
        ('{"refgmm": 1, "points": {}}', '"points" should be a list of numbers: got {}'),
        (
            '{"refgmm": 1, "points": [1]}',
            '"initial" should be an object with weights, means and variances: it is missing',
        ),
        (
            '{"refgmm": 1, "points": [1], "initial": [1, 2]}',
            '"initial" should be an object with weights, means and variances: got [1, 2]',
        ),
        (
            '{"refgmm": 1, "points": [1], "initial": {"weights": [1], "means": [0]}}',
            '"initial.variances" should be a list of numbers: it is missing',
        ),
        (
            '{"refgmm": 1, "points": [1], "initial": {"weights": 1, "means": [0], "variances": [1]}}',
            '"initial.weights" should be a list of numbers: got 1',
        ),
        ("[" * 100_000, "not a refgmm problem: its brackets nest too deeply"),
    ],
)  # fmt: skip
def test_refused_files(text: str, message: str) -> None:
    """The message says what stands there, what should, and what to do."""
    assert str(refusal(text)) == message


@pytest.mark.parametrize(
    ("points", "message", "index"),
    [
        ("[]", "there are no points: give at least one", None),
        ("[1, NaN]", "point 2 must be a finite number, got nan: correct it or leave it out", 1),
        ("[Infinity]", "point 1 must be a finite number, got inf: correct it or leave it out", 0),
        ("[-Infinity]", "point 1 must be a finite number, got -inf: correct it or leave it out", 0),
        ("[1e999]", "point 1 must be a finite number, got inf: correct it or leave it out", 0),
        ('["0.9"]', "point 1 must be a number, got '0.9': give a number such as 0.9", 0),
        ("[1, null]", "point 2 must be a number, got None: give a number such as 0.9", 1),
        ("[true]", "point 1 must be a number, got True: give a number such as 0.9", 0),
        ("[1, [1]]", "point 2 must be a number, got [1]: give a number such as 0.9", 1),
        (
            "[[1]]",
            "the points have 1 coordinate each, and the means of the mixture one number: "
            "give both the same dimension",
            None,
        ),
        ('[{"x": 1}]', "point 1 must be a number, got {'x': 1}: give a number such as 0.9", 0),
    ],
)
def test_bad_points_in_a_file(points: str, message: str, index: int | None, tmp_path: Path) -> None:
    """Bad numbers are InvalidValueErrors with field and index; from a file, with its name."""
    text = '{"refgmm": 1, "points": ' + points + ", " + INITIAL + "}"
    path = tmp_path / "problem.json"
    path.write_text(text, encoding="utf-8")
    calls: dict[str, Callable[[], object]] = {
        message: lambda: Problem.from_json(text),
        f"{path}: {message}": lambda: Problem.load(path),
    }
    for expected, call in calls.items():
        with pytest.raises(InvalidValueError) as caught:
            call()
        assert str(caught.value) == expected
        assert (caught.value.field, caught.value.index) == ("points", index)


def test_bad_parameters_in_a_file(tmp_path: Path) -> None:
    """The same for the initial mixture."""
    path = tmp_path / "problem.json"
    path.write_text(FULL.replace("[2.0, 2.0]", "[2.0, -2.0]"), encoding="utf-8")
    with pytest.raises(InvalidValueError) as caught:
        Problem.load(path)
    assert str(caught.value) == (
        f"{path}: variance 2 must be positive and finite, got -2.0: "
        "give the square of a standard deviation above 0"
    )
    assert (caught.value.field, caught.value.index) == ("variances", 1)


def test_errors_from_a_file_name_it_once(tmp_path: Path) -> None:
    """A file's errors begin with its name, and keep the line."""
    path = tmp_path / "problem.json"
    for text, message, line in [
        ('{"refgmm": 1,\n "points" [1]}', "line 2, column 11: not JSON (Expecting ':' delimiter): is this a problem file, as the app saves it?", 2),
        ('{"refgmm": 1}', '"points" should be a list of numbers: it is missing', None),
        ("{}", NO_PROBLEM, None),
    ]:  # fmt: skip
        path.write_text(text, encoding="utf-8")
        with pytest.raises(FileFormatError) as caught:
            Problem.load(path)
        assert str(caught.value) == f"{path}: {message}"
        assert caught.value.line == line


def is_one_short_line(message: str) -> bool:
    return "\n" not in message and 0 < len(message) < 300


def message_of(call: Callable[[], object]) -> str | None:
    """What a call says where refgmm refuses something; any other exception is a failure."""
    try:
        call()
    except RefGMMError as error:
        return str(error)
    return None


def test_a_file_cut_off_anywhere(tmp_path: Path) -> None:
    """Cut at every byte, a real file gives one short line, and never another exception."""
    path = tmp_path / "problem.json"
    data = FULL.encode("utf-8")
    for length in range(len(data.rstrip())):
        path.write_bytes(data[:length])
        with pytest.raises((FileFormatError, InvalidValueError)) as caught:
            Problem.load(path)
        assert is_one_short_line(str(caught.value).removeprefix(str(path))), data[:length]
    path.write_bytes(data.rstrip())
    assert Problem.load(path) == Problem.from_json(FULL)


def test_a_file_with_any_byte_replaced(tmp_path: Path) -> None:
    """With any one byte damaged, it loads or gives one short line."""
    path = tmp_path / "problem.json"
    data = FULL.encode("utf-8")
    for position in range(len(data)):
        for byte in b'\x00\xff"{]9x-':
            path.write_bytes(data[:position] + bytes([byte]) + data[position + 1 :])
            message = message_of(lambda: Problem.load(path))
            assert message is None or is_one_short_line(message.removeprefix(str(path)))


@pytest.mark.parametrize("place", ["refgmm", "points", "initial", "view"])
def test_deep_nesting(place: str) -> None:
    """Lists in lists, around the depth that Python follows: never another exception."""
    limit = sys.getrecursionlimit()
    for depth in [2, 50, *range(limit - 150, limit + 10), 20_000, 200_000]:
        document = {"refgmm": "1", "points": "[1]", "initial": INITIAL.split(": ", 1)[1]}
        document[place] = "[" * depth + "]" * depth
        text = "{" + ", ".join(f'"{key}": {value}' for key, value in document.items()) + "}"
        message = message_of(functools.partial(Problem.from_json, text))
        assert message is None or is_one_short_line(message)


def test_a_huge_int() -> None:
    """An int that no double holds, or that Python won't even convert, is refused by a message."""
    text = '{"refgmm": 1, "points": [' + "9" * 400 + "], " + INITIAL + "}"
    with pytest.raises(InvalidValueError, match=r"^point 1 must be a finite number, got 9+\.\.\.:"):
        Problem.from_json(text)
    error = refusal('{"refgmm": 1, "points": [' + "9" * 5000 + "], " + INITIAL + "}")
    assert str(error) == (
        "not a refgmm problem: it has a whole number of thousands of digits: correct it"
    )
    assert is_one_short_line(str(error))


def test_extra_never_overwrites_the_problem() -> None:
    """Keys of `extra` that are the problem's own give way to the problem, also inside "initial"."""
    start = Mixture.univariate([1], [0], [1])
    extra = {"refgmm": 7, "points": [9], "initial": {"weights": [8], "note": "kept"}, "view": 1}
    document = Problem((1.0, 2.0), start, extra).to_document()
    assert document == {
        "refgmm": 1,
        "points": [1.0, 2.0],
        "initial": {"weights": [1.0], "means": [0.0], "variances": [1.0], "note": "kept"},
        "view": 1,
    }
