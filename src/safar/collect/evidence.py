"""What events say about who is who: the links in `identify` and `alias` events, folded so that they can be compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from safar.vocabulary.email import EmailUnreadable, fold_email
from safar.vocabulary.event import ALIAS, ANONYMOUS_ID, IDENTIFY, PREVIOUS_ID, Coded, EventColumns, Texts
from safar.vocabulary.phone import PhoneImpossible, PhoneUnreadable, e164

from .identity import ANONYMOUS, KNOWN, IdentityRules, Reason

#: Texts that programs send where an id is missing. Compared without case.
PLACEHOLDER_IDS: Final = frozenset(
    {
        "", "0", "-1", "null", "nil", "none", "undefined", "nan", "na", "n/a", "true", "false", "unknown", "anonymous",
        "guest", "id", "user", "userid", "user_id", "customer", "customer_id", "distinct_id", "anonymousid",
        "anonymous_id", "not_authenticated", "[object object]", "test", "00000000-0000-0000-0000-000000000000",
    }
)  # fmt: skip

#: Local parts of addresses that stand for nobody, and of those that stand for an office (RFC 2142 and
#: custom).
PLACEHOLDER_MAILBOXES: Final = frozenset(
    {
        "none", "null", "nil", "na", "no", "nan", "nomail", "noemail", "no-email", "no-mail", "noreply", "no-reply",
        "donotreply", "do-not-reply", "test", "tester", "testing", "example", "sample", "demo", "dummy", "fake", "user",
        "username", "name", "email", "mail", "unknown", "undefined", "anonymous", "guest", "customer", "client", "a",
        "aa", "aaa", "abc", "asd", "asdf", "qwerty", "x", "xx", "xxx", "123", "1234", "12345", "123456",
        "info", "admin", "administrator", "root", "office", "contact", "sales", "support", "help", "service", "billing",
        "marketing", "webmaster", "postmaster", "hostmaster", "abuse", "security", "hello", "shop", "store",
    }
)  # fmt: skip

#: Domains that never receive mail (RFC 2606) or that people make up.
PLACEHOLDER_DOMAINS: Final = frozenset(
    {
        "example.com",
        "example.org",
        "example.net",
        "test.com",
        "none.com",
        "mail.mail",
    }
)
_PLACEHOLDER_ENDINGS: Final = (".test", ".example", ".invalid", ".localhost", ".local")

#: A number whose last so many digits are all the same, or count up or down, was typed to fill a field.
_FILLER_DIGITS: Final = 7

#: No telephone number is written in more characters, and no id is a greater whole number.
_LONGEST_NUMBER: Final = 64
_HUGE: Final = 10**40


class Link(NamedTuple):
    """``customer_id`` is tied to ``anchor``: an id, or a folded telephone number or e-mail address."""

    reason: Reason
    anchor: str
    customer_id: str


@dataclass(slots=True)
class Evidence:
    """What a batch of events says.

    Attributes
    ----------
    ids
        Every id named, in the order first named, with its flags `KNOWN` and `ANONYMOUS`.
    links
        Each link once, in order of arrival, with the microseconds UTC at which its event was received.
    """

    ids: dict[str, int] = field(default_factory=dict)
    links: dict[Link, int] = field(default_factory=dict)

    def name(self, customer_id: str, flag: int) -> None:
        """Note that an id was named, and as what."""
        self.ids[customer_id] = self.ids.get(customer_id, 0) | flag

    def link(self, reason: Reason, anchor: str, customer_id: str, at: int) -> None:
        """Note a link; said again it is still the first."""
        self.links.setdefault(Link(reason, anchor, customer_id), at)


class _Said(msgspec.Struct, rename={"anonymous_id": ANONYMOUS_ID, "previous_id": PREVIOUS_ID}, gc=False):
    anonymous_id: Any = None
    previous_id: Any = None
    email: Any = None
    phone: Any = None


_SAID: Final = msgspec.json.Decoder(_Said)


def evidence_of(columns: EventColumns, rules: IdentityRules) -> Evidence:
    """Return what the `identify` and `alias` events of a batch say; other events say nothing.

    An `identify` ties its ``$anonymous_id`` to its customer, and its customer to the traits ``phone`` and
    ``email``. When the two ids are the same, the customer is anonymous, and its traits are not read: a
    visitor may type anyone's address. An `alias` ties its ``$previous_id`` to its customer. Placeholders
    (`is_placeholder_id`, `phone_key`, `email_key`) and properties that are not what they should be are passed
    over.
    """
    evidence = Evidence()
    reader = _Reader(evidence, rules.region)
    rows = _rows(columns.event_name)
    for name, customer_id, text, at in zip(
        _at(columns.event_name, rows),
        _at(columns.customer_id, rows),
        _at(columns.properties, rows),
        columns.received_at[rows].tolist(),
        strict=True,
    ):
        if is_placeholder_id(customer_id):
            continue
        try:
            said = _SAID.decode(text)
        except (msgspec.DecodeError, UnicodeError):
            continue
        if name == IDENTIFY:
            reader.identify(customer_id, said, at)
        else:
            reader.alias(customer_id, said, at)
    return evidence


class _Reader:
    """Reads events one by one into evidence; remembers the numbers it has folded."""

    def __init__(self, evidence: Evidence, region: str) -> None:
        self._evidence = evidence
        self._region = region
        self._phones: dict[str, str | None] = {}

    def identify(self, customer_id: str, said: _Said, at: int) -> None:
        evidence = self._evidence
        anonymous_id = _id(said.anonymous_id)
        if anonymous_id == customer_id:
            evidence.name(customer_id, ANONYMOUS)
            return
        if anonymous_id is not None:
            evidence.name(anonymous_id, ANONYMOUS)
            evidence.link(Reason.IDENTIFY, anonymous_id, customer_id, at)
        evidence.name(customer_id, KNOWN)
        phone = self._phone(said.phone)
        if phone is not None:
            evidence.link(Reason.SAME_PHONE, phone, customer_id, at)
        email = email_key(said.email) if isinstance(said.email, str) else None
        if email is not None:
            evidence.link(Reason.SAME_EMAIL, email, customer_id, at)

    def alias(self, customer_id: str, said: _Said, at: int) -> None:
        previous_id = _id(said.previous_id)
        if previous_id is not None and previous_id != customer_id:
            self._evidence.name(previous_id, 0)
            self._evidence.link(Reason.ALIAS, previous_id, customer_id, at)
        self._evidence.name(customer_id, KNOWN)

    def _phone(self, value: object) -> str | None:
        text = _text(value)
        if not text:
            return None
        if text not in self._phones:
            self._phones[text] = phone_key(text, self._region)
        return self._phones[text]


def is_placeholder_id(text: str) -> bool:
    """Tell whether ``text`` is what a program sends when it has no id, such as ``undefined`` or ``[object Object]``."""
    return text.strip().casefold() in PLACEHOLDER_IDS


def phone_key(text: str, region: str) -> str | None:
    """Return the telephone number by which ids may be joined, in E.164, or None.

    None for what is no possible number, and for fillers: the last seven digits all the same (09120000000), or
    counting up or down (09121234567). A real number of that form then joins nobody, which is the lesser harm.

    Examples
    --------
    >>> phone_key("۰۹۱۲ ۳۴۵ ۶۷۸۱", "IR"), phone_key("0912 000 0000", "IR"), phone_key("call me", "IR")
    ('+989123456781', None, None)
    """
    if len(text) > _LONGEST_NUMBER:
        return None
    try:
        number = e164(text, region)
    except (PhoneUnreadable, PhoneImpossible):
        return None
    tail = [int(digit) for digit in number[-_FILLER_DIGITS:]]
    steps = {(after - before) % 10 for before, after in pairwise(tail)}
    return None if steps in ({0}, {1}, {9}) else number


def email_key(text: str) -> str | None:
    """Return the e-mail address by which ids may be joined, folded, or None.

    None for what is no address, for addresses of nobody (``none@…``, ``test@…``, ``…@example.com``) and for
    those of an office (``info@…``), which many people share.

    Examples
    --------
    >>> email_key(" Sara@Shop.IR "), email_key("none@none.com"), email_key("info@shop.ir")
    ('sara@shop.ir', None, None)
    """
    try:
        address = fold_email(text)
    except EmailUnreadable:
        return None
    mailbox, _, domain = address.partition("@")
    if (
        mailbox in PLACEHOLDER_MAILBOXES
        or domain in PLACEHOLDER_DOMAINS
        or domain.endswith(_PLACEHOLDER_ENDINGS)
    ):
        return None
    return address


def _id(value: object) -> str | None:
    text = _text(value)
    return None if text is None or is_placeholder_id(text) else text


def _text(value: object) -> str | None:
    """Return a JSON text or whole number as text; anything else is no id and no number."""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < _HUGE:
        return str(value)
    return None


def _rows(names: Texts) -> NDArray[np.int64]:
    if isinstance(names, Coded):
        codes = [code for code, name in enumerate(names.values) if name in {IDENTIFY, ALIAS}]
        return np.flatnonzero(np.isin(names.codes, codes))
    return np.array([row for row, name in enumerate(names) if name in {IDENTIFY, ALIAS}], dtype=np.int64)


def _at(column: Texts | Sequence[bytes], rows: NDArray[np.int64]) -> list[Any]:
    if isinstance(column, Coded):
        return [column.values[code] for code in column.codes[rows].tolist()]
    return [column[row] for row in rows.tolist()]
