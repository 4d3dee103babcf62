"""EM's lower bound in the numbers of an epoch: where it touches, what it rose, what is between.

    F(beta, theta) = sum_i sum_j beta_j(x_i) (ln(alpha_j g_j(x_i)) - ln beta_j(x_i))

with 0 ln 0 = 0. With the responsibilities beta of the epoch it is ln L at the old parameters theta,
and at most ln L at any others. The M step raises it, so ln L rises at least as much:

    gain = ln L(theta') - ln L(theta) = (F(beta, theta') - F(beta, theta)) + divergence
    divergence = ln L(theta') - F(beta, theta') = sum_i sum_j beta_j(x_i) ln(beta_j(x_i) / beta_j'(x_i))

beta' are the responsibilities by the new parameters. `why("gain")` proves all this, and has F for
F(beta, theta), F′ for F(beta, theta'), as the sentences do.

Sources: R. M. Neal and G. E. Hinton 1998, "A view of the EM algorithm that justifies incremental,
sparse, and other variants"; C. M. Bishop 2006, "Pattern Recognition and Machine Learning",
section 9.4.

>>> from refgmm import iterate, worked_example
>>> problem = worked_example.problem()
>>> bound = lower_bound(next(iterate(problem.points, problem.initial)))
>>> for sentence in bound.sentences():
...     print(sentence)
At the old parameters the bound is F = −7.0758, and ln L = −7.0758: it touches...
The M step takes the bound, with the same responsibilities, to F′ = −4.7204: it rises by 2.3554.
At the new parameters ln L′ = −4.7174, which is 0.0029 above the bound, computed from unrounded values: the Kullback-Leibler divergence of the old responsibilities from the new.
Together, 2.3554 and 0.0029 are the gain of the log-likelihood, 2.3583.
"""

import math
from collections.abc import Sequence
from typing import Any

from refgmm.arguments import check_kind
from refgmm.arithmetic import Matrix, Point, total
from refgmm.em import Epoch, e_step
from refgmm.errors import RefGMMError
from refgmm.events import StartOutsideStructure
from refgmm.formatting import format_number
from refgmm.mixture import Mixture
from refgmm.quantities import Cell
from refgmm.records import dataclass
from refgmm.structures import ALL, MEAN_OF_DIAGONAL


@dataclass(frozen=True, slots=True)
class Raised:
    """The bound and the log-likelihood at the new parameters.

    divergence: Kullback-Leibler, of the old responsibilities from the new, added up over the points
    """

    bound: float  # F(beta, theta')
    log_likelihood: float  # ln L(theta')
    divergence: float


