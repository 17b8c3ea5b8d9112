"""The scripts that keep the repository: changelog, links, set-up stamps, locks."""

from __future__ import annotations

import re
from pathlib import Path

import changelog
import docs
import pytest
import setup


def test_a_release_gathers_its_fragments_above_the_older_ones(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("not a fragment")
    (tmp_path / "sql.md").write_text("- `safar sql` answers.\nAlso from a file.\n")
    (tmp_path / "import.md").write_text("Files can be imported.\n")
    new = changelog.section("0.2.0", "2026-12-01", tmp_path)
    assert new == (
        "## 0.2.0 (2026-12-01)\n\n- **import**: Files can be imported.\n- **sql**: `safar sql` answers.\n"
        "  Also from a file.\n"
    )
    older = "# Changelog\n\n## 0.1.0 (2026-11-01)\n\n- **all**: First.\n"
    assert changelog.assembled(older, new) == (
        "# Changelog\n\n" + new + "\n## 0.1.0 (2026-11-01)\n\n- **all**: First.\n"
    )


def test_a_release_without_fragments_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="no fragments"):
        changelog.section("0.2.0", "2026-12-01", tmp_path)


def test_anchors_are_those_of_code_hosts() -> None:
    text = "# The `log`, and *why*\n\n## سفر چیست؟\n"
    assert docs.anchors(text) == {"the-log-and-why", "سفر-چیست"}


def test_a_dead_link_and_a_dead_anchor_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docs, "ROOT", tmp_path)
    monkeypatch.setattr(docs, "pages", lambda: ["a.md", "sub/b.md"])
    (tmp_path / "sub").mkdir()
    (tmp_path / "a.md").write_text("# Top\n[b](sub/b.md#there) [gone](c.md) [out](https://shop.example)\n")
    (tmp_path / "sub" / "b.md").write_text("# There\n[up](../a.md#top) [none](../a.md#none)\n")
    assert list(docs.dead_links()) == [
        "a.md: c.md: there is no c.md",
        "sub/b.md: ../a.md#none: a.md has no heading #none",
    ]


def test_a_step_is_done_once_per_key_and_again_when_it_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(setup, "STAMPS", tmp_path / ".make")
    done = []
    setup.stamped("step", "1", lambda: done.append("1"))
    setup.stamped("step", "1", lambda: done.append("again"))

    def fails() -> None:
        raise SystemExit("no")

    with pytest.raises(SystemExit):
        setup.stamped("step", "2", fails)
    setup.stamped("step", "2", lambda: done.append("2"))
    assert done == ["1", "2"]


def test_a_key_follows_the_contents_of_its_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup, "ROOT", tmp_path)
    lock = tmp_path / "run.txt"
    lock.write_text("a==1")
    before = setup.hash_of([lock])
    lock.touch()
    assert setup.hash_of([lock]) == before
    lock.write_text("a==2")
    assert setup.hash_of([lock]) != before
    assert setup.hash_of([lock], "dev") != setup.hash_of([lock], "run")


def test_the_locks_agree_with_each_other_and_hash_everything(root: Path) -> None:
    pins = {name: _pins(root / "requirements" / f"{name}.txt") for name in ("run", "dev", "bench")}
    assert pins["run"].items() <= pins["dev"].items() <= pins["bench"].items()
    assert {"numpy", "django", "click", "hatchling"} <= {name for name, _ in pins["run"]}
    for lock in (root / "requirements").glob("*.txt"):
        for block in re.split(r"\n(?=[a-z0-9])", lock.read_text().split("\n", 2)[2]):
            assert "--hash=sha256:" in block, block


def _pins(lock: Path) -> dict[tuple[str, str], str]:
    """Return version by (package, marker)."""
    lines = re.findall(r"^([a-z0-9._-]+)==(\S+?)(?: ; (.*?))? \\$", lock.read_text(), re.MULTILINE)
    return {(name, marker): version for name, version, marker in lines}


def test_the_driver_of_postgresql_comes_where_a_database_is_named(root: Path) -> None:
    address = {"SAFAR_DATABASE_URL": "postgresql://db/cx"}
    assert [setup.level_of(level, address) for level in ("run", "dev", "bench")] == [
        "postgresql",
        "dev",
        "bench",
    ]
    assert [setup.level_of("run", found) for found in ({}, {"SAFAR_DATABASE_URL": " "})] == ["run", "run"]
    locks = {level: (root / "requirements" / f"{level}.txt").read_text() for level in setup.LEVELS}
    assert [level for level, lock in locks.items() if "\npsycopg==" in lock] == ["postgresql", "dev", "bench"]
