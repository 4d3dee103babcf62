"""EM in one dimension for fits that keep no trace: the same epoch as refgmm.em, its numbers not kept.

To learn EM, read refgmm.em. This is the same arithmetic laid out for speed, in Python that mypyc
compiles as it stands (see setup.py): floats in attributes of small classes, no tuples of tuples.

Up to BLOCK points, every float is that of refgmm.em, bit for bit: `exact_pass`.

Beyond, one pass over the points adds up, for each component j, with d = x_i - mu_j from its *current*
mean and beta = beta_j(x_i),

    N_j = sum_i beta        A_j = sum_i beta d        B_j = sum_i beta d^2

from which the M step follows:

    mu_j' = mu_j + A_j / N_j        sigma_j'^2 = B_j / N_j - (A_j / N_j)^2        alpha_j' = N_j / n

Where a mean moves so far that the difference would cancel, the sums are taken again, about the new
mean. The points are cut into blocks of BLOCK, counted from the first; the sums of the blocks of a run
(RUN points) are added in order, and so are those of the runs. Whoever computes which run, the sums are
the same. `sums_of_run`, `added` and `parameters_of_sums` are these three pieces; what a block adds is
in refgmm._kernel_pass.
"""

from math import nan

from refgmm._kernel_component import (
    EPSILON,
    SMALLEST_PRECISE,
    SMALLEST_VARIANCE,
    Component,
    Seen,
    Share,
    exact_pass,
    log_sum_exp,
)
from refgmm._kernel_pass import Careful, are_near, pass_block, sorted_by_weight
from refgmm.type_names import Final, Sequence

BLOCK: Final = 256
RUN: Final = 64 * BLOCK

LOG_LIKELIHOOD: Final = 0  # places in a list of sums
BEYOND: Final = 1  # how many points have an evidence below SMALLEST_PRECISE
PER_COMPONENT: Final = 2  # from here on N_1, A_1, B_1, N_2, ...

MOST_CORRECTIONS: Final = 8  # of the centres; each gives 16 digits more of a mean that goes to 0
LARGEST_SHIFT: Final = 8.0  # squared, in new variances: it costs less than a digit of them

Block = tuple[float, ...]
"""Up to BLOCK points."""

Parameters = tuple[Sequence[float], Sequence[float], Sequence[float]]
"""Weights, means and variances, (k,) each."""

Estimate = tuple[Sequence[float], Sequence[float], Sequence[float], Sequence[float]]
"""Weights, means, variances and effective counts, (k,) each."""

Found = tuple[float, int, Estimate, bool]
"""Of an epoch: the log-likelihood of the old parameters, the number of points whose evidence is faint,
the new parameters, and whether the epoch is surely uneventful."""


def cut(points: Sequence[float]) -> list[Block]:
    """The points of a run, in blocks: a run is up to RUN points, the first of them number 0, RUN, 2 RUN,
    ... of all.
    """
    return [tuple(points[first : first + BLOCK]) for first in range(0, len(points), BLOCK)]


def sums_of_run(
    run: list[Block], parameters: Parameters, centres: Sequence[float] | None = None
) -> list[float]:
    """The sums over a run.

    centres: (k,), to take d from; None: the means. Other centres take several times as long
    """
    components = _components_of(parameters)
    if centres is not None:
        for component, centre in zip(components, centres, strict=True):
            component.centre = centre
    return _sums_of_run(run, components, centres is not None)


def added(sums: list[float], others: list[float]) -> list[float]:
    """The sums of two parts, in their order: as many in both."""
    return [own + others[place] for place, own in enumerate(sums)]


def parameters_of_sums(
    sums: list[float], centres: Sequence[float], point_count: float, is_shared: bool
) -> tuple[Estimate, bool]:
    """The M step from the sums about the centres; nan for a component that answers for nothing.

    And whether a mean moved so far that the sums should be taken again, about the new means.

    is_shared: whether all components share one variance, sum_j (B_j - A_j^2 / N_j) / sum_j N_j
    """
    components = [Component(0.0, centre, 1.0) for centre in centres]
    moved_far = _take(sums, components, point_count, is_shared)
    return _results(components), moved_far


