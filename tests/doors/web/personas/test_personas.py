"""Personas: described of segments, drafted from habits, told in three languages, watched for drift, forgotten."""

from __future__ import annotations

import json
import re
import struct
from datetime import timedelta

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from a_shop import days_ago
from builders import an_event
from mailing import subject_of, text_of
from safar.store.registry import Workspace
from shop_maps import a_shop_map

PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 4_000, 30) + b"\0" * 40
ROLES = ("viewer", "agent", "analyst", "manager", "owner")


def at(shop: Workspace, rest: str = "") -> str:
    return f"/w/{shop.workspace_id}/customers/personas{rest}"


def personas():
    from safar.doors.web.personas.models import Persona

    return Persona.objects


def look_again(shop: Workspace) -> None:
    from safar.doors.web.personas.services import look_again

    look_again(shop, personas().get())


def segment(shop: Workspace, text: str = "did pay", name: str = "Buyers") -> str:
    from safar.doors.web.audit.actor import SYSTEM
    from safar.doors.web.segments.services import catch_up, define

    made = define(shop, name, text, by=SYSTEM)
    catch_up(shop)
    return made


def described(shop: Workspace, *, of: str = "", **story: dict[str, str]) -> str:
    from safar.doors.web.audit.actor import SYSTEM
    from safar.doors.web.personas.services import describe

    return describe(shop, {"fa": "مینا", "en": "Mina"}, of or segment(shop), story, by=SYSTEM)


def a_map(shop: Workspace) -> str:
    from safar.doors.web.audit.actor import SYSTEM
    from safar.doors.web.maps.services import create

    return create(shop, a_shop_map(), by=SYSTEM)


@pytest.fixture
def known(tell, shop: Workspace) -> None:
    """Three who look, one of whom pays."""
    tell(
        *(an_event("look", days_ago(days), customer=f"c{days}") for days in (1, 2, 3)),
        an_event("pay", days_ago(2), customer="c2", amount=500_000, currency="IRR"),
    )


def test_a_persona_is_described_in_the_form(let_in, shop: Workspace, known: None) -> None:
    browser, buyers = let_in("fa", "analyst"), segment(shop)
    sent = {
        "segment": buyers,
        "name_fa": "مینا <b>",
        "about_fa": "می‌خرد.\n\n- محتاط\n- آرام",
        "goals_en": "A *good* price",
        "channels": [],
        "picture": SimpleUploadedFile("mina.png", PNG),
    }
    made = browser.post(at(shop, "/new"), sent)
    assert made.status_code == 302
    kept = personas().get()
    assert kept.name == {"fa": "مینا <b>"}
    assert kept.story == {"about": {"fa": "می‌خرد.\n\n- محتاط\n- آرام"}, "goals": {"en": "A *good* price"}}
    page = browser.get(made.headers["Location"]).content.decode()
    assert "مینا &lt;b&gt;" in page
    assert "<ul><li>محتاط</li><li>آرام</li></ul>" in page
    assert "۱ مشتری" in page.replace("\u2068", "").replace("\u2069", "")
    assert 'name="no_picture"' in browser.get(f"{made.headers['Location']}/edit").content.decode()
    assert 'name="no_picture"' not in browser.get(at(shop, "/new")).content.decode()
    picture = browser.get(f"{made.headers['Location']}/picture")
    assert (picture.content, picture.headers["Content-Type"]) == (PNG, "image/png")
    listed = browser.get(at(shop)).content.decode()
    assert f'href="{made.headers["Location"]}"' in listed


@pytest.mark.parametrize(
    ("data", "name"), [(b"<svg onload=alert(1)>", "x.png"), (PNG + b"\0" * (1 << 20), "large.png")]
)
def test_what_is_no_picture_is_refused_and_nothing_is_lost(
    let_in, shop: Workspace, known: None, data: bytes, name: str
) -> None:
    browser = let_in("en", "analyst")
    sent = {
        "segment": segment(shop),
        "name_en": "Mina",
        "goals_en": "Peace",
        "picture": SimpleUploadedFile(name, data),
    }
    answer = browser.post(at(shop, "/new"), sent)
    assert answer.status_code == 422
    assert "This is no picture that can be shown" in answer.content.decode()
    assert "Peace" in answer.content.decode()
    assert not personas().exists()


