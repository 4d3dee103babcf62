"""The sentences of refgmm in the user's language. No Qt.

refgmm speaks English and knows no translations. So the app has a book of its phrases, with
placeholders where they have numbers or other phrases, and reads a sentence by them:

    {x} lies just on the mean of {component}.    x₁ = 0.9 lies just on the mean of component 1.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_END = (
    r"(?<=\.)(?<!\b[A-Z]\.) (?=[^\W\d_]|`)"  # of a sentence, before the next; not in C. M. Bishop
)
_WITHIN_A_SENTENCE = f"(?:(?!{_END}).)+?"
_NUMBERS = r"\d+(?:(?:, | and )\d+)*(?: more)?"  # 4, 5 and 6
_book: list[tuple[re.Pattern[str], str]] = []
_whole: dict[str, str] = {}


def learn(phrases: Mapping[str, str]) -> None:
    """From now on, these phrases are known: English, and what to say for it.

    Where several fit a text, the first counts.
    """
    _whole.clear()
    _whole.update(phrases)
    _book[:] = [
        (_pattern(text), said) for text, said in phrases.items() if _PLACEHOLDER.search(text)
    ]
    told.cache_clear()


@lru_cache(maxsize=2000)
def told(text: str) -> str:
    """A text of refgmm's in the user's language; as it is, where no phrase is known for it."""
    if not _whole:
        return text
    for known in (text, text[:1].lower() + text[1:]):  # where it begins a line
        if (found := _told_as_one(known)) is not None:
            return found
    sentences = re.split(_END, text)
    for count in range(len(sentences) - 1, 0, -1):
        first, others = " ".join(sentences[:count]), " ".join(sentences[count:])
        found = _told_as_one(first)
        if found is not None or count == 1:
            return f"{found or first} {told(others)}".replace("。 ", "。")
    return text


def _told_as_one(text: str) -> str | None:
    if text in _whole:
        return _whole[text]
    for pattern, said in _book:
        if match := pattern.fullmatch(text):
            return said.format(**{name: told(part) for name, part in match.groupdict().items()})
    return None


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
