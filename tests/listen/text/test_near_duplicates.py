"""Comments that say nearly the same, beside an exact comparison of all with all."""

from __future__ import annotations

import random
from itertools import combinations

import pytest

from safar.listen.text.near_duplicates import SimilarityImpossible, groups

WORDS = "order late food cold courier price box app refund taste size staff code bag hour phone card site"


def runs(text: str) -> set[str]:
    plain = " ".join("".join(each if each.isalnum() else " " for each in text.lower()).split())
    return {plain[at : at + 4] for at in range(max(1, len(plain) - 3))}


def alike(one: str, other: str) -> float:
    return len(runs(one) & runs(other)) / len(runs(one) | runs(other))


def test_the_same_in_another_spelling_is_the_same() -> None:
    texts = ["غذا سرد بود!", "بسته سالم رسید", "غذا  سرد بود", "غذا سرد بود.", "غذا‌ سرد بود", "ok"]
    assert groups(texts) == [(0, 2, 3, 4)]


def test_by_hand() -> None:
    # runs of four letters: abcd bcde cdef | abcd bcde cdex: 2 in common of 4
    assert groups(["abcdef", "abcdex"], least_similarity=0.5) == [(0, 1)]
    assert groups(["abcdef", "abcdex"], least_similarity=0.51) == []


def test_empty_comments_are_like_no_other() -> None:
    assert groups(["", "", "!!!", "😀", "😀", "\x00"]) == groups([]) == []


def test_groups_are_those_of_an_exact_comparison() -> None:
    rng = random.Random(5)
    words = WORDS.split()
    texts = []
    for _ in range(60):
        comment = rng.sample(words, 8)
        texts.append(" ".join(comment))
        if rng.random() < 0.6:
            comment[rng.randrange(8)] = rng.choice(words)
            texts.append(" ".join(comment))
    exact = {
        pair for pair in combinations(range(len(texts)), 2) if alike(texts[pair[0]], texts[pair[1]]) >= 0.6
    }
    found = groups(texts)
    together = {pair for group in found for pair in combinations(group, 2)}
    assert exact, "the case has near-duplicates"
    assert len(exact - together) <= 0.02 * len(exact)
    for group in found:  # nobody is in a group without a neighbour in it
        assert all(
            any(alike(texts[one], texts[other]) >= 0.6 for other in group if other != one) for one in group
        )


def test_the_largest_group_comes_first_and_order_does_not_matter() -> None:
    texts = ["سفارش دیر رسید", "غذا خیلی سرد بود", "غذا خیلی سرد بود!", "سفارش دیر رسید.", "سفارش دیر رسید!!"]
    assert groups(texts) == [(0, 3, 4), (1, 2)]
    assert sorted(map(len, groups(texts[::-1]))) == [2, 3]


@pytest.mark.parametrize("wrong", [0.0, 0.29, 1.01, float("nan")])
def test_a_similarity_that_cannot_be_is_refused(wrong: float) -> None:
    with pytest.raises(SimilarityImpossible):
        groups(["a"], least_similarity=wrong)


def test_surrogates_and_long_texts_are_read() -> None:
    assert groups(["\ud800 abc def", "\ud800 abc def", "x" * 100_000, "x" * 100_000 + "y"]) == [
        (0, 1),
        (2, 3),
    ]
