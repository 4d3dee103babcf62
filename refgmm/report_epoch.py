"""An epoch of a report: every sub-step with its formula, its numbers and its table."""

import itertools
import math
from collections.abc import Iterator, Sequence

from refgmm.arithmetic import as_vector, total
from refgmm.explanation import Derivation, derivation_of
from refgmm.figure import figure_of
from refgmm.formatting import listed, numbered
from refgmm.formulas import Source
from refgmm.general_formulas import general
from refgmm.ledger import Ledger, uses_logarithms
from refgmm.narration import told
from refgmm.notation import BigSum, Ref
from refgmm.paper import Paper
from refgmm.problem import Problem
from refgmm.quantities import QUANTITIES, Cell
from refgmm.records import dataclass
from refgmm.rendering import SYMBOLS, Shown
from refgmm.report_parts import (
    Block,
    Display,
    Equation,
    Heading,
    Picture,
    formula,
    paragraph,
    worked,
)
from refgmm.report_tables import (
    entries,
    parameters_table,
    structure_columns,
    worksheet_table,
)
from refgmm.sub_steps import SUB_STEPS, Labelling, SubStep
from refgmm.symbols import symbol_of
from refgmm.typesetting import TEXT

_MOST_NUMBERS = 8
"""Of one quantity that are worked out; the others only stand in the table."""

_OF_ALL_POINTS = {
    "densities": "The covariances of the components have these logarithms of their determinants:",
    "evidence": "All points together:",
    "means": "The sums of the columns, and the means that they give:",
    "variances": "The sums of the columns, and what they give:",
}
"""Before what is computed once for all points."""

_ABOUT_THE_DISTANCE = (
    formula(symbol_of("distance", dimension=2)),
    " is the Mahalanobis distance of a point from the mean, in standard deviations of the component in "
    "that direction. The density is computed from it as a single exponential, so that a determinant "
    "that is very small or very large does no harm.",
)

_ABOUT_Z = (
    formula(symbol_of("distance")),
    " is the distance of a point from the mean in standard deviations.",
)
"""Where logarithms are used, which are made of it."""

_TABLES: dict[str, tuple[tuple[str, ...], str]] = {
    "densities": (("densities",), "densities"),
    "evidence": (("weighted_densities", "evidence"), "weighted densities and evidence"),
    "responsibilities": (("responsibilities",), "responsibilities"),
    "means": (("means",), "points, each times its responsibility"),
    "variances": (("variances",), "squared deviations, each times its responsibility"),
}
"""At the sub-step after which a table stands: the sub-steps whose numbers it holds, and its caption."""

_E_STEP, _M_STEP = (
    [step.name for step in SUB_STEPS if step.textbook == phase] for phase in ("E", "M")
)


@dataclass(frozen=True, slots=True)
class EpochPart:
    """What an epoch of a report is written from."""

    problem: Problem
    ledger: Ledger
    shown: Shown
    labelling: Labelling
    is_last: bool

    @property
    def source(self) -> Source:
        return Source(self.ledger)

    @property
    def index(self) -> int:
        return self.ledger.epoch.index

    @property
    def decimals(self) -> int:
        assert self.shown.decimals is not None
        return self.shown.decimals

    def table_name(self, name: str) -> str:
        """In which files a table stands that each epoch has."""
        return f"epoch-{self.index}-{name}"

    def derivation(
        self, quantity: str, i: int | None = None, j: int | None = None, entry: tuple[int, ...] = ()
    ) -> Derivation:
        return derivation_of(self.ledger, Cell(self.index, quantity, i, j, entry))


def whole(part: EpochPart) -> Iterator[Block]:
    """Every sub-step: what it is for, the formula, the numbers of one point, the table of all."""
    yield Heading(2, f"Epoch {part.index}")
    for phase, sub_steps in itertools.groupby(SUB_STEPS, lambda step: step.phase(part.labelling)):
        steps = list(sub_steps)
        yield Heading(3, _phase_title(phase, steps, part.problem.dimension))
        for step in steps:
            yield from sub_step(part, step)
    yield parameters_table(
        part.source,
        part.table_name("parameters"),
        f"The parameters after epoch {part.index}",
    )
    yield from afterwards(part)


