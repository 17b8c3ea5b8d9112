"""The tables of comments."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import safar.doors.web.comments.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Book",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("workspace_id", models.CharField(max_length=48, unique=True)),
                ("lineage", models.CharField(blank=True, default="", max_length=40)),
                ("generation", models.BigIntegerField(default=0)),
                ("seen_sequence", models.BigIntegerField(default=0)),
                ("rows", models.BigIntegerField(default=0)),
                ("next_sequence", models.BigIntegerField(default=0)),
                ("version", models.CharField(blank=True, default="", max_length=80)),
                ("read_at", models.DateTimeField(null=True)),
                ("labelled_by", models.CharField(blank=True, default="", max_length=80)),
                ("topics", models.TextField(blank=True, default="")),
                ("topics_edition", models.PositiveIntegerField(default=0)),
                ("learns", models.BooleanField(default=True)),
            ],
        ),
        migrations.CreateModel(
            name="Asked",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("question_key", models.CharField(blank=True, default="", max_length=200)),
                ("survey", models.CharField(blank=True, default="", max_length=200)),
                ("metric", models.CharField(blank=True, default="", max_length=40)),
                (
                    "book",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="comments.book"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Comment",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("event_id", models.UUIDField()),
                ("whose", models.BigIntegerField()),
                ("occurred_at", models.DateTimeField()),
                ("on", models.DateField()),
                ("channel", models.CharField(blank=True, default="", max_length=60)),
                ("value", models.FloatField(null=True)),
                ("height", models.FloatField(null=True)),
                ("band", models.SmallIntegerField(null=True)),
                ("text", models.TextField()),
                ("folded", models.TextField()),
                ("language", models.CharField(max_length=8)),
                ("sentiment", models.SmallIntegerField()),
                ("probability", models.FloatField()),
                ("emotion", models.CharField(max_length=20)),
                ("kind", models.CharField(max_length=12)),
                ("is_actionable", models.BooleanField(default=False)),
                ("aspects", models.JSONField(default=list)),
                ("same_as", models.BigIntegerField()),
                ("sentiment_is_said", models.BooleanField(default=False)),
                ("kind_is_said", models.BooleanField(default=False)),
                ("topics_are_said", models.BooleanField(default=False)),
                ("topics_edition", models.PositiveIntegerField(default=0)),
                (
                    "asked",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="comments.asked",
                    ),
                ),
                (
                    "book",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="comments",
                        to="comments.book",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Correction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("field", models.CharField(max_length=12)),
                ("by_rule", models.JSONField()),
                ("before", models.JSONField()),
                ("after", models.JSONField()),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("undone_at", models.DateTimeField(null=True)),
                (
                    "comment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="corrections",
                        to="comments.comment",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Endpoint",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("url", models.CharField(max_length=400)),
                ("model", models.CharField(max_length=120)),
                ("sealed_key", models.TextField(blank=True, default="")),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "book",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="comments.book"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Learned",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("field", models.CharField(max_length=12)),
                ("content", models.BinaryField()),
                ("corrections", models.PositiveIntegerField()),
                ("takes_over", models.BooleanField(default=False)),
                ("figures", models.JSONField(default=dict)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "book",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="comments.book"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Proposal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    models.CharField(
                        default=safar.doors.web.comments.models.new_public_id, max_length=16, unique=True
                    ),
                ),
                ("topics", models.TextField(blank=True, default="")),
                ("sizes", models.JSONField(default=dict)),
                ("comments", models.PositiveIntegerField(default=0)),
                ("work_id", models.CharField(blank=True, default="", max_length=40)),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "book",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="comments.book"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Topic",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=64)),
                (
                    "public_id",
                    models.CharField(
                        default=safar.doors.web.comments.models.new_public_id, max_length=16, unique=True
                    ),
                ),
                ("names", models.JSONField(default=dict)),
                ("is_archived", models.BooleanField(default=False)),
                (
                    "book",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="comments.book"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="About",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("score", models.FloatField(default=1.0)),
                (
                    "comment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="about",
                        to="comments.comment",
                    ),
                ),
                (
                    "topic",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="comments.topic",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="asked",
            constraint=models.UniqueConstraint(
                fields=("book", "question_key", "survey", "metric"), name="comments_asked_once"
            ),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(fields=["book", "-occurred_at", "-id"], name="comments_newest"),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(
                fields=["book", "sentiment", "-occurred_at", "-id"], name="comments_by_sentiment"
            ),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(fields=["book", "asked", "-occurred_at", "-id"], name="comments_by_question"),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(fields=["book", "on", "sentiment"], name="comments_over_time"),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(fields=["book", "whose"], name="comments_of_a_person"),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(
                fields=["book", "same_as", "-occurred_at", "-id"], name="comments_saying_the_same"
            ),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(fields=["book", "topics_edition"], name="comments_to_assign"),
        ),
        migrations.AddConstraint(
            model_name="comment",
            constraint=models.UniqueConstraint(fields=("book", "event_id"), name="comments_event_once"),
        ),
        migrations.AddIndex(
            model_name="correction",
            index=models.Index(fields=["comment", "field", "-id"], name="comments_corrections"),
        ),
        migrations.AddConstraint(
            model_name="learned",
            constraint=models.UniqueConstraint(fields=("book", "field"), name="comments_learned_once"),
        ),
        migrations.AddIndex(
            model_name="proposal",
            index=models.Index(fields=["book", "-id"], name="comments_proposals"),
        ),
        migrations.AddConstraint(
            model_name="topic",
            constraint=models.UniqueConstraint(fields=("book", "key"), name="comments_topic_once"),
        ),
        migrations.AddConstraint(
            model_name="about",
            constraint=models.UniqueConstraint(fields=("topic", "comment"), name="comments_about_once"),
        ),
    ]
