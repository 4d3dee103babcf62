"""Figures for reports: the numbers in the picture are the mixture's, in SVG and in TikZ."""

import itertools
import math
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import NormalDist
from typing import Any

import pytest

from refgmm import InvalidValueError, Mixture, Walk, examples, iterate, worked_example
from refgmm.figure import figure_of, history_figure
from refgmm.figure_layout import FONT_SIZE, MOST_DOTS
from refgmm.figure_parts import Figure
from refgmm.figure_svg import svg
from refgmm.figure_tikz import tikz
from refgmm.plot_style import COMPONENTS, TEXT, blend

SVG = "{http://www.w3.org/2000/svg}"
NAN = math.nan
PIXEL = 0.02  # coordinates are rounded to a hundredth of a pixel, and ticks, too


def of_the_note() -> Figure:
    """After the first epoch of the lecture note, with all that a figure can show."""
    epoch = next(iterate(worked_example.problem().points, worked_example.problem().initial))
    points = worked_example.problem().points
    betas = epoch.e.responsibilities
    return figure_of(points, epoch.after, responsibilities=betas, before=epoch.before)


def on_a_line(n: int = 30) -> Figure:
    mixture = examples.three_gaussians()
    return figure_of(mixture.sample(n, rng=1)[0], mixture)


def in_the_plane(n: int = 30, **options: Any) -> Figure:
    mixture = examples.three_gaussians_in_the_plane()
    points = mixture.sample(n, rng=2)[0]
    betas = [mixture.responsibilities(x) for x in points]
    return figure_of(points, mixture, responsibilities=betas, **options)


def of_eight() -> Figure:
    mixture = Mixture.univariate(
        [1 / 8] * 8, [0, 3, 6, 6.3, 10, 12, 15, 16], [1, 0.5, 0.2, 3, 1, 1, 0.3, 2]
    )
    points = mixture.sample(40, rng=3)[0]
    return figure_of(
        points, mixture, responsibilities=[mixture.responsibilities(x) for x in points]
    )


def collapsed() -> Figure:
    """A spike at 0, a bell at 11, and a component of which nothing is left."""
    parameters = ((0.25, 0.5, 0.25), (0.0, 11.0, NAN), (0.0, 0.6, NAN))
    before = Mixture.univariate([0.3, 0.4, 0.3], [0, 11, 20], [1e-9, 1, 1])
    return figure_of([0.0, 10.0, 11.0, 12.0], parameters, before=before)


def flat() -> Figure:
    """In the plane: a component on a line, one on a point, and one of which nothing is left."""
    means = ((0.0, 0.0), (3.0, 3.0), (NAN, NAN))
    covariances = (((1.0, 1.0), (1.0, 1.0)), ((0.0, 0.0), (0.0, 0.0)), ((NAN, NAN), (NAN, NAN)))
    return figure_of([(0.0, 0.0), (1.0, 1.0), (3.0, 3.0)], ((0.5, 0.25, 0.25), means, covariances))


def of_extremes() -> Figure:
    """A bell 1e75 high beside one of 1e-75, and before them one that towers over both."""
    mixture = Mixture.univariate([0.5, 0.5], [0, 1], [1e-140, 1e140])
    return figure_of(
        [0.0, 1.0], mixture, before=Mixture.univariate([0.5, 0.5], [0, 1], [1e-150, 1])
    )


def of_an_endless_ellipse() -> Figure:
    mixture = Mixture.multivariate([0.5, 0.5], [[0, 0], [1, 1]], [[[1e150, 0], [0, 1]]] * 2)
    return figure_of([(0.0, 0.0), (1.0, 1.0)], mixture)


