"""The commands that fit: `refgmm fit`, `refgmm select` and `refgmm sample`."""

import argparse
import csv
import math
import random
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from refgmm import cli_options, fit_at_scale, fit_options, fit_report, selection
from refgmm.arithmetic import Point, as_vector
from refgmm.errors import RefGMMError
from refgmm.files import check_target
from refgmm.fit_result import FitResult
from refgmm.fitting import fit
from refgmm.mixture import Mixture
from refgmm.points_text import read_rows
from refgmm.problem import Problem
from refgmm.records import replace
from refgmm.stopping import Progress
from refgmm.structures import STRUCTURES
from refgmm.ticker import Ticker

_NO_COUNT = "say how many components to fit: -k 3"
_NO_TABLES = {".json": "a problem file", fit_at_scale.RAW: "a file of raw doubles"}
_ROWS_AT_ONCE = 1000


def add_to(commands: Any) -> None:
    """Add the three commands to a parser's subcommands."""
    one = commands.add_parser("fit", help="fit a mixture to the columns of a file, and report")
    one.add_argument(
        "data",
        metavar="DATA.csv",
        help="points, - for standard input; or a problem file, for its start, too",
    )
    one.add_argument("-k", type=cli_options.count, metavar="K", help="how many components")
    one.add_argument(
        "--covariance",
        choices=list(STRUCTURES),
        metavar="STRUCTURE",
        help=f"one of {', '.join(STRUCTURES)} (default: full; of a problem file, its own)",
    )
    fit_options.add_to(one)
    one.add_argument(
        "--order", choices=["means", "weights"], help="of the components in the report"
    )
    one.add_argument("--format", choices=["text", "json"], default="text", help="default: text")
    one.add_argument(
        "--digits",
        type=cli_options.digits,
        metavar="D",
        help="decimals, 0 to 17 (default: 4; json has every digit)",
    )
    one.add_argument(
        "--history",
        action="store_true",
        help="print the log-likelihood and the value of each stopping rule by epoch, too",
    )
    one.add_argument(
        "--save",
        type=cli_options.file_name,
        metavar="PROBLEM.json",
        help="keep points and fitted mixture as a problem file",
    )
    one.add_argument(
        "--workers",
        type=cli_options.count,
        metavar="N",
        help="leave the points in their file, however large, and compute with N processes",
    )
    one.add_argument(
        "--dimension",
        type=cli_options.count,
        metavar="D",
        help="of the points in a file of raw doubles, DATA.f64 (default: 1)",
    )
    one.set_defaults(command=_fit)

    several = commands.add_parser("select", help="compare fits over numbers of components")
    several.add_argument("data", metavar="DATA.csv", help="points; - for standard input")
    several.add_argument(
        "-k",
        type=cli_options.components,
        default=range(1, 10),
        metavar="K:K",
        help="numbers of components: 1:9 or 1,2,4 (default: 1:9)",
    )
    several.add_argument(
        "--covariance",
        type=cli_options.names,
        default=["full"],
        metavar="STRUCTURE,...",
        help=f"of {', '.join(STRUCTURES)}; or all (default: full)",
    )
    fit_options.add_to(several)
    several.add_argument(
        "--criterion", choices=selection.CRITERIA, default="bic", help="default: bic"
    )
    several.add_argument(
        "--bootstrap",
        type=cli_options.count,
        metavar="B",
        help="test each k against k + 1 with B bootstrap samples, until one suffices",
    )
    several.add_argument(
        "--digits", type=cli_options.digits, default=4, metavar="D", help="decimals (default: 4)"
    )
    several.set_defaults(command=_select)

    draw = commands.add_parser("sample", help="draw points from the mixture of a problem file")
    draw.add_argument("problem", metavar="PROBLEM.json", help="- for standard input")
    draw.add_argument("-n", type=cli_options.count, default=100, help="how many (default: 100)")
    draw.add_argument("--seed", type=cli_options.seed, default=0, help="default: 0")
    draw.set_defaults(command=_sample)


def _fit(options: argparse.Namespace) -> int:
    if options.digits is not None and options.format == "json":
        raise RefGMMError("--digits is not for json, which keeps every digit: leave it out")
    if fit_at_scale.is_wanted(options):
        return _fit_file(options)
    problem = Problem.load(options.data) if _is_problem(options.data) else None
    if problem is None:
        points, names = _points(options)
    else:
        if options.columns:
            raise RefGMMError(
                "--columns is for files of columns, and this is a problem file: leave it out"
            )
        points = problem.points
        names = _coordinate_names(problem)
    if options.save:
        _check_saving(options, points)
    start: int | Mixture[Any]
    if options.k is not None:
        start = options.k
    elif problem is not None:
        start = problem.initial
    else:
        raise RefGMMError(_NO_COUNT)
    structure = options.covariance or (problem.structure.name if problem else "full")
    restarts = fit_options.restarts(options, start)
    with Ticker() as ticker:
        result = fit(
            points,
            start,
            structure=structure,
            restarts=restarts,
            on_epoch=lambda at: ticker.show(lambda: selection.progress_text(at, restarts)),
            **fit_options.chosen(options),
        )
    if options.order:
        result = result.ordered(options.order)
    try:
        _print_fit(points, result, names, options)
    finally:  # `refgmm fit --save | head`: who has read enough of the report wants the file all the same
        if options.save:
            _save(options.save, points, result, problem.extra if problem else {})
    return 1 if result.degenerated else 0


