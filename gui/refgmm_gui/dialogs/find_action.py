"""Any action by typing what one wants to do."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHeaderView,
    QLabel,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from refgmm_gui.window.menus import Entry
from refgmm_gui.words import tr

_MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class FindActionDialog(QDialog):
    """A line to type in, and the actions that fit. What can't be done now is grey and says why.

    Attributes: words, the line; found, the list; told, what the action chosen does, or why it can't.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("findAction")
        self.setWindowTitle(tr("Find an action"))
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self._entries: Callable[[], Sequence[Entry]] = tuple
        self._shown: list[Entry] = []
        self.words = QLineEdit()
        self.words.setAccessibleName(tr("What you want to do"))
        self.words.setPlaceholderText(tr("Type what you want to do: export, weights, dark …"))
        self.words.textChanged.connect(self._search)
        self.words.installEventFilter(self)
        self.found = QTreeWidget()
        self.found.setAccessibleName(tr("Actions found"))
        self.found.setHeaderHidden(True)
        self.found.setColumnCount(2)
        self.found.setRootIsDecorated(False)
        self.found.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.found.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.found.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.found.header().setStretchLastSection(False)
        self.found.currentItemChanged.connect(self._tell)
        self.found.itemClicked.connect(self._do)
        self.found.itemActivated.connect(self._do)
        self.told = QLabel()
        self.told.setObjectName("actionTold")
        self.told.setWordWrap(True)
        self.told.setTextFormat(Qt.TextFormat.PlainText)
        layout = QVBoxLayout(self)
        for widget in (self.words, self.found, self.told):
            layout.addWidget(widget)
        letter = self.fontMetrics().averageCharWidth()
        self.resize(90 * letter, 65 * letter)

    def open_with(self, entries: Callable[[], Sequence[Entry]]) -> None:
        """Appear, with all of these to choose from: menus may change meanwhile, and are asked anew."""
        self._entries = entries
        self.words.clear()
        self._search()
        self.show()
        self.words.setFocus()

    def _search(self) -> None:
        self._shown = search(self._entries(), self.words.text())
        self.found.clear()
        for entry in self._shown:
            item = QTreeWidgetItem([" › ".join([*entry.path, entry.text]), entry.keys])
            item.setToolTip(0, entry.why_not or entry.meaning)
            if entry.why_not:  # not off, for one could not ask why
                for column in range(2):
                    item.setForeground(column, self.palette().placeholderText())
            self.found.addTopLevelItem(item)
        self.found.setCurrentIndex(self.found.model().index(0, 0))
        if not self._shown:
            self.told.setText(tr("No action has all of these words."))

    @property
    def chosen(self) -> Entry | None:
        """The action on which the list stands."""
        row = self.found.currentIndex().row()
        entry = self._shown[row] if 0 <= row < len(self._shown) else None
        return (
            entry if entry is not None and isValid(entry.action) else None
        )  # its menu may be another

    def _tell(self) -> None:
        entry = self.chosen
        if entry is not None:
            self.told.setText(
                tr("Not now: {why_not}", why_not=entry.why_not) if entry.why_not else entry.meaning
            )
            self.words.setAccessibleDescription(
                f"{entry.text}. {self.told.text()}"
            )  # it has the focus

    def _do(self) -> None:
        """Do what is chosen, with this window out of the way."""
        entry = self.chosen
        if entry is not None and not entry.why_not:
            self.hide()
            entry.action.trigger()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up and Down move in the list while one types; Enter does what it stands on."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._do()
            return True
        if event.key() in _MOVES:
            self.found.keyPressEvent(event)
            return True
        return False


def search(entries: Sequence[Entry], words: str) -> list[Entry]:
    """Those that have all the words in their menu, name or meaning; first those with them in the name."""
    wanted = words.lower().split()

    def fits(entry: Entry) -> bool:
        text = " ".join([*entry.path, entry.text, entry.meaning]).lower()
        return all(word in text for word in wanted)

    def is_named_so(entry: Entry) -> bool:
        return all(word in entry.text.lower() for word in wanted)

    return sorted(filter(fits, entries), key=lambda entry: not is_named_so(entry))
