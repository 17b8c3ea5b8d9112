"""The merge log, read as a story: what was joined, refused and undone, when, why and by whom."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from safar.collect.identity import Reason, Why

from .merge_log import REASONS, WHYS
from .registry import instant_of

Action = Literal["union", "refusal", "undo"]

_REFUSED_AT_ONCE: Final = (Why.SHARED_ANONYMOUS, Why.KNOWN_AS_ANONYMOUS, Why.TOO_LARGE)


@dataclass(frozen=True, slots=True)
class MergeEntry:
    """One line of the merge log.

    Attributes
    ----------
    at
        Aware UTC instant: of a union or refusal, when its event was received or a member decided; of an undoing, when
        it was undone.
    action
        ``union``, ``refusal`` or ``undo``.
    reason
        What tied the two ids.
    customer_id, other_id
        The two ids. For the same telephone number or e-mail address: the one that brought it, and the first that
        had it.
    by
        Which member; empty when Safar decided by its rules.
    note
        The member's words.
    why
        Why it was refused or undone; None for a union.
    """

    at: datetime
    action: Action
    reason: Reason
    customer_id: str
    other_id: str
    by: str
    note: str
    why: Why | None


@dataclass(frozen=True, slots=True)
class Refused:
    """Evidence that joined nobody.

    Attributes
    ----------
    at
        Aware UTC instant.
    why, reason
        Which rule, and what kind of evidence.
    ids
        The ids it would have joined; of a flood the first ones that share the thing.
    sharing
        How many ids shared it then; of what was no flood, the two of ``ids``.
    """

    at: datetime
    why: Why
    reason: Reason
    ids: tuple[str, ...]
    sharing: int


# The other id of a claim: its anchor where that is an id, else the first other id that claimed the same value.
_ENTRIES: Final = """
    SELECT claim.claim, claim.reason, claim.at, claim.by, claim.note,
           claim.ended_at, claim.ended_why, claim.ended_by, own.id, other.id
    FROM claim
    JOIN node AS own ON own.node = claim.node
    JOIN node AS other ON other.node = CASE
        WHEN claim.anchor > 0 THEN claim.anchor
        ELSE (SELECT earlier.node FROM claim AS earlier
              WHERE earlier.anchor = claim.anchor AND earlier.claim < claim.claim
              ORDER BY earlier.claim LIMIT 1)
        END
"""


def history(connection: sqlite3.Connection, customer_id: str) -> list[MergeEntry]:
    """Return every union, refusal and undoing that concerns an id, oldest first; none for one never seen."""
    rows = connection.execute(
        f"""WITH me AS (SELECT node FROM node WHERE id = ?),
                mine AS (
                    SELECT claim FROM claim WHERE node IN me
                    UNION SELECT claim FROM claim WHERE anchor IN me
                    UNION SELECT later.claim FROM claim AS first
                        JOIN claim AS later ON later.anchor = first.anchor AND later.claim > first.claim
                        WHERE first.node IN me AND first.anchor < 0
                )
            {_ENTRIES} WHERE claim.claim IN mine ORDER BY claim.claim""",
        (customer_id,),
    ).fetchall()
    entries = [entry for row in rows if customer_id in row[8:] for entry in _entries(row)]
    return sorted(entries, key=lambda entry: entry.at)


def _entries(
    row: tuple[int, int, int, str, str, int | None, int | None, str | None, str, str],
) -> list[MergeEntry]:
    _, reason, at, by, note, ended_at, ended_why, ended_by, own, other = row
    why = None if ended_why is None else WHYS[ended_why]

    def entry(when: int, action: Action, whose: str, because: Why | None) -> MergeEntry:
        return MergeEntry(instant_of(when), action, REASONS[reason], own, other, whose, note, because)

    if why is None or ended_at is None:
        return [entry(at, "union", by, None)]
    if ended_at == at:
        return [entry(at, "refusal", "", why)]
    return [entry(at, "union", by, None), entry(ended_at, "undo", ended_by or "", why)]


def refusals(connection: sqlite3.Connection, limit: int) -> list[Refused]:
    """Return floods and single claims that were refused or ended by rule, newest first."""
    floods = connection.execute(
        "SELECT at, reason, anchor, sharing FROM flood ORDER BY at DESC, anchor LIMIT ?", (limit,)
    ).fetchall()
    found = [
        Refused(instant_of(at), Why.FLOOD, REASONS[reason], _sharing(connection, anchor, reason), sharing)
        for at, reason, anchor, sharing in floods
    ]
    marks = ",".join(str(WHYS.index(why)) for why in _REFUSED_AT_ONCE)
    rows = connection.execute(
        f"{_ENTRIES} WHERE claim.ended_at IS NOT NULL AND claim.ended_why IN ({marks}) AND claim.withdrawn_at IS NULL"
        " ORDER BY claim.ended_at DESC, claim.claim DESC LIMIT ?",
        (limit,),
    ).fetchall()
    found += [Refused(instant_of(row[5]), WHYS[row[6]], REASONS[row[1]], (row[9], row[8]), 2) for row in rows]
    return sorted(found, key=lambda refused: refused.at, reverse=True)[:limit]


def _sharing(connection: sqlite3.Connection, anchor: int, reason: int) -> tuple[str, ...]:
    rows = connection.execute(
        "SELECT node.id FROM claim JOIN node ON node.node = claim.node"
        " WHERE claim.anchor = ? AND claim.reason = ? AND claim.withdrawn_at IS NULL ORDER BY claim.claim",
        (anchor, reason),
    )
    return tuple(customer_id for (customer_id,) in rows)
