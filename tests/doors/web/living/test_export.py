"""Maps as files: every form in every language, who may take which, what is noted, and nothing that fetches anything."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import re
from urllib.parse import unquote

import pytest

from drawn import read, texts
from later import Later
from safar.maps.anatomy import read as read_map
from safar.maps.sheet_file import read_file
from shop_maps import OWNER, VOICE, a_shop_map, lived_events

services = Later("safar.doors.web.maps.services")
queries = Later("safar.doors.web.maps.queries")
models = Later("safar.doors.web.audit.models")
actors = Later("safar.doors.web.audit.actor")

LANGUAGES = {"fa": "rtl", "ar": "rtl", "en": "ltr"}


@pytest.fixture
def lived(tell) -> None:
    tell(*lived_events())


@pytest.fixture
def map_id(shop):
    return services.create(shop, a_shop_map(), by=actors.SYSTEM)


@pytest.fixture
def take(shop, map_id, let_in):
    """Take the map away in a form, as a member of a role; return the answer."""
    browsers = {}

    def take(form: str, role: str = "analyst", **query: str):
        if not browsers:
            browsers["one"] = let_in("fa", role)
        address = f"/w/{shop.workspace_id}/journeys/maps/{map_id}/export.{form}"
        return browsers["one"].get(address, query)

    return take


def body(answer) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def rows(answer) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body(answer).decode("utf-8-sig"))))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.usefixtures("lived")
def test_a_picture_is_in_the_language_asked_for(take, language: str) -> None:
    answer = take("svg", language=language)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/svg+xml; charset=utf-8"
    drawing = read(body(answer).decode())
    said = " ".join(texts(drawing))
    names = a_shop_map()
    for step in names.steps:
        assert step.name[language] in said
    assert {"fa": "۱۲", "ar": "١٢", "en": "12 people"}[language] in said
    assert [link for link in drawing.iter() if link.tag.endswith("}a")] == []


@pytest.mark.usefixtures("lived")
def test_numbers_are_drawn_with_their_words(take) -> None:
    found = texts(read(body(take("svg", language="en")).decode()))
    said = " ".join(found)
    for words in (
        "Buying: a <journey>",
        "12 people",
        "8 people",
        "6 people",
        "33%",
        "Delivered in two days",
        "• by days",
    ):
        assert words in said
    assert VOICE.split()[0] in said


@pytest.mark.usefixtures("lived")
def test_a_designed_map_has_no_numbers(take) -> None:
    said = " ".join(texts(read(body(take("svg", language="en", mode="designed")).decode())))
    assert "12 people" not in said
    assert "Delivered in two days" in said
    assert OWNER in said


def test_a_designed_map_needs_no_events(take) -> None:
    assert take("png", mode="designed").status_code == 200


def test_a_lived_map_without_events_leads_to_its_page(take, shop, map_id) -> None:
    answer = take("png")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(f"/w/{shop.workspace_id}/journeys/maps/{map_id}")


@pytest.mark.usefixtures("lived")
def test_a_png_is_a_picture_twice_as_large(take) -> None:
    picture = body(take("png"))
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    wide = int.from_bytes(picture[16:20], "big")
    assert wide == 2 * (128 + 3 * 190 + 52)


@pytest.mark.parametrize(
    ("query", "points"),
    [
        ({}, (1190.55, 841.89)),
        ({"size": "A1"}, (2383.94, 1683.78)),
        ({"size": "A4", "paper": "portrait"}, (595.28, 841.89)),
    ],
)
@pytest.mark.usefixtures("lived")
def test_a_poster_has_the_paper_asked_for(take, query, points) -> None:
    answer = take("pdf", **query)
    file = body(answer)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert file.startswith(b"%PDF-")
    box = re.search(rb"/MediaBox\s*\[0 0 ([0-9.]+) ([0-9.]+)\]", file)
    assert box is not None
    assert (float(box[1]), float(box[2])) == pytest.approx(points, abs=0.5)


@pytest.mark.usefixtures("lived")
def test_other_paper_is_refused_in_words(take) -> None:
    answer = take("pdf", size="B5")
    assert answer.status_code == 400
    assert "A0" in answer.content.decode()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.usefixtures("lived")
def test_the_page_needs_nothing_and_may_do_nothing(take, language: str) -> None:
    text = body(take("html", language=language)).decode()
    assert f'<html lang="{language}" dir="{LANGUAGES[language]}"' in text
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', text)
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    assert policy is not None
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert policy[1].replace("&#x27;", "'").startswith(f"default-src 'none'; style-src 'sha256-{digest}'")
    assert set(re.findall(r"""(?:src|href|action|url\()\s*=?\s*["']?([a-z]+:|/)""", text)) <= {"data:"}
    assert re.findall(r"https?://(?!www\.w3\.org/2000/svg)", text) == []
    assert re.findall(r"<(?:script|link|img|iframe|a|form)\b", text) == []
    assert re.findall(r"\sstyle=", text) == []
    assert "&lt;journey&gt;" in text or language != "en"


