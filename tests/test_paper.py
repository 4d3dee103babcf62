"""Paper mode: every number rounded as it is written down, against a student of decimals."""

import itertools
from decimal import ROUND_HALF_UP, Decimal, getcontext

import pytest

from refgmm import Cell, Mixture, Problem, explain, iterate, worked_example
from refgmm.explanation import derivation_of
from refgmm.paper import Paper, rounded
from refgmm.rendering import Shown

from .support import NOTE_POINTS, note_start

PI = Decimal("3.14159265358979323846264338327950288")


class Student:
    """One epoch of the note's example with a pencil: transcribed from the lecture note, in decimals.

    Each of the worksheet's numbers is rounded to `decimals` as it is written down.
    """

    def __init__(self, decimals: int, weights: list[str], means: list[str], variances: list[str]):
        self.unit = Decimal(1).scaleb(-decimals)
        getcontext().prec = 40
        alpha, mu, var = ([Decimal(v) for v in vs] for vs in (weights, means, variances))
        x = [Decimal(str(value)) for value in NOTE_POINTS]
        self.g = [
            [
                self.write((-((xi - m) ** 2) / (2 * v)).exp() / (2 * PI * v).sqrt())
                for m, v in zip(mu, var, strict=True)
            ]
            for xi in x
        ]
        weighted = [[self.write(a * g) for a, g in zip(alpha, row, strict=True)] for row in self.g]
        self.p = [self.write(row[0] + row[1]) for row in weighted]
        self.log_likelihood = self.write(sum((self.write(p.ln()) for p in self.p), Decimal(0)))
        self.beta = [
            [self.write(w / p) for w in row] for row, p in zip(weighted, self.p, strict=True)
        ]
        self.n = [self.write(sum(row[j] for row in self.beta)) for j in (0, 1)]  # type: ignore[arg-type]
        sums = [
            self.write(
                sum((self.write(b[j] * xi) for b, xi in zip(self.beta, x, strict=True)), Decimal(0))
            )
            for j in (0, 1)
        ]
        self.mu = [self.write(s / n) for s, n in zip(sums, self.n, strict=True)]
        scatter = [
            self.write(
                sum(
                    (
                        self.write(b[j] * (xi - self.mu[j]) ** 2)
                        for b, xi in zip(self.beta, x, strict=True)
                    ),
                    Decimal(0),
                )
            )
            for j in (0, 1)
        ]
        self.var = [self.write(s / n) for s, n in zip(scatter, self.n, strict=True)]
        self.alpha = [self.write(n / 5) for n in self.n]

    def write(self, value: Decimal) -> Decimal:
        return value.quantize(self.unit, ROUND_HALF_UP)


def papers(decimals: int, epochs: int) -> list[Paper]:
    problem = worked_example.problem()
    all_of_them = list(itertools.islice(iterate(problem.points, problem.initial), epochs))
    return [Paper.of_epochs(all_of_them[: e + 1], decimals) for e in range(epochs)]


@pytest.mark.parametrize("decimals", [2, 3, 4, 6])
def test_two_epochs_as_a_student_computes_them(decimals: int) -> None:
    """All numbers of two epochs of the note's example equal those of the pencil, to every digit.

    The second epoch starts from the rounded parameters of the first.
    """
    student = Student(decimals, ["0.5", "0.5"], ["1", "2"], ["2", "2"])
    for epoch, paper in enumerate(papers(decimals, 2), start=1):

        def value(text: str, paper: Paper = paper, epoch: int = epoch) -> str:
            return f"{paper.value(Cell.parse(text, epoch)):.{decimals}f}"

        for i, j in itertools.product(range(5), range(2)):
            assert value(f"density:{i + 1},{j + 1}") == str(student.g[i][j])
            assert value(f"responsibility:{i + 1},{j + 1}") == str(student.beta[i][j])
        for i in range(5):
            assert value(f"evidence:{i + 1}") == str(student.p[i])
        for j in range(2):
            assert value(f"effective-count:{j + 1}") == str(student.n[j])
            assert value(f"mean:{j + 1}") == str(student.mu[j])
            assert value(f"variance:{j + 1}") == str(student.var[j])
            assert value(f"weight:{j + 1}") == str(student.alpha[j])
        assert value("log-likelihood") == str(student.log_likelihood)
        student = Student(
            decimals,
            *([str(v) for v in vs] for vs in (student.alpha, student.mu, student.var)),
        )


