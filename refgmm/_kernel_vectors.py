"""EM in d dimensions for fits that keep no trace: the sums of refgmm._kernel, for vectors.

With d = x_i - mu_j from the current mean and beta = beta_j(x_i),

    N_j = sum_i beta        A_j = sum_i beta d        B_j = sum_i beta d d^T

and the scatter about the new mean, mu_j + A_j / N_j, is B_j - A_j A_j^T / N_j.

Eight points are computed at once: refgmm._kernel_group. Blocks and runs are those of refgmm._kernel.
"""

from math import log

from refgmm._kernel import BEYOND, LOG_LIKELIHOOD, MOST_CORRECTIONS, RUN, added
from refgmm._kernel_double import suits_doubles
from refgmm._kernel_group import Component, Group, Mixture, Parameters, leave_out
from refgmm._kernel_matrix import (
    Estimate,
    Kind,
    are_distinct,
    cholesky,
    is_uneventful,
    parameters_of_sums,
)
from refgmm.type_names import Final, Sequence

_GROUPS_OF_BLOCK: Final = 32

Found = tuple[float, float, Estimate]
"""Of an epoch: the log-likelihood of the old parameters, how many points, or groups of them, have an
evidence that is too faint or too dense for doubles, and the new parameters."""


def grouped(points: Sequence[Sequence[float]]) -> list[Group]:
    """The points as the kernel takes them, eight by eight."""
    return [Group(points[first : first + 8]) for first in range(0, len(points), 8)]


def sums_of_run(
    groups: Sequence[Group],
    parameters: Sequence[Parameters],
    is_full: bool,
    centres: Sequence[Sequence[float]] | None = None,
) -> list[float]:
    """The sums over the groups of a run, block by block; see refgmm._kernel.sums_of_run.

    is_full: whether all of B_j is asked for, or its diagonal alone
    centres: (k, d), to take d from; None: the means
    """
    components = [Component(own, is_full) for own in parameters]
    moved = [[*centre] for centre in centres] if centres is not None else []
    return _sums_of_run([*groups], 0, components, moved)


def _sums_of_run(
    groups: list[Group], number: int, components: list[Component], moved: list[list[float]]
) -> list[float]:
    mixture = Mixture(components)
    for component in components:
        component.start_run()
    sums = [0.0, 0.0]
    for first in range(0, len(groups), _GROUPS_OF_BLOCK):
        block = groups[first : first + _GROUPS_OF_BLOCK]
        sums = added(sums, _block(block, number + first, mixture, moved))
        for component in components:
            component.end_block()
    for component in components:
        sums += component.sums()
    return sums


def epoch(runs: Sequence[list[Group]], parameters: Sequence[Parameters], kind: Kind) -> Found:
    """An E step and the M step that follows, as refgmm._kernel.epoch.

    runs: the points, RUN in each but the last
    """
    return _epoch(runs, [Component(own, kind[0]) for own in parameters], kind)


def _epoch(runs: Sequence[list[Group]], components: list[Component], kind: Kind) -> Found:
    n = 0
    for groups in runs:
        n += 8 * (len(groups) - 1) + groups[-1].size
    centres = [component.mean for component in components]
    sums = _sums(runs, components, [])
    estimate, moved_far = parameters_of_sums(sums, centres, float(n), kind)
    for _ in range(MOST_CORRECTIONS):
        if not moved_far:
            break
        centres = estimate[1]
        again = _sums(runs, components, centres)
        estimate, moved_far = parameters_of_sums(again, centres, float(n), kind)
    return sums[LOG_LIKELIHOOD], sums[BEYOND], estimate


def _sums(
    runs: Sequence[list[Group]], components: list[Component], moved: list[list[float]]
) -> list[float]:
    sums: list[float] = []
    number = 0
    for groups in runs:
        own = _sums_of_run(groups, number, components, moved)
        sums = added(sums, own) if sums else own
        number += len(groups)
    return sums


def epochs_ahead(
    runs: Sequence[list[Group]],
    parameters: Sequence[Parameters],
    found: Found,
    kind: Kind,
    *,
    most: int,
    least_gain: float,
) -> tuple[int, Sequence[Parameters], Found]:
    """Epochs as long as nothing happens that anyone would look at, as refgmm._kernel.epochs_ahead;
    nor a covariance comes so near to singular that doubles don't suffice.
    """
    components = [Component(own, kind[0]) for own in parameters]
    n = RUN * len(runs)  # or a little less
    now = parameters
    done = 0
    while done < most:
        log_likelihood, beyond, (weights, means, covariances, counts) = found
        old_means = [component.mean for component in components]
        old_covariances = [component.covariance for component in components]
        if beyond > 0.0 or not are_distinct(old_means, old_covariances, n):
            break
        factors = [cholesky(covariance) for covariance in covariances]
        for j, component in enumerate(components):
            factor = factors[j]
            if not is_uneventful(counts[j], means[j], covariances[j], factor, n):
                return done, now, found
            if component.distances or not suits_doubles(factor):
                return done, now, found
        for j, component in enumerate(components):
            component.weight = weights[j]
            component.mean = means[j]
            component.covariance = covariances[j]
            component.prepare(factors[j])
        after = _epoch(runs, components, kind)
        if not after[0] - log_likelihood > least_gain:
            break
        found = after
        now = [(weight, means[j], covariances[j], None) for j, weight in enumerate(weights)]
        done += 1
    return done, now, found


def log_evidence(groups: Sequence[Group], parameters: Sequence[Parameters]) -> list[float]:
    """ln p(x_i) of each point in the groups."""
    mixture = Mixture([Component(own, False) for own in parameters])
    found: list[float] = []
    for number, group in enumerate(groups):
        mixture.look(group, number)
        pairs = zip(mixture.base.numbers(), mixture.normaliser.numbers(), strict=True)
        found += [log(total) - 0.5 * base for base, total in pairs][: group.size]
    return found


def _block(
    groups: list[Group], number: int, mixture: Mixture, moved: list[list[float]]
) -> list[float]:
    """Add up a block. Log-likelihood, and how many groups are beyond: the first two sums."""
    log_likelihood = 0.0
    beyond = 0.0
    for group in groups:
        mixture.look(group, number)
        base, normaliser = mixture.base, mixture.normaliser
        if mixture.is_beyond():
            beyond += 1.0
        if group.size < 8:
            leave_out(base, 0.0, group.size)
            leave_out(normaliser, 1.0, group.size)
        log_likelihood += normaliser.invert() - 0.5 * base.total()
        if group.size < 8:
            leave_out(normaliser, 0.0, group.size)
        for j, centre in enumerate(moved):
            mixture.components[j].move_to(group, centre)
        for component in mixture.components:
            component.add_group(normaliser)
        number += 1
    return [log_likelihood, beyond]
