"""Pages of one's own account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from safar.doors.web.audit.actor import Actor
from safar.doors.web.audit.services import record
from safar.doors.web.design.confirm import Confirmation, unconfirmed
from safar.doors.web.design.reader import LANGUAGE_COOKIE, THEME_COOKIE, Reader
from safar.doors.web.design.words import filled
from safar.vocabulary.errors import Refusal

from .account import change_name, change_password, change_reading
from .account_page import (
    example,
    locale_of,
    own_workspaces,
    session_lines,
    tabs,
    token_lines,
    workspace_lines,
)
from .addresses import own_address
from .backend import MemberRequest
from .errors import LastOwner
from .forms import (
    ChangePasswordForm,
    ConfirmKeyForm,
    NameForm,
    NewPasswordForm,
    OwnPasswordForm,
    ReadingPageForm,
    SwitchOffForm,
    TokenForm,
)
from .guard import proved, signed_in
from .memberships import remove_member
from .models import ApiToken
from .rules import has_two_factor
from .sessions import end_session, end_sessions, keep_this_session, prove
from .sign_in import check_own_password
from .tokens import create_token, revoke_token
from .two_factor import (
    begin_two_factor,
    check_code,
    confirm_two_factor,
    key_image,
    key_text,
    recovery_codes_left,
    renew_recovery_codes,
    switch_two_factor_off,
)
from .views import keep_choice, refused

#: A number that a table can hold has no more.
_NUMBER_DIGITS: Final = 18


@dataclass(frozen=True, slots=True)
class TwoFactorPage:
    """The state of the second step: the key while it is learnt, how many recovery codes are left afterwards."""

    is_on: bool
    key: str = ""
    codes_left: str = ""
    is_low: bool = False
    next_address: str = ""


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def me(request: MemberRequest) -> HttpResponse:
    """Show and change how pages read."""
    member, reader = request.user, request.reader
    first = {
        "language": reader.language,
        "calendar": member.calendar,
        "digits": member.digits,
        "time_zone": member.time_zone,
        "currency": member.currency,
        "theme": reader.theme,
    }
    form = ReadingPageForm(request.POST if request.method == "POST" else None, initial=first)
    if form.is_valid():
        told = form.cleaned_data
        change_reading(member, **{name: told[name] for name in first if name != "theme"})
        response = redirect("me")
        keep_choice(response, LANGUAGE_COOKIE, told["language"])
        keep_choice(response, THEME_COOKIE, told["theme"])
        messages.success(request, _("Saved."))
        return response
    workspaces = own_workspaces(member)
    shown = example(reader, workspaces[0] if workspaces else None)
    context = {"form": form, "example": shown, "tabs": tabs("me")}
    return render(request, "members/me.html", context, status=_status(form))


@signed_in
@require_safe
def me_example(request: MemberRequest) -> HttpResponse:
    """Show how pages would read with choices that are not saved yet."""
    form = ReadingPageForm(request.GET)
    reader = request.reader
    if form.is_valid():
        told = form.cleaned_data
        reader = Reader(
            told["language"],
            told["calendar"],
            told["digits"],
            told["time_zone"],
            reader.theme,
            told["currency"],
        )
    workspaces = own_workspaces(request.user)
    shown = example(reader, workspaces[0] if workspaces else None)
    return render(request, "members/example.html", {"example": shown})


@signed_in
@sensitive_post_parameters("current", "password")
@require_http_methods(["GET", "HEAD", "POST"])
def me_password(request: MemberRequest) -> HttpResponse:
    """Change name or password."""
    member = request.user
    has_password = member.has_usable_password()
    if not has_password and not request.session.get("proved_at"):
        return redirect("me-confirm")
    sent = request.POST if request.method == "POST" else None
    names = NameForm(
        sent if sent and "name" in sent else None, initial={"name": member.name}, auto_id="name-%s"
    )
    kind = ChangePasswordForm if has_password else NewPasswordForm
    form = kind(sent if sent and "password" in sent else None)
    if names.is_valid():
        try:
            change_name(member, names.cleaned_data["name"], by=Actor.of(request))
        except Refusal as error:
            refused(names, error, request, "name")
        else:
            messages.success(request, _("Saved."))
            return redirect("me-password")
    if form.is_valid() and _changes_password(request, form.cleaned_data, form):
        messages.success(request, _("Your new password is set. All other sessions have ended."))
        return redirect("me-password")
    context = {"names": names, "form": form, "has_password": has_password, "tabs": tabs("me-password")}
    return render(request, "members/me_password.html", context, status=max(_status(form), _status(names)))


def _changes_password(request: MemberRequest, told: dict[str, str], form: Any) -> bool:
    try:
        if "current" in told:
            check_own_password(request.user, told["current"])
    except Refusal as error:
        refused(form, error, request, "current")
        return False
    try:
        change_password(request.user, told["password"], by=Actor.of(request))
    except Refusal as error:
        refused(form, error, request, "password")
        return False
    prove(request)
    keep_this_session(request, request.user)
    return True


@signed_in
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def me_confirm(request: MemberRequest) -> HttpResponse:
    """Ask for the password once more, before something that matters."""
    first = {"next": own_address(request, request.GET.get("next", ""))}
    form = OwnPasswordForm(request.POST if request.method == "POST" else None, initial=first)
    if form.is_valid():
        try:
            check_own_password(request.user, form.cleaned_data["password"])
        except Refusal as error:
            refused(form, error, request, "password")
        else:
            prove(request)
            return redirect(own_address(request, form.cleaned_data["next"]) or "me")
    context = {"form": form, "has_password": request.user.has_usable_password()}
    return render(request, "members/me_confirm.html", context, status=_status(form))


@proved
@sensitive_post_parameters("password", "code")
@require_http_methods(["GET", "HEAD", "POST"])
def me_two_factor(request: MemberRequest) -> HttpResponse:
    """Set the second step up, or switch it off."""
    member = request.user
    next_address = own_address(request, request.GET.get("next", ""))
    if has_two_factor(member):
        return _with_two_factor(request)
    device = begin_two_factor(member)
    form = ConfirmKeyForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            codes = confirm_two_factor(member, form.cleaned_data["code"], by=Actor.of(request))
        except Refusal as error:
            refused(form, error, request, "code")
        else:
            keep_this_session(request, member)
            return _codes_once(request, codes, next_address)
    page = TwoFactorPage(is_on=False, key=key_text(device), next_address=next_address)
    context = {"page": page, "form": form, "tabs": tabs("me-two-factor")}
    return render(request, "members/me_two_factor.html", context, status=_status(form))


def _with_two_factor(request: MemberRequest) -> HttpResponse:
    member = request.user
    form = SwitchOffForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            check_own_password(member, form.cleaned_data["password"])
        except Refusal as error:
            refused(form, error, request, "password")
        else:
            try:
                check_code(member, form.cleaned_data["code"], by=Actor.of(request))
                switch_two_factor_off(member, by=Actor.of(request))
            except Refusal as error:
                refused(form, error, request, "code")
            else:
                messages.success(request, _("The second step is off. Your password alone signs you in."))
                return redirect("me-two-factor")
    left = recovery_codes_left(member)
    page = TwoFactorPage(is_on=True, codes_left=request.reader.shape(str(left)), is_low=left < 3)
    context = {"page": page, "form": form, "tabs": tabs("me-two-factor")}
    return render(request, "members/me_two_factor.html", context, status=_status(form))


def _codes_once(request: MemberRequest, codes: list[str], next_address: str = "") -> HttpResponse:
    context = {"codes": codes, "next_address": next_address, "tabs": tabs("me-two-factor")}
    return render(request, "members/recovery_codes.html", context)


@proved
@require_safe
def me_two_factor_key(request: MemberRequest) -> HttpResponse:
    """Show the key that is being learnt as a picture; there is none once it is confirmed."""
    if has_two_factor(request.user):
        raise Http404
    return HttpResponse(key_image(begin_two_factor(request.user)), content_type="image/svg+xml")


@proved
@require_POST
def me_recovery_codes(request: MemberRequest) -> HttpResponse:
    """Make new recovery codes and show them, once."""
    return _codes_once(request, renew_recovery_codes(request.user, by=Actor.of(request)))


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def me_sessions(request: MemberRequest) -> HttpResponse:
    """Show where the member is signed in; end one of these sessions, or all others."""
    member = request.user
    if request.method == "POST":
        this = request.session.session_key or ""
        chosen = request.POST.get("session", "")
        ended = (
            int(end_session(member, int(chosen)))
            if chosen.isascii() and chosen.isdecimal() and len(chosen) <= _NUMBER_DIGITS
            else end_sessions(member, but=this)
        )
        if ended:
            record(Actor.of(request), "member.sessions_ended", target=member.email)
        messages.success(request, _("They are signed out."))
        return redirect("me-sessions")
    lines = session_lines(member, request.session.session_key or "", locale_of(request.reader, member))
    return render(request, "members/me_sessions.html", {"sessions": lines, "tabs": tabs("me-sessions")})


@proved
@require_http_methods(["GET", "HEAD", "POST"])
def me_tokens(request: MemberRequest) -> HttpResponse:
    """Show the member's tokens and make new ones."""
    member = request.user
    choices = [(each.workspace_id, each.name) for each in own_workspaces(member)]
    form = TokenForm(request.POST if request.method == "POST" else None, workspaces=choices)
    secret = ""
    if form.is_valid():
        told = form.cleaned_data
        ends = timezone.now() + timedelta(days=int(told["days"])) if told["days"] else None
        try:
            _token, secret = create_token(
                member,
                told["workspace_id"],
                told["name"],
                can_write=told["access"] == "write",
                expires_at=ends,
                by=Actor.of(request),
            )
        except Refusal as error:
            refused(form, error, request, "name")
        else:
            form = TokenForm(workspaces=choices)
    context = {
        "form": form,
        "secret": secret,
        "tokens": token_lines(member, locale_of(request.reader, member)),
        "tabs": tabs("me-tokens"),
    }
    return render(request, "members/me_tokens.html", context, status=_status(form))


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def me_token_end(request: MemberRequest, token_id: int) -> HttpResponse:
    """Ask, then revoke a token."""
    token = ApiToken.objects.filter(member=request.user, pk=token_id, revoked_at=None).first()
    if token is None:
        raise Http404

    asked = Confirmation(
        title=filled(_("Revoke the token %(name)s?"), name=token.name),
        sentences=(_("Programs that use it are refused from now on. A revoked token does not come back."),),
        expected="",
        submit=_("Revoke"),
        back=reverse("me-tokens"),
    )
    if (asks := unconfirmed(request, asked)) is not None:
        return asks
    revoke_token(request.user, token_id, by=Actor.of(request))
    messages.success(request, _("The token opens nothing any more."))
    return redirect("me-tokens")


