"""The parts of the page of one score: what each says, its drawing, its table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from safar.doors.web.design.drawings import Drawing
from safar.doors.web.design.table import Table
from safar.doors.web.design.words import filled
from safar.listen.distribution import distribution
from safar.vocabulary.interval import Estimate

from .drawings import distribution_drawing, groups_drawing, trend_drawing
from .leads import Leads
from .reading import Reading
from .tables import (
    breakdown_table,
    distribution_table,
    first_places_table,
    goals_table,
    mix_table,
    trend_table,
)
from .words import ScoreWords, answers_in_words, by_name, stretches

#: So many periods are about a year: fewer need no year on the axis.
_A_YEAR: Final = {"week": 50, "month": 12}


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page: sentences, a drawing, tables; and what was refused."""

    title: str
    key: str
    sentences: tuple[str, ...] = ()
    drawing: Drawing | None = None
    tables: tuple[Table, ...] = ()
    problem: str = ""


def sections_of(reading: Reading, words: ScoreWords, leads: Leads) -> tuple[Section, ...]:
    """Return the parts of the page that there is something to say in."""
    found = (
        _distribution(reading, words, leads),
        _trend(reading, words, leads),
        _breakdown(reading, words, leads),
        _mix(reading, words),
        _goals(reading, words),
        _findability(reading, words),
    )
    return tuple(each for each in found if each is not None)


def _distribution(reading: Reading, words: ScoreWords, leads: Leads) -> Section | None:
    score, locale = reading.first_score, words.locale
    if score is None:
        return None
    found = distribution(score.counts, words.scoring.scale)
    if found is None:
        return None
    said = [filled(_("Median %(median)s, standard deviation %(deviation)s."),
                   median=locale.number(found.median),
                   deviation=locale.number(found.deviation, decimals=2))]  # fmt: skip
    if found.mean is not None:
        said.insert(
            0,
            filled(
                _("Mean %(mean)s (%(low)s to %(high)s)."),
                mean=locale.number(found.mean.value, decimals=2),
                low=locale.number(found.mean.interval.low, decimals=2),
                high=locale.number(found.mean.interval.high, decimals=2),
            ),
        )
    if reading.is_weighted:
        said.append(_("The distribution shows the answers as they came, not weighted."))
    return Section(
        _("How the answers are spread"),
        "distribution",
        tuple(said),
        distribution_drawing(found, words, leads.to_bin),
        (distribution_table(found, words, leads.to_bin),),
    )


def _trend(reading: Reading, words: ScoreWords, leads: Leads) -> Section:
    locale = words.locale
    found = reading.trend
    if found is None:
        return Section(_("Over time"), "trend", problem=reading.problems.get("trend", ""))
    said = stretches(locale, reading.asked.periods)
    before_name = {
        "previous": _("The period before"),
        "season": _("A year before"),
        "nothing": "",
    }[reading.asked.beside]
    drawing = None
    is_short = (
        reading.asked.periods in {"week", "month"} and len(found.points) < _A_YEAR[reading.asked.periods]
    )
    if len(found.points) > 1:
        ghost = before_name if reading.asked.beside == "season" else ""
        drawing = trend_drawing(
            found.points,
            words,
            said,
            tick=stretches(locale, reading.asked.periods, short=is_short),
            before_name=ghost,
            href=leads.to_point,
        )
    return Section(
        _("Over time"),
        "trend",
        (_("The pale band is the interval: periods with few answers are unsure."),) if drawing else (),
        drawing,
        (trend_table(found, words, said, before_name, leads.to_point),),
    )


def _breakdown(reading: Reading, words: ScoreWords, leads: Leads) -> Section | None:
    by = reading.asked.by
    if by is None:
        return None
    title = filled(_("Group by group: %(what)s"), what=by_name(by, words.names))
    found = reading.breakdown
    if found is None:
        problem = reading.problems.get("breakdown", "") or _("There is nothing to break this score down by.")
        return Section(title, "breakdown", problem=problem)

    def name(group: str) -> str:
        return words.group(by, group)

    return Section(
        title,
        "breakdown",
        (
            _(
                "Each group beside all other answers. The groups are judged together: only what stands out then is"
                " told."
            ),
        ),
        groups_drawing(found.groups, words, name) if len(found.groups) > 1 else None,
        (breakdown_table(found, by, words, leads.to_group),),
    )


def _mix(reading: Reading, words: ScoreWords) -> Section | None:
    by = reading.asked.by
    if by is None or reading.times.before is None or reading.breakdown is None:
        return None
    title = _("Real change, or other people answering?")
    if reading.mix is None:
        return Section(title, "mix", problem=reading.problems.get("mix", ""))
    split = reading.mix.split
    sentence = filled(
        _(
            "Of the change of %(total)s, %(within)s (%(within_interval)s) happened within the groups, and %(mix)s"
            " (%(mix_interval)s) because their shares of the answers changed."
        ),
        total=words.difference(split.total.value),
        within=words.difference(split.within.value),
        within_interval=words.difference_interval(split.within),
        mix=words.difference(split.mix.value),
        mix_interval=words.difference_interval(split.mix),
    )
    said = [sentence]
    if reading.is_weighted:
        said.append(_("The answers are not weighted here."))
    return Section(title, "mix", tuple(said), tables=(mix_table(reading.mix, by, words),))


def _goals(reading: Reading, words: ScoreWords) -> Section | None:
    found, locale = reading.goals, words.locale
    if found is None or found.whole is None or not found.goals:
        return None
    whole = found.whole
    sentence = filled(
        _("Of %(answers)s, %(done)s could do what they came for, %(partly)s partly."),
        answers=answers_in_words(whole.n, locale),
        done=locale.number(whole.done),
        partly=locale.number(whole.partly),
    )
    return Section(_("What they came for"), "goals", (sentence,), tables=(goals_table(found, words),))


def _findability(reading: Reading, words: ScoreWords) -> Section | None:
    found, locale = reading.findability, words.locale
    if found is None:
        return None
    parts: list[tuple[str, Estimate | None]] = [
        (_("Directly, without going back: %(share)s (%(interval)s)."), found.directness),
        (_("Found, and directly: %(share)s (%(interval)s)."), found.direct_success),
        (_("The first click led the right way: %(share)s (%(interval)s)."), found.first_right),
    ]
    said = [
        filled(sentence, share=locale.percent(of.value, decimals=1), interval=words.interval(of))
        for sentence, of in parts
        if of is not None
    ]
    if found.seconds is not None:
        said.append(
            filled(
                _("Who found it needed %(seconds)s seconds (%(low)s to %(high)s; geometric mean)."),
                seconds=locale.number(found.seconds.value, decimals=1),
                low=locale.number(found.seconds.interval.low, decimals=1),
                high=locale.number(found.seconds.interval.high, decimals=1),
            )
        )
    if found.given_up:
        sentence = ngettext("%(count)s gave up.", "%(count)s gave up.", found.given_up)
        said.append(filled(sentence, count=locale.number(found.given_up)))
    tables = (first_places_table(found, words),) if found.first else ()
    return Section(_("How it was looked for"), "findability", tuple(said), tables=tables)
