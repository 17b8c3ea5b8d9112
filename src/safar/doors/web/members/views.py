"""Pages of signing in and out, and of what one reads."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from safar.doors.web.design.reader import LANGUAGE_COOKIE, THEME_COOKIE
from safar.doors.web.design.reading_form import ReadingForm

from .models import Member
from .services import change_reading, redeem_sign_in_link

_YEAR_SECONDS = 365 * 86_400


@dataclass(frozen=True, slots=True)
class SignInPage:
    """Where to go after signing in; the link page needs the token to send it on."""

    next_address: str = ""
    token: str = ""


@require_safe
def sign_in(request: HttpRequest) -> HttpResponse:
    """Say how to get a sign-in link."""
    if request.user.is_authenticated:
        return redirect("front")
    page = SignInPage(next_address=_own_address(request, request.GET.get("next", "")))
    return render(request, "members/sign_in.html", {"page": page})


@sensitive_variables("token")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_link(request: HttpRequest, token: str) -> HttpResponse:
    """Ask once more on GET, so that a preview of the link does not use it up; sign in on POST."""
    if request.method != "POST":
        return render(request, "members/sign_in_link.html", {"page": SignInPage(token=token)})
    login(request, redeem_sign_in_link(token))
    return redirect("front")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("sign-in")


@require_POST
def reading(request: HttpRequest) -> HttpResponse:
    """Change language, calendar, digits or theme, and go back to the page that was read."""
    form = ReadingForm(request.POST)
    back = _own_address(request, request.POST.get("next", "")) or "/"
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
        )
    for cookie, name in ((LANGUAGE_COOKIE, "language"), (THEME_COOKIE, "theme")):
        if sent.get(name):
            response.set_cookie(
                cookie,
                sent[name],
                max_age=_YEAR_SECONDS,
                samesite="Lax",
                httponly=True,
                secure=settings.SESSION_COOKIE_SECURE,
            )
    return response


def _own_address(request: HttpRequest, address: str) -> str:
    """Return the address when it is one of ours, else nothing: no redirect leaves this host."""
    is_ours = address.startswith("/") and url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if is_ours else ""
