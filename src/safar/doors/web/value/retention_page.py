"""The page Revenue kept: what last period's customers bring in this one, and the bridge between the two."""

from __future__ import annotations

from functools import partial
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from safar.doors.web.design.parts import EmptyState
from safar.doors.web.design.table import Cell, Column, Row, Table
from safar.doors.web.design.words import filled
from safar.doors.web.journeys.kind import Asked, Drawing, Figure, Finding, KindPage, Shown
from safar.doors.web.journeys.metric import Metric
from safar.doors.web.journeys.words import interval_in_words, share_with_interval
from safar.measure.kept_revenue import Kept
from safar.measure.revenue_retention import KeptPeriod, RevenueRetentionAnswer, RevenueRetentionQuestion
from safar.show import drawing as draw
from safar.vocabulary.interval import Estimate

from .groups import KEEPING
from .retention_form import RevenueRetentionForm
from .who_stays import WHO_STAYS
from .words import NO_ORDERS, how_sure, money

#: Places of columns that findings speak of.
_LOST, _EARNED = 4, 5
PART_NAMES: Final = {
    "churned": gettext_lazy("Left"),
    "contraction": gettext_lazy("Bought less"),
    "expansion": gettext_lazy("Bought more"),
    "reactivated": gettext_lazy("Are back"),
    "new": gettext_lazy("Are new"),
}


def shown_retention(asked: Asked) -> Shown:
    """Return revenue kept in the reader's words."""
    answer: RevenueRetentionAnswer = asked.answer
    if not answer.periods:
        return Shown(
            empty=EmptyState(
                _("There are no two whole periods yet"),
                _("Compare shorter ones, or look again when this one is over."),
            )
        )
    return Shown(
        figures=_figures(asked, answer.periods[-1].kept),
        findings=_findings(asked),
        drawings=(_bridge(asked, answer.periods[-1]),),
        tables=(_rates(asked), _bridges(asked)),
    )


def _figures(asked: Asked, kept: Kept) -> tuple[Figure, ...]:
    locale = asked.locale
    named = (
        (_("Net revenue kept"), kept.nrr),
        (_("Gross revenue kept"), kept.grr),
        (_("Customers lost"), kept.logo_churn),
        (_("Earned growth"), kept.earned_growth),
    )
    return tuple(
        Figure(
            name,
            locale.percent(each.value, decimals=1),
            how_sure(each, interval_in_words(each, locale), locale),
        )
        for name, each in named
        if each is not None
    )


def _period_name(asked: Asked, period: KeptPeriod) -> str:
    return asked.locale.date(period.starts_on)


def _findings(asked: Asked) -> tuple[Finding, ...]:
    answer: RevenueRetentionAnswer = asked.answer
    question: RevenueRetentionQuestion = asked.question
    locale, last = asked.locale, answer.periods[-1]
    lost = last.kept.logo_churn
    found = []
    if lost is not None and question.benchmark_churn is not None:
        beside = question.benchmark_churn
        words = (
            _("More customers were lost (%(lost)s) than such companies lose: %(beside)s, by %(source)s.")
            if lost.interval.low > beside
            else _(
                "Fewer customers were lost (%(lost)s) than such companies lose: %(beside)s, by %(source)s."
            )
            if lost.interval.high < beside
            else _("About as many were lost (%(lost)s) as such companies lose: %(beside)s, by %(source)s.")
        )
        found.append(
            Finding(
                filled(
                    words,
                    lost=locale.percent(lost.value, decimals=1),
                    beside=locale.percent(beside, decimals=1),
                    source=question.benchmark_source,
                ),
                f"r{len(answer.periods)}",
                _LOST,
            )
        )
    found += _earned(asked, last.kept)
    worst = min(last.kept.bridge.parts, key=lambda part: part[1])
    if worst[1] < 0 and last.kept.bridge.before > 0:
        found.append(
            Finding(
                filled(
                    _("Of each 100 of the revenue before, %(lost)s went with customers who left."),
                    lost=locale.number(-100 * last.kept.bridge.churned / last.kept.bridge.before, decimals=0),
                ),
                f"b{len(answer.periods)}",
                2,
            )
        )
    return tuple(found)


def _earned(asked: Asked, kept: Kept) -> tuple[Finding, ...]:
    """Return what earned growth is made of: what was kept, and what earned new customers brought, less all of it."""
    growth, locale = kept.earned_growth, asked.locale
    if growth is None or kept.nrr is None:
        return ()
    words = _(
        "Earned growth is %(growth)s: of each 100 of the revenue before, the same customers bring %(kept)s now, and"
        " new ones who came through others %(earned)s."
    )
    shares = {"kept": kept.nrr.value, "earned": growth.value + 1 - kept.nrr.value}
    numbers = {name: locale.number(100 * each, decimals=1) for name, each in shares.items()}
    growing = locale.percent(growth.value, decimals=1)
    return (Finding(filled(words, growth=growing, **numbers), f"r{len(asked.answer.periods)}", _EARNED),)


