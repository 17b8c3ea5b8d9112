"""Addresses that somebody named: which machine they lead to."""

from __future__ import annotations

import pytest

from safar.doors.web.outward import is_nobodys, is_public, number_of, web_address


@pytest.mark.parametrize(
    ("address", "stands_for", "is_open"),
    [
        ("10.1.2.3", "10.1.2.3", False),
        ("::ffff:10.1.2.3", "10.1.2.3", False),
        ("64:ff9b::10.1.2.3", "10.1.2.3", False),
        ("64:ff9b::7f00:1", "127.0.0.1", False),
        ("64:ff9b::808:808", "8.8.8.8", True),
        ("2002:a01:203::1", "10.1.2.3", False),
        ("2002:7f00:1::", "127.0.0.1", False),
        ("::127.0.0.1", "127.0.0.1", False),
        ("::ffff:0:10.1.2.3", "10.1.2.3", False),
        ("::1", "::1", False),
        ("fec0::1", "fec0::1", False),
        ("64:ff9b:1::7f00:1", "64:ff9b:1::7f00:1", False),
        ("fd00::1", "fd00::1", False),
        ("2606:4700::1111", "2606:4700::1111", True),
    ],
)
def test_an_address_within_an_address_is_the_one_that_is_looked_at(
    address: str, stands_for: str, is_open: bool
) -> None:
    number = number_of(address)
    assert (str(number), is_public(number)) == (stands_for, is_open)


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "fe80::1%eth0",
        "224.0.0.1",
        "0.0.0.0",
        "::",
    ],
)
def test_nobody_answers_for_groups_and_links(address: str) -> None:
    assert is_nobodys(number_of(address))


def test_a_name_has_no_number() -> None:
    with pytest.raises(ValueError, match="example"):
        number_of("example.com")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ftp://a.b/",
        "https://",
        "https://u@a.b/",
        "https://a.b:0/",
        "https://[::1",
        "https://a.b/ c",
        "x" * 99,
    ],
)
def test_what_is_no_address_of_the_web(url: str) -> None:
    assert web_address(url, longest=90) is None
