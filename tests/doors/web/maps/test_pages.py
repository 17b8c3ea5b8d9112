"""Pages of maps without a script: who may what, how a map begins, what forms do, what is refused and leaves nothing."""

from __future__ import annotations

import io
import json

import pytest

from safar.maps.anatomy import Card, JourneyMap, Lane, LaneKind, Move, Stage, Step, told
from safar.maps.sheet_file import write_sheet
from safar.maps.templates import TEMPLATES

DOCUMENT = JourneyMap(
    name={"en": "Shopping", "fa": "خرید"},
    languages=("en", "fa"),
    lanes=(Lane(lane_id="act", kind=LaneKind.ACTION), Lane(lane_id="feel", kind=LaneKind.EMOTION)),
    stages=(
        Stage(stage_id="before", name={"en": "Before"}, steps=(Step(step_id="see", name={"en": "See"}),)),
        Stage(stage_id="buying", name={"en": "Buying"}, steps=(Step(step_id="pay", name={"en": "Pay"}),)),
    ),
    moves=(Move(source="see", target="pay"), Move(source="pay", target="see")),
    cards=(
        Card(card_id="c1", step_id="see", lane_id="act", text={"en": "**Sees** <b>it</b> [here](/x)"}),
        Card(card_id="c2", step_id="pay", lane_id="feel", emotion=-1.5),
    ),
)


@pytest.fixture
def a_map(shop) -> str:
    from safar.doors.web.audit.actor import SYSTEM
    from safar.doors.web.maps import services

    return services.create(shop, DOCUMENT, by=SYSTEM)


@pytest.fixture
def at(shop):
    return lambda rest="": f"/w/{shop.workspace_id}/journeys/maps{rest}"


def kept(shop, map_id: str) -> JourneyMap:
    from safar.doors.web.maps import queries

    found = queries.map_of(shop, map_id)
    assert found is not None
    return found.document


def maps(shop) -> list[str]:
    from safar.doors.web.maps import queries

    return [each.public_id for each in queries.maps_of(shop)]


def page(answer) -> str:
    return answer.content.decode()


@pytest.mark.parametrize("key", TEMPLATES)
def test_each_template_begins_a_map_in_the_language_of_its_reader(shop, let_in, at, key: str) -> None:
    browser = let_in("ar", "analyst")
    gallery = page(browser.get(at("/new")))
    answer = browser.post(at("/new"), {"begin": key})
    (map_id,) = maps(shop)
    document = kept(shop, map_id)
    assert (answer.status_code, answer["Location"]) == (302, at(f"/{map_id}/edit"))
    assert document.languages[0] == "ar"
    assert document.name["ar"] in gallery
    assert document.name["ar"] in page(browser.get(answer["Location"]))


def test_an_empty_workspace_offers_the_templates_to_who_may_draw(let_in, at) -> None:
    assert page(let_in("en", "analyst").get(at())).count('name="begin"') == len(TEMPLATES)


def test_a_viewer_reads_the_list_and_draws_nothing(shop, let_in, at, a_map: str) -> None:
    browser = let_in("en", "viewer")
    shown = page(browser.get(at()))
    assert "Shopping" in shown
    assert "New map" not in shown
    for address in ("/new", f"/{a_map}/edit", f"/{a_map}/settings", f"/{a_map}/proposals", f"/{a_map}/rule"):
        assert browser.get(at(address)).status_code == 403, address
    for address in ("do", "edits", "undo", "redo", "archive", "duplicate", "files", "settle"):
        assert browser.post(at(f"/{a_map}/{address}".replace("/do", "/edit/do"))).status_code == 403, address
    assert kept(shop, a_map) == DOCUMENT
    assert maps(shop) == [a_map]


@pytest.mark.parametrize("then", ["½", "sign-in", "//elsewhere.example/", "https://elsewhere.example/"])
def test_a_comment_leads_back_within_this_host_alone(let_in, at, a_map: str, then: str) -> None:
    browser, place = let_in("en", "agent"), at(f"/{a_map}/comments")
    answer = browser.post(place, {"text": "Why so late?", "then": then})
    assert (answer.status_code, answer["Location"]) == (302, place)
    answer = browser.post(place, {"text": "Why?", "then": f"{at(f'/{a_map}')}?at=step/see"})
    assert (answer.status_code, answer["Location"]) == (302, f"{at(f'/{a_map}')}?at=step/see")


