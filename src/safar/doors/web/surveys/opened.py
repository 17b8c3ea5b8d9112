"""A survey as a request opens it in the builder: in which language, and with what is known around it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from django.urls import reverse

from safar.doors.web.members.guard import DeskRequest
from safar.listen.questionnaire.anatomy import Survey
from safar.store.registry import Workspace

from . import queries
from .builder import Builder
from .condition_form import looked_at
from .part_form import FormContext
from .queries import OpenSurvey


def language_asked(request: DeskRequest, opened: OpenSurvey) -> str:
    """Return the language of the texts that is asked for, else the reader's, else the first."""
    asked = request.POST.get("language") or request.GET.get("language") or request.reader.language
    return asked if asked in opened.draft.languages else opened.draft.languages[0]


def pictures(workspace: Workspace, survey_id: str) -> Callable[[str], str]:
    """Return what tells where a picture of the survey is."""

    def at(picture_id: str) -> str:
        named = {"workspace_id": workspace.workspace_id, "survey_id": survey_id, "picture_id": picture_id}
        return reverse("survey-picture", kwargs=named)

    return at


def builder_of(
    workspace: Workspace,
    opened: OpenSurvey,
    draft: Survey,
    language: str,
    *,
    locale: Any = None,
    errors: dict[str, str] | None = None,
    findings: Any = (),
) -> Builder:
    """Return the builder of a draft."""
    keys = tuple(
        (
            each.asked.key,
            " · ".join(filter(None, (each.asked.metric, next(iter(each.asked.title.values()), "")))),
        )
        for each in queries.keys_of(workspace)
    )
    context = FormContext(
        survey=draft,
        language=language,
        looked=looked_at(draft, language),
        keys=keys,
        picture_address=pictures(workspace, opened.public_id),
        errors=errors or {},
        number=str if locale is None else locale.number,
    )
    at_base = dataclasses.replace(opened, draft=draft)
    return Builder(workspace, at_base, locale, language=language, context=context, findings=findings)
