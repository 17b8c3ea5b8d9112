"""Signing in with address and password."""

from __future__ import annotations

import logging
import secrets
from typing import Final

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from safar.vocabulary.email import EmailUnreadable, fold_email

from .errors import OwnPasswordRefused, SignInRefused
from .models import Member
from .passwords import password_fits
from .throttle import ACCOUNT, ADDRESS, CODE, DEVICE, Limit, forgive, network_of, take

#: Marks a browser that a member signed in with before.
KNOWN_COOKIE: Final = "safar_known"
_KNOWN_SECONDS: Final = 180 * 86_400
_SALT: Final = "safar.known"
_logger = logging.getLogger("safar.members")


def check_password(request: HttpRequest, email: str, password: str) -> Member:
    """Return the member whom an address and a password belong to.

    A wrong address takes as long as a wrong password, is counted like one and is refused in the same words, so nobody
    learns here who has an account.

    Raises
    ------
    SignInRefused
        They do not belong together.
    AttemptsWait
        Too many attempts failed; this one was not looked at.
    """
    try:
        address = fold_email(email)
    except EmailUnreadable:
        address = f"unreadable {email[:254]}"
    network = str(request.META.get("REMOTE_ADDR", ""))
    device = _known_device(request, address)
    counted: tuple[tuple[Limit, str], ...] = (
        ((DEVICE, device),) if device else ((ACCOUNT, address), (ADDRESS, network_of(network)))
    )
    take(*counted)
    member = Member.objects.filter(email=address, is_active=True).first()
    if not password_fits(password, member.password if member else "") or member is None:
        _logger.warning("sign-in refused for account %s from %s", _name(address), network)
        raise SignInRefused("The address and the password do not belong together.", hint="Try again.")
    forgive(counted[0], one_of=counted[1:])
    return member


def check_own_password(member: Member, password: str) -> None:
    """Check the password of a member who is signed in.

    Raises
    ------
    OwnPasswordRefused, AttemptsWait
        It is not his, or too many were wrong.
    """
    counted = (CODE, f"password {member.pk}")
    take(counted)
    if not password_fits(password, member.password):
        raise OwnPasswordRefused("This is not the password.", hint="Try again.")
    forgive(counted)


def remember_browser(response: HttpResponse, request: HttpRequest, member: Member) -> None:
    """Mark the browser as one that the member signs in with: strangers who guess do not make it wait."""
    if _known_device(request, member.email):
        return
    response.set_cookie(
        KNOWN_COOKIE,
        signing.dumps([_name(member.email), secrets.token_hex(8)], salt=_SALT),
        max_age=_KNOWN_SECONDS,
        samesite="Lax",
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
    )


def _known_device(request: HttpRequest, address: str) -> str:
    """Return the browser's mark if it was set for this address; else nothing."""
    try:
        name, mark = signing.loads(request.COOKIES.get(KNOWN_COOKIE, ""), salt=_SALT, max_age=_KNOWN_SECONDS)
    except (signing.BadSignature, ValueError, TypeError):
        return ""
    return f"{name} {mark}" if name == _name(address) else ""


def _name(address: str) -> str:
    """Return a name for an address that says nothing to who does not hold the secret: for logs and cookies."""
    return salted_hmac("safar.account", address, algorithm="sha256").hexdigest()[:16]
