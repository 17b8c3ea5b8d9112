"""Notes of an answer: the weightiest stand before it, the others are folded away, and questions have their words."""

from __future__ import annotations

import html
import re

from a_shop import days_ago
from builders import an_event
from surveys_of_tests import a_survey


def notes_of(page: str) -> tuple[list[str], list[str]]:
    """Return the notes that are open, and those that are folded away."""
    notice = page.partition('<div class="notice is-warn">')[2].partition("</div>")[0]
    before, _sign, folded = notice.partition("<details")
    return tuple(
        [
            re.sub("[\u2066-\u2069]", "", html.unescape(each))
            for each in re.findall(r"<li>(.*?)</li>", part, re.DOTALL)
        ]
        for part in (before, folded)
    )


def rare_answers(keys: list[str]) -> list:
    """Return one answer to each question key: too few to be judged."""
    told = {"metric": "csat", "scale_min": 1, "scale_max": 5, "value": 4}
    return [
        an_event("survey_answered", days_ago(30), customer="b1", properties={**told, "question_key": key})
        for key in keys
    ]


def test_the_weightiest_three_stand_open_and_the_rest_is_counted(let_in, desk, buyers, tell) -> None:
    tell(*rare_answers(["ces_checkout", "csat_parking", "csat_music", "csat_light"]))
    page = let_in("en", "analyst").get(desk("/drivers?outcome=@spend")).content.decode()
    shown, folded = notes_of(page)
    assert len(shown) == 3
    assert shown[0].startswith("Revenue stands for margin")
    assert "is left out" in shown[1]  # those of no weight follow in the order of the answer
    assert len(folded) >= 2
    assert f"{len(folded)} further notes" in re.sub("[\u2066-\u2069]", "", page)


def test_few_notes_are_not_folded(let_in, desk, buyers) -> None:
    page = let_in("en", "analyst").get(desk("/baskets")).content.decode()
    shown, folded = notes_of(page)
    assert len(shown) == 2
    assert folded == []
    assert "further-notes" not in page


def test_a_question_that_is_left_out_has_its_own_words(let_in, shop, desk, buyers, tell) -> None:
    from safar.doors.web.audit.actor import Actor
    from safar.doors.web.members.services import add_member
    from safar.doors.web.surveys import services

    by = Actor("member", add_member("s@example.com", "S", "en", shop.workspace_id, "manager"))
    services.publish(shop, services.create(shop, a_survey(), by=by), by=by)
    tell(*rare_answers(["why", "csat_parking"]))
    shown, folded = notes_of(let_in("en", "analyst").get(desk("/drivers")).content.decode())
    left_out = [each for each in (*shown, *folded) if "is left out" in each]
    assert any(each.startswith("“Why?” is left out") for each in left_out)
    assert any(each.startswith("“csat_parking” is left out") for each in left_out)
