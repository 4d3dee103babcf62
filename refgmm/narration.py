"""What a sub-step did, in a sentence or two: "Component 1 moved from 1 to 1.3066 ..."

The sentences are those about the numbers that it computed (refgmm.sentences), for the numbers that
say most.
"""

import math
from collections.abc import Callable, Sequence

from refgmm.formatting import listed, numbered
from refgmm.formulas import Source, working
from refgmm.ledger import Ledger
from refgmm.quantities import QUANTITIES, Cell, entries_of
from refgmm.records import replace
from refgmm.rendering import Shown
from refgmm.sentences import MOST_POINTS_TOLD, sentence_of
from refgmm.sub_steps import Granularity, Part
from refgmm.typesetting import TEXT
from refgmm.wording import percent, said

_ABOUT_POINTS = ("densities", "evidence", "responsibilities")
"""Sub-steps whose sentences look at every point."""

_MOST_COMPONENTS = 2
"""Of whose new parameters a sentence each is told; of more, of those that changed most."""


def told(ledger: Ledger, sub_step: str, decimals: int = 4) -> str:
    """What a sub-step, by its name in sub_steps.SUB_STEPS, did in the ledger's epoch.

    >>> from refgmm import iterate, worked_example
    >>> from refgmm.ledger import Exact
    >>> problem = worked_example.problem()
    >>> epoch = next(iterate(problem.points, problem.initial))
    >>> told(Exact(epoch), "effective_counts")
    'Component 1 answers for 2.5625 of the 5 points, component 2 for 2.4375.'

    Empty where it would have to single out one of more than MOST_POINTS_TOLD points.
    """
    if sub_step in _ABOUT_POINTS and len(ledger.epoch.points) > MOST_POINTS_TOLD:
        return ""
    return _TELLERS[sub_step](ledger, decimals)


def told_of_part(ledger: Ledger, part: Part, decimals: int = 4) -> str:
    """What a step did that filled a sub-step for one point, or one component, alone.

    The sentence about the largest of its numbers; of the new parameters of a component, about the
    one that changed most.
    """
    if part.by is Granularity.COMPONENT and len(ledger.epoch.points) > MOST_POINTS_TOLD:
        return ""
    source, last = Source(ledger), part.indices[-1]
    row, parameter = _QUANTITIES[part.sub_step.name]
    if part.by is Granularity.POINT:
        components = [None] if row == "evidence" else list(range(source.k))
        cells = _cells(source, row, [last], components)
        return sentence_of(ledger, max(cells, key=lambda cell: abs(ledger.value(cell))), decimals)
    if parameter:
        cells = _cells(source, parameter, [None], [last])
        return sentence_of(ledger, max(cells, key=lambda cell: _change(ledger, cell)), decimals)
    points = [None] if row == "effective-count" else list(range(source.n))
    cells = _cells(source, row, points, [last])
    return sentence_of(ledger, max(cells, key=ledger.value), decimals)


_QUANTITIES = {
    "densities": ("density", ""),
    "weighted_densities": ("weighted-density", ""),
    "evidence": ("evidence", ""),
    "responsibilities": ("responsibility", ""),
    "effective_counts": ("effective-count", ""),
    "means": ("weighted-point", "mean"),
    "variances": ("weighted-squared-deviation", "covariance"),
    "weights": ("weight", "weight"),
}
"""What a sub-step computes for each point, or for each component alone; and which parameter."""


def _cells(
    source: Source,
    quantity: str,
    points: Sequence[int | None],
    components: Sequence[int | None],
) -> list[Cell]:
    """The cells of a quantity; of a matrix, those of its diagonal."""
    entries = entries_of(QUANTITIES[quantity].rank, source.d)
    return [
        Cell(source.epoch.index, quantity, i, j, entry)
        for entry in entries
        if len(set(entry)) < 2
        for i in points
        for j in components
    ]


def _of_points(ledger: Ledger, quantity: str) -> list[list[float]]:
    """A number of each point and component, (n, k)."""
    source = Source(ledger)
    return [
        [ledger.value(Cell(source.epoch.index, quantity, i, j)) for j in range(source.k)]
        for i in range(source.n)
    ]


