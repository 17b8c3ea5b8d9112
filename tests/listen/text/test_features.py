"""Hashed n-grams of words and letters."""

from __future__ import annotations

import numpy as np

from safar.listen.text.features import buckets_of, buckets_of_words


def test_how_many_n_grams_and_of_which_words() -> None:
    found = buckets_of_words([["ab", "c"]], 20)
    # ab: the word; «ab»: 3 pairs, 2 triples (4 letters are the word itself). c: the word, the pair; 2 pairs, 1 triple.
    assert list(zip(found.first_word.tolist(), found.last_word.tolist(), strict=True)) == [
        *[(0, 0)] * 6,
        (1, 1),
        (0, 1),
        *[(1, 1)] * 3,
    ]
    assert found.end.tolist() == [0, 11]


def test_order_matters_to_pairs_alone() -> None:
    one, other = (
        set(buckets_of_words([words], 20).bucket.tolist()) for words in (["not", "good"], ["good", "not"])
    )
    assert (len(one - other), len(other - one)) == (1, 1)


def test_a_comment_is_read_alike_wherever_it_stands() -> None:
    alone = buckets_of(["غذا سرد بود"], 18)
    among = buckets_of(["", "Hello there!", "غذا سرد بود", "x"], 18)
    assert np.array_equal(among.bucket[among.end[2] : among.end[3]], alone.bucket)
    assert among.end[1] == 0
    assert among.bucket.max() < 2**18
