"""What the commands' options may be: numbers, ranges and lists, with errors that take one line."""

import argparse
import math
from pathlib import Path
from typing import NoReturn

from refgmm.errors import RefGMMError
from refgmm.files import STANDARD_INPUT
from refgmm.sub_steps import Labelling
from refgmm.validation import shown

_MOST_DIGITS = 4000  # of a whole number; int() refuses more than 4,300


def error_line(message: object) -> str:
    """The message behind the program's name. On one line: a file's name may hold line ends."""
    return f"refgmm: error: {' '.join(str(message).splitlines())}"


class Parser(argparse.ArgumentParser):
    """An ArgumentParser whose errors take one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, error_line(f"{message}; see {self.prog} --help") + "\n")


def count(text: str) -> int:
    """A whole number from 1 on.

    >>> count("12")
    12
    """
    return whole_number(text, 1, None)


def digits(text: str) -> int:
    """How many decimals: 0 to 17."""
    return whole_number(text, 0, 17)


def seed(text: str) -> int:
    """A whole number from 0 on."""
    return whole_number(text, 0, None)


def whole_number(text: str, least: int, most: int | None) -> int:
    """A whole number between two bounds. ArgumentTypeError for anything else."""
    wanted = f"from {least} to {most}" if most is not None else f"from {least} on"
    number = int(text) if text.isdecimal() and len(text) < _MOST_DIGITS else -1
    if number < least or (most is not None and number > most):
        raise argparse.ArgumentTypeError(f"expected a whole number {wanted}, got {shown(text)}")
    return number


def limit(text: str) -> float:
    """A number from 0 on, such as 1e-8.

    >>> limit("1e-8")
    1e-08
    """
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0.0 <= number < math.inf:
        problem = f"expected a number from 0 on, such as 1e-8, got {shown(text)}"
        raise argparse.ArgumentTypeError(problem)
    return number


def components(text: str) -> range | list[int]:
    """Numbers of components: 3, 1:9 (both ends count), or 1,2,4.

    >>> components("1:3"), components("1,2,4")
    (range(1, 4), [1, 2, 4])
    """
    low, colon, high = text.partition(":")
    if not colon:
        return [count(part) for part in text.split(",")]
    if count(high) < count(low):
        problem = f"expected a range that rises, such as 1:9, got {shown(text)}"
        raise argparse.ArgumentTypeError(problem)
    return range(count(low), count(high) + 1)


def file_name(text: str) -> str:
    """A file's name. ArgumentTypeError for none: "$NAME" in a shell where NAME isn't set."""
    if not text:
        raise argparse.ArgumentTypeError("expected the name of a file, got ''")
    return text


def check_not_over(target: str, source: str | None) -> None:
    """RefGMMError where a file would be written over the one that it is made of."""
    if source is None or source == STANDARD_INPUT:
        return
    if Path(target).is_file() and Path(target).samefile(source):
        raise RefGMMError(f"{target} is the file that was read: give another name to write to")


def labelling(text: str) -> Labelling:
    """Whose names for the steps."""
    try:
        return Labelling(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected textbook or note, got {shown(text)}") from None


def names(text: str) -> list[str]:
    """Names between commas.

    >>> names("a, b")
    ['a', 'b']
    """
    return [name.strip() for name in text.split(",")]
