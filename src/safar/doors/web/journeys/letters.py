"""What members are written when the number of a saved question has left its interval."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from safar.doors.web.design.words import filled
from safar.doors.web.members.policies import Capability
from safar.doors.web.members.writing import write_to
from safar.show.locale import Locale
from safar.store.registry import Workspace

from .followed_scores import followed_kind
from .metric import Metric, interval_in_words, value_in_words
from .models import Alert


def send_alert(alert: Alert, workspace: Workspace) -> bool:
    """Write to who saved the question, where the installation can mail and its address is known."""
    member, saved = alert.question.created_by, alert.question
    now, before = Metric.read(alert.now), Metric.read(alert.before)
    kind = followed_kind(saved.kind)
    if member is None or not (now and before and kind):
        return False

    def words(locale: Locale) -> tuple[str, str]:
        subject = _("%(title)s has changed") % {"title": saved.title}
        text = filled(
            _("%(title)s: %(name)s is %(now)s now. It was %(before)s, in the interval %(interval)s."),
            title=saved.title,
            name=str(kind.metric_name),
            now=value_in_words(now.value, kind.metric_unit, locale),
            before=value_in_words(before.value, kind.metric_unit, locale),
            interval=interval_in_words(before, kind.metric_unit, locale),
        )
        return subject, text

    path = reverse(
        "journeys-saved-one", kwargs={"workspace_id": workspace.workspace_id, "saved_id": saved.pk}
    )
    return write_to(member, workspace, Capability.SEE_NUMBERS, words, path)


def told_of(alert: Alert) -> dict[str, object]:
    """Return what programs are told of an alert: which number, now and before."""
    saved = alert.question
    return {
        "saved_id": saved.pk,
        "title": saved.title,
        "kind": saved.kind,
        "query": saved.query,
        "now": alert.now,
        "before": alert.before,
        "raised_at": alert.raised_at.isoformat(),
    }