@pytest.mark.usefixtures("lived")
def test_cards_are_text_in_the_page(take) -> None:
    text = body(take("html", language="en")).decode()
    assert "• &lt;b&gt;often&lt;/b&gt;" in text
    assert "<b>often" not in text


@pytest.mark.usefixtures("lived")
def test_the_map_as_json_can_be_read_again(take, shop, map_id) -> None:
    answer = take("json")
    assert read_map(json.loads(body(answer))) == queries.map_of(shop, map_id).document


@pytest.mark.usefixtures("lived")
def test_numbers_as_rows(take) -> None:
    found = {(row["step_id"], row["number"], row["of"]): row for row in rows(take("csv", language="en"))}
    assert [found[step, "customers", ""]["value"] for step in ("visit", "order", "parcel")] == [
        "12",
        "8",
        "6",
    ]
    kept = found["order", "promise_kept_share", "p1"]
    assert (float(kept["value"]), kept["n"]) == (0.5, "8")  # two were late, two never came
    assert float(kept["low"]) < 0.5 < float(kept["high"])
    moves = {row["of"]: row["value"] for row in found.values() if row["number"] == "move_designed"}
    assert moves == {"visit > order": "8", "order > parcel": "6"}
    assert found["visit", "customers", ""]["step"] == "Visit"


def test_the_map_as_a_table_can_be_read_again(take, shop, map_id) -> None:
    document = queries.map_of(shop, map_id).document
    again = read_file(body(take("csv", "viewer", mode="designed")))
    assert [step.name for step in again.steps] == [step.name for step in document.steps]
    assert [card.text for card in again.cards] == [card.text for card in document.cards]


@pytest.mark.parametrize("role", ["viewer", "agent"])
@pytest.mark.usefixtures("lived")
def test_rows_are_for_those_who_may_export(take, role: str) -> None:
    assert take("csv", role).status_code == 403
    assert models.Change.objects.filter(action="map.exported").count() == 0
    assert take("svg", role).status_code == 200


@pytest.mark.usefixtures("lived")
def test_who_may_see_numbers_alone_gets_no_words_of_customers(take) -> None:
    assert VOICE.split()[0] not in body(take("html", "viewer", language="fa")).decode()


@pytest.mark.usefixtures("lived")
def test_who_may_see_customers_gets_their_words(take) -> None:
    assert VOICE in body(take("html", "agent", language="fa")).decode()


@pytest.mark.usefixtures("lived")
def test_a_voice_in_another_language_says_which(take) -> None:
    spoken = f'<span dir="auto" lang="fa">{VOICE}'
    assert spoken in body(take("html", "agent", language="en")).decode()
    assert f'<span dir="auto">{VOICE}' in body(take("html", "agent", language="fa")).decode()


@pytest.mark.usefixtures("lived")
def test_who_took_it_away_is_noted(take) -> None:
    take("pdf")
    (change,) = models.Change.objects.filter(action="map.exported")
    assert (change.target, change.after) == ("سفر خرید", {"form": "pdf", "lived": True})


@pytest.mark.usefixtures("lived")
def test_the_file_is_called_as_the_map_is(take) -> None:
    said = unquote(take("pdf", language="fa").headers["Content-Disposition"])
    assert said.endswith("سفر خرید.pdf")
    said = take("svg", language="en").headers["Content-Disposition"]
    assert said == 'attachment; filename="Buying a journey.svg"'


