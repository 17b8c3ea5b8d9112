"""The pages of scores: the list, one score in whole, the answers behind a number; who sees what."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

import pytest

from a_shop import days_ago
from answers_said import an_answer
from builders import an_event
from later import Later
from safar.listen.scoring import Scoring
from safar.show.locale import Locale
from safar.store.registry import Workspace

actors = Later("safar.doors.web.audit.actor")
score_words = Later("safar.doors.web.scores.words")
surveys = Later("safar.doors.web.surveys.services")

ROLES = ("viewer", "agent", "analyst", "manager", "owner")


def at(shop: Workspace, rest: str = "", *pairs: tuple[str, str], **query: str) -> str:
    asked = [*pairs, *query.items()]
    return f"/w/{shop.workspace_id}/listen/scores{rest}" + (f"?{urlencode(asked)}" if asked else "")


def plain(page: Any) -> str:
    """Return a page's text without isolates and entities."""
    text = page.content.decode()
    return re.sub("[\u2066-\u2069\u200e\u200f]", "", text).replace("&#x27;", "'")


def score_of(page: str) -> str:
    """Return the score at the head of a page."""
    found = re.search(r"<dt>Score</dt><dd><strong>(.*?)</strong>", page)
    assert found
    return re.sub(r"<[^>]+>", "", found[1])


def rows_of(page: str, caption: str) -> list[list[str]]:
    """Return the cells of the table of a caption."""
    table = re.search(rf"<caption[^>]*>{re.escape(caption)}</caption>(.*?)</table>", page, re.DOTALL)
    assert table, caption
    body = table[1].split("<tbody>")[1]
    return [
        [
            re.sub(r"<[^>]+>", "", cell).strip()
            for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        ]
        for row in re.findall(r"<tr.*?</tr>", body, re.DOTALL)
    ]


@pytest.fixture
def answered(tell: Any) -> None:
    """NPS of 20 now (all 10 by web, all 0 by app), of 20 before with other shares; one CSAT key on two scales."""
    for days, web, app in ((5, 10, 10), (100, 16, 4)):
        tell(
            *(
                an_answer("nps", 10, who=f"w{days}{number}", at=days_ago(days), survey="after", language="fa")
                for number in range(web)
            ),
            *(
                an_answer("nps", 0, who=f"a{days}{number}", at=days_ago(days), channel="app", survey="after",
                          language="ar", marks=["speeder"] if number == 0 else None)
                for number in range(app)
            ),
        )  # fmt: skip
    tell(
        *(
            an_answer("sat.delivery", 5, metric="csat", who=f"s{number}", at=days_ago(3))
            for number in range(3)
        ),
        an_answer("sat.delivery", 7, metric="csat", scale=(1, 7), who="t", at=days_ago(3)),
        an_answer("sat.delivery", 9, metric="csat", who="u", at=days_ago(3)),
    )


@pytest.mark.usefixtures("answered")
def test_the_list_shows_every_key_on_every_scale(let_in: Any, shop: Workspace) -> None:
    page = plain(let_in("en").get(at(shop)))
    cards = re.findall(r'<li class="card score-card">.*?</li>', page, re.DOTALL)
    assert [re.search(r"<bdi>(.*?)</bdi>", card)[1] for card in cards] == [
        "nps",
        "sat.delivery",
        "sat.delivery",
    ]
    first = re.sub(r"<[^>]+>", "", cards[0])
    assert (
        "0.0 ▼ −60.0 more than chance" in first
    )  # ten promoters and ten detractors, sixteen and four before
    assert "20 answers" in cards[0]
    assert "more than chance" in cards[0]
    assert "score-change is-bad" in cards[0]
    assert "on a scale from 1 to 5" in cards[1]
    assert "Answered on other scales as well" in cards[1]
    assert "key=sat.delivery&amp;kind=csat%3A1-5" in cards[1]
    assert 'aria-current="page">Scores' in page


