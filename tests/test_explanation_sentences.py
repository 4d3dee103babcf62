"""The sentence about every number of many problems is true: its claims are recomputed from the points
and parameters, by the plainest formulas.
"""

import math
import re
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from refgmm import Cell, Epoch, Mixture, explain, iterate

from .explained import PROBLEMS, computed_cells, explained_epochs, given_cells

every_problem = pytest.mark.parametrize("name", PROBLEMS)

_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻−", "0123456789--")
_NUMBER = r"(−?\d+(?:\.\d+)?(?:×10⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)?)"


def number(text: str) -> float:
    """A number of a sentence."""
    return float(text.translate(_RAISED).replace("×10", "e"))


def told(name: str, *quantities: str) -> Iterator[tuple[Epoch[Any], Cell, float, str]]:
    """The sentences about these quantities, with five decimals."""
    for epoch in explained_epochs(name):
        for cell, value in computed_cells(name, epoch).items():
            if cell.quantity in quantities:
                yield epoch, cell, value, explain(epoch, cell).sentence(5)


def is_share(text: str, share: float) -> bool:
    """Whether words such as "39%" are true of a share."""
    match text:
        case "all":
            return share == 1.0
        case "nothing":
            return share == 0.0
        case "less than 1%":
            return 0.0 < share < 0.01
        case "more than 99%":
            return 0.99 < share < 1.0
    is_near = abs(float(text.removesuffix("%")) / 100 - share) <= 0.005 + 1e-12
    return is_near and 0.01 <= share <= 0.99


def distances(epoch: Epoch[Any], i: int) -> list[float]:
    """How many standard deviations a point lies from each mean, by the textbook's formula."""
    x = epoch.points[i]
    if epoch.before.dimension is None:
        return [abs(x - c.mean) / math.sqrt(c.variance) for c in epoch.before.components]
    return list(epoch.e.mahalanobis_distances[i])  # which tests/test_multivariate.py checks


def log_weighted_densities(epoch: Epoch[Any], i: int) -> tuple[list[float], list[float]]:
    """ln g_j(x) without its constant, and ln(alpha_j g_j(x))."""
    logs = [
        -(z * z) / 2 - log_determinant / 2
        for z, log_determinant in zip(distances(epoch, i), epoch.e.log_determinants, strict=True)
    ]
    weights = [math.log(w) if w else -math.inf for w in epoch.before.weights]
    return logs, [a + b for a, b in zip(logs, weights, strict=True)]


@every_problem
def test_every_number_has_a_sentence(name: str) -> None:
    """One that begins and ends as sentences do, with no word of a program in it."""
    for epoch in explained_epochs(name):
        for cell in [*computed_cells(name, epoch), *given_cells(epoch)]:
            for decimals in (0, 4):
                text = explain(epoch, cell).sentence(decimals)
                assert text[0].isupper() or re.match("x[₀-₉]+ ", text), text
                assert text.endswith("."), text
                assert not re.search(r"nan|inf\b|None|\de[-+−]\d|  |--|−0\.?0*\b(?!\.?\d)", text), (
                    text
                )
                assert re.search(r"\b1 points|only (less|more|all|nothing)", text) is None, text


