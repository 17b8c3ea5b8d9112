"""Maps that are kept: edits of several members, undo, versions, comments, files and links."""

from __future__ import annotations

import hashlib
import io
import threading
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connections
from django.utils import timezone
from msgspec.structs import replace

from designed_maps import a_map, edits
from later import Later
from safar.maps.anatomy import Binding
from safar.maps.checks import EditRefused, UnknownPart
from safar.vocabulary.errors import Refusal

services = Later("safar.doors.web.maps.services")
queries = Later("safar.doors.web.maps.queries")
errors = Later("safar.doors.web.maps.errors")
models = Later("safar.doors.web.maps.models")
attaching = Later("safar.doors.web.maps.attaching")
revisions = Later("safar.doors.web.maps.revisions")
audit = Later("safar.doors.web.audit.models")
actors = Later("safar.doors.web.audit.actor")
members = Later("safar.doors.web.members.services")

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


@pytest.fixture
def team(shop):
    """Two members of the shop, and the map ``a → b`` that the first of them made."""

    def member(name: str, role: str = "analyst"):
        return actors.Actor(
            "member", members.add_member(f"{name}@example.com", name.title(), "en", shop.workspace_id, role)
        )

    sara, omid = member("sara"), member("omid")
    made = services.create(shop, a_map("a", "b", cards={"k": "a"}), by=sara)
    return SimpleNamespace(shop=shop, sara=sara, omid=omid, map_id=made)


def text(words: str, card: str = "k", language: str = "en") -> dict:
    return {"edit": "card.text", "of": card, "language": language, "text": words}


def do(team, *data: dict, base: int, by=None):
    return services.apply(team.shop, team.map_id, edits(*data), base=base, by=by or team.sara)


def card_texts(team) -> list[str]:
    opened = queries.map_of(team.shop, team.map_id)
    return [card.text.get("en", "") for card in opened.document.cards]


# ---- making and editing


def test_a_map_is_listed_as_it_was_made(team) -> None:
    (facts,) = queries.maps_of(team.shop)
    assert (facts.public_id, facts.name, facts.state) == (team.map_id, {"en": "Shop"}, "as_is")
    assert (facts.stages, facts.steps, facts.languages, facts.revision) == (1, 2, ("en",), 1)
    assert (facts.changed_by, facts.is_archived) == ("Sara", False)
    assert queries.map_of(team.shop, team.map_id).document == a_map("a", "b", cards={"k": "a"})
    assert audit.Change.objects.get(action="map.created").target == "Shop"


def test_a_document_that_no_edit_would_make_is_not_made(team) -> None:
    bad = a_map("a")
    step = bad.steps[0]
    stages = (replace(bad.stages[0], steps=(replace(step, binding=Binding(events="a [")),)),)
    with pytest.raises(Refusal):
        services.create(team.shop, replace(bad, stages=stages), by=team.sara)
    with pytest.raises(EditRefused):
        services.create(team.shop, replace(bad, languages=()), by=team.sara)
    assert models.JourneyMap.objects.count() == 1


def test_edits_make_the_next_revision(team) -> None:
    done = do(team, text("late"), {"edit": "step.owner", "of": "a", "value": "Care"}, base=1)
    assert (done.revision, done.conflicts, len(done.edits)) == (2, (), 2)
    opened = queries.map_of(team.shop, team.map_id)
    assert (opened.revision, opened.document) == (2, done.document)
    assert opened.document.steps[0].owner == "Care"
    assert queries.map_of(team.shop, team.map_id, revision=1).document == a_map("a", "b", cards={"k": "a"})
    assert queries.edits_since(team.shop, team.map_id, 1)[1][0] == text("late")


