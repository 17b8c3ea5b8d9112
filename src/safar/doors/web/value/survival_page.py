"""The page How long they stay: curves with their intervals, by group, and what goes with leaving sooner or later."""

from __future__ import annotations

import math
from functools import partial
from typing import Final, cast

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from safar.doors.web.design.parts import EmptyState
from safar.doors.web.design.table import Cell, Column, Row, Table
from safar.doors.web.design.words import filled
from safar.doors.web.events.words import channel_in_words, cut, visible
from safar.doors.web.journeys.kind import Asked, Drawing, Figure, Finding, KindPage, Shown
from safar.doors.web.journeys.metric import Metric
from safar.doors.web.journeys.note_sentences import ngettext_noop
from safar.doors.web.journeys.words import (
    between,
    interval_in_words,
    number_with_interval,
    share_with_interval,
)
from safar.measure.lifetime_factors import OTHERS
from safar.measure.lifetimes import DAYS_OF, LengthUnit, LifetimesAnswer
from safar.measure.survival import SurvivalCurve
from safar.show import drawing as draw
from safar.vocabulary.interval import Estimate

from .groups import KEEPING
from .survival_factors import RISK_PLACE, factor_sentence, factors_table
from .survival_form import CONTRACT, TOLD, SurvivalForm
from .who_stays import WHO_STAYS
from .words import how_sure

#: Curves that one drawing holds; the table has all.
_MOST_DRAWN: Final = 5
#: Points of a curve between two ticks, and how many ticks there may be.
_BETWEEN: Final = 10
_MOST_TICKS: Final = 7
_APART: Final = {
    "day": (7, 30, 60, 90, 180, 360, 720, 1800),
    "week": (1, 4, 13, 26, 52, 104, 260),
    "month": (1, 3, 6, 12, 24, 60, 120),
    "year": (1, 2, 5, 10),
}
_CHANCE: Final = 0.05
_LENGTHS: Final = {
    "day": ngettext_noop("%(count)s day", "%(count)s days"),
    "week": ngettext_noop("%(count)s week", "%(count)s weeks"),
    "month": ngettext_noop("%(count)s month", "%(count)s months"),
    "year": ngettext_noop("%(count)s year", "%(count)s years"),
}
#: Of which length after the beginning the figure at the head is, by its place among those asked for.
_HEAD: Final[dict[LengthUnit, int]] = {"day": 3, "week": 3, "month": 1, "year": 0}


def shown_survival(asked: Asked) -> Shown:
    """Return how long customers stay, in the reader's words."""
    answer: LifetimesAnswer = asked.answer
    if answer.fit is None:
        return Shown(empty=_nobody(asked))
    return Shown(
        figures=_figures(asked),
        findings=_findings(asked),
        drawings=(_curves(asked),),
        tables=(_still_there(asked), *factors_table(asked)),
    )


def _form(asked: Asked) -> SurvivalForm:
    return cast("SurvivalForm", asked.form)


def _nobody(asked: Asked) -> EmptyState:
    follows = _form(asked).follows
    if follows == CONTRACT:
        return EmptyState(
            _("No contracts yet"),
            _(
                "This is answered once events named subscription_started and subscription_cancelled come in, from"
                " programs or a file. Customers who order without a contract can be followed too: choose them above."
            ),
        )
    if follows == TOLD:
        return EmptyState(
            _("No row says how long it lasted"),
            _(
                "Bring in a table of customers in which one column says how long each has been one, another whether"
                " they have left."
            ),
        )
    return EmptyState(
        _("No orders yet"),
        _("This is answered once orders come in: events named order_placed, or a file."),
    )


def _length(asked: Asked, days: float) -> str:
    """Return a length in the unit of the question, rounded."""
    unit = _form(asked).length_unit
    # a curve counts whole days of a unit: a month's 30.4 are 30
    count = math.ceil(days / DAYS_OF[unit] - 0.01) if unit != "day" else round(days)
    one, many = _LENGTHS[unit]
    return filled(ngettext(one, many, count), count=asked.locale.number(count))


def _label(asked: Asked, curve: SurvivalCurve) -> str:
    if not asked.question.by:
        return _("All")
    if curve.label == OTHERS:
        return _("Others")
    if not curve.label:
        return pgettext("value of a property", "Not told")
    if asked.question.by == "@channel":
        return channel_in_words(curve.label)
    return visible(cut(curve.label))