@signed_in
@require_safe
def me_workspaces(request: MemberRequest) -> HttpResponse:
    """Show the workspaces that the member works in."""
    lines = workspace_lines(request.user, locale_of(request.reader, request.user))
    return render(request, "members/me_workspaces.html", {"lines": lines, "tabs": tabs("me-workspaces")})


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def me_leave(request: MemberRequest, workspace_id: str) -> HttpResponse:
    """Ask by name, then leave a workspace."""
    workspace = next(
        (each for each in own_workspaces(request.user) if each.workspace_id == workspace_id), None
    )
    if workspace is None:
        raise Http404

    asked = Confirmation(
        title=filled(_("Leave %(workspace)s?"), workspace=workspace.name),
        sentences=(
            _(
                "You see nothing of it any more, and your tokens for it end. Only its members can invite you again."
            ),
        ),
        expected=workspace.name,
        submit=_("Leave the workspace"),
        back=reverse("me-workspaces"),
    )
    if (asks := unconfirmed(request, asked)) is not None:
        return asks
    try:
        left = remove_member(request.user.email, workspace_id, by=Actor.of(request))
    except LastOwner:
        messages.error(request, _("You are its only owner. Make somebody else owner first."))
        return redirect("me-workspaces")
    if not left.is_active:  # it was the last one
        logout(request)
    messages.success(request, filled(_("You no longer work in %(workspace)s."), workspace=workspace.name))
    return redirect("me-workspaces")


def _status(form: Any) -> int:
    return 422 if form.is_bound and form.errors else 200
