"""Personas over the API: described, read, changed and put away by programs, as their roles and workspaces allow."""

from __future__ import annotations

import math
import statistics
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from statistics import NormalDist
from typing import Any

import pytest

from a_shop import days_ago
from builders import an_event
from later import Later
from safar.store.home import Home
from safar.store.registry import Workspace
from safar.vocabulary.errors import Refusal

actors = Later("safar.doors.web.audit.actor")
changes = Later("safar.doors.web.audit.models")
models = Later("safar.doors.web.personas.models")
personas = Later("safar.doors.web.personas.services")
segments = Later("safar.doors.web.segments.services")

STORY = {"about": {"fa": "می‌خرد و می‌سنجد.", "ar": "تشتري وتقارن."}, "goals": {"en": "A good price"}}
#: Nothing of these is seen: marks of direction and of nothing, a joiner by itself, the null character, a blank letter.
UNSEEN = ("  ", "\u200b\u200e\u202e", "\u200c", "\0", "\u2028\n", "\u3164")
EMPTY = {"needs": {}, "frustrations": {}, "context": {}}


@pytest.fixture
def usual_role() -> str:
    return "analyst"


@pytest.fixture
def known(tell: Callable[..., None]) -> None:
    """Three who look, one of whom pays."""
    tell(
        *(an_event("look", days_ago(days), customer=f"c{days}") for days in (1, 2, 3)),
        an_event("order_placed", days_ago(2), customer="c2", amount=500_000, currency="IRR"),
    )


def a_segment(place: Workspace, name: str = "Buyers", text: str = "did order_placed") -> str:
    made = segments.define(place, name, text, by=actors.SYSTEM)
    segments.catch_up(place)
    return str(made)


@pytest.mark.usefixtures("known")
def test_programs_describe_read_and_change_personas(shop: Workspace, send: Callable[..., Any]) -> None:
    buyers = a_segment(shop)
    body = {"name": {"fa": "مینا", "en": " Mina "}, "segment_id": buyers, "story": STORY, "channels": ["web"]}
    made = send("post", "personas", body, **{"Idempotency-Key": "one"})
    assert made.status_code == 201, made.content
    assert send("post", "personas", body, **{"Idempotency-Key": "one"}).json() == made.json()
    told = made.json()
    place = f"personas/{told['persona_id']}"
    short = {
        "persona_id": told["persona_id"],
        "name": {"fa": "مینا", "en": "Mina"},
        "segment_id": buyers,
        "size": 1,
        "share": 1 / 3,
        "value_share": 1.0,
        "is_drifting": False,
    }
    assert told == {
        **short,
        "story": {**STORY, **EMPTY},
        "channels": ["web"],
        "has_picture": False,
        "quotes": [],
        "drift": {"is_drifting": False, "looked_at": None, "habits": []},
    }
    assert send("get", "personas", role="viewer").json() == {"items": [short], "next": None}
    # A part of the story that is named is told anew in all languages, what is not named stays.
    change = {"story": {"goals": {"en": " ", "fa": "بهای خوب"}, "about": {}}, "name": {"ar": "مينا"}}
    changed = send("patch", place, change).json()
    assert changed["story"] == {"about": {}, "goals": {"fa": "بهای خوب"}, **EMPTY}
    assert (changed["name"], changed["channels"], changed["size"]) == ({"ar": "مينا"}, ["web"], 1)
    lookers = a_segment(shop, "Lookers", "did look")
    assert send("patch", place, {"segment_id": lookers}).json()["size"] == 3
    said = {"text": "It was late.", "event": "somewhere", "customer_id": "c2"}
    (quote,) = send("post", f"{place}/quotes", said).json()["quotes"]
    assert (quote["text"], quote["event"]) == ("It was late.", "somewhere")
    assert send("get", place, role="viewer").json()["quotes"][0]["event"] is None
    assert send("delete", f"{place}/quotes/{quote['quote_id']}").json()["quotes"] == []
    assert send("delete", place).status_code == 204
    assert send("get", "personas").json()["items"] == []
    assert [send(method, place, {}).status_code for method in ("get", "patch", "delete")] == [404] * 3
    noted = changes.Change.objects.filter(action__startswith="persona.").order_by("pk")
    assert [each.action.removeprefix("persona.") for each in noted] == [
        "described", "changed", "changed", "quoted", "unquoted", "archived",
    ]  # fmt: skip
    assert {each.member.email for each in noted} == {"analyst@example.com"}


