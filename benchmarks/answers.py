"""How many answers a second respondents can give, over a real socket: each kept, and in the log, before its 303.

    python benchmarks/answers.py                     # a table of Markdown, and one JSON object
    python benchmarks/answers.py --seconds 3 --open 16
    SAFAR_DATABASE_URL=postgresql://… python benchmarks/answers.py

A survey of one page (NPS, a choice, a comment). Two loads, one after the other: pages sent alone, whose forms were
fetched before; and whole visits, which open the page, send it and look at its end. Every respondent has an address of
his own. Meanwhile the log is compacted and asked, as it would be. Load generator and server share the machine, on which
nothing else should run.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import uvloop
from ingest import machine

_FILL = """
import sys
from safar.doors.web.setup import prepare
prepare(sys.argv[1])
from safar.doors.web.homes import current_home
from safar.doors.web.audit.actor import Actor
from safar.doors.web.inviting.services import make_link
from safar.doors.web.surveys import services
from safar.listen.questionnaire.anatomy import read
shop = current_home().create_workspace("Bench", workspace_id="bench", language="en", time_zone="UTC", currency="USD")
by = Actor("system")
said = lambda text: {"en": text}
survey = services.create(shop, read({
    "format": "safar.survey/1", "key": "bench", "name": said("Bench"), "languages": ["en"],
    "pages": [{"page_id": "p", "questions": [
        {"kind": "nps", "question_id": "nps", "title": said("Would you recommend us?"), "is_required": True},
        {"kind": "single", "question_id": "city", "title": said("Where?"),
         "choices": [{"choice_id": each, "words": said(each)} for each in "abcd"]},
        {"kind": "text", "question_id": "why", "title": said("Why?"), "comments_on": "nps"}]}]}), by=by)
services.publish(shop, survey, by=by)
print(make_link(shop, survey, "open", by=by).token)
"""
_SERVE = """
import sys
from safar.doors.serve import serve
serve(sys.argv[1], port=0, on_ready=lambda address: print(address, flush=True))
"""
_COUNT = """
import sys
from safar.store.home import Home
with Home.open(sys.argv[1]) as home, home.log("bench") as log:
    print(*log.sql("select count(*), count(distinct event_id) from events where event_name = 'survey_completed'").one())
