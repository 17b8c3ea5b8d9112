"""The audit of what Safar is built on."""

from __future__ import annotations

from pathlib import Path

import audit
import pytest

_LOCK = """# made by hand
click==8.1.0 \\
    --hash=sha256:aa \\
    --hash=sha256:bb
    # via safar
uvloop==0.22.0 ; sys_platform != 'win32' \\
    --hash=sha256:cc
"""


def test_a_lock_is_read_with_its_versions_hashes_and_markers() -> None:
    assert list(audit.pins(_LOCK)) == [
        audit.Pin("click", "8.1.0", 2, ""),
        audit.Pin("uvloop", "0.22.0", 1, "sys_platform != 'win32'"),
    ]
    assert audit.unpinned(_LOCK) == []


def test_what_a_lock_leaves_open_is_named() -> None:
    text = _LOCK + "numpy>=2\nflask==3.0\nleft-pad @ https://example.invalid/left-pad.whl\n"
    assert audit.unpinned(text) == [
        "numpy>=2",
        "flask has no hash",
        "left-pad @ https://example.invalid/left-pad.whl",
    ]


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ({"License-Expression": ["MIT"]}, {"MIT"}),
        ({"License-Expression": ["GPL-3.0-only OR BSD-2-Clause"]}, {"BSD-2-Clause"}),
        (
            {"License-Expression": ["Apache-2.0 WITH LLVM-exception AND MIT"]},
            {"Apache-2.0", "LLVM-exception", "MIT"},
        ),
        ({"License-Expression": ["MIT AND AGPL-3.0-or-later"]}, {"MIT", "AGPL-3.0-or-later"}),
        ({"Classifier": ["License :: OSI Approved :: BSD License"]}, {"BSD-3-Clause"}),
        ({"License": ["Apache-2.0"]}, {"Apache-2.0"}),
        ({}, set()),
    ],
)
def test_licences_are_read_from_metadata_new_and_old(said: dict[str, list[str]], names: set[str]) -> None:
    assert audit.licences(said) == names


def test_the_locks_of_this_checkout_may_be_shipped() -> None:
    for extra, path in audit.LOCKS.items():
        text = path.read_text(encoding="utf-8")
        assert audit.unpinned(text) == []
        assert audit.refused_licences(text, extra) == []


def test_a_copyleft_library_is_allowed_in_its_extra_alone() -> None:
    text = audit.LOCKS["postgresql"].read_text(encoding="utf-8")
    refused = audit.refused_licences(text, "")
    assert [line.split()[0] for line in refused] == ["psycopg", "psycopg-binary"]
    assert all(line.endswith("LGPL-3.0-only") for line in refused)


def test_a_known_vulnerability_fails_with_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(audit, "STAMPS", tmp_path)
    monkeypatch.setattr(audit, "holds", lambda name, key: False)
    monkeypatch.setattr(audit, "advisories", lambda: (["django 5.2.0: CVE-1; repaired in 5.2.1"], 0))
    with pytest.raises(SystemExit, match=r"CVE-1; repaired in 5\.2\.1\. Raise it in pyproject\.toml"):
        audit.main()
    assert not (tmp_path / "audit").exists()


def test_without_an_answer_it_says_so_and_passes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(audit, "STAMPS", tmp_path)
    monkeypatch.setattr(audit, "holds", lambda name, key: False)
    monkeypatch.setattr(audit, "advisories", lambda: ([], -1))
    audit.main()
    assert "nobody answered" in capsys.readouterr().err
    assert (tmp_path / "audit").exists()
