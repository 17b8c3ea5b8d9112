"""The text of a card as HTML: Markdown without HTML, of which there are paragraphs, lists, bold, italics and links.

What is no such sign stays as it was typed, and is escaped. Links lead to the web, to an address of mail, or within
Safar; any other link is text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

#: Each sign is looked for up to the next one of its kind and no further: whatever is typed, the time grows as the text.
_INLINE: Final = re.compile(
    r"\*\*(?P<bold>(?=\S)(?:[^*]|\*(?!\*))++(?<=\S))\*\*"
    r"|(?<![\w*])\*(?P<star>\S(?:[^*]*?\S)?)\*(?![\w*])"
    r"|(?<!\w)_(?P<italics>\S(?:[^_]*?\S)?)_(?!\w)"
    r"|\[(?P<words>[^\[\]]+)\]\((?P<link>[^()\s]+)\)"
)
_ITEM: Final = re.compile(r"\s*(?:[-*•]|(?P<number>[0-9۰-۹٠-٩]{1,3})[.)])\s+(?P<text>.*)")
_LINK: Final = re.compile(r"https?://|mailto:|/(?![/\\])", re.IGNORECASE)


def rich_text(text: str) -> SafeString:
    """Return a text of a card as HTML.

    Examples
    --------
    >>> rich_text("It is **late**.")
    '<p>It is <strong>late</strong>.</p>'
    >>> rich_text("- one\\n- <two>")
    '<ul><li>one</li><li>&lt;two&gt;</li></ul>'
    >>> rich_text("[x](javascript:alert)")
    '<p>[x](javascript:alert)</p>'
    """
    return mark_safe("".join(_blocks(text)))  # noqa: S308 - each part is escaped where it is made


def plain_text(text: str) -> str:
    """Return a text of a card without its signs, as one line.

    >>> plain_text("It is **late**:\\n- [one](https://safar.example)")
    'It is late: one'
    """
    lines = (_ITEM.fullmatch(line) for line in text.splitlines())
    bare = (found["text"] if found else line for found, line in zip(lines, text.splitlines(), strict=True))
    return " ".join(_INLINE.sub(_bare, line).strip() for line in bare if line.strip())


def _blocks(text: str) -> Iterator[str]:
    paragraph: list[str] = []
    items: list[str] = []
    tag = ""
    for line in [*text.splitlines(), ""]:
        item = _ITEM.fullmatch(line)
        kind = ("ol" if item["number"] else "ul") if item else ""
        if items and kind != tag:
            yield f"<{tag}>{''.join(f'<li>{each}</li>' for each in items)}</{tag}>"
            items = []
        tag = kind
        if paragraph and (item or not line.strip()):
            yield f"<p>{'<br>'.join(paragraph)}</p>"
            paragraph = []
        if item:
            items.append(_inline(item["text"]))
        elif line.strip():
            paragraph.append(_inline(line.strip()))


def _inline(text: str) -> str:
    parts, after = [], 0
    for found in _INLINE.finditer(text):
        parts += [escape(text[after : found.start()]), _marked(found)]
        after = found.end()
    return "".join([*parts, escape(text[after:])])


def _marked(found: re.Match[str]) -> str:
    if found["bold"]:
        return f"<strong>{_inline(found['bold'])}</strong>"
    if found["star"] or found["italics"]:
        return f"<em>{_inline(found['star'] or found['italics'])}</em>"
    if _LINK.match(found["link"]):
        return format_html(
            '<a href="{}" rel="noopener nofollow">{}</a>',
            found["link"],
            mark_safe(_inline(found["words"])),  # noqa: S308
        )
    return escape(found[0])


def _bare(found: re.Match[str]) -> str:
    inner = found["bold"] or found["star"] or found["italics"] or found["words"]
    return _INLINE.sub(_bare, inner)
