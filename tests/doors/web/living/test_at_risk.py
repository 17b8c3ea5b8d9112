"""What is at risk stands at the step whose events show it, with the numbers of the library, once they are there."""

from __future__ import annotations

import html
import re
import time
from datetime import UTC, datetime, timedelta

import pytest

from a_shop import days_ago
from builders import an_event
from later import Later
from safar.maps.anatomy import Binding, JourneyMap, Move, Stage, Step

services = Later("safar.doors.web.maps.services")
actors = Later("safar.doors.web.audit.actor")


@pytest.fixture
def naranj(shop, web_home) -> None:
    """The simulated company, some hundred customers."""
    from safar.demo.company import simulate

    with web_home.log(shop.workspace_id).writer() as writer:
        for batch in simulate(700, seed=4, until=datetime(2026, 3, 21, tzinfo=UTC)):
            writer.append(batch)
        writer.sync()


@pytest.fixture
def page(shop, naranj, let_in):
    """Return the words of the sheet of the shipped map."""
    from safar.doors.web.audit.actor import SYSTEM
    from safar.doors.web.maps.services import create
    from safar.maps.templates import template

    map_id = create(shop, template("online_shop"), by=SYSTEM)
    browser = let_in("en", "analyst")

    def page(query: str = "") -> str:
        answer = browser.get(f"/w/{shop.workspace_id}/journeys/maps/{map_id}?period=all{query}")
        assert answer.status_code == 200
        text = html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))
        return " ".join(re.sub("[\u2066-\u2069\u200e\u200f]", "", text).split())

    return page


def test_a_sheet_shows_what_was_found_behind_its_back(page, shop, web_home) -> None:
    from safar.explain.usual_experiences import usual_steps
    from safar.explain.value_at_risk import ValueAtRiskQuestion, value_at_risk
    from safar.show.locale import Locale

    log = web_home.log(shop.workspace_id)
    answers = [
        value_at_risk(log, ValueAtRiskQuestion(at)) for at in usual_steps(log.present().names).values()
    ]
    costly = {
        each.experience: each for answer in answers for each in answer.risks if each.at_risk.value.minor > 0
    }
    payment = costly["payment_error"]  # no other one is shown by the events of its step
    said = " ".join(Locale("en").money(payment.at_risk.value, compact=True).split())
    deadline = time.monotonic() + 60
    while f"At risk {said} Payment failed" not in (found := page()):
        assert time.monotonic() < deadline, found
        time.sleep(0.2)
    assert "an association" in found
    # Who leaves while looking at products bought nothing: their pain is seen, its price is not.
    assert "at risk: unknown" in found
    assert "At risk" not in page("&hide=value")


def test_experiences_stand_where_they_are_shown(web_home) -> None:
    from safar.doors.web.living.at_risk import _step_of
    from safar.explain.usual_experiences import usual_steps
    from safar.observe.rule_text import rule_of

    at = usual_steps(["order_placed", "order_delivered", "conversation_started", "conversation_handed_over"])[
        "order"
    ]
    late, support, handed_over = (
        next(each for each in at.experiences if each.name == name)
        for name in ("late_delivery", "turned_to_support", "handed_over")
    )
    rules = {
        "buy": rule_of("order_placed"),
        "parcel": rule_of("order_delivered"),
        "help": rule_of("conversation_started"),
    }
    assert [_step_of(each, at.step, rules) for each in (late, support, handed_over)] == [
        "parcel",
        "help",
        "help",
    ]
    assert _step_of(late, at.step, {"buy": rule_of("order_placed")}) == "buy"
    assert _step_of(late, at.step, {"look": rule_of("page")}) == ""


def test_a_pain_of_behaviour_alone_says_why_it_has_no_price(shop, tell, let_in) -> None:
    # Of forty who look thirty leave; nobody in this shop ever orders, so nothing can be reckoned.
    for number in range(40):
        walk = ("look", "cart", "pay") if number < 10 else ("look",)
        for hour, name in enumerate(walk):
            tell(an_event(name, days_ago(30) + timedelta(hours=hour), customer=f"c{number}"))
    tell(an_event("newsletter_opened", days_ago(1), customer="c0"))  # walks of a month ago are over
    steps = tuple(
        Step(step_id=name, name={"en": name.title()}, binding=Binding(events=name))
        for name in ("look", "cart", "pay")
    )
    moves = (Move(source="look", target="cart"), Move(source="cart", target="pay"))
    document = JourneyMap(
        stages=(Stage(stage_id="all", name={"en": "All"}, steps=steps),), moves=moves, pause="5d"
    )
    map_id = services.create(shop, document, by=actors.SYSTEM)
    browser = let_in("en", "analyst")

    def words(query: str = "") -> str:
        answer = browser.get(f"/w/{shop.workspace_id}/journeys/maps/{map_id}?period=all{query}")
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())

    sheet = words()
    assert sheet.count("at risk: unknown") == 1  # at the one step that hurts
    assert "Behaviour alone has no price." in words("&about=pain.look.0")
    assert "Behaviour alone has no price." not in words("&about=pain.look.0&hide=value")
