"""Who stays: four pages tell it with four numbers, and each says which one is its own and how the others differ."""

from __future__ import annotations

from typing import Final

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

#: The number of a page beside those of its neighbours, by the page; names of pages become links.
WHO_STAYS: Final = {
    "churn": format_lazy(
        "{} {}",
        _(
            "What is at stake is what customers would bring by staying, times the risk; “To come in a year” in"
            " “%(clv)s” has taken off the chance of leaving already and counts later purchases for less. So one is no"
            " part of the other, and more can be at stake than is to come."
        ),
        _(
            "The risk here looks ahead: how likely a customer is to order nothing in the coming days that you choose."
            " “%(survival)s” looks back on all who ever began, “%(revenue_retention)s” counts money, and “Still a"
            " customer” in “%(clv)s” is of today."
        ),
    ),
    "survival": _(
        "The share here looks back: of all who ever began, how many were still there after so long. “%(churn)s” looks"
        " ahead, customer by customer, “%(revenue_retention)s” counts money, and “Still a customer” in “%(clv)s” is of"
        " today."
    ),
    "revenue_retention": _(
        "The shares here count money: what the customers of one period bring in the next. “%(churn)s” looks ahead,"
        " customer by customer, “%(survival)s” looks back on all who ever began, and “Still a customer” in “%(clv)s” is"
        " of today."
    ),
    "clv": _(
        "“Still a customer” here is of today: how likely somebody has not left, judged by the days of purchases alone."
        " “%(churn)s” looks ahead at the days that you choose, “%(survival)s” looks back on all who ever began, and"
        " “%(revenue_retention)s” counts money."
    ),
}
