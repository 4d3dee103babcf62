"""Where one takes hold of a component in a plot, to make it wider or narrower.

curve_handles   in one dimension: on the component's curve, one standard deviation right of its mean
axis_ends       in two: where the axes of its ellipse at one sigma end
"""

import math

from refgmm.arithmetic import Matrix, Vector
from refgmm.clipping import Place
from refgmm.errors import InvalidValueError
from refgmm.gaussian import Gaussian
from refgmm.linear_algebra import eigen


def curve_handles(weights: Vector, means: Vector, variances: Vector) -> tuple[Place | None, ...]:
    """(mu_j + sigma_j, alpha_j g_j(mu_j + sigma_j)) of each component; None where it has no density.

    >>> curve_handles((1.0, 0.0), (2.0, 0.0), (4.0, 0.0))
    ((4.0, 0.12098536225957168), None)
    """
    handles: list[Place | None] = []
    for weight, mean, variance in zip(weights, means, variances, strict=True):
        try:
            gaussian = Gaussian(mean, variance)
        except InvalidValueError:
            handles.append(None)
        else:
            x = mean + math.sqrt(variance)
            handles.append((x, weight * gaussian.density(x)))
    return tuple(handles)


def axis_ends(mean: Vector, covariance: Matrix) -> tuple[Place, ...]:
    """mu + sqrt(lambda) v for both eigenvectors v, of length 1, of the covariance of two coordinates.

    The shorter first; () where it is no covariance.

    >>> axis_ends((1.0, 0.0), ((4.0, 0.0), (0.0, 9.0)))
    ((3.0, 0.0), (1.0, 3.0))
    """
    values, vectors = eigen(covariance)
    if not all(value >= 0.0 for value in values):
        return ()
    x, y = mean
    return tuple(
        (x + math.sqrt(value) * a, y + math.sqrt(value) * b)
        for value, (a, b) in zip(values, vectors, strict=True)
    )
