"""What a survey found: counts, shares and means of its questions."""

from __future__ import annotations

from typing import Annotated, Final

from ninja import Path, Query, Router, Schema
from pydantic import AwareDatetime, Field

from safar.doors.web.members.policies import Capability
from safar.doors.web.results.queries import Wanted, results
from safar.doors.web.surveys.errors import UnknownSurvey
from safar.listen.questionnaire.tally import QuestionTally

from .credentials import ApiRequest, Token
from .shapes import EstimateShape, estimate

router = Router(tags=["Surveys"])
_SEE: Final = Token(Capability.SEE_NUMBERS)
SurveyId = Annotated[str, Path(max_length=16)]


class CountShape(Schema):
    """How often one thing was chosen."""

    choice: str = Field(description="The id of a choice, or the point of a scale.")
    row: str = Field(description="The row of a table; empty elsewhere.")
    count: int
    share: EstimateShape | None = Field(description="Of those who answered the question, or the row; Wilson.")


class MeanShape(Schema):
    """The mean of a scale, a row, a rank or a part."""

    row: str
    n: int
    mean: EstimateShape | None


class QuestionShape(Schema):
    """What was answered to one question."""

    question_id: str
    question_key: str
    kind: str = Field(description="What the events of its answers call the metric.")
    title: dict[str, str]
    answered: int
    not_applicable: int
    counts: list[CountShape]
    means: list[MeanShape]


class SurveyResults(Schema):
    """What the newest responses say."""

    survey_id: str
    responses: int = Field(description="Responses that are counted here.")
    read: int = Field(description="All responses that ended.")
    states: dict[str, int]
    marks: dict[str, int] = Field(description="Responses by marks of quality.")
    typical_seconds: float | None
    first_at: AwareDatetime | None
    last_at: AwareDatetime | None
    is_hidden: bool = Field(description="Fewer responses than the survey's least cell: nothing is told.")
    questions: list[QuestionShape]


@router.get("surveys/{survey_id}/results", auth=_SEE, response=SurveyResults)
def survey_results(  # noqa: PLR0917 - what the address and its query name
    request: ApiRequest,
    survey_id: SurveyId,
    language: Annotated[str, Query(max_length=16, description="Only responses in this language.")] = "",
    channel: Annotated[str, Query(max_length=32, description="Only responses of this channel.")] = "",
    version: Annotated[int, Query(ge=0, le=100_000, description="Only responses to this version.")] = 0,
    everything: Annotated[bool, Query(description="Those given up as well.")] = False,
    without: Annotated[list[str] | None, Query(max_length=10, description="Leave out these marks.")] = None,
) -> SurveyResults:
    """Tell what a survey found so far."""
    wanted = Wanted(language, channel, version, not everything, tuple(sorted(set(without or ()))))
    found = results(request.auth.workspace, survey_id, wanted)
    if found is None:
        raise UnknownSurvey("There is no published survey of this id here.", hint="List the surveys.")
    return SurveyResults(
        survey_id=survey_id,
        responses=found.found.responses,
        read=found.read,
        states=dict(found.states),
        marks=dict(found.marks),
        typical_seconds=None if found.found.is_hidden else found.typical_seconds,
        first_at=found.first_at,
        last_at=found.last_at,
        is_hidden=found.found.is_hidden,
        questions=[_question(each) for each in found.found.questions],
    )


def _question(found: QuestionTally) -> QuestionShape:
    question = found.question
    return QuestionShape(
        question_id=question.question_id,
        question_key=question.question_key,
        kind=question.metric,
        title=dict(question.title),
        answered=found.answered,
        not_applicable=found.not_applicable,
        counts=[
            CountShape(choice=each.choice, row=each.row, count=each.count, share=estimate(each.estimate))
            for each in found.counts
        ],
        means=[MeanShape(row=each.row, n=each.n, mean=estimate(each.estimate)) for each in found.means],
    )
