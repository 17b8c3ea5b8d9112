"""The pages of one survey: what it asks, how it is asked, what came of it."""

from __future__ import annotations

from typing import Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from safar.doors.web.design.parts import Tab
from safar.doors.web.members.policies import Capability
from safar.store.registry import Workspace

#: Key, name, the name of the address (it takes ``workspace_id`` and ``survey_id``), and what a member needs for it.
PLACES: Final[tuple[tuple[str, Promise | str, str, Capability], ...]] = (
    ("write", pgettext_lazy("page of a survey", "Write"), "survey", Capability.EDIT_SURVEYS),
    (
        "translation",
        pgettext_lazy("page of a survey", "Translate"),
        "survey-translation",
        Capability.EDIT_SURVEYS,
    ),
    ("publish", pgettext_lazy("page of a survey", "Publish"), "survey-publish", Capability.EDIT_SURVEYS),
    ("ask", pgettext_lazy("page of a survey", "Ask"), "survey-ask", Capability.SEND_SURVEYS),
    ("results", pgettext_lazy("page of a survey", "Results"), "survey-results", Capability.SEE_NUMBERS),
    ("versions", pgettext_lazy("page of a survey", "Versions"), "survey-versions", Capability.EDIT_SURVEYS),
)


def survey_tabs(
    workspace: Workspace, survey_id: str, current: str, capabilities: frozenset[Capability]
) -> tuple[Tab, ...]:
    """Return the pages of a survey that a member may open.

    Parameters
    ----------
    current
        The key of the open one.
    """
    named = {"workspace_id": workspace.workspace_id, "survey_id": survey_id}
    return tuple(
        Tab(str(name), reverse(address, kwargs=named), key == current)
        for key, name, address, needed in PLACES
        if needed in capabilities
    )
