"""The page of working time: hours of each day, days off, and what both make of a due time."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_http_methods

from safar.doors.web.audit.actor import Actor
from safar.doors.web.design.forms import DateField, PageForm
from safar.doors.web.design.toasts import toast
from safar.doors.web.design.words import filled
from safar.doors.web.error_sentences import sentence_of
from safar.doors.web.members.guard import DeskRequest, desk
from safar.doors.web.members.policies import Capability
from safar.show.locale import Locale
from safar.show.zone_names import zone_name
from safar.store.registry import Workspace
from safar.vocabulary.calendar import CALENDARS, WEEKDAYS, to_day, weekday
from safar.vocabulary.digits import fold_digits
from safar.vocabulary.errors import Refusal
from safar.vocabulary.holidays import HOLIDAYS, Holiday
from safar.vocabulary.working_time import WEEKENDS, Span, WorkingTime, WorkingTimeRefused, minute_of, time_of

from . import services
from .page import frame
from .words import holiday_name, working_length
from .working import working_time_of

_WEEKEND_NAMES: Final[dict[str, Promise | str]] = {
    "thursday-friday": gettext_lazy("Thursday and Friday"),
    "friday": gettext_lazy("Friday"),
    "friday-saturday": gettext_lazy("Friday and Saturday"),
    "saturday-sunday": gettext_lazy("Saturday and Sunday"),
    "none": pgettext_lazy("weekend", "None"),
}
_COUNTRY_NAMES: Final[dict[str, Promise | str]] = {
    "IR": gettext_lazy("Iran"),
    "SA": gettext_lazy("Saudi Arabia"),
    "AE": gettext_lazy("United Arab Emirates"),
}
_MOST_HOLIDAYS: Final = 200
#: 09:00–17:00, 9-17, ۹ تا ۱۷
_SPAN: Final = re.compile(r"(\d{1,2})(?::(\d{2}))?\s*(?:-|–|—|تا|إلى|to)\s*(\d{1,2})(?::(\d{2}))?")


@dataclass(frozen=True, slots=True)
class HolidayLine:
    """A day off of the list."""

    place: int
    name: str
    when: str
    is_calculated: bool


class HoursForm(PageForm):
    """The hours of each day of the week, as text: ``09:00–13:00, 14:00–17:00``; empty for a day off."""

    def __init__(self, *args: Any, week: tuple[int, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for day in week:
            self.fields[WEEKDAYS[day]] = forms.CharField(
                label=self.locale.weekday_name(date(2024, 1, 1) + timedelta(days=day)),  # a Monday
                required=False,
                max_length=80,
                widget=forms.TextInput({"dir": "ltr", "autocomplete": "off", "placeholder": _("closed")}),
            )

    @property
    def hours(self) -> tuple[tuple[Span, ...], ...]:
        """The hours of the days, Monday first.

        Raises
        ------
        WorkingTimeRefused
        """
        return tuple(_spans(self.cleaned_data[day]) for day in WEEKDAYS)


class WeekendForm(PageForm):
    """The same hours on each day but those of a weekend."""

    weekend = forms.ChoiceField(label=gettext_lazy("Weekend"), choices=list(_WEEKEND_NAMES.items()))
    hours = forms.CharField(
        label=gettext_lazy("Hours of the other days"),
        max_length=80,
        widget=forms.TextInput({"dir": "ltr", "autocomplete": "off"}),
    )


class HolidayForm(PageForm):
    """A day off."""

    day = DateField(label=gettext_lazy("Day"))
    name = forms.CharField(
        label=pgettext_lazy("of a day off", "Name"), max_length=60, widget=forms.TextInput({"dir": "auto"})
    )
    is_yearly = forms.BooleanField(
        label=gettext_lazy("Every year on this day of my calendar"), required=False
    )


class CountryForm(PageForm):
    """Public holidays of a country."""

    country = forms.ChoiceField(
        label=gettext_lazy("Public holidays of"), choices=list(_COUNTRY_NAMES.items())
    )


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Capability.SEE_NUMBERS)
def working_time(request: DeskRequest, workspace: Workspace) -> HttpResponse:
    """Show when people are at work; change it."""
    may_change = Capability.CHANGE_RULES in request.capabilities
    locale, now = request.reader.locale(workspace), working_time_of(workspace)
    shown = _forms(now, locale)
    status = 200
    if request.method == "POST" and may_change:
        try:
            changed = _changed(request, now, locale, shown)
        except Refusal as refusal:
            shown["problem"], changed = sentence_of(refusal.code), None
        if changed is not None:
            services.keep_working_time(workspace, changed.hours, changed.holidays, by=Actor.of(request))
            toast(request, _("The working time is kept. Open cases stay due as they are."))
            return redirect("case-working-time", workspace_id=workspace.workspace_id)
        status = 422
    context = {
        "frame": frame(workspace, frozenset(request.capabilities), "case-working-time"),
        **shown,
        "holidays": _lines(now, locale),
        "how_many": filled(
            ngettext("%(count)s day", "%(count)s days", len(now.holidays)),
            count=locale.number(len(now.holidays)),
        ),
        "coming": _coming(now, locale),
        "proofs": _proofs(now, locale),
        "may_change": may_change,
        "zone": zone_name(workspace.time_zone, locale.language) or workspace.time_zone,
        "desk": "listen",
    }
    return render(request, "cases/working_time.html", context, status=status)


def _forms(now: WorkingTime, locale: Locale) -> dict[str, Any]:
    week = _week(locale)
    hours = {
        day: ", ".join(_span_text(span) for span in spans)
        for day, spans in zip(WEEKDAYS, now.hours, strict=True)
    }
    usual = next((_span_text(spans[0]) for spans in now.hours if spans), "09:00–17:00")
    return {
        "hours_form": HoursForm(initial=hours, week=week, locale=locale),
        "weekend_form": WeekendForm(initial={"hours": usual}, locale=locale),
        "holiday_form": HolidayForm(locale=locale),
        "country_form": CountryForm(locale=locale),
        "problem": "",
    }


Changer = Callable[[DeskRequest, WorkingTime, Locale, dict[str, Any]], WorkingTime | None]


def _changed(
    request: DeskRequest, now: WorkingTime, locale: Locale, shown: dict[str, Any]
) -> WorkingTime | None:
    """Return the working time that the pressed button makes; None where its form is wrong."""
    return _CHANGERS.get(request.POST.get("do", ""), _with_holiday)(request, now, locale, shown)


def _with_hours(
    request: DeskRequest, now: WorkingTime, locale: Locale, shown: dict[str, Any]
) -> WorkingTime | None:
    shown["hours_form"] = form = HoursForm(request.POST, week=_week(locale), locale=locale)
    return replace(now, hours=form.hours) if form.is_valid() else None


def _with_weekend(
    request: DeskRequest, now: WorkingTime, locale: Locale, shown: dict[str, Any]
) -> WorkingTime | None:
    shown["weekend_form"] = form = WeekendForm(request.POST, locale=locale)
    if not form.is_valid():
        return None
    off, spans = WEEKENDS[form.cleaned_data["weekend"]], _spans(form.cleaned_data["hours"])
    return replace(now, hours=tuple(() if day in off else spans for day in WEEKDAYS))


def _with_country(
    request: DeskRequest, now: WorkingTime, locale: Locale, shown: dict[str, Any]
) -> WorkingTime | None:
    shown["country_form"] = form = CountryForm(request.POST, locale=locale)
    if not form.is_valid():
        return None
    fresh = [each for each in HOLIDAYS[form.cleaned_data["country"]] if each not in now.holidays]
    return replace(now, holidays=(*now.holidays, *fresh)[:_MOST_HOLIDAYS])


def _without_holiday(
    request: DeskRequest, now: WorkingTime, _locale: Locale, _shown: dict[str, Any]
) -> WorkingTime:
    place = request.POST.get("place", "")
    return replace(now, holidays=tuple(each for at, each in enumerate(now.holidays) if str(at) != place))


def _with_holiday(
    request: DeskRequest, now: WorkingTime, locale: Locale, shown: dict[str, Any]
) -> WorkingTime | None:
    shown["holiday_form"] = form = HolidayForm(request.POST, locale=locale)
    if not form.is_valid() or len(now.holidays) >= _MOST_HOLIDAYS:
        return None
    given = form.cleaned_data
    named = CALENDARS[locale.calendar].date(to_day(given["day"]))
    year = None if given["is_yearly"] else named.year
    made = Holiday(locale.calendar, named.month, named.day, year, given["name"])
    return replace(now, holidays=(*now.holidays, made))


_CHANGERS: Final[dict[str, Changer]] = {
    "hours": _with_hours,
    "weekend": _with_weekend,
    "country": _with_country,
    "remove": _without_holiday,
    "holiday": _with_holiday,
}


def _spans(text: str) -> tuple[Span, ...]:
    """Return the hours that a text says.

    Raises
    ------
    WorkingTimeRefused
    """
    plain, found = fold_digits(text).replace("،", ",").strip(), []
    for place, each in enumerate(filter(None, (part.strip() for part in plain.split(",")))):
        read = _SPAN.fullmatch(each)
        if read is None:
            raise WorkingTimeRefused(
                f"{each!r} are no hours.", hint="Write them as 09:00-17:00.", place=place
            )
        begins, begins_at, ends, ends_at = read.groups()
        found.append((minute_of(f"{begins}:{begins_at or '00'}"), minute_of(f"{ends}:{ends_at or '00'}")))
    return tuple(found)


def _span_text(span: Span) -> str:
    return f"{time_of(span[0])}–{time_of(span[1])}"


def _week(locale: Locale) -> tuple[int, ...]:
    """Return the days of the week as the reader's week begins."""
    first = WEEKDAYS.index(locale.week_starts)
    return tuple((first + day) % 7 for day in range(7))


