"""Listening from the terminal: answers of files, widgets and codes, causes, messages, working time, aspects, topics."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from a_shop import days_ago
from builders import an_event, together
from safar.listen.questionnaire.anatomy import told
from safar.listen.questionnaire.templates import template
from safar.listen.text.larger import is_installed
from safar.store.home import Home
from safar_shell import shell


@pytest.fixture(scope="module")
def shop_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home for all tests of this file: to make its tables takes longer than they do."""
    folder = tmp_path_factory.mktemp("listen") / "home"
    with Home.create(folder) as created:
        created.create_workspace(
            "Shop", workspace_id="shop", language="fa", calendar="jalali", currency="IRR"
        )
    return folder


@pytest.fixture(scope="module")
def run(shop_home: Path) -> Iterator[Any]:
    """Run commands on the home, all in one process, and return what their JSON says, or their talk where they fail."""
    with shell(shop_home.parent) as ask:

        def run(*words: object, code: int = 0, form: str = "--json") -> Any:
            ran = ask(*words, "--home", shop_home, *((form,) if form else ()))
            assert ran.returncode == code, ran.stderr
            return json.loads(ran.stdout) if code == 0 and ran.stdout.strip() else ran.stderr

        yield run


@pytest.fixture
def survey(run: Any, tmp_path: Path) -> str:
    file = tmp_path / "survey.json"
    file.write_text(json.dumps(told(msgspec.structs.replace(template("relational"), key="told"))), "utf-8")
    survey_id = run("survey", "import", file)["survey_id"]
    run("survey", "publish", survey_id)
    return str(survey_id)


def test_answers_of_a_file_come_and_go(run: Any, survey: str, tmp_path: Path) -> None:
    file = tmp_path / "old.csv"
    file.write_text("who,nps,said\na,9,good\nb,3,late\n", "utf-8")
    columns = ("--column", "who=@customer", "--column", "said=why")
    looked = run("survey", "bring", survey, file, *columns, "--try")
    assert [(each["head"], each["to"], each["answers"]) for each in looked] == [
        ("who", "@customer", None),
        ("nps", "nps", 2),
        ("said", "why", 2),
    ]
    assert run("survey", "brought", survey) == []
    assert "results.plan_refused" in run("survey", "bring", survey, file, "--column", "who=nothing", code=2)
    came = run("survey", "bring", survey, file, *columns)
    assert (came["read"], came["new"]) == (2, 2)
    assert run("survey", "brought", survey) == [
        {"file_id": came["file_id"], "state": "brought", "responses": 2}
    ]
    for name, start in (("a.csv", b"\xef\xbb\xbfresponse_id"), ("a.xlsx", b"PK"), ("a.sav", b"$FL")):
        run("survey", "responses", survey, "--to", tmp_path / name, form="")
        assert (tmp_path / name).read_bytes().startswith(start)
    assert run("survey", "take-back", survey, came["file_id"])["responses"] == 2
    assert "results.unknown_file" in run("survey", "take-back", survey, came["file_id"], code=2)


def test_a_widget_appears_and_a_link_is_drawn(run: Any, survey: str, tmp_path: Path) -> None:
    token = run("survey", "links", survey, "--new", "widget")["token"]
    rules = '{"trigger": "exit", "share": 0.5}'
    said = run("survey", "widget", survey, token, "--origin", "https://shop.example", "--rules", rules)
    assert said["origins"] == ["https://shop.example"]
    assert said["appears"] == {"trigger": "exit", "share": 0.5}
    assert run("survey", "widget", survey, token) == said
    assert "inviting.unknown_link" in run("survey", "widget", survey, "nothing", code=2)
    code = tmp_path / "code.svg"
    assert "--url" in run("survey", "qr", survey, token, code, code=2, form="")
    run("survey", "qr", survey, token, code, "--url", "https://cx.example", form="")
    assert code.read_bytes().startswith(b"<?xml")


def test_causes_messages_and_working_time(run: Any) -> None:
    (cause,) = run("case", "causes", "--name", "en=Courier", "--name", "fa=پیک")
    assert (cause["name"], cause["is_archived"]) == ("Courier / پیک", False)
    (away,) = run("case", "causes", "--id", cause["cause_id"], "--archive")
    assert away["is_archived"]
    assert "cases.unknown" in run("case", "thank", "nothing", "--text", "Thank you", code=2)
    assert run("case", "tell", "Better", "--count") == {"customers": 0}
    assert "cases.telling_refused" in run("case", "tell", "Better", "--text", "en=Better now", code=2)
    assert run("case", "tellings") == []
    hours = {each["day"]: each["hours"] for each in run("case", "working-time")}
    assert (hours["friday"], hours["saturday"]) == ("09:00-17:00", "closed")
    changed = ("--weekend", "friday-saturday", "--hours", "08:00-16:00", "--holidays", "SA")
    hours = {each["day"]: each["hours"] for each in run("case", "working-time", *changed)}
    assert (hours["sunday"], hours["saturday"]) == ("08:00-16:00", "closed")
    assert hours["gregorian 09-23"] == "saudi_national"