@pytest.mark.usefixtures("answered")
def test_one_score_in_whole(let_in: Any, shop: Workspace) -> None:
    page = plain(let_in("en").get(at(shop, "/one", key="nps", by="channel", wish="۱۰")))
    assert "It fell by 60.0 points" in page
    asking = f'<a class="pill" href="/w/{shop.workspace_id}/listen/surveys/asking?question_key=nps">'
    assert f"{asking}Write a survey that asks it</a>" in page, "answers came from elsewhere"
    assert "app lies 200.0 points below all others, more than chance." in page
    answers = rows_of(page, "Answer by answer")
    assert [row[:3] for row in (answers[0], answers[5], answers[10])] == [
        ["0", "10", "50.0%"],
        ["5", "0", "0.0%"],
        ["10", "10", "50.0%"],
    ]
    groups = {row[0]: row for row in rows_of(page, "Group by group")}
    assert groups["app"][1:2] + groups["app"][3:6] == ["−100.0", "10", "50.0%", "−200.0"]
    mix = rows_of(page, "What each group adds to the change")
    # web is 100 and app -100 at both times: all is mix, which adds up
    assert {row[0]: row[5:] for row in mix} == {"web": ["0.0", "−21.0"], "app": ["0.0", "−39.0"]}
    assert "To notice a change of 10.0 points four times in five, each time needs 1,570 answers." in page
    assert "Net Promoter Score: would they recommend us?" in page
    # a viewer sees numbers, no single answers
    assert "/listen/scores/answers" not in page
    assert "/listen/comments?" not in page


@pytest.mark.usefixtures("answered")
@pytest.mark.parametrize("language", ["fa", "en"])
def test_a_score_leads_to_what_was_written(let_in: Any, shop: Workspace, language: str) -> None:
    browser = let_in(language, "agent")
    page = plain(browser.get(at(shop, "/one", key="nps")))
    found = re.search(r'href="(/w/[^"]+/listen/comments\?question=nps&amp;since=(\d\d)[^"]+)"', page)
    assert found
    assert found[2] == {"fa": "14", "en": "20"}[language]  # days of the reader's own calendar
    assert "is-wrong" not in plain(browser.get(found[1].replace("&amp;", "&")))


@pytest.mark.usefixtures("answered")
def test_the_list_is_narrowed_to_one_metric(let_in: Any, shop: Workspace) -> None:
    browser = let_in("en")
    page = plain(browser.get(at(shop, metric="csat", span="30d")))
    cards = re.findall(r'<li class="card score-card">.*?</li>', page, re.DOTALL)
    assert [re.search(r"<bdi>(.*?)</bdi>", card)[1] for card in cards] == ["sat.delivery", "sat.delivery"]
    assert f'<a href="{at(shop, span="30d")}">All scores</a>' in page
    assert "span=365d&amp;metric=csat" in page
    assert plain(browser.get(at(shop, metric="nothing"))).count('class="card score-card"') == 3


@pytest.mark.usefixtures("answered")
def test_weights_are_kept_in_the_address(let_in: Any, shop: Workspace) -> None:
    client = let_in("en")
    half = plain(client.get(at(shop, "/one", key="nps", weigh="channel")))
    assert "type the share of every group" in half
    assert 'name="share:channel:web"' in half
    pairs = (("weigh", "channel"), ("share:channel:web", "۷۵٪"), ("share:channel:app", "25"))
    page = plain(client.get(at(shop, "/one", *pairs, key="nps")))
    assert score_of(page) == "50.0"
    assert (
        "They are worth 16 answers of equal weight; weights reach from 0.50 to 1.50, their mean is 1." in page
    )
    wrong = plain(client.get(at(shop, "/one", *pairs[:2], ("share:channel:app", "50"), key="nps")))
    assert "must all be above zero and add up to 100%" in wrong
    assert score_of(wrong) == "0.0"


@pytest.mark.usefixtures("answered")
def test_marks_are_left_out_and_scales_chosen(let_in: Any, shop: Workspace) -> None:
    client = let_in("en")
    page = plain(client.get(at(shop, "/one", key="nps", leave_out="speeder")))
    assert "1 answer is left out for its quality mark." in page
    assert "answered too fast (2 answers)" in page
    page = plain(client.get(at(shop, "/one", key="sat.delivery")))
    assert "They are never added up" in page
    assert "1 answer has no value on the scale" in page
    seven = plain(client.get(at(shop, "/one", key="sat.delivery", kind="csat:1-7")))
    assert "on a scale from 1 to 7" in seven
    assert [row[1] for row in rows_of(seven, "Answer by answer")] == ["0"] * 6 + ["1"]


