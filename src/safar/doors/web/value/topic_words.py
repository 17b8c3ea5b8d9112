"""What conversations are about, in words: topics that the workspace or every workspace names, and usual reasons."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import pgettext_lazy

from safar.doors.web.cases.rule_words import topic_names
from safar.doors.web.events.words import cut, visible
from safar.store.registry import Workspace

#: What conversations are about that no comment speaks of.
_REASONS: Final[dict[str, Any]] = {
    "damage": pgettext_lazy("reason of a conversation", "Damage"),
    "order": pgettext_lazy("reason of a conversation", "Order"),
    "product": pgettext_lazy("reason of a conversation", "Product"),
    "question": pgettext_lazy("reason of a conversation", "A question"),
}


def topics_in_words(workspace: Workspace, language: str) -> dict[str, str]:
    """Return what topics are called, by what events call them; those that are not there stand as they are."""
    return {key: str(words) for key, words in _REASONS.items()} | topic_names(workspace, language)


def topic_in_words(topic: str, names: dict[str, str]) -> str:
    """Return what a topic is called: as events have it where it has no other name."""
    return names.get(topic) or visible(cut(topic))
