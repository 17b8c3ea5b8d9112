"""Measures in words: what a fact needs to say a count or an estimate of the library."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from safar.doors.web.design.words import filled
from safar.show.locale import Locale
from safar.vocabulary.interval import Estimate

_RLM: Final = "\u200f"


@dataclass(frozen=True, slots=True)
class Counted:
    """A count or sum in words: what a counting fact needs.

    Attributes
    ----------
    values
        One for each window of the question.
    say, say_short, say_change
        A value in words, whole and in few digits; a difference, with its sign.
    say_axis
        A value beside the drawing, without its unit.
    ratio
        How many times as many as in the window before, with an interval that says whether it may be chance; None where
        that cannot be judged: a sum of money, nothing before, customers of windows of different lengths.
    more_head, more_rows
        A second table.
    """

    name: str
    head: str
    values: tuple[int, ...]
    say: Callable[[int], str]
    say_change: Callable[[int], str]
    sure: str
    beside: str = ""
    say_short: Callable[[int], str] | None = None
    say_axis: Callable[[int], str] | None = None
    ratio: Estimate | None = None
    more_head: tuple[str, ...] = ()
    more_rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Wording:
    """How estimates of one kind are said.

    Attributes
    ----------
    value
        The value.
    interval
        Two ends.
    difference
        A difference, with its sign; of shares with its unit.
    difference_interval
        Two ends of a difference, with their signs.
    axis
        A value beside the drawing, as short as can be.
    """

    value: Callable[[float], str]
    interval: Callable[[float, float], str]
    difference: Callable[[float], str]
    difference_interval: Callable[[float, float], str]
    axis: Callable[[float], str]


@dataclass(frozen=True, slots=True)
class Estimated:
    """An estimate in words: what an estimating fact needs.

    Attributes
    ----------
    estimates
        One for each window of the question.
    answers
        The count behind it, as a phrase: ``from 958 answers``.
    head_of_count
        The same as the head of a column.
    nothing
        What to say where there is no estimate.
    head
        The name as the head of a column.
    limits
        Ends of the scale, for the drawing; a high end of None follows the values.
    beside
        A further phrase.
    """

    name: str
    estimates: tuple[Estimate | None, ...]
    wording: Wording
    answers: Callable[[int], str]
    head_of_count: str
    nothing: str
    head: str
    limits: tuple[float, float | None]
    unit: str = ""
    beside: str = ""


def answers_phrase(locale: Locale) -> Callable[[int], str]:
    """Return how many answers are behind a number, as a phrase."""
    return lambda n: filled(
        ngettext("from %(count)s answer", "from %(count)s answers", n), count=locale.number(n)
    )


def scores_wording(locale: Locale, *, decimals: int, decimals_of_value: int) -> Wording:
    """Return how scores in points are said."""
    return Wording(
        value=lambda value: locale.number(value, decimals=decimals_of_value),
        interval=lambda low, high: locale.interval(low, high, decimals=decimals),
        difference=lambda change: locale.signed(change, decimals=decimals),
        difference_interval=lambda low, high: between(
            locale.signed(low, decimals=decimals), locale.signed(high, decimals=decimals)
        ),
        axis=lambda value: locale.number(value, decimals=0),
    )


def shares_wording(locale: Locale) -> Wording:
    """Return how shares are said; their differences are in percentage points."""
    return Wording(
        value=lambda value: locale.percent(value, decimals=1),
        interval=lambda low, high: locale.percent_interval(low, high, decimals=1),
        # a mark of the number must not turn number and unit around where the first letter decides (<bdi>)
        difference=lambda change: (
            ("" if locale.direction == "ltr" else _RLM)
            + filled(_("%(points)s pp"), points=locale.points(change))
        ),
        difference_interval=lambda low, high: between(locale.points(low), locale.points(high)),
        axis=lambda value: locale.percent(value, decimals=0 if value == 0 or value >= 0.01 else 1),
    )


def between(low: str, high: str) -> str:
    """Return two ends, in words already, with the word between them."""
    return filled(_("%(low)s to %(high)s"), low=low, high=high)
