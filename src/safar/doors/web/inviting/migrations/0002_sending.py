from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("inviting", "0001_inviting")]

    operations: ClassVar = [
        migrations.AddField("invitation", "claimed_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("invitation", "told_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddIndex(
            "invitation",
            models.Index(
                condition=models.Q(("sent_at__isnull", False), ("told_at__isnull", True)),
                fields=["id"],
                name="inviting_not_in_log",
            ),
        ),
    ]
