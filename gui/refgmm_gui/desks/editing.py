"""Changes of the inputs: undone and redone, and made by hand on the plot."""

from collections.abc import Callable

from refgmm import records
from refgmm.errors import InvalidValueError
from refgmm_gui.changes import name_of_change
from refgmm_gui.desks.parts import Parts
from refgmm_gui.draft import Draft, read
from refgmm_gui.moving import Target, moved, nudged
from refgmm_gui.panels.inputs import too_many
from refgmm_gui.phrases import told
from refgmm_gui.plots.chosen import coordinates_of
from refgmm_gui.plots.hits import Thing
from refgmm_gui.runner import CancelledError, whole
from refgmm_gui.session import most_points
from refgmm_gui.words import tr

_STEP, _FINE_STEP = 0.01, 0.001  # of the range in sight, or of all weights
_HOW_TO = (
    "Click to add a point. Drag points, means, handles and the borders of the weights, or choose "
    "them with Tab and move them with the arrows."
)
_MOST_COORDINATES = 2  # of a point that a click says all of
_NO_EDIT = {"undo": "There is no edit to undo.", "redo": "There is no edit to redo."}
_NAMES = {
    "point": "Point {number}",
    "mean": "Mean {number}",
    "sigma": "The width of component {number}",
}


class EditingDesk:
    """Makes edits out of gestures. A drag shows what it would do, and is one edit when it ends."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    # Undo and redo

    def show_what_can_be_undone(self) -> None:
        """In the menu, by name."""
        edits, actions = self._parts.edits, self._parts.window.actions_by_name
        for name, verb, what, is_possible in (
            ("undo", tr("&Undo"), edits.undoText(), edits.canUndo()),
            ("redo", tr("&Redo"), edits.redoText(), edits.canRedo()),
        ):
            shown = told(what).replace("&", "&&")  # a menu takes a single one for a key
            actions[name].setText(f"{verb}: {shown}" if is_possible else verb)
            actions.allow(name, "" if is_possible else tr(_NO_EDIT[name]))

    def undo(self) -> None:
        what = self._parts.edits.undoText()
        self._parts.edits.undo()
        self._parts.tell(tr("Undone: {what}.", what=told(what)))

    def redo(self) -> None:
        what = self._parts.edits.redoText()
        self._parts.edits.redo()
        self._parts.tell(tr("Done again: {what}.", what=told(what)))

    def change(self, make: Callable[[], Draft], name: str, words: str) -> None:
        """An edit of many points, perhaps, whose numbers take long to be read."""
        try:
            draft = self._parts.work(tr("Changing the points …"), whole(read, make))
        except CancelledError:
            self._parts.tell(tr("Nothing was changed."))
            return
        self._parts.edit(draft, name)
        if words:
            self._parts.tell(words)

    def normalise(self) -> None:
        before = self._parts.state.draft
        draft = before.with_normalised_weights()
        if draft == before:
            self._parts.tell(
                tr("The weights sum to 1 already.")
                if before.weight_sum()
                else tr("The weights have no sum above 0 to divide them by: correct them first.")
            )
        self._parts.edit(draft, "normalise the weights")

    def start_among_points(self) -> None:
        """Initial parameters that the points suggest, in the place of those there are."""
        try:
            draft = self._parts.state.draft.with_start_among_points()
        except InvalidValueError as error:
            fault = told(str(error))
            self._parts.tell(tr("The parameters stay: {error}", error=fault), is_fault=True)
        else:
            self._parts.edit(draft, "start among the points")

    # On the plot

    def begin_or_end(self, is_on: bool) -> None:
        """The plot shows the inputs, or the walk again."""
        view, window = self._parts.state.view, self._parts.window
        if is_on and not view.edits_plot:
            self._parts.look(edits_plot=True, plot=records.replace(view.plot, kind="mixture"))
            self._parts.tell(tr(_HOW_TO))
            if window.edit_layer.isVisibleTo(window.plot):
                window.edit_layer.setFocus()  # the keys that this says act there
        elif view.edits_plot and not is_on:
            window.statusBar().clearMessage()
            if window.edit_layer.hasFocus():
                window.plot.setFocus()
            self._parts.look(edits_plot=False)

    def end(self) -> None:
        """The user goes on to walk, and looks at the walk."""
        self.begin_or_end(False)

    def add_point(self, target: Target) -> None:
        draft = self._parts.state.draft
        if (draft.dimension or 1) > _MOST_COORDINATES:
            self._parts.tell(
                tr(
                    "A point has {dimension} coordinates, and the plot shows two: add it in the table.",
                    dimension=draft.dimension,
                ),
                is_fault=True,
            )
            return
        count = len(draft.points)
        if count >= most_points(draft.dimension):
            self._parts.tell(too_many(count + 1, draft.dimension), is_fault=True)
            return
        empty = draft.with_points(count, count, (("",) * len(draft.coordinates),))
        self._parts.edit(moved(empty, Thing("point", count), target, self._coordinates))

    def insert_point(self) -> None:
        """A point in the middle of what is in sight, for the arrow keys to move."""
        self.begin_or_end(True)
        layer, count = self._parts.window.edit_layer, len(self._parts.state.draft.points)
        middle = layer.middle()
        if middle is None or not layer.isVisibleTo(self._parts.window.plot):
            self._parts.tell(tr("Once the inputs are right, the plot is here"), is_fault=True)
            return
        self.add_point(middle)
        if len(self._parts.state.draft.points) > count:
            layer.setFocus()
            layer.select(Thing("point", count))

    def delete(self, thing: Thing) -> None:
        if thing.kind != "point":
            self._parts.tell(tr("Only points are deleted here: components by their button."))
            return
        self._parts.edit(self._parts.state.draft.with_points(thing.index, thing.index + 1, ()))

    def preview(self, thing: Thing, target: Target) -> None:
        """Show the inputs as they would be if the hand let go there."""
        draft = moved(self._parts.state.draft, thing, target, self._coordinates)
        self._show(draft)
        self._parts.tell(self._told(draft) or tr("Nothing is changed there."))

    def drop(self, thing: Thing, target: Target) -> None:
        draft = moved(self._parts.state.draft, thing, target, self._coordinates)
        if draft == self._parts.state.draft:
            self.show_as_it_was()
        self._parts.edit(draft)

    def show_as_it_was(self) -> None:
        self._show(self._parts.state.draft)
        self._parts.window.statusBar().clearMessage()

    def nudge(self, thing: Thing, across: int, up: int, is_fine: bool) -> None:
        """A hundredth of what is in sight, or a thousandth, in a round number."""
        draft, window = self._parts.state.draft, self._parts.window
        frame, at = window.plot.frame(), window.edit_layer.place_of(thing)
        if frame is None or at is None:
            return
        step = _FINE_STEP if is_fine else _STEP
        ranges = frame.x.high - frame.x.low, frame.y.high - frame.y.low
        if thing.kind == "border":
            ranges = (1.0, 1.0)
        by = across * _round(step * ranges[0]), up * _round(step * ranges[1])
        if thing.kind == "sigma":
            target = window.edit_layer.target(thing, at)
            target = target._replace(x=target.x + by[0], y=target.y + by[1])
            after = moved(draft, thing, target, self._coordinates)
        else:
            after = nudged(draft, thing, by, self._coordinates)
        told = name_of_change(draft, after) if after != draft else ""
        self._parts.edit(after, told, gesture=f"nudge {thing}")
        if told:
            self._parts.tell(_sentence(told))

    def show_selected(self) -> None:
        """Say what is selected."""
        thing, draft = self._parts.window.edit_layer.selected, self._parts.state.draft
        if thing is None:
            words = ""
        elif thing.kind == "border":
            words = tr(
                "The border between weights {first} and {second}",
                first=thing.index + 1,
                second=thing.index + 2,
            )
        else:
            words = tr(_NAMES[thing.kind], number=thing.index + 1)
            if thing.kind == "point":
                words += tr(" at {place}", place=", ".join(draft.points[thing.index]))
        self._parts.window.edit_layer.setAccessibleDescription(words)
        if words:
            self._parts.tell(tr("{words}: the arrows move it, with Shift by less.", words=words))

    @property
    def _coordinates(self) -> tuple[int, int]:
        state = self._parts.state
        return coordinates_of(state.draft.dimension, state.view)

    def _show(self, draft: Draft) -> None:
        state = records.replace(self._parts.state, draft=draft)
        self._parts.window.show_preview(state, self._parts.theme)

    def _told(self, draft: Draft) -> str:
        before = self._parts.state.draft
        return _sentence(name_of_change(before, draft)) if draft != before else ""


def _sentence(words: str) -> str:
    said = told(words)
    return tr("{sentence}.", sentence=f"{said[:1].upper()}{said[1:]}")


def _round(step: float) -> float:
    """To one digit, so that the numbers stay short."""
    return float(f"{step:.0e}")
