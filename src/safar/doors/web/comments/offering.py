"""What the filter of comments offers: topics, questions, surveys, segments, steps of maps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from safar.doors.web.maps.queries import map_of, maps_of
from safar.doors.web.scores.words import METRICS, metric_name
from safar.doors.web.segments.queries import segments_of
from safar.maps.anatomy import said
from safar.store.registry import Workspace

from . import queries
from .page import Pages

#: Of so many maps the steps are offered.
_MOST_MAPS = 20


def offered_choices(workspace: Workspace, pages: Pages, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return what there is to choose from, and what the address names though it is not there any more."""
    there = queries.offered(workspace)
    choices: dict[str, list[tuple[str, Any]]] = {
        "topics": [(each.public_id, pages.topic_name(each)) for each in there.topics],
        "aspects": [(each, pages.aspect_name(each)) for each in there.aspects],
        "metrics": [(each, metric_name(each)) for each in there.metrics if each in METRICS],
        "questions": [(each, pages.asked.question(each)) for each in there.questions],
        "surveys": [(each, pages.asked.survey(each)) for each in there.surveys],
        "segments": [(each.public_id, each.name) for each in segments_of(workspace)],
        "steps": _steps(workspace, pages),
    }
    for field in ("topic", "aspect", "metric", "question", "survey", "segment"):
        named = str(asked.get(field, ""))
        known = choices[f"{field}s"]
        if named and named != "-" and named not in {value for value, _name in known}:
            known.append((named, named))
    return {**choices, "has_messages": there.has_messages}


def _steps(workspace: Workspace, pages: Pages) -> list[tuple[str, Any]]:
    """Return the steps that are bound to questions, in groups by their maps."""
    language = pages.locale.language
    groups: list[tuple[str, Any]] = []
    for facts in maps_of(workspace)[:_MOST_MAPS]:
        found = map_of(workspace, facts.public_id)
        steps = [] if found is None else [each for each in found.document.steps if each.binding.question_keys]
        if found is not None and steps:
            name = said(found.document.name, language, "en") or facts.public_id
            groups.append(
                (
                    name,
                    [
                        (f"{facts.public_id}.{each.step_id}", said(each.name, language, "en") or each.step_id)
                        for each in steps
                    ],
                )
            )
    return groups
