"""The eight sub-steps of an epoch, from densities to weights: the table SUB_STEPS.

The textbook calls the computation of the responsibilities the E step and all three
updates the M step. The lecture note calls the update of means and variances the M
step and the update of the weights the E step; the responsibilities, β, come before
both. Only the names differ, never the numbers.
"""

import enum

from refgmm.formatting import numbered
from refgmm.problem import PARAMETERS
from refgmm.records import dataclass
from refgmm.structures import ALL, DIAGONAL_PART, FULL, MEAN_OF_DIAGONAL, Structure


class Labelling(enum.Enum):
    """Whose names for the steps."""

    TEXTBOOK = "textbook"
    NOTE = "note"


class Granularity(enum.Enum):
    """How much a move does: the next of these, to its end."""

    POINT = "point"  # one point's row of a sub-step
    COMPONENT = "component"  # one component's columns of a sub-step
    SUB_STEP = "sub-step"
    PHASE = "phase"  # a whole step, E or M, as a Labelling cuts the epoch into steps
    EPOCH = "epoch"

    @property
    def is_part(self) -> bool:
        """Whether a move fills only a part of a sub-step."""
        return self in (Granularity.POINT, Granularity.COMPONENT)


@dataclass(frozen=True, slots=True)
class SubStep:
    """A sub-step of an epoch."""

    name: str  # the field of the trace that it computes
    textbook: str  # the step that it belongs to
    note: str
    is_result: bool  # whether it is what its step is for, and not only on the way
    has_rows: bool = True  # whether it computes something for each point
    has_components: bool = True  # whether it computes something for each component

    def title(self, dimension: int | None = None) -> str:
        """Its name in words. dimension: of the points, as Problem.dimension has it."""
        if self.name == "variances" and dimension is not None:
            return "covariances"
        return self.name.replace("_", " ")

    def new_title(self, dimension: int | None = None) -> str:
        """Its name in words; "new" where there are old ones, too."""
        return f"new {self.title(dimension)}" if self.is_parameter else self.title(dimension)

    def row_title(self, dimension: int | None = None) -> str:
        """What it computes for each point, as the worksheet's columns are headed."""
        if self.name == "means":
            return "βx"
        if self.name == "variances":
            return "β(x−μ′)²" if dimension is None else "βrrᵀ"
        return self.title(dimension)

    def meaning(self, dimension: int | None = None, structure: Structure = FULL) -> str:
        """What it computes, in a sentence; dimension and structure as Problem has them."""
        if self.name != "variances":
            return _MEANINGS[self.name]
        own = (
            _MEANINGS[self.name] if dimension is None else _MEANINGS_OF_COVARIANCES[structure.part]
        )
        return own + _SHARED if structure.is_shared else own

    @property
    def is_parameter(self) -> bool:
        """Whether it computes parameters of the mixture, which have an old and a new value."""
        return self.name in PARAMETERS

    @property
    def sums_over_points(self) -> bool:
        """Whether its result is one number per component, of all points together."""
        return self.textbook == "M"

    def phase(self, labelling: Labelling) -> str:
        """The step that it belongs to: "E", "M" or "β"."""
        return self.textbook if labelling is Labelling.TEXTBOOK else self.note


_MEANINGS = {
    "densities": "How likely each component, taken alone, makes each point.",
    "weighted_densities": "Each density times the weight of its component: how often the component "
    "is picked at all.",
    "evidence": "How likely the whole mixture makes each point. "
    "The logarithms of the evidence add up to the log-likelihood.",
    "responsibilities": "The share of each point that each component answers for; "
    "the shares of a point sum to 1.",
    "effective_counts": "How many points each component answers for, all shares added up.",
    "means": "The mean of the points, each counted by the share that the component answers for.",
    "variances": "The mean squared distance from the new mean, each point counted by its share.",
    "weights": "The fraction of all points that each component answers for.",
}

_MEANINGS_OF_COVARIANCES = {
    ALL: "The mean product of the deviations from the new mean in two coordinates, each point "
    "counted by its share; on the diagonal, the variances.",
    DIAGONAL_PART: "The mean squared deviation from the new mean in each coordinate, each point "
    "counted by its share; the coordinates are taken as uncorrelated.",
    MEAN_OF_DIAGONAL: "The mean squared deviation from the new mean over all coordinates, each point "
    "counted by its share: one variance in all directions.",
}
_SHARED = " Added up over all components, which share it."

SUB_STEPS = (
    SubStep("densities", "E", "β", False),
    SubStep("weighted_densities", "E", "β", False),
    SubStep("evidence", "E", "β", False, has_components=False),
    SubStep("responsibilities", "E", "β", True),
    SubStep("effective_counts", "M", "M", False, has_rows=False),
    SubStep("means", "M", "M", True),
    SubStep("variances", "M", "M", True),
    SubStep("weights", "M", "E", True, has_rows=False),
)

_INDEX = {sub_step.name: i for i, sub_step in enumerate(SUB_STEPS)}

SUB_STEP_COUNT = len(SUB_STEPS)


def index_of(name: str) -> int:
    """The place of a sub-step in its epoch, from 0.

    >>> index_of("responsibilities")
    3
    """
    return _INDEX[name]


@dataclass(frozen=True, slots=True)
class Partial:
    """How far a sub-step is filled that is not done yet: for the first few points, or components."""

    by: Granularity  # POINT or COMPONENT
    count: int  # at least 1, and not all


@dataclass(frozen=True, slots=True)
class Part:
    """Some of the points, or of the components, of a sub-step."""

    sub_step: SubStep
    by: Granularity  # POINT or COMPONENT
    indices: range  # of the points or components, from 0
    is_last: bool  # whether it completes the sub-step

    def title(self, dimension: int | None = None, structure: Structure = FULL) -> str:
        """What is computed for it; dimension and structure as Problem has them.

        What adds up over all points, or over all components, comes with the last of them.

        >>> means = SUB_STEPS[index_of("means")]
        >>> Part(means, Granularity.POINT, range(2, 3), is_last=False).title()
        'βx of point 3'
        >>> Part(means, Granularity.POINT, range(3, 5), is_last=True).title()
        'βx of points 4 and 5, new means'
        >>> Part(means, Granularity.COMPONENT, range(1), is_last=False).title()
        'new mean of component 1'
        """
        sub_step, which = self.sub_step, numbered(self.by.value, self.indices)
        shares = sub_step.name == "variances" and structure.is_shared
        if self.by is Granularity.COMPONENT and not shares:
            title = sub_step.new_title(dimension)
            is_one = sub_step.sums_over_points and len(self.indices) == 1
            return f"{title.removesuffix('s') if is_one else title} of {which}"
        sums = "log-likelihood" if sub_step.name == "evidence" else ""
        if sub_step.is_parameter:
            sums = sub_step.new_title(dimension)
        rows = f"{sub_step.row_title(dimension)} of {which}"
        return f"{rows}, {sums}" if self.is_last and sums else rows
