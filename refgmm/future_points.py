"""Points that an engine such as dask holds in its workers: as its own futures, part by part.

    parts = [client.submit(load, path) for path in paths]
    fit(FuturePoints(parts), 3, executor=client.get_executor())

Such an engine takes its own futures among the arguments of `submit`: it sends the work to a worker that
has what they stand for, and hands it that. So a job is submitted with the part that it is about, and a
mixture goes there and sums come back: see refgmm.scale_out. What a worker had that is lost, the engine
computes again, as it was told by its own `submit`; what was scattered it can't.

Sums are taken of the same blocks as anywhere else. A part does the blocks that begin in it; for the last
of them a few points of the parts that follow go along with the job, fewer than BLOCK.

Points come here only where each is asked for: a sample to start from (refgmm.fit_input.sampled), and,
one part at a time, all of them for labels and responsibilities, or to say on which points a component
collapsed.
"""

import bisect
import itertools

from refgmm import validation
from refgmm._kernel import BLOCK
from refgmm.arguments import dimension_in_words, dimension_of
from refgmm.arithmetic import Point
from refgmm.errors import InvalidValueError, RefGMMError
from refgmm.point_store import PointsElsewhere
from refgmm.records import dataclass, replace
from refgmm.type_names import TYPE_CHECKING, Any, Callable, Iterable, Iterator, Sequence

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

_HOW = "client.submit(load, path) or client.scatter([list, list]) of dask"


class FuturePoints:
    """Points for `fit` that lie in the workers of an engine.

    parts: futures of the engine, each of some points: a list, a tuple, an array, a data frame; numbers
        or rows. The points are those of the parts in their order, and the cuts between them change no
        bit of a result. Each part is one job of an epoch: give at least one for each worker

    `fit` needs the executor of the same engine. It asks each part once how many points it has and
    whether they are sound. The workers keep the points as the kernel takes them until the fit ends.

    InvalidValueError for what is no future, and for those of concurrent.futures, which no executor
    takes as arguments.

        client = distributed.Client("scheduler:8786")
        parts = [client.submit(load, path) for path in paths]  # load: your function, gives points
        result = refgmm.fit(refgmm.FuturePoints(parts), 3, executor=client.get_executor())
    """

    def __init__(self, parts: Iterable[Any]) -> None:
        try:
            self.parts = tuple(parts)
        except TypeError:
            problem = f"parts must be a list of futures, got {validation.shown(parts)}"
            raise InvalidValueError(problem, field="points") from None
        if not self.parts:
            raise InvalidValueError("there are no points: give at least one part", field="points")
        for p, part in enumerate(self.parts):
            _check_future(part, p)

    def __repr__(self) -> str:
        return f"FuturePoints({len(self.parts)} part{'s' if len(self.parts) > 1 else ''})"

    def __iter__(self) -> Iterator[Point]:
        """No points: an InvalidValueError for whoever asks for them here."""
        problem = (
            "these points are futures, and lie in workers: give refgmm.fit the executor of their "
            "engine, executor=client.get_executor() of dask's client; for all else, gather them into one list"
        )
        raise InvalidValueError(problem, field="points")

    def checked(self, executor: "Executor") -> "PointsInWorkers":
        """The points, once the workers have counted and checked them.

        InvalidValueError for a point that can't be fitted; it names the part and the point in it.
        """
        found = _asked(executor, summary, [(p, part) for p, part in enumerate(self.parts)])
        for p, own in enumerate(found):
            if own is None:
                problem = (
                    f"the executor hands its workers part {p + 1} as a future, not its points: give "
                    "that of the engine that made it, as client.get_executor() of dask's client"
                )
                raise InvalidValueError(problem, field="executor")
            if own.problem:
                raise InvalidValueError(f"part {p + 1}: {own.problem}", field="points")
        return PointsInWorkers(self.parts, executor, *_joined(found))


def _check_future(part: object, p: int) -> None:
    """InvalidValueError for what no engine replaces by its points."""
    from concurrent.futures import Future

    if isinstance(part, Future):
        problem = (
            f"part {p + 1} is a concurrent.futures.Future, which an executor doesn't take as an "
            f"argument: give the engine's own futures, from {_HOW}"
        )
        raise InvalidValueError(problem, field="points", index=p)
    if not _is_future(part):
        problem = f"part {p + 1} must be a future, got {validation.shown(part)}: make one by {_HOW}"
        raise InvalidValueError(problem, field="points", index=p)


def _is_future(part: object) -> bool:
    return callable(getattr(part, "result", None))


@dataclass(frozen=True, slots=True)
class Summary:
    """What a worker says of a part. problem: what is wrong with it, if anything."""

    count: int
    dimension: int | None
    problem: str = ""


def summary(part: Any) -> Summary | None:
    """In the worker: how many points a part has, and of what dimension. None: it is still a future."""
    if _is_future(part):
        return None
    if not hasattr(part, "__len__"):
        problem = f"the points must be a list, a tuple or an array, got {validation.shown(part)}"
        return Summary(0, None, problem)
    count, dimension = 0, None
    try:
        for x in validation.each_point(part):
            count, dimension = count + 1, dimension_of(x)
    except InvalidValueError as error:
        return Summary(count, None, str(error))
    return Summary(count, dimension)


def _joined(found: Sequence[Summary]) -> tuple[tuple[int, ...], int | None]:
    """How many points each part has, and the dimension of all. InvalidValueError where it differs."""
    filled = [p for p, own in enumerate(found) if own.count]
    if not filled:
        problem = "there are no points, all parts are empty: give at least one"
        raise InvalidValueError(problem, field="points")
    dimension = found[filled[0]].dimension
    for p in filled:
        if found[p].dimension != dimension:
            problem = (
                f"the points of part {p + 1} have {dimension_in_words(found[p].dimension)} each, those "
                f"of part {filled[0] + 1} {dimension_in_words(dimension)}: give all the same dimension"
            )
            raise InvalidValueError(problem, field="points", index=p)
    return tuple(own.count for own in found), dimension


