"""Whether a draft can be published: it leads everywhere, and asks each question key as it was asked before."""

from __future__ import annotations

from safar.listen.questionnaire.anatomy import Survey as Document
from safar.listen.questionnaire.checks import check
from safar.listen.questionnaire.checks_of_keys import Measure, measures_of
from safar.listen.questionnaire.findings import Finding, errors
from safar.listen.questionnaire.versions import against, compatible
from safar.store.registry import Workspace

from .errors import SurveyNotReady
from .queries import published_documents


def findings_of(workspace: Workspace, document: Document, newest: Document | None) -> tuple[Finding, ...]:
    """Return what is wrong with a draft, or may be: by itself, beside every key of the workspace, as the next version.

    Parameters
    ----------
    newest
        The published version that it would follow; None before the first.
    """
    found = [*check(document), *against(_known(workspace), document)]
    if newest is not None:
        found += (each for each in compatible(newest, document) if each.code != "version.key_changed")
    return tuple(sorted(found, key=lambda each: each.severity != "error"))


def check_ready(workspace: Workspace, document: Document, newest: Document | None) -> None:
    """Check that a draft can be published.

    Raises
    ------
    SurveyNotReady
        ``context["findings"]`` are the errors: code, path and facts of each.
    """
    wrong = errors(findings_of(workspace, document, newest))
    if wrong:
        told = "; ".join(f"{each.code} at {each.path}" for each in wrong[:5])
        raise SurveyNotReady(
            f"The survey {document.key!r} cannot be published: {told}.",
            hint="Mend what the check finds. A question on another scale needs another key.",
            findings=[
                {"code": each.code, "path": each.path, "facts": dict(each.facts)} for each in wrong[:50]
            ],
        )


def _known(workspace: Workspace) -> dict[str, Measure]:
    """Return what each question key of the workspace measured when it was first published."""
    known: dict[str, Measure] = {}
    for _public_id, document in published_documents(workspace):
        known = measures_of(document) | known
    return known
