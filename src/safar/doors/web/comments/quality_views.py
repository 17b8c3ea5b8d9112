"""How well labels are: what members judged, what was learned from it, and whether that is used."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from safar.doors.web.audit.actor import Actor
from safar.doors.web.design.toasts import toast
from safar.doors.web.error_sentences import sentence_of
from safar.doors.web.members.guard import DeskRequest, desk
from safar.doors.web.members.policies import Capability
from safar.listen.text import ModelMissing
from safar.store.registry import Workspace

from . import queries, rereading, services
from .page import Pages
from .quality_page import quality_page


@require_safe
@desk(Capability.SEE_NUMBERS)
def quality(request: DeskRequest, workspace: Workspace) -> HttpResponse:
    """Show how often labels are right, by what members said."""
    pages = Pages(workspace, request.reader.locale(workspace), frozenset(request.capabilities))
    found = queries.label_quality(workspace)
    names = {each.key: pages.topic_name(each) for each in queries.topics_of(workspace)}
    page = quality_page(
        pages,
        found.judged,
        names,
        learns=found.learns,
        second=rereading.second_reading(workspace),
    )
    return render(request, "comments/quality.html", {"page": page, "desk": "listen"})


@require_POST
@desk(Capability.CHANGE_RULES)
def learning(request: DeskRequest, workspace: Workspace) -> HttpResponseBase:
    """Switch on or off that what was learned labels comments."""
    learns = request.POST.get("learns") == "on"
    services.switch_learning(workspace, learns=learns, by=Actor.of(request))
    toast(
        request,
        _("What is learned from corrections is used.")
        if learns
        else _("What comes with Safar labels comments."),
    )
    return redirect("label-quality", workspace_id=workspace.workspace_id)


@require_POST
@desk(Capability.CHANGE_RULES)
def second(request: DeskRequest, workspace: Workspace) -> HttpResponseBase:
    """Switch the second reading by the larger model on or off."""
    is_on = request.POST.get("second") == "on"
    try:
        rereading.switch_second_reading(workspace, is_on=is_on, by=Actor.of(request))
    except ModelMissing as refusal:  # taken away since the page was shown
        toast(request, sentence_of(refusal.code))
    else:
        toast(
            request,
            _("The larger model reads comments a second time, the newest first.")
            if is_on
            else _("The labels of the small model come back within minutes."),
        )
    return redirect("label-quality", workspace_id=workspace.workspace_id)


@require_safe
@desk(Capability.LABEL_COMMENTS)
def check(request: DeskRequest, workspace: Workspace) -> HttpResponseBase:
    """Open a comment at random that nobody has judged: what is measured on such ones holds for all."""
    found = queries.any_unjudged(workspace)
    if found is None:
        raise Http404
    return redirect("comment", workspace_id=workspace.workspace_id, comment_id=found)
