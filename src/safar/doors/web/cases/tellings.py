"""“You said, we did”: whom a message is for, and that he was told."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from safar.doors.web.audit.actor import SYSTEM, Actor
from safar.doors.web.audit.services import record
from safar.doors.web.design.reader import LANGUAGE_NAMES
from safar.doors.web.inviting.services import addresses_of, can_write, left_alone
from safar.doors.web.work.services import start
from safar.store.registry import Workspace
from safar.vocabulary.errors import SafarError

from .errors import TellingRefused
from .mailing import write_told
from .models import Case, CaseEntry, EntryKind, Status, Telling, Told
from .public_ids import new_id
from .thanking import offered

logger: Final = logging.getLogger("safar.cases")

MOST_TOLD: Final = 10_000
_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Audience:
    """Whose cases a message is about.

    Attributes
    ----------
    root_cause, topic, step
        Public id of the root cause, id of a topic, id of a step; an empty text asks for nothing.
    days
        Only cases that were opened in so many days.
    """

    root_cause: str = ""
    topic: str = ""
    step: str = ""
    days: int = 90


@dataclass(frozen=True, slots=True)
class TellingFacts:
    """A message that was sent, or is to be.

    Attributes
    ----------
    texts
        By language.
    told
        Who: the customer's id, the language of his case, the text for him, and what became of the mail to him.
    """

    public_id: str
    title: str
    texts: Mapping[str, str]
    about: Mapping[str, object]
    made_at: datetime
    made_by: str
    count: int
    told: tuple[tuple[str, str, str, str], ...] = field(default=())


def audience_of(workspace: Workspace, asked: Audience) -> dict[str, str]:
    """Return the customers whose closed cases are asked for, each with the language he wrote in; "" where unknown.

    Only who has said something can be told what came of it: cases of silences, and open ones, are left out.
    """
    found: dict[str, str] = {}
    for _pk, customer_id, language in _cases_of(workspace, asked):
        found.setdefault(customer_id, language if language in LANGUAGE_NAMES else "")
    return dict(list(found.items())[:MOST_TOLD])


def _cases_of(workspace: Workspace, asked: Audience) -> list[tuple[int, str, str]]:
    """Return the closed cases that are asked for, the newest first: key, customer, language."""
    rows = Case.objects.filter(
        workspace_id=workspace.workspace_id,
        status=Status.CLOSED,
        opened_at__gte=timezone.now() - timedelta(days=asked.days),
    ).exclude(customer_id="")
    if asked.root_cause:
        rows = rows.filter(root_cause__public_id=asked.root_cause)
    if asked.step:
        rows = rows.filter(step_id=asked.step)
    found = (
        rows.exclude(words="", value=None)
        .order_by("-id")
        .values_list("pk", "customer_id", "language", "topics")
    )
    return [
        (pk, customer_id, language)
        for pk, customer_id, language, topics in found[: 4 * MOST_TOLD]
        if not asked.topic or asked.topic in topics
    ]


def languages_of(audience: Mapping[str, str], workspace: Workspace) -> Counter[str]:
    """Return how many customers read which language: the workspace's where it is not known."""
    return Counter(language or workspace.language for language in audience.values())


def unreached(workspace: Workspace, audience: Mapping[str, str]) -> Counter[str]:
    """Return how many of an audience a mail would not reach, by `Told.Status`: no address, or left alone."""
    customers = list(audience)
    alone, addresses = left_alone(workspace, customers), addresses_of(workspace, customers)
    silent = [each for each in customers if each not in alone and each not in addresses]
    return +Counter({str(Told.Status.NO_ADDRESS): len(silent), str(Told.Status.OPTED_OUT): len(alone)})


