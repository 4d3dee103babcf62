"""Points in files, read a stretch at a time: there may be more than memory holds.

    open_doubles(path, dimension)    a file of raw doubles, as array("d").tofile writes them
    spooled(points)                  anything iterable, written once to a temporary file
    open_csv(path)                   a CSV file, the same: see refgmm.csv_points

A `PointStore` is a sequence of points for `fit`, which then keeps nothing of the size of the file.
Workers are told the `Address` of the points, and read what they need themselves.

>>> with spooled([0.9, 0.7, 1.2, 2.4, 1.8]) as points:
...     len(points), points[1], points[3:], points.dimension
(5, 0.7, (2.4, 1.8), None)
"""

import os
import sys

from refgmm import validation
from refgmm.arguments import whole_number
from refgmm.arithmetic import Point, as_vector
from refgmm.errors import FileFormatError, InvalidValueError
from refgmm.records import dataclass
from refgmm.type_names import Any, Callable, Iterable, Iterator, Sequence, overload

AT_ONCE = 2**14  # points that are read or written at a time

OnProgress = Callable[[int, int], object]
"""Told how much has been read, of how much; may raise, to give up."""

_DOUBLE = 8  # bytes


@dataclass(frozen=True, slots=True)
class Address:
    """Where points lie, for whoever reads them in another process or on another machine.

    path: of a file of doubles in this machine's byte order, the coordinates of a point side by side
    count: of points
    dimension: d; None for numbers
    stamp: when the file was last written, in nanoseconds: two files of one name are two addresses
    """

    path: str
    count: int
    dimension: int | None
    stamp: int

    def read(self, first: int, last: int) -> tuple[Point, ...]:
        """The points of these numbers, from 0, the last not included.

        FileFormatError where the file is not there, or no longer as long.
        """
        from array import array

        size = _DOUBLE * (self.dimension or 1)
        values = array("d")
        try:
            with open(self.path, "rb") as file:
                file.seek(first * size)
                values.frombytes(file.read((last - first) * size))
        except (OSError, ValueError) as error:  # ValueError: a part of a double
            raise FileFormatError(f"can't read points from {self.path}: {error}") from error
        if len(values) * _DOUBLE != (last - first) * size:
            problem = (
                f"{self.path} has become shorter: it ends before point {last}. Leave it as it is "
                "while it is being used"
            )
            raise FileFormatError(problem)
        if self.dimension is None:
            return tuple(values)
        columns = [values[a :: self.dimension] for a in range(self.dimension)]
        return tuple(zip(*columns, strict=True))


class PointsElsewhere(Sequence[Any]):
    """Points that are not in memory: a fit asks for sums over them, and for a few of them.

    named: what a message calls them;  remedy: how to have them in memory
    """

    named: str
    remedy: str

    def at(self, numbers: Iterable[int]) -> tuple[Point, ...]:
        """The points of these ascending numbers, from 0."""
        return tuple(self[i] for i in numbers)


