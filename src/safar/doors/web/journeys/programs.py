"""The question of a page as programs ask it: as JSON, to the API and in the terminal."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from safar.observe.question_json import told
from safar.store.registry import Workspace


@dataclass(frozen=True, slots=True)
class ForPrograms:
    """How else the question is asked.

    Attributes
    ----------
    question
        As JSON: the body of the API's request, or a file for the terminal.
    request
        Method and path of the API.
    command
        Of the terminal, with the question in a file.
    """

    question: str
    request: str
    command: str


def for_programs(question: Any, workspace: Workspace) -> ForPrograms:
    """Return how else a question of `safar.act.questions` is asked of a workspace."""
    said = told(question)
    return ForPrograms(
        question=json.dumps(said, ensure_ascii=False, indent=2),
        request=f"POST /api/v1/questions/{said['kind']}",
        command=f"safar ask --workspace {workspace.workspace_id} --question question.json",
    )
