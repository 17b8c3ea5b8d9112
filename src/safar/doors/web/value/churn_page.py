"""The page Customers at risk: who is about to stay away, why, what it costs, and how far to believe it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final, cast

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from safar.doors.web.design.parts import EmptyState
from safar.doors.web.design.table import Cell, Column, Row, Table
from safar.doors.web.design.words import filled
from safar.doors.web.journeys.kind import Asked, Drawing, Figure, Finding, KindPage, Shown
from safar.doors.web.journeys.metric import Metric
from safar.doors.web.journeys.note_sentences import ngettext_noop
from safar.doors.web.journeys.words import interval_in_words, share_with_interval
from safar.measure.churn import ChurnAnswer, Reason
from safar.show import drawing as draw
from safar.show.locale import Locale

from .churn_form import ChurnForm
from .customer_cells import customer_cells
from .groups import KEEPING
from .who_stays import WHO_STAYS
from .words import NO_ORDERS, how_sure, money

#: Customers that the page lists; a file has all that were asked for.
_MOST_ROWS: Final = 40
_CHURNED: Final = 2
#: What each reason is called where its number matters.
_COUNTED: Final[Mapping[str, tuple[str, str]]] = {
    "days_since_order": ngettext_noop("%(count)s day without an order", "%(count)s days without an order"),
    "orders": ngettext_noop("only %(count)s order so far", "only %(count)s orders so far"),
    "tenure_days": ngettext_noop("a customer for %(count)s day only", "a customer for %(count)s days only"),
    "returns": ngettext_noop("%(count)s return", "%(count)s returns"),
    "contacts": ngettext_noop("turned to support %(count)s time", "turned to support %(count)s times"),
    "reopened": ngettext_noop("%(count)s conversation opened again", "%(count)s conversations opened again"),
    "payment_failures": ngettext_noop("%(count)s payment failed", "%(count)s payments failed"),
    "late_deliveries": ngettext_noop("%(count)s late delivery", "%(count)s late deliveries"),
    "low_answers": ngettext_noop("%(count)s low answer", "%(count)s low answers"),
}
#: And where its absence does.
_PLAIN: Final = {
    "orders_recent": gettext_lazy("hardly orders lately"),
    "visits_recent": gettext_lazy("hardly came in the last 30 days"),
    "visits": gettext_lazy("hardly came in the last 90 days"),
    "opened": gettext_lazy("opens hardly any message"),
}


def shown_churn(asked: Asked) -> Shown:
    """Return customers at risk in the reader's words."""
    answer: ChurnAnswer = asked.answer
    if not answer.customers:
        return Shown(
            empty=EmptyState(
                _("Nobody ordered in the last year"),
                _("Those who left long ago are not at risk any more. Look again when orders come in."),
            )
        )
    sees = bool(asked.behind({}))
    return Shown(
        figures=_figures(asked),
        findings=_findings(asked),
        drawings=_drawings(asked),
        tables=(*((_customers(asked),) if sees else ()), *_calibration(asked)),
    )


def _figures(asked: Asked) -> tuple[Figure, ...]:
    answer: ChurnAnswer = asked.answer
    locale, expected = asked.locale, answer.expected_churn
    figures = []
    if expected is not None:
        figures.append(
            Figure(
                _("Expected to leave"),
                locale.percent(expected.value, decimals=1),
                filled(
                    ngettext("of %(count)s customer", "of %(count)s customers", answer.customers),
                    count=locale.number(answer.customers),
                ),
            )
        )
    if answer.total_loss is not None:
        figures.append(
            Figure(
                _("At stake in a year"),
                money(answer.total_loss, answer.currency, locale),
                _("what they would bring as active customers, times the risk"),
            )
        )
    if answer.report is not None:
        report = answer.report
        figures.append(
            Figure(
                _("Who left had the higher risk"),
                locale.percent(report.auc.value, decimals=1),
                how_sure(report.auc, interval_in_words(report.auc, locale), locale),
            )
        )
    return tuple(figures)


def _findings(asked: Asked) -> tuple[Finding, ...]:
    answer: ChurnAnswer = asked.answer
    locale, report = asked.locale, answer.report
    beside = _beside_industry(asked)
    if report is None:
        return beside
    return (
        *beside,
        Finding(
            filled(
                _(
                    "Asked %(days)s days ago, the tenth with the highest risk would have held %(lift)s times as many"
                    " who left as a tenth drawn by chance."
                ),
                days=locale.number(asked.question.horizon_days),
                lift=locale.number(report.lift.value, decimals=1),
            ),
            f"c{len(report.bins)}",
            _CHURNED,
        ),
    )


def _beside_industry(asked: Asked) -> tuple[Finding, ...]:
    """Return how the share expected to leave stands beside what such companies lose, where somebody published it."""
    answer: ChurnAnswer = asked.answer
    industry, expected = cast("ChurnForm", asked.form).beside, answer.expected_churn
    if industry is None or expected is None:
        return ()
    words = (
        _("More are expected to leave (%(own)s) than such companies lose: %(beside)s, by %(source)s.")
        if expected.interval.low > industry.churn
        else _("Fewer are expected to leave (%(own)s) than such companies lose: %(beside)s, by %(source)s.")
        if expected.interval.high < industry.churn
        else _(
            "About as many are expected to leave (%(own)s) as such companies lose: %(beside)s, by %(source)s."
        )
    )
    return (
        Finding(
            filled(
                words,
                own=asked.locale.percent(expected.value, decimals=1),
                beside=asked.locale.percent(industry.churn, decimals=1),
                source=industry.source,
            )
        ),
    )


