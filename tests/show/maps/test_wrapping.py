"""Words on paper: lines no wider than their room, nothing that turns the sheet."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from safar.show.drawing.lettering import text_width
from safar.show.maps.wrapping import printable, wrapped


def test_lines_break_between_words() -> None:
    assert wrapped("one two three", size=10, room=45) == ["one two", "three"]


def test_the_half_space_joins() -> None:
    assert wrapped("نمی‌دانم کِی", size=12, room=50) == ["نمی‌دانم", "کِی"]


def test_own_breaks_stay_and_empty_texts_have_no_lines() -> None:
    assert wrapped("a\nb", size=10, room=500) == ["a", "b"]
    assert wrapped("", size=10, room=50) == []


def test_a_word_wider_than_the_room_is_broken() -> None:
    lines = wrapped("x" * 5000, size=12, room=140)
    assert "".join(lines) == "x" * 5000
    assert max(text_width(line, size=12) for line in lines) <= 140


def test_too_many_lines_end_with_an_ellipsis() -> None:
    lines = wrapped("word " * 1000, size=12, room=140, most=3)
    assert len(lines) == 3
    assert lines[2].startswith("word word")
    assert lines[2].endswith("…")


def test_marks_that_turn_lines_and_pictures_are_left_out() -> None:
    assert printable("a\u202eb\u2069c\U0001f69a\ufe0f d") == "abc d"
    assert printable("\u2067open") == "\u2067open\u2069"


def test_an_isolate_ends_with_its_line_and_goes_on_in_the_next() -> None:
    lines = wrapped("\u2068one two\u2069 three", size=10, room=27)
    assert lines == ["\u2068one\u2069", "\u2068two\u2069", "three"]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200), st.floats(20, 300))
def test_no_line_is_wider_than_its_room(text: str, room: float) -> None:
    for line in wrapped(printable(text), size=12, room=room):
        assert text_width(line, size=12) <= room or len(line.strip("\u2066\u2067\u2068\u2069")) == 1
        assert sum(line.count(mark) for mark in "\u2066\u2067\u2068") >= line.count("\u2069")
