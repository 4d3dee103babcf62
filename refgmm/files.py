"""Reading and writing files, with errors that a person understands."""

import errno
import os
from pathlib import Path

from refgmm.errors import FileFormatError
from refgmm.type_names import TYPE_CHECKING

if TYPE_CHECKING:
    from io import BufferedReader

STANDARD_INPUT = "-"
"""The path that stands for standard input, as commands have it. A file of this name is "./-"."""

_DESCRIPTOR_OF_STANDARD_INPUT = 0


def opened(path: str | os.PathLike[str]) -> "BufferedReader":
    """The bytes of a file, or of STANDARD_INPUT, to read. OSError where there is none."""
    if path == STANDARD_INPUT:
        return open(_DESCRIPTOR_OF_STANDARD_INPUT, "rb", closefd=False)
    return open(path, "rb")


def name_of(path: str | os.PathLike[str]) -> str:
    """What messages call a file that is read.

    >>> name_of("points.csv"), name_of("-")
    ('points.csv', 'standard input')
    """
    return "standard input" if path == STANDARD_INPUT else os.fspath(path)


def read_text(path: str | os.PathLike[str]) -> str:
    """The text of a file: UTF-8, with or without a byte order mark, or UTF-16 with one.

    path: or STANDARD_INPUT

    FileFormatError where the file can't be read or is no text.
    """
    name = name_of(path)
    try:
        with opened(path) as file:
            data = file.read()
    except OSError as error:
        raise FileFormatError(f"can't read {name}: {reason_of(error)}") from error
    encoding = encoding_of(data[:2])
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problem = (
            f"{name}: line {line} is not text in {error.encoding}: save the file as UTF-8 text"
        )
        raise FileFormatError(problem, line=line) from error
    if "\0" in text:
        problem = f"{name} is not a text file: it holds zero bytes"
        raise FileFormatError(problem, line=text.count("\n", 0, text.index("\0")) + 1)
    return text


def encoding_of(start: bytes) -> str:
    """The encoding of a text that begins with these two bytes."""
    return "utf-16" if start in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"


def write_text(path: str | os.PathLike[str], text: str) -> None:
    """Write a text file, in UTF-8, as `write_bytes` does."""
    write_bytes(path, text.encode("utf-8"))


def write_bytes(path: str | os.PathLike[str], content: bytes) -> None:
    """Write a file whole or not at all: what stood there before stays until the new one is complete.

    A device or a pipe (/dev/stdout, say) takes the content as it comes, and stays what it is.

    FileFormatError where it can't be written; to a pipe, where nobody reads it.
    """
    try:
        if _is_device(path):
            _write_to_device(path, content)
            return
        check_target(path)
        target = Path(os.path.realpath(path))  # through a link, so that the link itself stays
        temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
        try:
            with open(temporary, "xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            if target.exists():
                temporary.chmod(target.stat().st_mode & 0o777)
            os.replace(temporary, target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise FileFormatError(f"can't write {path}: {reason_of(error)}") from error


def check_target(path: str | os.PathLike[str]) -> None:
    """FileFormatError where no file can stand at this path: a folder does, or there is no folder for it."""
    folder = Path(path).parent
    if not folder.is_dir():
        raise FileFormatError(f"can't write {path}: there is no folder {folder}, make it first")
    if Path(path).is_dir():
        raise FileFormatError(f"can't write {path}: it is a folder, give the name of a file")


def _is_device(path: str | os.PathLike[str]) -> bool:
    """Whether something stands there, through links, that is neither a file nor a folder."""
    found = Path(path)
    return found.exists() and not found.is_file() and not found.is_dir()


def _write_to_device(path: str | os.PathLike[str], content: bytes) -> None:
    """Without O_NONBLOCK, opening would wait for someone to read the pipe."""
    at_once = getattr(os, "O_NONBLOCK", 0)  # Windows has none
    try:
        descriptor = os.open(path, os.O_WRONLY | at_once)
    except OSError as error:
        if error.errno == errno.ENXIO:
            problem = f"can't write {path}: nobody reads this pipe: start what reads it first"
            raise FileFormatError(problem) from error
        raise
    with open(descriptor, "wb") as file:
        if at_once:
            os.set_blocking(file.fileno(), True)
        file.write(content)


def make_folder(path: str | os.PathLike[str]) -> None:
    """A folder at this path, made where there is none. FileFormatError where it can't be made."""
    try:
        Path(path).mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        problem = f"{path} is a file, and a folder is wanted: give another name"
        raise FileFormatError(problem) from error
    except OSError as error:
        raise FileFormatError(f"can't make the folder {path}: {reason_of(error)}") from error


def reason_of(error: OSError) -> str:
    return error.strerror or str(error)
