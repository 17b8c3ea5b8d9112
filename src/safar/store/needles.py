"""Looking for many texts in many bytes at once, as fast as bytes can be read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

#: No shorter text can be looked for: chance would find it everywhere.
SHORTEST: Final = 6
_SLOTS: Final = 18
_MIX: Final = np.uint64(0x9E3779B97F4A7C15)


class Needles:
    """Byte strings to look for, each at least `SHORTEST` long.

    Of each needle one window of six bytes is its anchor: the one that fewest needles share. The bytes that are searched
    are looked at six at a time; only where an anchor stands is a whole needle compared.

    Examples
    --------
    >>> needles = Needles([b"sara@shop.ir", b"+989123456781"])
    >>> [needles.texts[place] for place in needles.found_in(b'{"to":"sara@shop.ir"}').nonzero()[0]]
    [b'sara@shop.ir']
    """

    def __init__(self, texts: Iterable[bytes]) -> None:
        self.texts = list(dict.fromkeys(texts))
        lengths = np.array([len(text) for text in self.texts], dtype=np.int64)
        self._starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        self._letters = np.frombuffer(b"".join(self.texts) or b"\0", dtype=np.uint8)
        anchors, keys = (
            self._anchored(lengths) if self.texts else (np.zeros(0, np.int64), np.zeros(0, np.uint64))
        )
        order = np.argsort(keys, kind="stable")
        self._keys, firsts = np.unique(keys[order], return_index=True)
        self._firsts = np.concatenate([firsts, [len(keys)]]).astype(np.int64)
        self._needles, self._anchors = order.astype(np.int64), anchors
        self._maybe = np.zeros(1 << _SLOTS, dtype=np.uint8)
        with np.errstate(over="ignore"):
            self._maybe[(self._keys * _MIX) >> np.uint64(64 - _SLOTS)] = 1

    def _anchored(self, lengths: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
        """Return for each needle where its rarest window begins, and that window."""
        letters = self._letters.astype(np.uint64)
        windows = np.zeros(len(letters) - SHORTEST + 1, dtype=np.uint64)
        for place in range(SHORTEST):
            windows = (windows << np.uint64(8)) | letters[place : place + len(windows)]
        needle = np.repeat(np.arange(len(lengths)), lengths)[: len(windows)]
        offset = np.arange(len(windows)) - self._starts[needle]
        inside = offset <= lengths[needle] - SHORTEST
        windows, needle, offset = windows[inside], needle[inside], offset[inside]
        _, place_of, counts = np.unique(windows, return_inverse=True, return_counts=True)
        order = np.lexsort((offset, counts[place_of], needle))
        best = order[np.flatnonzero(np.diff(needle[order], prepend=-1))]
        return offset[best].astype(np.int64), windows[best]

    def __len__(self) -> int:
        return len(self.texts)

    def found_in(self, data: Any) -> NDArray[np.bool_]:
        """Return which needles stand in ``data`` (bytes, a memory map, an array of bytes)."""
        from .kernels import find_needles  # noqa: PLC0415 - compiled code only when needed

        found = np.zeros(len(self.texts), dtype=np.bool_)
        letters = data if isinstance(data, np.ndarray) else np.frombuffer(data, dtype=np.uint8)
        if len(letters) and self.texts:
            find_needles(
                letters,
                self._maybe,
                self._keys,
                self._firsts,
                self._needles,
                self._anchors,
                self._starts,
                self._letters,
                found,
            )
        return found


def letters_of(column: pa.ChunkedArray) -> list[NDArray[np.uint8]]:
    """Return the bytes of a text column, a chunk at a time, one text behind the other."""
    found = []
    for chunk in column.chunks:
        _, offsets, data = chunk.buffers()
        if data is None or not len(chunk):
            continue
        ends = np.frombuffer(offsets, dtype=np.int32)[chunk.offset : chunk.offset + len(chunk) + 1]
        found.append(np.frombuffer(data, dtype=np.uint8)[ends[0] : ends[-1]])
    return found


def apart(texts: Iterable[str | bytes]) -> bytes:
    """Return texts joined so that no needle can stand over the border of two."""
    return b"\n\0\n".join(
        text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass") for text in texts
    )
