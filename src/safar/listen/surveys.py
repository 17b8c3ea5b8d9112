"""Invitations and answers as an extract: which invitation, which question, what was chosen on which scale."""

from __future__ import annotations

from typing import Final

from safar.store.extracts import Extract, Field
from safar.vocabulary.lifecycle import SURVEY_ANSWERED, SURVEY_SENT

INVITATION: Final = "invitation"
METRIC: Final = "metric"
QUESTION: Final = "question"
VALUE: Final = "value"
LOWEST: Final = "lowest"
HIGHEST: Final = "highest"
DIRECTION: Final = "direction"

#: The direction of a scale where an answer names none.
HIGHER_IS_BETTER: Final = "higher_is_better"

SURVEYS: Final = Extract(
    SURVEY_SENT | SURVEY_ANSWERED,
    (
        Field(INVITATION, "properties->>'invitation_id'", "key"),
        Field(METRIC, "properties->>'metric'", "text"),
        Field(QUESTION, "properties->>'question_key'", "text"),
        Field(VALUE, "TRY_CAST(properties->>'value' AS DOUBLE)", "real"),
        Field(LOWEST, "TRY_CAST(properties->>'scale_min' AS INTEGER)", "real"),
        Field(HIGHEST, "TRY_CAST(properties->>'scale_max' AS INTEGER)", "real"),
        Field(DIRECTION, f"coalesce(properties->>'direction', '{HIGHER_IS_BETTER}')", "text"),
    ),
)
