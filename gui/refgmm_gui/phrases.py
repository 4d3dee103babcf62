"""The sentences of refgmm in the user's language. No Qt.

refgmm speaks English and knows no translations. So the app has a book of its phrases, with
placeholders where they have numbers or other phrases, and reads a sentence by them:

    {x} lies just on the mean of {component}.    x₁ = 0.9 lies just on the mean of component 1.
"""

import re
from collections.abc import Mapping
from functools import cache, lru_cache

from refgmm_gui.words import filled, joined

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_INITIAL = r"\b[A-Z]\."  # of a name: C. M. Bishop
_END = rf"(?<=\.)(?<!{_INITIAL}) (?=[^\W\d_]|`)"  # of a sentence, before the next
_WITHIN_A_SENTENCE = f"(?:(?!{_END}).)+?"
_NUMBERS = r"\d+(?:(?:, | and )\d+)*(?: more)?"  # 4, 5 and 6
_said: dict[str, str] = {}
_open: list[tuple[str, str, str]] = []  # phrases with placeholders, what they begin and end with


def learn(phrases: Mapping[str, str]) -> None:
    """From now on, these phrases are known: English, and what to say for it.

    Where several fit a text, the first counts.
    """
    _said.clear()
    _said.update(phrases)
    parts = {phrase: _PLACEHOLDER.split(phrase) for phrase in phrases}
    _open[:] = [(phrase, part[0], part[-1]) for phrase, part in parts.items() if len(part) > 1]
    told.cache_clear()


@lru_cache(maxsize=2000)
def told(text: str) -> str:
    """A text of refgmm's in the user's language; as it is, where no phrase is known for it."""
    if not _said:
        return text
    for known in (text, text[:1].lower() + text[1:]):  # where it begins a line
        if (found := _told_as_one(known)) is not None:
            return found
    sentences = re.split(_END, text)
    for count in range(len(sentences) - 1, 0, -1):
        first, others = " ".join(sentences[:count]), " ".join(sentences[count:])
        found = _told_as_one(first)
        if found is not None or count == 1:
            return joined(found or first, told(others))
    return text


def _told_as_one(text: str) -> str | None:
    known = known_as(text)
    if known is None:
        return None
    phrase, parts = known
    return filled(_said[phrase], {name: told(part) for name, part in parts.items()})


def known_as(text: str) -> tuple[str, dict[str, str]] | None:
    """The phrase that a text is, and what it has in the place of each placeholder."""
    if text in _said:
        return text, {}
    for phrase, start, end in _open:
        may_be = text.startswith(start) and text.endswith(end)  # which is fast to see
        if may_be and (match := _pattern(phrase).fullmatch(text)):
            return phrase, match.groupdict()
    return None


@cache
def _pattern(phrase: str) -> re.Pattern[str]:
    """What a phrase may look like with its placeholders filled in; {i} and {j} hold numbers.

    >>> pattern = _pattern("{what} of component {j}")
    >>> pattern.fullmatch("means of component 1").groupdict()
    {'what': 'means', 'j': '1'}
    """
    parts = _PLACEHOLDER.split(phrase)
    texts, names = parts[::2], parts[1::2]
    holds = [_NUMBERS if name in ("i", "j") else _WITHIN_A_SENTENCE for name in names]
    groups = [f"(?P<{name}>{held})" for name, held in zip(names, holds, strict=True)] + [""]
    return re.compile(
        "".join(re.escape(text) + group for text, group in zip(texts, groups, strict=True))
    )
