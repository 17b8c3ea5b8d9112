"""Taking evidence back in the merge log: what events that leave had said, unless events that stay say it too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from safar.collect.evidence import Evidence, Link
from safar.collect.identity import ANONYMOUS, KNOWN, Claim, Holding, IdentityRules, Reason, Why

from .merge_log import REASONS, WHYS, MergeLog, Node
from .observation import Observation

_VALUES: Final = frozenset({Reason.SAME_PHONE, Reason.SAME_EMAIL})


def turned(link: Link) -> Link | None:
    """Return the alias that says the same the other way round; None for other links."""
    return Link(link.reason, link.customer_id, link.anchor) if link.reason is Reason.ALIAS else None


def ends(link: Link) -> tuple[str, ...]:
    """Return the ids that a link names."""
    return (link.customer_id,) if link.reason in _VALUES else (link.anchor, link.customer_id)


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    claim: Claim
    at: int
    why: Why | None


@dataclass(slots=True)
class _Change:
    """What one withdrawal has found so far."""

    holdings: set[Holding] = field(default_factory=set)
    touched: set[int] = field(default_factory=set)
    unflooded: set[Holding] = field(default_factory=set)
    unknown: set[int] = field(default_factory=set)


class Withdrawal:
    """One withdrawal, within one transaction of the merge log.

    Parameters
    ----------
    log
        Lent for the transaction.
    rules
        How far evidence may go.
    now
        Microseconds UTC: when the claims end.
    """

    def __init__(self, log: MergeLog, rules: IdentityRules, *, now: int) -> None:
        self._log = log
        self._rules = rules
        self._now = now

    def take(self, gone: Evidence, kept: Evidence) -> int:
        """End the claims that only ``gone`` had made, and decide again what they had stood in the way of.

        Parameters
        ----------
        gone
            What the events that leave say.
        kept
            Of what all other events say: every link on an anchor of ``gone``, and every id of ``gone``.

        Returns
        -------
        int
            How many ids no longer belong to the person they belonged to.
        """
        self._log.name_ids(kept.ids)
        claims_of = self._claims({**gone.links, **kept.links})
        kept_claims = {claims_of[link]: at for link, at in kept.links.items() if link in claims_of}
        mentioned = self._log.ids(gone.ids)
        before = self._log.together_with(mentioned.values())
        change = _Change(holdings={Holding(*claims_of[link][:2]) for link in gone.links if link in claims_of})
        self._end({claims_of[link] for link in gone.links if link in claims_of} - kept_claims.keys(), change)
        self._drop_floods(kept_claims, change)
        self._name_anew(mentioned, kept, change)
        self._log.rebuild(before)
        self._judge_again(kept_claims, before, change)
        return self._parted(before)

    def _claims(self, links: Mapping[Link, int]) -> dict[Link, Claim]:
        """Return the links as claims; those that name an id never seen here have made none."""
        shared = self._log.shared_values(links)
        nodes = self._log.ids({customer_id for link in links for customer_id in ends(link)})
        return {
            link: Claim(
                link.reason,
                shared[link] if link in shared else nodes[link.anchor].node,
                nodes[link.customer_id].node,
            )
            for link in links
            if all(customer_id in nodes for customer_id in ends(link))
        }

    def _rows(self, column: str, keys: Iterable[int]) -> list[_Row]:
        """Return the claims on these anchors, or of these nodes, that are not withdrawn; oldest first."""
        rows = self._log.by_keys(
            f"SELECT claim, reason, anchor, node, at, ended_why FROM claim WHERE {column} IN ({{}})"
            " AND withdrawn_at IS NULL",
            keys,
        )
        return [
            _Row(number, Claim(REASONS[reason], anchor, node), at, None if why is None else WHYS[why])
            for number, reason, anchor, node, at, why in sorted(rows)
        ]

    def _end(self, claims: set[Claim], change: _Change) -> None:
        """Withdraw claims. Those that a member has undone stay so, and join nobody when they come again."""
        ending = [
            row
            for row in self._rows("anchor", {claim.anchor for claim in claims})
            if row.claim in claims and row.why is not Why.UNMERGED
        ]
        self._withdraw(ending)
        for row in ending:
            change.touched.add(row.claim.anchor)

    def _withdraw(self, rows: Iterable[_Row]) -> None:
        rows = list(rows)
        self._log.end([row.number for row in rows if row.why is None], at=self._now, why=Why.WITHDRAWN)
        self._log.connection.executemany(
            "UPDATE claim SET withdrawn_at = ? WHERE claim = ?", [(self._now, row.number) for row in rows]
        )

    def _floods(self, anchors: Iterable[int]) -> set[Holding]:
        rows = self._log.by_keys("SELECT anchor, reason FROM flood WHERE anchor IN ({})", anchors)
        return {Holding(REASONS[reason], anchor) for anchor, reason in rows}

    def _drop_floods(self, kept: Mapping[Claim, int], change: _Change) -> None:
        """Drop the marks of what no longer too many claim."""
        floods = self._floods({holding.anchor for holding in change.holdings}) & change.holdings
        said = {row.claim for row in self._rows("anchor", {holding.anchor for holding in floods})} | set(kept)
        sharing = Counter(claim[:2] for claim in said)
        change.unflooded = {holding for holding in floods if sharing[holding] <= self._rules.most_sharing}
        self._log.connection.executemany(
            "DELETE FROM flood WHERE anchor = ? AND reason = ?",
            [(holding.anchor, REASONS.index(holding.reason)) for holding in change.unflooded],
        )

    def _name_anew(self, mentioned: Mapping[str, Node], kept: Evidence, change: _Change) -> None:
        """Work out as what the ids are still known: by events that stay, and by claims that are not withdrawn."""
        flags_of = {node.node: kept.ids.get(text, 0) for text, node in mentioned.items()}
        for row in (*self._rows("node", flags_of), *self._rows("anchor", flags_of)):
            reason, anchor, node = row.claim
            if reason is not Reason.MANUAL and node in flags_of:
                flags_of[node] |= KNOWN
            if reason is Reason.IDENTIFY and anchor in flags_of:
                flags_of[anchor] |= ANONYMOUS
        changed = [node for node in mentioned.values() if flags_of[node.node] != node.flags]
        change.unknown = {node.node for node in changed if node.flags & ~flags_of[node.node] & KNOWN}
        self._log.connection.executemany(
            "UPDATE node SET flags = ? WHERE node = ?", [(flags_of[node.node], node.node) for node in changed]
        )

    def _judge_again(self, kept: Mapping[Claim, int], before: Mapping[int, Node], change: _Change) -> None:
        """Decide anew about claims that were refused for the sake of what is gone, in order of arrival."""
        again = {row.number: row for row in self._refused_for(before, change)}
        self._withdraw(again.values())
        fresh = {row.claim: row.at for _, row in sorted(again.items())}
        rows = self._rows("anchor", {claim.anchor for claim in (*kept, *fresh)})
        rows += self._rows("node", {claim.anchor for claim in kept if claim.reason is Reason.ALIAS})
        made = {row.claim for row in rows}
        floods = self._floods({claim.anchor for claim in (*kept, *fresh)})
        for claim, at in kept.items():
            other_way = Claim(claim.reason, claim.node, claim.anchor)
            known = claim in made or (
                claim.reason is Reason.ALIAS and (other_way in made or other_way in fresh)
            )
            if not known and Holding(*claim[:2]) not in floods:
                fresh.setdefault(claim, at)
        if fresh:
            said = {row.claim: row.why is None for row in rows}
            ordered = dict(sorted(fresh.items(), key=lambda item: item[1]))
            Observation(self._log, self._rules, now=self._now).judge(ordered, said, floods)

    def _refused_for(self, before: Mapping[int, Node], change: _Change) -> Iterator[_Row]:
        """Return refused claims whose reason for refusal may be gone."""
        flooded = self._floods(change.touched | change.unknown)
        anchors = change.touched | change.unknown | {holding.anchor for holding in change.unflooded}
        rows = self._rows("anchor", anchors)
        user_ids = {node.node for node in self._log.nodes(anchors).values() if node.flags & KNOWN}
        has_user = {
            row.claim.anchor
            for row in rows
            if row.claim.reason is Reason.IDENTIFY and row.why in {None, Why.UNMERGED}
        }
        for row in rows:
            anchor, holding = row.claim.anchor, Holding(*row.claim[:2])
            if row.why is Why.FLOOD:
                free = holding in change.unflooded
            elif row.why in {Why.SHARED_ANONYMOUS, Why.KNOWN_AS_ANONYMOUS}:
                free = anchor not in user_ids and anchor not in has_user and holding not in flooded
            else:
                free = False
            if free:
                yield row
        if change.touched:
            yield from self._too_large(before)

    def _too_large(self, before: Mapping[int, Node]) -> Iterator[_Row]:
        """Return what was refused because a person would have grown too large, of the persons that were touched."""
        if not self._log.connection.execute(
            "SELECT EXISTS (SELECT 1 FROM claim WHERE ended_why = ?)", (WHYS.index(Why.TOO_LARGE),)
        ).fetchone()[0]:
            return
        own = self._rows("node", before)
        anchors = {row.claim.anchor for row in own} | before.keys()
        for row in (*own, *self._rows("anchor", anchors)):
            if row.why is Why.TOO_LARGE:
                yield row

    def _parted(self, before: Mapping[int, Node]) -> int:
        after: dict[Any, Any] = {
            number: node.person or number for number, node in self._log.nodes(before).items()
        }
        return sum(
            node.person is not None and after[number] != after[node.person] for number, node in before.items()
        )