def test_a_map_that_is_edited_while_it_is_read_is_read_as_it_was(team) -> None:
    """The row is read first, the edits behind it afterwards: what came in between is none of them."""
    do(team, {"edit": "card.add", "card": {"card_id": "l", "step_id": "a", "lane_id": "pain"}}, base=1)
    row = models.JourneyMap.objects.get(public_id=team.map_id)
    second = queries.map_of(team.shop, team.map_id).document
    do(team, {"edit": "card.add", "card": {"card_id": "m", "step_id": "a", "lane_id": "pain"}}, base=2)
    assert revisions.document_at(row, 2) == second
    assert revisions.document_at(row, 1) == a_map("a", "b", cards={"k": "a"})


def test_edits_are_done_all_or_none(team) -> None:
    with pytest.raises(UnknownPart):
        do(team, text("late"), text("late", card="gone"), base=1)
    assert card_texts(team) == ["k"]
    assert queries.map_of(team.shop, team.map_id).revision == 1
    assert models.MapEdit.objects.count() == 0


def test_an_edit_that_changes_nothing_makes_no_revision(team) -> None:
    assert do(team, text("k"), base=1).revision == 1
    assert models.MapEdit.objects.count() == 0


def test_two_members_keep_both_their_works(team) -> None:
    do(team, text("omid says late"), base=1, by=team.omid)
    done = do(team, text("sara says early"), {"edit": "step.owner", "of": "b", "value": "Care"}, base=1)
    assert card_texts(team) == ["omid says late", "sara says early"]
    assert done.document.steps[1].owner == "Care"
    (conflict,) = done.conflicts
    assert conflict.second_card == done.document.cards[1].card_id
    (kept,) = queries.conflicts_of(team.shop, team.map_id, member=team.sara.member)
    assert (kept.conflict["kept"], kept.conflict["edit"]) == ("omid says late", text("sara says early"))
    assert queries.conflicts_of(team.shop, team.map_id, member=team.omid.member) == ()
    with pytest.raises(errors.UnknownMap):
        services.settle(team.shop, team.map_id, kept.conflict_id, by=team.omid)
    services.settle(team.shop, team.map_id, kept.conflict_id, by=team.sara)
    assert queries.conflicts_of(team.shop, team.map_id) == ()


def test_what_was_done_and_undone_in_the_meantime_is_no_conflict(team) -> None:
    do(team, text("omid"), base=1, by=team.omid)
    services.undo(team.shop, team.map_id, by=team.omid)
    done = do(team, text("sara"), base=1)
    assert (done.conflicts, card_texts(team)) == ((), ["sara"])


@pytest.mark.parametrize("base", [0, -1, 2, 10**9])
def test_a_base_that_never_was_is_refused(team, base: int) -> None:
    with pytest.raises(errors.BaseUnknown):
        do(team, text("late"), base=base)
    with pytest.raises(errors.BaseUnknown):
        queries.map_of(team.shop, team.map_id, revision=base)


def test_a_whole_document_replaces_by_edits(team) -> None:
    do(team, text("omid"), base=1, by=team.omid)
    wanted = a_map("a", "n", "b", cards={"k": "a", "m": "n"})
    done = services.replace(team.shop, team.map_id, wanted, base=1, by=team.sara)
    assert done.conflicts == ()
    assert [step.step_id for step in done.document.steps] == ["a", "n", "b"]
    assert card_texts(team) == ["omid", "m"]


def test_many_edits_of_one_member_are_one_change_in_the_log(team) -> None:
    for number in range(4):
        do(team, text(f"late {number}"), base=number + 1)
    do(team, {"edit": "step.owner", "of": "a", "value": "Care"}, base=5, by=team.omid)
    assert list(audit.Change.objects.filter(action="map.edited").values_list("actor_name", flat=True)) == [
        "sara@example.com",
        "omid@example.com",
    ]


