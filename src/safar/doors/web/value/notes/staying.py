"""Who stays, who leaves, and who brings others; a sentence for each caveat."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_noop

from safar.doors.web.journeys.note_sentences import Sentence, counted, ngettext_noop, plainly

from .said import naming, with_percent

OF_STAYING: Final[dict[str, Sentence]] = {
    "churn.no_report": plainly(
        gettext_noop("The log is too short to look back: how good such forecasts are is not known yet.")
    ),
    "churn.few_cuts": plainly(
        gettext_noop(
            "The log is short: the model learnt from %(count)s days of the past, not from %(asked)s."
        )
    ),
    "churn.other_currency": counted(
        *ngettext_noop(
            "%(count)s customer pays in another currency: no loss is told.",
            "%(count)s customers pay in other currencies: no loss is told for them.",
        )
    ),
    "lifetimes.others": counted(
        *ngettext_noop(
            "%(count)s rarer value stands together with others under “…”.",
            "%(count)s rarer values stand together under “…”.",
        )
    ),
    "lifetimes.untold": counted(
        *ngettext_noop(
            "%(count)s beginning does not say which it is, and is left out.",
            "%(count)s beginnings do not say which they are, and are left out.",
        )
    ),
    "lifetimes.incomplete": counted(
        *ngettext_noop(
            "%(count)s row lacks a number and is left out of what may matter.",
            "%(count)s rows lack a number and are left out of what may matter.",
        )
    ),
    "lifetimes.unfit": naming(
        gettext_noop("Left out of what may matter, because it says nothing more than the rest: %(names)s.")
    ),
    "lifetimes.grows_with_time": naming(
        gettext_noop("Left out of what may matter, because it grows with the time itself: %(names)s.")
    ),
    "lifetimes.no_model": plainly(
        gettext_noop("Too few have left, or too few have stayed, to tell what goes with it.")
    ),
    "revenue_retention.are_back": with_percent(
        gettext_noop(
            "Customers who had skipped the period before brought %(percent)s of its revenue now. Revenue kept and"
            " earned growth do not count them, so both are low where customers order seldom: compare longer periods."
        )
    ),
    "revenue_retention.too_short": plainly(
        gettext_noop("The log is short: %(count)s whole periods can be compared, not %(asked)s.")
    ),
    "survival.few_events": counted(
        *ngettext_noop(
            "Only %(count)s has left: with ten or more for each thing that may matter, intervals would hold.",
            "Only %(count)s have left: with ten or more for each thing that may matter, intervals would hold.",
        )
    ),
    "survival.hazards_not_proportional": naming(
        gettext_noop(
            "Another factor early than late have: %(names)s. Their times the risk are means over the time followed."
        )
    ),
    "referral.unknown_code": counted(
        *ngettext_noop(
            "%(count)s customer came by a code that nobody told: who brought them is not known.",
            "%(count)s customers came by codes that nobody told: who brought them is not known.",
        )
    ),
    "referral.circular": counted(
        *ngettext_noop(
            "%(count)s referral closes a circle and is left out.",
            "%(count)s referrals close circles and are left out.",
        )
    ),
}
