"""Every action of the app in one table: what it is called, its keys, its icon, and what it does in words."""

import re

from PySide6.QtCore import SIGNAL, QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QToolButton

from refgmm.records import dataclass
from refgmm_gui.icon import icon
from refgmm_gui.language import LANGUAGE
from refgmm_gui.theme import Theme
from refgmm_gui.words import tr

_CHANGED = SIGNAL("changed()")
_MANY = 100  # connections


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """An action as menus, the tool bar and the list of keys show it."""

    name: str
    text: str
    keys: tuple[str, ...] = ()
    icon: str = ""
    tip: str = ""
    is_choice: bool = False  # whether it is on or off
    on: str = ""  # the part of the window that must have the focus for its keys; any, where none


SPECS = (
    ActionSpec("new", "In &one dimension", ("Ctrl+N",), tip="Start with empty tables"),
    ActionSpec(
        "new_2d",
        "In &two dimensions",
        ("Ctrl+Shift+N",),
        tip="Start with empty tables of two columns",
    ),
    ActionSpec("new_nd", "In &more dimensions…", tip="Start with empty tables of several columns"),
    ActionSpec("open", "&Open…", ("Ctrl+O",), "open", "Open a problem file"),
    ActionSpec("gallery", "E&xamples…", ("Ctrl+E",), tip="Problems to walk through, with pictures"),
    ActionSpec("example", "The lecture note's &example", tip="Open the worked example"),
    ActionSpec("import_points", "&Import points…", ("Ctrl+I",), tip="Points from a CSV file"),
    ActionSpec(
        "generate", "&Generate points…", ("Ctrl+G",), tip="Points drawn from a mixture, by a seed"
    ),
    ActionSpec("save", "&Save", ("Ctrl+S",), "save", "Save the problem"),
    ActionSpec("save_as", "Save &as…", ("Ctrl+Shift+S",), tip="Save under another name"),
    ActionSpec(
        "export_solution",
        "Export the so&lution…",
        ("Ctrl+P",),
        tip="Every step worked out, as PDF, HTML, Markdown, LaTeX or CSV",
    ),
    ActionSpec(
        "export_plot", "Export &plot…", ("Ctrl+Shift+E",), tip="The plot as an SVG, PNG or PDF file"
    ),
    ActionSpec(
        "export_animation",
        "Export ani&mation…",
        tip="The plot epoch by epoch, as a GIF or PNG files",
    ),
    ActionSpec("quit", "&Quit", ("Ctrl+Q",), tip="Close the window"),
    ActionSpec("forward", "Next", ("F8", "Ctrl+Right"), "next", "Do the next step"),
    ActionSpec("back", "Back", ("F7", "Ctrl+Left"), "back", "Take the last step back"),
    ActionSpec("epoch", "Epoch", ("F9", "Ctrl+Shift+Right"), "epoch", "To the end of the epoch"),
    ActionSpec("run", "Run", ("F5",), "run", "Epoch after epoch, until the rule stops it"),
    ActionSpec(
        "pause", "Pause", ("F6",), "pause", "Hold the run where it is, or go on", is_choice=True
    ),
    ActionSpec("cancel", "Cancel", ("Shift+F5",), "cancel", "Stop the run where it is"),
    ActionSpec(
        "compare", "&Compare two runs…", ("Ctrl+R",), tip="This run beside another, epoch by epoch"
    ),
    ActionSpec("start", "Start", ("Ctrl+Home",), "start", "Back to where nothing is computed"),
    ActionSpec("undo", "&Undo", ("Ctrl+Z",), tip="Take the last edit of the inputs back"),
    ActionSpec("redo", "&Redo", ("Ctrl+Shift+Z", "Ctrl+Y"), tip="Do it again after all"),
    ActionSpec(
        "edit_plot",
        "&Edit on the plot",
        ("Ctrl+M",),
        "edit",
        "Click to add a point; drag points, means, handles, and the borders of the weights",
        is_choice=True,
    ),
    ActionSpec(
        "insert_point",
        "Add a p&oint on the plot",
        ("Ins", "Return"),
        tip="In the middle of what the plot shows; the arrow keys then move it",
        on="plot",
    ),
    ActionSpec(
        "fill_down", "&Fill down", ("Ctrl+D",), tip="The topmost selected cell into those below"
    ),
    ActionSpec("sort_ascending", "Sort points &ascending", tip="The smallest first"),
    ActionSpec("sort_descending", "Sort points &descending", tip="The largest first"),
    ActionSpec("copy_worksheet", "Copy the &worksheet", tip="Every digit, for a spreadsheet"),
    ActionSpec("copy_history", "Copy the &history", tip="Every digit, for a spreadsheet"),
    ActionSpec(
        "normalise", "&Make the weights sum to 1", tip="Divide each initial weight by their sum"
    ),
    ActionSpec(
        "start_among_points",
        "Start amon&g the points",
        tip="Equal weights, means of groups of equal size, variances with which they fill the points",
    ),
    ActionSpec(
        "paper",
        "Paper mo&de",
        ("Ctrl+Shift+P",),
        tip="Round every number as it is written down, as a student with a pencil does",
        is_choice=True,
    ),
    ActionSpec("why", "&Why this formula?", ("Ctrl+W",), tip="Derive the formula explained"),
    ActionSpec("zoom_in", "Zoom &in", ("+", "="), tip="Look closer at the plot", on="plot"),
    ActionSpec("zoom_out", "Zoom &out", ("-",), tip="See more of the plot", on="plot"),
    ActionSpec("zoom_reset", "Show &all", ("Home",), tip="See all of the plot", on="plot"),
    ActionSpec("simple", "&Simple layout", tip="One table and the plot; no explanation or history"),
    ActionSpec("full", "&Full layout", tip="All panels, columns and choices in sight"),
    ActionSpec("larger", "&Larger", ("Ctrl++", "Ctrl+="), tip="Larger letters, formulas and lines"),
    ActionSpec("smaller", "S&maller", ("Ctrl+-",), tip="Smaller letters, formulas and lines"),
    ActionSpec("usual_size", "&Usual size", ("Ctrl+0",), tip="Letters as large as at first"),
    ActionSpec(
        "local_numbers",
        "&Numbers as my system writes them",
        tip="On the screen, with its decimal point or comma; files and copies have points",
        is_choice=True,
    ),
    ActionSpec(
        "present",
        "P&resentation",
        ("F11",),
        tip="For the projector: large letters, thick lines, no menus; Esc returns",
        is_choice=True,
    ),
    ActionSpec("handbook", "&Handbook", tip="How everything here is used"),
    ActionSpec("tour", "&Tour of the window", tip="The parts of the window, one after the other"),
    ActionSpec("keys", "&Keyboard", ("F1",), tip="All keys"),
    ActionSpec("find_action", "&Find an action…", ("Ctrl+K",), tip="Type what you want to do"),
    ActionSpec("left_out", "What the lecture note &leaves out", tip="And how refgmm fills it in"),
    ActionSpec("about", "&About refgmm"),
)