def test_members_at_once_lose_nothing(team) -> None:
    """Eight threads write a card of their own and one that all of them write, all on the first revision."""
    ready, failed = threading.Barrier(8), []

    def work(number: int) -> None:
        try:
            ready.wait(10)
            card = {
                "card_id": f"own{number}",
                "step_id": "b",
                "lane_id": "pain",
                "text": {"en": f"own {number}"},
            }
            by = team.sara if number % 2 else team.omid
            do(team, {"edit": "card.add", "card": card}, text(f"said {number}"), base=1, by=by)
        except Exception as wrong:  # noqa: BLE001 - told by the test
            failed.append(wrong)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    assert failed == []
    opened = queries.map_of(team.shop, team.map_id)
    assert opened.revision == 9
    assert sorted(card.text["en"] for card in opened.document.cards_at("b", "pain")) == [
        f"own {number}" for number in range(8)
    ]
    assert sorted(card.text["en"] for card in opened.document.cards_at("a", "pain")) == [
        f"said {number}" for number in range(8)
    ]
    assert len(queries.conflicts_of(team.shop, team.map_id)) == 7
    assert queries.map_of(team.shop, team.map_id, revision=1).document == a_map("a", "b", cards={"k": "a"})


# ---- undo and redo


def test_undo_and_redo_go_through_what_a_member_did(team) -> None:
    do(team, text("one"), base=1)
    do(team, text("two"), base=2)
    assert [_undo(team), _undo(team), _redo(team), _redo(team)] == ["one", "k", "one", "two"]
    with pytest.raises(errors.NothingToUndo):
        _redo(team)
    assert _undo(team) == "one"
    do(team, text("three"), base=7)
    with pytest.raises(errors.NothingToUndo):  # something else was done since
        _redo(team)
    assert [_undo(team), _undo(team)] == ["one", "k"]
    with pytest.raises(errors.NothingToUndo):
        _undo(team)


def test_undo_leaves_what_others_did(team) -> None:
    do(team, text("sara"), {"edit": "step.owner", "of": "a", "value": "Care"}, base=1)
    do(team, text("omid"), base=2, by=team.omid)
    undone = services.undo(team.shop, team.map_id, by=team.sara)
    assert [each.target for each in undone.conflicts] == ["card/k/text/en"]
    assert (card_texts(team), undone.document.steps[0].owner) == (["omid"], "")
    with pytest.raises(errors.NothingToUndo):
        services.undo(team.shop, team.map_id, by=team.sara)


def _undo(team) -> str:
    return services.undo(team.shop, team.map_id, by=team.sara).document.cards[0].text["en"]


def _redo(team) -> str:
    return services.redo(team.shop, team.map_id, by=team.sara).document.cards[0].text["en"]


# ---- versions


def test_a_version_comes_back_as_one_change_that_can_be_undone(team) -> None:
    kept = services.snapshot(
        team.shop, team.map_id, " Before  the summer ", decided="Faster delivery", by=team.sara
    )
    do(team, text("summer"), {"edit": "step.remove", "of": "b"}, base=1)
    (facts,) = queries.snapshots_of(team.shop, team.map_id)
    assert (facts.name, facts.decided, facts.revision, facts.by) == (
        "Before the summer",
        "Faster delivery",
        1,
        "Sara",
    )
    assert queries.snapshot_of(team.shop, team.map_id, kept).document == a_map("a", "b", cards={"k": "a"})
    back = services.restore(team.shop, team.map_id, kept, by=team.omid)
    assert back.document == a_map("a", "b", cards={"k": "a"})
    undone = services.undo(team.shop, team.map_id, by=team.omid)
    assert [step.step_id for step in undone.document.steps] == ["a"]
    assert [each.kind for each in queries.edits_of(team.shop, team.map_id)] == ["undo", "restore", "edit"]


def test_a_version_needs_a_name(team) -> None:
    for name in ("", "   ", "x" * 161):
        with pytest.raises(errors.SnapshotRefused):
            services.snapshot(team.shop, team.map_id, name, by=team.sara)
    assert queries.snapshots_of(team.shop, team.map_id) == ()


def test_an_archived_map_is_read_and_not_changed(team) -> None:
    services.archive(team.shop, team.map_id, by=team.sara)
    assert queries.maps_of(team.shop) == ()
    assert [each.public_id for each in queries.maps_of(team.shop, archived=True)] == [team.map_id]
    with pytest.raises(errors.MapArchived):
        do(team, text("late"), base=1)
    assert card_texts(team) == ["k"]
    services.archive(team.shop, team.map_id, is_archived=False, by=team.sara)
    assert do(team, text("late"), base=1).revision == 2


