"""Two companies for every test of this folder."""

from __future__ import annotations

import pytest

from safar.store.home import Home
from two_workspaces import Company, a_company


@pytest.fixture
def ours(web_home: Home) -> Company:
    """The company whose members ask."""
    return a_company(web_home, "Quxnebula")


@pytest.fixture
def theirs(web_home: Home) -> Company:
    """The company that has nothing to do with them."""
    return a_company(web_home, "Zorblatt")
