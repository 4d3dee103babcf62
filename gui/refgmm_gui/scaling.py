"""How large letters are, and with them all that is measured by them."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontDatabase, QFontInfo
from PySide6.QtWidgets import QApplication


def letters(factor: float) -> QFont:
    """The system's letters, so many times as large."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    font.setPointSizeF(QFontInfo(font).pointSizeF() * factor)
    return font


def apply(app: QApplication, factor: float) -> None:
    """Give the whole app letters so many times as large as the system's."""
    # Or the app's style sheet would keep letters as large as they were where it was put on.
    app.setAttribute(Qt.ApplicationAttribute.AA_UseStyleSheetPropagationInWidgetStyles)
    font = letters(factor)
    if app.font() != font:  # to set it once more would lay out everything anew
        app.setFont(font)
