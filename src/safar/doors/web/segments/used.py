"""Where a segment is used: saved questions that ask among its customers, personas that stand for it."""

from __future__ import annotations

from urllib.parse import parse_qs

from django.urls import reverse

from safar.doors.web.design.parts import Tab
from safar.doors.web.events.words import cut, visible
from safar.doors.web.journeys.queries import saved_questions
from safar.observe.segment_text import segment_of
from safar.store.registry import Workspace
from safar.vocabulary.errors import Refusal

from .queries import SegmentFacts


def used_in(workspace: Workspace, facts: SegmentFacts) -> tuple[Tab, ...]:
    """Return the saved questions that are asked among the customers of a segment."""
    place = {"workspace_id": workspace.workspace_id}
    return tuple(
        Tab(
            cut(visible(each.title), 80),
            reverse("journeys-saved-one", kwargs={**place, "saved_id": each.saved_id}),
        )
        for each in saved_questions(workspace)
        if any(_is_same(text, facts) for text in parse_qs(each.query).get("segment", ()))
    )


def _is_same(text: str, facts: SegmentFacts) -> bool:
    """Whether a text defines the same customers."""
    try:
        return segment_of(text).parts == facts.segment.parts
    except Refusal:
        return False
