"""Epochs whose sums are added up by workers: threads, processes, or machines of a cluster.

An epoch asks of the points nothing but sums over runs of RUN points (refgmm._kernel). A job is the
sums of a few runs; any concurrent.futures.Executor does it, by `submit` alone. What travels is
parameters there and sums back; the points the workers read themselves, from the file that the job
names, or they have them in memory, as futures of their engine (refgmm.future_points).
The sums of the runs are added in the order of the runs: whoever computed them, in whatever order they
came back, the result is the same to the last bit, and that of a fit without workers.

What a worker didn't deliver, because it was lost or failed, is asked for once more, and then computed
here, where the points can be read here. `Workforce.incidents` tells of it.
"""

import contextlib
import functools
from os.path import exists

from refgmm import _kernel as _kernel_numbers
from refgmm import _kernel_matrix, _kernel_vectors
from refgmm._kernel import LOG_LIKELIHOOD, MOST_CORRECTIONS, RUN, added
from refgmm.arithmetic import Point
from refgmm.future_points import AtHand, PointsInWorkers, Stretch, in_words, out_of_reach
from refgmm.jobs import Job, runs_one_by_one, shared_out
from refgmm.mixture import Mixture
from refgmm.point_store import Address, PointStore, spooled
from refgmm.records import dataclass, field, replace
from refgmm.structures import Structure
from refgmm.tally import (
    Cancelled,
    OnPart,
    Tally,
    extremes,
    parameters_of_numbers,
)
from refgmm.tally_of_vectors import kind_of, parameters_of_vectors, with_distances
from refgmm.type_names import TYPE_CHECKING, Any, Callable, Iterator, Sequence, cast

if TYPE_CHECKING:  # it takes its time to import
    from concurrent.futures import Executor, Future


