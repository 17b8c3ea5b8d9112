"""Which scores there are: every question key that was answered on a scale, with its metric and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from safar.vocabulary.answer import Provenance
from safar.vocabulary.window import Window, from_microseconds

from .answer_counts import to_question
from .answer_rows import Kind, all_answers, are_of_kind, kinds_of, scored_keys
from .scoring import Scoring, scoring_of
from .surveys import SURVEY

if TYPE_CHECKING:
    from safar.store.log import Log


@dataclass(frozen=True, slots=True)
class ScoreKeysQuestion:
    """Which question keys have a score in a window?"""

    window: Window


@dataclass(frozen=True, slots=True)
class ScoreKey:
    """A question key on one scale.

    Attributes
    ----------
    question_key, kind
        Its name, its metric and scale.
    scoring
        How it is scored.
    n
        Answers in the window, readable or not.
    first_at, last_at
        Of the first and the last of them.
    surveys
        Names of the surveys it was asked in.
    is_mixed
        The key was answered on other scales as well: each is a score of its own.
    """

    question_key: str
    kind: Kind
    scoring: Scoring
    n: int
    first_at: datetime
    last_at: datetime
    surveys: tuple[str, ...]
    is_mixed: bool


@dataclass(frozen=True, slots=True)
class ScoreKeysAnswer:
    """The keys, those with most answers first; the scales of a key stand together."""

    keys: tuple[ScoreKey, ...]
    provenance: Provenance


def score_keys(log: Log, question: ScoreKeysQuestion) -> ScoreKeysAnswer:
    """Answer which question keys were answered on a scale.

    Parameters
    ----------
    log
        Where the answers are.
    question
        When.
    """
    rows = all_answers(log, question.window)
    found = []
    for key in scored_keys(rows):
        ours = to_question(rows, key)
        kinds = kinds_of(ours)
        of_key = []
        for kind, n in kinds.items():
            mine = ours.where(are_of_kind(ours, kind))
            column = mine.fields[SURVEY]
            there = {text for code, text in enumerate(column.texts) if text and (column.values == code).any()}
            of_key.append(
                ScoreKey(
                    key,
                    kind,
                    scoring_of(kind.metric, kind.scale),
                    n,
                    from_microseconds(int(mine.time[0])),
                    from_microseconds(int(mine.time[-1])),
                    tuple(sorted(there)),
                    len(kinds) > 1,
                )
            )
        if of_key:
            found.append(of_key)
    found.sort(key=lambda scales: (-sum(each.n for each in scales), scales[0].question_key))
    return ScoreKeysAnswer(
        tuple(each for scales in found for each in scales),
        Provenance(question, rows.version, len(rows)),
    )
