"""Topics are made, renamed, merged, split and put away; discovered ones are looked at before they replace anything."""

from __future__ import annotations

from typing import Any

import pytest

from later import Later
from safar.listen.text.topic_document import TopicEditRefused
from safar.store.registry import Workspace

from .said import a_comment

services = Later("safar.doors.web.comments.services")
topic_services = Later("safar.doors.web.comments.topic_services")
topic_mapping = Later("safar.doors.web.comments.topic_mapping")
topic_queries = Later("safar.doors.web.comments.topic_queries")
assigning = Later("safar.doors.web.comments.assigning")
queries = Later("safar.doors.web.comments.queries")
maps = Later("safar.doors.web.maps.services")
map_queries = Later("safar.doors.web.maps.queries")
models = Later("safar.doors.web.comments.models")
errors = Later("safar.doors.web.comments.errors")
audit = Later("safar.doors.web.audit.models")
actors = Later("safar.doors.web.audit.actor")


@pytest.fixture
def by() -> Any:
    return actors.Actor("terminal", detail="sara")


@pytest.fixture
def comments(shop: Workspace, tell: Any) -> None:
    """Two comments about delivery, one of them about price too, one about nothing that is known."""
    tell(
        a_comment("The delivery was late and awful", 3, "a", value=1),
        a_comment("قیمتش خوبه ولی ارسالش دیر شد", 2, "b", value=3),
        a_comment("Great price!", 1, "c", value=5),
        a_comment("Hello", 1, "d"),
    )
    services.catch_up(shop)


def assigned(shop: Workspace) -> None:
    assigning.assign(shop.workspace_id, lambda *_: None)


def sizes(shop: Workspace) -> dict[str, int]:
    return {each.name.names.get("en", ""): each.tally.n for each in topic_queries.board(shop)}


def delivery_and_price(shop: Workspace, by: Any) -> tuple[str, str]:
    delivery = topic_services.add(
        shop, {"en": "Delivery", "fa": "ارسال"}, ["delivery", "ارسال", "courier"], by=by
    )
    price = topic_services.add(shop, {"en": "Price"}, ["price", "قیمت"], by=by)
    assigned(shop)
    return delivery, price


@pytest.mark.usefixtures("comments")
def test_topics_are_told_by_their_words_in_every_language(shop: Workspace, by: Any) -> None:
    delivery, _ = delivery_and_price(shop, by)
    facts = {each.name.names["en"]: each for each in topic_queries.board(shop)}
    assert (facts["Delivery"].tally.n, facts["Delivery"].tally.negative) == (
        2,
        facts["Delivery"].tally.negative,
    )
    assert facts["Delivery"].mean_height == pytest.approx((0.0 + 0.5) / 2)
    assert facts["Delivery"].answers == 2
    assert facts["Price"].tally.n == 2
    found = queries.page_of_comments(shop, queries.Filters(topic=delivery)).comments
    assert [each.text for each in found] == [
        "قیمتش خوبه ولی ارسالش دیر شد",
        "The delivery was late and awful",
    ]
    without = queries.page_of_comments(shop, queries.Filters(topic="-")).comments
    assert [each.text for each in without] == ["Hello"]
    # what comes later is assigned as it is read
    assert {name: len(days) for name, days in topic_queries.trends(shop).items()}[delivery] == 2


@pytest.mark.usefixtures("comments")
def test_topics_are_renamed_merged_split_and_put_away(shop: Workspace, by: Any) -> None:
    delivery, price = delivery_and_price(shop, by)
    topic_services.rename(shop, price, {"en": "Value", "ar": "السعر"}, by=by)
    assert sizes(shop) == {"Delivery": 2, "Value": 2}
    made = topic_services.split(shop, delivery, ["courier"], {"en": "Courier"}, by=by)
    topic_services.with_words(shop, made, ["hello"], by=by)
    assigned(shop)
    assert sizes(shop) == {"Delivery": 2, "Value": 2, "Courier": 1}
    topic_services.merge(shop, [delivery, price], by=by)
    assigned(shop)
    assert sizes(shop) == {"Delivery": 3, "Courier": 1}
    topic_services.archive(shop, made, by=by)
    assigned(shop)
    facts = {each.name.names["en"]: (each.is_archived, each.tally.n) for each in topic_queries.board(shop)}
    assert facts == {"Delivery": (False, 3), "Courier": (True, 0)}
    topic_services.restore(shop, made, by=by)
    topic_services.without_words(shop, made, ["courier"], by=by)
    assigned(shop)
    assert sizes(shop)["Courier"] == 1
    noted = list(audit.Change.objects.order_by("pk").values_list("action", "target"))
    assert noted == [
        ("topic.added", "ارسال"),
        ("topic.added", "Price"),
        ("topic.renamed", "السعر"),
        ("topic.split", "ارسال"),
        ("topic.words_added", "Courier"),
        ("topic.merged", "ارسال"),
        ("topic.archived", "Courier"),
        ("topic.restored", "Courier"),
        ("topic.words_removed", "Courier"),
    ]


