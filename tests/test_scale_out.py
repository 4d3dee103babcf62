"""Workers add up the sums of an epoch: the bits of a fit don't depend on who they are, or on their fate."""

import os
import random
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from refgmm import InvalidValueError, Mixture, PointStore, RefGMMError, open_doubles, spooled
from refgmm._kernel import RUN
from refgmm.fit_input import LARGEST_CLOUD, sampled
from refgmm.fit_result import FitResult
from refgmm.fitting import fit
from refgmm.scale_out import Workforce, workforce
from refgmm.stopping import Epochs, Progress
from refgmm.structures import FULL

from .fits import MORE_THAN_SUMS, cloud, dask_client, start
from .support import ROOT

N = {1: 3 * RUN + 900, 2: RUN + 300}
EPOCHS = {1: Epochs(2), 2: Epochs(1)}


@pytest.fixture(scope="module")
def points() -> dict[int, list[Any]]:
    """By their dimension: a few runs of points."""
    return {d: cloud(d, n) for d, n in N.items()}


@pytest.fixture(scope="module")
def expected(points: dict[int, list[Any]]) -> Callable[[int, str], str]:
    """What a fit without workers tells, by dimension and structure."""
    known: dict[tuple[int, str], str] = {}

    def of(d: int, structure: str) -> str:
        if (d, structure) not in known:
            known[d, structure] = told(fit(points[d], start(d), **choices(d, structure)))
        return known[d, structure]

    return of


@pytest.fixture(scope="module")
def pool() -> Iterator[ProcessPoolExecutor]:
    """Two processes."""
    with processes(2) as executor:
        yield executor


def processes(count: int) -> ProcessPoolExecutor:
    """Not forked: a test's process has threads, and a fork may hang on their locks."""
    return ProcessPoolExecutor(count, mp_context=get_context("spawn"))


def choices(d: int, structure: str) -> dict[str, Any]:
    return {"structure": structure, "stop": EPOCHS[d], "history": "none"}


def told(result: FitResult) -> str:
    """All that a result says of where the run ended, to the last bit."""
    at = (result.mixture, result.log_likelihood, result.epochs, result.stopped_because)
    return repr((*at, result.converged, result.degenerated, result.cancelled, result.events))


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For temporary files: those of others are none that this test leaves behind."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def left_behind() -> set[str]:
    """refgmm's temporary files."""
    return {path.name for path in Path(tempfile.gettempdir()).glob("refgmm-*.f64")}


class Shuffled(Executor):
    """Computes nothing until somebody waits, then all there is, in an order by chance."""

    def __init__(self) -> None:
        self._rng = random.Random(7)
        self._waiting: list[tuple[Future[Any], Any, Any]] = []
        self.order: list[int] = []
        self._count = 0
        self._lock = threading.Lock()

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Late(self)
        with self._lock:
            self._waiting.append((future, fn, (self._count, args)))
            self._count += 1
        return future

    def work(self) -> None:
        """All that waits, in an order by chance."""
        self._rng.shuffle(self._waiting)
        for future, fn, (number, args) in self._waiting:
            self.order.append(number)
            future.set_result(fn(*args))
        self._waiting.clear()


class Late(Future[Any]):
    """A future of Shuffled."""

    def __init__(self, executor: Shuffled) -> None:
        super().__init__()
        self._executor = executor

    def result(self, timeout: float | None = None) -> Any:
        self._executor.work()
        return super().result(timeout)


class Spoiled(Executor):
    """Hands its work to another executor, but does something else in the place of one job or more."""

    def __init__(self, executor: Executor, instead: dict[int, Callable[[], object]]) -> None:
        self.executor = executor
        self.instead = instead
        self.count = 0

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        number = self.count
        self.count += 1
        if number in self.instead:
            return self.executor.submit(self.instead[number])
        return self.executor.submit(fn, *args, **kwargs)


def die() -> None:
    """End this process at once, as the system does where memory runs out."""
    os._exit(9)


def fail() -> None:
    raise OSError("no such file on this machine")


# Bit for bit


@pytest.mark.parametrize("structure", ["full", "tied"])
@pytest.mark.parametrize("d", [1, 2])
def test_processes_and_threads_give_the_same_bits(
    d: int, structure: str, points: Any, expected: Any, pool: Executor
) -> None:
    """Two processes, three threads, the points in a file, and a fit in memory."""
    given = choices(d, structure)
    with ThreadPoolExecutor(3) as threads, spooled(points[d]) as store:
        assert told(fit(points[d], start(d), executor=pool, **given)) == expected(d, structure)
        assert told(fit(points[d], start(d), executor=threads, **given)) == expected(d, structure)
        assert told(fit(store, start(d), executor=pool, **given)) == expected(d, structure)
        assert told(fit(store, start(d), **given)) == expected(d, structure)