def _fit_file(options: argparse.Namespace) -> int:
    """A fit whose points stay in their file. Ctrl-C: a report of what was reached."""
    if options.k is None:
        raise RefGMMError(_NO_COUNT)
    restarts = fit_options.restarts(options, options.k)
    with Ticker() as ticker, fit_at_scale.opened(options, ticker.show) as points:
        for note in points.notes:
            print(note, file=sys.stderr)
        at = ""

        def on_epoch(progress: Progress) -> None:
            nonlocal at
            at = selection.progress_text(progress, restarts)

        def on_part(done: int, of: int) -> bool:
            ticker.show(lambda: f"{at}; {100 * done // of}% of the next epoch")
            return interruption.is_asked_for

        with (
            fit_at_scale.processes(options.workers) as pool,
            fit_at_scale.Interruption() as interruption,
        ):
            result = fit(
                points,
                options.k,
                structure=options.covariance or "full",
                restarts=restarts,
                executor=pool,
                on_epoch=on_epoch,
                on_part=on_part,
                **fit_options.chosen(options),
            )
        ticker.clear()
        if result.cancelled:  # fit knows that on_part ended it; why, we know
            result = replace(result, stopped_because="interrupted by Ctrl-C")
        if options.order:
            result = result.ordered(options.order)
        _print_fit(points, result, fit_at_scale.names_of(points), options)
    if result.cancelled:
        return 130
    return 1 if result.degenerated else 0


def _print_fit(
    points: Sequence[Point], result: FitResult, names: list[str], options: argparse.Namespace
) -> None:
    errors, why_none = fit_report.errors_of(points, result)
    if options.format == "json":
        print(fit_report.as_json(result, errors, why_none, names))
    else:
        decimals = 4 if options.digits is None else options.digits
        print(fit_report.text(result, errors, why_none, names, decimals))
        if options.history:
            print("\n" + fit_report.history_table(result, decimals))


def _select(options: argparse.Namespace) -> int:
    if options.bootstrap is not None and options.missing == "keep":
        raise RefGMMError("the bootstrap takes no missing values: leave --bootstrap out")
    what = _NO_TABLES.get(Path(options.data).suffix.lower())
    if what is not None:
        raise RefGMMError(
            f"select reads files of columns, and {options.data} is {what}: fit takes it"
        )
    points, _ = _points(options)
    structures = list(STRUCTURES) if options.covariance == ["all"] else options.covariance
    given = fit_options.chosen(options) | {"restarts": fit_options.restarts(options, 2)}
    with Ticker() as ticker:

        def tell(candidate: selection.Candidate) -> None:
            ticker.show(lambda: f"fitted k = {candidate.components}, {candidate.structure.name}")

        comparison = selection.compare(points, options.k, structures, on_fit=tell, **given)
    print(comparison.table(options.criterion, options.digits))
    if options.bootstrap is not None:
        _test_in_turn(points, options, structures, given)
    return 0 if any(candidate.is_sound for candidate in comparison.candidates) else 1


def _test_in_turn(
    points: tuple[Point, ...],
    options: argparse.Namespace,
    structures: list[str],
    given: dict[str, Any],
) -> None:
    """Each k against k + 1, until k components suffice at the 5% level."""
    given = {name: value for name, value in given.items() if name != "missing"}
    print()
    for structure in structures:
        for k in options.k:
            with Ticker() as ticker:

                def tell(number: int, _: float | None) -> None:
                    text = f"bootstrap sample {number} of {options.bootstrap}"
                    ticker.show(lambda: text)

                test = selection.bootstrap_test(
                    points,
                    k,
                    replicates=options.bootstrap,
                    on_replicate=tell,
                    structure=structure,
                    **given,
                )
            print(f"{structure}: {fit_report.test_text(test)}")
            if test.p_value > 0.05:
                break


def _sample(options: argparse.Namespace) -> int:
    problem = Problem.load(options.problem)
    rng = random.Random(options.seed)
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow([*_coordinate_names(problem), "component"])
    for first in range(0, options.n, _ROWS_AT_ONCE):
        drawn = problem.initial.sample(min(_ROWS_AT_ONCE, options.n - first), rng)
        for x, j in zip(drawn.points, drawn.components, strict=True):
            writer.writerow([*map(repr, as_vector(x)), j + 1])
    return 0


def _is_problem(path: str) -> bool:
    return Path(path).suffix.lower() == ".json"


def _coordinate_names(problem: Problem) -> list[str]:
    if problem.dimension is None:
        return ["x"]
    return [f"x[{a + 1}]" for a in range(problem.dimension)]


def _points(options: argparse.Namespace) -> tuple[tuple[Point, ...], list[str]]:
    """The points of a file of columns, and what the columns are called. Guesses go to stderr."""
    rows = read_rows(options.data, options.columns, options.missing)
    for note in rows.notes:
        print(note, file=sys.stderr)
    one = len(rows.names) == 1
    points = tuple(x for (x,) in rows.points) if one else rows.points
    return points, [name if not name.isdecimal() else f"x[{name}]" for name in rows.names]


def _check_saving(options: argparse.Namespace, points: tuple[Point, ...]) -> None:
    """RefGMMError, before the fit, which may take hours, for what can't be saved or written over."""
    check_target(options.save)
    if any(math.isnan(value) for x in points for value in as_vector(x)):
        raise RefGMMError("a problem file holds no missing values: leave --save out")
    if not _is_problem(options.data):
        cli_options.check_not_over(options.save, options.data)


def _save(
    path: str, points: tuple[Point, ...], result: FitResult, extra: Mapping[str, Any]
) -> None:
    Problem(points, result.mixture, extra, result.structure).save(path)
    print(f"Saved {path}.", file=sys.stderr)