def test_a_persona_needs_a_name_and_a_segment(let_in, shop: Workspace, known: None) -> None:
    browser = let_in("en", "analyst")
    assert "A persona needs a segment" in browser.get(at(shop, "/new")).content.decode()
    answer = browser.post(at(shop, "/new"), {"segment": "nothing", "about_en": "x"})
    assert answer.status_code == 422
    assert "Give the persona a name." in answer.content.decode()
    assert not personas().exists()


def test_what_cannot_be_seen_or_kept_is_refused_beside_its_field(
    let_in, shop: Workspace, known: None
) -> None:
    browser, persona = let_in("en", "analyst"), described(shop, about={"en": "Buys"}, needs={"fa": "آرامش"})
    place, form = at(shop, f"/{persona}"), {"segment": personas().get().segment_id}
    for sent, told in (
        ({"name_fa": "\u200b\u202e", "name_en": "\0"}, "Give the persona a name."),
        ({"name_en": "Mina", "about_en": "a\0b"}, "Null characters are not allowed."),
    ):
        answer = browser.post(f"{place}/edit", {**form, **sent})
        assert (answer.status_code, told in answer.content.decode()) == (422, True)
    answer = browser.post(f"{place}/quote", {"text": "\u200b\u200e"})
    assert answer.status_code == 422
    assert "Nothing of this quote can be seen: write what the customer said." in answer.content.decode()
    assert not personas().get().quotes.exists()
    assert personas().get().name == {"fa": "مینا", "en": "Mina"}
    # What the form shows is the whole story: what is emptied in it goes.
    sent = {"name_en": "Mi\u202ena\u200b", "about_en": "\u200b", "goals_en": "Time"}
    assert browser.post(f"{place}/edit", {**form, **sent}).status_code == 302
    kept = personas().get()
    assert (kept.name, kept.story) == ({"en": "Mina"}, {"goals": {"en": "Time"}})


def test_a_persona_is_changed_quoted_and_put_away(let_in, shop: Workspace, known: None) -> None:
    browser, persona = let_in("en", "analyst"), described(shop)
    place = at(shop, f"/{persona}")
    form = {"segment": personas().get().segment_id, "name_en": "Mina", "name_fa": "مینا", "needs_en": "Time"}
    assert browser.post(f"{place}/edit", form).status_code == 302
    assert personas().get().story == {"needs": {"en": "Time"}}
    assert browser.post(f"{place}/quote", {"text": ""}).status_code == 422
    browser.post(
        f"{place}/quote", {"text": "It took a week, call +98 919 003 0180", "event": "a~b", "customer": "c2"}
    )
    assert "It took a week, call [phone]" in browser.get(place).content.decode()
    quote = personas().get().quotes.get()
    assert browser.post(f"{place}/quotes/{quote.pk}/away").status_code == 302
    assert not personas().get().quotes.exists()
    assert browser.post(f"{place}/away").status_code == 302
    assert personas().get().is_archived
    assert browser.get(place).status_code == 404


@pytest.mark.parametrize("role", ROLES)
def test_each_role_does_what_it_may(let_in, shop: Workspace, known: None, role: str) -> None:
    persona, browser = described(shop), let_in("en", role)
    may_edit = role in {"analyst", "manager", "owner"}
    place = at(shop, f"/{persona}")
    assert browser.get(place).status_code == 200
    for page in ("/new", "/drafts", f"/{persona}/edit", f"/{persona}/away"):
        assert browser.get(at(shop, page)).status_code == (200 if may_edit else 403)
    assert browser.post(f"{place}/quote", {"text": "x"}).status_code == (302 if may_edit else 403)
    assert personas().get().quotes.count() == may_edit


def test_another_workspace_sees_nothing(web_home, let_in, shop: Workspace, known: None) -> None:
    other = web_home.create_workspace("Other", workspace_id=f"{shop.workspace_id}-other")
    persona = described(shop)
    from safar.doors.web.members.services import add_member

    browser = let_in("en", "owner")
    add_member("sara@example.com", "", "en", other.workspace_id, "owner")
    for rest in ("", "/edit", "/picture", "/away"):
        assert browser.get(at(other, f"/{persona}{rest}")).status_code == 404
    assert browser.post(at(other, f"/{persona}/quote"), {"text": "x"}).status_code == 404
    assert not personas().get().quotes.exists()


