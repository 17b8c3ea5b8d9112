"""Who came through whom: links of customers, the chains that they make, and ways in which customers come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from safar.store.extracts import Extract, Field
from safar.vocabulary.lifecycle import REFERRAL_MADE

from .whole_time import whole_time

if TYPE_CHECKING:
    from safar.store.log import Log

Persons = NDArray[np.uint64]
_CODE, _BY, _WAY = "code", "by", "way"
#: Who is asked for as a way in which customers come.
REFERRED: Final = "referral"
_TOLD: Final = Extract(
    REFERRAL_MADE | {"identify"},
    (
        Field(_CODE, "properties->>'referral_code'", "key"),
        Field(_BY, "properties->>'referred_by'", "key"),
        Field(_WAY, "properties->>'came_by'", "text"),
    ),
)


@dataclass(frozen=True, eq=False)
class Links:
    """Who came through whom.

    Attributes
    ----------
    person, by
        Keys of persons: who came, and through whom. Each person came through one other at most, never through himself
        or through somebody who came through him.
    referred
        Keys of all who said that they were referred, also by a code of nobody.
    made
        When invitations were told, in microseconds UTC, ascending.
    unknown, circular
        Referrals by a code of nobody; links left out because they would close a circle.
    """

    person: Persons
    by: Persons
    referred: Persons
    made: NDArray[np.int64]
    unknown: int = 0
    circular: int = 0

    @classmethod
    def of(
        cls,
        pairs: Iterable[tuple[int, int]],
        *,
        referred: Iterable[int] = (),
        made: Iterable[int] = (),
        unknown: int = 0,
    ) -> Links:
        """Return links from pairs (who came, through whom), the first of each person holding, circles left out."""
        through: dict[int, int] = {}
        circular = 0
        for person, by in pairs:
            if person in through:
                continue
            at: int | None = by
            while at is not None and at != person:
                at = through.get(at)
            if at == person:
                circular += 1
            else:
                through[person] = by
        return cls(
            np.fromiter(through.keys(), np.uint64, len(through)),
            np.fromiter(through.values(), np.uint64, len(through)),
            np.array(sorted({*referred, *through}), np.uint64),
            np.array(sorted(made), np.int64),
            unknown,
            circular,
        )

    def generation(self) -> dict[int, int]:
        """Return by person how many steps he is from the one who began his chain; 1 for those brought by them."""
        through = dict(zip(self.person.tolist(), self.by.tolist(), strict=True))
        found: dict[int, int] = {}
        for person in through:
            way = [person]
            while way[-1] in through and way[-1] not in found:
                way.append(through[way[-1]])
            depth = found.get(way.pop(), 0)
            for each in reversed(way):
                depth += 1
                found[each] = depth
        return found

    def chains(self) -> Mapping[int, tuple[int, int, int]]:
        """Return by person who brought others: how many, how many in his chain, and its generations."""
        through = dict(zip(self.person.tolist(), self.by.tolist(), strict=True))
        brought = Counter(through.values())
        size: Counter[int] = Counter()
        depth: dict[int, int] = {}
        for person in through:
            at, steps = person, 0
            while at in through:
                at, steps = through[at], steps + 1
                size[at] += 1
                depth[at] = max(depth.get(at, 0), steps)
        return {person: (brought[person], size[person], depth[person]) for person in brought}


def links(log: Log) -> Links:
    """Return who came through whom in a log.

    A profile that says ``referral_code`` came through whoever told that code (``referral_made``); one that says
    ``referred_by`` came through the customer of that id, or whoever told that code.
    """
    rows = log.rows(_TOLD, whole_time(log))
    codes, by = rows.fields[_CODE].values, rows.fields[_BY].values
    told = rows.are(REFERRAL_MADE)
    owner = dict(
        zip(
            codes[told & (codes != 0)][::-1].tolist(),
            rows.person[told & (codes != 0)][::-1].tolist(),
            strict=True,
        )
    )
    aliases = log.sight().aliases
    persons = set(rows.person.tolist())
    pairs, referred, unknown = [], [], 0
    for spot in np.flatnonzero(~told & ((codes != 0) | (by != 0))).tolist():
        person = int(rows.person[spot])
        named = int(by[spot]) or int(codes[spot])
        through = owner.get(named)
        if through is None and by[spot]:
            customer = int(aliases.persons_of(by[spot : spot + 1])[0])
            through = customer if customer in persons else None
        referred.append(person)
        if through is None:
            unknown += 1
        else:
            pairs.append((person, through))
    return Links.of(pairs, referred=referred, made=rows.time[told].tolist(), unknown=unknown)


def earned_persons(log: Log, ways: Iterable[str]) -> Persons:
    """Return the persons who came by one of these ways: ``referral``, or what profiles say in ``came_by``."""
    wanted = set(ways)
    rows = log.rows(_TOLD, whole_time(log))
    column = rows.fields[_WAY]
    of = np.array([text in wanted for text in column.texts] or [False])
    by_way = rows.person[of[column.values]] if len(rows) else rows.person
    if REFERRED in wanted:
        return np.unique(np.concatenate([by_way, links(log).referred]))
    return np.unique(by_way)
