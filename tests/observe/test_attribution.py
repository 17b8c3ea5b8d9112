"""Attribution: by hand, a published example, Shapley by enumeration, a plain reference, coverage by simulation."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import reduce
from itertools import pairwise, permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import an_event, together
from lived_chains import lives
from logs import write
from safar.observe.among import Among, Did, Segment
from safar.observe.attribution import adds_to_attribution, attribution
from safar.observe.attribution_models import removal_effects, shapley_of_rate
from safar.observe.attribution_question import AttributionQuestion, AttributionRefused, Model
from safar.observe.attribution_walk import Credits, TouchWalk, credits_of_shard
from safar.observe.behind import CellRefused, persons_behind
from safar.observe.steps import StepRule
from safar.store.log import Log
from safar.vocabulary.answer import Note
from safar.vocabulary.event import EventColumns
from safar.vocabulary.window import Window

DAY = datetime(2026, 3, 21, tzinfo=UTC)
PAID = StepRule("pay", ("pay",))


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    with Log.create(tmp_path / "log", shard_count=4) as log:
        yield log


def touched(customer: str, touches: str, *, pays: str = "", **worth: object) -> EventColumns:
    """Return touches such as ``mail 0h, ad 24h``, hours after the day began, and a conversion at an hour."""
    events = []
    for touch in touches.split(", ") if touches else []:
        channel, hours = touch.split()
        at = DAY + timedelta(hours=float(hours.rstrip("h")))
        events.append(an_event("visit", at, customer=customer, channel=channel))
    if pays:
        at = DAY + timedelta(hours=float(pays.rstrip("h")))
        events.append(an_event("pay", at, customer=customer, channel="till", **worth))  # type: ignore[arg-type]
    return together(*events)


def conversions(answer, model: Model) -> dict[str | None, float]:
    return {name: credit.conversions for name, credit in answer.of(model).items()}


def test_four_touches_by_hand(log: Log) -> None:
    write(
        log,
        touched("sara", "ad 0h, mail 24h, ad 48h, direct 72h", pays="96h", amount=10_000, currency="USD"),
    )
    question = AttributionQuestion(PAID, half_life=timedelta(days=1))
    answer = attribution(log, question)
    assert conversions(answer, Model.FIRST) == {"ad": 1, "direct": 0, "mail": 0}
    assert conversions(answer, Model.LAST) == {"ad": 0, "direct": 1, "mail": 0}
    assert conversions(answer, Model.LAST_NON_DIRECT) == {"ad": 1, "direct": 0, "mail": 0}
    assert conversions(answer, Model.LINEAR) == {"ad": 0.5, "direct": 0.25, "mail": 0.25}
    assert conversions(answer, Model.POSITION) == pytest.approx({"ad": 0.5, "direct": 0.4, "mail": 0.1})
    # weights of 1/16, 1/8, 1/4, 1/2
    assert conversions(answer, Model.DECAY) == pytest.approx({"ad": 5 / 15, "direct": 8 / 15, "mail": 2 / 15})
    assert conversions(answer, Model.SHAPLEY) == pytest.approx({"ad": 1 / 3, "direct": 1 / 3, "mail": 1 / 3})
    # from an ad half go on to a mail and come back: without mails half convert, without ads or direct visits nobody
    assert conversions(answer, Model.MARKOV) == pytest.approx({"ad": 0.4, "direct": 0.4, "mail": 0.2})
    assert [worth.value for worth in answer.of(Model.DECAY)["mail"].worth] == [pytest.approx(100 * 2 / 15)]
    assert [(each.name, each.touches, each.customers) for each in answer.names] == [
        ("ad", 2, 1),
        ("direct", 1, 1),
        ("mail", 1, 1),
    ]
    assert (answer.conversions, answer.untouched, answer.converters, answer.customers, answer.paths) == (
        1, 0, 1, 1, 1,
    )  # fmt: skip


def test_the_worked_example_of_the_markov_model(log: Log) -> None:
    # S. Bryl' (2016), analyzecore.com, "Marketing Multi-Channel Attribution model with R", part 1.
    write(
        log,
        touched("1", "C1 1h, C2 2h, C3 3h", pays="4h"),
        touched("2", "C1 1h"),
        touched("3", "C2 1h, C3 2h"),
    )
    question = AttributionQuestion(PAID, models=(Model.MARKOV,), value=None)
    walk = TouchWalk.of(log.paths(), question)
    parts = [credits_of_shard(shard, walk) for shard in log.paths().shards]
    edges = reduce(Credits.merged, parts).edges.sum(axis=0)
    assert removal_effects(edges.astype(float)).tolist() == pytest.approx(
        [0.5, 1.0, 1.0, 0.0]
    )  # the till touches nobody
    answer = attribution(log, question)
    assert conversions(answer, Model.MARKOV) == pytest.approx({"C1": 0.2, "C2": 0.4, "C3": 0.4})
    assert (answer.conversions, answer.paths) == (1, 3)


def by_orders(worth: dict[frozenset[int], Fraction], names: int) -> list[Fraction]:
    """Return Shapley values as the mean of what each adds over all orders of coming."""
    found = [Fraction(0)] * names
    orders = list(permutations(range(names)))
    for order in orders:
        there: frozenset[int] = frozenset()
        for name in order:
            found[name] += worth[there | {name}] - worth[there]
            there |= {name}
    return [value / len(orders) for value in found]


def test_shapley_values_by_enumeration_of_three(log: Log) -> None:
    counts = {
        (0,): (7, 2),
        (1,): (5, 1),
        (2,): (4, 0),
        (0, 1): (6, 3),
        (0, 2): (3, 2),
        (1, 2): (2, 1),
        (0, 1, 2): (5, 4),
    }
    events, number = [], 0
    for names, (paths, converting) in counts.items():
        for path in range(paths):
            number += 1
            text = ", ".join(f"{'abc'[name]} {place + 1}h" for place, name in enumerate(names))
            events.append(touched(f"c{number}", text, pays="9h" if path < converting else ""))
    write(log, *events)
    answer = attribution(log, AttributionQuestion(PAID, value=None))
    sets = [frozenset(place for place in range(3) if bits >> place & 1) for bits in range(8)]
    of_rate, of_count = {}, {}
    for some in sets:
        inside = [cell for names, cell in counts.items() if set(names) <= some]
        won, all_ = sum(converting for _, converting in inside), sum(paths for paths, _ in inside)
        of_rate[some], of_count[some] = Fraction(won, all_) if all_ else Fraction(0), Fraction(won)
    told = conversions(answer, Model.SHAPLEY)
    assert [told[name] for name in "abc"] == pytest.approx([float(each) for each in by_orders(of_count, 3)])
    told = conversions(answer, Model.SHAPLEY_RATE)
    whole = of_rate[sets[7]]
    assert [told[name] for name in "abc"] == pytest.approx(
        [float(each / whole * 13) for each in by_orders(of_rate, 3)]
    )
    assert (answer.conversions, answer.paths) == (13, 32)
    assert answer.of(Model.SHAPLEY_RATE)["a"].share is None
    assert Note.of("attribution.no_interval", model="shapley_rate") in answer.notes


def test_sixteen_names_have_values_that_add_up() -> None:
    rng = np.random.default_rng(3)
    paths = rng.integers(1, 9, 1 << 16)
    sets = np.stack([paths, rng.binomial(paths, 0.3)], axis=-1).astype(float)
    sets[0] = 0
    values = shapley_of_rate(sets)
    assert values.sum() == pytest.approx(sets[:, 1].sum() / sets[:, 0].sum())


def test_currencies_stay_apart_and_costs_find_their_touches(log: Log) -> None:
    cost = {"customer": "costs", "amount": 2_000, "currency": "USD"}
    write(
        log,
        touched("a", "ad 1h, mail 2h", pays="3h", amount=5_000, currency="USD"),
        touched("b", "ad 1h", pays="3h", amount=7_000, currency="IRR"),
        touched("c", "ad 1h", pays="3h"),
        touched("d", "", pays="3h", amount=900, currency="USD"),
        an_event("cost_recorded", DAY, properties={"channel": "ad"}, **cost),
        an_event("cost_recorded", DAY + timedelta(hours=5), properties={"channel": "ad"}, **cost),
        an_event("cost_recorded", DAY, properties={"channel": "radio"}, **cost),
    )
    question = AttributionQuestion(PAID, models=(Model.LINEAR,))
    answer = attribution(log, question)
    ad = {worth.currency: worth for worth in answer.of(Model.LINEAR)["ad"].worth}
    assert (ad["USD"].value, ad["USD"].cost, ad["IRR"].value, ad["IRR"].cost) == (25.0, 40.0, 7_000.0, None)
    assert ad["USD"].cost_per_conversion == pytest.approx(40 / 2.5)
    assert ad["USD"].return_on_spend == pytest.approx(25 / 40)
    mail = {worth.currency: worth for worth in answer.of(Model.LINEAR)["mail"].worth}
    assert (mail["USD"].value, mail["USD"].cost, mail["USD"].return_on_spend) == (25.0, None, None)
    assert {note.code: dict(note.facts) for note in answer.notes} == {
        "attribution.untouched": {"count": 1, "customers": 1},
        "attribution.worthless": {"count": 1},
        "attribution.costs_elsewhere": {"count": 1},
    }
    assert answer.table.names[:4] == ["name", "model", "touches", "customers"]
    assert answer.table.column("currency") == ["IRR", "USD", "IRR", "USD"]
    noon = replace(
        question, window=Window(DAY, DAY + timedelta(hours=4)), among=Among(channels=("ad", "till"))
    )
    answer = attribution(log, noon)
    assert [each.cost for each in answer.of(Model.LINEAR)["ad"].worth] == [None, 20.0]
    assert Note.of("attribution.costs_of_everybody") in answer.notes


def test_a_property_names_touches_and_tells_worth(log: Log) -> None:
    def visit(hour: int, **properties: object) -> EventColumns:
        return an_event("visit", DAY + timedelta(hours=hour), properties=properties)

    write(
        log,
        visit(1, utm_source="گوگل"),
        visit(2),
        visit(3, utm_source=""),
        visit(4, utm_source=12),
        an_event("pay", DAY + timedelta(hours=5), properties={"margin": "۲٫۵", "utm_source": "ignored"}),
        an_event("cost_recorded", DAY, amount=300, currency="EUR", properties={"utm_source": "12"}),
    )
    question = AttributionQuestion(PAID, by="utm_source", value="margin", models=(Model.LINEAR,))
    answer = attribution(log, question)
    assert conversions(answer, Model.LINEAR) == {"12": 0.5, "گوگل": 0.5}
    (worth,) = answer.of(Model.LINEAR)["12"].worth
    assert (worth.currency, worth.value, worth.cost) == (None, 1.25, None)
    (worth,) = attribution(log, replace(question, value=None)).of(Model.LINEAR)["12"].worth
    assert (worth.currency, worth.value, worth.cost, worth.cost_per_conversion) == ("EUR", 0.0, 3.0, 6.0)


def test_rules_name_touches(log: Log) -> None:
    write(log, touched("a", "web 1h, app 2h, sms 3h", pays="4h"))
    rules = (StepRule("own", channels=("web", "app")), StepRule("app", channels=("app",)))
    question = AttributionQuestion(PAID, rules, by="@rule", value=None, models=(Model.LINEAR,))
    assert conversions(attribution(log, question), Model.LINEAR) == {"own": 1.0}


def test_the_rarest_names_are_put_together(log: Log) -> None:
    write(log, touched("a", "web 1h, web 2h, app 3h, app 4h, sms 5h, tv 6h", pays="7h"))
    question = AttributionQuestion(PAID, most=2, value=None, models=(Model.LINEAR,))
    answer = attribution(log, question)
    assert conversions(answer, Model.LINEAR) == pytest.approx({"app": 1 / 3, "web": 1 / 3, None: 1 / 3})
    assert answer.notes == (Note.of("attribution.rarest_together", count=2),)


def test_a_touch_goes_on_while_it_is_joined(log: Log) -> None:
    write(log, touched("a", "web 1h, web 1.4h, web 1.8h, app 2h, web 3h", pays="4h"))
    question = AttributionQuestion(PAID, value=None, models=(Model.LINEAR,), joined=timedelta(minutes=24))
    assert conversions(attribution(log, question), Model.LINEAR) == pytest.approx(
        {"app": 1 / 3, "web": 2 / 3}
    )


def test_a_touch_counts_for_as_long_as_the_lookback(log: Log) -> None:
    write(log, touched("a", "ad 0h, mail 1h", pays="3h"))
    question = AttributionQuestion(PAID, value=None, models=(Model.LINEAR,), lookback=timedelta(hours=2))
    answer = attribution(log, question)
    assert conversions(answer, Model.LINEAR) == {"ad": 0.0, "mail": 1.0}
    assert (answer.paths, answer.conversions, answer.untouched) == (2, 1, 0)
    answer = attribution(log, replace(question, lookback=timedelta(hours=1)))
    assert conversions(answer, Model.LINEAR) == {"ad": 0.0, "mail": 0.0}
    assert (answer.paths, answer.conversions, answer.untouched) == (1, 1, 1)
    # the conversion alone is in the window, and its touch counts
    noon = replace(question, window=Window(DAY + timedelta(hours=3), DAY + timedelta(hours=4)))
    assert conversions(attribution(log, noon), Model.LINEAR) == {"mail": 1.0}
    assert attribution(log, replace(noon, window=Window(DAY, DAY + timedelta(hours=3)))).conversions == 0


def test_who_was_touched_lately_may_still_convert(log: Log) -> None:
    write(log, touched("a", "ad 0h"), touched("b", "ad 1h"), touched("c", "ad 1h", pays="3h"))
    question = AttributionQuestion(PAID, value=None, models=(Model.LINEAR,), lookback=timedelta(hours=2))
    assert attribution(log, question).notes == (Note.of("attribution.open", count=1),)


def test_who_is_behind_a_number(log: Log) -> None:
    write(
        log,
        touched("a", "ad 1h, mail 2h", pays="3h"),
        touched("b", "mail 1h, ad 2h", pays="3h"),
        touched("c", "ad 1h"),
        touched("d", "", pays="3h"),
    )
    question = AttributionQuestion(PAID, value=None, models=(Model.MARKOV,))
    paths = log.paths()

    def behind(**cell: str | None) -> list[str]:
        found = persons_behind(paths.shards, adds_to_attribution(paths, question, cell))
        return sorted(log.ids_of(found.persons))

    assert behind(name="ad") == ["a", "b", "c"]
    assert behind(name="ad", model="last") == ["b"]
    assert behind(name="ad", model="markov") == ["a", "b"]
    assert behind(number="untouched") == ["d"]
    assert behind(number="conversions") == ["a", "b", "d"]
    for cell in ({"name": "tv"}, {"name": "ad", "model": "best"}, {"number": "sum"}):
        with pytest.raises(CellRefused):
            adds_to_attribution(paths, question, cell)


@pytest.mark.parametrize(
    "changes",
    [
        {"models": ()},
        {"models": (Model.FIRST, Model.FIRST)},
        {"by": " "},
        {"by": "@rule"},
        {"most": 0},
        {"most": 17},
        {"most": 201, "models": (Model.FIRST,)},
        {"lookback": timedelta(0)},
        {"half_life": timedelta(0)},
        {"joined": timedelta(seconds=-1)},
        {"to_first": 0.0},
        {"to_first": 0.7, "to_last": 0.4},
        {"value": ""},
        {"seed": -1},
    ],
)
def test_what_makes_no_sense_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(AttributionRefused):
        AttributionQuestion(PAID, **changes)  # type: ignore[arg-type]


def test_an_empty_log_gives_nobody_credit(log: Log) -> None:
    answer = attribution(log, AttributionQuestion(PAID))
    assert (answer.names, answer.credits, answer.conversions, len(answer.table)) == ((), (), 0, 0)


def test_a_half_life_may_be_far_shorter_than_the_lookback(log: Log) -> None:
    write(log, touched("a", "ad 1h, mail 2h", pays="700h"))
    question = AttributionQuestion(PAID, value=None, half_life=timedelta(seconds=1), models=(Model.DECAY,))
    assert conversions(attribution(log, question), Model.DECAY) == pytest.approx({"ad": 0.0, "mail": 1.0})


@dataclass(frozen=True)
class Touched:
    """Events in order of arrival: customer, what, channel, hour; and how they are cut into files."""

    events: tuple[tuple[int, str, str, int], ...]
    span: tuple[int, int]
    lookback: int
    joined: int | None
    cuts: frozenset[int]
    shards: int

    @property
    def is_ever(self) -> bool:
        """Whether the window holds every event."""
        return self.span == (0, 100)

    def question(self) -> AttributionQuestion:
        since, until = self.span
        window = Window(DAY + timedelta(hours=since), DAY + timedelta(hours=until))
        models = tuple(Model)
        if self.is_ever:  # the same answer, by another walk
            window, models = None, tuple(model for model in Model if model is not Model.SHAPLEY_RATE)
        joined = None if self.joined is None else timedelta(hours=self.joined)
        return AttributionQuestion(
            PAID, lookback=timedelta(hours=self.lookback), half_life=timedelta(hours=5), joined=joined, window=window,
            models=models,
        )  # fmt: skip

    def log(self, folder: Path) -> Log:
        log = Log.create(folder, shard_count=self.shards)
        edges = [0, *sorted(cut for cut in self.cuts if cut < len(self.events)), len(self.events)]
        for first, end in pairwise(edges):
            batch = [
                an_event(
                    what,
                    DAY + timedelta(hours=hour),
                    customer=f"c{customer}",
                    channel=channel,
                    amount=100 * (hour + 1) if what == "pay" else 0,
                    currency=("USD", "EUR", "")[hour % 3] if what == "pay" else "",
                    event_id=np.uint64([place, 7]).tobytes(),
                )
                for place, (customer, what, channel, hour) in enumerate(self.events[first:end], start=first)
            ]
            if batch:
                write(log, together(*batch))
            if end != len(self.events):
                log.compact()
        return log

    def paths(self) -> Iterator[tuple[int, int | None, list[tuple[str, int]]]]:
        """Yield customer, hour of conversion (None: lost) and touches of every path that counts."""
        since, until = self.span
        by_customer = defaultdict(list)
        for customer, what, channel, hour in self.events:
            if since - self.lookback <= hour < until:
                by_customer[customer].append((hour, what, channel))
        for customer, events in by_customer.items():
            waiting: list[tuple[str, int]] = []
            for hour, what, channel in [*sorted(events, key=lambda event: event[0]), (None, "end", "")]:
                if what == "visit":
                    assert hour is not None
                    if waiting and self.joined is not None:
                        name, before = waiting[-1]
                        if name == channel and hour - before <= self.joined:
                            waiting.pop()
                    waiting.append((channel, hour))
                    continue
                mine = [touch for touch in waiting if hour is not None and hour - touch[1] <= self.lookback]
                lost = waiting[: len(waiting) - len(mine)]
                if lost and lost[-1][1] >= since:
                    yield customer, None, lost
                if hour is not None and hour >= since:
                    yield customer, hour, mine
                waiting = []


def logs_of_touches() -> st.SearchStrategy[Touched]:
    what, channel = (
        st.sampled_from(["visit", "visit", "visit", "pay"]),
        st.sampled_from(["ad", "direct", "نامه"]),
    )
    event = st.tuples(st.integers(0, 2), what, channel, st.integers(0, 30))
    return st.builds(
        Touched,
        events=st.lists(event, max_size=50).map(tuple),
        span=st.sampled_from([(0, 100), (8, 22)]),
        lookback=st.sampled_from([3, 10, 100]),
        joined=st.sampled_from([None, 0, 2]),
        cuts=st.frozensets(st.integers(0, 50), max_size=2),
        shards=st.sampled_from([1, 8]),
    )


def weights(touches: Sequence[tuple[str, int]], hour: int, model: Model) -> list[float]:
    """Return the share of each touch, as the words of each model say."""
    count = len(touches)
    places = range(count)
    if model is Model.FIRST:
        return [float(place == 0) for place in places]
    if model is Model.LAST:
        return [float(place == count - 1) for place in places]
    if model is Model.LAST_NON_DIRECT:
        others = [place for place in places if touches[place][0] != "direct"] or [count - 1]
        return [float(place == others[-1]) for place in places]
    if model is Model.LINEAR:
        return [1 / count] * count
    if model is Model.POSITION:
        if count <= 2:
            return [1 / count] * count
        return [0.4, *[0.2 / (count - 2)] * (count - 2), 0.4]
    if model is Model.DECAY:
        halved = [0.5 ** ((hour - at) / 5) for _, at in touches]
        return [each / sum(halved) for each in halved]
    distinct = Counter(name for name, _ in touches)
    return [1 / len(distinct) / distinct[name] for name, _ in touches]


def walks_through(edges: Counter[tuple[str, str]], without: str | None) -> float:
    """Return the chance to convert, by going on and on until nothing moves; who comes to ``without`` is lost."""
    names = {name for edge in edges for name in edge} - {"start", "won", "lost"}
    leaving = Counter[str]()
    for (source, _), count in edges.items():
        leaving[source] += count
    chance = dict.fromkeys(names, 0.0)
    for _ in range(3_000):
        chance = {
            name: sum(
                count
                / leaving[name]
                * (1.0 if target == "won" else 0.0 if target == "lost" else chance[target])
                for (source, target), count in edges.items()
                if source == name
            )
            if name != without
            else 0.0
            for name in names
        }
    return sum(
        count / leaving["start"] * chance[target]
        for (source, target), count in edges.items()
        if source == "start"
    )


@given(lived=logs_of_touches())
def test_as_a_plain_reference_says(tmp_path_factory, lived: Touched) -> None:
    with lived.log(tmp_path_factory.mktemp("touched")) as log:
        answer = attribution(log, lived.question())
        with ThreadPoolExecutor(2) as executor:
            again = attribution(log, lived.question(), executor=executor)
    assert again.names == answer.names
    assert again.credits == answer.credits
    paths = list(lived.paths())
    won = [(hour, touches) for _, hour, touches in paths if hour is not None and touches]
    touches, customers = Counter[str](), defaultdict(set)
    edges: Counter[tuple[str, str]] = Counter()
    for customer, hour, path in paths:
        for name, _ in path:
            touches[name] += 1
            customers[name].add(customer)
        if path:
            edges.update(pairwise(["start", *(name for name, _ in path), "lost" if hour is None else "won"]))
    assert {each.name: (each.touches, each.customers) for each in answer.names} == {
        name: (count, len(customers[name])) for name, count in touches.items()
    }
    every = sum(hour is not None for _, hour, _ in paths)
    assert (answer.conversions, answer.untouched) == (every, every - len(won))
    assert answer.converters == len({customer for customer, hour, _ in paths if hour is not None})
    assert answer.paths == sum(bool(path) for _, _, path in paths)
    for model in (
        Model.FIRST,
        Model.LAST,
        Model.LAST_NON_DIRECT,
        Model.LINEAR,
        Model.POSITION,
        Model.DECAY,
        Model.SHAPLEY,
    ):
        credit, worth = dict.fromkeys(touches, 0.0), defaultdict(float)
        for hour, path in won:
            for (name, _), share in zip(path, weights(path, hour, model), strict=True):
                credit[name] += share
                worth[name, ("USD", "EUR", None)[hour % 3]] += share * (hour + 1)
        assert conversions(answer, model) == pytest.approx(credit)
        told = {
            (name, each.currency): each.value
            for name, credit_ in answer.of(model).items()
            for each in credit_.worth
        }
        assert {key: value for key, value in told.items() if value} == pytest.approx(
            {key: value for key, value in worth.items() if key[1] and value}
        )
    whole = walks_through(edges, None) if edges else 0.0
    effects = {name: 1 - walks_through(edges, name) / whole if whole else 0.0 for name in touches}
    total = sum(effects.values())
    assert conversions(answer, Model.MARKOV) == pytest.approx(
        {name: len(won) * effect / total if total else 0.0 for name, effect in effects.items()}, abs=1e-6
    )


#: From a, b, c and the start to a, b, c, a conversion, nothing.
CHANCES = np.array(
    [
        [0.1, 0.3, 0.1, 0.2, 0.3],
        [0.2, 0.05, 0.25, 0.1, 0.4],
        [0.1, 0.1, 0.1, 0.15, 0.55],
        [0.5, 0.3, 0.2, 0, 0],
    ]
)


def test_removal_effects_of_a_known_chain() -> None:
    found = attribution(
        lives(np.random.default_rng(1), CHANCES, 400_000),
        AttributionQuestion(PAID, value=None, models=(Model.MARKOV,)),
    )
    effects = []
    inner = np.eye(3) - CHANCES[:3, :3]
    whole = CHANCES[3, :3] @ np.linalg.solve(inner, CHANCES[:3, 3])
    for name in range(3):
        kept = [place for place in range(3) if place != name]
        less = np.linalg.solve(inner[np.ix_(kept, kept)], CHANCES[kept, 3])
        effects.append(1 - CHANCES[3, kept] @ less / whole)
    truth = dict(zip("abc", np.array(effects) / sum(effects), strict=True))
    for name, credit in found.of(Model.MARKOV).items():
        assert credit.share is not None
        assert math.isclose(credit.share.value, truth[str(name)], abs_tol=0.004)


def test_intervals_cover_at_their_level() -> None:
    """Customers who lean to convert and come up to four times: 1,000 samples of 600 of them."""
    rng = np.random.default_rng(7)
    models = tuple(model for model in Model if model is not Model.SHAPLEY_RATE)
    question = AttributionQuestion(PAID, value=None, models=models)

    def shares(found) -> dict[tuple[Model, str | None], object]:
        return {(credit.model, credit.name): credit.share for credit in attribution(found, question).credits}

    truth = {
        key: share.value
        for key, share in shares(lives(rng, CHANCES, 1_000_000, paths=4, leaning=0.5)).items()
    }
    everybody = lives(rng, CHANCES, 600_000, paths=4, leaning=0.5)
    hits = Counter[Model]()
    for sample in range(1_000):
        for (model, name), share in shares(everybody.some(sample * 600, sample * 600 + 600)).items():
            hits[model] += truth[model, name] in share.interval
    assert {model: hits[model] / 3_000 for model in models} == pytest.approx(
        dict.fromkeys(models, 0.95), abs=0.015
    )


def test_a_segment_and_a_filter_choose(log: Log) -> None:
    write(log, touched("a", "ad 1h, mail 2h", pays="3h"), touched("b", "ad 1h", pays="3h"))
    mailed = Among(segment=Segment("mailed", (Did(StepRule("mail", channels=("mail",))),)))
    question = AttributionQuestion(PAID, value=None, models=(Model.LINEAR,), among=mailed)
    assert conversions(attribution(log, question), Model.LINEAR) == {"ad": 0.5, "mail": 0.5}
    ads = replace(question, among=Among(channels=("ad", "till")))
    assert conversions(attribution(log, ads), Model.LINEAR) == {"ad": 2.0}