def short(part: EpochPart) -> Iterator[Block]:
    """The worksheet of the epoch, and how the new parameters follow from its sums."""
    source, problem, d = part.source, part.problem, part.problem.dimension
    yield Heading(2, f"Epoch {part.index}")
    yield paragraph(
        f"The same again, from the parameters after epoch {part.index - 1}. The row “sum” has the sums "
        "of the columns, and the row “new” the parameters that they give."
    )
    if d is not None:
        yield from _worked(part, ["log-determinant"], None)
    for name, title, sub_steps in (
        ("e-step", "densities, evidence and responsibilities", _E_STEP),
        ("m-step", "points and squared deviations, each times its responsibility", _M_STEP),
    ):
        yield worksheet_table(
            source,
            structure_columns(problem, sub_steps),
            part.table_name(name),
            f"Epoch {part.index}: {title}",
            has_footers=True,
        )
    yield paragraph("The new parameters:")
    yield from _worked(part, ("mean", "covariance", "weight"), None)
    yield from _told(part, "means")
    yield parameters_table(
        source, part.table_name("parameters"), f"The parameters after epoch {part.index}"
    )
    for event in part.ledger.epoch.events:
        yield paragraph(event.message)
    yield from afterwards(part)


def _phase_title(phase: str, steps: Sequence[SubStep], dimension: int | None) -> str:
    """ "M step: new means, variances and weights"."""
    results = [step.title(dimension) for step in steps if step.is_result]
    new = "new " if steps[-1].is_parameter else ""
    return f"{phase}{' step' * (phase in ('E', 'M'))}: {new}{listed(results)}"


def sub_step(part: EpochPart, step: SubStep) -> Iterator[Block]:
    """What a sub-step computes: formula, one point, the table, all points together, and what it did."""
    source, d = part.source, part.problem.dimension
    title = step.new_title(d)
    yield Heading(4, title[0].upper() + title[1:])
    yield paragraph(step.meaning(d, part.problem.structure))
    if step.name == "densities" and d is not None:
        yield paragraph(*_ABOUT_THE_DISTANCE)
    if step.name == "evidence" and d is None and _faint(part):
        yield paragraph(*_ABOUT_Z)
    quantities = [q.name for q in QUANTITIES.values() if _is_worked(q.name, step.name, d)]
    i = _plain_point(part)
    yield Display(tuple(_general(part, quantities, i)))
    of_a_point = [name for name in quantities if QUANTITIES[name].per_point]
    of_all = [name for name in quantities if not QUANTITIES[name].per_point]
    if of_all == ["log-determinant"]:  # which the densities of the points ask for
        yield from _all_together(part, step, of_all)
        of_all = []
    if of_a_point:
        why = ", the first whose evidence a double holds precisely" if i else ""
        yield paragraph(f"For point {i + 1}{why}:")
        yield from _worked(part, of_a_point, i)
        yield from _by_logarithms(part, step)
    if step.name in _TABLES:
        sub_steps, caption = _TABLES[step.name]
        has_sums = step.name != "responsibilities"  # whose sums are the next sub-step
        yield worksheet_table(
            source,
            structure_columns(part.problem, sub_steps),
            part.table_name(step.name),
            f"Epoch {part.index}: {caption}",
            has_footers=has_sums,
            check="" if has_sums else "responsibility",
        )
    yield from _all_together(part, step, of_all)
    yield from _told(part, step.name)
    yield from _check(part, step.name)
    for event in part.ledger.epoch.events:
        if event.sub_step == step.name:
            yield paragraph(event.message)


def _all_together(part: EpochPart, step: SubStep, quantities: Sequence[str]) -> Iterator[Block]:
    """What is computed once for all points."""
    if quantities:
        if step.name in _OF_ALL_POINTS:
            yield paragraph(_OF_ALL_POINTS[step.name])
        yield from _worked(part, quantities, None)


def _is_worked(quantity: str, sub_step: str, dimension: int | None) -> bool:
    """Whether it is on the way from the points to the parameters; in one dimension, |z| is not."""
    aside = ["gain", "standard-density"]
    if dimension is None:
        aside += ["distance", "log-determinant"]
    return QUANTITIES[quantity].sub_step == sub_step and quantity not in aside


def _plain_point(part: EpochPart) -> int:
    """The first point whose responsibilities need no logarithms; the first of all, where all do."""
    n = part.source.n
    return next((i for i in range(n) if not uses_logarithms(part.ledger.epoch, i)), 0)


def _examples(part: EpochPart, quantity: str, i: int | None) -> Iterator[Derivation]:
    """The quantity's numbers of all components, and of one point where points have their own."""
    kind = QUANTITIES[quantity]
    structure = part.problem.structure
    for j in range(part.source.k) if kind.per_component else [None]:
        for entry in entries(quantity, part.problem.dimension, structure):
            yield part.derivation(quantity, i if kind.per_point else None, j, entry)


def _general(part: EpochPart, quantities: Sequence[str], i: int) -> Iterator[Equation]:
    """The formulas for any point and component; of a matrix, one for a variance and a covariance.

    What is its own symbol, such as a product, shows in the next formula.
    """
    seen: list[Equation] = []
    for quantity in quantities:
        first, *others = _examples(part, quantity, i)
        pairs = [other for other in others if len(set(other.cell.entry)) == 2]
        for derivation in [first, *pairs[:1]]:
            seen += general(derivation)
    equations = list(dict.fromkeys(seen))
    return iter([e for e in equations if e.written(TEXT).rights] or equations)


