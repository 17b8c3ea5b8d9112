"""Makes the home of `pages.py`: a simulated company, members with sessions; prints what the load generator needs."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from safar.demo import fill
from safar.doors.web.setup import prepare
from safar.store.home import Home

LANGUAGES = ("fa", "ar", "en")


def main() -> None:
    """Make the home where it is missing, and sessions for everybody."""
    folder, customers, members = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    is_new = not folder.exists()
    with Home.create(folder) as home:
        if is_new:
            home.create_workspace(
                "Benchmark",
                workspace_id="bench",
                language="fa",
                calendar="jalali",
                time_zone="Asia/Tehran",
                currency="IRR",
            )
            log = home.log("bench")
            this_hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
            with log.writer() as writer:
                fill(writer, customers, until=this_hour)
            log.compact()
        name = f"bench-{len(list(home.keys('bench')))}"
        _, key = home.create_key("bench", name=name, channel="web", requests_per_second=100_000)
        query = "SELECT DISTINCT customer_id FROM events USING SAMPLE 20000"
        found = [customer for (customer,) in home.log("bench").sql(query).rows()][:500]
    prepare(folder)
    cookies, queries = _sessions(members, found[0])
    print(json.dumps({"key": key, "cookies": cookies, "customers": found, "queries": queries}))


def _sessions(members: int, customer: str) -> tuple[list[str], dict[str, int]]:
    """Sign members in; return their cookies, and how many queries of the tables each page makes."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from pages import PAGES  # which starts no server

    from safar.doors.web.members.services import add_member

    cookies = []
    for number in range(members):
        member = add_member(
            f"m{number}@example.com", f"Member {number}", LANGUAGES[number % 3], "bench", "owner"
        )
        client = Client(SERVER_NAME="127.0.0.1")
        client.force_login(member)
        cookies.append("; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items()))
    queries = {}
    for name, (path, _) in PAGES.items():
        address = path.format(period="", customer=customer)
        client.get(address)  # what is read once a process
        with CaptureQueriesContext(connection) as captured:
            answered = client.get(address)
        queries[name] = len(captured) if answered.status_code == 200 else f"status {answered.status_code}"
    return cookies, queries


if __name__ == "__main__":
    main()
