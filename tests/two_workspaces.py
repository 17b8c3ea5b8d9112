"""Two companies on one installation, each full of words that the other must never read."""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import answers_said
from a_shop import an_answer, days_ago
from builders import an_event, together
from safar.store.home import Home
from safar.store.registry import Workspace

_numbers = count(1)
ROLES = ("owner", "manager", "analyst", "agent", "viewer")


@dataclass(frozen=True)
class Company:
    """A workspace with one of everything, and who works there.

    ``word`` stands in every name, text and id of the company that a person could read.
    """

    word: str
    workspace: Workspace
    members: Mapping[str, Any]
    secrets: Mapping[str, str]
    ids: Mapping[str, str]
    refused_secrets: Mapping[str, str] = field(default_factory=dict)

    @property
    def place(self) -> str:
        return self.workspace.workspace_id


def a_company(home: Home, word: str) -> Company:
    """Found a company: five members, their tokens, a key, an invitation, an import, work, customers and changes."""
    from django.utils import timezone

    from safar.doors.web.administration.services import create_key, revoke_key
    from safar.doors.web.audit.actor import Actor
    from safar.doors.web.members.models import ApiToken
    from safar.doors.web.members.services import add_member, invite
    from safar.doors.web.members.tokens import create_token, revoke_token
    from safar.doors.web.work.models import Status, Work

    number = next(_numbers)
    place = f"company-{number}"
    workspace = home.create_workspace(
        f"{word} & Sons", workspace_id=place, language="en", time_zone="Asia/Tehran", currency="USD"
    )
    members = {
        role: add_member(f"{role}.{word.lower()}@example.com", f"{role} {word}", "en", place, role)
        for role in ROLES
    }
    secrets = {
        role: create_token(member, place, f"{word} {role}", can_write=True)[1]
        for role, member in members.items()
    }
    secrets["read-only"] = create_token(members["owner"], place, f"{word} reading")[1]
    token, revoked = create_token(members["owner"], place, f"{word} revoked", can_write=True)
    revoke_token(members["owner"], token.pk)
    old, expired = create_token(members["owner"], place, f"{word} expired", can_write=True)
    ApiToken.objects.filter(pk=old.pk).update(expires_at=timezone.now() - timezone.timedelta(seconds=1))
    by = Actor("member", members["owner"])
    key, _ = create_key(place, by=by, name=f"{word} website", channel=f"{word} web")
    gone, _ = create_key(place, by=by, name=f"{word} old")
    revoke_key(place, gone.key_id, by=by)
    invited = invite(f"new.{word.lower()}@example.com", place, "viewer", by=by, base_url="http://127.0.0.1")
    work = Work.objects.create(
        kind="imports.undo",
        lane="default",
        workspace_id=place,
        title=f"{word} orders.csv",
        actor_kind="member",
        member=members["owner"],
        status=Status.FAILED,
        error_code="fault",
    )
    _tell(home, place, word)
    from safar.doors.web.imports.services import new_place, receive

    import_id, arriving = new_place(place)
    arriving.parent.mkdir(parents=True, exist_ok=True)
    arriving.write_text(
        f"customer,time,event\n{word}-1,2026-01-01T10:00:00Z,{word} bought\n", encoding="utf-8"
    )
    receive(workspace, import_id, arriving, file_name=f"{word}.csv", by=by)
    ids = {
        "workspace_id": place,
        "member": str(members["viewer"].pk),
        "member_id": str(members["viewer"].pk),
        "email": members["viewer"].email,
        "key_id": key.key_id,
        "invitation_id": str(invited.invitation.pk),
        "work_id": str(work.work_id),
        "import_id": import_id,
        "erasure_id": str(_erasure(place, members["owner"], word)),
        **_kept_question(place, members["owner"], word),
        **_map(workspace, by, word),
        **_persona(workspace, by, word),
        **_comments(workspace, by, word),
        **_cases(workspace, by, word),
        **_survey(workspace, by, word),
        "token_id": str(ApiToken.objects.filter(member=members["owner"], revoked_at=None).first().pk),
        "customer_id": f"{word}-customer",
        "question_key": _question_key(word),
    }
    return Company(word, workspace, members, secrets, ids, {"revoked": revoked, "expired": expired})


