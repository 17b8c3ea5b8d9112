"""The desk Customers: list, search, one customer, parting and joining ids, files, erasing with proof."""

from __future__ import annotations

import json
import re
from urllib.parse import urlencode

import pytest

from a_shop import an_answer, days_ago
from builders import an_event
from logs import bytes_of
from safar.show.locale import Locale
from safar.store.registry import Workspace

ODD = "a/b ..?&#<b>😀\u202e\u0600x"
ROLES = ("viewer", "agent", "analyst", "manager", "owner")


def changes():
    from safar.doors.web.audit.models import Change

    return Change.objects.filter(action__startswith="customer.")


def erasures():
    from safar.doors.web.customers.models import Erasure

    return Erasure.objects


def digest_of(shop: Workspace, customer_id: str) -> str:
    from safar.doors.web.customers.digests import customer_digest

    return customer_digest(shop.workspace_id, customer_id)


def at(shop: Workspace, rest: str = "customers", **query: str) -> str:
    return f"/w/{shop.workspace_id}/{rest}?{urlencode(query)}"


@pytest.fixture
def known(tell, web_home, shop: Workspace) -> None:
    sara = {
        "name": "سارا احمدی",
        "phone": "09123456781",
        "$anonymous_id": "anon-1",
        "bio": "<script>x</script>",
    }
    order = {"order_id": "o1"}
    tell(
        an_event("page", days_ago(5), customer="anon-1", properties={"path": "/کفش"}),
        an_event("identify", days_ago(4), customer="sara", properties=sara),
        an_event("order_placed", days_ago(3), customer="sara", amount=2_500_000, currency="IRR", properties=order),
        an_answer("nps", 9, 2, "sara"),
        an_event("page", days_ago(1), customer=ODD),
    )  # fmt: skip
    web_home.log(shop.workspace_id).ask_to_seal()
    web_home.log(shop.workspace_id).compact()


@pytest.mark.parametrize("role", ROLES)
def test_each_role_sees_and_does_what_it_may(let_in, shop: Workspace, known: None, role: str) -> None:
    browser = let_in("en", role)
    sees, may_change, exports = (
        role != "viewer",
        role in {"manager", "owner"},
        role in {"analyst", "manager", "owner"},
    )
    assert browser.get(at(shop)).status_code == (200 if sees else 403)
    page = browser.get(at(shop, "customer", id="sara"))
    assert page.status_code == (200 if sees else 403)
    assert ("Erase this customer" in page.content.decode()) is may_change
    assert ("export=json" in page.content.decode()) is exports
    assert browser.get(at(shop, "customer", id="sara", export="json")).status_code == (
        200 if exports else 403
    )
    assert browser.get(at(shop, "customer/erase", id="sara")).status_code == (200 if may_change else 403)
    parted = browser.post(at(shop, "customer/part", id="sara", out="anon-1"))
    assert parted.status_code == (302 if may_change else 403)
    erased = browser.post(at(shop, "customer/erase", id="sara"), {"typed": "sara"})
    assert erased.status_code == (302 if may_change else 403)
    assert erasures().count() == int(may_change)
    assert changes().count() == 2 * may_change + exports


def test_the_list_has_a_person_once_by_the_last_visit(let_in, shop: Workspace, known: None) -> None:
    page = let_in("fa", "agent").get(at(shop)).content.decode()
    shown = re.findall(r'<th scope="row".*?<bdi[^>]*>(.*?)</bdi>', page, re.DOTALL)
    assert shown[1] == "\u2068سارا احمدی\u2069 · \u2068sara\u2069"
    assert len(shown) == 2
    assert "<b>" not in shown[0]


@pytest.mark.parametrize("text", ["۰۹۱۲۳۴۵۶۷۸۱", "+98 912 345 6781", "سارا احمدي", "sara", "anon-1"])
def test_a_search_finds_the_person(let_in, shop: Workspace, known: None, text: str) -> None:
    page = let_in("fa", "agent").get(at(shop, q=text)).content.decode()
    assert "\u2068سارا احمدی\u2069 · \u2068sara\u2069" in page


def test_a_search_that_finds_nobody_says_what_was_sought(let_in, shop: Workspace, known: None) -> None:
    page = let_in("en", "agent").get(at(shop, q="<nobody>")).content.decode()
    assert "&lt;nobody&gt;" in page and "Nobody found for" in page  # noqa: PT018 - one sentence


def test_one_customer_is_told_whole_by_any_id(let_in, shop: Workspace, known: None) -> None:
    for customer_id in ("sara", "anon-1"):
        page = let_in("fa", "agent").get(at(shop, "customer", id=customer_id)).content.decode()
        assert "سارا احمدی" in page
        assert "۲۵۰٬۰۰۰" in page
        assert "anon-1" in page
        assert "/کفش" in page
        assert "<script>x" not in page
        assert "NPS\u2069: \u2068\u2068۹\u2069 از \u2068۱۰\u2069\u2069" in page


