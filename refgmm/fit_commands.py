"""The commands that fit: `refgmm fit`, `refgmm select` and `refgmm sample`."""

import argparse
import csv
import random
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from refgmm import cli_options, fit_report, selection
from refgmm.acceleration import EM, METHODS
from refgmm.arithmetic import Point, as_vector
from refgmm.errors import RefGMMError
from refgmm.fitting import FitResult, fit
from refgmm.initialization import INITIALIZATIONS
from refgmm.mixture import Mixture
from refgmm.points_text import read_rows
from refgmm.prior import ConjugatePrior
from refgmm.problem import Problem
from refgmm.stopping import Epochs, Gain, MeanGain, ParameterChange, RelativeGain, StoppingRule
from refgmm.structures import STRUCTURES

_RULES: dict[str, type[StoppingRule]] = {
    "gain": Gain,
    "mean-gain": MeanGain,
    "relative-gain": RelativeGain,
    "parameter-change": ParameterChange,
}
_ROWS_AT_ONCE = 1000
_SECONDS_UNTIL_PROGRESS = 0.5
_SECONDS_BETWEEN_REPORTS = 0.1


def add_to(commands: Any) -> None:
    """Add the three commands to a parser's subcommands."""
    one = commands.add_parser("fit", help="fit a mixture to the columns of a file, and report")
    one.add_argument(
        "data", metavar="DATA.csv", help="points; or a problem file, for its start, too"
    )
    one.add_argument("-k", type=cli_options.count, metavar="K", help="how many components")
    one.add_argument(
        "--covariance",
        choices=list(STRUCTURES),
        metavar="STRUCTURE",
        help=f"one of {', '.join(STRUCTURES)} (default: full; of a problem file, its own)",
    )
    _add_options(one)
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
        "--save", metavar="PROBLEM.json", help="keep points and fitted mixture as a problem file"
    )
    one.set_defaults(command=_fit)

    several = commands.add_parser("select", help="compare fits over numbers of components")
    several.add_argument("data", metavar="DATA.csv", help="points")
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
    _add_options(several)
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
    draw.add_argument("problem", metavar="PROBLEM.json")
    draw.add_argument("-n", type=cli_options.count, default=100, help="how many (default: 100)")
    draw.add_argument("--seed", type=cli_options.seed, default=0, help="default: 0")
    draw.set_defaults(command=_sample)


def _add_options(parser: argparse.ArgumentParser) -> None:
    """What fit and select have in common."""
    parser.add_argument(
        "--columns",
        type=cli_options.names,
        metavar="A,B",
        help="by name or number (default: all that hold numbers)",
    )
    parser.add_argument(
        "--missing",
        choices=["error", "keep"],
        default="error",
        help="keep: EM averages over missing values (default: error)",
    )
    parser.add_argument(
        "--restarts", type=cli_options.count, metavar="N", help="random starts (default: 10)"
    )
    parser.add_argument(
        "--screening",
        type=cli_options.seed,
        default=30,
        metavar="N",
        help="epochs of each restart; then the best goes on. 0: each goes all the way (default: 30)",
    )
    parser.add_argument(
        "--start",
        choices=INITIALIZATIONS,
        metavar="NAME",
        default="k-means++",
        help=f"one of {', '.join(INITIALIZATIONS)} (default: k-means++)",
    )
    parser.add_argument("--seed", type=cli_options.seed, default=0, help="default: 0")
    parser.add_argument(
        "--method",
        choices=METHODS,
        default=EM,
        help="em-bfgs: the same maximum in fewer epochs, where components overlap (default: em)",
    )
    parser.add_argument(
        "--tolerance",
        type=cli_options.limit,
        default=1e-8,
        metavar="LIMIT",
        help="the limit of --rule (default: 1e-8)",
    )
    parser.add_argument(
        "--rule",
        choices=list(_RULES),
        default="gain",
        help="what has to fall below the tolerance to stop (default: gain, of the log-likelihood)",
    )
    parser.add_argument(
        "--epochs",
        type=cli_options.count,
        default=10_000,
        metavar="N",
        help="at most so many (default: 10000)",
    )
    parser.add_argument(
        "--variance-floor", type=cli_options.limit, metavar="V", help="no variance below this"
    )
    parser.add_argument(
        "--prior", action="store_true", help="a conjugate prior (Fraley and Raftery 2007)"
    )
    parser.add_argument(
        "--component-restarts",
        type=cli_options.seed,
        default=0,
        metavar="N",
        help="start a component that degenerates anew, at most so many times (default: 0)",
    )