def test_another_workspace_finds_nothing(team, web_home) -> None:
    other = web_home.create_workspace("Other")
    assert queries.map_of(other, team.map_id) is None
    assert (queries.maps_of(other), queries.edits_since(other, team.map_id, 0)) == ((), None)
    verbs = (
        lambda: services.apply(other, team.map_id, edits(text("x")), base=1, by=team.sara),
        lambda: services.undo(other, team.map_id, by=team.sara),
        lambda: services.snapshot(other, team.map_id, "x", by=team.sara),
        lambda: services.archive(other, team.map_id, by=team.sara),
        lambda: services.comment(other, team.map_id, "x", by=team.sara),
        lambda: services.attach(other, team.map_id, io.BytesIO(PNG), "x.png", by=team.sara),
        lambda: services.share(other, team.map_id, language="en", expires_at=tomorrow(), by=team.sara),
        lambda: services.be_present(other, team.map_id, "", by=team.sara),
    )
    for verb in verbs:
        with pytest.raises(errors.UnknownMap):
            verb()
    assert not list(web_home.workspace_folder(other.workspace_id).glob("attachments/*"))
    assert (card_texts(team), models.Comment.objects.count(), models.Share.objects.count()) == (["k"], 0, 0)


# ---- comments


def test_a_comment_asks_a_member_who_then_reads_it(team) -> None:
    said = services.comment(
        team.shop, team.map_id, " Is this so? ", target="card/k", mentions=["omid@example.com"], by=team.sara
    )
    services.comment(team.shop, team.map_id, "Yes, since May.", answers=said, by=team.omid)
    (found,) = queries.comments_of(team.shop, team.map_id, member=team.sara.member)
    assert (found.text, found.target, found.by, found.is_mine, found.mentions) == (
        "Is this so?", "card/k", "Sara", True, ("Omid",),
    )  # fmt: skip
    assert [(each.text, each.by, each.is_mine, each.target) for each in found.replies] == [
        ("Yes, since May.", "Omid", False, "card/k")
    ]
    assert queries.open_comment_counts(team.shop, team.map_id) == {"card/k": 1}
    (asked,) = queries.unread_mentions(team.shop, team.omid.member)
    assert (asked.map_id, asked.map_name, asked.text, asked.by) == (
        team.map_id,
        {"en": "Shop"},
        "Is this so?",
        "Sara",
    )
    assert services.read_mentions(team.shop, team.map_id, by=team.omid) == 1
    assert queries.unread_mentions(team.shop, team.omid.member) == ()


def test_a_comment_is_resolved_and_an_answer_opens_it_again(team) -> None:
    said = services.comment(team.shop, team.map_id, "Really?", by=team.sara)
    services.resolve_comment(team.shop, team.map_id, said, by=team.omid)
    assert queries.comments_of(team.shop, team.map_id)[0].resolved_by == "Omid"
    assert queries.open_comment_counts(team.shop, team.map_id) == {}
    services.comment(team.shop, team.map_id, "No.", answers=said, by=team.sara)
    assert queries.comments_of(team.shop, team.map_id)[0].resolved_at is None


@pytest.mark.parametrize(
    "said",
    [
        {"text": "  "},
        {"text": "x" * 4001},
        {"text": "x", "target": "card/gone"},
        {"text": "x", "target": "../../etc"},
        {"text": "x", "target": "cards/k"},
        {"text": "x", "mentions": ["stranger@example.com"]},
    ],
)
def test_a_comment_that_says_nothing_to_nobody_is_refused(team, said: dict) -> None:
    with pytest.raises(errors.CommentRefused):
        services.comment(team.shop, team.map_id, said.pop("text"), by=team.sara, **said)
    assert (models.Comment.objects.count(), models.Mention.objects.count()) == (0, 0)


