"""Short words on the next page: what was done, and a way to undo it."""

from __future__ import annotations

from typing import Final, Literal

from django.contrib import messages
from django.http import HttpRequest

_LEVELS: Final = {
    "good": messages.SUCCESS,
    "info": messages.INFO,
    "warn": messages.WARNING,
    "bad": messages.ERROR,
}


def toast(
    request: HttpRequest,
    text: str,
    tone: Literal["good", "info", "warn", "bad"] = "good",
    *,
    undo_href: str = "",
) -> None:
    """Say something on the next page that the member sees.

    Parameters
    ----------
    text
        One sentence in the reader's language.
    undo_href
        An address of ours that takes a POST and undoes what was done; empty when nothing can be undone.
    """
    messages.add_message(request, _LEVELS[tone], text, extra_tags=undo_href)
