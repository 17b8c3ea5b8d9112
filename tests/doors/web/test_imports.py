"""Imports through pages, without JavaScript: upload, columns, dry run, import, report, undo."""

from __future__ import annotations

import csv
import gzip
import html
import io
import json
import re
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest

from safar.store.home import Home
from safar.store.registry import Workspace

ORDERS = """کد مشتری,شماره سفارش,تاریخ سفارش,مبلغ,توضیح
c1,1,۱۴۰۴/۰۱/۰۵ ۱۰:۰۰,۲۵۰۰۰,سلام
c2,2,۱۴۰۴/۰۱/۰۶ ۱۱:۳۰,۱۲۰۰۰,
,3,۱۴۰۴/۰۱/۰۷ ۰۹:۰۰,۹۰۰۰,بدون مشتری
c1,4,۱۴۰۴/۰۱/۰۸ ۱۲:۰۰,۱۰۰۰۰,
"""


class Desk:
    """A manager of the shop before the pages of imports."""

    def __init__(self, browser, home: Home, shop: Workspace) -> None:
        from safar.doors.web.work.worker import Worker

        self.browser, self.home, self.shop = browser, home, shop
        self._worker = Worker()
        self.base = f"/w/{shop.workspace_id}/imports"

    def work(self) -> int:
        from safar.doors.web.work.jobs import job  # noqa: F401
        from safar.doors.web.work.registry import load_jobs

        load_jobs()
        return self._worker.run_waiting()

    def upload(self, content: str | bytes, name: str = "orders.csv", **headers: str):
        from django.core.files.uploadedfile import SimpleUploadedFile

        raw = content.encode() if isinstance(content, str) else content
        file = SimpleUploadedFile(name, raw, content_type="text/csv")
        return self.browser.post(
            f"{self.base}/new", {"file": file, "name": name, "whole": "1"}, headers=headers
        )

    def uploaded(self, content: str | bytes, name: str = "orders.csv") -> str:
        """Return the id of an upload."""
        answer = self.upload(content, name)
        assert answer.status_code == 302, text_of(answer)
        found = re.fullmatch(re.escape(self.base) + r"/([\w-]+)/columns", answer.headers["Location"])
        assert found
        return found[1]

    def get(self, import_id: str, part: str = ""):
        return self.browser.get(f"{self.base}/{import_id}{part}")

    def post(self, import_id: str, part: str, **fields: str):
        return self.browser.post(f"{self.base}/{import_id}/{part}", fields)

    def imported(self, content: str | bytes, name: str = "orders.csv", **fields: str) -> str:
        """Bring a file in as proposed; return the import's id."""
        import_id = self.uploaded(content, name)
        self.post(import_id, "run", **fields)
        self.work()
        return import_id

    @property
    def folder(self) -> Path:
        return self.home.imports_folder(self.shop.workspace_id)

    def events(self, query: str = "count(*)"):
        return self.home.log(self.shop.workspace_id).sql(f"select {query} from events").one()[0]

    def changes(self) -> list[str]:
        from safar.doors.web.audit.models import Change

        own = Change.objects.filter(workspace_id=self.shop.workspace_id).order_by("pk")
        found = own.exclude(action__startswith="member.")
        return list(found.values_list("action", flat=True))


def text_of(answer) -> str:
    """What a page says, without marks of direction and tags."""
    plain = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return " ".join(re.sub("[\u2066-\u2069\u200e\u200f]", "", html.unescape(plain)).split())


def roles_of(answer) -> dict[str, str]:
    """What the selects of the columns say, by place."""
    page = answer.content.decode()
    return {
        found[1]: value[1]
        for found in re.finditer(r'<select id="role-\d+" name="(role-\d+)">(.*?)</select>', page, re.DOTALL)
        if (value := re.search(r'<option value="([^"]*)" selected>', found[2]))
    }


def version_of(answer) -> str:
    found = re.search(r'name="version" value="(\d+)"', answer.content.decode())
    assert found
    return found[1]


@pytest.fixture
def desk(let_in, web_home: Home, shop: Workspace) -> Desk:
    return Desk(let_in("en", "manager"), web_home, shop)


