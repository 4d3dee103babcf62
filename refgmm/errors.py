"""The one family of errors that refgmm raises on purpose.

    RefGMMError            everything below; a ValueError
      InvalidValueError    a number, or a group of numbers, that a mixture can't be made of
      FileFormatError      a file or a text that can't be read as what it should be
        ColumnChoiceError  a text with several columns, and no word which one is meant
      DegenerateError      a mixture was asked for where EM has none to give
      NotFittedError       an estimator was asked before it was fitted

and the one warning:

    ConvergenceWarning     a fit was cut short; a UserWarning

Every message says what is wrong, where, and what to do about it. Points and
components are numbered from 1 in messages, as in the lecture note, and from 0
in the attributes, as in Python.
"""

from refgmm.type_names import Any, Sequence


class RefGMMError(ValueError):
    """Base class of refgmm's errors."""

    def __reduce__(self) -> tuple[Any, ...]:
        """A copy, in another process too, has the message and the attributes; __init__ isn't called."""
        return _without_attributes, (type(self), self.args), self.__dict__


class InvalidValueError(RefGMMError):
    """A value that is not a number, or not one that the model allows.

    field: "points", "weights", "means", "variances", "covariances" or "components", or the
        name of the argument
    index: which of them, counted from 0; None where the field as a whole is meant
    """

    def __init__(self, message: str, *, field: str, index: int | None = None) -> None:
        super().__init__(message)
        self.field = field
        self.index = index


class FileFormatError(RefGMMError):
    """A file or text that can't be read.

    line: where, counted from 1; None where no one line is to blame
    """

    def __init__(self, message: str, *, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


class ColumnChoiceError(FileFormatError):
    """A text has several columns that could hold the points.

    columns: what each is called, by its header or its number; of the columns of numbers
    """

    def __init__(self, message: str, *, columns: Sequence[str]) -> None:
        super().__init__(message)
        self.columns = tuple(columns)


class DegenerateError(RefGMMError):
    """There is no mixture after this epoch.

    events: the named events (see refgmm.events) that say why
    """

    def __init__(self, message: str, *, events: Sequence[object]) -> None:
        super().__init__(message)
        self.events = tuple(events)


class NotFittedError(RefGMMError, AttributeError):
    """An estimator was asked for what only a fit gives. An AttributeError, too, as scikit-learn's is."""


class ConvergenceWarning(UserWarning):
    """A fit was cut short by the number of epochs: its parameters are on the way to a maximum."""


def _without_attributes(kind: type[RefGMMError], args: tuple[Any, ...]) -> RefGMMError:
    return kind.__new__(kind, *args)
