"""Answers that are rows, as bars: differences, what if, the steps of a design, promises; patterns as strips."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from safar.show.drawing import Bar, Variant, VariantStep, draw_bars, draw_variants
from safar.show.locale import Locale

if TYPE_CHECKING:
    from safar.observe.compare import CompareAnswer, Difference
    from safar.observe.conformance import ConformanceAnswer
    from safar.observe.goals import Goal, GoalsAnswer
    from safar.observe.patterns import PatternsAnswer
    from safar.observe.promises import PromiseAnswer
    from safar.observe.what_if import WhatIfAnswer
    from safar.vocabulary.interval import Estimate, Interval

MOST_DRAWN: Final = 20
#: Where bars of shares begin and end.
_SHARES: Final = (0.0, 1.0)


@dataclass(frozen=True, slots=True)
class RankedWords:
    """What a drawing says.

    Attributes
    ----------
    title
        A whole sentence for those who do not see it.
    row
        What a row is called.
    detail
        What stands beside its number: a share, already in the reader's digits.
    """

    title: str
    row: Callable[[Any], str] = str
    detail: Callable[[str], str] = "{}".format


def reached_drawing(
    answer: GoalsAnswer,
    locale: Locale,
    words: RankedWords = RankedWords("In which share of visits each goal is reached."),
    *,
    href: Callable[[Goal], str | None] = lambda _goal: None,
    width: float = 760.0,
    drawing_id: str = "reached",
) -> str:
    """Return the shares of visits that reach each goal as an SVG element."""
    rows = [
        _estimated(words.row(goal.name), goal.session_rate, locale, href=href(goal)) for goal in answer.goals
    ]
    return _drawn(rows, locale, words.title, width, drawing_id, reach=_SHARES)


def compare_drawing(
    answer: CompareAnswer,
    locale: Locale,
    words: RankedWords = RankedWords("What differs most.", row=lambda each: " ".join(map(str, each.key))),
    *,
    href: Callable[[Difference], str | None] = lambda _difference: None,
    width: float = 760.0,
    drawing_id: str = "compare",
) -> str:
    """Return the strongest differences as an SVG element; those that may be chance are soft."""
    rows = [
        Bar(
            words.row(each),
            each.difference.value,
            locale.points(each.difference.value),
            each.difference.interval.low,
            each.difference.interval.high,
            f"{locale.percent(each.one.value, decimals=1)} / {locale.percent(each.other.value, decimals=1)}",
            "plain" if each.is_clear else "soft",
            href=href(each),
        )
        for each in answer.differences[:MOST_DRAWN]
    ]
    return _drawn(rows, locale, words.title, width, drawing_id)


def promise_drawing(
    answer: PromiseAnswer,
    locale: Locale,
    words: RankedWords = RankedWords("Which share of the promises that were due was kept."),
    *,
    width: float = 760.0,
    drawing_id: str = "promise",
) -> str:
    """Return the share of kept promises, with its interval, as an SVG element."""
    question = answer.provenance.question
    names = (getattr(question, name).name for name in ("begins", "kept_by"))
    bar = _estimated(" → ".join(map(words.row, names)), answer.share, locale)
    return _drawn([bar], locale, words.title, width, drawing_id, reach=_SHARES)


def conformance_drawing(
    answer: ConformanceAnswer,
    locale: Locale,
    words: RankedWords = RankedWords(
        "Which share of passages reaches each step, and of these is lost there.", detail="{} lost".format
    ),
    *,
    width: float = 760.0,
    drawing_id: str = "conformance",
) -> str:
    """Return the share of passages at each step of a design as an SVG element, in its order."""
    rows = []
    for step in answer.steps:
        share = step.passages / answer.passages if answer.passages else None
        lost = "" if step.lost is None else words.detail(locale.percent(step.lost.value, decimals=1))
        rows.append(Bar(words.row(step.step), share, locale.percent(share, decimals=1), detail=lost))
    return _drawn(rows, locale, words.title, width, drawing_id, reach=_SHARES)


def what_if_drawing(
    answer: WhatIfAnswer,
    locale: Locale,
    words: tuple[str, str, str] = ("How many paths convert, before and after.", "Before", "After"),
    *,
    width: float = 760.0,
    drawing_id: str = "what-if",
) -> str:
    """Return the share of paths that convert, before the edits and after, as an SVG element."""
    title, before, after = words
    rows = [
        bar
        for found in answer.measures
        if found.name == "completion"
        for bar in (
            _part(before, found.before, found.before_interval, locale),
            _part(after, found.after, found.after_interval, locale),
        )
    ]
    return _drawn(rows, locale, title, width, drawing_id)


def patterns_drawing(
    answer: PatternsAnswer,
    locale: Locale,
    words: RankedWords = RankedWords("In which ways the pattern is fitted."),
    *,
    href: Callable[[Any], str | None] = lambda _match: None,
    drawing_id: str = "patterns",
) -> str:
    """Return the ways in which a pattern is fitted as an SVG element, the most frequent first."""
    return draw_variants(
        [
            Variant(
                tuple(VariantStep(step, words.row(step)) for step in match.steps),
                match.share,
                locale.number(match.count),
                locale.percent(match.share, decimals=1),
                href=href(match),
            )
            for match in answer.matches
        ],
        title=words.title,
        direction=locale.direction,
        drawing_id=drawing_id,
    )


def _drawn(
    rows: Sequence[Bar],
    locale: Locale,
    title: str,
    width: float,
    drawing_id: str,
    *,
    reach: tuple[float, float] | None = None,
) -> str:
    return draw_bars(
        rows, title=title, direction=locale.direction, reach=reach, width=width, drawing_id=drawing_id
    )


def _estimated(label: str, share: Estimate | None, locale: Locale, *, href: str | None = None) -> Bar:
    if share is None:
        return Bar(label, None, locale.percent(None, decimals=1), href=href)
    return _part(label, share.value, share.interval, locale, href=href)


def _part(
    label: str, value: float, interval: Interval | None, locale: Locale, *, href: str | None = None
) -> Bar:
    low, high = (None, None) if interval is None else (interval.low, interval.high)
    return Bar(label, value, locale.percent(value, decimals=1), low, high, href=href)
