"""Settings of a workspace: which role sees and does what, what an act leaves behind, what a refused one does not."""

from __future__ import annotations

import csv
import html
import io
import re
import zipfile

import pytest

from a_shop import days_ago
from builders import an_event

pytestmark = pytest.mark.usefixtures("web_home")

ROLES = ["owner", "manager", "analyst", "agent", "viewer"]
#: Each page, and the roles that may see it.
PAGES = {
    "settings/workspace": {"owner"},
    "settings/members": {"owner", "manager"},
    "settings/keys": {"owner"},
    "settings/changes": {"owner", "manager"},
    "settings/health": {"owner", "manager", "analyst"},
}


@pytest.fixture
def enter(shop, browser):
    """Sign a member of a role in, beside an owner who is always there; return a way to ask."""
    from safar.doors.web.members.services import add_member

    add_member("owner@example.com", "Owner", "en", shop.workspace_id, "owner")

    def enter(role: str = "owner", language: str = "en"):
        browser.force_login(add_member("sara@example.com", "Sara", language, shop.workspace_id, role))
        return browser

    return enter


@pytest.fixture
def at(shop):
    def at(page: str) -> str:
        return f"/w/{shop.workspace_id}/{page}"

    return at


def noted(workspace_id: str) -> list[tuple[str, str, dict, dict]]:
    """The changes of a workspace, oldest first, without those of making the members."""
    from safar.doors.web.audit.models import Change

    rows = Change.objects.filter(workspace_id=workspace_id).exclude(
        action__in=["member.added", "member.role_changed"], actor_kind="terminal"
    )
    return [(row.action, row.target, row.before, row.after) for row in rows.order_by("pk")]


def text_of(answer) -> str:
    text = html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))
    return " ".join(text.replace("\u2068", "").replace("\u2069", "").split())


@pytest.mark.parametrize("role", ROLES)
def test_each_role_sees_its_pages_and_only_their_tabs(enter, at, role) -> None:
    browser = enter(role)
    allowed = {page for page, roles in PAGES.items() if role in roles}
    for page in PAGES:
        assert browser.get(at(page)).status_code == (200 if page in allowed else 403), page
    first = browser.get(at("settings"))
    if not allowed:
        assert first.status_code == 403
        assert f'href="{at("settings")}"' not in browser.get(at("today")).content.decode()
        return
    assert first.status_code == 302
    shown = browser.get(first.headers["Location"]).content.decode()
    assert f'href="{at("settings")}"' in shown
    assert {page for page in PAGES if f'href="{at(page)}"' in shown} == allowed


def test_a_stranger_signs_in_first_and_a_member_of_elsewhere_finds_nothing(enter, at, web_home) -> None:
    from django.test import Client

    other = web_home.create_workspace("Other").workspace_id
    for page in PAGES:
        assert Client(SERVER_NAME="127.0.0.1").get(at(page)).headers["Location"].startswith("/sign-in")
        assert enter("owner").get(f"/w/{other}/{page}").status_code == 404


SETTINGS = {
    "name": "Tehran shop",
    "language": "en",
    "calendar": "gregorian",
    "time_zone": "tehran",
    "currency": "usd",
}


def test_changed_settings_are_kept_and_noted_with_what_they_were(enter, at, shop, web_home) -> None:
    answer = enter().post(at("settings/workspace"), SETTINGS)
    assert (answer.status_code, answer.headers["Location"]) == (302, at("settings/workspace"))
    now = web_home.workspace(shop.workspace_id)
    assert (now.name, now.language, now.calendar, now.time_zone, now.currency) == (
        "Tehran shop",
        "en",
        "gregorian",
        "Asia/Tehran",
        "USD",
    )
    before = {"name": shop.name, "language": "fa", "calendar": "jalali", "currency": "IRR"}
    after = {"name": "Tehran shop", "language": "en", "calendar": "gregorian", "currency": "USD"}
    assert noted(shop.workspace_id) == [("workspace.changed", shop.name, before, after)]
    enter().post(at("settings/workspace"), SETTINGS)
    assert len(noted(shop.workspace_id)) == 1  # nothing is changed, nothing is noted


def test_zone_and_currency_are_called_by_name(enter, at, shop, web_home) -> None:
    named = {"time_zone": "دبی", "currency": "درهم امارات"}
    assert enter().post(at("settings/workspace"), SETTINGS | named).status_code == 302
    now = web_home.workspace(shop.workspace_id)
    assert (now.time_zone, now.currency) == ("Asia/Dubai", "AED")


