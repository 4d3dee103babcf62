"""The questions that the app asks, and the errors it tells, in windows of their own."""

import enum
from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QInputDialog, QMessageBox, QWidget

_PROBLEMS = "refgmm problems (*.json);;All files (*)"
_POINTS = "Tables of text (*.csv *.txt *.tsv);;All files (*)"


class Answer(enum.Enum):
    """What to do about unsaved changes."""

    SAVE = enum.auto()
    DISCARD = enum.auto()
    CANCEL = enum.auto()


class Dialogs:
    """Each method opens a dialog and returns what the user chose; "" for nothing."""

    def __init__(self, parent: QWidget) -> None:
        self._parent = parent

    def path_to_open(self, folder: str) -> str:
        return QFileDialog.getOpenFileName(self._parent, "Open a problem", folder, _PROBLEMS)[0]

    def path_to_import(self, folder: str) -> str:
        return QFileDialog.getOpenFileName(self._parent, "Import points", folder, _POINTS)[0]

    def path_to_save(self, suggestion: str) -> str:
        dialog = QFileDialog(self._parent, "Save the problem", suggestion, _PROBLEMS)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("json")  # before the dialog asks whether to write over a file
        dialog.selectFile(suggestion)
        chosen = dialog.selectedFiles() if dialog.exec() else []
        dialog.deleteLater()
        return chosen[0] if chosen else ""

    def column(self, columns: Sequence[str]) -> str:
        choice, is_chosen = QInputDialog.getItem(
            self._parent, "Import points", "Which column holds the points?", columns, 0, False
        )
        return choice if is_chosen else ""

    def unsaved(self, name: str) -> Answer:
        box = QMessageBox(self._parent)
        box.setIcon(QMessageBox.Icon.Question)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(f"{name} has changes that are not saved.")
        box.setInformativeText("Save them?")
        buttons = QMessageBox.StandardButton
        box.setStandardButtons(buttons.Save | buttons.Discard | buttons.Cancel)
        box.setDefaultButton(buttons.Save)
        answer = box.exec()
        box.deleteLater()
        answers = {buttons.Save: Answer.SAVE, buttons.Discard: Answer.DISCARD}
        return answers.get(buttons(answer), Answer.CANCEL)

    def error(self, message: str) -> None:
        # Plain: a file may hold <b>, and so may its name.
        self._show(QMessageBox.Icon.Warning, "refgmm", message, Qt.TextFormat.PlainText)

    def text(self, title: str, text: str) -> None:
        self._show(QMessageBox.Icon.Information, title, text, Qt.TextFormat.AutoText)

    def _show(self, icon: QMessageBox.Icon, title: str, text: str, kind: Qt.TextFormat) -> None:
        box = QMessageBox(self._parent)
        box.setIcon(icon)
        box.setWindowTitle(title)
        box.setTextFormat(kind)
        box.setText(text)
        box.exec()
        box.deleteLater()