def reason_in_words(reason: Reason, locale: Locale) -> str:
    """Return a reason as a few words."""
    if reason.feature == "overdue":
        return filled(
            _("%(times)s times the usual time since the last order"),
            times=locale.number(reason.value, decimals=1),
        )
    if reason.feature in _PLAIN:
        return str(_PLAIN[reason.feature])
    count = round(reason.value)
    one, many = _COUNTED[reason.feature]
    return filled(ngettext(one, many, count), count=locale.number(count))


def _customers(asked: Asked) -> Table:
    answer: ChurnAnswer = asked.answer
    locale = asked.locale
    most = answer.at_risk[:_MOST_ROWS]
    return Table(
        caption=_("Customers at risk"),
        columns=(
            Column("customer", _("Customer")),
            Column("risk", _("Risk"), "number", sortable=True),
            Column("reasons", _("What raises it")),
            Column("since", _("Days since the last order"), "number", sortable=True),
            Column("value", _("Would bring in a year"), "number", sortable=True),
            Column("loss", _("At stake"), "number", sortable=True),
        ),
        rows=tuple(
            Row(
                (
                    customer,
                    Cell(locale.percent(each.risk), value=each.risk),
                    Cell(_joined([reason_in_words(reason, locale) for reason in each.reasons])),
                    Cell(locale.number(round(each.days_since_order)), value=each.days_since_order),
                    *(
                        Cell(locale.number(None))
                        if amount is None
                        else Cell(money(amount, answer.currency, locale), value=amount)
                        for amount in (each.year_value, each.expected_loss)
                    ),
                ),
            )
            for customer, each in zip(
                customer_cells(asked, [each.customer_id for each in most]), most, strict=True
            )
        ),
    )


def _joined(words: list[str]) -> str:
    return " · ".join(words) if words else _("nothing stands out")


def _drawings(asked: Asked) -> tuple[Drawing, ...]:
    report = asked.answer.report
    if report is None:
        return ()
    locale = asked.locale
    bars = []
    for place, each in enumerate(report.bins, 1):
        bars += [
            draw.Bar(
                filled(_("Tenth %(number)s"), number=locale.number(place)),
                each.churned.value,
                filled(_("%(share)s left"), share=locale.percent(each.churned.value)),
                each.churned.interval.low,
                each.churned.interval.high,
                key=f"c{place}",
            ),
            draw.Bar(
                "",
                each.expected,
                filled(_("%(share)s expected"), share=locale.percent(each.expected)),
                tone="other",
            ),
        ]
    title = _(
        "What share of each tenth was expected to leave, and did; the table below has the same numbers."
    )

    drawn = partial(draw.draw_bars, bars, title=title, direction=locale.direction, reach=(0.0, 1.0))
    return (
        Drawing.in_both_widths(
            "calibration",
            _("Would it have been right?"),
            drawn,
            said=_("Customers stand by their risk as it was told then, the lowest first."),
        ),
    )


def _calibration(asked: Asked) -> tuple[Table, ...]:
    report = asked.answer.report
    if report is None:
        return ()
    locale = asked.locale
    return (
        Table(
            caption=_("Expected and left, tenth by tenth"),
            columns=(
                Column("tenth", _("Customers")),
                Column("expected", _("Expected to leave"), "number"),
                Column("churned", _("Left"), "number"),
                Column("n", _("How many"), "number"),
            ),
            rows=tuple(
                Row(
                    (
                        Cell(filled(_("Tenth %(number)s"), number=locale.number(place))),
                        Cell(locale.percent(each.expected, decimals=1), value=each.expected),
                        Cell(share_with_interval(each.churned, locale), value=each.churned.value),
                        Cell(locale.number(each.churned.n), value=each.churned.n),
                    ),
                    f"c{place}",
                )
                for place, each in enumerate(report.bins, 1)
            ),
        ),
    )


CHURN: Final = KindPage(
    key="churn",
    desk="value",
    customer_list=gettext_lazy("Customers at risk"),
    group=KEEPING,
    name=pgettext_lazy("kind of question", "At risk"),
    lead=gettext_lazy("Which customers are about to leave, why, and what would that cost?"),
    form=ChurnForm,
    shown=shown_churn,
    differs=WHO_STAYS["churn"],
    meaning=gettext_lazy(
        "The risk is the probability that a customer orders nothing within the time. What is at stake is the risk times"
        " the margin that the customer would bring in the next year by staying as active. Some who order nothing for a"
        " while come back later, so less than this will be lost: lifetime value counts on them. What raises the risk"
        " need not cause it: it is what those who left had more of."
    ),
    method=gettext_lazy(
        "A model learns from earlier days what customers had done before them and whether they came back after them. It"
        " is set right on later days than it learnt from, and judged on customers whose time is over. Reasons are what"
        " the risk would fall by if that alone were as usual; only what is worse than usual is named."
    ),
    nothing={
        **NO_ORDERS,
        "churn.refused": (
            gettext_lazy("The log is too short to learn from"),
            gettext_lazy(
                "Ask about fewer days, or let the risk be told from the days of purchases alone; more orders help both."
            ),
        ),
    },
    more=gettext_lazy("Method, margin, average of the industry"),
    metric=lambda answer: Metric.of(answer.expected_churn),
    metric_name=gettext_lazy("Expected to leave"),
)
