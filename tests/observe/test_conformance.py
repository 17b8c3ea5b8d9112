"""Conformance: by hand, against a plain reference, on a company with known truth, with intervals that cover."""

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
from hypothesis import strategies as st

from builders import a_path, an_event, together
from designs import Design, designs, main_line, rules
from logs import write
from safar.demo.company import simulate
from safar.demo.parameters import parameters
from safar.observe.among import Among, Did, Segment
from safar.observe.behind import CellRefused, persons_behind
from safar.observe.conformance import (
    ConformanceAnswer,
    ConformanceQuestion,
    ConformanceRefused,
    MoveKind,
    adds_to_conformance,
    conformance,
)
from safar.observe.conformance_counts import ratio
from safar.observe.journey import Journey, JourneyRefused
from safar.observe.journey_moves import JourneyMoves
from safar.observe.steps import StepRule, StepsRefused
from safar.store.log import Log
from safar.vocabulary.answer import Note
from safar.vocabulary.interval import share_by_variance, wilson
from safar.vocabulary.window import Window
from walks import DAY, NAMES, Walked, walks

MINUTE = timedelta(minutes=1)


SHOP = main_line("visit", "product", "cart", "pay")


@pytest.fixture
def log(tmp_path: Path):
    with Log.create(tmp_path / "log", shard_count=4) as log:
        yield log


def step_of(answer: ConformanceAnswer, name: str):
    return next(step for step in answer.steps if step.step == name)


def moves_of(answer: ConformanceAnswer) -> dict[tuple[str, str], tuple[MoveKind, int, int]]:
    return {(move.source, move.target): (move.kind, move.count, move.customers) for move in answer.moves}


def test_three_customers_by_hand(log: Log) -> None:
    write(
        log,
        a_path("visit 09:00 > product 09:05 > cart 09:20 > pay 09:21", customer="a"),
        a_path(
            "visit 09:00 > help 09:03 > product 09:05 > product 09:06 > visit 09:20 > cart 09:21",
            customer="b",
        ),
        a_path("cart 09:00 > pay 09:05 > pay 09:06 > pay 09:07 > visit 13:00", customer="c"),
    )
    answer = conformance(log, ConformanceQuestion(SHOP, pause=timedelta(hours=1), contacts=rules("help")[0]))
    assert (answer.customers, answer.passages) == (3, 4)
    assert answer.table.pandas().iloc[:, :12].to_dict("split")["data"] == [
        # customers, passages, events, began, ended, open, again, skipped, retried, went_back, contacted
        ["visit", 3, 3, 4, 3, 0, 1, 1, 1, 0, 0, 1],
        ["product", 2, 2, 3, 0, 0, 0, 0, 2, 0, 1, 0],
        ["cart", 3, 3, 3, 1, 1, 0, 0, 0, 0, 0, 0],
        ["pay", 2, 2, 4, 0, 2, 0, 0, 0, 1, 0, 0],
    ]
    assert moves_of(answer) == {
        ("visit", "product"): (MoveKind.DESIGNED, 2, 2),
        ("cart", "pay"): (MoveKind.DESIGNED, 2, 2),
        ("pay", "pay"): (MoveKind.STAY, 2, 1),
        ("visit", "cart"): (MoveKind.SKIP, 1, 1),
        ("product", "visit"): (MoveKind.OFF_MAP, 1, 1),
        ("product", "product"): (MoveKind.STAY, 1, 1),
        ("product", "cart"): (MoveKind.DESIGNED, 1, 1),
    }
    by_pair = {(move.source, move.target): move for move in answer.moves}
    assert by_pair["visit", "cart"].skipped == ("product",)
    assert by_pair["visit", "cart"].share.value == pytest.approx(1 / 3)
    assert by_pair["pay", "pay"].share is None
    # gaps of 1 and 5 minutes: 3 in the middle, 1 + 0.9 × 4 at the ninth tenth
    assert by_pair["cart", "pay"].median_gap == 3 * MINUTE
    assert by_pair["cart", "pay"].p90_gap == 4.6 * MINUTE
    # from the last product page on: 14 and 15 minutes
    assert step_of(answer, "product").median_to_next == 14.5 * MINUTE
    assert step_of(answer, "pay").median_to_next is None
    # a: 4 steps; b: visit, product, visit, cart, past product; c: cart, pay, past visit and product; then visit
    assert answer.coverage.value == pytest.approx(11 / 14)
    assert (answer.fitness.value, answer.fitness.n) == (pytest.approx(6 / 7), 3)
    assert step_of(answer, "cart").lost.value == pytest.approx(1 / 3)
    assert step_of(answer, "visit").lost.value == 0  # the fourth passage stands there and may still go on
    assert step_of(answer, "pay").lost is None  # the journey may end here
    assert [(each.event_name, each.count, each.customers) for each in answer.unmapped] == [("help", 1, 1)]
    assert answer.notes == (
        Note.of("conformance.few_customers", count=3),
        Note.of("conformance.open", count=1),
    )
    assert answer.moves_table.column("skipped")[3] == "product"
    assert answer.unmapped_table.rows() == [("help", 1, 1)]


