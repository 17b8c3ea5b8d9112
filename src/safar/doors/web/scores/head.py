"""The head of the page of one score: its numbers, what they say, and what weakens them."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from safar.doors.web.design.words import filled
from safar.listen.gaps import Gap
from safar.show.locale import Locale
from safar.vocabulary.answer import Note
from safar.vocabulary.interval import Estimate

from .definitions import NOTE_SENTENCES
from .leads import Leads
from .list_page import change_in_words
from .reading import Reading
from .words import ScoreWords, verdict


@dataclass(frozen=True, slots=True)
class Figure:
    """One number at the head: its name, itself, how sure, and where it leads."""

    name: str
    value: str
    sure: str = ""
    href: str = ""


def figures_of(reading: Reading, words: ScoreWords, leads: Leads) -> tuple[Figure, ...]:
    """Return the numbers at the head."""
    locale, score = words.locale, reading.first_score
    estimate = None if score is None else score.estimate
    found = [
        Figure(
            _("Score"),
            words.value(None if estimate is None else estimate.value),
            "" if estimate is None else _sure(locale, estimate, words.interval(estimate)),
        ),
        Figure(
            _("Answers"),
            locale.number(0 if score is None else score.n),
            _("weighted") if reading.is_weighted else "",
            leads.to_answers() if score else "",
        ),
    ]
    change = reading.change
    if reading.times.before is not None:
        found.append(
            Figure(
                _("Change"),
                change_in_words(change, words) or locale.number(None),
                verdict(change) if change else _("nothing to compare with"),
            )
        )
    for name, part in ((_("Response rate"), reading.response), (_("Came to the end"), reading.completion)):
        rate = part.estimate if part else None
        if rate is not None:
            said = locale.percent_interval(rate.interval.low, rate.interval.high, decimals=1)
            found.append(Figure(name, locale.percent(rate.value, decimals=1), _sure(locale, rate, said)))
    return tuple(found)


def sentences_of(reading: Reading, words: ScoreWords) -> tuple[str, ...]:
    """Return what the numbers say, in whole sentences."""
    found = [_change_said(reading.change, words)] if reading.change is not None else []
    breakdown, by = reading.breakdown, reading.asked.by
    if breakdown is not None and by is not None:
        out = [each for each in breakdown.groups if each.gap is not None and each.gap.is_clear]
        for one in out[:3]:
            gap = one.gap
            assert gap is not None  # as chosen above
            sentence = (
                _("%(group)s lies %(size)s above all others, more than chance.")
                if gap.change.value > 0
                else _("%(group)s lies %(size)s below all others, more than chance.")
            )
            name = _("Others") if one.is_rest else words.group(by, one.name)
            found.append(filled(sentence, group=name, size=words.size(gap.change.value)))
    return tuple(found)


def _change_said(change: Gap, words: ScoreWords) -> str:
    by = change.change.value
    if not by:
        return _("The score is the same as before.")
    if change.is_clear:
        sentence = (
            _("It rose by %(size)s (%(interval)s), which is more than chance (p = %(p)s).")
            if by > 0
            else _("It fell by %(size)s (%(interval)s), which is more than chance (p = %(p)s).")
        )
    else:
        sentence = (
            _("It is %(size)s higher than before (%(interval)s), which may be chance (p = %(p)s).")
            if by > 0
            else _("It is %(size)s lower than before (%(interval)s), which may be chance (p = %(p)s).")
        )
    interval, p = words.difference_interval(change.change), words.p_value(change.p_value)
    return filled(sentence, size=words.size(by), interval=interval, p=p)


def cautions_of(reading: Reading, locale: Locale) -> tuple[str, ...]:
    """Return what weakens the numbers."""
    notes: list[Note] = list(reading.score.notes) if reading.score else []
    if reading.completion and reading.completion.screened:
        notes.append(Note.of("completion.screened", count=reading.completion.screened))
    for part in (reading.breakdown, reading.mix, reading.trend):
        notes += part.notes if part else ()
    return tuple(
        locale.shape(NOTE_SENTENCES[note.code](note, locale)) for note in notes if note.code in NOTE_SENTENCES
    )


def _sure(locale: Locale, estimate: Estimate, interval: str) -> str:
    return filled(
        _("%(level)s interval: %(interval)s"),
        level=locale.percent(estimate.interval.level),
        interval=interval,
    )
