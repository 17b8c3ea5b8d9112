"""Members and their sign-in links: added, let in once, refused without a trace."""

from __future__ import annotations

import threading
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from safar.store.registry import UnknownWorkspace
from safar.vocabulary.calendar import UnknownCalendar
from safar.vocabulary.email import EmailUnreadable

pytestmark = pytest.mark.usefixtures("web_home")


@pytest.fixture
def services():
    from safar.doors.web.members import services

    return services


@pytest.fixture
def models():
    from safar.doors.web.members import models

    return models


def token_of(link: str) -> str:
    return urlsplit(link).path.rpartition("/")[2]


def test_capitals_and_blanks_make_no_second_member(services, models, shop) -> None:
    first = services.add_member(" Sara@Example.com", "سارا", "fa", shop.workspace_id, "manager")
    again = services.add_member("sara@EXAMPLE.com ", "Sara", "en", shop.workspace_id, "viewer")
    assert (first.pk, again.email, again.language) == (again.pk, "sara@example.com", "en")
    assert models.Membership.objects.get().role == "viewer"
    assert not again.has_usable_password()


def test_members_are_listed_by_workspace(services, shop, web_home) -> None:
    from safar.doors.web.members.queries import MemberFacts, list_members

    other = web_home.create_workspace("Other")
    services.add_member("b@example.com", "B", "en", shop.workspace_id, "owner")
    services.add_member("a@example.com", "", "ar", other.workspace_id, "agent")
    services.add_member("b@example.com", "B", "en", other.workspace_id, "viewer")
    assert [member.email for member in list_members()] == ["a@example.com", "b@example.com"]
    (sara,) = list_members(shop.workspace_id)
    roles = tuple(sorted([(shop.workspace_id, "owner"), (other.workspace_id, "viewer")]))
    assert sara == MemberFacts("b@example.com", "B", "en", roles, is_active=True, last_sign_in_at=None)


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"email": "nobody"}, EmailUnreadable),
        ({"language": "de"}, "InvalidMemberSetting"),
        ({"role": "king"}, "InvalidMemberSetting"),
        ({"workspace_id": "not-there"}, UnknownWorkspace),
    ],
)
def test_a_refused_member_leaves_nothing_behind(services, models, shop, changed, refusal) -> None:
    asked = {"email": "a@example.com", "name": "A", "language": "en", "workspace_id": shop.workspace_id}
    with pytest.raises(getattr(services, refusal) if isinstance(refusal, str) else refusal):
        services.add_member(**(asked | changed))
    assert models.Member.objects.count() == models.Membership.objects.count() == 0


def test_a_link_signs_in_once(services, models, shop) -> None:
    services.add_member("a@example.com", "A", "en", shop.workspace_id)
    link = services.create_sign_in_link("A@example.com", "http://127.0.0.1:8000/")
    assert link.startswith("http://127.0.0.1:8000/sign-in/")
    token = token_of(link)
    assert models.SignInLink.objects.get().token_digest != token
    assert services.redeem_sign_in_link(token).email == "a@example.com"
    with pytest.raises(services.SignInLinkRefused):
        services.redeem_sign_in_link(token)


def test_of_two_at_once_one_gets_in(services, shop) -> None:
    services.add_member("a@example.com", "A", "en", shop.workspace_id)
    token = token_of(services.create_sign_in_link("a@example.com", "http://x"))
    outcomes: list[str] = []
    together = threading.Barrier(4)

    def redeem() -> None:
        from django.db import connections

        together.wait()
        try:
            outcomes.append(services.redeem_sign_in_link(token).email)
        except services.SignInLinkRefused:
            outcomes.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=redeem) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["a@example.com", "refused", "refused", "refused"]


def test_old_unknown_and_orphaned_links_are_refused(services, models, shop) -> None:
    member = services.add_member("a@example.com", "A", "en", shop.workspace_id)
    old = services.create_sign_in_link("a@example.com", "http://x", valid_for=timedelta(0))
    left = services.create_sign_in_link("a@example.com", "http://x")
    models.Member.objects.filter(pk=member.pk).update(is_active=False)
    for token in (token_of(old), token_of(left), "", "guess"):
        with pytest.raises(services.SignInLinkRefused):
            services.redeem_sign_in_link(token)
    assert models.SignInLink.objects.filter(used_at=None).count() == 2