def test_who_is_at_a_map_is_told_while_he_is(team) -> None:
    services.be_present(team.shop, team.map_id, "card/k", by=team.sara)
    services.be_present(team.shop, team.map_id, "", by=team.omid)
    services.be_present(team.shop, team.map_id, "step/a", by=team.omid)
    found = queries.presence_of(team.shop, team.map_id, member=team.sara.member)
    assert [(each.name, each.place, each.is_me) for each in found] == [
        ("Omid", "step/a", False),
        ("Sara", "card/k", True),
    ]
    models.Presence.objects.update(seen_at=timezone.now() - queries.PRESENT_FOR)
    assert queries.presence_of(team.shop, team.map_id) == ()


# ---- files


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0" + bytes(20), "image/jpeg"),
        (b"GIF89a" + bytes(20), "image/gif"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 " + bytes(20), "image/webp"),
        (b"%PDF-1.7\n", "application/pdf"),
    ],
)
def test_a_file_is_kept_as_what_its_bytes_say(team, content: bytes, kind: str) -> None:
    kept = services.attach(
        team.shop, team.map_id, io.BytesIO(content), "../../evil\u202egnp.html", by=team.sara
    )
    facts, path = queries.attachment(team.shop, team.map_id, kept.public_id)
    assert (facts.content_type, facts.name, facts.size) == (kind, "evilgnp.html", len(content))
    assert facts.sha256 == hashlib.sha256(content).hexdigest()
    assert path.read_bytes() == content
    assert (path.name, path.parent.name, path.stat().st_mode & 0o077) == (kept.public_id, "attachments", 0)
    services.detach(team.shop, team.map_id, kept.public_id, by=team.sara)
    assert (queries.attachment(team.shop, team.map_id, kept.public_id), path.exists()) == (None, False)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "drawing.png"),
        (b"<!doctype html><script>alert(1)</script>", "page.pdf"),
        (b" \x89PNG\r\n\x1a\n", "shifted.png"),
        (b"RIFF....WAVE", "sound.webp"),
        (b"MZ\x90", "tool.png"),
        (b"", "empty.png"),
        (PNG + bytes(5 << 20), "huge.png"),
    ],
)
def test_a_file_that_is_no_picture_or_too_large_leaves_nothing(
    team, web_home, content: bytes, name: str
) -> None:
    with pytest.raises(errors.AttachmentRefused):
        services.attach(team.shop, team.map_id, io.BytesIO(content), name, by=team.sara)
    assert models.Attachment.objects.count() == 0
    assert not list(web_home.workspace_folder(team.shop.workspace_id).glob("attachments/*"))


@pytest.mark.parametrize(("name", "served"), [("a.html", "a.html.png"), ("a.PNG", "a.PNG"), ("", ".png")])
def test_a_file_is_saved_as_what_its_bytes_say(name: str, served: str) -> None:
    assert attaching.served_name(name, "image/png") == served


def test_a_file_that_was_lost_is_told(team) -> None:
    kept = services.attach(team.shop, team.map_id, io.BytesIO(PNG), "a.png", by=team.sara)
    _, path = queries.attachment(team.shop, team.map_id, kept.public_id)
    path.write_bytes(PNG[:-1])
    with pytest.raises(errors.AttachmentLost):
        queries.attachment(team.shop, team.map_id, kept.public_id)


# ---- links


def tomorrow():
    return timezone.now() + timedelta(days=1)


