"""Our backend of Django's Tasks API: work is kept in the app's own tables, where members see it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import TaskError, TaskResult, TaskResultStatus
from django_tasks.exceptions import TaskResultDoesNotExist

from safar.doors.web.audit.actor import SYSTEM

from .models import Status, Work
from .registry import JOBS, Job

_STATUS = {
    Status.WAITING: TaskResultStatus.READY,
    Status.RUNNING: TaskResultStatus.RUNNING,
    Status.SUCCEEDED: TaskResultStatus.SUCCESSFUL,
    Status.FAILED: TaskResultStatus.FAILED,
    Status.CANCELLED: TaskResultStatus.FAILED,
}


class SafarTasks(BaseTaskBackend):
    """``job.enqueue(…)`` is `work.services.start` in the name of Safar itself."""

    task_class: Any = Job
    supports_defer = True
    supports_get_result = True

    def enqueue(self, task: Any, args: Any, kwargs: Any) -> TaskResult[Any]:
        """Ask for a piece of work; arguments are given by name."""
        from .services import start  # noqa: PLC0415 - services knows jobs, which this backend makes

        if args:
            raise TypeError(f"{task.kind} takes its arguments by name.")
        rest = dict(kwargs)
        workspace_id = rest.pop("workspace_id", "")
        return _result(
            start(task, by=SYSTEM, workspace_id=workspace_id, not_before=task.run_after, **rest), self.alias
        )

    def get_result(self, result_id: str) -> TaskResult[Any]:
        """Return where a piece of work stands."""
        try:
            work = Work.objects.get(work_id=UUID(result_id), kind__in=list(JOBS))
        except (ValueError, Work.DoesNotExist) as error:
            raise TaskResultDoesNotExist(result_id) from error
        return _result(work, self.alias)


def _result(work: Work, alias: str) -> TaskResult[Any]:
    failed = [TaskError(exception_class_path=work.error_code, traceback=work.error_place)]
    found: TaskResult[Any] = TaskResult(
        task=JOBS[work.kind],
        id=str(work.work_id),
        status=_STATUS[Status(work.status)],
        enqueued_at=work.asked_at,
        started_at=work.started_at,
        finished_at=work.finished_at,
        last_attempted_at=work.started_at,
        args=[],
        kwargs=work.arguments,
        backend=alias,
        errors=failed if work.error_code else [],
        worker_ids=[work.leased_by] if work.leased_by else [],
    )
    object.__setattr__(found, "_return_value", work.result)  # the API's own way: it is frozen for others
    return found
