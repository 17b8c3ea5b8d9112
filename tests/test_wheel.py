"""The built wheel is whole: whoever installs it needs no Node, no gettext and no network."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

#: What a machine that runs Safar has no use for.
LEFT_BEHIND = {".po", ".pyc", ".nbi", ".nbc"}


@pytest.fixture(scope="module")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, unpacked, with its metadata."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    ran = subprocess.run(build, cwd=root, capture_output=True, text=True, check=False, timeout=120)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as packed:
        packed.extractall(folder / "unpacked")
    return folder / "unpacked"


def test_it_holds_every_file_of_the_package(root: Path, wheel: Path) -> None:
    files = (path for path in (root / "src" / "safar").rglob("*") if path.is_file())
    wanted = {path.relative_to(root / "src").as_posix() for path in files if path.suffix not in LEFT_BEHIND}
    held = {path.relative_to(wheel).as_posix() for path in (wheel / "safar").rglob("*") if path.is_file()}
    assert wanted - held == set()


def test_it_brings_translations_fonts_and_the_command(root: Path, wheel: Path) -> None:
    catalogues = (root / "src").rglob("django.po")
    wanted = {path.relative_to(root / "src").with_suffix(".mo").as_posix() for path in catalogues}
    assert "safar/doors/web/today/locale/fa/LC_MESSAGES/django.mo" in wanted
    assert {path.relative_to(wheel).as_posix() for path in wheel.rglob("django.mo")} == wanted
    assert (wheel / "safar/doors/web/static/vendor/vazirmatn-arabic.woff2").stat().st_size > 10_000
    assert (wheel / "safar/show/drawing/fonts/Vazirmatn-Regular.ttf").stat().st_size > 100_000
    entry_points = next(wheel.glob("*.dist-info/entry_points.txt")).read_text()
    assert "safar = safar.doors.cli.main:main" in entry_points
    assert next(wheel.glob("*.dist-info/licenses/LICENSE")).stat().st_size > 10_000


def test_it_runs_from_where_it_was_unpacked(wheel: Path, tmp_path: Path) -> None:
    code = (
        "import safar, sys; from safar.doors.cli.main import main; print(safar.__file__); main(sys.argv[1:])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, "workspaces", "create", "Shop", "--home", "home", "--csv"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(wheel)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.splitlines()[0] == str(wheel / "safar" / "__init__.py")
    assert "workspace_id,shop" in ran.stdout


def test_a_query_in_a_process_apart_runs_from_where_it_was_unpacked(wheel: Path, tmp_path: Path) -> None:
    code = (
        "import sys\nfrom datetime import timedelta\nfrom safar.store.log import Log\n"
        "from safar.store.sql_process import SqlProcesses\nwith Log.create(sys.argv[1]) as log:\n"
        "    print(SqlProcesses().answer(log, 'select count(*) from events', within=timedelta(20), limit=1).one())"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "log")],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(wheel)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert (ran.stdout, ran.stderr) == ("(0,)\n", "")