def tell(workspace: Workspace, title: str, texts: Mapping[str, str], asked: Audience, *, by: Actor) -> str:
    """Tell customers what was done: keep the message and whom it is for, and write it into their timelines.

    Where the installation mails, the words go to everybody whose address is known and who wants mails; else they are
    sent by the channels of the company, from the list with each customer's text.

    Returns
    -------
    str
        Public id of the message.

    Raises
    ------
    TellingRefused
        Nobody is meant, or there is no text.
    """
    audience = audience_of(workspace, asked)
    cases = [pk for pk, customer_id, _language in _cases_of(workspace, asked) if customer_id in audience]
    said = {language: text.strip() for language, text in texts.items() if text.strip()}
    if not audience or not said or not title.strip():
        raise TellingRefused(
            "There is nobody to tell, or nothing to say.", hint="Write the message in one language at least."
        )
    now, about = timezone.now(), {"root_cause": asked.root_cause, "topic": asked.topic, "step": asked.step}
    with transaction.atomic():
        row = Telling.objects.create(
            workspace_id=workspace.workspace_id,
            public_id=new_id(),
            title=" ".join(title.split())[:160],
            texts=said,
            about={name: value for name, value in about.items() if value},
            made_by=by.member,
            made_at=now,
        )
        languages = {customer: language or workspace.language for customer, language in audience.items()}
        status = Told.Status.WAITING if can_write() else Told.Status.LISTED
        Told.objects.bulk_create(
            (
                Told(telling=row, customer_id=customer, language=language, status=status, in_log=False)
                for customer, language in languages.items()
            ),
            batch_size=_AT_ONCE,
        )
        CaseEntry.objects.bulk_create(
            (
                CaseEntry(
                    case_id=pk, kind=EntryKind.TOLD, at=now, member=by.member, facts={"title": row.title}
                )
                for pk in cases
            ),
            batch_size=_AT_ONCE,
        )
        record(
            by,
            "customers.told",
            workspace_id=workspace.workspace_id,
            target=row.title,
            after={"told": len(audience)},
        )
        from .jobs import tell_one  # noqa: PLC0415 - the job calls back to this module's neighbours

        start(tell_one, by=SYSTEM, workspace_id=workspace.workspace_id)
    try:
        write_told(workspace)
    except (SafarError, OSError) as error:  # the disk is full, most likely: the background tries again
        logger.warning("the log of %s was not told who was told: %s", workspace.workspace_id, error)
    return str(row.public_id)


def tellings_of(workspace: Workspace) -> tuple[TellingFacts, ...]:
    """Return the messages of a workspace, the newest first."""
    rows = (
        Telling.objects.filter(workspace_id=workspace.workspace_id).select_related("made_by").order_by("-id")
    )
    return tuple(_facts(row) for row in rows[:200])


def telling_of(workspace: Workspace, public_id: str) -> TellingFacts | None:
    """Return a message with whom it is for; None where the workspace has none such."""
    rows = Telling.objects.filter(workspace_id=workspace.workspace_id, public_id=public_id)
    row = rows.select_related("made_by").first()
    if row is None:
        return None
    told = tuple(
        (
            each.customer_id,
            each.language,
            offered(row.texts, each.language),
            str(Told.Status(each.status).label),
        )
        for each in Told.objects.filter(telling=row).order_by("id")[:MOST_TOLD]
    )
    return _facts(row, told)


def told_page(
    workspace: Workspace, public_id: str, *, after: int = 0, limit: int = 100
) -> tuple[tuple[tuple[str, str, str, str], ...], int | None]:
    """Return customers who are told, as `TellingFacts.told` but with statuses as programs name them; and where the
    next page begins."""
    rows = Told.objects.filter(
        telling__workspace_id=workspace.workspace_id, telling__public_id=public_id, pk__gt=after
    ).select_related("telling")
    found = list(rows.order_by("pk")[: limit + 1])
    shown = found[:limit]
    told = tuple(
        (row.customer_id, row.language, offered(row.telling.texts, row.language), row.status) for row in shown
    )
    return told, shown[-1].pk if len(found) > limit else None


def _facts(row: Telling, told: tuple[tuple[str, str, str, str], ...] = ()) -> TellingFacts:
    return TellingFacts(
        row.public_id,
        row.title,
        dict(row.texts),
        dict(row.about),
        row.made_at,
        "" if row.made_by is None else str(row.made_by),
        Told.objects.filter(telling=row).count(),
        told,
    )
