"""Where a number comes from: its formula, the numbers in it, what it says, and the way back."""

import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QGuiApplication, QKeySequence, QPalette, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from refgmm.quantities import Cell
from refgmm_gui.language import say
from refgmm_gui.panels.link_label import LinkLabel
from refgmm_gui.phrases import told
from refgmm_gui.theme import LIGHT, Theme, component_colour
from refgmm_gui.window.panel_header import PanelHeader
from refgmm_gui.words import in_html, shown_number, tr, with_shown_numbers

if TYPE_CHECKING:
    from refgmm import Derivation
    from refgmm.rendering import Shown
    from refgmm_gui.formulas.formula_view import FormulaView
    from refgmm_gui.formulas.typeset import Typesetter

EMPTY = (
    "<b>Where does a number come from?</b><br>Click any number in the tables, or move to it with the "
    "arrow keys."
)

_MOST_SOURCES = 5
_MOST_STATIONS = 5  # of the trail
_WARM_UP_AFTER = 500  # milliseconds in sight without a step, when the window stands
_SOON = 50  # milliseconds; by then the words are painted
_RICH = Qt.TextFormat.RichText


_NOT_YET = "Not computed yet at this step."


class ExplanationPanel(QFrame):
    """What a derivation says of its cell.

    Signals: source_requested(Cell), the reader follows a number; back_requested(), one station
    back on the trail; trail_requested(int), back to that station, from 0; why_requested(Cell);
    unfolded_changed(bool), long sums shall be shown whole or not; formulas_wanted().

    What formulas need is imported once the window stands, which formulas_wanted asks for, or for the first
    number that is explained.
    """

    source_requested = Signal(object)
    back_requested = Signal()
    trail_requested = Signal(int)
    why_requested = Signal(object)
    unfolded_changed = Signal(bool)
    formulas_wanted = Signal()

    def __init__(self, typesetter: "Typesetter | None" = None) -> None:
        super().__init__()
        self.setObjectName("explanation")
        self._given_typesetter = typesetter
        self._trail: Sequence[Derivation] = ()
        self._decimals, self._unfolded = 4, False
        self._paper = ""
        self._colours = LIGHT
        self._sources: tuple[Cell, ...] = ()

        self.empty = _label("explanationEmpty")
        self.empty.setTextFormat(_RICH)
        self.back = QToolButton()
        self.back.setObjectName("explanationBack")
        self.back.setText("←")
        say(self.back.setToolTip, "Back to the number before (Alt+Left, Backspace)")
        say(self.back.setAccessibleName, "Back")
        self.back.clicked.connect(self._go_back)
        self.trail = _links("explanationTrail")
        self.trail.linkActivated.connect(lambda link: self.trail_requested.emit(int(link)))
        self.title = _label("explanationTitle")
        self.value = _label("explanationValue")
        self.value.setWordWrap(False)
        self._room_of_formula = QWidget()
        QVBoxLayout(self._room_of_formula).setContentsMargins(0, 0, 0, 0)
        self.fold = QPushButton()
        self.fold.setObjectName("explanationFold")
        self.fold.setFlat(True)
        self.fold.clicked.connect(self._toggle_fold)
        self.sentence = _label("explanationSentence")
        self.note = _label("explanationNote")
        self.paper = _label("explanationPaper")
        self.made_of = _links("explanationSources")
        self.made_of.linkActivated.connect(self._follow_link)
        self.why = QToolButton()
        say(self.why.setText, "Why?")
        self.why.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.why.setObjectName("explanationWhy")
        say(self.why.setToolTip, "Derive this formula from maximum likelihood")
        self.why.clicked.connect(self._ask_why)
        self.copy, self.copy_menu = QToolButton(), QMenu(self)
        self._fill_copy_menu()
        self._build()
        self._waits = False
        self._warm_up = QTimer(self)
        self._warm_up.setSingleShot(True)
        self._warm_up.setInterval(_WARM_UP_AFTER)
        self._warm_up.timeout.connect(self._want_formulas)
        for keys in ("Alt+Left", "Backspace"):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(self._go_back)
        self.clear(LIGHT)

    @functools.cached_property
    def _typesetter(self) -> "Typesetter":
        from refgmm_gui.formulas.typeset import Typesetter

        return self._given_typesetter or Typesetter()

    def _want_formulas(self) -> None:
        """Have what formulas need loaded; where nobody does, the first one loads it."""
        self._waits = False
        self.formulas_wanted.emit()
        if "formula" in vars(self):
            self.formula.hold(self._waits)

    def wait_for_formulas(self) -> None:
        """What formulas need is on its way, until make_formula."""
        self._waits = True

    def make_formula(self) -> None:
        """Make the formula's view now, and not for the first number."""
        self._waits = False
        self.formula.hold(False)

    @functools.cached_property
    def formula(self) -> "FormulaView":
        """The formula, typeset."""
        from refgmm_gui.formulas.formula_view import FormulaView

        formula = FormulaView(self._typesetter, self._room_of_formula)
        formula.source_requested.connect(self.source_requested)
        formula.number_focused.connect(self._reveal)
        layout = self._room_of_formula.layout()
        assert layout is not None
        layout.addWidget(formula)
        QWidget.setTabOrder(self.value, formula)
        return formula

    def _fill_copy_menu(self) -> None:
        self.copy.setObjectName("explanationCopy")
        say(self.copy.setText, "Copy")
        self.copy.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        as_text, as_latex, as_picture = (self.copy_menu.addAction("") for _ in range(3))
        say(as_text.setText, "As &text")
        say(as_latex.setText, "As &LaTeX")
        say(as_picture.setText, "As a &picture")
        as_text.triggered.connect(self.copy_text)
        as_latex.triggered.connect(self.copy_latex)
        as_picture.triggered.connect(self.copy_picture)
        self.copy.setMenu(self.copy_menu)

    def _build(self) -> None:
        """The way here and the result stay in sight, the rest scrolls."""
        self.header = PanelHeader("explanation")
        top = self.header.row
        top.addWidget(self.back, 0, Qt.AlignmentFlag.AlignTop)
        top.addWidget(self.trail, 1)
        for button in (self.why, self.copy):
            top.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        top.addStretch(0)  # while there is nothing else
        heading = QHBoxLayout()
        heading.setContentsMargins(6, 0, 6, 0)
        heading.setSpacing(12)
        heading.addWidget(self.title, 1)
        heading.addWidget(self.value)
        self.body = QWidget()
        inside = QVBoxLayout(self.body)
        inside.setContentsMargins(10, 2, 10, 6)
        inside.setSpacing(4)
        inside.addWidget(self.empty)
        for widget in (
            self._room_of_formula,
            self.fold,
            self.sentence,
            self.note,
            self.paper,
            self.made_of,
        ):
            inside.addWidget(widget)
        inside.setAlignment(self.fold, Qt.AlignmentFlag.AlignLeft)
        inside.addStretch(1)
        self.area = QScrollArea()
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(self.body)
        outside = QVBoxLayout(self)
        outside.setContentsMargins(0, 0, 0, 0)
        outside.setSpacing(4)
        pinned = QVBoxLayout()
        pinned.setContentsMargins(4, 4, 4, 0)
        pinned.addWidget(self.header)
        pinned.addLayout(heading)
        outside.addLayout(pinned)
        outside.addWidget(self.area)

    def sizeHint(self) -> QSize:
        return QSize(380, 320)

    def minimumSizeHint(self) -> QSize:
        return QSize(220, 120)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._warm_up.start()

    def put_off_loading(self) -> None:
        """A step was taken: what formulas need is loaded once none follows for a while."""
        if self._warm_up.isActive():
            self._warm_up.start()

    # What is shown

    def clear(self, colours: Theme) -> None:
        """Nothing is explained: say how to ask."""
        self.empty.setText(tr(EMPTY))
        self._trail = ()
        self._tint(colours)
        for widget in self._parts():
            widget.setVisible(widget is self.empty)

    def show_unknown(self, title: str, colours: Theme) -> None:
        """There is no derivation to show, since the number is not computed yet."""
        self.clear(colours)
        title = _capitalised(told(title))
        self.empty.setText(f"<b>{in_html(title)}</b><br>{tr(_NOT_YET)}")

    def show_explanation(
        self,
        trail: "Sequence[Derivation]",
        colours: Theme,
        *,
        decimals: int = 4,
        unfolded: bool = False,
        paper: str = "",
    ) -> None:
        """Explain the last number of the trail, to which the others led.

        paper: how it differs from the answer in unrounded numbers, in paper mode
        """
        if not trail:
            self.clear(colours)
            return
        from refgmm_gui.formulas.formula import formula_of, is_cut

        is_other = not self._trail or trail[-1].cell != self._trail[-1].cell
        self._trail, self._decimals, self._unfolded = trail, decimals, unfolded
        self._tint(colours)
        derivation = trail[-1]
        formula = formula_of(derivation, self._shown)
        self.title.setText(_title(derivation))
        self._show_value(derivation)
        self._show_trail()
        if self._warm_up.isActive():  # the first number: words now, and soon what formulas need
            self.wait_for_formulas()
            self._warm_up.start(_SOON)
        self.formula.hold(self._waits)
        self.formula.show_formula(formula, colours)
        self.fold.setText(tr("Fold the long sums") if unfolded else tr("Show all terms"))
        self.sentence.setText(with_shown_numbers(told(derivation.sentence(decimals))))
        self.note.setText(told(derivation.note(decimals, unfolded=unfolded)))
        self._paper = told(paper)
        self.paper.setText(with_shown_numbers(self._paper))
        self._show_sources(derivation)
        self.back.setEnabled(len(trail) > 1)
        has = {
            self.empty: False,
            self.fold: is_cut(derivation),
            self.note: bool(self.note.text()),
            self.paper: bool(paper),
            self.made_of: bool(derivation.sources),
            self.why: derivation.why is not None,
        }
        for widget in self._parts():
            widget.setVisible(has.get(widget, True))
        if is_other:
            self.area.verticalScrollBar().setValue(0)

    @property
    def _shown(self) -> "Shown":
        from refgmm.rendering import Shown

        return Shown(self._decimals, self._unfolded)

    def _parts(self) -> tuple[QWidget, ...]:
        return (
            self.empty,
            self.back,
            self.trail,
            self.title,
            self.value,
            self._room_of_formula,
            self.fold,
            self.sentence,
            self.note,
            self.paper,
            self.made_of,
            self.why,
            self.copy,
        )

    def _tint(self, colours: Theme) -> None:
        if colours != self._colours:  # a label keeps its links' colour while its text is the same
            self.trail.clear()
            self.made_of.clear()
        self._colours = colours
        palette = self.palette()
        for role in (QPalette.ColorRole.Window, QPalette.ColorRole.Base):
            palette.setColor(role, QColor(colours.base))
        palette.setColor(QPalette.ColorRole.WindowText, QColor(colours.text))
        palette.setColor(QPalette.ColorRole.Link, QColor(colours.accent))
        self.setPalette(palette)
        self.setAutoFillBackground(True)
        self.area.setPalette(palette)
        self.body.setPalette(palette)
        palette.setColor(QPalette.ColorRole.WindowText, QColor(colours.muted))
        for label in (self.title, self.note):
            label.setPalette(palette)

    def _show_value(self, derivation: "Derivation") -> None:
        from refgmm.notation import Ref
        from refgmm.rendering import as_given
        from refgmm.typesetting import TEXT

        cell = derivation.cell
        ref = Ref(derivation.symbol, derivation.value, cell, is_given=cell.is_given)
        self.value.setText(shown_number(TEXT.show(ref, self._shown)))
        self.value.setToolTip(as_given(derivation.value))
        self._fit_value()
        palette = self.value.palette()
        colour = QColor(self._colours.text)
        if cell.component is not None:
            colour = component_colour(self._colours, cell.component)
        palette.setColor(QPalette.ColorRole.WindowText, colour)
        self.value.setPalette(palette)

    def _fit_value(self) -> None:
        """In letters larger than the others."""
        font = self.font()
        font.setPixelSize(round(self.fontInfo().pixelSize() * 1.6))
        self.value.setFont(font)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit_value()

    def _show_trail(self) -> None:
        """The stations as links, the first of a long trail left out, the last in bold."""
        from refgmm.rendering import SYMBOLS
        from refgmm.typesetting import TEXT

        first = max(0, len(self._trail) - _MOST_STATIONS)
        stations = ["…"] if first else []
        for place, derivation in enumerate(self._trail[first:-1], start=first):
            stations.append(_link(str(place), TEXT.show(derivation.symbol, SYMBOLS)))
        stations.append(f"<b>{in_html(TEXT.show(self._trail[-1].symbol, SYMBOLS))}</b>")
        self.trail.setText(" › ".join(stations))
        has_links = len(self._trail) > 1
        self.trail.setFocusPolicy(
            Qt.FocusPolicy.StrongFocus if has_links else Qt.FocusPolicy.NoFocus
        )

    def _show_sources(self, derivation: "Derivation") -> None:
        """What the number is made of, as links; the rest counted."""
        from refgmm.rendering import SYMBOLS
        from refgmm.typesetting import TEXT

        sources = list(derivation.used.values())
        self._sources = derivation.sources
        links = [
            f"{_link(str(place), TEXT.show(ref.symbol, SYMBOLS))} = {shown_number(TEXT.show(ref, self._shown))}"
            for place, ref in enumerate(sources[:_MOST_SOURCES])
        ]
        beyond = len(sources) - len(links) + derivation.left_out
        if beyond > 0:
            links.append(tr("{beyond} more", beyond=f"{beyond:,}"))
        self.made_of.setText(tr("Made of {numbers}", numbers=", ".join(links)))

    # What the reader does

    def _go_back(self) -> None:
        if len(self._trail) > 1:
            self.back_requested.emit()

    def _toggle_fold(self) -> None:
        self.unfolded_changed.emit(not self._unfolded)

    def _ask_why(self) -> None:
        self.why_requested.emit(self._trail[-1].cell)

    def _follow_link(self, link: str) -> None:
        self.source_requested.emit(self._sources[int(link)])

    def _reveal(self, place: QRect) -> None:
        """Scroll to the number on which the keyboard stands."""
        corner = self.formula.viewport().mapTo(self.body, place.center())
        self.area.ensureVisible(corner.x(), corner.y(), 0, place.height() + 10)

    def copy_text(self) -> None:
        """The derivation and what it says, as Unicode text."""
        derivation = self._trail[-1]
        sentence = told(derivation.sentence(self._decimals))  # with decimal points
        parts = [_title(derivation), derivation.text(self._shown), sentence]
        parts += filter(None, [self.note.text(), self._paper])
        QGuiApplication.clipboard().setText("\n".join(parts))

    def copy_latex(self) -> None:
        QGuiApplication.clipboard().setText(self._trail[-1].latex(self._shown))

    def copy_picture(self) -> None:
        """The formula, twice as large as on screen, on the background that it has there."""
        QGuiApplication.clipboard().setImage(self.formula.picture(QColor(self._colours.base)))


def _title(derivation: "Derivation") -> str:
    title = _capitalised(told(derivation.title))
    epoch = derivation.cell.epoch
    return (
        tr("{title}, epoch {epoch}", title=title, epoch=epoch)
        if epoch
        else tr("{title}, given", title=title)
    )


def _capitalised(text: str) -> str:
    return text[0].upper() + text[1:]


def _link(target: str, text: str) -> str:
    return f'<a href="{target}">{in_html(text)}</a>'


def _label(name: str) -> QLabel:
    label = QLabel()
    label.setObjectName(name)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def _links(name: str) -> LinkLabel:
    label = LinkLabel()
    label.setObjectName(name)
    label.setWordWrap(True)
    return label
