"""refgmm.records against dataclasses: the same classes, made by both, behave the same."""

import collections.abc
import copy
import dataclasses
import inspect
import pickle
import sys
import typing
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import refgmm
from refgmm import records, type_names
from refgmm.gaussian import Gaussian, MultivariateGaussian
from refgmm.mixture import Mixture
from refgmm.stopping import Gain, StoppingRule

from .support import run

Maker = Callable[..., Any]


def classes(maker: Any) -> dict[str, type]:
    """A class of each kind that refgmm has, made by `maker`, a module like dataclasses."""

    @maker.dataclass(frozen=True, slots=True)
    class Plain:
        a: Any
        b: Any = 2
        kind: type_names.ClassVar[str] = "plain"

        @property
        def both(self) -> tuple[Any, Any]:
            return self.a, self.b

    @maker.dataclass(frozen=True, slots=True)
    class Extended(Plain):
        b: Any = 3
        c: Any = maker.field(default_factory=list, hash=False)

    @maker.dataclass(frozen=True, slots=True)
    class Partial:
        a: Any
        unseen: Any = maker.field(default=0, repr=False)
        beside: Any = maker.field(default=0, compare=False)

    @maker.dataclass(frozen=True, slots=True)
    class One:
        a: Any

    @maker.dataclass(frozen=True, slots=True)
    class Empty:
        pass

    @maker.dataclass(slots=True)
    class Open:
        a: Any
        b: Any = maker.field(default_factory=list)

    @maker.dataclass(frozen=True)
    class Roomy:
        a: Any
        b: Any = 2

    @maker.dataclass(frozen=True, slots=True)
    class Derived:
        a: Any
        scale: maker.InitVar[Any] = 1
        b: Any = maker.field(init=False, repr=False, compare=False)

        def __post_init__(self, scale: Any) -> None:
            object.__setattr__(self, "b", scale * self.a)

    made = [Plain, Extended, Partial, One, Empty, Open, Roomy, Derived]
    return {cls.__name__: cls for cls in made}


class Standard:
    """The module dataclasses, told by refgmm's ClassVar what it takes for no field."""

    field = staticmethod(dataclasses.field)
    InitVar = dataclasses.InitVar

    @staticmethod
    def dataclass(**options: bool) -> Maker:
        def made(cls: Any) -> type:
            if "kind" in cls.__annotations__:
                del cls.__annotations__["kind"]
            return dataclasses.dataclass(**options)(cls)

        return made


OURS, THEIRS = classes(records), classes(Standard)
VALUES: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = [
    ("Plain", (1,), {}),
    ("Plain", (1, 5), {}),
    ("Plain", (), {"b": 5, "a": 1}),
    ("Plain", (1,), {"b": 5}),
    ("Plain", (), {"a": float("nan")}),
    ("Extended", (1,), {}),
    ("Extended", (1, 2, (3,)), {}),
    ("Extended", (), {"a": 1, "c": ()}),
    ("Partial", (1, 2), {"beside": 3}),
    ("Partial", (1,), {"beside": 4, "unseen": 2}),
    ("One", (1,), {}),
    ("One", (), {"a": (1, 2)}),
    ("Empty", (), {}),
    ("Open", (1,), {}),
    ("Open", (1, [2]), {}),
    ("Roomy", (1,), {"b": 3}),
    ("Derived", (2,), {}),
    ("Derived", (2, 10), {}),
    ("Derived", (), {"scale": 10, "a": 2}),
]


@pytest.fixture(params=VALUES, ids=str)
def pair(request: pytest.FixtureRequest) -> tuple[Any, Any]:
    """The same object of either making."""
    name, values, named = request.param
    return OURS[name](*values, **named), THEIRS[name](*values, **named)


def held(value: Any) -> dict[str, Any]:
    return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}


def test_they_hold_the_same(pair: tuple[Any, Any]) -> None:
    """By position and by name, with defaults and what is made by __post_init__."""
    ours, theirs = pair
    assert repr(held(ours)) == repr(held(theirs))
    assert ours.__match_args__ == theirs.__match_args__
    assert hasattr(ours, "__dict__") == hasattr(theirs, "__dict__")


