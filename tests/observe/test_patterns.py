"""Path patterns: by hand, against Python's regular expressions over letters, and what is refused."""

from __future__ import annotations

import json
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import a_path
from logs import write
from real_paths import real_paths
from safar.observe.behind import CellRefused, persons_behind
from safar.observe.pattern_automaton import (
    PatternNeverFits,
    PatternTakesNoStep,
    PatternTooLarge,
    compiled,
)
from safar.observe.pattern_language import PatternRefused
from safar.observe.patterns import (
    PatternsQuestion,
    PatternsRefused,
    PatternStepUnknown,
    adds_to_pattern,
    patterns,
)
from safar.observe.steps import StepRule
from safar.store.log import Log
from safar.vocabulary.answer import Note
from safar.vocabulary.interval import share
from walks import NAMES, Walked, walks

MINUTE = timedelta(minutes=1)


@pytest.fixture
def log(tmp_path: Path):
    with Log.create(tmp_path / "log", shard_count=4) as log:
        write(
            log,
            a_path("visit 09:00 > cart 09:05 > pay 09:20", customer="a"),
            a_path("visit 10:00 > cart 10:02 > visit 10:12", customer="b"),
            a_path("cart 11:00 > help 11:01 > help 11:05 > cart 11:20 > help 11:30", customer="c"),
            a_path("visit 12:00", customer="d"),
        )
        yield log


def fitted(log: Log, pattern: str, **more: object) -> dict[str, int]:
    """Return the matches of a pattern, as words."""
    answer = patterns(log, PatternsQuestion(pattern, **more))
    return {" ".join(match.steps): match.count for match in answer.matches}


def test_carts_left_without_paying_by_hand(log: Log) -> None:
    answer = patterns(log, PatternsQuestion("cart > [^pay]* > end"))
    assert (answer.paths, answer.fitting_paths, answer.occurrences) == (4, 2, 2)
    assert (answer.share, answer.customer_share, answer.notes) == (share(2, 4), share(2, 4), ())
    assert [(match.steps, match.count, match.share) for match in answer.matches] == [
        (("cart", "visit"), 1, 0.5),
        (("cart", "help", "help", "cart", "help"), 1, 0.5),
    ]
    assert (answer.median_time, answer.p90_time) == (20 * MINUTE, 28 * MINUTE)
    assert [(each.position, each.count, each.share) for each in answer.positions] == [
        (1, 1, share(1, 2)),
        (2, 1, share(1, 2)),
    ]
    assert answer.table.columns()["count"] == [1, 1]
    assert answer.position_table.columns()["or_later"] == [False, False]


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("visit", {"visit": 4}),
        ("start > visit", {"visit": 3}),
        ("start > visit > end", {"visit": 1}),
        ("visit > cart", {"visit cart": 2}),
        ("visit > pay", {}),
        ("visit ... pay", {"visit cart pay": 1}),
        ("visit … end", {"visit cart pay": 1, "visit cart visit": 1, "visit": 1}),
        ("cart > help{2}", {"cart help help": 1}),
        ("cart > help{2,}", {"cart help help": 1}),
        ("cart > help{۱،۲}", {"cart help help": 1, "cart help": 1}),
        ("cart > (help|pay)+", {"cart pay": 1, "cart help help": 1, "cart help": 1}),
        ("(cart > help+)+", {"cart help help cart help": 1}),
        ("cart > . > help", {"cart help help": 1}),
        ("[cart, pay] > end", {"pay": 1}),
        ("visit->cart → [pay|help]", {"visit cart pay": 1}),
        ("visit > cart? > «visit»", {"visit cart visit": 1}),
        ('"visit" > cart > pay | help > end', {"visit cart pay": 1, "help": 1}),
        ("help > [^help] > help", {"help cart help": 1}),
    ],
)
def test_what_a_pattern_means(log: Log, pattern: str, found: dict[str, int]) -> None:
    assert fitted(log, pattern) == found


