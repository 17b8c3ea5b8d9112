"""What Safar is built on: is it pinned, may it be shipped, and is anything known against it?

python scripts/audit.py

Without a network: every package of the run lock is pinned by hash, and its licence is one that may be shipped; a peer
whose licence would bind Safar stands in the lock of the benchmarks alone (docs/adr/0192). With one: pip-audit asks
whether a known vulnerability concerns a pinned version. Where nobody answers, the audit says so and passes. What was
found is kept under ``.make/`` for a day, as long as the locks stay the same.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from setup import ROOT, STAMPS, hash_of, holds

LOCKS = {"": ROOT / "requirements" / "run.txt"} | {
    extra: ROOT / "requirements" / f"{extra}.txt" for extra in ("cluster", "postgresql")
}
DEV, BENCH = ROOT / "requirements" / "dev.txt", ROOT / "requirements" / "bench.txt"
_SECONDS = 60
#: What may stand in Safar's own distribution, by SPDX.
ALLOWED = frozenset(
    (
        *(
            "0BSD",
            "Apache-2.0",
            "BSD-2-Clause",
            "BSD-3-Clause",
            "CC0-1.0",
            "ISC",
            "LLVM-exception",
            "MIT",
            "MIT-0",
        ),
        *("MPL-2.0", "PSF-2.0", "Unlicense", "Zlib"),
    )
)
#: Of libraries that are loaded beside Safar and can be replaced, only where their extra was asked for.
ALLOWED_IN_EXTRA = {"postgresql": frozenset({"LGPL-3.0-only"})}
#: Under the (Affero) General Public License. Programs of our own that are never shipped run them beside Safar and keep
#: their numbers; nothing that is shipped or tested imports them.
ONLY_MEASURED_BESIDE = frozenset({"cvxopt", "pm4py"})
_BINDING = re.compile(r"\bA?GPL\b|GNU (Affero )?General Public License")
#: Older metadata says it in words.
_WORDS = {
    "apache software license": "Apache-2.0",
    "bsd": "BSD-3-Clause",
    "bsd license": "BSD-3-Clause",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "python software foundation license": "PSF-2.0",
    "the unlicense (unlicense)": "Unlicense",
}
_PIN = re.compile(
    r"^(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^]]*\])?==(?P<version>[^\s;\\]+)(?P<marker>\s*;[^\\]*)?"
)


@dataclass(frozen=True, slots=True)
class Pin:
    """One package of a lock."""

    name: str
    version: str
    hashes: int
    marker: str


def pins(text: str) -> Iterator[Pin | str]:
    """Yield each package of a lock, or the line that pins nothing."""
    for entry in re.sub(r"\\\n\s*", " ", text).splitlines():
        line = re.sub(r"(^|\s)#.*", "", entry).strip()
        if not line:
            continue
        found = _PIN.match(line)
        if found is None:
            yield line
        else:
            marker = (found["marker"] or "").partition(" --hash")[0].strip("; ")
            yield Pin(found["name"], found["version"], line.count("--hash=sha256:"), marker)


def unpinned(text: str) -> list[str]:
    """Return what a lock leaves open."""
    return [
        each if isinstance(each, str) else f"{each.name} has no hash"
        for each in pins(text)
        if isinstance(each, str) or not each.hashes
    ]


def licences(said: Mapping[str, list[str]]) -> set[str]:
    """Return the licences that a package's metadata name, each by its SPDX id where it has one."""
    expression = (said.get("License-Expression") or [""])[0]
    if expression:
        # of several to choose from, the one that may be shipped is chosen
        for choice in expression.split(" OR "):
            names = set(re.findall(r"[A-Za-z0-9.+-]+", choice)) - {"AND", "WITH"}
            if names <= ALLOWED:
                return names
        return set(re.findall(r"[A-Za-z0-9.+-]+", expression)) - {"AND", "OR", "WITH"}
    named = [
        each.rpartition(" :: ")[2] for each in said.get("Classifier", []) if each.startswith("License ::")
    ]
    written = (said.get("License") or [""])[0]
    if not named and written:
        named = (
            ["MIT"]
            if written.startswith("Copyright") and "Permission is" in written[:200]
            else [written.strip()]
        )
    return {_WORDS.get(each.lower(), each) for each in named}


def written_licences(name: str) -> list[str]:
    """Return the texts of the licence files that a package brings: some metadata name the file alone."""
    return [
        path.read_text(encoding="utf-8")
        for path in metadata.files(name) or ()
        if ".dist-info" in str(path) and re.fullmatch(r"LICEN[CS]E(\.(txt|md))?", path.name)
    ]


