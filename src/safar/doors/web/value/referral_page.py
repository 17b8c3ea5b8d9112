"""The page Referral: how many customers came through others, who brought whom, and what those are worth."""

from __future__ import annotations

from functools import partial
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from safar.doors.web.design.parts import EmptyState
from safar.doors.web.design.table import Cell, Column, Row, Table
from safar.doors.web.design.words import filled
from safar.doors.web.journeys.kind import Asked, Drawing, Figure, Finding, KindPage, Shown
from safar.doors.web.journeys.metric import Metric
from safar.doors.web.journeys.words import between, interval_in_words
from safar.measure.referral import ReferralAnswer
from safar.show import drawing as draw
from safar.vocabulary.interval import Estimate, is_clear

from .customer_cells import customer_cells
from .groups import KEEPING
from .referral_form import ReferralForm
from .words import NO_ORDERS, how_sure, money, money_with_interval


def shown_referral(asked: Asked) -> Shown:
    """Return referral in the reader's words."""
    answer: ReferralAnswer = asked.answer
    if answer.referral_rate is None:
        heading, sentence = NO_ORDERS["purchases.nothing_bought"]
        return Shown(empty=EmptyState(str(heading), str(sentence)))
    if not answer.referred and not answer.referrals_made:
        return Shown(
            empty=EmptyState(
                _("Nobody is known to have come through another"),
                _(
                    "Send referral_made with a referral_code when a customer invites, and with identify of the one who"
                    " comes the same referral_code, or referred_by with the customer's id."
                ),
            )
        )
    sees = bool(asked.behind({}))
    return Shown(
        figures=_figures(asked),
        findings=_findings(asked),
        drawings=_drawings(asked),
        tables=(_numbers(asked), _generations(asked), *((_bringers(asked),) if sees else ())),
    )


def _figures(asked: Asked) -> tuple[Figure, ...]:
    answer: ReferralAnswer = asked.answer
    locale, rate, k = asked.locale, answer.referral_rate, answer.k_factor
    assert rate is not None
    figures = [
        Figure(
            _("Came through others"),
            locale.percent(rate.value, decimals=1),
            filled(
                ngettext(
                    "%(interval)s, of %(count)s new customer",
                    "%(interval)s, of %(count)s new customers",
                    rate.n,
                ),
                interval=interval_in_words(rate, locale),
                count=locale.number(rate.n),
            ),
        )
    ]
    if k is not None:
        figures.append(
            Figure(
                _("A customer brings"),
                locale.number(k.value, decimals=3),
                how_sure(k, _plain_interval(asked, k), locale),
            )
        )
    if answer.multiplier is not None:
        figures.append(
            Figure(
                _("Each one won otherwise becomes"),
                locale.number(answer.multiplier, decimals=2),
                _("customers in all, with those who come through them"),
            )
        )
    return tuple(figures)


def _plain_interval(asked: Asked, estimate: Estimate) -> str:
    around, locale = estimate.interval, asked.locale
    return between(locale.number(around.low, decimals=3), locale.number(around.high, decimals=3), locale)


def _findings(asked: Asked) -> tuple[Finding, ...]:
    answer: ReferralAnswer = asked.answer
    apart, locale = answer.value_difference, asked.locale
    if apart is None:
        return ()
    words = (
        _("Who came through another spends %(amount)s more than the others in this time: more than chance.")
        if is_clear(apart) and apart.value > 0
        else _(
            "Who came through another spends %(amount)s less than the others in this time: more than chance."
        )
        if is_clear(apart)
        else _(
            "Who came through another spends about as much as the others: the difference of %(amount)s may be chance."
        )
    )
    return (
        Finding(
            filled(words, amount=money(abs(apart.value), answer.currency, locale)), "value_difference", 1
        ),
    )


