"""What the app of asking refuses."""

from __future__ import annotations

from safar.vocabulary.errors import Refusal


class UnknownLink(Refusal, LookupError):
    """There is no such link."""

    code = "inviting.unknown_link"


class UnknownRound(Refusal, LookupError):
    """There is no such round of invitations in the workspace."""

    code = "inviting.unknown_round"


class RoundRefused(Refusal, ValueError):
    """Nobody can be asked like that."""

    code = "inviting.round_refused"


class NotPublished(Refusal, ValueError):
    """The survey has no published version that could be answered."""

    code = "inviting.not_published"


class WidgetRefused(Refusal, ValueError):
    """A survey cannot appear on pages like that."""

    code = "inviting.widget_refused"
