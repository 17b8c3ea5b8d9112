"""Webhooks under Settings: the list, one with its deliveries, a new one."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from safar.doors.web.administration.tabs import settings_tabs
from safar.doors.web.audit.actor import Actor
from safar.doors.web.design.confirm import Confirmation, unconfirmed
from safar.doors.web.design.parts import Crumb, EmptyState
from safar.doors.web.design.table import Tone
from safar.doors.web.design.toasts import toast
from safar.doors.web.design.words import filled
from safar.doors.web.error_sentences import sentence_of
from safar.doors.web.members.guard import DeskRequest, desk
from safar.doors.web.members.policies import Capability
from safar.show.locale import Locale
from safar.store.registry import Workspace
from safar.vocabulary.errors import Refusal

from . import queries, services
from .forms import KIND_NAMES, WebhookForm
from .models import State
from .queries import DeliveryFacts, WebhookFacts

_PAGE = "settings-webhooks"
_TONES: dict[str, Tone] = {State.WAITING: "info", State.DELIVERED: "good", State.GIVEN_UP: "bad"}


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    """A delivery in the reader's words."""

    delivery_id: int
    kind: str
    message_id: str
    at: str
    state: str
    tone: Tone
    told: str
    body: str
    answer: str
    can_be_replayed: bool


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Capability.CHANGE_RULES)
def webhooks(request: DeskRequest, workspace: Workspace) -> HttpResponse:
    """List the webhooks; make one."""
    form = _form(request, is_new=True)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            made = services.create(
                workspace,
                given["url"],
                given["kinds"],
                allows_private=given.get("allows_private", False),
                by=Actor.of(request),
            )
        except Refusal as refusal:
            form.add_error("url", sentence_of(refusal.code))
        else:
            toast(request, _("The webhook is made, and off. Try it, then turn it on."))
            return redirect("settings-webhook", workspace_id=workspace.workspace_id, webhook_id=made)
    found = [
        (each, _address(workspace, each.public_id), ", ".join(str(KIND_NAMES[kind]) for kind in each.kinds))
        for each in queries.webhooks_of(workspace)
    ]
    context = {
        "found": found,
        "form": form,
        "empty": EmptyState(
            _("No webhooks"),
            _(
                "With one, Safar tells another program at once what happened here. Without one it calls nobody."
            ),
        ),
        **_frame(request, workspace),
    }
    return render(request, "hooks/webhooks.html", context, status=422 if form.errors else 200)


@sensitive_variables("secret")
@require_http_methods(["GET", "HEAD", "POST"])
@desk(Capability.CHANGE_RULES)
def webhook(request: DeskRequest, workspace: Workspace, webhook_id: str) -> HttpResponse:
    """Show a webhook with its deliveries; change it."""
    found, locale = _found(workspace, webhook_id), request.reader.locale(workspace)
    begun = {
        "url": found.url,
        "kinds": found.kinds,
        "allows_private": found.allows_private,
        "is_on": found.is_on,
    }
    form = _form(request, is_new=False, initial=begun)
    if form.is_bound and form.is_valid():
        try:
            services.change(workspace, webhook_id, by=Actor.of(request), **form.cleaned_data)
        except Refusal as refusal:
            form.add_error("url", sentence_of(refusal.code))
        else:
            toast(request, _("The webhook is changed."))
            return redirect(_address(workspace, webhook_id))
    before = request.GET.get("before", "")
    deliveries = queries.deliveries_of(
        workspace, webhook_id, before=int(before) if before.isdecimal() and len(before) < 19 else None
    )
    secret = queries.secret_shown(workspace, webhook_id) if request.GET.get("secret") == "shown" else ""
    context = {
        "webhook": found,
        "form": form,
        "trouble": _trouble(found, locale),
        "secret": secret,
        "rotated": locale.datetime(found.rotated_until) if found.rotated_until else "",
        "lines": [_line(each, locale) for each in deliveries],
        "next": deliveries[-1].delivery_id if len(deliveries) == queries.MOST_DELIVERIES else "",
        "crumbs": (Crumb(_("Webhooks"), reverse(_PAGE, kwargs={"workspace_id": workspace.workspace_id})),),
        **_frame(request, workspace),
    }
    return render(request, "hooks/webhook.html", context, status=422 if form.errors else 200)