class Runs:
    """Points, piece by piece as the kernel takes them.

    points: what gives them for a slice of their numbers, from 0
    kept: where pieces stay, by the number of their first point; None: they don't
    """

    def __init__(
        self, points: Sequence[Point] | AtHand, kept: dict[int, Any] | None = None
    ) -> None:
        self.points = points
        self._kept = kept

    def piece(self, numbers: range) -> Any:
        """The points of these numbers: blocks of numbers, or groups of vectors."""
        if self._kept is None:
            return self._read(numbers)
        if numbers.start not in self._kept:
            self._kept[numbers.start] = self._read(numbers)
        return self._kept[numbers.start]

    def points_of(self, numbers: range) -> Sequence[Point]:
        """The points of these numbers."""
        return self.points[numbers.start : numbers.stop]

    def _read(self, numbers: range) -> Any:
        points = self.points_of(numbers)
        is_vectors = isinstance(points[0], tuple)
        return _kernel_vectors.grouped(points) if is_vectors else _kernel_numbers.cut(points)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a worker finds the points. keeps: whether it keeps them in memory from then on."""

    address: Address
    keeps: bool


def sums(where: Place | Runs, job: Job) -> list[list[float]]:
    """The sums of each piece of a job."""
    runs = _runs(where)
    return [_sums_of_piece(runs, piece, job) for piece in job.pieces]


def _sums_of_piece(runs: Runs, piece: range, job: Job) -> list[float]:
    points = runs.piece(piece)
    if job.kind is None:
        return _kernel_numbers.sums_of_run(points, job.parameters, job.centres)
    parameters = with_distances(job.parameters, lambda: runs.points_of(piece))
    is_full, _, _ = job.kind
    return _kernel_vectors.sums_of_run(points, parameters, is_full, job.centres)


def extremes_of(where: Place | Runs, job: Job) -> list[tuple[int, float]]:
    """The points of a job whose evidence is no ordinary double: see refgmm.tally."""
    runs, found = _runs(where), []
    for piece in job.pieces:
        found += extremes(_log_evidence_of_piece(runs, piece, job), piece.start)
    return found


def _log_evidence_of_piece(runs: Runs, piece: range, job: Job) -> list[float]:
    points = runs.piece(piece)
    if job.kind is None:
        return _kernel_numbers.log_evidence(points, job.parameters)
    parameters = with_distances(job.parameters, lambda: runs.points_of(piece))
    return _kernel_vectors.log_evidence(points, parameters)


_at_hand: dict[Address, Runs] = {}  # of a worker: points that it keeps, while their file exists


def _runs(where: Place | Runs) -> Runs:
    if isinstance(where, Runs):
        return where
    for address in list(_at_hand):
        if not exists(address.path):
            _at_hand.pop(address, None)
    if where.keeps:
        return _at_hand.setdefault(where.address, Runs(PointStore(where.address), {}))
    return Runs(PointStore(where.address))


Work = Callable[[Any, Job], list[Any]]
"""What is done for a job, given where its points are: `sums` or `extremes_of`."""

_of_fit: dict[str, dict[int, Any]] = {}  # of a worker: the pieces of its parts, of the latest fit


def work_on_part(work: Work, job: Job, fit: str, stretch: Stretch, part: Any) -> list[Any]:
    """In the worker that has a part: what the work gives for a job on it.

    fit: the name under which pieces are kept, until `forget` or the next fit
    """
    if fit not in _of_fit:
        _of_fit.clear()
    return work(Runs(AtHand(stretch, part), _of_fit.setdefault(fit, {})), job)


def forget(fit: str, part: Any) -> None:
    """In the worker that has a part: keep nothing of this fit."""
    _of_fit.pop(fit, None)


@dataclass(slots=True)
class Workforce:
    """A refgmm.tally.Tallier whose sums others add up; of more than refgmm._kernel.BLOCK points.

    where: the points, as a worker is told; or themselves, without an executor
    executor: None: all is computed here
    incidents: what befell the workers, sentence by sentence;  failure: the latest of it, an error
    """

    points: Sequence[Point]
    structure: Structure
    where: Place | Runs | str
    executor: "Executor | None"
    on_part: OnPart | None
    incidents: list[str] = field(default_factory=list)
    failure: str = ""

    def e_step(self, mixture: Mixture[Any]) -> Tally:
        """An E step and what the M step gives: refgmm.tally.Tallier.e_step."""
        centres: Sequence[Any] = mixture.means
        found = self._total(mixture, None)
        estimate, moved_far = self._estimate(found, centres, mixture)
        for _ in range(MOST_CORRECTIONS):
            if not moved_far:
                break
            centres = estimate[1]
            again = self._total(mixture, centres)
            estimate, moved_far = self._estimate(again, centres, mixture)
        beyond = found[_kernel_numbers.BEYOND]
        uneventful = not beyond and self._is_uneventful(mixture, estimate)
        return Tally.of(found[LOG_LIKELIHOOD], beyond, estimate, uneventful)

    def extremes(self, mixture: Mixture[Any]) -> list[tuple[int, float]]:
        """The points whose evidence is no ordinary double."""
        return [own for _, part in self._done(extremes_of, mixture, None) for own in part]

    def ahead(
        self, mixture: Mixture[Any], tally: Tally, most: int, least_gain: float
    ) -> tuple[int, Mixture[Any], Tally]:
        """No epoch: each ends where all sums meet."""
        return 0, mixture, tally

    def _total(self, mixture: Mixture[Any], centres: Sequence[Any] | None) -> list[float]:
        """The sums over all points, added in the order of the runs; within one, of the blocks."""
        runs: list[list[float]] = []
        for job, part in self._done(sums, mixture, centres):
            for piece, own in zip(job.pieces, part, strict=True):
                if piece.start % RUN:
                    runs[-1] = added(runs[-1], own)
                else:
                    runs.append(own)
        return functools.reduce(added, runs)

    def _estimate(
        self, found: list[float], centres: Sequence[Any], mixture: Mixture[Any]
    ) -> tuple[Any, bool]:
        n = float(len(self.points))
        if mixture.dimension is None:
            return _kernel_numbers.parameters_of_sums(found, centres, n, self.structure.is_shared)
        return _kernel_matrix.parameters_of_sums(found, centres, n, kind_of(self.structure))

    def _is_uneventful(self, mixture: Mixture[Any], estimate: Any) -> bool:
        """Whether an epoch surely shows no event: False for vectors, where refgmm.signs finds out."""
        if mixture.dimension is not None:
            return False
        parameters = parameters_of_numbers(mixture)
        return _kernel_numbers.is_uneventful(parameters, estimate, float(len(self.points)))

    def _done(
        self, work: Work, mixture: Mixture[Any], centres: Any
    ) -> Iterator[tuple[Job, list[Any]]]:
        """Each job, in their order, and what the work gives for it. Cancelled where on_part says so."""
        n = len(self.points)
        told = self._told(mixture)
        jobs = [Job(*ends, *told, centres) for ends in self._cuts(mixture)]
        futures: list[Future[list[Any]] | None] = []
        try:
            for job in jobs:
                futures.append(self._submitted(work, job))
            for number, job in enumerate(jobs):
                yield job, self._result(work, job, futures[number])
                futures[number] = None
                if self.on_part is not None and self.on_part(job.last, n):
                    raise Cancelled
        finally:
            for future in futures:
                if future is not None:
                    future.cancel()

    def _told(self, mixture: Mixture[Any]) -> tuple[Any, _kernel_matrix.Kind | None]:
        """What a job says of the mixture and the structure: numbers, and as few as the kernel needs."""
        if mixture.dimension is None:
            return parameters_of_numbers(mixture), None
        return parameters_of_vectors(mixture), kind_of(self.structure)

    def _cuts(self, mixture: Mixture[Any]) -> list[tuple[int, int]]:
        """First and last of each job, in their order."""
        n = len(self.points)
        if self.executor is None:
            return runs_one_by_one(n)
        return shared_out(n, len(mixture.weights), mixture.dimension or 1)

    def _submitted(self, work: Work, job: Job) -> "Future[list[Any]] | None":
        """The future of a job; None where no executor takes it."""
        if self.executor is None:
            return None
        try:
            return self._sent(self.executor, work, job)
        except Exception as error:  # a broken pool, one that was shut down, a cluster out of reach
            self.executor = None
            self._note("The executor takes no more work ({}): all else is computed here.", error)
            return None

    def _sent(self, executor: "Executor", work: Work, job: Job) -> "Future[list[Any]]":
        """The job, on its way to a worker, who is told where the points are."""
        return executor.submit(work, self.where, job)

    def _result(self, work: Work, job: Job, future: "Future[list[Any]] | None") -> list[Any]:
        """What a job gives: from the worker, else from another, else from here."""
        for own in self._attempts(work, job, future):
            if own is None:
                break
            try:
                return own.result()
            except Exception as error:
                self._note("A worker failed ({}): its sums are computed again.", error)
        return self._here(work, job)

    def _attempts(
        self, work: Work, job: Job, future: "Future[list[Any]] | None"
    ) -> "Iterator[Future[list[Any]] | None]":
        """The future of a job, and that of a second attempt."""
        yield future
        yield self._submitted(work, replace(job, again=True))

    def _here(self, work: Work, job: Job) -> list[Any]:
        """What a job gives where no worker does it."""
        return work(self.where, job)

    def _note(self, incident: str, error: Exception) -> None:
        self.failure = in_words(error)
        told = incident.format(self.failure)
        if told not in self.incidents:
            self.incidents.append(told)


@dataclass(slots=True)
class WorkforceOfParts(Workforce):
    """A Workforce whose points are futures of an engine: a job for each part in which a block begins.

    where: the name under which workers keep what they need of this fit
    stretches: what there is to do, by first and last point
    """

    points: PointsInWorkers
    stretches: dict[tuple[int, int], Stretch] = field(default_factory=dict)

    def _cuts(self, mixture: Mixture[Any]) -> list[tuple[int, int]]:
        """By part, in their order."""
        return list(self.stretches)

    def _sent(self, executor: "Executor", work: Work, job: Job) -> "Future[list[Any]]":
        """With the part among the arguments of `submit`, where the engine looks for its futures."""
        stretch = self.stretches[job.first, job.last]
        part = self.points.parts[stretch.part]
        return executor.submit(work_on_part, work, job, str(self.where), stretch, part)

    def _here(self, work: Work, job: Job) -> list[Any]:
        """RefGMMError: the points aren't here."""
        raise out_of_reach(self.stretches[job.first, job.last].part, self.failure)