def _fit(options: argparse.Namespace) -> int:
    if options.save and options.missing == "keep":
        raise RefGMMError("a problem file holds no missing values: leave --save out")
    if options.digits is not None and options.format == "json":
        raise RefGMMError("--digits is not for json, which keeps every digit: leave it out")
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
    start: int | Mixture[Any]
    if options.k is not None:
        start = options.k
    elif problem is not None:
        start = problem.initial
    else:
        raise RefGMMError("say how many components to fit: -k 3")
    structure = options.covariance or (problem.structure.name if problem else "full")
    restarts = _restarts(options, start)
    with _Ticker() as ticker:
        result = fit(
            points,
            start,
            structure=structure,
            restarts=restarts,
            on_epoch=lambda at: ticker.show(lambda: selection.progress_text(at, restarts)),
            **_fit_options(options),
        )
    if options.order:
        result = result.ordered(options.order)
    _print_fit(points, result, names, options)
    if options.save:
        _save(options.save, points, result, problem.extra if problem else {})
    return 1 if result.degenerated else 0


def _print_fit(
    points: tuple[Point, ...], result: FitResult, names: list[str], options: argparse.Namespace
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
    points, _ = _points(options)
    structures = list(STRUCTURES) if options.covariance == ["all"] else options.covariance
    given = _fit_options(options) | {"restarts": _restarts(options, 2)}
    with _Ticker() as ticker:

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
            with _Ticker() as ticker:

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


def _restarts(options: argparse.Namespace, start: int | Mixture[Any]) -> int:
    """What was asked for; else as many as the start leaves a choice for."""
    if options.restarts is not None:
        return int(options.restarts)
    has_choice = isinstance(start, int) and start > 1 and options.start != "quantiles"
    return 10 if has_choice else 1


def _fit_options(options: argparse.Namespace) -> dict[str, Any]:
    return {
        "initialization": options.start,
        "screening": Epochs(options.screening) if options.screening else None,
        "seed": options.seed,
        "stop": (_RULES[options.rule](options.tolerance), Epochs(options.epochs)),
        "variance_floor": options.variance_floor,
        "prior": ConjugatePrior() if options.prior else None,
        "component_restarts": options.component_restarts,
        "missing": options.missing,
        "method": options.method,
    }


def _save(
    path: str, points: tuple[Point, ...], result: FitResult, extra: Mapping[str, Any]
) -> None:
    Problem(points, result.mixture, extra, result.structure).save(path)
    print(f"Saved {path}.", file=sys.stderr)


class _Ticker:
    """A line on stderr that tells how far a long computation is; only on a terminal."""

    def __init__(self) -> None:
        self._begun = time.monotonic()
        self._shown_at = 0.0
        self._width = 0

    def __enter__(self) -> "_Ticker":
        return self

    def __exit__(self, *exception: object) -> None:
        if self._width:
            print("\r" + " " * self._width + "\r", end="", file=sys.stderr, flush=True)

    def show(self, text: Callable[[], str]) -> None:
        """Show the text, unless it is too early or too soon after the last."""
        now = time.monotonic()
        if now - self._begun < _SECONDS_UNTIL_PROGRESS or not sys.stderr.isatty():
            return
        if now - self._shown_at < _SECONDS_BETWEEN_REPORTS:
            return
        self._shown_at = now
        line = text()
        print("\r" + line.ljust(self._width), end="", file=sys.stderr, flush=True)
        self._width = len(line)
