"""Changes in words: signs, what rounds to nothing, and what is not judged."""

from __future__ import annotations

import pytest

from safar.show.locale import Locale
from safar.vocabulary.interval import share
from safar.vocabulary.interval_by_customer import Clustered, clustering_of, ratio_of_counts
from safar.vocabulary.money import Money

EN = Locale("en")


@pytest.fixture
def counted(web_home):
    from safar.doors.web.today.measures import Counted

    def make(ratio=None, *, money: bool = False):
        def say(minor: int) -> str:
            return EN.money(Money(minor, "USD")) if money else EN.number(minor)

        def say_change(minor: int) -> str:
            return EN.money(Money(minor, "USD"), signed=True) if money else EN.signed(minor)

        return Counted("Name", "Name", (), say=say, say_change=say_change, sure="", ratio=ratio)

    return make


@pytest.mark.parametrize(
    ("now", "before", "arrow", "amount"),
    [
        (50_000, -20_000, "▲", "+$700.00"),
        (-50_000, -20_000, "▼", "−$300.00"),
        (50_000, 0, "▲", "+$500.00"),
        (-50_000, 0, "▼", "−$500.00"),
        (-20_000, -20_000, "=", "$0.00"),
        (30_000, 20_000, "▲", "+50%"),
        (-10_000, 20_000, "▼", "−150%"),
        (99_999_999, 100_000_000, "=", "0.0%"),
        (100_000_001, 100_000_000, "=", "0.0%"),
        (99_900_000, 100_000_000, "▼", "−0.1%"),
    ],
)
def test_money_against_less_than_nothing_and_what_rounds_to_nothing(
    counted, now: int, before: int, arrow: str, amount: str
) -> None:
    from safar.doors.web.today.changes import relative_change

    change = relative_change(now, before, counted(money=True), EN)
    assert (change.arrow, change.amount.replace("\u200e", ""), change.tone) == (arrow, amount, "")


def test_nothing_after_nothing_is_no_change(counted) -> None:
    from safar.doors.web.today.changes import relative_change

    assert relative_change(0, 0, counted(), EN).amount == ""


def test_orders_of_few_keen_customers_may_be_chance_where_independent_ones_are_not(counted) -> None:
    from safar.doors.web.today.changes import relative_change

    plain = relative_change(140, 100, counted(ratio_of_counts(140, 100)), EN)
    assert (plain.arrow, plain.tone) == ("▲", "better")
    effect = clustering_of(Clustered(140, 1400), Clustered(100, 1000))
    keen = relative_change(140, 100, counted(ratio_of_counts(140, 100, clustering=effect)), EN)
    assert (keen.arrow, keen.amount.replace("\u200e", ""), keen.tone) == ("▲", "+40%", "")
    assert "may be chance" in keen.explained


def test_a_difference_of_shares_that_rounds_to_nothing_has_no_arrow(web_home) -> None:
    from safar.doors.web.today.changes import sure_change
    from safar.doors.web.today.measures import Estimated, answers_phrase, shares_wording

    now, before = share(50_000, 100_000), share(50_010, 100_000)
    assert now is not None
    assert before is not None
    words = Estimated("Name", (now, before), shares_wording(EN), answers_phrase(EN), "", "", "", (0.0, None))
    change = sure_change(now, before, words, EN)
    assert (change.arrow, change.amount, change.tone) == ("=", "\u20680.0\u2069 pp", "")