@dataclass(frozen=True, slots=True)
class Bound:
    """The lower bound in an epoch. Natural logarithms.

    raised: at the new parameters; None where the epoch degenerated, so that there are none
    is_comparable: whether the structure allows the old parameters; if not, the M step may lower the bound
    """

    epoch: int
    log_likelihood: float  # ln L(theta)
    bound: float  # F(beta, theta)
    raised: Raised | None
    is_comparable: bool = True

    @property
    def difference(self) -> float:
        """What the bound differs from ln L at the old parameters: rounding."""
        return self.bound - self.log_likelihood

    @property
    def rise(self) -> float | None:
        """What the M step raised the bound by."""
        return None if self.raised is None else self.raised.bound - self.bound

    @property
    def gain(self) -> float | None:
        """What the log-likelihood rose by: as much as the bound, and the divergence."""
        return None if self.raised is None else self.raised.log_likelihood - self.log_likelihood

    def sentences(self, decimals: int = 4) -> tuple[str, ...]:
        """The numbers as a student checks them, one sentence each."""

        def said(value: float) -> str:
            return _said(value, decimals)

        def unrounded(difference: float, a: float, b: float) -> str:
            """What is said where a - b, with the digits shown, isn't the difference."""
            shown = float(format_number(a, decimals)) - float(format_number(b, decimals))
            is_as_shown = format_number(shown, decimals) == format_number(difference, decimals)
            return "" if is_as_shown else ", computed from unrounded values"

        touches = (
            f"At the old parameters the bound is F = {said(self.bound)}, and ln L = "
            f"{said(self.log_likelihood)}: it touches{_but_for_rounding(self.difference)}."
        )
        if self.raised is None:
            return touches, "The epoch degenerated, so there are no new parameters to compare with."
        rise = self.raised.bound - self.bound
        gain = self.raised.log_likelihood - self.log_likelihood
        divergence = self.raised.divergence
        if not self.is_comparable:
            moves = f"changes by {said(rise)}; the structure doesn't allow the old parameters"
        elif rise > 0.0:
            moves = f"rises by {said(rise)}{unrounded(rise, self.raised.bound, self.bound)}"
        else:
            moves = f"stays where it is{_but_for_rounding(rise)}"
        if divergence > 0.0:
            above = unrounded(divergence, self.raised.log_likelihood, self.raised.bound)
            gap = (
                f"{said(divergence)} above the bound{above}: the Kullback-Leibler divergence of the "
                "old responsibilities from the new"
            )
        else:
            gap = f"where the bound is{_but_for_rounding(divergence)}: no responsibility changes"
        return (
            touches,
            "The M step takes the bound, with the same responsibilities, to F′ = "
            f"{said(self.raised.bound)}: it {moves}.",
            f"At the new parameters ln L′ = {said(self.raised.log_likelihood)}, which is {gap}.",
            f"Together, {said(rise)} and {said(max(divergence, 0.0))} are the gain of the "
            f"log-likelihood, {said(gain)}{unrounded(gain, rise, -divergence)}.",
        )


def _said(value: float, decimals: int) -> str:
    return format_number(value, decimals).replace("-", "−")


def _but_for_rounding(difference: float) -> str:
    """What is said of a difference that would be none if doubles had more digits.

    >>> _but_for_rounding(-8.9e-16), _but_for_rounding(0.0)
    (', but for rounding (−9e−16)', ', to the last digit')
    """
    if not difference:
        return ", to the last digit"
    return f", but for rounding ({difference:.0e})".replace("-", "−")


def lower_bound(epoch: Epoch[Any]) -> Bound:
    """The bound in an epoch, with its responsibilities, at its old and at its new parameters.

    RefGMMError for an epoch of a fit that was asked for more than maximum likelihood (a prior,
    sample weights, ...): its M step maximises something else; see Epoch.beyond.

    >>> from refgmm import iterate, worked_example
    >>> problem = worked_example.problem()
    >>> bound = lower_bound(next(iterate(problem.points, problem.initial)))
    >>> bound.raised.bound > bound.bound     # the M step has raised it
    True
    """
    check_kind(epoch, Epoch, "epoch", "take one of iterate(points, start)")
    if epoch.beyond:
        raise RefGMMError(
            f"this epoch is of a fit with {epoch.beyond}, whose M step maximises something else "
            "than the lower bound: fit without, or step with iterate"
        )
    before = _logarithms(epoch.points, epoch.before)
    shares = epoch.e.responsibilities
    raised = None
    if not epoch.ends_walk:
        after = _logarithms(epoch.points, epoch.after)
        e = e_step(epoch.points, epoch.after)
        raised = Raised(
            _bound(shares, after),
            e.log_likelihood,
            _divergence(
                shares,
                _posteriors(before, epoch.e.log_evidence),
                _posteriors(after, e.log_evidence),
            ),
        )
    is_comparable = not any(isinstance(event, StartOutsideStructure) for event in epoch.events)
    return Bound(epoch.index, epoch.e.log_likelihood, _bound(shares, before), raised, is_comparable)


