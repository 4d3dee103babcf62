"""The sections of a report around its epochs: the problem, the answer, the lecture note's digits."""

from collections.abc import Iterator, Sequence

from refgmm import worked_example
from refgmm.bound import lower_bound
from refgmm.explanation import derivation_of
from refgmm.figure import figure_of, history_figure
from refgmm.formatting import format_number
from refgmm.general_formulas import general
from refgmm.notation import BigSum, Constant, Name, Ref
from refgmm.paper import Paper
from refgmm.problem import Problem
from refgmm.proof import Proof, Relation
from refgmm.quantities import Cell
from refgmm.reasons import why
from refgmm.rendering import SYMBOLS, Shown
from refgmm.report_epoch import EpochPart, legend_of
from refgmm.report_parts import (
    Block,
    Bullets,
    Display,
    Equation,
    Heading,
    Picture,
    formula,
    paragraph,
)
from refgmm.report_tables import (
    answer_table,
    documented_table,
    history_table,
    parameters_table,
    points_table,
)
from refgmm.structures import FULL
from refgmm.sub_steps import Labelling
from refgmm.symbols import symbol_of
from refgmm.translation import Translation
from refgmm.worked_example import DOCUMENTED, LEFT_OUT

CONVERGED = 1e-8
"""An epoch that gains less, in nats, changes nothing that one would notice."""

_FEW_EPOCHS = 4
"""Milestones that need no picture."""

_NAMES = {
    Labelling.TEXTBOOK: "The first half of an epoch is called the E step, the second the M step.",
    Labelling.NOTE: "The names of the steps are those of the lecture note: M for the update of means and "
    "variances, E for that of the weights.",
}

_PRINTED = DOCUMENTED.weights, DOCUMENTED.means, DOCUMENTED.variances


def is_the_notes(problem: Problem) -> bool:
    """Whether it is the lecture note's example, whose digits are documented."""
    note = worked_example.problem()
    return (problem.points, problem.initial, problem.structure) == (
        note.points,
        note.initial,
        FULL,
    )


def given(part: EpochPart, epochs: int) -> Iterator[Block]:
    """The problem: points, model, initial parameters, what is asked for."""
    problem, source, shown = part.problem, part.source, part.shown
    d, n, k = problem.dimension, source.n, source.k
    yield Heading(1, _title(problem, n, k))
    yield Heading(2, "The problem")
    where = "on the number line" if d is None else f"in {d} dimension{'s' * (d > 1)}"
    yield paragraph(
        "Given are ",
        _count("n", n),
        f" points {where}, taken as drawn independently from a mixture of ",
        _count("K", k),
        f" Gaussian{'s' * (k > 1)}, its components. The density of the mixture is",
    )
    weighted = symbol_of("weighted-density", "i", "j", dimension=d)
    evidence = symbol_of("evidence", "i")
    yield Display((formula(evidence, BigSum("j", "K", weighted)),))
    yield paragraph(
        "where the weight ",
        formula(Name("α", "j")),
        " is the probability that a point comes from component ",
        formula(Name("j")),
        ", and ",
        formula(symbol_of("density", "i", "j")),
        " is the density of that component, a Gaussian with the mean ",
        formula(Name("μ", "j")),
        " and the variance " if d is None else " and the covariance ",
        formula(symbol_of("covariance", "", "j", is_new=False) if d is None else Name("Σ", "j")),
        ".",
    )
    if problem.structure.name != FULL.name:
        yield paragraph(
            f"The covariances have the structure “{problem.structure.name}”: {problem.structure.meaning}."
        )
    yield points_table(source)
    yield parameters_table(source, "initial-parameters", "The parameters to start from", ago=1)
    yield Picture(
        "start",
        figure_of(problem.points, problem.initial, title="The mixture to start from"),
        f"The points, and the mixture to start from. {legend_of(d)}",
    )
    what_is_asked = "one epoch" if epochs == 1 else f"{epochs} epochs"
    yield paragraph(
        f"Asked for are the parameters after {what_is_asked} of the EM algorithm, with every number on "
        "the way. An epoch finds out which component answers for how much of each point, and then "
        "takes for each component the parameters that suit its share of the points best. A prime marks "
        f"what an epoch computes anew. {_NAMES[part.labelling]}"
    )
    yield paragraph(_how_numbers_are_shown(part, shown))


def _count(letter: str, number: int) -> Equation:
    """n = 5."""
    return formula(Name(letter), Constant(float(number)))


def _title(problem: Problem, n: int, k: int) -> str:
    if is_the_notes(problem):
        return "The lecture note's example, worked out"
    components = f"{k} component{'s' * (k > 1)}"
    return f"EM for a Gaussian mixture: {components}, {n} point{'s' * (n > 1)}"