def test_an_empty_list_explains_and_offers_a_sample_that_can_be_imported(desk: Desk) -> None:
    page = desk.browser.get(desk.base)
    assert "Bring in what happened before today" in text_of(page)
    assert f'href="{desk.base}/sample.csv"' in page.content.decode()
    sample = desk.browser.get(f"{desk.base}/sample.csv")
    assert sample.headers["Content-Disposition"].startswith("attachment")
    rows = list(csv.DictReader(io.StringIO(sample.content.decode("utf-8-sig"))))
    assert set(rows[0]) >= {"order_id", "customer_id", "ordered_at", "total", "currency"}
    desk.imported(sample.content, "sample.csv")
    assert desk.events("count(*) filter (event_name = 'order_placed')") == len(rows) > 50


@pytest.mark.parametrize("language", ["fa", "ar"])
def test_the_sample_speaks_the_reader_s_language(
    let_in, web_home: Home, shop: Workspace, language: str
) -> None:
    desk = Desk(let_in(language, "manager"), web_home, shop)
    import_id = desk.uploaded(desk.browser.get(f"{desk.base}/sample.csv").content, "sample.csv")
    roles = roles_of(desk.get(import_id, "/columns"))
    assert {"order", "customer", "order_placed", "order_delivered", "amount"} <= set(roles.values())


def test_the_way_from_a_file_to_events_and_back(desk: Desk) -> None:
    import_id = desk.uploaded(ORDERS, "سفارش‌ها.csv")
    columns = desk.get(import_id, "/columns")
    assert list(roles_of(columns).values()) == ["customer", "order", "time", "amount", "property"]
    said = text_of(columns)
    assert (
        "Each row becomes an event Placed an order · order_placed of the customer in column “کد مشتری”"
        in said
    )
    assert "1 of the first 4 rows would be rejected" in said
    assert "No customer: “کد مشتری” is empty" in said
    assert "No column says the currency" in said

    fields = roles_of(columns) | {"version": version_of(columns), "unit": "IRR*10", "act": "try"}
    assert desk.post(import_id, "columns", **fields).headers["Location"] == f"{desk.base}/{import_id}/trial"
    assert "Waiting" in text_of(desk.get(import_id, "/trial"))
    assert desk.work() == 1
    trial = text_of(desk.get(import_id, "/trial"))
    assert "3 of 4 rows would be taken, as 3 events" in trial
    assert "No customer: “کد مشتری” is empty" in trial
    assert desk.events() == 0
    rejects = b"".join(desk.get(import_id, "/trial/rejects.csv").streaming_content).decode("utf-8-sig")
    assert [row["row"] for row in csv.DictReader(io.StringIO(rejects))] == ["4"]

    assert desk.post(import_id, "run").headers["Location"] == f"{desk.base}/{import_id}"
    assert "Waiting" in text_of(desk.get(import_id))
    assert desk.work() == 1
    report = desk.get(import_id)
    assert "3 rows were taken, as 3 events." in text_of(report)
    led_to = desk.browser.get(f"/w/{desk.shop.workspace_id}/events?source=import%3A{import_id}")
    assert f'href="{led_to.request["PATH_INFO"]}?{led_to.request["QUERY_STRING"]}"' in report.content.decode()
    assert led_to.content.decode().count('<tr id="event-') == 3
    assert desk.events() == 3
    assert desk.events("sum(amount)::bigint") == 470_000
    assert not (desk.folder / import_id / "upload").exists()
    listed = text_of(desk.browser.get(desk.base))
    assert "سفارش‌ها.csv" in listed
    assert "Imported" in listed

    asked = desk.get(import_id, "/undo")
    assert "All 3 events that it brought leave the log" in text_of(asked)
    refused = desk.post(import_id, "undo", typed="orders.csv")
    assert (refused.status_code, desk.events()) == (422, 3)
    assert desk.post(import_id, "undo", typed="سفارش‌ها.csv").status_code == 302
    assert desk.work() == 1
    assert "3 events left the log. No customers had been joined by it." in text_of(desk.get(import_id))
    assert desk.events() == 0
    assert desk.changes() == ["import.uploaded", "import.started", "import.undone"]
    offered = desk.get(import_id).content.decode()
    assert f'<a class="button" href="{desk.base}/new">Upload again</a>' in offered
    assert f'action="{desk.base}/{import_id}/run"' not in offered


