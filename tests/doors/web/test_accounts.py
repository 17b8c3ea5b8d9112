"""Accounts over HTTP: set-up, invitations, passwords, two steps, sessions, and what each of them refuses."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from django_otp.oath import TOTP

from safar.vocabulary.errors import Refusal

PASSWORD = "سیب‌های سرخ باغ"
PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
BASE = "http://127.0.0.1"

pytestmark = pytest.mark.usefixtures("web_home")


def path_of(link: str) -> str:
    return urlsplit(link).path


def token_of(link: str) -> str:
    return path_of(link).rpartition("/")[2]


@pytest.fixture
def services():
    from safar.doors.web.members import services

    return services


@pytest.fixture
def models():
    from safar.doors.web.members import models

    return models


@pytest.fixture
def visitor(web_home) -> Callable[..., Any]:
    from django.test import Client

    return lambda **headers: Client(SERVER_NAME="127.0.0.1", headers={"accept-language": "en", **headers})


@pytest.fixture
def member(services, shop) -> Callable[..., Any]:
    """Add a member with a password to the shop, or to another workspace."""

    def add(
        email: str, role: str = "viewer", workspace_id: str = "", *, password: str = PASSWORD, **facts: Any
    ):
        found = services.add_member(email, "", "en", workspace_id or shop.workspace_id, role, **facts)
        if password and not found.has_usable_password():
            found.set_password(password)
            found.save()
        return found

    return add


@pytest.fixture
def acts() -> Callable[..., Any]:
    from safar.doors.web.audit.actor import Actor

    return lambda someone: Actor("member", someone)


@pytest.fixture
def changes() -> Callable[[], list[tuple[str, str]]]:
    from safar.doors.web.audit.models import Change

    seen = Change.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    return lambda: list(Change.objects.filter(pk__gt=seen).order_by("pk").values_list("action", "target"))


def sign_in(browser: Any, email: str, password: str = PASSWORD, **sent: str) -> Any:
    return browser.post("/sign-in", {"email": email, "password": password, **sent})


def is_signed_in(browser: Any) -> bool:
    return "_auth_user_id" in browser.session


def two_factor(someone: Any) -> tuple[Callable[[int], str], list[str]]:
    """Switch the second step on; return what the authenticator shows some steps later, and the recovery codes."""
    from safar.doors.web.audit.actor import Actor
    from safar.doors.web.members import two_factor as steps

    device = steps.begin_two_factor(someone)

    def shows(later: int) -> str:
        clock = TOTP(device.bin_key)
        clock.time = timezone.now().timestamp() + 30 * later
        return f"{clock.token():06d}"

    return shows, steps.confirm_two_factor(someone, shows(-1), by=Actor("member", someone))


def at_once(count: int, act: Callable[[int], str]) -> list[str]:
    """Do something in several threads at the same moment; return what came of each, sorted."""
    together, outcomes = threading.Barrier(count), []

    def run(number: int) -> None:
        from django.db import connections

        together.wait()
        try:
            outcomes.append(act(number))
        except Refusal as error:
            outcomes.append(error.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


# --- signing in ---


def test_address_and_password_sign_in_whatever_the_keyboard(member, visitor, shop) -> None:
    member("sara1@example.com")
    for typed in ("sara1@example.com", " SARA1@Example.com ", "\u200esara1@example.com", "sara۱@example.com"):
        browser = visitor()
        there = sign_in(browser, typed.replace("۱", "1") if "۱" in typed else typed)
        assert (there.status_code, there["Location"]) == (302, "/"), typed


def test_a_wrong_password_and_an_unknown_address_read_the_same(member, visitor) -> None:
    member("sara@example.com")
    strip = re.compile(r'(name="(csrfmiddlewaretoken|email)" value="[^"]*"|value="[^"]*@[^"]*")')
    pages = [
        strip.sub("", sign_in(visitor(), email, "not the password").content.decode())
        for email in ("sara@example.com", "nobody@example.com")
    ]
    assert "do not belong together" in pages[0]
    assert pages[0] == pages[1]


def test_a_password_is_taken_as_it_is_but_for_how_letters_are_composed(member, visitor) -> None:
    member("sara@example.com", password=" Café crème 12 ")
    assert sign_in(visitor(), "sara@example.com", " Cafe\u0301 cre\u0300me 12 ").status_code == 302
    for other in ("Café crème 12", " café crème 12 ", " Café crème ۱۲ "):
        assert sign_in(visitor(), "sara@example.com", other).status_code == 422, other


def test_the_session_key_is_new_after_signing_in(member, visitor) -> None:
    member("sara@example.com")
    browser = visitor()
    session = browser.session
    session["before"] = "planted"
    session.save()
    planted = session.session_key
    browser.cookies["safar_session"] = planted
    sign_in(browser, "sara@example.com")
    assert is_signed_in(browser)
    assert browser.session.session_key != planted
    other = visitor()
    other.cookies["safar_session"] = planted
    assert not is_signed_in(other)


@pytest.mark.parametrize(
    "address", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_signing_in_leads_to_no_other_host(member, visitor, address: str) -> None:
    member("sara@example.com")
    assert sign_in(visitor(), "sara@example.com", next=address)["Location"] == "/"


def test_a_form_whose_session_ended_leads_back_to_its_page(member, visitor, shop) -> None:
    member("sara@example.com")
    page = f"/w/{shop.workspace_id}/today"
    asked = visitor().post(
        "/me/sessions", {"session": "others"}, headers={"referer": f"{BASE}/me/sessions?x=1"}
    )
    assert asked["Location"] == "/sign-in?next=/me/sessions%3Fx%3D1"
    foreign = visitor().post("/me/sessions", {}, headers={"referer": "https://evil.example/x"})
    assert foreign["Location"] == "/sign-in?next=/"
    part = visitor().get(page, headers={"hx-request": "true", "hx-current-url": f"{BASE}{page}?period=7d"})
    assert (part.status_code, part["HX-Redirect"]) == (200, f"/sign-in?next={page}%3Fperiod%3D7d")
    browser = visitor()
    there = sign_in(browser, "sara@example.com", next=f"{page}?period=7d")
    assert there["Location"] == f"{page}?period=7d"


def test_neither_passwords_nor_tokens_are_logged(member, visitor, services, shop, caplog) -> None:
    from safar.doors.web.audit.models import Change

    loggers = [logging.getLogger(name) for name in ("django", "safar", "django.request")]
    for each in loggers:
        each.addHandler(caplog.handler)
    try:
        member("sara@example.com")
        sign_in(visitor(), "sara@example.com", "a password of nobody")
        sign_in(visitor(), "sara@example.com")
        links = [
            services.invite("omid@example.com", shop.workspace_id, base_url=BASE).link,
            services.create_reset_link("sara@example.com", BASE),
            services.create_sign_in_link("sara@example.com", BASE),
        ]
        for link in links:
            visitor().get(path_of(link))
    finally:
        for each in loggers:
            each.removeHandler(caplog.handler)
    said = caplog.text + str(list(Change.objects.values_list("target", "before", "after", "actor_name")))
    assert "sign-in refused for account" in said
    for secret in ("a password of nobody", PASSWORD, *map(token_of, links)):
        assert secret not in said
    assert "sara@example.com" not in caplog.text


# --- passwords ---


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("elf letters", "password.too_short"),
        ("x" * 100 + "yz" * 79, "password.too_long"),
        ("q1w2e3r4t5y6", "password.common"),
        ("sara.ahmadi@example.com", "password.personal"),
        ("Sara Ahmadi 12", "password.personal"),
        ("abababababab", "password.repeated"),
        ("correct horse battery", ""),
        ("گل سرخ باغ ما", ""),
        ("twelve chars", ""),
    ],
)
def test_which_passwords_are_taken(web_home, password: str, code: str) -> None:
    from safar.doors.web.members.passwords import checked_password

    who = {"email": "sara.ahmadi@example.com", "name": "Sara Ahmadi"}
    if not code:
        assert checked_password(password, **who) == password
        return
    with pytest.raises(Refusal) as refused:
        checked_password(password, **who)
    assert refused.value.code == code
    assert password not in str(refused.value)


def test_a_password_is_kept_as_argon2(member) -> None:
    assert member("sara@example.com").password.startswith("argon2$argon2id$v=19$m=19456,t=3,p=1$")


def test_changing_the_password_asks_for_the_old_one_and_ends_other_sessions(member, visitor, changes) -> None:
    sara = member("sara@example.com")
    here, elsewhere = visitor(), visitor()
    for browser in (here, elsewhere):
        sign_in(browser, "sara@example.com")
    wrong = here.post("/me/password", {"current": "not the password", "password": "a new one for today"})
    assert wrong.status_code == 422
    sara.refresh_from_db()
    assert sara.check_password(PASSWORD)
    right = here.post("/me/password", {"current": PASSWORD, "password": "a new one for today"})
    assert right["Location"] == "/me/password"
    assert here.get("/me").status_code == 200
    assert elsewhere.get("/me")["Location"] == "/sign-in?next=/me"
    assert sign_in(visitor(), "sara@example.com").status_code == 422
    assert ("member.password_changed", "sara@example.com") in changes()


# --- who may try how often ---


def test_waits_double_and_never_grow_without_end(web_home) -> None:
    from safar.doors.web.members.throttle import ACCOUNT

    waits = [ACCOUNT.wait_after(failures).total_seconds() for failures in (1, 4, 5, 6, 7, 10, 11, 12, 10_000)]
    assert waits == [0, 0, 15, 30, 60, 480, 900, 900, 900]


def test_after_five_wrong_passwords_even_the_right_one_waits_and_the_member_is_told(
    member, visitor, models
) -> None:
    member("sara@example.com")
    browser = visitor()
    for _ in range(5):
        assert "do not belong" in sign_in(browser, "sara@example.com", "not the password").content.decode()
    waiting = sign_in(browser, "sara@example.com").content.decode()
    assert "Too many attempts failed. Try again in" in waiting
    assert re.search(r"1[0-5] sec", waiting)
    assert not is_signed_in(browser)
    count = models.Attempts.objects.order_by("-count").first().count
    assert count == 5, "an attempt that comes too early makes no wait longer"
    models.Attempts.objects.update(waits_until=timezone.now())
    assert sign_in(browser, "sara@example.com").status_code == 302
    assert "sara" not in str(list(models.Attempts.objects.values_list("key_digest", flat=True)))


def test_an_unknown_address_waits_like_a_known_one(member, visitor) -> None:
    for _ in range(5):
        sign_in(visitor(), "nobody@example.com", "not the password")
    assert "Try again in" in sign_in(visitor(), "nobody@example.com", "x").content.decode()


def test_strangers_cannot_lock_a_member_out_of_his_own_browser(member, visitor) -> None:
    member("sara@example.com")
    own = visitor()
    sign_in(own, "sara@example.com")
    own.post("/sign-out")
    for _ in range(6):
        sign_in(visitor(), "sara@example.com", "not the password")
    assert "Try again in" in sign_in(visitor(), "sara@example.com").content.decode()
    assert sign_in(own, "sara@example.com")["Location"] == "/"
    other = visitor()
    other.cookies["safar_known"] = own.cookies["safar_known"].value + "x"
    assert "Try again in" in sign_in(other, "sara@example.com").content.decode(), "a forged mark is none"


def test_guesses_at_the_same_moment_are_counted_one_by_one(web_home, models) -> None:
    from safar.doors.web.members.throttle import ACCOUNT, take

    def guess(_number: int) -> str:
        take((ACCOUNT, "sara@example.com"))
        return "looked at"

    assert at_once(8, guess) == ["looked at"] * 5 + ["sign_in.wait"] * 3
    models.Attempts.objects.all().delete()


# --- the first member ---


WELCOME = {
    "email": "First@example.com",
    "name": "نخستین",
    "password": PASSWORD,
    "language": "fa",
    "workspace_name": "فروشگاه",
    "calendar": "jalali",
    "time_zone": "Asia/Tehran",
    "currency": "IRR",
}


def test_the_first_member_owns_and_looks_after_everything_and_the_address_dies(
    services, models, visitor, changes
) -> None:
    older = services.create_set_up_link(BASE)
    link = services.create_set_up_link(BASE)
    assert visitor().get(path_of(older)).status_code == 403
    browser = visitor()
    assert browser.get(path_of(link)).status_code == 200
    short = browser.post(path_of(link), WELCOME | {"password": "short"})
    assert (short.status_code, models.Member.objects.count()) == (422, 0)
    made = browser.post(path_of(link), WELCOME)
    assert made.status_code == 302
    first = models.Member.objects.get()
    assert (first.email, first.name, first.is_administrator, first.language) == (
        "first@example.com", "نخستین", True, "fa",
    )  # fmt: skip
    assert set(models.Membership.objects.values_list("role", flat=True)) == {"owner"}
    assert is_signed_in(browser)
    assert visitor().get(path_of(link)).status_code == 403
    assert services.create_set_up_link(BASE) is None
    assert ("installation.set_up", "first@example.com") in changes()


def test_of_two_first_members_one_is_first(services, models) -> None:
    token = token_of(services.create_set_up_link(BASE))

    def begin(number: int) -> str:
        email = f"f{number}@example.com"
        services.set_up(
            token, email=email, name="F", password=PASSWORD, language="en", workspace_name="The shop"
        )
        return "first"

    assert at_once(4, begin) == ["first"] + ["set_up.refused"] * 3
    assert models.Member.objects.count() == 1


# --- invitations ---


JOIN = {"name": "امید", "password": PASSWORD, "language": "fa"}


def test_an_invited_one_joins_once(services, models, shop, visitor, member, acts, changes) -> None:
    owner = member("owner@example.com", "owner")
    made = services.invite(" Omid@Example.com", shop.workspace_id, "analyst", by=acts(owner), base_url=BASE)
    assert (made.invitation.email, made.was_mailed) == ("omid@example.com", False)
    assert made.invitation.token_digest not in made.link
    page = visitor().get(path_of(made.link)).content.decode()
    assert "omid@example.com" in page
    assert "Analyst" in page
    browser = visitor()
    joined = browser.post(path_of(made.link), JOIN)
    assert joined["Location"] == f"/w/{shop.workspace_id}/today"
    assert browser.get(joined["Location"]).status_code == 200
    assert models.Membership.objects.get(member__email="omid@example.com").role == "analyst"
    again = visitor().post(path_of(made.link), JOIN)
    assert again.status_code == 403
    assert changes()[-3:] == [
        ("member.renamed", "omid@example.com"),
        ("member.joined", "omid@example.com"),
        ("member.signed_in", "omid@example.com"),
    ]


def test_of_two_who_accept_at_once_one_joins(services, models, shop) -> None:
    token = token_of(services.invite("omid@example.com", shop.workspace_id, base_url=BASE).link)
    from safar.doors.web.audit.actor import SYSTEM

    def accept(number: int) -> str:
        return services.accept_invitation(token, by=SYSTEM, name=f"O{number}", password=PASSWORD).email

    assert at_once(4, accept) == ["invitation.refused"] * 3 + ["omid@example.com"]
    assert models.Membership.objects.count() == 1


def test_an_invitation_again_is_a_new_link_and_a_withdrawn_or_old_one_opens_nothing(
    services, models, shop, visitor
) -> None:
    from safar.doors.web.members.queries import invitations_of

    first = services.invite("omid@example.com", shop.workspace_id, base_url=BASE)
    second = services.resend_invitation(first.invitation.pk, shop.workspace_id, base_url=BASE)
    assert visitor().get(path_of(first.link)).status_code == 403
    assert visitor().get(path_of(second.link)).status_code == 200
    assert [each.invitation_id for each in invitations_of(shop.workspace_id)] == [second.invitation.pk]
    services.withdraw_invitation(second.invitation.pk, shop.workspace_id)
    assert visitor().post(path_of(second.link), JOIN).status_code == 403
    third = services.invite("omid@example.com", shop.workspace_id, base_url=BASE)
    models.Invitation.objects.filter(pk=third.invitation.pk).update(expires_at=timezone.now())
    assert visitor().post(path_of(third.link), JOIN).status_code == 403
    assert invitations_of(shop.workspace_id)[0].is_expired
    assert models.Member.objects.count() == 0
    assert third.invitation.expires_at - third.invitation.created_at == timedelta(days=7)


def test_a_link_opens_nobodys_account(services, models, shop, web_home, visitor, member) -> None:
    elsewhere = web_home.create_workspace("Elsewhere").workspace_id
    sara = member("sara@example.com", "owner", elsewhere)
    link = services.invite("sara@example.com", shop.workspace_id, base_url=BASE).link
    stolen = visitor().post(path_of(link), JOIN)
    assert stolen.status_code == 403
    sara.refresh_from_db()
    assert sara.name == ""
    assert not models.Membership.objects.filter(workspace_id=shop.workspace_id).exists()
    browser = visitor()
    there = sign_in(browser, "sara@example.com", next=path_of(link))
    assert there["Location"] == path_of(link)
    assert browser.post(path_of(link))["Location"] == f"/w/{shop.workspace_id}/today"
    assert models.Membership.objects.filter(member=sara).count() == 2


@pytest.mark.parametrize(
    ("inviter", "role", "code"),
    [
        ("owner", "owner", ""),
        ("manager", "owner", "member.out_of_reach"),
        ("manager", "manager", ""),
        ("analyst", "viewer", "member.out_of_reach"),
        ("agent", "viewer", "member.out_of_reach"),
        ("viewer", "viewer", "member.out_of_reach"),
        ("nowhere", "viewer", "member.out_of_reach"),
    ],
)
def test_nobody_invites_above_himself(
    services, models, shop, web_home, member, acts, inviter, role, code
) -> None:
    where = web_home.create_workspace("Elsewhere").workspace_id if inviter == "nowhere" else shop.workspace_id
    someone = member("someone@example.com", "owner" if inviter == "nowhere" else inviter, where)
    try:
        services.invite("omid@example.com", shop.workspace_id, role, by=acts(someone), base_url=BASE)
        refused = ""
    except Refusal as error:
        refused = error.code
    assert refused == code
    assert models.Invitation.objects.count() == (0 if code else 1)


def test_an_invitation_is_worth_what_its_inviter_may_still_give(
    services, shop, visitor, member, acts
) -> None:
    member("first@example.com", "owner")
    second = member("second@example.com", "owner")
    link = services.invite(
        "omid@example.com", shop.workspace_id, "owner", by=acts(second), base_url=BASE
    ).link
    services.change_role("second@example.com", shop.workspace_id, "manager")
    assert visitor().get(path_of(link)).status_code == 403


# --- roles ---


def test_roles_change_at_the_next_request(services, shop, member, visitor, acts) -> None:
    owner = member("owner@example.com", "owner")
    member("omid@example.com", "manager")
    browser = visitor()
    sign_in(browser, "omid@example.com")
    page = f"/w/{shop.workspace_id}/today"
    assert browser.get(page).status_code == 200
    from safar.doors.web.members.policies import Capability, may

    omid = services.change_role("omid@example.com", shop.workspace_id, "viewer", by=acts(owner)).member
    assert not may(omid, shop.workspace_id, Capability.IMPORT)
    assert browser.get(page).status_code == 200, "the session lives on"
    services.remove_member("omid@example.com", shop.workspace_id, by=acts(owner))
    assert browser.get(page).status_code == 302


@pytest.mark.parametrize(
    ("by", "whom", "to", "code"),
    [
        ("manager", "owner", "viewer", "member.out_of_reach"),
        ("manager", "viewer", "owner", "member.out_of_reach"),
        ("manager", "viewer", "manager", ""),
        ("analyst", "viewer", "agent", "member.out_of_reach"),
        ("owner", "owner", "viewer", ""),
    ],
)
def test_who_changes_whom(services, models, shop, member, acts, by, whom, to, code) -> None:
    member("keeper@example.com", "owner")
    someone, other = member("by@example.com", by), member("whom@example.com", whom)
    try:
        services.change_role("whom@example.com", shop.workspace_id, to, by=acts(someone))
        refused = ""
    except Refusal as error:
        refused = error.code
    assert refused == code
    assert models.Membership.objects.get(member=other).role == (whom if code else to)


def test_of_two_last_owners_who_leave_at_once_one_stays(services, models, shop, member, acts) -> None:
    owners = [member(f"o{number}@example.com", "owner") for number in range(2)]

    def leave(number: int) -> str:
        services.remove_member(owners[number].email, shop.workspace_id, by=acts(owners[number]))
        return "left"

    assert at_once(2, leave) == ["left", "member.last_owner"]
    assert models.Membership.objects.filter(workspace_id=shop.workspace_id, role="owner").count() == 1


def test_leaving_asks_by_name(shop, member, visitor, models) -> None:
    member("owner@example.com", "owner")
    sara = member("sara@example.com")
    browser = visitor()
    sign_in(browser, "sara@example.com")
    leave = f"/me/workspaces/{shop.workspace_id}/leave"
    assert browser.post(leave, {"typed": "another"}).status_code == 422
    assert models.Membership.objects.filter(member=sara).exists()
    assert browser.post(leave, {"typed": shop.name}).status_code == 302
    assert not models.Membership.objects.filter(member=sara).exists()
    assert not is_signed_in(browser)
    owner = visitor()
    sign_in(owner, "owner@example.com")
    owner.post(leave, {"typed": shop.name})
    assert models.Membership.objects.get().role == "owner"


# --- new passwords by link ---


def test_a_reset_link_works_once_ends_sessions_and_keeps_the_second_step(
    services, member, visitor, models
) -> None:
    sara = member("sara@example.com")
    shows, _codes = two_factor(sara)
    here = visitor()
    sign_in(here, "sara@example.com")
    here.post("/sign-in/code", {"code": shows(0)})
    assert is_signed_in(here)
    link = services.create_reset_link("sara@example.com", BASE)
    assert not models.ResetLink.objects.filter(token_digest=token_of(link)).exists()
    browser = visitor()
    assert browser.post(path_of(link), {"password": "short"}).status_code == 422
    assert browser.post(path_of(link), {"password": "a new one for today"})["Location"] == "/sign-in"
    assert not is_signed_in(browser)
    assert here.get("/me")["Location"] == "/sign-in?next=/me"
    assert visitor().post(path_of(link), {"password": "yet another one here"}).status_code == 403
    assert sign_in(browser, "sara@example.com", "a new one for today")["Location"] == "/sign-in/code"
    assert not is_signed_in(browser)


@pytest.mark.parametrize(
    ("by", "target", "code"),
    [
        ("owner", "here", ""),
        ("owner", "here and elsewhere", "member.out_of_reach"),
        ("owner", "administrator", "member.out_of_reach"),
        ("manager", "here", "member.out_of_reach"),
        ("administrator", "here and elsewhere", ""),
        ("administrator", "administrator", ""),
    ],
)
def test_nobody_takes_a_member_over_through_his_own_workspace(
    services, models, web_home, member, acts, by, target, code
) -> None:
    someone = member(
        "by@example.com", "manager" if by == "manager" else "owner", is_administrator=by == "administrator"
    )
    member("target@example.com", "viewer", is_administrator=target == "administrator")
    if "elsewhere" in target:
        member("target@example.com", "owner", web_home.create_workspace("Elsewhere").workspace_id)
    try:
        services.create_reset_link("target@example.com", BASE, by=acts(someone))
        refused = ""
    except Refusal as error:
        refused = error.code
    assert refused == code
    assert models.ResetLink.objects.count() == (0 if code else 1)


# --- the second step ---


def test_the_second_step_in_persian_digits_once_each(member, visitor, shop) -> None:
    sara = member("sara@example.com")
    shows, codes = two_factor(sara)
    assert (len(codes), len(set(codes))) == (10, 10)
    browser = visitor()
    page = f"/w/{shop.workspace_id}/today"
    assert sign_in(browser, "sara@example.com", next=page)["Location"] == "/sign-in/code"
    assert browser.get(page).status_code == 302
    code = shows(0)
    assert (
        browser.post("/sign-in/code", {"code": "000000" if code != "000000" else "111111"}).status_code == 422
    )
    there = browser.post("/sign-in/code", {"code": f" {code[:3]} {code[3:]}".translate(PERSIAN)})
    assert there["Location"] == page
    other = visitor()
    sign_in(other, "sara@example.com")
    assert other.post("/sign-in/code", {"code": code}).status_code == 422, "no code works twice"
    assert not is_signed_in(other)


def test_a_recovery_code_works_once_and_the_rest_is_counted(member, visitor, models) -> None:
    from django_otp.plugins.otp_static.models import StaticToken

    _shows, codes = two_factor(member("sara@example.com"))
    plain = codes[0].replace("-", "")
    assert plain not in set(StaticToken.objects.values_list("token", flat=True))
    browser = visitor()
    sign_in(browser, "sara@example.com")
    browser.post("/sign-in/code", {"code": codes[0].upper()})
    assert is_signed_in(browser)
    assert re.search(r"\W9\W are left", browser.get("/me").content.decode())
    again = visitor()
    sign_in(again, "sara@example.com")
    assert again.post("/sign-in/code", {"code": codes[0]}).status_code == 422


def test_links_do_not_skip_the_second_step(services, member, visitor) -> None:
    two_factor(member("sara@example.com"))
    browser = visitor()
    link = services.create_sign_in_link("sara@example.com", BASE)
    assert browser.post(path_of(link))["Location"] == "/sign-in/code"
    assert browser.get("/me")["Location"] == "/sign-in?next=/me"


def test_the_step_between_lasts_ten_minutes_and_codes_are_counted(member, visitor, models) -> None:
    shows, _codes = two_factor(member("sara@example.com"))
    browser = visitor()
    sign_in(browser, "sara@example.com")
    for _ in range(5):
        browser.post("/sign-in/code", {"code": "000000"})
    assert "Try again in" in browser.post("/sign-in/code", {"code": shows(0)}).content.decode()
    models.Attempts.objects.all().delete()
    session = browser.session
    session["half_signed_in"] = session["half_signed_in"] | {"at": timezone.now().timestamp() - 601}
    session.save()
    assert browser.post("/sign-in/code", {"code": shows(0)})["Location"] == "/sign-in"


def test_setting_up_and_switching_off(member, visitor, changes) -> None:
    from django_otp.plugins.otp_totp.models import TOTPDevice

    member("sara@example.com")
    browser, other = visitor(), visitor()
    for each in (browser, other):
        sign_in(each, "sara@example.com")
    picture = browser.get("/me/two-factor/key.svg")
    assert picture["Content-Type"] == "image/svg+xml"
    assert b"style" not in picture.content
    browser.get("/me/two-factor")
    device = TOTPDevice.objects.get()
    clock = TOTP(device.bin_key)
    clock.time = timezone.now().timestamp() - 30
    on = browser.post("/me/two-factor", {"code": f"{clock.token():06d}".translate(PERSIAN)})
    codes = re.search(r"<pre><code>(.*?)</code>", on.content.decode(), re.DOTALL)[1].split()
    assert len(codes) == 10
    assert other.get("/me").status_code == 302, "sessions with one step have ended"
    assert browser.get("/me/two-factor/key.svg").status_code == 404
    off = browser.post("/me/two-factor", {"password": "not the password", "code": codes[0]})
    assert off.status_code == 422
    off = browser.post("/me/two-factor", {"password": PASSWORD, "code": "000000"})
    assert off.status_code == 422
    assert TOTPDevice.objects.filter(confirmed=True).exists()
    off = browser.post("/me/two-factor", {"password": PASSWORD, "code": codes[1]})
    assert off.status_code == 302
    assert not TOTPDevice.objects.exists()
    assert [action for action, _ in changes() if "two_factor" in action] == [
        "member.two_factor_on",
        "member.two_factor_off",
    ]


def test_a_workspace_may_ask_for_a_second_step(services, member, visitor, shop, acts) -> None:
    from safar.doors.web.members.tokens import create_token, token_of

    owner, sara = member("owner@example.com", "owner"), member("sara@example.com", "manager")
    _token, secret = create_token(sara, shop.workspace_id, "script")
    browser = visitor()
    sign_in(browser, "sara@example.com")
    page = f"/w/{shop.workspace_id}/today"
    with pytest.raises(services.RoleOutOfReach):
        services.require_two_factor(shop.workspace_id, needed=True, by=acts(sara))
    assert browser.get(page).status_code == 200
    services.require_two_factor(shop.workspace_id, needed=True, by=acts(owner))
    assert browser.get(page)["Location"] == f"/me/two-factor?next={page}"
    assert token_of(secret) is None
    two_factor(sara)
    assert browser.get(page).status_code == 200
    assert token_of(secret) is not None


# --- sessions ---


def test_sessions_are_listed_and_ended(member, visitor, models) -> None:
    member("sara@example.com")
    phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Mobile Safari/604.1"
    here, there = visitor(), visitor(**{"user-agent": phone})
    for browser in (here, there):
        sign_in(browser, "sara@example.com")
    page = here.get("/me/sessions").content.decode()
    assert "Safari\u2069 on \u2068iPhone" in page
    assert page.count("This one") == 1
    (other,) = models.MemberSession.objects.exclude(session_key=here.session.session_key)
    here.post("/me/sessions", {"session": str(other.pk)})
    assert there.get("/me").status_code == 302
    assert here.get("/me").status_code == 200
    stranger = member("omid@example.com")
    thief = visitor()
    sign_in(thief, stranger.email)
    mine = models.MemberSession.objects.get(session_key=here.session.session_key)
    thief.post("/me/sessions", {"session": str(mine.pk)})
    assert here.get("/me").status_code == 200, "nobody ends another's session"


@pytest.mark.parametrize(
    ("field", "limit"), [("seen_at", timedelta(hours=24)), ("started_at", timedelta(days=14))]
)
def test_a_session_ends_by_itself(member, visitor, models, field: str, limit: timedelta) -> None:
    member("sara@example.com")
    browser = visitor()
    sign_in(browser, "sara@example.com")
    models.MemberSession.objects.update(**{field: timezone.now() - limit + timedelta(minutes=1)})
    assert browser.get("/me").status_code == 200
    models.MemberSession.objects.update(**{field: timezone.now() - limit})
    assert browser.get("/me")["Location"] == "/sign-in?next=/me"
    assert models.MemberSession.objects.count() == 0


def test_what_matters_asks_for_the_password_again(member, visitor) -> None:
    member("sara@example.com")
    browser = visitor()
    sign_in(browser, "sara@example.com")
    assert browser.get("/me/tokens").status_code == 200
    session = browser.session
    session["proved_at"] = timezone.now().timestamp() - 901
    session.save()
    for page in ("/me/tokens", "/me/two-factor"):
        assert browser.get(page)["Location"] == f"/me/confirm?next={page}"
    assert browser.post("/me/confirm", {"password": "not the password"}).status_code == 422
    assert (
        browser.post("/me/confirm", {"password": PASSWORD, "next": "/me/tokens"})["Location"] == "/me/tokens"
    )
    assert browser.get("/me/tokens").status_code == 200


# --- tokens ---


def test_a_token_is_shown_once_and_kept_as_a_digest(member, visitor, models, shop, changes) -> None:
    from safar.doors.web.members.tokens import token_of as opens

    sara = member("sara@example.com", "analyst")
    browser = visitor()
    sign_in(browser, "sara@example.com")
    asked = {"name": "nightly", "workspace_id": shop.workspace_id, "access": "write", "days": "30"}
    page = browser.post("/me/tokens", asked).content.decode()
    secret = re.search(r"sft_[\w-]{43}", page)[0]
    assert secret not in browser.get("/me/tokens").content.decode()
    kept = models.ApiToken.objects.get()
    assert (kept.secret_digest == secret, kept.can_write, kept.workspace_id) == (
        False,
        True,
        shop.workspace_id,
    )
    found = opens(secret)
    assert (found.member, found.pk) == (sara, kept.pk)
    assert opens(secret + "x") is opens("") is opens("sft_") is None
    assert browser.post("/me/tokens", asked).status_code == 422, "names tell tokens apart"
    browser.post(f"/me/tokens/{kept.pk}/end")
    assert opens(secret) is None
    assert changes()[-2:] == [("token.created", "nightly"), ("token.revoked", "nightly")]


def test_a_token_ends_with_its_time_and_with_its_members_work(services, member, models, shop) -> None:
    from safar.doors.web.members.tokens import create_token
    from safar.doors.web.members.tokens import token_of as opens

    member("owner@example.com", "owner")
    sara = member("sara@example.com")
    token, secret = create_token(
        sara, shop.workspace_id, "a", expires_at=timezone.now() + timedelta(minutes=1)
    )
    assert opens(secret) == token
    models.ApiToken.objects.update(expires_at=timezone.now())
    assert opens(secret) is None
    _token, secret = create_token(sara, shop.workspace_id, "b")
    services.remove_member("sara@example.com", shop.workspace_id)
    services.add_member("sara@example.com", "", "en", shop.workspace_id)
    assert opens(secret) is None, "who comes back makes a new one"
    with pytest.raises(Refusal):
        create_token(sara, "elsewhere", "c")


# --- reading ---


def test_time_zone_and_currency_are_honoured(member, visitor, shop) -> None:
    from django.test import RequestFactory

    from safar.doors.web.design.reader import reader_of

    sara = member("sara@example.com")
    browser = visitor()
    sign_in(browser, "sara@example.com")
    sent = {
        "language": "fa", "calendar": "", "digits": "", "time_zone": "asia/riyadh", "currency": "USD", "theme": "dark",
    }  # fmt: skip
    assert browser.post("/me", sent)["Location"] == "/me"
    sara.refresh_from_db()
    request = RequestFactory().get("/")
    request.user = sara
    locale = reader_of(request).locale(shop)
    assert (locale.language, locale.time_zone, locale.currency) == ("fa", "Asia/Riyadh", "USD")
    assert browser.post("/me", sent | {"time_zone": "Mars/Base"}).status_code == 422
    browser.post("/reading", {"digits": "latin", "next": "/me"})
    sara.refresh_from_db()
    assert (sara.time_zone, sara.currency, sara.digits) == ("Asia/Riyadh", "USD", "latin")
    live = browser.get(
        "/me/example", {"language": "en", "currency": "EUR", "time_zone": "UTC"}
    ).content.decode()
    assert "€1,234,567" in live


# --- the page about it ---


def test_the_table_of_roles_says_what_roles_may(web_home) -> None:
    from safar.doors.web.members.policies import ALLOWED, Capability

    page = (Path(__file__).resolve().parents[3] / "docs" / "concepts" / "accounts.md").read_text(
        encoding="utf-8"
    )
    rows = [
        [cell.strip(" `") for cell in line.split("|")[1:-1]]
        for line in page.splitlines()
        if line.startswith("| ")
    ]
    roles, written = rows[0][1:], {row[0]: row[1:] for row in rows[1:]}
    assert set(written) == set(Capability)
    for capability, cells in written.items():
        assert cells == ["yes" if capability in ALLOWED[role] else "" for role in roles], capability


def test_sessions_that_ended_by_themselves_are_swept(member, visitor, models) -> None:
    from django.contrib.sessions.models import Session

    from safar.doors.web.members.sessions import sweep_sessions

    member("sara@example.com")
    old, fresh = visitor(), visitor()
    for browser in (old, fresh):
        sign_in(browser, "sara@example.com")
    found = models.MemberSession.objects.filter(session_key=old.session.session_key)
    found.update(seen_at=timezone.now() - timedelta(hours=24))
    assert sweep_sessions() == 1
    kept = fresh.session.session_key
    assert list(models.MemberSession.objects.values_list("session_key", flat=True)) == [kept]
    assert list(Session.objects.values_list("pk", flat=True)) == [kept]


def test_pages_of_no_workspace_lead_back_to_the_desks_one_comes_from(
    web_home, shop, visitor, member, models
) -> None:
    other = web_home.create_workspace("Other", workspace_id=f"zz-{shop.workspace_id}")
    someone = member("sara@example.com", "viewer", is_administrator=True)
    member("sara@example.com", "owner", other.workspace_id)
    here = visitor()
    here.force_login(someone)

    def led_to(page: str) -> set[str]:
        html = here.get(page).content.decode()
        nav = html.partition('<nav class="nav"')[2].partition("</nav>")[0]
        return set(re.findall(r'href="/w/([^"]+)"', nav))

    assert f"{shop.workspace_id}/today" in led_to("/me")
    assert f"{shop.workspace_id}/customers" not in led_to("/me")  # a viewer sees none
    assert here.get(f"/w/{other.workspace_id}/today").status_code == 200
    for page in ("/me", "/me/sessions", "/installation/workspaces"):
        assert {f"{other.workspace_id}/{each}" for each in ("today", "customers", "imports")} < led_to(page)
    here.get(f"/w/{shop.workspace_id}/today", headers={"hx-request": "true"})
    assert f"{other.workspace_id}/today" in led_to("/me")
    models.Membership.objects.filter(workspace_id=other.workspace_id).delete()
    assert f"{shop.workspace_id}/today" in led_to("/me")
    models.Membership.objects.all().delete()
    assert led_to("/me") == set()