def test_nobody_unknown_gets_a_link_and_the_nearest_is_named(services, models, shop) -> None:
    services.add_member("sara@example.com", "A", "en", shop.workspace_id)
    with pytest.raises(services.UnknownMember) as refused:
        services.create_sign_in_link("sarah@example.com", "http://x")
    assert refused.value.hint == 'Did you mean "sara@example.com"?'
    assert models.SignInLink.objects.count() == 0


def test_what_a_member_reads(services, shop) -> None:
    member = services.add_member("a@example.com", "A", "ar", shop.workspace_id)
    services.change_reading(member, language="ar", calendar="hijri", digits="latin", time_zone="Asia/Riyadh")
    member.refresh_from_db()
    assert (member.calendar, member.digits, member.time_zone) == ("hijri", "latin", "Asia/Riyadh")
    with pytest.raises(UnknownCalendar):
        services.change_reading(member, language="en", calendar="lunar")
    with pytest.raises(services.InvalidMemberSetting):
        services.change_reading(member, language="en", digits="roman")
    member.refresh_from_db()
    assert (member.language, member.calendar) == ("ar", "hijri")


def test_who_is_removed_is_out_at_once(services, models, shop, let_in) -> None:
    services.add_member("omid@example.com", "", "en", shop.workspace_id, "owner")
    sara = let_in("en", "analyst")
    page = f"/w/{shop.workspace_id}/today"
    assert sara.get(page).status_code == 200
    link = services.create_sign_in_link("sara@example.com", "http://x")
    removed = services.remove_member(" Sara@example.com", shop.workspace_id)
    assert (removed.email, removed.is_active) == ("sara@example.com", False)
    assert sara.get(page).status_code == 302
    with pytest.raises(services.SignInLinkRefused):
        services.redeem_sign_in_link(token_of(link))
    assert list(models.Membership.objects.values_list("member__email", flat=True)) == ["omid@example.com"]
    services.add_member("sara@example.com", "", "en", shop.workspace_id)
    assert sara.get(page).status_code == 302, "a session that was ended does not come back"


def test_who_works_elsewhere_too_may_sign_in_still(services, models, shop, web_home) -> None:
    other = web_home.create_workspace("Other")
    services.add_member("omid@example.com", "", "en", shop.workspace_id, "owner")
    services.add_member("sara@example.com", "", "en", shop.workspace_id)
    services.add_member("sara@example.com", "", "en", other.workspace_id)
    assert services.remove_member("sara@example.com", shop.workspace_id).is_active
    assert list(
        models.Membership.objects.filter(member__email="sara@example.com").values_list("workspace_id")
    ) == [(other.workspace_id,)]
    assert not services.remove_member("sara@example.com").is_active
    assert not models.Membership.objects.filter(member__email="sara@example.com").exists()


@pytest.mark.parametrize("everywhere", [False, True])
def test_the_last_owner_stays(services, models, shop, web_home, everywhere: bool) -> None:
    other = web_home.create_workspace("Other")
    services.add_member("sara@example.com", "", "en", other.workspace_id, "viewer")
    services.add_member("sara@example.com", "", "en", shop.workspace_id, "owner")
    services.add_member("omid@example.com", "", "en", shop.workspace_id, "manager")
    with pytest.raises(services.LastOwner):
        services.remove_member("sara@example.com", None if everywhere else shop.workspace_id)
    with pytest.raises(services.LastOwner):
        services.add_member("sara@example.com", "Sara", "fa", shop.workspace_id, "viewer")
    assert models.Membership.objects.count() == 3
    assert models.Membership.objects.get(role="owner").member.name == ""
    assert models.Member.objects.filter(is_active=True).count() == 2
    services.add_member("omid@example.com", "", "en", shop.workspace_id, "owner")
    services.remove_member("sara@example.com", shop.workspace_id)
    assert (
        models.Membership.objects.filter(workspace_id=shop.workspace_id).get().member.email
        == "omid@example.com"
    )


def test_nobody_unknown_is_removed(services, models, shop, web_home) -> None:
    other = web_home.create_workspace("Other")
    services.add_member("sara@example.com", "", "en", shop.workspace_id)
    for email, where in (("sarah@example.com", shop), ("sara@example.com", other)):
        with pytest.raises(services.UnknownMember):
            services.remove_member(email, where.workspace_id)
    with pytest.raises(UnknownWorkspace):
        services.remove_member("sara@example.com", "not-there")
    assert models.Membership.objects.count() == 1
