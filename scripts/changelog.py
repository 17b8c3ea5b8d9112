"""Assemble CHANGELOG.md from the fragments in changelog.d.

python scripts/changelog.py 0.2.0          write the section of a release and remove its fragments
python scripts/changelog.py 0.2.0 --show   only print the section
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FRAGMENTS = ROOT / "changelog.d"
CHANGELOG = ROOT / "CHANGELOG.md"
TITLE = "# Changelog\n"


def fragments(folder: Path) -> list[Path]:
    """Return the fragments, by topic; the folder's own README is none."""
    return sorted(path for path in folder.glob("*.md") if path.name != "README.md")


def section(version: str, day: str, folder: Path) -> str:
    """Return the section of a release: an item a fragment, its further lines indented."""
    items = []
    for path in fragments(folder):
        lines = [line.strip().removeprefix("- ") for line in path.read_text(encoding="utf-8").splitlines()]
        items.append(f"- **{path.stem}**: " + "\n  ".join(filter(None, lines)))
    if not items:
        raise SystemExit(f"changelog: {folder} has no fragments; nothing changed?")
    return f"## {version} ({day})\n\n" + "\n".join(items) + "\n"


def assembled(changelog: str, new: str) -> str:
    """Return the changelog with the new section above the older ones."""
    older = changelog.removeprefix(TITLE).lstrip("\n")
    return f"{TITLE}\n{new}" + (f"\n{older}" if older else "")


def main(arguments: list[str]) -> None:
    """Print or write the section of the release named on the command line."""
    versions = [argument for argument in arguments if not argument.startswith("-")]
    if len(versions) != 1 or set(arguments) - {*versions, "--show"}:
        raise SystemExit("changelog: say the version, as in `python scripts/changelog.py 0.2.0 --show`.")
    new = section(versions[0], datetime.now(UTC).date().isoformat(), FRAGMENTS)
    if "--show" in arguments:
        print(new, end="")
        return
    CHANGELOG.write_text(
        assembled(CHANGELOG.read_text(encoding="utf-8") if CHANGELOG.exists() else TITLE, new),
        encoding="utf-8",
    )
    for path in fragments(FRAGMENTS):
        path.unlink()


if __name__ == "__main__":
    main(sys.argv[1:])