@pytest.fixture
def shared_out(team):
    """A map that says much, of which a link for the persona ``p1`` in Persian is to show little."""
    secret = [
        {"edit": "map.languages", "value": ["en", "fa"]},
        {"edit": "map.personas", "value": ["p1", "p2"]},
        {"edit": "map.name", "language": "fa", "text": "فروشگاه"},
        {"edit": "step.owner", "of": "a", "value": "Secret Owner"},
        {"edit": "step.nested", "of": "a", "value": "secretmap"},
        {"edit": "step.events", "of": "a", "value": "secret_event"},
        {"edit": "step.revenue", "of": "a", "value": "secret_order"},
        {"edit": "step.promises", "of": "a", "value": [
            {"promise_id": "p", "words": {"fa": "دوروزه"}, "begins": "secret_begin", "kept_by": "secret_end",
             "within": "2d"}]},
        {"edit": "card.text", "of": "k", "language": "fa", "text": "دیر رسید"},
        {"edit": "card.evidence", "of": "k", "value": [{"kind": "anecdote", "words": {"fa": "secret call"}}]},
        {"edit": "card.add", "card": {"card_id": "other", "step_id": "a", "lane_id": "pain", "personas": ["p2"],
                                      "text": {"fa": "secret of p2"}}},
    ]  # fmt: skip
    do(team, *secret, base=1)
    return team


def test_a_link_shows_what_was_shared_and_nothing_else(shared_out) -> None:
    team = shared_out
    facts, token = services.share(
        team.shop, team.map_id, language="fa", persona="p1", expires_at=tomorrow(), by=team.sara
    )
    assert facts.is_open
    shared = queries.shared_map(token)
    assert (shared.public_id, shared.language, shared.persona, shared.shows_lived) == (
        team.map_id,
        "fa",
        "p1",
        False,
    )
    told = repr(shared.document)
    assert "دیر رسید" in told
    assert "دوروزه" in told
    for hidden in ("secret", "Secret", "p2", "'en'"):
        assert hidden not in told
    assert token not in repr(list(models.Share.objects.values()))


def test_a_link_to_what_was_lived_has_the_rules_it_is_counted_by(shared_out) -> None:
    team = shared_out
    _, token = services.share(
        team.shop, team.map_id, language="en", shows_lived=True, expires_at=tomorrow(), by=team.sara
    )
    step = queries.shared_map(token).document.steps[0]
    assert (step.binding.events, step.owner, step.nested) == ("secret_event", "", "")
    assert [card.evidence for card in queries.shared_map(token).document.cards] == [(), ()]


def test_a_link_dies_when_it_expires_is_withdrawn_or_loses_its_map(shared_out) -> None:
    team = shared_out
    asked = {"language": "fa", "persona": "p1", "expires_at": tomorrow(), "by": team.sara}
    ends = [services.share(team.shop, team.map_id, **asked) for _ in range(4)]
    models.Share.objects.filter(public_id=ends[0][0].public_id).update(expires_at=timezone.now())
    services.unshare(team.shop, team.map_id, ends[1][0].public_id, by=team.sara)
    for _, token in (*ends[:2], (None, "nothing"), (None, "")):
        with pytest.raises(errors.ShareEnded):
            queries.shared_map(token)
    with pytest.raises(errors.UnknownMap):
        services.unshare(team.shop, team.map_id, ends[1][0].public_id, by=team.sara)
    queries.shared_map(ends[2][1])
    do(team, {"edit": "map.personas", "value": ["p2"]}, base=2)
    with pytest.raises(errors.ShareEnded):
        queries.shared_map(ends[2][1])
    services.undo(team.shop, team.map_id, by=team.sara)
    queries.shared_map(ends[3][1])
    services.archive(team.shop, team.map_id, by=team.sara)
    with pytest.raises(errors.ShareEnded):
        queries.shared_map(ends[3][1])
    assert [each.is_open for each in queries.shares_of(team.shop, team.map_id)] == [True, True, False, False]


def test_a_link_opens_the_files_of_what_it_shows_only(shared_out) -> None:
    team = shared_out
    files = [
        services.attach(team.shop, team.map_id, io.BytesIO(PNG), f"{name}.png", by=team.sara).public_id
        for name in ("shown", "hidden", "unused")
    ]
    do(team, {"edit": "card.attachments", "of": "k", "value": files[:1]},
       {"edit": "card.attachments", "of": "other", "value": files[1:2]}, base=2)  # fmt: skip
    _, token = services.share(
        team.shop, team.map_id, language="fa", persona="p1", expires_at=tomorrow(), by=team.sara
    )
    assert queries.shared_attachment(token, files[0])[0].name == "shown.png"
    assert [queries.shared_attachment(token, each) for each in files[1:]] == [None, None]


