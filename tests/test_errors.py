"""The family of errors: copied, pickled and raised in other processes, with what they carry."""

import copy
import pickle
from concurrent.futures import ProcessPoolExecutor

import pytest

import refgmm
from refgmm import (
    ColumnChoiceError,
    DegenerateError,
    FileFormatError,
    InvalidValueError,
    Mixture,
    NotFittedError,
    RefGMMError,
)
from refgmm.em import Epoch


def degenerate() -> DegenerateError:
    """One that EM raises: its events carry numbers."""
    narrow = Mixture.univariate([0.5, 0.5], [0.7, 2], [0.0001, 2])
    *_, last = refgmm.iterate([0.9, 0.7, 1.2], narrow)
    assert isinstance(last, Epoch)
    with pytest.raises(DegenerateError) as caught:
        _ = last.after
    return caught.value


ERRORS: list[RefGMMError] = [
    RefGMMError("a"),
    InvalidValueError("a", field="points", index=3),
    FileFormatError("a", line=2),
    ColumnChoiceError("a", columns=("x", "y")),
    NotFittedError("a"),
    degenerate(),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_a_copy_says_and_carries_the_same(error: RefGMMError) -> None:
    """Whether copied or pickled, by every protocol."""
    protocols = range(2, pickle.HIGHEST_PROTOCOL + 1)
    copies = [pickle.loads(pickle.dumps(error, protocol)) for protocol in protocols]
    for other in (*copies, copy.copy(error), copy.deepcopy(error)):
        assert type(other) is type(error)
        assert str(other) == str(error)
        assert vars(other) == vars(error)


def test_a_worker_process_refuses_as_this_one_does() -> None:
    """The error arrives, and the pool goes on: one that can't be unpickled would break it."""
    with ProcessPoolExecutor(1) as pool:
        with pytest.raises(InvalidValueError, match=r"^point 2 must be a finite number") as caught:
            pool.submit(refgmm.fit, [1.0, float("nan")], 1).result(60)
        assert (caught.value.field, caught.value.index) == ("points", 1)
        assert pool.submit(refgmm.fit, [1.0, 2.0, 4.0], 1).result(60).converged
