"""The comments of the desk Listen: the list, one comment, its labels corrected."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from safar.doors.web.audit.actor import Actor
from safar.doors.web.design.export import export
from safar.doors.web.design.paging import read_cursor
from safar.doors.web.design.table import changed
from safar.doors.web.design.toasts import toast
from safar.doors.web.members.guard import DeskRequest, desk
from safar.doors.web.members.policies import Capability
from safar.store.registry import Workspace

from . import queries, services
from .comment_page import comment_page
from .errors import LabelRefused, UnknownComment
from .filters import Filters
from .forms import CommentsForm, LabelForm
from .offering import offered_choices
from .page import MOST_IN_FILE, Pages, file_columns, file_row


@require_safe
@desk(Capability.SEE_NUMBERS)
def comments(request: DeskRequest, workspace: Workspace) -> HttpResponseBase:
    """Show comments: how many of which sentiment, and, to those who may see customers, the comments; or a file."""
    pages = _pages(request, workspace)
    form = CommentsForm(request.GET, locale=pages.locale, **offered_choices(workspace, pages, request.GET))
    filters = form.filters()
    if request.GET.get("export"):
        return _file(request, workspace, filters, pages)
    after = read_cursor(request.GET.get("after", ""), datetime, int)
    sees = Capability.SEE_CUSTOMERS in request.capabilities
    found = queries.page_of_comments(workspace, filters, after=after) if sees else None
    # Of one sentiment alone there is no share: the numbers stay those of all.
    counted = replace(filters, sentiment=None)
    tallies = queries.tallies_by_day(workspace, counted)
    page = pages.list(
        None if found is None else found.comments,
        tallies,
        queries.tallies_by_topic(workspace, counted),
        query=changed(request.GET.urlencode(), after="", export=""),
        next_after=None if found is None else found.next_after,
        is_first=after is None,
        has_any=bool(tallies) or queries.count_of(workspace, Filters()) > 0,
        read_at=queries.read_at(workspace),
    )
    return render(request, "comments/comments.html", {"page": page, "form": form, "desk": "listen"})


@require_safe
@desk(Capability.SEE_CUSTOMERS)
def comment(request: DeskRequest, workspace: Workspace, comment_id: int) -> HttpResponse:
    """Show one comment: its words, why it has its labels, and who corrected them; as a page, or in a dialog."""
    return _comment(request, workspace, comment_id)


@require_POST
@desk(Capability.LABEL_COMMENTS)
def label(request: DeskRequest, workspace: Workspace, comment_id: int) -> HttpResponseBase:
    """Take what a member says about a comment."""
    facts = queries.comment_of(workspace, comment_id)
    if facts is None:
        raise Http404
    pages = _pages(request, workspace)
    form = _label_form(request, workspace, pages, request.POST)
    if not form.is_valid():
        return _comment(request, workspace, comment_id, form=form, status=422)
    read = form.cleaned_data
    try:
        made = services.correct(
            workspace,
            comment_id,
            by=Actor.of(request),
            sentiment=int(read["sentiment"]),
            kind=read["kind"],
            topics=read.get("topics"),
        )
    except (UnknownComment, LabelRefused) as refusal:
        raise Http404 from refusal
    named = {"workspace_id": workspace.workspace_id, "comment_id": comment_id}
    back = reverse("comment-undo", kwargs={**named, "correction_id": made[0]}) if len(made) == 1 else ""
    told = _("The labels are corrected.") if made else _("The labels are confirmed.")
    toast(request, told, undo_href=back)
    return redirect("comment", workspace_id=workspace.workspace_id, comment_id=comment_id)


@require_POST
@desk(Capability.LABEL_COMMENTS)
def undo(request: DeskRequest, workspace: Workspace, comment_id: int, correction_id: int) -> HttpResponseBase:
    """Take a correction back."""
    try:
        is_undone = services.undo(workspace, comment_id, correction_id, by=Actor.of(request))
    except UnknownComment as refusal:
        raise Http404 from refusal
    if not is_undone:
        raise Http404
    toast(request, _("The correction is taken back."))
    return redirect("comment", workspace_id=workspace.workspace_id, comment_id=comment_id)


def _comment(
    request: DeskRequest,
    workspace: Workspace,
    comment_id: int,
    *,
    form: LabelForm | None = None,
    status: int = 200,
) -> HttpResponse:
    facts = queries.comment_of(workspace, comment_id)
    if facts is None:
        raise Http404
    pages = _pages(request, workspace)
    if form is None and Capability.LABEL_COMMENTS in request.capabilities:
        form = _label_form(request, workspace, pages, None, facts)
    page = comment_page(pages, facts, queries.corrections_of(workspace, comment_id))
    is_part = request.headers.get("HX-Request-Type") == "partial"
    template = "comments/comment_part.html" if is_part else "comments/comment.html"
    context = {"page": page, "form": form, "desk": "listen"}
    response = render(request, template, context, status=status)
    patch_vary_headers(response, ["HX-Request-Type"])
    return response


def _label_form(
    request: DeskRequest,
    workspace: Workspace,
    pages: Pages,
    data: object,
    facts: queries.CommentFacts | None = None,
) -> LabelForm:
    topics = [(each.public_id, pages.topic_name(each)) for each in queries.offered(workspace).topics]
    initial = (
        None
        if facts is None
        else {
            "sentiment": str(facts.sentiment),
            "kind": facts.kind,
            "topics": [each.public_id for each in facts.topics],
        }
    )
    return LabelForm(data, initial=initial, topics=topics, locale=pages.locale)


def _file(request: DeskRequest, workspace: Workspace, filters: Filters, pages: Pages) -> HttpResponseBase:
    if not {Capability.EXPORT, Capability.SEE_CUSTOMERS} <= request.capabilities:
        raise PermissionDenied
    form = request.GET["export"]
    found = queries.comments_to_take_away(workspace, filters, MOST_IN_FILE.get(form, 1))
    rows = (file_row(each, pages) for each in found)
    file = export(_("Comments"), file_columns(), rows, form, pages.locale, request.reader.direction)
    asked = changed(request.GET.urlencode(), export="", after="", q="", customer="")
    services.note_export(workspace, form, asked, by=Actor.of(request))
    return file


def _pages(request: DeskRequest, workspace: Workspace) -> Pages:
    return Pages(workspace, request.reader.locale(workspace), frozenset(request.capabilities))