def test_the_difference_from_the_unrounded_answer() -> None:
    """Paper less exact: the drift that a student sees."""
    (paper,) = papers(3, 1)
    cell = Cell.parse("mean:1", 1)
    assert paper.value(cell) == 1.307
    assert paper.difference(cell) == 1.307 - 1.3065753725700628


def test_the_gain_is_between_two_sheets() -> None:
    """ln L of the next sheet, whose parameters are those of this one, less ln L of this."""
    (first, second) = papers(3, 2)
    gain = first.value(Cell.parse("gain", 1))
    after = second.value(Cell.parse("log-likelihood", 2))
    before = first.value(Cell.parse("log-likelihood", 1))
    assert gain == rounded(after - before, 3)


def test_explanations_on_paper_show_what_stands_there() -> None:
    """A derivation with the paper's numbers: no digit more than were written down."""
    (paper,) = papers(3, 1)
    derivation = derivation_of(paper, Cell.parse("mean:1", 1))
    assert derivation.text(Shown(3)).splitlines()[1:] == ["    = 3.350 / 2.563", "    = 1.307"]
    assert derivation.note(3) == ""
    exact = explain(paper.epoch, "mean:1")
    assert exact.text(Shown(3)).splitlines()[1:] == ["    = 3.348 / 2.562", "    = 1.307"]


def test_too_few_decimals_end_in_an_undefined_number() -> None:
    """Where the evidence is 0.00 on paper, a responsibility is 0/0 there: undefined, not a crash."""
    start = Mixture.univariate([0.5, 0.5], [0, 1], [0.01, 0.01])
    epoch = next(iterate([0.0, 1.0, 0.5], start))
    paper = Paper.of_epochs([epoch], 2)
    cell = Cell.parse("responsibility:3,1", 1)
    assert str(paper.value(cell)) == "nan"
    text = derivation_of(paper, cell).text(Shown(2))
    assert text.endswith("undefined")
    assert "0.00 / 0.00" in text
    assert "dividing by 0" in derivation_of(paper, cell).sentence()


def test_d_dimensions_and_every_structure() -> None:
    """Each new parameter has no more decimals than were asked for, and lies near the exact one."""
    points = [(1.0, 2.0), (2.0, 1.0), (3.0, 5.0), (4.0, 4.0), (5.0, 7.0)]
    start = Mixture.multivariate([0.5, 0.5], [(1, 1), (4, 5)], [[[2, 0], [0, 2]]] * 2)
    for structure in ("full", "tied", "diagonal", "tied diagonal", "spherical", "tied spherical"):
        problem = Problem(points, start, structure=structure)  # type: ignore[arg-type]
        epoch = next(iterate(problem.points, problem.initial, problem.structure))
        paper = Paper.of_epochs([epoch], 6)
        for text in ("mean:1[1]", "covariance:2[2,1]", "covariance:1[1,1]", "weight:2"):
            cell = Cell.parse(text, 1)
            assert paper.value(cell) == rounded(paper.value(cell), 6)
            assert abs(paper.difference(cell)) < 1e-4, (structure, text)


def test_no_epoch_is_no_paper() -> None:
    """There must be a sheet to write on."""
    with pytest.raises(ValueError, match="at least one epoch"):
        Paper.of_epochs([], 3)


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [(0.5, 0, 1.0), (1.5, 0, 2.0), (2.5, 0, 3.0), (-0.5, 0, -1.0), (1e300, 3, 1e300)],
)
def test_halves_go_away_from_zero(value: float, decimals: int, expected: float) -> None:
    """As school teaches it, and not to the even digit; huge numbers stay as they are."""
    assert rounded(value, decimals) == expected


def test_the_start_is_on_the_paper_as_given() -> None:
    """Points and initial parameters keep the digits that they were given with."""
    epoch = next(iterate(NOTE_POINTS, note_start()))
    paper = Paper.of_epochs([epoch], 0)
    assert paper.value(Cell.parse("point:4", 1)) == 2.4
    assert paper.value(Cell(0, "weight", None, 0)) == 0.5