def test_they_look_the_same(pair: tuple[Any, Any]) -> None:
    """repr, fields, asdict, and the signature that help() shows."""
    ours, theirs = pair
    assert repr(ours) == repr(theirs)
    assert repr(dataclasses.asdict(ours)) == repr(dataclasses.asdict(theirs))
    assert dataclasses.is_dataclass(ours)
    assert [field.name for field in dataclasses.fields(ours)] == [
        field.name for field in dataclasses.fields(theirs)
    ]
    names = [list(inspect.signature(type(value)).parameters) for value in pair]
    assert names[0] == names[1]


def test_they_hash_the_same(pair: tuple[Any, Any]) -> None:
    """Or refuse to, where a field does, or where they are not frozen."""

    def hash_of(value: Any) -> Any:
        try:
            return hash(value)
        except TypeError as error:
            return type(error)

    assert hash_of(pair[0]) == hash_of(pair[1])


def test_they_are_equal_to_the_same() -> None:
    """Each to each of the others: of one class, and in what is compared."""
    ours = [OURS[name](*values, **named) for name, values, named in VALUES]
    theirs = [THEIRS[name](*values, **named) for name, values, named in VALUES]
    for a, (one, own) in enumerate(zip(ours, theirs, strict=True)):
        assert [one == other for other in ours] == [own == other for other in theirs], VALUES[a]
        assert (one == 1) is False


def test_copies(pair: tuple[Any, Any]) -> None:
    """copy, deepcopy, and replace, ours and the standard one, with and without a change."""
    ours, _ = pair
    for same in (
        copy.copy(ours),
        copy.deepcopy(ours),
        records.replace(ours),
        dataclasses.replace(ours),
    ):
        assert repr(same) == repr(ours)
        assert type(same) is type(ours)
    if "a" in ours.__match_args__:
        assert records.replace(ours, a=7).a == 7
        assert dataclasses.replace(ours, a=7).a == 7
        with pytest.raises(TypeError, match="unexpected keyword argument 'z'"):
            records.replace(ours, z=7)
    if sys.version_info >= (3, 13):
        assert repr(copy.replace(ours)) == repr(ours)


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_pickles(protocol: int) -> None:
    """Of public values of each kind: nothing is lost, not even what __post_init__ made."""
    mixture = Mixture.multivariate([1], [[0.0, 1.0]], [[[2.0, 1.0], [1.0, 2.0]]])
    for value in (Gaussian(1, 2), mixture, Gain(1e-3), refgmm.worked_example.problem()):
        again = pickle.loads(pickle.dumps(value, protocol))
        assert again == value
        assert repr(again) == repr(value)
    again = pickle.loads(pickle.dumps(mixture, protocol)).components[0]
    assert again.cholesky == mixture.components[0].cholesky
    assert again.density((0.0, 0.0)) == mixture.components[0].density((0.0, 0.0))


@pytest.mark.parametrize("name", ["Plain", "Extended", "One", "Roomy", "Derived"])
def test_frozen(name: str) -> None:
    """No field is set or deleted, and nothing added: the standard error."""
    value = OURS[name](1)
    for attribute in ("a", "z"):
        with pytest.raises(dataclasses.FrozenInstanceError, match=f"{attribute!r} can't be set"):
            setattr(value, attribute, 2)
    with pytest.raises(dataclasses.FrozenInstanceError):
        del value.a
    assert value.a == 1


def test_not_frozen() -> None:
    """What isn't frozen is set; a slot is not added."""
    value = OURS["Open"](1)
    value.a = 2
    assert value == OURS["Open"](2)
    assert value.b is not OURS["Open"](1).b
    with pytest.raises(AttributeError):
        value.z = 1


@pytest.mark.parametrize(
    ("name", "values", "named"),
    [
        ("Plain", (), {}),
        ("Plain", (1, 2, 3), {}),
        ("Plain", (1,), {"a": 1}),
        ("Plain", (1, 2), {"b": 1}),
        ("Plain", (1,), {"z": 1}),
        ("Plain", (), {"a": 1, "z": 1}),
        ("One", (), {"z": 1}),
        ("Empty", (1,), {}),
        ("Derived", (1,), {"b": 2}),
    ],
)
def test_arguments_that_do_not_suit(
    name: str, values: tuple[Any, ...], named: dict[str, Any]
) -> None:
    """The TypeError of any function, word for word that of the standard class."""
    messages = []
    for cls in (OURS[name], THEIRS[name]):
        with pytest.raises(TypeError) as raised:
            cls(*values, **named)
        messages.append(str(raised.value).rpartition("<locals>.")[2])
    assert messages[0] == messages[1]
    assert messages[0].startswith(f"{name}.__init__() ")


