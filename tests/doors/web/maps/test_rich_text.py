"""Texts of cards as HTML: what is a sign becomes one, and nothing else gets through."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safar.doors.web.maps.rich_text import plain_text, rich_text


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("", ""),
        ("one\ntwo\n\nthree", "<p>one<br>two</p><p>three</p>"),
        ("*a* _b_ **c *d* e**", "<p><em>a</em> <em>b</em> <strong>c <em>d</em> e</strong></p>"),
        ("2 * 3 * 4, snake_case_name", "<p>2 * 3 * 4, snake_case_name</p>"),
        ("- یک\n- **دو**\n1. x\n2) y", "<ul><li>یک</li><li><strong>دو</strong></li></ul><ol><li>x</li><li>y</li></ol>"),
        ("۱. یک\nsaid", "<ol><li>یک</li></ol><p>said</p>"),
        ("[a](https://x.example/?q=1&r=2)",
         '<p><a href="https://x.example/?q=1&amp;r=2" rel="noopener nofollow">a</a></p>'),
        ('[a](/x"onclick=1)', '<p><a href="/x&quot;onclick=1" rel="noopener nofollow">a</a></p>'),
        ("[a](//evil.example)", "<p>[a](//evil.example)</p>"),
        ("[a](/\\evil.example)", "<p>[a](/\\evil.example)</p>"),
        ("[a](data:text/html,x)", "<p>[a](data:text/html,x)</p>"),
        ("<img src=x onerror=1>", "<p>&lt;img src=x onerror=1&gt;</p>"),
        ("**<b>**", "<p><strong>&lt;b&gt;</strong></p>"),
    ],
)  # fmt: skip
def test_signs_become_html(text: str, html: str) -> None:
    assert rich_text(text) == html


def test_a_text_without_its_signs() -> None:
    assert plain_text("- **one** [two](/x)\n- _three_\n\nfour") == "one two three four"


@pytest.mark.parametrize("sign", ["**a ", "*a ", "_a ", "[a ", "[a](b "])
def test_signs_that_nothing_closes_cost_no_more_than_others(sign: str) -> None:
    """A square of the length would be an hour: that it ends is the test."""
    text = "x" + sign * 150_000
    assert rich_text(text) == f"<p>{text.strip()}</p>"
    assert plain_text(text) == text.strip()


@given(st.text(alphabet="*_[]()-<>&\"' \nab/:.۱", max_size=60))
def test_no_other_tags_come_out(text: str) -> None:
    html = rich_text(text)
    for tag in ("p", "ul", "ol", "li", "strong", "em"):
        assert html.count(f"<{tag}>") == html.count(f"</{tag}>")
        html = html.replace(f"<{tag}>", "").replace(f"</{tag}>", "")
    html = html.replace("<br>", "")
    assert html.count("<") == html.count("<a href=") + html.count("</a>")
