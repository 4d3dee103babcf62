"""Numbers and symbols as a person reads them, the same in the terminal and the app."""

import math

from refgmm.type_names import Sequence

ALL_DIGITS = 17
"""At 17 decimals a number is shown as Python's repr: every digit that the double has,
and no digit that it doesn't."""

_MOST_SAID = 10  # characters

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def format_number(value: float, decimals: int) -> str:
    """`value` with so many decimals, rounded as a double rounds.

    A number too small to show a digit that way is written with a power of ten, so that
    it is never mistaken for zero; so is one too large for a column. 0/0 has no digits.

    >>> format_number(1.3065753725700628, 3), format_number(1.3065753725700628, ALL_DIGITS)
    ('1.307', '1.3065753725700628')
    >>> format_number(1.5e-12, 3), format_number(0.0, 3), format_number(6.02e23, 3)
    ('1.500e-12', '0.000', '6.020e+23')
    >>> format_number(float("nan"), 3)
    'undefined'
    """
    if math.isnan(value):
        return "undefined"
    if decimals >= ALL_DIGITS or math.isinf(value):
        return repr(value)
    text = f"{value:.{decimals}f}"
    looks_like_zero = value != 0.0 and float(text) == 0.0
    return f"{value:.{decimals}e}" if looks_like_zero or abs(value) >= 1e16 else text


def short_number(value: float) -> str:
    """A number in a sentence: as it is where it has few digits, else six of them.

    >>> short_number(2.4), short_number(0.1 + 0.2), short_number(1.9721522630525295e-31)
    ('2.4', '0.3', '1.97215e-31')
    """
    text = repr(value)
    return text if len(text) <= _MOST_SAID else f"{value:.6g}"


def short_place(x: float | tuple[float, ...]) -> str:
    """A point in a sentence.

    >>> short_place(2.4), short_place((0.1 + 0.2, 3.0))
    ('2.4', '(0.3, 3.0)')
    """
    return f"({', '.join(map(short_number, x))})" if isinstance(x, tuple) else short_number(x)


def subscript(number: int) -> str:
    """The number as an index below the line.

    >>> "β" + subscript(12)
    'β₁₂'
    """
    return str(number).translate(_SUBSCRIPTS)


def letters(text: str) -> int:
    """How wide a text is, in letters: a Chinese one is as wide as two others.

    >>> letters("mean"), letters("平均數")
    (4, 6)
    """
    import unicodedata

    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def listed(words: Sequence[str], most: int = 5) -> str:
    """The words as a list in a sentence, those beyond the first few counted.

    >>> listed(["means"]), listed(["means", "variances", "weights"]), listed("abcdefg", most=2)
    ('means', 'means, variances and weights', 'a, b and 5 more')
    """
    if len(words) > most:
        words = [*words[:most], f"{len(words) - most} more"]
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def numbered(noun: str, indices: Sequence[int]) -> str:
    """Things by their numbers, counted from 1.

    >>> numbered("point", [3]), numbered("component", [0, 1])
    ('point 4', 'components 1 and 2')
    """
    return f"{noun}{'s' if len(indices) > 1 else ''} {listed([str(i + 1) for i in indices])}"
