"""Paths around a step: by hand, and against a plain reference."""

from __future__ import annotations

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import a_path, an_event, together
from logs import write
from safar.observe import around_places as module
from safar.observe.anchors import Direction, Occurrence
from safar.observe.behind import CellRefused, persons_behind
from safar.observe.paths_around import PathsQuestion, PathsRefused, adds_to_paths, paths_around
from safar.observe.steps import StepRule, StepsRefused
from safar.store.log import Log
from safar.vocabulary.answer import Note
from safar.vocabulary.interval import share
from walks import NAMES, Walked, walks

DAY = datetime(2026, 3, 21, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
CART = StepRule("cart", ("cart",))


@pytest.fixture
def log(tmp_path: Path):
    with Log.create(tmp_path / "log", shard_count=4) as log:
        write(
            log,
            a_path("visit 09:00 > cart 09:05 > pay 09:20", customer="a"),
            a_path("visit 10:00 > visit 10:02 > cart 10:12", customer="b"),
            a_path("visit 11:00 > cart 11:01 > cart 11:02 > visit 11:04 > cart 11:22", customer="c"),
            a_path("visit 12:00", customer="d"),
        )
        yield log


def nodes(log: Log, question: PathsQuestion) -> list[tuple]:
    return [
        (node.depth, node.step, node.count, node.customers, node.ended)
        for node in paths_around(log, question).nodes
    ]


def links(log: Log, question: PathsQuestion) -> list[tuple]:
    return [
        (link.depth, link.source, link.target, link.count, link.customers)
        for link in paths_around(log, question).links
    ]


def test_after_the_first_cart_by_hand(log: Log) -> None:
    answer = paths_around(log, PathsQuestion(CART, depth=2, timed=True))
    assert (answer.paths, answer.customers, answer.notes) == (3, 3, ())
    assert [(node.depth, node.step, node.count, node.ended) for node in answer.nodes] == [
        (0, "cart", 3, 1),
        (1, "cart", 1, 0),
        (1, "pay", 1, 1),
        (2, "visit", 1, 0),
    ]
    _, again, pay, visit = answer.nodes
    assert (again.share, again.median_from_anchor) == (share(1, 3), MINUTE)
    assert (pay.median_from_anchor, visit.median_from_anchor) == (15 * MINUTE, 3 * MINUTE)
    onward = answer.links[-1]
    assert (onward.source, onward.target, onward.share, onward.median_gap) == (
        "cart",
        "visit",
        share(1, 1),
        2 * MINUTE,
    )
    assert answer.table.columns()["target"] == ["cart", "pay", "visit"]
    assert answer.node_table.columns()["median_from_anchor"] == [None, MINUTE, 15 * MINUTE, 3 * MINUTE]


def test_before_every_cart_by_hand(log: Log) -> None:
    question = PathsQuestion(CART, Direction.BEFORE, 2, occurrence=Occurrence.EVERY)
    assert nodes(log, question) == [
        (0, "cart", 5, 3, 0),
        (1, "visit", 4, 3, 2),
        (1, "cart", 1, 1, 0),
        (2, "visit", 2, 2, 2),
        (2, "cart", 1, 1, 0),
    ]
    assert paths_around(log, question).notes == (Note.of("paths.dependent", paths=5, count=3),)
    folded = replace(question, collapse_repeats=True, timed=True)
    assert nodes(log, folded) == [(0, "cart", 4, 3, 0), (1, "visit", 4, 3, 3), (2, "cart", 1, 1, 0)]
    # a run has the time of its first event: 5, 12, 1, 18 minutes before
    visit = paths_around(log, folded).nodes[1]
    assert (visit.median_from_anchor, visit.p90_from_anchor) == (8.5 * MINUTE, 16.2 * MINUTE)


def test_from_the_start_and_from_the_end(log: Log) -> None:
    assert nodes(log, PathsQuestion(depth=2)) == [
        (0, None, 4, 4, 0),
        (1, "visit", 4, 4, 1),
        (2, "cart", 2, 2, 0),
        (2, "visit", 1, 1, 0),
    ]
    assert links(log, PathsQuestion(None, Direction.BEFORE, 1)) == [
        (0, None, "cart", 2, 2),
        (0, None, "pay", 1, 1),
        (0, None, "visit", 1, 1),
    ]
    timed = paths_around(log, PathsQuestion(depth=2, timed=True))
    assert [link.median_gap for link in timed.links] == [None, 3 * MINUTE, 2 * MINUTE]


def test_a_pause_ends_what_is_followed(log: Log) -> None:
    question = PathsQuestion(CART, depth=3, pause=2 * MINUTE)
    assert links(log, question) == [(0, "cart", "cart", 1, 1), (1, "cart", "visit", 1, 1)]
    assert nodes(log, question)[0] == (0, "cart", 4, 3, 3)


def test_rare_steps_are_bundled_and_said(log: Log) -> None:
    question = PathsQuestion(depth=3, most=1)
    answer = paths_around(log, question)
    # at depth 2 a single other step is not bundled; nor is anything at depth 3 with its three steps but the first
    assert [(node.depth, node.step, node.bundled, node.count) for node in answer.nodes] == [
        (0, None, 0, 4),
        (1, "visit", 0, 4),
        (2, "cart", 0, 2),
        (2, "visit", 0, 1),
        (3, "cart", 0, 2),
        (3, "pay", 0, 1),
    ]
    write(log, a_path("visit 09:00 > cart 09:05 > visit 09:20", customer="e"))
    answer = paths_around(log, question)
    assert [
        (node.step, node.bundled, node.count, node.customers, node.ended) for node in answer.nodes[-2:]
    ] == [
        ("cart", 0, 2, 2, 1),
        (None, 2, 2, 2, 2),
    ]
    assert answer.notes == (Note.of("paths.bundled", count=2, passages=2, of=13),)
    assert [(link.source, link.target, link.count) for link in answer.links if link.depth == 2] == [
        ("cart", None, 2),
        ("cart", "cart", 1),
        ("visit", "cart", 1),
    ]
    # sessions of one customer: counted by a second walk
    sessions = paths_around(log, replace(question, pause=timedelta(days=1)))
    assert (sessions.nodes, sessions.links) == (answer.nodes, answer.links)
    adds = adds_to_paths(log.paths(), question, {"depth": 3, "step": None})
    assert sorted(log.ids_of(persons_behind(log.paths().shards, adds).persons)) == ["a", "e"]


def test_an_anchor_is_a_step_of_its_own(log: Log) -> None:
    write(
        log,
        together(
            an_event("cart", DAY, customer="z", channel="app"),
            an_event("cart", DAY + MINUTE, customer="z"),
            an_event("pay", DAY + 2 * MINUTE, customer="z"),
        ),
    )
    on_app = StepRule("cart on app", ("cart",), channels=("app",))
    assert links(log, PathsQuestion(on_app)) == [(0, "cart on app", "cart", 1, 1), (1, "cart", "pay", 1, 1)]
    bought = StepRule("bought", ("cart", "pay"))
    assert links(log, PathsQuestion(on_app, steps=(bought,))) == [
        (0, "cart on app", "bought", 1, 1),
        (1, "bought", "bought", 1, 1),
    ]
    assert nodes(log, PathsQuestion(bought, steps=(bought,), depth=1)) == [
        (0, "bought", 4, 4, 1),
        (1, "bought", 3, 3, 1),
    ]
    with pytest.raises(StepsRefused, match="leaves others"):
        paths_around(log, PathsQuestion(StepRule("cart", ("cart",), channels=("app",))))
    assert paths_around(log, PathsQuestion(StepRule("gone", ("gone",)))).nodes == ()


def test_impossible_questions_are_refused(log: Log) -> None:
    for depth, most in ((0, 1), (9, 1), (1, 0), (1, 101)):
        with pytest.raises(PathsRefused):
            PathsQuestion(depth=depth, most=most)
    for cell in (
        {"depth": 3, "step": "visit"},
        {"depth": 1, "step": "gone"},
        {"depth": 1, "step": None},
        {"depth": 0, "step": "visit"},
        {"depth": 2, "source": "visit", "target": "pay"},
    ):
        with pytest.raises(CellRefused):
            adds_to_paths(log.paths(), PathsQuestion(depth=2), cell)


def test_an_empty_log_leads_nowhere(tmp_path: Path) -> None:
    with Log.create(tmp_path / "empty") as log:
        for question in (PathsQuestion(timed=True), PathsQuestion(CART, timed=True)):
            answer = paths_around(log, question)
            assert (answer.nodes, answer.links, answer.paths, len(answer.table)) == ((), (), 0, 0)


def followed(walked: Walked, question: PathsQuestion) -> list[tuple[int, list[tuple[str, int]], bool]]:
    """Return for each anchor: whose, the steps from it on with their seconds, whether the path ends there."""
    found = []
    for customer, path in walked.paths():
        steps = []
        for name, at in path:
            if not question.collapse_repeats or not steps or steps[-1][0] != name:
                steps.append((name, at))
        # backwards from the end, the last event is what time counts from
        edge = path[-1][1] if question.direction is Direction.BEFORE else path[0][1]
        spots = [
            place for place, (name, _) in enumerate(steps) if question.anchor and name == question.anchor.name
        ]
        if question.occurrence is Occurrence.FIRST:
            spots = spots[:1]
        for spot in spots if question.anchor else [-1]:
            if question.direction is Direction.AFTER:
                around = steps[spot + 1 :]
            else:
                around = steps[:spot][::-1] if question.anchor else steps[::-1]
            start = steps[spot] if question.anchor else (None, edge)
            found.append((customer, [start, *around[: question.depth]], len(around) <= question.depth))
    return found


@given(
    walked=walks(),
    anchor=st.sampled_from([None, *NAMES]),
    direction=st.sampled_from(Direction),
    occurrence=st.sampled_from(Occurrence),
    collapse=st.booleans(),
    depth=st.sampled_from([1, 3, 8]),
    few=st.sampled_from([0, 64]),
)
def test_as_a_plain_reference_says(
    tmp_path_factory, monkeypatch_module, walked, anchor, direction, occurrence, collapse, depth, few
) -> None:
    monkeypatch_module.setattr(module, "_FEW_STEPS", few)  # both ways of counting
    question = PathsQuestion(
        anchor and StepRule(anchor, (anchor,)),
        direction,
        depth,
        window=walked.window,
        occurrence=occurrence,
        collapse_repeats=collapse,
        timed=True,
        pause=walked.pause,
    )
    with walked.log(tmp_path_factory.mktemp("paths")) as log:
        answer = paths_around(log, question)
        with ThreadPoolExecutor(2) as executor:
            again = paths_around(log, question, executor=executor)
        assert (again.nodes, again.links) == (answer.nodes, answer.links)
        expected = followed(walked, question)
        people, count = defaultdict(set), defaultdict(int)
        spans = defaultdict(list)
        for customer, steps, is_end in expected:
            ends = (len(steps) - 1, steps[-1][0], "end")
            cells = [(place, name) for place, (name, _) in enumerate(steps)]
            cells += [(*near, far[1]) for near, far in pairwise(list(cells))]
            for cell in [*cells, *([ends] if is_end else [])]:
                count[cell] += 1
                people[cell].add(customer)
            for place, (near, far) in enumerate(pairwise(steps)):
                spans[place + 1, far[0]].append(abs(far[1] - steps[0][1]))
                spans[place, near[0], far[0]].append(abs(far[1] - near[1]))
        found = {}
        for node in answer.nodes:
            found[node.depth, node.step] = (node.count, node.customers)
            if node.ended:
                found[node.depth, node.step, "end"] = (node.ended, node.ended_customers)
        found |= {
            (link.depth, link.source, link.target): (link.count, link.customers) for link in answer.links
        }
        assert found == {cell: (count[cell], len(people[cell])) for cell in count}
        assert answer.paths == len(expected)

        def median(cell: tuple) -> timedelta:
            return timedelta(microseconds=round(float(np.median(spans[cell])) * 1e6))

        for node in answer.nodes:
            assert node.median_from_anchor == (median((node.depth, node.step)) if node.depth else None)
        for link in answer.links:
            is_edge = link.source is None
            assert link.median_gap == (None if is_edge else median((link.depth, link.source, link.target)))
        # who is behind a number
        paths = log.paths()
        for cell in list(count)[:4]:
            names = ("depth", "step", "ended") if cell[-1] == "end" else ("depth", "source", "target")
            asked = dict(zip(names if len(cell) == 3 else ("depth", "step"), cell, strict=True))
            behind = persons_behind(paths.shards, adds_to_paths(paths, question, asked))
            assert sorted(log.ids_of(behind.persons)) == sorted(f"c{customer}" for customer in people[cell])


@pytest.fixture(scope="module")
def monkeypatch_module():
    with pytest.MonkeyPatch.context() as patch:
        yield patch
