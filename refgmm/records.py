"""Value objects: dataclasses that are there at once.

    from refgmm.records import dataclass, field, replace        InitVar, cached_property

    @dataclass(frozen=True, slots=True)
    class Gaussian:
        mean: float
        variance: float = 1.0

Premise: the standard dataclasses write six methods for every class as text and have it compiled, half
a millisecond each; a fit needs fifty classes. And they import what a debugger imports.
Method: the rules stay the standard ones, and type checkers read dataclasses' own. Five methods are
written here, once, and look up in a class's Layout what its fields are. Only __init__ is text, for
speed, and compiled when some objects of a class have been made.
Only what refgmm uses is here. The functions of dataclasses, `fields`, `replace`, `asdict`, take these
objects for their own: what they look for in a class is made when they first look.
"""

from operator import attrgetter

from refgmm.type_names import TYPE_CHECKING, Any, Callable, ClassVar, Mapping

_NOTHING: Any = object()  # where a class gives no default
_FEW = 8  # objects of a class that are made before it is worth to compile an __init__


class _Field:
    """What a class says of a field besides its name. The arguments are those of dataclasses.field."""

    __slots__ = ("compare", "default", "default_factory", "hash", "init", "kind", "repr")

    def __init__(
        self,
        *,
        default: Any = _NOTHING,
        default_factory: Callable[[], Any] = _NOTHING,
        init: bool = True,
        repr: bool = True,  # noqa: A002
        compare: bool = True,
        hash: bool | None = None,  # noqa: A002
    ) -> None:
        self.kind: Any = None  # the annotation
        self.default = default
        self.default_factory = default_factory
        self.init = init
        self.repr = repr
        self.compare = compare
        self.hash = compare if hash is None else hash


class _InitVar:
    """`name: InitVar[...]`: what __init__ hands on to __post_init__, and nobody keeps."""

    def __class_getitem__(cls, kind: object) -> "type[_InitVar]":
        return cls


class _Layout:
    """The fields of a class by name, in order, and who asks for which.

    given: what __init__ takes;  handed_on: of these, the InitVars
    kept: what an object holds;  shown: what its repr shows;  compared, hashed: what gives their values
    copied, copies: what is given and kept, and what gives their values
    """

    def __init__(self, fields: Mapping[str, _Field], frozen: bool) -> None:
        self.fields = fields
        self.frozen = frozen
        self.given = tuple([name for name, field in fields.items() if field.init])
        self.handed_on = [name for name in self.given if fields[name].kind is _InitVar]
        self.kept = [name for name, field in fields.items() if field.kind is not _InitVar]
        self.shown = [name for name in self.kept if fields[name].repr]
        self.copied = [name for name in self.given if name in self.kept]
        self.copies = _values_of(self.copied)
        self.compared = _values_of([name for name in self.kept if fields[name].compare])
        self.hashed = _values_of([name for name in self.kept if fields[name].hash])

    def as_standard(self, name: str) -> type:
        """The standard dataclass of these fields."""
        import dataclasses

        fields = []
        for field_name, field in self.fields.items():
            kind = dataclasses.InitVar[object] if field.kind is _InitVar else field.kind
            options = {option: getattr(field, option) for option in _Field.__slots__}
            del options["kind"]
            given = {option: value for option, value in options.items() if value is not _NOTHING}
            fields.append((field_name, kind, dataclasses.field(**given)))
        return dataclasses.make_dataclass(name, fields, frozen=self.frozen)


