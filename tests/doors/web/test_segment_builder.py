"""The builder of segments: drafts that buttons change, segments made of drafts and back, definitions in words."""

from __future__ import annotations

import pytest

from safar.observe.segment_text import segment_of, segment_text_of
from safar.show.locale import Locale

EVENTS = ("order_placed", "order_returned", "page", "product_viewed")
TEXTS = (
    "did order_placed >= 2 within last 30d; did not order_returned",
    "did product_viewed then order_placed within 7d; did page = 3; did page <= 5; did page >= 2 <= 4",
    "has city = Shiraz | Yazd; has !email; has age > 30; has plan?; has city ~ shi",
    "last nps <= 6; any csat >= 4 within last 90d; last nps != 9",
    "spent >= 100.50 USD within last 12h; ordered >= 3; ordered = 0",
    "any (did not order_placed; none (has email?))",
    "any (did page; all (did order_placed; has city = a))",
    "did page within 2026-03-20T20:30Z..2026-04-20T20:30Z",
    "did page within 2026-01-01..2026-03-01; reached Pay of page > Pay: order_placed",
    'has city = "a|b"; did "order placed, twice": order_placed [channel = web; @amount > 5]',
    "did page within last 90m",
)


@pytest.fixture
def builder(web_home):
    from safar.doors.web.segments.building import Builder
    from safar.doors.web.segments.choices import Choices

    return Builder(Choices(EVENTS, ("city", "plan"), "IRR", "Asia/Tehran"), Locale("fa"))


def fields_of(draft, path=()):
    """Return what a browser sends of a draft."""
    at = ".".join(("p", *map(str, path)))
    found = {f"{at}.kind": draft.kind, **{f"{at}.{name}": value for name, value in draft.values.items()}}
    for place, each in enumerate(draft.inside):
        found |= fields_of(each, (*path, place))
    return found


@pytest.mark.parametrize("text", TEXTS)
def test_a_definition_comes_back_from_the_builder_as_it_was(builder, text: str) -> None:
    from safar.doors.web.segments.draft import from_fields

    segment = segment_of(text)
    draft = from_fields(fields_of(builder.draft(segment)))
    assert draft == builder.draft(segment)
    built = builder.built("", draft)
    assert built.errors == {}
    assert built.segment.parts == segment.parts


def test_what_no_field_can_say_stands_as_text(builder) -> None:
    draft = builder.draft(segment_of(TEXTS[8]))
    assert [(each.kind, each.values["text"]) for each in draft.inside] == [
        ("text", "did page within 2026-01-01..2026-03-01"),
        ("text", "reached Pay of page > Pay: order_placed"),
    ]


def test_days_are_typed_in_the_readers_calendar_and_are_days_of_the_workspace(builder) -> None:
    draft = builder.draft(segment_of(TEXTS[7]))
    values = draft.inside[0].values
    assert (values["when"], values["since"], values["until"]) == ("days", "1405/01/01", "1405/01/31")


def test_a_field_shows_an_event_as_readers_call_it(builder) -> None:
    from django.utils.translation import override

    from safar.doors.web.segments.builder_rows import builder_row
    from safar.doors.web.segments.draft import Draft
    from safar.doors.web.segments.forms import Editing

    draft = Draft("all", inside=(Draft("did"), Draft("order")))
    with override("fa"):
        rows = builder_row(Editing("", "visual", draft, ""), builder.choices).rows
    assert [row.fields[0].placeholder for row in rows] == ["سفارش داد", "کالایی را دید\nسفارش داد"]


def test_digits_and_words_of_readers_are_read(builder) -> None:
    from safar.doors.web.segments.draft import Draft

    did = {
        "what": "order_placed",
        "often": "least",
        "count": "۲",
        "when": "last",
        "last": "٣٠",
        "last_unit": "d",
    }
    spent = {"comparison": "below", "amount": "۱٬۰۰۰٫۵", "currency": "usd"}
    built = builder.built("", Draft("any", {}, (Draft("did", did), Draft("spent", spent))))
    assert (
        segment_text_of(built.segment)
        == "segment: any (did order_placed >= 2 within last 30d; spent < 1000.5 USD)"
    )


@pytest.mark.parametrize(
    ("kind", "values", "field"),
    [
        ("did", {}, "what"),
        ("did", {"what": "a [b"}, "what"),
        ("did", {"what": "page", "often": "least", "count": "0"}, "count"),
        ("did", {"what": "page", "often": "least", "count": "two"}, "count"),
        ("did", {"what": "page", "often": "exactly", "count": "1.5"}, "count"),
        ("did", {"what": "page", "often": "between", "count": "3", "most": "2"}, "most"),
        ("did", {"what": "page", "when": "last", "last": ""}, "last"),
        ("did", {"what": "page", "when": "last", "last": "99999999"}, "last"),
        ("did", {"what": "page", "when": "days", "since": "1405/01/02", "until": "1405/01/01"}, "until"),
        ("did", {"what": "page", "when": "days", "since": "soon"}, "since"),
        ("order", {"what": "page"}, "what"),
        ("has", {}, "of"),
        ("has", {"of": "city"}, "value"),
        ("has", {"of": "age", "comparison": "above", "value": "old"}, "value"),
        ("has", {"of": "@amount", "value": "1"}, ""),
        ("answered", {"of": "nps", "which": "any", "comparison": "is_missing"}, ""),
        ("spent", {"amount": "much"}, "amount"),
        ("spent", {"amount": "5", "currency": "XXQ"}, "amount"),
        ("step", {"step": "other/map"}, "step"),
        ("text", {"text": "dod page"}, "text"),
        ("text", {}, "text"),
        ("any", {}, ""),
    ],
)
def test_what_is_wrong_is_said_at_its_field(builder, kind, values, field) -> None:
    from safar.doors.web.segments.draft import Draft

    right = Draft("did", {"what": "page"})
    built = builder.built("", Draft("all", {}, (right, Draft(kind, values))))
    assert built.segment is None
    assert list(built.errors) == [((1,), field)]
    assert all(built.errors.values())