FIGURES: dict[str, Callable[[], Figure]] = {
    "note": of_the_note,
    "K = 3": on_a_line,
    "d = 2": in_the_plane,
    "K = 8": of_eight,
    "many points": lambda: on_a_line(1000),
    "many points in the plane": lambda: in_the_plane(20_000),
    "collapsed": collapsed,
    "flat": flat,
    "extremes": of_extremes,
    "endless ellipse": of_an_endless_ellipse,
    "one point": lambda: figure_of([3.0], Mixture.univariate([1], [3], [2])),
    "thirty components": lambda: figure_of(
        [0.0, 30.0], Mixture.univariate([1 / 30] * 30, range(30), [1] * 30)
    ),
    "history": lambda: history_figure([-10.0, -8.0, -7.5]),
}


@pytest.fixture(params=FIGURES)
def figure(request: pytest.FixtureRequest) -> Figure:
    return FIGURES[request.param]()


# Reading a picture


def parsed(figure: Figure, *size: float) -> ET.Element:
    return ET.fromstring(svg(figure, *size))


def elements(root: ET.Element, tag: str, **attributes: str) -> list[ET.Element]:
    """Those with this tag and these attributes (_ for -)."""
    wanted = {name.replace("_", "-"): value for name, value in attributes.items()}
    return [e for e in root.iter(SVG + tag) if wanted.items() <= e.attrib.items()]


def points_of(element: ET.Element) -> list[tuple[float, float]]:
    pairs = (pair.split(",") for pair in element.attrib["points"].split())
    return [(float(x), float(y)) for x, y in pairs]


def coordinates(root: ET.Element) -> list[tuple[float, float]]:
    """Every place that an element of the picture names."""
    places = []
    for element in root.iter():
        attributes = element.attrib
        if "points" in attributes:
            places += points_of(element)
        if "cx" in attributes:
            x, y, r = (float(attributes[name]) for name in ("cx", "cy", "r"))
            places += [(x - r, y - r), (x + r, y + r)]
        if "d" in attributes:
            places += [
                (float(x), float(y)) for x, y in re.findall(r"([\d.-]+),([\d.-]+)", attributes["d"])
            ]
        if element.tag == SVG + "text":
            places.append((float(attributes["x"]), float(attributes["y"])))
    return places


class Scale:
    """From pixels back to numbers, by the labels of the ticks alone."""

    def __init__(self, root: ET.Element) -> None:
        muted = [e for e in elements(root, "text") if re.fullmatch(r"−?[\d.]+", e.text or "")]
        across = [e for e in muted if e.get("text-anchor") == "middle"]
        up = [e for e in muted if e.get("text-anchor") == "end"]
        self.x = self._line(across, lambda e: float(e.attrib["x"]))
        self.y = self._line(up, lambda e: float(e.attrib["y"]) - 0.35 * FONT_SIZE)

    @staticmethod
    def _line(
        ticks: Sequence[ET.Element], pixel: Callable[[ET.Element], float]
    ) -> Callable[[float], float]:
        first, last = ticks[0], ticks[-1]
        low, high = (float((e.text or "").replace("−", "-")) for e in (first, last))
        start, end = pixel(first), pixel(last)
        return lambda at: low + (at - start) / (end - start) * (high - low)

    def of(self, element: ET.Element) -> list[tuple[float, float]]:
        return [(self.x(x), self.y(y)) for x, y in points_of(element)]

    @property
    def pixel(self) -> tuple[float, float]:
        """What a pixel is worth across, and up."""
        return abs(self.x(1) - self.x(0)), abs(self.y(1) - self.y(0))


# SVG


def test_the_svg_is_well_formed_and_says_what_it_shows(figure: Figure) -> None:
    """It parses, is an image with a title and a description, and refers to nothing."""
    text = svg(figure)
    root = ET.fromstring(text)
    assert root.tag == SVG + "svg"
    assert root.get("role") == "img"
    assert [child.tag for child in root][:2] == [SVG + "title", SVG + "desc"]
    assert (root[0].text, root[1].text) == (figure.title, figure.description)
    assert {e.tag.removeprefix(SVG) for e in root.iter()} <= {
        *("svg", "title", "desc", "rect", "polyline", "circle", "path", "text")
    }
    assert not any(
        "href" in name or name in ("id", "style") for e in root.iter() for name in e.attrib
    )
    assert len(text) < 250_000