def _values_of(names: list[str]) -> Callable[[Any], tuple[Any, ...]]:
    """What gives the values of these fields of an object, as a tuple."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda value: tuple([getattr(value, name) for name in names])


class _OnDemand:
    """An attribute of classes that is made of a class when it is first asked for."""

    __slots__ = ("_made", "_make")

    def __init__(self, make: Callable[[type], Any]) -> None:
        self._make = make
        self._made: dict[type, Any] = {}

    def __get__(self, instance: object, owner: type) -> Any:
        if owner not in self._made:
            self._made[owner] = self._make(owner)
        return self._made[owner]


def _fields(cls: Any) -> Any:
    """What the functions of dataclasses look for."""
    return cls.__layout__.as_standard(cls.__name__).__dataclass_fields__


def _params(cls: Any) -> Any:
    """What the decorator of dataclasses looks for in a base."""
    return cls.__layout__.as_standard(cls.__name__).__dataclass_params__


def _signature(cls: Any) -> Any:
    """What help() looks for; a subclass that is no dataclass shows its own."""
    import inspect

    if "__layout__" not in vars(cls):
        raise AttributeError
    return inspect.signature(cls.__layout__.as_standard(cls.__name__))


def _equal(self: Any, other: Any) -> Any:
    if type(self) is not type(other):
        return NotImplemented
    compared = self.__layout__.compared
    return compared(self) == compared(other)


def _hash(self: Any) -> int:
    return hash(self.__layout__.hashed(self))


def _repr(self: Any) -> str:
    shown = [f"{name}={getattr(self, name)!r}" for name in self.__layout__.shown]
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _replaced(self: Any, /, **changes: Any) -> Any:
    """A copy with some fields changed; copy.replace() calls it, from Python 3.13 on."""
    layout: _Layout = self.__layout__
    own = dict(zip(layout.copied, layout.copies(self), strict=True))
    return type(self)(**{**own, **changes})


def _state(self: Any) -> dict[str, Any]:
    """For pickle and copy: the fields, and what a subclass may have besides."""
    fields = {name: getattr(self, name) for name in self.__layout__.kept}
    return fields | getattr(self, "__dict__", {})


def _set_state(self: Any, state: dict[str, Any]) -> None:
    for name, value in state.items():
        object.__setattr__(self, name, value)


def _set_no_field(self: Any, name: str, value: object) -> None:
    """Frozen. A subclass that is no dataclass may have attributes of its own."""
    if "__layout__" in vars(type(self)) or name in self.__layout__.fields:
        _refuse(self, name)
    object.__setattr__(self, name, value)


def _refuse(self: Any, name: str) -> None:
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(f"{name!r} can't be set or deleted: {type(self).__name__} is frozen")


_SHARED = {
    "__signature__": _OnDemand(_signature),
    "__dataclass_fields__": _OnDemand(_fields),
    "__dataclass_params__": _OnDemand(_params),
    "__repr__": _repr,
    "__eq__": _equal,
    "__replace__": _replaced,
    "__getstate__": _state,
    "__setstate__": _set_state,
}
_IF_FROZEN = {"__hash__": _hash, "__setattr__": _set_no_field, "__delattr__": _refuse}


def _init(cls: Any, layout: _Layout) -> Callable[..., None]:
    """An __init__ that does for the first few objects. Then it has the real one written; so it does
    where the arguments don't fit, of which that tells.
    """
    made = 0

    def __init__(self: Any, /, *values: Any, **named: Any) -> None:  # noqa: N807
        nonlocal made
        made += 1
        given = _bound(layout, values, named) if made <= _FEW else None
        if given is None:
            cls.__init__ = _written(cls, layout)
            cls.__init__(self, *values, **named)
            return
        for name in layout.given:
            if name in layout.kept:
                object.__setattr__(self, name, given[name])
        if hasattr(cls, "__post_init__"):
            self.__post_init__(*[given[name] for name in layout.handed_on])

    return __init__


def _bound(
    layout: _Layout, values: tuple[Any, ...], named: dict[str, Any]
) -> dict[str, Any] | None:
    """The value of each field that __init__ takes; None where the arguments don't fit."""
    given = dict(zip(layout.given, values, strict=False))
    if len(values) > len(given) or not given.keys().isdisjoint(named):
        return None
    given |= named
    for name in layout.given:
        if name not in given:
            field = layout.fields[name]
            if field.default_factory is not _NOTHING:
                given[name] = field.default_factory()
            elif field.default is not _NOTHING:
                given[name] = field.default
            else:
                return None
    return given if len(given) == len(layout.given) else None


