"""What to draw epoch by epoch: how far the log-likelihood has yet to go.

>>> distances_to_go([-11.0, -2.0, -1.0])
(1.0, 0.0, None)
"""

import math
from collections.abc import Sequence


def distances_to_go(log_likelihoods: Sequence[float]) -> tuple[float | None, ...]:
    """log10(l_last - l_e) for every epoch e; None where nothing is left, as at the last.

    EM converges linearly (Dempster, Laird and Rubin 1977, "Maximum likelihood from incomplete data via
    the EM algorithm", section 3): each epoch leaves about the same fraction of the distance, so that
    the logarithms come to lie on a straight line.
    """
    last = log_likelihoods[-1]
    return tuple(math.log10(last - value) if value < last else None for value in log_likelihoods)
