"""A sentence for each caveat of an answer about value. A test walks all codes."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext, gettext_noop, ngettext

from safar.doors.web.design.words import filled
from safar.doors.web.events.words import cut, visible
from safar.doors.web.journeys.note_sentences import Sentence, counted, ngettext_noop, plainly
from safar.show.locale import Locale
from safar.vocabulary.answer import Note

from .clv_form import MODEL_NAMES
from .experience_names import EXPERIENCE_NAMES


def _with_percent(sentence: str) -> Sentence:
    """Return what says a note whose ``percent`` is a share of a hundred."""

    def said(note: Note, locale: Locale) -> str:
        facts = dict(note.facts)
        percent = locale.percent(float(Decimal(str(facts.pop("percent")))) / 100)
        numbers = {
            name: locale.number(each) if isinstance(each, int) else each for name, each in facts.items()
        }
        return filled(gettext(sentence), percent=percent, **numbers)

    return said


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


def _of_model(sentence: str) -> Callable[[Note, Locale], str]:
    def said(note: Note, locale: Locale) -> str:
        facts = dict(note.facts)
        name = str(MODEL_NAMES.get(str(facts.pop("model")), "")).partition(":")[0]
        numbers = {key: locale.number(each) if isinstance(each, int) else each for key, each in facts.items()}
        return filled(gettext(sentence), model=name, **numbers)

    return said


def _of_experience(singular: str, plural: str) -> Sentence:
    """Return what says a note with a ``count`` about an experience, by its name."""

    def said(note: Note, locale: Locale) -> str:
        facts = dict(note.facts)
        count = int(facts.pop("count"))
        names = {name: str(EXPERIENCE_NAMES.get(str(each), each)) for name, each in facts.items()}
        return filled(ngettext(singular, plural, count), count=locale.number(count), **names)

    return said


#: Why a driver is left out.
_LEFT_OUT: Final = {
    "few": _of_experience(
        *ngettext_noop(
            "“%(driver)s” is left out: it has %(count)s answer only, too few.",
            "“%(driver)s” is left out: it has %(count)s answers only, too few.",
        )
    ),
    "alike": _of_experience(
        *ngettext_noop(
            "“%(driver)s” is left out: its %(count)s answer is the same as ever.",
            "“%(driver)s” is left out: its %(count)s answers are nearly all the same.",
        )
    ),
    "beside": _of_experience(
        *ngettext_noop(
            "“%(driver)s” is left out: its %(count)s answer hardly ever stands beside answers to the others.",
            "“%(driver)s” is left out: its %(count)s answers hardly ever stand beside answers to the others.",
        )
    ),
}


def _left_out(note: Note, locale: Locale) -> str:
    facts = dict(note.facts)
    return _LEFT_OUT[str(facts["because"])](note, locale)


def _naming(sentence: str) -> Sentence:
    """Return what says a note with ``names``, such as ``city, plan=gold``."""

    def said(note: Note, _locale: Locale) -> str:
        names = str(dict(note.facts)["names"]).split(", ")
        return filled(
            gettext(sentence), names=" · ".join(f"\u2068{visible(cut(name))}\u2069" for name in names)
        )

    return said


def _of_experience_alone(sentence: str) -> Sentence:
    """Return what says a note about an experience, by its name."""

    def said(note: Note, locale: Locale) -> str:
        names = {name: str(EXPERIENCE_NAMES.get(str(each), each)) for name, each in note.facts}
        return filled(gettext(sentence), **names)

    return said


NOTE_SENTENCES: Final[dict[str, Sentence]] = {
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
    "clv.model_chosen": _of_model(
        gettext_noop(
            "Of three models, %(model)s predicted earlier times best (earlier dates looked back from: %(windows)s)."
        )
    ),
    "clv.corrected": _corrected,
    "clv.back_test_shorter": plainly(
        gettext_noop(
            "Earlier predictions could be looked at for %(days)s days only, and this one goes %(horizon)s days ahead."
        )
    ),
    "clv.not_back_tested": _of_model(
        gettext_noop("Too little is known to look back: %(model)s was taken, and nothing is corrected.")
    ),
    "clv.alive_by_assumption": counted(
        *ngettext_noop(
            "The model takes %(count)s customer who bought once for a customer still, however long ago that was.",
            "The model takes all %(count)s who bought once for customers still, however long ago that was.",
        )
    ),
    "clv.discounted": _with_percent(gettext_noop("Later money is discounted by %(percent)s a year.")),
    "clv.no_inflation": plainly(
        gettext_noop("Inflation is not looked at: where prices rise much, write it into the question.")
    ),
    "clv.seasons_unknown": plainly(
        gettext_noop("Only %(days)s days are known: seasons of the year cannot be told from change.")
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
    "spend.correlated": _with_percent(
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
    "revenue_retention.are_back": _with_percent(
        gettext_noop(
            "Customers who had skipped the period before brought %(percent)s of its revenue now. Revenue kept and"
            " earned growth do not count them, so both are low where customers order seldom: compare longer periods."
        )
    ),
    "revenue_retention.too_short": plainly(
        gettext_noop("The log is short: %(count)s whole periods can be compared, not %(asked)s.")
    ),
    "lifetimes.incomplete": counted(
        *ngettext_noop(
            "%(count)s row lacks a number and is left out of what may matter.",
            "%(count)s rows lack a number and are left out of what may matter.",
        )
    ),
    "lifetimes.unfit": _naming(
        gettext_noop("Left out of what may matter, because it says nothing more than the rest: %(names)s.")
    ),
    "lifetimes.grows_with_time": _naming(
        gettext_noop("Left out of what may matter, because it grows with the time itself: %(names)s.")
    ),
    "lifetimes.no_model": plainly(
        gettext_noop("Too few have left, or too few have stayed, to tell what goes with it.")
    ),
    "survival.few_events": counted(
        *ngettext_noop(
            "Only %(count)s has left: with ten or more for each thing that may matter, intervals would hold.",
            "Only %(count)s have left: with ten or more for each thing that may matter, intervals would hold.",
        )
    ),
    "survival.hazards_not_proportional": _naming(
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
    "clv.served": _with_percent(
        gettext_noop("What serving customers costs is taken off: %(percent)s of their margin so far.")
    ),
    "clv.served_elsewhere": plainly(
        gettext_noop("No conversation says in this currency what it cost: nothing is taken off for serving.")
    ),
    "wallet.said_less": counted(
        *ngettext_noop(
            "%(count)s customer says less than was spent here, and counts as spending all of it here.",
            "%(count)s customers say less than was spent here, and count as spending all of it here.",
        )
    ),
    "service.no_rate": counted(
        *ngettext_noop(
            "%(count)s conversation is in a channel without a rate: it costs nothing here.",
            "%(count)s conversations are in channels without a rate: they cost nothing here.",
        )
    ),
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
    "drivers.filled": counted(
        *ngettext_noop(
            "%(count)s answer is missing and was allowed for by what else was answered.",
            "%(count)s answers are missing and were allowed for by what else was answered.",
        )
    ),
    "drivers.left_out": _left_out,
    "drivers.no_answers": counted(
        *ngettext_noop(
            "%(count)s answer has nothing known before it and is left out.",
            "%(count)s answers have nothing known before them and are left out.",
        )
    ),
    "drivers.no_outcome": counted(
        *ngettext_noop(
            "Of %(count)s row it is not known what came of it: it is left out.",
            "Of %(count)s rows it is not known what came of them: they are left out.",
        )
    ),
    "drivers.nothing_spent": counted(
        *ngettext_noop(
            "%(count)s row brought nothing afterwards: spending is explained among those who spent.",
            "%(count)s rows brought nothing afterwards: spending is explained among those who spent.",
        )
    ),
    "drivers.relative_weights": counted(
        *ngettext_noop(
            "%(count)s thing is too many for all orders: Johnson's relative weights are shown.",
            "%(count)s things are too many for all orders: Johnson's relative weights are shown.",
        )
    ),
    "drivers.turned": counted(
        *ngettext_noop(
            "%(count)s goes one way by itself and the other way beside the rest.",
            "%(count)s go one way by themselves and the other way beside the rest.",
        )
    ),
    "effect.few": counted(
        *ngettext_noop(
            "With %(count)s customer on the smaller side the interval is rough.",
            "With %(count)s customers on the smaller side the interval is rough.",
        )
    ),
    "effect.skewed": plainly(
        gettext_noop(
            "A few customers bring most of it: the loss is below the interval more often than above it."
        )
    ),
    "experience.no_order": counted(
        *ngettext_noop(
            "%(count)s occasion is of customers who never ordered, of unknown currency, and is left out.",
            "%(count)s occasions are of customers who never ordered, of unknown currency, and are left out.",
        )
    ),
    "experience.not_followed": counted(
        *ngettext_noop(
            "%(count)s occasion is too recent to know what came of it.",
            "%(count)s occasions are too recent to know what came of them.",
        )
    ),
    "experience.other_currency": counted(
        *ngettext_noop(
            "%(count)s occasion of customers who pay in another currency is left out.",
            "%(count)s occasions of customers who pay in another currency are left out.",
        )
    ),
    "value_at_risk.association": plainly(
        gettext_noop(
            "These are associations between customers who were alike before, not proven effects: something hidden may"
            " be behind them."
        )
    ),
    "value_at_risk.fragile": plainly(
        gettext_noop(
            "It is fragile: something hidden that explains less than a twentieth both of who had it and of what"
            " they brought is enough for the interval to reach zero."
        )
    ),
    "value_at_risk.too_few": _of_experience(
        *ngettext_noop(
            "%(experience)s cannot be judged: %(count)s customer on one side is too few.",
            "%(experience)s cannot be judged: %(count)s customers on one side are too few.",
        )
    ),
    "mediation.assumption": plainly(
        gettext_noop(
            "These are associations. What is hidden in both the answer and coming back, such as mood, makes the part"
            " through satisfaction look larger than it is."
        )
    ),
    "mediation.incomplete": counted(
        *ngettext_noop(
            "%(count)s occasion without an answer is left out.",
            "%(count)s occasions without an answer are left out.",
        )
    ),
    "mediation.no_share": plainly(
        gettext_noop(
            "What goes through satisfaction and what goes past it point in opposite directions: no share is told."
        )
    ),
    "mediation.opposed": _of_experience_alone(
        gettext_noop(
            "%(experience)s: what goes through satisfaction and what goes past it point in opposite directions, so each"
            " hides some of the other and no share is told."
        )
    ),
    "mediation.too_few": _of_experience(
        *ngettext_noop(
            "%(experience)s cannot be judged: too few of %(count)s answer are of customers with it, or of others.",
            "%(experience)s cannot be judged: too few of %(count)s answers are of customers with it, or of others.",
        )
    ),
    "penalty_reward.incomplete": counted(
        *ngettext_noop(
            "%(count)s row without an answer to everything that is compared is left out.",
            "%(count)s rows without an answer to everything that is compared are left out.",
        )
    ),
    "penalty_reward.left_out": _of_experience(
        *ngettext_noop(
            "%(driver)s is left out: its %(count)s answer hardly stands beside the others, or is always the same.",
            "%(driver)s is left out: its %(count)s answers hardly stand beside the others, or are always the same.",
        )
    ),
    "kano.few": _of_experience(
        *ngettext_noop(
            "%(feature)s: with %(count)s customer the category is hardly more than chance.",
            "%(feature)s: with %(count)s customers the category is hardly more than chance.",
        )
    ),
    "kano.questionable": _of_experience(
        *ngettext_noop(
            "%(feature)s: %(count)s customer gave answers that contradict each other.",
            "%(feature)s: %(count)s customers gave answers that contradict each other.",
        )
    ),
    "kano.unpaired": counted(
        *ngettext_noop(
            "%(count)s answer to one of the two questions alone is left out.",
            "%(count)s answers to one of the two questions alone are left out.",
        )
    ),
    "path_model.association": plainly(
        gettext_noop("The arrows were assumed, not found: numbers are associations along them.")
    ),
    "path_model.filled": counted(
        *ngettext_noop(
            "%(count)s answer is missing and was allowed for by what else was answered.",
            "%(count)s answers are missing and were allowed for by what else was answered.",
        )
    ),
    "path_model.guessed": plainly(
        gettext_noop("Which question shows what was guessed from the names of the keys.")
    ),
    "path_model.left_out": _of_experience(
        *ngettext_noop(
            "%(question)s is left out: its %(count)s answer hardly stands beside the others, or is always the same.",
            "%(question)s is left out: its %(count)s answers hardly stand beside the others, or are always the same.",
        )
    ),
    "chain.assumption": plainly(
        gettext_noop(
            "It is assumed that who is spared an experience goes on like those alike who never had it, that the others"
            " stay as frequent as they are, and that twice as much of one moves twice as much: an association, not an"
            " effect that was tried."
        )
    ),
    "chain.fewer_known": counted(
        *ngettext_noop(
            "There are few answers: %(count)s thing that was known before is not held equal among them.",
            "There are few answers: %(count)s things that were known before are not held equal among them.",
        )
    ),
    "chain.at_most": _of_experience_alone(
        gettext_noop("%(experience)s cannot happen more often than always: it is taken to happen each time.")
    ),
    "change.association": plainly(
        gettext_noop(
            "Touchpoints explain the difference, they need not have caused it: it is an association."
        )
    ),
    "change.too_few": counted(
        *ngettext_noop(
            "One side has %(count)s answer only: too few to tell which touchpoints moved the score.",
            "One side has %(count)s answers only: too few to tell which touchpoints moved the score.",
        )
    ),
    "change.untouched": _of_experience_alone(
        gettext_noop("%(touchpoint)s: everybody or nobody lived through it, so it explains nothing.")
    ),
    "change.same_people": counted(
        *ngettext_noop(
            "%(count)s customer answered on both sides: intervals are a little too wide.",
            "%(count)s customers answered on both sides: intervals are a little too wide.",
        )
    ),
}
