from __future__ import annotations

import hashlib
import hmac
import re
import threading
import time
from pathlib import Path

import pytest

from safar.store.home import Home
from safar.store.keys import InvalidKeySetting, KeyExists, UnknownKey
from safar.store.registry import UnknownWorkspace


@pytest.fixture
def home(tmp_path: Path) -> Home:
    with Home.create(tmp_path / "home") as home:
        home.create_workspace("Shop")
        yield home


def test_a_secret_opens_its_key_and_nothing_else_does(home):
    key, secret = home.create_key("shop", name="website", channel="web")
    assert re.fullmatch(r"sfr_[A-Za-z0-9_-]{43}", secret)
    assert re.fullmatch(r"key_[0-9a-f]{16}", key.key_id)
    assert home.key_of(secret) == key
    for wrong in ("", secret[:-1], secret + "x", secret.lower(), key.key_id, "sfr_", "\udcff", "ک" * 50):
        assert home.key_of(wrong) is None


def test_the_secret_is_nowhere_on_disk(home):
    _, secret = home.create_key("shop", name="website")
    home.close()
    files = [path for path in home.folder.rglob("*") if path.is_file()]
    assert any(b"website" in path.read_bytes() for path in files)
    assert not any(secret.removeprefix("sfr_").encode() in path.read_bytes() for path in files)


def test_a_key_keeps_its_settings_over_a_reopening(home):
    key, secret = home.create_key(
        "shop",
        name="فروشگاه",
        channel="app",
        origins=["https://Shop.example:443/", "http://localhost:8000", "https://shop.example"],
        requests_per_second=2.5,
    )
    assert key.origins == ("https://shop.example", "http://localhost:8000")
    with Home.open(home.folder) as again:
        assert again.key_of(secret) == key
        assert again.keys("shop") == [key]


def test_a_revoked_key_is_refused_at_once_here_and_within_a_second_elsewhere(home):
    key, secret = home.create_key("shop", name="website")
    with Home.open(home.folder) as elsewhere:
        assert elsewhere.key_of(secret) == key
        revoked = home.revoke_key(key.key_id)
        revoked_at = time.monotonic()
        assert home.key_of(secret) is None
        while elsewhere.key_of(secret) is not None:
            assert time.monotonic() - revoked_at < 1
            time.sleep(0.01)
        assert home.revoke_key(key.key_id) == revoked
        assert elsewhere.keys("shop") == [revoked]
        assert revoked.revoked_at >= key.created_at


def test_a_key_made_elsewhere_opens_within_a_second(home):
    with Home.open(home.folder) as elsewhere:
        assert home.key_of("sfr_unknown") is None
        key, secret = elsewhere.create_key("shop", name="website")
        made_at = time.monotonic()
        assert elsewhere.key_of(secret) == key
        while home.key_of(secret) is None:
            assert time.monotonic() - made_at < 1
            time.sleep(0.01)


def test_names_are_unique_among_keys_in_use(home):
    home.create_workspace("Other")
    key, _ = home.create_key("shop", name="website")
    with pytest.raises(KeyExists):
        home.create_key("shop", name=" website ")
    assert home.keys("shop") == [key]
    home.create_key("other", name="website")
    revoked = home.revoke_key(key.key_id)
    successor, _ = home.create_key("shop", name="website")
    assert home.keys("shop") == [revoked, successor]


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("name", ""),
        ("name", "two\nlines"),
        ("name", "x" * 101),
        ("channel", "web\x00"),
        ("origins", ["shop.example"]),
        ("origins", ["https://shop.example/path"]),
        ("origins", ["https://user@shop.example"]),
        ("origins", ["https://shop.example:port"]),
        ("origins", ["https://shop.example?x"]),
        ("origins", ["ftp://shop.example"]),
        ("origins", ["https://فروشگاه.example"]),
        ("origins", ["https://"]),
        ("origins", ["null"]),
        ("requests_per_second", 0),
        ("requests_per_second", -1.0),
        ("requests_per_second", float("nan")),
        ("requests_per_second", float("inf")),
    ],
)
def test_a_setting_that_is_not_usable_is_refused_and_nothing_is_made(home, setting, value):
    with pytest.raises(InvalidKeySetting) as refused:
        home.create_key("shop", **({"name": "website"} | {setting: value}))
    assert refused.value.context["setting"] == setting
    assert home.keys("shop") == []


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("*", "*"),
        ("HTTPS://Shop.Example", "https://shop.example"),
        ("http://shop.example:80", "http://shop.example"),
        ("https://shop.example:8443/", "https://shop.example:8443"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("https://xn--mgbaam7a8h.example", "https://xn--mgbaam7a8h.example"),
    ],
)
def test_origins_are_kept_as_browsers_write_them(home, written, kept):
    key, _ = home.create_key("shop", name="website", origins=[written])
    assert key.origins == (kept,)


def test_unknown_workspaces_and_keys_are_refused(home):
    with pytest.raises(UnknownWorkspace):
        home.create_key("nowhere", name="website")
    with pytest.raises(UnknownKey):
        home.revoke_key("key_0000000000000000")


def test_the_door_asks_while_keys_come_and_go(home):
    lasting, lasting_secret = home.create_key("shop", name="lasting")
    stop = threading.Event()
    seen: list[object] = []

    def ask() -> None:
        while not stop.is_set():
            seen.append(home.key_of(lasting_secret))

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(20):
        key, secret = home.create_key("shop", name=f"k{number}")
        assert home.key_of(secret) == key
        home.revoke_key(key.key_id)
        assert home.key_of(secret) is None
    stop.set()
    for thread in threads:
        thread.join()
    assert set(seen) == {lasting}


def test_a_servers_key_signs_for_its_workspace_and_keys_of_pages_sign_nothing(home):
    workspace_id = "shop"
    other = home.create_workspace("Other").workspace_id
    server, secret = home.create_key(workspace_id, name="server")
    _, second = home.create_key(workspace_id, name="second server")
    _, public = home.create_key(workspace_id, name="page", origins=["https://shop.example"])

    def signed(by: str) -> str:
        return hmac.new(hashlib.sha256(by.encode()).digest(), "سارا".encode(), "sha256").hexdigest()

    assert home.signer(workspace_id, "سارا", signed(secret)) == server
    assert home.signer(workspace_id, "سارا", signed(secret).upper()) == server
    assert home.signer(workspace_id, "سارا", signed(second)).name == "second server"
    assert home.signer(workspace_id, "سارا", signed(public)) is None
    assert home.signer(workspace_id, "سارا", secret) is None
    assert home.signer(workspace_id, "سارا ", signed(secret)) is None
    assert home.signer(other, "سارا", signed(secret)) is None
    home.revoke_key(server.key_id)
    assert home.signer(workspace_id, "سارا", signed(secret)) is None