def test_who_is_behind_both_numbers(log: Log) -> None:
    write(
        log,
        a_path("visit 09:00 > product 09:05 > cart 09:20 > pay 09:21", customer="as designed"),
        a_path("visit 09:00 > product 09:05 > visit 09:20", customer="back"),
        a_path("visit 09:00 > cart 09:20 > visit 09:30", customer="past and back"),
        a_path("pay 09:00", customer="late"),
    )
    question, paths = ConformanceQuestion(SHOP), log.paths()

    def behind(**cell: str) -> list[str]:
        adds = adds_to_conformance(paths, question, cell)
        return sorted(log.ids_of(persons_behind(paths.shards, adds).persons))

    assert behind(number="off_map") == ["back", "past and back"]
    assert behind(number="skipped") == ["late", "past and back"]
    assert behind(step="product", number="skipped") == ["late", "past and back"]
    assert behind(step="cart", number="skipped") == ["late"]
    assert behind(step="cart", number="went_back") == ["past and back"]
    assert behind(step="visit", number="ended") == ["back", "past and back"]
    assert behind(source="visit", target="cart") == ["past and back"]
    assert behind(number="customers") == ["as designed", "back", "late", "past and back"]


def test_a_skip_takes_the_shortest_way_on_and_no_loop_back() -> None:
    names = ("a", "b", "c", "d", "e")
    moves = (("a", "b"), ("b", "d"), ("a", "c"), ("c", "d"), ("d", "e"), ("e", "a"), ("c", "b"))
    tables = JourneyMoves.of(Journey(rules(*names), moves, starts=("a", "c")))
    # b and c lie equally far: b comes first in the design; from c, b is reached by no move that leads on
    assert tables.between(0, 3) == (1,)
    assert tables.between(0, 4) == (1, 3)
    assert tables.between(2, 4) == (3,)
    assert tables.kinds.reshape(5, 5).tolist() == [
        [0, 1, 1, 2, 2],
        [3, 0, 3, 1, 2],
        [3, 1, 0, 1, 2],
        [3, 3, 3, 0, 1],
        [1, 3, 3, 3, 0],
    ]
    # who begins at d passed c alone, the shorter way; at a start nothing is passed
    assert [tables.between(5, step) for step in range(5)] == [(), (0,), (), (2,), (2, 3)]
    apart = JourneyMoves.of(Journey(rules("a", "b"), ()))
    assert apart.kinds.tolist() == [0, 3, 3, 0]
    assert apart.between(2, 1) == ()


def test_a_window_counts_what_happens_in_it_and_cuts_no_passage(log: Log) -> None:
    write(
        log,
        a_path(
            "visit 09:00 > product 09:30 > cart 10:10 > cart 10:20 > product 10:30 > pay 11:10", customer="a"
        ),
        a_path("visit 10:15", customer="b"),
        a_path("cart 09:50 > noise 09:55 > noise 10:10 > pay 10:15", customer="c"),
        a_path("visit 20:00", customer="d"),
    )
    ten = datetime(2026, 3, 21, 10, tzinfo=UTC)
    answer = conformance(
        log, ConformanceQuestion(SHOP, Window(ten, ten + 60 * MINUTE), pause=timedelta(hours=2))
    )
    assert (answer.customers, answer.passages) == (3, 3)
    assert moves_of(answer) == {
        ("product", "cart"): (MoveKind.DESIGNED, 1, 1),
        ("cart", "cart"): (MoveKind.STAY, 1, 1),
        ("cart", "product"): (MoveKind.OFF_MAP, 1, 1),
        ("cart", "pay"): (MoveKind.DESIGNED, 1, 1),
    }
    product, cart = step_of(answer, "product"), step_of(answer, "cart")
    # a came back to it in the window and was there before; c's cart lies before the window, so do what c skipped
    assert (product.customers, product.again, product.ended, product.skipped) == (1, 1, 0, 0)
    assert (cart.customers, cart.events, cart.went_back, cart.began) == (1, 2, 1, 0)
    assert (step_of(answer, "visit").ended, step_of(answer, "visit").lost.value) == (1, 1.0)
    assert answer.coverage.value == 1
    assert [(each.event_name, each.count) for each in answer.unmapped] == [("noise", 1)]
    assert cart.median_to_next == 17.5 * MINUTE  # 10 minutes of a, 25 of c whose cart came before