@pytest.mark.usefixtures("comments")
def test_an_edit_that_leaves_nothing_is_refused_whole(shop: Workspace, by: Any) -> None:
    _, price = delivery_and_price(shop, by)
    before = models.Book.objects.values().get()
    for edit in (
        lambda: topic_services.without_words(shop, price, ["price", "قیمت"], by=by),
        lambda: topic_services.merge(shop, [price], by=by),
        lambda: topic_services.add(shop, {"en": "None"}, [], by=by),
        lambda: topic_services.add(shop, {}, ["word"], by=by),
    ):
        with pytest.raises(TopicEditRefused):
            edit()
    with pytest.raises(errors.TopicNotHere):
        topic_services.archive(shop, "nothing", by=by)
    assert models.Book.objects.values().get() == before
    assert models.Topic.objects.count() == 2


@pytest.mark.usefixtures("comments")
def test_what_a_member_said_of_topics_survives_a_merge_and_every_edit(shop: Workspace, by: Any) -> None:
    delivery, price = delivery_and_price(shop, by)
    hello = models.Comment.objects.get(text="Hello")
    services.correct(shop, hello.pk, by=by, topics=[price])
    topic_services.with_words(shop, delivery, ["hello"], by=by)
    topic_services.merge(shop, [delivery, price], by=by)
    assigned(shop)
    (told,) = queries.page_of_comments(shop, queries.Filters(text="hello")).comments
    assert [each.public_id for each in told.topics] == [delivery]
    number = models.Topic.objects.get(public_id=delivery).pk
    assert models.Correction.objects.get(field="topics").after == [number]


def test_discovered_topics_wait_until_somebody_takes_them(shop: Workspace, tell: Any, by: Any) -> None:
    things = ("parcel", "courier", "driver", "box")
    late = [
        f"The {each} came {how} late again"
        for each in things
        for how in ("very", "so", "too", "much", "quite")
    ]
    dear = [
        f"The price of this {each} is {how} high"
        for each in things
        for how in ("very", "so", "too", "much", "quite")
    ]
    tell(*(a_comment(text, 1 + place % 7, f"c{place}") for place, text in enumerate(late + dear)))
    services.catch_up(shop)
    old = topic_services.add(shop, {"en": "Old"}, ["parcel"], by=by)
    asked = topic_services.ask_to_discover(shop, by=by)
    assert not topic_queries.proposal_of(shop).is_ready
    with pytest.raises(errors.TopicNotHere):
        topic_services.take(shop, asked, ["t1"], replaces=True, by=by)
    assert assigning.discover_for(shop.workspace_id, asked, lambda *_: None) >= 2
    found = topic_queries.proposal_of(shop, asked)
    assert found.is_ready
    assert found.comments == 40
    assert "example" not in models.Proposal.objects.get().topics  # nobody's sentence is kept in it
    assigned(shop)
    assert sizes(shop) == {"Old": 10}  # nothing was replaced
    keys = [each.key for each in found.topics]
    assert topic_services.take(shop, asked, keys, replaces=True, by=by) == len(keys)
    assigned(shop)
    board = topic_queries.board(shop)
    assert [each.name.public_id for each in board if each.is_archived] == [old]
    assert sum(each.tally.n for each in board) >= 30
    assert topic_queries.proposal_of(shop) is None