def bridge_steps(asked: Asked, period: KeptPeriod) -> list[draw.BridgeStep]:
    """Return the rows of the bridge from the revenue before to that of now."""
    answer: RevenueRetentionAnswer = asked.answer
    locale, bridge = asked.locale, period.kept.bridge
    return [
        draw.BridgeStep(
            pgettext("period", "Before"),
            bridge.before,
            money(bridge.before, answer.currency, locale),
            is_total=True,
        ),
        *(
            draw.BridgeStep(
                str(PART_NAMES[name]), part, money(part, answer.currency, locale, signed=True), key=name
            )
            for name, part in bridge.parts
        ),
        draw.BridgeStep(_("Now"), bridge.now, money(bridge.now, answer.currency, locale), is_total=True),
    ]


def _bridge(asked: Asked, period: KeptPeriod) -> Drawing:
    locale, steps = asked.locale, bridge_steps(asked, period)
    title = _("From the revenue of one period to that of the next; the table below has the same numbers.")

    drawn = partial(draw.draw_bridge, steps, title=title, direction=locale.direction)
    return Drawing.in_both_widths(
        "bridge",
        _("Where it came from, where it went"),
        drawn,
        said=filled(
            _("From the period that began on %(before)s to the one that began on %(now)s."),
            before=locale.date(period.before_starts_on),
            now=locale.date(period.starts_on),
        ),
    )


def _rates(asked: Asked) -> Table:
    answer: RevenueRetentionAnswer = asked.answer
    locale = asked.locale

    def rate(estimate: Estimate | None) -> Cell:
        told = share_with_interval(estimate, locale)
        return Cell(told) if estimate is None else Cell(told, value=estimate.value)

    return Table(
        caption=_("Period by period"),
        columns=(
            Column("period", _("Begins on"), "when"),
            Column("customers", _("Customers before"), "number"),
            Column("nrr", _("Net revenue kept"), "number"),
            Column("grr", _("Gross revenue kept"), "number"),
            Column("lost", _("Customers lost"), "number"),
            Column("earned", _("Earned growth"), "number"),
        ),
        rows=tuple(
            Row(
                (
                    Cell(_period_name(asked, each), value=each.starts_on),
                    Cell(locale.number(each.kept.customers_before), value=each.kept.customers_before),
                    rate(each.kept.nrr),
                    rate(each.kept.grr),
                    rate(each.kept.logo_churn),
                    rate(each.kept.earned_growth),
                ),
                f"r{place}",
            )
            for place, each in enumerate(answer.periods, 1)
        ),
    )


def _bridges(asked: Asked) -> Table:
    answer: RevenueRetentionAnswer = asked.answer
    locale = asked.locale

    def amount(value: float, *, signed: bool = False) -> Cell:
        return Cell(money(value, answer.currency, locale, signed=signed), value=value)

    return Table(
        caption=filled(
            ngettext(
                "The bridge of %(count)s period", "The bridges of %(count)s periods", len(answer.periods)
            ),
            count=locale.number(len(answer.periods)),
        ),
        columns=(
            Column("period", _("Begins on"), "when"),
            Column("before", pgettext("period", "Before"), "number"),
            *(Column(name, str(words), "number") for name, words in PART_NAMES.items()),
            Column("now", _("Now"), "number"),
        ),
        rows=tuple(
            Row(
                (
                    Cell(_period_name(asked, each), value=each.starts_on),
                    amount(each.kept.bridge.before),
                    *(amount(part, signed=True) for _name, part in each.kept.bridge.parts),
                    amount(each.kept.bridge.now),
                ),
                f"b{place}",
            )
            for place, each in enumerate(answer.periods, 1)
        ),
    )


REVENUE_RETENTION: Final = KindPage(
    key="revenue_retention",
    desk="value",
    group=KEEPING,
    name=pgettext_lazy("kind of question", "Revenue kept"),
    lead=gettext_lazy(
        "What do the customers of one period bring in the next, and where does the difference come from?"
    ),
    form=RevenueRetentionForm,
    shown=shown_retention,
    differs=WHO_STAYS["revenue_retention"],
    meaning=gettext_lazy(
        "Net revenue kept is what the customers of the period before bring now, over what they brought. Gross revenue"
        " kept counts no customer for more than before, so growth of some does not hide what others take away. Earned"
        " growth adds what new customers bring who came through others, less all of the revenue before: above zero it"
        " would have grown without customers bought by advertising. Who is back after a period without an order counts"
        " in neither, so compare periods in which customers usually order again."
    ),
    method=gettext_lazy(
        "Orders count in the period in which they were placed, less what was paid back since, in one currency. Periods"
        " are those of the calendar of this workspace unless another is chosen, and whole."
        " Intervals are those of a ratio over customers: a few large ones make"
        " them wide. Shares of customers have Wilson's."
    ),
    nothing=NO_ORDERS,
    more=gettext_lazy("Day, average of the industry"),
    metric=lambda answer: Metric.of(answer.periods[-1].kept.nrr) if answer.periods else None,
    metric_name=gettext_lazy("Net revenue kept"),
)
