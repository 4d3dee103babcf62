"""The language of the app, through Qt's translation: chosen in the menu, and changed at once.

translations/*.json have every text of the app; Qt's own dialogs have theirs with Qt.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QCoreApplication,
    QLocale,
    QObject,
    QTranslator,
    Signal,
)

from refgmm_gui import phrases, words

if TYPE_CHECKING:
    from refgmm.translation import Translation

CHOICES = {"system": "The system's language", "en": "English", "zh_TW": "繁體中文"}
_CONTEXT = "refgmm"
_system = QLocale.system
_FOLDER = Path(__file__).parent / "translations"


def catalogue(language: str) -> dict[str, dict[str, str]]:
    """The file of a language: {"texts": ..., "phrases": ...}, each from English; see the tests."""
    import json

    text = (_FOLDER / f"{language}.json").read_text(encoding="utf-8")
    read: dict[str, dict[str, str]] = json.loads(text)
    return read


def chosen(choice: str, system: QLocale | None = None) -> str:
    """The language to speak: the one chosen, or the system's where there is a translation.

    >>> chosen("zh_TW"), chosen("system", QLocale("zh_HK")), chosen("system", QLocale("de_DE"))
    ('zh_TW', 'zh_TW', 'en')
    """
    if choice != "system":
        return choice
    locale = system or _system()
    is_traditional = locale.script() == QLocale.Script.TraditionalChineseScript
    return "zh_TW" if is_traditional else "en"


def write_numbers(as_the_system_does: bool) -> None:
    """On the screen: with the decimal point or comma of the system's language, or with points."""
    words.write_numbers_with(_system().decimalPoint() if as_the_system_does else ".")


class _Catalogue(QTranslator):
    """What Qt asks for the app's own texts.

    It is asked last. An empty text would not mean that there is none: so it gives the one it was given.
    """

    def __init__(self, texts: Mapping[str, str], parent: QObject) -> None:
        super().__init__(parent)
        self._texts = texts

    def isEmpty(self) -> bool:
        return False

    def translate(
        self,
        context: bytes | bytearray | memoryview | str,
        source_text: bytes | bytearray | memoryview | str,
        disambiguation: bytes | bytearray | memoryview | str | None = None,
        n: int = -1,
    ) -> str:
        text = str(source_text)
        return self._texts.get(text, text) if context == _CONTEXT else text


class Language(QObject):
    """Signals: changed(), when all texts are to be said again."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.now = "en"
        self._installed: list[QTranslator] = []

    def speak(self, language: str) -> None:
        """Speak this language from now on, in every window."""
        if language == self.now:
            return
        self.now = language
        for translator in self._installed:
            QCoreApplication.removeTranslator(translator)
            translator.deleteLater()
        self._installed = []
        words.speak(str)
        phrases.learn({})
        if language != "en":
            from PySide6.QtCore import QLibraryInfo

            read = catalogue(language)
            phrases.learn(read["phrases"])
            words.speak(lambda text: QCoreApplication.translate(_CONTEXT, text))
            qt, own = QTranslator(self), _Catalogue(read["texts"], self)
            qt.load(
                f"qtbase_{language}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
            )
            self._installed = [own, qt]  # Qt asks the last one first
            for translator in self._installed:
                QCoreApplication.installTranslator(translator)
        self.changed.emit()


LANGUAGE = Language()


def translation() -> "Translation":
    """Who says proofs and reports in the language of the app."""
    from refgmm.translation import Translation

    return Translation(LANGUAGE.now.replace("_", "-"), phrases.told)


class _Said(QObject):
    """A text of a widget, or of another object of Qt's, for as long as that lives."""

    def __init__(self, owner: QObject, put: Callable[[str], object], text: str) -> None:
        super().__init__(owner)
        self._put, self._text = put, text
        LANGUAGE.changed.connect(self.say)
        self.say()

    def say(self) -> None:
        self._put(words.tr(self._text))


def say(put: Callable[[str], object], text: str, owner: QObject | None = None) -> None:
    """Put a text where it belongs, and again whenever the language changes.

        say(button.setToolTip, "Back to the number before")

    owner: the object whose text it is, where `put` is no method of its own
    """
    owner = owner or getattr(put, "__self__", None)
    assert isinstance(owner, QObject)
    _Said(owner, put, text)
