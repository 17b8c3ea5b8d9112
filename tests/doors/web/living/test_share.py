"""Links to a map: what they show, to whom, for how long; and what they never show."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from drawn import plain
from later import Later
from safar.maps.lived_question import lived_question
from shop_maps import EVIDENCE, OWNER, VOICE, a_shop_map, lived_events

services = Later("safar.doors.web.maps.services")
models = Later("safar.doors.web.maps.models")
throttle = Later("safar.doors.web.members.models")
actors = Later("safar.doors.web.audit.actor")


@pytest.fixture
def map_id(shop):
    return services.create(shop, a_shop_map(), by=actors.SYSTEM)


@pytest.fixture
def lived(tell) -> None:
    tell(*lived_events())


@pytest.fixture
def share(shop, map_id):
    """Make a link; return its token."""

    def share(**asked) -> str:
        asked = {"language": "en", "expires_at": timezone.now() + timedelta(days=1), **asked}
        return services.share(shop, map_id, by=actors.SYSTEM, **asked)[1]

    return share


def shown(answer) -> str:
    """What a page says: without its style, whose faces are long, and without marks of direction."""
    return plain(re.sub(r"<style>.*?</style>", "", answer.content.decode(), flags=re.DOTALL))


def test_a_stranger_sees_the_design(browser, share) -> None:
    answer = browser.get(f"/m/{share()}")
    text = shown(answer)
    assert answer.status_code == 200
    for words in ("Buying: a &lt;journey&gt;", "Visit", "Parcel", "Delivered in two days", "A plainer page"):
        assert words in text
    assert "12 people" not in text
    assert not answer.cookies


@pytest.mark.usefixtures("lived")
def test_what_was_lived_is_shown_only_by_a_link_that_says_so(browser, share) -> None:
    assert "12 people" not in shown(browser.get(f"/m/{share()}"))
    text = shown(browser.get(f"/m/{share(shows_lived=True)}"))
    for words in ("12 people", "8 people", "6 people"):
        assert words in text


@pytest.mark.usefixtures("lived")
def test_no_link_shows_customers_owners_or_evidence(browser, share, shop) -> None:
    text = shown(browser.get(f"/m/{share(shows_lived=True)}"))
    for within in (
        VOICE,
        VOICE.split()[0],
        OWNER,
        EVIDENCE,
        "c0",
        shop.workspace_id,
        shop.name,
        "assumption",
    ):
        assert within not in text
    assert re.findall(r"<(?:a|script|form|link|img)\b", text) == []


@pytest.mark.usefixtures("lived")
def test_its_address_cannot_ask_for_more(browser, share) -> None:
    token = share()
    plain = browser.get(f"/m/{token}").content
    assert browser.get(f"/m/{token}?mode=lived&hide=&of=&language=fa&period=all").content == plain


@pytest.mark.parametrize(
    ("language", "direction", "said"), [("fa", "rtl", "دریافت"), ("ar", "rtl", "الاستلام")]
)
@pytest.mark.usefixtures("lived")
def test_it_speaks_the_language_it_was_made_in(browser, share, language, direction, said) -> None:
    answer = browser.get(
        f"/m/{share(language=language, shows_lived=True)}", headers={"Accept-Language": "en"}
    )
    text = shown(answer)
    assert f'<html lang="{language}" dir="{direction}"' in text
    assert said in text
    assert "Parcel" not in text
    assert "Everybody" not in text
    assert answer.headers["Content-Language"] == language


def test_it_is_kept_by_nobody_and_may_do_nothing(browser, share) -> None:
    headers = browser.get(f"/m/{share()}").headers
    assert headers["X-Robots-Tag"] == "noindex, nofollow"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


def ended(browser, token: str) -> None:
    answer = browser.get(f"/m/{token}", headers={"Accept-Language": "en"})
    assert answer.status_code == 404
    assert "This link does not show a map any more" in answer.content.decode()
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"


def test_an_ended_link_says_so(browser, share, shop, map_id) -> None:
    token = share()
    models.Share.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    ended(browser, token)
    token = share()
    services.unshare(shop, map_id, models.Share.objects.latest("id").public_id, by=actors.SYSTEM)
    ended(browser, token)
    token = share()
    services.archive(shop, map_id, by=actors.SYSTEM)
    ended(browser, token)
    ended(browser, "never-was")


def test_a_link_whose_persona_is_gone_shows_nobody_else(browser, share, shop, map_id) -> None:
    from msgspec.structs import replace

    made = services.create(shop, replace(a_shop_map(), personas=("mina",)), by=actors.SYSTEM)
    token = services.share(
        shop,
        made,
        language="en",
        persona="mina",
        shows_lived=True,
        expires_at=timezone.now() + timedelta(days=1),
        by=actors.SYSTEM,
    )[1]
    ended(browser, token)


def test_trying_links_is_made_slow_and_never_shuts_a_right_one(browser, share) -> None:
    token = share()
    statuses = [browser.get(f"/m/wrong-{number}").status_code for number in range(32)]
    assert statuses[:30] == [404] * 30
    assert statuses[-1] == 403
    for _ in range(35):
        assert browser.get(f"/m/{token}").status_code == 200
    assert browser.get("/m/wrong-again").status_code == 403


def test_readers_of_one_moment_get_one_drawing(browser, share, shop, map_id, monkeypatch) -> None:
    from safar.doors.web.living import export_views
    from safar.maps.edits import RenameMap

    drawn = []
    render = export_views.rendered
    monkeypatch.setattr(export_views, "rendered", lambda page: drawn.append(page) or render(page))
    token = share()
    first = browser.get(f"/m/{token}")
    again = browser.get(f"/m/{token}")
    assert (again.content, again.headers["Content-Security-Policy"]) == (
        first.content,
        first.headers["Content-Security-Policy"],
    )
    assert len(drawn) == 1
    browser.get(f"/m/{share(shows_lived=True)}")
    assert len(drawn) == 1 + 1
    services.apply(shop, map_id, [RenameMap(language="en", text="Renamed")], base=1, by=actors.SYSTEM)
    assert "Renamed" in shown(browser.get(f"/m/{token}"))


def test_who_finds_another_drawing_underway_is_asked_to_come_again(browser, share, monkeypatch) -> None:
    from safar.doors.web.living import export_room

    monkeypatch.setattr(export_room, "WAIT_SECONDS", 0.05)
    token = share()
    with export_room.room():
        answer = browser.get(f"/m/{token}", headers={"Accept-Language": "en"})
    assert (answer.status_code, answer.headers["Retry-After"], answer.headers["Refresh"]) == (503, "5", "5")
    assert "Another map is being drawn" in answer.content.decode()
    assert browser.get(f"/m/{token}").status_code == 200


def test_links_are_only_read(browser, share) -> None:
    assert browser.post(f"/m/{share()}").status_code == 405


def test_a_link_asks_what_the_sheet_asks(share, shop, map_id) -> None:
    """Otherwise what background work finds out for the one would never answer the other."""
    from safar.doors.web.maps.queries import map_of, shared_map

    opened = map_of(shop, map_id)
    assert opened is not None
    assert lived_question(shared_map(share(shows_lived=True)).document) == lived_question(opened.document)
