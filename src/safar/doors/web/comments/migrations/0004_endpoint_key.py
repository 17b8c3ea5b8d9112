"""The key of an endpoint is kept as other secrets of the tables are."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("comments", "0003_counted_by"),
    ]

    operations = [
        migrations.RenameField(
            model_name="endpoint",
            old_name="sealed_key",
            new_name="key",
        ),
    ]
