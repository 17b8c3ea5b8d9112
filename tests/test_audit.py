"""The audit of what Safar is built on."""

from __future__ import annotations

from email.message import Message
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


def test_where_metadata_says_nothing_the_licence_file_does() -> None:
    (text,) = audit.written_licences("resvg-py")
    assert audit.licences({"License": [text]}) == {"MIT"}
    assert audit.refused_licences("resvg-py==0.5.0 --hash=sha256:aa\n", "") == []


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


def test_a_peer_whose_licence_would_bind_stands_in_the_lock_of_the_benchmarks_alone() -> None:
    narrow = {path.name: path.read_text(encoding="utf-8") for path in (*audit.LOCKS.values(), audit.DEV)}
    bench = audit.BENCH.read_text(encoding="utf-8")
    assert audit.strayed(narrow, bench) == []
    assert {pin.name for pin in audit.pins(bench) if isinstance(pin, audit.Pin)} > audit.ONLY_MEASURED_BESIDE
    assert audit.strayed({"run.txt": "pm4py==2.7.23 --hash=sha256:aa\n"}, "") == [
        "run.txt: pm4py may only be measured beside. Keep it in the group bench."
    ]


def test_a_licence_that_would_bind_has_to_be_argued_for(monkeypatch: pytest.MonkeyPatch) -> None:
    said = {"pytest": "GPL-3.0-or-later", "click": "LGPL-3.0-only", "numpy": "AGPL-3.0-only AND MIT"}

    def metadata_of(name: str) -> Message:
        if name not in said:
            raise audit.metadata.PackageNotFoundError(name)
        found = Message()
        found["License-Expression"] = said[name]
        return found

    monkeypatch.setattr(audit.metadata, "metadata", metadata_of)
    lock = "".join(f"{name}==1.0 --hash=sha256:aa\n" for name in (*said, "absent"))
    assert audit.strayed({}, lock) == [
        f"requirements/bench.txt: the licence of {name} would bind Safar. Do without it, or argue for it."
        for name in ("numpy", "pytest")
    ]


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
