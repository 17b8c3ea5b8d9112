"""Verbs about topics: edit them, have them discovered anew, take what was discovered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

import msgspec
from django.db import transaction
from django.utils import timezone

from safar.doors.web.audit.actor import Actor
from safar.doors.web.audit.services import record
from safar.doors.web.work.services import start
from safar.listen.text.language import language_of
from safar.listen.text.topic_document import Topics
from safar.maps.anatomy import said
from safar.store.registry import Workspace

from .errors import TopicNotHere
from .labels import topics_in
from .models import About, Book, Correction, Proposal, Topic

__all__ = [
    "add",
    "archive",
    "ask_to_discover",
    "discover_now",
    "merge",
    "put_aside",
    "rename",
    "restore",
    "split",
    "take",
    "with_words",
    "without_words",
]

#: What a topic may be called in.
LANGUAGES: Final = ("fa", "ar", "en")
_LONGEST: Final = 120
#: An edit of the document.
Edit = Callable[[Topics], Topics]


def add(workspace: Workspace, names: Mapping[str, str], words: Sequence[str], *, by: Actor) -> str:
    """Make a topic of words by hand; return its public id.

    Raises
    ------
    TopicEditRefused
        It has no name or no word.
    """
    kept = _names(names)
    with transaction.atomic():
        book = _locked(workspace)
        _edited(book, lambda topics: topics.add(said(kept, *LANGUAGES), words))
        row = Topic.objects.filter(book=book).latest("pk")
        row.names = kept
        row.save(update_fields=["names"])
        _noted(workspace, by, "topic.added", row, after={"words": list(words)})
    return str(row.public_id)


def rename(workspace: Workspace, public_id: str, names: Mapping[str, str], *, by: Actor) -> None:
    """Call a topic something else, in one language or several; its names in others stay.

    Parameters
    ----------
    names
        By language; an empty text takes a name away.

    Raises
    ------
    TopicNotHere
    TopicEditRefused
        No name would be left.
    """
    with transaction.atomic():
        book = _locked(workspace)
        row = _row(book, public_id)
        before = dict(row.names)
        kept = {
            **{each: name for each, name in before.items() if each not in names},
            **_names(names),
        }
        _edited(book, lambda topics: topics.rename(row.key, said(kept, *LANGUAGES)), assigns=False)
        row.names = kept
        row.save(update_fields=["names"])
        _noted(workspace, by, "topic.renamed", row, before={"names": before}, after={"names": kept})


def with_words(workspace: Workspace, public_id: str, words: Sequence[str], *, by: Actor) -> None:
    """Let more words tell of a topic.

    Raises
    ------
    TopicNotHere, TopicEditRefused
    """
    _change(
        workspace,
        public_id,
        "topic.words_added",
        lambda topics, key: topics.with_words(key, words),
        by=by,
        words=words,
    )


def without_words(workspace: Workspace, public_id: str, words: Sequence[str], *, by: Actor) -> None:
    """Let fewer words tell of a topic; some must stay.

    Raises
    ------
    TopicNotHere, TopicEditRefused
    """
    _change(
        workspace,
        public_id,
        "topic.words_removed",
        lambda topics, key: topics.without_words(key, words),
        by=by,
        words=words,
    )


def archive(workspace: Workspace, public_id: str, *, by: Actor) -> None:
    """Put a topic away: no comment is about it any more.

    Raises
    ------
    TopicNotHere
    """
    _change(workspace, public_id, "topic.archived", lambda topics, key: topics.archive(key), by=by)


def restore(workspace: Workspace, public_id: str, *, by: Actor) -> None:
    """Bring a topic back from the archive.

    Raises
    ------
    TopicNotHere
    """
    _change(workspace, public_id, "topic.restored", lambda topics, key: topics.restore(key), by=by)


def merge(workspace: Workspace, public_ids: Sequence[str], *, by: Actor) -> None:
    """Make one topic of several: the first, with the words of all.

    Raises
    ------
    TopicNotHere, TopicEditRefused
    """
    with transaction.atomic():
        book = _locked(workspace)
        rows = [_row(book, public_id) for public_id in dict.fromkeys(public_ids)]
        _edited(book, lambda topics: topics.merge([row.key for row in rows]), keeps=rows)
        first, gone = rows[0], rows[1:]
        known = set(About.objects.filter(topic=first).values_list("comment", flat=True))
        for row in gone:
            own = About.objects.filter(topic=row)
            own.filter(comment__in=known).delete()
            known.update(own.values_list("comment", flat=True))
            own.update(topic=first)
            _correct_corrections(book, row.pk, first.pk)
        _noted(workspace, by, "topic.merged", first, before={"topics": [_name(row) for row in rows]})
        Topic.objects.filter(pk__in=[row.pk for row in gone]).delete()


def split(
    workspace: Workspace, public_id: str, words: Sequence[str], names: Mapping[str, str], *, by: Actor
) -> str:
    """Give some words of a topic to a topic of their own; return its public id.

    Raises
    ------
    TopicNotHere, TopicEditRefused
    """
    kept = _names(names)
    with transaction.atomic():
        book = _locked(workspace)
        row = _row(book, public_id)
        _edited(book, lambda topics: topics.split(row.key, words, said(kept, *LANGUAGES)))
        made = Topic.objects.filter(book=book).latest("pk")
        made.names = kept
        made.save(update_fields=["names"])
        _noted(workspace, by, "topic.split", row, after={"words": list(words), "names": kept})
    return str(made.public_id)


def ask_to_discover(workspace: Workspace, *, by: Actor) -> str:
    """Have topics discovered anew in the background; return the public id of what will be proposed.

    Raises
    ------
    WorkNotAllowed
    """
    from .jobs import discover_topics  # noqa: PLC0415 - the job calls back to this module

    with transaction.atomic():
        book, _ = Book.objects.get_or_create(workspace_id=workspace.workspace_id)
        Proposal.objects.filter(book=book).delete()
        proposal = Proposal.objects.create(book=book)
        work = start(
            discover_topics,
            by=by,
            workspace_id=workspace.workspace_id,
            proposal_id=str(proposal.public_id),
        )
        Proposal.objects.filter(pk=proposal.pk).update(work_id=str(work.work_id))
        record(by, "topics.discovery_asked", workspace_id=workspace.workspace_id)
    return str(proposal.public_id)


def discover_now(workspace: Workspace, *, by: Actor) -> str:
    """Discover topics anew, here and now; return the public id of what is proposed.

    Raises
    ------
    SafarError
        There are too few comments, or they say too little.
    """
    from .assigning import discover_for  # noqa: PLC0415 - it keeps what it finds by this module

    with transaction.atomic():
        book, _ = Book.objects.get_or_create(workspace_id=workspace.workspace_id)
        Proposal.objects.filter(book=book).delete()
        proposal = Proposal.objects.create(book=book)
        record(by, "topics.discovery_asked", workspace_id=workspace.workspace_id)
    try:
        discover_for(workspace.workspace_id, str(proposal.public_id), lambda *_: None)
    except BaseException:
        proposal.delete()
        raise
    return str(proposal.public_id)


def put_aside(workspace: Workspace, proposal_id: str, *, by: Actor) -> None:
    """Do without what was discovered.

    Raises
    ------
    TopicNotHere
    """
    with transaction.atomic():
        _proposal(workspace, proposal_id).delete()
        record(by, "topics.proposal_put_aside", workspace_id=workspace.workspace_id)


def take(workspace: Workspace, proposal_id: str, keys: Iterable[str], *, replaces: bool, by: Actor) -> int:
    """Take topics that were discovered; return how many.

    Parameters
    ----------
    keys
        Which of them.
    replaces
        Whether today's topics go to the archive.

    Raises
    ------
    TopicNotHere
    """
    wanted = set(keys)
    with transaction.atomic():
        book = _locked(workspace)
        proposal = _proposal(workspace, proposal_id)
        found = [each for each in Topics.from_json(proposal.topics).topics if each.topic_id in wanted]

        def taken(topics: Topics) -> Topics:
            if replaces:
                for each in topics.topics:
                    topics = topics if each.is_archived else topics.archive(each.topic_id)
            for each in found:
                topics = topics.with_topic(each.name, each.words)
            return topics

        if found:
            _edited(book, taken)
        proposal.delete()
        record(
            by,
            "topics.taken",
            workspace_id=workspace.workspace_id,
            after={"topics": [each.name for each in found], "replaces": replaces},
        )
    return len(found)


def _change(
    workspace: Workspace,
    public_id: str,
    action: str,
    edit: Callable[[Topics, str], Topics],
    *,
    by: Actor,
    words: Sequence[str] = (),
) -> None:
    with transaction.atomic():
        book = _locked(workspace)
        row = _row(book, public_id)
        _edited(book, lambda topics: edit(topics, row.key))
        _noted(workspace, by, action, row, after={"words": list(words)} if words else None)


def _edited(book: Book, edit: Edit, *, assigns: bool = True, keeps: Sequence[Topic] = ()) -> None:
    """Write the document as an edit leaves it, and the rows of its topics; comments are assigned anew soon."""
    from .jobs import assign_topics  # noqa: PLC0415 - the job calls back to this app

    after = edit(topics_in(book))
    book.topics = after.as_json()
    book.topics_edition += int(assigns)
    book.save(update_fields=["topics", "topics_edition"])
    rows = {row.key: row for row in Topic.objects.filter(book=book)}
    for each in after.topics:
        if each.topic_id not in rows:
            (language,) = language_of([each.name])
            Topic.objects.create(
                book=book, key=each.topic_id, names={language: each.name}, is_archived=each.is_archived
            )
        elif rows[each.topic_id].is_archived != each.is_archived:
            Topic.objects.filter(pk=rows[each.topic_id].pk).update(is_archived=each.is_archived)
    if assigns:
        start(assign_topics, by=Actor("system"), workspace_id=book.workspace_id)


def _correct_corrections(book: Book, gone: int, stays: int) -> None:
    """Let what members said of a topic that is gone stand for the one it became."""
    for row in Correction.objects.filter(comment__book=book, field="topics"):
        for name in ("by_rule", "before", "after"):
            numbers = getattr(row, name)
            if gone in numbers:
                setattr(row, name, sorted({stays if each == gone else each for each in numbers}))
        row.save(update_fields=["by_rule", "before", "after"])


def _noted(
    workspace: Workspace,
    by: Actor,
    action: str,
    row: Topic,
    *,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    record(by, action, workspace_id=workspace.workspace_id, target=_name(row), before=before, after=after)


def _name(row: Topic) -> str:
    """Return what a topic is called: by members, else by its strongest words."""
    found = said(row.names, *LANGUAGES)
    if found:
        return found
    there = (each.name for each in topics_in(row.book).topics if each.topic_id == row.key)
    return next(there, str(row.key))


def _names(names: Mapping[str, str]) -> dict[str, str]:
    return {each: names[each].strip()[:_LONGEST] for each in LANGUAGES if names.get(each, "").strip()}


def _locked(workspace: Workspace) -> Book:
    Book.objects.get_or_create(workspace_id=workspace.workspace_id)
    return Book.objects.select_for_update().get(workspace_id=workspace.workspace_id)


def _row(book: Book, public_id: str) -> Topic:
    found = Topic.objects.filter(book=book, public_id=public_id).first()
    if found is None:
        raise TopicNotHere(f"There is no topic {public_id}.", hint="Look at the board of topics.")
    return found


def _proposal(workspace: Workspace, public_id: str) -> Proposal:
    found = (
        Proposal.objects.filter(book__workspace_id=workspace.workspace_id, public_id=public_id)
        .exclude(topics="")
        .first()
    )
    if found is None:
        raise TopicNotHere(f"There is no proposal {public_id}.", hint="It was taken, or is not ready yet.")
    return found


def keep_proposal(proposal_id: str, topics: Topics, sizes: Mapping[str, object], comments: int) -> None:
    """Keep what a discovery found, to be looked at; without its examples, which are a customer's words."""
    topics = Topics(tuple(msgspec.structs.replace(each, example="") for each in topics.topics), topics.issued)
    Proposal.objects.filter(public_id=proposal_id).update(
        topics=topics.as_json(), sizes=dict(sizes), comments=comments, asked_at=timezone.now()
    )
