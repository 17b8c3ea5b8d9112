"""Pages: by hand, against a plain reference, by page and by where visits come from."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings

from builders import an_event, together
from logs import write
from safar.observe.among import Among
from safar.observe.behind import CellRefused, persons_behind
from safar.observe.steps import StepRule
from safar.observe.web_pages import PagesBy, PagesQuestion, PagesRefused, adds_to_page, pages
from safar.store.log import Log
from safar.vocabulary.answer import Note
from safar.vocabulary.interval import share
from weblog import PATHS, Visits, visits

NINE = datetime(2026, 3, 21, 9, tzinfo=UTC)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    with Log.create(tmp_path / "log", shard_count=4) as log:
        yield log


def at(event: str, second: int, customer: str, channel: str = "web", /, **properties: object):
    return an_event(
        event, NINE + timedelta(seconds=second), customer=customer, channel=channel, properties=properties
    )


@pytest.fixture
def shop(log: Log) -> Log:
    write(
        log,
        together(
            at("page", 0, "a", path="/", referrer="https://www.google.com/search?q=x"),
            at("page", 60, "a", url="https://shop.example/p/1/?utm_source=mail"),
            at("product_viewed", 90, "a"),
            at("survey_sent", 600, "a"),  # the company's own: keeps nobody on a page
            at("page", 0, "b", path="/p/1", context={"campaign": {"source": "Instagram", "name": "nowruz"}}),
            at("page", 7200, "b", path="/p/1#top", context={"campaign": {"source": "instagram"}}),
            at("page", 7205, "b", path="/"),
            at("screen", 0, "c", "app", name="Home"),
            at("cart_added", 9, "c", "app"),
            at("page", 0, "d", path="/%D8%A8"),
        ),
    )
    return log


def test_pages_by_hand(shop: Log) -> None:
    answer = pages(shop, PagesQuestion())
    told = {
        page.label: (page.views, page.visitors, page.sessions, page.entries, page.exits)
        for page in answer.pages
    }
    assert told == {
        "/p/1": (3, 2, 3, 2, 2),
        "/": (2, 2, 2, 1, 1),
        "Home": (1, 1, 1, 1, 1),
        "/ب": (1, 1, 1, 1, 1),
    }
    by_label = {page.label: page for page in answer.pages}
    # b came to /p/1 twice: once for that alone, once for two pages
    assert by_label["/p/1"].bounce_rate == share(1, 2)
    assert by_label["/p/1"].views_per_session == 1.5
    assert by_label["/p/1"].exit_rate == share(2, 3)
    # a stayed 30 seconds, b five; b's first view nothing followed
    assert (by_label["/p/1"].mean_time, by_label["/p/1"].timed) == (timedelta(seconds=17.5), 2)
    # nine seconds in the app are less than ten
    assert by_label["Home"].bounce_rate == share(1, 1)
    longer = pages(shop, PagesQuestion(engaged=timedelta(seconds=9)))
    assert {page.label: page.bounce_rate for page in longer.pages}["Home"] == share(0, 1)
    total = answer.total
    assert (total.views, total.visitors, total.sessions, total.entries) == (7, 4, 5, 5)
    assert total.bounce_rate == share(3, 5)
    assert answer.different == 4
    # b came twice, all others once
    assert answer.notes == (Note.of("pages.dependent"),)
    alone = Among(channels=("app",))
    assert pages(shop, PagesQuestion(among=alone)).notes == ()
    assert answer.table.column("label") == [page.label for page in answer.pages]


def test_where_visits_come_from(shop: Log) -> None:
    def entries(by: PagesBy) -> dict[str, int]:
        return {page.label: page.entries for page in pages(shop, PagesQuestion(by)).pages if page.entries}

    assert entries(PagesBy.REFERRER) == {"": 4, "google.com": 1}
    assert sorted(entries(PagesBy.SOURCE).items()) == [("", 3), ("Instagram", 2)]
    assert entries(PagesBy.CAMPAIGN) == {"": 4, "nowruz": 1}
    assert entries(PagesBy.CHANNEL) == {"web": 4, "app": 1}
    assert {page.label for page in pages(shop, PagesQuestion(of=("context.campaign.name",))).pages} == {
        "",
        "nowruz",
    }


def test_the_most_viewed_and_what_is_a_view(shop: Log) -> None:
    answer = pages(shop, PagesQuestion(most=1))
    assert [page.label for page in answer.pages] == ["/p/1"]
    assert answer.different == 4
    products = PagesQuestion(views=StepRule("product", ("product_viewed",)))
    assert pages(shop, products).total.views == 1
    with pytest.raises(PagesRefused):
        PagesQuestion(most=0)
    with pytest.raises(PagesRefused):
        PagesQuestion(engaged=-timedelta(seconds=1))


def test_who_is_behind_a_page(shop: Log) -> None:
    shop.compact()
    paths = shop.paths()

    def behind(by: PagesBy = PagesBy.PAGE, **cell: str) -> list[str]:
        found = persons_behind(paths.shards, adds_to_page(paths, PagesQuestion(by), cell))
        return sorted(shop.ids_of(found.persons))

    assert behind(label="/p/1") == ["a", "b"]
    assert behind(label="/p/1", number="entries") == ["b"]
    assert behind(label="/p/1", number="bounces") == ["b"]
    assert behind() == ["a", "b", "c", "d"]
    assert behind(PagesBy.SOURCE, label="instagram") == ["b"]
    assert behind(PagesBy.REFERRER, label="") == ["a", "b", "c", "d"]
    assert behind(label="/nowhere") == []
    with pytest.raises(CellRefused, match="stars"):
        behind(label="/p/1", number="stars")


def test_an_empty_log_has_no_pages(log: Log) -> None:
    answer = pages(log, PagesQuestion())
    assert (answer.pages, answer.total.views, answer.total.bounce_rate, answer.different) == ((), 0, None, 0)


def reference(walked: Visits) -> dict[str, tuple]:
    """The same in plain Python."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    people = defaultdict(set)
    times = defaultdict(list)
    for customer, session in walked.sessions():
        views = [(PATHS[act], minute) for act, minute in session if act in PATHS]
        if not views:
            continue
        last = session[-1][1]
        for (label, minute), (_, following) in pairwise(views):
            times[label].append(following - minute)
        if last > views[-1][1]:
            times[views[-1][0]].append(last - views[-1][1])
        for label, _ in views:
            counts[label]["views"] += 1
            people[label].add(customer)
        for label in {label for label, _ in views}:
            counts[label]["sessions"] += 1
        counts[views[0][0]]["entries"] += 1
        counts[views[-1][0]]["exits"] += 1
        counts[views[0][0]]["bounces"] += len(views) == 1 and last == session[0][1]
    return {
        label: (
            each["views"],
            len(people[label]),
            each["sessions"],
            each["entries"],
            each["exits"],
            share(each["bounces"], each["entries"]),
            timedelta(minutes=sum(times[label])) / len(times[label]) if times[label] else None,
        )
        for label, each in counts.items()
    }


@settings(max_examples=60)
@given(walked=visits())
def test_as_a_plain_reference_says(tmp_path_factory, walked: Visits) -> None:
    with walked.log(tmp_path_factory.mktemp("pages")) as log:
        question = PagesQuestion(window=walked.window)
        answer = pages(log, question)
        with ThreadPoolExecutor(2) as executor:
            assert pages(log, question, executor=executor) == answer
    assert {
        page.label: (
            page.views,
            page.visitors,
            page.sessions,
            page.entries,
            page.exits,
            page.bounce_rate,
            page.mean_time,
        )
        for page in answer.pages
    } == reference(walked)