def _written(cls: type, layout: _Layout) -> Callable[..., None]:
    """As one would write it by hand: def __init__(self, mean, variance): ..."""
    names: dict[str, Any] = {"_nothing": _NOTHING}
    parameters, lines = ["self"], []
    for name in layout.given:
        field = layout.fields[name]
        if field.default_factory is not _NOTHING:
            names[f"_make_{name}"] = field.default_factory
            parameters.append(f"{name}=_nothing")
            lines.append(f"if {name} is _nothing: {name} = _make_{name}()")
        elif field.default is not _NOTHING:
            names[f"_default_{name}"] = field.default
            parameters.append(f"{name}=_default_{name}")
        else:
            parameters.append(name)
        if name in layout.kept:
            names[f"_put_{name}"] = _setter(cls, name)
            lines.append(f"_put_{name}(self, {name})")
    if hasattr(cls, "__post_init__"):
        lines.append(f"self.__post_init__({', '.join(layout.handed_on)})")
    body = "".join(f"    {line}\n" for line in lines or ["pass"])
    exec(f"def __init__({', '.join(parameters)}):\n{body}", names)
    written: Callable[..., None] = names["__init__"]
    written.__qualname__ = f"{cls.__qualname__}.__init__"
    return written


def _setter(cls: type, name: str) -> Callable[[Any, Any], None]:
    """What sets a field, frozen or not: a slot's own __set__ is the fastest."""
    slot = getattr(cls, name, None)
    return slot.__set__ if slot else lambda self, value: object.__setattr__(self, name, value)


def _dataclass(*, frozen: bool = False, slots: bool = False) -> Callable[[type], type]:
    """As dataclasses.dataclass. The class is made anew, as slots can't be added to one that is there."""

    def made(cls: type) -> type:
        inherited: dict[str, _Field] = {}
        for base in reversed(cls.__mro__[1:]):
            if "__layout__" in vars(base):
                inherited |= vars(base)["__layout__"].fields
        own = {}
        for name, kind in cls.__annotations__.items():
            if kind is not ClassVar:
                default = vars(cls).get(name, _NOTHING)
                own[name] = default if isinstance(default, _Field) else _Field(default=default)
                own[name].kind = kind
        layout = _Layout(inherited | own, frozen)
        namespace: dict[str, Any] = {
            "__layout__": layout,
            "__match_args__": layout.given,
            **_SHARED,
            **(_IF_FROZEN if frozen else {"__hash__": None}),
        }
        if slots:
            namespace["__slots__"] = [n for n in own if n in layout.kept and n not in inherited]
        replaced = (*layout.kept, "__dict__", "__weakref__")
        namespace |= {name: value for name, value in vars(cls).items() if name not in replaced}
        result = type(cls)(cls.__name__, cls.__bases__, namespace)
        result.__qualname__ = cls.__qualname__
        if "__init__" not in namespace:
            setattr(result, "__init__", _init(result, layout))  # noqa: B010 (mypy: no assignment)
        return result

    return made


class _CachedProperty:
    """As functools.cached_property, which brings collections with it."""

    def __init__(self, compute: Callable[[Any], Any]) -> None:
        self.compute = compute
        self.__doc__ = compute.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, instance: Any, owner: type) -> Any:
        """Once: from then on, an attribute of this name stands in the object's own __dict__."""
        if instance is None:
            return self
        value = instance.__dict__[self.name] = self.compute(instance)
        return value


def _replace(value: Any, /, **changes: Any) -> Any:
    """As dataclasses.replace."""
    return value.__replace__(**changes)


if TYPE_CHECKING:
    from dataclasses import InitVar, dataclass, field, replace
    from functools import cached_property
else:
    dataclass, field, replace, InitVar = _dataclass, _Field, _replace, _InitVar
    cached_property = _CachedProperty

__all__ = ["InitVar", "cached_property", "dataclass", "field", "replace"]