@pytest.mark.usefixtures("answered")
def test_the_answers_behind_a_number(let_in: Any, shop: Workspace) -> None:
    client = let_in("en", "agent")
    page = plain(client.get(at(shop, "/one", key="nps", by="channel")))
    hrefs = [href.replace("&amp;", "&") for href in re.findall(r'href="([^"]*/scores/answers[^"]*)"', page)]
    zero = next(href for href in hrefs if "lowest=0&highest=0" in href)
    page = plain(client.get(zero))
    assert "10 answers" in page
    rows = rows_of(page, "Answers, the newest first")
    assert {(row[1], row[3], row[4]) for row in rows} == {("0", "app", "Arabic")}
    assert sum("answered too fast" in row[6] for row in rows) == 1
    group = next(href for href in hrefs if "group=web" in href)
    assert {row[1] for row in rows_of(plain(client.get(group)), "Answers, the newest first")} == {"10"}
    period = next(href for href in hrefs if "since=" in href)
    assert client.get(period).status_code == 200


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.usefixtures("answered")
def test_who_sees_what(let_in: Any, shop: Workspace, role: str) -> None:
    client = let_in("en", role)
    assert client.get(at(shop)).status_code == 200
    assert client.get(at(shop, "/one", key="nps")).status_code == 200
    sees = role != "viewer"
    assert client.get(at(shop, "/answers", key="nps")).status_code == (200 if sees else 403)
    assert ("/scores/answers" in plain(client.get(at(shop, "/one", key="nps")))) == sees


@pytest.mark.usefixtures("answered")
def test_addresses_that_mean_nothing(let_in: Any, shop: Workspace) -> None:
    client = let_in("en", "owner")
    assert client.get(at(shop, "/one", key="nothing")).status_code == 404
    assert client.get(at(shop, "/one")).status_code == 404
    assert client.get(at(shop, "/answers", key="nothing")).status_code == 404
    strange = {
        "span": "1d",
        "every": "hour",
        "beside": "me",
        "by": "colour",
        "wish": "many",
        "limit": "9",
        "season": "x",
    }
    assert client.get(at(shop, "/one", key="nps", **strange)).status_code == 200
    assert client.get(at(shop, "/one", key="nps", segment="another")).status_code == 200
    page = client.get(at(shop, "/answers", key="nps", since="x", until="9", skip="-5", lowest="x"))
    assert page.status_code == 200
    for grouping in ("channel", "language", "survey", "version", "step", "wave", "segment", "question:nps"):
        for span in ("30d", "all"):
            assert (
                client.get(at(shop, "/one", key="nps", by=grouping, weigh=grouping, span=span)).status_code
                == 200
            )


def test_an_empty_workspace_and_an_empty_time(let_in: Any, shop: Workspace, tell: Any) -> None:
    client = let_in("en")
    assert "No answers yet" in plain(client.get(at(shop)))
    assert client.get(at(shop, "/one", key="nps")).status_code == 404
    tell(an_answer("nps", 10, at=days_ago(80)), an_answer("late", 1, metric="text", who="x", at=days_ago(1)))
    assert "Nobody answered in this time" in plain(client.get(at(shop, span="30d")))
    page = client.get(at(shop, "/one", key="nps", span="30d", by="channel"))
    assert page.status_code == 200


@pytest.mark.usefixtures("answered")
@pytest.mark.parametrize(("language", "said"), [("fa", "کاهش یافته است"), ("ar", "انخفضت بمقدار")])
def test_in_the_readers_language(let_in: Any, shop: Workspace, language: str, said: str) -> None:
    page = plain(let_in(language).get(at(shop, "/one", key="nps", by="language")))
    assert said in page
    assert 'dir="rtl"' in page


def test_every_caveat_has_a_sentence_at_every_door() -> None:
    import inspect  # of this test alone

    from safar.doors.notebook.note_sentences import SENTENCES
    from safar.doors.web.scores.definitions import NOTE_SENTENCES
    from safar.listen import breakdown, completion, findability, goal_completion, mix, score, trend

    modules = (breakdown, completion, findability, goal_completion, mix, score, trend)
    codes = {
        code
        for module in modules
        for code in re.findall(r'\("((?:score|mix|trend|completion)\.[a-z_]+)",', inspect.getsource(module))
    }
    assert len(codes) == 9
    assert codes <= NOTE_SENTENCES.keys()
    assert codes - {"completion.no_response", "completion.screened"} <= SENTENCES.keys()