@pytest.mark.parametrize("size", [(640.0, 400.0), (320.0, 700.0), (1200.0, 300.0)])
def test_all_stands_inside(figure: Figure, size: tuple[float, float]) -> None:
    """Every coordinate lies within the view box, also of what reaches far beyond the axes."""
    root = parsed(figure, *size)
    assert root.attrib["viewBox"] == f"0 0 {size[0]:.0f} {size[1]:.0f}"
    for x, y in coordinates(root):
        assert 0 <= x <= size[0]
        assert 0 <= y <= size[1]


def heights_agree(
    drawn: Sequence[tuple[float, float]], density: Callable[[float], float], scale: Scale
) -> None:
    """Each drawn height is the density there, up to the rounding of x and y to the pixel's hundredth."""
    across, up = scale.pixel
    assert len(drawn) > 100
    for x, height in drawn:
        around = [density(x - PIXEL * across), density(x), density(x + PIXEL * across)]
        assert min(around) - PIXEL * up <= height <= max(around) + PIXEL * up


def test_the_curves_have_the_heights_of_the_densities() -> None:
    """alpha_j g_j(x) and p(x), read off the picture by its ticks, are those of statistics.NormalDist."""
    root = parsed(of_the_note())
    scale = Scale(root)
    weights = [
        0.5124981885949778,
        0.48750181140502213,
    ]  # documented, as the means and variances are
    bells = [
        NormalDist(1.3065753725700628, math.sqrt(0.3510142879511143)),
        NormalDist(1.4982149218892322, math.sqrt(0.408060269961259)),
    ]
    (mixture,) = (e for e in elements(root, "polyline", stroke=TEXT) if len(points_of(e)) > 2)
    heights_agree(
        scale.of(mixture),
        lambda x: sum(w * bell.pdf(x) for w, bell in zip(weights, bells, strict=True)),
        scale,
    )
    for colour, weight, bell in zip(COMPONENTS, weights, bells, strict=False):
        lines = elements(root, "polyline", stroke=colour, stroke_width="2")
        (curve,) = (e for e in lines if len(points_of(e)) > 2)
        heights_agree(scale.of(curve), lambda x, w=weight, b=bell: w * b.pdf(x), scale)  # type: ignore[misc]
    for colour, mean in zip(COMPONENTS, (1, 2), strict=False):
        past = elements(root, "polyline", stroke=colour, stroke_width="1.5", fill="none")
        (curve,) = (e for e in past if len(points_of(e)) > 2)
        bell = NormalDist(mean, math.sqrt(2))
        heights_agree(scale.of(curve), lambda x, b=bell: 0.5 * b.pdf(x), scale)  # type: ignore[misc]


def test_vertical_lines_stand_at_the_means() -> None:
    """A dashed line through each mean, in the component's colour, and its name above it."""
    root = parsed(of_the_note())
    scale = Scale(root)
    for j, mean in enumerate((1.3065753725700628, 1.4982149218892322)):
        (line,) = elements(root, "polyline", stroke=COMPONENTS[j], stroke_width="1")
        (x, _), (other, _) = scale.of(line)
        assert x == other == pytest.approx(mean, abs=PIXEL * scale.pixel[0])
    names = [e.text for e in elements(root, "text") if (e.text or "").startswith("μ")]
    assert names == ["μ₁", "μ₂"]


