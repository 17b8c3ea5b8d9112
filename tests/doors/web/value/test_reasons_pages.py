"""The pages about reasons show what the library says, in words, and what to bring where it says nothing."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from a_shop import days_ago
from builders import an_event
from safar.explain.mediation_rows import MediationQuestion, mediated
from safar.explain.path_model_rows import Block, PathModelQuestion, path_model_of
from safar.explain.penalty_reward_rows import PenaltyRewardQuestion, annoys_and_delights
from safar.explain.usual_experiences import usual_steps


def text_of(answer) -> str:
    text = html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))
    return " ".join(re.sub("[\u2066-\u2069\u200e\u200f]", "", text).split())


def test_what_goes_through_satisfaction_is_that_of_the_library(let_in, shop, desk, buyers, web_home) -> None:
    log = web_home.log(shop.workspace_id)
    order = usual_steps(log.present().names)["order"]
    found = mediated(log, MediationQuestion(replace(order, horizon=timedelta(days=91)), "csat_delivery"))
    part = found["late_delivery"].returned
    page = text_of(let_in("en", "analyst").get(desk("/mediation?horizon=91&question_key=csat_delivery")))
    assert f"Coming back: Late delivery {_points(part.total.value)} points" in page
    assert f"Through satisfaction {_points(part.indirect.value)} points" in page
    assert f"Past it {_points(part.direct.value)} points" in page
    assert "These are associations." in page
    assert f"{part.a.value:+.2f}".replace("-", "−") in page


def _points(value: float) -> str:
    return f"{100 * value:+.1f}".replace("-", "−")


def test_a_question_that_nobody_answered_is_said(let_in, desk, buyers) -> None:
    page = text_of(let_in("en", "analyst").get(desk("/mediation?question_key=no_such_key")))
    assert "Nobody has answered it yet" in page


def told_of(customer: str, key: str, day: int, **answer: object):
    return an_event(
        "survey_answered", days_ago(day), customer=customer, properties={"question_key": key, **answer}
    )


def rated(customer: str, key: str, day: int, value: int):
    return told_of(customer, key, day, metric="rating", scale_min=1, scale_max=10, value=value)


def test_how_features_are_seen(let_in, desk, tell) -> None:
    events = []
    for number in range(40):
        for feature, there, missing in (
            ("kano_tracking", "expect", "dislike"),
            ("kano_wrapping", "like", "neutral" if number < 36 else "dislike"),
        ):
            for end, answer in (("there", there), ("missing", missing)):
                told = {"metric": "choice", "choices": [answer]}
                events.append(told_of(f"k{number}", f"{feature}.{end}", 9, **told))
    tell(*events)
    page = text_of(let_in("en", "analyst").get(desk("/kano")))
    assert "“kano_tracking” is taken for granted: its lack annoys 100%, having it pleases 0%." in page
    assert "“kano_wrapping” delights: having it pleases 100%, its lack annoys 10% only." in page
    assert "Customers asked 40" in page
    assert "Taken for granted 1 of 2 features" in page


def test_without_a_survey_of_kano_it_says_which_to_send(let_in, desk, buyers) -> None:
    page = text_of(let_in("en", "analyst").get(desk("/kano")))
    assert "No feature was asked about twice yet" in page
    assert "the template “Kano”" in page


@pytest.fixture
def content(tell) -> None:
    """A hundred and fifty customers: quality moves satisfaction, a dirty floor annoys."""
    rng = np.random.default_rng(8)
    events = []
    for number in range(150):
        quality = rng.normal()
        happy = 0.8 * quality + 0.5 * rng.normal()
        floor = int(rng.integers(1, 6))
        for key, felt in (("perq1", quality), ("perq2", quality), ("cusa1", happy), ("cusa2", happy)):
            value = int(np.clip(round(6 + 1.6 * (felt + 0.3 * rng.normal())), 1, 10))
            events.append(rated(f"p{number}", key, 20, value))
        events.append(rated(f"p{number}", "floor", 12, 2 * floor))
        events.append(rated(f"p{number}", "nps_like", 10, 9 - 4 * (floor == 1) + int(rng.integers(0, 2))))
    tell(*events)


def test_what_annoys_is_that_of_the_library(let_in, shop, desk, content, web_home) -> None:
    question = PenaltyRewardQuestion("nps_like", within=timedelta(days=90))
    found = annoys_and_delights(web_home.log(shop.workspace_id), question)
    page = text_of(let_in("en", "analyst").get(desk("/penalty_reward?outcome=nps_like")))
    worst = found.contrasts[0]
    assert (worst.name, worst.lean) == ("floor", "annoys")
    low, high = worst.penalty.interval.low, worst.penalty.interval.high
    shown = f"{worst.penalty.value:+.2f} ({low:.2f} to {high:.2f})".replace("-", "−")
    assert f"Annoys most where it is low floor moves it by {shown}" in page
    assert "“floor” is taken for granted" in page
    assert f"Rests on {found.fit.n} of {found.customers} customers" in page


def things_of(page) -> dict[str, str]:
    """Return what is chosen for each question."""
    fields = re.findall(
        r'<select name="shows-(.*?)".*?<option value="[a-z]*" selected>(.*?)</option>',
        page.content.decode(),
        re.DOTALL,
    )
    return dict(fields)


def test_the_satisfaction_index_is_that_of_the_library(let_in, shop, desk, content, web_home) -> None:
    browser = let_in("en", "analyst")
    page = browser.get(desk("/path_model"))
    assert things_of(page) == {
        "perq1": "Quality", "perq2": "Quality", "cusa1": "Satisfaction", "cusa2": "Satisfaction",
        "nps_like": "Loyalty", "floor": "None of these",
    }, "guessed from the names of keys"  # fmt: skip
    blocks = tuple(
        Block(name, keys)
        for name, keys in (
            ("quality", ("perq1", "perq2")), ("satisfaction", ("cusa1", "cusa2")), ("loyalty", ("nps_like",))
        )
    )  # fmt: skip
    found = path_model_of(web_home.log(shop.workspace_id), PathModelQuestion(blocks))
    path = found.model.arrow("quality", "satisfaction").path
    shown = f"+{path.value:.2f} ({path.interval.low:.2f} to {path.interval.high:.2f})"
    assert f"Quality Satisfaction {shown}" in text_of(page)
    other = text_of(browser.get(desk("/path_model?quality=perq1&satisfaction=cusa1&loyalty=")))
    assert "Rests on 150 customers; 2 questions" in other


def test_things_that_lead_to_the_next_alone_stand_on_one_line(let_in, desk, content) -> None:
    page = let_in("en", "analyst").get(desk("/path_model?quality=perq1&loyalty=nps_like&satisfaction=-"))
    drawings = re.findall(r"<svg.*?</svg>", page.content.decode(), re.DOTALL)
    wide = next(each for each in drawings if "Quality" in each)
    boxes = re.findall(r'<rect [^>]*?\by="([0-9.]+)"', wide)
    assert len(boxes) == 2 == 2 * len(set(boxes)), boxes


def test_what_a_question_shows_is_chosen_and_the_address_keeps_it(let_in, desk, content) -> None:
    browser = let_in("en", "analyst")
    chosen = (
        "shows-perq1=quality&shows-perq2=&shows-cusa1=satisfaction&shows-cusa2=&shows-nps_like=&shows-floor="
    )
    page = browser.get(desk(f"/path_model?{chosen}"))
    assert "Rests on 150 customers; 2 questions" in text_of(page)
    kept = "quality=perq1&amp;satisfaction=cusa1&amp;loyalty=-"
    assert f'name="query" value="{kept}"' in browser_of(let_in, desk, chosen)
    again = browser.get(desk("/path_model?" + html.unescape(kept)))
    assert things_of(again) == things_of(page)
    assert things_of(page)["nps_like"] == "None of these"


def browser_of(let_in, desk, asked: str) -> str:
    """Return the page as somebody sees it who may save questions."""
    return let_in("en", "owner").get(desk(f"/path_model?{asked}")).content.decode()


def test_a_question_that_would_show_two_things_is_said_at_the_form(let_in, desk, content) -> None:
    page = text_of(let_in("en", "analyst").get(desk("/path_model?quality=perq1&satisfaction=perq1")))
    assert "A question shows one thing, and stands there once." in page


def test_what_people_say_matters_stands_beside_what_goes_with_it(let_in, desk, tell) -> None:
    rng = np.random.default_rng(2)
    events = []
    for number in range(120):
        name = f"p{number}"
        speed, staff = (int(each) for each in rng.integers(1, 11, 2))
        events += [
            rated(name, "speed", 20, speed),
            rated(name, "staff", 20, staff),
            rated(name, "speed_importance", 15, 3 + number % 3),  # 3, 4, 5: on average a third of 9 steps
            rated(name, "staff_importance", 15, 8 + number % 3),
            told_of(name, "nps", 10, metric="nps", scale_min=0, scale_max=10, value=min(10, speed)),
        ]
    tell(*events)
    browser = let_in("en", "analyst")
    plain = browser.get(desk("/drivers"))
    assert "Said to matter" not in text_of(plain)
    assert 'name="stated_speed"' in plain.content.decode()
    page = text_of(
        browser.get(
            desk("/drivers?stated_speed=speed_importance&stated_staff=staff_importance&outcome=&before=")
        )
    )
    assert "Said to matter, of 100" in page
    assert "What people say matters" in page
    assert "“speed” goes with it more than most, though people say it matters less than most." in page
    assert "“staff” matters more than most to people who are asked, and goes with it less than most." in page
    wrong = browser.get(desk("/drivers?stated_speed=speed"))
    assert wrong.status_code == 422
