"""Reading answers that are typed: words, numbers, days, addresses; and consents and files."""

from __future__ import annotations

import datetime as dt

from safar.vocabulary.civil import DateOutOfRange, NoSuchDate
from safar.vocabulary.dates import (
    DateAmbiguous,
    DateOfOtherCalendar,
    DateTooFar,
    DateUnreadable,
    parse_date,
)
from safar.vocabulary.email import EmailUnreadable, fold_email
from safar.vocabulary.phone import PhoneImpossible, PhoneUnreadable, UnknownRegion, e164

from .anatomy import Answer
from .controls import NO, YES, Controls
from .questions import Consent, Date, Email, File, Number, Phone, Text
from .refusals import NoDate, NoEmail, NoPhone, OutOfRange, TooManyChosen, TooShort


def text(question: Text, sent: Controls) -> Answer | None:
    """Read words: ``<key>``."""
    words = sent.one()
    if not words:
        return None
    if len(words) < question.at_least:
        raise sent.refused(
            TooShort,
            f"{len(words)} signs are too few.",
            f"Write at least {question.at_least} signs.",
            at_least=question.at_least,
            given=len(words),
        )
    return Answer(text=sent.short(words, question.at_most))


def number(question: Number, sent: Controls) -> Answer | None:
    """Read a number: ``<key>``."""
    typed = sent.one()
    if not typed:
        return None
    value = sent.between(sent.number(typed), question.lowest, question.highest)
    return Answer(value=sent.between(value, None, None, 1 if question.is_whole else None))


def date(question: Date, sent: Controls) -> Answer | None:
    """Read a day: ``<key>`` as it is typed, or ``<key>.year``, ``<key>.month`` and ``<key>.day``."""
    parts = [sent.one(part) for part in ("year", "month", "day")]
    typed = sent.one() or ("/".join(parts) if any(parts) else "")
    if not typed:
        return None
    day = _day(typed, question.calendar or sent.calendar, sent).isoformat()
    if (question.earliest and day < question.earliest) or (question.latest and day > question.latest):
        raise sent.refused(
            OutOfRange,
            f"{day} lies outside what is asked for.",
            "Choose another day.",
            lowest=question.earliest or None,
            highest=question.latest or None,
        )
    return Answer(text=day)


def _day(typed: str, calendar: str, sent: Controls) -> dt.date:
    """Return the day; one that can only be Gregorian is read so, as the date fields of browsers send it."""
    try:
        return parse_date(typed, calendar=calendar)
    except DateOfOtherCalendar as wrong:
        try:
            return parse_date(typed)
        except (DateUnreadable, DateAmbiguous, DateOfOtherCalendar, DateTooFar, NoSuchDate):
            hint = wrong.hint
    except (DateUnreadable, DateAmbiguous, DateTooFar, NoSuchDate, DateOutOfRange) as wrong:
        hint = wrong.hint
    raise sent.refused(NoDate, f"{typed[:40]!r} is not a day.", hint, calendar=calendar)


def phone(question: Phone, sent: Controls) -> Answer | None:
    """Read a telephone number: ``<key>``."""
    typed = sent.one()
    if not typed:
        return None
    try:
        return Answer(text=e164(typed, question.region or sent.region))
    except (PhoneUnreadable, PhoneImpossible, UnknownRegion) as wrong:
        raise sent.refused(NoPhone, f"{typed[:40]!r} is not a telephone number.", wrong.hint) from wrong


def email(question: Email, sent: Controls) -> Answer | None:
    """Read an e-mail address: ``<key>``."""
    del question
    typed = sent.one()
    if not typed:
        return None
    try:
        return Answer(text=fold_email(typed))
    except EmailUnreadable as wrong:
        raise sent.refused(NoEmail, f"{typed[:80]!r} is not an e-mail address.", wrong.hint) from wrong


def consent(question: Consent, sent: Controls) -> Answer | None:
    """Read an agreement: ``<key>`` is ``yes`` or ``no``; a box that is not ticked says nothing."""
    del question
    word = sent.one().lower()
    if not word:
        return None
    if word not in YES | NO:
        raise sent.no_choice(word)
    return Answer(value=1.0 if word in YES else 0.0)


def file(question: File, sent: Controls) -> Answer | None:
    """Read the ids of files that were uploaded: ``<key>``. Whether there are such files is the door's to say."""
    ids = tuple(dict.fromkeys(sent.many()))
    if len(ids) > question.at_most:
        raise sent.refused(
            TooManyChosen,
            f"{len(ids)} files were given.",
            f"Give at most {question.at_most}.",
            at_most=question.at_most,
        )
    return Answer(files=ids) if ids else None
