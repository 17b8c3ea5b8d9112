"""What each card of the overview says, in the reader's words; its numbers are those of the page it leads to."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from safar.doors.web.design.table import Cell, Column, Row, Table
from safar.doors.web.design.words import filled
from safar.doors.web.journeys.kind import Asked, Drawing, Figure
from safar.doors.web.journeys.known import Known
from safar.doors.web.journeys.words import interval_in_words, share_with_interval
from safar.explain.driver_rows import DriversAnswer
from safar.explain.experiments.logged import ExperimentAnswer
from safar.explain.usual_experiences import usual_steps
from safar.explain.value_at_risk import ValueAtRisk
from safar.measure.churn import ChurnAnswer
from safar.measure.clv import CLVAnswer
from safar.measure.revenue_retention import RevenueRetentionAnswer
from safar.measure.service import ServiceAnswer
from safar.show import drawing as draw

from .churn_page import CHURN
from .clv_page import CLV, tenth_bars
from .customer_cells import customer_cells
from .drivers_page import DRIVERS, driver_names
from .experiment_page import EXPERIMENT
from .overview import CardWords, Part
from .retention_page import REVENUE_RETENTION, bridge_steps
from .service_page import SERVICE, length, length_interval
from .value_at_risk_page import EVIDENCE_NAMES, VALUE_AT_RISK, figures_of, findings_of
from .words import how_sure, money, money_interval

#: Customers that the card names.
_MOST_ROWS: Final = 5
_WIDE: Final = 560.0
_NARROW: Final = 320.0


def _worth(asked: Sequence[Asked]) -> CardWords:
    """Return what customers will bring, and who carries it."""
    one = asked[0]
    answer: CLVAnswer = one.answer
    locale, currency, total = one.locale, answer.currency, answer.total
    tenths = answer.tenths
    whole = total.value.value
    drawn = partial(
        draw.draw_bars,
        tenth_bars(one, tenths),
        title=_("What each tenth of customers will bring, with intervals."),
        direction=locale.direction,
    )
    sentence = ""
    if whole > 0 and len(tenths) > 1:
        sentence = filled(
            _("The most valuable tenth of customers brings %(share)s of what is to come."),
            share=locale.percent(tenths[0].value.value / whole, decimals=1),
        )
    return CardWords(
        figures=(
            Figure(
                _("To come in a year"),
                money(whole, currency, locale),
                how_sure(total.value, money_interval(total.value, currency, locale), locale),
            ),
            Figure(
                _("By customer"),
                money(total.mean.value, currency, locale),
                how_sure(total.mean, money_interval(total.mean, currency, locale), locale),
            ),
        ),
        basis=filled(
            ngettext("Rests on %(count)s customer", "Rests on %(count)s customers", total.customers),
            count=locale.number(total.customers),
        ),
        sentence=sentence,
        drawing=_drawing("worth", _("Who carries the value"), drawn),
    )


def _drawing(key: str, name: str, drawn: partial[str]) -> Drawing:
    wide = drawn(width=_WIDE, drawing_id=f"o-{key}")
    return Drawing(key, name, wide, drawn(width=_NARROW, drawing_id=f"o-{key}-narrow"))


def _at_risk(asked: Sequence[Asked]) -> CardWords:
    """Return how many are about to leave, what that costs, and who comes first."""
    one = asked[0]
    answer: ChurnAnswer = one.answer
    locale, expected = one.locale, answer.expected_churn
    if not answer.customers or expected is None:
        return CardWords(empty=CHURN.shown(one).empty)
    figures = [
        Figure(
            _("Expected to leave"),
            locale.percent(expected.value, decimals=1),
            how_sure(expected, interval_in_words(expected, locale), locale),
        )
    ]
    if answer.total_loss is not None:
        figures.append(
            Figure(
                _("At stake in a year"),
                money(answer.total_loss, answer.currency, locale),
                _("what they would bring as active customers, times the risk"),
            )
        )
    leaving = round(expected.value * answer.customers)
    words = ngettext(
        "About %(count)s customer will order nothing in the next %(days)s days, as far as can be told.",
        "About %(count)s customers will order nothing in the next %(days)s days, as far as can be told.",
        leaving,
    )
    sentence = filled(words, count=locale.number(leaving), days=locale.number(one.question.horizon_days))
    beside = _(
        "What is at stake is no part of what is to come: that has taken off the chance of leaving already, and this"
        " counts what they would bring by staying."
    )
    return CardWords(
        figures=tuple(figures),
        basis=filled(
            ngettext("Rests on %(count)s customer", "Rests on %(count)s customers", answer.customers),
            count=locale.number(answer.customers),
        ),
        sentence=f"{sentence} {beside}" if answer.total_loss is not None else sentence,
        table=_dearest(one) if one.behind({}) and answer.at_risk else None,
    )


def _dearest(asked: Asked) -> Table:
    answer: ChurnAnswer = asked.answer
    locale = asked.locale
    most = answer.at_risk[:_MOST_ROWS]
    return Table(
        caption=_("Dearest to lose"),
        columns=(
            Column("customer", _("Customer")),
            Column("risk", _("Risk"), "number"),
            Column("loss", _("At stake"), "number"),
        ),
        rows=tuple(
            Row(
                (
                    customer,
                    Cell(locale.percent(each.risk), value=each.risk),
                    Cell(locale.number(None))
                    if each.expected_loss is None
                    else Cell(money(each.expected_loss, answer.currency, locale), value=each.expected_loss),
                )
            )
            for customer, each in zip(
                customer_cells(asked, [each.customer_id for each in most]), most, strict=True
            )
        ),
    )


def _kept(asked: Sequence[Asked]) -> CardWords:
    """Return what is left of the revenue of the period before, and the bridge to the last whole one."""
    one = asked[0]
    answer: RevenueRetentionAnswer = one.answer
    locale = one.locale
    if not answer.periods:
        return CardWords(empty=REVENUE_RETENTION.shown(one).empty)
    last = answer.periods[-1]
    named = ((_("Net revenue kept"), last.kept.nrr), (_("Gross revenue kept"), last.kept.grr))
    drawn = partial(
        draw.draw_bridge,
        bridge_steps(one, last),
        title=_("From the revenue of one period to that of the next."),
        direction=locale.direction,
    )
    return CardWords(
        figures=tuple(
            Figure(
                name,
                locale.percent(each.value, decimals=1),
                how_sure(each, interval_in_words(each, locale), locale),
            )
            for name, each in named
            if each is not None
        ),
        basis=filled(
            ngettext(
                "Rests on %(count)s customer of the period before",
                "Rests on %(count)s customers of the period before",
                last.kept.customers_before,
            ),
            count=locale.number(last.kept.customers_before),
        ),
        sentence=filled(
            _(
                "From the period that began on %(before)s to the one that began on %(now)s, the last that is over,"
                " revenue went from %(first)s to %(last)s."
            ),
            before=locale.date(last.before_starts_on),
            now=locale.date(last.starts_on),
            first=money(last.kept.bridge.before, answer.currency, locale),
            last=money(last.kept.bridge.now, answer.currency, locale),
        ),
        drawing=_drawing("kept", _("Where it came from, where it went"), drawn),
    )


def _steps(known: Known) -> tuple[str, ...]:
    """Return the questions about every step that the log has; the first one is the page's own."""
    names = list(usual_steps(known.present.names))
    return ("", *(urlencode({"step": name}) for name in names[1:]))


