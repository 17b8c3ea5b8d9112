"""What stands above every page of one survey: its name, its state, its other pages."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from safar.doors.web.design.parts import Tab
from safar.doors.web.members.guard import DeskRequest
from safar.store.registry import Workspace

from .list_words import STATE_NAMES
from .queries import OpenSurvey
from .shown import survey_name
from .survey_tabs import survey_tabs


@dataclass(frozen=True, slots=True)
class Frame:
    """What every page of one survey shows above its own."""

    workspace: Workspace
    survey_id: str
    name: str
    state: str
    state_name: str
    tabs: tuple[Tab, ...]
    list_href: str
    version: int
    is_archived: bool


def frame(request: DeskRequest, workspace: Workspace, opened: OpenSurvey, current: str) -> Frame:
    """Return what every page of one survey shows above its own.

    Parameters
    ----------
    current
        The key of the open page in `survey_tabs.PLACES`.
    """
    return Frame(
        workspace,
        opened.public_id,
        survey_name(opened.draft, request.reader.language),
        opened.facts.state,
        str(STATE_NAMES[opened.facts.state]),
        survey_tabs(workspace, opened.public_id, current, request.capabilities),
        reverse("surveys", kwargs={"workspace_id": workspace.workspace_id}),
        opened.facts.version,
        opened.facts.is_archived,
    )
