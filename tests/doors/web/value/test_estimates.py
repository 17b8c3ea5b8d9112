"""Estimates made beforehand: kept from a page or by hand, scored by a saved release or by hand, calibrated."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import pytest

from a_shop import days_ago
from builders import an_event


def text_of(answer) -> str:
    text = html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))
    return " ".join(re.sub("[\u2066-\u2069\u200e\u200f]", "", text).split())


def kept_by(browser, desk, **fields: str) -> str:
    """Keep an estimate by hand and return its address."""
    given = {"name": "Couriers", "metric": "Revenue a year", "value": "100", "low": "80", "high": "120"}
    answer = browser.post(desk("/estimates/new"), {**given, **fields})
    assert answer.status_code == 302, text_of(answer)
    return answer.headers["Location"]


def test_one_is_kept_and_scored_by_hand(let_in, desk, shop) -> None:
    from safar.doors.web.audit.models import Change

    browser = let_in("en", "owner")
    assert "No estimates yet" in text_of(browser.get(desk("/estimates")))
    one = kept_by(browser, desk, due_on=days_ago(1).date().isoformat())
    listed = text_of(browser.get(desk("/estimates")))
    assert "1 can be told by now" in listed
    assert "Due" in listed
    came = {"measured_by": "the ledger", "value": "90", "low": "70", "high": "110"}
    assert browser.post(one, came).status_code == 302
    page = text_of(browser.get(one))
    assert "What came lies inside the interval that was said." in page
    assert "Measured by “the ledger”." in page
    listed = text_of(browser.get(desk("/estimates")))
    assert "Inside the interval" in listed
    assert "1 forecast has an outcome: too few to judge forecasts by." in listed
    assert browser.post(one, came).status_code == 404, "it is scored once"
    assert browser.get(f"{one}/delete").status_code == 404
    actions = list(Change.objects.filter(action__startswith="estimate.").values_list("action", flat=True))
    assert sorted(actions) == ["estimate.kept", "estimate.scored"]


@pytest.mark.parametrize(("name", "told"), [("", "sara@example.com"), ("Sara", "Sara")])
def test_who_has_no_name_is_told_by_the_address(desk, shop, browser, name, told) -> None:
    from safar.doors.web.estimates.queries import estimates_of
    from safar.doors.web.members.services import add_member

    browser.force_login(add_member("sara@example.com", name, "en", shop.workspace_id, "owner"))
    one = kept_by(browser, desk)
    came = {"measured_by": "the ledger", "value": "90", "low": "70", "high": "110"}
    assert browser.post(one, came).status_code == 302
    (facts,) = estimates_of(shop)
    assert (facts.made_by, facts.scored_by) == (told, told)
    assert told in text_of(browser.get(one))


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("122", "outside the interval, but no further than it is uncertain itself"),
        ("60", "Less came than was said, by more than both are uncertain."),
        ("170", "More came than was said, by more than both are uncertain."),
    ],
)
def test_how_near_it_came_is_said(let_in, desk, shop, value, said) -> None:
    browser = let_in("en", "owner")
    one = kept_by(browser, desk)
    ends = {"low": str(int(value) - 15), "high": str(int(value) + 15)}
    assert browser.post(one, {"measured_by": "the ledger", "value": value, **ends}).status_code == 302
    assert said in text_of(browser.get(one))


def test_over_many_it_shows_how_sure_to_be(let_in, desk, shop) -> None:
    browser = let_in("en", "owner")
    for place in range(6):
        one = kept_by(browser, desk, name=f"Change {place}")
        came = {"measured_by": "x", "value": "20", "low": "15", "high": "25"}
        assert browser.post(one, came).status_code == 302
    page = text_of(browser.get(desk("/estimates")))
    assert "Estimates that held 0%" in page
    assert "forecasts are too sure" in page
    assert "Less comes than was forecast, as a rule." in page
    assert "Came of what was said 20%" in page


def test_a_saved_release_measures_it(let_in, desk, shop, tell) -> None:
    from safar.doors.web.audit.actor import SYSTEM
    from safar.doors.web.journeys.services import save

    events = []
    for number in range(40):
        customer, south = f"r{number}", number % 2 == 0
        region = {"region": "south" if south else "north"}
        events.append(an_event("page", days_ago(150), customer=customer, properties=region))
        for week in range(20):
            amount = 1_000_00 * (1 + (number + week) % 3 + int(south and week >= 12))
            events.append(
                an_event(
                    "order_placed", days_ago(140 - 7 * week), customer=customer, amount=amount, currency="USD"
                )
            )
    tell(*events, an_event("page", days_ago(0), customer="r0"))
    day = days_ago(56).date().isoformat()
    query = f"at={day}&got_it=has&who=region+%3D+south"
    saved = save(shop, "release", query, "Couriers in the south", "", by=SYSTEM)
    browser = let_in("en", "owner")
    one = kept_by(browser, desk, currency="USD", value="120000", low="80000", high="160000")
    assert "Couriers in the south: in all, a year" in text_of(browser.get(one))
    assert browser.post(one, {"measure": f"{saved.pk}:year"}).status_code == 302
    page = text_of(browser.get(one))
    # 1,000 dollars a week of each of twenty customers
    assert "Measured by “Couriers in the south”." in page
    assert "What came $1 M 95% interval" in page
    other = kept_by(browser, desk, currency="EUR")
    answer = browser.post(other, {"measure": f"{saved.pk}:year"})
    assert (answer.status_code, "not of one currency" in text_of(answer)) == (422, True)


def test_a_number_of_value_at_risk_is_kept_as_it_is_asked(let_in, desk, shop, buyers) -> None:
    from safar.doors.web.estimates.queries import estimates_of

    browser = let_in("en", "analyst")
    page = browser.get(desk("/value_at_risk?horizon=91")).content.decode()
    href = html.unescape(re.search(r'href="([^"]*estimates/new[^"]*late_delivery[^"]*)"', page)[1])
    shown = text_of(browser.get(href))
    assert "So much it would bring in a year" in shown
    assert (
        browser.post(href, {"name": "Halve late deliveries", "metric": "Revenue a year"}).status_code == 302
    )
    (found,) = estimates_of(shop)
    assert (found.currency, found.question["kind"]) == ("IRR", "value_at_risk")
    assert found.estimate.value in found.estimate.interval
    assert found.log_version
    assert browser.get(desk("/estimates/new?experience=nothing_found")).status_code == 404
    assert (
        "estimates/new" not in let_in("en", "viewer").get(desk("/value_at_risk?horizon=91")).content.decode()
    )


@pytest.fixture
def deliveries(tell) -> None:
    """A hundred and fifty orders 300 days ago, a third of them late: two points less, and half as many come again."""
    events = []
    for number in range(150):
        late, name = number % 3 == 0, f"c{number}"
        money = {"amount": 900_000, "currency": "IRR"}
        scale = {"question_key": "csat_delivery", "metric": "csat", "scale_min": 1, "scale_max": 5}
        order = {"order_id": f"o{number}"}
        events += [
            an_event("order_placed", days_ago(300), customer=name, properties=order, **money),
            an_event(
                "order_delivered", days_ago(297), customer=name, properties={**order, "late_days": int(late)}
            ),
            an_event(
                "survey_answered",
                days_ago(295),
                customer=name,
                properties={**scale, "value": 3 + number % 2 - 2 * late + 1},
            ),
        ]
        if number % (6 if late else 2) == 0:
            events.append(an_event("order_placed", days_ago(250), customer=name, **money))
    tell(*events, an_event("page", days_ago(0), customer="c1"))


def test_what_sliders_say_is_kept_with_one_press(let_in, desk, shop, deliveries, web_home) -> None:
    from safar.doors.web.estimates.queries import estimates_of
    from safar.explain.usual_experiences import usual_steps
    from safar.explain.value_what_if import Left, ValueWhatIfQuestion, value_what_if

    asked = "/value_what_if?left_late_delivery=50&horizon=91"
    page = let_in("en", "analyst").get(desk(asked)).content.decode()
    href = html.unescape(re.search(r'href="([^"]*estimates/new[^"]*)"[^>]*>Keep this estimate<', page)[1])
    assert "estimates/new" not in let_in("en", "viewer").get(desk(asked)).content.decode()
    browser = let_in("en", "analyst")
    assert "estimates/new" not in browser.get(desk("/value_what_if")).content.decode(), "nothing is moved"
    form = re.sub("[\u2066-\u2069]", "", browser.get(href).content.decode())
    assert "Orders within 91 days after each time count." in form
    typed = dict(re.findall(r'name="(name|metric|due_on)"[^>]* value="([^"]*)"', form))
    due = datetime.now(ZoneInfo(shop.time_zone)).date() + timedelta(days=91)
    assert typed == {
        "name": "Late delivery: 50% as often",
        "metric": "Revenue a year",
        "due_on": f"{due:%Y/%m/%d}",
    }
    assert browser.post(href, typed).status_code == 302
    (kept,) = estimates_of(shop)
    assert kept.due_on == due
    log = web_home.log(shop.workspace_id)
    step = replace(usual_steps(log.present().names)["order"], horizon=timedelta(days=91))
    found = value_what_if(log, ValueWhatIfQuestion(step, (Left("late_delivery", 0.5),)))
    assert (kept.estimate, kept.currency) == (found.value_a_year, "IRR")
    assert kept.estimate.value > 0
    assert (kept.question["kind"], kept.question["left"]) == (
        "value_what_if",
        [{"experience": "late_delivery", "part": 0.5}],
    )
    assert kept.log_version == log.version
    for nothing in ("?of=value_what_if", "?of=value_what_if&left_late_delivery=500", "?of=clv"):
        assert browser.get(desk(f"/estimates/new{nothing}")).status_code == 404, nothing


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"value": "130"}, "The number lies within its interval."),
        ({"low": ""}, "This field is required."),
        ({"name": " "}, "This field is required."),
        ({"name": "\u200b\u202e\u200c\u3164"}, "This field is required."),
        ({"metric": "\u2066\u2069\ufeff"}, "This field is required."),
        ({"currency": "XQZ"}, "currency"),
    ],
)
def test_what_is_no_estimate_is_not_kept(let_in, desk, shop, fields, said) -> None:
    from safar.doors.web.estimates.queries import estimates_of

    given = {"name": "Couriers", "metric": "Revenue a year", "value": "100", "low": "80", "high": "120"}
    answer = let_in("en", "owner").post(desk("/estimates/new"), {**given, **fields})
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert estimates_of(shop) == ()


def test_who_only_looks_keeps_nothing_and_other_workspaces_see_nothing(
    let_in, desk, shop, web_home, browser
) -> None:
    from safar.doors.web.members.services import add_member

    one = kept_by(let_in("en", "analyst"), desk)
    looks = let_in("en", "viewer")
    assert looks.get(one).status_code == 200
    assert looks.get(desk("/estimates/new")).status_code == 403
    assert looks.post(one, {"measured_by": "x", "value": "1", "low": "1", "high": "1"}).status_code == 404
    other = web_home.create_workspace("Another")
    browser.force_login(add_member("x@example.com", "X", "en", other.workspace_id, "owner"))
    assert browser.get(one).status_code == 404
    assert browser.get(one.replace(shop.workspace_id, other.workspace_id)).status_code == 404


def test_names_are_seen_and_turn_no_line(let_in, desk, shop) -> None:
    from safar.doors.web.audit.actor import SYSTEM
    from safar.doors.web.estimates.errors import EstimateRefused
    from safar.doors.web.estimates.queries import estimate_of, estimates_of
    from safar.doors.web.estimates.services import keep, score
    from safar.vocabulary.interval import Estimate, Interval

    browser, said = let_in("en", "owner"), Estimate(1.0, Interval(0.0, 2.0), 0)
    one = kept_by(browser, desk, name="پیک\u200cهای \u202eجنوب", metric="\u200fدرآمد")
    (kept,) = estimates_of(shop)
    assert (kept.name, kept.metric) == ("پیک\u200cهای جنوب", "درآمد")
    for wrong in (("\u200b", "a"), ("a", "\u202e\u202c")):
        with pytest.raises(EstimateRefused):
            keep(shop, *wrong, said, by=SYSTEM)
    with pytest.raises(EstimateRefused):
        score(shop, kept.public_id, said, by=SYSTEM, measured_by="\u200b")
    came = {"value": "90", "low": "70", "high": "110"}
    assert browser.post(one, {**came, "measured_by": "\u2067\u200b"}).status_code == 422
    assert browser.post(one, {**came, "measured_by": "the \u202eledger"}).status_code == 302
    assert estimate_of(shop, kept.public_id).outcome_from == "the ledger"


def test_what_a_member_cannot_see_measures_and_names_no_estimate(
    let_in, desk, shop, buyers, web_home
) -> None:
    from safar.doors.web.audit.actor import SYSTEM
    from safar.doors.web.estimates.queries import estimates_of
    from safar.doors.web.journeys.services import save

    other = web_home.create_workspace("Another")
    theirs = save(other, "release", "", "Their couriers", "", by=SYSTEM)
    ours = save(shop, "funnel", "", "Our funnel", "", by=SYSTEM)
    browser = let_in("en", "owner")
    one = kept_by(browser, desk)
    for key in (f"{theirs.pk}:year", f"{theirs.pk}:each", f"{ours.pk}:each", "9" * 30 + ":each", "x"):
        answer = browser.post(one, {"measure": key})
        assert answer.status_code == 422, key
        assert "Their couriers" not in answer.content.decode()
    for query in (
        "experience=returned",  # a usual name, but nobody has sent anything back here
        "experience=Their+couriers&own_name=Their+couriers",
        f"saved={theirs.pk}&experience=Their+couriers",
        f"saved={theirs.pk}&of=value_what_if",
    ):
        assert browser.get(desk(f"/estimates/new?{query}")).status_code == 404, query
        posted = browser.post(desk(f"/estimates/new?{query}"), {"name": "a", "metric": "b"})
        assert posted.status_code == 404, query
    (kept,) = estimates_of(shop)
    assert kept.score is None


def test_an_open_one_can_be_deleted(let_in, desk, shop) -> None:
    browser = let_in("fa", "owner")
    one = kept_by(browser, desk)
    assert browser.get(f"{one}/delete").status_code == 200
    assert browser.post(f"{one}/delete", {}).status_code == 302
    assert browser.get(one).status_code == 404


def test_programs_keep_list_and_score(shop, browser) -> None:
    from safar.doors.web.members.services import add_member
    from safar.doors.web.members.tokens import create_token

    numbers = count()

    def ask_as(role: str, path: str, body: dict[str, object] | None = None):
        member = add_member(f"{role}@example.com", "M", "en", shop.workspace_id, role)
        secret = create_token(
            member, shop.workspace_id, f"program {next(numbers)}", can_write=role != "viewer"
        )[1]
        headers = {"Authorization": f"Bearer {secret}"}
        if body is None:
            return browser.get(f"/api/v1/{path}", headers=headers)
        return browser.post(f"/api/v1/{path}", body, content_type="application/json", headers=headers)

    said = {"name": "Couriers", "metric": "NPS points", "value": 4, "low": 1, "high": 7}
    assert ask_as("viewer", "estimates", said).status_code == 403
    made = ask_as("analyst", "estimates", said)
    assert made.status_code == 201
    one = made.json()["estimate_id"]
    came = {"measured_by": "the wave after", "value": 3, "low": 2, "high": 4}
    other = ask_as("analyst", f"estimates/{one}/outcome", {**came, "currency": "USD"})
    assert other.json()["code"] == "estimates.units_differ"
    assert ask_as("analyst", f"estimates/{one}/outcome", came).json()["score"]["is_inside"] is True
    (listed,) = ask_as("viewer", "estimates").json()["items"]
    assert (listed["estimate"], listed["score"]["error"]) == ({"value": 4.0, "low": 1.0, "high": 7.0}, -1.0)
    assert ask_as("analyst", "estimates/0000").status_code == 404


@pytest.mark.parametrize(
    ("numbers", "status"),
    [
        ({"value": 1e308, "low": -1.7e308, "high": 1.7e308}, 422),
        ({"level": 5e-324}, 422),
        ({"level": 0.9999999999999999}, 422),
        ({"value": 5, "low": 5, "high": 5}, 201),
    ],
)
def test_no_estimate_keeps_the_others_from_being_listed(let_in, desk, shop, numbers, status) -> None:
    from safar.doors.web.members.services import add_member
    from safar.doors.web.members.tokens import create_token

    browser = let_in("en", "owner")
    member = add_member("program@example.com", "M", "en", shop.workspace_id, "analyst")
    headers = {
        "Authorization": f"Bearer {create_token(member, shop.workspace_id, 'program', can_write=True)[1]}"
    }

    def post(path: str, body: dict[str, object]):
        return browser.post(f"/api/v1/{path}", body, content_type="application/json", headers=headers)

    made = post("estimates", {"name": "a", "metric": "b", "value": 1, "low": 0, "high": 2, **numbers})
    assert made.status_code == status
    if status == 201:  # both without an interval, and apart: no count of standard deviations tells how far
        came = {"measured_by": "c", "value": 6, "low": 6, "high": 6}
        scored = post(f"estimates/{made.json()['estimate_id']}/outcome", came).json()["score"]
        assert (scored["error"], scored["z"]) == (1.0, None)
        assert browser.get(desk(f"/estimates/{made.json()['estimate_id']}")).status_code == 200
    assert len(browser.get("/api/v1/estimates", headers=headers).json()["items"]) == (status == 201)
    assert browser.get(desk("/estimates")).status_code == 200
