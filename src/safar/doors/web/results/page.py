"""The results of a survey in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from safar.doors.web.design.parts import EmptyState, Tab
from safar.doors.web.design.words import filled
from safar.doors.web.events.words import channel_in_words
from safar.doors.web.scores.words import mark_name
from safar.doors.web.surveys.frame import Frame
from safar.doors.web.surveys.shown import language_name
from safar.listen.questionnaire.anatomy import Survey
from safar.maps.anatomy import said
from safar.show.locale import Locale
from safar.vocabulary.interval import Estimate, share

from .cards import QuestionCard
from .queries import Results, Wanted


@dataclass(frozen=True, slots=True)
class Tile:
    """A number above the questions: how sure it is, and where more of it is."""

    name: str
    value: str
    detail: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class FilterChoice:
    """One choice of a filter."""

    value: str
    name: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class ResultsPage:
    """The page of what a survey found.

    Attributes
    ----------
    unanswered
        Questions that nobody answered yet.
    quotas
        Each with how many of how many count against it.
    """

    frame: Frame
    tiles: tuple[Tile, ...]
    quotas: tuple[tuple[str, str], ...]
    cards: tuple[QuestionCard, ...]
    unanswered: tuple[str, ...]
    languages: tuple[FilterChoice, ...]
    channels: tuple[FilterChoice, ...]
    versions: tuple[FilterChoice, ...]
    marks: tuple[FilterChoice, ...]
    has_stopped: bool
    files: tuple[Tab, ...]
    responses_href: str
    bring_href: str
    empty: EmptyState | None


def tiles(
    found: Results, locale: Locale, *, responses_href: str, ask_href: str, rate: Estimate | None
) -> tuple[Tile, ...]:
    """Return the numbers above the questions.

    Parameters
    ----------
    responses_href, ask_href
        Where single responses and invitations are; empty for who may not open them.
    rate
        The share of those invited who answered.
    """
    complete = found.states.get("complete", 0)
    stopped = found.states.get("stopped", 0)
    shown = [Tile(_("Complete responses"), locale.number(complete), href=responses_href)]
    if rate is not None:
        shown.append(
            Tile(
                _("Response rate"),
                locale.percent(rate.value),
                filled(
                    ngettext(
                        "%(interval)s, of %(count)s invitation",
                        "%(interval)s, of %(count)s invitations",
                        rate.n,
                    ),
                    interval=locale.percent_interval(rate.interval.low, rate.interval.high),
                    count=locale.number(rate.n),
                ),
                ask_href,
            )
        )
    reached_end = share(complete, complete + stopped)
    if reached_end is not None and stopped:
        low, high = reached_end.interval.low, reached_end.interval.high
        shown.append(
            Tile(_("Came to the end"), locale.percent(reached_end.value), locale.percent_interval(low, high))
        )
        shown.append(Tile(_("Given up"), locale.number(stopped)))
    if found.states.get("screened"):
        shown.append(Tile(_("Turned away by a quota"), locale.number(found.states["screened"])))
    if found.typical_seconds is not None:
        length = timedelta(seconds=round(found.typical_seconds))
        shown.append(Tile(_("Typical time"), locale.duration(length)))
    if found.last_at is not None:
        shown.append(Tile(_("Last answer"), locale.date(found.last_at), locale.time(found.last_at)))
    return tuple(shown)


def quota_lines(survey: Survey, counts: Mapping[str, int], locale: Locale) -> tuple[tuple[str, str], ...]:
    """Return each quota of a survey with how many count against it."""
    return tuple(
        (
            said(quota.name, locale.language, *survey.languages) or quota.quota_id,
            filled(
                _("%(count)s of %(limit)s"),
                count=locale.number(counts.get(quota.quota_id, 0)),
                limit=locale.number(quota.limit),
            ),
        )
        for quota in survey.quotas
    )


def filters(found: Results, wanted: Wanted, locale: Locale) -> dict[str, tuple[FilterChoice, ...]]:
    """Return what can be chosen above the page: only what there is more than one of."""
    everything = FilterChoice("", pgettext("filter", "All"), is_chosen=False)

    def of(values: Sequence[tuple[str, str]], chosen: str) -> tuple[FilterChoice, ...]:
        if len(values) < 2 and not chosen:
            return ()
        return (everything, *(FilterChoice(value, name, value == chosen) for value, name in values))

    return {
        "languages": of([(each, language_name(each)) for each in found.languages], wanted.language),
        "channels": of([(each, channel_in_words(each)) for each in found.channels], wanted.channel),
        "versions": of(
            [(str(each), locale.number(each)) for each in found.versions],
            str(wanted.version) if wanted.version else "",
        ),
        "marks": tuple(
            FilterChoice(mark, f"{mark_name(mark)} ({locale.number(count)})", mark in wanted.without)
            for mark, count in sorted(found.marks.items())
        ),
    }