def test_an_agent_comments_and_an_analyst_shares_nothing(shop, let_in, at, a_map: str) -> None:
    from safar.doors.web.maps import queries

    browser = let_in("en", "agent")
    assert browser.get(at(f"/{a_map}/edit")).status_code == 403
    sent = browser.post(at(f"/{a_map}/comments"), {"text": "Is it **true**?", "at": "card/c1"})
    assert sent.status_code == 302
    (comment,) = queries.comments_of(shop, a_map)
    assert (comment.target, comment.text, comment.by) == ("card/c1", "Is it **true**?", "سارا")
    shown = page(browser.get(at(f"/{a_map}/comments")))
    assert "Is it <strong>true</strong>?" in shown
    browser.post(at(f"/{a_map}/comments"), {"resolve": comment.comment_id})
    assert queries.open_comment_counts(shop, a_map) == {}
    assert browser.get(at(f"/{a_map}/shares")).status_code == 403


def test_another_workspaces_map_is_not_there(web_home, let_in, shop, a_map: str) -> None:
    other = web_home.create_workspace(
        "Other",
        workspace_id=f"{shop.workspace_id}-b",
        language="en",
        calendar="gregorian",
        time_zone="UTC",
        currency="USD",
    )
    from safar.doors.web.members.models import Member
    from safar.doors.web.members.services import add_member

    browser = let_in("en", "owner")
    sara = Member.objects.get()
    add_member(sara.email, sara.name, "en", other.workspace_id, "owner")
    base = f"/w/{other.workspace_id}/journeys/maps/{a_map}"
    for address in ("edit", "comments", "versions", "settings", "shares", "proposals", "rule"):
        assert browser.get(f"{base}/{address}").status_code == 404, address
    assert browser.post(f"{base}/edits", "{}", content_type="application/json").status_code == 404
    assert browser.post(f"{base}/archive").status_code == 404
    assert maps(shop) == [a_map]


def test_the_sheet_is_drawn_in_the_language_that_is_written(let_in, at, a_map: str) -> None:
    browser = let_in("fa", "analyst")
    shown = page(browser.get(at(f"/{a_map}/edit?language=en")))
    assert "<p><strong>Sees</strong> &lt;b&gt;it&lt;/b&gt; " in shown
    assert '<a href="/x" rel="noopener nofollow">here</a></p>' in shown
    assert shown.count('class="is-back"') == 1
    # In Persian the same text is missing, and says so.
    assert "map-text is-missing" in page(browser.get(at(f"/{a_map}/edit?language=fa")))


def test_a_form_is_edits_with_blanks(shop, let_in, at, a_map: str) -> None:
    browser = let_in("en", "analyst")
    answer = browser.post(
        at(f"/{a_map}/edit/do"),
        {
            "base": "1",
            "at": "step/pay",
            "language": "en",
            "edit": [
                json.dumps({"edit": "step.name", "of": "pay", "language": "fa"}),
                json.dumps({"edit": "step.can_end", "of": "pay"}),
                json.dumps({"edit": "step.promises", "of": "pay"}),
                json.dumps({"edit": "step.tags", "of": "pay"}),
            ],
            "0:text": "پرداخت",
            "1:value|flag": ["", "on"],
            "2:value.0.promise_id": "$new",
            "2:value.0.words.en": "In one step",
            "2:value.0.words.fa": "",
            "2:value.0.begins": "checkout_started",
            "2:value.0.kept_by": "order_placed",
            "2:value.0.within": "۱۰ دقیقه",
            "2:value.0.same": "",
            "2:value.0.goal|share": "۹۰",
            "2:value.1.promise_id": "$new",
            "2:value.1.words.en": "",
            "2:value.1.begins": "",
            "2:value.1.goal|share": "",
            "3:value|lines": "payment\r\n\r\n card ",
        },
    )
    assert answer["Location"] == at(f"/{a_map}/edit?language=en&at=step/pay#panel")
    step = kept(shop, a_map).step("pay")
    assert step is not None
    (promise,) = step.binding.promises
    assert (step.name, step.can_end) == ({"en": "Pay", "fa": "پرداخت"}, True)
    assert (promise.words, promise.begins, promise.kept_by, promise.within, promise.goal) == (
        {"en": "In one step"},
        "checkout_started",
        "order_placed",
        "۱۰ دقیقه",
        0.9,
    )
    assert 'value="10 minutes"' in browser.get(answer["Location"].partition("#")[0]).content.decode()
    assert step.binding.tags == ("payment", "card")


