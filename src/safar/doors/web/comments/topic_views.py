"""Topics of the desk Listen: the board, one topic, and what was discovered anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from safar.doors.web.audit.actor import Actor
from safar.doors.web.design.toasts import toast
from safar.doors.web.error_sentences import sentence_of
from safar.doors.web.maps.errors import UnknownMap
from safar.doors.web.members.guard import DeskRequest, desk
from safar.doors.web.members.policies import Capability
from safar.listen.text.topic_document import TopicEditRefused
from safar.store.registry import Workspace
from safar.vocabulary.errors import Refusal

from . import queries, topic_mapping, topic_queries, topic_services
from .errors import TopicNotHere
from .filters import Filters
from .page import Pages
from .topic_forms import NamesForm, NewTopicForm, StepForm, WordsForm, written
from .topic_page import board_page, proposal_page, step_choices, topic_card, topic_page
from .topic_queries import TopicFacts

#: Quotes of a topic on the board, and on its own page; topics of the board that have them.
_QUOTES: Final = 2
_OWN_QUOTES: Final = 6
_QUOTED: Final = 12


@require_safe
@desk(Capability.SEE_NUMBERS)
def topics(request: DeskRequest, workspace: Workspace) -> HttpResponse:
    """Show the topics of the workspace: how many comments, how many of them negative, since when."""
    pages = _pages(request, workspace)
    found = topic_queries.board(workspace)
    sees = Capability.SEE_CUSTOMERS in request.capabilities
    quoted = [each for each in found if each.tally.n][:_QUOTED] if sees else []
    quotes = {each.name.public_id: _quotes(workspace, each.name.public_id, _QUOTES) for each in quoted}
    page = board_page(
        pages, found, topic_queries.trends(workspace), quotes, topic_queries.proposal_of(workspace)
    )
    return render(request, "comments/topics.html", {"page": page, "desk": "listen"})


@require_safe
@desk(Capability.SEE_NUMBERS)
def topic(request: DeskRequest, workspace: Workspace, topic_id: str) -> HttpResponse:
    """Show one topic: its words and comments, and the forms that change it."""
    return _topic(request, workspace, topic_id)


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Capability.LABEL_COMMENTS)
def new(request: DeskRequest, workspace: Workspace) -> HttpResponseBase:
    """Add a topic by hand."""
    pages = _pages(request, workspace)
    form = NewTopicForm(request.POST or None, locale=pages.locale)
    if request.method == "POST" and form.is_valid():
        try:
            made = topic_services.add(
                workspace, form.names(), written(form.cleaned_data["words"]), by=Actor.of(request)
            )
        except TopicEditRefused as refusal:
            form.add_error(None, sentence_of(refusal.code))
        else:
            toast(request, _("The topic is added. Comments are being assigned."))
            return redirect("topic", workspace_id=workspace.workspace_id, topic_id=made)
    status = 422 if form.errors else 200
    page = board_page(pages, (), {}, {}, None)
    return render(
        request, "comments/topic_new.html", {"page": page, "form": form, "desk": "listen"}, status=status
    )


@require_POST
@desk(Capability.LABEL_COMMENTS)
def names(request: DeskRequest, workspace: Workspace, topic_id: str) -> HttpResponseBase:
    """Call a topic something else."""
    form = NamesForm(request.POST, locale=_pages(request, workspace).locale)
    if not form.is_valid():
        return _topic(request, workspace, topic_id, status=422, names=form)
    return _edited(
        request,
        workspace,
        topic_id,
        lambda: topic_services.rename(workspace, topic_id, form.names(), by=Actor.of(request)),
        _("The topic is renamed."),
    )


@require_POST
@desk(Capability.LABEL_COMMENTS)
def words(request: DeskRequest, workspace: Workspace, topic_id: str) -> HttpResponseBase:
    """Let more words tell of a topic, or fewer."""
    added = written(request.POST.get("words", ""))
    gone = request.POST.getlist("gone")
    if not (added or gone):
        return _topic(request, workspace, topic_id)

    def edit() -> None:
        if gone:
            topic_services.without_words(workspace, topic_id, gone, by=Actor.of(request))
        if added:
            topic_services.with_words(workspace, topic_id, added, by=Actor.of(request))

    return _edited(
        request, workspace, topic_id, edit, _("The words are changed. Comments are being assigned.")
    )


@require_POST
@desk(Capability.LABEL_COMMENTS)
def split(request: DeskRequest, workspace: Workspace, topic_id: str) -> HttpResponseBase:
    """Give some words of a topic to a topic of their own."""
    form = NamesForm(request.POST, locale=_pages(request, workspace).locale)
    form.is_valid()
    chosen = request.POST.getlist("words")
    return _edited(
        request,
        workspace,
        topic_id,
        lambda: topic_services.split(workspace, topic_id, chosen, form.names(), by=Actor.of(request)),
        _("The topic is split. Comments are being assigned."),
    )


@require_POST
@desk(Capability.EDIT_MAPS)
def to_map(request: DeskRequest, workspace: Workspace, topic_id: str) -> HttpResponseBase:
    """Put a topic at a step of a map, as an opportunity."""
    map_id, _sign, step_id = request.POST.get("step", "").partition(".")
    try:
        topic_mapping.put_on_map(workspace, topic_id, map_id, step_id, by=Actor.of(request))
    except (TopicNotHere, UnknownMap) as refusal:
        raise Http404 from refusal
    toast(request, _("The opportunity is on the map."))
    return redirect("living-map", workspace_id=workspace.workspace_id, map_id=map_id)


@require_POST
@desk(Capability.LABEL_COMMENTS)
def archive(request: DeskRequest, workspace: Workspace, topic_id: str) -> HttpResponseBase:
    """Put a topic away, or bring it back."""
    is_back = request.POST.get("do") == "restore"
    verb = topic_services.restore if is_back else topic_services.archive
    return _edited(
        request,
        workspace,
        topic_id,
        lambda: verb(workspace, topic_id, by=Actor.of(request)),
        _("The topic is back. Comments are being assigned.") if is_back else _("The topic is put away."),
    )


@require_POST
@desk(Capability.LABEL_COMMENTS)
def merge(request: DeskRequest, workspace: Workspace) -> HttpResponseBase:
    """Make one topic of those that are ticked."""
    chosen = request.POST.getlist("topics")
    try:
        topic_services.merge(workspace, chosen, by=Actor.of(request))
    except TopicNotHere as refusal:
        raise Http404 from refusal
    except (TopicEditRefused, IndexError):
        toast(request, _("Tick two topics or more to merge them."), "warn")
        return redirect("topics", workspace_id=workspace.workspace_id)
    toast(request, _("The topics are merged. Comments are being assigned."))
    return redirect("topics", workspace_id=workspace.workspace_id)


@require_POST
@desk(Capability.LABEL_COMMENTS)
def discover(request: DeskRequest, workspace: Workspace) -> HttpResponseBase:
    """Have topics discovered anew, in the background."""
    topic_services.ask_to_discover(workspace, by=Actor.of(request))
    return redirect("topics", workspace_id=workspace.workspace_id)


@require_safe
@desk(Capability.LABEL_COMMENTS)
def proposal(request: DeskRequest, workspace: Workspace, proposal_id: str) -> HttpResponse:
    """Show what was discovered, before it replaces anything."""
    found = topic_queries.proposal_of(workspace, proposal_id)
    if found is None or not found.is_ready:
        raise Http404
    page = proposal_page(_pages(request, workspace), found, topic_queries.board(workspace))
    return render(request, "comments/proposal.html", {"page": page, "desk": "listen"})


@require_POST
@desk(Capability.LABEL_COMMENTS)
def take(request: DeskRequest, workspace: Workspace, proposal_id: str) -> HttpResponseBase:
    """Take what was discovered."""
    try:
        count = topic_services.take(
            workspace,
            proposal_id,
            request.POST.getlist("topics"),
            replaces=request.POST.get("how") != "beside",
            by=Actor.of(request),
        )
    except TopicNotHere as refusal:
        raise Http404 from refusal
    toast(
        request,
        _("The topics are taken. Comments are being assigned.") if count else _("No topic was taken."),
    )
    return redirect("topics", workspace_id=workspace.workspace_id)


@require_POST
@desk(Capability.LABEL_COMMENTS)
def aside(request: DeskRequest, workspace: Workspace, proposal_id: str) -> HttpResponseBase:
    """Do without what was discovered."""
    try:
        topic_services.put_aside(workspace, proposal_id, by=Actor.of(request))
    except TopicNotHere as refusal:
        raise Http404 from refusal
    return redirect("topics", workspace_id=workspace.workspace_id)


def _topic(
    request: DeskRequest,
    workspace: Workspace,
    topic_id: str,
    *,
    status: int = 200,
    names: NamesForm | None = None,
    wrong: str = "",
) -> HttpResponse:
    pages = _pages(request, workspace)
    facts = next((each for each in topic_queries.board(workspace) if each.name.public_id == topic_id), None)
    if facts is None:
        raise Http404
    sees = Capability.SEE_CUSTOMERS in request.capabilities
    quotes = {topic_id: _quotes(workspace, topic_id, _OWN_QUOTES)} if sees else {}
    trends = topic_queries.trends(workspace)
    card = topic_card(pages, facts, trends, quotes)
    names = names or NamesForm(initial=dict(facts.name.names), locale=pages.locale)
    for language, field in names.fields.items():
        field.widget.attrs["placeholder"] = facts.name.said(
            language
        )  # what is read there as long as it is empty
    context = {
        "page": topic_page(pages, facts, card, trends.get(topic_id, {})),
        "names": names,
        "split_names": NamesForm(locale=pages.locale, auto_id="split_%s"),
        "words": WordsForm(locale=pages.locale),
        "step": _step_form(pages, facts) if Capability.EDIT_MAPS in request.capabilities else None,
        "wrong": wrong,
        "desk": "listen",
    }
    return render(request, "comments/topic.html", context, status=status)


def _step_form(pages: Pages, facts: TopicFacts) -> StepForm | None:
    """Return the form that puts a topic on a map, at first at the step where most was heard of it."""
    places = topic_mapping.places_for(pages.workspace, facts.name.public_id)
    if not facts.tally.n or not places:
        return None
    first = max(places, key=lambda each: each.comments)
    return StepForm(initial={"step": f"{first.map_id}.{first.step_id}"}, steps=step_choices(pages, places))


def _edited(
    request: DeskRequest, workspace: Workspace, topic_id: str, edit: Callable[[], object], told: str
) -> HttpResponseBase:
    try:
        edit()
    except TopicNotHere as refusal:
        raise Http404 from refusal
    except Refusal as refusal:
        return _topic(request, workspace, topic_id, status=422, wrong=str(sentence_of(refusal.code)))
    toast(request, told)
    return redirect("topic", workspace_id=workspace.workspace_id, topic_id=topic_id)


def _quotes(workspace: Workspace, topic_id: str, most: int) -> tuple[queries.CommentFacts, ...]:
    return queries.page_of_comments(workspace, Filters(topic=topic_id), limit=most).comments


def _pages(request: DeskRequest, workspace: Workspace) -> Pages:
    return Pages(workspace, request.reader.locale(workspace), frozenset(request.capabilities))