@every_problem
def test_responsibilities(name: str) -> None:
    """Who takes what share, and why: the nearest by |z|, the densest, or by the weight."""
    for epoch, cell, value, text in told(name, "responsibility"):
        assert cell.point is not None
        assert cell.component is not None
        k = len(epoch.before.components)
        shares = epoch.e.responsibilities[cell.point]
        z = distances(epoch, cell.point)
        logs, weighted = log_weighted_densities(epoch, cell.point)
        if k == 1:
            assert value == 1.0
            assert "one component" in text
            continue
        if match := re.search(r"omponent (\d+) has the weight 0", text):
            assert epoch.before.weights[int(match[1]) - 1] == 0.0
            assert value == 0.0
            continue
        if "equally" in text:
            assert set(shares) == {value}
            assert value == pytest.approx(1 / k)
            continue
        match = re.search(r"so component (\d+) takes (only )?(.+) of it\.", text)
        assert match, text
        assert int(match[1]) == cell.component + 1
        assert is_share(match[3], value), text
        assert bool(match[2]) <= (value < max(shares)), text
        if near := re.search(r"nearer to component (\d+)|nearest to component (\d+)", text):
            most = int(near[1] or near[2]) - 1
            others = z[:most] + z[most + 1 :]
            assert z[most] < min(others), text
            assert ("nearer" in text) == (k == 2)
            straight = [math.dist(*pair) for pair in _to_means(epoch, cell.point)]
            is_nearest = straight[most] == min(straight) and straight.count(min(straight)) == 1
            assert ("in its standard deviations" in text) != is_nearest, text
        elif dense := re.search(r"Component (\d+) has the high(er|est) density", text):
            most = int(dense[1]) - 1
            assert logs[most] >= max(logs) - 1e-9, text
            assert (dense[2] == "er") == (k == 2)
        else:
            by_weight = re.search(r"Component (\d+), by its weight, makes", text)
            assert by_weight, text
            most = int(by_weight[1]) - 1
            assert logs[most] < max(logs), text
        assert weighted[most] >= max(weighted) - 1e-9, text
        assert shares[most] == max(shares)


def _to_means(epoch: Epoch[Any], i: int) -> Iterator[tuple[tuple[float, ...], tuple[float, ...]]]:
    for component in epoch.before.components:
        x, mean = epoch.points[i], component.mean
        yield (x, mean) if isinstance(x, tuple) else ((x,), (mean,))


@every_problem
def test_means(name: str) -> None:
    """From where to where, and which point pulls most: beta (x - mu) largest in that direction."""
    for epoch, cell, value, text in told(name, "mean"):
        j, entry = cell.component, cell.entry
        assert j is not None
        if math.isnan(value):
            assert text.startswith("It is undefined"), text
            continue
        old = epoch.before.components[j].mean
        xs = list(epoch.points)
        if entry:
            old, xs = old[entry[0]], [x[entry[0]] for x in xs]
            assert f"in coordinate {entry[0] + 1}" in text
        pulls = [row[j] * (x - old) for row, x in zip(epoch.e.responsibilities, xs, strict=True)]
        if "balance" in text:
            assert value == old
            rounding = 1e-12 * max(map(abs, pulls)) + 4 * math.ulp(old) * len(xs)
            assert abs(sum(pulls)) <= rounding, text
            continue
        if "to the digits shown" in text:
            assert f"{value:.5f}" == f"{old:.5f}" or abs(value - old) < 1e-5 * abs(old), text
            continue
        match = re.search(
            rf"moves from {_NUMBER} to {_NUMBER}.*: x([₀-₉]+)( = \S+)? pulls it most", text
        )
        assert match, text
        assert number(match[1]) == pytest.approx(old, rel=1e-4, abs=1e-5)
        assert number(match[2]) == pytest.approx(value, rel=1e-4, abs=1e-5)
        most = int("".join(str("₀₁₂₃₄₅₆₇₈₉".index(digit)) for digit in match[3])) - 1
        best = max(pulls) if value > old else min(pulls)
        assert pulls[most] == pytest.approx(best, rel=1e-9), text
        assert pulls[most] * (value - old) > 0.0