@pytest.mark.parametrize(
    "fields",
    [
        {"edit": "no json"},
        {"edit": "[]"},
        {"edit": '{"edit": "step.fly", "of": "pay"}'},
        {"edit": '{"edit": "step.owner", "of": "pay"}', "0:value|magic": "x"},
        {"edit": '{"edit": "step.tags", "of": "pay", "value": [1]}', "0:value.999999.x": "x"},
        {"edit": '{"edit": "step.events", "of": "pay"}', "0:value": "order_placed ["},
        {"edit": '{"edit": "step.owner", "of": "nobody"}', "0:value": "x"},
    ],
)  # fmt: skip
def test_a_form_that_cannot_be_read_changes_nothing(shop, let_in, at, a_map: str, fields) -> None:
    answer = let_in("en", "analyst").post(at(f"/{a_map}/edit/do"), {"base": "1", **fields})
    assert answer.status_code == 400
    assert kept(shop, a_map) == DOCUMENT


def test_numbers_that_no_table_holds_name_nothing(shop, let_in, at, a_map: str) -> None:
    from safar.doors.web.maps import queries

    browser, digits = let_in("en", "analyst"), "9" * 5_000
    browser.post(at(f"/{a_map}/versions"), {"name": "Before", "decided": ""})
    (version,) = queries.snapshots_of(shop, a_map)
    compared = browser.get(at(f"/{a_map}/versions/{version.snapshot_id}?against={digits}"))
    assert compared.status_code == 200
    for field in ("resolve", "answers"):
        assert browser.post(at(f"/{a_map}/comments"), {field: digits, "text": ""}).status_code == 400
    owner = {"edit": '{"edit": "step.owner", "of": "pay"}', "0:value": "Finance"}
    for address in ("edit/do", "proposals"):
        assert browser.post(at(f"/{a_map}/{address}"), {"base": digits, **owner}).status_code == 302


@pytest.mark.parametrize("place", ["card/<b>", "card/a/b", "step/\x00", "card/" + "x" * 50, "moves", 7])
def test_edits_of_who_is_at_an_odd_place_are_done(shop, let_in, at, a_map: str, place: object) -> None:
    owner = {"edit": "step.owner", "of": "pay", "value": "Finance"}
    said = json.dumps({"base": 1, "edits": [owner], "at": place})
    answer = let_in("en", "analyst").post(at(f"/{a_map}/edits"), said, content_type="application/json")
    assert (answer.status_code, answer.json()["revision"]) == (200, 2)


@pytest.mark.parametrize(
    "body",
    ["", "[]", "{}", '{"base": "1"}', '{"base": true}',
     '{"base": 7, "edits": [{"edit": "stage.remove", "of": "before"}]}',
     '{"base": 1, "edits": [{"edit": "step.within", "of": "pay"}]}'],
)  # fmt: skip
def test_edits_that_cannot_be_read_are_refused_with_a_sentence(
    shop, let_in, at, a_map: str, body: str
) -> None:
    answer = let_in("en", "analyst").post(at(f"/{a_map}/edits"), body, content_type="application/json")
    assert answer.status_code == 422
    assert len(answer.json()["sentence"]) > 20
    assert kept(shop, a_map) == DOCUMENT


