"""The app's words in the user's language. No Qt: refgmm_gui.language puts Qt's translation to work.

Texts stand in the code in English, and translations/ has them in other languages:

    tr("Saved {path}.", path=path)

A table has its texts in English too, and whoever shows one of them calls tr(text).
"""

import re
from collections.abc import Callable

_POINT_OF_NUMBER = re.compile(r"(?<=\d)\.(?=\d)")
_translate: Callable[[str], str] = (
    str  # from the English text; as it is, while there is no language
)
_decimal_point = "."


def tr(text: str, **values: object) -> str:
    """The text in the user's language, its {placeholders} filled in as str.format does.

    >>> tr("Epoch {epoch}", epoch=3)
    'Epoch 3'
    """
    said = _translate(text)
    return said.format(**values) if values else said


def shown_number(text: str) -> str:
    """A number as the user's language writes it, if the user wants that: 1,3066 for 1.3066.

    For the screen alone: files and the clipboard have points, in every language.
    """
    return tr("undefined") if text == "undefined" else text.replace(".", _decimal_point)


def with_shown_numbers(sentence: str) -> str:
    """A sentence, the numbers in it as the user wants them."""
    return _POINT_OF_NUMBER.sub(_decimal_point, sentence)


def in_html(text: str) -> str:
    """A text as it is written within HTML.

    >>> in_html("a < b")
    'a &lt; b'
    """
    from html import escape

    return escape(text)


def speak(translate: Callable[[str], str]) -> None:
    """From now on, texts are translated so."""
    global _translate  # noqa: PLW0603  one language for the whole app, as in Qt
    _translate = translate


def write_numbers_with(decimal_point: str) -> None:
    """From now on, numbers on the screen have this decimal point."""
    global _decimal_point  # noqa: PLW0603
    _decimal_point = decimal_point
