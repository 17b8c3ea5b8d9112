"""What comments speak of: kept beside them, counted, narrowed to, compared with the time before."""

from __future__ import annotations

from typing import Any

import pytest

from later import Later
from safar.store.registry import Workspace

from .said import a_comment

services = Later("safar.doors.web.comments.services")
keeping = Later("safar.doors.web.comments.keeping")
aspect_queries = Later("safar.doors.web.comments.aspect_queries")
queries = Later("safar.doors.web.comments.queries")
models = Later("safar.doors.web.comments.models")

PRICE, DELIVERY = "The price is too high.", "The delivery was quick."


@pytest.fixture
def said(shop: Workspace, tell: Any) -> None:
    """Twelve who find it dear of late; before, twelve who did not mind; one who speaks of two things."""
    tell(
        *(a_comment(f"{PRICE} {place}", 3, f"now{place}", value=1) for place in range(12)),
        *(a_comment(f"{PRICE} {place}", 40, f"then{place}", value=5) for place in range(12)),
        a_comment(f"{PRICE} {DELIVERY}", 2, "both"),
        a_comment("Hello there", 1, "nobody"),
    )
    services.catch_up(shop)
    # What the model says of a clause is not what is tested here.
    mentions = models.Mention.objects.all()
    newest = models.Comment.objects.order_by("-on").values_list("on", flat=True)[0]
    mentions.filter(aspect="price", on__lt=newest - _days(20)).update(sentiment=1)
    mentions.filter(aspect="price", on__gte=newest - _days(20)).update(sentiment=-1)
    mentions.filter(aspect="delivery").update(sentiment=1)


def _days(count: int) -> Any:
    from datetime import timedelta

    return timedelta(days=count)


@pytest.mark.usefixtures("said")
def test_what_is_counted_is_what_comments_say(shop: Workspace) -> None:
    told = {
        (row.pk, aspect) for row in models.Comment.objects.all() for aspect, _feels, _words in row.aspects
    }
    assert told == set(models.Mention.objects.values_list("comment", "aspect"))
    tallies = aspect_queries.tallies_by_aspect(shop, queries.Filters())
    assert (tallies["price"].negative, tallies["price"].positive) == (13, 12)
    assert (tallies["delivery"].negative, tallies["delivery"].positive) == (0, 1)


@pytest.mark.usefixtures("said")
def test_a_change_is_named_where_it_is_more_than_chance(shop: Workspace) -> None:
    board = aspect_queries.aspect_board(shop, queries.Filters(), 30)
    assert (board.until - board.since).days == 29
    assert (board.since - board.before_since).days == 30
    assert board.comments == 14
    price, delivery = board.aspects
    assert (price.aspect, price.now.n, price.before.n) == ("price", 13, 12)
    assert price.change.value == 1.0
    assert price.is_clear
    # Newcombe's method 10 for 13 of 13 and 0 of 12, by hand of the two Wilson intervals
    assert round(price.change.interval.low, 3) == 0.667
    assert (delivery.aspect, delivery.change, delivery.is_clear) == ("delivery", None, False)


@pytest.mark.usefixtures("said")
def test_comments_are_narrowed_to_an_aspect_and_how_it_is_felt_about(shop: Workspace) -> None:
    def found(**asked: Any) -> int:
        return len(queries.page_of_comments(shop, queries.Filters(**asked), limit=100).comments)

    assert found(aspect="delivery") == 1
    assert found(aspect="delivery", feels=-1) == 0
    folded = queries.page_of_comments(
        shop, queries.Filters(aspect="price", feels=-1), limit=100, fold_alike=False
    )
    assert len(folded.comments) == 13
    assert {
        each.alike for each in queries.page_of_comments(shop, queries.Filters(aspect="price")).comments
    } == {
        0,
        23,
    }
    assert found(aspect="nothing") == 0
    days = queries.tallies_by_day(shop, queries.Filters(aspect="price", feels=-1))
    assert sum(each.n for each in days.values()) == 13


@pytest.mark.usefixtures("said")
def test_mentions_go_with_their_comments_and_follow_new_labels(shop: Workspace) -> None:
    keeping.forget(shop.workspace_id, ["both"])
    assert not models.Mention.objects.filter(aspect="delivery").exists()
    models.Mention.objects.all().delete()
    models.Book.objects.update(labelled_by="an older model")
    assert services.catch_up(shop).labelled_anew == 25
    assert models.Mention.objects.filter(aspect="price").count() == 24


@pytest.mark.usefixtures("said")
def test_the_board_of_aspects_and_its_file(let_in: Any, shop: Workspace) -> None:
    address = f"/w/{shop.workspace_id}/listen/aspects?days=30"
    viewer = let_in("en", "viewer")
    page = viewer.get(address).content.decode()
    page = page.translate(dict.fromkeys(range(0x2066, 0x206A)))
    assert "14 comments from" in page
    assert "more negative: +100.0 pp (+66.7 to +100.0)" in page
    assert "aspect=price&amp;feels=-1" in page
    assert "export=csv" not in page
    assert viewer.get(f"{address}&export=csv").status_code == 403
    file = let_in("en", "manager").get(f"{address}&export=csv")
    lines = b"".join(file.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[1].startswith("Price,13,13,0,0,1.0,1.0")
    empty = let_in("fa", "viewer").get(f"{address}&survey=nothing-like-it").content.decode()
    assert "هیچ نظری از جنبه‌ای حرف نمی‌زند" in empty


@pytest.mark.usefixtures("said")
def test_a_card_says_what_it_speaks_of(let_in: Any, shop: Workspace) -> None:
    page = (
        let_in("en", "agent").get(f"/w/{shop.workspace_id}/listen/comments?aspect=delivery").content.decode()
    )
    assert page.count('class="card padded comment ') == 1
    assert 'href="/w/' in page
    assert "?aspect=delivery" in page
    assert "(Positive)" in page
