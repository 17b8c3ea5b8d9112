"""The list of scores in the reader's words."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from safar.doors.web.design.parts import EmptyState, Tab
from safar.doors.web.design.table import Tone
from safar.doors.web.design.words import filled
from safar.doors.web.events.words import cut, visible
from safar.doors.web.surveys.page import tabs
from safar.doors.web.surveys.queries import AskedNames
from safar.listen.gaps import Gap
from safar.show.locale import Locale
from safar.show.trend import TrendPoint as Drawn
from safar.show.trend import trend as trend_drawing
from safar.show.trend import trend_reach
from safar.store.registry import Workspace

from .asked import SPANS, USUAL_EVERY, USUAL_SPAN, Asked
from .queries import KeyScore, Times
from .words import ScoreWords, answers_in_words, kind_name, metric_name, stretches, verdict

#: What each stretch of time is called.
SPAN_NAMES: Final[dict[str, Promise | str]] = {
    "30d": gettext_lazy("30 days"),
    "90d": gettext_lazy("90 days"),
    "365d": gettext_lazy("365 days"),
    "all": gettext_lazy("All time"),
}
_LONGEST: Final = 90


@dataclass(frozen=True, slots=True)
class ScoreCard:
    """One question key on one scale.

    Attributes
    ----------
    name, key, href
        The question, its key where another question has the same words, and its page.
    kind
        Metric and scale in words.
    value, sure
        The newest score, and how sure.
    change, tone, chance
        What it has done since, whether for the better, and whether that may be chance.
    response
        Who was asked and answered.
    drawing
        The trend.
    note
        That the key was answered on other scales as well.
    """

    name: str
    key: str
    href: str
    kind: str
    value: str
    sure: str
    change: str
    tone: Tone
    chance: str
    response: str
    drawing: str
    note: str


@dataclass(frozen=True, slots=True)
class ScoresPage:
    """What the template of the list is given.

    Attributes
    ----------
    tabs
        Of the desk.
    cards
        The scores, those with most answers first.
    spans
        Stretches of time to choose from.
    scope
        Which days are looked at, and which they are compared with.
    empty
        What stands where there are none.
    metric, all_href
        Which metric alone is shown, in words, and where all of them are; empty for all.
    """

    tabs: tuple[Tab, ...]
    cards: tuple[ScoreCard, ...]
    spans: tuple[Tab, ...]
    scope: str
    empty: EmptyState | None
    metric: str
    all_href: str


def scores_page(
    workspace: Workspace,
    span: str,
    times: Times | None,
    found: tuple[KeyScore, ...],
    locale: Locale,
    *,
    names: AskedNames,
    metric: str = "",
) -> ScoresPage:
    """Return the list of scores, or those of one metric."""
    address = reverse("scores", kwargs={"workspace_id": workspace.workspace_id})
    of_all = {"span": "" if span == USUAL_SPAN else span}
    keys = {one.key.question_key for one in found}
    asked = Counter(names.question(key) for key in keys)
    alone = {key for key in keys if asked[names.question(key)] == 1}
    return ScoresPage(
        tabs(workspace, "scores"),
        tuple(
            _card(
                workspace,
                span,
                place,
                one,
                locale=locale,
                names=names,
                is_alone=one.key.question_key in alone,
            )
            for place, one in enumerate(found)
        ),
        tuple(
            Tab(
                locale.shape(str(SPAN_NAMES[key])),
                _asked(address, span="" if key == USUAL_SPAN else key, metric=metric),
                key == span,
            )
            for key in SPANS
        ),
        "" if times is None else scope_of(times, locale),
        None if found else _empty(workspace, times),
        metric_name(metric) if metric else "",
        _asked(address, **of_all),
    )


def _asked(address: str, **asked: str) -> str:
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"{address}?{query}" if query else address


def _empty(workspace: Workspace, times: Times | None) -> EmptyState:
    if times is None:
        return EmptyState(
            _("No answers yet"),
            _("Once customers answer a survey, each question has its score here, with how sure it is."),
            _("To the surveys"),
            reverse("surveys", kwargs={"workspace_id": workspace.workspace_id}),
        )
    return EmptyState(
        _("Nobody answered in this time"),
        _("Choose a longer time."),
        _("All time"),
        f"{reverse('scores', kwargs={'workspace_id': workspace.workspace_id})}?span=all",
    )


def scope_of(times: Times, locale: Locale) -> str:
    """Return which days are looked at, and which they are compared with."""
    now = locale.range(times.now.start, times.now.end)
    if times.before is None:
        return now
    before = locale.range(times.before.start, times.before.end)
    return filled(_("%(days)s, compared with %(before)s"), days=now, before=before)


def score_href(workspace: Workspace, asked: Asked, **more: str) -> str:
    """Return the address of the page of a score."""
    address = reverse("score", kwargs={"workspace_id": workspace.workspace_id})
    return f"{address}?{asked.query(**more)}"


def _card(
    workspace: Workspace,
    span: str,
    place: int,
    one: KeyScore,
    *,
    locale: Locale,
    names: AskedNames,
    is_alone: bool,
) -> ScoreCard:
    key = one.key.question_key
    words = ScoreWords(locale, one.key.scoring, names, names.units.get(key, ""))
    asked = Asked(key, one.key.kind.text if one.key.is_mixed else "", span)
    now = one.now
    value = _("no answers") if now is None else words.value(None)
    sure = ""
    if now is not None:
        sure = answers_in_words(now.n, locale)
        if now.estimate is not None:
            value = words.value(now.estimate.value)
            sure = filled(
                _("%(interval)s (%(level)s interval), %(answers)s"),
                interval=words.interval(now.estimate),
                level=locale.percent(now.estimate.interval.level),
                answers=sure,
            )
    return ScoreCard(
        cut(visible(names.question(key)), _LONGEST),
        "" if is_alone else visible(key),
        score_href(workspace, asked),
        kind_name(one.key.kind, locale),
        value,
        sure,
        change_in_words(one.change, words),
        words.tone(one.change),
        verdict(one.change),
        _response(one, locale),
        _drawing(one, span, place, words),
        _("Answered on other scales as well: each has a score of its own.") if one.key.is_mixed else "",
    )


def change_in_words(change: Gap | None, words: ScoreWords) -> str:
    """Return a change with an arrow; empty where there is none."""
    if change is None:
        return ""
    value = change.change.value
    arrow = "▲" if value > 0 else "▼" if value < 0 else "＝"
    return f"{arrow} {words.difference(value)}"


def _response(one: KeyScore, locale: Locale) -> str:
    rate = None if one.response is None else one.response.estimate
    if rate is None:
        return _("no invitations that can be judged")
    return filled(_("%(rate)s of those asked answered"), rate=locale.percent(rate.value, decimals=1))


def _drawing(one: KeyScore, span: str, place: int, words: ScoreWords) -> str:
    said = stretches(words.locale, USUAL_EVERY[span])
    points = []
    for point in one.points:
        found = None if point.score is None else point.score.estimate
        points.append(
            Drawn(said(point.window), None, _("no answers"), is_partial=not point.is_whole)
            if found is None
            else Drawn(
                said(point.window),
                found.value,
                f"{words.value(found.value)} ({words.interval(found)})",
                found.interval.low,
                found.interval.high,
                not point.is_whole,
            )
        )
    if len(points) < 2 or not any(point.value is not None for point in points):
        return ""
    reach = trend_reach(points, limits=words.scoring.reach) if words.scoring.reach else None
    title = filled(_("%(name)s over time"), name=visible(words.names.question(one.key.question_key)))
    return trend_drawing(points, title=title, trend_id=f"score-trend-{place}", reach=reach)
