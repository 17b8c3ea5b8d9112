"""Ids of events: what a text comes to never changes, whatever it stands beside."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safar.vocabulary.event import event_ids_from_texts, stable_event_id

A_UUID = "6f9619ff-8b86-d011-b42d-00cf4fc964ff"


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("node-next-1700000000000", "91cb85c94038343bddda132d6a1984fc"),
        ("17", "008779491e23eed63a90b876b161e477"),
        ("سفارش", "eb3f9224229272d8a4026fc2792f660c"),
        ("", "c804ce198ec337e3dc762bdd1a09aece"),
        ("\ud800", "fae543e70e46fc2fa4cf0385b38444a7"),
        (A_UUID, "6f9619ff8b86d011b42d00cf4fc964ff"),
        ("6f9619ff-8b86-d011-b42d-00cf4fc964fg", "e86291e4e091c76ea96429b56d8fe71c"),
    ],
)
def test_an_id_is_the_same_for_ever_alone_and_beside_others(text: str, known: str) -> None:
    for beside in ([], ["x"], [A_UUID], ["x", A_UUID]):
        assert event_ids_from_texts([*beside, text])[-1].tobytes().hex() == known


@given(st.lists(st.text(st.characters()) | st.uuids().map(str)))
def test_a_batch_gives_what_each_text_gives(texts: list[str]) -> None:
    alone = [event_ids_from_texts([text])[0].tobytes() for text in texts]
    assert [each.tobytes() for each in event_ids_from_texts(texts)] == alone
    assert all(
        len(text) == 36 or each == stable_event_id(text) for text, each in zip(texts, alone, strict=True)
    )
