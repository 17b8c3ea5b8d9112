"""Live audiences: the same as computed from nothing, whatever happened in whatever order, and as plain Python says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders import an_event, together
from logs import write
from safar.act.audiences import FILE, AudienceChanges, AudienceKeeper
from safar.observe.among import Segment
from safar.observe.segment_text import segment_of
from safar.store.log import Log
from safar.vocabulary.event import EventColumns
from segments_plainly import Happened, is_in

DAY = datetime(2026, 3, 21, tzinfo=UTC)
HOUR = timedelta(hours=1)
TEXTS = (
    "did visit >= 2 within last 5h",
    "did visit <= 1 within last 3h; did visit",
    "did visit >= 1 <= 2 within last 8h",
    "did visit then cart within 2h within last 9h",
    "did visit then visit then cart",
    "did cart within 2026-03-21T02:00Z..2026-03-21T09:00Z",
    "has plan = pro",
    "has !plan",
    "none (has plan != pro)",
    "last nps <= 6 within last 12h",
    "any nps >= 9",
    "last q1?",
    "spent >= 30 USD within last 6h",
    "spent < 10 USD",
    "ordered = 2",
    "ordered >= 2 within last 10h",
    "at Pay of visit > cart > Pay: order_placed",
    "reached cart of visit > cart",
    "any (did cart [plan = pro]; all (did not visit within last 4h; has plan?))",
    "did visit; as of 2026-03-21T05:00Z",
)
SEGMENTS = {f"s{place}": segment_of(text) for place, text in enumerate(TEXTS)}


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    with Log.create(tmp_path / "log", shard_count=2) as log:
        yield log


def members(keeper: AudienceKeeper, segments: dict[str, Segment]) -> dict[str, list[int]]:
    return {each: keeper.members(each).tolist() for each in segments}


def key(log: Log, customer: str) -> int:
    """Return the key of the person that an id belongs to."""
    shards = log.paths().shards
    ids = {each: person for shard in shards for person, each in zip(
        shard.person.tolist(), log.ids_of(shard.person), strict=True
    )}  # fmt: skip
    return ids[customer]


@st.composite
def happenings(draw: st.DrawFn) -> tuple[str, Happened]:
    name = draw(st.sampled_from(
        ("visit", "visit", "cart", "order_placed", "order_returned", "identify", "survey_answered")
    ))  # fmt: skip
    properties: dict[str, object] = {}
    amount, currency = 0, ""
    if name in {"cart", "identify"}:
        properties = draw(st.sampled_from(({}, {"plan": "pro"}, {"plan": "free"}, {"plan": None})))
    elif name.startswith("order"):
        properties = draw(st.sampled_from(({}, {"order_id": "7"}, {"order_id": "8"})))
        amount, currency = (
            draw(st.sampled_from((0, 999, 1000, 2000, 3000))),
            draw(st.sampled_from(("USD", "IRR"))),
        )
    elif name == "survey_answered":
        properties = {"metric": "nps", "question_key": draw(st.sampled_from(("q1", "q2")))}
        properties["value"] = draw(st.sampled_from((3, 6, 9, None)))
    at = DAY + draw(st.integers(0, 15)) * HOUR
    return draw(st.sampled_from("abcdef")), Happened(name, at, properties, amount, currency)


def columns_of(happened: list[tuple[str, Happened]], first: int) -> EventColumns:
    return together(*(
        an_event(
            each.name, each.at, customer=customer, amount=each.amount, currency=each.currency,
            properties=each.properties, event_id=np.uint64([first + place, 9]).tobytes(),
        )
        for place, (customer, each) in enumerate(happened)
    ))  # fmt: skip


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(happenings(), min_size=1, max_size=25), st.integers(0, 20))
def test_members_are_whom_plain_python_finds(tmp_path_factory, happened, hours) -> None:
    now = DAY + hours * HOUR
    with Log.create(tmp_path_factory.mktemp("plain"), shard_count=2) as log:
        write(log, columns_of(happened, 0))
        keeper = AudienceKeeper(tmp_path_factory.mktemp("kept"))
        keeper.catch_up(log, SEGMENTS, now=now)
        for name, segment in SEGMENTS.items():
            expected = {
                customer
                for customer in "abcdef"
                if is_in(
                    segment,
                    sorted((each for who, each in happened if who == customer), key=lambda each: each.at),
                    now,
                )
            }
            assert set(log.ids_of(keeper.members(name))) == expected, TEXTS[int(name[1:])]
            found = [segment.at(segment.now or now).of(shard).person for shard in log.paths().shards]
            assert np.sort(np.concatenate(found)).tolist() == keeper.members(name).tolist()


ACTS = st.one_of(
    st.tuples(st.just("events"), st.lists(happenings(), min_size=1, max_size=5)),
    st.tuples(st.just("compact"), st.booleans()),
    st.tuples(st.just("merge"), st.permutations("abcdef").map(lambda ids: ids[:2])),
    st.tuples(st.just("part"), st.permutations("abcdef").map(lambda ids: ids[:2])),
    st.tuples(st.just("erase"), st.sampled_from("abcdef")),
    st.tuples(st.just("wait"), st.integers(1, 12)),
    st.tuples(st.just("define"), st.integers(0, 19)),
    st.tuples(st.just("look"), st.none()),
)


def act(log: Log, kind: str, what: object, count: int) -> None:
    match kind:
        case "events":
            write(log, columns_of(what, count))
        case "compact":
            log.compact(settle=what)
        case "merge":
            log.identity.merge(*what, "", "sara")
        case "part":
            person = log.identity.person_of(what[0])
            others = [each for each in log.identity.ids_of(person) if each != person]
            if others:
                log.identity.unmerge(person, others[0], "sara")
        case "erase":
            log.compact()
            log.erase(what)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(ACTS, min_size=3, max_size=22), st.booleans())
def test_live_is_exactly_as_computed_anew(tmp_path_factory, acts, by_the_clock) -> None:
    folder = tmp_path_factory.mktemp("live")
    segments = dict(list(SEGMENTS.items())[:15])
    clock = DAY + 3 * HOUR
    with Log.create(folder / "log", shard_count=2) as log:
        keeper = AudienceKeeper(folder / "kept")
        before: dict[str, list[int]] = {}
        for count, (kind, what) in enumerate([*acts, ("look", None)]):
            act(log, kind, what, 100 * count)
            if kind == "wait":
                clock += what * HOUR
            if kind == "define":
                segments.pop(next(iter(segments)))
                segments[f"n{count}"] = SEGMENTS[f"s{what}"]
            if kind not in {"look", "wait", "define"}:
                continue
            now = clock if by_the_clock else None
            if count % 3 == 0:
                keeper = AudienceKeeper(folder / "kept")
            changes = keeper.catch_up(log, segments, now=now)
            anew = AudienceKeeper(folder / f"anew{count}")
            whole = anew.catch_up(log, segments, now=now)
            assert members(keeper, segments) == members(anew, segments)
            assert whole.is_whole
            assert (changes.version, changes.now, changes.customers) == (
                whole.version,
                whole.now,
                whole.customers,
            )
            for each in segments:
                assert keeper.latest(each, limit=3) == anew.latest(each, limit=3)
            check_changes(changes, before, members(keeper, segments))
            before = members(keeper, segments)


def check_changes(changes: AudienceChanges, before: dict[str, list[int]], now: dict[str, list[int]]) -> None:
    assert set(changes.segments) == set(now)
    for each, found in changes.segments.items():
        assert found.size == len(now[each])
        assert found.is_new == (each not in before)
        entered = set() if found.is_new else set(now[each]) - set(before[each])
        left = set() if found.is_new else set(before[each]) - set(now[each])
        assert (set(found.entered.tolist()), set(found.left.tolist())) == (entered, left)


def some(log: Log, *pairs: tuple[str, str], at: int = 0) -> None:
    write(log, together(*(
        an_event(name, DAY + at * HOUR, customer=who, event_id=np.uint64([at, hash((who, name)) % 2**63]).tobytes())
        for who, name in pairs
    )))  # fmt: skip


def test_only_those_whom_something_concerns_are_looked_at(log: Log, tmp_path: Path) -> None:
    """The fewest persons that are gathered is a few thousand: below, nobody is looked at in vain either."""
    some(log, *((f"c{place}", "visit") for place in range(20)))
    log.compact()
    keeper = AudienceKeeper(tmp_path / "kept")
    live = {"lately": segment_of("did visit within last 5h"), "carts": segment_of("did cart")}
    first = keeper.catch_up(log, live)
    assert (first.is_whole, first.looked_at, first.customers) == (True, 20, 20)
    assert first.segments["lately"].size == 20
    assert keeper.catch_up(log, live).looked_at == 0
    some(log, ("c3", "cart"), at=1)
    second = keeper.catch_up(log, live)
    assert (second.is_whole, second.looked_at) == (False, 1)
    assert second.segments["carts"].entered.tolist() == [key(log, "c3")]
    log.compact()
    assert keeper.catch_up(log, live).looked_at == 1  # what came into a part is looked at once more
    some(log, ("c4", "cart"), at=5)
    third = keeper.catch_up(log, live)
    assert third.looked_at == 20  # five hours after their visit nobody visited lately
    assert (third.segments["lately"].size, len(third.segments["lately"].left)) == (0, 20)


def test_a_merge_moves_members_and_an_erasure_takes_them(log: Log, tmp_path: Path) -> None:
    keeper = AudienceKeeper(tmp_path / "kept")
    live = {"both": segment_of("did visit; did cart"), "visits": segment_of("did visit")}
    some(log, ("a", "visit"))
    some(log, ("b", "cart"), at=1)
    log.compact()
    keeper.catch_up(log, live)
    log.identity.merge("a", "b", "", "sara")
    merged = keeper.catch_up(log, live)
    assert (merged.is_whole, merged.customers) == (False, 1)
    assert log.ids_of(keeper.members("both")) == ["a"]
    log.erase("a")
    erased = keeper.catch_up(log, live)
    assert (erased.is_whole, erased.customers, erased.segments["visits"].size) == (True, 0, 0)
    assert len(erased.segments["visits"].left) == 1


def test_what_is_lost_or_damaged_is_made_anew(log: Log, tmp_path: Path) -> None:
    keeper = AudienceKeeper(tmp_path / "kept")
    live = {"visits": segment_of("did visit")}
    some(log, ("a", "visit"))
    keeper.catch_up(log, live)
    file = tmp_path / "kept" / FILE
    for damage in (b"", b"SAFARARR", file.read_bytes()[:-3], b"x" * 4_000):
        file.write_bytes(damage)
        fresh = AudienceKeeper(tmp_path / "kept")
        assert fresh.held() is None
        assert fresh.catch_up(log, live).is_whole
        assert fresh.members("visits").tolist() == [key(log, "a")]
    file.unlink()
    assert AudienceKeeper(tmp_path / "kept").catch_up(log, live).segments["visits"].is_new
    assert AudienceKeeper(tmp_path / "kept").members("unknown").tolist() == []


def test_the_latest_members_come_in_pages(log: Log, tmp_path: Path) -> None:
    keeper = AudienceKeeper(tmp_path / "kept")
    for hour, who in enumerate("abcde"):
        some(log, (who, "visit"), at=hour)
    some(log, ("a", "campaign_sent"), at=9)
    keeper.catch_up(log, {"visits": segment_of("did visit")})
    first = keeper.latest("visits", limit=2)
    rest = keeper.latest("visits", limit=9, after=first[-1])
    assert [log.ids_of(np.array([person], np.uint64))[0] for _, person in first + rest] == list("edcba")


def test_two_hundred_segments_keep_apart(log: Log, tmp_path: Path) -> None:
    keeper = AudienceKeeper(tmp_path / "kept")
    some(log, *((f"c{place}", f"e{place}") for place in range(130)))
    live = {f"s{place}": segment_of(f"did e{place}") for place in range(130)}
    keeper.catch_up(log, live)
    assert all(keeper.members(f"s{place}").tolist() == [key(log, f"c{place}")] for place in (0, 63, 64, 129))
    del live["s5"]
    live["new"] = segment_of("none (did e7)")
    again = keeper.catch_up(log, live)
    assert (again.segments["new"].size, again.segments["new"].is_new, again.segments["s64"].size) == (
        129,
        True,
        1,
    )