def test_edits_tell_the_revision_and_what_was_lost(shop, let_in, at, a_map: str) -> None:
    from safar.doors.web.audit.actor import SYSTEM
    from safar.doors.web.maps import services
    from safar.maps.edits import read_edits

    theirs = {"edit": "step.name", "of": "pay", "language": "en", "text": "Paying"}
    services.apply(shop, a_map, read_edits([theirs]), base=1, by=SYSTEM)
    browser = let_in("en", "analyst")
    mine = {"edit": "step.name", "of": "pay", "language": "en", "text": "Checkout"}
    owner = {"edit": "step.owner", "of": "pay", "value": "Finance"}
    answer = browser.post(
        at(f"/{a_map}/edits"),
        json.dumps({"base": 1, "edits": [mine, owner]}),
        content_type="application/json",
    )
    found = answer.json()
    assert (answer.status_code, found["revision"], found["lost"]) == (200, 3, [mine])
    step = kept(shop, a_map).step("pay")
    assert step is not None
    assert (step.name["en"], step.owner) == ("Paying", "Finance")
    shown = page(browser.get(at(f"/{a_map}/edit?at=step/pay")))
    assert "Checkout" in shown
    conflict = shown.split('name="conflict" value="')[1].split('"')[0]
    browser.post(at(f"/{a_map}/settle"), {"conflict": conflict, "keep": "mine"})
    assert kept(shop, a_map).step("pay").name["en"] == "Checkout"  # type: ignore[union-attr]
    assert browser.post(at(f"/{a_map}/settle"), {"conflict": conflict}).status_code == 404


def test_a_rule_says_whom_it_finds(let_in, at, a_map: str, a_month) -> None:
    browser = let_in("fa", "analyst")
    found = page(browser.get(at(f"/{a_map}/rule"), {"text": "order_placed [@amount > 1]"}))
    assert "۶۰ مشتری" in found
    assert "۶۰ رویداد" in found
    built = browser.get(
        at(f"/{a_map}/rule"),
        {
            "build": "1",
            "was": "Pay: page",
            "name": ["page", "order_placed"],
            "channel": "web",
            "of": ["plan", ""],
            "sign": ["is_not", "is"],
            "values": ["pro | free", ""],
        },
    )
    assert 'data-text="Pay: page, order_placed [channel = web; plan != pro | free]"' in page(built)
    wrong = page(browser.get(at(f"/{a_map}/rule"), {"text": "order_placed ["}))
    assert "is-bad" in wrong


@pytest.mark.parametrize(
    ("name", "content"),
    [("map.json", json.dumps(told(DOCUMENT)).encode()), ("map.csv", write_sheet(DOCUMENT))],
)
def test_a_map_comes_as_a_file(shop, let_in, at, name: str, content: bytes) -> None:
    file = io.BytesIO(content)
    file.name = name
    answer = let_in("en", "analyst").post(at("/new"), {"begin": "file", "file": file})
    assert answer.status_code == 302
    (map_id,) = maps(shop)
    assert kept(shop, map_id) == DOCUMENT


@pytest.mark.parametrize(
    "content", [b'{"steps": []}', b'{"format": "x"}', b"\xff\x00", b"kind,id\nstep,x", b"[" * 100_000]
)
def test_a_file_that_holds_no_map_says_why_and_leaves_none(shop, let_in, at, content: bytes) -> None:
    file = io.BytesIO(content)
    file.name = "map.json"
    answer = let_in("en", "analyst").post(at("/new"), {"begin": "file", "file": file})
    assert answer.status_code == 422
    assert "Exactly:" in page(answer)
    assert maps(shop) == []


def test_versions_are_kept_compared_and_brought_back(shop, let_in, at, a_map: str) -> None:
    from safar.doors.web.maps import queries

    browser = let_in("en", "analyst")
    assert browser.post(at(f"/{a_map}/versions"), {"name": ""}).status_code == 422
    browser.post(at(f"/{a_map}/versions"), {"name": "Spring", "decided": "Fewer fields."})
    (version,) = queries.snapshots_of(shop, a_map)
    press = {"base": "1", "edit": json.dumps({"edit": "step.owner", "of": "pay", "value": "Finance"})}
    browser.post(at(f"/{a_map}/edit/do"), press)
    shown = page(browser.get(at(f"/{a_map}/versions/{version.snapshot_id}")))
    assert "Fewer fields." in shown
    assert '<ins dir="auto">Finance</ins>' in shown
    browser.post(at(f"/{a_map}/versions/{version.snapshot_id}/restore"))
    assert kept(shop, a_map) == DOCUMENT
    assert "They are alike." in page(browser.get(at(f"/{a_map}/versions/{version.snapshot_id}")))
    assert browser.get(at(f"/{a_map}/versions/999999")).status_code == 404


