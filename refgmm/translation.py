"""Who says in another language what proofs and reports say in English, the only language of refgmm.

>>> chinese = {"Divide by `p`, once": "除以一次 `p`"}
>>> translation = Translation("zh-TW", lambda text: chinese.get(text, text))
>>> translation.words(("Divide by ", ["p"], ", once"), "".join)
('除以一次 ', ['p'])
"""

from collections.abc import Callable
from typing import Any, TypeVar

from refgmm.records import dataclass

Symbol = TypeVar("Symbol")


@dataclass(frozen=True, slots=True)
class Translation:
    """A language, and who speaks it.

    language: its tag, as HTML has it
    say: a text of refgmm's in that language; as it is, where it isn't known
    """

    language: str
    say: Callable[[str], str]

    def words(
        self, parts: tuple[str | Symbol, ...], text_of: Callable[[Any], str]
    ) -> tuple[str | Symbol, ...]:
        """A sentence with symbols in it, which may change places.

        `say` is given the sentence as one text, with each symbol's text between backticks.
        """
        symbols = {text_of(part): part for part in parts if not isinstance(part, str)}
        said = self.say(
            "".join(part if isinstance(part, str) else f"`{text_of(part)}`" for part in parts)
        )
        pieces = said.split("`") if symbols else [said]
        return tuple(
            symbols.get(piece, piece) if number % 2 else piece
            for number, piece in enumerate(pieces)
            if piece
        )


ENGLISH = Translation("en", str)
