"""Comments summed up: quoted by Safar, or told by a model that the workspace named."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import npgettext
from django.views.decorators.http import require_http_methods, require_POST

from safar.doors.web.audit.actor import Actor
from safar.doors.web.design.parts import Tab
from safar.doors.web.design.table import changed
from safar.doors.web.design.toasts import toast
from safar.doors.web.design.words import filled
from safar.doors.web.error_sentences import sentence_of
from safar.doors.web.members.guard import DeskRequest, desk
from safar.doors.web.members.policies import Capability
from safar.doors.web.surveys.page import tabs
from safar.store.registry import Workspace
from safar.vocabulary.errors import SafarError

from . import summing
from .forms import CommentsForm, EndpointForm
from .offering import offered_choices
from .page import CommentCard, Pages


@dataclass(frozen=True, slots=True)
class SummaryPage:
    """What the page of a summary is given.

    Attributes
    ----------
    tabs
        The second navigation.
    cards, phrases
        Quotes, and what is spoken of with its count.
    looked_at
        How many comments, as a sentence.
    query, list_href
        The filters, and the list of what was summed up.
    model
        Of the endpoint; empty while none is named.
    said, wrong
        What the model said, or why it did not; empty before it is asked.
    endpoint_href
        Where an endpoint is named; empty for who may not.
    """

    tabs: tuple[Tab, ...]
    cards: tuple[CommentCard, ...]
    phrases: tuple[tuple[str, str], ...]
    looked_at: str
    query: str
    list_href: str
    model: str
    said: str = ""
    wrong: str = ""
    endpoint_href: str = ""


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Capability.SEE_CUSTOMERS)
def summary(request: DeskRequest, workspace: Workspace) -> HttpResponse:
    """Sum up the comments of a filter by quoting them; when it is asked to, the workspace's model tells it too."""
    pages = Pages(workspace, request.reader.locale(workspace), frozenset(request.capabilities))
    form = CommentsForm(request.GET, locale=pages.locale, **offered_choices(workspace, pages, request.GET))
    filters = form.filters()
    endpoint, said, wrong = summing.endpoint_of(workspace), "", ""
    found = summing.summed_up(workspace, filters)
    if request.method == "POST" and endpoint is not None and found.n:
        try:
            said = summing.told_by_model(workspace, filters, pages.locale.language, by=Actor.of(request))
        except SafarError as error:
            wrong = str(sentence_of(error.code))
    query = changed(request.GET.urlencode(), after="", export="")
    counted = npgettext("what customers wrote", "%(count)s comment", "%(count)s comments", found.n)
    is_owner = Capability.CHANGE_WORKSPACE in request.capabilities
    page = SummaryPage(
        tabs=tabs(workspace, "comments"),
        cards=tuple(pages.card(each) for each in found.quotes),
        phrases=tuple((text, pages.locale.number(count)) for text, count in found.phrases),
        looked_at=filled(counted, count=pages.locale.number(found.n)),
        query=query,
        list_href=f"{pages.address('comments')}?{query}",
        model="" if endpoint is None else endpoint.model,
        said=said,
        wrong=wrong,
        endpoint_href=pages.address("comments-endpoint") if is_owner else "",
    )
    return render(
        request, "comments/summary.html", {"page": page, "desk": "listen"}, status=502 if wrong else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Capability.CHANGE_WORKSPACE)
def endpoint(request: DeskRequest, workspace: Workspace) -> HttpResponseBase:
    """Name the model that sums up comments, or do without."""
    locale, found = request.reader.locale(workspace), summing.endpoint_of(workspace)
    pages = Pages(workspace, locale, frozenset(request.capabilities))
    initial = None if found is None else {"url": found.url, "model": found.model}
    form = EndpointForm(request.POST or None, initial=initial, locale=locale)
    if request.method == "POST" and form.is_valid():
        read = form.cleaned_data
        try:
            summing.set_endpoint(
                workspace, read["url"], read["model"], read["key"] or None, by=Actor.of(request)
            )
        except SafarError as refusal:
            form.add_error("url", sentence_of(refusal.code))
        else:
            toast(
                request,
                _("The model is named. Comments are sent to it only when somebody presses the button."),
            )
            return redirect("comments-summary", workspace_id=workspace.workspace_id)
    context = {
        "form": form,
        "found": found,
        "tabs": tabs(workspace, "comments"),
        "summary_href": pages.address("comments-summary"),
        "remove_href": pages.address("comments-endpoint-remove"),
        "desk": "listen",
    }
    return render(request, "comments/endpoint.html", context, status=422 if form.errors else 200)


@require_POST
@desk(Capability.CHANGE_WORKSPACE)
def remove(request: DeskRequest, workspace: Workspace) -> HttpResponseBase:
    """Do without a model."""
    summing.remove_endpoint(workspace, by=Actor.of(request))
    toast(request, _("Summaries by a model are off; its key is forgotten."))
    return redirect("comments-summary", workspace_id=workspace.workspace_id)
