"""Properties of identity: any evidence, in any order, cut into any batches."""

from __future__ import annotations

import random
import tempfile

from hypothesis import given
from hypothesis import strategies as st

from builders import together
from identities import alias, identify
from safar.collect.identity import IdentityRules
from safar.store.identity import Identity
from safar.vocabulary.event import EventColumns

_PHONES = ["09123456781", "09123456782", "09123456783"]
_IDENTIFIES = st.builds(
    identify,
    st.sampled_from(["u1", "u2", "u3", "u4", "u5"]),
    st.none() | st.sampled_from(["a1", "a2", "a3", "u2"]),
    phone=st.none() | st.sampled_from(_PHONES),
    email=st.none() | st.sampled_from(["x1@shop.ir", "x2@shop.ir"]),
)
_ALIASES = st.builds(
    alias, st.sampled_from(["u1", "u2", "p1", "p2"]), st.sampled_from(["u1", "u3", "p1", "p2", "a1"])
)
_ACTS = st.tuples(st.sampled_from(["merge", "unmerge", "forget"]), st.integers(0, 9), st.integers(0, 9))
_EVERYONE = ["u1", "u2", "u3", "u4", "u5", "a1", "a2", "a3", "p1", "p2"]


def partition(identity: Identity) -> set[frozenset[str]]:
    return {frozenset(identity.ids_of(each)) for each in _EVERYONE}


@given(
    st.lists(_IDENTIFIES | _ALIASES, min_size=1, max_size=12),
    st.randoms(use_true_random=False),
    st.integers(1, 5),
)
def test_the_order_of_evidence_does_not_change_who_is_one_person(events, luck: random.Random, size):
    # each anonymous id keeps to one user, so that no rule for shared computers bites
    first_user: dict[str, str] = {}
    fair = []
    for event in events:
        if event.event_name[0] == "identify" and "$anonymous_id" in event.properties[0]:
            anonymous = event.properties[0].split('"$anonymous_id":"')[1].split('"')[0]
            if first_user.setdefault(anonymous, event.customer_id[0]) != event.customer_id[0]:
                continue
        fair.append(event)
    with (
        tempfile.TemporaryDirectory() as one,
        tempfile.TemporaryDirectory() as other,
        Identity.open(one) as straight,
        Identity.open(other) as shuffled,
    ):
        straight.observe(together(*fair))
        mixed = luck.sample(fair, len(fair))
        for start in range(0, len(mixed), size):
            shuffled.observe(together(*mixed[start : start + size]))
        assert partition(straight) == partition(shuffled)
        assert straight.problems() == shuffled.problems() == []


@given(st.lists(_IDENTIFIES | _ALIASES | _ACTS, max_size=25), st.integers(1, 3), st.integers(2, 6))
def test_whatever_happens_the_map_is_what_the_claims_say(happenings, most_sharing, most_ids):
    rules = IdentityRules(most_sharing=most_sharing, most_ids=most_ids)
    with tempfile.TemporaryDirectory() as folder, Identity.open(folder, rules=rules) as identity:
        merged = False
        for happening in happenings:
            before = identity.versioned_aliases()
            if isinstance(happening, EventColumns):
                identity.observe(happening)
            else:
                act, one, other = happening
                merged = merged or act == "merge"
                _act(identity, act, _EVERYONE[one], _EVERYONE[other])
            after = identity.versioned_aliases()
            assert identity.problems() == []
            assert after[0] >= before[0]
            assert (after[0] > before[0]) or after[1] == before[1]
        for alias_id, person in identity.aliases():
            assert identity.person_of(alias_id) == person
            assert identity.person_of(person) == person
            assert alias_id in identity.ids_of(person)
            assert merged or len(identity.ids_of(person)) <= most_ids


def _act(identity: Identity, act: str, one: str, other: str) -> None:
    if act == "merge":
        identity.merge(one, other, "manual", "reza")
        assert identity.person_of(one) == identity.person_of(other)
    elif act == "forget":
        identity.forget([one])
        assert identity.ids_of(one) == [one]
    else:
        person = identity.person_of(one)
        if person == identity.person_of(other) != other:
            split = identity.unmerge(person, other, "reza")
            assert other in split.ids
            assert identity.person_of(other) == split.split_person != identity.person_of(person)


@given(
    st.lists(_IDENTIFIES | _ALIASES, min_size=1, max_size=12),
    st.sampled_from(_EVERYONE),
    st.sampled_from(_EVERYONE),
)
def test_a_merge_undone_restores_who_was_who(events, one, other):
    with tempfile.TemporaryDirectory() as folder, Identity.open(folder) as identity:
        identity.observe(together(*events))
        before = partition(identity)
        if identity.person_of(one) == identity.person_of(other):
            return
        person = identity.merge(one, other, "manual", "reza")
        out = one if other in identity.ids_of(person) and _side(before, person, other) else other
        if out == person:
            return
        split = identity.unmerge(person, out, "reza")
        assert split.undone_count == 1
        assert partition(identity) == before


def _side(before: set[frozenset[str]], person: str, one: str) -> bool:
    """Tell whether ``one`` was of the person before it was merged."""
    return any(person in ids and one in ids for ids in before)
