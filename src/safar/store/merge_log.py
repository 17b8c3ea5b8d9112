"""The merge log of a workspace, as tables: which claims about identity were made, which stand, who is one person.

Claims are only ever added, and ended; the label ``node.person`` follows from those that stand. Telephone numbers and
e-mail addresses are kept as keyed digests: enough to see that two are the same, nothing to read.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from safar.collect.evidence import Link
from safar.collect.identity import (
    Claim,
    Reason,
    Why,
    components,
    name_of,
)

#: Reasons and whys are kept as their places in these.
REASONS: Final = tuple(Reason)
WHYS: Final = tuple(Why)

MIGRATIONS: Final = (
    """
    CREATE TABLE fact (name TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;
    INSERT INTO fact VALUES ('digest_key', randomblob(32)), ('version', 0), ('scrub_due', 0);

    -- An id. Its number tells when it was first seen; person is the number of the id that its person goes by,
    -- and null for an id that is a person of its own.
    CREATE TABLE node (
        node INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        flags INTEGER NOT NULL,
        person INTEGER
    ) STRICT;
    CREATE INDEX node_person ON node (person) WHERE person IS NOT NULL;

    -- A telephone number or e-mail address, named elsewhere as minus its number.
    CREATE TABLE shared (
        shared INTEGER PRIMARY KEY AUTOINCREMENT,
        digest BLOB NOT NULL UNIQUE
    ) STRICT;

    CREATE TABLE claim (
        claim INTEGER PRIMARY KEY AUTOINCREMENT,
        reason INTEGER NOT NULL,
        anchor INTEGER NOT NULL,
        node INTEGER NOT NULL,
        at INTEGER NOT NULL,
        by TEXT NOT NULL,
        note TEXT NOT NULL,
        ended_at INTEGER,
        ended_why INTEGER,
        ended_by TEXT
    ) STRICT;
    CREATE INDEX claim_anchor ON claim (anchor, reason, node);
    CREATE INDEX claim_node ON claim (node);
    CREATE INDEX claim_refused ON claim (ended_at) WHERE ended_at IS NOT NULL;

    CREATE TABLE flood (
        anchor INTEGER NOT NULL,
        reason INTEGER NOT NULL,
        at INTEGER NOT NULL,
        sharing INTEGER NOT NULL,
        PRIMARY KEY (anchor, reason)
    ) STRICT, WITHOUT ROWID
    """,
    # When the events behind a claim left the log: it then counts as never made, and can be made again.
    "ALTER TABLE claim ADD COLUMN withdrawn_at INTEGER",
    "INSERT INTO fact VALUES ('partings', 0)",
)

_CHUNK: Final = 10_000
_DIGEST_BYTES: Final = 16


class Node(NamedTuple):
    """One row of ``node``."""

    node: int
    id: str
    flags: int
    person: int | None


class NumberedClaim(NamedTuple):
    """A claim that stands, with its place in the merge log."""

    number: int
    claim: Claim


class MergeLog:
    """The tables, lent for one transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def ids(self, ids: Iterable[str]) -> dict[str, Node]:
        """Return the rows of those ids that are known here."""
        rows = self.by_keys("SELECT node, id, flags, person FROM node WHERE id IN ({})", ids)
        return {row[1]: Node(*row) for row in rows}

    def nodes(self, numbers: Iterable[int]) -> dict[int, Node]:
        """Return the rows of these nodes."""
        rows = self.by_keys("SELECT node, id, flags, person FROM node WHERE node IN ({})", numbers)
        return {row[0]: Node(*row) for row in rows}

    def members(self, persons: Iterable[int]) -> dict[int, Node]:
        """Return every node of these persons of more than one id."""
        rows = self.by_keys("SELECT node, id, flags, person FROM node WHERE person IN ({})", persons)
        return {row[0]: Node(*row) for row in rows}

    def together_with(self, nodes: Iterable[Node]) -> dict[int, Node]:
        """Return these nodes and every other of their persons."""
        own = {node.node: node for node in nodes}
        return own | self.members({node.person for node in own.values() if node.person is not None})

    def standing(self, nodes: Iterable[int]) -> list[NumberedClaim]:
        """Return the claims of these nodes that stand, in the order they were made."""
        rows = self.by_keys(
            "SELECT claim, reason, anchor, node FROM claim WHERE node IN ({}) AND ended_at IS NULL", nodes
        )
        return [
            NumberedClaim(number, Claim(REASONS[reason], anchor, node))
            for number, reason, anchor, node in sorted(rows)
        ]

    def version(self) -> int:
        """Return how often any id has changed its person."""
        return int(self._fact("version"))

    def name_ids(self, flags_of: Mapping[str, int]) -> tuple[dict[str, Node], set[int]]:
        """Note that ids were seen, and as what; return their rows, and the nodes whose flags grew."""
        nodes = self.ids(flags_of)
        grown = {
            text: node._replace(flags=node.flags | flags_of[text])
            for text, node in nodes.items()
            if node.flags | flags_of[text] != node.flags
        }
        free = self._free_number("node")
        unseen = (text for text in flags_of if text not in nodes)
        new = {text: Node(free + place, text, flags_of[text], None) for place, text in enumerate(unseen)}
        self.connection.executemany(
            "UPDATE node SET flags = ? WHERE node = ?", [(node.flags, node.node) for node in grown.values()]
        )
        self.connection.executemany(
            "INSERT INTO node (node, id, flags, person) VALUES (?, ?, ?, ?)", new.values()
        )
        return nodes | grown | new, {node.node for node in grown.values()}

    def partings(self) -> int:
        """Return how often claims that stood have ended or gone, so that ids may have come apart."""
        return int(self._fact("partings"))

    def end(self, numbers: Iterable[int], *, at: int, why: Why, by: str = "") -> None:
        """End claims that stand."""
        rows = [(at, WHYS.index(why), by, number) for number in numbers]
        self.connection.executemany(
            "UPDATE claim SET ended_at = ?, ended_why = ?, ended_by = ? WHERE claim = ?", rows
        )
        if rows:
            self._note_parting()

    def add_manual(self, anchor: int, node: int, *, at: int, by: str, note: str) -> None:
        """Add a member's own claim; it stands."""
        self.add([(Claim(Reason.MANUAL, anchor, node), at, by, note, None)])

    def rebuild(self, numbers: Iterable[int]) -> None:
        """Work out anew, from the claims that stand, who is one person among these nodes and their persons' others."""
        nodes = self.together_with(self.nodes(numbers).values())
        claims = [numbered.claim for numbered in self.standing(nodes)]
        relabelled = []
        for group in components(nodes, claims):
            person = name_of({number: nodes[number].flags for number in group}) if len(group) > 1 else None
            relabelled += [(person, number) for number in group if nodes[number].person != person]
        self.connection.executemany("UPDATE node SET person = ? WHERE node = ?", relabelled)
        if relabelled:
            self.grow_version()

    def forget(self, nodes: Mapping[int, Node]) -> tuple[int, int]:
        """Delete nodes with every claim that names them, and what is then claimed by nobody.

        Returns
        -------
        tuple
            How many claims, and how many telephone numbers and e-mail addresses, are gone.
        """
        others = self.together_with(nodes.values()).keys() - nodes.keys()
        rows = [
            *self.by_keys("SELECT claim, anchor FROM claim WHERE node IN ({})", nodes),
            *self.by_keys("SELECT claim, anchor FROM claim WHERE anchor IN ({})", nodes),
        ]
        claims = {claim for claim, _ in rows}
        anchors = {anchor for _, anchor in rows if anchor < 0}
        if claims:
            self._note_parting()
        delete = self.connection.executemany
        delete("DELETE FROM claim WHERE claim = ?", [(claim,) for claim in claims])
        delete("DELETE FROM flood WHERE anchor = ?", [(number,) for number in nodes])
        delete("DELETE FROM node WHERE node = ?", [(number,) for number in nodes])
        still = {row[0] for row in self.by_keys("SELECT anchor FROM claim WHERE anchor IN ({})", anchors)}
        unclaimed = [(anchor,) for anchor in anchors - still]
        delete("DELETE FROM flood WHERE anchor = ?", unclaimed)
        delete("DELETE FROM shared WHERE shared = -?", unclaimed)
        if any(node.person is not None for node in nodes.values()):
            self.grow_version()
        self.rebuild(others)
        return len(claims), len(unclaimed)

    def set_scrub_due(self, due: int) -> None:
        """Note whether deleted bytes may still stand in the file."""
        self.connection.execute("UPDATE fact SET value = ? WHERE name = 'scrub_due'", (due,))

    def scrub_due(self) -> bool:
        """Tell whether deleted bytes may still stand in the file."""
        return bool(self._fact("scrub_due"))

    def shared_values(self, links: Iterable[Link]) -> dict[Link, int]:
        """Return the anchors of links through a telephone number or an e-mail address; new ones are added."""
        key = self._fact("digest_key")
        digests = {
            link: _digest(key, link)
            for link in links
            if link.reason in {Reason.SAME_PHONE, Reason.SAME_EMAIL}
        }
        numbers = dict(
            self.by_keys("SELECT digest, shared FROM shared WHERE digest IN ({})", digests.values())
        )
        free = self._free_number("shared")
        unseen = sorted(set(digests.values()) - numbers.keys())  # in order: neighbours in the index
        new = {digest: free + place for place, digest in enumerate(unseen)}
        self.connection.executemany("INSERT INTO shared (digest, shared) VALUES (?, ?)", new.items())
        numbers |= new
        return {link: -numbers[digest] for link, digest in digests.items()}

    def sharing(self, link: Link, *, limit: int) -> list[str]:
        """Return the first ids that claimed a telephone number or an e-mail address, in the order they did."""
        digest = _digest(self._fact("digest_key"), link)
        rows = self.connection.execute(
            "SELECT node.id FROM shared JOIN claim ON claim.anchor = -shared.shared JOIN node ON node.node = claim.node"
            " WHERE shared.digest = ? AND claim.withdrawn_at IS NULL"
            " GROUP BY node.id ORDER BY min(claim.claim) LIMIT ?",
            (digest, limit),
        )
        return [customer_id for (customer_id,) in rows]

    def add(self, rows: Iterable[tuple[Claim, int, str, str, Why | None]]) -> None:
        """Add claims, each with its instant, the member and the words behind it, and why it is refused."""
        self.connection.executemany(
            "INSERT INTO claim (reason, anchor, node, at, by, note, ended_at, ended_why, ended_by)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    REASONS.index(claim.reason),
                    claim.anchor,
                    claim.node,
                    at,
                    by,
                    note,
                    None if why is None else at,
                    None if why is None else WHYS.index(why),
                    None if why is None else "",
                )
                for claim, at, by, note, why in rows
            ],
        )

    def _free_number(self, table: str) -> int:
        """Return the first number that ``table`` has never given; numbers of deleted rows are not given again."""
        row = self.connection.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,)).fetchone()
        return 1 if row is None else int(row[0]) + 1

    def _fact(self, name: str) -> Any:
        return self.connection.execute("SELECT value FROM fact WHERE name = ?", (name,)).fetchone()[0]

    def grow_version(self) -> None:
        """Note that an id has changed its person."""
        self.connection.execute("UPDATE fact SET value = value + 1 WHERE name = 'version'")

    def _note_parting(self) -> None:
        self.connection.execute("UPDATE fact SET value = value + 1 WHERE name = 'partings'")

    def by_keys(self, query: str, keys: Iterable[Any]) -> list[tuple[Any, ...]]:
        """Return the rows of ``query``, whose ``{}`` stands for a list of keys of any length."""
        wanted = sorted(set(keys))
        rows: list[tuple[Any, ...]] = []
        for start in range(0, len(wanted), _CHUNK):
            chunk = wanted[start : start + _CHUNK]
            rows += self.connection.execute(query.format(",".join("?" * len(chunk))), chunk)
        return rows


def _digest(key: bytes, link: Link) -> bytes:
    return hashlib.blake2b(
        link.anchor.encode(), key=key, digest_size=_DIGEST_BYTES, person=link.reason.encode()
    ).digest()
