"""The form of revenue kept: by which periods, compared with which."""

from __future__ import annotations

from typing import Any, Final, cast

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from safar.measure.referral_links import REFERRED
from safar.measure.revenue_retention import PeriodLength, RevenueRetentionQuestion

from .form import ValueForm
from .industry_fields import check_source, industry_field, industry_of, source_field

USUAL_PERIOD: Final = "quarter"
_A_YEAR: Final = {"week": 52, "month": 12, "quarter": 4, "year": 1}
_MOST: Final = 8


class RevenueRetentionForm(ValueForm):
    """Periods of the workspace's calendar or of a chosen one, each beside the one before it or that of a year ago."""

    every = forms.ChoiceField(
        label=_("Compared by"),
        required=False,
        choices=[
            ("month", pgettext_lazy("compared by", "Months")),
            ("", pgettext_lazy("compared by", "Quarters")),
            ("year", pgettext_lazy("compared by", "Years")),
        ],
    )
    beside = forms.ChoiceField(
        label=_("With"),
        required=False,
        choices=[("", _("The one before")), ("year", _("The same one a year before"))],
    )
    calendar = forms.ChoiceField(
        label=_("Periods of"),
        required=False,
        choices=[
            ("", _("The calendar of this workspace")),
            ("jalali", _("The Jalali calendar")),
            ("hijri", _("The Hijri calendar")),
            ("gregorian", _("The Gregorian calendar")),
        ],
    )
    industry = industry_field()
    source = source_field()
    of_scope = ("currency", "until")
    of_more = ("calendar", "industry", "source", "until")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # What was paid is compared with what was paid: margins play no part.
        del self.fields["margin"]

    def clean(self) -> dict[str, object]:
        """Refuse a number of the industry without its source."""
        found: dict[str, object] = super().clean() or self.cleaned_data
        check_source(self, found)
        return found

    def question(self) -> RevenueRetentionQuestion:
        """Return the question."""
        found = self.cleaned_data
        period = cast("PeriodLength", found["every"] or USUAL_PERIOD)
        industry = industry_of(found)
        return RevenueRetentionQuestion(
            until=self.until_day,
            period=period,
            most=_MOST,
            apart=_A_YEAR[period] if found["beside"] else 1,
            currency=found["currency"] or None,
            calendar=found["calendar"] or self.known.calendar or self.locale.calendar,
            week_starts=self.locale.week_starts,
            time_zone=self.known.time_zone or self.locale.time_zone,
            earned_by=(REFERRED,),
            benchmark_churn=None if industry is None else industry.churn,
            benchmark_source="" if industry is None else industry.source,
        )
