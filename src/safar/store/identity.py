"""Who is who in one workspace: the merge log beside the events.

Events keep for ever the id they came with. Which person an id belongs to is asked here when events are read, so a merge
and its undoing rewrite no event.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from safar.collect.evidence import Evidence, Link, evidence_of
from safar.collect.identity import IdentityRules, Reason, Why, components, name_of, parting_claims
from safar.vocabulary.errors import Refusal
from safar.vocabulary.event import EventColumns

from .merge_history import MergeEntry, Refused, history, refusals
from .merge_log import MIGRATIONS, MergeLog, Node
from .observation import Observation
from .sqlite_file import SqliteFile
from .withdrawal import Withdrawal

FILE: Final = "identity.sqlite"


class NotOfPerson(Refusal, LookupError):
    """The id to take out does not belong to that person."""

    code = "identity.not_of_person"


class NamesThePerson(Refusal, ValueError):
    """The id to take out is the one that the person goes by."""

    code = "identity.names_the_person"


class NoId(Refusal, ValueError):
    """An empty text is no id."""

    code = "identity.no_id"


@dataclass(frozen=True, slots=True)
class Split:
    """What an un-merge did.

    Attributes
    ----------
    person
        The id that the remaining person goes by.
    ids
        The ids taken out: the one named and those that had come with it.
    split_person
        The id that the person taken out goes by.
    undone_count
        How many claims were undone.
    """

    person: str
    ids: tuple[str, ...]
    split_person: str
    undone_count: int


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What an erasure removed: ids, claims about them, and telephone numbers and addresses nobody else claims."""

    ids: int
    claims: int
    shared_values: int


