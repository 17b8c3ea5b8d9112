"""Caveats of answers about value as English sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

SENTENCES: Final[Mapping[str, str]] = {
    "wallet.said_less": "{count:,} customers say less than was spent here, and count as spending all of it here.",
    "service.no_cost": "{count:,} conversations do not say what they cost and are left out.",
    "service.other_currency": "{count:,} conversations cost something in other currencies and are left out.",
    "clv.served": "What serving customers costs is taken off: {percent} % of their margin so far.",
    "clv.served_elsewhere": "No conversation says in this currency what it cost: nothing is taken off for serving.",
    "lifetimes.incomplete": "{count:,} rows lack a number and are left out of the model.",
    "lifetimes.unfit": "{count:,} properties say nothing more than the rest and are left out of the model: {names}.",
    "lifetimes.grows_with_time": "{count:,} properties grow with the time itself and are left out: {names}.",
    "lifetimes.no_model": "Too few have left, or too few have stayed, for a model.",
    "purchases.other_currency": "{count:,} orders in other currencies are left out: currencies are never added up.",
    "purchases.no_amount": "{count:,} orders have no amount: they count as purchases, not as money.",
    "purchases.negative_orders": "{count:,} orders have an amount below 0 and lower the sums.",
    "purchases.refunds_of_nothing": "{count:,} refunds have no order before them and are left out.",
    "purchases.revenue_as_margin": "Revenue stands for margin: say what share of it is margin.",
    "fit.not_converged": "The fit did not settle within {iterations} steps: its numbers are not to be relied on.",
    "fit.flat": "The data do not determine every parameter: some may be anything within a wide range.",
    "fit.hessian_not_definite": "The parameters have no standard errors: intervals leave their uncertainty out.",
    "spend.mean_alone": "Too little is known of what each customer spends: everybody has the mean of all.",
    "spend.correlated": (
        "Those who buy more often spend otherwise by purchase (correlation {percent} %): the model leaves that out."
    ),
    "clv.model_chosen": "Of three models {model} predicted best (earlier dates looked back from: {windows}).",
    "clv.corrected": "Totals are corrected by {percent} % for how earlier predictions of money were off.",
    "clv.not_back_tested": "Too little is known to look back: {model} was taken, and nothing is corrected.",
    "clv.back_test_shorter": (
        "Earlier predictions could be looked at for {days:,} days only, and this one goes {horizon:,} days ahead."
    ),
    "clv.alive_by_assumption": (
        "The model takes all {count:,} who bought once for customers still, however long ago that was."
    ),
    "clv.seasons_unknown": "Only {days:,} days are known: seasons of the year cannot be told from change.",
    "clv.discounted": "Later money is discounted by {percent} % a year.",
    "clv.no_inflation": "Inflation is not looked at: where prices rise much, say how much.",
    "rfm.band_empty": "{count:,} bands are empty: too many customers are equal.",
    "baskets.no_products": "{count:,} orders name no products and are left out.",
    "baskets.orders_independent": (
        "Orders of one customer are taken as independent: intervals of lift are a little too narrow."
    ),
    "baskets.products_left_out": "{count:,} rarer products are not paired.",
}
