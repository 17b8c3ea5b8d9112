"""The log of changes in the reader's words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from safar.doors.web.audit.queries import ChangeFacts
from safar.doors.web.audit.sentences import field_name, kind_of_change, sentence_of_change, value_name
from safar.doors.web.design.reader import LANGUAGE_NAMES
from safar.doors.web.design.table import Column
from safar.doors.web.design.words import filled
from safar.show.locale import Locale

_LANGUAGES: Final = tuple(LANGUAGE_NAMES)
_NOTHING: Final = "—"
_LONGEST_VALUE: Final = 300


@dataclass(frozen=True, slots=True)
class Difference:
    """One value before and after, in the reader's words."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One change.

    Attributes
    ----------
    number
        Marks it in the page.
    sentence
        What was done.
    who
        By whom; a member's address, or what stands for who has none.
    how
        Beside the name where it was no member in a browser.
    when
        Day and time.
    address
        From which network address; may be empty.
    differences
        The values that changed.
    """

    number: int
    sentence: str
    who: str
    how: str
    when: str
    address: str
    differences: tuple[Difference, ...]


def change_line(change: ChangeFacts, locale: Locale) -> ChangeLine:
    """Return a change in the reader's words."""
    return ChangeLine(
        number=change.number,
        sentence=sentence_of_change(change.action, change.target),
        who=change.actor or (_("Safar itself") if change.actor_kind == "system" else _("Somebody")),
        how=_how(change.actor_kind),
        when=locale.datetime(change.at),
        address=change.address,
        differences=differences(change.before, change.after, locale),
    )


def differences(
    before: Mapping[str, object], after: Mapping[str, object], locale: Locale
) -> tuple[Difference, ...]:
    """Return the values before and after, in the order they were noted."""
    found = (
        Difference(
            field_name(field),
            _value(field, before.get(field), locale),
            _value(field, after.get(field), locale),
        )
        for field in dict.fromkeys([*before, *after])
    )
    return tuple(each for each in found if each.before != each.after)


def export_columns() -> tuple[Column, ...]:
    """Return the columns of the file."""
    return (
        Column("at", _("When"), "when"),
        Column("who", _("Who")),
        Column("how", _("How")),
        Column("address", _("Network address"), "code"),
        Column("action", _("Action"), "code"),
        Column("sentence", _("What")),
        Column("target", _("Of what")),
        Column("before", _("Before")),
        Column("after", _("After")),
    )


def export_rows(found: Iterator[ChangeFacts]) -> Iterator[tuple[object, ...]]:
    """Return the rows of the file: values as they were noted."""
    for change in found:
        yield (
            change.at,
            change.actor,
            change.actor_kind,
            change.address,
            change.action,
            _without_marks(sentence_of_change(change.action, change.target)),
            change.target,
            dict(change.before) or None,
            dict(change.after) or None,
        )


def days_between(
    since: date | None, until: date | None, locale: Locale
) -> tuple[datetime | None, datetime | None]:
    """Return the instants that two days, both included, begin and end at on the reader's clock."""
    zone = ZoneInfo(locale.time_zone)
    return (
        None if since is None else datetime.combine(since, time.min, zone),
        None if until is None else datetime.combine(until + timedelta(days=1), time.min, zone),
    )


def kinds(actions: list[str]) -> list[tuple[str, str]]:
    """Return the actions to choose from, by their names."""
    return sorted(((action, kind_of_change(action)) for action in actions), key=lambda kind: kind[1])


def _how(kind: str) -> str:
    return {"token": _("by a program"), "terminal": _("at the terminal"), "system": ""}.get(kind, "")


def _value(field: str, value: object, locale: Locale) -> str:
    if value is None or value in ("", [], {}):
        return _NOTHING
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int | float):
        return locale.number(value)
    if isinstance(value, list):
        return " · ".join(_value(field, each, locale) for each in value)
    if isinstance(value, dict):
        return " · ".join(
            filled("%(name)s: %(value)s", name=_name(name), value=_value(name, each, locale))
            for name, each in sorted(value.items(), key=_place)
        )
    at = parse_datetime(str(value)) if field.endswith("_at") else None
    text = locale.datetime(at) if at else value_name(field, str(value))
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"


def _place(part: tuple[str, object]) -> tuple[int, str]:
    """Return where a part of a value stands, whatever order the database gives them in: languages as everywhere."""
    return (_LANGUAGES.index(part[0]) if part[0] in _LANGUAGES else len(_LANGUAGES), part[0])


def _name(field: str) -> str:
    """Return what a part of a value is called: of a text in several languages, its language."""
    return LANGUAGE_NAMES.get(field) or field_name(field)


def _without_marks(sentence: str) -> str:
    return sentence.replace("\u2068", "").replace("\u2069", "")
