"""SPSS files, read back by ReadStat, which R and Python read them with."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pyreadstat
import pytest

from safar.show.spss import SpssColumn, SpssRefused, write_spss

MADE_AT = datetime(2026, 3, 21, 9, 30, tzinfo=UTC)


def read_back(folder: Path, columns: list[SpssColumn], rows: list[tuple[object, ...]], label: str = ""):
    file = folder / "answers.sav"
    with file.open("wb+") as out:
        count = write_spss(out, columns, rows, made_at=MADE_AT, label=label)
    found, meta = pyreadstat.read_sav(str(file), output_format="dict")
    assert meta.number_rows == count == len(rows)
    return found, meta


def test_numbers_texts_and_labels_in_every_language(tmp_path: Path) -> None:
    columns = [
        SpssColumn("response", "شناسه", 12),
        SpssColumn("nps", "پیشنهاد می‌کنید؟", labels={0: "هرگز", 10: "حتماً"}),
        SpssColumn("share", "Share", decimals=2),
        SpssColumn("a_name_longer_than_eight_letters_as_questions_have"),
    ]
    rows = [("r1", 10.0, 0.25, 1), ("r2", None, None, None), ("ر۳", 0.0, -3.5, 2)]
    found, meta = read_back(tmp_path, columns, rows, label="نظرسنجی")
    assert list(found["response"]) == ["r1", "r2", "ر۳"]
    assert list(found["nps"]) == [10.0, None, 0.0]
    assert list(found["share"]) == [0.25, None, -3.5]
    assert list(found["a_name_longer_than_eight_letters_as_questions_have"]) == [1.0, None, 2.0]
    assert meta.column_names_to_labels["nps"] == "پیشنهاد می‌کنید؟"
    assert meta.variable_value_labels == {"nps": {0.0: "هرگز", 10.0: "حتماً"}}
    assert (meta.file_encoding, meta.file_label) == ("UTF-8", "نظرسنجی")


@pytest.mark.parametrize("width", [1, 7, 8, 9, 254, 255, 256, 504, 505, 765, 4_000])
def test_texts_of_any_length_come_back_whole(tmp_path: Path, width: int) -> None:
    full = "".join(chr(97 + place % 26) for place in range(width))
    texts = [full, full[: width // 2], "", full[:255]]
    rows = [(text, place) for place, text in enumerate(texts)]
    found, _ = read_back(tmp_path, [SpssColumn("words", "w", width), SpssColumn("after")], rows)
    assert list(found["words"]) == texts
    assert list(found["after"]) == [0.0, 1.0, 2.0, 3.0]


def test_times_measures_and_labels_of_short_texts(tmp_path: Path) -> None:
    tehran = timezone(timedelta(hours=3, minutes=30))
    columns = [
        SpssColumn("at", is_time=True),
        SpssColumn("state", "", 8, {"complete": "کامل", "stopped": "رها شده"}),
        SpssColumn("long", "", 600),
        SpssColumn("nps", measure="ordinal"),
        SpssColumn("kind", labels={1.0: "a"}, measure="nominal"),
        SpssColumn("seconds"),
    ]
    at = datetime(2026, 3, 21, 9, 30, 15, tzinfo=tehran)
    found, meta = read_back(
        tmp_path, columns, [(at, "complete", "x" * 600, 9, 1, 2), (None, "stopped", "", 1, 1, 2)]
    )
    # what the clock showed there: the format has no zones
    assert list(found["at"]) == [datetime(2026, 3, 21, 9, 30, 15), None]  # noqa: DTZ001
    assert meta.original_variable_types["at"] == "DATETIME20"
    assert meta.variable_value_labels == {
        "state": {"complete": "کامل", "stopped": "رها شده"},
        "kind": {1.0: "a"},
    }
    assert meta.variable_measure == {
        "at": "scale",
        "state": "nominal",
        "long": "nominal",
        "nps": "ordinal",
        "kind": "nominal",
        "seconds": "scale",
    }


def test_a_letter_is_never_cut_in_two(tmp_path: Path) -> None:
    found, meta = read_back(tmp_path, [SpssColumn("words", "س" * 200, 5)], [("سلام",), ("🙂🙂",)])
    assert list(found["words"]) == ["سل", "🙂"]
    assert meta.column_names_to_labels["words"] == "س" * 126


@pytest.mark.parametrize(
    "columns", [[], [SpssColumn("1st")], [SpssColumn("نام")], [SpssColumn("A"), SpssColumn("a")]]
)
def test_columns_that_cannot_be_told(tmp_path: Path, columns: list[SpssColumn]) -> None:
    with (tmp_path / "x.sav").open("wb+") as out, pytest.raises(SpssRefused):
        write_spss(out, columns, [], made_at=MADE_AT)


def test_days_are_days(tmp_path: Path) -> None:
    columns = [SpssColumn("bought", "When?", is_day=True)]
    found, meta = read_back(tmp_path, columns, [(date(2026, 3, 21),), (None,), (date(1582, 10, 15),)])
    assert list(found["bought"]) == [date(2026, 3, 21), None, date(1582, 10, 15)]
    assert meta.original_variable_types["bought"] == "DATE11"
    assert meta.variable_measure["bought"] == "scale"
