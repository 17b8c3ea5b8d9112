"""Maps as tables: what was written is read back, what people write is understood, what is wrong is told by its row."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given

from designed_maps import a_map, edits, maps
from safar.maps.anatomy import EvidenceKind, JourneyMap, LaneKind, told
from safar.maps.editing import apply_all
from safar.maps.sheet_file import SheetRefused, read_file, read_sheet, write_sheet
from safar.maps.templates import TEMPLATES, template

GIVE_IDS = "give them ids, and name them by these"


@given(maps())
def test_what_was_written_is_read_back(document: JourneyMap) -> None:
    assert read_sheet(write_sheet(document)) == document


@pytest.mark.parametrize("key", TEMPLATES)
def test_templates_go_out_and_come_back(key: str) -> None:
    document = template(key)
    assert read_file(write_sheet(document)) == document
    assert read_file(json.dumps(told(document), ensure_ascii=False).encode()) == document


def test_lists_promises_and_evidence_come_back() -> None:
    promise = {"promise_id": "p", "begins": "a", "kept_by": 'b [x = "1;2"]', "within": "2d", "goal": 0.9}
    document, _ = apply_all(
        a_map("a", cards={"k": "a"}),
        edits(
            {"edit": "step.questions", "of": "a", "value": ["nps", "a; b", " c", "[d"]},
            {"edit": "step.promises", "of": "a", "value": [promise]},
            {
                "edit": "card.evidence",
                "of": "k",
                "value": [{"kind": "answers", "n": 12, "words": {"fa": "گفتند"}}],
            },
            {"edit": "card.personas", "of": "k", "value": ["p1", "p2"]},
        ),
    )
    back = read_sheet(write_sheet(document))
    assert back == document
    assert back.cards[0].evidence[0].kind is EvidenceKind.ANSWERS


def test_no_cell_is_a_formula() -> None:
    texts = ["=1+1", "+1", "-item", "@sum", "'=1", "''x", "\t=2", "  =3", "＝4", "plain"]
    document, _ = apply_all(
        a_map("a", cards={f"k{number}": "a" for number in range(len(texts))}),
        edits(*({"edit": "card.text", "of": f"k{number}", "language": "en", "text": text}
                for number, text in enumerate(texts))),
    )  # fmt: skip
    written = write_sheet(document)
    cells = [cell for row in csv.reader(io.StringIO(written.decode("utf-8-sig"), newline="")) for cell in row]
    assert not [cell for cell in cells if cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "＝"))]
    assert [card.text["en"] for card in read_sheet(written).cards] == texts


def test_a_table_that_people_made_needs_little() -> None:
    """Persian Excel: semicolons, a mark at the front, Persian digits and minus, stages by name, no ids of cards."""
    rows = [
        "kind;id;stage;step;lane;emotion;text.fa;can_end",
        "step;s۱;آگاهی;;;;دیدن آگهی;",
        "step;s۲;خرید;;;;پرداخت;بله",
        "card;;;s۲;emotion;−۱٫۵;;",
        "card;;;s۲;Front stage;;درگاه بانک;",
        ";;;;;;;",
    ]
    found = read_sheet("\r\n".join(rows).encode("utf-8-sig"))
    assert [(stage.name, [step.step_id for step in stage.steps]) for stage in found.stages] == [
        ({"fa": "آگاهی"}, ["s1"]),
        ({"fa": "خرید"}, ["s2"]),
    ]
    assert [(move.source, move.target) for move in found.moves] == [("s1", "s2")]
    assert [(lane.lane_id, lane.kind) for lane in found.lanes] == [
        ("emotion", LaneKind.EMOTION),
        ("front_stage", LaneKind.FRONT_STAGE),
    ]
    assert [card.emotion for card in found.cards] == [-1.5, None]
    assert found.steps[1].can_end
    assert found.languages == ("fa",)
    assert read_sheet("\r\n".join(rows).encode("utf-16")) == found


def read_rows(*rows: str) -> JourneyMap:
    return read_sheet("\n".join(rows).encode())


def places(document: JourneyMap) -> list[tuple[str, str, str]]:
    return [(card.step_id, card.lane_id, card.text["en"]) for card in document.cards]


def test_a_card_names_its_step_in_any_language_however_it_is_typed() -> None:
    """Arabic letters, a half-space or a blank, digits of another script, capitals: one name."""
    found = read_rows(
        "kind,stage,step,lane,text.fa,text.en",
        "step,Buy,,,گرفتن کالای ۲,Take it",
        "step,Buy,,,کتاب‌های من,My Books",
        "card,,كتاب هاي من,pain,,a",
        "card,,گرفتن كالاي 2,pain,,b",
        "card,,MY  books,pain,,c",
        "card,,take it,Front stage,,d",
    )
    assert places(found) == [
        ("step1", "pain", "b"),
        ("step1", "front_stage", "d"),
        ("step2", "pain", "a"),
        ("step2", "pain", "c"),
    ]
    assert [(stage.stage_id, stage.name) for stage in found.stages] == [("stage1", {"en": "Buy"})]
    assert read_sheet(write_sheet(found)) == found


def test_rows_stand_in_any_order() -> None:
    found = read_rows(
        "kind,id,stage,step,to,lane,text.en",
        "card,,,Pay,,Anger,x",
        "move,,,pay,See,,",
        "step,,Buying,,,,Pay",
        "step,,buying,,,,Thank",
        "step,,Before,,,,See",
        "lane,,,,,pain,Anger",
        "stage,,,,,,Before",
        "stage,,,,,,Buying",
    )
    assert [(stage.name["en"], [step.name["en"] for step in stage.steps]) for stage in found.stages] == [
        ("Before", ["See"]),
        ("Buying", ["Pay", "Thank"]),
    ]
    assert [(lane.lane_id, lane.name) for lane in found.lanes] == [("pain", {"en": "Anger"})]
    assert places(found) == [("step1", "pain", "x")]
    # see, pay, thank: the line, and the way back that is said
    assert [(move.source, move.target) for move in found.moves] == [
        ("step3", "step1"), ("step1", "step3"), ("step1", "step2"),
    ]  # fmt: skip


def test_an_id_that_is_given_comes_before_a_name_and_one_filled_in_behind() -> None:
    found = read_rows(
        "kind,id,stage,step,lane,text.en",
        "step,,One,,,First",
        "step,pay,One,,,step2",
        "step,,One,,,pay",
        "step,step1,One,,,Last",
        "card,,,pay,pain,given",
        "card,,,step2,pain,name",
        "card,,,step1,pain,given too",
        "card,,,step3,pain,filled in",
    )
    assert [step.step_id for step in found.steps] == ["step2", "pay", "step3", "step1"]
    assert places(found) == [
        ("pay", "pain", "given"),
        ("pay", "pain", "name"),
        ("step3", "pain", "filled in"),
        ("step1", "pain", "given too"),
    ]


def test_a_map_whose_steps_are_called_as_others_ids_comes_back() -> None:
    document, _ = apply_all(
        a_map("a", "b", cards={"k": "a", "l": "b"}),
        edits(
            {"edit": "step.name", "of": "a", "language": "en", "text": "b"},
            {"edit": "step.name", "of": "b", "language": "en", "text": "a"},
            {"edit": "lane.name", "of": "feel", "language": "en", "text": "pain"},
            {"edit": "stage.name", "of": "g1", "language": "en", "text": "a"},
        ),
    )
    assert read_sheet(write_sheet(document)) == document


@pytest.mark.parametrize(
    ("columns", "language"), [("text.fa", "fa"), ("text.ar", "ar"), ("text.ar,text.fa", "ar")]
)
def test_a_stage_is_named_in_the_language_of_its_table(columns: str, language: str) -> None:
    """None of these letters is of one of the two languages alone."""
    assert read_rows(f"kind,stage,{columns}", "step,بعد,x").stages[0].name == {language: "بعد"}


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (["kind,stage,step,lane,text.fa", "step,خرید,,,پرداخت", "step,پس از خرید,,,پرداخت‌", "card,,پرداخت,pain,x"],
         f"row 4: 'پرداخت' is the name of 2 parts of the kind step (rows 2 and 3): {GIVE_IDS}."),
        (["kind,stage,step,lane,text.en", "step,One,,,Pay", "card,,Pya,pain,x"],
         "row 3: there is no step 'Pya'. Did you mean \"Pay\"?"),
        (["kind,stage,step,lane,text.en", "step,One,,,Pay", "card,,Elsewhere,pain,x", "card,,,pain,y"],
         "row 3: there is no step 'Elsewhere'; row 4: step is empty: name the step."),
        (["kind,stage,step,to", "step,One,,", "move,,step1,"], "row 3: to is empty: name the step."),
        (["kind,stage,text.en", "stage,,Buy", "stage,,buy", "stage,,BUY", "step,Buy,Pay"],
         f"row 5: 'Buy' is the name of 3 parts of the kind stage (rows 2 and 3 and 1 more): {GIVE_IDS}."),
        (["kind,id,stage,step,lane,text.en", "step,,One,,,Pay", "lane,a,,,pain,", "lane,b,,,pain,",
          "card,,,Pay,pain,x"],
         "row 5: there are 2 lanes of the kind 'pain': name one of them."),
        (["kind,stage,step,lane,emotion,text.en", "step,One,,,,Pay", "card,,Pay,emotion,sad,x"],
         "row 3: 'sad' is not a number."),
    ],
)  # fmt: skip
def test_a_name_that_means_none_or_several_is_refused(rows: list[str], message: str) -> None:
    with pytest.raises(SheetRefused) as caught:
        read_rows(*rows)
    assert caught.value.message == message


@pytest.mark.parametrize(
    ("rows", "words", "numbers"),
    [
        (["kind,id,stage,step,lane,text.en", "step,a,One,,,A", "card,,,b,pain,x", "card,,,a,pian,x"],
         ["row 3: there is no step 'b'", "row 4: there is no lane 'pian'. Did you mean \"pain\"?"], [3, 4]),
        (["kind,id,stage", "step,a,One", "step,a,One", "shop,b,One"], ["row 3: there is a step 'a'", "row 4: kind"],
         [3, 4]),
        (["kind,id,stage", "step,a,"], ["row 2: the step has no stage"], [2]),
        (["kind,id,stage,step,lane,emotion", "step,a,One", "card,,,a,emotion,3", "card,,,a,emotion,sad"],
         ["row 3: emotion '3'", "row 4"], [3, 4]),
        (["kind,id,stage,can_end", "step,a,One,maybe"], ["row 2: can_end is 'maybe'"], [2]),
        (["kind,id,stage,promises", "step,a,One,soon"], ["row 2: promises is no JSON"], [2]),
        (["kind,id,stgae", "step,a,One"], ["no column 'stgae'"], [1]),
        (["id,stage", "a,One"], ["no column kind"], [1]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_by_its_row(rows: list[str], words: list[str], numbers: list[int]) -> None:
    with pytest.raises(SheetRefused) as caught:
        read_sheet("\n".join(rows).encode())
    assert all(word in caught.value.message for word in words), caught.value.message
    assert caught.value.context["rows"] == numbers


def test_of_many_wrong_rows_the_first_five_are_told() -> None:
    rows = ["kind,id", *["shop,x"] * 9]
    with pytest.raises(SheetRefused, match="and 4 more"):
        read_sheet("\n".join(rows).encode())


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x81\x20",
        "سفر".encode("cp1256"),
        b'kind,id\n"step',
        b"kind,\x00id\nx",
        b"{",
        b"kind\n" * 10_002,
        b"k" * (6 << 20),
    ],
)
def test_what_is_no_table_is_refused(content: bytes) -> None:
    with pytest.raises(SheetRefused):
        read_file(content)


def test_a_file_without_a_map_is_an_empty_map() -> None:
    assert read_file(b"kind\r\n") == JourneyMap()


def test_what_excel_writes_in_persian_windows_is_read() -> None:
    table = "sep=;\r\nkind;stage;id;text.fa\r\nstep;کالا;pay;پرداخت\r\n"
    for content in (table.encode(), table.encode("utf-8-sig"), table.encode("cp1256")):
        document = read_sheet(content)
        assert document.step("pay").name == {"fa": "پرداخت"}
