"""The page Releases: what moved when a change came, beside what would have moved anyway, and whether to believe it."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from safar.doors.web.design.table import Cell, Column, Row, Table
from safar.doors.web.design.words import filled
from safar.doors.web.events.words import happening
from safar.doors.web.journeys.kind import Asked, Drawing, Figure, Finding, KindPage, Shown
from safar.doors.web.journeys.words import between, number_with_interval
from safar.doors.web.surveys.queries import asked_names
from safar.explain.experiments.release import Period, ReleaseAnswer
from safar.explain.experiments.release_counts import ReleaseMetric
from safar.show import drawing as draw
from safar.show.journeys.series import round_values
from safar.vocabulary.interval import Estimate

from .experience_names import EXPERIENCE_NAMES
from .groups import TRYING
from .release_form import CONTACTS, ReleaseForm
from .words import NO_ORDERS, how_sure, money

#: Words below the axis of time.
_MOST_LABELS: Final = 6
_NARROW_LABELS: Final = 3
_WIDE_FROM: Final = 600
WAY_NAMES: Final = {
    "before_after": pgettext_lazy("way", "Before and after: an association"),
    "beside_others": pgettext_lazy("way", "Beside those who did not get it"),
    "staggered": pgettext_lazy("way", "Beside those not reached yet"),
}
_METRIC_NAMES: Final[dict[str, Any]] = {
    "revenue": gettext_lazy("Revenue"),
    "orders": gettext_lazy("Orders"),
    "ordered": gettext_lazy("Customers who ordered"),
}


def shown_release(asked: Asked) -> Shown:
    """Return a release in the reader's words."""
    answer: ReleaseAnswer = asked.answer
    drawings = [_lines(asked)]
    if any(each.effect is not None for each in answer.periods):
        drawings.append(_differences(asked))
    return Shown(
        figures=_figures(asked),
        findings=_findings(asked),
        drawings=tuple(drawings),
        tables=(_table(asked),),
    )


def _metric_name(asked: Asked) -> str:
    """Return what was to move: of a score, what is asked."""
    metric: ReleaseMetric = asked.question.metric
    if metric.counted == "score":
        names = asked_names(asked.workspace, asked.locale.language)
        return filled(_("Score of “%(question)s”"), question=names.question(metric.question_key))
    if metric.counted == "experience":
        return str(EXPERIENCE_NAMES.get(metric.experience, metric.experience))
    if metric.events is not None:
        if metric.events.name == CONTACTS:
            return _("Turning to support")
        return str(happening(metric.events.name).words)
    return str(_METRIC_NAMES[metric.counted])


def _figures(asked: Asked) -> tuple[Figure, ...]:
    answer: ReleaseAnswer = asked.answer
    locale = asked.locale
    name = _metric_name(asked)
    moved = Figure(
        filled(_unit_of(asked), metric=name),
        _amount(asked, answer.effect.value, signed=True),
        how_sure(answer.effect, _interval(asked, answer.effect), locale),
    )
    came = Figure(
        _("Came, and would have come"),
        _amount(asked, answer.with_it),
        filled(_("without it: %(amount)s"), amount=_amount(asked, answer.without)),
    )
    found = [moved, came]
    if answer.total is not None:
        found.append(
            Figure(
                filled(_("In all since %(day)s"), day=locale.date(answer.released_on)),
                _total(asked, answer.total.value),
                how_sure(
                    answer.total,
                    _between(
                        asked,
                        _total(asked, answer.total.interval.low),
                        _total(asked, answer.total.interval.high),
                    ),
                    locale,
                ),
            )
        )
    found.append(
        Figure(
            _("Compared by"),
            str(WAY_NAMES[answer.way]),
            _compared(asked),
        )
    )
    return tuple(found)


def _compared(asked: Asked) -> str:
    answer: ReleaseAnswer = asked.answer
    number = asked.locale.number
    if answer.way == "before_after":
        return _("nobody was left without it")
    return filled(
        ngettext(
            "%(count)s customer got it, %(others)s did not",
            "%(count)s customers got it, %(others)s did not",
            answer.customers,
        ),
        count=number(answer.customers),
        others=number(answer.others),
    )


def _unit_of(asked: Asked) -> str:
    """Return the sentence of what was moved, with the place of the metric's name."""
    if asked.question.metric.is_mean:
        return _("%(metric)s moved by")
    is_day, is_week = asked.question.period_days == 1, asked.question.period_days == 7
    if asked.answer.way == "before_after":
        if is_day:
            return _("%(metric)s a day moved by")
        return _("%(metric)s a week moved by") if is_week else _("%(metric)s in 30 days moved by")
    if is_day:
        return _("%(metric)s by customer a day moved by")
    return (
        _("%(metric)s by customer a week moved by")
        if is_week
        else _("%(metric)s by customer in 30 days moved by")
    )


