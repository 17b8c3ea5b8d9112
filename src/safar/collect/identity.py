"""Which ids are one person, and when to refuse to say so: the rules, without any storage.

Ids and shared values (a telephone number, an e-mail address) are nodes of a graph; each *claim* ties an id to
another id or to a value. A person is a connected set of ids over the claims that stand. Numbers above 0 are
ids, in the order they were first seen; numbers below 0 are shared values.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

#: Flags of an id: it was sent as a user id, as an anonymous id.
KNOWN: Final = 1
ANONYMOUS: Final = 2


class Reason(StrEnum):
    """What ties two ids together."""

    IDENTIFY = "identify"
    ALIAS = "alias"
    SAME_PHONE = "same_phone"
    SAME_EMAIL = "same_email"
    MANUAL = "manual"

    __hash__ = str.__hash__  # that of an enumeration is Python code, and millions of claims are hashed


class Why(StrEnum):
    """Why a claim does not stand."""

    #: A member took the two ids apart.
    UNMERGED = "unmerged"
    #: More known ids than the rules allow claim the same thing.
    FLOOD = "flood"
    #: The anonymous id already belongs to the first user who identified with it: a shared computer.
    SHARED_ANONYMOUS = "shared_anonymous"
    #: The "anonymous" id is itself a user id.
    KNOWN_AS_ANONYMOUS = "known_as_anonymous"
    #: The person would have more ids than the rules allow.
    TOO_LARGE = "too_large"
    #: The events that said so were taken out of the log, and no others say it.
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class IdentityRules:
    """How far evidence may go.

    Attributes
    ----------
    most_sharing
        So many known ids may claim one telephone number, e-mail address, anonymous id or previous id. With
        one more, the thing says nothing about anyone, from then on, and what it had joined comes apart.
    most_ids
        A person has at most so many ids by evidence. Members may join more by hand.
    region
        ISO 3166 code of the country whose telephone numbers are written without a country code.
    """

    most_sharing: int = 8
    most_ids: int = 64
    region: str = "IR"


class Claim(NamedTuple):
    """``node`` (an id) is tied to ``anchor`` (an id, or a shared value below 0)."""

    reason: Reason
    anchor: int
    node: int


class Holding(NamedTuple):
    """One anchor in one role: the anonymous id of `identify`, the previous id of `alias`, a number, an address."""

    reason: Reason
    anchor: int


class Union:
    """Disjoint sets of nodes, with how many ids each has. Nodes are added when first named.

    Source: Tarjan (1975), union by size with path halving.
    """

    def __init__(self) -> None:
        self._parent: dict[int, int] = {}
        self._ids: dict[int, int] = {}

    def add(self, node: int, *, ids: int) -> None:
        """Add a node that stands for so many ids; a value stands for none. A node already there stays as it is."""
        if node not in self._parent:
            self._parent[node] = node
            self._ids[node] = ids

    def find(self, node: int) -> int:
        """Return the node that stands for the set of ``node``."""
        parent = self._parent
        if node not in parent:
            self.add(node, ids=1 if node > 0 else 0)
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    def ids(self, node: int) -> int:
        """Return how many ids the set of ``node`` has."""
        return self._ids[self.find(node)]

    def join(self, one: int, other: int) -> None:
        """Make one set of the two that ``one`` and ``other`` are in."""
        first, second = self.find(one), self.find(other)
        if first == second:
            return
        if self._ids[first] < self._ids[second]:
            first, second = second, first
        self._parent[second] = first
        self._ids[first] += self._ids[second]


def rank(flags: int) -> int:
    """Return how well an id names a person: 0 for a user id, 1 for an id of unknown kind, 2 for an anonymous id."""
    if flags & KNOWN:
        return 0
    return 2 if flags & ANONYMOUS else 1


def name_of(flags_of: Mapping[int, int]) -> int:
    """Return the id that a person goes by: a user id rather than another, and of those the one first seen.

    Parameters
    ----------
    flags_of
        The person's ids, each with its flags; at least one.
    """
    return min(flags_of, key=lambda node: (rank(flags_of[node]), node))


def components(nodes: Iterable[int], claims: Iterable[Claim]) -> list[list[int]]:
    """Return the ids that are one person together, over claims that stand; each list ascending, lists by first id."""
    union = Union()
    for node in nodes:
        union.find(node)
    for claim in claims:
        union.join(claim.anchor, claim.node)
    groups: dict[int, list[int]] = defaultdict(list)
    for node in sorted(nodes):
        groups[union.find(node)].append(node)
    return list(groups.values())


def joining_claim(claims: Iterable[Claim], one: int, other: int) -> Claim | None:
    """Return the claim that first brought ``one`` and ``other`` together when they are replayed in order, or None."""
    union = Union()
    for claim in claims:
        union.join(claim.anchor, claim.node)
        if union.find(one) == union.find(other):
            return claim
    return None


def parting_claims(claims: Sequence[Claim], one: int, other: int) -> list[Claim]:
    """Return the claims to undo so that ``one`` and ``other`` are apart.

    The claims are replayed in order; the one that brings the two together is left out, and the replay begins
    anew, until they stay apart. So the undoing of a merge gives back exactly what was before it, whatever had
    joined earlier.
    """
    standing = list(claims)
    undone = []
    while (claim := joining_claim(standing, one, other)) is not None:
        standing.remove(claim)
        undone.append(claim)
    return undone


@dataclass(slots=True)
class Judge:
    """Decides about new claims, one by one, in order of arrival.

    Attributes
    ----------
    union
        Who is one person; grows with each claim that stands.
    flags_of
        Flags of every id that claims name.
    floods
        What is claimed by too many.
    taken
        Anonymous ids that have had a first user; grows too.
    rules
        The limits.
    """

    union: Union
    flags_of: Mapping[int, int]
    floods: set[Holding]
    taken: set[int]
    rules: IdentityRules

    def decide(self, claim: Claim) -> Why | None:
        """Return why the claim is refused, or None: then it stands and its two ends are one person."""
        why = self._refusal(claim)
        if claim.reason is Reason.IDENTIFY:
            self.taken.add(claim.anchor)
        if why is None:
            self.union.join(claim.anchor, claim.node)
        return why

    def _refusal(self, claim: Claim) -> Why | None:
        if claim[:2] in self.floods:
            return Why.FLOOD
        if claim.reason is Reason.IDENTIFY:
            if self.flags_of[claim.anchor] & KNOWN:
                return Why.KNOWN_AS_ANONYMOUS
            if claim.anchor in self.taken:
                return Why.SHARED_ANONYMOUS
        if self.union.find(claim.anchor) == self.union.find(claim.node):
            return None
        if self.union.ids(claim.anchor) + self.union.ids(claim.node) > self.rules.most_ids:
            return Why.TOO_LARGE
        return None
