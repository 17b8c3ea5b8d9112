"""Tables can be taken away: columns named in the reader's language, numbers and instants raw, by who may."""

from __future__ import annotations

import csv
import io
import re
from datetime import datetime

import pytest

from a_shop import days_ago
from builders import an_event
from safar.store.registry import Workspace


@pytest.fixture
def owner(let_in, shop: Workspace, web_home):
    """An owner who looks after the installation and reads Persian, in a shop with a key and two customers."""
    from safar.doors.web.members.models import Member

    browser = let_in("fa", "owner")
    Member.objects.update(is_administrator=True)
    web_home.create_key(shop.workspace_id, name="web", channel="web", requests_per_second=2.5)
    return browser


@pytest.fixture
def orders(tell) -> None:
    for who, amount, currency in (("a", 1_234_56, "USD"), ("a", 2_500_000, "IRR"), ("b", 0, "")):
        name = "order_placed" if amount else "page"
        tell(an_event(name, days_ago(1), customer=who, amount=amount, currency=currency))


def lines_of(answer) -> list[list[str]]:
    assert answer.status_code == 200, answer.content
    assert "attachment" in answer.headers["Content-Disposition"]
    return list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))


def is_instant(text: str) -> bool:
    return datetime.fromisoformat(text).tzinfo is not None


PAGES = (
    "/w/{shop}/customers",
    "/w/{shop}/customers?q=a",
    "/w/{shop}/settings/members",
    "/w/{shop}/settings/keys",
    "/installation/workspaces",
    "/installation/health",
)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_offers_its_table_and_gives_it(owner, shop: Workspace, orders, page: str) -> None:
    address = page.format(shop=shop.workspace_id)
    content = owner.get(address).content.decode()
    for form in ("csv", "xlsx"):
        query = re.search(rf'href="(\?[^"]*export={form})"', content)
        assert query is not None
        answer = owner.get(address.partition("?")[0] + query[1].replace("&amp;", "&"))
        assert answer.status_code == 200
        assert answer.getvalue()[:2] == (b"PK" if form == "xlsx" else b"\xef\xbb")
    assert owner.get(f"{address}{'&' if '?' in address else '?'}export=pdf").status_code == 400


def test_customers_are_raw_with_a_row_for_each_currency(owner, shop: Workspace, orders) -> None:
    from safar.doors.web.audit.models import Change

    head, *rows = lines_of(owner.get(f"/w/{shop.workspace_id}/customers?export=csv"))
    assert head[0] == "مشتری"
    assert [[row[0], *row[4:]] for row in sorted(rows)] == [
        ["a", "2", "2", "1234.56", "USD", ""],
        ["a", "2", "2", "2500000", "IRR", ""],
        ["b", "1", "0", "", "", ""],
    ]
    assert all(is_instant(row[2]) and is_instant(row[3]) for row in rows)
    assert Change.objects.get(action="customers.exported").after == {"form": "csv"}


def test_keys_are_raw(owner, shop: Workspace) -> None:
    _head, row = lines_of(owner.get(f"/w/{shop.workspace_id}/settings/keys?export=csv"))
    assert row[0] == "web"
    assert row[2:5] == ["web", "", "2.5"]
    assert is_instant(row[5])
    assert row[6] == ""  # never used


def test_a_table_is_sorted_by_its_heads_on_the_page_and_in_the_file(owner, shop: Workspace, web_home) -> None:
    web_home.create_key(shop.workspace_id, name="App", requests_per_second=10)
    web_home.create_key(shop.workspace_id, name="کالا")
    address = f"/w/{shop.workspace_id}/settings/keys"

    def names(sort: str) -> list[str]:
        return [row[0] for row in lines_of(owner.get(f"{address}?sort={sort}&export=csv"))[1:]]

    assert names("name") == ["App", "web", "کالا"]
    assert names("-name") == ["کالا", "web", "App"]
    assert names("rate") == ["web", "App", "کالا"]  # a number, not text; without one last
    assert names("-rate") == ["App", "web", "کالا"]
    page = owner.get(f"{address}?sort=-name").content.decode()
    assert re.findall(r'aria-sort="(ascending|descending)"', page) == ["descending"]
    assert 'href="?sort=name"' in page
    assert "sort=-name&amp;export=csv" in page


def test_workspaces_are_raw(owner, shop: Workspace) -> None:
    _head, *rows = lines_of(owner.get("/installation/workspaces?export=csv"))
    (own,) = (row for row in rows if row[1] == shop.workspace_id)
    assert own[2] == "1"
    assert is_instant(own[7])


def test_imports_are_raw_and_all_of_them(owner, shop: Workspace) -> None:
    from safar.doors.web.imports.models import FileImport

    for number in range(30):
        FileImport.objects.create(
            workspace_id=shop.workspace_id, import_id=f"i{number:02}", file_name="=1.csv"
        )
    _head, *rows = lines_of(owner.get(f"/w/{shop.workspace_id}/imports?export=csv"))
    assert len(rows) == 30
    assert {(row[0], row[4], row[5]) for row in rows} == {("'=1.csv", "", "")}
    assert all(is_instant(row[2]) for row in rows)


def test_who_may_not_take_away_is_offered_nothing_and_gets_nothing(let_in, shop: Workspace, orders) -> None:
    from safar.doors.web.audit.models import Change

    agent, address = let_in("en", "agent"), f"/w/{shop.workspace_id}/customers"
    assert "export=csv" not in agent.get(address).content.decode()
    assert agent.get(f"{address}?export=csv").status_code == 403
    assert not Change.objects.filter(action="customers.exported").exists()
