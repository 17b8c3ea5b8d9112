"""The chain and its edits: by hand, textbook, a plain reference, simulation with known truth."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given

from builders import a_path, an_event
from lived_chains import Lives, lives
from logs import write
from safar.observe.behind import CellRefused, persons_behind
from safar.observe.chain import Chain, ChainRefused, Memory
from safar.observe.chain_edits import Edit, EditKind, WhatIfRefused, edited_rows
from safar.observe.remembering import completion_remembering
from safar.observe.steps import StepRule
from safar.observe.what_if import WhatIfQuestion, adds_to_what_if, what_if
from safar.store.log import Log
from safar.vocabulary.answer import Note
from safar.vocabulary.window import Window
from walks import Walked, walks

DAY = datetime(2026, 3, 21, tzinfo=UTC)
PAID = StepRule("pay", ("pay",))


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    with Log.create(tmp_path / "log", shard_count=4) as log:
        yield log


@pytest.fixture
def shop(log: Log) -> Log:
    write(
        log,
        a_path("visit 09:00 > cart 09:05 > pay 09:20", customer="a"),
        a_path("visit 10:00 > visit 10:02 > cart 10:12", customer="b"),
        a_path("visit 11:00 > cart 11:01 > visit 11:02 > cart 11:22", customer="c"),
    )
    return log


def told(answer) -> dict[str, tuple[float, float]]:
    return {each.name: (each.before, each.after) for each in answer.measures}


def test_half_of_those_who_leave_the_cart_pay_by_hand(shop: Log) -> None:
    question = WhatIfQuestion(
        PAID, edits=(Edit("cart", None, EditKind.MOVE, 0.5, "pay"),), contacts=("visit",)
    )
    answer = what_if(shop, question)
    # 4 carts in 3 paths: 2 of 4 leave, 1 pays; then 1 leaves and 2 pay, each after 15 minutes.
    assert told(answer) == {
        "completion": pytest.approx((1 / 3, 2 / 3)),
        "steps": pytest.approx((10 / 3, 11 / 3)),
        "seconds": pytest.approx((54 * 60 / 3, 69 * 60 / 3)),
        "contacts": pytest.approx((5 / 3, 5 / 3)),
    }
    assert answer.edges_table.rows() == [
        ("cart", None, 2, 2, 0.5, 0.25),
        ("cart", "visit", 1, 1, 0.25, 0.25),
        ("cart", "pay", 1, 1, 0.25, 0.5),
    ]  # fmt: skip
    assert (answer.paths, answer.conversions, answer.customers) == (3, 1, 3)
    assert answer.notes == (Note.of("what_if.assumption"),)
    assert answer.measure("completion").change == pytest.approx(1 / 3)
    assert answer.measure("completion").change_interval is None
    assert answer.table.column("measure") == ["completion", "steps", "seconds", "contacts"]
    assert answer.edges_table.names == ["source", "target", "count", "customers", "before", "after"]


def test_without_edits_the_answer_is_about_paths_as_they_are(shop: Log) -> None:
    answer = what_if(shop, WhatIfQuestion(PAID))
    assert (answer.measure("steps").before, answer.measure("steps").change) == (pytest.approx(10 / 3), 0.0)
    assert (answer.edges, answer.notes, answer.remembering) == ((), (), None)


def test_setting_and_scaling_keep_the_other_moves_in_proportion(shop: Log) -> None:
    def chances(*edits: Edit) -> dict[str | None, float]:
        return {each.target: each.after for each in what_if(shop, WhatIfQuestion(PAID, edits=edits)).edges}

    assert chances(Edit("cart", "pay", EditKind.SET, 0.4)) == pytest.approx(
        {None: 0.4, "visit": 0.2, "pay": 0.4}
    )
    assert chances(Edit("cart", None, EditKind.SCALE, 0.5)) == pytest.approx(
        {None: 0.25, "visit": 3 / 8, "pay": 3 / 8}
    )
    twice = (Edit("cart", None, EditKind.SCALE, 0.5), Edit("cart", "visit", EditKind.MOVE, 1.0, "pay"))
    assert chances(*twice) == pytest.approx({None: 0.25, "visit": 0.0, "pay": 0.75})


def test_a_move_that_nobody_made_takes_as_long_as_the_others_from_there(shop: Log) -> None:
    answer = what_if(shop, WhatIfQuestion(PAID, edits=(Edit("visit", "cart", EditKind.MOVE, 1.0, "pay"),)))
    assert Note.of("what_if.unmeasured", count=1) in answer.notes
    # 5 visits: 4 go on to pay now; moves from a visit took 5, 2, 10, 1 and 20 minutes, 38 / 5 in the mean;
    # a path visits 5/4 times, 1/5 of it again after 2 minutes.
    assert told(answer)["completion"] == pytest.approx((1 / 3, 1.0))
    assert answer.measure("seconds").after == pytest.approx(60 * 5 / 4 * (1 / 5 * 2 + 4 / 5 * 38 / 5))


def test_a_conversion_and_a_pause_begin_new_paths(log: Log) -> None:
    write(log, a_path("visit 09:00 > pay 09:10 > visit 09:20 > pay 09:25 > visit 15:00", customer="a"))
    answer = what_if(log, WhatIfQuestion(PAID))
    assert (answer.paths, answer.conversions, told(answer)["completion"][0]) == (3, 2, pytest.approx(2 / 3))
    write(log, a_path("visit 09:00 > look 12:00", customer="b"))
    answer = what_if(log, WhatIfQuestion(PAID, pause=timedelta(hours=1)))
    assert (answer.paths, answer.conversions) == (5, 2)


def test_the_textbook_walk_between_two_ends() -> None:
    # Kemeny and Snell (1960), section 3.2: a walk on 0…4 with chance 1/2 each way, 0 and 4 absorbing. From 2 it comes
    # to 1, 2 and 3 once, twice and once in the mean, takes four moves and ends on either side alike.
    chances = np.array([[0, 0.5, 0, 0, 0.5], [0.5, 0, 0.5, 0, 0], [0, 0.5, 0, 0.5, 0], [0, 1, 0, 0, 0]])
    chain = Chain(chances, np.array([[60.0] * 4 + [0]] * 3 + [[0.0] * 5]))
    assert chain.visits().tolist() == pytest.approx([1, 2, 1])
    assert (float(chain.completion()), float(chain.length())) == pytest.approx((0.5, 4.5))
    assert float(chain.duration()) == pytest.approx(60 * 3.5)  # the move to nothing takes no time
    assert float(chain.contacts(np.array([0, 2]))) == pytest.approx(2)


def test_who_is_behind_a_move(shop: Log) -> None:
    question, paths = WhatIfQuestion(PAID), shop.paths()

    def behind(**cell: str | None) -> list[str]:
        return sorted(
            shop.ids_of(persons_behind(paths.shards, adds_to_what_if(paths, question, cell)).persons)
        )

    assert behind(source="cart", target=None) == ["b", "c"]
    assert behind(source="cart", target="pay") == ["a"]
    assert behind(source=None, target="visit") == ["a", "b", "c"]
    for cell in ({"source": "pay", "target": None}, {"source": "cart", "target": "x"}):
        with pytest.raises(CellRefused):
            adds_to_what_if(paths, question, cell)


@pytest.mark.parametrize(
    "edit",
    [
        ("cart", None, EditKind.MOVE, 1.1, "pay"),
        ("cart", None, EditKind.SET, -0.1),
        ("cart", None, EditKind.SCALE, float("nan")),
        ("cart", "pay", EditKind.MOVE, 0.5, "pay"),
        ("cart", "pay", EditKind.SET, 0.5, "visit"),
        (None, "visit", EditKind.MOVE, 0.5, None),
    ],
)
def test_an_edit_that_makes_no_sense_is_refused(edit: tuple) -> None:
    with pytest.raises(WhatIfRefused):
        Edit(*edit)


def test_edits_that_these_paths_cannot_have_are_refused(shop: Log) -> None:
    def asked(*edits: Edit) -> None:
        what_if(shop, WhatIfQuestion(PAID, edits=edits))

    with pytest.raises(WhatIfRefused, match="There is no step 'card'") as refused:
        asked(Edit("card", None, EditKind.MOVE, 0.5, "pay"))
    assert refused.value.hint == 'Did you mean "cart"?'
    with pytest.raises(WhatIfRefused, match="cannot become"):
        asked(Edit("cart", None, EditKind.SCALE, 3))
    with pytest.raises(WhatIfRefused, match="cannot become"):
        asked(Edit(None, "visit", EditKind.SET, 0.5))
    with pytest.raises(WhatIfRefused, match="ends with 'pay'"):
        asked(Edit("pay", "visit", EditKind.SET, 0.5))
    with pytest.raises(WhatIfRefused, match="no seed"):
        WhatIfQuestion(PAID, seed=-1)
    with pytest.raises(ChainRefused, match="never end"):
        asked(Edit("cart", None, EditKind.MOVE, 1, "visit"), Edit("cart", "pay", EditKind.MOVE, 1, "visit"))
    rules = (StepRule("cart", ("cart",)), StepRule("call", ("call",)))
    with pytest.raises(WhatIfRefused, match="Nobody does 'call'"):
        what_if(shop, WhatIfQuestion(PAID, rules, (Edit("cart", None, EditKind.MOVE, 0.5, "call"),)))


def test_contacts_that_nobody_makes_are_none(shop: Log) -> None:
    rules = (StepRule("cart", ("cart",)), StepRule("call", ("call",)))
    answer = what_if(shop, WhatIfQuestion(PAID, rules, contacts=("call",)))
    (calls,) = (measure for measure in answer.measures if measure.name == "contacts")
    assert (calls.before, calls.after) == (0, 0)
    with pytest.raises(WhatIfRefused, match="There is no step 'card'"):
        what_if(shop, WhatIfQuestion(PAID, rules, contacts=("card",)))


def test_without_paths_the_answer_is_empty(log: Log) -> None:
    question = WhatIfQuestion(PAID, edits=(Edit("cart", None, EditKind.MOVE, 0.5, "pay"),))
    found = what_if(log, question)
    assert (found.measures, found.edges, found.notes, found.memory, found.remembering) == (
        (),
        (),
        (),
        None,
        None,
    )
    assert (found.paths, found.conversions, found.customers, found.provenance.rows_read) == (0, 0, 0, 0)
    assert found.table.rows() == found.edges_table.rows() == []
    # Events outside the window are no paths either.
    write(log, an_event("cart", DAY), an_event("pay", DAY + timedelta(minutes=1)))
    later = Window(DAY + timedelta(days=30), DAY + timedelta(days=31))
    assert what_if(log, replace(question, window=later)).measures == ()
    assert what_if(log, question).paths == 1


def test_too_many_steps_are_refused(log: Log) -> None:
    write(log, *(an_event(f"page {number}", DAY) for number in range(101)))
    with pytest.raises(ChainRefused, match="101 steps"):
        what_if(log, WhatIfQuestion(PAID))


@given(walked=walks())
def test_as_a_plain_reference_says(tmp_path_factory, walked: Walked) -> None:
    """The fitted chain repeats what paths are like; its edits are those of a chain that is followed move by move."""
    converting = "پرداخت"
    question = WhatIfQuestion(
        StepRule("done", (converting,)),
        edits=(Edit("a", None, EditKind.MOVE, 0.25, "done"),),
        contacts=("b",),
        window=walked.window,
        pause=walked.pause,
    )
    lived: list[tuple[int, list[tuple[str, int]]]] = []
    for customer, path in walked.paths():
        part: list[tuple[str, int]] = []
        for name, at in path:
            part.append(("done" if name == converting else name, at))
            if name == converting:
                lived.append((customer, part))
                part = []
        if part:
            lived.append((customer, part))
    names = {name for _, path in lived for name, _ in path}
    with walked.log(tmp_path_factory.mktemp("chain")) as log:
        if not lived:
            assert what_if(log, question).paths == 0
            return
        # who is never turned to in this time is none; who is no step at all is refused
        if not {"a", "done"} <= names or "b" not in {name for _, name, _ in walked.events}:
            with pytest.raises(WhatIfRefused):
                what_if(log, question)
            return
        answer = what_if(log, question)
        with ThreadPoolExecutor(2) as executor:
            assert what_if(log, question, executor=executor) == answer
    count = len(lived)
    assert (answer.paths, answer.customers) == (count, len({customer for customer, _ in lived}))
    before = {name: value for name, (value, _) in told(answer).items()}
    assert before == pytest.approx(
        {
            "completion": sum(path[-1][0] == "done" for _, path in lived) / count,
            "steps": sum(len(path) for _, path in lived) / count,
            "seconds": sum(path[-1][1] - path[0][1] for _, path in lived) / count,
            "contacts": sum(name == "b" for _, path in lived for name, _ in path) / count,
        }
    )
    moves, people, took = Counter(), defaultdict(set), Counter()
    for customer, path in lived:
        ends = [] if path[-1][0] == "done" else [(None, 0)]
        for (source, left_at), (target, at) in pairwise([("start", 0), *path, *ends]):
            moves[source, target] += 1
            people[source, target].add(customer)
            if source != "start" and target is not None:
                took[source, target] += at - left_at
    assert {
        (each.source, each.target): (each.count, each.customers) for each in answer.edges if each.count
    } == {move: (number, len(people[move])) for move, number in moves.items() if move[0] == "a"}
    after = {name: value for name, (_, value) in told(answer).items()}
    assert after == pytest.approx(followed(moves, took), abs=1e-6)


def followed(moves: Counter, took: Counter) -> dict[str, float]:
    """Return the measures after the edit, by letting a unit of paths go on until none is left."""
    leaving = Counter[str]()
    for (source, _), number in moves.items():
        leaving[source] += number
    chance = {move: number / leaving[move[0]] for move, number in moves.items()}
    moved = 0.25 * chance.get(("a", None), 0.0)
    if moved:
        chance["a", None] -= moved
        chance["a", "done"] = chance.get(("a", "done"), 0.0) + moved
    seconds = {move: took[move] / moves[move] for move in chance if moves[move]}
    from_a = [move for move in moves if move[0] == "a" and move[1] is not None]
    among_all = sum(took[move] for move in from_a) / max(sum(moves[move] for move in from_a), 1)
    here = {"start": 1.0}
    found = dict.fromkeys(("completion", "steps", "seconds", "contacts"), 0.0)
    while sum(here.values()) > 1e-12:
        there: dict[str, float] = defaultdict(float)
        for source, mass in here.items():
            for (left, target), share in chance.items():
                if left != source or target is None:
                    continue
                found["steps"] += mass * share
                found["contacts"] += mass * share * (target == "b")
                if source != "start":
                    found["seconds"] += mass * share * seconds.get((left, target), among_all)
                if target == "done":
                    found["completion"] += mass * share
                else:
                    there[target] += mass * share
        here = there
    return found


#: From a, b, c and the start to a, b, c, a conversion, nothing.
CHANCES = np.array(
    [
        [0.1, 0.3, 0.2, 0.1, 0.3],
        [0.2, 0.1, 0.3, 0.1, 0.3],
        [0.1, 0.1, 0.0, 0.4, 0.4],
        [0.6, 0.3, 0.1, 0, 0],
    ]
)
EDIT = Edit("c", None, EditKind.MOVE, 0.2, "pay")


def question_of(*, edits: tuple[Edit, ...] = (EDIT,)) -> WhatIfQuestion:
    return WhatIfQuestion(PAID, edits=edits, contacts=("b",))


def truth() -> dict[str, tuple[float, float]]:
    after = CHANCES.copy()
    after[2] = [0.1, 0.1, 0.0, 0.48, 0.32]
    hour = np.full(CHANCES.shape, 3600.0)
    hour[-1] = hour[:, -1] = 0
    both = [Chain(chances, hour) for chances in (CHANCES, after)]
    b = np.array([1])
    return {
        "completion": (float(both[0].completion()), float(both[1].completion())),
        "steps": (float(both[0].length()), float(both[1].length())),
        "seconds": (float(both[0].duration()), float(both[1].duration())),
        "contacts": (float(both[0].contacts(b)), float(both[1].contacts(b))),
    }


def test_intervals_cover_at_their_level() -> None:
    rng = np.random.default_rng(11)
    everybody, known = lives(rng, CHANCES, 500_000, of="events"), truth()
    hits: Counter[tuple[str, str]] = Counter()
    for sample in range(1_000):
        for each in what_if(everybody.some(sample * 500, sample * 500 + 500), question_of()).measures:
            before, after = known[each.name]
            for name, true in (("before", before), ("after", after), ("change", after - before)):
                hits[each.name, name] += true in getattr(each, f"{name}_interval")
    # Steps, seconds and contacts do not change when those who leave pay instead, but for the last step and its hour.
    told = {key: count / 1_000 for key, count in hits.items() if key != ("contacts", "change")}
    assert told == pytest.approx(dict.fromkeys(told, 0.95), abs=0.02)
    assert sum(told.values()) / len(told) == pytest.approx(0.95, abs=0.01)


def test_a_chain_of_the_first_order_needs_no_more_memory() -> None:
    answer = what_if(lives(np.random.default_rng(5), CHANCES, 20_000, of="events"), question_of())
    assert answer.memory is not None
    assert answer.memory.p_value > 0.01
    assert answer.memory.degrees == 3 * 4 + 3 * 4 + 2 * 3  # c never follows itself
    assert answer.notes == (Note.of("what_if.assumption"),)
    change = answer.measure("completion")
    assert answer.remembering == pytest.approx(change.change, rel=0.05)


def test_a_likelihood_ratio_has_the_size_of_its_test() -> None:
    rng = np.random.default_rng(6)
    refused = 0
    for _ in range(400):
        found = what_if(lives(rng, CHANCES, 500, of="events"), question_of(edits=())).memory
        refused += found.p_value < 0.05
    assert refused / 400 == pytest.approx(0.05, abs=0.03)


def with_a_memory(rng: np.random.Generator, customers: int) -> Lives:
    """Return customers who come to b from a or c, and convert from b nearly only when they come from c."""
    paths = np.where(rng.random(customers) < 0.5, 0, 2)
    won = rng.random(customers) < np.where(paths == 2, 0.8, 0.1)
    rows = np.stack([paths, np.ones(customers, int), np.where(won, 3, -1)], axis=1)
    lengths = 2 + won
    ends = lengths.cumsum().astype(np.uint32)
    shard = lives(rng, CHANCES, customers, of="events").shard
    code = rows[rows >= 0].astype(np.uint8)
    return Lives(
        replace(
            shard,
            first=(ends - lengths).astype(np.uint32),
            end=ends,
            code=code,
            channel_code=np.zeros(len(code), np.uint8),
            time=np.arange(len(code), dtype=np.int64) * 1_000_000,
        )
    )


def test_a_memory_is_told_and_its_change_disagrees() -> None:
    answer = what_if(
        with_a_memory(np.random.default_rng(2), 5_000),
        question_of(edits=(Edit(None, "a", EditKind.MOVE, 1.0, "c"),)),
    )
    # The simpler chain forgets by which way people come to b, so that the way makes no difference.
    change = answer.measure("completion")
    assert change.change == pytest.approx(0.0, abs=1e-9)
    assert answer.remembering == pytest.approx(0.35, abs=0.02)
    assert [note.code for note in answer.notes] == [
        "what_if.assumption",
        "what_if.memory",
        "what_if.disagrees",
    ]
    assert answer.memory is not None
    assert answer.memory.p_value < 1e-9


def test_a_memory_by_hand() -> None:
    # 10 came to the step from the start and 10 from itself; the next one is known by where they came from.
    before = np.zeros((2, 1, 3), np.int64)
    before[1, 0] = [10, 0, 0]
    before[0, 0] = [0, 0, 10]
    found = Memory.of(before)
    assert found is not None
    assert (found.statistic, found.degrees) == (pytest.approx(2 * 20 * np.log(2)), 1)
    assert found.explained_share == pytest.approx((40 * np.log(2) - 1) / 2 / (20 * np.log(2)))
    assert Memory.of(np.zeros((2, 1, 3), np.int64)) is None


def test_a_sample_that_knows_no_other_move_stays_as_it_is() -> None:
    rows = np.array([[0.5, 0.5, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
    counts = np.array([[1, 1, 0], [1, 0, 0]])
    edit = Edit("a", "a", EditKind.SET, 0.8)
    assert edited_rows(rows, edit, {"a": 0, "pay": 1}, counts) == pytest.approx(
        np.array([[0.8, 0.2, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
    )


@pytest.mark.parametrize("leaving", [0.3, 0.05, 0.0005])
def test_repeating_ends_where_the_equations_do(
    rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch, leaving: float
) -> None:
    # steps 0 to 5, conversion 6, nothing 7: with the last share paths are too long to be followed to their end
    converting = leaving * np.linspace(0.1, 0.9, 6)[:, None]
    chances = np.hstack([np.full((6, 6), (1 - leaving) / 6), converting, leaving - converting])
    moves = rng.multinomial(100_000, chances, size=(7, 6))
    counts = np.concatenate([moves.sum(axis=0), rng.multinomial(1_000, [1 / 6] * 6 + [0, 0], size=1)])
    edit = Edit("a", "g", EditKind.SCALE, 0.2)
    places = {name: place for place, name in enumerate("abcdefg")}
    repeated = completion_remembering(moves, counts, [edit], places)
    assert repeated < -0.005
    monkeypatch.setattr("safar.observe.remembering._MOST_ROUNDS", 0)
    assert repeated == pytest.approx(completion_remembering(moves, counts, [edit], places), abs=1e-11)
