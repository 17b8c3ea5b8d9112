"""Two companies on one installation, each full of words that the other must never read."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

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
    from django.utils import timezone  # noqa: PLC0415 - Django is configured by the home

    from safar.doors.web.administration.services import create_key, revoke_key  # noqa: PLC0415
    from safar.doors.web.audit.actor import Actor  # noqa: PLC0415
    from safar.doors.web.members.models import ApiToken  # noqa: PLC0415
    from safar.doors.web.members.services import add_member, invite  # noqa: PLC0415
    from safar.doors.web.members.tokens import create_token, revoke_token  # noqa: PLC0415
    from safar.doors.web.work.models import Status, Work  # noqa: PLC0415

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
    from safar.doors.web.imports.services import new_place, receive  # noqa: PLC0415

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
        "token_id": str(ApiToken.objects.filter(member=members["owner"], revoked_at=None).first().pk),
        "customer_id": f"{word}-customer",
    }
    return Company(word, workspace, members, secrets, ids, {"revoked": revoked, "expired": expired})


def _erasure(place: str, member: Any, word: str) -> object:
    from safar.doors.web.customers.models import Erasure  # noqa: PLC0415

    return Erasure.objects.create(
        workspace_id=place, customer_id=f"{word}-gone", digest=f"{word.lower()}digest", asked_by=member
    ).erasure_id


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
    ]
    with home.log(place).writer() as writer:
        writer.append(together(*events))
        writer.sync()


def state_of(home: Home, company: Company) -> dict[str, object]:
    """Return everything of a company that a foreign request could have changed, as digests and rows."""
    from safar.doors.web.audit.models import Change  # noqa: PLC0415
    from safar.doors.web.imports.models import FileImport  # noqa: PLC0415
    from safar.doors.web.members.models import ApiToken, Invitation, Member, Membership  # noqa: PLC0415
    from safar.doors.web.work.models import Work  # noqa: PLC0415

    place = company.place
    rows = {
        "memberships": list(Membership.objects.filter(workspace_id=place).order_by("pk").values()),
        "invitations": list(Invitation.objects.filter(workspace_id=place).order_by("pk").values()),
        "work": list(Work.objects.filter(workspace_id=place).order_by("pk").values()),
        "imports": list(FileImport.objects.filter(workspace_id=place).order_by("pk").values()),
        "files": sorted(str(path) for path in home.imports_folder(place).rglob("*")),
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


def mentions(body: bytes, company: Company) -> bool:
    """Whether an answer holds the company's word, in letters of any case, percent-encoded or in base64."""
    word = company.word.encode()
    lowered = body.lower()
    packed = {base64.b64encode(b"x" * shift + word)[4:-4] for shift in range(3)}
    digest = hashlib.sha256(company.ids["customer_id"].encode()).hexdigest().encode()
    return word.lower() in lowered or digest in lowered or any(each and each in body for each in packed)
