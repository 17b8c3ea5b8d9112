"""Steps, shares and lengths of time in the reader's words, alike on every page of the desk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from safar.doors.web.design.words import filled, with_interval
from safar.doors.web.error_sentences import sentence_of
from safar.doors.web.events.words import cut, happening, visible
from safar.show.locale import Locale
from safar.vocabulary.errors import Refusal
from safar.vocabulary.interval import Estimate

#: Longest name of a step on a page.
_LONGEST = 60
#: Steps of a path that are written out.
_MOST_STEPS = 12
#: Letters that are quoted of where a text cannot be read.
_NEAR = 16


def step_names(steps: Iterable[str]) -> Mapping[str, str]:
    """Return what each step is called: events that pages know by their words, with the own name where two share them.

    Steps of rules have the name that the asker gave.
    """
    known = {step: str(happening(step).words) for step in steps}
    shared = Counter(known.values())
    return {
        step: cut(
            words if shared[words] == 1 or words == visible(step) else f"{words} · {visible(step)}", _LONGEST
        )
        for step, words in known.items()
    }


def refusal_in_words(error: Refusal, text: str) -> str:
    """Return the sentence of a refusal, and of which place of a typed text it speaks where it says so."""
    sentence = str(sentence_of(error.code))
    place = error.context.get("position", error.context.get("place"))
    near = text[place:].strip() if isinstance(place, int) else ""
    if not near or near == text.strip():
        return sentence
    return filled(_("%(why)s Look near “%(near)s”."), why=sentence, near=cut(near, _NEAR))


def steps_in_words(steps: Sequence[str], locale: Locale) -> str:
    """Return steps one after another; of a long path the first ones and how many follow."""
    called = step_names(steps)
    arrow = " ← " if locale.direction == "rtl" else " → "
    told = arrow.join(f"\u2068{called[step]}\u2069" for step in steps[:_MOST_STEPS])
    rest = len(steps) - _MOST_STEPS
    if rest <= 0:
        return told
    more = ngettext("%(count)s more step", "%(count)s more steps", rest)
    return f"{told}{arrow}{filled(more, count=locale.number(rest))}"


def paths_in_words(count: int, locale: Locale, *, are_visits: bool) -> str:
    """Return how many paths there are: customers, or visits where a pause ends a path."""
    words = (
        ngettext("%(count)s visit", "%(count)s visits", count)
        if are_visits
        else ngettext("%(count)s customer", "%(count)s customers", count)
    )
    return filled(words, count=locale.number(count))


def share_with_interval(estimate: Estimate | None, locale: Locale, *, decimals: int = 1) -> str:
    """Return a share with its interval: ``32.4% (30.1% to 34.8%)``; a dash where there is none."""
    if estimate is None:
        return locale.number(None)
    share = locale.percent(estimate.value, decimals=decimals)
    return number_with_interval(share, interval_in_words(estimate, locale, decimals=decimals), locale)


def between(low: str, high: str, locale: Locale) -> str:
    """Return the ends of an interval, both in words."""
    return as_read(filled(_("%(low)s to %(high)s"), low=low, high=high), locale)


def number_with_interval(number: str, interval: str, locale: Locale) -> str:
    """Return a number with its interval, both in words; in tables the interval stands below it."""
    return as_read(with_interval(number, interval), locale)


def as_read(text: str, locale: Locale) -> str:
    """Return a text of numbers and signs alone so that it runs as one reads: without a letter it would run from left to
    right wherever it stands apart.
    """
    return f"\u200f{text}" if locale.direction == "rtl" else text


def interval_in_words(estimate: Estimate, locale: Locale, *, decimals: int = 1) -> str:
    """Return the interval of a share."""
    interval = estimate.interval
    return locale.percent_interval(interval.low, interval.high, decimals=decimals)
