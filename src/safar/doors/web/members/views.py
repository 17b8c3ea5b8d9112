"""Pages of signing in and out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from safar.doors.web import mail
from safar.doors.web.audit.actor import Actor
from safar.doors.web.audit.services import record
from safar.doors.web.design.forms import PageForm
from safar.doors.web.design.reader import LANGUAGE_COOKIE, THEME_COOKIE
from safar.doors.web.design.reading_form import ReadingForm
from safar.doors.web.design.words import filled
from safar.doors.web.error_sentences import sentence_of
from safar.show.locale import Locale
from safar.vocabulary.errors import Refusal

from .account import change_reading
from .addresses import base_url, own_address
from .errors import AttemptsWait, ResetLinkRefused
from .forms import CodeForm, ForgottenForm, NewPasswordForm, SignInForm
from .guard import public
from .links import redeem_sign_in_link
from .models import Member
from .resets import mail_reset_link, member_of_reset_link, redeem_reset_link
from .rules import has_two_factor
from .sessions import begin_session
from .sign_in import check_password, remember_browser
from .throttle import RESET, RESET_ADDRESS, network_of, take
from .two_factor import check_code

_YEAR_SECONDS: Final = 365 * 86_400
#: Between the first step of signing in and the second.
_HALF_WAY: Final = timedelta(minutes=10)
_HALF: Final = "half_signed_in"


@dataclass(frozen=True, slots=True)
class EntryPage:
    """One form on the way in.

    Attributes
    ----------
    title, sentence
        Above the form; the sentence may be empty.
    submit
        The words on its button.
    token
        Of the link that was opened; empty without one.
    can_mail
        Whether a forgotten password can be mailed.
    account
        Whose password is chosen; empty where none is.
    """

    title: str
    sentence: str = ""
    submit: str = ""
    token: str = ""
    can_mail: bool = False
    account: str = ""


def refused(form: PageForm, error: Refusal, request: Any, field: str | None = None) -> PageForm:
    """Say at a form what was refused, in the reader's words."""
    sentence = str(sentence_of(error.code))
    if isinstance(error, AttemptsWait):
        wait = Locale(request.reader.language).duration(timedelta(seconds=int(str(error.context["seconds"]))))
        sentence = filled(_("Too many attempts failed. Try again in %(wait)s."), wait=wait)
    form.add_error(field, request.reader.shape(sentence))
    return form


