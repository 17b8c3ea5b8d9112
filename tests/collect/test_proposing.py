from __future__ import annotations

import json
from pathlib import Path

import pytest

from file_builders import a_file, csv_of, imported, tried
from safar.collect.column_words import MOMENTS, NAMES, NO_MOMENT, moment_of, plain_name, role_rank
from safar.collect.look import look_at
from safar.collect.mapping_file import mapping_toml, parse_mapping
from safar.collect.proposing import NothingToPropose, Proposal, propose_mapping


def proposed(path: Path, *, currency: str = "") -> Proposal:
    proposal = propose_mapping(look_at(path), currency=currency)
    assert parse_mapping(mapping_toml(proposal.mapping)) == proposal.mapping
    return proposal


def test_words_are_written_as_they_are_compared() -> None:
    words = [name for names in NAMES.values() for name in names] + [*NO_MOMENT]
    words += [word for known in MOMENTS.values() for word in known]
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
    assert proposal.mapping.name == "my_log"
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
