"""Surveys that are kept: written by several members, published as versions that never change, closed, put away."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from msgspec.structs import replace

from later import Later
from safar.listen.questionnaire.anatomy import Page, Survey
from safar.listen.questionnaire.questions import Choice, Csat, Rating
from surveys_of_tests import a_survey

services = Later("safar.doors.web.surveys.services")
queries = Later("safar.doors.web.surveys.queries")
errors = Later("safar.doors.web.surveys.errors")
models = Later("safar.doors.web.surveys.models")
audit = Later("safar.doors.web.audit.models")
actors = Later("safar.doors.web.audit.actor")
members = Later("safar.doors.web.members.services")
personas = Later("safar.doors.web.personas.errors")

PNG = (
    b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + (7).to_bytes(4, "big") + (5).to_bytes(4, "big") + bytes(40)
)


def reworded(survey: Survey, question_id: str, **fields) -> Survey:
    """Return the survey with one question changed."""
    pages = tuple(
        replace(
            page,
            questions=tuple(
                replace(each, **fields) if each.question_id == question_id else each
                for each in page.questions
            ),
        )
        for page in survey.pages
    )
    return replace(survey, pages=pages)


@pytest.fixture
def team(shop):
    """Two members of the shop, and the survey that the first of them wrote."""

    def member(name: str):
        added = members.add_member(f"{name}@example.com", name.title(), "en", shop.workspace_id, "manager")
        return actors.Actor("member", added)

    sara, omid = member("sara"), member("omid")
    made = services.create(shop, a_survey(), by=sara)
    return SimpleNamespace(shop=shop, sara=sara, omid=omid, survey_id=made)


def opened(team):
    return queries.survey_of(team.shop, team.survey_id)


def change(team, survey: Survey, *, base: int, by=None):
    return services.replace(team.shop, team.survey_id, survey, base=base, by=by or team.sara)


def actions() -> list[str]:
    rows = audit.Change.objects.filter(action__startswith="survey.").order_by("pk")
    return list(rows.values_list("action", flat=True))


# ---- writing


def test_a_survey_is_listed_as_it_was_begun(team) -> None:
    (facts,) = queries.surveys_of(team.shop)
    assert (facts.public_id, facts.name, facts.key) == (team.survey_id, {"en": "Relation"}, "relational")
    assert (facts.state, facts.version, facts.question_count, facts.has_changes) == ("draft", 0, 3, True)
    assert (opened(team).draft, opened(team).revision) == (a_survey(), 1)
    assert queries.published(team.shop, team.survey_id) is None
    assert actions() == ["survey.created"]


def test_a_taken_key_gets_a_number(team) -> None:
    made = services.create(team.shop, a_survey(), by=team.sara)
    assert queries.survey_of(team.shop, made).facts.key == "relational-2"
    with pytest.raises(errors.KeyStays):
        change(team, a_survey(key="relational-2"), base=1)
    assert opened(team).revision == 1


def test_two_members_change_different_parts_at_once(team) -> None:
    change(team, reworded(a_survey(), "nps", title={"en": "Would you recommend us?"}), base=1)
    heard = a_survey().question("heard")
    more = (*heard.choices, Choice(choice_id="map", words={"en": "A map"}))
    applied = change(team, reworded(a_survey(), "heard", choices=more), base=1, by=team.omid)
    assert applied.revision == 3
    assert applied.survey.question("nps").title == {"en": "Would you recommend us?"}
    assert [each.choice_id for each in applied.survey.question("heard").choices] == ["ad", "friend", "map"]


def test_a_question_moves_while_its_words_change(team) -> None:
    first, second = a_survey().pages
    moved = (
        replace(first, questions=first.questions[:1]),
        replace(second, questions=(*second.questions, first.questions[1])),
    )
    change(team, a_survey(pages=moved), base=1)
    applied = change(team, reworded(a_survey(), "why", title={"en": "Why so?"}), base=1, by=team.omid)
    assert [each.question_id for each in applied.survey.pages[1].questions] == ["heard", "why"]
    assert applied.survey.question("why").title == {"en": "Why so?"}


def test_the_second_of_two_who_change_the_same_loses_nothing(team) -> None:
    change(team, reworded(a_survey(), "nps", title={"en": "Mine"}), base=1)
    theirs = reworded(a_survey(), "nps", title={"en": "Theirs", "fa": "تازه"})
    with pytest.raises(errors.SurveyConflict) as refused:
        change(team, theirs, base=1, by=team.omid)
    (conflict,) = refused.value.conflicts
    assert (conflict.path, conflict.mine, conflict.theirs) == ("questions/nps/title/en", "Theirs", "Mine")
    assert opened(team).revision == refused.value.revision == 2
    change(team, theirs, base=2, by=team.omid)
    assert opened(team).draft.question("nps").title == {"en": "Theirs", "fa": "تازه"}


def test_what_one_removed_and_another_changed_is_a_conflict(team) -> None:
    first, second = a_survey().pages
    change(team, a_survey(pages=(replace(first, questions=first.questions[:1]), second)), base=1)
    with pytest.raises(errors.SurveyConflict) as refused:
        change(team, reworded(a_survey(), "why", is_long=True), base=1, by=team.omid)
    assert [(each.path, each.theirs) for each in refused.value.conflicts] == [("questions/why", None)]


def test_a_question_that_became_another_kind_is_no_half_of_both(team) -> None:
    first, second = a_survey().pages
    other = Rating(question_id="nps", key="stars", title={"en": "How likely?"})
    change(team, a_survey(pages=(replace(first, questions=(other, first.questions[1])), second)), base=1)
    with pytest.raises(errors.SurveyConflict) as refused:
        change(team, reworded(a_survey(), "nps", low_words={"en": "No"}), base=1, by=team.omid)
    assert [each.path for each in refused.value.conflicts] == ["questions/nps"]


def test_undoing_takes_back_mine_and_leaves_theirs(team) -> None:
    change(team, reworded(a_survey(), "nps", title={"en": "Mine"}), base=1)
    change(team, reworded(a_survey(), "why", title={"en": "Theirs"}), base=1, by=team.omid)
    draft = services.undo(team.shop, team.survey_id, by=team.sara).survey
    assert (draft.question("nps").title, draft.question("why").title) == (
        {"en": "How likely?"},
        {"en": "Theirs"},
    )
    with pytest.raises(errors.NothingToUndo):
        services.undo(team.shop, team.survey_id, by=team.sara)


def test_what_was_undone_is_done_again_until_something_else_is_changed(team) -> None:
    def titles() -> tuple[str, str]:
        draft = opened(team).draft
        return draft.question("nps").title["en"], draft.question("why").title["en"]

    def turn(verb) -> tuple[str, str]:
        verb(team.shop, team.survey_id, by=team.sara)
        return titles()

    first = change(team, reworded(a_survey(), "nps", title={"en": "One"}), base=1)
    change(team, reworded(first.survey, "why", title={"en": "Two"}), base=first.revision)
    with pytest.raises(errors.NothingToUndo):
        services.redo(team.shop, team.survey_id, by=team.sara)
    assert turn(services.undo) == ("One", "Why?")
    assert turn(services.undo) == ("How likely?", "Why?")
    assert turn(services.redo) == ("One", "Why?")
    assert turn(services.undo) == ("How likely?", "Why?")
    assert turn(services.redo) == ("One", "Why?")
    assert turn(services.redo) == ("One", "Two")
    assert turn(services.undo) == ("One", "Why?")
    now = opened(team)
    change(team, reworded(now.draft, "heard", title={"en": "Three"}), base=now.revision)
    with pytest.raises(errors.NothingToUndo):
        services.redo(team.shop, team.survey_id, by=team.sara)
    assert titles() == ("One", "Why?")


def test_a_page_that_was_open_for_too_long_is_told_so(team) -> None:
    with pytest.raises(errors.BaseUnknown):
        change(team, a_survey(name={"en": "Other"}), base=9)
    assert opened(team).revision == 1


# ---- publishing


def test_a_published_version_never_changes(team) -> None:
    assert services.publish(team.shop, team.survey_id, note=" first ", by=team.sara) == 1
    change(team, reworded(a_survey(), "nps", title={"en": "Otherwise"}), base=1)
    assert queries.published(team.shop, team.survey_id).survey == a_survey()
    assert opened(team).facts.has_changes is True
    assert services.publish(team.shop, team.survey_id, by=team.sara) == 2
    assert queries.published(team.shop, team.survey_id).survey.question("nps").title == {"en": "Otherwise"}
    assert queries.published(team.shop, team.survey_id, 1).survey == a_survey()
    assert [(each.number, each.note) for each in queries.versions_of(team.shop, team.survey_id)] == [
        (2, ""),
        (1, "first"),
    ]
    assert actions() == ["survey.created", "survey.published", "survey.edited", "survey.published"]


def test_publishing_the_same_again_makes_no_version(team) -> None:
    services.publish(team.shop, team.survey_id, by=team.sara)
    services.close(team.shop, team.survey_id, by=team.sara)
    assert queries.state_of(team.shop, team.survey_id) == "closed"
    assert services.publish(team.shop, team.survey_id, by=team.sara) == 1
    assert queries.state_of(team.shop, team.survey_id) == "open"


def test_a_draft_that_was_changed_since_it_was_looked_at_is_not_published(team) -> None:
    change(team, a_survey(name={"en": "Other"}), base=1)
    with pytest.raises(errors.SurveyConflict):
        services.publish(team.shop, team.survey_id, base=1, by=team.omid)
    assert queries.published(team.shop, team.survey_id) is None


def test_a_key_keeps_its_scale_over_all_surveys(team) -> None:
    services.publish(team.shop, team.survey_id, by=team.sara)
    other = a_survey(
        key="other",
        pages=(
            Page(page_id="p", questions=(Csat(question_id="q", key="nps", title={"en": "How satisfied?"}),)),
        ),
    )
    made = services.create(team.shop, other, by=team.sara)
    with pytest.raises(errors.SurveyNotReady) as refused:
        services.publish(team.shop, made, by=team.sara)
    (finding,) = refused.value.context["findings"]
    assert (finding["code"], finding["facts"]["key"]) == ("version.key_changed", "nps")
    assert (queries.published(team.shop, made), queries.state_of(team.shop, made)) == (None, "draft")


def test_the_key_of_a_published_survey_stays(team) -> None:
    services.publish(team.shop, team.survey_id, by=team.sara)
    with pytest.raises(errors.KeyStays):
        change(team, a_survey(key="renamed"), base=1)


def test_a_version_becomes_the_draft_again(team) -> None:
    services.publish(team.shop, team.survey_id, by=team.sara)
    change(team, a_survey(name={"en": "Other"}), base=1)
    assert services.restore(team.shop, team.survey_id, 1, by=team.sara).survey == a_survey()
    services.undo(team.shop, team.survey_id, by=team.sara)
    assert opened(team).draft.name == {"en": "Other"}


def test_keys_say_what_they_mean(team) -> None:
    services.publish(team.shop, team.survey_id, by=team.sara)
    found = {each.asked.key: (each.asked.metric, each.survey_ids) for each in queries.keys_of(team.shop)}
    mine = (team.survey_id,)
    assert found == {"heard": ("choice", mine), "nps": ("nps", mine), "why": ("text", mine)}


def test_surveys_and_questions_have_names_for_readers(team) -> None:
    assert queries.asked_names(team.shop, "en").questions == {}
    heard = reworded(a_survey(), "heard", title={"en": "Where, {{question.nps}}?", "fa": "از کجا؟"})
    change(team, replace(heard, name={"en": "Relation", "fa": "رابطه"}, languages=("en", "fa")), base=1)
    services.publish(team.shop, team.survey_id, by=team.sara)
    persian, english = (queries.asked_names(team.shop, each) for each in ("fa", "en"))
    assert (persian.survey("relational"), english.survey("relational")) == ("رابطه", "Relation")
    assert (persian.question("heard"), english.question("heard")) == ("از کجا؟", "Where, …?")
    assert (persian.survey("elsewhere"), persian.question("csat")) == ("elsewhere", "csat")


# ---- keeping


def test_a_draft_is_neither_closed_nor_opened(team) -> None:
    for verb in (services.close, services.reopen):
        with pytest.raises(errors.NotPublished):
            verb(team.shop, team.survey_id, by=team.sara)


def test_an_archived_survey_is_closed_and_read_alone(team) -> None:
    services.publish(team.shop, team.survey_id, by=team.sara)
    services.archive(team.shop, team.survey_id, by=team.sara)
    assert queries.surveys_of(team.shop) == ()
    assert [each.state for each in queries.surveys_of(team.shop, archived=True)] == ["closed"]
    with pytest.raises(errors.SurveyArchived):
        change(team, a_survey(name={"en": "Other"}), base=1)
    services.archive(team.shop, team.survey_id, is_archived=False, by=team.sara)
    assert actions()[-2:] == ["survey.archived", "survey.unarchived"]


def test_a_picture_is_kept_once_and_goes_along_with_a_copy(team) -> None:
    picture = services.keep_picture(team.shop, team.survey_id, PNG, by=team.sara)
    assert services.keep_picture(team.shop, team.survey_id, PNG, by=team.sara) == picture
    assert queries.picture_of(team.shop, team.survey_id, picture) == (PNG, "image/png")
    choices = (Choice(choice_id="ad", picture=picture),)
    change(team, reworded(a_survey(), "heard", choices=choices), base=1)
    copy = services.duplicate(team.shop, team.survey_id, by=team.omid)
    shown = queries.survey_of(team.shop, copy).draft.question("heard").choices[0].picture
    assert shown != picture
    assert queries.picture_of(team.shop, copy, shown) == (PNG, "image/png")
    with pytest.raises(personas.PictureRefused):
        services.keep_picture(team.shop, team.survey_id, b"<svg/>", by=team.sara)


def test_another_workspace_has_no_such_survey(team, web_home) -> None:
    clinic = web_home.create_workspace("Clinic", workspace_id="surveys-clinic")
    services.publish(team.shop, team.survey_id, by=team.sara)
    assert queries.survey_of(clinic, team.survey_id) is None
    assert queries.published(clinic, team.survey_id) is None
    with pytest.raises(errors.UnknownSurvey):
        services.close(clinic, team.survey_id, by=team.omid)
    assert queries.state_of(team.shop, team.survey_id) == "open"
