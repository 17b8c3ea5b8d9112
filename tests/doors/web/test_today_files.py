"""Today's numbers as files: raw, in the reader's language, for those who may, and noted."""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest

from a_shop import days_ago
from builders import an_event

FACTS = ["customers", "orders", "revenue", "conversion", "nps", "csat", "ces", "response"]


@pytest.fixture
def address(shop) -> str:
    return f"/w/{shop.workspace_id}/today"


@pytest.fixture
def notes(shop):
    """Return what was noted of files taken away."""
    from safar.doors.web.audit.models import Change

    return lambda: [
        (each.workspace_id, each.after) for each in Change.objects.filter(action="numbers.exported")
    ]


def lines_of(response) -> list[list[str]]:
    text = b"".join(response.streaming_content).decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:])))


def test_orders_by_day(let_in, address, a_month, shop, notes) -> None:
    response = let_in("fa", "analyst").get(f"{address}?period=7d&fact=orders&export=csv")
    assert response.status_code == 200
    assert f'filename="{shop.workspace_id}-orders.csv"' in response.headers["Content-Disposition"]
    head, *rows = lines_of(response)
    assert head == ["روز", "سفارش‌ها", "مشتریانی که سفارش دادند"]
    yesterday = days_ago(1).date().isoformat()
    assert [yesterday, "1", "1"] in rows
    assert notes() == [(shop.workspace_id, {"form": "csv", "fact": "orders", "period": "7d"})]


def test_revenue_keeps_currencies_apart(let_in, address, a_month, tell) -> None:
    tell(an_event("order_placed", days_ago(1), customer="x", amount=1250, currency="USD"))
    head, *rows = lines_of(let_in("en", "analyst").get(f"{address}?period=7d&fact=revenue&export=csv"))
    assert head == ["Day", "Currency", "Orders", "Ordered", "Paid back", "Revenue"]
    yesterday = days_ago(1).date().isoformat()
    assert [yesterday, "IRR", "1", "2500000", "0", "2500000"] in rows
    assert [yesterday, "USD", "1", "12.50", "0.00", "12.50"] in rows


@pytest.mark.parametrize("fact", FACTS)
def test_every_fact_has_a_sheet(let_in, address, a_month, fact: str) -> None:
    response = let_in("ar", "analyst").get(f"{address}?period=30d&fact={fact}&export=xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    assert sheet.sheet_view.rightToLeft
    assert sheet.max_row >= 4
    assert all(isinstance(row[1].value, int | float | str | None) for row in sheet.iter_rows(min_row=2))


def test_who_may_not_export_takes_nothing_away(let_in, address, a_month, notes) -> None:
    browser = let_in("en", "viewer")
    assert browser.get(f"{address}?fact=orders&export=csv").status_code == 403
    assert "export=csv" not in browser.get(address).content.decode()
    assert notes() == []


def test_a_fact_or_form_that_is_not_there(let_in, address, a_month, notes) -> None:
    browser = let_in("en", "analyst")
    assert browser.get(f"{address}?fact=ordrs&export=csv").status_code == 400
    assert browser.get(f"{address}?fact=orders&export=pdf").status_code == 400
    assert notes() == []