def _survey(workspace: Workspace, by: Any, word: str) -> dict[str, str]:
    """A survey that names the company, with a picture, and a response to it with a file."""
    from safar.doors.web.answering.files import FileOwner, keep_file
    from safar.doors.web.answering.places import place_for_programs
    from safar.doors.web.answering.whole import WholeResponse, keep_whole
    from safar.doors.web.inviting.services import make_link
    from safar.doors.web.surveys import services
    from safar.listen.questionnaire.anatomy import read
    from safar.listen.questionnaire.questions import File

    said, key = {"en": f"{word} survey"}, word.lower()
    questions = [
        {"kind": "nps", "question_id": "nps", "key": f"{key}-nps", "title": said},
        {"kind": "text", "question_id": "why", "key": f"{key}-why", "title": said},
        {"kind": "file", "question_id": "file", "key": f"{key}-file", "title": said, "takes": ["text"]},
    ]
    document = {
        "format": "safar.survey/1",
        "key": f"{key}-survey",
        "name": said,
        "pages": [{"page_id": "p", "questions": questions}],
    }
    survey_id = services.create(workspace, read(document), by=by)
    png = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01" + word.encode()
    picture = services.keep_picture(workspace, survey_id, png, by=by)
    services.publish(workspace, survey_id, by=by)
    make_link(workspace, survey_id, "open", by=by, name=f"{word} link")
    controls = {"nps": ["3"], "why": [f"{word} words"]}
    whole = WholeResponse(language="en", controls=controls, customer_id=f"{word}-customer")
    row = keep_whole(place_for_programs(workspace, survey_id), whole).row
    sent = keep_file(
        FileOwner(workspace.workspace_id, row.public_id, "file"),
        File(question_id="file", takes=("text",)),
        io.BytesIO(f"{word} file".encode()),
        f"{word}.txt",
    )
    return {
        **_asking(workspace, survey_id, by, word),
        "survey_id": survey_id,
        "picture_id": picture,
        "public_id": row.public_id,
        "response_id": row.public_id,
        "sent_file_id": sent,
    }


def _asking(workspace: Workspace, survey_id: str, by: Any, word: str) -> dict[str, str]:
    """A round of invitations, and a file of answers that waits to be brought in."""
    from safar.doors.web.inviting import services
    from safar.doors.web.results.bringing import keep_file
    from safar.doors.web.surveys.queries import published

    plan = services.RoundPlan(name=f"{word} round", channel="sms", customer_ids=(f"{word}-customer",))
    asked = published(workspace, survey_id)
    assert asked is not None
    table = io.BytesIO(f"nps,{word}\n9,{word}\n".encode())
    return {
        "round_id": services.start_round(workspace, survey_id, plan, by=by),
        "file_id": keep_file(workspace, asked, f"{word}.csv", table).file_id,
    }


def _erasure(place: str, member: Any, word: str) -> object:
    from safar.doors.web.customers.models import Erasure

    return Erasure.objects.create(
        workspace_id=place, customer_id=f"{word}-gone", digest=f"{word.lower()}digest", asked_by=member
    ).erasure_id


def _kept_question(place: str, member: Any, word: str) -> dict[str, str]:
    from safar.doors.web.journeys.models import Alert, SavedQuestion

    saved = SavedQuestion.objects.create(
        workspace_id=place,
        kind="funnel",
        query=f"step=identify&step={word}+event",
        title=f"{word} to the event",
        notes=f"{word} notes",
        created_by=member,
        is_pinned=True,
    )
    reading = {"value": 0.5, "low": 0.4, "high": 0.6, "n": 100}
    alert = Alert.objects.create(question=saved, before=reading, now={**reading, "value": 0.9})
    worth = SavedQuestion.objects.create(
        workspace_id=place,
        kind="clv",
        query="",
        title=f"{word} worth",
        notes=f"{word} notes of worth",
        created_by=member,
    )
    return {"saved_id": str(saved.pk), "alert_id": str(alert.pk), "saved_worth_id": str(worth.pk)}


