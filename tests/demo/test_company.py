"""The events as they leave the room: shape, order, ids, and what they say about one another."""

import json
import math
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from safar.demo.company import (
    BLOCK,
    NaiveInstant,
    UnknownExperience,
    UnknownSize,
    customer_count,
    fill,
    simulate,
)
from safar.demo.sheet import EVENT_NAMES
from safar.store.log import Log
from safar.vocabulary.event import ANONYMOUS_ID, PREVIOUS_ID, EventColumns
from safar.vocabulary.money import EXPONENTS

from .conftest import UNTIL, UNTIL_US, Told


class Kept:
    """A sink that keeps what it gets."""

    def __init__(self) -> None:
        self.batches: list[EventColumns] = []
        self.synced_after = -1

    def append(self, columns: EventColumns) -> None:
        self.batches.append(columns)

    def sync(self) -> None:
        self.synced_after = len(self.batches)


def same(one: EventColumns, two: EventColumns) -> bool:
    return all(
        np.array_equal(getattr(one, name), getattr(two, name))
        for name in ("event_id", "occurred_at", "received_at", "amount")
    ) and all(
        list(getattr(one, name)) == list(getattr(two, name))
        for name in ("customer_id", "event_name", "channel", "source", "currency", "properties")
    )


def test_the_same_seed_and_end_give_the_same_events() -> None:
    one, two = (next(simulate(300, seed=4, until=UNTIL)) for _ in range(2))
    assert same(one, two)


@pytest.mark.parametrize(
    ("seed", "until"), [(5, UNTIL), (4, UNTIL + timedelta(days=1))], ids=["seed", "until"]
)
def test_another_seed_or_end_gives_others(seed: int, until: datetime) -> None:
    one = next(simulate(300, seed=4, until=UNTIL))
    two = next(simulate(300, seed=seed, until=until))
    shared = {row.tobytes() for row in one.event_id} & {row.tobytes() for row in two.event_id}
    assert not shared
    assert not np.array_equal(one.occurred_at, two.occurred_at)


def test_blocks_share_no_id_and_the_last_may_be_smaller() -> None:
    batches = list(simulate(BLOCK + 100, seed=4, until=UNTIL))
    assert len(batches) == 2
    assert len(batches[1]) < len(batches[0]) / 10
    ids = np.concatenate([batch.event_id for batch in batches])
    assert len(np.unique(ids, axis=0)) == len(ids)
    first, second = (set(batch.customer_id.values) for batch in batches)
    assert not first & second


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("customers", [1, 2])
def test_a_handful_of_customers_is_a_company_too(customers: int, seed: int) -> None:
    (batch,) = simulate(customers, seed=seed, until=UNTIL)
    assert {f"cus-{number:07d}" for number in range(customers)} <= set(batch.customer_id)


def test_sizes_are_named_or_counted() -> None:
    assert (customer_count("small"), customer_count("medium"), customer_count("large")) == (
        2_000,
        50_000,
        1_000_000,
    )
    assert customer_count(17) == 17


@pytest.mark.parametrize("size", ["smal", "", 0, -3, True, 2.5])
def test_other_sizes_are_refused(size: object) -> None:
    with pytest.raises(UnknownSize) as caught:
        simulate(size, until=UNTIL)  # type: ignore[arg-type]
    assert caught.value.context["size"] == str(size)


def test_a_size_misspelt_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownSize, match='"small"'):
        simulate("smal", until=UNTIL)


def test_an_unknown_experience_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownExperience, match="late_delivery"):
        simulate(10, until=UNTIL, without="late_delivry")


def test_an_end_without_a_time_zone_is_refused() -> None:
    with pytest.raises(NaiveInstant):
        simulate(10, until=datetime(2026, 11, 21))  # noqa: DTZ001


def test_without_an_end_the_history_ends_with_yesterday() -> None:
    batch = next(simulate(40, seed=1))
    now = datetime.now(UTC).timestamp() * 1e6
    assert now - 3 * 86_400e6 < int(batch.occurred_at.max()) < now


