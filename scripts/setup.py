"""Bring a machine that has Python 3.11 to the point where Safar runs. Standard library only.

    python3 scripts/setup.py run       what `safar demo` and `safar serve` need, with PostgreSQL's driver where
                                       SAFAR_DATABASE_URL is set
    python3 scripts/setup.py dev       and the tests and checks
    python3 scripts/setup.py bench     and the peers that benchmarks compare with
    python3 scripts/setup.py browser   Debian's Chromium, where apt-get may be used

Each step leaves the hash of what it was made from under `.make/`. A step whose hash still holds does nothing,
so a second run needs no network. There is one `.venv`: a wider set is never narrowed again.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
STAMPS = ROOT / ".make"
LEVELS = ("run", "postgresql", "dev", "bench")
OLDEST = (3, 11)
BIN = VENV / "bin"


def say(text: str) -> None:
    """Tell the person at the terminal; standard output stays free for data."""
    print(text, file=sys.stderr, flush=True)


def stop(text: str) -> None:
    """End with one clear message."""
    raise SystemExit(f"setup: {text}")


def hash_of(paths: Iterable[Path], *words: str) -> str:
    """Return the hash of the named files' contents and of the words beside them."""
    digest = hashlib.sha256()
    for word in words:
        digest.update(f"{word}\n".encode())
    for path in sorted(paths):
        digest.update(f"{path.relative_to(ROOT)}\n".encode())
        digest.update(path.read_bytes() if path.exists() else b"")
    return digest.hexdigest()


def holds(name: str, key: str) -> bool:
    """Whether step ``name`` was made from ``key``."""
    stamp = STAMPS / name
    return stamp.exists() and stamp.read_text() == key


def stamped(name: str, key: str, work: Callable[[], None]) -> None:
    """Do the work unless it was done from the same key; stamp it only once it succeeded."""
    if holds(name, key):
        return
    work()
    STAMPS.mkdir(exist_ok=True)
    (STAMPS / name).write_text(key)


def run(*command: str | Path) -> None:
    """Run a command, its talk on standard error; stop with its name when it fails."""
    done = subprocess.run([str(word) for word in command], cwd=ROOT, stdout=sys.stderr, check=False)
    if done.returncode:
        stop(f"`{' '.join(str(word) for word in command)}` failed with exit code {done.returncode}.")


def answers(*command: str | Path) -> bool:
    """Whether a command can be run and succeeds, silently."""
    try:
        done = subprocess.run([str(word) for word in command], capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0


def apt() -> list[str] | None:
    """Return the words that run apt-get here, or None where we may not."""
    if shutil.which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return ["apt-get"]
    return ["sudo", "-n", "apt-get"] if answers("sudo", "-n", "true") else None


def apt_install(package: str) -> bool:
    """Install a Debian package, with fresh lists where the old ones fail; say whether it worked."""
    words = apt()
    if words is None:
        return False
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}

    def quietly(*command: str) -> subprocess.CompletedProcess[str]:
        whole = [*words, *command]
        return subprocess.run(whole, env=environment, capture_output=True, text=True, check=False)

    install = ["install", "-y", "-qq", "--no-install-recommends", package]
    done = quietly(*install)
    if done.returncode:
        quietly("update", "-qq")
        done = quietly(*install)
    if done.returncode:
        say(done.stdout + done.stderr)
    return done.returncode == 0


def make_venv() -> None:
    """Create `.venv` with pip in it, also on a Debian whose Python comes without ensurepip."""
    say("setup: creating .venv")
    python = sys.executable
    shutil.rmtree(VENV, ignore_errors=True)
    if answers(python, "-c", "import ensurepip, venv"):
        run(python, "-m", "venv", VENV)
        return
    package = f"python3.{sys.version_info.minor}-venv"
    if apt_install(package):
        run(python, "-m", "venv", VENV)
        return
    if answers(python, "-m", "pip", "--version") and answers(python, "-m", "venv", "--without-pip", VENV):
        say("setup: this Python has no ensurepip; using its own pip")
        return
    stop(f"this Python cannot create a virtual environment; install Debian's {package} and try again.")


