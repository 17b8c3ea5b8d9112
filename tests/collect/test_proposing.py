from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from file_builders import a_file, csv_of, imported, tried
from safar.collect.column_words import (
    CANCELLED,
    MOMENTS,
    NAMES,
    NO_MOMENT,
    UNITS,
    is_cancelled,
    moment_of,
    plain_name,
    role_rank,
)
from safar.collect.draft import NothingToPropose
from safar.collect.look import look_at
from safar.collect.mapping_file import mapping_toml, parse_mapping
from safar.collect.proposing import Proposal, propose_mapping


def proposed(path: Path, *, currency: str = "") -> Proposal:
    proposal = propose_mapping(look_at(path), currency=currency)
    assert parse_mapping(mapping_toml(proposal.mapping)) == proposal.mapping
    return proposal


def test_words_are_written_as_they_are_compared() -> None:
    words = [name for names in NAMES.values() for name in names] + [*NO_MOMENT]
    words += [word for known in MOMENTS.values() for word in known] + [*UNITS, *CANCELLED]
    assert [word for word in words if plain_name(word) != word] == []


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("CustomerID", "customer"), ("customer_id", "customer"), ("case:concept:name", "customer"),
        ("شناسهٔ مشتری", "customer"),
        ("رقم العميل", "customer"), ("InvoiceDate", "time"), ("تاریخ سفارش", "time"), ("UnitPrice", "price"),
        ("مبلغ", "amount"), ("Activity", "event"), ("e-mail", "email"), ("الجوال", "phone"),
    ],
)  # fmt: skip
def test_names_stand_for_roles_in_three_languages(name: str, role: str) -> None:
    assert role_rank(role, name) is not None
    assert [other for other in NAMES if role_rank(other, name) is not None] == [role]


def test_moments_are_told_from_promises() -> None:
    assert [moment_of(name) for name in ("delivered_at", "تاریخ تحویل", "promised_delivery", "updated_at", "at")] == [
        "order_delivered", "order_delivered", "", "", "",
    ]  # fmt: skip


def test_a_first_look_says_what_columns_hold(tmp_path: Path) -> None:
    path = a_file(
        tmp_path,
        """
        id,at,n,postcode,mail,phone,c,ok,empty,object,text
        17,2026-01-01,"1,5",01234,a@x.com,09123456789,IRR,yes,,"{""a"":1}",?
        18,2026-01-02,-2,00007,b@x.com,+989123456780,USD,no,,"{}",NA
        """,
    )
    look = look_at(path)
    assert {column.name: column.kind for column in look.columns} == {
        "id": "number", "at": "time", "n": "number", "postcode": "text", "mail": "email", "phone": "phone",
        "c": "currency", "ok": "boolean", "empty": "empty", "object": "object", "text": "text",
    }  # fmt: skip
    assert look.rows == 2
    assert look.column("text").null_words == ("?", "NA")
    assert (look.column("empty").filled_share, look.column("id").examples) == (0, ("17", "18"))
    number = look.column("n").number
    assert number is not None
    assert (number.decimal, number.negative) == (",", True)


def test_a_column_that_names_events_makes_an_event_log(tmp_path: Path) -> None:
    path = a_file(
        tmp_path,
        "user_id,event,timestamp,city\na,home,2026-01-01,Tehran\na,cart,2026-01-02,Tehran\n",
        "My Log.csv",
    )
    proposal = proposed(path)
    assert re.fullmatch("events_[0-9a-f]{8}", proposal.mapping.name)
    assert [(event.customer, event.name, event.properties) for event in imported(path, proposal.mapping)] == [
        ("a", "home", {"city": "Tehran"}),
        ("a", "cart", {"city": "Tehran"}),
    ]
    assert {choice.column for choice in proposal.choices} == {"user_id", "event", "timestamp"}


def test_several_instants_of_an_order_make_an_event_each(tmp_path: Path) -> None:
    path = a_file(
        tmp_path,
        """
        شماره سفارش,کد مشتری,تاریخ ثبت,تاریخ ارسال,تاریخ تحویل,تحویل موعود,مبلغ,ایمیل
        1,۷,1402/01/05 10:00,1402/01/06 12:00,1402/01/08 09:00,1402/01/07 09:00,"۱٬۲۵۰٬۰۰۰",A@x.com
        2,۸,1402/12/29 10:00,,,1403/01/02 09:00,"۵۰۰٬۰۰۰",b@x.com
        """,
    )
    mapping = proposed(path, currency="IRR").mapping
    assert mapping.key == ["شماره سفارش"]
    assert (mapping.time.layout, mapping.time.calendar) == ("ymd", "jalali")
    events = [event for event in imported(path, mapping) if event.name != "identify"]
    assert [(event.customer, event.name, event.amount) for event in events] == [
        ("7", "order_placed", 1_250_000), ("7", "order_shipped", 0), ("7", "order_delivered", 0),
        ("8", "order_placed", 500_000),
    ]  # fmt: skip
    assert events[0].properties == {"order_id": "1", "تحویل موعود": "2023-03-27T09:00:00Z"}


