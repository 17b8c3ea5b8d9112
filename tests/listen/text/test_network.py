"""The small network: by hand, and as a sum over words."""

from __future__ import annotations

import numpy as np
import pytest

from safar.listen.text.network import Network, keys_of, parts_of


def network(**changes) -> Network:
    """Return a network with one vector of two numbers for each of three words, and two filters."""
    words = ["cold", "late", "not"]
    keys = np.sort(keys_of(words))
    vectors = np.zeros((1 + 3 + 4, 2), np.int8)
    for word, vector in zip(words, [(10, 0), (0, 20), (-10, 5)], strict=True):
        vectors[1 + np.searchsorted(keys, keys_of([word])[0])] = vector
    filters = np.zeros((2, 3, 2), np.float32)
    filters[0, 0] = (1, 0)  # sees one word
    filters[1, 0], filters[1, 1] = (1, 0), (-1, 1)  # two: this one, and the one before it
    arrays = {
        "keys": keys,
        "vectors": vectors,
        "step": np.float32(0.1),
        "filters": filters,
        "widths": np.array([1, 2]),
        "head_mood": np.array([[2.0], [1.0]], np.float32),
        "bias_mood": np.array([0.5], np.float32),
    } | changes
    return Network.of(arrays)


def test_by_hand() -> None:
    found = network().answers([["late", "not", "cold"], ["unknown"], []])
    # one word: cold 1.0. two: (late, not) -1 + 2 = 1; (not, cold) 1 + 1 + .5 = 2.5; (cold, blank) -1
    assert found.strongest.tolist() == [[1.0, 2.5], [0.0, 0.0], [0.0, 0.0]]
    assert found.at.tolist() == [[2, 2], [-1, -1], [-1, -1]]
    assert network().logits(found, "mood").ravel().tolist() == [5.0, 0.5, 0.5]


def test_shares_of_words_add_up_to_the_logit() -> None:
    words = [["late", "not", "cold"]]
    answers = network().answers(words)
    shares = network().shares(answers, "mood", np.ones(1, np.float32))
    assert shares == pytest.approx([0.0, 1.5, 3.0])
    assert shares.sum() + 0.5 == pytest.approx(network().logits(answers, "mood")[0, 0])


def test_a_view_may_reach_over_the_edges() -> None:
    found = network().answers([["late"], ["cold"]])
    assert found.strongest.tolist() == [[0.0, 2.0], [1.0, 1.0]]
    assert found.at.tolist() == [[-1, 1], [0, 0]]


def test_words_have_vectors_of_their_own_and_of_their_ends() -> None:
    keys = np.sort(keys_of(["خوب", "کیفیت"]))
    rows, ends = parts_of([["کیفیت", "کیفیتش"], [], ["خوب"]], keys, 64)
    assert ends.tolist() == [0, 2, 2, 3]
    assert (rows[:, 0] > 0).tolist() == [True, False, True]
    assert rows[0, 1] == rows[1, 1]  # the same five letters
    assert rows[0, 2] == rows[1, 2]  # the same three
    assert (rows[2, 2:] == 0).all()  # three letters have no parts
    assert rows.max() < 1 + len(keys) + 64
