"""Tables of asking: links, rounds of invitations, who was invited or why not, the budget of contacts."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone


class Link(models.Model):
    """An address of a survey that whoever has it may answer at."""

    class Kind(models.TextChoices):
        """What it is made for."""

        OPEN = "open"
        WIDGET = "widget"
        KIOSK = "kiosk"
        TEST = "test"

    workspace_id = models.CharField(max_length=48)
    survey_id = models.CharField(max_length=16)
    #: Stands in the address: no secret, for it hangs on walls and stands in pages.
    token = models.CharField(max_length=24, unique=True)
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.OPEN)
    name = models.CharField(max_length=120, blank=True, default="")
    #: What answers' events are told to have come by.
    channel = models.CharField(max_length=32, default="web")
    #: Empty: that of the respondent's browser.
    language = models.CharField(max_length=16, blank=True, default="")
    #: Values of hidden fields that nobody can change in the address.
    hidden = models.JSONField(default=dict, blank=True)
    #: Of a widget: origins of the pages that show it, and when it appears (`widget_rules`).
    origins = models.JSONField(default=list, blank=True)
    appears = models.JSONField(default=dict, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(
        "members.Member", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        """A survey's, newest last."""

        indexes: ClassVar = [models.Index(fields=["workspace_id", "survey_id", "id"], name="inviting_links")]

    def __str__(self) -> str:
        return str(self.token)


class Round(models.Model):
    """Asking some customers, once or whenever something happens."""

    class Channel(models.TextChoices):
        """How invitations travel."""

        EMAIL = "email"
        SMS = "sms"

    class Trigger(models.TextChoices):
        """Who is asked when."""

        NOW = "now"
        EVENT = "event"

    workspace_id = models.CharField(max_length=48)
    public_id = models.CharField(max_length=16, unique=True)
    survey_id = models.CharField(max_length=16)
    name = models.CharField(max_length=120)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    trigger = models.CharField(max_length=8, choices=Trigger.choices, default=Trigger.NOW)
    #: Public id of the segment that is asked; empty: everybody known.
    segment_id = models.CharField(max_length=16, blank=True, default="")
    #: Event names that make somebody be asked, so long after.
    event_names = models.JSONField(default=list, blank=True)
    delay = models.DurationField(null=True, blank=True)
    #: The share that is asked, 0…1.
    rate = models.FloatField(default=1.0)
    #: So long after an invitation without an answer it is reminded of, once; null: never.
    remind_after = models.DurationField(null=True, blank=True)
    #: So long an invitation can be answered.
    open_for = models.DurationField()
    #: Words above the question, by language; empty: usual ones.
    subject = models.JSONField(default=dict, blank=True)
    words = models.JSONField(default=dict, blank=True)
    #: Up to which instant events were looked at.
    looked_until = models.DateTimeField(null=True, blank=True)
    #: Customers who were named one by one and wait to be judged.
    named = models.JSONField(default=list, blank=True)
    #: Everybody who was to be judged at the start is.
    is_drawn = models.BooleanField(default=False)
    stopped_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(
        "members.Member", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        """A survey's, newest last; those that still ask."""

        indexes: ClassVar = [
            models.Index(fields=["workspace_id", "survey_id", "id"], name="inviting_rounds"),
            models.Index(fields=["stopped_at", "trigger"], name="inviting_rounds_at_work"),
        ]

    def __str__(self) -> str:
        return str(self.name)


class Invitation(models.Model):
    """That a customer was invited in a round, or why he was not."""

    class Status(models.TextChoices):
        """Where it stands; the latter ones say why nobody was asked."""

        WAITING = "waiting"
        SENT = "sent"
        ANSWERED = "answered"
        LAPSED = "lapsed"
        FAILED = "failed"
        OPTED_OUT = "opted_out"
        NO_CONSENT = "no_consent"
        NOT_SAMPLED = "not_sampled"
        NO_ADDRESS = "no_address"
        ASKED_LATELY = "asked_lately"
        QUARANTINE = "quarantine"
        BUDGET = "budget"

    #: Those that took something of the budget.
    ASKED: ClassVar = (Status.WAITING, Status.SENT, Status.ANSWERED, Status.LAPSED)

    of_round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="invitations")
    workspace_id = models.CharField(max_length=48)
    survey_id = models.CharField(max_length=16)
    public_id = models.CharField(max_length=16, unique=True)
    customer_id = models.CharField(max_length=512)
    #: What it is about: the event that made it, or empty.
    about = models.CharField(max_length=40, blank=True, default="")
    status = models.CharField(max_length=12, choices=Status.choices)
    token = models.CharField(max_length=24, unique=True, null=True)
    language = models.CharField(max_length=16, blank=True, default="")
    judged_at = models.DateTimeField(default=timezone.now)
    #: When a process began to send it: no other one does meanwhile (`sending`).
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    #: When the log was told that it went out.
    told_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Once a round, customer and occasion; what is due; a customer's."""

        constraints = (
            models.UniqueConstraint(fields=["of_round", "customer_id", "about"], name="one_invitation_each"),
        )
        indexes: ClassVar = [
            models.Index(fields=["workspace_id", "customer_id", "judged_at"], name="inviting_customer"),
            models.Index(fields=["of_round", "status", "id"], name="inviting_standing"),
            models.Index(
                fields=["id"],
                name="inviting_not_in_log",
                condition=models.Q(sent_at__isnull=False, told_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class Budget(models.Model):
    """How often customers of a workspace may be asked; see `safar.listen.contact_budget`."""

    workspace_id = models.CharField(max_length=48, unique=True)
    most = models.PositiveSmallIntegerField(default=2)
    within_days = models.PositiveSmallIntegerField(default=30)
    quarantine_days = models.PositiveSmallIntegerField(default=14)
    same_survey_days = models.PositiveSmallIntegerField(default=90)
    consent = models.CharField(max_length=60, blank=True, default="")

    def __str__(self) -> str:
        return str(self.workspace_id)


class OptOut(models.Model):
    """That a customer asked not to be asked again."""

    workspace_id = models.CharField(max_length=48)
    customer_id = models.CharField(max_length=512)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        """One each."""

        constraints = (
            models.UniqueConstraint(fields=["workspace_id", "customer_id"], name="one_opt_out_each"),
        )

    def __str__(self) -> str:
        return str(self.customer_id)
