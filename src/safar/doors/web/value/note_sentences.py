"""A sentence for each caveat of an answer about value. A test walks all codes."""

from __future__ import annotations

from typing import Final

from safar.doors.web.journeys.note_sentences import Sentence

from .notes.reasons import OF_REASONS
from .notes.staying import OF_STAYING
from .notes.trying import OF_TRYING
from .notes.worth import OF_WORTH

NOTE_SENTENCES: Final[dict[str, Sentence]] = OF_WORTH | OF_STAYING | OF_TRYING | OF_REASONS
