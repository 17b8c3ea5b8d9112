"""E-mail addresses, folded so that one person's address is one text."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from .digits import BIDI_MARKS
from .errors import Refusal

_ADDRESS: Final = re.compile(
    r"[^\s@\"(),:;<>\[\]\\]{1,64}@[^\s@\"(),:;<>\[\]\\.]+(?:\.[^\s@\"(),:;<>\[\]\\.]+)+\Z"
)
_LONGEST: Final = 254
_MARKS: Final = str.maketrans("", "", BIDI_MARKS + "\u200b\u200c\u200d\u00ad")


class EmailUnreadable(Refusal, ValueError):
    """The text is no e-mail address."""

    code = "email.unreadable"


def fold_email(text: str) -> str:
    """Return the address as identity compares it: no blanks around, no invisible marks, lower case, NFKC.

    Dots and ``+tags`` of the local part stay: only some mail hosts ignore them, and joining two people is
    worse than keeping one apart.

    Raises
    ------
    EmailUnreadable
        When there is not exactly one ``@`` between a name and a domain with a dot, or blanks or brackets
        inside.

    Examples
    --------
    >>> fold_email(" Sara.Ahmadi+shop@Example.COM ")
    'sara.ahmadi+shop@example.com'
    """
    folded = text.strip() if text.isascii() else unicodedata.normalize("NFKC", text.translate(_MARKS)).strip()
    folded = folded.casefold().removeprefix("mailto:")
    if len(folded) > _LONGEST or not _ADDRESS.match(folded):
        shown = text[:80]
        raise EmailUnreadable(
            f"{shown!r} is not an e-mail address.", hint="Write it as name@example.com.", text=shown
        )
    return folded
