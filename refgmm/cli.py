"""The command line: `refgmm`, or `python -m refgmm`.

    refgmm                       the lecture note's worked example, beside its documented digits
    refgmm trace PROBLEM.json    every number of every epoch
    refgmm fit DATA.csv -k 3     fit a mixture: parameters, standard errors, criteria, events
    refgmm select DATA.csv       fits of 1 to 9 components compared
    refgmm sample PROBLEM.json   points drawn from a mixture
    refgmm explain --cell mean:1 where a number comes from
    refgmm report -o FILE        the worked solution as text, Markdown, LaTeX, HTML or CSV
    refgmm step                  a walk through EM, step by step, in the terminal

- in the place of a file to read stands for standard input:

    refgmm sample PROBLEM.json | refgmm fit - -k 2 --columns x

Errors go to stderr, on one line; the exit code is then 2. A fit that degenerates exits with 1, and
Ctrl-C with 130.
"""

import argparse
import io
import itertools
import os
import sys
from collections.abc import Callable, Sequence

import refgmm
from refgmm import (
    cli_options,
    example_report,
    explain_commands,
    fit_commands,
    step_command,
    trace_formats,
)
from refgmm.em import iterate
from refgmm.errors import RefGMMError
from refgmm.problem import Problem


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Returns the exit code: 0; 2 for errors; 1 where the example's digits
    disagree, and where a fit degenerates; 130 after Ctrl-C.
    """
    _use_utf8()
    parser = _parser()
    options = parser.parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = options.command
    try:
        code = command(options)
        print(end="", flush=True)  # not sys.stdout.flush(): stdout may be closed, hence None
        return code
    except RefGMMError as error:
        print(cli_options.error_line(error), file=sys.stderr)
        return 2
    except OSError as error:  # of stdout: for files it would be a RefGMMError
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nothing more to flush
        if isinstance(error, BrokenPipeError):  # `refgmm | head`: whoever reads has had enough
            return 0
        print(cli_options.error_line(f"can't write the output: {error.strerror}"), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = cli_options.Parser(
        prog="refgmm",
        description="EM for Gaussian mixtures, with every number. "
        "Without a command: the lecture note's worked example, beside its documented digits.",
        epilog="- in the place of a file to read stands for standard input. Exit status: 0; 1 where a fit degenerates, or the example's digits disagree; "
        "2 for an error; 130 after Ctrl-C.",
    )
    parser.add_argument("--version", action="version", version=f"refgmm {refgmm.version()}")
    parser.set_defaults(command=_example)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    trace = commands.add_parser("trace", help="print every number of every epoch of a problem")
    trace.add_argument(
        "problem",
        metavar="PROBLEM.json",
        help="a problem file, as the app saves it; - for standard input",
    )
    trace.add_argument(
        "--epochs",
        type=cli_options.count,
        default=1,
        metavar="N",
        help="how many epochs (default: 1)",
    )
    trace.add_argument(
        "--format",
        choices=sorted(trace_formats.FORMATS),
        default="text",
        help="default: text. json and csv keep every digit",
    )
    trace.add_argument(
        "--digits",
        type=cli_options.digits,
        metavar="D",
        help="decimals, 0 to 17; 17 is every digit (default: 4; csv: every digit; json has no choice)",
    )
    trace.set_defaults(command=_trace)
    fit_commands.add_to(commands)
    explain_commands.add_to(commands)
    step_command.add_to(commands)
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
    epochs = itertools.islice(iterate(problem.points, problem.initial, problem.structure), most)
    for piece in trace_formats.FORMATS[options.format](problem, epochs, options.digits):
        print(piece)
    return 0


def _use_utf8() -> None:
    """Greek letters must come out where stdout is a pipe or an old code page, too.

    And a file's name that is no Unicode must not break the message about it.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
