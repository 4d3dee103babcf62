"""Text files: encodings, what is no text, saving whole or not at all, and large files."""

import errno
import os
import stat
import sys
from pathlib import Path

import pytest

from refgmm import FileFormatError, Problem, RefGMMError, files, read_points, worked_example

FIFTY_MB = 50_000_000


def refusal(path: Path) -> str:
    with pytest.raises(RefGMMError) as caught:
        read_points(path)
    return str(caught.value)


# Reading


@pytest.mark.parametrize(
    "data",
    [
        b"x\n0.9\n0.7\n",
        b"x\r\n0.9\r\n0.7\r\n",
        b"\xef\xbb\xbf" + b"x\n0.9\n0.7\n",
        "x\n0.9\n0.7\n".encode("utf-16"),
        b"\xfe\xff" + "x\n0.9\n0.7\n".encode("utf-16-be"),
        b"\xff\xfe" + "x\r\n0.9\r\n0.7\r\n".encode("utf-16-le"),
    ],
)
def test_encodings(data: bytes, tmp_path: Path) -> None:
    """UTF-8 with or without a byte order mark, UTF-16 with one, any line ends: as Excel saves."""
    path = tmp_path / "points.csv"
    path.write_bytes(data)
    result = read_points(path)
    assert result.points == (0.9, 0.7)
    assert result.notes == ("Took 'x' as a header.",)


def test_a_problem_file_in_utf_16(tmp_path: Path) -> None:
    """A problem file that an editor saved with a byte order mark loads as well."""
    problem = worked_example.problem()
    for encoding in ("utf-8-sig", "utf-16"):
        path = tmp_path / f"{encoding}.json"
        path.write_text(problem.to_json(), encoding=encoding)
        assert Problem.load(path) == problem


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"0.9\n\xe4\n", "{path}: line 2 is not text in utf-8: save the file as UTF-8 text"),
        (b"0.9\n0\x00.7\n", "{path} is not a text file: it holds zero bytes"),
        (b"\xff\xfe0", "{path}: line 1 is not text in utf-16-le: save the file as UTF-8 text"),
        (b"\xff\xfe\x00\x000\x00\x00\x00", "{path} is not a text file: it holds zero bytes"),
        (
            b"PK\x03\x04\x14\x00\x06\x00",
            "{path} is not a text file: it holds zero bytes",
        ),
        (b"", "{path}: there are no points in the text: give one number a line"),
    ],
)
def test_what_is_no_text(data: bytes, message: str, tmp_path: Path) -> None:
    """Other encodings and binary files (here the start of an .xlsx) are refused by name."""
    path = tmp_path / "points.csv"
    path.write_bytes(data)
    assert refusal(path) == message.format(path=path)


def test_a_missing_file(tmp_path: Path) -> None:
    """The message has the name and the system's reason; points and problems alike."""
    path = tmp_path / "none.csv"
    assert refusal(path) == f"can't read {path}: No such file or directory"
    with pytest.raises(FileFormatError) as caught:
        Problem.load(path)
    assert str(caught.value) == f"can't read {path}: No such file or directory"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has another reason for it")
def test_a_directory(tmp_path: Path) -> None:
    """A directory is no file to read or to write."""
    assert refusal(tmp_path) == f"can't read {tmp_path}: Is a directory"
    with pytest.raises(FileFormatError) as caught:
        files.write_text(tmp_path, "text")
    assert str(caught.value) == f"can't write {tmp_path}: it is a folder, give the name of a file"
    assert list(tmp_path.parent.glob(".*.tmp")) == []


def may_do_everything() -> bool:
    return sys.platform == "win32" or os.geteuid() == 0


