"""A home with something in every corner: what pictures are taken of, and what tests of every page look at.

A simulated shop; a workspace without events, one where the owner may only look, one whose log is damaged; members who
read each language; an import in each of its states; background work in each of its states; an erasure with its proof;
an invitation, keys, a token, a backup. `pages.PLACES` names them in its addresses.

    .venv/bin/python scripts/furnish.py FOLDER     makes it in a process of its own, says as JSON what is where
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

#: Whoever reads a language reads its calendar: three languages, three calendars.
READERS = {
    "fa": ("sara@safar.example", "سارا احمدی", "jalali"),
    "ar": ("layla@safar.example", "ليلى الحسن", "hijri"),
    "en": ("emma@safar.example", "Emma Green", "gregorian"),
}
PASSWORD = "roads of nishapur"


@dataclass
class Furnished:
    """What is where.

    Attributes
    ----------
    names
        What stands for ``{…}`` in the addresses of `pages.PLACES`.
    sessions
        The session cookie of each reader: ``fa``, ``ar``, ``en``; of one with a second step (``guarded``), and of one
        who has still to take it (``half``).
    """

    names: dict[str, str] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)


def furnish(folder: Path, size: str | int = "small") -> Furnished:
    """Make the home; the process serves it afterwards."""
    from safar.demo.company import fill
    from safar.doors.web.setup import prepare

    prepare(folder)
    from safar.doors.web.homes import current_home

    home = current_home()
    made = Furnished(names={"w": "demo", "empty": "new", "seen": "seen", "broken": "broken"})
    for workspace_id, name in (
        ("demo", "فروشگاه سفر"),
        ("new", "New shop"),
        ("seen", "شعبهٔ شیراز"),
        ("broken", "Old shop"),
    ):
        home.create_workspace(
            name,
            workspace_id=workspace_id,
            language="fa",
            calendar="jalali",
            time_zone="Asia/Tehran",
            currency="IRR",
        )
    until = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    log = home.log("demo")
    with log.writer() as writer:
        fill(writer, size, until=until)
    log.compact()
    _people(made)
    _customers(made)  # an erasure takes uploaded files away: before there are any
    _personas(made)  # shown only where there are no segments and no maps yet
    _segments(made)
    _imports(made)
    _questions(made)
    _maps(made)
    _comments(made)
    _surveys(made)
    _asking(made)
    _cases(made)
    _rest(made)
    _damage(folder / "workspaces" / "broken" / "log")
    return made


def _people(made: Furnished) -> None:
    from django.conf import settings
    from django_otp.oath import totp

    from safar.doors.web.administration.members_page import member_key
    from safar.doors.web.audit.actor import Actor
    from safar.doors.web.members import two_factor
    from safar.doors.web.members.models import Member
    from safar.doors.web.members.services import add_member, create_reset_link, invite
    from safar.doors.web.members.tokens import create_token

    base = "http://127.0.0.1"
    for language, (email, name, _) in READERS.items():
        for workspace_id, role in (
            ("demo", "owner"),
            ("new", "owner"),
            ("broken", "owner"),
            ("seen", "viewer"),
        ):
            add_member(email, name, language, workspace_id, role)
    add_member("ali@safar.example", "علی کریمی", "fa", "demo", "analyst")
    guarded = add_member("dara@safar.example", "دارا رستمی", "fa", "demo", "manager")
    for email, _, calendar in READERS.values():
        Member.objects.filter(email=email).update(is_administrator=True, calendar=calendar)
    for member in Member.objects.all():
        member.set_password(PASSWORD)
        member.save(update_fields=["password"])
    for language, (email, _, _) in READERS.items():
        made.sessions[language] = _signed_in(email)[settings.SESSION_COOKIE_NAME].value
    made.sessions["guarded"] = _signed_in(guarded.email)[settings.SESSION_COOKIE_NAME].value
    device = two_factor.begin_two_factor(guarded)
    two_factor.confirm_two_factor(guarded, f"{totp(device.bin_key):06}", by=Actor("member", guarded))
    made.sessions["half"] = _signed_in(guarded.email)[settings.SESSION_COOKIE_NAME].value

    sara = Member.objects.get(email=READERS["fa"][0])
    by = Actor("member", sara)
    made.names["invitation"] = invite(
        "mina@safar.example", "demo", "agent", by=by, base_url=base
    ).link.rpartition("/")[2]
    made.names["reset"] = create_reset_link("ali@safar.example", base).rpartition("/")[2]
    made.names["member"] = member_key(guarded.email)
    create_token(sara, "demo", "گزارش ماهانه", can_write=False, expires_at=None, by=by)


def _signed_in(email: str) -> Any:
    """Return the cookies of a browser that signed in with address and password."""
    from django.test import Client

    client = Client(SERVER_NAME="127.0.0.1")
    client.post("/sign-in", {"email": email, "password": PASSWORD})
    return client.cookies


def freshen() -> None:
    """Let sessions be as fresh as just made: some pages ask again after a quarter of an hour."""
    from django.contrib.sessions.backends.db import SessionStore
    from django.contrib.sessions.models import Session
    from django.utils import timezone

    now = timezone.now().timestamp()
    for key in Session.objects.values_list("session_key", flat=True):
        session = SessionStore(key)
        if "proved_at" in session:
            session["proved_at"] = now
        if "half_signed_in" in session:
            session["half_signed_in"] = {**session["half_signed_in"], "at": now}
        session.save()


def _customers(made: Furnished) -> None:
    """Choose a customer and an event to look at, and leave an erasure with its proof."""
    from safar.doors.web.audit.actor import Actor
    from safar.doors.web.customers.services import ask_to_erase
    from safar.doors.web.events.page import event_href
    from safar.doors.web.homes import current_home
    from safar.doors.web.members.models import Member
    from safar.doors.web.work.worker import Worker
    from safar.observe.events import EventsQuestion, events

    workspace, log = current_home().workspace("demo"), current_home().log("demo")
    busiest = log.sql(
        "select customer_id from events group by 1 order by count(*) desc, customer_id limit 2"
    ).rows()
    made.names["customer"] = str(busiest[0][0])
    by = Actor("member", Member.objects.get(email=READERS["fa"][0]))
    erasure = ask_to_erase(workspace, str(busiest[1][0]), by=by)
    Worker().run_waiting()
    made.names["erasure"] = str(erasure.erasure_id)
    order = events(log, EventsQuestion(names=("order_placed",), limit=1)).events[0]
    made.names["event"] = event_href(workspace, order).partition("?of=")[2]


def _personas(made: Furnished) -> None:
    """Leave what a demo shows, a quote of a persona, and a search for groups in each of its states."""
    from safar.doors.web.audit.actor import Actor
    from safar.doors.web.homes import current_home
    from safar.doors.web.members.models import Member
    from safar.doors.web.offering.queries import actions_of
    from safar.doors.web.personas import services
    from safar.doors.web.personas.drafting import Asked
    from safar.doors.web.personas.queries import personas_of, run_of
    from safar.doors.web.showcase import furnish_showcase
    from safar.doors.web.work.worker import Worker

    workspace = current_home().workspace("demo")
    by = Actor("member", Member.objects.get(email=READERS["fa"][0]))
    furnish_showcase(workspace, "fa")
    mina = personas_of(workspace)[0]
    made.names["persona"] = mina.public_id
    made.names["action"] = actions_of(workspace)[0].public_id
    services.quote(workspace, mina.public_id, "کالا با عکسش فرق داشت.", unquote(made.names["event"]), by=by)
    made.names["drafts"] = services.look_for_drafts(workspace, Asked(), by=by)
    Worker().run_waiting()
    made.names["drafting"] = services.look_for_drafts(workspace, Asked(days=30), by=by)
    looking = run_of(workspace, made.names["drafting"])
    assert looking is not None
    assert looking.work is not None
    _hold(looking.work.work_id, done=0, note="")


def _comments(made: Furnished) -> None:
    """Label what customers wrote; a topic by hand, a corrected comment, topics that wait to be looked at."""
    from safar.doors.web.audit.actor import SYSTEM, Actor
    from safar.doors.web.comments import assigning, services, topic_services
    from safar.doors.web.comments.models import Book, Comment, Proposal, Topic
    from safar.doors.web.homes import current_home
    from safar.doors.web.members.models import Member
    from safar.listen.text.topic_document import Topics

    demo = current_home().workspace("demo")
    services.catch_up(demo)
    by = Actor("member", Member.objects.get(email=READERS["fa"][0]))
    delivery = {"fa": "ارسال و پیک", "ar": "التوصيل", "en": "Delivery"}
    words = ["ارسال", "پیک", "رسید", "توصيل", "وصل", "المندوب", "delivery", "courier"]
    made.names["topic"] = topic_services.add(demo, delivery, words, by=by)
    old = topic_services.add(demo, {"en": "Old shop"}, ["shop", "متجر"], by=by)
    topic_services.archive(demo, old, by=SYSTEM)
    assigning.assign("demo", lambda *_: None)
    topic = Topic.objects.get(public_id=made.names["topic"])
    about = Comment.objects.filter(about__topic=topic).order_by("pk")
    comment = about.first() or Comment.objects.order_by("pk")[0]
    made.names["comment"] = str(comment.pk)
    services.correct(demo, comment.pk, by=by, sentiment=1 if comment.sentiment < 0 else -1, kind="request")
    for other in Comment.objects.exclude(pk=comment.pk).order_by("pk")[:6]:
        services.correct(demo, other.pk, by=by, sentiment=other.sentiment, kind=other.kind)
    proposal = Proposal.objects.create(book=Book.objects.get(workspace_id="demo"))
    found = Topics().add("قیمت · ارزان", ["قیمت", "ارزان", "السعر"]).add("بسته · سالم", ["بسته", "سالم"])
    topic_services.keep_proposal(str(proposal.public_id), found, {"t1": [12, 3], "t2": [8, 5]}, 60)
    made.names["proposal"] = str(proposal.public_id)


def _surveys(made: Furnished) -> None:
    """Leave a published survey whose draft has changes and faults, and an archived one."""
    from msgspec.structs import replace

    from safar.doors.web.audit.actor import Actor
    from safar.doors.web.homes import current_home
    from safar.doors.web.members.models import Member
    from safar.doors.web.surveys import queries, services
    from safar.listen.questionnaire.anatomy import Jump
    from safar.listen.questionnaire.questions import Choice, Single
    from safar.listen.questionnaire.templates import template

    demo = current_home().workspace("demo")
    by = Actor("member", Member.objects.get(email=READERS["fa"][0]))
    made.names["survey"] = survey_id = services.create(demo, template("post_purchase"), by=by)
    services.publish(demo, survey_id, note="نخستین نسخه", by=by)
    opened = queries.survey_of(demo, survey_id)
    assert opened is not None
    draft = opened.draft
    choices = (
        Choice(choice_id="ad", words={"fa": "آگهی"}),
        Choice(choice_id="friend", words={"fa": "دوستان"}),
    )
    heard = Single(question_id="heard", title={"fa": "از کجا با ما آشنا شدید؟"}, choices=choices)
    first = replace(draft.pages[0], questions=(*draft.pages[0].questions, heard))
    wrong = (*draft.jumps, Jump(after=first.page_id, to="nowhere"))
    changed = replace(draft, pages=(first, *draft.pages[1:]), jumps=wrong)
    services.replace(demo, survey_id, changed, base=opened.revision, by=by)
    services.archive(demo, services.create(demo, template("exit"), by=by), by=by)


def _asking(made: Furnished) -> None:
    """Leave links, a round with somebody of most statuses, responses, and a file of answers that waits."""
    from safar.doors.web.answering.brought import Brought, keep_brought
    from safar.doors.web.answering.queries import responses_of
    from safar.doors.web.audit.actor import SYSTEM
    from safar.doors.web.homes import current_home
    from safar.doors.web.inviting import services
    from safar.doors.web.inviting.models import Invitation, Round
    from safar.doors.web.inviting.sending import draw
    from safar.doors.web.results.bringing import keep_file
    from safar.doors.web.surveys.queries import published
    from safar.listen.questionnaire.anatomy import Answer
    from safar.listen.questionnaire.questions import Scored, Text

    demo, survey_id, now = current_home().workspace("demo"), made.names["survey"], datetime.now(UTC)
    asked = published(demo, survey_id)
    assert asked is not None
    for kind, name in (("open", "پوستر فروشگاه"), ("kiosk", "ورودی"), ("test", "")):
        services.make_link(demo, survey_id, kind, by=SYSTEM, name=name)
    pages = ["https://shop.example"]
    widget = services.make_link(demo, survey_id, "widget", by=SYSTEM, name="فروشگاه", origins=pages)
    made.names["widget"] = widget.token
    people = tuple(f"cus-{number:07}" for number in range(30, 60))
    plan = services.RoundPlan(name="بهار", channel="sms", customer_ids=people, rate=0.9)
    made.names["round"] = services.start_round(demo, survey_id, plan, by=SYSTEM)
    draw(demo, Round.objects.get(public_id=made.names["round"]), now)  # otherwise in the background
    rows = Invitation.objects.filter(of_round__public_id=made.names["round"]).order_by("pk")
    for row, status in zip(rows, ("waiting", "sent", "answered", "lapsed", "failed"), strict=False):
        row.status, row.token = status, row.token or f"furnished{status}"
        row.sent_at = row.told_at = now if status in {"sent", "answered", "lapsed"} else None
        row.answered_at = now if status == "answered" else None
        row.language = ""  # his page is told in the reader's
        row.save()
    made.names["asked"] = str(rows[0].token)
    brought = []
    for place in range(24):
        answers = {
            each.question_id: Answer(value=float(each.scale.points[-1 - place % len(each.scale.points)]))
            for each in asked.survey.questions
            if isinstance(each, Scored)
        }
        words = next((each for each in asked.survey.questions if isinstance(each, Text)), None)
        if words is not None and place % 3 == 0:
            answers[words.question_id] = Answer(text="بسته‌بندی خوب بود، ارسال دیر رسید.")
        at = now - timedelta(hours=place)
        brought.append(
            Brought(
                source="furnished",
                own_id=str(place),
                started_at=at - timedelta(seconds=60 + place),
                finished_at=at,
                answers=answers,
                language=("fa", "en")[place % 2],
                channel=("web", "kiosk")[place % 2],
                customer_id=people[place],
            )
        )
    keep_brought(demo, survey_id, asked.version, brought)
    made.names["response"] = responses_of(demo, survey_id).responses[0].public_id
    table = io.BytesIO("Timestamp,csat,نظر\n2026/03/21 9:30:00,5,خوب\n2026/03/22 9:30:00,نه,\n".encode())
    made.names["answers"] = keep_file(demo, asked, "answers.csv", table).file_id


def _cases(made: Furnished) -> None:
    """Name a case that is open, one that is closed, a rule; tell customers something; make a webhook that fails."""
    from safar.doors.web.audit.actor import Actor
    from safar.doors.web.cases import services, tellings
    from safar.doors.web.cases.furnishing import furnish as furnish_cases
    from safar.doors.web.cases.models import Case, RootCause, Rule
    from safar.doors.web.homes import current_home
    from safar.doors.web.hooks import models as hooks
    from safar.doors.web.hooks import services as hook_services
    from safar.doors.web.members.models import Member

    demo = current_home().workspace("demo")
    furnish_cases(demo, "fa")  # as the showcase does, where it has not
    by = Actor("member", Member.objects.get(email=READERS["fa"][0]))
    made.names["case"] = services.open_by_hand(
        demo, unquote(made.names["customer"]), "تلفن کرد؛ کالا نرسیده", by=by
    )
    Case.objects.filter(public_id=made.names["case"]).update(
        words="کالا نرسیده و کسی جواب نمی‌دهد",
        metric="csat",
        value=1,
        scale_min=1,
        scale_max=5,
        topics=["delivery"],
    )
    services.note(demo, made.names["case"], "با پیک تماس گرفتم.", mentions=[READERS["ar"][0]], by=by)
    if not Case.objects.filter(workspace_id="demo", status="closed").exists():  # of few customers
        cause = RootCause.objects.filter(workspace_id="demo").order_by("pk")[0].public_id
        heard = {"words": "دیر رسید", "metric": "csat", "value": 2, "scale_min": 1, "scale_max": 5}
        other = services.open_by_hand(
            demo, unquote(made.names["customer"]), "از پاسخ نظرسنجی", heard=heard, by=by
        )
        services.close(demo, other, services.Closing(cause, "solved", ""), version=1, by=by)
    closed = Case.objects.filter(workspace_id="demo", status="closed").order_by("pk")[0]
    made.names["case-closed"] = closed.public_id
    rule = Rule.objects.filter(workspace_id="demo").order_by("pk")[0]
    made.names["case-rule"] = rule.public_id
    text = {"fa": "بسته‌ها یک روز زودتر می‌رسند.", "en": "Parcels come a day earlier."}
    made.names["telling"] = tellings.tell(demo, "ارسال زودتر", text, tellings.Audience(days=365), by=by)
    hook = hook_services.create(demo, "https://receiver.example/safar", ["case.opened", "case.closed"], by=by)
    made.names["webhook"] = hook
    row = hooks.Webhook.objects.get(public_id=hook)
    for state, status, answer in (("delivered", 200, "ok"), ("given_up", 500, "broken"), ("waiting", 0, "")):
        hooks.Delivery.objects.create(
            webhook=row,
            message_id=f"msg_{state}",
            kind="case.opened",
            body='{"type": "case.opened"}',
            state=state,
            status=status,
            answer=answer,
            attempts=1,
            next_at=datetime.now(UTC) + timedelta(days=30),
        )


def _segments(made: Furnished) -> None:
    """Define a segment with three weeks of sizes, one that nobody is in, and leave one in the archive."""
    from safar.doors.web.audit.actor import Actor
    from safar.doors.web.homes import current_home
    from safar.doors.web.members.models import Member
    from safar.doors.web.segments import services
    from safar.doors.web.segments.models import Segment, SizeOfDay

    workspace = current_home().workspace("demo")
    by = Actor("member", Member.objects.get(email=READERS["fa"][0]))
    loyal = (
        "did order_placed >= 2 within last 365d; any (last nps >= 7; none (did order_returned)); has consent?"
    )
    made.names["segment"] = services.define(workspace, "وفاداران", loyal, by=by)
    made.names["silent-segment"] = services.define(workspace, "Nobody", "has city = nowhere", by=by)
    old = services.define(workspace, "قدیمی", "did not page within last 30d", by=by)
    services.catch_up(workspace)
    services.archive(workspace, old, by=by)
    row, today = Segment.objects.get(public_id=made.names["segment"]), datetime.now(UTC).date()
    SizeOfDay.objects.filter(segment=row).delete()
    SizeOfDay.objects.bulk_create(
        SizeOfDay(
            segment=row,
            on=today - timedelta(days=days),
            size=(row.size or 0) + 2 * days % 17,
            customers=row.customers or 0,
            value_share=row.value_share,
            entered=days % 5,
            left=days % 3,
        )
        for days in range(21)
    )


def _questions(made: Furnished) -> None:
    """Leave a saved question on Today whose number has left its interval."""
    from safar.doors.web.audit.actor import Actor
    from safar.doors.web.homes import current_home
    from safar.doors.web.journeys import services
    from safar.doors.web.journeys.metric import Metric
    from safar.doors.web.journeys.reading import read_soon
    from safar.doors.web.members.models import Member
    from safar.vocabulary.interval import share

    workspace = current_home().workspace("demo")
    by = Actor("member", Member.objects.get(email=READERS["fa"][0]))
    query = "step=page&step=product_viewed&step=order_placed"
    saved = services.save(
        workspace, "funnel", query, "از بازدید تا سفارش", "پیش از طرح تازهٔ صفحهٔ کالا", by=by
    )
    metric = Metric.of(share(420, 3000))
    assert metric is not None
    services.note_reading(saved.pk, metric, "before")
    services.pin(workspace, saved.pk, is_pinned=True, by=by)
    services.watch(workspace, saved.pk, is_watched=True, by=by)
    read_soon(workspace, saved.pk)
    made.names["saved"] = str(saved.pk)
    services.save(workspace, "flow", "pause=30m", "مسیرهای هر بازدید", "", by=by)


def _maps(made: Furnished) -> None:
    """Leave a map of the shop with a version, comments and a link, and an archived one."""
    from safar.doors.web.audit.actor import Actor
    from safar.doors.web.homes import current_home
    from safar.doors.web.maps import services
    from safar.doors.web.members.models import Member
    from safar.maps.edits import read_edits
    from safar.maps.templates import template

    workspace = current_home().workspace("demo")
    sara, ali = (
        Actor("member", Member.objects.get(email=each)) for each in (READERS["fa"][0], "ali@safar.example")
    )
    document = template("online_shop")
    made.names["map"] = services.create(workspace, document, by=sara)
    made.names["map-step"] = step = document.steps[2].step_id
    made.names["map-card"] = card = document.cards[0].card_id
    decided = "نخست تحویل را درست می‌کنیم."
    made.names["version"] = str(
        services.snapshot(workspace, made.names["map"], "پاییز", decided=decided, by=sara)
    )
    text = {"edit": "card.text", "of": card, "language": "fa", "text": "**آگهی** را در [سایت](/) می‌بیند"}
    owner = {"edit": "step.owner", "of": step, "value": "علی کریمی"}
    services.apply(workspace, made.names["map"], read_edits([text, owner]), base=1, by=sara)
    asked = services.comment(
        workspace, made.names["map"], "@ali این از کجاست؟", target=f"card/{card}", by=sara
    )
    services.comment(workspace, made.names["map"], "از نظرسنجی پاییز.", answers=asked, by=ali)
    services.share(
        workspace,
        made.names["map"],
        language="fa",
        expires_at=datetime.now(UTC) + timedelta(days=30),
        by=sara,
    )
    services.archive(workspace, services.create(workspace, template("clinic"), by=ali), by=ali)
    new = current_home().workspace("new")
    made.names["silent-map"] = services.create(new, document, by=sara)
    services.archive(new, made.names["silent-map"], by=sara)  # the list of maps there stays empty


def _orders(rows: int) -> str:
    """Return a small export of a shop, with two rows that cannot be read."""
    lines = ["شناسه مشتری,ردیف سفارش,تاریخ,مبلغ (تومان),شهر"]
    for n in range(rows):
        who = "" if n == rows // 10 else f"m{n % 17}"
        day = "31/31" if n == rows // 6 else f"1404/02/{n % 28 + 1:02} {n % 12 + 8:02}:{n * 7 % 60:02}"
        lines.append(f"{who},{n + 1001},{day},{12500 * (n % 9 + 1)},{('تهران', 'شیراز', 'مشهد')[n % 3]}")
    return "\n".join(lines)


def _imports(made: Furnished) -> None:
    """Bring an import into each of its states."""
    from safar.collect.import_record import ImportFolder, import_folder
    from safar.doors.web.audit.actor import Actor
    from safar.doors.web.homes import current_home
    from safar.doors.web.imports import services
    from safar.doors.web.imports.models import FileImport
    from safar.doors.web.members.models import Member
    from safar.doors.web.work.models import Work
    from safar.doors.web.work.worker import Worker

    home, worker = current_home(), Worker()
    workspace = home.workspace("demo")
    by = Actor("member", Member.objects.get(email=READERS["fa"][0]))

    def uploaded(state: str, name: str, rows: int = 60) -> FileImport:
        import_id, arrived = services.new_place("demo")
        arrived.parent.mkdir(parents=True, exist_ok=True)
        arrived.write_text(_orders(rows), "utf-8")
        made.names[state] = import_id
        return services.receive(workspace, import_id, arrived, file_name=name, by=by)

    def kept_of(row: FileImport) -> ImportFolder:
        return import_folder(home.imports_folder("demo"), row.import_id)

    def imported(state: str, name: str) -> FileImport:
        row = services.start_import(uploaded(state, name), workspace, keeps_file=True, by=by)
        worker.run_waiting()
        return row

    imported("finished", "سفارش‌های بهار.csv")
    undone = imported("undone", "orders-2024.csv")
    services.start_undo(workspace, undone.import_id, by=by)
    worker.run_waiting()
    stopped = imported("stopped", "سفارش‌های تابستان.csv")
    report = kept_of(stopped).report_path
    told = json.loads(report.read_text("utf-8"))
    told["report"].update(state="running", finished_at=None)
    report.write_text(json.dumps(told, ensure_ascii=False), "utf-8")
    Work.objects.filter(work_id=stopped.run_work).update(status="cancelled", result=None)
    failed = imported("failed", "سفارش‌های دوتایی.csv")
    kept_of(failed).report_path.unlink()
    Work.objects.filter(work_id=failed.run_work).update(
        status="failed", result=None, error_code="import.file_gone"
    )
    services.start_trial(uploaded("tried", "مشتریان باشگاه.csv"), workspace, by=by)
    worker.run_waiting()
    trying = services.start_trial(uploaded("trying", "سفارش‌های پاییز.csv"), workspace, by=by)
    running = services.start_import(
        uploaded("running", "سفارش‌های زمستان.csv"), workspace, keeps_file=False, by=by
    )
    _hold(trying.trial_work, done=430, note="۴۳۰ سطر خوانده شد")
    _hold(running.run_work, done=610, note="۶۱٬۰۰۰ سطر خوانده شد")
    kept_of(uploaded("gone", "ناپدید.csv")).upload_path.unlink()
    uploaded("waiting", "فروش فروشگاه.csv")


def _hold(work_id: object, *, done: int, note: str) -> None:
    """Let a piece of work be under way in a process that never ends."""
    from django.utils import timezone

    from safar.doors.web.work.models import Work

    now = timezone.now()
    Work.objects.filter(work_id=work_id).update(
        status="running",
        done=done,
        total=1000,
        note=note,
        started_at=now - timedelta(seconds=40),
        leased_by="elsewhere",
        leased_until=now + timedelta(days=7),
        attempts=1,
    )


def _rest(made: Furnished) -> None:
    """Leave work in its other states, a key, a backup and checks."""
    from safar.doors.web.administration import jobs, services
    from safar.doors.web.audit.actor import Actor
    from safar.doors.web.members.models import Member
    from safar.doors.web.work import services as work
    from safar.doors.web.work.models import Work
    from safar.doors.web.work.worker import Worker

    worker = Worker()
    by = Actor("member", Member.objects.get(email=READERS["fa"][0]))
    key, _secret = services.create_key("demo", by=by, name="وب‌سایت", channel="web")
    made.names["key"] = key.key_id
    work.start(jobs.make_backup, by=by, member_id=by.member.pk if by.member else 0)
    work.start(jobs.check_home, by=by)
    worker.run_waiting()

    def check() -> Work:
        return work.start(jobs.check_log, by=by, workspace_id="demo")

    made.names["work-failed"] = str(_in_state(check, "failed", error_code="work.defect").work_id)
    _in_state(check, "cancelled")
    done = check()
    worker.run_waiting()
    made.names["work-done"] = str(done.work_id)
    under_way = check()
    _hold(under_way.work_id, done=300, note="")
    made.names["work-running"] = str(under_way.work_id)
    ending = check()
    _hold(ending.work_id, done=700, note="")
    Work.objects.filter(pk=ending.pk).update(cancel_asked_at=ending.asked_at)
    later = datetime.now(UTC) + timedelta(days=7)
    waiting = work.start(jobs.check_log, by=by, workspace_id="demo", not_before=later)
    made.names["work-waiting"] = str(waiting.work_id)
    _files_of_answers(made, by, worker)
    from safar.doors.web.administration.backups import backups

    made.names["backup"] = backups()[0].name


def _files_of_answers(made: Furnished, by: Any, worker: Any) -> None:
    """Leave a file of answers that is being written, and one that is offered."""
    from safar.doors.web.results.jobs import make_file
    from safar.doors.web.work import services as work

    def begin(number: int) -> Any:
        return work.start(
            make_file,
            by=by,
            workspace_id="demo",
            title="answers.csv",
            survey_id=made.names["survey"],
            file_id=f"{number:016x}",
            form="csv",
            in_words=True,
            language="fa",
            time_zone="Asia/Tehran",
            direction="rtl",
            wanted={},
        )

    written = begin(1)
    worker.run_waiting()
    made.names["file-written"] = str(written.work_id)
    under_way = begin(2)
    _hold(under_way.work_id, done=300, note="")
    made.names["file-under-way"] = str(under_way.work_id)


def _in_state(start: Callable[[], Any], status: str, *, error_code: str = "") -> Any:
    from django.utils import timezone

    from safar.doors.web.work.models import Work

    started, now = start(), timezone.now()
    Work.objects.filter(pk=started.pk).update(
        status=status, started_at=now - timedelta(seconds=5), finished_at=now, error_code=error_code
    )
    return started


def _damage(log: Path) -> None:
    """Leave a log that cannot be read."""
    log.mkdir()
    (log / "manifest.sqlite").write_bytes(b"no database" * 100)


def main() -> None:
    """Make a home in the folder that was named."""
    made = furnish(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else "small")
    print(json.dumps(asdict(made)))


if __name__ == "__main__":
    main()