def test_settings_are_one_change(shop, let_in, at, a_map: str) -> None:
    browser = let_in("en", "analyst")
    fields = {
        "languages": ["fa", "ar"],
        "first": "ar",
        "state": "to_be",
        "pause": "۱۴ روز",
        "name.ar": "شراء",
    }
    assert browser.post(at(f"/{a_map}/settings"), fields | {"pause": "soon"}).status_code == 422
    assert kept(shop, a_map) == DOCUMENT
    browser.post(at(f"/{a_map}/settings"), fields)
    found = kept(shop, a_map)
    assert (found.languages, found.state, found.pause) == (("ar", "fa"), "to_be", "14d")
    assert found.name == {"en": "Shopping", "fa": "خرید", "ar": "شراء"}
    assert 'value="14 days"' in browser.get(at(f"/{a_map}/settings")).content.decode()
    browser.post(at(f"/{a_map}/undo"))
    assert kept(shop, a_map) == DOCUMENT


def test_a_link_is_shown_once_and_can_be_withdrawn(shop, let_in, at, a_map: str) -> None:
    from safar.doors.web.maps import queries
    from safar.doors.web.maps.errors import ShareEnded

    browser = let_in("en", "manager")
    assert browser.post(at(f"/{a_map}/shares"), {"language": "en", "days": "400"}).status_code == 422
    assert queries.shares_of(shop, a_map) == ()
    shown = page(browser.post(at(f"/{a_map}/shares"), {"language": "en", "days": "۷"}))
    token = shown.split("/m/")[1].split("<")[0]
    (share,) = queries.shares_of(shop, a_map)
    assert (
        share.language,
        share.shows_lived,
        round((share.expires_at - share.created_at).total_seconds() / 86400, 3),
    ) == ("en", False, 7)
    assert queries.shared_map(token).public_id == a_map
    assert token not in page(browser.get(at(f"/{a_map}/shares")))
    browser.post(at(f"/{a_map}/shares/{share.public_id}/withdraw"))
    with pytest.raises(ShareEnded):
        queries.shared_map(token)


def test_a_picture_is_attached_shown_and_only_pictures_are(shop, let_in, at, a_map: str) -> None:
    browser = let_in("en", "analyst")
    png = bytes.fromhex(
        "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
        "1f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
    )

    def attach(content: bytes, name: str):
        file = io.BytesIO(content)
        file.name = name
        return browser.post(at(f"/{a_map}/files"), {"at": "card/c1", "file": file})

    assert attach(b"<script>alert(1)</script>", "x.png").status_code == 400
    assert kept(shop, a_map) == DOCUMENT
    assert attach(png, "dot.png").status_code == 302
    (file_id,) = kept(shop, a_map).cards[0].attachments
    sent = browser.get(at(f"/{a_map}/files/{file_id}"))
    assert (sent.status_code, sent["Content-Type"], b"".join(sent.streaming_content)) == (
        200,
        "image/png",
        png,
    )
    assert f"/files/{file_id}" in page(browser.get(at(f"/{a_map}/edit")))
    assert browser.get(at(f"/{a_map}/files/nothing")).status_code == 404


def test_proposals_of_the_log_are_accepted_all_at_once(shop, let_in, at, a_map: str, a_month) -> None:
    browser = let_in("en", "analyst")
    shown = page(browser.get(at(f"/{a_map}/proposals")))
    assert "Placed an order · order_placed" in shown
    assert "60 customers · 60 events" in shown
    edits = [part.split('"')[0].replace("&quot;", '"') for part in shown.split('name="edit" value="')[1:]]
    accepted = [each for each in edits if "step.events" in each][:1]
    browser.post(at(f"/{a_map}/proposals"), {"base": "1", "edit": accepted})
    assert "order_placed" in " ".join(step.binding.events for step in kept(shop, a_map).steps)


def test_a_copy_and_the_archive(shop, let_in, at, a_map: str) -> None:
    browser = let_in("en", "analyst")
    browser.post(at(f"/{a_map}/duplicate"))
    copy = next(each for each in maps(shop) if each != a_map)
    assert kept(shop, copy).steps == DOCUMENT.steps
    browser.post(at(f"/{a_map}/archive"))
    assert maps(shop) == [copy]
    assert "Shopping" in page(browser.get(at("?archive=1")))
    assert browser.post(at(f"/{a_map}/undo")).status_code == 400
    browser.post(at(f"/{a_map}/archive"))
    assert set(maps(shop)) == {a_map, copy}
