"""Keys that events come in with: made, proved, revoked."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from safar.doors.web.audit.actor import Actor
from safar.doors.web.design.confirm import Confirmation, unconfirmed
from safar.doors.web.design.export import export_table
from safar.doors.web.design.parts import Crumb
from safar.doors.web.design.table import sorted_table
from safar.doors.web.design.toasts import toast
from safar.doors.web.design.words import filled
from safar.doors.web.error_sentences import sentence_of
from safar.doors.web.homes import current_home
from safar.doors.web.members.guard import DeskRequest, desk
from safar.doors.web.members.policies import Capability
from safar.store.keys import InvalidKeySetting, Key, KeyExists, UnknownKey
from safar.store.registry import Workspace

from .forms import KeyForm
from .keys_page import KeyPage, key_facts, keys_table, proof_of
from .queries import arrived, uses
from .services import create_key, key_in, revoke_key
from .snippets import UNKNOWN_SECRET, snippets
from .tabs import settings_tabs

_PAGE = "settings-keys"


@sensitive_variables("secret")
@require_http_methods(["GET", "HEAD", "POST"])
@desk(Capability.MANAGE_KEYS)
def keys(request: DeskRequest, workspace: Workspace) -> HttpResponseBase:
    """List the keys; make one, and show its secret this once."""
    form = KeyForm(
        request.POST if request.method == "POST" else None, locale=request.reader.locale(workspace)
    )
    if form.is_bound and form.is_valid():
        asked = form.cleaned_data
        rate = asked["requests_per_second"]
        try:
            key, secret = create_key(
                workspace.workspace_id,
                by=Actor.of(request),
                name=asked["name"],
                channel=asked["channel"],
                origins=asked["origins"],
                requests_per_second=None if rate is None else float(rate),
            )
        except KeyExists as error:
            form.add_error("name", sentence_of(error.code))
        except InvalidKeySetting as error:
            form.add_error(str(error.context["setting"]), _refused(error))
        else:
            return _key_page(request, workspace, key, secret)
    locale = request.reader.locale(workspace)
    table = keys_table(
        workspace,
        current_home().keys(workspace.workspace_id),
        uses(workspace),
        locale,
        can_export=Capability.EXPORT in request.capabilities,
    )
    table = sorted_table(table, request.GET.get("sort", ""))
    if request.GET.get("export") and not form.is_bound:
        return export_table(table, request.GET["export"], locale, request.reader.direction)
    shown = {
        "desk": "settings",
        "tabs": settings_tabs(workspace.workspace_id, request.capabilities, _PAGE),
        "form": form,
        "table": table,
    }
    return render(request, "administration/keys.html", shown, status=422 if form.is_bound else 200)


@require_safe
@desk(Capability.MANAGE_KEYS)
def key(request: DeskRequest, workspace: Workspace, key_id: str) -> HttpResponse:
    """Show one key, without its secret."""
    return _key_page(request, workspace, _found(workspace, key_id), "")


@require_safe
@desk(Capability.MANAGE_KEYS)
def key_arrived(request: DeskRequest, workspace: Workspace, key_id: str) -> HttpResponse:
    """Say whether an event has come in with the key: a part of its page that asks again."""
    found = _found(workspace, key_id)
    proof = proof_of(
        workspace, found, arrived(workspace, found), request.reader.locale(workspace), timezone.now()
    )
    if request.headers.get("HX-Request-Type") != "partial":
        return redirect("settings-key", workspace_id=workspace.workspace_id, key_id=key_id)
    return render(request, "administration/key_proof.html", {"proof": proof})


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Capability.MANAGE_KEYS)
def key_revoke(request: DeskRequest, workspace: Workspace, key_id: str) -> HttpResponseBase:
    """Ask for the key's name, then revoke it."""
    found = _found(workspace, key_id)
    confirmation = Confirmation(
        title=filled(_("Revoke the key %(name)s?"), name=found.name),
        sentences=(
            _("What still sends with it is refused within a second. A revoked key never works again."),
            _("Events that came in with it stay."),
            _("To confirm, type the name of the key."),
        ),
        expected=found.name,
        submit=_("Revoke the key"),
        back=reverse(_PAGE, kwargs={"workspace_id": workspace.workspace_id}),
    )
    if (asks := unconfirmed(request, confirmation)) is not None:
        return asks
    revoke_key(workspace.workspace_id, key_id, by=Actor.of(request))
    toast(request, filled(_("The key %(name)s is revoked."), name=found.name))
    return redirect(confirmation.back)


def _found(workspace: Workspace, key_id: str) -> Key:
    try:
        return key_in(workspace.workspace_id, key_id)
    except UnknownKey as error:
        raise Http404 from error


def _refused(error: InvalidKeySetting) -> str:
    value = str(error.context["value"])
    return {
        "origins": filled(
            _(
                "%(value)s is no web origin. Write scheme and host, such as https://shop.example, or * for any."
            ),
            value=value,
        ),
        "requests_per_second": _("Write a number above zero, or leave it empty."),
    }.get(str(error.context["setting"]), _("Write up to 100 characters on one line."))


@sensitive_variables("secret")
def _key_page(request: DeskRequest, workspace: Workspace, found: Key, secret: str) -> HttpResponse:
    locale = request.reader.locale(workspace)
    base_url = f"{request.scheme}://{request.get_host()}"
    page = KeyPage(
        key=found,
        secret=secret,
        facts=key_facts(found, locale),
        snippets=snippets(base_url, secret or UNKNOWN_SECRET) if found.revoked_at is None else (),
        proof=proof_of(workspace, found, arrived(workspace, found), locale, timezone.now()),
    )
    shown = {
        "desk": "settings",
        "page": page,
        "tabs": settings_tabs(workspace.workspace_id, request.capabilities, _PAGE),
        "crumbs": (Crumb(_("Keys"), reverse(_PAGE, kwargs={"workspace_id": workspace.workspace_id})),),
    }
    return render(request, "administration/key.html", shown)
