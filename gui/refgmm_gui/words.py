"""The app's words in the user's language. No Qt: refgmm_gui.language puts Qt's translation to work.

Texts stand in the code in English, and translations/ has them in other languages:

    tr("Saved {path}.", path=path)

A table has its texts in English too, and whoever shows one of them calls tr(text).
"""

import functools
import re
from collections.abc import Callable, Mapping

_POINT_OF_NUMBER = re.compile(r"(?<=\d)\.(?=\d)")
_VALUE = "\0"  # on both sides of a text that is put into another
_HAN = "[\u4e00-\u9fff]"
_LATIN = r"[^\s\0<>&,.;:!?\u2013-\u206f\u2e80-\uffff]"  # digits, Greek, brackets, too
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
    return filled(said, values) if values else said


def filled(text: str, values: Mapping[str, object]) -> str:
    """A text with values in the place of its {placeholders}; in one with Han, there is a space between
    Han and Latin.

    >>> filled("{a}與{b}", {"a": "μ", "b": "權重"}), filled("以{who} 自身", {"who": "所有成分"})
    ('μ 與權重', '以所有成分自身')
    """
    if max(text, default="") < "\u4e00":  # no Han
        return text.format(**values)
    marked = {
        name: f"{_VALUE}{value}{_VALUE}" if isinstance(value, str) else value
        for name, value in values.items()
    }
    apart, together = _around_values()
    spaced = apart.sub(" ", text.format(**marked))
    return together.sub("", spaced).replace(_VALUE, "")


@functools.cache
def _around_values() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Where a space is wanted beside a value, and where one is too many. To compile them takes 7 ms."""
    apart = f"(?<={_HAN}){_VALUE}+(?={_LATIN})|(?<={_LATIN}){_VALUE}+(?={_HAN})"
    return re.compile(apart), re.compile(f"(?<={_HAN})(?:{_VALUE}+ | {_VALUE}+)(?={_HAN})")


def joined(*texts: str) -> str:
    """Sentences one after another: with a space between two, but not behind a Chinese full stop.

    >>> joined("Saved.", "Twice."), joined("已儲存。", "兩次。")
    ('Saved. Twice.', '已儲存。兩次。')
    """
    return " ".join(texts).replace("。 ", "。")


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
