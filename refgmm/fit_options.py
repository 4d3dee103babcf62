"""The options that `refgmm fit` and `refgmm select` have in common, and what `fit` is told of them."""

import argparse
from typing import Any

from refgmm import cli_options
from refgmm.initialization import INITIALIZATIONS
from refgmm.mixture import Mixture
from refgmm.prior import ConjugatePrior
from refgmm.stopping import Epochs, Gain, MeanGain, ParameterChange, RelativeGain, StoppingRule
from refgmm.task import EM, METHODS

_RULES: dict[str, type[StoppingRule]] = {
    "gain": Gain,
    "mean-gain": MeanGain,
    "relative-gain": RelativeGain,
    "parameter-change": ParameterChange,
}


def add_to(parser: argparse.ArgumentParser) -> None:
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


def restarts(options: argparse.Namespace, start: int | Mixture[Any]) -> int:
    """What was asked for; else as many as the start leaves a choice for."""
    if options.restarts is not None:
        return int(options.restarts)
    has_choice = isinstance(start, int) and start > 1 and options.start != "quantiles"
    return 10 if has_choice else 1


def chosen(options: argparse.Namespace) -> dict[str, Any]:
    """What fit is to be told of them, but for the restarts."""
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