def test_what_customers_do_again_and_what_only_looks_so(log: Log) -> None:
    pay = StepRule("pay", ("try", "fail"))
    look = StepRule("look", ("product_viewed",))
    journey = Journey((look, pay), (("look", "pay"),))
    times = ("try 09:00 > fail 09:10 > try 09:11 > fail 09:20 > try {third}").format
    write(
        log,
        a_path(times(third="09:30"), customer="at the last minute"),
        a_path(times(third="09:31"), customer="too late"),
        a_path("try 09:00 > try 09:01 > product_viewed 09:02 > try 09:03", customer="between"),
        a_path("product_viewed 09:00 > product_viewed 09:01 > product_viewed 09:02", customer="looks"),
        a_path("try 09:00 > try 11:00 > try 11:10 > try 11:11", customer="later"),
    )
    answer = conformance(log, ConformanceQuestion(journey))
    assert [step.retried for step in answer.steps] == [0, 3]
    behind = persons_behind(
        log.paths().shards,
        adds_to_conformance(log.paths(), ConformanceQuestion(journey), {"step": "pay", "number": "retried"}),
    )
    assert sorted(log.ids_of(behind.persons)) == ["at the last minute", "between", "later"]


def test_a_contact_is_about_the_step_before_it(log: Log) -> None:
    journey = main_line("cart", "pay", "help")
    write(
        log,
        a_path("cart 09:00 > help 09:05 > help 09:06 > pay 09:10 > call 09:20 > call 09:21", customer="a"),
        a_path("pay 09:00 > call 09:31", customer="b"),  # too long after
        a_path("call 08:59 > pay 09:00 > cart 09:01 > call 09:02", customer="c"),
    )
    help_ = StepRule("support", ("help", "call"))
    question = ConformanceQuestion(journey, contacts=help_, contact_within=timedelta(minutes=30))
    answer = conformance(log, question)
    assert {step.step: step.contacted for step in answer.steps} == {"cart": 2, "pay": 1, "help": 0}
    # of b and c the calls lie after or before all steps
    assert [(each.event_name, each.count) for each in answer.unmapped] == []
    assert conformance(log, ConformanceQuestion(journey)).steps[0].contacted == 0


def test_what_the_company_does_is_not_unmapped_and_filters_hold(log: Log) -> None:
    write(
        log,
        a_path(
            "visit 09:00 > order_shipped 09:01 > identify 09:01 > search 09:02 > product 09:03 > search 09:04",
            customer="a",
        ),
        together(an_event("cart", DAY, customer="a", channel="app")),
    )
    answer = conformance(log, ConformanceQuestion(SHOP))
    assert [(each.event_name, each.count) for each in answer.unmapped] == [("search", 1)]
    assert answer.notes[0] == Note.of("conformance.no_events", count=1, steps="pay")
    assert Note.of("conformance.no_pause") in answer.notes


def test_nobody_walks_an_empty_log(log: Log) -> None:
    answer = conformance(log, ConformanceQuestion(SHOP, pause=MINUTE))
    assert (answer.customers, answer.passages, answer.moves, answer.unmapped) == (0, 0, (), ())
    assert (answer.fitness, answer.coverage) == (None, None)
    assert [step.lost for step in answer.steps] == [None] * 4
    assert [note.code for note in answer.notes] == ["conformance.no_events", "conformance.few_customers"]


