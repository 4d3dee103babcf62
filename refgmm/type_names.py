"""The names of `typing` that annotations are written with, without importing it.

    from refgmm.type_names import Any, Protocol

Premise: a type checker needs these names, a running program never looks at one; yet to import
typing takes as long as to import half of refgmm: regular expressions and enumerations come with it.
Method: type checkers read typing's own; a running program gets names that stand for nothing.
What does something when it runs, a NamedTuple, comes from typing itself.
"""

TYPE_CHECKING = False  # a name that every type checker takes for True

if TYPE_CHECKING:
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

    class Nothing:
        """A name in an annotation, or a base: with or without a [parameter]."""

        __slots__ = ()

        def __class_getitem__(cls, parameter):
            return cls

    class ClassVar(Nothing):
        """Of refgmm.records, which looks for it."""

    Any = object
    Final = Generic = Literal = Protocol = TypeGuard = Nothing

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
    "ClassVar",
    "Final",
    "Generic",
    "Literal",
    "Protocol",
    "TypeGuard",
    "TypeVar",
    "cast",
    "final",
    "overload",
]