def _change(ledger: Ledger, cell: Cell) -> float:
    """How much a parameter changed in the epoch."""
    return abs(ledger.value(cell) - ledger.value(replace(cell, epoch=cell.epoch - 1)))


def _densities(ledger: Ledger, decimals: int) -> str:
    """Which point lies farthest out, from whatever component is nearest to it."""
    source = Source(ledger)
    distances = _of_points(ledger, "distance")
    i = max(range(source.n), key=lambda i: min(distances[i]))
    j = min(range(source.k), key=distances[i].__getitem__)
    distance = said(source.ref("distance", i, j), decimals)
    if source.d is None:  # where no table has it
        formula = working(ledger, Cell(source.epoch.index, "distance", i, j)).formula
        distance = f"{TEXT.show(formula, Shown(decimals))} = {distance}"
    return (
        f"Point {i + 1} lies farthest out: {distance} standard deviations from component {j + 1}, the "
        "nearest to it."
    )


def _weighted_densities(ledger: Ledger, decimals: int) -> str:
    source = Source(ledger)
    weights = [
        f"component {j + 1} with probability {said(source.old('weight', j), decimals)}"
        for j in range(source.k)
    ]
    return f"Each density counts by how often its component is picked: {listed(weights)}."


def _evidence(ledger: Ledger, decimals: int) -> str:
    return sentence_of(ledger, Cell(ledger.epoch.index, "log-likelihood"), decimals)


def _responsibilities(ledger: Ledger, decimals: int) -> str:
    """Who answers for most of which points, and which point is the most divided."""
    source = Source(ledger)
    if source.k == 1:
        return "There is one component: it answers for every point."
    shares = dict(enumerate(_of_points(ledger, "responsibility")))
    undefined = [i for i, row in shares.items() if any(map(math.isnan, row))]
    for i in undefined:
        del shares[i]
    sentences = []
    if shares:
        of_most = {i: max(range(source.k), key=row.__getitem__) for i, row in shares.items()}
        groups = [
            f"component {j + 1} takes most of {numbered('point', mine)}"
            for j in range(source.k)
            if (mine := [i for i, most in of_most.items() if most == j])
        ]
        i = min(shares, key=lambda i: max(shares[i]))
        sentences.append(
            f"{'; '.join(groups).capitalize()}. Point {i + 1} is the most divided: component "
            f"{of_most[i] + 1} takes {percent(shares[i][of_most[i]])} of it."
        )
    if undefined:
        sentences.append(
            f"The responsibilities for {numbered('point', undefined)} are 0/0: undefined."
        )
    return " ".join(sentences)


def _effective_counts(ledger: Ledger, decimals: int) -> str:
    source = Source(ledger)
    n = source.n
    first, *others = (
        said(source.ref("effective-count", None, j), decimals) for j in range(source.k)
    )
    rest = [f"component {j} for {count}" for j, count in enumerate(others, start=2)]
    of_all = f"Component 1 answers for {first} of the {n} point{'s' if n > 1 else ''}"
    return f"{of_all}, {listed(rest)}." if rest else f"{of_all}."


def _parameters(quantity: str) -> Callable[[Ledger, int], str]:
    """Sentences about the new parameters that changed most."""

    def tell(ledger: Ledger, decimals: int) -> str:
        source = Source(ledger)
        cells = _cells(source, quantity, [None], range(source.k))
        most = sorted(cells, key=lambda cell: _change(ledger, cell), reverse=True)
        return " ".join(
            sentence_of(ledger, cell, decimals) for cell in _in_order(most[:_MOST_COMPONENTS])
        )

    return tell


def _in_order(cells: Sequence[Cell]) -> list[Cell]:
    return sorted(cells, key=lambda cell: (cell.component or 0, cell.entry))


_TELLERS: dict[str, Callable[[Ledger, int], str]] = {
    "densities": _densities,
    "weighted_densities": _weighted_densities,
    "evidence": _evidence,
    "responsibilities": _responsibilities,
    "effective_counts": _effective_counts,
    "means": _parameters("mean"),
    "variances": _parameters("covariance"),
    "weights": _parameters("weight"),
}