@pytest.mark.parametrize("count", [1, 2, 3, 7])
def test_the_number_of_workers_changes_no_bit(count: int, points: Any, expected: Any) -> None:
    """1, 2, 3, 7 processes."""
    with processes(count) as executor:
        result = fit(points[1], start(1), executor=executor, **choices(1, "full"))
    assert told(result) == expected(1, "full")
    assert result.incidents == ()


@pytest.mark.parametrize("d", [1, 2])
def test_the_order_of_completion_changes_no_bit(d: int, points: Any, expected: Any) -> None:
    """Sums are added in the order of the points, in whatever order they come."""
    executor = Shuffled()
    result = fit(points[d], start(d), executor=executor, **choices(d, "full"))
    assert executor.order != sorted(executor.order)
    assert told(result) == expected(d, "full")


def test_means_that_move_far_change_no_bit(points: Any, pool: Executor) -> None:
    """Where sums are taken again, about the new means, the workers do that, too."""
    far = Mixture.univariate([0.5, 0.5], [-900.0, 1000.0], [1e6, 1e6])
    given = choices(1, "full")
    assert told(fit(points[1], far, executor=pool, **given)) == told(fit(points[1], far, **given))


def test_outliers_and_their_events_are_the_same(points: Any, pool: Executor) -> None:
    """A point beyond doubles is told of by its number among all points, wherever it was found."""
    with_outliers = list(points[1])
    with_outliers[RUN + 17], with_outliers[-1] = 1e4, -1e5
    given = choices(1, "full") | {"stop": Epochs(1)}
    expected = fit(with_outliers, start(1), **given)
    found = fit(with_outliers, start(1), executor=pool, **given)
    assert [event.name for event in found.events] == ["EvidenceUnderflow"]
    assert getattr(found.events[0], "points", ()) == (RUN + 17, N[1] - 1)
    assert told(found) == told(expected)


def test_coordinates_that_nearly_follow_from_others_change_no_bit(pool: Executor) -> None:
    """Where doubles don't suffice, each worker computes the distances of its own points in decimals."""
    rng = random.Random(5)
    rows = [(x, x + 1e-8 * rng.gauss(0, 1)) for x in (rng.gauss(0, 1) for _ in range(300))]
    narrow = ((1.0, 1.0), (1.0, 1.0 + 1e-16 * 2**7))
    begin = Mixture.multivariate([1.0], [(0.0, 0.0)], [narrow])
    assert not begin.components[0].suits_doubles
    given: dict[str, Any] = {"stop": Epochs(1), "history": "none"}
    expected = told(fit(rows, begin, **given))
    assert told(fit(rows, begin, executor=pool, **given)) == expected
    with spooled(rows) as store:
        assert told(fit(store, begin, **given)) == expected


def test_the_history_and_restarts_are_the_same(points: Any, pool: Executor) -> None:
    """Nothing depends on who computes: neither the starts by chance nor the epochs kept."""
    given: dict[str, Any] = {"restarts": 3, "screening": Epochs(1), "stop": Epochs(2), "seed": 3}
    expected = fit(points[1], 3, **given)
    found = fit(points[1], 3, executor=pool, **given)
    assert found.history == expected.history
    assert found.runs == expected.runs
    assert told(found) == told(expected)


# Workers that are lost


def test_a_worker_that_dies_changes_no_bit(points: Any, expected: Any) -> None:
    """A process killed in the second epoch breaks the pool: the rest is computed here, and told of."""
    with processes(2) as pool:
        spoiled = Spoiled(pool, {5: die})
        result = fit(points[1], start(1), executor=spoiled, **choices(1, "full"))
    assert told(result) == expected(1, "full")
    failed, broken = result.incidents
    assert failed.startswith(
        "A worker failed (BrokenProcessPool: A process in the process pool was "
    )
    assert failed.endswith("): its sums are computed again.")
    assert broken.startswith("The executor takes no more work (BrokenProcessPool: ")
    assert broken.endswith("): all else is computed here.")
    assert left_behind() == set()


