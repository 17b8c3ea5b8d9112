from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from file_builders import a_file, a_mapping, imported, tried
from safar.collect.mapping import EventRule, Mapping

HEAD = "customer,at,"


def properties_of(folder: Path, cells: list[str], rule: str, head: str = "") -> list[dict[str, object]]:
    quoted = ['"' + cell.replace('"', '""') + '"' for cell in cells]
    path = a_file(
        folder, HEAD + "x\n" + "".join(f"c{n},2026-01-01,{cell}\n" for n, cell in enumerate(quoted))
    )
    mapping = a_mapping(head, event=f'name = "e"\nat = "at"\nproperties = {{ x = {rule} }}')
    return [event.properties for event in imported(path, mapping)]


def test_texts_keep_all_their_letters_and_lose_blanks_around(tmp_path: Path) -> None:
    cells = ["عالی بود 👍", 'say "hi"\\', " x ", "", "two\nlines\ttab\x01"]
    assert properties_of(tmp_path, cells, '"x"') == [
        {"x": "عالی بود 👍"}, {"x": 'say "hi"\\'}, {"x": "x"}, {}, {"x": "two\nlines\ttab\x01"},
    ]  # fmt: skip


def test_numbers(tmp_path: Path) -> None:
    found = properties_of(
        tmp_path, ["1,234.50", "-3", "", "۱۲٫۵", "0.001"], '{ column = "x", type = "number" }'
    )
    assert found == [{"x": 1234.5}, {"x": -3}, {}, {"x": 12.5}, {"x": 0.001}]


def test_yes_and_no_in_three_languages(tmp_path: Path) -> None:
    found = properties_of(
        tmp_path, ["true", "0", "بله", "لا", "Yes", "خیر", ""], '{ column = "x", type = "boolean" }'
    )
    assert [each.get("x") for each in found] == [True, False, True, False, True, False, None]


def test_days_stay_days_and_instants_become_utc(tmp_path: Path) -> None:
    zone = '[time]\ntime_zone = "Asia/Tehran"'
    rule = '{ column = "x", type = "date" }'
    assert properties_of(tmp_path, ["2026-08-22", ""], rule, zone) == [{"x": "2026-08-22"}, {}]
    assert properties_of(tmp_path, ["2026-08-22 00:00", "2026-08-22 12:30"], rule, zone) == [
        {"x": "2026-08-21T20:30:00Z"},
        {"x": "2026-08-22T09:00:00Z"},
    ]
    assert properties_of(tmp_path, ["۱۴۰۵/۰۵/۳۱"], rule) == [{"x": "2026-08-22"}]
    assert properties_of(tmp_path, ["1700000000123"], rule) == [{"x": "2023-11-14T22:13:20.123000Z"}]


def test_json_addresses_and_phones(tmp_path: Path) -> None:
    assert properties_of(tmp_path, ['{"a": [1, 2]}', "3"], '{ column = "x", type = "json" }') == [
        {"x": {"a": [1, 2]}},
        {"x": 3},
    ]
    assert properties_of(tmp_path, [" Sara@Example.COM", "no mail"], '{ column = "x", type = "email" }') == [
        {"x": "sara@example.com"},
        {"x": "no mail"},
    ]
    assert properties_of(tmp_path, ["۰۹۱۲ ۳۴۵ ۶۷۸۹", "12"], '{ column = "x", type = "phone" }') == [
        {"x": "+989123456789"},
        {"x": "12"},
    ]
    saudi = '{ column = "x", type = "phone", region = "SA" }'
    assert properties_of(tmp_path, ["050 123 4567"], saudi) == [{"x": "+966501234567"}]