def _half_left(asked: Asked, curve: SurvivalCurve) -> str:
    """Return after how long half have left, with its interval."""
    if curve.median is None:
        return _("more than half are still there")
    return number_with_interval(
        _length(asked, curve.median.value), _half_left_between(asked, curve.median), asked.locale
    )


def _half_left_between(asked: Asked, median: Estimate) -> str:
    """Return the interval of the time after which half have left."""
    low, high = median.interval.low, median.interval.high
    if math.isinf(high):
        return filled(_("%(low)s or more"), low=_length(asked, low))
    return between(_length(asked, low), _length(asked, high), asked.locale)


def _figures(asked: Asked) -> tuple[Figure, ...]:
    answer: LifetimesAnswer = asked.answer
    assert answer.fit is not None
    locale, curves = asked.locale, answer.fit.curves
    followed, left = sum(curve.n for curve in curves), sum(curve.observed for curve in curves)
    figures = [
        Figure(
            pgettext("survival", "Followed"),
            locale.number(followed),
            filled(ngettext("%(count)s has left", "%(count)s have left", left), count=locale.number(left)),
        )
    ]
    days = asked.question.after_days[_HEAD[_form(asked).length_unit]]
    for curve in curves if len(curves) == 1 else ():
        there = curve.at(days)
        if there is not None:
            figures.append(
                Figure(
                    filled(_("Still there after %(time)s"), time=_length(asked, days)),
                    locale.percent(there.value, decimals=1),
                    how_sure(there, interval_in_words(there, locale), locale),
                )
            )
        if curve.median is not None:
            figures.append(
                Figure(
                    _("Half have left after"),
                    _length(asked, curve.median.value),
                    how_sure(curve.median, _half_left_between(asked, curve.median), locale),
                )
            )
    return tuple(figures)


def _findings(asked: Asked) -> tuple[Finding, ...]:
    answer: LifetimesAnswer = asked.answer
    assert answer.fit is not None
    locale, test = asked.locale, answer.fit.log_rank
    found = []
    days = asked.question.after_days[_HEAD[_form(asked).length_unit]]
    there = [
        (each.value, place, curve)
        for place, curve in enumerate(answer.fit.curves)
        if (each := curve.at(days)) is not None
    ]
    if test is not None and len(there) > 1:
        best, worst = max(there, key=lambda each: each[0]), min(there, key=lambda each: each[0])
        words = (
            _(
                "After %(time)s, %(most)s of “%(best)s” are still there, of “%(worst)s” %(least)s. That groups leave"
                " unequally fast is more than chance."
            )
            if test.p_value < _CHANCE
            else _(
                "After %(time)s, %(most)s of “%(best)s” are still there, of “%(worst)s” %(least)s. That may be chance."
            )
        )
        found.append(
            Finding(
                filled(
                    words,
                    time=_length(asked, days),
                    best=_label(asked, best[2]),
                    most=locale.percent(best[0]),
                    worst=_label(asked, worst[2]),
                    least=locale.percent(worst[0]),
                ),
                f"s{worst[1]}",
                4,
            )
        )
    factors = answer.factors.factors if answer.factors else ()
    if factors and factors[0].is_clear:
        found.append(Finding(factor_sentence(asked, factors[0]), "f0", RISK_PLACE))
    elif factors:
        found.append(
            Finding(_("Nothing that the beginnings tell goes clearly with leaving sooner or later."), "f0")
        )
    return tuple(found)