def _how_numbers_are_shown(part: EpochPart, shown: Shown) -> str:
    if isinstance(part.ledger, Paper):
        return (
            f"Every number is rounded to {part.ledger.decimals} decimals as soon as it is written down, "
            "and the next one is computed from that, as on paper."
        )
    return (
        f"Numbers are shown with {shown.decimals} decimals and computed from unrounded ones. A star (*) "
        "behind a result says that the numbers as shown would give another last digit."
    )


def answer(part: EpochPart, history: Sequence[tuple[Ref, Ref | None]]) -> Iterator[Block]:
    epoch, source = part.ledger.epoch, part.source
    yield Heading(2, "The answer")
    if epoch.ends_walk:
        yield paragraph(
            f"EM ends in epoch {epoch.index}, which has no mixture after it. "
            + " ".join(event.message for event in epoch.events if event.ends_walk)
        )
    else:
        yield paragraph(f"After {epoch.index} epoch{'s' * (epoch.index > 1)}:")
        is_noted = is_the_notes(part.problem) and epoch.index == 1
        yield answer_table(source, "The answer", _PRINTED if is_noted else None)
    yield history_table(history)
    last_gain = history[-1][1]
    if last_gain is not None and _tells_convergence(part):
        yield paragraph(_verdict(last_gain.value, part))
    if len(history) > _FEW_EPOCHS:
        yield Picture(
            "log-likelihood",
            history_figure([value.value for value, _ in history], first_epoch=0),
            "The log-likelihood of the parameters after each epoch.",
        )


def _tells_convergence(part: EpochPart) -> bool:
    """Whether the gain says how far EM is: not on paper, where small gains are rounded away, nor where
    the start had to be brought into the structure.
    """
    problem, epoch = part.problem, part.ledger.epoch
    is_gain = epoch.index > 1 or problem.structure.holds(problem.initial.covariances)
    return is_gain and not epoch.ends_walk and not isinstance(part.ledger, Paper)


def _verdict(gain: float, part: EpochPart) -> str:
    index = part.ledger.epoch.index
    if gain < CONVERGED:
        return (
            f"Epoch {index} raised the log-likelihood by less than {CONVERGED:g}: EM has converged, and further epochs "
            "change no digit that one would notice."
        )
    return (
        f"Epoch {index} raised the log-likelihood by {format_number(gain, part.decimals)}. EM has not converged: each "
        "further epoch raises it, by less and less in the end."
    )


def the_notes_digits(part: EpochPart) -> Iterator[Block]:
    """What the lecture note prints, beside the same numbers computed here."""
    source = part.source
    yield Heading(2, "The lecture note's digits")
    yield paragraph(
        "The note prints three decimals on the way. What it calls the density g is the standard density "
        "of the distance from the mean in standard deviations:"
    )
    cell = Cell(1, "standard-density", 0, 0)
    yield Display(general(derivation_of(source.ledger, cell)))
    for quantity, caption, printed in (
        (
            "standard-density",
            "Standard densities, beside the note's",
            DOCUMENTED.standard_densities,
        ),
        ("responsibility", "Responsibilities, beside the note's", DOCUMENTED.responsibilities),
    ):
        yield documented_table(source, quantity, caption, printed)
    if not part.is_last:
        yield answer_table(source, "The parameters after epoch 1, beside the note's", _PRINTED)
    title, *bullets = LEFT_OUT.replace("-(", "−(").replace("x - ", "x − ").split("\n  - ")
    yield paragraph(title)
    yield Bullets(tuple((" ".join(bullet.split()),) for bullet in bullets))


_WHY = (
    "distance",
    "log-determinant",
    "evidence",
    "responsibility",
    "effective-count",
    "mean",
    "covariance",
    "weight",
)


def reasons(part: EpochPart, translation: Translation) -> Iterator[Block]:
    """Why the formulas are as they are, and what it means for this epoch.

    translation: of the sources, where only names of sections and equations have one
    """
    yield Heading(2, "Why these formulas")
    for quantity in (*_WHY, "log-likelihood"):
        proof = why(quantity, part.problem.dimension, part.problem.structure)
        if proof is not None:
            yield from _proof(proof, translation)
    yield paragraph(f"In epoch {part.index} of this solution:")
    sentences = lower_bound(part.ledger.epoch).sentences(part.decimals)
    yield Bullets(tuple((sentence,) for sentence in sentences))


def _proof(proof: Proof, translation: Translation) -> Iterator[Block]:
    yield Heading(3, proof.title)
    for step in proof.steps:
        words = (part if isinstance(part, str) else formula(part) for part in step.words)
        yield paragraph(*words)
        if step.relations:
            yield Display(tuple(map(_equation, step.relations)))
    sources = "; ".join(str(citation.translated(translation)) for citation in proof.citations)
    yield paragraph(f"{translation.say('See')} {sources}.", is_aside=True)


def _equation(relation: Relation) -> Equation:
    sides = (relation.left, *(side for _, side in relation.links))
    signs = tuple(sign for sign, _ in relation.links)
    return Equation(tuple((side, SYMBOLS) for side in sides), signs=signs)
