"""The page of patterns: how many paths fit one, which ways they took, where they began to fit."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from safar.doors.web.design.parts import EmptyState
from safar.doors.web.design.table import Cell, Column, Row, Table
from safar.doors.web.design.words import filled
from safar.observe.patterns import PatternMatch, PatternPosition, PatternsAnswer
from safar.show import drawing as draw
from safar.show.locale import Locale

from .kind import Asked, Drawing, Figure, Finding, KindPage, Shown
from .kind import Cell as NumberCell
from .metric import Metric
from .paths_form import PatternsForm
from .paths_page import GROUP
from .words import interval_in_words, paths_in_words, share_with_interval, step_names, steps_in_words

_MOST_DRAWN: Final = 20


def shown_patterns(asked: Asked) -> Shown:
    """Return how paths fit a pattern in the reader's words."""
    answer: PatternsAnswer = asked.answer
    if not answer.occurrences:
        return Shown(
            empty=EmptyState(
                _("No path fits this pattern"),
                filled(
                    _("%(paths)s looked at. Let more stand between the steps, or ask about a longer period."),
                    paths=paths_in_words(
                        answer.paths, asked.locale, are_visits=asked.question.pause is not None
                    ),
                ),
            )
        )
    return Shown(
        figures=_figures(asked),
        findings=_findings(asked),
        drawings=(_ways(asked), _where(asked)),
        tables=(_ways_table(asked), _where_table(asked)),
    )


def _figures(asked: Asked) -> tuple[Figure, ...]:
    answer, locale = asked.answer, asked.locale
    fits = answer.share
    return (
        Figure(
            _("Paths that fit"),
            locale.percent(fits.value, decimals=1),
            filled(
                _("%(level)s interval: %(interval)s, of %(paths)s"),
                level=locale.percent(fits.interval.level),
                interval=interval_in_words(fits, locale),
                paths=paths_in_words(answer.paths, locale, are_visits=asked.question.pause is not None),
            ),
        ),
        Figure(
            pgettext("pattern", "Customers"),
            locale.number(answer.fitting_customers),
            filled(_("of %(count)s"), count=locale.number(answer.customers)),
            asked.behind({}),
        ),
        Figure(
            _("Matches"),
            locale.number(answer.occurrences),
            filled(
                ngettext("in %(count)s different way", "in %(count)s different ways", answer.different),
                count=locale.number(answer.different),
            ),
        ),
        Figure(
            _("From first to last"),
            locale.duration(answer.median_time),
            filled(
                _("half took longer, a tenth longer than %(time)s"), time=locale.duration(answer.p90_time)
            ),
        ),
    )


def _findings(asked: Asked) -> tuple[Finding, ...]:
    answer, locale = asked.answer, asked.locale
    most = answer.matches[0]
    found = [
        Finding(
            filled(
                _("The most frequent way: %(path)s, %(share)s of all matches."),
                path=steps_in_words(most.steps, locale),
                share=locale.percent(most.share, decimals=1),
            ),
            "w0",
            1,
        )
    ]
    if answer.positions:
        place, position = max(enumerate(answer.positions), key=lambda each: each[1].count)
        found.append(
            Finding(
                filled(
                    _("Most of the paths that fit begin to fit at step %(number)s: %(share)s."),
                    number=_position(position, locale),
                    share=share_with_interval(position.share, locale),
                ),
                f"p{place}",
                2,
            )
        )
    return tuple(found)


def _cell(match: PatternMatch) -> dict[str, str | int | None]:
    return {"match": json.dumps(match.steps, ensure_ascii=False)}


def _ways(asked: Asked) -> Drawing:
    answer, locale = asked.answer, asked.locale
    drawn: Sequence[PatternMatch] = answer.matches[:_MOST_DRAWN]
    called = step_names({step for match in drawn for step in match.steps})
    covered, ways = 0, []
    for place, match in enumerate(drawn):
        covered += match.count
        ways.append(
            draw.Variant(
                tuple(draw.VariantStep(step, called[step]) for step in match.steps),
                match.share,
                locale.number(match.count),
                locale.percent(match.share, decimals=1),
                locale.percent(covered / answer.occurrences, decimals=1),
                key=str(place),
                href=asked.behind(_cell(match)) or None,
            )
        )
    hidden = answer.different - len(drawn)
    return Drawing(
        key="ways",
        name=_("The ways that fit, the most frequent first"),
        svg=draw.draw_variants(
            ways,
            title=_("The ways in which the pattern was fitted; the table below has the same numbers."),
            direction=locale.direction,
            heads=draw.VariantHeads(_("Matches"), _("Covered"), _("Way")),
            drawing_id="ways",
        ),
        said=filled(
            ngettext("%(count)s rarer way is not drawn.", "%(count)s rarer ways are not drawn.", hidden),
            count=locale.number(hidden),
        )
        if hidden
        else "",
    )