@pytest.mark.parametrize(
    "asked",
    [
        {"language": "ar"},
        {"language": "fa", "persona": "p3"},
        {"language": "fa", "expires_at": timedelta(0)},
        {"language": "fa", "expires_at": timedelta(days=367)},
    ],
)
def test_a_link_that_makes_no_sense_is_not_made(shared_out, asked: dict) -> None:
    lives = asked.pop("expires_at", timedelta(days=1))
    with pytest.raises(errors.ShareRefused):
        services.share(
            shared_out.shop, shared_out.map_id, expires_at=timezone.now() + lives, by=shared_out.sara, **asked
        )
    assert models.Share.objects.count() == 0


def test_evidence_that_leads_to_an_erased_customer_leaves_every_revision(team) -> None:
    def evidence(*links: str) -> dict:
        return {
            "edit": "card.evidence",
            "of": "k",
            "value": [{"kind": "anecdote", "link": link, "words": {"en": "said so"}} for link in links],
        }

    do(team, evidence("/customer?id=sara", "/customer?id=sara-2"), base=1)
    services.snapshot(team.shop, team.map_id, "Before", by=team.sara)
    do(team, evidence("/customer?id=sara-2"), text("sara was here"), base=2)
    assert services.forget_customer(team.shop, {"sara"}) == 3
    (kept,) = queries.map_of(team.shop, team.map_id, revision=2).document.cards[0].evidence
    assert kept.link == "/customer?id=sara-2"
    kept_rows = [
        *models.MapEdit.objects.values(),
        *models.Snapshot.objects.values(),
        *models.JourneyMap.objects.values(),
    ]
    assert 'id=sara"' not in str(kept_rows)
    assert queries.map_of(team.shop, team.map_id).document.cards[0].text == {"en": "sara was here"}
    assert queries.map_of(team.shop, team.map_id, revision=1).document == a_map("a", "b", cards={"k": "a"})
    assert services.forget_customer(team.shop, {"sara"}) == 0


def test_evidence_that_hides_an_erased_id_in_its_address_goes_and_texts_bear_a_mark(team) -> None:
    from safar.doors.web.design.paging import cursor

    def event(customer: str) -> str:
        return f"/w/demo/events/event?of={cursor(customer, when, 'e1')}"

    when = timezone.now()
    gone = ("/customer?id=ali%40x.com", "/customer?id=%D8%B3%D8%A7%D8%B1%D8%A7", event("ali@x.com"))
    links = (*gone, "/customer?id=ali%40x.org", event("b@x.com"))
    value = [{"kind": "anecdote", "link": link, "words": {"en": "said so"}} for link in links]
    do(team, {"edit": "card.evidence", "of": "k", "value": value}, text("ali@x.com waits, سارا too"), base=1)
    services.snapshot(team.shop, team.map_id, "Before ali@x.com", by=team.sara)
    services.comment(team.shop, team.map_id, "Call ali@x.com, not zali@x.com", target="card/k", by=team.sara)
    services.forget_customer(team.shop, {"ali@x.com", "سارا"})
    (card,) = queries.map_of(team.shop, team.map_id).document.cards
    assert [each.link for each in card.evidence] == list(links[3:])
    assert card.text == {"en": "[…] waits, سارا too"}
    assert models.Comment.objects.get().text == "Call […], not zali@x.com"
    tables = (models.MapEdit, models.Snapshot, models.JourneyMap, models.Comment)
    kept = str([list(table.objects.values()) for table in tables])
    assert ("'ali@x.com" in kept, " ali@x.com" in kept, '"ali@x.com' in kept) == (False, False, False)
    assert [link in kept for link in links] == [False, False, False, True, True]
