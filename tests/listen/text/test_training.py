"""What the models learn from, and that they learn the same twice."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import text_linear
import text_network
import text_sets
from text_typing import WAYS

from safar.listen.text.network import keys_of, parts_of


@pytest.fixture(scope="module")
def folder(shared_data: Path) -> Path:
    if not (shared_data / "text").is_dir():
        pytest.skip(f"The labelled comments are not at {shared_data / 'text'}.")
    return shared_data


@pytest.fixture(scope="module")
def learnt(folder: Path) -> list[text_sets.Example]:
    return text_sets.learning(folder)


@pytest.mark.data
def test_no_test_comment_of_any_set_is_learnt_from(folder: Path, learnt: list[text_sets.Example]) -> None:
    forbidden = text_sets.test_keys(folder)
    assert len(forbidden) > 30_000
    assert len(learnt) > 100_000
    assert not forbidden & {text_sets.key(each.text) for each in learnt}
    # without the care there would be some, of these very sets
    raw = [
        (name, row)
        for name in ("fa_deepsentipers", "ar_arsarcasm2")
        for row in text_sets.rows_of(folder, name)
    ]
    torn = {
        name for name, row in raw if not text_sets.is_test(row) and text_sets.key(row["text"]) in forbidden
    }
    assert torn == {"fa_deepsentipers", "ar_arsarcasm2"}


@pytest.mark.data
def test_held_out_comments_are_in_no_other_part(learnt: list[text_sets.Example]) -> None:
    parts: dict[str, set[int]] = {}
    for each in learnt:
        parts.setdefault(text_sets.key(each.text), set()).add(text_sets.fold_of(each))
    assert {len(found) for found in parts.values()} == {1}


@pytest.mark.parametrize("way", sorted(WAYS))
def test_a_key_is_blind_to_typing(way: str) -> None:
    text = "@kasi کتاب‌هایش ۳ تا بود، عالی!"
    assert text_sets.key(WAYS[way](text)) == text_sets.key(text)
    assert text_sets.key("@other " + text.removeprefix("@kasi ") + " https://a.example") == text_sets.key(
        text
    )


def test_a_few_of_each_set_are_the_same_twice() -> None:
    examples = [text_sets.Example("en_umsab", "train", f"comment {place}", place % 3) for place in range(900)]
    examples += [text_sets.Example("ar_ajgt", "train", f"comment {place}", 0) for place in range(9)]
    found = text_sets.few_of(examples, {"en_umsab": 700}, 20)
    assert found == text_sets.few_of(examples, {"en_umsab": 700}, 20)
    assert (len(found), len(set(found)), found[-9:]) == (709, 709, list(range(900, 909)))
    assert text_sets.few_of(examples, {"ar_ajgt": 2})[0] >= 900


WORDS = [
    ["cold", "food"],
    ["great", "food"],
    ["not", "great"],
    ["warm", "and", "great"],
    ["cold", "again"],
] * 8
LABELS = np.array([0, 2, 0, 2, 0] * 8)


def test_the_linear_model_learns_what_is_there() -> None:
    targets, is_open = np.eye(3, dtype=np.float32)[LABELS], np.ones((40, 3), bool)
    is_open[:, 1] = False
    tables = [
        text_linear.fit(WORDS, targets, is_open, np.ones(40, np.float32), bits=12, strength=10)
        for _ in range(2)
    ]
    assert np.array_equal(tables[0].weights, tables[1].weights)
    logits = tables[0].logits_of_words(WORDS)
    assert np.array_equal(np.where(logits[:, 2] > logits[:, 0], 2, 0), LABELS)
    assert tables[0].bias[1] == 0  # closed everywhere: nothing was learnt of neutral


def test_the_network_learns_the_same_twice() -> None:
    keys = np.unique(keys_of(sorted({word for line in WORDS for word in line})))
    rows, ends = parts_of(WORDS, keys, 64)
    targets = np.eye(3, dtype=np.float32)[LABELS]
    task = text_network.Task(
        rows, ends, targets, np.ones((40, 3), bool), np.ones((40, 1), np.float32), np.array([0, 3])
    )
    found = []
    for _ in range(2):
        rng = np.random.default_rng(1)
        weights = text_network.begin(
            rng.normal(0, 0.15, (1 + len(keys) + 64, 8)).astype(np.float32), 8, 3, rng
        )
        weights.vectors[0] = 0
        text_network.learn(task, weights, np.arange(40), epochs=60, seed=1, rate=0.02, forget=0.2, skip=0.05)
        found.append(weights)
    assert np.array_equal(found[0].vectors, found[1].vectors)
    assert np.array_equal(found[0].heads, found[1].heads)
    logits = _logits(found[0], rows, ends)
    assert np.array_equal(logits.argmax(axis=1), LABELS)


def _logits(weights: text_network.Weights, rows: np.ndarray, ends: np.ndarray) -> np.ndarray:
    strongest, at = np.zeros(len(weights.widths), np.float32), np.zeros(len(weights.widths), np.int32)
    found = []
    for start, stop in pairwise(ends):
        words = np.zeros((stop - start + 4, weights.vectors.shape[1]), np.float32)
        words[2:-2] = weights.vectors[rows[start:stop]].sum(axis=1)
        text_network.look(words, stop - start, weights.filters, weights.widths, strongest, at)
        found.append(strongest @ weights.heads + weights.bias)
    return np.array(found)