def test_shares_of_none_and_all_are_as_sure_as_so_many_customers(log: Log) -> None:
    write(
        log,
        *(
            a_path("visit 09:00 > product 09:05 > visit 09:06 > product 09:07", customer=f"c{n}")
            for n in range(40)
        ),
    )
    journey = main_line("visit", "product", ends=("product",))
    answer = conformance(log, ConformanceQuestion(journey))
    # every customer makes one move off the map in three, none of them more: as sure as forty customers
    assert answer.fitness.value == pytest.approx(2 / 3)
    assert answer.fitness.interval.low == pytest.approx(
        share_by_variance(2 / 3, 0, 40, degrees=39).interval.low
    )
    assert (answer.coverage.value, answer.coverage.interval) == (1, wilson(40, 40))


def test_what_makes_no_sense_is_refused(log: Log) -> None:
    with pytest.raises(JourneyRefused, match="no steps"):
        Journey((), ())
    with pytest.raises(JourneyRefused, match="no step 'z'"):
        Journey(rules("a"), (("a", "z"),))
    with pytest.raises(StepsRefused, match="Two steps"):
        conformance(log, ConformanceQuestion(Journey(rules("a", "a"), ())))
    with pytest.raises(ConformanceRefused, match="no time"):
        ConformanceQuestion(SHOP, contact_within=timedelta(0))
    with pytest.raises(ConformanceRefused, match="at most 200"):
        ConformanceQuestion(Journey(rules(*map(str, range(201))), ()))
    for cell in ({}, {"step": "z"}, {"step": "cart", "number": "z"}, {"source": "cart"}, {"number": "lost"}):
        with pytest.raises(CellRefused):
            adds_to_conformance(log.paths(), ConformanceQuestion(SHOP), cell)


# ---- a plain reference -------------------------------------------------------------------------------------------


def told(estimate) -> tuple | None:
    return estimate and (
        round(estimate.value, 9),
        estimate.n,
        round(estimate.interval.low, 6),
        round(estimate.interval.high, 6),
    )


def ratio_of(own: dict[int, list[int]]) -> tuple | None:
    """The ratio of what customers count, each a part of a whole."""
    there = [(part, whole) for part, whole in own.values() if whole]
    if not there:
        return None
    part, whole = map(sum, zip(*there, strict=True))
    customers = len(there)
    spread = sum((x - part / whole * n) ** 2 for x, n in there) / whole**2
    variance = 0 if spread < 1e-12 else spread * customers / max(customers - 1, 1)
    return told(share_by_variance(part / whole, variance, customers, degrees=max(customers - 1, 1)))


