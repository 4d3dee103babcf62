"""What a sub-step did, in a sentence or two: "Component 1 moved from 1 to 1.3066 ..."

The sentences are those about the numbers that it computed (refgmm.sentences), for the numbers that
say most.
"""

from collections.abc import Callable, Sequence

from refgmm.formatting import listed, numbered
from refgmm.formulas import Source
from refgmm.ledger import Ledger
from refgmm.quantities import Cell, entries_of
from refgmm.sentences import sentence_of
from refgmm.wording import percent, said

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
    """
    return _TELLERS[sub_step](ledger, decimals)


def _densities(ledger: Ledger, decimals: int) -> str:
    """Which point lies farthest out, from whatever component is nearest to it."""
    source = Source(ledger)
    nearest = [
        min(source.ref("distance", i, j).value for j in range(source.k)) for i in range(source.n)
    ]
    i = max(range(source.n), key=nearest.__getitem__)
    far = sorted(range(source.k), key=lambda j: source.ref("distance", i, j).value)[0]
    return (
        f"Point {i + 1} lies farthest out: {said(source.ref('distance', i, far), decimals)} standard "
        f"deviations from component {far + 1}, the nearest to it."
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
    shares = [
        [source.ref("responsibility", i, j).value for j in range(source.k)] for i in range(source.n)
    ]
    of_most = [max(range(source.k), key=row.__getitem__) for row in shares]
    groups = [
        f"component {j + 1} takes most of {numbered('point', mine)}"
        for j in range(source.k)
        if (mine := [i for i, most in enumerate(of_most) if most == j])
    ]
    i = min(range(source.n), key=lambda i: max(shares[i]))
    return (
        f"{listed(groups, most=len(groups)).capitalize()}. Point {i + 1} is the most divided: component "
        f"{of_most[i] + 1} takes {percent(shares[i][of_most[i]])} of it."
    )


def _effective_counts(ledger: Ledger, decimals: int) -> str:
    source = Source(ledger)
    n = source.n
    first, *others = (
        said(source.ref("effective-count", None, j), decimals) for j in range(source.k)
    )
    rest = [f"component {j} for {count}" for j, count in enumerate(others, start=2)]
    of_all = f"Component 1 answers for {first} of the {n} point{'s' if n > 1 else ''}"
    return f"{of_all}, {listed(rest)}." if rest else f"{of_all}."


def _parameters(quantity: str, rank: int) -> Callable[[Ledger, int], str]:
    """Sentences about the new parameters that changed most."""

    def tell(ledger: Ledger, decimals: int) -> str:
        source = Source(ledger)
        cells = [
            Cell(ledger.epoch.index, quantity, None, j, entry)
            for j in range(source.k)
            for entry in entries_of(rank, source.d)
            if len(set(entry)) < 2  # of a matrix, the variances
        ]

        def change(cell: Cell) -> float:
            before = Cell(cell.epoch - 1, quantity, None, cell.component, cell.entry)
            return abs(ledger.value(cell) - ledger.value(before))

        most = sorted(cells, key=change, reverse=True)[:_MOST_COMPONENTS]
        return " ".join(sentence_of(ledger, cell, decimals) for cell in _in_order(most))

    return tell


def _in_order(cells: Sequence[Cell]) -> list[Cell]:
    return sorted(cells, key=lambda cell: (cell.component or 0, cell.entry))


_TELLERS: dict[str, Callable[[Ledger, int], str]] = {
    "densities": _densities,
    "weighted_densities": _weighted_densities,
    "evidence": _evidence,
    "responsibilities": _responsibilities,
    "effective_counts": _effective_counts,
    "means": _parameters("mean", 1),
    "variances": _parameters("covariance", 2),
    "weights": _parameters("weight", 0),
}
