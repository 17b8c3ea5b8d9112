"""Styles: enough contrast in both themes, one style sheet for both directions, one palette in each theme."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import safar

FOLDER = Path(safar.__file__).parent / "doors" / "web" / "static" / "css"
TOKENS = (FOLDER / "tokens.css").read_text(encoding="utf-8")

#: Text on its ground, and the least ratio by WCAG 2.2 AA: 4.5 for text, 3 for what is not text.
PAIRS = [
    ("ink", "paper", 4.5),
    ("ink", "card", 4.5),
    ("ink", "sunken", 4.5),
    ("ink", "line-soft", 4.5),
    ("soft", "paper", 4.5),
    ("soft", "card", 4.5),
    ("soft", "sunken", 4.5),
    ("firuze-ink", "card", 4.5),
    ("firuze-ink", "paper", 4.5),
    ("firuze-ink", "firuze-tint", 4.5),
    ("on-firuze", "firuze", 4.5),
    ("saffron-ink", "saffron-tint", 4.5),
    ("anar-ink", "anar-tint", 4.5),
    ("on-anar", "anar", 4.5),
    ("anar-ink", "card", 4.5),
    ("lajvard", "lajvard-tint", 4.5),
    ("firuze", "card", 3.0),
    ("firuze", "paper", 3.0),
    ("field-line", "card", 3.0),
]


def palette(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6});", block))


LIGHT = palette(re.search(r":root \{(.*?)\n\}", TOKENS, re.DOTALL)[1])
DARK_BY_SYSTEM = palette(
    re.search(r':root:not\(\[data-theme="light"\]\) \{(.*?)\n  \}', TOKENS, re.DOTALL)[1]
)
DARK_BY_CHOICE = palette(re.search(r':root\[data-theme="dark"\] \{(.*?)\n\}', TOKENS, re.DOTALL)[1])


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_ratio_itself() -> None:
    assert round(contrast("#000000", "#ffffff"), 6) == 21
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48


@pytest.mark.parametrize(("text", "ground", "least"), PAIRS)
@pytest.mark.parametrize("colours", [LIGHT, DARK_BY_CHOICE], ids=["light", "dark"])
def test_text_can_be_read(colours: dict[str, str], text: str, ground: str, least: float) -> None:
    assert contrast(colours[text], colours[ground]) >= least


def test_dark_is_dark_whoever_asks_for_it() -> None:
    assert DARK_BY_SYSTEM == DARK_BY_CHOICE
    assert DARK_BY_SYSTEM.keys() == LIGHT.keys()


SHEETS = sorted(FOLDER.glob("*.css"))


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_only_logical_properties(path: Path) -> None:
    rules = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    physical = re.findall(
        r"(?:^|[\s;{])((?:margin|padding|border)-(?:left|right|top|bottom)|(?:left|right|top|bottom|width|height|max-width"
        r"|min-width|max-height|min-height)|text-align:\s*(?:left|right)|float)\s*:",
        re.sub(r"@media[^{]*", "", rules),
    )
    assert physical == []


@pytest.mark.parametrize(
    "path", [path for path in SHEETS if path.name != "tokens.css"], ids=lambda path: path.name
)
def test_colours_come_from_tokens(path: Path) -> None:
    used = re.sub(r"@media print \{.*", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsl", used) == []
    own = set(re.findall(r"--([\w-]+):", used))
    assert set(re.findall(r"var\(--([\w-]+)", used)) <= own | set(re.findall(r"--([\w-]+):", TOKENS))


def test_nothing_is_fetched_from_elsewhere() -> None:
    for path in SHEETS:
        assert re.findall(r"https?:|//[a-z]|@import", path.read_text(encoding="utf-8")) == []
    assert set(re.findall(r'url\("([^"]+)"\)', TOKENS)) == {
        "../vendor/inter-latin.woff2",
        "../vendor/inter-latin-ext.woff2",
        "../vendor/vazirmatn-arabic.woff2",
    }
