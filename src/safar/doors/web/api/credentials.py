"""Who asks, and whether he may: a bearer token, the role of its member, and whether it may write.

The API reads no cookie, so no page of another site can make a browser speak for a member: there is nothing that CSRF
tokens would protect.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any, Final, cast

from django.conf import settings
from django.http import HttpRequest
from ninja.security import HttpBearer

from safar.doors.web.audit.actor import Actor
from safar.doors.web.homes import current_home
from safar.doors.web.members.backend import Member
from safar.doors.web.members.policies import Capability, capabilities_in
from safar.doors.web.members.tokens import token_of
from safar.store.log import Log
from safar.store.registry import Workspace
from safar.vocabulary.errors import Refusal

from .problems import NotAllowed, ReadOnly, TooManyRequests, Unauthorized
from .rates import Rates

#: How often a token may ask in the long run, and at once after a rest.
PER_SECOND: Final = settings.API_REQUESTS_PER_SECOND
BURST: Final = max(1, round(PER_SECOND * 12))
_logger = logging.getLogger("safar.web")
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_rates = Rates(PER_SECOND, BURST)


@dataclass(frozen=True, slots=True)
class Caller:
    """The member a token acts as, in the one workspace it is for.

    Attributes
    ----------
    capabilities
        What his role allows there.
    can_write
        Whether the token may change anything.
    token_id, token_name
        The token; as its member named it.
    address
        The network address the request came from.
    """

    member: Member
    workspace: Workspace
    capabilities: frozenset[Capability]
    can_write: bool
    token_id: int
    token_name: str
    address: str

    @property
    def actor(self) -> Actor:
        """Who a change is noted as."""
        return Actor("token", self.member, self.address, self.token_name)

    @property
    def log(self) -> Log:
        """The log of the workspace."""
        return current_home().log(self.workspace.workspace_id)


class ApiRequest(HttpRequest):
    """The request of a caller who may."""

    auth: Caller


class Token(HttpBearer):
    """The guard of an operation.

    Parameters
    ----------
    needed
        What the member's role must allow; None where any member of the workspace may.
    is_reading
        The operation changes nothing although its method says otherwise: a read-only token may use it.
    """

    openapi_bearerFormat = "sft_…"  # noqa: N815 - as OpenAPI spells it

    def __init__(self, needed: Capability | None = None, *, is_reading: bool = False) -> None:
        super().__init__()
        self.needed = needed
        self.is_reading = is_reading

    def __call__(self, request: HttpRequest) -> Any:
        """Return the caller."""
        caller = super().__call__(request)
        if caller is None:
            raise _unauthorized()
        return caller

    def authenticate(self, request: HttpRequest, token: str) -> Caller:
        """Return whom the token acts as.

        Raises
        ------
        Unauthorized, TooManyRequests, NotAllowed, ReadOnly
            Nothing was done.
        """
        found = token_of(token.strip())
        if found is None:
            raise _unauthorized()
        member = cast("Member", found.member)
        capabilities = capabilities_in(member, found.workspace_id)
        try:
            workspace = current_home().workspace(found.workspace_id)
        except Refusal as error:  # its last trace is a token
            raise _unauthorized() from error
        if capabilities is None:
            raise _unauthorized()
        seconds = _rates.wait(found.pk)
        if seconds:
            raise TooManyRequests(seconds)
        if self.needed is not None and self.needed not in capabilities:
            _logger.warning("refused token %s in %s: %s is needed", found.pk, found.workspace_id, self.needed)
            raise NotAllowed(
                f"The role of {member.email} does not allow {self.needed.value}.",
                hint="An owner or manager of the workspace can change the role.",
                needed=self.needed.value,
            )
        if not found.can_write and not self.is_reading and request.method not in _SAFE:
            _logger.warning("refused token %s in %s: it may only read", found.pk, found.workspace_id)
            raise ReadOnly("This token may only read.", hint="Make another that may write.")
        return Caller(
            member=member,
            workspace=workspace,
            capabilities=capabilities,
            can_write=found.can_write,
            token_id=found.pk,
            token_name=found.name,
            address=str(request.META.get("REMOTE_ADDR", "")),
        )


def _unauthorized() -> Unauthorized:
    return Unauthorized(
        "There is no valid token in the header Authorization.",
        hint="Send `Authorization: Bearer sft_…` with a token that is not revoked and not expired.",
    )