def test_what_was_taken_back_is_imported_again_from_its_kept_file(desk: Desk) -> None:
    import_id = desk.uploaded(ORDERS, "again.csv")
    desk.post(import_id, "run", keeps_file="on")
    desk.work()
    desk.post(import_id, "undo", typed="again.csv")
    desk.work()
    assert desk.events() == 0
    offered = desk.get(import_id).content.decode()
    assert "Upload again" not in offered
    form = offered.partition(f'action="{desk.base}/{import_id}/run"')[2].partition("</form>")[0]
    assert 'name="keeps_file" value="on"' in form
    assert "Import again" in form
    desk.post(import_id, "run", keeps_file="on")
    desk.work()
    assert desk.events() == 3
    assert "3 rows were taken, as 3 events." in text_of(desk.get(import_id))


@pytest.mark.parametrize("role", ["viewer", "agent", "analyst"])
def test_who_may_not_import_sees_nothing_and_leaves_nothing(
    let_in, web_home: Home, shop: Workspace, role: str
) -> None:
    desk = Desk(let_in("en", role), web_home, shop)
    for path in ("", "/new", "/sample.csv", "/20260101-000000-abcdef", "/20260101-000000-abcdef/columns"):
        assert desk.browser.get(desk.base + path).status_code == 403
    assert desk.upload(ORDERS).status_code == 403
    assert list(desk.folder.iterdir()) == []
    assert desk.changes() == []


def test_another_workspace_s_imports_are_nowhere(desk: Desk, web_home: Home) -> None:
    import_id = desk.imported(ORDERS)
    other = web_home.create_workspace("Other", workspace_id=f"other-{desk.shop.workspace_id}")
    from safar.doors.web.members.models import Member
    from safar.doors.web.members.services import add_member

    add_member(Member.objects.get().email, "", "en", other.workspace_id, "manager")
    base = f"/w/{other.workspace_id}/imports/{import_id}"
    for part in (
        "",
        "/columns",
        "/mapping",
        "/mapping.toml",
        "/trial",
        "/undo",
        "/rejects.csv",
        "/trial/rejects.csv",
    ):
        assert desk.browser.get(base + part).status_code == 404, part
    for part in (
        "/columns",
        "/mapping",
        "/template",
        "/save",
        "/trial",
        "/run",
        "/undo",
        "/discard",
        "/file",
    ):
        assert desk.browser.post(base + part, {"typed": "orders.csv"}).status_code == 404, part
    assert desk.events() == 3


def test_a_form_without_its_token_takes_nothing_in(desk: Desk) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.test import Client

    strict = Client(SERVER_NAME="127.0.0.1", enforce_csrf_checks=True)
    strict.cookies = desk.browser.cookies
    file = SimpleUploadedFile("orders.csv", ORDERS.encode())
    assert strict.post(f"{desk.base}/new", {"file": file, "whole": "1"}).status_code == 403
    assert strict.post(f"{desk.base}/new", {"whole": "1"}).status_code == 403
    assert desk.changes() == []


def test_a_role_that_is_chosen_moves_from_the_column_that_had_it(desk: Desk) -> None:
    import_id = desk.uploaded(ORDERS)
    columns = desk.get(import_id, "/columns")
    fields = roles_of(columns) | {"role-4": "customer", "version": version_of(columns)}
    desk.post(import_id, "columns", **fields)
    changed = desk.get(import_id, "/columns")
    assert list(roles_of(changed).values()) == ["property", "order", "time", "amount", "customer"]
    assert "of the customer in column “توضیح”" in text_of(changed)
    desk.post(import_id, "columns", **roles_of(changed), version=version_of(changed), act="start-over")
    assert next(iter(roles_of(desk.get(import_id, "/columns")).values())) == "customer"


