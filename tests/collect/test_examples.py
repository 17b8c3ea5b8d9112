"""The shipped mappings on small files of each kind, written as the exporting program writes them."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from file_builders import ListSink, a_file, an_example, imported, tried, utc
from safar.collect.importing import import_file
from safar.vocabulary.event import event_ids_from_texts
from safar.vocabulary.lifecycle import (
    ORDER_DELIVERED,
    ORDER_PLACED,
    ORDER_RETURNED,
    ORDER_SHIPPED,
    PAYMENT_FAILED,
)

WOO = [
    "order_id", "order_number", "order_date", "paid_date", "status", "shipping_total", "shipping_tax_total",
    "fee_total", "fee_tax_total", "tax_total", "cart_discount", "order_discount", "discount_total", "order_total",
    "order_subtotal",
    "order_key", "order_currency", "payment_method", "payment_method_title", "transaction_id", "customer_ip_address",
    "customer_user_agent", "shipping_method", "customer_id", "customer_user", "customer_email", "billing_first_name",
    "billing_last_name", "billing_company", "billing_email", "billing_phone", "billing_address_1", "billing_address_2",
    "billing_postcode", "billing_city", "billing_state", "billing_country", "shipping_first_name", "customer_note",
    "tax_items", "shipping_items", "fee_items", "coupon_items", "refund_items", "order_notes", "download_permissions",
    "meta:_wc_order_attribution_utm_source", "line_item_1",
]  # fmt: skip


def a_woo_order(**cells: str) -> dict[str, str]:
    usual = {
        "order_date": "2024-05-01 09:30:00", "status": "completed", "order_total": "120.50", "order_currency": "USD",
        "customer_id": "7", "billing_email": "Sara@Example.com", "billing_phone": "۰۹۱۲۳۴۵۶۷۸۹",
        "billing_city": "Tehran", "payment_method": "cod", "line_item_1": 'name:Tea, green|quantity:2|total:"9"',
    }  # fmt: skip
    return dict.fromkeys(WOO, "") | usual | cells


def test_woocommerce_orders(tmp_path: Path) -> None:
    text = io.StringIO()
    table = csv.DictWriter(text, WOO)
    table.writeheader()
    refund = (
        "amount:20.50|reason:broken|date:2024-05-09 10:00:00;amount:1.00|reason:|date:2024-05-10 10:00:00"
    )
    table.writerow(a_woo_order(order_id="1", paid_date="2024-05-01T09:31:00+00:00", refund_items=refund))
    table.writerow(
        a_woo_order(order_id="2", customer_id="0", status="failed", coupon_items="code:nowruz|amount:5.00")
    )
    table.writerow(a_woo_order(order_id="3", status="pending"))
    table.writerow(a_woo_order(order_id="1", status="refunded"))
    path = a_file(tmp_path, text.getvalue(), encoding="utf-8-sig")
    events = [event for event in imported(path, an_example("woocommerce_orders")) if event.name != "identify"]
    assert [(event.customer, event.name, event.at, event.amount, event.currency) for event in events] == [
        ("7", "order_placed", utc("2024-05-01 09:30"), 12050, "USD"),
        ("7", "order_paid", utc("2024-05-01 09:31"), 0, ""),
        ("7", "order_returned", utc("2024-05-09 10:00"), 2050, "USD"),
        ("sara@example.com", "payment_failed", utc("2024-05-01 09:30"), 0, ""),
    ]
    assert {"order_placed"} <= ORDER_PLACED
    assert {"order_returned"} <= ORDER_RETURNED
    assert {"payment_failed"} <= PAYMENT_FAILED
    assert events[2].properties == {"order_id": "1", "reason": "broken"}
    report = tried(path, an_example("woocommerce_orders"))
    assert report.rows_left_out == {"Carts and orders that were never placed": 1}
    assert report.first_events[0].properties == {
        "email": "sara@example.com", "phone": "+989123456789", "city": "Tehran",
    }  # fmt: skip


def a_call(kind: str, **fields: object) -> dict[str, object]:
    usual = {"type": kind, "timestamp": "2024-05-01T09:30:00.123Z", "receivedAt": "2024-05-01T09:30:01.000Z"}
    return usual | {"messageId": f"ajs-{kind}", "context": {"ip": "8.8.8.8", "locale": "fa-IR"}} | fields


def test_segment_calls(tmp_path: Path) -> None:
    calls = [
        a_call(
            "track",
            userId="u1",
            event="Order Completed",
            properties={"revenue": 39.95, "currency": "USD", "n": 1},
        ),
        a_call("track", anonymousId="a1", event="Product Viewed", messageId="m2", properties={"sku": "x"}),
        a_call("track", userId="u1", event="Odd", messageId="m3", properties={"revenue": "12"}),
        a_call("page", anonymousId="a1", name="Home", properties={"url": "/", "title": "خانه"}),
        a_call(
            "identify", userId="u1", anonymousId="a1", traits={"email": "sara@example.com"}, channel="browser"
        ),
        a_call("alias", userId="u1", previousId="a0"),
        a_call("group", userId="u1", groupId="g1", traits={"plan": "gold"}),
        a_call("delete", userId="u1"),
    ]
    path = a_file(tmp_path, "\n".join(map(json.dumps, calls)), "segment.json")
    events = imported(path, an_example("segment"))
    assert [(event.customer, event.name, event.amount, event.currency) for event in events] == [
        ("u1", "Order Completed", 3995, "USD"), ("a1", "Product Viewed", 0, ""), ("a1", "page", 0, ""),
        ("u1", "identify", 0, ""), ("u1", "alias", 0, ""), ("u1", "group", 0, ""),
    ]  # fmt: skip
    context = {"context": {"locale": "fa-IR"}}
    assert [event.properties for event in events] == [
        {"revenue": 39.95, "currency": "USD", "n": 1} | context,
        {"sku": "x"} | context,
        {"name": "Home", "url": "/", "title": "خانه"} | context,
        {"$anonymous_id": "a1", "email": "sara@example.com"} | context,
        {"$previous_id": "a0"} | context,
        {"group_id": "g1", "plan": "gold"} | context,
    ]
    assert events[0].at == utc("2024-05-01 09:30:00.123")
    assert events[0].event_id == event_ids_from_texts(["ajs-track"]).tobytes()
    assert events[3].channel == "web"
    # a revenue whose currency nobody knows is not silently no revenue
    assert tried(path, an_example("segment")).rejected_by_reason == {
        "row.currency_unknown": 1,
        "row.no_rule": 1,
    }


UUIDS = [f"018f3c5e-0000-7000-8000-00000000000{n}" for n in range(5)]
POSTHOG: list[dict[str, object]] = [
    {"event": "$pageview", "properties": {"$current_url": "/", "$lib": "web"}},
    {"event": "$identify", "properties": {"$anon_distinct_id": "a1", "$set": {"email": "sara@example.com"}}},
    {"event": "order completed", "properties": {"revenue": 12.5, "currency": "EUR"}},
    {"event": "$create_alias", "properties": {"alias": "a2"}},
    {"event": "$autocapture", "properties": {}},
]


def the_posthog_events(path: Path) -> None:
    events = imported(path, an_example("posthog"))
    assert [(event.name, event.amount, event.currency, event.properties) for event in events] == [
        ("page", 0, "", {"$current_url": "/", "$lib": "web"}),
        ("identify", 0, "", {"$anonymous_id": "a1", "email": "sara@example.com"}),
        ("order completed", 1250, "EUR", {"revenue": 12.5, "currency": "EUR"}),
        ("alias", 0, "", {"$previous_id": "a2"}),
        ("$autocapture", 0, "", {}),
    ]
    assert {event.customer for event in events} == {"d1"}
    assert {event.at for event in events} == {utc("2024-05-01 09:30:00.123456")}
    assert [event.event_id.hex() for event in events] == [uuid.replace("-", "") for uuid in UUIDS]


def test_posthog_batch_exports(tmp_path: Path) -> None:
    lines = [
        {
            "uuid": uuid,
            "distinct_id": "d1",
            "timestamp": "2024-05-01T09:30:00.123456+00:00",
            "person_id": "p1",
            **event,
        }
        for uuid, event in zip(UUIDS, POSTHOG, strict=True)
    ]
    the_posthog_events(a_file(tmp_path, "\n".join(map(json.dumps, lines)), "events.jsonl"))


def test_posthog_csv_with_json_in_its_cells(tmp_path: Path) -> None:
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(["uuid", "event", "distinct_id", "properties", "timestamp"])
    for uuid, event in zip(UUIDS, POSTHOG, strict=True):
        at = "2024-05-01 09:30:00.123456+00:00"
        table.writerow([uuid, event["event"], "d1", json.dumps(event["properties"]), at])
    the_posthog_events(a_file(tmp_path, text.getvalue()))


def test_orders_with_their_moments(tmp_path: Path) -> None:
    head = (
        "order_id,customer_id,email,placed_at,shipped_at,promised_at,delivered_at,"
        "returned_at,total,refunded,currency,channel\n"
    )
    start = "o1,c1,S@x.com,2024-05-01 09:00,2024-05-02 10:00,2024-05-04,"
    first = f"{start},,99.90,,USD,web\n"
    later = f"{start}2024-05-06 12:00,2024-05-08,99.90,-9.90,USD,web\n"
    names = [
        [event.name for event in imported(a_file(tmp_path, head + row), an_example("orders"))]
        for row in (first, later)
    ]
    assert names[0] == ["identify", "order_placed", "order_shipped"]
    assert {names[1][1]} <= ORDER_PLACED
    assert {names[1][2]} <= ORDER_SHIPPED
    assert {names[1][3]} <= ORDER_DELIVERED
    assert {names[1][4]} <= ORDER_RETURNED
    sinks = ListSink(), ListSink()
    for sink, row in zip(sinks, (first, later), strict=True):
        import_file(a_file(tmp_path, head + row), an_example("orders"), sink, folder=tmp_path / "imports")
    fresh = [event for event in sinks[1].events if event.event_id not in sinks[0].ids]
    assert [(event.name, event.amount) for event in fresh] == [
        ("order_delivered", 0),
        ("order_returned", 990),
    ]
    assert fresh[0].properties == {"order_id": "o1", "promised_at": "2024-05-04"}


def test_a_plain_event_log(tmp_path: Path) -> None:
    path = a_file(tmp_path, "customer_id,activity,timestamp,city\n۱۲,سفارش,۱۴۰۲/۰۲/۱۱ ۰۹:۳۰,تهران\n")
    (event,) = imported(path, an_example("event_log"))
    assert (event.customer, event.name, event.at) == ("12", "سفارش", utc("2023-05-01 09:30"))
    assert event.properties == {"city": "تهران"}
