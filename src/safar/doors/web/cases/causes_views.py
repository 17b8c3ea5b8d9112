"""Root causes: the list, naming them, offering them no more."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from safar.doors.web.audit.actor import Actor
from safar.doors.web.design.forms import PageForm
from safar.doors.web.design.parts import EmptyState
from safar.doors.web.design.reader import LANGUAGE_NAMES
from safar.doors.web.design.toasts import toast
from safar.doors.web.error_sentences import sentence_of
from safar.doors.web.members.guard import DeskRequest, desk
from safar.doors.web.members.policies import Capability
from safar.show.locale import LANGUAGES
from safar.store.registry import Workspace
from safar.vocabulary.errors import Refusal

from . import queries, rule_services
from .page import frame
from .usual import USUAL_CAUSES
from .words import cause_name


class CauseForm(PageForm):
    """What a root cause is called, in each language; one is enough."""

    cause = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for language in (self.locale.language, *(each for each in LANGUAGES if each != self.locale.language)):
            self.fields[language] = forms.CharField(
                label=LANGUAGE_NAMES[language],
                required=False,
                max_length=120,
                widget=forms.TextInput({"lang": language, "dir": "ltr" if language == "en" else "rtl"}),
            )

    @property
    def names(self) -> dict[str, str]:
        """The names that were given."""
        return {
            each: self.cleaned_data[each].strip() for each in LANGUAGES if self.cleaned_data[each].strip()
        }


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Capability.SEE_NUMBERS)
def causes(request: DeskRequest, workspace: Workspace) -> HttpResponse:
    """Show the root causes; name, rename or put one away."""
    may_change = Capability.CHANGE_RULES in request.capabilities
    locale = request.reader.locale(workspace)
    form, status = CauseForm(locale=locale, initial=_chosen(request, workspace)), 200
    if request.method == "POST" and may_change:
        form = CauseForm(request.POST, locale=locale)
        said = _done(request, workspace, form)
        if said:
            toast(request, said)
            return redirect("case-causes", workspace_id=workspace.workspace_id)
        status = 422
    found = queries.causes_of(workspace, archived=None)
    context = {
        "frame": frame(workspace, frozenset(request.capabilities), "case-causes"),
        "causes": [
            (each, cause_name(dict(each.names), locale.language), locale.number(each.cases)) for each in found
        ],
        "form": form,
        "is_renaming": bool(form["cause"].value()),
        "empty": EmptyState(
            _("No root causes yet"),
            _("What is behind cases is said when they are closed: a short list that everybody shares."),
        ),
        "may_change": may_change,
        "desk": "listen",
    }
    return render(request, "cases/causes.html", context, status=status)


def _done(request: DeskRequest, workspace: Workspace, form: CauseForm) -> str:
    """Do what the pressed button says; return what to tell, empty where the form is wrong."""
    by, do, chosen = Actor.of(request), request.POST.get("do", ""), request.POST.get("cause", "")[:16]
    if do == "usual":
        known = {name for each in queries.causes_of(workspace, archived=None) for name in each.names.values()}
        for names, _topics in USUAL_CAUSES:
            if known.isdisjoint(names.values()):
                rule_services.name_cause(workspace, names, by=by)
        return str(gettext_lazy("The usual ones are on the list."))
    if do in {"archive", "take_out"}:
        rule_services.archive_cause(workspace, chosen, is_archived=do == "archive", by=by)
        return str(gettext_lazy("The list is changed."))
    if not form.is_valid():
        return ""
    try:
        rule_services.name_cause(workspace, form.names, public_id=chosen, by=by)
    except Refusal as refusal:
        form.add_error(form.locale.language, sentence_of(refusal.code))
        return ""
    return str(gettext_lazy("The list is changed."))


def _chosen(request: DeskRequest, workspace: Workspace) -> dict[str, str]:
    """Return the root cause that is to be renamed, as the form begins with it."""
    chosen = request.GET.get("rename", "")
    found = (each for each in queries.causes_of(workspace, archived=None) if each.public_id == chosen)
    cause = next(found, None)
    return {} if cause is None else {"cause": cause.public_id, **cause.names}