@require_POST
@desk(Capability.CHANGE_RULES)
def do(request: DeskRequest, workspace: Workspace, webhook_id: str) -> HttpResponse:
    """Try a webhook, rotate its secret, send a delivery again."""
    _found(workspace, webhook_id)
    what, by = request.POST.get("do", ""), Actor.of(request)
    own = _address(workspace, webhook_id)
    if what == "ping":
        services.ping(workspace, webhook_id, by=by)
        toast(request, _("A test message is on its way. Reload this page in a moment."))
    elif what == "rotate":
        services.rotate(workspace, webhook_id, by=by)
        toast(request, _("There is another secret. For a day the one before signs beside it."))
        own += "?secret=shown"
    elif what == "replay":
        delivery = request.POST.get("delivery", "")
        if not delivery.isdecimal() or len(delivery) > 18:
            raise Http404
        services.replay(workspace, webhook_id, int(delivery), by=by)
        toast(request, _("The message is sent again, with the same id."))
    else:
        raise Http404
    return redirect(own)


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Capability.CHANGE_RULES)
def remove(request: DeskRequest, workspace: Workspace, webhook_id: str) -> HttpResponse:
    """Ask, then remove a webhook."""
    found = _found(workspace, webhook_id)
    confirmation = Confirmation(
        title=_("Remove this webhook?"),
        sentences=(found.url, _("It is told nothing any more. What it was told is forgotten.")),
        expected="",
        submit=_("Remove the webhook"),
        back=_address(workspace, webhook_id),
    )
    if (asks := unconfirmed(request, confirmation)) is not None:
        return asks
    services.remove(workspace, webhook_id, by=Actor.of(request))
    toast(request, _("The webhook is removed."))
    return redirect(_PAGE, workspace_id=workspace.workspace_id)


def _form(request: DeskRequest, *, is_new: bool, initial: dict[str, object] | None = None) -> WebhookForm:
    may_consent = Capability.CHANGE_WORKSPACE in request.capabilities
    sent = request.POST if request.method == "POST" else None
    return WebhookForm(sent, initial=initial, may_consent=may_consent, is_new=is_new)


def _line(delivery: DeliveryFacts, locale: Locale) -> DeliveryLine:
    told = ""
    if delivery.attempts:
        told = filled(
            _("Try %(attempt)s: %(status)s after %(seconds)s s"),
            attempt=locale.number(delivery.attempts),
            status=locale.number(delivery.status) if delivery.status else _("no answer"),
            seconds=locale.number(round(delivery.seconds or 0.0, 2), decimals=2),
        )
    return DeliveryLine(
        delivery.delivery_id,
        str(KIND_NAMES.get(delivery.kind, delivery.kind)),
        delivery.message_id,
        locale.datetime(delivery.created_at),
        str(State(delivery.state).label),
        _TONES[delivery.state],
        told,
        delivery.body,
        delivery.answer,
        bool(delivery.body) and delivery.state != State.WAITING,
    )


def _trouble(found: WebhookFacts, locale: Locale) -> str:
    if found.stopped_at is not None:
        return filled(
            _("Safar turned it off on %(when)s: it had taken nothing for days. Turn it on once it works."),
            when=locale.datetime(found.stopped_at),
        )
    if found.failing_since is not None:
        return filled(_("It has taken nothing since %(when)s."), when=locale.datetime(found.failing_since))
    return ""


def _found(workspace: Workspace, public_id: str) -> WebhookFacts:
    found = queries.webhook_of(workspace, public_id)
    if found is None:
        raise Http404
    return found


def _address(workspace: Workspace, public_id: str) -> str:
    return reverse(
        "settings-webhook", kwargs={"workspace_id": workspace.workspace_id, "webhook_id": public_id}
    )


def _frame(request: DeskRequest, workspace: Workspace) -> dict[str, object]:
    return {
        "tabs": settings_tabs(workspace.workspace_id, request.capabilities, _PAGE),
        "workspace": workspace,
        "desk": "settings",
    }
