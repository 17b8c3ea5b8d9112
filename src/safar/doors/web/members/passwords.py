"""Passwords: how they are hashed, which are taken, and what is done to them before (almost nothing)."""

from __future__ import annotations

import unicodedata
from typing import Final

from django.contrib.auth.hashers import Argon2PasswordHasher, make_password
from django.contrib.auth.hashers import check_password as check_hashed
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

from .errors import (
    PasswordCommon,
    PasswordPersonal,
    PasswordRepeated,
    PasswordTooLong,
    PasswordTooShort,
)

SHORTEST: Final = 12
LONGEST: Final = 256
#: A personal word shorter than this may stand in a password: many are parts of ordinary words.
_PERSONAL: Final = 4
_FEWEST_DIFFERENT: Final = 4
_common: Final = CommonPasswordValidator()


class Hasher(Argon2PasswordHasher):
    """Argon2id with OWASP's parameters. Django's own take 100 MiB for each sign-in, too much for a small machine."""

    time_cost = 3
    memory_cost = 19_456
    parallelism = 1


def normal_password(text: str) -> str:
    """Return the password as it is compared: NFC, and nothing else.

    Two keyboards may send one letter as one or as two code points (``é``, ``آ``), which nobody can see or help.
    Everything else is the member's: blanks, capitals, digits of any script, marks.
    """
    return unicodedata.normalize("NFC", text)


def checked_password(text: str, *, email: str, name: str = "") -> str:
    """Return the password when it may be taken.

    Length is what makes a password hard to guess, so there are no rules about which characters it holds (NIST SP
    800-63B, 5.1.1.2; OWASP ASVS 2.1): at least 12, at most 256; none that everybody tries first, none made of the
    member's own name or address, none that is a few characters over and over.

    Raises
    ------
    PasswordTooShort, PasswordTooLong, PasswordCommon, PasswordPersonal, PasswordRepeated
        None of them repeats the password.
    """
    password = normal_password(text)
    if len(password) < SHORTEST:
        raise PasswordTooShort(
            f"The password has {len(password)} characters.",
            hint=f"Use at least {SHORTEST}.",
            shortest=SHORTEST,
        )
    if len(password) > LONGEST:
        raise PasswordTooLong(
            f"The password has {len(password)} characters.", hint=f"Use at most {LONGEST}.", longest=LONGEST
        )
    if len(set(password)) < _FEWEST_DIFFERENT:
        raise PasswordRepeated("The password repeats a few characters.", hint="Use several words.")
    try:
        _common.validate(password)
    except ValidationError as error:
        raise PasswordCommon(
            "The password is among those that are tried first.", hint="Use several words that are yours."
        ) from error
    left = password.casefold()
    for word in _personal_words(email, name):
        left = left.replace(word, "")
    if len(left) < SHORTEST // 2:
        raise PasswordPersonal(
            "The password is made of the member's own name or address.",
            hint="Use words that say nothing of you.",
        )
    return password


def _personal_words(email: str, name: str) -> list[str]:
    local, _, domain = email.casefold().partition("@")
    words = {
        email.casefold(),
        local,
        domain,
        domain.partition(".")[0],
        *name.casefold().split(),
        name.casefold(),
    }
    return sorted((word for word in words if len(word) >= _PERSONAL), key=len, reverse=True)


def password_fits(password: str, kept: str) -> bool:
    """Whether the password is the one kept; takes as long when none is kept."""
    return check_hashed(normal_password(password)[: LONGEST + 1], kept or make_password(None))