def test_each_point_is_a_dot() -> None:
    """One circle per point, at its x, below the axis; in the plane at its place."""
    root = parsed(of_the_note())
    scale = Scale(root)
    xs = [scale.x(float(circle.attrib["cx"])) for circle in elements(root, "circle")]
    assert xs == pytest.approx([0.9, 0.7, 1.2, 2.4, 1.8], abs=PIXEL * scale.pixel[0])
    assert all(scale.y(float(circle.attrib["cy"])) < 0 for circle in elements(root, "circle"))
    root = parsed(in_the_plane(30))
    scale = Scale(root)
    points = examples.three_gaussians_in_the_plane().sample(30, rng=2)[0]
    for circle, (x, y) in zip(elements(root, "circle"), points, strict=True):
        assert scale.x(float(circle.attrib["cx"])) == pytest.approx(x, abs=PIXEL * scale.pixel[0])
        assert scale.y(float(circle.attrib["cy"])) == pytest.approx(y, abs=PIXEL * scale.pixel[1])


def test_of_many_points_each_place_is_drawn_once() -> None:
    """A million points on a pixel are one dot; 20,000 apart are no more than files can hold."""
    same = figure_of([1.0] * 5000 + [2.0] * 5000, Mixture.univariate([1], [1], [2]))
    assert len(elements(parsed(same), "circle")) == 2
    apart = parsed(in_the_plane(20_000))
    assert 1000 < len(elements(apart, "circle")) <= MOST_DOTS


def test_pies_show_the_responsibilities() -> None:
    """The slice on each disc has the angle 2 pi beta of the smaller share, from where it begins."""
    figure = of_the_note()
    root = parsed(figure)
    betas = [
        tuple(float(beta) for beta in row) for row in worked_example.DOCUMENTED.responsibilities
    ]
    slices = elements(root, "path")
    for circle, sector, row in zip(elements(root, "circle"), slices, betas, strict=True):
        (cx, cy), start, end = [
            (float(x), float(y)) for x, y in re.findall(r"([\d.]+),([\d.]+)", sector.attrib["d"])
        ]
        larger = row.index(max(row))
        assert circle.attrib["fill"] == COMPONENTS[larger]
        assert sector.attrib["fill"] == COMPONENTS[1 - larger]
        turns = [math.atan2(x - cx, cy - y) / (2 * math.pi) % 1 for x, y in (start, end)]
        begins, ends = (0.0, row[0]) if larger == 1 else (row[0], 1.0)
        assert turns[0] == pytest.approx(begins, abs=2e-3)
        assert turns[1] % 1 == pytest.approx(ends % 1, abs=2e-3) or turns[1] > 0.998


def test_ellipses_lie_at_one_and_two_sigma() -> None:
    """(x - mu)^T Sigma^-1 (x - mu), with the inverse of 2 x 2 written out, is 1 and 4 all around."""
    root = parsed(in_the_plane())
    scale = Scale(root)
    mixture = examples.three_gaussians_in_the_plane()
    for j, component in enumerate(mixture.components):
        (a, b), (_, c) = component.covariance
        for width, sigmas in (("2.4", 1), ("1.5", 2)):
            (outline,) = elements(root, "polyline", stroke=COMPONENTS[j], stroke_width=width)
            assert len(points_of(outline)) > 100
            for x, y in scale.of(outline):
                u, v = x - component.mean[0], y - component.mean[1]
                distance = math.sqrt((c * u * u - 2 * b * u * v + a * v * v) / (a * c - b * b))
                assert distance == pytest.approx(sigmas, abs=0.003)


# What there is to draw


def test_a_collapsed_component_is_a_spike_and_an_undefined_one_left_out() -> None:
    """Variance 0: a line up from the mean. Mean 0/0: neither curve nor mean nor legend."""
    figure = collapsed()
    spikes = [line for line in figure.lines if len(line.points) == 2]
    assert [line.points for line in spikes] == [((0.0, 0.0), (0.0, figure.y.high))]
    assert [mean.component for mean in figure.means] == [0, 1]
    assert [entry.text for entry in figure.legend] == [
        *("p(x)", "α₁g₁(x)", "α₂g₂(x)", "before this epoch")
    ]
    assert figure.y.high < 1, "what was before the collapse doesn't dwarf what is now"


