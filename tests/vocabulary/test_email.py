"""E-mail addresses: one address, one text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safar.vocabulary.email import EmailUnreadable, fold_email


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("sara@example.com", "sara@example.com"),
        (" Sara@Example.COM\n", "sara@example.com"),
        ("mailto:Sara@example.com", "sara@example.com"),
        ("sara.ahmadi+shop@example.co.uk", "sara.ahmadi+shop@example.co.uk"),
        ("\u200fsara@example.com\u200e", "sara@example.com"),
        ("\u200csara@example.com\ufeff", "sara@example.com"),
        ("ｓａｒａ@example.com", "sara@example.com"),
        ("o'brien_1@sub.example.org", "o'brien_1@sub.example.org"),
        ("سارا@نمونه.ایران", "سارا@نمونه.ایران"),
    ],
)
def test_addresses(text: str, folded: str) -> None:
    assert fold_email(text) == folded


@pytest.mark.parametrize(
    "text",
    ["", "sara", "@example.com", "sara@", "sara@example", "sara@@example.com", "sara@a@example.com",
     "sa ra@example.com", "sara@exa mple.com", "sara@.com", "sara@example..com", "sara@example.com.",
     "Sara <sara@example.com>",
     "sara@example.com, ali@example.com", "x" * 65 + "@example.com", "x@" + "a." * 130 + "com", "NA"],
)  # fmt: skip
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(EmailUnreadable, match="is not an e-mail address"):
        fold_email(text)


def test_two_tags_stay_two_addresses() -> None:
    assert fold_email("sara+a@example.com") != fold_email("sara+b@example.com")


@given(st.one_of(st.emails(), st.text().map(lambda text: f"{text}@example.com")))
def test_folding_twice_is_folding_once(text: str) -> None:
    try:
        once = fold_email(text)
    except EmailUnreadable:
        return
    assert fold_email(once) == once
    assert fold_email(text.upper().lower()) == fold_email(text.lower())
