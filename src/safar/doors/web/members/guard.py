"""The door of every desk: who is not signed in goes to sign in, who does not work here finds nothing, who may
not is told so."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from safar.doors.web.homes import current_home
from safar.store.registry import Workspace
from safar.vocabulary.errors import Refusal

from .backend import MemberRequest
from .policies import Capability, administers, capabilities_in

Rest = ParamSpec("Rest")


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
    member without the capability is told so (403).
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
                raise PermissionDenied
            try:
                workspace = current_home().workspace(workspace_id)
            except Refusal as error:  # its last trace is a membership
                raise Http404 from error
            request.workspace, request.capabilities = workspace, capabilities
            return view(request, workspace, *args, **kwargs)

        enter.needed = needed  # type: ignore[attr-defined] # read by the walk through all addresses
        return login_required(enter)

    return guarded


def administrator(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
    """Guard a view of the installation: for others there is nothing at the address."""

    @wraps(view)
    def enter(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not administers(request.user):  # type: ignore[arg-type]
            raise Http404
        return view(request, *args, **kwargs)

    enter.needed = "administrator"  # type: ignore[attr-defined]
    return login_required(enter)
