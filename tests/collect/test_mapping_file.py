from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from file_builders import EXAMPLES
from safar.collect.mapping import Condition, Customer, EventRule, Mapping, Property
from safar.collect.mapping_file import (
    MappingColumnsMissing,
    MappingUnreadable,
    MappingWrong,
    check_columns,
    load_mapping,
    mapping_toml,
    parse_mapping,
)

TEXT = """\
name = "shop"
currency = "GBP"
[file]
null = ["?"]
[time]
layout = "dmy"
[customer]
id = ["a", { column = "b", type = "email" }]
[customer.traits]
email = { column = "E-mail", type = "email" }
[[event]]
name = "order_placed"
at = "day"
when = [{ column = "q", above = 0 }]
amount = { columns = ["q", "price"] }
[event.properties]
"order id" = "x"
n = { column = "q", type = "number" }
[[event]]
name = "{Activity}"
at = { columns = ["started", "ended"], layout = "ymd" }
"""


def test_a_mapping_is_read_and_written_back() -> None:
    mapping = parse_mapping(TEXT)
    assert [column.column for column in mapping.customer.id_columns()] == ["a", "b"]
    assert mapping.event[1].time_columns() == ["started", "ended"]
    assert parse_mapping(mapping_toml(mapping)) == mapping


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.toml")), ids=lambda path: path.stem)
def test_the_shipped_mappings_are_read_and_written_back(path: Path) -> None:
    mapping = load_mapping(path)
    assert parse_mapping(mapping_toml(mapping)) == mapping
    assert mapping.description


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("above", "abov", "line 14, in event[0].when[0]: there is no field 'abov'. Did you mean \"above\"?"),
        ('"dmy"', '"_"', "line 6, in time.layout: Invalid enum value '_'. Use one of ymd, dmy,"),
        ('"dmy"', '"dym"', 'Did you mean "ymd"?'),
        ("currency", "curency", "line 2: there is no field 'curency'. Did you mean \"currency\"?"),
        ('"GBP"', '"GPB"', "currency: 'GPB' is not a known currency."),
        ('name = "shop"', "", "the field 'name' is missing"),
        ('name = "shop"', 'name = "a shop"', "in name"),
        ('"order_placed"', "3", "in event[0].name: Expected `str`, got `int`"),
        ('type = "number"', 'type = "numbr"', 'Did you mean "number"?'),
        ('"{Activity}"', '"{Activity"', "event[1].name: '{Activity' has a lone '{' at character 1."),
        ("above = 0", 'matches = "("', "event[0].when[0].matches: '(' is not a regular expression"),
        (", above = 0", "", "event[0].when[0]: it asks nothing of 'q'."),
        ('columns = ["q", "price"]', "", "event[0].amount: it wants either column or columns."),
        ('columns = ["q", "price"]', 'column = "q", columns = ["q"]', "it wants either column or columns"),
        ('currency = "GBP"', "", "event[0].amount: its currency is missing."),
        ('null = ["?"]', 'encoding = "utf8mb4"', "file.encoding: 'utf8mb4' is not an encoding of text."),
        ('null = ["?"]', 'delimiter = "||"', "file.delimiter: '||' is not one character."),
        ('layout = "dmy"', 'time_zone = "Asia/Teheran"', 'is not a time zone. Did you mean "Asia/Tehran"?'),
        ('column = "q", type = "number"', "", "event[0].properties.n: it wants either column or value."),
        ('["started", "ended"]', "[]", "event[1].at: no column is named."),
        ('currency = "GBP"', 'currency = "GBP"\nkey = ["a"]\nevent_id = "b"', "key: event_id is given too."),
        ("[file]", '[derive]\nd = { column = "x", extract = "a" }\n[file]', "'a' does not have one group."),
        ("[file]", '[derive]\nd = { column = "x" }\n[file]', "derive.d: it wants either text, first, row, or column"),
        ("[file]", '[derive]\nd = { column = "x", extract = "(a)", text = "b" }\n[file]', "it wants either text"),
        ("[file]", '[derive]\nd = { first = ["x"], column = "y" }\n[file]', "it wants either text"),
        ("[file]", '[derive]\nd = { first = ["x"], row = true }\n[file]', "it wants either text"),
        ('at = "day"', 'at = "day"\nitems = { a = "b" }', "event[0].items: per is missing."),
        ('at = "day"', 'at = "day"\nper = ["a"]\nkey = ["b"]', "event[0].key: per is given too."),
    ],
)  # fmt: skip
def test_every_mistake_is_named_with_its_place(old: str, new: str, says: str) -> None:
    assert old in TEXT
    with pytest.raises(MappingWrong) as refusal:
        parse_mapping(TEXT.replace(old, new, 1), name="shop.toml")
    assert says in str(refusal.value)
    assert str(refusal.value).startswith("shop.toml")


