"""Links to surveys: made, ended, drawn as a QR code, and when a widget appears on pages of a site."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from django.http import HttpResponse
from ninja import Path, Query, Router, Schema
from ninja.responses import Status
from pydantic import AwareDatetime, Field

from safar.doors.web.inviting import queries, services
from safar.doors.web.inviting.codes import MEDIA, qr_code
from safar.doors.web.inviting.errors import UnknownLink, WidgetRefused
from safar.doors.web.inviting.sending import address_of_link
from safar.doors.web.inviting.widget_rules import Appears, read_rules, told_rules
from safar.doors.web.members.policies import Capability

from .asking import SurveyId, check_survey_is_here
from .credentials import ApiRequest, Token
from .once import IdempotencyKey, once
from .shapes import Body, Page, Texts

router = Router(tags=["Asking"])
_SEE: Final = Token(Capability.SEE_NUMBERS)
_SEND: Final = Token(Capability.SEND_SURVEYS)
LinkToken = Annotated[str, Path(max_length=24)]


class WidgetRules(Body):
    """When a survey appears on pages of a site."""

    look: Literal["pop_over", "inline"] = Field(
        default="pop_over", description="In a corner over the page, or where the page has a place for it."
    )
    corner: Literal["end", "start"] = "end"
    pages: Annotated[list[Annotated[str, Field(max_length=300)]], Field(max_length=50)] = Field(
        default=[],
        description="Paths that begin with a slash; `*` stands for anything. Any page without one.",
    )
    trigger: Literal["page", "event", "exit"] = Field(
        default="page", description="Opening a page, an event, or the pointer leaving for the browser's bar."
    )
    event_name: Annotated[str, Field(max_length=200)] = ""
    delay_seconds: Annotated[int, Field(ge=0, le=600)] = 0
    segment_id: Annotated[str, Field(max_length=16)] = Field(
        default="", description="Only visitors who are in this segment."
    )
    share: Annotated[float, Field(gt=0, le=1)] = Field(
        default=1.0, description="Of visitors, the same ones each time."
    )
    again_after_days: Annotated[int, Field(ge=1, le=3_650)] | None = Field(
        default=None, description="May be shown to the same visitor again so long after; never when null."
    )

    def told(self) -> dict[str, Any]:
        """Return the rules as a link keeps them."""
        return self.model_dump()


class WidgetChange(Body):
    """On which sites a survey appears, and when."""

    origins: Annotated[list[Annotated[str, Field(max_length=300)]], Field(max_length=50)]
    appears: WidgetRules = Field(default_factory=WidgetRules)


class LinkShape(Schema):
    """A link to a survey."""

    token: str
    address: str = Field(
        description="Where it is answered; its path alone where nobody said what we are called."
    )
    kind: str = Field(description="`open`, `widget`, `kiosk` or `test`.")
    name: str
    channel: str
    language: str = Field(description="Empty: that of the respondent.")
    hidden: dict[str, str] = Field(description="Hidden fields that the address cannot change.")
    origins: list[str] = Field(description="Origins of pages that may show it.")
    appears: WidgetRules | None = Field(description="Of a widget: when it appears there; null for others.")
    closes_at: AwareDatetime | None
    why: str = Field(description="Why it cannot be answered: empty, `closed` or `over`.")


class NewLink(Body):
    """A link to make."""

    kind: Literal["open", "widget", "kiosk", "test"] = "open"
    name: Annotated[str, Field(max_length=120)] = ""
    channel: Annotated[str, Field(min_length=1, max_length=32)] = "web"
    language: Annotated[str, Field(max_length=16)] = ""
    hidden: Texts = Field(default_factory=dict)
    origins: list[str] = Field(default_factory=list, max_length=50)
    appears: WidgetRules | None = Field(default=None, description="Of a widget: when it appears.")
    closes_at: AwareDatetime | None = None


class LinkChange(Body):
    """Whether a link is ended."""

    is_closed: bool


@router.get("surveys/{survey_id}/links", auth=_SEE, response=Page[LinkShape])
def list_links(request: ApiRequest, survey_id: SurveyId) -> Page[LinkShape]:
    """List the links of a survey, oldest first: all on one page."""
    check_survey_is_here(request, survey_id)
    found = queries.links_of(request.auth.workspace, survey_id)
    return Page(items=[_link(each) for each in found], next=None)


@router.post("surveys/{survey_id}/links", auth=_SEND, response={201: LinkShape})
def make_link(
    request: ApiRequest, survey_id: SurveyId, new: NewLink, idempotency_key: IdempotencyKey = ""
) -> Status[LinkShape]:
    """Make a link to a survey."""
    check_survey_is_here(request, survey_id)
    caller = request.auth

    def make() -> LinkShape:
        return _link(
            services.make_link(
                caller.workspace,
                survey_id,
                new.kind,
                by=caller.actor,
                name=new.name,
                channel=new.channel,
                language=new.language,
                hidden=new.hidden,
                origins=new.origins,
                appears=None if new.appears is None else new.appears.told(),
                closes_at=new.closes_at,
            )
        )

    return Status(201, once(request, idempotency_key, make, shape=LinkShape))


@router.patch("surveys/{survey_id}/links/{token}", auth=_SEND, response=LinkShape)
def change_link(request: ApiRequest, survey_id: SurveyId, token: LinkToken, change: LinkChange) -> LinkShape:
    """End a link, or let it work again."""
    _found(request, survey_id, token)
    services.close_link(request.auth.workspace, token, is_closed=change.is_closed, by=request.auth.actor)
    return _link(_found(request, survey_id, token))


@router.put("surveys/{survey_id}/links/{token}/appears", auth=_SEND, response=LinkShape)
def change_widget(
    request: ApiRequest, survey_id: SurveyId, token: LinkToken, change: WidgetChange
) -> LinkShape:
    """Say on which sites a widget appears, when and to whom; pages of the site follow within a minute."""
    _found(request, survey_id, token)
    services.change_widget(
        request.auth.workspace,
        token,
        origins=change.origins,
        appears=change.appears.told(),
        by=request.auth.actor,
    )
    return _link(_found(request, survey_id, token))


@router.get(
    "surveys/{survey_id}/links/{token}/qr",
    auth=_SEE,
    openapi_extra={
        "responses": {
            200: {
                "description": "The code to print.",
                "content": {
                    media: {"schema": {"type": "string", "format": "binary"}} for media in MEDIA.values()
                },
            }
        }
    },
)
def draw_link(
    request: ApiRequest,
    survey_id: SurveyId,
    token: LinkToken,
    form: Annotated[Literal["svg", "png"], Query(description="A drawing, or a picture.")] = "svg",
) -> HttpResponse:
    """Return a link as a QR code that is still read with a quarter of it dirty."""
    address = request.build_absolute_uri(address_of_link(_found(request, survey_id, token)))
    return HttpResponse(qr_code(address, form), content_type=MEDIA[form])


def _found(request: ApiRequest, survey_id: str, token: str) -> queries.LinkFacts:
    check_survey_is_here(request, survey_id)
    for each in queries.links_of(request.auth.workspace, survey_id):
        if each.token == token:
            return each
    raise UnknownLink("There is no such link here.", hint="List the links of the survey.")


def _link(facts: queries.LinkFacts) -> LinkShape:
    return LinkShape(
        token=facts.token,
        address=address_of_link(facts),
        kind=facts.kind,
        name=facts.name,
        channel=facts.channel,
        language=facts.language,
        hidden=dict(facts.hidden),
        origins=list(facts.origins),
        appears=_rules(facts) if facts.kind == "widget" else None,
        closes_at=facts.closes_at,
        why=facts.why,
    )


def _rules(facts: queries.LinkFacts) -> WidgetRules:
    try:
        rules = read_rules(facts.appears)
    except WidgetRefused:  # kept by a program that knew other rules
        rules = Appears()
    return WidgetRules(**told_rules(rules))
