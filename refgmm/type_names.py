"""The names that annotations are written with, of `typing` and `collections.abc`, without importing these.

    from refgmm.type_names import Any, Protocol, Sequence

Premise: a running program looks at no annotation. Yet to import typing takes as long as to import half
of refgmm: regular expressions and enumerations come with it, and named tuples with collections.
Method: type checkers read the names where they belong. A running program gets names of typing that
stand for nothing; those of collections.abc, which isinstance() needs, from where Python itself
has them from its start on. What does something when it runs, a NamedTuple, comes from typing.
"""

TYPE_CHECKING = False  # a name that type checkers take for True

if TYPE_CHECKING:
    from collections.abc import (
        Callable,
        Collection,
        Container,
        Iterable,
        Iterator,
        Mapping,
        Sequence,
        Set,
    )
    from typing import (
        Any,
        ClassVar,
        Final,
        Generic,
        Literal,
        Protocol,
        TypeGuard,
        TypeVar,
        cast,
        final,
        overload,
    )
else:
    from _collections_abc import (
        Callable,
        Collection,
        Container,
        Iterable,
        Iterator,
        Mapping,
        Sequence,
        Set,
    )

    class _Nothing:
        """In an annotation, or a base class: with or without a [parameter]."""

        __slots__ = ()

        def __class_getitem__(cls, parameter):
            return cls

    class Literal(_Nothing):
        """The choices themselves, which help() shows."""

        def __class_getitem__(cls, choices):
            return choices

    class ClassVar(_Nothing):
        """What refgmm.records looks for."""

    Any = object
    Final = Generic = Protocol = TypeGuard = _Nothing

    def TypeVar(name, bound=None):  # noqa: N802
        return name

    def cast(kind, value):
        return value

    def final(something):
        return something

    overload = final

__all__ = [
    "TYPE_CHECKING",
    "Any",
    "Callable",
    "ClassVar",
    "Collection",
    "Container",
    "Final",
    "Generic",
    "Iterable",
    "Iterator",
    "Literal",
    "Mapping",
    "Protocol",
    "Sequence",
    "Set",
    "TypeGuard",
    "TypeVar",
    "cast",
    "final",
    "overload",
]
