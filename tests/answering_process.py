"""A process that answers a survey of a home, alone or in many threads, and dies where it is told to.

    python answering_process.py HOME WORKSPACE SURVEY '{"times": 40, "threads": 8, "dies": "before the log"}'

It prints a line for each response that is kept: its public id and where it stands.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

_out = threading.Lock()


def main(home: str, workspace_id: str, survey_id: str, wishes: dict[str, Any]) -> None:
    from safar.doors.web.setup import configure

    configure(home)
    from safar.doors.web import scribe
    from safar.doors.web.answering.places import place_for_programs
    from safar.doors.web.answering.whole import WholeResponse, keep_whole
    from safar.doors.web.homes import current_home

    place = place_for_programs(current_home().workspace(workspace_id), survey_id)
    wholes = [
        WholeResponse(language="en", controls=each) for each in wishes.get("controls", [{"nps": ["9"]}])
    ]

    def answer(number: int) -> None:
        row = keep_whole(
            place, wholes[number % len(wholes)], takes_parts=wishes.get("takes_parts", False)
        ).row
        with _out:
            os.write(1, f"{row.public_id} {row.state}\n".encode())

    if wishes.get("dies") == "before the log":
        scribe.write = lambda *_: os._exit(9)  # type: ignore[assignment]
    os.write(1, b"ready\n")
    sys.stdin.readline()
    with ThreadPoolExecutor(wishes.get("threads", 1)) as threads:
        list(threads.map(answer, range(wishes["times"])))


if __name__ == "__main__":
    main(*sys.argv[1:4], json.loads(sys.argv[4]))  # type: ignore[misc]
