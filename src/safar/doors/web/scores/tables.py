"""Tables of a score: the twin of each drawing, and what has no drawing."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from safar.doors.web.design.table import Cell, Column, Row, Table
from safar.doors.web.design.words import filled
from safar.listen.breakdown import BreakdownAnswer
from safar.listen.distribution import Bin, Distribution
from safar.listen.findability import Findability
from safar.listen.goal_completion import GoalCompletionAnswer
from safar.listen.groups import By
from safar.listen.mix import MixAnswer
from safar.listen.trend import TrendAnswer, TrendPoint
from safar.vocabulary.window import Window

from .drawings import bin_name
from .words import ScoreWords, by_name, verdict


def distribution_table(found: Distribution, words: ScoreWords, href: Callable[[Bin], str]) -> Table:
    """Return how many chose each point."""
    locale = words.locale
    rows = [
        Row(
            (
                Cell(bin_name(one, words), value=one.low),
                Cell(locale.number(one.count), href(one) if one.count else "", value=one.count),
                Cell(locale.percent(one.share.value, decimals=1), value=one.share.value),
                Cell(
                    locale.percent_interval(one.share.interval.low, one.share.interval.high, decimals=1),
                    value=one.share.interval.low,
                ),
            )
        )
        for one in found.bins
    ]
    return Table(
        _("Answer by answer"),
        (
            Column("answer", pgettext("column", "Answer")),
            Column("count", pgettext("column", "Count"), "number"),
            Column("share", pgettext("column", "Share"), "number"),
            Column("interval", _("Interval"), "number"),
        ),
        tuple(rows),
    )


def trend_table(
    found: TrendAnswer,
    words: ScoreWords,
    said: Callable[[Window], str],
    before_name: str,
    href: Callable[[TrendPoint], str],
) -> Table:
    """Return the periods, the newest first."""
    rows = []
    for point in reversed(found.points):
        score, before, gap = point.score, point.before, point.gap
        name = said(point.window)
        cells = [
            Cell(
                name if point.is_whole else filled(_("%(period)s (not whole)"), period=name),
                value=point.window.start_us,
            ),
            Cell(
                words.value(score.estimate.value if score and score.estimate else None),
                value=score.estimate.value if score and score.estimate else "",
            ),
            Cell(words.interval(score.estimate if score else None)),
            Cell(
                words.locale.number(score.n if score else 0),
                href(point) if score else "",
                value=score.n if score else 0,
            ),
        ]
        if before_name:
            cells += [
                Cell(words.value(before.estimate.value if before and before.estimate else None)),
                Cell(
                    words.difference(gap.change.value) if gap else "", value=gap.change.value if gap else ""
                ),
                Cell(verdict(gap), tone=words.tone(gap)),
            ]
        rows.append(Row(tuple(cells)))
    beside = (
        (
            Column("before", before_name, "number"),
            Column("change", _("Change"), "number"),
            Column("verdict", _("Chance")),
        )
        if before_name
        else ()
    )
    return Table(
        _("Period by period, the newest first"),
        (
            Column("period", _("Period")),
            Column("score", _("Score"), "number"),
            Column("interval", _("Interval"), "number"),
            Column("answers", _("Answers"), "number"),
            *beside,
        ),
        tuple(rows),
    )


def breakdown_table(found: BreakdownAnswer, by: By, words: ScoreWords, href: Callable[[str], str]) -> Table:
    """Return the groups, those with most answers first."""
    locale = words.locale
    rows = []
    for one in found.groups:
        estimate, gap = one.score.estimate, one.gap
        rows.append(
            Row(
                (
                    Cell(_("Others") if one.is_rest else words.group(by, one.name)),
                    Cell(
                        words.value(estimate.value if estimate else None),
                        value=estimate.value if estimate else "",
                    ),
                    Cell(words.interval(estimate)),
                    Cell(
                        locale.number(one.score.n), "" if one.is_rest else href(one.name), value=one.score.n
                    ),
                    Cell(locale.percent(one.share.value, decimals=1), value=one.share.value),
                    Cell(
                        words.difference(gap.change.value) if gap else "",
                        value=gap.change.value if gap else "",
                    ),
                    Cell(words.difference_interval(gap.change) if gap else ""),
                    Cell(words.p_value(gap.adjusted) if gap else "", value=gap.adjusted if gap else ""),
                    Cell(verdict(gap), tone=words.tone(gap)),
                )
            )
        )
    return Table(
        _("Group by group"),
        (
            Column("group", by_name(by, words.names)),
            Column("score", _("Score"), "number"),
            Column("interval", _("Interval"), "number"),
            Column("answers", _("Answers"), "number"),
            Column("share", _("Share of the answers"), "number"),
            Column("gap", _("Above all others by"), "number"),
            Column("gap_interval", _("Interval of that"), "number"),
            Column("p", _("p, all judged together"), "number"),
            Column("verdict", _("Chance")),
        ),
        tuple(rows),
    )


def mix_table(found: MixAnswer, by: By, words: ScoreWords) -> Table:
    """Return what each group adds to a change, the largest effect first."""
    locale = words.locale
    rows = [
        Row(
            (
                Cell(words.group(by, part.name)),
                Cell(locale.percent(part.share_before, decimals=1), value=part.share_before),
                Cell(locale.percent(part.share_now, decimals=1), value=part.share_now),
                Cell(words.value(part.score_before)),
                Cell(words.value(part.score_now)),
                Cell(words.difference(part.within), value=part.within),
                Cell(words.difference(part.mix), value=part.mix),
            )
        )
        for part in found.split.groups
    ]
    return Table(
        _("What each group adds to the change"),
        (
            Column("group", by_name(by, words.names)),
            Column("share_before", _("Share before"), "number"),
            Column("share_now", _("Share now"), "number"),
            Column("score_before", _("Score before"), "number"),
            Column("score_now", _("Score now"), "number"),
            Column("within", _("Real change"), "number"),
            Column("mix", _("Change of mix"), "number"),
        ),
        tuple(rows),
    )


def goals_table(found: GoalCompletionAnswer, words: ScoreWords) -> Table:
    """Return what people came for, what most could not do first."""
    locale = words.locale
    by = By("question", "goal")
    rows = [
        Row(
            (
                Cell(words.group(by, goal.goal)),
                Cell(locale.number(goal.n), value=goal.n),
                Cell(locale.percent(goal.completed.value, decimals=1), value=goal.completed.value),
                Cell(words.interval(goal.completed)),
                Cell(locale.number(goal.partly), value=goal.partly),
                Cell(locale.number(goal.missed), value=goal.missed),
                Cell(verdict(goal.gap), tone=words.tone(goal.gap)),
            )
        )
        for goal in found.goals
    ]
    return Table(
        _("What they came for, what most could not do first"),
        (
            Column("goal", _("Came for")),
            Column("n", _("Answers"), "number"),
            Column("completed", _("Could do it"), "number"),
            Column("interval", _("Interval"), "number"),
            Column("partly", _("Partly"), "number"),
            Column("missed", _("Could not, or not wholly"), "number"),
            Column("verdict", _("Unlike the others")),
        ),
        tuple(rows),
    )


def first_places_table(found: Findability, words: ScoreWords) -> Table:
    """Return where people went first, and how many of these found it in the end."""
    locale = words.locale
    rows = [
        Row(
            (
                Cell(place.place or _("beside every area")),
                Cell(locale.number(place.count), value=place.count),
                Cell(locale.percent(place.share.value, decimals=1), value=place.share.value),
                Cell(words.interval(place.share)),
                Cell(locale.percent(place.found.value, decimals=1), value=place.found.value),
            )
        )
        for place in found.first
    ]
    return Table(
        _("Where they went first"),
        (
            Column("place", _("Place")),
            Column("count", pgettext("column", "Count"), "number"),
            Column("share", pgettext("column", "Share"), "number"),
            Column("interval", _("Interval"), "number"),
            Column("found", _("Found it in the end"), "number"),
        ),
        tuple(rows),
    )