def _position(position: PatternPosition, locale: Locale) -> str:
    number = locale.number(position.position)
    return filled(_("%(number)s or later"), number=number) if position.or_later else number


def _behind(position: PatternPosition, asked: Asked) -> str:
    return asked.behind({"position": position.position}) if position.count else ""


def _where(asked: Asked) -> Drawing:
    locale = asked.locale
    bars = [
        draw.Bar(
            filled(_("Step %(number)s"), number=_position(each, locale)),
            each.share.value,
            share_with_interval(each.share, locale),
            each.share.interval.low,
            each.share.interval.high,
            href=_behind(each, asked) or None,
        )
        for each in asked.answer.positions
    ]
    title = _("At which step of their path those that fit begin to; the table below has the same numbers.")
    return Drawing.in_both_widths(
        "where",
        _("Where in the path it begins"),
        partial(draw.draw_bars, bars, title=title, direction=locale.direction),
        said=_("The thin line at the end of a bar is the 95% interval."),
    )


def _ways_table(asked: Asked) -> Table:
    locale = asked.locale
    return Table(
        caption=_("Ways, the most frequent first"),
        columns=(
            Column("way", _("Way")),
            Column("count", _("Matches"), "number"),
            Column("share", _("Share of all"), "number"),
        ),
        rows=tuple(
            Row(
                (
                    Cell(steps_in_words(match.steps, locale)),
                    Cell(locale.number(match.count), asked.behind(_cell(match)), value=match.count),
                    Cell(locale.percent(match.share, decimals=1), value=match.share),
                ),
                f"w{place}",
            )
            for place, match in enumerate(asked.answer.matches)
        ),
    )


def _where_table(asked: Asked) -> Table:
    locale = asked.locale
    return Table(
        caption=_("Where in the path it begins"),
        columns=(
            Column("position", _("Step of the path")),
            Column("count", pgettext("flow", "Paths"), "number"),
            Column("share", _("Share of those that fit"), "number"),
        ),
        rows=tuple(
            Row(
                (
                    Cell(_position(each, locale), value=each.position),
                    Cell(
                        locale.number(each.count), asked.behind({"position": each.position}), value=each.count
                    ),
                    Cell(share_with_interval(each.share, locale), value=each.share.value),
                ),
                f"p{place}",
            )
            for place, each in enumerate(asked.answer.positions)
        ),
    )


def _cell_in_words(cell: NumberCell, locale: Locale) -> str:
    if "match" in cell:
        path = steps_in_words(json.loads(str(cell["match"])), locale)
        return filled(_("Customers with the way %(path)s"), path=path)
    position = cell.get("position")
    if isinstance(position, int):
        words = _("Customers with a path that begins to fit at its step %(number)s")
        return filled(words, number=locale.number(position))
    return _("Customers with a path that fits the pattern")


PATTERNS: Final = KindPage(
    key="patterns",
    name=pgettext_lazy("kind of question", "By a pattern"),
    group=GROUP,
    lead=gettext_lazy("How many paths fit a pattern, which ways did they take, and how long did that last?"),
    form=PatternsForm,
    shown=shown_patterns,
    meaning=gettext_lazy(
        "A path fits when it holds steps as the pattern says, anywhere. A match is one such stretch of it; one path can"
        " hold several."
    ),
    method=gettext_lazy(
        "Matches are the leftmost ones, the longest from there, none overlapping another. Shares have Wilson's 95%"
        " interval. Times run from the first step of a match to its last, and are exact."
    ),
    cell_words=_cell_in_words,
    further_tables=(("position_table", gettext_lazy("Where in the path it begins")),),
    metric=lambda answer: Metric.of(answer.share),
    metric_name=gettext_lazy("Paths that fit"),
)