def _curves(asked: Asked) -> Drawing:
    answer: LifetimesAnswer = asked.answer
    assert answer.fit is not None
    locale = asked.locale
    curves = sorted(answer.fit.curves, key=lambda curve: -curve.n)[:_MOST_DRAWN]
    unit = _form(asked).length_unit
    longest = max(curve.last for curve in curves) / DAYS_OF[unit]
    apart = next((each for each in _APART[unit] if each * _MOST_TICKS >= longest), _APART[unit][-1])
    counts = list(range(0, math.ceil(longest) + 1, max(1, apart // _BETWEEN)))
    days = [float(int(count * DAYS_OF[unit])) for count in counts]

    def point(curve: SurvivalCurve, at: float) -> draw.SeriesPoint:
        there = curve.at(at) if at <= curve.last else None
        if there is None:
            return draw.SeriesPoint(None, _("nobody was followed so long"))
        return draw.SeriesPoint(
            there.value, share_with_interval(there, locale), there.interval.low, there.interval.high
        )

    series = [draw.Series(_label(asked, curve), tuple(point(curve, at) for at in days)) for curve in curves]
    drawn = partial(
        draw.draw_series,
        series,
        labels=[_length(asked, at) for at in days],
        ticks=[
            draw.Tick(place, locale.number(count)) for place, count in enumerate(counts) if not count % apart
        ],
        value_ticks=[draw.Tick(share / 5, locale.percent(share / 5)) for share in range(6)],
        title=_("What share is still there after how long; the table below has the same numbers."),
        direction=locale.direction,
    )
    axis = {
        "day": _("Below the curve stand days since the beginning."),
        "week": _("Below the curve stand weeks since the beginning."),
        "month": _("Below the curve stand months since the beginning."),
        "year": _("Below the curve stand years since the beginning."),
    }[unit]
    more = len(answer.fit.curves) - len(curves)
    return Drawing.in_both_widths(
        "survival",
        _("How many are still there"),
        drawn,
        said=" ".join(
            [axis, *([_("The largest groups are drawn; the table has all of them.")] if more else [])]
        ),
    )


def _still_there(asked: Asked) -> Table:
    answer: LifetimesAnswer = asked.answer
    assert answer.fit is not None
    locale = asked.locale

    def share(found: Estimate | None) -> Cell:
        told = share_with_interval(found, locale)
        return Cell(told) if found is None else Cell(told, value=found.value)

    return Table(
        caption=_("Still there"),
        columns=(
            Column("group", pgettext("survival", "Group")),
            Column("n", pgettext("survival", "Followed"), "number", sortable=True),
            Column("left", _("Left"), "number", sortable=True),
            Column("half", _("Half have left after"), "number"),
            *(
                Column(
                    f"after{days}",
                    filled(_("After %(time)s"), time=_length(asked, days)),
                    "number",
                    sortable=True,
                )
                for days in asked.question.after_days
            ),
        ),
        rows=tuple(
            Row(
                (
                    Cell(_label(asked, curve)),
                    Cell(locale.number(curve.n), value=curve.n),
                    Cell(locale.number(curve.observed), value=curve.observed),
                    Cell(_half_left(asked, curve)),
                    *(share(curve.at(days)) for days in asked.question.after_days),
                ),
                f"s{place}",
            )
            for place, curve in enumerate(answer.fit.curves)
        ),
    )


def _metric(answer: LifetimesAnswer) -> Metric | None:
    """Return the share still there after the longest time but one that was asked about, of everybody together."""
    if answer.fit is None or len(answer.fit.curves) != 1 or not answer.after_days:
        return None
    return Metric.of(answer.fit.curves[0].at(answer.after_days[len(answer.after_days) // 2]))


SURVIVAL: Final = KindPage(
    key="survival",
    desk="value",
    group=KEEPING,
    name=pgettext_lazy("kind of question", "How long they stay"),
    lead=gettext_lazy("How many are still there after how long, and what goes with leaving sooner?"),
    form=SurvivalForm,
    shown=shown_survival,
    differs=WHO_STAYS["survival"],
    meaning=gettext_lazy(
        "Of 100 who began, so many are still there after each length of time. Whoever is still there today counts as"
        " long as they have been followed, and no longer. Times the risk: 2 means that at any time twice as many leave"
        " as of those they are compared with, everything else in the table alike. It is an association: what goes with"
        " leaving need not be its cause."
    ),
    method=gettext_lazy(
        "Kaplan and Meier's curve with Greenwood's intervals, the log-rank test between groups, Cox's model for the"
        " risk. Where Schoenfeld's residuals show that a factor is another early than late, a model of time"
        " (accelerated failure time) stands beside it and says by what the time they stay is multiplied. For customers"
        " without contracts the end is the day on which they had ordered nothing for the time above."
    ),
    nothing={
        "survival.refused": (
            gettext_lazy("This cannot be told from these rows"),
            gettext_lazy(
                "Lengths are missing, or nothing varies. Choose other properties, or bring more rows."
            ),
        ),
    },
    further_tables=(
        ("curves", gettext_lazy("Each point of the curves")),
        ("risks", gettext_lazy("What goes with leaving sooner or later, everything else alike")),
    ),
    more=gettext_lazy("Events, columns of a table, what may matter"),
    metric=_metric,
    metric_name=gettext_lazy("Still there"),
)
