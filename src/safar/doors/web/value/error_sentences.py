"""A sentence for each refusal of the library behind the desk Value."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: Final[dict[str, Promise | str]] = {
    "backlog.refused": _("A promise is a time above zero."),
    "baskets.refused": _(
        "Baskets cannot be asked about like this: a number is out of range, or lines do not fit."
    ),
    "cli.no_orders_in_file": _("No row of the file became an order."),
    "clv.no_margins": _("No order has an amount above zero."),
    "clv.refused": _("Lifetime value cannot be asked about like this: a number is out of range."),
    "contracts.cohort_refused": _("These cannot be the customers of a cohort: it can only shrink."),
    "contracts.discount_refused": _(
        "A discount rate above zero is needed where contracts go on without end."
    ),
    "fit.draws_refused": _("The data do not determine the model well enough to say how sure it is."),
    "fit.horizon_refused": _("A time ahead is a number from zero on."),
    "fit.nobody_bought_twice": _("Nobody has bought twice: how often customers come again is not known yet."),
    "occasions.refused": _(
        "These cannot be purchases at occasions: more than there were, or in an impossible order."
    ),
    "purchases.histories_refused": _(
        "These cannot be histories of customers: a number is missing or impossible."
    ),
    "purchases.nothing_bought": _("There are no orders up to that day."),
    "purchases.orders_refused": _("These cannot be orders: a time or an amount is missing or impossible."),
    "rfm.bands_refused": _("So many bands cannot be made."),
    "spend.no_mean": _("Amounts differ too much between customers for a mean."),
    "spend.refused": _("These cannot be amounts of customers who bought again."),
    "wallet.refused": _("These cannot be what customers spend here and everywhere."),
    "churn.refused": _(
        "Churn cannot be learnt from this: there is too little of it, or something does not fit."
    ),
    "cli.value_unreadable": _("A column of the file holds something else than was said of it."),
    "experience.refused": _("It is not clear what may happen at the step, or within what time."),
    "kano.refused": _("These are no answers to the two questions about a feature."),
    "decision.none": _("No decision of the log has had its time to work."),
    "decision.impossible": _("Such a decision cannot be: its chances or its actions contradict each other."),
    "experiment.columns_do_not_fit": _("The experiment has no such arm, or its numbers do not fit together."),
    "experiment.impossible_looks": _(
        "Such looks cannot be planned: say how many there are, and either which one this is or how many customers each"
        " arm was to get."
    ),
    "experiment.impossible_plan": _("No experiment can keep such a plan: its numbers contradict each other."),
    "experiment.too_few_customers": _("There are too few customers for a comparison. Wait for more."),
    "experiment.unknown": _("The log shows no such experiment."),
    "lifetimes.refused": _("A length of time needs a beginning and an end."),
    "path_model.refused": _(
        "The arrows make no model: something has no questions, or they go round in a circle."
    ),
    "question.needs_a_log": _("Paths alone do not tell this: it needs a whole log."),
    "quantiles.refused": _("There is no such share of values, or some values are missing."),
    "recommend.interactions_refused": _(
        "Nothing can be recommended from this: orders do not say what they hold, or too few came twice."
    ),
    "recommend.unknown_item": _("Nobody has had such an item."),
    "referral.refused": _("Customers are followed for a day or longer."),
    "release.refused": _(
        "Such a release cannot be judged: it is not said when it came, to whom, or what it was to move."
    ),
    "revenue_retention.refused": _(
        "Periods cannot be compared like this. A number of the industry needs its source."
    ),
    "service.conversations_refused": _(
        "These are no conversations: something that happens in them is unknown."
    ),
    "service.costs_refused": _("Rates of costs stand in one currency, and none is below zero."),
    "service.first_contact_refused": _("A customer comes back within a time above zero."),
    "service.refused": _("Service cannot be asked about like this."),
    "survival.refused": _("No survival can be worked out from this: a length is missing, or nothing varies."),
    "why.columns_refused": _(
        "Something that should be explained, or explain it, is missing or never varies."
    ),
    "why.too_few_rows": _(
        "There are too few customers to tell. Choose a longer time, or fewer things at once."
    ),
}