def test_a_flat_component_in_the_plane() -> None:
    """A singular covariance is a line, none is no ellipse, and each mean that there is has its mark."""
    figure = flat()
    assert [(mean.x, mean.y) for mean in figure.means] == [(0.0, 0.0), (3.0, 3.0)]
    line = next(line for line in figure.lines if line.stroke.colour == COMPONENTS[0])
    assert all(x == pytest.approx(y, abs=1e-7) for x, y in line.points)
    assert not any(line.stroke.colour == COMPONENTS[2] for line in figure.lines)


def test_points_that_miss_a_value_are_left_out() -> None:
    """A row is drawn where it has both coordinates that are shown, and keeps its own shares."""
    mixture = Mixture.multivariate(
        [0.5, 0.5], [[0, 0, 0], [1, 1, 1]], [[[1, 0, 0], [0, 1, 0], [0, 0, 1]]] * 2
    )
    points = [(0.0, NAN, 0.0), (1.0, 2.0, NAN), (NAN, 0.0, 5.0)]
    betas = [(1.0, 0.0), (0.25, 0.75), (0.0, 1.0)]
    (dot,) = figure_of(points, mixture, responsibilities=betas).dots
    assert (dot.x, dot.y, dot.shares) == (1.0, 2.0, (0.25, 0.75))
    other = figure_of(points, mixture, responsibilities=betas, coordinates=(2, 1))
    assert (other.x_name, other.y_name) == ("x[3]", "x[2]")
    assert [(dot.x, dot.y) for dot in other.dots] == [(5.0, 0.0)]


def test_one_coordinate_is_a_line_of_numbers() -> None:
    """Vectors of one number are drawn as numbers are."""
    numbers = figure_of([0.0, 1.0], Mixture.univariate([1], [0], [2]))
    vectors = figure_of([(0.0,), (1.0,)], Mixture.multivariate([1], [[0]], [[[2]]]))
    assert (vectors.lines, vectors.dots, vectors.x) == (numbers.lines, numbers.dots, numbers.x)
    assert (numbers.x_name, vectors.x_name) == ("x", "x[1]")


def test_pictures_of_several_epochs_compare() -> None:
    """With the ranges of the first mixture, x doesn't move while the curves do."""
    problem = worked_example.problem()
    figures = [
        figure_of(problem.points, epoch.after, ranges_of=problem.initial)
        for epoch in itertools.islice(iterate(problem.points, problem.initial), 5)
    ]
    assert len({figure.x for figure in figures}) == 1
    assert len({figure.lines for figure in figures}) == 5


def test_a_walk_shows_what_is_known() -> None:
    """Walk.parameters are drawn at every sub-step."""
    walk = Walk.begin(worked_example.problem())
    for _ in range(8):
        walk = walk.forward()
        figure = figure_of(walk.problem.points, walk.parameters)
        assert [mean.x for mean in figure.means] == list(walk.parameters[1])


def test_mixed_colours() -> None:
    """Shares mix the channels: half of #0072b2 and half of #b84e00, each channel's average."""
    assert blend([0.5, 0.5]) == f"#{0xB8 // 2:02x}{(0x72 + 0x4E) // 2:02x}{0xB2 // 2:02x}"
    assert [blend([0.0] * j + [1.0]) for j in range(8)] == list(COMPONENTS)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"responsibilities": [(0.5, 0.5)]},
            "1 rows of responsibilities for 2 points: give one row for each point",
        ),
        (
            {"responsibilities": [(0.5, 0.5), (1.0,)]},
            "row 2 of the responsibilities has 1 numbers for 2 components: give one for each component",
        ),
        ({"names": ["a"]}, "1 names for 2 coordinates: give one for each"),
        (
            {"coordinates": (0,)},
            "a figure shows two coordinates, not 1: give two, such as (0, 1)",
        ),
        (
            {"coordinates": (0, 2)},
            "2 is not a coordinate: give a whole number from 0 to 1, as Python counts",
        ),
    ],
)
def test_what_does_not_fit_is_refused(options: dict[str, Any], message: str) -> None:
    """The message says what doesn't fit what."""
    mixture = Mixture.multivariate([0.5, 0.5], [[0, 0], [1, 1]], [[[1, 0], [0, 1]]] * 2)
    with pytest.raises(InvalidValueError) as error:
        figure_of([(0.0, 0.0), (1.0, 1.0)], mixture, **options)
    assert str(error.value) == message


