"""Answers about value as drawings, in English words and in the digits and the direction of a reader.

Pages draw the same with words in three languages.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from functools import partial
from types import MappingProxyType
from typing import Any, Final

from safar.explain.change_rows import ChangeExplainedAnswer
from safar.explain.driver_rows import DriversAnswer
from safar.explain.experiments.release import ReleaseAnswer
from safar.explain.value_at_risk import ValueAtRiskAnswer
from safar.explain.value_what_if import ValueWhatIfAnswer
from safar.measure.cost_to_serve import CostAnswer
from safar.show.drawing import (
    Bar,
    BridgeStep,
    Direction,
    Ghost,
    Series,
    SeriesPoint,
    Tick,
    draw_bars,
    draw_bridge,
    draw_series,
)
from safar.show.journeys.series import round_values
from safar.show.locale import Locale
from safar.vocabulary.money import Money

_MOST_ROWS: Final = 20
_MOST_LABELS: Final = 8
#: Shares and scores are below it: one digit would not tell them apart.
_SMALL: Final = 10.0


def _amount(value: float, currency: str | None, locale: Locale, *, signed: bool = False) -> str:
    if currency is None:
        return locale.compact(Decimal(repr(value)))
    exact = Money.of(Decimal(repr(value)), currency, rounding=ROUND_HALF_EVEN)
    return locale.money(exact, compact=True, signed=signed)


def cost_drawing(answer: CostAnswer, locale: Locale) -> str:
    """Return what a conversation costs by channel as an SVG element; all channels together first."""
    bars = [
        Bar(
            part.label or "All together",
            part.by_conversation.value,
            _amount(part.by_conversation.value, answer.currency, locale),
            max(part.by_conversation.interval.low, 0.0),
            part.by_conversation.interval.high,
            tone="plain" if place else "soft",
        )
        for place, part in enumerate(answer.channels[:_MOST_ROWS])
        if part.by_conversation is not None
    ]
    return draw_bars(
        bars,
        title="The mean cost of a conversation by channel.",
        direction=locale.direction,
        drawing_id="cost",
    )


def drivers_drawing(answer: DriversAnswer, locale: Locale) -> str:
    """Return shares of what is explained as an SVG element; drivers that may go either way are soft."""
    bars = [
        Bar(
            each.name,
            each.share.value,
            locale.percent(each.share.value),
            each.share.interval.low,
            each.share.interval.high,
            tone="plain" if each.direction else "soft",
        )
        for each in answer.ranked[:_MOST_ROWS]
    ]
    return draw_bars(
        bars,
        title="What is explained, by what goes with it.",
        direction=locale.direction,
        drawing_id="drivers",
    )


def change_drawing(answer: ChangeExplainedAnswer, locale: Locale) -> str:
    """Return a change of a score as an SVG element: by touchpoints where they are told, else by groups."""
    if answer.touchpoints is not None:
        found = answer.touchpoints
        pieces = [(each.name, each.exposure.value + each.response.value) for each in found.parts]
        pieces.append(("No touchpoint explains it", found.rest.value))
        total = found.total.value
    else:
        split = answer.split
        pieces = [("Answered otherwise", split.within.value), ("Others answered", split.mix.value)]
        total = split.total.value
    return _bridge(
        "No difference",
        pieces,
        ("The whole difference", total),
        partial(locale.signed, decimals=2),
        title="What the difference of the score is made of.",
        direction=locale.direction,
        drawing_id="change",
    )


def at_risk_drawing(answer: ValueAtRiskAnswer, locale: Locale) -> str:
    """Return what each bad experience costs as an SVG element; what may be nothing is soft."""
    bars = [
        Bar(
            risk.experience,
            float(risk.at_risk.value.decimal),
            locale.money(risk.at_risk.value, compact=True),
            float(risk.at_risk.low.decimal),
            float(risk.at_risk.high.decimal),
            detail=f"{locale.number(risk.exposed)} exposed",
            tone="plain" if risk.at_risk.low.minor > 0 else "soft",
        )
        for risk in answer.risks
    ]
    return draw_bars(
        bars, title="What each bad experience costs.", direction=locale.direction, drawing_id="at-risk"
    )


def what_if_drawing(answer: ValueWhatIfAnswer, locale: Locale) -> str:
    """Return what each change would bring over a year as an SVG element."""
    moved = [part for part in answer.moves.parts if part.share_now != part.share_after]
    return _bridge(
        "As it is now",
        [(part.name, part.value.value * answer.occasions_a_year) for part in moved],
        ("All together", answer.value_a_year.value),
        partial(_amount, currency=answer.currency, locale=locale, signed=True),
        title="What each change would bring over a year.",
        direction=locale.direction,
        drawing_id="value-what-if",
    )


def _bridge(
    before: str,
    pieces: Sequence[tuple[str, float]],
    after: tuple[str, float],
    said: Callable[[float], str],
    *,
    title: str,
    direction: Direction,
    drawing_id: str,
) -> str:
    """Draw what leads from nothing to a total; each number is written as it is ``said``."""
    total_name, total = after
    rows = [
        BridgeStep(before, 0.0, said(0.0), is_total=True),
        *(BridgeStep(name, value, said(value)) for name, value in pieces),
        BridgeStep(total_name, total, said(total), is_total=True),
    ]
    return draw_bridge(rows, title=title, direction=direction, drawing_id=drawing_id)


def release_drawing(answer: ReleaseAnswer, locale: Locale) -> str:
    """Return those who got a release beside the others as an SVG element; what everybody got, beside where it went."""
    question: Any = answer.provenance.question
    is_money = question.metric.counted == "revenue"

    def said(value: float) -> str:
        if not is_money and abs(value) < _SMALL:
            return locale.number(value, decimals=2)
        return _amount(value, answer.currency if is_money else None, locale)

    def points(values: Sequence[float]) -> tuple[SeriesPoint, ...]:
        return tuple(
            SeriesPoint(None, "") if math.isnan(each) else SeriesPoint(each, said(each)) for each in values
        )

    own, other = ([getattr(each, name) for each in answer.periods] for name in ("value", "other"))
    lines, ghosts = [Series("Those who got it", points(own))], []
    if answer.way == "before_after":
        values = tuple(None if math.isnan(each) else each for each in other)
        ghosts = [Ghost("Where it was going", values)]
    elif not all(map(math.isnan, other)):
        lines.append(Series("The others", points(other)))
    labels = [locale.date(each.starts_on) for each in answer.periods]
    every = -(-len(labels) // _MOST_LABELS)
    ends = [each for each in (*own, *other) if not math.isnan(each)]
    return draw_series(
        lines,
        labels=labels,
        ticks=[Tick(place, labels[place]) for place in range(0, len(labels), every)],
        value_ticks=[Tick(value, said(value)) for value in round_values(ends)],
        ghosts=ghosts,
        events=[Tick(sum(each.distance < 0 for each in answer.periods) - 0.5, question.name or "Release")],
        title="Before and after the release.",
        direction=locale.direction,
        drawing_id="release",
    )


#: What draws an answer, by its type.
DRAWINGS: Final[Mapping[type[Any], Callable[[Any, Locale], str]]] = MappingProxyType(
    {
        ChangeExplainedAnswer: change_drawing,
        CostAnswer: cost_drawing,
        DriversAnswer: drivers_drawing,
        ReleaseAnswer: release_drawing,
        ValueAtRiskAnswer: at_risk_drawing,
        ValueWhatIfAnswer: what_if_drawing,
    }
)
