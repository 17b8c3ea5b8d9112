"""Personal data out of what people wrote, before it is stored for analysis or read by anything else.

Rules, no model: each kind has a look (a pattern) and a check (check digits, a country's numbering plan, the word for it
beside it). Names and postal addresses are not found: rules cannot tell them honestly.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal, get_args

from .personal_checks import (
    CARD_BEGINS,
    IBAN_LENGTHS,
    is_card,
    is_egyptian_id,
    is_emirates_id,
    is_iban,
    is_iranian_id,
    is_saudi_id,
)
from .personal_phones import OTHER_NUMBER, phones
from .personal_places import GAP, TAKEN, digits_of, foldable, follows, is_money, word_before

PersonalKind = Literal[
    "link", "email", "iban", "card", "national_id", "passport", "postal_code", "account", "phone", "handle"
]
KINDS: Final[tuple[PersonalKind, ...]] = get_args(PersonalKind)

#: What stands in place of what was found, so that a sentence goes on reading as one.
PLACEHOLDERS: Final[dict[str, dict[PersonalKind, str]]] = {
    "fa": {
        "link": "[پیوند]",
        "email": "[ایمیل]",
        "iban": "[شماره شبا]",
        "card": "[شماره کارت]",
        "national_id": "[کد ملی]",
        "passport": "[شماره گذرنامه]",
        "postal_code": "[کد پستی]",
        "account": "[شماره حساب]",
        "phone": "[شماره تلفن]",
        "handle": "[نام کاربری]",
    },
    "ar": {
        "link": "[رابط]",
        "email": "[بريد إلكتروني]",
        "iban": "[آيبان]",
        "card": "[رقم البطاقة]",
        "national_id": "[رقم الهوية]",
        "passport": "[رقم الجواز]",
        "postal_code": "[رمز بريدي]",
        "account": "[رقم الحساب]",
        "phone": "[رقم الهاتف]",
        "handle": "[اسم المستخدم]",
    },
    "en": {
        "link": "[link]",
        "email": "[email]",
        "iban": "[IBAN]",
        "card": "[card number]",
        "national_id": "[national ID]",
        "passport": "[passport number]",
        "postal_code": "[postal code]",
        "account": "[account number]",
        "phone": "[phone]",
        "handle": "[username]",
    },
}
_ANY_PLACEHOLDER: Final = re.compile(
    "|".join(re.escape(words) for kinds in PLACEHOLDERS.values() for words in kinds.values())
)
#: A text without one of these holds nothing that is looked for.
_WORTH_LOOKING: Final = re.compile(r"[\d@]|://|www\.|\.me/|\bat\b|\.com/", re.IGNORECASE)
#: Letters and digits that Arabic has not, and the half-space, which it does not use.
_PERSIAN: Final = re.compile("[پچژگکی۰-۹\u200c]")
_ARABIC: Final = re.compile("[\u0621-\u064a\u066e-\u06d3]")


@dataclass(frozen=True, slots=True)
class PersonalData:
    """Something that tells who a person is, and where it stood. The thing itself is not kept.

    Attributes
    ----------
    kind
        What it is.
    start, end
        Its place in the text as it came, in characters, half open.
    """

    kind: PersonalKind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Redacted:
    """A text without personal data.

    Attributes
    ----------
    text
        With words in brackets where something stood; otherwise as it came, letter by letter.
    found
        In the order of the text.
    """

    text: str
    found: tuple[PersonalData, ...] = ()


def redact(text: str, *, language: str | None = None) -> Redacted:
    """Return the text with personal data replaced by words that say what stood there.

    Parameters
    ----------
    text
        As a person wrote it: digits of any script, with separators, direction marks, half-spaces or other characters
        without width inside.
    language
        ``fa``, ``ar`` or ``en``: that of the words put in. By default that of the text's letters.

    Notes
    -----
    E-mail addresses; IBANs (country length, mod 97; Iranian ones without ``IR`` too); payment cards (Luhn, or an
    Iranian bank's first digits); Iranian, Saudi, Emirati and Egyptian ids, US social security and UK insurance
    numbers; passports, postal codes and bank accounts beside their words; telephone numbers valid in their country's
    plan, or any seven digits beside the word for one; links that carry a query, a sign-in or an account; ``@names``.
    Redacting twice is redacting once.

    Examples
    --------
    >>> redact("لطفا با ۰۹۱۲ ۳۴۵ ۶۷۸۹ تماس بگیرید").text
    'لطفا با [شماره تلفن] تماس بگیرید'
    >>> redact("Mail sara@example.com, card 4111-1111-1111-1111").text
    'Mail [email], card [card number]'
    """
    if not _WORTH_LOOKING.search(text):
        return Redacted(text)
    plain, places = foldable(_ANY_PLACEHOLDER.sub(lambda found: TAKEN * len(found[0]), text))
    spans = _spans(plain)
    if not spans:
        return Redacted(text)
    words = PLACEHOLDERS[language if language in PLACEHOLDERS else _language(text)]
    found: list[PersonalData] = []
    parts: list[str] = []
    done = 0
    for start, end, kind in spans:
        first, last = (start, end) if places is None else (places[start], places[end - 1] + 1)
        found.append(PersonalData(kind, first, last))
        parts += text[done:first], words[kind]
        done = last
    parts.append(text[done:])
    return Redacted("".join(parts), tuple(found))


def without_placeholders(text: str) -> str:
    """Return a redacted text with blanks where the words in brackets stand: they are nobody's words.

    >>> without_placeholders("call [phone] now")
    'call   now'
    """
    return _ANY_PLACEHOLDER.sub(" ", text) if "[" in text else text


def _language(text: str) -> str:
    """Return the language of the placeholders for a text whose language nobody said."""
    if not _ARABIC.search(text):
        return "en"
    return "fa" if _PERSIAN.search(text) else "ar"


def _spans(plain: str) -> list[tuple[int, int, PersonalKind]]:
    """Return what was found in order, the surer kind where two overlap."""
    taken: list[tuple[int, int, PersonalKind]] = []
    covered = bytearray(len(plain))
    for kind, find in _FINDERS:
        for start, end in find(plain):
            if not any(covered[start:end]):
                covered[start:end] = b"\1" * (end - start)
                taken.append((start, end, kind))
    return sorted(taken)


_AT: Final = re.compile(
    r"(?<=\S)@(?=\S)|\s@\s|\s?[\[({]\s?at\s?[\])}]\s?|\sat\s(?=[a-z0-9-]{2,40}\s(?:dot|\(dot\)|\[dot\])\s)"
)
_LOCAL: Final = re.compile(r"[a-z0-9._%+'&*=-]{1,64}\Z|[^\W_][\w.+-]{0,63}\Z")
_DOMAIN: Final = re.compile(
    r"[a-z0-9-]{1,63}(?:\s?(?:\.|[\[({]?\bdot\b[\])}]?)\s?[a-z0-9-]{1,63}){0,5}?\s?(?:\.|[\[({]?\bdot\b[\])}]?)\s?[a-z]{2,24}(?![a-z0-9-]|\.[a-z])"
    r"|[^\W_][\w-]{0,62}(?:\.[\w-]{1,63}){0,4}\.[^\W\d_]{2,24}(?![\w-])"
)


def _emails(text: str) -> Iterator[tuple[int, int]]:
    for at in _AT.finditer(text):
        domain = _DOMAIN.match(text, at.end())
        local = _LOCAL.search(text, max(0, at.start() - 64), at.start())
        if domain and local:
            yield local.start(), domain.end()


_LINK: Final = re.compile(
    r"(?:https?://|www\.|(?<![\w./@])(?:t\.me|wa\.me|telegram\.me|instagram\.com|facebook\.com|fb\.com|linkedin\.com)/)"
    r"[^\s<>\"«»]{2,2000}"
)
_ACCOUNT_HOST: Final = re.compile(
    r"(?:https?://)?(?:www\.)?(?:t\.me|wa\.me|telegram\.me|instagram\.com|facebook\.com|fb\.com|linkedin\.com|x\.com"
    r"|twitter\.com)/\S"
)
_SECRET: Final = re.compile(r"[?@#=]|\d{6}|(?=[a-z_-]{0,40}\d)(?=[\d_-]{0,40}[a-z])[a-z\d_-]{16}")


def _links(text: str) -> Iterator[tuple[int, int]]:
    for found in _LINK.finditer(text):
        link = found[0].rstrip(".,;:!?'\")]}")
        path = link.partition("://")[2] or link
        if _ACCOUNT_HOST.match(link) or _SECRET.search(path):
            yield found.start(), found.start() + len(link)


_IBAN_START: Final = re.compile(rf"(?<![a-z0-9])(?:{'|'.join(IBAN_LENGTHS)})[\s-]?\d[\s-]?\d")
_SHEBA: Final = re.compile(rf"(?<!\d)\d(?:{GAP}\d){{23}}(?!\d)")
_IR_AFTER: Final = re.compile(r"\s?ir(?![a-z])")


def _ibans(text: str) -> Iterator[tuple[int, int]]:
    for found in _IBAN_START.finditer(text):
        end = _after_characters(text, found.start(), IBAN_LENGTHS[found[0][:2]])
        if end and is_iban(_compact(text[found.start() : end])):
            yield found.start(), end
    for found in _SHEBA.finditer(text):
        if is_iban("ir" + digits_of(found[0])) and not word_before(text, found.start(), OTHER_NUMBER):
            after = _IR_AFTER.match(text, found.end())
            yield found.start(), after.end() if after else found.end()


def _after_characters(text: str, start: int, count: int) -> int:
    """Return the place after so many letters and digits with little between them, 0 where there are not so many."""
    between = 0
    for place in range(start, min(len(text), start + 4 * count)):
        if text[place].isascii() and text[place].isalnum():
            count, between = count - 1, 0
        elif text[place] in " -._/" and between < 3:
            between += 1
        else:
            return 0
        if count == 0:
            return 0 if text[place + 1 : place + 2].isdigit() else place + 1
    return 0


def _compact(text: str) -> str:
    return "".join(filter(str.isalnum, text))


_CARD_WORD: Final = re.compile(r"کارت|\bcard|\bvisa|\bmastercard|\bmada|بطاقه|فیزا|مدی")
_CARD_LENGTHS: Final = (16, 19, 15)
#: Digits of one number, or of several that stand close together.
_RUN: Final = re.compile(rf"\d(?:{GAP}\d)*")


@dataclass(frozen=True, slots=True)
class _Run:
    """Digits that stand close together: what they are, and where each stands.

    A word before a number stands before its run, and one after it behind the run: there are none within.
    """

    digits: str
    places: tuple[int, ...]


def _runs(text: str, least: int) -> Iterator[_Run]:
    """Yield runs of at least so many digits."""
    for found in _RUN.finditer(text):
        if found.end() - found.start() >= least:
            digits = digits_of(found[0])
            if len(digits) >= least:
                start = found.start()
                places = tuple(start + place for place, each in enumerate(found[0]) if each.isdigit())
                yield _Run(digits, places)


def _cards(text: str) -> Iterator[tuple[int, int]]:
    runs = tuple(_runs(text, min(_CARD_LENGTHS)))
    for count in _CARD_LENGTHS:
        for run in runs:
            yield from _cards_of(text, run, count)


def _cards_of(text: str, run: _Run, count: int) -> Iterator[tuple[int, int]]:
    """Yield where cards of so many digits stand in a run, overlapping ones too."""
    begins = [found.start() for found in CARD_BEGINS[count].finditer(run.digits)]
    if count == 16 and begins[:1] != [0] and word_before(text, run.places[0], _CARD_WORD):
        begins.insert(0, 0)
    for begin in begins:
        if begin + count > len(run.digits):
            return
        start, end = run.places[begin], run.places[begin + count - 1] + 1
        if text[end : end + 1].isdigit() or _is_within(text, start):
            continue
        is_one = is_card(run.digits[begin : begin + count])
        if is_one or (count == 16 and not begin and word_before(text, start, _CARD_WORD)):
            yield start, end


def _is_within(text: str, start: int) -> bool:
    """Return whether a number goes on what stands directly before it."""
    before = text[start - 1] if start else " "
    return before.isascii() and before.isalnum()


_IRANIAN_WORD: Final = re.compile(r"کد ?ملی|شماره ?ملی|کدملی|شناسنامه|\bnational (?:id|code|number)|\bmelli")
_SAUDI_WORD: Final = re.compile(
    r"هویه|الهویه|اقامه|السجل المدنی|سجل مدنی|رقم وطنی|\biqama|\bnational id|\bid (?:no|number)"
)
_TEN: Final = re.compile(rf"(?<![\d+])\d(?:{GAP}\d){{7,9}}(?!\d)")
_FOURTEEN: Final = re.compile(r"(?<!\d)[23]\d{13}(?!\d)")
_EMIRATES: Final = re.compile(rf"(?<!\d)7{GAP}8{GAP}4(?:{GAP}\d){{12}}(?!\d)")
_SOCIAL: Final = re.compile(r"(?<![\d-])(?!000|666|9)\d{3}-(?!00)\d\d-(?!0000)\d{4}(?![\d-])")
_INSURANCE: Final = re.compile(
    r"(?<![a-z0-9])(?!bg|gb|nk|kn|nt|tn|zz)[a-ceghj-prtw-z][a-ceghj-npr-tw-z] ?\d\d ?\d\d ?\d\d ?[a-d](?![a-z0-9])"
)
#: So near that the word can only mean this number.
_DIRECTLY: Final = 14


def _national_ids(text: str) -> Iterator[tuple[int, int]]:
    for run in _runs(text, 8):
        count = len(run.digits)
        for begin in dict.fromkeys((0, *range(max(0, count - 10), count - 7))):
            found = _TEN.match(text, run.places[begin])
            if found is not None and _is_national(text, found):
                yield found.span()
    for pattern, is_one in ((_FOURTEEN, is_egyptian_id), (_EMIRATES, is_emirates_id)):
        for found in pattern.finditer(text):
            if is_one(digits_of(found[0])):
                yield found.span()
    for pattern in (_SOCIAL, _INSURANCE):
        for found in pattern.finditer(text):
            yield found.span()


def _is_national(text: str, found: re.Match[str]) -> bool:
    digits = digits_of(found[0])
    near = word_before(text, found.start(), _IRANIAN_WORD) or follows(text, found.end(), _IRANIAN_WORD)
    return (
        (near and is_iranian_id(digits.zfill(10)))
        or (word_before(text, found.start(), _SAUDI_WORD) and is_saudi_id(digits))
        or word_before(text, found.start(), _IRANIAN_WORD, reach=_DIRECTLY)
    )


_PASSPORT_WORD: Final = re.compile(r"پاسپورت|گذرنامه|\bpassport|جواز")
_PASSPORT: Final = re.compile(r"(?<![a-z0-9])(?=[a-z]{0,2} ?\d)[a-z]{0,2} ?\d{6,9}(?![a-z0-9])")
_POSTAL_WORD: Final = re.compile(
    r"کد ?پستی|\bpostal code|\bpost ?code|\bzip(?: code)?\b|رمز بریدی|الرمز البریدی"
)
_POSTAL: Final = re.compile(rf"(?<!\d)\d{{5}}(?:{GAP}\d{{4,5}})?(?!\d)")
_ACCOUNT_WORD: Final = re.compile(
    r"شماره ?حساب|\baccount (?:no|number|num)\b|\bacct|رقم الحساب|رقم حساب|حسابی رقم"
)
_ACCOUNT: Final = re.compile(rf"(?<![\d+])\d(?:{GAP}\d){{5,19}}(?!\d)")


def _beside(pattern: re.Pattern[str], words: re.Pattern[str]) -> Callable[[str], Iterator[tuple[int, int]]]:
    """Return a finder of numbers that are told only by the word before them."""

    def find(text: str) -> Iterator[tuple[int, int]]:
        for found in pattern.finditer(text):
            if word_before(text, found.start(), words) and not is_money(text, *found.span()):
                yield found.span()

    return find


_HANDLE: Final = re.compile(r"(?<![\w.@/])@[a-z_][a-z0-9_.]{1,29}[a-z0-9_]")


def _handles(text: str) -> Iterable[tuple[int, int]]:
    return (found.span() for found in _HANDLE.finditer(text))


#: The surest first: what one took, the next leaves alone.
_FINDERS: Final[tuple[tuple[PersonalKind, Callable[[str], Iterable[tuple[int, int]]]], ...]] = (
    ("link", _links),
    ("email", _emails),
    ("iban", _ibans),
    ("card", _cards),
    ("national_id", _national_ids),
    ("passport", _beside(_PASSPORT, _PASSPORT_WORD)),
    ("postal_code", _beside(_POSTAL, _POSTAL_WORD)),
    ("account", _beside(_ACCOUNT, _ACCOUNT_WORD)),
    ("phone", phones),
    ("handle", _handles),
)
