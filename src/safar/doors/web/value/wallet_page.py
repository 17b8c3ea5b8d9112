"""The page Share of wallet: how much of what customers spend on such things they spend here, where they say it."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from safar.doors.web.design.parts import EmptyState
from safar.doors.web.design.table import Cell, Column, Row, Table
from safar.doors.web.design.words import filled
from safar.doors.web.journeys.kind import Asked, Figure, Finding, KindPage, Shown
from safar.doors.web.journeys.metric import Metric
from safar.doors.web.journeys.words import interval_in_words
from safar.measure.wallet import WalletAnswer

from .customer_cells import customer_cells
from .groups import WORTH
from .wallet_form import WalletForm
from .words import NO_ORDERS, how_sure, money

_MOST_ROWS: Final = 40


def shown_wallet(asked: Asked) -> Shown:
    """Return the share of wallet in the reader's words."""
    answer: WalletAnswer = asked.answer
    if answer.share is None:
        return Shown(
            empty=EmptyState(
                _("No customer has said what they spend elsewhere"),
                _(
                    "Ask it in a survey: a question with a number for an answer, such as “What did you spend on such"
                    " things in the last 30 days, in all shops?” Choose it in the form once it is answered. Two"
                    " customers are enough to begin with."
                ),
            )
        )
    return Shown(
        figures=_figures(asked),
        findings=_findings(asked),
        tables=(_customers(asked),) if asked.behind({}) else (),
    )


def _figures(asked: Asked) -> tuple[Figure, ...]:
    answer: WalletAnswer = asked.answer
    locale, share = asked.locale, answer.share
    assert share is not None
    return (
        Figure(
            _("Spent here, of all they spend"),
            locale.percent(share.value, decimals=1),
            how_sure(share, interval_in_words(share, locale), locale),
        ),
        Figure(
            _("They spend here"),
            money(float(answer.here.sum()), answer.currency, locale),
            filled(
                ngettext("%(count)s customer", "%(count)s customers", share.n), count=locale.number(share.n)
            ),
        ),
        Figure(
            _("They spend elsewhere"),
            money(float((answer.everywhere - answer.here).sum()), answer.currency, locale),
            _("in the same time, as they say"),
        ),
    )


def _findings(asked: Asked) -> tuple[Finding, ...]:
    answer: WalletAnswer = asked.answer
    locale, whole = asked.locale, int((answer.here >= answer.everywhere).sum())
    nothing = int((answer.here <= 0).sum())
    return (
        Finding(
            filled(
                _("%(all)s of %(count)s who said it spend all of it here, %(none)s nothing in that time."),
                all=locale.number(whole),
                none=locale.number(nothing),
                count=locale.number(len(answer.here)),
            )
        ),
    )


def _customers(asked: Asked) -> Table:
    answer: WalletAnswer = asked.answer
    locale = asked.locale
    most = answer.elsewhere[:_MOST_ROWS]

    def amount(value: float) -> Cell:
        return Cell(money(value, answer.currency, locale), value=value)

    return Table(
        caption=_("Who spends most elsewhere"),
        columns=(
            Column("customer", _("Customer")),
            Column("here", _("Spends here"), "number", sortable=True),
            Column("everywhere", _("Spends everywhere"), "number", sortable=True),
            Column("elsewhere", _("Spends elsewhere"), "number", sortable=True),
        ),
        rows=tuple(
            Row(
                (
                    customer,
                    amount(here),
                    amount(whole),
                    amount(whole - here),
                )
            )
            for customer, (_id, here, whole) in zip(
                customer_cells(asked, [each[0] for each in most]), most, strict=True
            )
        ),
    )


WALLET: Final = KindPage(
    key="wallet",
    desk="value",
    customer_list=gettext_lazy("Who spends most elsewhere"),
    group=WORTH,
    name=pgettext_lazy("kind of question", "Share of wallet"),
    lead=gettext_lazy("How much of what customers spend on such things do they spend here?"),
    form=WalletForm,
    shown=shown_wallet,
    meaning=gettext_lazy(
        "Of all that the customers who answered spend on such things, this share is spent here. Large customers count"
        " more. It is as good as what people remember, and who answers may differ from who does not."
    ),
    method=gettext_lazy(
        "The last answer of each customer, beside the own orders in as many days before it, less refunds, in one"
        " currency. Whoever says less than was spent here counts as spending all of it here. The interval is that of a"
        " ratio of sums."
    ),
    nothing=NO_ORDERS,
    more=gettext_lazy("Currency"),
    metric=lambda answer: Metric.of(answer.share),
    metric_name=gettext_lazy("Spent here, of all they spend"),
)
