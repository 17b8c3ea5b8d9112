from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safar.doors.ingest.limits import Limits
from safar.doors.ingest.rejections import Rejected, TooDeep, TooLarge, TooManyProperties
from safar.doors.ingest.shapes import are_small_and_flat, check_shape

LIMITS = Limits(event_bytes=4000, property_count=20, property_depth=4)


def nested(levels: int) -> bytes:
    return b'{"a":' * levels + b"1" + b"}" * levels


def test_at_the_limits_and_one_beyond() -> None:
    check_shape(nested(4), LIMITS)
    check_shape(b'{"a":[[[1]]]}', LIMITS)
    check_shape(json.dumps({str(n): ":" * 50 for n in range(20)}).encode(), LIMITS)
    check_shape(b'{"a":"' + b"x" * 3992 + b'"}', LIMITS)
    with pytest.raises(TooDeep, match="5 levels"):
        check_shape(nested(5), LIMITS)
    with pytest.raises(TooDeep):
        check_shape(b'{"a":[[[[1]]]]}', LIMITS)
    with pytest.raises(TooManyProperties, match="21 properties"):
        check_shape(json.dumps({"n": {str(n): "x" * 10 for n in range(20)}}).encode(), LIMITS)
    with pytest.raises(TooLarge, match="4001 bytes"):
        check_shape(b'{"a":"' + b"x" * 3993 + b'"}', LIMITS)


def test_brackets_and_colons_inside_texts_do_not_count() -> None:
    check_shape(json.dumps({"a": "{[" * 100, "b": ":" * 1000}).encode(), LIMITS)


JSON = st.recursive(
    st.none() | st.text(max_size=5) | st.integers(),
    lambda inner: st.lists(inner, max_size=8) | st.dictionaries(st.text(max_size=3), inner, max_size=8),
    max_leaves=25,
)


def depth(value: object) -> int:
    below = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return (1 if isinstance(value, dict | list) else 0) + max(map(depth, below), default=0)


def keys(value: object) -> int:
    below = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return (len(value) if isinstance(value, dict) else 0) + sum(map(keys, below))


@given(st.dictionaries(st.text(max_size=3), JSON, max_size=8))
def test_cheap_bounds_agree_with_counting(value: dict[str, object]) -> None:
    text = json.dumps(value).encode()
    passes = len(text) <= LIMITS.event_bytes and depth(value) <= 4 and keys(value) <= 20
    try:
        check_shape(text, LIMITS)
    except Rejected:
        assert not passes
    else:
        assert passes
    if are_small_and_flat(text + b"{}", 2, len(text), b"", LIMITS):
        assert passes


@given(st.dictionaries(st.text(max_size=3), JSON, min_size=1, max_size=8), st.integers(0, 60))
def test_what_is_kept_of_the_context_counts_too(value: dict[str, object], length: int) -> None:
    context = json.dumps({"context": {"page": {"title": "x" * length}}})[1:-1].encode()
    text = json.dumps(value).encode()
    if are_small_and_flat(text, 1, len(text), context, LIMITS):
        check_shape(text[:-1] + b"," + context + b"}", LIMITS)
