"""The form that every question about journeys has: of when, of whom, by which channel, by customer or by visit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Final, TypeVar, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from safar.doors.web.design.date_field import typed_day
from safar.doors.web.design.date_range import DateRangeForm
from safar.doors.web.design.forms import DateField
from safar.doors.web.events.words import channel_in_words, in_words, visible
from safar.observe.among import EVERYBODY, Among, Segment
from safar.observe.conditions import Condition
from safar.observe.overview import NOT_BY_CUSTOMER
from safar.observe.rule_text import rule_of
from safar.observe.segment_text import segment_of
from safar.observe.steps import StepRule
from safar.show.locale import Locale
from safar.vocabulary.dates import parse_date
from safar.vocabulary.errors import Refusal
from safar.vocabulary.time_zone import local_days
from safar.vocabulary.window import Window, to_microseconds

from .fields import LONGEST_RULE, DurationField, RangeInput, RuleField, StepsField, StepsInput
from .known import Known
from .named_events import UnknownName, as_named, unknown_names
from .words import refusal_in_words

Read = TypeVar("Read")

_TEXT: Final = {"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false", "dir": "auto"}
_DAYS: Final = {"7d": 7, "30d": 30, "90d": 90, "365d": 365}
#: Where nothing else is asked for.
USUAL_PERIOD: Final = "90d"
EVER: Final = "all"
_OWN_DAYS: Final = "days"
#: Months of the reader's calendar: the one in which the data end, and the one before.
_MONTH: Final = "month"
_MONTH_BEFORE: Final = "last-month"
#: Which events are seen: what customers do themselves, or also what the company does to them.
OWN: Final = "own"
ALL_EVENTS: Final = "all"
#: The list of segments in pages: inputs that take one name it.
SEGMENT_RULES: Final = "segment-rules"
_ISO_DAY: Final = re.compile(r"(?:19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Scope:
    """Of when, among whom, and what a path is; see `safar.observe`."""

    window: Window | None
    among: Among
    pause: timedelta | None


class QuestionForm(DateRangeForm):
    """What all questions are asked with. A kind's form adds its fields and returns the question.

    The form's fields are the state of the page: all of them stand in the address, those that are not the usual ones.

    Parameters
    ----------
    known
        What is offered.
    """

    saved = forms.IntegerField(required=False, widget=forms.HiddenInput)
    period = forms.ChoiceField(
        label=_("Period"),
        required=False,
        choices=[
            ("7d", _("Last 7 days")),
            ("30d", _("Last 30 days")),
            ("", _("Last 90 days")),
            ("365d", _("Last 365 days")),
            (_MONTH, _("This month")),
            (_MONTH_BEFORE, _("Last month")),
            (EVER, _("All time")),
        ],
    )
    pause = forms.ChoiceField(label=_("A path is"), required=False)
    events = forms.ChoiceField(
        label=pgettext_lazy("question", "Events"),
        required=False,
        choices=[
            (OWN, _("What customers do themselves")),
            (ALL_EVENTS, _("Everything, also what is done to them")),
        ],
    )
    channel = forms.MultipleChoiceField(
        label=_("Channels"), required=False, widget=forms.CheckboxSelectMultiple
    )
    segment = forms.CharField(
        label=_("Only customers who"),
        required=False,
        max_length=LONGEST_RULE,
        widget=forms.TextInput(
            {**_TEXT, "placeholder": "did order_placed >= 2; did not order_returned", "list": SEGMENT_RULES}
        ),
        help_text=_("A segment, or what they did, such as: did order_placed >= 2; did not order_returned"),
    )
    where = forms.CharField(
        label=_("Only events where"),
        required=False,
        max_length=LONGEST_RULE,
        widget=forms.TextInput(
            {**_TEXT, "placeholder": "plan = pro; @amount >= 100", "list": "property-names"}
        ),
        help_text=_("Conditions on properties, such as: plan = pro; @amount >= 100"),
    )

    #: Fields of every kind, in the order of the page; those of the kind's own stand before them.
    of_scope: ClassVar[tuple[str, ...]] = (
        "period",
        "since",
        "until",
        "pause",
        "events",
        "channel",
        "segment",
        "where",
    )
    #: Of these, what stands behind “More”.
    of_more: ClassVar[tuple[str, ...]] = ("since", "until", "channel", "segment", "where")
    #: Fields that change only how the answer is shown: the answer stays the same.
    of_showing: ClassVar[tuple[str, ...]] = ()
    #: Whether what is asked takes the place of what was asked before in the browser's history: sliders ask often.
    replaces_address: ClassVar[bool] = False
    #: Which events the kind sees where nothing is said.
    usual_events: ClassVar[str] = ALL_EVENTS

    def __init__(self, known: Known, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "q-%s")
        super().__init__(*args, **kwargs)
        self.known = known
        self._offer_events()
        self._fill_in()
        for field in self.fields.values():
            if isinstance(field.widget, RangeInput | StepsInput):
                field.widget.locale = self.locale
        self.fields["since"].label, self.fields["until"].label = _("From day"), _("To day")
        self._offer_channels()
        self._offer_pauses()

    def _fill_in(self) -> None:
        """Let fields that the address does not name stand at what is usual; a kind adds its own fields before."""
        #: Whether the address says anything.
        self.is_asked = any(name in self.fields for name in self.data)
        filled = cast("QueryDict", self.data).copy()
        for name, field in self.fields.items():
            if field.initial is not None and name not in filled and not isinstance(field, forms.BooleanField):
                filled[name] = str(field.initial)
            if name in filled and isinstance(field, RuleField | StepsField):
                names = self.known.present.names
                filled.setlist(name, [as_named(text.strip(), names) for text in filled.getlist(name)])
        for name, field in self.fields.items():
            if isinstance(field, DateField):
                filled[name] = _as_typed(str(filled.get(name, "")), self.locale)
        if filled.get("period") == USUAL_PERIOD:
            filled["period"] = ""  # who names the usual one asks for no other
        if filled["since"] or filled["until"]:
            # Days that are typed go before a period, and the choice of periods says so.
            filled["period"] = _OWN_DAYS
            choices = self.fields["period"].choices  # type: ignore[attr-defined]
            self.fields["period"].choices = [*choices, (_OWN_DAYS, _("The days chosen below"))]  # type: ignore[attr-defined]
        self.data = filled

    def _offer_channels(self) -> None:
        asked = self.data.getlist("channel") if hasattr(self.data, "getlist") else []
        texts = [text for text in self.known.present.channels if text and visible(text) == text]
        texts += [text for text in asked if text and text not in texts]
        self.fields["channel"].choices = [(text, channel_in_words(text)) for text in texts]  # type: ignore[attr-defined]
        if not texts:
            del self.fields["channel"]

    def _offer_events(self) -> None:
        if "events" not in self.fields:
            return
        self.fields["events"].initial = self.usual_events
        if NOT_BY_CUSTOMER.isdisjoint(self.known.present.names):
            del self.fields["events"]

    def _offer_pauses(self) -> None:
        if "pause" not in self.fields:
            return
        asked = str(self.data.get("pause", ""))
        names: dict[str, Any] = {
            "15m": _("A visit: ends after 15 minutes"),
            "30m": _("A visit: ends after 30 minutes"),
            "1h": _("A visit: ends after 1 hour"),
            "4h": _("A visit: ends after 4 hours"),
            "1d": _("A visit: ends after 1 day"),
        }
        own = [(asked, asked)] if asked and asked not in names else []
        choices = [("", pgettext_lazy("path", "All that a customer did")), *names.items(), *own]
        self.fields["pause"].choices = [  # type: ignore[attr-defined]
            (value, self.locale.shape(str(name))) for value, name in choices
        ]

    @property
    def refusals(self) -> tuple[tuple[forms.BoundField | None, list[str]], ...]:
        """What is wrong with each field, or with what nobody sees as one."""
        seen = {field.name: field for field in self.visible_fields()}
        return tuple((seen.get(name), list(map(str, errors))) for name, errors in self.errors.items())

    @property
    def own_fields(self) -> Iterator[forms.BoundField]:
        """The fields of the kind's own."""
        return (self[name] for name in self.fields if name not in {"saved", *self.of_scope, *self.of_more})

    @property
    def main_fields(self) -> Iterator[forms.BoundField]:
        """The fields of every kind that are always seen."""
        return (self[name] for name in self.of_scope if name in self.fields and name not in self.of_more)

    @property
    def more_fields(self) -> Iterator[forms.BoundField]:
        """The others."""
        return (self[name] for name in self.of_more if name in self.fields)

    @property
    def has_more(self) -> bool:
        """Whether any of the others is filled in otherwise than usual."""
        return any(name in self.of_more for name, _text in self.state())

    @property
    def rule_names(self) -> tuple[tuple[str, str], ...]:
        """Names of events that fields of steps offer, each with its words."""
        names = self.known.present.names
        return tuple((name, in_words(name)) for name in names if visible(name) == name)

    @property
    def segment_rules(self) -> tuple[tuple[str, str], ...]:
        """Segments that fields offer, each with its rule; none where no field takes one."""
        takes = any(field.widget.attrs.get("list") == SEGMENT_RULES for field in self.fields.values())
        return self.known.segments() if takes else ()

    @property
    def unknown_names(self) -> tuple[UnknownName, ...]:
        """What steps of a valid form name that the log has never seen, each with the nearest name that it has."""
        return tuple(unknown_names(self._rules, self.known.present.names))

    @property
    def _rules(self) -> list[StepRule]:
        """The steps of a valid form."""
        found = [self.cleaned_data.get(name) for name in self.fields if name in self.cleaned_data]
        rules = [each for value in found for each in (value if isinstance(value, tuple) else (value,))]
        return [rule for rule in rules if isinstance(rule, StepRule)]

    @property
    def sees_own_acts_alone(self) -> bool:
        """Whether a valid form leaves out what is done to customers."""
        return bool(self.cleaned_data.get("events") == OWN)

    @property
    def cautions(self) -> tuple[str, ...]:
        """What readers of the answer must bear in mind because it was asked so."""
        return ()

    @property
    def _without(self) -> tuple[str, ...]:
        """Events that are not seen; never one that a step names."""
        if not self.sees_own_acts_alone:
            return ()
        named = {name for rule in self._rules for name in rule.event_names}
        return tuple(sorted(NOT_BY_CUSTOMER - named))

    def clean_pause(self) -> timedelta | None:
        """Read the pause; None where a path is all that a customer did."""
        found: timedelta | None = DurationField(required=False).clean(self.cleaned_data["pause"])
        return found

    def clean_segment(self) -> Segment | None:
        """Read who is meant."""
        text = self.cleaned_data["segment"]
        return _read(lambda: segment_of(text), text) if text else None

    def clean_where(self) -> tuple[Condition, ...]:
        """Read the conditions."""
        text = self.cleaned_data["where"]
        rule = _read(lambda: rule_of(f"* [{text}]"), f"* [{text}]") if text else None
        return () if rule is None else rule.where

    @property
    def scope(self) -> Scope:
        """Of when, among whom, and what a path is, as asked for in a valid form."""
        found = self.cleaned_data
        among = Among(
            tuple(found.get("channel") or ()), found["where"] or (), found["segment"], without=self._without
        )
        return Scope(self._window(), EVERYBODY if among == EVERYBODY else among, found.get("pause"))

    @property
    def is_beside_data(self) -> bool:
        """Whether a valid form asks of a time in which nothing is known: before the first event, or after the last."""
        asked, first, last = self.scope.window, self.known.first_at, self.known.last_at
        if asked is None or first is None or last is None:
            return False
        return asked.end_us <= to_microseconds(first) or asked.start_us > to_microseconds(last)

    @property
    def bounded_window(self) -> Window:
        """The stretch of time as asked for, within that of the log: for questions that need both its ends."""
        asked, first, last = self.scope.window, self.known.first_at, self.known.last_at
        if first is None or last is None:
            return asked or Window(_EARLIEST, _LATEST)
        log = Window.from_us(to_microseconds(first), to_microseconds(last) + 1)
        if asked is None:
            return log
        start = max(asked.start_us, log.start_us)
        return Window.from_us(start, max(min(asked.end_us, log.end_us), start + 1))

    def _window(self) -> Window | None:
        """Return the stretch of time: days typed go before days counted back from where the data end."""
        period, zone, lens = self.cleaned_data["period"], self.locale.time_zone, self.locale.calendar_lens
        if self.known.first_at is None or self.known.last_at is None or period == EVER:
            return None
        days = local_days([to_microseconds(each) for each in (self.known.first_at, self.known.last_at)], zone)
        first_day, last_day = (int(day) for day in days)
        since, until = self.instants()
        if since is not None or until is not None:
            whole = lens.window(first_day, last_day + 1, zone)
            start = since or min(whole.start, until or whole.start)
            return Window(start, until or max(whole.end, start))
        if period in {_MONTH, _MONTH_BEFORE}:
            month = int(lens.period_start(last_day, "month"))
            if period == _MONTH:
                return lens.window(month, last_day + 1, zone)
            return lens.window(int(lens.period_start(month - 1, "month")), month, zone)
        return lens.window(last_day + 1 - _DAYS[period or USUAL_PERIOD], last_day + 1, zone)

    def question(self) -> Any:
        """Return the question of a valid form.

        Raises
        ------
        Refusal
            The library does not take such a question.
        """
        raise NotImplementedError

    def state(self) -> list[tuple[str, str]]:
        """Return the pairs of the address: what is filled in and not usual, in the order of the fields.

        Days stand in it as ISO writes them, so that readers of all calendars are led to the same ones.
        """
        found: list[tuple[str, str]] = []
        for name, field in self.fields.items():
            raw = field.widget.value_from_datadict(self.data, self.files, name)
            texts = raw if isinstance(raw, list) else [] if raw is None or raw is False else [raw]
            if isinstance(field, forms.BooleanField):
                texts = ["on"] if raw else []
            elif isinstance(field, DateField):
                texts = [_as_written(str(text), self.locale) for text in texts]
            usual = _OWN_DAYS if name == "period" and texts == [_OWN_DAYS] else field.initial
            found += [(name, str(text)) for text in texts if str(text) and str(text) != str(usual)]
        return found


_EARLIEST: Final = datetime.fromisoformat("1900-01-01T00:00:00+00:00")
_LATEST: Final = datetime.fromisoformat("2200-01-01T00:00:00+00:00")


def _read(read: Callable[[], Read], text: str) -> Read:
    try:
        return read()
    except Refusal as error:
        raise forms.ValidationError(refusal_in_words(error, text), code=error.code) from error


def _as_typed(text: str, locale: Locale) -> str:
    """Return a day of an address as the reader types days; other texts stay.

    Jalali and Hijri years lie below 1900: what ISO writes is never taken for one of theirs.
    """
    if not _ISO_DAY.fullmatch(text):
        return text
    try:
        return typed_day(date.fromisoformat(text), locale)
    except (ValueError, Refusal):
        return text


def _as_written(text: str, locale: Locale) -> str:
    """Return a typed day as an address has it; what is no day stays, for the form to say so."""
    try:
        return parse_date(text, calendar=locale.calendar).isoformat()
    except Refusal:
        return text
