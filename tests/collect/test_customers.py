from __future__ import annotations

from pathlib import Path

from file_builders import a_file, a_mapping, imported, tried, utc
from safar.collect.mapping_file import parse_mapping
from safar.vocabulary.event import IDENTIFY


def test_the_first_filled_column_is_the_customer_and_addresses_are_folded(tmp_path: Path) -> None:
    path = a_file(
        tmp_path,
        """
        id,mail,phone,at
        17,x@example.com,,2026-01-01
        0, Sara@Example.COM ,,2026-01-01
        0,,۰۹۱۲۳۴۵۶۷۸۹,2026-01-01
        ,,,2026-01-01
        """,
    )
    mapping = a_mapping(
        customer="""
        id = [
          { column = "id", null = ["0"], prefix = "n" },
          { column = "mail", type = "email" },
          { column = "phone", type = "phone" },
        ]
        """
    )
    assert [event.customer for event in imported(path, mapping)] == [
        "n17",
        "sara@example.com",
        "+989123456789",
    ]
    (rejected,) = tried(path, mapping).first_rejected
    assert rejected.sentence == "No customer: id and mail and phone is empty."


def test_an_id_that_reads_na_or_00012_stays_as_it_is(tmp_path: Path) -> None:
    path = a_file(tmp_path, "customer,at\nNA,2026-01-01\n00012,2026-01-01\nnull,2026-01-01\n")
    assert [event.customer for event in imported(path, a_mapping())] == ["NA", "00012", "null"]


def test_rows_without_a_customer_may_get_an_id_of_their_own(tmp_path: Path) -> None:
    path = a_file(tmp_path, "customer,at,order\na,2026-01-01,1\n,2026-01-01,2\n,2026-01-01,\n")
    mapping = a_mapping(customer='id = "customer"\nanonymous_id = "order {order}"')
    assert [event.customer for event in imported(path, mapping)] == ["a", "order 2"]
    assert tried(path, mapping).rejected_by_reason == {"row.customer_missing": 1}


def test_an_id_beyond_255_characters_is_rejected(tmp_path: Path) -> None:
    path = a_file(tmp_path, f"customer,at\n{'x' * 256},2026-01-01\n{'x' * 255},2026-01-01\n")
    report = tried(path, a_mapping())
    assert (report.events, report.rejected_by_reason) == (1, {"row.text_too_long": 1})
    assert report.first_rejected[0].sentence == "customer has 256 characters."


TRAITS = 'id = "customer"\ntraits = { email = { column = "mail", type = "email" }, city = "city" }'
PEOPLE = """
customer,at,mail,city
a,2026-01-01,A@x.com,Tehran
b,2026-01-02,,
a,2026-01-03,a@x.com,Tehran
a,2026-01-04,a@x.com,Shiraz
a,2026-01-05,a@x.com,Tehran
"""


def test_what_is_new_about_a_customer_becomes_an_identify_before_the_rows_events(tmp_path: Path) -> None:
    events = imported(a_file(tmp_path, PEOPLE), a_mapping(customer=TRAITS))
    assert [(event.customer, event.name, event.at.day) for event in events] == [
        ("a", IDENTIFY, 1), ("a", "visited", 1), ("b", "visited", 2), ("a", "visited", 3),
        ("a", IDENTIFY, 4), ("a", "visited", 4), ("a", IDENTIFY, 5), ("a", "visited", 5),
    ]  # fmt: skip
    said = [event.properties for event in events if event.name == IDENTIFY]
    assert said == [
        {"email": "a@x.com", "city": "Tehran"},
        {"email": "a@x.com", "city": "Shiraz"},
        {"email": "a@x.com", "city": "Tehran"},
    ]
    assert len({event.event_id for event in events}) == len(events)


def test_the_same_traits_in_a_longer_export_add_nothing(tmp_path: Path) -> None:
    mapping = a_mapping(customer=TRAITS)
    earlier = {event.event_id for event in imported(a_file(tmp_path, PEOPLE), mapping)}
    longer = imported(a_file(tmp_path, PEOPLE + "a,2026-01-06,a@x.com,Tehran\n"), mapping)
    assert [event.at for event in longer if event.event_id not in earlier] == [utc("2026-01-06")]


def test_a_trait_that_cannot_be_read_is_left_out(tmp_path: Path) -> None:
    path = a_file(tmp_path, "customer,at,n\na,2026-01-01,many\n")
    mapping = a_mapping(
        '[number]\ndecimal = "."',
        customer='id = "customer"\ntraits = { n = { column = "n", type = "number" }, at = "at" }',
    )
    assert [event.properties for event in imported(path, mapping)] == [{"at": "2026-01-01"}, {}]


def test_an_anonymous_id_is_a_trait_that_ties_two_ids(tmp_path: Path) -> None:
    path = a_file(tmp_path, "customer,at,cookie\na,2026-01-01,k1\n")
    mapping = a_mapping(customer='id = "customer"\ntraits = { "$anonymous_id" = "cookie" }')
    assert imported(path, mapping)[0].properties == {"$anonymous_id": "k1"}


def test_digits_of_an_id_are_latin_whoever_wrote_them(tmp_path: Path) -> None:
    path = a_file(
        tmp_path, "id,at,order\n۰۹۱۲-A,2026-01-01,SF-۱\n0912-A,2026-01-02,SF-1\n٠٩١٢-A,2026-01-03,SF-١\n"
    )
    mapping = parse_mapping(
        'name = "x"\n[customer]\nid = "id"\n[[event]]\nname = "e"\nat = "at"\n'
        '[event.properties]\norder_id = { column = "order", type = "id" }\n'
    )
    assert {(event.customer, event.properties["order_id"]) for event in imported(path, mapping)} == {
        ("0912-A", "SF-1")
    }