@every_problem
def test_variances_and_covariances(name: str) -> None:
    """Wider or narrower, the standard deviation, the correlation."""
    for epoch, cell, value, text in told(name, "covariance"):
        j, entry = cell.component, cell.entry
        assert j is not None
        if math.isnan(value):
            assert text.startswith("It is undefined"), text
            continue
        old = epoch.before.components[j].covariance
        new = epoch.m.covariances[j]
        if len(set(entry)) == 2:
            a, b = entry
            if "uncorrelated" in text:
                assert value == 0.0
                assert repr(epoch.structure.name) in text
            elif match := re.search(rf"correlation of {_NUMBER}:", text):
                expected = value / math.sqrt(new[a][a] * new[b][b])
                assert number(match[1]) == pytest.approx(expected, abs=0.00501), text
                assert f"Coordinates {a + 1} and {b + 1}" in text
            else:
                assert new[a][a] * new[b][b] == 0.0, text
            continue
        before = old[entry[0]][entry[1]] if entry else old
        if "stays" in text:
            assert value == pytest.approx(before, rel=1e-5, abs=1e-5), text
            assert ("digits shown" in text) == (value != before)
        else:
            assert ("widens" in text) == (value > before), text
            assert ("narrows" in text) == (value < before), text
            if match := re.search(rf"standard deviation to {_NUMBER}\.$", text):
                assert number(match[1]) == pytest.approx(math.sqrt(value), rel=1e-4, abs=1e-5)
        assert ("all components share" in text) == epoch.structure.is_shared
        if "every direction" in text:
            assert len({new[a][a] for a in range(len(new))}) == 1


@every_problem
def test_distances_and_densities(name: str) -> None:
    """On which side and how far; what share of the peak, exp(-z^2/2)."""
    for epoch, cell, value, text in told(name, "distance", "density"):
        assert cell.point is not None
        assert cell.component is not None
        z = distances(epoch, cell.point)[cell.component]
        if cell.quantity == "distance":
            if "just on the mean" in text:
                assert z == 0.0
                continue
            match = re.search(rf"lies {_NUMBER} standard deviations (above|below|of)", text)
            assert match, text
            assert number(match[1]) == pytest.approx(z, rel=1e-4, abs=1e-5)
            if match[2] != "of":
                x, mean = epoch.points[cell.point], epoch.before.components[cell.component].mean
                assert (match[2] == "above") == (x > mean)
        elif "0 in doubles" in text:
            assert value == 0.0
        elif "highest." in text and "at the mean" in text:
            assert z < 1e-7
        else:
            match = re.search("reaches (.+) of its highest density", text)
            assert match, text
            assert is_share(match[1], math.exp(-z * z / 2)) or (
                match[1] == "less than 1%" and z > 38
            )


@every_problem
def test_evidence_and_likelihood(name: str) -> None:
    """Who contributes most of the evidence, and which point fits worst."""
    for epoch, cell, _, text in told(name, "evidence", "log-likelihood"):
        if cell.quantity == "log-likelihood":
            if len(epoch.points) > 1:
                match = re.search(r"x([₀-₉]+)( = \S+)? fits worst", text)
                assert match, text
                worst = int("".join(str("₀₁₂₃₄₅₆₇₈₉".index(digit)) for digit in match[1])) - 1
                assert epoch.e.log_evidence[worst] == min(epoch.e.log_evidence)
            assert ("initial" in text) == (epoch.index == 1)
        elif len(epoch.before.components) > 1:
            assert cell.point is not None
            match = re.search(r"component (\d+) contributes (.+) of it", text)
            assert match, text
            shares = epoch.e.responsibilities[cell.point]
            assert shares[int(match[1]) - 1] == max(shares)
            assert is_share(match[2], max(shares))


