"""Formulas as pictures: nothing of them vanishes, and each number can be found, pointed at and followed."""

import math
import re
import sys
import time
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import combinations

import pytest
from PySide6.QtCore import QByteArray
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication
from ziamath.tex import tex2mml

from refgmm import Derivation, Mixture, Problem, explain, iterate, worked_example
from refgmm.quantities import QUANTITIES, Cell
from refgmm.rendering import Shown
from refgmm.structures import structure_of
from refgmm_gui.formulas.formula import Formula, formula_of, parts
from refgmm_gui.formulas.typeset import (
    Picture,
    Typesetter,
    TypesettingError,
    by_ziamath,
    coloured,
    id_of,
    marked,
)

PLANE = (
    *((11.0, 42.0), (19.0, 45.0), (15.0, 36.0), (25.0, 38.0), (24.0, 33.0)),
    *((-24.0, 3.0), (-31.0, -4.0), (-34.0, -14.0), (-25.0, -5.0), (-16.0, 7.0)),
)


def plane(structure: str) -> Problem:
    initial = Mixture.multivariate(
        weights=[0.5, 0.5],
        means=[(-25, 40), (-60, -30)],
        covariances=[[[400, 0], [0, 400]]] * 2,
    )
    return Problem(points=PLANE, initial=initial, structure=structure_of(structure))


def line(points: tuple[float, ...], means: list[float], variance: float = 1.0) -> Problem:
    k = len(means)
    weights = [0.5, 0.25, 0.25] if k == 3 else [1 / k] * k
    initial = Mixture.univariate(weights=weights, means=means, variances=[variance] * k)
    return Problem(points=points, initial=initial)


PROBLEMS = {
    "the note's example": worked_example.problem(),
    "three components, negative": line((-8.3, -7.1, -0.5, 0.25, 3.0, 4.5), [-8.0, 0.0, 4.0]),
    "one component": line((1.0, 2.0, 4.0), [2.0]),
    "long sums": line(tuple(i / 7 for i in range(27)), [1.0, 2.0]),
    "a point that underflows": line((0.0, 1.0, 500.0), [0.0, 1.0]),
    "a component far from all points": line((0.0, 1.0), [0.5, 1e6]),
    "tiny and huge": line((1e-9, 3e-9, 1e17), [0.0, 1e17], 1e-16),
    **{f"the plane, {name}": plane(name) for name in ("full", "tied", "diagonal", "spherical")},
    "densities beyond doubles": Problem(
        points=((0.0,) * 5, (1.0,) * 5, (1.5,) * 5),
        initial=Mixture.multivariate(
            weights=[0.5, 0.5],
            means=[[0.0] * 5, [1.0] * 5],
            covariances=[
                [[1e-140 * (a == b) for a in range(5)] for b in range(5)],
                [[float(a == b) for a in range(5)] for b in range(5)],
            ],
        ),
    ),
    "six dimensions": Problem(
        points=tuple(tuple(math.sin(3 * i + a) for a in range(6)) for i in range(12)),
        initial=Mixture.multivariate(
            weights=[0.5, 0.5],
            means=[[0.5] * 6, [-0.5] * 6],
            covariances=[[[float(a == b) for a in range(6)] for b in range(6)]] * 2,
        ),
    ),
}


def derivations(problem: Problem) -> Iterator[Derivation]:
    """Of each quantity: its first number, its last, and off the diagonal of a matrix."""
    epoch = next(iterate(problem.points, problem.initial, structure=problem.structure))
    n, k, d = len(problem.points), len(problem.initial.components), problem.dimension
    for quantity in QUANTITIES.values():
        if quantity.name == "gain" and epoch.ends_walk:
            continue
        entries: list[tuple[int, ...]] = [()]
        if d is not None and quantity.rank:
            entries = [(0,), (1,)] if quantity.rank == 1 else [(0, 0), (1, 0)]
        for entry in entries:
            for i, j in ((0, 0), (n - 1, k - 1)):
                yield explain(
                    epoch,
                    Cell(
                        0 if quantity.name == "point" else 1,
                        quantity.name,
                        i if quantity.per_point else None,
                        j if quantity.per_component else None,
                        entry,
                    ),
                )