def test_a_job_that_fails_once_is_asked_for_again(points: Any, expected: Any) -> None:
    """From the workers; a job that fails twice is computed here, and the workers go on with others."""
    for instead in ({2: fail}, {2: fail, 4: fail}):
        with ThreadPoolExecutor(2) as threads:
            spoiled = Spoiled(threads, instead)  # type: ignore[arg-type]
            result = fit(points[1], start(1), executor=spoiled, **choices(1, "full"))
        assert told(result) == expected(1, "full")
        incident = (
            "A worker failed (OSError: no such file on this machine): its sums are computed again."
        )
        assert result.incidents == (incident,)
        assert spoiled.count == 4 * (1 + EPOCHS[1].limit) + 1


def test_an_executor_that_was_shut_down_is_told_of(points: Any, expected: Any) -> None:
    """All is then computed here."""
    threads = ThreadPoolExecutor(1)
    threads.shutdown()
    result = fit(points[1], start(1), executor=threads, **choices(1, "full"))
    assert told(result) == expected(1, "full")
    reason = "RuntimeError: cannot schedule new futures after shutdown"
    assert result.incidents == (
        f"The executor takes no more work ({reason}): all else is computed here.",
    )


def test_a_file_that_is_gone_is_an_error(tmp_path: Path, points: Any, pool: Executor) -> None:
    """Not only to the workers: it says which file."""
    path = doubles(tmp_path, points[1])
    store = open_doubles(path)
    path.unlink()
    with pytest.raises(RefGMMError, match=f"can't read points from {path}: "):
        fit(store, start(1), executor=pool)


# Cancelling


def test_on_epoch_ends_a_fit_with_what_was_reached(points: Any, pool: Executor) -> None:
    """The result is that of so many epochs; no file stays."""
    expected = fit(points[1], start(1), stop=Epochs(2))
    result = fit(points[1], start(1), executor=pool, on_epoch=lambda at: at.epoch == 2)
    assert result.cancelled
    assert (result.mixture, result.log_likelihood) == (expected.mixture, expected.log_likelihood)
    assert left_behind() == set()


@pytest.mark.parametrize("with_workers", [True, False])
def test_on_part_ends_a_fit_within_an_epoch(
    points: Any, pool: Executor, with_workers: bool
) -> None:
    """With the result of the last whole epoch; the jobs that wait are withdrawn."""
    parts: list[tuple[int, int]] = []

    def on_part(done: int, of: int) -> bool:
        parts.append((done, of))
        return len(parts) == 10

    executor = pool if with_workers else None
    result = fit(points[1], start(1), executor=executor, on_part=on_part)
    n = N[1]
    assert parts[:5] == [(RUN, n), (2 * RUN, n), (3 * RUN, n), (n, n), (RUN, n)]
    assert len(parts) == 10
    assert result.cancelled
    assert result.epochs == 1
    assert result.stopped_because == "stopped by on_part after epoch 1"
    assert result.mixture == fit(points[1], start(1), stop=Epochs(1)).mixture


def test_on_part_may_end_a_fit_before_its_first_epoch(points: Any) -> None:
    """What was reached is then the start, of which no log-likelihood is known."""
    result = fit(points[1], start(1), on_part=lambda done, of: True)
    assert result.cancelled
    assert result.mixture == start(1)
    assert result.log_likelihood != result.log_likelihood
    assert result.stopped_because == "stopped by on_part before a log-likelihood was known"


def test_a_fit_cancelled_among_restarts_keeps_the_best(points: Any) -> None:
    """Of the runs that got anywhere: in the first E step of another, and of the last, full one."""
    seen: list[Progress] = []
    given: dict[str, Any] = {"restarts": 2, "stop": Epochs(3), "on_epoch": seen.append}
    stops = {"screened": Epochs(1), "all the way": None}
    for screening, run in ((stops["all the way"], 2), (stops["screened"], None)):
        seen.clear()

        def on_part(done: int, of: int, run: int | None = run) -> bool:
            if run is not None:
                return bool(seen) and seen[-1].epoch == 3
            return len(seen) == 4 and seen[-1].run == 2 and seen[-1].epoch == 1

        result = fit(points[1], 2, on_part=on_part, screening=screening, **given)
        assert result.cancelled
        assert result.log_likelihood == max(
            at.log_likelihood for at in seen if at.epoch == result.epochs
        )


