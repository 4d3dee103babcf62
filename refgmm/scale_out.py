"""Epochs whose sums are added up by workers: threads, processes, or machines of a cluster.

An epoch asks of the points nothing but sums over runs of RUN points (refgmm._kernel). A job is the
sums of a few runs; any concurrent.futures.Executor does it, by `submit` alone. What travels is a
mixture there and sums back; the points the workers read themselves, from the file that the job names.
The sums of the runs are added in the order of the runs: whoever computed them, in whatever order they
came back, the result is the same to the last bit, and that of a fit without workers.

What a worker didn't deliver, because it was lost or failed, is asked for once more, and then computed
here. `Workforce.incidents` tells of it.
"""

import contextlib
import math
from os.path import exists

from refgmm import _kernel as _kernel_numbers
from refgmm import _kernel_matrix, _kernel_vectors
from refgmm._kernel import LOG_LIKELIHOOD, MOST_CORRECTIONS, RUN, added
from refgmm.arithmetic import Point
from refgmm.mixture import Mixture
from refgmm.point_store import Address, PointStore, spooled
from refgmm.records import dataclass, field
from refgmm.structures import Structure
from refgmm.tally import (
    Cancelled,
    OnPart,
    Tally,
    extremes,
    is_kernel_compiled,
    parameters_of_numbers,
)
from refgmm.tally_of_vectors import kind_of, parameters_of_vectors
from refgmm.type_names import TYPE_CHECKING, Any, Callable, Iterator, Sequence, cast

if TYPE_CHECKING:  # it takes its time to import
    from concurrent.futures import Executor, Future

_FEW_JOBS, _MANY_JOBS = 8 if is_kernel_compiled() else 16, 256
_LIGHT = 16 if is_kernel_compiled() else 4  # runs: less is not worth the way to a worker, 0.2 ms


