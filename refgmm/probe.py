"""What a mixture says anywhere, not only at its points: under the pointer, along an axis, over a plane.

probe_of                 a mixture's parameters, as far as its components have a density
Probe.at                 Bayes' rule at one place, for the read-out
stacked_responsibilities the boundaries between the components' shares along x

>>> probe = probe_of((0.5, 0.5), (1.0, 2.0), (2.0, 2.0))
>>> probe.at(0.9).responsibilities
(0.574442516811659, 0.4255574831883411)
"""

import itertools
from collections.abc import Iterable, Sequence

from refgmm import bayes
from refgmm.arithmetic import Point, Square, Vector, total
from refgmm.curves import marginal
from refgmm.errors import InvalidValueError
from refgmm.gaussian import Gaussian, MultivariateGaussian
from refgmm.records import dataclass

Component = Gaussian | MultivariateGaussian


@dataclass(frozen=True, slots=True)
class Reading:
    """What stands at one place; None for a component that has no density (variance 0, or 0/0)."""

    weighted_densities: tuple[float | None, ...]  # (k,)  alpha_j g_j(x)
    density: float  # p(x), of those that have one
    responsibilities: tuple[float | None, ...]  # (k,)  beta_j(x)


@dataclass(frozen=True, slots=True)
class Probe:
    """A mixture to ask at any place; unlike a Mixture it may have components without a density.

    Bayes' rule is asked among those that have one and a weight above 0: a component that sits on
    one point answers for nothing beside it.
    """

    weights: Vector
    components: tuple[Component | None, ...]

    def at(self, x: Point) -> Reading:
        """Densities and responsibilities at x: a float, or a vector of the coordinates shown.

        No responsibilities where every density underflows and x is larger than refgmm computes with.
        """
        present = self._present()
        heights = {j: weight * component.density(x) for j, (weight, component) in present.items()}
        shares = self._shares(x, present)
        return Reading(
            tuple(
                None if c is None else heights.get(j, 0.0) for j, c in enumerate(self.components)
            ),
            total(heights.values()),
            tuple(
                None if c is None or not shares else shares.get(j, 0.0)
                for j, c in enumerate(self.components)
            ),
        )

    def _shares(self, x: Point, present: dict[int, tuple[float, Component]]) -> dict[int, float]:
        """The responsibilities of those that are present; none where there are none."""
        if not present:
            return {}
        weights, components = zip(*present.values(), strict=True)
        try:
            responsibilities = bayes.posterior(weights, components, x).responsibilities
        except InvalidValueError:
            return {}
        return dict(zip(present, responsibilities, strict=True))

    def density(self, x: Point) -> float:
        """p(x) alone: for a whole grid of places."""
        return total(
            weight * component.density(x) for weight, component in self._present().values()
        )

    def _present(self) -> dict[int, tuple[float, Component]]:
        """By number, the components that have a density and a weight above 0."""
        return {
            j: (weight, component)
            for j, (weight, component) in enumerate(zip(self.weights, self.components, strict=True))
            if component is not None and weight > 0.0
        }


def probe_of(
    weights: Vector,
    means: Sequence[Point],
    covariances: Sequence[Square],
    coordinates: tuple[int, int] = (0, 1),
) -> Probe:
    """A probe of parameters as Walk.parameters has them: in two coordinates, from 0, where points
    are vectors; along x where they are numbers.

    >>> probe_of((1.0,), ((0.0, 5.0),), (((1.0, 0.0), (0.0, 4.0)),), (1, 0)).components[0].mean
    (5.0, 0.0)
    >>> probe_of((0.5, 0.5), (1.0, 2.0), (0.0, 2.0)).at(1.0).responsibilities
    (None, 1.0)
    """
    components: list[Component | None] = []
    for mean, covariance in zip(means, covariances, strict=True):
        try:
            if isinstance(mean, tuple):
                components.append(MultivariateGaussian(*marginal(mean, covariance, coordinates)))
            else:
                components.append(Gaussian(mean, covariance))
        except InvalidValueError:
            components.append(None)
    return Probe(weights, tuple(components))


def stacked_responsibilities(probe: Probe, xs: Iterable[float]) -> tuple[Vector, ...]:
    """The responsibilities along x, one upon the other: (k + 1) boundaries, (s,) each.

    boundary 0 is 0 throughout, boundary j is beta_1(x) + ... + beta_j(x), and the last is 1 up to
    rounding; () where no component has a density.

    >>> stacked_responsibilities(probe_of((0.5, 0.5), (-1.0, 1.0), (1.0, 1.0)), [0.0])
    ((0.0,), (0.5,), (1.0,))
    """
    columns = []
    for x in xs:
        shares = [share or 0.0 for share in probe.at(x).responsibilities]
        columns.append(tuple(itertools.accumulate(shares, initial=0.0)))
    if not any(column[-1] for column in columns):
        return ()
    return tuple(zip(*columns, strict=True))
