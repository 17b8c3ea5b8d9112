"""The board of aspects: what comments speak of, how they feel about it, and what changed."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from safar.doors.web.design.export import export_table
from safar.doors.web.design.forms import PageForm
from safar.doors.web.members.guard import DeskRequest, desk
from safar.doors.web.members.policies import Capability
from safar.store.registry import Workspace

from .aspect_page import aspects_page
from .aspect_queries import aspect_board
from .filters import Filters
from .forms import Choices
from .offering import offered_choices
from .page import Pages
from .words import LANGUAGES

_DAYS: Final = {"30": _("30 days"), "90": _("90 days"), "365": _("A year")}
_USUAL: Final = "90"


class AspectsForm(PageForm):
    """Which days, and whose comments. Nothing is required."""

    days = forms.ChoiceField(label=_("Time"), choices=list(_DAYS.items()), required=False, initial=_USUAL)
    language = forms.ChoiceField(label=_("Language"), required=False)
    survey = forms.ChoiceField(label=_("Survey"), required=False)
    segment = forms.ChoiceField(label=_("Segment"), required=False)

    def __init__(self, *args: Any, surveys: Choices, segments: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer("language", list(LANGUAGES.items()), _("Every language"))
        self._offer("survey", surveys, _("Every survey"))
        self._offer("segment", segments, _("All customers"))

    def _offer(self, field: str, choices: Choices, everything: Any) -> None:
        if choices:
            self.fields[field].choices = [("", everything), *choices]  # type: ignore[attr-defined]
        else:
            del self.fields[field]

    def asked(self) -> tuple[int, dict[str, str]]:
        """Return how many days, and what the comments are narrowed to; what cannot be read narrows nothing."""
        self.is_valid()
        read = self.cleaned_data
        narrowed = {name: str(read.get(name) or "") for name in ("language", "survey", "segment")}
        return int(read.get("days") or _USUAL), {name: value for name, value in narrowed.items() if value}


@require_safe
@desk(Capability.SEE_NUMBERS)
def aspects(request: DeskRequest, workspace: Workspace) -> HttpResponseBase:
    """Show what comments speak of; or take the numbers away."""
    locale = request.reader.locale(workspace)
    pages = Pages(workspace, locale, frozenset(request.capabilities))
    offered = offered_choices(workspace, pages, request.GET)
    given = request.GET.copy()
    given.setdefault("days", _USUAL)
    form = AspectsForm(given, surveys=offered["surveys"], segments=offered["segments"], locale=locale)
    days, narrowed = form.asked()
    filters = Filters(
        language=narrowed.get("language", ""),
        survey=narrowed.get("survey", ""),
        segment=narrowed.get("segment", ""),
    )
    page = aspects_page(pages, aspect_board(workspace, filters, days), narrowed)
    if request.GET.get("export") and page.table is not None:
        return export_table(page.table, request.GET["export"], locale, request.reader.direction)
    return render(request, "comments/aspects.html", {"page": page, "form": form, "desk": "listen"})
