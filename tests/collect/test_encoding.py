from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safar.collect.encoding import UnknownEncoding, checked_encoding, detect_encoding

PERSIAN = "شناسه,نام,شهر\n۱,سارا احمدی,تهران\n۲,پیمان ژاله‌پور,گچساران\n" * 5
ARABIC = "المعرف,الاسم,المدينة\n1,محمد عبد الله,الرياض\n2,فاطمة الزهراء,القاهرة\n" * 5
FRENCH = "id,nom,ville\n1,Hélène Lefèvre,Besançon\n2,François Müller,Köln\n" * 5
ENGLISH = "id,name\n1,Sara\n" * 5


@pytest.mark.parametrize("text", [PERSIAN, ARABIC, FRENCH])
def test_utf_8_is_certain_when_it_has_more_than_ascii(text: str) -> None:
    found = detect_encoding(text.encode())
    assert (found.name, found.certainty) == ("utf-8", "certain")


def test_plain_ascii_is_likely_utf_8() -> None:
    assert (detect_encoding(ENGLISH.encode()).name, detect_encoding(ENGLISH.encode()).certainty) == (
        "utf-8",
        "likely",
    )


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("text", [PERSIAN, ENGLISH])
def test_a_byte_order_mark_says_it(text: str, encoding: str) -> None:
    found = detect_encoding(text.encode(encoding))
    assert (found.name, found.certainty) == (encoding, "certain")
    assert text.encode(encoding).decode(found.name) == text


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_told_by_its_zeroes(encoding: str) -> None:
    assert detect_encoding(ENGLISH.encode(encoding)).name == encoding


@pytest.mark.parametrize("text", [ARABIC, PERSIAN.translate(dict(zip(map(ord, "۱۲ی"), "12ي", strict=True)))])
def test_arabic_script_in_one_byte_is_windows_1256(text: str) -> None:
    found = detect_encoding(text.encode("windows-1256"))
    assert found.name == "windows-1256"
    assert text.encode("windows-1256").decode(found.name) == text


def test_accents_among_latin_letters_are_windows_1252() -> None:
    assert detect_encoding(FRENCH.encode("windows-1252")).name == "windows-1252"


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1), st.integers(0, 3))
def test_utf_8_cut_in_a_character_is_still_utf_8(text: str, cut: int) -> None:
    sample = text.encode() * 3
    found = detect_encoding(sample[: len(sample) - cut])
    assert found.name in ("utf-8", "utf-8-sig") or b"\0" in sample


def test_a_name_that_is_no_encoding_is_refused_with_the_nearest() -> None:
    assert checked_encoding("windows-1256") == "windows-1256"
    with pytest.raises(UnknownEncoding, match='Did you mean "windows-1256"'):
        checked_encoding("window-1256")
    with pytest.raises(UnknownEncoding):
        checked_encoding("zlib_codec")