def test_the_timeline_is_filtered_by_name(let_in, shop: Workspace, known: None) -> None:
    page = let_in("en", "agent").get(at(shop, "customer", id="sara", name="order_placed")).content.decode()
    assert len(re.findall('class="event-name"', page)) == 1
    nothing = let_in("en", "agent").get(at(shop, "customer", id="sara", channel="none")).content.decode()
    assert "No event fits this filter." in nothing


def test_any_text_is_an_id(let_in, shop: Workspace, known: None) -> None:
    page = let_in("en", "agent").get(at(shop, "customer", id=ODD))
    assert page.status_code == 200
    assert "<b>😀" not in page.content.decode()


@pytest.mark.parametrize("customer_id", ["nobody", "", "<b>x", "x" * 5000])
def test_an_unknown_id_gets_a_page_that_helps(let_in, shop: Workspace, known: None, customer_id: str) -> None:
    page = let_in("en", "agent").get(at(shop, "customer", id=customer_id))
    assert page.status_code == 404
    assert "Nobody goes by this id" in page.content.decode()
    assert 'type="search"' in page.content.decode()
    assert "<b>x" not in page.content.decode()


def test_an_id_of_another_workspace_gives_nothing(let_in, web_home, shop: Workspace, known: None) -> None:
    from safar.doors.web.members.services import add_member

    other = web_home.create_workspace("Other", workspace_id=f"{shop.workspace_id}-other")
    browser = let_in("en", "owner")
    assert browser.get(at(other, "customer", id="sara")).status_code == 404
    add_member("sara@example.com", "سارا", "en", other.workspace_id, "owner")
    page = browser.get(at(other, "customer", id="sara")).content.decode()
    assert "Nobody goes by this id" in page
    assert "سارا احمدی" not in page


def test_a_parted_id_is_joined_again_by_undo(let_in, web_home, shop: Workspace, known: None) -> None:
    browser, identity = let_in("en", "manager"), web_home.log(shop.workspace_id).identity
    page = browser.post(at(shop, "customer/part", id="sara", out="anon-1"), follow=True).content.decode()
    assert identity.ids_of("sara") == ["sara"]
    undo = re.search(r'action="([^"]*customer/join[^"]*other=[^"]*)"', page)
    assert undo is not None
    browser.post(undo[1].replace("&amp;", "&"))
    assert identity.ids_of("sara") == ["sara", "anon-1"]
    noted = list(changes().order_by("pk").values_list("action", "target"))
    digest = digest_of(shop, "sara")
    assert noted == [("customer.parted", digest), ("customer.joined", digest)]


def test_who_is_not_known_is_not_joined(let_in, web_home, shop: Workspace, known: None) -> None:
    answer = let_in("en", "manager").post(at(shop, "customer/join", id="sara"), {"other": "saar"})
    assert answer.status_code == 400
    assert not web_home.log(shop.workspace_id).identity.knows("saar")
    assert changes().count() == 0


def test_everything_about_a_person_can_be_taken_away(let_in, shop: Workspace, known: None) -> None:
    answer = let_in("en", "analyst").get(at(shop, "customer", id="anon-1", export="json"))
    told = json.loads(answer.getvalue())
    assert [each["event_name"] for each in told] == ["survey_answered", "order_placed", "identify", "page"]
    assert {each["customer_id"] for each in told} == {"sara"}
    assert told[1]["properties"] == {"order_id": "o1"}
    noted = changes().get()
    assert (noted.action, noted.target) == ("customer.exported", digest_of(shop, "sara"))


def test_a_form_that_no_file_has_is_refused_and_not_noted(let_in, shop: Workspace, known: None) -> None:
    from safar.doors.web.audit.models import Change

    browser = let_in("en", "analyst")
    assert browser.get(at(shop, "customer", id="sara", export="pdf")).status_code == 400
    assert browser.get(at(shop, "customers", export="pdf")).status_code == 400
    assert not Change.objects.filter(action__endswith=".exported").exists()


def test_another_text_than_the_id_erases_nobody(let_in, web_home, shop: Workspace, known: None) -> None:
    answer = let_in("en", "owner").post(at(shop, "customer/erase", id="sara"), {"typed": "sarah"})
    assert answer.status_code == 422
    assert erasures().count() == 0
    assert web_home.log(shop.workspace_id).info().events == 5