@pytest.mark.parametrize("error", [KeyboardInterrupt, ZeroDivisionError])
def test_an_error_leaves_nothing_behind(points: Any, pool: Executor, error: Any) -> None:
    """Nor does Ctrl-C: jobs are withdrawn, and the points written for the workers are removed."""

    def on_part(done: int, of: int) -> None:
        assert left_behind()
        raise error

    with pytest.raises(error):
        fit(points[1], start(1), executor=pool, on_part=on_part)
    assert left_behind() == set()


def test_jobs_that_wait_are_withdrawn(points: Any) -> None:
    """So that the workers are free for something else."""
    executor = Shuffled()
    with workforce(points[1], FULL, executor, lambda done, of: True) as force:
        assert isinstance(force, Workforce)
        futures = [future for future, *_ in executor._waiting]
        assert not futures
    idle = Idle()
    with pytest.raises(KeyboardInterrupt):
        fit(points[1], start(1), executor=idle)
    assert [future.cancelled() for future in idle.futures[1:]] == [True] * 3


class Idle(Executor):
    """Takes work, and is interrupted."""

    def __init__(self) -> None:
        self.futures: list[Future[Any]] = []

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.futures.append(Future())
        if len(self.futures) == 1:
            self.futures[0].set_exception(KeyboardInterrupt())
        return self.futures[-1]


# What needs the points in memory


@pytest.mark.parametrize(("given", "named"), MORE_THAN_SUMS)
def test_more_than_sums_is_refused_of_a_file(given: dict[str, Any], named: str) -> None:
    """With what it is, and the remedy."""
    with spooled(cloud(1, 300)) as store, pytest.raises(InvalidValueError) as caught:
        fit(store, 2, **given)
    expected = f"points in a file can't be combined with {named}: read them into memory with tuple(points), or do without"
    assert str(caught.value) == expected


def test_labels_are_refused_of_a_file_and_not_of_an_executor() -> None:
    """The M step that begins a fit from labels is em's, with the points in memory."""
    labels = [0, 1] * 150
    with spooled(cloud(1, 300)) as store, pytest.raises(InvalidValueError, match="labels or resp"):
        fit(store, labels)
    with ThreadPoolExecutor(1) as threads:
        found = fit(cloud(1, 300), labels, executor=threads, stop=Epochs(3))
    assert told(found) == told(fit(cloud(1, 300), labels, stop=Epochs(3)))


def test_an_executor_with_a_trace_is_refused(pool: Executor) -> None:
    """Nothing is ignored in silence."""
    with pytest.raises(InvalidValueError) as caught:
        fit(cloud(1, 300), 2, executor=pool, history="full")
    expected = 'executor and on_part can\'t be combined with history="full": leave these out, or do without'
    assert str(caught.value) == expected


def test_something_else_than_an_executor_is_refused() -> None:
    """With what it is, also of few points."""
    with pytest.raises(InvalidValueError) as caught:
        fit([1.0, 2.0, 4.0], 1, executor=2)  # type: ignore[arg-type]
    expected = (
        "executor must be a concurrent.futures.Executor, got 2: give a ProcessPoolExecutor, or dask's "
        "client.get_executor()"
    )
    assert str(caught.value) == expected


@pytest.mark.parametrize("d", [1, 2])
def test_em_bfgs_gives_the_same_bits(d: int, points: dict[int, list[Any]]) -> None:
    """Steps that are no epochs of EM, in threads, in an order by chance, and without workers."""
    options: dict[str, Any] = {"method": "em-bfgs", "stop": Epochs(9 if d == 1 else 7)}
    alone = fit(points[d], start(d), **options)
    assert alone.epochs >= 7
    with ThreadPoolExecutor(2) as threads:
        for executor in (threads, Shuffled()):
            shared = fit(points[d], start(d), executor=executor, **options)
            assert told(shared) == told(alone)
            assert shared.history == alone.history


def test_few_points_of_a_file_are_those_in_memory() -> None:
    """Up to a block there is nothing to share: all options hold, the floats are em's."""
    with spooled(cloud(1, 200)) as store:
        found = fit(store, 2, history="full", variance_floor=1e-3)
    assert found == fit(cloud(1, 200), 2, history="full", variance_floor=1e-3)


# Starts, and what stays in memory


