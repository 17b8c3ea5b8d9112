"""Guessing passwords from many addresses."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize(
    ("address", "waits"),
    [("2001:db8::ffff:2", True), ("2001:db8:0:1::1", False), ("::ffff:203.0.113.7", False)],
    ids=["the same line", "another line", "an address of the old kind"],
)
def test_a_line_of_ipv6_is_one_address(browser: Any, address: str, waits: bool) -> None:
    from safar.doors.web.members.throttle import ADDRESS, network_of, take

    for number in range(ADDRESS.free):
        take((ADDRESS, network_of(f"2001:db8::{number:x}")))
    guess = {"email": "sara@example.com", "password": "guessed it", "next": ""}
    said = browser.post("/sign-in", guess, REMOTE_ADDR=address).content.decode()
    assert ("Too many attempts failed" in said) is waits
    assert ("do not belong together" in said) is not waits