def set_to_zero(epoch: Epoch[Any], cell: Cell) -> float | None:
    """The sum that the proof of a new parameter sets to zero, in numbers: 0, but for rounding.

        mean          sum_i beta_j(x_i) (x_i - mu_j')
        covariance    sum_i beta_j(x_i) ((x_i - mu_j')^2 - sigma_j'^2); a product of deviations in d
                      dimensions; over all components where they share it, and over all coordinates
                      where it is the same in each
        weight        N_j / alpha_j' - n

    cell: of a new parameter of this epoch
    None for other cells, and for what the structure has no choice about: the zeros beside a diagonal.

    >>> from refgmm import iterate, worked_example
    >>> problem = worked_example.problem()
    >>> epoch = next(iterate(problem.points, problem.initial))
    >>> abs(set_to_zero(epoch, Cell.parse("mean:1", epoch=1))) < 1e-15
    True
    """
    j, m = cell.component, epoch.m
    if j is None or cell.epoch != epoch.index:
        return None
    if cell.quantity == "weight":
        return m.effective_counts[j] / m.weights[j] - len(epoch.points) if m.weights[j] else None
    if cell.quantity == "mean":
        mean = _entry(m.means[j], cell.entry)
        return total(
            row[j] * (_entry(x, cell.entry) - mean)
            for x, row in zip(epoch.points, epoch.e.responsibilities, strict=True)
        )
    if cell.quantity != "covariance":
        return None
    structure, entries = epoch.structure, [cell.entry]
    if cell.entry and structure.part != ALL:
        if len(set(cell.entry)) == 2:
            return None
        if structure.part == MEAN_OF_DIAGONAL:
            entries = [(a, a) for a in range(epoch.before.dimension or 1)]
    return total(
        _entry(squares[own], entry) - row[own] * _entry(m.covariances[own], entry)
        for squares, row in zip(
            m.weighted_squared_deviations, epoch.e.responsibilities, strict=True
        )
        for own in (range(len(row)) if structure.is_shared else [j])
        for entry in entries
    )


def checks(epoch: Epoch[Any], cell: Cell, decimals: int = 4) -> tuple[str, ...]:
    """What the proof of a cell's formula (refgmm.reasons) claims, in the numbers of its epoch.

    None where the proof claims nothing that could be off.

    >>> from refgmm import iterate, worked_example
    >>> problem = worked_example.problem()
    >>> epoch = next(iterate(problem.points, problem.initial))
    >>> checks(epoch, Cell.parse("mean:1", epoch=1))
    ('In the numbers of epoch 1, what is set to zero is 0, but for rounding (...).',)
    """
    if cell.quantity in ("log-likelihood", "gain") and cell.epoch == epoch.index:
        return lower_bound(epoch).sentences(decimals)
    zero = set_to_zero(epoch, cell)
    if zero is None or math.isnan(zero):
        return ()
    off = _but_for_rounding(zero)
    return (f"In the numbers of epoch {epoch.index}, what is set to zero is 0{off}.",)


def _entry(value: Any, entry: tuple[int, ...]) -> float:
    """A coordinate of a vector, an entry of a matrix; a number as it is."""
    for index in entry:
        value = value[index]
    number: float = value
    return number


def _logarithms(points: Sequence[Point], mixture: Mixture[Any]) -> Matrix:
    """ln(alpha_j g_j(x_i)), (n, k); finite also where the density underflows."""
    return tuple(
        tuple(
            math.log(weight) + component.log_density(x) if weight > 0.0 else -math.inf
            for weight, component in zip(mixture.weights, mixture.components, strict=True)
        )
        for x in points
    )


def _posteriors(logarithms: Matrix, log_evidence: Sequence[float]) -> Matrix:
    """ln beta_j(x_i) = ln(alpha_j g_j(x_i)) - ln p(x_i), (n, k)."""
    return tuple(
        tuple(log - evidence for log in row)
        for row, evidence in zip(logarithms, log_evidence, strict=True)
    )


def _bound(shares: Matrix, logarithms: Matrix) -> float:
    """F; a share of 0 contributes nothing."""
    return total(
        beta * (log - math.log(beta))
        for row, logs in zip(shares, logarithms, strict=True)
        for beta, log in zip(row, logs, strict=True)
        if beta > 0.0
    )


def _divergence(shares: Matrix, old: Matrix, new: Matrix) -> float:
    """sum_i sum_j beta (ln beta - ln beta'), from the logarithms of both."""
    return total(
        beta * (a - b)
        for row, olds, news in zip(shares, old, new, strict=True)
        for beta, a, b in zip(row, olds, news, strict=True)
        if beta > 0.0
    )
