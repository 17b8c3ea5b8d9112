"""Pages of joining: the first member's, and those of invited ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from safar.doors.web.audit.actor import Actor
from safar.doors.web.design.words import filled
from safar.doors.web.homes import current_home
from safar.vocabulary.errors import Refusal

from .errors import InvitationForAnother, InvitationRefused, SetUpRefused
from .forms import JoinForm, WelcomeForm
from .guard import public
from .invitations import accept_invitation, invitation_of, known_member
from .models import Member, Role
from .set_up import check_set_up_link, set_up
from .views import enter, refused


@dataclass(frozen=True, slots=True)
class InvitationPage:
    """What an invited one reads.

    Attributes
    ----------
    workspace, email, role, invited_by
        Who invites whom to what; ``invited_by`` is empty for the terminal.
    token
        Of the link.
    state
        ``"new"``: he makes an account. ``"here"``: he is signed in as the invited one. ``"sign_in"``: the address has
        an account, which he must sign in to. ``"another"``: somebody else is signed in.
    """

    workspace: str
    email: str
    role: str
    invited_by: str
    token: str
    state: str


@public
@sensitive_post_parameters("password")
@sensitive_variables("token")
@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """Make the first member and the first workspace."""
    check_set_up_link(token)
    language = request.reader.language  # type: ignore[attr-defined] # set by the reader's middleware
    form = WelcomeForm(request.POST if request.method == "POST" else None, language=language)
    names = [each.name for each in current_home().workspaces()]
    if names:  # the home was filled from the terminal; its workspaces become the first member's
        for name in ("workspace_name", "calendar", "time_zone", "currency"):
            del form.fields[name]
    if form.is_valid():
        told = form.cleaned_data
        try:
            member, workspace = set_up(
                token,
                email=told["email"],
                name=told["name"],
                password=told["password"],
                language=told["language"],
                **{
                    name: told[name]
                    for name in ("workspace_name", "calendar", "time_zone", "currency")
                    if name in told
                },
                address=str(request.META.get("REMOTE_ADDR", "")),
            )
        except SetUpRefused:  # somebody was faster
            raise
        except Refusal as error:
            refused(form, error, request, _field_of(error))
        else:
            return enter(request, member, f"/w/{workspace.workspace_id}/today")
    status = 422 if form.is_bound and form.errors else 200
    return render(
        request, "members/welcome.html", {"form": form, "token": token, "names": names}, status=status
    )


@public
@sensitive_post_parameters("password")
@sensitive_variables("token")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: Any, token: str) -> HttpResponse:
    """Let an invited one in: with a new account, or with the one he has."""
    found = invitation_of(token)
    member = known_member(found)
    workspace = current_home().workspace(found.workspace_id)
    page = InvitationPage(
        workspace=workspace.name,
        email=found.email,
        role=str(Role(found.role).label),
        invited_by=str(found.invited_by or ""),
        token=token,
        state=_state(request.user, member),
    )
    first = {"language": request.reader.language}
    form = JoinForm(request.POST if request.method == "POST" and page.state == "new" else None, initial=first)
    if request.method == "POST" and page.state in {"sign_in", "another"}:
        raise InvitationForAnother(
            "The invitation is for somebody who has an account.", hint="Sign in with that account first."
        )
    if page.state == "here" and request.method == "POST":
        accept_invitation(token, by=Actor.of(request))
        messages.success(request, filled(_("You now work in %(workspace)s."), workspace=workspace.name))
        return redirect("today", workspace_id=workspace.workspace_id)
    if form.is_valid():
        try:
            joined = accept_invitation(token, by=Actor.of(request), **form.cleaned_data)
        except (InvitationRefused, InvitationForAnother):
            raise
        except Refusal as error:
            refused(form, error, request, _field_of(error))
        else:
            return enter(request, joined, f"/w/{workspace.workspace_id}/today")
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "members/invitation.html", {"page": page, "form": form}, status=status)


def _state(visitor: object, member: Member | None) -> str:
    if isinstance(visitor, Member):
        return "here" if visitor == member else "another"
    return "new" if member is None else "sign_in"


def _field_of(error: Refusal) -> str | None:
    """Return the field that an error is about; None for the form as a whole."""
    if error.code.startswith("password."):
        return "password"
    return {"email.unreadable": "email", "time_zone.unknown": "time_zone"}.get(error.code)
