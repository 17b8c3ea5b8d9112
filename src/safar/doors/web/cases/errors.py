"""What the app of cases refuses."""

from __future__ import annotations

from safar.vocabulary.errors import Refusal


class UnknownCase(Refusal, LookupError):
    """There is no such case in the workspace."""

    code = "cases.unknown"


class CaseChanged(Refusal, RuntimeError):
    """Somebody else has changed the case since it was read."""

    code = "cases.changed_meanwhile"


class CaseNotSo(Refusal, ValueError):
    """The case does not stand where that could be done."""

    code = "cases.not_so"


class RootCauseNeeded(Refusal, ValueError):
    """A case is closed with what was behind it, and with how it ended."""

    code = "cases.root_cause_needed"


class NoteRefused(Refusal, ValueError):
    """A note is empty, too long, or asks somebody who does not work here."""

    code = "cases.note_refused"


class UnknownCaseRule(Refusal, LookupError):
    """There is no such rule in the workspace."""

    code = "cases.rule_unknown"


class CaseRuleRefused(Refusal, ValueError):
    """A rule needs a name of its own and times that are times."""

    code = "cases.rule_refused"


class UnknownRootCause(Refusal, LookupError):
    """There is no such root cause in the workspace."""

    code = "cases.root_cause_unknown"


class RootCauseRefused(Refusal, ValueError):
    """A root cause needs a name."""

    code = "cases.root_cause_refused"


class TellingRefused(Refusal, ValueError):
    """There is nobody to tell, or nothing to say."""

    code = "cases.telling_refused"


class UnknownTelling(Refusal, LookupError):
    """There is no such message to customers in the workspace."""

    code = "cases.telling_unknown"