def test_an_erasure_leaves_a_proof_and_no_trace(let_in, web_home, shop: Workspace, known: None) -> None:
    from safar.doors.web.customers.jobs import erase_customer
    from safar.doors.web.work.jobs import Progress
    from safar.doors.web.work.models import Work

    browser = let_in("en", "owner")
    asked = browser.post(at(shop, "customer/erase", id="anon-1"), {"typed": "sara"})
    found = erasures().get()
    assert asked.headers["Location"] == f"/w/{shop.workspace_id}/customers/erasures/{found.erasure_id}"
    assert browser.get(asked.headers["Location"]).status_code == 200
    web_home.log(shop.workspace_id).ask_to_seal()
    result = erase_customer.run(
        Progress(), {"workspace_id": shop.workspace_id, "erasure_id": str(found.erasure_id)}
    )
    assert result == {"events_removed": 4}
    page = browser.get(asked.headers["Location"]).content.decode()
    assert "This is the proof" in page
    proof = browser.get(asked.headers["Location"] + "?export=json").json()
    assert (proof["events_removed"], proof["matches"]) == (4, 0)
    assert browser.get(at(shop, "customer", id="sara")).status_code == 404
    found.refresh_from_db()
    assert found.customer_id == ""
    kept = [*changes().values(), *Work.objects.values(), *erasures().values()]
    assert "anon-1" not in str(kept)
    assert "'sara'" not in str(kept)
    noted = list(changes().order_by("pk").values_list("action", "target"))
    digest = digest_of(shop, "sara")
    assert noted == [("customer.erasure_asked", digest), ("customer.erased", digest)]


def test_no_byte_of_an_erased_id_stays_in_the_tables(let_in, web_home, shop: Workspace, tell) -> None:
    from django.db import connection

    from safar.doors.web.customers.jobs import erase_customer
    from safar.doors.web.work.jobs import Progress

    if connection.vendor != "sqlite":
        pytest.skip("The tables are on a server.")
    who = "forget-me-4711"
    tell(an_event("page", days_ago(1), customer=who))
    let_in("en", "owner").post(at(shop, "customer/erase", id=who), {"typed": who})

    def files_with_it() -> list[str]:
        return [path.name for path in web_home.folder.glob("app.sqlite*") if who.encode() in bytes_of(path)]

    assert files_with_it() != []
    web_home.log(shop.workspace_id).ask_to_seal()
    erase_customer.run(
        Progress(), {"workspace_id": shop.workspace_id, "erasure_id": str(erasures().get().erasure_id)}
    )
    assert files_with_it() == []


def test_an_erasure_of_another_workspace_is_not_found(let_in, web_home, shop: Workspace) -> None:
    other = erasures().create(workspace_id="elsewhere", digest="d")
    assert let_in("en", "owner").get(at(shop, f"customers/erasures/{other.erasure_id}")).status_code == 404


@pytest.mark.parametrize(
    ("language", "name", "value", "words"),
    [
        ("fa", "city_name", "شیراز", ("شهر", "شیراز")),
        ("fa", "language", "fa", ("زبان", "فارسی")),
        ("en", "language", "fa", ("Language", "Persian")),
        ("en", "language", "de", ("Language", "de")),
        ("en", "language", ["fa"], ("Language", '["fa"]')),
        ("fa", "since", "2026-11-21T10:00:00Z", ("مشتری از", "۳۰ آبان ۱۴۰۵")),
        ("fa", "createdAt", "2026-11-20T22:00:00+00:00", ("مشتری از", "۳۰ آبان ۱۴۰۵")),
        ("fa", "birthday", "2026-11-21T22:00:00Z", ("تاریخ تولد", "۳۰ آبان ۱۴۰۵")),
        ("fa", "consent", {"email": True, "sms": False}, ("رضایت به پیام", "ایمیل: بله، پیامک: خیر")),
        ("ar", "consent", {"email": True}, ("الموافقة على الرسائل", "البريد الإلكتروني: نعم")),
        ("en", "firstName", "Sara", ("First name", "Sara")),
        ("en", "country", "IR", ("Country", "IR")),
        ("en", "since", "long ago", ("Customer since", "long ago")),
        ("en", "since", 1, ("Customer since", "1")),
        ("en", "consent", True, ("Consent to messages", "Yes")),
        ("en", "consent", {"email": {"news": True}}, ("Consent to messages", '{"email": {"news": true}}')),
        ("en", "loyalty_tier", True, ("loyalty_tier", "true")),
    ],
)
def test_known_traits_are_told_in_words_and_others_as_they_were_sent(
    web_home, language, name, value, words
) -> None:
    from django.utils.translation import override

    from safar.doors.web.customers.traits import trait_in_words

    with override(language):
        assert trait_in_words(name, value, Locale(language)) == words
