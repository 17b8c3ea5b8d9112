"""Links that show a map to whoever has them, until they expire."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from safar.doors.web.audit.actor import Actor
from safar.doors.web.audit.services import record
from safar.doors.web.members.secrets_kept import fresh_secret
from safar.store.registry import Workspace

from .errors import ShareRefused, UnknownMap
from .facts import ShareFacts
from .models import Share
from .revisions import document_of, locked, new_id
from .telling import share_facts

#: So long a link may live; who wants longer shares again.
LONGEST: Final = timedelta(days=366)


def share(
    workspace: Workspace,
    public_id: str,
    *,
    language: str,
    persona: str = "",
    shows_lived: bool = False,
    expires_at: datetime,
    by: Actor,
) -> tuple[ShareFacts, str]:
    """Make a link to a map; return it with its token, which is shown now and kept nowhere.

    Parameters
    ----------
    language
        One of the map's: its texts are shown in this one alone.
    persona
        Public id of one of the map's personas, whom it is shown for; everybody when empty.
    shows_lived
        Whether what was lived is shown too, or the design alone.
    expires_at
        Aware; within a year.

    Raises
    ------
    UnknownMap, MapArchived, ShareRefused
    """
    now = timezone.now()
    with transaction.atomic():
        row = locked(workspace, public_id)
        document = document_of(row.document)
        if language not in document.languages:
            raise ShareRefused(
                f"The map is not written in {language!r}.",
                hint=f"Choose one of {', '.join(document.languages)}.",
                language=language,
            )
        if persona and persona not in document.personas:
            raise ShareRefused("The map is not about this persona.", hint="Choose one of the map's personas.")
        if not now < expires_at <= now + LONGEST:
            raise ShareRefused(
                "A link lives from now on, and for a year at most.", hint="Choose a day within a year."
            )
        token, digest = fresh_secret()
        made = Share.objects.create(
            journey_map=row,
            public_id=new_id(),
            token_digest=digest,
            language=language,
            persona=persona,
            shows_lived=shows_lived,
            member=by.member,
            created_at=now,
            expires_at=expires_at,
        )
        record(
            by,
            "map.shared",
            workspace_id=workspace.workspace_id,
            target=row.name,
            after={"language": language, "lived": shows_lived, "expires_at": expires_at.isoformat()},
        )
    return share_facts(made, now), token


def unshare(workspace: Workspace, public_id: str, share_id: str, *, by: Actor) -> None:
    """End a link at once.

    Raises
    ------
    UnknownMap
        There is no such link, or it is withdrawn already.
    """
    with transaction.atomic():
        row = locked(workspace, public_id, archived=True)
        open_ones = Share.objects.filter(journey_map=row, public_id=share_id, revoked_at=None)
        if open_ones.update(revoked_at=timezone.now()) != 1:
            raise UnknownMap("There is no such link.", hint="It may be withdrawn already.")
        record(by, "map.unshared", workspace_id=workspace.workspace_id, target=row.name)
