"""The talliers of points in d dimensions: see refgmm.tally. Their arithmetic stands in refgmm._kernel_vectors."""

import itertools

from refgmm import _kernel_block, _kernel_group, _kernel_matrix, _kernel_vectors
from refgmm.arithmetic import Matrix, Point, Vector
from refgmm.cholesky import squared_distances
from refgmm.mixture import Mixture
from refgmm.records import dataclass
from refgmm.structures import ALL, MEAN_OF_DIAGONAL, Structure
from refgmm.tally import Tally, extremes, in_runs
from refgmm.type_names import Any, Callable, Sequence


def parameters_of_vectors(mixture: Mixture[Any]) -> list[_kernel_group.Parameters]:
    """What the kernel is told of a mixture in d dimensions; `with_distances` adds what is of the points."""
    return [
        (
            weight,
            component.mean,
            component.covariance,
            None if component.suits_doubles else (component.log_determinant, ()),
        )
        for weight, component in zip(mixture.weights, mixture.components, strict=True)
    ]


def with_distances(
    parameters: Sequence[_kernel_group.Parameters], points: Callable[[], Sequence[Point]]
) -> list[_kernel_group.Parameters]:
    """The parameters with the squared distances of the points that the sums are of.

    points: gives them; asked only where doubles don't suffice
    """
    return [
        (weight, mean, covariance, known and (known[0], _distances(points(), mean, covariance)))
        for weight, mean, covariance, known in parameters
    ]


def _distances(
    points: Sequence[Any], mean: Sequence[float], covariance: Sequence[Sequence[float]]
) -> Vector:
    return squared_distances(tuple(map(tuple, covariance)), points, tuple(mean))


def kind_of(structure: Structure) -> _kernel_matrix.Kind:
    """What the kernel is told of a structure."""
    part = structure.part
    return part == ALL, part == MEAN_OF_DIAGONAL, structure.is_shared


def _found(tally: Tally) -> _kernel_vectors.Found:
    """What the kernels gave for this tally."""
    weights, means, covariances, counts = map(_as_list, tally.estimate)
    return tally.log_likelihood, float(tally.goes_beyond), (weights, means, covariances, counts)


def _as_list(values: Any) -> Any:
    """Tuples of tuples of numbers as lists of lists."""
    return list(map(_as_list, values)) if isinstance(values, tuple) else values


def _led_to(
    count: int,
    parameters: Sequence[_kernel_block.Parameters] | Sequence[_kernel_group.Parameters],
    found: _kernel_vectors.Found,
) -> tuple[int, Mixture[Any], Tally]:
    """What epochs ahead gave."""
    weights, means, covariances, _ = zip(*parameters, strict=True)
    return count, Mixture.multivariate(weights, means, covariances), Tally.of(*found)


@dataclass(frozen=True, slots=True)
class OfFewVectors:
    """In d dimensions, up to a block: the floats of em."""

    points: Matrix
    structure: Structure
    groups: list[_kernel_group.Group]

    @classmethod
    def of(cls, points: Matrix, structure: Structure) -> "OfFewVectors":
        """From the points."""
        return cls(points, structure, _kernel_vectors.grouped(points))

    def e_step(self, mixture: Mixture[Any]) -> Tally:
        kind = kind_of(self.structure)
        return Tally.of(*_kernel_block.epoch(self.groups, self._parameters(mixture), kind))

    def extremes(self, mixture: Mixture[Any]) -> list[tuple[int, float]]:
        return extremes(mixture.posterior(x).log_evidence for x in self.points)

    def ahead(
        self, mixture: Mixture[Any], tally: Tally, most: int, least_gain: float
    ) -> tuple[int, Mixture[Any], Tally]:
        count, parameters, found = _kernel_block.epochs_ahead(
            self.groups,
            self._parameters(mixture),
            _found(tally),
            kind_of(self.structure),
            most=most,
            least_gain=least_gain,
        )
        return _led_to(count, parameters, found) if count else (0, mixture, tally)

    def _parameters(self, mixture: Mixture[Any]) -> list[_kernel_block.Parameters]:
        """What the kernel is told of a mixture."""
        found: list[_kernel_block.Parameters] = []
        for weight, own in zip(mixture.weights, mixture.components, strict=True):
            distances = None if own.suits_doubles else own.squared_distances(self.points)
            known = (own.cholesky, own.log_determinant, distances)
            found.append((weight, own.mean, own.covariance, known))
        return found


@dataclass(frozen=True, slots=True)
class OfVectors:
    """In d dimensions.

    runs: the points as the kernel takes them, RUN in each but the last
    """

    points: Matrix
    structure: Structure
    runs: tuple[list[_kernel_group.Group], ...]

    @classmethod
    def of(cls, points: Matrix, structure: Structure) -> "OfVectors":
        """From the points."""
        return cls(points, structure, tuple(in_runs(points, _kernel_vectors.grouped)))

    def e_step(self, mixture: Mixture[Any]) -> Tally:
        parameters = self._parameters(mixture)
        return Tally.of(*_kernel_vectors.epoch(self.runs, parameters, kind_of(self.structure)))

    def extremes(self, mixture: Mixture[Any]) -> list[tuple[int, float]]:
        groups = list(itertools.chain(*self.runs))
        return extremes(_kernel_vectors.log_evidence(groups, self._parameters(mixture)))

    def ahead(
        self, mixture: Mixture[Any], tally: Tally, most: int, least_gain: float
    ) -> tuple[int, Mixture[Any], Tally]:
        count, parameters, found = _kernel_vectors.epochs_ahead(
            self.runs,
            self._parameters(mixture),
            _found(tally),
            kind_of(self.structure),
            most=most,
            least_gain=least_gain,
        )
        return _led_to(count, parameters, found) if count else (0, mixture, tally)

    def _parameters(self, mixture: Mixture[Any]) -> list[_kernel_group.Parameters]:
        return with_distances(parameters_of_vectors(mixture), lambda: self.points)