def test_aspects_and_topics(run: Any, shop_home: Path) -> None:
    with Home.open(shop_home) as opened, opened.log("shop").writer() as writer:
        said = ("The price is too high", "Hello there")
        events = [
            an_event("message_received", days_ago(2), customer=str(place), properties={"text": words})
            for place, words in enumerate(said)
        ]
        writer.append(together(*events))
        writer.sync()
    assert run("comments", "catch-up")["added"] >= 2
    board = {each["aspect"]: each for each in run("comments", "aspects", "--days", "30")}
    assert (board["price"]["comments"], board["price"]["change"]) == (1, None)
    assert [each["text"] for each in run("comments", "list", "--aspect", "price")] == [said[0]]
    assert "comments.topic_unknown" in run("comments", "take", code=2)
    assert "topics" in run("comments", "discover", code=2)


def test_a_second_reading_is_told_and_switched(run: Any) -> None:
    told = run("comments", "second-reading")
    assert (told["is_installed"], told["is_on"], told["read"]) == (is_installed(), False, 0)
    assert run("comments", "second-reading", "--off")["is_on"] is False


@pytest.mark.skipif(is_installed(), reason="The larger model is installed here.")
def test_a_second_reading_is_refused_where_its_model_is_missing(run: Any) -> None:
    assert "pip install 'safar[larger-text]'" in run("comments", "second-reading", "--on", code=2)
    assert run("comments", "second-reading")["is_on"] is False


def test_a_topic_is_made_and_named_in_each_language(run: Any) -> None:
    topic = run("comments", "new-topic", "courier", "پیک", "--fa", "پیک")["topic_id"]
    named = run("comments", "name-topic", topic, "--en", "Courier", "--ar", "المندوب")
    assert named == {"topic_id": topic, "fa": "پیک", "en": "Courier", "ar": "المندوب"}
    named = run("comments", "name-topic", topic, "--fa", "")
    assert named == {"topic_id": topic, "en": "Courier", "ar": "المندوب"}
    assert "--fa, --ar or --en" in run("comments", "name-topic", topic, code=2)
    assert "comments.topic_unknown" in run("comments", "name-topic", "nothing", "--en", "x", code=2)
    (found,) = (each for each in run("comments", "topics") if each["topic_id"] == topic)
    assert (found["name"], found["words"]) == ("المندوب / Courier", "courier پیک")


def test_topics_are_changed_and_labels_corrected(run: Any, shop_home: Path) -> None:
    with Home.open(shop_home) as opened, opened.log("shop").writer() as writer:
        told = {"text": "The parcel was crushed"}
        writer.append(
            together(an_event("message_received", days_ago(1), customer="crushed", properties=told))
        )
        writer.sync()
    run("comments", "catch-up")
    first = run("comments", "new-topic", "parcel", "--en", "Parcels")["topic_id"]
    second = run("comments", "new-topic", "box", "--en", "Boxes")["topic_id"]
    changed = run("comments", "change-topic", first, "--add", "crate", "--into", second, "--archive")
    assert changed == {"topic_id": first, "words": ["crate", "parcel", "box"], "is_archived": True}
    changed = run("comments", "change-topic", first, "--remove", "crate", "--restore")
    assert changed == {"topic_id": first, "words": ["parcel", "box"], "is_archived": False}
    assert "There is no topic" in run("comments", "change-topic", second, code=2)
    made = run("comments", "split-topic", first, "box", "--en", "Boxes")
    words = {each["topic_id"]: (each["name"], each["words"]) for each in run("comments", "topics")}
    assert (words[first], words[made["topic_id"]]) == (("Parcels", "parcel"), ("Boxes", "box"))
    assert "topics.edit_refused" in run("comments", "split-topic", first, "parcel", "--en", "All", code=2)
    assert "--fa, --ar or --en" in run("comments", "split-topic", first, "parcel", code=2)
    (comment,) = run("comments", "list", "--search", "crushed")
    labels = ("--sentiment", "negative", "--kind", "complaint", "--topic", first)
    assert run("comments", "correct", str(comment["comment_id"]), *labels)["corrected"] >= 1
    (comment,) = run("comments", "list", "--search", "crushed")
    assert [comment[each] for each in ("sentiment", "kind", "topics")] == ["negative", "complaint", "Parcels"]
    run("comments", "correct", str(comment["comment_id"]), "--no-topic")
    assert run("comments", "list", "--search", "crushed")[0]["topics"] == ""
