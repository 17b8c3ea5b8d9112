"""What a customer answered on a scale, in words, and over time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from safar.doors.web.design.words import filled
from safar.doors.web.events.words import cut, visible
from safar.listen.csat import TOP_BOXES
from safar.listen.nps import METRIC as NPS
from safar.listen.nps import PASSIVES, PROMOTERS
from safar.listen.nps import SCALE as NPS_SCALE
from safar.observe.customers import SurveyAnswer
from safar.observe.events import LoggedEvent
from safar.show.locale import Locale
from safar.show.trend import TrendPoint, trend

#: How a scale is called; others stand as they are.
_METRICS: Final[dict[str, Promise | str]] = {"nps": "NPS", "csat": "CSAT", "ces": "CES"}
_NPS_WORDS: Final = (
    pgettext_lazy("of an answer", "would not recommend"),
    pgettext_lazy("of an answer", "undecided"),
    pgettext_lazy("of an answer", "would recommend"),
)
_PARTS: Final[dict[str, tuple[Promise | str, Promise | str, Promise | str]]] = {
    "csat": (
        pgettext_lazy("of an answer", "not satisfied"),
        pgettext_lazy("of an answer", "in between"),
        pgettext_lazy("of an answer", "satisfied"),
    ),
    "ces": (
        pgettext_lazy("of an answer", "it was hard"),
        pgettext_lazy("of an answer", "in between"),
        pgettext_lazy("of an answer", "it was easy"),
    ),
}
#: Below this share of a scale an answer is a bad one, from the other on a good one.
_BAD, _GOOD = 0.4, 0.66
#: Answers of a scale that the page lists; the drawing has all that were read.
_SHOWN: Final = 6


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """One answer: in words, when, and whether it is a good one."""

    words: str
    at: str
    tone: str


@dataclass(frozen=True, slots=True)
class ScoreSeries:
    """The answers of a customer on one scale.

    Attributes
    ----------
    name
        Of the scale.
    drawing
        The answers over time as SVG; empty for fewer than two.
    lines
        The newest ones, newest first.
    more
        How many older ones there are, as a number in the reader's digits; empty for none.
    """

    name: str
    drawing: str
    lines: tuple[ScoreLine, ...]
    more: str


def answer_of(event: LoggedEvent) -> SurveyAnswer | None:
    """Return the answer on a scale that an event is; None where it is none."""
    try:
        said = json.loads(event.properties)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict) or not isinstance(said.get("metric"), str):
        return None
    value = said.get("value")
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    low, high = (
        each if isinstance(each, int | float) and not isinstance(each, bool) else None
        for each in (said.get("scale_min"), said.get("scale_max"))
    )
    if said.get("direction") == "lower_is_better":  # what it means is not what its height says
        low = None
    return SurveyAnswer(said["metric"], value, low, high, event.occurred_at)


def metric_in_words(metric: str) -> str:
    """Return how a scale is called."""
    return str(_METRICS.get(metric, cut(visible(metric), 40)))


def score_in_words(answer: SurveyAnswer, locale: Locale) -> str:
    """Return an answer with its scale and what it means: ``NPS 9 of 10 · would recommend``."""
    meaning = _meaning(answer)
    facts = {
        "metric": metric_in_words(answer.metric),
        "value": value_of_scale(answer, locale),
        "meaning": meaning,
    }
    if meaning:
        return filled(_("%(metric)s: %(value)s · %(meaning)s"), **facts)
    return filled(_("%(metric)s: %(value)s"), metric=facts["metric"], value=facts["value"])


def value_of_scale(answer: SurveyAnswer, locale: Locale) -> str:
    """Return an answer with the most that could be answered: ``9 of 10``."""
    value = locale.number(answer.value)
    if answer.scale_max is None:
        return value
    return filled(_("%(value)s of %(most)s"), value=value, most=locale.number(answer.scale_max))


def score_series(answers: Sequence[SurveyAnswer], locale: Locale) -> tuple[ScoreSeries, ...]:
    """Return the answers, newest first, scale by scale; the scale that was answered last stands first."""
    by_metric: dict[str, list[SurveyAnswer]] = {}
    for each in answers:
        by_metric.setdefault(each.metric, []).append(each)
    return tuple(_series(place, metric, of, locale) for place, (metric, of) in enumerate(by_metric.items()))


def _series(place: int, metric: str, answers: Sequence[SurveyAnswer], locale: Locale) -> ScoreSeries:
    name = metric_in_words(metric)
    points = [
        TrendPoint(locale.date(each.at), float(each.value), value_of_scale(each, locale))
        for each in reversed(answers)
    ]
    lines = tuple(
        ScoreLine(_words(each, locale), locale.date(each.at), _tone(each)) for each in answers[:_SHOWN]
    )
    title = filled(_("%(metric)s over time"), metric=name)
    more = len(answers) - len(lines)
    drawing = trend(points, title=title, trend_id=f"scores-{place}") if len(points) > 1 else ""
    return ScoreSeries(name, drawing, lines, locale.number(more) if more else "")


def _words(answer: SurveyAnswer, locale: Locale) -> str:
    meaning = _meaning(answer)
    value = value_of_scale(answer, locale)
    return filled(_("%(value)s · %(meaning)s"), value=value, meaning=meaning) if meaning else value


def _meaning(answer: SurveyAnswer) -> str:
    third = _third(answer)
    words = _NPS_WORDS if answer.metric == NPS else _PARTS.get(answer.metric)
    return "" if third is None or words is None else str(words[third])


def _tone(answer: SurveyAnswer) -> str:
    third = _third(answer)
    return "soft" if third is None else ("bad", "soft", "good")[third]


def _third(answer: SurveyAnswer) -> int | None:
    """Return whether an answer is a bad one (0), in between, or a good one (2); None where the scale is unknown."""
    low, high = answer.scale_min, answer.scale_max
    if low is None or high is None or high <= low:
        return None
    if answer.metric == NPS and (low, high) == (NPS_SCALE.lowest, NPS_SCALE.highest):
        return 2 if answer.value >= PROMOTERS.start else 1 if answer.value >= PASSIVES.start else 0
    share = (answer.value - low) / (high - low)
    is_good = answer.value > high - TOP_BOXES if answer.metric == "csat" else share >= _GOOD
    return 2 if is_good else 1 if share >= _BAD else 0