def _costliest(asked: Sequence[Asked]) -> CardWords:
    """Return the bad experience that costs most, at whichever step."""
    judged: list[tuple[ValueAtRisk, Asked]] = [(risk, each) for each in asked for risk in each.answer.risks]
    if not judged:
        return CardWords(empty=VALUE_AT_RISK.shown(asked[0]).empty)
    worst, one = max(judged, key=lambda each: (each[0].at_risk.low.minor > 0, each[0].at_risk.value.minor))
    locale, place = one.locale, one.answer.risks.index(worst)
    at_risk, _each, halve, *_rest = figures_of(one, worst)
    return CardWords(
        figures=(at_risk, halve),
        basis=filled(
            ngettext(
                "Rests on %(count)s time that it happened, of %(of)s occasions",
                "Rests on %(count)s times that it happened, of %(of)s occasions",
                worst.exposed,
            ),
            count=locale.number(worst.exposed),
            of=locale.number(worst.occasions),
        ),
        sentence=findings_of(one)[place].sentence,
        badge=str(EVIDENCE_NAMES[worst.evidence]),
        query=one.query,
    )


def _strongest(asked: Sequence[Asked]) -> CardWords:
    """Return what goes with recommending most."""
    one = asked[0]
    answer: DriversAnswer = one.answer
    locale, first = one.locale, answer.ranked[0]
    name = driver_names(one)[first.name]
    performance = answer.performance[first.name]
    figures = [
        Figure(
            _("Most important"),
            name,
            filled(_("%(share)s of what is explained"), share=share_with_interval(first.share, locale)),
        )
    ]
    if performance is not None:
        figures.append(
            Figure(
                _("How well, of 100"),
                locale.number(performance, decimals=0),
                filled(
                    ngettext("from %(count)s answer", "from %(count)s answers", first.answers),
                    count=locale.number(first.answers),
                ),
            )
        )
    may_be = sum(each.ranks[0] == 1 for each in answer.ranked[1:])
    if not may_be:
        sentence = filled(
            _("“%(driver)s” goes with it most, in nearly every resample of the same customers."), driver=name
        )
    else:
        sentence = filled(
            ngettext(
                "“%(driver)s” stands first, but %(count)s other may be as important.",
                "“%(driver)s” stands first, but %(count)s others may be as important.",
                may_be,
            ),
            driver=name,
            count=locale.number(may_be),
        )
    return CardWords(
        figures=tuple(figures),
        basis=filled(
            ngettext("Rests on %(count)s customer", "Rests on %(count)s customers", answer.customers),
            count=locale.number(answer.customers),
        ),
        sentence=sentence,
        badge=str(EVIDENCE_NAMES["association"]),
    )