def shown_formulas(name: str) -> Iterator[tuple[Derivation, Formula]]:
    for derivation in derivations(PROBLEMS[name]):
        for shown in (Shown(), Shown(decimals=2, unfolded=derivation.cell.point is None)):
            yield derivation, formula_of(derivation, shown)


def tex_of(formula: Formula) -> list[str]:
    return [tex for row in formula.rows for tex in (row.left, *row.right) if tex]


picture_of = cache(by_ziamath)

GLYPHS = {
    **dict.fromkeys(("alpha", "beta", "mu", "sigma", "Sigma", "varphi", "Delta", "pi"), 1),
    **dict.fromkeys(("sum", "cdot", "cdots", "times", "infty"), 1),
    "exp": 3,
    "ln": 2,
    "max": 3,
}
"""How many glyphs each symbol draws by itself."""

LAYOUT = {"frac", "sqrt", "left", "right", "text", ",", "\\"}

SILENT = set("{}^_& ")


def expected_glyphs(tex: str) -> int:
    """How many characters a formula has; KeyError for a command that nobody has looked at."""
    tex = re.sub(r"\\textcolor\{#\w+\}", "", tex)
    tex = tex.replace(r"\begin{pmatrix}", "(").replace(r"\end{pmatrix}", ")")
    count = 0
    for token in re.findall(r"\\(?:[A-Za-z]+|.)|.", tex):
        if token.startswith("\\"):
            count += 0 if token[1:] in LAYOUT else GLYPHS[token[1:]]
        elif token not in SILENT:
            count += 1
    return count


def glyphs(svg: str) -> list[str]:
    return re.findall(r'<path d="([^"]*)"', svg)


def number_glyphs(picture: Picture, number: int) -> list[str]:
    """The outlines of a number, each as the letters of its drawing commands."""
    group = re.search(rf'<g id="{id_of(number)}">(.*?)</g>', picture.svg)
    assert group is not None
    return [re.sub(r"[^A-Z]", "", outline) for outline in glyphs(group[1])]


EXPONENTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-", strict=True))


@cache
def outline_of(character: str) -> str:
    """The same of a character by itself; small figures are drawn in another way than large ones."""
    if character in EXPONENTS:
        tex = rf"1^{{{EXPONENTS[character]}}}"
    else:
        tex = {"−": "{-}", "×": r"{\times}", "∞": r"\infty"}.get(
            character, rf"\text{{{character}}}"
        )
    outline = glyphs(by_ziamath(tex, 20.0).svg)[-1]
    return re.sub(r"[^A-Z]", "", outline)


def characters(tex: str) -> dict[int, str]:
    """The characters of each number in a formula."""
    small = {ord(plain): exponent for exponent, plain in EXPONENTS.items()}
    found = {}
    for match in re.finditer(r"\\textcolor\{#(\w+)\}\{((?:[^{}]|\{[^{}]*\})*)\}", tex):
        text = match[2].replace(r"\text", "").replace(r"\infty", "∞")
        text, _, exponent = text.partition(r" \times 10^")
        text = re.sub(r"[{} ]", "", text).replace("-", "−")
        if exponent:
            text += "×10" + exponent.strip("{}").translate(small)
        found[int(match[1], 16) - 1] = text
    return found


@pytest.mark.parametrize("command", GLYPHS)
def test_each_symbol_is_drawn(command: str) -> None:
    r"""ziamath leaves out commands that it doesn't know, and says nothing."""
    assert len(glyphs(by_ziamath(rf"{{\{command}}}", 18.0).svg)) == GLYPHS[command]


@pytest.mark.parametrize("name", PROBLEMS)
def test_nothing_of_a_formula_vanishes(name: str) -> None:
    """Each letter, digit, sign and bracket of the LaTeX is read, and drawn; tall brackets in parts."""
    for derivation, formula in shown_formulas(name):
        for tex in tex_of(formula):
            read = "".join(ET.fromstring(tex2mml(tex)).itertext())
            assert len(read) == expected_glyphs(tex), (str(derivation.cell), tex, read)
            drawn = len(glyphs(picture_of(tex, 18.0).svg))
            assert drawn >= expected_glyphs(tex), (str(derivation.cell), tex)


