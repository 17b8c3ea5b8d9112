"""How Django finds the member of a session."""

from __future__ import annotations

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from safar.doors.web.design.reader import Reader

from .models import Member

__all__ = ["Member", "MemberBackend", "MemberRequest"]


class MemberRequest(HttpRequest):
    """A request as views behind the sign-in see it."""

    user: Member
    reader: Reader


class MemberBackend(BaseBackend):
    """Who a member is, is checked where he comes in (`sign_in`, `links`); a session then names him."""

    def get_user(self, user_id: int) -> Member | None:
        """Return the member of a session while he is active."""
        return Member.objects.filter(pk=user_id, is_active=True).first()
