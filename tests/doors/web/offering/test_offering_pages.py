"""Pages of next best actions: describing, changing, turning, choosing, and what they brought."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta

import pytest

from a_shop import days_ago
from builders import an_event
from safar.act.decisions import Decision, events_of


def text_of(answer) -> str:
    text = html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))
    return " ".join(re.sub("[\u2066-\u2069\u200e\u200f]", "", text).split())


@pytest.fixture
def place(shop):
    return f"/w/{shop.workspace_id}/value/actions"


GIVEN = {
    "name_en": "Call back",
    "key": "call_back",
    "kind": "call",
    "channel": "phone",
    "consent": "phone",
    "at_most": "۲",
    "within_days": "14",
    "since": "2026-03-21",
    "until": "2026-03-31",
}


def test_an_action_is_described_turned_on_changed_and_put_away(shop, let_in, place) -> None:
    from safar.doors.web.offering.queries import action_of, actions_of

    browser = let_in("en", "manager")
    assert "No actions yet" in text_of(browser.get(place))
    answer = browser.post(f"{place}/new", GIVEN)
    assert (answer.status_code, answer["Location"]) == (302, place)
    (made,) = actions_of(shop)
    assert (made.key, made.name, made.kind, made.channel) == (
        "call_back",
        {"en": "Call back"},
        "call",
        "phone",
    )
    assert (made.consent, made.at_most, made.within_days, made.state) == ("phone", 2, 14, "paused")
    # days of Tehran, half-open
    assert made.since == datetime(2026, 3, 20, 20, 30, tzinfo=UTC)
    assert made.until == datetime(2026, 3, 31, 20, 30, tzinfo=UTC)
    page = text_of(browser.get(place))
    assert "Call back Paused" in page
    assert "At most 2 times in 14 days." in page
    assert "Only with consent to “phone”." in page

    assert browser.post(f"{place}/{made.public_id}/turn", {"state": "on"}).status_code == 302
    assert "Call back On" in text_of(browser.get(place))
    form = browser.get(f"{place}/{made.public_id}").content.decode()
    assert 'value="2026-03-31"' in form or "2026" in form
    changed = {**GIVEN, "at_most": "", "name_fa": "\u202eتماس\u200c", "name_ar": "\u200f"}
    changed.pop("key")
    assert browser.post(f"{place}/{made.public_id}", changed).status_code == 302
    now = action_of(shop, made.public_id)
    assert (now.at_most, now.name, now.until) == (None, {"en": "Call back", "fa": "تماس"}, made.until)
    browser.post(f"{place}/{made.public_id}/turn", {"state": "archived"})
    assert actions_of(shop) == ()
    assert "Call back" in text_of(browser.get(f"{place}?archived=1"))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name_en": ""}, "Give the action a name."),
        ({"name_en": "\u200b\u202e"}, "Give the action a name."),
        ({"key": "Call back"}, "Enter a valid value."),
        ({"key": "nothing"}, "An action cannot be like this."),
        ({"until": "2026-03-01"}, "This is before the first day."),
        ({"within_days": "0"}, "The least that fits here is 1."),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_made(shop, let_in, place, wrong, said) -> None:
    from safar.doors.web.offering.queries import actions_of

    answer = let_in("en", "manager").post(f"{place}/new", GIVEN | wrong)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert actions_of(shop) == ()


def test_a_key_stands_once(let_in, place) -> None:
    browser = let_in("en", "manager")
    assert browser.post(f"{place}/new", GIVEN).status_code == 302
    assert browser.post(f"{place}/new", GIVEN).status_code == 422


def test_who_may_not_change_rules_reads(let_in, place) -> None:
    browser = let_in("en", "analyst")
    assert "Describe an action" not in text_of(browser.get(place))
    assert browser.get(f"{place}/new").status_code == 403
    assert browser.post(f"{place}/choosing", {}).status_code == 403


def test_how_is_chosen_is_kept_and_noted(shop, let_in, place) -> None:
    from safar.doors.web.audit.models import Change
    from safar.doors.web.offering.queries import choosing_of

    browser = let_in("en", "manager")
    said = {
        "event": "coupon_redeemed",
        "within_days": "3",
        "counted": "how_many",
        "trying": "20",
        "at_most_in_all": "2",
        "in_all_days": "30",
    }
    assert browser.post(f"{place}/choosing", said).status_code == 302
    kept = choosing_of(shop)
    assert (kept.outcome.event_names, kept.outcome.within_days) == (("coupon_redeemed",), 3)
    assert (kept.outcome.counted, kept.epsilon, kept.at_most_in_all, kept.in_all_days) == (
        "how_many",
        0.2,
        2,
        30,
    )
    assert Change.objects.filter(workspace_id=shop.workspace_id, action="choosing.changed").count() == 1
    assert "Left to trying 20%" in text_of(browser.get(place))


@pytest.fixture
def decided(tell) -> None:
    """Two hundred decisions: a mail brings an order to seven of ten, nothing to three of ten."""
    at = datetime.now(UTC) - timedelta(days=30)
    half = (("mail", 0.5), ("nothing", 0.5))
    made = [Decision(f"c{each}", at, ("mail", "nothing")[each % 2], half) for each in range(200)]
    orders = [
        an_event("order_placed", at + timedelta(days=2), customer=f"c{each}")
        for each in range(200)
        if each // 2 % 10 < (7 if each % 2 == 0 else 3)
    ]
    tell(events_of(made), *orders, an_event("page", days_ago(1), customer="z"))


def test_what_actions_brought_is_told_with_intervals(shop, let_in, decided) -> None:
    page = text_of(let_in("en", "viewer").get(f"/w/{shop.workspace_id}/value/next_best_action"))
    assert "Decisions that count 200 of 200 customers" in page
    assert "mail brings +40.0 points more than doing nothing" in page
    assert "That is an effect." in page
    assert "A decision brought 50.0%" in page
    assert "Doing what was learnt would have brought more than what was done." in page
    assert re.search(r"Nothing 100 200 50.0% 30.0%", page)


def test_before_a_decision_it_says_what_to_do(shop, let_in, a_month) -> None:
    page = text_of(let_in("en", "viewer").get(f"/w/{shop.workspace_id}/value/next_best_action"))
    assert "No decision has had its time yet" in page
    assert "Recommendations Next best action Actions" in page, "the tabs lead to where actions are described"


def test_a_demo_shows_what_was_planted_and_only_once(shop, tell) -> None:
    import numpy as np

    from safar.act.action_values import action_values
    from safar.act.decided_outcomes import Outcome, decided
    from safar.doors.web.homes import current_home
    from safar.doors.web.offering.furnishing import TRUTH, furnish

    rng = np.random.default_rng(5)
    days = rng.integers(2, 200, (900, 3)).tolist()
    tell(
        *[
            an_event("order_placed", days_ago(day), customer=f"c{who}")
            for who, of in enumerate(days)
            for day in of
        ]
    )
    before = current_home().log(shop.workspace_id).sql("select count(*) from events").one()[0]
    made = furnish(shop)
    assert made > 600
    assert furnish(shop) == 0
    log = current_home().log(shop.workspace_id)
    found = decided(log, Outcome())
    assert len(found) == made
    assert log.sql("select count(*) from events where event_name <> 'action_decided'").one()[0] == before
    for each in action_values(found):
        lately, others = TRUTH[each.action]
        assert each.brought.interval.low - 0.05 <= (lately + others) / 2 <= each.brought.interval.high + 0.05