"""
_HIDDEN = re.compile(rb'<input type="hidden" name="([^"]+)" value="([^"]*)"')


@dataclass
class Took:
    """What came of a load: seconds of each answer, how many failed, and seconds of processor that the server took."""

    seconds: list[float] = field(default_factory=list)
    failed: int = 0
    whole: float = 0.0
    processor: float = 0.0

    def told(self) -> dict[str, float]:
        """Return it as numbers."""
        ordered = sorted(self.seconds)
        return {
            "answers": len(ordered),
            "failed": self.failed,
            "answers_per_second": round(len(ordered) / self.whole, 1),
            "server_ms_each": round(1000 * self.processor / len(ordered), 2),
            "median_ms": round(1000 * statistics.median(ordered), 1),
            "p99_ms": round(1000 * ordered[int(0.99 * len(ordered))], 1),
        }


class Browser:
    """A connection that stays open, as those of browsers do; each request comes from an address of its own."""

    def __init__(self, host: str, port: int, number: int) -> None:
        self._at = (host, port)
        self._number = number
        self._asked = 0
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(
        self, method: str, path: str, form: dict[str, str] | None = None
    ) -> tuple[int, bytes, bytes]:
        """Return status, headers and body. Where an idle connection was closed, ask again: a page sent twice is one."""
        try:
            return await self._ask(method, path, form)
        except (asyncio.IncompleteReadError, ConnectionError):
            self._streams = None
            return await self._ask(method, path, form)

    async def _ask(self, method: str, path: str, form: dict[str, str] | None) -> tuple[int, bytes, bytes]:
        if self._streams is None:
            self._streams = await asyncio.open_connection(*self._at)
        reader, writer = self._streams
        body = urlencode(form).encode() if form is not None else b""
        self._asked += 1
        address = f"10.{self._number % 250}.{self._asked // 250 % 250}.{self._asked % 250}"
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-For: {address}\r\n"
        if form is not None:
            head += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        writer.write(head.encode() + b"\r\n" + body)
        headers = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", headers)
        content = await reader.readexactly(int(length[1])) if length else b""
        return int(headers.split(b" ", 2)[1]), headers, content

    async def form(self, path: str) -> dict[str, str]:
        """Open a survey; return what its form carries."""
        _, _, page = await self.ask("GET", path)
        return {name.decode(): value.decode() for name, value in _HIDDEN.findall(page)}


def filled(form: dict[str, str], number: int) -> dict[str, str]:
    """Return a page that somebody filled in."""
    return {
        **form,
        "nps": str(number % 11),
        "city": "abcd"[number % 4],
        "why": "Quick and kind",
        "_does": "next",
    }


async def sent_alone(browsers: list[Browser], path: str, seconds: float, most: int, process: int) -> Took:
    """Send pages whose forms were fetched before."""
    forms: list[dict[str, str]] = []

    async def fetch(browser: Browser) -> None:
        while len(forms) < most:
            forms.append(await browser.form(path))

    await asyncio.gather(*(fetch(each) for each in browsers))
    took, began, before = Took(), time.perf_counter(), processor_of(process)

    async def send(browser: Browser) -> None:
        while forms and time.perf_counter() - began < seconds:
            form, at = filled(forms.pop(), len(forms)), time.perf_counter()
            status, *_ = await browser.ask("POST", path, form)
            took.seconds.append(time.perf_counter() - at)
            took.failed += status != 303

    await asyncio.gather(*(send(each) for each in browsers))
    took.whole, took.processor = time.perf_counter() - began, processor_of(process) - before
    return took


async def visits(browsers: list[Browser], path: str, seconds: float, process: int) -> Took:
    """Open the survey, send its page, look at its end."""
    took, began, before = Took(), time.perf_counter(), processor_of(process)

    async def visit(browser: Browser) -> None:
        while time.perf_counter() - began < seconds:
            at = time.perf_counter()
            status, headers, _ = await browser.ask(
                "POST", path, filled(await browser.form(path), len(took.seconds))
            )
            place = re.search(rb"(?i)location: (\S+)", headers)
            took.failed += status != 303 or place is None
            if place:
                await browser.ask("GET", place[1].decode())
            took.seconds.append(time.perf_counter() - at)

    await asyncio.gather(*(visit(each) for each in browsers))
    took.whole, took.processor = time.perf_counter() - began, processor_of(process) - before
    return took


def processor_of(process: int) -> float:
    """Return how many seconds of processor a process has taken."""
    told = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


async def measure(
    address: str, token: str, process: int, options: argparse.Namespace
) -> dict[str, dict[str, float]]:
    """Put both loads on a server."""
    host, _, port = address.removeprefix("http://").partition(":")
    browsers = [Browser(host, int(port), number) for number in range(options.open)]
    path = f"/s/{token}"
    await sent_alone(browsers, path, 2.0, 200, process)  # warm
    most = round(options.seconds * options.prepared_per_second)
    alone = await sent_alone(browsers, path, options.seconds, most, process)
    whole = await visits(browsers, path, options.seconds, process)
    return {"pages sent": alone.told(), "whole visits": whole.told()}


def main() -> None:
    """Run, and print a table and one JSON object."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=20.0, help="of each load")
    parser.add_argument("--open", type=int, default=32, help="connections at once")
    parser.add_argument(
        "--prepared-per-second", type=float, default=1_500.0, help="forms fetched before, for a second"
    )
    options = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="safar-answers-")) / "home"
    python = [sys.executable, "-c"]
    try:
        token = subprocess.run(
            [*python, _FILL, str(home)], check=True, capture_output=True, text=True
        ).stdout.split()[-1]
        with subprocess.Popen(
            [*python, _SERVE, str(home)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as server:
            assert server.stdout is not None
            address = server.stdout.readline().strip()
            found = uvloop.run(measure(address, token, server.pid, options))
            server.terminate()
        counted = subprocess.run(
            [*python, _COUNT, str(home)], check=True, capture_output=True, text=True
        ).stdout.split()
        database = "PostgreSQL" if os.environ.get("SAFAR_DATABASE_URL") else "SQLite"
        print(f"| {database} | answers/s | median ms | 99 % ms | failed |\n|---|---|---|---|---|")
        for name, told in found.items():
            print(
                f"| {name} | {told['answers_per_second']} | {told['median_ms']} | {told['p99_ms']} | {told['failed']} |"
            )
        log = {"completed": int(counted[0]), "distinct": int(counted[1])}
        print(json.dumps({"machine": machine(), "database": database, **found, "in the log": log}))
    finally:
        shutil.rmtree(home.parent, ignore_errors=True)


if __name__ == "__main__":
    main()