def is_uneventful(parameters: Parameters, estimate: Estimate, n: float) -> bool:
    """Whether refgmm.events would surely find nothing in an epoch of n points, none of them faint, that
    led from the parameters to the estimate.
    """
    components = _components_of(parameters)
    _give(components, estimate)
    return _is_uneventful(components, n)


def epoch(runs: list[list[Block]], parameters: Parameters, is_shared: bool) -> Found:
    """An E step and the M step that follows."""
    components = _components_of(parameters)
    n = _point_count(runs)
    log_likelihood, faint = _pass(runs, _seen(runs, components), components, n, is_shared)
    uneventful = faint == 0 and _is_uneventful(components, n)
    return log_likelihood, faint, _results(components), uneventful


def log_evidence(blocks: list[Block], parameters: Parameters) -> list[float]:
    """ln p(x_i) of each point."""
    components = _components_of(parameters)
    return [log_sum_exp(x, components) for block in blocks for x in block]


def epochs_ahead(
    runs: list[list[Block]],
    parameters: Parameters,
    found: Found,
    is_shared: bool,
    *,
    most: int,
    least_gain: float,
) -> tuple[int, Parameters, Found]:
    """Epochs as long as nothing happens that anyone would look at: how many, where they led, and what
    was found there: the epoch that comes next.

    At most `most`, each gaining more than least_gain; none with a faint evidence, with components
    that are nearly equal, or with a new variance near to rounding. What the first epoch that
    is not so means, is for the caller to find out: it is not counted.

    found: the first epoch, from the parameters
    """
    components = _components_of(parameters)
    seen = _seen(runs, components)
    n = _point_count(runs)
    log_likelihood, faint, estimate, uneventful = found
    _give(components, estimate)
    done = 0
    while done < most and uneventful:
        for component in components:
            component.go_on()
        last = log_likelihood
        log_likelihood, faint = _pass(runs, seen, components, n, is_shared)
        if not log_likelihood - last > least_gain:
            before = _old_parameters(components)
            counts = tuple([component.old_count for component in components])
            return done, before, (last, 0, (*_parameters(components), counts), True)
        done += 1
        uneventful = faint == 0 and _is_uneventful(components, n)
    now = (log_likelihood, faint, _results(components), uneventful)
    return done, _parameters(components), now


def _components_of(parameters: Parameters) -> list[Component]:
    weights, means, variances = parameters
    return [
        Component(weight, mean, variance)
        for weight, mean, variance in zip(weights, means, variances, strict=True)
    ]


def _give(components: list[Component], estimate: Estimate) -> None:
    """The components' new parameters, as an M step found them."""
    weights, means, variances, counts = estimate
    for j, component in enumerate(components):
        component.new_weight, component.new_mean = weights[j], means[j]
        component.new_variance, component.count = variances[j], counts[j]


def _parameters(components: list[Component]) -> Parameters:
    return (
        tuple([component.weight for component in components]),
        tuple([component.mean for component in components]),
        tuple([component.variance for component in components]),
    )


def _old_parameters(components: list[Component]) -> Parameters:
    return (
        tuple([component.old_weight for component in components]),
        tuple([component.old_mean for component in components]),
        tuple([component.old_variance for component in components]),
    )


def _point_count(runs: list[list[Block]]) -> float:
    count = 0
    for run in runs:
        for block in run:
            count += len(block)
    return float(count)


def _seen(runs: list[list[Block]], components: list[Component]) -> list[Seen]:
    """The points of a single block in pairs, for `exact_pass`; none where there are more."""
    seen: list[Seen] = []
    if len(runs) == len(runs[0]) == 1:
        block = runs[0][0]
        last = len(block) - 1
        seen = [Seen(block[i], block[min(i + 1, last)]) for i in range(0, len(block), 2)]
    for component in components:
        component.shares = [Share(pair) for pair in seen]
    return seen


