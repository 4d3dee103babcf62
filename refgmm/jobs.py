"""What an epoch asks of workers: jobs, and how the points are shared out among them.

A job costs its worker, and whoever hands it out, some 0.2 ms besides its sums, so there shouldn't be
many; and nobody says how many workers there are, so one of them shouldn't be left with a large one
at the end.
"""

import itertools
import math

from refgmm import _kernel_matrix
from refgmm._kernel import BLOCK, RUN
from refgmm.records import dataclass
from refgmm.tally import is_kernel_compiled
from refgmm.type_names import Any, Sequence

_FEW_JOBS, _MANY_JOBS = 6, 256
_LIGHT = 3_000_000 if is_kernel_compiled() else 500_000  # additions to sums: some 5 ms, or 25


@dataclass(frozen=True, slots=True)
class Job:
    """What is asked of a worker: sums over the points from number `first` on, before `last`.

    It holds plain numbers: a mixture takes ten times as long to pickle.

    first: the first of a block;  last: of one, too, or the number of all points
    parameters: what the kernel is told of the mixture
    kind: what it is told of the structure; None: the points are numbers
    centres: (k,) or (k, d), to take deviations from; None: the means of the mixture
    again: whether it failed before; to an engine that remembers what a call gave, this is another
    """

    first: int
    last: int
    parameters: Any
    kind: _kernel_matrix.Kind | None = None
    centres: Sequence[Any] | None = None
    again: bool = False

    @property
    def pieces(self) -> list[range]:
        """The points of whole runs; before the first of them, of blocks: what a run that began
        elsewhere is added up from; the last may be shorter.
        """
        found, start = [], self.first
        while start < self.last:
            size = BLOCK if start % RUN else RUN
            found.append(range(start, min(start + size, self.last)))
            start = found[-1].stop
        return found


def runs_one_by_one(n: int) -> list[tuple[int, int]]:
    """First and last of a job for each run of n points."""
    return [(first, min(first + RUN, n)) for first in range(0, n, RUN)]


def shared_out(n: int, k: int, d: int, light: int = _LIGHT) -> list[tuple[int, int]]:
    """First and last of each job of whole runs, in their order: n points, k components, d dimensions.

    A point is added to N_j, A_j and B_j of each component, 1 + d + d (d + 1) / 2 numbers; a job of less
    than `light` such additions is not worth the way, unless all would be done by a few workers.

    The jobs grow smaller, in a straight line from 1.4 of an equal share to 0.6: the last ones make good
    what a worker is behind the others, and workers don't all come back for more at once (Tzen and Ni
    1993, "Trapezoid self-scheduling", IEEE Transactions on Parallel and Distributed Systems 4(1)).

    >>> [(last - first) / RUN for first, last in shared_out(62 * RUN, k=3, d=1, light=3_000_000)]
    [14.0, 12.0, 11.0, 10.0, 8.0, 7.0]
    >>> [len(shared_out(n, 3, 1, 3_000_000)) for n in (1, 3 * RUN, 10**6, 10**7, 10**9)]
    [1, 3, 6, 30, 256]
    """
    additions = n * k * (1 + d + d * (d + 1) // 2)
    run_count = math.ceil(n / RUN)
    count = min(run_count, max(_FEW_JOBS, additions // light), _MANY_JOBS)
    shares = [j / count for j in range(1, count + 1)]
    ends = sorted({round(run_count * x * (1.4 - 0.4 * x)) for x in shares})
    return list(itertools.pairwise(min(RUN * end, n) for end in [0, *ends]))
