"""Which encoding a text file is in: told by its byte order mark, else by what its bytes can and cannot be.

Exports of shops in Iran and the Arab world come as UTF-8 with and without a mark, as UTF-16 ("Unicode text" of Excel)
and, from older programs, as windows-1256; European ones as windows-1252.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from typing import Final, Literal

from safar.vocabulary.errors import Refusal, nearest

Certainty = Literal["certain", "likely", "guess"]

#: The encodings that are tried, and may be named in a mapping. Python's other codecs work too.
KNOWN: Final = (
    "utf-8",
    "utf-8-sig",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "windows-1256",
    "windows-1252",
    "latin-1",
)

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: Bytes that windows-1252 leaves empty; in windows-1256 they are پ چ ژ گ ھ ڈ ٹ ں and joiners.
_EMPTY_IN_1252: Final = bytes([0x81, 0x8D, 0x8F, 0x90, 0x9D])
_LEAST_ZEROES: Final = 0.3


class UnknownEncoding(Refusal, LookupError):
    """No encoding goes by that name."""

    code = "import.unknown_encoding"


@dataclass(frozen=True, slots=True)
class Encoding:
    """A guess about bytes.

    Attributes
    ----------
    name
        A name that Python's codecs know: ``utf-8``, ``utf-8-sig`` (with a mark), ``utf-16``, ``windows-1256``, …
    certainty
        ``certain`` (a mark, or nothing else fits), ``likely``, ``guess``.
    reason
        One sentence.
    """

    name: str
    certainty: Certainty
    reason: str


def checked_encoding(name: str) -> str:
    """Return the encoding's name when a codec of text goes by it.

    Raises
    ------
    UnknownEncoding
    """
    try:
        info = codecs.lookup(name)
    except LookupError:
        info = None
    if info is None or not info._is_text_encoding:
        raise UnknownEncoding(
            f"{name!r} is not an encoding of text.",
            hint=nearest(name.lower(), KNOWN) or f"Usual ones are {', '.join(KNOWN)}.",
            encoding=name,
        )
    return name


def detect_encoding(sample: bytes) -> Encoding:
    """Return the encoding that the first bytes of a file are most likely in.

    Parameters
    ----------
    sample
        Some of the file from its start; it may end in the middle of a character. The longer, the surer.

    Notes
    -----
    In this order: a byte order mark; zero bytes at every second place (UTF-16 without a mark); valid UTF-8; then
    windows-1256 against windows-1252 by how bytes above 127 stand: in Arabic script they stand together in words, in
    Latin script each stands among ASCII letters.

    Examples
    --------
    >>> detect_encoding("نام,شهر\\nسارا,تهران".encode("windows-1256")).name
    'windows-1256'
    """
    for mark, name in _MARKS:
        if sample.startswith(mark):
            return Encoding(name, "certain", f"The file starts with the byte order mark of {name}.")
    utf16 = _utf16_without_mark(sample)
    if utf16:
        return Encoding(utf16, "likely", "Every second byte is mostly zero.")
    if _is_utf8(sample):
        if sample.isascii():
            return Encoding("utf-8", "likely", "Only ASCII characters in the part that was looked at.")
        return Encoding("utf-8", "certain", "Characters beyond ASCII are valid UTF-8.")
    return _one_byte(sample)


def _utf16_without_mark(sample: bytes) -> str:
    even, odd = sample[::2], sample[1::2]
    if not odd:
        return ""
    zeroes_even, zeroes_odd = even.count(0) / len(even), odd.count(0) / len(odd)
    if zeroes_odd > _LEAST_ZEROES and zeroes_even < zeroes_odd / 4:
        return "utf-16-le"
    if zeroes_even > _LEAST_ZEROES and zeroes_odd < zeroes_even / 4:
        return "utf-16-be"
    return ""


def _is_utf8(sample: bytes) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(sample)
    except UnicodeDecodeError:
        return False
    return True


def _one_byte(sample: bytes) -> Encoding:
    """Return windows-1256 or windows-1252 for bytes that are not UTF-8."""
    high = [place for place, byte in enumerate(sample) if byte >= 0x80][:100_000]
    together = sum(
        1
        for place in high
        if (place + 1 < len(sample) and sample[place + 1] >= 0x80) or (place and sample[place - 1] >= 0x80)
    )
    share = together / len(high)
    impossible = sum(sample.count(byte) for byte in _EMPTY_IN_1252)
    if share >= 0.5:
        sure: Certainty = "likely" if share > 0.8 or impossible else "guess"
        return Encoding(
            "windows-1256", sure, f"{share:.0%} of the bytes above 127 stand together, as in Arabic script."
        )
    if impossible:
        return Encoding("windows-1256", "guess", f"{impossible} bytes mean nothing in windows-1252.")
    return Encoding(
        "windows-1252", "likely" if share < 0.2 else "guess", "Bytes above 127 stand among ASCII letters."
    )