@every_problem
def test_deviations_weights_and_gain(name: str) -> None:
    """How far from the new mean, on which sides; the counts, the weights; whether it rose."""
    for epoch, cell, value, text in told(
        name, "weighted-squared-deviation", "weight", "effective-count", "gain"
    ):
        i, j, entry = cell.point, cell.component, cell.entry
        if math.isnan(value):
            assert text.startswith("It is undefined"), text
        elif cell.quantity == "gain":
            assert ("fell" in text) == (value < 0.0)
            assert ("more likely" in text) == (value > 0.0)
        elif cell.quantity in ("weight", "effective-count"):
            assert j is not None
            match = re.search(rf"answers for {_NUMBER} of", text)
            assert match, text
            assert number(match[1]) == pytest.approx(epoch.m.effective_counts[j], abs=1e-5)
            if now := re.search(rf"probability {_NUMBER} \(before: {_NUMBER}\)", text):
                assert number(now[1]) == pytest.approx(value, abs=1e-5)
                assert number(now[2]) == pytest.approx(epoch.before.weights[j], abs=1e-5)
        else:
            assert i is not None
            assert j is not None
            mean, x = epoch.m.means[j], epoch.points[i]
            if len(set(entry)) == 2:
                product = math.prod(x[a] - mean[a] for a in entry) * epoch.e.responsibilities[i][j]
                assert ("same side" in text, "two sides" in text) == (product > 0.0, product < 0.0)
                assert ("larger" in text, "smaller" in text) == (product > 0.0, product < 0.0)
            else:
                away = abs(x[entry[0]] - mean[entry[0]]) if entry else abs(x - mean)
                match = re.search(rf"lies {_NUMBER} from the new mean", text)
                assert match, text
                assert number(match[1]) == pytest.approx(away, rel=1e-4, abs=1e-5)


def test_the_issues_example() -> None:
    """The sentence that the lecture asked for, word for word."""
    start = Mixture.univariate(weights=[0.5, 0.5], means=[1, 2], variances=[2, 2])
    epoch = next(iterate([0.9, 0.7, 1.2, 2.4, 1.8], start))
    expected = "x₄ = 2.4 lies nearer to component 2, so component 2 takes 61% of it."
    assert explain(epoch, "responsibility:4,2").sentence() == expected


def test_a_small_step_is_not_told_as_one_between_equal_numbers() -> None:
    """Near the maximum nothing "moves from 1.31 to 1.31"."""
    start = Mixture.univariate(weights=[0.5, 0.5], means=[1, 2], variances=[2, 2])
    epochs = iterate([0.9, 0.7, 1.2, 2.4, 1.8], start)
    for epoch in (next(epochs) for _ in range(40)):
        for text in ("mean:1", "mean:2", "variance:1", "variance:2"):
            said = explain(epoch, text).sentence(1)
            if match := re.search(rf"from {_NUMBER} to {_NUMBER}", said):
                assert number(match[1]) != number(match[2]), said


def sentence(points: Sequence[Any], start: Mixture[Any], cell: str) -> str:
    """What the first epoch says of a cell."""
    return explain(next(iterate(points, start)), cell).sentence()


def test_numbers_in_sentences_follow_from_what_stands_there() -> None:
    """The gain as a ratio, a correlation with both variances, a square with its share."""
    note = [0.9, 0.7, 1.2, 2.4, 1.8], Mixture.univariate([0.5, 0.5], [1, 2], [2, 2])
    assert "more likely, exp(2.3583) times;" in sentence(*note, "gain")
    assert "the square of that counts with the share 0.3894." in sentence(
        *note, "weighted-squared-deviation:4,1"
    )
    unit = [[1, 0], [0, 1]]
    plane = [(0, 0), (1, 0), (0, 1), (4, 4)], Mixture.multivariate([1], [(1, 1)], [unit])
    text = sentence(*plane, "covariance:1[1,2]")  # by hand: 2.4375 / 2.6875
    assert "a correlation of 0.91: this, divided by" in text
    assert text.endswith("both standard deviations, √2.6875 and √2.6875.")


def test_a_collapse_and_an_underflow_are_said() -> None:
    """A variance of 0 is no mere narrowing, and evidence of 0 no mere number."""
    collapsing = Mixture.univariate([0.5, 0.5], [1, 10], [1, 0.0001])
    text = sentence([0, 1, 2, 10], collapsing, "variance:2")
    assert text == (
        "Component 2 narrows to nothing: the squared deviations of all that it answers for add up to 0."
    )
    far = Mixture.univariate([0.3, 0.7], [0, 1], [1, 1])
    assert sentence([0, 1, 1000], far, "evidence:3") == (
        "How likely the whole mixture makes x₃ = 1000, which no double holds precisely: component 2 "
        "contributes all of it."
    )
