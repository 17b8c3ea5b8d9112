"""What the desk Journeys refuses."""

from __future__ import annotations

from safar.vocabulary.errors import Refusal


class UnknownSaved(Refusal, LookupError):
    """There is no such saved question or alert in the workspace."""

    code = "journeys.unknown_saved"


class NotFollowed(Refusal, ValueError):
    """The kind of question has no number that can be pinned or watched."""

    code = "journeys.not_followed"
