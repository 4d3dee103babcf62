"""The family of errors: copied, pickled and raised in other processes, with what they carry."""

import copy
import inspect
import pickle
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import Any

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


POINTS = [0.9, 0.7, 1.2, 2.4, 1.8]
START = Mixture.univariate([0.5, 0.5], [1, 2], [2, 2])
NOTE = refgmm.worked_example.problem()
ANY: Any = 2


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: refgmm.iterate(POINTS, ANY),
            "mixture must be a Mixture, got 2: make one by Mixture.univariate, or let fit find one",
        ),
        (lambda: refgmm.Problem(ANY, START), "points must be a sequence of numbers, got 2"),
        (lambda: refgmm.Problem((1.0,), ANY), "mixture must be a Mixture, got 2"),
        (lambda: refgmm.explain(ANY, "mean:1"), "epoch must be an Epoch, got 2: take one of"),
        (lambda: refgmm.lower_bound(ANY), "epoch must be an Epoch, got 2: take one of iterate"),
        (
            lambda: refgmm.explain(next(refgmm.iterate(POINTS, START)), ANY),
            "cell must be a Cell, got 2: write 'responsibility:4,1', say",
        ),
        (
            lambda: refgmm.standard_errors(POINTS, START),  # type: ignore[arg-type]
            "result must be a FitResult, got Mixture(weights=(0.5, 0.5), component...: give what fit",
        ),
        (lambda: refgmm.report(ANY), "problem must be a Problem, got 2: make one by Problem("),
        (lambda: refgmm.Walk.begin(ANY), "problem must be a Problem, got 2: make one by Problem("),
        (
            lambda: Mixture.univariate(1, 0, 1),  # type: ignore[arg-type]
            "weights must hold one for each component, got 1: give a list such as [1]",
        ),
        (
            lambda: Mixture.multivariate([1], [[0, 0]], ANY),
            "covariances must hold one for each component, got 2: give a list such as [2]",
        ),
        (lambda: Mixture([1.0], ANY), "components must hold one for each component, got 2"),  # type: ignore[arg-type]
        (
            lambda: refgmm.fit(POINTS, 2, screening=ANY),
            "screening must hold stopping rules, got 2: give refgmm.Gain(1e-8), say",
        ),
        (
            lambda: refgmm.bootstrap_test(POINTS, ANY * 1.5),
            "the number of components must be a whole number from 1 on, got 3.0",
        ),
        (
            lambda: refgmm.report(NOTE, decimals=-1),
            "decimals must be a whole number from 0 to 17, got -1: give 4, say, or 17 for every",
        ),
        (lambda: refgmm.report(NOTE, paper=18), "decimals must be a whole number from 0 to 17"),
        (
            lambda: refgmm.report(NOTE, labelling="note"),  # type: ignore[arg-type]
            "labelling must be a Labelling, got 'note': give Labelling.NOTE, say",
        ),
        (
            lambda: refgmm.explain(next(refgmm.iterate(POINTS, START)), "mean:1").sentence(-1),
            "decimals must be a whole number from 0 to 17, got -1",
        ),
        (
            lambda: refgmm.Walk.begin(NOTE).forward("epoch"),  # type: ignore[arg-type]
            "granularity must be a Granularity, got 'epoch': give Granularity.EPOCH, say",
        ),
        (
            lambda: refgmm.Walk.begin(NOTE).back(labelling="note"),  # type: ignore[arg-type]
            "labelling must be a Labelling, got 'note': give Labelling.NOTE, say",
        ),
        (
            lambda: refgmm.compare(POINTS, []),
            "there are no numbers of components to compare: give range(1, 10), say",
        ),
        (
            lambda: refgmm.parse_points(b"1"),  # type: ignore[arg-type]
            "text must be a str, got b'1': decode bytes, and read a file with read_points",
        ),
    ],
)
def test_what_stands_in_the_place_of_something_else_is_named(
    call: Callable[[], object], message: str
) -> None:
    """An argument of another kind is an InvalidValueError, as a wrong number is."""
    with pytest.raises(InvalidValueError) as caught:
        call()
    assert str(caught.value).startswith(message)


def test_the_signature_tells_the_choices() -> None:
    """help(refgmm.fit) shows what may be given, though refgmm imports no typing."""
    signature = str(inspect.signature(refgmm.fit))
    assert "method: ('em', 'em-bfgs') = 'em'" in signature
    assert "_Nothing" not in signature