def test_how_the_file_is_written_can_be_said(desk: Desk) -> None:
    raw = "customer;date;amount\nسارا;05/03/2026;1\nناصر;06/03/2026;2\n".encode("windows-1256")
    import_id = desk.uploaded(raw)
    columns = desk.get(import_id, "/columns")
    assert "It cannot be imported like this yet" in text_of(columns)
    assert "times of a column can be read in two ways" in text_of(columns)
    fields = roles_of(columns) | {
        "version": version_of(columns), "encoding": "windows-1256", "layout": "dmy", "unit": "USD", "delimiter": ";",
    }  # fmt: skip
    assert desk.post(import_id, "columns", **fields).status_code == 302
    assert "سارا" in text_of(desk.get(import_id, "/columns"))
    desk.post(import_id, "run")
    desk.work()
    assert desk.events("min(occurred_at)::date::text") == "2026-03-04"  # midnight in Tehran
    assert desk.events("string_agg(customer_id, ',' order by occurred_at)") == "سارا,ناصر"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("time_zone", "Asia/Teheran"),
        ("encoding", "utf-9"),
        ("skip_rows", "-1"),
        ("unit", "no unit"),
        ("event_name", "{a}"),
    ],
)
def test_a_reading_that_cannot_be_is_refused_at_its_field_and_kept_nowhere(
    desk: Desk, field: str, value: str
) -> None:
    from safar.doors.web.imports.models import FileImport

    import_id = desk.uploaded(ORDERS)
    columns = desk.get(import_id, "/columns")
    answer = desk.post(import_id, "columns", **(roles_of(columns) | {"version": "1", field: value}))
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.content.decode()
    row = FileImport.objects.get()
    assert (row.version, row.reading, row.unit, row.event_name) == (1, {}, "", "")


def test_a_shipped_mapping_is_offered_where_it_fits_and_can_be_kept_under_a_name(desk: Desk) -> None:
    rows = "case:concept:name,concept:name,time:timestamp\na,paid,2026-01-01\nb,sent,2026-01-02\n"
    import_id = desk.uploaded("customer_id,activity,timestamp\na,paid,2026-01-01\nb,sent,2026-01-02\n")
    columns = desk.get(import_id, "/columns")
    assert 'value="shipped:event_log"' in columns.content.decode()
    desk.post(import_id, "template", version=version_of(columns), mapping="shipped:event_log")
    written = desk.get(import_id, "/columns")
    assert "read by a whole mapping" in text_of(written)
    assert roles_of(written) == {}
    assert 'name = "event_log"' in desk.get(import_id, "/mapping.toml").content.decode()
    desk.post(import_id, "save", name="گزارش رویداد")
    second = desk.uploaded("customer_id,activity,timestamp\nc,paid,2026-01-01\n")
    offered = desk.get(second, "/columns").content.decode()
    assert "گزارش رویداد" in offered
    unfit = desk.uploaded(rows)
    assert "گزارش رویداد" not in desk.get(unfit, "/columns").content.decode()
    answer = desk.post(unfit, "template", version="1", mapping="shipped:orders")
    assert (answer.status_code, "imports.choice_unknown" in answer.content.decode()) == (400, True)


def test_a_table_without_ids_and_dates_comes_in_by_the_mapping_that_fits_it(desk: Desk) -> None:
    head = (
        "recency,history_segment,history,mens,womens,zip_code,newbie,channel,segment,visit,conversion,spend"
    )
    rows = [
        f"{n},x,1.5,1,0,Urban,0,Web,{('No', 'Mens')[n % 2]} E-Mail,{n % 2},{n // 8},{n // 8 * 12}.5"
        for n in range(1, 9)
    ]
    import_id = desk.uploaded("\n".join((head, *rows)))
    columns = desk.get(import_id, "/columns")
    assert 'value="shipped:hillstrom"' in columns.content.decode()
    desk.post(import_id, "template", version=version_of(columns), mapping="shipped:hillstrom")
    desk.post(import_id, "run")
    desk.work()
    told = desk.home.log(desk.shop.workspace_id).sql(
        "select event_name, count(*)::int, count(distinct customer_id)::int, sum(amount)::int from events"
        " group by 1 order by 1"
    )
    assert told.rows() == [
        ("experiment_viewed", 8, 8, None),
        ("order_placed", 1, 1, 1250),
        ("visit", 4, 4, None),
    ]