def test_what_an_erased_customer_said_goes(shop: Workspace, known: None) -> None:
    from safar.doors.web.audit.actor import SYSTEM
    from safar.doors.web.customers.digests import customer_digest
    from safar.doors.web.personas.services import forget, quote

    persona = described(shop)
    quote(shop, persona, "his", "a~b", "c2", by=SYSTEM)
    quote(shop, persona, "hers", "c~d", "c3", by=SYSTEM)
    forget(shop.workspace_id, customer_digest(shop.workspace_id, "c2"))
    assert [each.text for each in personas().get().quotes.all()] == ["hers"]


def test_the_erasure_of_a_person_takes_the_quotes_of_each_of_his_ids(
    tell, let_in, web_home, shop: Workspace, known: None
) -> None:
    from safar.doors.web.audit.actor import SYSTEM
    from safar.doors.web.customers.jobs import erase_customer
    from safar.doors.web.customers.models import Erasure
    from safar.doors.web.personas.services import quote
    from safar.doors.web.work.jobs import Progress

    tell(an_event("identify", days_ago(1), customer="c2", properties={"$anonymous_id": "anon-2"}))
    web_home.log(shop.workspace_id).ask_to_seal()
    web_home.log(shop.workspace_id).compact()
    persona = described(shop)
    for text, customer in (("his", "c2"), ("his, before he said who", "anon-2"), ("hers", "c3")):
        quote(shop, persona, text, "a~b", customer, by=SYSTEM)
    let_in("en", "owner").post(f"/w/{shop.workspace_id}/customer/erase?id=anon-2", {"typed": "c2"})
    erasure_id = str(Erasure.objects.get().erasure_id)
    erase_customer.run(Progress(), {"workspace_id": shop.workspace_id, "erasure_id": erasure_id})
    assert [each.text for each in personas().get().quotes.all()] == ["hers"]


def test_members_who_live_otherwise_are_told_of(tell, let_in, shop: Workspace) -> None:
    counts = np.random.default_rng(4).poisson(2, 60).tolist()
    tell(
        *(an_event("pay", days_ago(400), customer=f"c{who}") for who in range(60)),
        *(
            an_event("look", days_ago(120 + turn), customer=f"c{who}")
            for who, count in enumerate(counts)
            for turn in range(count + 1)
        ),
    )
    persona = described(shop)
    place = at(shop, f"/{persona}")
    look_again(shop)
    browser = let_in("en", "analyst")
    assert "live otherwise" not in browser.get(place).content.decode()
    for who in range(60):
        tell(
            *(
                an_event("look", days_ago(2) + timedelta(minutes=turn), customer=f"c{who}")
                for turn in range(9)
            )
        )
    today = f"/w/{shop.workspace_id}/today"
    assert "live otherwise" not in browser.get(today).content.decode()
    look_again(shop)
    page = browser.get(place).content.decode()
    assert "Its members live otherwise than described" in page
    (notice,) = re.findall(
        r'<div class="notice is-warn alert".*?</div>', browser.get(today).content.decode(), re.DOTALL
    )
    assert f'<a href="{place}">Persona: \u2068Mina\u2069</a>' in notice
    usually = 1 + sum(counts) / len(counts)
    sentence = f"in 2 habits, most of all: “look” went from {usually:.1f} to 9.0 each."
    assert sentence in re.sub("[\u2066-\u2069]", "", notice)
    assert f'action="{place}/portrait"' in notice
    assert "Lives otherwise of late" in browser.get(at(shop)).content.decode()
    sheet = f"/w/{shop.workspace_id}/journeys/maps/{a_map(shop)}"
    (chip,) = re.findall(r"<bdi>Mina</bdi>.*?</a>", browser.get(sheet).content.decode())
    assert "lives otherwise of late" in chip
    browser.post(f"{place}/portrait")
    assert "live otherwise" not in browser.get(place).content.decode()
    assert "lives otherwise" not in browser.get(sheet).content.decode()
    assert "live otherwise" not in browser.get(today).content.decode()


