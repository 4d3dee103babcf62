"""The questions that the app asks, and the errors it tells, in windows of their own."""

import enum
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEventLoop, Qt, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QInputDialog,
    QMessageBox,
    QProgressDialog,
    QWidget,
)

from refgmm_gui.phrases import told
from refgmm_gui.theme import Theme
from refgmm_gui.words import tr

if TYPE_CHECKING:
    from refgmm.gallery import Example
    from refgmm.generated import Generated
    from refgmm.points_text import Preview
    from refgmm.proof import Proof
    from refgmm_gui.dialogs.solution import SolutionChoice
    from refgmm_gui.dialogs.why import WhyDialog
    from refgmm_gui.point_sources import PointSource
    from refgmm_gui.samples import Sample

_PROBLEMS = "refgmm problems (*.json);;All files (*)"
_PICTURES = "SVG drawing (*.svg);;PNG picture (*.png);;PDF document (*.pdf)"
_ANIMATIONS = "GIF animation (*.gif);;PNG picture for each frame (*.png)"
_POINTS = "Tables of text (*.csv *.txt *.tsv);;All files (*)"


class Answer(enum.Enum):
    """What to do about unsaved changes."""

    SAVE = enum.auto()
    DISCARD = enum.auto()
    CANCEL = enum.auto()


class OnDisk(enum.Enum):
    """What to do about a file that another program has changed."""

    OVERWRITE = enum.auto()
    SAVE_AS = enum.auto()
    RELOAD = enum.auto()
    CANCEL = enum.auto()


class ProgressDialog(QProgressDialog):
    """How a job goes, and a button to take it back. Signal: cancelled.

    It comes into sight when `begin` is called, and not of itself.
    """

    cancelled = Signal()

    def __init__(self, title: str, parent: QWidget) -> None:
        super().__init__(title, tr("Cancel"), 0, 0, parent)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setMinimumDuration(1_000_000_000)
        self.setAutoReset(False)
        self.reset()
        self.canceled.connect(self.cancelled)

    def begin(self) -> None:
        self.show()

    def show_done(self, share: float) -> None:
        """Where a job has one part only, the bar moves, and says no share."""
        if share > 0:
            self.setMaximum(1000)
            self.setValue(round(1000 * share))

    def end(self) -> None:
        self.canceled.disconnect(self.cancelled)
        self.close()
        self.deleteLater()


