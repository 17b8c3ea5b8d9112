"""What the pages of the Listen desk are given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from safar.doors.web.design.parts import EmptyState, Tab
from safar.store.registry import Workspace

from .forms import ImportForm, NewSurveyForm

#: Pages of the second navigation: key, name, the name of its address. Each app adds its own once it has one.
_TABS: Final[tuple[tuple[str, Promise | str, str], ...]] = (
    ("surveys", pgettext_lazy("second navigation", "Surveys"), "surveys"),
    ("scores", pgettext_lazy("second navigation", "Scores"), "scores"),
    ("comments", pgettext_lazy("second navigation", "Comments"), "comments"),
    ("topics", pgettext_lazy("second navigation", "Topics"), "topics"),
    ("aspects", pgettext_lazy("second navigation", "Aspects"), "aspects"),
    ("cases", pgettext_lazy("second navigation", "Cases"), "cases"),
)


def tabs(workspace: Workspace, current: str) -> tuple[Tab, ...]:
    """Return the second navigation of the Listen desk.

    Parameters
    ----------
    workspace
        Whose desk.
    current
        The key of the open page: ``surveys``, ``scores``, ``comments``, ``topics``, ``aspects`` or ``cases``.
    """
    named = {"workspace_id": workspace.workspace_id}
    return tuple(
        Tab(str(name), reverse(address, kwargs=named), key == current) for key, name, address in _TABS
    )


@dataclass(frozen=True, slots=True)
class SurveyTile:
    """A survey in the list.

    Attributes
    ----------
    figures
        Name and value: responses, how many of those asked answered, the last answer.
    """

    public_id: str
    name: str
    state: str
    state_name: str
    made_of: str
    languages: str
    figures: tuple[tuple[str, str], ...]
    note: str
    changed: str
    href: str
    links: tuple[tuple[str, str], ...]
    is_archived: bool


@dataclass(frozen=True, slots=True)
class TemplateTile:
    """A template in the gallery: what it is for and how long it takes."""

    key: str
    name: str
    about: str
    made_of: str
    preview_href: str


@dataclass(frozen=True, slots=True)
class SurveysPage:
    """The list of surveys, or of its archive."""

    tabs: tuple[Tab, ...]
    empty: EmptyState | None
    surveys: tuple[SurveyTile, ...]
    templates: tuple[TemplateTile, ...]
    may_edit: bool
    is_archive: bool
    new_href: str
    other_href: str
    has_other: bool


@dataclass(frozen=True, slots=True)
class NewPage:
    """How a survey begins."""

    tabs: tuple[Tab, ...]
    templates: tuple[TemplateTile, ...]
    form: NewSurveyForm
    import_form: ImportForm
    list_href: str
    step: str
