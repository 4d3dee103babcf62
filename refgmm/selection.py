"""How many components, and of which structure: fits compared, and a test of k against k + 1.

The criteria (AIC, BIC, ICL) are FitResult's; here they are put side by side.
"""

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from refgmm import text_table, validation
from refgmm.arguments import generator, whole_number
from refgmm.arithmetic import Vector
from refgmm.errors import InvalidValueError, RefGMMError
from refgmm.fit_input import checked_count
from refgmm.fit_result import FitResult
from refgmm.fitting import fit
from refgmm.formatting import format_number
from refgmm.records import dataclass
from refgmm.stopping import Progress
from refgmm.structures import FULL, Structure, structure_of
from refgmm.validation import is_row, shown

CRITERIA = ("aic", "bic", "icl")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of the fits that are compared.

    result: None where there is none; `problem` says why
    problem: also where the fit degenerated, or was cancelled: its criteria then mean nothing
    """

    components: int
    structure: Structure
    result: FitResult | None
    problem: str

    @property
    def is_sound(self) -> bool:
        """Whether its criteria mean something."""
        return not self.problem

    @property
    def is_cancelled(self) -> bool:
        """Whether on_epoch ended the fit."""
        return self.result is not None and self.result.cancelled


@dataclass(frozen=True, slots=True)
class Comparison:
    """Fits of the same points, in the order in which they were asked for."""

    candidates: tuple[Candidate, ...]

    def __str__(self) -> str:
        return self.table()

    def table(self, criterion: str = "bic", decimals: int = 4) -> str:
        """A row for each fit, as text; the lowest of each criterion has a mark, and below the table
        stand the best by `criterion` and what is wrong with the others.
        """
        _check_criterion(criterion)
        rows = [["k", "covariance", "ln L", "parameters", "AIC", "BIC", "ICL", ""]]
        rows += [self._row(candidate, decimals) for candidate in self.candidates]
        best = next((c for c in self.candidates if self._is_lowest(c, criterion)), None)
        verdict = (
            "No fit is sound."
            if best is None
            else f"Lowest {criterion.upper()}: k = {best.components}, covariance "
            f"{best.structure.name}. Lower is better; * marks the lowest of each column."
        )
        problems = [
            f"k = {c.components}, {c.structure.name}: {c.problem}"
            for c in self.candidates
            if c.problem
        ]
        return "\n\n".join([text_table.plain(rows, rules_before=[1]), verdict, *problems])

    def _row(self, candidate: Candidate, decimals: int) -> list[str]:
        lead = [str(candidate.components), candidate.structure.name]
        result = candidate.result
        if result is None:
            return [*lead, *["-"] * 5, "no fit"]
        lead += [format_number(result.log_likelihood, decimals), str(result.free_parameters)]
        if not candidate.is_sound:
            return [*lead, *["-"] * len(CRITERIA), "degenerated"]
        criteria = [
            format_number(_value(result, name), decimals)
            + ("*" if self._is_lowest(candidate, name) else " ")
            for name in CRITERIA
        ]
        return [*lead, *criteria, "" if result.converged else "not converged"]

    def _is_lowest(self, candidate: Candidate, criterion: str) -> bool:
        return candidate.is_sound and candidate.result is self.best(criterion)

    def best(self, criterion: str = "bic") -> FitResult:
        """The fit with the lowest value of the criterion: "aic", "bic" or "icl".

        RefGMMError where no fit is sound.
        """
        _check_criterion(criterion)
        sound = [c.result for c in self.candidates if c.is_sound and c.result is not None]
        if not sound:
            reasons = "; ".join(dict.fromkeys(c.problem for c in self.candidates))
            raise RefGMMError(f"none of the fits is sound: {reasons}")
        return min(sound, key=lambda result: _value(result, criterion))


def _check_criterion(criterion: str) -> None:
    if criterion not in CRITERIA:
        problem = f"the criterion must be 'aic', 'bic' or 'icl', got {shown(criterion)}"
        raise InvalidValueError(problem, field="criterion")


def _value(result: FitResult, criterion: str) -> float:
    return float(getattr(result, criterion))


def compare(
    points: Iterable[Any],
    components: Iterable[int] = range(1, 10),
    structures: str | Structure | Sequence[str | Structure] = (FULL,),
    *,
    on_fit: Callable[[Candidate], object] | None = None,
    **options: Any,
) -> Comparison:
    """A fit for each number of components and each structure.

    on_fit: called after each with its Candidate; the comparison ends there where it returns True,
        and where on_epoch, one of the options, does
    options: as for refgmm.fit (restarts, seed, stop, ...)

    A fit that can't be made (more components than different points, say) stands in the comparison
    with its problem; InvalidValueError where the points themselves won't do.

    >>> points = [0.1, 0.2, 0.3, 0.5, 5.1, 5.2, 5.4, 5.5]
    >>> comparison = compare(points, components=[1, 2])
    >>> len(comparison.best("bic").mixture.weights)
    2
    """
    checked = validation.points(points, may_miss=options.get("missing") == "keep")
    counts = _checked_counts(components)
    for name in ("sample_weights", "stop"):  # they are read once for each fit
        if isinstance(options.get(name), Iterator):
            options[name] = tuple(options[name])
    if "structure" in options:
        problem = "give the structures to compare as structures=['full', 'tied'], say"
        raise InvalidValueError(problem, field="structure")
    several = structures if is_row(structures) else (structures,)
    chosen = [structure_of(structure) for structure in several]
    if not chosen:
        problem = "there are no structures to compare: give ['full', 'tied'], say"
        raise InvalidValueError(problem, field="structures")
    candidates: list[Candidate] = []
    for structure in chosen:
        for k in counts:
            candidates.append(_candidate(checked, k, structure, options))
            is_told_to_stop = on_fit is not None and on_fit(candidates[-1])
            if is_told_to_stop or candidates[-1].is_cancelled:
                return Comparison(tuple(candidates))
    return Comparison(tuple(candidates))


def _checked_counts(components: object) -> tuple[int, ...]:
    """Numbers of components; those that are too large for the points show in the comparison."""
    if not isinstance(components, Iterable):
        problem = (
            f"components must be several numbers, got {shown(components)}: give range(1, 10), say"
        )
        raise InvalidValueError(problem, field="components")
    numbers = []
    for given in components:
        k = whole_number(given)
        if k is None or k < 1:
            problem = (
                f"the number of components must be a whole number from 1 on, got {shown(given)}"
            )
            raise InvalidValueError(problem, field="components")
        numbers.append(k)
    if not numbers:
        problem = "there are no numbers of components to compare: give range(1, 10), say"
        raise InvalidValueError(problem, field="components")
    return tuple(numbers)


def _candidate(
    points: Sequence[Any], k: int, structure: Structure, options: dict[str, Any]
) -> Candidate:
    is_random = options.get("initialization") != "quantiles"
    restarts = options.get("restarts", 1) if k != 1 and is_random else 1  # one component: one start
    try:
        result = fit(points, k, structure=structure, **{**options, "restarts": restarts})
    except InvalidValueError as error:
        if error.field not in ("components", "points"):
            raise
        return Candidate(k, structure, None, str(error))
    problem = ""
    if result.degenerated or result.cancelled:
        problem = result.runs[-1].stopped_because if result.cancelled else result.stopped_because
    return Candidate(k, structure, result, problem)


@dataclass(frozen=True, slots=True)
class BootstrapTest:
    """Whether k components suffice, or k + 1 are better.

    statistic: 2 (ln L of k + 1 components - ln L of k), of the points
    replicates: the same of each sample drawn from the mixture of k components
    p_value: (1 + the number of replicates at or above the statistic) / (1 + their number): the
        smaller, the more speaks against k components. nan without replicates
    degenerate: how many samples had no sound fit, and are left out
    cancelled: whether on_replicate ended the test before all replicates were drawn
    """

    components: int  # k
    statistic: float
    replicates: Vector
    degenerate: int
    cancelled: bool

    @property
    def p_value(self) -> float:
        """See the class."""
        if not self.replicates:
            return float("nan")
        as_high = sum(value >= self.statistic for value in self.replicates)
        return (1 + as_high) / (1 + len(self.replicates))


def bootstrap_test(
    points: Iterable[Any],
    k: int,
    *,
    replicates: int = 99,
    seed: int | random.Random = 0,
    on_replicate: Callable[[int, float | None], object] | None = None,
    **options: Any,
) -> BootstrapTest:
    """The parametric bootstrap of the likelihood-ratio test of k components against k + 1.

    The statistic's distribution is not chi-squared: under k components some parameters of k + 1
    are not identified. So it is drawn: samples of n points from the fitted mixture of k, both
    models fitted to each.

    points: without missing values
    replicates: how many samples
    on_replicate: called after each with its number and statistic (None: degenerate); the test
        ends there where it returns True
    options: as for refgmm.fit (structure, restarts, stop, ...), but for sample weights

    RefGMMError where the points themselves have no sound fit.

    Source: G. J. McLachlan 1987, "On bootstrapping the likelihood ratio test statistic for the
    number of components in a normal mixture", Applied Statistics 36.

    >>> points = [0.9, 1.1, 0.8, 1.0, 5.2, 4.9, 5.0, 5.1]
    >>> bootstrap_test(points, 1, replicates=19).p_value < 0.1     # two groups, not one
    True
    """
    count = checked_count(replicates, "replicates", 1)
    for name in ("sample_weights", "missing"):
        if options.get(name, "error") not in (None, "error"):
            problem = f"the bootstrap draws whole points that count once each: leave {name} out"
            raise InvalidValueError(problem, field=name)
    (k,) = _checked_counts([k])
    rng = generator(seed, "seed")
    checked = validation.points(points)
    null, statistic = _statistic(checked, k, rng, options)
    if statistic is None:
        raise RefGMMError(
            f"the points have no sound fit with {k} and with {k + 1} components: a component "
            "degenerates. More restarts, a simpler structure or a prior can help"
        )
    values: list[float] = []
    degenerate = 0
    for number in range(1, count + 1):
        sample = null.mixture.sample(len(checked), rng).points
        _, value = _statistic(sample, k, rng, options)
        if value is None:
            degenerate += 1
        else:
            values.append(value)
        if on_replicate is not None and on_replicate(number, value):
            return BootstrapTest(k, statistic, tuple(values), degenerate, number < count)
    return BootstrapTest(k, statistic, tuple(values), degenerate, cancelled=False)


def _statistic(
    points: Sequence[Any], k: int, rng: random.Random, options: dict[str, Any]
) -> tuple[FitResult, float | None]:
    """The fit of k components, and the statistic; None where one of both fits is not sound."""
    small = fit(
        points, k, seed=rng, **{**options, "restarts": options.get("restarts", 1) if k > 1 else 1}
    )
    large = fit(points, k + 1, seed=rng, **options)
    if small.degenerated or large.degenerated:
        return small, None
    return small, 2.0 * (large.log_likelihood - small.log_likelihood)


def progress_text(progress: Progress, runs: int) -> str:
    """How far a fit is, on one line.

    >>> from refgmm.mixture import Mixture
    >>> at = Progress(1, 5, Mixture.univariate([1], [0], [1]), -12.5, 0.0, 0.25, 4.0, None)
    >>> progress_text(at, runs=1), progress_text(at, runs=20)
    ('epoch 5, ln L -12.5, gain 0.25', 'run 1 of 20, epoch 5, ln L -12.5, gain 0.25')
    """
    run = f"run {progress.run} of {runs}, " if runs > 1 else ""
    gain = "" if progress.gain is None else f", gain {progress.gain:.3g}"
    return f"{run}epoch {progress.epoch}, ln L {progress.log_likelihood:.10g}{gain}"
