"""Each verbatim of the log becomes one comment, whatever happens while it is read, and goes with its event."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from a_shop import days_ago
from builders import an_event
from later import Later
from safar.store.home import Home
from safar.store.registry import Workspace

from .said import a_comment, a_message

services = Later("safar.doors.web.comments.services")
keeping = Later("safar.doors.web.comments.keeping")
models = Later("safar.doors.web.comments.models")
actors = Later("safar.doors.web.audit.actor")

Tell = Callable[..., None]


class Killed(BaseException):
    """What a kill looks like from inside: nothing below catches it."""


def texts(shop: Workspace) -> list[str]:
    rows = models.Comment.objects.filter(book__workspace_id=shop.workspace_id)
    return sorted(rows.values_list("text", flat=True))


def test_answers_and_messages_are_read_and_labelled(shop: Workspace, tell: Tell) -> None:
    tell(
        a_comment("غذا سرد بود و پیک خیلی دیر رسید، افتضاح بود", 3, "a", value=1),
        a_comment("Excellent service, thank you!", 2, "b", value=5, hour=22),
        a_message("لطفا با ۰۹۱۲۱۲۳۴۵۶۷ تماس بگیرید", 1, "c"),
        an_event("survey_answered", days_ago(1), customer="d", properties={"metric": "nps", "value": 9}),
        a_comment("   ", 1, "e"),
    )
    assert services.catch_up(shop) == keeping.Read(added=3)
    rows = list(models.Comment.objects.order_by("occurred_at").select_related("asked"))
    assert [(row.language, row.sentiment, row.band, row.value, row.channel) for row in rows] == [
        ("fa", -1, 0, 1.0, "sms"),
        ("en", 1, 2, 5.0, "sms"),
        ("fa", 0, None, None, "chat"),
    ]
    assert rows[0].asked.question_key == "csat_delivery"
    assert rows[0].asked == rows[1].asked
    assert rows[2].asked is None
    assert rows[2].text == "لطفا با [شماره تلفن] تماس بگیرید"
    assert "912" not in rows[2].folded
    # 22:00 UTC is the next day in Tehran
    late = days_ago(2, 22).astimezone(ZoneInfo("Asia/Tehran")).date()
    assert rows[1].on == late
    assert services.catch_up(shop) == keeping.Read()


def test_what_arrives_later_is_read_once_before_and_after_compaction(
    shop: Workspace, tell: Tell, web_home: Home
) -> None:
    log = web_home.log(shop.workspace_id)
    tell(a_comment("یک", 3), a_comment("دو", 2))
    assert services.catch_up(shop).added == 2
    log.compact(settle=True)
    assert services.catch_up(shop).added == 0
    tell(a_comment("سه", 1))
    assert services.catch_up(shop).added == 1
    log.compact(settle=True)
    tell(a_comment("چهار", 1))
    assert services.catch_up(shop).added == 1
    assert texts(shop) == sorted(["یک", "دو", "سه", "چهار"])


def test_a_name_with_many_comments_is_read_in_pieces(
    shop: Workspace, tell: Tell, web_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(*(a_comment(f"comment {number}", 1 + number % 5, f"c{number}") for number in range(7)))
    web_home.log(shop.workspace_id).compact(settle=True)
    tell(*(a_comment(f"comment {number}", 1, f"c{number}") for number in range(7, 12)))
    monkeypatch.setattr(_keeping(), "_READ_AT_ONCE", 3)
    monkeypatch.setattr(_keeping(), "WRITTEN_AT_ONCE", 2)
    assert services.catch_up(shop).added == 12
    assert texts(shop) == sorted(f"comment {number}" for number in range(12))
    assert services.catch_up(shop) == keeping.Read()


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_killed_reading_loses_none_and_doubles_none(
    shop: Workspace, tell: Tell, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    tell(*(a_comment(f"comment {number}", 1, f"c{number}") for number in range(3)))
    module = _keeping()
    write, left = module._Reader._write, [count]

    def dying(self: Any, batch: Any) -> None:
        write(self, batch)
        left[0] -= 1
        if not left[0]:
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(module, "WRITTEN_AT_ONCE", 1)
        patch.setattr(module._Reader, "_write", dying)
        with pytest.raises(Killed):
            services.catch_up(shop)
    assert models.Comment.objects.count() == count
    assert services.catch_up(shop).added == 3 - count
    assert texts(shop) == ["comment 0", "comment 1", "comment 2"]


def test_with_its_source_a_comment_goes(shop: Workspace, tell: Tell, web_home: Home) -> None:
    log = web_home.log(shop.workspace_id)
    tell(a_comment("stays", 2, "a", source="file:1"), a_comment("goes", 1, "b", source="file:2"))
    assert services.catch_up(shop).added == 2
    log.remove_source("file:2")
    assert services.catch_up(shop) == keeping.Read(removed=1)
    assert texts(shop) == ["stays"]
    tell(a_comment("comes", 1, "c"))
    assert services.catch_up(shop) == keeping.Read(added=1)


def test_with_its_customer_a_comment_goes_at_once(shop: Workspace, tell: Tell, web_home: Home) -> None:
    tell(
        an_event("identify", days_ago(3), customer="sara", properties={"$anonymous_id": "anon-1"}),
        a_comment("of nobody known yet", 4, "anon-1"),
        a_comment("of sara", 2, "sara"),
        a_comment("of ali", 1, "ali"),
    )
    log = web_home.log(shop.workspace_id)
    log.compact(settle=True)
    services.catch_up(shop)
    assert services.forget(shop.workspace_id, log.identity.ids_of("sara")) == 2
    assert texts(shop) == ["of ali"]


def test_what_an_erasure_missed_is_swept_out(shop: Workspace, tell: Tell, web_home: Home) -> None:
    tell(a_comment("of sara", 2, "sara"), a_comment("of ali", 1, "ali"))
    services.catch_up(shop)
    log = web_home.log(shop.workspace_id)
    log.erase("sara")
    assert services.catch_up(shop) == keeping.Read(removed=1)
    assert texts(shop) == ["of ali"]


def test_the_clock_reads_workspaces_and_one_that_is_damaged_stops_none(
    shop: Workspace, tell: Tell, web_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    module, broken = _jobs(), web_home.create_workspace("Broken", language="en")
    manifest = web_home.log(broken.workspace_id).layout.manifest
    web_home.close_logs()
    manifest.write_bytes(b"no database")
    tell(a_comment("یک", 1))
    monkeypatch.setattr(web_home, "workspaces", lambda: [broken, shop])
    assert module.catch_up_all.func(_Quiet()) == {"added": 1}
    assert texts(shop) == ["یک"]
    assert models.Book.objects.get().read_at <= datetime.now(ZoneInfo("UTC"))


def test_webhooks_are_told_of_new_comments_without_a_word_of_them(shop: Workspace, tell: Tell) -> None:
    from safar.doors.web.hooks.models import Delivery, Webhook
    from safar.doors.web.hooks.services import create

    create(shop, "https://example.com/hook", ["comment.labelled"], by=actors.Actor("terminal"))
    Webhook.objects.update(is_on=True)
    tell(a_comment("of old", 9, "a"), a_comment("The courier was awful", 0, "b", value=1))
    services.catch_up(shop)
    told = Delivery.objects.get()
    assert "awful" not in str(told.__dict__)
    assert '"sentiment":"negative"' in str(told.body).replace(" ", "")


class _Quiet:
    def report(self, *_: object) -> None:
        """Say nothing."""


def _jobs() -> Any:
    from safar.doors.web.comments import jobs as module

    return module


def _keeping() -> Any:
    from safar.doors.web.comments import keeping as module

    return module
