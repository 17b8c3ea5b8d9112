"""How a site, a server or an app sends its first event: ready to copy, with the address and the key filled in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

#: What stands for the secret where it is not known any more.
UNKNOWN_SECRET: Final = "sfr_…"  # noqa: S105 - no secret


@dataclass(frozen=True, slots=True)
class Snippet:
    """Some lines of code.

    Attributes
    ----------
    key
        Marks it in the page.
    name
        Where it belongs.
    sentence
        What to do with it.
    code
        The lines themselves, the same in every language.
    """

    key: str
    name: Promise | str
    sentence: Promise | str
    code: str


def snippets(base_url: str, secret: str) -> tuple[Snippet, ...]:
    """Return the ways to send an event.

    Parameters
    ----------
    base_url
        Where these pages are: events go to the same address.
    secret
        Of the key.
    """
    event = '{"userId": "customer-1", "event": "test_event"}'
    return (
        Snippet(
            "curl",
            _("From a terminal"),
            _("Sends one test event. The quickest proof that the key works."),
            f"curl {base_url}/v1/track -u '{secret}:' -H 'Content-Type: application/json' \\\n  -d '{event}'",
        ),
        Snippet(
            "browser",
            _("From web pages"),
            _("Put it into the head of every page: it sends page views. Without cookies."),
            f'<script async src="{base_url}/i/safar.js" data-key="{secret}"></script>',
        ),
        Snippet(
            "python",
            "Python",
            _("With the Segment library: pip install segment-analytics-python"),
            "import segment.analytics as analytics\n\n"
            f'analytics.write_key = "{secret}"\n'
            f'analytics.host = "{base_url}"\n'
            'analytics.track("customer-1", "test_event")\n'
            "analytics.flush()",
        ),
        Snippet(
            "node",
            "Node.js",
            _("With the Segment library: npm install @segment/analytics-node"),
            'import { Analytics } from "@segment/analytics-node";\n\n'
            f'const analytics = new Analytics({{ writeKey: "{secret}", host: "{base_url}" }});\n'
            'analytics.track({ userId: "customer-1", event: "test_event" });\n'
            "await analytics.closeAndFlush();",
        ),
    )