def test_a_drift_is_told_and_accepted(
    shop: Workspace, tell: Callable[..., None], send: Callable[..., Any]
) -> None:
    everybody = range(60)
    tell(
        *(
            an_event("look", days_ago(120 + turn), customer=f"c{who}")
            for who in everybody
            for turn in range(1 + who % 4)
        ),
    )
    lookers = a_segment(shop, "Lookers", "did look")
    made = personas.describe(shop, {"en": "Mina"}, lookers, {}, by=actors.SYSTEM)
    place = f"personas/{made}"
    tell(
        *(
            an_event("look", days_ago(2) + timedelta(minutes=turn), customer=f"c{who}")
            for who in everybody
            for turn in range(9)
        )
    )
    assert send("get", place).json()["drift"] == {"is_drifting": False, "looked_at": None, "habits": []}
    personas.look_again(shop, models.Persona.objects.get())
    told = send("get", place, role="viewer").json()
    drift = told["drift"]
    assert (told["is_drifting"], drift["is_drifting"]) == (True, True)
    assert drift["looked_at"]
    looks = next(each for each in drift["habits"] if each["name"] == "look")
    # One to four looks, fifteen customers each; then nine of everybody.
    assert (looks["before"], looks["now"], looks["is_clear"]) == (2.5, 9.0, True)
    before = [math.log1p(1 + who % 4) for who in everybody]
    effect = (math.log(10) - statistics.mean(before)) / statistics.stdev(before)
    assert looks["effect"] == pytest.approx(effect)
    half = NormalDist().inv_cdf(0.975) / math.sqrt(60)  # all look alike of late: only the mean then is unsure
    assert looks["interval"] == pytest.approx({"low": effect - half, "high": effect + half, "level": 0.95})
    assert send("post", f"{place}/portrait", {}, role="viewer").status_code == 403
    accepted = send("post", f"{place}/portrait", {}).json()["drift"]
    assert accepted == {"is_drifting": False, "looked_at": None, "habits": []}


@pytest.mark.usefixtures("known")
def test_what_a_persona_may_not_be_is_refused_and_nothing_is_made(
    shop: Workspace, web_home: Home, send: Callable[..., Any]
) -> None:
    buyers, strange = a_segment(shop), a_segment(web_home.create_workspace("Other"))
    good = {"name": {"en": "Mina"}, "segment_id": buyers}
    refused = {
        "api.invalid": [{"name": {"de": "Mina"}}, {"story": {"dreams": {"en": "x"}}}, {"channels": ["\0"]}],
        "personas.nameless": [{"name": {}}, *({"name": {"en": each, "fa": " "}} for each in UNSEEN)],
        "personas.words_unkeepable": [{"story": {"about": {"fa": "a\0b"}}}],
        "segments.unknown": [{"segment_id": strange}, {"segment_id": "nothing"}],
    }
    for code, bodies in refused.items():
        for wrong in bodies:
            answer = send("post", "personas", {**good, **wrong})
            assert (answer.status_code, answer.json()["code"]) == (
                404 if code == "segments.unknown" else 422,
                code,
            )
    assert not models.Persona.objects.exists()
    place = f"personas/{send('post', 'personas', good).json()['persona_id']}"
    for wrong in (each for bodies in refused.values() for each in bodies):
        assert send("patch", place, wrong).status_code in {404, 422}
    kept = models.Persona.objects.get()
    assert (kept.name, kept.segment_id, kept.story) == ({"en": "Mina"}, buyers, {})