class Runs:
    """Points, run by run as the kernel takes them.

    points: a tuple, or a PointStore
    keeps: whether runs stay in memory once they are there
    """

    def __init__(self, points: Sequence[Point], keeps: bool) -> None:
        self.points = points
        self._kept: dict[int, Any] | None = {} if keeps else None

    def numbered(self, number: int) -> Any:
        """Run `number`, from 0: blocks of numbers, or groups of vectors."""
        if self._kept is None:
            return self._read(number)
        if number not in self._kept:
            self._kept[number] = self._read(number)
        return self._kept[number]

    def points_of(self, number: int) -> Sequence[Point]:
        """The points of run `number`, from 0."""
        return self.points[number * RUN : (number + 1) * RUN]

    def _read(self, number: int) -> Any:
        points = self.points_of(number)
        is_vectors = isinstance(points[0], tuple)
        return _kernel_vectors.grouped(points) if is_vectors else _kernel_numbers.cut(points)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a worker finds the points. keeps: whether it keeps them in memory from then on."""

    address: Address
    keeps: bool


@dataclass(frozen=True, slots=True)
class Job:
    """What is asked of a worker: sums over the runs from `first` on, before `last`.

    centres: (k,) or (k, d), to take deviations from; None: the means of the mixture
    """

    first: int
    last: int
    mixture: Mixture[Any]
    structure: Structure
    centres: Sequence[Any] | None = None


def sums(where: Place | Runs, job: Job) -> list[list[float]]:
    """The sums of each run of a job."""
    runs = _runs(where)
    return [_sums_of_run(runs, number, job) for number in range(job.first, job.last)]


def _sums_of_run(runs: Runs, number: int, job: Job) -> list[float]:
    run, mixture = runs.numbered(number), job.mixture
    if mixture.dimension is None:
        return _kernel_numbers.sums_of_run(run, parameters_of_numbers(mixture), job.centres)
    parameters = parameters_of_vectors(mixture, lambda: runs.points_of(number))
    is_full, _, _ = kind_of(job.structure)
    return _kernel_vectors.sums_of_run(run, parameters, is_full, job.centres)


def extremes_of(where: Place | Runs, job: Job) -> list[tuple[int, float]]:
    """The points of a job whose evidence is no ordinary double: see refgmm.tally."""
    runs, found = _runs(where), []
    for number in range(job.first, job.last):
        found += extremes(_log_evidence_of_run(runs, number, job.mixture), number * RUN)
    return found


def _log_evidence_of_run(runs: Runs, number: int, mixture: Mixture[Any]) -> list[float]:
    run = runs.numbered(number)
    if mixture.dimension is None:
        return _kernel_numbers.log_evidence(run, parameters_of_numbers(mixture))
    parameters = parameters_of_vectors(mixture, lambda: runs.points_of(number))
    return _kernel_vectors.log_evidence(run, parameters)


_at_hand: dict[Address, Runs] = {}  # of a worker: points that it keeps, while their file exists


def _runs(where: Place | Runs) -> Runs:
    if isinstance(where, Runs):
        return where
    for address in list(_at_hand):
        if not exists(address.path):
            _at_hand.pop(address, None)
    if where.keeps:
        return _at_hand.setdefault(where.address, Runs(PointStore(where.address), keeps=True))
    return Runs(PointStore(where.address), keeps=False)


@dataclass(slots=True)
class Workforce:
    """A refgmm.tally.Tallier whose sums others add up; of more than refgmm._kernel.BLOCK points.

    where: the points, as a worker is told; or themselves, without an executor
    executor: None: all is computed here
    incidents: what befell the workers, sentence by sentence
    """

    points: Sequence[Point]
    structure: Structure
    where: Place | Runs
    executor: "Executor | None"
    on_part: OnPart | None
    incidents: list[str] = field(default_factory=list)

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
        return Tally.of(found[LOG_LIKELIHOOD], found[_kernel_numbers.BEYOND], estimate)

    def extremes(self, mixture: Mixture[Any]) -> list[tuple[int, float]]:
        """The points whose evidence is no ordinary double."""
        return [own for part in self._done(extremes_of, mixture, None) for own in part]

    def ahead(
        self, mixture: Mixture[Any], tally: Tally, most: int, least_gain: float
    ) -> tuple[int, Mixture[Any], Tally]:
        """No epoch: each ends where all sums meet."""
        return 0, mixture, tally

    def _total(self, mixture: Mixture[Any], centres: Sequence[Any] | None) -> list[float]:
        """The sums over all points, added in the order of the runs."""
        found: list[float] = []
        for part in self._done(sums, mixture, centres):
            for own in part:
                found = added(found, own) if found else own
        return found

    def _estimate(
        self, found: list[float], centres: Sequence[Any], mixture: Mixture[Any]
    ) -> tuple[Any, bool]:
        n = float(len(self.points))
        if mixture.dimension is None:
            return _kernel_numbers.parameters_of_sums(found, centres, n, self.structure.is_shared)
        return _kernel_matrix.parameters_of_sums(found, centres, n, kind_of(self.structure))

    def _done(
        self, work: Callable[[Any, Job], list[Any]], mixture: Mixture[Any], centres: Any
    ) -> Iterator[list[Any]]:
        """What the work gives for each job, in their order. Cancelled where on_part says so."""
        n = len(self.points)
        run_count = math.ceil(n / RUN)
        size = 1 if self.executor is None else _runs_of_job(run_count)
        jobs = [
            Job(first, min(first + size, run_count), mixture, self.structure, centres)
            for first in range(0, run_count, size)
        ]
        futures: list[Future[list[Any]] | None] = []
        try:
            for job in jobs:
                futures.append(self._submitted(work, job))
            for number, job in enumerate(jobs):
                yield self._result(work, job, futures[number])
                futures[number] = None
                if self.on_part is not None and self.on_part(min(job.last * RUN, n), n):
                    raise Cancelled
        finally:
            for future in futures:
                if future is not None:
                    future.cancel()

    def _submitted(
        self, work: Callable[[Any, Job], list[Any]], job: Job
    ) -> "Future[list[Any]] | None":
        """The future of a job; None where no executor takes it."""
        if self.executor is None:
            return None
        try:
            return self.executor.submit(work, self.where, job)
        except Exception as error:  # a broken pool, one that was shut down, a cluster out of reach
            self.executor = None
            self._note(
                f"The executor takes no more work ({_named(error)}): all else is computed here."
            )
            return None

    def _result(
        self,
        work: Callable[[Any, Job], list[Any]],
        job: Job,
        future: "Future[list[Any]] | None",
    ) -> list[Any]:
        """What a job gives: from the worker, else from another, else from here."""
        for attempt in (future, None):
            again = attempt if attempt is not None else self._submitted(work, job)
            if again is None:
                break
            try:
                return again.result()
            except Exception as error:
                self._note(f"A worker failed ({_named(error)}): its sums are computed again.")
        return work(self.where, job)

    def _note(self, incident: str) -> None:
        if incident not in self.incidents:
            self.incidents.append(incident)


def _runs_of_job(run_count: int, few_jobs: int = _FEW_JOBS, light: int = _LIGHT) -> int:
    """Enough jobs for every worker to get as many as the others, and not more than is worth the way.

    >>> [math.ceil(n / _runs_of_job(n, 16, 4)) for n in (3, 16, 62, 1000, 100_000)]
    [3, 16, 16, 250, 256]
    >>> [math.ceil(n / _runs_of_job(n, 8, 16)) for n in (3, 16, 62, 1000, 100_000)]
    [3, 8, 8, 63, 256]
    """
    size = min(light, math.ceil(run_count / few_jobs))
    return max(size, math.ceil(run_count / _MANY_JOBS))


def _named(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".rstrip(": ")


@contextlib.contextmanager
def workforce(
    points: Sequence[Point],
    structure: Structure,
    executor: "Executor | None",
    on_part: OnPart | None,
) -> Iterator[Workforce]:
    """A tallier of these points. What it writes for the workers is gone afterwards, whatever happens."""
    if executor is None:
        runs = Runs(points, keeps=not isinstance(points, PointStore))
        yield Workforce(points, structure, runs, None, on_part)
        return
    with contextlib.ExitStack() as stack:
        is_in_memory = not isinstance(points, PointStore)
        store = stack.enter_context(spooled(points)) if is_in_memory else cast(PointStore, points)
        place = Place(store.address, keeps=is_in_memory)
        stack.callback(_at_hand.pop, place.address, None)
        yield Workforce(points, structure, place, executor, on_part)