def test_lines_of_orders_with_negative_quantities_make_orders_and_returns(tmp_path: Path) -> None:
    lines = [
        (f"o{n // 3}", f"s{n}", 2 if n < 12 else -1, "2026-01-13 10:00", "1.50", f"c{n // 6}")
        for n in range(15)
    ]
    path = a_file(
        tmp_path,
        csv_of([("InvoiceNo", "StockCode", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID"), *lines]),
    )
    mapping = proposed(path, currency="GBP").mapping
    assert [(event.name, event.amount) for event in imported(path, mapping)] == [
        ("order_placed", 900)
    ] * 4 + [("order_returned", 450)]


def test_without_a_currency_amounts_stay_plain_numbers(tmp_path: Path) -> None:
    path = a_file(tmp_path, "customer,date,total\na,2026-01-01,2.50\n")
    assert [
        (event.name, event.currency, event.properties) for event in imported(path, proposed(path).mapping)
    ] == [("event", "", {"total": 2.5})]
    coded = a_file(tmp_path, "customer,date,total,currency\na,2026-01-01,2.50,USD\n")
    assert tried(coded, proposed(coded).mapping).amounts == {"USD": 250}


def test_question_marks_are_proposed_as_nulls_and_na_never(tmp_path: Path) -> None:
    path = a_file(tmp_path, "customer,date,event,x\nNA,2026-01-01,a,?\nb,2026-01-01,b,NA\n")
    mapping = proposed(path).mapping
    assert mapping.file.null == ["?"]
    assert [(event.customer, event.properties) for event in imported(path, mapping)] == [
        ("NA", {}),
        ("b", {"x": "NA"}),
    ]


def test_dates_that_read_two_ways_are_left_to_a_person(tmp_path: Path) -> None:
    path = a_file(tmp_path, "customer,date,event\na,01/02/2026,a\n")
    assert proposed(path).mapping.time.layout is None


def test_ids_of_events_and_blank_separated_files(tmp_path: Path) -> None:
    lines = [
        {"message_id": f"m{n}", "user_id": "a", "event": "x", "timestamp": "2026-01-01T00:00:00Z"}
        for n in range(3)
    ]
    path = a_file(tmp_path, "\n".join(map(json.dumps, lines)), "x.jsonl")
    assert proposed(path).mapping.event_id == "message_id"
    blanks = a_file(
        tmp_path, " customer_id  date dollar_value\n 01 19970101  11.77\n 02 19970112  12.00\n", "cdnow.txt"
    )
    mapping = proposed(blanks, currency="USD").mapping
    assert (mapping.file.delimiter, mapping.time.layout) == ("whitespace", "compact")
    assert [(event.customer, event.amount) for event in imported(blanks, mapping)] == [
        ("01", 1177),
        ("02", 1200),
    ]


def test_a_file_without_customers_or_without_times_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NothingToPropose, match="looks like the customer's id"):
        proposed(a_file(tmp_path, "x,date\n1,2026-01-01\n"))
    with pytest.raises(NothingToPropose, match="holds dates"):
        proposed(a_file(tmp_path, "customer,x\na,1\n"))


SHOP = """\
شماره سفارش,شماره مشتری,تاریخ سفارش,مبلغ,واحد پول,وضعیت
SF-۱,۰۹۱۲۰۰۰۰۰۳۱,۱۴۰۵/۰۶/۱۰ ۰۹:۴۶,۶۶٬۳۹۰٬۰۰۰,ریال,تحویل شده
SF-۲,۰۹۱۲۰۰۰۰۰۱۵,۱۴۰۵/۰۷/۱۸ ۲۲:۱۸,۱٬۱۱۴٬۰۰۰,تومان,در حال ارسال
SF-۳,۰۹۱۲۰۰۰۰۰۳۱,۱۴۰۵/۰۶/۲۷ ۰۹:۱۶,۱٬۰۰۰,تومان,لغو شده
"""
#: The same from another program: windows-1256 with ي and ك, Latin digits, and one order more.
SHOP_AGAIN = """\
شماره سفارش,شماره مشتري,تاريخ سفارش,مبلغ,واحد پول,وضعيت
SF-1,09120000031,1405/06/10 09:46,66390000,ريال,تحويل شده
SF-2,09120000015,1405/07/18 22:18,1114000,تومان,تحويل شده
SF-3,09120000031,1405/06/27 09:16,1000,تومان,لغو شده
SF-4,09120000015,1405/07/19 10:00,500,تومان,تحويل شده
"""


def test_a_column_of_units_of_money_is_taken_at_its_word(tmp_path: Path) -> None:
    path = a_file(tmp_path, SHOP)
    mapping = proposed(path, currency="IRR").mapping
    assert (mapping.currency, mapping.units) == ("{واحد پول}", {"ریال": "IRR", "تومان": "IRR*10"})
    assert [(each.customer, each.name, each.amount) for each in imported(path, mapping) if each.amount] == [
        ("09120000031", "order_placed", 66_390_000),
        ("09120000015", "order_placed", 11_140_000),
        ("09120000031", "order_cancelled", 10_000),
    ]


def test_a_unit_that_nobody_knows_is_said_and_costs_its_rows(tmp_path: Path) -> None:
    path = a_file(tmp_path, SHOP.replace("۰۹:۱۶,۱٬۰۰۰,تومان", "۰۹:۱۶,۱٬۰۰۰,سکه"))
    proposal = proposed(path, currency="IRR")
    assert any("'سکه'" in doubt for doubt in proposal.doubts)
    assert tried(path, proposal.mapping).rejected_by_reason == {"row.currency_unknown": 1}


@pytest.mark.parametrize(
    ("header", "currency", "amount", "code"),
    [
        ("مبلغ (تومان)", "IRR", 120, "IRR"), ("قیمت (تومان)", "USD", 120, "IRR"), ("Amount (Toman)", "IRR", 120, "IRR"),
        ("مبلغ (ریال)", "USD", 12, "IRR"), ("المبلغ (ريال)", "SAR", 1200, "SAR"), ("price_usd", "IRR", 1200, "USD"),
        ("مبلغ به هزار تومان", "IRR", 120_000, "IRR"),
    ],
)  # fmt: skip
def test_a_name_says_the_unit_of_its_amounts(
    tmp_path: Path, header: str, currency: str, amount: int, code: str
) -> None:
    path = a_file(tmp_path, f"order_id,customer,date,{header}\n1,a,2026-01-01,12\n2,b,2026-01-02,12\n")
    proposal = proposed(path, currency=currency)
    events = imported(path, proposal.mapping)
    assert [(each.name, each.amount, each.currency) for each in events] == [
        ("order_placed", amount, code)
    ] * 2
    assert proposal.doubts == []


def test_an_amount_without_a_unit_or_orders_without_an_amount_are_said(tmp_path: Path) -> None:
    path = a_file(tmp_path, "order_id,customer,date,total\n1,a,2026-01-01,12\n")
    (doubt,) = proposed(path, currency="IRR").doubts
    assert doubt.startswith("No column says the currency of 'total': IRR is taken")
    (doubt,) = proposed(path).doubts
    assert doubt == "Nothing says the currency of 'total': it stays a plain number."
    (doubt,) = proposed(a_file(tmp_path, "order_id,customer,date,total\n1,a,2026-01-01,x\n")).doubts
    assert doubt.endswith("'total' is named as one, but too many of its values are no numbers.")
    (doubt,) = proposed(a_file(tmp_path, "order_id,customer,date\n1,a,2026-01-01\n")).doubts
    assert doubt.startswith("No column was taken for the amount")


def test_another_export_of_the_same_orders_adds_only_what_is_new(tmp_path: Path) -> None:
    first = a_file(tmp_path, SHOP, "orders.csv")
    second = a_file(tmp_path, SHOP_AGAIN, "export-2.csv", encoding="cp1256")
    drafts = [proposed(path, currency="IRR").mapping for path in (first, second)]
    assert drafts[0].name == drafts[1].name
    known = {each.event_id for each in imported(first, drafts[0])}
    fresh = [each for each in imported(second, drafts[1]) if each.event_id not in known]
    assert [(each.name, each.properties["order_id"]) for each in fresh] == [("order_placed", "SF-4")]


def test_telephone_numbers_that_are_ids_are_traits_too(tmp_path: Path) -> None:
    path = a_file(tmp_path, SHOP)
    events = imported(path, proposed(path, currency="IRR").mapping)
    assert [each.properties for each in events if each.name == "identify"] == [
        {"phone": "+989120000031"}, {"phone": "+989120000015"},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("status", "called_off"),
    [
        ("لغو شده", True),
        ("ملغي", True),
        ("Canceled", True),
        ("لغو نشده", False),
        ("not cancelled", False),
        ("", False),
    ],
)
def test_which_words_call_an_order_off(status: str, called_off: bool) -> None:
    assert is_cancelled(status) is called_off


def test_one_wrong_date_or_amount_among_few_costs_its_row_and_no_more(tmp_path: Path) -> None:
    rows = [f"{n},c{n},1405/06/1{n},{n}" for n in range(4)]
    path = a_file(
        tmp_path,
        "\n".join(["order_id,customer,order_date,total", *rows, "8,c8,1405/06/19,free", "9,c9,soon,5"]),
    )
    proposal = proposed(path, currency="USD")
    assert any("row 7 has 'soon'" in doubt for doubt in proposal.doubts)
    report = tried(path, proposal.mapping)
    assert (report.events, report.rejected_by_reason) == (
        4,
        {"row.number_unreadable": 1, "row.time_unreadable": 1},
    )


def test_a_column_that_nearly_holds_dates_is_named_with_its_first_wrong_row(tmp_path: Path) -> None:
    rows = [f"{n},c,2026-01-{n:02},5" for n in range(1, 20)] + [f"{n},c,x{n},5" for n in range(20, 33)]
    path = a_file(tmp_path, "\n".join(["order_id,customer,order_date,total", *rows]))
    with pytest.raises(NothingToPropose, match=r"'order_date' nearly does: 59% .* row 21 has 'x20'"):
        proposed(path)