class Identity:
    """The open merge log of a workspace. Safe for many threads; other processes may have it open too.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, Identity.open(folder) as identity:
    ...     identity.merge("sara", "09123456781", "the same caller", "reza")
    ...     identity.ids_of("sara")
    'sara'
    ['sara', '09123456781']
    """

    def __init__(self, file: SqliteFile, rules: IdentityRules) -> None:
        self._file = file
        self.rules = rules

    @classmethod
    def open(cls, folder: str | os.PathLike[str], *, rules: IdentityRules | None = None) -> Self:
        """Open the merge log in the folder of a log; make it when it is not there.

        Parameters
        ----------
        folder
            An existing folder.
        rules
            How far evidence may go; the rules' own defaults when None.
        """
        return cls(
            SqliteFile(Path(folder) / FILE, migrations=MIGRATIONS, secure_delete=True),
            rules or IdentityRules(),
        )

    def observe(self, columns: EventColumns) -> None:
        """Read what a batch of events says about who is who, and decide. On disk when it returns.

        The same events again change nothing. Only `identify` and `alias` events are read; see
        `safar.collect.evidence.evidence_of` for what they say, and `safar.collect.identity` for what is refused.
        """
        evidence = evidence_of(columns, self.rules)
        if evidence.ids:
            with self._file.write() as connection:
                Observation(MergeLog(connection), self.rules, now=_now()).take(evidence)

    def merge(self, a: str, b: str, reason: str, by: str) -> str:
        """Make one person of the persons of two ids, by a member's decision; return the id it goes by.

        Parameters
        ----------
        a, b
            Any ids, seen before or not. Of two ids of one kind, the one first seen names the person; ``a`` counts as
            seen before ``b``.
        reason
            Why, in the member's words; ``"manual"`` when there is nothing to say.
        by
            Which member.

        Raises
        ------
        NoId
            An id is empty.
        """
        if not a or not b:
            raise NoId("An empty text is no customer id.", hint="Name both ids.")
        if a == b:
            return self.person_of(a)
        with self._file.write() as connection:
            log = MergeLog(connection)
            nodes, _ = log.name_ids({a: 0, b: 0})
            first, second = nodes[a], nodes[b]
            if (first.person or first.node) != (second.person or second.node):
                log.add_manual(first.node, second.node, at=_now(), by=by, note=reason)
                log.rebuild([first.node, second.node])
            return _person(log, a)

    def unmerge(self, person: str, customer_id: str, by: str) -> Split:
        """Take an id out of a person, with whatever had come with it.

        The claims that stand are replayed in order; the one that brings ``customer_id`` to the id that the person
        goes by is left out, and the replay begins anew, until the two stay apart. What is left out is undone for good:
        the same evidence does not join them again, other evidence or a member may.

        Parameters
        ----------
        person
            The person, by any of its ids.
        customer_id
            The id to take out.
        by
            Which member.

        Raises
        ------
        NotOfPerson
            The id belongs to someone else.
        NamesThePerson
            The person goes by this id: take the others out instead.
        """
        with self._file.write() as connection:
            log = MergeLog(connection)
            found = log.ids({person, customer_id})
            whose, out = found.get(person), found.get(customer_id)
            if whose is None or out is None or whose.person is None or out.person != whose.person:
                raise NotOfPerson(
                    f"{customer_id!r} is not an id of the person {person!r}.",
                    hint="Look at the person's ids.",
                    person=person,
                    customer_id=customer_id,
                )
            if out.node == out.person:
                raise NamesThePerson(
                    f"{customer_id!r} is the id that this person goes by.",
                    hint="Take out the other ids that are not this person's.",
                    person=person,
                    customer_id=customer_id,
                )
            members = log.together_with([out])
            standing = log.standing(members)
            numbers = {numbered.claim: numbered.number for numbered in standing}
            undone = parting_claims([numbered.claim for numbered in standing], out.node, out.person)
            log.end([numbers[claim] for claim in undone], at=_now(), why=Why.UNMERGED, by=by)
            log.rebuild(members)
            return Split(
                person=_person(log, members[out.person].id),
                ids=tuple(_ids_of(log, customer_id)),
                split_person=_person(log, customer_id),
                undone_count=len(undone),
            )

    def withdraw(self, gone: Evidence, kept: Evidence) -> int:
        """Take back what events that leave the log had said; return how many ids came apart. On disk when it returns.

        Claims that only ``gone`` had made end (`Why.WITHDRAWN`), and what was refused for their sake is decided anew.
        The same evidence may make them again, unless a member had undone them. Members' decisions stay. To withdraw
        again changes nothing.

        Parameters
        ----------
        gone
            What the events that leave say.
        kept
            Of what all other events say: every link on an anchor of ``gone``, and every id of ``gone``.
        """
        with self._file.write() as connection:
            return Withdrawal(MergeLog(connection), self.rules, now=_now()).take(gone, kept)

    def person_of(self, customer_id: str) -> str:
        """Return the id that a customer id's person goes by; an id never merged is its own person."""
        with self._file.read() as connection:
            row = connection.execute(
                "SELECT person.id FROM node JOIN node AS person ON person.node = node.person WHERE node.id = ?",
                (customer_id,),
            ).fetchone()
        return customer_id if row is None else str(row[0])

    def ids_of(self, person: str) -> list[str]:
        """Return every id of a person, given by any of them: the one it goes by, then in the order first seen."""
        with self._file.snapshot() as connection:
            return _ids_of(MergeLog(connection), person)

    def knows(self, customer_id: str) -> bool:
        """Tell whether any evidence or decision has named the id."""
        with self._file.read() as connection:
            return bool(MergeLog(connection).ids([customer_id]))

    def ids_with(self, reason: Reason, value: str, *, limit: int = 20) -> list[str]:
        """Return the ids that gave a telephone number (E.164) or an e-mail address (folded), the first ones.

        Also ids that stayed apart, because too many shared it.
        """
        with self._file.snapshot() as connection:
            return MergeLog(connection).sharing(Link(reason, value, ""), limit=limit)

    def aliases(self) -> list[tuple[str, str]]:
        """Return ``(id, person)`` for each id whose person goes by another id, in the order first seen."""
        return self.versioned_aliases()[1]

    def versioned_aliases(self) -> tuple[int, list[tuple[str, str]]]:
        """Return `version` and `aliases` as they were at one instant."""
        with self._file.snapshot() as connection:
            rows = connection.execute(
                "SELECT node.id, person.id FROM node JOIN node AS person ON person.node = node.person"
                " WHERE node.person IS NOT NULL AND node.person <> node.node ORDER BY node.node"
            ).fetchall()
            return MergeLog(connection).version(), rows

    @property
    def version(self) -> int:
        """A number that grows whenever an id changes its person, in any process."""
        with self._file.read() as connection:
            return MergeLog(connection).version()

    @property
    def partings(self) -> int:
        """How often ids may have come apart: a member parted them, what joined them was taken back or erased."""
        with self._file.read() as connection:
            return MergeLog(connection).partings()

    def history(self, customer_id: str) -> list[MergeEntry]:
        """Return every union, refusal and undoing that concerns an id, oldest first."""
        with self._file.snapshot() as connection:
            return history(connection, customer_id)

    def refusals(self, *, limit: int = 100) -> list[Refused]:
        """Return what was refused and why, newest first, at most ``limit``."""
        with self._file.snapshot() as connection:
            return refusals(connection, limit)

    def forget(self, ids: Iterable[str]) -> Forgotten:
        """Remove every trace of ids: the ids, the claims about them, the digests of what only they had claimed.

        When it returns, no byte of them is in the file, nor in SQLite's log beside it. Safe to repeat after a crash.
        Others who were one person only through these ids come apart.
        """
        with self._file.write() as connection:
            log = MergeLog(connection)
            nodes = {node.node: node for node in log.ids(ids).values()}
            claims, values = log.forget(nodes)
            if nodes:
                log.set_scrub_due(1)
            due = log.scrub_due()
        if due:
            self._file.scrub()
            with self._file.write() as connection:
                MergeLog(connection).set_scrub_due(0)
        return Forgotten(ids=len(nodes), claims=claims, shared_values=values)

    def problems(self) -> list[str]:
        """Replay every claim that stands and say where the kept persons differ; an empty list when all is well."""
        with self._file.snapshot() as connection:
            return identity_problems(connection)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def identity_problems(connection: sqlite3.Connection) -> list[str]:
    """Return where the persons that are kept differ from what the claims that stand say."""
    log = MergeLog(connection)
    nodes = log.nodes(number for (number,) in connection.execute("SELECT node FROM node").fetchall())
    claims = [numbered.claim for numbered in log.standing(nodes)]
    wrong = []
    for group in components(nodes, claims):
        person = name_of({number: nodes[number].flags for number in group}) if len(group) > 1 else None
        wrong += [
            f"id {nodes[number].id!r}: the claims say {_shown(nodes, person)}, the map says"
            f" {_shown(nodes, nodes[number].person)}"
            for number in group
            if nodes[number].person != person
        ]
    return wrong


def _ids_of(log: MergeLog, customer_id: str) -> list[str]:
    found = log.ids([customer_id])
    if customer_id not in found:
        return [customer_id]
    node = found[customer_id]
    members = log.together_with([node])
    first = node.person or node.node
    return [members[number].id for number in sorted(members, key=lambda number: (number != first, number))]


def _person(log: MergeLog, customer_id: str) -> str:
    node = log.ids([customer_id])[customer_id]
    return customer_id if node.person is None else log.nodes([node.person])[node.person].id


def _shown(nodes: dict[int, Node], person: int | None) -> str:
    return "a person of its own" if person is None else repr(nodes[person].id)


def _now() -> int:
    return time.time_ns() // 1000