def _map(workspace: Workspace, by: Any, word: str) -> dict[str, str]:
    """A map that names the company in every text, with a version, a comment, a file and a link."""
    from django.utils import timezone

    from safar.doors.web.maps import services
    from safar.maps.anatomy import read

    said = {"en": f"{word} words"}
    promise = {
        "promise_id": "p",
        "words": said,
        "begins": "identify",
        "kept_by": f"{word} event",
        "within": "2d",
    }
    document = {
        "format": "safar.map/1",
        "name": said,
        "lanes": [{"lane_id": "pain", "kind": "pain", "name": said}],
        "stages": [
            {
                "stage_id": "g",
                "name": said,
                "steps": [
                    {"step_id": "a", "name": said, "binding": {"events": "identify"}, "owner": word},
                    {
                        "step_id": "b",
                        "name": said,
                        "binding": {"events": f"{word} event", "promises": [promise]},
                    },
                ],
            }
        ],
        "moves": [{"source": "a", "target": "b"}],
        "cards": [{"card_id": "k", "step_id": "a", "lane_id": "pain", "text": said}],
    }
    map_id = services.create(workspace, read(document), by=by)
    png = io.BytesIO(b"\x89PNG\r\n\x1a\n" + word.encode())
    file = services.attach(workspace, map_id, png, f"{word}.png", by=by)
    end = timezone.now() + timezone.timedelta(days=1)
    link, _ = services.share(workspace, map_id, language="en", expires_at=end, by=by)
    services.comment(workspace, map_id, f"{word} asks", target="card/k", by=by)
    kept = services.snapshot(workspace, map_id, f"{word} version", decided=f"{word} decided", by=by)
    ids = {"snapshot_id": str(kept), "file_id": file.public_id, "share_id": link.public_id}
    return {"map_id": map_id, "promise_id": "p", **ids}


def _persona(workspace: Workspace, by: Any, word: str) -> dict[str, str]:
    """A segment, its persona with a quote, and a search for groups; one id names both, as addresses call it so."""
    from safar.doors.web.personas import models, services
    from safar.doors.web.segments.services import define

    place, said = workspace.workspace_id, {"en": f"{word} person"}
    segment = define(workspace, f"{word} segment", f"did {word} event", by=by)
    persona = services.describe(workspace, said, segment, {"goals": said}, by=by)
    services.quote(workspace, persona, f"{word} quote", customer_id=f"{word}-customer", by=by)
    models.Persona.objects.filter(public_id=persona).update(public_id=segment)
    quote = models.Quote.objects.get(persona__public_id=segment)
    run = models.DraftRun.objects.create(workspace_id=place, asked={"habits": [f"{word} event"]})
    _action(workspace, by, word, segment)
    _estimate(workspace, by, word, segment)
    return {
        "public_id": segment,
        "persona_id": segment,
        "segment_id": segment,
        "estimate_id": segment,
        "quote_id": str(quote.pk),
        "run_id": run.public_id,
    }


def _action(workspace: Workspace, by: Any, word: str, public_id: str) -> None:
    """An action under the id that a persona has too, as addresses call both alike."""
    from safar.doors.web.offering import models, services

    made = services.define(workspace, "call_back", services.ActionWords(name={"en": f"{word} call"}), by=by)
    models.OfferedAction.objects.filter(public_id=made).update(public_id=public_id)


def _estimate(workspace: Workspace, by: Any, word: str, public_id: str) -> None:
    """An estimate under the same id."""
    from safar.doors.web.estimates import models, services
    from safar.vocabulary.interval import Estimate, Interval

    said = Estimate(2.0, Interval(1.0, 3.0), 0)
    made = services.keep(workspace, f"{word} change", f"{word} money", said, by=by, notes=f"{word} notes")
    models.KeptEstimate.objects.filter(public_id=made).update(public_id=public_id)


def _comments(workspace: Workspace, by: Any, word: str) -> dict[str, str]:
    """A labelled comment, corrected; a topic, and one that waits to be taken."""
    from safar.doors.web.comments import models, services, topic_services
    from safar.listen.text.topic_document import Topics

    services.catch_up(workspace)
    comment = models.Comment.objects.get(book__workspace_id=workspace.workspace_id)
    other = -1 if comment.sentiment > -1 else 1
    (correction,) = services.correct(workspace, comment.pk, by=by, sentiment=other)
    topic = topic_services.add(workspace, {"en": f"{word} topic"}, [f"{word} word"], by=by)
    proposal = models.Proposal.objects.create(book=comment.book)
    topic_services.keep_proposal(proposal.public_id, Topics().add(f"{word} found", [word]), {}, 1)
    return {
        "comment_id": str(comment.pk),
        "correction_id": str(correction),
        "topic_id": topic,
        "proposal_id": proposal.public_id,
    }


