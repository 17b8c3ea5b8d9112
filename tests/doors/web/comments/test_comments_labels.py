"""Labels are corrected, confirmed, taken back; what is said is learned from, measured, and used where it is better."""

from __future__ import annotations

from typing import Any

import pytest

from later import Later
from safar.store.registry import Workspace

from .said import a_comment

services = Later("safar.doors.web.comments.services")
topic_services = Later("safar.doors.web.comments.topic_services")
queries = Later("safar.doors.web.comments.queries")
learning = Later("safar.doors.web.comments.learning")
labels = Later("safar.doors.web.comments.labels")
models = Later("safar.doors.web.comments.models")
errors = Later("safar.doors.web.comments.errors")
audit = Later("safar.doors.web.audit.models")
actors = Later("safar.doors.web.audit.actor")
members = Later("safar.doors.web.members.services")


@pytest.fixture
def sara(shop: Workspace) -> Any:
    """An agent of the shop."""
    member = members.add_member("sara@example.com", "Sara", "en", shop.workspace_id, "agent")
    return actors.Actor("member", member)


def noted() -> Any:
    return audit.Change.objects.filter(action__startswith="comment").order_by("pk")


def the_comment() -> Any:
    return models.Comment.objects.get()


def test_a_label_is_corrected_and_taken_back(shop: Workspace, tell: Any, sara: Any) -> None:
    tell(a_comment("Excellent service, thank you!"))
    services.catch_up(shop)
    row = the_comment()
    assert (row.sentiment, row.kind, row.sentiment_is_said) == (1, "praise", False)
    first, second = services.correct(shop, row.pk, by=sara, sentiment=-1, kind="complaint")
    row = the_comment()
    assert (row.sentiment, row.kind, row.sentiment_is_said, row.kind_is_said) == (-1, "complaint", True, True)
    (third,) = services.correct(shop, row.pk, by=sara, sentiment=0)
    told = queries.corrections_of(shop, row.pk)
    assert [(each.field, each.before, each.after, each.by, each.can_undo) for each in told] == [
        ("sentiment", -1, 0, "sara@example.com", True),
        ("kind", "praise", "complaint", "sara@example.com", True),
        ("sentiment", 1, -1, "sara@example.com", False),
    ]
    assert not services.undo(shop, row.pk, first, by=sara)  # another came after it
    assert services.undo(shop, row.pk, third, by=sara)
    assert (the_comment().sentiment, the_comment().sentiment_is_said) == (-1, True)
    assert services.undo(shop, row.pk, first, by=sara)
    assert (the_comment().sentiment, the_comment().sentiment_is_said) == (1, False)
    assert not services.undo(shop, row.pk, first, by=sara)
    assert services.undo(shop, row.pk, second, by=sara)
    assert list(noted().values_list("action", "before", "after")) == [
        ("comment.corrected", {"sentiment": 1, "kind": "praise"}, {"sentiment": -1, "kind": "complaint"}),
        ("comment.corrected", {"sentiment": -1}, {"sentiment": 0}),
        ("comment.correction_undone", {"sentiment": 0}, {"sentiment": -1}),
        ("comment.correction_undone", {"sentiment": -1}, {"sentiment": 1}),
        ("comment.correction_undone", {"kind": "complaint"}, {"kind": "praise"}),
    ]


def test_a_label_that_is_right_is_confirmed(shop: Workspace, tell: Any, sara: Any) -> None:
    tell(a_comment("Excellent service, thank you!"))
    services.catch_up(shop)
    row = the_comment()
    assert services.correct(shop, row.pk, by=sara, sentiment=1, kind="praise") == ()
    assert services.correct(shop, row.pk, by=sara, sentiment=1) == ()
    assert list(models.Correction.objects.order_by("pk").values_list("field", "by_rule", "after")) == [
        ("sentiment", 1, 1),
        ("kind", "praise", "praise"),
    ]
    assert queries.corrections_of(shop, row.pk) == ()
    assert {each.action for each in noted()} == {"comment.confirmed"}
    judged = {each.field: each for each in learning.judged(row.book)}
    assert (judged["sentiment"].n, judged["sentiment"].by_rule.value) == (1, 1.0)
    assert judged["kind"].confusion == {"en": {("praise", "praise"): 1}}


