"""What just happened, in words: the step, its formula and its meaning; and what went wrong."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QVBoxLayout

from refgmm import Granularity, Problem, Walk, worksheet
from refgmm.sub_steps import SUB_STEP_COUNT
from refgmm.worksheet import Footer, Group
from refgmm_gui.phrases import told
from refgmm_gui.session import Place, State, View
from refgmm_gui.theme import Theme
from refgmm_gui.window.panel_header import PanelHeader
from refgmm_gui.words import tr, with_shown_numbers

_MADE_OF = {
    "densities": ("mahalanobis_distances",),
    "covariances": ("weighted_squared_deviation_sums",),
}
_ROWS_OF = {
    "means": "weighted_points",
    "variances": "weighted_squared_deviations",
    "covariances": "weighted_squared_deviations",
}
_MOST_FORMULAS = 4  # on the line about the last step


class StepText(QFrame):
    """Two lines about the last step, and below them a notice where there is one to give."""

    def __init__(self) -> None:
        super().__init__()
        self.done = QLabel()
        self.done.setObjectName("stepDone")
        self.meaning = QLabel()
        self.meaning.setObjectName("stepMeaning")
        self.notice = QLabel()
        self.notice.setObjectName("notice")
        self.notice.setAutoFillBackground(True)
        self.notice.setMargin(6)
        self.notice.setTextFormat(Qt.TextFormat.PlainText)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        words = QVBoxLayout()
        words.setSpacing(2)
        for label in (self.done, self.meaning, self.notice):
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
            words.addWidget(label)
        self.header = PanelHeader("worksheet", Qt.AlignmentFlag.AlignTop)
        self.header.row.addLayout(words)
        layout.addWidget(self.header)

    def minimumSizeHint(self) -> QSize:
        """As tall as the words are at this width, not at the least."""
        hint = super().minimumSizeHint()
        return QSize(hint.width(), min(hint.height(), self.heightForWidth(self.width())))

    def show_state(self, state: State, colours: Theme, done: str = "") -> None:
        """Tell of the place where the walk stands. done: what the last move did, in a sentence."""
        if state.place is None and state.run.is_computing:
            self.done.setText(tr("<b>Computing …</b>"))
            self.meaning.setText(tr("The first epoch is on its way: many points take a while."))
        elif state.place is None:
            self.done.setText(tr("<b>Not ready yet</b>"))
            self.meaning.setText(_what_is_wanted(state))
        elif state.run.reached:
            ahead = _how_far_ahead(state.place.walk, state.run.reached)
            self.done.setText(with_shown_numbers(ahead))
            self.meaning.setText(
                tr(
                    "With so many points the run looks ahead: the tables stay where it began, until it stops or you pause it."
                )
            )
        else:
            self.done.setText(_what_was_done(state.place, state.view))
            self.meaning.setText(with_shown_numbers(told(done)) or _what_it_means(state.place))
            self.done.setToolTip(_what_it_means(state.place))
        palette = self.notice.palette()
        palette.setColor(QPalette.ColorRole.Window, QColor(colours.notice))
        palette.setColor(QPalette.ColorRole.WindowText, QColor(colours.text))
        self.notice.setPalette(palette)
        text = notice_of(state)
        self.notice.setText(with_shown_numbers(text))
        self.notice.setVisible(bool(text))
        self.meaning.setVisible(not text)  # the notice takes its place, so that little moves

    def spoken(self) -> str:
        """What it tells, without the formulas: for those who hear it."""
        done = self.done.text().partition(" &nbsp; ")[0].replace("<b>", "").replace("</b>", "")
        others = (self.meaning.text(), self.notice.text())
        return "\n".join(filter(None, (done, *others)))


def _what_is_wanted(state: State) -> str:
    """What the user is to do before there is a walk."""
    if any(fault.field == "points" for fault in state.faults):
        return tr("Type points and initial parameters.")
    return tr("Type the initial parameters, or have the points suggest some: “From the points”.")


def notice_of(state: State) -> str:
    """What the user must know: stale inputs, a run's end, events of the epoch. Often nothing."""
    texts = []
    begun = state.place is not None and not state.place.walk.is_at_start
    if state.is_stale and not state.faults:
        texts.append(
            tr(
                "The inputs have changed since this walk began. Its numbers belong to the earlier inputs; the next step starts again with the new ones."
            )
        )
    elif state.is_stale and begun:
        texts.append(
            tr("The walk shown belongs to the earlier inputs. Correct the new ones to go on.")
        )
    if state.paper_problem:
        texts.append(told(state.paper_problem))
    if state.place is not None:
        texts += [told(event.message) for event in state.place.walk.events]
    outcome = told(state.run.outcome)
    if outcome and outcome not in texts and not state.is_stale:
        texts.append(outcome)
        if state.paper is not None:
            texts.append(tr("Paper mode: a run goes by the unrounded numbers."))
    return "\n".join(texts)