@pytest.mark.skipif(may_do_everything(), reason="root may read and write everything")
def test_no_permission(tmp_path: Path) -> None:
    """A file that may not be read, and a folder that may not be written to."""
    path = tmp_path / "secret.csv"
    path.write_text("0.9\n", encoding="utf-8")
    path.chmod(0)
    assert refusal(path) == f"can't read {path}: Permission denied"
    tmp_path.chmod(0o500)
    target = tmp_path / "new.json"
    with pytest.raises(FileFormatError) as caught:
        files.write_text(target, "text")
    tmp_path.chmod(0o700)
    assert str(caught.value) == f"can't write {target}: Permission denied"


# Writing


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def test_written_text_reads_back(tmp_path: Path) -> None:
    """Text reads back as it was written, in UTF-8, with plain line ends on every system."""
    path = tmp_path / "text"
    files.write_text(path, "α\nβ\n")
    assert path.read_bytes() == b"\xce\xb1\n\xce\xb2\n"
    assert files.read_text(path) == "α\nβ\n"
    files.write_text(path, "second")
    assert files.read_text(path) == "second"
    assert names(tmp_path) == ["text"]


@pytest.mark.parametrize("failing", ["fsync", "replace"])
def test_a_failing_write_leaves_the_old_file(
    failing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk leaves the old file as it was, no temporary file, and a message."""

    def full(*arguments: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    path = tmp_path / "problem.json"
    problem = worked_example.problem()
    problem.save(path)
    before = path.read_bytes()
    monkeypatch.setattr(os, failing, full)
    with pytest.raises(FileFormatError) as caught:
        Problem((1.0,), problem.initial).save(path)
    assert str(caught.value) == f"can't write {path}: {os.strerror(errno.ENOSPC)}"
    assert path.read_bytes() == before
    assert names(tmp_path) == ["problem.json"]


def test_an_interrupted_write_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C in the middle, too; and it stays a KeyboardInterrupt."""

    def interrupt(descriptor: int) -> None:
        raise KeyboardInterrupt

    path = tmp_path / "text"
    path.write_text("old", encoding="utf-8")
    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        files.write_text(path, "new")
    assert path.read_text(encoding="utf-8") == "old"
    assert names(tmp_path) == ["text"]


def test_text_that_utf_8_cannot_hold_leaves_the_old_file(tmp_path: Path) -> None:
    """Half a character fails while writing; the old file stays, no temporary file does."""
    path = tmp_path / "text"
    path.write_text("old", encoding="utf-8")
    with pytest.raises(UnicodeEncodeError):
        files.write_text(path, "new\ud800")
    assert path.read_text(encoding="utf-8") == "old"
    assert names(tmp_path) == ["text"]


def test_into_a_folder_that_is_not_there(tmp_path: Path) -> None:
    """The message names the path that was asked for, not a temporary one."""
    path = tmp_path / "none" / "problem.json"
    with pytest.raises(FileFormatError) as caught:
        worked_example.problem().save(path)
    assert (
        str(caught.value) == f"can't write {path}: there is no folder {path.parent}, make it first"
    )


@pytest.mark.skipif(sys.platform == "win32", reason="links need privileges on Windows")
def test_saving_through_a_link(tmp_path: Path) -> None:
    """A symbolic link stays one; the file that it points to gets the text."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "real.json").write_text("old", encoding="utf-8")
    link = tmp_path / "link.json"
    link.symlink_to(folder / "real.json")
    files.write_text(link, "new")
    assert link.is_symlink()
    assert (folder / "real.json").read_text(encoding="utf-8") == "new"
    assert (names(tmp_path), names(folder)) == (["elsewhere", "link.json"], ["real.json"])


@pytest.mark.skipif(sys.platform == "win32", reason="links need privileges on Windows")
def test_links_in_a_circle(tmp_path: Path) -> None:
    """Reading through links that lead nowhere gives a message, and saving no traceback."""
    one, other = tmp_path / "one", tmp_path / "other"
    one.symlink_to(other)
    other.symlink_to(one)
    assert refusal(one) == f"can't read {one}: Too many levels of symbolic links"
    files.write_text(one, "text")
    assert one.read_text(encoding="utf-8") == "text"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_stays_a_pipe(tmp_path: Path) -> None:
    """What is no file takes the text, through a link, too; putting a file in its place would end it."""
    pipe, link = tmp_path / "pipe", tmp_path / "link"
    os.mkfifo(pipe)
    link.symlink_to(pipe)
    for path in (pipe, link):
        reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        try:
            files.write_text(path, "text")
            assert os.read(reader, 10) == b"text"
        finally:
            os.close(reader)
        assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert names(tmp_path) == ["link", "pipe"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_that_nobody_reads_is_refused(tmp_path: Path) -> None:
    """At once: to wait for a reader would be for ever."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(FileFormatError, match=r"can't write .*pipe: nobody reads this pipe: start"):
        files.write_text(tmp_path / "pipe", "x")
    assert names(tmp_path) == ["pipe"]


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="this system has no /dev/full")
def test_a_device_that_takes_nothing_says_so(tmp_path: Path) -> None:
    """/dev/full is always full; through a link of our own, so that nothing can take its place."""
    link = tmp_path / "full"
    link.symlink_to("/dev/full")
    with pytest.raises(FileFormatError) as caught:
        files.write_text(link, "text")
    assert str(caught.value) == f"can't write {link}: {os.strerror(errno.ENOSPC)}"
    assert Path("/dev/full").is_char_device()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other permissions")
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664])
def test_permissions_are_kept(mode: int, tmp_path: Path) -> None:
    """A private file stays private when it is saved again."""
    path = tmp_path / "text"
    path.write_text("old", encoding="utf-8")
    path.chmod(mode)
    files.write_text(path, "new")
    assert stat.S_IMODE(path.stat().st_mode) == mode