@pytest.mark.parametrize(
    "wrong",
    [{"name": " "}, {"time_zone": "Nowhere"}, {"currency": "ABC"}, {"calendar": "mayan"}, {"language": "de"}],
)
def test_a_wrong_setting_is_said_at_its_field_and_nothing_is_changed(
    enter, at, shop, web_home, wrong
) -> None:
    answer = enter().post(at("settings/workspace"), SETTINGS | wrong)
    assert answer.status_code == 422
    (field,) = wrong
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert web_home.workspace(shop.workspace_id) == shop
    assert noted(shop.workspace_id) == []


@pytest.mark.parametrize("role", ["manager", "analyst", "agent", "viewer"])
def test_who_may_not_change_the_workspace_changes_nothing(enter, at, shop, web_home, role) -> None:
    browser = enter(role)
    posts = {
        "settings/workspace": SETTINGS,
        "settings/workspace/retention": {"days": ""},
        "settings/workspace/forget/1": {"typed": shop.name},
        "settings/workspace/two-factor": {"needed": "on"},
        "settings/keys": {"name": "mine"},
    }
    for page, sent in posts.items():
        assert browser.post(at(page), sent).status_code == 403, page
    from safar.doors.web.members.queries import needs_two_factor

    assert web_home.workspace(shop.workspace_id) == shop
    assert web_home.keys(shop.workspace_id) == []
    assert not needs_two_factor(shop.workspace_id)
    assert noted(shop.workspace_id) == []


def test_a_shorter_retention_says_what_is_forgotten_and_asks_by_name(enter, at, shop, web_home, tell) -> None:
    tell(*(an_event("page", days_ago(days), customer=f"c{days}") for days in (1, 5, 40, 50, 60)))
    browser = enter()
    asked = browser.post(at("settings/workspace/retention"), {"days": "۳۰"})
    assert asked.headers["Location"] == at("settings/workspace/forget/30")
    assert "3 events from before" in text_of(browser.get(asked.headers["Location"]))
    assert browser.post(asked.headers["Location"], {"typed": "something"}).status_code == 422
    assert web_home.workspace(shop.workspace_id).retention_days is None
    assert noted(shop.workspace_id) == []
    done = browser.post(asked.headers["Location"], {"typed": shop.name})
    assert done.headers["Location"] == at("settings/workspace")
    assert web_home.workspace(shop.workspace_id).retention_days == 30
    assert noted(shop.workspace_id) == [
        ("workspace.retention_changed", shop.name, {"retention_days": None}, {"retention_days": 30})
    ]
    # Longer needs no name.
    assert browser.post(at("settings/workspace/retention"), {"days": ""}).headers["Location"] == at(
        "settings/workspace"
    )
    assert web_home.workspace(shop.workspace_id).retention_days is None


def test_two_factor_sign_in_is_required_and_noted(enter, at, shop) -> None:
    from safar.doors.web.members.queries import needs_two_factor

    assert enter().post(at("settings/workspace/two-factor"), {"needed": "on"}).status_code == 302
    assert needs_two_factor(shop.workspace_id)
    ((action, _target, before, after),) = noted(shop.workspace_id)
    assert (action, before, after) == (
        "workspace.two_factor_rule_changed",
        {"needs_two_factor": False},
        {"needs_two_factor": True},
    )


def member_address(email: str) -> str:
    from safar.doors.web.administration.members_page import member_key

    return f"settings/members/{member_key(email)}"


def test_an_invitation_shows_its_link_once(enter, at, shop) -> None:
    browser = enter()
    answer = browser.post(at("settings/members"), {"email": "Reza@Example.com", "role": "analyst"})
    (link,) = re.findall(r"http://127\.0\.0\.1/[\w/-]+", answer.content.decode())
    assert "<h1><bdi>The invitation is ready</bdi></h1>" in answer.content.decode()
    assert browser.get(link.removeprefix("http://127.0.0.1")).status_code == 200
    listed = browser.get(at("settings/members")).content.decode()
    assert "reza@example.com" in listed
    assert link not in listed
    assert noted(shop.workspace_id) == [("member.invited", "reza@example.com", {}, {"role": "analyst"})]


def test_an_invitation_is_made_anew_and_withdrawn(enter, at, shop) -> None:
    from safar.doors.web.members.models import Invitation

    browser = enter()
    browser.post(at("settings/members"), {"email": "reza@example.com", "role": "viewer"})
    first = Invitation.objects.get(withdrawn_at=None)
    assert browser.post(at(f"settings/invitations/{first.pk}/again")).status_code == 200
    second = Invitation.objects.get(withdrawn_at=None)
    assert second.token_digest != first.token_digest
    browser.post(at(f"settings/invitations/{second.pk}/withdraw"))
    assert not Invitation.objects.filter(withdrawn_at=None).exists()
    assert browser.post(at(f"settings/invitations/{second.pk}/withdraw")).status_code == 404


