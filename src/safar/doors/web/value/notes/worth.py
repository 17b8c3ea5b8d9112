"""What purchases, customers and serving them are worth; a sentence for each caveat."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext, gettext_noop

from safar.doors.web.design.words import filled
from safar.doors.web.journeys.note_sentences import Sentence, counted, ngettext_noop, plainly
from safar.show.locale import Locale
from safar.vocabulary.answer import Note

from .said import of_model, with_percent


def _corrected(note: Note, locale: Locale) -> str:
    percent = int(dict(note.facts)["percent"])
    if percent == 0:
        return gettext("Earlier predictions of money were right in all: totals are not corrected.")
    words = (
        gettext("Earlier predictions of money were too low: totals are raised by %(percent)s.")
        if percent > 0
        else gettext("Earlier predictions of money were too high: totals are lowered by %(percent)s.")
    )
    return filled(words, percent=locale.percent(abs(percent) / 100))


OF_WORTH: Final[dict[str, Sentence]] = {
    "purchases.other_currency": counted(
        *ngettext_noop(
            "%(count)s order in another currency is left out: currencies are never added up.",
            "%(count)s orders in other currencies are left out: currencies are never added up.",
        )
    ),
    "purchases.no_amount": counted(
        *ngettext_noop(
            "%(count)s order has no amount: it counts as a purchase, not as money.",
            "%(count)s orders have no amount: they count as purchases, not as money.",
        )
    ),
    "purchases.negative_orders": counted(
        *ngettext_noop(
            "%(count)s order has an amount below zero and lowers the sums.",
            "%(count)s orders have an amount below zero and lower the sums.",
        )
    ),
    "purchases.refunds_of_nothing": counted(
        *ngettext_noop(
            "%(count)s refund has no order before it and is left out.",
            "%(count)s refunds have no order before them and are left out.",
        )
    ),
    "purchases.revenue_as_margin": plainly(
        gettext_noop(
            "Revenue stands for margin: write what share of it is margin to see what is really earned."
        )
    ),
    "clv.model_chosen": of_model(
        gettext_noop(
            "Of three models, “%(model)s” predicted earlier times best (earlier dates looked back from: %(windows)s)."
        )
    ),
    "clv.corrected": _corrected,
    "clv.back_test_shorter": plainly(
        gettext_noop(
            "Earlier predictions could be looked at for %(days)s days only, and this one goes %(horizon)s days ahead."
        )
    ),
    "clv.not_back_tested": of_model(
        gettext_noop("Too little is known to look back: “%(model)s” was taken, and nothing is corrected.")
    ),
    "clv.alive_by_assumption": counted(
        *ngettext_noop(
            "The model takes %(count)s customer who bought once for a customer still, however long ago that was.",
            "The model takes all %(count)s who bought once for customers still, however long ago that was.",
        )
    ),
    "clv.discounted": with_percent(gettext_noop("Later money is discounted by %(percent)s a year.")),
    "clv.no_inflation": plainly(
        gettext_noop("Inflation is not looked at: where prices rise much, write it into the question.")
    ),
    "clv.seasons_unknown": plainly(
        gettext_noop("Only %(days)s days are known: seasons of the year cannot be told from change.")
    ),
    "clv.served": with_percent(
        gettext_noop("What serving customers costs is taken off: %(percent)s of their margin so far.")
    ),
    "clv.served_elsewhere": plainly(
        gettext_noop("No conversation says in this currency what it cost: nothing is taken off for serving.")
    ),
    "rfm.band_empty": plainly(
        gettext_noop("Too many customers are equal to tell all bands apart: %(count)s of fifteen are empty.")
    ),
    "baskets.no_products": counted(
        *ngettext_noop(
            "%(count)s order names no products and is left out.",
            "%(count)s orders name no products and are left out.",
        )
    ),
    "baskets.orders_independent": plainly(
        gettext_noop(
            "Orders of one customer are taken as independent of each other: intervals of pairs are a little too narrow."
        )
    ),
    "baskets.products_left_out": counted(
        *ngettext_noop(
            "%(count)s rarer product is not paired.",
            "%(count)s rarer products are not paired.",
        )
    ),
    "spend.mean_alone": plainly(
        gettext_noop("Too few customers bought twice to tell their amounts apart: everybody has the mean.")
    ),
    "spend.correlated": with_percent(
        gettext_noop(
            "Those who buy more often spend otherwise by purchase (correlation %(percent)s): the model leaves it out."
        )
    ),
    "fit.not_converged": plainly(
        gettext_noop("The model did not settle within %(iterations)s steps: take its numbers with care.")
    ),
    "fit.flat": plainly(
        gettext_noop("The data say little about some parameter of the model: its intervals are rough.")
    ),
    "fit.hessian_not_definite": plainly(
        gettext_noop("How sure the model is could not be worked out well: its intervals are rough.")
    ),
    "wallet.said_less": counted(
        *ngettext_noop(
            "%(count)s customer says less than was spent here, and counts as spending all of it here.",
            "%(count)s customers say less than was spent here, and count as spending all of it here.",
        )
    ),
    "service.no_conversation": counted(
        *ngettext_noop(
            "%(count)s message names no conversation and is left out.",
            "%(count)s messages name no conversation and are left out.",
        )
    ),
    "service.open": counted(
        *ngettext_noop(
            "%(count)s conversation is still open: how long it takes is in no number yet.",
            "%(count)s conversations are still open: how long they take is in no number yet.",
        )
    ),
    "service.negative": counted(
        *ngettext_noop(
            "%(count)s ends before it begins, as it was told: it counts as it is.",
            "%(count)s end before they begin, as they were told: they count as they are.",
        )
    ),
    "service.no_cost": counted(
        *ngettext_noop(
            "%(count)s conversation does not say what it cost and is left out.",
            "%(count)s conversations do not say what they cost and are left out.",
        )
    ),
    "service.other_currency": counted(
        *ngettext_noop(
            "%(count)s conversation cost something in another currency and is left out.",
            "%(count)s conversations cost something in other currencies and are left out.",
        )
    ),
    "service.no_rate": counted(
        *ngettext_noop(
            "%(count)s conversation is in a channel without a rate: it costs nothing here.",
            "%(count)s conversations are in channels without a rate: they cost nothing here.",
        )
    ),
}
