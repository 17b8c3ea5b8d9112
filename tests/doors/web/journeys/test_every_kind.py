"""What all kinds of questions have in common: they open in every language, on every log, and leave as every file."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import pytest

import safar
from a_shop import days_ago
from builders import an_event

LANGUAGES = ("fa", "ar", "en")


@pytest.fixture
def keys(web_home) -> list[str]:
    from safar.doors.web.journeys.kinds import pages_of

    keys = [page.key for page in pages_of("journeys")]
    assert {"flow", "funnel"} <= set(keys)
    return keys


def test_every_kind_opens_for_every_language(let_in, shop, desk, ten_paths, keys) -> None:
    from django.test import Client

    from safar.doors.web.members.services import add_member

    for language in LANGUAGES:
        browser = Client(SERVER_NAME="127.0.0.1")
        browser.force_login(
            add_member(f"{language}@example.com", "M", language, shop.workspace_id, "analyst")
        )
        for key in keys:
            answer = browser.get(desk(f"/{key}"))
            assert answer.status_code == 200, (key, language)
            assert f'aria-current="page">{_name(key, language)}<' in answer.content.decode()


def _name(key: str, language: str) -> str:
    from django.utils.translation import override

    from safar.doors.web.journeys.kinds import BY_KEY

    with override(language):
        return str(BY_KEY[key].name)


def test_a_log_without_events_is_no_error(let_in, desk, keys) -> None:
    browser = let_in("en", "owner")
    for key in keys:
        answer = browser.get(desk(f"/{key}"))
        assert answer.status_code == 200, key
        assert "No paths yet" in answer.content.decode(), key


def test_every_page_says_its_question_for_programs(let_in, shop, desk, ten_paths, keys) -> None:
    from safar.observe.question_json import read, told

    browser = let_in("fa", "analyst")
    for key in keys:
        text = browser.get(desk(f"/{key}")).content.decode()
        if "POST /api" not in text:
            # These wait for what they cannot do without: steps, a group.
            assert key in {"funnel", "patterns"}, key
            continue
        said, request, command = map(
            html.unescape, re.findall(r'<pre dir="ltr"><code>(.*?)</code></pre>', text, re.DOTALL)
        )
        question = json.loads(said)
        assert told(read(question)) == question, key
        assert request == f"POST /api/v1/questions/{question['kind']}"
        assert command == f"safar ask --workspace {shop.workspace_id} --question question.json"


def test_the_question_for_programs_is_escaped(let_in, desk, ten_paths) -> None:
    address = desk("/flow?step=%22%3C%2Fcode%3E%3Cb%3E%26%22&step=page")
    text = let_in("en", "analyst").get(address).content.decode()
    said = re.search(r'<pre dir="ltr"><code>(.*?)</code></pre>', text, re.DOTALL)
    assert said is not None
    assert "&lt;/code&gt;&lt;b&gt;&amp;" in said[1]
    assert json.loads(html.unescape(said[1]))["steps"] == ['"</code><b>&"', "page"]


def test_every_kind_leaves_as_every_file(let_in, desk, ten_paths, keys) -> None:
    browser = let_in("fa", "analyst")
    for key in keys:
        for form in ("csv", "xlsx", "parquet", "html"):
            answer = browser.get(desk(f"/{key}?export={form}"))
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            assert answer.status_code == 200, (key, form)
            assert len(body) > 40, (key, form)
            assert "attachment" in answer.headers["Content-Disposition"], (key, form)


def test_names_of_events_stay_texts(let_in, desk, tell) -> None:
    name = "<script>alert(1)</script>"
    tell(
        an_event(name, days_ago(3), customer="a", properties={"<b>": "<i>x</i>"}),
        an_event("page", days_ago(2), customer="a"),
    )
    browser = let_in("en", "analyst")
    step = "step=%22%3Cscript%3Ealert(1)%3C%2Fscript%3E%22&step=page"
    for address in (
        "/flow",
        f"/flow?{step}",
        f"/funnel?{step}",
        f"/funnel?{step}&export=html",
        "/flow?export=svg",
    ):
        text = browser.get(desk(address)).content.decode()
        assert "alert(1)" in text, address
        assert "<script>alert" not in text, address


def test_unknown_kinds_are_not_there(let_in, desk, ten_paths) -> None:
    browser = let_in("en", "analyst")
    assert browser.get(desk("/nothing")).status_code == 404
    assert browser.get(desk("/nothing/behind?cell=%7B%7D")).status_code == 404


def test_every_caveat_has_a_sentence(web_home, keys) -> None:
    from safar.doors.web.journeys.note_sentences import NOTE_SENTENCES

    asked = {"conformance", "flow", "funnel", "thread"}
    sources = (Path(safar.__file__).parent / "observe").glob("*.py")
    codes = {
        code
        for source in sources
        for code in re.findall(r'Note\.of\(\s*"([a-z_.]+)"', source.read_text("utf-8"))
        if code.partition(".")[0] in asked
    }
    assert codes >= {"flow.unmeasured", "funnel.more_groups"}
    assert codes <= NOTE_SENTENCES.keys()


def test_further_tables_leave_too(let_in, desk, ten_paths) -> None:
    browser = let_in("en", "analyst")
    query = "step=page&step=order_placed&by=day"
    page = browser.get(desk(f"/funnel?{query}")).content.decode().replace("&amp;", "&")
    assert f"?{query}&export=csv&table=groups_table" in page
    assert "differences_table" not in page, "there are no two segments"
    answer = browser.get(desk(f"/funnel?{query}&export=csv&table=groups_table"))
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0].startswith("group,step,count,lost,conversion_rate")
    assert len(lines) > 2
    assert browser.get(desk(f"/funnel?{query}&export=csv&table=steps")).status_code == 404
    left = browser.get(desk("/goals?export=csv&table=left_table"))
    assert b"".join(left.streaming_content).decode("utf-8-sig").startswith("name,begun,customers,completed")