def test_another_workspaces_invitation_member_and_key_are_not_found(enter, at, shop, web_home) -> None:
    from safar.doors.web.members.models import Invitation
    from safar.doors.web.members.services import add_member, invite

    other = web_home.create_workspace("Other").workspace_id
    invitation = invite("reza@example.com", other, "viewer", base_url="http://x").invitation
    add_member("mina@example.com", "Mina", "en", other, "viewer")
    key, _secret = web_home.create_key(other, name="theirs")
    browser = enter()
    for page in (
        f"settings/invitations/{invitation.pk}/again",
        f"settings/invitations/{invitation.pk}/withdraw",
        f"{member_address('mina@example.com')}/remove",
        f"{member_address('mina@example.com')}/reset",
        f"settings/keys/{key.key_id}/revoke",
    ):
        assert browser.post(at(page), {"typed": "theirs"}).status_code == 404, page
    assert browser.get(at(f"settings/keys/{key.key_id}")).status_code == 404
    assert browser.get(at(f"settings/keys/{key.key_id}/arrived")).status_code == 404
    assert web_home.keys(other)[0].revoked_at is None
    assert Invitation.objects.get(pk=invitation.pk).withdrawn_at is None
    assert noted(shop.workspace_id) == []


def test_a_role_is_changed_from_the_page(enter, at, shop) -> None:
    from safar.doors.web.members.models import Membership

    browser = enter()
    assert browser.post(at(member_address("owner@example.com")), {"role": "manager"}).status_code == 302
    assert Membership.objects.get(member__email="owner@example.com").role == "manager"
    assert noted(shop.workspace_id) == [
        ("member.role_changed", "owner@example.com", {"role": "owner"}, {"role": "manager"})
    ]


def test_the_last_owner_stays_and_it_is_said_at_the_form(enter, at, shop) -> None:
    from safar.doors.web.members.models import Membership
    from safar.doors.web.members.services import remove_member

    browser = enter("owner")
    remove_member("owner@example.com", shop.workspace_id)
    own = member_address("sara@example.com")
    changed = browser.post(at(own), {"role": "viewer"})
    removed = browser.post(at(f"{own}/remove"), {"typed": "sara@example.com"})
    for answer in (changed, removed):
        assert answer.status_code == 422
        assert "A workspace keeps at least one owner." in text_of(answer)
    assert Membership.objects.get(member__email="sara@example.com").role == "owner"


def test_a_manager_neither_makes_nor_touches_owners(enter, at, shop) -> None:
    from safar.doors.web.members.models import Invitation, Membership

    browser = enter("manager")
    owner = member_address("owner@example.com")
    assert browser.post(at(owner), {"role": "viewer"}).status_code == 422
    assert browser.post(at(f"{owner}/remove"), {"typed": "owner@example.com"}).status_code == 422
    assert browser.post(at(f"{owner}/reset")).status_code == 403
    assert (
        browser.post(at("settings/members"), {"email": "x@example.com", "role": "owner"}).status_code == 422
    )
    assert Membership.objects.get(member__email="owner@example.com").role == "owner"
    assert not Invitation.objects.exists()
    assert noted(shop.workspace_id) == []


def test_a_removed_members_sessions_end(enter, at, shop) -> None:
    from django.test import Client

    from safar.doors.web.members.services import add_member

    theirs = Client(SERVER_NAME="127.0.0.1")
    theirs.force_login(add_member("reza@example.com", "Reza", "en", shop.workspace_id, "viewer"))
    assert theirs.get(at("today")).status_code == 200
    browser, page = enter(), at(f"{member_address('reza@example.com')}/remove")
    assert browser.post(page, {"typed": "wrong@example.com"}).status_code == 422
    assert theirs.get(at("today")).status_code == 200
    assert browser.post(page, {"typed": "reza@example.com"}).status_code == 302
    assert theirs.get(at("today")).headers["Location"].startswith("/sign-in")
    assert noted(shop.workspace_id) == [("member.removed", "reza@example.com", {"role": "viewer"}, {})]


def test_every_role_is_explained_by_what_the_policies_allow(enter, at) -> None:
    from safar.doors.web.administration.role_words import PHRASES
    from safar.doors.web.members.policies import Capability

    assert set(PHRASES) == set(Capability)
    shown = text_of(enter().get(at("settings/members")))
    assert "Viewer – May see numbers about all customers together." in shown
    assert "Owner – What the role Manager may, and also: make and revoke keys" in shown