def _findings(asked: Asked) -> tuple[Finding, ...]:
    answer: ReleaseAnswer = asked.answer
    locale = asked.locale
    is_clear = 0 not in answer.effect.interval
    if answer.way == "before_after":
        words = (
            _(
                "%(metric)s moved by %(amount)s (%(interval)s) beyond where it was going. Whatever else happened then"
                " is in it too: nobody was left without the change."
            )
            if is_clear
            else _(
                "%(metric)s went on where it was going: the difference of %(amount)s (%(interval)s) may be chance."
            )
        )
    else:
        words = (
            _(
                "%(metric)s moved by %(amount)s (%(interval)s) more among customers who got it than among the others."
                " That is more than chance."
            )
            if is_clear
            else _(
                "%(metric)s moved by %(amount)s (%(interval)s) more among customers who got it than among the others,"
                " which may be chance."
            )
        )
    found = [
        Finding(
            filled(
                words,
                metric=_metric_name(asked),
                amount=_amount(asked, answer.effect.value, signed=True),
                interval=_interval(asked, answer.effect),
            )
        )
    ]
    if answer.trend_p_value is not None:
        words = (
            _(
                "Before it, both did not go side by side (chance of differences like these: %(share)s): the others do"
                " not tell what would have come."
            )
            if answer.trend_p_value < 0.05
            else _(
                "Before it, both went side by side, as far as can be told (chance of differences like these:"
                " %(share)s)."
            )
        )
        found.append(Finding(filled(words, share=locale.percent(answer.trend_p_value, decimals=1))))
    return tuple(found)


def _points(asked: Asked, values: list[float]) -> tuple[draw.SeriesPoint, ...]:
    return tuple(
        draw.SeriesPoint(None if value != value else value, _amount(asked, value))  # noqa: PLR0124 - NaN
        for value in values
    )


def _lines(asked: Asked) -> Drawing:
    """Draw those who got it and the others; of what everybody got, where it was going."""
    answer: ReleaseAnswer = asked.answer
    own = [each.value for each in answer.periods]
    other = [each.other for each in answer.periods]
    series, ghosts = [draw.Series(_("Those who got it"), _points(asked, own))], []
    if answer.way == "before_after":
        series = [draw.Series(_metric_name(asked), _points(asked, own))]
        ghosts = [
            draw.Ghost(_("Where it was going"), tuple(other), tuple(_amount(asked, each) for each in other))
        ]
    elif not all(each != each for each in other):  # noqa: PLR0124 - NaN
        series.append(draw.Series(_("The others"), _points(asked, other)))
    title = filled(
        _("%(metric)s before and after the release; the table below has the same numbers."),
        metric=_metric_name(asked),
    )
    values = [each for each in (*own, *other) if each == each]  # noqa: PLR0124 - NaN
    return Drawing.in_both_widths(
        "release",
        _metric_name(asked),
        partial(_drawn, asked, series, ghosts, values, title),
        said=_(
            "The upright line is the day of the release. What went side by side before it speaks for the comparison."
        )
        if answer.way != "before_after"
        else _(
            "The upright line is the day of the release. The dashed line goes on as before, without the change."
        ),
    )


def _differences(asked: Asked) -> Drawing:
    """Draw the comparison at each time."""
    answer: ReleaseAnswer = asked.answer
    points = tuple(
        draw.SeriesPoint(
            0.0 if each.effect is None else each.effect.value,
            _("compared with") if each.effect is None else _with_interval(asked, each.effect),
            None if each.effect is None else each.effect.interval.low,
            None if each.effect is None else each.effect.interval.high,
        )
        for each in answer.periods
    )
    ends = [each.effect.interval for each in answer.periods if each.effect is not None]
    values = [end for each in ends for end in (each.low, each.high)]
    title = _(
        "The difference between both at each time, with intervals: before the release it should be nothing."
    )
    return Drawing.in_both_widths(
        "differences",
        _("The difference, time by time"),
        partial(_drawn, asked, [draw.Series(_("Difference"), points)], [], values, title),
        said=_(
            "Each is compared with the last time before the release. Before it, intervals should hold zero."
        ),
    )