@contextlib.contextmanager
def workforce(
    points: Sequence[Point],
    structure: Structure,
    executor: "Executor | None",
    on_part: OnPart | None,
) -> Iterator[Workforce]:
    """A tallier of these points. What it writes for the workers is gone afterwards, whatever happens."""
    if isinstance(points, PointsInWorkers):
        with _workforce_of_parts(points, structure, on_part) as force:
            yield force
        return
    if executor is None:
        runs = Runs(points, None if isinstance(points, PointStore) else {})
        yield Workforce(points, structure, runs, None, on_part)
        return
    with contextlib.ExitStack() as stack:
        is_in_memory = not isinstance(points, PointStore)
        store = stack.enter_context(spooled(points)) if is_in_memory else cast(PointStore, points)
        place = Place(store.address, keeps=is_in_memory)
        stack.callback(_at_hand.pop, place.address, None)
        yield Workforce(points, structure, place, executor, on_part)


@contextlib.contextmanager
def _workforce_of_parts(
    points: PointsInWorkers, structure: Structure, on_part: OnPart | None
) -> Iterator[Workforce]:
    """The same of points in workers, who are asked to forget them afterwards."""
    import os

    fit, executor = os.urandom(8).hex(), points.executor
    stretches = {(own.first, own.last): own for own in points.stretches()}
    try:
        yield WorkforceOfParts(points, structure, fit, executor, on_part, stretches=stretches)
    finally:
        with contextlib.suppress(Exception):  # a cluster that is gone has forgotten them
            for own in stretches.values():
                executor.submit(forget, fit, points.parts[own.part])