def _served(asked: Sequence[Asked]) -> CardWords:
    """Return how soon half of those who wrote were answered, and how many needed one contact alone."""
    one = asked[0]
    answer: ServiceAnswer = one.answer
    locale, everybody = one.locale, answer.groups[0]
    if not everybody.n:
        return CardWords(empty=SERVICE.shown(one).empty)
    first = next(clock for clock in everybody.clocks if clock.name == "first_response")
    gross, again = everybody.first_contact.gross, everybody.reopened
    figures, sentence = [], ""
    if first.median is not None:
        figures.append(
            Figure(
                _("First answer, half within, in working time")
                if one.question.working
                else _("First answer, half within"),
                length(first.median.value, locale),
                how_sure(first.median, length_interval(first.median, locale), locale),
            )
        )
    if first.p90 is not None:
        sentence = filled(
            _("Nine of ten are answered within %(length)s."), length=length(first.p90.value, locale)
        )
    for name, share in ((_("Resolved at first contact"), gross), (_("Opened again"), again)):
        if share is not None and len(figures) < 2:
            figures.append(
                Figure(
                    name,
                    locale.percent(share.value, decimals=1),
                    how_sure(share, interval_in_words(share, locale), locale),
                )
            )
    return CardWords(
        figures=tuple(figures),
        basis=filled(
            ngettext("Rests on %(count)s conversation", "Rests on %(count)s conversations", everybody.n),
            count=locale.number(everybody.n),
        ),
        sentence=sentence,
    )


def _tried(asked: Sequence[Asked]) -> CardWords:
    """Return what the experiment that most customers are in has brought so far."""
    one = asked[0]
    answer: ExperimentAnswer = one.answer
    locale, shown = one.locale, EXPERIMENT.shown(one)
    others = len(answer.others)
    count = sum(answer.result.arms.values())
    sentence = shown.findings[0].sentence
    if others:
        more = filled(
            ngettext(
                "%(count)s other experiment is in the data.",
                "%(count)s other experiments are in the data.",
                others,
            ),
            count=locale.number(others),
        )
        sentence = f"{sentence} {more}"
    return CardWords(
        figures=(shown.figures[1],),
        basis=filled(
            ngettext(
                "“%(name)s”: %(count)s customer",
                "“%(name)s”: %(count)s customers",
                count,
            ),
            name=answer.name,
            count=locale.number(count),
        ),
        sentence=sentence,
        badge=str(EVIDENCE_NAMES["experiment"]),
    )


#: The cards, in the order in which a manager asks.
PARTS: Final[tuple[Part, ...]] = (
    Part(kind=CLV, name=gettext_lazy("What are customers worth?"), words=_worth),
    Part(kind=CHURN, name=gettext_lazy("Who is about to leave?"), words=_at_risk),
    Part(
        kind=REVENUE_RETENTION,
        name=gettext_lazy("How much of the revenue stays?"),
        words=_kept,
        is_tall=True,
    ),
    Part(
        kind=VALUE_AT_RISK,
        name=gettext_lazy("Which bad experience costs most?"),
        words=_costliest,
        queries=_steps,
    ),
    Part(kind=DRIVERS, name=gettext_lazy("What matters most to customers?"), words=_strongest),
    Part(kind=SERVICE, name=gettext_lazy("How well are they served?"), words=_served),
    Part(kind=EXPERIMENT, name=gettext_lazy("What do experiments say?"), words=_tried),
)
