"""Members of a workspace: who works here in which role, invited, changed, removed."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from safar.doors.web.audit.actor import Actor
from safar.doors.web.design.confirm import Confirmation, ConfirmForm, confirmation_page
from safar.doors.web.design.export import export_table
from safar.doors.web.design.parts import Crumb
from safar.doors.web.design.table import sorted_table
from safar.doors.web.design.toasts import toast
from safar.doors.web.design.words import filled
from safar.doors.web.error_sentences import sentence_of
from safar.doors.web.members.guard import DeskRequest, desk
from safar.doors.web.members.policies import Capability, Role
from safar.doors.web.members.queries import (
    WorkspaceMember,
    invitations_of,
    member_with_address,
    members_of,
    needs_two_factor,
)
from safar.doors.web.members.roles import RANK, role_in
from safar.doors.web.members.services import (
    Invited,
    UnknownInvitation,
    change_role,
    create_reset_link,
    invite,
    may_reset,
    remove_member,
    resend_invitation,
    withdraw_invitation,
)
from safar.store.registry import Workspace
from safar.vocabulary.errors import Refusal

from .forms import InviteForm, RoleForm
from .members_page import invitation_lines, member_key, members_table
from .role_words import roles_to_give
from .tabs import settings_tabs

_PAGE = "settings-members"


@sensitive_variables("invited")
@require_http_methods(["GET", "HEAD", "POST"])
@desk(Capability.MANAGE_MEMBERS)
def members(request: DeskRequest, workspace: Workspace) -> HttpResponseBase:
    """List members and invitations; invite somebody, and show the link this once."""
    own = role_in(request.user.pk, workspace.workspace_id)
    form = InviteForm(
        request.POST if request.method == "POST" else None,
        roles=roles_to_give(own),
        initial={"role": Role.VIEWER},
        locale=request.reader.locale(workspace),
    )
    if form.is_bound and form.is_valid():
        asked = form.cleaned_data
        try:
            invited = invite(
                asked["email"],
                workspace.workspace_id,
                asked["role"],
                by=Actor.of(request),
                base_url=_base_url(request),
            )
        except Refusal as error:
            form.add_error("email", sentence_of(error.code))
        else:
            return _invited(request, workspace, invited)
    locale = request.reader.locale(workspace)
    table = members_table(
        workspace,
        members_of(workspace.workspace_id),
        locale,
        needs_two_factor=needs_two_factor(workspace.workspace_id),
        can_export=Capability.EXPORT in request.capabilities,
        now=timezone.now(),
    )
    table = sorted_table(table, request.GET.get("sort", ""))
    if request.GET.get("export") and not form.is_bound:
        return export_table(table, request.GET["export"], locale, request.reader.direction)
    shown = {
        "desk": "settings",
        "tabs": settings_tabs(workspace.workspace_id, request.capabilities, _PAGE),
        "form": form,
        "table": table,
        "invitations": invitation_lines(invitations_of(workspace.workspace_id), locale),
    }
    return render(request, "administration/members.html", shown, status=422 if form.is_bound else 200)


@sensitive_variables("invited")
@require_POST
@desk(Capability.MANAGE_MEMBERS)
def invitation_again(request: DeskRequest, workspace: Workspace, invitation_id: int) -> HttpResponse:
    """Make a new link for an open invitation; the one before opens nothing any more."""
    try:
        invited = resend_invitation(
            invitation_id, workspace.workspace_id, by=Actor.of(request), base_url=_base_url(request)
        )
    except UnknownInvitation as error:
        raise Http404 from error
    return _invited(request, workspace, invited)


@require_POST
@desk(Capability.MANAGE_MEMBERS)
def invitation_withdraw(request: DeskRequest, workspace: Workspace, invitation_id: int) -> HttpResponse:
    """Take an invitation back."""
    try:
        invitation = withdraw_invitation(invitation_id, workspace.workspace_id, by=Actor.of(request))
    except UnknownInvitation as error:
        raise Http404 from error
    toast(request, filled(_("The invitation of %(email)s is withdrawn."), email=invitation.email))
    return redirect(_PAGE, workspace_id=workspace.workspace_id)


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Capability.MANAGE_MEMBERS)
def member(request: DeskRequest, workspace: Workspace, member: str) -> HttpResponse:
    """Show one member; give another role."""
    found = _found(workspace, member)
    own = role_in(request.user.pk, workspace.workspace_id)
    form = RoleForm(
        request.POST if request.method == "POST" else None,
        roles=roles_to_give(own),
        initial={"role": found.role},
    )
    if form.is_bound and form.is_valid():
        try:
            change_role(found.email, workspace.workspace_id, form.cleaned_data["role"], by=Actor.of(request))
        except Refusal as error:
            form.add_error("role", sentence_of(error.code))
        else:
            toast(request, filled(_("The role of %(email)s is changed."), email=found.email))
            return redirect(_PAGE, workspace_id=workspace.workspace_id)
    return _member_page(request, workspace, found, form=form, is_in_reach=RANK[found.role] <= RANK[own])


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Capability.MANAGE_MEMBERS)
def member_remove(request: DeskRequest, workspace: Workspace, member: str) -> HttpResponseBase:
    """Ask for the member's address, then remove him and end his sessions."""
    found = _found(workspace, member)
    confirmation = Confirmation(
        title=filled(_("Remove %(email)s from this workspace?"), email=found.email),
        sentences=(
            _("Sessions, links and tokens end at once. What this member did stays noted."),
            _("An invitation can let this member in again."),
            _("To confirm, type the e-mail address."),
        ),
        expected=found.email,
        submit=_("Remove the member"),
        back=reverse("settings-member", kwargs={"workspace_id": workspace.workspace_id, "member": member}),
    )
    form = ConfirmForm(confirmation.expected, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            remove_member(found.email, workspace.workspace_id, by=Actor.of(request))
        except Refusal as error:
            form.add_error(None, sentence_of(error.code))
        else:
            toast(request, filled(_("%(email)s is removed from this workspace."), email=found.email))
            return redirect("front" if found.email == request.user.email else _members_address(workspace))
    return confirmation_page(request, confirmation, form)


@sensitive_variables("link")
@require_POST
@desk(Capability.MANAGE_MEMBERS)
def member_reset(request: DeskRequest, workspace: Workspace, member: str) -> HttpResponse:
    """Make a link to choose a new password, and show it this once."""
    found = _found(workspace, member)
    link = create_reset_link(found.email, _base_url(request), by=Actor.of(request))
    shown = _frame(request, workspace) | {
        "heading": _("A link to choose a new password"),
        "sentence": filled(
            _("Hand it to %(email)s yourself: it works once, for an hour, and is not shown again."),
            email=found.email,
        ),
        "link": link,
    }
    return render(request, "administration/link.html", shown)


def _invited(request: DeskRequest, workspace: Workspace, invited: Invited) -> HttpResponse:
    email = invited.invitation.email
    if invited.was_mailed:
        sentence = _("It was sent to %(email)s. You can also hand it over yourself; it is not shown again.")
    else:
        sentence = _("Mail is not set up: hand it to %(email)s yourself. It is not shown again.")
    shown = _frame(request, workspace) | {
        "heading": _("The invitation is ready"),
        "sentence": filled(sentence, email=email),
        "link": invited.link,
    }
    return render(request, "administration/link.html", shown)


def _member_page(
    request: DeskRequest, workspace: Workspace, found: WorkspaceMember, *, form: RoleForm, is_in_reach: bool
) -> HttpResponse:
    locale = request.reader.locale(workspace)
    account = member_with_address(found.email)
    shown = _frame(request, workspace) | {
        "member": found,
        "key": member_key(found.email),
        "role": Role(found.role).label,
        "joined": locale.date(found.since),
        "last_sign_in": locale.datetime(found.last_sign_in_at) if found.last_sign_in_at else "",
        "form": form,
        "is_in_reach": is_in_reach,
        "is_self": found.email == request.user.email,
        "may_reset": found.email != request.user.email and may_reset(Actor.of(request), account),
    }
    return render(request, "administration/member.html", shown, status=422 if form.is_bound else 200)


def _frame(request: DeskRequest, workspace: Workspace) -> dict[str, object]:
    return {
        "desk": "settings",
        "tabs": settings_tabs(workspace.workspace_id, request.capabilities, _PAGE),
        "crumbs": (Crumb(_("Members"), _members_address(workspace)),),
        "back": _members_address(workspace),
    }


def _members_address(workspace: Workspace) -> str:
    return reverse(_PAGE, kwargs={"workspace_id": workspace.workspace_id})


def _found(workspace: Workspace, key: str) -> WorkspaceMember:
    for each in members_of(workspace.workspace_id):
        if member_key(each.email) == key:
            return each
    raise Http404


def _base_url(request: DeskRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"