def test_matching() -> None:
    """By position and by name."""
    match Gaussian(1.0, 2.0):
        case Gaussian(mean, variance=variance):
            assert (mean, variance) == (1.0, 2.0)


# Subclasses


@dataclasses.dataclass(frozen=True)
class StandardRule(StoppingRule):
    """A user's stopping rule, by the standard dataclasses."""

    limit: float = 5.0
    name: str = "mine"


class PlainRule(StoppingRule):
    """A user's stopping rule that is no dataclass, with something of its own."""

    def __init__(self, limit: float, name: str) -> None:
        super().__init__(limit)
        self.name = name


def test_subclasses_of_users() -> None:
    """A standard dataclass, or none at all, of one of ours: it checks, compares, pickles and freezes."""
    for rule in (StandardRule(name="a"), PlainRule(5.0, "a")):
        assert isinstance(rule, StoppingRule)
        assert (rule.limit, rule.name) == (5.0, "a")
        again = pickle.loads(pickle.dumps(rule))
        assert (again, again.name) == (rule, "a")
        with pytest.raises(dataclasses.FrozenInstanceError):
            rule.limit = 2.0  # type: ignore[misc]
    assert list(inspect.signature(PlainRule).parameters) == ["limit", "name"]
    assert StandardRule() != StandardRule(name="a")
    with pytest.raises(refgmm.InvalidValueError):
        StandardRule(-1.0)


def test_parameters_of_a_generic_class() -> None:
    """Mixture[Gaussian] is there at run time, too, and makes a mixture."""
    assert Mixture[Gaussian]((1.0,), (Gaussian(0, 1),)) == Mixture.univariate([1], [0], [1])


# Of the whole core


def record_classes() -> list[type]:
    """Every class that refgmm.records made."""
    found = []
    for path in sorted(Path(refgmm.__file__).parent.glob("*.py")):
        if path.stem not in ("__main__", "__init__"):
            values = vars(import_module(f"refgmm.{path.stem}")).values()
            found += [value for value in values if "__layout__" in getattr(value, "__dict__", {})]
    return sorted(set(found), key=lambda cls: (cls.__module__, cls.__name__))


@pytest.mark.parametrize(
    "cls", record_classes(), ids=lambda cls: f"{cls.__module__}.{cls.__name__}"
)
def test_each_class_would_be_a_standard_one(cls: type) -> None:
    """dataclasses accepts the fields: none without a default after one that has it, no list for all."""
    names = [field.name for field in dataclasses.fields(cls)]
    assert len(set(names)) == len(names)
    assert set(inspect.signature(cls).parameters) >= {
        field.name for field in dataclasses.fields(cls) if field.init
    }


def test_there_are_records() -> None:
    """The tests above look at many classes."""
    assert len(record_classes()) > 40
    assert {Gaussian, MultivariateGaussian, Mixture} <= set(record_classes())


SLOW = {"typing", "dataclasses", "inspect", "collections", "functools", "decimal", "fractions"}


def test_a_plain_fit_loads_little() -> None:
    """Fitting five points waits for no module that it doesn't need: import time is a goal."""
    script = (
        "import sys; before = set(sys.modules)\n"
        "import refgmm; refgmm.fit([0.9, 0.7, 1.2, 2.4, 1.8], 2)\n"
        "print(*sorted(set(sys.modules) - before))"
    )
    result = run(
        "-I",
        "-S",
        "-c",
        f"import sys; sys.path.insert(0, {str(Path(refgmm.__file__).parents[1])!r})\n{script}",
    )
    assert result.stderr == ""
    loaded = set(result.stdout.split())
    assert "refgmm.fitting" in loaded
    assert not loaded & SLOW
    assert not loaded & {f"refgmm.{name}" for name in ("prior", "missing", "scale_out", "cholesky")}


def test_the_names_for_annotations() -> None:
    """Each is one of typing or collections.abc, of the latter the class itself."""
    for name in type_names.__all__:
        assert hasattr(typing, name) or hasattr(collections.abc, name)
    for name in ("Callable", "Iterable", "Mapping", "Sequence", "Set"):
        assert getattr(type_names, name) is getattr(collections.abc, name)
    for name in ("Any", "Protocol", "Generic", "ClassVar"):
        assert isinstance(getattr(type_names, name), type)