def test_a_start_is_found_from_one_point_of_each_stretch() -> None:
    """Whatever the number of points beyond; the same ones each time, from a file as from memory."""
    few = tuple(map(float, range(LARGEST_CLOUD)))
    assert sampled(few) is few
    n = 2 * LARGEST_CLOUD + 777
    many = tuple(map(float, range(n)))
    chosen = sampled(many)
    assert len(chosen) == LARGEST_CLOUD
    assert all(
        j * n // LARGEST_CLOUD <= x < (j + 1) * n // LARGEST_CLOUD for j, x in enumerate(chosen)
    )
    assert any(x != j * n // LARGEST_CLOUD for j, x in enumerate(chosen))
    with spooled(many) as store:
        assert sampled(store) == chosen


def test_a_file_starts_as_memory_does() -> None:
    """K-means++ of more points than a start is found from."""
    rng = random.Random(2)
    many = [rng.gauss(rng.choice([0.0, 5.0]), 1.0) for _ in range(LARGEST_CLOUD + 1000)]
    given: dict[str, Any] = {"stop": Epochs(1), "history": "none", "seed": 5}
    with spooled(many) as store:
        assert told(fit(store, 2, **given)) == told(fit(many, 2, **given))


def doubles(folder: Path, values: Any) -> Path:
    """A file of raw doubles."""
    from array import array  # noqa: PLC0415

    path = folder / "points.f64"
    with open(path, "wb") as file:
        array("d", values).tofile(file)
    return path


MEMORY = """
import sys
import refgmm
from refgmm.stopping import Epochs

def peak():  # not getrusage: its ru_maxrss begins with that of the parent process
    with open("/proc/self/status") as file:
        return next(1024 * int(line.split()[1]) for line in file if line.startswith("VmHWM"))

points = refgmm.open_doubles(sys.argv[1])
if sys.argv[2] != "file":
    points = {"tuple": tuple, "list": list}[sys.argv[2]](points)
start = refgmm.Mixture.univariate([0.5, 0.5], [0.0, 3.0], [1.0, 1.0])
before = peak()
for begin in (start, 2):
    refgmm.fit(points, begin, stop=Epochs(0), history="none")
    print(peak() - before)
"""


@pytest.mark.skipif(
    not os.path.exists("/proc/self/status"), reason="only Linux tells how much memory was used"
)
@pytest.mark.parametrize(("where", "most"), [("list", 20e6), ("tuple", 12e6), ("file", 12e6)])
def test_a_fit_adds_little_to_a_million_points(tmp_path: Path, where: str, most: float) -> None:
    """From a mixture, and where the start has to be found; the points are 32 MB, and 8 in a file."""
    rng = random.Random(1)
    some = [rng.gauss(rng.choice([0.0, 3.0]), 1.0) for _ in range(10_000)]
    path = doubles(tmp_path, some * 100)
    result = subprocess.run(
        [sys.executable, "-c", MEMORY, str(path), where],
        capture_output=True,
        encoding="utf-8",
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        check=True,
    )
    added = [int(line) for line in result.stdout.split()]
    assert len(added) == 2
    assert 0 < max(added) < most


def test_what_asks_for_every_point_is_computed_when_asked_for(points: Any) -> None:
    """Labels, responsibilities and ICL of points in a file, while it is there."""
    few = points[1][:400]
    expected = fit(few, start(1), history="none", stop=Epochs(2))
    with spooled(few) as store:
        assert isinstance(store, PointStore)
        found = fit(store, start(1), history="none", stop=Epochs(2))
        assert found.is_of_file
        assert not expected.is_of_file
        assert found.labels == expected.labels
        assert found.responsibilities == expected.responsibilities
        assert found.icl == expected.icl
    with pytest.raises(RefGMMError, match="can't read points from "):
        found.labels  # noqa: B018


def test_importing_refgmm_imports_no_engine() -> None:
    """Neither processes nor futures: they take longer than a small fit."""
    heavy = "'concurrent', 'multiprocessing', 'mmap', 'tempfile', 'signal', 'asyncio', 'subprocess'"
    program = f"import sys; before = set(sys.modules); import refgmm; print(sorted({{{heavy}}} & (set(sys.modules) - before)))"
    result = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        encoding="utf-8",
        check=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert result.stdout == "[]\n"


# A cluster


@pytest.mark.dask
@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("d", [1, 2])
def test_a_cluster_gives_the_same_bits(d: int, points: Any, expected: Any) -> None:
    """dask's own Executor, with workers in processes of their own, from memory and from a file."""
    with (
        dask_client(2) as client,
        spooled(points[d]) as store,
    ):
        executor = client.get_executor()
        for given in (points[d], store):
            result = fit(given, start(d), executor=executor, **choices(d, "full"))
            assert told(result) == expected(d, "full")
            assert result.incidents == ()
