"""Points that are futures of an engine: they stay in its workers, and no cut between them changes a bit."""

import itertools
import os
import pickle
import random
import re
import signal
import time
from array import array
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError, Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refgmm import (
    FuturePoints,
    GaussianMixture,
    InvalidValueError,
    Mixture,
    RefGMMError,
    compare,
    iterate,
    scale_out,
)
from refgmm._kernel import BLOCK, RUN
from refgmm.fit_input import LARGEST_CLOUD
from refgmm.fit_result import FitResult
from refgmm.fitting import fit
from refgmm.future_points import PointsInWorkers
from refgmm.jobs import Job
from refgmm.stopping import Epochs, Progress

from .fits import MORE_THAN_SUMS, cloud, dask_client, start

N = {1: 2 * RUN + 900, 2: RUN + 300}
POINTS = {d: cloud(d, n) for d, n in N.items()}
DIMENSIONS = pytest.mark.parametrize("d", [1, 2])


# An engine like dask, in this process


class Held:
    """The engine's own future: what its worker has, or can compute again."""

    def __init__(self, load: Callable[[], Any] | None, value: Any = None) -> None:
        self._load = load
        self._value = pickle.dumps(value if load is None else load())
        self.is_lost = False
        self.loads = 1

    def result(self) -> Any:
        """The value; CancelledError where it was scattered, and is lost."""
        if self.is_lost:
            if self._load is None:
                raise CancelledError
            self._value, self.is_lost = pickle.dumps(self._load()), False
            self.loads += 1
        return pickle.loads(self._value)


class Engine(Executor):
    """Hands a worker what futures among the arguments stand for, and all else as bytes.

    It computes nothing until somebody waits, then all there is, in an order by chance. A call that
    failed fails again, without being made: a call with the same arguments is the same to it.
    """

    def __init__(self) -> None:
        self._rng = random.Random(3)
        self._waiting: list[tuple[Late, bytes, dict[int, Held]]] = []
        self.traffic: list[int] = []  # bytes there and back, call by call
        self.order: list[int] = []
        self.failing: list[Exception] = []  # what the next jobs raise
        self._failed: dict[tuple[Any, ...], Exception] = {}  # by call

    def scatter(self, parts: list[Any]) -> list[Held]:
        return [Held(None, part) for part in parts]

    def loaded(self, parts: list[Any]) -> list[Held]:
        return [Held(lambda part=part: part) for part in parts]  # type: ignore[misc]

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        held = {i: own for i, own in enumerate(args) if isinstance(own, Held)}
        sent = pickle.dumps((fn, [None if i in held else own for i, own in enumerate(args)]))
        self.traffic.append(len(sent))
        future = Late(self)
        future.number = len(self.traffic)
        self._waiting.append((future, sent, held))
        return future

    def work(self) -> None:
        """All that waits."""
        waiting, self._waiting = self._waiting, []
        self._rng.shuffle(waiting)
        for future, sent, held in waiting:
            if not future.set_running_or_notify_cancel():
                continue
            self.order.append(future.number)
            fn, args = pickle.loads(sent)
            try:
                if (sent, *held.values()) in self._failed:
                    raise self._failed[sent, *held.values()]
                if fn is scale_out.work_on_part and self.failing:
                    raise self.failing.pop()
                for i, own in held.items():
                    args[i] = own.result()
                came = pickle.dumps(fn(*args))
            except Exception as error:
                self._failed[sent, *held.values()] = error
                future.set_exception(error)
            else:
                self.traffic.append(len(came))
                future.set_result(pickle.loads(came))


class Late(Future[Any]):
    """A future of Engine's submit: of concurrent.futures, as an Executor gives it."""

    number = 0

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self._engine = engine

    def result(self, timeout: float | None = None) -> Any:
        if not self.done():
            self._engine.work()
        return super().result(timeout)


@pytest.fixture
def engine() -> Iterator[Engine]:
    """An engine whose workers keep nothing once what waits is done."""
    scale_out._of_fit.clear()
    own = Engine()
    yield own
    own.work()
    assert scale_out._of_fit == {}


