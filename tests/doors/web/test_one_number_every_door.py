"""One question, one answer: page, files, API, terminal and notebook tell the same numbers, of every kind."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.ipc
import pyarrow.parquet as pq
import pytest

import safar
import serving
from a_shop import days_ago
from builders import an_event, together
from safar.doors.cli.main import main
from safar.show.locale import Locale
from safar.store.home import Home
from safar.store.registry import Workspace
from safar.store.table import Table
from serving import Answered, Server

#: What happens in the shop: an event's name, its channel, its properties, its amount in rials.
ACTS: tuple[tuple[str, str, dict[str, object], int], ...] = (
    ("page", "web", {"path": "/", "referrer": "https://www.google.com/", "utm_source": "x"}, 0),
    ("page", "app", {"path": "/سبد"}, 0),
    ("search_performed", "web", {"query": "کیف", "result_count": 0}, 0),
    ("product_viewed", "web", {"product_id": "1"}, 0),
    ("cart_added", "app", {"plan": "pro"}, 0),
    ("checkout_started", "web", {}, 0),
    ("order_placed", "web", {"order_id": "o"}, 7_000),
    ("conversation_started", "telegram", {}, 0),
)
OFTEN = (0.3, 0.1, 0.1, 0.2, 0.1, 0.05, 0.1, 0.05)
#: What the pages are asked: the kind of page, and its address where the usual question needs more.
ASKED = {
    "flow": "pause=30m",
    "paths": "",
    "step_matrix": "",
    "patterns": "",
    "funnel": "step=page&step=cart_added&step=order_placed",
    "retention": "period=all",
    "variants": "pause=30m",
    "sessions": "",
    "trends": "",
    "attribution": "",
    "pages": "",
    "sources": "",
    "searches": "",
    "goals": "",
    "compare": "",
    "what-if": "",
}
#: Of the desk Value, those that this shop of orders can be asked.
OF_VALUE = {
    "clv": "",
    "clv_by_segment": "horizon=91",
    "rfm": "",
    "baskets": "",
    "churn": "method=p_alive",
    "survival": "",
}


SEGMENTS = {"Regulars": "did order_placed >= 3", "پرگوها": "did conversation_started"}


@dataclass(frozen=True)
class Shop:
    """A shop of sixty customers, and the server that serves it."""

    workspace: Workspace
    home: Home
    server: Server


@pytest.fixture(scope="module")
def served(web_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    workspace = web_home.create_workspace(
        "One number", workspace_id="one-number", language="en", time_zone="Asia/Tehran", currency="IRR"
    )
    rng = np.random.default_rng(11)
    events = []
    for customer in range(60):
        for minutes in rng.choice(160 * 24 * 60, rng.integers(9, 60), replace=False):
            name, channel, properties, amount = ACTS[rng.choice(len(ACTS), p=OFTEN)]
            if amount:
                items = [{"product_id": f"p{each}"} for each in rng.integers(0, 4, 2)]
                properties = {"order_id": f"o{len(events)}", "items": items}
            events.append(
                an_event(
                    name,
                    days_ago(165) + timedelta(minutes=int(minutes)),
                    customer=f"c{customer}",
                    channel=channel,
                    properties=properties,
                    amount=amount,
                    currency="IRR" if amount else "",
                )
            )
    with web_home.log(workspace.workspace_id).writer() as writer:
        writer.append(together(*events))
        writer.sync()
    server = serving.start(web_home.folder, tmp_path_factory.mktemp("served") / "errors", ingest_only=False)
    yield Shop(workspace, web_home, server)
    assert server.stop() == 0, server.said()


@dataclass(frozen=True)
class Reader:
    """A member who reads pages by a cookie and the API by a token, over the server's socket."""

    shop: Shop
    cookie: str
    token: str

    def page(self, key: str, query: str) -> Answered:
        desk = "value" if key in OF_VALUE else "journeys"
        address = f"/w/{self.shop.workspace.workspace_id}/{desk}/{key}?{query}"
        return self.shop.server.ask("GET", address, headers={"Cookie": self.cookie}, secret="")

    def api(self, path: str, body: object, accept: str = "application/json") -> Answered:
        headers = {"Authorization": f"Bearer {self.token}", "Accept": accept}
        return self.shop.server.ask("POST", f"/api/v1/{path}", body, headers, secret="")