class PointStore(PointsElsewhere):
    """Points in a file: (n,) or (n, d). It holds no open file.

    names: of the coordinates, where the file says; notes: what was assumed in reading it
    is_temporary: whether the file goes with the store: at `close`, at the end of a `with`, or when
        nobody refers to the store any more
    """

    named = "points in a file"
    remedy = "read them into memory with tuple(points)"

    def __init__(
        self,
        address: Address,
        *,
        is_temporary: bool = False,
        names: Sequence[str] = (),
        notes: Sequence[str] = (),
    ) -> None:
        self.address = address
        self.names = tuple(names)
        self.notes = tuple(notes)
        self.close = _removal(self, address.path) if is_temporary else _nothing

    @property
    def dimension(self) -> int | None:
        """The number of coordinates; None for numbers."""
        return self.address.dimension

    def __len__(self) -> int:
        return self.address.count

    @overload
    def __getitem__(self, i: int) -> Point: ...
    @overload
    def __getitem__(self, i: slice) -> tuple[Point, ...]: ...
    def __getitem__(self, i: Any) -> Any:
        numbers = range(len(self))[i]
        if isinstance(numbers, int):
            return self.address.read(numbers, numbers + 1)[0]
        if numbers.step != 1:
            return tuple(self[number] for number in numbers)
        return self.address.read(numbers.start, max(numbers.start, numbers.stop))

    def __iter__(self) -> Iterator[Point]:
        for first in range(0, len(self), AT_ONCE):
            yield from self[first : first + AT_ONCE]

    def __repr__(self) -> str:
        return f"PointStore({self.address!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return PointStore, (self.address,)  # a copy reads the file, and doesn't remove it

    def __enter__(self) -> "PointStore":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def open_doubles(
    path: str | os.PathLike[str],
    dimension: int | None = None,
    *,
    on_progress: OnProgress | None = None,
) -> PointStore:
    """The points in a file of doubles in this machine's byte order, row after row.

    It is what array("d").tofile and numpy's tofile write. The file is read once, to check it.

    dimension: how many coordinates each has; None for numbers
    on_progress: called with the number of points that have been checked, and of all

    FileFormatError where the file can't be read, or isn't a whole number of points; InvalidValueError
    for a number that is not finite, or too large to compute with.
    """
    if dimension is not None and (whole_number(dimension) or 0) < 1:
        problem = f"the dimension must be a whole number from 1 on, got {dimension!r}: or None, for points that are numbers"
        raise InvalidValueError(problem, field="dimension")
    size = _DOUBLE * (dimension or 1)
    try:
        status = os.stat(path)
        with open(path, "rb"):
            pass
    except OSError as error:
        raise FileFormatError(f"can't read {path}: {error.strerror or error}") from error
    count, rest = divmod(status.st_size, size)
    if not status.st_size:
        raise FileFormatError(f"{path} is empty: there are no points in it")
    if rest:
        each = f"{dimension} doubles each" if dimension else "one double each"
        problem = (
            f"{path} has {status.st_size} bytes, which is no whole number of points of {each} "
            f"({size} bytes): is it a file of raw doubles, and is the dimension right?"
        )
        raise FileFormatError(problem)
    store = PointStore(Address(os.path.abspath(path), count, dimension, status.st_mtime_ns))
    for first in range(0, count, AT_ONCE):
        _check(store[first : first + AT_ONCE], first, path)
        if on_progress is not None:
            on_progress(min(first + AT_ONCE, count), count)
    return store


def _check(points: Sequence[Point], first: int, path: str | os.PathLike[str]) -> None:
    """InvalidValueError for a number that refgmm doesn't compute with."""
    largest = validation.LARGEST_MAGNITUDE
    if all(-largest <= value <= largest for x in points for value in as_vector(x)):
        return
    byte_order = f"were the doubles written with {sys.byteorder} byte order?"
    for i, x in enumerate(points, first):
        for a, value in enumerate(as_vector(x)):
            try:
                validation.number(value, "points", i, a if isinstance(x, tuple) else None)
            except InvalidValueError as error:
                problem = f"{path}: {error}; and {byte_order}"
                raise InvalidValueError(problem, field="points", index=i) from None


def spooled(points: Iterable[object]) -> PointStore:
    """The points of anything iterable, a stream for example, in a temporary file.

    They are checked one by one, and only a few are in memory at a time. To tell of the progress, let
    the iterable do so.

    InvalidValueError as refgmm.validation.points has it. Nothing is left behind after an error.
    """
    return stored(validation.each_point(points))


def stored(
    points: Iterable[Point], *, names: Sequence[str] = (), notes: Sequence[str] = ()
) -> PointStore:
    """Points that have been checked, in a temporary file. InvalidValueError where there are none."""
    import tempfile
    from array import array

    descriptor, path = tempfile.mkstemp(prefix="refgmm-", suffix=".f64")
    try:
        with os.fdopen(descriptor, "wb") as file:
            count, dimension = 0, None
            values = array("d")
            for x in points:
                if isinstance(x, tuple):
                    dimension = len(x)
                    values.extend(x)
                else:
                    values.append(x)
                count += 1
                if count % AT_ONCE == 0:
                    values.tofile(file)
                    values = array("d")
            values.tofile(file)
        if not count:
            raise InvalidValueError(validation.NO_POINTS, field="points")
        address = Address(path, count, dimension, os.stat(path).st_mtime_ns)
        return PointStore(address, is_temporary=True, names=names, notes=notes)
    except BaseException:
        os.unlink(path)
        raise


def _removal(store: PointStore, path: str) -> Callable[[], object]:
    """Removes the file when called, when the store is forgotten, or at the end of the program."""
    import weakref

    return weakref.finalize(store, _remove, path, os.getpid())


def _remove(path: str, owner: int) -> None:
    """Remove a file, but not in a process that was forked from its owner."""
    if os.getpid() == owner and os.path.exists(path):
        os.unlink(path)


def _nothing() -> None:
    """What there is to do for a file that isn't ours."""