def test_names_of_any_kind(tmp_path: Path) -> None:
    names = ("سبد\u200cخرید", "order.paid", "start", "back\\", 'say "hi"', "page:/home", "*")
    with Log.create(tmp_path / "log") as log:
        write(log, a_path(" > ".join(f"{name.replace(' ', '_')} 09:0{at}" for at, name in enumerate(names))))
        text = 'start > سبد\u200cخرید > order.paid > "start" > "back\\\\" > "say_\\"hi\\"" > page:/home > "*" > end'
        assert fitted(log, text) == {" ".join(name.replace(" ", "_") for name in names): 1}
        rules = (StepRule("first step", ("start", "*")), StepRule("پرداخت", ("order.paid",)))
        assert fitted(log, "پرداخت > 'first step'{2} > end", steps=rules) == {
            "پرداخت first step first step": 1
        }


@pytest.mark.parametrize(
    ("pattern", "place", "says"),
    [
        ("", 0, "empty"),
        ("cart pay", 5, "side by side"),
        ("cart > ", 7, "A step is missing"),
        ("cart >> pay", 6, "A step is missing"),
        ("cart->->pay", 6, "A step is missing"),
        ("> pay", 0, "A step is missing"),
        ("cart > [^pay", 7, "bracket is not closed"),
        ("cart > [pay help]", 12, "comma"),
        ("[]", 1, "name is missing"),
        ("cart > (a | b", 7, "parenthesis is not closed"),
        ("cart)", 4, "not expected"),
        ("cart > *", 7, "repeats the step before"),
        ("cart**", 5, "Two repetitions"),
        ("cart{2,1}", 4, "Nothing repeats 2 to 1"),
        ("cart{many}", 5, "how often"),
        ("cart{201}", 5, "how often"),
        ("cart{2", 4, "not closed"),
        ("start+ > cart", 5, "do not repeat"),
        ("«cart > pay", 0, "not closed"),
        ("cart»", 4, "closes nothing"),
        ('cart > ""', 7, "empty"),
        ("(" * 60 + "a" + ")" * 60, 50, "too deep"),
        ("a > " * 600 + "a", 2_000, "characters"),
    ],
)
def test_what_cannot_be_read_is_pointed_at(pattern: str, place: int, says: str) -> None:
    with pytest.raises(PatternRefused, match=says) as refused:
        PatternsQuestion(pattern)
    assert refused.value.context["place"] == place
    assert refused.value.code == "pattern.refused"


def test_patterns_that_say_nothing_are_refused(log: Log) -> None:
    for pattern in ("...", "end", "cart* > end", "(cart | start)"):
        with pytest.raises(PatternTakesNoStep):
            PatternsQuestion(pattern)
    for pattern in ("cart > start", "end > cart", "start > start > cart"):
        with pytest.raises(PatternNeverFits):
            PatternsQuestion(pattern)
    for pattern in ("((cart{20} > pay){20}){20}", ".* > cart > .{20}"):
        with pytest.raises(PatternTooLarge):
            PatternsQuestion(pattern)
    for most in (0, 1_001):
        with pytest.raises(PatternsRefused):
            PatternsQuestion("cart", most=most)
    with pytest.raises(PatternStepUnknown, match='"cart"') as refused:
        patterns(log, PatternsQuestion("visit > cartt > pay"))
    assert (refused.value.context["place"], refused.value.context["length"]) == (8, 5)
    for cell in ({"match": "no json"}, {"match": '["gone"]'}, {"match": "[]"}, {"position": 0}):
        with pytest.raises(CellRefused):
            adds_to_pattern(log.paths(), PatternsQuestion("cart"), cell)


def test_sessions_of_one_customer_are_paths_of_their_own(log: Log) -> None:
    answer = patterns(log, PatternsQuestion("start > help", pause=2 * MINUTE))
    assert (answer.paths, answer.fitting_paths, answer.customers, answer.fitting_customers) == (10, 2, 4, 1)
    assert answer.notes == (Note.of("paths.dependent", paths=10, count=4),)


