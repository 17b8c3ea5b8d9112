"""The people's door on PostgreSQL: the same tests again, in a process whose tables a real server keeps."""

from __future__ import annotations

import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from postgresql import postgresql

HERE = Path(__file__)
#: What has no people's door in it, has its own server, or only looks at files.
ELSEWHERE = (
    "test_on_postgresql.py",
    "test_work_processes.py",
    "test_tables.py",
    "test_database.py",
    "test_styles.py",
)
MOST_SECONDS = 600


def again(*words: str, folder: Path) -> None:
    """Run tests in a process on a new database of a new server; say which failed."""
    report = folder / "report.xml"
    with postgresql() as server:
        ran = subprocess.run(
            [
                sys.executable, "-m", "pytest", *words, "-q", "-p", "no:cacheprovider",
                f"--junit-xml={report}", f"--basetemp={folder / 'tests'}",
            ],
            cwd=HERE.parents[3],
            env={**os.environ, "TEST_DATABASE_URL": server.database()},
            capture_output=True,
            text=True,
            timeout=MOST_SECONDS,
            check=False,
        )  # fmt: skip
    assert report.exists(), ran.stdout[-5000:] + ran.stderr[-5000:]
    failed = [
        f"{case.get('classname')}::{case.get('name')}: {found.get('message', '')[:300]}"
        for case in ET.parse(report).getroot().iter("testcase")
        for found in (case.find("failure"), case.find("error"))
        if found is not None
    ]
    assert not failed, "\n".join(failed)
    assert ran.returncode == 0, ran.stdout[-3000:]


@pytest.mark.timeout(MOST_SECONDS + 30)
def test_the_same_tests_pass_on_postgresql(tmp_path: Path) -> None:
    ignored = [f"--ignore={HERE.with_name(name)}" for name in ELSEWHERE]
    again(str(HERE.parent), "-m", "not browser", *ignored, folder=tmp_path)


@pytest.mark.browser
@pytest.mark.timeout(MOST_SECONDS + 30)
def test_a_browser_journey_on_postgresql(chromium: str, tmp_path: Path) -> None:
    del chromium
    journey = HERE.with_name("test_browser.py")
    again(f"{journey}::test_dark_by_choice_stays", folder=tmp_path)