@pytest.mark.parametrize("name", PROBLEMS)
def test_each_number_is_in_the_picture_digit_by_digit(name: str) -> None:
    """The group of a number holds the outlines of its characters, from left to right."""
    for derivation, formula in shown_formulas(name):
        seen: Counter[int] = Counter()
        for tex in tex_of(formula):
            picture, wanted = picture_of(tex, 18.0), characters(tex)
            assert set(picture.numbers) == set(wanted)
            seen.update(picture.numbers)
            for number, text in wanted.items():
                outlines = [outline_of(character) for character in text]
                assert number_glyphs(picture, number) == outlines, (str(derivation.cell), text)
        assert seen == Counter(range(len(formula.numbers))), "each number stands in one place"


def test_the_templates_have_every_kind_of_number() -> None:
    """Negative, with a power of ten, undefined and infinite ones are among those looked at above."""
    texts = {
        text
        for name in PROBLEMS
        for _, formula in shown_formulas(name)
        for tex in tex_of(formula)
        for text in characters(tex).values()
    }
    assert any(text.startswith("−") for text in texts)
    assert any("×10⁻" in text for text in texts)
    assert any(re.search("×10[⁰-⁹¹²³]", text) for text in texts)
    assert {"undefined", "∞"} <= texts


@pytest.mark.parametrize("name", PROBLEMS)
def test_qt_finds_each_number_where_no_other_is(app: QApplication, name: str) -> None:
    """Its bounds have a size, lie inside the picture, and overlap with those of no other number."""
    for derivation, formula in shown_formulas(name):
        for tex in tex_of(formula):
            picture = picture_of(tex, 18.0)
            renderer = QSvgRenderer(QByteArray(coloured(picture, "#000000", {}).encode()))
            assert renderer.isValid()
            bounds = [renderer.boundsOnElement(id_of(number)) for number in picture.numbers]
            whole = renderer.viewBoxF()
            assert all(whole.contains(place) and not place.isEmpty() for place in bounds)
            for one, other in combinations(bounds, 2):
                assert not one.intersects(other), (str(derivation.cell), tex)


@pytest.mark.parametrize("name", PROBLEMS)
def test_the_numbers_lead_to_the_sources(name: str) -> None:
    """Those that can be followed are the sources of the derivation, all of them when unfolded.

    Where a matrix is written out, its lower half is: the upper is the same.
    """
    for derivation in derivations(PROBLEMS[name]):
        formula = formula_of(derivation, Shown(unfolded=True))
        led_to = {number.source for number in formula.numbers} - {None}
        assert led_to == {
            source
            for source in derivation.sources
            if not derivation.written_out or source.entry == tuple(sorted(source.entry)[::-1])
        }


@pytest.mark.parametrize("name", PROBLEMS)
def test_the_rows_are_those_of_the_text(name: str) -> None:
    """The marks on numbers add no row and take none away."""
    for derivation, formula in shown_formulas(name):
        rows = [row.right_text for row in formula.rows]
        assert len(rows) == len(formula.rows)
        if derivation.lines:
            assert formula.text.count("\n") == len(rows) - 1
        assert all(row.right[0].startswith("{} = ") for row in formula.rows)


def test_numbers_have_the_components_colours() -> None:
    """Weighted densities are of their components; the evidence, which all share, is of none."""
    epoch = next(iterate(PROBLEMS["the note's example"].points, worked_example.problem().initial))
    evidence = formula_of(explain(epoch, "evidence:4"), Shown())
    assert [number.component for number in evidence.numbers] == [0, 1, None]
    assert evidence.numbers[0].words == (
        f"weighted density of component 1 at point 4: {epoch.e.weighted_densities[3][0]!r}"
    )


def test_a_number_on_the_way_has_the_colour_of_its_symbol() -> None:
    """w₂, of a point that underflows, is component 2's, also where component 1 is explained."""
    problem = PROBLEMS["a point that underflows"]
    epoch = next(iterate(problem.points, problem.initial))
    formula = formula_of(explain(epoch, "responsibility:3,1"), Shown())
    components = {n.words.partition(":")[0]: n.component for n in formula.numbers}
    assert (components["w₁"], components["w₂"], components["m"]) == (0, 1, None)


