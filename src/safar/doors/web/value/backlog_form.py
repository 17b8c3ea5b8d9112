"""The form of the backlog: period by period, what was promised, and when clocks run."""

from __future__ import annotations

from typing import Any, Final, cast

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from safar.doors.web.journeys.fields import DurationField
from safar.doors.web.journeys.forms import QuestionForm, Scope
from safar.measure.backlog import BacklogQuestion
from safar.observe.among import EVERYBODY
from safar.vocabulary.periods import Periodic, SeriesPeriod

from .working_fields import hours_field, weekend_field, working_of

_NOT_ASKED: Final = ("pause", "events", "channel", "segment", "where")


class BacklogForm(QuestionForm):
    """Periods of the reader's calendar, and the time in which conversations are to be resolved."""

    every = forms.ChoiceField(
        label=_("Compared by"),
        required=False,
        choices=[
            ("day", pgettext_lazy("compared by", "Days")),
            ("", pgettext_lazy("compared by", "Weeks")),
            ("month", pgettext_lazy("compared by", "Months")),
        ],
    )
    promised = DurationField(
        label=_("Resolution promised within"), required=False, help_text=_("Such as 30m or 4h.")
    )
    hours = hours_field()
    weekend = weekend_field()
    of_more = ("hours", "weekend", "since", "until")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in _NOT_ASKED:
            self.fields.pop(name, None)

    @property
    def scope(self) -> Scope:
        """The time that is looked at."""
        return Scope(self._window(), EVERYBODY, None)

    def question(self) -> BacklogQuestion:
        """Return the question."""
        found = self.cleaned_data
        locale = self.locale
        every = cast("SeriesPeriod", found["every"] or "week")
        promised = found["promised"]
        return BacklogQuestion(
            self.bounded_window,
            Periodic(every, locale.calendar, locale.week_starts, locale.time_zone),
            promised,
            None if promised is None else working_of(self),
        )
