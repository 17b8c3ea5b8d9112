from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from file_builders import a_file, a_mapping, csv_of, imported, tried
from safar.collect.amounts import AmountRule
from safar.collect.cells import Cells, NumberColumns
from safar.collect.formats import NumberUndecided
from safar.collect.mapping import Amount
from safar.collect.mapping_file import MappingWrong, mapping_toml, parse_mapping
from safar.collect.rows import Rows
from safar.vocabulary.money import exponent


def cells_of(**columns: list[str]) -> Cells:
    count = len(next(iter(columns.values())))
    rows = Rows(tuple(columns), dict(columns), np.arange(count), [""] * count)
    return Cells(rows, a_mapping())


def read(
    rule: Amount, currency: str, **columns: list[str]
) -> tuple[list[int], list[str], dict[int, str], int]:
    cells = cells_of(**columns)
    found = AmountRule(rule, [currency], NumberColumns(dict.fromkeys(columns, "."))).read(
        cells, np.arange(len(cells))
    )
    reasons = {place: rejection.reason for place, rejection in found.rejected.items()}
    return found.minor.tolist(), list(found.currency), reasons, found.rounded


def test_a_column_in_the_minor_units_of_each_currency() -> None:
    rule = Amount(column="total")
    for currency, minor in (("USD", 123450), ("KWD", 1234500), ("IRR", 1234)):
        amounts, currencies, _, rounded = read(rule, currency, total=["1,234.50", ""])
        assert (amounts, currencies) == ([minor, 0], [currency, ""])
        assert rounded == (currency == "IRR")


def test_products_signs_and_factors() -> None:
    columns = {"q": ["6", "-1", "2", ""], "p": ["2.55", "7.95", "0.005", "1"]}
    product = Amount(columns=["q", "p"])
    assert read(product, "GBP", **columns)[0] == [1530, -795, 1, 0]
    assert read(Amount(columns=["q", "p"], sign="absolute"), "GBP", **columns)[0] == [1530, 795, 1, 0]
    assert read(Amount(columns=["q", "p"], sign="opposite"), "GBP", **columns)[0] == [-1530, 795, -1, 0]
    assert read(Amount(columns=["q", "p"], times=10), "IRR", **columns)[0] == [153, -80, 0, 0]
    assert read(Amount(column="q", minor_units=True), "GBP", **columns)[0] == [6, -1, 2, 0]


def test_halves_are_rounded_to_even_and_counted() -> None:
    amounts, _, _, rounded = read(
        Amount(column="x"), "USD", x=["0.005", "0.015", "0.025", "1.00", "-0.005", "2.674999"]
    )
    assert amounts == [0, 2, 2, 100, 0, 267]
    assert rounded == 5


def test_currencies_stand_in_a_column() -> None:
    amounts, currencies, reasons, _ = read(
        Amount(column="x"), "{c}", x=["1.5", "1.5", "1.5", "1.5"], c=["usd", "KWD", "IRT", ""]
    )
    assert (amounts[:2], currencies) == ([150, 1500], ["usd".upper(), "KWD", "", ""])
    assert reasons == {2: "row.currency_unknown", 3: "row.currency_unknown"}
    lenient = read(Amount(column="x", lenient=True), "{c}", x=["1.5", "many", "1.5"], c=["USD", "USD", ""])
    assert lenient[:3] == ([150, 0, 0], ["USD", "", ""], {})


def test_what_is_no_number_or_too_large_is_rejected() -> None:
    _, _, reasons, _ = read(Amount(column="x"), "USD", x=["many", "9" * 18, "92233720368547758.07"])
    assert reasons == {0: "row.number_unreadable", 1: "row.amount_too_large"}
    assert read(Amount(column="x"), "USD", x=["92233720368547758.07"])[0] == [2**63 - 1]


DECIMALS = (
    st.decimals(-(10**9), 10**9, places=4) | st.decimals(-10, 10, places=3) | st.decimals(0, 10**15, places=2)
)


@given(
    st.lists(st.tuples(DECIMALS, DECIMALS), min_size=1, max_size=30), st.sampled_from(["USD", "KWD", "IRR"])
)
def test_amounts_are_exact_whatever_way_they_are_worked_out(
    pairs: list[tuple[Decimal, Decimal]], currency: str
) -> None:
    amounts, _, reasons, rounded = read(
        Amount(columns=["a", "b"]), currency, a=[f"{a:f}" for a, _ in pairs], b=[f"{b:f}" for _, b in pairs]
    )
    exact = [a * b * 10 ** exponent(currency) for a, b in pairs]
    expected = [value.to_integral_value(ROUND_HALF_EVEN) for value in exact]
    kept = [place for place, value in enumerate(expected) if abs(value) < 2**63]
    assert [amounts[place] for place in kept] == [int(expected[place]) for place in kept]
    assert set(reasons) == set(range(len(pairs))) - set(kept)
    assert rounded == sum(expected[place] != exact[place] for place in kept)


