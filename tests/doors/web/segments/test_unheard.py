"""A definition that names what the log has never seen is told so, with the nearest name."""

from __future__ import annotations

import pytest
from django.utils import translation

from safar.observe.segment_text import segment_of


@pytest.fixture
def told(web_home):
    from safar.doors.web.segments.choices import Choices
    from safar.doors.web.segments.unheard import unheard

    def of(text: str, *, is_empty: bool = False) -> list[str]:
        choices = Choices(
            () if is_empty else ("order_placed", "page"),
            () if is_empty else ("city", "plan"),
            "IRR",
            "Asia/Tehran",
            channels=() if is_empty else ("web", "app"),
        )
        return [
            each.replace("\u2068", "").replace("\u2069", "") for each in unheard(segment_of(text), choices)
        ]

    return of


@pytest.mark.parametrize(
    ("language", "text", "sentences"),
    [
        ("en", "did order_placed [channel = web; city = a] >= 2; has plan = b", []),
        (
            "en",
            "any (did order_place; none (did order_place then page))",
            ["The data hold no event “order_place”. Did you mean “Placed an order · order_placed”?"],
        ),
        (
            "fa",
            "did سفارش",
            ["در داده‌ها رویدادی به نام «سفارش» نیست. منظورتان «سفارش داد · order_placed» است؟"],
        ),
        ("en", "did xyzzy", ["The data hold no event “xyzzy”: nobody did it so far."]),
        (
            "en",
            "did page [channel = wep; @amount > 3]",
            ["The data hold no channel “wep”. Did you mean “web”?"],
        ),
        ("en", "has citi = a", ["No property “citi” was seen so far. Did you mean “city”?"]),
        ("en", "has city.name = a", []),
    ],
)
def test_names_that_nothing_has_are_told(told, language: str, text: str, sentences: list[str]) -> None:
    with translation.override(language):
        assert told(text) == sentences


def test_an_empty_log_tells_nothing(told) -> None:
    assert told("did anything; has city = a", is_empty=True) == []
