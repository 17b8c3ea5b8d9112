from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import an_event, micros, together
from safar.collect.evidence import Link, email_key, evidence_of, is_placeholder_id, phone_key
from safar.collect.identity import ANONYMOUS, KNOWN, IdentityRules, Reason
from safar.vocabulary.event import Coded, EventColumns, constant

AT = "2026-03-21T09:00"
RULES = IdentityRules()


def identify(customer: str, **said: object) -> EventColumns:
    properties = {("$anonymous_id" if name == "anonymous" else name): value for name, value in said.items()}
    return an_event("identify", AT, customer=customer, properties=properties)


def alias(customer: str, previous: object) -> EventColumns:
    return an_event("alias", AT, customer=customer, properties={"$previous_id": previous})


def test_an_identify_ties_its_anonymous_id_and_its_traits():
    evidence = evidence_of(
        together(
            an_event("page_viewed", AT, customer="a1", properties={"email": "not@read.ir"}),
            identify("sara", anonymous="a1", phone="۰۹۱۲۳۴۵۶۷۸۱", email=" Sara@Shop.IR ", plan="gold"),
        ),
        RULES,
    )
    assert evidence.ids == {"a1": ANONYMOUS, "sara": KNOWN}
    assert evidence.links == {
        Link(Reason.IDENTIFY, "a1", "sara"): micros(AT),
        Link(Reason.SAME_PHONE, "+989123456781", "sara"): micros(AT),
        Link(Reason.SAME_EMAIL, "sara@shop.ir", "sara"): micros(AT),
    }


def test_an_alias_ties_the_previous_id():
    evidence = evidence_of(alias("sara", "old"), RULES)
    assert evidence.ids == {"old": 0, "sara": KNOWN}
    assert list(evidence.links) == [Link(Reason.ALIAS, "old", "sara")]


def test_an_anonymous_visitor_may_type_any_address():
    evidence = evidence_of(identify("a1", anonymous="a1", email="sara@shop.ir", phone="09123456781"), RULES)
    assert evidence.ids == {"a1": ANONYMOUS}
    assert evidence.links == {}


def test_a_self_alias_says_nothing():
    assert evidence_of(alias("sara", "sara"), RULES).links == {}


def test_numbers_sent_as_json_numbers_are_read():
    evidence = evidence_of(together(identify("17", phone=989123456781, anonymous=5512)), RULES)
    assert set(evidence.links) == {
        Link(Reason.IDENTIFY, "5512", "17"),
        Link(Reason.SAME_PHONE, "+989123456781", "17"),
    }


@pytest.mark.parametrize("odd", [None, True, 1.5, [], {}, {"a": 1}, "", " ", 10**4000])
def test_what_is_not_what_it_should_be_is_passed_over(odd):
    evidence = evidence_of(identify("sara", anonymous=odd, phone=odd, email=odd), RULES)
    assert (evidence.ids, evidence.links) == ({"sara": KNOWN}, {})


def test_properties_that_are_no_object_are_passed_over():
    events = identify("sara")
    for text in ("[]", "null", '"x"', "{", ""):
        broken = EventColumns(
            **{name: getattr(events, name) for name in events.__slots__} | {"properties": [text]}
        )
        assert evidence_of(broken, RULES).links == {}


@pytest.mark.parametrize("placeholder", ["undefined", "NULL", "[object Object]", "0", " anonymous ", "NaN"])
def test_placeholders_of_programs_are_no_ids(placeholder):
    assert is_placeholder_id(placeholder)
    assert evidence_of(identify("sara", anonymous=placeholder), RULES).links == {}
    assert evidence_of(alias("sara", placeholder), RULES).links == {}
    assert evidence_of(identify(placeholder, anonymous="a1", email="sara@shop.ir"), RULES).ids == {}


@pytest.mark.parametrize(
    "filler",
    [
        "0912 000 0000",
        "۰۹۱۲۰۰۰۰۰۰۰",
        "00000000000",
        "09121111111",
        "09121234567",
        "09127654321",
        "0912",
        "12",
        "none",
        "-",
    ],
)
def test_fillers_are_no_telephone_numbers(filler):
    assert phone_key(filler, "IR") is None


def test_one_number_in_any_writing_is_one_key():
    written = ["09123456781", "+98 912 345 6781", "00989123456781", "۰۹۱۲-۳۴۵-۶۷۸۱", "٠٩١٢٣٤٥٦٧٨١"]
    assert {phone_key(text, "IR") for text in written} == {"+989123456781"}
    assert phone_key("0501234560", "SA") == "+966501234560"


@pytest.mark.parametrize(
    "nobody",
    [
        "none@shop.ir",
        "TEST@shop.ir",
        "sara@example.com",
        "a@b",
        "info@shop.ir",
        "no-reply@shop.ir",
        "x@y.test",
        "@",
        "",
    ],
)
def test_addresses_of_nobody_are_no_keys(nobody):
    assert email_key(nobody) is None


def test_coded_columns_and_bytes_read_the_same():
    plain = together(identify("u1", anonymous="a1"), alias("u2", "p2"), an_event("pay", AT, customer="u3"))
    coded = EventColumns(
        event_id=plain.event_id,
        customer_id=Coded(np.array([2, 0, 1], dtype=np.int32), ["u2", "u3", "u1"]),
        event_name=Coded(np.array([1, 2, 0], dtype=np.int32), ["pay", "identify", "alias"]),
        occurred_at=plain.occurred_at,
        received_at=plain.received_at,
        channel=constant("web", 3),
        source=constant("test", 3),
        amount=plain.amount,
        currency=constant("", 3),
        properties=[text.encode() for text in plain.properties],
    )
    assert evidence_of(coded, RULES) == evidence_of(plain, RULES)
    assert list(evidence_of(coded, RULES).links) == [
        Link(Reason.IDENTIFY, "a1", "u1"),
        Link(Reason.ALIAS, "p2", "u2"),
    ]


@given(
    st.dictionaries(
        st.sampled_from(["$anonymous_id", "$previous_id", "phone", "email", "x"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(), st.lists
        ),
    ),
    st.sampled_from(["identify", "alias"]),
)
def test_no_properties_break_the_reading(properties, name):
    event = an_event(name, AT, customer="sara", properties=properties)
    text = json.dumps(properties)
    events = EventColumns(
        **{field: getattr(event, field) for field in event.__slots__} | {"properties": [text]}
    )
    for link in evidence_of(events, RULES).links:
        assert link.customer_id == "sara"
        assert link.anchor != "sara"
