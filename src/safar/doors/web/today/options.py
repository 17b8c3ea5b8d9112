"""What else Today can show: periods, groupings, and the other end of old data."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from safar.doors.web.design.words import filled
from safar.show.locale import Locale

from .periods import CHOICES, Chosen


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose: its name, where it leads, and whether it is chosen."""

    name: str
    query: str
    is_chosen: bool


def at_end(query: str) -> str:
    """Return a query of Today with the period ending where the data end.

    >>> at_end("period=30d")
    'period=30d&at=end'
    """
    return f"{query}&at=end"


def other_end(shown: str, *, is_at_end: bool) -> Option:
    """Return where the same is shown up to the other end: that of the data, or today."""
    if is_at_end:
        return Option(_("Show the days up to today"), shown, is_chosen=False)
    return Option(_("Show the last days of the data"), at_end(shown), is_chosen=False)


def options(chosen: Chosen, locale: Locale, *, is_at_end: bool) -> tuple[Option, ...]:
    """Return the periods to choose from."""
    names = {
        "month": pgettext("period", "That month") if is_at_end else pgettext("period", "This month"),
        "year": pgettext("period", "That year") if is_at_end else pgettext("period", "This year"),
    }
    for choice in CHOICES:
        if choice.days:
            names[choice.key] = filled(
                ngettext("%(count)s day", "%(count)s days", choice.days), count=locale.number(choice.days)
            )
    return tuple(
        Option(
            names[choice.key],
            _query(f"period={choice.key}", is_at_end=is_at_end),
            choice.key == chosen.choice.key,
        )
        for choice in CHOICES
    )


def groupings(chosen: Chosen, *, is_at_end: bool) -> tuple[Option, ...]:
    """Return by what the period can be grouped."""
    names = {
        "day": pgettext("grouping", "by day"),
        "week": pgettext("grouping", "by week"),
        "month": pgettext("grouping", "by month"),
    }
    order = [unit for unit in ("day", "week", "month") if unit in chosen.choice.groupings]
    return tuple(
        Option(
            names[unit],
            _query(f"period={chosen.choice.key}&by={unit}", is_at_end=is_at_end),
            unit == chosen.cut.unit,
        )
        for unit in order
    )


def _query(query: str, *, is_at_end: bool) -> str:
    return at_end(query) if is_at_end else query
