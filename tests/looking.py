"""What axe-core finds wrong with a page, as it stands in a real browser."""

from __future__ import annotations

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

#: WCAG 2.2 AA, and what its authors call good practice.
RULES = """{
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  resultTypes: ["violations"],
}"""
COLOURS = "{ runOnly: { type: 'rule', values: ['color-contrast'] }, resultTypes: ['violations'] }"
_FOUND = """(found) => found.violations.map((each) => each.id + ": " +
  each.nodes.map((node) => (node.target ?? []).join(" ") + " " + node.failureSummary).join(" | "))"""


def faults(page: Page, rules: str = RULES) -> list[str]:
    """Return what axe finds wrong with the page; it is brought in once a page.

    Where each element stands is asked for only when something is wrong: it takes a tenth of the time.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate(f"() => axe.run(document, {{...{rules}, selectors: false}}).then({_FOUND})")
    if found:
        found = page.evaluate(f"() => axe.run(document, {rules}).then({_FOUND})") or found
    return found
