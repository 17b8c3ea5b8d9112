"""A definition in the reader's words: a sentence for each part, groups with their parts below them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from safar.doors.web.customers.traits import trait_in_words
from safar.doors.web.design.words import filled
from safar.doors.web.events.words import channel_in_words, cut, happening, visible
from safar.observe.among import Segment
from safar.observe.conditions import Comparison, Condition
from safar.observe.segment_parts import (
    AllOf,
    Answered,
    AnyOf,
    AtStep,
    Did,
    DidInOrder,
    Has,
    NoneOf,
    Ordered,
    Part,
    Spent,
)
from safar.observe.steps import StepRule
from safar.show.locale import Locale
from safar.vocabulary.time_zone import time_zone
from safar.vocabulary.window import Window

from .choices import Choices

_LONGEST: Final = 120


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence of a definition, and what stands below it."""

    sentence: str
    inside: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True)
class Words:
    """Says definitions to one reader.

    Attributes
    ----------
    choices
        Of the workspace: names of journeys and steps.
    locale
        Of the reader.
    """

    choices: Choices
    locale: Locale

    def said(self, segment: Segment) -> tuple[Said, ...]:
        """Return what is true of the customers of a segment."""
        parts = tuple(map(self._said, segment.parts))
        if segment.now is None:
            return parts
        return (*parts, Said(filled(_("All of it as of %(when)s"), when=self.locale.datetime(segment.now))))

    def whole(self, segment: Segment) -> str:
        """Return a definition in one line, as lists show it."""
        return cut(pgettext("between sentences of a definition", "; ").join(_flat(self.said(segment))), 240)

    def _said(self, part: Part) -> Said:
        if isinstance(part, AllOf | AnyOf | NoneOf):
            heads = {
                AllOf: _("All of this is true:"),
                AnyOf: _("At least one of this is true:"),
                NoneOf: _("None of this is true:"),
            }
            return Said(heads[type(part)], tuple(map(self._said, part.parts)))
        return Said(_SAYERS[type(part)](self, part))

    def did(self, part: Did) -> str:
        """Say that something was done so often."""
        what = self.rule(part.what)
        if (part.at_least, part.at_most) == (0, 0):
            return self._timed(filled(_("Never: %(what)s"), what=what), part.window, part.last)
        often = self._often(part.at_least, part.at_most)
        if not often:
            return self._timed(filled(_("Did this: %(what)s"), what=what), part.window, part.last)
        sentence = filled(_("Did this %(often)s: %(what)s"), often=often, what=what)
        return self._timed(sentence, part.window, part.last)

    def order(self, part: DidInOrder) -> str:
        """Say that things were done one after the other."""
        what = pgettext("between things done in this order", ", then ").join(map(self.rule, part.steps))
        if part.within is None:
            return self._timed(
                filled(_("Did one after the other: %(what)s"), what=what), part.window, part.last
            )
        sentence = filled(
            _("Did one after the other, all within %(length)s: %(what)s"),
            length=self._length(part.within),
            what=what,
        )
        return self._timed(sentence, part.window, part.last)

    def has(self, part: Has) -> str:
        """Say what is known of somebody."""
        return self._condition(part.trait, trait_in_words(part.trait.of, None, self.locale)[0])

    def answered(self, part: Answered) -> str:
        """Say what somebody answered."""
        called = {"nps": "NPS", "csat": "CSAT", "ces": "CES"}.get(part.value.of, _name(part.value.of))
        of = (
            filled(_("The last answer to %(question)s"), question=called)
            if part.newest
            else filled(_("Any answer to %(question)s"), question=called)
        )
        return self._timed(self._condition(part.value, of), part.window, part.last)

    def spent(self, part: Spent) -> str:
        """Say how much somebody spent."""
        amount = self.locale.money(part.amount)
        sentences = {
            Comparison.AT_LEAST: _("Spent at least %(amount)s"),
            Comparison.ABOVE: _("Spent more than %(amount)s"),
            Comparison.AT_MOST: _("Spent at most %(amount)s"),
            Comparison.BELOW: _("Spent less than %(amount)s"),
        }
        return self._timed(filled(sentences[part.comparison], amount=amount), part.window, part.last)

    def ordered(self, part: Ordered) -> str:
        """Say how often somebody ordered."""
        if (part.at_least, part.at_most) == (0, 0):
            return self._timed(_("Never ordered"), part.window, part.last)
        often = self._often(part.at_least, part.at_most)
        sentence = filled(_("Ordered %(often)s"), often=often) if often else _("Ordered at least once")
        return self._timed(sentence, part.window, part.last)

    def step(self, part: AtStep) -> str:
        """Say at which step somebody stands."""
        journey = next((each for each in self.choices.journeys if each.journey.steps == part.steps), None)
        step = _name(dict(journey.steps).get(part.step, part.step) if journey else part.step)
        if journey is None:
            sentence = (
                _("Was once at the step %(step)s") if part.reached else _("Stands at the step %(step)s")
            )
            return filled(sentence, step=step)
        sentence = (
            _("Was once at the step %(step)s of %(journey)s")
            if part.reached
            else _("Stands at the step %(step)s of %(journey)s")
        )
        return filled(sentence, step=step, journey=_name(journey.name))

    def rule(self, rule: StepRule) -> str:
        """Say which events a rule takes."""
        names = pgettext("between alternatives", " or ").join(
            str(happening(name).words) for name in rule.event_names
        )
        what = names or _("anything")
        facts = [
            pgettext("between alternatives", " or ").join(map(channel_in_words, rule.channels)),
            *(self._condition(each, _name(each.of)) for each in rule.where),
        ]
        told = pgettext("between things in a list", ", ").join(filter(None, facts))
        if not told:
            return cut(what, _LONGEST)
        return cut(filled(_("%(what)s (%(conditions)s)"), what=what, conditions=told), 2 * _LONGEST)

    def _condition(self, condition: Condition, of: str) -> str:
        values = pgettext("between alternatives", " or ").join(
            cut(visible(value), 60) for value in condition.values
        )
        sentences = {
            Comparison.IS: _("%(of)s is %(value)s"),
            Comparison.IS_NOT: _("%(of)s is not %(value)s"),
            Comparison.ABOVE: _("%(of)s is above %(value)s"),
            Comparison.AT_LEAST: _("%(of)s is at least %(value)s"),
            Comparison.BELOW: _("%(of)s is below %(value)s"),
            Comparison.AT_MOST: _("%(of)s is at most %(value)s"),
            Comparison.CONTAINS: _("%(of)s contains %(value)s"),
            Comparison.IS_THERE: _("%(of)s is known"),
            Comparison.IS_MISSING: _("%(of)s is not known"),
        }
        if condition.comparison in {Comparison.IS_THERE, Comparison.IS_MISSING}:
            return filled(sentences[condition.comparison], of=of)
        return filled(sentences[condition.comparison], of=of, value=values)

    def _often(self, at_least: int, at_most: int | None) -> str:
        """Say how often; empty for at least once."""
        number = self.locale.number
        if (at_least, at_most) == (1, None):
            return ""
        if at_most is None:
            return filled(
                ngettext("at least %(count)s time", "at least %(count)s times", at_least),
                count=number(at_least),
            )
        if at_least == at_most:
            return filled(
                ngettext("exactly %(count)s time", "exactly %(count)s times", at_least),
                count=number(at_least),
            )
        if not at_least:
            return filled(
                ngettext("at most %(count)s time", "at most %(count)s times", at_most), count=number(at_most)
            )
        return filled(
            ngettext("%(count)s to %(most)s time", "%(count)s to %(most)s times", at_most),
            count=number(at_least),
            most=number(at_most),
        )

    def _timed(self, sentence: str, window: Window | None, last: dt.timedelta | None) -> str:
        if last is not None:
            return filled(_("%(what)s, in the last %(length)s"), what=sentence, length=self._length(last))
        if window is None:
            return sentence
        zone = time_zone(self.choices.time_zone)
        start, end = (each.astimezone(zone) for each in (window.start, window.end))
        if start.time() == end.time() == dt.time():
            last_day = end.date() - dt.timedelta(days=1)
            facts = {"since": self.locale.date(start.date()), "until": self.locale.date(last_day)}
        else:
            facts = {"since": self.locale.datetime(window.start), "until": self.locale.datetime(window.end)}
        return filled(_("%(what)s, from %(since)s to %(until)s"), what=sentence, **facts)

    def _length(self, length: dt.timedelta) -> str:
        hours = length // dt.timedelta(hours=1)
        if not length % dt.timedelta(days=1):
            days = length.days
            return filled(ngettext("%(count)s day", "%(count)s days", days), count=self.locale.number(days))
        if not length % dt.timedelta(hours=1):
            return filled(
                ngettext("%(count)s hour", "%(count)s hours", hours), count=self.locale.number(hours)
            )
        return self.locale.duration(length)


def _name(text: str) -> str:
    return cut(visible(text), _LONGEST)


def _flat(said: Iterable[Said]) -> Iterable[str]:
    for each in said:
        inside = list(_flat(each.inside))
        if inside:
            told = pgettext("between sentences of a definition", "; ").join(inside)
            yield filled(
                pgettext("a group of a definition", "%(head)s (%(inside)s)"), head=each.sentence, inside=told
            )
        else:
            yield each.sentence


_SAYERS: Final[dict[type[Any], Callable[[Words, Any], str]]] = {
    Did: Words.did,
    DidInOrder: Words.order,
    Has: Words.has,
    Answered: Words.answered,
    Spent: Words.spent,
    Ordered: Words.ordered,
    AtStep: Words.step,
}
