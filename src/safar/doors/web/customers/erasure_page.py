"""The question before an erasure, and its proof, in the reader's words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from safar.doors.web.design.words import filled
from safar.show.locale import Locale

from .queries import CustomerProfile

#: Longer ids are confirmed by their beginning: nobody types so much.
_LONGEST_TYPED: Final = 80


def typed_to_confirm(customer_id: str) -> str:
    """Return what is to be typed before a person is erased: the id, of a long one the beginning."""
    return " ".join(customer_id[:_LONGEST_TYPED].split())


def erasure_sentences(profile: CustomerProfile, locale: Locale) -> tuple[str, ...]:
    """Return what will be gone, in sentences."""
    facts = profile.facts
    gone = filled(
        ngettext(
            "%(count)s event of this customer leaves the log for good, with every id and everything known.",
            "%(count)s events of this customer leave the log for good, with every id and everything known.",
            facts.events,
        ),
        count=locale.number(facts.events),
    )
    return (
        gone,
        _(
            "Afterwards every file is searched for traces, and you get a proof. Counts of the past change by it."
        ),
        _("Backups that were made before still hold the customer, until you delete them."),
        _("This cannot be undone."),
    )


@dataclass(frozen=True, slots=True)
class ErasurePage:
    """What the template of an erasure is given: the proof as names and numbers, and where it is a file."""

    digest: str
    asked: str
    facts: tuple[tuple[str, str], ...]


def erasure_page(digest: str, asked_at: datetime, proof: dict[str, object], locale: Locale) -> ErasurePage:
    """Return an erasure in the reader's words; without facts while it is not done."""

    def count(name: str) -> str:
        return locale.number(int(str(proof.get(name, 0))))

    facts: tuple[tuple[str, str], ...] = ()
    if proof:
        facts = (
            (_("Erased"), locale.datetime(datetime.fromisoformat(str(proof["erased_at"])))),
            (_("Events removed"), count("events_removed")),
            (_("Mentions removed from events of others"), count("mentions_removed")),
            (_("Lines removed from what imports kept"), count("lines_removed")),
            (_("Texts that were looked for afterwards"), count("texts_sought")),
            (_("Files searched"), count("files_searched")),
            (_("Rows searched"), count("rows_searched")),
            (_("Traces found"), count("matches")),
        )
    return ErasurePage(digest, locale.datetime(asked_at), facts)
