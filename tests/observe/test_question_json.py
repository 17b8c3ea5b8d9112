"""Questions as JSON: every kind is read back exactly, and what is no question is refused where it is wrong."""

from __future__ import annotations

import dataclasses
import json
import types
import typing
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any, Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drawn_segments import small_segments
from safar.observe.among import Among, Did, Segment
from safar.observe.conditions import Comparison, Condition
from safar.observe.flow import FlowQuestion
from safar.observe.funnel import FunnelOrder, FunnelQuestion
from safar.observe.question_json import question_key, read, schema, told
from safar.observe.question_shapes import QuestionRefused, tag_of
from safar.observe.questions import KINDS, UnknownQuestion
from safar.observe.retention import RetentionQuestion
from safar.observe.steps import StepRule
from safar.observe.time_text import (
    TimeUnreadable,
    instant_of,
    length_of,
    length_text_of,
    window_of,
    window_text_of,
)
from safar.vocabulary.errors import Refusal
from safar.vocabulary.window import DurationUnreadable, NaiveInstant, Window

PAY = StepRule("pay", ("pay",))
instants = st.datetimes(timezones=st.just(UTC))
lengths = st.timedeltas(timedelta(0))
PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    str: st.sampled_from(("pay", "پرداخت", "a: b", "gregorian", "UTC", "pay > done", "0")),
    int: st.integers(0, 40),
    float: st.floats(0.001, 0.999),
    bool: st.booleans(),
    timedelta: st.one_of(lengths, st.sampled_from((timedelta(days=7), timedelta(minutes=30)))),
    datetime: instants,
    Window: st.tuples(instants, instants).map(sorted).map(lambda ends: Window(*ends)),
    Segment: small_segments,
}


def values(hint: Any) -> st.SearchStrategy[Any]:
    """Return values of a type of which questions are made, made from its hint alone."""
    if hint in PLAIN:
        return PLAIN[hint]
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin is tuple and arguments[-1] is Ellipsis:
        return st.lists(values(arguments[0]), max_size=3).map(tuple)
    if origin is tuple:
        return st.tuples(*map(values, arguments))
    if origin in {typing.Union, types.UnionType}:
        return st.one_of(*map(values, arguments))
    if hint is types.NoneType:
        return st.none()
    if issubclass(hint, Enum):
        return st.sampled_from(hint)
    return records(hint)


def records(kind: type[Any]) -> st.SearchStrategy[Any]:
    """Return values of a class, without those that its rules refuse; fields with a default are often left to it."""
    hints = typing.get_type_hints(kind)
    needed = {each.name: values(hints[each.name]) for each in dataclasses.fields(kind) if is_needed(each)}
    others = {each.name: values(hints[each.name]) for each in dataclasses.fields(kind) if not is_needed(each)}
    said = st.fixed_dictionaries(needed, optional=others)
    return said.map(lambda said: accepted(kind, said)).filter(lambda found: found is not None)


def is_needed(field: dataclasses.Field[Any]) -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def accepted(kind: type[Any], said: dict[str, Any]) -> Any:
    try:
        return kind(**said)
    except Refusal:
        return None


@settings(max_examples=40, suppress_health_check=[HealthCheck.filter_too_much])
@given(st.data())
@pytest.mark.parametrize("name", sorted(KINDS))
def test_every_question_is_read_back_exactly(name, data):
    question = data.draw(KIND_VALUES[name])
    written = json.loads(json.dumps(told(question)))
    assert read(written) == question
    assert question_key(read(written)) == question_key(question)


KIND_VALUES = {name: records(kind.question) for name, kind in KINDS.items()}


@pytest.mark.parametrize("name", sorted(KINDS))
def test_every_kind_has_a_schema_and_goes_by_the_name_of_its_class(name):
    found = schema(name)
    assert found["title"] == name == tag_of(KINDS[name].question)
    assert set(found["properties"]) == {
        "kind",
        *(each.name for each in dataclasses.fields(KINDS[name].question)),
    }
    if "among" in found["properties"]:
        assert found["properties"]["among"]["description"] == "Among whom and what to look; see `Among`."
    assert found["additionalProperties"] is False
    json.dumps(found)


def test_what_is_as_by_default_is_not_said():
    assert told(FlowQuestion()) == {"kind": "flow"}
    among = Among(
        ("web",),
        (Condition("plan", Comparison.IS_NOT, ("pro",)),),
        Segment("Loyal", (Did(PAY, 2), Did(StepRule("refund", ("refund",)), 0, 0))),
    )
    funnel = FunnelQuestion(
        (PAY, StepRule("Done", ("done", "x:y"))),
        timedelta(days=7),
        window=Window(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 3, 1, 8, 30, tzinfo=UTC)),
        order=FunnelOrder.STRICT,
        first_only=True,
        among=among,
    )
    written = {
        "kind": "funnel",
        "steps": ["pay", 'Done: done, "x:y"'],
        "within": "7d",
        "window": {"start": "2026-01-01T00:00:00Z", "end": "2026-03-01T08:30:00Z"},
        "order": "strict",
        "first_only": True,
        "among": {
            "channels": ["web"],
            "where": ["plan != pro"],
            "segment": "Loyal: did pay >= 2; did not refund",
        },
    }
    assert told(funnel) == written
    assert read(written) == funnel