class Dialogs:
    """Each method opens a dialog and returns what the user chose; something false for nothing."""

    def __init__(self, parent: QWidget) -> None:
        self._parent = parent
        self._why: WhyDialog | None = None

    def why(self, proof: "Proof", in_numbers: Sequence[str], colours: Theme) -> None:
        """A proof in a window of its own, beside which one can go on; the next one takes its place."""
        from refgmm_gui.dialogs.why import WhyDialog
        from refgmm_gui.formulas.typeset import Typesetter

        if self._why is None:
            self._why = WhyDialog(Typesetter(), self._parent)
        self._why.show_proof(proof, colours, in_numbers)
        self._why.show()
        self._why.raise_()

    def show_colours(self, colours: Theme) -> None:
        """The windows that stay open follow the theme."""
        if self._why is not None:
            self._why.show_colours(colours)

    def path_to_open(self, folder: str) -> str:
        return QFileDialog.getOpenFileName(
            self._parent, tr("Open a problem"), folder, tr(_PROBLEMS)
        )[0]

    def path_to_import(self, folder: str) -> str:
        return QFileDialog.getOpenFileName(self._parent, tr("Import points"), folder, tr(_POINTS))[
            0
        ]

    def path_to_save(self, suggestion: str) -> str:
        dialog = QFileDialog(self._parent, tr("Save the problem"), suggestion, tr(_PROBLEMS))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("json")  # before the dialog asks whether to write over a file
        dialog.selectFile(suggestion)
        chosen = dialog.selectedFiles() if dialog.exec() else []
        dialog.deleteLater()
        return chosen[0] if chosen else ""

    def path_to_export(self, suggestion: str) -> str:
        return self._path_to_write(tr("Export the plot"), suggestion, tr(_PICTURES))

    def solution(self, usual: "SolutionChoice") -> "SolutionChoice | None":
        """What a worked solution shall hold; `usual` at first."""
        from refgmm_gui.dialogs.solution import SolutionDialog

        dialog = SolutionDialog(self._parent, usual)
        chosen = dialog.chosen() if dialog.exec() else None
        dialog.deleteLater()
        return chosen

    def path_to_solution(self, suggestion: str) -> str:
        """A path with the suggestion's suffix; that of a folder where it has none."""
        from refgmm_gui.dialogs.solution import FORMATS

        suffix = Path(suggestion).suffix
        kind = f"{tr(FORMATS[suffix])} (*{suffix})" if suffix else tr("Folders (*)")
        return self._path_to_write(tr("Export the solution"), suggestion, kind)

    def path_to_animate(self, suggestion: str) -> str:
        return self._path_to_write(
            tr("Export an animation of the run"), suggestion, tr(_ANIMATIONS)
        )

    def progress(self, title: str) -> ProgressDialog:
        """How a job goes that is called so."""
        return ProgressDialog(title, self._parent)

    def watch(self, title: str, steps: Iterator[int], count: int) -> bool:
        """Do the steps one by one, which say how many of the count are done, in sight of the user, who
        can stop them. Whether all are done.
        """
        dialog = QProgressDialog(title, tr("Cancel"), 0, count, self._parent)
        dialog.setWindowModality(Qt.WindowModality.WindowModal)
        dialog.setMinimumDuration(500)
        is_done = True
        for done in steps:
            dialog.setValue(done)  # once it is in sight, this lets Qt react, to Cancel, too
            if dialog.isHidden():
                QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
            if dialog.wasCanceled():
                is_done = False
                break
        dialog.deleteLater()
        return is_done

    def _path_to_write(self, title: str, suggestion: str, kinds: str) -> str:
        """A path that ends as one of the kinds does: the first, or the one chosen."""
        dialog = QFileDialog(self._parent, title, suggestion, kinds)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        for kind in kinds.split(";;"):
            if kind.endswith(f"(*{Path(suggestion).suffix})"):
                dialog.selectNameFilter(kind)

        def follow(kind: str) -> None:
            dialog.setDefaultSuffix(kind.rpartition("*")[2].strip(".)"))

        dialog.filterSelected.connect(follow)
        follow(dialog.selectedNameFilter())
        dialog.selectFile(suggestion)
        chosen = dialog.selectedFiles() if dialog.exec() else []
        dialog.deleteLater()
        return chosen[0] if chosen else ""

    def which_columns(
        self,
        columns: Sequence[str],
        dimension: int | None,
        preview: "Preview | None",
        colours: Theme,
    ) -> list[str]:
        """Those that hold the points; `dimension` as it is now, for as many are chosen at first."""
        from refgmm_gui.dialogs.importing import ColumnsDialog

        dialog = ColumnsDialog(self._parent, columns, dimension, preview, colours)
        chosen = dialog.chosen() if dialog.exec() else []
        dialog.deleteLater()
        return chosen

    def without_rows(self, left_out: str) -> bool:
        """Whether the points are taken without the rows that this sentence tells of."""
        box = QMessageBox(self._parent)
        box.setIcon(QMessageBox.Icon.Question)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(tr("Some rows lack a number where the points have theirs. Take the others?"))
        box.setInformativeText(left_out)
        take = box.addButton(tr("&Take the others"), QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        box.exec()
        is_taken = box.clickedButton() is take
        box.deleteLater()
        return is_taken

    def sample(self, reason: str, count: int, most: int) -> "Sample | None":
        """Which of so many points to take, where the app takes no more than `most`."""
        from refgmm_gui.dialogs.importing import SampleDialog

        dialog = SampleDialog(self._parent, reason, count, most)
        chosen = dialog.chosen() if dialog.exec() else None
        dialog.deleteLater()
        return chosen

    def dimension(self) -> int:
        """Of a new problem; 0 for none."""
        number, is_chosen = QInputDialog.getInt(
            self._parent,
            tr("New problem"),
            tr("How many coordinates does each point have?"),
            3,
            2,
            30,
        )
        return number if is_chosen else 0

    def example(self, colours: Theme) -> "Example | None":
        """One of the gallery."""
        from refgmm_gui.dialogs.gallery import GalleryDialog

        dialog = GalleryDialog(self._parent, colours)
        chosen = dialog.chosen() if dialog.exec() else None
        dialog.deleteLater()
        return chosen

    def generated(
        self, sources: "Sequence[PointSource]", most: int, colours: Theme
    ) -> "Generated | None":
        """Points, at most so many, from one of these sources."""
        from refgmm_gui.dialogs.generate import GenerateDialog

        dialog = GenerateDialog(self._parent, sources, most, colours)
        chosen = dialog.chosen() if dialog.exec() else None
        dialog.deleteLater()
        return chosen

    def unsaved(self, name: str) -> Answer:
        box = QMessageBox(self._parent)
        box.setIcon(QMessageBox.Icon.Question)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(tr("{name} has changes that are not saved.", name=name))
        box.setInformativeText(tr("Save them?"))
        buttons = QMessageBox.StandardButton
        box.setStandardButtons(buttons.Save | buttons.Discard | buttons.Cancel)
        box.setDefaultButton(buttons.Save)
        answer = box.exec()
        box.deleteLater()
        answers = {buttons.Save: Answer.SAVE, buttons.Discard: Answer.DISCARD}
        return answers.get(buttons(answer), Answer.CANCEL)

    def changed_on_disk(self, name: str) -> OnDisk:
        """The user saves a file that is another than the one that was opened."""
        box = QMessageBox(self._parent)
        box.setIcon(QMessageBox.Icon.Warning)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(
            tr("Another program has changed {name} since you opened or saved it.", name=name)
        )
        box.setInformativeText(tr("To overwrite it loses that change; to reload it loses yours."))
        accepting = QMessageBox.ButtonRole.AcceptRole
        choices = [
            (box.addButton(tr("Save &as…"), accepting), OnDisk.SAVE_AS),
            (
                box.addButton(tr("&Overwrite"), QMessageBox.ButtonRole.DestructiveRole),
                OnDisk.OVERWRITE,
            ),
            (box.addButton(tr("&Reload"), QMessageBox.ButtonRole.DestructiveRole), OnDisk.RELOAD),
        ]
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(choices[0][0])
        box.exec()
        clicked = box.clickedButton()
        chosen = [answer for button, answer in choices if button is clicked]
        box.deleteLater()
        return chosen[0] if chosen else OnDisk.CANCEL

    def forget(self, path: str) -> bool:
        """Whether a recent file that is gone goes from the list, too."""
        box = QMessageBox(self._parent)
        box.setIcon(QMessageBox.Icon.Question)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(tr("{path} is no longer there.", path=path))
        box.setInformativeText(tr("Remove it from the recent files?"))
        buttons = QMessageBox.StandardButton
        box.setStandardButtons(buttons.Yes | buttons.No)
        is_to_go = box.exec() == buttons.Yes
        box.deleteLater()
        return is_to_go

    def error(self, message: str) -> None:
        # Plain: a file may hold <b>, and so may its name.
        self._show(QMessageBox.Icon.Warning, "refgmm", told(message), Qt.TextFormat.PlainText)

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
