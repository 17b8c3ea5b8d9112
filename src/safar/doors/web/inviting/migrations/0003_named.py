"""Customers of a round who are named one by one wait to be judged in the background."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """One column."""

    dependencies: ClassVar = [("inviting", "0002_sending")]

    operations: ClassVar = [
        migrations.AddField("round", "named", models.JSONField(blank=True, default=list)),
    ]