def test_other_ways_to_say_the_same():
    said = {
        "steps": [{"name": "pay", "event_names": ["pay"]}, "done"],
        "within": "P7D",
        "window": "2026-01-01..2026-03-01",
        "among": {"where": [{"of": "plan", "comparison": "is_not", "values": ["pro"]}], "segment": None},
    }
    assert read(said, kind="funnel") == FunnelQuestion(
        (PAY, StepRule("done", ("done",))),
        timedelta(days=7),
        window=Window(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)),
        among=Among(where=(Condition("plan", Comparison.IS_NOT, ("pro",)),)),
    )


FUNNEL = {"kind": "funnel", "steps": ["a", "b"], "within": "7d"}


@pytest.mark.parametrize(
    ("change", "path", "words"),
    [
        ({"step": ["a"]}, "/step", 'Did you mean "steps"?'),
        ({"steps": "a"}, "/steps", "a list"),
        ({"steps": ["a", 3]}, "/steps/1", "a rule"),
        ({"steps": ["a", "b ["]}, "/steps/1", "cannot be read"),
        ({"steps": ["a", {"name": "x"}]}, "/steps/1", "names no events"),
        ({"steps": ["a", {"nam/e": "x"}]}, "/steps/1/nam~1e", "Did you mean"),
        ({"within": 7}, "/within", "a length of time"),
        ({"within": "7"}, "/within", "no unit"),
        ({"window": {"start": "2026-01-01"}}, "/window/end", "a value"),
        ({"window": {"start": "2026-01-01T10:00", "end": "2026-02-01"}}, "/window/start", "no time zone"),
        ({"window": "2026-02-01..2026-01-01"}, "/window", "before it starts"),
        ({"order": "strickt"}, "/order", 'Did you mean "strict"?'),
        ({"order": None}, "/order", "one of ordered, strict, unordered"),
        ({"first_only": 1}, "/first_only", "true or false"),
        ({"level": "0.9"}, "/level", "a number"),
        ({"steps": ["a", "\ud800"]}, "/steps/1", "whole characters"),
        ({"hold": "\udfff"}, "/hold", "whole characters"),
        ({"level": float("nan")}, "/level", "a number"),
        ({"among": {"segment": {"name": "x", "did": []}}}, "/among/segment", "everybody"),
    ],
)
def test_what_is_wrong_is_refused_where_it_stands(change, path, words):
    with pytest.raises(QuestionRefused, match=words.replace("?", r"\?")) as refused:
        read(FUNNEL | change)
    assert refused.value.context["path"] == path


def test_what_is_no_object_or_of_no_kind_is_refused():
    with pytest.raises(QuestionRefused, match="an object"):
        read([])
    with pytest.raises(QuestionRefused, match="one of flow"):
        read({})
    with pytest.raises(QuestionRefused, match="/kind"):
        read(FUNNEL, kind="flow")
    with pytest.raises(QuestionRefused, match="/within"):
        read({"kind": "funnel", "steps": ["a", "b"]})
    with pytest.raises(UnknownQuestion, match='Did you mean "funnel"'):
        read({"kind": "funel"})
    with pytest.raises(UnknownQuestion):
        told(PAY)


def test_the_key_stands_for_what_is_asked():
    said = {"kind": "flow", "pause": "30m"}
    assert question_key(read(said)) == question_key(read({"pause": "PT1800S"}, kind="flow"))
    assert question_key(read(said)) != question_key(FlowQuestion())
    assert len(question_key(FlowQuestion())) == 32


@given(lengths)
def test_a_length_of_time_is_read_back(length):
    assert length_of(length_text_of(length)) == length


@given(PLAIN[Window])
def test_a_window_is_read_back(window):
    assert window_of(window_text_of(window)) == window


def test_lengths_and_instants_that_are_none():
    assert length_of("PT1H30.5S") == timedelta(hours=1, seconds=30, milliseconds=500)
    for text in ("P", "PT", "7", "P99999999999D"):
        with pytest.raises(DurationUnreadable):
            length_of(text)
    assert instant_of("\u200e۲۰۲۶-۰۱-۳۱") == datetime(2026, 1, 31, tzinfo=UTC)
    for text in ("2026", "31.1.2026", "2026-01-01..2026-02-01"):
        with pytest.raises(TimeUnreadable):
            instant_of(text)
    with pytest.raises(TimeUnreadable):
        window_of("2026-01-01")
    with pytest.raises(NaiveInstant):
        instant_of("2026-01-31T10:00")


def test_retention_names_a_choice_of_words():
    question = read({"kind": "retention", "window": "2026-01-01..2026-03-01", "period": "week"})
    assert isinstance(question, RetentionQuestion)
    with pytest.raises(QuestionRefused, match="day, week, month"):
        read({"kind": "retention", "window": "2026-01-01..2026-03-01", "period": "fortnight"})