@pytest.mark.parametrize("wrong", [{"sentiment": 2}, {"kind": "spam"}, {"topics": ["nothing"]}])
def test_an_unknown_label_changes_nothing(shop: Workspace, tell: Any, sara: Any, wrong: Any) -> None:
    tell(a_comment("Excellent service, thank you!"))
    services.catch_up(shop)
    with pytest.raises(errors.LabelRefused):
        services.correct(shop, the_comment().pk, by=sara, **wrong)
    assert (models.Correction.objects.count(), noted().count()) == (0, 0)


def test_what_a_member_said_stays_when_all_is_labelled_anew(shop: Workspace, tell: Any, sara: Any) -> None:
    tell(a_comment("Excellent service, thank you!"))
    services.catch_up(shop)
    services.correct(shop, the_comment().pk, by=sara, sentiment=-1)
    models.Comment.objects.update(emotion="fear", kind="request")
    models.Book.objects.update(labelled_by="of old")
    assert services.catch_up(shop).labelled_anew == 1
    assert (the_comment().sentiment, the_comment().kind) == (-1, "praise")
    assert the_comment().emotion != "fear"
    assert services.catch_up(shop).labelled_anew == 0


def test_what_the_rules_of_today_take_out_leaves_the_rows_of_before(shop: Workspace, tell: Any) -> None:
    tell(a_comment("شماره‌م +989190030180 است، تماس بگیرید"))
    services.catch_up(shop)
    models.Comment.objects.update(text="شماره‌م +989190030180 است، تماس بگیرید", folded="شمارهم +989190030180")
    models.Book.objects.update(labelled_by="of old")
    assert services.catch_up(shop).labelled_anew == 1
    assert the_comment().text == "شماره‌م [شماره تلفن] است، تماس بگیرید"
    assert "9190030180" not in the_comment().folded


WORDS = (
    "courier",
    "parcel",
    "shop",
    "website",
    "price",
    "refund",
    "colour",
    "size",
    "box",
    "phone",
    "call",
    "order",
)


def test_corrections_take_over_where_they_are_clearly_better(shop: Workspace, tell: Any, sara: Any) -> None:
    """In this shop "sick" and "insane" are praise, whatever the model thinks of them."""
    texts = [
        f"{word} {other} is {said}"
        for word, other in zip(WORDS, WORDS[1:] + WORDS[:1], strict=True)
        for said in ("insane and sick", "terribly wicked", "fine and normal", "so and so")
    ]
    tell(*(a_comment(text, 1 + place % 9, f"c{place}") for place, text in enumerate(texts)))
    services.catch_up(shop)
    for row in models.Comment.objects.all():
        is_praise = "sick" in row.text or "wicked" in row.text
        services.correct(shop, row.pk, by=sara, sentiment=1 if is_praise else -1)
    book = models.Book.objects.get()
    assert learning.is_due(book)
    assert _jobs().learn_all.func(_Quiet()) == {"taking_over": 1}
    assert not learning.is_due(book)
    found = next(each for each in learning.judged(book) if each.field == "sentiment")
    assert (found.n, found.takes_over, found.missing) == (48, True, {})
    assert found.learned.value > found.by_rule.value
    assert found.learned.interval.low > found.by_rule.value
    (told,) = services.labels_for(shop, ["the lamp is insane and sick"])
    assert told.sentiment == 1
    tell(a_comment("lamp light is insane and sick", 1, "new"))
    assert services.catch_up(shop).labelled_anew == 48  # by what was learned, now
    assert models.Comment.objects.get(text="lamp light is insane and sick").sentiment == 1
    services.switch_learning(shop, learns=False, by=sara)
    by_rule = services.labels_for(shop, ["the lamp is insane and sick"])[0].sentiment
    assert by_rule == labels.Labeller(book).labels_of(["the lamp is insane and sick"])[0].sentiment
    assert audit.Change.objects.get(action="comments.learning_changed").after == {"learns": False}


def test_what_was_learned_goes_with_the_customer(shop: Workspace, tell: Any, sara: Any) -> None:
    tell(a_comment("Excellent service, thank you!", customer="ali"), a_comment("bad", customer="sara"))
    services.catch_up(shop)
    row = models.Comment.objects.get(text="bad")
    services.correct(shop, row.pk, by=sara, sentiment=0)
    learning.learn(row.book)
    services.forget(shop.workspace_id, ["ali"])
    assert models.Learned.objects.count() == 2
    services.forget(shop.workspace_id, ["sara"])
    assert (models.Correction.objects.count(), models.Learned.objects.count()) == (0, 0)


class _Quiet:
    def report(self, *_: object) -> None:
        """Say nothing."""


def _jobs() -> Any:
    from safar.doors.web.comments import jobs as module

    return module
