"""Real files through the shipped mappings into a real log: SQL gives the numbers that others computed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from file_builders import an_example, tried, utc
from safar.collect.import_record import ImportReport
from safar.collect.importing import import_file
from safar.collect.look import look_at
from safar.collect.mapping import Amount, Customer, EventRule, Mapping
from safar.collect.proposing import propose_mapping
from safar.store.log import Log

pytestmark = pytest.mark.data


@dataclass
class Imported:
    """A file in a log, and what others know of it."""

    path: Path
    log: Log
    report: ImportReport
    oracle: dict[str, Any]
    mapping: Mapping
    folder: Path

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.log.sql(query).rows()

    def again(self) -> int:
        """Import once more and return how many events the log then has."""
        with self.log.writer() as writer:
            import_file(self.path, self.mapping, writer, folder=self.folder)
        return self.rows("select count(*) from events")[0][0]


def into_a_log(shared: Path, name: str, mapping: Mapping, folder: Path) -> Iterator[Imported]:
    path = shared / name
    oracle = json.loads((path.parent / "oracle.json").read_text())
    with Log.create(folder / "log") as log:
        with log.writer() as writer:
            report = import_file(path, mapping, writer, folder=folder / "imports")
        yield Imported(path, log, report, oracle, mapping, folder / "imports")


@pytest.fixture(scope="module")
def retail(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Imported]:
    for found in into_a_log(
        shared_data,
        "online_retail/online_retail_2010_2011.csv.gz",
        an_example("online_retail"),
        tmp_path_factory.mktemp("retail"),
    ):
        found.oracle = found.oracle["online_retail_2010_2011"]
        yield found


def test_online_retail_rows_and_orders(retail: Imported) -> None:
    oracle, report = retail.oracle, retail.report
    assert report.rows == oracle["rows"]
    assert report.rows == report.rows_imported + report.rows_rejected + sum(report.rows_left_out.values())
    assert (report.first_at, report.last_at) == tuple(map(utc, oracle["range"]))
    placed = "from events where event_name = 'order_placed'"
    orders, revenue, customers = retail.rows(
        f"select count(distinct properties->>'order_id'), sum(amount) / 100, count(distinct customer_id) {placed}"
    )[0]
    assert (orders, float(revenue), customers) == (
        oracle["clean_orders"], oracle["clean_revenue"], oracle["clean_customers"],
    )  # fmt: skip
    assert round(float(revenue) / orders, 3) == oracle["AOV"]
    lines = retail.rows(f"select sum(json_array_length(properties->'items')) {placed}")
    assert lines == [(oracle["clean_rows"],)]
    months = retail.rows(f"select strftime(occurred_at, '%Y-%m'), sum(amount) / 100 {placed} group by 1")
    assert {month: float(total) for month, total in months} == oracle["monthly_revenue"]
    top = retail.rows(f"select customer_id, sum(amount) / 100 {placed} group by 1 order by 2 desc limit 5")
    assert {customer: float(total) for customer, total in top} == oracle["top5_customers"]


def test_online_retail_cohorts_and_repeats(retail: Imported) -> None:
    oracle = retail.oracle
    months = """
        select customer_id, strftime(occurred_at, '%Y-%m') as m,
            min(strftime(occurred_at, '%Y-%m')) over (partition by customer_id) as first
        from events where event_name = 'order_placed'
    """
    active = f"select m, count(distinct customer_id) from ({months}) where first = '2010-12' group by 1"
    assert dict(retail.rows(active)) == oracle["first_cohort"]
    orders = """
        select count(distinct properties->>'order_id') n
        from events where event_name = 'order_placed' group by customer_id
    """
    repeat, per_customer = retail.rows(f"select avg(if(n > 1, 1, 0)), avg(n) from ({orders})")[0]
    assert (round(repeat, 4), round(per_customer, 3)) == (
        oracle["repeat_rate"],
        oracle["orders_per_customer"],
    )
    uk = "sum(amount) filter (properties->>'country' = 'United Kingdom') / sum(amount)"
    ((share,),) = retail.rows(f"select {uk} from events where event_name = 'order_placed'")
    assert round(share, 4) == oracle["uk_revenue_share"]


def test_online_retail_again_adds_nothing_and_can_be_taken_back(retail: Imported) -> None:
    numbers = """select count(*), count(distinct customer_id), count(distinct properties->>'order_id'), sum(amount),
        min(occurred_at), max(occurred_at) from events"""
    before = retail.rows(numbers)
    assert retail.again() == retail.report.events
    assert retail.rows("select distinct source from events") == [(retail.report.source,)]
    retail.log.remove_source(retail.report.source)
    assert retail.rows("select count(*) from events") == [(0,)]
    assert retail.again() == retail.report.events
    assert retail.rows(numbers) == before


def test_online_retail_as_drafted_rejects_the_rows_without_a_customer(shared_data: Path) -> None:
    path = shared_data / "online_retail" / "online_retail_2010_2011.csv.gz"
    oracle = json.loads((path.parent / "oracle.json").read_text())["online_retail_2010_2011"]
    report = tried(path, propose_mapping(look_at(path), currency="GBP").mapping)
    assert report.rejected_by_reason == {"row.customer_missing": oracle["rows_without_customer"]}
    assert (report.rows, report.customers) == (oracle["rows"], oracle["customers"])


def test_online_retail_with_every_row_as_an_event_comes_to_the_gross_sum(shared_data: Path) -> None:
    path = shared_data / "online_retail" / "online_retail_2010_2011.csv.gz"
    oracle = json.loads((path.parent / "oracle.json").read_text())["online_retail_2010_2011"]
    mapping = Mapping(
        name="lines",
        currency="GBP",
        customer=Customer(id="CustomerID", anonymous_id="invoice {InvoiceNo}"),
        event=[EventRule(name="line", at="InvoiceDate", amount=Amount(columns=["Quantity", "UnitPrice"]))],
    )
    report = tried(path, mapping)
    assert (report.events, report.rows_rejected) == (oracle["rows"], 0)
    # prices of a few lines have three decimals: each line is rounded to the penny
    assert abs(report.amounts["GBP"] / 100 - oracle["gross_sum_qty_x_price"]) <= 0.01 * report.amounts_rounded


@pytest.fixture(scope="module")
def cdnow(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Imported]:
    yield from into_a_log(
        shared_data, "cdnow/CDNOW_master.txt.gz", an_example("cdnow"), tmp_path_factory.mktemp("cdnow")
    )


def test_cdnow(cdnow: Imported) -> None:
    oracle = cdnow.oracle
    rows, customers, revenue, cds, free = cdnow.rows(
        """select count(*), count(distinct customer_id), sum(amount) / 100,
            sum((properties->>'quantity')::int), count(*) filter (amount = 0) from events"""
    )[0]
    assert (rows, customers, float(revenue)) == (oracle["rows"], oracle["customers"], oracle["revenue"])
    assert (cds, free) == (oracle["cds"], oracle["zero_value_rows"])
    assert round(float(revenue) / rows, 4) == oracle["AOV"]
    first, last = cdnow.rows("select min(occurred_at), max(occurred_at) from events")[0]
    assert [f"{first:%Y-%m-%d %H:%M:%S}", f"{last:%Y-%m-%d %H:%M:%S}"] == oracle["range"]
    months = cdnow.rows("select strftime(occurred_at, '%Y-%m'), sum(amount) / 100 from events group by 1")
    assert {month: float(total) for month, total in months} == oracle["monthly_revenue"]
    same = "customer_id, occurred_at, amount, properties"
    twins = f"select count(*) - 1 n from events group by {same} having count(*) > 1"
    assert cdnow.rows(f"select sum(n) from ({twins})") == [(oracle["exact_duplicate_rows"],)]
    assert cdnow.again() == oracle["rows"]


@pytest.fixture(scope="module")
def incidents(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Imported]:
    yield from into_a_log(
        shared_data,
        "incident_itsm/incident_event_log.csv.gz",
        an_example("incident_log"),
        tmp_path_factory.mktemp("incidents"),
    )


def test_incidents(incidents: Imported) -> None:
    oracle = incidents.oracle
    found = incidents.rows("select count(*), count(distinct properties->>'incident') from events")
    assert found == [(oracle["events"], oracle["cases"])]
    names = incidents.rows("select event_name, count(*) from events group by 1")
    assert {name.removeprefix("incident "): count for name, count in names} == oracle["activity_counts"]
    first, last = incidents.rows("select min(occurred_at), max(occurred_at) from events")[0]
    assert [f"{first:%Y-%m-%d %H:%M:%S}", f"{last:%Y-%m-%d %H:%M:%S}"] == [oracle["first"], oracle["last"]]
    assert incidents.report.rows_rejected == 0


PATHS = """
    select string_agg(properties->>'state', ' > ' order by occurred_at, sequence) path
    from events group by properties->>'incident'
