"""Numbers of a lived map in the reader's words: the value, how sure it is, of how many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from safar.doors.web.design.words import filled
from safar.doors.web.events.words import happening
from safar.maps.emotion import Emotion
from safar.maps.scores import Metric, StepScore
from safar.observe.rule_text import rule_of
from safar.observe.time_text import length_of
from safar.show.locale import Locale
from safar.vocabulary.errors import Refusal
from safar.vocabulary.interval import Estimate, Interval
from safar.vocabulary.money import Money
from safar.vocabulary.window import DurationUnreadable

_MIDDLE_DOT: Final = " · "
#: Of each metric: decimals of the value and of its interval.
_DECIMALS: Final[dict[Metric, tuple[int, int]]] = {"nps": (0, 1), "csat": (0, 1), "ces": (1, 2)}


def people(count: int, locale: Locale) -> str:
    """Return a count of customers."""
    return filled(ngettext("%(count)s person", "%(count)s people", count), count=locale.number(count))


def money_words(amounts: Sequence[Money], locale: Locale) -> list[str]:
    """Return sums of money: that in the reader's currency first, else the first one; how many others there are."""
    ranked = sorted(amounts, key=lambda each: each.currency != locale.currency)
    found = [locale.money(each, compact=True) for each in ranked[:1]]
    others = len(ranked) - 1
    if others > 0:
        more = ngettext("and %(count)s further currency", "and %(count)s further currencies", others)
        found.append(filled(more, count=locale.number(others)))
    return found


def of_n(n: int, locale: Locale) -> str:
    """Return how many stand behind a number."""
    return filled(_("n = %(n)s"), n=locale.number(n))


def give_or_take(half: str, locale: Locale) -> str:
    """Return half the width of an interval with its sign, which stands before the digits in both directions."""
    mark = locale.minus[:-1]
    return f"\u2068{mark}±{half}\u2069"


def joined(*parts: str) -> str:
    """Return the parts that say something, one after another on a line."""
    return _MIDDLE_DOT.join(part for part in parts if part)


def half_width(interval: Interval) -> float:
    """Return half the width of an interval."""
    return (interval.high - interval.low) / 2


def sure_of_share(estimate: Estimate, locale: Locale) -> str:
    """Return how sure a share is, and of how many."""
    return joined(
        give_or_take(locale.percent(half_width(estimate.interval), decimals=1), locale),
        of_n(estimate.n, locale),
    )


def length_in_words(text: str, locale: Locale) -> str:
    """Return a length of time of a map, such as ``2d``, as the reader says it; as it is written where it is none."""
    try:
        return locale.duration(length_of(text))
    except DurationUnreadable:
        return text


def rule_in_words(text: str) -> str:
    """Return what events a rule takes in the reader's words; the rule as it is written where it has conditions."""
    try:
        rule = rule_of(text)
    except Refusal:
        return text
    if rule.where or rule.channels or not rule.event_names:
        return text
    return pgettext("between alternatives", " or ").join(
        str(happening(name).words) for name in rule.event_names
    )


def promises_words(count: int, locale: Locale) -> str:
    """Return a count of promises."""
    return filled(ngettext("%(count)s promise", "%(count)s promises", count), count=locale.number(count))


def sure_of_kept(half: float, decided: int, locale: Locale) -> str:
    """Return how sure a share of kept promises is, and of how many that fell due.

    Customers, by whom its interval is clustered, are fewer: they are said where promises are.
    """
    words = ngettext("of %(count)s promise", "of %(count)s promises", decided)
    return joined(
        give_or_take(locale.percent(half, decimals=1), locale), filled(words, count=locale.number(decided))
    )


def share_between(interval: Interval, locale: Locale) -> str:
    """Return the interval of a share as a sentence."""
    return filled(
        _("%(level)s interval: %(range)s"),
        level=locale.percent(interval.level),
        range=locale.percent_interval(interval.low, interval.high, decimals=1),
    )


def metric_name(metric: Metric | str) -> str:
    """Return what a metric is called: it has one name in all languages."""
    return metric.upper()


def score_value(metric: Metric, value: float, locale: Locale) -> str:
    """Return a score in its unit."""
    decimals = _DECIMALS[metric][0]
    if metric == "csat":
        return locale.percent(value, decimals=decimals)
    number = locale.number(round(value, decimals) if decimals else round(value))
    return (
        filled(_("%(score)s of %(most)s"), score=number, most=locale.number(7)) if metric == "ces" else number
    )


def score_sure(score: StepScore, locale: Locale) -> str:
    """Return how sure a score is, and of how many answers."""
    if score.estimate is None:
        return of_n(score.n, locale)
    half, decimals = half_width(score.estimate.interval), _DECIMALS[score.metric][1]
    said = (
        locale.percent(half, decimals=decimals)
        if score.metric == "csat"
        else locale.number(half, decimals=decimals)
    )
    return joined(give_or_take(said, locale), of_n(score.estimate.n, locale))


def score_between(score: StepScore, locale: Locale) -> str:
    """Return the interval of a score as a sentence; empty without one."""
    if score.estimate is None:
        return ""
    ends, decimals = score.estimate.interval, _DECIMALS[score.metric][1]
    between = locale.percent_interval if score.metric == "csat" else locale.interval
    return filled(
        _("%(level)s interval: %(range)s"),
        level=locale.percent(ends.level),
        range=between(ends.low, ends.high, decimals=decimals),
    )


def emotion_value(value: float, locale: Locale) -> str:
    """Return an emotion as a number of its scale, with its sign."""
    return locale.signed(value, decimals=1)


def emotion_sure(emotion: Emotion, locale: Locale) -> str:
    """Return how sure an emotion is, and of how many."""
    if emotion.interval is None:
        return of_n(emotion.n, locale)
    return joined(
        give_or_take(locale.number(half_width(emotion.interval), decimals=1), locale), of_n(emotion.n, locale)
    )
