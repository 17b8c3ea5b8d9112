"""What members are written when the number of a saved question has left its interval."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from safar.doors.web.design.reader import Reader
from safar.doors.web.design.words import filled
from safar.doors.web.mail import beside, can_mail, send
from safar.doors.web.members.policies import Capability, may
from safar.store.registry import Workspace
from safar.vocabulary.time_names import Language

from .followed_scores import followed_kind
from .metric import Metric, interval_in_words, value_in_words
from .models import Alert


def send_alert(alert: Alert, workspace: Workspace) -> bool:
    """Write to who saved the question, where the installation can mail and its address is known."""
    member, saved = alert.question.created_by, alert.question
    now, before = Metric.read(alert.now), Metric.read(alert.before)
    kind = followed_kind(saved.kind)
    if member is None or not can_mail() or not (now and before and kind):
        return False
    if not may(member, workspace.workspace_id, Capability.SEE_NUMBERS):
        return False
    with translation.override(member.language or workspace.language):
        reader = Reader(
            cast("Language", member.language or workspace.language),
            member.calendar,
            member.digits,
            member.time_zone,
            currency=member.currency,
        )
        locale = reader.locale(workspace)
        subject = _("%(title)s has changed") % {"title": saved.title}
        words = filled(
            _("%(title)s: %(name)s is %(now)s now. It was %(before)s, in the interval %(interval)s."),
            title=saved.title,
            name=str(kind.metric_name),
            now=value_in_words(now.value, kind.metric_unit, locale),
            before=value_in_words(before.value, kind.metric_unit, locale),
            interval=interval_in_words(before, kind.metric_unit, locale),
        )
    path = reverse(
        "journeys-saved-one", kwargs={"workspace_id": workspace.workspace_id, "saved_id": saved.pk}
    )
    text = f"{words}\n\n{settings.PUBLIC_URL}{path}\n" if settings.PUBLIC_URL else f"{words}\n"
    beside(lambda: send(member.email, subject, text))
    return True


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
