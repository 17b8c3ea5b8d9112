"""Workspaces and keys from the terminal, and which home and workspace a command is about."""

from __future__ import annotations

import csv
import io
import json
import shlex
from pathlib import Path

import pytest

from safar.store.home import Home


def test_create_makes_the_home_and_list_shows_it(safar, tmp_path: Path) -> None:
    settings = ["--language", "fa", "--calendar", "jalali", "--time-zone", "Asia/Tehran", "--currency", "IRR"]
    made = safar("workspaces", "create", "Tehran shop", *settings, "--home", "h", "--json")
    assert made.code == 0
    assert made.err == f"Created in {tmp_path / 'h'}.\n"
    shop = json.loads(made.out)
    assert shop["workspace_id"] == "tehran-shop"
    listed = safar("--home", "h", "workspaces", "list", "--json")
    assert json.loads(listed.out) == [shop]


def test_a_setting_that_cannot_be_leaves_nothing_behind(safar) -> None:
    refused = safar("workspaces", "create", "Shop", "--calendar", "jallali", "--home", "h")
    assert (refused.code, refused.out) == (2, "")
    assert "jallali" in refused.err
    assert safar("workspaces", "list", "--home", "h", "--json").out == "[]\n"


def test_a_home_that_is_not_there_is_refused(safar, tmp_path: Path) -> None:
    refused = safar("workspaces", "list", "--home", "nowhere")
    assert refused.code == 2
    assert refused.err.startswith(f"Error: {tmp_path / 'nowhere'} is not a Safar home")
    assert not (tmp_path / "nowhere").exists()


def test_a_key_works_until_it_is_revoked(safar, home: Path) -> None:
    made = safar(
        "keys", "create", "site", "--channel", "web", "--origin", "https://shop.example",
        "--rate", "۱۲٫۵", "--home", home, "--json",
    )  # fmt: skip
    key = json.loads(made.out)
    assert (key["channel"], key["origins"], key["requests_per_second"]) == (
        "web",
        ["https://shop.example"],
        12.5,
    )
    with Home.open(home) as opened:
        assert opened.key_of(key["secret"]).key_id == key["key_id"]
    listed = safar("keys", "list", "--home", home)
    assert key["secret"] not in listed.out
    assert [row["name"] for row in csv.DictReader(io.StringIO(listed.out))] == ["site"]
    assert safar("keys", "revoke", "site", "--home", home).code == 0
    with Home.open(home) as opened:
        assert opened.key_of(key["secret"]) is None


def test_a_rate_that_is_no_number_is_refused_and_makes_no_key(safar, home: Path) -> None:
    refused = safar("keys", "create", "site", "--rate", "fast", "--home", home)
    assert refused.code == 2
    assert "'fast' is not a number." in refused.err
    assert safar("keys", "list", "--home", home, "--json").out == "[]\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (["--home", "{home}", "--workspace", "shop"], []),
        ([], ["--home", "{home}", "--workspace", "shop"]),
        (["--home", "nowhere", "--workspace", "none"], ["--home", "{home}", "--workspace", "shop"]),
    ],
)
def test_home_and_workspace_are_understood_before_and_after_the_command(
    safar, home: Path, before: list[str], after: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAFAR_HOME", "elsewhere")
    monkeypatch.setenv("SAFAR_WORKSPACE", "other")
    words = [word.format(home=home) for word in [*before, "keys", "list", *after, "--json"]]
    assert (safar(*words).code, safar(*words).out) == (0, "[]\n")


def test_the_environment_says_what_no_flag_says(safar, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAFAR_HOME", str(home))
    monkeypatch.setenv("SAFAR_WORKSPACE", "shop")
    assert safar("keys", "list", "--json").out == "[]\n"


def test_one_of_several_workspaces_must_be_named(safar, home: Path) -> None:
    safar("workspaces", "create", "Second", "--home", home)
    refused = safar("keys", "list", "--home", home)
    assert refused.code == 2
    assert "has 2 workspaces: shop, second. [cli.workspace_unclear]" in refused.err
    assert "--workspace or SAFAR_WORKSPACE" in refused.err


def test_a_home_without_workspaces_says_how_to_make_one(safar, tmp_path: Path) -> None:
    Home.create(tmp_path / "empty").close()
    refused = safar("keys", "list", "--home", tmp_path / "empty")
    assert refused.code == 2
    flags = "--id shop --language fa --calendar jalali --time-zone Asia/Tehran --currency IRR"
    way = f'safar workspaces create "My shop" {flags}'
    assert way in refused.err
    missing = safar("keys", "list", "--home", tmp_path / "nowhere")
    assert (missing.code, way in missing.err) == (2, True)
    assert safar(*shlex.split(way)[1:], "--home", tmp_path / "nowhere").code == 0, "the way leads on"
    assert safar("keys", "list", "--home", tmp_path / "nowhere").code == 0


def test_a_name_without_latin_letters_is_told_its_id(safar, tmp_path: Path) -> None:
    persian = safar("workspaces", "create", "فروشگاه من", "--home", tmp_path / "home")
    assert "Its id is workspace: the name has no Latin letter to make one of; --id chooses it." in persian.err
    named = safar("workspaces", "create", "فروشگاه من", "--id", "shop", "--home", tmp_path / "home")
    latin = safar("workspaces", "create", "Café", "--home", tmp_path / "home")
    assert "Its id is" not in named.err + latin.err


def test_what_is_named_of_a_workspace_is_changed_and_the_rest_stays(safar, home: Path) -> None:
    before = json.loads(safar("workspaces", "list", "--home", home, "--json").out)[0]
    words = ["--name", "فروشگاه", "--time-zone", "Asia/Tehran", "--retention-days", "۷۳۰"]
    changed = safar("workspaces", "change", "shop", *words, "--home", home, "--json")
    after = before | {"name": "فروشگاه", "time_zone": "Asia/Tehran", "retention_days": 730}
    assert (changed.code, json.loads(changed.out)) == (0, after)
    safar(
        "workspaces",
        "change",
        "shop",
        "--calendar",
        "hijri",
        "--language",
        "ar",
        "--currency",
        "SAR",
        "--home",
        home,
    )
    after |= {"calendar": "hijri", "language": "ar", "currency": "SAR"}
    assert json.loads(safar("workspaces", "list", "--home", home, "--json").out) == [after]
    safar("workspaces", "change", "shop", "--retention-days", "none", "--home", home)
    assert json.loads(safar("workspaces", "list", "--home", home, "--json").out) == [
        after | {"retention_days": None}
    ]


@pytest.mark.parametrize(
    "words",
    [
        ["--retention-days", "2.5"],
        ["--retention-days", "0"],
        ["--retention-days", "all"],
        ["--language", "de"],
    ],
)
def test_a_change_that_cannot_be_changes_nothing(safar, home: Path, words: list[str]) -> None:
    before = safar("workspaces", "list", "--home", home, "--json").out
    refused = safar("workspaces", "change", "shop", "--name", "Other", *words, "--home", home)
    assert (refused.code, refused.out) == (2, "")
    assert words[1] in refused.err
    assert safar("workspaces", "list", "--home", home, "--json").out == before
