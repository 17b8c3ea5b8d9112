from __future__ import annotations

import pytest

from safar.collect.template import Template, TemplateUnreadable

CELLS = {"a": ["1", "", " 3 "], "b": ["x", "y", ""]}


def filled(text: str) -> list[str]:
    return list(Template.of(text).filled(CELLS.__getitem__, 3))


def test_columns_stand_in_braces() -> None:
    assert Template.of("order {a} of {b}").columns == ("a", "b")
    assert Template.of("order_placed").constant == "order_placed"
    assert Template.of("{a}").constant is None


def test_a_row_without_one_of_the_columns_has_no_text() -> None:
    assert filled("{a}") == ["1", "", "3"]
    assert filled("order {a}") == ["order 1", "", "order 3"]
    assert filled("{a}-{b}!") == ["1-x!", "", ""]
    assert filled("same") == ["same", "same", "same"]


def test_braces_are_written_twice() -> None:
    assert filled("{{{a}}}") == ["{1}", "", "{3}"]
    assert Template.of("{{}}").constant == "{}"


@pytest.mark.parametrize("text", ["{", "}", "{a", "a}", "{}", "{a}}"])
def test_a_lone_brace_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(TemplateUnreadable, match="at character"):
        Template.of(text)
