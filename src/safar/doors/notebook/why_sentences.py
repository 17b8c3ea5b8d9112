"""Caveats of answers about why as English sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

SENTENCES: Final[Mapping[str, str]] = {
    "chain.assumption": (
        "Those who are spared an experience are taken to go on like those alike who never had it, in straight lines."
    ),
    "drivers.filled": "{count:,} answers are missing and were allowed for by what else was answered (EM).",
    "drivers.left_out.alike": "“{driver}” is left out: its {count:,} answers are nearly all the same.",
    "drivers.left_out.beside": (
        "“{driver}” is left out: its {count:,} answers hardly ever stand beside answers to the others."
    ),
    "drivers.left_out.few": "“{driver}” is left out: it has {count:,} answers only, too few.",
    "drivers.no_answers": "{count:,} rows have no answer to any driver and are left out.",
    "drivers.no_outcome": "{count:,} rows without the outcome are left out.",
    "drivers.nothing_spent": "{count:,} rows spent nothing: spending is explained among those who spent.",
    "drivers.relative_weights": "{count:,} drivers are too many for LMG: Johnson's relative weights are shown.",
    "drivers.turned": "{count:,} drivers go one way by themselves and the other way beside the rest.",
    "effect.few": "There are {count:,} customers on the smaller side only: the interval is rough.",
    "effect.skewed": (
        "A few customers bring most of it: the interval is rough, the true loss lies below it more often than above."
    ),
    "effect.trimmed": "{count:,} of {of:,} exposed have nobody to be compared with and are left out.",
    "effect.unbalanced": "After weighting {covariate} is still {apart} standard deviations apart.",
    "experience.no_order": "{count:,} occasions of customers who never ordered are left out: which currency is theirs?",
    "experience.not_followed": "{count:,} occasions are too recent to know what came of them.",
    "experience.other_currency": "{count:,} occasions of customers who pay in another currency are left out.",
    "kano.few": "{feature}: with {count:,} people the category is hardly more than chance.",
    "kano.questionable": "{feature}: {count:,} people gave answers that contradict each other.",
    "kano.unpaired": "{count:,} answers to one of the two questions alone are left out.",
    "mediation.assumption": "Nothing hidden, such as mood, may move both satisfaction and outcome.",
    "mediation.incomplete": "{count:,} rows with a gap are left out.",
    "mediation.no_share": "The direct and the indirect part have different signs: no share is told.",
    "mediation.opposed": "{experience}: what goes through the answer and what goes past it have different signs, so no"
    " share is told.",
    "mediation.too_few": "{experience} cannot be judged: {count:,} answers are too few, or all of one side.",
    "path_model.association": "The arrows were assumed, not found.",
    "path_model.filled": "{count:,} answers are missing and were allowed for by what else was answered (EM).",
    "path_model.guessed": "Which question shows what was guessed from the names of the keys.",
    "path_model.left_out": "{question} is left out: {count:,} answers, hardly any beside the others, or all the same.",
    "penalty_reward.incomplete": "{count:,} rows with a gap are left out.",
    "penalty_reward.left_out": "{driver} is left out: {count:,} answers, few beside the others, or all the same.",
    "change.association": "Touchpoints explain the difference, they need not have caused it.",
    "change.same_people": "{count:,} people answered on both sides: intervals are a little too wide.",
    "change.too_few": "{count:,} answers on one side are too few for so many touchpoints.",
    "change.untouched": "{touchpoint}: everybody or nobody lived through it, so it explains nothing.",
    "chain.fewer_known": "Few answers: {count:,} things known before are not held equal among them ({known}).",
    "chain.at_most": "{experience} cannot happen more often than always: it is taken to happen each time.",
    "value_at_risk.association": "This is an association between customers alike before, not a proven effect.",
    "value_at_risk.fragile": "Something hidden that explains less than 5 % of both sides could make it 0.",
    "value_at_risk.not_followed": "{count:,} of {of:,} exposed are too recent: they are taken to lose as much.",
    "value_at_risk.too_few": "{experience} cannot be judged: {count:,} customers on one side are too few.",
    "value_at_risk.unclear": "Whether it costs anything cannot be told.",
}