def test_points_of_another_dimension_and_no_means_are_refused() -> None:
    """So is a picture of nothing, and one without room."""
    mixture = Mixture.univariate([1], [0], [1])
    with pytest.raises(InvalidValueError) as error:
        figure_of([1.0, (1.0, 2.0)], mixture)
    assert str(error.value) == (
        "point 2 has 2 coordinates, and the means of the mixture 1: give both the same dimension"
    )
    with pytest.raises(InvalidValueError) as error:
        figure_of([1.0], ((1.0,), (NAN,), (NAN,)))
    assert str(error.value) == "no component has a mean that is a number: there is nothing to draw"
    for size in (100.0, -1.0, NAN, math.inf):
        with pytest.raises(InvalidValueError) as error:
            svg(of_the_note(), size)
        assert str(error.value) == (
            f"a figure of {size:g} x 400 pixels has no room for its axes and its legend: "
            "give a larger size, such as 640 x 400"
        )
    with pytest.raises(InvalidValueError, match="a figure of 300 x 200 pixels has no room"):
        svg(FIGURES["thirty components"](), 300, 200)


# The history


def test_the_history_shows_each_log_likelihood() -> None:
    """A dot per epoch, at its number and its log-likelihood; ticks are whole epochs."""
    values = [-808.8, -666.3, -662.5, -644.1]
    figure = history_figure(values)
    root = parsed(figure)
    scale = Scale(root)
    places = [
        (scale.x(float(e.attrib["cx"])), scale.y(float(e.attrib["cy"])))
        for e in elements(root, "circle")
    ]
    for (x, y), epoch, value in zip(places, range(1, 5), values, strict=True):
        assert x == pytest.approx(epoch, abs=PIXEL * scale.pixel[0])
        assert y == pytest.approx(value, abs=PIXEL * scale.pixel[1])
    assert figure.x.labels == ("1", "2", "3", "4")


@pytest.mark.parametrize("epochs", [1, 2, 7, 8, 9, 30, 1000])
def test_epochs_are_whole_numbers(epochs: int) -> None:
    """No tick stands between two epochs, and equal values have an axis, too."""
    figure = history_figure([-5.0] * epochs, first_epoch=3)
    assert all(tick == round(tick) for tick in figure.x.ticks)
    assert 3 - 0.5 <= figure.x.ticks[0] <= figure.x.ticks[-1] <= epochs + 2.5
    assert figure.y.low < -5.0 < figure.y.high
    assert len(set(figure.y.labels)) == len(figure.y.labels) > 1


def test_a_history_without_numbers_is_refused() -> None:
    """What isn't finite is left out; where nothing is left, there is nothing to draw."""
    assert len(history_figure([-math.inf, -3.0, NAN, -2.0]).dots) == 2
    for nothing in ([], [NAN, -math.inf]):
        with pytest.raises(InvalidValueError) as error:
            history_figure(nothing)
        assert str(error.value) == (
            "there is no log-likelihood to draw: give at least one that is finite"
        )


# Text that means harm


HOSTILE = "<script>&\"' \\input{x} $_^~#%{}| µσ\n% \x01 é"


def hostile() -> Figure:
    return in_the_plane(5, names=[HOSTILE, "]]>&amp;"], title=HOSTILE)


def test_text_is_escaped_in_svg() -> None:
    """A name of a coordinate, or a title, stays text: it comes back as it was, and opens no tag."""
    root = parsed(hostile())
    shown = HOSTILE.replace("\n", " ").replace("\x01", "?")
    assert root[0].text == shown
    texts = [e.text for e in elements(root, "text")]
    assert shown in texts
    assert "]]>&amp;" in texts
    assert not elements(root, "script")


