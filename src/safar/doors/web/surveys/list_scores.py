"""What each survey of the list found of late: its first score with an interval, and how many answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from safar.doors.web.design.answers import answer
from safar.doors.web.design.words import filled
from safar.doors.web.homes import current_home
from safar.doors.web.scores.queries import times_of
from safar.doors.web.scores.words import ScoreWords
from safar.listen.answer_rows import MixedScales, NoSuchScore, Which
from safar.listen.response import Response, ResponseQuestion, response
from safar.listen.score import ScoreQuestion, score
from safar.listen.scoring import Score, Scoring
from safar.show.locale import Locale
from safar.store.log import Log
from safar.store.registry import Workspace
from safar.vocabulary.window import Window

from .queries import published
from .question_keys import asked_keys

#: The stretch of time that the list speaks of.
_SPAN: Final = "90d"


@dataclass(frozen=True, slots=True)
class ListScores:
    """Which scores, of which surveys, when: pairs of a survey's key and its first scored question's key."""

    pairs: tuple[tuple[str, str], ...]
    window: Window


@dataclass(frozen=True, slots=True)
class Found:
    """What one survey found; None where there is nothing, or its key is on several scales."""

    score: Score | None
    scoring: Scoring | None
    response: Response | None


def found_of(workspace: Workspace, survey_ids: tuple[str, ...], locale: Locale) -> dict[str, Found]:
    """Return what published surveys found in the last 90 days, by public id."""
    times = times_of(workspace, _SPAN, locale)
    asked = {each: published(workspace, each) for each in survey_ids}
    pairs = {
        public_id: (version.survey.key, next((k.key for k in asked_keys(version.survey) if k.scale), ""))
        for public_id, version in asked.items()
        if version is not None
    }
    if times is None or not pairs:
        return {}
    log = current_home().log(workspace.workspace_id)
    found = answer(workspace.workspace_id, log, _found, ListScores(tuple(pairs.values()), times.now))
    return dict(zip(pairs, found, strict=True))


def _found(log: Log, question: ListScores) -> tuple[Found, ...]:
    found = []
    for survey_key, question_key in question.pairs:
        asked = response(log, ResponseQuestion((question.window,), surveys=(survey_key,))).responses[0]
        try:
            which = Which(question_key, only=(("survey", survey_key),))
            scored = score(log, ScoreQuestion(which, (question.window,))) if question_key else None
        except (MixedScales, NoSuchScore):  # nobody answered yet, or on several scales
            scored = None
        found.append(
            Found(None if scored is None else scored.scores[0], scored.scoring if scored else None, asked)
        )
    return tuple(found)


def score_in_words(found: Found, locale: Locale) -> str:
    """Return the score with its interval; empty without one."""
    if found.score is None or found.scoring is None:
        return ""
    words, estimate = ScoreWords(locale, found.scoring), found.score.estimate
    if estimate is None:
        return ""
    return filled("%(value)s (%(sure)s)", value=words.value(estimate.value), sure=words.interval(estimate))
