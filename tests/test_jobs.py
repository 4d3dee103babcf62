"""The points are shared out so that any number of workers end about together."""

import heapq
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refgmm._kernel import RUN
from refgmm.jobs import Job, runs_one_by_one, shared_out
from refgmm.scale_out import sums
from refgmm.tally import parameters_of_numbers

from .fits import start


@given(
    st.integers(1, 400 * RUN), st.integers(1, 9), st.integers(1, 12), st.sampled_from([1, 500_000])
)
def test_jobs_are_whole_runs_and_miss_no_point(n: int, k: int, d: int, light: int) -> None:
    """Each begins where the one before ends, with a run; none is empty, and 256 are the most."""
    for jobs in (shared_out(n, k, d, light), runs_one_by_one(n)):
        firsts, lasts = zip(*jobs, strict=True)
        assert (firsts[0], lasts[-1]) == (0, n)
        assert firsts[1:] == lasts[:-1]
        assert all(first < last for first, last in jobs)
        assert all(first % RUN == 0 for first in firsts)
    assert len(shared_out(n, k, d, light)) <= 256


def slowest(sizes: list[float], workers: int) -> float:
    """When the last worker ends, if each takes the next job as soon as it is free."""
    ends = [0.0] * workers
    for size in sizes:
        heapq.heappush(ends, heapq.heappop(ends) + size)
    return max(ends)


@pytest.mark.parametrize(
    ("k", "d", "job_count", "least"),
    [
        (3, 1, 6, {1: 1.0, 2: 0.97, 3: 0.95, 4: 0.84, 7: 0.6}),  # 13 ms of work, compiled
        (8, 1, 8, {1: 1.0, 2: 0.98, 3: 0.92, 4: 0.95, 7: 0.8}),  # 50 ms
        (3, 10, 56, {1: 1.0, 2: 0.98, 3: 0.96, 4: 0.95, 7: 0.95}),  # 170 ms
    ],
)
def test_any_number_of_workers_is_busy_nearly_to_the_end(
    k: int, d: int, job_count: int, least: dict[int, float]
) -> None:
    """The more there is to do, the nearer; a million points."""
    jobs = shared_out(10**6, k, d, 3_000_000)
    assert len(jobs) == job_count
    sizes = [float(last - first) for first, last in jobs]
    assert sum(sizes[: job_count // 2]) > 0.55 * sum(sizes)
    for workers, share in least.items():
        assert sum(sizes) / workers / slowest(sizes, workers) >= share


def test_a_job_is_little_to_send() -> None:
    """Numbers, no objects with a class of their own but the job."""
    job = Job(0, RUN, parameters_of_numbers(start(1)))
    sent = pickle.dumps((sums, job))
    assert pickle.loads(sent) == (sums, job)
    assert b"Mixture" not in sent
    assert b"Gaussian" not in sent