def test_where_late_matches_begin(tmp_path: Path) -> None:
    with Log.create(tmp_path / "log") as log:
        write(log, a_path(" > ".join(f"visit 09:{at}" for at in range(10, 40)) + " > pay 10:00"))
        answer = patterns(log, PatternsQuestion("pay"))
        assert [(each.position, each.or_later) for each in answer.positions if each.count] == [(21, True)]
        assert len(answer.positions) == 21


def test_an_empty_log_fits_nothing(tmp_path: Path) -> None:
    with Log.create(tmp_path / "empty") as log:
        answer = patterns(log, PatternsQuestion("cart > pay"))
    assert (answer.paths, answer.share, answer.occurrences, answer.matches) == (0, None, 0, ())
    assert (answer.positions, answer.median_time, len(answer.table)) == ((), None, 0)


LETTERS = dict(zip(NAMES, "ABC", strict=True))
# a pattern as it is written here, and the same over letters
Both = tuple[str, str]


def _of_set(names: list[str], negated: bool) -> Both:
    sign = "^" if negated else ""
    letters = "".join(LETTERS[name] for name in names)
    # no letter but these three is a step
    return (
        f"[{sign}{', '.join(names)}]",
        f"[{''.join(set('ABC') - set(letters)) or '!'}]" if negated else f"[{letters}]",
    )


def _repeated(part: Both, times: tuple[int, int | None]) -> Both:
    least, most = times
    text = {(0, None): "*", (1, None): "+", (0, 1): "?"}.get(
        times, f"{{{least},{'' if most is None else most}}}"
    )
    return f"({part[0]}){text}", f"(?:{part[1]}){text}"


ONE_STEP = st.one_of(
    st.sampled_from(list(LETTERS.items())),
    st.just(("'پرداخت'", "C")),
    st.just((".", "[ABC]")),
    st.builds(_of_set, st.lists(st.sampled_from(NAMES), min_size=1, max_size=2, unique=True), st.booleans()),
)
FEW_STEPS = st.one_of(
    ONE_STEP,
    st.lists(ONE_STEP, min_size=2, max_size=3).map(
        lambda parts: (" > ".join(part[0] for part in parts), "".join(part[1] for part in parts))
    ),
    st.lists(ONE_STEP, min_size=2, max_size=2).map(
        lambda parts: (f"({parts[0][0]}|{parts[1][0]})", f"(?:{parts[0][1]}|{parts[1][1]})")
    ),
)
PARTS = st.one_of(
    ONE_STEP,
    FEW_STEPS,
    st.just(("...", "[ABC]*")),
    st.builds(
        _repeated,
        FEW_STEPS,
        st.sampled_from([(0, None), (1, None), (0, 1), (2, 2), (0, 2), (2, None), (1, 3)]),
    ),
)
PATTERNS = st.builds(
    lambda begins, parts, ends: (
        " > ".join(["start"] * begins + [part[0] for part in parts] + ["end"] * ends),
        "<" * begins + "".join(f"(?:{part[1]})" for part in parts) + ">" * ends,
    ),
    st.booleans(),
    st.lists(PARTS, min_size=1, max_size=4),
    st.booleans(),
)


def short(walked: Walked) -> Walked:
    """Return the log with few events of each customer, for regular expressions try every way, and with every step."""
    kept = [(9, name, 60) for name in NAMES] if walked.events else []
    counts = Counter()
    for event in walked.events:
        counts[event[0]] += 1
        if counts[event[0]] <= 10:
            kept.append(event)
    return replace(walked, events=tuple(kept))


def found_in(regular: re.Pattern[str], letters: str) -> list[tuple[int, int]]:
    """Return the matches in letters: leftmost, longest from there, none overlapping another; as places of letters."""
    text = f"<{letters}>"
    found, begin = [], 0
    while begin < len(text):
        end = next((end for end in range(len(text), begin, -1) if regular.fullmatch(text[begin:end])), None)
        if end is None:
            begin += 1
            continue
        # without the signs of start and end
        found.append((max(begin - 1, 0), min(end - 1, len(letters))))
        begin = end
    return found


