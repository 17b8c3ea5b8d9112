"""What the app of estimates refuses."""

from __future__ import annotations

from safar.vocabulary.errors import Refusal


class UnknownEstimate(Refusal, LookupError):
    """The workspace has no such estimate."""

    code = "estimates.unknown"


class EstimateRefused(Refusal, ValueError):
    """An estimate has a name, what it is of, and a number within its interval."""

    code = "estimates.refused"


class AlreadyScored(Refusal, ValueError):
    """An estimate that was scored stays as it is."""

    code = "estimates.already_scored"


class UnitsDiffer(Refusal, ValueError):
    """An estimate and its outcome are of one unit, and at one level."""

    code = "estimates.units_differ"
