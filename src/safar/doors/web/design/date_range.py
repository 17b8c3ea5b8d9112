"""From one day to another: two fields of days, and the instants between them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from safar.vocabulary.time_zone import time_zone

from .date_field import DateField
from .forms import PageForm


class DateRangeForm(PageForm):
    """Two days, each of which may be left open; both belong to the range. Filters of lists extend it."""

    since = DateField(label=_("From day"), required=False)
    until = DateField(label=_("To day"), required=False)

    def clean(self) -> dict[str, Any]:
        """Refuse a range that ends before it begins."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error(
                "until", forms.ValidationError(_("The last day lies before the first one."), code="reversed")
            )
        return cleaned

    def instants(self) -> tuple[dt.datetime | None, dt.datetime | None]:
        """Return the half-open range of instants on the reader's clock; None where it is open."""
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        after = None if until is None else until + dt.timedelta(days=1)
        return self._start_of(since), self._start_of(after)

    def _start_of(self, day: dt.date | None) -> dt.datetime | None:
        """Return the first instant of a day; a midnight that the clocks skipped is read as if they had not."""
        if day is None:
            return None
        return dt.datetime.combine(day, dt.time(), time_zone(self.locale.time_zone)).astimezone(dt.UTC)
