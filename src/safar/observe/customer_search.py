"""Whom a text means: an id, an e-mail address, a telephone number or a name, however it is written."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import msgspec

from safar.collect.identity import Reason
from safar.store.newest import Selection
from safar.vocabulary.answer import Provenance
from safar.vocabulary.digits import BIDI_MARKS, fold_digits
from safar.vocabulary.email import EmailUnreadable, fold_email
from safar.vocabulary.errors import Refusal
from safar.vocabulary.event import IDENTIFY
from safar.vocabulary.phone import PhoneImpossible, PhoneUnreadable, e164
from safar.vocabulary.text import fold

from .customers import CustomerFacts, customer_facts

if TYPE_CHECKING:
    from safar.store.log import Log

_DECODER: Final = msgspec.json.Decoder()
_NO_MARKS: Final = str.maketrans("", "", BIDI_MARKS)
#: Shorter texts stand in too many names to say whom they mean.
_SHORTEST: Final = 2


@dataclass(frozen=True, slots=True)
class CustomerSearchQuestion:
    """Whom does this text mean?

    Parameters
    ----------
    text
        An id or its beginning, an e-mail address, a telephone number in any writing, a name or part of one.
    limit
        Persons at most.
    most_examined
        How many of the newest `identify` events are looked into for names and other traits.
    """

    text: str
    limit: int = field(default=20, kw_only=True)
    most_examined: int = field(default=5_000, kw_only=True)


@dataclass(frozen=True, slots=True)
class CustomerSearchAnswer:
    """The persons found: by id first, then by address or telephone number, by the beginning of an id, by a trait.

    Traits are looked into only where the text is nobody's id, address or telephone number.

    Attributes
    ----------
    customers
        At most as many as asked for.
    is_cut
        Whether there may be more: as many as asked for were found, or not every trait was looked into.
    """

    customers: tuple[CustomerFacts, ...]
    is_cut: bool
    provenance: Provenance


def search_customers(log: Log, question: CustomerSearchQuestion) -> CustomerSearchAnswer:
    """Answer whom a text means. An empty text means nobody."""
    version, text = log.version, question.text.strip()
    persons: dict[str, None] = {}
    examined = 0
    if text:
        writings = list(dict.fromkeys(_writings(text, log.identity.rules.region)))
        known = {each for each in writings if log.extents([each])}
        meant = [each for each in writings if each in known] + _by_contact(log, text)
        ids = meant + log.ids_beginning_with(writings, limit=question.limit + 1)
        persons = dict.fromkeys(log.identity.person_of(each) for each in ids)
        if not meant and len(persons) <= question.limit and len(fold(text)) >= _SHORTEST:
            examined = _by_traits(log, fold(text), persons, question)
    shown = list(persons)[: question.limit]
    return CustomerSearchAnswer(
        tuple(customer_facts(log, shown)),
        len(persons) > len(shown) or examined == question.most_examined,
        Provenance(question, version, examined),
    )


def _writings(text: str, region: str) -> Iterator[str]:
    """Yield how an id that is meant by a text may be written in the log."""
    yield text
    plain = fold_digits(text.translate(_NO_MARKS)).strip()
    yield plain
    yield from (plain.lower(), plain.upper(), plain.casefold().capitalize())
    try:
        number = e164(plain, region)
    except Refusal:
        return
    yield number
    yield number.removeprefix("+")
    yield f"00{number.removeprefix('+')}"
    for country_digits in (1, 2, 3):
        national = number[1 + country_digits :]
        try:
            if e164(f"0{national}", region) == number:
                yield f"0{national}"
                yield national
        except Refusal:
            continue


def _by_contact(log: Log, text: str) -> list[str]:
    """Return the ids that gave this e-mail address or telephone number."""
    found = []
    with contextlib.suppress(EmailUnreadable):
        found += log.identity.ids_with(Reason.SAME_EMAIL, fold_email(fold_digits(text)))
    with contextlib.suppress(PhoneUnreadable, PhoneImpossible):
        found += log.identity.ids_with(Reason.SAME_PHONE, e164(text, log.identity.rules.region))
    return found


def _by_traits(log: Log, wanted: str, persons: dict[str, None], question: CustomerSearchQuestion) -> int:
    """Add the persons of whose traits one contains the text; return how many events were looked into."""
    table = log.newest(
        Selection(names=(IDENTIFY,)), limit=question.most_examined, columns=("customer_id", "properties")
    )
    columns = table.columns()
    for customer_id, properties in zip(columns["customer_id"], columns["properties"], strict=True):
        if _says(properties, wanted):
            persons.setdefault(log.identity.person_of(customer_id))
            if len(persons) > question.limit:
                break
    return len(table)


def _says(properties: str, wanted: str) -> bool:
    try:
        traits = _DECODER.decode(properties)
    except msgspec.MsgspecError:
        return False
    return isinstance(traits, dict) and any(wanted in fold(text) for text in _texts(traits))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        first, last = value.get("first_name"), value.get("last_name")
        if isinstance(first, str) and isinstance(last, str):
            yield f"{first} {last}"
        for each in value.values():
            yield from _texts(each)
