"""The tutorial of the living map, every step of it by clicking: a lived map whose numbers pandas counts too."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
import tutorial
from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

_PLAIN = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789", "٬,\u2066\u2067\u2068\u2069")
#: What a persona of the tutorial is asked for: bought so often.
_OFTEN = 3


def counted(file: Path) -> dict[str, int]:
    """Count customers by step as the shipped mapping reads the file, with pandas alone."""
    rows = pd.read_csv(file, dtype={"InvoiceNo": str, "CustomerID": "Int64"})
    rows = rows[rows.CustomerID.notna() & (rows.UnitPrice > 0)]
    cancelled = rows.InvoiceNo.str.startswith("C")
    bought, back = rows[~cancelled & (rows.Quantity > 0)], rows[cancelled & (rows.Quantity < 0)]
    often = bought.groupby("CustomerID").InvoiceNo.nunique() >= _OFTEN
    return {
        "order": bought.CustomerID.nunique(),
        "return": back.CustomerID.nunique(),
        "persona": int(often.sum()),
    }


def walked(browser: Browser, folder: Path, file: Path, language: str) -> tuple[dict[str, int], bytes]:
    """Walk the tutorial; return people by step of everybody, those of the persona, and the poster."""
    found: dict[str, int] = {}
    said: list[str] = []
    with (
        tutorial.newly_served(folder) as welcome,
        browser.new_context(
            locale=tutorial.LOCALES[language], viewport={"width": 1440, "height": 900}
        ) as context,
    ):
        page = context.new_page()
        page.on("pageerror", lambda error: said.append(str(error)))

        def people(step: str) -> int:
            links = page.locator(
                f".living-main a[href*='about=step.{step}']:not(svg a)"
            )  # its name is one too
            text = links.filter(has_text=re.compile("[0-9۰-۹٠-٩]")).first.inner_text()
            return int("".join(filter(str.isdigit, text.translate(_PLAIN))))

        def seen(what: str) -> None:
            if what == "map":
                found.update({step: people(step) for step in ("order", "return")})
            elif what == "persona":
                found["persona"] = people("order")

        poster = tutorial.walk(page, welcome, file, tutorial.TOLD[language], seen).read_bytes()
    assert said == []
    return found, poster


@pytest.mark.parametrize("language", ["fa", "ar", "en"])
def test_a_made_file_becomes_a_living_map(chromium_browser: Browser, tmp_path: Path, language: str) -> None:
    file = tutorial.a_sample(tmp_path / "online_retail.csv")
    found, poster = walked(chromium_browser, tmp_path, file, language)
    assert found == counted(file)
    assert poster.startswith(b"%PDF-")


@pytest.mark.data
def test_online_retail_becomes_a_living_map(
    chromium_browser: Browser, tmp_path: Path, shared_data: Path
) -> None:
    file = shared_data / "online_retail" / "online_retail_2010_2011.csv.gz"
    found, poster = walked(chromium_browser, tmp_path, file, "fa")
    assert found == counted(file)
    assert poster.startswith(b"%PDF-")