@pytest.mark.parametrize(
    ("kind", "cell", "reason"),
    [
        ("number", "many", "row.number_unreadable"),
        ("boolean", "perhaps", "row.boolean_unreadable"),
        ("json", "{", "row.json_unreadable"),
        ("json", "[" * 100_000, "row.json_unreadable"),
        ("date", "soon", "row.time_unreadable"),
    ],
)
def test_a_value_that_is_not_of_its_type_costs_the_row(
    tmp_path: Path, kind: str, cell: str, reason: str
) -> None:
    path = a_file(tmp_path, f'{HEAD}x\na,2026-01-01,"{cell}"\nb,2026-01-01,\n')
    mapping = a_mapping(
        '[time]\nlayout = "ymd"',
        event=f'name = "e"\nat = "at"\nproperties = {{ x = {{ column = "x", type = "{kind}" }} }}',
    )
    report = tried(path, mapping)
    assert (report.events, report.rejected_by_reason) == (1, {reason: 1})
    assert report.first_rejected[0].row == 2
    assert "x" in report.first_rejected[0].sentence


def test_constants_and_properties_inside_properties(tmp_path: Path) -> None:
    path = a_file(tmp_path, f"{HEAD}url,title\na,2026-01-01,/a,Home\nb,2026-01-01,,\n")
    mapping = a_mapping(
        event="""
        name = "e"
        at = "at"
        [event.properties]
        version = { value = 2 }
        "context.page.url" = "url"
        "context.page.title" = "title"
        """
    )
    assert [event.properties for event in imported(path, mapping)] == [
        {"version": 2, "context": {"page": {"url": "/a", "title": "Home"}}},
        {"version": 2},
    ]


def test_objects_are_spread_and_named_properties_win(tmp_path: Path) -> None:
    lines = [
        {
            "customer": "a",
            "at": "2026-01-01",
            "traits": {"plan": "gold", "n": 1, "none": None},
            "more": {"n": 2},
            "x": "own",
        },
        {"customer": "b", "at": "2026-01-01", "traits": None},
        {"customer": "c", "at": "2026-01-01", "traits": [1]},
        {"customer": "d", "at": "2026-01-01", "more": {"x": "spread", "deep": {"a": [True]}}},
    ]
    path = a_file(tmp_path, "\n".join(map(json.dumps, lines)))
    mapping = a_mapping(event='name = "e"\nat = "at"\nspread = ["traits", "more"]\nproperties = { x = "x" }')
    assert [(event.customer, event.properties) for event in imported(path, mapping)] == [
        ("a", {"x": "own", "plan": "gold", "n": 2}),
        ("b", {}),
        ("d", {"deep": {"a": [True]}}),
    ]
    assert tried(path, mapping).rejected_by_reason == {"row.object_unreadable": 1}


def test_the_rest_becomes_properties_and_keeps_its_types(tmp_path: Path) -> None:
    path = a_file(tmp_path, "customer,at,city,n\na,2026-01-01,تهران,1\nb,2026-01-01,,2\n")
    mapping = a_mapping(event='name = "e"\nat = "at"\nrest = true')
    assert [event.properties for event in imported(path, mapping)] == [
        {"city": "تهران", "n": "1"},
        {"n": "2"},
    ]
    line = {"customer": "a", "at": "2026-01-01", "n": 1, "deep": {"b": {"c": 2}}, "list": [1], "no": None}
    path = a_file(tmp_path, json.dumps(line), "file.jsonl")
    assert [event.properties for event in imported(path, mapping)] == [
        {"n": 1, "deep": {"b": {"c": 2}}, "list": [1]}
    ]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(-1e6, 1e6) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(st.characters(codec="utf-8"), min_size=1, max_size=4), VALUES, max_size=5))
def test_any_json_object_comes_through_a_spread(
    tmp_path_factory: pytest.TempPathFactory, members: dict[str, object]
) -> None:
    line = {"customer": "a", "at": "2026-01-01", "p": members}
    path = a_file(tmp_path_factory.mktemp("json"), json.dumps(line))
    mapping = Mapping(
        name="m", customer=a_mapping().customer, event=[EventRule(name="e", at="at", spread=["p"])]
    )
    (event,) = imported(path, mapping)
    assert event.properties == {name: value for name, value in members.items() if value is not None}