# Large files


def write_rows(path: Path, row: str, size: int, last: str = "") -> int:
    """Fill a file with equal rows up to a size. Returns how many."""
    count = size // len(row)
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        for _ in range(count // 1000):
            file.write(row * 1000)
        file.write(row * (count % 1000) + last)
    return count


def test_a_50_mb_file_is_read_whole(tmp_path: Path) -> None:
    """Two columns, 100,000 rows, 50 MB: every row is read."""
    path = tmp_path / "large.csv"
    count = write_rows(path, "1.5;" + "y" * 495 + "\n", FIFTY_MB)
    result = read_points(path)
    assert result.points == (1.5,) * count
    assert result.notes == ("Took column 1, the only one that holds numbers.",)


def test_a_bad_last_line_of_a_50_mb_file(tmp_path: Path) -> None:
    """One bad cell at the end: its line, in one short message."""
    path = tmp_path / "large.csv"
    count = write_rows(path, "1." + "0123456789" * 19 + "1234567\n", FIFTY_MB, last="abc\n")
    expected = f"line {count + 1}: 'abc' is not a number: correct it or remove the line"
    assert refusal(path) == f"{path}: {expected}"


@pytest.mark.parametrize("line", ["a", "1", "\N{GREEK SMALL LETTER ALPHA}", '"', "1,", '"a'])
def test_a_single_line_of_50_mb(line: str, tmp_path: Path) -> None:
    """Whatever a line is made of, the message stays shorter than 300 characters, on one line.

    50 MB of letters or digits, 1 MB of what takes longer.
    """
    path = tmp_path / "large.csv"
    size = FIFTY_MB if line in ("a", "1") else FIFTY_MB // 50
    path.write_text((line * (size // len(line)))[:-1] + "x", encoding="utf-8", newline="\n")
    message = refusal(path).removeprefix(str(path))
    assert len(message) < 300
    assert "\n" not in message


def test_a_50_mb_problem_file(tmp_path: Path) -> None:
    """A text of 50 MB where a number should be: one short message."""
    path = tmp_path / "large.json"
    text = worked_example.problem().to_json().replace("0.9", '"' + "a" * FIFTY_MB + '"')
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RefGMMError) as caught:
        Problem.load(path)
    expected = f"{path}: point 1 must be a number, got '{'a' * 36}...: give a number such as 0.9"
    assert str(caught.value) == expected