def _cases(workspace: Workspace, by: Any, word: str) -> dict[str, str]:
    """A rule, a root cause, a case with a note, a message to customers, and a webhook with what it was told."""
    from safar.doors.web.cases import rule_services, services, tellings
    from safar.doors.web.hooks import models as hooks
    from safar.doors.web.hooks import services as hook_services

    draft = rule_services.RuleDraft(f"{word} rule", "nps <= 6", team=f"{word} team")
    rule = rule_services.define_rule(workspace, draft, by=by)
    cause = rule_services.name_cause(workspace, {"en": f"{word} cause"}, by=by)
    heard = {"words": f"{word} words", "question_key": f"{word}_key", "metric": "nps", "value": 3.0}
    customer = f"{word}-customer"
    closed = services.open_by_hand(workspace, customer, f"{word} first", heard=heard, by=by)
    services.close(workspace, closed, services.Closing(cause, "solved", f"{word} done"), version=1, by=by)
    told = tellings.tell(workspace, f"{word} told", {"en": f"{word} better"}, tellings.Audience(cause), by=by)
    case = services.open_by_hand(workspace, customer, f"{word} opened", heard=heard, by=by)
    services.note(workspace, case, f"{word} noted", by=by)
    hook = hook_services.create(workspace, f"https://{word.lower()}.example/", ["case.opened"], by=by)
    delivery = hooks.Delivery.objects.create(
        webhook=hooks.Webhook.objects.get(public_id=hook),
        message_id="msg_1",
        kind="ping",
        body=word,
        state="delivered",
    )
    return {
        "rule_id": rule,
        "cause_id": cause,
        "case_id": case,
        "telling_id": told,
        "webhook_id": hook,
        "delivery_id": str(delivery.pk),
    }


def _question_key(word: str) -> str:
    """Return a key of the company's own that does not name it: a refusal repeats what was asked for."""
    return f"score-{word[::-1].lower()}"


def _tell(home: Home, place: str, word: str) -> None:
    customer = f"{word}-customer"
    events = [
        an_event(
            "identify",
            days_ago(3),
            customer=customer,
            properties={"name": f"{word} Karimi", "email": f"{word.lower()}@customer.example"},
        ),
        an_event("order_placed", days_ago(2), customer=customer, amount=2500, currency="USD"),
        an_event(f"{word} event", days_ago(1), customer=customer, properties={"note": f"{word} note"}),
        an_answer("nps", 9, 1, customer),
        answers_said.an_answer(
            _question_key(word), 4, metric="csat", who=customer, at=days_ago(1), survey=f"{word} survey"
        ),
        an_event("message_received", days_ago(1), customer=customer, properties={"text": f"{word} wrote"}),
    ]
    with home.log(place).writer() as writer:
        writer.append(together(*events))
        writer.sync()


def _asked_of(place: str) -> dict[str, object]:
    from safar.doors.web.inviting import models

    tables = (models.Link, models.Round, models.Invitation, models.Budget, models.OptOut)
    return {
        f"asking {table.__name__}": list(table.objects.filter(workspace_id=place).order_by("pk").values())
        for table in tables
    }