def test_goals_and_findability_have_parts_of_their_own(let_in: Any, shop: Workspace, tell: Any) -> None:
    def came(who: str, goal: str, value: float) -> Any:
        said = {"response_id": who, "choices": [goal]}
        return an_answer("goal", value, metric="goal", who=who, at=days_ago(2), **said)

    def looked(who: str, value: int, **said: Any) -> Any:
        return an_answer("menu", value, metric="findability", who=who, at=days_ago(2), **said)

    tell(
        came("a", "pay", 1),
        came("b", "pay", 1),
        came("c", "return", 0.5),
        came("d", "return", 0),
        looked("a", 1, is_direct=True, first="help", is_first_right=True, seconds=4),
        looked("b", 1, is_direct=False, first="shop", is_first_right=False, seconds=9),
        looked("c", 0, is_direct=False, first="shop", is_first_right=False, is_given_up=True),
    )
    client = let_in("en")
    page = plain(client.get(at(shop, "/one", key="goal")))
    assert score_of(page) == "50.0%"
    assert "Of 4 answers, 2 could do what they came for, 1 partly." in page
    goals = rows_of(page, "What they came for, what most could not do first")
    assert [row[:3] + row[4:6] for row in goals] == [
        ["return", "2", "0.0%", "1", "2"],
        ["pay", "2", "100.0%", "0", "0"],
    ]
    assert [row[:2] for row in rows_of(page, "Answer by answer")] == [["0", "1"], ["0.5", "1"], ["1", "2"]]
    page = plain(client.get(at(shop, "/one", key="menu")))
    assert score_of(page) == "66.7%"
    assert "Who found it needed 6.0 seconds" in page
    assert "1 gave up." in page
    first = rows_of(page, "Where they went first")
    assert [row[:3] + row[4:] for row in first] == [
        ["shop", "2", "66.7%", "50.0%"],
        ["help", "1", "33.3%", "100.0%"],
    ]


def test_a_sum_in_the_thousands_has_no_decimals(web_home: Any) -> None:
    del web_home  # Django is configured by it
    words = score_words.ScoreWords(Locale("fa"), Scoring("number", None, "mean"))
    told = [words.value(208_611_111.11), words.value(3.456), words.difference(-1234.5)]
    assert told == ["۲۰۸٬۶۱۱٬۱۱۱", "۳٫۴۶", Locale("fa").signed(-1234)]


def test_numbers_are_told_with_the_unit_of_their_question_and_without_its_key(
    let_in: Any, shop: Workspace, tell: Any
) -> None:
    from safar.listen.questionnaire.anatomy import read

    spent = {
        "kind": "number",
        "question_id": "spend",
        "key": "spend_everywhere",
        "title": {"en": "How much did you spend?", "fa": "چقدر خرج کردید؟"},
        "unit": {"en": "rials", "fa": "ریال"},
    }
    document = {
        "format": "safar.survey/1",
        "key": "wallet",
        "name": {"en": "Wallet"},
        "languages": ["fa", "en"],
    }
    survey = surveys.create(
        shop, read({**document, "pages": [{"page_id": "p", "questions": [spent]}]}), by=actors.SYSTEM
    )
    surveys.publish(shop, survey, by=actors.SYSTEM)
    tell(
        *(
            an_event(
                "survey_answered",
                days_ago(3),
                customer=f"c{value}",
                properties={
                    "survey": "wallet", "question_key": "spend_everywhere", "metric": "number", "value": value
                },
            )
            for value in (1000, 3000)
        )
    )  # fmt: skip
    browser = let_in("fa")
    listed = plain(browser.get(at(shop)))
    assert re.findall(r'class="score-value"><strong><bdi[^>]*>(.*?)</bdi>', listed) == ["۲٬۰۰۰ ریال"]
    assert "چقدر خرج کردید؟" in listed
    assert "<code" not in listed
    one = plain(let_in("en").get(at(shop, "/one", key="spend_everywhere")))
    assert score_of(one) == "2,000 rials"
    words = score_words.ScoreWords(Locale("en"), Scoring("number", None, "mean"), unit="rials")
    assert re.sub("[\u2066-\u2069]", "", words.between(1000, 2000)) == "1,000 to 2,000 rials"
