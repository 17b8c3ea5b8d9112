"""Time series: by hand, against a plain reference, across calendars, currencies and currents of the same season."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import a_path, an_event, together
from logs import write
from safar.observe.among import Among, Did, Segment
from safar.observe.behind import CellRefused, persons_behind
from safar.observe.lines import Breakdown, BreakdownRefused, By, LineName
from safar.observe.measures import Measure, Metric, SeriesRefused
from safar.observe.question_json import read, told
from safar.observe.series import Line, SeriesAnswer, SeriesQuestion, adds_to_point, series
from safar.observe.series_time import Beside
from safar.observe.steps import StepRule
from safar.store.log import Log
from safar.vocabulary.answer import Note
from safar.vocabulary.interval import mean, share
from safar.vocabulary.interval_by_customer import rate_of_count, ratio_of_counts, sum_by_customer
from safar.vocabulary.periods import Periodic
from safar.vocabulary.window import InstantOutOfRange, Window

DAY = datetime(2026, 3, 21, tzinfo=UTC)
VISIT, PAY = StepRule("visit", ("visit",)), StepRule("pay", ("pay",))
THREE = Window(DAY, DAY + timedelta(days=3))


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    with Log.create(tmp_path / "log", shard_count=4) as log:
        yield log


@pytest.fixture
def shop(log: Log) -> Log:
    """Three customers over three days; one event a week before and one after, so that the days are whole."""
    write(
        log,
        a_path("noise 00:00", customer="z", on="2026-03-14"),
        a_path("visit 09:00 > pay 09:20 250000 IRR > visit 1d 09:00 > pay 2d 10:00 500 USD", customer="a"),
        a_path("visit 10:00 > visit 10:02 > visit 2d 10:12", customer="b", channel="app"),
        a_path("visit 1d 11:00 > pay 1d 11:01 100 IRR", customer="c", channel="app"),
        a_path("noise 00:00", customer="z", on="2026-03-24"),
    )
    return log


def numbers(line: Line) -> list[float | None]:
    return [None if point.value is None else point.value.value for point in line.points]


def lines(answer: SeriesAnswer) -> dict[str, list[float | None]]:
    return {
        ("total" if line.name.is_total else "rest" if line.name.is_rest else line.name.name)
        + line.name.currency: numbers(line)
        for line in answer.lines
    }


def asked(measure: Measure, rule: StepRule | None = None, **more) -> Metric:
    return Metric(measure, rule, **more)


def test_every_measure_by_hand(shop: Log) -> None:
    def of(metric: Metric) -> tuple[dict[str, list[float | None]], list[float | None]]:
        answer = series(shop, SeriesQuestion(THREE, metric))
        return lines(answer), [line.total and line.total.value for line in answer.lines]

    assert of(asked(Measure.EVENTS)) == ({"total": [4, 3, 2]}, [9])
    assert of(asked(Measure.CUSTOMERS)) == ({"total": [2, 2, 2]}, [3])
    assert of(asked(Measure.CUSTOMERS, PAY)) == ({"total": [1, 1, 1]}, [2])
    assert of(asked(Measure.NEW_CUSTOMERS)) == ({"total": [2, 1, 0]}, [3])
    assert of(asked(Measure.NEW_CUSTOMERS, PAY)) == ({"total": [1, 1, 0]}, [2])
    assert of(asked(Measure.CONVERSION, VISIT, also=PAY)) == ({"total": [0.5, 0.5, 0.0]}, [2 / 3])
    assert of(asked(Measure.EVENTS_PER_CUSTOMER, VISIT)) == ({"total": [1.5, 1.0, None]}, [2.0])
    assert of(asked(Measure.SESSIONS, pause=timedelta(minutes=15))) == ({"total": [3, 2, 2]}, [7])
    assert of(asked(Measure.SUM, PAY, of="@amount")) == (
        {"totalIRR": [250_000, 100, 0], "totalUSD": [0, 0, 5]},
        [250_100, 5],
    )


def test_intervals_are_those_of_the_vocabulary(shop: Log) -> None:
    def first(metric: Metric, place: int = 0):
        return series(shop, SeriesQuestion(THREE, metric)).lines[-1].points[place].value

    # a has 2 events on the first day, b 2: squares 8; a 1, c 2 on the second; a 1, b 1 on the third: 15 of 9 events
    assert first(asked(Measure.EVENTS)) == rate_of_count(4, clustering=15 / 9)
    assert first(asked(Measure.CUSTOMERS)) == rate_of_count(2)
    assert first(asked(Measure.CONVERSION, VISIT, also=PAY)) == share(1, 2)
    assert first(asked(Measure.EVENTS_PER_CUSTOMER, VISIT)) == mean(3, 5, 2)
    answer = series(shop, SeriesQuestion(THREE, asked(Measure.MEAN, of="@amount")))
    assert [line.total for line in answer.lines] == [mean(250_100, 250_000**2 + 100**2, 2), None]
    total = series(shop, SeriesQuestion(THREE, asked(Measure.SUM, of="@amount"))).lines[0].total
    assert total == sum_by_customer(250_100, 2, squares=250_000**2 + 100**2)


def test_of_a_large_log_clustering_is_measured_on_some_customers(
    shop: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("safar.observe.series.MOST_ROWS", 4)  # of eleven events: every second customer
    answer = series(shop, SeriesQuestion(THREE, breakdown=Breakdown(By.CHANNEL)))
    assert lines(answer)["total"] == [4, 3, 2]
    assert Note.of("series.clustering_sampled", every=2) in answer.notes


def test_lines_the_largest_first_and_the_others_together(shop: Log) -> None:
    by_channel = series(shop, SeriesQuestion(THREE, breakdown=Breakdown(By.CHANNEL)))
    assert [(line.name.name, numbers(line)) for line in by_channel.lines] == [
        ("app", [2, 2, 1]),
        ("web", [2, 1, 1]),
        ("", [4, 3, 2]),
    ]
    by_event = series(shop, SeriesQuestion(THREE, breakdown=Breakdown(By.EVENT, most=1)))
    assert lines(by_event) == {"visit": [3, 2, 1], "rest": [1, 1, 1], "total": [4, 3, 2]}
    segments = (
        Segment("payers", (Did(PAY),)),
        Segment("no payers", (Did(PAY, 0, 0),)),
        Segment("nobody", (Did(VISIT, 9),)),
    )
    by_segment = SeriesQuestion(
        THREE, asked(Measure.CUSTOMERS), breakdown=Breakdown(By.SEGMENT, segments=segments)
    )
    assert lines(series(shop, by_segment)) == {
        "payers": [1, 2, 1],
        "no payers": [1, 0, 1],
        "nobody": [0, 0, 0],
        "total": [2, 2, 2],
    }


def test_amounts_by_channel_never_mix_currencies(shop: Log) -> None:
    question = SeriesQuestion(THREE, asked(Measure.SUM, of="@amount"), breakdown=Breakdown(By.CHANNEL))
    assert lines(series(shop, question)) == {
        "webIRR": [250_000, 0, 0],
        "appIRR": [0, 100, 0],
        "webUSD": [0, 0, 5],
        "totalIRR": [250_000, 100, 0],
        "totalUSD": [0, 0, 5],
    }


def test_a_property_with_none_and_with_numbers(log: Log) -> None:
    write(
        log,
        together(
            an_event("pay", DAY, customer="a", properties={"plan": "pro", "items": 3}),
            an_event("pay", DAY, customer="b", properties={"plan": "pro", "items": "۴"}),
            an_event("pay", DAY, customer="c", properties={"items": "many"}),
            an_event("pay", DAY, customer="d", properties={"plan": None, "items": 8}),
        ),
    )
    window = Window(DAY, DAY + timedelta(days=1))
    question = SeriesQuestion(window, breakdown=Breakdown(By.PROPERTY, of="plan"))
    assert lines(series(log, question)) == {"": [2], "pro": [2], "total": [4]}
    answer = series(log, SeriesQuestion(window, asked(Measure.MEAN, of="items")))
    assert numbers(answer.lines[0]) == [5.0]
    assert answer.lines[0].points[0].value.n == 3


def test_beside_the_period_before(shop: Log) -> None:
    window = Window(DAY + timedelta(days=1), DAY + timedelta(days=3))
    answer = series(shop, SeriesQuestion(window, asked(Measure.CUSTOMERS), beside=Beside.PREVIOUS))
    (line,) = answer.lines
    assert [point.compared.start for point in line.points] == [DAY - timedelta(days=1), DAY]
    assert [point.before.value for point in line.points] == [0, 2]
    assert line.points[0].change is None  # there was nobody
    assert line.points[1].change == ratio_of_counts(2, 2)
    assert (line.total.value, line.total_before.value) == (3, 2)
    # the week before the first event of the log is no basis
    early = Window(DAY - timedelta(days=7), DAY)
    (line,) = series(shop, SeriesQuestion(early, beside=Beside.PREVIOUS)).lines
    assert all(point.before is None and point.change is None for point in line.points)
    assert line.total_before is None


def test_a_period_that_goes_on_is_compared_with_as_much_of_the_other(log: Log) -> None:
    write(
        log,
        a_path("a 00:00", on="2026-02-01"),
        a_path("visit 06:00 > visit 18:00", on="2026-03-20"),
        a_path("visit 06:00 > visit 11:00", on="2026-03-21"),
    )
    window = Window(DAY, DAY + timedelta(hours=12))
    (line,) = series(log, SeriesQuestion(window, beside=Beside.PREVIOUS)).lines
    (point,) = line.points
    assert (point.is_whole, point.value.value, point.before.value) == (False, 2, 1)
    assert point.compared == Window(
        DAY - timedelta(days=1), DAY - timedelta(hours=13) + timedelta(microseconds=1)
    )


def test_nowruz_beside_nowruz(log: Log) -> None:
    nowruz_1405 = datetime(2026, 3, 21, tzinfo=UTC)
    nowruz_1404 = datetime(2025, 3, 21, tzinfo=UTC)
    write(
        log,
        an_event("order", datetime(2024, 1, 1, tzinfo=UTC), customer="x"),
        *(
            an_event("order", start + timedelta(days=day, hours=12), customer=f"{start.year}-{day}-{number}")
            for start, each in ((nowruz_1404, 2), (nowruz_1405, 3))
            for day in (-1, 0)
            for number in range(each * (day + 2))
        ),
        an_event("order", datetime(2026, 5, 1, tzinfo=UTC), customer="x"),
    )
    window = Window(nowruz_1405 - timedelta(days=1), nowruz_1405 + timedelta(days=1))
    question = SeriesQuestion(window, beside=Beside.SEASON, season="jalali")
    (line,) = series(log, question).lines
    assert numbers(line) == [3, 6]
    # 29 Esfand 1404 stands beside 29 Esfand 1403, which was followed by the 30th
    assert [point.compared.start.date().isoformat() for point in line.points] == ["2025-03-19", "2025-03-21"]
    assert [point.before.value for point in line.points] == [0, 4]
    (plain,) = series(log, SeriesQuestion(window, beside=Beside.SEASON)).lines
    assert [point.before.value for point in plain.points] == [2, 4]


def test_periods_that_are_not_whole_are_marked(shop: Log) -> None:
    window = Window(DAY - timedelta(days=8), DAY + timedelta(days=4))
    (line,) = series(shop, SeriesQuestion(window)).lines
    assert [point.is_whole for point in line.points] == [False, *[True] * 10, False]
    (line,) = series(shop, SeriesQuestion(Window(DAY + timedelta(hours=10), DAY + timedelta(days=1)))).lines
    assert (line.points[0].is_whole, numbers(line)) == (False, [2])


def test_what_is_out_of_the_ordinary_is_marked(log: Log, rng: np.random.Generator) -> None:
    days = [int(count) for count in rng.poisson(40, 40)]
    days[30] = 90
    write(
        log,
        together(
            *(
                an_event("visit", DAY + timedelta(days=day, minutes=number), customer=f"{day}-{number}")
                for day, count in enumerate(days)
                for number in range(count)
            )
        ),
    )
    window = Window(DAY + timedelta(days=20), DAY + timedelta(days=40))
    answer = series(log, SeriesQuestion(window))
    (line,) = answer.lines
    assert [place for place, point in enumerate(line.points) if point.is_anomaly] == [10]
    assert all(point.expected is not None for point in line.points[:-1])
    assert line.points[10].value.value > line.points[10].expected.interval.high
    assert answer.notes == ()
    assert series(log, SeriesQuestion(Window(DAY, DAY + timedelta(days=5)))).notes == (Note("series.short"),)


def test_the_customers_behind_a_point(shop: Log) -> None:
    shop.compact()
    paths = shop.paths()

    def behind(question: SeriesQuestion, cell) -> list[str]:
        found = persons_behind(paths.shards, adds_to_point(paths, question, cell))
        return sorted(shop.ids_of(found.persons))

    day = 86_400_000_000
    start = int(DAY.timestamp()) * 1_000_000
    question = SeriesQuestion(THREE, breakdown=Breakdown(By.CHANNEL))
    assert behind(question, {"line": "app", "start": start}) == ["b"]
    assert behind(question, {"line": "app", "start": start + day}) == ["c"]
    assert behind(question, {"start": start + 2 * day}) == ["a", "b"]
    assert behind(question, {}) == ["a", "b", "c"]
    both = SeriesQuestion(THREE, asked(Measure.CONVERSION, VISIT, also=PAY))
    assert behind(both, {"start": start}) == ["a", "b"]
    assert behind(both, {"start": start, "also": 1}) == ["a"]
    new = SeriesQuestion(THREE, asked(Measure.NEW_CUSTOMERS, PAY))
    assert behind(new, {"start": start + 2 * day}) == []
    paid = SeriesQuestion(THREE, asked(Measure.SUM, of="@amount"))
    assert behind(paid, {"is_total": 1, "currency": "USD"}) == ["a"]
    for cell in ({"line": "fax", "start": start}, {"start": start + 1}, {"is_total": 1, "currency": "EUR"}):
        with pytest.raises(CellRefused):
            behind(question, cell)


def test_an_empty_log_has_a_line_of_nothing(log: Log) -> None:
    answer = series(log, SeriesQuestion(THREE, breakdown=Breakdown(By.CHANNEL)))
    assert [(line.name, numbers(line)) for line in answer.lines] == [(LineName(is_total=True), [0, 0, 0])]
    assert len(answer.table) == 3


def test_what_makes_no_sense_is_refused() -> None:
    for wrong in (
        lambda: Metric(Measure.CONVERSION, VISIT),
        lambda: Metric(Measure.EVENTS, also=PAY),
        lambda: Metric(Measure.SUM),
        lambda: Metric(Measure.CUSTOMERS, of="plan"),
        lambda: Metric(Measure.SESSIONS),
        lambda: SeriesQuestion(Window(DAY, DAY)),
    ):
        with pytest.raises(SeriesRefused):
            wrong()
    for by, more in (
        (By.PROPERTY, {}),
        (By.CHANNEL, {"of": "plan"}),
        (By.SEGMENT, {}),
        (By.CHANNEL, {"most": 0}),
        (By.SEGMENT, {"segments": (Segment("x", (Did(PAY),)),) * 2}),
    ):
        with pytest.raises(BreakdownRefused):
            Breakdown(by, **more)


def test_years_that_cannot_be_named_are_refused(log: Log) -> None:
    for_ever = Window(datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC))
    with pytest.raises(InstantOutOfRange):
        series(log, SeriesQuestion(for_ever, periodic=Periodic("year"), beside=Beside.NOTHING))


def test_a_question_goes_through_json() -> None:
    question = SeriesQuestion(
        THREE,
        Metric(Measure.SESSIONS, VISIT, pause=timedelta(minutes=30)),
        Periodic("week", "jalali", "saturday", "Asia/Tehran"),
        breakdown=Breakdown(By.PROPERTY, of="plan", most=3),
        beside=Beside.SEASON,
        season="hijri",
    )
    assert read(told(question)) == question


@dataclass(frozen=True)
class Lived:
    """Events in order of arrival: customer, name, hour since the first day, channel, plan, amount."""

    events: tuple[tuple[int, str, int, str, str, int], ...]
    shards: int
    cut: int

    def log(self, folder: Path) -> Log:
        log = Log.create(folder, shard_count=self.shards)
        for place, batch in enumerate((self.events[: self.cut], self.events[self.cut :])):
            events = [
                an_event(
                    name,
                    DAY + timedelta(hours=hour),
                    customer=f"c{customer}",
                    channel=channel,
                    amount=amount,
                    currency="USD" if amount else "",
                    properties={"plan": plan} if plan else None,
                    event_id=np.uint64([place, number]).tobytes(),
                )
                for number, (customer, name, hour, channel, plan, amount) in enumerate(batch)
            ]
            if events:
                write(log, together(*events))
            if not place:
                log.compact()
        return log


LIVES = st.builds(
    Lived,
    events=st.lists(
        st.tuples(
            st.integers(0, 5),
            st.sampled_from(["visit", "pay", "پرداخت"]),
            st.integers(0, 200),
            st.sampled_from(["web", "app", "shop"]),
            st.sampled_from(["", "pro", "ساده"]),
            st.sampled_from([0, 100, 250]),
        ),
        max_size=40,
    ).map(tuple),
    shards=st.sampled_from([1, 8]),
    cut=st.integers(0, 40),
)
WEEK = Window(DAY + timedelta(days=1), DAY + timedelta(days=7, hours=6))


def reference(  # noqa: C901 - all measures in one plain walk
    lived: Lived, metric: Metric, by: str
) -> dict[str, list[float]]:
    """Numbers by line and day, in plain Python: counts, customers and the like as pairs where they are shares."""
    places = {"channel": 3, "event": 1, "plan": 4}
    by_customer = defaultdict(list)
    for event in lived.events:
        by_customer[event[0]].append(event)
    counted: dict[str, dict[int, list]] = defaultdict(lambda: defaultdict(list))
    also: dict[int, set[int]] = defaultdict(set)
    for customer, events in by_customer.items():
        before: int | None = None
        begun = False
        for event in sorted(events, key=lambda event: event[2]):
            hour = event[2]
            inside = 24 <= hour < 7 * 24 + 6
            day = hour // 24
            if metric.also and event[1] in metric.also.event_names and inside:
                also[day].add(customer)
            if metric.rule and event[1] not in metric.rule.event_names:
                continue
            if metric.of and not event[5]:
                continue
            if metric.pause:
                is_start = before is None or timedelta(hours=hour - before) > metric.pause
                before = hour
                if not is_start:
                    continue
            if metric.measure is Measure.NEW_CUSTOMERS:
                if begun:
                    continue
                begun = True
            if inside:
                for line in (str(event[places[by]]), "total"):
                    counted[line][day].append((customer, event[5]))
    found = {}
    for line, days in counted.items():
        told = []
        for day in range(1, 8):
            rows = days.get(day, [])
            people = {customer for customer, _ in rows}
            match metric.measure:
                case Measure.EVENTS | Measure.SESSIONS:
                    told.append(len(rows))
                case Measure.CUSTOMERS | Measure.NEW_CUSTOMERS:
                    told.append(len(people))
                case Measure.SUM:
                    told.append(sum(amount for _, amount in rows) / 100)
                case Measure.CONVERSION:
                    told.append(len(people & also[day]) / len(people) if people else None)
        found[line] = told
    return found


METRICS = (
    Metric(),
    Metric(Measure.EVENTS, PAY),
    Metric(Measure.CUSTOMERS),
    Metric(Measure.CUSTOMERS, VISIT),
    Metric(Measure.NEW_CUSTOMERS, PAY),
    Metric(Measure.SESSIONS, pause=timedelta(hours=5)),
    Metric(Measure.CONVERSION, VISIT, also=PAY),
    Metric(Measure.SUM, of="@amount"),
)
BREAKDOWNS = {
    "channel": Breakdown(By.CHANNEL),
    "event": Breakdown(By.EVENT),
    "plan": Breakdown(By.PROPERTY, of="plan"),
}


@settings(max_examples=60)
@given(lived=LIVES, metric=st.sampled_from(METRICS), by=st.sampled_from(sorted(BREAKDOWNS)))
def test_as_a_plain_reference_says(tmp_path_factory, lived: Lived, metric: Metric, by: str) -> None:
    with lived.log(tmp_path_factory.mktemp("series")) as log:
        question = SeriesQuestion(WEEK, metric, breakdown=BREAKDOWNS[by])
        answer = series(log, question)
        with ThreadPoolExecutor(2) as executor:
            assert series(log, question, executor=executor).lines == answer.lines
    found = {
        "total" if line.name.is_total else line.name.name: numbers(line)
        for line in answer.lines
        if any(number not in {0, None} for number in numbers(line)) or not line.name.is_total
    }
    expected = reference(lived, metric, by)
    assert found == {line: told for line, told in expected.items() if line in found}
    assert {line for line, told in expected.items() if any(told)} <= set(found)


def test_few_lines_and_many_agree(tmp_path: Path, rng: np.random.Generator) -> None:
    plans = [f"p{number}" for number in range(30)]
    drawn = rng.integers(0, 30, 400)
    with Log.create(tmp_path / "log", shard_count=8) as log:
        write(
            log,
            together(
                *(
                    an_event(
                        "pay",
                        DAY + timedelta(minutes=place),
                        customer=f"c{place % 50}",
                        properties={"plan": plans[plan]},
                    )
                    for place, plan in enumerate(drawn.tolist())
                )
            ),
        )
        question = SeriesQuestion(THREE, breakdown=Breakdown(By.PROPERTY, of="plan", most=5))
        answer = series(log, question)
        segment = Among(segment=Segment("c1", (Did(PAY),)))
        assert series(log, SeriesQuestion(THREE, among=segment)).lines[-1].total.value == 400
    sizes = Counter(plans[plan] for plan in drawn.tolist())
    names = [line.name for line in answer.lines]
    assert [name.is_rest for name in names] == [*[False] * 5, True, False]
    totals = [line.total.value for line in answer.lines]
    assert totals[:5] == [count for _, count in sizes.most_common(5)]
    assert all(sizes[line.name.name] == line.total.value for line in answer.lines[:5])
    assert totals[5] == 400 - sum(totals[:5])
    assert all(before >= after for before, after in pairwise(totals[:5]))
