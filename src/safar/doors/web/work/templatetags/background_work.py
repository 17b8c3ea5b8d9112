"""What the templates of background work need."""

from __future__ import annotations

from typing import Any

from django import template

from safar.doors.web.members.backend import Member
from safar.doors.web.work.page import WorkCard, work_card
from safar.doors.web.work.policies import may_steer
from safar.doors.web.work.queries import WorkFacts

register = template.Library()


@register.simple_tag(takes_context=True)
def card_of(context: dict[str, Any], work: WorkFacts) -> WorkCard:
    """Return a piece of work as the reader of this page sees it."""
    request = context["request"]
    member = request.user if isinstance(request.user, Member) else None
    locale = request.reader.locale(request.workspace)
    return work_card(work, locale, may_steer=may_steer(member, request.capabilities, work))