def pip() -> list[str | Path]:
    """Return the words that run pip for `.venv`: its own, or the system's pointed at it."""
    inside = BIN / "python"
    if answers(inside, "-m", "pip", "--version"):
        return [inside, "-m", "pip"]
    return [sys.executable, "-m", "pip", "--python", inside]


def ensure_venv() -> None:
    """Create `.venv` when there is none, or it is broken, or another Python or folder made it."""
    key = hash_of([], os.path.realpath(sys.executable), sys.version, str(ROOT))
    works = answers(BIN / "python", "-c", f"import sys; sys.exit(sys.version_info[:2] < {OLDEST})")
    if works and not (STAMPS / "venv").exists():
        STAMPS.mkdir(exist_ok=True)
        (STAMPS / "venv").write_text(key)
    if not works:
        (STAMPS / "venv").unlink(missing_ok=True)
    if not holds("venv", key):
        for stamp in STAMPS.glob("*"):
            stamp.unlink()
    stamped("venv", key, make_venv)


def ensure_uv() -> None:
    """Install the pinned and hashed uv."""
    lock = ROOT / "requirements" / "uv.txt"
    stamped(
        "uv",
        hash_of([lock]),
        lambda: run(
            *pip(), "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r", lock
        ),
    )


def level_of(asked: str, environment: Mapping[str, str]) -> str:
    """Return the level to install: to run on a PostgreSQL database its driver is needed too."""
    return "postgresql" if asked == "run" and environment.get("SAFAR_DATABASE_URL", "").strip() else asked


def ensure_packages(level: str) -> None:
    """Install the locked packages of ``level``, or of the wider level already there, and Safar itself."""
    widest = STAMPS / "level"
    reached = widest.read_text() if widest.exists() else LEVELS[0]
    level = max(level, reached, key=LEVELS.index)
    lock = ROOT / "requirements" / f"{level}.txt"
    python = BIN / "python"

    def install() -> None:
        say(f"setup: installing the packages of requirements/{level}.txt")
        run(BIN / "uv", "pip", "sync", "--quiet", "--python", python, "--require-hashes", lock)
        # Editable, built by the hatchling of the lock: no isolated build, so nothing unhashed is fetched.
        run(
            BIN / "uv", "pip", "install", "--quiet", "--python", python, "--no-deps", "--no-build-isolation",
            "--editable", ROOT,
        )  # fmt: skip
        widest.write_text(level)

    stamped("packages", hash_of([lock, ROOT / "pyproject.toml"], level), install)


def ensure_pages() -> None:
    """Bring the front-end packages and compile the translations, as the pages need them."""
    run(BIN / "python", ROOT / "scripts" / "frontend.py")  # has a stamp of its own, beside what it brings
    catalogues = sorted((ROOT / "src").rglob("*.po"))
    if not all(catalogue.with_suffix(".mo").exists() for catalogue in catalogues):
        (STAMPS / "messages").unlink(missing_ok=True)
    script = ROOT / "scripts" / "messages.py"
    stamped("messages", hash_of([script, *catalogues]), lambda: run(BIN / "python", script, "--compile"))


def ensure_browser() -> None:
    """Install Debian's Chromium for the browser tests; without it they say what they miss."""
    if shutil.which("chromium") or shutil.which("chromium-browser"):
        return
    say("setup: installing Debian's chromium for the browser tests")
    if not apt_install("chromium"):
        say("setup: no chromium (apt-get needs root or passwordless sudo); browser tests will say so")


def main(arguments: list[str]) -> None:
    """Do the steps for the level or thing named on the command line."""
    if sys.version_info < OLDEST:
        found = ".".join(map(str, sys.version_info[:3]))
        stop(
            f"Safar needs Python 3.11 or newer; {sys.executable} is {found}. Try `make … PYTHON=python3.11`."
        )
    if arguments == ["browser"]:
        ensure_browser()
        return
    if len(arguments) != 1 or arguments[0] not in LEVELS:
        stop(f"say one of: {', '.join(LEVELS)}, browser. Got: {' '.join(arguments) or 'nothing'}.")
    ensure_venv()
    ensure_uv()
    ensure_packages(level_of(arguments[0], os.environ))
    ensure_pages()


if __name__ == "__main__":
    main(sys.argv[1:])
