"""The menu bar: one table of what stands where; and all of its actions, for those who search them."""

from collections.abc import Iterator, Mapping

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from refgmm.records import dataclass
from refgmm_gui.actions import SPECS, Actions, plain
from refgmm_gui.language import say
from refgmm_gui.words import tr

MENUS: dict[str, tuple[str, ...]] = {
    "&File": (
        "menu:new", "open", "menu:recent", "gallery", "example", "", "import_points", "generate", "",
        "save", "save_as", "", "export_solution", "export_plot", "export_animation", "", "quit",
    ),
    "&Edit": (
        "undo", "redo", "", "edit_plot", "insert_point", "fill_down", "sort_ascending", "sort_descending",
        "normalise", "start_among_points", "", "copy_worksheet", "copy_history",
    ),
    "&Walk": ("forward", "epoch", "back", "start", "", "run", "pause", "cancel", "", "compare"),
    "&View": (
        "paper", "why", "", "zoom_in", "zoom_out", "zoom_reset", "", "simple", "full", "menu:panels", "menu:explanation", "menu:inputs",
        "menu:columns", "", "larger", "smaller", "usual_size", "present", "", "menu:theme", "menu:language", "local_numbers",
    ),
    "&Help": ("handbook", "tour", "keys", "find_action", "", "left_out", "about"),
}  # fmt: skip
"""Actions by name, "" for a line, "menu:..." for a menu inside."""


_ON = {spec.name: spec.on for spec in SPECS if spec.on}


@dataclass(frozen=True, slots=True)
class Entry:
    """An action where it stands: ("View", "Theme"), Dark."""

    path: tuple[str, ...]
    action: QAction

    @property
    def text(self) -> str:
        return plain(self.action.text())

    @property
    def meaning(self) -> str:
        """What it does, in words."""
        return self.action.whatsThis() or self.text

    @property
    def why_not(self) -> str:
        """Why it can't be done now; empty where it can."""
        return "" if self.action.isEnabled() else self.action.statusTip() or tr("Not possible now.")

    @property
    def keys(self) -> str:
        """Its keys as people write them, "F8 or Ctrl+Right"; empty where it has none."""
        keys = tr(" or ").join(keys.toString() for keys in self.action.shortcuts())
        on = _ON.get(self.action.objectName(), "")
        return tr("{keys} on the {part}", keys=keys, part=tr(on)) if on else keys


def build(bar: QMenuBar, actions: Actions, inner: Mapping[str, QMenu]) -> None:
    """Fill the menu bar from MENUS; inner: the menus inside, by name."""
    for title, names in MENUS.items():
        menu = bar.addMenu("")
        say(menu.setTitle, title)
        for name in names:
            if name.startswith("menu:"):
                menu.addMenu(inner[name.removeprefix("menu:")])
            elif name:
                menu.addAction(actions[name])
            else:
                menu.addSeparator()


def titled(title: str, parent: QWidget) -> QMenu:
    """An empty menu."""
    menu = QMenu(parent)
    say(menu.setTitle, title)
    return menu


def choice_menu(
    title: str, choices: Mapping[str, str], parent: QWidget
) -> tuple[QMenu, QActionGroup]:
    """A menu of which one entry is ticked at a time; each entry's data is its key."""
    menu, group = titled(title, parent), QActionGroup(parent)
    for key, text in choices.items():
        action = group.addAction(menu.addAction(""))
        say(action.setText, text)
        action.setCheckable(True)
        action.setData(key)
    return menu, group


def tick(group: QActionGroup, key: str) -> None:
    """Tick the entry of this key."""
    for action in group.actions():
        action.setChecked(action.data() == key)


def entries(bar: QMenuBar) -> list[Entry]:
    """Every action of the menu bar, in the order in which it stands there."""
    return list(_entries(bar.actions(), ()))


def _entries(actions: list[QAction], path: tuple[str, ...]) -> Iterator[Entry]:
    for action in actions:
        menu = action.menu()
        if isinstance(menu, QMenu):
            yield from _entries(menu.actions(), (*path, plain(action.text())))
        elif not action.isSeparator() and action.isVisible():
            yield Entry(path, action)
