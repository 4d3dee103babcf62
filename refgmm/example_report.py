"""What `python -m refgmm` prints: the worked example, beside the digits that the note documents."""

from refgmm import text_table, worked_example
from refgmm.arithmetic import Matrix, Vector
from refgmm.em import iterate
from refgmm.formatting import ALL_DIGITS, format_number, subscript
from refgmm.trace_formats import describe
from refgmm.worked_example import DOCUMENTED, LEFT_OUT

_AGREES, _DIFFERS = "✓", "✗"


def report() -> tuple[str, bool]:
    """The text, and whether every documented number agrees to its last digit."""
    problem = worked_example.problem()
    epoch = next(iterate(problem.points, problem.initial))
    parts = [
        "The lecture note's worked example: one epoch of EM, two components, five points.\n"
        f"points  {'  '.join(map(repr, problem.points))}\n"
        f"start   {describe(problem.initial, decimals=1)}",
        "Densities, which the note prints as g: φ(z), z = (x - μ)/σ\n"
        + _table(
            "φ(z{j})", problem.points, epoch.e.standard_densities, DOCUMENTED.standard_densities
        ),
        "Responsibilities: β(x) = α g(x) / Σ α g(x)\n"
        + _table("β{j}(x)", problem.points, epoch.e.responsibilities, DOCUMENTED.responsibilities),
        "New parameters, to the last digit of a double\n"
        + _parameters(
            [
                ("μ{j}", epoch.m.means, DOCUMENTED.means),
                ("σ{j}²", epoch.m.variances, DOCUMENTED.variances),
                ("α{j}", epoch.m.weights, DOCUMENTED.weights),
            ]
        ),
    ]
    text = "\n\n".join(parts)
    agreeing, differing = text.count(_AGREES), text.count(_DIFFERS)
    verdict = f"{agreeing} of {agreeing + differing} documented numbers agree."
    return "\n\n".join([text, verdict, LEFT_OUT]), differing == 0


def _beside(computed: float, documented: str, decimals: int) -> list[str]:
    """Our number, the note's, and a mark whether they agree, digit for digit."""
    ours = format_number(computed, decimals)
    return [ours, documented, _AGREES if ours == documented else _DIFFERS]


def _table(
    symbol: str, points: Vector, computed: Matrix, documented: tuple[tuple[str, str], ...]
) -> str:
    """A row per point: for each component ours, the note's three decimals, the mark."""
    head = ["i", "x"]
    for j in (1, 2):
        head += [symbol.format(j=subscript(j)), "note", ""]
    rows = [head]
    for i, (x, ours, printed) in enumerate(zip(points, computed, documented, strict=True), start=1):
        row = [str(i), repr(x)]
        for value, digits in zip(ours, printed, strict=True):
            row += _beside(value, digits, decimals=3)
        rows.append(row)
    return text_table.plain(rows, rules_before=[1])


def _parameters(named: list[tuple[str, Vector, tuple[str, str]]]) -> str:
    rows = [["", "computed", "note", ""]]
    for symbol, computed, documented in named:
        for j, (value, digits) in enumerate(zip(computed, documented, strict=True), start=1):
            rows.append([symbol.format(j=subscript(j)), *_beside(value, digits, ALL_DIGITS)])
    return text_table.plain(rows, rules_before=[1])
