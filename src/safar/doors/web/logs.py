"""What may stand in a log: never a token, a key or a password, wherever in a line or a traceback it stands."""

from __future__ import annotations

import logging
import re
from typing import Final

_HIDDEN: Final = "…"
_SECRETS: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), replacement)
    for pattern, replacement in (
        # Links that sign in, reset a password, invite, answer in a name: who reads the log must not use them.
        (r"(/(?:sign-in|reset|welcome|invitation|s)/)(?!code\b)[^/\s\"'<>?#]+", rf"\1{_HIDDEN}"),
        (
            r"([?&;](?:token|key|secret|password|code|writekey|state)=)[^&;\s\"'<>#]+",
            rf"\1{_HIDDEN}",
        ),
        (r"((?:authorization|cookie|x-api-key)['\"]?\s*[:=]\s*['\"]?)[^\r\n]+", rf"\1{_HIDDEN}"),
        (r"\b(bearer|basic)\s+[\w.~+/=-]{8,}", rf"\1 {_HIDDEN}"),
        (r"\b(sf[rt]_)[\w-]{6,}", rf"\1{_HIDDEN}"),
        # A name and a password before the host of an address.
        (r"(://)[^/\s:@\"']+:[^/\s@\"']+@", rf"\1{_HIDDEN}@"),
    )
)


#: Control characters, line ends among them, as Python escapes them.
_CONTROLS: Final = {
    code: repr(chr(code))[1:-1] for code in (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029)
}


def without_secrets(text: str) -> str:
    """Return a text with what opens doors left out.

    Examples
    --------
    >>> without_secrets("failure 12ab at /sign-in/0aZ9 by Bearer sft_abcdefgh")
    'failure 12ab at /sign-in/… by Bearer …'
    """
    for pattern, replacement in _SECRETS:
        text = pattern.sub(replacement, text)
    return text


class SafeFormatter(logging.Formatter):
    """Writes a record, its arguments and its traceback without secrets; what it says stays on one line."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - as logging spells it
        """Return the line, without the traceback: a line end in it could pretend to be another record."""
        return super().formatMessage(record).translate(_CONTROLS)

    def format(self, record: logging.LogRecord) -> str:
        """Return the line or lines of a record."""
        return without_secrets(super().format(record))
