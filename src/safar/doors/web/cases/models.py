"""Tables of cases: rules, cases with their history, root causes, working time, what was told to whom."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from safar.act.loop_rules import Priority


class Status(models.TextChoices):
    """Where a case stands."""

    NEW = "new", pgettext_lazy("a case", "New")
    OPEN = "open", pgettext_lazy("a case", "Under way")
    WAITING = "waiting", pgettext_lazy("a case", "Waiting for the customer")
    REOPENED = "reopened", pgettext_lazy("a case", "Reopened")
    CLOSED = "closed", pgettext_lazy("a case", "Closed")


#: Somebody still has to do something.
LIVE = (Status.NEW, Status.OPEN, Status.WAITING, Status.REOPENED)


class PriorityChoice(models.TextChoices):
    """How urgent a case is."""

    LOW = Priority.LOW.value, pgettext_lazy("priority", "Low")
    NORMAL = Priority.NORMAL.value, pgettext_lazy("priority", "Normal")
    HIGH = Priority.HIGH.value, pgettext_lazy("priority", "High")
    URGENT = Priority.URGENT.value, pgettext_lazy("priority", "Urgent")


class Outcome(models.TextChoices):
    """How a case ended for the customer."""

    SOLVED = "solved", _("Solved for the customer")
    COMPENSATED = "compensated", _("Made good in another way")
    EXPLAINED = "explained", _("Explained; nothing could be changed")
    UNREACHED = "unreached", _("The customer could not be reached")
    NO_ACTION = "no_action", _("Nothing had to be done")


class EntryKind(models.TextChoices):
    """What an entry of a case's history tells."""

    OPENED = "opened"
    STATUS = "status"
    OWNER = "owner"
    PRIORITY = "priority"
    NOTE = "note"
    MESSAGE = "message"
    ESCALATED = "escalated"
    CLOSED = "closed"
    REOPENED = "reopened"
    TOLD = "told"
    THANKED = "thanked"


class WorkingCalendar(models.Model):
    """When people of a workspace are at work; a workspace without a row has the usual hours."""

    workspace_id = models.CharField(max_length=48, unique=True)
    #: For each day of the week, Monday first, pairs of minutes.
    hours = models.JSONField()
    #: As `holiday_rows` of `working` reads them.
    holidays = models.JSONField(default=list)
    changed_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return str(self.workspace_id)


class RootCause(models.Model):
    """Something that is behind cases, as the workspace calls it."""

    workspace_id = models.CharField(max_length=48)
    public_id = models.CharField(max_length=16, unique=True)
    #: By language.
    names = models.JSONField(default=dict)
    place = models.PositiveIntegerField(default=0)
    is_archived = models.BooleanField(default=False)

    class Meta:
        """In the order of the list."""

        indexes: ClassVar = [models.Index(fields=["workspace_id", "place"], name="causes_in_order")]

    def __str__(self) -> str:
        return str(next(iter(self.names.values()), self.public_id))


