"""The log of changes: rows stay as they were noted, are read a page at a time, and each action has its sentence."""

from __future__ import annotations

import ast
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import safar

pytestmark = pytest.mark.usefixtures("web_home")

WEB = Path(safar.__file__).parent / "doors" / "web"


@pytest.fixture
def noted(shop):
    """Five changes of the shop by two members, one of another workspace."""
    from safar.doors.web.audit.actor import SYSTEM, Actor
    from safar.doors.web.audit.services import record
    from safar.doors.web.members.services import add_member

    sara = add_member("sara@example.com", "Sara", "en", shop.workspace_id, "owner")
    place = shop.workspace_id
    record(Actor("member", sara, "10.0.0.1"), "key.created", workspace_id=place, target="web")
    record(SYSTEM, "key.revoked", workspace_id=place, target="web")
    record(Actor("token", sara, detail="script"), "key.created", workspace_id=place, target="app")
    record(SYSTEM, "key.created", workspace_id="elsewhere", target="not ours")
    return place


def test_a_noted_change_is_neither_altered_nor_removed(noted) -> None:
    from safar.doors.web.audit.models import Change, ChangeKept

    row = Change.objects.filter(workspace_id=noted).order_by("-pk").first()
    before = (row.action, row.target, Change.objects.count())
    row.target = "something else"
    for attempt in (
        row.save,
        lambda: row.save(update_fields=["target"]),
        row.delete,
        lambda: Change.objects.filter(pk=row.pk).update(target="x"),
        lambda: Change.objects.filter(pk=row.pk).delete(),
        lambda: Change.objects.bulk_update([row], ["target"]),
    ):
        with pytest.raises(ChangeKept):
            attempt()
    row.refresh_from_db()
    assert (row.action, row.target, Change.objects.count()) == before


def test_a_change_outlives_its_member(noted) -> None:
    from safar.doors.web.audit.queries import ChangesQuestion, changes
    from safar.doors.web.members.models import Member

    Member.objects.get(email="sara@example.com").delete()
    found, _ = changes(ChangesQuestion(noted, action="key.created"))
    assert [(each.target, each.actor, each.actor_kind, each.address) for each in found] == [
        ("app", "sara@example.com", "token", ""),
        ("web", "sara@example.com", "member", "10.0.0.1"),
    ]


def test_pages_follow_each_other_without_gap_or_overlap(noted) -> None:
    from safar.doors.web.audit.queries import ChangesQuestion, changes, every_change

    question, numbers, before = ChangesQuestion(noted), [], None
    while True:
        found, before = changes(question, before=before, limit=2)
        numbers += [each.number for each in found]
        if before is None:
            break
    assert numbers == [each.number for each in every_change(question)] == sorted(numbers, reverse=True)
    assert len(numbers) == 4  # the member was added, then three changes


def test_who_what_and_when_narrow_the_list_down(noted) -> None:
    from safar.doors.web.audit.queries import ChangesQuestion, changes

    def targets(**narrowed) -> list[str]:
        return [each.target for each in changes(ChangesQuestion(noted, **narrowed))[0]]

    now = datetime.now(UTC)
    assert targets(action="key.revoked") == ["web"]
    assert targets(actor="sara@example.com") == ["app", "web"]
    assert targets(since=now + timedelta(minutes=1)) == []
    assert targets(until=now - timedelta(minutes=1)) == []
    assert len(targets(since=now - timedelta(minutes=1), until=now + timedelta(minutes=1))) == 4


def recorded_actions() -> dict[str, str]:
    """Every text that a call of `record` in the sources gives as the action, by where it stands."""
    found = {}
    for path in sorted(WEB.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name not in {"record", "note"} or len(node.args) < 2:
                continue
            texts = {
                each.value
                for each in ast.walk(node.args[1])
                if isinstance(each, ast.Constant) and isinstance(each.value, str)
            }
            for text in texts:
                if re.fullmatch(r"[a-z_]+\.[a-z_]+", text):
                    found[text] = f"{path.relative_to(WEB)}:{node.lineno}"
    return found


def test_the_walk_finds_what_is_recorded() -> None:
    found = recorded_actions()
    assert {"key.created", "workspace.changed", "backup.made", "member.invited"} <= set(found)


@pytest.mark.parametrize("language", ["fa", "ar", "en"])
def test_every_recorded_action_has_a_sentence_in_three_languages(language) -> None:
    from django.utils import translation

    from safar.doors.web.audit.sentences import all_change_sentences, sentence_of_change

    missing = {
        action: place for action, place in recorded_actions().items() if action not in all_change_sentences()
    }
    assert missing == {}
    with translation.override(language):
        for action in all_change_sentences():
            sentence = sentence_of_change(action, "TARGET")
            assert "%(" not in sentence
            if language != "en":
                assert re.search(r"[\u0600-\u06ff]", sentence), (action, sentence)


def test_an_action_of_another_version_is_shown_as_it_is() -> None:
    from safar.doors.web.audit.sentences import sentence_of_change

    assert sentence_of_change("moon.landed", "Eagle") == "moon.landed Eagle"


def test_who_and_what_to_choose_from_are_found_in_the_latest_changes_alone(noted) -> None:
    from safar.doors.web.audit.models import Change
    from safar.doors.web.audit.queries import actions_of, actors_of
    from safar.doors.web.audit.sentences import all_change_sentences
    from safar.doors.web.members.services import add_member

    add_member("quiet@example.com", "", "en", noted, "viewer")
    old = Change(workspace_id=noted, action="tea.made", actor_kind="token", actor_name="old script")
    Change.objects.bulk_create([old])
    actors, actions = actors_of(noted), actions_of(noted)
    assert {"old script", "sara@example.com"} <= set(actors)
    assert "quiet@example.com" not in actors
    assert (
        {"key.created", "key.revoked", "tea.made"}
        <= set(actions)
        < set(all_change_sentences()) | {"tea.made"}
    )
    Change.objects.bulk_create(
        Change(workspace_id=noted, action="key.created", actor_kind="token", actor_name="new script")
        for _ in range(10_000)
    )
    assert actors_of(noted) == ["new script", "quiet@example.com", "sara@example.com"]
    assert actions_of(noted) == sorted(all_change_sentences())
