"""Ways: what the checks say of them holds of every survey and of every respondent."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from respondents import Respondent, surveys
from safar.listen.questionnaire.anatomy import Survey
from safar.listen.questionnaire.checks import check
from safar.listen.questionnaire.findings import errors


@given(surveys(), st.integers(0, 2**20))
@settings(max_examples=60)
def test_where_the_checks_find_no_error_every_respondent_reaches_an_ending(survey: Survey, seed: int) -> None:
    if errors(check(survey)):
        return
    for number in range(8):
        respondent = Respondent(survey, seed + number)
        assert respondent.goes()


@given(surveys(), st.integers(0, 2**20))
@settings(max_examples=60)
def test_what_is_called_out_of_reach_is_reached_by_nobody(survey: Survey, seed: int) -> None:
    found = check(survey)
    pages = {str(each.facts["page"]) for each in found if each.code == "page.unreachable"}
    questions = {str(each.facts["question"]) for each in found if each.code == "question.unreachable"}
    jumps = {int(each.path[6:-1]) for each in found if each.code == "jump.never"}
    if not pages | questions | jumps:
        return
    for number in range(40):
        respondent = Respondent(survey, seed + number)
        respondent.goes(most=30)
        assert not respondent.seen_pages & pages
        assert not respondent.seen_questions & questions
        assert not respondent.jumps & jumps
