"""Mixtures to sample from and to recover, to try things on.

A sample from a seed is always the same. EM finds again what it was drawn from, as nearly as
1,000 points tell, from a start that knows only roughly where to look:

>>> import itertools
>>> from refgmm.em import iterate
>>> points, components = three_gaussians().sample(1000, rng=1)
>>> [components.count(j) for j in range(3)]
[177, 520, 303]
>>> start = Mixture.univariate([1 / 3, 1 / 3, 1 / 3], means=[-5, 0, 5], variances=[4, 4, 4])
>>> *_, last = itertools.islice(iterate(points, start), 30)
>>> for weight, component in zip(last.after.weights, last.after.components):
...     print(f"weight {weight:.2f}   mean {component.mean:5.2f}   variance {component.variance:.2f}")
weight 0.18   mean -3.88   variance 1.03
weight 0.54   mean  0.03   variance 0.55
weight 0.29   mean  3.06   variance 1.35
"""

import math

from refgmm.gaussian import Gaussian, MultivariateGaussian
from refgmm.mixture import Mixture


def three_gaussians() -> Mixture[Gaussian]:
    """Three bells on a line, like those of the lecture note's picture.

        weights     .2   .5   .3
        means       -4    0    3
        variances    1   .5  1.5        all chosen here: the picture has no numbers

    >>> three_gaussians().means
    (-4.0, 0.0, 3.0)
    """
    return Mixture.univariate(weights=[0.2, 0.5, 0.3], means=[-4, 0, 3], variances=[1, 0.5, 1.5])


def three_gaussians_in_the_plane() -> Mixture[MultivariateGaussian]:
    """Three clouds in two dimensions: a round one, one that rises to the right, one that falls.

        weights     .3       .5       .2
        means     (0, 0)   (4, 0)   (2, 4)        chosen here, too

    >>> three_gaussians_in_the_plane().marginal(1).means
    (0.0, 0.0, 4.0)
    """
    return Mixture.multivariate(
        weights=[0.3, 0.5, 0.2],
        means=[[0, 0], [4, 0], [2, 4]],
        covariances=[[[1, 0], [0, 1]], [[1, 0.6], [0.6, 1]], [[2, -0.8], [-0.8, 0.5]]],
    )


def two_moons(per_moon: int = 8) -> Mixture[MultivariateGaussian]:
    """Two half circles that reach into one another: what no two Gaussians look like.

    Each is a string of small round Gaussians; the first `per_moon` make the upper moon, the others
    the lower one.

    >>> two_moons(3).means
    ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, 0.5), (1.0, -0.5), (2.0, 0.5))
    """
    angles = [math.pi * step / (per_moon - 1) for step in range(per_moon)]
    upper = [(round(math.cos(a), 2), round(math.sin(a), 2)) for a in angles]
    lower = [(round(1 - x, 2), round(0.5 - y, 2)) for x, y in upper]
    k = 2 * per_moon
    small = [[0.0144, 0], [0, 0.0144]]
    return Mixture.multivariate([1 / k] * k, means=[*upper, *lower], covariances=[small] * k)
