"""Tables of the installation's settings."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

MOST_BACKUPS_KEPT = 365


class BackupPlan(models.Model):
    """Whether a backup is made by itself every day, and how many are kept. One row, made when first changed."""

    is_daily = models.BooleanField(default=False)
    keep = models.PositiveSmallIntegerField(
        default=7, validators=[MinValueValidator(1), MaxValueValidator(MOST_BACKUPS_KEPT)]
    )