def _worked(part: EpochPart, quantities: Sequence[str], i: int | None) -> Iterator[Block]:
    """How the first few numbers of each quantity come about."""
    chosen, has_others = [], False
    for quantity in quantities:
        derivations = list(_examples(part, quantity, i))
        chosen += derivations[:_MOST_NUMBERS]
        has_others = has_others or len(derivations) > _MOST_NUMBERS
    equations = [e for derivation in chosen for e in worked(derivation, part.shown)]
    yield Display(tuple(dict.fromkeys(equations)))
    if has_others:
        yield paragraph("The others follow in the same way.")


def _faint(part: EpochPart) -> list[int]:
    """The points whose responsibilities come from logarithms."""
    return [i for i in range(part.source.n) if uses_logarithms(part.ledger.epoch, i)]


def _by_logarithms(part: EpochPart, step: SubStep) -> Iterator[Block]:
    """How a point is computed whose evidence is no number that a double holds precisely."""
    faint = _faint(part)
    quantity = {"evidence": "log-evidence", "responsibilities": "responsibility"}.get(step.name)
    if not faint or quantity is None or faint[0] == _plain_point(part):  # where it stands already
        return
    yield paragraph(
        f"The densities at {numbered('point', faint)} are too small or too large for doubles, so logarithms "
        f"are used there. For point {faint[0] + 1}:"
    )
    j = 0 if quantity == "responsibility" else None
    derivation = part.derivation(quantity, faint[0], j)
    yield Display(tuple(worked(derivation, part.shown, with_formula=True)))


def _told(part: EpochPart, sub_step: str) -> Iterator[Block]:
    sentence = told(part.ledger, sub_step, part.decimals)
    if sentence:
        yield paragraph(sentence)


_CHECKS = {
    "responsibilities": ("", "Check: the responsibilities of each point sum to 1."),
    "effective_counts": ("effective-count", "Check: each point is counted once, so they sum to n:"),
    "weights": ("weight", "Check: the new weights sum to 1:"),
}


def _check(part: EpochPart, sub_step: str) -> Iterator[Block]:
    if sub_step not in _CHECKS:
        return
    quantity, text = _CHECKS[sub_step]
    is_paper = isinstance(part.ledger, Paper)
    yield paragraph(f"{text[:-1]}, but for what was rounded away{text[-1]}" if is_paper else text)
    if quantity:
        source = part.source
        terms = tuple(source.ref(quantity, None, j) for j in range(source.k))
        all_of_them = BigSum("j", "K", symbol_of(quantity, "", "j"), terms)
        result = Ref(all_of_them, part.ledger.written(total(term.value for term in terms)))
        sides = (all_of_them, SYMBOLS), (all_of_them, part.shown), (result, part.shown)
        yield Display((Equation(sides),))


def afterwards(part: EpochPart) -> Iterator[Block]:
    """What the epoch has gained, and the picture."""
    epoch = part.ledger.epoch
    if not epoch.ends_walk:
        yield Heading(3, "Log-likelihood")
        before, after = (part.source.ref("log-likelihood", ago=ago) for ago in (0, -1))
        gain = part.derivation("gain")
        yield paragraph(
            "Before this epoch; after it, computed in the same way from the new parameters, as epoch "
            f"{part.index + 1} begins; and what the epoch has gained:"
        )
        numbers = [Equation(((ref.symbol, SYMBOLS), (ref, part.shown))) for ref in (before, after)]
        yield Display((*numbers, *worked(gain, part.shown, with_formula=True)))
        yield paragraph(gain.sentence(part.decimals))
    has_means = all(math.isfinite(x) for mean in epoch.m.means for x in as_vector(mean))
    if has_means and (part.index == 1 or part.is_last):
        yield Picture(
            f"epoch-{part.index}",
            figure_of(
                epoch.points,
                (epoch.m.weights, epoch.m.means, epoch.m.covariances),
                responsibilities=epoch.e.responsibilities,
                before=epoch.before,
                title=f"The mixture after epoch {part.index}",
            ),
            f"After epoch {part.index}. {legend_of(part.problem.dimension)} Each point shows its "
            "responsibilities as a pie; dotted lines are the mixture before this epoch.",
        )


def legend_of(dimension: int | None) -> str:
    """What a picture shows of a mixture."""
    if dimension is None or dimension == 1:
        return "The weighted densities, and their sum, the density of the mixture."
    which = "" if dimension == 2 else ", in the first two coordinates"
    return f"The components as ellipses at 1 and 2 standard deviations{which}."