def test_other_forms_are_not_there(take) -> None:
    assert take("exe").status_code == 404


def test_a_map_of_another_workspace_is_not_there(web_home, shop, map_id) -> None:
    from safar.doors.web.members.services import add_member

    other = web_home.create_workspace("Other", workspace_id=f"{shop.workspace_id}-b", language="en")
    from django.test import Client

    browser = Client(SERVER_NAME="127.0.0.1")
    browser.force_login(add_member("omid@example.com", "Omid", "en", other.workspace_id, "owner"))
    assert browser.get(f"/w/{other.workspace_id}/journeys/maps/{map_id}/export.json").status_code == 404
    assert browser.get(f"/w/{shop.workspace_id}/journeys/maps/{map_id}/export.json").status_code == 404


def test_a_map_without_steps_makes_no_poster(shop, let_in) -> None:
    from msgspec.structs import replace

    empty = replace(a_shop_map(), stages=(), moves=(), cards=())
    made = services.create(shop, empty, by=actors.SYSTEM)
    browser = let_in("en", "analyst")
    for form, status in (("pdf", 400), ("html", 400), ("svg", 400), ("json", 200), ("csv", 200)):
        address = f"/w/{shop.workspace_id}/journeys/maps/{made}/export.{form}?mode=designed"
        assert browser.get(address).status_code == status


@pytest.mark.usefixtures("lived")
@pytest.mark.parametrize("form", ["svg", "png", "pdf", "html"])
def test_one_file_is_drawn_at_a_time(take, form: str, monkeypatch) -> None:
    from safar.doors.web.living import export_room

    monkeypatch.setattr(export_room, "WAIT_SECONDS", 0.05)
    with export_room.room():
        answer = take(form)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        assert "Content-Disposition" not in answer.headers
        assert take("json").status_code == 200
    assert models.Change.objects.filter(action="map.exported").count() == 1
    assert take(form).status_code == 200


@pytest.mark.usefixtures("lived")
def test_a_file_is_kept_for_who_asks_the_same_and_for_nobody_else(shop, map_id, let_in, monkeypatch) -> None:
    from safar.doors.web.living import export
    from safar.maps.edits import RenameMap

    drawn = []
    picture = export.picture
    monkeypatch.setattr(export, "picture", lambda *asked: drawn.append(asked) or picture(*asked))
    address = f"/w/{shop.workspace_id}/journeys/maps/{map_id}/export.svg?language=en"
    browser = let_in("en", "agent")
    first = body(browser.get(address))
    assert body(browser.get(address)) == first
    assert len(drawn) == 1
    assert VOICE.split()[0] in first.decode()
    body(browser.get(f"{address}&hide=quote"))
    assert len(drawn) == 2
    browser = let_in("en", "viewer")
    assert VOICE.split()[0] not in body(browser.get(address)).decode()
    services.apply(shop, map_id, [RenameMap(language="en", text="Renamed")], base=1, by=actors.SYSTEM)
    assert "Renamed" in body(browser.get(address)).decode()


def test_a_map_of_very_many_cards_is_not_drawn(shop, let_in) -> None:
    from msgspec.structs import replace

    document = a_shop_map()
    card = document.cards[0]
    many = tuple(replace(card, card_id=f"many-{number}") for number in range(801))
    made = services.create(shop, replace(document, cards=many), by=actors.SYSTEM)
    browser = let_in("en", "viewer")
    for form, status in (
        ("svg", 400),
        ("png", 400),
        ("html", 400),
        ("pdf", 400),
        ("json", 200),
        ("csv", 200),
    ):
        address = f"/w/{shop.workspace_id}/journeys/maps/{made}/export.{form}?mode=designed"
        assert browser.get(address).status_code == status
    refused = browser.get(f"/w/{shop.workspace_id}/journeys/maps/{made}/export.png?mode=designed")
    assert "more cards than a picture" in refused.content.decode()
    hidden = f"/w/{shop.workspace_id}/journeys/maps/{made}/export.svg?mode=designed&hide=lane-pain&hide=pain"
    assert browser.get(hidden).status_code == 200
