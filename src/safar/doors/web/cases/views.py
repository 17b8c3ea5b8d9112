"""The queue, one case, and what is done to it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from safar.doors.web.audit.actor import Actor
from safar.doors.web.audit.services import record
from safar.doors.web.customers.services import is_known
from safar.doors.web.design.export import export
from safar.doors.web.design.table import Column, changed
from safar.doors.web.design.toasts import toast
from safar.doors.web.error_sentences import sentence_of
from safar.doors.web.inviting.services import can_write
from safar.doors.web.members.guard import DeskRequest, desk
from safar.doors.web.members.policies import Capability
from safar.doors.web.members.queries import members_who_may
from safar.store.registry import Workspace
from safar.vocabulary.errors import Refusal
from safar.vocabulary.money import Money, exponent

from . import queries, services
from .errors import CaseChanged
from .forms import (
    AgainForm,
    CloseForm,
    NoteForm,
    OpenForm,
    OwnerForm,
    PriorityForm,
    QueueForm,
    ReopenForm,
    ThanksForm,
)
from .hearing import places_of, worth_of
from .models import Status, Thanked
from .page import QUEUES, Pages, frame, telling_address
from .queries import CaseFacts, QueueQuestion, is_thanked
from .thanking import Thanks, ask_again, foreseen, survey_of_question, surveys_to_ask, thank, thanks_of
from .words import cause_name, thanked_in_words

_MOST_EXPORTED: Final = 10_000
#: Columns of a file of cases. What customers wrote is taken away with the comments, not here.
_EXPORTED: Final = (
    "public_id",
    "rule_name",
    "customer_id",
    "heard_at",
    "question_key",
    "metric",
    "value",
    "language",
    "sentiment",
    "step_id",
    "priority",
    "status",
    "owner",
    "opened_at",
    "due_at",
    "closed_at",
    "is_in_time",
    "outcome",
    "reopened_count",
)


@require_safe
@desk(Capability.SEE_CUSTOMERS)
def cases(request: DeskRequest, workspace: Workspace) -> HttpResponseBase:
    """Show a queue: mine first, where I have any."""
    member = request.user
    counts = queries.queue_counts(workspace, member)
    usual = "mine" if counts["mine"] else "live"
    which = request.GET.get("which", usual)
    if which not in {key for key, _name in QUEUES}:
        raise Http404
    form = QueueForm(
        request.GET,
        rules=queries.rules_of(workspace),
        causes=queries.causes_of(workspace, archived=None),
        locale=request.reader.locale(workspace),
    )
    chosen = form.cleaned_data if form.is_valid() else {}
    question = QueueQuestion(
        which,
        member,
        rule=chosen.get("rule", ""),
        priority=chosen.get("priority", ""),
        root_cause=chosen.get("cause", ""),
        step=request.GET.get("step", "")[:40],
    )
    if request.GET.get("export"):
        return _export(request, workspace, question)
    after = request.GET.get("after", "")
    offset = int(after) if after.isdecimal() and len(after) < 7 else 0
    found = queries.cases_of(workspace, question, offset=offset)
    is_filtered = any(chosen.get(name) for name in ("rule", "priority", "cause")) or bool(question.step)
    query = changed(request.GET.urlencode(), after="", which=which)
    pages = _pages(request, workspace)
    page = pages.queue(which, counts, found, query, is_filtered=is_filtered)
    context = {
        "page": page,
        "form": form,
        "which": which,
        "is_filtered": is_filtered,
        "query": query,
        "mentions": tuple(map(pages.line, queries.unread_mentions(workspace, member))),
        "may_handle": Capability.HANDLE_CASES in request.capabilities,
        "may_export": Capability.EXPORT in request.capabilities,
        "desk": "listen",
    }
    return render(request, "cases/cases.html", context)


@require_safe
@desk(Capability.SEE_CUSTOMERS)
def case(request: DeskRequest, workspace: Workspace, case_id: str) -> HttpResponse:
    """Show one case."""
    found = _found(workspace, case_id)
    services.read_mentions(workspace, case_id, by=Actor.of(request))
    return _case_page(request, workspace, found, {})


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Capability.HANDLE_CASES)
def new(request: DeskRequest, workspace: Workspace) -> HttpResponse:
    """Open a case without a rule."""
    locale = request.reader.locale(workspace)
    begun = {"customer": request.GET.get("customer", "")[:400], "event": request.GET.get("event", "")[:64]}
    form = OpenForm(request.POST or None, initial=begun, locale=locale)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if is_known(workspace, given["customer"]):
            made = services.open_by_hand(
                workspace,
                given["customer"],
                given["text"],
                priority=given["priority"],
                due=timedelta(hours=float(given["due_hours"])),
                by=Actor.of(request),
            )
            toast(request, _("The case is open, and yours."))
            return redirect("case", workspace_id=workspace.workspace_id, case_id=made)
        form.add_error("customer", _("No customer is known here by this id."))
    pages = _pages(request, workspace)
    context = {
        "frame": frame(workspace, pages.capabilities, ""),
        "form": form,
        "back": pages.address("cases"),
        "desk": "listen",
    }
    return render(request, "cases/new.html", context, status=422 if form.errors else 200)


@require_POST
@desk(Capability.HANDLE_CASES)
def do(request: DeskRequest, workspace: Workspace, case_id: str) -> HttpResponse:
    """Do what a button of a case says; where somebody was faster, show what was typed beside what changed."""
    found, verb = _found(workspace, case_id), _VERBS.get(request.POST.get("do", ""))
    if verb is None:
        raise Http404
    version = request.POST.get("version", "")
    seen = int(version) if version.isdecimal() and len(version) < 10 else 0
    forms: dict[str, Any] = {}
    try:
        said = verb(request, workspace, found, seen, forms)
    except CaseChanged as changed_meanwhile:
        forms["conflict"] = sentence_of(changed_meanwhile.code)
        return _case_page(request, workspace, _found(workspace, case_id), forms, status=409)
    except Refusal as refusal:
        forms["problem"] = sentence_of(refusal.code)
        return _case_page(request, workspace, _found(workspace, case_id), forms, status=422)
    if not said:
        return _case_page(request, workspace, found, forms, status=422)
    toast(request, said)
    return redirect("case", workspace_id=workspace.workspace_id, case_id=case_id)


def _take(
    request: DeskRequest, workspace: Workspace, found: CaseFacts, version: int, _forms: dict[str, Any]
) -> str:
    services.assign(workspace, found.public_id, request.user.email, version=version, by=Actor.of(request))
    return _("The case is yours.")


def _move(
    request: DeskRequest, workspace: Workspace, found: CaseFacts, version: int, _forms: dict[str, Any]
) -> str:
    status = Status.WAITING if request.POST.get("do") == "wait" else Status.OPEN
    services.move(workspace, found.public_id, status, version=version, by=Actor.of(request))
    return (
        _("It waits for the customer; its clock stands.")
        if status == Status.WAITING
        else _("It is under way.")
    )


def _assign(
    request: DeskRequest, workspace: Workspace, found: CaseFacts, version: int, forms: dict[str, Any]
) -> str:
    forms["owner_form"] = form = OwnerForm(request.POST, members=_handlers(workspace))
    if not form.is_valid():
        return ""
    services.assign(
        workspace, found.public_id, form.cleaned_data["owner"], version=version, by=Actor.of(request)
    )
    return _("The case has another owner.")


def _prioritise(
    request: DeskRequest, workspace: Workspace, found: CaseFacts, version: int, forms: dict[str, Any]
) -> str:
    forms["priority_form"] = form = PriorityForm(request.POST)
    if not form.is_valid():
        return ""
    priority = form.cleaned_data["priority"]
    services.prioritise(workspace, found.public_id, priority, version=version, by=Actor.of(request))
    return _("The priority is changed.")


def _note(
    request: DeskRequest, workspace: Workspace, found: CaseFacts, _version: int, forms: dict[str, Any]
) -> str:
    forms["note_form"] = form = NoteForm(request.POST, members=_askable(workspace))
    if not form.is_valid():
        return ""
    given = form.cleaned_data
    services.note(
        workspace,
        found.public_id,
        given["text"],
        mentions=given["mentions"],
        is_message=given["is_message"],
        by=Actor.of(request),
    )
    return _("It is noted.")


def _close(
    request: DeskRequest, workspace: Workspace, found: CaseFacts, version: int, forms: dict[str, Any]
) -> str:
    language = request.reader.locale(workspace).language
    forms["close_form"] = form = CloseForm(
        request.POST, causes=_causes(workspace, language), thanks=_thanks(workspace, found, is_closed=True)
    )
    if not form.is_valid():
        return ""
    given = form.cleaned_data
    closing = services.Closing(given["root_cause"], given["outcome"], given["text"])
    services.close(workspace, found.public_id, closing, version=version, by=Actor.of(request))
    if given.get("is_thanked"):
        became = thank(workspace, found.public_id, given["thanks"], by=Actor.of(request))
        return f"{_('The case is closed.')} {thanked_in_words(became)}"
    return _("The case is closed.")


def _thank(
    request: DeskRequest, workspace: Workspace, found: CaseFacts, _version: int, forms: dict[str, Any]
) -> str:
    words = _thanks(workspace, found, is_closed=found.closed_at is not None)
    if words is None:
        raise Http404
    forms["thanks_form"] = form = ThanksForm(request.POST, thanks=words)
    if not form.is_valid():
        return ""
    became = thank(workspace, found.public_id, form.cleaned_data["thanks"], by=Actor.of(request))
    return thanked_in_words(became)


def _reopen(
    request: DeskRequest, workspace: Workspace, found: CaseFacts, version: int, forms: dict[str, Any]
) -> str:
    forms["reopen_form"] = form = ReopenForm(request.POST)
    if not form.is_valid():
        return ""
    services.reopen(
        workspace, found.public_id, form.cleaned_data["text"], version=version, by=Actor.of(request)
    )
    return _("The case is open again.")


def _resurvey(
    request: DeskRequest, workspace: Workspace, found: CaseFacts, _version: int, forms: dict[str, Any]
) -> str:
    if Capability.SEND_SURVEYS not in request.capabilities:
        raise PermissionDenied
    language = request.reader.locale(workspace).language
    forms["again_form"] = form = AgainForm(request.POST, surveys=surveys_to_ask(workspace, language))
    if not form.is_valid():
        return ""
    return ask_again(workspace, found, form.cleaned_data["survey"], by=Actor.of(request))


_VERBS: Final = {
    "take": _take,
    "wait": _move,
    "go_on": _move,
    "assign": _assign,
    "prioritise": _prioritise,
    "note": _note,
    "close": _close,
    "thank": _thank,
    "reopen": _reopen,
    "resurvey": _resurvey,
}


def _case_page(
    request: DeskRequest, workspace: Workspace, found: CaseFacts, given: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    pages = _pages(request, workspace)
    language = pages.locale.language
    page = pages.one(
        found,
        queries.entries_of(workspace, found.public_id),
        queries.others_of(workspace, found),
        queries.causes_of(workspace, archived=None),
        _worth(workspace, found, pages),
    )
    forms: dict[str, Any] = {
        "note_form": NoteForm(members=_askable(workspace)),
        "owner_form": OwnerForm(initial={"owner": found.owner_email}, members=_handlers(workspace)),
        "priority_form": PriorityForm(initial={"priority": found.priority}),
        "reopen_form": ReopenForm(),
    }
    if page.is_closed and Capability.SEND_SURVEYS in request.capabilities:
        answered = survey_of_question(workspace, found.question_key)
        forms["again_form"] = AgainForm(
            surveys=surveys_to_ask(workspace, language), initial={"survey": answered} if answered else None
        )
    may_handle = Capability.HANDLE_CASES in request.capabilities
    by_mail = _thanks(workspace, found, is_closed=page.is_closed) if may_handle else None
    ahead = None if by_mail is None else foreseen(workspace, found.customer_id)
    is_reached = ahead is Thanked.Status.WAITING
    if by_mail is not None and is_reached and not is_thanked(workspace, found):
        forms["thanks_form"] = ThanksForm(thanks=by_mail)
    forms["close_form"] = CloseForm(
        causes=_causes(workspace, language),
        thanks=_thanks(workspace, found, is_closed=True) if is_reached else None,
    )
    context = {
        "page": page,
        **forms,
        **given,
        "no_mail": thanked_in_words(ahead) if ahead is not None and not is_reached else "",
        "thanks": thanks_of(workspace, found, is_closed=page.is_closed),
        "tell_href": telling_address(workspace, cause=found.root_cause_id)
        if found.root_cause_id and Capability.SEND_SURVEYS in request.capabilities
        else "",
        "may_handle": may_handle,
        "is_mine": request.user.email == found.owner_email,
        "desk": "listen",
    }
    return render(request, "cases/case.html", context, status=status)


def _thanks(workspace: Workspace, found: CaseFacts, *, is_closed: bool) -> Thanks | None:
    """Return what the customer may be thanked with by mail, in his language; None where nobody is mailed."""
    mailed = found.customer_id and can_write()
    return thanks_of(workspace, found, is_closed=is_closed)[0] if mailed else None


def _worth(workspace: Workspace, found: CaseFacts, pages: Pages) -> tuple[float | None, str]:
    if not found.customer_id:
        return None, ""
    top, spent, _segments = worth_of(workspace, [found.customer_id])[found.customer_id]
    minor = int(Decimal(str(spent)) * 10 ** exponent(workspace.currency))
    return top, pages.locale.money(Money(minor, workspace.currency))


def _export(request: DeskRequest, workspace: Workspace, question: QueueQuestion) -> HttpResponseBase:
    if Capability.EXPORT not in request.capabilities:
        raise Http404
    form = request.GET["export"]
    record(Actor.of(request), "cases.exported", workspace_id=workspace.workspace_id, after={"form": form})
    found = queries.cases_of(workspace, question, limit=_MOST_EXPORTED)
    rows = [[getattr(each, name) for name in _EXPORTED] for each in found.cases]
    locale = request.reader.locale(workspace)
    return export(
        "cases", [Column(name, name) for name in _EXPORTED], rows, form, locale, request.reader.direction
    )


def _handlers(workspace: Workspace) -> list[tuple[str, str]]:
    return [
        (each.email, str(each)) for each in members_who_may(workspace.workspace_id, Capability.HANDLE_CASES)
    ]


def _askable(workspace: Workspace) -> list[tuple[str, str]]:
    return [
        (each.email, str(each)) for each in members_who_may(workspace.workspace_id, Capability.SEE_CUSTOMERS)
    ]


def _causes(workspace: Workspace, language: str) -> list[tuple[str, str]]:
    return [(each.public_id, cause_name(dict(each.names), language)) for each in queries.causes_of(workspace)]


def _found(workspace: Workspace, case_id: str) -> CaseFacts:
    found = queries.case_of(workspace, case_id)
    if found is None:
        raise Http404
    return found


def _pages(request: DeskRequest, workspace: Workspace) -> Pages:
    locale = request.reader.locale(workspace)
    return Pages(workspace, locale, frozenset(request.capabilities), places_of(workspace))
