"""Forms of the desk Value offer what there is by its words: nobody has to know a key by heart."""

from __future__ import annotations

import html
import re

import pytest

from a_shop import days_ago
from builders import an_event
from safar.listen.questionnaire.anatomy import Page
from safar.listen.questionnaire.questions import Csat, Number
from surveys_of_tests import a_survey

DELIVERY = "How was the delivery?"
SPEND = "What do you spend in all shops?"


def choices_of(browser, address: str, field: str) -> dict[str, str]:
    """Return what a field offers: words by value."""
    page = browser.get(address).content.decode()
    select = re.search(rf'<select name="{re.escape(field)}".*?</select>', page, re.DOTALL)
    assert select, field
    found = re.findall(r'<option value="(.*?)"[^>]*>(.*?)</option>', select[0], re.DOTALL)
    return {html.unescape(value): html.unescape(words) for value, words in found}


def chosen(browser, address: str, field: str) -> str:
    page = browser.get(address).content.decode()
    select = re.search(rf'<select name="{re.escape(field)}".*?</select>', page, re.DOTALL)
    return html.unescape(re.search(r"<option[^>]* selected>(.*?)</option>", select[0])[1])


@pytest.fixture
def asked(shop, buyers, tell) -> None:
    """A survey that asks about the delivery and about spending, twice about the price; all of it was answered."""
    from safar.doors.web.audit.actor import Actor
    from safar.doors.web.members.services import add_member
    from safar.doors.web.surveys import services

    by = Actor("member", add_member("s@example.com", "S", "en", shop.workspace_id, "manager"))
    page = Page(
        page_id="p",
        questions=(
            Csat(question_id="d", key="csat_delivery", title={"en": DELIVERY}),
            Number(question_id="s", key="spend_in_all", title={"en": SPEND}),
            Csat(question_id="p", key="price_shop", title={"en": "The price?"}),
            Csat(question_id="q", key="price_app", title={"en": "The price?"}),
        ),
    )
    document = a_survey(pages=(page,))
    services.publish(shop, services.create(shop, document, by=by), by=by)
    csat = {"metric": "csat", "scale_min": 1, "scale_max": 5, "value": 4}
    told = {"spend_in_all": {"metric": "number", "value": 90}, "price_shop": csat, "price_app": csat}
    tell(
        *(
            an_event(
                "survey_answered", days_ago(9), customer="b1", properties={**answer, "question_key": key}
            )
            for key, answer in told.items()
        )
    )


@pytest.mark.parametrize(
    ("page", "field", "value"),
    [
        ("drivers", "outcome", "csat_delivery"),
        ("change_explained", "question_key", "csat_delivery"),
        ("mediation", "question_key", "csat_delivery"),
        ("penalty_reward", "outcome", "csat_delivery"),
        ("release", "metric", "score:csat_delivery"),
        ("service", "key", "csat_delivery"),
    ],
)
def test_a_question_is_chosen_by_its_words(let_in, desk, asked, page, field, value) -> None:
    found = choices_of(let_in("en", "analyst"), desk(f"/{page}"), field)
    assert found[value] == DELIVERY
    price = value.replace("csat_delivery", "price_shop")
    assert found[price] == "The price? · price_shop", "two that ask the same are told apart"


def test_what_a_question_shows_is_asked_in_its_words(let_in, desk, asked) -> None:
    page = let_in("en", "analyst").get(desk("/path_model")).content.decode()
    assert f'<label for="q-shows-csat_delivery">{DELIVERY}</label>' in page


def test_the_wallet_offers_questions_that_are_answered_with_amounts_alone(let_in, desk, asked) -> None:
    found = choices_of(let_in("en", "analyst"), desk("/wallet"), "key")
    assert found == {"": "The usual one: what they spend in all shops", "spend_in_all": SPEND}


@pytest.mark.parametrize(
    ("page", "field"),
    [
        ("change_explained", "question_key"),
        ("mediation", "question_key"),
        ("wallet", "key"),
        ("service", "key"),
    ],
)
def test_a_key_that_an_address_names_stays_chosen(let_in, desk, asked, page, field) -> None:
    """Of a question that nobody has answered yet; a saved question may name it."""
    assert chosen(let_in("en", "analyst"), desk(f"/{page}?{field}=not_yet"), field) == "not_yet"


def test_addresses_of_a_question_of_ones_own_still_open(let_in, desk, asked) -> None:
    browser = let_in("en", "analyst")
    old = desk("/drivers?outcome=own&question_key=csat_delivery")
    assert chosen(browser, old, "outcome") == DELIVERY
    assert '"outcome": "csat_delivery"' in html.unescape(browser.get(old).content.decode())
    new = browser.get(desk("/drivers?outcome=csat_delivery")).content.decode()
    assert '"outcome": "csat_delivery"' in html.unescape(new)
    assert 'name="question_key"' not in new


def test_nothing_chosen_is_said(let_in, desk, asked) -> None:
    page = let_in("en", "analyst").get(desk("/drivers?outcome=own"))
    assert page.status_code == 422
    assert "Choose what is explained." in page.content.decode()


def test_rates_are_filled_in_channel_by_channel(let_in, desk, buyers, tell) -> None:
    about = {"conversation_id": "t1", "topic": "delivery"}
    tell(
        *(
            an_event(name, days_ago(2, hour), customer="b1", channel="phone", properties=about)
            for name, hour in (
                ("conversation_started", 9),
                ("message_sent", 10),
                ("conversation_resolved", 11),
            )
        )
    )
    browser = let_in("en", "owner")
    filled_in = browser.get(desk("/cost_to_serve?rate-phone=35000&rate-web=")).content.decode()
    kept = re.search(r'name="query" value="(.*?)"', filled_in)[1]
    assert kept == "rates=phone+35000"
    for page in (filled_in, browser.get(desk(f"/cost_to_serve?{kept}")).content.decode()):
        assert re.search(r'name="rate-phone" value="35000"', page)
        assert '"channel": "phone"' in html.unescape(page)
    wrong = browser.get(desk("/cost_to_serve?rate-phone=much"))
    assert wrong.status_code == 422
    assert wrong.content.decode().count('href="#q-rate') == 1


def test_segments_are_offered_where_customers_are_told_apart(let_in, shop, desk, buyers) -> None:
    from safar.doors.web.audit.actor import SYSTEM
    from safar.doors.web.segments.services import define

    define(shop, "Regulars", "did order_placed >= 2", by=SYSTEM)
    option = '<option value="did order_placed &gt;= 2" label="Regulars"></option>'
    browser = let_in("en", "analyst")
    for page in ("change_explained", "release"):
        assert option in browser.get(desk(f"/{page}")).content.decode(), page
    assert option not in browser.get(desk("/clv")).content.decode()


def test_properties_are_chosen_where_stays_are_told_apart(let_in, desk, buyers, tell) -> None:
    tell(an_event("page", days_ago(2), customer="b1", properties={"city": "Shiraz"}))
    found = choices_of(let_in("en", "analyst"), desk("/survival?by=plan"), "by")
    assert [found[each] for each in ("", "@channel", "city", "plan")] == [
        "Nothing: all together", "Channel", "city", "plan"
    ]  # fmt: skip