def reference(  # noqa: C901 - plain on purpose
    walked: Walked, design: Design, contact: str | None, retry: int, within: int
) -> dict:
    """The same in plain Python, passage by passage."""
    since, until = walked.span
    pause = walked.pause_seconds
    known = max((at for _, _, at in walked.events), default=0)
    by_customer = defaultdict(list)
    for customer, name, at in walked.events:
        by_customer[customer].append((name, at))
    steps = {name: Counter() for name in design.steps}
    people = {name: defaultdict(set) for name in design.steps}
    moves, movers, gaps = Counter(), defaultdict(set), defaultdict(list)
    unmapped, unmapped_by = Counter(), defaultdict(set)
    own = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    passages = 0
    for customer, events in by_customer.items():
        events.sort(key=lambda event: event[1])
        cut: list[list[int]] = []
        for place, (name, at) in enumerate(events):
            if name in design.steps:
                if not cut or (pause and at - events[cut[-1][-1]][1] > pause):
                    cut.append([])
                cut[-1].append(place)
        for number, rows in enumerate(cut):
            inside = [row for row in rows if since <= events[row][1] < until]
            passages += bool(inside)
            here = {events[row][0] for row in inside}
            for row in inside:
                steps[events[row][0]]["events"] += 1
            for name in here:
                steps[name]["passages"] += 1
                people[name]["customers"].add(customer)
            # visits: runs of one step
            visits: list[list[int]] = []
            for row in rows:
                if visits and events[visits[-1][-1]][0] == events[row][0]:
                    visits[-1].append(row)
                else:
                    visits.append([row])
            first = events[rows[0]][0]
            past, back, contacted, retried = set(), set(), set(), set()
            if rows[0] in inside:
                steps[first]["began"] += 1
                missed = design.way(design.starts, first)[:-1]
                past |= set(missed)
                own["coverage"][customer][1] += len(missed)
            own["coverage"][customer][0] += sum(visit[0] in inside for visit in visits)
            own["coverage"][customer][1] += sum(visit[0] in inside for visit in visits)
            seen = {first}
            for one, two in pairwise(rows):
                (source, left), (target, came) = events[one], events[two]
                for row in range(one + 1, two):
                    if since <= events[row][1] < until:
                        unmapped[events[row][0]] += 1
                        unmapped_by[events[row][0]].add(customer)
                if two in inside:
                    kind, missed = design.move(source, target)
                    moves[source, target, kind] += 1
                    movers[source, target].add(customer)
                    if kind != "stay":
                        gaps[source, target].append(came - left)
                        gaps[source].append(came - left)
                        own["fitness"][customer][0] += kind != "off_map"
                        own["fitness"][customer][1] += 1
                        own["coverage"][customer][1] += len(missed)
                        past |= set(missed)
                        own[source, target][customer][0] += 1
                        if target in seen:
                            people[target]["again"].add(customer)
                        leads_back = design.steps.index(target) < design.steps.index(source)
                        if kind == "off_map" and left >= since and leads_back:
                            back.add(source)
                seen.add(target)
            for visit in visits:
                last, at = events[visit[-1]]
                for row in range(visit[-1] + 1, len(events)):
                    name, when = events[row]
                    counts = name == contact and since <= at <= when < until
                    if counts and name != last and when - at <= within:
                        contacted.add(last)
                    if name in design.steps:
                        break
                for one, two in pairwise(visit):  # contacts that are no step, while the step goes on
                    for name, when in events[one + 1 : two]:
                        counts = name == contact and since <= events[one][1] <= when < until
                        if counts and when - events[one][1] <= within:
                            contacted.add(last)
            for name in here:
                tries = [row for row in rows if events[row][0] == name]
                for one, three in zip(tries, tries[2:], strict=False):
                    if events[three][1] - events[one][1] <= retry and three in inside:
                        retried.add(name)
            for found, name in (
                (past, "skipped"),
                (back, "went_back"),
                (contacted, "contacted"),
                (retried, "retried"),
            ):
                for step in found:
                    steps[step][name] += 1
                    people[step][f"{name}_customers"].add(customer)
            last, at = events[rows[-1]]
            is_open = pause and number == len(cut) - 1 and known - at <= pause
            for name in here:  # judged once the step has been left for a pause
                newest = max(events[row][1] for row in rows if events[row][0] == name)
                is_late = pause and number == len(cut) - 1 and known - newest <= pause
                own["lost", name][customer][1] += not is_late
            if rows[-1] in inside:
                steps[last]["open" if is_open else "ended"] += 1
                is_lost = not is_open and last not in design.ends
                own["lost", last][customer][0] += is_lost
                if is_lost:
                    people[last]["lost_customers"].add(customer)
    leaving = defaultdict(Counter)
    for source, target, kind in moves:
        if kind != "stay":
            for customer, (count, _) in own[source, target].items():
                leaving[source][customer] += count
    shares = {
        (source, target): ratio_of(
            {
                customer: [own[source, target][customer][0], count]
                for customer, count in leaving[source].items()
            }
        )
        for source, target, kind in moves
        if kind != "stay"
    }
    quantiles = {
        key: tuple(
            timedelta(microseconds=round(each * 1e6)) for each in np.quantile(spans, [0.5, 0.9]).tolist()
        )
        for key, spans in gaps.items()
    }
    return {
        "passages": passages,
        "steps": {
            name: (
                {
                    **dict.fromkeys(COUNTED, 0),
                    **steps[name],
                    **{each: len(found) for each, found in people[name].items()},
                },
                None if name in design.ends else ratio_of(own["lost", name]),
                quantiles.get(name, (None, None)),
            )
            for name in design.steps
        },
        "moves": {
            (source, target): (
                kind,
                count,
                len(movers[source, target]),
                shares.get((source, target)),
                quantiles.get((source, target), (None, None)),
                tuple(design.move(source, target)[1]),
            )
            for (source, target, kind), count in moves.items()
        },
        "unmapped": {name: (count, len(unmapped_by[name])) for name, count in unmapped.items()},
        "fitness": ratio_of(own["fitness"]),
        "coverage": ratio_of(own["coverage"]),
    }


COUNTED = (
    "customers", "passages", "events", "began", "ended", "open", "again", "skipped", "retried", "went_back",
    "contacted", "lost_customers", "skipped_customers", "retried_customers", "went_back_customers",
    "contacted_customers",
)  # fmt: skip