def state_of(home: Home, company: Company) -> dict[str, object]:
    """Return everything of a company that a foreign request could have changed, as digests and rows."""
    from safar.doors.web.audit.models import Change
    from safar.doors.web.comments import models as comments
    from safar.doors.web.estimates.models import KeptEstimate
    from safar.doors.web.imports.models import FileImport
    from safar.doors.web.journeys.models import Alert, SavedQuestion
    from safar.doors.web.maps import models as maps
    from safar.doors.web.members.models import ApiToken, Invitation, Member, Membership
    from safar.doors.web.offering.models import Choosing, OfferedAction
    from safar.doors.web.personas.models import DraftRun, Persona, Quote
    from safar.doors.web.segments.models import Segment
    from safar.doors.web.work.models import Work

    place = company.place
    tables = (maps.MapEdit, maps.KeptConflict, maps.Snapshot, maps.Comment, maps.Attachment, maps.Share)
    rows = {
        "maps": list(maps.JourneyMap.objects.filter(workspace_id=place).order_by("pk").values()),
        **{
            f"maps {table.__name__}": list(
                table.objects.filter(journey_map__workspace_id=place).order_by("pk").values()
            )
            for table in tables
        },
        "segments": list(
            Segment.objects.filter(workspace_id=place).order_by("pk").values("name", "text", "is_archived")
        ),
        "comments": list(comments.Comment.objects.filter(book__workspace_id=place).order_by("pk").values()),
        "corrections": list(
            comments.Correction.objects.filter(comment__book__workspace_id=place).order_by("pk").values()
        ),
        "books": list(comments.Book.objects.filter(workspace_id=place).values("topics", "learns")),
        "topics": list(comments.Topic.objects.filter(book__workspace_id=place).order_by("pk").values()),
        "mentions": list(comments.Mention.objects.filter(book__workspace_id=place).order_by("pk").values()),
        "proposals": list(comments.Proposal.objects.filter(book__workspace_id=place).values()),
        **_cases_of(place),
        **_asked_of(place),
        "personas": list(Persona.objects.filter(workspace_id=place).order_by("pk").values()),
        "quotes": list(Quote.objects.filter(persona__workspace_id=place).order_by("pk").values()),
        "drafts": list(DraftRun.objects.filter(workspace_id=place).order_by("pk").values()),
        "estimates": list(KeptEstimate.objects.filter(workspace_id=place).order_by("pk").values()),
        "actions": list(OfferedAction.objects.filter(workspace_id=place).order_by("pk").values()),
        "choosing": list(Choosing.objects.filter(workspace_id=place).values()),
        "attached": sorted(path.name for path in home.workspace_folder(place).glob("attachments/*")),
        "memberships": list(Membership.objects.filter(workspace_id=place).order_by("pk").values()),
        "invitations": list(Invitation.objects.filter(workspace_id=place).order_by("pk").values()),
        "work": list(Work.objects.filter(workspace_id=place).order_by("pk").values()),
        "imports": list(FileImport.objects.filter(workspace_id=place).order_by("pk").values()),
        "saved": list(SavedQuestion.objects.filter(workspace_id=place).order_by("pk").values()),
        "alerts": list(Alert.objects.filter(question__workspace_id=place).order_by("pk").values()),
        "files": sorted(str(path) for path in home.imports_folder(place).rglob("*")),
        "answers to bring in": {
            str(path): path.read_bytes() for path in home.workspace_folder(place).glob("brought/*/*")
        },
        "changes": list(Change.objects.filter(workspace_id=place).order_by("pk").values()),
        "tokens": list(
            ApiToken.objects.filter(workspace_id=place)
            .order_by("pk")
            .values("pk", "name", "revoked_at", "can_write")
        ),
        "members": list(
            Member.objects.filter(memberships__workspace_id=place)
            .order_by("pk")
            .values("email", "name", "password", "language", "is_active", "is_administrator")
        ),
    }
    log = home.log(place)
    return {
        **rows,
        "workspace": home.workspace(place),
        "keys": home.keys(place),
        "log": log.version,
        "history": log.identity.history(company.ids["customer_id"]),
    }


def _cases_of(place: str) -> dict[str, object]:
    from safar.doors.web.cases import models as cases
    from safar.doors.web.hooks import models as hooks

    own = (cases.Rule, cases.RootCause, cases.Case, cases.Telling, cases.WorkingCalendar, hooks.Webhook)
    found: dict[str, object] = {
        f"cases {table.__name__}": list(table.objects.filter(workspace_id=place).order_by("pk").values())
        for table in own
    }
    entries = cases.CaseEntry.objects.filter(case__workspace_id=place)
    deliveries = hooks.Delivery.objects.filter(webhook__workspace_id=place)
    thanked = cases.Thanked.objects.filter(case__workspace_id=place)
    return found | {
        "thanked": list(thanked.order_by("pk").values()),
        "case entries": list(entries.order_by("pk").values()),
        "deliveries": list(deliveries.order_by("pk").values()),
    }


def mentions(body: bytes, company: Company) -> bool:
    """Whether an answer holds the company's word, in letters of any case, percent-encoded or in base64."""
    word = company.word.encode()
    lowered = body.lower()
    packed = {base64.b64encode(b"x" * shift + word)[4:-4] for shift in range(3)}
    digest = hashlib.sha256(company.ids["customer_id"].encode()).hexdigest().encode()
    return word.lower() in lowered or digest in lowered or any(each and each in body for each in packed)
