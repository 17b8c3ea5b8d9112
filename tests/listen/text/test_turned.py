"""N-grams of words that others turn."""

from __future__ import annotations

import numpy as np
import pytest

from safar.listen.text.features import buckets_of_words
from safar.listen.text.turned import turned_words
from safar.listen.text.words import words_of


def _of(text: str) -> list[tuple[int, int, int]]:
    bucket, first, last, _ = turned_words([words_of(text)], 20)
    return list(zip(bucket.tolist(), first.tolist(), last.tolist(), strict=True))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("not good", "never good"),
        ("isn't good", "without good"),
        ("خوب نبود", "خوب نیستند"),
        ("خوب نبود", "خوب نمی‌شود"),
        ("مش حلو", "مو حلو"),
    ],
)
def test_a_word_is_turned_alike_by_any_word(one: str, other: str) -> None:
    assert _of(one) == _of(other)
    assert len(_of(one)) == 9  # six times the word, three times its beginning


def test_reach_and_marks() -> None:
    assert [each[1:] for each in _of("not very very very good")] == [(0, 1)] * 9 + [(0, 2)] * 9 + [(0, 3)] * 9
    assert _of("no, good") == []
    assert _of("good") == []
    assert {each[1:] for each in _of("غذا خیلی خوب نبود")} == {(0, 3), (1, 3), (2, 3)}


def test_what_stands_behind_but_counts_besides() -> None:
    assert [each[1:] for each in _of("tasty but late")] == [(2, 2)] * 3
    assert [each[1:] for each in _of("خوشمزه بود ولی دیر رسید")] == [(3, 3)] * 3 + [(4, 4)] * 3
    assert _of("tasty. late") == []


def test_beside_all_other_n_grams_of_the_same_comment() -> None:
    words = [words_of(text) for text in ("", "not good", "ok", "دیر نرسید، ولی سرد بود", "")]
    plain, both = buckets_of_words(words, 18), buckets_of_words(words, 18, turned=True)
    bucket, _, _, end = turned_words(words, 18)
    for text in range(len(words)):
        expected = np.r_[
            plain.bucket[plain.end[text] : plain.end[text + 1]], bucket[end[text] : end[text + 1]]
        ]
        assert np.array_equal(both.bucket[both.end[text] : both.end[text + 1]], expected)
    assert end.tolist() == [0, 0, 9, 9, 24, 24]
    assert turned_words([], 18)[3].tolist() == [0]
