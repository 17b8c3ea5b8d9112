"""A home with something in every corner: what pictures are taken of, and what tests of every page look at.

A simulated shop; a workspace without events, one where the owner may only look, one whose log is damaged; members who
read each language; an import in each of its states; background work in each of its states; an erasure with its proof;
an invitation, keys, a token, a backup. `pages.PLACES` names them in its addresses.

    .venv/bin/python scripts/furnish.py FOLDER     makes it in a process of its own, says as JSON what is where
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

#: Whoever reads a language reads its calendar: three languages, three calendars.
READERS = {
    "fa": ("sara@safar.example", "سارا احمدی", "jalali"),
    "ar": ("layla@safar.example", "ليلى الحسن", "hijri"),
    "en": ("emma@safar.example", "Emma Green", "gregorian"),
}
PASSWORD = "roads of nishapur"


@dataclass
class Furnished:
    """What is where.

    Attributes
    ----------
    names
        What stands for ``{…}`` in the addresses of `pages.PLACES`.
    sessions
        The session cookie of each reader: ``fa``, ``ar``, ``en``; of one with a second step (``guarded``), and of one
        who has still to take it (``half``).
    """

    names: dict[str, str] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)


def furnish(folder: Path, size: str | int = "small") -> Furnished:
    """Make the home; the process serves it afterwards."""
    from safar.demo.company import fill  # noqa: PLC0415 - loads engines, only needed here
    from safar.doors.web.setup import prepare  # noqa: PLC0415

    prepare(folder)
    from safar.doors.web.homes import current_home  # noqa: PLC0415 - needs Django configured

    home = current_home()
    made = Furnished(names={"w": "demo", "empty": "new", "seen": "seen", "broken": "broken"})
    for workspace_id, name in (
        ("demo", "فروشگاه سفر"),
        ("new", "New shop"),
        ("seen", "شعبهٔ شیراز"),
        ("broken", "Old shop"),
    ):
        home.create_workspace(
            name,
            workspace_id=workspace_id,
            language="fa",
            calendar="jalali",
            time_zone="Asia/Tehran",
            currency="IRR",
        )
    until = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    log = home.log("demo")
    with log.writer() as writer:
        fill(writer, size, until=until)
    log.compact()
    _people(made)
    _customers(made)  # an erasure takes uploaded files away: before there are any
    _imports(made)
    _rest(made)
    _damage(folder / "workspaces" / "broken" / "log")
    return made


def _people(made: Furnished) -> None:
    from django.conf import settings  # noqa: PLC0415 - needs Django configured
    from django_otp.oath import totp  # noqa: PLC0415

    from safar.doors.web.administration.members_page import member_key  # noqa: PLC0415
    from safar.doors.web.audit.actor import Actor  # noqa: PLC0415
    from safar.doors.web.members import two_factor  # noqa: PLC0415
    from safar.doors.web.members.models import Member  # noqa: PLC0415
    from safar.doors.web.members.services import add_member, create_reset_link, invite  # noqa: PLC0415
    from safar.doors.web.members.tokens import create_token  # noqa: PLC0415

    base = "http://127.0.0.1"
    for language, (email, name, _) in READERS.items():
        for workspace_id, role in (
            ("demo", "owner"),
            ("new", "owner"),
            ("broken", "owner"),
            ("seen", "viewer"),
        ):
            add_member(email, name, language, workspace_id, role)
    add_member("ali@safar.example", "علی کریمی", "fa", "demo", "analyst")
    guarded = add_member("dara@safar.example", "دارا رستمی", "fa", "demo", "manager")
    for email, _, calendar in READERS.values():
        Member.objects.filter(email=email).update(is_administrator=True, calendar=calendar)
    for member in Member.objects.all():
        member.set_password(PASSWORD)
        member.save(update_fields=["password"])
    for language, (email, _, _) in READERS.items():
        made.sessions[language] = _signed_in(email)[settings.SESSION_COOKIE_NAME].value
    made.sessions["guarded"] = _signed_in(guarded.email)[settings.SESSION_COOKIE_NAME].value
    device = two_factor.begin_two_factor(guarded)
    two_factor.confirm_two_factor(guarded, f"{totp(device.bin_key):06}", by=Actor("member", guarded))
    made.sessions["half"] = _signed_in(guarded.email)[settings.SESSION_COOKIE_NAME].value

    sara = Member.objects.get(email=READERS["fa"][0])
    by = Actor("member", sara)
    made.names["invitation"] = invite(
        "mina@safar.example", "demo", "agent", by=by, base_url=base
    ).link.rpartition("/")[2]
    made.names["reset"] = create_reset_link("ali@safar.example", base).rpartition("/")[2]
    made.names["member"] = member_key(guarded.email)
    create_token(sara, "demo", "گزارش ماهانه", can_write=False, expires_at=None, by=by)


def _signed_in(email: str) -> Any:
    """Return the cookies of a browser that signed in with address and password."""
    from django.test import Client  # noqa: PLC0415 - needs Django configured

    client = Client(SERVER_NAME="127.0.0.1")
    client.post("/sign-in", {"email": email, "password": PASSWORD})
    return client.cookies


def freshen() -> None:
    """Let sessions be as fresh as just made: some pages ask again after a quarter of an hour."""
    from django.contrib.sessions.backends.db import SessionStore  # noqa: PLC0415 - needs Django configured
    from django.contrib.sessions.models import Session  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    now = timezone.now().timestamp()
    for key in Session.objects.values_list("session_key", flat=True):
        session = SessionStore(key)
        if "proved_at" in session:
            session["proved_at"] = now
        if "half_signed_in" in session:
            session["half_signed_in"] = {**session["half_signed_in"], "at": now}
        session.save()


def _customers(made: Furnished) -> None:
    """Choose a customer and an event to look at, and leave an erasure with its proof."""
    from safar.doors.web.audit.actor import Actor  # noqa: PLC0415 - needs Django configured
    from safar.doors.web.customers.services import ask_to_erase  # noqa: PLC0415
    from safar.doors.web.events.page import event_href  # noqa: PLC0415
    from safar.doors.web.homes import current_home  # noqa: PLC0415
    from safar.doors.web.members.models import Member  # noqa: PLC0415
    from safar.doors.web.work.worker import Worker  # noqa: PLC0415
    from safar.observe.events import EventsQuestion, events  # noqa: PLC0415

    workspace, log = current_home().workspace("demo"), current_home().log("demo")
    busiest = log.sql(
        "select customer_id from events group by 1 order by count(*) desc, customer_id limit 2"
    ).rows()
    made.names["customer"] = str(busiest[0][0])
    by = Actor("member", Member.objects.get(email=READERS["fa"][0]))
    erasure = ask_to_erase(workspace, str(busiest[1][0]), by=by)
    Worker().run_waiting()
    made.names["erasure"] = str(erasure.erasure_id)
    order = events(log, EventsQuestion(names=("order_placed",), limit=1)).events[0]
    made.names["event"] = event_href(workspace, order).partition("?of=")[2]


def _orders(rows: int) -> str:
    """Return a small export of a shop, with two rows that cannot be read."""
    lines = ["شناسه مشتری,ردیف سفارش,تاریخ,مبلغ (تومان),شهر"]
    for n in range(rows):
        who = "" if n == rows // 10 else f"m{n % 17}"
        day = "31/31" if n == rows // 6 else f"1404/02/{n % 28 + 1:02} {n % 12 + 8:02}:{n * 7 % 60:02}"
        lines.append(f"{who},{n + 1001},{day},{12500 * (n % 9 + 1)},{('تهران', 'شیراز', 'مشهد')[n % 3]}")
    return "\n".join(lines)


def _imports(made: Furnished) -> None:
    """Bring an import into each of its states."""
    from safar.collect.import_record import ImportFolder, import_folder  # noqa: PLC0415
    from safar.doors.web.audit.actor import Actor  # noqa: PLC0415 - needs Django configured
    from safar.doors.web.homes import current_home  # noqa: PLC0415
    from safar.doors.web.imports import services  # noqa: PLC0415
    from safar.doors.web.imports.models import FileImport  # noqa: PLC0415
    from safar.doors.web.members.models import Member  # noqa: PLC0415
    from safar.doors.web.work.models import Work  # noqa: PLC0415
    from safar.doors.web.work.worker import Worker  # noqa: PLC0415

    home, worker = current_home(), Worker()
    workspace = home.workspace("demo")
    by = Actor("member", Member.objects.get(email=READERS["fa"][0]))

    def uploaded(state: str, name: str, rows: int = 60) -> FileImport:
        import_id, arrived = services.new_place("demo")
        arrived.parent.mkdir(parents=True, exist_ok=True)
        arrived.write_text(_orders(rows), "utf-8")
        made.names[state] = import_id
        return services.receive(workspace, import_id, arrived, file_name=name, by=by)

    def kept_of(row: FileImport) -> ImportFolder:
        return import_folder(home.imports_folder("demo"), row.import_id)

    def imported(state: str, name: str) -> FileImport:
        row = services.start_import(uploaded(state, name), workspace, keeps_file=True, by=by)
        worker.run_waiting()
        return row

    imported("finished", "سفارش‌های بهار.csv")
    undone = imported("undone", "orders-2024.csv")
    services.start_undo(workspace, undone.import_id, by=by)
    worker.run_waiting()
    stopped = imported("stopped", "سفارش‌های تابستان.csv")
    report = kept_of(stopped).report_path
    told = json.loads(report.read_text("utf-8"))
    told["report"].update(state="running", finished_at=None)
    report.write_text(json.dumps(told, ensure_ascii=False), "utf-8")
    Work.objects.filter(work_id=stopped.run_work).update(status="cancelled", result=None)
    failed = imported("failed", "سفارش‌های دوتایی.csv")
    kept_of(failed).report_path.unlink()
    Work.objects.filter(work_id=failed.run_work).update(
        status="failed", result=None, error_code="import.file_gone"
    )
    services.start_trial(uploaded("tried", "مشتریان باشگاه.csv"), workspace, by=by)
    worker.run_waiting()
    trying = services.start_trial(uploaded("trying", "سفارش‌های پاییز.csv"), workspace, by=by)
    running = services.start_import(
        uploaded("running", "سفارش‌های زمستان.csv"), workspace, keeps_file=False, by=by
    )
    _hold(trying.trial_work, done=430, note="۴۳۰ سطر خوانده شد")
    _hold(running.run_work, done=610, note="۶۱٬۰۰۰ سطر خوانده شد")
    kept_of(uploaded("gone", "ناپدید.csv")).upload_path.unlink()
    uploaded("waiting", "فروش فروشگاه.csv")


def _hold(work_id: object, *, done: int, note: str) -> None:
    """Let a piece of work be under way in a process that never ends."""
    from django.utils import timezone  # noqa: PLC0415 - needs Django configured

    from safar.doors.web.work.models import Work  # noqa: PLC0415

    now = timezone.now()
    Work.objects.filter(work_id=work_id).update(
        status="running",
        done=done,
        total=1000,
        note=note,
        started_at=now - timedelta(seconds=40),
        leased_by="elsewhere",
        leased_until=now + timedelta(days=7),
        attempts=1,
    )


def _rest(made: Furnished) -> None:
    """Leave work in its other states, a key, a backup and checks."""
    from safar.doors.web.administration import jobs, services  # noqa: PLC0415 - needs Django configured
    from safar.doors.web.audit.actor import Actor  # noqa: PLC0415
    from safar.doors.web.members.models import Member  # noqa: PLC0415
    from safar.doors.web.work import services as work  # noqa: PLC0415
    from safar.doors.web.work.models import Work  # noqa: PLC0415
    from safar.doors.web.work.worker import Worker  # noqa: PLC0415

    worker = Worker()
    by = Actor("member", Member.objects.get(email=READERS["fa"][0]))
    key, _secret = services.create_key("demo", by=by, name="وب‌سایت", channel="web")
    made.names["key"] = key.key_id
    work.start(jobs.make_backup, by=by, member_id=by.member.pk if by.member else 0)
    work.start(jobs.check_home, by=by)
    worker.run_waiting()

    def check() -> Work:
        return work.start(jobs.check_log, by=by, workspace_id="demo")

    made.names["work-failed"] = str(_in_state(check, "failed", error_code="work.defect").work_id)
    _in_state(check, "cancelled")
    done = check()
    worker.run_waiting()
    made.names["work-done"] = str(done.work_id)
    under_way = check()
    _hold(under_way.work_id, done=300, note="")
    made.names["work-running"] = str(under_way.work_id)
    ending = check()
    _hold(ending.work_id, done=700, note="")
    Work.objects.filter(pk=ending.pk).update(cancel_asked_at=ending.asked_at)
    later = datetime.now(UTC) + timedelta(days=7)
    waiting = work.start(jobs.check_log, by=by, workspace_id="demo", not_before=later)
    made.names["work-waiting"] = str(waiting.work_id)
    from safar.doors.web.administration.backups import backups  # noqa: PLC0415

    made.names["backup"] = backups()[0].name


def _in_state(start: Callable[[], Any], status: str, *, error_code: str = "") -> Any:
    from django.utils import timezone  # noqa: PLC0415 - needs Django configured

    from safar.doors.web.work.models import Work  # noqa: PLC0415

    started, now = start(), timezone.now()
    Work.objects.filter(pk=started.pk).update(
        status=status, started_at=now - timedelta(seconds=5), finished_at=now, error_code=error_code
    )
    return started


def _damage(log: Path) -> None:
    """Leave a log that cannot be read."""
    log.mkdir()
    (log / "manifest.sqlite").write_bytes(b"no database" * 100)


def main() -> None:
    """Make a home in the folder that was named."""
    made = furnish(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else "small")
    print(json.dumps(asdict(made)))


if __name__ == "__main__":
    main()
