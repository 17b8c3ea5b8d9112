"""The documentation: every link in it checked, or all of it as HTML.

    .venv/bin/python scripts/docs.py check     links and anchors between tracked files
    .venv/bin/python scripts/docs.py errors    docs/errors.md as it should be, on standard output
    .venv/bin/python scripts/docs.py build     docs/errors.md renewed; build/docs/index.html and the rest

No network is used: links to other hosts are left alone.
"""

from __future__ import annotations

import html
import importlib
import inspect
import pkgutil
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path, PurePosixPath
from posixpath import normpath
from urllib.parse import unquote, urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "build" / "docs"
MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
#: Languages that a page's name may carry (`README.fa.md`), and their direction.
DIRECTIONS = {"fa": "rtl", "ar": "rtl", "en": "ltr"}

ERRORS_TOP = """# Errors

Every error that Safar raises on purpose has a stable code. A *refusal* is something the asker can mend; a
*fault* is ours. The terminal shows the code in brackets and exits 2 for a refusal, 1 for a fault; the HTTP doors
answer with problem+json that carries it; pages say it as a sentence in the reader's language. `make docs` renews
this page from the sources.

| code | family | meaning |
|---|---|---|"""
FINDINGS_TOP = """
## What `safar doctor` can find

| code | severity | what to do |
|---|---|---|"""


def pages() -> list[str]:
    """Return the paths of the Markdown files that are, or are about to be, in the repository."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return sorted(path for path in listed.splitlines() if (ROOT / path).is_file())


def tokens(text: str) -> Iterator[Token]:
    """Yield every token of a page, nested ones too."""
    for token in MARKDOWN.parse(text):
        yield token
        yield from token.children or []


def links(text: str) -> Iterator[str]:
    """Yield where the page's links and pictures point."""
    for token in tokens(text):
        if token.type in {"link_open", "image"}:
            yield str(token.attrGet("href") or token.attrGet("src") or "")


def slug(heading: str) -> str:
    """Return the anchor of a heading, as code hosts make it: small letters, no punctuation, dashes."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def anchors(text: str) -> set[str]:
    """Return the anchors of a page's headings."""
    found = set()
    for opening, inside in pairwise(MARKDOWN.parse(text)):
        if opening.type == "heading_open":
            found.add(slug("".join(child.content for child in inside.children or [])))
    return found


def dead_links() -> Iterator[str]:
    """Yield a sentence for each link that leads nowhere."""
    for page in pages():
        for link in links((ROOT / page).read_text(encoding="utf-8")):
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = normpath(PurePosixPath(page).parent / unquote(parts.path)) if parts.path else page
            if not (ROOT / target).exists():
                yield f"{page}: {link}: there is no {target}"
            elif parts.fragment and target.endswith(".md"):
                known = anchors((ROOT / target).read_text(encoding="utf-8"))
                if unquote(parts.fragment) not in known:
                    yield f"{page}: {link}: {target} has no heading #{parts.fragment}"


def check() -> int:
    """Check every link; return 1 where one leads nowhere."""
    found = list(dead_links())
    for sentence in found:
        print(sentence)
    print(f"{len(pages())} pages: {len(found) or 'no'} dead links", file=sys.stderr)
    return 1 if found else 0


def rendered(page: str) -> str:
    """Return a page as HTML, its links to other pages turned towards their HTML."""
    text = (ROOT / page).read_text(encoding="utf-8")
    parsed = MARKDOWN.parse(text)
    for opening, inside in pairwise(parsed):
        if opening.type == "heading_open":
            opening.attrSet("id", slug("".join(child.content for child in inside.children or [])))
        for child in inside.children or []:
            href = str(child.attrGet("href") or "")
            if child.type == "link_open" and not urlsplit(href).scheme:
                child.attrSet("href", re.sub(r"\.md(?=$|#)", ".html", href))
    title = next((token.content for token in parsed if token.type == "inline"), page)
    language = next((part for part in PurePosixPath(page).name.split(".") if part in DIRECTIONS), "en")
    up = "../" * page.count("/")
    body = MARKDOWN.renderer.render(parsed, MARKDOWN.options, {})
    return (
        f'<!doctype html>\n<html lang="{language}" dir="{DIRECTIONS[language]}">\n'
        f'<head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{html.escape(title)}</title>'
        f'<link rel="stylesheet" href="{up}style.css"></head>\n'
        f'<body><nav><a href="{up}docs/index.html">Safar</a></nav>\n{body}</body>\n</html>\n'
    )


def errors_page() -> str:
    """Return docs/errors.md as the sources make it: error classes by code, and what the doctor can find."""
    import safar  # links can be checked without the package
    from safar.doors.web.setup import configure
    from safar.store.findings import KINDS
    from safar.store.home import Home
    from safar.vocabulary.errors import Refusal, known_codes

    with tempfile.TemporaryDirectory() as home:  # the people's door can be imported only on a home
        Home.create(home).close()
        configure(home)
        for found in pkgutil.walk_packages(safar.__path__, "safar."):
            if not found.name.endswith("__main__"):
                importlib.import_module(found.name)
    rows = [
        f"| `{code}` | {'refusal' if issubclass(error, Refusal) else 'fault'} | {first_sentence(error)} |"
        for code, error in sorted(known_codes().items())
    ]
    findings = [f"| `{code}` | {kind.severity} | {kind.hint} |" for code, kind in sorted(KINDS.items())]
    return "\n".join([ERRORS_TOP, *rows, FINDINGS_TOP, *findings, ""])


def first_sentence(error: type[Exception]) -> str:
    """Return the first paragraph of the class's docstring, on one line."""
    return " ".join(inspect.cleandoc(error.__doc__ or "").split("\n\n")[0].split())


def errors() -> int:
    """Print docs/errors.md as it should be."""
    print(errors_page(), end="")
    return 0


def build() -> int:
    """Renew docs/errors.md; write every page as HTML, and the pictures beside them."""
    (ROOT / "docs" / "errors.md").write_text(errors_page(), encoding="utf-8")
    shutil.rmtree(TARGET, ignore_errors=True)
    TARGET.mkdir(parents=True)
    shutil.copy(ROOT / "scripts" / "docs.css", TARGET / "style.css")
    for page in pages():
        target = (TARGET / page).with_suffix(".html")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(rendered(page), encoding="utf-8")
    for picture in (ROOT / "docs").rglob("*.png"):
        target = TARGET / picture.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(picture, target)
    print(TARGET / "docs" / "index.html")
    return 0


if __name__ == "__main__":
    asked = {"check": check, "errors": errors, "build": build}.get(sys.argv[1] if len(sys.argv) == 2 else "")
    sys.exit(asked() if asked else "docs: say `check`, `errors` or `build`.")
