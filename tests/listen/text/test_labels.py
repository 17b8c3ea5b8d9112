"""All that is understood of a comment at once, whatever comes in."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from safar.listen.text import Label, label, label_in_pieces
from safar.listen.text.aspects import Aspect, AspectFound, AspectWords

TEXTS = [
    "غذا عالی بود ولی پیک خیلی دیر رسید، لطفا با ۰۹۱۲۳۴۵۶۷۸۹ تماس بگیرید",
    "والله الخدمة ممتازة بس السعر غالي",
    "Where is my order? sara@example.com",
    "",
    "😀😀",
]


def test_a_comment_in_each_language() -> None:
    persian, arabic, english, empty, _ = label(TEXTS)
    assert [each.language for each in (persian, arabic, english)] == ["fa", "ar", "en"]
    assert persian.redacted == "غذا عالی بود ولی پیک خیلی دیر رسید، لطفا با [شماره تلفن] تماس بگیرید"
    assert [each.aspect for each in persian.aspects] == ["taste", "delivery"]
    assert [(each.aspect, each.words) for each in arabic.aspects] == [
        ("staff", ("الخدمة",)),
        ("price", ("السعر", "غالي")),
    ]
    assert (english.kind, english.is_actionable, english.redacted) == (
        "request",
        True,
        "Where is my order? [email]",
    )
    assert empty == Label("und", "neutral", 1.0, (0.0, 1.0, 0.0), "none", 1.0, "other", False, (), (), "")


def test_probabilities_add_up_and_the_sentiment_is_the_most_probable() -> None:
    for found in label(TEXTS):
        assert sum(found.probabilities) == pytest.approx(1, abs=1e-5)
        assert found.probability == max(found.probabilities)
        assert (
            found.sentiment
            == ("negative", "neutral", "positive")[found.probabilities.index(found.probability)]
        )


@pytest.mark.parametrize(
    "text",
    [" \n\t", "\x00", "\ud800", "\u200f\u200e", "!!!", "\u202e\u2066", "\x00" * 500, "\u200c" * 50, "\ufeff"],
)
def test_what_says_nothing_is_neutral(text: str) -> None:
    (found,) = label([text])
    assert (found.sentiment, found.probability, found.emotion, found.kind) == (
        "neutral",
        1.0,
        "none",
        "other",
    )
    assert (found.aspects, found.phrases, found.redacted) == ((), (), text)


@pytest.mark.parametrize(
    "piece", ["خیلی بد، ", "late food, ", "ب", "😀", "a.b ", "but ", "،", "؟", "[phone] "]
)
def test_a_hundred_kilobytes_are_labelled_from_their_beginning(piece: str) -> None:
    text = piece * (100_000 // len(piece)) + " 09123456789"
    (found,) = label([text])
    assert found.redacted.endswith("]")
    assert len(found.phrases) <= 5


def test_the_same_comment_gets_the_same_label_in_any_batch_and_thread() -> None:
    alone = [label([text])[0] for text in TEXTS]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda turn: label(TEXTS[turn:] + TEXTS[:turn]), range(4)))
    for turn, found in enumerate(together):
        for mine, others in zip(alone[turn:] + alone[:turn], found, strict=True):
            assert mine.redacted == others.redacted
            assert (mine.sentiment, mine.kind, mine.aspects) == (
                others.sentiment,
                others.kind,
                others.aspects,
            )
            assert mine.probabilities == pytest.approx(others.probabilities, abs=1e-5)


def test_comments_are_read_a_thousand_at_a_time() -> None:
    read = 0

    def comments() -> Iterator[str]:
        nonlocal read
        for place in range(3_000):
            read += 1
            yield f"order {place % 7} was late"

    labels = label_in_pieces(comments())
    assert next(labels).language == "en"
    assert read == 1_000
    assert sum(1 for _ in labels) == 2_999
    assert label([]) == []


def test_a_workspace_has_its_own_aspects() -> None:
    mine = AspectWords((Aspect("gifts", {"en": "Gifts"}, {"en": ("gift",), "fa": ("هدیه",)}),))
    found = label(["هدیه‌اش عالی بود", "great food"], aspects=mine)
    assert [each.aspects for each in found] == [(AspectFound("gifts", ("هدیه‌اش",), found[0].sentiment),), ()]
