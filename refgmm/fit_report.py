"""What `refgmm fit` and `refgmm select` print: a fit as a person reads it, and as JSON."""

import json
import math
from collections.abc import Sequence

from refgmm import text_table
from refgmm.arithmetic import Point, as_matrix, as_vector
from refgmm.errors import RefGMMError
from refgmm.fit_result import FitResult
from refgmm.formatting import format_number, listed
from refgmm.information import StandardErrors, standard_errors
from refgmm.selection import BootstrapTest
from refgmm.task import EM
from refgmm.trace_formats import plain

_MOST_EVENTS = 10  # that are printed in full
_SAME = 1e-6  # log-likelihoods no further apart than this, relative, are the same optimum


def errors_of(points: Sequence[Point], result: FitResult) -> tuple[StandardErrors | None, str]:
    """The standard errors of a fit; or None, and why there are none."""
    if result.degenerated:
        return None, "the fit degenerated"
    if result.is_of_file:
        return None, "they need the points in memory, and these stayed in their file"
    try:
        return standard_errors(points, result), ""
    except RefGMMError as error:
        return None, str(error)


def text(
    result: FitResult,
    errors: StandardErrors | None,
    why_none: str,
    names: Sequence[str],
    decimals: int,
) -> str:
    """The fit as a person reads it: parameters, standard errors, criteria, restarts, events.

    names: of the coordinates
    """
    k = len(result.mixture.weights)
    head = (
        f"{k} component{'' if k == 1 else 's'}, {_structure(result)}\n"
        f"{result.point_count:.15g} points of {listed(list(names))}\n"
        f"{_how_it_ended(result)}"
    )
    parts = [head, _parameters(result, errors, names, decimals)]
    if not result.degenerated:  # criteria compare maxima, and this is none
        parts.append(_criteria(result, decimals))
    if why_none:
        parts.append(f"no standard errors: {why_none}")
    if len(result.runs) > 1:
        parts.append(_runs(result, decimals))
    parts += result.incidents
    if result.events:
        parts.append(_events(result))
    return "\n\n".join(parts)


def as_json(
    result: FitResult, errors: StandardErrors | None, why_none: str, names: Sequence[str]
) -> str:
    """One object; its names are the library's, its floats read back as the same doubles.

    nan, which JSON can't write, is null: the standard error of a parameter that was held fixed. So is
    what asks for every point, where these stayed in a file: ICL, labels and responsibilities.
    """
    mixture = result.mixture
    spread = "variances" if mixture.dimension is None else "covariances"
    document = {
        "refgmm": 1,
        "columns": list(names),
        "structure": result.structure.name,
        "weights": mixture.weights,
        "means": mixture.means,
        spread: mixture.covariances,
        "standard_errors": None
        if errors is None
        else {"weights": errors.weights, "means": errors.means, spread: errors.covariances},
        "no_standard_errors_because": why_none or None,
        "log_likelihood": result.log_likelihood,
        "log_prior": result.log_prior,
        "free_parameters": result.free_parameters,
        "point_count": result.point_count,
        "aic": result.aic,
        "bic": result.bic,
        "icl": None if result.is_of_file else result.icl,
        "epochs": result.epochs,
        "method": result.method,
        "converged": result.converged,
        "degenerated": result.degenerated,
        "stopped_because": result.stopped_because,
        "history": [
            {
                "epoch": at.epoch,
                "log_likelihood": at.log_likelihood,
                "gain": at.gain,
                "rule_values": at.rule_values,
            }
            for at in result.history
        ],
        "rules": [str(rule) for rule in result.rules],
        "events": result.events,
        "runs": result.runs,
        "incidents": result.incidents,
        "labels": None if result.is_of_file else result.labels,
        "responsibilities": None if result.is_of_file else result.responsibilities,
    }
    members = (
        f" {json.dumps(key)}: {json.dumps(plain(value), allow_nan=False, ensure_ascii=False)}"
        for key, value in document.items()
    )
    return "{\n" + ",\n".join(members) + "\n}"


def history_table(result: FitResult, decimals: int) -> str:
    """A row for the start and each epoch: the log-likelihood, and the value of each stopping rule."""
    rules = [rule for rule in result.rules if rule.means_convergence]
    rows = [["epoch", "ln L", *(rule.title for rule in rules)]]
    for at in result.history:
        values = dict(zip(result.rules, at.rule_values, strict=True))
        shown = ["" if (value := values[rule]) is None else f"{value:.3e}" for rule in rules]
        rows.append([str(at.epoch), format_number(at.log_likelihood, decimals), *shown])
    limits = ["", "limit", *(f"{rule.limit:.3e}" for rule in rules)]
    return text_table.plain([*rows, limits], rules_before=[1, len(rows)])


