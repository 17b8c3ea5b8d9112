"""Links as QR codes to print."""

from __future__ import annotations

from io import BytesIO
from typing import Final

import segno

#: QR codes by ending, and how many units or dots a square of theirs takes.
CODE_FORMS: Final = {"svg": 8, "png": 16}
MEDIA: Final = {"svg": "image/svg+xml", "png": "image/png"}


def qr_code(address: str, form: str) -> bytes:
    """Return an address as a QR code that is still read with a quarter of it dirty.

    Parameters
    ----------
    form
        A key of `CODE_FORMS`.
    """
    body = BytesIO()
    segno.make(address, error="q").save(
        body, kind=form, scale=CODE_FORMS[form], border=4, dark="#000", light="#fff"
    )
    return body.getvalue()