KEY = {"name": "website", "channel": "web", "origins": "https://shop.example\nhttps://b.example"}


def test_a_keys_secret_is_shown_once_with_snippets(enter, at, shop, web_home) -> None:
    browser = enter()
    answer = browser.post(at("settings/keys"), KEY | {"requests_per_second": "۵۰"})
    shown = html.unescape(answer.content.decode())
    (key,) = web_home.keys(shop.workspace_id)
    assert (key.name, key.channel, key.origins, key.requests_per_second) == (
        "website",
        "web",
        ("https://shop.example", "https://b.example"),
        50.0,
    )
    (secret,) = set(re.findall(r"sfr_[\w-]{20,}", shown))
    assert web_home.key_of(secret) == key
    assert f"curl http://127.0.0.1/v1/track -u '{secret}:'" in shown
    assert f'<script async src="http://127.0.0.1/i/safar.js" data-key="{secret}"></script>' in shown
    assert answer.headers["Cache-Control"] == "no-store"
    for page in ("settings/keys", f"settings/keys/{key.key_id}", "settings/changes"):
        assert secret not in browser.get(at(page)).content.decode()
    after = {
        "channel": "web",
        "origins": ["https://shop.example", "https://b.example"],
        "requests_per_second": 50.0,
    }
    assert noted(shop.workspace_id) == [("key.created", "website", {}, after)]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"origins": "shop.example"}, "origins"),
        ({"requests_per_second": "0"}, "requests_per_second"),
        ({"requests_per_second": "fast"}, "requests_per_second"),
    ],
)
def test_a_wrong_key_is_refused_at_its_field(enter, at, shop, web_home, wrong, field) -> None:
    answer = enter().post(at("settings/keys"), KEY | wrong)
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert web_home.keys(shop.workspace_id) == []
    assert noted(shop.workspace_id) == []


def test_a_second_key_of_a_name_is_refused_and_not_noted(enter, at, shop, web_home) -> None:
    browser = enter()
    browser.post(at("settings/keys"), KEY)
    assert browser.post(at("settings/keys"), KEY).status_code == 422
    assert len(web_home.keys(shop.workspace_id)) == len(noted(shop.workspace_id)) == 1


def test_a_key_is_revoked_by_its_name(enter, at, shop, web_home) -> None:
    browser = enter()
    secret = re.search(r"sfr_[\w-]{20,}", browser.post(at("settings/keys"), KEY).content.decode())
    (key,) = web_home.keys(shop.workspace_id)
    page = at(f"settings/keys/{key.key_id}/revoke")
    assert browser.post(page, {"typed": "other"}).status_code == 422
    assert web_home.key_of(secret[0]) is not None
    assert browser.post(page, {"typed": "website"}).status_code == 302
    assert web_home.key_of(secret[0]) is None
    assert [action for action, *_ in noted(shop.workspace_id)] == ["key.created", "key.revoked"]


def test_the_first_event_of_a_key_is_told_and_its_namesakes_are_not(enter, at, shop, web_home, tell) -> None:
    browser = enter()
    tell(an_event("old", days_ago(1), source="key:website", received_at=days_ago(1)))
    key, _secret = web_home.create_key(shop.workspace_id, name="website")
    part = {"headers": {"HX-Request": "true", "HX-Request-Type": "partial"}}
    address = at(f"settings/keys/{key.key_id}/arrived")
    waiting = browser.get(address, **part).content.decode()
    assert "Waiting for the first event" in waiting
    assert "hx-get" in waiting
    tell(an_event("test_event", days_ago(0, 1), source="key:website", received_at=days_ago(-1)))
    arrived = browser.get(address, **part)
    assert "The first event arrived: test_event" in text_of(arrived)
    assert "1 event so far" in text_of(arrived)
    assert "hx-get" not in arrived.content.decode()
    assert browser.get(address).status_code == 302


def test_changes_are_sentences_with_before_and_after(enter, at, shop) -> None:
    browser = enter(language="fa")
    browser.post(at("settings/workspace"), SETTINGS)
    shown = text_of(browser.get(at("settings/changes")))
    assert f"تنظیمات فضای کاری «{shop.name}» تغییر کرد." in shown
    assert "تقویم هجری خورشیدی (جلالی) میلادی" in shown or "میلادی" in shown


def test_a_name_in_several_languages_is_told_by_language(enter, at, shop) -> None:
    from safar.doors.web.audit.actor import SYSTEM
    from safar.doors.web.audit.services import record

    names = {"fa": "تماس تلفنی", "en": "A call"}
    record(SYSTEM, "action.defined", workspace_id=shop.workspace_id, target="call", after={"name": names})
    shown = text_of(enter().get(at("settings/changes")))
    assert "فارسی: تماس تلفنی · English: A call" in shown


