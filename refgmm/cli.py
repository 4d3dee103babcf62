"""The command line: `refgmm`, or `python -m refgmm`.

    refgmm                       the lecture note's worked example, beside its documented digits
    refgmm trace PROBLEM.json    every number of every epoch

Errors go to stderr, on one line; the exit code is then 2.
"""

import argparse
import io
import itertools
import os
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

import refgmm
from refgmm import example_report, trace_formats
from refgmm.em import iterate
from refgmm.errors import RefGMMError
from refgmm.problem import Problem
from refgmm.validation import shown

_MOST_DIGITS = 4000  # of a whole number; int() refuses more than 4,300


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Returns the exit code: 0; 1 where the example's digits disagree; 2 for errors."""
    _use_utf8()
    parser = _parser()
    options = parser.parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = options.command
    try:
        code = command(options)
        print(end="", flush=True)  # not sys.stdout.flush(): stdout may be closed, hence None
        return code
    except RefGMMError as error:
        print(_error_line(error), file=sys.stderr)
        return 2
    except OSError as error:  # of stdout: for files it would be a RefGMMError
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nothing more to flush
        if isinstance(error, BrokenPipeError):  # `refgmm | head`: whoever reads has had enough
            return 0
        print(_error_line(f"can't write the output: {error.strerror}"), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _error_line(message: object) -> str:
    """The message behind the program's name. On one line: a file's name may hold line ends."""
    return f"refgmm: error: {' '.join(str(message).splitlines())}"


class _Parser(argparse.ArgumentParser):
    """An ArgumentParser whose errors take one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, _error_line(f"{message}; see {self.prog} --help") + "\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="refgmm",
        description="EM for Gaussian mixtures, with every number. "
        "Without a command: the lecture note's worked example, beside its documented digits.",
    )
    parser.add_argument("--version", action="version", version=f"refgmm {refgmm.__version__}")
    parser.set_defaults(command=_example)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    trace = commands.add_parser("trace", help="print every number of every epoch of a problem")
    trace.add_argument(
        "problem", metavar="PROBLEM.json", help="a problem file, as the app saves it"
    )
    trace.add_argument(
        "--epochs", type=_count, default=1, metavar="N", help="how many epochs (default: 1)"
    )
    trace.add_argument(
        "--format",
        choices=sorted(trace_formats.FORMATS),
        default="text",
        help="default: text. json and csv keep every digit",
    )
    trace.add_argument(
        "--digits",
        type=_digits,
        metavar="D",
        help="decimals, 0 to 17; 17 is every digit (default: 4; csv: every digit; json has no choice)",
    )
    trace.set_defaults(command=_trace)
    return parser


def _example(options: argparse.Namespace) -> int:
    text, agrees = example_report.report()
    print(text)
    return 0 if agrees else 1


def _trace(options: argparse.Namespace) -> int:
    if options.digits is not None and options.format == "json":
        raise RefGMMError("--digits is not for json, which keeps every digit: leave it out")
    problem = Problem.load(options.problem)
    most = min(options.epochs, sys.maxsize)  # islice takes no more
    epochs = itertools.islice(iterate(problem.points, problem.initial), most)
    for piece in trace_formats.FORMATS[options.format](problem, epochs, options.digits):
        print(piece)
    return 0


def _count(text: str) -> int:
    return _whole_number(text, 1, None)


def _digits(text: str) -> int:
    return _whole_number(text, 0, 17)


def _whole_number(text: str, least: int, most: int | None) -> int:
    wanted = f"from {least} to {most}" if most is not None else f"from {least} on"
    number = int(text) if text.isdecimal() and len(text) < _MOST_DIGITS else -1
    if number < least or (most is not None and number > most):
        raise argparse.ArgumentTypeError(f"expected a whole number {wanted}, got {shown(text)}")
    return number


def _use_utf8() -> None:
    """Greek letters must come out where stdout is a pipe or an old code page, too.

    And a file's name that is no Unicode must not break the message about it.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