def test_a_definition_of_nothing_is_refused(builder) -> None:
    from safar.doors.web.segments.draft import Draft

    assert list(builder.built("", Draft("all")).errors) == [((), "")]


A, B, C = "a", "b", "c"


@pytest.mark.parametrize(
    ("act", "shape", "focus"),
    [
        ("add.has", [A, [B, C], ""], (2,)),
        ("add.1.did", [A, [B, C, ""]], (1, 2)),
        ("remove.0", [[B, C]], (0,)),
        ("remove.1.0", [A, [C]], (1, 0)),
        ("up.1", [[B, C], A], (0,)),
        ("down.1.0", [A, [C, B]], (1, 1)),
        ("out.1.0", [A, [C], B], (2,)),
        ("wrap.0", [[A], [B, C]], (0, 0)),
        ("in.1", [A, [B, C]], None),  # what stands before it is no group
        ("up.0", [A, [B, C]], None),
        ("down.1", [A, [B, C]], None),
        ("out.0", [A, [B, C]], None),
        ("remove.7", [A, [B, C]], None),
        ("remove.", [A, [B, C]], None),
        ("add.0.did", [A, [B, C]], None),
        ("add.nothing", [A, [B, C]], None),
        ("up.-1", [A, [B, C]], None),
        (f"up.{'9' * 5_000}", [A, [B, C]], None),
        ("frobnicate.0", [A, [B, C]], None),
    ],
)
def test_buttons_move_parts_and_say_where_one_goes_on(web_home, act, shape, focus) -> None:
    from safar.doors.web.segments.draft import Draft, done

    def drafted(each):
        if isinstance(each, str):
            return Draft("did", {"what": each})
        return Draft("any", {}, tuple(map(drafted, each)))

    def shaped(draft):
        return list(map(shaped, draft.inside)) if draft.is_group else draft.values.get("what", "")

    after = done(drafted([A, [B, C]]), act)
    assert (shaped(after.draft), after.focus) == (shape, focus)


def test_a_part_enters_the_group_before_it(web_home) -> None:
    from safar.doors.web.segments.draft import Draft, done

    part = Draft("did", {"what": "a"})
    after = done(Draft("all", {}, (Draft("none", {}, (part,)), part)), "in.1")
    assert (after.draft, after.focus) == (Draft("all", {}, (Draft("none", {}, (part, part)),)), (0, 1))


def test_fields_that_no_form_has_make_no_parts(web_home) -> None:
    from safar.doors.web.segments.draft import Draft, from_fields

    sent = {"p.kind": "all", "p.0.kind": "evil", "p.1.kind": "did", "p.1.what": "x", "p.x.kind": "did"}
    sent |= {"p.1.2.kind": "did", "q.0.kind": "did", "p.99999.kind": "did"}
    assert from_fields(sent) == Draft("all", {}, (Draft("did", {"what": "x"}),))
    assert from_fields({}) == Draft("all")
    assert from_fields({"p.kind": "did"}) == Draft("all")


@pytest.mark.parametrize(
    ("text", "before", "at", "after"),
    [
        ("did page; hos city", "did page; ", "hos", " city"),
        ("did page >= 2 within soon", "did page >= 2 within ", "soon", ""),
        ("has", "has", "", ""),
    ],
)
def test_a_fault_of_a_text_is_shown_where_it_is(web_home, text, before, at, after) -> None:
    from safar.doors.web.segments.forms import sent

    fault = sent(None, {"view": "text", "text": text}).fault
    assert (fault.before, fault.at, fault.after) == (before, at, after)
    assert fault.sentence


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        (
            "en",
            "did order_placed >= 2 within last 30d",
            "Did this at least 2 times: Placed an order, in the last 30 days",
        ),
        (
            "fa",
            "did order_placed >= 2 within last 30d",
            "«سفارش داد»، دست‌کم ۲ بار، در ۳۰ روز گذشته",
        ),
        ("en", "did not order_placed", "Never: Placed an order"),
        ("en", "has city = Shiraz | Yazd", "City is Shiraz or Yazd"),
        ("en", "last nps <= 6", "The last answer to NPS is at most 6"),
        (
            "en",
            "did page within 2026-03-20T20:30Z..2026-04-20T20:30Z",
            "Did this: Visited, from 21 Mar 2026 to 20 Apr 2026",
        ),
        ("ar", "did order_placed = 2", "حدث مرتين بالضبط: قدّم طلبًا"),
        (
            "fa",
            "did order_placed; did page <= 3; did not coupon_redeemed",
            "«سفارش داد»، دست‌کم یک بار؛ «بازدید کرد»، حداکثر ۳ بار؛ «کد تخفیف به کار رفت»، هرگز",
        ),
        (
            "en",
            "any (did page; none (has email?))",
            "At least one of this is true: (Did this: Visited; None of this is true: (E-mail is known))",
        ),
    ],
)
def test_a_definition_is_told_in_the_readers_words(builder, language, text, words) -> None:
    from django.utils.translation import override

    from safar.doors.web.segments.words import Words

    with override(language):
        told = Words(builder.choices, Locale(language, time_zone="Asia/Tehran")).whole(segment_of(text))
    plain = "".join(letter for letter in told if letter not in "\u2067\u2068\u2069")
    assert plain == words
