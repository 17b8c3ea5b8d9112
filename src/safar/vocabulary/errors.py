"""Errors: one base, two families, a stable code each.

A *Refusal* is something the asker can mend (a wrong date, an unknown key); a *Fault* is ours (a full disk, a
damaged file). Both say what is wrong with the actual value, where, what is allowed and what to do next.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import ClassVar

Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]


class SafarError(Exception):
    """The base of every error that Safar raises on purpose.

    Parameters
    ----------
    message
        One sentence: what is wrong with the actual value, and where.
    hint
        One sentence: what to do next. Empty when there is nothing to add.
    **context
        JSON-able facts that a page, an API answer or a log line can show: rows, limits, names.

    Attributes
    ----------
    code
        Dotted, stable, never translated. Pages map it to a sentence in three languages.
    """

    code: ClassVar[str] = "safar"
    _by_code: ClassVar[dict[str, type[SafarError]]] = {}

    def __init__(self, message: str, *, hint: str = "", **context: Json) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.context: Mapping[str, Json] = context

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "code" in cls.__dict__:
            other = SafarError._by_code.setdefault(cls.code, cls)
            mine, theirs = (f"{each.__module__}.{each.__qualname__}" for each in (cls, other))
            if mine != theirs:
                raise TypeError(f"{mine} and {theirs} both claim the code {cls.code!r}")

    def __str__(self) -> str:
        return f"{self.message} {self.hint}" if self.hint else self.message

    def as_json(self) -> dict[str, Json]:
        """Return the error as a JSON object: code, message, hint, context."""
        return {"code": self.code, "message": self.message, "hint": self.hint, "context": dict(self.context)}


class Refusal(SafarError):
    """The asker can fix it."""

    code = "refusal"


class Fault(SafarError):
    """Ours to fix: a full disk, a damaged file, a bug."""

    code = "fault"


def known_codes() -> dict[str, type[SafarError]]:
    """Return every error class by its code, as far as their modules are imported."""
    return dict(SafarError._by_code)


def nearest(name: str, known: Iterable[str]) -> str:
    """Return a hint that names the nearest known spelling, or an empty string.

    >>> nearest("chanel", ["channel", "source"])
    'Did you mean "channel"?'
    """
    found = difflib.get_close_matches(name, list(known), n=1)
    return f'Did you mean "{found[0]}"?' if found else ""
