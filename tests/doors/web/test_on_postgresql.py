"""The people's door on PostgreSQL: the same tests again, in a process whose tables a real server keeps.

In a browser `test_journey.py` goes its whole way on both.
"""

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
    "test_desks.py",
    "test_first_tables.py",
    "test_logs.py",
    "test_outward.py",
    "test_styles.py",
)
#: Who may enter and what a socket takes is decided before a table is read; what the walks read, other tests write and
#: read here too. What the owner may send to the API stays: PostgreSQL is the stricter one about texts and numbers.
OF_THE_DOOR = (
    "*/security/test_made_up_places.py",
    "*/security/test_socket.py",
    "*/security/test_walk.py",
)
NOT_AGAIN = (
    *(
        f"security/test_api_schema.py::test_the_api_answers_as_it_describes[{mode}-{shown}]"
        for mode in ("positive", "negative")
        for shown in ("viewer", "read-only")
    ),
    "security/test_value_walls.py::test_a_stranger_is_led_to_the_door",
    "security/test_value_walls.py::test_no_page_or_file_of_another_company_opens",
    # they start processes with homes of their own, whose tables are files
    "test_api.py::test_an_https_address_makes_cookies_secure",
    "test_setup.py::test_two_processes_may_prepare_one_home_at_once",
    # `test_journey.py` takes the same file in and out again in a browser, on PostgreSQL too
    "test_imports.py::test_online_retail_comes_in_through_the_pages_as_through_the_terminal",
    # what the others of this file have written, told in words and by the log
    "test_showcase.py::test_features_and_spending_are_responses_and_no_new_events",
    "test_showcase.py::test_journeys_leads_to_the_living_map_in_the_readers_language",
    "test_showcase.py::test_who_was_asked_and_why_not_is_what_the_log_says",
)
#: Pages whose every number comes out of the log, and words and forms that are made of no table at all: of these they
#: read who is asking, which the tests of members hold, and the document of a map or a survey, which the tests of their
#: services and of the API write and read.
OF_THE_LOG = (
    "*/journeys/test_*_page*.py",
    "*/journeys/test_every_kind.py",
    "*/living/test_at_risk.py",
    "*/living/test_export*.py",
    "*/living/test_lived_api.py",
    "*/living/test_notes.py",
    "*/living/test_sheet.py",
    "*/maps/test_long_map.py",
    "*/maps/test_rich_text.py",
    "*/scores/test_scores_*.py",
    "*/security/test_browser_side.py",
    "*/security/test_many_workbooks.py",
    "*/segments/test_unheard.py",
    "*/surveys/test_builder_forms.py",
    "*/test_answers.py",
    "*/test_api_questions.py",
    "*/test_design_*.py",
    "*/test_events.py",
    "*/test_frontend.py",
    "*/test_headers.py",
    "*/test_one_number_every_door.py",
    "*/test_periods.py",
    "*/test_recommendations_api.py",
    "*/test_segment_builder.py",
    "*/test_table_files.py",
    "*/test_today.py",
    "*/test_today_week.py",
    "*/test_tutorial.py",
    "*/test_warming.py",
    "*/test_words.py",
    "*/value/test_*_page*.py",
    "*/value/test_customer_lists.py",
    "*/value/test_neighbours.py",
    "*/value/test_notes_folded.py",
    "*/value/test_question_choices.py",
    "*/value/test_wrong_questions.py",
)
MOST_SECONDS = 1500


@pytest.mark.timeout(MOST_SECONDS + 30)
def test_the_same_tests_pass_on_postgresql(tmp_path: Path) -> None:
    ignored = [f"--ignore={HERE.with_name(name)}" for name in ELSEWHERE]
    ignored += [f"--ignore-glob={pattern}" for pattern in (*OF_THE_DOOR, *OF_THE_LOG)]
    ignored += [f"--deselect={(HERE.parent / each).relative_to(HERE.parents[3])}" for each in NOT_AGAIN]
    report = tmp_path / "report.xml"
    with postgresql() as server:
        ran = subprocess.run(
            [
                sys.executable, "-m", "pytest", str(HERE.parent), "-m", "not browser", *ignored, "-q",
                "-p", "no:cacheprovider", f"--junit-xml={report}", f"--basetemp={tmp_path / 'tests'}",
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
