"""The page Value at risk: what supports it, an experience of one's own, the steps of maps."""

from __future__ import annotations

import html
import re

import pytest


def text_of(answer) -> str:
    text = html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))
    return " ".join(re.sub("[\u2066-\u2069\u200e\u200f]", "", text).split())


def test_it_is_an_association_unless_something_named_supports_it(let_in, desk, buyers) -> None:
    browser = let_in("en", "analyst")
    assert "Association" in text_of(browser.get(desk("/value_at_risk?horizon=91")))
    asked = "horizon=91&evidence=experiment&supported=late_delivery&supported_by=Couriers+by+lot"
    page = text_of(browser.get(desk(f"/value_at_risk?{asked}")))
    assert "Experiment: Couriers by lot" in page
    nameless = browser.get(desk("/value_at_risk?horizon=91&evidence=experiment"))
    assert (nameless.status_code, "Name the experiment or the release." in text_of(nameless)) == (422, True)


def test_what_supports_one_experience_supports_no_other(let_in, desk, buyers) -> None:
    from django.http import QueryDict

    from safar.doors.web.journeys.known import Known
    from safar.doors.web.value.value_at_risk_form import ValueAtRiskForm
    from safar.store.presence import Present

    known = Known(Present(("order_placed", "order_delivered", "order_returned"), (), (), ()), None, None)
    form = ValueAtRiskForm(known, QueryDict("evidence=staggered&supported=returned&supported_by=x"))
    assert form.is_valid(), form.errors
    support = form.question().support
    assert (support.evidence, support.name, support.experience) == ("staggered", "x", "returned")


def test_an_experience_of_ones_own_is_asked_about(let_in, desk, buyers) -> None:
    asked = "horizon=91&own_name=Came+late&own_at=order_placed&own_shown=order_delivered&own_days=60"
    page = text_of(let_in("en", "analyst").get(desk(f"/value_at_risk?{asked}")))
    assert "Came late" in page
    assert "This question cannot be asked as it is." not in page


@pytest.mark.parametrize("half", ["own_name=X", "own_name=X&own_at=order_placed", "own_at=order_placed"])
def test_one_that_is_half_described_is_not(let_in, desk, buyers, half) -> None:
    answer = let_in("en", "analyst").get(desk(f"/value_at_risk?{half}"))
    assert answer.status_code == 422
    assert "An experience needs a name, a step and what shows it." in text_of(answer)


def test_steps_of_maps_are_offered(let_in, desk, shop, buyers) -> None:
    from safar.doors.web.audit.actor import SYSTEM
    from safar.doors.web.journeys.queries import bound_steps
    from safar.doors.web.maps.services import create
    from safar.maps.templates import template

    assert bound_steps(shop) == ()
    create(shop, template("online_shop"), by=SYSTEM)
    names = {rule for step in bound_steps(shop) for rule in step.rule.event_names}
    assert "order_placed" in names
    assert "Steps of maps" in let_in("en", "analyst").get(desk("/value_at_risk")).content.decode()