def _is_uneventful(components: list[Component], n: float) -> bool:
    """Whether refgmm.events would surely find nothing in this epoch."""
    relative = 2.0 * n * EPSILON
    for one in components:
        rounding = relative * one.new_mean
        variance = one.new_variance
        is_wide = variance > rounding * rounding and variance > 2.0 * SMALLEST_VARIANCE
        if not (is_wide and one.count > 2.0 * SMALLEST_PRECISE):
            return False
        for other in components:
            if other is one:
                break
            distance = one.mean - other.mean
            squares = one.mean * one.mean + other.mean * other.mean + one.variance
            if not distance * distance > 3.0 * relative * relative * squares:
                return False
    return True


def _pass(
    runs: list[list[Block]],
    seen: list[Seen],
    components: list[Component],
    n: float,
    is_shared: bool,
) -> tuple[float, int]:
    """An E step, and the M step's new parameters. Log-likelihood, and how many points are faint."""
    if seen:
        spare = [component.shares[-1] for component in components] if n % 2.0 == 1.0 else []
        log_likelihood, faint = exact_pass(seen, components, spare)
        _estimate(components, n, is_shared)
        return log_likelihood, faint
    sums = _sums(runs, components, False)
    moved_far = _take(sums, components, n, is_shared)
    for _ in range(MOST_CORRECTIONS):
        if not moved_far:
            break
        for component in components:
            component.centre = component.new_mean
        moved_far = _take(_sums(runs, components, True), components, n, is_shared)
    return sums[LOG_LIKELIHOOD], int(sums[BEYOND])


def _take(sums: list[float], components: list[Component], n: float, is_shared: bool) -> bool:
    """New parameters from sums about the centres; whether a mean moved too far for that."""
    moved_far = False
    place = PER_COMPONENT
    for component in components:
        count, first, second = sums[place], sums[place + 1], sums[place + 2]
        place += 3
        shift = first / count if count > 0.0 else nan
        component.count = count
        component.new_mean = component.centre + shift
        component.second = second - shift * first
        if shift * first > LARGEST_SHIFT * component.second:
            moved_far = True
    _estimate(components, n, is_shared)
    return moved_far


def _estimate(components: list[Component], n: float, is_shared: bool) -> None:
    """New weights, and variances from the squared deviations about the new means."""
    for component in components:
        count = component.count
        component.new_weight = count / n
        component.new_variance = component.second / count if count > 0.0 else nan
    if is_shared:
        pooled = total = 0.0
        for component in components:
            pooled += component.second
            total += component.count
        for component in components:
            component.new_variance = pooled / total if total > 0.0 else nan


def _results(components: list[Component]) -> Estimate:
    return (
        tuple([component.new_weight for component in components]),
        tuple([component.new_mean for component in components]),
        tuple([component.new_variance for component in components]),
        tuple([component.count for component in components]),
    )


def _sums(runs: list[list[Block]], components: list[Component], carefully: bool) -> list[float]:
    sums: list[float] = []
    for run in runs:
        own = _sums_of_run(run, components, carefully)
        sums = added(sums, own) if sums else own
    return sums


def _sums_of_run(run: list[Block], components: list[Component], carefully: bool) -> list[float]:
    by_weight = sorted_by_weight(components)
    for component in by_weight:
        component.relate_to(by_weight[0])
    near = are_near(by_weight)
    for component in components:
        component.start_run()
    log_likelihood = 0.0
    faint = 0.0
    for block in run:
        careful = Careful(components)
        of_block = 0.0
        if carefully:
            for x in block:
                careful.add(x)
        else:
            of_block = pass_block(block, by_weight, careful, near)
        log_likelihood += of_block + careful.log_likelihood
        faint += careful.faint
        for component in components:
            component.end_block()
    sums = [log_likelihood, faint]
    for component in components:
        sums += [component.run_count, component.run_first, component.run_second]
    return sums