def test_a_mapping_as_text_is_checked_and_used(desk: Desk) -> None:
    import_id = desk.uploaded(ORDERS)
    shown = desk.get(import_id, "/mapping")
    toml = html.unescape(
        re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", shown.content.decode(), re.DOTALL)[1]
    )  # type: ignore[index]
    wrong = desk.post(import_id, "mapping", toml=toml.replace("event]]", "evnt]]"), version="1")
    assert wrong.status_code == 422
    assert "evnt" in text_of(wrong)
    changed = toml.replace('name = "order_placed"', 'name = "purchase"')
    assert desk.post(import_id, "mapping", toml=changed, version="1").status_code == 302
    assert "an event purchase" in text_of(desk.get(import_id, "/columns"))
    desk.post(import_id, "run")
    desk.work()
    assert desk.events("min(event_name)") == "purchase"


def test_two_members_do_not_overwrite_each_other(desk: Desk) -> None:
    from safar.doors.web.imports.models import FileImport

    import_id = desk.uploaded(ORDERS)
    columns = desk.get(import_id, "/columns")
    fields = roles_of(columns) | {"version": version_of(columns)}
    assert desk.post(import_id, "columns", **(fields | {"unit": "IRR"})).status_code == 302
    late = desk.post(import_id, "columns", **(fields | {"unit": "USD"}))
    assert late.status_code == 409
    assert "Somebody else has changed this import" in text_of(late)
    assert FileImport.objects.get().unit == "IRR"


def test_an_import_started_twice_runs_once_and_its_steps_are_closed(desk: Desk) -> None:
    import_id = desk.uploaded(ORDERS)
    for _again in range(2):
        assert desk.post(import_id, "run").status_code == 302
    assert desk.work() == 1
    for part in ("columns", "mapping", "trial"):
        assert desk.get(import_id, f"/{part}").headers["Location"] == f"{desk.base}/{import_id}"
        assert (
            desk.post(import_id, part, version="1", toml="x").headers["Location"]
            == f"{desk.base}/{import_id}"
        )
    answer = desk.post(import_id, "run")
    assert (answer.status_code, "imports.goes_on" in answer.content.decode()) == (400, True)
    assert desk.post(import_id, "discard").status_code == 400
    assert (desk.work(), desk.events()) == (0, 3)


def test_the_same_file_twice_adds_nothing_and_both_steps_say_so(desk: Desk) -> None:
    first = desk.imported(ORDERS)
    second = desk.uploaded(ORDERS, "again.csv")
    desk.post(second, "trial")
    desk.work()
    assert "Everything in this file is already here" in text_of(desk.get(second, "/trial"))
    desk.post(second, "run")
    desk.work()
    assert "Nothing new: all 3 rows were already here." in text_of(desk.get(second))
    assert desk.events() == 3
    desk.post(second, "undo", typed="again.csv")
    desk.work()
    assert desk.events() == 3
    assert "3 rows were taken" in text_of(desk.get(first))


def test_a_dry_run_warns_of_the_future_of_dates_alone_and_of_what_is_known(desk: Desk) -> None:
    rows = "\n".join(f"c{n},{n},2024-03-{n + 1:02},5" for n in range(20))
    desk.imported(f"customer_id,order_id,date,total\n{rows}\n")
    rows += "\nc1,99,2199-01-01,5\nc1,98,2198-01-01,5\n"
    import_id = desk.uploaded(f"customer_id,order_id,date,total\n{rows}")
    desk.post(import_id, "trial")
    desk.work()
    said = text_of(desk.get(import_id, "/trial"))
    assert "20 events are already here and will not be counted twice" in said
    assert "2 events lie in the future" in said
    assert "the file has dates without a clock" in said


