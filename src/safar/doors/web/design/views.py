"""The style guide, and the calendar beside a field of a day."""

from __future__ import annotations

import datetime as dt
from typing import Final, cast

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from safar.doors.web.error_sentences import sentence_of
from safar.doors.web.members.backend import MemberRequest
from safar.doors.web.members.guard import signed_in
from safar.show.locale import Locale
from safar.show.numbers import Digits
from safar.vocabulary.calendar import Weekday
from safar.vocabulary.dates import parse_date
from safar.vocabulary.errors import Refusal
from safar.vocabulary.time_names import CalendarName

from .confirm import ConfirmForm, confirmation_page
from .export import export
from .month_grid import MOVES, month_grid, today_in
from .style_guide import example_columns, example_confirmation, example_rows, style_guide_page
from .toasts import toast

#: Moves of the calendar: what the button says, and the drawing of its arrow from left to right.
_BEFORE: Final = (
    ("previous-year", _("Year before"), "M13 3 8 8l5 5M8 3 3 8l5 5"),
    ("previous-month", _("Month before"), "M10 3 5 8l5 5"),
)
_AFTER: Final = (
    ("next-month", _("Month after"), "m6 3 5 5-5 5"),
    ("next-year", _("Year after"), "m3 3 5 5-5 5M8 3l5 5-5 5"),
)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def style_guide(request: MemberRequest) -> HttpResponse:
    """Show each part of pages in all its states: what tests look at, and what a new page is copied from."""
    locale = _locale(request)
    form = request.GET.get("export", "")
    if form:
        sent = export("design", example_columns(), example_rows(locale), form, locale, locale.direction)
        return cast("HttpResponse", sent)
    is_sent = request.method == "POST"
    page = style_guide_page(
        locale, request.GET, request.POST if is_sent else None, request.FILES if is_sent else None
    )
    if is_sent and page.form.is_valid():
        toast(request, str(_("Saved.")), undo_href=reverse("design-undo"))
        return redirect("design")
    return render(request, "design/style_guide.html", {"page": page})


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_example(request: MemberRequest) -> HttpResponse:
    """Ask before an act that does nothing here."""
    confirmation = example_confirmation()
    form = ConfirmForm(confirmation.expected, request.POST if request.method == "POST" else None)
    return confirmation_page(request, confirmation, form)


@signed_in
@require_POST
def undo_example(request: MemberRequest) -> HttpResponse:
    """Undo nothing, and say so."""
    toast(request, str(_("Undone.")), "info")
    return redirect("design")


@require_safe
@signed_in
def calendar(request: MemberRequest) -> HttpResponse:
    """Show a month of the reader's calendar: the part beside a field of a day."""
    locale = _locale(request)
    asked, move = request.GET.get("day", ""), request.GET.get("move", "")
    grid = month_grid(
        locale,
        today=today_in(locale, timezone.now()),
        chosen=_typed(request, locale),
        focus=int(asked) if asked.lstrip("-").isdecimal() and len(asked) < 9 else None,
        move=next((each for each in MOVES if each == move), ""),
    )
    context = {
        "grid": grid,
        "field": request.GET.get("field", "")[:100],
        "moves": {"before": _BEFORE, "after": _AFTER},
    }
    return render(request, "design/calendar.html", context)


@require_safe
@signed_in
def day(request: MemberRequest) -> HttpResponse:
    """Say how a typed day is read, or why it is not."""
    locale, text = _locale(request), request.GET.get("value", "").strip()
    if not text:
        said = ""
    else:
        try:
            said = locale.date(parse_date(text, calendar=locale.calendar), "full")
        except Refusal as error:
            said = locale.shape(sentence_of(error.code))
    return HttpResponse(said, content_type="text/plain; charset=utf-8")


def _typed(request: MemberRequest, locale: Locale) -> dt.date | None:
    try:
        return parse_date(request.GET.get("value", "").strip(), calendar=locale.calendar)
    except Refusal:
        return None


def _locale(request: MemberRequest) -> Locale:
    """Return the reader's locale, with the clock and the week that a field belongs to."""
    reader = request.reader
    return Locale(
        reader.language,
        calendar=cast("CalendarName | None", reader.calendar or None),
        digits=cast("Digits | None", reader.digits or None),
        time_zone=request.GET.get("zone") or reader.time_zone or None,
        week_starts=cast("Weekday | None", request.GET.get("week") or None),
    )