@pytest.mark.usefixtures("known")
def test_each_role_does_what_it_may_and_other_workspaces_nothing(
    shop: Workspace, web_home: Home, send: Callable[..., Any]
) -> None:
    buyers = a_segment(shop)
    made = send("post", "personas", {"name": {"en": "Mina"}, "segment_id": buyers}).json()["persona_id"]
    for role in ("viewer", "agent"):
        assert send("get", f"personas/{made}", role=role).status_code == 200
        for method, path, body in (
            ("post", "personas", {"name": {"en": "x"}, "segment_id": buyers}),
            ("patch", f"personas/{made}", {"name": {"en": "x"}}),
            ("delete", f"personas/{made}", None),
            ("post", f"personas/{made}/quotes", {"text": "x"}),
        ):
            assert send(method, path, body, role=role).status_code == 403
    other = web_home.create_workspace("Other")
    strange = personas.describe(other, {"en": "Theirs"}, a_segment(other), {}, by=actors.SYSTEM)
    for method, path, body in (
        ("get", "", None),
        ("patch", "", {"name": {"en": "x"}}),
        ("delete", "", None),
        ("post", "/portrait", {}),
        ("post", "/quotes", {"text": "x"}),
        ("delete", "/quotes/1", None),
    ):
        answer = send(method, f"personas/{strange}{path}", body)
        assert (answer.status_code, answer.json()["code"]) == (404, "personas.unknown")
    assert [each["name"] for each in send("get", "personas").json()["items"]] == [{"en": "Mina"}]
    assert models.Persona.objects.get(public_id=strange).name == {"en": "Theirs"}


@pytest.mark.usefixtures("known")
def test_parts_of_a_story_that_are_told_at_the_same_moment_all_stay(
    shop: Workspace, send: Callable[..., Any]
) -> None:
    from django.db import connections

    made = send("post", "personas", {"name": {"en": "Mina"}, "segment_id": a_segment(shop)}).json()
    place, parts = f"personas/{made['persona_id']}", (*STORY, *EMPTY)
    together = threading.Barrier(len(parts))

    def tell_part(part: str, turn: int) -> int:
        together.wait(20)
        try:
            return send("patch", place, {"story": {part: {"en": f"{part} {turn}"}}}).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(parts)) as threads:
        for turn in range(6):
            assert list(threads.map(tell_part, parts, [turn] * len(parts))) == [200] * len(parts)
            assert send("get", place).json()["story"] == {part: {"en": f"{part} {turn}"} for part in parts}


@pytest.mark.usefixtures("known")
def test_names_are_kept_as_one_line_that_is_seen(shop: Workspace, send: Callable[..., Any]) -> None:
    name = {"en": "a\u202e\0b\nc\u2028d", "fa": "خانه\u200cدار\u200b", "ar": "\u200b"}
    body = {"name": name, "segment_id": a_segment(shop), "story": {"needs": {"en": "\u200e", "fa": "آرامش"}}}
    made = send("post", "personas", body).json()
    assert made["name"] == {"en": "a b c d", "fa": "خانه\u200cدار"}
    assert made["story"]["needs"] == {"fa": "آرامش"}
    place = f"personas/{made['persona_id']}"
    assert send("patch", place, {"name": {"ar": "\u202eمينا"}}).json()["name"] == {"ar": "مينا"}
    targets = changes.Change.objects.filter(action__startswith="persona.").order_by("pk")
    assert [each.target for each in targets] == ["a b c d", "مينا"]


@pytest.mark.usefixtures("known")
def test_a_quote_of_which_nothing_is_seen_is_refused(shop: Workspace, send: Callable[..., Any]) -> None:
    made = personas.describe(shop, {"en": "Mina"}, a_segment(shop), {}, by=actors.SYSTEM)
    for body, code in (
        *(({"text": each}, "personas.quote_empty") for each in UNSEEN if each != "\0"),
        ({"text": "late\0"}, "api.invalid"),
    ):
        answer = send("post", f"personas/{made}/quotes", body)
        assert (answer.status_code, answer.json()["code"]) == (422, code)
    for said in (("late\0",), ("late", "\0"), ("late", "", "\0")):
        with pytest.raises(Refusal) as refused:
            personas.quote(shop, made, *said, by=actors.SYSTEM)
        assert refused.value.code == "personas.words_unkeepable"
    assert not models.Quote.objects.exists()
