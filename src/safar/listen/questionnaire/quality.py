"""Marks of quality on a response: too fast to have been read, the same point all along, sent before.

A mark says what was seen and takes nothing away: results are shown with and without marked responses, and both numbers
are told.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import msgspec

from safar.vocabulary.text import fold

from . import questions as kinds
from .anatomy import Answer, Answers, Survey
from .piping import in_language, named
from .walk import Walk, answers_on_the_way

SPEEDER: Final = "speeder"
STRAIGHT_LINER: Final = "straight_liner"
DUPLICATE: Final = "duplicate"

#: Words a minute of silent reading: adults read 238 of English (Brysbaert 2019), 228 of English and 138 of Arabic aloud
#: (Trauzettel-Klosinski and Dietz 2012). The fastest is taken for all, for it marks the fewest.
WORDS_A_MINUTE: Final = 240.0
#: Seconds to decide and answer a question, beside reading it: a quick click takes at least this long.
SECONDS_A_QUESTION: Final = 1.0
#: Seconds that are reckoned with, for those who do decide, where it is told how long a survey takes.
SECONDS_TO_DECIDE: Final = 5.0
#: Faster than this share of the time of reading all that was shown, and nobody has read it.
SPEEDER_SHARE: Final = 0.5
#: So many rated rows and scales in all are needed, and this share of them on one point.
LEAST_ROWS: Final = 6
STRAIGHT_SHARE: Final = 0.95
#: A response like another one from the same source, so soon after it, is the same one sent again.
DUPLICATE_WITHIN: Final = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Earlier:
    """A response that was sent before.

    Attributes
    ----------
    pattern
        What `pattern` returned for it.
    source
        Where it came from, as the door tells sources apart (a link, a person, a hashed address); empty: unknown.
    """

    pattern: str
    source: str
    ended_at: datetime


def marks(
    survey: Survey,
    walk: Walk,
    answers: Answers,
    *,
    seconds: float | None,
    source: str = "",
    ended_at: datetime | None = None,
    earlier: Iterable[Earlier] = (),
) -> tuple[str, ...]:
    """Return the marks of a response.

    Parameters
    ----------
    seconds
        From the first page seen to the last one sent; None where nobody measured: then nobody is too fast.
    source, ended_at
        Of this response, as of `Earlier`.
    earlier
        Responses to the same survey within `DUPLICATE_WITHIN`.

    Returns
    -------
    tuple of str
        `SPEEDER`: less than half of what reading the shown words at 240 words a minute takes, with a second for each
        question. `STRAIGHT_LINER`: at least six rows of tables and scales, 95 % of them on one point. `DUPLICATE`: the
        same answers from the same source within half an hour.

    Notes
    -----
    Speed as a share of what is usual is the common rule (Greszki, Meyer and Schoen 2015: half of the median time); the
    time of reading stands for the median here, for it is known before anybody has answered. Straight lines: Kim et al.
    (2019) count the largest share of one point over a battery. Semantic differentials and scales whose better end lies
    low are counted on the points as they are shown, as a line down the page runs over them.
    """
    counting = answers_on_the_way(survey, walk, answers)
    found = []
    if seconds is not None and counting and seconds < SPEEDER_SHARE * reading_seconds(survey, walk, counting):
        found.append(SPEEDER)
    if _is_straight(survey, counting):
        found.append(STRAIGHT_LINER)
    if source and ended_at is not None:
        own = pattern(counting)
        if any(
            each.pattern == own
            and each.source == source
            and abs(ended_at - each.ended_at) <= DUPLICATE_WITHIN
            for each in earlier
        ):
            found.append(DUPLICATE)
    return tuple(found)


def minutes(survey: Survey) -> int:
    """Return about how long it takes to answer every question of a survey, in minutes, at least 1.

    The time of reading it in its first language, and `SECONDS_TO_DECIDE` for each thing that is asked.
    """
    reads = survey.languages[:1]
    words = sum(len(text.split()) for question in survey.questions for text in _texts(question, reads))
    decisions = sum(max(len(getattr(question, "rows", ())), 1) for question in survey.questions)
    seconds = words / WORDS_A_MINUTE * 60 + decisions * SECONDS_TO_DECIDE
    return max(math.ceil(seconds / 60), 1)


def reading_seconds(survey: Survey, walk: Walk, answers: Answers) -> float:
    """Return how long it takes to read what a respondent was shown, in his language, and to answer it."""
    pages = {step.page_id: 0 for step in walk.way}
    for step in walk.way:
        pages[step.page_id] += 1
    reads = (walk.language, *survey.languages[:1])
    words, asked = 0, len(answers)
    for page in survey.pages:
        shown = sum(len(text.split()) for question in page.questions for text in _texts(question, reads))
        words += pages.get(page.page_id, 0) * shown
    return words / WORDS_A_MINUTE * 60 + asked * SECONDS_A_QUESTION


def _texts(question: kinds.Question, reads: Sequence[str]) -> Iterator[str]:
    """Yield what there is to read; of a table every row, of choices all of them."""
    yield in_language(question.title, *reads)
    yield in_language(question.about, *reads)
    for words in named(question).values():
        yield in_language(words, *reads)
    for row in getattr(question, "rows", ()):
        yield in_language(row.words, *reads)
        yield in_language(row.opposite, *reads)


def _is_straight(survey: Survey, answers: Answers) -> bool:
    points = list(_points(survey, answers))
    if len(points) < LEAST_ROWS:
        return False
    return max(map(points.count, set(points))) >= STRAIGHT_SHARE * len(points)


def _points(survey: Survey, answers: Answers) -> Iterator[tuple[int, float]]:
    """Yield the points of all scales, with the number of points that the scale has."""
    for key, answer in answers.items():
        question = survey.question(key.partition("@")[0])
        if isinstance(question, kinds.Scored | kinds.Dual | kinds.Differential | kinds.Matrix):
            scale = question.scale
            given = [answer, *answer.rows.values()]
            yield from (
                (len(scale.points), each.value - scale.lowest) for each in given if each.value is not None
            )


def pattern(answers: Answers) -> str:
    """Return a digest that two responses share when they answer alike, however their words are typed.

    Notes
    -----
    BLAKE2b (RFC 7693) over answers by key, their texts folded. Nothing can be read out of it but equality.
    """
    bare = {key: _folded(answer) for key, answer in sorted(answers.items())}
    return hashlib.blake2b(msgspec.json.encode(bare, order="deterministic"), digest_size=16).hexdigest()


def _folded(answer: Answer) -> Answer:
    rows = {name: _folded(each) for name, each in answer.rows.items()}
    return msgspec.structs.replace(answer, text=fold(answer.text), seconds=None, rows=rows)
