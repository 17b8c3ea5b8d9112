"""The form of service: when clocks run, what was promised, for whom told apart."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any, Final, cast

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from safar.doors.web.journeys.fields import DurationField
from safar.doors.web.journeys.forms import QuestionForm, Scope
from safar.measure.first_contact import FirstContactRules
from safar.measure.service import By, ClockName, ServiceQuestion
from safar.observe.among import EVERYBODY

from .question_choices import offer_questions, question_field
from .working_fields import hours_field, weekend_field, working_of

_NOT_ASKED: Final = ("pause", "events", "channel", "segment", "where")
_WITHIN: Final = {"1": 1, "": 7, "30": 30}


class ServiceForm(QuestionForm):
    """Conversations of a time, their clocks, and what counts as resolved at first contact."""

    by = forms.ChoiceField(
        label=_("Told apart by"),
        required=False,
        choices=[("", _("Channel")), ("topic", _("Topic")), ("all", _("Nothing: all together"))],
    )
    hours = hours_field()
    weekend = weekend_field()
    first = DurationField(
        label=_("First answer promised within"), required=False, help_text=_("Such as 30m or 4h.")
    )
    resolved = DurationField(label=_("Resolution promised within"), required=False)
    back = forms.ChoiceField(
        label=_("Resolved if nobody comes back for"),
        required=False,
        choices=[("1", _("1 day")), ("", _("7 days")), ("30", _("30 days"))],
    )
    beyond = forms.CharField(
        label=_("Topics that nobody can resolve at first contact"),
        required=False,
        max_length=400,
        help_text=_("With commas between, as conversations name them."),
        widget=forms.TextInput({"autocomplete": "off", "dir": "auto"}),
    )
    key = question_field(
        _("Question whether it was resolved at first contact"),
        help_text=_("One that is answered with 1 for yes and 0 for no."),
    )
    of_more = ("weekend", "first", "resolved", "back", "beyond", "key", "since", "until")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in _NOT_ASKED:
            self.fields.pop(name, None)
        offer_questions(self, "key", pgettext_lazy("question of a survey", "None"))

    @property
    def scope(self) -> Scope:
        """The time in which conversations began."""
        return Scope(self._window(), EVERYBODY, None)

    def question(self) -> ServiceQuestion:
        """Return the question."""
        found = self.cleaned_data
        promised: tuple[tuple[ClockName, timedelta | None], ...] = (
            ("first_response", found["first"]),
            ("resolution", found["resolved"]),
        )
        by = found["by"] or "channel"
        return ServiceQuestion(
            window=self._window(),
            working=working_of(self),
            targets=tuple((name, within) for name, within in promised if within is not None),
            by=None if by == "all" else cast("By", by),
            first_contact=FirstContactRules(
                # commas of any of the three languages
                tuple(dict.fromkeys(filter(None, map(str.strip, re.split("[,،]", found["beyond"]))))),
                timedelta(days=_WITHIN[found["back"]]),
                found["key"].strip() or None,
            ),
        )
