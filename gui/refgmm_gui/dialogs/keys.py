"""All keys, menu by menu, in a window beside which one can go on."""

import html
from collections.abc import Iterable
from itertools import groupby

from PySide6.QtWidgets import QDialog, QTextBrowser, QVBoxLayout, QWidget

from refgmm_gui.window.menus import Entry
from refgmm_gui.words import tr


class KeysWindow(QDialog):
    """Attributes: text, the sheet."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("keysWindow")
        self.setWindowTitle(tr("Keyboard"))
        self.text = QTextBrowser()
        self.text.setAccessibleName(tr("Keys of all actions"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.text)
        letter = self.fontMetrics().averageCharWidth()
        self.resize(90 * letter, 110 * letter)

    def show_entries(self, entries: Iterable[Entry]) -> None:
        """The keys of those that have some."""
        self.text.setHtml(keys_as_html(entries))


def keys_as_html(entries: Iterable[Entry]) -> str:
    """A heading for each menu, and below it its keys: "F8 or Ctrl+Right", "Do the next step"."""
    parts = []
    with_keys = (entry for entry in entries if entry.keys)
    for menu, group in groupby(with_keys, key=lambda entry: entry.path[0]):
        rows = "".join(
            f"<tr><td><b>{html.escape(entry.keys)}</b>&nbsp;&nbsp;&nbsp;</td>"
            f"<td>{html.escape(entry.meaning)}</td></tr>"
            for entry in group
        )
        parts.append(f"<h3>{html.escape(menu)}</h3><table cellpadding=3>{rows}</table>")
    parts.append(tr("<p>The keys inside tables, plot and formulas are in the handbook.</p>"))
    return "".join(parts)