def cut(points: list[Any], ends: list[int]) -> list[list[Any]]:
    """The points, cut before each of these numbers."""
    return [points[a:b] for a, b in zip([0, *ends], [*ends, len(points)], strict=True)]


def few_parts(d: int) -> list[list[Any]]:
    """Cuts at no block, within a block, in a run, and an empty part."""
    n = N[d]
    return cut(POINTS[d], [40, 41, 41, 700, RUN - 3, RUN + 5, n - 200])


def told(result: FitResult) -> str:
    """All that a result says of where the run ended, to the last bit."""
    at = (result.mixture, result.log_likelihood, result.epochs, result.stopped_because)
    return repr((*at, result.converged, result.degenerated, result.events, result.history))


def fitted(engine: Engine, parts: list[Any], *arguments: Any, **options: Any) -> FitResult:
    return fit(FuturePoints(engine.loaded(parts)), *arguments, executor=engine, **options)


# Bit for bit


EXPECTED = {d: told(fit(POINTS[d], start(d), stop=Epochs(1))) for d in N}


@st.composite
def cuts(draw: st.DrawFn, n: int) -> list[int]:
    """Where parts end: anywhere, at or next to a block or a run, several at one point."""
    anywhere = st.integers(0, n)
    near = st.builds(
        lambda size, i, by: min(n, max(0, size * i + by)),
        st.sampled_from([BLOCK, RUN]),
        st.integers(0, n // BLOCK),
        st.integers(-1, 1),
    )
    return sorted(draw(st.lists(anywhere | near, max_size=12)))


@DIMENSIONS
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_no_cut_changes_a_bit(d: int, data: st.DataObject) -> None:
    """Parts of any sizes give the floats of a list, though they come back in an order by chance."""
    parts = cut(POINTS[d], data.draw(cuts(N[d])))
    assert told(fitted(Engine(), parts, start(d), stop=Epochs(1))) == EXPECTED[d]


def test_parts_smaller_than_a_block_change_no_bit(engine: Engine) -> None:
    """Then a block is gathered from many of them, and most parts have no job."""
    points = POINTS[1][:1000]
    expected = told(fit(points, start(1), stop=Epochs(2)))
    parts = cut(points, list(range(7, 1000, 7)))
    assert told(fitted(engine, parts, start(1), stop=Epochs(2))) == expected


@DIMENSIONS
@pytest.mark.parametrize("structure", ["full", "tied"])
@pytest.mark.parametrize("method", ["em", "em-bfgs"])
def test_both_methods_and_structures_give_the_same_bits(
    engine: Engine, d: int, structure: str, method: Any
) -> None:
    """From k-means++ of a sample, which comes from all parts."""
    given: dict[str, Any] = {"structure": structure, "method": method, "stop": Epochs(2)}
    expected = told(fit(POINTS[d], 2, **given))
    assert told(fitted(engine, few_parts(d), 2, **given)) == expected
    assert engine.order != sorted(engine.order)


@pytest.mark.parametrize("initialization", ["quantiles", "random points"])
def test_other_starts_and_restarts_give_the_same_bits(engine: Engine, initialization: str) -> None:
    """They are found from the same points, whether these are all or a sample."""
    restarts = 1 if initialization == "quantiles" else 3
    given: dict[str, Any] = {"initialization": initialization, "restarts": restarts}
    for points in (POINTS[1], POINTS[1][:5000]):
        expected = fit(points, 2, **given, stop=Epochs(1))
        parts = cut(points, [100, 3000])
        found = fitted(engine, parts, 2, **given, stop=Epochs(1))
        assert told(found) == told(expected)
        assert found.runs == expected.runs


def test_means_that_move_far_and_outliers_change_no_bit(engine: Engine) -> None:
    """Sums about other centres, and the numbers of points beyond doubles, in the part and in a tail."""
    far = Mixture.univariate([0.5, 0.5], [-900.0, 1000.0], [1e6, 1e6])
    expected = told(fit(POINTS[1], far, stop=Epochs(1)))
    assert told(fitted(engine, few_parts(1), far, stop=Epochs(1))) == expected
    points = list(POINTS[1])
    points[RUN + 17], points[45], points[-1] = 1e4, 2e4, -1e5
    one = fit(points, start(1), stop=Epochs(1))
    parts = cut(points, [40, 700, RUN - 3])
    assert getattr(one.events[0], "points", ()) == (45, RUN + 17, N[1] - 1)
    assert told(fitted(engine, parts, start(1), stop=Epochs(1))) == told(one)


def test_coordinates_that_nearly_follow_from_others_change_no_bit(engine: Engine) -> None:
    """Where doubles don't suffice, a worker computes the distances of its own points in decimals."""
    rng = random.Random(5)
    rows = [(x, x + 1e-8 * rng.gauss(0, 1)) for x in (rng.gauss(0, 1) for _ in range(600))]
    narrow = ((1.0, 1.0), (1.0, 1.0 + 1e-16 * 2**7))
    begin = Mixture.multivariate([1.0], [(0.0, 0.0)], [narrow])
    expected = told(fit(rows, begin, stop=Epochs(1)))
    assert told(fitted(engine, cut(rows, [100, 300, 310]), begin, stop=Epochs(1))) == expected


def test_a_collapse_names_the_same_points(engine: Engine) -> None:
    """By their numbers among all points: those that a component sits on."""
    points = [*cloud(1, 500), 50.0, *cloud(1, 100, seed=2), 50.0]
    begin = Mixture.univariate([0.9, 0.1], [1.0, 50.0], [4.0, 0.01])
    expected = fit(points, begin)
    assert expected.degenerated
    assert getattr(expected.events[-1], "points", ()) == (500, 601)
    assert told(fitted(engine, cut(points, [130, 550]), begin)) == told(expected)


def test_labels_are_computed_when_asked_for(engine: Engine) -> None:
    """A part at a time, as with a file; and responsibilities, a single one of them, ICL."""
    points = POINTS[2][:900]
    expected = fit(points, start(2), stop=Epochs(2))
    found = fitted(engine, cut(points, [300, 301]), start(2), stop=Epochs(2))
    assert found.labels == expected.labels
    assert found.responsibilities == expected.responsibilities
    assert found.rows[600] == expected.rows[600]
    assert found.rows[-1] == expected.rows[899]
    assert list(found.rows[310:290:-5]) == list(expected.rows[310:290:-5])
    assert found.icl == expected.icl


@pytest.mark.parametrize("n", [1, 2, BLOCK, BLOCK + 1])
def test_few_points_come_here(engine: Engine, n: int) -> None:
    """Up to a block the floats are those of stepping, which has the points at hand."""
    points = cloud(2, n)
    expected = told(fit(points, start(2), stop=Epochs(3)))
    assert (
        told(
            fitted(
                engine, cut(points, [1, n // 2]) if n > 2 else [points], start(2), stop=Epochs(3)
            )
        )
        == expected
    )


class Frame:
    """A data frame, as far as refgmm looks at it: its iterator gives the names of its columns."""

    def __init__(self, rows: list[Any]) -> None:
        self._rows = rows

    def to_numpy(self) -> list[Any]:
        return self._rows

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[str]:
        return iter(["x", "y"])


def test_a_part_may_be_anything_that_holds_points(engine: Engine) -> None:
    """Lists, tuples, arrays, ranges; of rows, data frames."""
    numbers = [float(i % 7) for i in range(900)]
    begin = Mixture.univariate([0.5, 0.5], [0.0, 4.0], [2.0, 2.0])
    expected = told(fit([*numbers, *range(300)], begin, stop=Epochs(2)))
    parts = [numbers[:100], tuple(numbers[100:300]), array("d", numbers[300:]), range(300)]
    assert told(fitted(engine, parts, begin, stop=Epochs(2))) == expected
    rows = POINTS[2][:700]
    frames = [Frame(rows[:400]), [list(row) for row in rows[400:]]]
    assert told(fitted(engine, frames, start(2), stop=Epochs(2))) == told(
        fit(rows, start(2), stop=Epochs(2))
    )


# What travels, and what stays


def test_points_stay_in_the_workers(engine: Engine) -> None:
    """Ten epochs move fewer bytes than the points have: a mixture there, sums back, part by part."""
    points = POINTS[1]
    fitted(engine, cut(points, [RUN // 2 + 3, RUN + 77]), start(1), stop=Epochs(1))
    one = sum(engine.traffic)
    engine.traffic.clear()
    fitted(engine, cut(points, [RUN // 2 + 3, RUN + 77]), start(1), stop=Epochs(11))
    an_epoch = (sum(engine.traffic) - one) / 10
    assert 0 < an_epoch < 8 * len(points) / 10


def test_a_worker_reads_its_part_once(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it makes of it stays until the fit ends: an epoch more reads no point more."""
    reads: list[range] = []
    monkeypatch.setattr(scale_out.Runs, "_read", counted(scale_out.Runs._read, reads))
    for epochs in (1, 4):
        reads.clear()
        fitted(engine, few_parts(1), start(1), stop=Epochs(epochs))
        assert sum(len(numbers) for numbers in reads) == N[1]


def counted(read: Any, calls: list[range]) -> Any:
    """The same function, noting what it is asked for."""

    def noting(self: Any, numbers: range) -> Any:
        calls.append(numbers)
        return read(self, numbers)

    return noting


def test_the_next_fit_replaces_what_a_worker_keeps() -> None:
    """Where `forget` didn't reach it, a worker keeps the pieces of one fit, not of all."""
    engine = Engine()
    for _ in range(2):
        fitted(engine, few_parts(1), start(1), stop=Epochs(1))
        engine._waiting.clear()
        assert len(scale_out._of_fit) == 1
    scale_out._of_fit.clear()


def test_pieces_are_runs_and_before_them_blocks() -> None:
    """What begins within a run is told block by block, so that it can be added to the run's sums."""
    job = Job(RUN - BLOCK - BLOCK, 3 * RUN + 5, ())
    first, second, *runs = job.pieces
    assert (first, second) == (range(RUN - 2 * BLOCK, RUN - BLOCK), range(RUN - BLOCK, RUN))
    assert runs == [range(RUN, 2 * RUN), range(2 * RUN, 3 * RUN), range(3 * RUN, 3 * RUN + 5)]
    assert Job(BLOCK, BLOCK + 9, ()).pieces == [range(BLOCK, BLOCK + 9)]


# Workers that are lost


def test_parts_that_were_computed_are_computed_again(engine: Engine) -> None:
    """By the engine, whatever was lost before the second epoch; nothing of that is an incident."""
    parts = engine.loaded(few_parts(1))

    def lose(at: Progress) -> None:
        for part in parts[::2]:
            part.is_lost = True
        scale_out._of_fit.clear()

    expected = fit(POINTS[1], start(1), stop=Epochs(2))
    found = fit(FuturePoints(parts), start(1), executor=engine, stop=Epochs(2), on_epoch=lose)
    assert told(found) == told(expected)
    assert found.incidents == ()
    assert parts[0].loads > 1


def test_a_job_that_fails_once_is_asked_for_again(engine: Engine) -> None:
    """And told of; the bits are the same."""
    engine.failing = [OSError("out of memory")]
    found = fitted(engine, few_parts(1), start(1), stop=Epochs(1))
    assert told(found) == EXPECTED[1]
    incident = "A worker failed (OSError: out of memory): its sums are computed again."
    assert found.incidents == (incident,)


LOST = (
    "part {} of the points is out of reach ({}). Where it was scattered, it was lost with its worker: "
    "give parts that the engine can compute again, as client.submit(load, path) of dask"
)


@pytest.mark.parametrize("epoch", [None, 0, 1])
def test_a_scattered_part_that_is_lost_is_an_error(engine: Engine, epoch: int | None) -> None:
    """Before the fit and in any epoch: it says which, and how to give parts that can't be lost."""
    parts = engine.scatter(few_parts(1))

    def lose(at: Progress) -> None:
        parts[4].is_lost = at.epoch == epoch or parts[4].is_lost

    parts[4].is_lost = epoch is None
    with pytest.raises(RefGMMError) as caught:
        fit(FuturePoints(parts), start(1), executor=engine, stop=Epochs(3), on_epoch=lose)
    assert str(caught.value) == LOST.format(5, "CancelledError")


def test_a_part_that_cant_be_loaded_is_an_error(engine: Engine) -> None:
    """With what the engine says of it."""
    parts = engine.loaded([[1.0], [2.0]])

    def fail() -> None:
        raise FileNotFoundError("no points.csv")

    parts[1]._load, parts[1].is_lost = fail, True
    with pytest.raises(RefGMMError) as caught:
        fit(FuturePoints(parts), 1, executor=engine)
    assert str(caught.value) == LOST.format(2, "FileNotFoundError: no points.csv")


def test_a_part_that_comes_back_different_is_an_error(engine: Engine) -> None:
    """Where it was lost and computed again with more points or fewer, sums would mean nothing."""
    parts = engine.loaded(few_parts(1))

    def change(at: Progress) -> None:
        parts[6]._value = pickle.dumps(few_parts(1)[6][1:])

    with pytest.raises(RefGMMError) as caught:
        fit(FuturePoints(parts), start(1), executor=engine, on_epoch=change)
    size = len(few_parts(1)[6])
    reason = f"ValueError: it has {size - 1} points, and had {size} when it was checked"
    assert str(caught.value) == LOST.format(7, reason)


def test_an_executor_that_is_shut_down_is_an_error() -> None:
    """In the middle of a fit, and for labels after it: nobody else has the points."""
    engine, shut = Engine(), RuntimeError("cannot schedule new futures after shutdown")

    def refuse(*arguments: Any) -> Future[Any]:
        raise shut

    def shut_down(at: Progress) -> None:
        engine.submit = refuse  # type: ignore[method-assign]

    parts = engine.loaded(few_parts(1))
    expected = re.escape(LOST.format(1, f"RuntimeError: {shut}"))
    with pytest.raises(RefGMMError, match=expected):
        fit(FuturePoints(parts), start(1), executor=engine, on_epoch=shut_down)
    engine = Engine()
    found = fit(FuturePoints(parts), start(1), executor=engine, stop=Epochs(1))
    shut_down(found.history[0])
    with pytest.raises(RefGMMError, match=expected):
        found.labels  # noqa: B018


# Progress


def test_on_part_is_told_of_each_part_and_may_end_the_fit(engine: Engine) -> None:
    """Of the parts in which a block begins; what waits is withdrawn."""
    parts: list[tuple[int, int]] = []

    def on_part(done: int, of: int) -> bool:
        parts.append((done, of))
        return len(parts) == 8

    found = fitted(engine, few_parts(1), start(1), on_part=on_part)
    n = N[1]
    in_blocks = [BLOCK, 3 * BLOCK, RUN, RUN + BLOCK, 2 * RUN + 3 * BLOCK, n]
    assert parts == [(done, n) for done in [*in_blocks, *in_blocks[:2]]]
    assert found.cancelled
    assert found.stopped_because == "stopped by on_part after epoch 0"


def test_a_fit_from_a_mixture_brings_no_sample_here(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the ends of blocks that parts have in common; a number of components asks for more."""
    brought: list[int] = []
    at = PointsInWorkers.at

    def noted(self: PointsInWorkers, numbers: Iterable[int]) -> tuple[Any, ...]:
        found = at(self, numbers)
        brought.append(len(found))
        return found

    monkeypatch.setattr(PointsInWorkers, "at", noted)
    parts = few_parts(1)
    fitted(engine, parts, start(1), stop=Epochs(1))
    assert sum(brought) < BLOCK * len(parts)
    brought.clear()
    fitted(engine, parts, 2, stop=Epochs(1))
    assert sum(brought) >= LARGEST_CLOUD


# What is refused


def refused(engine: Engine, parts: list[Any], begin: Any = 1, **options: Any) -> tuple[str, str]:
    """Field and message of the error."""
    with pytest.raises(InvalidValueError) as caught:
        fitted(engine, parts, begin, **options)
    return caught.value.field, str(caught.value)


def test_a_bad_point_is_named_by_its_part_and_its_place(engine: Engine) -> None:
    """The first of them; the numbers count from 1."""
    nan = float("nan")
    assert refused(engine, [[1.0, 2.0], [3.0, 4.0, nan, nan]]) == (
        "points",
        "part 2: point 3 must be a finite number, got nan: correct it or leave it out",
    )
    assert refused(engine, [[(1.0, 2.0)], [(1.0, 1e80)]])[1] == (
        "part 2: coordinate 2 of point 1 is 1e+80, and refgmm computes with points up to 1e+75: "
        "choose a larger unit for the points"
    )
    assert refused(engine, [[(1.0, 2.0), (1.0,)]])[1] == (
        "part 1: point 2 has 1 coordinate where point 1 has 2: give every point the same number"
    )
    assert refused(engine, [[1.0, 2.0], 3.0])[1] == (
        "part 2: the points must be a list, a tuple or an array, got 3.0"
    )
    assert refused(engine, ["0.9"])[1].startswith(
        "part 1: points must be a sequence of numbers, got"
    )


def test_parts_of_different_dimensions_are_refused(engine: Engine) -> None:
    """With both of them; empty parts have none."""
    assert refused(engine, [[], [(1.0, 2.0)], [3.0]]) == (
        "points",
        "the points of part 3 have one number each, those of part 2 2 coordinates: give all the same dimension",
    )


def test_no_points_are_refused(engine: Engine) -> None:
    """No part, and parts without points."""
    assert (
        refused(engine, [[], []])[1]
        == "there are no points, all parts are empty: give at least one"
    )
    with pytest.raises(InvalidValueError, match="there are no points: give at least one part"):
        FuturePoints([])


def test_what_is_no_future_is_refused(engine: Engine) -> None:
    """With the number of the part and what to give: lists among futures, and executors' own futures."""
    how = "client.submit(load, path) or client.scatter([list, list]) of dask"
    with pytest.raises(InvalidValueError) as caught:
        FuturePoints([*engine.scatter([[1.0]]), [2.0, 3.0]])
    assert str(caught.value) == f"part 2 must be a future, got [2.0, 3.0]: make one by {how}"
    with pytest.raises(InvalidValueError) as caught:
        FuturePoints([engine.submit(len, [])])
    expected = (
        "part 1 is a concurrent.futures.Future, which an executor doesn't take as an argument: give "
        f"the engine's own futures, from {how}"
    )
    assert str(caught.value) == expected
    with pytest.raises(InvalidValueError, match=r"parts must be a list of futures, got <.*Held"):
        FuturePoints(engine.scatter([[1.0]])[0])  # type: ignore[arg-type]


HERE = (
    "these points are futures, and lie in workers: give refgmm.fit the executor of their engine, "
    "executor=client.get_executor() of dask's client; for all else, gather them into one list"
)


def test_what_needs_the_points_here_refuses_futures(engine: Engine) -> None:
    """A fit without an executor, a comparison, an epoch, the estimator: with the same words."""
    points = FuturePoints(engine.scatter([[1.0], [2.0]]))
    for asking in (
        lambda: fit(points, 1),
        lambda: compare(points, [1, 2]),
        lambda: next(iterate(points, start(1))),
        lambda: GaussianMixture(1).fit(points),
    ):
        with pytest.raises(InvalidValueError) as caught:
            asking()
        assert (caught.value.field, str(caught.value)) == ("points", HERE)


def test_a_result_that_cant_be_pickled_says_so(engine: Engine) -> None:
    """An executor stays in its program; the mixture doesn't."""
    found = fitted(engine, few_parts(1), start(1), stop=Epochs(1))
    with pytest.raises(RefGMMError) as caught:
        pickle.dumps(found)
    assert str(caught.value) == (
        "these points lie in workers, and can't be pickled: keep the result's mixture"
    )
    assert pickle.loads(pickle.dumps(found.mixture)) == found.mixture


def test_the_executor_must_be_the_engines_own(engine: Engine) -> None:
    """Threads, say, leave futures as they are."""
    points = FuturePoints(engine.scatter([[1.0, 2.0]]))
    with ThreadPoolExecutor(1) as threads, pytest.raises(InvalidValueError) as caught:
        fit(points, 1, executor=threads)
    expected = (
        "the executor hands its workers part 1 as a future, not its points: give that of the engine "
        "that made it, as client.get_executor() of dask's client"
    )
    assert (caught.value.field, str(caught.value)) == ("executor", expected)


@pytest.mark.parametrize(
    ("options", "named"),
    [*MORE_THAN_SUMS, ({"begin": [0, 1] * 150}, "labels or responsibilities to start from")],
)
def test_more_than_sums_is_refused(engine: Engine, options: dict[str, Any], named: str) -> None:
    """As it is of a file, with what it is, and the remedy."""
    expected = f"points that are futures can't be combined with {named}: gather them into one list, or do without"
    assert refused(engine, [POINTS[1][:300]], **options) == ("points", expected)


# A cluster


def load(d: int, first: int, last: int) -> Any:
    """A part, in the worker."""
    points = cloud(d, N[d])[first:last]
    return array("d", points) if d == 1 else points


def pid_of(part: object) -> int:
    return os.getpid()


def kept() -> int:
    """How many fits this worker keeps something of."""
    return len(scale_out._of_fit)


def eventually(is_so: Callable[[], bool]) -> bool:
    """Whether something comes true within ten seconds."""
    end = time.monotonic() + 10.0
    while not is_so() and time.monotonic() < end:
        time.sleep(0.05)
    return is_so()


class FailsOnce(list[Any]):
    """A part of which a worker can't say how long it is, once, when the file is there."""

    def __init__(self, points: list[Any], path: str) -> None:
        super().__init__(points)
        self.path = path

    def __reduce__(self) -> Any:
        return FailsOnce, (list(self), self.path)

    def __len__(self) -> int:
        if os.path.exists(self.path):
            os.unlink(self.path)
            raise OSError("a disk that is busy")
        return super().__len__()


@pytest.mark.dask
@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("workers", [1, 2, 3])
def test_a_cluster_gives_the_same_bits(workers: int) -> None:
    """Of dask, by its own Executor: scattered or loaded there, and with a worker killed in an epoch."""
    with dask_client(workers) as client:
        executor = client.get_executor()
        for d, n in N.items():
            ends = [0, 40, 41, 41, 700, RUN - 3, RUN + 5, n - 200, n]
            expected = told(fit(POINTS[d], start(d), stop=Epochs(3)))
            scattered = client.scatter(few_parts(d))
            loaded = [client.submit(load, d, a, b) for a, b in itertools.pairwise(ends)]

            def kill(at: Progress, loaded: Any = loaded) -> None:
                if at.epoch == 1:
                    os.kill(executor.submit(pid_of, loaded[0]).result(), signal.SIGKILL)

            for parts, on_epoch in ((scattered, None), (loaded, None), (loaded, kill)):
                points = FuturePoints(parts)
                result = fit(
                    points,
                    start(d),
                    executor=executor,
                    stop=Epochs(3),
                    on_epoch=on_epoch,
                )
                assert told(result) == expected
                assert result.incidents == ()
        assert eventually(lambda: set(client.run(kept).values()) == {0})


@pytest.mark.dask
@pytest.mark.filterwarnings("default")
def test_a_cluster_that_lost_a_scattered_part_says_so() -> None:
    """With the number of the part, whose worker was killed in the second epoch."""
    with dask_client(1) as client:
        executor = client.get_executor()
        parts = client.scatter(few_parts(1))

        def kill(at: Progress) -> None:
            if at.epoch == 1:
                os.kill(executor.submit(pid_of, parts[0]).result(), signal.SIGKILL)

        with pytest.raises(RefGMMError, match=re.escape(LOST.format(1, "CancelledError"))):
            fit(FuturePoints(parts), start(1), executor=executor, stop=Epochs(3), on_epoch=kill)


@pytest.mark.dask
@pytest.mark.filterwarnings("default")
def test_a_cluster_is_asked_again_where_a_job_failed(tmp_path: Path) -> None:
    """Though dask remembers that it failed: it is asked for something else."""
    with dask_client(1) as client:
        path = tmp_path / "busy"
        points = POINTS[1][:3000]
        parts = FuturePoints(client.scatter([FailsOnce(points, str(path))]))
        executor = client.get_executor()

        def fail(at: Progress) -> None:
            if at.epoch == 1:
                path.touch()

        expected = fit(points, start(1), stop=Epochs(3))
        found = fit(parts, start(1), executor=executor, stop=Epochs(3), on_epoch=fail)
        assert told(found) == told(expected)
        assert found.incidents == (
            "A worker failed (OSError: a disk that is busy): its sums are computed again.",
        )
