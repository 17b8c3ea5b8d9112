from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from safar.collect.row_ids import Met, event_ids, id_keys, row_digests, salted
from safar.vocabulary.event import stable_event_id


@given(st.lists(st.lists(st.integers(0, 12), max_size=15), max_size=12))
def test_met_counts_as_a_dictionary_does(calls: list[list[int]]) -> None:
    met, counter = Met(), Counter[int]()
    for call in calls:
        expected = []
        for key in call:
            expected.append(counter[key])
            counter[key] += 1
        assert met.count(np.array(call, dtype=np.uint64)).tolist() == expected
    assert len(met) == len(counter)


def test_met_keeps_eight_bytes_a_digest_over_many_pieces(rng: np.random.Generator) -> None:
    met = Met()
    keys = rng.integers(0, 2**63, size=300_000).astype(np.uint64)
    for piece in np.array_split(keys, 30):
        assert not met.count(piece).any()
    assert sum(run.nbytes for run in met._runs) == 8 * len(np.unique(keys))
    assert len(met._runs) < 8
    assert (met.count(keys) == 1).all()
    assert (met.count(keys[:1000]) == 2).all()


def test_an_id_follows_from_row_rule_data_set_and_count() -> None:
    digests = row_digests(["a\x1fb", "a\x1fb", "ab"])
    assert digests[0].tolist() == digests[1].tolist() != digests[2].tolist()
    counts = np.array([0, 1, 0])
    ids = event_ids(digests, counts, "shop", "order_placed")
    assert ids.shape == (3, 16)
    row = int.from_bytes(digests[0].tobytes(), "little")
    mark = int.from_bytes(stable_event_id("import", "shop", "order_placed", "1"), "little")
    assert int.from_bytes(ids[1].tobytes(), "little") == row ^ mark
    others = [
        event_ids(digests, counts, "shop", "order_paid"),
        event_ids(digests, counts, "bazaar", "order_placed"),
    ]
    assert len({row.tobytes() for found in (ids, *others) for row in found}) == 9


def test_keys_differ_from_rule_to_rule() -> None:
    digests = row_digests(["17"])
    assert salted(digests, "shop", "order_placed") != salted(digests, "shop", "order_paid")


def test_no_rows_have_no_ids() -> None:
    assert event_ids(row_digests([]), np.zeros(0, dtype=np.int64), "shop", "x").shape == (0, 16)
    assert Met().count(np.zeros(0, dtype=np.uint64)).tolist() == []


def test_ids_that_differ_in_a_few_bits_have_other_keys() -> None:
    counters = np.arange(70_000, dtype=np.uint64)
    zeroes = np.zeros_like(counters)
    for halves in ((counters, zeroes), (zeroes, counters), (counters, counters)):
        assert len(np.unique(id_keys(np.stack(halves, axis=1)))) == 70_000


def test_a_row_is_the_same_in_whichever_digits_and_letters_it_was_written() -> None:
    persian, arabic, latin = row_digests(
        ["SF-۱۲\x1fعلی کریمی", "SF-١٢\x1fعلي كريمي", "SF-12\x1fعلی کریمی"]
    ).tolist()
    assert persian == arabic == latin
    lower, upper = row_digests(["Ab۱", "AB1"]).tolist()
    assert lower != upper
