"""Mail, where the installation has a server for it. Without one nothing leaves this machine.

`SAFAR_EMAIL_URL` is ``smtp://host:port`` for a relay that asks no password, ``smtp://user:password@host:port``, which
turns to TLS before the password is said (STARTTLS), or ``smtps://user:password@host:port``, TLS from the start.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final
from urllib.parse import unquote, urlsplit

from safar.vocabulary.errors import Fault

_TIMEOUT_SECONDS: Final = 10
_PORTS: Final = {"smtp": 25, "smtps": 465}
_logger = logging.getLogger("safar.mail")
#: One after another: a mail server is not in a hurry, and a page does not wait for it.
_beside = ThreadPoolExecutor(1, "safar-mail")


class MailSettingUnreadable(Fault, ValueError):
    """`SAFAR_EMAIL_URL` names no mail server."""

    code = "mail.setting_unreadable"


def mail_settings(url: str, sender: str, host: str) -> dict[str, object]:
    """Return Django's settings for mail.

    Parameters
    ----------
    url
        See above; empty sends nothing.
    sender
        Whom mails are from; ``safar@<host>`` when empty.
    host
        The name of the pages' host.

    Raises
    ------
    MailSettingUnreadable
        The address is not one; the message does not repeat it, for it may hold a password.

    Examples
    --------
    >>> found = mail_settings("smtps://me:p%40ss@mail.example", "", "cx.example")
    >>> found["EMAIL_HOST"], found["EMAIL_PORT"], found["EMAIL_HOST_PASSWORD"], found["EMAIL_USE_SSL"]
    ('mail.example', 465, 'p@ss', True)
    """
    if not url:
        return {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend", "CAN_MAIL": False}
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS[parts.scheme]
    except (ValueError, KeyError):
        parts, port = urlsplit(""), 0
    if not parts.hostname:
        raise MailSettingUnreadable(
            "SAFAR_EMAIL_URL does not name a mail server.",
            hint="Write it as smtp://user:password@mail.example:587 or smtps://user:password@mail.example:465",
        )
    user = unquote(parts.username or "")
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port,
        "EMAIL_HOST_USER": user,
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp" and bool(user),
        "EMAIL_TIMEOUT": _TIMEOUT_SECONDS,
        "DEFAULT_FROM_EMAIL": sender or f"safar@{host}",
        "CAN_MAIL": True,
    }


def can_mail() -> bool:
    """Whether the installation has a mail server."""
    from django.conf import settings  # noqa: PLC0415 - the settings themselves read this module

    return bool(settings.CAN_MAIL)


def send(to: str, subject: str, text: str) -> bool:
    """Send one mail of plain text; return whether the server took it. What went wrong is for the log."""
    from django.core.mail import EmailMessage  # noqa: PLC0415 - settings read this module

    if not can_mail():
        return False
    try:
        message = EmailMessage(" ".join(subject.split()), text, to=[to])
        return message.send() == 1
    except OSError as error:  # smtplib's errors are among them
        _logger.warning("the mail server did not take a mail: %s", type(error).__name__)
        return False


def beside(work: Callable[[], object]) -> None:
    """Do something soon, in a thread of its own: the page that asks neither waits nor shows how long it takes."""

    def run() -> None:
        from django.db import connections  # noqa: PLC0415 - settings read this module

        try:
            work()
        except Exception:  # it has nobody to tell but the log
            _logger.exception("a mail could not be prepared")
        finally:
            connections.close_all()

    _beside.submit(run)
