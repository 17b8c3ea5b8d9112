"""The sheet of a map: its numbers are those of the library, each opens its rows, each role sees what it may."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from urllib.parse import quote

import msgspec
import pytest

from a_shop import days_ago
from builders import an_event
from later import Later
from safar.maps.anatomy import Binding, JourneyMap, Promise, Stage, Step
from safar.maps.lived import lived_map
from safar.maps.lived_question import lived_question
from shop_maps import VOICE, a_shop_map, lived_events

segments = Later("safar.doors.web.segments.services")
personas = Later("safar.doors.web.personas.services")
services = Later("safar.doors.web.maps.services")
queries = Later("safar.doors.web.maps.queries")
actors = Later("safar.doors.web.audit.actor")
views = Later("safar.doors.web.living.views")
worker = Later("safar.doors.web.work.worker")

TAGS = re.compile(r"<[^>]+>")


@pytest.fixture
def lived(tell) -> None:
    tell(*lived_events())


@pytest.fixture
def map_id(shop):
    """The map of the shop, with walks that are over after a hundred hours."""
    return services.create(shop, msgspec.structs.replace(a_shop_map(), pause="100h"), by=actors.SYSTEM)


@pytest.fixture
def look(shop, map_id, let_in, monkeypatch):
    """Open the sheet, or something below it, as a member of a role; the answer has what its template was given."""
    browsers = {}
    render = views.render

    def kept(request, template, context, **more):
        response = render(request, template, context, **more)
        response.page = context["page"]
        return response

    monkeypatch.setattr("safar.doors.web.living.views.render", kept)

    def look(query: str = "", role: str = "analyst", language: str = "en", below: str = "", **more):
        if not browsers:
            browsers["one"] = let_in(language, role)
        address = f"/w/{shop.workspace_id}/journeys/maps/{more.pop('of', map_id)}{below}"
        return browsers["one"].get(f"{address}?{query}" if query else address, **more)

    return look


def plain(page: str) -> str:
    """What HTML says: without signs and isolates, blanks as one."""
    said = html.unescape(TAGS.sub(" ", page))
    return " ".join(re.sub("[\u2066-\u2069\u200e\u200f\u061c]", "", said).replace("\u00a0", " ").split())


def text(answer) -> str:
    return plain(answer.content.decode())


def row(answer, key: str) -> list[str]:
    """The cells of one lane, as text."""
    found = re.search(rf'<tr class="row-{key}">(.*?)</tr>', answer.content.decode(), re.DOTALL)
    assert found, key
    cells = re.findall(r'<td class="cell.*?</td>', found[1], re.DOTALL)
    return [plain(cell) for cell in cells]


@pytest.mark.usefixtures("lived")
def test_numbers_on_the_page_are_those_of_the_library(look, shop, web_home) -> None:
    answer = look()
    assert answer.status_code == 200
    people = row(answer, "people")
    assert [cell.split(" lost here")[0] for cell in people] == ["12 people", "8 people", "6 people"]
    page = answer.page
    question = page_question(page, shop)
    found = lived_map(web_home.log(shop.workspace_id), question)
    assert [step.customers for step in found.steps] == [12, 8, 6]
    assert found.conformance.fitness.value == 1
    facts = {fact.key: fact for fact in page.facts}
    assert facts["fitness"].value == "100%"
    assert plain(facts["customers"].value) == "12 people"
    promise = found.steps[1].promises[0]
    assert (promise.kept.value, promise.broken, promise.open) == (0.5, 4, 0)
    assert "50%" in row(answer, "promise")[1]
    assert "goal 90%" in row(answer, "promise")[1]
    assert plain(facts["promises"].more) == "worst: Delivered in two days"


def lived_parcels():
    """Yield ten orders of five customers, six of one and late; six questions of six customers, all answered."""
    for turn in range(10):
        who, late = f"c{min(turn, 4)}", timedelta(days=4 if turn >= 4 else 1)
        ordered = days_ago(60 - 5 * turn)
        yield an_event("order_placed", ordered, customer=who)
        yield an_event("order_delivered", ordered + late, customer=who)
    for who in range(6):
        yield an_event("asked", days_ago(20), customer=f"a{who}")
        yield an_event("told", days_ago(20) + timedelta(hours=2), customer=f"a{who}")
    yield an_event("page", days_ago(1), customer="c0")


def behind(look, of: str, key: str) -> set[str]:
    """The customers that the page behind a number lists."""
    answer = look(of=of, below="/behind", query=f"about={key}")
    assert answer.status_code == 200
    return set(re.findall(r">([ac]\d+)<", answer.content.decode()))


def page_question(page, shop):
    opened = queries.map_of(shop, page.public_id)
    return lived_question(opened.document, window=page.form.window)


def test_promises_count_by_what_fell_due_and_not_by_customers(look, shop, web_home, tell) -> None:
    # One customer waits for six parcels, all late; four for one each, in time; six ask once each, and are answered.
    tell(*lived_parcels())
    document = a_shop_map()
    order = document.step("order")
    (of_parcels,) = order.binding.promises
    of_answers = Promise(
        promise_id="p2",
        words={"en": "Answered in a day"},
        begins="Asked: asked",
        kept_by="Told: told",
        within="1d",
    )
    order = msgspec.structs.replace(
        order, binding=msgspec.structs.replace(order.binding, promises=(of_parcels, of_answers))
    )
    before, buy = document.stages
    buy = msgspec.structs.replace(buy, steps=(order, *buy.steps[1:]))
    document = msgspec.structs.replace(document, stages=(before, buy))
    of = services.create(shop, document, by=actors.SYSTEM)
    answer = look(of=of)
    found = lived_map(
        web_home.log(shop.workspace_id), lived_question(document, window=answer.page.form.window)
    )
    kept = {each.promise_id: each for step in found.steps for each in step.promises}
    assert [(each.kept.n, each.decided, each.broken) for each in kept.values()] == [(5, 10, 6), (6, 6, 0)]
    (tile,) = (fact for fact in answer.page.facts if fact.key == "promises")
    # (4 + 6) of (10 + 6) is 62.5%; counted by customers it were (5 · 0.4 + 6 · 1) of 11 = 73%
    assert tile.value == "62%"
    assert "of 16 promises" in plain(tile.sure)
    panel = look("about=promises", of=of).page.panel
    assert (panel.value, panel.sure) == (tile.value, tile.sure)
    counts, each = panel.sections
    assert [(term.name, plain(term.value), term.sure) for term in counts.terms] == [
        ("Fell due", "16 promises", ""),
        ("Kept in time", "10", ""),
        ("Broken", "6", ""),
        ("Not due yet", "0", ""),
    ]
    assert [term.href.partition("?")[2] for term in counts.terms] == [
        "",
        "about=promises.kept",
        "about=promises.broken",
        "",
    ]
    assert [item.text for item in each.items] == ["40%", "100%"]
    # Who is behind the promises together is behind one of them: four and six who got it in time, one who did not.
    kept_to = {*(f"c{n}" for n in range(4)), *(f"a{n}" for n in range(6))}
    assert behind(look, of, "promises.kept") == kept_to
    assert behind(look, of, "promises.broken") == behind(look, of, "promises") == {"c4"}
    one = look("about=promise.p1", of=of).page.panel
    assert [(plain(term.value), plain(term.sure)) for term in one.sections[0].terms[:4]] == [
        ("10 promises", "5 people"), ("4", ""), ("6", "1 person"), ("0", ""),
    ]  # fmt: skip
    # Kept and broken make up what the share is of; the customers are named as such.
    assert plain(one.sure).endswith("of 10 promises")
    assert plain(one.meaning) == (
        "Whoever does “Placed an order” gets “Order delivered” within 2 days."
        " The clock runs day and night, not in working time alone."
    )
    assert one.rows_href.endswith("/behind?about=promise.p1.broken")
    page = text(look(of=of, below="/behind", query="about=promise.p1.broken"))
    assert "Broken promises · Delivered in two days" in page
    assert "1 customer is behind this number." in page


@pytest.mark.usefixtures("lived")
@pytest.mark.parametrize(
    ("language", "promise", "late", "never", "by_now"),
    [
        ("en", "Delivered in two days", "2 days", "never", "3 days by now"),
        ("fa", "تحویل دوروزه", "۲ روز", "هرگز", "تاکنون ۳ روز"),
        ("ar", "التوصيل في يومين", "يومان", "لم يُوفَ به", "٣ أيام حتى الآن"),
    ],
)
def test_behind_broken_promises_stands_which_when_due_when_kept_and_how_late(
    look, shop, language: str, promise: str, late: str, never: str, by_now: str
) -> None:
    # Two of eight parcels came two days late; two never came until the log ended, three days after they were due.
    answer = look(below="/behind", query="about=promise.p1.broken", language=language)
    locale = answer.wsgi_request.reader.locale(shop)
    due, kept = (plain(locale.datetime(days_ago(days))) for days in (17, 15))
    rows = answer.page.table.rows
    assert {row.cells[0].text: [plain(cell.text) for cell in row.cells[2:]] for row in rows} == {
        "c4": [promise, due, kept, late],
        "c5": [promise, due, kept, late],
        "c6": [promise, due, never, by_now],
        "c7": [promise, due, never, by_now],
    }


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("kept", [("Delivered in two days", "in time")] * 20 + [("and 1 earlier promise", "")]),
        ("open", [("Delivered in two days", "Not due yet")] * 2),
    ],
)
def test_promises_kept_and_open_are_told_one_by_one(
    look, tell, number: str, expected: list[tuple[str, str]]
) -> None:
    # 23 orders a day apart, each delivered within a day; the last two are not due when the log ends.
    for turn in range(23):
        tell(an_event("order_placed", days_ago(40 - turn), customer="c0"))
        tell(an_event("order_delivered", days_ago(40 - turn) + timedelta(hours=20), customer="c0"))
    rows = look(below="/behind", query=f"about=promise.p1.{number}").page.table.rows
    assert [(plain(row.cells[2].text), plain(row.cells[5].text)) for row in rows] == expected


@pytest.mark.usefixtures("lived")
def test_the_first_step_stands_first_in_every_language(look) -> None:
    answer = look(language="fa")
    page = answer.content.decode()
    assert '<html lang="fa" dir="rtl"' in page
    heads = re.findall(r'<th class="step[^>]*>(.*?)</th>', page, re.DOTALL)
    assert [TAGS.sub("", head).split()[0] for head in heads] == ["دیدن", "سفارش", "دریافت"]
    assert row(answer, "people")[0].startswith("۱۲")


@pytest.mark.usefixtures("lived")
def test_the_sheet_is_a_table_with_heads(look) -> None:
    page = look().content.decode()
    assert len(re.findall(r'<th class="lane" scope="row">', page)) >= 10
    assert len(re.findall(r'scope="col" id="step-', page)) == 3
    assert len(re.findall(r'scope="colgroup" colspan=', page)) == 2
    assert "<caption" in page
    assert "style=" not in page


@pytest.mark.usefixtures("lived")
def test_who_names_the_usual_period_gets_it(look) -> None:
    usual, named = look(), look("period=90d")
    assert (named.status_code, named.page.state.period) == (200, ())
    assert named.page.form.window == usual.page.form.window
    parts = {of: look(of, below="/export.csv") for of in ("", "period=90d")}
    assert {answer.status_code for answer in parts.values()} == {200}
    assert parts["period=90d"].getvalue() == parts[""].getvalue()
    assert look("period=91d").status_code == 422


@pytest.mark.usefixtures("lived")
def test_lanes_are_hidden_and_not_made(look) -> None:
    answer = look("hide=quote&hide=lane-own")
    assert "row-quote" not in answer.content.decode()
    assert "row-lane-own" not in answer.content.decode()
    lanes = {lane.key: lane for lane in answer.page.lanes}
    assert not lanes["quote"].is_shown
    assert lanes["quote"].query == "hide=lane-own"
    assert lanes["pain"].is_shown
    assert lanes["pain"].query == "hide=lane-own&hide=pain&hide=quote"
    assert "row-quote" in look().content.decode()


@pytest.mark.usefixtures("lived")
def test_designed_shows_the_design_alone(look) -> None:
    answer = look("mode=designed")
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "row-people" not in page
    assert "12 people" not in text(answer)
    assert "It is <strong>late</strong>:" in page
    assert "&lt;b&gt;often&lt;/b&gt;" in page
    assert "Owner Kowsari" in text(answer)


@pytest.mark.usefixtures("lived")
def test_a_number_opens_with_its_definition_and_its_rows(look, shop, map_id, web_home) -> None:
    answer = look("about=lost.visit")
    panel = answer.page.panel
    assert (panel.title, panel.kicker, panel.value) == ("Lost here", "Visit", "33%")
    lost = lived_map(web_home.log(shop.workspace_id), page_question(answer.page, shop)).steps[0].lost
    assert lost.value == 4 / 12
    assert plain(panel.sure) == f"±{50 * (lost.interval.high - lost.interval.low):.1f}% · n = 12"
    assert panel.rows_href == f"/w/{shop.workspace_id}/journeys/maps/{map_id}/behind?about=lost.visit"
    behind = look(below="/behind", query="about=lost.visit")
    assert behind.status_code == 200
    assert sorted(set(re.findall(r">(c\d+)<", behind.content.decode()))) == ["c10", "c11", "c8", "c9"]


@pytest.mark.usefixtures("lived")
def test_evidence_and_beliefs_open_their_cards(look) -> None:
    kinds = {term.name: term for term in look("about=evidence").page.panel.sections[0].terms}
    # Nobody answered where the belief is, nobody noted why the page should be plainer.
    assert {name: term.value for name, term in kinds.items()} == {
        "An assumption": "2",
        "An anecdote": "1",
        "Answers of customers": "0",
        "What customers do": "0",
        "An experiment": "0",
    }
    assert kinds["An anecdote"].href == "?about=evidence.anecdote#panel"
    assert kinds["An experiment"].href == ""
    assumed = look("about=evidence.assumption").page.panel
    assert (assumed.title, assumed.value, plain(assumed.sure)) == ("An assumption", "2", "of 3 cards")
    (cards,) = assumed.sections
    assert [(plain(term.name), term.value, term.href) for term in cards.terms] == [
        ("A plainer page", "Visit", "?about=step.visit#panel"),
        ("delighted (+1.5)", "Order", "?about=step.order#panel"),
    ]
    believed = look("about=emotion.order.believed").page.panel
    assert believed.rows_href == ""
    assert believed.sections[0].terms == cards.terms[1:]
    score = look("about=score.parcel.after").page.panel
    answers = score.sections[0].terms
    assert [(term.value, term.href.partition("?")[2]) for term in answers] == [
        ("2", "about=score.parcel.after"),
        ("2", "about=unhappy.parcel.after"),
    ]


@pytest.mark.usefixtures("lived")
@pytest.mark.parametrize(
    ("key", "who"),
    [
        ("step.order", {f"c{n}" for n in range(8)}),
        ("move.order.parcel", {f"c{n}" for n in range(6)}),
        ("promise.p1", {"c4", "c5", "c6", "c7"}),
        ("promise.p1.kept", {"c0", "c1", "c2", "c3"}),
        ("promises", {"c4", "c5", "c6", "c7"}),
        ("promises.kept", {"c0", "c1", "c2", "c3"}),
        ("score.parcel.after", {"c0", "c1"}),
        ("unhappy.parcel.after", {"c0", "c1"}),
        ("emotion.parcel.said", {"c0", "c1"}),
        ("customers", {f"c{n}" for n in range(12)}),
    ],
)
def test_rows_behind_numbers(look, key: str, who: set[str]) -> None:
    answer = look(below="/behind", query=f"about={key}")
    assert set(re.findall(r">(c\d+)<", answer.content.decode())) == who


@pytest.mark.usefixtures("lived")
@pytest.mark.parametrize(
    "key",
    [
        "step.gone",
        "lost",
        "pain.visit.99",
        f"pain.visit.{'9' * 5_000}",
        "score.visit.x",
        "what.ever",
        "emotion.visit",
        "promise.gone",
        "promise.p1.half",
        "promises.p1",
        "evidence.hope",
    ],
)
def test_numbers_that_are_not_there_open_nothing(look, key: str) -> None:
    assert look(f"about={key}").page.panel is None
    assert look(below="/behind", query=f"about={key}").status_code == 404


@pytest.mark.usefixtures("lived")
def test_every_number_of_the_page_opens(look) -> None:
    page = look().content.decode()
    keys = set(re.findall(r"about=([^#\"&]+)#panel", page))
    assert len(keys) > 12
    for key in keys:
        assert look(f"about={key}").page.panel is not None, key


@pytest.mark.usefixtures("lived")
def test_a_part_is_the_sheet_and_a_panel_the_panel(look) -> None:
    headers = {"HTTP_HX_REQUEST": "true", "HTTP_HX_REQUEST_TYPE": "partial"}
    part = look(**headers).content.decode()
    assert "<html" not in part
    assert '<table class="sheet">' in part
    panel = look(below="/panel", query="about=step.order", **headers).content.decode()
    assert panel.strip().startswith('<aside class="card living-panel"')
    whole = look(below="/panel", query="about=step.order&hide=time")
    assert whole.status_code == 302
    assert whole["Location"].endswith("?hide=time&about=step.order#panel")


@pytest.mark.usefixtures("lived")
def test_the_rule_of_a_step_is_said_in_words(look) -> None:
    said = text(look("about=step.order", language="fa"))
    assert "قاعده: سفارش داد" in said
    assert said.count("order_placed") == 1, "as it is written only where the design is told"


@pytest.mark.usefixtures("lived")
def test_a_viewer_sees_counts_and_no_customers(look) -> None:
    answer = look("about=lost.visit", role="viewer")
    assert answer.page.panel.rows_href == ""
    assert answer.page.panel.add is None
    assert VOICE not in text(look())
    assert look(below="/behind", query="about=lost.visit").status_code == 403
    assert look(below="/thread").status_code == 403
    assert look("customer=c1").page.thread is None


@pytest.mark.usefixtures("lived")
def test_an_agent_sees_customers_and_what_they_wrote(look) -> None:
    answer = look(role="agent")
    assert VOICE[:20] in text(answer)
    assert look(below="/behind", query="about=lost.visit").status_code == 200


def test_another_workspace_has_nothing_here(look, shop, web_home, lived) -> None:
    other = web_home.create_workspace("Other", workspace_id=f"{shop.workspace_id}-other")
    theirs = services.create(other, a_shop_map(), by=actors.SYSTEM)
    assert look(of=theirs).status_code == 404
    for below in ("/panel", "/behind", "/thread"):
        assert look(of=theirs, below=below, query="about=step.visit").status_code == 404
    assert look(of="nothing").status_code == 404


def test_a_stage_that_nobody_reached_says_so(look, tell) -> None:
    tell(*(an_event("page", days_ago(20), customer=f"c{n}") for n in range(3)))
    answer = look()
    assert [(stage.name, stage.unreached) for stage in answer.page.stages] == [
        ("Before", ""),
        ("Purchase", "Nobody got here in this period."),
    ]
    assert '<small class="unreached">Nobody got here in this period.</small>' in answer.content.decode()
    assert row(answer, "people") == [
        "3 people",
        *["0 people nobody in this period"] * 2,
    ]
    assert row(answer, "time")[1:] == ["— nobody in this period"] * 2
    assert answer.page.problem is None
    assert [stage.unreached for stage in look("mode=designed").page.stages] == ["", ""]
    assert [stage.unreached for stage in look("mode=compare").page.stages] == ["", ""]


@pytest.mark.usefixtures("lived")
def test_a_persona_that_the_map_does_not_name_has_its_journey_too(look, shop, map_id) -> None:
    def described(name: str) -> str:
        rule = segments.define(shop, f"As {name}", "did order_placed", by=actors.SYSTEM)
        return personas.describe(shop, {"en": name}, rule, {}, by=actors.SYSTEM)

    newcomer, named = described("Niloofar"), described("Sara")
    document = msgspec.structs.replace(a_shop_map(), personas=(named,))
    of = services.create(shop, document, by=actors.SYSTEM)
    page = look(of=of, query=f"of=persona-{newcomer}").page
    assert [whom.name for whom in page.whoms] == ["Everybody", "Sara", "Niloofar"]
    assert [whom.name for whom in page.whoms if whom.is_current] == ["Niloofar"]
    assert "Niloofar" in page.scope
    assert page.caution == ""


@pytest.mark.usefixtures("lived")
@pytest.mark.parametrize("key", ["persona-gone", "segment-gone", "nobody"])
def test_an_address_that_asks_for_nobody_is_told(look, key: str) -> None:
    said = "This address asks for a persona or a segment that is not there"
    answer = look(f"of={key}")
    assert answer.status_code == 200
    assert said in text(answer)
    assert "Everybody" in answer.page.scope
    assert said not in text(look())


@pytest.mark.usefixtures("lived")
def test_a_map_that_nobody_walked_says_so_and_where_somebody_did(look, shop, tell) -> None:
    assert look().page.problem is None
    nobody = segments.define(shop, "Nobody", "has city = nowhere", by=actors.SYSTEM)
    answer = look(f"of=segment-{nobody}&hide=time")
    found = answer.page.problem
    assert found.title == "Nobody was on this journey"
    assert plain(found.sentence).startswith("Nobody did any of its steps: Nobody · ")
    assert (found.action_name, found.action_href) == ("Show everybody’s journey", "?hide=time")
    assert "row-flow" not in answer.content.decode()
    assert row(answer, "people") == ["0 people"] * 3
    assert [stage.unreached for stage in answer.page.stages] == ["", ""]
    tell(an_event("elsewhere", days_ago(1), customer="c1"))
    late = look("period=7d").page.problem
    assert (late.action_name, late.action_href) == ("Show all time", "?period=all")
    assert look("period=all").page.problem is None


def test_an_empty_workspace_says_what_to_do(look) -> None:
    answer = look()
    assert answer.status_code == 200
    assert "No paths yet" in text(answer)
    assert "Visit" in text(answer)
    assert answer.page.facts[0].key == "evidence"


def test_a_map_without_steps_and_one_without_bindings(look, shop, lived) -> None:
    empty = services.create(shop, JourneyMap(name={"en": "Empty"}), by=actors.SYSTEM)
    answer = look(of=empty)
    assert "This map has no steps yet" in text(answer)
    unbound = JourneyMap(
        name={"en": "Loose"}, stages=(Stage(stage_id="s", steps=(Step(step_id="a", name={"en": "Dream"}),)),)
    )
    answer = look(of=services.create(shop, unbound, by=actors.SYSTEM))
    assert answer.status_code == 200
    assert row(answer, "people") == ["— not bound to events"]
    assert "row-flow" not in answer.content.decode()


def test_a_step_without_events_and_a_rule_that_cannot_be_read(look, shop, lived, monkeypatch) -> None:
    silent = JourneyMap(
        name={"en": "Silent"},
        stages=(
            Stage(
                stage_id="s",
                steps=(
                    Step(step_id="a", name={"en": "Seen"}, binding=Binding(events="Seen: page")),
                    Step(step_id="b", name={"en": "Never"}, binding=Binding(events="Never: never_happens")),
                ),
            ),
        ),
    )
    public_id = services.create(shop, silent, by=actors.SYSTEM)
    assert row(look(of=public_id), "people")[1].startswith("0 people")
    from safar.doors.web.maps.models import JourneyMap as Kept  # what no editor lets in

    kept = Kept.objects.get(public_id=public_id)
    kept.document = kept.document.replace("Seen: page", "Seen: page [")
    kept.save(update_fields=["document"])
    answer = look(of=public_id)
    assert answer.status_code == 200
    assert "A rule of this map cannot be read" in text(answer)
    assert "Seen:" in text(answer)


@pytest.mark.usefixtures("lived")
def test_months_of_the_reader_lead_back_in_time(look) -> None:
    page = look(language="fa").page
    last = page.months[-1]
    assert not last.is_current
    answer = look(last.query)
    assert [month.is_current for month in answer.page.months][-1] is True
    assert answer.page.state.period[0][0] == "since"
    assert "فرو" in "".join(month.name for month in page.months) or len(page.months) <= 12


def test_a_month_tells_what_was_decided_in_it(look, shop, map_id, lived) -> None:
    services.snapshot(shop, map_id, "Second warehouse", decided="Build it in Isfahan", by=actors.SYSTEM)
    decided = [each for month in look().page.months for each in month.decided]
    assert [(each.name, each.words) for each in decided] in (
        [],
        [("Second warehouse", "Build it in Isfahan")],
    )
    page = look()
    if decided:
        assert "Second warehouse" in text(page)


def test_a_way_beside_the_map_is_added_and_taken_back(look, shop, map_id, lived, tell) -> None:
    events = [an_event("page", days_ago(12), customer=f"b{n}") for n in range(6)]
    events += [an_event("order_delivered", days_ago(11), customer=f"b{n}") for n in range(6)]
    events += [an_event("order_placed", days_ago(10), customer=f"b{n}") for n in range(6)]
    tell(*events)
    answer = look("about=move.parcel.order")
    panel = answer.page.panel
    assert panel.add.key == "move.parcel.order"
    assert panel.kicker == "not on the map"
    browser = answer.client
    address = f"/w/{shop.workspace_id}/journeys/maps/{map_id}"
    added = browser.post(f"{address}/add", {"about": "move.parcel.order", "state": "hide=time"}, follow=True)
    assert added.redirect_chain[-1][0].endswith("?hide=time")
    assert "is on the map now" in text(added)
    moves = {(move.source, move.target) for move in queries.map_of(shop, map_id).document.moves}
    assert ("parcel", "order") in moves
    assert look("about=move.parcel.order").page.panel.add is None
    browser.post(f"{address}/undo-add")
    moves = {(move.source, move.target) for move in queries.map_of(shop, map_id).document.moves}
    assert ("parcel", "order") not in moves
    assert browser.post(f"{address}/add", {"about": "move.parcel.gone"}).status_code == 404


def test_an_event_beside_the_map_becomes_a_step_where_it_is_lived(
    look, shop, map_id, lived, tell, web_home
) -> None:
    """Ten look at a product after their visit, two once more after their order: the map fits as well as before."""
    for number in range(10):
        tell(an_event("product_viewed", days_ago(20) + timedelta(hours=5), customer=f"c{number}"))
    for number in range(2):
        tell(an_event("product_viewed", days_ago(19) + timedelta(hours=5), customer=f"c{number}"))

    def fitness() -> float:
        question = lived_question(queries.map_of(shop, map_id).document)
        return lived_map(web_home.log(shop.workspace_id), question).conformance.fitness.value

    assert fitness() == 1
    browser = look(language="fa").client
    address = f"/w/{shop.workspace_id}/journeys/maps/{map_id}"
    browser.post(f"{address}/add", {"about": "unmapped.product_viewed"})
    document = queries.map_of(shop, map_id).document
    new = document.steps[1]
    assert [stage.stage_id for stage in document.stages if new in stage.steps] == ["before"]
    assert new.binding.events == "product_viewed"
    assert new.name["en"] == "Looked at a product"
    assert len(set(new.name.values())) == 3
    moves = {(move.source, move.target) for move in document.moves}
    assert {("visit", new.step_id), (new.step_id, "order"), ("visit", "order")} <= moves
    assert ("order", new.step_id) in moves
    assert fitness() == 1
    browser.post(f"{address}/undo-add")
    undone = queries.map_of(shop, map_id).document
    assert {(move.source, move.target) for move in undone.moves} == {("visit", "order"), ("order", "parcel")}
    assert len(undone.steps) == 3


def test_a_step_shows_what_the_map_of_its_details_says(look, shop, map_id, lived) -> None:
    """The map of the shop in detail below one step: people, promises kept, the score of the parcel."""

    def of(nested: str) -> str:
        step = Step(step_id="all", name={"en": "All"}, binding=Binding(events="All: page"), nested=nested)
        outer = JourneyMap(name={"en": "Outer"}, stages=(Stage(stage_id="s", steps=(step,)),), pause="100h")
        return services.create(shop, outer, by=actors.SYSTEM)

    def details(public_id: str, query: str = "about=step.all"):
        sections = look(query, of=public_id).page.panel.sections
        return {section.heading: section for section in sections}.get("In detail")

    public_id = of(map_id)
    terms = {plain(term.name): term for term in details(public_id).terms}
    assert terms["Journey map"].href == f"/w/{shop.workspace_id}/journeys/maps/{map_id}"
    assert plain(terms["On the journey"].value) == "12 people"
    assert plain(terms["Promises kept · Delivered in two days"].value) == "50%"
    assert plain(terms["CSAT · Parcel"].value) == "0%"
    assert all(term.href.startswith(terms["Journey map"].href) for term in terms.values())
    assert [term.name for term in details(public_id, "about=step.all&mode=designed").terms] == ["Journey map"]
    assert details(of("gone")) is None
    one, other = of(map_id), of(public_id)
    assert plain(details(other).terms[1].value) == "12 people"
    services.archive(shop, map_id, by=actors.SYSTEM)
    assert details(one) is None


def test_an_agent_adds_nothing(look, shop, map_id, lived) -> None:
    browser = look(role="agent").client
    address = f"/w/{shop.workspace_id}/journeys/maps/{map_id}"
    assert browser.post(f"{address}/add", {"about": "move.visit.parcel"}).status_code == 403
    assert queries.map_of(shop, map_id).revision == 1


@pytest.mark.usefixtures("lived")
def test_one_customer_lights_up(look) -> None:
    answer = look("customer=c1", role="agent")
    thread = answer.page.thread
    assert thread.steps == ("visit", "order", "parcel")
    assert len(thread.passages) == 1
    assert VOICE[:20] in "".join(each.words for visit in thread.passages[0].visits for each in visit.said)
    assert "drawing-river-thread" in answer.content.decode()
    found = look(below="/thread", query="q=c1")
    assert "customer=c1" in found.content.decode()
    led = look(below="/thread", query="customer=c1&hide=time")
    assert led["Location"].endswith("?customer=c1&hide=time")
    assert look("customer=" + quote("nobody at all")).status_code == 200


def test_of_a_machine_s_walks_the_newest_are_shown(look, tell) -> None:
    """20,000 events of one id, each a visit of its own: ten walks a hundred hours apart, then one of 19,980 visits."""
    names = ("page", "order_placed")
    walks = [
        an_event(names[n % 2], days_ago(90 - 6 * (n // 2)), customer="bot", channel="web") for n in range(20)
    ]
    told = [
        an_event(names[n % 2], days_ago(20) + timedelta(seconds=n), customer="bot", channel="web")
        for n in range(19_980)
    ]
    tell(*walks, *told)
    answer = look("customer=bot&period=all", role="agent")
    thread = answer.page.thread
    assert [len(walk.visits) for walk in thread.passages] == [200]
    assert thread.steps == ("visit", "order") * 100
    assert "19,780 earlier visits are not shown." in text(answer)
    assert "10 earlier walks are not shown." in text(answer)
    assert '<ol class="walk-steps" start="19781">' in answer.content.decode()


@pytest.mark.usefixtures("lived")
def test_a_voice_says_its_language(look) -> None:
    assert f'<p dir="auto" lang="fa">{VOICE[:20]}' in look(role="agent").content.decode()


@pytest.mark.usefixtures("lived")
def test_of_many_short_walks_the_newest_twenty_are_shown(look, tell) -> None:
    tell(*(an_event("page", days_ago(400 - 6 * n), customer="c99") for n in range(30)))
    answer = look("customer=c99&period=all", role="agent")
    assert len(answer.page.thread.passages) == 20
    assert "10 earlier walks are not shown." in text(answer)


@pytest.mark.usefixtures("lived")
def test_two_times_stand_in_the_same_cells(look, tell) -> None:
    tell(*(an_event("page", days_ago(55), customer=f"e{n}") for n in range(30)))
    tell(*(an_event("order_placed", days_ago(54), customer=f"e{n}") for n in range(6)))
    answer = look("mode=compare&period=30d")
    compared = answer.page.compared
    assert compared.problem is None
    reach = next(line for line in compared.rows if line.key == "reach")
    assert [(cell.pairs[0].one, cell.pairs[0].other) for cell in reach.cells][:2] == [
        ("100%", "100%"),
        ("20%", "67%"),
    ]
    order = reach.cells[1].pairs[0]
    assert order.change.startswith("▲")
    assert ("Order", "Get here") in [(step, pair.name) for step, pair in compared.clear]
    silent = look("mode=compare&since=2020-01-01&until=2020-01-31")
    assert silent.page.compared.problem.title == "Nothing happened on the map on one of the two sides"
    nothing = look("mode=compare&period=all")
    assert nothing.page.compared.problem.title == "There is nothing to compare with"


def test_the_desk_opens_the_newest_map(look, shop, map_id, lived) -> None:
    browser = look().client
    desk = f"/w/{shop.workspace_id}/journeys"
    assert browser.get(desk)["Location"] == f"{desk}/maps/{map_id}"
    newer = services.create(shop, a_shop_map(), by=actors.SYSTEM)
    assert browser.get(desk)["Location"] == f"{desk}/maps/{newer}"
    for each in (map_id, newer):
        services.archive(shop, each, by=actors.SYSTEM)
    assert browser.get(desk)["Location"] == f"{desk}/maps"


@pytest.mark.usefixtures("lived")
def test_a_wrong_day_is_said(look) -> None:
    answer = look("since=2026-13-40")
    assert answer.status_code == 422
    assert "This period cannot be shown as it is." in text(answer)


@pytest.fixture
def impatient(monkeypatch):
    """A reader who waits for nothing."""
    monkeypatch.setattr("safar.doors.web.journeys.asking.PATIENCE", timedelta(seconds=-1))


@pytest.mark.usefixtures("impatient", "lived")
def test_what_takes_long_is_found_out_in_the_background(look, shop, web_home) -> None:
    log = web_home.log(shop.workspace_id)
    log.compact()
    assert len(log.paths().shards) > 1
    answer = look("hide=value")
    assert "This map takes a while" in text(answer)
    assert "row-people" not in answer.content.decode()
    assert answer.page.work.kind == "living.map"
    assert worker.Worker().run_waiting() == 1
    assert row(look("hide=value"), "people")[0].startswith("12 people")


@pytest.mark.usefixtures("impatient", "lived")
def test_who_asks_for_the_rows_of_what_takes_long_is_led_to_the_sheet(look, shop, map_id, web_home) -> None:
    web_home.log(shop.workspace_id).compact()
    rows = {"query": "about=customers&hide=value", "below": "/behind"}
    answer = look(**rows)
    sheet = f"/w/{shop.workspace_id}/journeys/maps/{map_id}"
    assert (answer.status_code, answer["Location"]) == (302, f"{sheet}?hide=value&about=customers")
    assert worker.Worker().run_waiting() == 1
    assert look(**rows).status_code == 200
