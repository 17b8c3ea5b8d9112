"""Scores of surveys that are followed as numbers of saved questions are: read each hour, told when they leave their
interval. Their own page is that of the desk Listen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from safar.listen.answer_rows import Which
from safar.listen.score import ScoreQuestion, score
from safar.store.log import Log
from safar.store.registry import Workspace
from safar.vocabulary.errors import Refusal
from safar.vocabulary.window import Window, from_microseconds

from .kinds import BY_KEY
from .metric import Metric, Unit
from .queries import saved_as

#: Days of answers that a score is read from.
SPANS: Final = {"30d": 30, "90d": 90, "365d": 365}
USUAL_SPAN: Final = "90d"
_LONGEST: Final = 200


@dataclass(frozen=True, slots=True)
class FollowedKind:
    """A kind of number that is followed.

    Attributes
    ----------
    key
        As `models.SavedQuestion.kind` keeps it.
    name, metric_name, metric_unit
        What it is called, what its number is called, and its unit.
    is_score
        Whether it is a score of surveys.
    """

    key: str
    name: Promise | str
    metric_name: Promise | str
    metric_unit: Unit
    is_score: bool = False


_SCORES: Final = {
    f"score-{unit}": FollowedKind(
        f"score-{unit}", pgettext_lazy("kind of question", "Score"), _("The score"), unit, is_score=True
    )
    for unit in ("points", "share", "mean")
}


def followed_kind(key: str) -> FollowedKind | None:
    """Return the kind of a number that can be followed; None for a kind without one."""
    if key in _SCORES:
        return _SCORES[key]
    page = BY_KEY.get(key)
    if page is None or page.metric is None:
        return None
    return FollowedKind(page.key, page.name, page.metric_name, page.metric_unit)


def score_query(question_key: str, kind: str, span: str) -> str:
    """Return what is kept of a score: the state of its page."""
    given = {
        "key": question_key[:_LONGEST],
        "kind": kind[:_LONGEST],
        "span": span if span in SPANS else USUAL_SPAN,
    }
    return urlencode({name: value for name, value in given.items() if value})


@dataclass(frozen=True, slots=True)
class ScoreWatch:
    """What ``journeys/watch_score.html`` is given: a score, and whether it is watched."""

    key: str
    kind: str
    span: str
    title: str
    is_watched: bool


def score_watch(workspace: Workspace, question_key: str, kind: str, span: str, *, title: str) -> ScoreWatch:
    """Return whether a score is watched; all there is, which changes little by little, is watched by its last year."""
    chosen = span if span in SPANS else "365d"
    watched = saved_as(workspace, score_query(question_key, kind, chosen))
    return ScoreWatch(question_key, kind, chosen, title, watched is not None)


def score_href(workspace: Workspace, query: str) -> str:
    """Return the page of a score."""
    return f"{reverse('score', kwargs={'workspace_id': workspace.workspace_id})}?{query}"


def score_now(log: Log, query: str) -> tuple[Unit, Metric] | None:
    """Return a score as it is now, with its unit; None where nobody has answered.

    Raises
    ------
    Refusal
        The library does not answer it: the key is on several scales and none was chosen, for example.
    """
    asked = QueryDict(query)
    present = log.sight().present
    if present is None or not asked.get("key"):
        return None
    until = min(from_microseconds(present), datetime.now(UTC)) + timedelta(microseconds=1)
    window = Window(until - timedelta(days=SPANS.get(asked.get("span", ""), SPANS[USUAL_SPAN])), until)
    found = score(log, ScoreQuestion(Which(asked["key"], asked.get("kind", "")), (window,)))
    first = found.scores[0]
    metric = None if first is None else Metric.of(first.estimate)
    return None if metric is None else (found.scoring.unit, metric)


def kind_of_score(log: Log, query: str) -> FollowedKind | None:
    """Return the kind under which a score is followed; None where it cannot be."""
    try:
        found = score_now(log, query)
    except Refusal:
        return None
    return None if found is None else _SCORES[f"score-{found[0]}"]