def _lines(now: WorkingTime, locale: Locale) -> list[HolidayLine]:
    return [
        HolidayLine(place, holiday_name(each.key), _when(each, locale), each.is_calculated)
        for place, each in enumerate(now.holidays)
    ]


def _when(holiday: Holiday, locale: Locale) -> str:
    """Return when a day off is: its next day, and whether it comes back."""
    today = datetime.now(UTC).date()
    days = sorted(day for year in range(today.year, today.year + 3) for day in holiday.in_year(year))
    following = next((day for day in days if day >= today), None)
    if following is None:
        last = [day for year in range(today.year - 2, today.year + 1) for day in holiday.in_year(year)]
        return locale.date(last[-1]) if last else ""
    if holiday.year is not None:
        return locale.date(following)
    return filled(_("every year, next on %(day)s"), day=locale.date(following))


def _coming(now: WorkingTime, locale: Locale) -> list[tuple[str, str, bool]]:
    """Return the next days off that fall on working days: their day, name, and whether they are calculated."""
    today = datetime.now(UTC).date()
    found = [
        (day, each)
        for each in now.holidays
        for year in (today.year, today.year + 1)
        for day in each.in_year(year)
        if day >= today and now.hours[int(weekday(to_day(day)))]
    ]
    found.sort(key=lambda pair: pair[0])
    return [(locale.date(day, "full"), holiday_name(each.key), each.is_calculated) for day, each in found[:6]]


def _proofs(now: WorkingTime, locale: Locale) -> list[tuple[str, str]]:
    """Return when something that is asked now would be due: lengths of working time, and instants."""
    at = datetime.now(UTC)
    return [
        (working_length(hours * 60, locale), locale.datetime(now.add(at, timedelta(hours=hours)), "full"))
        for hours in (1, 4, 8, 24)
    ]