def _drawn(
    asked: Asked,
    series: list[draw.Series],
    ghosts: list[draw.Ghost],
    values: list[float],
    title: str,
    *,
    width: float,
    drawing_id: str,
) -> str:
    answer: ReleaseAnswer = asked.answer
    locale = asked.locale
    labels = [locale.date(each.starts_on) for each in answer.periods]
    before = sum(each.distance < 0 for each in answer.periods)
    most = _MOST_LABELS if width > _WIDE_FROM else _NARROW_LABELS
    every = max(1, -(-len(labels) // most))
    return draw.draw_series(
        series,
        labels=labels,
        ticks=[draw.Tick(place, labels[place]) for place in range(0, len(labels), every)],
        value_ticks=[draw.Tick(value, _amount(asked, value)) for value in round_values(values)],
        ghosts=ghosts,
        events=[draw.Tick(before - 0.5, asked.question.name or _("Release"))],
        title=title,
        direction=locale.direction,
        width=width,
        drawing_id=drawing_id,
    )


def _table(asked: Asked) -> Table:
    answer: ReleaseAnswer = asked.answer
    locale = asked.locale
    beside = _("Where it was going") if answer.way == "before_after" else _("The others")
    columns = [
        Column("from", _("From"), "when"),
        Column("value", _("Those who got it") if answer.others else _("Came"), "number"),
        Column("other", beside, "number"),
    ]
    if answer.way != "before_after":
        columns.append(Column("effect", _("Difference"), "number"))

    def cells(each: Period) -> tuple[Cell, ...]:
        found = [
            Cell(locale.date(each.starts_on), value=each.distance),
            Cell(_amount(asked, each.value), value=each.value),
            Cell(_amount(asked, each.other), value=each.other),
        ]
        if answer.way != "before_after":
            effect = each.effect
            found.append(
                Cell(_("compared with"))
                if effect is None
                else Cell(_with_interval(asked, effect), value=effect.value)
            )
        return tuple(found)

    return Table(
        caption=_("Before and after the release"),
        columns=tuple(columns),
        rows=tuple(Row(cells(each), f"t{each.distance}") for each in answer.periods),
    )


def _amount(asked: Asked, value: float, *, signed: bool = False) -> str:
    locale = asked.locale
    metric = asked.question.metric
    if value != value:  # noqa: PLR0124 - NaN
        return locale.number(None)
    if metric.counted == "revenue":
        return money(value, asked.answer.currency, locale, signed=signed)
    number = locale.signed if signed else locale.number
    is_by_customer = asked.answer.way != "before_after"
    if metric.counted == "experience" or (metric.counted == "ordered" and is_by_customer):
        if signed:
            return filled(_("%(points)s points"), points=number(100 * value, decimals=1))
        return locale.percent(value, decimals=1)
    if metric.counted == "score":
        return number(value, decimals=2)
    return number(value, decimals=3) if is_by_customer else number(value, decimals=1)


def _total(asked: Asked, value: float) -> str:
    if asked.question.metric.counted == "revenue":
        return money(value, asked.answer.currency, asked.locale, signed=True)
    return asked.locale.signed(round(value))


def _between(asked: Asked, low: str, high: str) -> str:
    return between(low, high, asked.locale)


def _interval(asked: Asked, estimate: Estimate) -> str:
    ends = estimate.interval
    return _between(asked, _amount(asked, ends.low, signed=True), _amount(asked, ends.high, signed=True))


def _with_interval(asked: Asked, estimate: Estimate) -> str:
    return number_with_interval(
        _amount(asked, estimate.value, signed=True), _interval(asked, estimate), asked.locale
    )


RELEASE: Final = KindPage(
    key="release",
    desk="value",
    group=TRYING,
    beside=(("estimates", gettext_lazy("Estimates")),),
    name=pgettext_lazy("kind of question", "Releases"),
    lead=gettext_lazy("What moved when a change was released?"),
    form=ReleaseForm,
    shown=shown_release,
    meaning=gettext_lazy(
        "What came after the release, beside what would have come without it. Where everybody got it, that is where the"
        " number was going by itself: an association, since whatever else happened then is in it too. Where some got"
        " it, it is how the others moved; where it reached one customer after another, those not reached yet. The times"
        " before the release show whether both went side by side."
    ),
    method=gettext_lazy(
        "Everybody: a line with a step at the release, errors by Newey and West. Some: difference in differences, among"
        " customers who had come before the first period, errors by customer; a Wald test of the times before. One"
        " after another: each group beside those not reached yet (Callaway and Sant’Anna). Only periods that are over"
        " count. Customers who are reached by what they do themselves are not like the others."
    ),
    nothing={
        **NO_ORDERS,
        "experiment.too_few_customers": (
            gettext_lazy("Too few customers or weeks to compare"),
            gettext_lazy(
                "Where everybody got it, four periods on each side are needed; else two customers on each side who had"
                " come before. Choose another day, or count day by day."
            ),
        ),
        "release.refused": (
            gettext_lazy("No whole period lies before and after that day"),
            gettext_lazy(
                "Choose an earlier day, or count day by day, so that there is something to compare."
            ),
        ),
        "why.too_few_rows": (
            gettext_lazy("Nobody came through this step"),
            gettext_lazy("Choose another step, or a later day."),
        ),
    },
    more=gettext_lazy("Periods, currency"),
    further_tables=(("summary", gettext_lazy("What moved")),),
)
