"""Addresses of pages, without what people and programs put into them about a visitor."""

from __future__ import annotations

import re
from typing import Final

#: ``https://user:secret@`` of an address.
_USER: Final = re.compile(r"^([a-z][a-z0-9+.-]*:)?//[^/]*@", re.IGNORECASE)


def bare_address(text: str) -> str:
    """Return an address or path without user, query and fragment.

    >>> bare_address("https://sara:secret@shop.example/tea?token=1#top")
    'https://shop.example/tea'
    """
    return _USER.sub(r"\1//", text.partition("#")[0].partition("?")[0])
