"""What customers are worth, from the terminal: straight from files in three languages, and from a workspace."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from builders import paths
from safar.store.home import Home

ORDERS = """order_id,customer,date,total,item
1,ann,2025-01-05,25.5,tea
2,ann,2025-02-05,15,cup
3,bob,2025-02-07,9,tea
4,cyn,2025-03-11,7,tea
5,cyn,2025-03-29,3,cup
6,dan,2025-04-02,4,tea
7,ann,2025-06-30,10,tea
"""
PERSIAN = """شماره سفارش,کد مشتری,تاریخ سفارش,مبلغ (تومان)
۱,م۱,۱۴۰۴/۰۱/۰۵,۲۵۰٬۰۰۰
۲,م۱,۱۴۰۴/۰۲/۰۵,۱۵۰٬۰۰۰
۳,م۲,۱۴۰۴/۰۲/۰۷,۹۰٬۰۰۰
۴,م۳,۱۴۰۴/۰۳/۱۱,۷۰٬۰۰۰
۵,م۳,۱۴۰۴/۰۳/۲۹,۳۰٬۰۰۰
۶,م۴,۱۴۰۴/۰۴/۰۲,۴۰٬۰۰۰
۷,م۱,۱۴۰۴/۰۶/۳۱,۱۰۰٬۰۰۰
"""


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    path = tmp_path / "orders.csv"
    path.write_text(ORDERS, "utf-8")
    return path


def test_lifetime_value_of_a_file(safar_process, orders: Path) -> None:
    done = safar_process("value", "clv", orders, "--horizon", 90, "--model", "mbgnbd", "--json")
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)
    assert {row["customer_id"]: (row["frequency"], row["age_days"], row["historic"]) for row in rows} == {
        "ann": (2, 176, 50.5), "bob": (0, 143, 9.0), "cyn": (1, 111, 10.0), "dan": (0, 89, 4.0),
    }  # fmt: skip
    assert "4 customers brought 74 so far" in done.stderr
    assert "they are plain numbers" in done.stderr
    assert "USD" not in done.stderr.rpartition("plain numbers")[2]


def test_persian_headings_digits_dates_and_toman(safar_process, tmp_path: Path) -> None:
    path = tmp_path / "سفارش‌ها.csv"
    path.write_text(PERSIAN, "utf-8")
    done = safar_process("value", "clv", path, "--horizon", "۹۰", "--json")
    assert done.returncode == 0, done.stderr
    rows = {row["customer_id"]: row for row in json.loads(done.stdout)}
    # digits of ids are folded; 1404/01/05 to 1404/06/31 are 181 days; a toman is ten rials
    assert (rows["م1"]["recency_days"], rows["م1"]["frequency"], rows["م1"]["historic"]) == (
        181,
        2,
        5_000_000,
    )
    assert "4 customers brought 7,300,000 IRR so far" in done.stderr


def test_groups_and_an_earlier_day(safar_process, orders: Path) -> None:
    done = safar_process("value", "rfm", orders, "--groups", "--until", "jalali:1404/01/12", "--json")
    assert done.returncode == 0, done.stderr
    groups = {row["name"]: (row["customers"], row["revenue"]) for row in json.loads(done.stdout)}
    assert sum(count for count, _ in groups.values()) == 3
    assert sum(paid for _, paid in groups.values()) == pytest.approx(59.5)


def test_of_a_workspace(safar_process, home: Path) -> None:
    rng = np.random.default_rng(1)
    told = {
        f"c{n}": " > ".join(
            f"order_placed {day}d 09:00 {100 + n} USD" for day in np.unique(rng.integers(0, 200, 1 + n % 4))
        )
        for n in range(60)
    }
    with Home.open(home) as opened:
        (workspace,) = opened.workspaces()
        log = opened.log(workspace.workspace_id)
        with log.writer() as writer:
            writer.append(paths(told))
            writer.sync()
    done = safar_process("value", "clv", "--home", home, "--margin", 50, "--level", 90, "--json")
    assert done.returncode == 0, done.stderr
    assert {row["customer_id"] for row in json.loads(done.stdout)} == set(told)
    assert "60 customers brought" in done.stderr
    apart = safar_process(
        "value", "clv", "--home", home, "--segment", "Often: did order_placed >= 3", "--json"
    )
    assert apart.returncode == 0, apart.stderr
    often = sum(each.count("order_placed") >= 3 for each in told.values())
    assert [(row["segment"], row["customers"]) for row in json.loads(apart.stdout)] == [
        ("", 60),
        ("Often", often),
    ]


def test_a_file_without_orders_is_refused(safar_process, tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"
    path.write_text("order_id,customer,date,total\n1,ann,never,5\n2,bob,never,6\n", "utf-8")
    done = safar_process("value", "clv", path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "[" in done.stderr
