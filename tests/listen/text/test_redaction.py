"""Personal data leaves a comment, whatever it is typed with; numbers that are nobody's stay."""

from __future__ import annotations

import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from personal_data import innocents, samples
from safar.listen.text.redaction import PLACEHOLDERS, Redacted, redact, without_placeholders


def kinds(text: str) -> list[str]:
    return [each.kind for each in redact(text).found]


@pytest.mark.parametrize(
    ("language", "text", "redacted"),
    [
        ("fa", "لطفا با ۰۹۱۲ ۳۴۵ ۶۷۸۹ تماس بگیرید", "لطفا با [شماره تلفن] تماس بگیرید"),
        ("ar", "رقمي ٠٥٠١٢٣٤٥٦٧ ارجو الرد", "رقمي [رقم الهاتف] ارجو الرد"),
        ("en", "Call +44 20 7946 0958, now", "Call [phone], now"),
        ("en", "call me on (212) 555-0123", "call me on [phone]"),
        ("en", "۰۹۱۲\u200e۳۴۵\u200c۶۷۸۹", "[phone]"),
        ("en", "0 9 1 2 3 4 5 6 7 8 9", "[phone]"),
        ("en", "1405/08/15 09123456789", "1405/08/15 [phone]"),
        ("fa", "کارتم ۶۰۳۷-۹۹۱۲-۳۴۵۶-۷۸۹۳ است", "کارتم [شماره کارت] است"),
        ("fa", "شبا IR۱۶ ۰۱۲۰ ۰۰۰۰ ۰۰۰۰ ۱۲۳۴ ۵۶۷۸ ۹۰", "شبا [شماره شبا]"),
        ("en", "IBAN GB82 WEST 1234 5698 7654 32.", "IBAN [IBAN]."),
        ("fa", "کد ملی من 0499370899 است", "کد ملی من [کد ملی] است"),
        ("ar", "هويتي رقم الهوية ١١٠١٧٩٨٢٧٨", "هويتي رقم الهوية [رقم الهوية]"),
        ("en", "784-1979-1234567-1 is my Emirates ID", "[national ID] is my Emirates ID"),
        ("en", "SSN 219-09-9999 and NINO AB 12 34 56 C", "SSN [national ID] and NINO [national ID]"),
        ("en", "my passport K12345678", "my passport [passport number]"),
        ("fa", "کد پستی ۱۲۳۴۵-۶۷۸۹۰", "کد پستی [کد پستی]"),
        ("en", "mail sara.a+b@mail.example.ir!", "mail [email]!"),
        ("en", "sara (at) gmail (dot) com", "[email]"),
        ("fa", "ایمیلم sara@gmail.comهست", "ایمیلم [ایمیل]هست"),
        ("en", "https://x.example/pay?token=abc.", "[link]."),
        ("fa", "@sara_ahmadi خوبه", "[نام کاربری] خوبه"),
    ],
)
def test_what_tells_who_somebody_is_gives_way_to_words_of_the_language(
    language: str, text: str, redacted: str
) -> None:
    assert redact(text, language=language).text == redacted


NATIONAL = "9190030180"
PERSIAN, ARABIC = (str.maketrans("0123456789", digits) for digits in ("۰۱۲۳۴۵۶۷۸۹", "٠١٢٣٤٥٦٧٨٩"))


@pytest.mark.parametrize("digits", [{}, PERSIAN, ARABIC])
@pytest.mark.parametrize("between", ["", " ", "-", "\u200e", "\u200c", "\u2009", ".", " - ", "\u202c\u202a"])
@pytest.mark.parametrize(
    "prefix", ["+98", "0098", "98", "0", "", "\u200e+98", "+98\u2069\u2066", "+98 (0)", "+980"]
)
def test_one_telephone_number_leaves_however_it_is_spelled(
    prefix: str, between: str, digits: dict[int, int]
) -> None:
    number = (
        prefix
        + ("" if prefix in {"", "+98 (0)"} else between)
        + between.join((NATIONAL[:3], NATIONAL[3:6], NATIONAL[6:]))
    )
    for before, after in (("شماره‌م ", ""), ("پرداختم ناموفق شد. ", " تماس بگیرید")):
        left = redact(before + number.translate(digits) + after).text
        assert left.replace("\u200e", "").replace("+", "") == f"{before}[شماره تلفن]{after}", number


