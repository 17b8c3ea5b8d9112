"""The page of one score in the reader's words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from safar.doors.web.design.parts import Tab
from safar.doors.web.design.words import filled
from safar.doors.web.events.words import cut, visible
from safar.doors.web.segments.queries import SegmentFacts
from safar.doors.web.surveys.page import tabs
from safar.doors.web.surveys.queries import AskedNames
from safar.listen.detectable import answers_needed, detectable_change, spread_of
from safar.show.locale import Locale
from safar.store.registry import Workspace

from .asked import number_typed
from .choices import (
    Option,
    Select,
    ShareFields,
    limit_field,
    mark_options,
    question_fields,
    share_fields,
    trend_fields,
    weigh_options,
)
from .definitions import definition_of
from .head import Figure, cautions_of, figures_of, sentences_of
from .leads import Leads
from .list_page import scope_of
from .queries import BoundStep
from .reading import MOST_SHARES, Reading
from .sections import Section, sections_of
from .words import ScoreWords, answers_in_words, kind_name

_LONGEST: Final = 80


@dataclass(frozen=True, slots=True)
class ScorePage:
    """What the template of one score is given.

    Attributes
    ----------
    tabs, list_href
        Of the desk, and of the list.
    name, key, kind, scope
        The question, its key, its metric and scale, which days.
    meaning, method, origin
        The definition, and where the numbers came from.
    is_mixed
        The key was answered on several scales: which one is shown stands in ``kind``.
    figures, sentences, cautions
        The numbers at the head, what they say, and what weakens them.
    sections
        Distribution, trend, groups, mix, goals, findability.
    fields, marks, trend_fields, weigh, limit, shares
        Of the forms.
    hidden, hidden_of_trend, hidden_of_weights, hidden_of_wish
        What each form keeps of the question.
    plan
        Sentences on what so many answers can show.
    wish
        What was typed as the change to notice.
    weights_said, weights_problem
        What the weights cost, and why there are none.
    answers_href, comments_href
        Where the single answers are, and what was written with them; empty for who may not see them.
    steps
        Steps of maps that the question speaks of.
    """

    tabs: tuple[Tab, ...]
    list_href: str
    name: str
    key: str
    kind: str
    scope: str
    meaning: str
    method: str
    origin: tuple[tuple[str, str], ...]
    is_mixed: bool
    figures: tuple[Figure, ...]
    sentences: tuple[str, ...]
    cautions: tuple[str, ...]
    sections: tuple[Section, ...]
    fields: tuple[Select, ...]
    marks: tuple[Option, ...]
    trend_fields: tuple[Select, ...]
    weigh: tuple[Option, ...]
    limit: Select
    shares: tuple[ShareFields, ...]
    hidden: tuple[tuple[str, str], ...]
    hidden_of_trend: tuple[tuple[str, str], ...]
    hidden_of_weights: tuple[tuple[str, str], ...]
    hidden_of_wish: tuple[tuple[str, str], ...]
    plan: tuple[str, ...]
    wish: str
    weights_said: str
    weights_problem: str
    answers_href: str
    comments_href: str
    steps: tuple[Tab, ...]
    problem: str


def score_page(
    workspace: Workspace,
    reading: Reading,
    segments: Sequence[SegmentFacts],
    steps: Sequence[BoundStep],
    locale: Locale,
    *,
    names: AskedNames,
    sees_customers: bool,
) -> ScorePage:
    """Return the page of one score.

    Parameters
    ----------
    reading
        What the log says.
    segments, steps
        Of the workspace: whose answers can be looked at, and where the question stands on maps.
    names
        What its surveys and questions are called.
    sees_customers
        Whether numbers lead to the answers behind them.
    """
    asked = reading.asked
    words = ScoreWords(locale, reading.key.scoring, names, names.units.get(asked.key, ""))
    leads = Leads(workspace, reading, sees_customers)
    scoring = reading.key.scoring
    meaning, method = definition_of(scoring.metric, scoring.unit)
    return ScorePage(
        tabs=tabs(workspace, "scores"),
        list_href=reverse("scores", kwargs={"workspace_id": workspace.workspace_id}),
        name=cut(visible(names.question(asked.key)), _LONGEST),
        key=visible(asked.key),
        kind=kind_name(reading.key.kind, locale),
        scope=scope_of(reading.times, locale),
        meaning=locale.shape(meaning),
        method=locale.shape(method),
        origin=_origin(reading, locale),
        is_mixed=len(reading.kinds) > 1,
        figures=figures_of(reading, words, leads),
        sentences=sentences_of(reading, words),
        cautions=cautions_of(reading, locale),
        sections=sections_of(reading, words, leads),
        fields=question_fields(reading, segments, names, locale),
        marks=mark_options(reading, locale),
        trend_fields=trend_fields(asked),
        weigh=weigh_options(reading, segments, names),
        limit=limit_field(asked, locale),
        shares=share_fields(reading, names, locale),
        hidden=_kept(reading, "kind", "span", "segment", "channel", "language", "survey", "by", "leave_out"),
        hidden_of_trend=_kept(reading, "every", "beside", "season"),
        hidden_of_weights=_kept(reading, "weigh", "share", "limit"),
        hidden_of_wish=_kept(reading, "wish"),
        plan=_plan(reading, words),
        wish=asked.wish,
        weights_said=_weights_said(reading, locale),
        weights_problem=reading.problems.get("weights", "") or _shares_missing(reading),
        answers_href=leads.to_answers() if reading.first_score else "",
        comments_href=leads.to_comments(locale),
        steps=tuple(_step_tab(workspace, step) for step in steps),
        problem=reading.problems.get("score", ""),
    )


def _step_tab(workspace: Workspace, step: BoundStep) -> Tab:
    return Tab(
        filled(_("%(step)s on the map %(map)s"), step=step.step_name, map=step.map_name),
        reverse("living-map", kwargs={"workspace_id": workspace.workspace_id, "map_id": step.map_id}),
    )


def _kept(reading: Reading, *own: str) -> tuple[tuple[str, str], ...]:
    """Return what a form keeps of the question beside its own fields; a scale that is no choice is not said."""
    kept = reading.asked.without(*own)
    return tuple((name, value) for name, value in kept if name != "kind" or len(reading.kinds) > 1)


def _origin(reading: Reading, locale: Locale) -> tuple[tuple[str, str], ...]:
    found = reading.score
    if found is None:
        return ()
    return (
        (_("Answers read"), locale.number(found.provenance.rows_read)),
        (_("Version of the log"), found.provenance.log_version),
    )


def _plan(reading: Reading, words: ScoreWords) -> tuple[str, ...]:
    """Return what so many answers can show, and how many a wished change needs."""
    score, locale = reading.first_score, words.locale
    if score is None or score.estimate is None or not score.standard_error:
        return ()
    spread = spread_of(score)
    smallest = detectable_change(spread, score.n)
    found = [
        filled(
            _(
                "With as many answers in another time (%(answers)s), a true change of %(size)s is noticed four"
                " times in five. Smaller ones may be there: so few answers cannot show them."
            ),
            answers=answers_in_words(score.n, locale),
            size=words.size(smallest),
        )
    ]
    typed = number_typed(reading.asked.wish)
    if typed:
        wished = typed / 100 if words.scoring.unit == "share" else typed
        needed = answers_needed(spread, wished)
        sentence = ngettext(
            "To notice a change of %(size)s four times in five, each time needs %(count)s answer.",
            "To notice a change of %(size)s four times in five, each time needs %(count)s answers.",
            needed,
        )
        found.append(filled(sentence, size=words.size(wished), count=locale.number(needed)))
    return tuple(found)


def _weights_said(reading: Reading, locale: Locale) -> str:
    raked = reading.score.raked[0] if reading.score and reading.is_weighted else None
    if raked is None or reading.first_score is None:
        return ""
    return filled(
        _(
            "The answers are weighted. They are worth %(effective)s answers of equal weight; weights reach from"
            " %(least)s to %(most)s, their mean is 1."
        ),
        effective=locale.number(round(raked.effective_n)),
        least=locale.number(float(raked.weights.min()), decimals=2),
        most=locale.number(float(raked.weights.max()), decimals=2),
    )


def _shares_missing(reading: Reading) -> str:
    if reading.is_weighted or not reading.asked.weigh:
        return ""
    if any(len(groups) >= MOST_SHARES for groups in reading.groups.values()):
        return _("There are too many groups for shares to be known of each.")
    return _("The answers are not weighted yet: type the share of every group.")
