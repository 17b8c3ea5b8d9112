"""Verbs about one customer: part ids, join them again, erase the person, note that his data were taken away."""

from __future__ import annotations

from dataclasses import replace

from django.db import transaction

from safar.doors.web.audit.actor import Actor
from safar.doors.web.audit.services import record
from safar.doors.web.homes import current_home
from safar.doors.web.work.services import start
from safar.observe.events import EventsQuestion, events
from safar.store.erasure import ErasureProof
from safar.store.identity import Identity, Split
from safar.store.registry import Workspace

from .digests import customer_digest
from .errors import UnknownCustomer, UnknownErasure
from .models import Erasure


def part(workspace: Workspace, person: str, customer_id: str, *, by: Actor) -> Split:
    """Take an id out of a person, with whatever had come with it.

    Raises
    ------
    NotOfPerson, NamesThePerson
        Nothing was changed.
    """
    split = _identity(workspace).unmerge(person, customer_id, _name(by))
    record(
        by,
        "customer.parted",
        workspace_id=workspace.workspace_id,
        target=customer_digest(workspace.workspace_id, split.person),
        after={"parted": customer_digest(workspace.workspace_id, split.split_person), "ids": len(split.ids)},
    )
    return split


def join(workspace: Workspace, a: str, b: str, reason: str, *, by: Actor) -> str:
    """Make one person of two ids by a member's decision; return the id the person goes by.

    Raises
    ------
    UnknownCustomer
        One of them is no id that the workspace has seen: most likely mistyped.
    """
    for customer_id in (a, b):
        if not is_known(workspace, customer_id):
            raise UnknownCustomer("One of the two ids is not known here.", hint="Check how it is written.")
    person = _identity(workspace).merge(a, b, reason or "manual", _name(by))
    record(
        by,
        "customer.joined",
        workspace_id=workspace.workspace_id,
        target=customer_digest(workspace.workspace_id, person),
    )
    return person


def ask_to_erase(workspace: Workspace, customer_id: str, *, by: Actor) -> Erasure:
    """Start to erase a person in the background; return the erasure, which will hold the proof.

    Raises
    ------
    WorkNotAllowed
        The member may not erase here; nothing was started.
    """
    from .jobs import erase_customer  # noqa: PLC0415 - the job calls back to this module

    digest = customer_digest(workspace.workspace_id, customer_id)
    with transaction.atomic():
        erasure = Erasure.objects.create(
            workspace_id=workspace.workspace_id, customer_id=customer_id, digest=digest, asked_by=by.member
        )
        # The work is remembered for long: it is told which erasure, never whom.
        work = start(
            erase_customer,
            by=by,
            workspace_id=workspace.workspace_id,
            title=digest,
            erasure_id=str(erasure.erasure_id),
        )
        Erasure.objects.filter(pk=erasure.pk).update(work_id=str(work.work_id))
        record(by, "customer.erasure_asked", workspace_id=workspace.workspace_id, target=digest)
    erasure.refresh_from_db()
    return erasure


def customer_to_erase(workspace_id: str, erasure_id: str) -> str:
    """Return whom an erasure that is not done yet is about.

    Raises
    ------
    UnknownErasure
    """
    found = (
        Erasure.objects.filter(workspace_id=workspace_id, erasure_id=erasure_id)
        .exclude(customer_id="")
        .first()
    )
    if found is None:
        raise UnknownErasure("There is no such erasure, or it is done.", hint="Look at the log of changes.")
    return str(found.customer_id)


def ids_of(workspace: Workspace, customer_id: str) -> frozenset[str]:
    """Return every id of the person who has an id."""
    identity = _identity(workspace)
    return frozenset({customer_id, *identity.ids_of(identity.person_of(customer_id))})


def traces_of(workspace: Workspace, customer_id: str) -> frozenset[str]:
    """Return what links to a person hold: the ids, and those of the events."""
    log = current_home().log(workspace.workspace_id)
    found = set(ids_of(workspace, customer_id))
    question = EventsQuestion(customer_id=customer_id, limit=1_000)
    while True:
        page = events(log, question)
        found.update(str(each.event_id) for each in page.events)
        if page.next_before is None:
            return frozenset(found)
        question = replace(question, before=page.next_before)


def keep_proof(workspace_id: str, erasure_id: str, proof: ErasureProof) -> None:
    """Keep the proof of an erasure and forget whom it was about."""
    with transaction.atomic():
        erasure = Erasure.objects.select_for_update().get(workspace_id=workspace_id, erasure_id=erasure_id)
        erasure.customer_id, erasure.proof = "", proof.as_json()
        erasure.save(update_fields=["customer_id", "proof"])
        member = erasure.asked_by
        by = Actor("member", member) if member is not None else Actor("system")
        record(
            by,
            "customer.erased",
            workspace_id=workspace_id,
            target=erasure.digest,
            after={"events": proof.events_removed},
        )


def note_export(workspace: Workspace, customer_id: str, form: str, *, by: Actor) -> None:
    """Note that everything about a person was taken away."""
    digest = customer_digest(workspace.workspace_id, customer_id)
    record(by, "customer.exported", workspace_id=workspace.workspace_id, target=digest, after={"form": form})


def note_list_export(workspace: Workspace, form: str, *, by: Actor) -> None:
    """Note that the list of customers, or what a search found, was taken away."""
    record(by, "customers.exported", workspace_id=workspace.workspace_id, after={"form": form})


def is_known(workspace: Workspace, customer_id: str) -> bool:
    """Whether any event, or what is known of who is who, has the id."""
    log = current_home().log(workspace.workspace_id)
    if not customer_id:
        return False
    return bool(log.extents([customer_id])) or log.identity.knows(customer_id)


def _identity(workspace: Workspace) -> Identity:
    return current_home().log(workspace.workspace_id).identity


def _name(by: Actor) -> str:
    return by.member.email if by.member is not None else by.detail