def test_events_stand_by_person_and_time_inside_the_history(told: Told) -> None:
    batch = told.batch
    assert batch.occurred_at.max() < UNTIL_US
    assert batch.occurred_at.min() > UNTIL_US - 733 * 86_400_000_000
    assert (batch.received_at >= batch.occurred_at).all()
    assert batch.received_at.max() <= UNTIL_US
    # an id's events stand together, in order of time; a person's ids follow one another
    for name in ("cus-0000003", "cus-0000042"):
        rows = np.flatnonzero(told.ids == name)
        assert len(rows) > 3
        assert (np.diff(batch.occurred_at[rows]) >= 0).all()
    assert len(np.unique(batch.event_id, axis=0)) == len(batch)


def test_the_history_reaches_over_its_days(told: Told) -> None:
    days = np.unique(told.batch.occurred_at[told.rows("page")] // 86_400_000_000)
    assert len(days) >= 730


def test_every_property_is_a_json_object(told: Told) -> None:
    assert all(isinstance(json.loads(text), dict) for text in told.batch.properties.values)
    assert set(told.names) == set(EVENT_NAMES)
    assert set(told.batch.source) == {"demo"}


def test_amounts_have_a_currency_and_only_orders_and_returns_have_amounts(told: Told) -> None:
    money = told.rows("order_placed", "order_returned")
    assert (told.batch.amount[money] > 0).all()
    assert set(told.currencies[money]) == {"IRR", "SAR", "AED", "IQD", "KWD", "EGP", "JOD"}
    others = np.ones(len(told.batch), dtype=bool)
    others[money] = False
    assert not told.batch.amount[others].any()
    assert set(told.currencies[others]) == {""}


def test_an_order_adds_up(told: Told) -> None:
    rows = told.rows("order_placed")
    for row, order in zip(rows.tolist(), told.properties(rows), strict=True):
        scale = 10 ** EXPONENTS[told.currencies[row]]
        items = sum(round(item["price"] * scale) * item["quantity"] for item in order["items"])
        paid = items - round(order.get("discount", 0) * scale) + round(order["shipping"] * scale)
        assert paid == told.batch.amount[row]
        assert ("coupon" in order) == ("discount" in order)


def test_rials_get_dearer_and_dirhams_hardly(told: Told) -> None:
    rows = told.rows("order_placed")
    prices: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for row, order in zip(rows.tolist(), told.properties(rows), strict=True):
        age = (UNTIL_US - told.batch.occurred_at[row]) / (365.25 * 86_400e6)
        for item in order["items"]:
            prices.setdefault((told.currencies[row], item["product_id"]), []).append((age, item["price"]))
    slopes: dict[str, list[float]] = {"IRR": [], "AED": []}
    for (currency, _), seen in prices.items():
        ages = np.array([age for age, _ in seen])
        if currency in slopes and len(seen) > 3 and np.ptp(ages) > 0.8:
            slopes[currency].append(-np.polyfit(ages, np.log([price for _, price in seen]), 1)[0])
    assert np.median(slopes["IRR"]) == pytest.approx(math.log(1.38), abs=0.02)
    assert np.median(slopes["AED"]) == pytest.approx(math.log(1.02), abs=0.02)


def test_deliveries_follow_orders_and_tell_the_truth_about_lateness(told: Told) -> None:
    rows = told.rows("order_placed")
    orders = dict(zip((o["order_id"] for o in told.properties(rows)), rows.tolist(), strict=True))
    assert len(orders) == len(rows)
    delivered = told.rows("order_delivered")
    late = 0
    for row, delivery in zip(delivered.tolist(), told.properties(delivered), strict=True):
        at, promised = told.batch.occurred_at[row], datetime.fromisoformat(delivery["promised_at"])
        assert told.batch.occurred_at[orders[delivery["order_id"]]] < at
        after_promise = at > promised.timestamp() * 1e6
        assert after_promise == (delivery["late_days"] > 0)
        late += after_promise
    assert 0.08 < late / len(delivered) < 0.30
    shipped = {each["order_id"] for each in told.of("order_shipped")}
    assert {each["order_id"] for each in told.of("order_delivered")} <= shipped <= set(orders)
    assert {each["order_id"] for each in told.of("order_returned")} < shipped


def test_a_failed_payment_throws_people_back_to_the_cart(told: Told) -> None:
    failed = told.rows("payment_failed")
    after = failed[failed + 1 < len(told.batch)] + 1
    follows = told.names[after[told.ids[after] == told.ids[after - 1]]]
    back = (follows == "cart_viewed").mean()
    # the others gave up, or their next event came from another visit
    assert 0.7 < back < 0.95
    # nobody goes there from the payment otherwise
    started = told.rows("payment_started")
    direct = (told.names[started + 1] == "cart_viewed") & (told.ids[started + 1] == told.ids[started])
    assert direct.mean() < 0.01


def test_conversations_open_before_they_are_answered_and_resolved(told: Told) -> None:
    moments: dict[str, dict[str, int]] = {}
    for name in ("conversation_started", "message_sent", "conversation_resolved"):
        rows = told.rows(name)
        for row, about in zip(rows.tolist(), told.properties(rows), strict=True):
            moments.setdefault(about["conversation_id"], {}).setdefault(
                name, int(told.batch.occurred_at[row])
            )
    complete = [each for each in moments.values() if len(each) == 3]
    assert len(complete) > 300
    for each in complete:
        assert each["conversation_started"] < each["message_sent"] < each["conversation_resolved"]
    handed = {each["conversation_id"] for each in told.of("conversation_handed_over")}
    reopened = {each["conversation_id"] for each in told.of("conversation_reopened")}
    assert handed
    assert reopened
    assert handed | reopened <= set(moments)


def test_every_answer_belongs_to_an_invitation_and_its_scale(told: Told) -> None:
    invited = {(each["survey"], each["invitation_id"]) for each in told.of("survey_sent")}
    assert len(invited) == len(told.rows("survey_sent"))
    scales = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7)}
    answers = told.of("survey_answered")
    assert all((each["survey"], each["invitation_id"]) in invited for each in answers)
    for each in answers:
        if each["metric"] not in scales:
            continue
        assert (each["scale_min"], each["scale_max"]) == scales[each["metric"]]
        assert each["scale_min"] <= each["value"] <= each["scale_max"]
        assert each["direction"] == "higher_is_better"
    asked = [(each["invitation_id"], each["question_key"]) for each in answers]
    assert len(set(asked)) == len(asked)


