"""Mail of accounts, taken by a real mail server on the loopback; and none where there is no server."""

from __future__ import annotations

import email
import re
import socketserver
import threading
import time
from collections.abc import Iterator
from email.message import Message
from urllib.parse import urlsplit

import pytest

from safar.doors.web.mail import MailSettingUnreadable, mail_settings


class _Takes(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as one mail needs."""

    def handle(self) -> None:
        self._say("220 loopback")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                self._say("354 go on")
                text = b""
                while (row := self.rfile.readline()) not in {b".\r\n", b""}:
                    text += row
                self.server.taken.append(email.message_from_bytes(text))
                self._say("250 taken")
            elif verb == b"QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 yes")

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class MailServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Takes)
        self.taken: list[Message] = []

    def wait_for(self, count: int) -> list[Message]:
        until = time.monotonic() + 10
        while len(self.taken) < count and time.monotonic() < until:
            time.sleep(0.01)
        return self.taken


@pytest.fixture
def mail_server(web_home) -> Iterator[MailServer]:
    from django.test import override_settings  # noqa: PLC0415

    with MailServer() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        port = server.server_address[1]
        with override_settings(**mail_settings(f"smtp://127.0.0.1:{port}", "", "cx.example")):
            yield server
        server.shutdown()
        thread.join()


def text_of(message: Message) -> str:
    return message.get_payload(decode=True).decode()


def subject_of(message: Message) -> str:
    return str(email.header.make_header(email.header.decode_header(message["Subject"])))


def test_an_invitation_is_written_in_the_language_of_the_workspace(mail_server, shop) -> None:
    from safar.doors.web.members.services import invite  # noqa: PLC0415

    made = invite("omid@example.com", shop.workspace_id, base_url="http://127.0.0.1")
    assert made.was_mailed
    (letter,) = mail_server.wait_for(1)
    assert (letter["To"], letter["From"]) == ("omid@example.com", "safar@cx.example")
    assert subject_of(letter) == "به فروشگاه <تهران> دعوت شده‌اید"
    assert made.link in text_of(letter)
    assert "۷ روز" in text_of(letter)


def test_a_mail_server_that_is_gone_leaves_the_link_to_hand_over(web_home, shop) -> None:
    from django.test import override_settings  # noqa: PLC0415

    from safar.doors.web.members.services import invite  # noqa: PLC0415

    with override_settings(**mail_settings("smtp://127.0.0.1:9", "", "cx.example")):
        made = invite("omid@example.com", shop.workspace_id, base_url="http://127.0.0.1")
    assert not made.was_mailed
    assert made.invitation.pk


def test_a_forgotten_password_is_answered_alike_and_mailed_to_members_only(
    mail_server, shop, browser
) -> None:
    from safar.doors.web.members.models import ResetLink  # noqa: PLC0415
    from safar.doors.web.members.services import add_member  # noqa: PLC0415

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
