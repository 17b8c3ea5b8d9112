"""Background work: asked for, done, cancelled, failed, retried; who may."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from safar.store.registry import Workspace


def until(true: Callable[[], object], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.03)


@pytest.fixture
def jobs(web_home):
    import work_jobs

    return work_jobs


@pytest.fixture
def work(web_home):
    """The verbs and reads of background work."""
    from safar.doors.web.work import queries, services

    class Both:
        start, cancel, retry = services.start, services.cancel, services.retry
        forget_old, tick, see = services.forget_old, services.tick, services.see
        of, works, own = queries.work_of, queries.works_of, queries.own_work
        latest = queries.latest_work

    return Both


@pytest.fixture
def sara(shop: Workspace):
    from safar.doors.web.members.services import add_member

    return add_member("sara@example.com", "سارا", "fa", shop.workspace_id, "manager")


@pytest.fixture
def by(sara):
    from safar.doors.web.audit.actor import Actor

    return Actor("member", sara)


@pytest.fixture
def worker(web_home):
    from safar.doors.web.work.worker import Worker

    return Worker()


@pytest.fixture
def running(web_home):
    """A worker with its threads."""
    from safar.doors.web.work.worker import Worker

    worker = Worker()
    worker.start()
    yield worker
    worker.stop()


def changes() -> list[tuple[str, str]]:
    from safar.doors.web.audit.models import Change

    found = Change.objects.filter(action__startswith="work.").order_by("pk")
    return list(found.values_list("action", "target"))


def test_work_is_done_with_its_arguments_and_keeps_its_result(shop, by, worker, jobs, work) -> None:
    asked = work.start(jobs.add, by=by, workspace_id=shop.workspace_id, title="orders.csv", numbers=[1, 2])
    waiting = work.of(asked.work_id, shop.workspace_id)
    assert (waiting.status, waiting.name, waiting.title) == ("waiting", "Import", "orders.csv")
    assert (waiting.can_cancel, waiting.can_retry, waiting.started_by) == (True, False, "سارا")
    assert worker.run_waiting() == 1
    done = work.of(asked.work_id, shop.workspace_id)
    assert (done.status, done.result) == ("succeeded", {"sum": 3, "workspace": shop.workspace_id})
    assert (done.done, done.total, done.share, done.note, done.error_code) == (2, 2, 1.0, "ok", "")
    assert (done.can_cancel, done.can_retry, done.has_ended) == (False, False, True)
    assert work.of(asked.work_id, "another") is None
    assert work.of("nonsense", shop.workspace_id) is None
    assert work.latest(shop.workspace_id, kind="test.add") == done
    assert worker.run_waiting() == 0


@pytest.mark.parametrize("arguments", [{"number": [1]}, {"numbers": {1, 2}}, {"numbers": (1, 2)}])
def test_arguments_that_json_or_the_job_does_not_take_start_nothing(shop, by, jobs, work, arguments) -> None:
    with pytest.raises(TypeError):
        work.start(jobs.add, by=by, workspace_id=shop.workspace_id, **arguments)
    assert work.works(shop.workspace_id, member=None) == ([], None)


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ("refusal", "test.unwell"),
        ("fault", "test.broken"),
        ("defect", "work.defect"),
        ("result", "work.defect"),
    ],
)
def test_a_failure_keeps_its_code_and_place_and_no_customer(
    shop, by, worker, jobs, work, how, code, caplog
) -> None:
    from safar.doors.web.work.models import Work

    asked = work.start(jobs.fail, by=by, workspace_id=shop.workspace_id, how=how)
    assert worker.run_waiting() == 1
    failed = work.of(asked.work_id, shop.workspace_id)
    assert (failed.status, failed.error_code, failed.can_retry) == ("failed", code, True)
    assert failed.sentence
    row = Work.objects.get()
    assert ("work_jobs.py" in row.error_place) == (how != "result")
    stored = " ".join(str(value) for value in Work.objects.values().get().values())
    assert "0912" not in stored + caplog.text
    assert code in caplog.text or "met a defect" in caplog.text


def test_failed_work_is_retried_by_a_person_and_noted(shop, by, worker, jobs, work) -> None:
    from safar.doors.web.work.errors import WorkEnded, WorkGoesOn

    asked = work.start(jobs.fail, by=by, workspace_id=shop.workspace_id, title="x.csv", how="defect")
    with pytest.raises(WorkGoesOn):
        work.retry(asked.work_id, by=by)
    worker.run_waiting()
    with pytest.raises(WorkEnded):
        work.cancel(asked.work_id, by=by)
    assert changes() == []
    work.retry(asked.work_id, by=by)
    again = work.of(asked.work_id, shop.workspace_id)
    assert (again.status, again.error_code, again.sentence, again.finished_at) == ("waiting", "", "", None)
    assert changes() == [("work.retried", "Fail: x.csv")]
    assert worker.run_waiting() == 1
    assert work.of(asked.work_id, shop.workspace_id).status == "failed"


def test_waiting_work_is_cancelled_at_once(shop, by, worker, jobs, work, tmp_path) -> None:
    asked = work.start(jobs.mark, by=by, workspace_id=shop.workspace_id, file=str(tmp_path / "done"))
    work.cancel(asked.work_id, by=by)
    assert work.of(asked.work_id, shop.workspace_id).status == "cancelled"
    assert worker.run_waiting() == 0
    assert not (tmp_path / "done").exists()
    assert changes() == [("work.cancelled", "Mark")]


def test_running_work_shows_its_progress_and_ends_at_its_next_report(
    shop, by, running, jobs, work, tmp_path
) -> None:
    file = tmp_path / "counted"
    asked = work.start(jobs.count, by=by, workspace_id=shop.workspace_id, file=str(file), to=1000)
    until(lambda: work.of(asked.work_id, shop.workspace_id).done >= 5)
    seen = work.of(asked.work_id, shop.workspace_id)
    assert (seen.status, seen.total, seen.share) == ("running", 1000, seen.done / 1000)
    work.cancel(asked.work_id, by=by)
    assert work.of(asked.work_id, shop.workspace_id).status in {"cancelling", "cancelled"}
    until(lambda: work.of(asked.work_id, shop.workspace_id).has_ended)
    ended = work.of(asked.work_id, shop.workspace_id)
    assert (ended.status, ended.result, ended.can_retry) == ("cancelled", None, True)
    counted = len(file.read_text().splitlines())
    assert counted < 200
    time.sleep(0.3)
    assert len(file.read_text().splitlines()) == counted


def test_a_stop_puts_back_what_can_be_done_again(shop, by, jobs, work, tmp_path) -> None:
    from safar.doors.web.work.models import Work
    from safar.doors.web.work.worker import Worker

    again = work.start(
        jobs.count_again, by=by, workspace_id=shop.workspace_id, file=str(tmp_path / "a"), to=1000
    )
    once = work.start(jobs.count, by=by, workspace_id=shop.workspace_id, file=str(tmp_path / "b"), to=1000)
    worker = Worker()
    worker.start()
    until(lambda: (tmp_path / "a").exists() and (tmp_path / "b").exists())
    assert worker.stop() is True
    assert work.of(again.work_id, shop.workspace_id).status == "waiting"
    interrupted = work.of(once.work_id, shop.workspace_id)
    assert (interrupted.status, interrupted.error_code) == ("failed", "work.process_ended")
    assert not Work.objects.exclude(leased_by="").exists()
    assert Work.objects.get(pk=again.pk).attempts == 0


def test_who_lost_the_capability_meanwhile_has_nothing_done(
    shop, by, sara, worker, jobs, work, tmp_path
) -> None:
    from safar.doors.web.members.models import Membership

    asked = work.start(jobs.count, by=by, workspace_id=shop.workspace_id, file=str(tmp_path / "x"), to=1)
    Membership.objects.filter(member=sara).update(role="analyst")
    assert worker.run_waiting() == 1
    refused = work.of(asked.work_id, shop.workspace_id)
    assert (refused.status, refused.error_code) == ("failed", "work.not_allowed")
    assert not (tmp_path / "x").exists()


def test_who_may_not_starts_cancels_and_retries_nothing(shop, by, sara, worker, jobs, work, web_home) -> None:
    from safar.doors.web.audit.actor import Actor
    from safar.doors.web.members.services import add_member
    from safar.doors.web.work.errors import UnknownWork, WorkNotAllowed

    other = web_home.create_workspace("Other", workspace_id=f"{shop.workspace_id}-other")
    analyst = Actor("member", add_member("a@example.com", "", "en", shop.workspace_id, "analyst"))
    stranger = Actor("member", add_member("b@example.com", "", "en", other.workspace_id, "owner"))
    for actor in (analyst, stranger):
        with pytest.raises(WorkNotAllowed):
            work.start(jobs.count, by=actor, workspace_id=shop.workspace_id, file="x", to=1)
    waiting = work.start(jobs.fail, by=by, workspace_id=shop.workspace_id, how="defect")
    for actor in (analyst, stranger, Actor("member", None)):
        with pytest.raises(UnknownWork):
            work.cancel(waiting.work_id, by=actor)
    with pytest.raises(UnknownWork):
        work.cancel("nonsense", by=by)
    worker.run_waiting()
    for actor in (analyst, stranger):
        with pytest.raises(UnknownWork):
            work.retry(waiting.work_id, by=actor)
    assert work.of(waiting.work_id, shop.workspace_id).status == "failed"
    assert changes() == []


def test_one_heavy_piece_at_a_time(shop, by, running, jobs, work, tmp_path) -> None:
    file = tmp_path / "heavy"
    started = [
        work.start(jobs.heavy, by=by, workspace_id=shop.workspace_id, file=str(file)) for _ in range(4)
    ]
    until(lambda: all(work.of(each.work_id, shop.workspace_id).has_ended for each in started))
    assert file.read_text().split() == ["in", "out"] * 4


def test_work_waits_for_its_time_and_for_its_transaction(shop, by, worker, jobs, work, tmp_path) -> None:
    from django.db import transaction

    later = datetime.now(UTC) + timedelta(hours=1)
    file = str(tmp_path / "x")
    work.start(jobs.mark, by=by, workspace_id=shop.workspace_id, not_before=later, file=file)
    assert worker.run_waiting() == 0
    with transaction.atomic():
        work.start(jobs.mark, by=by, workspace_id=shop.workspace_id, file=file)
        transaction.set_rollback(True)
    assert worker.run_waiting() == 0


def test_the_tasks_api_of_django_starts_and_reads_work(shop, worker, jobs) -> None:
    result = jobs.add.enqueue(workspace_id=shop.workspace_id, numbers=[2, 3])
    assert (result.status, result.attempts) == ("READY", 0)
    assert worker.run_waiting() == 1
    result.refresh()
    assert (result.status, result.return_value) == ("SUCCESSFUL", {"sum": 5, "workspace": shop.workspace_id})
    failed = jobs.fail.enqueue(how="defect")
    worker.run_waiting()
    failed.refresh()
    assert (failed.status, failed.errors[0].exception_class_path) == ("FAILED", "work.defect")
    with pytest.raises(TypeError):
        jobs.add.enqueue(1)


def test_periodic_work_is_asked_for_once_by_many_clocks(web_home, jobs, work) -> None:
    from django.db import connections

    from safar.doors.web.work.models import Work
    from safar.doors.web.work.registry import JOBS

    now = datetime.now(UTC)
    periods = {"work.forget": timedelta(hours=1)}
    asked: list[int] = []

    def ticks() -> None:
        try:
            for minute in range(0, 150, 10):
                asked.append(len(work.tick(now + timedelta(minutes=minute), periods, JOBS)))
                Work.objects.filter(kind="work.forget").update(status="succeeded")
        finally:
            connections.close_all()

    clocks = [threading.Thread(target=ticks) for _ in range(4)]
    for clock in clocks:
        clock.start()
    for clock in clocks:
        clock.join()
    assert Work.objects.filter(kind="work.forget").count() == sum(asked) == 3


def test_periodic_work_under_way_is_not_doubled(web_home, jobs, work) -> None:
    from safar.doors.web.work.registry import JOBS, every

    now = datetime.now(UTC)
    periods = {"work.forget": timedelta(hours=1)}
    assert len(work.tick(now, periods, JOBS)) == 1
    assert len(work.tick(now + timedelta(hours=2), periods, JOBS)) == 0
    with pytest.raises(ValueError, match="once a minute"):
        every(timedelta(seconds=5), "test.too_often")


def test_old_ended_work_is_forgotten_and_other_is_not(shop, by, worker, jobs, work) -> None:
    from safar.doors.web.work.models import Work

    ended = work.start(jobs.add, by=by, workspace_id=shop.workspace_id, numbers=[])
    worker.run_waiting()
    waiting = work.start(jobs.add, by=by, workspace_id=shop.workspace_id, numbers=[])
    now = datetime.now(UTC)
    assert work.forget_old(now + timedelta(days=89)) == 0
    assert work.forget_old(now + timedelta(days=91)) == 1
    assert list(Work.objects.values_list("pk", flat=True)) == [waiting.pk]
    assert ended.pk != waiting.pk


def test_what_follows_a_walk_has_no_share(web_home) -> None:
    from safar.doors.web.work.registry import Progress
    from safar.doors.web.work.walks import walks_told
    from safar.vocabulary.progress import tell

    progress, told = Progress(), []
    with walks_told(progress):
        for done in (1, 2, 3, 1, 3):
            tell(done, 3)
            told.append(progress.told)
    assert told == [
        (1, 3, "Walking along all paths"),
        (2, 3, "Walking along all paths"),
        (0, None, "Putting the answer together"),
        (1, 3, "Walking once more"),
        (0, None, "Putting the answer together"),
    ]
    assert progress.told == (3, 3, "")
