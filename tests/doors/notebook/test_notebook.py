"""The door of notebooks: a log, a home, published paths or a data frame is opened, asked, drawn, and looked behind."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import safar
from builders import an_event, together
from logs import write
from safar.doors.notebook.charts import ChartFormatRefused
from safar.doors.notebook.journeys import Journeys
from safar.doors.notebook.note_sentences import SENTENCES, sentence
from safar.observe.behind import CellRefused
from safar.observe.compare import between_segments
from safar.observe.flow import FlowQuestion, flow
from safar.observe.funnel import FunnelQuestion, funnel
from safar.observe.questions import KINDS
from safar.observe.rule_scanner import RuleUnreadable, UnknownEventName
from safar.observe.segment_text import segment_of
from safar.observe.steps import StepRule
from safar.show.locale import Locale
from safar.store.frame import FrameRefused
from safar.store.home import Home
from safar.store.log import Log, LogMissing
from safar.store.published import publish
from safar.store.registry import UnknownWorkspace
from safar.vocabulary.answer import Note
from safar.vocabulary.window import Window

ROOT = Path(__file__).resolve().parents[3]
DAY = datetime(2026, 3, 21, tzinfo=UTC)
#: Who, what, after how many hours, by which channel, with which plan.
EVENTS = (
    ("a", "visit", 0, "web", "pro"),
    ("a", "cart", 1, "web", "pro"),
    ("a", "پرداخت", 2, "app", "pro"),
    ("b", "visit", 2, "web", "free"),
    ("b", "cart", 3, "web", "free"),
    ("b", "visit", 30, "web", "free"),
    ("c", "visit", 40, "app", "pro"),
)


@pytest.fixture
def log(tmp_path: Path):
    with Log.create(tmp_path / "log", shard_count=2) as log:
        fill(log)
        yield log


def fill(log: Log) -> None:
    events = [
        an_event(name, DAY + timedelta(hours=hour), customer=who, channel=channel, properties={"plan": plan})
        for who, name, hour, channel, plan in EVENTS
    ]
    write(log, together(*events))


def a_frame(**more: Any) -> pd.DataFrame:
    columns = zip(*EVENTS, strict=True)
    who, name, hour, channel, plan = map(list, columns)
    times = [DAY + timedelta(hours=each) for each in hour]
    return pd.DataFrame({"who": who, "what": name, "at": times, "by": channel, "plan": plan} | more)


def of_frame(frame: object, **more: str) -> Journeys:
    return safar.from_dataframe(frame, customer="who", time="at", event="what", channel="by", **more)


@pytest.mark.parametrize("kind", ["pandas", "polars", "arrow", "batches", "lists of polars"])
def test_a_table_of_any_kind_is_the_log_it_came_from(log: Log, kind: str) -> None:
    frame = a_frame()
    forms: dict[str, Any] = {
        "pandas": frame,
        "polars": pl.from_pandas(frame),
        "arrow": pa.Table.from_pandas(frame),
        "batches": pa.Table.from_pandas(frame).to_reader(),
        "lists of polars": pl.from_pandas(frame).with_columns(pl.col("what").cast(pl.Categorical)),
    }
    table = of_frame(forms[kind])
    assert (table.events, table.customers, table.event_names) == (7, 3, ("cart", "visit", "پرداخت"))
    assert table.flow().answer.edges == flow(log, FlowQuestion()).edges
    ours = table.funnel(["visit", "پرداخت"], within="7d", where=["plan = pro"], channels=["web", "app"])
    assert ours.answer.steps == funnel(log, ours.question).steps
    assert [step.count for step in ours.answer.steps] == [2, 1]
    assert ours.notes == ()
    assert sorted(table.flow().customers(source=None, target="visit")) == ["a", "b", "c"]


def test_rows_without_a_customer_a_time_or_an_event_are_left_out_and_counted() -> None:
    frame = a_frame()
    frame.loc[0, "who"] = None
    frame.loc[1, "at"] = pd.NaT
    frame.loc[2, "what"] = ""
    table = of_frame(frame)
    assert table.events == 4
    assert table.flow().notes == (
        "1 rows without a customer were left out.",
        "1 rows without a time were left out.",
        "1 rows without an event were left out.",
    )


def test_times_without_a_zone_are_said_to_be_utc_or_those_of_a_zone() -> None:
    frame = a_frame(at=[f"2026-03-21 0{hour}:30:00" for hour in range(7)])
    table = of_frame(frame)
    assert table.flow().notes == ("Times of the column 'at' have no zone: they were taken as UTC.",)
    first = (DAY + timedelta(minutes=30)).timestamp() * 1e6
    assert table.flow()._source.paths().span[0] == first
    local = of_frame(frame, time_zone="Asia/Tehran")
    assert local.flow().notes == ()
    assert local.flow()._source.paths().span[0] == first - 3.5 * 3600 * 1e6


def test_numbers_as_ids_are_whole_and_amounts_are_compared() -> None:
    frame = a_frame(who=[1.0, 1.0, 1.0, 2.0, 2.0, None, 3.0], paid=[5.0, None, 10.5, 1, 2, 3, 4])
    table = of_frame(frame, amount="paid")
    assert sorted(table.flow().customers(source=None, target="visit")) == ["1", "2", "3"]
    rich = table.flow(["Rich: * [@amount >= 4]"])
    assert [(edge.source, edge.target, edge.customers) for edge in rich.answer.starts] == [(None, "Rich", 2)]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"at": [1, 2, 3, 4, 5, 6, 7]}, "holds no times"),
        ({"at": ["2026-01-01", "gestern", "", "", "", "", ""]}, "not all times"),
        ({"at": pa.array([1 << 62] * 7, pa.timestamp("s"))}, "outside the years"),
        ({"at": pa.array([1 << 62] * 7, pa.timestamp("us", "UTC"))}, "outside the years"),
        ({"who": [[1]] * 7}, "holds no texts"),
        ({"what": [b"\xff"] * 7}, "holds no texts"),
    ],
)
def test_a_column_that_cannot_be_read_as_it_is_meant_is_refused(change: dict[str, Any], words: str) -> None:
    columns = {name: list(column) for name, column in a_frame().items()} | change
    with pytest.raises(FrameRefused, match=words):
        of_frame(pa.table(columns))


def test_halves_of_characters_and_columns_named_by_numbers_are_refused() -> None:
    frame = pd.DataFrame(a_frame())
    with pytest.raises(FrameRefused, match="surrogates not allowed"):
        of_frame(frame.assign(plan=pd.Series(["\ud800"] * len(frame), dtype=object)))
    numbered = frame.set_axis(range(len(frame.columns)), axis=1)
    with pytest.raises(FrameRefused, match="customer is named by 0"):
        safar.from_dataframe(numbered, customer=0, time="at", event="what")  # type: ignore[arg-type]


def test_two_columns_of_one_name_are_refused() -> None:
    table = pa.table(a_frame())
    twice = table.append_column("what", table.column("what"))
    for frame in (twice, twice.to_pandas()):
        with pytest.raises(FrameRefused, match="what"):
            of_frame(frame)


def test_what_is_no_table_or_has_no_such_column_is_refused() -> None:
    with pytest.raises(FrameRefused, match="list is no table"):
        of_frame([1])
    with pytest.raises(FrameRefused, match='Did you mean "who"'):
        safar.from_dataframe(a_frame(), customer="whoo", time="at", event="what")


def test_every_kind_has_a_method_an_answer_and_a_drawing() -> None:
    table = of_frame(a_frame(path=["/", "/cart", "/pay", "/", "/cart", "/", "/"], query=["کفش"] * 7))
    asked = {
        "flow": table.flow(pause="1d"),
        "variants": table.variants(5),
        "funnel": table.funnel(["visit", "cart"], within="7d", by="plan"),
        "retention": table.retention(every="day"),
        "sessions": table.sessions("3h", gaps={"app": "1h"}),
        "paths": table.paths(after="visit", depth=2),
        "step_matrix": table.step_matrix(3, versus="did پرداخت"),
        "patterns": table.patterns("visit > cart"),
        "attribution": table.attribution("پرداخت", value=None, models=["linear"]),
        "series": table.series("visit", measure="customers", breakdown="plan"),
        "pages": table.pages(views="visit"),
        "searches": table.searches(searches="visit", finds="cart"),
        "goals": table.goals(["پرداخت"]),
        "compare": table.compare(
            table.sessions(segment="A: did پرداخت"), table.sessions(segment="B: did not پرداخت")
        ),
        "what_if": table.what_if(
            "پرداخت", [{"source": "cart", "target": None, "kind": "scale", "amount": 0.5}]
        ),
        "conformance": table.conformance(["visit", "cart", "پرداخت"], ["visit > cart > پرداخت"]),
        "promise": table.promise("visit", "cart", "1h"),
    }
    assert set(asked) == set(KINDS)
    for kind, answer in asked.items():
        assert type(answer.question) is KINDS[kind].question
        assert answer.json["kind"] == kind
        assert table.ask(answer.json).question == answer.question, kind
        assert answer.table.arrow.num_columns >= 3, kind
        assert "<table" in answer._repr_html_(), kind
    for kind in set(asked) - {
        "compare",
        "searches",
    }:  # seven events are too few to tell a difference or a term
        assert asked[kind].chart().svg.startswith("<svg"), kind


def test_parts_are_written_as_texts_or_given_as_they_are(log: Log, tmp_path: Path) -> None:
    with safar.open(tmp_path / "log") as opened:
        texts = opened.funnel(
            ["visit", "Buy: cart, پرداخت"],
            within="P7D",
            window=("2026-03-21", date(2026, 3, 23)),
            where=["plan = pro"],
            segment="did visit",
        )
        given = opened.ask(
            FunnelQuestion(
                (StepRule("visit", ("visit",)), StepRule("Buy", ("cart", "پرداخت"))),
                timedelta(days=7),
                window=Window(DAY, DAY + timedelta(days=2)),
                among=texts.question.among,
            )
        )
        assert texts.question == given.question
        assert (texts.answer, texts.key) == (given.answer, given.key)
        assert opened.ask(texts.json).answer == texts.answer
        assert texts.table.pandas()["count"].tolist() == texts.table.polars()["count"].to_list() == [2, 1]
        with pytest.raises(UnknownEventName, match='Did you mean "visit"'):
            opened.funnel(["vist", "cart"], within="7d")
        with pytest.raises(RuleUnreadable):
            opened.flow(["visit ["])


def test_days_and_periods_are_those_of_the_workspace(tmp_path: Path) -> None:
    with Home.create(tmp_path / "home") as home:
        home.create_workspace(
            "Shop", workspace_id="shop", language="fa", calendar="jalali", time_zone="Asia/Tehran"
        )
        fill(home.log("shop"))
        home.create_workspace("Other", workspace_id="other")
    with pytest.raises(UnknownWorkspace, match="has 2 workspaces"):
        safar.open(tmp_path / "home")
    with safar.open(tmp_path / "home", "shop") as opened:
        window = opened.flow(window="2026-03-21..2026-03-22").question.window
        assert window == Window(DAY - timedelta(hours=3.5), DAY + timedelta(hours=20.5))
        instant = opened.flow(window="2026-03-21T00:00Z..2026-03-22").question.window
        assert instant.start == DAY
        retention = opened.retention(every="month").question
        assert (retention.calendar, retention.week_starts, retention.time_zone) == (
            "jalali",
            "saturday",
            "Asia/Tehran",
        )
        assert repr(opened) == "<Journeys of 3 customers: 7 events>"
    with pytest.raises(LogMissing):
        safar.open(tmp_path)


def test_published_paths_give_the_same_with_keys_for_ids(log: Log, tmp_path: Path) -> None:
    publish(log.paths(), str(tmp_path / "published"), ["plan"])
    here, there = safar.open(tmp_path / "log"), safar.open(tmp_path / "published")
    asked = {"kind": "funnel", "steps": ["visit", "cart"], "within": "7d", "among": {"where": ["plan = pro"]}}
    assert there.ask(asked).answer.steps == here.ask(asked).answer.steps
    (key,) = there.ask(asked).customers(step=1)
    assert re.fullmatch("[0-9a-f]{16}", key)
    assert here.ask(asked).customers(step=1) == ["a"]


def test_a_segment_narrows_every_question(log: Log, tmp_path: Path) -> None:
    opened = safar.open(tmp_path / "log")
    payers = opened.segment("did پرداخت")
    assert (payers.customers, payers.events) == (1, 3)
    inside = opened.flow(segment="did پرداخت").answer
    assert payers.flow().answer.edges == inside.edges
    assert payers.flow().customers(source=None, target="visit") == ["a"]
    others = opened.segment("did not پرداخت")
    assert others.customers == 2
    write(log, an_event("پرداخت", DAY + timedelta(days=3), customer="c"))
    assert opened.segment("did پرداخت").customers == 2
    assert payers.customers == 2


def test_comparing_two_answers_is_comparing_segments(log: Log, tmp_path: Path) -> None:
    opened = safar.open(tmp_path / "log")
    one, other = segment_of("A: did پرداخت"), segment_of("B: did not پرداخت")
    answer = opened.compare(opened.flow(segment=one), opened.flow(segment=other))
    assert answer.question == between_segments(FlowQuestion(), one, other)


def test_pauses_of_channels_and_clocks_of_customers_are_asked_for(log: Log, tmp_path: Path) -> None:
    with safar.open(tmp_path / "log") as opened:
        gaps = opened.sessions("1h", gaps={"app": "5m", "web": timedelta(minutes=20)}).question.pauses
        assert gaps == (("app", timedelta(minutes=5)), ("web", timedelta(minutes=20)))
        assert opened.sessions().question.pauses == ()
        assert opened.retention(every="month", own_clock="1d").question.every == timedelta(days=1)
        assert opened.retention().question.every is None


def test_every_table_of_an_answer_has_a_name(log: Log, tmp_path: Path) -> None:
    answer = safar.open(tmp_path / "log").sessions()
    assert answer.parts == ("main", "totals", "depths", "lengths")
    assert answer.part("totals").column("sessions") == [answer.answer.sessions]
    assert answer.part("main").rows() == answer.table.rows()


def test_a_drawing_is_shown_and_saved_in_the_readers_language(log: Log, tmp_path: Path) -> None:
    flow_ = safar.open(tmp_path / "log").flow()
    chart = flow_.chart(Locale("fa"))
    assert "۱ ساعت" in chart.svg
    assert "1 hour" in flow_.chart().svg
    assert chart.svg in chart._repr_html_()
    assert chart.save(tmp_path / "flow.svg").read_text(encoding="utf-8") == chart._repr_svg_()
    assert chart.save(tmp_path / "flow.png").read_bytes().startswith(b"\x89PNG")
    page = chart.save(tmp_path / "flow.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert "پرداخت" in page
    with pytest.raises(ChartFormatRefused, match=r"\.gif"):
        chart.save(tmp_path / "flow.gif")


def test_numbers_without_customers_behind_them_say_so(log: Log, tmp_path: Path) -> None:
    opened = safar.open(tmp_path / "log")
    with pytest.raises(CellRefused):
        opened.flow().customers(source="nowhere", target=None)
    assert opened.flow().customers(1, source=None, target="visit") in (["a"], ["b"], ["c"])


def test_every_note_that_pages_say_is_said_here_too() -> None:
    source = (ROOT / "src/safar/doors/web/journeys/note_sentences.py").read_text(encoding="utf-8")
    codes = set(re.findall(r'^    "([a-z_]+\.[a-z_]+)": ', source, re.MULTILINE))
    assert len(codes) > 10
    assert codes <= SENTENCES.keys()
    assert sentence(Note.of("flow.unmeasured", count=1200)) == "For 1,200 rare edges no times were measured."
    assert sentence(Note.of("later.version", count=3, of="x")) == "later.version: count 3 of x"


def test_importing_safar_imports_nothing_else() -> None:
    code = "import safar, sys; print(sorted(name for name in sys.modules if name.startswith(('safar', 'numpy'))))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "['safar']\n"
    assert {"open", "from_dataframe", "__version__"} <= set(dir(safar))
    with pytest.raises(AttributeError, match="nothing"):
        safar.nothing  # noqa: B018
