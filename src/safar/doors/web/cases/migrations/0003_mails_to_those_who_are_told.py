"""What became of the mail to each customer who is told."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models

_STATUSES = [
    ("waiting", "Waits to be sent"),
    ("sent", "Sent by mail"),
    ("failed", "The mail was refused"),
    ("no_address", "No address is known"),
    ("opted_out", "Does not want mails"),
    ("listed", "In the list"),
]


class Migration(migrations.Migration):
    dependencies: ClassVar = [("cases", "0002_direction_of_the_scale")]

    operations: ClassVar = [
        migrations.AddField(
            "told", "status", models.CharField(choices=_STATUSES, default="listed", max_length=12)
        ),
        migrations.AddField("told", "claimed_at", models.DateTimeField(null=True)),
        migrations.AddField("told", "in_log", models.BooleanField(default=True)),
        migrations.AddIndex(
            "told",
            models.Index(
                condition=models.Q(("status", "waiting"), ("in_log", False), _connector="OR"),
                fields=["id"],
                name="told_and_not_done",
            ),
        ),
    ]