def test_the_words_are_those_of_the_letters_where_no_language_is_said() -> None:
    found = [
        redact(text).text
        for text in ("زنگ بزنید 09123456789", "اتصل 0501234567", "09123456789", "ok 09123456789")
    ]
    assert found == ["زنگ بزنید [شماره تلفن]", "اتصل [رقم الهاتف]", "[phone]", "ok [phone]"]


@pytest.mark.parametrize(
    "text",
    [
        "سفارش ۹۱۲۳۴۵۶۷۸۹ نرسید",
        "قیمت ۱۲٬۵۰۰٬۰۰۰ تومان بود",
        "order 4539578763621 from 2026-03-21 18:30",
        "I'm good at amazon.com",
        "https://example.com/menu/pizza",
        "Normal departure at 10am now leaving at 5pm",
        "نسخه 4.12.0 و گوشی A52 با 128 گیگ",
        "ساعت ۱۸:۳۰ تا ۲۳:۴۵ روز ۱۴۰۵/۰۸/۱۵",
        "کد رهگیری پست 136342739559570984027360",
    ],
)
def test_numbers_of_nobody_stay(text: str) -> None:
    assert redact(text) == Redacted(text)


def test_places_are_those_of_the_text_as_it_came() -> None:
    text = "\u200fتماس:\u200e ۰۹۱۲\u200c۳۴۵۶۷۸۹ \u200eیا a@b.ir"
    for each, written in zip(redact(text).found, ("a@b.ir", "۰۹۱۲\u200c۳۴۵۶۷۸۹")[::-1], strict=True):
        assert text[each.start : each.end] == written


def test_generated_comments_lose_their_personal_data_and_others_keep_their_numbers() -> None:
    rng = random.Random(20_261)
    missed = [
        each
        for each in samples(rng, 1_500)
        if not any(found.start <= each.start and found.end >= each.end for found in redact(each.text).found)
    ]
    assert missed == []
    false = [text for text in innocents(rng, 1_500) if redact(text).found]
    assert len(false) <= 18  # 1.2 %


@given(st.text(st.characters(exclude_categories=()), max_size=80))
@example("کد ملی 0499370899 1234567890")
@example("phone 09123456789 12345678 [phone] 87654321")
def test_any_text_is_redacted_once_and_for_all(text: str) -> None:
    once = redact(text, language="fa")
    assert redact(once.text, language="fa").text == once.text
    put_in = sum(once.text.count(words) - text.count(words) for words in PLACEHOLDERS["fa"].values())
    assert len(once.found) == put_in


@pytest.mark.parametrize(
    "piece", ["1 ", "a@", "0912 ", "@", "at ", "http://", "IR12", "(", "۰۹", "9-", "a.b@c."]
)
def test_a_hundred_kilobytes_of_anything_are_read_in_time(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    assert len(redact(text).text) <= len(text) * 12


def test_words_in_brackets_are_nobodys_words() -> None:
    redacted = redact("call 0912 345 6789 or sara@example.com").text
    assert without_placeholders(redacted).split() == ["call", "or"]
    assert kinds("nothing here [phone]") == []


def test_numbers_in_a_long_row_of_digits_are_found() -> None:
    row = "1-" * 2_000
    assert redact(row).text == row
    assert (
        redact(f"{row}، 4111 1111 1111 1111 6037991234567893").text == f"{row}، [card number] [card number]"
    )
    assert redact(f"{row} کد ملی 0499370899 1-1", language="en").text == f"{row} کد ملی [national ID] 1-1"
    assert redact(f"{row[:-1]} 4111111111111111", language="en").text == f"{row[:-1]} [card number]"


def test_digits_tell_a_language_too() -> None:
    assert redact("شماره من ۰۹۱۲۳۴۵۶۷۸۹ است").text == "شماره من [شماره تلفن] است"
    assert redact("رقمي ٠٥٠١٢٣٤٥٦٧").text == "رقمي [رقم الهاتف]"
