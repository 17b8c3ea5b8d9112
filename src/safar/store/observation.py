"""Reading a batch's evidence into the merge log: what is new, what it floods, what it joins."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from operator import attrgetter
from typing import Final

from safar.collect.evidence import Evidence
from safar.collect.identity import KNOWN, Claim, Holding, IdentityRules, Judge, Reason, Union, Why, name_of

from .merge_log import REASONS, MergeLog, Node

_ANCHOR: Final = attrgetter("anchor")


class Observation:
    """One batch of evidence, judged by the rules within one transaction of the merge log.

    Parameters
    ----------
    log
        Lent for the transaction.
    rules
        How far evidence may go.
    now
        Microseconds UTC: when what must come apart is undone.
    """

    def __init__(self, log: MergeLog, rules: IdentityRules, *, now: int) -> None:
        self._log = log
        self._rules = rules
        self._now = now

    def take(self, evidence: Evidence) -> None:
        """Judge what a batch says and is not yet in the log. Saying it again changes nothing."""
        nodes, grown = self._log.name_ids(evidence.ids)
        fresh, said = self._fresh(evidence, nodes)
        floods = self._flood(fresh, said)
        parted = self._end_flooded(floods) | self._end_known_as_anonymous(nodes.values(), grown)
        if parted or grown:
            self._log.rebuild(parted | grown)  # flags that grew may also change which id a person goes by
        if fresh:
            self.judge(fresh, said, floods)

    def _fresh(
        self, evidence: Evidence, nodes: Mapping[str, Node]
    ) -> tuple[dict[Claim, int], dict[Claim, bool]]:
        """Return claims not made before, with their instants; and earlier ones on the same anchors: do they stand?"""
        shared = self._log.shared_values(evidence.links)
        claims: dict[Claim, int] = {}
        for link, at in evidence.links.items():
            anchor = shared[link] if link in shared else nodes[link.anchor].node
            claims[Claim(link.reason, anchor, nodes[link.customer_id].node)] = at
        anchors = {claim.anchor for claim in claims}
        anchors.update(claim.node for claim in claims if claim.reason is Reason.ALIAS)
        rows = self._log.by_keys(
            "SELECT anchor, reason, node, ended_at IS NULL FROM claim WHERE anchor IN ({}) AND withdrawn_at IS NULL",
            anchors,
        )
        said = {Claim(REASONS[reason], anchor, node): bool(stands) for anchor, reason, node, stands in rows}
        flood_rows = self._log.by_keys("SELECT anchor, reason FROM flood WHERE anchor IN ({})", anchors)
        floods = {Holding(REASONS[reason], anchor) for anchor, reason in flood_rows}
        fresh: dict[Claim, int] = {}
        for claim, at in claims.items():
            if claim in said or (floods and claim[:2] in floods):
                continue
            if claim.reason is Reason.ALIAS:
                turned = Claim(Reason.ALIAS, claim.node, claim.anchor)
                if turned in said or turned in fresh:
                    continue
            fresh[claim] = at
        return fresh, said

    def judge(
        self,
        fresh: Mapping[Claim, int],
        said: Mapping[Claim, bool],
        floods: set[Holding],
    ) -> None:
        """Decide about new claims in order of arrival, write them, and write who is one person now.

        Parameters
        ----------
        fresh
            The claims, each with the microseconds UTC at which its event was received.
        said
            Every earlier claim on the same anchors that is not withdrawn: does it stand?
        floods
            Which of the anchors are claimed by too many.
        """
        named: set[int] = set()
        holder_of: dict[int, int] = {}
        for claim in fresh:
            named.add(claim.node)
            if claim.anchor > 0:
                named.add(claim.anchor)
        for claim, stands in said.items():
            if claim.anchor < 0 and stands and claim[:2] not in floods:
                holder_of[claim.anchor] = claim.node
                named.add(claim.node)
        nodes, union = self._union_of(named)
        for anchor, holder in holder_of.items():
            union.join(anchor, holder)
        judge = Judge(
            union=union,
            flags_of={number: node.flags for number, node in nodes.items()},
            floods=floods,
            taken={claim.anchor for claim in said if claim.reason is Reason.IDENTIFY},
            rules=self._rules,
        )
        drowned: Counter[int] = Counter()
        rows = []
        for claim, at in fresh.items():
            why = judge.decide(claim)
            if why is Why.FLOOD:
                drowned[claim.anchor] += 1
                if drowned[claim.anchor] > self._rules.most_sharing + 1:
                    continue
            rows.append((claim, at, "", "", why))
        self._log.add(rows)
        self._label(nodes, union)

    def _union_of(self, named: set[int]) -> tuple[dict[int, Node], Union]:
        """Return these nodes with those that their persons go by, and who of them is one person."""
        nodes = self._log.nodes(named)
        persons = {node.person for node in nodes.values() if node.person is not None}
        nodes |= self._log.nodes(persons - nodes.keys())
        counts = self._log.by_keys(
            "SELECT person, count(*) FROM node WHERE person IN ({}) GROUP BY person", persons
        )
        union = Union()
        for person, count in counts:
            union.add(person, ids=count)
        for node in nodes.values():
            if node.person is not None and node.person != node.node:
                union.add(node.node, ids=0)
                union.join(node.node, node.person)
        return nodes, union

    def _label(self, nodes: Mapping[int, Node], union: Union) -> None:
        """Write who is one person after joins: whole persons change their label at one stroke."""
        groups: dict[int, list[Node]] = defaultdict(list)
        for node in nodes.values():
            groups[union.find(node.node)].append(node)
        single: list[tuple[int, int]] = []
        whole: list[tuple[int, int]] = []
        for root, group in groups.items():
            if union.ids(root) < 2:
                continue
            person = name_of({node.node: node.flags for node in group})
            single += [(person, node.node) for node in group if node.person is None]
            labels = {node.person for node in group if node.person is not None}
            whole += [(person, label) for label in sorted(labels) if label != person]
        self._log.connection.executemany("UPDATE node SET person = ? WHERE person = ?", whole)
        self._log.connection.executemany("UPDATE node SET person = ? WHERE node = ?", single)
        if single or whole:
            self._log.grow_version()

    def _flood(self, fresh: Mapping[Claim, int], said: Mapping[Claim, bool]) -> set[Holding]:
        """Note and return what too many claim now that did not before."""
        most = self._rules.most_sharing
        claims = Counter(map(_ANCHOR, chain(said, fresh)))
        crowded = {anchor for anchor, count in claims.items() if count > most}
        touched = {Holding(claim.reason, claim.anchor) for claim in fresh if claim.anchor in crowded}
        sharing = Counter(claim[:2] for claim in chain(said, fresh) if claim[:2] in touched)
        floods = {holding for holding in touched if sharing[holding] > most}
        self._log.connection.executemany(
            "INSERT INTO flood (anchor, reason, at, sharing) VALUES (?, ?, ?, ?)",
            [
                (holding.anchor, REASONS.index(holding.reason), self._now, sharing[holding])
                for holding in floods
            ],
        )
        return floods

    def _end_flooded(self, floods: Iterable[Holding]) -> set[int]:
        """End what a flooded anchor had joined; return the nodes."""
        by_reason: dict[Reason, list[int]] = defaultdict(list)
        for holding in floods:
            by_reason[holding.reason].append(holding.anchor)
        parted: set[int] = set()
        for reason, anchors in by_reason.items():
            parted |= self._end_on(anchors, reason, why=Why.FLOOD)
        return parted

    def _end_known_as_anonymous(self, nodes: Iterable[Node], grown: set[int]) -> set[int]:
        """End what an anonymous id had joined that turns out to be a user id; return the nodes."""
        known = [node.node for node in nodes if node.node in grown and node.flags & KNOWN]
        return self._end_on(known, Reason.IDENTIFY, why=Why.KNOWN_AS_ANONYMOUS)

    def _end_on(self, anchors: Sequence[int], reason: Reason, *, why: Why) -> set[int]:
        rows = self._log.by_keys(
            "SELECT claim, anchor, node FROM claim"
            f" WHERE anchor IN ({{}}) AND reason = {REASONS.index(reason)} AND ended_at IS NULL",
            anchors,
        )
        self._log.end([claim for claim, _, _ in rows], at=self._now, why=why)
        return {number for _, anchor, node in rows for number in (anchor, node) if number > 0}