class Rule(models.Model):
    """Which customers a case is opened for."""

    workspace_id = models.CharField(max_length=48)
    public_id = models.CharField(max_length=16, unique=True)
    name = models.CharField(max_length=120)
    #: What must be true: `safar.act.loop_rule_text`.
    text = models.TextField()
    priority = models.CharField(max_length=8, choices=PriorityChoice, default=PriorityChoice.NORMAL)
    #: Working time.
    due_minutes = models.PositiveIntegerField(default=480)
    quiet_days = models.PositiveIntegerField(default=14)
    #: Whom it names; None leaves it to step, language and load.
    owner = models.ForeignKey(
        "members.Member", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    team = models.CharField(max_length=80, blank=True, default="")
    #: Who is told when a case is late: pairs of minutes of working time past the due time, and a role.
    escalations = models.JSONField(default=list)
    is_on = models.BooleanField(default=True)
    created_by = models.ForeignKey(
        "members.Member", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        """A workspace at a time, by name."""

        indexes: ClassVar = [models.Index(fields=["workspace_id", "name"], name="rules_by_name")]

    def __str__(self) -> str:
        return str(self.name)


class Follow(models.Model):
    """How far the rules of a workspace have seen its log: `safar.store.arrivals.Mark`."""

    workspace_id = models.CharField(max_length=48, unique=True)
    sequence = models.PositiveBigIntegerField(default=0)
    seen = models.BinaryField(default=b"")
    #: When silences were looked for last.
    silences_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.workspace_id}: {self.sequence}"


class Case(models.Model):
    """Something that somebody has to put right for one customer."""

    workspace_id = models.CharField(max_length=48)
    public_id = models.CharField(max_length=16, unique=True)
    rule = models.ForeignKey(Rule, on_delete=models.SET_NULL, null=True, blank=True, related_name="cases")
    rule_name = models.CharField(max_length=120, blank=True, default="")
    #: What opened it: `safar.act.loop_rules.Heard.key`; of one that a member opened, its own id.
    heard_key = models.CharField(max_length=80)
    #: Empty once the customer was erased.
    customer_id = models.CharField(max_length=512, blank=True)
    heard_at = models.DateTimeField()
    question_key = models.CharField(max_length=200, blank=True, default="")
    metric = models.CharField(max_length=40, blank=True, default="")
    value = models.FloatField(null=True)
    scale_min = models.FloatField(null=True)
    scale_max = models.FloatField(null=True)
    #: The lowest answer of the scale is the best one.
    is_lower_better = models.BooleanField(default=False)
    #: What the customer wrote; emptied when he is erased.
    words = models.TextField(blank=True, default="")
    language = models.CharField(max_length=8, blank=True, default="")
    sentiment = models.CharField(max_length=10, blank=True, default="")
    topics = models.JSONField(default=list)
    #: The step of a map that the question belongs to; empty where it belongs to none.
    map_id = models.CharField(max_length=16, blank=True, default="")
    step_id = models.CharField(max_length=40, blank=True, default="")
    priority = models.CharField(max_length=8, choices=PriorityChoice, default=PriorityChoice.NORMAL)
    status = models.CharField(max_length=10, choices=Status, default=Status.NEW)
    owner = models.ForeignKey(
        "members.Member", on_delete=models.SET_NULL, null=True, blank=True, related_name="cases"
    )
    team = models.CharField(max_length=80, blank=True, default="")
    opened_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField()
    #: Since when it waits for the customer: the clock stands meanwhile.
    waiting_since = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(
        "members.Member", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    root_cause = models.ForeignKey(
        RootCause, on_delete=models.SET_NULL, null=True, blank=True, related_name="cases"
    )
    outcome = models.CharField(max_length=12, choices=Outcome, blank=True, default="")
    #: Levels of escalation that were reached.
    escalated = models.PositiveIntegerField(default=0)
    reopened_count = models.PositiveIntegerField(default=0)
    #: Changes with each change: who changes it says which version he saw.
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """Queues: by status and due time, by owner, by customer."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["rule", "heard_key"], name="cases_one_for_what_was_heard")
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace_id", "status", "due_at"], name="cases_in_the_queue"),
            models.Index(fields=["workspace_id", "customer_id"], name="cases_of_a_customer"),
            models.Index(fields=["workspace_id", "opened_at"], name="cases_by_opening"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class CaseEntry(models.Model):
    """One entry of a case's history. Entries are added, never changed, but for the words of an erased customer."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="entries")
    kind = models.CharField(max_length=10, choices=EntryKind)
    at = models.DateTimeField(default=timezone.now)
    member = models.ForeignKey(
        "members.Member", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    #: What somebody wrote.
    text = models.TextField(blank=True, default="")
    #: What changed: a status, a name, a count.
    facts = models.JSONField(default=dict)

    class Meta:
        """A case at a time, in order."""

        indexes: ClassVar = [models.Index(fields=["case", "id"], name="entries_in_order")]

    def __str__(self) -> str:
        return f"{self.kind} {self.at}"


class CaseMention(models.Model):
    """That a note asks a member by name."""

    entry = models.ForeignKey(CaseEntry, on_delete=models.CASCADE, related_name="mentions")
    member = models.ForeignKey("members.Member", on_delete=models.CASCADE, related_name="+")
    read_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.member)


class Telling(models.Model):
    """“You said, we did”: a message to those who said it."""

    workspace_id = models.CharField(max_length=48)
    public_id = models.CharField(max_length=16, unique=True)
    title = models.CharField(max_length=160)
    #: By language.
    texts = models.JSONField(default=dict)
    #: Whom it is for: ``topic``, ``root_cause``, ``step`` and since when.
    about = models.JSONField(default=dict)
    made_by = models.ForeignKey(
        "members.Member", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        """The newest first."""

        indexes: ClassVar = [models.Index(fields=["workspace_id", "-id"], name="tellings_newest_first")]

    def __str__(self) -> str:
        return str(self.title)


class Told(models.Model):
    """That a customer is told, and what became of the mail to him."""

    class Status(models.TextChoices):
        """Where the mail stands; the latter ones say why there is none."""

        WAITING = "waiting", pgettext_lazy("a mail", "Waits to be sent")
        SENT = "sent", pgettext_lazy("a mail", "Sent by mail")
        FAILED = "failed", pgettext_lazy("a mail", "The mail was refused")
        NO_ADDRESS = "no_address", pgettext_lazy("a mail", "No address is known")
        OPTED_OUT = "opted_out", pgettext_lazy("a mail", "Does not want mails")
        #: Nothing was mailed when it was told: the list is the company's to send.
        LISTED = "listed", pgettext_lazy("a mail", "In the list")

    telling = models.ForeignKey(Telling, on_delete=models.CASCADE, related_name="told")
    customer_id = models.CharField(max_length=512)
    language = models.CharField(max_length=8)
    status = models.CharField(max_length=12, choices=Status, default=Status.LISTED)
    #: When a process began to send it: no other one does meanwhile.
    claimed_at = models.DateTimeField(null=True)
    #: Whether the log knows.
    in_log = models.BooleanField(default=True)

    class Meta:
        """Each one once."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["telling", "customer_id"], name="told_each_one_once")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["id"],
                name="told_and_not_done",
                condition=models.Q(status="waiting") | models.Q(in_log=False),
            )
        ]

    def __str__(self) -> str:
        return str(self.telling)


class Thanked(models.Model):
    """That the customer of a case is thanked by mail, and what became of it."""

    class Status(models.TextChoices):
        """Where the mail stands; the latter ones say why there is none."""

        WAITING = "waiting"
        SENT = "sent"
        FAILED = "failed"
        OPTED_OUT = "opted_out"
        NO_CONSENT = "no_consent"
        NO_ADDRESS = "no_address"
        BUDGET = "budget"

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="thanked")
    customer_id = models.CharField(max_length=512)
    language = models.CharField(max_length=8)
    text = models.TextField()
    status = models.CharField(max_length=12, choices=Status)
    #: When a process began to send it: no other one does meanwhile.
    claimed_at = models.DateTimeField(null=True)
    made_by = models.ForeignKey(
        "members.Member", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        """What waits is few."""

        indexes: ClassVar = [
            models.Index(fields=["id"], name="thanks_that_wait", condition=models.Q(status="waiting"))
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.status}"  # type: ignore[attr-defined]