def test_changes_are_filtered_by_days_of_the_readers_calendar(enter, at, shop) -> None:
    browser = enter(language="fa")
    browser.post(at("settings/keys"), KEY)
    assert "«website»" in text_of(browser.get(at("settings/changes"), {"since": "1400/01/01"}))
    none = text_of(browser.get(at("settings/changes"), {"until": "1400/01/01"}))
    assert "«website»" not in none
    assert "تغییری با این مشخصات نیست" in none
    assert browser.get(at("settings/changes"), {"since": "1405-13-01"}).status_code == 422
    turned = browser.get(at("settings/changes"), {"since": "1405/02/01", "until": "1405/01/01"})
    assert turned.status_code == 422


def test_a_broken_place_in_the_list_is_refused(enter, at) -> None:
    assert enter().get(at("settings/changes"), {"after": "nonsense"}).status_code == 400


def test_changes_come_as_csv_and_sheet(enter, at, shop) -> None:
    browser = enter()
    browser.post(at("settings/keys"), KEY | {"name": "=cmd()"})
    answer = browser.get(at("settings/changes"), {"export": "csv", "what": "key.created"})
    rows = list(csv.reader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))
    assert rows[0] == [
        "When", "Who", "How", "Network address", "Action", "What", "Of what", "Before", "After",
    ]  # fmt: skip
    (row,) = rows[1:]
    assert row[1:5] == ["sara@example.com", "member", "127.0.0.1", "key.created"]
    assert row[6] == "'=cmd()"
    sheet = browser.get(at("settings/changes"), {"export": "xlsx"})
    with zipfile.ZipFile(io.BytesIO(b"".join(sheet))) as book:
        assert b"sara@example.com" in book.read("xl/worksheets/sheet1.xml")
    assert enter("manager").get(at("settings/changes"), {"export": "csv"}).status_code == 200


def test_health_tells_of_the_log_and_is_checked_in_the_background(enter, at, shop, tell) -> None:
    from safar.doors.web.work.queries import latest_work
    from safar.doors.web.work.worker import Worker

    browser = enter("analyst")
    assert "It was not checked yet." in text_of(browser.get(at("settings/health")))
    tell(*(an_event("page", days_ago(days), customer=f"c{days}") for days in range(1, 6)))
    shown = text_of(browser.get(at("settings/health")))
    assert "Events 5 5 of them not yet compacted" in shown
    browser.post(at("settings/health/check"))
    browser.post(at("settings/health/check"))  # one at a time
    assert Worker().run_waiting() == 1
    work = latest_work(shop.workspace_id, kind="administration.check_log")
    assert (work.status, work.result["count"]) == ("succeeded", 0)
    assert "Nothing is wrong. Checked" in text_of(browser.get(at("settings/health")))


def test_a_viewer_starts_no_check(enter, at, shop) -> None:
    from safar.doors.web.work.queries import latest_work

    assert enter("viewer").post(at("settings/health/check")).status_code == 403
    assert latest_work(shop.workspace_id, kind="administration.check_log") is None


def test_damage_is_said_in_the_readers_words(enter, at, shop, web_home, tell) -> None:
    from safar.doors.web.work.worker import Worker

    tell(an_event("page", days_ago(1)))
    log = web_home.log(shop.workspace_id)
    log.ask_to_seal()
    log.compact()
    (part,) = (web_home.workspace_folder(shop.workspace_id) / "log").rglob("*.parquet")
    part.write_bytes(part.read_bytes()[:-8] + bytes(8))
    browser = enter("analyst")
    browser.post(at("settings/health/check"))
    Worker().run_waiting()
    answer = browser.get(at("settings/health"))
    assert answer.status_code == browser.get(at("settings/health")).status_code == 200
    assert "The log cannot be read" in text_of(answer)
    assert "error A file of events is damaged." in text_of(answer)
    assert str(web_home.folder) not in answer.content.decode()


def test_every_finding_of_the_doctor_has_its_sentence() -> None:
    from safar.doors.web.administration.finding_sentences import FINDINGS
    from safar.store.findings import KINDS

    assert set(FINDINGS) == set(KINDS)


def test_what_upkeep_could_not_do_is_told(enter, at, shop) -> None:
    import logging

    logging.getLogger("safar.upkeep").warning(
        "Upkeep of %s failed and is tried again: %s", shop.workspace_id, "log.disk_full"
    )
    shown = text_of(enter("analyst").get(at("settings/health")))
    assert f"{shop.workspace_id}: There is no room left on the disk." in shown