@pytest.fixture
def reader(served: Shop) -> Reader:
    from django.conf import settings
    from django.test import Client

    from safar.doors.web.audit.actor import SYSTEM
    from safar.doors.web.members.services import add_member
    from safar.doors.web.members.tokens import create_token
    from safar.doors.web.segments.services import define

    place = served.workspace.workspace_id
    for name, rule in SEGMENTS.items():
        define(served.workspace, name, rule, by=SYSTEM)
    member = add_member("one@example.com", "One", "en", place, "owner")
    client = Client()
    client.force_login(member)
    name = settings.SESSION_COOKIE_NAME
    return Reader(served, f"{name}={client.cookies[name].value}", create_token(member, place, "one")[1])


def asked_of(shop: Shop, key: str, query: str) -> dict[str, Any]:
    """Return the question that a page asks, as JSON."""
    from django.http import QueryDict

    from safar.doors.web.journeys import queries
    from safar.doors.web.journeys.kinds import BY_KEY
    from safar.doors.web.journeys.views import question_of
    from safar.observe.question_json import told

    known = queries.known(shop.workspace)
    locale = Locale("en", calendar=shop.workspace.calendar, time_zone=shop.workspace.time_zone)
    form = BY_KEY[key].form(known, QueryDict(query), locale=locale)
    question = question_of(form)
    assert question is not None, form.errors
    return told(question)


def test_every_page_is_asked(web_home: Home) -> None:
    from safar.doors.web.journeys.kinds import BY_KEY

    assert ASKED.keys() == {key for key, page in BY_KEY.items() if page.desk == "journeys"}


@pytest.mark.parametrize("key", [*ASKED, *OF_VALUE])
def test_all_doors_tell_the_same(
    served: Shop, reader: Reader, key: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    query = {**ASKED, **OF_VALUE}[key]
    question = asked_of(served, key, query)
    file = tmp_path / "question.json"
    file.write_text(json.dumps(question, ensure_ascii=False), encoding="utf-8")

    with safar.open(served.home.folder, workspace=served.workspace.workspace_id) as journeys:
        answer = journeys.ask(question)
    table = answer.table
    assert len(table)

    api = reader.api(f"questions/{question['kind']}?limit=10000", question)
    assert api.status == 200, api.body
    assert (api.json["question"], api.json["key"]) == (question, answer.key)
    assert numbers(api.json["rows"]) == numbers(table.in_seconds().rows())
    assert [each["name"] for each in api.json["columns"]] == list(table.in_seconds().names)
    arrow = reader.api(f"questions/{question['kind']}", question, "application/vnd.apache.arrow.stream")
    assert numbers(Table(pyarrow.ipc.open_stream(arrow.body).read_all()).rows()) == numbers(table.rows())

    place = ["--home", str(served.home.folder), "--workspace", served.workspace.workspace_id]
    assert main(["ask", *place, "--question", str(file), "--json"]) == 0
    terminal = json.loads(capsys.readouterr().out)
    assert numbers(map(list, map(dict.values, terminal))) == numbers(table.in_seconds().rows())

    page = reader.page(key, query)
    assert page.status == 200
    counts = ("customers", "orders") if key in OF_VALUE else COUNTS  # money is rounded for who reads it
    assert not missing(page.body.decode(), table, counts), "the page shows other numbers"
    parquet = reader.page(key, f"{query}&export=parquet")
    assert numbers(Table(pq.read_table(io.BytesIO(parquet.body))).rows()) == numbers(table.rows())
    lines = reader.page(key, f"{query}&export=csv").body.decode("utf-8-sig")
    head, *rows = csv.reader(io.StringIO(lines))
    assert head == list(table.in_seconds().names)
    assert numbers(rows) == numbers(table.in_seconds().rows())


def numbers(rows: Any) -> list[list[float]]:
    """Return the numbers of each row to twelve places, whichever way a door writes them: sums end in rounding."""
    return [[number for value in row if (number := number_of(value)) is not None] for row in rows]


def number_of(value: object) -> float | None:
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, bool | datetime | list) or value is None:
        return None
    try:
        return float(f"{float(str(value)):.12g}")
    except ValueError:
        return None


def missing(page: str, table: Table, names: tuple[str, ...]) -> list[str]:
    """Return the counts of the first rows that the page does not show."""
    text = unescape(re.sub(r"<[^>]+>", " ", page))
    shown = set(re.findall(r"[\d,]*\d", text))
    columns = [name for name in names if name in table.names][:1]
    counts = {f"{round(value):,}" for name in columns for value in table.column(name)[:3]}
    return sorted(counts - shown)


#: What answers call the number that their rows are about.
COUNTS = ("count", "touches", "value", "entries", "views", "searches", "completions", "customers")