def test_changed_columns_make_a_dry_run_stale(desk: Desk) -> None:
    import_id = desk.uploaded(ORDERS)
    desk.post(import_id, "trial")
    desk.work()
    columns = desk.get(import_id, "/columns")
    desk.post(import_id, "columns", **roles_of(columns), version=version_of(columns), unit="IRR*10")
    stale = desk.get(import_id, "/trial")
    assert "columns were changed after this dry run" in text_of(stale)
    assert "/run" not in stale.content.decode()


def test_a_stopped_import_goes_on_and_can_be_taken_back(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from safar.doors.web.work.jobs import Cancelled, Progress

    rows = "\n".join(f"c{n % 9},{n},2026-01-{n % 28 + 1:02} 10:00,5" for n in range(25_000))
    import_id = desk.uploaded(f"customer_id,order_id,date,total\n{rows}\n")
    desk.post(import_id, "run")
    report = Progress.report

    def stop(self: Progress, done: int, total: int | None = None, note: str = "") -> None:
        report(self, done, total, note)
        if done > 300:
            raise Cancelled

    with monkeypatch.context() as patched:
        patched.setattr(Progress, "report", stop)
        desk.work()
    stopped = desk.get(import_id)
    assert "Stopped half-way" in text_of(stopped)
    held = desk.events()
    assert 0 < held < 25_000
    assert f"{held:,} events of this file are in the log" in text_of(stopped)
    assert (desk.folder / import_id / "upload").exists()
    desk.post(import_id, "run")
    desk.work()
    assert "25,000 rows were taken" in text_of(desk.get(import_id))
    assert desk.events() == 25_000


def test_the_file_stays_where_that_is_wished_and_can_be_removed(desk: Desk) -> None:
    import_id = desk.imported(ORDERS, keeps_file="on")
    upload = desk.folder / import_id / "upload"
    assert upload.read_text() == ORDERS
    assert "still kept here" in text_of(desk.get(import_id))
    desk.post(import_id, "file")
    assert not upload.exists()
    assert desk.events() == 3


def test_what_is_thrown_away_leaves_nothing(desk: Desk) -> None:
    import_id = desk.uploaded(ORDERS)
    desk.post(import_id, "trial")
    desk.work()
    assert desk.post(import_id, "discard").headers["Location"] == desk.base
    assert list(desk.folder.iterdir()) == []
    assert desk.get(import_id).status_code == 404


def test_what_nobody_touches_for_a_week_is_removed(desk: Desk) -> None:
    from django.utils import timezone

    from safar.doors.web.imports.models import FileImport
    from safar.doors.web.imports.services import clear_abandoned

    old, new, done = desk.uploaded(ORDERS), desk.uploaded(ORDERS), desk.imported(ORDERS)
    cut = desk.folder / "20200101-000000-aaaaaa" / "upload.part"
    cut.parent.mkdir()
    cut.write_text("half")
    now = timezone.now()
    FileImport.objects.exclude(import_id=new).update(touched_at=now - timedelta(days=8))
    assert clear_abandoned(now) == 1
    assert clear_abandoned(now + timedelta(days=2)) == 1
    assert {path.name for path in desk.folder.iterdir()} == {new, done}
    assert desk.get(old).status_code == 404


def test_an_erased_person_takes_the_waiting_file_along(desk: Desk) -> None:
    from safar.store.erasure import erase_customer

    import_id = desk.uploaded(ORDERS)
    desk.post(import_id, "trial")
    desk.work()
    erase_customer(desk.home, desk.shop.workspace_id, "c2")
    gone = desk.get(import_id, "/columns")
    assert gone.status_code == 410
    assert "a person in it was erased" in text_of(gone)
    assert desk.post(import_id, "run").status_code == 400
    assert desk.events() == 0


def test_an_import_of_the_terminal_is_listed_shown_and_taken_back(desk: Desk, tmp_path: Path) -> None:
    from safar.collect.importing import import_file
    from safar.collect.look import look_at
    from safar.collect.proposing import propose_mapping

    path = tmp_path / "terminal.csv"
    path.write_text(ORDERS)
    log = desk.home.log(desk.shop.workspace_id)
    with log.writer() as writer:
        mapping = propose_mapping(look_at(path), currency="IRR").mapping
        import_id = import_file(path, mapping, writer, folder=desk.folder).import_id
    listed = text_of(desk.browser.get(desk.base))
    assert "terminal.csv" in listed
    assert "at the terminal" in listed
    assert "3 rows were taken" in text_of(desk.get(import_id))
    assert desk.get(import_id, "/columns").status_code == 302
    assert desk.post(import_id, "run").status_code == 404
    desk.post(import_id, "undo", typed="terminal.csv")
    desk.work()
    assert desk.events() == 0
    assert "3 events left the log" in text_of(desk.get(import_id))


REFUSED = {
    "an empty file": (b"", "upload.missing"),
    "blank lines": (b"\n\n\n", "import.no_rows"),
    "a picture named .csv": (
        b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + bytes(range(256)) * 40,
        "import.format_unknown",
    ),
    "a JSON array": (b'[{"a": 1}]', "import.format_unknown"),
    "a cut gzip": (gzip.compress(ORDERS.encode())[:-30], "import.file_unreadable"),
    "too many columns": (
        ",".join(f"c{n}" for n in range(2_001)).encode() + b"\n1\n",
        "upload.too_many_columns",
    ),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_no_table_is_refused_with_the_reason_and_leaves_nothing(desk: Desk, kind: str) -> None:
    content, code = REFUSED[kind]
    answer = desk.upload(content, "orders.csv")
    assert (answer.status_code, code in answer.content.decode()) == (422, True), text_of(answer)
    assert list(desk.folder.iterdir()) == []
    assert desk.changes() == []
    as_json = desk.upload(content, "orders.csv", Accept="application/json")
    assert (as_json.status_code, json.loads(as_json.content)["code"]) == (422, code)


def test_a_bomb_of_a_workbook_is_refused(desk: Desk) -> None:
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as book,
        book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet,
    ):
        for _mega in range(200):
            sheet.write(bytes(1 << 20))
    answer = desk.upload(packed.getvalue(), "orders.xlsx")
    assert "import.expands_too_far" in answer.content.decode()
    assert list(desk.folder.iterdir()) == []


def test_a_file_that_is_too_large_or_was_cut_off_leaves_nothing(desk: Desk) -> None:
    from django.test import override_settings

    with override_settings(UPLOAD_MB=1):
        answer = desk.upload(b"a,b\n" + b"1,2\n" * 400_000)
    assert (answer.status_code, "upload.too_large" in answer.content.decode()) == (413, True)
    from django.core.files.uploadedfile import SimpleUploadedFile

    cut = desk.browser.post(f"{desk.base}/new", {"file": SimpleUploadedFile("a.csv", ORDERS.encode())})
    assert (cut.status_code, "upload.cut_off" in cut.content.decode()) == (422, True)
    none = desk.browser.post(f"{desk.base}/new", {"whole": "1"})
    assert (none.status_code, "upload.missing" in none.content.decode()) == (422, True)
    assert list(desk.folder.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../../etc/passwd", "passwd"),
        ("سفارش‌ها 🎉.csv", "سفارش‌ها 🎉.csv"),
        ("طلبات\u202egnp.csv", "طلباتgnp.csv"),
        ("a\x07\u2067b.csv", "ab.csv"),
        ("<img src=x>.csv", "<img src=x>.csv"),
        ("x" * 240 + ".csv", "x" * 188 + "….csv"),
    ],
)
def test_a_file_name_is_shown_and_never_a_path(desk: Desk, name: str, shown: str) -> None:
    from safar.doors.web.imports.models import FileImport
    from safar.doors.web.imports.uploading import shown_name

    assert shown_name(name) == shown
    import_id = desk.uploaded(ORDERS, name)
    assert FileImport.objects.get().file_name == shown
    assert sorted(path.name for path in (desk.folder / import_id).iterdir()) == ["upload"]
    assert shown in html.unescape(desk.get(import_id, "/columns").content.decode())
    assert "<img src=x>" not in desk.get(import_id, "/columns").content.decode()


