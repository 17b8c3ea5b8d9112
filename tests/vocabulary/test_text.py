"""The fold: spellings that readers take for one, and its laws over all of Unicode."""

from __future__ import annotations

import re
import sys
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from safar.vocabulary.digits import BIDI_MARKS
from safar.vocabulary.text import fold


@pytest.mark.parametrize(
    ("one", "other", "folded"),
    [
        ("يكي", "یکی", "یکی"),
        ("علی", "على", "علی"),
        ("کتاب", "كتاب", "کتاب"),
        ("مسؤول", "مسوول", "مسوول"),
        ("أحمد", "احمد", "احمد"),
        ("إرسال", "ارسال", "ارسال"),
        ("قرآن", "قران", "قران"),
        ("ٱلله", "الله", "الله"),
        ("هیئت", "هییت", "هییت"),
        ("خانهٔ", "خانه", "خانه"),
        ("خانۀ", "خانه", "خانه"),
        ("مدرسة", "مدرسه", "مدرسه"),
        ("ہوائی", "هوایی", "هوایی"),
        ("سلاااـــم", "سلااام", "سلااام"),
        ("كِتَابٌ", "كتاب", "کتاب"),
        ("هٰذا", "هذا", "هذا"),
        ("می‌خواهم", "می خواهم", "می خواهم"),
        ("ﺳﻼﻡ", "سلام", "سلام"),
        ("ﷲ", "الله", "الله"),
        ("﷼", "ریال", "ریال"),
        ("۱۲۳", "١٢٣", "123"),
        ("۱۲٫۵٪", "12.5%", "12.5%"),
        ("چرا؟", "چرا?", "چرا?"),
        ("«خوب»", '"خوب"', '"خوب"'),
        ("Résumé", "RESUME", "resume"),
        ("Straße", "STRASSE", "strasse"),
        ("ᾳ", "Α", "α"),
        ("ＦＵＬＬ width", "full　width", "full width"),
        ("don’t", "DON'T", "don't"),
        ("2020–21", "2020-21", "2020-21"),
        ("\u200fسلام\u200e", "سلام", "سلام"),
        ("a\u00adb", "ab", "ab"),
        ("  two \n\t blanks\u00a0", "two blanks", "two blanks"),
        ("❤️", "❤", "❤"),
    ],
)
def test_two_spellings_fold_to_one(one: str, other: str, folded: str) -> None:
    assert fold(one) == folded
    assert fold(other) == folded


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ماء", "ما"),  # water, what: a hamza alone is a letter
        ("پیر", "بیر"),
        ("گل", "کل"),
        ("ژرف", "زرف"),
        ("چه", "جه"),
        ("ی", "ئ" + "ا"),
        ("हिन्दी", "हनद"),  # vowel signs of Devanagari are letters
        ("ไทย", "ไทยี"),
    ],
)
def test_different_words_stay_different(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_folding_twice_is_folding_once_for_every_character() -> None:
    for code in range(sys.maxunicode + 1):
        once = fold(f"a{chr(code)}b")
        assert fold(once) == once, hex(code)


def test_nothing_that_should_go_is_left_for_any_character() -> None:
    gone = frozenset("يكىةآأإؤئـ،؛؟٪۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩" + BIDI_MARKS)
    presented = re.compile("[\ufb50-\ufdff\ufe70-\ufefc]")
    for code in range(sys.maxunicode + 1):
        folded = fold(chr(code))
        assert gone.isdisjoint(folded), hex(code)
        assert all(map(is_symbol, presented.findall(folded))), hex(code)


def is_symbol(letter: str) -> bool:
    """Whether a character of the presentation blocks has no plain form (ornate brackets, dots, noncharacters)."""
    return unicodedata.normalize("NFKD", letter) == letter


arabic = st.text(st.characters(min_codepoint=0x600, max_codepoint=0x6FF), max_size=20)
mixed = st.text(
    st.sampled_from("aAéİǰſıﬁ\u0345\u0301\u0654\u0655\u05bc\u093c\u200c\u200d\u200f ي‌كۀةّـ۱١ᄀ가\u11a8ΐ"),
    max_size=12,
)


@given(st.one_of(st.text(), arabic, mixed, st.text(st.characters(), max_size=12)))
def test_folding_twice_is_folding_once(text: str) -> None:
    once = fold(text)
    assert fold(once) == once


@given(st.one_of(st.text(), arabic, mixed, st.text(st.characters(categories=["Mn", "Mc"]), max_size=6)))
@example("\u0591\u0345")
def test_case_direction_marks_and_normal_forms_do_not_matter(text: str) -> None:
    folded = fold(text)
    assert fold(unicodedata.normalize("NFC", text)) == folded
    assert fold(unicodedata.normalize("NFD", text)) == folded
    assert fold("\u200f".join(["", *text, ""])) == folded


@given(st.text(st.characters(max_codepoint=127)))
def test_the_fast_way_for_ascii_is_the_way_for_all(text: str) -> None:
    assert fold(text + "\u200f") == fold(text)


def test_the_empty_text_and_surrogates_pass() -> None:
    assert fold("") == ""
    assert fold("\u200c \u200f") == ""
    assert fold("x\ud800") == "x\ud800"