def test_comments_that_say_nearly_the_same_are_one_in_the_list(shop: Workspace, tell: Any) -> None:
    tell(
        a_comment("سفارش N12-1 دیر کرده، می‌شه پیگیری کنید؟", 5, "a"),
        a_comment("سفارش N99-7 دیر كرده می‌شه پیگیری کنید", 4, "b"),
        a_comment("سفارش N99-7 دیر کرده، می‌شه لطفا پیگیری کنید؟", 3, "c"),
        a_comment("بسته سالم بود", 2, "d"),
    )
    services.catch_up(shop)
    page = queries.page_of_comments(shop, queries.Filters())
    assert [each.alike for each in page.comments] == [0, 0, 1]
    assert assigning.join_alike(shop.workspace_id) == 1
    page = queries.page_of_comments(shop, queries.Filters())
    assert [(each.text, each.alike) for each in page.comments] == [
        ("بسته سالم بود", 0),
        ("سفارش N99-7 دیر کرده، می‌شه لطفا پیگیری کنید؟", 2),
    ]
    whole = queries.page_of_comments(shop, queries.Filters(same_as=page.comments[1].same_as))
    assert len(whole.comments) == 3


@pytest.mark.usefixtures("comments")
def test_a_topic_becomes_an_opportunity_that_leads_back_to_its_comments(
    shop: Workspace, by: Any, let_in: Any
) -> None:
    from safar.maps.anatomy import read

    steps = [
        {"step_id": "buy", "name": {"en": "Buy"}, "binding": {"question_keys": ["nothing"]}},
        {
            "step_id": "get",
            "name": {"en": "Receive", "fa": "دریافت"},
            "binding": {"question_keys": ["csat_delivery"]},
        },
    ]
    stage = {"stage_id": "g", "name": {"en": "All"}, "steps": steps}
    document = {
        "format": "safar.map/1",
        "name": {"en": "Order"},
        "languages": ["fa", "en"],
        "stages": [stage],
    }
    map_id = maps.create(shop, read(document), by=by)
    delivery, _ = delivery_and_price(shop, by)
    place = f"/w/{shop.workspace_id}/listen/topics"
    manager = let_in("en", "manager")
    page = manager.get(f"{place}/{delivery}").content.decode()
    assert 'label="Order"' in page
    assert f'<option value="{map_id}.get" selected>Receive · \u20682\u2069 comments</option>' in page, (
        "the likeliest"
    )
    assert f'href="{place}/{delivery}#topic-map"' in manager.get(place).content.decode()
    made = manager.post(f"{place}/{delivery}/to-map", {"step": f"{map_id}.get"})
    assert (made.status_code, made["Location"]) == (302, f"/w/{shop.workspace_id}/journeys/maps/{map_id}")
    (card,) = map_queries.map_of(shop, map_id).document.cards
    assert (card.step_id, card.text) == ("get", {"fa": "ارسال", "en": "Delivery"})
    (evidence,) = card.evidence
    assert (evidence.kind, evidence.n, evidence.words["en"]) == (
        "answers",
        2,
        "2 comments, 50% of them negative",
    )
    assert evidence.link == f"/w/{shop.workspace_id}/listen/comments?topic={delivery}&step={map_id}.get"
    found = manager.get(evidence.link).content.decode()
    assert [words in found for words in ("late and awful", "قیمتش خوبه", "Great price")] == [
        True,
        True,
        False,
    ]
    # where nothing was heard at the step, the whole topic is the evidence
    topic_mapping.put_on_map(shop, delivery, map_id, "buy", by=by)
    (second,) = (each for each in map_queries.map_of(shop, map_id).document.cards if each.step_id == "buy")
    assert second.evidence[0].link == f"/w/{shop.workspace_id}/listen/comments?topic={delivery}"
    assert manager.post(f"{place}/{delivery}/to-map", {"step": f"{map_id}.gone"}).status_code == 404
    assert manager.post(f"{place}/nothing/to-map", {"step": f"{map_id}.get"}).status_code == 404
    viewer = let_in("en", "viewer")
    assert "topic-map" not in viewer.get(f"{place}/{delivery}").content.decode()
    assert viewer.post(f"{place}/{delivery}/to-map", {"step": f"{map_id}.get"}).status_code == 403
    assert len(map_queries.map_of(shop, map_id).document.cards) == 2
