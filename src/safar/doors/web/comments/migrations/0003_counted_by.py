"""Counting by labels reads an index alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("comments", "0002_learned_topics"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="comment",
            name="comments_over_time",
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(
                fields=[
                    "book",
                    "on",
                    "sentiment",
                    "asked",
                    "kind",
                    "language",
                    "emotion",
                    "band",
                    "is_actionable",
                ],
                name="comments_over_time",
            ),
        ),
    ]