@dataclass(frozen=True, slots=True)
class Stretch:
    """The points of a part with which a block begins, and the rest of the last block.

    part: its number, from 0;  start: the number of its first point among all;  count: of its points
    first, last: numbers among all points, of whole blocks
    tail: the points up to `last` that are no longer in the part
    """

    part: int
    start: int
    count: int
    first: int
    last: int
    tail: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True)
class AtHand:
    """A stretch in the worker that has its part: a slice of it goes by the numbers of all points."""

    stretch: Stretch
    part: Any

    def __post_init__(self) -> None:
        if len(self.part) != self.stretch.count:
            problem = (
                f"it has {len(self.part)} points, and had {self.stretch.count} when it was checked"
            )
            raise ValueError(problem)

    def __getitem__(self, numbers: slice) -> tuple[Point, ...]:
        first, last = numbers.start - self.stretch.start, numbers.stop - self.stretch.start
        in_tail = max(0, last - self.stretch.count)
        return (
            *validation.each_point(_cuttable(self.part)[first:last]),
            *self.stretch.tail[:in_tail],
        )


def _cuttable(part: Any) -> Any:
    """A part of which slices can be taken: data frames as arrays, what is no sequence as a list."""
    part = part.to_numpy() if hasattr(part, "to_numpy") else part
    return part if isinstance(part, list | tuple) or hasattr(part, "tolist") else list(part)


class PointsInWorkers(PointsElsewhere):
    """The points of all parts, (n,) or (n, d), with the executor that brings here what is asked for.

    counts: of the points of each part
    """

    named = "points that are futures"
    remedy = "gather them into one list"

    def __init__(
        self,
        parts: Sequence[Any],
        executor: "Executor",
        counts: Sequence[int],
        dimension: int | None,
    ) -> None:
        self.parts = tuple(parts)
        self.executor = executor
        self.dimension = dimension
        self._ends = list(itertools.accumulate(counts))

    def __len__(self) -> int:
        return self._ends[-1]

    def __getitem__(self, i: Any) -> Any:
        numbers = range(len(self))[i]
        if isinstance(numbers, int):
            return self.at([numbers])[0]
        return self.at(numbers) if numbers.step > 0 else self.at(numbers[::-1])[::-1]

    def __iter__(self) -> Iterator[Point]:
        for p, part in enumerate(self.parts):
            yield from _asked(self.executor, points_of, [(p, part)])[0]

    def at(self, numbers: Iterable[int]) -> tuple[Point, ...]:
        """The points of these ascending numbers, from 0; those of a part at once."""
        calls = []
        for p, own in itertools.groupby(numbers, lambda i: bisect.bisect_right(self._ends, i)):
            start = self._ends[p - 1] if p else 0
            calls.append((p, self.parts[p], [i - start for i in own]))
        return tuple(itertools.chain(*_asked(self.executor, points_of, calls)))

    def __reduce__(self) -> tuple[Any, ...]:
        problem = "these points lie in workers, and can't be pickled: keep the result's mixture"
        raise RefGMMError(problem)

    def stretches(self) -> list[Stretch]:
        """What there is to do in each part in which a block begins."""
        n, found = len(self), []
        for p, (start, stop) in enumerate(itertools.pairwise([0, *self._ends])):
            first, last = (min(n, -(-end // BLOCK) * BLOCK) for end in (start, stop))
            if first < last:
                found.append(Stretch(p, start, stop - start, first, last))
        ends = [(own.start + own.count, own.last) for own in found]
        tails = iter(self.at(i for stop, last in ends for i in range(stop, last)))
        return [
            replace(own, tail=tuple(itertools.islice(tails, last - stop)))
            for own, (stop, last) in zip(found, ends, strict=True)
        ]


def points_of(part: Any, numbers: Sequence[int] | None = None) -> tuple[Point, ...]:
    """In the worker: the points of a part, or those of these numbers, from 0."""
    points = tuple(validation.each_point(part))
    return points if numbers is None else tuple(points[i] for i in numbers)


def _asked(
    executor: "Executor", work: Callable[..., Any], calls: Sequence[tuple[Any, ...]]
) -> list[Any]:
    """What the work gives for each call: the number of a part, the part, and what more the work takes."""
    futures: list[Future[Any]] = []
    try:
        for p, *arguments in calls:
            futures.append(_reached(p, executor.submit, work, *arguments))
        return [_reached(p, own.result) for (p, *_), own in zip(calls, futures, strict=True)]
    finally:
        for future in futures:
            future.cancel()


def _reached(p: int, act: Callable[..., Any], *arguments: Any) -> Any:
    """What the act gives. RefGMMError where part `p` is out of reach."""
    try:
        return act(*arguments)
    except Exception as error:
        raise out_of_reach(p, in_words(error)) from error


def out_of_reach(p: int, reason: str) -> RefGMMError:
    """The error where the workers don't give what was asked of part `p`, from 0."""
    return RefGMMError(
        f"part {p + 1} of the points is out of reach ({reason}). Where it was scattered, it was lost with "
        "its worker: give parts that the engine can compute again, as client.submit(load, path) of dask"
    )


def in_words(error: Exception) -> str:
    """An error as a sentence about workers names it.

    >>> in_words(OSError("no such file")), in_words(TimeoutError())
    ('OSError: no such file', 'TimeoutError')
    """
    return f"{type(error).__name__}: {error}".rstrip(": ")
