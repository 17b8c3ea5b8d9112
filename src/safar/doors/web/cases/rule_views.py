"""Rules: the list, the form of one, trying it, switching it, removing it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from safar.act.loop_rule_text import loop_condition_of, loop_text_of
from safar.act.loop_rules import LoopRule
from safar.doors.web.audit.actor import Actor
from safar.doors.web.design.confirm import Confirmation, unconfirmed
from safar.doors.web.design.parts import EmptyState
from safar.doors.web.design.toasts import toast
from safar.doors.web.error_sentences import sentence_of
from safar.doors.web.events.words import visible
from safar.doors.web.members.guard import DeskRequest, desk
from safar.doors.web.members.policies import Capability
from safar.doors.web.members.queries import members_who_may
from safar.store.registry import Workspace
from safar.vocabulary.errors import Refusal

from . import queries, rule_services
from .hearing import places_of
from .page import frame
from .queries import RuleFacts
from .rule_forms import RuleForm, initial_of, rows_sent
from .rule_page import RulePage, RulePages
from .rule_rows import RowRefused, Rows, condition_of_rows, rows_of_condition
from .rule_trial import tried
from .rule_words import RuleWords
from .usual import USUAL_RULES


@require_safe
@desk(Capability.SEE_NUMBERS)
def rules(request: DeskRequest, workspace: Workspace) -> HttpResponse:
    """List the rules."""
    pages = _pages(request, workspace)
    may_change = Capability.CHANGE_RULES in request.capabilities
    address = _address(workspace, "case-rule-new")
    empty = EmptyState(
        _("No rules yet"),
        _("A rule says which answers, comments and silences somebody has to get back to, who, and how soon."),
        _("Make a rule") if may_change else "",
        address if may_change else "",
    )
    context = {
        "frame": frame(workspace, pages.capabilities, "case-rules"),
        "cards": [pages.card(each) for each in queries.rules_of(workspace)],
        "usual": [
            (each.names[pages.locale.language], f"{address}?usual={place}", pages.words.condition(each.text))
            for place, each in enumerate(USUAL_RULES)
        ],
        "empty": empty,
        "may_change": may_change,
        "desk": "listen",
    }
    return render(request, "cases/rules.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Capability.CHANGE_RULES)
def new(request: DeskRequest, workspace: Workspace) -> HttpResponse:
    """Make a rule: from nothing, or from a usual one."""
    usual = request.GET.get("usual", "")
    begun: dict[str, Any] = {}
    text = ""
    if usual.isdecimal() and int(usual[:3]) < len(USUAL_RULES):
        chosen = USUAL_RULES[int(usual[:3])]
        hours = {role: minutes // 60 for minutes, role in chosen.escalations}
        text = chosen.text
        begun = {
            "name": chosen.names[request.reader.locale(workspace).language],
            "priority": chosen.priority,
            "due_hours": chosen.due_minutes // 60,
            "quiet_days": chosen.quiet_days,
            "manager_hours": hours.get("manager"),
            "owner_hours": hours.get("owner"),
        }
    return _editor(request, workspace, None, begun, text)


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Capability.CHANGE_RULES)
def rule(request: DeskRequest, workspace: Workspace, rule_id: str) -> HttpResponse:
    """Change a rule."""
    found = _found(workspace, rule_id)
    return _editor(request, workspace, found, initial_of(found), found.text)


@require_POST
@desk(Capability.CHANGE_RULES)
def switch(request: DeskRequest, workspace: Workspace, rule_id: str) -> HttpResponse:
    """Switch a rule on or off."""
    is_on = not _found(workspace, rule_id).is_on
    rule_services.switch_rule(workspace, rule_id, is_on=is_on, by=Actor.of(request))
    toast(request, _("The rule is on.") if is_on else _("The rule is off."))
    return redirect(_address(workspace, "case-rules"))


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Capability.CHANGE_RULES)
def remove(request: DeskRequest, workspace: Workspace, rule_id: str) -> HttpResponse:
    """Ask, then remove a rule."""
    found = _found(workspace, rule_id)
    confirmation = Confirmation(
        title=_("Remove this rule?"),
        sentences=(visible(found.name), _("It opens no cases any more. Those that it opened stay.")),
        expected="",
        submit=_("Remove the rule"),
        back=_address(workspace, "case-rule", rule_id=rule_id),
    )
    if (asks := unconfirmed(request, confirmation)) is not None:
        return asks
    rule_services.remove_rule(workspace, rule_id, by=Actor.of(request))
    toast(request, _("The rule is removed."))
    return redirect(_address(workspace, "case-rules"))


def _editor(
    request: DeskRequest, workspace: Workspace, found: RuleFacts | None, begun: dict[str, Any], text: str
) -> HttpResponse:
    pages = _pages(request, workspace)
    members = [
        (each.email, str(each)) for each in members_who_may(workspace.workspace_id, Capability.HANDLE_CASES)
    ]
    if request.method != "POST":
        form = RuleForm(initial=begun, members=members, locale=pages.locale)
        rows = _rows(text, pages) if text else ()
        if request.GET.get("as") == "text":
            rows = None
        return _form(request, pages, form, found, pages.form(rows, text))
    form = RuleForm(request.POST, members=members, locale=pages.locale)
    return _sent(request, workspace, pages, form, found)


def _sent(
    request: DeskRequest, workspace: Workspace, pages: RulePages, form: RuleForm, found: RuleFacts | None
) -> HttpResponse:
    """Do what the pressed button of the form says."""
    is_text = request.POST.get("as") == "text"
    rows, text, do = rows_sent(request.POST), request.POST.get("text", "")[:4_000], request.POST.get("do")
    try:
        text = _text(rows, text, pages, is_text=is_text)
        checked = LoopRule(loop_condition_of(text))
    except RowRefused as refused:
        problem = _("A number needs a number, and a name needs “is” or “is not”. Look at the marked row.")
        page = pages.form(rows, "", problem=problem, wrong=refused.place)
        return _form(request, pages, form, found, page, status=422)
    except Refusal as refusal:
        page = pages.form(
            None if is_text else rows, text if is_text else "", problem=sentence_of(refusal.code)
        )
        return _form(request, pages, form, found, page, status=422)
    shown = None if is_text else rows
    if do == "try":
        page = pages.form(shown, text, trial=tried(workspace, checked))
    elif do == "as_text":
        page = pages.form(None, text)
    elif do == "as_rows":
        as_rows = _rows(text, pages)
        problem = "" if as_rows is not None else _("This rule is too deep for rows; it stays text.")
        page = pages.form(as_rows, text, problem=problem)
    else:
        return _saved(request, pages, form, found, pages.form(shown, text))
    return _form(request, pages, form, found, page)


def _saved(
    request: DeskRequest, pages: RulePages, form: RuleForm, found: RuleFacts | None, page: RulePage
) -> HttpResponse:
    if not form.is_valid():
        return _form(request, pages, form, found, page, status=422)
    draft, by = form.draft(page.text), Actor.of(request)
    try:
        if found is None:
            rule_services.define_rule(pages.workspace, draft, by=by)
        else:
            rule_services.change_rule(pages.workspace, found.public_id, draft, by=by)
    except Refusal as refusal:
        form.add_error("name", sentence_of(refusal.code))
        return _form(request, pages, form, found, page, status=422)
    toast(request, _("The rule is saved."))
    return redirect(_address(pages.workspace, "case-rules"))


def _text(rows: Rows, text: str, pages: RulePages, *, is_text: bool) -> str:
    """Return what the form says when a case is opened.

    Raises
    ------
    RowRefused, RuleUnreadable
    """
    if is_text:
        return loop_text_of(loop_condition_of(text))
    made = condition_of_rows(rows, pages.read)
    return "" if made is None else loop_text_of(made)


def _rows(text: str, pages: RulePages) -> Rows | None:
    try:
        return rows_of_condition(loop_condition_of(text), pages.told)
    except Refusal:
        return None


def _form(
    request: DeskRequest,
    pages: RulePages,
    form: RuleForm,
    found: RuleFacts | None,
    page: Any,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        "page": page,
        "form": form,
        "rule": found,
        "title": _("Change a rule") if found else _("Make a rule"),
        "back": _address(pages.workspace, "case-rules"),
        "remove": _address(pages.workspace, "case-rule-remove", rule_id=found.public_id) if found else "",
        "desk": "listen",
    }
    return render(request, "cases/rule.html", context, status=status)


def _found(workspace: Workspace, rule_id: str) -> RuleFacts:
    found = queries.rule_of(workspace, rule_id)
    if found is None:
        raise Http404
    return found


def _pages(request: DeskRequest, workspace: Workspace) -> RulePages:
    locale = request.reader.locale(workspace)
    words = RuleWords.of(workspace, locale, places_of(workspace))
    return RulePages(workspace, locale, frozenset(request.capabilities), words)


def _address(workspace: Workspace, name: str, **named: str) -> str:
    return reverse(name, kwargs={"workspace_id": workspace.workspace_id, **named})
