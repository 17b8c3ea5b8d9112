"""Mail of accounts, taken by a real mail server on the loopback; and none where there is no server."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest

from mailing import subject_of, text_of
from safar.doors.web.mail import MailSettingUnreadable, mail_settings


def test_an_invitation_is_written_in_the_language_of_the_workspace(mail_server, shop) -> None:
    from safar.doors.web.members.services import invite

    made = invite("omid@example.com", shop.workspace_id, base_url="http://127.0.0.1")
    assert made.was_mailed
    (letter,) = mail_server.wait_for(1)
    assert (letter["To"], letter["From"]) == ("omid@example.com", "safar@cx.example")
    assert subject_of(letter) == "به فروشگاه <تهران> دعوت شده‌اید"
    assert made.link in text_of(letter)
    assert "۷ روز" in text_of(letter)


def test_a_mail_server_that_is_gone_leaves_the_link_to_hand_over(web_home, shop) -> None:
    from django.test import override_settings

    from safar.doors.web.members.services import invite

    with override_settings(**mail_settings("smtp://127.0.0.1:9", "", "cx.example")):
        made = invite("omid@example.com", shop.workspace_id, base_url="http://127.0.0.1")
    assert not made.was_mailed
    assert made.invitation.pk


def test_a_forgotten_password_is_answered_alike_and_mailed_to_members_only(
    mail_server, shop, browser
) -> None:
    from safar.doors.web.members.models import ResetLink
    from safar.doors.web.members.services import add_member

    add_member("sara@example.com", "سارا", "fa", shop.workspace_id)
    pages = [
        browser.post("/forgotten", {"email": address}).content.decode()
        for address in ("nobody@example.com", "Sara@Example.com")
    ]
    told = [re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page) for page in pages]
    assert "is on its way" in told[0]
    assert told[0] == told[1]
    (letter,) = mail_server.wait_for(1)
    assert letter["To"] == "sara@example.com"
    link = next(line for line in text_of(letter).splitlines() if "/reset/" in line)
    assert ResetLink.objects.count() == 1
    there = browser.post(urlsplit(link).path, {"password": "a new one for today"})
    assert there["Location"] == "/sign-in"
    for _ in range(3):
        again = browser.post("/forgotten", {"email": "sara@example.com"})
    assert again.status_code == 422, "nobody's mail box is filled"


def test_without_a_mail_server_nothing_is_sent_and_who_helps_is_said(browser, web_home) -> None:
    page = browser.post("/forgotten", {"email": "sara@example.com"}).content.decode()
    assert "Safar sends no mail here" in page


@pytest.mark.parametrize(
    "url", ["mail.example", "http://mail.example", "smtp://", "smtp://me:secret@:25", "smtp://h:x"]
)
def test_an_address_that_is_none_is_said_without_its_password(url: str) -> None:
    with pytest.raises(MailSettingUnreadable) as refused:
        mail_settings(url, "", "")
    assert "secret" not in str(refused.value)


def test_a_password_is_never_said_in_the_clear() -> None:
    named = mail_settings("smtp://me:secret@mail.example:587", "cx@shop.example", "")
    assert (named["EMAIL_USE_TLS"], named["EMAIL_USE_SSL"], named["EMAIL_PORT"]) == (True, False, 587)
    assert named["DEFAULT_FROM_EMAIL"] == "cx@shop.example"
