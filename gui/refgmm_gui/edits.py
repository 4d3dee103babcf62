"""The edits of the inputs, to undo and redo: each holds the inputs before it and after.

Steps of the walk are no edits: they have a history of their own, and Back.
"""

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtGui import QUndoCommand, QUndoStack

from refgmm_gui.draft import Draft

_MOST = 500  # edits that can be undone
_GESTURE = 1  # Qt asks only commands of the same id, and not -1, whether they are one

Show = Callable[[Draft], None]
"""Puts inputs in the place of those there are."""


class Edit(QUndoCommand):
    """An edit of the inputs, by name.

    gesture: edits that follow each other in the same gesture, as presses of an arrow do, are one;
    those in none ("") never are.
    """

    def __init__(self, show: Show, before: Draft, after: Draft, name: str, gesture: str) -> None:
        super().__init__(name)
        self._show = show
        self.before, self.after = before, after
        self.gesture = gesture

    def undo(self) -> None:
        self._show(self.before)

    def redo(self) -> None:
        self._show(self.after)

    def id(self) -> int:
        return _GESTURE if self.gesture else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Whether the other, which follows, has become a part of this one."""
        if not isinstance(other, Edit) or other.gesture != self.gesture:
            return False
        self.after = other.after
        self.setText(other.text())
        self.setObsolete(self.after == self.before)
        return True


def edit_stack(parent: QObject) -> QUndoStack:
    """An empty one. When its parent ends it empties itself, and tells nobody: they may be gone."""
    stack = QUndoStack(parent)
    stack.setUndoLimit(_MOST)
    parent.destroyed.connect(lambda: stack.blockSignals(True))
    return stack
