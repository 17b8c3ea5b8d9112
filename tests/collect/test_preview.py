from __future__ import annotations

from pathlib import Path

import pytest

from file_builders import a_file
from safar.collect.look import look_at
from safar.collect.mapping import Mapping
from safar.collect.preview import preview, raw_preview
from safar.collect.proposing import propose_mapping
from safar.collect.shipped import fits, shipped_mapping, shipped_mappings

ORDERS = """
order_id,customer_id,placed_at,total
o1,c1,2024-02-29 10:00,1250
o2,,2024-03-01 09:15,80
o3,c3,2024-03-02 25:00,15
o4,c4,2024-03-02 11:00
o5,c5,2024-03-04 11:00,x
"""


def drafted(path: Path) -> Mapping:
    return propose_mapping(look_at(path), currency="USD").mapping


def test_first_rows_are_shown_as_they_stand_with_their_mistakes(tmp_path: Path) -> None:
    path = a_file(tmp_path, ORDERS)
    found = preview(path, drafted(path))
    assert found.names == ("order_id", "customer_id", "placed_at", "total")
    assert [row.cells[0] for row in found.rows] == ["o1", "o2", "o3", "o4", "o5"]
    mistakes = {
        row.number: (row.rejection.reason, row.rejection.column) for row in found.rows if row.rejection
    }
    assert mistakes == {
        3: ("row.customer_missing", "customer_id"),
        4: ("row.time_unreadable", "placed_at"),
        5: ("row.cells", ""),
        6: ("row.number_unreadable", "total"),
    }
    assert (found.rows_looked_at, found.rejected, len(found.events), found.mistakes) == (5, 4, 1, ())
    assert [row.rejection for row in raw_preview(path, found.shape).rows if row.number != 5] == [None] * 4


def test_mistakes_further_down_are_shown_after_the_first_rows(tmp_path: Path) -> None:
    rows = [f"o{n},c{n},2024-03-01 09:15,80" for n in range(40)] + ["o40,,2024-03-01 09:15,80"] * 7
    path = a_file(tmp_path, "\n".join(["order_id,customer_id,placed_at,total", *rows]))
    found = preview(path, drafted(path))
    assert [row.number for row in found.rows] == list(range(2, 22))
    assert [row.number for row in found.mistakes] == [42, 43, 44, 45, 46]
    assert found.rejected == 7


def test_a_file_that_changes_its_mark_half_way_shows_so(tmp_path: Path) -> None:
    path = a_file(tmp_path, ORDERS + "o6;c6;2024-03-04 11:00;5\no7;c7;2024-03-04 11:00;5\n")
    found = preview(path, drafted(path))
    assert [row.rejection.reason for row in found.rows[5:] if row.rejection] == ["row.cells", "row.cells"]
    assert (found.rows_looked_at, found.rejected) == (7, 6)


def test_a_huge_cell_is_cut(tmp_path: Path) -> None:
    path = a_file(
        tmp_path, f"order_id,customer_id,placed_at,total\no1,c1,2024-02-29,1\no2,{'x' * 9000},2024-03-01,1\n"
    )
    assert len(preview(path, drafted(path)).rows[1].cells[1]) == 300


def test_mappings_are_shipped_and_fit_the_files_they_are_for() -> None:
    assert len(shipped_mappings()) == 14
    retail = shipped_mapping("online_retail")
    assert retail is not None
    names = [
        "InvoiceNo",
        "StockCode",
        "Description",
        "Quantity",
        "InvoiceDate",
        "UnitPrice",
        "CustomerID",
        "Country",
    ]
    assert [each.name for each in shipped_mappings() if fits(each, names)] == ["online_retail"]
    assert not fits(retail, names[:-1])
    assert shipped_mapping("nobody") is None


FILES = {
    "orders": ORDERS.replace("2024-03-02 25:00", "2024-03-02 05:00"),
    "moments": "id,customer,placed_at,delivered_at,total,city\n1,a,2024-01-01,2024-01-03,5,x\n2,b,2024-01-02,,6,y\n",
    "lines": "order_no,customer,date,sku,product,quantity,unit price\n"
    + "".join(f"{n // 3},c{n // 6},2024-01-0{1 + n // 9},s{n},p,{n % 4 - 1},{n + 1}\n" for n in range(30)),
    "log": "case id,activity,timestamp,mail,x\na,pay,2024-01-01,a@b.com,1\na,ship,2024-01-02,a@b.com,2\n",
    "toman": "کد مشتری,شماره سفارش,تاریخ,مبلغ,واحد,وضعیت\n۱,۱,۱۴۰۳/۰۱/۰۱,۱۰۰,تومان,تحویل\n"
    "۲,۲,۱۴۰۳/۰۱/۰۲,۲۰۰,ریال,لغو شده\n",
    "tickets": "ticket id,caller,opened_at,resolved_at,kind\n1,a,2024-01-01,2024-01-02,q\n2,b,2024-01-02,,q\n",
}


@pytest.mark.parametrize("kind", FILES)
def test_a_draft_that_is_told_what_it_took_columns_for_is_the_same_draft(kind: str, tmp_path: Path) -> None:
    look = look_at(a_file(tmp_path, FILES[kind]))
    first = propose_mapping(look, currency="IRR")
    assert first.roles.keys() == set(look.shape.names)
    again = propose_mapping(look, currency="IRR", roles=first.roles)
    if kind == "log":  # there what is left is named one by one
        assert (again.mapping.customer, again.roles) == (first.mapping.customer, first.roles)
    else:
        assert again.mapping == first.mapping


def test_what_a_person_says_outranks_names_and_values(tmp_path: Path) -> None:
    look = look_at(a_file(tmp_path, FILES["toman"]))
    roles = {"شماره سفارش": "customer", "کد مشتری": "order", "واحد": "ignored", "وضعیت": "text"}
    said = propose_mapping(
        look, currency="IRR", roles=roles, unit="IRR*10", event_name="subscription_paid"
    ).mapping
    assert said.customer.id == "شماره سفارش"
    (rule,) = said.event
    assert (rule.name, rule.currency, said.currency) == ("subscription_paid", "IRR", None)
    amount = rule.amount_rule()
    assert amount is not None
    assert (amount.column, amount.times) == ("مبلغ", 10)
    assert set(rule.properties) == {"order_id", "وضعیت"}
    assert rule.properties["وضعیت"] == "وضعیت"
