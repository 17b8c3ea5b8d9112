"""The drawings of a funnel: its steps, its groups, how long it took."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from functools import partial

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from safar.doors.web.design.words import filled
from safar.doors.web.events.words import channel_in_words
from safar.observe.funnel import FunnelAnswer, FunnelGroup
from safar.observe.labels import CHANNEL
from safar.show import drawing as draw
from safar.show.journeys.funnel import FunnelWords, StepLink, funnel_drawing

from .kind import Asked, Drawing
from .words import share_with_interval


def funnel_drawings(asked: Asked, names: Mapping[str, str]) -> tuple[Drawing, ...]:
    """Return the steps as bars, the groups' conversion, and how long those took who did all."""
    answer: FunnelAnswer = asked.answer
    found = [_steps(asked, names)]
    if answer.groups and not answer.differences:
        found.append(_groups(asked))
    if answer.conversion_times:
        found.append(_times(asked))
    return tuple(found)


def group_name(asked: Asked, group: FunnelGroup) -> str:
    """Return what a group is called: a value, a segment, a period in the reader's calendar."""
    by = asked.question.by
    if by.period:
        return asked.locale.period(_day(group.key), by.period)
    if by.segments:
        return group.key
    if not group.key:
        return pgettext("group", "without a value")
    value = json.loads(group.key)
    if by.of == CHANNEL:
        return channel_in_words(value)
    return value if isinstance(value, str) else group.key


def _day(key: str) -> int:
    return date.fromisoformat(key).toordinal() - date(1970, 1, 1).toordinal()


def _steps(asked: Asked, names: Mapping[str, str]) -> Drawing:
    answer, locale = asked.answer, asked.locale
    groups = {group.key: group_name(asked, group) for group in answer.groups}
    words = FunnelWords(
        title=_("The steps of the funnel, one below another; the table below has the same numbers."),
        everybody="",
        heads=draw.FunnelHeads(_("Got here"), _("Of the first step"), _("Of the step before")),
        lost=lambda count: filled(_("%(count)s lost"), count=count),
        step=lambda step: names[step],
        group=lambda key: groups[key],
    )

    def link(is_lost: int) -> StepLink:
        def to(step: int, group: str | None) -> str | None:
            of_group = {} if group is None else {"group": group}
            return asked.behind({"step": step, "lost": is_lost, **of_group}) or None

        return to

    def drawn(width: float, drawing_id: str) -> str:
        return funnel_drawing(
            answer, locale, words, href=link(0), loss_href=link(1), width=width, drawing_id=drawing_id
        )

    return Drawing.in_both_widths(
        "funnel",
        _("From step to step"),
        drawn,
        said=_(
            "The thin line at the end of a bar is the 95% interval. Shaded is who was lost since the step before."
        ),
    )


def _groups(asked: Asked) -> Drawing:
    locale, bars = asked.locale, []
    for group in asked.answer.groups:
        rate = group.steps[-1].conversion_rate
        bars.append(
            draw.Bar(
                group_name(asked, group),
                None if rate is None else rate.value,
                share_with_interval(rate, locale),
                None if rate is None else rate.interval.low,
                None if rate is None else rate.interval.high,
                tone="plain" if group.is_whole else "soft",
            )
        )
    title = _("Conversion of each group, with its interval; the table below has the same numbers.")
    return Drawing.in_both_widths(
        "groups",
        _("Conversion by group"),
        partial(draw.draw_bars, bars, title=title, direction=locale.direction),
        said=_("Pale bars are of periods whose last ones still have time to convert.")
        if any(not group.is_whole for group in asked.answer.groups)
        else "",
    )


def _times(asked: Asked) -> Drawing:
    locale, bars = asked.locale, []
    whole = sum(each.count for each in asked.answer.conversion_times)
    for each in asked.answer.conversion_times:
        if each.until is None:
            name = filled(_("%(time)s and longer"), time=locale.duration(each.since))
        else:
            name = filled(_("up to %(time)s"), time=locale.duration(each.until))
        text = f"{locale.number(each.count)} · {locale.percent(each.count / whole)}"
        bars.append(draw.Bar(name, float(each.count), text))
    title = _("How long those took from the first step to the last who did all.")
    return Drawing.in_both_widths(
        "times",
        _("How long it took"),
        partial(draw.draw_bars, bars, title=title, direction=locale.direction),
    )
