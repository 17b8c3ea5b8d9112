"""One server for each module of attacks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from attacked import Shop, a_shop_served


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    found = a_shop_served(tmp_path_factory.mktemp("attacked"))
    yield found
    assert found.server.stop() == 0