def test_cells_that_are_huge_or_foreign_and_rows_of_other_widths_are_shown_as_such(desk: Desk) -> None:
    rows = (
        "customer_id,order_id,date,total\n"
        f"c1,1,2026-01-01,5\n{'x' * 5000},2,2026-01-02,5\n<b>c</b>,3,2026-01-03,5\n"
    )
    import_id = desk.uploaded(rows + "c4;4;2026-01-04;5\nc5;5;2026-01-05;5\n")
    page = desk.get(import_id, "/columns")
    assert "&lt;b&gt;c&lt;/b&gt;" in page.content.decode()
    assert "The row has more or fewer cells than the table has columns" in text_of(page)
    assert len(page.content) < 150_000
    desk.post(import_id, "trial")
    desk.work()
    said = text_of(desk.get(import_id, "/trial"))
    assert "2 of 5 rows would be taken" in said
    assert "is too long for a name or an id" in said


def test_the_list_pages_by_key(desk: Desk) -> None:
    from safar.doors.web.imports.queries import imports_of

    ids = {desk.uploaded(ORDERS, f"{n}.csv") for n in range(5)}
    first, following = imports_of(desk.shop.workspace_id, limit=3)
    second, end = imports_of(desk.shop.workspace_id, before=following, limit=3)
    assert [len(first), len(second), end] == [3, 2, ""]
    assert {each.import_id for each in (*first, *second)} == ids
    # A folder that holds no report is no import, and takes no place on a page.
    folder = desk.home.imports_folder(desk.shop.workspace_id)
    for name in ("99999999-000000-aaaaaa", "00000000-000000-aaaaaa"):
        (folder / name).mkdir()
    assert imports_of(desk.shop.workspace_id, limit=3) == (first, following)
    assert imports_of(desk.shop.workspace_id, before=following, limit=2) == (second, "")
    assert desk.browser.get(f"{desk.base}?after=nonsense").status_code == 400