def test_broken_toml_is_named_with_line_and_column(tmp_path: Path) -> None:
    with pytest.raises(MappingUnreadable, match="line 7, column 10"):
        parse_mapping(TEXT.replace("[customer]", "[customer"))
    with pytest.raises(MappingUnreadable):
        load_mapping(tmp_path / "none.toml")


def test_all_problems_are_in_the_context() -> None:
    with pytest.raises(MappingWrong) as refusal:
        parse_mapping(TEXT.replace('"GBP"', '"GPB"').replace('"{Activity}"', '"{"'))
    assert refusal.value.context["problems"] == [
        "currency: 'GPB' is not a known currency.",
        "event[1].name: '{' has a lone '{' at character 1.",
    ]


NAMES = ["a", "b", "E-mail", "day", "q", "price", "x", "Activity", "started", "ended"]


def test_columns_that_the_file_lacks_are_named_with_the_nearest() -> None:
    mapping = parse_mapping(TEXT)
    check_columns(mapping, NAMES)
    with pytest.raises(MappingColumnsMissing) as refusal:
        check_columns(mapping, ["email" if name == "E-mail" else name for name in NAMES if name != "ended"])
    assert refusal.value.context["missing"] == ["E-mail", "ended"]
    assert "'E-mail' (customer.traits.email) Did you mean \"email\"?" in str(refusal.value)


def test_loose_files_need_one_column_of_the_id_and_one_of_the_time() -> None:
    mapping = parse_mapping(TEXT)
    check_columns(mapping, ["b", "ended"], loose=True)
    for names, missing in ((["b"], ["day", "started", "ended"]), (["day"], ["a", "b"])):
        with pytest.raises(MappingColumnsMissing) as refusal:
            check_columns(mapping, names, loose=True)
        assert refusal.value.context["missing"] == missing


def test_optional_and_inner_columns_need_not_be_there() -> None:
    mapping = parse_mapping(TEXT.replace('null = ["?"]', 'optional = ["E-mail"]').replace('"x"', '"q.inner"'))
    check_columns(mapping, [name for name in NAMES if name not in ("E-mail", "x")])


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="{}\0"), min_size=1, max_size=10)


@given(
    TEXTS, TEXTS, st.dictionaries(TEXTS, TEXTS, max_size=3), st.floats(-1e9, 1e9), st.lists(TEXTS, max_size=3)
)
def test_any_mapping_survives_toml(
    column: str, name: str, properties: dict[str, str], limit: float, nulls: list[str]
) -> None:
    rules: dict[str, str | Property] = {**properties, "constant": Property(value=limit)}
    mapping = Mapping(
        name="m",
        customer=Customer(id=column),
        event=[
            EventRule(
                name=name,
                at=column,
                when=[Condition(column=column, above=limit, one_of=nulls, present=True)],
                properties=rules,
                items={"a": column},
                per=[column],
            )
        ],
    )
    assert parse_mapping(mapping_toml(mapping)) == mapping