def test_a_thousands_separator_is_told_from_the_column(tmp_path: Path) -> None:
    event = 'name = "paid"\nat = "at"\namount = "total"'
    english = a_file(tmp_path, 'customer,at,total\na,2026-01-01,"1,234"\nb,2026-01-01,"5,678.50"\n')
    assert [each.amount for each in imported(english, a_mapping('currency = "USD"', event=event))] == [
        123400,
        567850,
    ]
    german = a_file(tmp_path, "customer;at;total\na;2026-01-01;1.234\nb;2026-01-01;5.678,50\n")
    assert [each.amount for each in imported(german, a_mapping('currency = "EUR"', event=event))] == [
        123400,
        567850,
    ]
    persian = a_file(tmp_path, "customer,at,total\na,2026-01-01,۱٬۲۳۴٬۰۰۰\nb,2026-01-01,۵۰۰\n")
    assert [each.amount for each in imported(persian, a_mapping('currency = "IRR"', event=event))] == [
        1_234_000,
        500,
    ]


def test_a_report_says_what_amounts_come_to(tmp_path: Path) -> None:
    path = a_file(
        tmp_path,
        csv_of(
            [
                ("customer", "at", "total", "c"),
                ("a", "2026-01-01", "1.2550", "USD"),
                ("b", "2026-01-01", "3", "EUR"),
                ("c", "2026-01-01", "2", "USD"),
            ]
        ),
    )
    mapping = a_mapping('currency = "{c}"', event='name = "paid"\nat = "at"\namount = "total"')
    report = tried(path, mapping)
    assert (report.amounts, report.amounts_rounded) == ({"USD": 326, "EUR": 300}, 1)


@pytest.mark.parametrize("text", ["", "x"])
def test_an_empty_amount_is_no_amount_and_a_wrong_one_costs_the_row(tmp_path: Path, text: str) -> None:
    path = a_file(
        tmp_path, csv_of([("customer", "at", "total"), ("a", "2026-01-01", text), ("b", "2026-01-01", "2")])
    )
    mapping = a_mapping(
        'currency = "USD"\n[number]\ndecimal = "."', event='name = "paid"\nat = "at"\namount = "total"'
    )
    found = [(event.customer, event.amount, event.currency) for event in imported(path, mapping)]
    assert found == [("a", 0, "")] * (text == "") + [("b", 200, "USD")]


def test_numbers_of_typed_formats_have_a_point_and_are_never_asked_about(tmp_path: Path) -> None:
    path = a_file(tmp_path, '{"customer":"a","at":"2026-01-01","total":1.234}\n', "file.jsonl")
    mapping = a_mapping('currency = "KWD"', event='name = "paid"\nat = "at"\namount = "total"')
    assert [event.amount for event in imported(path, mapping)] == [1234]


def test_numbers_that_read_two_ways_are_asked_about(tmp_path: Path) -> None:
    path = a_file(tmp_path, "customer,at,total\na,2026-01-01,1.234\n")
    event = 'name = "paid"\nat = "at"\namount = "total"'
    with pytest.raises(NumberUndecided, match="'total' has numbers that read in two ways"):
        imported(path, a_mapping('currency = "KWD"', event=event))
    pointed = a_mapping('currency = "KWD"\n[number]\ndecimal = "."', event=event)
    assert [each.amount for each in imported(path, pointed)] == [1234]


IN_TWO_UNITS = """
name = "shop"
currency = "{unit}"
[units]
"تومان" = "IRR*10"
"ریال" = "IRR"
Rial = "IRR"
[customer]
id = "id"
[[event]]
name = "order_placed"
at = "at"
amount = "total"
"""


def test_a_column_says_in_which_unit_each_amount_is(tmp_path: Path) -> None:
    path = a_file(
        tmp_path,
        """
        id,at,total,unit
        a,2026-01-01,12,تومان
        b,2026-01-01,12,ريال
        c,2026-01-01,12,RIAL
        d,2026-01-01,12.5,usd
        e,2026-01-01,90071992547409931,تومان
        f,2026-01-01,12,سکه
        g,2026-01-01,12,
        """,
    )
    mapping = parse_mapping(IN_TWO_UNITS)
    assert parse_mapping(mapping_toml(mapping)) == mapping
    assert {event.customer: (event.amount, event.currency) for event in imported(path, mapping)} == {
        "a": (120, "IRR"), "b": (12, "IRR"), "c": (12, "IRR"), "d": (1250, "USD"),
        "e": (900719925474099310, "IRR"),
    }  # fmt: skip
    rejected = tried(path, mapping).first_rejected
    assert [(row.reason, row.sentence) for row in rejected] == [
        ("row.currency_unknown", "'سکه' is not a known currency."),
        ("row.currency_unknown", "'' is not a known currency."),
    ]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('currency = { column = "unit" }', 'Write currency = "IRR", or currency = "{Column}"'),
        ('currency = "toman"', "[units]"),
        ('currency = "IRR"\nunits = { toman = "IRR x 10" }', "IRR*10"),
        ('currency = "IRR"\nunits = { toman = "IRT*10" }', ""),
    ],
)
def test_a_unit_that_is_none_is_refused_with_what_to_write(line: str, message: str) -> None:
    with pytest.raises(MappingWrong) as refused:
        parse_mapping(
            f'name = "shop"\n{line}\n[customer]\nid = "id"\n[[event]]\nname = "x"\nat = "at"\namount = "total"\n'
        )
    assert message in refused.value.hint
