"""What was tried, released and forecast, and what is done next; a sentence for each caveat."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_noop

from safar.doors.web.journeys.note_sentences import Sentence, counted, ngettext_noop, plainly

OF_TRYING: Final[dict[str, Sentence]] = {
    "experiment.sample_ratio": plainly(
        gettext_noop(
            "Arms do not have the customers they were to have, and chance does not explain it: believe nothing here"
            " before it is known why."
        )
    ),
    "experiment.unequal_watch": plainly(
        gettext_noop(
            "Bounds of planned looks hold where each customer is watched for the same time. Here those who came first"
            " are watched the longest: choose for how long customers are watched."
        )
    ),
    "experiment.looked_at": counted(
        *ngettext_noop(
            "%(count)s comparison was judged.",
            "%(count)s comparisons were looked at, and judged so that chance alone is rarely called an effect.",
        )
    ),
    "experiment.few_events": counted(
        *ngettext_noop(
            "%(count)s comparison of shares rests on fewer than 30 of a kind: its interval is rough.",
            "%(count)s comparisons of shares rest on fewer than 30 of a kind: their intervals are rough.",
        )
    ),
    "experiment.skewed": counted(
        *ngettext_noop(
            "%(count)s comparison rests on a few very large values: its interval is rough.",
            "%(count)s comparisons rest on a few very large values: their intervals are rough.",
        )
    ),
    "experiment.in_two_arms": counted(
        *ngettext_noop(
            "%(count)s customer was shown more than one arm and is left out.",
            "%(count)s customers were shown more than one arm and are left out.",
        )
    ),
    "experiment.not_over": counted(
        *ngettext_noop(
            "%(count)s customer has not been watched long enough yet and is left out.",
            "%(count)s customers have not been watched long enough yet and are left out.",
        )
    ),
    "experiment.other_currency": counted(
        *ngettext_noop(
            "%(count)s event in another currency counts without its amount.",
            "%(count)s events in other currencies count without their amounts.",
        )
    ),
    "before_after.no_comparison": plainly(
        gettext_noop(
            "Nobody was left without it: whatever else happened then is in the change too. It is an association."
        )
    ),
    "before_after.short": counted(
        *ngettext_noop(
            "Only %(count)s point lies before the release: its trend is hardly known.",
            "Only %(count)s points lie before the release: their trend is hardly known.",
        )
    ),
    "did.not_parallel": plainly(
        gettext_noop(
            "Before the release the groups did not go side by side: the comparison is not to be trusted."
        )
    ),
    "did.no_times_before": plainly(
        gettext_noop(
            "There is one time before the release only: whether the groups went side by side is not known."
        )
    ),
    "did.few_clusters": counted(
        *ngettext_noop(
            "A group has %(count)s customer only: the interval is rough.",
            "A group has %(count)s customers only: the interval is rough.",
        )
    ),
    "did.always_reached": counted(
        *ngettext_noop(
            "%(count)s customer was reached from the beginning and is left out.",
            "%(count)s customers were reached from the beginning and are left out.",
        )
    ),
    "did.last_group_compares": plainly(
        gettext_noop(
            "Everybody is reached in the end: nothing can be told from when the last group was reached on."
        )
    ),
    "release.partial": counted(
        *ngettext_noop(
            "Only %(count)s whole period lies after the release so far.",
            "Only %(count)s whole periods lie after the release so far.",
        )
    ),
    "release.sampled": plainly(
        gettext_noop("Of %(of)s customers %(count)s are looked at: a sample by chance.")
    ),
    "release.by_reach": plainly(
        gettext_noop(
            "Where customers are reached by what they do themselves, they are not like those not reached yet: then it"
            " is an association."
        )
    ),
    "forecasts.few": counted(
        *ngettext_noop(
            "%(count)s forecast has an outcome: too few to judge forecasts by.",
            "%(count)s forecasts have an outcome: too few to judge forecasts by.",
        )
    ),
    "forecasts.too_sure": plainly(
        gettext_noop(
            "Outcomes lie outside the intervals more often than they should: forecasts are too sure."
        )
    ),
    "forecasts.too_unsure": plainly(
        gettext_noop(
            "Outcomes lie inside the intervals more often than they should: forecasts are too unsure."
        )
    ),
    "forecasts.too_high": plainly(gettext_noop("Less comes than was forecast, as a rule.")),
    "forecasts.too_low": plainly(gettext_noop("More comes than was forecast, as a rule.")),
    "recommend.few_customers": counted(
        *ngettext_noop(
            "Models are judged by %(count)s customer only: which is best is not known yet.",
            "Models are judged by %(count)s customers only: which is best is not known yet.",
        )
    ),
    "recommend.sampled": counted(
        *ngettext_noop(
            "Models are judged by %(count)s customer, drawn by chance.",
            "Models are judged by %(count)s customers, drawn by chance.",
        )
    ),
    "recommend.orders_without_items": counted(
        *ngettext_noop(
            "%(count)s order does not say what it holds and is left out.",
            "%(count)s orders do not say what they hold and are left out.",
        )
    ),
    "recommend.no_season": plainly(
        gettext_noop("Less than most of a year is known: what is in season cannot be told.")
    ),
    "next_best_action.waiting": counted(
        *ngettext_noop(
            "%(count)s decision is too young to count.", "%(count)s decisions are too young to count."
        )
    ),
    "next_best_action.unreadable": counted(
        *ngettext_noop(
            "%(count)s decision does not tell its chances and is left out.",
            "%(count)s decisions do not tell their chances and are left out.",
        )
    ),
    "off_policy.few": counted(
        *ngettext_noop(
            "The estimate rests on as much as %(count)s decision: it is rough.",
            "The estimate rests on as much as %(count)s decisions: it is rough.",
        )
    ),
    "off_policy.unsupported": counted(
        *ngettext_noop(
            "In %(count)s decision something had no chance that would be done: that part is unknown.",
            "In %(count)s decisions something had no chance that would be done: that part is unknown.",
        )
    ),
}
