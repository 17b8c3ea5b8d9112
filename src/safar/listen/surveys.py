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
WORDS: Final = "words"
SURVEY: Final = "survey"
#: The property of an answer that holds what the customer wrote.
VERBATIM: Final = "verbatim"

#: The direction of a scale where an answer names none.
HIGHER_IS_BETTER: Final = "higher_is_better"
#: The other one.
LOWER_IS_BETTER: Final = "lower_is_better"
#: What the end of a response says where a full quota turned the respondent away.
IS_SCREENED: Final = "is_screened"

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
        Field(SURVEY, "coalesce(properties->>'survey', properties->>'survey_id')", "text"),
        # how long it is: the words themselves are many, and read one by one
        Field(WORDS, f"length(trim(coalesce(properties->>'{VERBATIM}', '')))", "number"),
    ),
)
