"""Who did something: a member in a browser, a program with a token, somebody at the terminal, or Safar itself."""

from __future__ import annotations

import getpass
from dataclasses import dataclass
from typing import Final, Literal, Self

from django.http import HttpRequest

from safar.doors.web.members.backend import Member

ActorKind = Literal["member", "token", "terminal", "system"]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is at work.

    Attributes
    ----------
    kind
        How he comes.
    member
        Whose account is used; None at the terminal and for Safar itself.
    address
        The network address the request came from; empty without a request.
    detail
        The name of the token, or the user of the machine.
    """

    kind: ActorKind
    member: Member | None = None
    address: str = ""
    detail: str = ""

    @classmethod
    def of(cls, request: HttpRequest) -> Self:
        """Return the member who sent the request; Safar itself for a stranger's (a failed sign-in)."""
        member = request.user if isinstance(request.user, Member) else None
        return cls("member" if member else "system", member, str(request.META.get("REMOTE_ADDR", "")))

    @classmethod
    def at_terminal(cls) -> Self:
        """Return whoever types on this machine: the name its operating system knows him by."""
        try:
            return cls("terminal", detail=getpass.getuser())
        except OSError:  # a container's user without a name
            return cls("terminal")


#: What the clock does.
SYSTEM: Final = Actor("system")