def as_reference(answer: ConformanceAnswer) -> dict:
    return {
        "passages": answer.passages,
        "steps": {
            step.step: (
                {name: getattr(step, name) for name in COUNTED},
                told(step.lost),
                (step.median_to_next, step.p90_to_next),
            )
            for step in answer.steps
        },
        "moves": {
            (move.source, move.target): (
                str(move.kind),
                move.count,
                move.customers,
                told(move.share),
                (move.median_gap, move.p90_gap),
                move.skipped,
            )
            for move in answer.moves
        },
        "unmapped": {each.event_name: (each.count, each.customers) for each in answer.unmapped},
        "fitness": told(answer.fitness),
        "coverage": told(answer.coverage),
    }


def check(folder: Path, walked: Walked, design: Design, contact: str | None, short: int) -> None:
    # Tens of seconds: many events at one instant, many just as far apart as a bound.
    walked = replace(walked, events=tuple((who, name, at // 10 * 10) for who, name, at in walked.events))
    question = ConformanceQuestion(
        design.journey,
        walked.window,
        pause=walked.pause,
        contacts=contact and StepRule("contact", (contact,)),
        retry_within=timedelta(seconds=short),
        contact_within=timedelta(seconds=2 * short),
    )
    with walked.log(folder) as log:
        answer = conformance(log, question)
        with ThreadPoolExecutor(2) as executor:
            again = conformance(log, question, executor=executor)
    assert (again.steps, again.moves, again.fitness) == (answer.steps, answer.moves, answer.fitness)
    assert as_reference(answer) == reference(walked, design, contact, short, 2 * short)


@given(
    walked=walks(), design=designs(), contact=st.sampled_from([None, *NAMES]), short=st.sampled_from([10, 60])
)
def test_as_a_plain_reference_says(
    tmp_path_factory, walked: Walked, design: Design, contact, short: int
) -> None:
    check(tmp_path_factory.mktemp("conformance"), walked, design, contact, short)


@pytest.mark.parametrize("seed", range(40))
def test_as_a_plain_reference_says_of_long_paths(tmp_path: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    names = ("a", "b", "c", "d", "e", "f")
    steps = tuple(rng.permutation(names)[: rng.integers(2, 6)].tolist())
    pairs = [(one, two) for one in steps for two in steps]
    chosen = rng.permutation(len(pairs))[: len(steps) + 2]
    count = int(rng.integers(50, 300))
    events = zip(
        rng.integers(0, 5, count).tolist(),
        rng.choice(names, count).tolist(),
        rng.integers(0, 100 * 5, count).tolist(),
        strict=True,
    )
    walked = Walked(
        tuple(events),
        [(0, 10_000), (50, 300)][seed % 2],
        [0, 20, 20, 50][seed % 4],
        [1, 8][seed % 2],
        frozenset({count // 2}),
    )
    design = Design(
        steps,
        tuple(pairs[place] for place in chosen),
        tuple(rng.choice(steps, rng.integers(1, 3), replace=False).tolist()),
        tuple(rng.choice(steps, rng.integers(1, 3), replace=False).tolist()),
    )
    check(tmp_path, walked, design, [None, "a", "f"][seed % 3], [10, 30][seed % 2])


# ---- truth that is known ------------------------------------------------------------------------------------------

BROWSE = ("visit", "search", "product", "cart")
EVENTS = {
    "visit": ("page", "screen"),
    "search": ("search_performed",),
    "product": ("product_viewed",),
    "cart": ("cart_added", "cart_viewed"),
    "checkout": ("checkout_started", "payment_started", "payment_failed"),
    "order": ("order_placed",),
    "shipped": ("order_shipped",),
    "delivered": ("order_delivered",),
    "support": ("conversation_started", "message_received"),
    "answer": ("survey_answered",),
}
#: As a team would draw it: people look around as they like, nobody is led back to the cart, and who is done may begin
#: anew.
DESIGNED = Journey(
    tuple(StepRule(step, names) for step, names in EVENTS.items()),
    tuple(
        dict.fromkeys(
            (
                *pairwise(EVENTS),
                *((one, two) for one in BROWSE for two in BROWSE if one != two),
                *(("checkout", step) for step in BROWSE[:-1]),
                *((done, step) for done in ("order", "delivered", "support", "answer") for step in BROWSE),
                ("delivered", "answer"),
            )
        )
    ),
    ends=("order", "delivered", "answer"),
)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Log]:
    with Log.create(tmp_path_factory.mktemp("company") / "log", shard_count=4) as log:
        with log.writer() as writer:
            for batch in simulate(3_000, seed=11, until=datetime(2026, 11, 21, tzinfo=UTC)):
                writer.append(batch)
        log.compact()
        yield log


def test_the_hidden_loop_of_the_company_is_named_first(company: Log) -> None:
    answer = conformance(company, ConformanceQuestion(DESIGNED, pause=timedelta(days=30)))
    off = [move for move in answer.moves if move.kind is MoveKind.OFF_MAP]
    assert [(move.source, move.target) for move in off[:1]] == [("checkout", "cart")]
    assert off[0].count > 1.5 * off[1].count
    assert step_of(answer, "checkout").went_back_customers == off[0].customers
    # payments that fail again and again are tries; looking around, chats and deliveries are not
    assert [step.step for step in answer.steps if step.retried] == ["checkout"]
    # mapped as designed but for this loop, the company goes back to it
    known = replace(DESIGNED, moves=(*DESIGNED.moves, ("checkout", "cart")))
    better = conformance(company, ConformanceQuestion(known, pause=timedelta(days=30)))
    moved = sum(move.count for move in answer.moves if move.kind is not MoveKind.STAY)
    assert better.fitness.value - answer.fitness.value == pytest.approx(off[0].count / moved)


def test_the_share_that_goes_back_is_the_one_of_the_company_s_truth(company: Log) -> None:
    """Of those who never try to order visits follow the table of strangers, and nothing else."""
    truth = dict(zip(COLUMNS, parameters().visits.stranger.checkout, strict=True))
    truth["end"] = 0.0  # of those who go on
    tries = StepRule("tries", ("payment_started", "order_placed"))
    strangers = Among(segment=Segment("never tried", (Did(tries, 0, 0),)))
    answer = conformance(company, ConformanceQuestion(DESIGNED, pause=timedelta(minutes=30), among=strangers))
    shares = {move.target: move.share for move in answer.moves if move.source == "checkout" and move.share}
    assert shares["cart"].n > 80
    assert truth["cart"] / sum(truth.values()) in shares["cart"].interval
    assert truth["product"] / sum(truth.values()) in shares["product"].interval
    assert (truth["home"] + truth["list"] + truth["help"]) / sum(truth.values()) in shares["visit"].interval


COLUMNS = ("home", "list", "search", "product", "cart_add", "cart", "checkout", "help", "end")


def test_intervals_cover_the_truth_though_customers_differ(rng: np.random.Generator) -> None:
    """Each customer has a way of his own and goes through it often: moves are far from independent."""
    covered, samples, customers = 0, 1_000, 60
    for _ in range(samples):
        wholes = rng.integers(1, 30, customers)
        parts = rng.binomial(wholes, rng.beta(1.4, 0.6, customers))
        sums = (parts.sum(), wholes.sum(), parts @ parts, parts @ wholes, wholes @ wholes, customers)
        covered += 0.7 in ratio(sums, 0.95).interval
    assert 0.93 <= covered / samples <= 0.97


def test_what_is_lost_of_late_is_not_flattered(tmp_path: Path) -> None:
    """People who come every day alike are lost alike of late: those who went on soon do not count alone."""
    chance, days, gone = np.random.default_rng(8), 200, 0.6
    begins = chance.integers(0, days * 24 * 60, 6_000)
    events, start = [], datetime(2026, 1, 1, tzinfo=UTC)
    for who, minute in enumerate(begins.tolist()):
        came = start + timedelta(minutes=minute)
        events.append(an_event("visit", came, customer=f"c{who}"))
        went = came + timedelta(hours=float(chance.exponential(60)))
        if chance.random() >= gone and went < start + timedelta(days=days):
            events.append(an_event("pay", went, customer=f"c{who}"))
    journey = Journey((StepRule("visit", ("visit",)), StepRule("pay", ("pay",))), (("visit", "pay"),))
    end = start + timedelta(days=days)
    with Log.create(tmp_path / "log", shard_count=2) as log:
        write(log, together(*events))
        for last in (10, 40, 60, 90):
            window = Window(end - timedelta(days=last), end)
            found = conformance(log, ConformanceQuestion(journey, window, pause=timedelta(days=30)))
            lost = found.steps[0].lost
            if last <= 10:  # nobody has stayed away for a pause yet
                assert lost is None
            else:
                assert lost.interval.low <= gone <= lost.interval.high
                assert lost.n == found.steps[0].decided < found.steps[0].passages
