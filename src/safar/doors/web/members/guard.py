"""The door of every desk: who is not signed in goes to sign in, who does not work here finds nothing, who may
not is told so."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.utils.translation import gettext as _

from safar.doors.web.homes import current_home
from safar.store.registry import Workspace
from safar.vocabulary.errors import Refusal

from .addresses import page_address
from .backend import MemberRequest
from .models import Member
from .policies import Capability, administers, capabilities_in
from .rules import lacks_two_factor
from .sessions import is_proved, note_workspace

Rest = ParamSpec("Rest")
_logger = logging.getLogger("safar.members")


class DeskRequest(MemberRequest):
    """The request of a member who works in the workspace of the address."""

    workspace: Workspace
    #: What he may do there.
    capabilities: frozenset[Capability]


def desk(
    needed: Capability,
) -> Callable[
    [Callable[Concatenate[DeskRequest, Workspace, Rest], HttpResponseBase]], Callable[..., HttpResponseBase]
]:
    """Guard a view of a workspace: it is called with the request and the workspace for members who may.

    A stranger is sent to sign in; for who does not work in the workspace there is nothing at the address (404); a
    member without the capability is told so (403). Where the workspace asks for a second factor, a member without one
    is led to set it up before anything else.
    """

    def guarded(
        view: Callable[Concatenate[DeskRequest, Workspace, Rest], HttpResponseBase],
    ) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def enter(request: Any, workspace_id: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            capabilities = capabilities_in(request.user, workspace_id)
            if capabilities is None:
                raise Http404
            if needed not in capabilities:
                _logger.warning(
                    "refused member %s in %s: %s is needed", request.user.pk, workspace_id, needed
                )
                raise PermissionDenied
            try:
                workspace = current_home().workspace(workspace_id)
            except Refusal as error:  # its last trace is a membership
                raise Http404 from error
            if lacks_two_factor(request.user, workspace_id):
                messages.warning(
                    request, _("This workspace asks for a second step at sign-in. Set it up first.")
                )
                return _lead(request, "me-two-factor")
            note_workspace(request, workspace_id)
            request.workspace, request.capabilities = workspace, capabilities
            return view(request, workspace, *args, **kwargs)

        enter.needed = needed  # type: ignore[attr-defined] # read by the walk through all addresses
        return signed_in(enter)

    return guarded


def signed_in(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Guard a view for members: a stranger is sent to sign in, and comes back to the page he stood on.

    A form that was sent after its session ended leads back to its page, not to the address that only takes forms.
    """

    @wraps(view)
    def enter(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not isinstance(request.user, Member):
            return _lead(request, "sign-in")
        return view(request, *args, **kwargs)

    enter.needed = getattr(view, "needed", "member")  # type: ignore[attr-defined]
    return enter


def public(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Mark a view that strangers may see: knowingly, for it shows nothing of any workspace."""
    view.needed = "public"  # type: ignore[attr-defined] # read by the walk through all addresses
    return view


def proved(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Guard a view of one's own account that matters: it asks for the password if none was given for 15 minutes."""

    @wraps(view)
    def enter(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not is_proved(request):
            return _lead(request, "me-confirm")
        return view(request, *args, **kwargs)

    return signed_in(enter)


def _lead(request: HttpRequest, name: str) -> HttpResponseBase:
    """Send the reader to a page first, which then leads back; a part that htmx asks for sends the whole page."""
    address = f"{resolve_url(name)}?{urlencode({'next': page_address(request)}, safe='/')}"
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": address})
    return redirect(address)


def administrator(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Guard a view of the installation: for others there is nothing at the address."""

    @wraps(view)
    def enter(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not administers(request.user):  # type: ignore[arg-type]
            raise Http404
        return view(request, *args, **kwargs)

    enter.needed = "administrator"  # type: ignore[attr-defined]
    return signed_in(enter)
