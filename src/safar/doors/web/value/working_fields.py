"""When clocks run: in the working time that the workspace keeps, or in hours that a form names."""

from __future__ import annotations

from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

from safar.doors.web.journeys.forms import QuestionForm
from safar.vocabulary.working_time import WorkingTime

ALWAYS: Final = "always"


def hours_field() -> forms.ChoiceField:
    """Return the field of the hours."""
    return forms.ChoiceField(
        label=_("Clocks run"),
        required=False,
        choices=[
            ("", _("In the working time of this workspace")),
            (ALWAYS, _("Day and night")),
            ("09:00-17:00", _("From 9 to 17")),
            ("08:00-20:00", _("From 8 to 20")),
            ("08:00-22:00", _("From 8 to 22")),
        ],
        help_text=_("The working time, with days off, is kept under Listen, in Cases."),
    )


def weekend_field() -> forms.ChoiceField:
    """Return the field of days without hours; the workspace's own working time has its own."""
    return forms.ChoiceField(
        label=_("But not on"),
        required=False,
        choices=[
            ("", _("No day: all week")),
            ("thursday-friday", _("Thursday and Friday")),
            ("friday", _("Friday")),
            ("friday-saturday", _("Friday and Saturday")),
            ("saturday-sunday", _("Saturday and Sunday")),
        ],
        help_text=_("With hours that are named here."),
    )


def working_of(form: QuestionForm) -> WorkingTime | None:
    """Return when clocks run, of a valid form with both fields; None for day and night."""
    hours, weekend = form.cleaned_data["hours"], form.cleaned_data["weekend"] or "none"
    if not hours:
        return form.known.working_time()
    if hours == ALWAYS and weekend == "none":
        return None
    begins, _to, ends = ("00:00-24:00" if hours == ALWAYS else hours).partition("-")
    return WorkingTime.usual(begins, ends, weekend=weekend, time_zone=form.locale.time_zone)
