"""The second step of signing in: a code that an authenticator shows, or a recovery code that works once.

django-otp keeps the keys and checks the codes (RFC 6238, six digits, 30 seconds, one step either way, no code twice).
Attempts are counted by `throttle`, as those of passwords are.
"""

from __future__ import annotations

import secrets
from base64 import b32encode
from typing import Final

import segno
from django.db import transaction
from django.utils.crypto import salted_hmac
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from safar.doors.web.audit.actor import Actor
from safar.doors.web.audit.services import record
from safar.vocabulary.digits import BIDI_MARKS, fold_digits

from .errors import CodeRefused, RoleOutOfReach, TwoFactorUnchanged
from .links import active_member
from .models import Member
from .policies import administers
from .rules import has_two_factor
from .sessions import end_sessions
from .throttle import CODE, forgive, take

RECOVERY_CODES: Final = 10
#: Letters and digits that nobody takes for each other, written or said.
_ALPHABET: Final = "23456789abcdefghjkmnpqrstuvwxyz"
_CODE_LENGTH: Final = 10
_TOTP_LENGTH: Final = 6
_UNSAID: Final = str.maketrans("", "", BIDI_MARKS + " \u00a0\u200c\u202f-–‑_.")


def begin_two_factor(member: Member) -> TOTPDevice:
    """Return the key that the member's authenticator is to learn; it asks for nothing until it is confirmed.

    Raises
    ------
    TwoFactorUnchanged
        There is a second factor already.
    """
    with transaction.atomic():
        Member.objects.select_for_update().get(pk=member.pk)
        if has_two_factor(member):
            raise TwoFactorUnchanged("There is a second factor already.", hint="Switch it off first.")
        device, _ = TOTPDevice.objects.get_or_create(
            user=member, confirmed=False, defaults={"name": "authenticator"}
        )
    return device


def key_text(device: TOTPDevice) -> str:
    """Return the key as one types it: groups of four letters."""
    key = b32encode(device.bin_key).decode("ascii")
    return " ".join(key[place : place + 4] for place in range(0, len(key), 4))


def key_image(device: TOTPDevice) -> bytes:
    """Return the key as a QR code, an SVG picture without a style."""
    code = segno.make(device.config_url, error="m")
    picture: str = code.svg_inline(scale=5, border=4, omitsize=True, dark="#000", light="#fff")
    # a picture of its own needs its name space, which the inline form leaves out
    return picture.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1).encode()


def confirm_two_factor(member: Member, code: str, *, by: Actor) -> list[str]:
    """Switch the second factor on, once a code shows that the authenticator knows the key; return the recovery codes.

    Raises
    ------
    TwoFactorUnchanged, CodeRefused, AttemptsWait
        Nothing was switched on.
    """
    counted = (CODE, str(member.pk))
    take(counted)
    with transaction.atomic():
        device = TOTPDevice.objects.select_for_update().filter(user=member, confirmed=False).first()
        if device is None or has_two_factor(member):
            raise TwoFactorUnchanged("There is nothing to confirm.", hint="Begin again.")
        if not device.verify_token(_plain(code)):
            raise _refused()
        device.confirmed = True
        device.save(update_fields=["confirmed"])
        codes = _new_codes(member)
        record(by, "member.two_factor_on", target=member.email)
    forgive(counted)
    return codes


def check_code(member: Member, code: str, *, by: Actor) -> int | None:
    """Check a code of the second factor, and use it up; return how many recovery codes are left if it was one.

    Raises
    ------
    CodeRefused
        It is neither the authenticator's, nor an unused recovery code; or it was used before.
    AttemptsWait
        Too many codes were wrong; this one was not looked at.
    """
    counted = (CODE, str(member.pk))
    take(counted)
    left = _use_code(member, _plain(code), by)
    forgive(counted)
    return left


@transaction.atomic
def _use_code(member: Member, code: str, by: Actor) -> int | None:
    device = TOTPDevice.objects.select_for_update().filter(user=member, confirmed=True).first()
    if device is None:
        raise _refused()
    if len(code) == _TOTP_LENGTH and code.isdecimal():
        if not device.verify_token(code):
            raise _refused()
        return None
    kept = StaticToken.objects.select_for_update().filter(device__user=member, token=_digest(code))
    if not kept.delete()[0]:
        raise _refused()
    record(Actor("member", member, by.address), "member.recovery_code_used", target=member.email)
    return recovery_codes_left(member)


@transaction.atomic
def renew_recovery_codes(member: Member, *, by: Actor) -> list[str]:
    """Return new recovery codes; those before open nothing any more.

    Raises
    ------
    TwoFactorUnchanged
        There is no second factor.
    """
    if not has_two_factor(member):
        raise TwoFactorUnchanged("There is no second factor.", hint="Set one up first.")
    codes = _new_codes(member)
    record(by, "member.recovery_codes_made", target=member.email)
    return codes


def recovery_codes_left(member: Member) -> int:
    """Return how many recovery codes were not used yet."""
    return int(StaticToken.objects.filter(device__user=member).count())


@transaction.atomic
def switch_two_factor_off(member: Member, *, by: Actor) -> None:
    """Take the member's own second factor away; whoever calls this has checked password and code.

    Raises
    ------
    TwoFactorUnchanged
        There is none.
    """
    if not has_two_factor(member):
        raise TwoFactorUnchanged("There is no second factor.", hint="It is off already.")
    _forget(member)
    record(by, "member.two_factor_off", target=member.email)


@transaction.atomic
def reset_two_factor(email: str, *, by: Actor | None = None) -> Member:
    """Take the second factor of a member away who lost phone and recovery codes, and end his sessions.

    Raises
    ------
    RoleOutOfReach
        Only the terminal and administrators do that, and administrators not to themselves.
    EmailUnreadable, UnknownMember, TwoFactorUnchanged
        Nothing was changed.
    """
    by = by or Actor.at_terminal()
    member = active_member(email)
    if by.member is not None and (not administers(by.member) or by.member == member):
        raise RoleOutOfReach(
            "Only another administrator, or the terminal, takes a second factor away.",
            hint="Ask one of them.",
        )
    if not has_two_factor(member):
        raise TwoFactorUnchanged(
            f"{member.email} has no second factor.", hint="There is nothing to take away."
        )
    _forget(member)
    end_sessions(member)
    record(by, "member.two_factor_reset", target=member.email)
    return member


def _forget(member: Member) -> None:
    TOTPDevice.objects.filter(user=member).delete()
    StaticDevice.objects.filter(user=member).delete()


def _new_codes(member: Member) -> list[str]:
    device, _ = StaticDevice.objects.get_or_create(user=member, defaults={"name": "recovery"})
    device.token_set.all().delete()
    codes = ["".join(secrets.choice(_ALPHABET) for _ in range(_CODE_LENGTH)) for _ in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=_digest(code)) for code in codes)
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def _plain(code: str) -> str:
    """Return a code as it is compared: any digits, with or without blanks, hyphens, marks and capitals."""
    return fold_digits(code[:64]).translate(_UNSAID).casefold()


def _digest(code: str) -> str:
    # 16 characters are what the plug-in's table holds: 64 bits, keyed with the installation's secret
    return salted_hmac("safar.recovery", code, algorithm="sha256").hexdigest()[:16]


def _refused() -> CodeRefused:
    return CodeRefused("The code is not right, or it was used before.", hint="Wait for the next code.")
