"""What customers write: natural, in many wordings, in its own script."""

import re

import pytest

from safar.demo.comments import NEGATIVE, NEUTRAL, POSITIVE, TOPICS, Occasion, comment, sentences

from .conftest import Told

LATIN_LETTER = re.compile(r"[A-Za-z]")
ARABIC_LETTER = re.compile(r"[\u0621-\u064A\u067E\u0686\u0698\u06A9\u06AF\u06CC]")
DIALECTS = {"fa": [""], "ar": ["gulf", "iraqi", "egyptian", "levantine"], "en": [""]}
ITEM = {"fa": "قهوه‌ساز", "ar": "الحذاء", "en": "kettle"}
CITY = {"fa": "شیراز", "ar": "جدة", "en": "Dubai"}


def occasion(language: str, topic: str, sentiment: int, dialect: str = "", days: int = 4) -> Occasion:
    return Occasion(language, dialect, topic, sentiment, days, ITEM[language], CITY[language])


def many(language: str, sentiment: int, count: int = 400) -> list[str]:
    dialects = DIALECTS[language]
    return [
        comment(occasion(language, TOPICS[n % len(TOPICS)], sentiment, dialects[n % len(dialects)]), n)
        for n in range(count)
    ]


@pytest.mark.parametrize("language", ["fa", "ar", "en"])
@pytest.mark.parametrize("sentiment", [NEGATIVE, NEUTRAL, POSITIVE])
def test_comments_are_whole_sentences_of_their_script(language: str, sentiment: int) -> None:
    for text in many(language, sentiment):
        assert "{" not in text
        assert "}" not in text
        assert text == text.strip()
        assert "  " not in text
        assert 2 <= len(text) <= 260
        if language == "en":
            assert not ARABIC_LETTER.search(text), text
            assert LATIN_LETTER.search(text)
        else:
            assert ARABIC_LETTER.search(text)
            assert not LATIN_LETTER.search(text), text


@pytest.mark.parametrize("language", ["fa", "ar", "en"])
def test_there_are_hundreds_of_wordings(language: str) -> None:
    texts = many(language, NEGATIVE) + many(language, POSITIVE)
    assert len(set(texts)) > 350


def test_persian_is_typed_on_several_keyboards() -> None:
    texts = many("fa", NEGATIVE) + many("fa", POSITIVE)
    assert any("ي" in text or "ك" in text for text in texts)
    assert any("ی" in text for text in texts)
    assert any("\u200c" in text for text in texts)
    assert not any("ي" in text and "ی" in text for text in texts)


def test_the_same_occasion_and_seed_give_the_same_words() -> None:
    one = occasion("fa", "delivery", NEGATIVE)
    assert comment(one, 12) == comment(one, 12)
    assert len({comment(one, seed) for seed in range(30)}) > 10


def test_a_span_is_told_in_the_digits_of_the_language() -> None:
    texts = {
        language: " ".join(
            comment(occasion(language, "delivery", NEGATIVE, dialect, days=9), seed)
            for dialect in DIALECTS[language]
            for seed in range(120)
        )
        for language in ("fa", "ar", "en")
    }
    assert "۹ روز" in texts["fa"]
    assert "نه روز" in texts["fa"].replace("\u200c", " ")
    assert "٩ أيام" in texts["ar"]
    assert "9 days" in texts["en"]


@pytest.mark.parametrize("language", ["fa", "ar", "en"])
def test_every_topic_has_words_for_both_sides_in_every_register(language: str) -> None:
    said = sentences(language)
    registers = set(said["plain"]["any"])
    for topic in TOPICS:
        for side in ("negative", "positive"):
            assert set(said[topic][side]) == registers
            assert all(len(set(each)) == len(each) >= 2 for each in said[topic][side].values())
    for part in ("openings", "closings"):
        for side in ("negative", "positive"):
            assert set(said[part][side]) == registers
    assert set(said["joints"]) == registers


def test_what_went_wrong_is_what_they_write_about(told: Told) -> None:
    late = {f"D{each['order_id'][1:]}" for each in told.of("order_delivered") if each["late_days"] > 0}
    texts = [
        each["verbatim"].translate(str.maketrans("يك", "یک"))
        for each in told.of("survey_answered")
        if each["question_key"] == "csat_delivery"
        and (each["value"], each["language"]) in {(1, "fa"), (2, "fa")}
        and each["invitation_id"] in late
        and "verbatim" in each
    ]
    spoken = "|".join(
        ".+".join(re.escape(bare(part)) for part in re.split(r"\{[a-z]+\}", sentence))
        for register in sentences("fa")["delivery"]["negative"].values()
        for sentence in register
    )
    assert len(texts) > 20
    for text in texts:
        assert re.search(spoken, bare(text)), text


def bare(text: str) -> str:
    """The text without spaces and without letters drawn out."""
    return re.sub(r"(.)\1+", r"\1", re.sub(r"[\s\u200c]", "", text))
