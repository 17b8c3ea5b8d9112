"""Where a token leads: to which survey, of which workspace, for whom; or why it leads nowhere any more."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from typing import Final, TypeVar

from django.core import signing

from safar.doors.web.homes import current_home
from safar.doors.web.inviting import queries as inviting
from safar.doors.web.surveys import queries as surveys
from safar.listen.questionnaire.anatomy import Survey
from safar.store.registry import Workspace
from safar.vocabulary.errors import Refusal

#: What a closed survey, an ended link, a new version or a workspace's new settings may be late by.
_REMEMBERED_SECONDS: Final = 1.0
_MOST_REMEMBERED: Final = 10_000
_PREVIEW_SALT: Final = "safar.answering.preview"
_PREVIEW: Final = "p~"
_PREVIEW_LASTS: Final = timedelta(days=7)
#: The kind of links that lead to one response alone.
ONCE: Final = "personal"
#: The kind of links that stand in pages of others.
WIDGET: Final = "widget"
Found = TypeVar("Found")


class TakesNoAnswers(Refusal, ValueError):
    """The survey is closed."""

    code = "answering.closed"


class TooFewToShow(Refusal, PermissionError):
    """The survey promises that answers of few are shown to nobody: single responses to it are not shown."""

    code = "answering.single_responses"


class NowhereToAnswer(Refusal, LookupError):
    """The link is not one of ours, or its workspace or survey is gone."""

    code = "answering.no_such_link"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What a token opens.

    Attributes
    ----------
    token
        As it stands in the address; the digest of it is what is kept.
    kind
        ``open``, ``personal``, ``kiosk``, ``widget`` or ``test``.
    customer_id, invitation_id
        Whom it was made for; empty where nobody knows.
    language
        That the link asks for; empty to let the respondent's browser say.
    hidden
        Fields that the link brings along.
    origins
        Pages that may show it in a frame.
    version
        Number of the version that a new response is given to; 0 for the draft.
    over
        Why nothing is answered here any more: ``closed``, ``over``, ``answered``; empty while something is.
    """

    token: str
    workspace: Workspace
    survey_id: str
    survey: Survey
    version: int
    kind: str
    customer_id: str = ""
    invitation_id: str = ""
    channel: str = ""
    language: str = ""
    hidden: dict[str, str] = field(default_factory=dict)
    origins: tuple[str, ...] = ()
    over: str = ""

    @property
    def is_test(self) -> bool:
        """Whether what is answered here counts nowhere."""
        return self.kind == "test"

    @property
    def link(self) -> str:
        """What is kept of the token."""
        return kept_of(self.token)


def kept_of(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.blake2b(token.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def place_of(token: str) -> Place:
    """Return what a token opens.

    Raises
    ------
    NowhereToAnswer
        Nothing.
    """
    return _previewed(token) if token.startswith(_PREVIEW) else _linked(token)


def survey_at(place: Place, version: int) -> Survey:
    """Return the survey of a place as it stood in a version: a response is ended in the one it was begun in.

    Raises
    ------
    NowhereToAnswer
        There is no such version.
    """
    if version == place.version:
        return place.survey
    return published_survey(place.workspace.workspace_id, place.survey_id, version)


def preview_token(workspace: Workspace, survey_id: str, *, version: int = 0) -> str:
    """Return a token that opens a survey for trying for a week; what is answered there counts nowhere.

    Parameters
    ----------
    version
        A published one; 0 for the draft as it is then.
    """
    return _PREVIEW + signing.dumps([workspace.workspace_id, survey_id, version], salt=_PREVIEW_SALT)


@lru_cache(256)
def published_survey(workspace_id: str, survey_id: str, version: int) -> Survey:
    """Return a published version of a survey, which never changes.

    Raises
    ------
    NowhereToAnswer
        There is none.
    """
    found = surveys.published(_workspace(workspace_id), survey_id, version)
    if found is None:
        raise _nowhere()
    return found.survey


def place_for_programs(workspace: Workspace, survey_id: str) -> Place:
    """Return where programs send responses to a survey: they need no link.

    Raises
    ------
    NowhereToAnswer
        There is no such survey here, or it was never published.
    """
    state, version = _newest(workspace, survey_id)
    if not version:
        raise _nowhere()
    return Place(
        token=f"api/{workspace.workspace_id}/{survey_id}",
        workspace=workspace,
        survey_id=survey_id,
        survey=published_survey(workspace.workspace_id, survey_id, version),
        version=version,
        kind="api",
        channel="api",
        over="" if state == "open" else "closed",
    )


def check_shows_single(workspace: Workspace, survey_id: str) -> None:
    """Refuse to show single responses to a survey any version of which promised that they are not.

    Raises
    ------
    TooFewToShow
    """
    if surveys.promised_cell(workspace, survey_id) > 1:
        raise TooFewToShow(
            "Single responses to this survey are shown to nobody.", hint="Ask for its results instead."
        )


def _previewed(token: str) -> Place:
    try:
        workspace_id, survey_id, version = signing.loads(
            token.removeprefix(_PREVIEW), salt=_PREVIEW_SALT, max_age=_PREVIEW_LASTS
        )
    except (signing.BadSignature, ValueError) as error:
        raise _nowhere() from error
    workspace = _workspace(workspace_id)
    if version:
        survey = published_survey(workspace_id, survey_id, version)
    else:
        found = surveys.survey_of(workspace, survey_id)
        if found is None:
            raise _nowhere()
        survey = found.draft
    return Place(
        token=token,
        workspace=workspace,
        survey_id=survey_id,
        survey=survey,
        version=version,
        kind="test",
        channel="test",
    )


def _linked(token: str) -> Place:
    link = _remembered(("link", token), lambda: inviting.link(token))
    if link is None:
        raise _nowhere()
    workspace = _workspace(link.workspace_id)
    state, version = _remembered(
        ("survey", link.workspace_id, link.survey_id), lambda: _newest(workspace, link.survey_id)
    )
    if not version:
        raise _nowhere()
    return Place(
        token=token,
        workspace=workspace,
        survey_id=link.survey_id,
        survey=published_survey(link.workspace_id, link.survey_id, version),
        version=version,
        kind=link.kind,
        customer_id=link.customer_id,
        invitation_id=link.invitation_id,
        channel=link.channel,
        language=link.language,
        hidden=dict(link.hidden),
        origins=link.origins,
        over=link.why or ("" if state == "open" or link.kind == "test" else "closed"),
    )


def _newest(workspace: Workspace, survey_id: str) -> tuple[str, int]:
    """Return whether a survey collects, and the number of its newest version; 0 where it was never published."""
    return surveys.newest_of(workspace, survey_id) or ("closed", 0)


def _workspace(workspace_id: str) -> Workspace:
    home = current_home()
    try:
        return _remembered(
            ("workspace", str(home.folder), workspace_id), lambda: home.workspace(workspace_id)
        )
    except Refusal as error:
        raise _nowhere() from error


_memory: dict[tuple[str, ...], tuple[float, object]] = {}


def _remembered(key: tuple[str, ...], find: Callable[[], Found]) -> Found:
    """Return what was found less than a second ago, or find it."""
    now = time.monotonic()
    kept = _memory.get(key)
    if kept is not None and now - kept[0] < _REMEMBERED_SECONDS:
        return kept[1]  # type: ignore[return-value]
    found = find()
    if len(_memory) >= _MOST_REMEMBERED:
        _memory.clear()
    _memory[key] = (now, found)
    return found


def _nowhere() -> NowhereToAnswer:
    return NowhereToAnswer("There is no survey at this address.", hint="Ask for another link.")
