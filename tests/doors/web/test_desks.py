"""Desks are strangers to each other's tables."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
WEB = ROOT / "src" / "safar" / "doors" / "web"


def test_the_linter_keeps_the_models_of_every_desk_private() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    kept = {
        (tuple(each["protected_modules"]), tuple(each["allowed_importers"]))
        for each in contracts
        if each["type"] == "protected"
    }
    desks = [f"safar.doors.web.{path.parent.name}" for path in WEB.glob("*/models.py")]
    assert kept == {((f"{desk}.models",), (desk,)) for desk in desks}
