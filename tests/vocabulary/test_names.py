"""Names are seen, stand on one line and turn none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safar.vocabulary.digits import BIDI_MARKS
from safar.vocabulary.names import visible_line


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Couriers \t in the south\n", "Couriers in the south"),
        ("پیک\u200cهای جنوب", "پیک\u200cهای جنوب"),
        ("\u200cپیک\u200c ها\u200d", "پیک ها"),
        ("\u202eevil\u202c \u2066a\u2069", "evil a"),
        ("a\u00adb\u200bc\ufeffd", "abcd"),
        ("👩\u200d🚀 \u0601۱۲", "👩\u200d🚀 \u0601۱۲"),
        ("a\u2028b\u2029c\x00d", "a b c d"),
        ("e\u0301té", "e\u0301té"),
        *(
            (nothing, "")
            for nothing in ("", " ", "\u200b", "\u200e\u200f", "\u202e", "\u200c\u200d", "\u2060 \ufeff")
        ),
        *(
            (nothing, "")
            for nothing in ("\u3164", "\u2800\u2800", "\u0301", "\ufe0f", "\ud800", "\x00\x1f", "\u00a0")
        ),
    ],
)
def test_a_name_is_kept_as_it_is_seen(typed: str, kept: str) -> None:
    assert visible_line(typed) == kept


@given(st.text())
def test_what_is_kept_is_kept_again_and_turns_nothing(text: str) -> None:
    kept = visible_line(text)
    assert visible_line(kept) == kept
    assert not {*kept} & {*BIDI_MARKS, *"\u200b\n\r"}
    assert kept == kept.strip()
