"""Labels of comments in words."""

from __future__ import annotations

from typing import Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from safar.doors.web.design.table import Tone
from safar.maps.anatomy import said
from safar.show.locale import Locale
from safar.store.registry import Workspace

from .labels import Band
from .queries import CommentFacts

SENTIMENTS: Final[dict[int, Promise | str]] = {
    -1: pgettext_lazy("a sentiment", "Negative"),
    0: pgettext_lazy("a sentiment", "Neutral"),
    1: pgettext_lazy("a sentiment", "Positive"),
}
TONES: Final[dict[int, Tone]] = {-1: "bad", 0: "soft", 1: "good"}
EMOTIONS: Final[dict[str, Promise | str]] = {
    "anger": pgettext_lazy("an emotion", "Anger"),
    "fear": pgettext_lazy("an emotion", "Worry"),
    "joy": pgettext_lazy("an emotion", "Joy"),
    "sadness": pgettext_lazy("an emotion", "Sadness"),
    "surprise": pgettext_lazy("an emotion", "Surprise"),
    "none": pgettext_lazy("an emotion", "No clear emotion"),
}
KINDS: Final[dict[str, Promise | str]] = {
    "complaint": pgettext_lazy("a kind of comment", "Complaint"),
    "request": pgettext_lazy("a kind of comment", "Request"),
    "praise": pgettext_lazy("a kind of comment", "Praise"),
    "other": pgettext_lazy("a kind of comment", "Something else"),
}
LANGUAGES: Final[dict[str, Promise | str]] = {
    "fa": _("Persian"),
    "ar": _("Arabic"),
    "en": _("English"),
    "mixed": pgettext_lazy("a language", "Mixed"),
    "und": pgettext_lazy("a language", "Not known"),
}
BANDS: Final[dict[int, Promise | str]] = {
    Band.LOW: pgettext_lazy("a score", "Low"),
    Band.MIDDLE: pgettext_lazy("a score", "In the middle"),
    Band.HIGH: pgettext_lazy("a score", "High"),
}
#: What ``lang`` says of a text; nothing where it is not one language.
LANG: Final = {"fa": "fa", "ar": "ar", "en": "en"}


def emotion_in_words(emotion: str) -> str:
    """Return an emotion in the reader's language."""
    return str(EMOTIONS.get(emotion, emotion))


def kind_in_words(kind: str) -> str:
    """Return a kind of comment in the reader's language."""
    return str(KINDS.get(kind, kind))


def labels_in_words(facts: CommentFacts, locale: Locale) -> str:
    """Return the labels of a comment on one line: sentiment, kind where it is clear, topics."""
    kind = "" if facts.kind == "other" else kind_in_words(facts.kind)
    topics = [said(each.names, locale.language, "en", "fa", "ar") or each.key for each in facts.topics]
    return " · ".join(filter(None, (str(SENTIMENTS[facts.sentiment]), kind, *topics)))


def comment_href(workspace: Workspace, facts: CommentFacts) -> str:
    """Return where the labels of a comment are explained and corrected."""
    named = {"workspace_id": workspace.workspace_id, "comment_id": facts.comment_id}
    return reverse("comment", kwargs=named)
