"""The help: keys, actions by name, the handbook, the tour, and two texts."""

import sys
from typing import TYPE_CHECKING

import refgmm
from refgmm_gui.desks.parts import Parts
from refgmm_gui.window import menus
from refgmm_gui.words import tr

if TYPE_CHECKING:
    from refgmm_gui.dialogs.find_action import FindActionDialog
    from refgmm_gui.dialogs.handbook import HandbookWindow
    from refgmm_gui.dialogs.keys import KeysWindow
    from refgmm_gui.window.tour import Tour


class HelpingDesk:
    """Each method is what happens on a click; windows are made when they are first wanted."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._keys: KeysWindow | None = None
        self._handbook: HandbookWindow | None = None
        self._finder: FindActionDialog | None = None
        self._tour: Tour | None = None

    def forget_windows(self) -> None:
        """They are made anew, in another language."""
        for window in (self._keys, self._handbook, self._finder, self._tour):
            if window is not None:
                window.hide()
                window.deleteLater()
        self._keys = self._handbook = self._finder = self._tour = None

    def welcome(self) -> None:
        """The tour, at the first start."""
        if str(self._parts.settings.value("toured", "false")) != "true":
            self._parts.settings.setValue("toured", "true")
            self.tour()

    def tour(self) -> None:
        from refgmm_gui.window.tour import Tour, steps_of

        if self._tour is None:
            self._tour = Tour(self._parts.window)
        self._tour.start(steps_of(self._parts.window), self._parts.theme)

    def keys(self) -> None:
        from refgmm_gui.dialogs.keys import KeysWindow

        if self._keys is None:
            self._keys = KeysWindow(self._parts.window)
        self._keys.show_entries(self._entries())
        _bring(self._keys)

    def find_action(self) -> None:
        from refgmm_gui.dialogs.find_action import FindActionDialog

        if self._finder is None:
            self._finder = FindActionDialog(self._parts.window)
        self._finder.open_with(self._entries)

    def handbook(self) -> None:
        from refgmm_gui.dialogs.handbook import HandbookWindow

        if self._handbook is None:
            self._handbook = HandbookWindow(self._parts.window)
        _bring(self._handbook)

    def left_out(self) -> None:
        from refgmm.worked_example import LEFT_OUT

        text = LEFT_OUT.replace("\n    ", " ")  # no line ends inside paragraphs
        self._parts.dialogs.text(tr("What the lecture note leaves out"), text)

    def about(self) -> None:
        self._parts.dialogs.text(
            tr("About refgmm"),
            tr(
                "refgmm {version}\n\nThe EM algorithm for Gaussian mixtures, with every number kept.\nPython {python}",
                version=refgmm.__version__,
                python=sys.version.split()[0],
            ),
        )

    def _entries(self) -> list[menus.Entry]:
        return menus.entries(self._parts.window.menuBar())


def _bring(window: "KeysWindow | HandbookWindow") -> None:
    """Show a window, in front of the others."""
    window.show()
    window.raise_()
    window.activateWindow()
