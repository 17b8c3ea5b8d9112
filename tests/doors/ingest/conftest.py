"""A shop with a key, and a server that takes its events."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from safar.store.home import Home
from safar.store.keys import Key
from serving import Server, start


@dataclass(frozen=True)
class Shop:
    """A home with one workspace, ``shop``, that counts in rials, and one key for its website."""

    home: Path
    key: Key
    secret: str


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return _shop_in(tmp_path / "home")


@pytest.fixture
def a_shop() -> Callable[[Path], Shop]:
    """Make a shop in a folder of the test's choice."""
    return _shop_in


def _shop_in(folder: Path) -> Shop:
    with Home.create(folder) as home:
        workspace = home.create_workspace("Shop", currency="IRR")
        key, secret = home.create_key(
            workspace.workspace_id, name="website", channel="web", origins=["https://shop.example"]
        )
    return Shop(folder, key, secret)


@pytest.fixture
def served(shop: Shop, tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Start servers on the shop's home; they are stopped afterwards."""
    running: list[Server] = []

    def begin(**options: object) -> Server:
        server = start(shop.home, tmp_path / f"errors{len(running)}", secret=shop.secret, **options)
        running.append(server)
        return server

    yield begin
    for server in running:
        server.stop()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Shop]]:
    """One server for the tests of a module that do not look at the whole log."""
    folder = tmp_path_factory.mktemp("shared")
    shop = _shop_in(folder / "home")
    server = start(shop.home, folder / "errors", secret=shop.secret)
    yield server, shop
    server.stop()