def refused_licences(text: str, extra: str) -> list[str]:
    """Return the packages of a lock whose licence does not allow to ship them, or is not said."""
    allowed = ALLOWED | ALLOWED_IN_EXTRA.get(extra, frozenset())
    refused = []
    for pin in pins(text):
        if isinstance(pin, str):
            continue
        try:
            found = metadata.metadata(pin.name)
        except metadata.PackageNotFoundError:
            if not pin.marker:
                refused.append(f"{pin.name} is not installed, so its licence cannot be read")
            continue
        said = {key: [str(value) for value in found.get_all(key) or []] for key in set(found.keys())}
        names = licences(said) or licences({"License": written_licences(pin.name)})
        if not names or not names <= allowed:
            refused.append(f"{pin.name} {pin.version}: {', '.join(sorted(names)) or 'no licence said'}")
    return refused


def binding(text: str) -> list[str]:
    """Return the installed packages of a lock whose licence would bind Safar if it were shipped with them."""
    found = []
    for pin in pins(text):
        if isinstance(pin, str):
            continue
        try:
            said = metadata.metadata(pin.name)
        except metadata.PackageNotFoundError:
            continue
        names = licences({key: [str(value) for value in said.get_all(key) or []] for key in set(said.keys())})
        if any(_BINDING.search(name) for name in names):
            found.append(pin.name)
    return found


def strayed(narrow: Mapping[str, str], bench: str) -> list[str]:
    """Return what is wrong with where peers under such a licence stand.

    Parameters
    ----------
    narrow
        The locks in which none may stand, by name.
    bench
        The lock of the benchmarks: what stands there has been argued for.
    """
    named = {
        lock: {each.name for each in pins(text) if isinstance(each, Pin)} for lock, text in narrow.items()
    }
    return [
        f"{lock}: {name} may only be measured beside. Keep it in the group bench."
        for lock, names in named.items()
        for name in sorted(names & ONLY_MEASURED_BESIDE)
    ] + [
        f"{BENCH.relative_to(ROOT)}: the licence of {name} would bind Safar. Do without it, or argue for it."
        for name in sorted(set(binding(bench)) - ONLY_MEASURED_BESIDE)
    ]


def advisories() -> tuple[list[str], int]:
    """Return what is known against the pinned versions, and how many packages nobody could tell about."""
    asked = [
        sys.executable,
        "-m",
        "pip_audit",
        "-r",
        str(LOCKS["postgresql"]),
        "--disable-pip",
        "--require-hashes",
    ]
    try:
        done = subprocess.run(
            [*asked, "--format", "json", "--progress-spinner", "off", "--timeout", "10"],
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
        packages = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, json.JSONDecodeError, KeyError):
        return [], -1
    known = [
        f"{each['name']} {each['version']}: {found['id']}; "
        f"repaired in {', '.join(found['fix_versions']) or 'no version'}"
        for each in packages
        for found in each.get("vulns", ())
    ]
    return known, sum("skip_reason" in each for each in packages)


def main() -> None:
    """Audit, and end with what to do."""
    key = hash_of([*LOCKS.values(), DEV, BENCH, Path(__file__)], f"{datetime.now(UTC):%Y-%m-%d}")
    if holds("audit", key):
        return
    wrong = []
    for extra, path in LOCKS.items():
        text = path.read_text(encoding="utf-8")
        name = path.relative_to(ROOT)
        wrong += [f"{name}: {each}. Run requirements/compile." for each in unpinned(text)]
        wrong += [
            f"{name}: {each}. Replace the package, or argue for its licence."
            for each in refused_licences(text, extra)
        ]
    narrow = {
        str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in (*LOCKS.values(), DEV)
    }
    wrong += strayed(narrow, BENCH.read_text(encoding="utf-8"))
    known, silent = advisories()
    wrong += [f"{each}. Raise it in pyproject.toml and run requirements/compile." for each in known]
    if wrong:
        raise SystemExit("\n".join(["audit:", *wrong]))
    if silent:
        count = "any package" if silent < 0 else f"{silent} package(s)"
        print(
            f"audit: nobody answered what is known against {count}; pins and licences are in order.",
            file=sys.stderr,
        )
    STAMPS.mkdir(exist_ok=True)
    (STAMPS / "audit").write_text(key)


if __name__ == "__main__":
    main()
