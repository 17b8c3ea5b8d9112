"""The builder's forms: what a form shows, it sends back; every kind of question; logic, languages, pictures, rules."""

from __future__ import annotations

from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from msgspec.structs import replace

from later import Later
from safar.listen.questionnaire.anatomy import (
    Calculation,
    Ending,
    Hidden,
    Jump,
    Page,
    Quota,
    Survey,
    Variable,
)
from safar.listen.questionnaire.conditions import AllOf, AnyOf, Test
from safar.listen.questionnaire.questions import (
    KINDS,
    Area,
    Choice,
    FirstClick,
    Nps,
    Single,
    TreeNode,
    TreeTest,
)
from safar.show.locale import Locale
from surveys_of_tests import a_survey

services = Later("safar.doors.web.surveys.services")
queries = Later("safar.doors.web.surveys.queries")
kinds = Later("safar.doors.web.surveys.kinds")
condition_form = Later("safar.doors.web.surveys.condition_form")
actors = Later("safar.doors.web.audit.actor")

PNG = (
    b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + (7).to_bytes(4, "big") + (5).to_bytes(4, "big") + bytes(40)
)


class Form(HTMLParser):
    """The fields that a browser would send of the form of the open part."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.fields: dict[str, list[str]] = {}
        self._is_open = False
        self._select = self._area = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, value = given.get("name") or "", given.get("value") or ""
        if tag == "form":
            self._is_open = "data-save" in given
        if not self._is_open:
            return
        if tag == "input" and name and given.get("type") != "file":
            if given.get("type") in {"checkbox", "radio"} and "checked" not in given:
                return
            self.fields.setdefault(name, []).append(
                value or ("on" if given.get("type") == "checkbox" else "")
            )
        elif tag == "textarea":
            self._area = name
            self.fields[name] = [""]
        elif tag == "select":
            self._select = name
            self.fields[name] = []
        elif tag == "option" and self._select and ("selected" in given or not self.fields[self._select]):
            self.fields[self._select] = [value]

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._is_open = False
        if tag == "textarea":
            self._area = ""
        if tag == "select":
            self._select = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.fields[self._area] = [self.fields[self._area][0] + data]


@pytest.fixture
def desk(let_in, shop):
    """A member who writes a survey of the shop."""
    client = let_in("en", "analyst")

    def begin(survey: Survey) -> str:
        return services.create(shop, survey, by=actors.SYSTEM)

    def form(survey_id: str, at: str, language: str = "en") -> dict[str, list[str]]:
        answer = client.get(
            f"/w/{shop.workspace_id}/listen/surveys/{survey_id}", {"at": at, "language": language}
        )
        assert answer.status_code == 200
        return Form(answer.content.decode()).fields

    def send(survey_id: str, fields: dict, do: str = "save", **changed):
        given = {name: value for name, value in (fields | changed).items() if value is not None}
        return client.post(f"/w/{shop.workspace_id}/listen/surveys/{survey_id}/edit", given | {"do": do})

    def draft(survey_id: str) -> Survey:
        return queries.survey_of(shop, survey_id).draft

    return SimpleNamespace(begin=begin, form=form, send=send, draft=draft, shop=shop, client=client)


@pytest.mark.parametrize("kind", [str(each.__struct_config__.tag) for each in KINDS])
def test_every_kind_is_added_and_its_form_sends_back_what_it_shows(desk, kind: str) -> None:
    survey_id = desk.begin(a_survey(languages=("en", "fa"), pages=(Page(page_id="p"),)))
    made = desk.send(
        survey_id, {"at": "add", "base": "1", "into": "p", "language": "en"}, f"new:question:{kind}"
    )
    assert made.status_code == 302
    (question,) = desk.draft(survey_id).questions
    assert (question.question_id, type(question).__struct_config__.tag) == (kind, kind)
    fields = desk.form(survey_id, f"question/{kind}")
    assert desk.send(survey_id, fields).status_code == 302
    assert desk.draft(survey_id).questions == (question,)
    desk.send(survey_id, fields, title="In English?")
    desk.send(survey_id, desk.form(survey_id, f"question/{kind}", "fa"), title="به فارسی؟")
    (question,) = desk.draft(survey_id).questions
    assert question.title == {"en": "In English?", "fa": "به فارسی؟"}


@pytest.mark.parametrize(
    "at",
    [
        "page/p1",
        "settings",
        "endings/e",
        "quotas/q",
        "jumps/0",
        "calculations/0",
        "variables/v",
        "hidden/h",
    ],
)
def test_every_part_sends_back_what_it_shows(desk, at: str) -> None:
    written = a_survey(
        endings=(Ending(ending_id="e", title={"en": "Bye"}, redirect="https://shop.example/"),),
        quotas=(
            Quota(
                quota_id="q", limit=5, when=AllOf(parts=(Test(of="question.nps", compares="<=", value=6.0),))
            ),
        ),
        jumps=(
            Jump(
                after="p1", to="e", when=AllOf(parts=(Test(of="question.heard", compares="has", value="ad"),))
            ),
        ),
        variables=(Variable(name="v"),),
        hidden=(Hidden(name="h", fallback="none"),),
        calculations=(Calculation(after="p1", variable="v", does="add", value="question.nps"),),
    )
    survey_id = desk.begin(written)
    answer = desk.send(survey_id, desk.form(survey_id, at))
    assert answer.status_code == 302
    assert desk.draft(survey_id) == written


def test_groups_of_conditions_are_built_with_buttons(desk) -> None:
    survey_id = desk.begin(a_survey())
    for do in ("add:show_when", "group:show_when", "add:show_when.1"):
        assert desk.send(survey_id, desk.form(survey_id, "question/heard"), do).status_code == 302
    fields = desk.form(survey_id, "question/heard") | {
        "show_when.0.value": ["۶"],
        "show_when.1.join": ["any"],
        "show_when.1.0.of": ["question.why"],
        "show_when.1.0.compares": ["answered"],
        "show_when.1.1.compares": [">="],
        "show_when.1.1.value": ["9"],
    }
    desk.send(survey_id, fields)
    low = Test(of="question.nps", compares="<=", value=6.0)
    said = Test(of="question.why", compares="answered")
    high = Test(of="question.nps", compares=">=", value=9.0)
    assert desk.draft(survey_id).question("heard").show_when == AllOf(parts=(low, AnyOf(parts=(said, high))))
    desk.send(survey_id, desk.form(survey_id, "question/heard"), "remove:show_when.1.0")
    assert desk.draft(survey_id).question("heard").show_when == AllOf(parts=(low, AnyOf(parts=(high,))))


@pytest.mark.parametrize(("language", "marks"), [("en", "“”"), ("fa", "«»"), ("ar", "«»")])
def test_a_condition_quotes_its_question_as_the_reader_does(desk, language: str, marks: str) -> None:
    from django.utils import translation

    low = Test(of="question.nps", compares="<=", value=6.0)
    with translation.override(language):
        told = condition_form.in_words(a_survey(), low, "en", Locale(language))
    question = told.partition(marks[0])[2].partition(marks[1])[0]
    assert question.startswith("\u2068")
    assert question.endswith("\u2069")
    assert len(question) > 3


def test_a_menu_is_written_as_lines_and_places_keep_their_ids(desk) -> None:
    orders = TreeNode(
        node_id="o", words={"en": "Orders"}, nodes=(TreeNode(node_id="t", words={"en": "Track"}),)
    )
    tree = TreeTest(question_id="tree", nodes=(orders,), right=("t",))
    survey_id = desk.begin(a_survey(pages=(Page(page_id="p", questions=(tree,)),)))
    fields = desk.form(survey_id, "question/tree")
    assert (fields["nodes"], fields["right"]) == (["Orders\n- Track"], ["t"])
    desk.send(survey_id, fields, nodes="Help\nOrders\n- Track\n- Return")
    found = desk.draft(survey_id).question("tree")
    assert [(each.words["en"], [n.words["en"] for n in each.nodes]) for each in found.nodes] == [
        ("Help", []),
        ("Orders", ["Track", "Return"]),
    ]
    assert (found.nodes[1].node_id, found.nodes[1].nodes[0].node_id, found.right) == ("o", "t", ("t",))


def test_a_picture_is_uploaded_and_its_areas_are_in_percent(desk) -> None:
    area = Area(area_id="a", x=0.1, y=0.1, width=0.3, height=0.2)
    click = FirstClick(question_id="click", areas=(area,))
    survey_id = desk.begin(a_survey(pages=(Page(page_id="p", questions=(click,)),)))
    fields = desk.form(survey_id, "question/click") | {"areas.a.x": ["12.5"], "areas.a.is_right": ["on"]}
    desk.send(survey_id, fields | {"picture.file": SimpleUploadedFile("a.png", PNG)})
    found = desk.draft(survey_id).question("click")
    assert found.areas == (replace(area, x=0.125, is_right=True),)
    assert queries.picture_of(desk.shop, survey_id, found.picture) == (PNG, "image/png")
    refused = desk.send(survey_id, fields | {"picture.file": SimpleUploadedFile("a.png", b"<svg/>")})
    assert refused.status_code == 422
    assert desk.draft(survey_id).question("click").picture == found.picture


def test_a_value_that_is_not_possible_is_said_and_the_rest_is_saved(desk) -> None:
    survey_id = desk.begin(a_survey())
    desk.send(survey_id, {"at": "add", "into": "p1", "base": "1"}, "new:question:rating")
    fields = desk.form(survey_id, "question/rating")
    for points in ("99", "three"):
        answer = desk.send(survey_id, fields, points=points, title="Otherwise")
        assert answer.status_code == 422
        assert 'aria-invalid="true"' in answer.content.decode()
    rating = desk.draft(survey_id).question("rating")
    assert (rating.points, rating.title) == (5, {"en": "Otherwise"})


def test_ids_of_published_questions_are_given_to_no_other(desk) -> None:
    survey_id = desk.begin(a_survey())
    services.publish(desk.shop, survey_id, by=actors.SYSTEM)
    desk.send(survey_id, desk.form(survey_id, "question/nps"), "delete")
    desk.send(survey_id, {"at": "add", "into": "p1", "base": "2"}, "new:question:nps")
    assert [each.question_id for each in desk.draft(survey_id).questions] == ["why", "nps_2", "heard"]


def test_languages_are_chosen_and_one_comes_first(desk) -> None:
    survey_id = desk.begin(a_survey())
    fields = desk.form(survey_id, "settings")
    desk.send(survey_id, fields, languages=["en", "fa", "tr"], first="fa")
    assert desk.draft(survey_id).languages == ("fa", "en", "tr")
    assert desk.send(survey_id, fields, languages=[]).status_code == 422
    assert desk.draft(survey_id).languages == ("fa", "en", "tr")


def test_translations_are_filled_in_a_table_and_come_back_as_a_file(desk) -> None:
    survey_id = desk.begin(a_survey())
    own = f"/w/{desk.shop.workspace_id}/listen/surveys/{survey_id}/translation"
    path = "pages[p1].questions[nps].title"
    desk.client.post(own, {"base": "1", f"text:fa:{path}": "چقدر؟", f"text:en:{path}": "How likely?"})
    assert desk.draft(survey_id).question("nps").title == {"en": "How likely?", "fa": "چقدر؟"}
    assert desk.draft(survey_id).languages == ("en", "fa")
    table = desk.client.get(f"{own}.csv").content.decode("utf-8-sig")
    assert table.splitlines()[0] == "path,en,fa"
    sent = SimpleUploadedFile("t.csv", table.replace("چقدر؟", "تا چه اندازه؟").encode("utf-8-sig"))
    desk.client.post(own, {"file": sent})
    assert desk.draft(survey_id).question("nps").title["fa"] == "تا چه اندازه؟"
    refused = desk.client.post(own, {"file": SimpleUploadedFile("t.csv", b"nothing")})
    assert refused.status_code == 422


def test_a_step_of_a_map_asks_under_its_key(desk) -> None:
    new = f"/w/{desk.shop.workspace_id}/listen/surveys/new"
    assert "csat_pickup" in desk.client.get(new, {"question_key": "csat_pickup"}).content.decode()
    desk.client.post(new, {"begin": "delivery", "question_key": "csat_pickup"})
    (facts,) = queries.surveys_of(desk.shop)
    assert queries.survey_of(desk.shop, facts.public_id).draft.questions[0].key == "csat_pickup"
    asking = f"/w/{desk.shop.workspace_id}/listen/surveys/asking"
    assert (
        desk.client.get(asking, {"question_key": "csat_pickup"})["Location"]
        == f"{new}?question_key=csat_pickup"
    )
    services.publish(desk.shop, facts.public_id, by=actors.SYSTEM)
    found = desk.client.get(asking, {"question_key": "csat_pickup"})["Location"]
    assert found == f"/w/{desk.shop.workspace_id}/listen/surveys/{facts.public_id}/results"


def test_who_may_only_write_does_not_publish(desk) -> None:
    survey_id = desk.begin(a_survey())
    own = f"/w/{desk.shop.workspace_id}/listen/surveys/{survey_id}/publish"
    assert "A manager of the workspace publishes it." in desk.client.get(own).content.decode()
    desk.client.post(own, {"base": "1"})
    assert queries.state_of(desk.shop, survey_id) == "draft"


def test_single_choices_keep_their_ids_when_they_move(desk) -> None:
    choices = tuple(Choice(choice_id=each, words={"en": each}) for each in "abc")
    single = Single(question_id="s", choices=choices)
    survey_id = desk.begin(a_survey(pages=(Page(page_id="p", questions=(single, Nps(question_id="n"))),)))
    desk.send(survey_id, desk.form(survey_id, "question/s"), "down:choices:a")
    desk.send(survey_id, desk.form(survey_id, "question/s"), "less:choices:c")
    assert [each.choice_id for each in desk.draft(survey_id).question("s").choices] == ["b", "a"]
    desk.send(survey_id, desk.form(survey_id, "question/s"), "move:1")
    assert [each.question_id for each in desk.draft(survey_id).questions] == ["n", "s"]
