"""The form of retention: who makes a cohort, what counts as coming back, and by whose clock."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Final, cast

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from safar.doors.web.design.forms import NumberField
from safar.observe.retention import RetentionQuestion, Returned
from safar.show.locale import Locale
from safar.vocabulary.civil import Period

from .fields import RuleField
from .forms import QuestionForm

USUAL_MOST: Final = 12
USUAL_COHORTS: Final = "week"
_CLOCKS: Final = {"1d": timedelta(days=1), "7d": timedelta(days=7), "30d": timedelta(days=30)}


class RetentionForm(QuestionForm):
    """Cohorts, returns, periods."""

    pause = None  # type: ignore[assignment] # Django takes the field away: a customer is followed across visits
    cohorts = forms.ChoiceField(
        label=_("Customers who began in the same"),
        required=False,
        choices=[
            ("day", pgettext_lazy("cohort", "Day")),
            ("", pgettext_lazy("cohort", "Week")),
            ("month", pgettext_lazy("cohort", "Month")),
            ("quarter", pgettext_lazy("cohort", "Quarter")),
            ("year", pgettext_lazy("cohort", "Year")),
        ],
    )
    clock = forms.ChoiceField(
        label=_("Are followed"),
        required=False,
        choices=[
            ("", _("From one such period to the next")),
            ("1d", _("By 24 hours, each from their own beginning")),
            ("7d", _("By 7 days, each from their own beginning")),
            ("30d", _("By 30 days, each from their own beginning")),
        ],
    )
    returned = forms.ChoiceField(
        label=_("They are still there if they come back"),
        required=False,
        choices=[("", _("In that period")), ("after", _("In that period or at any time after it"))],
    )
    begins = RuleField(
        label=_("They begin with"),
        required=False,
        help_text=_(
            "Their first event of any name where nothing is written; else their first such event ever."
        ),
    )
    returns = RuleField(
        label=_("They come back with"),
        required=False,
        help_text=_("Any event where nothing is written, such as: order_placed [channel = web]"),
    )
    calendar = forms.ChoiceField(
        label=_("Weeks and months of"),
        required=False,
        choices=[
            ("", _("My own calendar")),
            ("jalali", _("The Jalali calendar")),
            ("hijri", _("The Hijri calendar")),
            ("gregorian", _("The Gregorian calendar")),
        ],
    )
    most = NumberField(
        label=_("So many periods long"),
        required=False,
        least=Decimal(1),
        most=Decimal(60),
        whole=True,
        initial=USUAL_MOST,
    )
    of_scope = ("period", "since", "until", "events", "channel", "segment", "where")
    of_more = ("calendar", "most", *QuestionForm.of_more)

    @property
    def lens(self) -> Locale:
        """The reader's locale with the calendar that cohorts are made by."""
        locale = self.locale
        return Locale(
            locale.language,
            calendar=self.cleaned_data["calendar"] or locale.calendar,
            digits=locale.digits,
            time_zone=locale.time_zone,
            currency=locale.currency,
            week_starts=locale.week_starts,
        )

    def question(self) -> RetentionQuestion:
        """Return the question."""
        found, locale = self.cleaned_data, self.lens
        return RetentionQuestion(
            self.bounded_window,
            cast("Period", found["cohorts"] or USUAL_COHORTS),
            found["begins"],
            found["returns"],
            most=int(found["most"] or USUAL_MOST),
            returned=Returned.IN_OR_AFTER if found["returned"] else Returned.IN,
            every=_CLOCKS.get(found["clock"]),
            calendar=locale.calendar,
            week_starts=locale.week_starts,
            time_zone=locale.time_zone,
            among=self.scope.among,
        )
