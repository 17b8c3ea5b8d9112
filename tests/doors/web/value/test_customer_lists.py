"""Lists of customers leave as files for those alone who may see customers and take rows away, and that is noted."""

from __future__ import annotations

import csv
import io
import re

import pyarrow.parquet as pq
import pytest

from a_shop import days_ago
from builders import an_event

LISTED = ("/churn?method=p_alive", "/clv", "/rfm")


@pytest.mark.parametrize("below", LISTED)
def test_a_list_is_that_of_the_library(let_in, shop, desk, buyers, below) -> None:
    from safar.doors.web.audit.models import Change

    browser = let_in("fa", "analyst")
    sign = "&" if "?" in below else "?"
    assert "table=customer_table" in browser.get(desk(below)).content.decode()
    answer = browser.get(desk(f"{below}{sign}export=csv&table=customer_table"))
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    ids = [row["customer_id"] for row in rows]
    assert len(ids) == len(set(ids)) >= 20
    assert set(ids) <= {f"b{number}" for number in range(120)}
    assert "-customers.csv" in answer.headers["Content-Disposition"]
    found = browser.get(desk(f"{below}{sign}export=parquet&table=customer_table"))
    assert pq.read_table(io.BytesIO(found.content)).column("customer_id").to_pylist() == ids
    noted = Change.objects.filter(action="journeys.customers_exported", workspace_id=shop.workspace_id)
    assert [(change.after["form"], change.after["customers"]) for change in noted.order_by("id")] == [
        ("csv", len(ids)),
        ("parquet", len(ids)),
    ]


@pytest.mark.parametrize("role", ["viewer", "agent"])
def test_who_may_not_is_refused_and_nothing_is_noted(let_in, desk, buyers, role) -> None:
    from safar.doors.web.audit.models import Change

    browser = let_in("en", role)
    for below in LISTED:
        sign = "&" if "?" in below else "?"
        assert browser.get(desk(f"{below}{sign}export=csv&table=customer_table")).status_code == 403, below
    assert "table=customer_table" not in browser.get(desk("/rfm")).content.decode()
    assert not Change.objects.filter(action__startswith="journeys.").exists()


def test_an_answer_without_customers_has_no_list(let_in, desk, buyers) -> None:
    browser = let_in("en", "analyst")
    assert browser.get(desk("/baskets?export=csv&table=customer_table")).status_code == 404
    assert browser.get(desk("/rfm?export=csv&table=ids")).status_code == 404


def test_customers_are_called_by_their_names(let_in, desk, buyers, tell) -> None:
    """As on the desk Customers: the name with the id, the id alone where no name is known."""
    names = [
        an_event("identify", days_ago(1), customer=f"b{each}", properties={"name": f"نام {each}"})
        for each in range(119)
    ]
    tell(*names)
    browser = let_in("en", "analyst")
    for page in ("clv", "churn?method=p_alive", "rfm", "recommendations"):
        found = browser.get(desk(f"/{page}")).content.decode()
        called = re.findall(r'<a href="[^"]*\?id=(b\d+)"><bdi[^>]*>(.*?)</bdi>', found)
        assert called, page
        for each, words in called:
            named = f"\u2068نام {each[1:]}\u2069 · \u2068{each}\u2069"
            assert words == (each if each == "b119" else named), page
