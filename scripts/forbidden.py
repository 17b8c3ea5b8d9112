"""What no tracked file may say: rules that a linter does not know, each with lines it must refuse and allow.

python scripts/forbidden.py          check every tracked file
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HARD_STOP = 700


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that may not be said, and why.

    Attributes
    ----------
    name
        For the report.
    pattern
        Searched in each line.
    reason
        What to do instead.
    bad, good
        Lines that the rule must refuse and allow; a test holds it to them.
    only
        Patterns of paths it looks at; all when empty.
    apart_from
        Patterns of paths it leaves alone.
    """

    name: str
    pattern: re.Pattern[str]
    reason: str
    bad: Sequence[str]
    good: Sequence[str]
    only: Sequence[str] = ()
    apart_from: Sequence[str] = ()

    def looks_at(self, path: str) -> bool:
        """Whether the rule is about this file."""
        if any(fnmatch(path, pattern) for pattern in self.apart_from):
            return False
        return not self.only or any(fnmatch(path, pattern) for pattern in self.only)


# Host names are put together here, so that this file may be looked at by its own rules.
_DOT = "."
_REGISTRIES = [
    ("pypi", "org"),
    ("pythonhosted", "org"),
    ("registry", "npmjs"),
    ("npmjs", "com"),
    ("yarnpkg", "com"),
]
_CDNS = [
    ("jsdelivr", "net"), ("unpkg", "com"), ("cdnjs", "cloudflare"), ("fonts", "googleapis"),
    ("fonts", "gstatic"), ("esm", "sh"), ("skypack", "dev"), ("ajax", "googleapis"),
]  # fmt: skip
_PAGES = ("*.html", "*.css", "*.svg")


def _hosts(pairs: Sequence[tuple[str, str]]) -> re.Pattern[str]:
    return re.compile("|".join(rf"\b{name}\.{ending}\b" for name, ending in pairs))


RULES = (
    Rule(
        "registry host",
        _hosts(_REGISTRIES),
        "Name packages, not the host they come from: the installer's own settings know it.",
        bad=[
            "--index-url https://pypi" + _DOT + "org/simple",
            '"resolved": "https://registry' + _DOT + 'npmjs.org/htmx"',
        ],
        good=["uv pip sync requirements/run.txt", "from PyPI"],
    ),
    Rule(
        "CDN host",
        _hosts(_CDNS),
        "Safar makes no outbound call: pin the package in the front-end lock and serve it ourselves.",
        bad=['<script src="https://unpkg' + _DOT + 'com/htmx">'],
        good=["{% static 'vendor/htmx.js' %}"],
    ),
    Rule(
        "machine path",
        re.compile(r"(?<![\w.}])/(?:work|root|home/\w+|Users/\w+)/"),
        "A path of one machine is a riddle on another: say it from the checkout, or take it from a setting.",
        bad=["open('/ho" + "me/sara/orders.csv')", "see /wo" + "rk/plan"],
        good=[
            "open('examples/orders.csv')",
            "https://shop.example/work/",
            "/w/{shop}/work/{id}",
            "~/.local/share",
        ],
    ),
    Rule(
        "unfinished",
        re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b"),
        "Finish it, or describe the limit in the docs.",
        bad=["# TO" + "DO: later"],
        good=["# see docs/concepts/log.md"],
        apart_from=("requirements/*.txt", "*package-lock.json"),
    ),
    Rule(
        "physical direction",
        re.compile(
            r"\b(?:margin|padding|border)-(?:left|right)\b|\btext-align:\s*(?:left|right)\b"
            r"|\bfloat:\s*(?:left|right)\b|(?:^|[;{\s])(?:left|right):\s*[-\d]"
        ),
        "Use the logical property: margin-inline-start, inset-inline-end, text-align: start.",
        bad=["margin-left: 4px;", "text-align: right;", ".a { left: 0; }", "float: left"],
        good=["margin-inline-start: 4px;", "text-align: start;", "inset-inline-start: 0;"],
        only=_PAGES,
    ),
    Rule(
        "inline script or style",
        re.compile(
            r"<script(?![^>]*\bsrc=)(?![^>]*application/(?:json|ld\+json))[^>]*>|\son[a-z]+=[\"']|\sstyle=[\"']"
        ),
        "The content security policy refuses it: use a module, a class, or a data attribute.",
        bad=["<script>start()</script>", '<a onclick="go()">', '<p style="color: red">'],
        good=[
            '<script type="module" src="{% static "today.js" %}"></script>',
            '<script type="application/json" id="x">',
        ],
        only=("src/*.html",),
        apart_from=("src/*/letter.html",),  # mail programs know no style sheets
    ),
)


def tracked() -> list[str]:
    """Return the paths of the files that are, or are about to be, in the repository."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return sorted(path for path in listed.splitlines() if (ROOT / path).is_file())


def findings(path: str, text: str) -> Iterator[str]:
    """Yield a sentence for each thing that the file may not say."""
    rules = [rule for rule in RULES if rule.looks_at(path)]
    lines = text.splitlines()
    for number, line in enumerate(lines, start=1):
        for rule in rules:
            found = rule.pattern.search(line)
            if found:
                yield f"{path}:{number}: {rule.name}: {found.group().strip()!r}. {rule.reason}"
    if path.startswith("src/") and path.endswith(".py") and len(lines) > HARD_STOP:
        yield f"{path}: module of {len(lines)} lines; {HARD_STOP} is the hard stop. Split it by concept."


def main() -> int:
    """Check every tracked text file; return 1 where something was found."""
    paths = tracked()
    found = []
    for path in paths:
        try:
            text = (ROOT / path).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture, a font, a file in another encoding that a test reads
        found += findings(path, text)
    for sentence in found:
        print(sentence)
    print(f"{len(paths)} files, {len(RULES)} rules: {len(found) or 'nothing'} found", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
