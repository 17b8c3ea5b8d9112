"""When a survey appears on pages of a site, and what those pages need for it."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from safar.doors.web.audit.actor import Actor
from safar.doors.web.customers.queries import present
from safar.doors.web.design.toasts import toast
from safar.doors.web.error_sentences import sentence_of
from safar.doors.web.events.words import in_words
from safar.doors.web.members.guard import DeskRequest, desk
from safar.doors.web.members.policies import Capability
from safar.doors.web.segments.queries import segments_of
from safar.doors.web.surveys.frame import frame
from safar.store.registry import Workspace
from safar.vocabulary.errors import Refusal

from . import services
from .errors import WidgetRefused
from .forms import WidgetForm
from .models import Link
from .page import LINK_NAMES
from .views import found_link, found_survey
from .widget_rules import Appears, read_rules

#: What one puts in the place of a write key.
_KEY = "WRITE_KEY"


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Capability.SEND_SURVEYS)
def settings(request: DeskRequest, workspace: Workspace, survey_id: str, token: str) -> HttpResponse:
    """Say on which sites a survey appears, when and to whom; show what their pages need."""
    survey, facts = found_survey(workspace, survey_id), found_link(workspace, survey_id, token)
    if facts.kind != Link.Kind.WIDGET:
        raise Http404
    try:
        appears = read_rules(facts.appears)
    except WidgetRefused:  # kept by a program that knew other rules
        appears = Appears()
    segments = tuple((each.public_id, each.name) for each in segments_of(workspace))
    data = request.POST if request.method == "POST" else None
    form = WidgetForm(
        data,
        initial=WidgetForm.initial_of(facts.origins, appears),
        segments=segments,
        locale=request.reader.locale(workspace),
    )
    if data is not None and form.is_valid():
        origins, rules = form.given()
        try:
            services.change_widget(workspace, token, origins=origins, appears=rules, by=Actor.of(request))
        except Refusal as refusal:
            form.add_error(None, sentence_of(refusal.code))
        else:
            toast(request, _("Kept. Pages of the site follow within a minute."))
            return redirect(request.path)
    base = request.build_absolute_uri("/").rstrip("/")
    named = {"workspace_id": workspace.workspace_id}
    shown = {
        "desk": "listen",
        "frame": frame(request, workspace, survey, "ask"),
        "title": facts.name or str(LINK_NAMES[facts.kind]),
        "form": form,
        "event_names": [(each, in_words(each)) for each in present(workspace).names],
        "script": f'<script async src="{base}/i/safar.js" data-key="{_KEY}" data-persist data-surveys></script>',
        "place": f'<div data-safar-survey="{token}"></div>' if appears.look == "inline" else "",
        "base": base,
        "key_name": _KEY,
        "keys_href": reverse("settings-keys", kwargs=named)
        if Capability.MANAGE_KEYS in request.capabilities
        else "",
        "back": reverse("survey-ask", kwargs={**named, "survey_id": survey_id}),
    }
    return render(request, "inviting/widget.html", shown, status=200 if data is None else 422)
