"""A label with links, for the keys: Tab goes from link to link and on, Shift+Tab back and out."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget


class LinkLabel(QLabel):
    """Rich text whose links the keys reach."""

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.LinksAccessibleByMouse
            | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
        )

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002 (Qt's name)
        """Premise: going back, Qt (seen in 6.11) stays for ever on a link with which the text begins. It has
        the link on which the keys stand selected.
        """
        link = self.selectionStart()
        is_done = super().focusNextPrevChild(next)
        is_stuck = link == self.selectionStart() == 0 and self.window().focusWidget() is self
        return QWidget.focusNextPrevChild(self, next) if is_stuck else is_done
