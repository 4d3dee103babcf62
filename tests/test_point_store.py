"""Points in files: read as they are asked for, written once from a stream or a CSV file, and removed."""

import gc
import itertools
import math
import os
import pickle
import signal
import tempfile
import threading
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from refgmm import (
    FileFormatError,
    InvalidValueError,
    PointStore,
    RefGMMError,
    open_csv,
    open_doubles,
)
from refgmm.cli import main
from refgmm.csv_points import _FIRST_LINES
from refgmm.point_store import AT_ONCE, spooled
from refgmm.points_text import read_rows
from refgmm.stopping import Progress

from .fits import cloud

N = AT_ONCE + 5


@pytest.fixture(autouse=True)
def _nothing_stays(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """No test leaves a temporary file behind."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield
    gc.collect()
    assert list(folder.iterdir()) == []


def write(path: Path, values: Any) -> Path:
    """A file of raw doubles."""
    with open(path, "wb") as file:
        array("d", values).tofile(file)
    return path


def refused(*arguments: Any, **options: Any) -> str:
    """What open_doubles says of a file."""
    with pytest.raises(RefGMMError) as caught:
        open_doubles(*arguments, **options)
    return str(caught.value)


# A sequence of points


@pytest.mark.parametrize("d", [1, 2, 3])
def test_a_store_is_the_sequence_of_its_points(d: int) -> None:
    """Items, slices, iteration, from either end; of numbers and of rows."""
    points = cloud(d, N)
    with spooled(iter(points)) as store:
        assert len(store) == N
        assert list(store) == points
        assert store.dimension == (None if d == 1 else d)
        for i in (0, 7, N - 1, -1, -N):
            assert store[i] == points[i]
        for part in (slice(3, 9), slice(None), slice(5, 2), slice(-4, None), slice(9, 0, -3)):
            assert store[part] == tuple(points[part])
        for i in (N, -N - 1):
            with pytest.raises(IndexError):
                store[i]
        assert points[3] in store
        copy = pickle.loads(pickle.dumps(store))
        assert list(copy[:9]) == points[:9]
        copy.close()
        assert store[0] == points[0]  # a copy removes nothing


def test_a_temporary_file_goes_with_its_store() -> None:
    """At the end of a with, at close, which may be called twice, and when nobody refers to it."""
    store = spooled([1.0, 2.0])
    path = store.address.path
    assert os.path.exists(path)
    store.close()
    store.close()
    assert not os.path.exists(path)
    with pytest.raises(FileFormatError, match=f"can't read points from {path}: "):
        store[0]
    path = spooled([1.0]).address.path
    gc.collect()
    assert not os.path.exists(path)


def test_a_file_of_the_user_stays(tmp_path: Path) -> None:
    """It is read, and that is all."""
    path = write(tmp_path / "a.f64", [1.0, 2.0])
    with open_doubles(path) as store:
        assert list(store) == [1.0, 2.0]
    del store
    gc.collect()
    assert path.stat().st_size == 16


def test_a_stream_is_not_held_in_memory() -> None:
    """Never more than a few values ahead of what is written."""
    alive: set[int] = set()
    most = 0

    class Value(float):
        def __new__(cls, value: float) -> "Value":
            nonlocal most
            self = super().__new__(cls, value)
            alive.add(id(self))
            most = max(most, len(alive))
            return self

        def __del__(self) -> None:
            alive.discard(id(self))

    with spooled(Value(i) for i in range(3 * AT_ONCE)) as store:
        assert len(store) == 3 * AT_ONCE
    assert most < 10


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([], "there are no points: give at least one"),
        ([1.0, math.nan], "point 2 must be a finite number, got nan: correct it or leave it out"),
        (
            [[1, 2], [3]],
            "point 2 has 1 coordinate where point 1 has 2: give every point the same number",
        ),
        (3, "points must be a sequence of numbers, got 3: give a list such as [0.9, 0.7]"),
    ],
)
def test_a_stream_is_checked(values: Any, message: str) -> None:
    """With the messages of points in memory; and no file stays."""
    with pytest.raises(InvalidValueError) as caught:
        spooled(values)
    assert str(caught.value) == message


def test_an_error_in_the_stream_goes_through() -> None:
    """And no file stays."""

    def stream() -> Iterator[float]:
        yield from map(float, range(AT_ONCE + 1))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        spooled(stream())


# Raw doubles


def test_raw_doubles_are_read_in_rows(tmp_path: Path) -> None:
    """As many as the dimension says; progress in points."""
    values = [float(i) for i in range(6 * AT_ONCE)]
    path = write(tmp_path / "a.f64", values)
    told: list[tuple[int, int]] = []
    store = open_doubles(path, 3, on_progress=lambda *at: told.append(at))
    assert len(store) == 2 * AT_ONCE
    assert store[1] == (3.0, 4.0, 5.0)
    assert told == [(AT_ONCE, 2 * AT_ONCE), (2 * AT_ONCE, 2 * AT_ONCE)]
    assert open_doubles(path)[4] == 4.0
    assert open_doubles(path, 1)[4] == (4.0,)


def test_what_is_no_file_of_doubles_is_refused(tmp_path: Path) -> None:
    """With the file, what is wrong, and the remedy."""
    path = write(tmp_path / "a.f64", [1.0, 2.0, 3.0])
    assert refused(path, 2) == (
        f"{path} has 24 bytes, which is no whole number of points of 2 doubles each (16 bytes): is it "
        "a file of raw doubles, and is the dimension right?"
    )
    empty = write(tmp_path / "b.f64", [])
    assert refused(empty) == f"{empty} is empty: there are no points in it"
    assert (
        refused(tmp_path / "c.f64") == f"can't read {tmp_path / 'c.f64'}: No such file or directory"
    )
    assert refused(path, 0) == (
        "the dimension must be a whole number from 1 on, got 0: or None, for points that are numbers"
    )
    assert refused(tmp_path).startswith(f"can't read {tmp_path}: ")


@pytest.mark.parametrize("value", [math.nan, math.inf, -1e76])
def test_a_double_that_is_no_point_is_refused(tmp_path: Path, value: float) -> None:
    """Wherever it stands; swapped bytes show so, too."""
    values = [1.0] * (2 * AT_ONCE + 4)
    values[2 * AT_ONCE + 1] = value
    path = write(tmp_path / "a.f64", values)
    message = refused(path, 2)
    assert message.startswith(f"{path}: coordinate 2 of point {AT_ONCE + 1} ")
    assert message.endswith(" byte order?")
    assert refused(path).startswith(f"{path}: point {2 * AT_ONCE + 2} ")


def test_a_file_that_became_shorter_is_told_of(tmp_path: Path) -> None:
    """Not read as zeros."""
    path = write(tmp_path / "a.f64", range(9))
    store = open_doubles(path)
    write(path, range(5))
    with pytest.raises(FileFormatError) as caught:
        store[3:8]
    assert str(caught.value) == (
        f"{path} has become shorter: it ends before point 8. Leave it as it is while it is being used"
    )


# CSV


def csv(folder: Path, lines: list[str], encoding: str = "utf-8") -> Path:
    """A CSV file of these lines."""
    path = folder / "points.csv"
    path.write_text("\n".join(lines) + "\n", encoding=encoding)
    return path


LONG = _FIRST_LINES + 700


@pytest.mark.parametrize(
    "lines",
    [
        [repr(0.1 * i) for i in range(LONG)],
        ["x;name;y", *(f"{i},5;n{i};-{i},25e1" for i in range(LONG))],
        ["x,y", *(f"{i}.5, {i}" for i in range(LONG)), "", '"7.5","8"', "  9 , 10 "],
        ["a b", *(f"  {i}   {i}.5" for i in range(LONG))],
        ["waiting time", *map(str, range(LONG)), "\N{MINUS SIGN}3"],
        [f"{i}\t{i + 1}\t" for i in range(LONG)],
        ['"a name",v,w', *(f'"{i}, and more",{i},{i}' for i in range(LONG))],
        ["1 2 3"],
        ["0.5,1.5", "3,4"],
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_csv_file_holds_the_points_that_it_holds_in_memory(
    tmp_path: Path, lines: list[str], encoding: str
) -> None:
    """Same points, same names, same notes, whatever the separators and the encoding."""
    path = csv(tmp_path, lines, encoding)
    expected = read_rows(path)
    is_one = len(expected.names) == 1
    with open_csv(path) as store:
        assert list(store) == [x for (x,) in expected.points] if is_one else [*expected.points]
        assert (store.names, store.notes) == (expected.names, expected.notes)


def test_columns_are_chosen_by_name(tmp_path: Path) -> None:
    """In the order asked for."""
    path = csv(tmp_path, ["x,y,z", *(f"{i},{2 * i},{3 * i}" for i in range(5))])
    with open_csv(path, ["z", "x"]) as store:
        assert store[2] == (6.0, 2.0)
        assert store.names == ("z", "x")
    with open_csv(path, ["y"]) as store:
        assert store[2] == 4.0


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ("1;abc", "line 1500, column 'y': 'abc' is not a number: correct it or remove the line"),
        ("1", "line 1500 has 1 cell where others have 2: give every line the same columns"),
        ("1;2;3", "line 1500 has 3 cells where others have 2: give every line the same columns"),
        (";", "line 1500 holds no value: remove it"),
        (
            "1;1_000",
            "line 1500, column 'y': '1_000' is not a number: correct it or remove the line",
        ),
        ("nan;1", None),
        ("1;inf", "line 1500, column 'y': 'inf' is not a number: correct it or remove the line"),
        ("1;1e80", None),
        ("1,5;2", "line 1500, column 'x': '1,5' is not a number: correct it or remove the line"),
        ('1;"2', None),
    ],
)
def test_a_bad_line_in_the_middle_is_named(tmp_path: Path, bad: str, message: str | None) -> None:
    """File, line, column and remedy; and no file stays."""
    lines = ["x;y", *(f"{i}.5;{i}" for i in range(LONG))]
    lines[1499] = bad
    path = csv(tmp_path, lines)
    with pytest.raises(FileFormatError) as caught:
        open_csv(path)
    assert str(caught.value).startswith(
        f"{path}: line 1500" if '"' not in bad else f"{path}: line "
    )
    if message is not None:
        assert str(caught.value) == f"{path}: {message}"
        assert caught.value.line == 1500


def test_a_decimal_point_among_commas_is_refused(tmp_path: Path) -> None:
    """As in memory, though the lines are far apart."""
    lines = [f"{i},5;1" for i in range(LONG)]
    lines[1499] = "1.5;1"
    with pytest.raises(FileFormatError) as caught:
        open_csv(csv(tmp_path, lines))
    assert "line 1500 has a decimal point (1.5), and lines before it have decimal commas" in str(
        caught.value
    )


def test_what_is_no_text_is_refused(tmp_path: Path) -> None:
    """Bytes that are no UTF-8, far down; a line without an end; no file; an empty one."""
    path = tmp_path / "a.csv"
    path.write_bytes(b"1.5\n" * 50_000 + b"\xff\xfe\n")
    with pytest.raises(
        FileFormatError, match=r"line 4\d{4}, or one soon after it, is not text in utf-8"
    ):
        open_csv(path)
    path.write_bytes(b"\xff1.5\n")
    with pytest.raises(FileFormatError, match="line 1, or one soon after it, is not text in utf-8"):
        open_csv(path)
    path.write_bytes(b"1" * 1_000_001)
    with pytest.raises(FileFormatError, match="line 1 has a million characters or more"):
        open_csv(path)
    path.write_bytes(b"")
    with pytest.raises(FileFormatError, match="there are no points in the text"):
        open_csv(path)
    with pytest.raises(FileFormatError) as caught:
        open_csv(tmp_path / "none.csv")
    assert str(caught.value) == f"can't read {tmp_path / 'none.csv'}: No such file or directory"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_pipe_is_read_whole(tmp_path: Path, encoding: str) -> None:
    """Every point, though the first lines tell the layout: what has been read doesn't come again.

    Its length isn't known, so no progress is told.
    """
    lines = ["x;y", *(f"{i},5;{i}" for i in range(AT_ONCE + LONG))]
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    def write() -> None:
        pipe.write_bytes("\n".join(lines).encode(encoding))

    writer = threading.Thread(target=write, daemon=True)
    writer.start()
    told: list[tuple[int, int]] = []
    with open_csv(pipe, on_progress=lambda *at: told.append(at)) as store:
        assert list(store) == [(i + 0.5, float(i)) for i in range(AT_ONCE + LONG)]
    writer.join(10)
    assert not told


def test_progress_is_told_in_bytes_and_may_end_it(tmp_path: Path) -> None:
    """An exception in on_progress goes through; no file stays."""
    path = csv(tmp_path, ["1.25"] * (3 * AT_ONCE))
    told: list[tuple[int, int]] = []
    with open_csv(path, on_progress=lambda *at: told.append(at)):
        pass
    assert len(told) == 3
    assert all(a[0] < b[0] for a, b in itertools.pairwise(told))
    assert told[-1][0] <= told[-1][1] == path.stat().st_size

    def stop(done: int, of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        open_csv(path, on_progress=stop)


# The command line


def test_fit_leaves_the_points_in_their_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same parameters from raw doubles, from CSV with two processes, and from memory."""
    points = cloud(2, 300)
    raw = write(tmp_path / "a.f64", [value for x in points for value in x])
    text = csv(tmp_path, ["x,y", *(f"{x!r},{y!r}" for x, y in points)])
    given = ["-k", "2", "--epochs", "3", "--restarts", "1"]
    reports = []
    for arguments in ([str(raw), "--dimension", "2"], [str(text), "--workers", "2"], [str(text)]):
        assert main(["fit", *arguments, *given]) == 0
        reports.append(capsys.readouterr().out)
    from_raw, from_csv, from_memory = reports
    assert (
        from_csv.replace("of x and y", "of x[1] and x[2]").split("\n")[:3]
        == from_raw.split("\n")[:3]
    )
    found = [line for line in from_memory.split("\n") if "log-likelihood" in line or "BIC" in line]
    assert len(found) == 2
    assert all(line in from_csv and line in from_raw for line in found)
    assert "they need the points in memory, and these stayed in their file" in from_csv
    assert main(["fit", str(raw), "--dimension", "2", "--format", "json", *given]) == 0
    assert '"responsibilities": null' in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["a.csv", "--dimension", "2"],
            "--dimension is for files of raw doubles, .f64: leave it out",
        ),
        (["a.f64", "--columns", "x"], "--columns is for CSV files: a file of raw doubles has none"),
        (["a.f64"], "say how many components to fit: -k 3"),
        (["a.csv", "--workers", "2", "-k", "2", "--save", "b"], "leave --save out"),
        (["a.json", "--workers", "2"], "--workers is for files of points, and this is a problem"),
        (["a.f64", "--missing", "keep", "-k", "2"], "in their file: leave out --missing keep\n"),
        (
            ["a.csv", "--workers", "2", "--missing", "keep", "-k", "2"],
            "missing values are kept in memory, and these points stay in their file: "
            "leave out --missing keep or --workers",
        ),
        (["a.f64", "-k", "2"], "can't read a.f64: No such file or directory"),
        (["a.csv", "--workers", "0"], "expected a whole number from 1 on, got '0'"),
    ],
)
def test_what_does_not_suit_a_file_is_refused(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """On one line, with exit code 2."""
    try:
        code: Any = main(["fit", *arguments])
    except SystemExit as exit_:
        code = exit_.code
    assert code == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


@pytest.mark.parametrize("workers", ["1", "2"])
def test_ctrl_c_ends_a_fit_with_a_report_of_what_was_reached(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    workers: str,
) -> None:
    """Exit code 130; and afterwards Ctrl-C is what it was."""
    raw = write(tmp_path / "a.f64", cloud(1, 300))
    usual = signal.getsignal(signal.SIGINT)

    def progress_text(at: Progress, runs: int) -> str:
        if at.epoch == 2:
            signal.raise_signal(signal.SIGINT)
        return ""

    monkeypatch.setattr("refgmm.selection.progress_text", progress_text)
    given = ["--restarts", "1", "--workers", workers]
    assert main(["fit", str(raw), "-k", "2", *given]) == 130
    assert "NOT converged after 2 epochs: interrupted by Ctrl-C\n" in capsys.readouterr().out
    assert signal.getsignal(signal.SIGINT) is usual


def test_options_beyond_sums_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By fit itself, in its words."""
    raw = write(tmp_path / "a.f64", cloud(1, 300))
    assert main(["fit", str(raw), "-k", "2", "--prior"]) == 2
    assert "points in a file can't be combined with a prior: " in capsys.readouterr().err


def test_a_store_tells_where_its_points_are(tmp_path: Path) -> None:
    """In its repr, without reading them."""
    store = open_doubles(write(tmp_path / "a.f64", [1.0]))
    assert isinstance(store, PointStore)
    assert repr(store).startswith("PointStore(Address(path='")
