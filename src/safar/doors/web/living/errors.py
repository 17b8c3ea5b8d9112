"""Errors of the sheet."""

from __future__ import annotations

from safar.vocabulary.errors import Refusal


class MapGone(Refusal, LookupError):
    """The map, or whom it was to be about, is not there any more."""

    code = "living.map_gone"