def _how_far_ahead(walk: Walk, epoch: int) -> str:
    """How far a run has looked ahead of the walk."""
    milestone = walk.milestones[epoch]
    return tr(
        "<b>Epoch {epoch}:</b> ln L = {log_likelihood:.4f}, gained {gain:.3g}",
        epoch=epoch,
        log_likelihood=milestone.log_likelihood,
        gain=milestone.gain,
    )


def _what_was_done(place: Place, view: View) -> str:
    """ "Epoch 1, M: means   μⱼ′ = ...", in rich text."""
    walk, steps = place.walk, place.fresh_sub_steps
    if not steps:
        return tr("<b>Ready.</b> Nothing is computed yet: the worksheet fills from left to right.")
    if _finishes_epoch(place):
        return tr(
            "<b>Epoch {index} is complete:</b> a mixture with new parameters.",
            index=walk.epoch.index,
        )
    problem, phases = walk.problem, dict.fromkeys(step.phase(view.labelling) for step in steps)
    titles = [step.title(problem.dimension) for step in steps]
    what = tr(", ").join(map(told, titles))
    if len(steps) > _MOST_FORMULAS:
        what = tr("{first} to {last}", first=told(titles[0]), last=told(titles[-1]))
    if (part := place.fresh_part) is not None:
        what = told(part.title(problem.dimension, problem.structure))
        if part.by is Granularity.POINT and not part.is_last:
            titles = [_ROWS_OF.get(titles[0], titles[0])]
    done = tr(
        "<b>Epoch {index}, {phases}: {what}</b>",
        index=walk.epoch.index,
        phases=tr(" and ").join(phases),
        what=what,
    )
    if len(steps) > _MOST_FORMULAS:
        return done
    return f"{done} &nbsp; {' &nbsp; '.join(_formulas(problem, titles))}"


def _finishes_epoch(place: Place) -> bool:
    """Whether the last move did much of an epoch, to its end."""
    return place.walk.done == SUB_STEP_COUNT and len(place.fresh_sub_steps) > _MOST_FORMULAS


def _what_it_means(place: Place) -> str:
    problem, steps = place.walk.problem, place.fresh_sub_steps
    if not steps:
        return tr("Press Next (F8) for one step, Epoch (F9) for a whole epoch, Back (F7) to undo.")
    if _finishes_epoch(place):
        return tr(
            "First who answers for which point, then the parameters that fit those shares best. But for rounding, no epoch lowers the log-likelihood."
        )
    return told(steps[-1].meaning(problem.dimension, problem.structure))


def _formulas(problem: Problem, titles: list[str]) -> list[str]:
    """The formulas of what these sub-steps exist for, which the trace calls by their titles.

    Of vectors, also of what they are made of: the distances, the scatter matrices.
    """
    formulas = {}
    for group in worksheet.groups(dimension=problem.dimension, structure=problem.structure):
        parts: tuple[Group | Footer | None, ...] = (group, group.total, group.parameter)
        for part in parts:
            if part is not None:
                formulas[part.field.partition(".")[2]] = told(part.formula.partition(": ")[0])
    names = [title.replace(" ", "_") for title in titles]
    if problem.dimension is not None:
        names = [name for title in names for name in (*_MADE_OF.get(title, ()), title)]
    return [formulas[name] for name in names]
