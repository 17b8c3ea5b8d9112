"""The pages RFM and Baskets show what the library says, and customers only to those who may see them."""

from __future__ import annotations

import html
import re


def text_of(answer) -> str:
    text = html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))
    return " ".join(re.sub("[\u2066-\u2069\u200e\u200f]", "", text).split())


def test_groups_are_those_of_the_library(let_in, shop, desk, buyers, web_home) -> None:
    from safar.doors.web.value.rfm_page import GROUP_NAMES
    from safar.measure.rfm import RFMQuestion, rfm

    found = rfm(web_home.log(shop.workspace_id), RFMQuestion(time_zone="Asia/Tehran"))
    assert set(GROUP_NAMES) >= {each.name for each in found.groups}
    page = text_of(let_in("en", "owner").get(desk("/rfm")))
    best = found.groups[0]
    assert f"{GROUP_NAMES[best.name]} {best.customers} {100 * best.customer_share:.1f}%" in page
    assert str(found.customer_table.column("customer_id")[0]) in page


def test_who_may_not_see_customers_sees_groups_alone(let_in, desk, buyers) -> None:
    page = text_of(let_in("en", "viewer").get(desk("/rfm")))
    assert "Group by group" in page
    assert re.search(r"\bb\d+\b", page) is None


def test_files_name_nobody(let_in, desk, buyers) -> None:
    answer = let_in("en", "owner").get(desk("/rfm?export=csv"))
    body = (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode()
    assert re.search(r"\bb\d+\b", body) is None
    assert "champions" in body


def test_bundles_are_those_of_the_library(let_in, shop, desk, buyers, web_home) -> None:
    from safar.measure.baskets import BasketsQuestion, baskets

    asked = BasketsQuestion(time_zone="Asia/Tehran", fewest_orders=5)
    found = baskets(web_home.log(shop.workspace_id), asked)
    page = text_of(let_in("en", "analyst").get(desk("/baskets?fewest=۵")))
    first = found.bundles[0]
    assert f"{first.one} {first.other} {first.orders} {first.lift.value:.2f}" in page
    assert f"of {found.looked_at:,} looked at" in page