def test_a_line_without_an_end_is_said_at_the_columns(desk: Desk) -> None:
    import_id = desk.uploaded(b"customer_id,date\nc1,2026-01-01\n" + b"x" * (17 << 20))
    page = desk.get(import_id, "/columns")
    assert (page.status_code, "A line of the file has no end" in text_of(page)) == (422, True)
    assert desk.post(import_id, "discard").status_code == 302
    assert list(desk.folder.iterdir()) == []


@pytest.mark.data
def test_online_retail_comes_in_through_the_pages_as_through_the_terminal(
    desk: Desk, shared_data: Path
) -> None:
    oracle = json.loads((shared_data / "online_retail" / "oracle.json").read_text())[
        "online_retail_2010_2011"
    ]
    file = shared_data / "online_retail" / "online_retail_2010_2011.csv.gz"
    import_id = desk.uploaded(file.read_bytes(), file.name)
    columns = desk.get(import_id, "/columns")
    desk.post(import_id, "template", version=version_of(columns), mapping="shipped:online_retail")
    desk.post(import_id, "trial")
    desk.work()
    trial = text_of(desk.get(import_id, "/trial"))
    assert f"{oracle['rows']:,} rows would be taken" in trial
    desk.post(import_id, "run")
    desk.work()
    placed = desk.home.log(desk.shop.workspace_id).sql(
        "select count(distinct customer_id), count(distinct properties->>'order_id'),"
        " sum(json_array_length(properties->'items'))::bigint, sum(amount)::bigint"
        " from events where event_name = 'order_placed'"
    )
    assert placed.one() == (
        oracle["clean_customers"],
        oracle["clean_orders"],
        oracle["clean_rows"],
        round(oracle["clean_revenue"] * 100),
    )
    count = desk.events()
    assert f"as {count:,} events" in text_of(desk.get(import_id))
    desk.post(import_id, "undo", typed=file.name)
    desk.work()
    assert desk.events() == 0
    assert f"{count:,} events left the log" in text_of(desk.get(import_id))