@public
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for address and password; or say how to get a sign-in link."""
    if request.user.is_authenticated:
        return redirect("front")
    first = {"next": own_address(request, request.GET.get("next", ""))}
    form = SignInForm(request.POST if request.method == "POST" else None, initial=first)
    if form.is_valid():
        try:
            member = check_password(request, form.cleaned_data["email"], form.cleaned_data["password"])
        except Refusal as error:
            refused(form, error, request)
        else:
            return enter(request, member, form.cleaned_data["next"])
    page = EntryPage(_("Sign in"), can_mail=mail.can_mail())
    return render(request, "members/sign_in.html", {"page": page, "form": form}, status=_status(form))


def enter(request: HttpRequest, member: Member, next_address: str = "") -> HttpResponse:
    """Let a member in who has shown the first thing; ask for the second where he has one."""
    address = own_address(request, next_address)
    if not has_two_factor(member):
        return _let_in(request, member, address)
    request.session.flush()  # what a stranger did here before is not the member's
    request.session[_HALF] = {
        "member": member.pk,
        "auth": member.get_session_auth_hash(),
        "at": timezone.now().timestamp(),
        "next": address,
    }
    return redirect("sign-in-code")


@public
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """Ask for the second step."""
    half = request.session.get(_HALF)
    member = _half_signed_in(half)
    if member is None or half is None:
        return redirect("sign-in")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            left = check_code(member, form.cleaned_data["code"], by=Actor.of(request))
        except Refusal as error:
            refused(form, error, request, "code")
        else:
            response = _let_in(request, member, half["next"])
            if left is not None:
                _warn_of_codes(request, left)
            return response
    page = EntryPage(_("The second step"), _("Your password was right. Now the code."), _("Sign in"))
    return render(request, "members/entry.html", {"page": page, "form": form}, status=_status(form))


def _half_signed_in(half: dict[str, Any] | None) -> Member | None:
    if not half or timezone.now().timestamp() - half["at"] > _HALF_WAY.total_seconds():
        return None
    member = Member.objects.filter(pk=half["member"], is_active=True).first()
    return member if member and member.get_session_auth_hash() == half["auth"] else None


def _let_in(request: HttpRequest, member: Member, next_address: str) -> HttpResponse:
    begin_session(request, member)
    record(Actor.of(request), "member.signed_in", target=member.email)
    response = HttpResponseRedirect(own_address(request, next_address) or "/")
    remember_browser(response, request, member)
    return response


def _warn_of_codes(request: HttpRequest, left: int) -> None:
    sentence = ngettext(
        "You used a recovery code. %(number)s is left: make new ones in your account.",
        "You used a recovery code. %(number)s are left.",
        left,
    )
    number = request.reader.shape(str(left))  # type: ignore[attr-defined] # set by the reader's middleware
    messages.warning(request, filled(sentence, number=number))


@public
@sensitive_variables("token")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_link(request: HttpRequest, token: str) -> HttpResponse:
    """Ask once more on GET, so that a preview of the link does not use it up; sign in on POST."""
    if request.method != "POST":
        page = EntryPage(_("Welcome"), _("Press the button below to sign in."), _("Sign in"), token)
        return render(request, "members/sign_in_link.html", {"page": page})
    return enter(request, redeem_sign_in_link(token))


@public
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    if isinstance(request.user, Member):
        request.user.sessions.filter(session_key=request.session.session_key).delete()  # type: ignore[attr-defined]
    logout(request)
    return redirect("sign-in")


@public
@require_http_methods(["GET", "HEAD", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    """Send a link to a new password, or say who makes one. The answer is the same for every address."""
    form = ForgottenForm(request.POST if request.method == "POST" else None)
    is_sent = False
    if mail.can_mail() and form.is_valid():
        email = form.cleaned_data["email"]
        try:
            take((RESET, email), (RESET_ADDRESS, network_of(str(request.META.get("REMOTE_ADDR", "")))))
        except AttemptsWait as error:
            refused(form, error, request)
        else:
            mail_reset_link(email, base_url(request), request.reader.language)  # type: ignore[attr-defined]
            is_sent = True
    page = EntryPage(_("Forgotten password"), submit=_("Send me a link"), can_mail=mail.can_mail())
    context = {"page": page, "form": form, "is_sent": is_sent}
    return render(request, "members/forgotten.html", context, status=_status(form))


@public
@sensitive_post_parameters("password")
@sensitive_variables("token")
@require_http_methods(["GET", "HEAD", "POST"])
def reset(request: HttpRequest, token: str) -> HttpResponse:
    """Let a member choose a new password by the link he was given."""
    member = member_of_reset_link(token)
    form = NewPasswordForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            redeem_reset_link(
                token, form.cleaned_data["password"], address=str(request.META.get("REMOTE_ADDR", ""))
            )
        except ResetLinkRefused:  # somebody was faster
            raise
        except Refusal as error:
            refused(form, error, request, "password")
        else:
            logout(request)  # if it was his, this session has ended with the others
            messages.success(request, _("Your new password is set. Sign in with it."))
            return redirect("sign-in")
    page = EntryPage(
        _("A new password"),
        filled(_("For the account %(email)s. All its open sessions will end."), email=member.email),
        _("Set the password"),
        token,
        account=member.email,
    )
    return render(request, "members/entry.html", {"page": page, "form": form}, status=_status(form))


@public
@require_POST
def reading(request: HttpRequest) -> HttpResponse:
    """Change language, calendar, digits or theme, and go back to the page that was read."""
    form = ReadingForm(request.POST)
    back = own_address(request, request.POST.get("next", "")) or "/"
    response = HttpResponseRedirect(back)
    if not form.is_valid():
        return response
    sent = {name: value for name, value in form.cleaned_data.items() if name in request.POST}
    if isinstance(request.user, Member):
        member = request.user
        change_reading(
            member,
            language=sent.get("language") or member.language,
            calendar=sent.get("calendar", member.calendar),
            digits=sent.get("digits", member.digits),
            time_zone=member.time_zone,
            currency=member.currency,
        )
    keep_choice(response, LANGUAGE_COOKIE, sent.get("language", ""))
    keep_choice(response, THEME_COOKIE, sent.get("theme", ""))
    return response


def keep_choice(response: HttpResponse, cookie: str, value: str) -> None:
    """Let the browser remember what a reader chose."""
    if value:
        response.set_cookie(
            cookie,
            value,
            max_age=_YEAR_SECONDS,
            samesite="Lax",
            httponly=True,
            secure=settings.SESSION_COOKIE_SECURE,
        )


def _status(form: PageForm) -> int:
    return 422 if form.is_bound and form.errors else 200
