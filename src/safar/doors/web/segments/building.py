"""From what stands in the fields of the builder to a segment, and back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from safar.doors.web.design.date_field import DateField, typed_day
from safar.doors.web.error_sentences import sentence_of
from safar.doors.web.journeys.named_events import as_named
from safar.observe.among import Segment
from safar.observe.conditions import Comparison, Condition
from safar.observe.rule_text import rule_of, text_of
from safar.observe.segment_part_text import part_text
from safar.observe.segment_parts import (
    AllOf,
    Answered,
    AnyOf,
    AtStep,
    Did,
    DidInOrder,
    Group,
    Has,
    NoneOf,
    Ordered,
    Part,
    Spent,
)
from safar.observe.segment_text import segment_of
from safar.observe.steps import StepRule
from safar.show.locale import Locale
from safar.vocabulary.digits import parse_number
from safar.vocabulary.errors import Refusal
from safar.vocabulary.money import Money
from safar.vocabulary.time_zone import time_zone
from safar.vocabulary.window import Window

from .choices import Choices
from .draft import Draft, Path

_GROUPS: Final[dict[str, type[Group]]] = {"all": AllOf, "any": AnyOf, "none": NoneOf}
_KIND_OF_GROUP: Final = {of: kind for kind, of in _GROUPS.items()}
_UNITS: Final = {"w": dt.timedelta(weeks=1), "d": dt.timedelta(days=1), "h": dt.timedelta(hours=1)}
_WITHOUT_VALUE: Final = frozenset({Comparison.IS_THERE, Comparison.IS_MISSING})
_OF_MONEY: Final = {each.value: each for each in (
    Comparison.AT_LEAST, Comparison.ABOVE, Comparison.AT_MOST, Comparison.BELOW,
)}  # fmt: skip


class _Wrong(Exception):
    """A field of a part does not say what it must; the sentence says why."""

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(sentence)
        self.name, self.sentence = name, sentence


@dataclass(frozen=True, slots=True)
class Built:
    """What was made of a draft.

    Attributes
    ----------
    segment
        None where something is wrong.
    errors
        By the place of the part and the name of the field; an empty name for the part as a whole.
    """

    segment: Segment | None
    errors: Mapping[tuple[Path, str], str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Builder:
    """Builds segments of one workspace, for one reader.

    Attributes
    ----------
    choices
        What can be chosen from.
    locale
        Of the reader: days are typed in his calendar.
    """

    choices: Choices
    locale: Locale

    def built(self, name: str, draft: Draft) -> Built:
        """Return the segment of a draft, or what is wrong with it."""
        errors: dict[tuple[Path, str], str] = {}
        parts = tuple(part for part in self._parts(draft, (), errors) if part is not None)
        if not errors and not parts:
            errors[(), ""] = _("Say at least one thing of the customers.")
        if errors:
            return Built(None, errors)
        try:
            if draft.kind != "all":
                parts = (_GROUPS[draft.kind](parts),)
            return Built(Segment(name or "segment", also=parts))
        except Refusal as refusal:
            return Built(None, {((), ""): sentence_of(refusal.code)})

    def _parts(self, group: Draft, path: Path, errors: dict[tuple[Path, str], str]) -> list[Part | None]:
        return [self._part(each, (*path, place), errors) for place, each in enumerate(group.inside)]

    def _part(self, draft: Draft, path: Path, errors: dict[tuple[Path, str], str]) -> Part | None:
        try:
            if draft.is_group:
                inside = self._parts(draft, path, errors)
                if not inside:
                    raise _Wrong("", _("Put something into the group, or take it away."))
                there = tuple(each for each in inside if each is not None)
                return _GROUPS[draft.kind](there) if there else None
            return _MAKERS[draft.kind](self, draft.values)
        except _Wrong as wrong:
            errors[path, wrong.name] = wrong.sentence
        except Refusal as refusal:
            errors[path, ""] = sentence_of(refusal.code)
        return None

    def did(self, values: Mapping[str, str]) -> Did:
        """Return that something was done so often."""
        rule = self._rule(values, "what")
        return Did(rule, *self._often(values), *self._when(values))

    def order(self, values: Mapping[str, str]) -> DidInOrder:
        """Return that things were done one after the other."""
        lines = [line.strip() for line in values.get("what", "").splitlines() if line.strip()]
        if len(lines) < 2:
            raise _Wrong("what", _("Name at least two things, one on a line."))
        within = self._length(values, "within", "unit") if values.get("within", "").strip() else None
        return DidInOrder(tuple(self._rule_of(line, "what") for line in lines), within, *self._when(values))

    def has(self, values: Mapping[str, str]) -> Has:
        """Return what is known of somebody."""
        return Has(self._condition(values))

    def answered(self, values: Mapping[str, str]) -> Answered:
        """Return what somebody answered."""
        return Answered(self._condition(values), values.get("which") != "any", *self._when(values))

    def spent(self, values: Mapping[str, str]) -> Spent:
        """Return how much somebody spent."""
        amount = self._number(values, "amount")
        try:
            money = Money.of(str(amount), (values.get("currency") or self.choices.currency).strip().upper())
        except Refusal as refusal:
            raise _Wrong("amount", sentence_of(refusal.code)) from refusal
        comparison = _OF_MONEY.get(values.get("comparison", ""), Comparison.AT_LEAST)
        return Spent(comparison, money, *self._when(values))

    def ordered(self, values: Mapping[str, str]) -> Ordered:
        """Return how often somebody ordered."""
        return Ordered(*self._often(values), *self._when(values))

    def step(self, values: Mapping[str, str]) -> AtStep:
        """Return at which step of a journey somebody stands."""
        map_id, _sign, step_id = values.get("step", "").partition("/")
        journey = next((each for each in self.choices.journeys if each.map_id == map_id), None)
        if journey is None or step_id not in dict(journey.steps):
            raise _Wrong("step", _("Choose a step of a journey."))
        return AtStep.of(journey.journey, step_id, reached=values.get("reached") == "reached")

    def text(self, values: Mapping[str, str]) -> Part:
        """Return what is said in text."""
        said = values.get("text", "").strip()
        if not said:
            raise _Wrong("text", _("Write a condition, such as: did order_placed >= 2"))
        try:
            parts = segment_of(said).parts
        except Refusal as refusal:
            raise _Wrong("text", sentence_of(refusal.code)) from refusal
        return parts[0] if len(parts) == 1 else AllOf(parts)

    def _rule(self, values: Mapping[str, str], name: str) -> StepRule:
        text = values.get(name, "").strip()
        if not text:
            raise _Wrong(name, _("Say what was done: name an event."))
        return self._rule_of(text, name)

    def _rule_of(self, text: str, name: str) -> StepRule:
        try:
            return rule_of(as_named(text, self.choices.event_names))
        except Refusal as refusal:
            raise _Wrong(name, sentence_of(refusal.code)) from refusal

    def _often(self, values: Mapping[str, str]) -> tuple[int, int | None]:
        often = values.get("often", "some")
        if often in {"", "some"}:
            return 1, None
        if often == "never":
            return 0, 0
        count = int(self._number(values, "count", whole=True))
        if often == "least" and not count:
            raise _Wrong("count", _("At least 0 times is true of everybody. Write 1 or more."))
        if often == "between":
            most = int(self._number(values, "most", whole=True))
            if most < count:
                raise _Wrong("most", _("The second number is the greater one."))
            return count, most
        return {"least": (count, None), "most": (0, count), "exactly": (count, count)}.get(often, (1, None))

    def _when(self, values: Mapping[str, str]) -> tuple[Window | None, dt.timedelta | None]:
        when = values.get("when", "")
        if when == "last":
            return None, self._length(values, "last", "last_unit")
        if when == "days":
            since, until = (self._day(values, name) for name in ("since", "until"))
            if until < since:
                raise _Wrong("until", _("The last day lies before the first one."))
            midnight = dt.time(tzinfo=time_zone(self.choices.time_zone))
            end = dt.datetime.combine(until + dt.timedelta(days=1), midnight)
            return Window(dt.datetime.combine(since, midnight), end), None
        return None, None

    def _length(self, values: Mapping[str, str], name: str, unit: str) -> dt.timedelta:
        number = self._number(values, name, whole=True)
        if number < 1:
            raise _Wrong(name, _("Write 1 or more."))
        if number > 36_500:
            raise _Wrong(name, _("That is too long."))
        return int(number) * _UNITS.get(values.get(unit, ""), _UNITS["d"])

    def _day(self, values: Mapping[str, str], name: str) -> dt.date:
        days = DateField()
        days.read_by(self.locale)
        try:
            found = days.to_python(values.get(name, ""))
        except ValidationError as error:
            raise _Wrong(name, " ".join(error.messages)) from error
        if found is None:
            raise _Wrong(name, _("Choose a day."))
        return found

    def _number(self, values: Mapping[str, str], name: str, *, whole: bool = False) -> Any:
        text = values.get(name, "").strip()
        if not text:
            raise _Wrong(name, _("Write a number."))
        try:
            found = parse_number(text)
        except Refusal as refusal:
            raise _Wrong(name, sentence_of(refusal.code)) from refusal
        if whole and (found != found.to_integral_value() or not 0 <= found < 10**9):
            raise _Wrong(name, _("Only a whole number from 0 on fits here."))
        return found

    def _condition(self, values: Mapping[str, str]) -> Condition:
        of = values.get("of", "").strip()
        if not of:
            raise _Wrong("of", _("Name a property."))
        try:
            comparison = Comparison(values.get("comparison") or Comparison.IS.value)
        except ValueError:
            comparison = Comparison.IS
        said = (each.strip() for each in values.get("value", "").split("|"))
        given = () if comparison in _WITHOUT_VALUE else tuple(each for each in said if each)
        if not given and comparison not in _WITHOUT_VALUE:
            raise _Wrong("value", _("Write a value."))
        try:
            return Condition(of, comparison, given)
        except Refusal as refusal:
            raise _Wrong("value", sentence_of(refusal.code)) from refusal

    def draft(self, segment: Segment) -> Draft:
        """Return the draft that builds a segment; what no field can say stands in it as text.

        A segment as of an instant is built without it: only its text can say so.
        """
        parts = segment.parts
        if len(parts) == 1 and isinstance(parts[0], AnyOf | NoneOf):
            return self._draft(parts[0])
        return Draft("all", {}, tuple(map(self._draft, parts)))

    def _draft(self, part: Part) -> Draft:
        if isinstance(part, AllOf | AnyOf | NoneOf):
            return Draft(_KIND_OF_GROUP[type(part)], {}, tuple(map(self._draft, part.parts)))
        found = _TELLERS[type(part)](self, part)
        return Draft("text", {"text": part_text(part)}) if found is None else found

    def draft_of_did(self, part: Did) -> Draft | None:
        """Return the draft of that something was done so often."""
        when = self._told_when(part.window, part.last)
        if when is None:
            return None
        return Draft("did", {"what": text_of(part.what), **_told_often(part.at_least, part.at_most), **when})

    def draft_of_order(self, part: DidInOrder) -> Draft | None:
        """Return the draft of things done one after the other."""
        when, within = self._told_when(part.window, part.last), _told_length(part.within)
        if when is None or (part.within is not None and within is None):
            return None
        length = {"within": within[0], "unit": within[1]} if within else {}
        return Draft("order", {"what": "\n".join(map(text_of, part.steps)), **length, **when})

    def draft_of_has(self, part: Has) -> Draft | None:
        """Return the draft of what is known of somebody."""
        told = _told_condition(part.trait)
        return None if told is None else Draft("has", told)

    def draft_of_answered(self, part: Answered) -> Draft | None:
        """Return the draft of what somebody answered."""
        when, told = self._told_when(part.window, part.last), _told_condition(part.value)
        if when is None or told is None:
            return None
        return Draft("answered", {**told, "which": "newest" if part.newest else "any", **when})

    def draft_of_spent(self, part: Spent) -> Draft | None:
        """Return the draft of how much somebody spent."""
        when = self._told_when(part.window, part.last)
        if when is None:
            return None
        amount = f"{part.amount.decimal:f}"
        told = {"comparison": part.comparison.value, "amount": amount, "currency": part.amount.currency}
        return Draft("spent", {**told, **when})

    def draft_of_ordered(self, part: Ordered) -> Draft | None:
        """Return the draft of how often somebody ordered."""
        when = self._told_when(part.window, part.last)
        return (
            None if when is None else Draft("ordered", {**_told_often(part.at_least, part.at_most), **when})
        )

    def draft_of_step(self, part: AtStep) -> Draft | None:
        """Return the draft of a step; None where no map has these very steps."""
        for each in self.choices.journeys:
            if each.journey.steps == part.steps:
                reached = "reached" if part.reached else "at"
                return Draft("step", {"step": f"{each.map_id}/{part.step}", "reached": reached})
        return None

    def _told_when(self, window: Window | None, last: dt.timedelta | None) -> dict[str, str] | None:
        """Return the fields of a time; None where no field can say it."""
        if last is not None:
            length = _told_length(last)
            return None if length is None else {"when": "last", "last": length[0], "last_unit": length[1]}
        if window is None:
            return {}
        zone = time_zone(self.choices.time_zone)
        ends = [each.astimezone(zone) for each in (window.start, window.end)]
        if any(each.timetz().replace(tzinfo=None) != dt.time() for each in ends):
            return None
        days = ends[0].date(), ends[1].date() - dt.timedelta(days=1)
        since, until = (typed_day(day, self.locale) for day in days)
        return {"when": "days", "since": since, "until": until}


def _told_often(at_least: int, at_most: int | None) -> dict[str, str]:
    if (at_least, at_most) == (1, None):
        return {"often": "some"}
    if at_most is None:
        return {"often": "least", "count": str(at_least)}
    if (at_least, at_most) == (0, 0):
        return {"often": "never"}
    if at_least == at_most:
        return {"often": "exactly", "count": str(at_least)}
    if not at_least:
        return {"often": "most", "count": str(at_most)}
    return {"often": "between", "count": str(at_least), "most": str(at_most)}


def _told_length(length: dt.timedelta | None) -> tuple[str, str] | None:
    """Return a length as a number and a unit; None where it is no whole number of any."""
    for unit in ("d", "h"):
        if length is not None and not length % _UNITS[unit]:
            return str(length // _UNITS[unit]), unit
    return None


def _told_condition(condition: Condition) -> dict[str, str] | None:
    """Return the fields of a condition; None where a value holds what stands between values."""
    if any("|" in value or value != value.strip() for value in condition.values):
        return None
    if condition.of != condition.of.strip():
        return None
    values = " | ".join(condition.values)
    return {"of": condition.of, "comparison": condition.comparison.value, "value": values}


def kind_names() -> dict[str, str]:
    """Return what kinds of parts are called where they are added."""
    return {
        "did": pgettext("condition", "What they did"),
        "order": pgettext("condition", "One thing after another"),
        "has": pgettext("condition", "What is known of them"),
        "answered": pgettext("condition", "What they answered"),
        "spent": pgettext("condition", "How much they spent"),
        "ordered": pgettext("condition", "How often they ordered"),
        "step": pgettext("condition", "Step of a journey"),
        "text": pgettext("condition", "As text"),
        "all": pgettext("condition", "Group: all of it"),
        "any": pgettext("condition", "Group: any of it"),
        "none": pgettext("condition", "Group: none of it"),
    }


_MAKERS: Final[dict[str, Callable[[Builder, Mapping[str, str]], Part]]] = {
    "did": Builder.did,
    "order": Builder.order,
    "has": Builder.has,
    "answered": Builder.answered,
    "spent": Builder.spent,
    "ordered": Builder.ordered,
    "step": Builder.step,
    "text": Builder.text,
}
_TELLERS: Final[dict[type[Any], Callable[[Builder, Any], Draft | None]]] = {
    Did: Builder.draft_of_did,
    DidInOrder: Builder.draft_of_order,
    Has: Builder.draft_of_has,
    Answered: Builder.draft_of_answered,
    Spent: Builder.draft_of_spent,
    Ordered: Builder.draft_of_ordered,
    AtStep: Builder.draft_of_step,
}