@pytest.mark.parametrize(("role", "may"), [("viewer", False), ("analyst", True)])
def test_a_drift_stands_on_today_for_this_workspace_and_who_may_accepts_it(
    web_home, let_in, shop: Workspace, known: None, role: str, may: bool
) -> None:
    other = web_home.create_workspace("Other")
    shift = {
        "name": "@web",
        "before": 1.0,
        "now": 3.0,
        "effect": 1.0,
        "low": 0.5,
        "high": 1.5,
        "is_clear": True,
    }
    quiet = {**shift, "is_clear": False}
    by = segment(shop)
    gone, calm, ours = (described(shop, of=by) for _ in range(3))
    theirs = described(other)
    for persona, shifts in ((gone, [shift]), (calm, [quiet]), (ours, [shift, quiet]), (theirs, [shift])):
        personas().filter(public_id=persona).update(shifts=shifts, is_archived=persona == gone)
    page = let_in("fa", role).get(f"/w/{shop.workspace_id}/today").content.decode()
    assert re.findall(r'class="notice is-warn alert".*?<a href="([^"]+)"', page, re.DOTALL) == [
        at(shop, f"/{ours}")
    ]
    assert (f"{at(shop, f'/{ours}')}/portrait" in page) is may


def test_a_drift_is_told_once_by_mail_and_to_webhooks(
    mail_server, tell, let_in, shop: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    from safar.doors.web.audit.actor import SYSTEM
    from safar.doors.web.hooks.models import Delivery
    from safar.doors.web.hooks.services import change, create
    from safar.doors.web.members.models import Member
    from safar.doors.web.personas.jobs import look_at_personas
    from safar.doors.web.work.jobs import Progress

    monkeypatch.setattr("safar.doors.web.members.writing.settings.PUBLIC_URL", "https://safar.example")
    let_in("fa", "analyst")
    who = [f"c{number}" for number in range(40)]
    for turn, customer in enumerate(who):
        tell(
            *(
                an_event("look", days_ago(70) + timedelta(hours=hour), customer=customer)
                for hour in range(1 + turn % 3)
            ),
            an_event("pay", days_ago(69), customer=customer),
        )
    mina = described(shop)
    personas().filter(public_id=mina).update(created_by=Member.objects.get())
    hook = create(shop, "https://receiver.example/", ["persona.drifted"], by=SYSTEM)
    change(shop, hook, is_on=True, by=SYSTEM)

    def look() -> object:
        return look_at_personas.run(Progress(), {})["drifting"]

    assert look() == 0
    assert not Delivery.objects.exists()
    for customer in who:
        tell(
            *(an_event("look", days_ago(5) + timedelta(minutes=turn), customer=customer) for turn in range(9))
        )
    assert [look(), look()] == [1, 1]  # it still drifts; that was told already
    told = json.loads(Delivery.objects.get().body)
    assert told["type"] == "persona.drifted"
    assert (told["data"]["persona_id"], told["data"]["name"]["en"]) == (mina, "Mina")
    assert {each["name"] for each in told["data"]["habits"]} >= {"look", "@web"}
    (letter,) = mail_server.wait_for(1)
    assert "مینا" in subject_of(letter)
    assert "بیش از همه" in text_of(letter)
    assert f"https://safar.example/w/{shop.workspace_id}/customers/personas/{mina}" in text_of(letter)


def test_groups_are_looked_for_and_become_personas(tell, let_in, shop: Workspace) -> None:
    chance = np.random.default_rng(5)
    tell(
        *(
            an_event(name, days_ago(20) + timedelta(minutes=turn), customer=f"c{who}")
            for who in range(120)
            for name, mean in zip(("look", "pay", "ask"), (9, 1, 1) if who < 80 else (1, 9, 9), strict=True)
            for turn in range(int(chance.poisson(mean)) + (name == "look"))
        )
    )
    browser = let_in("en", "analyst")
    asked = browser.post(at(shop, "/drafts"), {"segment": "", "days": "۹۰", "groups": ""})
    assert asked.status_code == 302
    assert browser.get(asked.headers["Location"]).status_code == 200
    from safar.doors.web.work.worker import Worker

    assert Worker().run_waiting() > 0
    page = browser.get(asked.headers["Location"]).content.decode()
    said = page.replace("\u2068", "").replace("\u2069", "")
    assert "<p>Did this at most 4 times: pay, in the last 90 days</p>" in said
    assert "<p>Did this at least 4 times: pay, in the last 90 days</p>" in said
    assert "2 groups among 120 customers." in said
    assert "Why so many groups" in page
    new = f"{at(shop, '/new')}?run={asked.headers['Location'].rsplit('/', 1)[1]}&group=0"
    made = browser.post(new, {"name_en": "Lookers"})
    assert made.status_code == 302
    from safar.doors.web.segments.queries import segments_of

    (defined,) = segments_of(shop)
    assert (defined.name, defined.public_id) == ("Lookers", personas().get().segment_id)
    assert browser.get(f"{at(shop, '/new')}?run=nothing&group=0").status_code == 404
    assert browser.get(new.replace("group=0", "group=77")).status_code == 404
    assert browser.post(at(shop, "/drafts"), {"days": "1"}).status_code == 422


def test_a_workspace_looks_for_one_thing_at_a_time(let_in, shop: Workspace, known: None) -> None:
    from safar.doors.web.work.worker import Worker

    browser = let_in("fa", "analyst")

    def looked_for(days: str) -> tuple[str, bool]:
        answer = browser.post(at(shop, "/drafts"), {"segment": "", "days": days, "groups": ""})
        page = browser.get(answer.headers["Location"]).content.decode()
        return answer.headers["Location"], "جست‌وجوی دیگری در جریان است" in page

    first, told = looked_for("90")
    assert not told
    assert looked_for("90") == (first, False)
    assert looked_for("30") == (first, True)
    assert Worker().run_waiting() > 0
    assert looked_for("30")[0] != first


def test_groups_are_looked_for_among_those_who_spent_the_most_unless_asked_otherwise(
    tell, let_in, shop: Workspace, known: None
) -> None:
    tell(an_event("order_placed", days_ago(1), customer="c3", amount=70_000, currency="IRR"))
    browser = let_in("en", "analyst")
    assert '<option value="" selected>' in browser.get(at(shop, "/drafts")).content.decode()
    segment(shop, "did pay", "Payers")
    buyers = segment(shop, "did order_placed", "Buyers")
    page = browser.get(at(shop, "/drafts")).content.decode()
    assert f'<option value="{buyers}" selected>' in page


def png(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height)


def jpeg(width: int, height: int) -> bytes:
    frame = b"\xff\xff\xc2" + struct.pack(">HBHH", 11, 8, height, width)
    return b"\xff\xd8\xff\xe0" + struct.pack(">H", 16) + b"JFIF" + b"\xff\xc0" * 5 + frame + b"\1"


def webp(chunk: bytes, body: bytes) -> bytes:
    return b"RIFF\0\0\0\0WEBP" + chunk + struct.pack("<I", len(body)) + body


def lossy(width: int, height: int) -> bytes:
    return webp(b"VP8 ", b"\0\0\0\x9d\1\x2a" + struct.pack("<HH", width, height | 1 << 14))


def lossless(width: int, height: int) -> bytes:
    return webp(b"VP8L", b"\x2f" + struct.pack("<I", width - 1 | height - 1 << 14))


def extended(width: int, height: int) -> bytes:
    sides = ((side - 1).to_bytes(3, "little") for side in (width, height))
    return webp(b"VP8X", b"\0" * 4 + b"".join(sides))


@pytest.mark.parametrize("drawn", [png, jpeg, lossy, lossless, extended])
def test_a_picture_of_few_bytes_and_many_pixels_is_refused(web_home, drawn) -> None:
    from safar.doors.web.personas.errors import PictureRefused
    from safar.doors.web.personas.stories import picture_type

    kinds = {png: "image/png", jpeg: "image/jpeg"}
    assert picture_type(drawn(4_000, 3)) == kinds.get(drawn, "image/webp")
    for sides in ((4_001, 3), (3, 4_001)):
        with pytest.raises(PictureRefused, match="4,001"):
            picture_type(drawn(*sides))
    with pytest.raises(PictureRefused):
        picture_type(drawn(3, 3)[:16])