def test_a_long_name_ends_where_the_axis_does() -> None:
    """What has no room is cut, and one sees that it is."""
    root = parsed(in_the_plane(5, names=["a" * 500, "b"]), 400.0, 300.0)
    (name,) = (e.text or "" for e in elements(root, "text") if (e.text or "").startswith("aa"))
    assert name.endswith("a…")
    assert 20 < len(name) < 60


def test_text_is_escaped_in_tikz() -> None:
    r"""TeX's own signs are escaped, and a comment ends where it began: on its line."""
    text = tikz(hostile())
    assert r"\input" not in "\n".join(line for line in text.split("\n") if line[:1] != "%")
    assert r"\textbackslash{}input\{x\} \$\_\textasciicircum{}\textasciitilde{}\#\%\{\}" in text
    assert text.count("\n% ") == 2


# TikZ


def test_tikz_draws_what_svg_draws(figure: Figure) -> None:
    """At the same size every line and dot stands in the same place, y up instead of down."""
    height = 400.0
    text, root = tikz(figure, 640.0, height), parsed(figure, 640.0, height)
    paths = re.findall(r"\\path\[.*?\] (.*?);", text, re.DOTALL)
    lines = elements(root, "polyline")
    assert len(paths) == len(lines)
    for path, line in zip(paths, lines, strict=True):
        places = [(float(x), float(y)) for x, y in re.findall(r"\(([\d.-]+),([\d.-]+)\)", path)]
        for (x, y), (column, row) in zip(places, points_of(line), strict=True):
            assert (x, height - y) == pytest.approx((column, row), abs=0.011)
    assert len(re.findall(r" circle \(", text)) == len(elements(root, "circle"))
    assert text.count(" arc[") == len(elements(root, "path"))
    assert text.count("\\node[") == len(elements(root, "text"))


def test_slices_have_the_same_angles_in_tikz() -> None:
    """TikZ's degrees, from the right and counterclockwise: 90 is the top."""
    ends = re.findall(r"arc\[start angle=([\d.-]+),end angle=([\d.-]+)", tikz(of_the_note()))
    for (start, end), row in zip(ends, worked_example.DOCUMENTED.responsibilities, strict=True):
        smaller = min(map(float, row))
        assert float(start) - float(end) == pytest.approx(360 * smaller, abs=0.4)
        assert 90.0 in (float(start), float(end) + 360.0)


def test_tikz_speaks_of_greek_letters_as_latex_does() -> None:
    """Formulas are mathematics; nothing is left that pdfLaTeX has no font for."""
    text = tikz(of_the_note())
    for formula in (r"$\mu_{1}$", r"$\alpha_{2}g_{2}(x)$", "$p(x)$"):
        assert f"{{{formula}}}" in text
    assert text.isascii()
    assert r"at 1$\sigma$ and 2$\sigma$" in tikz(in_the_plane())


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="there is no pdflatex")
def test_tikz_compiles(tmp_path: Path) -> None:
    """Every figure, and one with hostile text, compiles with plain \\usepackage{tikz}, and fits."""
    figures = [make() for make in FIGURES.values()]
    pictures = "\\newpage\\noindent\n".join(map(tikz, [*figures, hostile()]))
    document = (
        "\\documentclass{article}\n\\usepackage{tikz}\n"
        f"\\begin{{document}}\\noindent\n{pictures}\\end{{document}}\n"
    )
    (tmp_path / "figures.tex").write_text(document, encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "figures.tex"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, timeout=300)
    log = (tmp_path / "figures.log").read_text(encoding="latin-1")
    assert result.returncode == 0, log[-3000:]
    assert f"({len(figures) + 1} pages" in log
    assert not re.findall("Overfull|Missing character|Font Warning", log)
