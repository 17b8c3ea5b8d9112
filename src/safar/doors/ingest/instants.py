"""ISO 8601 texts as microseconds since 1970 UTC: many of one shape at a time, or one of any shape."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .limits import Limits

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
#: From this many texts on, NumPy's parser is the faster one.
_MANY: Final = 16
#: The shapes NumPy is trusted with: texts of one length, each letter between these two.
_SHAPES: Final = {
    len(lowest): (np.frombuffer(lowest, dtype=np.uint8), np.frombuffer(highest, dtype=np.uint8))
    for lowest, highest in (
        (b"0000-00-00T00:00:00Z", b"9999-99-99T99:99:99Z"),
        (b"0000-00-00T00:00:00.000Z", b"9999-99-99T99:99:99.999Z"),
        (b"0000-00-00T00:00:00.000000Z", b"9999-99-99T99:99:99.999999Z"),
    )
}


def microseconds(text: str) -> int:
    """Return the instant of one ISO 8601 text.

    Parameters
    ----------
    text
        Date and time, ``2026-11-21T22:30:00.123+03:30``; a text without a zone is UTC, a date alone its first moment.
        Decimals beyond microseconds are cut off.

    Raises
    ------
    ValueError
        The text is no ISO 8601 instant.

    Examples
    --------
    >>> microseconds("1970-01-01T03:30:00+03:30")
    0
    """
    if not text.isprintable():
        raise ValueError("A control character is no part of an instant.")
    parsed = datetime.fromisoformat(text)
    return ((parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)) - _EPOCH) // _MICROSECOND


def behind_by(sent_at: int, received_at: int, limits: Limits) -> int:
    """Return by how many microseconds the sender's clock is behind ours; 0 where a slow network explains it."""
    behind = received_at - sent_at
    return behind if abs(behind) > limits.skew_microseconds else 0


def many_microseconds(texts: Sequence[str]) -> NDArray[np.int64]:
    """Return the instants of many texts, in order; fastest when all have the shape ``2026-11-21T19:00:00.000Z``.

    Raises
    ------
    ValueError
        One of the texts is no ISO 8601 instant.
    """
    if len(texts) >= _MANY:
        joined = "".join(texts)
        width = len(texts[0])
        shape = _SHAPES.get(width)
        if shape is not None and len(joined) == width * len(texts) and joined.isascii():
            letters = np.frombuffer(joined.encode("ascii"), dtype=np.uint8).reshape(-1, width)
            if (letters >= shape[0]).all() and (letters <= shape[1]).all():
                plain = letters.copy()
                plain[:, -1] = 0  # the Z: NumPy reads UTC and knows no zones
                return plain.view(f"S{width}").ravel().astype("datetime64[us]").view(np.int64)
    return np.array([microseconds(text) for text in texts], dtype=np.int64)
