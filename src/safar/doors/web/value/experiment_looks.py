"""Planned looks on the page Experiments: whether to stop or to go on, and where z stands between its bounds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from safar.doors.web.design.table import Cell, Column, Row, Table
from safar.doors.web.design.words import filled
from safar.doors.web.journeys.kind import Asked, Drawing, Figure, Finding
from safar.explain.experiments.logged import ExperimentAnswer
from safar.explain.experiments.planned_looks import Look
from safar.show import drawing as draw
from safar.show.locale import Locale

KEY: Final = "looks"
#: So many arms fit beside both bounds.
_MOST_ARMS: Final = 6


def taken(asked: Asked) -> tuple[tuple[str, Look], ...]:
    """Return the arms with this look at the metric that decides; empty where no looks were planned."""
    answer: ExperimentAnswer = asked.answer
    return tuple(
        (each.arm, each.look)
        for each in answer.result.results
        if each.metric == answer.deciding and each.look
    )


def figures(asked: Asked) -> tuple[Figure, ...]:
    """Return what the look says, as a figure: of the arm nearest to its bound."""
    found = taken(asked)
    if not found:
        return ()
    locale = asked.locale
    _arm, look = _nearest(found)
    verdict = (
        _("look into the arms first")
        if asked.answer.result.sample_ratio.is_off
        else _("may stop")
        if look.ends
        else pgettext("experiment", "over")
        if look.is_last
        else _("go on")
    )
    return (
        Figure(
            filled(
                _("Look %(number)s of %(count)s"),
                number=locale.number(look.place + 1),
                count=locale.number(look.count),
            ),
            verdict,
            filled(
                _("z %(z)s, bound %(bound)s; %(share)s of the information is in"),
                z=locale.signed(look.z, decimals=2),
                bound=_bound(look.bound, locale),
                share=locale.percent(look.information),
            ),
        ),
    )


def findings(asked: Asked) -> tuple[Finding, ...]:
    """Return whether to stop or to go on, in a plain sentence for each arm."""
    found = taken(asked)
    if not found or asked.answer.result.sample_ratio.is_off:  # the page says that nothing can be decided
        return ()
    # where no arm has passed its bound, the nearest speaks for all
    told = [each for each in found if each[1].ends] or [_nearest(found)]
    rest = len(found) - len(told)
    sentences = [_sentence(asked, arm, look) for arm, look in told]
    if rest:
        words = ngettext(
            "%(count)s other arm has not passed its bound.",
            "%(count)s other arms have not passed their bounds.",
            rest,
        )
        sentences.append(filled(words, count=asked.locale.number(rest)))
    return tuple(map(Finding, sentences))


def _nearest(found: Sequence[tuple[str, Look]]) -> tuple[str, Look]:
    """Return the arm that is furthest on its way to its bound, or beyond it."""
    return max(found, key=lambda each: abs(each[1].z) / each[1].bound)


def _sentence(asked: Asked, arm: str, look: Look) -> str:
    locale = asked.locale
    if look.ends and look.is_last:
        words = _(
            "Last of %(count)s looks: “%(arm)s” has passed its bound (z %(z)s, bound %(bound)s). The experiment is"
            " over, and the difference is more than chance."
        )
    elif look.ends:
        words = _(
            "Look %(number)s of %(count)s: “%(arm)s” has passed its bound (z %(z)s, bound %(bound)s). You may stop"
            " here: the difference is more than chance."
        )
    elif look.is_last:
        words = _(
            "Last of %(count)s looks: “%(arm)s” has not passed its bound (z %(z)s, bound %(bound)s). The experiment is"
            " over, and the difference may be chance."
        )
    else:
        words = _(
            "Look %(number)s of %(count)s: “%(arm)s” has not passed its bound (z %(z)s, bound %(bound)s). Go on to the"
            " next look: nothing is decided yet."
        )
    return filled(
        words,
        number=locale.number(look.place + 1),
        count=locale.number(look.count),
        arm=arm,
        z=locale.signed(look.z, decimals=2),
        bound=_bound(look.bound, locale),
    )


def drawings(asked: Asked) -> tuple[Drawing, ...]:
    """Return the bounds of all looks, with z at this one."""
    found = taken(asked)
    if not found:
        return ()
    return (
        Drawing.in_both_widths(
            KEY,
            _("Bounds of the planned looks, and where the experiment stands"),
            partial(_drawn, asked, found[:_MOST_ARMS]),
            said=_(
                "Beyond the bounds the experiment may stop; between them it goes on. z is the difference in standard"
                " errors."
            ),
        ),
    )


def _drawn(asked: Asked, found: tuple[tuple[str, Look], ...], *, width: float, drawing_id: str) -> str:
    locale = asked.locale
    widest = max((look for _arm, look in found), key=lambda look: look.count)
    places = range(widest.count)
    labels = [filled(_("Look %(number)s"), number=locale.number(place + 1)) for place in places]

    def point(value: float | None) -> draw.SeriesPoint:
        return draw.SeriesPoint(
            value, locale.signed(value, decimals=2) if value is not None else locale.number(None)
        )

    series = [
        draw.Series(_("Bound above"), tuple(point(each) for each in widest.bounds.critical)),
        draw.Series(_("Bound below"), tuple(point(-each) for each in widest.bounds.critical)),
    ]
    series += [
        draw.Series(
            filled(pgettext("arm of an experiment", "“%(arm)s” now"), arm=arm),
            tuple(point(look.z if place == look.place else None) for place in places),
        )
        for arm, look in found
    ]
    top = math.ceil(max(abs(point.value or 0.0) for one in series for point in one.points))
    step = max(1, math.ceil(top / 4))
    return draw.draw_series(
        series,
        labels=labels,
        ticks=[draw.Tick(place, label) for place, label in enumerate(labels)],
        value_ticks=[
            draw.Tick(place * step, locale.signed(place * step, decimals=0) if place else locale.number(0))
            for place in range(-math.ceil(top / step), math.ceil(top / step) + 1)
        ],
        title=_("The bounds of z at each planned look and z as it is now; the table below has the numbers."),
        direction=locale.direction,
        width=width,
        drawing_id=drawing_id,
    )


def tables(asked: Asked) -> tuple[Table, ...]:
    """Return a row for each look of each arm."""
    found = taken(asked)
    if not found:
        return ()
    locale = asked.locale
    rows = []
    for arm, look in found:
        spent = look.bounds.false_alarms()
        for place, bound in enumerate(look.bounds.critical):
            is_now = place == look.place
            share = look.bounds.information[place]
            rows.append(
                Row(
                    (
                        Cell(arm),
                        Cell(locale.number(place + 1), value=place + 1),
                        Cell(locale.percent(share), value=share),
                        Cell(_bound(bound, locale), value=bound),
                        Cell(locale.percent(spent[place], decimals=2), value=spent[place]),
                        Cell(
                            locale.signed(look.z, decimals=2) if is_now else locale.number(None),
                            value=look.z if is_now else None,
                        ),
                        Cell(_verdict(look, place)),
                    ),
                    f"{KEY}-{arm}-{place}",
                )
            )
    return (
        Table(
            caption=_("The planned looks"),
            columns=(
                Column("arm", _("Arm")),
                Column("look", _("Look"), "number"),
                Column("information", _("Information that is in"), "number"),
                Column("bound", _("Bound (z)"), "number"),
                Column("spent", _("False alarms up to here"), "number"),
                Column("z", _("Now (z)"), "number"),
                Column("verdict", _("Verdict")),
            ),
            rows=tuple(rows),
        ),
    )


def _bound(value: float, locale: Locale) -> str:
    """Return a bound on both sides of zero, its sign where signs of numbers stand."""
    return locale.signed(value, decimals=2).replace("+", "±")


def _verdict(look: Look, place: int) -> str:
    if place < look.place:
        return pgettext("planned look", "was before")
    if place > look.place:
        return pgettext("planned look", "to come")
    return _("passed") if look.ends else _("not passed")
