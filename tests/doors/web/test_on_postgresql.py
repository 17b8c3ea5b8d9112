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
    "test_first_tables.py",
    "test_styles.py",
)
#: Who may enter and what a socket takes is decided before a table is read; what the walks read, other tests write and
#: read here too. What the owner may send to the API stays: PostgreSQL is the stricter one about texts and numbers.
OF_THE_DOOR = (
    "*/security/test_made_up_places.py",
    "*/security/test_socket.py",
    "*/security/test_walk.py",
)
NOT_AGAIN = tuple(
    f"security/test_api_schema.py::test_the_api_answers_as_it_describes[{mode}-{shown}]"
    for mode in ("positive", "negative")
    for shown in ("viewer", "read-only")
)
#: Pages whose every number comes out of the log, and words and forms that are made of no table at all: of these they
#: read who is asking, which the tests of members hold.
OF_THE_LOG = (
    "*/journeys/test_*_page*.py",
    "*/journeys/test_every_kind.py",
    "*/living/test_export.py",
    "*/living/test_notes.py",
    "*/maps/test_rich_text.py",
    "*/living/test_sheet.py",
    "*/scores/test_scores_*.py",
    "*/security/test_browser_side.py",
    "*/security/test_many_workbooks.py",
    "*/test_answers.py",
    "*/test_api_questions.py",
    "*/test_design_*.py",
    "*/test_frontend.py",
    "*/test_headers.py",
    "*/test_one_number_every_door.py",
    "*/test_periods.py",
    "*/test_segment_builder.py",
    "*/test_table_files.py",
    "*/test_today_week.py",
    "*/test_tutorial.py",
    "*/test_warming.py",
    "*/test_words.py",
    "*/value/test_*_page*.py",
    "*/value/test_customer_lists.py",
    "*/value/test_notes_folded.py",
    "*/value/test_wrong_questions.py",
)
MOST_SECONDS = 1500


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
    ignored += [f"--ignore-glob={pattern}" for pattern in (*OF_THE_DOOR, *OF_THE_LOG)]
    ignored += [f"--deselect={(HERE.parent / each).relative_to(HERE.parents[3])}" for each in NOT_AGAIN]
    again(str(HERE.parent), "-m", "not browser", *ignored, folder=tmp_path)


@pytest.mark.browser
@pytest.mark.timeout(MOST_SECONDS + 30)
def test_a_browser_journey_on_postgresql(chromium: str, tmp_path: Path) -> None:
    del chromium
    journey = HERE.with_name("test_browser.py")
    again(f"{journey}::test_dark_by_choice_stays", folder=tmp_path)
