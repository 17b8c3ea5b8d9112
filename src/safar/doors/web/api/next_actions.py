"""What to do for one customer next: chosen under rules and by chance, and written into the log before it is told."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from ninja import Router, Schema
from pydantic import AwareDatetime, Field

from safar.act.decisions import NOTHING
from safar.doors.web.customers.errors import UnknownCustomer
from safar.doors.web.customers.services import is_known
from safar.doors.web.members.policies import Capability
from safar.doors.web.offering.queries import actions_of
from safar.doors.web.offering.services import Chosen, decide

from .credentials import ApiRequest, Token
from .customers import CustomerId
from .once import IdempotencyKey, once
from .shapes import Body

router = Router(tags=["Customers"])


class ActionAsked(Body):
    """For where it is asked."""

    channel: Annotated[
        str, Field(max_length=60, description="Only actions of this channel; of all when empty.")
    ] = ""


class ActionShape(Schema):
    """Something that can be done for a customer."""

    key: str = Field(description="What events and programs name it by.")
    name: dict[str, str] = Field(description="By language.")
    kind: str = Field(description="`message`, `offer` or `call`.")
    channel: str
    state: str = Field(description="`on`, `paused` or `archived`.")


class ChosenShape(Schema):
    """What was chosen, among what, and with which chances."""

    decision_id: UUID = Field(description="Of the event `action_decided` in the log.")
    decided_at: AwareDatetime
    action: str = Field(description="Key of the action; `nothing` for doing nothing.")
    name: dict[str, str] = Field(description="Of the action, by language; empty for `nothing`.")
    kind: str
    channel: str
    probability: float = Field(description="The chance that it had.")
    probabilities: dict[str, float] = Field(description="The chances of all that was allowed, together 1.")
    withheld: dict[str, str] = Field(
        description="What was not allowed, with the rule: `no_consent`, `too_often`, `too_often_in_all`,"
        " `not_in_segment`, `not_now` or `other_channel`."
    )
    policy: str = Field(description="What chose: a name and how often it has learnt.")


@router.post(
    "customers/{customer_id}/next-action", auth=Token(Capability.SEE_CUSTOMERS), response=ChosenShape
)
def next_action(
    request: ApiRequest, customer_id: CustomerId, asked: ActionAsked, idempotency_key: IdempotencyKey = ""
) -> ChosenShape:
    """Choose what to do for a customer now. The decision is in the log when this answers; doing it is the caller's.

    A customer of whom there is no event yet is not known here.
    """
    if not is_known(request.auth.workspace, customer_id):
        raise UnknownCustomer("There is no such customer here.", hint="Send an event of the customer first.")
    return once(
        request,
        idempotency_key,
        lambda: _shape(decide(request.auth.workspace, customer_id, channel=asked.channel)),
        shape=ChosenShape,
    )


@router.get("actions", auth=Token(Capability.SEE_NUMBERS), response=list[ActionShape])
def actions(request: ApiRequest, archived: bool = False) -> list[ActionShape]:
    """Return what can be done for customers."""
    return [
        ActionShape(
            key=each.key, name=dict(each.name), kind=each.kind, channel=each.channel, state=each.state
        )
        for each in actions_of(request.auth.workspace, archived=archived)
    ]


def _shape(chosen: Chosen) -> ChosenShape:
    decision, action = chosen.decision, chosen.action
    return ChosenShape(
        decision_id=chosen.decision_id,
        decided_at=decision.decided_at,
        action=decision.action,
        name={} if action is None else dict(action.name),
        kind=NOTHING if action is None else action.kind,
        channel="" if action is None else action.channel,
        probability=decision.probability,
        probabilities=dict(decision.probabilities),
        withheld=dict(decision.withheld),
        policy=decision.policy,
    )
