"""What stays from one start of the app to the next: the view, how the window stood, recent files."""

import contextlib
import os

from PySide6.QtCore import QByteArray, QSettings

from refgmm import Granularity, Labelling
from refgmm_gui import language, places, theme
from refgmm_gui.arrangement import (
    ORDERLY,
    PANELS,
    SIZES,
    Arrangement,
)
from refgmm_gui.main_window import MainWindow
from refgmm_gui.plots.layers import KINDS, LAYERS, POINTS_AS, USUAL, PlotChoice
from refgmm_gui.session import View

MOST_RECENT = 8


def view(settings: QSettings) -> View:
    """The view of the last time; its defaults where a value can't be read."""
    usual = View()
    value = settings.value
    decimals, labelling, granularity = usual.decimals, usual.labelling, usual.granularity
    with contextlib.suppress(ValueError):
        decimals = int(str(value("decimals", usual.decimals)))
    with contextlib.suppress(ValueError):
        labelling = Labelling(str(value("labelling", usual.labelling.value)))
    with contextlib.suppress(ValueError):
        granularity = Granularity(str(value("granularity", usual.granularity.value)))
    coordinates = usual.coordinates
    with contextlib.suppress(ValueError):
        a, b = map(int, str(value("coordinates", "0 1")).split())
        coordinates = (a, b) if a != b and min(a, b) >= 0 else coordinates
    choice = str(value("theme", usual.theme))
    language_choice = str(value("language", usual.language))
    folded = str(value("folded", ""))
    return View(
        decimals=decimals if 2 <= decimals <= 17 else usual.decimals,
        labelling=labelling,
        standard_densities=str(value("standard_densities", "true")) == "true",
        granularity=granularity,
        paper=str(value("paper", "false")) == "true",
        theme=choice if choice in theme.CHOICES else usual.theme,
        language=language_choice if language_choice in language.CHOICES else usual.language,
        localises_numbers=str(value("localises_numbers", "false")) == "true",
        folded=frozenset(folded.split()),
        coordinates=coordinates,
        plot=_plot_choice(settings),
        arrangement=_arrangement(settings),
    )


def _plot_choice(settings: QSettings) -> PlotChoice:
    """Which plot, and what it shows; the usual where it can't be read."""
    kind = str(settings.value("plot", USUAL.kind))
    points_as = str(settings.value("points_as", USUAL.points_as))
    layers = frozenset(str(settings.value("layers", " ".join(USUAL.layers))).split())
    return PlotChoice(
        kind=kind if kind in KINDS else USUAL.kind,
        layers=layers & {layer.name for layer in LAYERS},
        points_as=points_as if points_as in POINTS_AS else USUAL.points_as,
    )


def recent_files(settings: QSettings) -> tuple[str, ...]:
    """The paths opened or saved last, the newest first."""
    value = settings.value("recent", "")
    paths = value if isinstance(value, list) else [value]
    return tuple(str(path) for path in paths if path)[:MOST_RECENT]


def remember_file(settings: QSettings, path: str) -> None:
    """The newest of the recent files is this one."""
    path = os.path.abspath(path)
    others = (other for other in recent_files(settings) if other != path)
    settings.setValue("recent", [path, *others][:MOST_RECENT])


def forget_files(settings: QSettings, *paths: str) -> None:
    """These files are no longer among the recent ones."""
    settings.setValue("recent", [path for path in recent_files(settings) if path not in paths])


def _arrangement(settings: QSettings) -> Arrangement:
    """What stood where, and how large; the usual where it can't be read. No presentation goes on."""
    hidden = frozenset(str(settings.value("hidden", "")).split())
    return Arrangement(
        hidden=hidden & PANELS.keys(),
        places=places.of_text(str(settings.value("places", ""))),
        explanation_is_free=str(settings.value("explanation_is_free", "true")) == "true",
        size=_size(settings, "size", ORDERLY.size),
        presentation_size=_size(settings, "presentation_size", ORDERLY.presentation_size),
    )


def _size(settings: QSettings, name: str, usual: int) -> int:
    """One of SIZES; the usual where it can't be read."""
    text = str(settings.value(name, usual))
    return next((size for size in SIZES if str(size) == text), usual)


def restore_window(settings: QSettings, window: MainWindow) -> None:
    """The window where it stood, its parts as large as they were."""
    geometry = settings.value("geometry")
    if isinstance(geometry, QByteArray):
        window.restoreGeometry(geometry)
    window.sides.arrange(_arrangement(settings))  # their sizes are those of their places
    window.sides.is_cut = str(settings.value("cut", "false")) == "true"
    with contextlib.suppress(ValueError):
        share = float(str(settings.value("history_share", window.sides.history_share)))
        if 0.0 < share < 1.0:
            window.sides.history_share = share
    if settings.value("splitters_of") == places.as_text(window.sides.places):
        for number, splitter in enumerate(window.sides.splitters()):
            value = settings.value(f"splitter{number}")
            if isinstance(value, QByteArray):
                splitter.restoreState(value)


def save(settings: QSettings, view: View, window: MainWindow) -> None:
    """Keep all of it for the next start."""
    arranged = view.arrangement
    for name, value in {
        "decimals": view.decimals,
        "labelling": view.labelling.value,
        "standard_densities": "true" if view.standard_densities else "false",
        "granularity": view.granularity.value,
        "paper": "true" if view.paper else "false",
        "theme": view.theme,
        "language": view.language,
        "localises_numbers": "true" if view.localises_numbers else "false",
        "folded": " ".join(sorted(view.folded)),
        "coordinates": " ".join(map(str, view.coordinates)),
        "plot": view.plot.kind,
        "layers": " ".join(sorted(view.plot.layers)),
        "points_as": view.plot.points_as,
        "hidden": " ".join(sorted(arranged.hidden)),
        "places": places.as_text(arranged.places),
        "explanation_is_free": "true" if arranged.explanation_is_free else "false",
        "size": arranged.size,
        "presentation_size": arranged.presentation_size,
        "geometry": window.saveGeometry(),
        "cut": "true" if window.sides.is_cut else "false",
        "history_share": window.sides.history_share,
        "splitters_of": places.as_text(window.sides.places),
    }.items():
        settings.setValue(name, value)
    for number, splitter in enumerate(window.sides.splitters()):
        settings.setValue(f"splitter{number}", splitter.saveState())
