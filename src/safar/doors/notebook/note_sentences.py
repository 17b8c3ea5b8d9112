"""Caveats of answers as English sentences; pages say them in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from safar.vocabulary.answer import Note

from .value_sentences import SENTENCES as OF_VALUE
from .why_sentences import SENTENCES as OF_WHY

_DEPENDENT: Final = (
    "The {paths:,} paths are those of {count:,} customers. Paths of one customer depend on one another:"
    " the intervals are a little too narrow."
)
_VISITS: Final = (
    "Visits of one customer depend on one another: the intervals of rates are a little too narrow."
)
#: Of each metric of a step of a map; of one score there are ``score.…``.
_OF_ANSWERS: Final[Mapping[str, str]] = {
    "other_scale": "{count:,} answers on another scale are left out.",
    "unreadable": "{count:,} answers have no value on the scale and are left out.",
    "repeated": (
        "{count:,} answers are of people who had answered before in this time: the intervals are a little too narrow."
    ),
}
SENTENCES: Final[Mapping[str, str]] = {
    "attribution.costs_elsewhere": "Costs of {count:,} touches that nobody had are not shown.",
    "attribution.costs_of_everybody": "Costs are those of everybody, though only some are asked about.",
    "attribution.no_interval": "The model {model} has no intervals: rates of rare combinations are too uncertain.",
    "attribution.open": "{count:,} paths without a conversion were touched so recently that they may still convert.",
    "attribution.rarest_together": "The {count:,} rarest touches are put together as others.",
    "attribution.untouched": "{count:,} conversions, of {customers:,} customers, had no touch and are nobody's.",
    "attribution.worthless": "{count:,} conversions have no value that can be counted.",
    "churn.few_cuts": "The log is short: the model learnt from {count:,} days of the past, not from {asked:,}.",
    "churn.no_report": "The log is too short to look back: how good such forecasts are is not known yet.",
    "churn.other_currency": "{count:,} customers pay in other currencies: no loss is told for them.",
    "compare.looked_at": "{count:,} differences were judged together.",
    "compare.one_sided": "{count:,} numbers are in one of the two answers alone and were not compared.",
    "compare.too_few": "{count:,} differences have too few customers behind them to be judged.",
    "conformance.few_customers": "The journey was walked by {count:,} customers only: the intervals are rough.",
    "conformance.no_events": "Of {count:,} steps nothing was seen: {steps}.",
    "conformance.no_pause": "Without a pause no passage is over: those who ended somewhere may still come back.",
    "conformance.open": "{count:,} passages may still go on; they are not counted as ended.",
    "flow.unmeasured": "For {count:,} rare edges no times were measured.",
    "frame.naive_times": "Times of the column {column!r} have no zone: they were taken as UTC.",
    "frame.no_customer": "{count:,} rows without a customer were left out.",
    "frame.no_event": "{count:,} rows without an event were left out.",
    "frame.no_time": "{count:,} rows without a time were left out.",
    "funnel.dependent": (
        "Paths of one customer depend on one another: the intervals of rates are a little too narrow."
    ),
    "funnel.more_groups": "{count:,} further values have fewer paths and are not shown.",
    "funnel.segments_overlap": "{count:,} customers are in both segments: intervals of the differences are too wide.",
    "goals.dependent": _VISITS,
    "goals.undecided": "{count:,} visits in which something was begun may still end; they are not counted as lost.",
    "map.no_amount": "{count:,} events that ought to bring or cost money do not say how much: they are in no sum.",
    "map.unknown_currency": "{count:,} events are in an unknown currency: they are in no sum.",
    **{
        f"{metric}.{code}": f"{metric.upper()}: {words}"
        for metric in ("nps", "csat", "ces")
        for code, words in _OF_ANSWERS.items()
    },
    "pages.dependent": _VISITS,
    "paths.bundled": "{count:,} rare steps are bundled as others: {passages:,} of {of:,} passages.",
    "paths.dependent": _DEPENDENT,
    "paths.unmeasured": "For {count:,} rare links no times were measured.",
    "promise.open": "{count:,} promises are not due yet; they are left out.",
    "promise.untold": "{count:,} beginnings do not say which of them they are, and are left out.",
    "searches.dependent": (
        "Searches of one customer depend on one another: the intervals of rates are a little too narrow."
    ),
    "searches.results_unknown": "{count:,} searches do not say how much they found.",
    "series.clustering_sampled": "How far customers come again was measured on one customer of every {every:,}.",
    "series.short": "There are too few periods to say what is out of the ordinary: nothing is marked.",
    "step_matrix.many_looks": "{count:,} differences are shown together: some lie outside their interval by chance.",
    "thread.others_left_out": "{count:,} older events that belong to no step are not told.",
    "what_if.assumption": "It is assumed that those who are moved go on like those who are already there.",
    "what_if.disagrees": "A chain that also knows the step before says that completion changes by {points} points.",
    "lifetimes.others": "{count:,} rarer values stand together under “…”.",
    "lifetimes.untold": "{count:,} beginnings do not say which they are, and are left out.",
    "referral.circular": "{count:,} referrals close circles and are left out.",
    "referral.unknown_code": "{count:,} customers came by codes that nobody told: who brought them is not known.",
    "revenue_retention.are_back": (
        "Customers who had skipped the period before brought {percent} % of its revenue now: NRR and earned growth"
        " leave them out."
    ),
    "revenue_retention.too_short": "The log is short: {count:,} whole periods can be compared, not {asked:,}.",
    "service.negative": "{count:,} end before they begin, as they were told: they count as they are.",
    "service.no_conversation": "{count:,} messages name no conversation and are left out.",
    "service.no_rate": "{count:,} conversations are in channels without a rate: they cost nothing here.",
    "service.open": "{count:,} conversations are still open: how long they take is in no number yet.",
    "survival.few_events": (
        "{count:,} ends were seen for {covariates:,} covariates: ten or more for each make intervals that hold."
    ),
    "survival.hazards_not_proportional": (
        "The factors of {count:,} covariates change with time ({names}): each is a mean over the time watched."
    ),
    "mix.one_sided": "{count:,} groups have answers at one of the two times only: all that they do counts as mix.",
    "score.few_in_group": "{count:,} groups have fewer than ten answers and get no verdict.",
    "score.left_out": "{count:,} answers are left out for their quality marks.",
    "score.no_weight": "{count:,} answers came without a weight and have the mean weight.",
    "score.repeated": (
        "{count:,} answers are of people who had answered before in this time; the interval is a little too narrow."
    ),
    "score.unreadable": (
        "{count:,} answers have no value on the scale (not applicable, or codes for missing) and are not in the score."
    ),
    "trend.unweighted": "{count:,} periods lack a group whose share is given, and are not weighted.",
    "what_if.memory": "Knowing the step before takes away {percent} % of the uncertainty of what follows.",
    "what_if.unmeasured": "{count:,} edited moves were made by nobody yet: how long they take is counted as nothing.",
    **OF_VALUE,
    **OF_WHY,
    "before_after.no_comparison": (
        "Nobody was left without it: whatever else happened then is in the change too. It is an association."
    ),
    "before_after.short": "Only {count:,} points lie before the release: their trend is hardly known.",
    "did.always_reached": "{count:,} customers were reached from the beginning and are left out.",
    "did.few_clusters": "A group has {count:,} customers only: the interval is rough.",
    "did.last_group_compares": "Everybody is reached in the end: nothing is told from the last group's time on.",
    "did.no_times_before": (
        "There is one time before the release only: whether the groups went side by side is not known."
    ),
    "did.not_parallel": (
        "Before the release the groups did not go side by side: the comparison is not to be trusted."
    ),
    "experiment.few_events": "{count:,} comparisons of shares rest on fewer than 30 of a kind: intervals are rough.",
    "experiment.in_two_arms": "{count:,} customers were shown more than one arm and are left out.",
    "experiment.looked_at": "{count:,} comparisons were judged together, so that chance rarely passes for an effect.",
    "experiment.not_over": "{count:,} customers have not been watched long enough yet and are left out.",
    "experiment.other_currency": "{count:,} events in other currencies count without their amounts.",
    "experiment.sample_ratio": (
        "Arms do not have the customers they were to have: believe nothing before it is known why."
    ),
    "experiment.unequal_watch": (
        "Bounds of planned looks hold where each customer is watched for the same time: say within how many days."
    ),
    "experiment.skewed": "{count:,} comparisons rest on a few very large values: their intervals are rough.",
    "forecasts.few": "{count:,} forecasts have an outcome: too few to judge forecasts by.",
    "forecasts.too_high": "Less comes than was forecast, as a rule.",
    "forecasts.too_low": "More comes than was forecast, as a rule.",
    "forecasts.too_sure": "Outcomes lie outside the intervals more often than they should.",
    "forecasts.too_unsure": "Outcomes lie inside the intervals more often than they should.",
    "next_best_action.unreadable": "{count:,} decisions do not tell their chances and are left out.",
    "next_best_action.waiting": "{count:,} decisions are too young to count.",
    "off_policy.few": "The estimate rests on as much as {count:,} decisions: it is rough.",
    "off_policy.unsupported": "In {count:,} decisions what would be done had no chance: that part is unknown.",
    "recommend.few_customers": "Models are judged by {count:,} customers only: which is best is not known yet.",
    "recommend.no_season": "Less than most of a year is known: what is in season cannot be told.",
    "recommend.orders_without_items": "{count:,} orders do not say what they hold and are left out.",
    "recommend.sampled": "Models are judged by {count:,} customers, drawn by chance.",
    "release.by_reach": (
        "Where customers are reached by what they do themselves, they are not like the others: an association."
    ),
    "release.partial": "Only {count:,} whole periods lie after the release so far.",
    "release.sampled": "Of {of:,} customers {count:,} are looked at: a sample by chance.",
}


def sentence(note: Note) -> str:
    """Return what a caveat says in English; its code and facts where nobody has written its sentence."""
    facts = dict(note.facts)
    words = SENTENCES.get(f"{note.code}.{facts['because']}" if "because" in facts else note.code)
    if words is None:
        return " ".join([f"{note.code}:", *(f"{name} {fact}" for name, fact in facts.items())]).rstrip(":")
    return words.format(**facts)