"""


def test_incidents_keep_the_order_of_the_file_where_instants_are_equal(incidents: Imported) -> None:
    oracle = incidents.oracle
    assert incidents.rows(f"select count(distinct path) from ({PATHS})") == [(oracle["variants"],)]
    top = incidents.rows(f"select path, count(*) n from ({PATHS}) group by 1 order by n desc limit 5")
    assert top == [(each["variant"], each["cases"]) for each in oracle["top5_variants"]]


def test_incidents_as_their_last_row_leaves_them(incidents: Imported) -> None:
    oracle = incidents.oracle["per_incident_last_row"]
    last = """
        select properties p, channel, row_number() over (
            partition by properties->>'incident' order by occurred_at desc, sequence desc) n from events
    """
    made, reopened, reassigned = incidents.rows(
        f"""select avg((p->>'made_sla')::bool::int), sum(((p->>'reopenings')::int > 0)::int),
            avg((p->>'reassignments')::int) from ({last}) where n = 1"""
    )[0]
    assert (round(made, 4), reopened, round(reassigned, 4)) == (
        oracle["made_sla_share"], oracle["reopened"], oracle["mean_reassignments"],
    )  # fmt: skip
    priorities = incidents.rows(f"select p->>'priority', count(*) from ({last}) where n = 1 group by 1")
    assert dict(priorities) == oracle["priority"]
    channels = incidents.rows(f"select channel, count(*) from ({last}) where n = 1 group by 1")
    assert dict(channels) == oracle["contact_type"]
    hours = "date_diff('minute', (p->>'opened_at')::timestamptz, (p->>'resolved_at')::timestamptz) / 60"
    resolved = f"from ({last}) where n = 1 and p->>'resolved_at' is not null"
    n, mean, median = incidents.rows(f"select count({hours}), avg({hours}), median({hours}) {resolved}")[0]
    assert n == oracle["hours_open_to_resolved"]["n"]
    assert mean == pytest.approx(oracle["hours_open_to_resolved"]["mean"], abs=1e-3)
    assert round(median, 4) == oracle["hours_open_to_resolved"]["median"]


@pytest.mark.parametrize("name", ["running-example.csv.gz", "running-example.xes.gz"])
def test_running_example_as_table_and_as_xes(shared_data: Path, tmp_path: Path, name: str) -> None:
    for found in into_a_log(shared_data, f"running_example/{name}", an_example("xes"), tmp_path):
        the_log_is_known(found)


def test_receipt(shared_data: Path, tmp_path: Path) -> None:
    for found in into_a_log(shared_data, "receipt/receipt.csv.gz", an_example("xes"), tmp_path):
        the_log_is_known(found)
        by_case = "select distinct customer_id, properties->>'case:channel' c from events"
        assert dict(found.rows(f"select c, count(*) from ({by_case}) group by 1")) == found.oracle["channel"]


def test_ecom_as_drafted(shared_data: Path, tmp_path: Path) -> None:
    path = shared_data / "ecom" / "ecom.csv.gz"
    for found in into_a_log(
        shared_data, "ecom/ecom.csv.gz", propose_mapping(look_at(path)).mapping, tmp_path
    ):
        oracle = found.oracle
        counts = "count(*), count(distinct customer_id), count(distinct properties->>'session_id')"
        assert found.rows(f"select {counts} from events") == [
            (oracle["events"], oracle["users"], oracle["cases"])
        ]
        sessions = (
            "select distinct properties->>'session_id' s, properties->>'acquisition_channel' c from events"
        )
        assert (
            dict(found.rows(f"select c, count(*) from ({sessions}) group by 1"))
            == oracle["by_channel_sessions"]
        )
        assert (found.report.first_at, found.report.last_at) == (utc(oracle["first"]), utc(oracle["last"]))


def the_log_is_known(found: Imported) -> None:
    oracle = found.oracle
    counts = "count(*), count(distinct customer_id), count(distinct event_name)"
    assert found.rows(f"select {counts} from events") == [
        (oracle["events"], oracle["cases"], oracle["activities"])
    ]
    names = dict(found.rows("select event_name, count(*) from events group by 1"))
    assert {name: names[name] for name in oracle["activity_counts"]} == oracle["activity_counts"]
    assert found.report.first_at == datetime.fromisoformat(oracle["first"])
    assert found.report.last_at == datetime.fromisoformat(oracle["last"])
    paths = "select string_agg(event_name, ' > ' order by occurred_at, sequence) path from events group by customer_id"
    assert found.rows(f"select count(distinct path) from ({paths})") == [(oracle["variants"],)]
    best = max(each["cases"] for each in oracle["top5_variants"])
    known = {each["variant"] for each in oracle["top5_variants"]}
    top = found.rows(f"select path, count(*) n from ({paths}) group by 1 order by n desc limit 1")
    assert top[0][1] == best
    assert best == 1 or top[0][0] in known