class Actions(QObject):
    """The QActions of SPECS, by name: actions["forward"]."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._actions: dict[str, QAction] = {}
        for spec in SPECS:
            action = QAction(self)
            action.setObjectName(spec.name)
            action.setCheckable(spec.is_choice)
            action.setShortcuts([QKeySequence(keys) for keys in spec.keys])
            if spec.on:
                action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            self._actions[spec.name] = action
        self._say_texts()
        LANGUAGE.changed.connect(self._say_texts)

    def _say_texts(self) -> None:
        for spec in SPECS:
            action, keys = self._actions[spec.name], f" ({spec.keys[0]})" if spec.keys else ""
            action.setText(tr(spec.text))
            action.setWhatsThis(tr(spec.tip) if spec.tip else "")
            action.setToolTip(plain(tr(spec.tip or spec.text)) + keys)

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def all(self) -> list[QAction]:
        return list(self._actions.values())

    def allow(self, name: str, why_not: str = "") -> None:
        """Switch an action on, or off for a reason, which its status tip tells."""
        action = self._actions[name]
        action.setEnabled(not why_not)
        action.setStatusTip(why_not)
        if action.receivers(_CHANGED) > _MANY:
            _forget_changes(action)

    def tint(self, theme: Theme) -> None:
        """Icons in the theme's text colour."""
        for spec in SPECS:
            if spec.icon:
                colour = theme.on_accent if spec.name == "forward" else theme.text
                self._actions[spec.name].setIcon(icon(spec.icon, colour))


def _forget_changes(action: QAction) -> None:
    """Take its buttons off its signal changed(): they follow its events.

    Premise: Qt (seen in 6.11) connects a button to its action once more at each change of the action.
    After some thousand steps each change would take as many calls, and none of their memory comes back.
    """
    for button in action.associatedObjects():
        if isinstance(button, QToolButton):
            QObject.disconnect(action, _CHANGED, button, None)  # type: ignore[call-overload]


def plain(text: str) -> str:
    """The text of an action or menu without the marks of its letters.

    >>> plain("Save &as…"), plain("另存新檔(&A)…")
    ('Save as…', '另存新檔…')
    """
    return re.sub(r"\(&\w\)|&", "", text)
