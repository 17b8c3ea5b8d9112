from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safar.collect.identity import (
    ANONYMOUS,
    KNOWN,
    Claim,
    Holding,
    IdentityRules,
    Judge,
    Reason,
    Union,
    Why,
    components,
    name_of,
    parting_claims,
)

ALIAS, IDENTIFY, PHONE, MANUAL = Reason.ALIAS, Reason.IDENTIFY, Reason.SAME_PHONE, Reason.MANUAL


def a_judge(*, flags: dict[int, int] | None = None, rules: IdentityRules | None = None, **known) -> Judge:
    return Judge(
        union=known.get("union", Union()),
        flags_of=flags or dict.fromkeys(range(1, 100), 0),
        floods=known.get("floods", set()),
        taken=known.get("taken", set()),
        rules=rules or IdentityRules(),
    )


def test_ids_that_share_a_value_are_one_person():
    claims = [Claim(PHONE, -1, 1), Claim(PHONE, -1, 3), Claim(PHONE, -2, 2), Claim(ALIAS, 4, 2)]
    assert components([1, 2, 3, 4, 5], claims) == [[1, 3], [2, 4], [5]]


@given(
    st.lists(st.tuples(st.integers(1, 12), st.integers(1, 12)), max_size=30),
    st.randoms(use_true_random=False),
)
def test_the_order_of_claims_does_not_matter(pairs, luck: random.Random):
    claims = [Claim(MANUAL, one, other) for one, other in pairs]
    shuffled = luck.sample(claims, len(claims))
    assert components(range(1, 13), claims) == components(range(1, 13), shuffled)


def test_a_person_goes_by_the_user_id_first_seen():
    assert name_of({1: ANONYMOUS, 2: KNOWN, 3: KNOWN}) == 2
    assert name_of({1: ANONYMOUS, 2: ANONYMOUS}) == 1
    assert name_of({1: ANONYMOUS, 2: 0}) == 2
    assert name_of({1: 0, 2: KNOWN | ANONYMOUS}) == 2


def test_undoing_a_merge_gives_back_what_was_before():
    # 1-2 and 3-4 were persons; 2-3 was joined last
    claims = [Claim(MANUAL, 1, 2), Claim(MANUAL, 3, 4), Claim(MANUAL, 2, 3)]
    assert parting_claims(claims, 4, 1) == [Claim(MANUAL, 2, 3)]


def test_undoing_takes_every_way_that_joins_the_two():
    # 1 and 2 share two telephone numbers, and 3 both of them
    claims = [
        Claim(PHONE, -1, 1),
        Claim(PHONE, -1, 2),
        Claim(PHONE, -2, 1),
        Claim(PHONE, -2, 2),
        Claim(PHONE, -1, 3),
        Claim(PHONE, -2, 3),
    ]
    undone = parting_claims(claims, 2, 1)
    assert undone == [Claim(PHONE, -1, 2), Claim(PHONE, -2, 2)]
    left = [claim for claim in claims if claim not in undone]
    assert components([1, 2, 3], left) == [[1, 3], [2]]


@given(
    st.lists(st.tuples(st.integers(1, 8), st.integers(1, 8)), max_size=20),
    st.integers(1, 8),
    st.integers(1, 8),
)
def test_after_undoing_the_two_are_apart_and_nothing_else_was_needed(pairs, one, other):
    claims = list(dict.fromkeys(Claim(MANUAL, *pair) for pair in pairs if pair[0] != pair[1]))
    if one == other:
        return
    undone = parting_claims(claims, one, other)
    left = [claim for claim in claims if claim not in undone]

    def together(standing: list[Claim]) -> bool:
        return any(one in group and other in group for group in components(range(1, 9), standing))

    assert not together(left)
    for claim in undone:  # each was a way of its own: with it back they are one again
        assert together([*left, claim])


def test_the_first_user_of_an_anonymous_id_has_it():
    judge = a_judge()
    assert judge.decide(Claim(IDENTIFY, 1, 2)) is None
    assert judge.decide(Claim(IDENTIFY, 1, 3)) is Why.SHARED_ANONYMOUS
    assert judge.union.find(1) == judge.union.find(2) != judge.union.find(3)
    assert a_judge(taken={1}).decide(Claim(IDENTIFY, 1, 3)) is Why.SHARED_ANONYMOUS


def test_a_refused_first_user_still_was_the_first():
    rules = IdentityRules(most_ids=1)
    judge = a_judge(rules=rules)
    assert judge.decide(Claim(IDENTIFY, 1, 2)) is Why.TOO_LARGE
    assert judge.decide(Claim(IDENTIFY, 1, 3)) is Why.SHARED_ANONYMOUS


def test_a_user_id_is_no_anonymous_id():
    judge = a_judge(flags={1: KNOWN | ANONYMOUS, 2: KNOWN})
    assert judge.decide(Claim(IDENTIFY, 1, 2)) is Why.KNOWN_AS_ANONYMOUS


def test_what_is_flooded_joins_nobody():
    judge = a_judge(floods={Holding(PHONE, -1)})
    assert judge.decide(Claim(PHONE, -1, 1)) is Why.FLOOD
    assert judge.decide(Claim(Reason.SAME_EMAIL, -1, 1)) is None


def test_a_person_has_no_more_ids_than_the_rules_allow():
    judge = a_judge(rules=IdentityRules(most_ids=3))
    decided = [judge.decide(Claim(ALIAS, 1, node)) for node in (2, 3, 4, 3)]
    assert decided == [None, None, Why.TOO_LARGE, None]


def test_values_do_not_count_as_ids():
    judge = a_judge(rules=IdentityRules(most_ids=2))
    decided = [
        judge.decide(claim) for claim in (Claim(PHONE, -1, 1), Claim(PHONE, -2, 1), Claim(PHONE, -2, 2))
    ]
    assert decided == [None, None, None]
    assert judge.union.ids(-1) == 2
    assert judge.decide(Claim(PHONE, -1, 3)) is Why.TOO_LARGE


@given(st.lists(st.tuples(st.integers(1, 20), st.integers(1, 20)), max_size=60), st.integers(1, 6))
def test_no_evidence_makes_a_person_too_large(pairs, most):
    judge = a_judge(rules=IdentityRules(most_ids=most))
    standing = [claim for claim in (Claim(ALIAS, *pair) for pair in pairs) if judge.decide(claim) is None]
    assert max(len(group) for group in components(range(1, 21), standing)) <= most


@pytest.mark.parametrize(("one", "other"), [(1, 2), (2, 1), (1, 1)])
def test_loops_are_harmless(one, other):
    judge = a_judge()
    assert judge.decide(Claim(ALIAS, one, other)) is None
    assert judge.decide(Claim(ALIAS, other, one)) is None
    assert judge.union.ids(one) == len({one, other})