def test_text(test: BootstrapTest) -> str:
    """A bootstrap test in one sentence, two where samples were left out."""
    k = test.components
    left_out = (
        f" {test.degenerate} samples had no sound fit and are left out." if test.degenerate else ""
    )
    return (
        f"{k} against {k + 1} components: 2 Δ ln L = {test.statistic:.4f}, p = {test.p_value:.3f} "
        f"from {len(test.replicates)} bootstrap samples.{left_out}"
    )


def _structure(result: FitResult) -> str:
    """What the covariances have in common, in words."""
    structure = result.structure
    if result.mixture.dimension is None:
        return "one shared variance" if structure.is_shared else "each variance free"
    return f"covariance {structure.name}: {structure.meaning}"


def _how_it_ended(result: FitResult) -> str:
    epochs = f"{result.epochs} epoch{'' if result.epochs == 1 else 's'}"
    if result.method != EM:
        epochs += f" ({result.method})"
    if result.degenerated:
        return f"DEGENERATED after {epochs}; the parameters are those before it"
    how = "converged" if result.converged else "NOT converged"
    return f"{how} after {epochs}: {result.stopped_because}"


def _parameters(
    result: FitResult, errors: StandardErrors | None, names: Sequence[str], decimals: int
) -> str:
    """A table: in one dimension a row per component, in more a block for each."""
    mixture = result.mixture

    def cell(value: float, error: float | None) -> str:
        shown = format_number(value, decimals)
        if error is None:
            return shown
        return (
            f"{shown} (fixed)"
            if math.isnan(error)
            else f"{shown} ± {format_number(error, decimals)}"
        )

    spread = "variance" if mixture.dimension is None else "covariance"
    rows = [["component", "weight", "", "mean", spread, *[""] * (len(names) - 1)]]
    if mixture.dimension is not None:
        rows.append(["", "", "", "", *names])
    rules = [len(rows)]
    for j, (weight, component) in enumerate(zip(mixture.weights, mixture.components, strict=True)):
        matrix = as_matrix(component.covariance)
        weight_error = errors.weights[j] if errors and len(mixture.weights) > 1 else None
        mean_errors = as_vector(errors.means[j]) if errors else (None,) * len(matrix)
        entry_errors = as_matrix(errors.covariances[j]) if errors else None
        for a, mean in enumerate(as_vector(component.mean)):
            lead = [str(j + 1), cell(weight, weight_error)] if a == 0 else ["", ""]
            entries = [
                cell(matrix[a][b], entry_errors[a][b] if entry_errors else None)
                for b in range(a + 1)
            ]
            name = names[a] if mixture.dimension is not None else ""
            blank = [""] * (len(names) - a - 1)
            rows.append([*lead, name, cell(mean, mean_errors[a]), *entries, *blank])
    note = "± standard error, from the observed information" if errors else ""
    return text_table.plain(rows, rules_before=rules) + (f"\n{note}" if note else "")


def _criteria(result: FitResult, decimals: int) -> str:
    rows = [
        ["log-likelihood", format_number(result.log_likelihood, decimals)],
        ["free parameters", str(result.free_parameters)],
        *[
            [name.upper(), format_number(float(getattr(result, name)), decimals)]
            for name in ("aic", "bic", *(() if result.is_of_file else ("icl",)))
        ],
    ]
    if result.log_prior:
        rows.insert(1, ["log prior, but for a constant", format_number(result.log_prior, decimals)])
    return text_table.plain(rows) + "\nlower criteria are better"


def _runs(result: FitResult, decimals: int) -> str:
    """The optima that the restarts reached, and how often."""
    heights: dict[float, int] = {}
    for run in sorted(result.runs, key=lambda run: -run.log_likelihood):
        if run.degenerated:
            continue
        same = next(
            (h for h in heights if math.isclose(h, run.log_likelihood, rel_tol=_SAME)), None
        )
        key = run.log_likelihood if same is None else same
        heights[key] = heights.get(key, 0) + 1
    found = [f"{count} × {format_number(height, decimals)}" for height, count in heights.items()]
    cut = sum(not run.converged and not run.degenerated for run in result.runs)
    if cut:
        found.append(f"{cut} of them not pursued to the end")
    degenerate = sum(run.degenerated for run in result.runs)
    if degenerate:
        found.append(f"{degenerate} degenerated")
    return f"{len(result.runs)} restarts, log-likelihoods reached: {', '.join(found)}"


def _events(result: FitResult) -> str:
    messages = [event.message for event in result.events[:_MOST_EVENTS]]
    more = len(result.events) - len(messages)
    if more:
        messages.append(f"… and {more} events more")
    return "events:\n" + "\n".join(f"  {message}" for message in messages)