def test_a_filled_log_knows_every_person_once(tmp_path) -> None:
    log = Log.create(tmp_path / "log", shard_count=2)
    seen: list[tuple[int, int, int]] = []
    with log.writer() as writer:
        events = fill(writer, 400, seed=4, until=UNTIL, progress=lambda *told: seen.append(told))
    assert seen == [(400, 400, events)]
    expected = next(simulate(400, seed=4, until=UNTIL))
    assert events == len(expected)
    log.compact()
    assert log.sql("SELECT count(*), count(DISTINCT event_id) FROM events").rows() == [(events, events)]
    people = log.sql("SELECT count(DISTINCT customer_id) FROM events").rows()[0][0]
    strangers = len(set(expected.customer_id.values[4 * 400 :]))
    assert people == 400 + strangers
    assert any(each.startswith("guest-") for each in expected.customer_id)
    guests = log.sql("SELECT count(*) FROM events WHERE customer_id LIKE 'guest-%'").rows()
    assert guests == [(0,)]


def test_fill_syncs_after_the_last_batch() -> None:
    kept = Kept()
    events = fill(kept, 60, seed=4, until=UNTIL)
    assert kept.synced_after == len(kept.batches) == 1
    assert sum(map(len, kept.batches)) == events


def test_anonymous_ids_come_before_the_customer_says_who_he_is(told: Told) -> None:
    rows = told.rows("identify")
    joined = {}
    for row, traits in zip(rows.tolist(), told.properties(rows), strict=True):
        if ANONYMOUS_ID in traits:
            joined[traits[ANONYMOUS_ID]] = int(told.batch.occurred_at[row])
    known = set(joined)
    anonymous = np.array([each in known for each in told.ids])
    assert anonymous.sum() > 3_000
    for row in np.flatnonzero(anonymous).tolist():
        assert told.batch.occurred_at[row] < joined[told.ids[row]]
    strangers = {each for each in told.ids if each.startswith("anon-")} - known
    assert len(strangers) > 10 * 2_000
    assert {told.properties([row])[0][PREVIOUS_ID][:6] for row in told.rows("alias")} == {"guest-"}
