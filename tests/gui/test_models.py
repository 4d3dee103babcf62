"""Qt's own tester watches every table model while everything that can change changes."""

from typing import Protocol

import pytest
from PySide6.QtCore import QAbstractItemModel, QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest

from refgmm import Granularity
from refgmm_gui.dialogs.files import Answer
from refgmm_gui.tables.grid_model import Role
from tests.gui.driver import User, cells, wait_for

MODELS = ("points", "parameters", "worksheet", "footer", "history")


class ModelTester(Protocol):
    """pytest-qt's qtmodeltester: checks a model now, and at each of its signals from now on."""

    def check(self, model: QAbstractItemModel) -> None: ...


def model_of(user: User, name: str) -> QAbstractItemModel:
    return user.tables[name].model()


def live_through_everything(user: User) -> None:
    """Steps, epochs, a run, points and components that come and go, faults, views, other problems."""
    user.next(9)
    user.back(2)
    user.press("epoch", 2)
    user.type_point(5, "3.5")
    user.type_point(0, "x")
    user.push("add_component")
    user.type_point(0, "0.9")
    user.push("normalise")
    user.next(3)
    user.click(user.window.standard)
    user.set_decimals(17)
    user.use_note_labelling()
    for granularity in Granularity:
        user.step_by(granularity)
        user.next(3)
        user.back(2)
    user.step_by(Granularity.PHASE)
    user.press("run")
    wait_for(user.bot, lambda: not user.state.run.is_running)
    user.points.selectAll()
    QTest.keyClick(user.points, Qt.Key.Key_Delete)
    user.points.clearSelection()
    user.paste(user.points, "\n".join(map(str, range(30))))
    user.press("start")
    user.next()
    while len(user.state.draft.components) > 1:
        user.parameters.clearSelection()
        user.push("remove_component")
    user.type_parameters(("1", "2", "3"))
    user.press("start")
    user.press("epoch")
    user.window.actions_by_name["example"].trigger()


def test_models_keep_qt_s_rules(user: User, qtmodeltester: ModelTester) -> None:
    """Sizes, indexes, roles and signals of every model are consistent all the way.

    What a tester of Qt's finds, it logs, and pytest-qt then fails the test.
    """
    models = [model_of(user, name) for name in MODELS]
    warn = QAbstractItemModelTester.FailureReportingMode.Warning
    testers = [QAbstractItemModelTester(model, warn) for model in models]
    user.dialogs.answers.extend([Answer.DISCARD, Answer.DISCARD])
    live_through_everything(user)
    user.window.actions_by_name["new"].trigger()
    assert [tester.model() for tester in testers] == models
    for model in models:
        qtmodeltester.check(model)


@pytest.mark.parametrize("name", MODELS)
def test_model_counts_what_it_announces(user: User, name: str) -> None:
    """Rows announced as inserted or removed, and resets, add up to the rows there are."""
    model = model_of(user, name)
    rows = [model.rowCount()]
    model.rowsInserted.connect(lambda _, first, last: rows.append(rows[-1] + last - first + 1))
    model.rowsRemoved.connect(lambda _, first, last: rows.append(rows[-1] - (last - first + 1)))
    model.modelReset.connect(lambda: rows.append(model.rowCount()))
    user.press("epoch", 3)
    assert rows[-1] == model.rowCount()
    user.type_point(5, "3")
    user.push("add_component")
    user.push("normalise")
    user.next()
    assert rows[-1] == model.rowCount()
    user.select(user.points, (0, 0), (1, 0))
    user.push("remove_point")
    user.next()
    assert rows[-1] == model.rowCount()


@pytest.mark.parametrize("name", MODELS)
def test_model_has_nothing_below_its_cells(user: User, name: str) -> None:
    """A table is flat: its cells have no children; an index that is none has no data."""
    model = model_of(user, name)
    inside = model.index(0, 0)
    assert inside.isValid()
    assert (model.rowCount(inside), model.columnCount(inside)) == (0, 0)
    assert model.data(QModelIndex()) is None


@pytest.mark.parametrize("name", ["worksheet", "footer", "history"])
def test_results_can_not_be_edited(user: User, name: str) -> None:
    """No cell of a result takes a text."""
    user.press("epoch")
    model = model_of(user, name)
    for row in range(model.rowCount()):
        for column in range(model.columnCount()):
            assert not model.flags(model.index(row, column)) & Qt.ItemFlag.ItemIsEditable
    assert not model.setData(model.index(0, 2), "5")


@pytest.mark.parametrize("name", ["worksheet", "footer", "history"])
def test_every_number_is_explained(user: User, name: str) -> None:
    """The tool tip of every number says what it is, how it comes about, and gives every digit."""
    user.press("epoch", 2)
    user.next(8)
    model = model_of(user, name)
    explained = 0
    for row in range(model.rowCount()):
        for column in range(model.columnCount()):
            index = model.index(row, column)
            exact = model.data(index, Role.EXACT)
            if exact is not None:
                tip = model.data(index, Qt.ItemDataRole.ToolTipRole)
                assert tip.endswith(f"= {exact}")
                called, *derived, _ = tip.splitlines()
                assert called
                assert all(" = " in line for line in derived[:1])
                assert len(derived) <= 2  # formula and numbers; what it was before
                assert derived or column == 0  # the number of a point or an epoch has no formula
                assert model.data(index, Qt.ItemDataRole.AccessibleDescriptionRole) == tip
                explained += 1
    assert explained >= {"worksheet": 5 * 14, "footer": 11, "history": 4 * 8}[name]


@pytest.mark.parametrize("decimals", [2, 3, 10, 16, 17])
def test_decimals(user: User, decimals: int) -> None:
    """Every number has the decimals chosen; at 17, every digit."""
    user.set_decimals(decimals)
    user.press("epoch")
    for row in cells(user.worksheet):
        for text in row[2:]:
            digits = len(text.partition(".")[2])
            assert decimals in (digits, 17)
            assert decimals < 17 or repr(float(text)) == text


def test_decimals_never_change_a_number(user: User) -> None:
    """With 2 decimals shown the walk computes what it computes with 17."""
    user.set_decimals(2)
    user.press("epoch", 3)
    rough = user.walk.history
    user.press("start")
    user.set_decimals(17)
    user.press("epoch", 3)
    assert user.walk.history == rough