def _drawings(asked: Asked) -> tuple[Drawing, ...]:
    answer: ReferralAnswer = asked.answer
    locale = asked.locale
    bars = [
        draw.Bar(
            name,
            each.value,
            money(each.value, answer.currency, locale),
            max(each.interval.low, 0.0),
            each.interval.high,
            tone="plain" if each is answer.value_referred else "other",
        )
        for name, each in (
            (_("Came through others"), answer.value_referred),
            (_("Came otherwise"), answer.value_others),
        )
        if each is not None
    ]
    if len(bars) < 2:
        return ()
    return (
        Drawing.in_both_widths(
            "value",
            _("What a customer spends in this time"),
            partial(
                draw.draw_bars,
                bars,
                title=_("Mean spending by how customers came; the table below has the same numbers."),
                direction=locale.direction,
            ),
            said=_("An association: those with happy friends may differ in other ways too."),
        ),
    )


def _numbers(asked: Asked) -> Table:
    answer: ReferralAnswer = asked.answer
    locale = asked.locale
    amounts = (
        ("value_referred", _("Spending of a customer who came through another"), answer.value_referred),
        ("value_others", _("Spending of a customer who came otherwise"), answer.value_others),
        ("value_difference", _("The difference"), answer.value_difference),
    )
    rows = [
        Row(
            (
                Cell(name),
                Cell(money_with_interval(each, answer.currency, locale), value=each.value),
                Cell(locale.number(each.n), value=each.n),
            ),
            key,
        )
        for key, name, each in amounts
        if each is not None
    ]
    return Table(
        caption=_("What they are worth"),
        columns=(
            Column("name", _("Number")),
            Column("value", _("Value, with its interval"), "number"),
            Column("n", _("Customers"), "number"),
        ),
        rows=tuple(rows),
    )


def _generations(asked: Asked) -> Table:
    answer: ReferralAnswer = asked.answer
    locale = asked.locale
    return Table(
        caption=_("Chains of referrals"),
        columns=(
            Column("generation", _("Links from the first of the chain"), "number"),
            Column("customers", _("Customers"), "number"),
        ),
        rows=tuple(
            Row(
                (Cell(locale.number(place), value=place), Cell(locale.number(count), value=count)),
                f"g{place}",
            )
            for place, count in enumerate(answer.generations, 1)
        ),
    )


def _bringers(asked: Asked) -> Table:
    answer: ReferralAnswer = asked.answer
    locale = asked.locale
    return Table(
        caption=_("Who brought most"),
        columns=(
            Column("customer", _("Customer")),
            Column("brought", _("Brought"), "number"),
            Column("chain", _("With those who came through them"), "number"),
            Column("generations", _("Links of the chain"), "number"),
        ),
        rows=tuple(
            Row(
                (
                    customer,
                    Cell(locale.number(each.brought), value=each.brought),
                    Cell(locale.number(each.in_chain), value=each.in_chain),
                    Cell(locale.number(each.generations), value=each.generations),
                )
            )
            for customer, each in zip(
                customer_cells(asked, [each.customer_id for each in answer.bringers]),
                answer.bringers,
                strict=True,
            )
        ),
    )


REFERRAL: Final = KindPage(
    key="referral",
    desk="value",
    customer_list=gettext_lazy("Who brought most"),
    group=KEEPING,
    name=pgettext_lazy("kind of question", "Referral"),
    lead=gettext_lazy("How many customers come through others, and what are those worth?"),
    form=ReferralForm,
    shown=shown_referral,
    meaning=gettext_lazy(
        "What customers did, not what they mean to do. A customer brings so many others in the time after the own"
        " first order (K). Below 1 a chain dies out, and each customer won otherwise brings 1/(1 − K) in all, himself"
        " counted."
    ),
    method=gettext_lazy(
        "Who came through whom follows from codes and ids that profiles say; the first word holds, circles are left"
        " out. Means have Student's intervals, the share has Wilson's. Spending is net of refunds, in one currency, of"
        " customers followed for the whole time."
    ),
    nothing=NO_ORDERS,
    more=gettext_lazy("Currency"),
    metric=lambda answer: Metric.of(answer.referral_rate),
    metric_name=gettext_lazy("Came through others"),
)
