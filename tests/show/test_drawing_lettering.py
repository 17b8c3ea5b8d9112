"""Widths without a font, cuts, and isolates."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drawn import plain
from safar.show.drawing.lettering import clipped, first_direction, isolated, text_width


def test_width_is_the_sum_of_advances() -> None:
    assert text_width("", size=12) == 0
    assert text_width("in", size=10) == pytest.approx(2.5 + 6.0)
    assert text_width("س\u200cم", size=10) == pytest.approx(10.0 + 6.0)  # the joiner has no width
    assert text_width("ه\u0654", size=10) == pytest.approx(5.5)  # nor has a mark over a letter
    assert text_width("in", size=10, is_bold=True) == pytest.approx(8.5 * 1.03)


def test_what_fits_is_not_cut() -> None:
    assert clipped("cart", size=10, room=18.5) == "cart"
    assert clipped("cart", size=10, room=18.4) == "ca…"


def test_a_cut_leaves_no_joiner_or_space_before_the_ellipsis() -> None:
    # Room for the joiner and not for what follows.
    room = text_width("می…", size=10)
    assert clipped("می\u200cخواهم", size=10, room=room) == "می…"
    assert clipped("a bbbbbbbbb", size=10, room=text_width("a …", size=10)) == "a…"


@given(st.text(min_size=1), st.floats(1, 200))
def test_a_cut_begins_as_the_words_do_and_fits(words: str, room: float) -> None:
    cut = clipped(words, size=11, room=room)
    if cut != words:
        assert words.startswith(cut[:-1])
        assert cut.endswith("…")
        assert len(cut) <= 2 or text_width(cut, size=11) <= room + 1e-6


@pytest.mark.parametrize(
    ("words", "direction", "written"),
    [
        ("cart", None, "\u2066\u200ecart\u2069"),
        ("سبد cart", None, "\u2067\u200fسبد cart\u2069"),
        ("۱۲", None, "\u2066\u200e۱۲\u2069"),
        ("۱۲", "rtl", "\u2067\u200f۱۲\u2069"),
        ("", "rtl", ""),
    ],
)
def test_words_stand_between_isolates(words: str, direction, written: str) -> None:
    assert isolated(words, direction=direction) == written
    assert plain(written) == words


def test_an_isolate_inside_says_nothing_of_the_direction() -> None:
    assert first_direction(f"{isolated('cart')} سبد") == "rtl"
