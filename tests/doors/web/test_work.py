"""Background work: asked for, done, cancelled, failed, retried; who sees it and who may."""

from __future__ import annotations

import pytest

from safar.store.registry import Workspace


@pytest.fixture
def member(shop: Workspace):
    from safar.doors.web.members.services import add_member  # noqa: PLC0415

    return add_member("sara@example.com", "سارا", "fa", shop.workspace_id, "manager")


@pytest.fixture
def by(member):
    from safar.doors.web.audit.actor import Actor  # noqa: PLC0415

    return Actor("member", member)


@pytest.fixture
def worker(web_home):
    from safar.doors.web.work.worker import Worker  # noqa: PLC0415

    return Worker()


def test_work_is_done_with_its_arguments_and_keeps_its_result(shop, by, worker) -> None:
    import work_jobs  # noqa: PLC0415

    from safar.doors.web.work.queries import work_of  # noqa: PLC0415
    from safar.doors.web.work.services import start  # noqa: PLC0415

    work = start(work_jobs.add, by=by, workspace_id=shop.workspace_id, title="orders.csv", numbers=[1, 2, 3])
    waiting = work_of(work.work_id, shop.workspace_id)
    assert (waiting.status, waiting.name, waiting.title, waiting.can_cancel) == (
        "waiting", "Import", "orders.csv", True,
    )  # fmt: skip
    assert worker.run_waiting() == 1
    done = work_of(work.work_id, shop.workspace_id)
    assert (done.status, done.result) == ("succeeded", {"sum": 6, "workspace": shop.workspace_id})
    assert (done.done, done.total, done.share, done.note, done.error_code) == (3, 3, 1.0, "ok", "")
    assert (done.can_cancel, done.can_retry, done.has_ended) == (False, False, True)
    assert work_of(work.work_id, "another") is None
    assert work_of("nonsense", shop.workspace_id) is None
