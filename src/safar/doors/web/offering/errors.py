"""What the app of next best actions refuses."""

from __future__ import annotations

from safar.vocabulary.errors import Refusal


class UnknownAction(Refusal, LookupError):
    """The workspace has no such action."""

    code = "offering.unknown"


class ActionRefused(Refusal, ValueError):
    """An action cannot be like this: it has no name, a name that another has, or ends before it begins."""

    code = "offering.refused"


class TooManyActions(Refusal, ValueError):
    """The workspace has as many actions as are chosen among."""

    code = "offering.too_many"