def test_a_right_side_breaks_only_between_its_terms() -> None:
    """Signs inside fractions, brackets and matrices are none to break a line at."""
    tex = r"\left(a - b\right) + \frac{c + d}{2} - \begin{pmatrix} 1 - 2 \end{pmatrix} + e"
    assert parts(tex) == (
        r"{} = \left(a - b\right)",
        r"{} + \frac{c + d}{2}",
        r"{} - \begin{pmatrix} 1 - 2 \end{pmatrix}",
        "{} + e",
    )
    assert parts("- a") == ("{} = - a",)


def test_a_number_that_ziamath_leaves_out_is_told() -> None:
    r"""\phantom takes up room and draws nothing: no picture, rather than one without the number."""
    with pytest.raises(TypesettingError, match="leaves a number out"):
        by_ziamath(rf"1 + \phantom{{{marked('2', 0)}}}", 18.0)


def test_what_ziamath_refuses_is_told() -> None:
    with pytest.raises(TypesettingError, match=r"shown as text: ziamath refuses it"):
        by_ziamath(r"\frac{1}", 18.0)


def test_so_many_numbers_that_one_would_wait_are_told() -> None:
    tex = " & ".join(marked("1", number) for number in range(61))
    with pytest.raises(TypesettingError, match="61 numbers in one bracket are too many"):
        by_ziamath(rf"\begin{{pmatrix}} {tex} \end{{pmatrix}}", 18.0)


def test_without_ziamath_the_reason_and_the_remedy_are_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "ziamath.config", None)
    with pytest.raises(TypesettingError) as told:
        by_ziamath("1", 18.0)
    assert str(told.value) == (
        "Formulas are shown as text, because ziamath is not installed: "
        'python -m pip install "refgmm[gui]"'
    )


def test_a_formula_is_typeset_once() -> None:
    """Also one that can't be: it is not tried again."""
    calls: list[str] = []

    def typeset(tex: str, size: float) -> Picture:
        calls.append(tex)
        if tex == "bad":
            raise TypesettingError("no")
        return Picture("<svg/>", 1.0, 1.0, 1.0, ())

    typesetter = Typesetter(typeset, most=2)
    for tex in ("a", "a", "bad", "bad"):
        try:
            typesetter.picture(tex, 18.0)
        except TypesettingError:
            assert tex == "bad"
    assert calls == ["a", "bad"]
    typesetter.picture("a", 18.0)  # so that "bad" is the one not asked for longest
    typesetter.picture("b", 18.0)
    assert [tex for tex in ("a", "bad", "b") if typesetter.has(tex, 18.0)] == ["a", "b"]


def test_colours_are_put_in_for_the_marks() -> None:
    """The picture is kept without colours, so that a change of theme typesets nothing."""
    picture = by_ziamath(rf"x = {marked('1', 0)} + {marked('2', 1)}", 18.0)
    svg = coloured(picture, "#111111", {0: "#aa0000"})
    assert set(re.findall(r'fill="([^"]+)"', svg)) == {"#111111", "#aa0000"}
    assert svg.count("#aa0000") == 1  # the mark of the 2, which has none, is ink


def test_a_first_picture_of_each_template_takes_no_second() -> None:
    """What each quantity takes at first is printed (pytest -s); a second is a generous bound."""
    by_ziamath("1", 18.0)
    slowest: dict[str, float] = {}
    for name in ("the note's example", "the plane, full"):
        for derivation in derivations(PROBLEMS[name]):
            for tex in tex_of(formula_of(derivation, Shown())):
                began = time.process_time()  # which a busy machine doesn't change
                by_ziamath(tex, 18.0)
                took = 1000 * (time.process_time() - began)
                key = f"{name}: {derivation.cell.quantity}"
                slowest[key] = max(took, slowest.get(key, 0.0))
    for key, took in slowest.items():
        print(f"{took:6.1f} ms  {key}")
    assert max(slowest.values()) < 1000.0
