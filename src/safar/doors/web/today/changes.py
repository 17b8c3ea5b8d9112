"""Changes: what differs from the window before, and whether it may be chance."""

from __future__ import annotations

import unicodedata
from decimal import Decimal

from django.utils.translation import gettext as _

from safar.doors.web.design.fact import Change
from safar.doors.web.design.words import filled
from safar.show.locale import Locale
from safar.vocabulary.interval import FEWEST_FOR_VERDICT, Estimate, difference, is_clear

from .measures import Counted, Estimated, between


def sure_change(now: Estimate, before: Estimate, estimated: Estimated, locale: Locale) -> Change:
    """Return a change whose interval says whether it may be chance."""
    change = difference(now, before)
    low, high = change.interval.low, change.interval.high
    clear = is_clear(change)
    amount = estimated.wording.difference(change.value)
    interval = estimated.wording.difference_interval(low, high)
    level = locale.percent(change.interval.level)
    return Change(
        arrow=_arrow(change.value, amount),
        amount=amount,
        tone=_tone(change.value) if clear else "",
        explained=filled(_how_clear(change), level=level, interval=interval),
        spoken=_spoken(amount, interval, level, is_clear=clear),
    )


def _how_clear(change: Estimate) -> str:
    """Return the words around the interval of a change."""
    if is_clear(change):
        return _("%(level)s interval of the change: %(interval)s")
    if 0 in change.interval:
        return _("%(level)s interval of the change: %(interval)s, may be chance")
    return _("%(level)s interval of the change: %(interval)s, too few to judge")


def relative_change(now: int, before: int, counted: Counted, locale: Locale) -> Change:
    """Return a change in percent of what was before; for a count, whether it may be chance.

    Where there was nothing before, or less than nothing (more paid back than ordered), a share of it would mean
    nothing: then the change is the difference itself.
    """
    said = (counted.say_short or counted.say)(before)
    compared = filled(_("%(value)s in the period before"), value=said)
    if now == before == 0:
        return Change("", "", "", compared, compared)
    ratio = counted.ratio
    if before <= 0:
        change: Decimal | float = Decimal(now - before)
        amount = counted.say_change(now - before)
    else:
        change = Decimal(now) / before - 1 if ratio is None else ratio.value - 1
        amount = locale.signed_percent(change, decimals=0 if abs(float(change)) >= 0.1 else 1)
    if ratio is None or before <= 0:
        spoken = filled(_("Changed by %(amount)s; %(compared)s."), amount=amount, compared=compared)
        return Change(_arrow(change, amount), amount, "", compared, spoken)
    clear = ratio.n >= FEWEST_FOR_VERDICT and 1 not in ratio.interval
    ends = (locale.signed_percent(end - 1, decimals=1) for end in (ratio.interval.low, ratio.interval.high))
    maybe = filled(_("%(value)s in the period before, may be chance"), value=said)
    return Change(
        arrow=_arrow(change, amount),
        amount=amount,
        tone=_tone(change) if clear else "",
        explained=compared if clear else maybe,
        spoken=_spoken(amount, between(*ends), locale.percent(ratio.interval.level), is_clear=clear),
    )


def _spoken(amount: str, interval: str, level: str, *, is_clear: bool) -> str:
    """Return a change with its interval as a whole sentence."""
    sentence = (
        _("Changed by %(amount)s since the period before, %(level)s interval %(interval)s: more than chance.")
        if is_clear
        else _(
            "Changed by %(amount)s since the period before, %(level)s interval %(interval)s: may be chance."
        )
    )
    return filled(sentence, amount=amount, level=level, interval=interval)


def _arrow(change: Decimal | float, amount: str) -> str:
    """Return the direction of what is shown: a change that rounds to zero has none."""
    if not any(letter.isdigit() and unicodedata.digit(letter) for letter in amount):
        return "="
    return "▲" if change > 0 else "▼"


def _tone(change: Decimal | float) -> str:
    return "better" if change > 0 else "worse" if change < 0 else ""
