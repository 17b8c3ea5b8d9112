"""Verbs of personas: describe one, change it, quote a customer, take its portrait, put it away, look for drafts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

import msgspec
from django.db import transaction
from django.utils import timezone

from safar.act.habit_choice import telling_rules
from safar.act.persona_drift import Portrait, drift, portrait
from safar.doors.web.audit.actor import Actor
from safar.doors.web.audit.services import record
from safar.doors.web.customers.digests import customer_digest
from safar.doors.web.homes import current_home
from safar.doors.web.hooks.services import announce
from safar.doors.web.segments.queries import segment_of
from safar.doors.web.work.services import start
from safar.listen.text.redaction import redact
from safar.maps.anatomy import Words, said
from safar.observe.among import Among, Segment
from safar.observe.executors import shared_executor
from safar.observe.rule_text import rule_of, text_of
from safar.store.registry import Workspace

from .drafting import USUAL_DAYS, Asked, Found, latest_days
from .errors import UnknownPersona
from .letters import send_drift, told_of
from .models import DraftRun, Persona, Quote
from .queries import run_under_way
from .stories import picture_type
from .wording import check_keepable, kept_name, kept_quote, kept_story

_MOST_RUNS: Final = 20


def describe(
    workspace: Workspace,
    name: Words,
    segment_id: str,
    story: Mapping[str, Words],
    *,
    by: Actor,
    channels: Sequence[str] = (),
    habits: Sequence[str] = (),
) -> str:
    """Make a persona of a segment, and take its portrait; return its public id.

    Parameters
    ----------
    name
        By language.
    segment_id
        Public id of its segment.
    story
        By part of the story (`stories.STORY_PARTS`) and language.
    channels
        Those it prefers.
    habits
        Rules as text that its members' habits are counted by; those that tell customers apart best when empty.

    Raises
    ------
    PersonaNameless, WordsUnkeepable
    UnknownPersona
        There is no such segment.
    """
    name, told = kept_name(name), {part: words for part, words in kept_story(story).items() if words}
    check_keepable(*channels)
    segment = _segment(workspace, segment_id)
    with transaction.atomic():
        made = Persona.objects.create(
            workspace_id=workspace.workspace_id,
            segment_id=segment_id,
            name=name,
            story=told,
            channels=list(channels),
            rules=list(habits),
            created_by=by.member,
        )
        record(by, "persona.described", workspace_id=workspace.workspace_id, target=said(name))
    _take_portrait(workspace, made, segment)
    return str(made.public_id)


def change(workspace: Workspace, public_id: str, *, by: Actor, **values: Any) -> None:
    """Change the ``name``, the ``segment_id``, the ``story`` or the ``channels`` of a persona.

    Of the ``story`` only the parts that are given are told anew: the others stay, also when somebody else tells them at
    the same moment. A part that says nothing is taken away.

    Raises
    ------
    PersonaNameless, WordsUnkeepable
    UnknownPersona
        There is no such persona, or no such segment.
    """
    segment = _segment(workspace, values["segment_id"]) if "segment_id" in values else None
    if "name" in values:
        values["name"] = kept_name(values["name"])
    told = kept_story(values.get("story", {}))
    check_keepable(*values.get("channels", ()))
    with transaction.atomic():
        found = _locked(workspace, public_id)
        if "story" in values:
            values["story"] = {part: words for part, words in {**found.story, **told}.items() if words}
        differs = {name: value for name, value in values.items() if getattr(found, name) != value}
        if not differs:
            return
        for name, value in differs.items():
            setattr(found, name, value)
        found.save(update_fields=list(differs))
        record(
            by,
            "persona.changed",
            workspace_id=workspace.workspace_id,
            target=said(found.name),
            after={"changed": ", ".join(sorted(differs))},
        )
    if "segment_id" in differs and segment is not None:
        _take_portrait(workspace, found, segment)


def show_picture(workspace: Workspace, public_id: str, data: bytes, *, by: Actor) -> None:
    """Let a picture stand for a persona; its initials do where ``data`` is empty.

    Raises
    ------
    UnknownPersona, PictureRefused
    """
    kind = picture_type(data) if data else ""
    with transaction.atomic():
        found = _locked(workspace, public_id)
        found.picture, found.picture_type = data, kind
        found.save(update_fields=["picture", "picture_type"])
        record(
            by,
            "persona.changed",
            workspace_id=workspace.workspace_id,
            target=said(found.name),
            after={"changed": "picture"},
        )


def check_picture(data: bytes) -> str:
    """Check that this is a picture that pages can show; return its media type.

    Raises
    ------
    PictureRefused
    """
    return picture_type(data)


def quote(
    workspace: Workspace, public_id: str, text: str, place: str = "", customer_id: str = "", *, by: Actor
) -> None:
    """Let a persona say something that a customer said.

    Parameters
    ----------
    place, customer_id
        Of the event that holds it, as the event's page names it, and whose it is: when he is erased, the quote is too.
        Both empty for what was heard elsewhere.

    Raises
    ------
    QuoteEmpty, WordsUnkeepable
    UnknownPersona
    """
    text = redact(kept_quote(text)).text
    check_keepable(place, customer_id)
    with transaction.atomic():
        found = _locked(workspace, public_id)
        digest = customer_digest(workspace.workspace_id, customer_id) if customer_id else ""
        Quote.objects.create(persona=found, text=text, place=place[:400], digest=digest)
        record(by, "persona.quoted", workspace_id=workspace.workspace_id, target=said(found.name))


def unquote(workspace: Workspace, public_id: str, quote_id: int, *, by: Actor) -> None:
    """Take a quote away.

    Raises
    ------
    UnknownPersona
    """
    with transaction.atomic():
        found = _locked(workspace, public_id)
        gone, _ = Quote.objects.filter(persona=found, pk=quote_id).delete()
        if gone:
            record(by, "persona.unquoted", workspace_id=workspace.workspace_id, target=said(found.name))


def forget(workspace_id: str, digest: str) -> None:
    """Remove what an erased customer said; ``digest`` stands for him."""
    Quote.objects.filter(persona__workspace_id=workspace_id, digest=digest).delete()


def put_away(workspace: Workspace, public_id: str, *, by: Actor) -> None:
    """Put a persona away: it stands on no list and no map any more; its segment stays.

    Raises
    ------
    UnknownPersona
    """
    with transaction.atomic():
        found = _locked(workspace, public_id)
        found.is_archived = True
        found.save(update_fields=["is_archived"])
        record(by, "persona.archived", workspace_id=workspace.workspace_id, target=said(found.name))


def take_portrait(workspace: Workspace, public_id: str, *, by: Actor) -> None:
    """Take the members' habits as they are now for the usual ones: what has shifted is accepted.

    Raises
    ------
    UnknownPersona
    """
    found = _locked(workspace, public_id)
    _take_portrait(workspace, found, _segment(workspace, found.segment_id))
    record(by, "persona.portrait_taken", workspace_id=workspace.workspace_id, target=said(found.name))


def look_again(workspace: Workspace, persona: Persona) -> bool:
    """Compare the members' habits of late with the usual ones; return whether any has clearly shifted.

    When the first one has, who described the persona is written to, and webhooks are told; not again while any has.
    """
    segment = _segment(workspace, persona.segment_id)
    log = current_home().log(workspace.workspace_id)
    window = latest_days(log, USUAL_DAYS)
    if window is None or not persona.portrait:
        return False
    rules = tuple(rule_of(text) for text in persona.rules)
    now = portrait(log, rules, segment, window, executor=shared_executor())
    shifts = drift(msgspec.convert(persona.portrait, Portrait), now)
    told = [
        {
            "name": each.name,
            "before": each.before,
            "now": each.now,
            "effect": each.effect.value,
            "low": each.effect.interval.low,
            "high": each.effect.interval.high,
            "is_clear": each.is_clear,
        }
        for each in shifts
    ]
    is_drifting = any(each.is_clear for each in shifts)
    begins = is_drifting and not any(each["is_clear"] for each in persona.shifts)
    persona.shifts, persona.looked_at = told, timezone.now()
    with transaction.atomic():
        persona.save(update_fields=["shifts", "looked_at"])
        if begins:
            announce(workspace, "persona.drifted", told_of(persona))
    if begins:
        send_drift(persona, workspace)
    return is_drifting


def look_for_drafts(workspace: Workspace, asked: Asked, *, by: Actor) -> str:
    """Begin to look for groups of customers in the background; return the public id of what will be found.

    A workspace looks for one thing at a time, for a search is long: while one waits or runs, that is returned, whatever
    it was asked.

    Raises
    ------
    WorkNotAllowed
    """
    from .jobs import find_drafts  # noqa: PLC0415 - the job calls back to this module

    place = workspace.workspace_id
    with transaction.atomic():
        under_way = run_under_way(workspace)
        if under_way is not None:
            return under_way.public_id
        made = DraftRun.objects.create(workspace_id=place, asked=msgspec.to_builtins(asked))
        work = start(find_drafts, by=by, workspace_id=place, title="", run_id=str(made.public_id))
        DraftRun.objects.filter(pk=made.pk).update(work_id=str(work.work_id))
        record(by, "persona.drafts_asked", workspace_id=place)
        kept = DraftRun.objects.filter(workspace_id=place).order_by("-id").values_list("pk", flat=True)
        DraftRun.objects.filter(workspace_id=place).exclude(pk__in=list(kept[:_MOST_RUNS])).delete()
    return str(made.public_id)


def keep_found(workspace_id: str, run_id: str, found: Found) -> None:
    """Keep what was found."""
    runs = DraftRun.objects.filter(workspace_id=workspace_id, public_id=run_id)
    runs.update(found=msgspec.to_builtins(found))


def asked_by(workspace_id: str, run_id: str) -> Asked | None:
    """Return what a search for groups is by; None where it is forgotten."""
    run = DraftRun.objects.filter(workspace_id=workspace_id, public_id=run_id).first()
    return None if run is None else msgspec.convert(run.asked, Asked)


def _take_portrait(workspace: Workspace, persona: Persona, segment: Segment) -> None:
    log = current_home().log(workspace.workspace_id)
    window = latest_days(log, USUAL_DAYS)
    if window is None:
        return
    rules = tuple(rule_of(text) for text in persona.rules) or telling_rules(
        log, window=window, among=Among(segment=segment), executor=shared_executor()
    )
    if not rules:
        return
    taken = portrait(log, rules, segment, window, executor=shared_executor())
    Persona.objects.filter(pk=persona.pk).update(
        rules=[text_of(rule) for rule in rules],
        portrait={**asdict(taken), "since": window.start.isoformat(), "until": window.end.isoformat()},
        shifts=[],
        looked_at=None,
    )


def _segment(workspace: Workspace, segment_id: str) -> Segment:
    found = segment_of(workspace, segment_id)
    if found is None:
        raise UnknownPersona("There is no such segment.", hint="Choose one from the list of segments.")
    return found.segment


def _locked(workspace: Workspace, public_id: str) -> Persona:
    rows = Persona.objects.select_for_update(of=("self",)).filter(
        workspace_id=workspace.workspace_id, public_id=public_id, is_archived=False
    )
    with transaction.atomic():
        found = rows.first()
    if found is None:
        raise UnknownPersona("There is no such persona here.", hint="Look at the list of personas.")
    return found
