"""The pages of comments and topics, the files, the API and the terminal: who sees what, and what each of them does."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from typing import Any

import pytest

from later import Later
from safar.store.home import Home
from safar.store.registry import Workspace

from .said import a_comment, a_message

services = Later("safar.doors.web.comments.services")
topic_services = Later("safar.doors.web.comments.topic_services")
assigning = Later("safar.doors.web.comments.assigning")
queries = Later("safar.doors.web.comments.queries")
models = Later("safar.doors.web.comments.models")
audit = Later("safar.doors.web.audit.models")
actors = Later("safar.doors.web.audit.actor")
segments = Later("safar.doors.web.segments.services")

Ask = Callable[..., Any]


@pytest.fixture
def comments(shop: Workspace, tell: Any) -> None:
    """A complaint with a telephone number, praise, and a request to support."""
    tell(
        a_comment("The delivery was awful, call me on 0912 123 4567", 3, "ali", value=1),
        a_comment("خیلی عالی و سریع بود، ممنون", 2, "sara", value=5),
        a_message("When do I get the invoice of my order", 1, "ali"),
    )
    services.catch_up(shop)
    # What the model says of a question is not what is tested here.
    models.Comment.objects.filter(folded__contains="invoice").update(sentiment=0, kind="request")


def at(shop: Workspace, path: str = "") -> str:
    return f"/w/{shop.workspace_id}/listen/comments{path}"


def shown(browser: Any, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200, address
    return str(answer.content.decode()).translate(dict.fromkeys(range(0x2066, 0x206A)))


@pytest.mark.usefixtures("comments")
def test_who_may_see_customers_reads_the_words_as_written_on_the_page_of_one(
    let_in: Any, shop: Workspace
) -> None:
    browser = let_in("en", "agent")
    page = shown(browser, at(shop))
    assert "call me on [phone]" in page
    assert "0912" not in page
    number = models.Comment.objects.get(text__contains="awful").pk
    whole = re.sub("</?mark[^>]*>", "", shown(browser, at(shop, f"/{number}")))
    assert "call me on 0912 123 4567" in whole
    assert "خیلی عالی و سریع بود، ممنون" in page
    assert f'href="/w/{shop.workspace_id}/customer?id=ali"' in page
    assert "3 comments" in page
    assert "export=csv" not in page


@pytest.mark.usefixtures("comments")
def test_who_may_not_sees_numbers_and_no_word(let_in: Any, shop: Workspace) -> None:
    browser = let_in("en", "viewer")
    page = shown(browser, at(shop))
    assert "3 comments" in page
    for word in ("delivery was", "ممنون", "invoice", "0912", "id=ali", "sara"):
        assert word not in page.partition("<main")[2], word
    number = models.Comment.objects.order_by("pk")[0].pk
    assert browser.get(at(shop, f"/{number}")).status_code == 403
    assert browser.post(at(shop, f"/{number}/label"), {"sentiment": "1", "kind": "other"}).status_code == 403
    assert browser.get(at(shop) + "?export=csv").status_code == 403
    assert models.Correction.objects.count() == 0


@pytest.mark.usefixtures("comments")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("metric=csat&score=0", {"ali 1"}),
        ("metric=nps&score=0", set()),
        ("q=DELIVERY", {"ali 1"}),
        ("q=عالي", {"sara"}),
        ("sentiment=-1", {"ali 1"}),
        ("sentiment=1", {"sara"}),
        ("language=fa", {"sara"}),
        ("kind=request", {"ali 2"}),
        ("score=0", {"ali 1"}),
        ("question=csat_delivery", {"ali 1", "sara"}),
        ("question=-", {"ali 2"}),
        ("survey=delivery&score=2", {"sara"}),
        ("customer=ali", {"ali 1", "ali 2"}),
        ("q=nothing", set()),
    ],
)
def test_comments_are_filtered(let_in: Any, shop: Workspace, query: str, expected: set[str]) -> None:
    page = shown(let_in("en", "agent"), f"{at(shop)}?{query}")
    words = {
        "ali 1": "The delivery was awful",
        "sara": "خیلی عالی و سریع",
        "ali 2": "When do I get the invoice of my order",
    }
    assert {name for name, said in words.items() if said in page} == expected


@pytest.mark.usefixtures("comments")
def test_comments_of_a_segment_and_of_a_step(shop: Workspace, tell: Any) -> None:
    from safar.doors.web.maps.services import create
    from safar.maps.anatomy import read

    by = actors.Actor("terminal")
    unhappy = segments.define(shop, "Unhappy", "last csat <= 2", by=by)
    segments.catch_up(shop)
    found = queries.page_of_comments(shop, queries.Filters(segment=unhappy)).comments
    assert [each.customer_id for each in found] == ["ali", "ali"]
    step = {"step_id": "got", "name": {"en": "Got it"}, "binding": {"question_keys": ["csat_delivery"]}}
    stage = {"stage_id": "g", "name": {"en": "Get"}, "steps": [step]}
    made = create(shop, read({"format": "safar.map/1", "name": {"en": "Map"}, "stages": [stage]}), by=by)
    found = queries.page_of_comments(shop, queries.Filters(map_id=made, step_id="got")).comments
    assert [each.customer_id for each in found] == ["sara", "ali"]
    assert queries.tally_of(shop, queries.Filters(map_id=made, step_id="gone")).n == 0


def test_pages_follow_each_other_without_a_gap(let_in: Any, shop: Workspace, tell: Any) -> None:
    names = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    said = [f"{tens} {ones} things" for tens in names[:6] for ones in names[:5]]
    tell(*(a_comment(words, 1 + place % 3, f"c{place}") for place, words in enumerate(said)))
    services.catch_up(shop)
    seen, after = [], None
    while True:
        page = queries.page_of_comments(shop, queries.Filters(), after=after, limit=7)
        seen += [each.text for each in page.comments]
        after = page.next_after
        if after is None:
            break
    assert sorted(seen) == sorted(said)
    browser = let_in("en", "agent")
    first = shown(browser, at(shop))
    following = first.partition('rel="next" href="?')[2].partition('"')[0]
    assert "Older" not in shown(browser, f"{at(shop)}?{following}")
    assert browser.get(f"{at(shop)}?after=made-up").status_code == 400


@pytest.mark.usefixtures("comments")
def test_a_label_is_corrected_without_javascript_and_taken_back(let_in: Any, shop: Workspace) -> None:
    browser = let_in("en", "agent")
    row = models.Comment.objects.get(folded__contains="delivery")
    page = shown(browser, at(shop, f"/{row.pk}"))
    assert '<mark class="is-negative' in page
    assert "For negative spoke most" in page
    sent = browser.post(at(shop, f"/{row.pk}/label"), {"sentiment": "0", "kind": "request"})
    assert sent.headers["Location"] == at(shop, f"/{row.pk}")
    page = shown(browser, at(shop, f"/{row.pk}"))
    assert "said by a member" in page
    assert page.count("Take back") == 2
    correction = models.Correction.objects.get(field="sentiment").pk
    assert browser.post(at(shop, f"/{row.pk}/corrections/{correction}/undo")).status_code == 302
    row.refresh_from_db()
    assert (row.sentiment, row.kind) == (-1, "request")
    assert (
        browser.post(at(shop, f"/{row.pk}/label"), {"sentiment": "7", "kind": "request"}).status_code == 422
    )
    assert browser.post(at(shop, "/999999/label"), {"sentiment": "0", "kind": "other"}).status_code == 404


@pytest.mark.usefixtures("comments")
def test_a_file_holds_the_words_without_personal_data_and_is_noted(let_in: Any, shop: Workspace) -> None:
    browser = let_in("en", "analyst")
    answer = browser.get(f"{at(shop)}?export=csv&sentiment=-1&q=delivery")
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert [row["Comment, personal data taken out"] for row in rows] == [
        "The delivery was awful, call me on [phone]"
    ]
    assert (rows[0]["Sentiment"], rows[0]["Question"], rows[0]["Answer"]) == (
        "negative",
        "csat_delivery",
        "1.0",
    )
    note = audit.Change.objects.get(action="comments.exported")
    assert note.after == {"form": "csv", "filters": "sentiment=-1"}  # what was searched for may name somebody
    sheet = browser.get(f"{at(shop)}?export=xlsx")
    assert b"".join(sheet.streaming_content)[:2] == b"PK"


@pytest.mark.usefixtures("comments")
def test_topics_are_made_and_changed_by_forms(let_in: Any, shop: Workspace) -> None:
    browser, board = let_in("en", "agent"), f"/w/{shop.workspace_id}/listen/topics"
    assert "No topics yet" in shown(browser, board)
    refused = browser.post(f"{board}/new", {"en": "Delivery", "words": ""})
    assert refused.status_code == 422
    made = browser.post(
        f"{board}/new", {"en": "Delivery", "fa": "ارسال", "words": "delivery، ارسال\ncourier"}
    )
    own = made.headers["Location"]
    assigning.assign(shop.workspace_id, lambda *_: None)
    page = shown(browser, own)
    assert "1 comment" in page
    assert "call me on [phone]" in page
    assert "0912" not in page
    board_page = shown(browser, board)
    assert "call me on [phone]" in board_page
    assert "0912" not in board_page
    browser.post(f"{own}/words", {"gone": ["courier"], "words": "invoice"})
    browser.post(f"{own}/names", {"en": "Sending"})
    assigning.assign(shop.workspace_id, lambda *_: None)
    assert "2 comments" in shown(browser, own)
    wrong = browser.post(f"{own}/words", {"gone": ["delivery", "ارسال", "invoice"]})
    assert wrong.status_code == 422
    browser.post(f"{own}/split", {"words": ["invoice"], "en": "Invoices"})
    both = [row.public_id for row in models.Topic.objects.order_by("pk")]
    assert len(both) == 2
    browser.post(f"{board}/merge", {"topics": both[:1]})
    assert models.Topic.objects.count() == 2
    browser.post(f"{board}/merge", {"topics": both})
    assert models.Topic.objects.count() == 1
    browser.post(f"{own}/archive", {"do": "archive"})
    assert "Topics put away" in shown(browser, board)
    assert browser.post(f"{board}/nothing/archive").status_code == 404


@pytest.mark.usefixtures("comments")
def test_how_well_labels_are_is_shown_and_switched_by_who_may(let_in: Any, shop: Workspace) -> None:
    browser = let_in("en", "manager")
    page = shown(browser, at(shop, "/labels"))
    assert "Nobody has judged a label yet" in page
    opened = browser.get(at(shop, "/labels/check"))
    number = int(opened.headers["Location"].rpartition("/")[2])
    browser.post(at(shop, f"/{number}/label"), {"sentiment": "0", "kind": "other"})
    page = shown(browser, at(shop, "/labels"))
    assert "19 more comments that are “Neutral” are needed" in page
    browser.post(at(shop, "/labels/learning"), {"learns": "off"})
    assert models.Book.objects.get().learns is False
    assert "measured, and not used" in shown(browser, at(shop, "/labels"))


@pytest.mark.usefixtures("comments")
def test_with_an_erased_customer_his_comments_go(shop: Workspace, let_in: Any, web_home: Home) -> None:
    from safar.doors.web.customers.jobs import erase_customer
    from safar.doors.web.customers.models import Erasure
    from safar.doors.web.work.jobs import Progress

    browser = let_in("en", "owner")
    row = models.Comment.objects.get(folded__contains="delivery")
    browser.post(at(shop, f"/{row.pk}/label"), {"sentiment": "0", "kind": "request"})
    browser.post(f"/w/{shop.workspace_id}/customers/customer/erase?id=ali", {"typed": "ali"})
    if not Erasure.objects.exists():
        browser.post(f"/w/{shop.workspace_id}/customer/erase?id=ali", {"typed": "ali"})
    web_home.log(shop.workspace_id).ask_to_seal()
    erasure = Erasure.objects.get()
    erase_customer.run(Progress(), {"workspace_id": shop.workspace_id, "erasure_id": str(erasure.erasure_id)})
    assert [each.language for each in models.Comment.objects.all()] == ["fa"]
    assert models.Correction.objects.count() == 0
    assert services.catch_up(shop).added == 0
    assert "delivery was" not in shown(browser, at(shop))


@pytest.fixture
def ask(shop: Workspace, browser: Any) -> Ask:
    """Ask the API as an analyst of the shop."""
    from safar.doors.web.members.services import add_member
    from safar.doors.web.members.tokens import create_token

    member = add_member("ali@example.com", "Ali", "en", shop.workspace_id, "analyst")
    secret = create_token(member, shop.workspace_id, "script", can_write=True)[1]

    def ask(method: str, path: str, body: object = None) -> Any:
        sent = {} if body is None else {"data": body, "content_type": "application/json"}
        return getattr(browser, method)(
            f"/api/v1/{path}", headers={"Authorization": f"Bearer {secret}"}, **sent
        )

    return ask


@pytest.mark.usefixtures("comments")
def test_the_api_lists_and_labels_comments(ask: Ask, shop: Workspace) -> None:
    first = ask("get", "comments?limit=2").json()
    assert [each["is_message"] for each in first["items"]] == [True, False]
    assert first["items"][1]["verbatim"] is None
    last = ask("get", f"comments?limit=2&cursor={first['next']}&verbatim=true").json()
    (each,) = last["items"]
    assert last["next"] is None
    assert (each["customer_id"], each["sentiment"], each["value"]) == ("ali", "negative", 1.0)
    assert each["text"] == "The delivery was awful, call me on [phone]"
    assert each["verbatim"] == "The delivery was awful, call me on 0912 123 4567"
    assert [one["sentiment"] for one in ask("get", "comments?sentiment=positive").json()["items"]] == [
        "positive"
    ]
    tally = ask("get", "comments/tally").json()
    assert (tally["negative"], tally["positive"], tally["negative_share"]["n"]) == (1, 1, 3)
    days = ask("get", "comments/days").json()["items"]
    assert sum(day["negative"] + day["neutral"] + day["positive"] for day in days) == 3
    changed = ask("patch", f"comments/{each['comment_id']}", {"sentiment": "neutral"}).json()
    assert (changed["sentiment"], changed["said"]) == ("neutral", ["sentiment"])
    assert ask("patch", f"comments/{each['comment_id']}", {"kind": "spam"}).status_code == 422
    assert ask("get", "comments/999999").json()["code"] == "comments.unknown"


@pytest.mark.usefixtures("comments")
def test_the_api_edits_topics(ask: Ask, shop: Workspace) -> None:
    made = ask("post", "topics", {"names": {"en": "Delivery"}, "words": ["delivery", "courier"]})
    assert made.status_code == 201
    topic = made.json()["topic_id"]
    assigning.assign(shop.workspace_id, lambda *_: None)
    found = ask("get", f"topics/{topic}").json()
    assert (found["names"], found["words"], found["comments"]["negative"]) == (
        {"en": "Delivery"},
        ["delivery", "courier"],
        1,
    )
    split = ask("post", f"topics/{topic}/split", {"words": ["courier"], "names": {"en": "Courier"}})
    other = split.json()["topic_id"]
    changed = ask("patch", f"topics/{other}", {"add_words": ["driver"], "is_archived": True}).json()
    assert (changed["words"], changed["is_archived"]) == (["driver", "courier"], True)
    assert (
        ask("patch", f"topics/{topic}", {"remove_words": ["delivery"]}).json()["code"]
        == "topics.edit_refused"
    )
    merged = ask("post", "topics/merge", {"topics": [topic, other]}).json()
    assert set(merged["words"]) == {"delivery", "courier", "driver"}
    assert ask("get", f"topics/{other}").status_code == 404
