"""The step matrix: by hand, against a plain reference, and against Retentioneering's on a shop's log."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import a_path
from logs import write
from real_paths import real_paths
from safar.observe.among import Among, Did, Segment
from safar.observe.behind import CellRefused, persons_behind
from safar.observe.step_matrix import (
    StepMatrixQuestion,
    StepMatrixRefused,
    adds_to_step_matrix,
    step_matrix,
)
from safar.observe.steps import StepRule
from safar.store.log import Log
from safar.vocabulary.answer import Note
from safar.vocabulary.interval import difference, share
from walks import NAMES, Walked, walks

CART, PAY = (StepRule(name, (name,)) for name in ("cart", "pay"))


@pytest.fixture
def log(tmp_path: Path):
    with Log.create(tmp_path / "log", shard_count=4) as log:
        write(
            log,
            a_path("visit 09:00 > cart 09:05 > pay 09:20", customer="a"),
            a_path("visit 10:00 > visit 10:02 > cart 10:12", customer="b"),
            a_path("cart 11:00", customer="c"),
            a_path("visit 12:00", customer="d"),
        )
        yield log


def counts(log: Log, question: StepMatrixQuestion) -> dict[str | None, list[int]]:
    answer = step_matrix(log, question)
    return {step: [cell.count for cell in answer.row(step)] for step in (*answer.steps, None)}


def test_four_customers_by_hand(log: Log) -> None:
    answer = step_matrix(log, StepMatrixQuestion(4))
    assert (answer.positions, answer.paths, answer.notes) == ((1, 2, 3, 4), 4, ())
    assert counts(log, StepMatrixQuestion(4)) == {
        "visit": [3, 1, 0, 0],
        "cart": [1, 1, 1, 0],
        "pay": [0, 0, 1, 0],
        None: [0, 2, 2, 4],
    }
    assert answer.row("cart")[1].share == share(1, 4)
    assert answer.table.columns()["position"][:5] == [1, 1, 1, 1, 2]
    assert counts(log, StepMatrixQuestion(2, collapse_repeats=True)) == {
        "visit": [3, 0],
        "cart": [1, 2],
        None: [0, 2],
    }


def test_around_an_anchor_by_hand(log: Log) -> None:
    assert counts(log, StepMatrixQuestion(2, anchor=CART)) == {
        "cart": [0, 0, 3, 0, 0],
        "visit": [1, 2, 0, 0, 0],
        "pay": [0, 0, 0, 1, 0],
        None: [2, 1, 0, 2, 3],
    }


def test_those_who_paid_against_those_who_did_not(log: Log) -> None:
    paid = Among(segment=Segment("paid", (Did(PAY),)))
    others = Among(segment=Segment("others", (Did(PAY, 0, 0),)))
    question = StepMatrixQuestion(2, among=paid, versus=others)
    answer = step_matrix(log, question)
    assert (answer.paths, answer.versus_paths) == (1, 3)
    assert answer.notes == (Note.of("step_matrix.many_looks", count=6),)
    cart = answer.row("cart")[1]
    assert (cart.share, cart.versus, cart.versus_count) == (share(1, 1), share(0, 3), 0)
    assert cart.difference == difference(share(1, 1), share(0, 3))
    assert answer.table.columns()["difference"][:2] == [1 - 2 / 3, -1 / 3]
    paths = log.paths()
    for versus, behind in ((0, ["a"]), (1, ["b", "d"])):
        adds = adds_to_step_matrix(paths, question, {"position": 1, "step": "visit", "versus": versus})
        assert sorted(log.ids_of(persons_behind(paths.shards, adds).persons)) == behind
    nobody = Among(segment=Segment("nobody", (Did(PAY, 9),)))
    assert step_matrix(log, StepMatrixQuestion(versus=nobody)).cells == ()


def test_impossible_questions_are_refused(log: Log) -> None:
    for positions in (0, 101):
        with pytest.raises(StepMatrixRefused):
            StepMatrixQuestion(positions)
    for cell in ({"position": 0, "step": "visit"}, {"position": 1, "step": "gone"}, {}):
        with pytest.raises(CellRefused):
            adds_to_step_matrix(log.paths(), StepMatrixQuestion(), cell)


def test_an_empty_log_has_no_matrix(tmp_path: Path) -> None:
    with Log.create(tmp_path / "empty") as log:
        answer = step_matrix(log, StepMatrixQuestion(anchor=CART))
    assert (answer.cells, answer.steps, answer.paths, len(answer.table)) == ((), (), 0, 0)


@given(
    walked=walks(),
    anchor=st.sampled_from([None, *NAMES]),
    collapse=st.booleans(),
    most=st.sampled_from([1, 4, 30]),
)
def test_as_a_plain_reference_says(tmp_path_factory, walked: Walked, anchor, collapse, most) -> None:
    question = StepMatrixQuestion(
        most,
        anchor=anchor and StepRule(anchor, (anchor,)),
        window=walked.window,
        collapse_repeats=collapse,
        pause=walked.pause,
    )
    with walked.log(tmp_path_factory.mktemp("matrix")) as log:
        answer = step_matrix(log, question)
        with ThreadPoolExecutor(2) as executor:
            assert step_matrix(log, question, executor=executor) == answer
        paths = [(customer, [name for name, _ in path]) for customer, path in walked.paths()]
        if collapse:
            paths = [(customer, [name for name, _ in groupby(path)]) for customer, path in paths]
        # the place that position 0 has in each path
        zeros = [
            (customer, path, -1 if anchor is None else path.index(anchor))
            for customer, path in paths
            if anchor is None or anchor in path
        ]

        def standing(position: int, step: str | None) -> list[int]:
            return [
                customer
                for customer, path, zero in zeros
                if (path[zero + position] if 0 <= zero + position < len(path) else None) == step
            ]

        assert answer.paths == len(zeros)
        assert answer.positions == tuple(range(1 if anchor is None else -most, most + 1))
        assert set(answer.steps) == {
            step for step in NAMES for position in answer.positions if standing(position, step)
        }
        for cell in answer.cells:
            assert cell.count == len(standing(cell.position, cell.step))
        assert len(answer.cells) == (len(answer.steps) + 1) * len(answer.positions) * bool(zeros)
        for cell in answer.cells[:4]:
            adds = adds_to_step_matrix(log.paths(), question, {"position": cell.position, "step": cell.step})
            behind = log.ids_of(persons_behind(log.paths().shards, adds).persons)
            assert set(behind) == {f"c{customer}" for customer in standing(cell.position, cell.step)}


@pytest.mark.data
@pytest.mark.parametrize("grain", ["session", "user"])
@pytest.mark.parametrize("around", [None, "add_to_cart"])
def test_the_step_matrix_of_retentioneering(
    shared_data: Path, tmp_path: Path, grain: str, around: str | None
) -> None:
    goldens = json.loads((Path(__file__).parent / "goldens" / "ecom_retentioneering.json").read_text())
    said = goldens[grain]["step_matrix_around_add_to_cart" if around else "step_matrix"]
    positions = 4 if around else 10
    with real_paths("ecom" if grain == "session" else "ecom_users", shared_data, tmp_path) as log:
        question = StepMatrixQuestion(positions, anchor=around and StepRule(around, (around,)))
        answer = step_matrix(log, question)
    shares = said["shares"]
    # it has rows for the start and the end of paths, and the start in a column of its own
    edges = shares.pop("path_start"), shares.pop("path_end")
    first = 0 if around else 1
    assert tuple(said["steps"][first:]) == answer.positions
    nowhere = [before + after for before, after in zip(*edges, strict=True)][first:]
    found = {step: [cell.share.value for cell in answer.row(step)] for step in answer.steps}
    assert set(found) == {step for step, row in shares.items() if any(row)}
    for step, row in found.items():
        assert row == pytest.approx(shares[step][first:], abs=1e-11)
    assert [cell.share.value for cell in answer.row(None)] == pytest.approx(nowhere, abs=1e-11)
