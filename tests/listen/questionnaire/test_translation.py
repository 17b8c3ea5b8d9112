"""Translating in a table: out and back, exactly, and through a spreadsheet."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safar.listen.questionnaire import questions as kinds
from safar.listen.questionnaire.anatomy import Ending, Page, Survey
from safar.listen.questionnaire.templates import TEMPLATES, template
from safar.listen.questionnaire.texts import texts, with_texts
from safar.listen.questionnaire.translation import TranslationRefused, table, translated

SURVEY = Survey(
    name={"en": "Shop"},
    languages=("en", "fa"),
    pages=(
        Page(
            page_id="p",
            questions=(
                kinds.TreeTest(
                    question_id="q",
                    title={"en": "Where, {{hidden.name}}?", "fa": "کجا؟"},
                    nodes=(
                        kinds.TreeNode(
                            node_id="a", nodes=(kinds.TreeNode(node_id="b", words={"en": "Deep"}),)
                        ),
                    ),
                ),
            ),
        ),
    ),
    endings=(Ending(ending_id="e", title={"en": "Thanks;\nall"}),),
)


def rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_a_table_has_a_row_for_each_text() -> None:
    assert rows(table(SURVEY, into=("fr", "en"))) == [
        ["path", "en", "fa", "fr"],
        ["name", "Shop", "", ""],
        ["pages[p].questions[q].title", "Where, {{hidden.name}}?", "کجا؟", ""],
        ["pages[p].questions[q].nodes[a].nodes[b].words", "Deep", "", ""],
        ["endings[e].title", "Thanks;\nall", "", ""],
    ]


@pytest.mark.parametrize("key", TEMPLATES)
def test_templates_come_back_as_they_were(key: str) -> None:
    assert translated(template(key), table(template(key))) == template(key)


_TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20) | st.sampled_from(
    ["=1+2", "'=1", "-3", "@a", "a\nb", '"', ";", "\t", " ", "+98", "سلام؛", "a\r\nb"]
)


@given(st.dictionaries(st.sampled_from(["en", "fa"]), _TEXTS, min_size=1))
@settings(max_examples=150)
def test_any_words_come_back_as_they_were(words: dict[str, str]) -> None:
    survey = with_texts(SURVEY, {"name": words, "endings[e].title": words})
    assert texts(survey)["name"] == words
    assert translated(survey, table(survey)) == survey


def test_a_table_changes_adds_and_takes_away() -> None:
    content = (
        "path,fa,fr\nname,فروشگاه,Magasin\npages[p].questions[q].title,,\n,,\nendings[e].about,,Au revoir\n"
    )
    made = translated(SURVEY, content.encode())
    assert made.languages == ("en", "fa", "fr")
    assert made.name == {"en": "Shop", "fa": "فروشگاه", "fr": "Magasin"}
    assert made.pages[0].questions[0].title == {"en": "Where, {{hidden.name}}?"}
    assert made.endings[0] == Ending(ending_id="e", title={"en": "Thanks;\nall"}, about={"fr": "Au revoir"})


@pytest.mark.parametrize(
    "content",
    [
        "path;fa\r\nname;فروشگاه\r\n".encode("utf-8-sig"),
        "path\tfa\nname\tفروشگاه\n".encode("utf-16"),
        "sep=;\r\npath;fa\r\nname;فروشگاه\r\n".encode(),
        '"path","fa"\n"name","فروشگاه"\n'.encode(),
        "path;fa\r\nname;فروشگاه\r\n".encode("cp1256"),
    ],
)
def test_what_spreadsheets_save_is_read(content: bytes) -> None:
    made = translated(SURVEY, content)
    assert made.name == {"en": "Shop", "fa": "فروشگاه"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no column path"),
        (b"name,fa\n", "no column path"),
        (b"path,persian words\nname,x\n", "is no language"),
        (b"path,fa,fa\nname,x,y\n", "two columns"),
        (b"path,fa\npages[p].questions[q].titel,x\n", "is no text of this survey"),
        (b"path,fa\nname,x\nname,y\n", "is there twice"),
        (b"\xff\xd8\xff\xe0\x00", "no text in UTF-8"),
    ],
)
def test_what_is_no_translation_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(TranslationRefused, match=said):
        translated(SURVEY, content)


def test_the_nearest_path_is_told_with_its_row() -> None:
    with pytest.raises(TranslationRefused) as caught:
        translated(SURVEY, b"sep=,\npath,fa\nname,x\npages[p].questions[q].titel,x\n")
    assert caught.value.hint == 'Did you mean "pages[p].questions[q].title"?'
    assert caught.value.context["rows"] == [4]