@given(walked=walks().map(short), pattern=PATTERNS)
def test_as_regular_expressions_say(tmp_path_factory, walked: Walked, pattern: Both) -> None:
    regular = re.compile(pattern[1])
    paths = [
        (customer, "".join(LETTERS[name] for name, _ in path), [at for _, at in path])
        for customer, path in walked.paths()
    ]
    try:
        question = PatternsQuestion(pattern[0], most=1_000, window=walked.window, pause=walked.pause)
    except PatternTakesNoStep:
        assert any(regular.fullmatch(text) for text in ("", "<", ">", "<>"))
        return
    except PatternNeverFits:
        assert not any(regular.search(f"<{letters}>") for _, letters, _ in paths)
        return
    assert not any(regular.fullmatch(text) for text in ("", "<", ">", "<>"))
    found = [(customer, letters, at, found_in(regular, letters)) for customer, letters, at in paths]
    with walked.log(tmp_path_factory.mktemp("patterns")) as log:
        answer = patterns(log, question)
        with ThreadPoolExecutor(2) as executor:
            assert patterns(log, question, executor=executor) == answer
        fitting = [each for each in found if each[3]]
        assert (answer.paths, answer.fitting_paths) == (len(paths), len(fitting))
        assert answer.customers == len({customer for customer, *_ in paths})
        assert answer.fitting_customers == len({customer for customer, *_ in fitting})
        matches = Counter(letters[begin:end] for _, letters, _, all_ in fitting for begin, end in all_)
        assert answer.occurrences == matches.total()
        assert {
            "".join(LETTERS[name] for name in match.steps): match.count for match in answer.matches
        } == matches
        times = [at[end - 1] - at[begin] for _, _, at, all_ in fitting for begin, end in all_]
        if times:
            median = timedelta(microseconds=round(float(np.median(times)) * 1e6))
            assert answer.median_time == median
        begins = Counter(all_[0][0] + 1 for *_, all_ in fitting)
        assert {each.position: each.count for each in answer.positions if each.count} == begins
        # who is behind the numbers
        cells: list[tuple[dict[str, str | int], set[int]]] = [({}, {customer for customer, *_ in fitting})]
        if answer.matches:
            steps = answer.matches[-1].steps
            word = "".join(LETTERS[name] for name in steps)
            who = {
                customer
                for customer, text, _, all_ in fitting
                for begin, end in all_
                if text[begin:end] == word
            }
            cells.append(({"match": json.dumps(steps)}, who))
            first = answer.positions[-1].position
            cells.append(({"position": first}, {each[0] for each in fitting if each[3][0][0] + 1 == first}))
        shards = log.paths().shards
        for cell, who in cells:
            behind = persons_behind(shards, adds_to_pattern(log.paths(), question, cell))
            assert set(log.ids_of(behind.persons)) == {f"c{customer}" for customer in who}


@pytest.mark.data
@pytest.mark.parametrize(("name", "grain"), [("ecom", 0), ("ecom_users", 1)])
def test_as_many_paths_as_retentioneering_finds(
    shared_data: Path, tmp_path: Path, name: str, grain: int
) -> None:
    # as 5.2.4 counts sessions, and users, whose paths fit; it writes path_start and path_end
    said = {
        "add_to_cart->[^purchase]*->end": (856, 372),
        "start->search->.*->purchase": (63, 65),
        "product_view->[product_view|catalog]->add_to_cart": (113, 123),
        "cart->[^purchase|payment_error]*->cart": (135, 265),
        "catalog->.->.->purchase": (44, 45),
        "start->[home|catalog]->search": (369, 80),
    }
    with real_paths(name, shared_data, tmp_path) as log:
        found = {pattern: patterns(log, PatternsQuestion(pattern)).fitting_paths for pattern in said}
    assert found == {pattern: counts[grain] for pattern, counts in said.items()}


def test_the_automata_of_a_pattern_stay_small() -> None:
    pattern = compiled("cart > [^pay]* > end")
    assert pattern.names == ("cart", "pay")
    assert pattern.ahead.following.shape[0] <= 4
    assert pattern.back.following.shape[0] <= 4
