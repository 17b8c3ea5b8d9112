"""What the browser is given to keep, and to fill in."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import safar
from safar.store.home import Home

_STORAGE = re.compile(r"\b(localStorage|sessionStorage|indexedDB|openDatabase|caches|document\.cookie)\b")


def test_no_script_keeps_anything_in_the_browser() -> None:
    scripts = sorted((Path(safar.__file__).parent / "doors" / "web" / "static").rglob("*.js"))
    assert len(scripts) > 3
    # A kiosk without a line keeps what was answered until it is sent.
    for script in (each for each in scripts if each.name not in {"kiosk.js", "kiosk_worker.js"}):
        assert _STORAGE.findall(script.read_text(encoding="utf-8")) == [], script


def test_a_password_is_masked_and_a_keeper_of_passwords_may_fill_it_in(browser: Any, web_home: Home) -> None:
    page = browser.get("/sign-in").content.decode()
    (field,) = re.findall(r'<input[^>]*name="password"[^>]*>', page)
    assert 'type="password"' in field
    assert 'autocomplete="current-password"' in field
    assert "maxlength" not in field or int(re.findall(r'maxlength="(\d+)"', field)[0]) > 64
    assert "onpaste" not in page
